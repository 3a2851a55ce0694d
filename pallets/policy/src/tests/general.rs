// SPDX-License-Identifier: Apache-2.0

use super::*;
use PurposeOfUse as P;

#[test]
fn a_request_within_the_terms_is_permitted_with_their_obligations() {
	let decision = decide(&terms(&[P::Treatment]), &request(P::Treatment), NOW);
	assert_eq!(decision.outcome, Outcome::Permit);
	assert_eq!(decision.reasons, []);
	let duties: Vec<_> = Obligation::DEFAULT.into_iter().map(Duty::Code).collect();
	assert_eq!(decision.obligations, duties);
}

#[test]
fn the_grantee_s_window_is_half_open() {
	let (terms, request) = (terms(&[P::Treatment]), request(P::Treatment));
	let at = |now| decide(&terms, &request, now).reasons;
	assert_eq!(at(999), [Reason::NotYetValid]);
	assert_eq!(at(1_000), []);
	assert_eq!(at(1_999), []);
	assert_eq!(at(2_000), [Reason::Expired]);
	let never = Terms { act: Window { from: 10, until: 10 }, ..terms };
	for now in [9, 10, 11] {
		assert_eq!(decide(&never, &request, now).outcome, Outcome::Deny);
	}
}

#[test]
fn each_category_too_many_is_named_and_denies_the_whole() {
	let terms = terms(&[P::Treatment]);
	let mut asked = request(P::Treatment);
	asked.categories = set([Category::Labs, Category::MentalHealth, Category::Documents]);
	assert_eq!(
		reasons(&terms, &asked),
		[
			Reason::ScopeMismatch { category: Category::Documents },
			Reason::ScopeMismatch { category: Category::MentalHealth },
		]
	);
	assert_eq!(outcome(&terms, &asked), Outcome::Deny);
}

#[test]
fn a_sensitive_category_is_permitted_by_its_name_only() {
	let mut terms = terms(&[P::Treatment]);
	let mut asked = request(P::Treatment);
	asked.categories = set([Category::Hiv]);
	assert_eq!(outcome(&terms, &asked), Outcome::Permit);
	let normal = Category::ALL
		.iter()
		.copied()
		.filter(|category| category.sensitivity() == salus_primitives::Sensitivity::Normal);
	terms.categories = set(normal);
	assert_eq!(reasons(&terms, &asked), [Reason::ScopeMismatch { category: Category::Hiv }]);
}

#[test]
fn empty_means_deny() {
	let asked = request(P::Treatment);
	let full = terms(&[P::Treatment]);
	let no_category = Terms { categories: Default::default(), ..full.clone() };
	let no_date =
		Terms { data: DateWindow { from: Some(Day(2)), until: Some(Day(1)) }, ..full.clone() };
	for terms in [terms(&[]), no_category, no_date] {
		assert_eq!(outcome(&terms, &asked), Outcome::Deny);
		assert!(terms.ensure_not_empty().is_err());
	}
	let nothing = Request { categories: Default::default(), ..asked.clone() };
	assert_eq!(reasons(&full, &nothing), [Reason::NothingRequested]);
	let never =
		Request { data: DateWindow { from: Some(Day(130)), until: Some(Day(129)) }, ..asked };
	assert_eq!(reasons(&full, &never), [Reason::NothingRequested]);
	assert_eq!(full.ensure_not_empty(), Ok(()));
}

#[test]
fn the_dates_of_the_data_lie_within_the_terms() {
	let terms = terms(&[P::Treatment]);
	let windows = [
		(Some(100), Some(200), true),
		(Some(99), Some(200), false),
		(Some(100), Some(201), false),
		(None, Some(150), false),
		(Some(150), None, false),
		(None, None, false),
	];
	for (from, until, inside) in windows {
		let data = DateWindow { from: from.map(Day), until: until.map(Day) };
		let asked = Request { data, ..request(P::Treatment) };
		let expected = if inside { vec![] } else { vec![Reason::DataWindowMismatch] };
		assert_eq!(reasons(&terms, &asked), expected, "{data:?}");
	}
}

#[test]
fn all_reasons_are_returned() {
	let mut terms = terms(&[P::Payment]);
	let violence = Exception::of_categories(set([Category::Violence]));
	terms.exceptions = set([Exception::of_purposes(set([P::Treatment])), violence]);
	let mut asked = request(P::Treatment);
	asked.categories = set([Category::Violence]);
	asked.data = DateWindow::ALL;
	assert_eq!(
		decide(&terms, &asked, 9_000).reasons,
		[
			Reason::Expired,
			Reason::PurposeNotPermitted { purpose: P::Treatment },
			Reason::Excepted {
				purpose: None,
				category: Some(Category::Violence),
				data: DateWindow::ALL,
			},
			Reason::Excepted { purpose: Some(P::Treatment), category: None, data: DateWindow::ALL },
			Reason::ScopeMismatch { category: Category::Violence },
			Reason::DataWindowMismatch,
		]
	);
}

#[test]
fn what_is_empty_is_named() {
	let duo = |permission, modifiers: &[Modifier]| {
		research_terms(permission, modifiers).ensure_not_empty().unwrap_err()
	};
	let gru = || Permission::GeneralResearch;
	let empty = Permission::DiseaseSpecific(Default::default());
	assert_eq!(terms(&[]).ensure_not_empty(), Err(EmptyTerms::Purposes));
	assert_eq!(duo(empty, &[]), EmptyTerms::Diseases);
	for modifier in [
		Modifier::Geographical(Default::default()),
		Modifier::UserSpecific(Default::default()),
		Modifier::ProjectSpecific(Default::default()),
		Modifier::InstitutionSpecific(Default::default()),
	] {
		assert_eq!(duo(gru(), core::slice::from_ref(&modifier)), EmptyTerms::Modifier);
		// Whatever is stated, nothing meets it.
		let terms = research_terms(gru(), &[modifier]);
		assert_eq!(outcome(&terms, &stating(research::full_statement())), Outcome::Deny);
		assert_eq!(outcome(&terms, &research_request(&[Aim::General])), Outcome::Deny);
	}
}
