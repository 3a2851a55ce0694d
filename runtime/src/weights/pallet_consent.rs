// SPDX-License-Identifier: Apache-2.0
use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_consent::WeightInfo for WeightInfo<T> {
	fn grant() -> Weight {
		<() as pallet_consent::WeightInfo>::grant()
	}
	fn revoke() -> Weight {
		<() as pallet_consent::WeightInfo>::revoke()
	}
}
