// SPDX-License-Identifier: Apache-2.0
//! What the chain stores, in our types.

use crate::{
	runtime::api::runtime_types::{
		pallet_access, pallet_consent, pallet_records, pallet_registry,
		salus_primitives::grantee::Grantee as StoredGrantee,
	},
	AccountId,
};
use salus_policy::{Request, Terms};
use salus_primitives::{
	Basis, Commitment, ConsentId, ContentId, EmergencyId, EncryptionKey, Grantee, Moment, RecordId,
	Role, SaleId, TicketId, Window,
};
use subxt::utils::Static;

/// One who takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Participant {
	/// As what.
	pub role: Role,
	/// The version of the current encryption key.
	pub key_version: u32,
	/// Since when.
	pub registered_at: Moment,
}

impl From<pallet_registry::types::Participant> for Participant {
	fn from(stored: pallet_registry::types::Participant) -> Self {
		Self {
			role: stored.role.0,
			key_version: stored.key_version,
			registered_at: stored.registered_at,
		}
	}
}

/// A registrar's statement that a participant is what its role says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
	/// Who stated it.
	pub registrar: AccountId,
	/// When it was issued or last renewed.
	pub issued_at: Moment,
	/// The moment in which it is over.
	pub expires_at: Moment,
}

impl Credential {
	/// Whether the credential is not over at `now`.
	pub const fn holds_at(&self, now: Moment) -> bool {
		now < self.expires_at
	}
}

impl From<pallet_registry::types::Credential<AccountId>> for Credential {
	fn from(stored: pallet_registry::types::Credential<AccountId>) -> Self {
		Self {
			registrar: stored.registrar,
			issued_at: stored.issued_at,
			expires_at: stored.expires_at,
		}
	}
}

/// Whether a record lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
	/// It can be revised and opened.
	Live,
	/// It stays as it is and is not opened; its owner may restore it.
	Retired,
	/// A provider put it before its owner, who has not taken it.
	Proposed,
	/// It is gone for good; custodians have to destroy their shares.
	Erasing,
}

/// One logical item of health data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
	/// Whose.
	pub owner: AccountId,
	/// The number of the current version; the first is 1.
	pub version: u32,
	/// Whether it lives.
	pub state: RecordState,
	/// Who put it before its owner, unless she anchored it herself.
	pub provider: Option<AccountId>,
	/// Until when it is to be kept, if not for good.
	pub keep_until: Option<Moment>,
	/// When the first version was anchored.
	pub created_at: Moment,
	/// When it was last revised, or its state changed.
	pub updated_at: Moment,
}

impl Record {
	/// Whether it can be revised and opened.
	pub const fn is_live(&self) -> bool {
		matches!(self.state, RecordState::Live)
	}
}

impl<D> From<pallet_records::types::Record<AccountId, D>> for Record {
	fn from(stored: pallet_records::types::Record<AccountId, D>) -> Self {
		use pallet_records::types::RecordState as Stored;
		let state = match stored.state {
			Stored::Live => RecordState::Live,
			Stored::Retired => RecordState::Retired,
			Stored::Proposed => RecordState::Proposed,
			Stored::Erasing => RecordState::Erasing,
		};
		Self {
			owner: stored.owner,
			version: stored.version,
			state,
			provider: stored.provider,
			keep_until: stored.keep_until,
			created_at: stored.created_at,
			updated_at: stored.updated_at,
		}
	}
}

/// One version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordVersion {
	/// The salted commitment to the content identifier of its manifest.
	pub manifest: Commitment,
	/// The salted commitment to the categories of its segments, in their order.
	pub categories: Commitment,
	/// How many segments it has.
	pub segments: u16,
	/// When it was anchored.
	pub anchored_at: Moment,
}

impl From<pallet_records::types::Version> for RecordVersion {
	fn from(stored: pallet_records::types::Version) -> Self {
		Self {
			manifest: stored.manifest.0,
			categories: stored.categories.0,
			segments: stored.segments,
			anchored_at: stored.anchored_at,
		}
	}
}

/// What the grantee of a consent may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentTerms {
	/// Only the subject, the grantee and the custodians can read them.
	Sealed {
		/// The commitment to the SCALE encoding of the terms.
		commitment: Commitment,
		/// Where the terms and the salt are, sealed to the grantee.
		envelope: ContentId,
	},
	/// Data use terms for research that everyone may read.
	Public(Box<Terms>),
}

impl From<&ConsentTerms> for pallet_consent::types::Terms {
	fn from(terms: &ConsentTerms) -> Self {
		match terms {
			ConsentTerms::Sealed { commitment, envelope } => {
				Self::Sealed { commitment: Static(*commitment), envelope: Static(*envelope) }
			},
			ConsentTerms::Public(terms) => Self::Public(Static(Terms::clone(terms))),
		}
	}
}

/// Whether the subject still stands by a consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentState {
	/// She does.
	Active,
	/// She does not, for good.
	Revoked,
}

impl From<StoredGrantee<AccountId>> for Grantee<AccountId> {
	fn from(stored: StoredGrantee<AccountId>) -> Self {
		match stored {
			StoredGrantee::Account(account) => Self::Account(account),
			StoredGrantee::Role(role) => Self::Role(role.0),
		}
	}
}

impl From<&Grantee<AccountId>> for StoredGrantee<AccountId> {
	fn from(grantee: &Grantee<AccountId>) -> Self {
		match grantee {
			Grantee::Account(account) => Self::Account(*account),
			Grantee::Role(role) => Self::Role(Static(*role)),
		}
	}
}

/// A consent token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
	/// Whose data.
	pub subject: AccountId,
	/// Who may act.
	pub grantee: Grantee<AccountId>,
	/// What she may do.
	pub terms: ConsentTerms,
	/// When she may act.
	pub window: Window,
	/// How often she still may.
	pub uses_left: u32,
	/// Whether the subject still stands by it.
	pub state: ConsentState,
	/// Raised by everything that changes what the consent means; the first is 1.
	pub version: u32,
	/// The consent that it is a part of.
	pub parent: Option<ConsentId>,
	/// How it came to be.
	pub basis: Basis,
}

impl Consent {
	/// Whether the subject still stands by it.
	pub const fn is_active(&self) -> bool {
		matches!(self.state, ConsentState::Active)
	}

	/// A stored consent with the terms that are stored beside it when they are public; nothing when
	/// one of them is missing.
	pub(crate) fn new<D>(
		stored: pallet_consent::types::Consent<AccountId, D>,
		public: Option<Terms>,
	) -> Option<Self> {
		use pallet_consent::types::{Scope, State as Stored};
		let state = match stored.state {
			Stored::Active => ConsentState::Active,
			Stored::Revoked => ConsentState::Revoked,
		};
		let terms = match stored.terms {
			Scope::Sealed { commitment, envelope } => {
				ConsentTerms::Sealed { commitment: commitment.0, envelope: envelope.0 }
			},
			Scope::Public => ConsentTerms::Public(Box::new(public?)),
		};
		Some(Self {
			subject: stored.subject,
			grantee: stored.grantee.into(),
			terms,
			window: stored.window.0,
			uses_left: stored.uses_left,
			state,
			version: stored.version,
			parent: stored.parent.map(|parent| parent.0),
			basis: stored.basis.0,
		})
	}
}

/// What a subject denies, opts out of and approves as a rule, as far as the chain knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DenyRoot {
	/// Raised by every change; the first is 1.
	pub version: u32,
	/// The salted commitment to all of them.
	pub root: Commitment,
	/// Where they and the salt are, sealed to the custodians.
	pub opening: ContentId,
	/// The version by which her standing rules were switched on; nothing while she has none. What was
	/// claimed before it does not hold any more.
	pub rules_since: Option<u32>,
	/// Whether nobody may read her data in an emergency without a consent.
	pub no_emergency: bool,
}

impl<D> From<pallet_consent::types::DenyRoot<D>> for DenyRoot {
	fn from(stored: pallet_consent::types::DenyRoot<D>) -> Self {
		Self {
			version: stored.version,
			root: stored.root.0,
			opening: stored.opening.0,
			rules_since: stored.standing_rules.then_some(stored.rules_since),
			no_emergency: stored.no_emergency,
		}
	}
}

/// What a grantee asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessRequest {
	/// For sealed terms: only the custodians can read it.
	Sealed {
		/// The commitment to the SCALE encoding of the request.
		commitment: Commitment,
		/// Where the request and the salt are, sealed to the custodians.
		envelope: ContentId,
	},
	/// For public terms.
	Public(Box<Request>),
}

impl From<&AccessRequest> for pallet_access::types::AccessRequest {
	fn from(request: &AccessRequest) -> Self {
		match request {
			AccessRequest::Sealed { commitment, envelope } => {
				Self::Sealed { commitment: Static(*commitment), envelope: Static(*envelope) }
			},
			AccessRequest::Public(request) => Self::Public(Static(Request::clone(request))),
		}
	}
}

/// What a ticket was issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TicketBasis {
	/// A use of a consent.
	Consent {
		/// The consent that allowed it.
		consent: ConsentId,
		/// The version of that consent.
		version: u32,
	},
	/// A sale.
	Sale {
		/// The authorisation.
		sale: SaleId,
	},
	/// An emergency.
	Emergency {
		/// Which.
		emergency: EmergencyId,
	},
}

impl From<pallet_access::types::Basis> for TicketBasis {
	fn from(stored: pallet_access::types::Basis) -> Self {
		use pallet_access::types::Basis as Stored;
		match stored {
			Stored::Consent { consent, version } => Self::Consent { consent: consent.0, version },
			Stored::Sale { sale } => Self::Sale { sale: sale.0 },
			Stored::Emergency { emergency } => Self::Emergency { emergency: emergency.0 },
		}
	}
}

/// The right to have keys released to one ephemeral key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
	/// What it was issued for.
	pub basis: TicketBasis,
	/// The record.
	pub record: RecordId,
	/// The version of the record when it was issued.
	pub record_version: u32,
	/// Who may have the keys.
	pub grantee: AccountId,
	/// Whose data.
	pub subject: AccountId,
	/// What was asked for.
	pub request: AccessRequest,
	/// The key to which custodians seal what they release.
	pub ephemeral_key: EncryptionKey,
	/// When it was issued.
	pub opened_at: Moment,
	/// The first moment in which custodians refuse it.
	pub expires_at: Moment,
	/// When enough custodians had released.
	pub delivered_at: Option<Moment>,
}

impl Ticket {
	/// A stored ticket with the request that is stored beside it when it is public; nothing when
	/// one of them is missing.
	pub(crate) fn new(
		stored: pallet_access::types::Ticket<AccountId>,
		public: Option<Request>,
	) -> Option<Self> {
		use pallet_access::types::RequestRef;
		let request = match stored.request {
			RequestRef::Sealed { commitment, envelope } => {
				AccessRequest::Sealed { commitment: commitment.0, envelope: envelope.0 }
			},
			RequestRef::Public => AccessRequest::Public(Box::new(public?)),
		};
		Some(Self {
			basis: stored.basis.into(),
			record: stored.record.0,
			record_version: stored.record_version,
			grantee: stored.grantee,
			subject: stored.subject,
			request,
			ephemeral_key: stored.ephemeral_key.0,
			opened_at: stored.opened_at,
			expires_at: stored.expires_at,
			delivered_at: stored.delivered_at,
		})
	}
}

/// Where an emergency is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmergencyState {
	/// Nothing is open. It lapses when nobody opens it in time.
	Declared,
	/// The subject objected before anything was open.
	Objected,
	/// A ticket was issued.
	Opened {
		/// The ticket.
		ticket: TicketId,
		/// The first moment in which the review is overdue.
		review_due: Moment,
	},
	/// What was done was reviewed.
	Reviewed {
		/// The ticket that had been issued.
		ticket: TicketId,
		/// Whether it was justified.
		justified: bool,
	},
}

/// A clinician's word that she has to read a record at once, and that nobody can consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emergency {
	/// Who declared it.
	pub clinician: AccountId,
	/// Whose data.
	pub subject: AccountId,
	/// The record.
	pub record: RecordId,
	/// When it was declared.
	pub declared_at: Moment,
	/// Who confirmed it.
	pub second: Option<AccountId>,
	/// Where it is in its life.
	pub state: EmergencyState,
}

impl Emergency {
	/// The ticket that was issued in it.
	pub const fn ticket(&self) -> Option<TicketId> {
		match self.state {
			EmergencyState::Opened { ticket, .. } | EmergencyState::Reviewed { ticket, .. } => {
				Some(ticket)
			},
			EmergencyState::Declared | EmergencyState::Objected => None,
		}
	}
}

impl<D> From<pallet_access::types::Emergency<AccountId, D>> for Emergency {
	fn from(stored: pallet_access::types::Emergency<AccountId, D>) -> Self {
		use pallet_access::types::EmergencyState as Stored;
		let state = match stored.state {
			Stored::Declared => EmergencyState::Declared,
			Stored::Objected => EmergencyState::Objected,
			Stored::Opened(opening) => {
				EmergencyState::Opened { ticket: opening.ticket.0, review_due: opening.review_due }
			},
			Stored::Reviewed { ticket, justified, .. } => {
				EmergencyState::Reviewed { ticket: ticket.0, justified }
			},
		};
		Self {
			clinician: stored.clinician,
			subject: stored.subject,
			record: stored.record.0,
			declared_at: stored.declared_at,
			second: stored.second,
			state,
		}
	}
}

/// An account's money, in the smallest unit of the native token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
	/// What is not held for a purpose.
	pub free: u128,
	/// What is held for a purpose, as a deposit.
	pub reserved: u128,
	/// What of the free part cannot be spent.
	pub frozen: u128,
}
