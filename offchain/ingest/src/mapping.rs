// SPDX-License-Identifier: Apache-2.0
//! What came from where, and what was not understood: counts, no values.

use salus_mdf::Item;
use serde::{
	de::{Deserializer, IgnoredAny, MapAccess, Visitor},
	Deserialize, Serialize,
};
use std::{collections::BTreeMap, fmt};

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

/// How a source was mapped.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
	rules: BTreeMap<(String, Option<String>), RuleMapping>,
	names: usize,
	unlisted: u64,
}

impl Serialize for Mapping {
	fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(self.rules.values())
	}
}

impl Mapping {
	/// Counts an item.
	pub fn add(&mut self, item: &Item) {
		let origin = &item.provenance;
		let key = (origin.rule.clone(), origin.resource.clone());
		let rule = match self.rules.get_mut(&key) {
			Some(rule) => rule,
			None if self.names < MAX_NAMES => {
				self.names += 1;
				self.rules.entry(key).or_insert_with(|| RuleMapping {
					rule: origin.rule.clone(),
					resource: origin.resource.clone(),
					..RuleMapping::default()
				})
			},
			None => {
				self.unlisted += 1;
				return;
			},
		};
		rule.items += 1;
		let mut count = |counts: &mut BTreeMap<String, u64>, name: String| {
			if let Some(count) = counts.get_mut(&name) {
				*count += 1;
			} else if self.names < MAX_NAMES {
				self.names += 1;
				counts.insert(name, 1);
			} else {
				self.unlisted += 1;
			}
		};
		for field in fields(item) {
			count(&mut rule.fields, field);
		}
		for name in item.extra.keys() {
			// The names of HL7 v2 are paths already.
			let is_path = name.contains(['-', '/']) || origin.resource.is_none();
			let path = match &origin.resource {
				Some(resource) if !is_path => format!("{resource}.{name}"),
				_ => name.clone(),
			};
			count(&mut rule.raw, path);
		}
	}

	/// The rules that made items.
	pub fn rules(&self) -> impl Iterator<Item = &RuleMapping> {
		self.rules.values()
	}

	/// Names beyond those that are listed, as often as they occurred.
	pub const fn unlisted(&self) -> u64 {
		self.unlisted
	}
}

/// The members of an item that hold something.
fn fields(item: &Item) -> Vec<String> {
	// Infallible: an item becomes JSON in memory, and its members are read from there.
	let json = serde_json::to_string(item).unwrap_or_default();
	let members: Names = serde_json::from_str(&json).unwrap_or_default();
	let mut fields = Vec::new();
	for name in members.0 {
		match &*name {
			// How it came is in the rule; what was not understood is counted by its own names.
			"provenance" | "extra" | "id" | "category" => {},
			"times" => {
				let times = &item.times;
				for (name, time) in [
					("times.at", &times.at),
					("times.start", &times.start),
					("times.end", &times.end),
					("times.recorded", &times.recorded),
				] {
					if time.is_some() {
						fields.push(name.to_owned());
					}
				}
			},
			"body" => {
				// The body is one member, named after the kind, with the members of the kind in it.
				let json = serde_json::to_string(&item.body).unwrap_or_default();
				let inner: BTreeMap<String, Names> =
					serde_json::from_str(&json).unwrap_or_default();
				for (kind, names) in inner {
					fields.extend(names.0.iter().map(|name| format!("body.{kind}.{name}")));
				}
			},
			name => fields.push(name.to_owned()),
		}
	}
	fields
}

/// The names of the members of an object.
#[derive(Default)]
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		struct Members;

		impl<'de> Visitor<'de> for Members {
			type Value = Names;

			fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("an object")
			}

			fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
				let mut names = Vec::new();
				while let Some((name, IgnoredAny)) = map.next_entry()? {
					names.push(name);
				}
				Ok(Names(names))
			}
		}

		deserializer.deserialize_map(Members)
	}
}
