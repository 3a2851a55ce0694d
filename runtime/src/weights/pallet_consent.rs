// SPDX-License-Identifier: Apache-2.0
//! Placeholder until measured.

use core::marker::PhantomData;
use frame_support::weights::Weight;

pub struct WeightInfo<T>(PhantomData<T>);
impl<T: frame_system::Config> pallet_consent::WeightInfo for WeightInfo<T> {
	fn grant_sealed() -> Weight {
		<() as pallet_consent::WeightInfo>::grant_sealed()
	}
	fn grant_public() -> Weight {
		<() as pallet_consent::WeightInfo>::grant_public()
	}
	fn revoke() -> Weight {
		<() as pallet_consent::WeightInfo>::revoke()
	}
	fn prune() -> Weight {
		<() as pallet_consent::WeightInfo>::prune()
	}
	fn request() -> Weight {
		<() as pallet_consent::WeightInfo>::request()
	}
	fn approve() -> Weight {
		<() as pallet_consent::WeightInfo>::approve()
	}
	fn decline() -> Weight {
		<() as pallet_consent::WeightInfo>::decline()
	}
	fn withdraw_request() -> Weight {
		<() as pallet_consent::WeightInfo>::withdraw_request()
	}
	fn amend_sealed() -> Weight {
		<() as pallet_consent::WeightInfo>::amend_sealed()
	}
	fn amend_public() -> Weight {
		<() as pallet_consent::WeightInfo>::amend_public()
	}
	fn renew() -> Weight {
		<() as pallet_consent::WeightInfo>::renew()
	}
	fn opt_in_retrospectively() -> Weight {
		<() as pallet_consent::WeightInfo>::opt_in_retrospectively()
	}
	fn delegate_sealed() -> Weight {
		<() as pallet_consent::WeightInfo>::delegate_sealed()
	}
	fn delegate_public() -> Weight {
		<() as pallet_consent::WeightInfo>::delegate_public()
	}
	fn claim() -> Weight {
		<() as pallet_consent::WeightInfo>::claim()
	}
	fn set_deny_root() -> Weight {
		<() as pallet_consent::WeightInfo>::set_deny_root()
	}
	fn authorise_sale() -> Weight {
		<() as pallet_consent::WeightInfo>::authorise_sale()
	}
	fn revoke_sale() -> Weight {
		<() as pallet_consent::WeightInfo>::revoke_sale()
	}
	fn prune_sale() -> Weight {
		<() as pallet_consent::WeightInfo>::prune_sale()
	}
}
