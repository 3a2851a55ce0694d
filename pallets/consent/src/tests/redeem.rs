// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::PublicTerms;
use frame_support::assert_storage_noop;
use salus_policy::{Exception, Modifier, Mondo};
use salus_primitives::{
	audit::Refusal,
	traits::{ConsentBook, ConsentParties},
	Role,
};

fn refused(id: &ConsentId, request: Option<&Request>, now: Moment) -> Refusal {
	assert_storage_noop!(assert!(Consent::redeem(id, request, now).is_err()));
	Consent::redeem(id, request, now).unwrap_err()
}

#[test]
fn each_use_is_spent_once_and_changes_nothing_else() {
	build_and_execute(|| {
		let id = granted(sealed(), 2);
		let before = Consents::<Test>::get(id).unwrap();
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_eq!(Consents::<Test>::get(id).unwrap(), crate::Consent { uses_left: 1, ..before });
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_eq!(refused(&id, None, NOW), Refusal::ConsentSpent);
		assert_eq!(uses_left(&id), 0);
		assert!(entries().is_empty() && events().is_empty());
	});
}

#[test]
fn the_window_is_half_open() {
	build_and_execute(|| {
		let id = granted(sealed(), 8);
		assert_eq!(refused(&id, None, NOW - 1), Refusal::ConsentNotYetValid);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_eq!(Consent::redeem(&id, None, NOW + 999), Ok(1));
		assert_eq!(refused(&id, None, NOW + 1_000), Refusal::ConsentExpired);
	});
}

#[test]
fn refusals_come_in_a_fixed_order() {
	build_and_execute(|| {
		let id = granted(Terms::Public(research(Permission::PopulationOrigins)), 1);
		let outside = request(&[Aim::General]);
		assert_eq!(refused(&id, Some(&outside), NOW), Refusal::ScopeMismatch);
		assert_eq!(Consent::redeem(&id, Some(&request(&[Aim::Ancestry])), NOW), Ok(1));
		assert_eq!(refused(&id, Some(&outside), NOW), Refusal::ConsentSpent);
		assert_eq!(refused(&id, Some(&outside), NOW + 1_000), Refusal::ConsentExpired);
		assert_eq!(refused(&id, Some(&outside), NOW - 1), Refusal::ConsentNotYetValid);
		assert_ok!(Consent::revoke(by(PATIENT), id));
		for now in [NOW - 1, NOW, NOW + 1_000] {
			assert_eq!(refused(&id, Some(&outside), now), Refusal::ConsentRevoked);
		}
	});
}

#[test]
fn the_chain_decides_over_public_terms() {
	build_and_execute(|| {
		let mut terms = research(Permission::HealthMedicalBiomedical);
		let approval = Modifier::EthicsApproval;
		terms.research.as_mut().unwrap().modifiers.try_insert(approval).unwrap();
		let id = granted(Terms::Public(terms), 1);
		let mut asked = request(&[Aim::Health]);
		assert_eq!(refused(&id, Some(&asked), NOW), Refusal::Undecided);
		let beyond = Request { categories: set([Category::Imaging]), ..asked.clone() };
		assert_eq!(refused(&id, Some(&beyond), NOW), Refusal::ScopeMismatch);
		asked.research.as_mut().unwrap().ethics_approval_until = Some(NOW + 1);
		assert_eq!(uses_left(&id), 1);
		assert_eq!(Consent::redeem(&id, Some(&asked), NOW), Ok(1));
		assert_eq!(uses_left(&id), 0);
	});
}

#[test]
fn what_is_excepted_opens_nothing() {
	build_and_execute(|| {
		let mut terms = research(Permission::NoRestriction);
		let Day(today) = Day::of(NOW);
		terms.exceptions = set([
			Exception::of_purposes(set([PurposeOfUse::ClinicalTrial])),
			Exception {
				purposes: set([PurposeOfUse::Biorepository]),
				categories: set([Category::Vitals]),
				data: DateWindow { from: Some(Day(today + 10)), until: None },
			},
		]);
		let id = granted(Terms::Public(terms), 8);
		let asked = request(&[Aim::General]);
		let trial = Request { purpose: PurposeOfUse::ClinicalTrialWithCare, ..asked.clone() };
		assert_eq!(refused(&id, Some(&trial), NOW), Refusal::ScopeMismatch);
		let both = Request {
			purpose: PurposeOfUse::Biorepository,
			categories: set([Category::Labs, Category::Vitals]),
			..asked.clone()
		};
		assert_eq!(refused(&id, Some(&both), NOW), Refusal::ScopeMismatch);
		assert_eq!(uses_left(&id), 8);
		let labs = Request { categories: set([Category::Labs]), ..both.clone() };
		let until = |day| DateWindow { from: Some(Day(today)), until: Some(Day(day)) };
		let before = Request { data: until(today + 9), ..both.clone() };
		let elsewhere = Request { purpose: PurposeOfUse::Research, ..both.clone() };
		for outside in [asked, labs, before, elsewhere] {
			assert_eq!(Consent::redeem(&id, Some(&outside), NOW), Ok(1));
		}
		let border = Request { data: until(today + 10), ..both };
		assert_eq!(refused(&id, Some(&border), NOW), Refusal::ScopeMismatch);
	});
}

#[test]
fn ancestors_that_nothing_proves_do_not_permit() {
	build_and_execute(|| {
		let id = granted(Terms::Public(research(Permission::DiseaseSpecific(set([Mondo(1)])))), 2);
		let child = Aim::Disease { disease: Mondo(2), ancestors: set([Mondo(1)]) };
		assert_eq!(refused(&id, Some(&request(&[child])), NOW), Refusal::ScopeMismatch);
		let same = Aim::Disease { disease: Mondo(1), ancestors: Default::default() };
		assert_eq!(Consent::redeem(&id, Some(&request(&[same])), NOW), Ok(1));
	});
}

#[test]
fn a_request_of_the_wrong_kind_is_refused() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let asked = request(&[Aim::General]);
		assert_eq!(refused(&id, Some(&asked), NOW), Refusal::ScopeMismatch);
		let terms = public(Permission::GeneralResearch);
		let grantee = Grantee::Account(RESEARCHER);
		assert_ok!(Consent::grant(by(PATIENT), [8; 32], grantee, terms, window(), 1, 0));
		let other = ConsentId::derive(&PATIENT, &[8; 32]);
		assert_eq!(refused(&other, None, NOW), Refusal::ScopeMismatch);
	});
}

#[test]
fn nothing_is_opened_by_what_does_not_exist() {
	build_and_execute(|| {
		let nothing = ConsentId([9; 32]);
		assert_eq!(refused(&nothing, None, NOW), Refusal::ScopeMismatch);
		assert_eq!(Consent::parties(&nothing), None);
		assert_eq!(Consent::has_public_terms(&nothing), None);
	});
}

#[test]
fn parties_and_kind_are_known_in_every_state() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let parties = ConsentParties { subject: PATIENT, grantee: Grantee::Account(CLINICIAN) };
		assert_eq!(Consent::parties(&id), Some(parties.clone()));
		assert_eq!(Consent::has_public_terms(&id), Some(false));
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_eq!(Consent::parties(&id), Some(parties));
	});
}

#[test]
fn the_uses_and_the_window_of_another_grantee_stay() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let later = Window { from: NOW + 500, until: NOW + 2_000 };
		let grantee = Grantee::Account(RESEARCHER);
		assert_ok!(Consent::grant(by(PATIENT), [8; 32], grantee, sealed(), later, 1, 0));
		let other = ConsentId::derive(&PATIENT, &[8; 32]);
		assert_eq!(refused(&other, None, NOW), Refusal::ConsentNotYetValid);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_eq!(refused(&id, None, NOW + 1_500), Refusal::ConsentExpired);
		assert_eq!(Consent::redeem(&other, None, NOW + 1_500), Ok(1));
	});
}

#[test]
fn a_role_is_named_by_its_parties() {
	build_and_execute(|| {
		let (grantee, terms) = (Grantee::Role(Role::Researcher), public(Permission::NoRestriction));
		assert_ok!(Consent::grant(by(PATIENT), SALT, grantee, terms, window(), 1, 0));
		let id = ConsentId::derive(&PATIENT, &SALT);
		assert_eq!(Consent::parties(&id), Some(ConsentParties { subject: PATIENT, grantee }));
		assert_eq!(Consent::redeem(&id, Some(&request(&[Aim::General])), NOW), Ok(1));
	});
}

#[test]
fn public_terms_reach_back_to_the_day_of_the_grant() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 8);
		let from =
			|from| Request { data: DateWindow { from, until: None }, ..request(&[Aim::General]) };
		let Day(today) = Day::of(NOW);
		assert_eq!(refused(&id, Some(&from(None)), NOW), Refusal::ScopeMismatch);
		let yesterday = from(Some(Day(today - 1)));
		assert_eq!(refused(&id, Some(&yesterday), NOW), Refusal::ScopeMismatch);
		assert_eq!(Consent::redeem(&id, Some(&from(Some(Day(today)))), NOW), Ok(1));
		assert_eq!(Consent::redeem(&id, Some(&from(Some(Day(today + 1)))), NOW), Ok(1));
		assert_ok!(Consent::opt_in_retrospectively(by(PATIENT), id, 1));
		assert_eq!(Consent::redeem(&id, Some(&yesterday), NOW), Ok(2));
		assert_eq!(Consent::redeem(&id, Some(&from(None)), NOW), Ok(2));
	});
}

/// A public consent for all research, of which the researcher passes on a part under `terms`.
fn public_part(terms: salus_policy::Terms) -> ConsentId {
	let parent = granted_with(public(Permission::NoRestriction), 8, 1);
	let terms = Terms::Public(terms);
	assert_ok!(Consent::delegate(by(RESEARCHER), parent, SALT, NURSE, terms, window(), 4, 0));
	ConsentId::derive(&RESEARCHER, &SALT)
}

#[test]
fn a_use_of_a_part_is_spent_once_and_above_it_nothing() {
	build_and_execute(|| {
		let [first, second, third, fourth] = chain();
		assert_eq!(Consent::redeem(&fourth, None, NOW), Ok(1));
		assert_eq!([first, second, third, fourth].map(|id| uses_left(&id)), [1, 1, 1, 0]);
		assert_eq!(refused(&fourth, None, NOW), Refusal::ConsentSpent);
	});
}

#[test]
fn a_part_permits_nothing_that_the_whole_does_not() {
	build_and_execute(|| {
		let mut wide = research(Permission::NoRestriction);
		wide.categories = set([Category::Labs, Category::Imaging]);
		let part = public_part(wide);
		let labs = request(&[Aim::General]);
		assert_eq!(Consent::redeem(&part, Some(&labs), NOW), Ok(1));
		let imaging = Request { categories: set([Category::Imaging]), ..labs };
		assert_eq!(refused(&part, Some(&imaging), NOW), Refusal::ScopeMismatch);
	});
}

#[test]
fn what_the_whole_excepts_no_part_permits() {
	build_and_execute(|| {
		let mut terms = research(Permission::NoRestriction);
		terms.exceptions = set([Exception::of_categories(set([Category::Vitals]))]);
		let parent = granted_with(Terms::Public(terms), 8, 1);
		let all = public(Permission::NoRestriction);
		assert_ok!(Consent::delegate(by(RESEARCHER), parent, SALT, NURSE, all, window(), 4, 0));
		let part = ConsentId::derive(&RESEARCHER, &SALT);
		let labs = request(&[Aim::General]);
		let vitals = Request { categories: set([Category::Vitals]), ..labs.clone() };
		assert_eq!(refused(&part, Some(&vitals), NOW), Refusal::ScopeMismatch);
		assert_eq!(Consent::redeem(&part, Some(&labs), NOW), Ok(1));
	});
}

#[test]
fn a_denial_above_it_counts_before_a_doubt_of_its_own() {
	build_and_execute(|| {
		let mut terms = research(Permission::NoRestriction);
		let approval = Modifier::EthicsApproval;
		terms.research.as_mut().unwrap().modifiers.try_insert(approval).unwrap();
		terms.categories = set([Category::Labs, Category::Imaging]);
		let part = public_part(terms);
		let labs = request(&[Aim::General]);
		assert_eq!(refused(&part, Some(&labs), NOW), Refusal::Undecided);
		let imaging = Request { categories: set([Category::Imaging]), ..labs };
		assert_eq!(refused(&part, Some(&imaging), NOW), Refusal::ScopeMismatch);
	});
}

#[test]
fn a_part_reaches_as_far_back_as_the_whole() {
	build_and_execute(|| {
		let parent = granted_with(public(Permission::NoRestriction), 8, 1);
		// A day later.
		let day = 86_400_000;
		let window = Window { from: NOW, until: NOW + day + 1_000 };
		let mut terms = research(Permission::NoRestriction);
		terms.act = window;
		wait_until(NOW + day);
		// The end is beyond what one may set at once, but not beyond what was stored.
		Consents::<Test>::mutate_extant(parent, |consent| consent.window = window);
		PublicTerms::<Test>::mutate_extant(parent, |terms| terms.act = window);
		let part = Terms::Public(terms);
		assert_ok!(Consent::delegate(by(RESEARCHER), parent, SALT, NURSE, part, window, 4, 0));
		let part = ConsentId::derive(&RESEARCHER, &SALT);
		let asked = request(&[Aim::General]);
		assert_eq!(Consent::redeem(&part, Some(&asked), NOW + day), Ok(1));
		let before = Request { data: DateWindow::ALL, ..asked };
		assert_eq!(refused(&part, Some(&before), NOW + day), Refusal::ScopeMismatch);
		assert_ok!(Consent::opt_in_retrospectively(by(PATIENT), parent, 1));
		assert_eq!(Consent::redeem(&part, Some(&before), NOW + day), Ok(1));
	});
}

#[test]
fn what_was_claimed_holds_while_there_is_a_rule() {
	build_and_execute(|| {
		let id = claimed();
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		// Another change of the root leaves the rule.
		assert_ok!(deny_root(PATIENT, 1, true, true));
		assert_ok!(deny_root(PATIENT, 2, false, true));
		assert_eq!(refused(&id, None, NOW), Refusal::ConsentRevoked);
		// A new rule does not bring back what ended with the old one.
		assert_ok!(deny_root(PATIENT, 3, true, true));
		assert_eq!(refused(&id, None, NOW), Refusal::ConsentRevoked);
	});
}

#[test]
#[cfg(feature = "runtime-benchmarks")]
fn the_longest_request_of_the_benchmarks_is_permitted() {
	build_and_execute(|| {
		let (id, asked) = Consent::grant_public_for_benchmark(&PATIENT, &RESEARCHER, NOW);
		let terms = PublicTerms::<Test>::get(id).unwrap();
		assert_eq!(terms.exceptions.len(), salus_policy::MAX_EXCEPTIONS as usize);
		assert_eq!(Consent::redeem(&id, Some(&asked), NOW), Ok(1));
		let other = Consent::grant_for_benchmark(&RESEARCHER, &CLINICIAN, NOW);
		assert_eq!(Consent::redeem(&other, None, NOW), Ok(1));
	});
}

#[test]
#[cfg(feature = "runtime-benchmarks")]
fn the_deepest_consent_of_the_benchmarks_holds() {
	for public in [false, true] {
		build_and_execute(|| {
			let (id, asked) = Consent::delegate_for_benchmark(&PATIENT, &RESEARCHER, public, NOW);
			let depth = if public { MAX_PUBLIC_DEPTH } else { MAX_DEPTH };
			assert_eq!(Consent::depth(&id), Some(depth));
			assert_eq!(Consent::redeem(&id, asked.as_ref(), NOW), Ok(1));
		});
	}
}
