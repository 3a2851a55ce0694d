// SPDX-License-Identifier: Apache-2.0
//! Replays the corpora, each input as it is and with seeded mutations.

use rand::{rngs::StdRng, RngExt, SeedableRng};
use salus_fuzz::{Target, TARGETS};
use std::{fs, path::Path};

/// How many mutations of each input are tried; `SALUS_SEEDS` asks for more.
const MUTATIONS: u64 = 50;

fn corpus(target: &Target) -> Vec<(String, Vec<u8>)> {
	let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
	let mut inputs: Vec<_> = fs::read_dir(&folder)
		.unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
		.map(|entry| {
			let path = entry.unwrap().path();
			(path.display().to_string(), fs::read(&path).unwrap())
		})
		.collect();
	inputs.sort();
	assert!(!inputs.is_empty(), "{} has no input", folder.display());
	inputs
}

fn mutate(input: &[u8], rng: &mut StdRng) -> Vec<u8> {
	let mut bytes = input.to_vec();
	for _ in 0..rng.random_range(1..=4) {
		let at = rng.random_range(0..=bytes.len());
		let until = (at + rng.random_range(0..=16)).min(bytes.len());
		match rng.random_range(0..5) {
			0 => bytes.truncate(at),
			1 => drop(bytes.drain(at..until)),
			2 => bytes[at..until].fill_with(|| rng.random()),
			3 => {
				let copy = bytes[at..until].to_vec();
				bytes.splice(at..at, copy);
			},
			_ => bytes.insert(at, b"\0\x7f\xff\"{}[],\n-9"[rng.random_range(0..12)]),
		}
	}
	bytes
}

fn replay(name: &str) {
	let target = TARGETS.iter().find(|target| target.name == name).unwrap();
	let mutations =
		std::env::var("SALUS_SEEDS").map_or(MUTATIONS, |seeds| seeds.parse().expect("a number"));
	for (path, input) in corpus(target) {
		println!("{path}");
		(target.run)(&input);
		for seed in 0..mutations {
			println!("  mutation {seed}");
			(target.run)(&mutate(&input, &mut StdRng::seed_from_u64(seed)));
		}
	}
}

macro_rules! replays {
	($($name:ident),*) => {
		$(#[test] fn $name() { replay(stringify!($name)); })*

		#[test]
		fn every_target_is_replayed() {
			assert_eq!(TARGETS.iter().map(|t| t.name).collect::<Vec<_>>(), [$(stringify!($name)),*]);
		}
	};
}

replays!(
	capsule, content_id, custody, deid, disclosure, document, envelope, extrinsic, ingest,
	keystore, messages, policy, recovery, segment, trail
);
