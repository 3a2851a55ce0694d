// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call or concept.

mod close;
mod confirm_emergency;
mod declare_emergency;
mod dispute_access;
mod escalate_review;
mod integrity;
mod lift_suspension;
mod object_emergency;
mod open;
mod open_delegated;
mod open_emergency;
mod property;
mod prune_emergency;
mod renounce;
mod review_emergency;
mod review_trail;
mod sale_tickets;
mod ticket_book;
mod views;
mod worker;

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_policy::Categories;
use salus_primitives::{
	Category, Commitment, ContentId, DateWindow, MultiCodec, PurposeOfUse, Suite,
};
use sp_runtime::{DispatchError, DispatchResult};

pub(crate) fn request() -> Request {
	let mut categories = Categories::new();
	categories.try_insert(Category::Labs).unwrap();
	Request { purpose: PurposeOfUse::Research, categories, data: DateWindow::ALL, research: None }
}

const COMMITMENT: Commitment = Commitment([1; 32]);
const ENVELOPE: ContentId = ContentId { codec: MultiCodec::DagPb, digest: [2; 32] };
const REASON: SealedRequest = SealedRequest { commitment: COMMITMENT, envelope: ENVELOPE };
const SALE: SaleId = SaleId([8; 32]);

fn sealed() -> AccessRequest {
	AccessRequest::Sealed { commitment: COMMITMENT, envelope: ENVELOPE }
}

fn sealed_ref() -> RequestRef {
	RequestRef::Sealed { commitment: COMMITMENT, envelope: ENVELOPE }
}

fn public() -> AccessRequest {
	AccessRequest::Public(request())
}

fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte; 32]).unwrap()
}

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn ticket_id(consent: ConsentId, record: RecordId, byte: u8) -> TicketId {
	TicketId::derive(&consent, &record, &[byte; 32])
}

/// The clinician opens a record under the sealed consent.
fn open(record: RecordId, byte: u8) -> DispatchResult {
	Access::open(signed(CLINICIAN), SEALED, record, sealed(), key(byte))
}

/// A ticket of the clinician under the sealed consent, of which nobody heard.
fn opened() -> TicketId {
	assert_ok!(open(RECORD, 1));
	forget();
	ticket_id(SEALED, RECORD, 1)
}

/// A ticket of the buyer, of which nobody heard.
fn sold() -> TicketId {
	let ticket = Access::issue(&SALE, &BUYER, &RECORD, REASON, key(1), NOW).unwrap();
	forget();
	ticket
}

/// Leaves what happened so far behind.
fn forget() {
	entries();
	events();
}

fn uses_left(consent: ConsentId) -> u32 {
	Consents::get(consent).unwrap().uses_left
}

fn stored(ticket: TicketId) -> Ticket<u64> {
	Tickets::<Test>::get(ticket).unwrap()
}

fn expires_at(ticket: TicketId) -> Moment {
	stored(ticket).expires_at
}

fn set_time(now: Moment) {
	Timestamp::set_timestamp(now);
}

fn emergency_id(clinician: u64, salt: u8) -> EmergencyId {
	EmergencyId::derive(&clinician, &[salt; 32])
}

/// A clinician declares an emergency of the patient.
fn declare(clinician: u64, salt: u8) -> DispatchResult {
	let salt = [salt; 32];
	Access::declare_emergency(signed(clinician), PATIENT, RECORD, salt, REASON, key(salt[0]))
}

/// An emergency that the clinician declared, of which nobody heard.
fn declared() -> EmergencyId {
	assert_ok!(declare(CLINICIAN, 1));
	forget();
	emergency_id(CLINICIAN, 1)
}

/// One that the colleague confirmed, of which nobody heard, and its ticket.
fn confirmed() -> (EmergencyId, TicketId) {
	let id = declared();
	assert_ok!(Access::confirm_emergency(signed(COLLEAGUE), id));
	forget();
	(id, emergency_ticket(id, 1))
}

fn emergency_ticket(id: EmergencyId, byte: u8) -> TicketId {
	TicketId::derive_for_emergency(&id, &RECORD, &[byte; 32])
}

fn state(id: EmergencyId) -> EmergencyState {
	Access::emergency(id).unwrap().state
}

/// Lets the review of an emergency become overdue twice, so that its clinician is suspended.
fn overdue(id: EmergencyId) {
	for time in [REVIEW, ESCALATION] {
		set_time(Access::now() + time);
		assert_ok!(Access::escalate_review(signed(STRANGER), id));
	}
	forget();
}

/// The clinician's emergency is refused, audited, and nothing is stored.
#[track_caller]
fn assert_emergency_refused(id: EmergencyId, actor: u64, record: RecordId, refusal: Refusal) {
	let action = AuditAction::EmergencyRefused { record, refusal };
	assert_eq!(entries(), [(PATIENT, actor, action)]);
	let event = Event::EmergencyRefused { emergency: id, subject: PATIENT, record, refusal };
	assert_eq!(events(), [event]);
	assert_eq!(Tickets::<Test>::iter().count(), 0);
}
