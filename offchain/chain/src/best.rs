// SPDX-License-Identifier: Apache-2.0
//! Reading the state in the best block.

use crate::{snapshot::Snapshot, AccountId, BlockId, Consent, DenyRoot, Error, Record, Sale};
use salus_primitives::{ConsentId, Moment, RecordId, SaleId, TicketId};
use std::fmt;

/// The state in the newest block, which may still be undone.
///
/// It serves one end: to honour what a subject took back before that is final. Nothing may be given
/// to anybody on its word, so it does not tell what tickets are for, nor of credentials or committees.
#[derive(Clone)]
pub struct BestState {
	snapshot: Snapshot,
}

impl BestState {
	pub(crate) const fn new(snapshot: Snapshot) -> Self {
		Self { snapshot }
	}

	/// The block.
	pub fn block(&self) -> BlockId {
		self.snapshot.block()
	}

	/// The record.
	///
	/// # Errors
	/// This and all that follow: when the node does not answer, has dropped the block, or runs
	/// another runtime than this program knows.
	pub async fn record(&self, id: &RecordId) -> Result<Option<Record>, Error> {
		self.snapshot.record(id).await
	}

	/// The consent, in whatever state.
	///
	/// # Errors
	/// As [`BestState::record`].
	pub async fn consent(&self, id: &ConsentId) -> Result<Option<Consent>, Error> {
		self.snapshot.consent(id).await
	}

	/// The sale authorisation, in whatever state.
	///
	/// # Errors
	/// As [`BestState::record`].
	pub async fn sale(&self, id: &SaleId) -> Result<Option<Sale>, Error> {
		self.snapshot.sale(id).await
	}

	/// When a ticket ends, unless it was closed: its holder, the subject and reviewers can end it
	/// before its time.
	///
	/// # Errors
	/// As [`BestState::record`].
	pub async fn ticket_end(&self, id: &TicketId) -> Result<Option<Moment>, Error> {
		self.snapshot.ticket_end(id).await
	}

	/// What `subject` denies, as far as the chain knows.
	///
	/// # Errors
	/// As [`BestState::record`].
	pub async fn deny_root(&self, subject: &AccountId) -> Result<Option<DenyRoot>, Error> {
		self.snapshot.deny_root(subject).await
	}
}

impl fmt::Debug for BestState {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("BestState").field("block", &self.block()).finish()
	}
}
