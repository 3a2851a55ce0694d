// SPDX-License-Identifier: Apache-2.0
use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_records::WeightInfo for WeightInfo<T> {
	fn anchor() -> Weight {
		<() as pallet_records::WeightInfo>::anchor()
	}
	fn revise() -> Weight {
		<() as pallet_records::WeightInfo>::revise()
	}
	fn retire() -> Weight {
		<() as pallet_records::WeightInfo>::retire()
	}
}
