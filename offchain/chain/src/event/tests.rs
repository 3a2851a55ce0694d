// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::runtime::offline;
use codec::{Compact, Encode};
use salus_primitives::audit::AuditAction;
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
		DomainEvent::Audit(AuditEvent::Appended { subject: who, entry, head }),
	];
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
