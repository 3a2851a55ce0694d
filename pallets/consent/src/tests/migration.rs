// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{
	migration::{v0, ExceptDeniedPurposes},
	weights::WeightInfo,
	Config, PublicTerms,
};
use codec::Encode;
use frame_support::{
	migrations::{SteppedMigration, SteppedMigrationError},
	traits::{GetStorageVersion, StorageVersion},
	weights::{Weight, WeightMeter},
};
use salus_policy::{Exception, Purposes};

fn old(denied: impl IntoIterator<Item = PurposeOfUse>) -> v0::Terms {
	let now = research(Permission::GeneralResearch);
	v0::Terms {
		permitted: now.permitted,
		denied: set(denied),
		categories: now.categories,
		act: now.act,
		data: now.data,
		research: now.research,
		obligations: now.obligations,
	}
}

fn id(number: u8) -> ConsentId {
	ConsentId([number; 32])
}

/// A state of version 0 with so many public consents.
fn old_state(consents: u8) {
	StorageVersion::new(0).put::<Consent>();
	for number in 0..consents {
		let denied = (number % 2 == 1).then_some(PurposeOfUse::ClinicalTrial);
		v0::PublicTerms::<Test>::insert(id(number), old(denied));
	}
}

/// One block's worth, in which so many consents may be looked at.
fn step(
	cursor: Option<ConsentId>,
	consents: u64,
) -> Result<Option<ConsentId>, SteppedMigrationError> {
	let each = <Test as Config>::WeightInfo::migrate_public_terms();
	let mut meter = WeightMeter::with_limit(each.saturating_mul(consents));
	ExceptDeniedPurposes::<Test>::step(cursor, &mut meter)
}

#[test]
fn denied_purposes_become_an_exception_in_steps() {
	build().execute_with(|| {
		old_state(9);
		let (mut cursor, mut steps) = (None, 0);
		loop {
			cursor = step(cursor, 4).unwrap();
			steps += 1;
			if cursor.is_none() {
				break;
			}
			assert_eq!(Consent::on_chain_storage_version(), 0, "only the end is the end");
		}
		assert_eq!(steps, 3, "four, four, and the last with the end of them");
		assert_eq!(Consent::on_chain_storage_version(), 1);
		for number in 0..9 {
			let terms = PublicTerms::<Test>::get(id(number)).unwrap();
			let mut expected = research(Permission::GeneralResearch);
			if number % 2 == 1 {
				let denied: Purposes = set([PurposeOfUse::ClinicalTrial]);
				expected.exceptions.try_insert(Exception::of_purposes(denied)).unwrap();
			}
			assert_eq!(terms, expected);
		}
	});
}

#[test]
fn what_was_decided_stays_decided() {
	build().execute_with(|| {
		let terms = salus_policy::Terms::from(old([PurposeOfUse::ClinicalTrial]));
		let asked = |purpose| {
			let request = Request { purpose, ..request(&[Aim::General]) };
			salus_policy::decide(&terms, &request, NOW).outcome
		};
		assert_eq!(asked(PurposeOfUse::Research), salus_policy::Outcome::Permit);
		assert_eq!(asked(PurposeOfUse::Biorepository), salus_policy::Outcome::Permit);
		for denied in [PurposeOfUse::ClinicalTrial, PurposeOfUse::ClinicalTrialWithCare] {
			assert_eq!(asked(denied), salus_policy::Outcome::Deny);
		}
	});
}

#[test]
fn a_chain_that_began_with_version_1_is_left_as_it_is() {
	build_and_execute(|| {
		let consent = granted(public(Permission::GeneralResearch), 1);
		let before = PublicTerms::<Test>::get(consent).unwrap().encode();
		assert_eq!(step(None, 4), Ok(None));
		assert_eq!(PublicTerms::<Test>::get(consent).unwrap().encode(), before);
	});
}

#[test]
fn a_step_without_room_for_one_consent_says_what_it_needs() {
	build().execute_with(|| {
		old_state(1);
		let mut meter = WeightMeter::with_limit(Weight::from_parts(1, 1));
		let required = <Test as Config>::WeightInfo::migrate_public_terms();
		assert_eq!(
			ExceptDeniedPurposes::<Test>::step(None, &mut meter),
			Err(SteppedMigrationError::InsufficientWeight { required })
		);
	});
}
