// SPDX-License-Identifier: Apache-2.0
//! Placeholder until measured.

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
	fn open_delegated_sealed() -> Weight {
		<() as pallet_access::WeightInfo>::open_delegated_sealed()
	}
	fn open_delegated_public() -> Weight {
		<() as pallet_access::WeightInfo>::open_delegated_public()
	}
	fn close() -> Weight {
		<() as pallet_access::WeightInfo>::close()
	}
	fn renounce() -> Weight {
		<() as pallet_access::WeightInfo>::renounce()
	}
	fn declare_emergency() -> Weight {
		<() as pallet_access::WeightInfo>::declare_emergency()
	}
	fn confirm_emergency() -> Weight {
		<() as pallet_access::WeightInfo>::confirm_emergency()
	}
	fn open_emergency() -> Weight {
		<() as pallet_access::WeightInfo>::open_emergency()
	}
	fn object_emergency() -> Weight {
		<() as pallet_access::WeightInfo>::object_emergency()
	}
	fn review_emergency() -> Weight {
		<() as pallet_access::WeightInfo>::review_emergency()
	}
	fn escalate_review() -> Weight {
		<() as pallet_access::WeightInfo>::escalate_review()
	}
	fn authorize_escalate_review() -> Weight {
		<() as pallet_access::WeightInfo>::authorize_escalate_review()
	}
	fn lift_suspension() -> Weight {
		<() as pallet_access::WeightInfo>::lift_suspension()
	}
	fn prune_emergency() -> Weight {
		<() as pallet_access::WeightInfo>::prune_emergency()
	}
	fn review_trail() -> Weight {
		<() as pallet_access::WeightInfo>::review_trail()
	}
	fn dispute_access() -> Weight {
		<() as pallet_access::WeightInfo>::dispute_access()
	}
}
