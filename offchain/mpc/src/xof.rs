// SPDX-License-Identifier: Apache-2.0
//! Everything that is derived, from 32-byte keys by `XofTurboShake128` (VDAF-18, section 6.2.1).
//!
//! The domain separation tag of each call is the label, the usage and the context of the job. So
//! nothing that is derived for one use, chain, job or set of parameters serves another.

use crate::field::{Field, SecretVec};
use prio::vdaf::xof::{IntoFieldVec, Xof, XofTurboShake128};
use zeroize::Zeroizing;

/// The first bytes of every tag.
pub(crate) const LABEL: &[u8; 11] = b"salus/mpc/1";

/// What is derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usage {
	/// From the contributor's seed: the key of a seat's share.
	ShareKey = 1,
	/// From a share's key, or the contributor's seed for a whole share: what blinds commitments.
	Blind = 2,
	/// From a share's key: the share of the measurement.
	MeasurementShare = 3,
	/// From a share's key: the share of proof and masks.
	ProofShare = 4,
	/// From a blind: the commitment to a share of the measurement.
	JointPart = 5,
	/// From those commitments: the seed of the joint randomness.
	JointSeed = 6,
	/// From that seed: the joint randomness.
	JointRandomness = 7,
	/// From the contributor's seed: the prover's randomness.
	ProveRandomness = 8,
	/// From the contributor's seed: the masks of the degree checks.
	Masks = 9,
	/// From a blind: the commitment to a share of everything.
	ShareCommitment = 10,
	/// What aggregators compare to know that they have the same public share.
	PublicDigest = 11,
	/// From the job's key: where the proof is queried.
	QueryRandomness = 12,
	/// From the job's key: the combinations of the degree checks.
	DegreeChallenge = 13,
}

/// A derivation under way.
pub(crate) struct Derivation(XofTurboShake128);

impl Derivation {
	/// From a key, for one use in one job.
	pub(crate) fn new(key: &[u8; 32], usage: Usage, context: &[u8]) -> Self {
		Self(XofTurboShake128::init(key, &[LABEL, &[usage as u8], context]))
	}

	/// Binds more bytes.
	pub(crate) fn bind(mut self, bytes: &[u8]) -> Self {
		self.0.update(bytes);
		self
	}

	/// A commitment or digest, which may be seen.
	pub(crate) fn digest(self) -> [u8; 32] {
		*self.0.into_seed().as_ref()
	}

	/// A key, which may not.
	pub(crate) fn key(self) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(self.digest())
	}

	/// Uniform elements.
	pub(crate) fn elements<F: Field>(self, count: usize) -> SecretVec<F> {
		self.0.into_seed_stream().into_field_vec(count).into()
	}
}
