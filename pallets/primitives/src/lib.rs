// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

pub mod audit;
pub mod batch;
mod bytes32;
mod category;
mod commitment;
mod consent;
mod content_id;
pub mod custody;
mod duo;
mod encryption;
mod grantee;
mod ids;
mod market;
pub mod merkle;
pub mod privacy;
mod purpose;
mod role;
mod time;
pub mod traits;

pub use bytes32::ParseBytes32Error;
pub use category::{Category, Sensitivity, UnknownCategory};
pub use commitment::{Commitment, CommitmentDomain, Salt};
pub use consent::{Basis, ConsentReceipt, TermsDigest};
pub use content_id::{ContentId, MultiCodec};
pub use duo::{DuoKind, DuoTerm};
pub use encryption::{EncryptionKey, InvalidEncryptionKey, Suite, MAX_PUBLIC_KEY};
pub use grantee::Grantee;
pub use ids::{ConsentId, EmergencyId, RecordId, TicketId};
pub use market::{
	CohortId, ConsentStanding, ListingId, OfferId, SaleBook, SaleFacts, SaleId, SaleTickets,
	SealedRequest, StudyId,
};
pub use purpose::PurposeOfUse;
pub use role::Role;
pub use sp_crypto_hashing::blake2_256;
pub use time::{DateWindow, Day, Moment, Window};
