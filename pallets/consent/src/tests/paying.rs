// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Call;
use codec::Encode;
use frame_support::dispatch::CheckIfFeeless;
use salus_primitives::SaleId;

fn grant(who: u64, terms: Terms) -> DispatchResult {
	Consent::grant(by(who), [1; 32], Grantee::Account(CLINICIAN), terms, window(), 1, 0)
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

		let (salt, window, uses, delegations) = ([2; 32], window(), 1, 0);
		let (subject, requester, buyer) = (POOR_PATIENT, CLINICIAN, RESEARCHER);
		let (root, opening) = (Commitment([1; 32]), envelope());
		let (record, purpose, until) = (RECORD, PurposeOfUse::Research, NOW + 1);
		let (sale, terms) = (SaleId([1; 32]), sealed_terms());
		let calls = [
			Call::grant {
				salt,
				grantee: Grantee::Account(CLINICIAN),
				terms: sealed(),
				window,
				uses,
				delegations,
			},
			Call::revoke { consent: id },
			Call::request { subject, salt, terms, window, uses },
			Call::approve { requester, consent: id },
			Call::decline { requester, consent: id },
			Call::amend { consent: id, expected_version: 1, terms: sealed(), window, uses },
			Call::renew { consent: id, expected_version: 1, until, uses },
			Call::opt_in_retrospectively { consent: id, expected_version: 1 },
			Call::delegate {
				parent: id,
				salt,
				grantee: CLINICIAN,
				terms: sealed(),
				window,
				uses,
				delegations,
			},
			Call::claim { subject, salt, terms, window, uses },
			Call::set_deny_root {
				expected_version: 0,
				root,
				opening,
				standing_rules: true,
				no_emergency: true,
			},
			Call::authorise_sale { salt, buyer, record, purpose, until },
			Call::revoke_sale { sale },
		];
		for call in calls {
			let call: Call<Test> = call;
			assert!(call.is_feeless(&RuntimeOrigin::signed(POOR_PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::signed(PATIENT)));
			assert!(!call.is_feeless(&RuntimeOrigin::root()));
		}
		for call in [
			Call::prune { consent: id },
			Call::prune_sale { sale },
			Call::withdraw_request { subject, requester },
		] {
			let call: Call<Test> = call;
			assert!(!call.is_feeless(&RuntimeOrigin::signed(POOR_PATIENT)));
		}
	});
}

#[test]
fn the_deposit_is_for_all_that_is_stored() {
	build_and_execute(|| {
		let terms = research(Permission::GeneralResearch);
		let id = granted(Terms::Public(terms.clone()), 1);
		let footprint = Consent::footprint(Some(&terms));
		assert_eq!(held(PATIENT), 10 + footprint.size);
		let stored = Consents::<Test>::get(id).unwrap();
		// At least what the consent itself takes.
		assert!(footprint.size >= (stored.encoded_size() + terms.encoded_size()) as u64);
	});
}

#[test]
fn whoever_stores_something_pays_for_it() {
	build_and_execute(|| {
		let consent = 10 + Consent::footprint(None).size;
		assert_ok!(ask(RESEARCHER, SALT));
		assert_eq!((held(RESEARCHER), held(PATIENT)), (10 + Consent::request_footprint().size, 0));
		assert_ok!(ask(POOR_CLINICIAN, SALT));
		assert_eq!(held(SPONSOR), 10 + Consent::request_footprint().size);
		assert_ok!(deny_root(PATIENT, 0, true, false));
		assert_eq!(held(PATIENT), 10 + Consent::deny_root_footprint().size);
		assert_ok!(claim(CLINICIAN, 1, short(), 1));
		assert_eq!(held(CLINICIAN), consent);
		assert_ok!(Consent::authorise_sale(
			by(GUARDIAN),
			SALT,
			RESEARCHER,
			RECORD,
			PurposeOfUse::Research,
			NOW + 1
		));
		assert_eq!(held(GUARDIAN), 10 + Consent::sale_footprint().size);
		let parent = granted_with(sealed(), 3, 1);
		let before = held(CLINICIAN);
		delegate(CLINICIAN, parent, NURSE, 1, 0).unwrap();
		assert_eq!(held(CLINICIAN) - before, consent);
	});
}

#[test]
fn a_sponsor_pays_for_a_clinician_without_tokens() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, true, false));
		assert_ok!(claim(POOR_CLINICIAN, 1, short(), 1));
		let id = ConsentId::derive(&POOR_CLINICIAN, &[1; 32]);
		assert_eq!(Consent::consent(id).unwrap().deposit.payer, SPONSOR);
	});
}

#[test]
fn who_cannot_pay_stores_nothing() {
	build_and_execute(|| {
		assert_ok!(deny_root(PATIENT, 0, true, false));
		let parent = granted_with(sealed(), 3, 1);
		Balances::force_set_balance(RuntimeOrigin::root(), CLINICIAN, 1).unwrap();
		assert!(ask(CLINICIAN, SALT).is_err());
		assert_eq!(Consent::open_request(PATIENT, CLINICIAN), None);
		assert!(claim(CLINICIAN, 1, short(), 1).is_err());
		assert_eq!(Consent::claimed(PATIENT, CLINICIAN), None);
		assert!(delegate(CLINICIAN, parent, NURSE, 1, 0).is_err());
		assert_eq!(Consent::consent(parent).unwrap().children, 0);
		assert_eq!(uses_left(&parent), 3);
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
