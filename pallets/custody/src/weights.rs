// SPDX-License-Identifier: Apache-2.0
//! What the calls weigh.

use frame_support::weights::Weight;

/// The weights of this pallet's calls. The runtime has measured ones.
pub trait WeightInfo {
	/// Propose a committee of `m` members.
	fn propose(m: u32) -> Weight;
	/// Take a proposal back.
	fn withdraw_proposal() -> Weight;
	/// Join as the last one, with a former committee that starts to drain.
	fn join() -> Weight;
	/// Retire a drained epoch.
	fn retire() -> Weight;
	/// Suspend a member.
	fn suspend() -> Weight;
	/// Reinstate a member.
	fn reinstate() -> Weight;
	/// Move `r` dealings, with one signature each.
	fn reshare(r: u32) -> Weight;
	/// Verify `a` signatures.
	fn verify_acknowledgements(a: u32) -> Weight;
	/// Complain about a share.
	fn complain() -> Weight;
	/// Answer a complaint.
	fn answer() -> Weight;
	/// Settle a complaint.
	fn settle() -> Weight;
	/// Uphold a complaint and exclude the dealer.
	fn adjudicate() -> Weight;
	/// Report `a` answers, each of which ends its ticket.
	fn report(a: u32) -> Weight;
	/// Mark a ticket that a whole committee did not answer.
	fn mark_missed() -> Weight;
	/// Find out whether a ticket may be marked.
	fn authorize_mark_missed() -> Weight;
	/// Forget what a member missed.
	fn forgive() -> Weight;
	/// Remove the answers to a ticket.
	fn prune() -> Weight;
	/// Acknowledge the erasure of `r` records.
	fn acknowledge_erasure(r: u32) -> Weight;
	/// Remove the dealings of `v` versions of an erased record.
	fn clear_erased(v: u32) -> Weight;
	/// Count the members who are late with an erasure.
	fn mark_erasure_overdue() -> Weight;
	/// Acknowledge `c` revocations.
	fn acknowledge_revocations(c: u32) -> Weight;
	/// Remove what `c` revocations left in a retired epoch.
	fn clear_revocations(c: u32) -> Weight;
}

/// Guesses, for tests.
impl WeightInfo for () {
	fn propose(m: u32) -> Weight {
		Weight::from_parts(60_000_000, 20_000)
			.saturating_add(Weight::from_parts(20_000_000, 3_000).saturating_mul(m.into()))
	}

	fn withdraw_proposal() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn join() -> Weight {
		Weight::from_parts(60_000_000, 20_000)
	}

	fn retire() -> Weight {
		Weight::from_parts(40_000_000, 10_000)
	}

	fn suspend() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn reinstate() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn reshare(r: u32) -> Weight {
		Weight::from_parts(60_000_000, 30_000)
			.saturating_add(Weight::from_parts(50_000_000, 3_000).saturating_mul(r.into()))
	}

	fn verify_acknowledgements(a: u32) -> Weight {
		Weight::from_parts(10_000_000, 0)
			.saturating_add(Weight::from_parts(50_000_000, 3_000).saturating_mul(a.into()))
	}

	fn complain() -> Weight {
		Weight::from_parts(50_000_000, 20_000)
	}

	fn answer() -> Weight {
		Weight::from_parts(40_000_000, 20_000)
	}

	fn settle() -> Weight {
		Weight::from_parts(40_000_000, 20_000)
	}

	fn adjudicate() -> Weight {
		Weight::from_parts(60_000_000, 20_000)
	}

	fn report(a: u32) -> Weight {
		Weight::from_parts(60_000_000, 20_000)
			.saturating_add(Weight::from_parts(50_000_000, 3_000).saturating_mul(a.into()))
	}

	fn mark_missed() -> Weight {
		Weight::from_parts(60_000_000, 30_000)
	}

	fn authorize_mark_missed() -> Weight {
		Weight::from_parts(40_000_000, 20_000)
	}

	fn forgive() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn prune() -> Weight {
		Weight::from_parts(30_000_000, 10_000)
	}

	fn acknowledge_erasure(r: u32) -> Weight {
		Weight::from_parts(40_000_000, 20_000)
			.saturating_add(Weight::from_parts(20_000_000, 3_000).saturating_mul(r.into()))
	}

	fn clear_erased(v: u32) -> Weight {
		Weight::from_parts(40_000_000, 20_000)
			.saturating_add(Weight::from_parts(20_000_000, 3_000).saturating_mul(v.into()))
	}

	fn mark_erasure_overdue() -> Weight {
		Weight::from_parts(80_000_000, 40_000)
	}

	fn acknowledge_revocations(c: u32) -> Weight {
		Weight::from_parts(40_000_000, 20_000)
			.saturating_add(Weight::from_parts(20_000_000, 3_000).saturating_mul(c.into()))
	}

	fn clear_revocations(c: u32) -> Weight {
		Weight::from_parts(30_000_000, 20_000)
			.saturating_add(Weight::from_parts(20_000_000, 3_000).saturating_mul(c.into()))
	}
}
