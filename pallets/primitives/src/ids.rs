// SPDX-License-Identifier: Apache-2.0
//! Identifiers of things on chain.
//!
//! An identifier is the hash of who made the thing and of a salt that its maker chose. So a client
//! knows it before it submits, can submit again after a crash without making a second thing, and
//! nobody can take an identifier that he sees in the transaction pool.

use crate::{bytes32::bytes32, Commitment, ContentId, SaleId, Window};
use codec::Encode;
use sp_crypto_hashing::blake2_256;

bytes32! {
	/// A record: one logical item of health data with many versions.
	RecordId
}

bytes32! {
	/// A consent token.
	ConsentId
}

bytes32! {
	/// A ticket: one use of a consent token.
	TicketId
}

bytes32! {
	/// A declared emergency, in which a clinician reads without a consent.
	EmergencyId
}

impl RecordId {
	/// The identifier of the record that `owner` anchors with `salt`.
	pub fn derive<AccountId: Encode>(owner: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/record/1", owner, salt).using_encoded(blake2_256))
	}
}

impl ConsentId {
	/// The identifier of the consent that `maker` makes with `salt`: the subject who grants it, the
	/// grantee who passes on a part of hers, or whoever claims it under a standing rule.
	pub fn derive<AccountId: Encode>(maker: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/consent/1", maker, salt).using_encoded(blake2_256))
	}

	/// The identifier of the consent that `requester` asks `subject` for with `salt`. It binds all
	/// that is asked for: what the subject approves is what she saw.
	pub fn derive_requested<AccountId: Encode>(
		requester: &AccountId,
		subject: &AccountId,
		salt: &[u8; 32],
		commitment: &Commitment,
		envelope: &ContentId,
		window: &Window,
		uses: u32,
	) -> Self {
		let parties = (b"salus/consent-request/1", requester, subject, salt);
		Self((parties, commitment, envelope, window, uses).using_encoded(blake2_256))
	}
}

impl TicketId {
	/// The identifier of the ticket that opens `record` under `consent` to `ephemeral_key`.
	///
	/// An ephemeral key is used once, so the same attempt submitted twice is one ticket.
	pub fn derive(consent: &ConsentId, record: &RecordId, ephemeral_key: &[u8]) -> Self {
		Self((b"salus/ticket/1", consent, record, ephemeral_key).using_encoded(blake2_256))
	}

	/// The identifier of the ticket that opens `record`, sold by `sale`, to `ephemeral_key`.
	pub fn derive_for_sale(sale: &SaleId, record: &RecordId, ephemeral_key: &[u8]) -> Self {
		Self((b"salus/ticket/sale/1", sale, record, ephemeral_key).using_encoded(blake2_256))
	}

	/// The identifier of the ticket that opens `record` in `emergency` to `ephemeral_key`.
	pub fn derive_for_emergency(
		emergency: &EmergencyId,
		record: &RecordId,
		ephemeral_key: &[u8],
	) -> Self {
		Self(
			(b"salus/ticket/emergency/1", emergency, record, ephemeral_key)
				.using_encoded(blake2_256),
		)
	}
}

impl EmergencyId {
	/// The identifier of the emergency that `clinician` declares with `salt`.
	pub fn derive<AccountId: Encode>(clinician: &AccountId, salt: &[u8; 32]) -> Self {
		Self((b"salus/emergency/1", clinician, salt).using_encoded(blake2_256))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn identifiers_bind_owner_salt_and_kind() {
		let record = RecordId::derive(&[1u8; 32], &[2; 32]);
		assert_ne!(record, RecordId::derive(&[3u8; 32], &[2; 32]));
		assert_ne!(record, RecordId::derive(&[1u8; 32], &[4; 32]));
		assert_ne!(record.0, ConsentId::derive(&[1u8; 32], &[2; 32]).0);
		assert_ne!(record.0, EmergencyId::derive(&[1u8; 32], &[2; 32]).0);
	}

	#[test]
	fn a_requested_consent_binds_all_that_is_asked_for() {
		let envelope = |byte| ContentId { codec: crate::MultiCodec::Raw, digest: [byte; 32] };
		let id = |by: u64, of: u64, salt, terms, cid, from, until, uses| {
			let (terms, window) = (Commitment([terms; 32]), Window { from, until });
			ConsentId::derive_requested(
				&by,
				&of,
				&[salt; 32],
				&terms,
				&envelope(cid),
				&window,
				uses,
			)
		};
		let ids = [
			id(1, 2, 3, 4, 5, 6, 7, 8),
			id(9, 2, 3, 4, 5, 6, 7, 8),
			id(1, 9, 3, 4, 5, 6, 7, 8),
			id(1, 2, 9, 4, 5, 6, 7, 8),
			id(1, 2, 3, 9, 5, 6, 7, 8),
			id(1, 2, 3, 4, 9, 6, 7, 8),
			id(1, 2, 3, 4, 5, 9, 7, 8),
			id(1, 2, 3, 4, 5, 6, 9, 8),
			id(1, 2, 3, 4, 5, 6, 7, 9),
			ConsentId::derive(&1u64, &[3; 32]),
		];
		for (at, id) in ids.iter().enumerate() {
			assert!(!ids[..at].contains(id));
		}
	}

	#[test]
	fn a_ticket_binds_all_three_parts() {
		let (c, r) = (ConsentId([1; 32]), RecordId([2; 32]));
		let ticket = TicketId::derive(&c, &r, &[3; 32]);
		assert_ne!(ticket, TicketId::derive(&ConsentId([9; 32]), &r, &[3; 32]));
		assert_ne!(ticket, TicketId::derive(&c, &RecordId([9; 32]), &[3; 32]));
		assert_ne!(ticket, TicketId::derive(&c, &r, &[9; 32]));
	}

	#[test]
	fn a_ticket_binds_what_it_was_issued_for() {
		let (bytes, record, key) = ([1; 32], RecordId([2; 32]), [3; 32]);
		let (sale, emergency) = (SaleId(bytes), EmergencyId(bytes));
		let ids = [
			TicketId::derive(&ConsentId(bytes), &record, &key),
			TicketId::derive_for_sale(&sale, &record, &key),
			TicketId::derive_for_sale(&SaleId([9; 32]), &record, &key),
			TicketId::derive_for_sale(&sale, &RecordId([9; 32]), &key),
			TicketId::derive_for_sale(&sale, &record, &[9; 32]),
			TicketId::derive_for_emergency(&emergency, &record, &key),
			TicketId::derive_for_emergency(&EmergencyId([9; 32]), &record, &key),
			TicketId::derive_for_emergency(&emergency, &RecordId([9; 32]), &key),
			TicketId::derive_for_emergency(&emergency, &record, &[9; 32]),
		];
		for (at, id) in ids.iter().enumerate() {
			assert!(!ids[..at].contains(id));
		}
	}
}
