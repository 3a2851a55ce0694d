// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Event, Sale, Sales};
use frame_support::assert_noop;
use salus_primitives::{
	audit::{AuditAction, Refusal},
	traits::ConsentBook,
	RecordId, SaleBook, SaleFacts, SaleId,
};
use sp_runtime::DispatchError;

const UNTIL: Moment = NOW + 1_000;

fn authorise(
	who: u64,
	buyer: u64,
	record: RecordId,
	purpose: PurposeOfUse,
	until: Moment,
) -> DispatchResult {
	Consent::authorise_sale(by(who), SALT, buyer, record, purpose, until)
}

/// A sale of the patient's record to the researcher.
fn authorised() -> SaleId {
	assert_ok!(authorise(PATIENT, RESEARCHER, RECORD, PurposeOfUse::Research, UNTIL));
	forget();
	SaleId::derive(&PATIENT, &SALT)
}

#[test]
fn a_sale_is_stored_and_written_down() {
	build_and_execute(|| {
		let purpose = PurposeOfUse::MachineLearning;
		assert_ok!(authorise(PATIENT, RESEARCHER, RECORD, purpose, UNTIL));
		let sale = SaleId::derive(&PATIENT, &SALT);
		let stored = Consent::sale(sale).unwrap();
		let expected = Sale {
			seller: PATIENT,
			buyer: RESEARCHER,
			record: RECORD,
			purpose,
			until: UNTIL,
			revoked: false,
			deposit: stored.deposit.clone(),
		};
		assert_eq!(stored, expected);
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::SaleAuthorised { sale })]);
		let (seller, buyer, record) = (PATIENT, RESEARCHER, RECORD);
		assert_eq!(events(), [Event::SaleAuthorised { sale, seller, buyer, record }]);
		let facts = SaleFacts { seller, buyer, record, until: UNTIL, revoked: false };
		assert_eq!(<Consent as SaleBook<u64>>::sale(&sale), Some(facts));
	});
}

#[test]
fn a_sale_is_no_consent() {
	build_and_execute(|| {
		let sale = authorised();
		let refused = Consent::redeem(&ConsentId(sale.0), None, NOW);
		assert_eq!(refused, Err(Refusal::ScopeMismatch));
		granted(sealed(), 1);
		assert_eq!(Sales::<Test>::iter().count(), 1);
	});
}

#[test]
fn a_guardian_authorises_for_her_ward() {
	build_and_execute(|| {
		assert_ok!(authorise(GUARDIAN, RESEARCHER, RECORD, PurposeOfUse::Research, UNTIL));
		let sale = SaleId::derive(&PATIENT, &SALT);
		assert_eq!(Consent::sale(sale).unwrap().deposit.payer, GUARDIAN);
		assert_ok!(Consent::revoke_sale(by(GUARDIAN), sale));
		let actors: Vec<_> = entries().into_iter().map(|(of, by, _)| (of, by)).collect();
		assert_eq!(actors, [(PATIENT, GUARDIAN); 2]);
	});
}

#[test]
fn only_the_owner_sells_what_is_live() {
	build_and_execute(|| {
		let sell = |who, record| authorise(who, RESEARCHER, record, PurposeOfUse::Research, UNTIL);
		assert_noop!(sell(STRANGER, RECORD), Error::<Test>::NotRegistered);
		assert_noop!(sell(CLINICIAN, RECORD), Error::<Test>::RecordMismatch);
		assert_noop!(sell(PATIENT, RecordId([9; 32])), Error::<Test>::RecordMismatch);
		Records::insert(RECORD, (PATIENT, false));
		assert_noop!(sell(PATIENT, RECORD), Error::<Test>::RecordRetired);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			let purpose = PurposeOfUse::Research;
			assert_noop!(
				Consent::authorise_sale(origin, SALT, RESEARCHER, RECORD, purpose, UNTIL),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn the_buyer_takes_part_and_is_another() {
	build_and_execute(|| {
		let to = |buyer| authorise(PATIENT, buyer, RECORD, PurposeOfUse::Research, UNTIL);
		assert_noop!(to(STRANGER), Error::<Test>::BuyerNotRegistered);
		assert_noop!(to(PATIENT), Error::<Test>::SelfGrant);
	});
}

#[test]
fn a_sale_is_for_research_or_machine_learning() {
	build_and_execute(|| {
		for purpose in PurposeOfUse::ALL {
			let fits = purpose.is_within(PurposeOfUse::Research)
				|| *purpose == PurposeOfUse::MachineLearning;
			let salt = [*purpose as u8; 32];
			let sell =
				|| Consent::authorise_sale(by(PATIENT), salt, RESEARCHER, RECORD, *purpose, UNTIL);
			if fits {
				assert_ok!(sell());
			} else {
				assert_noop!(sell(), Error::<Test>::InvalidPurpose);
			}
		}
	});
}

#[test]
fn a_sale_ends_in_time() {
	build_and_execute(|| {
		let until = |until| authorise(PATIENT, RESEARCHER, RECORD, PurposeOfUse::Research, until);
		for over in [0, NOW] {
			// There is no moment between now and then.
			assert_noop!(until(over), Error::<Test>::EmptyWindow);
		}
		assert_noop!(until(NOW + MAX_SALE_DURATION + 1), Error::<Test>::WindowTooLong);
		assert_ok!(until(NOW + MAX_SALE_DURATION));
	});
}

#[test]
fn a_salt_is_used_once() {
	build_and_execute(|| {
		authorised();
		let again = || authorise(PATIENT, CLINICIAN, RECORD, PurposeOfUse::Research, UNTIL);
		assert_noop!(again(), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn the_seller_withdraws_once() {
	build_and_execute(|| {
		let sale = authorised();
		let revoke = |who| Consent::revoke_sale(by(who), sale);
		for who in [RESEARCHER, STRANGER] {
			assert_noop!(revoke(who), Error::<Test>::NotAuthorized);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::revoke_sale(origin, sale), DispatchError::BadOrigin);
		}
		let nothing = SaleId([9; 32]);
		assert_noop!(Consent::revoke_sale(by(PATIENT), nothing), Error::<Test>::NotFound);
		assert_ok!(revoke(PATIENT));
		assert!(<Consent as SaleBook<u64>>::sale(&sale).unwrap().revoked);
		assert_eq!(entries(), [(PATIENT, PATIENT, AuditAction::SaleRevoked { sale })]);
		assert_eq!(events(), [Event::SaleRevoked { sale }]);
		assert_noop!(revoke(PATIENT), Error::<Test>::AlreadyRevoked);
	});
}

#[test]
fn anybody_removes_what_has_long_been_over() {
	build_and_execute(|| {
		let sale = authorised();
		let prune = || Consent::prune_sale(by(STRANGER), sale);
		assert_ok!(Consent::revoke_sale(by(PATIENT), sale));
		wait_until(UNTIL + RETENTION - 1);
		assert_noop!(prune(), Error::<Test>::NotYetPrunable);
		wait_until(UNTIL + RETENTION);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Consent::prune_sale(origin, sale), DispatchError::BadOrigin);
		}
		forget();
		assert_ok!(prune());
		assert_eq!(events(), [Event::SalePruned { sale }]);
		assert_eq!((held(PATIENT), Consent::sale(sale)), (0, None));
		assert_noop!(prune(), Error::<Test>::NotFound);
	});
}
