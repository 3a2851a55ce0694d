// SPDX-License-Identifier: Apache-2.0
//! What stops disclosure control. Places are told, values never.

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisclosureError {
	/// A table has no line of names, or cannot be read on.
	#[error("line {line} of the table is invalid: {reason}")]
	TableInvalid {
		/// The line, from 1.
		line: u64,
		/// Why.
		reason: &'static str,
	},
	/// A table is longer than rows can be numbered.
	#[error("there are more than {limit} rows")]
	MaxRowsExceeded {
		/// How many there may be.
		limit: usize,
	},
	/// No column has the name that was asked for.
	#[error("the table has no column {column}")]
	ColumnMissing {
		/// The name.
		column: String,
	},
	/// Two columns differ in their number of rows.
	#[error("attribute {attribute} has {rows} rows and not {expected}")]
	RowsDiffer {
		/// The attribute.
		attribute: String,
		/// How many rows it has.
		rows: usize,
		/// How many the others have.
		expected: usize,
	},
	/// A hierarchy does not read.
	#[error("line {line} of the hierarchy is invalid: {reason}")]
	HierarchyInvalid {
		/// The line, from 1.
		line: u64,
		/// Why.
		reason: &'static str,
	},
	/// A group of a level lies in two groups of the next.
	#[error(
		"line {line} of the hierarchy puts a group of level {level} into a second group above it"
	)]
	HierarchyNotNested {
		/// The line, from 1.
		line: u64,
		/// The level, from 0.
		level: usize,
	},
	/// A parameter is outside its range.
	#[error("{parameter} is invalid: {reason}")]
	ParameterInvalid {
		/// Which.
		parameter: &'static str,
		/// Why.
		reason: &'static str,
	},
	/// There is nothing to protect.
	#[error("there are no rows or no quasi-identifiers")]
	Empty,
	/// More quasi-identifiers than the lattice takes.
	#[error("there are {count} quasi-identifiers, and the lattice takes {limit}")]
	MaxAttributesExceeded {
		/// How many there are.
		count: usize,
		/// How many it takes.
		limit: usize,
	},
	/// More combinations of levels than the lattice takes.
	#[error("the hierarchies have more than {limit} combinations of levels")]
	MaxLatticeExceeded {
		/// How many it takes.
		limit: usize,
	},
	/// No generalisation satisfies the criteria within the suppression limit.
	#[error("no generalisation satisfies the criteria within the suppression limit")]
	Unsatisfiable,
	/// The search was cut off before it found a generalisation that satisfies the criteria.
	#[error("no generalisation was found in {checks} checks")]
	MaxChecksExceeded {
		/// How many were made.
		checks: u64,
	},
	/// A population has fewer people in a class than the sample drawn from it.
	#[error("the population has fewer people like row {row} than the data set")]
	PopulationTooSmall {
		/// A row of the class, from 1.
		row: usize,
	},
	/// The two data sets have other attributes, or the recoding has no levels to compare by.
	#[error("the population cannot be compared: {reason}")]
	PopulationIncomparable {
		/// Why.
		reason: &'static str,
	},
	/// A number is larger than can be counted with.
	#[error("{what} is larger than can be counted with")]
	Overflow {
		/// Which number.
		what: &'static str,
	},
}

impl DisclosureError {
	/// The stable code of the error, the same in every interface.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::TableInvalid { .. } => "TABLE_INVALID",
			Self::MaxRowsExceeded { .. } => "MAX_ROWS_EXCEEDED",
			Self::ColumnMissing { .. } => "COLUMN_MISSING",
			Self::RowsDiffer { .. } => "ROWS_DIFFER",
			Self::HierarchyInvalid { .. } => "HIERARCHY_INVALID",
			Self::HierarchyNotNested { .. } => "HIERARCHY_NOT_NESTED",
			Self::ParameterInvalid { .. } => "PARAMETER_INVALID",
			Self::Empty => "DATA_SET_EMPTY",
			Self::MaxAttributesExceeded { .. } => "MAX_ATTRIBUTES_EXCEEDED",
			Self::MaxLatticeExceeded { .. } => "MAX_LATTICE_EXCEEDED",
			Self::Unsatisfiable => "UNSATISFIABLE",
			Self::MaxChecksExceeded { .. } => "MAX_CHECKS_EXCEEDED",
			Self::PopulationTooSmall { .. } => "POPULATION_TOO_SMALL",
			Self::PopulationIncomparable { .. } => "POPULATION_INCOMPARABLE",
			Self::Overflow { .. } => "OVERFLOW",
		}
	}

	/// What to do about it.
	pub const fn fix(&self) -> &'static str {
		match self {
			Self::TableInvalid { .. } => "write the table as UTF-8 with a first line of names",
			Self::MaxRowsExceeded { .. } => "cut the data set into parts",
			Self::ColumnMissing { .. } => "name a column of the first line",
			Self::RowsDiffer { .. } => "take all columns from one table",
			Self::HierarchyInvalid { .. } => {
				"give one line per value with the same number of levels, from the value to the whole"
			},
			Self::HierarchyNotNested { .. } => "name the groups so that each has one group above it",
			Self::ParameterInvalid { .. } => "give a value inside the range",
			Self::Empty => "give rows and name quasi-identifiers",
			Self::MaxAttributesExceeded { .. } | Self::MaxLatticeExceeded { .. } => {
				"partition instead, or name fewer quasi-identifiers"
			},
			Self::Unsatisfiable => "raise the suppression limit or lower the criteria",
			Self::MaxChecksExceeded { .. } => "raise the limit of checks or partition instead",
			Self::PopulationTooSmall { .. } => "give the population that the data set was drawn from",
			Self::PopulationIncomparable { .. } => {
				"give the same attributes with the same hierarchies, recoded by levels"
			},
			Self::Overflow { .. } => "give smaller numbers",
		}
	}
}
