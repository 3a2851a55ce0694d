// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh. The runtime measures its own; `()` is for tests.

use frame_support::weights::Weight;

/// The weight of each call.
pub trait WeightInfo {
	/// Of `list`.
	fn list() -> Weight;
	/// Of `update_price`.
	fn update_price() -> Weight;
	/// Of `unlist`.
	fn unlist() -> Weight;
	/// Of `offer`.
	fn offer() -> Weight;
	/// Of `withdraw_offer`.
	fn withdraw_offer() -> Weight;
	/// Of `accept`.
	fn accept() -> Weight;
	/// Of `decline`.
	fn decline() -> Weight;
	/// Of `open_sale`.
	fn open_sale() -> Weight;
	/// Of `redownload`.
	fn redownload() -> Weight;
	/// Of `refund`.
	fn refund() -> Weight;
	/// Of `settle`.
	fn settle() -> Weight;
	/// Of `dispute`.
	fn dispute() -> Weight;
	/// Of `resolve`.
	fn resolve() -> Weight;
	/// Of `claim`.
	fn claim() -> Weight;
	/// Of `claim_platform`.
	fn claim_platform() -> Weight;
	/// Of `rate`.
	fn rate() -> Weight;
	/// Of `forget`.
	fn forget() -> Weight;
	/// Of `list_cohort`.
	fn list_cohort() -> Weight;
	/// Of `unlist_cohort`.
	fn unlist_cohort() -> Weight;
	/// Of `join_cohort`.
	fn join_cohort() -> Weight;
	/// Of `leave_cohort`.
	fn leave_cohort() -> Weight;
	/// Of `offer_cohort`, with `m` members.
	fn offer_cohort(m: u32) -> Weight;
	/// Of `propose_study`.
	fn propose_study() -> Weight;
	/// Of `approve_study`.
	fn approve_study() -> Weight;
	/// Of `enrol`.
	fn enrol() -> Weight;
	/// Of `compensate`.
	fn compensate() -> Weight;
	/// Of `leave_study`.
	fn leave_study() -> Weight;
	/// Of `close_study`.
	fn close_study() -> Weight;
	/// Of `take_down`.
	fn take_down() -> Weight;
	/// Of `appeal`.
	fn appeal() -> Weight;
	/// Of `decide_appeal`.
	fn decide_appeal() -> Weight;
}

impl WeightInfo for () {
	fn list() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn update_price() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn unlist() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn offer() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn withdraw_offer() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn accept() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn decline() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn open_sale() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn redownload() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn refund() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn settle() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn dispute() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn resolve() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn claim() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn claim_platform() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn rate() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn forget() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn list_cohort() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn unlist_cohort() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn join_cohort() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn leave_cohort() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn offer_cohort(m: u32) -> Weight {
		Weight::from_parts(60_000_000, 12_000)
			.saturating_add(Weight::from_parts(60_000_000, 12_000).saturating_mul(m.into()))
	}

	fn propose_study() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn approve_study() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn enrol() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn compensate() -> Weight {
		Weight::from_parts(90_000_000, 12_000)
	}

	fn leave_study() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn close_study() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn take_down() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn appeal() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}

	fn decide_appeal() -> Weight {
		Weight::from_parts(50_000_000, 12_000)
	}
}
