// SPDX-License-Identifier: Apache-2.0
//! The recovery kit: the encryption keys of an owner, shared among guardians.
//!
//! All keys of a keystore are sealed under one fresh secret, which any `t` of `n` guardians know
//! together. The sharing is that of [`crate::custody`]: every share is verified against commitments,
//! and who gives a wrong one is named. Each share is sealed to its guardian's encryption key, so that
//! a [`RecoveryKit`] may lie anywhere: with every guardian, printed, in a drawer.
//!
//! Who lost her keys makes a fresh key and asks with a [`RecoveryRequest`]. A guardian opens her
//! [`GuardianShare`] and seals it to that key as a [`ReleasedShare`]; a [`KitCombiner`] takes any `t` of
//! those and gives the keys back. What signs for the account is not in a kit: an account comes back
//! through the chain, after a delay. All three objects have a text form that can be printed and typed.
//! The format and what it promises: `docs/formats/recovery-v1.md`.

mod combine;
mod kit;
mod quorum;
mod release;
mod request;
mod share;
#[cfg(test)]
mod tests;
mod text;
#[cfg(test)]
mod vectors;
mod wire;

pub use combine::KitCombiner;
pub use kit::{Guardian, KitId, RecoveryKit};
pub use quorum::Quorum;
pub use release::ReleasedShare;
pub use request::{RecoveryRequest, RequestClaim};
pub use share::GuardianShare;
