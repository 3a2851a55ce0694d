// SPDX-License-Identifier: Apache-2.0
//! What a release costs with everything around it: the checks, opening the request, the database.
//!
//! The chain answers from memory, and nothing goes over a network. Each new answer is on disk before
//! it is given.

#[path = "../tests/custody/world.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod world;

use salus_crypto::{Capsule, CapsuleContext, CapsulePurpose, EphemeralKey, SegmentKey};
use salus_primitives::PurposeOfUse;
use salus_worker::custodian::{Custodian, Settings};
use std::time::{Duration, Instant};
use world::{request, terms, Opened, World, GENESIS, SEGMENTS};

#[tokio::main]
async fn main() {
	// `cargo test` runs it once to see that it works; there is nothing to print then.
	let is_bench = std::env::args().any(|argument| argument == "--bench");
	let tickets = if is_bench { 300 } else { 2 };

	let world = World::new().await;
	world.deal().await;
	let settings = Settings { hourly_releases: u32::MAX, ..Settings::default() };
	let member = world.start(0, settings).await.expect("it comes up again");
	let first = some(&world, tickets).await;
	let new = per_ticket(&first, async |ticket| {
		member.release(&ticket.id, 0).await.expect("all of it is permitted");
	});
	let new = new.await;
	let again = per_ticket(&first, async |ticket| {
		member.release(&ticket.id, 0).await.expect("it was released before");
	});
	let again = again.await;
	let opened = some(&world, tickets).await;
	let opened = per_ticket(&opened, async |ticket| {
		world.release(ticket).await.expect("three custodians are there");
	});
	let opened = opened.await;
	let before = on_disk(&world).await;
	let records = world.deal_many(0..tickets.min(150)).await.len();
	let kept = (on_disk(&world).await - before) / (records * SEGMENTS.len()) as f64;
	if !is_bench {
		return;
	}

	let seal = bare_seal(tickets);
	let shares = SEGMENTS.len() as f64;
	let rate = |time: Duration| shares / time.as_secs_f64();
	println!("bare HPKE seal                        {seal:>10.1?}");
	println!(
		"release {shares} shares for a new ticket     {new:>10.1?}  {:.0} shares/s, ratio to the bare seal {:.2}",
		rate(new),
		shares * seal.as_secs_f64() / new.as_secs_f64()
	);
	println!("give them again                       {again:>10.1?}  {:.0} shares/s", rate(again));
	println!("three custodians, and {shares} keys combined {opened:>10.1?}");
	println!(
		"kept on disk                          {kept:>6.0} bytes a segment of records of {shares}: \
		 {kept:.0} MB for 10^6, limit 500"
	);
}

/// Bytes of a custodian's database.
async fn on_disk(world: &World) -> f64 {
	let query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
	let bytes: i64 =
		sqlx::query_scalar(query).fetch_one(&world.database(0).await).await.expect("it is there");
	bytes as f64
}

/// Tickets for everything.
async fn some(world: &World, count: usize) -> Vec<Opened> {
	let mut tickets = Vec::with_capacity(count);
	for _ in 0..count {
		let asked = request(PurposeOfUse::Treatment, &SEGMENTS);
		tickets.push(world.ticket(terms(&SEGMENTS), asked).await);
	}
	tickets
}

async fn per_ticket(tickets: &[Opened], run: impl AsyncFn(&Opened)) -> Duration {
	let start = Instant::now();
	for ticket in tickets {
		run(ticket).await;
	}
	start.elapsed() / u32::try_from(tickets.len()).unwrap_or(u32::MAX)
}

/// The HPKE seal that every share needs at least.
fn bare_seal(runs: usize) -> Duration {
	let key = EphemeralKey::generate().expect("there is randomness");
	let secret = SegmentKey::generate().expect("there is randomness");
	let context = CapsuleContext {
		genesis: GENESIS,
		purpose: CapsulePurpose::Owner,
		record: salus_primitives::RecordId([1; 32]),
		segment: 0,
	};
	let start = Instant::now();
	for _ in 0..runs {
		drop(Capsule::seal_key(key.public(), &context, &secret));
	}
	start.elapsed() / u32::try_from(runs).unwrap_or(u32::MAX)
}
