// SPDX-License-Identifier: Apache-2.0
//! A FHIR R4 record.

use super::{
	person::{fixed, pick, random, visit_day, Person, TESTS},
	Options,
};
use rand::{rngs::StdRng, RngExt};
use std::io::{self, Write};

const SNOMED: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";
const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

/// Writes a transaction bundle of one patient with exactly `entries` entries.
///
/// # Errors
/// When writing fails.
pub fn fhir<W: Write>(writer: W, options: &Options) -> io::Result<()> {
	let head = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[\n";
	write(writer, options, true, head, "\n]}\n")
}

/// Writes the resources of the same record one a line.
///
/// # Errors
/// When writing fails.
pub fn fhir_ndjson<W: Write>(writer: W, options: &Options) -> io::Result<()> {
	write(writer, options, false, "", "\n")
}

fn write<W: Write>(
	mut writer: W,
	options: &Options,
	bundle: bool,
	head: &str,
	tail: &str,
) -> io::Result<()> {
	writer.write_all(head.as_bytes())?;
	let mut record = Record::new(options.seed);
	for entry in 0..options.entries {
		if entry > 0 {
			writer.write_all(if bundle { b",\n" } else { b"\n" })?;
		}
		let (kind, id, members) = record.next();
		if bundle {
			write!(
				writer,
				"{{\"fullUrl\":\"urn:uuid:{id}\",\"resource\":{{\"resourceType\":\"{kind}\",\"id\":\"{id}\",{members}}},\"request\":{{\"method\":\"POST\",\"url\":\"{kind}\"}}}}"
			)?;
		} else {
			write!(writer, "{{\"resourceType\":\"{kind}\",\"id\":\"{id}\",{members}}}")?;
		}
	}
	writer.write_all(tail.as_bytes())?;
	writer.flush()
}

fn uuid(rng: &mut StdRng) -> String {
	let (high, low): (u64, u64) = (rng.random(), rng.random());
	format!(
		"{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
		high >> 32,
		high >> 16 & 0xffff,
		high & 0xfff,
		low >> 48 & 0x3fff | 0x8000,
		low & 0xffff_ffff_ffff
	)
}

fn concept(system: &str, code: &str, text: &str) -> String {
	format!(
		r#"{{"coding":[{{"system":"{system}","code":"{code}","display":"{text}"}}],"text":"{text}"}}"#
	)
}

fn class(system: &str, code: &str) -> String {
	format!(
		r#"{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/{system}","code":"{code}"}}]}}"#
	)
}

fn quantity(value: &str, unit: &str) -> String {
	format!(
		r#"{{"value":{value},"unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}"}}"#
	)
}

fn base64(text: &str) -> String {
	const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	let mut out = String::new();
	for chunk in text.as_bytes().chunks(3) {
		let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
			<< (8 * (3 - chunk.len()));
		for position in 0..4 {
			let index = (bits >> (18 - 6 * position) & 63) as usize;
			out.push(if position <= chunk.len() { char::from(ALPHABET[index]) } else { '=' });
		}
	}
	out
}

/// The steps of a visit. Every kind of resource is among the first 60 entries.
const STEPS: usize = 26;

/// A patient's record, one resource after the other.
struct Record {
	rng: StdRng,
	person: Person,
	patient: String,
	practitioner: String,
	organization: String,
	encounter: String,
	condition: String,
	results: Vec<String>,
	given: usize,
}

type Entry = (&'static str, String, String);

impl Record {
	fn new(seed: u64) -> Self {
		let mut rng = random(seed);
		let person = Person::new(&mut rng);
		let [patient, practitioner, organization, encounter, condition] =
			std::array::from_fn(|_| uuid(&mut rng));
		Self {
			rng,
			person,
			patient,
			practitioner,
			organization,
			encounter,
			condition,
			results: Vec::new(),
			given: 0,
		}
	}

	fn next(&mut self) -> Entry {
		let index = self.given;
		self.given += 1;
		match index {
			0 => ("Patient", self.patient.clone(), self.patient()),
			1 => (
				"Organization",
				self.organization.clone(),
				r#""active":true,"name":"Port Ellery Clinic","telecom":[{"system":"phone","value":"555-0199"}]"#.into(),
			),
			2 => (
				"Practitioner",
				self.practitioner.clone(),
				r#""identifier":[{"system":"http://hl7.org/fhir/sid/us-npi","value":"1999999984"}],"name":[{"family":"Thornquist","given":["Gideon"],"prefix":["Dr."]}]"#.into(),
			),
			3 => ("Coverage", uuid(&mut self.rng), self.coverage()),
			_ => self.step((index - 4) / STEPS, (index - 4) % STEPS),
		}
	}

	fn subject(&self) -> String {
		format!(r#""subject":{{"reference":"urn:uuid:{}"}}"#, self.patient)
	}

	fn patient(&self) -> String {
		let Person { number, family, given, female, street, city, phone, .. } = &self.person;
		let (city, state, zip) = city;
		let gender = if *female { "female" } else { "male" };
		format!(
			r#""text":{{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Made-up patient</div>"}},"extension":[{{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex","valueCode":"{sex}"}}],"identifier":[{{"type":{kind},"system":"http://example.org/port-ellery/mrn","value":"{number}"}}],"active":true,"name":[{{"use":"official","family":"{family}","given":["{given}"]}}],"telecom":[{{"system":"phone","value":"{phone}","use":"home"}},{{"system":"email","value":"{mail}@example.org"}}],"gender":"{gender}","birthDate":"{birth}","_birthDate":{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthTime","valueDateTime":"{birth}T06:15:00Z"}}]}},"address":[{{"use":"home","line":["{street}"],"city":"{city}","state":"{state}","postalCode":"{zip}","country":"US"}}],"maritalStatus":{marital},"communication":[{{"language":{{"coding":[{{"system":"urn:ietf:bcp:47","code":"en-US"}}],"text":"English"}}}}]"#,
			sex = if *female { "F" } else { "M" },
			kind = class("v2-0203", "MR"),
			mail = given.to_lowercase(),
			birth = self.person.birth_date(),
			marital = class("v3-MaritalStatus", "M"),
		)
	}

	fn coverage(&self) -> String {
		format!(
			r#""status":"active","type":{},"subscriberId":"M{}","beneficiary":{{"reference":"urn:uuid:{}"}},"relationship":{},"period":{{"start":"2019-01-01"}},"payor":[{{"reference":"urn:uuid:{}"}}]"#,
			class("v3-ActCode", "EHCPOL"),
			self.person.number,
			self.patient,
			class("subscriber-relationship", "self"),
			self.organization,
		)
	}

	fn observation(&mut self, category: &str, code: &str, rest: &str, when: &str) -> Entry {
		let id = uuid(&mut self.rng);
		let members = format!(
			r#""meta":{{"lastUpdated":"{when}"}},"status":"final","category":[{category}],"code":{code},{subject},"encounter":{{"reference":"urn:uuid:{encounter}"}},"effectiveDateTime":"{when}","issued":"{when}",{rest}"#,
			category = class("observation-category", category),
			subject = self.subject(),
			encounter = self.encounter,
		);
		("Observation", id, members)
	}

	fn vital(&mut self, code: &str, name: &str, value: &str, unit: &str, when: &str) -> Entry {
		let rest = format!(r#""valueQuantity":{}"#, quantity(value, unit));
		self.observation("vital-signs", &concept(LOINC, code, name), &rest, when)
	}

	fn step(&mut self, visit: usize, step: usize) -> Entry {
		let (year, month, day) = visit_day(visit);
		let date = format!("{year:04}-{month:02}-{day:02}");
		let when = format!("{date}T09:{:02}:00+00:00", step + 10);
		let number = |rng: &mut StdRng, low: u32, high: u32, decimals: u32| {
			fixed(rng.random_range(low..=high), decimals)
		};
		let (subject, encounter) = (self.subject(), self.encounter.clone());
		let visit_reference = format!(r#""encounter":{{"reference":"urn:uuid:{encounter}"}}"#);
		match step {
			0 => {
				self.encounter = uuid(&mut self.rng);
				self.results.clear();
				let members = format!(
					r#""status":"finished","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"}},"type":[{}],{subject},"participant":[{{"individual":{{"reference":"urn:uuid:{}"}}}}],"period":{{"start":"{date}T09:00:00+00:00","end":"{date}T10:00:00+00:00"}},"serviceProvider":{{"reference":"urn:uuid:{}"}}"#,
					concept(SNOMED, "185349003", "Encounter for check up"),
					self.practitioner,
					self.organization,
				);
				("Encounter", self.encounter.clone(), members)
			},
			1 => {
				let part = |code, name, value: &str| {
					format!(
						r#"{{"code":{},"valueQuantity":{}}}"#,
						concept(LOINC, code, name),
						quantity(value, "mm[Hg]")
					)
				};
				let high = number(&mut self.rng, 105, 165, 0);
				let low = number(&mut self.rng, 60, 100, 0);
				let rest = format!(
					r#""component":[{},{}]"#,
					part("8480-6", "Systolic blood pressure", &high),
					part("8462-4", "Diastolic blood pressure", &low),
				);
				let code = concept(LOINC, "85354-9", "Blood pressure panel");
				self.observation("vital-signs", &code, &rest, &when)
			},
			2 => {
				let value = number(&mut self.rng, 52, 110, 0);
				self.vital("8867-4", "Heart rate", &value, "/min", &when)
			},
			3 => {
				let value = number(&mut self.rng, 360, 385, 1);
				self.vital("8310-5", "Body temperature", &value, "Cel", &when)
			},
			4 => {
				let value = number(&mut self.rng, 10, 22, 0);
				self.vital("9279-1", "Respiratory rate", &value, "/min", &when)
			},
			5 => {
				let value = number(&mut self.rng, 92, 100, 0);
				self.vital("2708-6", "Oxygen saturation", &value, "%", &when)
			},
			6 => {
				let value = number(&mut self.rng, 550, 1100, 1);
				self.vital("29463-7", "Body weight", &value, "kg", &when)
			},
			7 => {
				let value = number(&mut self.rng, 1500, 1950, 1);
				self.vital("8302-2", "Body height", &value, "cm", &when)
			},
			8..=15 => {
				let test = &TESTS[(visit * 8 + step) % TESTS.len()];
				let value = test.result(&mut self.rng);
				let rest = format!(
					r#""valueQuantity":{},"referenceRange":[{{"low":{},"high":{},"text":"{}-{}"}}]"#,
					quantity(&value, test.unit),
					quantity(test.range.0, test.unit),
					quantity(test.range.1, test.unit),
					test.range.0,
					test.range.1,
				);
				let code = concept(LOINC, test.code, test.name);
				let entry = self.observation("laboratory", &code, &rest, &when);
				self.results.push(entry.1.clone());
				entry
			},
			16 => {
				let results: Vec<_> = self
					.results
					.iter()
					.map(|id| format!(r#"{{"reference":"urn:uuid:{id}"}}"#))
					.collect();
				let members = format!(
					r#""status":"final","category":[{}],"code":{},{subject},{visit_reference},"effectiveDateTime":"{when}","issued":"{when}","result":[{}],"conclusion":"Made-up results""#,
					class("v2-0074", "LAB"),
					concept(LOINC, "24323-8", "Comprehensive metabolic panel"),
					results.join(","),
				);
				("DiagnosticReport", uuid(&mut self.rng), members)
			},
			17 => {
				self.condition = uuid(&mut self.rng);
				let (system, code, name) = match visit % 4 {
					0 => (SNOMED, "59621000", "Essential hypertension"),
					// One of the classes that are denied by default.
					1 => (ICD10, "F32.1", "Major depressive disorder, single episode, moderate"),
					2 => (SNOMED, "44054006", "Type 2 diabetes mellitus"),
					_ => (SNOMED, "195967001", "Asthma"),
				};
				let members = format!(
					r#""clinicalStatus":{},"verificationStatus":{},"category":[{}],"code":{},{subject},{visit_reference},"onsetDateTime":"{year:04}-{month:02}","recordedDate":"{when}""#,
					class("condition-clinical", "active"),
					class("condition-ver-status", "confirmed"),
					class("condition-category", "encounter-diagnosis"),
					concept(system, code, name),
				);
				("Condition", self.condition.clone(), members)
			},
			18 => {
				let (code, name) = pick(
					&mut self.rng,
					&[
						("197361", "Amlodipine 5 MG Oral Tablet"),
						("860975", "Metformin hydrochloride 500 MG Extended Release Oral Tablet"),
						("259255", "Atorvastatin 80 MG Oral Tablet"),
						("310965", "Ibuprofen 200 MG Oral Tablet"),
					],
				);
				let members = format!(
					r#""status":"active","intent":"order","medicationCodeableConcept":{},{subject},{visit_reference},"authoredOn":"{when}","requester":{{"reference":"urn:uuid:{}"}},"reasonReference":[{{"reference":"urn:uuid:{}"}}],"dosageInstruction":[{{"sequence":1,"text":"One tablet once a day","timing":{{"repeat":{{"frequency":1,"period":1.0,"periodUnit":"d"}}}},"route":{},"doseAndRate":[{{"doseQuantity":{}}}]}}]"#,
					concept(RXNORM, code, name),
					self.practitioner,
					self.condition,
					concept(SNOMED, "26643006", "Oral route"),
					quantity("1", "{tbl}"),
				);
				("MedicationRequest", uuid(&mut self.rng), members)
			},
			19 => {
				let members = format!(
					r#""clinicalStatus":{},"verificationStatus":{},"type":"allergy","category":["medication"],"criticality":"high","code":{},"patient":{{"reference":"urn:uuid:{}"}},"recordedDate":"{when}","reaction":[{{"manifestation":[{}],"severity":"moderate"}}]"#,
					class("allergyintolerance-clinical", "active"),
					class("allergyintolerance-verification", "confirmed"),
					concept(RXNORM, "7980", "Penicillin G"),
					self.patient,
					concept(SNOMED, "247472004", "Hives"),
				);
				("AllergyIntolerance", uuid(&mut self.rng), members)
			},
			20 => {
				let members = format!(
					r#""status":"completed","vaccineCode":{},"patient":{{"reference":"urn:uuid:{}"}},{visit_reference},"occurrenceDateTime":"{when}","primarySource":true,"lotNumber":"L{:05}","doseQuantity":{}"#,
					concept(
						"http://hl7.org/fhir/sid/cvx",
						"140",
						"Influenza, seasonal, injectable"
					),
					self.patient,
					visit % 100_000,
					quantity("0.50", "mL"),
				);
				("Immunization", uuid(&mut self.rng), members)
			},
			21 => {
				let members = format!(
					r#""status":"completed","code":{},{subject},{visit_reference},"performedPeriod":{{"start":"{date}T09:20:00+00:00","end":"{date}T09:40:00+00:00"}},"performer":[{{"actor":{{"reference":"urn:uuid:{}"}}}}]"#,
					concept(SNOMED, "29303009", "Electrocardiographic procedure"),
					self.practitioner,
				);
				("Procedure", uuid(&mut self.rng), members)
			},
			22 => {
				let note = format!(
					"Visit of {date}. The patient feels well and has no complaints. Blood pressure and weight were taken. Made-up note."
				);
				let members = format!(
					r#""status":"current","type":{},{subject},"date":"{when}","author":[{{"reference":"urn:uuid:{}"}}],"content":[{{"attachment":{{"contentType":"text/plain","data":"{}","title":"Progress note"}}}}],"context":{{"encounter":[{{"reference":"urn:uuid:{encounter}"}}]}}"#,
					concept(LOINC, "11506-3", "Progress note"),
					self.practitioner,
					base64(&note),
				);
				("DocumentReference", uuid(&mut self.rng), members)
			},
			23 => {
				let root = format!("2.25.{}", self.rng.random_range(1_u64 << 40..1 << 60));
				let members = format!(
					r#""identifier":[{{"system":"urn:dicom:uid","value":"urn:oid:{root}"}}],"status":"available",{subject},{visit_reference},"started":"{when}","numberOfSeries":1,"numberOfInstances":2,"series":[{{"uid":"{root}.1","number":1,"modality":{{"system":"http://dicom.nema.org/resources/ontology/DCM","code":"DX"}},"numberOfInstances":2,"bodySite":{{"system":"{SNOMED}","code":"51185008","display":"Thorax"}},"started":"{when}"}}]"#
				);
				("ImagingStudy", uuid(&mut self.rng), members)
			},
			24 => {
				let members = format!(
					r#""status":"active","intent":"plan","title":"Blood pressure plan",{subject},{visit_reference},"period":{{"start":"{date}"}},"addresses":[{{"reference":"urn:uuid:{}"}}],"activity":[{{"detail":{{"code":{},"status":"in-progress","description":"Half an hour of walking a day"}}}}]"#,
					self.condition,
					concept(SNOMED, "229065009", "Exercise therapy"),
				);
				("CarePlan", uuid(&mut self.rng), members)
			},
			_ => {
				let rest = format!(
					r#""valueCodeableConcept":{}"#,
					concept(SNOMED, "266919005", "Never smoked tobacco")
				);
				let code = concept(LOINC, "72166-2", "Tobacco smoking status");
				self.observation("social-history", &code, &rest, &when)
			},
		}
	}
}
