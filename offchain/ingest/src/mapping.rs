// SPDX-License-Identifier: Apache-2.0
//! What came from where, and what was not understood: counts, no values.

use salus_mdf::{Item, Provenance};
use serde::Serialize;
use std::collections::BTreeMap;

/// More names than any standard has; a source can make up any number.
const MAX_NAMES: usize = 10_000;

/// How one rule mapped one type of the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RuleMapping {
	/// The rule, as `fhir.r4/Observation`.
	pub rule: String,
	/// The type in the source: of a resource, a segment or a statement.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub resource: Option<String>,
	/// Items it made.
	pub items: u64,
	/// Members of MDF that it filled, and how often.
	pub fields: BTreeMap<String, u64>,
	/// Elements of the source that were kept raw, by their path there, and how often.
	pub raw: BTreeMap<String, u64>,
}

/// By rule and by type in the source.
type Rules = BTreeMap<String, BTreeMap<Option<String>, RuleMapping>>;

/// How a source was mapped.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
	rules: Rules,
	names: Names,
}

impl Serialize for Mapping {
	fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(self.rules())
	}
}

/// How many names are listed, and how often others occurred.
#[derive(Clone, Debug, Default)]
struct Names {
	listed: usize,
	unlisted: u64,
}

impl Names {
	/// Whether there is room for another name.
	fn take(&mut self) -> bool {
		let is_room = self.listed < MAX_NAMES;
		self.listed += usize::from(is_room);
		self.unlisted += u64::from(!is_room);
		is_room
	}

	fn count(&mut self, counts: &mut BTreeMap<String, u64>, name: &str) {
		if let Some(count) = counts.get_mut(name) {
			*count += 1;
		} else if self.take() {
			counts.insert(name.to_owned(), 1);
		}
	}
}

impl Mapping {
	/// Counts an item.
	pub fn add(&mut self, item: &Item) {
		let Self { rules, names } = self;
		let Some(rule) = rule_of(rules, names, &item.provenance) else { return };
		rule.items += 1;
		each_field(item, |name| names.count(&mut rule.fields, name));
		for name in item.extra.keys() {
			match &rule.resource {
				// The names of HL7 v2 are paths already.
				Some(resource) if !name.contains(['-', '/']) => {
					names.count(&mut rule.raw, &[resource, ".", name].concat());
				},
				_ => names.count(&mut rule.raw, name),
			}
		}
	}

	/// The rules that made items.
	pub fn rules(&self) -> impl Iterator<Item = &RuleMapping> {
		self.rules.values().flat_map(BTreeMap::values)
	}

	/// Names beyond those that are listed, as often as they occurred.
	pub const fn unlisted(&self) -> u64 {
		self.names.unlisted
	}
}

/// The counts of a rule, unless there is no room for another one.
fn rule_of<'r>(
	rules: &'r mut Rules,
	names: &mut Names,
	origin: &Provenance,
) -> Option<&'r mut RuleMapping> {
	let of_rule = rules.get(&origin.rule);
	if !of_rule.is_some_and(|known| known.contains_key(&origin.resource)) {
		if !names.take() {
			return None;
		}
		let rule = RuleMapping {
			rule: origin.rule.clone(),
			resource: origin.resource.clone(),
			..RuleMapping::default()
		};
		let of_rule = rules.entry(origin.rule.clone()).or_default();
		of_rule.insert(origin.resource.clone(), rule);
	}
	rules.get_mut(&origin.rule)?.get_mut(&origin.resource)
}

/// Shows the members of an item that hold something.
fn each_field(item: &Item, mut see: impl FnMut(&str)) {
	let Item {
		// How it came is in the rule; what was not understood is counted by its own names.
		id: _,
		category: _,
		extra: _,
		provenance: _,
		subject,
		encounter,
		status,
		withdrawn,
		concept,
		classes,
		labels,
		times,
		notes,
		body,
	} = item;
	for (name, is_filled) in [
		("subject", subject.is_some()),
		("encounter", encounter.is_some()),
		("status", status.is_some()),
		("withdrawn", *withdrawn),
		("concept", concept.is_some()),
		("classes", !classes.is_empty()),
		("labels", !labels.is_empty()),
		("notes", !notes.is_empty()),
	] {
		if is_filled {
			see(name);
		}
	}
	times.filled().for_each(|name| see(&["times.", name].concat()));
	let kind = body.kind();
	body.each_filled(|name| see(&["body.", kind, ".", name].concat()));
}
