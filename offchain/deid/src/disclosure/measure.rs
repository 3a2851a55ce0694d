// SPDX-License-Identifier: Apache-2.0
//! What a result gives: k, l and t of the classes that are released.

use super::{
	criterion::{for_each_class, Overall},
	Classes, Distance, Microdata,
};
use serde::Serialize;

/// Measures of the released classes. Nothing released gives zeros.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measures {
	/// The least number of rows of a class.
	pub k: u32,
	/// Of each sensitive attribute.
	pub sensitive: Vec<SensitiveMeasures>,
}

/// Measures of a sensitive attribute, each of the worst class.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SensitiveMeasures {
	/// What the attribute is called.
	pub name: String,
	/// The least number of different values.
	pub distinct_l: u64,
	/// The least number of equally frequent values that would have the entropy.
	pub entropy_l: f64,
	/// The greatest earth mover's distance to all rows, all values equally far.
	pub t_equal: f64,
	/// The same, by rank; `None` if the values are no numbers.
	pub t_ordered: Option<f64>,
	/// The same, by the hierarchy of the attribute.
	pub t_hierarchical: f64,
}

/// Measures a result.
pub fn measure(data: &Microdata, classes: &Classes) -> Measures {
	let overall = Overall::of(data);
	let mut measures: Vec<_> = data
		.sensitive
		.iter()
		.map(|sensitive| SensitiveMeasures {
			name: sensitive.name().to_owned(),
			distinct_l: u64::MAX,
			entropy_l: f64::INFINITY,
			t_equal: 0.0,
			t_ordered: sensitive.attribute.is_ordered.then_some(0.0),
			t_hierarchical: 0.0,
		})
		.collect();
	if !measures.is_empty() && classes.released() > 0 {
		for_each_class(data, classes, &overall, |class, values| {
			if !classes.released[class] {
				return;
			}
			for (number, worst) in measures.iter_mut().enumerate() {
				let distance = |by| values.distance(number, by);
				worst.distinct_l = worst.distinct_l.min(values.distinct(number));
				worst.entropy_l = worst.entropy_l.min(values.entropy(number).exp2());
				worst.t_equal = worst.t_equal.max(distance(Distance::Equal));
				if let Some(t) = &mut worst.t_ordered {
					*t = t.max(distance(Distance::Ordered));
				}
				worst.t_hierarchical = worst.t_hierarchical.max(distance(Distance::Hierarchical));
			}
		});
	} else {
		for worst in &mut measures {
			(worst.distinct_l, worst.entropy_l) = (0, 0.0);
		}
	}
	Measures { k: classes.released_sizes().min().unwrap_or(0), sensitive: measures }
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{Attribute, Column, Hierarchy};

	#[test]
	fn the_worst_class_counts_and_suppressed_ones_do_not() {
		let column = |name, values: &[&str]| Column::new(name, values).expect("a column");
		let ages = column("age", &["40", "40", "40", "40", "50", "50", "60"]);
		let values = column("s", &["1", "1", "2", "3", "1", "2", "9"]);
		let data = Microdata::new(vec![Attribute::new(&ages, &Hierarchy::Age)])
			.and_then(|data| data.with_sensitive(Attribute::new(&values, &Hierarchy::Flat)))
			.expect("data");
		let mut classes = Classes::at(&data, &[0]).expect("classes");
		assert_eq!(measure(&data, &classes).k, 1);
		assert_eq!(measure(&data, &classes).sensitive[0].distinct_l, 1);
		classes.released[2] = false;
		let measures = measure(&data, &classes);
		assert_eq!(measures.k, 2);
		assert_eq!(measures.sensitive[0].distinct_l, 2);
		assert!((measures.sensitive[0].entropy_l - 2.0).abs() < 1e-12);
		assert!(measures.sensitive[0].t_ordered.is_some());
		classes.released = vec![false; 3];
		assert_eq!(measure(&data, &classes).k, 0);
		assert_eq!(measure(&data, &classes).sensitive[0].distinct_l, 0);
	}
}
