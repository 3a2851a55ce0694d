// SPDX-License-Identifier: Apache-2.0
//! What a class must satisfy before it is released.

use super::{Attribute, Classes, DisclosureError, Microdata};
use serde::Serialize;

/// How far two values of a sensitive attribute are from each other, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Distance {
	/// All are equally far.
	Equal,
	/// By their ranks; the values must be numbers.
	Ordered,
	/// By the level at which their hierarchy puts them together.
	Hierarchical,
}

/// A criterion of privacy. `sensitive` counts the sensitive attributes of the data set from 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Criterion {
	/// At least `k` rows.
	KAnonymity {
		/// How many.
		k: u32,
	},
	/// At least `l` different sensitive values.
	DistinctDiversity {
		/// Of which attribute.
		sensitive: usize,
		/// How many.
		l: u32,
	},
	/// Sensitive values whose entropy is at least that of `l` equally frequent ones.
	EntropyDiversity {
		/// Of which attribute.
		sensitive: usize,
		/// How many.
		l: f64,
	},
	/// Sensitive values at most `t` of the earth mover's distance from those of all rows.
	Closeness {
		/// Of which attribute.
		sensitive: usize,
		/// How far, from 0 to 1.
		t: f64,
		/// By which distance of values.
		distance: Distance,
	},
}

/// Sums are rounded; a class on the border counts as inside.
const TOLERANCE: f64 = 1e-9;

impl Criterion {
	/// Whether rows that are added to a class that satisfies it can not make it fail.
	pub(super) const fn is_kept_by_any_rows(&self) -> bool {
		matches!(self, Self::KAnonymity { .. } | Self::DistinctDiversity { .. })
	}

	pub(super) const fn sensitive(&self) -> Option<usize> {
		match self {
			Self::KAnonymity { .. } => None,
			Self::DistinctDiversity { sensitive, .. }
			| Self::EntropyDiversity { sensitive, .. }
			| Self::Closeness { sensitive, .. } => Some(*sensitive),
		}
	}

	/// # Errors
	/// If the criterion is of no use for the data set.
	pub(super) fn check(&self, data: &Microdata) -> Result<(), DisclosureError> {
		let invalid = |parameter, reason| DisclosureError::ParameterInvalid { parameter, reason };
		let attribute = match self.sensitive() {
			Some(number) => Some(
				data.sensitive
					.get(number)
					.ok_or_else(|| invalid("sensitive", "there is no such sensitive attribute"))?,
			),
			None => None,
		};
		match self {
			Self::KAnonymity { k: 0 } => Err(invalid("k", "it must be at least 1")),
			Self::DistinctDiversity { l: 0, .. } => Err(invalid("l", "it must be at least 1")),
			Self::EntropyDiversity { l, .. } if !(l.is_finite() && *l >= 1.0) => {
				Err(invalid("l", "it must be at least 1"))
			},
			Self::Closeness { t, .. } if !(0.0..=1.0).contains(t) => {
				Err(invalid("t", "it must be from 0 to 1"))
			},
			Self::Closeness { distance: Distance::Ordered, .. }
				if attribute.is_some_and(|found| !found.attribute.is_ordered) =>
			{
				Err(invalid("distance", "values that are no numbers have no order"))
			},
			_ => Ok(()),
		}
	}

	/// Whether a class with so many rows and such sensitive values satisfies it.
	pub(super) fn is_satisfied(&self, size: u64, values: &Histograms<'_>) -> bool {
		match *self {
			Self::KAnonymity { k } => size >= u64::from(k),
			Self::DistinctDiversity { sensitive, l } => values.distinct(sensitive) >= u64::from(l),
			Self::EntropyDiversity { sensitive, l } => {
				values.entropy(sensitive) >= l.log2() - TOLERANCE
			},
			Self::Closeness { sensitive, t, distance } => {
				values.distance(sensitive, distance) <= t + TOLERANCE
			},
		}
	}
}

/// How often which sensitive value is in all rows: what classes are compared with.
#[derive(Debug)]
pub(super) struct Overall<'a> {
	attribute: &'a Attribute,
	shares: Vec<f64>,
}

impl<'a> Overall<'a> {
	pub(super) fn of(data: &'a Microdata) -> Vec<Self> {
		let attributes = data.sensitive.iter().map(|sensitive| &sensitive.attribute);
		attributes
			.map(|attribute| {
				let rows = data.rows as f64;
				let shares = attribute.counts().iter().map(|count| *count as f64 / rows).collect();
				Self { attribute, shares }
			})
			.collect()
	}
}

/// The sensitive values of one class: for each attribute pairs of a value and its count.
#[derive(Debug)]
pub(super) struct Histograms<'a> {
	pub(super) overall: &'a [Overall<'a>],
	pub(super) counts: &'a [Vec<(u32, u64)>],
}

impl Histograms<'_> {
	fn counts(&self, sensitive: usize) -> &[(u32, u64)] {
		self.counts.get(sensitive).map_or(&[], Vec::as_slice)
	}

	pub(super) fn distinct(&self, sensitive: usize) -> u64 {
		self.counts(sensitive).len() as u64
	}

	/// In bits.
	pub(super) fn entropy(&self, sensitive: usize) -> f64 {
		let counts = self.counts(sensitive);
		let total: f64 = counts.iter().map(|(_, count)| *count as f64).sum();
		counts
			.iter()
			.map(|(_, count)| {
				let share = *count as f64 / total;
				-share * share.log2()
			})
			.sum()
	}

	/// The earth mover's distance to all rows.
	pub(super) fn distance(&self, sensitive: usize, distance: Distance) -> f64 {
		let Some(overall) = self.overall.get(sensitive) else { return 1.0 };
		let counts = self.counts(sensitive);
		let total: f64 = counts.iter().map(|(_, count)| *count as f64).sum();
		let mut extra: Vec<f64> = overall.shares.iter().map(|share| -share).collect();
		for (value, count) in counts {
			extra[*value as usize] += *count as f64 / total;
		}
		match distance {
			Distance::Equal => extra.iter().map(|extra| extra.abs()).sum::<f64>() / 2.0,
			Distance::Ordered => {
				let steps = extra.len().saturating_sub(1).max(1) as f64;
				let mut carried = 0.0;
				let moved = extra.iter().map(|extra| {
					carried += extra;
					f64::abs(carried)
				});
				moved.sum::<f64>() / steps
			},
			Distance::Hierarchical => hierarchical(overall.attribute, &extra),
		}
	}
}

/// Li et al. 2007, section 5.2: at each group, what its parts can exchange moves up to its level.
fn hierarchical(attribute: &Attribute, extra: &[f64]) -> f64 {
	let height = attribute.levels.len() - 1;
	let Some(top) = attribute.levels.last() else { return 0.0 };
	// Values that have no group in common are as far apart as the height.
	let mut parts: Vec<(usize, f64)> = extra.iter().copied().enumerate().collect();
	let mut cost = 0.0;
	for level in 1..=height {
		let of = &attribute.levels[level].of;
		let mut groups = vec![(usize::MAX, 0.0, 0.0); attribute.levels[level].labels.len()];
		for (value, extra) in parts {
			let (member, more, less) = &mut groups[of[value] as usize];
			*member = value;
			if extra > 0.0 {
				*more += extra;
			} else {
				*less -= extra;
			}
		}
		parts = groups
			.into_iter()
			.filter(|(member, ..)| *member != usize::MAX)
			.map(|(member, more, less)| {
				cost += f64::min(more, less) * level as f64 / height as f64;
				(member, more - less)
			})
			.collect();
	}
	if top.labels.len() > 1 || height == 0 {
		cost += parts.iter().map(|(_, extra)| extra.abs()).sum::<f64>() / 2.0;
	}
	cost
}

/// The sensitive values of all classes, class by class.
pub(super) fn for_each_class(
	data: &Microdata,
	classes: &Classes,
	overall: &[Overall<'_>],
	mut work: impl FnMut(usize, &Histograms<'_>),
) {
	let mut sorted: Vec<Vec<(u32, u32)>> = data
		.sensitive
		.iter()
		.map(|sensitive| {
			classes.of.iter().copied().zip(sensitive.codes().iter().copied()).collect()
		})
		.collect();
	sorted.iter_mut().for_each(|pairs| pairs.sort_unstable());
	let mut starts = vec![0_usize; sorted.len()];
	let mut counts: Vec<Vec<(u32, u64)>> = vec![Vec::new(); sorted.len()];
	for class in 0..classes.sizes.len() {
		for ((pairs, start), counts) in sorted.iter().zip(&mut starts).zip(&mut counts) {
			counts.clear();
			while let Some((_, value)) = pairs.get(*start).filter(|pair| pair.0 as usize == class) {
				match counts.last_mut() {
					Some((last, count)) if last == value => *count += 1,
					_ => counts.push((*value, 1)),
				}
				*start += 1;
			}
		}
		work(class, &Histograms { overall, counts: &counts });
	}
}

/// Which classes satisfy all criteria.
pub(super) fn satisfied(data: &Microdata, classes: &Classes, criteria: &[Criterion]) -> Vec<bool> {
	if criteria.iter().all(|criterion| criterion.sensitive().is_none()) {
		let empty = Histograms { overall: &[], counts: &[] };
		return classes
			.sizes
			.iter()
			.map(|size| criteria.iter().all(|each| each.is_satisfied(u64::from(*size), &empty)))
			.collect();
	}
	let overall = Overall::of(data);
	let mut result = vec![true; classes.sizes.len()];
	for_each_class(data, classes, &overall, |class, values| {
		let size = u64::from(classes.sizes[class]);
		result[class] = criteria.iter().all(|criterion| criterion.is_satisfied(size, values));
	});
	result
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{Column, Hierarchy, HierarchyTable};

	/// Salaries of Li et al. 2007, section 4.2: three classes of three rows.
	const SALARIES: [&str; 9] = ["3", "4", "5", "6", "11", "8", "7", "9", "10"];

	fn data(values: &[&str], hierarchy: &Hierarchy) -> Microdata {
		let one = Column::new("q", values.iter().map(|_| "x")).expect("a column");
		let sensitive = Column::new("s", values).expect("a column");
		Microdata::new(vec![Attribute::new(&one, &Hierarchy::Flat)])
			.and_then(|data| data.with_sensitive(Attribute::new(&sensitive, hierarchy)))
			.expect("data")
	}

	fn distance(data: &Microdata, rows: &[usize], distance: Distance) -> f64 {
		let of: Vec<u32> = (0..data.rows).map(|row| u32::from(!rows.contains(&row))).collect();
		let overall = Overall::of(data);
		let mut found = f64::NAN;
		for_each_class(data, &Classes::of_groups(of, 2), &overall, |class, values| {
			if class == 0 {
				found = values.distance(0, distance);
			}
		});
		found
	}

	#[test]
	fn ordered_distances_are_those_of_the_paper() {
		let data = data(&SALARIES, &Hierarchy::Flat);
		// {3, 4, 5} has 0.375 and {6, 8, 11} 0.167.
		assert!((distance(&data, &[0, 1, 2], Distance::Ordered) - 0.375).abs() < 1e-12);
		assert!((distance(&data, &[3, 4, 5], Distance::Ordered) - 1.0 / 6.0).abs() < 1e-12);
	}

	#[test]
	fn equal_and_hierarchical_distances_follow_their_definitions() {
		let groups = &b"a;x;*\nb;x;*\nc;y;*\nd;y;*\n"[..];
		let hierarchy = Hierarchy::Table(HierarchyTable::from_csv(groups).expect("groups"));
		let data = data(&["a", "b", "c", "d"], &hierarchy);
		assert!((distance(&data, &[0], Distance::Equal) - 0.75).abs() < 1e-12);
		// A quarter of `a` moves to `b` over half of the height, two to `c` and `d` over all of it.
		assert!((distance(&data, &[0], Distance::Hierarchical) - 0.625).abs() < 1e-12);
		assert!((distance(&data, &[0, 2], Distance::Hierarchical) - 0.25).abs() < 1e-12);
		assert!(distance(&data, &[0, 1, 2, 3], Distance::Hierarchical).abs() < 1e-12);
		// A hierarchy of two levels is the equal distance.
		let flat = self::data(&["a", "b", "c", "d"], &Hierarchy::Flat);
		assert!((distance(&flat, &[0], Distance::Hierarchical) - 0.75).abs() < 1e-12);
	}

	#[test]
	fn diversity_counts_values_and_their_entropy() {
		let data = data(&["a", "a", "a", "b", "b", "c"], &Hierarchy::Flat);
		let classes = Classes::of_groups(vec![0; 6], 1);
		let holds = |criterion| satisfied(&data, &classes, &[criterion])[0];
		assert!(holds(Criterion::DistinctDiversity { sensitive: 0, l: 3 }));
		assert!(!holds(Criterion::DistinctDiversity { sensitive: 0, l: 4 }));
		// The entropy is 1.459 bits: 2.749 values.
		assert!(holds(Criterion::EntropyDiversity { sensitive: 0, l: 2.74 }));
		assert!(!holds(Criterion::EntropyDiversity { sensitive: 0, l: 2.76 }));
	}

	#[test]
	fn criteria_out_of_range_are_refused() {
		let data = data(&["a", "b"], &Hierarchy::Flat);
		let ordered = Criterion::Closeness { sensitive: 0, t: 0.5, distance: Distance::Ordered };
		for (criterion, parameter) in [
			(Criterion::KAnonymity { k: 0 }, "k"),
			(Criterion::DistinctDiversity { sensitive: 0, l: 0 }, "l"),
			(Criterion::EntropyDiversity { sensitive: 0, l: f64::NAN }, "l"),
			(Criterion::Closeness { sensitive: 0, t: 1.5, distance: Distance::Equal }, "t"),
			(ordered, "distance"),
			(Criterion::DistinctDiversity { sensitive: 1, l: 2 }, "sensitive"),
		] {
			match criterion.check(&data) {
				Err(DisclosureError::ParameterInvalid { parameter: found, .. }) => {
					assert_eq!(found, parameter);
				},
				other => panic!("{criterion:?}: {other:?}"),
			}
		}
	}
}
