// SPDX-License-Identifier: Apache-2.0
//! What an append weighs. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weight of what this pallet does for others.
pub trait WeightInfo {
	/// Of an append to a full window: of the trail one read and one write, of entries two writes
	/// and one read. A call that appends bears it.
	fn append() -> Weight;
}

impl WeightInfo for () {
	fn append() -> Weight {
		Weight::from_parts(40_000_000, 8_000)
	}
}
