// SPDX-License-Identifier: Apache-2.0
//! Who it is about: PID, PD1, MRG, NK1, GT1, and the insurance that pays: IN1, FT1.

use super::{
	code,
	element::{address, concept, contact, identifier, money, name, organization, text, time},
	fields::Fields,
	walk::{id_of, labels_of_table, Walk},
};
use crate::{Code, Error};
use salus_mdf::{Body, Category, Coding, Concept, Coverage, Identifier, Name, Other, Patient};

/// The concept of a field whose codes are those of a table when they name no system.
pub(super) fn with_table(concept: Option<Concept>, table: &str) -> Option<Concept> {
	let mut concept = concept?;
	for coding in &mut concept.codes {
		if coding.system.is_none() {
			coding.system = Some(code::table(table));
		}
	}
	Some(concept)
}

/// What names a patient: her record number, else the first identifier.
fn key(identifiers: &[Identifier]) -> Option<&Identifier> {
	let is_record_number = |identifier: &&Identifier| {
		let codes = identifier.kind.iter().flat_map(|kind| &kind.codes);
		codes.filter_map(|coding| coding.code.as_deref()).any(|code| code == "MR")
	};
	identifiers.iter().find(is_record_number).or_else(|| identifiers.first())
}

fn shown(name: &Name) -> String {
	let parts = name.prefix.iter().chain(&name.given).chain(&name.family).chain(&name.suffix);
	parts.map(String::as_str).collect::<Vec<_>>().join(" ")
}

impl<'m> Walk<'_, '_, 'm> {
	/// PID.
	pub(super) fn patient(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		self.close_patient();
		let mut identifiers = fields.many(3, identifier);
		identifiers.extend(fields.many(2, identifier));
		identifiers.extend(fields.many(4, identifier));
		let subject = key(&identifiers).map(|key| {
			let value = key.value.as_deref().unwrap_or_default().trim();
			id_of("Patient", &[key.system.as_deref().unwrap_or_default(), value])
		});
		let subject = match subject {
			Some(subject) => subject,
			None => {
				self.tell(&fields.segment, 3, Code::PatientUnidentified)?;
				self.local_id("Patient", &fields.segment)
			},
		};
		let number = fields.one(19, text).map(|value| Identifier {
			value: Some(value),
			kind: Some(Concept {
				codes: vec![Coding {
					system: Some(code::table("0203")),
					code: Some("SS".into()),
					..Coding::default()
				}],
				text: None,
			}),
			..Identifier::default()
		});
		identifiers.extend(number);
		let mut names = fields.many(5, name);
		names.extend(fields.many(9, name));
		let mut contacts = fields.many(13, contact);
		for contact in &mut contacts {
			contact.usage.get_or_insert_with(|| "home".into());
		}
		let mut work = fields.many(14, contact);
		for contact in &mut work {
			contact.usage.get_or_insert_with(|| "work".into());
		}
		contacts.append(&mut work);
		contacts.extend(fields.many(40, contact));
		let deceased = match fields.peek(30).raw() {
			"Y" => Some(true),
			"N" => Some(false),
			_ => None,
		};
		if deceased.is_some() {
			fields.take(30);
		}
		let body = Patient {
			identifiers,
			names,
			birth: fields.one(7, time),
			gender: fields.translated(8, &code::GENDERS).map(str::to_owned),
			deceased,
			death: fields.one(29, time),
			addresses: fields.many(11, address),
			contacts,
			languages: fields.many(15, concept),
			marital_status: with_table(fields.one(16, concept), "0002"),
		};
		self.subject = Some(subject.clone());
		let index = self.begin(subject, Category::Demographics, body, &fields.segment);
		self.unrestricted(index);
		self.patient = Some(index);
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// PD1.
	pub(super) fn patient_more(&mut self, fields: Fields<'m>) -> Result<(), Error> {
		if fields.code(12) == "Y" {
			self.label_all([Coding {
				system: Some(code::CONFIDENTIALITY.into()),
				code: Some("R".into()),
				..Coding::default()
			}]);
		}
		self.attach(self.patient, fields)
	}

	/// MRG: numbers and names that are not used any more are linked to the survivor.
	pub(super) fn merge(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let known = self.patient.and_then(|index| self.drafts.get(index)).is_some_and(
			|draft| matches!(&draft.item.body, Body::Patient(patient) if !patient.identifiers.is_empty()),
		);
		if !known {
			self.tell(&fields.segment, 1, Code::MergeSurvivorUnknown)?;
			return self.alone(fields);
		}
		let old = |identifier: Identifier| Identifier { usage: Some("old".into()), ..identifier };
		let mut identifiers = fields.many(1, identifier);
		identifiers.extend(fields.many(2, identifier));
		identifiers.extend(fields.many(4, identifier));
		let names = fields.many(7, name);
		// What they were used for before stays raw.
		fields.keep(7);
		if let Some(Body::Patient(patient)) =
			self.patient.and_then(|index| self.item(index)).map(|item| &mut item.body)
		{
			patient.identifiers.extend(identifiers.into_iter().map(old));
			let old = |name: Name| Name { usage: Some("old".into()), ..name };
			patient.names.extend(names.into_iter().map(old));
		}
		self.attach(self.patient, fields)
	}

	/// NK1.
	pub(super) fn relative(&mut self, fields: Fields<'m>) -> Result<(), Error> {
		self.person(fields, Category::Demographics, 2, 33, 3)
	}

	/// GT1.
	pub(super) fn guarantor(&mut self, fields: Fields<'m>) -> Result<(), Error> {
		self.person(fields, Category::Coverage, 3, 2, 11)
	}

	/// Somebody beside the patient; the fields of name, numbers and relation are given.
	fn person(
		&mut self,
		mut fields: Fields<'m>,
		category: Category,
		name_field: usize,
		number_field: usize,
		relation_field: usize,
	) -> Result<(), Error> {
		let names = fields.many(name_field, name);
		// One text is less than a name in parts.
		let shown = names.first().map(shown).filter(|text| !text.is_empty());
		fields.keep(name_field);
		let body = Other {
			resource: Some("RelatedPerson".into()),
			identifiers: fields.many(number_field, identifier),
			name: shown.clone(),
		};
		let relation = with_table(fields.one(relation_field, concept), "0063");
		let subject = self.subject.clone().unwrap_or_default();
		let id = if subject.is_empty() || shown.is_none() {
			self.local_id("RelatedPerson", &fields.segment)
		} else {
			let parts = [&*subject, shown.as_deref().unwrap_or_default()];
			self.given.id("RelatedPerson", &parts, false)
		};
		let index = self.begin(id, category, body, &fields.segment);
		self.unrestricted(index);
		if let Some(item) = self.item(index) {
			item.concept = relation;
		}
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// IN1.
	pub(super) fn insurance(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let policy = fields.one(36, text);
		let number = policy.clone().unwrap_or_default();
		let company = fields.code(3);
		let mut identifiers: Vec<_> = policy
			.map(|value| Identifier { value: Some(value), ..Identifier::default() })
			.into_iter()
			.collect();
		identifiers.extend(fields.many(3, identifier));
		let plan = fields.one(2, concept);
		let (start, end) = (fields.one(12, time), fields.one(13, time));
		let kind = with_table(fields.one(15, concept), "0086");
		let member = fields.one(49, identifier).and_then(|found| {
			if found.system.is_some() || found.kind.is_some() {
				fields.keep(49);
			}
			found.value
		});
		let body = Coverage {
			act: Some("coverage".into()),
			identifiers,
			payers: fields.many(4, organization),
			member,
			relationship: with_table(fields.one(17, concept), "0063"),
			..Coverage::default()
		};
		let subject = self.subject.clone().unwrap_or_default();
		let id = if subject.is_empty() || number.is_empty() {
			self.local_id("Coverage", &fields.segment)
		} else {
			self.given.id("Coverage", &[&subject, company, &number], false)
		};
		let index = self.begin(id, Category::Coverage, body, &fields.segment);
		let labels = labels_of_table(&fields, 53, "0099");
		if let Some(item) = self.item(index) {
			item.concept = plan;
			item.classes.extend(kind);
			item.times.start = start;
			item.times.end = end;
			item.labels.extend(labels);
		}
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// FT1.
	pub(super) fn charge(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let number = fields.one(2, text);
		let services: Vec<_> =
			[fields.one(7, concept), fields.one(25, concept)].into_iter().flatten().collect();
		let at = fields.one(4, time);
		let body = Coverage {
			act: Some("claim".into()),
			identifiers: number
				.clone()
				.map(|value| Identifier { value: Some(value), ..Identifier::default() })
				.into_iter()
				.collect(),
			services,
			totals: fields.one(11, money).into_iter().collect(),
			..Coverage::default()
		};
		let id = match number {
			Some(number) => self.given.id("Claim", &[&self.sender, &number], false),
			None => self.local_id("Claim", &fields.segment),
		};
		let index = self.begin(id, Category::Coverage, body, &fields.segment);
		if let Some(item) = self.item(index) {
			item.times.at = at;
		}
		self.last = Some(index);
		self.attach(Some(index), fields)
	}
}
