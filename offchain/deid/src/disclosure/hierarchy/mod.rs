// SPDX-License-Identifier: Apache-2.0
//! Generalisation hierarchies: what a value becomes, level by level, up to [`ANY`].

mod age;
mod date;
mod icd10cm;
mod table;
mod zip;

pub use table::HierarchyTable;

/// What a value becomes at the last level of every hierarchy that comes with the program.
pub(super) const ANY: &str = "*";

/// How the values of an attribute are generalised.
///
/// An empty value is a missing one: it stays empty up to the last level, and is in a group of its own.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Hierarchy {
	/// Whole years of age up to 89, then `90+`: the year, five years, ten years, any.
	Age,
	/// ZIP codes or their first three digits: three digits, two, one, any. What is no ZIP code, or may
	/// not stay (see [`crate::zip3`]), is any at every level.
	Zip3,
	/// Dates of ISO 8601 with at least a year: the year, the decade, any.
	Date,
	/// Codes of ICD-10-CM: the code, its category, its chapter, any.
	Icd10Cm,
	/// The value, any.
	Flat,
	/// Groups of a file.
	Table(HierarchyTable),
}

impl Hierarchy {
	/// How many levels there are, the values themselves included.
	pub fn levels(&self) -> usize {
		match self {
			Self::Age | Self::Zip3 | Self::Icd10Cm => 4,
			Self::Date => 3,
			Self::Flat => 2,
			Self::Table(table) => table.levels(),
		}
	}

	/// What a value becomes at each level; `None` if the hierarchy does not know it.
	pub fn path(&self, value: &str) -> Option<Vec<String>> {
		if let Self::Table(table) = self {
			return table.path(value);
		}
		let value = value.trim();
		if value.is_empty() {
			let mut path = vec![String::new(); self.levels()];
			if let Some(last) = path.last_mut() {
				ANY.clone_into(last);
			}
			return Some(path);
		}
		match self {
			Self::Age => age::path(value),
			Self::Zip3 => Some(zip::path(value)),
			Self::Date => date::path(value),
			Self::Icd10Cm => icd10cm::path(value),
			Self::Flat => Some(vec![value.to_owned(), ANY.to_owned()]),
			Self::Table(_) => None,
		}
	}

	/// What a value becomes in the end, and one that the hierarchy does not know at once.
	pub(super) fn any(&self) -> &str {
		match self {
			Self::Table(table) => table.top().unwrap_or(ANY),
			_ => ANY,
		}
	}

	/// Whether neighbouring values may stand together as a range.
	pub(super) fn is_ordered(&self) -> bool {
		!matches!(self, Self::Zip3 | Self::Icd10Cm)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use std::collections::HashMap;

	fn built_in() -> [Hierarchy; 5] {
		[Hierarchy::Age, Hierarchy::Zip3, Hierarchy::Date, Hierarchy::Icd10Cm, Hierarchy::Flat]
	}

	#[test]
	fn a_missing_value_is_a_group_of_its_own() {
		for hierarchy in built_in() {
			let path = hierarchy.path(" ").expect("a path");
			let (last, below) = path.split_last().expect("levels");
			assert!(last == ANY && below.iter().all(String::is_empty), "{hierarchy:?}");
		}
	}

	proptest! {
		/// A group has one group above it, whatever the values are.
		#[test]
		fn hierarchies_are_nested(values in prop::collection::vec(
			prop_oneof!["[0-9]{1,5}", "[0-9]{4}-[01][0-9]", "[A-Z][0-9]{2}(\\.[0-9]{1,3})?", ".{0,6}"],
			1..60,
		)) {
			for hierarchy in built_in() {
				let mut above = HashMap::new();
				for path in values.iter().filter_map(|value| hierarchy.path(value)) {
					prop_assert_eq!(path.len(), hierarchy.levels());
					prop_assert_eq!(path.last().map(String::as_str), Some(ANY));
					for (level, pair) in path.windows(2).enumerate() {
						let old = above.insert((level, pair[0].clone()), pair[1].clone());
						prop_assert!(old.is_none_or(|old| old == pair[1]));
					}
				}
			}
		}
	}
}
