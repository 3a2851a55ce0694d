// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::dispatch::GetDispatchInfo;

fn open_delegated(who: u64, consent: ConsentId, request: AccessRequest) -> DispatchResult {
	Access::open_delegated(signed(who), consent, RECORD, request, key(1))
}

#[test]
fn a_consent_of_any_depth_is_opened() {
	build_and_execute(|| {
		for (consent, request) in [(DELEGATED, sealed()), (SEALED, sealed()), (PUBLIC, public())] {
			forget();
			assert_ok!(open_delegated(CLINICIAN, consent, request));
			let ticket = ticket_id(consent, RECORD, 1);
			assert_eq!(stored(ticket).basis, Basis::Consent { consent, version: 3 });
			let action = AuditAction::AccessOpened { consent, version: 3, record: RECORD, ticket };
			assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
			assert_eq!(events(), [Event::Opened { ticket, consent, record: RECORD }]);
			assert_eq!(uses_left(consent), 1);
		}
	});
}

#[test]
fn a_refusal_is_audited() {
	build_and_execute(|| {
		let refusal = Refusal::ConsentRevoked;
		Consents::mutate_extant(DELEGATED, |consent| consent.refusal = Some(refusal));
		assert_ok!(open_delegated(CLINICIAN, DELEGATED, sealed()));
		let action = AuditAction::AccessRefused { consent: DELEGATED, record: RECORD, refusal };
		assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
		assert_eq!(Tickets::<Test>::iter().count(), 0);
	});
}

#[test]
fn what_is_no_attempt_writes_nothing() {
	build_and_execute(|| {
		assert_noop!(open_delegated(STRANGER, DELEGATED, sealed()), Error::<Test>::NotAuthorized);
		assert_noop!(
			open_delegated(CLINICIAN, DELEGATED, public()),
			Error::<Test>::RequestKindMismatch
		);
		assert_noop!(
			open_delegated(CLINICIAN, ConsentId([9; 32]), sealed()),
			Error::<Test>::NotFound
		);
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Access::open_delegated(origin, DELEGATED, RECORD, sealed(), key(1)),
				DispatchError::BadOrigin
			);
		}
		assert_ok!(open_delegated(CLINICIAN, DELEGATED, sealed()));
		assert_noop!(open_delegated(CLINICIAN, DELEGATED, sealed()), Error::<Test>::AlreadyExists);
	});
}

#[test]
fn the_grantee_pays_for_what_is_decided() {
	let weight = |request| {
		let call = Call::<Test>::open_delegated {
			consent: DELEGATED,
			record: RECORD,
			request,
			ephemeral_key: key(1),
		};
		call.get_dispatch_info().call_weight
	};
	assert_eq!(weight(sealed()), <() as WeightInfo>::open_delegated_sealed());
	assert_eq!(weight(public()), <() as WeightInfo>::open_delegated_public());
}
