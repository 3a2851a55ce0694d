// SPDX-License-Identifier: Apache-2.0
//! Allergies, diagnoses, problems and procedures: AL1, IAM, DG1, PRB, PR1.

use super::{
	code::{self, system_of},
	element::{concept, person, text, time},
	fields::Fields,
	person::with_table,
	walk::Walk,
};
use crate::{Code, Error};
use salus_mdf::{Allergy, Body, Category, Coding, Concept, Condition, Procedure, Reaction};

/// What names a concept: its first code, else its text.
fn named(concept: Option<&Concept>) -> String {
	let coding = concept.and_then(|concept| concept.codes.first());
	let code = coding.and_then(|coding| coding.code.as_deref().or(coding.display.as_deref()));
	let text = concept.and_then(|concept| concept.text.as_deref());
	code.or(text).unwrap_or_default().to_owned()
}

/// The concept of a coded field, with the text of another one.
fn described(
	fields: &mut Fields<'_>,
	coded: usize,
	described: usize,
	method: usize,
) -> Option<Concept> {
	let mut found = fields.one(coded, concept).unwrap_or_default();
	if found.text.is_none() {
		found.text = fields.one(described, text);
	}
	// Before 2.3 the coding method stood in a field of its own.
	if let Some(coding) = found.codes.first_mut().filter(|coding| coding.system.is_none()) {
		coding.system = fields.one(method, text).map(system_of);
	}
	(found != Concept::default()).then_some(found)
}

impl<'m> Walk<'_, '_, 'm> {
	/// An item about the patient, with an id by what it is about, or by a number of its own.
	fn about(
		&mut self,
		kind: &str,
		number: &str,
		what: &[&str],
		category: Category,
		body: impl Into<Body>,
		fields: &Fields<'m>,
	) -> usize {
		let subject = self.subject.as_deref().unwrap_or_default();
		let id = if !number.is_empty() {
			self.given.id(kind, &[&self.sender, "number", number], false)
		} else if subject.is_empty() || what.iter().all(|part| part.is_empty()) {
			self.local_id(kind, &fields.segment)
		} else {
			let parts: Vec<_> = [subject].into_iter().chain(what.iter().copied()).collect();
			self.given.id(kind, &parts, false)
		};
		let index = self.begin(id, category, body, &fields.segment);
		self.last = Some(index);
		index
	}

	fn withdraw(&mut self, index: usize, fields: &Fields<'m>, field: usize) -> Result<(), Error> {
		if let Some(item) = self.item(index) {
			item.withdrawn = true;
		}
		self.tell(&fields.segment, field, Code::EnteredInError)
	}

	/// AL1, and IAM with its number and actions.
	pub(super) fn allergy(&mut self, mut fields: Fields<'m>, numbered: bool) -> Result<(), Error> {
		self.leave_order()?;
		let substance = fields.one(3, concept);
		let what = named(substance.as_ref());
		let severity = fields.translated(4, &code::SEVERITIES).map(str::to_owned);
		let bad = fields.code(4);
		let criticality = code::CRITICALITIES.iter().find(|(known, _)| *known == bad);
		let manifestations: Vec<_> = fields.many(5, concept);
		let kind = fields.translated(2, &code::ALLERGENS);
		let mut reactions = Vec::new();
		if severity.is_some() || !manifestations.is_empty() {
			reactions.push(Reaction { manifestations, severity, ..Reaction::default() });
		}
		let body = Allergy {
			mechanism: kind.map(|_| "allergy".to_owned()),
			substances: kind.map(str::to_owned).into_iter().collect(),
			criticality: criticality.map(|(_, meaning)| (*meaning).to_owned()),
			clinical_status: if numbered { fields.one(17, concept) } else { None },
			reactions,
			..Allergy::default()
		};
		let at = fields.one(if numbered { 11 } else { 6 }, time);
		let recorded = if numbered { fields.one(13, time) } else { None };
		let number = if numbered { fields.peek(7).raw() } else { "" };
		let withdrawn = numbered && fields.code(6) == "D";
		let parts = [&*what];
		let category = Category::Allergies;
		let index = self.about("AllergyIntolerance", number, &parts, category, body, &fields);
		if let Some(item) = self.item(index) {
			item.concept = substance;
			item.times.at = at;
			item.times.recorded = recorded;
		}
		if withdrawn {
			self.withdraw(index, &fields, 6)?;
		}
		self.attach(Some(index), fields)
	}

	/// DG1.
	pub(super) fn diagnosis(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let diagnosis = described(&mut fields, 3, 4, 2);
		let what = named(diagnosis.as_ref());
		let start = fields.one(5, time);
		let recorded = fields.one(19, time);
		let class = with_table(fields.one(6, concept), "0052");
		let encounter = self.encounter.clone().unwrap_or_default();
		let number = fields.peek(20).raw();
		let parts = [&*what, &*encounter, fields.code(6)];
		let category = Category::Conditions;
		let body = Condition::default();
		let index = self.about("Condition", number, &parts, category, body, &fields);
		if let Some(item) = self.item(index) {
			item.concept = diagnosis;
			item.times.start = start;
			item.times.recorded = recorded;
			item.classes.extend(class);
			if fields.code(18) == "Y" {
				item.labels.push(Coding {
					system: Some(code::CONFIDENTIALITY.into()),
					code: Some("R".into()),
					..Coding::default()
				});
			}
		}
		if fields.code(21) == "D" {
			self.withdraw(index, &fields, 21)?;
		}
		self.attach(Some(index), fields)
	}

	/// PRB.
	pub(super) fn problem(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let problem = fields.one(3, concept);
		let what = named(problem.as_ref());
		let body = Condition {
			clinical_status: fields.one(14, concept),
			verification_status: fields.one(13, concept),
			..Condition::default()
		};
		let (start, end) = (fields.one(16, time), fields.one(9, time));
		let recorded = fields.one(2, time);
		let number = fields.peek(4).raw();
		let category = Category::Conditions;
		let index = self.about("Condition", number, &[&what], category, body, &fields);
		if let Some(item) = self.item(index) {
			item.concept = problem;
			item.times.start = start;
			item.times.end = end;
			item.times.recorded = recorded;
		}
		if fields.code(1) == "DE" {
			self.withdraw(index, &fields, 1)?;
		}
		self.attach(Some(index), fields)
	}

	/// PR1.
	pub(super) fn procedure(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let procedure = described(&mut fields, 3, 4, 2);
		let what = named(procedure.as_ref());
		let when = fields.peek(5).raw();
		let at = fields.one(5, time);
		let class = with_table(fields.one(6, concept), "0230");
		let mut performers = fields.many(12, person);
		for field in [8, 11] {
			performers.extend(fields.many(field, person));
			// Who of them was the surgeon is in the raw form only.
			fields.keep(field);
		}
		let body =
			Procedure { reasons: fields.many(15, concept), performers, ..Procedure::default() };
		let encounter = self.encounter.clone().unwrap_or_default();
		let number = fields.peek(19).raw();
		let parts = [&*what, &*encounter, when];
		let category = Category::Procedures;
		let index = self.about("Procedure", number, &parts, category, body, &fields);
		if let Some(item) = self.item(index) {
			item.concept = procedure;
			item.times.at = at;
			item.classes.extend(class);
		}
		if fields.code(20) == "D" {
			self.withdraw(index, &fields, 20)?;
		}
		self.attach(Some(index), fields)
	}
}
