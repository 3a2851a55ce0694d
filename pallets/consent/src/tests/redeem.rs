// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::assert_storage_noop;
use salus_policy::{Modifier, Mondo};
use salus_primitives::{
	audit::Refusal,
	traits::{ConsentBook, ConsentParties},
	Moment,
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
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
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
		let origin = RuntimeOrigin::signed(PATIENT);
		let terms = Terms::Public(research(Permission::GeneralResearch));
		assert_ok!(Consent::grant(origin, [8; 32], RESEARCHER, terms, window(), 1));
		let public = ConsentId::derive(&PATIENT, &[8; 32]);
		assert_eq!(refused(&public, None, NOW), Refusal::ScopeMismatch);
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
		let parties = ConsentParties { subject: PATIENT, grantee: CLINICIAN };
		assert_eq!(Consent::parties(&id), Some(parties.clone()));
		assert_eq!(Consent::has_public_terms(&id), Some(false));
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
		assert_eq!(Consent::parties(&id), Some(parties));
	});
}

#[test]
fn the_uses_and_the_window_of_another_grantee_stay() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let origin = RuntimeOrigin::signed(PATIENT);
		let later = Window { from: NOW + 500, until: NOW + 2_000 };
		assert_ok!(Consent::grant(origin, [8; 32], RESEARCHER, sealed(), later, 1));
		let other = ConsentId::derive(&PATIENT, &[8; 32]);
		assert_eq!(refused(&other, None, NOW), Refusal::ConsentNotYetValid);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_eq!(refused(&id, None, NOW + 1_500), Refusal::ConsentExpired);
		assert_eq!(Consent::redeem(&other, None, NOW + 1_500), Ok(1));
	});
}

#[test]
#[cfg(feature = "runtime-benchmarks")]
fn the_longest_request_of_the_benchmarks_is_permitted() {
	build_and_execute(|| {
		let (id, asked) = Consent::grant_public_for_benchmark(&PATIENT, &RESEARCHER, NOW);
		assert_eq!(Consent::redeem(&id, Some(&asked), NOW), Ok(1));
		let other = Consent::grant_for_benchmark(&RESEARCHER, &CLINICIAN, NOW);
		assert_eq!(Consent::redeem(&other, None, NOW), Ok(1));
	});
}
