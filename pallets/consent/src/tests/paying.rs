// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Call;
use codec::Encode;
use frame_support::dispatch::CheckIfFeeless;
use sp_runtime::DispatchResult;

fn grant(by: u64, terms: Terms) -> DispatchResult {
	Consent::grant(RuntimeOrigin::signed(by), [1; 32], CLINICIAN, terms, window(), 1)
}

#[test]
fn a_guardian_acts_for_her_ward_and_pays() {
	build_and_execute(|| {
		assert_ok!(grant(GUARDIAN, sealed()));
		let id = ConsentId::derive(&PATIENT, &[1; 32]);
		let stored = Consent::consent(id).unwrap();
		assert_eq!((stored.subject, stored.deposit.payer), (PATIENT, GUARDIAN));
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(GUARDIAN), id));
		let actors: Vec<_> = entries().into_iter().map(|(of, by, _)| (of, by)).collect();
		assert_eq!(actors, [(PATIENT, GUARDIAN); 2]);
	});
}

#[test]
fn a_sponsor_pays_for_whom_she_sponsors() {
	build_and_execute(|| {
		assert_ok!(grant(POOR_PATIENT, sealed()));
		let id = ConsentId::derive(&POOR_PATIENT, &[1; 32]);
		assert_eq!(Consent::consent(id).unwrap().deposit.payer, SPONSOR);
		assert!(Balances::free_balance(SPONSOR) < BALANCE);

		let calls = [
			Call::grant {
				salt: [2; 32],
				grantee: CLINICIAN,
				terms: sealed(),
				window: window(),
				uses: 1,
			},
			Call::revoke { consent: id },
		];
		for call in calls {
			let call: Call<Test> = call;
			assert!(call.is_feeless(&RuntimeOrigin::signed(POOR_PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::signed(PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::root()));
		}
		let prune: Call<Test> = Call::prune { consent: id };
		assert!(!prune.is_feeless(&RuntimeOrigin::signed(POOR_PATIENT)));
	});
}

#[test]
fn the_deposit_is_for_all_that_is_stored() {
	build_and_execute(|| {
		let terms = Terms::Public(research(Permission::GeneralResearch));
		let id = granted(terms.clone(), 1);
		let footprint = Consent::footprint(&terms);
		assert_eq!(BALANCE - Balances::free_balance(PATIENT), 10 + footprint.size);
		let stored = Consents::<Test>::get(id).unwrap();
		// At least what the consent itself takes.
		assert!(footprint.size >= stored.encoded_size() as u64);
	});
}

#[test]
fn who_cannot_pay_the_deposit_grants_nothing() {
	build_and_execute(|| {
		Balances::force_set_balance(RuntimeOrigin::root(), PATIENT, 1).unwrap();
		assert!(grant(PATIENT, sealed()).is_err());
		assert_eq!(Consent::consent(ConsentId::derive(&PATIENT, &[1; 32])), None);
	});
}
