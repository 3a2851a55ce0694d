// SPDX-License-Identifier: Apache-2.0
//! FHIR R4 resources in JSON: elements by an allow-list, by name and by type. What is not on it goes.

use crate::{
	manifest::{Action, Reason},
	markup,
	policy::{Dates, FreeText, Geography, Identifiers},
	zip3, Deidentifier,
};
use serde_json::{Map, Value};

/// How deep resources may be nested.
const MAX_DEPTH: usize = 64;

/// Elements whose content is codes, numbers and booleans, and the elements around those.
const CODED: &str = "resourceType status statusReason intent priority category code coding version userSelected type class \
	serviceType subType kind use rank gender maritalStatus active clinicalStatus verificationStatus severity \
	stage evidence detail bodySite method interpretation referenceRange low high appliesTo age component \
	valueQuantity valueCodeableConcept valueBoolean valueInteger valueRange valueRatio numerator denominator \
	value unit comparator quantity dosage dosageInstruction timing repeat frequency frequencyMax periodMax \
	periodUnit count countMax duration durationMax durationUnit boundsDuration boundsRange boundsPeriod \
	asNeededBoolean asNeededCodeableConcept route doseAndRate doseQuantity doseRange rateQuantity rateRange \
	rateRatio maxDosePerPeriod maxDosePerAdministration medicationCodeableConcept ingredient \
	itemCodeableConcept strength form amount vaccineCode doseNumberPositiveInt seriesDosesPositiveInt reaction \
	manifestation substance criticality exposureRoute onsetAge onsetRange abatementAge abatementRange \
	dispenseRequest numberOfRepeatsAllowed expectedSupplyDuration substitution allowedBoolean \
	allowedCodeableConcept reasonCode outcome complication followUp hospitalization dischargeDisposition \
	admitSource reAdmission dietPreference diagnosis procedure item adjudication net total productOrService \
	modifier careTeam insurance sequence careTeamSequence diagnosisSequence procedureSequence \
	informationSequence focal entry resource request response contained protocolApplied targetDisease \
	programEligibility isSubpotent primarySource reportOrigin usedCodeableConcept relationship condition \
	contributedToDeath conclusionCode dataAbsentReason deceasedBoolean multipleBirthBoolean \
	multipleBirthInteger communication language preferred onsetPeriod abatementPeriod performedPeriod \
	effectivePeriod occurrencePeriod period billablePeriod servicedPeriod link participant activity target \
	measure detailQuantity achievementStatus lifecycleStatus event section mode confidentiality emptyReason \
	collection fastingStatusCodeableConcept fastingStatusDuration container specimenQuantity \
	additiveCodeableConcept series modality numberOfSeries numberOfInstances instance number laterality \
	performer function payment subtype payee coverage deathBoolean ageRange ageAge estimatedAge docStatus \
	securityLabel content format facilityType practiceSetting answer valueDecimal valueCoding valueCode \
	extension reportedBoolean doNotPerform courseOfTherapyType initialFill daysSupply prohibited processing \
	additive copay costToBeneficiary contentType processNote orderDetail asNeeded quantityQuantity \
	dispenseInterval supportingInfo timingPeriod onAdmission packageCode exception reason reasonCodeableConcept \
	meta tag security profile";

/// Elements that refer to a resource.
const REFERENCES: &str = "subject patient encounter performer author recorder asserter requester individual serviceProvider location \
	partOf basedOn context result specimen device focus hasMember derivedFrom medicationReference \
	reasonReference actor party provider insurer managingOrganization generalPractitioner member coverage \
	itemReference enterer facility prescription claim referral report addresses goal episodeOfCare account \
	appointment source informationSource supportingInformation replaces relevantHistory eventHistory owner \
	usedReference assessor consentingParty collector parent payor beneficiary subscriber policyHolder custodian \
	procedureReference onBehalfOf who what organization imagingStudy detailReference destination origin \
	interpreter resultsInterpreter investigation";

/// Elements with free text.
const TEXTS: &str = "comment description note text instruction patientInstruction additionalInstruction conclusion summary title \
	display valueString preparationInstruction justification annotation reasonText details outcomeString \
	valueMarkdown relevantHistoryText";

fn listed(list: &str, name: &str) -> bool {
	list.split_ascii_whitespace().any(|listed| listed == name)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
	Coded,
	Reference,
	Text,
	Date,
	Id,
	Identifier,
	Address,
	Attachment,
	Unknown,
}

/// What an element is, by its name. The lists are looked through once a name.
fn kind(name: &str) -> Kind {
	thread_local! {
		static KINDS: std::cell::RefCell<std::collections::HashMap<String, Kind>> = std::cell::RefCell::default();
	}
	let known = KINDS.with_borrow(|kinds| kinds.get(name).copied());
	if let Some(kind) = known {
		return kind;
	}
	let kind = match name {
		"id" | "fullUrl" => Kind::Id,
		"identifier" => Kind::Identifier,
		"address" => Kind::Address,
		"attachment" | "presentedForm" | "valueAttachment" | "contentAttachment" => {
			Kind::Attachment
		},
		"start" | "end" | "date" | "issued" | "recorded" | "birthDate" | "authoredOn"
		| "whenPrepared" | "whenHandedOver" | "created" | "sent" | "received" | "receivedTime"
		| "effectiveInstant" | "lastOccurrence" | "statusDate" | "dateAsserted"
		| "dateRecorded" | "assertedDate" => Kind::Date,
		_ if name.ends_with("DateTime") || name.ends_with("Date") => Kind::Date,
		_ if listed(REFERENCES, name) => Kind::Reference,
		_ if listed(TEXTS, name) => Kind::Text,
		_ if listed(CODED, name) => Kind::Coded,
		_ => Kind::Unknown,
	};
	KINDS.with_borrow_mut(|kinds| {
		// Names come from the file: what is not known is not remembered.
		if kind != Kind::Unknown {
			kinds.insert(name.to_owned(), kind);
		}
	});
	kind
}

/// Gathers what a resource says of people.
pub(super) fn learn(job: &mut Deidentifier, value: &Value) {
	walk(job, value, "", 0);
}

fn walk(job: &mut Deidentifier, value: &Value, name: &str, depth: usize) {
	if depth > MAX_DEPTH {
		return;
	}
	match value {
		Value::Array(list) => list.iter().for_each(|value| walk(job, value, name, depth + 1)),
		Value::Object(object) => {
			let texts = |key: &str| match object.get(key) {
				Some(Value::String(text)) => vec![text.clone()],
				Some(Value::Array(list)) => {
					list.iter().filter_map(|text| text.as_str().map(Into::into)).collect()
				},
				_ => Vec::new(),
			};
			let resource = object.get("resourceType").and_then(Value::as_str);
			let is_place = matches!(resource, Some("Organization" | "Location"));
			match name {
				"name" => ["text", "family", "given"]
					.iter()
					.flat_map(|key| texts(key))
					.for_each(|name| job.identifiers.add_name(&name)),
				"address" => {
					["line", "text"]
						.iter()
						.flat_map(|key| texts(key))
						.for_each(|line| job.identifiers.add_address(&line));
				},
				"telecom" => texts("value").iter().for_each(|value| {
					if value.contains('@') {
						job.identifiers.add_email(value);
					} else {
						job.identifiers.add_number(value);
					}
				}),
				"identifier" => {
					texts("value").iter().for_each(|value| job.identifiers.add_number(value))
				},
				_ => {},
			}
			if is_place {
				texts("name").iter().for_each(|name| job.identifiers.add_place(name));
			}
			for key in [
				"serialNumber",
				"lotNumber",
				"distinctIdentifier",
				"subscriberId",
				"deviceIdentifier",
				"carrierHRF",
			] {
				texts(key).iter().for_each(|value| job.identifiers.add_number(value));
			}
			// A person who is only named where she is referred to.
			if object.contains_key("reference") {
				let of_person =
					object.get("reference").and_then(Value::as_str).is_some_and(|reference| {
						["Patient/", "Practitioner/", "RelatedPerson/", "Person/"]
							.iter()
							.any(|kind| reference.contains(kind))
					});
				if of_person {
					texts("display").iter().for_each(|name| job.identifiers.add_name(name));
				}
			}
			for (key, value) in object {
				if key.ends_with("Date") || key.ends_with("DateTime") || key == "start" {
					let year = value
						.as_str()
						.and_then(|date| date.get(..4))
						.and_then(|year| year.parse().ok());
					job.latest_year =
						job.latest_year.max(year.filter(|year| (1900..=2100).contains(year)));
				}
				walk(job, value, key, depth + 1);
			}
		},
		_ => {},
	}
}

/// What may leave of a resource, or nothing.
pub(super) fn resource(
	job: &mut Deidentifier,
	resource: &Map<String, Value>,
	depth: usize,
) -> Option<Value> {
	if !resource.get("resourceType").is_some_and(Value::is_string) {
		job.manifest.withhold("", Reason::Malformed);
		return None;
	}
	// What changes the meaning of the rest cannot be left out, and is not known.
	if resource.contains_key("modifierExtension") || resource.contains_key("implicitRules") {
		job.manifest.withhold("modifierExtension", Reason::KindUnsupported);
		return None;
	}
	object(job, resource, "", depth)
}

fn object(
	job: &mut Deidentifier,
	object: &Map<String, Value>,
	name: &str,
	depth: usize,
) -> Option<Value> {
	if depth > MAX_DEPTH {
		job.manifest.withhold(name, Reason::LimitExceeded);
		return None;
	}
	if object.contains_key("resourceType") && !name.is_empty() {
		return resource(job, object, depth);
	}
	let is_binary = object.get("resourceType").and_then(Value::as_str) == Some("Binary");
	if is_binary {
		let mut out = attachment(job, object, "Binary");
		if let Some(out) = out.as_mut().and_then(Value::as_object_mut) {
			out.insert("resourceType".into(), "Binary".into());
			if let Some(id) = object.get("id").and_then(Value::as_str) {
				out.insert("id".into(), random_id(job, id).into());
			}
		}
		return out;
	}
	let in_coding = object.contains_key("code")
		&& (object.contains_key("system") || object.contains_key("display"));
	let known_system = object.get("system").and_then(Value::as_str).is_some_and(published);
	let mut out = Map::new();
	for (key, value) in object {
		let new = match (key.as_str(), value) {
			("text", Value::Object(narrative)) => self::narrative(job, narrative),
			("system", Value::String(system)) if published(system) => Some(value.clone()),
			("url", Value::String(url)) if name == "extension" && released(url) => {
				Some(value.clone())
			},
			("extension", Value::Array(list)) => extensions(job, list, depth),
			("profile", Value::Array(list)) => {
				let profiles: Vec<_> = list
					.iter()
					.filter(|url| url.as_str().is_some_and(published))
					.cloned()
					.collect();
				(!profiles.is_empty()).then_some(Value::Array(profiles))
			},
			// A code of a local system may be anything.
			("code", Value::String(_))
				if in_coding && object.contains_key("system") && !known_system =>
			{
				job.manifest.element("code", Action::Removed);
				None
			},
			("age", _) | ("onsetAge" | "abatementAge" | "valueQuantity", Value::Object(_)) => {
				age(job, key, value, depth)
			},
			("content", Value::Array(list)) => {
				let contents: Vec<_> = list
					.iter()
					.filter_map(|content| content.get("attachment")?.as_object())
					.filter_map(|object| attachment(job, object, "attachment"))
					.map(|attachment| serde_json::json!({ "attachment": attachment }))
					.collect();
				(!contents.is_empty()).then_some(Value::Array(contents))
			},
			("request", Value::Object(request)) => request
				.get("method")
				.filter(|method| method.as_str().is_some_and(code))
				.map(|method| {
					// The url of a request names the type of resource alone.
					let kind = request
						.get("url")
						.and_then(Value::as_str)
						.map(|url| url.split(['/', '?']).next().unwrap_or("").to_owned())
						.filter(|kind| code(kind))
						.unwrap_or_default();
					serde_json::json!({ "method": method, "url": kind })
				}),
			_ => element(job, key, value, depth),
		};
		if let Some(new) = new {
			out.insert(key.clone(), new);
		}
	}
	(!out.is_empty()).then_some(Value::Object(out))
}

fn element(job: &mut Deidentifier, name: &str, value: &Value, depth: usize) -> Option<Value> {
	let kind = kind(name);
	match value {
		Value::Null => None,
		Value::Array(list) => {
			let out: Vec<_> =
				list.iter().filter_map(|value| element(job, name, value, depth + 1)).collect();
			(!out.is_empty()).then_some(Value::Array(out))
		},
		_ if kind == Kind::Unknown => {
			job.manifest.element("unknown", Action::Removed);
			None
		},
		Value::Object(object) => match kind {
			Kind::Identifier => identifier(job, object),
			Kind::Address => address(job, object),
			Kind::Attachment => attachment(job, object, name),
			_ if object.contains_key("reference")
				|| kind == Kind::Reference && object.contains_key("identifier") =>
			{
				reference(job, object)
			},
			_ => self::object(job, object, name, depth + 1),
		},
		Value::Bool(_) | Value::Number(_) => matches!(kind, Kind::Coded).then(|| value.clone()),
		Value::String(text) => match kind {
			Kind::Id => {
				job.manifest.element(name, Action::Replaced);
				if name == "fullUrl" {
					return Some(link(job, text)?.into());
				}
				Some(random_id(job, text).into())
			},
			Kind::Date => {
				if job.policy.dates == Dates::Keep {
					return Some(value.clone());
				}
				job.manifest.element(name, Action::Generalized);
				date(job, text, name == "birthDate").map(Into::into)
			},
			Kind::Text => {
				job.manifest.element(name, Action::Replaced);
				job.text(text, name).filter(|text| !text.is_empty()).map(Into::into)
			},
			Kind::Coded if code(text) => Some(value.clone()),
			Kind::Coded => job.text(text, name).filter(|text| !text.is_empty()).map(Into::into),
			_ => {
				job.manifest.element(name, Action::Removed);
				None
			},
		},
	}
}

/// A code as FHIR has them: no blanks, and short; long numbers are none.
pub(super) fn code(text: &str) -> bool {
	let digits = text.bytes().filter(u8::is_ascii_digit).count();
	text.len() <= 64
		&& !text.is_empty()
		&& (digits < 7 || digits == text.len() && digits <= 18)
		&& text
			.bytes()
			.all(|byte| byte.is_ascii_alphanumeric() || b"-_./:+%*[]{}()^'".contains(&byte))
}

/// Systems that publish their codes.
fn published(system: &str) -> bool {
	const PREFIXES: &[&str] = &[
		"http://loinc.org",
		"http://snomed.info/",
		"http://hl7.org/",
		"http://terminology.hl7.org/",
		"http://unitsofmeasure.org",
		"http://www.nlm.nih.gov/",
		"http://www.ama-assn.org/",
		"http://www.cms.gov/",
		"http://fdasis.nlm.nih.gov",
		"urn:iso:",
		"urn:ietf:bcp:",
		"http://nucc.org",
		"http://dicom.nema.org",
		"http://varnomen.hgvs.org",
		"http://www.genenames.org",
		"urn:oid:2.16.840.1.113883.6.",
		"urn:oid:2.16.840.1.113883.12.",
		"urn:oid:2.16.840.1.113883.5.",
		"http://www.whocc.no/atc",
	];
	PREFIXES.iter().any(|prefix| system.starts_with(prefix))
		&& !system.contains("us-ssn")
		&& !system.contains("us-npi")
}

/// Extensions that stay: they hold codes.
fn released(url: &str) -> bool {
	matches!(
		url,
		"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
			| "http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity"
			| "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex"
			| "ombCategory"
			| "detailed"
			| "text"
	)
}

fn extensions(job: &mut Deidentifier, list: &[Value], depth: usize) -> Option<Value> {
	let mut out = Vec::new();
	for extension in list {
		let Some(extension) = extension.as_object() else { continue };
		if extension.get("url").and_then(Value::as_str).is_some_and(released) {
			out.extend(object(job, extension, "extension", depth + 1));
		} else {
			job.manifest.element("extension", Action::Removed);
		}
	}
	(!out.is_empty()).then_some(Value::Array(out))
}

pub(super) fn random_id(job: &mut Deidentifier, id: &str) -> String {
	let text = job.map.id(id);
	// As a UUID: resources refer to one another by those.
	let part = |from: usize, to: usize| text.get(from..to).unwrap_or("").to_owned();
	[part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

/// A link to a resource of the data set with the new id; a search or a link elsewhere is none.
fn link(job: &mut Deidentifier, link: &str) -> Option<String> {
	if let Some(id) = link.strip_prefix('#') {
		return Some(format!("#{}", random_id(job, id)));
	}
	if let Some(id) = link.strip_prefix("urn:uuid:").or_else(|| link.strip_prefix("urn:oid:")) {
		return Some(format!("urn:uuid:{}", random_id(job, id)));
	}
	let path = link.split("/_history").next()?;
	if path.contains(['?', '|']) {
		return None;
	}
	let (rest, id) = path.rsplit_once('/')?;
	let kind = rest.rsplit('/').next()?;
	if kind.is_empty()
		|| !kind.bytes().all(|byte| byte.is_ascii_alphabetic())
		|| !kind.as_bytes()[0].is_ascii_uppercase()
	{
		return None;
	}
	Some(format!("{kind}/{}", random_id(job, id)))
}

fn reference(job: &mut Deidentifier, object: &Map<String, Value>) -> Option<Value> {
	job.manifest.element("reference", Action::Replaced);
	let target =
		object.get("reference").and_then(Value::as_str).and_then(|target| link(job, target));
	let mut out = Map::new();
	if let Some(target) = target {
		out.insert("reference".into(), target.into());
	}
	if let Some(kind) = object.get("type").filter(|kind| kind.as_str().is_some_and(code)) {
		out.insert("type".into(), kind.clone());
	}
	(!out.is_empty()).then_some(Value::Object(out))
}

fn identifier(job: &mut Deidentifier, object: &Map<String, Value>) -> Option<Value> {
	if job.policy.identifiers == Identifiers::Remove {
		job.manifest.element("identifier", Action::Removed);
		return None;
	}
	job.manifest.element("identifier", Action::Replaced);
	let value = object.get("value").and_then(Value::as_str)?;
	Some(serde_json::json!({ "system": "urn:salus:deid", "value": job.map.id(value) }))
}

fn address(job: &mut Deidentifier, object: &Map<String, Value>) -> Option<Value> {
	job.manifest.element("address", Action::Generalized);
	let mut out = Map::new();
	let town = job.policy.geography == Geography::Town;
	for key in ["country", "state", "city", "district", "postalCode"] {
		let Some(value) = object.get(key).and_then(Value::as_str) else { continue };
		let kept = match key {
			"country" => (value.len() <= 60).then(|| value.to_owned()),
			// A state is two letters or a name of one; anything else may be smaller.
			"state" => region(value).then(|| value.to_owned()),
			"postalCode" if !town => {
				let abroad = object.get("country").and_then(Value::as_str).is_some_and(|country| {
					!matches!(
						country.to_ascii_uppercase().as_str(),
						"US" | "USA" | "UNITED STATES" | "UNITED STATES OF AMERICA"
					)
				});
				Some(if abroad { "000" } else { zip3(value) }.to_owned())
			},
			_ => town.then(|| value.to_owned()),
		};
		if let Some(kept) = kept {
			out.insert(key.into(), kept.into());
		}
	}
	(!out.is_empty()).then_some(Value::Object(out))
}

pub(super) fn region(value: &str) -> bool {
	let words: Vec<_> = value.split_whitespace().collect();
	let two = words.len() == 2
		&& matches!(
			value.to_ascii_lowercase().as_str(),
			"new york"
				| "new jersey"
				| "new mexico"
				| "new hampshire"
				| "north carolina"
				| "south carolina"
				| "north dakota"
				| "south dakota"
				| "west virginia"
				| "rhode island"
				| "puerto rico"
		);
	let roles = |word: &str| {
		crate::text::lexicon::Lexicon::shared()
			.map(|lexicon| lexicon.look_up(word).1)
			.unwrap_or_default()
	};
	two || words.len() == 1
		&& (roles(words[0]).any(crate::text::lexicon::Role::STATE)
			|| words[0].len() == 2 && words[0].bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// What stays of a date.
pub(super) fn date(job: &Deidentifier, text: &str, birth: bool) -> Option<String> {
	let year: i32 = match text.get(..4).and_then(|year| year.parse().ok()) {
		Some(year)
			if text.len() == 4
				|| text.as_bytes().get(4).is_some_and(|byte| matches!(byte, b'-' | b'/')) =>
		{
			year
		},
		// 03/04/2024: the year stands last, whatever the order of the rest.
		_ => text
			.split([' ', 'T'])
			.next()?
			.rsplit(['/', '.', '-'])
			.next()
			.filter(|year| year.len() == 4)?
			.parse()
			.ok()?,
	};
	if !(1800..=2100).contains(&year) {
		return None;
	}
	match job.policy.dates {
		Dates::Keep => return Some(text.to_owned()),
		Dates::Remove => return None,
		// Shifted dates need to know whose they are; until then the year stands for them.
		Dates::Year | Dates::Shift => {},
	}
	// The year of a birth that may tell an age over 89.
	if birth && job.policy.cap_ages && job.latest_year.is_none_or(|latest| latest - year >= 90) {
		return None;
	}
	Some(format!("{year:04}"))
}

/// An age as a quantity: over 89 it is "90 or more".
fn age(job: &mut Deidentifier, name: &str, value: &Value, depth: usize) -> Option<Value> {
	let years = value
		.get("code")
		.or_else(|| value.get("unit"))
		.and_then(Value::as_str)
		.is_some_and(|unit| matches!(unit, "a" | "year" | "years" | "yr" | "yrs"));
	let over = value.get("value").and_then(Value::as_f64).is_some_and(|age| age >= 90.0);
	if job.policy.cap_ages && years && over {
		job.manifest.element(name, Action::Generalized);
		return Some(
			serde_json::json!({ "value": 90, "comparator": ">=", "unit": "a", "system": "http://unitsofmeasure.org", "code": "a" }),
		);
	}
	element(job, name, value, depth)
}

fn narrative(job: &mut Deidentifier, narrative: &Map<String, Value>) -> Option<Value> {
	let div = narrative.get("div").and_then(Value::as_str)?;
	let text = job.text(&markup::html(div), "text.div")?;
	job.manifest.element("text.div", Action::Replaced);
	Some(serde_json::json!({ "status": "additional", "div": markup::narrative(&text) }))
}

/// An attachment whose text can be read; others are withheld.
fn attachment(job: &mut Deidentifier, object: &Map<String, Value>, path: &str) -> Option<Value> {
	let content = object.get("contentType").and_then(Value::as_str).unwrap_or("");
	let media = content.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
	let data = object.get("data").and_then(Value::as_str);
	let Some(data) = data else {
		job.manifest.element(path, Action::Removed);
		return None;
	};
	let bytes: Vec<u8> = data.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
	let text =
		data_encoding::BASE64.decode(&bytes).ok().and_then(|bytes| markup::attached(&media, bytes));
	let scrubbed = match text {
		Some(_) if job.policy.free_text == FreeText::Drop => None,
		Some(text) => job.text(&text, path),
		None => {
			job.manifest.withhold(path, Reason::KindUnsupported);
			None
		},
	}?;
	job.manifest.element(path, Action::Replaced);
	Some(
		serde_json::json!({ "contentType": "text/plain", "data": data_encoding::BASE64.encode(scrubbed.as_bytes()) }),
	)
}
