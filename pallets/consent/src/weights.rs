// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh.

use frame_support::weights::Weight;

/// The weights of this pallet's calls. The runtime has measured ones.
pub trait WeightInfo {
	/// Grant a consent.
	fn grant() -> Weight;
	/// Revoke a consent.
	fn revoke() -> Weight;
	/// Remove a consent that ended long ago.
	fn prune() -> Weight;
}

/// Guesses, for tests.
impl WeightInfo for () {
	fn grant() -> Weight {
		Weight::from_parts(50_000_000, 10_000)
	}

	fn revoke() -> Weight {
		Weight::from_parts(40_000_000, 10_000)
	}

	fn prune() -> Weight {
		Weight::from_parts(40_000_000, 10_000)
	}
}
