// SPDX-License-Identifier: Apache-2.0
//! How the columns of a table are to be read.

use super::{
	cell::{self, DateOrder, Evidence},
	column,
	fields::Fields,
};
use crate::{load::Context, Column, Error, Place, Role};
use salus_mdf::{Precision, Time};

pub(super) struct Layout {
	pub(super) columns: Vec<Column>,
	pub(super) names: Vec<String>,
	/// Whether the code column says that its codes are LOINC.
	pub(super) loinc: bool,
	evidence: Vec<Evidence>,
	/// The column of each role.
	places: [Option<usize>; Role::Extra as usize],
}

/// A cell without the space around it, which few cells have.
fn trimmed(cell: &str) -> &str {
	match cell.as_bytes() {
		[] => cell,
		[first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
		_ => cell.trim(),
	}
}

impl Layout {
	pub(super) fn new(header: Vec<String>) -> Self {
		let (columns, loinc) = column::roles(&header);
		let evidence = vec![Evidence::default(); columns.len()];
		let mut places = [None; Role::Extra as usize];
		for (index, column) in columns.iter().enumerate() {
			if let Some(place) = places.get_mut(column.role as usize) {
				*place = Some(index);
			}
		}
		Self { columns, names: header, loinc, evidence, places }
	}

	pub(super) fn index(&self, role: Role) -> Option<usize> {
		self.places.get(role as usize).copied().flatten()
	}

	/// How sure the columns of these roles are, when they are not certain: the least sure counts.
	pub(super) fn confidence(&self, of_patient: bool) -> Option<u8> {
		let patient = [Role::PatientId, Role::PatientName, Role::BirthDate, Role::Sex];
		self.columns
			.iter()
			.filter(|column| column.role != Role::Extra)
			.filter(|column| {
				column.role == Role::PatientId || patient.contains(&column.role) == of_patient
			})
			.map(|column| column.confidence)
			.min()
			.filter(|confidence| *confidence < 100)
	}

	/// Looks at a row for what it says about the form of its columns.
	pub(super) fn see(&mut self, row: &Fields) {
		if row.len() != self.columns.len() {
			return;
		}
		for role in [Role::BirthDate, Role::Collected, Role::Value] {
			let Some(index) = self.index(role) else { continue };
			let Some(evidence) = self.evidence.get_mut(index) else { continue };
			match role {
				Role::Value => evidence.see_number(trimmed(row.get(index))),
				_ => evidence.see_date(trimmed(row.get(index))),
			}
		}
	}

	pub(super) fn cell<'r>(&self, row: &'r Fields, role: Role) -> &'r str {
		self.index(role).map_or("", |index| trimmed(row.get(index)))
	}

	pub(super) fn place(&self, line: u64, role: Role) -> Place {
		match self.index(role) {
			Some(index) => Place::Cell { line, column: index + 1 },
			None => Place::Line(line),
		}
	}

	/// Whether results are written with a decimal comma.
	pub(super) fn decimal_commas(&self) -> bool {
		let evidence = self.index(Role::Value).and_then(|index| self.evidence.get(index));
		evidence.is_some_and(Evidence::decimal_commas)
	}

	/// Reads a date in place of another one.
	pub(super) fn read_date(
		&self,
		context: &mut Context<'_>,
		(line, row): (u64, &Fields),
		(role, required): (Role, bool),
		time: &mut Option<Time>,
	) -> Result<(), Error> {
		let evidence = self.index(role).and_then(|index| self.evidence.get(index));
		let text = self.cell(row, role);
		let Some(evidence) = evidence.filter(|_| required || !text.is_empty()) else {
			*time = None;
			return Ok(());
		};
		let order: DateOrder = evidence.date_order();
		let blank = || Time { value: String::new(), precision: Precision::Day, original: None };
		if let Err(code) = cell::read_date(text, order, time.get_or_insert_with(blank)) {
			*time = None;
			context.diagnose(self.place(line, role), code)?;
		}
		Ok(())
	}
}
