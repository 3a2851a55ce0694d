// SPDX-License-Identifier: Apache-2.0
//! How likely rows are to be found again (El Emam, Guide to the De-Identification of Personal Health
//! Information, 2013, chapter 16), and what the data set is still worth.

use super::{
	html, level_losses, measure, population_sizes, Classes, DisclosureError, Measures, Microdata,
	Recoding, Release,
};
use serde::Serialize;

/// The risk of an attacker who looks for one person.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Risk {
	/// The greatest chance that a row is rightly assigned to a person.
	pub highest: f64,
	/// The average of the chances of all released rows.
	pub average: f64,
	/// The share of released rows whose chance is above the threshold.
	pub at_risk: f64,
}

/// What the data set is still worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Utility {
	/// The share of rows that are released.
	pub rows_released: f64,
	/// How many rows a released class has on average.
	pub average_class: f64,
	/// The sum of the squares of the sizes of released classes, and for each suppressed row the number of
	/// all rows (discernibility metric).
	pub discernibility: f64,
	/// Non-uniform entropy that was lost, in bits over all rows; `None` for classes with labels of their
	/// own.
	pub loss_bits: Option<f64>,
	/// The same as a share of what is lost if every attribute takes its last level.
	pub loss_share: Option<f64>,
}

/// What may be told of a data set before it is offered. It has no values.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RiskReport {
	/// How many rows there are.
	pub rows: usize,
	/// How many of them are suppressed.
	pub suppressed: u64,
	/// The quasi-identifiers and the level of each, if they have one.
	pub attributes: Vec<(String, Option<usize>)>,
	/// How many classes are released.
	pub classes: usize,
	/// How many released rows are alone in their class.
	pub sample_uniques: u64,
	/// How many released rows are alone in the population; `None` if it is not known.
	pub population_uniques: Option<u64>,
	/// The chance above which a row is at risk.
	pub threshold: f64,
	/// Whether the population is known; if not, it is taken to be the data set.
	pub is_population_known: bool,
	/// An attacker who knows that the person is in the data set.
	pub prosecutor: Risk,
	/// An attacker who does not.
	pub journalist: Risk,
	/// The share of released rows that an attacker who looks for everybody assigns rightly.
	pub marketer: f64,
	/// k, l and t.
	pub measures: Measures,
	/// What the data set is still worth.
	pub utility: Utility,
}

/// Assesses a release. `threshold` is the chance above which a row is at risk: 1/11 for data anybody may
/// have, as the smallest cell that may be told has 11 rows.
///
/// # Errors
/// If the threshold is not from 0 to 1, or the population cannot be compared.
pub fn assess(
	data: &Microdata,
	release: &Release,
	population: Option<&Microdata>,
	threshold: f64,
) -> Result<RiskReport, DisclosureError> {
	if !(0.0..=1.0).contains(&threshold) {
		let reason = "it must be from 0 to 1";
		return Err(DisclosureError::ParameterInvalid { parameter: "threshold", reason });
	}
	let classes = &release.classes;
	let people = match population {
		Some(population) => population_sizes(data, release, population)?,
		None => classes.sizes.clone(),
	};
	let each = classes.sizes.iter().zip(&people).zip(&classes.released);
	let released: Vec<(u32, u32)> = each
		.filter(|(_, released)| **released)
		.map(|((sample, people), _)| (*sample, *people))
		.collect();
	let rows: f64 = released.iter().map(|(sample, _)| f64::from(*sample)).sum();
	let share = |count: f64| if rows > 0.0 { count / rows } else { 0.0 };
	// A row of a class of `of` people is found with a chance of one in so many.
	let risk = |of: &dyn Fn(&(u32, u32)) -> u32| {
		let chance = |class| 1.0 / f64::from(of(class));
		let sum: f64 = released.iter().map(|class| f64::from(class.0) * chance(class)).sum();
		let at_risk = released.iter().filter(|class| chance(class) > threshold);
		Risk {
			highest: released.iter().map(chance).fold(0.0, f64::max),
			average: share(sum),
			at_risk: share(at_risk.map(|class| f64::from(class.0)).sum()),
		}
	};
	let prosecutor = risk(&|class| class.0);
	let mut journalist = risk(&|class| class.1);
	let marketer = journalist.average;
	// An attacker who draws from the population first hits the classes of the data set by their number.
	let reached: f64 = released.iter().map(|class| f64::from(class.1)).sum();
	if reached > 0.0 {
		journalist.average = journalist.average.max(released.len() as f64 / reached);
	}
	let uniques = |of: &dyn Fn(&(u32, u32)) -> u32| {
		released.iter().filter(|class| of(class) == 1).count() as u64
	};
	let levels = match &release.recoding {
		Recoding::FullDomain { levels, .. } => Some(levels),
		Recoding::Local { .. } => None,
	};
	let names = data.attributes.iter().enumerate().map(|(number, attribute)| {
		let level = levels.and_then(|levels| levels.get(number)).copied();
		(attribute.name.clone(), level)
	});
	Ok(RiskReport {
		rows: data.rows,
		suppressed: classes.suppressed_rows(),
		attributes: names.collect(),
		classes: released.len(),
		sample_uniques: uniques(&|class| class.0),
		population_uniques: population.map(|_| uniques(&|class| class.1)),
		threshold,
		is_population_known: population.is_some(),
		prosecutor,
		journalist,
		marketer,
		measures: measure(data, classes),
		utility: utility(data, release, classes),
	})
}

fn utility(data: &Microdata, release: &Release, classes: &Classes) -> Utility {
	let suppressed = classes.suppressed_rows();
	let released = data.rows as u64 - suppressed;
	let squares: f64 = classes.released_sizes().map(|size| f64::from(size).powi(2)).sum();
	let loss = match &release.recoding {
		Recoding::FullDomain { loss, .. } => Some(*loss),
		Recoding::Local { .. } => None,
	};
	let most: f64 =
		data.attributes.iter().filter_map(|each| level_losses(each).last().copied()).sum();
	Utility {
		rows_released: released as f64 / data.rows as f64,
		average_class: released as f64 / classes.released().max(1) as f64,
		discernibility: squares + suppressed as f64 * data.rows as f64,
		loss_bits: loss,
		loss_share: loss.map(|loss| if most > 0.0 { loss / most } else { 0.0 }),
	}
}

impl RiskReport {
	/// As JSON.
	///
	/// # Errors
	/// Never for numbers that an assessment gives.
	pub fn to_json(&self) -> Result<String, serde_json::Error> {
		serde_json::to_string_pretty(self)
	}

	/// As a page that needs nothing beside it: no scripts, nothing loaded.
	pub fn to_html(&self) -> String {
		html::render(self)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{generalise, Attribute, Column, Criterion, Hierarchy, Limits};

	fn ages(name: &str, ages: &[&str]) -> Microdata {
		let column = Column::new(name, ages).expect("a column");
		Microdata::new(vec![Attribute::new(&column, &Hierarchy::Age)]).expect("data")
	}

	fn released(data: &Microdata, k: u32, suppression_basis_points: u16) -> Release {
		let limits = Limits { suppression_basis_points, ..Limits::default() };
		generalise(data, &[Criterion::KAnonymity { k }], limits).expect("a result")
	}

	fn near(found: f64, expected: f64) {
		assert!((found - expected).abs() < 1e-12, "{found} {expected}");
	}

	#[test]
	fn risks_follow_their_definitions() {
		// Classes of 4, 2 and 1 rows, of 8, 2 and 10 people.
		let data = ages("age", &["40", "40", "40", "40", "52", "52", "63"]);
		let people = [vec!["40"; 8], vec!["52"; 2], vec!["63"; 10], vec!["70"; 5]].concat();
		let people = ages("age", &people);
		let report = assess(&data, &released(&data, 1, 0), Some(&people), 0.3).expect("a report");
		near(report.prosecutor.highest, 1.0);
		near(report.prosecutor.average, 3.0 / 7.0);
		near(report.prosecutor.at_risk, 3.0 / 7.0);
		near(report.journalist.highest, 0.5);
		near(report.marketer, (0.5 + 1.0 + 0.1) / 7.0);
		near(report.journalist.average, (0.5 + 1.0 + 0.1) / 7.0);
		near(report.journalist.at_risk, 2.0 / 7.0);
		assert_eq!((report.sample_uniques, report.population_uniques), (1, Some(0)));
		let alone = assess(&data, &released(&data, 1, 0), None, 0.3).expect("a report");
		assert_eq!(alone.journalist, alone.prosecutor);
		assert!(!alone.is_population_known);
	}

	#[test]
	fn suppressed_rows_are_at_no_risk_and_of_no_use() {
		let data = ages("age", &["40", "40", "40", "40", "52", "52", "52", "63"]);
		let report = assess(&data, &released(&data, 3, 1_300), None, 0.3).expect("a report");
		assert_eq!((report.rows, report.suppressed, report.classes), (8, 1, 2));
		assert_eq!((report.measures.k, report.sample_uniques), (3, 0));
		near(report.prosecutor.at_risk, 3.0 / 7.0);
		near(report.utility.rows_released, 7.0 / 8.0);
		near(report.utility.average_class, 3.5);
		near(report.utility.discernibility, 16.0 + 9.0 + 8.0);
		assert_eq!(report.utility.loss_bits, Some(0.0));
		assert_eq!(report.attributes, [("age".to_owned(), Some(0))]);
	}

	#[test]
	fn a_threshold_is_a_chance() {
		let data = ages("age", &["40"]);
		let release = released(&data, 1, 0);
		for threshold in [-0.1, 1.1, f64::NAN] {
			assert!(matches!(
				assess(&data, &release, None, threshold),
				Err(DisclosureError::ParameterInvalid { parameter: "threshold", .. })
			));
		}
	}

	#[test]
	fn a_page_runs_and_loads_nothing() {
		let data = ages("<script>alert('x')</script>&\"", &["40", "40"]);
		let report = assess(&data, &released(&data, 1, 0), None, 0.2).expect("a report");
		let page = report.to_html();
		assert!(!page.contains("<script") && !page.contains("http") && !page.contains("src="));
		assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;"));
		for part in ["Prosecutor", "Journalist", "Marketer", "50.0 %"] {
			assert!(page.contains(part), "{part}");
		}
		let json: serde_json::Value =
			serde_json::from_str(&report.to_json().expect("JSON")).expect("JSON");
		assert_eq!(json["rows"], 2);
		assert_eq!(json["measures"]["k"], 2);
	}
}
