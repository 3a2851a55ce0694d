// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weight of each call.
pub trait WeightInfo {
	/// Of `register`.
	fn register() -> Weight;
	/// Of `rotate_key`.
	fn rotate_key() -> Weight;
	/// Of `verify`; a benchmark cannot be called that.
	fn verify_participant() -> Weight;
	/// Of `withdraw`.
	fn withdraw() -> Weight;
	/// Of `appoint_registrar`.
	fn appoint_registrar() -> Weight;
	/// Of `dismiss_registrar`.
	fn dismiss_registrar() -> Weight;
	/// Of `leave`.
	fn leave() -> Weight;
	/// Of `set_contacts`.
	fn set_contacts() -> Weight;
	/// Of `appoint_guardian`.
	fn appoint_guardian() -> Weight;
	/// Of `dismiss_guardian`.
	fn dismiss_guardian() -> Weight;
	/// Of `act_for`, without the call that is made.
	fn act_for() -> Weight;
	/// Of `fund_pool`.
	fn fund_pool() -> Weight;
	/// Of `reclaim_pool`.
	fn reclaim_pool() -> Weight;
	/// Of `settle_pool`.
	fn settle_pool() -> Weight;
	/// Of `admit`.
	fn admit() -> Weight;
	/// Of `expel`.
	fn expel() -> Weight;
	/// Of `take_over_deposit`.
	fn take_over_deposit() -> Weight;
	/// Of the extension that charges sponsors, when one is charged.
	fn charge_sponsor() -> Weight;
	/// Of the same, when nobody is.
	fn skip_sponsor() -> Weight;
}

impl WeightInfo for () {
	fn register() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn rotate_key() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn verify_participant() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn withdraw() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn appoint_registrar() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn dismiss_registrar() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn leave() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn set_contacts() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn appoint_guardian() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn dismiss_guardian() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn act_for() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn fund_pool() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn reclaim_pool() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn settle_pool() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn admit() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn expel() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn take_over_deposit() -> Weight {
		Weight::from_parts(30_000_000, 4_000)
	}

	fn charge_sponsor() -> Weight {
		Weight::from_parts(10_000_000, 3_000)
	}

	fn skip_sponsor() -> Weight {
		Weight::from_parts(1_000_000, 1_000)
	}
}
