// SPDX-License-Identifier: Apache-2.0
//! Threshold custody of segment keys: Feldman's verifiable secret sharing over ristretto255.
//!
//! A segment key derives from a random scalar, the shared secret. Its owner [`deal`]s the secrets of
//! all segments of a record version to a committee, or takes their keys one by one from a [`Dealer`];
//! each member verifies its [`SeatShares`] against the commitments, keeps them as [`HeldShares`] and
//! acknowledges their digest. For a ticket a member seals its share of a segment to the ticket's
//! ephemeral key; the grantee's [`ShareCombiner`] verifies every [`SealedShare`] against the digest on
//! chain, names who gave a wrong one, and any `t` of them give the key. A member that lost its shares
//! gets them back by a [`Repair`], and a [`Resharing`] moves a dealing to the next committee; neither
//! ever puts a secret together. The format and what it promises: `docs/formats/custody-v1.md`.

mod batch;
mod combine;
mod commitments;
mod complaint;
mod context;
mod dealing;
mod held;
mod key;
mod lagrange;
mod opening;
mod polynomial;
mod release;
mod repair;
mod reshare;
mod scalar;
mod scheme;
mod sealed;
mod stored;
mod subdealing;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
mod verified;
mod wire;

pub use combine::ShareCombiner;
pub use commitments::DealingCommitments;
pub use complaint::{Complaint, MAX_SIGNATURE};
pub use context::{DealingContext, RepairContext, ReshareContext};
pub use dealing::{deal, Dealer, Dealing, SeatShares};
pub use held::HeldShares;
pub use release::SealedShare;
pub use repair::{MaskCommitments, Repair, RepairHelper, RepairMask, RepairMasks, RepairShare};
pub use reshare::{verify_all, Resharing, SubdealingFault};
pub use scheme::ThresholdScheme;
pub use sealed::{SealedRepairMask, SealedRepairShare, SealedSeatShares, SealedSubdealing};
pub use stored::StoredShares;
pub use subdealing::{Subdealing, Subdealings};
pub(crate) use verified::{SharedSecret, VerifiedShares};
