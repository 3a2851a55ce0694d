// SPDX-License-Identifier: Apache-2.0
//! How many of the everyday calls one block of six seconds takes, after each has given back what its
//! weight foresaw and it did not use.

use codec::Encode;
use frame_support::dispatch::DispatchClass;
use salus_primitives::{
	Commitment, ConsentId, ContentId, EncryptionKey, Grantee, MultiCodec, RecordId, Role, Suite,
	Window,
};
use salus_runtime::{
	configs::RuntimeBlockWeights, constants::currency::UNIT, AccountId, RuntimeCall, RuntimeOrigin,
};
use salus_simulation::{Filled, World};
use sp_io::hashing::blake2_256;

/// More than fit one block.
const PATIENTS: u32 = 2_000;

/// A patient of many.
fn patient(number: u32) -> AccountId {
	blake2_256(&number.encode()).into()
}

fn content(number: u32) -> ContentId {
	ContentId { codec: MultiCodec::Raw, digest: blake2_256(&(number, "content").encode()) }
}

fn commitment(number: u32) -> Commitment {
	Commitment(blake2_256(&(number, "commitment").encode()))
}

fn key(number: u32) -> EncryptionKey {
	let bytes = blake2_256(&(number, "key").encode());
	EncryptionKey::new(Suite::X25519, &bytes).expect("of the suite's length")
}

fn anchor(number: u32) -> RuntimeCall {
	let call = pallet_records::Call::anchor {
		salt: [1; 32],
		manifest: commitment(number),
		categories: commitment(number),
		segments: 4,
		dealing: None,
	};
	call.into()
}

/// Each patient lets the next one read.
fn grant(world: &World, number: u32) -> RuntimeCall {
	let terms =
		pallet_consent::Terms::Sealed { commitment: commitment(number), envelope: content(number) };
	let call = pallet_consent::Call::grant {
		salt: [2; 32],
		grantee: Grantee::Account(patient((number + 1) % PATIENTS)),
		terms,
		window: Window { from: world.now(), until: world.now() + 10_000_000 },
		uses: 5,
		delegations: 0,
	};
	call.into()
}

fn open(number: u32, consent: ConsentId, record: RecordId) -> RuntimeCall {
	let request = pallet_access::AccessRequest::Sealed {
		commitment: commitment(number),
		envelope: content(number),
	};
	let call = pallet_access::Call::open {
		consent,
		record,
		request,
		ephemeral_key: key(PATIENTS + number),
	};
	call.into()
}

/// Registered patients with tokens.
fn crowd() -> World {
	let mut world = World::new(false);
	for number in 0..PATIENTS {
		let who = patient(number);
		let call = pallet_balances::Call::force_set_balance {
			who: who.clone().into(),
			new_free: 1_000 * UNIT,
		};
		world.dispatch(RuntimeOrigin::root(), call.into()).expect("by root");
		let call =
			pallet_registry::Call::register { role: Role::Patient, encryption_key: key(number) };
		world.sign(&who, call).expect("nobody registered before");
		if number % 50 == 49 {
			world.next_block(6_000);
		}
	}
	world
}

/// Fills a block with what every patient does, says how many fitted, and lets the others do it in as
/// many blocks as it takes.
fn everybody(
	world: &mut World,
	what: &str,
	call: impl Fn(&World, u32) -> (AccountId, RuntimeCall),
) {
	world.next_block(6_000);
	let calls: Vec<_> = (0..PATIENTS).map(|number| call(world, number)).collect();
	let filled = world.fill(calls.iter().cloned());
	report(what, filled);
	for (number, (who, call)) in calls.into_iter().enumerate().skip(filled.transactions) {
		if number % 50 == 0 {
			world.next_block(6_000);
		}
		world.sign(&who, call).expect("each may");
	}
}

fn report(what: &str, filled: Filled) {
	let limit = RuntimeBlockWeights::get().get(DispatchClass::Normal).max_total.expect("limited");
	println!(
		"{what}: {} in one block; {} % of its time and {} % of its proof by weight after reclaim; \
		 {} KiB of proof",
		filled.transactions,
		filled.weight.ref_time() * 100 / limit.ref_time(),
		filled.weight.proof_size() * 100 / limit.proof_size(),
		filled.proof / 1_024,
	);
	assert!(filled.weight.all_lte(limit));
	assert!(filled.transactions >= 400, "{what}: only {}", filled.transactions);
}

#[test]
fn a_block_takes_four_hundred_of_each_everyday_call() {
	let mut world = crowd();
	everybody(&mut world, "records.anchor", |_, number| (patient(number), anchor(number)));
	everybody(&mut world, "consent.grant", |world, number| (patient(number), grant(world, number)));
	everybody(&mut world, "access.open", |world, number| {
		let (consents, records) = (&world.book().consents, &world.book().records);
		let at = number as usize;
		(patient((number + 1) % PATIENTS), open(number, consents[at], records[at]))
	});
	everybody(&mut world, "consent.revoke", |world, number| {
		let consent = world.book().consents[number as usize];
		(patient(number), pallet_consent::Call::revoke { consent }.into())
	});
}
