// SPDX-License-Identifier: Apache-2.0
//! Rows that are alike after generalisation, and what is released of them.

use super::{
	grouping::{group, Part},
	level_losses, DisclosureError, Microdata,
};
use std::io::Write;

/// Equivalence classes of rows.
#[derive(Clone, Debug)]
pub struct Classes {
	/// The class of each row.
	pub(super) of: Vec<u32>,
	/// How many rows each has.
	pub(super) sizes: Vec<u32>,
	/// Which are released; the rows of the others are suppressed.
	pub(super) released: Vec<bool>,
}

impl Classes {
	/// The classes of a data set generalised to these levels, all of them released.
	///
	/// # Errors
	/// If there is not one level for each attribute, or one that it has not.
	pub fn at(data: &Microdata, levels: &[usize]) -> Result<Self, DisclosureError> {
		let invalid =
			DisclosureError::ParameterInvalid { parameter: "levels", reason: "no such level" };
		if levels.len() != data.attributes.len() {
			return Err(invalid);
		}
		let parts = data.attributes.iter().zip(levels).map(|(attribute, level)| {
			let of = &attribute.levels.get(*level)?.of;
			Some(Part { codes: &attribute.codes, of: Some(of), domain: attribute.domain(*level) })
		});
		let parts = parts.collect::<Option<Vec<_>>>().ok_or(invalid)?;
		let groups = group(data.rows, &parts);
		Ok(Self::of_groups(groups.of, groups.count))
	}

	pub(super) fn of_groups(of: Vec<u32>, count: usize) -> Self {
		let mut sizes = vec![0; count];
		for class in &of {
			sizes[*class as usize] += 1;
		}
		Self { of, sizes, released: vec![true; count] }
	}

	/// How many classes are released.
	pub fn released(&self) -> usize {
		self.released.iter().filter(|released| **released).count()
	}

	/// How many rows are suppressed.
	pub fn suppressed_rows(&self) -> u64 {
		let suppressed = self.sizes.iter().zip(&self.released).filter(|(_, released)| !**released);
		suppressed.map(|(size, _)| u64::from(*size)).sum()
	}

	/// The sizes of the released classes.
	pub fn released_sizes(&self) -> impl Iterator<Item = u32> + '_ {
		self.sizes
			.iter()
			.zip(&self.released)
			.filter(|(_, released)| **released)
			.map(|(size, _)| *size)
	}

	/// Whether the row is released.
	pub fn is_released(&self, row: usize) -> bool {
		self.of.get(row).is_some_and(|class| self.released[*class as usize])
	}

	/// How many rows are in the class of the row.
	pub fn size_of(&self, row: usize) -> Option<u32> {
		self.of.get(row).map(|class| self.sizes[*class as usize])
	}
}

/// How values became what is released.
#[derive(Clone, Debug)]
pub enum Recoding {
	/// All values of an attribute were generalised to one level.
	FullDomain {
		/// The level of each attribute.
		levels: Vec<usize>,
		/// Non-uniform entropy, in bits over all rows.
		loss: f64,
		/// Whether no other levels with a smaller loss satisfy the criteria.
		is_optimal: bool,
		/// How many combinations of levels were tried.
		checks: u64,
	},
	/// Each class has labels of its own.
	Local {
		/// Of each class, for each attribute.
		labels: Vec<Vec<String>>,
	},
}

/// A generalised data set.
#[derive(Clone, Debug)]
pub struct Release {
	/// Which rows are alike, and which are suppressed.
	pub classes: Classes,
	/// What was done to values.
	pub recoding: Recoding,
}

impl Release {
	/// A data set generalised to these levels, with nothing suppressed.
	///
	/// # Errors
	/// If there is not one level for each attribute, or one that it has not.
	pub fn at(data: &Microdata, levels: Vec<usize>) -> Result<Self, DisclosureError> {
		let classes = Classes::at(data, &levels)?;
		let each = data.attributes.iter().zip(&levels);
		let loss =
			each.filter_map(|(attribute, level)| level_losses(attribute).get(*level).copied());
		let loss = loss.sum();
		let recoding = Recoding::FullDomain { levels, loss, is_optimal: false, checks: 0 };
		Ok(Self { classes, recoding })
	}

	/// Writes the rows that are released as comma-separated values: the generalised
	/// quasi-identifiers, then the sensitive attributes, with a first line of names.
	///
	/// # Errors
	/// If writing fails.
	pub fn write_csv(&self, data: &Microdata, out: impl Write) -> std::io::Result<()> {
		let mut out = csv::Writer::from_writer(out);
		let names = data.attributes.iter().map(|attribute| &attribute.name);
		out.write_record(names.chain(data.sensitive.iter().map(|each| &each.attribute.name)))?;
		for row in (0..data.rows).filter(|row| self.classes.is_released(*row)) {
			for attribute in 0..data.attributes.len() {
				out.write_field(self.value(data, row, attribute).unwrap_or_default())?;
			}
			for each in &data.sensitive {
				out.write_field(each.value(row).unwrap_or_default())?;
			}
			out.write_record(None::<&[u8]>)?;
		}
		out.flush()
	}

	/// What stands in a row for an attribute; `None` if the row is suppressed or there is no such one.
	pub fn value<'a>(
		&'a self,
		data: &'a Microdata,
		row: usize,
		attribute: usize,
	) -> Option<&'a str> {
		if !self.classes.is_released(row) {
			return None;
		}
		match &self.recoding {
			Recoding::FullDomain { levels, .. } => {
				let source = data.attributes.get(attribute)?;
				let level = source.levels.get(*levels.get(attribute)?)?;
				let group = *level.of.get(*source.codes.get(row)? as usize)?;
				level.labels.get(group as usize).map(String::as_str)
			},
			Recoding::Local { labels } => {
				let class = *self.classes.of.get(row)?;
				labels.get(class as usize)?.get(attribute).map(String::as_str)
			},
		}
	}
}
