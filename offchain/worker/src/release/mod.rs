// SPDX-License-Identifier: Apache-2.0
//! Who holds segment keys and gives them out, and when.
//!
//! A key leaves its holder against a finalised ticket only, sealed to the ticket's ephemeral key.
//! [`KeyRelease`] is what ingestion and grantees see of it. [`LocalRelease`] is one process that
//! holds whole keys: whoever runs it can decrypt. It stands where the custodian committee will.

mod database;
mod deposit;
mod local;
mod remote;
mod scope;
mod server;

pub use deposit::{Dealing, Deposit};
pub use local::LocalRelease;
pub use remote::RemoteRelease;
pub use server::serve;

use crate::Result;
use async_trait::async_trait;
use salus_chain::AccountId;
use salus_crypto::Capsule;
use salus_primitives::{Category, ContentId, EncryptionKey, TicketId};
use serde::{Deserialize, Serialize};

/// Who a holder of keys is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custodian {
	/// Its account, registered on chain as a custodian.
	pub account: AccountId,
	/// The encryption key that the chain holds for it. Requests and keys are sealed to it.
	pub key: EncryptionKey,
}

/// The keys that a ticket opens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Released {
	/// The ticket.
	pub ticket: TicketId,
	/// The segments it opens, by index.
	pub segments: Vec<ReleasedSegment>,
}

/// A segment whose key was released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedSegment {
	/// Its number in the record version.
	pub index: u16,
	/// What it holds.
	pub category: Category,
	/// Where its ciphertext is.
	pub content: ContentId,
	/// Its key, sealed to the ticket's ephemeral key.
	pub capsule: Capsule,
}

/// Holds segment keys and releases them against tickets.
#[async_trait]
pub trait KeyRelease: Send + Sync {
	/// Who holds the keys, as the chain knows it.
	async fn custodian(&self) -> Result<Custodian>;

	/// Takes keys into custody. When it returns, they are held durably. Depositing the same key
	/// again changes nothing; another key for the same segment is refused.
	async fn deposit(&self, deposits: &[Deposit]) -> Result<()>;

	/// Releases what a finalised ticket opens. The same ticket gives the same bytes until the
	/// ticket expires or its consent ends.
	async fn release(&self, ticket: &TicketId) -> Result<Released>;
}
