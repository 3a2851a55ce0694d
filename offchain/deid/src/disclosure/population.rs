// SPDX-License-Identifier: Apache-2.0
//! The people a data set was drawn from: how many of them each class could be.

use super::{Attribute, Classes, DisclosureError, Microdata, Recoding, Release};
use serde::Serialize;
use std::collections::HashMap;

/// The bounds of δ-presence: how sure it is, at least and at most over all people of the population,
/// that somebody is in the data set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Presence {
	/// At least; 0 as soon as a class of the population is not in the data set.
	pub min: f64,
	/// At most.
	pub max: f64,
}

/// Of each class how many people of the population are alike, by the levels of the release; and whether
/// all classes of the population are released. The population includes the people of the data set.
fn sizes(
	data: &Microdata,
	release: &Release,
	population: &Microdata,
) -> Result<(Vec<u32>, bool), DisclosureError> {
	let Recoding::FullDomain { levels, .. } = &release.recoding else {
		let reason = "the data set was not recoded by levels";
		return Err(DisclosureError::PopulationIncomparable { reason });
	};
	let names = |data: &Microdata| -> Vec<(String, usize)> {
		let each = |attribute: &Attribute| (attribute.name.clone(), attribute.levels());
		data.attributes.iter().map(each).collect()
	};
	if names(data) != names(population) {
		let reason = "its attributes are others";
		return Err(DisclosureError::PopulationIncomparable { reason });
	}
	let people = Classes::at(population, levels)?;
	let mut found: HashMap<Vec<&str>, u32> = HashMap::with_capacity(people.sizes.len());
	for (row, class) in firsts(&people) {
		found.insert(labels(population, levels, row), people.sizes[class]);
	}
	let mut sizes = vec![0; release.classes.sizes.len()];
	let mut released = 0;
	for (row, class) in firsts(&release.classes) {
		let size = found.get(&labels(data, levels, row)).copied().unwrap_or(0);
		if size < release.classes.sizes[class] {
			return Err(DisclosureError::PopulationTooSmall { row: row + 1 });
		}
		sizes[class] = size;
		released += usize::from(release.classes.released[class]);
	}
	Ok((sizes, released == people.sizes.len()))
}

/// Of each class of a release, suppressed ones included, how many people of the population are alike.
///
/// # Errors
/// If the population has other attributes or fewer people than the data set, or the release is no
/// full-domain generalisation.
pub fn population_sizes(
	data: &Microdata,
	release: &Release,
	population: &Microdata,
) -> Result<Vec<u32>, DisclosureError> {
	sizes(data, release, population).map(|(sizes, _)| sizes)
}

/// The bounds of δ-presence of a release (Nergiz, Atzori and Clifton 2007).
///
/// # Errors
/// As [`population_sizes`].
pub fn presence(
	data: &Microdata,
	release: &Release,
	population: &Microdata,
) -> Result<Presence, DisclosureError> {
	let (people, is_whole) = sizes(data, release, population)?;
	let classes = &release.classes;
	let each = people.iter().zip(&classes.sizes).zip(&classes.released);
	let (min, max) = each
		.filter(|(_, released)| **released)
		.map(|((people, sample), _)| f64::from(*sample) / f64::from(*people))
		.fold((1.0_f64, 0.0_f64), |(min, max), share| (min.min(share), max.max(share)));
	Ok(Presence { min: if is_whole { min } else { 0.0 }, max })
}

/// The first row of each class, and the class.
fn firsts(classes: &Classes) -> impl Iterator<Item = (usize, usize)> + '_ {
	let mut next = 0;
	classes.of.iter().enumerate().filter_map(move |(row, class)| {
		// Classes are numbered in the order of their first rows.
		let is_first = *class == next;
		next += u32::from(is_first);
		is_first.then_some((row, *class as usize))
	})
}

fn labels<'a>(data: &'a Microdata, levels: &[usize], row: usize) -> Vec<&'a str> {
	let each = data.attributes.iter().zip(levels);
	each.map(|(attribute, level)| {
		let level = &attribute.levels[*level];
		level.labels[level.of[attribute.codes[row] as usize] as usize].as_str()
	})
	.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{generalise, partition, Column, Criterion, Hierarchy, Limits};

	fn ages(name: &str, ages: &[&str]) -> Microdata {
		let column = Column::new(name, ages).expect("a column");
		Microdata::new(vec![Attribute::new(&column, &Hierarchy::Age)]).expect("data")
	}

	#[test]
	fn presence_is_the_share_of_the_population() {
		let sample = ages("age", &["40", "40", "52"]);
		let people = ages("age", &["52", "52", "52", "52", "40", "40", "40", "40"]);
		let k = [Criterion::KAnonymity { k: 1 }];
		let release = generalise(&sample, &k, Limits::default()).expect("a result");
		assert_eq!(population_sizes(&sample, &release, &people).expect("sizes"), [4, 4]);
		let found = presence(&sample, &release, &people).expect("a presence");
		assert_eq!(found, Presence { min: 0.25, max: 0.5 });
		// Somebody of 60 is certainly not in the data set.
		let more = ages("age", &["52", "40", "40", "60"]);
		let found = presence(&sample, &release, &more).expect("a presence");
		assert_eq!(found, Presence { min: 0.0, max: 1.0 });
	}

	#[test]
	fn a_population_that_cannot_be_one_is_refused() {
		let sample = ages("age", &["40", "40", "52"]);
		let k = [Criterion::KAnonymity { k: 1 }];
		let release = generalise(&sample, &k, Limits::default()).expect("a result");
		let refused = |release: &Release, people: &Microdata| {
			population_sizes(&sample, release, people).expect_err("refused")
		};
		assert_eq!(
			refused(&release, &ages("age", &["40", "40", "53"])),
			DisclosureError::PopulationTooSmall { row: 3 }
		);
		assert!(matches!(
			refused(&release, &ages("years", &["40"])),
			DisclosureError::PopulationIncomparable { .. }
		));
		assert!(matches!(
			refused(&partition(&sample, &k).expect("a partition"), &sample),
			DisclosureError::PopulationIncomparable { .. }
		));
	}
}
