// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Admissions, Call, Error, Event, HoldReason, NoncesLeft, Pools};
use frame_support::{
	assert_noop, assert_ok,
	storage::with_storage_layer,
	traits::fungible::{Inspect, InspectHold},
};
use salus_primitives::{
	traits::{Participants, Sponsorship},
	Role,
};
use sp_runtime::{
	transaction_validity::{InvalidTransaction, TransactionValidityError},
	DispatchError,
};

fn refused(why: InvalidTransaction) -> sp_runtime::ApplyExtrinsicResult {
	Err(TransactionValidityError::Invalid(why))
}

fn register(byte: u8) -> Call<Test> {
	Call::register { role: Role::Patient, encryption_key: key(byte) }
}

fn rotate(byte: u8) -> Call<Test> {
	Call::rotate_key { encryption_key: key(byte) }
}

fn fund(sponsor: u64, calls: u32) {
	assert_ok!(Registry::fund_pool(RuntimeOrigin::signed(sponsor), calls));
}

fn admit(sponsor: u64, who: u64) {
	assert_ok!(Registry::admit(RuntimeOrigin::signed(sponsor), who));
}

fn held(who: u64) -> u64 {
	Balances::balance_on_hold(&HoldReason::Sponsorship.into(), &who)
}

#[test]
fn an_account_without_tokens_registers_once_admitted() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(apply(PATIENT, register(1)), refused(InvalidTransaction::Payment));
		fund(SPONSOR, 100);
		events();
		admit(SPONSOR, PATIENT);
		assert_eq!(events(), [Event::Admitted { who: PATIENT, sponsor: SPONSOR }]);
		assert_eq!(Balances::balance(&PATIENT), 0);

		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
		assert_eq!(Registry::role(&PATIENT), Some(Role::Patient));
		assert_eq!(Registry::allowance(PATIENT), Some(u32::from(ACCOUNT_DAILY_CALLS) - 1));
		let pool = Registry::pool(SPONSOR).unwrap();
		assert_eq!((pool.credit, pool.owed, pool.admitted), (99, 1, 1));
		// The sponsor pays the deposit too.
		assert_eq!(crate::Deposits::<Test>::get(PATIENT).map(|d| d.payer), Some(SPONSOR));
	});
}

#[test]
fn only_the_feeless_calls_are_sponsored() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 100);
		admit(SPONSOR, PATIENT);
		let transfer = pallet_balances::Call::transfer_all { dest: POT, keep_alive: false };
		assert_eq!(apply(PATIENT, transfer), refused(InvalidTransaction::Payment));
		assert_eq!(
			apply(PATIENT, Call::fund_pool { calls: 10 }),
			refused(InvalidTransaction::Payment)
		);
	});
}

#[test]
fn a_day_has_so_many_calls() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 100);
		admit(SPONSOR, PATIENT);
		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
		for byte in 2..=ACCOUNT_DAILY_CALLS as u8 {
			assert_eq!(apply(PATIENT, rotate(byte)), Ok(Ok(())));
		}
		assert_eq!(apply(PATIENT, rotate(99)), refused(InvalidTransaction::Payment));
		assert_eq!(Registry::allowance(PATIENT), Some(0));
		pass(DAY);
		assert_eq!(apply(PATIENT, rotate(99)), Ok(Ok(())));
	});
}

#[test]
fn a_call_that_fails_is_charged_all_the_same() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 100);
		admit(SPONSOR, PATIENT);
		for _ in 0..ACCOUNT_DAILY_CALLS {
			assert_eq!(
				apply(PATIENT, rotate(1)),
				Ok(Err(Error::<Test>::NotRegistered.into())),
				"the transaction is in the block, the call failed"
			);
		}
		assert_eq!(apply(PATIENT, rotate(1)), refused(InvalidTransaction::Payment));
		assert_eq!(Registry::pool(SPONSOR).unwrap().owed, u32::from(ACCOUNT_DAILY_CALLS));
	});
}

#[test]
fn an_empty_pool_pays_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 10);
		for who in 100..110 {
			admit(SPONSOR, who);
			assert_eq!(apply(who, register(1)), Ok(Ok(())));
		}
		admit(SPONSOR, PATIENT);
		assert!(!Registry::covers(&PATIENT));
		assert_eq!(apply(PATIENT, register(1)), refused(InvalidTransaction::Payment));
		fund(SPONSOR, 10);
		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
	});
}

#[test]
fn used_calls_are_paid_out_of_the_pool() {
	ExtBuilder::default().build_and_execute(|| {
		let pot = Balances::balance(&POT);
		fund(SPONSOR, 100);
		assert_eq!(held(SPONSOR), 100 * CALL_PRICE);
		assert_noop!(
			Registry::settle_pool(RuntimeOrigin::signed(STRANGER), SPONSOR),
			Error::<Test>::NothingOwed
		);
		admit(SPONSOR, PATIENT);
		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
		assert_eq!(apply(PATIENT, rotate(2)), Ok(Ok(())));
		events();
		assert_ok!(Registry::settle_pool(RuntimeOrigin::signed(STRANGER), SPONSOR));
		assert_eq!(events(), [Event::PoolSettled { sponsor: SPONSOR, calls: 2 }]);
		assert_eq!(Balances::balance(&POT), pot + 2 * CALL_PRICE);
		assert_eq!(held(SPONSOR), 98 * CALL_PRICE);
		assert_noop!(
			Registry::settle_pool(RuntimeOrigin::signed(STRANGER), OTHER_SPONSOR),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn unused_calls_are_taken_back() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 100);
		admit(SPONSOR, PATIENT);
		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
		assert_noop!(
			Registry::reclaim_pool(RuntimeOrigin::signed(SPONSOR), 100),
			Error::<Test>::PoolTooSmall
		);
		assert_ok!(Registry::reclaim_pool(RuntimeOrigin::signed(SPONSOR), 99));
		assert_eq!(held(SPONSOR), CALL_PRICE);
		assert_ok!(Registry::settle_pool(RuntimeOrigin::signed(SPONSOR), SPONSOR));
		assert_eq!(held(SPONSOR), 0);
		// Somebody still relies on it.
		assert!(Pools::<Test>::contains_key(SPONSOR));
		assert_ok!(Registry::expel(RuntimeOrigin::signed(SPONSOR), PATIENT));
		assert!(!Pools::<Test>::contains_key(SPONSOR));
		assert_noop!(
			Registry::reclaim_pool(RuntimeOrigin::signed(SPONSOR), 1),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn a_pool_is_worth_its_while_and_paid_for() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Registry::fund_pool(RuntimeOrigin::signed(SPONSOR), 9),
			Error::<Test>::PoolTooSmall
		);
		fund(SPONSOR, 10);
		fund(SPONSOR, 1);
		assert_noop!(
			Registry::fund_pool(RuntimeOrigin::signed(SPONSOR), u32::MAX),
			Error::<Test>::MaxCallsExceeded
		);
		// As the dispatcher runs it: what failed leaves nothing behind.
		let penniless =
			with_storage_layer(|| Registry::fund_pool(RuntimeOrigin::signed(STRANGER), 10));
		assert!(penniless.is_err());
		assert!(!Pools::<Test>::contains_key(STRANGER));
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(Registry::fund_pool(origin, 10), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn who_has_no_pool_admits_nobody() {
	ExtBuilder::with_everybody().build_and_execute(|| {
		for who in [STRANGER, REGISTRAR] {
			assert_noop!(
				Registry::admit(RuntimeOrigin::signed(who), PATIENT),
				Error::<Test>::NotFound
			);
		}
		fund(REGISTRAR, 10);
		admit(REGISTRAR, PATIENT);
		fund(SPONSOR, 10);
		assert_noop!(
			Registry::admit(RuntimeOrigin::signed(SPONSOR), PATIENT),
			Error::<Test>::AlreadyExists
		);
		Pools::<Test>::mutate(SPONSOR, |pool| pool.as_mut().unwrap().admitted = MAX_ADMITTED);
		assert_noop!(
			Registry::admit(RuntimeOrigin::signed(SPONSOR), STRANGER),
			Error::<Test>::MaxAdmittedExceeded
		);
		Pools::<Test>::mutate(SPONSOR, |pool| pool.as_mut().unwrap().admitted = 0);
	});
}

#[test]
fn only_the_sponsor_expels() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 10);
		fund(OTHER_SPONSOR, 10);
		admit(SPONSOR, PATIENT);
		assert_noop!(
			Registry::expel(RuntimeOrigin::signed(OTHER_SPONSOR), PATIENT),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			Registry::expel(RuntimeOrigin::signed(SPONSOR), STRANGER),
			Error::<Test>::NotFound
		);
		events();
		assert_ok!(Registry::expel(RuntimeOrigin::signed(SPONSOR), PATIENT));
		assert_eq!(events(), [Event::AdmissionEnded { who: PATIENT, sponsor: SPONSOR }]);
		assert!(!Admissions::<Test>::contains_key(PATIENT));
		assert_eq!(apply(PATIENT, register(1)), refused(InvalidTransaction::Payment));
	});
}

#[test]
fn an_account_that_comes_back_counts_on() {
	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 10);
		admit(SPONSOR, PATIENT);
		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
		assert_eq!(apply(PATIENT, rotate(2)), Ok(Ok(())));
		assert_eq!(System::account_nonce(PATIENT), 2);
		assert_ok!(Registry::expel(RuntimeOrigin::signed(SPONSOR), PATIENT));
		assert_eq!(System::account_nonce(PATIENT), 0);
		assert_eq!(NoncesLeft::<Test>::get(PATIENT), Some(2));
		// What she signed before is not valid again.
		admit(SPONSOR, PATIENT);
		assert_eq!(System::account_nonce(PATIENT), 2);
		assert_eq!(NoncesLeft::<Test>::get(PATIENT), None);
	});
}

#[test]
fn who_leaves_gives_everything_back() {
	ExtBuilder::default().build_and_execute(|| {
		let before = Balances::balance(&SPONSOR);
		fund(SPONSOR, 100);
		admit(SPONSOR, PATIENT);
		assert_eq!(apply(PATIENT, register(1)), Ok(Ok(())));
		assert_eq!(apply(PATIENT, Call::leave {}), Ok(Ok(())));
		assert_eq!(Registry::role(&PATIENT), None);
		assert!(!frame_system::Account::<Test>::contains_key(PATIENT));
		// Less what the calls cost.
		assert_eq!(Balances::balance(&SPONSOR) + held(SPONSOR), before);
		assert_eq!(Registry::pool(SPONSOR).unwrap().owed, 2);
	});
}

/// A hundred thousand accounts of one sponsor do not keep another's patients from anything.
#[test]
fn a_crowd_hurts_nobody_else() {
	const CROWD: u64 = 100_000;
	const ATTEMPTS_IN_A_BLOCK: u64 = 2_000;

	ExtBuilder::default().build_and_execute(|| {
		fund(SPONSOR, 10_000);
		fund(OTHER_SPONSOR, 10_000);
		for who in 1_000..1_000 + CROWD {
			admit(SPONSOR, who);
		}
		let mut patients = 500_000u64..;
		let (mut passed, mut most) = (0u32, 0u32);
		let mut in_block = 0;
		for who in 1_000..1_000 + CROWD {
			match apply(who, register(1)) {
				Ok(Ok(())) => in_block += 1,
				Err(TransactionValidityError::Invalid(
					InvalidTransaction::ExhaustsResources | InvalidTransaction::Payment,
				)) => {},
				other => panic!("{other:?}"),
			}
			if who % ATTEMPTS_IN_A_BLOCK == 0 {
				// After all of them, the other sponsor's patient still has room in the same block.
				let patient = patients.next().unwrap();
				admit(OTHER_SPONSOR, patient);
				assert_eq!(apply(patient, register(1)), Ok(Ok(())));
				(passed, most) = (passed + in_block, most.max(in_block));
				in_block = 0;
				next_block();
			}
		}
		assert_eq!(passed, SPONSOR_DAILY_CALLS, "the sponsor's day is all the crowd gets");
		let share = SponsorBlockShare::get().mul_floor(BlockWeights::get().max_block.proof_size());
		assert!(u64::from(most) * 4_000 <= share, "and of a block its sponsor's share");
	});
}

#[test]
fn all_sponsors_together_fill_a_part_of_a_block() {
	ExtBuilder::default().build_and_execute(|| {
		let mut passed = 0;
		for sponsor in 1_000..1_010u64 {
			assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), sponsor, BALANCE));
			fund(sponsor, 1_000);
			for at in 0..100 {
				let who = sponsor * 1_000 + at;
				admit(sponsor, who);
				passed += u64::from(apply(who, register(1)).is_ok());
			}
		}
		let share = BlockShare::get().mul_floor(BlockWeights::get().max_block.proof_size());
		assert!(passed * 4_000 <= share);
		assert!(crate::BlockUse::<Test>::get().proof_size() <= share);
		// Whoever waited has her turn in the next block.
		let last = 1_009 * 1_000 + 99;
		assert_eq!(apply(last, register(1)), refused(InvalidTransaction::ExhaustsResources));
		next_block();
		assert_eq!(apply(last, register(1)), Ok(Ok(())));
	});
}
