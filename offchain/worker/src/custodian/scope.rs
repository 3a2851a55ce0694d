// SPDX-License-Identifier: Apache-2.0
//! Which segments a request opens that the terms permit.

use salus_policy::{Request, Terms};
use salus_primitives::{Category, DateWindow, Sensitivity};

/// Whether a segment of this category, whose data bear these dates, is opened.
///
/// A segment opens whole, so all of it must lie inside what was asked for, and nothing of it in an
/// exception. The second follows from the first where the terms permit the request; it is looked at
/// all the same, so that what a patient excepts does not hang on one check.
pub(super) fn opens(
	terms: &Terms,
	request: &Request,
	category: Category,
	dates: &DateWindow,
) -> bool {
	// A window without a date tells nothing about the data, which may bear any.
	let dates = if dates.is_empty() { &DateWindow::ALL } else { dates };
	let excepted =
		|| terms.exceptions.iter().any(|one| one.touches(request.purpose, category, dates));
	request.categories.contains(&category) && request.data.covers(dates) && !excepted()
}

/// Whether data of a category are sold at all. A source file is never de-identified, and what is
/// sensitive is on no listing.
pub(crate) fn is_sold(category: Category) -> bool {
	category != Category::Original && category.sensitivity() == Sensitivity::Normal
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::{collection::btree_set, prelude::*, sample::select};
	use salus_policy::{decide, Exception, Outcome};
	use salus_primitives::{Day, PurposeOfUse, Window};
	use std::collections::BTreeSet;

	const CATEGORIES: &[Category] =
		&[Category::Labs, Category::Vitals, Category::MentalHealth, Category::Original];
	const PURPOSES: &[PurposeOfUse] = &[
		PurposeOfUse::Treatment,
		PurposeOfUse::CoordinationOfCare,
		PurposeOfUse::EmergencyTreatment,
		PurposeOfUse::Payment,
	];

	fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
		S::try_from(items.into_iter().collect()).unwrap_or_else(|_| panic!("too many items"))
	}

	fn days(from: Option<i32>, until: Option<i32>) -> DateWindow {
		DateWindow { from: from.map(Day), until: until.map(Day) }
	}

	fn terms(exceptions: impl IntoIterator<Item = Exception>) -> Terms {
		Terms {
			permitted: set([PurposeOfUse::Treatment]),
			exceptions: set(exceptions),
			categories: set(CATEGORIES.iter().copied()),
			act: Window { from: 0, until: 10 },
			data: DateWindow::ALL,
			research: None,
			obligations: Default::default(),
		}
	}

	fn request(categories: &[Category], data: DateWindow) -> Request {
		Request {
			purpose: PurposeOfUse::Treatment,
			categories: set(categories.iter().copied()),
			data,
			research: None,
		}
	}

	#[test]
	fn a_segment_opens_when_all_of_it_was_asked_for() {
		let asked = request(&[Category::Labs], days(Some(10), Some(20)));
		for (category, dates, expected) in [
			(Category::Labs, days(Some(10), Some(20)), true),
			(Category::Labs, days(Some(15), Some(15)), true),
			(Category::Labs, days(Some(9), Some(20)), false),
			(Category::Labs, days(Some(10), Some(21)), false),
			(Category::Labs, days(Some(10), None), false),
			(Category::Labs, DateWindow::ALL, false),
			(Category::Vitals, days(Some(15), Some(15)), false),
			// Says nothing: the data may bear any date.
			(Category::Labs, days(Some(16), Some(14)), false),
		] {
			assert_eq!(opens(&terms([]), &asked, category, &dates), expected, "{dates:?}");
		}
		let every = request(&[Category::Labs], DateWindow::ALL);
		assert!(opens(&terms([]), &every, Category::Labs, &days(Some(16), Some(14))));
	}

	#[test]
	fn what_is_excepted_stays_closed_even_to_a_request_that_names_it() {
		let labs = Exception::of_categories(set([Category::Labs]));
		let old = Exception::of_data(days(None, Some(9)));
		let asked = request(CATEGORIES, DateWindow::ALL);
		for (category, dates, expected) in [
			(Category::Vitals, days(Some(10), Some(20)), true),
			(Category::Vitals, days(Some(9), Some(20)), false),
			(Category::Vitals, days(Some(20), Some(10)), false),
			(Category::Labs, days(Some(10), Some(20)), false),
			(Category::Original, days(Some(10), Some(20)), false),
		] {
			let terms = terms([labs.clone(), old.clone()]);
			assert_eq!(opens(&terms, &asked, category, &dates), expected, "{category} {dates:?}");
		}
	}

	fn dates() -> impl Strategy<Value = DateWindow> {
		(prop::option::of(0..5i32), prop::option::of(0..5i32))
			.prop_map(|(from, until)| days(from, until))
	}

	fn exception() -> impl Strategy<Value = Exception> {
		(btree_set(select(PURPOSES), 0..3), btree_set(select(CATEGORIES), 0..3), dates()).prop_map(
			|(purposes, categories, data)| Exception {
				purposes: set(purposes),
				categories: set(categories),
				data,
			},
		)
	}

	proptest! {
		// About half of what is asked for is refused as a whole.
		#![proptest_config(ProptestConfig { max_global_rejects: 1 << 16, ..Default::default() })]

		#[test]
		fn nothing_excepted_is_opened_by_what_is_permitted(
			exceptions in btree_set(exception(), 0..3),
			purpose in select(PURPOSES),
			categories in btree_set(select(CATEGORIES), 1..4),
			data in prop_oneof![Just(DateWindow::ALL), dates()],
			category in select(CATEGORIES),
			segment in dates(),
		) {
			let terms = terms(exceptions.clone());
			let asked = Request { purpose, categories: set(categories), data, research: None };
			prop_assume!(decide(&terms, &asked, 5).outcome == Outcome::Permit);
			let opened = opens(&terms, &asked, category, &segment);
			// The request alone would have opened it: no exception was needed for that.
			let without = Terms { exceptions: Default::default(), ..terms };
			prop_assert_eq!(opened, opens(&without, &asked, category, &segment));
			let holds = |day: Day| segment.is_empty() || segment.contains(day);
			for exception in &exceptions {
				let purposes = &exception.purposes;
				let excepted = (purposes.is_empty()
					|| purposes.iter().any(|over| purpose.is_within(*over)))
					&& (exception.categories.is_empty()
						|| exception.categories.contains(&category)
						|| category == Category::Original)
					&& (-1..6).map(Day).any(|day| holds(day) && exception.data.contains(day));
				prop_assert!(!(opened && excepted), "{:?}", exception);
			}
		}
	}
}
