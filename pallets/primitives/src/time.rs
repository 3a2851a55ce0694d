// SPDX-License-Identifier: Apache-2.0
//! Consensus time and the two windows of a consent.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Consensus time in milliseconds since 1970-01-01T00:00Z.
pub type Moment = u64;

/// When a grantee may act: from the first moment, until just before the second.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct Window {
	/// The first moment inside.
	pub from: Moment,
	/// The first moment after it.
	pub until: Moment,
}

impl Window {
	/// Whether any moment lies inside.
	pub const fn is_empty(&self) -> bool {
		self.from >= self.until
	}

	/// Whether `now` lies inside.
	pub const fn contains(&self, now: Moment) -> bool {
		self.from <= now && now < self.until
	}
}

/// A civil date as days since 1970-01-01, the finest grain at which data is dated for a decision.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(transparent)]
pub struct Day(pub i32);

/// The milliseconds of a day of consensus time, which knows no leap seconds.
const MILLISECONDS_PER_DAY: Moment = 86_400_000;

impl Day {
	/// The date of a moment, in universal time.
	pub fn of(moment: Moment) -> Self {
		let days = moment.checked_div(MILLISECONDS_PER_DAY).unwrap_or_default();
		Self(i32::try_from(days).unwrap_or(i32::MAX))
	}
}

/// The dates that data may bear, both inclusive; `None` is open. The order is for sets of windows
/// and tells nothing about their dates.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct DateWindow {
	/// The first date inside.
	pub from: Option<Day>,
	/// The last date inside.
	pub until: Option<Day>,
}

impl DateWindow {
	/// Every date.
	pub const ALL: Self = Self { from: None, until: None };

	/// Whether it is open on both sides, so that every date lies inside.
	pub const fn is_all(&self) -> bool {
		self.from.is_none() && self.until.is_none()
	}

	/// Whether no date lies inside.
	pub fn is_empty(&self) -> bool {
		matches!((self.from, self.until), (Some(from), Some(until)) if from > until)
	}

	/// Whether `date` lies inside.
	pub fn contains(&self, date: Day) -> bool {
		self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
	}

	/// Whether every date of `other` lies inside.
	pub fn covers(&self, other: &Self) -> bool {
		let starts = match (self.from, other.from) {
			(None, _) => true,
			(Some(_), None) => false,
			(Some(mine), Some(theirs)) => mine <= theirs,
		};
		let ends = match (self.until, other.until) {
			(None, _) => true,
			(Some(_), None) => false,
			(Some(mine), Some(theirs)) => theirs <= mine,
		};
		starts && ends
	}

	/// Whether a date lies in both. In an empty window there is none.
	pub fn overlaps(&self, other: &Self) -> bool {
		// An open beginning is before every date, as `None` is before every `Some`.
		let from = self.from.max(other.from);
		let until = match (self.until, other.until) {
			(Some(mine), Some(theirs)) => Some(mine.min(theirs)),
			(mine, theirs) => mine.or(theirs),
		};
		!Self { from, until }.is_empty()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn a_window_is_half_open() {
		let window = Window { from: 10, until: 20 };
		assert!(!window.contains(9) && window.contains(10));
		assert!(window.contains(19) && !window.contains(20));
		assert!(Window { from: 10, until: 10 }.is_empty());
	}

	#[test]
	fn a_day_begins_at_midnight() {
		assert_eq!(Day::of(0), Day(0));
		assert_eq!(Day::of(86_399_999), Day(0));
		assert_eq!(Day::of(86_400_000), Day(1));
		// 2026-01-01T12:00Z.
		assert_eq!(Day::of(1_767_268_800_000), Day(20_454));
		assert_eq!(Day::of(Moment::MAX), Day(i32::MAX));
	}

	#[test]
	fn windows_that_share_a_border_overlap() {
		let window = |from: Option<i32>, until: Option<i32>| DateWindow {
			from: from.map(Day),
			until: until.map(Day),
		};
		let ten = window(Some(10), Some(20));
		for (other, overlap) in [
			(window(Some(20), Some(30)), true),
			(window(Some(21), Some(30)), false),
			(window(Some(0), Some(10)), true),
			(window(Some(0), Some(9)), false),
			(window(None, Some(9)), false),
			(window(None, Some(10)), true),
			(window(Some(20), None), true),
			(window(Some(21), None), false),
			(window(Some(15), Some(15)), true),
			(window(Some(16), Some(14)), false),
			(DateWindow::ALL, true),
		] {
			assert_eq!(ten.overlaps(&other), overlap, "{other:?}");
			assert_eq!(other.overlaps(&ten), overlap, "{other:?}");
		}
		let ends = window(None, Some(i32::MIN));
		assert!(ends.overlaps(&ends) && !ends.overlaps(&window(Some(i32::MIN + 1), None)));
	}

	#[test]
	fn only_the_window_without_borders_is_all() {
		assert!(DateWindow::ALL.is_all() && !DateWindow::ALL.is_empty());
		assert!(!DateWindow { from: Some(Day(i32::MIN)), until: None }.is_all());
		assert!(!DateWindow { from: None, until: Some(Day(i32::MAX)) }.is_all());
	}

	fn windows() -> impl Strategy<Value = DateWindow> {
		(any::<Option<i8>>(), any::<Option<i8>>()).prop_map(|(from, until)| DateWindow {
			from: from.map(|d| Day(d.into())),
			until: until.map(|d| Day(d.into())),
		})
	}

	proptest! {
		#[test]
		fn a_covered_date_is_in_both(a in windows(), b in windows(), day in any::<i8>()) {
			let day = Day(day.into());
			if a.covers(&b) && b.contains(day) {
				prop_assert!(a.contains(day));
			}
		}

		#[test]
		fn windows_overlap_where_a_date_is_in_both(a in windows(), b in windows()) {
			let in_both = |day| a.contains(Day(day)) && b.contains(Day(day));
			// Each bound is one of these dates, so that they are enough.
			let shared = (i8::MIN..=i8::MAX).any(|day| in_both(day.into()));
			prop_assert_eq!(a.overlaps(&b), shared);
			prop_assert_eq!(b.overlaps(&a), shared);
			prop_assert_eq!(DateWindow::ALL.overlaps(&a), !a.is_empty());
			if a.covers(&b) {
				prop_assert_eq!(a.overlaps(&b), !b.is_empty());
			}
		}

		#[test]
		fn every_window_covers_itself(a in windows()) {
			prop_assert!(a.covers(&a));
			prop_assert!(DateWindow::ALL.covers(&a));
		}
	}
}
