// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weight of each call, the audit entry included. `a` is the number of acknowledgements in a
/// dealing, `v` the number of versions removed.
pub trait WeightInfo {
	/// Of `anchor`.
	fn anchor(a: u32) -> Weight;
	/// Of `revise`.
	fn revise(a: u32) -> Weight;
	/// Of `retire`.
	fn retire() -> Weight;
	/// Of `restore`.
	fn restore() -> Weight;
	/// Of `propose`.
	fn propose(a: u32) -> Weight;
	/// Of `accept`.
	fn accept() -> Weight;
	/// Of `decline`.
	fn decline() -> Weight;
	/// Of `lapse`.
	fn lapse() -> Weight;
	/// Of `set_retention`.
	fn set_retention() -> Weight;
	/// Of `set_data_types`.
	fn set_data_types() -> Weight;
	/// Of `erase`.
	fn erase() -> Weight;
	/// Of `expire`.
	fn expire() -> Weight;
	/// Of `clear`.
	fn clear(v: u32) -> Weight;
}

impl WeightInfo for () {
	fn anchor(a: u32) -> Weight {
		Weight::from_parts(80_000_000, 16_000)
			.saturating_add(Weight::from_parts(50_000_000, 0).saturating_mul(a.into()))
	}

	fn revise(a: u32) -> Weight {
		Self::anchor(a)
	}

	fn retire() -> Weight {
		Weight::from_parts(70_000_000, 12_000)
	}

	fn restore() -> Weight {
		Self::retire()
	}

	fn propose(a: u32) -> Weight {
		Self::anchor(a)
	}

	fn accept() -> Weight {
		Self::retire()
	}

	fn decline() -> Weight {
		Weight::from_parts(90_000_000, 16_000)
	}

	fn lapse() -> Weight {
		Self::decline()
	}

	fn set_retention() -> Weight {
		Weight::from_parts(40_000_000, 6_000)
	}

	fn set_data_types() -> Weight {
		Self::set_retention()
	}

	fn erase() -> Weight {
		Self::decline()
	}

	fn expire() -> Weight {
		Self::decline()
	}

	fn clear(v: u32) -> Weight {
		Weight::from_parts(90_000_000, 16_000)
			.saturating_add(Weight::from_parts(30_000_000, 3_000).saturating_mul(v.into()))
	}
}
