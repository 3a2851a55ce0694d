// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh.

use frame_support::weights::Weight;

/// The weights of this pallet's calls. The runtime has measured ones.
pub trait WeightInfo {
	/// Open a record under sealed terms.
	fn open_sealed() -> Weight;
	/// Open a record under public terms.
	fn open_public() -> Weight;
	/// Close a ticket.
	fn close() -> Weight;
}

/// Guesses, for tests.
impl WeightInfo for () {
	fn open_sealed() -> Weight {
		Weight::from_parts(80_000_000, 20_000)
	}

	fn open_public() -> Weight {
		Weight::from_parts(120_000_000, 20_000)
	}

	fn close() -> Weight {
		Weight::from_parts(20_000_000, 10_000)
	}
}
