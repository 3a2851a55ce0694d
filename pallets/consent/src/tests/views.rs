// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Status;
use frame_support::Hashable;
use salus_primitives::{
	traits::{ConsentBook, ConsentParties},
	Basis, ConsentReceipt, ConsentStanding, TermsDigest,
};

#[test]
fn a_consent_is_read_by_its_identifier() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		assert_eq!(Consent::consent(id), Consents::<Test>::get(id));
		assert_eq!(Consent::consent(ConsentId([9; 32])), None);
	});
}

#[test]
fn status_follows_time_uses_and_revocation() {
	build_and_execute(|| {
		let id = granted(sealed(), 1);
		let status = |now| Consent::status(id, now).unwrap();
		assert_eq!(status(NOW - 1), Status::NotYetValid);
		assert_eq!(status(NOW), Status::Active);
		assert_eq!(status(window().until), Status::Expired);
		assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
		assert_eq!(status(NOW), Status::Spent);
		assert_eq!(status(window().until), Status::Expired);
		assert_ok!(Consent::revoke(by(PATIENT), id));
		assert_eq!(status(NOW), Status::Revoked);
		assert_eq!(Consent::status(ConsentId([9; 32]), NOW), None);
	});
}

#[test]
fn a_part_holds_only_while_all_above_it_do() {
	build_and_execute(|| {
		let [first, second, third, fourth] = chain();
		// Spent above it is nothing to a part.
		for id in [first, second, third] {
			assert_eq!(Consent::redeem(&id, None, NOW), Ok(1));
			assert_eq!(Consent::status(id, NOW), Some(Status::Spent));
		}
		let status = |now| Consent::status(fourth, now).unwrap();
		assert_eq!(status(NOW), Status::Active);
		assert!(Consent::holds(&fourth, NOW) && !Consent::holds(&third, NOW));
		assert_ok!(Consent::renew(by(PATIENT), first, 1, NOW + 10, 1));
		assert_eq!(status(NOW + 9), Status::Active);
		assert_eq!(status(NOW + 10), Status::Expired);
		let later = Window { from: NOW + 5, until: NOW + 1_000 };
		assert_ok!(Consent::amend(by(PATIENT), first, 2, sealed(), later, 1));
		assert_eq!(status(NOW), Status::NotYetValid);
		assert_ok!(Consent::revoke(by(PATIENT), second));
		assert_eq!(status(NOW), Status::Revoked);
		assert!(!Consent::holds(&ConsentId([9; 32]), NOW));
	});
}

#[test]
fn the_way_up_is_shown_from_the_nearest() {
	build_and_execute(|| {
		let [first, second, third, fourth] = chain();
		assert_eq!(Consent::ancestors(fourth), [third, second, first]);
		assert_eq!(Consent::ancestors(second), [first]);
		assert!(Consent::ancestors(first).is_empty());
		assert!(Consent::ancestors(ConsentId([9; 32])).is_empty());
		let depths = [first, second, third, fourth].map(|id| Consent::depth(&id));
		assert_eq!(depths, [Some(0), Some(1), Some(2), Some(3)]);
		assert_eq!(Consent::depth(&ConsentId([9; 32])), None);
		let parties = ConsentParties { subject: PATIENT, grantee: Grantee::Account(LABORATORY) };
		assert_eq!(Consent::parties(&fourth), Some(parties));
	});
}

#[test]
fn a_receipt_says_what_the_consent_says_now() {
	build_and_execute(|| {
		let id = granted(sealed(), 3);
		let receipt = ConsentReceipt {
			consent: id,
			version: 1,
			subject: PATIENT,
			grantee: Grantee::Account(CLINICIAN),
			terms: TermsDigest::Sealed(sealed_terms().commitment),
			window: window(),
			uses_left: 3,
			basis: Basis::Granted,
			parent: None,
			retrospective: false,
			revoked: false,
			granted_at: NOW,
			deny_root: 0,
			at: NOW,
		};
		assert_eq!(Consent::receipt(id), Some(receipt.clone()));
		assert_ok!(deny_root(PATIENT, 0, false, true));
		assert_ok!(Consent::revoke(by(PATIENT), id));
		wait_until(NOW + 1);
		let later =
			ConsentReceipt { version: 2, revoked: true, deny_root: 1, at: NOW + 1, ..receipt };
		assert_eq!(Consent::receipt(id).unwrap().digest(), later.digest());
		assert_eq!(Consent::receipt(ConsentId([9; 32])), None);
	});
}

#[test]
fn a_receipt_of_public_terms_bears_their_hash() {
	build_and_execute(|| {
		let id = granted(public(Permission::GeneralResearch), 1);
		let terms = Consent::public_terms(id).unwrap();
		let digest = TermsDigest::Public(terms.blake2_256());
		assert_eq!(Consent::receipt(id).unwrap().terms, digest);
	});
}
