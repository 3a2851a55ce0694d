// SPDX-License-Identifier: Apache-2.0
//! What an append and the calls weigh. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weights of this pallet.
pub trait WeightInfo {
	/// Of an append. Calls of other pallets measure it as a part of them.
	fn append() -> Weight;
	/// Of `record_read`.
	fn record_read() -> Weight;
	/// Of `commit_batch`.
	fn commit_batch() -> Weight;
}

impl WeightInfo for () {
	fn append() -> Weight {
		Weight::from_parts(20_000_000, 4_000)
	}

	fn record_read() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn commit_batch() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}
}
