// SPDX-License-Identifier: Apache-2.0
//! Threshold custody of segment keys: Feldman's verifiable secret sharing over ristretto255.
//!
//! A segment key derives from a random scalar, the shared secret. Its owner [`deal`]s the secrets of
//! all segments of a record version to a committee; each member verifies its [`SeatShares`] against
//! the commitments, keeps them as [`HeldShares`] and acknowledges their digest. For a ticket a
//! member seals its share of a segment to the ticket's ephemeral key; the grantee's
//! [`ShareCombiner`] verifies every [`SealedShare`] against the digest on chain, names who gave a
//! wrong one, and any `t` of them give the key. A member that lost its shares gets them back by a
//! [`Repair`].

mod batch;
mod combine;
mod commitments;
mod context;
mod dealing;
mod held;
mod key;
mod lagrange;
mod opening;
mod polynomial;
mod release;
mod repair;
mod scalar;
mod scheme;
#[cfg(test)]
mod tests;
mod wire;

pub use combine::ShareCombiner;
pub use commitments::DealingCommitments;
pub use context::{DealingContext, RepairContext};
pub use dealing::{deal, Dealing, SeatShares};
pub use held::HeldShares;
pub use release::SealedShare;
pub use repair::{MaskCommitments, Repair, RepairHelper, RepairMask, RepairMasks, RepairShare};
pub use scheme::ThresholdScheme;
