// SPDX-License-Identifier: Apache-2.0

use super::*;
use frame_support::dispatch::GetDispatchInfo;

/// The clinician's attempt is refused, audited, and neither spends nor issues anything.
#[track_caller]
fn assert_refused(consent: ConsentId, record: RecordId, request: AccessRequest, why: Refusal) {
	let before = (Consents::get(consent), Tickets::<Test>::iter().count());
	assert_ok!(Access::open(signed(CLINICIAN), consent, record, request, key(77)));
	assert_eq!((Consents::get(consent), Tickets::<Test>::iter().count()), before);
	let action = AuditAction::AccessRefused { consent, record, refusal: why };
	assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
	assert_eq!(events(), [Event::AccessRefused { consent, record, refusal: why }]);
}

#[test]
fn a_permitted_attempt_spends_one_use_and_issues_an_audited_ticket() {
	build_and_execute(|| {
		let ticket = ticket_id(SEALED, RECORD, 1);
		assert_ok!(open(RECORD, 1));
		assert_eq!(
			stored(ticket),
			Ticket {
				basis: Basis::Consent { consent: SEALED, version: 3 },
				record: RECORD,
				record_version: VERSION,
				grantee: CLINICIAN,
				subject: PATIENT,
				request: sealed_ref(),
				ephemeral_key: key(1),
				opened_at: NOW,
				expires_at: NOW + LIFETIME,
				kept_until: NOW + LIFETIME + RETENTION,
				delivered_at: None,
				disputed_at: None,
			}
		);
		assert_eq!(Access::ticket(ticket), Tickets::<Test>::get(ticket));
		assert_eq!(uses_left(SEALED), 1);
		let action =
			AuditAction::AccessOpened { consent: SEALED, version: 3, record: RECORD, ticket };
		assert_eq!(entries(), [(PATIENT, CLINICIAN, action)]);
		assert_eq!(events(), [Event::Opened { ticket, consent: SEALED, record: RECORD }]);
	});
}

#[test]
fn public_terms_take_a_public_request() {
	build_and_execute(|| {
		let origin = signed(CLINICIAN);
		assert_ok!(Access::open(origin, PUBLIC, RECORD, public(), key(1)));
		let ticket = ticket_id(PUBLIC, RECORD, 1);
		assert_eq!(stored(ticket).request, RequestRef::Public);
		assert_eq!(Requests::<Test>::get(ticket), Some(request()));
		assert_eq!(uses_left(PUBLIC), 1);
		assert_eq!(uses_left(SEALED), 2);
	});
}

#[test]
fn a_request_of_the_wrong_kind_is_no_attempt() {
	build_and_execute(|| {
		for (consent, request) in [(SEALED, public()), (PUBLIC, sealed())] {
			assert_noop!(
				Access::open(signed(CLINICIAN), consent, RECORD, request, key(1)),
				Error::<Test>::RequestKindMismatch
			);
		}
	});
}

#[test]
fn anybody_but_the_grantee_writes_nothing() {
	build_and_execute(|| {
		for who in [PATIENT, OTHER_PATIENT, STRANGER] {
			assert_noop!(
				Access::open(signed(who), SEALED, RECORD, sealed(), key(1)),
				Error::<Test>::NotAuthorized
			);
		}
		for origin in [RuntimeOrigin::root(), RuntimeOrigin::none()] {
			assert_noop!(
				Access::open(origin, SEALED, RECORD, sealed(), key(1)),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn a_consent_that_does_not_exist_opens_nothing() {
	build_and_execute(|| {
		let nothing = ConsentId([9; 32]);
		assert_noop!(
			Access::open(signed(CLINICIAN), nothing, RECORD, sealed(), key(1)),
			Error::<Test>::NotFound
		);
	});
}

#[test]
fn an_ephemeral_key_is_used_once_for_a_consent_and_record() {
	build_and_execute(|| {
		assert_ok!(open(RECORD, 1));
		assert_noop!(open(RECORD, 1), Error::<Test>::AlreadyExists);
		assert_eq!(uses_left(SEALED), 1);
		// Another record or another consent is another ticket.
		assert_ok!(open(SECOND_RECORD, 1));
		let origin = signed(CLINICIAN);
		assert_ok!(Access::open(origin, PUBLIC, RECORD, public(), key(1)));
		assert_eq!(Tickets::<Test>::iter().count(), 3);
	});
}

#[test]
fn the_record_is_the_subject_s_and_live() {
	build_and_execute(|| {
		assert_refused(SEALED, OTHER_RECORD, sealed(), Refusal::RecordMismatch);
		assert_refused(SEALED, RecordId([9; 32]), sealed(), Refusal::RecordMismatch);
		Records::insert(RECORD, (PATIENT, false));
		assert_refused(SEALED, RECORD, sealed(), Refusal::RecordRetired);
	});
}

#[test]
fn the_grantee_is_in_good_standing() {
	build_and_execute(|| {
		Standing::insert(CLINICIAN, (Role::Clinician, NOW));
		assert_refused(SEALED, RECORD, sealed(), Refusal::CredentialMissing);
		Standing::remove(CLINICIAN);
		assert_refused(SEALED, RECORD, sealed(), Refusal::CredentialMissing);
	});
}

#[test]
fn a_role_names_those_of_it_who_are_in_good_standing() {
	build_and_execute(|| {
		let open = |who, byte| Access::open(signed(who), FOR_ROLE, RECORD, public(), key(byte));
		for (who, byte) in [(CLINICIAN, 1), (COLLEAGUE, 2)] {
			assert_ok!(open(who, byte));
			let ticket = stored(ticket_id(FOR_ROLE, RECORD, byte));
			assert_eq!((ticket.grantee, ticket.subject), (who, PATIENT));
			let actors: Vec<_> = entries().into_iter().map(|(_, actor, _)| actor).collect();
			assert_eq!(actors, [who]);
		}
		// Named, and refused.
		events();
		assert_ok!(open(COLLEAGUE, 3));
		let refusal = Refusal::ConsentSpent;
		let action = AuditAction::AccessRefused { consent: FOR_ROLE, record: RECORD, refusal };
		assert_eq!(entries(), [(PATIENT, COLLEAGUE, action)]);
		// Those of another role and those who are not in good standing are strangers.
		for who in [BUYER, PATIENT, STRANGER] {
			assert_noop!(open(who, 4), Error::<Test>::NotAuthorized);
		}
		Standing::insert(COLLEAGUE, (Role::Clinician, NOW));
		assert_noop!(open(COLLEAGUE, 4), Error::<Test>::NotAuthorized);
		// A role has no consent of one account.
		assert_noop!(
			Access::open(signed(COLLEAGUE), SEALED, RECORD, sealed(), key(4)),
			Error::<Test>::NotAuthorized
		);
	});
}

#[test]
fn a_delegated_consent_has_its_own_call() {
	build_and_execute(|| {
		assert_noop!(
			Access::open(signed(CLINICIAN), DELEGATED, RECORD, sealed(), key(1)),
			Error::<Test>::Delegated
		);
	});
}

#[test]
fn every_refusal_of_the_consent_is_audited() {
	build_and_execute(|| {
		let refusals = [
			Refusal::ConsentRevoked,
			Refusal::ConsentNotYetValid,
			Refusal::ConsentExpired,
			Refusal::ConsentSpent,
			Refusal::ScopeMismatch,
			Refusal::Undecided,
		];
		for refusal in refusals {
			for (id, request) in [(SEALED, sealed()), (PUBLIC, public())] {
				Consents::mutate(id, |consent| consent.as_mut().unwrap().refusal = Some(refusal));
				assert_refused(id, RECORD, request, refusal);
			}
		}
	});
}

#[test]
fn refusals_come_in_a_fixed_order() {
	build_and_execute(|| {
		Consents::mutate(SEALED, |consent| {
			consent.as_mut().unwrap().refusal = Some(Refusal::ConsentRevoked)
		});
		Standing::remove(CLINICIAN);
		Records::insert(RECORD, (OTHER_PATIENT, false));
		assert_refused(SEALED, RECORD, sealed(), Refusal::RecordMismatch);
		Records::insert(RECORD, (PATIENT, false));
		assert_refused(SEALED, RECORD, sealed(), Refusal::RecordRetired);
		Records::insert(RECORD, (PATIENT, true));
		assert_refused(SEALED, RECORD, sealed(), Refusal::CredentialMissing);
		Standing::insert(CLINICIAN, (Role::Clinician, NOW + 1));
		assert_refused(SEALED, RECORD, sealed(), Refusal::ConsentRevoked);
	});
}

#[test]
fn as_many_tickets_as_uses() {
	build_and_execute(|| {
		assert_ok!(open(RECORD, 1));
		assert_ok!(open(RECORD, 2));
		entries();
		events();
		assert_refused(SEALED, RECORD, sealed(), Refusal::ConsentSpent);
		assert_eq!(Tickets::<Test>::iter().count(), 2);
		assert_eq!(uses_left(PUBLIC), 2);
	});
}

#[test]
fn a_refused_attempt_may_be_repeated_with_its_key() {
	build_and_execute(|| {
		Standing::remove(CLINICIAN);
		assert_ok!(open(RECORD, 1));
		assert!(Access::ticket(ticket_id(SEALED, RECORD, 1)).is_none());
		Standing::insert(CLINICIAN, (Role::Clinician, NOW + 1));
		assert_ok!(open(RECORD, 1));
		assert!(Access::ticket(ticket_id(SEALED, RECORD, 1)).is_some());
		assert_eq!(entries().len(), 2);
	});
}

#[test]
fn the_grantee_pays_for_what_is_decided() {
	let weight = |request| {
		let call = crate::Call::<Test>::open {
			consent: SEALED,
			record: RECORD,
			request,
			ephemeral_key: key(1),
		};
		let info = call.get_dispatch_info();
		assert_eq!(info.pays_fee, frame_support::dispatch::Pays::Yes);
		info.call_weight
	};
	assert_eq!(weight(sealed()), <() as WeightInfo>::open_sealed());
	assert_eq!(weight(public()), <() as WeightInfo>::open_public());
}
