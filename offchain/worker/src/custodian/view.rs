// SPDX-License-Identifier: Apache-2.0
//! The chain as a custodian sees it.

use crate::{Error, Result};
use async_trait::async_trait;
use salus_chain::{
	AccountId, Client, Consent, DealtVersion, DenyRoot, FinalizedState, Ticket, TicketBasis,
};
use salus_crypto::custody::ThresholdScheme;
use salus_primitives::{
	custody::{EpochId, Seat},
	ConsentId, EncryptionKey, Moment, RecordId, TicketId,
};

/// The longest way from a consent up to the one that it is a part of at last; longer ones are none
/// that the chain makes.
const MAX_ANCESTORS: usize = 8;

/// A committee and its members' keys, in one finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
	/// Its epoch.
	pub epoch: EpochId,
	/// How many of its shares open a key, of how many.
	pub scheme: ThresholdScheme,
	/// How many acknowledgements a dealing needs.
	pub quorum: u8,
	/// Whether new dealings go to it.
	pub is_active: bool,
	/// The members, by seat.
	pub members: Vec<CommitteeMember>,
}

/// A member of a committee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitteeMember {
	/// Its seat.
	pub seat: Seat,
	/// Its account.
	pub account: AccountId,
	/// Its current encryption key; none for a member that left the registry.
	pub key: Option<EncryptionKey>,
	/// Whether its word does not count for the time being.
	pub is_suspended: bool,
}

impl Roster {
	/// The member with this account.
	pub fn member(&self, account: &AccountId) -> Option<&CommitteeMember> {
		self.members.iter().find(|member| member.account == *account)
	}
}

/// All that the chain says about a ticket, in one finalised block.
#[derive(Clone, Debug)]
pub struct TicketFacts {
	/// Consensus time.
	pub now: Moment,
	/// The hash of the runtime's code.
	pub code: [u8; 32],
	/// The ticket.
	pub ticket: Ticket,
	/// The consent that it rests on, then that of which this one is a part, and so on. Empty for
	/// what rests on no consent. A consent that is gone ends it.
	pub consents: Vec<(ConsentId, Consent)>,
	/// Whether the last of the consents has no parent.
	pub is_rooted: bool,
	/// What the subject denies besides what her consents leave out, as far as the chain knows.
	pub denials: Option<DenyRoot>,
	/// Whether the grantee is registered and holds the credential that the role needs.
	pub grantee_in_good_standing: bool,
	/// Whether the record is the subject's and can be opened.
	pub is_openable: bool,
	/// Whether the record is erased, or about to be.
	pub is_erased: bool,
	/// Who holds the keys of the version.
	pub dealing: Option<DealtVersion>,
	/// Whether the newest block, which is not final yet, takes any of it back.
	pub is_being_revoked: bool,
}

/// The chain as a custodian sees it: finalised state, of its own node.
#[async_trait]
pub trait FinalisedView: Send + Sync {
	/// The hash of the genesis block.
	fn genesis(&self) -> [u8; 32];

	/// Consensus time.
	async fn now(&self) -> Result<Moment>;

	/// The hash of the runtime's code.
	async fn code(&self) -> Result<[u8; 32]>;

	/// The committee that new dealings go to.
	async fn active_committee(&self) -> Result<Option<Roster>>;

	/// The committee of an epoch.
	async fn committee(&self, epoch: EpochId) -> Result<Option<Roster>>;

	/// What there is to know about a ticket, if it is finalised and was not closed.
	async fn ticket(&self, ticket: &TicketId) -> Result<Option<TicketFacts>>;

	/// Who holds the keys of a version of a record.
	async fn dealing(&self, record: &RecordId, version: u32) -> Result<Option<DealtVersion>>;

	/// Whether a record is erased, or about to be.
	async fn is_erased(&self, record: &RecordId) -> Result<bool>;
}

#[async_trait]
impl FinalisedView for Client {
	fn genesis(&self) -> [u8; 32] {
		Self::genesis(self)
	}

	async fn now(&self) -> Result<Moment> {
		Ok(self.state().await?.now().await?)
	}

	async fn code(&self) -> Result<[u8; 32]> {
		Ok(self.state().await?.code_hash().await?)
	}

	async fn active_committee(&self) -> Result<Option<Roster>> {
		let state = self.state().await?;
		match state.active_committee().await? {
			Some(committee) => roster(&state, committee).await.map(Some),
			None => Ok(None),
		}
	}

	async fn committee(&self, epoch: EpochId) -> Result<Option<Roster>> {
		let state = self.state().await?;
		match state.committee(epoch).await? {
			Some(committee) => roster(&state, committee).await.map(Some),
			None => Ok(None),
		}
	}

	async fn ticket(&self, id: &TicketId) -> Result<Option<TicketFacts>> {
		let state = self.state().await?;
		let Some(ticket) = state.ticket(id).await? else { return Ok(None) };
		let (consents, is_rooted) = consents(&state, &ticket).await?;
		let record = state.record(&ticket.record).await?;
		let is_openable = record
			.as_ref()
			.is_some_and(|record| record.is_live() && record.owner == ticket.subject);
		let best = self.best().await?;
		let mut is_being_revoked =
			best.record(&ticket.record).await?.is_none_or(|record| !record.is_live());
		for (consent, known) in &consents {
			let newest = best.consent(consent).await?;
			is_being_revoked |=
				newest.is_none_or(|newest| !newest.is_active() || newest.version != known.version);
		}
		let denials = state.deny_root(&ticket.subject).await?;
		is_being_revoked |= best.deny_root(&ticket.subject).await? != denials;
		Ok(Some(TicketFacts {
			now: state.now().await?,
			code: state.code_hash().await?,
			consents,
			is_rooted,
			denials,
			grantee_in_good_standing: state.is_in_good_standing(&ticket.grantee).await?,
			is_openable,
			is_erased: state.erasure(&ticket.record).await?.is_some(),
			dealing: state.dealing(&ticket.record, ticket.record_version).await?,
			is_being_revoked,
			ticket,
		}))
	}

	async fn dealing(&self, record: &RecordId, version: u32) -> Result<Option<DealtVersion>> {
		Ok(self.state().await?.dealing(record, version).await?)
	}

	async fn is_erased(&self, record: &RecordId) -> Result<bool> {
		Ok(self.state().await?.erasure(record).await?.is_some())
	}
}

async fn roster(state: &FinalizedState, committee: salus_chain::Committee) -> Result<Roster> {
	let epoch = committee.epoch;
	let invalid = || Error::CommitteeInvalid { epoch };
	let size = u8::try_from(committee.members.len()).map_err(|_| invalid())?;
	let scheme = ThresholdScheme::new(committee.threshold, size)?;
	let quorum = committee.threshold.saturating_add(committee.tolerance);
	let mut members = Vec::with_capacity(committee.members.len());
	for (seat, account) in (0..size).map(Seat).zip(&committee.members) {
		let key = state.encryption_key(account).await?;
		let is_suspended = committee.suspended.contains(seat);
		members.push(CommitteeMember { seat, account: *account, key, is_suspended });
	}
	let is_active = committee.phase == salus_chain::CommitteePhase::Active;
	Ok(Roster { epoch, scheme, quorum, is_active, members })
}

/// The consents that a ticket rests on, from its own up, and whether the last one has no parent.
async fn consents(
	state: &FinalizedState,
	ticket: &Ticket,
) -> Result<(Vec<(ConsentId, Consent)>, bool)> {
	let mut found = Vec::new();
	let mut next = match ticket.basis {
		TicketBasis::Consent { consent, .. } => Some(consent),
		TicketBasis::Sale { .. } | TicketBasis::Emergency { .. } => None,
	};
	while let Some(id) = next {
		if found.len() == MAX_ANCESTORS {
			return Ok((found, false));
		}
		let Some(consent) = state.consent(&id).await? else { return Ok((found, false)) };
		next = consent.parent;
		found.push((id, consent));
	}
	Ok((found, true))
}
