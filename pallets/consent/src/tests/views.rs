// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::Status;
use salus_primitives::traits::ConsentBook;

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
		assert_ok!(Consent::revoke(RuntimeOrigin::signed(PATIENT), id));
		assert_eq!(status(NOW), Status::Revoked);
		assert_eq!(Consent::status(ConsentId([9; 32]), NOW), None);
	});
}
