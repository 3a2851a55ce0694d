// SPDX-License-Identifier: Apache-2.0
//! Whom the rows of a table are about.

use super::{fields::Fields, is_placeholder, write_key, Table};
use crate::{
	id::{digest, with_digest},
	load::Context,
	Code, Error, Place, Role,
};
use salus_mdf::{Body, Category, Identifier, Item, Name, Patient, Provenance};
use std::{collections::HashMap, rc::Rc};

/// So many patients of a file are known; that takes about 50 MB.
const MAX_KNOWN: usize = 400_000;
/// So many items wait for birth dates.
const MAX_WAITING: usize = 20_000;
/// So many patients are remembered as rows name them.
const MAX_SETTLED: usize = 4096;
/// So many bytes of a row name a patient who is remembered.
const MAX_KEY: usize = 512;

/// What is known of a patient.
struct Known {
	/// Digest of name and birth date.
	person: [u8; 16],
	/// The item, when its birth date is still missing.
	waiting: Option<Box<Item>>,
}

/// The patients of a file, by the digests of their numbers.
#[derive(Default)]
pub(crate) struct Patients {
	known: HashMap<[u8; 16], Known>,
	/// How many items wait.
	waiting: usize,
	full: bool,
}

impl Patients {
	/// Gives those whose birth date never came.
	pub(crate) fn finish(self, context: &mut Context<'_>) -> Result<(), Error> {
		let mut waiting: Vec<_> =
			self.known.into_values().filter_map(|known| known.waiting).collect();
		waiting.sort_by(|a, b| {
			let place = |item: &Item| {
				(item.provenance.location.part.clone(), item.provenance.location.line)
			};
			place(a).cmp(&place(b))
		});
		waiting.into_iter().try_for_each(|item| context.emit(*item))
	}
}

/// Number, name and birth date as rows write them, where they say nothing new of a patient who is
/// known, and the reference to her. Most rows name the patient of the row before them.
#[derive(Default)]
pub(super) struct Settled {
	subjects: HashMap<Vec<u8>, Rc<str>>,
	last: Option<(Vec<u8>, Rc<str>)>,
	key: Vec<u8>,
}

impl Settled {
	fn find(&mut self, cells: [&str; 3]) -> Option<Rc<str>> {
		write_key(&mut self.key, cells);
		if let Some((_, subject)) = self.last.as_ref().filter(|(key, _)| *key == self.key) {
			return Some(Rc::clone(subject));
		}
		let subject = Rc::clone(self.subjects.get(&self.key)?);
		self.last = Some((self.key.clone(), Rc::clone(&subject)));
		Some(subject)
	}

	/// Remembers what was looked for last.
	fn settle(&mut self, subject: &Rc<str>) {
		if self.key.len() > MAX_KEY {
			return;
		}
		if self.subjects.len() >= MAX_SETTLED {
			self.subjects.clear();
		}
		self.subjects.insert(self.key.clone(), Rc::clone(subject));
	}
}

impl Table<'_> {
	/// The patient of a row; an unknown one becomes an item.
	pub(super) fn patient(
		&mut self,
		context: &mut Context<'_>,
		line: u64,
		row: &Fields,
	) -> Result<Option<Rc<str>>, Error> {
		let layout = &self.layout;
		let number = layout.cell(row, Role::PatientId);
		let written = layout.cell(row, Role::PatientName);
		let birth_text = layout.cell(row, Role::BirthDate);
		if let Some(subject) = self.settled.find([number, written, birth_text]) {
			return Ok(Some(subject));
		}
		let mut birth = None;
		layout.read_date(context, (line, row), (Role::BirthDate, false), &mut birth)?;
		let complete = birth.is_some() || birth_text.is_empty();
		let key = if is_placeholder(number) {
			if written.is_empty() {
				context.diagnose(layout.place(line, Role::PatientId), Code::MissingSubject)?;
				return Ok(None);
			}
			with_digest(&["person-"], &digest(&[written, birth_text]))
		} else {
			number.to_owned()
		};
		let subject: Rc<str> = format!("Patient/{key}").into();
		let person = digest(&[written, birth.as_ref().map_or("", |time| &time.value)]);
		let place = digest(&[&key]);
		if let Some(known) = self.patients.known.get_mut(&place) {
			let Some(birth) = birth else {
				if complete {
					self.settled.settle(&subject);
				}
				return Ok(Some(subject));
			};
			if let Some(mut item) = known.waiting.take() {
				self.patients.waiting -= 1;
				if let Body::Patient(patient) = &mut item.body {
					patient.birth = Some(birth);
				}
				known.person = person;
				context.emit(*item)?;
			} else if known.person != person {
				context.diagnose(layout.place(line, Role::PatientId), Code::SubjectConflict)?;
			} else {
				self.settled.settle(&subject);
			}
			return Ok(Some(subject));
		}
		let mut names = Vec::new();
		if !written.is_empty() {
			let (family, given) = match written.split_once(',') {
				Some((family, given)) => (
					Some(family.trim().to_owned()),
					given.split_whitespace().map(str::to_owned).collect(),
				),
				None => (None, Vec::new()),
			};
			names.push(Name { text: Some(written.into()), family, given, ..Name::default() });
		}
		let sex = layout.cell(row, Role::Sex);
		let mut identifiers = Vec::new();
		if !is_placeholder(number) {
			identifiers.push(Identifier { value: Some(number.into()), ..Identifier::default() });
		}
		let body = Patient {
			identifiers,
			names,
			birth,
			gender: (!sex.is_empty()).then(|| sex.into()),
			..Patient::default()
		};
		let id = format!("{}#patient:{key}", self.origin.source);
		let id = with_digest(&["at-"], &digest(&[&id]));
		let mut origin = Provenance {
			rule: self.patient_rule.clone(),
			confidence: self.patient_confidence,
			..self.origin.clone()
		};
		origin.location.line = Some(line);
		let mut item = Item::new(id, Category::Demographics, body, origin);
		item.subject = Some((*subject).to_owned());
		let patients = &mut *self.patients;
		let is_room = patients.known.len() < MAX_KNOWN;
		let waiting = if complete || !is_room || patients.waiting >= MAX_WAITING {
			context.emit(item)?;
			None
		} else {
			patients.waiting += 1;
			Some(Box::new(item))
		};
		if is_room {
			patients.known.insert(place, Known { person, waiting });
		} else {
			// Later rows give the same item once more, but for those that are remembered.
			if complete {
				self.settled.settle(&subject);
			}
			if !patients.full {
				patients.full = true;
				context.diagnose(Place::Line(line), Code::DuplicatesUnchecked)?;
			}
		}
		Ok(Some(subject))
	}
}
