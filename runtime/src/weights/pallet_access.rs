// SPDX-License-Identifier: Apache-2.0
use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_access::WeightInfo for WeightInfo<T> {
	fn open_sealed() -> Weight {
		<() as pallet_access::WeightInfo>::open_sealed()
	}
	fn open_public() -> Weight {
		<() as pallet_access::WeightInfo>::open_public()
	}
	fn close() -> Weight {
		<() as pallet_access::WeightInfo>::close()
	}
}
