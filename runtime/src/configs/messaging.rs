// SPDX-License-Identifier: Apache-2.0
//! The queues and ways of messages: from and to the relay chain, our parent, and other parachains,
//! our siblings, with which channels are open.

use super::{
	execution::{XcmConfig, XcmOriginToTransactDispatchOrigin},
	governance::MostOfCouncil,
	remote_fees::{PriceForParentDelivery, PriceForSiblingDelivery},
	reserves::ReserveOfNativeOnly,
};
use crate::{MessageQueue, ParachainSystem, PolkadotXcm, Runtime, RuntimeEvent, XcmpQueue};
use cumulus_primitives_core::{AggregateMessageOrigin, ParaId};
use cumulus_primitives_utility::ParentAsUmp;
use frame_support::{
	parameter_types,
	traits::{ConstU32, QueueFootprint, QueuePausedQuery, TransformOrigin},
	weights::Weight,
};
use pallet_message_queue::OnQueueChanged;
use sp_runtime::{traits::Convert, Perbill};
use xcm_builder::WithUniqueTopic;
use xcm_executor::XcmExecutor;

parameter_types! {
	/// What queued messages may use of a block.
	pub MessageQueueServiceWeight: Weight =
		Perbill::from_percent(10) * super::RuntimeBlockWeights::get().max_block;
}

/// The longest page of a queue. Channels take messages of 100 KiB; a page has a little more.
type MaxPageSize = ConstU32<{ 103 * 1024 }>;

/// Messages go up to the relay chain, and through channels to other parachains.
pub type XcmRouter = WithUniqueTopic<
	ReserveOfNativeOnly<(
		ParentAsUmp<ParachainSystem, PolkadotXcm, PriceForParentDelivery>,
		XcmpQueue,
	)>,
>;

/// The queues that are siblings', among all queues.
#[derive(Debug)]
pub struct Siblings;

impl Convert<ParaId, AggregateMessageOrigin> for Siblings {
	fn convert(sibling: ParaId) -> AggregateMessageOrigin {
		AggregateMessageOrigin::Sibling(sibling)
	}
}

impl QueuePausedQuery<AggregateMessageOrigin> for Siblings {
	fn is_paused(origin: &AggregateMessageOrigin) -> bool {
		match origin {
			AggregateMessageOrigin::Sibling(sibling) => XcmpQueue::is_paused(sibling),
			AggregateMessageOrigin::Here | AggregateMessageOrigin::Parent => false,
		}
	}
}

impl OnQueueChanged<AggregateMessageOrigin> for Siblings {
	fn on_queue_changed(origin: AggregateMessageOrigin, footprint: QueueFootprint) {
		if let AggregateMessageOrigin::Sibling(sibling) = origin {
			XcmpQueue::on_queue_changed(sibling, footprint);
		}
	}
}

impl pallet_message_queue::Config for Runtime {
	type HeapSize = MaxPageSize;
	type IdleMaxServiceWeight = MessageQueueServiceWeight;
	type MaxStale = ConstU32<8>;
	#[cfg(feature = "runtime-benchmarks")]
	type MessageProcessor =
		pallet_message_queue::mock_helpers::NoopMessageProcessor<AggregateMessageOrigin>;
	#[cfg(not(feature = "runtime-benchmarks"))]
	type MessageProcessor = xcm_builder::ProcessXcmMessage<
		AggregateMessageOrigin,
		XcmExecutor<XcmConfig>,
		crate::RuntimeCall,
	>;
	type QueueChangeHandler = Siblings;
	type QueuePausedQuery = Siblings;
	type RuntimeEvent = RuntimeEvent;
	type ServiceWeight = MessageQueueServiceWeight;
	type Size = u32;
	type WeightInfo = pallet_message_queue::weights::SubstrateWeight<Runtime>;
}

impl cumulus_pallet_xcmp_queue::Config for Runtime {
	type ChannelInfo = ParachainSystem;
	// The council may stop the queue; thresholds are root's.
	type ControllerOrigin = MostOfCouncil;
	type ControllerOriginConverter = XcmOriginToTransactDispatchOrigin;
	// More channels than are likely to be open; messages to one more would be refused.
	type MaxActiveOutboundChannels = ConstU32<128>;
	type MaxInboundSuspended = ConstU32<1_000>;
	type MaxPageSize = MaxPageSize;
	type PriceForSiblingDelivery = PriceForSiblingDelivery;
	type RuntimeEvent = RuntimeEvent;
	type VersionWrapper = PolkadotXcm;
	type WeightInfo = cumulus_pallet_xcmp_queue::weights::SubstrateWeight<Runtime>;
	type XcmpQueue = TransformOrigin<MessageQueue, AggregateMessageOrigin, ParaId, Siblings>;
}

impl cumulus_pallet_xcm::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type XcmExecutor = XcmExecutor<XcmConfig>;
}
