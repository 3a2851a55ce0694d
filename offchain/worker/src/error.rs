// SPDX-License-Identifier: Apache-2.0
//! What can go wrong, with codes that outlive the wording.

use crate::committee::Failure;
use crate::jobs::{JobId, JobState};
use crate::transport::StatementFault;
use salus_chain::AccountId;
use salus_ingest::SinkError;
use salus_policy::EmptyTerms;
use salus_primitives::{
	custody::{CustodianRefusal, EpochId, Seat},
	Category, ConsentId, EmergencyId, ListingId, OfferId, RecordId, TicketId,
};
use salus_store::ContentIdText;
use sqlx::migrate::MigrateError;
use std::{
	path::{Path, PathBuf},
	time::Duration,
};

/// The result of everything here that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong in this crate.
///
/// No variant carries content of a job: neither payload nor checkpoint nor result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// Another process held the database for longer than the busy timeout.
	#[error("the job database is locked by another process")]
	Locked,
	/// The file is no SQLite database, or is damaged.
	#[error("the job database is corrupt: {reason}")]
	Corrupt {
		/// What the database engine says.
		reason: String,
	},
	/// The disk, or the configured maximum of the file, is full.
	#[error("no room left for the job database")]
	DiskFull,
	/// The file cannot be opened, or not be written.
	#[error("the job database cannot be opened for writing: {reason}")]
	Inaccessible {
		/// What the system or the database engine says.
		reason: String,
	},
	/// The file was written by another version of this software.
	#[error("the schema of the database does not fit this version: {reason}")]
	SchemaMismatch {
		/// Which migration differs.
		reason: String,
	},
	/// The database failed in any other way.
	#[error("the database failed")]
	Database(#[source] sqlx::Error),
	/// There is no such job.
	#[error("job {job}: not found")]
	NotFound {
		/// The job that was asked for.
		job: JobId,
	},
	/// The job is not in the state that the operation needs.
	#[error("job {job}: unexpected state (expected {expected}, got {got})")]
	StateMismatch {
		/// The job.
		job: JobId,
		/// The state that the operation needs.
		expected: JobState,
		/// The state that the job is in.
		got: JobState,
	},
	/// The lease expired and somebody else may hold the job; nothing was written.
	#[error("job {job}: the lease is lost")]
	LeaseLost {
		/// The job.
		job: JobId,
	},
	/// The worker is stopping, or lost the lease, and the job should return.
	#[error("job {job}: cancelled")]
	Cancelled {
		/// The job.
		job: JobId,
	},
	/// The idempotency key is empty, too long, or not printable ASCII without spaces.
	#[error("invalid idempotency key")]
	InvalidKey,
	/// Data of a job cannot be encoded or decoded as the type asked for.
	#[error("the {part} does not have the expected form (line {line}, column {column})")]
	InvalidData {
		/// Payload, checkpoint or result.
		part: &'static str,
		/// Line in the JSON text; 0 when encoding.
		line: usize,
		/// Column in the JSON text; 0 when encoding.
		column: usize,
	},
	/// Data of a job is larger than a row may hold: store it elsewhere and name it here.
	#[error("the {part} is too large ({bytes} bytes, at most {max})")]
	MaxSizeExceeded {
		/// Payload, checkpoint or result.
		part: &'static str,
		/// The size of the data.
		bytes: usize,
		/// The largest size.
		max: usize,
	},
	/// Two kinds of job with one name were registered.
	#[error("job kind {kind}: already registered")]
	AlreadyRegistered {
		/// The name of the kind.
		kind: &'static str,
	},
	/// A setting has a value that cannot work.
	#[error("invalid setting {setting}")]
	InvalidSetting {
		/// The name of the setting.
		setting: &'static str,
	},
	/// Sealing or opening failed.
	#[error(transparent)]
	Crypto(#[from] salus_crypto::Error),
	/// The store failed.
	#[error(transparent)]
	Store(#[from] salus_store::Error),
	/// The chain refused or could not be asked.
	#[error(transparent)]
	Chain(#[from] salus_chain::Error),
	/// The file could not be ingested.
	#[error("{source}")]
	Ingest {
		/// Why.
		source: salus_ingest::Error,
	},
	/// A segment could not be written or read.
	#[error(transparent)]
	Mdf(#[from] salus_mdf::Error),
	/// A file or directory could not be used.
	#[error("{}: {source}", path.display())]
	File {
		/// The file.
		path: PathBuf,
		/// What the system says.
		source: std::io::Error,
	},
	/// What was decrypted could not be written.
	#[error("writing what was decrypted failed: {source}")]
	Output {
		/// What the system says.
		source: std::io::Error,
	},
	/// Something stored does not have the expected form; its content is not shown.
	#[error("stored data does not have the expected form (line {line}, column {column})")]
	Malformed {
		/// The line in the JSON text.
		line: usize,
		/// The column in the JSON text.
		column: usize,
	},
	/// Blocking work ended before its time.
	#[error("the work was interrupted")]
	Interrupted,
	/// The file is not the one that was named when the job was queued.
	#[error("{file} has changed since it was queued")]
	InputChanged {
		/// The file.
		file: String,
	},
	/// Nothing in the file could be used.
	#[error("nothing in {file} could be used")]
	NothingFound {
		/// The file.
		file: String,
	},
	/// A record has more segments than the chain counts.
	#[error("more segments than a record can have")]
	TooManySegments,
	/// The record is not in the catalogue, or not on chain.
	#[error("record {record}: not known here")]
	RecordUnknown {
		/// The record.
		record: RecordId,
	},
	/// Another version of the record has taken the place of this one.
	#[error("record {record}: version {version} is not the newest any more")]
	VersionReplaced {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
	},
	/// The record has no such segment.
	#[error("record {record}: no segment {segment}")]
	SegmentUnknown {
		/// The record.
		record: RecordId,
		/// The segment.
		segment: u16,
	},
	/// The manifest is not the one that the chain holds a commitment to.
	#[error("record {record}: the manifest is not what the chain commits to")]
	ManifestMismatch {
		/// The record.
		record: RecordId,
	},
	/// There is no such consent.
	#[error("consent {consent}: not found")]
	ConsentUnknown {
		/// The consent.
		consent: ConsentId,
	},
	/// The terms are not what the chain holds a commitment to.
	#[error("consent {consent}: the terms are not what the chain commits to")]
	TermsMismatch {
		/// The consent.
		consent: ConsentId,
	},
	/// The terms could never permit anything.
	#[error("the terms permit nothing: {reason}")]
	TermsEmpty {
		/// What is empty.
		reason: EmptyTerms,
	},
	/// A subject denies more things than custodians look through with each release.
	#[error("{found} denials, and at most {most} are possible")]
	MaxDenialsExceeded {
		/// How many there are.
		found: usize,
		/// How many may be.
		most: usize,
	},
	/// A sealed document opens but does not decode.
	#[error("a sealed document does not decode")]
	DocumentMalformed,
	/// The grantee has no encryption key on chain.
	#[error("{grantee} is not registered with an encryption key")]
	GranteeUnknown {
		/// The grantee.
		grantee: AccountId,
	},
	/// The keystore holds no key that opens this.
	#[error("{account} holds no key that opens this")]
	KeyMissing {
		/// The account.
		account: AccountId,
	},
	/// No committee takes keys into custody on this chain.
	#[error("no committee of custodians is active on this chain")]
	NoCommittee,
	/// A committee on chain is none that this release can work with.
	#[error("epoch {epoch}: not a committee, or one whose members have no keys")]
	CommitteeInvalid {
		/// Its epoch.
		epoch: EpochId,
	},
	/// The custodian has no seat there, or another one.
	#[error("epoch {epoch}: the custodian does not have that seat in the active committee")]
	NotAMember {
		/// The epoch.
		epoch: EpochId,
	},
	/// A deposit was not made by the owner of its record, or its shares are not what it says.
	#[error("record {record}: not deposited by the record's owner, or not what was dealt")]
	DepositInvalid {
		/// The record.
		record: RecordId,
	},
	/// Whoever deposits does not take part in the network.
	#[error("{owner}: not registered on chain")]
	OwnerUnknown {
		/// Who.
		owner: AccountId,
	},
	/// What a custodian asks of another does not fit the committees, or is not signed by it.
	#[error("from epoch {from} to {to}: no dealings move like this, or not for whoever asks")]
	HandoverInvalid {
		/// The epoch that should drain.
		from: EpochId,
		/// The epoch that should be active.
		to: EpochId,
	},
	/// A member of a draining committee dealt nothing.
	#[error("seat {seat} dealt nothing")]
	InvalidDealer {
		/// Its seat.
		seat: Seat,
	},
	/// A custodian did not answer in time.
	#[error("{custodian} did not answer in time")]
	CustodianSilent {
		/// Which.
		custodian: AccountId,
	},
	/// An owner left more deposits with a custodian than she anchored.
	#[error("record {record}: too many deposits of its owner wait to be anchored")]
	MaxDepositsExceeded {
		/// The record.
		record: RecordId,
	},
	/// The record is erased, or about to be.
	#[error("record {record}: erased")]
	RecordErased {
		/// The record.
		record: RecordId,
	},
	/// No committee holds the keys of the record.
	#[error("record {record}: no custodians hold its keys")]
	NotDealt {
		/// The record.
		record: RecordId,
	},
	/// The chain runs code that the custodian's operator has not looked at.
	#[error("the runtime code 0x{} is not approved", hexadecimal(code))]
	CodeNotApproved {
		/// Its hash.
		code: [u8; 32],
	},
	/// What a custodian keeps is damaged.
	#[error("what is in custody is damaged")]
	CustodyCorrupt,
	/// What a custodian keeps belongs to another chain.
	#[error("what is in custody here belongs to another chain")]
	CustodyElsewhere,
	/// The ticket is not in finalised state, yet or at all.
	#[error("ticket {ticket}: not final on chain")]
	TicketNotFinalised {
		/// The ticket.
		ticket: TicketId,
	},
	/// The key of the ticket is not here: it was opened before, or from another machine.
	#[error("ticket {ticket}: its key is not here; it has served, or is on another machine")]
	TicketKeyMissing {
		/// The ticket.
		ticket: TicketId,
	},
	/// Nothing is open in the emergency.
	#[error("emergency {emergency}: no ticket was issued yet, or any more")]
	EmergencyNotOpen {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// There is no such listing.
	#[error("listing {listing}: not found")]
	ListingUnknown {
		/// The listing.
		listing: ListingId,
	},
	/// There is no such offer, or it is somebody else's.
	#[error("offer {offer}: not found; it was refunded, forgotten, or is another's")]
	OfferUnknown {
		/// The offer.
		offer: OfferId,
	},
	/// The seller has not accepted the offer.
	#[error("offer {offer}: the seller has not accepted it")]
	OfferNotAccepted {
		/// The offer.
		offer: OfferId,
	},
	/// Custodians would release a part of what was sold.
	#[error("ticket {ticket}: {found} of the {all} segments that were sold")]
	PurchaseIncomplete {
		/// The ticket.
		ticket: TicketId,
		/// How many are released.
		found: usize,
		/// How many there are.
		all: usize,
	},
	/// The record is no de-identified data set, or something in it is never sold.
	#[error("record {record}: its {category} are not for sale")]
	NotForSale {
		/// The record.
		record: RecordId,
		/// What is not.
		category: Category,
	},
	/// A data set is made of one record in memory, and this one is too large.
	#[error("record {record}: {bytes} bytes, at most {max} become a data set")]
	DataSetTooLarge {
		/// The record.
		record: RecordId,
		/// How large it is.
		bytes: u64,
		/// How large it may be.
		max: u64,
	},
	/// Nothing is left of a record when what may not leave is left out.
	#[error("record {record}: nothing of it may become a data set")]
	DataSetEmpty {
		/// The record.
		record: RecordId,
	},
	/// De-identification failed: nothing leaves.
	#[error("de-identification failed: {source}")]
	Deidentify {
		/// Why.
		source: salus_deid::Error,
	},
	/// The keys that the ticket opens are with no committee.
	#[error("ticket {ticket}: no committee holds the keys")]
	NotHeld {
		/// The ticket.
		ticket: TicketId,
	},
	/// Custodians refuse.
	#[error("ticket {ticket}: no key is released: {refusal}")]
	ReleaseRefused {
		/// The ticket.
		ticket: TicketId,
		/// Why.
		refusal: CustodianRefusal,
	},
	/// A custodian does not release now.
	#[error("ticket {ticket}: no key is released yet: {refusal}")]
	ReleaseDeferred {
		/// The ticket.
		ticket: TicketId,
		/// Why.
		refusal: CustodianRefusal,
	},
	/// Fewer custodians released than it takes.
	#[error("ticket {ticket}: {found} of the {needed} shares that it takes{}", listed(failures))]
	ReleaseShort {
		/// The ticket.
		ticket: TicketId,
		/// How many released.
		found: usize,
		/// How many have to.
		needed: usize,
		/// What the others said.
		failures: Vec<Failure>,
	},
	/// Fewer custodians acknowledged a dealing than it takes.
	#[error("{found} of the {needed} acknowledgements that it takes{}", listed(failures))]
	DealingShort {
		/// How many acknowledged.
		found: usize,
		/// How many have to.
		needed: usize,
		/// What the others said.
		failures: Vec<Failure>,
	},
	/// The committee changed while keys were on their way to it.
	#[error("the committee changed; the keys are made anew")]
	CommitteeChanged,
	/// A custodian is in the committee, and nobody said where it answers.
	#[error("nothing says where custodian {custodian} answers")]
	CustodianNotListed {
		/// The custodian.
		custodian: AccountId,
	},
	/// What a custodian said is not signed by it, or not about what it was asked.
	#[error("the custodian's answer is not what was asked for, or not signed by it")]
	CustodianMalformed,
	/// A custodian says that a ticket opens other segments than the others say.
	#[error("the custodian opens other segments than the others do")]
	CustodianDisagrees,
	/// A custodian answered with an error of its own.
	#[error("the custodian failed: {detail}")]
	CustodianFailed {
		/// Its code.
		code: String,
		/// Its explanation.
		detail: String,
	},
	/// A custodian cannot do now what it was asked for.
	#[error("the custodian cannot do it now: {detail}")]
	CustodianUnavailable {
		/// Its code.
		code: String,
		/// Its explanation.
		detail: String,
		/// When it wants to be asked again.
		retry_after: Duration,
	},
	/// The directory holds something else than an export of this account.
	#[error("{} holds something else than an export of this account", path.display())]
	ExportForeign {
		/// The directory.
		path: PathBuf,
	},
	/// The index of an export cannot be used.
	#[error("this is no export that can be read: {reason}")]
	ExportMalformed {
		/// What was wrong.
		reason: String,
	},
	/// A file of an export is not what its name says.
	#[error("{content} is damaged: its bytes have another identifier")]
	ObjectDamaged {
		/// What it should be.
		content: ContentIdText,
	},
	/// A file of an export is not there.
	#[error("{content} is not in the export")]
	ObjectMissing {
		/// What it should be.
		content: ContentIdText,
	},
	/// Something is where the output should go.
	#[error("{} exists", path.display())]
	OutputExists {
		/// The path.
		path: PathBuf,
	},
	/// A custodian does not answer.
	#[error("custodian {custodian} does not answer: {}", innermost(&**source))]
	CustodianUnreachable {
		/// The custodian.
		custodian: AccountId,
		/// What happened.
		source: Box<dyn std::error::Error + Send + Sync>,
	},
	/// Somebody else answers where a custodian should. Nothing was said to them.
	#[error("who answers is not custodian {custodian}: {fault}")]
	CustodianImpostor {
		/// The custodian.
		custodian: AccountId,
		/// How that is known.
		fault: StatementFault,
	},
	/// The secure channel cannot be set up.
	#[error("the secure channel cannot be set up: {source}")]
	Transport {
		/// What TLS says.
		source: rustls::Error,
	},
	/// Serving failed.
	#[error("serving failed: {source}")]
	Serve {
		/// What the system says.
		source: std::io::Error,
	},
}

impl Error {
	/// The stable code, the same in logs, JSON-RPC and REST.
	pub fn code(&self) -> &str {
		match self {
			Self::Locked => "DATABASE_LOCKED",
			Self::Corrupt { .. } => "DATABASE_CORRUPT",
			Self::DiskFull => "DISK_FULL",
			Self::Inaccessible { .. } => "DATABASE_INACCESSIBLE",
			Self::SchemaMismatch { .. } => "SCHEMA_MISMATCH",
			Self::Database(_) => "DATABASE_FAILED",
			Self::NotFound { .. } => "JOB_NOT_FOUND",
			Self::StateMismatch { .. } => "JOB_STATE_MISMATCH",
			Self::LeaseLost { .. } => "LEASE_LOST",
			Self::Cancelled { .. } => "CANCELLED",
			Self::InvalidKey => "IDEMPOTENCY_KEY_INVALID",
			Self::InvalidData { .. } => "JOB_DATA_INVALID",
			Self::MaxSizeExceeded { .. } => "JOB_DATA_TOO_LARGE",
			Self::AlreadyRegistered { .. } => "KIND_ALREADY_REGISTERED",
			Self::InvalidSetting { .. } => "SETTING_INVALID",
			Self::Crypto(error) => error.code(),
			Self::Store(error) => error.code(),
			Self::Chain(error) => error.code(),
			Self::Ingest { source } => source.code(),
			Self::Mdf(error) => error.code(),
			Self::File { source, .. } | Self::Output { source } => match source.kind() {
				std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "DISK_FULL",
				std::io::ErrorKind::NotFound => "FILE_NOT_FOUND",
				_ => "FILE_IO",
			},
			Self::Malformed { .. } => "DATA_MALFORMED",
			Self::Interrupted => "INTERRUPTED",
			Self::InputChanged { .. } => "FILE_CHANGED",
			Self::NothingFound { .. } => "FILE_NOTHING_FOUND",
			Self::TooManySegments => "MAX_SEGMENTS_EXCEEDED",
			Self::RecordUnknown { .. } => "RECORD_NOT_FOUND",
			Self::VersionReplaced { .. } => "RECORD_VERSION_REPLACED",
			Self::SegmentUnknown { .. } => "SEGMENT_NOT_FOUND",
			Self::ManifestMismatch { .. } => "MANIFEST_MISMATCH",
			Self::ListingUnknown { .. } => "LISTING_NOT_FOUND",
			Self::OfferUnknown { .. } => "OFFER_NOT_FOUND",
			Self::OfferNotAccepted { .. } => "OFFER_NOT_ACCEPTED",
			Self::PurchaseIncomplete { .. } => "PURCHASE_INCOMPLETE",
			Self::NotForSale { .. } => "RECORD_NOT_FOR_SALE",
			Self::DataSetTooLarge { .. } => "DATA_SET_TOO_LARGE",
			Self::DataSetEmpty { .. } => "DATA_SET_EMPTY",
			Self::Deidentify { .. } => "DEIDENTIFICATION_FAILED",
			Self::ConsentUnknown { .. } => "CONSENT_NOT_FOUND",
			Self::TermsMismatch { .. } => "TERMS_MISMATCH",
			Self::TermsEmpty { .. } => "TERMS_EMPTY",
			Self::MaxDenialsExceeded { .. } => "MAX_DENIALS_EXCEEDED",
			Self::DocumentMalformed => "DOCUMENT_MALFORMED",
			Self::GranteeUnknown { .. } => "GRANTEE_NOT_REGISTERED",
			Self::KeyMissing { .. } => "KEY_MISSING",
			Self::NoCommittee => "NO_COMMITTEE",
			Self::CommitteeInvalid { .. } => "COMMITTEE_INVALID",
			Self::NotAMember { .. } => "NOT_A_MEMBER",
			Self::DepositInvalid { .. } => "DEPOSIT_INVALID",
			Self::MaxDepositsExceeded { .. } => "MAX_DEPOSITS_EXCEEDED",
			Self::RecordErased { .. } => "RECORD_ERASED",
			Self::NotDealt { .. } => "NOT_DEALT",
			Self::CodeNotApproved { .. } => "RUNTIME_NOT_APPROVED",
			Self::TicketKeyMissing { .. } => "TICKET_KEY_MISSING",
			Self::EmergencyNotOpen { .. } => "EMERGENCY_NOT_OPEN",
			Self::OwnerUnknown { .. } => "OWNER_UNKNOWN",
			Self::HandoverInvalid { .. } => "HANDOVER_INVALID",
			Self::InvalidDealer { .. } => "DEALER_INVALID",
			Self::CustodianSilent { .. } => "CUSTODIAN_SILENT",
			Self::CustodyCorrupt => "CUSTODY_CORRUPT",
			Self::CustodyElsewhere => "CUSTODY_ELSEWHERE",
			Self::TicketNotFinalised { .. } => "TICKET_NOT_FINALISED",
			Self::NotHeld { .. } => "NOT_HELD",
			Self::ReleaseRefused { refusal, .. } => refusal.code(),
			Self::ReleaseDeferred { .. } => "RELEASE_DEFERRED",
			Self::ReleaseShort { .. } => "RELEASE_SHORT",
			Self::DealingShort { .. } => "DEALING_SHORT",
			Self::CommitteeChanged => "COMMITTEE_CHANGED",
			Self::CustodianNotListed { .. } => "CUSTODIAN_NOT_LISTED",
			Self::CustodianMalformed => "CUSTODIAN_MALFORMED",
			Self::CustodianDisagrees => "CUSTODIAN_DISAGREES",
			Self::CustodianFailed { code, .. } | Self::CustodianUnavailable { code, .. } => code,
			Self::CustodianUnreachable { .. } => "CUSTODIAN_UNREACHABLE",
			Self::CustodianImpostor { fault, .. } => fault.code(),
			Self::Transport { .. } => "TRANSPORT_FAILED",
			Self::ExportForeign { .. } => "EXPORT_FOREIGN",
			Self::ExportMalformed { .. } => "EXPORT_MALFORMED",
			Self::ObjectDamaged { .. } => "EXPORT_OBJECT_DAMAGED",
			Self::ObjectMissing { .. } => "EXPORT_OBJECT_MISSING",
			Self::OutputExists { .. } => "OUTPUT_EXISTS",
			Self::Serve { .. } => "SERVE_FAILED",
		}
	}

	/// Whether the same call may succeed later.
	pub fn is_retryable(&self) -> bool {
		match self {
			Self::Store(error) => error.is_transient(),
			Self::Chain(error) => error.is_retryable(),
			Self::CustodianUnreachable { .. }
			| Self::CustodianSilent { .. }
			| Self::CustodianUnavailable { .. }
			| Self::ReleaseDeferred { .. }
			| Self::ReleaseShort { .. }
			| Self::DealingShort { .. }
			| Self::CommitteeChanged
			| Self::NoCommittee
			| Self::TicketNotFinalised { .. }
			| Self::Interrupted => true,
			Self::Locked
			| Self::DiskFull
			| Self::Database(_)
			| Self::LeaseLost { .. }
			| Self::Cancelled { .. } => true,
			_ => false,
		}
	}

	pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
		Self::File { path: path.to_owned(), source }
	}

	/// A failure of serde, without its message, which may quote the data.
	pub(crate) fn invalid_data(part: &'static str, error: &serde_json::Error) -> Self {
		Self::InvalidData { part, line: error.line(), column: error.column() }
	}
}

fn hexadecimal(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What happened at first: the others only say where.
fn innermost<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a dyn std::error::Error {
	let mut innermost = error;
	while let Some(source) = innermost.source() {
		innermost = source;
	}
	innermost
}

/// What custodians said, one after the other.
fn listed(failures: &[Failure]) -> String {
	failures.iter().map(|failure| format!("; {failure}")).collect()
}

impl From<sqlx::Error> for Error {
	fn from(error: sqlx::Error) -> Self {
		match error {
			sqlx::Error::Database(ref inner) => match primary_code(inner.as_ref()) {
				// BUSY, LOCKED
				Some(5 | 6) => Self::Locked,
				// CORRUPT, NOTADB
				Some(11 | 26) => Self::Corrupt { reason: inner.message().to_owned() },
				// FULL
				Some(13) => Self::DiskFull,
				// PERM, READONLY, CANTOPEN, AUTH
				Some(3 | 8 | 14 | 23) => Self::Inaccessible { reason: inner.message().to_owned() },
				_ => Self::Database(error),
			},
			sqlx::Error::Io(inner) => inner.into(),
			sqlx::Error::PoolTimedOut => Self::Locked,
			sqlx::Error::Migrate(inner) => (*inner).into(),
			other => Self::Database(other),
		}
	}
}

impl From<serde_json::Error> for Error {
	/// Without the message, which may quote the data.
	fn from(error: serde_json::Error) -> Self {
		Self::Malformed { line: error.line(), column: error.column() }
	}
}

impl From<salus_ingest::Error> for Error {
	/// What the sink said is what went wrong, where it is an error of ours.
	fn from(error: salus_ingest::Error) -> Self {
		match error {
			salus_ingest::Error::Sink(SinkError::Failed { source }) => match source.downcast() {
				Ok(ours) => *ours,
				Err(source) => {
					Self::Ingest { source: salus_ingest::Error::Sink(SinkError::Failed { source }) }
				},
			},
			source => Self::Ingest { source },
		}
	}
}

impl From<std::io::Error> for Error {
	fn from(error: std::io::Error) -> Self {
		match error.kind() {
			std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
			_ => Self::Inaccessible { reason: error.to_string() },
		}
	}
}

impl From<MigrateError> for Error {
	fn from(error: MigrateError) -> Self {
		match error {
			MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => inner.into(),
			other => Self::SchemaMismatch { reason: other.to_string() },
		}
	}
}

/// The primary result code of SQLite, out of the extended one that sqlx reports.
fn primary_code(error: &dyn sqlx::error::DatabaseError) -> Option<u32> {
	error.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}
