// SPDX-License-Identifier: Apache-2.0
//! What it takes to move keys from two of three custodians to three of five, with everything around the
//! arithmetic: requests between members, signatures, databases, and a chain that answers from memory.
//!
//! All eight members are on this machine. What is paid for a record and not for a segment weighs more in
//! small records: the second number is of such.

#[path = "../tests/custody/network.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod network;
#[path = "../tests/custody/world.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod world;

use network::{Network, BEFORE};
use salus_chain::{CustodyEvent, DomainEvent};
use salus_primitives::RecordId;
use std::time::{Duration, Instant};
use world::{labs, World, EPOCH, NEXT, SEGMENTS};

#[tokio::main]
async fn main() {
	// `cargo test` runs it once to see that it works; there is nothing to print then.
	let is_bench = std::env::args().any(|argument| argument == "--bench");
	if !is_bench {
		measure(1, 4, SEGMENTS.len()).await;
		return;
	}
	for (chunks, segments) in [(4, 16), (10, SEGMENTS.len())] {
		let (records, took, opens) = measure(chunks, 200, segments).await;
		let minutes = took.as_secs_f64() / (records * segments) as f64 * 1e6 / 60.0;
		println!(
			"{records} records of {segments} segments moved in {took:.1?}, {opens} opens meanwhile"
		);
		println!("10^6 segments of records of {segments}: {minutes:.1} min, limit 30 min");
	}
}

/// Moves so many records: how many, how long that took, and how many opens there were meanwhile.
async fn measure(chunks: usize, chunk: usize, segments: usize) -> (usize, Duration, u32) {
	let mut world = World::new().await;
	// As on the chain.
	world.view.0.lock().expect("nobody panicked").batch = 32;
	let (network, _calls) = Network::new(&world);
	for member in &world.members {
		network.run(member, Some(BEFORE));
	}
	let usual = world.segments.clone();
	world.segments = usual.iter().cycle().take(segments).copied().collect();
	let mut records = Vec::new();
	// What is not anchored an owner may leave little of.
	for number in 0..chunks {
		let dealt = world.deal_many(number * chunk..(number + 1) * chunk).await;
		anchor(&world, &network, &dealt).await;
		records.extend(dealt);
	}
	world.segments = usual;
	world.deal().await;
	let next = world.succeed().await;
	// As of whoever asked for the ticket before the keys moved.
	let committee = world.committee();
	committee.holding(&world.record, 1).await.expect("it was dealt");
	let start = Instant::now();
	for index in NEXT.into_iter().filter(|index| *index > 2) {
		network.run(&world.members[usize::from(index)], Some(BEFORE));
	}
	network.finalise(Vec::new());
	// The record that is not counted stays open wherever its keys are.
	let mut opens = 0u32;
	while is_any_left(&world) {
		let ticket = labs(&world).await;
		let released = committee.release(&ticket.id, &ticket.ephemeral, 0).await;
		released.expect("it opens while keys are on their way");
		opens += 1;
		tokio::time::sleep(Duration::from_millis(200)).await;
	}
	let took = start.elapsed();
	assert!(records.iter().all(|record| {
		world.view.0.lock().expect("nobody panicked").dealings[&(*record, 1)].epoch == next.epoch
	}));
	(records.len(), took, opens)
}

/// Shows everyone that these are on chain, and waits until everyone knows.
async fn anchor(world: &World, network: &Network, records: &[RecordId]) {
	let events = records.iter().map(|record| {
		let digest = world.view.0.lock().expect("nobody panicked").dealings[&(*record, 1)].digest;
		let (record, version, epoch) = (*record, 1, EPOCH);
		DomainEvent::Custody(CustodyEvent::Dealt { record, version, epoch, digest })
	});
	network.finalise(events.collect());
	for seat in 0..3 {
		let database = world.database(seat).await;
		let waiting = "SELECT count(*) FROM dealings WHERE anchored = 0";
		while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&database).await.expect("it is there")
			> 1
		{
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
	}
}

/// Whether a dealing is with the first committee still.
fn is_any_left(world: &World) -> bool {
	let chain = world.view.0.lock().expect("nobody panicked");
	chain.dealings.values().any(|dealing| dealing.epoch == EPOCH)
}
