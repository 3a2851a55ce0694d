// SPDX-License-Identifier: Apache-2.0
//! Rows as the measures see them: numbers of values, and what each becomes at each level.

use super::{
	table::{Column, MAX_LISTED},
	DisclosureError, Hierarchy,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One level of generalisation.
#[derive(Clone, Debug)]
pub struct Level {
	/// The group of each value of the level 0.
	pub(super) of: Vec<u32>,
	/// What each group is called.
	pub(super) labels: Vec<String>,
}

/// A quasi-identifier: for every row a value, and what it becomes.
#[derive(Clone, Debug)]
pub struct Attribute {
	/// What it is called.
	pub name: String,
	/// The value of each row, as a number into the level 0.
	pub(super) codes: Vec<u32>,
	/// From the values to the whole; never empty.
	pub(super) levels: Vec<Level>,
	/// Whether a range of values may stand for those between.
	pub(super) is_ordered: bool,
	/// Rows, from 1, whose value the hierarchy does not know, the first ten thousand of them.
	pub unknown: Vec<usize>,
	/// How many there are.
	pub unknown_count: u64,
}

/// An order in which values stand beside those they are generalised with; numbers by their size.
fn order(path: &[String]) -> Vec<(i64, &str)> {
	let number = |label: &str| label.trim_end_matches('+').parse().unwrap_or(i64::MAX);
	path.iter().rev().map(|label| (number(label), label.as_str())).collect()
}

impl Attribute {
	/// Generalises the values of a column. What the hierarchy does not know is any at every level.
	pub fn new(column: &Column, hierarchy: &Hierarchy) -> Self {
		let any = hierarchy.any();
		let mut unknown_values = BTreeSet::new();
		let mut paths = Vec::with_capacity(column.values.len());
		for (code, value) in (0u32..).zip(&column.values) {
			paths.push(hierarchy.path(value).unwrap_or_else(|| {
				unknown_values.insert(code);
				vec![any.to_owned(); hierarchy.levels()]
			}));
		}
		let (mut unknown, mut unknown_count) = (Vec::new(), 0);
		for (row, code) in column.codes.iter().enumerate() {
			if unknown_values.contains(code) {
				unknown_count += 1;
				if unknown.len() < MAX_LISTED {
					unknown.push(row + 1);
				}
			}
		}
		let first = |path: &Vec<String>| path.first().cloned().unwrap_or_default();
		let mut values: BTreeMap<String, &Vec<String>> = BTreeMap::new();
		for path in &paths {
			values.insert(first(path), path);
		}
		// One value of a label is enough: hierarchies are nested.
		let is_number = |label: &str| label.trim_end_matches('+').parse::<i64>().is_ok();
		let is_ordered = hierarchy.is_ordered() && values.keys().all(|label| is_number(label));
		let mut values: Vec<_> = values.into_values().collect();
		if is_ordered {
			values.sort_by_cached_key(|path| order(&path[..1]).first().map(|key| key.0));
		} else {
			values.sort_by_cached_key(|path| order(path));
		}
		let levels = (0..hierarchy.levels())
			.map(|level| {
				let mut numbers = HashMap::new();
				let mut labels = Vec::new();
				let of = values
					.iter()
					.map(|path| {
						let label = path[level].as_str();
						*numbers.entry(label).or_insert_with(|| {
							labels.push(label.to_owned());
							labels.len() as u32 - 1
						})
					})
					.collect();
				Level { of, labels }
			})
			.collect::<Vec<_>>();
		let numbers: HashMap<_, _> = values
			.iter()
			.enumerate()
			.map(|(number, path)| (path[0].as_str(), number as u32))
			.collect();
		let base: Vec<_> =
			paths.iter().map(|path| numbers.get(path[0].as_str()).copied().unwrap_or(0)).collect();
		let codes = column.codes.iter().map(|code| base[*code as usize]).collect();
		Self { name: column.name.clone(), codes, levels, is_ordered, unknown, unknown_count }
	}

	/// How many levels there are, the values themselves included.
	pub fn levels(&self) -> usize {
		self.levels.len()
	}

	/// How many groups there are at a level.
	pub(super) fn domain(&self, level: usize) -> u32 {
		self.levels[level].labels.len() as u32
	}

	/// How many rows have which value of the level 0.
	pub(super) fn counts(&self) -> Vec<u64> {
		let mut counts = vec![0; self.levels[0].labels.len()];
		for code in &self.codes {
			counts[*code as usize] += 1;
		}
		counts
	}
}

/// What nobody should learn about a person whose row is found.
#[derive(Clone, Debug)]
pub struct Sensitive {
	pub(super) attribute: Attribute,
}

impl Sensitive {
	/// What it is called.
	pub fn name(&self) -> &str {
		&self.attribute.name
	}

	/// Its values.
	pub fn attribute(&self) -> &Attribute {
		&self.attribute
	}

	/// The value of a row.
	pub(super) fn value(&self, row: usize) -> Option<&str> {
		let Attribute { codes, levels, .. } = &self.attribute;
		let values = levels.first()?;
		let group = *values.of.get(*codes.get(row)? as usize)?;
		values.labels.get(group as usize).map(String::as_str)
	}

	pub(super) fn codes(&self) -> &[u32] {
		&self.attribute.codes
	}

	pub(super) fn domain(&self) -> u32 {
		self.attribute.domain(0)
	}
}

/// A data set: rows with quasi-identifiers and sensitive attributes.
#[derive(Clone, Debug)]
pub struct Microdata {
	pub(super) rows: usize,
	pub(super) attributes: Vec<Attribute>,
	pub(super) sensitive: Vec<Sensitive>,
}

impl Microdata {
	/// A data set of these quasi-identifiers.
	///
	/// # Errors
	/// If there are none, or no rows, or they differ in their rows.
	pub fn new(attributes: Vec<Attribute>) -> Result<Self, DisclosureError> {
		let rows = attributes.first().map_or(0, |attribute| attribute.codes.len());
		if rows == 0 {
			return Err(DisclosureError::Empty);
		}
		let data = Self { rows, attributes, sensitive: Vec::new() };
		data.attributes.iter().try_for_each(|attribute| data.check_rows(attribute))?;
		Ok(data)
	}

	/// Adds a sensitive attribute, whose hierarchy tells how far its values are from each other.
	///
	/// # Errors
	/// If it differs in its rows.
	pub fn with_sensitive(mut self, attribute: Attribute) -> Result<Self, DisclosureError> {
		self.check_rows(&attribute)?;
		self.sensitive.push(Sensitive { attribute });
		Ok(self)
	}

	fn check_rows(&self, attribute: &Attribute) -> Result<(), DisclosureError> {
		if attribute.codes.len() == self.rows {
			return Ok(());
		}
		Err(DisclosureError::RowsDiffer {
			attribute: attribute.name.clone(),
			rows: attribute.codes.len(),
			expected: self.rows,
		})
	}

	/// How many rows there are.
	pub fn rows(&self) -> usize {
		self.rows
	}

	/// The quasi-identifiers.
	pub fn attributes(&self) -> &[Attribute] {
		&self.attributes
	}

	/// The sensitive attributes.
	pub fn sensitive(&self) -> &[Sensitive] {
		&self.sensitive
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn attribute(hierarchy: &Hierarchy, values: &[&str]) -> Attribute {
		Attribute::new(&Column::new("a", values).expect("a column"), hierarchy)
	}

	#[test]
	fn an_unknown_value_is_any_and_its_rows_are_told() {
		let ages = attribute(&Hierarchy::Age, &["1", "2", "old", "3", "older"]);
		assert_eq!((ages.unknown.as_slice(), ages.unknown_count), ([3, 5].as_slice(), 2));
		for level in &ages.levels {
			let labels =
				ages.codes.iter().map(|code| &level.labels[level.of[*code as usize] as usize]);
			let labels: Vec<_> = labels.collect();
			assert!(labels[2] == "*" && labels[4] == "*", "{labels:?}");
		}
		assert_eq!(ages.domain(3), 1, "all are alike in the end");
	}

	#[test]
	fn columns_of_other_lengths_are_refused() {
		let long = attribute(&Hierarchy::Age, &["1", "2"]);
		let short = attribute(&Hierarchy::Age, &["1"]);
		let expected = DisclosureError::RowsDiffer { attribute: "a".into(), rows: 1, expected: 2 };
		let refused = Microdata::new(vec![long.clone(), short.clone()]).expect_err("refused");
		assert_eq!(refused, expected);
		let data = Microdata::new(vec![long]).expect("data");
		assert_eq!(data.with_sensitive(short).expect_err("refused"), expected);
		assert_eq!(Microdata::new(Vec::new()).expect_err("empty"), DisclosureError::Empty);
		let none = attribute(&Hierarchy::Age, &[]);
		assert_eq!(Microdata::new(vec![none]).expect_err("empty"), DisclosureError::Empty);
	}

	#[test]
	fn values_are_in_order() {
		let labels = |attribute: Attribute| attribute.levels[0].labels.clone();
		let ages = attribute(&Hierarchy::Age, &["95", "100", "9", "10"]);
		assert!(ages.is_ordered);
		assert_eq!(labels(ages), ["9", "10", "90+"]);
		let codes = attribute(&Hierarchy::Icd10Cm, &["D50", "E11.0", "C00", "D49"]);
		assert_eq!(labels(codes), ["C00", "D49", "D50", "E11.0"]);
	}
}
