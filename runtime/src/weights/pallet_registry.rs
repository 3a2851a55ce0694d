// SPDX-License-Identifier: Apache-2.0
use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_registry::WeightInfo for WeightInfo<T> {
	fn register() -> Weight {
		<() as pallet_registry::WeightInfo>::register()
	}
	fn rotate_key() -> Weight {
		<() as pallet_registry::WeightInfo>::rotate_key()
	}
	fn verify_participant() -> Weight {
		<() as pallet_registry::WeightInfo>::verify_participant()
	}
	fn withdraw() -> Weight {
		<() as pallet_registry::WeightInfo>::withdraw()
	}
	fn appoint_registrar() -> Weight {
		<() as pallet_registry::WeightInfo>::appoint_registrar()
	}
	fn dismiss_registrar() -> Weight {
		<() as pallet_registry::WeightInfo>::dismiss_registrar()
	}
}
