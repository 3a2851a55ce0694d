// SPDX-License-Identifier: Apache-2.0
//! What is stored.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_policy::Request;
use salus_primitives::{Commitment, ConsentId, ContentId, EncryptionKey, Moment, RecordId};
use scale_info::TypeInfo;

/// A ticket of this runtime.
pub type TicketOf<T> = Ticket<<T as frame_system::Config>::AccountId>;

/// What is asked for.
// Not boxed: a request is read and written whole, so that nothing is gained by one more allocation.
#[allow(clippy::large_enum_variant)]
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum AccessRequest {
	/// For sealed terms: only the custodians can read it.
	#[codec(index = 0)]
	Sealed {
		/// The commitment to the SCALE encoding of the request.
		commitment: Commitment,
		/// Where the request and the salt are, sealed to the custodians.
		envelope: ContentId,
	},
	/// For public terms.
	#[codec(index = 1)]
	Public(Request),
}

impl AccessRequest {
	/// What the chain may read of it.
	pub const fn public(&self) -> Option<&Request> {
		match self {
			Self::Sealed { .. } => None,
			Self::Public(request) => Some(request),
		}
	}
}

/// One use of a consent.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Ticket<AccountId> {
	/// The consent that allowed it.
	pub consent: ConsentId,
	/// The version of that consent.
	pub consent_version: u32,
	/// The record.
	pub record: RecordId,
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
}
