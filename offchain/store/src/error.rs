// SPDX-License-Identifier: Apache-2.0
//! What can go wrong, with codes that reach users unchanged.

use crate::ContentIdText;
use std::{io, path::PathBuf};

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The store has no such block, or lacks a part of the content.
	#[error("{id} is not in the store")]
	NotFound {
		/// What is missing.
		id: ContentIdText,
	},
	/// What was stored or sent is not what the identifier names.
	#[error("{id} is damaged: {reason}")]
	Corrupt {
		/// The block.
		id: ContentIdText,
		/// What was wrong.
		reason: &'static str,
	},
	/// The bytes given are not those that the identifier names.
	#[error("the bytes given do not have the digest of {id}")]
	DigestMismatch {
		/// The identifier given.
		id: ContentIdText,
	},
	/// The disk is full.
	#[error("no space left for {}: free space or move the store, then try again", path.display())]
	Full {
		/// The file that could not grow.
		path: PathBuf,
		/// The cause.
		source: io::Error,
	},
	/// Another process has the store open.
	#[error("{} is in use by another process: stop it, or use its address", path.display())]
	Locked {
		/// The file.
		path: PathBuf,
	},
	/// The store's file could not be read or written.
	#[error("{}: {source}", path.display())]
	File {
		/// The file.
		path: PathBuf,
		/// The cause.
		source: io::Error,
	},
	/// The store's file is damaged or of another format.
	#[error("{}: {reason}", path.display())]
	Database {
		/// The file.
		path: PathBuf,
		/// What the database said.
		reason: String,
	},
	/// The remote store does not answer.
	#[error("{url} does not answer: {reason}")]
	Unreachable {
		/// The address.
		url: String,
		/// What happened.
		reason: String,
	},
	/// The remote store answered with an error.
	#[error("{url} answered {status}: {detail}")]
	Refused {
		/// The address.
		url: String,
		/// The HTTP status.
		status: u16,
		/// The stable code of the answer, or `STORE_REFUSED`.
		code: &'static str,
		/// The explanation of the answer.
		detail: String,
	},
	/// The address of a remote store is malformed.
	#[error("{address:?} is no address of a store: {reason}")]
	InvalidAddress {
		/// The address.
		address: String,
		/// What was wrong.
		reason: String,
	},
	/// A server must listen on loopback only: it knows no users.
	#[error("{address} is not a loopback address")]
	NotLoopback {
		/// The address.
		address: std::net::SocketAddr,
	},
	/// Serving failed.
	#[error("serving failed: {source}")]
	Serve {
		/// The cause.
		source: io::Error,
	},
	/// A text or a CID is no identifier of the kind that Salus writes.
	#[error("{text:?} is no CIDv1 with sha2-256 in base32")]
	InvalidContentId {
		/// The text, cut to 128 characters.
		text: String,
	},
	/// A block is longer than the store accepts.
	#[error("a block of {found} bytes, at most {limit} are allowed")]
	MaxBlockExceeded {
		/// The length found.
		found: u64,
		/// The length allowed.
		limit: u64,
	},
	/// Content is longer than the store accepts.
	#[error("content of more than {limit} bytes")]
	MaxContentExceeded {
		/// The length allowed.
		limit: u64,
	},
	/// The range reaches outside of the content.
	#[error("range {start}..{end} is outside of the content's {size} bytes")]
	InvalidRange {
		/// The first byte asked for.
		start: u64,
		/// The byte after the last one asked for.
		end: u64,
		/// The length of the content.
		size: u64,
	},
	/// The content is not pinned.
	#[error("{id} is not pinned")]
	NotPinned {
		/// The root of the content.
		id: ContentIdText,
	},
	/// The node of IPFS could not be started.
	#[error("the node cannot take part in IPFS: {reason}")]
	Node {
		/// What happened.
		reason: String,
	},
	/// The node of IPFS was shut down.
	#[error("the node of IPFS was shut down")]
	NodeStopped,
	/// Reading what is to be stored failed.
	#[error("reading what is to be stored failed: {source}")]
	Source {
		/// The cause.
		source: io::Error,
	},
	/// The operation was stopped, or failed in a way that is a fault of this crate.
	#[error("internal fault: {operation}")]
	Internal {
		/// The operation.
		operation: &'static str,
	},
}

const CODES: &[&str] = &[
	"STORE_NOT_FOUND",
	"STORE_CORRUPT",
	"STORE_DIGEST_MISMATCH",
	"STORE_FULL",
	"STORE_LOCKED",
	"STORE_FILE",
	"STORE_DATABASE",
	"STORE_UNREACHABLE",
	"STORE_INVALID_CONTENT_ID",
	"STORE_BLOCK_TOO_LARGE",
	"STORE_CONTENT_TOO_LARGE",
	"STORE_INVALID_RANGE",
	"STORE_NOT_PINNED",
	"STORE_INTERNAL",
];

impl Error {
	/// The stable code of the error.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::NotFound { .. } => "STORE_NOT_FOUND",
			Self::Corrupt { .. } => "STORE_CORRUPT",
			Self::DigestMismatch { .. } => "STORE_DIGEST_MISMATCH",
			Self::Full { .. } => "STORE_FULL",
			Self::Locked { .. } => "STORE_LOCKED",
			Self::File { .. } => "STORE_FILE",
			Self::Database { .. } => "STORE_DATABASE",
			Self::Unreachable { .. } => "STORE_UNREACHABLE",
			Self::Refused { code, .. } => code,
			Self::InvalidAddress { .. } => "STORE_INVALID_ADDRESS",
			Self::NotLoopback { .. } => "STORE_NOT_LOOPBACK",
			Self::Serve { .. } => "STORE_SERVE",
			Self::InvalidContentId { .. } => "STORE_INVALID_CONTENT_ID",
			Self::MaxBlockExceeded { .. } => "STORE_BLOCK_TOO_LARGE",
			Self::MaxContentExceeded { .. } => "STORE_CONTENT_TOO_LARGE",
			Self::InvalidRange { .. } => "STORE_INVALID_RANGE",
			Self::NotPinned { .. } => "STORE_NOT_PINNED",
			Self::Node { .. } => "STORE_NODE",
			Self::NodeStopped => "STORE_NODE_STOPPED",
			Self::Source { .. } => "STORE_SOURCE",
			Self::Internal { .. } => "STORE_INTERNAL",
		}
	}

	/// Whether trying again later may succeed without anybody doing anything.
	pub fn is_transient(&self) -> bool {
		matches!(self.code(), "STORE_UNREACHABLE" | "STORE_LOCKED")
	}

	/// The known code that equals `text`.
	pub(crate) fn known_code(text: &str) -> Option<&'static str> {
		CODES.iter().find(|code| **code == text).copied()
	}
}

/// Finds the error of this crate in what a reader of this crate reported.
impl From<io::Error> for Error {
	fn from(source: io::Error) -> Self {
		source.downcast::<Self>().unwrap_or_else(|source| Self::Source { source })
	}
}

/// Carries an error through `AsyncRead`; converting back restores it.
impl From<Error> for io::Error {
	fn from(error: Error) -> Self {
		match error {
			Error::Source { source } => source,
			Error::NotFound { .. } => Self::new(io::ErrorKind::NotFound, error),
			Error::Corrupt { .. } => Self::new(io::ErrorKind::InvalidData, error),
			error => Self::other(error),
		}
	}
}
