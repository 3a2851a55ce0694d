// SPDX-License-Identifier: Apache-2.0
//! Why rows are suppressed, and what would have saved them.

use super::{
	criterion::satisfied, level_losses, Classes, Criterion, DisclosureError, Microdata, Recoding,
	Release,
};
use serde::Serialize;

/// One attribute generalised further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Blame {
	/// The attribute, counted from 0.
	pub attribute: usize,
	/// The level that it would take.
	pub level: usize,
	/// How many rows the class would have then.
	pub class_size: u32,
	/// Whether the row would be released then. If no attribute alone is enough, the one that makes the
	/// largest class is told.
	pub is_enough: bool,
}

/// A suppressed row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Suppressed {
	/// Which, from 0.
	pub row: usize,
	/// How many rows its class has.
	pub class_size: u32,
	/// What would save it; `None` if every attribute is at its last level.
	pub blame: Option<Blame>,
}

/// Explains every suppressed row of a full-domain generalisation: which attribute would save it with
/// the least loss. Nothing is suppressed by partitioning.
///
/// # Errors
/// If the release is not one of the data set.
pub fn explain(
	data: &Microdata,
	criteria: &[Criterion],
	release: &Release,
) -> Result<Vec<Suppressed>, DisclosureError> {
	let Recoding::FullDomain { levels, .. } = &release.recoding else { return Ok(Vec::new()) };
	criteria.iter().try_for_each(|criterion| criterion.check(data))?;
	let classes = &release.classes;
	// A row of each class that is suppressed.
	let mut firsts = vec![None; classes.sizes.len()];
	for (row, class) in classes.of.iter().enumerate().rev() {
		if !classes.released[*class as usize] {
			firsts[*class as usize] = Some(row);
		}
	}
	let mut steps = Vec::new();
	for (number, (attribute, level)) in data.attributes.iter().zip(levels).enumerate() {
		let losses = level_losses(attribute);
		let now = losses.get(*level).copied().unwrap_or_default();
		let further = losses.iter().enumerate().skip(level + 1);
		steps.extend(further.map(|(level, loss)| (loss - now, number, level)));
	}
	steps.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
	let mut blames: Vec<Option<Blame>> = vec![None; firsts.len()];
	for (_, attribute, level) in steps {
		let mut levels = levels.clone();
		levels[attribute] = level;
		let merged = Classes::at(data, &levels)?;
		let released = satisfied(data, &merged, criteria);
		for (first, blame) in firsts.iter().zip(&mut blames) {
			let Some(row) = first else { continue };
			let class = merged.of[*row] as usize;
			let found = Blame {
				attribute,
				level,
				class_size: merged.sizes[class],
				is_enough: released[class],
			};
			let is_better = blame.is_none_or(|old| {
				!old.is_enough && (found.is_enough || found.class_size > old.class_size)
			});
			if is_better {
				*blame = Some(found);
			}
		}
	}
	let rows = classes.of.iter().enumerate().map(|(row, class)| (row, *class as usize));
	let suppressed = rows.filter(|(_, class)| !classes.released[*class]);
	Ok(suppressed
		.map(|(row, class)| Suppressed {
			row,
			class_size: classes.sizes[class],
			blame: blames[class],
		})
		.collect())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{generalise, Attribute, Column, Hierarchy, Limits};

	fn data(ages: &[&str], years: &[&str]) -> Microdata {
		let attribute = |name, hierarchy: &_, values| {
			Attribute::new(&Column::new(name, values).expect("a column"), hierarchy)
		};
		Microdata::new(vec![
			attribute("age", &Hierarchy::Age, ages),
			attribute("year", &Hierarchy::Date, years),
		])
		.expect("data")
	}

	#[test]
	fn a_suppressed_row_tells_what_would_save_it() {
		// The last row is alone by its year; any age helps nothing.
		let ages = ["40"; 11];
		let years = [["2020"; 10].as_slice(), &["2011"]].concat();
		let data = data(&ages, &years);
		let criteria = [Criterion::KAnonymity { k: 3 }];
		let limits = Limits { suppression_basis_points: 1_000, ..Limits::default() };
		let release = generalise(&data, &criteria, limits).expect("a result");
		let blame = Blame { attribute: 1, level: 2, class_size: 11, is_enough: true };
		assert_eq!(
			explain(&data, &criteria, &release).expect("explained"),
			[Suppressed { row: 10, class_size: 1, blame: Some(blame) }]
		);
	}

	#[test]
	fn a_row_that_no_single_attribute_saves_says_so() {
		let ages = [["40"; 10].as_slice(), &["70"]].concat();
		let years = [["2020"; 10].as_slice(), &["2011"]].concat();
		let data = data(&ages, &years);
		let criteria = [Criterion::KAnonymity { k: 3 }];
		let limits = Limits { suppression_basis_points: 1_000, ..Limits::default() };
		let release = generalise(&data, &criteria, limits).expect("a result");
		let explained = explain(&data, &criteria, &release).expect("explained");
		let blame = explained[0].blame.expect("a blame");
		assert_eq!((blame.class_size, blame.is_enough), (1, false));
	}
}
