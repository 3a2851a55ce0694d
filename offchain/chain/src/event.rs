// SPDX-License-Identifier: Apache-2.0
//! What happened on chain, in our types.

mod custody;

pub use custody::{AnswerFault, CustodyEvent, ResharingFault};

use crate::{runtime::api, AccountId, Error};
use salus_primitives::{
	audit::{AuditEntry, ChainHash, Refusal},
	batch::Batch,
	Basis, ConsentId, EmergencyId, Grantee, Moment, RecordId, Role, SaleId, TicketId,
};
use subxt::{config::Config, error::EventsError, events::Event, ext::scale_decode::DecodeAsType};

/// An event of one of the health data pallets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainEvent {
	/// Who takes part.
	Registry(RegistryEvent),
	/// Records and their versions.
	Records(RecordsEvent),
	/// Consents.
	Consent(ConsentEvent),
	/// Tickets.
	Access(AccessEvent),
	/// Custodians.
	Custody(CustodyEvent),
	/// The audit trails.
	Audit(AuditEvent),
}

/// What happened to participants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryEvent {
	/// An account took a role.
	Registered {
		/// The account.
		who: AccountId,
		/// Its role.
		role: Role,
	},
	/// A participant has a new encryption key.
	KeyRotated {
		/// The participant.
		who: AccountId,
		/// The version of the key that is now current.
		version: u32,
	},
	/// A registrar issued or renewed a credential.
	Verified {
		/// The holder.
		who: AccountId,
		/// The registrar.
		registrar: AccountId,
		/// The moment in which the credential is over.
		expires_at: Moment,
	},
	/// A credential was taken back.
	Withdrawn {
		/// Who held it.
		who: AccountId,
		/// The registrar who took it back; nothing when it was governance.
		registrar: Option<AccountId>,
	},
	/// An account became a registrar.
	RegistrarAppointed {
		/// The registrar.
		who: AccountId,
	},
	/// An account is a registrar no more.
	RegistrarDismissed {
		/// The former registrar.
		who: AccountId,
		/// Whether the credentials that she issued still count.
		trusted: bool,
	},
	/// A participant left.
	Left {
		/// The account.
		who: AccountId,
	},
	/// A participant's contacts changed.
	ContactsChanged {
		/// The participant.
		who: AccountId,
	},
	/// A guardian was appointed, or her power changed.
	GuardianAppointed {
		/// For whom she may act.
		ward: AccountId,
		/// The guardian.
		guardian: AccountId,
		/// The moment in which her power ends.
		until: Moment,
	},
	/// A guardianship was ended.
	GuardianDismissed {
		/// The former ward.
		ward: AccountId,
		/// The former guardian.
		guardian: AccountId,
	},
	/// A guardian acted.
	Acted {
		/// For whom.
		ward: AccountId,
		/// The guardian.
		guardian: AccountId,
		/// Whether the call succeeded.
		succeeded: bool,
	},
	/// A sponsor paid for calls in advance.
	PoolFunded {
		/// The sponsor.
		sponsor: AccountId,
		/// How many calls.
		calls: u32,
	},
	/// A sponsor took unused calls back.
	PoolReclaimed {
		/// The sponsor.
		sponsor: AccountId,
		/// How many calls.
		calls: u32,
	},
	/// Used calls were paid.
	PoolSettled {
		/// The sponsor.
		sponsor: AccountId,
		/// How many calls.
		calls: u32,
	},
	/// A sponsor pays for an account from now on.
	Admitted {
		/// The account.
		who: AccountId,
		/// The sponsor.
		sponsor: AccountId,
	},
	/// A sponsor pays for an account no more.
	AdmissionEnded {
		/// The account.
		who: AccountId,
		/// The former sponsor.
		sponsor: AccountId,
	},
}

/// What happened to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordsEvent {
	/// The first version of a record was anchored.
	Anchored {
		/// The record.
		record: RecordId,
		/// Its owner.
		owner: AccountId,
	},
	/// A further version of a record was anchored.
	Revised {
		/// The record.
		record: RecordId,
		/// The version that is now current.
		version: u32,
	},
	/// A record was retired.
	Retired {
		/// The record.
		record: RecordId,
	},
	/// A retired record lives again.
	Restored {
		/// The record.
		record: RecordId,
	},
	/// A provider put a record before somebody.
	Proposed {
		/// The record.
		record: RecordId,
		/// Whose it would be.
		owner: AccountId,
		/// Who did.
		provider: AccountId,
	},
	/// The owner took a record that was put before her.
	Accepted {
		/// The record.
		record: RecordId,
	},
	/// A record that was put before somebody is not taken.
	Declined {
		/// The record.
		record: RecordId,
	},
	/// The owner set until when a record is to be kept.
	RetentionSet {
		/// The record.
		record: RecordId,
		/// Until when, if not for good.
		until: Option<Moment>,
	},
	/// The owner said what kinds of data a record holds.
	DataTypesSet {
		/// The record.
		record: RecordId,
		/// Which, as a set of bits.
		data_types: u8,
	},
	/// A record is gone for good; custodians have to destroy their shares.
	ErasureStarted {
		/// The record.
		record: RecordId,
	},
	/// All that the chain kept of a record is removed.
	Erased {
		/// The record.
		record: RecordId,
	},
}

/// What happened to consents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentEvent {
	/// A consent was granted, approved or claimed.
	Granted {
		/// The consent.
		consent: ConsentId,
		/// Whose data.
		subject: AccountId,
		/// Who may act.
		grantee: Grantee<AccountId>,
		/// How it came to be.
		basis: Basis,
	},
	/// A consent was revoked.
	Revoked {
		/// The consent.
		consent: ConsentId,
		/// Its version from now on.
		version: u32,
	},
	/// A consent that ended was removed.
	Pruned {
		/// The consent.
		consent: ConsentId,
	},
	/// Somebody asked a subject for a consent.
	Requested {
		/// The consent that it would be.
		consent: ConsentId,
		/// Whose data.
		subject: AccountId,
		/// Who asked.
		requester: AccountId,
	},
	/// The subject declined a request.
	Declined {
		/// The consent that it would have been.
		consent: ConsentId,
	},
	/// A request was withdrawn, or removed when nobody had answered it in time.
	RequestWithdrawn {
		/// The consent that it would have been.
		consent: ConsentId,
	},
	/// A consent was amended, renewed or opened to what was recorded before it.
	Amended {
		/// The consent.
		consent: ConsentId,
		/// Its version from now on.
		version: u32,
	},
	/// A grantee passed on a part of her consent.
	Delegated {
		/// The new consent.
		consent: ConsentId,
		/// The consent that it is a part of.
		parent: ConsentId,
		/// Whose data.
		subject: AccountId,
		/// Who may act.
		grantee: AccountId,
	},
	/// A subject changed her deny root.
	DenyRootChanged {
		/// Whose.
		subject: AccountId,
		/// Its version from now on.
		version: u32,
	},
	/// A sale was authorised.
	SaleAuthorised {
		/// The authorisation.
		sale: SaleId,
		/// Who sells.
		seller: AccountId,
		/// Who alone may buy.
		buyer: AccountId,
		/// What.
		record: RecordId,
	},
	/// The authorisation of a sale was withdrawn.
	SaleRevoked {
		/// The authorisation.
		sale: SaleId,
	},
	/// A sale authorisation that ended long ago was removed.
	SalePruned {
		/// The authorisation.
		sale: SaleId,
	},
}

/// What happened to tickets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessEvent {
	/// A ticket was issued and a use of the consent spent.
	Opened {
		/// The ticket.
		ticket: TicketId,
		/// The consent.
		consent: ConsentId,
		/// The record.
		record: RecordId,
	},
	/// The named grantee asked and was refused. Nothing was spent.
	AccessRefused {
		/// The consent.
		consent: ConsentId,
		/// The record that she named.
		record: RecordId,
		/// Why.
		refusal: Refusal,
	},
	/// A ticket was removed.
	Closed {
		/// The ticket.
		ticket: TicketId,
	},
	/// A ticket was issued to the buyer of a record.
	SaleOpened {
		/// The ticket.
		ticket: TicketId,
		/// The authorisation.
		sale: SaleId,
		/// The record.
		record: RecordId,
	},
	/// The grantee ended a ticket before its time.
	Renounced {
		/// The ticket.
		ticket: TicketId,
	},
	/// Enough custodians released what a ticket is for.
	Delivered {
		/// The ticket.
		ticket: TicketId,
	},
	/// So many custodians refused that a ticket opens nothing.
	NotReleased {
		/// The ticket.
		ticket: TicketId,
	},
	/// A clinician declared an emergency; nothing is open yet.
	EmergencyDeclared {
		/// The emergency.
		emergency: EmergencyId,
		/// Whose data.
		subject: AccountId,
		/// The record.
		record: RecordId,
	},
	/// A ticket was issued in an emergency, without a consent.
	EmergencyOpened {
		/// The emergency.
		emergency: EmergencyId,
		/// The ticket.
		ticket: TicketId,
		/// The record.
		record: RecordId,
	},
	/// An emergency was refused. Nothing was opened.
	EmergencyRefused {
		/// The emergency.
		emergency: EmergencyId,
		/// Whose data.
		subject: AccountId,
		/// The record.
		record: RecordId,
		/// Why.
		refusal: Refusal,
	},
	/// The subject or her guardian objected to an emergency. Nothing opens any more.
	EmergencyObjected {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// What was done in an emergency was reviewed.
	EmergencyReviewed {
		/// The emergency.
		emergency: EmergencyId,
		/// Whether it was justified.
		justified: bool,
	},
	/// The review of an emergency is overdue.
	ReviewOverdue {
		/// The emergency.
		emergency: EmergencyId,
		/// When its clinician is suspended for it.
		review_due: Moment,
	},
	/// A clinician may declare, confirm and open no emergency for the time being.
	Suspended {
		/// The clinician.
		who: AccountId,
		/// The emergency that is the cause.
		emergency: EmergencyId,
	},
	/// A clinician may declare, confirm and open emergencies again.
	SuspensionLifted {
		/// The clinician.
		who: AccountId,
	},
	/// An emergency was removed.
	EmergencyPruned {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// A subject has seen her trail.
	TrailReviewed {
		/// Whose trail.
		subject: AccountId,
		/// How many entries, from the first on.
		entries: u64,
	},
	/// The subject or her guardian disputes an access. Its ticket is over.
	AccessDisputed {
		/// The ticket.
		ticket: TicketId,
	},
	/// So many custodians refused to go on that the grantee reads no further with a ticket.
	Stopped {
		/// The ticket.
		ticket: TicketId,
	},
}

/// What happened to audit trails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditEvent {
	/// An entry was appended to a trail.
	Appended {
		/// Whose trail.
		subject: AccountId,
		/// The entry, with its index.
		entry: AuditEntry<AccountId>,
		/// The hash of the trail after it.
		head: ChainHash,
	},
	/// A batch of entries that were written off the chain was bound.
	BatchCommitted {
		/// Who wrote them.
		author: AccountId,
		/// The batch.
		batch: Batch,
	},
}

impl From<api::registry::Event> for RegistryEvent {
	fn from(event: api::registry::Event) -> Self {
		use api::registry::Event as E;
		match event {
			E::Registered { who, role } => Self::Registered { who, role: role.0 },
			E::KeyRotated { who, version } => Self::KeyRotated { who, version },
			E::Verified { who, registrar, expires_at } => {
				Self::Verified { who, registrar, expires_at }
			},
			E::Withdrawn { who, registrar } => Self::Withdrawn { who, registrar },
			E::RegistrarAppointed { who } => Self::RegistrarAppointed { who },
			E::RegistrarDismissed { who, trusted } => Self::RegistrarDismissed { who, trusted },
			E::Left { who } => Self::Left { who },
			E::ContactsChanged { who } => Self::ContactsChanged { who },
			E::GuardianAppointed { ward, guardian, until } => {
				Self::GuardianAppointed { ward, guardian, until }
			},
			E::GuardianDismissed { ward, guardian } => Self::GuardianDismissed { ward, guardian },
			E::Acted { ward, guardian, result } => {
				Self::Acted { ward, guardian, succeeded: result.is_ok() }
			},
			E::PoolFunded { sponsor, calls } => Self::PoolFunded { sponsor, calls },
			E::PoolReclaimed { sponsor, calls } => Self::PoolReclaimed { sponsor, calls },
			E::PoolSettled { sponsor, calls } => Self::PoolSettled { sponsor, calls },
			E::Admitted { who, sponsor } => Self::Admitted { who, sponsor },
			E::AdmissionEnded { who, sponsor } => Self::AdmissionEnded { who, sponsor },
		}
	}
}

impl From<api::records::Event> for RecordsEvent {
	fn from(event: api::records::Event) -> Self {
		use api::records::Event as E;
		match event {
			E::Anchored { record, owner } => Self::Anchored { record: record.0, owner },
			E::Revised { record, version } => Self::Revised { record: record.0, version },
			E::Retired { record } => Self::Retired { record: record.0 },
			E::Restored { record } => Self::Restored { record: record.0 },
			E::Proposed { record, owner, provider } => {
				Self::Proposed { record: record.0, owner, provider }
			},
			E::Accepted { record } => Self::Accepted { record: record.0 },
			E::Declined { record } => Self::Declined { record: record.0 },
			E::RetentionSet { record, until } => Self::RetentionSet { record: record.0, until },
			E::DataTypesSet { record, data_types } => {
				Self::DataTypesSet { record: record.0, data_types: data_types.0 }
			},
			E::ErasureStarted { record } => Self::ErasureStarted { record: record.0 },
			E::Erased { record } => Self::Erased { record: record.0 },
		}
	}
}

impl From<api::consent::Event> for ConsentEvent {
	fn from(event: api::consent::Event) -> Self {
		use api::consent::Event as E;
		match event {
			E::Granted { consent, subject, grantee, basis } => Self::Granted {
				consent: consent.0,
				subject,
				grantee: grantee.into(),
				basis: basis.0,
			},
			E::Revoked { consent, version } => Self::Revoked { consent: consent.0, version },
			E::Pruned { consent } => Self::Pruned { consent: consent.0 },
			E::Requested { consent, subject, requester } => {
				Self::Requested { consent: consent.0, subject, requester }
			},
			E::Declined { consent } => Self::Declined { consent: consent.0 },
			E::RequestWithdrawn { consent } => Self::RequestWithdrawn { consent: consent.0 },
			E::Amended { consent, version } => Self::Amended { consent: consent.0, version },
			E::Delegated { consent, parent, subject, grantee } => {
				Self::Delegated { consent: consent.0, parent: parent.0, subject, grantee }
			},
			E::DenyRootChanged { subject, version } => Self::DenyRootChanged { subject, version },
			E::SaleAuthorised { sale, seller, buyer, record } => {
				Self::SaleAuthorised { sale: sale.0, seller, buyer, record: record.0 }
			},
			E::SaleRevoked { sale } => Self::SaleRevoked { sale: sale.0 },
			E::SalePruned { sale } => Self::SalePruned { sale: sale.0 },
		}
	}
}

impl From<api::access::Event> for AccessEvent {
	fn from(event: api::access::Event) -> Self {
		use api::access::Event as E;
		match event {
			E::Opened { ticket, consent, record } => {
				Self::Opened { ticket: ticket.0, consent: consent.0, record: record.0 }
			},
			E::AccessRefused { consent, record, refusal } => {
				Self::AccessRefused { consent: consent.0, record: record.0, refusal: refusal.0 }
			},
			E::Closed { ticket } => Self::Closed { ticket: ticket.0 },
			E::SaleOpened { ticket, sale, record } => {
				Self::SaleOpened { ticket: ticket.0, sale: sale.0, record: record.0 }
			},
			E::Renounced { ticket } => Self::Renounced { ticket: ticket.0 },
			E::Delivered { ticket } => Self::Delivered { ticket: ticket.0 },
			E::NotReleased { ticket } => Self::NotReleased { ticket: ticket.0 },
			E::EmergencyDeclared { emergency, subject, record } => {
				Self::EmergencyDeclared { emergency: emergency.0, subject, record: record.0 }
			},
			E::EmergencyOpened { emergency, ticket, record } => {
				Self::EmergencyOpened { emergency: emergency.0, ticket: ticket.0, record: record.0 }
			},
			E::EmergencyRefused { emergency, subject, record, refusal } => Self::EmergencyRefused {
				emergency: emergency.0,
				subject,
				record: record.0,
				refusal: refusal.0,
			},
			E::EmergencyObjected { emergency } => {
				Self::EmergencyObjected { emergency: emergency.0 }
			},
			E::EmergencyReviewed { emergency, justified } => {
				Self::EmergencyReviewed { emergency: emergency.0, justified }
			},
			E::ReviewOverdue { emergency, review_due } => {
				Self::ReviewOverdue { emergency: emergency.0, review_due }
			},
			E::Suspended { who, emergency } => Self::Suspended { who, emergency: emergency.0 },
			E::SuspensionLifted { who } => Self::SuspensionLifted { who },
			E::EmergencyPruned { emergency } => Self::EmergencyPruned { emergency: emergency.0 },
			E::TrailReviewed { subject, entries } => Self::TrailReviewed { subject, entries },
			E::AccessDisputed { ticket } => Self::AccessDisputed { ticket: ticket.0 },
			E::Stopped { ticket } => Self::Stopped { ticket: ticket.0 },
		}
	}
}

impl From<api::audit::Event> for AuditEvent {
	fn from(event: api::audit::Event) -> Self {
		use api::audit::Event as E;
		match event {
			E::Appended { subject, entry, head } => {
				Self::Appended { subject, entry: entry.0, head: head.0 }
			},
			E::BatchCommitted { author, batch } => Self::BatchCommitted { author, batch: batch.0 },
		}
	}
}

/// Those variants of the runtime's event that are our pallets'. Decoding goes by name, so the others
/// need not be here, and none of their types is compiled.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "::subxt::ext::scale_decode")]
enum RuntimeEvent {
	Registry(api::registry::Event),
	Records(api::records::Event),
	Consent(api::consent::Event),
	Access(api::access::Event),
	Custody(api::custody::Event),
	Audit(api::audit::Event),
}

/// The pallets of these variants, by their names in the runtime.
const OUR_PALLETS: [&str; 6] = ["Registry", "Records", "Consent", "Access", "Custody", "Audit"];

/// The event, when it is one of our pallets'.
pub(crate) fn domain_event<T: Config>(event: &Event<'_, T>) -> Result<Option<DomainEvent>, Error> {
	// Whatever becomes of other pallets, their events are passed over.
	if !OUR_PALLETS.contains(&event.pallet_name()) {
		return Ok(None);
	}
	Ok(Some(match event.decode_as::<RuntimeEvent>()? {
		RuntimeEvent::Registry(event) => DomainEvent::Registry(event.into()),
		RuntimeEvent::Records(event) => DomainEvent::Records(event.into()),
		RuntimeEvent::Consent(event) => DomainEvent::Consent(event.into()),
		RuntimeEvent::Access(event) => DomainEvent::Access(event.into()),
		RuntimeEvent::Custody(event) => DomainEvent::Custody(event.into()),
		RuntimeEvent::Audit(event) => DomainEvent::Audit(event.into()),
	}))
}

/// Those of `events` that are our pallets', in order.
pub(crate) fn domain_events<'a, T: Config + 'a>(
	events: impl Iterator<Item = Result<Event<'a, T>, EventsError>>,
) -> Result<Vec<DomainEvent>, Error> {
	events
		.filter_map(|event| event.map_err(Error::from).and_then(|e| domain_event(&e)).transpose())
		.collect()
}

#[cfg(test)]
mod tests;
