// SPDX-License-Identifier: Apache-2.0

use super::*;

const CONSENT: ConsentId = ConsentId([1; 32]);
const STANDING: ConsentId = ConsentId([2; 32]);
const VERSION: u32 = 3;

fn acknowledge_as(who: u64, epoch: EpochId, consents: &[(ConsentId, u32)]) -> DispatchResult {
	let consents = BoundedVec::try_from(consents.to_vec()).unwrap();
	Custody::acknowledge_revocations(signed(who), epoch, consents)
}

fn revoked() {
	form(FIRST);
	Revoked::insert(CONSENT, VERSION);
}

#[test]
fn state_is_kept_until_everyone_knows() {
	build_and_execute(|| {
		revoked();
		for seat in 0..MEMBERS {
			assert_ok!(acknowledge_as(FIRST + u64::from(seat), E1, &[(CONSENT, VERSION)]));
			let event = Event::RevocationAcknowledged {
				consent: CONSENT,
				version: VERSION,
				epoch: E1,
				seat: Seat(seat),
			};
			assert_eq!(events()[0], event);
			let known = Custody::revocation_acknowledged(E1, CONSENT);
			assert_eq!(known.len(), u32::from(seat + 1) % u32::from(MEMBERS));
		}
		assert_eq!(RevocationAcks::<Test>::iter().count(), 0);
	});
}

#[test]
fn the_last_one_completes_it() {
	build_and_execute(|| {
		revoked();
		assert_ok!(Custody::suspend(root(), E1, Seat(4)));
		for seat in 0..4 {
			events();
			assert_ok!(acknowledge_as(FIRST + seat, E1, &[(CONSENT, VERSION)]));
		}
		let complete = Event::RevocationComplete { consent: CONSENT, version: VERSION, epoch: E1 };
		assert_eq!(events()[1], complete);
	});
}

#[test]
fn a_suspension_completes_it_with_the_next_word() {
	build_and_execute(|| {
		revoked();
		for seat in 0..4 {
			assert_ok!(acknowledge_as(FIRST + seat, E1, &[(CONSENT, VERSION)]));
		}
		assert_ok!(Custody::suspend(root(), E1, Seat(4)));
		events();
		assert_ok!(acknowledge_as(FIRST, E1, &[(CONSENT, VERSION)]));
		let complete = Event::RevocationComplete { consent: CONSENT, version: VERSION, epoch: E1 };
		assert_eq!(events(), [complete]);
	});
}

#[test]
fn every_epoch_knows_for_itself() {
	build_and_execute(|| {
		revoked();
		form(SECOND);
		assert_ok!(acknowledge_as(FIRST, E1, &[(CONSENT, VERSION)]));
		assert_ok!(acknowledge_as(SECOND + 1, E2, &[(CONSENT, VERSION)]));
		assert_eq!(Custody::revocation_acknowledged(E1, CONSENT), seats(&[0]));
		assert_eq!(Custody::revocation_acknowledged(E2, CONSENT), seats(&[1]));
	});
}

#[test]
fn what_was_not_revoked_is_skipped() {
	build_and_execute(|| {
		revoked();
		let items = [(STANDING, 1), (CONSENT, VERSION - 1), (CONSENT, VERSION + 1)];
		assert_ok!(acknowledge_as(FIRST, E1, &items));
		assert_eq!(events(), []);
		assert_eq!(RevocationAcks::<Test>::iter().count(), 0);
	});
}

#[test]
fn the_same_word_again_changes_nothing() {
	build_and_execute(|| {
		revoked();
		assert_ok!(acknowledge_as(FIRST, E1, &[(CONSENT, VERSION)]));
		events();
		assert_ok!(acknowledge_as(FIRST, E1, &[(CONSENT, VERSION), (CONSENT, VERSION)]));
		assert_eq!(events(), []);
		assert_eq!(Custody::revocation_acknowledged(E1, CONSENT), seats(&[0]));
	});
}

#[test]
fn only_members_of_a_live_epoch_acknowledge() {
	build_and_execute(|| {
		revoked();
		let items = [(CONSENT, VERSION)];
		for who in [SECOND, PATIENT, STRANGER] {
			assert_noop!(acknowledge_as(who, E1, &items), Error::<Test>::NotAuthorized);
		}
		assert_noop!(acknowledge_as(FIRST, E2, &items), Error::<Test>::NotFound);
		for origin in [root(), RuntimeOrigin::none()] {
			assert_noop!(
				Custody::acknowledge_revocations(origin, E1, BoundedVec::new()),
				DispatchError::BadOrigin
			);
		}
		assert_ok!(Custody::suspend(root(), E1, Seat(0)));
		assert_noop!(acknowledge_as(FIRST, E1, &items), Error::<Test>::Suspended);
		form(SECOND);
		assert_ok!(Custody::retire(signed(STRANGER), E1));
		assert_noop!(acknowledge_as(FIRST + 1, E1, &items), Error::<Test>::Retired);
	});
}
