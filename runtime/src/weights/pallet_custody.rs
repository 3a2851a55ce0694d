// SPDX-License-Identifier: Apache-2.0
//! Placeholder until measured.

use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_custody::WeightInfo for WeightInfo<T> {
	fn propose(m: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::propose(m)
	}
	fn withdraw_proposal() -> Weight {
		<() as pallet_custody::WeightInfo>::withdraw_proposal()
	}
	fn join() -> Weight {
		<() as pallet_custody::WeightInfo>::join()
	}
	fn retire() -> Weight {
		<() as pallet_custody::WeightInfo>::retire()
	}
	fn suspend() -> Weight {
		<() as pallet_custody::WeightInfo>::suspend()
	}
	fn reinstate() -> Weight {
		<() as pallet_custody::WeightInfo>::reinstate()
	}
	fn reshare(r: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::reshare(r)
	}
	fn verify_acknowledgements(a: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::verify_acknowledgements(a)
	}
	fn complain() -> Weight {
		<() as pallet_custody::WeightInfo>::complain()
	}
	fn answer() -> Weight {
		<() as pallet_custody::WeightInfo>::answer()
	}
	fn settle() -> Weight {
		<() as pallet_custody::WeightInfo>::settle()
	}
	fn adjudicate() -> Weight {
		<() as pallet_custody::WeightInfo>::adjudicate()
	}
	fn report(a: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::report(a)
	}
	fn mark_missed() -> Weight {
		<() as pallet_custody::WeightInfo>::mark_missed()
	}
	fn authorize_mark_missed() -> Weight {
		<() as pallet_custody::WeightInfo>::authorize_mark_missed()
	}
	fn forgive() -> Weight {
		<() as pallet_custody::WeightInfo>::forgive()
	}
	fn prune() -> Weight {
		<() as pallet_custody::WeightInfo>::prune()
	}
	fn acknowledge_erasure(r: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::acknowledge_erasure(r)
	}
	fn clear_erased(v: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::clear_erased(v)
	}
	fn mark_erasure_overdue() -> Weight {
		<() as pallet_custody::WeightInfo>::mark_erasure_overdue()
	}
	fn acknowledge_revocations(c: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::acknowledge_revocations(c)
	}
	fn clear_revocations(c: u32) -> Weight {
		<() as pallet_custody::WeightInfo>::clear_revocations(c)
	}
}
