// SPDX-License-Identifier: Apache-2.0
//! Placeholder until measured.

use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_market::WeightInfo for WeightInfo<T> {
	fn list() -> Weight {
		<() as pallet_market::WeightInfo>::list()
	}
	fn update_price() -> Weight {
		<() as pallet_market::WeightInfo>::update_price()
	}
	fn unlist() -> Weight {
		<() as pallet_market::WeightInfo>::unlist()
	}
	fn offer() -> Weight {
		<() as pallet_market::WeightInfo>::offer()
	}
	fn withdraw_offer() -> Weight {
		<() as pallet_market::WeightInfo>::withdraw_offer()
	}
	fn accept() -> Weight {
		<() as pallet_market::WeightInfo>::accept()
	}
	fn decline() -> Weight {
		<() as pallet_market::WeightInfo>::decline()
	}
	fn open_sale() -> Weight {
		<() as pallet_market::WeightInfo>::open_sale()
	}
	fn redownload() -> Weight {
		<() as pallet_market::WeightInfo>::redownload()
	}
	fn refund() -> Weight {
		<() as pallet_market::WeightInfo>::refund()
	}
	fn settle() -> Weight {
		<() as pallet_market::WeightInfo>::settle()
	}
	fn dispute() -> Weight {
		<() as pallet_market::WeightInfo>::dispute()
	}
	fn resolve() -> Weight {
		<() as pallet_market::WeightInfo>::resolve()
	}
	fn claim() -> Weight {
		<() as pallet_market::WeightInfo>::claim()
	}
	fn claim_platform() -> Weight {
		<() as pallet_market::WeightInfo>::claim_platform()
	}
	fn rate() -> Weight {
		<() as pallet_market::WeightInfo>::rate()
	}
	fn forget() -> Weight {
		<() as pallet_market::WeightInfo>::forget()
	}
	fn list_cohort() -> Weight {
		<() as pallet_market::WeightInfo>::list_cohort()
	}
	fn unlist_cohort() -> Weight {
		<() as pallet_market::WeightInfo>::unlist_cohort()
	}
	fn join_cohort() -> Weight {
		<() as pallet_market::WeightInfo>::join_cohort()
	}
	fn leave_cohort() -> Weight {
		<() as pallet_market::WeightInfo>::leave_cohort()
	}
	fn offer_cohort(m: u32) -> Weight {
		<() as pallet_market::WeightInfo>::offer_cohort(m)
	}
	fn propose_study() -> Weight {
		<() as pallet_market::WeightInfo>::propose_study()
	}
	fn approve_study() -> Weight {
		<() as pallet_market::WeightInfo>::approve_study()
	}
	fn enrol() -> Weight {
		<() as pallet_market::WeightInfo>::enrol()
	}
	fn compensate() -> Weight {
		<() as pallet_market::WeightInfo>::compensate()
	}
	fn leave_study() -> Weight {
		<() as pallet_market::WeightInfo>::leave_study()
	}
	fn close_study() -> Weight {
		<() as pallet_market::WeightInfo>::close_study()
	}
	fn take_down() -> Weight {
		<() as pallet_market::WeightInfo>::take_down()
	}
	fn appeal() -> Weight {
		<() as pallet_market::WeightInfo>::appeal()
	}
	fn decide_appeal() -> Weight {
		<() as pallet_market::WeightInfo>::decide_appeal()
	}
}
