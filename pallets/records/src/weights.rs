// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weight of each call, the audit entry included.
pub trait WeightInfo {
	/// Of `anchor`.
	fn anchor() -> Weight;
	/// Of `revise`.
	fn revise() -> Weight;
	/// Of `retire`.
	fn retire() -> Weight;
}

impl WeightInfo for () {
	fn anchor() -> Weight {
		Weight::from_parts(80_000_000, 12_000)
	}

	fn revise() -> Weight {
		Weight::from_parts(80_000_000, 12_000)
	}

	fn retire() -> Weight {
		Weight::from_parts(70_000_000, 12_000)
	}
}
