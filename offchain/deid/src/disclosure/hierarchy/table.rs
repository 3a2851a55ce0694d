// SPDX-License-Identifier: Apache-2.0
//! Hierarchies of a file: one line per value, one level a column, the value first.

use super::super::{table::csv_reader, DisclosureError};
use std::{
	collections::{hash_map::Entry, HashMap},
	io::Read,
};

/// More levels than this are of no use.
const MAX_LEVELS: usize = 32;

/// What each value becomes, as a file says.
#[derive(Clone, Debug)]
pub struct HierarchyTable {
	levels: usize,
	paths: HashMap<String, Vec<String>>,
}

impl HierarchyTable {
	/// Reads comma-separated values, or semicolon-separated if the first line has a semicolon; without a
	/// line of names.
	///
	/// # Errors
	/// If a line differs in its number of levels, repeats a value, or puts a group into two groups.
	pub fn from_csv(reader: impl Read) -> Result<Self, DisclosureError> {
		let invalid = |line, reason| DisclosureError::HierarchyInvalid { line, reason };
		let mut reader = csv_reader(reader, false).map_err(|_| invalid(1, "it cannot be read"))?;
		let mut table = Self { levels: 0, paths: HashMap::new() };
		let mut above: HashMap<(usize, String), String> = HashMap::new();
		let mut record = csv::StringRecord::new();
		loop {
			let line = reader.position().line();
			match reader.read_record(&mut record) {
				Ok(true) => {},
				Ok(false) => break,
				Err(_) => return Err(invalid(line, "it cannot be read as UTF-8")),
			}
			let line = record.position().map_or(line, csv::Position::line);
			if table.levels == 0 {
				table.levels = record.len();
			}
			if record.len() != table.levels {
				return Err(invalid(line, "it has another number of levels than the first"));
			}
			if record.len() > MAX_LEVELS {
				return Err(invalid(line, "it has more than 32 levels"));
			}
			let path: Vec<_> = record.iter().map(|label| label.trim().to_owned()).collect();
			for (level, pair) in path.windows(2).enumerate() {
				let [below, group] = pair else { continue };
				match above.entry((level, below.clone())) {
					Entry::Vacant(entry) => {
						entry.insert(group.clone());
					},
					Entry::Occupied(entry) if entry.get() == group => {},
					Entry::Occupied(_) => {
						return Err(DisclosureError::HierarchyNotNested { line, level })
					},
				}
			}
			let Some(value) = path.first() else { continue };
			if table.paths.insert(value.clone(), path).is_some() {
				return Err(invalid(line, "it repeats a value"));
			}
		}
		if table.levels == 0 {
			return Err(invalid(1, "it is empty"));
		}
		Ok(table)
	}

	pub(super) const fn levels(&self) -> usize {
		self.levels
	}

	/// The group of all values, if there is one.
	pub(super) fn top(&self) -> Option<&str> {
		let mut tops = self.paths.values().filter_map(|path| path.last());
		let top = tops.next()?;
		tops.all(|other| other == top).then_some(top)
	}

	pub(super) fn path(&self, value: &str) -> Option<Vec<String>> {
		self.paths.get(value.trim()).cloned()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn values_have_the_groups_of_their_line() {
		for file in ["a;x;*\nb;x;*\nc;y;*\n", "a,x,*\nb,x,*\n\"c\",y,*"] {
			let table = HierarchyTable::from_csv(file.as_bytes()).expect("a hierarchy");
			assert_eq!(table.levels(), 3);
			assert_eq!(table.path("c").expect("c"), ["c", "y", "*"]);
			assert_eq!(table.path("d"), None);
		}
	}

	#[test]
	fn what_is_no_hierarchy_is_refused_by_its_line() {
		let refused = |file: &str| HierarchyTable::from_csv(file.as_bytes()).expect_err("refused");
		assert_eq!(
			refused("a;x;*\nb;x;y\n"),
			DisclosureError::HierarchyNotNested { line: 2, level: 1 }
		);
		for (file, line) in [("", 1), ("a;*\nb\n", 2), ("a;*\nb;*\na;*\n", 3)] {
			match refused(file) {
				DisclosureError::HierarchyInvalid { line: found, .. } => assert_eq!(found, line),
				other => panic!("{other}"),
			}
		}
		let deep = vec!["x"; 33].join(";");
		assert!(matches!(refused(&deep), DisclosureError::HierarchyInvalid { line: 1, .. }));
	}
}
