// SPDX-License-Identifier: Apache-2.0
//! Which element of which resource becomes which part of an item.

use super::{
	element::{
		address, attachment, boolean, coding, concept, contact, decimal, identifier, name, note,
		period, quantity, reference, reference_range, text, time, value,
	},
	fields::{raw, Care, Fields, Reader},
	names, Piece,
};
use crate::{json::tree::Json, load::Context, Code, Error};
use salus_mdf::{
	sensitivity::classify, vital::is_vital_sign, Activity, Allergy, Amount, Body, CarePlan,
	Category, Coding, Component, Concept, Condition, Coverage, Device, Document, Dosage, Encounter,
	Genomic, ImagingStudy, Immunization, Item, Medication, Observation, Other, Patient, Procedure,
	Provenance, RawJson, Reaction, Reference, Report, Series, Time, Times, Value,
};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

const LOINC: &str = "http://loinc.org";

/// A resource while it is mapped.
struct Resource<'j, 'a> {
	fields: Fields<'j, 'a>,
	json: &'j Json<'a>,
	/// What was wrong, and with which element.
	faults: Vec<(&'static str, Code)>,
	times: Times,
	concept: Option<Concept>,
	more_classes: Vec<Concept>,
}

impl Resource<'_, '_> {
	/// Takes an element when all of it went into the model; otherwise its raw form stays.
	fn settle(&mut self, key: &'static str, before: Fields<'_, '_>, care: &Care) {
		if care.partial {
			self.fields.restore(&before);
		}
		if let Some(code) = care.fault {
			self.faults.push((key, code));
		}
	}

	fn one<T>(&mut self, key: &'static str, read: Reader<T>) -> Option<T> {
		let (before, mut care) = (self.fields.clone(), Care::default());
		let value = self.fields.one(key, &mut care, read);
		self.settle(key, before, &care);
		value
	}

	fn many<T>(&mut self, key: &'static str, read: Reader<T>) -> Vec<T> {
		let (before, mut care) = (self.fields.clone(), Care::default());
		let values = self.fields.many(key, &mut care, read);
		self.settle(key, before, &care);
		values
	}

	fn choice(&mut self, prefix: &'static str) -> Option<Value> {
		let (before, mut care) = (self.fields.clone(), Care::default());
		let found = self.fields.choice(prefix, &mut care, value);
		self.settle(prefix, before, &care);
		found
	}

	/// Reads `prefix` and a type as the times of the item, when the type is one of time.
	fn when(&mut self, prefix: &'static str) {
		let is_time = self
			.fields
			.find_choice(prefix)
			.is_some_and(|(_, kind)| matches!(&*kind, "DateTime" | "Period" | "Date" | "Instant"));
		if !is_time {
			return;
		}
		match self.choice(prefix) {
			Some(Value::Time(time)) => self.times.at = Some(time),
			Some(Value::Period(period)) => {
				self.times.start = period.start;
				self.times.end = period.end;
			},
			_ => {},
		}
	}

	fn during(&mut self, key: &'static str) {
		if let Some(period) = self.one(key, period) {
			self.times.start = period.start;
			self.times.end = period.end;
		}
	}

	fn code(&mut self, key: &'static str) {
		self.concept = self.one(key, concept);
	}

	/// Reads an element that resource types call differently. It is taken under the name that this
	/// type has for it; when it has another name, or several, it stays raw, too.
	fn named<T>(
		&mut self,
		key: &'static str,
		names: &[&'static str],
		read: Reader<T>,
	) -> Option<T> {
		if names.iter().any(|name| *name != key && self.json.get(name).is_some()) {
			return self
				.glance(key, read)
				.or_else(|| names.iter().find_map(|name| self.glance(name, read)));
		}
		self.one(key, read)
	}

	/// The reference part of a reference.
	fn target(&mut self, key: &'static str, names: &[&'static str]) -> Option<String> {
		self.named(key, names, target)
	}

	/// Reads an element without taking it.
	fn glance<T>(&self, key: &str, read: Reader<T>) -> Option<T> {
		self.fields.clone().one(key, &mut Care::default(), read)
	}
}

/// Where a reference points. A display is the name of a person: it stays in the raw element.
fn target(json: &Json<'_>, care: &mut Care) -> Option<String> {
	let found = reference(json, care)?;
	care.partial |= found.display.is_some();
	found.reference
}

fn shared<'j, 'a>(json: &'j Json<'a>) -> Option<Resource<'j, 'a>> {
	let Json::Object(members) = json else { return None };
	Some(Resource {
		fields: Fields::new(members),
		json,
		faults: Vec::new(),
		times: Times::default(),
		concept: None,
		more_classes: Vec::new(),
	})
}

/// What `meta` says.
#[derive(Default)]
struct Meta {
	version: Option<String>,
	labels: Vec<Coding>,
}

fn meta(json: &Json<'_>, care: &mut Care) -> Option<Meta> {
	let mut fields = Fields::of(json, care)?;
	let meta = Meta {
		version: fields.one("versionId", care, text),
		labels: fields.many("security", care, coding),
	};
	fields.done(care);
	Some(meta)
}

/// Codes anywhere in a resource, and whether something in it may change its meaning.
#[derive(Default)]
struct Walk<'a> {
	codes: Vec<(Option<Cow<'a, str>>, Cow<'a, str>)>,
	modified: bool,
}

impl<'a> Walk<'a> {
	fn visit(&mut self, json: &Json<'a>, in_coding: bool) {
		match json {
			Json::Array(values) => values.iter().for_each(|value| self.visit(value, in_coding)),
			Json::Object(members) => {
				let (mut system, mut code) = (None, None);
				for (name, value) in members {
					match value {
						Json::String(text) if name.is("code") => code = Some(text.get()),
						Json::String(text) if name.is("system") => system = Some(text.get()),
						Json::Array(_) | Json::Object(_) => {
							self.modified |= name.is("modifierExtension");
							self.visit(value, name.is("coding"));
						},
						_ => {},
					}
				}
				if let Some(code) = code.filter(|_| system.is_some() || in_coding) {
					self.codes.push((system, code));
				}
			},
			_ => {},
		}
	}

	fn classify(&self, ordinary: Category) -> Category {
		classify(ordinary, self.codes.iter().map(|(system, code)| (system.as_deref(), &**code)))
	}
}

/// An entry without a resource.
pub(super) fn keep_entry(context: &mut Context<'_>, piece: Piece<'_>) -> Result<(), Error> {
	let id = id_of_place(context, &piece);
	let origin = origin(context, &piece, "fhir.r4/entry");
	let mut item = Item::new(id, Category::Other, Other::default(), origin);
	item.provenance.full_url = piece.full_url;
	item.extra.extend(piece.entry.map(|entry| ("bundle.entry".into(), entry)));
	context.emit(item)
}

/// Maps a resource to an item.
pub(super) fn map(
	context: &mut Context<'_>,
	json: &Json<'_>,
	piece: Piece<'_>,
) -> Result<(), Error> {
	let Some(mut resource) = shared(json) else {
		return context.diagnose(piece.place(""), Code::NotAResource);
	};
	let Some(kind) = resource.one("resourceType", text) else {
		return context.diagnose(piece.place(""), Code::ResourceTypeMissing);
	};
	let id = resource.one("id", text);
	let mut walk = Walk::default();
	walk.visit(json, false);
	let modified = walk.modified || json.get("implicitRules").is_some();

	let item_id = match &id {
		Some(id) => format!("{kind}/{id}"),
		None => id_of_place(context, &piece),
	};
	let Meta { version, labels } = resource.one("meta", meta).unwrap_or_default();
	let (rule, mut item) = if modified {
		context.diagnose(piece.place(""), Code::UnknownModifier)?;
		let body = Other { resource: Some(kind.clone()), ..Other::default() };
		let origin = Provenance::default();
		("fhir.r4/unmapped", Item::new(item_id, Category::Other, body, origin))
	} else {
		let status = resource.named(names::status(&kind), &names::STATUSES, text);
		let classes = classes(&kind, &mut resource);
		let (rule, ordinary, body) = body(&kind, &mut resource, &classes);
		let mut item = Item::new(item_id, ordinary, body, Provenance::default());
		item.status = status;
		item.classes = classes;
		item.classes.append(&mut resource.more_classes);
		item.notes = resource.many("note", note);
		(rule, item)
	};
	item.subject = match (&*kind, &id) {
		("Patient", Some(id)) => Some(format!("Patient/{id}")),
		_ => resource.target(names::subject(&kind), &names::SUBJECTS),
	};
	item.encounter = resource.target(names::encounter(&kind), &names::ENCOUNTERS);
	item.category = walk.classify(item.category);
	item.labels = labels;
	item.times = resource.times;
	item.concept = resource.concept;
	item.withdrawn = is_withdrawn(json);
	if item.withdrawn {
		context.diagnose(piece.place(""), Code::EnteredInError)?;
	}
	item.provenance = Provenance {
		resource: Some(kind),
		resource_id: id,
		version,
		full_url: piece.full_url.clone(),
		..origin(context, &piece, rule)
	};
	for (name, value) in resource.fields.rest() {
		item.extra.extend(raw(value).map(|raw| (name.get().into_owned(), raw)));
	}
	// The types of elements are known for mapped resources only; the others keep theirs raw.
	let known = !matches!(rule, "fhir.r4/other" | "fhir.r4/unmapped");
	resource.faults.retain(|(_, code)| known || *code != Code::ElementType);
	for (key, code) in resource.faults {
		context.diagnose(piece.place(&format!("/{key}")), code)?;
	}
	item.extra.extend(piece.entry.map(|entry: RawJson| ("bundle.entry".into(), entry)));
	context.emit(item)
}

fn origin(context: &Context<'_>, piece: &Piece<'_>, rule: &str) -> Provenance {
	Provenance {
		source: context.report.source_digest.clone(),
		location: piece.location(context.location()),
		rule: rule.into(),
		..Provenance::default()
	}
}

/// An id from the file and the place in it: the same bytes give the same ids.
fn id_of_place(context: &Context<'_>, piece: &Piece<'_>) -> String {
	let place = format!(
		"{}#{}:{}:{}",
		context.report.source_digest,
		piece.line.unwrap_or_default(),
		piece.pointer,
		piece.bytes.map_or(0, |bytes| bytes.start),
	);
	format!("at-{}", hex::encode(&Sha256::digest(place)[..16]))
}

fn is_withdrawn(json: &Json<'_>) -> bool {
	let is_error = |text: Cow<'_, str>| text == "entered-in-error";
	let coded = |json: &Json<'_>| match json.get("coding") {
		Some(Json::Array(codings)) => codings
			.iter()
			.any(|coding| coding.get("code").and_then(Json::as_str).is_some_and(is_error)),
		_ => false,
	};
	json.get("status").and_then(Json::as_str).is_some_and(is_error)
		|| json.get("verificationStatus").is_some_and(coded)
}

/// `category` is a list of concepts, one concept or a list of codes.
fn classes(kind: &str, resource: &mut Resource<'_, '_>) -> Vec<Concept> {
	let single = names::has_one_category(kind);
	match resource.json.get("category") {
		Some(Json::Array(values)) if values.iter().all(|value| value.as_str().is_none()) => {
			if single {
				let mut fields = resource.fields.clone();
				fields.many("category", &mut Care::default(), concept)
			} else {
				resource.many("category", concept)
			}
		},
		Some(Json::Object(_)) if single => resource.one("category", concept).into_iter().collect(),
		Some(Json::Object(_)) => resource.glance("category", concept).into_iter().collect(),
		// Codes are read where their meaning is known.
		_ => Vec::new(),
	}
}

fn codes_of(concepts: &[Concept]) -> impl Iterator<Item = &str> {
	concepts.iter().flat_map(|concept| &concept.codes).filter_map(|coding| coding.code.as_deref())
}

fn body(
	kind: &str,
	r: &mut Resource<'_, '_>,
	classes: &[Concept],
) -> (&'static str, Category, Body) {
	match kind {
		"Patient" => ("fhir.r4/Patient", Category::Demographics, patient(r)),
		"Encounter" => ("fhir.r4/Encounter", Category::Encounters, encounter(r)),
		"Observation" => {
			let body = observation(r);
			("fhir.r4/Observation", observation_category(r, classes), body)
		},
		"DiagnosticReport" => ("fhir.r4/DiagnosticReport", report_category(classes), report(r)),
		"MedicationRequest" => ("fhir.r4/MedicationRequest", Category::Medications, {
			r.times.at = r.one("authoredOn", time);
			medication(r, "request", "dosageInstruction")
		}),
		"MedicationStatement" => ("fhir.r4/MedicationStatement", Category::Medications, {
			r.when("effective");
			r.times.recorded = r.one("dateAsserted", time);
			medication(r, "statement", "dosage")
		}),
		"MedicationAdministration" => {
			("fhir.r4/MedicationAdministration", Category::Medications, {
				r.when("effective");
				let dosage = r.one("dosage", administered);
				let mut body = medicine(r, "administration");
				body.dosages.extend(dosage);
				body.into()
			})
		},
		"MedicationDispense" => ("fhir.r4/MedicationDispense", Category::Medications, {
			r.times.at = r.one("whenHandedOver", time);
			medication(r, "dispense", "dosageInstruction")
		}),
		"Medication" => ("fhir.r4/Medication", Category::Medications, {
			r.code("code");
			let form = r.one("form", concept);
			Medication { act: Some("product".into()), form, ..Medication::default() }.into()
		}),
		"Condition" => ("fhir.r4/Condition", Category::Conditions, condition(r)),
		"Procedure" => ("fhir.r4/Procedure", Category::Procedures, procedure(r)),
		"AllergyIntolerance" => ("fhir.r4/AllergyIntolerance", Category::Allergies, allergy(r)),
		"Immunization" => ("fhir.r4/Immunization", Category::Immunizations, immunization(r)),
		"ImagingStudy" => ("fhir.r4/ImagingStudy", Category::Imaging, imaging(r)),
		"DocumentReference" => ("fhir.r4/DocumentReference", Category::Documents, {
			r.code("type");
			r.times.at = r.one("date", time);
			let content = r.many("content", document_content);
			document(r, content)
		}),
		"Media" => ("fhir.r4/Media", Category::Documents, {
			r.code("type");
			r.when("created");
			r.times.recorded = r.one("issued", time);
			let content = r.one("content", attachment);
			document(r, content.into_iter().collect())
		}),
		"Device" => ("fhir.r4/Device", Category::Devices, device(r)),
		"Coverage" => ("fhir.r4/Coverage", Category::Coverage, coverage(r)),
		"Claim" => ("fhir.r4/Claim", Category::Coverage, claim(r, "claim")),
		"ExplanationOfBenefit" => {
			("fhir.r4/ExplanationOfBenefit", Category::Coverage, claim(r, "explanation"))
		},
		"CarePlan" => ("fhir.r4/CarePlan", Category::CarePlans, care_plan(r)),
		"CareTeam" => ("fhir.r4/CareTeam", Category::CarePlans, {
			r.during("period");
			let body = CarePlan {
				act: Some("team".into()),
				title: r.one("name", text),
				participants: r.many("participant", member),
				..CarePlan::default()
			};
			body.into()
		}),
		"Goal" => ("fhir.r4/Goal", Category::CarePlans, goal(r)),
		"MolecularSequence" => ("fhir.r4/MolecularSequence", Category::Genomics, {
			let body = Genomic {
				sequence: r.one("type", text),
				observed: r.one("observedSeq", text),
				specimen: r.one("specimen", reference),
			};
			body.into()
		}),
		"RelatedPerson" | "Person" => ("fhir.r4/Person", Category::Demographics, other(kind, r)),
		"Practitioner" => ("fhir.r4/Practitioner", Category::Other, other(kind, r)),
		"Organization" => ("fhir.r4/Organization", Category::Other, other(kind, r)),
		"Location" => ("fhir.r4/Location", Category::Other, other(kind, r)),
		"Provenance" => ("fhir.r4/Provenance", Category::Other, {
			r.times.recorded = r.one("recorded", time);
			other(kind, r)
		}),
		_ => ("fhir.r4/other", Category::Other, other(kind, r)),
	}
}

fn other(kind: &str, r: &mut Resource<'_, '_>) -> Body {
	let name = match r.json.get("name") {
		Some(Json::String(_)) => r.one("name", text),
		_ => None,
	};
	let identifiers = match r.json.get("identifier") {
		Some(Json::Array(_)) => r.many("identifier", identifier),
		_ => Vec::new(),
	};
	Other { resource: Some(kind.into()), identifiers, name }.into()
}

fn patient(r: &mut Resource<'_, '_>) -> Body {
	let body = Patient {
		identifiers: r.many("identifier", identifier),
		names: r.many("name", name),
		birth: r.one("birthDate", time),
		gender: r.one("gender", text),
		deceased: r.one("deceasedBoolean", boolean),
		death: r.one("deceasedDateTime", time),
		addresses: r.many("address", address),
		contacts: r.many("telecom", contact),
		languages: r.many("communication", language),
		marital_status: r.one("maritalStatus", concept),
	};
	body.into()
}

fn language(json: &Json<'_>, care: &mut Care) -> Option<Concept> {
	let mut fields = Fields::of(json, care)?;
	let language = fields.one("language", care, concept);
	fields.done(care);
	language
}

/// The reference inside a participant, location or performer.
fn part(json: &Json<'_>, care: &mut Care, key: &str) -> Option<Reference> {
	let mut fields = Fields::of(json, care)?;
	let found = fields.one(key, care, reference);
	fields.done(care);
	if found.is_none() {
		care.partial = true;
	}
	found
}

fn individual(json: &Json<'_>, care: &mut Care) -> Option<Reference> {
	part(json, care, "individual")
}

fn location(json: &Json<'_>, care: &mut Care) -> Option<Reference> {
	part(json, care, "location")
}

fn actor(json: &Json<'_>, care: &mut Care) -> Option<Reference> {
	part(json, care, "actor")
}

fn member(json: &Json<'_>, care: &mut Care) -> Option<Reference> {
	part(json, care, "member")
}

fn encounter(r: &mut Resource<'_, '_>) -> Body {
	r.during("period");
	let mut types = r.many("type", concept).into_iter();
	r.concept = types.next();
	r.more_classes.extend(types);
	let body = Encounter {
		class: r.one("class", coding),
		reasons: r.many("reasonCode", concept),
		reason_references: r.many("reasonReference", reference),
		participants: r.many("participant", individual),
		locations: r.many("location", location),
		provider: r.one("serviceProvider", reference),
	};
	body.into()
}

fn component(json: &Json<'_>, care: &mut Care) -> Option<Component> {
	let mut fields = Fields::of(json, care)?;
	let component = Component {
		concept: fields.one("code", care, concept),
		value: fields
			.choice("value", care, value)
			.or_else(|| fields.one("dataAbsentReason", care, concept).map(Value::Absent)),
		interpretation: fields.many("interpretation", care, concept),
		reference_ranges: fields.many("referenceRange", care, reference_range),
	};
	fields.done(care);
	without_unit(component.value.as_ref(), care);
	Some(component)
}

/// Flags a number without a unit. The element is complete all the same.
fn without_unit(value: Option<&Value>, care: &mut Care) {
	if let Some(Value::Quantity(quantity)) = value {
		if quantity.value.is_some() && quantity.unit.is_none() && quantity.unit_text.is_none() {
			care.doubt(Code::MissingUnit);
		}
	}
}

fn observation(r: &mut Resource<'_, '_>) -> Body {
	r.code("code");
	r.when("effective");
	r.times.recorded = r.one("issued", time);
	let value = r.choice("value");
	let mut care = Care::default();
	without_unit(value.as_ref(), &mut care);
	r.faults.extend(care.fault.map(|code| ("valueQuantity", code)));
	let value = value.or_else(|| r.one("dataAbsentReason", concept).map(Value::Absent));
	let body = Observation {
		value,
		components: r.many("component", component),
		interpretation: r.many("interpretation", concept),
		reference_ranges: r.many("referenceRange", reference_range),
		body_site: r.one("bodySite", concept),
		method: r.one("method", concept),
		specimen: r.one("specimen", reference),
		device: r.one("device", reference),
		performers: r.many("performer", reference),
		members: r.many("hasMember", reference),
	};
	body.into()
}

fn observation_category(r: &Resource<'_, '_>, classes: &[Concept]) -> Category {
	for class in codes_of(classes) {
		match class {
			"vital-signs" => return Category::Vitals,
			"laboratory" => return Category::Labs,
			"social-history" | "survey" => return Category::SocialHistory,
			"imaging" => return Category::Imaging,
			"procedure" => return Category::Procedures,
			_ => {},
		}
	}
	if !classes.is_empty() {
		return Category::Other;
	}
	let codes = r.concept.iter().flat_map(|concept| &concept.codes);
	let mut loinc = codes
		.filter(|coding| coding.system.as_deref() == Some(LOINC))
		.filter_map(|coding| coding.code.as_deref())
		.peekable();
	if loinc.peek().is_none() {
		return Category::Other;
	}
	if loinc.any(is_vital_sign) {
		Category::Vitals
	} else {
		Category::Labs
	}
}

fn report(r: &mut Resource<'_, '_>) -> Body {
	r.code("code");
	r.when("effective");
	r.times.recorded = r.one("issued", time);
	let body = Report {
		results: r.many("result", reference),
		conclusion: r.one("conclusion", text),
		conclusion_codes: r.many("conclusionCode", concept),
		content: r.many("presentedForm", attachment),
		specimens: r.many("specimen", reference),
		performers: r.many("performer", reference),
	};
	body.into()
}

fn report_category(classes: &[Concept]) -> Category {
	for class in codes_of(classes) {
		match class {
			"GE" => return Category::Genomics,
			"RAD" | "RX" | "CT" | "NMR" | "NMS" | "RUS" | "OUS" | "CUS" | "VUS" | "XRC"
			| "LP29684-5" => return Category::Imaging,
			"34117-2" | "51847-2" | "11506-3" | "18842-5" | "34133-9" => {
				return Category::Documents
			},
			_ => {},
		}
	}
	Category::Labs
}

fn dosage(json: &Json<'_>, care: &mut Care) -> Option<Dosage> {
	let mut fields = Fields::of(json, care)?;
	let amounts = fields.many("doseAndRate", care, dose_and_rate);
	// The model has one amount; more of them stay in the raw element.
	care.partial |= amounts.len() > 1;
	let (dose, rate) = amounts.into_iter().next().unwrap_or_default();
	let dosage = Dosage {
		patient_instruction: fields.one("patientInstruction", care, text),
		as_needed: fields.one("asNeededBoolean", care, boolean),
		..way(&mut fields, care, dose, rate)
	};
	fields.done(care);
	Some(dosage)
}

/// What was given at once.
fn administered(json: &Json<'_>, care: &mut Care) -> Option<Dosage> {
	let mut fields = Fields::of(json, care)?;
	let dose = fields.one("dose", care, quantity).map(Value::Quantity);
	let dosage = way(&mut fields, care, dose, None);
	fields.done(care);
	Some(dosage)
}

fn way(
	fields: &mut Fields<'_, '_>,
	care: &mut Care,
	dose: Option<Value>,
	rate: Option<Value>,
) -> Dosage {
	Dosage {
		text: fields.one("text", care, text),
		route: fields.one("route", care, concept),
		site: fields.one("site", care, concept),
		method: fields.one("method", care, concept),
		dose,
		rate,
		..Dosage::default()
	}
}

fn dose_and_rate(json: &Json<'_>, care: &mut Care) -> Option<(Option<Value>, Option<Value>)> {
	let mut fields = Fields::of(json, care)?;
	let amounts = (fields.choice("dose", care, value), fields.choice("rate", care, value));
	fields.done(care);
	Some(amounts)
}

fn medicine(r: &mut Resource<'_, '_>, act: &str) -> Medication {
	r.code("medicationCodeableConcept");
	let medicine = r.one("medicationReference", reference);
	if let Some(local) = medicine.as_ref().and_then(|m| m.reference.as_deref()?.strip_prefix('#')) {
		// A contained medicine has no life of its own: its code is the item's.
		if let Some(Json::Array(contained)) = r.json.get("contained") {
			r.concept = contained
				.iter()
				.find(|json| json.get("id").and_then(Json::as_str).is_some_and(|id| id == local))
				.and_then(|json| concept(json.get("code")?, &mut Care::default()));
		}
	}
	Medication {
		act: Some(act.into()),
		intent: r.one("intent", text),
		medicine,
		reasons: r.many("reasonCode", concept),
		reason_references: r.many("reasonReference", reference),
		requester: r.one("requester", reference),
		quantity: r.one("quantity", quantity),
		supply: r.one("daysSupply", quantity),
		..Medication::default()
	}
}

fn medication(r: &mut Resource<'_, '_>, act: &str, dosages: &'static str) -> Body {
	let mut body = medicine(r, act);
	body.dosages = r.many(dosages, dosage);
	body.into()
}

fn condition(r: &mut Resource<'_, '_>) -> Body {
	r.code("code");
	r.times.recorded = r.one("recordedDate", time);
	let mut bound = |prefix| match r.choice(prefix) {
		Some(Value::Time(time)) => (Some(time), None),
		other => (None, other),
	};
	let (start, onset): (Option<Time>, _) = bound("onset");
	let (end, abatement): (Option<Time>, _) = bound("abatement");
	(r.times.start, r.times.end) = (start, end);
	let body = Condition {
		clinical_status: r.one("clinicalStatus", concept),
		verification_status: r.one("verificationStatus", concept),
		severity: r.one("severity", concept),
		body_sites: r.many("bodySite", concept),
		onset,
		abatement,
	};
	body.into()
}

fn procedure(r: &mut Resource<'_, '_>) -> Body {
	r.code("code");
	r.when("performed");
	let body = Procedure {
		reasons: r.many("reasonCode", concept),
		reason_references: r.many("reasonReference", reference),
		body_sites: r.many("bodySite", concept),
		outcome: r.one("outcome", concept),
		complications: r.many("complication", concept),
		follow_up: r.many("followUp", concept),
		performers: r.many("performer", actor),
		location: r.one("location", reference),
	};
	body.into()
}

fn reaction(json: &Json<'_>, care: &mut Care) -> Option<Reaction> {
	let mut fields = Fields::of(json, care)?;
	let reaction = Reaction {
		substance: fields.one("substance", care, concept),
		manifestations: fields.many("manifestation", care, concept),
		severity: fields.one("severity", care, text),
		exposure: fields.one("exposureRoute", care, concept),
		onset: fields.one("onset", care, time),
		description: fields.one("description", care, text),
	};
	fields.done(care);
	Some(reaction)
}

fn allergy(r: &mut Resource<'_, '_>) -> Body {
	r.code("code");
	r.when("onset");
	r.times.recorded = r.one("recordedDate", time);
	let body = Allergy {
		mechanism: r.one("type", text),
		substances: r.many("category", text),
		criticality: r.one("criticality", text),
		clinical_status: r.one("clinicalStatus", concept),
		verification_status: r.one("verificationStatus", concept),
		reactions: r.many("reaction", reaction),
	};
	body.into()
}

fn immunization(r: &mut Resource<'_, '_>) -> Body {
	r.code("vaccineCode");
	r.when("occurrence");
	r.times.recorded = r.one("recorded", time);
	let body = Immunization {
		lot: r.one("lotNumber", text),
		expiry: r.one("expirationDate", time),
		site: r.one("site", concept),
		route: r.one("route", concept),
		dose: r.one("doseQuantity", quantity),
		primary_source: r.one("primarySource", boolean),
		status_reason: r.one("statusReason", concept),
		location: r.one("location", reference),
	};
	body.into()
}

fn series(json: &Json<'_>, care: &mut Care) -> Option<Series> {
	let mut fields = Fields::of(json, care)?;
	let series = Series {
		uid: fields.one("uid", care, text),
		number: fields.one("number", care, decimal),
		modality: fields.one("modality", care, coding),
		body_site: fields.one("bodySite", care, coding),
		description: fields.one("description", care, text),
		instances: fields.one("numberOfInstances", care, decimal),
		started: fields.one("started", care, time),
	};
	fields.done(care);
	Some(series)
}

fn imaging(r: &mut Resource<'_, '_>) -> Body {
	r.times.at = r.one("started", time);
	let body = ImagingStudy {
		identifiers: r.many("identifier", identifier),
		modalities: r.many("modality", coding),
		description: r.one("description", text),
		series: r.many("series", series),
		series_count: r.one("numberOfSeries", decimal),
		instance_count: r.one("numberOfInstances", decimal),
		reasons: r.many("reasonCode", concept),
		procedures: r.many("procedureCode", concept),
	};
	body.into()
}

fn document_content(json: &Json<'_>, care: &mut Care) -> Option<salus_mdf::Attachment> {
	let mut fields = Fields::of(json, care)?;
	let content = fields.one("attachment", care, attachment);
	fields.done(care);
	content
}

fn document(r: &mut Resource<'_, '_>, content: Vec<salus_mdf::Attachment>) -> Body {
	let body = Document {
		identifiers: r.many("identifier", identifier),
		content,
		description: r.one("description", text),
		authors: r.many("author", reference),
		custodian: r.one("custodian", reference),
	};
	body.into()
}

fn device_name(json: &Json<'_>, care: &mut Care) -> Option<String> {
	let mut fields = Fields::of(json, care)?;
	let name = fields.one("name", care, text);
	fields.done(care);
	name
}

fn carrier(json: &Json<'_>, care: &mut Care) -> Option<String> {
	let mut fields = Fields::of(json, care)?;
	let carrier = fields.one("carrierHRF", care, text);
	fields.done(care);
	carrier
}

fn device(r: &mut Resource<'_, '_>) -> Body {
	r.code("type");
	let body = Device {
		udi: r.many("udiCarrier", carrier),
		manufacturer: r.one("manufacturer", text),
		model: r.one("modelNumber", text),
		serial: r.one("serialNumber", text),
		lot: r.one("lotNumber", text),
		names: r.many("deviceName", device_name),
		manufactured: r.one("manufactureDate", time),
		expiry: r.one("expirationDate", time),
	};
	body.into()
}

fn coverage(r: &mut Resource<'_, '_>) -> Body {
	r.code("type");
	r.during("period");
	let body = Coverage {
		act: Some("coverage".into()),
		identifiers: r.many("identifier", identifier),
		payers: r.many("payor", reference),
		member: r.one("subscriberId", text),
		relationship: r.one("relationship", concept),
		..Coverage::default()
	};
	body.into()
}

fn service(json: &Json<'_>, care: &mut Care) -> Option<Concept> {
	let mut fields = Fields::of(json, care)?;
	let service = fields.one("productOrService", care, concept);
	fields.done(care);
	service
}

fn money(json: &Json<'_>, care: &mut Care) -> Option<Amount> {
	let mut fields = Fields::of(json, care)?;
	let amount = Amount {
		concept: None,
		value: fields.one("value", care, decimal),
		currency: fields.one("currency", care, text),
	};
	fields.done(care);
	Some(amount)
}

fn total(json: &Json<'_>, care: &mut Care) -> Option<Amount> {
	let mut fields = Fields::of(json, care)?;
	let category = fields.one("category", care, concept);
	let amount = fields.one("amount", care, money);
	fields.done(care);
	Some(Amount { concept: category, ..amount? })
}

fn claim(r: &mut Resource<'_, '_>, act: &str) -> Body {
	r.code("type");
	r.during("billablePeriod");
	r.times.recorded = r.one("created", time);
	let totals = match act {
		"claim" => r.one("total", money).into_iter().collect(),
		_ => r.many("total", total),
	};
	let body = Coverage {
		act: Some(act.into()),
		identifiers: r.many("identifier", identifier),
		payers: r.one("insurer", reference).into_iter().collect(),
		provider: r.one("provider", reference),
		services: r.many("item", service),
		totals,
		outcome: r.one("outcome", text),
		..Coverage::default()
	};
	body.into()
}

fn activity(json: &Json<'_>, care: &mut Care) -> Option<Activity> {
	let mut fields = Fields::of(json, care)?;
	let mut activity = fields.one("detail", care, activity_detail).unwrap_or_default();
	activity.reference = fields.one("reference", care, reference);
	fields.done(care);
	Some(activity)
}

fn activity_detail(json: &Json<'_>, care: &mut Care) -> Option<Activity> {
	let mut fields = Fields::of(json, care)?;
	let activity = Activity {
		concept: fields.one("code", care, concept),
		status: fields.one("status", care, text),
		description: fields.one("description", care, text),
		period: fields.one("scheduledPeriod", care, period),
		reference: None,
	};
	fields.done(care);
	Some(activity)
}

fn care_plan(r: &mut Resource<'_, '_>) -> Body {
	r.during("period");
	r.times.recorded = r.one("created", time);
	let body = CarePlan {
		act: Some("plan".into()),
		intent: r.one("intent", text),
		title: r.one("title", text),
		description: r.one("description", text),
		activities: r.many("activity", activity),
		addresses: r.many("addresses", reference),
		goals: r.many("goal", reference),
		participants: r.many("careTeam", reference),
		..CarePlan::default()
	};
	body.into()
}

fn goal(r: &mut Resource<'_, '_>) -> Body {
	r.code("description");
	r.times.start = r.one("startDate", time);
	let body = CarePlan {
		act: Some("goal".into()),
		addresses: r.many("addresses", reference),
		achievement: r.one("achievementStatus", concept),
		..CarePlan::default()
	};
	body.into()
}
