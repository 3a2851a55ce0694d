// SPDX-License-Identifier: Apache-2.0
//! How good the data of a source are: five dimensions, one score, and its reasons.
//!
//! The dimensions are those of DAMA ("The Six Primary Dimensions for Data Quality Assessment", 2013);
//! completeness, conformance (here validity) and plausibility (here in consistency and timeliness)
//! are those of Kahn et al. (eGEMs 4(1):18, 2016). `docs/formats/quality.md` has the formula.
//!
//! Items come one by one. Memory grows by a fixed number of bytes for each patient and fact, up to
//! a limit; what is beyond it is not compared, and the score says so.

mod complete;
mod consistent;
mod dimension;
mod timely;
mod unique;
mod valid;

pub use dimension::{Dimension, Reason};

use crate::Item;
use consistent::Lives;
use salus_primitives::Day;
use serde::Serialize;
use std::collections::BTreeMap;
use unique::Facts;

/// A whole, in basis points.
pub const WHOLE: u16 = 10_000;

/// How often a rule applied, and how often it was broken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
	/// Items, codes or values that the rule is about.
	pub checked: u64,
	/// Those that break it.
	pub failed: u64,
}

impl Count {
	/// The share that keeps the rule, in basis points, rounded down: what is not perfect never
	/// shows as perfect. Nothing where nothing was checked.
	pub fn share(self) -> Option<u16> {
		let kept = u128::from(self.checked.saturating_sub(self.failed));
		let share = (kept * u128::from(WHOLE)).checked_div(u128::from(self.checked))?;
		u16::try_from(share).ok()
	}
}

/// How good one dimension is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
	/// The dimension.
	pub dimension: Dimension,
	/// The share of all checks that were kept, in basis points; absent where nothing was checked.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub basis_points: Option<u16>,
	/// All checks of the dimension.
	#[serde(flatten)]
	pub count: Count,
}

/// Why a score is below a hundred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
	/// The rule that was broken.
	pub code: Reason,
	/// Its dimension.
	pub dimension: Dimension,
	/// What it means.
	pub reason: &'static str,
	/// How often it applied and was broken.
	#[serde(flatten)]
	pub count: Count,
}

/// How good the data of a source are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
	/// From 0 to 100; absent where nothing was checked.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub score: Option<u8>,
	/// The dimensions, each in its place.
	pub dimensions: Vec<Part>,
	/// The rules that were broken, the most often broken one first.
	pub reasons: Vec<Finding>,
	/// Items that were looked at.
	pub items: u64,
	/// Facts and patients beyond those that are compared with each other.
	pub not_compared: u64,
}

/// Looks at items one by one.
#[derive(Debug)]
pub struct Quality {
	today: Option<Day>,
	items: u64,
	counts: BTreeMap<Reason, Count>,
	lives: Lives,
	facts: Facts,
}

impl Quality {
	/// `today` is the day after which nothing can have happened; without it that is not checked.
	pub fn new(today: Option<Day>) -> Self {
		let (lives, facts) = (Lives::default(), Facts::default());
		Self { today, items: 0, counts: BTreeMap::new(), lives, facts }
	}

	/// Looks at an item. One that was withdrawn says nothing about the quality of the others and
	/// is not counted.
	pub fn add(&mut self, item: &Item) {
		if item.withdrawn {
			return;
		}
		self.items += 1;
		let counts = &mut self.counts;
		let mut check = |reason: Reason, kept: bool| {
			let count = counts.entry(reason).or_default();
			count.checked += 1;
			count.failed += u64::from(!kept);
		};
		complete::check(item, &mut check);
		valid::check(item, &mut check);
		consistent::check(item, &mut check);
		self.lives.check(item, &mut check);
		timely::check(item, self.today, &mut check);
		self.facts.check(item, &mut check);
	}

	/// What was found.
	pub fn score(&self) -> Score {
		let mut dimensions = Vec::new();
		let (mut sum, mut weights) = (0, 0);
		for dimension in Dimension::ALL {
			let own = self.counts.iter().filter(|(reason, _)| reason.dimension() == *dimension);
			let count = own.fold(Count::default(), |sum, (_, count)| Count {
				checked: sum.checked + count.checked,
				failed: sum.failed + count.failed,
			});
			let basis_points = count.share();
			if let Some(share) = basis_points {
				sum += u32::from(share) * dimension.weight();
				weights += dimension.weight();
			}
			dimensions.push(Part { dimension: *dimension, basis_points, count });
		}
		let score = sum.checked_div(weights).map(|mean| mean / 100);
		let broken = self.counts.iter().filter(|(_, count)| count.failed > 0);
		let mut reasons: Vec<_> = broken
			.map(|(code, count)| Finding {
				code: *code,
				dimension: code.dimension(),
				reason: code.reason(),
				count: *count,
			})
			.collect();
		reasons.sort_by_key(|finding| (std::cmp::Reverse(finding.count.failed), finding.code));
		Score {
			score: score.and_then(|score| u8::try_from(score).ok()),
			dimensions,
			reasons,
			items: self.items,
			not_compared: self.lives.not_compared + self.facts.not_compared,
		}
	}
}
