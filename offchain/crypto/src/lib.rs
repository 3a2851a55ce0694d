// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod capsule;
pub mod custody;
mod document;
pub mod envelope;
mod error;
mod keys;
pub mod keystore;
mod padding;
mod passphrase;
mod random;
pub mod recovery;
mod sealed_file;
mod sealing;
mod segment_key;
#[cfg(test)]
mod vectors;

pub use capsule::{Capsule, CapsuleContext, CapsulePurpose};
pub use document::{DocumentContext, DocumentKind, SealedDocument, MAX_DOCUMENT};
pub use envelope::{
	open_bytes, open_range, seal_bytes, EnvelopeRange, EnvelopeReader, EnvelopeSummary,
	EnvelopeWriter,
};
pub use error::{Error, Result};
pub use keys::{EncryptionKeyPair, EphemeralKey, SecretKey};
pub use keystore::{KdfParams, Keystore, SigningSecret};
pub use passphrase::Passphrase;
pub use sealed_file::{seal_file, FileKind, SealedFile};
pub use segment_key::SegmentKey;
