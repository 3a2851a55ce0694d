// SPDX-License-Identifier: Apache-2.0
//! The chain as a custodian sees it.

use crate::{Error, Result};
use async_trait::async_trait;
use futures::{future::try_join_all, TryFutureExt, TryStreamExt};
use salus_chain::{
	AccountId, BestState, Client, Consent, DealtVersion, DenyRoot, Erasure, FinalizedState, Sale,
	Ticket, TicketAnswers, TicketBasis,
};
use salus_crypto::custody::ThresholdScheme;
use salus_primitives::{
	custody::{EpochId, Seat},
	ConsentId, EncryptionKey, Moment, RecordId, Role, TicketId,
};
use std::future::ready;

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
	/// The member with this seat, while its word counts.
	pub fn counted(&self, seat: Seat) -> Option<&CommitteeMember> {
		self.members.iter().find(|member| member.seat == seat && !member.is_suspended)
	}

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
	/// Whether it is the ticket of the emergency that it rests on, for its clinician. False for what
	/// rests on none.
	pub emergency_stands: bool,
	/// The sale authorisation that it rests on. None for what rests on none, or on one that is gone.
	pub sale: Option<Sale>,
	/// What the subject denies besides what her consents leave out, as far as the chain knows.
	pub denials: Option<DenyRoot>,
	/// As what the grantee takes part.
	pub grantee_role: Option<Role>,
	/// Whether the grantee is registered and holds the credential that the role needs.
	pub grantee_in_good_standing: bool,
	/// Whether the record is the subject's and can be opened.
	pub is_openable: bool,
	/// Whether the record is erased, or about to be.
	pub is_erased: bool,
	/// Who holds the keys of the version.
	pub dealing: Option<DealtVersion>,
	/// What custodians said about it, as far as the chain knows.
	pub answers: Option<TicketAnswers>,
	/// Whether the newest block, which is not final yet, takes any of it back.
	pub is_being_revoked: bool,
}

/// What the chain waits for from a custodian, as far as its state shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outstanding {
	/// Every ticket that was not closed, with when it was opened.
	pub tickets: Vec<(TicketId, Moment)>,
	/// The records whose erasure it has not acknowledged.
	pub erasures: Vec<RecordId>,
	/// The revocations that others know of and it does not, each with the version that revoked.
	pub revocations: Vec<(ConsentId, u32)>,
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

	/// Whose record it is.
	async fn owner(&self, record: &RecordId) -> Result<Option<AccountId>>;

	/// Whether an account takes part in the network.
	async fn is_registered(&self, account: &AccountId) -> Result<bool>;

	/// What a subject denies besides what her consents leave out, as far as the chain knows.
	async fn denials(&self, subject: &AccountId) -> Result<Option<DenyRoot>>;

	/// The epochs whose committees serve what was dealt to them, the oldest first.
	async fn serving_epochs(&self) -> Result<Vec<EpochId>>;

	/// The record versions that the committee of an epoch holds, each with its number of segments.
	async fn dealings_of(&self, epoch: EpochId) -> Result<Vec<(RecordId, u32, u16)>>;

	/// What the chain waits for from a custodian.
	async fn outstanding(&self, custodian: &AccountId) -> Result<Outstanding>;

	/// The most items of one call of a custodian.
	async fn batch(&self) -> Result<u32>;
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
		let (of, subject) = (&ticket.record, &ticket.subject);
		// Asked for together: nothing here needs anything else of it.
		let (now, code, (consents, is_rooted), record, denials) = futures::try_join!(
			state.now().err_into(),
			state.code_hash().err_into(),
			consents(&state, &ticket),
			state.record(of).err_into(),
			state.deny_root(subject).err_into(),
		)?;
		let (
			emergency_stands,
			sale,
			participant,
			grantee_in_good_standing,
			erasure,
			dealing,
			answers,
		) = futures::try_join!(
			emergency_stands(&state, id, &ticket),
			sale(&state, &ticket),
			state.participant(&ticket.grantee).err_into(),
			state.is_in_good_standing(&ticket.grantee).err_into(),
			state.erasure(of).err_into(),
			state.dealing(of, ticket.record_version).err_into(),
			state.ticket_answers(id).err_into(),
		)?;
		let is_openable = record.is_some_and(|record| record.is_live() && record.owner == *subject);
		// The newest block is looked up last: what was taken back meanwhile counts.
		let best = self.best().await?;
		let is_being_revoked = is_being_revoked(&best, id, &ticket, &consents, &denials).await?;
		Ok(Some(TicketFacts {
			now,
			code,
			consents,
			is_rooted,
			emergency_stands,
			sale,
			denials,
			grantee_role: participant.map(|participant| participant.role),
			grantee_in_good_standing,
			is_openable,
			is_erased: erasure.is_some(),
			dealing,
			answers,
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

	async fn owner(&self, record: &RecordId) -> Result<Option<AccountId>> {
		Ok(self.state().await?.record(record).await?.map(|record| record.owner))
	}

	async fn is_registered(&self, account: &AccountId) -> Result<bool> {
		Ok(self.state().await?.participant(account).await?.is_some())
	}

	async fn denials(&self, subject: &AccountId) -> Result<Option<DenyRoot>> {
		Ok(self.state().await?.deny_root(subject).await?)
	}

	async fn serving_epochs(&self) -> Result<Vec<EpochId>> {
		Ok(self.state().await?.serving_epochs().await?)
	}

	async fn dealings_of(&self, epoch: EpochId) -> Result<Vec<(RecordId, u32, u16)>> {
		let state = self.state().await?;
		let dealings = state.dealings().try_filter(|(.., dealt)| ready(dealt.epoch == epoch));
		let dealings =
			dealings.map_ok(|(record, version, dealt)| (record, version, dealt.segments));
		Ok(dealings.try_collect().await?)
	}

	async fn outstanding(&self, custodian: &AccountId) -> Result<Outstanding> {
		let state = self.state().await?;
		let tickets = state.open_tickets().try_collect().await?;
		let mut seats = Vec::new();
		for epoch in state.serving_epochs().await? {
			let committee = state.committee(epoch).await?;
			let seat = committee.and_then(|committee| committee.seat_of(custodian));
			seats.extend(seat.map(|seat| (epoch, seat)));
		}
		let is_awaited = |erasure: &Erasure| {
			let mut pending = erasure.pending.iter();
			pending.any(|(epoch, waiting)| {
				seats.iter().any(|(of, seat)| of == epoch && waiting.contains(*seat))
			})
		};
		let erasures = state.erasures().try_filter(|(_, erasure)| ready(is_awaited(erasure)));
		let erasures = erasures.map_ok(|(record, _)| record).try_collect().await?;
		let mut revocations = Vec::new();
		for (epoch, seat) in &seats {
			let known: Vec<_> = state.revocations(*epoch).try_collect().await?;
			for (consent, _) in known.into_iter().filter(|(_, knowing)| !knowing.contains(*seat)) {
				let revoked = state.consent(&consent).await?;
				let revoked = revoked.filter(|consent| !consent.is_active());
				revocations.extend(revoked.map(|revoked| (consent, revoked.version)));
			}
		}
		Ok(Outstanding { tickets, erasures, revocations })
	}

	async fn batch(&self) -> Result<u32> {
		Ok(self.state().await?.custody_batch()?)
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

/// Whether a ticket is that of the emergency that it rests on, for its clinician.
async fn emergency_stands(state: &FinalizedState, id: &TicketId, ticket: &Ticket) -> Result<bool> {
	let TicketBasis::Emergency { emergency } = ticket.basis else { return Ok(false) };
	Ok(state.emergency(&emergency).await?.is_some_and(|emergency| {
		emergency.ticket() == Some(*id) && emergency.clinician == ticket.grantee
	}))
}

/// The sale authorisation that a ticket rests on.
async fn sale(state: &FinalizedState, ticket: &Ticket) -> Result<Option<Sale>> {
	match ticket.basis {
		TicketBasis::Sale { sale } => Ok(state.sale(&sale).await?),
		TicketBasis::Consent { .. } | TicketBasis::Emergency { .. } => Ok(None),
	}
}

/// Whether the newest block takes back anything that the ticket rests on.
async fn is_being_revoked(
	best: &BestState,
	id: &TicketId,
	ticket: &Ticket,
	consents: &[(ConsentId, Consent)],
	denials: &Option<DenyRoot>,
) -> Result<bool> {
	let newest = try_join_all(consents.iter().map(|(consent, _)| best.consent(consent)));
	let sale = async {
		match ticket.basis {
			TicketBasis::Sale { sale } => {
				Ok(best.sale(&sale).await?.is_none_or(|newest| newest.revoked))
			},
			TicketBasis::Consent { .. } | TicketBasis::Emergency { .. } => Ok(false),
		}
	};
	let (record, newest, is_withdrawn, end, denied) = futures::try_join!(
		best.record(&ticket.record),
		newest,
		sale,
		best.ticket_end(id),
		best.deny_root(&ticket.subject),
	)?;
	let is_amended = consents.iter().zip(newest).any(|((_, known), newest)| {
		newest.is_none_or(|newest| !newest.is_active() || newest.version != known.version)
	});
	let is_gone = record.is_none_or(|record| !record.is_live());
	let is_closed = end.is_none_or(|end| end < ticket.expires_at);
	Ok(is_amended || is_withdrawn || is_gone || is_closed || denied != *denials)
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
