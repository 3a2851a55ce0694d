// SPDX-License-Identifier: Apache-2.0

use super::*;
use PurposeOfUse as P;

fn days(from: Option<i32>, until: Option<i32>) -> DateWindow {
	DateWindow { from: from.map(Day), until: until.map(Day) }
}

fn except(purposes: &[P], categories: &[Category], data: DateWindow) -> Exception {
	Exception {
		purposes: set(purposes.iter().copied()),
		categories: set(categories.iter().copied()),
		data,
	}
}

/// Terms for treatment of everything that [`asks`] names, with these exceptions.
fn care(exceptions: impl IntoIterator<Item = Exception>) -> Terms {
	Terms {
		categories: set([Category::Labs, Category::MentalHealth, Category::Original]),
		exceptions: set(exceptions),
		..terms(&[P::Treatment])
	}
}

/// Asks for these categories of the days 120 to 150.
fn asks(purpose: P, categories: &[Category]) -> Request {
	Request { categories: set(categories.iter().copied()), ..request(purpose) }
}

fn excepted(purpose: Option<P>, category: Option<Category>, data: DateWindow) -> Reason {
	Reason::Excepted { purpose, category, data }
}

#[test]
fn an_exception_denies_what_touches_it_in_all_it_is_narrowed_to() {
	use Category::{Labs, MentalHealth};
	let inside = days(Some(140), Some(160));
	let outside = days(Some(160), Some(170));
	let all = DateWindow::ALL;
	// Purposes, categories and dates of the exception; the reasons for a request for coordination
	// of care that names labs and mental health.
	type Parts = (Option<P>, Option<Category>);
	let vectors: [(&[P], &[Category], DateWindow, &[Parts]); 14] = [
		(&[P::Treatment], &[], all, &[(Some(P::Treatment), None)]),
		(&[P::Payment], &[], all, &[]),
		(&[], &[MentalHealth], all, &[(None, Some(MentalHealth))]),
		(&[], &[Category::Imaging], all, &[]),
		(&[], &[], inside, &[(None, None)]),
		(&[], &[], outside, &[]),
		(
			&[P::CoordinationOfCare],
			&[MentalHealth],
			inside,
			&[(Some(P::CoordinationOfCare), Some(MentalHealth))],
		),
		(&[P::Payment], &[MentalHealth], inside, &[]),
		(&[P::CoordinationOfCare], &[Category::Imaging], inside, &[]),
		(&[P::CoordinationOfCare], &[MentalHealth], outside, &[]),
		(&[P::Treatment], &[MentalHealth], all, &[(Some(P::Treatment), Some(MentalHealth))]),
		(&[P::Treatment], &[], inside, &[(Some(P::Treatment), None)]),
		(&[], &[Labs, MentalHealth], inside, &[(None, Some(Labs)), (None, Some(MentalHealth))]),
		(
			&[P::CoordinationOfCare, P::Treatment, P::Payment],
			&[Labs, MentalHealth, Category::Imaging],
			all,
			&[
				(Some(P::Treatment), Some(Labs)),
				(Some(P::Treatment), Some(MentalHealth)),
				(Some(P::CoordinationOfCare), Some(Labs)),
				(Some(P::CoordinationOfCare), Some(MentalHealth)),
			],
		),
	];
	let asked = asks(P::CoordinationOfCare, &[Labs, MentalHealth]);
	for (purposes, categories, data, parts) in vectors {
		let exception = except(purposes, categories, data);
		let expected: Vec<_> =
			parts.iter().map(|(purpose, category)| excepted(*purpose, *category, data)).collect();
		let decision = decide(&care([exception.clone()]), &asked, NOW);
		assert_eq!(decision.reasons, expected, "{exception:?}");
		let outcome = if parts.is_empty() { Outcome::Permit } else { Outcome::Deny };
		assert_eq!(decision.outcome, outcome, "{exception:?}");
		let touches = asked
			.categories
			.iter()
			.any(|category| exception.touches(asked.purpose, *category, &asked.data));
		assert_eq!(touches, !parts.is_empty(), "{exception:?}");
	}
}

#[test]
fn one_excepted_category_denies_the_whole_request() {
	let terms = care([Exception::of_categories(set([Category::MentalHealth]))]);
	let both = asks(P::Treatment, &[Category::Labs, Category::MentalHealth]);
	assert_eq!(outcome(&terms, &both), Outcome::Deny);
	assert_eq!(
		reasons(&terms, &both),
		[excepted(None, Some(Category::MentalHealth), DateWindow::ALL)]
	);
	assert_eq!(outcome(&terms, &asks(P::Treatment, &[Category::Labs])), Outcome::Permit);
}

#[test]
fn the_original_file_holds_what_is_excepted() {
	let original = asks(P::Treatment, &[Category::Original]);
	assert_eq!(outcome(&care([]), &original), Outcome::Permit);
	for category in [Category::MentalHealth, Category::Imaging, Category::Original] {
		let terms = care([Exception::of_categories(set([category]))]);
		let expected = [excepted(None, Some(Category::Original), DateWindow::ALL)];
		assert_eq!(reasons(&terms, &original), expected, "{category}");
	}
	// Its own name takes out nothing else.
	let terms = care([Exception::of_categories(set([Category::Original]))]);
	assert_eq!(outcome(&terms, &asks(P::Treatment, &[Category::Labs])), Outcome::Permit);
	let elsewhere = care([except(&[P::Payment], &[Category::MentalHealth], DateWindow::ALL)]);
	assert_eq!(outcome(&elsewhere, &original), Outcome::Permit);
}

#[test]
fn the_dates_of_an_exception_count_with_both_ends() {
	// The request is for the days 120 to 150.
	let asked = asks(P::Treatment, &[Category::Labs]);
	let vectors = [
		(Some(100), Some(119), false),
		(Some(100), Some(120), true),
		(None, Some(119), false),
		(None, Some(120), true),
		(Some(150), Some(160), true),
		(Some(151), Some(160), false),
		(Some(150), None, true),
		(Some(151), None, false),
		(Some(130), Some(130), true),
		(Some(0), Some(999), true),
		// Not a date lies in it, so that none is taken out.
		(Some(131), Some(130), false),
	];
	for (from, until, touched) in vectors {
		let data = days(from, until);
		let expected = if touched { vec![excepted(None, None, data)] } else { vec![] };
		assert_eq!(reasons(&care([Exception::of_data(data)]), &asked), expected, "{data:?}");
	}
	// Who wants every date wants those too.
	let terms = Terms { data: DateWindow::ALL, ..care([Exception::of_data(days(Some(7), None))]) };
	let every = Request { data: DateWindow::ALL, ..asked };
	assert_eq!(reasons(&terms, &every), [excepted(None, None, days(Some(7), None))]);
}

#[test]
fn an_excepted_purpose_covers_what_is_under_it_and_nothing_else() {
	let vectors = [
		(P::Treatment, P::Treatment, true),
		(P::Treatment, P::CoordinationOfCare, true),
		(P::Treatment, P::BreakTheGlass, true),
		(P::EmergencyTreatment, P::BreakTheGlass, true),
		(P::EmergencyTreatment, P::Treatment, false),
		(P::EmergencyTreatment, P::CoordinationOfCare, false),
		(P::BreakTheGlass, P::EmergencyTreatment, false),
		// A permit needs the name of its own; to except it, what is over it is enough.
		(P::Operations, P::MachineLearning, true),
	];
	for (exception, purpose, touched) in vectors {
		let terms = Terms {
			permitted: set([purpose]),
			..care([except(&[exception], &[Category::Labs], days(Some(150), None))])
		};
		let expected =
			touched.then(|| excepted(Some(exception), Some(Category::Labs), days(Some(150), None)));
		let asked = asks(purpose, &[Category::Labs]);
		assert_eq!(reasons(&terms, &asked), Vec::from_iter(expected), "{exception} {purpose}");
	}
}

#[test]
fn what_is_not_permitted_anyway_is_excepted_all_the_same() {
	let terms = care([Exception::of_categories(set([Category::Violence]))]);
	assert_eq!(
		reasons(&terms, &asks(P::Treatment, &[Category::Labs, Category::Violence])),
		[
			excepted(None, Some(Category::Violence), DateWindow::ALL),
			Reason::ScopeMismatch { category: Category::Violence },
		]
	);
	assert_eq!(outcome(&terms, &asks(P::Treatment, &[Category::Labs])), Outcome::Permit);
}

#[test]
fn every_exception_gives_its_reasons() {
	let past = days(None, Some(125));
	let terms = care([
		Exception::of_purposes(set([P::Treatment])),
		except(&[P::Treatment], &[Category::Labs], DateWindow::ALL),
		Exception::of_data(past),
		Exception::of_purposes(set([P::Payment])),
	]);
	assert_eq!(
		reasons(&terms, &asks(P::Treatment, &[Category::Labs])),
		[
			excepted(None, None, past),
			excepted(Some(P::Treatment), None, DateWindow::ALL),
			excepted(Some(P::Treatment), Some(Category::Labs), DateWindow::ALL),
		]
	);
}

#[test]
fn an_exception_counts_for_research_too() {
	let mut terms = research_terms(Permission::NoRestriction, &[]);
	terms.exceptions = set([Exception::of_purposes(set([P::ClinicalTrial]))]);
	let mut asked = research_request(&[Aim::General]);
	assert_eq!(outcome(&terms, &asked), Outcome::Permit);
	asked.purpose = P::ClinicalTrialWithCare;
	let expected = [excepted(Some(P::ClinicalTrial), None, DateWindow::ALL)];
	assert_eq!(reasons(&terms, &asked), expected);
	// It is a denial, whatever else goes to a human.
	asked.research = None;
	assert_eq!(outcome(&terms, &asked), Outcome::Deny);
}

#[test]
fn an_exception_that_leaves_nothing_is_refused() {
	let all = DateWindow::ALL;
	let refused = |exception| care([exception]).ensure_not_empty();
	let everything = [
		except(&[], &[], all),
		except(&[P::Treatment], &[], all),
		except(&[], &[Category::Labs, Category::MentalHealth, Category::Original], all),
		// The original, which is the third, holds both.
		except(&[], &[Category::Labs, Category::MentalHealth], all),
		except(&[], &[], days(Some(100), Some(200))),
		except(
			&[P::Treatment, P::Payment],
			&[Category::Labs, Category::MentalHealth, Category::Original],
			days(Some(99), None),
		),
	];
	for exception in everything {
		assert_eq!(refused(exception.clone()), Err(EmptyTerms::Excepted), "{exception:?}");
		let asked = asks(P::Treatment, &[Category::Labs]);
		assert_eq!(outcome(&care([exception]), &asked), Outcome::Deny);
	}
	let something = [
		except(&[P::CoordinationOfCare], &[], all),
		except(&[], &[Category::MentalHealth], all),
		except(&[], &[], days(Some(101), None)),
		except(&[], &[], days(None, Some(199))),
		except(&[P::Treatment], &[Category::Labs], all),
		except(&[P::Payment], &[], all),
	];
	for exception in something {
		assert_eq!(refused(exception.clone()), Ok(()), "{exception:?}");
	}
	// A permit that is left is enough.
	let mut two = care([except(&[P::Treatment], &[], all)]);
	two.permitted = set([P::Treatment, P::Payment]);
	assert_eq!(two.ensure_not_empty(), Ok(()));
}

#[test]
fn an_exception_without_a_date_is_refused() {
	for categories in [&[][..], &[Category::Labs]] {
		let terms = care([except(&[], categories, days(Some(2), Some(1)))]);
		assert_eq!(terms.ensure_not_empty(), Err(EmptyTerms::ExceptionWindow));
	}
	assert_eq!(EmptyTerms::ExceptionWindow.to_string(), "the window of an exception is empty");
	assert_eq!(
		EmptyTerms::Excepted.to_string(),
		"an exception leaves nothing of what is permitted"
	);
}

#[test]
fn to_except_a_sensitive_category_names_it() {
	let mut terms = terms(&[P::Treatment]);
	terms.categories = set([Category::Labs]);
	terms.exceptions = set([Exception::of_categories(set([Category::Imaging]))]);
	assert!(!terms.names_sensitive_category());
	terms.exceptions = set([except(&[P::Payment], &[Category::Hiv], DateWindow::ALL)]);
	assert!(terms.names_sensitive_category());
}

#[test]
fn the_categories_left_are_those_that_no_exception_touches() {
	let (past, later) = (days(None, Some(125)), days(Some(126), None));
	let terms = care([
		except(&[P::CoordinationOfCare], &[Category::Labs], DateWindow::ALL),
		except(&[], &[Category::MentalHealth], past),
	]);
	let left = |purpose, data| terms.categories_left(purpose, &data).into_iter().collect();
	let (labs, mind, original) = (Category::Labs, Category::MentalHealth, Category::Original);
	let vectors: [(P, DateWindow, &[Category]); 4] = [
		(P::Treatment, later, &[labs, mind, original]),
		(P::Treatment, DateWindow::ALL, &[labs]),
		(P::CoordinationOfCare, later, &[mind]),
		(P::CoordinationOfCare, past, &[]),
	];
	for (purpose, data, expected) in vectors {
		let found: Vec<Category> = left(purpose, data);
		assert_eq!(found, expected, "{purpose} {data:?}");
	}
}
