// SPDX-License-Identifier: Apache-2.0
//! Strict multidimensional partitioning (LeFevre, DeWitt and Ramakrishnan 2006, section 4): a class is
//! cut at the median of one attribute as long as both parts satisfy the criteria. Nothing is suppressed.

use super::{
	classes::{Classes, Recoding, Release},
	criterion::{Criterion, Histograms, Overall},
	Attribute, DisclosureError, Microdata,
};

/// Partitions a data set of any number of quasi-identifiers. Time is that of sorting each class for
/// each attribute; memory is a few numbers per row, and the labels of the classes.
///
/// # Errors
/// If a parameter is out of range, or all rows together do not satisfy the criteria.
pub fn partition(data: &Microdata, criteria: &[Criterion]) -> Result<Release, DisclosureError> {
	criteria.iter().try_for_each(|criterion| criterion.check(data))?;
	let mut judge = Judge { data, criteria, overall: Overall::of(data), counts: Vec::new() };
	let mut rows: Vec<u32> = (0..data.rows as u32).collect();
	if !judge.is_satisfied(&rows) {
		return Err(DisclosureError::Unsatisfiable);
	}
	let mut open = vec![(0, rows.len())];
	let mut of = vec![0; data.rows];
	let mut labels = Vec::new();
	while let Some((start, end)) = open.pop() {
		match cut(&mut judge, &mut rows[start..end]) {
			Some(middle) => open.extend([(start + middle, end), (start, start + middle)]),
			None => {
				let class = labels.len() as u32;
				let rows = &rows[start..end];
				rows.iter().for_each(|row| of[*row as usize] = class);
				labels.push(data.attributes.iter().map(|each| label(each, rows)).collect());
			},
		}
	}
	let classes = Classes::of_groups(of, labels.len());
	Ok(Release { classes, recoding: Recoding::Local { labels } })
}

struct Judge<'a> {
	data: &'a Microdata,
	criteria: &'a [Criterion],
	overall: Vec<Overall<'a>>,
	counts: Vec<Vec<(u32, u64)>>,
}

impl Judge<'_> {
	fn is_satisfied(&mut self, rows: &[u32]) -> bool {
		self.counts.clear();
		if self.criteria.iter().any(|criterion| criterion.sensitive().is_some()) {
			self.counts.extend(self.data.sensitive.iter().map(|sensitive| {
				let codes = sensitive.codes();
				let mut values: Vec<u32> = rows.iter().map(|row| codes[*row as usize]).collect();
				values.sort_unstable();
				let same = values.chunk_by(|a, b| a == b);
				same.filter_map(|same| Some((*same.first()?, same.len() as u64))).collect()
			}));
		}
		let values = Histograms { overall: &self.overall, counts: &self.counts };
		self.criteria.iter().all(|criterion| criterion.is_satisfied(rows.len() as u64, &values))
	}
}

/// The least and the greatest value.
fn bounds(attribute: &Attribute, rows: &[u32]) -> (u32, u32) {
	rows.iter().fold((u32::MAX, 0), |(least, most), row| {
		let code = attribute.codes[*row as usize];
		(least.min(code), most.max(code))
	})
}

/// Cuts the rows in two and sorts them so. The attribute that spans most of its values is tried first.
fn cut(judge: &mut Judge<'_>, rows: &mut [u32]) -> Option<usize> {
	let attributes = &judge.data.attributes;
	let mut spans: Vec<_> = attributes
		.iter()
		.map(|attribute| {
			let (least, most) = bounds(attribute, rows);
			let whole = f64::from(attribute.domain(0).saturating_sub(1).max(1));
			(f64::from(most.saturating_sub(least)) / whole, attribute)
		})
		.filter(|(span, _)| *span > 0.0)
		.collect();
	spans.sort_by(|(a, _), (b, _)| b.total_cmp(a));
	for (_, attribute) in spans {
		let code = |row: &u32| attribute.codes[*row as usize];
		rows.sort_unstable_by_key(|row| (code(row), *row));
		let median = code(rows.get(rows.len() / 2)?);
		// Rows of one value stay together, on the one side or the other.
		let before = rows.partition_point(|row| code(row) < median);
		let after = rows.partition_point(|row| code(row) <= median);
		let mut cuts = [before, after];
		cuts.sort_by_key(|cut| cut.abs_diff(rows.len() / 2));
		for cut in cuts.into_iter().filter(|cut| (1..rows.len()).contains(cut)) {
			let (low, high) = rows.split_at(cut);
			if judge.is_satisfied(low) && judge.is_satisfied(high) {
				return Some(cut);
			}
		}
	}
	None
}

/// What stands for all values of a class: the value, a range, or the lowest group that has them all.
fn label(attribute: &Attribute, rows: &[u32]) -> String {
	let (least, most) = bounds(attribute, rows);
	let value = |code: u32| attribute.levels[0].labels[code as usize].clone();
	if least == most {
		return value(least);
	}
	if attribute.is_ordered {
		return format!("{}-{}", value(least), value(most));
	}
	// Groups are neighbours in the order of the values, so that the ends stand for those between.
	let group = attribute.levels.iter().find_map(|level| {
		let group = level.of[least as usize];
		(level.of[most as usize] == group).then(|| level.labels[group as usize].clone())
	});
	// A hierarchy of a file may end with more than one group.
	group.unwrap_or_else(|| super::hierarchy::ANY.to_owned())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{Column, Hierarchy};
	use proptest::prelude::*;
	use std::collections::HashMap;

	fn attribute(name: &str, hierarchy: &Hierarchy, values: Vec<String>) -> Attribute {
		let column = Column::new(name, values).expect("a column");
		Attribute::new(&column, hierarchy)
	}

	proptest! {
		#[test]
		fn classes_satisfy_and_their_labels_hold_their_rows(
			rows in prop::collection::vec((0_u8..95, "[A-C][0-4]0", 0_u8..3), 1..150),
			k in 1_u32..8,
			l in 1_u32..3,
		) {
			let age = rows.iter().map(|row| row.0.to_string()).collect();
			let code = rows.iter().map(|row| row.1.clone()).collect();
			let value: Vec<_> = rows.iter().map(|row| row.2.to_string()).collect();
			let data = Microdata::new(vec![
				attribute("age", &Hierarchy::Age, age),
				attribute("code", &Hierarchy::Icd10Cm, code),
			]);
			let data = data.and_then(|data| {
				data.with_sensitive(attribute("value", &Hierarchy::Flat, value.clone()))
			});
			let data = data.expect("data");
			let criteria =
				[Criterion::KAnonymity { k }, Criterion::DistinctDiversity { sensitive: 0, l }];
			let distinct = |rows: &mut dyn Iterator<Item = usize>| {
				rows.map(|row| &value[row]).collect::<std::collections::HashSet<_>>().len()
			};
			let Ok(release) = partition(&data, &criteria) else {
				let few = distinct(&mut (0..rows.len())) < l as usize;
				prop_assert!(rows.len() < k as usize || few);
				return Ok(());
			};
			let mut classes: HashMap<Vec<&str>, Vec<usize>> = HashMap::new();
			for (row, (age, code, _)) in rows.iter().enumerate() {
				let values: Option<Vec<_>> =
					(0..2).map(|attribute| release.value(&data, row, attribute)).collect();
				let values = values.expect("nothing is suppressed");
				let age = u32::from(*age.min(&90));
				let number = |text: &str| text.trim_end_matches('+').parse::<u32>().expect("age");
				let (low, high) = values[0].split_once('-').unwrap_or((values[0], values[0]));
				prop_assert!((number(low)..=number(high)).contains(&age));
				let path = Hierarchy::Icd10Cm.path(code).expect("a code");
				prop_assert!(path.iter().any(|label| label == values[1]));
				classes.entry(values).or_default().push(row);
			}
			for rows in classes.values() {
				prop_assert!(rows.len() >= k as usize);
				prop_assert!(distinct(&mut rows.iter().copied()) >= l as usize);
			}
		}
	}

	#[test]
	fn a_cut_is_made_where_one_is_possible() {
		let ages = (0..80).map(|age| age.to_string()).collect();
		let data = Microdata::new(vec![attribute("age", &Hierarchy::Age, ages)]).expect("data");
		let release = partition(&data, &[Criterion::KAnonymity { k: 5 }]).expect("a result");
		assert_eq!(release.classes.sizes, vec![5; 16]);
		assert_eq!(release.value(&data, 7, 0), Some("5-9"));
	}

	/// Where the median is the least value, the cut comes after it.
	#[test]
	fn a_value_of_most_rows_does_not_stop_the_cut() {
		let ages = [vec!["40"; 20], vec!["50"; 5]].concat();
		let ages = ages.into_iter().map(str::to_owned).collect();
		let data = Microdata::new(vec![attribute("age", &Hierarchy::Age, ages)]).expect("data");
		let release = partition(&data, &[Criterion::KAnonymity { k: 5 }]).expect("a result");
		assert_eq!(release.classes.sizes.len(), 2);
	}
}
