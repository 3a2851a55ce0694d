// SPDX-License-Identifier: Apache-2.0
//! Items as FHIR R4 resources.
//!
//! What came from FHIR goes back as it came: elements that have no place in the model, or that it
//! holds only in part, stand in the item's `extra` and are written from there. What came from
//! elsewhere gets what FHIR demands: the code for an unknown status where there is one, and a
//! data-absent-reason where there is none. Nothing is made up.

mod body;
mod element;
mod fit;
mod states;

use super::names;
use crate::json::build::{Node, Object};
use element::{absent, absent_reason, each, extension, id, wrapped, SOURCE_TEXT};
use salus_mdf::{Body, Item, Time, Value};
use std::borrow::Cow;

/// Rules of items that came from FHIR begin so.
const NATIVE: &str = "fhir.r4/";
/// What a FHIR bundle says beside a resource.
pub(crate) const ENTRY: &str = "bundle.entry";

/// A FHIR R4 resource.
#[derive(Clone, PartialEq, Eq)]
pub struct Resource {
	/// Its type.
	pub kind: String,
	/// Its id; a resource that came without one has none.
	pub id: Option<String>,
	/// The resource in JSON, on one line.
	pub json: String,
}

impl std::fmt::Debug for Resource {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "Resource({}) {{ .. }}", self.kind)
	}
}

/// The FHIR R4 resource of an item. An entry of a bundle that had no resource gives none.
pub fn to_fhir(item: &Item) -> Option<Resource> {
	let native = item.provenance.rule.starts_with(NATIVE);
	let kind: Cow<'_, str> = match (&item.provenance.resource, native) {
		(Some(kind), true) => Cow::Borrowed(kind),
		(None, true) => return None,
		(_, false) => Cow::Borrowed(resource_type(item)),
	};
	let id = match (&item.provenance.resource_id, native) {
		(Some(known), true) => Some(Cow::Borrowed(&**known)),
		(None, true) => None,
		// Ids of other forms are not unique: a document may say one thing in two sections.
		(_, false) => Some(match (&item.subject, &item.body) {
			(Some(subject), Body::Patient(_)) => id(tail(subject)),
			_ => id(tail(&item.id)),
		}),
	};
	let mut writer = Writer {
		item,
		kind: &kind,
		native,
		out: Object::default(),
		times: Vec::new(),
		named: false,
	};
	writer.out.put("resourceType", Node::text(&*kind));
	writer.out.some("id", id.clone().map(Node::Text));
	writer.meta();
	let modified = item.provenance.rule == "fhir.r4/unmapped";
	if !modified {
		writer.shared();
		body::write(&mut writer);
	}
	writer.context();
	writer.rest();
	if !native {
		fit::fit(&mut writer.out);
	}
	let mut json = String::with_capacity(512);
	writer.out.write(&mut json);
	Some(Resource { id: id.map(Cow::into_owned), json, kind: kind.clone().into_owned() })
}

/// The id of the resource that a reference names, as [`to_fhir`] writes it.
pub(crate) fn reference_id(reference: &str) -> Cow<'_, str> {
	id(tail(reference))
}

/// The id part of a reference.
fn tail(reference: &str) -> &str {
	reference.rsplit(['/', ':']).next().unwrap_or(reference)
}

/// The resource type for an item that did not come from FHIR.
fn resource_type(item: &Item) -> &'static str {
	match &item.body {
		Body::Patient(_) => "Patient",
		Body::Encounter(_) => "Encounter",
		Body::Observation(_) => "Observation",
		Body::Report(_) => "DiagnosticReport",
		Body::Medication(body) => match body.act.as_deref() {
			Some("request") => "MedicationRequest",
			Some("administration") => "MedicationAdministration",
			Some("dispense") => "MedicationDispense",
			Some("product") => "Medication",
			_ => "MedicationStatement",
		},
		Body::Condition(_) => "Condition",
		Body::Procedure(_) => "Procedure",
		Body::Allergy(_) => "AllergyIntolerance",
		Body::Immunization(_) => "Immunization",
		Body::ImagingStudy(_) => "ImagingStudy",
		Body::Document(_) => "DocumentReference",
		Body::Device(_) => "Device",
		Body::Coverage(body) => match body.act.as_deref() {
			None | Some("coverage") => "Coverage",
			Some(_) => "Basic",
		},
		Body::CarePlan(body) => match body.act.as_deref() {
			Some("goal") => "Goal",
			Some("team") => "CareTeam",
			_ => "CarePlan",
		},
		Body::Genomic(_) => "MolecularSequence",
		Body::Other(body) => match body.resource.as_deref() {
			Some("Organization") => "Organization",
			Some("Location") => "Location",
			Some("Practitioner") => "Practitioner",
			_ => "Basic",
		},
	}
}

/// How exactly FHIR wants a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Precise {
	/// A day or less.
	Date,
	/// A day, or a second in a zone.
	DateTime,
	/// A second in a zone.
	Instant,
}

struct Writer<'a> {
	item: &'a Item,
	kind: &'a str,
	/// Whether the item came from FHIR.
	native: bool,
	out: Object<'a>,
	/// The times that were written.
	times: Vec<&'a Time>,
	/// Whether the item's concept was written.
	named: bool,
}

impl<'a> Writer<'a> {
	/// Whether the source's own form of an element is there.
	fn is_raw(&self, key: &str) -> bool {
		self.native && self.item.extra.contains_key(key)
	}

	/// Whether the source's own form is there under any of these names.
	fn is_raw_any(&self, names: &[&str]) -> bool {
		names.iter().any(|name| self.is_raw(name))
	}

	/// Whether the source's own form of a choice is there, under any type.
	fn is_raw_choice(&self, prefix: &str) -> bool {
		self.native
			&& self.item.extra.keys().any(|key| {
				let kind = key.strip_prefix(prefix);
				kind.is_some_and(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()))
			})
	}

	fn put(&mut self, key: &'static str, value: Option<Node<'a>>) {
		if !self.is_raw(key) {
			self.out.some(key, value);
		}
	}

	fn list(&mut self, key: &'static str, values: Vec<Node<'a>>) {
		if !self.is_raw(key) {
			self.out.list(key, values);
		}
	}

	fn text(&mut self, key: &'static str, text: &'a Option<String>) {
		self.put(key, text.as_deref().map(Node::text));
	}

	/// Writes a value under the name of its type.
	fn choice(&mut self, prefix: &'static str, value: Option<&'a Value>) {
		if self.is_raw_choice(prefix) {
			return;
		}
		if let Some((kind, node)) = value.and_then(element::value) {
			self.out.put(format!("{prefix}{kind}"), node);
		}
	}

	/// Writes a code that must be one of a list; another text stands beside an absent one.
	fn code(
		&mut self,
		key: &'static str,
		text: Option<&'a str>,
		allowed: &[&str],
		unknown: Unknown,
	) {
		if self.native {
			self.put(key, text.map(Node::text));
			return;
		}
		let mut beside = Vec::new();
		match text {
			Some(text) if allowed.contains(&text) => self.out.put(key, Node::text(text)),
			text => {
				beside.extend(text.map(|text| extension(SOURCE_TEXT, "valueString", text)));
				match unknown {
					Unknown::Code(code) => self.out.put(key, Node::text(code)),
					Unknown::Absent => beside.insert(0, absent_reason()),
					Unknown::Omitted => {},
				}
			},
		}
		self.beside(key, beside);
	}

	/// Writes extensions of a primitive.
	fn beside(&mut self, key: &str, extensions: Vec<Node<'a>>) {
		if !extensions.is_empty() {
			self.out.put(format!("_{key}"), wrapped("extension", Node::List(extensions)));
		}
	}

	/// Writes a time, as far as FHIR can hold it; the rest stands beside.
	fn time(&mut self, key: &'static str, time: Option<&'a Time>, precise: Precise) {
		let Some(time) = time else { return };
		if self.native {
			self.put(key, Some(Node::text(&*time.value)));
			return;
		}
		self.times.push(time);
		let (value, whole) = fhir_time(&time.value, precise);
		self.out.some(key, value.map(Node::text));
		let beside = beyond(time, whole).map(|text| extension(SOURCE_TEXT, "valueString", text));
		self.beside(key, beside.into_iter().collect());
	}

	/// Writes the moment or the period of the item.
	fn when(&mut self, prefix: &'static str, moment: &'static str, span: &'static str) {
		if self.is_raw_choice(prefix) {
			return;
		}
		let times = &self.item.times;
		if times.at.is_some() {
			self.time(moment, times.at.as_ref(), Precise::DateTime);
		} else {
			self.span(span);
		}
	}

	/// Writes the period of the item; a single moment is its start.
	fn span(&mut self, key: &'static str) {
		let times = &self.item.times;
		let mut period = Object::default();
		for (part, time) in
			[("start", times.start.as_ref().or(times.at.as_ref())), ("end", times.end.as_ref())]
		{
			let Some(time) = time else { continue };
			if self.native {
				period.put(part, Node::text(&*time.value));
				continue;
			}
			self.times.push(time);
			let (value, whole) = fhir_time(&time.value, Precise::DateTime);
			period.some(part, value.map(Node::text));
			if let Some(text) = beyond(time, whole) {
				let text = vec![extension(SOURCE_TEXT, "valueString", text)];
				period.put(format!("_{part}"), wrapped("extension", Node::List(text)));
			}
		}
		let period = period.node();
		self.put(key, period);
	}

	fn recorded(&mut self, key: &'static str, precise: Precise) {
		self.time(key, self.item.times.recorded.as_ref(), precise);
	}

	fn concept(&mut self, key: &'static str) {
		self.named = true;
		self.put(key, self.item.concept.as_ref().map(element::concept));
	}

	/// Writes what FHIR demands and the item does not have, as absent.
	fn demand(&mut self, key: &'static str) {
		if !self.native && !self.out.has(key) && !self.out.has(&format!("_{key}")) {
			self.out.put(key, absent());
		}
	}

	fn demand_list(&mut self, key: &'static str) {
		if !self.native && !self.out.has(key) {
			self.out.put(key, Node::List(vec![absent()]));
		}
	}

	fn demand_primitive(&mut self, key: &'static str) {
		if !self.native && !self.out.has(key) && !self.out.has(&format!("_{key}")) {
			self.beside(key, vec![absent_reason()]);
		}
	}

	fn meta(&mut self) {
		let item = self.item;
		let mut meta = Object::default();
		meta.text("versionId", item.provenance.version.as_deref());
		meta.list("security", each(&item.labels, element::coding));
		let meta = meta.node();
		self.put("meta", meta);
	}

	/// What most resources have.
	fn shared(&mut self) {
		let item = self.item;
		if self.kind != "Encounter" && (self.native || body::has_category(self.kind)) {
			let classes = each(&item.classes, element::concept);
			match names::has_one_category(self.kind) {
				true => self.put("category", classes.into_iter().next()),
				false => self.list("category", classes),
			}
		}
		if self.native || body::has_notes(self.kind) {
			let notes = item.notes.iter().map(|text| wrapped("text", Node::text(&**text)));
			self.list("note", notes.collect());
		}
		if self.native && !self.is_raw_any(&names::STATUSES) {
			self.put(names::status(self.kind), item.status.as_deref().map(Node::text));
		}
	}

	/// Whom and which visit it is about.
	fn context(&mut self) {
		let own_name = self.kind == "Patient" && self.item.provenance.resource_id.is_some();
		let targets = [
			(
				names::subject(self.kind),
				&names::SUBJECTS[..],
				self.item.subject.as_deref().filter(|_| !own_name),
			),
			(names::encounter(self.kind), &names::ENCOUNTERS, self.item.encounter.as_deref()),
		];
		for (key, names, target) in targets {
			let Some(target) = target else { continue };
			if self.native {
				if !self.is_raw_any(names) {
					self.put(key, Some(wrapped("reference", Node::text(target))));
				}
			} else if body::has_context(self.kind, key) {
				let kept = target.len() - tail(target).len();
				let target =
					format!("{}{}", target.get(..kept).unwrap_or_default(), id(tail(target)));
				self.out.put(key, wrapped("reference", Node::text(target)));
			}
		}
		if !self.native {
			body::demand(self);
		}
	}

	/// What has no place in the model.
	fn rest(&mut self) {
		let extra = self.item.extra.iter().filter(|(key, _)| *key != ENTRY);
		if self.native {
			for (key, raw) in extra {
				self.out.put(&**key, Node::Raw(raw.get()));
			}
			return;
		}
		let mut kept: Vec<_> = extra.map(|(key, raw)| source_element(key, raw.get())).collect();
		self.homeless(&mut kept);
		self.out.list("extension", kept);
	}
}

impl<'a> Writer<'a> {
	/// What the item has and its resource type does not.
	fn homeless(&self, kept: &mut Vec<Node<'a>>) {
		let item = self.item;
		let written = |names: &[&str]| {
			names.iter().any(|name| self.out.has(name) || self.out.has(&format!("_{name}")))
		};
		let mut keep = |name: &'static str, json: Result<String, serde_json::Error>| {
			// Infallible: a part of an item becomes JSON in memory.
			kept.push(source_element(name, json.unwrap_or_default()));
		};
		if item.status.is_some() && !written(&names::STATUSES) {
			keep("status", serde_json::to_string(&item.status));
		}
		let is_patient = matches!(item.body, Body::Patient(_));
		if item.subject.is_some() && !is_patient && !written(&names::SUBJECTS) {
			keep("subject", serde_json::to_string(&item.subject));
		}
		if item.encounter.is_some() && !written(&names::ENCOUNTERS) {
			keep("encounter", serde_json::to_string(&item.encounter));
		}
		if let Some(known) = &item.provenance.resource_id {
			keep("id", serde_json::to_string(known));
		}
		if item.concept.is_some() && !self.named {
			keep("concept", serde_json::to_string(&item.concept));
		}
		// Other types have elements of these names that hold something else.
		let classed = self.kind == "Encounter" || body::has_category(self.kind);
		let one_of_many = names::has_one_category(self.kind) && item.classes.len() > 1;
		if !item.classes.is_empty() && (one_of_many || !classed) {
			keep("classes", serde_json::to_string(&item.classes));
		}
		if item.withdrawn && !body::says_withdrawn(self.kind) {
			keep("withdrawn", serde_json::to_string(&item.withdrawn));
		}
		if !item.notes.is_empty() && !written(&["note"]) {
			keep("notes", serde_json::to_string(&item.notes));
		}
		let times = &item.times;
		for (name, time) in [
			("times.at", &times.at),
			("times.start", &times.start),
			("times.end", &times.end),
			("times.recorded", &times.recorded),
		] {
			let Some(time) = time else { continue };
			if !self.times.iter().any(|known| std::ptr::eq(*known, time)) {
				keep(name, serde_json::to_string(time));
			}
		}
		if body::is_cut(self.kind, item) {
			keep("body", serde_json::to_string(&item.body));
		}
	}
}

/// An element of the source that FHIR has no place for: its name, and its value in JSON.
const SOURCE_ELEMENT: &str = "https://salus.network/fhir/StructureDefinition/source-element";

fn source_element<'a>(name: &'a str, value: impl Into<Cow<'a, str>>) -> Node<'a> {
	let mut object = Object::default();
	object.put("url", Node::text(SOURCE_ELEMENT));
	let name = extension("name", "valueString", name);
	object.list("extension", vec![name, extension("value", "valueString", value)]);
	Node::Object(object)
}

/// What stands for a code that is not known.
#[derive(Clone, Copy)]
enum Unknown {
	/// The code that the value set has for it.
	Code(&'static str),
	/// A data-absent-reason.
	Absent,
	/// Nothing: the element may be missing.
	Omitted,
}

/// A time as FHIR can hold it, and whether that is all of it. Seconds may be filled with zeros, as
/// FHIR says; a zone may not be guessed.
fn fhir_time(value: &str, precise: Precise) -> (Option<Cow<'_, str>>, bool) {
	let Some((day, clock)) = value.split_once('T') else {
		return (
			Some(Cow::Borrowed(value)).filter(|_| precise != Precise::Instant),
			precise != Precise::Instant,
		);
	};
	let zone = clock.find(['Z', '+', '-']);
	match (precise, zone) {
		(Precise::Date, _) => (Some(Cow::Borrowed(day)), false),
		(Precise::DateTime, None) => (Some(Cow::Borrowed(day)), false),
		(Precise::Instant, None) => (None, false),
		(_, Some(5)) => {
			let (time, zone) = clock.split_at(5);
			(Some(Cow::Owned(format!("{day}T{time}:00{zone}"))), true)
		},
		(_, Some(_)) => (Some(Cow::Borrowed(value)), true),
	}
}

/// What the source said of a time beyond what FHIR holds.
fn beyond(time: &Time, whole: bool) -> Option<&str> {
	time.original.as_deref().or_else(|| (!whole).then_some(&*time.value))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn times_are_cut_where_fhir_would_need_a_guess() {
		use Precise::{Date, DateTime, Instant};
		for (text, precise, value, whole) in [
			("2020", DateTime, Some("2020"), true),
			("2020-03", Date, Some("2020-03"), true),
			("2020-03-17T09:08", DateTime, Some("2020-03-17"), false),
			("2020-03-17T09:08Z", DateTime, Some("2020-03-17T09:08:00Z"), true),
			("2020-03-17T09:08:01-05:00", Instant, Some("2020-03-17T09:08:01-05:00"), true),
			("2020-03-17T09:08:01", Instant, None, false),
			("2020-03-17", Instant, None, false),
			("2020-03-17T09:08Z", Date, Some("2020-03-17"), false),
		] {
			let (found, is_whole) = fhir_time(text, precise);
			assert_eq!((found.as_deref(), is_whole), (value, whole), "{text}");
		}
	}

	#[test]
	fn ids_are_made_fit() {
		assert_eq!(id("abc-1.2"), "abc-1.2");
		assert_eq!(id("a b").len(), 32);
		assert_ne!(id("a b"), id("a_b"));
		assert_eq!(id(&"x".repeat(65)).len(), 32);
		assert_eq!(id("").len(), 32);
		assert_eq!(tail("urn:uuid:x"), "x");
	}
}
