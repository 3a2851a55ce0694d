// SPDX-License-Identifier: Apache-2.0
//! The market's identifiers, and what it asks of the pallets that authorise, release and attest.

use crate::{
	bytes32::bytes32, Commitment, ConsentId, ContentId, EncryptionKey, Moment, RecordId, TicketId,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;

bytes32! {
	/// A listing: a record on sale.
	ListingId
}

bytes32! {
	/// An offer of one buyer for one listing.
	OfferId
}

bytes32! {
	/// A sale authorisation: the seller's signed word that one buyer may have one record.
	SaleId
}

bytes32! {
	/// A cohort: listings that are bought together.
	CohortId
}

bytes32! {
	/// A study with a budget.
	StudyId
}

impl ListingId {
	/// The identifier of the listing that `seller` makes with `salt`.
	pub fn derive<AccountId: Encode>(seller: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/listing/1", seller, salt).using_encoded(blake2_256))
	}
}

impl OfferId {
	/// The identifier of the offer that `buyer` makes for `listing` with `salt`.
	pub fn derive<AccountId: Encode>(
		listing: &ListingId,
		buyer: &AccountId,
		salt: &[u8; 32],
	) -> Self {
		Self((b"salus/offer/1", listing, buyer, salt).using_encoded(blake2_256))
	}
}

impl SaleId {
	/// The identifier of the sale that `seller` authorises with `salt`.
	pub fn derive<AccountId: Encode>(seller: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/sale/1", seller, salt).using_encoded(blake2_256))
	}
}

impl CohortId {
	/// The identifier of the cohort that `curator` makes with `salt`.
	pub fn derive<AccountId: Encode>(curator: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/cohort/1", curator, salt).using_encoded(blake2_256))
	}
}

impl StudyId {
	/// The identifier of the study that `researcher` proposes with `salt`.
	pub fn derive<AccountId: Encode>(researcher: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/study/1", researcher, salt).using_encoded(blake2_256))
	}
}

/// What a buyer asks for, sealed to the custodians.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct SealedRequest {
	/// The commitment to the SCALE encoding of the request.
	pub commitment: Commitment,
	/// Where the request and the salt are, sealed to the custodians.
	pub envelope: ContentId,
}

/// A sale authorisation as the market sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleFacts<AccountId> {
	/// Who sells: the owner of the record.
	pub seller: AccountId,
	/// Who alone may buy.
	pub buyer: AccountId,
	/// What.
	pub record: RecordId,
	/// The first moment in which it does not hold any more.
	pub until: Moment,
	/// Whether the seller withdrew it.
	pub revoked: bool,
}

/// Which sales are authorised.
pub trait SaleBook<AccountId> {
	/// The authorisation, in whatever state.
	fn sale(sale: &SaleId) -> Option<SaleFacts<AccountId>>;

	/// Authorises a sale that holds until `until`, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn authorise_for_benchmark(
		seller: &AccountId,
		buyer: &AccountId,
		record: &RecordId,
		until: Moment,
	) -> SaleId;
}

/// Which consents hold.
pub trait ConsentStanding {
	/// Whether the consent holds at `now`, the terms not looked at. Nothing is spent.
	fn holds(consent: &ConsentId, now: Moment) -> bool;
}

/// Issues the tickets against which custodians release what was sold.
pub trait SaleTickets<AccountId> {
	/// Why no ticket is issued.
	type Error;

	/// How long a sale ticket is valid, in milliseconds.
	fn lifetime() -> Moment;

	/// Issues a ticket of `buyer` for `record`, to have the keys that `request` names released to
	/// `ephemeral_key`, and writes it down in the seller's trail. Each download has a ticket with a
	/// key of its own; a key that was used before is refused.
	///
	/// # Errors
	/// Why not; then nothing was written.
	fn issue(
		sale: &SaleId,
		buyer: &AccountId,
		record: &RecordId,
		request: SealedRequest,
		ephemeral_key: EncryptionKey,
		now: Moment,
	) -> Result<TicketId, Self::Error>;

	/// The first moment in which custodians refuse the ticket.
	fn deadline(ticket: &TicketId) -> Option<Moment>;
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn identifiers_bind_maker_salt_and_kind() {
		let (maker, salt) = ([1u8; 32], [2; 32]);
		let ids = [
			ListingId::derive(&maker, &salt).0,
			SaleId::derive(&maker, &salt).0,
			CohortId::derive(&maker, &salt).0,
			StudyId::derive(&maker, &salt).0,
			OfferId::derive(&ListingId([3; 32]), &maker, &salt).0,
			OfferId::derive(&ListingId([4; 32]), &maker, &salt).0,
			ListingId::derive(&[9u8; 32], &salt).0,
			ListingId::derive(&maker, &[9; 32]).0,
		];
		for (at, id) in ids.iter().enumerate() {
			assert!(!ids[..at].contains(id));
		}
	}
}
