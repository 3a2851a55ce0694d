// SPDX-License-Identifier: Apache-2.0
//! Known answers for other implementations: `docs/formats/vectors/custody-v1.json`.
//!
//! `SALUS_WRITE_VECTORS=1 cargo test -p salus-crypto vectors` writes the file; without the variable
//! one test compares it byte for byte with what this release makes, and another reads it as a
//! stranger would.

use super::{
	commitments::CommitmentVector, dealing::deal_with, release::ReleasedShare,
	scalar::SecretScalar, tests::decoding::NO_POINTS, *,
};
use crate::{random::Fixed, EphemeralKey, Error, Result, SecretKey};
use curve25519_dalek::Scalar;
use salus_primitives::{
	custody::{DealingDigest, EpochId, Seat, Seats},
	RecordId, Suite, TicketId,
};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};

const PATH: &str =
	concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/custody-v1.json");
const OWNER: [u8; 32] = [0x0a; 32];
const TICKET: TicketId = TicketId([0x66; 32]);
/// What stands for a dealer's signature over a statement.
const SIGNATURE: &[u8] = b"signature";

/// Bytes that look random: SHA-256 of the label and a counter.
fn stream(label: &str, len: usize) -> Vec<u8> {
	let blocks = (0u32..).map(|at| Sha256::digest([label.as_bytes(), &at.to_be_bytes()].concat()));
	blocks.flatten().take(len).collect()
}

fn scheme(threshold: u8, size: u8) -> ThresholdScheme {
	ThresholdScheme::new(threshold, size).unwrap()
}

fn context() -> DealingContext {
	DealingContext {
		genesis: [0x33; 32],
		epoch: EpochId(7),
		scheme: scheme(2, 3),
		record: RecordId([0x44; 32]),
		version: 5,
		segments: 3,
	}
}

fn ephemeral() -> EphemeralKey {
	let secret = SecretKey::from_seed(&[0x22; 32]);
	EphemeralKey::from_bytes(Suite::X25519, &*secret.expose()).unwrap()
}

fn text(bytes: impl AsRef<[u8]>) -> Value {
	hex::encode(bytes).into()
}

fn texts<T: AsRef<[u8]>>(all: impl IntoIterator<Item = T>) -> Value {
	all.into_iter().map(text).collect()
}

fn scalars(bytes: &[u8]) -> Vec<SecretScalar> {
	bytes.chunks_exact(64).map(|wide| SecretScalar::from_wide(wide.try_into().unwrap())).collect()
}

fn dealt() -> (Dealing, Vec<HeldShares>) {
	let randomness = stream("salus custody vector: dealing", 32 + 3 * 2 * 64);
	let dealing = deal_with(context(), &mut Fixed(randomness)).unwrap();
	let verify = |shares: &SeatShares| shares.clone().verify(&context(), shares.seat()).unwrap();
	let held = dealing.shares().iter().map(verify).collect();
	(dealing, held)
}

fn context_json(context: &DealingContext) -> Value {
	json!({
		"genesis": text(context.genesis),
		"epoch": context.epoch.0,
		"threshold": context.scheme.threshold(),
		"size": context.scheme.size(),
		"record": text(context.record.0),
		"version": context.version,
		"segments": context.segments,
		"encoded": text(context.encode()),
	})
}

fn dealing() -> Value {
	let (dealing, held) = dealt();
	let randomness = stream("salus custody vector: dealing", 32 + 3 * 2 * 64);
	let coefficients = scalars(&randomness[32..]);
	let commitments = held[0].commitments();
	let segments: Vec<_> = (0u16..3)
		.map(|segment| {
			let polynomial = &coefficients[2 * usize::from(segment)..][..2];
			// The first seat is at one: its share is the sum of the coefficients.
			let mut sum = polynomial[0].clone();
			sum.add_scaled(&polynomial[1], &Scalar::ONE);
			assert_eq!(sum.to_bytes(), held[0].value(segment).unwrap().to_bytes());
			let vector = commitments.vectors()[usize::from(segment)].encoded();
			let salt = commitments.salt().for_segment(segment);
			json!({
				"coefficients": texts(polynomial.iter().map(|one| *one.to_bytes())),
				"commitments": texts(vector),
				"salt": text(salt.0),
				"leaf": text(CommitmentVector::leaf(vector, &context(), segment, &salt).0),
				"shares": texts(held.iter().map(|held| *held.value(segment).unwrap().to_bytes())),
				"key": text(dealing.keys()[usize::from(segment)].expose()),
			})
		})
		.collect();
	json!({
		"context": context_json(&context()),
		"salt": text(&randomness[..32]),
		"segments": segments,
		"digest": text(dealing.digest().0),
		"owner": text(OWNER),
		"acknowledgement": text(held[0].acknowledgement(&OWNER)),
		"commitments": text(held[0].commitments().to_bytes()),
		"shares": texts(held.iter().map(|held| held.to_bytes())),
	})
}

fn sealed(held: &HeldShares, segment: u16) -> SealedShare {
	let mut rng = Fixed(vec![0x77; 32]);
	held.release_with(segment, &TICKET, ephemeral().public(), &mut rng).unwrap()
}

fn releases() -> Vec<Value> {
	let (dealing, held) = dealt();
	held.iter()
		.map(|held| {
			let mut combiner = combiner(1);
			let share = sealed(held, 1);
			combiner.add(ephemeral().secret(), held.seat(), &share).unwrap();
			json!({
				"ticket": text(TICKET.0),
				"segment": 1,
				"seat": held.seat().0,
				"ephemeral_secret": text(*ephemeral().secret().expose()),
				"ephemeral_public": text(ephemeral().public().public()),
				"ikm_e": text([0x77; 32]),
				"sealed": text(share.to_bytes()),
				"key": text(dealing.keys()[1].expose()),
			})
		})
		.collect()
}

fn combiner(segment: u16) -> ShareCombiner {
	ShareCombiner::new(context(), dealt().0.digest(), TICKET, segment).unwrap()
}

fn session() -> RepairContext {
	let helpers = Seats::from_iter([Seat(0), Seat(2)]);
	RepairContext::with_session(context(), Seat(1), helpers, [0x55; 32]).unwrap()
}

fn repair() -> Value {
	let (_, held) = dealt();
	let label = |seat: u8| format!("salus custody vector: masks of seat {seat}");
	let (mut helping, masks): (Vec<_>, Vec<_>) = [0u8, 2]
		.into_iter()
		.map(|seat| {
			let mut rng = Fixed(stream(&label(seat), 3 * 64));
			RepairHelper::with_rng(&held[usize::from(seat)], session(), &mut rng).unwrap()
		})
		.unzip();
	let old = held[0].commitments().clone();
	let mut repair = Repair::new(session(), old, &held[0].digest()).unwrap();
	for masks in &masks {
		repair.add_masks(masks.commitments().clone()).unwrap();
		for (helper, mask) in helping.iter_mut().zip(masks.as_slice()) {
			helper.add(mask).unwrap();
		}
	}
	let shares: Vec<_> = helping.into_iter().map(|helper| helper.finish().unwrap()).collect();
	for share in &shares {
		repair.add_share(share.clone()).unwrap();
	}
	let repaired = repair.finish().unwrap();
	assert_eq!(repaired.to_bytes(), held[1].to_bytes());
	let coefficients = [0u8, 2].map(|seat| {
		texts(scalars(&stream(&label(seat), 3 * 64)).iter().map(|one| *one.to_bytes()))
	});
	json!({
		"session": text([0x55; 32]),
		"recovering": 1,
		"helpers": [0, 2],
		"context": text(session().encode()),
		"coefficients": coefficients,
		"commitments": texts(masks.iter().map(|masks| masks.commitments().to_bytes())),
		"masks": masks
			.iter()
			.map(|masks| texts(masks.as_slice().iter().map(RepairMask::to_bytes)))
			.collect::<Value>(),
		"shares": texts(shares.iter().map(RepairShare::to_bytes)),
		"repaired": text(repaired.to_bytes()),
	})
}

fn subdealings() -> Vec<Subdealings> {
	dealt().1.iter().map(|held| held.reshare(EpochId(8), scheme(3, 5)).unwrap()).collect()
}

fn resharing(receiver: u8) -> Resharing {
	let (_, held) = dealt();
	let old = held[0].commitments().clone();
	Resharing::new(old, &held[0].digest(), EpochId(8), scheme(3, 5), Seat(receiver)).unwrap()
}

fn reshare() -> Value {
	let dealt = subdealings();
	let dealers = Seats::from_iter([Seat(0), Seat(2)]);
	let held: Vec<_> = (0u8..5)
		.map(|receiver| {
			let mut resharing = resharing(receiver);
			for subdealings in [&dealt[0], &dealt[2]] {
				resharing.add(&subdealings.as_slice()[usize::from(receiver)]).unwrap();
			}
			assert_eq!(resharing.verify().unwrap(), []);
			resharing.finish(dealers).unwrap()
		})
		.collect();
	let sent: Vec<_> = dealt
		.iter()
		.map(|subdealings| {
			let statements = subdealings.as_slice().iter().map(|one| one.statement().payload());
			json!({
				"subdealings": texts(subdealings.as_slice().iter().map(Subdealing::to_bytes)),
				"signed": texts(statements),
			})
		})
		.collect();
	json!({
		"context": text(resharing(0).context().encode()),
		"epoch": 8,
		"threshold": 3,
		"size": 5,
		"dealers": sent,
		"chosen": [0, 2],
		"digest": text(held[0].digest().0),
		"acknowledgement": text(held[0].acknowledgement(&OWNER)),
		"shares": texts(held.iter().map(|held| held.to_bytes())),
	})
}

/// Changes 32 bytes of a message, counted from its end.
fn with_bytes(message: &[u8], from_end: usize, bytes: &[u8; 32]) -> Vec<u8> {
	let mut changed = message.to_vec();
	let start = changed.len() - from_end;
	changed[start..start + 32].copy_from_slice(bytes);
	changed
}

/// What the second dealer sends the first seat, with the last segment's share increased by one.
fn wrong_subdealing() -> Subdealing {
	let right = subdealings()[1].as_slice()[0].to_bytes();
	let share: [u8; 32] = right[right.len() - 32..].try_into().unwrap();
	let wrong = Scalar::from_canonical_bytes(share).unwrap() + Scalar::ONE;
	Subdealing::from_bytes(&with_bytes(&right, 32, &wrong.to_bytes())).unwrap()
}

fn complaints() -> Vec<Value> {
	let wrong = wrong_subdealing();
	let right = subdealings()[1].as_slice()[0].statement();
	let share = resharing(0).complain(&wrong, SIGNATURE, 2).unwrap();
	let equivocation = Complaint::equivocation(
		*resharing(0).context(),
		(&right, SIGNATURE),
		(&wrong.statement(), SIGNATURE),
	);
	[("wrong-share", share), ("equivocation", equivocation.unwrap())]
		.map(|(name, complaint)| {
			json!({
				"name": name,
				"signature": text(SIGNATURE),
				"complaint": text(complaint.to_bytes()),
				"at_fault": 1,
			})
		})
		.to_vec()
}

/// Messages that are refused when they are read.
fn malformed() -> Vec<Value> {
	let (_, held) = dealt();
	let shares = held[1].to_bytes();
	let point = |point: &[u8; 32]| with_bytes(&shares, 64, point);
	let mut order = [0; 32];
	order.copy_from_slice(
		&hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap(),
	);
	let changed = |at: usize, to: u8| {
		let mut bytes = shares.to_vec();
		bytes[at] = to;
		bytes
	};
	let mut longer = shares.to_vec();
	longer.push(0);
	let mut cases: Vec<(String, Vec<u8>)> = NO_POINTS
		.iter()
		.enumerate()
		.map(|(at, bytes)| (format!("no-commitment-{at}"), point(bytes)))
		.collect();
	cases.extend([
		("scalar-not-canonical".to_owned(), with_bytes(&shares, 32, &order)),
		("scalar-all-ones".to_owned(), with_bytes(&shares, 32, &[0xff; 32])),
		("empty".to_owned(), Vec::new()),
		("cut".to_owned(), shares[..shares.len() - 1].to_vec()),
		("byte-more".to_owned(), longer),
		("version-2".to_owned(), changed(0, 2)),
		("another-message".to_owned(), changed(1, 1)),
		("threshold-0".to_owned(), changed(38, 0)),
		("threshold-no-majority".to_owned(), changed(38, 1)),
		("size-33".to_owned(), changed(39, 33)),
		("no-segment".to_owned(), changed(77, 0)),
		("segment-more".to_owned(), changed(77, 4)),
		("seat-3".to_owned(), changed(110, 3)),
	]);
	cases
		.into_iter()
		.map(|(name, bytes)| {
			let code = SeatShares::from_bytes(&bytes).unwrap_err().code();
			json!({ "name": name, "shares": text(bytes), "code": code })
		})
		.collect()
}

/// Shares that are read and refused when they are verified for the first seat.
fn unverified() -> Vec<Value> {
	let (_, held) = dealt();
	let bytes = held[0].to_bytes();
	let foreign = held[1].value(2).unwrap().to_bytes();
	let mut epoch = bytes.to_vec();
	epoch[37] = 8;
	[
		("inconsistent-dealing", with_bytes(&bytes, 32, &foreign)),
		("another-epoch", epoch),
		("another-seat", held[1].to_bytes().to_vec()),
	]
	.into_iter()
	.map(|(name, bytes)| {
		let shares = SeatShares::from_bytes(&bytes).unwrap();
		let code = shares.verify(&context(), Seat(0)).unwrap_err().code();
		json!({ "name": name, "seat": 0, "shares": text(bytes), "code": code })
	})
	.collect()
}

/// Sealed shares that a grantee refuses: each for the ticket, epoch, segment and seat that it says.
fn refused_releases() -> Vec<Value> {
	let (_, held) = dealt();
	let share = sealed(&held[1], 1);
	let forged = |change: &dyn Fn(&mut ReleasedShare)| {
		let opening = held[1].commitments().open(held[1].tree(), 1).unwrap();
		let mut share = ReleasedShare { value: held[1].value(1).unwrap().clone(), opening };
		change(&mut share);
		let mut rng = Fixed(vec![0x78; 32]);
		share.seal(&context(), &TICKET, 1, Seat(1), ephemeral().public(), &mut rng).unwrap()
	};
	let other = held[0].value(1).unwrap().clone();
	let cases = [
		("replayed-for-another-ticket", TicketId([0x67; 32]), 7, 1, 1, share.clone()),
		("of-another-epoch", TICKET, 8, 1, 1, share.clone()),
		("of-another-segment", TICKET, 7, 2, 1, share.clone()),
		("of-another-seat", TICKET, 7, 1, 0, share),
		("wrong-share", TICKET, 7, 1, 1, forged(&|share| share.value = other.clone())),
		("bad-proof", TICKET, 7, 1, 1, forged(&|share| share.opening.siblings[0][0] ^= 1)),
		("bad-salt", TICKET, 7, 1, 1, forged(&|share| share.opening.salt.0[0] ^= 1)),
		("bad-commitment", TICKET, 7, 1, 1, forged(&|share| share.opening.encoded[0][0] ^= 2)),
		("identity", TICKET, 7, 1, 1, forged(&|share| share.opening.encoded[1] = [0; 32])),
	];
	cases
		.into_iter()
		.map(|(name, ticket, epoch, segment, seat, share)| {
			let context = DealingContext { epoch: EpochId(epoch), ..context() };
			let digest = held[0].digest();
			let added = add(context, digest, ticket, segment, Seat(seat), &share.to_bytes());
			json!({
				"name": name,
				"ticket": text(ticket.0),
				"epoch": epoch,
				"segment": segment,
				"seat": seat,
				"sealed": text(share.to_bytes()),
				"code": added.unwrap_err().code(),
			})
		})
		.collect()
}

fn add(
	context: DealingContext,
	digest: DealingDigest,
	ticket: TicketId,
	segment: u16,
	seat: Seat,
	sealed: &[u8],
) -> Result<()> {
	let mut combiner = ShareCombiner::new(context, digest, ticket, segment).unwrap();
	combiner.add(ephemeral().secret(), seat, &SealedShare::from_bytes(sealed)?)
}

/// Subdealings to the first seat that are wrong.
fn refused_subdealings() -> Vec<Value> {
	let right = subdealings()[1].as_slice()[0].to_bytes();
	[
		("wrong-share", wrong_subdealing().to_bytes().to_vec()),
		("no-scalar", with_bytes(&right, 32, &[0xff; 32])),
		("no-point", with_bytes(&right, 64, &[0xff; 32])),
		("identity", with_bytes(&right, 96, &[0; 32])),
	]
	.into_iter()
	.map(|(name, bytes)| {
		let fault = first_fault(&bytes).unwrap();
		json!({ "name": name, "subdealing": text(bytes), "dealer": fault.0.0, "segment": fault.1 })
	})
	.collect()
}

/// Whom the first seat of the next committee blames for a subdealing, and for which segment.
fn first_fault(bytes: &[u8]) -> Option<(Seat, u16)> {
	let mut resharing = resharing(0);
	match resharing.add(&Subdealing::from_bytes(bytes).unwrap()) {
		Err(Error::WrongShare { seat, segment }) => Some((seat, segment)),
		added => {
			added.unwrap();
			resharing.verify().unwrap().first().map(|fault| (fault.dealer, fault.segment))
		},
	}
}

#[test]
fn published_vectors_are_what_this_release_makes() {
	let vectors = json!({
		"format": "salus custody v1 vectors",
		"dealing": dealing(),
		"releases": releases(),
		"repair": repair(),
		"resharing": reshare(),
		"complaints": complaints(),
		"refused": {
			"malformed": malformed(),
			"shares": unverified(),
			"releases": refused_releases(),
			"subdealings": refused_subdealings(),
		},
	});
	let mut text = serde_json::to_string_pretty(&vectors).unwrap();
	text.push('\n');
	if std::env::var_os("SALUS_WRITE_VECTORS").is_some() {
		std::fs::write(PATH, &text).unwrap();
	}
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	assert!(published == text, "the format changed: what custodians hold would not be read");
}

#[test]
fn published_messages_are_read_and_mean_what_they_say() {
	let published = std::fs::read_to_string(PATH).expect("the vectors are published");
	let vectors: Value = serde_json::from_str(&published).unwrap();
	let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
	let list = |value: &Value| value.as_array().unwrap().clone();
	let number = |value: &Value| value.as_u64().unwrap();
	let ticket = |vector: &Value| TicketId(bytes(&vector["ticket"]).try_into().unwrap());
	let digest = |value: &Value| DealingDigest(bytes(&value["digest"]).try_into().unwrap());

	let dealing = &vectors["dealing"];
	for (seat, shares) in (0u8..).map(Seat).zip(list(&dealing["shares"])) {
		let shares = SeatShares::from_bytes(&bytes(&shares)).unwrap();
		let held = shares.verify(&context(), seat).unwrap();
		assert_eq!(held.digest(), digest(dealing));
		assert_eq!(held.acknowledgement(&OWNER).to_vec(), bytes(&dealing["acknowledgement"]));
	}
	for pair in [[0usize, 1], [1, 2], [0, 2]] {
		let mut combiner = combiner(1);
		for at in pair {
			let vector = &vectors["releases"][at];
			let seat = Seat(number(&vector["seat"]) as u8);
			let share = SealedShare::from_bytes(&bytes(&vector["sealed"])).unwrap();
			combiner.add(ephemeral().secret(), seat, &share).unwrap();
		}
		let key = combiner.finish().unwrap();
		assert_eq!(key.expose().to_vec(), bytes(&vectors["releases"][0]["key"]));
	}
	let resharing = &vectors["resharing"];
	let to = DealingContext { epoch: EpochId(8), scheme: scheme(3, 5), ..context() };
	for (seat, shares) in (0u8..).map(Seat).zip(list(&resharing["shares"])) {
		let held = SeatShares::from_bytes(&bytes(&shares)).unwrap().verify(&to, seat).unwrap();
		assert_eq!(held.digest(), digest(resharing));
	}
	for vector in list(&vectors["complaints"]) {
		let complaint = Complaint::from_bytes(&bytes(&vector["complaint"])).unwrap();
		let context = *self::resharing(0).context();
		let is_signed =
			|_, _: &[u8; 32], signature: &[u8]| signature == bytes(&vector["signature"]);
		let at_fault = complaint.judge(&context, &digest(dealing), is_signed).unwrap();
		assert_eq!(u64::from(at_fault.0), number(&vector["at_fault"]));
	}

	let refused = &vectors["refused"];
	for vector in list(&refused["malformed"]) {
		let error = SeatShares::from_bytes(&bytes(&vector["shares"])).unwrap_err();
		assert_eq!(vector["code"], error.code(), "{}", vector["name"]);
	}
	for vector in list(&refused["shares"]) {
		let shares = SeatShares::from_bytes(&bytes(&vector["shares"])).unwrap();
		let error = shares.verify(&context(), Seat(0)).unwrap_err();
		assert_eq!(vector["code"], error.code(), "{}", vector["name"]);
	}
	for vector in list(&refused["releases"]) {
		let context =
			DealingContext { epoch: EpochId(number(&vector["epoch"]) as u32), ..context() };
		let (segment, seat) = (number(&vector["segment"]) as u16, number(&vector["seat"]) as u8);
		let sealed = bytes(&vector["sealed"]);
		let added = add(context, digest(dealing), ticket(&vector), segment, Seat(seat), &sealed);
		assert_eq!(vector["code"], added.unwrap_err().code(), "{}", vector["name"]);
	}
	for vector in list(&refused["subdealings"]) {
		let (dealer, segment) = first_fault(&bytes(&vector["subdealing"])).unwrap();
		assert_eq!(u64::from(dealer.0), number(&vector["dealer"]), "{}", vector["name"]);
		assert_eq!(u64::from(segment), number(&vector["segment"]), "{}", vector["name"]);
	}
}
