// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::runtime::offline;
use codec::{Compact, Encode};
use salus_primitives::{
	audit::AuditAction,
	custody::{CustodianRefusal, DealingDigest, EpochId, Seat, Seats},
	Commitment,
};
use subxt::events::Phase;

/// The events of a block, as the runtime stores them.
fn stored(events: &[Vec<u8>]) -> Vec<u8> {
	let mut bytes = Compact(events.len() as u32).encode();
	for event in events {
		Phase::ApplyExtrinsic(1).encode_to(&mut bytes);
		bytes.extend(event);
		bytes.extend(Vec::<[u8; 32]>::new().encode());
	}
	bytes
}

/// An event: the indices of pallet and variant in the metadata, then its fields.
fn event(pallet: &str, name: &str, fields: impl Encode) -> Vec<u8> {
	let at = offline();
	let pallet = at.metadata_ref().pallet_by_name(pallet).unwrap();
	let variant = pallet.event_variants().unwrap().iter().find(|v| v.name == name).unwrap();
	let mut bytes = vec![pallet.event_index(), variant.index];
	fields.encode_to(&mut bytes);
	bytes
}

fn custody(name: &str, fields: impl Encode) -> Vec<u8> {
	event("Custody", name, fields)
}

fn decode(events: &[Vec<u8>]) -> Result<Vec<DomainEvent>, Error> {
	domain_events(offline().events().from_bytes(stored(events)).iter())
}

#[test]
fn the_events_of_our_pallets_are_read_in_order() {
	let (who, other) = (AccountId::new([1; 32]), AccountId::new([2; 32]));
	let (record, consent, ticket) = (RecordId([3; 32]), ConsentId([4; 32]), TicketId([5; 32]));
	let (sale, emergency) = (SaleId([7; 32]), EmergencyId([8; 32]));
	let entry = AuditEntry {
		index: 6,
		at: 7,
		previous: 3,
		actor: other,
		action: AuditAction::AccessOpened { consent, version: 1, record, ticket },
	};
	let head = ChainHash([8; 32]);
	let refusal = Refusal::ScopeMismatch;
	let events = [
		event("Registry", "Registered", (who, Role::Clinician)),
		event("Registry", "Withdrawn", (who, Some(other))),
		event("Records", "Anchored", (record, who)),
		event("Records", "Revised", (record, 2u32)),
		event("Consent", "Granted", (consent, who, (0u8, other), 1u8)),
		event("Consent", "SaleAuthorised", (sale, who, other, record)),
		event("Access", "EmergencyRefused", (emergency, who, record, refusal)),
		event("Access", "Opened", (ticket, consent, record)),
		event("Access", "AccessRefused", (consent, record, refusal)),
		event("Access", "Stopped", ticket),
		event("Audit", "Appended", (who, &entry, head)),
	];
	let expected = [
		DomainEvent::Registry(RegistryEvent::Registered { who, role: Role::Clinician }),
		DomainEvent::Registry(RegistryEvent::Withdrawn { who, registrar: Some(other) }),
		DomainEvent::Records(RecordsEvent::Anchored { record, owner: who }),
		DomainEvent::Records(RecordsEvent::Revised { record, version: 2 }),
		DomainEvent::Consent(ConsentEvent::Granted {
			consent,
			subject: who,
			grantee: Grantee::Account(other),
			basis: Basis::Requested,
		}),
		DomainEvent::Consent(ConsentEvent::SaleAuthorised {
			sale,
			seller: who,
			buyer: other,
			record,
		}),
		DomainEvent::Access(AccessEvent::EmergencyRefused {
			emergency,
			subject: who,
			record,
			refusal,
		}),
		DomainEvent::Access(AccessEvent::Opened { ticket, consent, record }),
		DomainEvent::Access(AccessEvent::AccessRefused { consent, record, refusal }),
		DomainEvent::Access(AccessEvent::Stopped { ticket }),
		DomainEvent::Audit(AuditEvent::Appended { subject: who, entry, head }),
	];
	assert_eq!(decode(&events).unwrap(), expected);
}

#[test]
fn every_event_of_custodians_is_read() {
	use CustodyEvent as E;
	let (record, consent, ticket) = (RecordId([3; 32]), ConsentId([4; 32]), TicketId([5; 32]));
	let (epoch, seat, version) = (EpochId(6), Seat(1), 7u32);
	let digest = DealingDigest([8; 32]);
	let (evidence, response) = (Commitment([9; 32]), Commitment([10; 32]));
	let (receipt, receipts) = (Commitment([11; 32]), Commitment([12; 32]));
	let (from, to) = (EpochId(5), EpochId(6));
	let (complainer, dealer) = (Seat(0), Seat(2));
	let silent = Seats::from_iter([Seat(0), Seat(2)]);
	let refusal = CustodianRefusal::DenyRootMissing;
	let cases = [
		(custody("Proposed", epoch), E::Proposed { epoch }),
		(custody("Withdrawn", epoch), E::Withdrawn { epoch }),
		(custody("Joined", (epoch, seat)), E::Joined { epoch, seat }),
		(custody("Activated", epoch), E::Activated { epoch }),
		(custody("DrainingStarted", epoch), E::DrainingStarted { epoch }),
		(custody("Retired", epoch), E::Retired { epoch }),
		(custody("Suspended", (epoch, seat)), E::Suspended { epoch, seat }),
		(custody("Reinstated", (epoch, seat)), E::Reinstated { epoch, seat }),
		(
			custody("Dealt", (record, version, epoch, digest)),
			E::Dealt { record, version, epoch, digest },
		),
		(
			custody("Reshared", (record, version, from, to, digest)),
			E::Reshared { record, version, from, to, digest },
		),
		(
			custody("ResharingSkipped", (record, version, 4u8)),
			E::ResharingSkipped { record, version, fault: ResharingFault::NotAcknowledged },
		),
		(
			custody("Complained", (record, version, complainer, dealer, evidence)),
			E::Complained { record, version, complainer, dealer, evidence },
		),
		(
			custody("ComplaintAnswered", (record, version, response)),
			E::ComplaintAnswered { record, version, response },
		),
		(custody("ComplaintSettled", (record, version)), E::ComplaintSettled { record, version }),
		(
			custody("Adjudicated", (record, version, true, false)),
			E::Adjudicated { record, version, upheld: true, excluded: false },
		),
		(
			custody("Released", (ticket, epoch, seat, receipt)),
			E::Released { ticket, epoch, seat, receipt },
		),
		(
			custody("Refused", (ticket, epoch, seat, refusal)),
			E::Refused { ticket, epoch, seat, refusal },
		),
		(
			custody("AnswerSkipped", (ticket, epoch, seat, 3u8)),
			E::AnswerSkipped { ticket, epoch, seat, fault: AnswerFault::Contradiction },
		),
		(custody("Reported", (epoch, seat, receipts)), E::Reported { epoch, seat, receipts }),
		(custody("Delivered", ticket), E::Delivered { ticket }),
		(custody("NonReleaseAttested", ticket), E::NonReleaseAttested { ticket }),
		(
			custody("MissedMarked", (ticket, epoch, silent)),
			E::MissedMarked { ticket, epoch, silent },
		),
		(custody("Overdue", (epoch, seat)), E::Overdue { epoch, seat }),
		(custody("Forgiven", (epoch, seat)), E::Forgiven { epoch, seat }),
		(custody("Pruned", ticket), E::Pruned { ticket }),
		(custody("ErasureStarted", record), E::ErasureStarted { record }),
		(
			custody("ErasureAcknowledged", (record, epoch, seat)),
			E::ErasureAcknowledged { record, epoch, seat },
		),
		(custody("Erased", record), E::Erased { record }),
		(custody("Cleared", (record, version)), E::Cleared { record, version }),
		(custody("ErasureOverdue", record), E::ErasureOverdue { record }),
		(
			custody("RevocationAcknowledged", (consent, version, epoch, seat)),
			E::RevocationAcknowledged { consent, version, epoch, seat },
		),
		(
			custody("RevocationComplete", (consent, version, epoch)),
			E::RevocationComplete { consent, version, epoch },
		),
		(
			custody("Stopped", (ticket, epoch, seat, refusal)),
			E::Stopped { ticket, epoch, seat, refusal },
		),
		(custody("StopAttested", ticket), E::StopAttested { ticket }),
	];
	let known =
		offline().metadata_ref().pallet_by_name("Custody").unwrap().event_variants().unwrap().len();
	assert_eq!(cases.len(), known, "one case for each");
	let (events, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
	let expected: Vec<_> = expected.into_iter().map(DomainEvent::Custody).collect();
	assert_eq!(decode(&events).unwrap(), expected);
}

#[test]
fn events_of_other_pallets_are_passed_over() {
	// The dispatch info: weight, class, whether a fee was paid.
	let success = event("System", "ExtrinsicSuccess", (Compact(1u64), Compact(1u64), 0u8, 0u8));
	let retired = event("Records", "Retired", RecordId([3; 32]));
	let events = decode(&[success, retired]).unwrap();
	assert_eq!(events, [DomainEvent::Records(RecordsEvent::Retired { record: RecordId([3; 32]) })]);
	assert_eq!(decode(&[]).unwrap(), []);
}

#[test]
fn bytes_that_are_no_event_are_an_error() {
	let mut anchored = event("Records", "Anchored", (RecordId([3; 32]), [1u8; 32]));
	anchored.truncate(20);
	assert_eq!(decode(&[anchored]).unwrap_err().code(), "CHAIN_DATA_INVALID");
}
