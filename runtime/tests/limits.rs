// SPDX-License-Identifier: Apache-2.0
//! Limits of the runtime: weights fit blocks, delegates do not reach what they must not.

use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	traits::{Hooks, InstanceFilter},
};
use salus_primitives::{
	Commitment, ConsentId, ContentId, EncryptionKey, Grantee, MultiCodec, RecordId, Suite, Window,
};
use salus_runtime::{
	configs::{GuardianScope, ProxyType, RuntimeBlockLength, RuntimeBlockWeights},
	constants::consensus,
	AccountId, BlockNumber, Registry, Runtime, RuntimeCall,
};
use sp_runtime::Perbill;

fn domain_calls() -> Vec<RuntimeCall> {
	vec![
		RuntimeCall::Records(pallet_records::Call::anchor {
			salt: [1; 32],
			manifest: Commitment([2; 32]),
			categories: Commitment([3; 32]),
			segments: 1,
			dealing: None,
		}),
		RuntimeCall::Consent(pallet_consent::Call::revoke { consent: ConsentId([3; 32]) }),
	]
}

#[test]
fn a_block_takes_hundreds_of_domain_calls() {
	let weights = RuntimeBlockWeights::get();
	let limit = weights.get(DispatchClass::Normal).max_total.unwrap();
	for call in domain_calls() {
		let weight = call.get_dispatch_info().call_weight;
		assert!(weight.ref_time() > 0 && weight.proof_size() > 0, "{call:?} weighs nothing");
		assert!(weight.saturating_mul(200).all_lte(limit), "{call:?} weighs {weight:?}");
	}
}

/// What patients do every day costs a few token transfers.
#[test]
fn the_everyday_calls_are_a_few_transfers() {
	let to: AccountId = [9u8; 32].into();
	let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_keep_alive {
		dest: to.clone().into(),
		value: 1,
	})
	.get_dispatch_info()
	.call_weight;
	let sealed = pallet_consent::Terms::Sealed {
		commitment: Commitment([1; 32]),
		envelope: ContentId { codec: MultiCodec::Raw, digest: [2; 32] },
	};
	let grant = RuntimeCall::Consent(pallet_consent::Call::grant {
		salt: [1; 32],
		grantee: Grantee::Account(to),
		terms: sealed,
		window: Window { from: 0, until: 1 },
		uses: 1,
		delegations: 0,
	});
	let open = RuntimeCall::Access(pallet_access::Call::open {
		consent: ConsentId([1; 32]),
		record: RecordId([2; 32]),
		request: pallet_access::AccessRequest::Sealed {
			commitment: Commitment([1; 32]),
			envelope: ContentId { codec: MultiCodec::Raw, digest: [2; 32] },
		},
		ephemeral_key: EncryptionKey::new(Suite::X25519, &[1; 32]).unwrap(),
	});
	for call in domain_calls().into_iter().chain([grant, open]) {
		let weight = call.get_dispatch_info().call_weight;
		assert!(weight.ref_time() <= 5 * transfer.ref_time(), "{call:?} weighs {weight:?}");
		assert!(weight.proof_size() <= 14 * 1024, "{call:?} weighs {weight:?}");
	}
}

/// What runs on its own leaves a block to those who pay for it.
#[test]
fn no_hook_takes_more_than_a_tenth_of_a_block() {
	let tenth = Perbill::from_percent(10) * RuntimeBlockWeights::get().max_block;
	let registry = sp_io::TestExternalities::default()
		.execute_with(|| <Registry as Hooks<BlockNumber>>::on_initialize(1));
	let hooks = [
		("queued messages", <Runtime as pallet_message_queue::Config>::ServiceWeight::get()),
		(
			"messages in idle time",
			<Runtime as pallet_message_queue::Config>::IdleMaxServiceWeight::get(),
		),
		("registry", registry),
	];
	for (hook, weight) in hooks {
		assert!(weight.all_lte(tenth), "{hook} may take {weight:?}");
	}
	// The proof of a scheduled call may hold a large preimage, which the council pays for.
	let scheduled = <Runtime as pallet_scheduler::Config>::MaximumWeight::get();
	assert!(scheduled.ref_time() <= tenth.ref_time());
	assert!(scheduled.proof_size() <= 2 * tenth.proof_size());
}

#[test]
fn the_header_has_its_own_limit() {
	assert_eq!(RuntimeBlockLength::get().max_header_size(), consensus::MAX_HEADER_LENGTH);
}

#[test]
fn no_delegate_moves_funds_or_acts_through_wrappers() {
	let to: AccountId = [9u8; 32].into();
	let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
		dest: to.clone().into(),
		value: 1,
	});
	let forbidden = [
		transfer.clone(),
		RuntimeCall::Utility(pallet_utility::Call::batch { calls: vec![transfer.clone()] }),
		RuntimeCall::Proxy(pallet_proxy::Call::add_proxy {
			delegate: to.into(),
			proxy_type: ProxyType::Records,
			delay: 0,
		}),
		RuntimeCall::Sudo(pallet_sudo::Call::sudo { call: Box::new(transfer) }),
	];
	for kind in [ProxyType::CancelProxy, ProxyType::Records, ProxyType::Consents, ProxyType::Access]
	{
		for call in &forbidden {
			assert!(!kind.filter(call), "{kind:?} allows {call:?}");
		}
	}
	assert!(ProxyType::Records.filter(&domain_calls()[0]));
	assert!(!ProxyType::Records.filter(&domain_calls()[1]));
	assert!(!ProxyType::Records.is_superset(&ProxyType::Consents));
}

#[test]
fn no_guardian_moves_funds_or_hands_her_power_on() {
	use pallet_registry::Call;

	let to: AccountId = [9u8; 32].into();
	let transfer = RuntimeCall::Balances(pallet_balances::Call::transfer_allow_death {
		dest: to.clone().into(),
		value: 1,
	});
	let forbidden = [
		transfer.clone(),
		RuntimeCall::Utility(pallet_utility::Call::batch { calls: vec![domain_calls().remove(0)] }),
		RuntimeCall::Registry(Call::act_for {
			ward: to.clone(),
			call: Box::new(domain_calls().remove(0)),
		}),
		RuntimeCall::Registry(Call::appoint_guardian {
			ward: to.clone(),
			guardian: to.clone(),
			scope: GuardianScope::Everything,
			until: u64::MAX,
		}),
		RuntimeCall::Registry(Call::admit { who: to.clone() }),
		RuntimeCall::Registry(Call::fund_pool { calls: 1 }),
		RuntimeCall::Recovery(pallet_recovery::Call::control_inherited_account {
			recovered: to.into(),
			call: Box::new(transfer),
		}),
	];
	for scope in [GuardianScope::Everything, GuardianScope::Records, GuardianScope::Consents] {
		for call in &forbidden {
			assert!(!scope.filter(call), "{scope:?} allows {call:?}");
		}
	}
	for call in domain_calls() {
		assert!(GuardianScope::Everything.filter(&call));
	}
	assert!(!GuardianScope::Records.filter(&domain_calls()[1]));
	assert!(!GuardianScope::Consents.filter(&domain_calls()[0]));
}

#[test]
fn no_delegate_acts_as_a_guardian() {
	let ward: AccountId = [9u8; 32].into();
	let call = RuntimeCall::Registry(pallet_registry::Call::act_for {
		ward,
		call: Box::new(domain_calls().remove(0)),
	});
	for kind in [ProxyType::CancelProxy, ProxyType::Records, ProxyType::Consents, ProxyType::Access]
	{
		assert!(!kind.filter(&call), "{kind:?} reaches a guardian's calls");
	}
}
