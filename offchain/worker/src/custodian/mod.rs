// SPDX-License-Identifier: Apache-2.0
//! The custodian: holds one share of every key that is dealt to its committee, and releases it
//! against a finalised ticket, sealed to the ticket's ephemeral key.
//!
//! A [`Member`] is the role, [`serve`] puts it on a socket, [`RemoteCustodian`] is the other end of the
//! channel ([`crate::transport`]), and [`Duties`] are what it owes the chain: an answer to every
//! ticket, and to every revocation and erasure, and that keys leave a committee that is over. To other
//! custodians it is a [`Peer`]. It sees the chain through a [`FinalisedView`] only. What it releases is decided by
//! `verdict` from what the chain says, and by nothing that its operator could set.

mod complaints;
mod database;
mod deposit;
mod duties;
mod handover;
mod liveness;
mod member;
mod moving;
mod peer;
mod release;
mod remote;
mod repair;
mod resharing;
mod rewrapping;
mod scope;
mod server;
mod verdict;
mod view;

pub use complaints::{kept_evidence, Evidence};
pub use deposit::{Deposit, SegmentFacts, UnsignedDeposit, UnsignedFacts};
pub use duties::{Duties, Ledger};
pub use handover::{
	Acknowledged, DealerFault, SubdealRequest, Subdealt, TakeOverRequest, TakenOver,
};
pub use member::{Member, Settings, Setup};
pub use peer::{Peer, Peers};
pub(crate) use release::page;
pub use release::{Released, ReleasedSegment, PAGE};
pub use remote::RemoteCustodian;
pub use repair::{Masked, RepairRequest, SignedMask};
pub(crate) use scope::is_sold;
pub use server::{serve, Limits};
pub use view::{CommitteeMember, FinalisedView, Outstanding, Roster, TicketFacts};

use crate::Result;
use async_trait::async_trait;
use salus_chain::Signature;
use salus_primitives::TicketId;

/// A custodian, as owners and grantees see it.
#[async_trait]
pub trait Custodian: Send + Sync {
	/// Takes shares into custody, and signs that it holds them, verified and durably. The same
	/// deposit again changes nothing.
	async fn deposit(&self, deposit: &Deposit) -> Result<Signature>;

	/// Releases what a finalised ticket opens, a page at a time: the one that begins with the first
	/// segment that is not before `from`. The chain is asked for every page. The same page of the same
	/// ticket gives the same bytes until the ticket expires or its consent ends.
	async fn release(&self, ticket: &TicketId, from: u16) -> Result<Released>;
}
