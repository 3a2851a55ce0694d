// SPDX-License-Identifier: Apache-2.0
//! Placeholder until measured.

use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_records::WeightInfo for WeightInfo<T> {
	fn anchor(a: u32) -> Weight {
		<() as pallet_records::WeightInfo>::anchor(a)
	}
	fn revise(a: u32) -> Weight {
		<() as pallet_records::WeightInfo>::revise(a)
	}
	fn retire() -> Weight {
		<() as pallet_records::WeightInfo>::retire()
	}
	fn restore() -> Weight {
		<() as pallet_records::WeightInfo>::restore()
	}
	fn propose(a: u32) -> Weight {
		<() as pallet_records::WeightInfo>::propose(a)
	}
	fn accept() -> Weight {
		<() as pallet_records::WeightInfo>::accept()
	}
	fn decline() -> Weight {
		<() as pallet_records::WeightInfo>::decline()
	}
	fn lapse() -> Weight {
		<() as pallet_records::WeightInfo>::lapse()
	}
	fn set_retention() -> Weight {
		<() as pallet_records::WeightInfo>::set_retention()
	}
	fn set_data_types() -> Weight {
		<() as pallet_records::WeightInfo>::set_data_types()
	}
	fn erase() -> Weight {
		<() as pallet_records::WeightInfo>::erase()
	}
	fn expire() -> Weight {
		<() as pallet_records::WeightInfo>::expire()
	}
	fn clear(v: u32) -> Weight {
		<() as pallet_records::WeightInfo>::clear(v)
	}
}
