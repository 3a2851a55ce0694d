// SPDX-License-Identifier: Apache-2.0
//! What can go wrong, with codes that reach users unchanged.

use crate::{AccountId, BlockId, BlockNumber, ExtrinsicHash, NodeUrl, PalletError};
use salus_primitives::{audit::TrailFault, Commitment, RecordId};
use std::{path::PathBuf, time::Duration};

/// An error of another crate. It is for logs; what a program decides by is in the variant.
pub type Cause = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why something did not happen. No variant carries a secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The address of the node cannot be used.
	#[error("{url} is no address of a node; it must begin with ws:// or wss://")]
	InvalidUrl {
		/// The address.
		url: NodeUrl,
	},
	/// No node answers at the address.
	#[error("no node answers at {url}: {cause}; start it, or correct the address")]
	NodeUnreachable {
		/// The address.
		url: NodeUrl,
		/// What the network said.
		cause: Cause,
	},
	/// The connection broke while something was under way.
	#[error("the connection to the node broke: {cause}")]
	ConnectionLost {
		/// What the network said.
		cause: Cause,
	},
	/// The node did not answer in time.
	#[error("the node did not answer within {after:?}")]
	NodeTimeout {
		/// How long it was given.
		after: Duration,
	},
	/// The node refused a request.
	#[error("the node refused the request ({number}): {message}")]
	NodeRefused {
		/// The JSON-RPC error number.
		number: i32,
		/// What the node said.
		message: String,
	},
	/// The node runs another chain.
	#[error(
		"the node at {url} runs the chain {found:?}, not \"salus\"; give the address of a Salus node"
	)]
	WrongChain {
		/// The address.
		url: NodeUrl,
		/// The name of the runtime that it runs.
		found: String,
	},
	/// The node came back with another genesis block.
	#[error("the node at {url} now serves another Salus network than before; connect anew")]
	GenesisChanged {
		/// The address.
		url: NodeUrl,
	},
	/// The runtime has another shape than this program was built for.
	#[error(
		"the runtime of the chain and this program disagree on {item}; update this program, or \
		 build it with the metadata of the chain"
	)]
	RuntimeIncompatible {
		/// What they disagree on.
		item: String,
	},
	/// The node does not have the block or its state any more, or does not have it yet.
	#[error("the node does not have block {block}; an archive node keeps every block")]
	BlockUnavailable {
		/// The block.
		block: String,
	},
	/// What the node sent does not decode.
	#[error("what the node sent does not decode: {cause}")]
	InvalidData {
		/// What is wrong with it.
		cause: Cause,
	},
	/// A pallet refused a call.
	#[error(transparent)]
	Pallet(#[from] PalletError),
	/// The runtime refused a call outside of any pallet.
	#[error("the runtime refused the call: {reason}")]
	Dispatch {
		/// What the runtime said.
		reason: String,
	},
	/// The transaction pool refused a transaction.
	#[error("the transaction is not valid: {reason}")]
	TransactionInvalid {
		/// What the pool said.
		reason: String,
	},
	/// Another transaction of the account took the place of this one, which has no effect.
	#[error("transaction {extrinsic} was replaced by another one of {account} (nonce {nonce})")]
	TransactionUsurped {
		/// The transaction.
		extrinsic: ExtrinsicHash,
		/// The account.
		account: AccountId,
		/// The place of both in the account's sequence.
		nonce: u64,
	},
	/// A transaction was not finalised in time. It still may be.
	#[error(
		"transaction {extrinsic} was not finalised within {after:?}; it still may be, up to block \
		 {until}"
	)]
	SubmissionTimeout {
		/// The transaction.
		extrinsic: ExtrinsicHash,
		/// How long it was waited for.
		after: Duration,
		/// The last block in which it may take effect.
		until: BlockNumber,
	},
	/// A transaction was included, but the event that tells its outcome is missing.
	#[error("transaction {extrinsic} in block {block} has no {event} event")]
	OutcomeMissing {
		/// The transaction.
		extrinsic: ExtrinsicHash,
		/// The block.
		block: BlockId,
		/// The event.
		event: &'static str,
	},
	/// The record exists with another manifest.
	#[error(
		"record {record} exists with manifest commitment {found}, not {wanted}; revise it, or \
		 anchor with another salt"
	)]
	RecordConflict {
		/// The record.
		record: RecordId,
		/// The commitment of its first version.
		found: Commitment,
		/// The commitment that was to be anchored.
		wanted: Commitment,
	},
	/// There is more than one call takes.
	#[error("{found} {what} are more than the {most} that one call takes; submit fewer of them")]
	TooManyItems {
		/// What there is too much of.
		what: &'static str,
		/// How many there are.
		found: usize,
		/// How many the chain takes.
		most: u32,
	},
	/// An audit trail does not verify.
	#[error("the audit trail of {subject} does not verify at entry {index}: {fault}")]
	TrailInvalid {
		/// Whose trail.
		subject: AccountId,
		/// The first entry that was not verified.
		index: u64,
		/// What is wrong.
		fault: TrailFault,
	},
	/// A text is no secret URI, or bytes are no seed.
	#[error("the secret cannot be used: {reason}")]
	InvalidSecret {
		/// Why, without the secret.
		reason: &'static str,
	},
	/// The cursor could not be read or written.
	#[error("the cursor {} cannot be {doing}: {cause}", path.display())]
	CursorUnavailable {
		/// Where it is kept.
		path: PathBuf,
		/// `read` or `written`.
		doing: &'static str,
		/// What the system said.
		cause: std::io::Error,
	},
	/// The cursor's file holds something else.
	#[error(
		"{} holds no cursor; restore it, or remove it to begin where the configuration says",
		path.display()
	)]
	CursorInvalid {
		/// Where it is kept.
		path: PathBuf,
		/// What is wrong with it.
		cause: Cause,
	},
	/// The finalised chain does not contain the block that was processed last.
	#[error(
		"block {cursor} was processed, but is not on the finalised chain of this node: it is the \
		 cursor of another network, or the network was started anew"
	)]
	CursorDiverged {
		/// The block that was processed last.
		cursor: BlockId,
	},
	/// The node has not finalised the block yet that was processed last.
	#[error("the node is behind: it has finalised block {head}, {cursor} was processed before")]
	NodeBehind {
		/// The newest block that it has finalised.
		head: BlockNumber,
		/// The block that was processed last.
		cursor: BlockNumber,
	},
}

impl Error {
	/// The stable code that reaches every interface unchanged.
	pub fn code(&self) -> &str {
		match self {
			Self::InvalidUrl { .. } => "NODE_URL_INVALID",
			Self::NodeUnreachable { .. } => "NODE_UNREACHABLE",
			Self::ConnectionLost { .. } => "NODE_CONNECTION_LOST",
			Self::NodeTimeout { .. } => "NODE_TIMEOUT",
			Self::NodeRefused { .. } => "NODE_REFUSED",
			Self::WrongChain { .. } => "CHAIN_MISMATCH",
			Self::GenesisChanged { .. } => "GENESIS_MISMATCH",
			Self::RuntimeIncompatible { .. } => "RUNTIME_INCOMPATIBLE",
			Self::BlockUnavailable { .. } => "BLOCK_UNAVAILABLE",
			Self::InvalidData { .. } => "CHAIN_DATA_INVALID",
			Self::Pallet(error) => error.code(),
			Self::Dispatch { .. } => "DISPATCH_FAILED",
			Self::TransactionInvalid { .. } => "TRANSACTION_INVALID",
			Self::TransactionUsurped { .. } => "TRANSACTION_USURPED",
			Self::SubmissionTimeout { .. } => "TRANSACTION_TIMEOUT",
			Self::OutcomeMissing { .. } => "OUTCOME_MISSING",
			Self::RecordConflict { .. } => "RECORD_CONFLICT",
			Self::TooManyItems { .. } => "TOO_MANY_ITEMS",
			Self::TrailInvalid { .. } => "TRAIL_INVALID",
			Self::InvalidSecret { .. } => "SECRET_INVALID",
			Self::CursorUnavailable { .. } => "CURSOR_UNAVAILABLE",
			Self::CursorInvalid { .. } => "CURSOR_INVALID",
			Self::CursorDiverged { .. } => "CURSOR_DIVERGED",
			Self::NodeBehind { .. } => "NODE_BEHIND",
		}
	}

	/// Whether the same attempt may succeed later without anybody's doing.
	///
	/// After [`Error::SubmissionTimeout`] the first attempt may still take effect. Anchors, grants
	/// and openings bear a salt or a key of their own, so the second attempt is then refused with
	/// `ALREADY_EXISTS` and nothing happens twice.
	pub const fn is_retryable(&self) -> bool {
		match self {
			Self::NodeUnreachable { .. }
			| Self::ConnectionLost { .. }
			| Self::NodeTimeout { .. }
			| Self::NodeBehind { .. }
			| Self::TransactionUsurped { .. }
			| Self::SubmissionTimeout { .. } => true,
			Self::NodeRefused { number, .. } => is_passing(*number),
			Self::InvalidUrl { .. }
			| Self::WrongChain { .. }
			| Self::GenesisChanged { .. }
			| Self::RuntimeIncompatible { .. }
			| Self::BlockUnavailable { .. }
			| Self::InvalidData { .. }
			| Self::Pallet(_)
			| Self::Dispatch { .. }
			| Self::TransactionInvalid { .. }
			| Self::OutcomeMissing { .. }
			| Self::RecordConflict { .. }
			| Self::TooManyItems { .. }
			| Self::TrailInvalid { .. }
			| Self::InvalidSecret { .. }
			| Self::CursorUnavailable { .. }
			| Self::CursorInvalid { .. }
			| Self::CursorDiverged { .. } => false,
		}
	}
}

/// Whether a node that refuses with this JSON-RPC error may not refuse later: an internal error, a
/// busy server, a connection with too many calls or subscriptions.
const fn is_passing(number: i32) -> bool {
	matches!(number, -32603 | -32009 | -32006 | -32604)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_the_network_does_is_retryable_and_what_the_chain_says_is_not() {
		let cause = || Cause::from("refused");
		assert!(Error::ConnectionLost { cause: cause() }.is_retryable());
		assert!(!Error::InvalidData { cause: cause() }.is_retryable());
		assert!(!Error::TransactionInvalid { reason: String::new() }.is_retryable());
		assert!(Error::NodeRefused { number: -32009, message: String::new() }.is_retryable());
		assert!(!Error::NodeRefused { number: -32601, message: String::new() }.is_retryable());
	}
}
