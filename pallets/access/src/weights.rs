// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh.

use frame_support::weights::Weight;

/// The weights of this pallet's calls. The runtime has measured ones.
pub trait WeightInfo {
	/// Open a record under sealed terms.
	fn open_sealed() -> Weight;
	/// Open a record under public terms.
	fn open_public() -> Weight;
	/// Open a record under sealed terms that were delegated as often as they can be.
	fn open_delegated_sealed() -> Weight;
	/// Open a record under public terms that were delegated as often as they can be.
	fn open_delegated_public() -> Weight;
	/// Close a ticket with a public request.
	fn close() -> Weight;
	/// End a ticket.
	fn renounce() -> Weight;
	/// Declare an emergency after another one for the same subject.
	fn declare_emergency() -> Weight;
	/// Confirm an emergency, and open the record.
	fn confirm_emergency() -> Weight;
	/// Open the record in an emergency that nobody confirmed.
	fn open_emergency() -> Weight;
	/// Object to an emergency, and end its ticket.
	fn object_emergency() -> Weight;
	/// Find an emergency unjustified, and end its ticket.
	fn review_emergency() -> Weight;
	/// Suspend a clinician for an overdue review.
	fn escalate_review() -> Weight;
	/// Find out whether a review is overdue.
	fn authorize_escalate_review() -> Weight;
	/// Lift a suspension.
	fn lift_suspension() -> Weight;
	/// Remove an emergency.
	fn prune_emergency() -> Weight;
	/// Review a trail.
	fn review_trail() -> Weight;
	/// Dispute an access, and end its ticket.
	fn dispute_access() -> Weight;
}

/// Guesses, for tests.
impl WeightInfo for () {
	fn open_sealed() -> Weight {
		Weight::from_parts(80_000_000, 20_000)
	}

	fn open_public() -> Weight {
		Weight::from_parts(120_000_000, 20_000)
	}

	fn open_delegated_sealed() -> Weight {
		Weight::from_parts(110_000_000, 40_000)
	}

	fn open_delegated_public() -> Weight {
		Weight::from_parts(300_000_000, 40_000)
	}

	fn close() -> Weight {
		Weight::from_parts(40_000_000, 20_000)
	}

	fn renounce() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn declare_emergency() -> Weight {
		Weight::from_parts(120_000_000, 40_000)
	}

	fn confirm_emergency() -> Weight {
		Weight::from_parts(140_000_000, 40_000)
	}

	fn open_emergency() -> Weight {
		Weight::from_parts(130_000_000, 40_000)
	}

	fn object_emergency() -> Weight {
		Weight::from_parts(50_000_000, 20_000)
	}

	fn review_emergency() -> Weight {
		Weight::from_parts(90_000_000, 40_000)
	}

	fn escalate_review() -> Weight {
		Weight::from_parts(50_000_000, 20_000)
	}

	fn authorize_escalate_review() -> Weight {
		Weight::from_parts(40_000_000, 20_000)
	}

	fn lift_suspension() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn prune_emergency() -> Weight {
		Weight::from_parts(80_000_000, 30_000)
	}

	fn review_trail() -> Weight {
		Weight::from_parts(50_000_000, 20_000)
	}

	fn dispute_access() -> Weight {
		Weight::from_parts(40_000_000, 20_000)
	}
}
