// SPDX-License-Identifier: Apache-2.0
//! The columns of each kind. They are stable: new ones are added before `rest` in a new version of
//! the format, none is renamed or moved.

use super::cell::{codes, concepts, list, references};
use salus_mdf::{
	Body, Component, Concept, Dosage, Identifier, Item, Observation, Patient, Quantity, Time, Value,
};

/// Cells with the names of their columns. Every row of a kind has the same names.
#[derive(Default)]
pub(super) struct Row {
	pub(super) cells: Vec<(&'static str, String)>,
}

impl Row {
	fn put(&mut self, name: &'static str, cell: impl Into<String>) {
		self.cells.push((name, cell.into()));
	}

	fn text(&mut self, name: &'static str, text: &Option<String>) {
		self.put(name, text.as_deref().unwrap_or_default());
	}

	fn time(&mut self, name: &'static str, time: &Option<Time>) {
		self.put(name, time.as_ref().map_or("", |time| &*time.value));
	}

	fn concepts<'a>(&mut self, name: &'static str, found: impl IntoIterator<Item = &'a Concept>) {
		self.put(name, concepts(found));
	}

	fn amount(&mut self, names: [&'static str; 2], amount: Option<&Quantity>) {
		let [value, unit] = names;
		self.put(value, amount.and_then(|amount| amount.value.as_ref()).map_or("", |n| n.as_str()));
		let text = amount.and_then(|amount| amount.unit.as_deref().or(amount.unit_text.as_deref()));
		self.put(unit, text.unwrap_or_default());
	}
}

/// The rows of an item: one, and one for each part of a panel.
pub(super) fn rows(item: &Item, rest: String) -> Vec<Row> {
	let parts = match &item.body {
		Body::Observation(body) => &*body.components,
		_ => &[],
	};
	let mut rows = vec![row(item, None, rest)];
	// A part says what it belongs to; the item's own row says the rest.
	rows.extend(parts.iter().zip(1..).map(|part| row(item, Some(part), String::new())));
	rows
}

fn row(item: &Item, part: Option<(&Component, usize)>, rest: String) -> Row {
	let mut row = Row::default();
	row.put("id", &*item.id);
	row.put("category", item.category.code());
	row.text("subject", &item.subject);
	row.text("encounter", &item.encounter);
	row.text("status", &item.status);
	row.put("withdrawn", if item.withdrawn { "true" } else { "" });
	let concept = match part {
		Some((part, _)) => part.concept.as_ref(),
		None => item.concept.as_ref(),
	};
	row.put("codes", codes(concept.into_iter().flat_map(|concept| &concept.codes)));
	row.put("text", concept.and_then(|concept| concept.text.as_deref()).unwrap_or_default());
	row.time("at", &item.times.at);
	row.time("start", &item.times.start);
	row.time("end", &item.times.end);
	row.time("recorded", &item.times.recorded);
	body(item, part, &mut row);
	row.put("rest", rest);
	row
}

fn body(item: &Item, part: Option<(&Component, usize)>, row: &mut Row) {
	match &item.body {
		Body::Patient(body) => patient(body, row),
		Body::Encounter(body) => {
			row.put("class", codes(&body.class));
			row.concepts("reasons", &body.reasons);
			row.put("locations", references(&body.locations));
			row.put("provider", references(&body.provider));
		},
		Body::Observation(body) => observation(body, part, row),
		Body::Report(body) => {
			row.text("conclusion", &body.conclusion);
			row.concepts("conclusion_codes", &body.conclusion_codes);
			row.put("results", references(&body.results));
		},
		Body::Medication(body) => {
			row.text("act", &body.act);
			row.text("intent", &body.intent);
			row.put("medicine", references(&body.medicine));
			dosage(body.dosages.first(), row);
			row.amount(["quantity", "quantity_unit"], body.quantity.as_ref());
			row.amount(["supply", "supply_unit"], body.supply.as_ref());
			row.concepts("reasons", &body.reasons);
		},
		Body::Condition(body) => {
			row.concepts("clinical_status", &body.clinical_status);
			row.concepts("verification_status", &body.verification_status);
			row.concepts("severity", &body.severity);
			row.concepts("body_sites", &body.body_sites);
		},
		Body::Procedure(body) => {
			row.concepts("reasons", &body.reasons);
			row.concepts("body_sites", &body.body_sites);
			row.concepts("outcome", &body.outcome);
			row.put("performers", references(&body.performers));
		},
		Body::Allergy(body) => {
			row.text("mechanism", &body.mechanism);
			row.put("substances", list(body.substances.iter().map(|text| &**text)));
			row.text("criticality", &body.criticality);
			row.concepts("clinical_status", &body.clinical_status);
			row.concepts("verification_status", &body.verification_status);
			let seen = body.reactions.iter().flat_map(|reaction| &reaction.manifestations);
			row.concepts("manifestations", seen);
		},
		Body::Immunization(body) => {
			row.text("lot", &body.lot);
			row.time("expiry", &body.expiry);
			row.concepts("site", &body.site);
			row.concepts("route", &body.route);
			row.amount(["dose", "dose_unit"], body.dose.as_ref());
			row.concepts("status_reason", &body.status_reason);
		},
		Body::ImagingStudy(body) => {
			row.put("identifiers", identifiers(&body.identifiers));
			row.put("modalities", codes(&body.modalities));
			row.text("description", &body.description);
			row.put("series", body.series_count.as_ref().map_or("", |n| n.as_str()));
			row.put("instances", body.instance_count.as_ref().map_or("", |n| n.as_str()));
		},
		Body::Document(body) => {
			row.put("identifiers", identifiers(&body.identifiers));
			row.text("description", &body.description);
			let types = body.content.iter().map(|content| content.content_type.as_deref());
			row.put("content_types", list(types.map(Option::unwrap_or_default)));
			row.put("authors", references(&body.authors));
		},
		Body::Device(body) => {
			row.put("udi", list(body.udi.iter().map(|text| &**text)));
			row.put("names", list(body.names.iter().map(|text| &**text)));
			row.text("manufacturer", &body.manufacturer);
			row.text("model", &body.model);
			row.text("serial", &body.serial);
			row.text("lot", &body.lot);
		},
		Body::Coverage(body) => {
			row.text("act", &body.act);
			row.put("identifiers", identifiers(&body.identifiers));
			row.put("payers", references(&body.payers));
			row.text("member", &body.member);
			row.concepts("relationship", &body.relationship);
			row.text("outcome", &body.outcome);
		},
		Body::CarePlan(body) => {
			row.text("act", &body.act);
			row.text("intent", &body.intent);
			row.text("title", &body.title);
			row.text("description", &body.description);
			row.put("participants", references(&body.participants));
		},
		Body::Genomic(body) => {
			row.text("sequence", &body.sequence);
			row.text("observed", &body.observed);
		},
		Body::Other(body) => {
			row.text("resource", &body.resource);
			row.put("identifiers", identifiers(&body.identifiers));
			row.text("name", &body.name);
		},
	}
}

fn identifiers(found: &[Identifier]) -> String {
	let codings: Vec<_> = found
		.iter()
		.map(|one| salus_mdf::Coding {
			system: one.system.clone(),
			code: one.value.clone(),
			..Default::default()
		})
		.collect();
	codes(&codings)
}

fn patient(body: &Patient, row: &mut Row) {
	row.put("identifiers", identifiers(&body.identifiers));
	let name = body.names.first();
	let family = name.and_then(|name| name.family.as_deref().or(name.text.as_deref()));
	row.put("family", family.unwrap_or_default());
	row.put("given", name.map(|name| name.given.join(" ")).unwrap_or_default());
	row.time("birth", &body.birth);
	row.text("gender", &body.gender);
	row.put("deceased", body.deceased.map_or("", |dead| if dead { "true" } else { "false" }));
	row.time("death", &body.death);
	let address = body.addresses.first();
	row.put("street", address.map(|address| address.line.join(", ")).unwrap_or_default());
	row.put("city", address.and_then(|address| address.city.as_deref()).unwrap_or_default());
	row.put("state", address.and_then(|address| address.state.as_deref()).unwrap_or_default());
	let code = address.and_then(|address| address.postal_code.as_deref());
	row.put("postal_code", code.unwrap_or_default());
	row.put("country", address.and_then(|address| address.country.as_deref()).unwrap_or_default());
	row.put("contacts", list(body.contacts.iter().filter_map(|one| one.value.as_deref())));
}

fn observation(body: &Observation, part: Option<(&Component, usize)>, row: &mut Row) {
	row.put("component", part.map(|(_, number)| number.to_string()).unwrap_or_default());
	let (found, interpretation) = match part {
		Some((part, _)) => (&part.value, &part.interpretation),
		None => (&body.value, &body.interpretation),
	};
	value(found.as_ref(), row);
	row.concepts("interpretation", interpretation);
	row.concepts("body_site", &body.body_site);
	row.concepts("method", &body.method);
}

fn value(value: Option<&Value>, row: &mut Row) {
	let mut amount = None;
	let (mut number, mut coded, mut text) = ("", String::new(), String::new());
	match value {
		Some(Value::Quantity(found)) => amount = Some(found),
		Some(Value::Number(found)) => number = found.as_str(),
		Some(Value::Concept(found)) => {
			coded = codes(&found.codes);
			text = found.text.clone().unwrap_or_default();
		},
		Some(Value::Text(found)) => text.clone_from(found),
		Some(Value::Boolean(found)) => text = found.to_string(),
		Some(Value::Time(found)) => text.clone_from(&found.value),
		// The value has several parts, or none: `rest` has them.
		Some(
			Value::Range(_) | Value::Ratio(_) | Value::Period(_) | Value::Absent(_) | Value::Raw(_),
		)
		| None => {},
	}
	let canonical = amount.and_then(|amount| amount.canonical.as_ref());
	row.put("comparator", amount.and_then(|a| a.comparator.as_deref()).unwrap_or_default());
	row.put("value", amount.and_then(|a| a.value.as_ref()).map_or(number, |n| n.as_str()));
	row.put("unit", amount.and_then(|a| a.unit.as_deref()).unwrap_or_default());
	row.put("unit_text", amount.and_then(|a| a.unit_text.as_deref()).unwrap_or_default());
	row.put("canonical_value", canonical.map_or("", |canonical| canonical.value.as_str()));
	row.put("canonical_unit", canonical.map_or("", |canonical| &*canonical.unit));
	row.put("value_codes", coded);
	row.put("value_text", text);
}

fn dosage(dosage: Option<&Dosage>, row: &mut Row) {
	let text = dosage.and_then(|dosage| dosage.text.as_deref());
	row.put("dosage", text.unwrap_or_default());
	let dose = match dosage.and_then(|dosage| dosage.dose.as_ref()) {
		Some(Value::Quantity(dose)) => Some(dose),
		_ => None,
	};
	row.amount(["dose", "dose_unit"], dose);
	row.concepts("route", dosage.and_then(|dosage| dosage.route.as_ref()));
}
