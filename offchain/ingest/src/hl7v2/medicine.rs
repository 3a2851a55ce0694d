// SPDX-License-Identifier: Apache-2.0
//! Medicines and vaccinations: RXO, RXE, RXD, RXA, RXR.

use super::{
	code,
	element::{concept, named, number, text, time, unit, with_unit},
	fields::Fields,
	walk::{order_key, Walk},
};
use crate::{Code, Error};
use salus_mdf::{
	Body, Category, Concept, Dosage, Immunization, Medication, Quantity, Range, Reference, Time,
	Value,
};

/// The text of a concept: of an instruction, say.
fn shown(concept: Concept) -> Option<String> {
	let coding = concept.codes.into_iter().next();
	concept.text.or_else(|| coding.and_then(|coding| coding.display.or(coding.code)))
}

/// A number in one field and its unit in another.
fn amount(fields: &mut Fields<'_>, value: usize, unit_field: usize) -> Option<Quantity> {
	let value = fields.one(value, number)?;
	let unit = fields.one(unit_field, unit);
	Some(with_unit(value, None, unit))
}

/// A dose from the least to the most.
fn dose(fields: &mut Fields<'_>, low: usize, high: usize, unit: usize) -> Option<Value> {
	let low = amount(fields, low, unit);
	let high = amount(fields, high, unit);
	match (low, high) {
		(Some(low), None) => Some(Value::Quantity(low)),
		(None, None) => None,
		(low, high) => Some(Value::Range(Range { low, high })),
	}
}

/// What an item about a medicine has beside its body.
#[derive(Default)]
struct Facts<'m> {
	/// The medicine as written.
	what: &'m str,
	concept: Option<Concept>,
	at: Option<Time>,
	end: Option<Time>,
	recorded: Option<Time>,
	status: Option<String>,
	withdrawn: bool,
}

impl<'m> Walk<'_, '_, 'm> {
	/// An item with an id by its order, or by the message.
	fn medicine(
		&mut self,
		kind: &str,
		category: Category,
		mut body: Body,
		facts: Facts<'m>,
		fields: Fields<'m>,
	) -> Result<(), Error> {
		let mut waiting = self.take_waiting();
		let mut status = facts.status;
		let mut recorded = facts.recorded;
		if let Some(orc) = waiting.first_mut() {
			if self.order.key.is_empty() {
				self.order.key = order_key(orc);
			}
			status = status.or_else(|| {
				let found = orc
					.translated(5, &code::ORDER_STATES)
					.or_else(|| orc.translated(1, &code::ORDER_CONTROLS));
				found.map(str::to_owned)
			});
			recorded = recorded.or_else(|| orc.one(9, time));
			if let Body::Medication(medication) = &mut body {
				medication.requester = requester(orc);
			}
		}
		let name = super::walk::name_of(fields.segment.id());
		let id = if self.order.key.is_empty() {
			self.local_id(kind, &fields.segment)
		} else {
			// Registries give the same number to every vaccination whose own is not known.
			let subject = self.subject.as_deref().unwrap_or_default();
			let parts = [&*self.sender, subject, &self.order.key, &name, facts.what];
			self.given.id(kind, &parts, false)
		};
		let index = self.begin(id, category, body, &fields.segment);
		self.label_of_order(index);
		if let Some(item) = self.item(index) {
			item.concept = facts.concept;
			match facts.end {
				Some(end) => {
					item.times.start = facts.at;
					item.times.end = Some(end);
				},
				None => item.times.at = facts.at,
			}
			item.times.recorded = recorded;
			item.status = status;
			item.withdrawn = facts.withdrawn;
		}
		if facts.withdrawn {
			self.tell(&fields.segment, 21, Code::EnteredInError)?;
		}
		self.order.main = Some(index);
		self.last = Some(index);
		self.attach_waiting(Some(index), waiting)?;
		self.attach(Some(index), fields)
	}

	/// RXO: what was ordered.
	pub(super) fn medicine_ordered(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let what = fields.code(1);
		let facts = Facts { what, concept: fields.one(1, concept), ..Facts::default() };
		let dosage = Dosage {
			dose: dose(&mut fields, 2, 3, 4),
			text: fields.many(6, concept).into_iter().find_map(shown),
			patient_instruction: fields.many(7, concept).into_iter().find_map(shown),
			..Dosage::default()
		};
		// A text is less than coded instructions.
		fields.keep(6);
		fields.keep(7);
		let body = Medication {
			act: Some("request".into()),
			intent: Some("order".into()),
			dosages: (dosage != Dosage::default()).then_some(dosage).into_iter().collect(),
			form: fields.one(5, concept),
			quantity: amount(&mut fields, 11, 12),
			reasons: fields.many(20, concept),
			..Medication::default()
		};
		self.medicine("MedicationRequest", Category::Medications, body.into(), facts, fields)
	}

	/// RXE: what the pharmacy made of the order.
	pub(super) fn medicine_encoded(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let what = fields.code(2);
		let facts = Facts { what, concept: fields.one(2, concept), ..Facts::default() };
		let dosage = Dosage {
			dose: dose(&mut fields, 3, 4, 5),
			text: fields.many(7, concept).into_iter().find_map(shown),
			patient_instruction: fields.many(21, concept).into_iter().find_map(shown),
			..Dosage::default()
		};
		fields.keep(7);
		fields.keep(21);
		let body = Medication {
			act: Some("request".into()),
			intent: Some("order".into()),
			dosages: (dosage != Dosage::default()).then_some(dosage).into_iter().collect(),
			form: fields.one(6, concept),
			quantity: amount(&mut fields, 10, 11),
			reasons: fields.many(27, concept),
			..Medication::default()
		};
		self.medicine("MedicationRequest", Category::Medications, body.into(), facts, fields)
	}

	/// RXD: what was handed out.
	pub(super) fn medicine_dispensed(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let facts = Facts {
			what: fields.code(2),
			concept: fields.one(2, concept),
			at: fields.one(3, time),
			status: Some("completed".into()),
			..Facts::default()
		};
		let body = Medication {
			act: Some("dispense".into()),
			quantity: amount(&mut fields, 4, 5),
			form: fields.one(6, concept),
			..Medication::default()
		};
		self.medicine("MedicationDispense", Category::Medications, body.into(), facts, fields)
	}

	/// RXA: a vaccination in messages on vaccinations, else a medicine that was given.
	pub(super) fn medicine_given(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let mut facts = Facts {
			what: fields.code(5),
			concept: fields.one(5, concept),
			at: fields.one(3, time),
			end: fields.one(4, time),
			recorded: fields.one(22, time),
			status: fields.translated(20, &code::COMPLETIONS).map(str::to_owned),
			withdrawn: fields.code(21) == "D",
		};
		// The end of a moment is the moment.
		if fields.peek(3).raw() == fields.peek(4).raw() {
			facts.end = None;
		}
		// 999 says that nobody knows how much.
		let unknown = fields.peek(6).raw() == "999" && fields.peek(7).is_empty();
		let dose = if unknown { None } else { amount(&mut fields, 6, 7) };
		if !matches!(self.kind, "VXU" | "VXR" | "VXX") {
			let dosage = Dosage { dose: dose.map(Value::Quantity), ..Dosage::default() };
			let body = Medication {
				act: Some("administration".into()),
				dosages: (dosage != Dosage::default()).then_some(dosage).into_iter().collect(),
				reasons: fields.many(19, concept),
				..Medication::default()
			};
			let kind = "MedicationAdministration";
			return self.medicine(kind, Category::Medications, body.into(), facts, fields);
		}
		let note = fields.peek(9);
		let primary = (note.component(3).raw() == "NIP001")
			.then(|| note.component(1).raw() == "00")
			.filter(|_| note.repetitions().nth(1).is_none());
		let body = Immunization {
			lot: fields.one(15, text),
			expiry: fields.one(16, time),
			dose,
			primary_source: primary,
			status_reason: fields.one(18, concept),
			location: fields.one(27, super::element::place).or_else(|| fields.one(11, named)),
			..Immunization::default()
		};
		fields.keep(11);
		self.medicine("Immunization", Category::Immunizations, body.into(), facts, fields)
	}

	/// RXR: the way into the body of the medicine before it.
	pub(super) fn route(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let target = self.order.main;
		let Some(item) = target.and_then(|index| self.item(index)) else {
			return self.attach(target, fields);
		};
		match &mut item.body {
			Body::Immunization(body) if body.route.is_none() => {
				body.route = fields.one(1, concept);
				body.site = fields.one(2, concept);
			},
			Body::Medication(body) => {
				let dosage = Dosage {
					route: fields.one(1, concept),
					site: fields.one(2, concept),
					method: fields.one(4, concept),
					..Dosage::default()
				};
				// The first route goes with the dose; others are other ways to take it.
				match body.dosages.first_mut().filter(|first| first.route.is_none()) {
					Some(first) => {
						first.route = dosage.route;
						first.site = dosage.site;
						first.method = dosage.method;
					},
					None => body.dosages.push(dosage),
				}
			},
			_ => {},
		}
		self.attach(target, fields)
	}
}

fn requester(orc: &mut Fields<'_>) -> Option<Reference> {
	orc.one(12, super::element::person)
}
