// SPDX-License-Identifier: Apache-2.0
//! What can go wrong, with codes that reach users unchanged.

use crate::recovery::KitId;
use salus_primitives::{custody::Seat, Suite};
use std::{io, path::PathBuf};

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an operation was refused. No variant carries a secret or plaintext.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The operating system gave no random bytes.
	#[error("the operating system gave no random bytes: {reason}")]
	EntropyUnavailable {
		/// What the operating system said.
		reason: String,
	},
	/// A primitive refused input whose size is fixed by this crate.
	#[error("internal fault: {operation} refused its input")]
	Internal {
		/// The operation.
		operation: &'static str,
	},
	/// Reading or writing the underlying stream failed.
	#[error("reading or writing a stream failed: {source}")]
	Stream {
		/// The cause.
		source: io::Error,
	},
	/// The bytes are no envelope.
	#[error("these bytes are no Salus envelope")]
	NotAnEnvelope,
	/// The envelope has a version that this release cannot read.
	#[error("envelope version {found} is unknown; this release reads version 1")]
	UnsupportedVersion {
		/// The version found.
		found: u8,
	},
	/// The suite is unknown, or not one of this format.
	#[error("suite {found} is not supported here")]
	UnsupportedSuite {
		/// The number of the suite.
		found: u64,
	},
	/// The header of the envelope does not follow the format.
	#[error("the envelope's header is malformed: {reason}")]
	MalformedHeader {
		/// What was wrong.
		reason: &'static str,
	},
	/// The envelope ends before its final chunk.
	#[error("the envelope is truncated: chunk {chunk} is missing or incomplete")]
	Truncated {
		/// The first chunk that is missing or incomplete.
		chunk: u32,
	},
	/// A chunk is not what was sealed: changed, reordered, cut or extended.
	#[error("the envelope was tampered with or damaged at chunk {chunk}")]
	Tampered {
		/// The first chunk that did not authenticate.
		chunk: u32,
	},
	/// The envelope was sealed with another key.
	#[error("the envelope was sealed with another key")]
	WrongKey,
	/// The padding inside the envelope does not follow the format.
	#[error("the envelope's padding does not follow the format")]
	InvalidPadding,
	/// The content is longer than an envelope can hold.
	#[error("the content is longer than an envelope can hold")]
	MaxLengthExceeded,
	/// The range reaches outside of the content.
	#[error("range {start}..{end} is outside of the content's {len} bytes")]
	InvalidRange {
		/// The first byte asked for.
		start: u64,
		/// The byte after the last one asked for.
		end: u64,
		/// The length of the content.
		len: u64,
	},
	/// The writer failed before and cannot go on.
	#[error("the envelope's writer or reader failed before and cannot go on")]
	AlreadyFailed,
	/// The bytes are no capsule.
	#[error("malformed capsule: {found} bytes, expected {expected}")]
	MalformedCapsule {
		/// How many bytes were found.
		found: usize,
		/// How many bytes the suite wants.
		expected: usize,
	},
	/// The capsule does not open with this key in this context.
	#[error("the capsule does not open with this key for this record, segment and purpose")]
	CapsuleNotOpened,
	/// The bytes are no sealed document.
	#[error("malformed sealed document of {found} bytes")]
	MalformedDocument {
		/// How many bytes were found.
		found: usize,
	},
	/// The document does not open with this key in this context.
	#[error("the document does not open with this key for this kind and consent")]
	DocumentNotOpened,
	/// The bytes are no sealed file.
	#[error("malformed sealed file: {reason}")]
	MalformedFile {
		/// What is wrong.
		reason: &'static str,
	},
	/// None of the keys is the one that the file was sealed to.
	#[error("the file does not open with any of these keys")]
	FileNotOpened,
	/// The payload is longer than a sealed document can hold.
	#[error("a document of {found} bytes, at most {limit} are allowed")]
	MaxDocumentExceeded {
		/// How many bytes were given.
		found: usize,
		/// How many are allowed.
		limit: usize,
	},
	/// A key has the wrong length, or is no key.
	#[error("malformed {suite:?} key: {found} bytes, expected {expected}")]
	MalformedKey {
		/// The suite that the key is for.
		suite: Suite,
		/// How many bytes were found.
		found: usize,
		/// How many bytes the suite wants.
		expected: usize,
	},
	/// The recipient's public key is not usable: it would give a predictable secret.
	#[error("the recipient's public key is not usable")]
	InvalidRecipient,
	/// The passphrase does not open the keystore, or its header was changed.
	#[error("the passphrase does not open this keystore")]
	KeystoreWrongPassphrase,
	/// The keystore's content does not follow the format.
	#[error("the keystore is damaged: {reason}")]
	KeystoreCorrupt {
		/// What was wrong.
		reason: &'static str,
	},
	/// The keystore has a format or version that this release cannot read.
	#[error("the keystore's {field} is not supported")]
	KeystoreUnsupported {
		/// The field that says so.
		field: &'static str,
	},
	/// The parameters of the key derivation are outside of what is accepted.
	#[error(
		"the keystore's key derivation is outside of the accepted bounds: {field} is {found}, \
		 accepted are {min} to {max}"
	)]
	KeystoreCostRefused {
		/// The parameter.
		field: &'static str,
		/// Its value.
		found: u32,
		/// The least accepted value.
		min: u32,
		/// The greatest accepted value.
		max: u32,
	},
	/// The keystore's file could not be read or written.
	#[error("keystore {}: {source}", path.display())]
	KeystoreFile {
		/// The file.
		path: PathBuf,
		/// The cause.
		source: io::Error,
	},
	/// A passphrase is empty.
	#[error("a passphrase must not be empty")]
	EmptyPassphrase,
	/// A message of custody does not follow the format, or holds what is no point or scalar.
	#[error("malformed {object}: {reason}")]
	MalformedCustody {
		/// What the bytes should be.
		object: &'static str,
		/// What was wrong.
		reason: &'static str,
	},
	/// The threshold is no majority, or the committee is empty or too large.
	#[error("{threshold} of {size} is no threshold scheme that a committee can have")]
	InvalidScheme {
		/// How many shares open a key.
		threshold: u8,
		/// How many seats there are.
		size: u8,
	},
	/// The committee has no such seat, or the seat cannot take part.
	#[error("seat {seat} cannot take part")]
	InvalidSeat {
		/// The seat.
		seat: Seat,
	},
	/// A seat gave something twice.
	#[error("seat {seat} gave this before")]
	SeatRepeated {
		/// The seat.
		seat: Seat,
	},
	/// The dealing has no such segment.
	#[error("segment {segment} is not one of the dealing's {segments}")]
	InvalidSegment {
		/// The segment.
		segment: u16,
		/// How many there are.
		segments: u16,
	},
	/// A message is of another chain, epoch, record, version, session or seat than expected.
	#[error("this {object} belongs elsewhere: another chain, epoch, record, version or seat")]
	CustodyContextMismatch {
		/// What it is.
		object: &'static str,
	},
	/// The commitments are not those that the chain is bound to.
	#[error("the commitments are not those of the dealing on chain")]
	DigestMismatch,
	/// The dealer's share, or its commitments, are wrong.
	#[error("seat {seat} gave a wrong share of segment {segment}")]
	WrongShare {
		/// Who is to blame.
		seat: Seat,
		/// The segment.
		segment: u16,
	},
	/// The share does not open with this key for this ticket, or is another's.
	#[error("the share of seat {seat} does not open with this key for this ticket and segment")]
	ShareNotOpened {
		/// Who gave it.
		seat: Seat,
	},
	/// The share comes with commitments that are not those on chain.
	#[error("seat {seat} gave a share that is not of the dealing on chain")]
	ShareUnproven {
		/// Who gave it.
		seat: Seat,
	},
	/// The helper added other masks than those that were announced.
	#[error("seat {seat} used other masks than were announced")]
	MaskMismatch {
		/// The helper.
		seat: Seat,
	},
	/// Fewer shares than the threshold, or contributions are missing.
	#[error("{found} of {needed} contributions")]
	TooFewShares {
		/// How many there are.
		found: u32,
		/// How many it takes.
		needed: u32,
	},
	/// The complaint does not show that the dealer is at fault.
	#[error("the complaint is unfounded: {reason}")]
	ComplaintUnfounded {
		/// Why not.
		reason: &'static str,
	},
	/// The bytes or the text are no such object of a recovery.
	#[error("malformed {object}: {reason}")]
	MalformedRecovery {
		/// What they should be.
		object: &'static str,
		/// What was wrong.
		reason: &'static str,
	},
	/// A block of a printed text was typed wrong, or is missing.
	#[error("block {block} of the {object} is wrong: {reason}")]
	TextBlock {
		/// What the text is of.
		object: &'static str,
		/// The number of the block.
		block: usize,
		/// What was wrong.
		reason: &'static str,
	},
	/// No so many guardians open a kit.
	#[error("{threshold} of {guardians} guardians cannot be: from one to all of at most 32")]
	InvalidQuorum {
		/// How many it would take.
		threshold: u8,
		/// How many there would be.
		guardians: usize,
	},
	/// The keystore has no encryption key that could be lost.
	#[error("the keystore holds no encryption key")]
	NoKeys,
	/// The account is none of the kit's guardians.
	#[error("that account is no guardian of this kit")]
	NotAGuardian,
	/// A guardian comes twice, or is the owner.
	#[error("guardian {guardian} is there twice, or is the owner herself")]
	GuardianRepeated {
		/// Her number, from one.
		guardian: u8,
	},
	/// The share is another kit's.
	#[error("the share is of kit {found}, not of kit {expected}")]
	OtherKit {
		/// The kit that it is of.
		found: KitId,
		/// The kit at hand.
		expected: KitId,
	},
	/// The share does not open with this key.
	#[error("the share of guardian {guardian} does not open with this key")]
	GuardianShareNotOpened {
		/// Her number, from one.
		guardian: u8,
	},
	/// The share is not the one that the kit commits to.
	#[error("the share of guardian {guardian} is wrong")]
	WrongGuardianShare {
		/// Her number, from one.
		guardian: u8,
	},
	/// Fewer guardians than it takes.
	#[error("{found} of the {needed} shares that it takes")]
	TooFewGuardians {
		/// How many there are.
		found: u32,
		/// How many it takes.
		needed: u32,
	},
	/// The keys in the kit are not the ones that were sealed.
	#[error("the kit is damaged: its shares are right, and its keys do not open")]
	KitDamaged,
}

impl Error {
	/// The stable code of the error.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::EntropyUnavailable { .. } => "ENTROPY_UNAVAILABLE",
			Self::Internal { .. } => "CRYPTO_INTERNAL",
			Self::Stream { .. } => "ENVELOPE_STREAM",
			Self::NotAnEnvelope => "ENVELOPE_NOT_RECOGNISED",
			Self::UnsupportedVersion { .. } => "ENVELOPE_UNSUPPORTED_VERSION",
			Self::UnsupportedSuite { .. } => "UNSUPPORTED_SUITE",
			Self::MalformedHeader { .. } => "ENVELOPE_MALFORMED",
			Self::Truncated { .. } => "ENVELOPE_TRUNCATED",
			Self::Tampered { .. } => "ENVELOPE_TAMPERED",
			Self::WrongKey => "WRONG_KEY",
			Self::InvalidPadding => "ENVELOPE_INVALID_PADDING",
			Self::MaxLengthExceeded => "ENVELOPE_TOO_LONG",
			Self::InvalidRange { .. } => "ENVELOPE_INVALID_RANGE",
			Self::AlreadyFailed => "ENVELOPE_ALREADY_FAILED",
			Self::MalformedCapsule { .. } => "CAPSULE_MALFORMED",
			Self::CapsuleNotOpened => "CAPSULE_NOT_OPENED",
			Self::MalformedDocument { .. } => "DOCUMENT_MALFORMED",
			Self::DocumentNotOpened => "DOCUMENT_NOT_OPENED",
			Self::MalformedFile { .. } => "FILE_MALFORMED",
			Self::FileNotOpened => "FILE_NOT_OPENED",
			Self::MaxDocumentExceeded { .. } => "DOCUMENT_TOO_LARGE",
			Self::MalformedKey { .. } => "KEY_MALFORMED",
			Self::InvalidRecipient => "KEY_INVALID_RECIPIENT",
			Self::KeystoreWrongPassphrase => "KEYSTORE_WRONG_PASSPHRASE",
			Self::KeystoreCorrupt { .. } => "KEYSTORE_CORRUPT",
			Self::KeystoreUnsupported { .. } => "KEYSTORE_UNSUPPORTED",
			Self::KeystoreCostRefused { .. } => "KEYSTORE_COST_REFUSED",
			Self::KeystoreFile { .. } => "KEYSTORE_FILE",
			Self::EmptyPassphrase => "PASSPHRASE_EMPTY",
			Self::MalformedCustody { .. } => "CUSTODY_MALFORMED",
			Self::InvalidScheme { .. } => "CUSTODY_INVALID_SCHEME",
			Self::InvalidSeat { .. } => "CUSTODY_INVALID_SEAT",
			Self::SeatRepeated { .. } => "CUSTODY_SEAT_REPEATED",
			Self::InvalidSegment { .. } => "CUSTODY_INVALID_SEGMENT",
			Self::CustodyContextMismatch { .. } => "CUSTODY_CONTEXT_MISMATCH",
			Self::DigestMismatch => "CUSTODY_DIGEST_MISMATCH",
			Self::WrongShare { .. } => "CUSTODY_WRONG_SHARE",
			Self::ShareNotOpened { .. } => "CUSTODY_SHARE_NOT_OPENED",
			Self::ShareUnproven { .. } => "CUSTODY_SHARE_UNPROVEN",
			Self::MaskMismatch { .. } => "CUSTODY_MASK_MISMATCH",
			Self::TooFewShares { .. } => "CUSTODY_TOO_FEW_SHARES",
			Self::ComplaintUnfounded { .. } => "CUSTODY_COMPLAINT_UNFOUNDED",
			Self::MalformedRecovery { .. } => "RECOVERY_MALFORMED",
			Self::TextBlock { .. } => "RECOVERY_TEXT_BLOCK",
			Self::InvalidQuorum { .. } => "RECOVERY_INVALID_QUORUM",
			Self::NoKeys => "RECOVERY_NO_KEYS",
			Self::NotAGuardian => "RECOVERY_NOT_A_GUARDIAN",
			Self::GuardianRepeated { .. } => "RECOVERY_GUARDIAN_REPEATED",
			Self::OtherKit { .. } => "RECOVERY_OTHER_KIT",
			Self::GuardianShareNotOpened { .. } => "RECOVERY_SHARE_NOT_OPENED",
			Self::WrongGuardianShare { .. } => "RECOVERY_WRONG_SHARE",
			Self::TooFewGuardians { .. } => "RECOVERY_TOO_FEW_SHARES",
			Self::KitDamaged => "RECOVERY_KIT_DAMAGED",
		}
	}
}

/// Finds the error of this crate in what a reader or writer of this crate reported.
impl From<io::Error> for Error {
	fn from(source: io::Error) -> Self {
		source.downcast::<Self>().unwrap_or_else(|source| Self::Stream { source })
	}
}

/// Carries an error through `std::io::Read` and `std::io::Write`; converting back restores it.
impl From<Error> for io::Error {
	fn from(error: Error) -> Self {
		match error {
			Error::Stream { source } => source,
			Error::Truncated { .. } => Self::new(io::ErrorKind::UnexpectedEof, error),
			error => Self::new(io::ErrorKind::InvalidData, error),
		}
	}
}
