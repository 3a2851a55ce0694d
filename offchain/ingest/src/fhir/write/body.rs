// SPDX-License-Identifier: Apache-2.0
//! Which part of an item becomes which element of which resource.

use super::{
	element::{
		absent, address, attachment, coding, concept, contact, each, extension, identifier, name,
		period, quantity, reference, reference_range, time, value, wrapped, SOURCE_TEXT,
	},
	states, Precise, Unknown, Writer,
};
use crate::json::build::{Node, Object};
use salus_mdf::{
	Activity, Allergy, Amount, Body, CarePlan, Component, Concept, Condition, Coverage, Device,
	Document, Dosage, Encounter, Genomic, ImagingStudy, Immunization, Item, Medication,
	Observation, Other, Patient, Procedure, Reaction, Reference, Report, Series, Value,
};

pub(super) fn write<'a>(w: &mut Writer<'a>) {
	status(w);
	match &w.item.body {
		Body::Patient(body) => patient(w, body),
		Body::Encounter(body) => encounter(w, body),
		Body::Observation(body) => observation(w, body),
		Body::Report(body) => report(w, body),
		Body::Medication(body) => medication(w, body),
		Body::Condition(body) => condition(w, body),
		Body::Procedure(body) => procedure(w, body),
		Body::Allergy(body) => allergy(w, body),
		Body::Immunization(body) => immunization(w, body),
		Body::ImagingStudy(body) => imaging(w, body),
		Body::Document(body) => document(w, body),
		Body::Device(body) => device(w, body),
		Body::Coverage(body) => coverage(w, body),
		Body::CarePlan(body) => care_plan(w, body),
		Body::Genomic(body) => genomic(w, body),
		Body::Other(body) => other(w, body),
	}
}

/// The status of a resource that did not come from FHIR: what FHIR allows, and what it has for one
/// that is not known. What was withdrawn was entered in error, whatever its source calls it.
fn status(w: &mut Writer<'_>) {
	if w.native {
		return;
	}
	// The others have none; one that came all the same is kept with what FHIR has no place for.
	let Some((key, allowed, unknown)) = states::of(w.kind) else { return };
	let known = w.item.status.as_deref();
	if !w.item.withdrawn {
		return w.code(key, known, allowed, unknown);
	}
	w.out.put(key, Node::text(states::IN_ERROR));
	let beside = known.filter(|known| *known != states::IN_ERROR);
	w.beside(
		key,
		beside.map(|text| extension(SOURCE_TEXT, "valueString", text)).into_iter().collect(),
	);
}

/// Whether a resource of this type can say that it was entered in error.
pub(super) fn says_withdrawn(kind: &str) -> bool {
	states::of(kind).is_some() || matches!(kind, "Condition" | "AllergyIntolerance")
}

/// Clinical and verification status. What was withdrawn was entered in error, and FHIR then forbids
/// a clinical status (invariants con-5 and ait-2).
fn verified<'a>(
	w: &mut Writer<'a>,
	system: &'static str,
	clinical: Option<&'a Concept>,
	verification: Option<&'a Concept>,
) {
	if w.native || !w.item.withdrawn {
		w.put("clinicalStatus", clinical.map(concept));
		w.put("verificationStatus", verification.map(concept));
		return;
	}
	let mut code = Object::default();
	code.put("system", Node::text(system));
	code.put("code", Node::text(states::IN_ERROR));
	let mut status = Object::default();
	status.put("coding", Node::List(vec![Node::Object(code)]));
	w.out.put("verificationStatus", Node::Object(status));
}

/// Whether resources of this type have categories.
pub(super) fn has_category(kind: &str) -> bool {
	matches!(
		kind,
		"Observation"
			| "DiagnosticReport"
			| "MedicationRequest"
			| "MedicationStatement"
			| "MedicationAdministration"
			| "MedicationDispense"
			| "Condition"
			| "Procedure"
			| "DocumentReference"
			| "CarePlan"
			| "CareTeam"
	)
}

/// Whether resources of this type have remarks.
pub(super) fn has_notes(kind: &str) -> bool {
	!matches!(
		kind,
		"Patient"
			| "Encounter"
			| "DiagnosticReport"
			| "Medication"
			| "DocumentReference"
			| "Coverage"
			| "Organization"
			| "Location"
			| "Practitioner"
			| "Basic"
	)
}

/// Whether a resource of this type holds less than the body.
pub(super) fn is_cut(kind: &str, item: &Item) -> bool {
	match &item.body {
		Body::Observation(body) => {
			let parts = body.components.iter().map(|part| &part.value);
			parts.chain([&body.value]).any(|value| match value {
				Some(Value::Raw(_)) => true,
				// A time of another form is cut, and has no place for its text.
				Some(Value::Time(time)) => time.original.is_some(),
				_ => false,
			})
		},
		Body::Condition(body) => {
			item.withdrawn && (body.clinical_status.is_some() || body.verification_status.is_some())
				|| [&body.onset, &body.abatement].into_iter().flatten().any(|age| {
					!matches!(
						age,
						Value::Quantity(_)
							| Value::Text(_) | Value::Range(_)
							| Value::Period(_) | Value::Time(_)
					)
				})
		},
		Body::Medication(body) => {
			let odd = |dosage: &Dosage| {
				!matches!(dosage.dose, None | Some(Value::Quantity(_) | Value::Range(_)))
					|| !matches!(
						dosage.rate,
						None | Some(Value::Quantity(_) | Value::Range(_) | Value::Ratio(_))
					)
			};
			let ordered = kind == "MedicationRequest";
			let supplied = ordered || kind == "MedicationDispense";
			(!ordered && (body.intent.is_some() || body.requester.is_some()))
				|| (!supplied && (body.quantity.is_some() || body.supply.is_some()))
				|| (kind != "Medication" && body.form.is_some())
				|| (kind == "MedicationAdministration" && body.dosages.len() > 1)
				|| body.dosages.iter().any(odd)
		},
		Body::Coverage(body) => {
			kind == "Basic" || body.provider.is_some() || !body.services.is_empty()
		},
		Body::Allergy(body) => {
			body.substances.iter().any(|text| !SUBSTANCES.contains(&&**text))
				|| (item.withdrawn
					&& (body.clinical_status.is_some() || body.verification_status.is_some()))
		},
		_ => false,
	}
}

/// What FHIR knows that people are allergic to.
const SUBSTANCES: [&str; 4] = ["food", "medication", "environment", "biologic"];

/// Whether a resource that did not come from FHIR may say whom or which visit it is about.
pub(super) fn has_context(kind: &str, key: &str) -> bool {
	match kind {
		"Patient" | "Organization" | "Location" | "Practitioner" | "Medication" => false,
		_ if key == "encounter" || key == "context" => !matches!(
			kind,
			"Encounter"
				| "Device" | "Coverage"
				| "Goal" | "MolecularSequence"
				| "Basic" | "DocumentReference"
		),
		_ => true,
	}
}

/// What FHIR demands of a resource that did not come from it.
pub(super) fn demand(w: &mut Writer<'_>) {
	match w.kind {
		"Observation" | "DiagnosticReport" | "Basic" => w.demand("code"),
		"Encounter" => w.demand("class"),
		"MedicationRequest" => {
			medicine(w);
			w.demand_primitive("intent");
			w.demand("subject");
		},
		"MedicationStatement" => {
			medicine(w);
			w.demand("subject");
		},
		"MedicationAdministration" => {
			medicine(w);
			w.demand("subject");
			if !w.out.has("effectivePeriod") {
				w.demand_primitive("effectiveDateTime");
			}
		},
		"MedicationDispense" => medicine(w),
		"Condition" | "Procedure" | "ImagingStudy" => w.demand("subject"),
		"AllergyIntolerance" => w.demand("patient"),
		"Immunization" => {
			w.demand("vaccineCode");
			w.demand("patient");
			w.demand_primitive("occurrenceDateTime");
		},
		"DocumentReference" if !w.out.has("content") => {
			let content = wrapped("attachment", absent());
			w.out.list("content", vec![content]);
		},
		"Coverage" => {
			w.demand("beneficiary");
			w.demand_list("payor");
		},
		"CarePlan" => {
			w.demand_primitive("intent");
			w.demand("subject");
		},
		"Goal" => {
			w.demand("description");
			w.demand("subject");
		},
		"MolecularSequence" => w.demand_primitive("coordinateSystem"),
		_ => {},
	}
}

fn medicine(w: &mut Writer<'_>) {
	if !w.out.has("medicationReference") {
		w.demand("medicationCodeableConcept");
	}
}

/// The references inside participants, locations or performers.
fn parts<'a>(key: &'static str, references: &'a [Reference]) -> Vec<Node<'a>> {
	references.iter().map(|found| wrapped(key, reference(found))).collect()
}

fn patient<'a>(w: &mut Writer<'a>, body: &'a Patient) {
	w.list("identifier", each(&body.identifiers, identifier));
	w.list("name", each(&body.names, name));
	w.time("birthDate", body.birth.as_ref(), Precise::Date);
	if w.native {
		w.text("gender", &body.gender);
	} else {
		// The usual letters mean what they say.
		let gender = match body.gender.as_deref() {
			Some("F" | "f" | "Female" | "FEMALE") => Some("female"),
			Some("M" | "m" | "Male" | "MALE") => Some("male"),
			other => other,
		};
		w.code("gender", gender, &["male", "female", "other", "unknown"], Unknown::Omitted);
	}
	w.put("deceasedBoolean", body.deceased.map(Node::Boolean));
	w.time("deceasedDateTime", body.death.as_ref(), Precise::DateTime);
	w.list("address", each(&body.addresses, address));
	w.list("telecom", each(&body.contacts, contact));
	let languages = body.languages.iter().map(|found| wrapped("language", concept(found)));
	w.list("communication", languages.collect());
	w.put("maritalStatus", body.marital_status.as_ref().map(concept));
}

fn encounter<'a>(w: &mut Writer<'a>, body: &'a Encounter) {
	w.span("period");
	let types = w.item.concept.iter().chain(&w.item.classes).map(concept).collect();
	w.named = true;
	w.list("type", types);
	w.put("class", body.class.as_ref().map(coding));
	w.list("reasonCode", each(&body.reasons, concept));
	w.list("reasonReference", each(&body.reason_references, reference));
	w.list("participant", parts("individual", &body.participants));
	w.list("location", parts("location", &body.locations));
	w.put("serviceProvider", body.provider.as_ref().map(reference));
}

fn component(component: &Component) -> Node<'_> {
	let mut object = Object::default();
	object.put("code", component.concept.as_ref().map_or_else(absent, concept));
	match &component.value {
		Some(Value::Absent(why)) => object.put("dataAbsentReason", concept(why)),
		Some(found) => {
			if let Some((kind, node)) = value(found) {
				object.put(format!("value{kind}"), node);
			}
		},
		None => {},
	}
	object.list("interpretation", each(&component.interpretation, concept));
	object.list("referenceRange", each(&component.reference_ranges, reference_range));
	Node::Object(object)
}

fn observation<'a>(w: &mut Writer<'a>, body: &'a Observation) {
	w.concept("code");
	w.when("effective", "effectiveDateTime", "effectivePeriod");
	w.recorded("issued", Precise::Instant);
	match &body.value {
		Some(Value::Absent(why)) => w.put("dataAbsentReason", Some(concept(why))),
		found => w.choice("value", found.as_ref()),
	}
	w.list("component", each(&body.components, component));
	w.list("interpretation", each(&body.interpretation, concept));
	w.list("referenceRange", each(&body.reference_ranges, reference_range));
	w.put("bodySite", body.body_site.as_ref().map(concept));
	w.put("method", body.method.as_ref().map(concept));
	w.put("specimen", body.specimen.as_ref().map(reference));
	w.put("device", body.device.as_ref().map(reference));
	w.list("performer", each(&body.performers, reference));
	w.list("hasMember", each(&body.members, reference));
}

fn report<'a>(w: &mut Writer<'a>, body: &'a Report) {
	w.concept("code");
	w.when("effective", "effectiveDateTime", "effectivePeriod");
	w.recorded("issued", Precise::Instant);
	w.list("result", each(&body.results, reference));
	w.text("conclusion", &body.conclusion);
	w.list("conclusionCode", each(&body.conclusion_codes, concept));
	w.list("presentedForm", each(&body.content, attachment));
	w.list("specimen", each(&body.specimens, reference));
	w.list("performer", each(&body.performers, reference));
}

fn dosage(dosage: &Dosage) -> Node<'_> {
	let mut object = way(dosage);
	object.text("patientInstruction", dosage.patient_instruction.as_deref());
	object.some("asNeededBoolean", dosage.as_needed.map(Node::Boolean));
	let mut amount = Object::default();
	for (prefix, found) in [("dose", &dosage.dose), ("rate", &dosage.rate)] {
		// FHIR has no doses of other types.
		let Some((kind @ ("Quantity" | "Range" | "Ratio"), node)) = found.as_ref().and_then(value)
		else {
			continue;
		};
		amount.put(format!("{prefix}{kind}"), node);
	}
	object.some("doseAndRate", amount.node().map(|amount| Node::List(vec![amount])));
	Node::Object(object)
}

fn administered(dosage: &Dosage) -> Node<'_> {
	let mut object = way(dosage);
	if let Some(Value::Quantity(dose)) = &dosage.dose {
		object.put("dose", quantity(dose));
	}
	Node::Object(object)
}

fn way(dosage: &Dosage) -> Object<'_> {
	let mut object = Object::default();
	object.text("text", dosage.text.as_deref());
	object.some("route", dosage.route.as_ref().map(concept));
	object.some("site", dosage.site.as_ref().map(concept));
	object.some("method", dosage.method.as_ref().map(concept));
	object
}

fn medication<'a>(w: &mut Writer<'a>, body: &'a Medication) {
	let moment = w.item.times.at.as_ref();
	match w.kind {
		"Medication" => {
			w.concept("code");
			w.put("form", body.form.as_ref().map(concept));
			return;
		},
		"MedicationRequest" => {
			w.time("authoredOn", moment, Precise::DateTime);
			w.list("dosageInstruction", each(&body.dosages, dosage));
		},
		"MedicationDispense" => {
			w.time("whenHandedOver", moment, Precise::DateTime);
			w.list("dosageInstruction", each(&body.dosages, dosage));
		},
		"MedicationAdministration" => {
			w.when("effective", "effectiveDateTime", "effectivePeriod");
			w.put("dosage", body.dosages.first().map(administered));
		},
		_ => {
			w.when("effective", "effectiveDateTime", "effectivePeriod");
			w.recorded("dateAsserted", Precise::DateTime);
			w.list("dosage", each(&body.dosages, dosage));
		},
	}
	match &body.medicine {
		Some(medicine) => w.put("medicationReference", Some(reference(medicine))),
		None if w.is_raw_choice("medication") => {},
		None => w.concept("medicationCodeableConcept"),
	}
	if w.native || w.kind == "MedicationRequest" {
		w.text("intent", &body.intent);
	}
	w.list("reasonCode", each(&body.reasons, concept));
	w.list("reasonReference", each(&body.reason_references, reference));
	if w.native || w.kind == "MedicationRequest" {
		w.put("requester", body.requester.as_ref().map(reference));
	}
	if w.native || w.kind == "MedicationDispense" {
		w.put("quantity", body.quantity.as_ref().map(quantity));
		w.put("daysSupply", body.supply.as_ref().map(quantity));
	} else if w.kind == "MedicationRequest" {
		let mut supply = Object::default();
		supply.some("quantity", body.quantity.as_ref().map(quantity));
		supply.some("expectedSupplyDuration", body.supply.as_ref().map(quantity));
		w.put("dispenseRequest", supply.node());
	}
}

fn condition<'a>(w: &mut Writer<'a>, body: &'a Condition) {
	w.concept("code");
	w.recorded("recordedDate", Precise::DateTime);
	let times = &w.item.times;
	for (prefix, key, age, time, found) in [
		("onset", "onsetDateTime", "onsetAge", &times.start, &body.onset),
		("abatement", "abatementDateTime", "abatementAge", &times.end, &body.abatement),
	] {
		match (time, found) {
			_ if w.is_raw_choice(prefix) => {},
			(Some(time), _) => w.time(key, Some(time), Precise::DateTime),
			// A condition begins and ends at an age.
			(None, Some(Value::Quantity(found))) => w.put(age, Some(quantity(found))),
			(None, found) => w.choice(prefix, found.as_ref()),
		}
	}
	let system = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
	verified(w, system, body.clinical_status.as_ref(), body.verification_status.as_ref());
	w.put("severity", body.severity.as_ref().map(concept));
	w.list("bodySite", each(&body.body_sites, concept));
}

fn procedure<'a>(w: &mut Writer<'a>, body: &'a Procedure) {
	w.concept("code");
	w.when("performed", "performedDateTime", "performedPeriod");
	w.list("reasonCode", each(&body.reasons, concept));
	w.list("reasonReference", each(&body.reason_references, reference));
	w.list("bodySite", each(&body.body_sites, concept));
	w.put("outcome", body.outcome.as_ref().map(concept));
	w.list("complication", each(&body.complications, concept));
	w.list("followUp", each(&body.follow_up, concept));
	w.list("performer", parts("actor", &body.performers));
	w.put("location", body.location.as_ref().map(reference));
}

fn reaction(reaction: &Reaction) -> Node<'_> {
	let mut object = Object::default();
	object.some("substance", reaction.substance.as_ref().map(concept));
	let seen = each(&reaction.manifestations, concept);
	object.put("manifestation", Node::List(if seen.is_empty() { vec![absent()] } else { seen }));
	object.text("severity", reaction.severity.as_deref());
	object.some("exposureRoute", reaction.exposure.as_ref().map(concept));
	time(&mut object, "onset", reaction.onset.as_ref());
	object.text("description", reaction.description.as_deref());
	Node::Object(object)
}

fn allergy<'a>(w: &mut Writer<'a>, body: &'a Allergy) {
	w.concept("code");
	w.when("onset", "onsetDateTime", "onsetPeriod");
	w.recorded("recordedDate", Precise::DateTime);
	let mechanism = body.mechanism.as_deref();
	w.code("type", mechanism, &["allergy", "intolerance"], Unknown::Omitted);
	let native = w.native;
	let known = |text: &&String| native || SUBSTANCES.contains(&&***text);
	let substances = body.substances.iter().filter(known).map(|text| Node::text(&**text));
	w.list("category", substances.collect());
	let criticality = body.criticality.as_deref();
	w.code("criticality", criticality, &["low", "high", "unable-to-assess"], Unknown::Omitted);
	let system = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
	verified(w, system, body.clinical_status.as_ref(), body.verification_status.as_ref());
	w.list("reaction", each(&body.reactions, reaction));
}

fn immunization<'a>(w: &mut Writer<'a>, body: &'a Immunization) {
	w.concept("vaccineCode");
	if !w.is_raw_choice("occurrence") {
		let moment = w.item.times.at.as_ref().or(w.item.times.start.as_ref());
		w.time("occurrenceDateTime", moment, Precise::DateTime);
	}
	w.recorded("recorded", Precise::DateTime);
	w.text("lotNumber", &body.lot);
	w.time("expirationDate", body.expiry.as_ref(), Precise::Date);
	w.put("site", body.site.as_ref().map(concept));
	w.put("route", body.route.as_ref().map(concept));
	w.put("doseQuantity", body.dose.as_ref().map(quantity));
	w.put("primarySource", body.primary_source.map(Node::Boolean));
	w.put("statusReason", body.status_reason.as_ref().map(concept));
	w.put("location", body.location.as_ref().map(reference));
}

fn series(series: &Series) -> Node<'_> {
	let mut object = Object::default();
	object.text("uid", series.uid.as_deref());
	object.some("number", series.number.as_ref().map(|number| Node::Raw(number.as_str())));
	object.some("modality", series.modality.as_ref().map(coding));
	object.some("bodySite", series.body_site.as_ref().map(coding));
	object.text("description", series.description.as_deref());
	let count = series.instances.as_ref().map(|count| Node::Raw(count.as_str()));
	object.some("numberOfInstances", count);
	time(&mut object, "started", series.started.as_ref());
	Node::Object(object)
}

fn imaging<'a>(w: &mut Writer<'a>, body: &'a ImagingStudy) {
	w.time("started", w.item.times.at.as_ref(), Precise::DateTime);
	w.list("identifier", each(&body.identifiers, identifier));
	w.list("modality", each(&body.modalities, coding));
	w.text("description", &body.description);
	w.list("series", each(&body.series, series));
	w.put("numberOfSeries", body.series_count.as_ref().map(|n| Node::Raw(n.as_str())));
	w.put("numberOfInstances", body.instance_count.as_ref().map(|n| Node::Raw(n.as_str())));
	w.list("reasonCode", each(&body.reasons, concept));
	w.list("procedureCode", each(&body.procedures, concept));
}

fn document<'a>(w: &mut Writer<'a>, body: &'a Document) {
	w.concept("type");
	w.list("identifier", each(&body.identifiers, identifier));
	w.text("description", &body.description);
	w.list("author", each(&body.authors, reference));
	w.put("custodian", body.custodian.as_ref().map(reference));
	if w.kind == "Media" {
		w.when("created", "createdDateTime", "createdPeriod");
		w.recorded("issued", Precise::Instant);
		w.put("content", body.content.first().map(attachment));
		return;
	}
	w.time("date", w.item.times.at.as_ref(), Precise::Instant);
	let content = body.content.iter().map(|found| wrapped("attachment", attachment(found)));
	w.list("content", content.collect());
}

fn device<'a>(w: &mut Writer<'a>, body: &'a Device) {
	w.concept("type");
	let udi = body.udi.iter().map(|udi| wrapped("carrierHRF", Node::text(&**udi)));
	w.list("udiCarrier", udi.collect());
	w.text("manufacturer", &body.manufacturer);
	w.text("modelNumber", &body.model);
	w.text("serialNumber", &body.serial);
	w.text("lotNumber", &body.lot);
	let names = body.names.iter().map(|name| {
		let mut object = Object::default();
		object.put("name", Node::text(&**name));
		if !w.native {
			object.put("type", Node::text("other"));
		}
		Node::Object(object)
	});
	w.list("deviceName", names.collect());
	w.time("manufactureDate", body.manufactured.as_ref(), Precise::DateTime);
	w.time("expirationDate", body.expiry.as_ref(), Precise::DateTime);
}

fn money(amount: &Amount) -> Node<'_> {
	let mut object = Object::default();
	object.some("value", amount.value.as_ref().map(|value| Node::Raw(value.as_str())));
	object.text("currency", amount.currency.as_deref());
	Node::Object(object)
}

fn total(amount: &Amount) -> Node<'_> {
	let mut object = Object::default();
	object.some("category", amount.concept.as_ref().map(concept));
	object.put("amount", money(amount));
	Node::Object(object)
}

fn coverage<'a>(w: &mut Writer<'a>, body: &'a Coverage) {
	w.list("identifier", each(&body.identifiers, identifier));
	if w.kind == "Basic" {
		w.concept("code");
		return;
	}
	w.concept("type");
	if w.kind == "Coverage" {
		w.span("period");
		w.list("payor", each(&body.payers, reference));
		w.text("subscriberId", &body.member);
		w.put("relationship", body.relationship.as_ref().map(concept));
		return;
	}
	w.span("billablePeriod");
	w.recorded("created", Precise::DateTime);
	w.put("insurer", body.payers.first().map(reference));
	w.put("provider", body.provider.as_ref().map(reference));
	let services = body.services.iter().map(|found| wrapped("productOrService", concept(found)));
	w.list("item", services.collect());
	match w.kind {
		"Claim" => w.put("total", body.totals.first().map(money)),
		_ => w.list("total", each(&body.totals, total)),
	}
	w.text("outcome", &body.outcome);
}

fn activity(activity: &Activity) -> Node<'_> {
	let mut detail = Object::default();
	detail.some("code", activity.concept.as_ref().map(concept));
	detail.text("status", activity.status.as_deref());
	detail.text("description", activity.description.as_deref());
	detail.some("scheduledPeriod", activity.period.as_ref().map(period));
	let mut object = Object::default();
	object.some("detail", detail.node());
	object.some("reference", activity.reference.as_ref().map(reference));
	Node::Object(object)
}

fn care_plan<'a>(w: &mut Writer<'a>, body: &'a CarePlan) {
	match w.kind {
		"Goal" => {
			w.concept("description");
			if !w.is_raw_choice("start") {
				w.time("startDate", w.item.times.start.as_ref(), Precise::Date);
			}
			w.list("addresses", each(&body.addresses, reference));
			w.put("achievementStatus", body.achievement.as_ref().map(concept));
		},
		"CareTeam" => {
			w.span("period");
			w.text("name", &body.title);
			w.list("participant", parts("member", &body.participants));
		},
		_ => {
			w.span("period");
			w.recorded("created", Precise::DateTime);
			w.text("intent", &body.intent);
			w.text("title", &body.title);
			w.text("description", &body.description);
			w.list("activity", each(&body.activities, activity));
			w.list("addresses", each(&body.addresses, reference));
			w.list("goal", each(&body.goals, reference));
			w.list("careTeam", each(&body.participants, reference));
		},
	}
}

fn genomic<'a>(w: &mut Writer<'a>, body: &'a Genomic) {
	w.text("type", &body.sequence);
	w.text("observedSeq", &body.observed);
	w.put("specimen", body.specimen.as_ref().map(reference));
}

fn other<'a>(w: &mut Writer<'a>, body: &'a Other) {
	w.list("identifier", each(&body.identifiers, identifier));
	if w.native {
		w.text("name", &body.name);
		if w.kind == "Provenance" {
			w.recorded("recorded", Precise::Instant);
		}
		return;
	}
	match w.kind {
		"Practitioner" => {
			let name = body.name.as_deref().map(|name| wrapped("text", Node::text(name)));
			w.list("name", name.into_iter().collect());
		},
		"Basic" => {
			let concept_of_kind = body.resource.as_deref().or(body.name.as_deref());
			match &w.item.concept {
				Some(_) => w.concept("code"),
				None => {
					w.put("code", concept_of_kind.map(|text| wrapped("text", Node::text(text))));
				},
			}
		},
		_ => w.text("name", &body.name),
	}
}
