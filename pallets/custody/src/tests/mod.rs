// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call.

mod acknowledge_erasure;
mod acknowledge_revocations;
mod adjudicate;
mod answer;
mod clear_erased;
mod clear_revocations;
mod complain;
mod deal;
mod forgive;
mod integrity;
mod join;
mod mark_erasure_overdue;
mod mark_missed;
mod property;
mod propose;
mod prune;
mod reinstate;
mod report;
mod reshare;
mod retire;
mod settle;
mod suspend;
mod views;
mod withdraw_proposal;
mod worker;

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use salus_primitives::custody::{
	acknowledgement_payload, Acknowledgements, Custody as _, Dealing, Deliveries as _,
};
use sp_runtime::{DispatchError, DispatchResult};

const SEGMENTS: u16 = 4;
const DIGEST: DealingDigest = DealingDigest([7; 32]);
const NEW_DIGEST: DealingDigest = DealingDigest([8; 32]);
const EVIDENCE: Commitment = Commitment([3; 32]);
const RESPONSE: Commitment = Commitment([4; 32]);
const RECEIPTS: Commitment = Commitment([5; 32]);
const RELEASE: Answer = Answer::Released { receipt: Commitment([6; 32]) };
const REFUSE: Answer = Answer::Refused(CustodianRefusal::ConsentRevoked);
const STOP: Answer = Answer::Stopped(CustodianRefusal::ConsentRevoked);

/// When the silence of custodians counts, after a ticket was opened.
const OVER: Moment = LIFETIME + GRACE;

const E1: EpochId = EpochId(1);
const E2: EpochId = EpochId(2);
const E3: EpochId = EpochId(3);

fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The members of the committee whose first custodian is `first`.
fn members(first: u64) -> MembersOf<Test> {
	let all = (0..u64::from(MEMBERS)).map(|seat| first + seat);
	BoundedVec::try_from(all.collect::<Vec<_>>()).unwrap()
}

fn seats(seats: &[u8]) -> Seats {
	seats.iter().copied().map(Seat).collect()
}

/// Proposes a committee, lets everyone join, and forgets about it.
fn form(first: u64) -> EpochId {
	assert_ok!(Custody::propose(root(), members(first), THRESHOLD, TOLERANCE));
	let epoch = Live::<Test>::get().forming.unwrap();
	for member in members(first) {
		assert_ok!(Custody::join(signed(member), epoch));
	}
	events();
	epoch
}

/// The acknowledgements of the members at these seats for a record of the patient.
fn acknowledge(
	first: u64,
	seats: &[u8],
	epoch: EpochId,
	record: RecordId,
	version: u32,
	digest: DealingDigest,
) -> Acknowledgements<Seal> {
	let genesis = [69; 32];
	let payload =
		acknowledgement_payload(genesis, epoch, &PATIENT, record, version, SEGMENTS, digest);
	let seal = |seat: &u8| (Seat(*seat), Seal { signer: first + u64::from(*seat), payload });
	BoundedVec::try_from(seats.iter().map(seal).collect::<Vec<_>>()).unwrap()
}

/// A dealing to the first committee.
fn dealing(epoch: EpochId, seats: &[u8], record: RecordId, version: u32) -> Dealing<Seal> {
	let acknowledgements = acknowledge(FIRST, seats, epoch, record, version, DIGEST);
	Dealing { epoch, digest: DIGEST, acknowledgements }
}

/// Deals a version to the first committee, which is active, and forgets about it.
fn dealt(record: RecordId, version: u32) {
	let epoch = Live::<Test>::get().active.unwrap();
	let dealing = dealing(epoch, &[0, 1, 2, 3], record, version);
	assert_ok!(Custody::deal(&PATIENT, record, version, SEGMENTS, &dealing));
	events();
}

/// The move of a version to the second committee.
fn resharing(record: RecordId, version: u32) -> ResharingOf<Test> {
	let acknowledgements = acknowledge(SECOND, &[0, 1, 2, 3], E2, record, version, NEW_DIGEST);
	Resharing { record, version, digest: NEW_DIGEST, acknowledgements }
}

fn reshare(who: u64, items: Vec<ResharingOf<Test>>) -> DispatchResult {
	Custody::reshare(signed(who), BoundedVec::try_from(items).unwrap())
}

/// The first committee with one version of the record, draining, and the second one.
fn draining() {
	form(FIRST);
	dealt(RECORD, 1);
	form(SECOND);
}

/// A ticket for a version of a record, from now on.
fn open(id: u8, record: RecordId, version: u32) -> TicketId {
	let id = TicketId([id; 32]);
	let now = Custody::now();
	Tickets::insert(id, (record, version, now, now + LIFETIME));
	id
}

fn report(who: u64, epoch: EpochId, answers: &[(TicketId, Answer)]) -> DispatchResult {
	let answers = BoundedVec::try_from(answers.to_vec()).unwrap();
	Custody::report(signed(who), epoch, answers, RECEIPTS)
}

/// The members of the first committee at these seats answer a ticket.
fn answered(ticket: TicketId, seats: &[u8], answer: Answer) {
	for seat in seats {
		assert_ok!(report(FIRST + u64::from(*seat), E1, &[(ticket, answer)]));
	}
}

fn missed(epoch: EpochId) -> Vec<u32> {
	(0..MEMBERS).map(|seat| Custody::conduct(epoch, Seat(seat)).missed).collect()
}
