// SPDX-License-Identifier: Apache-2.0
//! Thousands of operations of everybody, in random order, with time passing: nothing is done by whom
//! it is not for, every invariant holds after every block, and all money stays somebody's.
//!
//! `SALUS_SEEDS` says how many lives.

use rand::{rngs::SmallRng, Rng, SeedableRng};
use salus_simulation::{Source, World};
use std::collections::BTreeMap;

/// Operations in one life.
const OPERATIONS: usize = 400;
/// Operations in one block.
const IN_A_BLOCK: usize = 10;

fn seeds() -> u64 {
	std::env::var("SALUS_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(50)
}

/// Lives one life; counts what succeeded and what did not, by call.
fn live(seed: u64, done: &mut BTreeMap<String, (usize, usize)>) {
	let mut random = SmallRng::seed_from_u64(seed);
	let mut world = World::new(!seed.is_multiple_of(4));
	let mut bytes = [0; 96];
	for _ in 0..OPERATIONS / IN_A_BLOCK {
		for _ in 0..IN_A_BLOCK {
			random.fill_bytes(&mut bytes);
			let (operation, result) = world.act(&mut Source::new(&bytes));
			let name = format!("{:?}", operation.call);
			let name: String = name.chars().take_while(|c| *c != '{').take(40).collect();
			let counts = done.entry(name).or_default();
			match result {
				Ok(()) => counts.0 += 1,
				Err(_) => counts.1 += 1,
			}
		}
		world.check();
		random.fill_bytes(&mut bytes);
		let mut source = Source::new(&bytes);
		if source.once_in(5) {
			world.rotate_session();
		}
		const HOUR: u64 = 3_600_000;
		world.next_block(source.pick(&[6_000, 6_000, HOUR, 5 * HOUR, 30 * HOUR, 200 * HOUR]));
	}
	world.check();
}

#[test]
fn lives_keep_every_invariant() {
	let mut done = BTreeMap::new();
	for seed in 0..seeds() {
		live(seed, &mut done);
	}
	// A generator that never gets anywhere would prove nothing.
	let succeeded: usize = done.values().map(|counts| counts.0).sum();
	let tried: usize = done.values().map(|counts| counts.0 + counts.1).sum();
	assert!(succeeded * 5 > tried, "only {succeeded} of {tried} succeeded");
	if std::env::var_os("SALUS_REPORT").is_some() {
		for (name, (ok, not)) in done {
			println!("{ok:6} {not:6} {name}");
		}
	}
}
