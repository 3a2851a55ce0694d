// SPDX-License-Identifier: Apache-2.0
use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_audit::WeightInfo for WeightInfo<T> {
	fn append() -> Weight {
		<() as pallet_audit::WeightInfo>::append()
	}
}
