// SPDX-License-Identifier: Apache-2.0
//! Visits and appointments: PV1, PV2, SCH.

use super::{
	code,
	element::{concept, entity, identifier, person, place, time},
	fields::Fields,
	person::with_table,
	walk::{id_of, labels_of_table, Walk},
};
use crate::Error;
use salus_mdf::{Body, Category, Coding, Concept, Encounter, Other};

impl<'m> Walk<'_, '_, 'm> {
	/// PV1.
	pub(super) fn visit(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let number = fields.one(19, identifier).or_else(|| fields.one(50, identifier));
		fields.keep(19);
		fields.keep(50);
		let id = match number.as_ref().and_then(|number| Some((number, number.value.as_deref()?))) {
			Some((number, value)) => {
				let subject = self.subject.clone().unwrap_or_default();
				let system = number.system.as_deref().unwrap_or_default();
				id_of("Encounter", &[&subject, system, value.trim()])
			},
			None => self.local_id("Encounter", &fields.segment),
		};
		let class = fields.one(2, concept);
		let written = fields.code(2);
		let translated = code::CLASSES.iter().find(|(known, _)| *known == written);
		let class = match translated {
			Some((_, class)) => Some(Coding {
				system: Some(code::ACT_CODE.into()),
				code: Some((*class).into()),
				..Coding::default()
			}),
			None => with_table(class, "0004").and_then(|concept| concept.codes.into_iter().next()),
		};
		if fields.peek(2).component(2).raw() != "" {
			fields.keep(2);
		}
		let (start, end) = (fields.one(44, time), fields.one(45, time));
		let event = code::VISIT_EVENTS.iter().find(|(event, _)| *event == self.event);
		let status = match (end.is_some(), event, written) {
			(_, Some((_, status @ "cancelled")), _) => status,
			(true, ..) => "finished",
			(false, Some((_, status)), _) => status,
			(false, None, "P") => "planned",
			(false, None, "U" | "") => "unknown",
			(false, None, _) => "in-progress",
		};
		let participants =
			[7, 8, 9, 17, 52].into_iter().flat_map(|field| fields.many(field, person)).collect();
		// Which of them was the attending one is in the raw form only.
		[7, 8, 9, 17, 52].into_iter().for_each(|field| fields.keep(field));
		let body = Encounter {
			class,
			participants,
			locations: [3, 11].into_iter().flat_map(|field| fields.many(field, place)).collect(),
			..Encounter::default()
		};
		let kind = with_table(fields.one(4, concept), "0007");
		let service = with_table(fields.one(10, concept), "0069");
		let mut labels = labels_of_table(&fields, 16, "0099");
		if fields.code(16) == "Y" {
			labels.push(Coding {
				system: Some(code::ACT_CODE.into()),
				code: Some("VIP".into()),
				..Coding::default()
			});
		}
		if !labels.is_empty() && fields.peek(16).component(2).is_empty() {
			fields.take(16);
		}
		self.label_all(labels);
		// The visit does not refer to itself.
		self.encounter = None;
		let index = self.begin(id.clone(), Category::Encounters, body, &fields.segment);
		self.encounter = Some(id);
		self.unrestricted(index);
		if let Some(item) = self.item(index) {
			item.status = Some((*status).to_owned());
			item.concept = kind;
			item.classes.extend(service);
			item.times.start = start;
			item.times.end = end;
		}
		self.visit = Some(index);
		self.last = Some(index);
		self.attach(Some(index), fields)
	}

	/// PV2.
	pub(super) fn visit_more(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		let visit = self.visit;
		if fields.code(22) == "Y" {
			self.label_all([Coding {
				system: Some(code::CONFIDENTIALITY.into()),
				code: Some("R".into()),
				..Coding::default()
			}]);
		}
		let reason = visit.and_then(|_| fields.one(3, concept));
		if let Some(item) = visit.and_then(|index| self.item(index)) {
			if let Body::Encounter(encounter) = &mut item.body {
				encounter.reasons.extend(reason);
			}
		}
		self.attach(visit, fields)
	}

	/// SCH.
	pub(super) fn appointment(&mut self, mut fields: Fields<'m>) -> Result<(), Error> {
		self.leave_order()?;
		let mut identifiers = fields.many(1, entity);
		identifiers.extend(fields.many(2, entity));
		let number = [fields.peek(2), fields.peek(1)]
			.into_iter()
			.map(|field| field.raw())
			.find(|number| !number.is_empty());
		let id = match number {
			Some(number) => self.given.id("Appointment", &[&self.sender, number], false),
			None => self.local_id("Appointment", &fields.segment),
		};
		let status = fields.code(25).to_ascii_uppercase();
		let status = code::APPOINTMENTS.iter().find(|(known, _)| *known == status);
		let (kind, reason) = (fields.one(8, concept), fields.one(7, concept));
		// The fourth and fifth component of a timing are its first and last moment.
		let moment = |component: usize| {
			let written = fields.peek(11).component(component);
			super::datetime::time(written.raw().trim())
		};
		let (start, end) = (moment(4), moment(5));
		let body = Other { resource: Some("Appointment".into()), identifiers, name: None };
		let index = self.begin(id, Category::Encounters, body, &fields.segment);
		if let Some(item) = self.item(index) {
			item.status = status.map(|(_, status)| (*status).to_owned());
			item.concept = kind;
			item.classes.extend(reason as Option<Concept>);
			item.times.start = start;
			item.times.end = end;
		}
		self.last = Some(index);
		self.attach(Some(index), fields)
	}
}
