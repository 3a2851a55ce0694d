// SPDX-License-Identifier: Apache-2.0
//! What custody costs: one by one, and then as the ratios and rates that are promised.
//!
//! Signatures of accounts, state reads and the network are not in it.

use divan::{black_box, Bencher};
use salus_crypto::{
	custody::{
		deal, verify_all, Dealing, DealingCommitments, DealingContext, HeldShares, RepairContext,
		RepairHelper, Resharing, SealedShare, SeatShares, ShareCombiner, StoredShares, Subdealing,
		ThresholdScheme,
	},
	Capsule, CapsuleContext, CapsulePurpose, EphemeralKey, SegmentKey,
};
use salus_primitives::{
	custody::{EpochId, Seat, Seats},
	RecordId, TicketId,
};
use std::time::{Duration, Instant};

const OWNER: [u8; 32] = [1; 32];
const TICKET: TicketId = TicketId([2; 32]);
/// How many record versions are verified together in a resharing.
const BATCH: u32 = 500;

fn main() {
	divan::main();
	// `cargo test` runs each bench once to see that it works; there is nothing to print then.
	if std::env::args().any(|argument| argument == "--bench") {
		print_summary();
	}
}

fn scheme(threshold: u8, size: u8) -> ThresholdScheme {
	ThresholdScheme::new(threshold, size).expect("a majority")
}

fn context(version: u32, segments: u16) -> DealingContext {
	DealingContext {
		genesis: [3; 32],
		epoch: EpochId(1),
		scheme: scheme(2, 3),
		record: RecordId([4; 32]),
		version,
		segments,
	}
}

fn dealt(version: u32, segments: u16) -> Dealing {
	deal(context(version, segments)).expect("there is randomness")
}

/// What a custodian does with what it gets.
fn acknowledge(shares: &SeatShares) -> HeldShares {
	let received = SeatShares::from_bytes(&shares.to_bytes()).expect("as written");
	let held = received.verify(shares.context(), shares.seat()).expect("as dealt");
	black_box(held.acknowledgement(&OWNER));
	held
}

fn held(dealing: &Dealing) -> Vec<HeldShares> {
	dealing.shares().iter().map(acknowledge).collect()
}

fn released(held: &[HeldShares], key: &EphemeralKey) -> Vec<SealedShare> {
	let release = |held: &HeldShares| held.release(0, &TICKET, key.public()).expect("held");
	held.iter().map(release).collect()
}

fn combine(held: &HeldShares, key: &EphemeralKey, shares: &[SealedShare]) -> SegmentKey {
	let mut combiner =
		ShareCombiner::new(*held.context(), held.digest(), TICKET, 0).expect("a segment");
	for (seat, share) in (0u8..).map(Seat).zip(shares).take(2) {
		combiner.add(key.secret(), seat, share).expect("right");
	}
	combiner.finish().expect("enough")
}

/// What one member of the draining committee does for one dealing.
fn subdeal(held: &HeldShares) -> Vec<Vec<u8>> {
	let dealt = held.reshare(EpochId(2), scheme(3, 5)).expect("a later epoch");
	let encode = |subdealing: &Subdealing| {
		black_box(subdealing.statement().payload());
		subdealing.to_bytes().to_vec()
	};
	dealt.as_slice().iter().map(encode).collect()
}

/// What one member of the next committee does for a batch of dealings: of each the old commitments
/// and what two dealers sent.
fn take_over(batch: &[(Vec<u8>, [Vec<u8>; 2])], digests: &[HeldShares]) -> Vec<HeldShares> {
	let mut resharings: Vec<_> = batch
		.iter()
		.zip(digests)
		.map(|((old, sent), held)| {
			let old = DealingCommitments::from_bytes(old).expect("as written");
			let mut resharing =
				Resharing::new(old, &held.digest(), EpochId(2), scheme(3, 5), Seat(4))
					.expect("on chain");
			for bytes in sent {
				let subdealing = Subdealing::from_bytes(bytes).expect("as written");
				black_box(subdealing.statement().payload());
				resharing.add(&subdealing).expect("for this seat");
			}
			resharing
		})
		.collect();
	assert!(verify_all(&mut resharings).expect("there is randomness").is_empty());
	let take = |resharing: &Resharing| {
		let held = resharing.finish(Seats::all(2)).expect("verified");
		black_box((held.acknowledgement(&OWNER), held.to_bytes()));
		held
	};
	resharings.iter().map(take).collect()
}

type Sent = (Vec<u8>, [Vec<u8>; 2]);

fn batch() -> (Vec<Sent>, Vec<HeldShares>) {
	(0..BATCH)
		.map(|version| {
			let mut held = held(&dealt(version, 1));
			let sent = [0, 1].map(|dealer| subdeal(&held[dealer]).swap_remove(4));
			let first = held.swap_remove(0);
			((first.commitments().to_bytes(), sent), first)
		})
		.unzip()
}

fn bare_seal(key: &EphemeralKey, secret: &SegmentKey) -> Capsule {
	let context = CapsuleContext {
		genesis: [3; 32],
		purpose: CapsulePurpose::Release(TICKET),
		record: RecordId([4; 32]),
		segment: 0,
	};
	Capsule::seal_key(key.public(), &context, secret).expect("a usable key")
}

fn ephemeral() -> EphemeralKey {
	EphemeralKey::generate().expect("there is randomness")
}

#[divan::bench]
fn hpke_seal(bencher: Bencher<'_, '_>) {
	let (key, secret) = (ephemeral(), SegmentKey::from_bytes(&[7; 32]));
	bencher.bench(|| bare_seal(&key, &secret));
}

#[divan::bench(args = [1, 16, 1024])]
fn release_one_of(bencher: Bencher<'_, '_>, segments: u16) {
	let held = held(&dealt(1, segments)).swap_remove(0);
	let key = ephemeral();
	bencher.bench(|| held.release(0, &TICKET, key.public()));
}

#[divan::bench(args = [1, 16, 1024])]
fn read_and_release_one_of(bencher: Bencher<'_, '_>, segments: u16) {
	let bytes = held(&dealt(1, segments)).swap_remove(0).to_bytes();
	let key = ephemeral();
	bencher.bench(|| {
		StoredShares::read(&bytes).and_then(|stored| stored.release(0, &TICKET, key.public()))
	});
}

#[divan::bench]
fn combine_2_of_3(bencher: Bencher<'_, '_>) {
	let (held, key) = (held(&dealt(1, 4)), ephemeral());
	let shares = released(&held, &key);
	bencher.bench(|| combine(&held[0], &key, &shares));
}

#[divan::bench(args = [1, 16, 256])]
fn deal_and_acknowledge_by_3(segments: u16) -> Vec<HeldShares> {
	held(&dealt(1, segments))
}

#[divan::bench(args = [1, 16])]
fn repair_helper(bencher: Bencher<'_, '_>, segments: u16) {
	let held = held(&dealt(1, segments)).swap_remove(0);
	let context =
		RepairContext::new(*held.context(), Seat(2), Seats::all(2)).expect("enough helpers");
	bencher.bench(|| RepairHelper::new(&held, context));
}

#[divan::bench]
fn reshare_as_old_member(bencher: Bencher<'_, '_>) {
	let held = held(&dealt(1, 1)).swap_remove(0);
	bencher.bench(|| subdeal(&held));
}

#[divan::bench(sample_count = 10, sample_size = 1)]
fn reshare_500_as_new_member(bencher: Bencher<'_, '_>) {
	let (batch, held) = batch();
	bencher.bench(|| take_over(&batch, &held));
}

/// The median time of a run, after one to warm up.
fn median(runs: usize, mut run: impl FnMut()) -> Duration {
	run();
	let mut times: Vec<_> = (0..runs)
		.map(|_| {
			let start = Instant::now();
			run();
			start.elapsed()
		})
		.collect();
	times.sort_unstable();
	times[runs / 2]
}

fn print_summary() {
	let key = ephemeral();
	let secret = SegmentKey::from_bytes(&[7; 32]);
	let held = held(&dealt(1, 4));
	let shares = released(&held, &key);
	let bytes = held[0].to_bytes();
	let (batch, digests) = batch();

	let seal = median(301, || drop(bare_seal(&key, &secret)));
	let release = median(301, || drop(held[0].release(0, &TICKET, key.public())));
	let restored = median(301, || {
		let stored = StoredShares::read(&bytes).expect("as written");
		drop(stored.release(0, &TICKET, key.public()));
	});
	let combined = median(101, || drop(combine(&held[0], &key, &shares)));
	let dealing = median(101, || drop(self::held(&dealt(1, 1))));
	let old = median(101, || drop(subdeal(&held[0]))) / 4;
	let new = median(5, || drop(take_over(&batch, &digests))) / BATCH;

	let ratio = |time: Duration| seal.as_secs_f64() / time.as_secs_f64();
	println!();
	println!("bare HPKE seal               {seal:>10.1?}");
	println!(
		"release a share              {release:>10.1?}  {:.0}/s, ratio to the bare seal {:.2}",
		1.0 / release.as_secs_f64(),
		ratio(release)
	);
	println!(
		"read shares of 4, release    {restored:>10.1?}  {:.0}/s, ratio to the bare seal {:.2}",
		1.0 / restored.as_secs_f64(),
		ratio(restored)
	);
	println!("open, verify, combine 2 of 3 {combined:>10.1?}  limit 1 ms");
	println!("deal, acknowledge by 3       {dealing:>10.1?}  limit 20 ms");
	println!("reshare 2 of 3 to 3 of 5, per segment: old member {old:.1?}, new member {new:.1?}");
	// All eight on two cores: two old members have to deal, the third deals in reserve.
	let minutes = (3 * old + 5 * new).as_secs_f64() * 1e6 / 2.0 / 60.0;
	println!("reshare 10^6 segments, all members on two cores: {minutes:.1} min, limit 30 min");
}
