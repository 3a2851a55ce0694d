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

/// The dates that data may bear, both inclusive; `None` is open.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
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
pub struct DateWindow {
	/// The first date inside.
	pub from: Option<Day>,
	/// The last date inside.
	pub until: Option<Day>,
}

impl DateWindow {
	/// Every date.
	pub const ALL: Self = Self { from: None, until: None };

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
		fn every_window_covers_itself(a in windows()) {
			prop_assert!(a.covers(&a));
			prop_assert!(DateWindow::ALL.covers(&a));
		}
	}
}
