// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{EncryptionKeyPair, Error};
use curve25519_dalek::Scalar;
use proptest::prelude::*;
use salus_primitives::{custody::DealingDigest, Salt, Suite};

const NEXT: EpochId = EpochId(8);
/// Signatures are somebody else's business: here everything is signed that bears this.
const SIGNED: &[u8] = b"signed";

fn is_signed(_: Seat, _: &[u8; 32], signature: &[u8]) -> bool {
	signature == SIGNED
}

fn dealt(scheme: ThresholdScheme, segments: u16) -> (Dealing, Vec<HeldShares>) {
	let context = context(scheme, segments);
	let dealing = deal(context).unwrap();
	let held = held(&dealing, &context);
	(dealing, held)
}

fn receiving(held: &[HeldShares], scheme: ThresholdScheme, receiver: Seat) -> Resharing {
	let old = DealingCommitments::from_bytes(&held[0].commitments().to_bytes()).unwrap();
	Resharing::new(old, &held[0].digest(), NEXT, scheme, receiver).unwrap()
}

fn subdealing(held: &HeldShares, scheme: ThresholdScheme, receiver: Seat) -> Subdealing {
	let dealt = held.reshare(NEXT, scheme).unwrap();
	Subdealing::from_bytes(&dealt.as_slice()[usize::from(receiver.0)].to_bytes()).unwrap()
}

/// What the next committee holds when these dealers deal.
fn moved(held: &[HeldShares], scheme: ThresholdScheme, dealers: Seats) -> Vec<HeldShares> {
	let mut resharings: Vec<_> =
		scheme.seats().iter().map(|seat| receiving(held, scheme, seat)).collect();
	for dealer in dealers.iter() {
		let dealt = held[usize::from(dealer.0)].reshare(NEXT, scheme).unwrap();
		for (resharing, subdealing) in resharings.iter_mut().zip(dealt.as_slice()) {
			resharing.add(&Subdealing::from_bytes(&subdealing.to_bytes()).unwrap()).unwrap();
		}
	}
	assert_eq!(verify_all(&mut resharings).unwrap(), []);
	resharings.iter().map(|resharing| resharing.finish(dealers).unwrap()).collect()
}

/// The subdealing with one byte of its encoding changed, counted from the end.
fn changed(subdealing: &Subdealing, from_end: usize, change: impl Fn(&mut [u8])) -> Subdealing {
	let mut bytes = subdealing.to_bytes();
	let start = bytes.len() - from_end;
	change(&mut bytes[start..start + 32]);
	Subdealing::from_bytes(&bytes).unwrap()
}

fn plus_one(bytes: &mut [u8]) {
	let value = Scalar::from_canonical_bytes((&*bytes).try_into().unwrap()).unwrap();
	bytes.copy_from_slice(&(value + Scalar::ONE).to_bytes());
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(16))]

	#[test]
	fn resharing_keeps_the_keys(
		old in schemes(), new in schemes(), segments in 1u16..4, pick: u64, again: u64,
	) {
		let (dealing, held) = dealt(old, segments);
		let dealers = quorum(old.seats(), old.threshold(), pick);
		let next = moved(&held, new, dealers);
		let to = DealingContext { epoch: NEXT, scheme: new, ..*held[0].context() };
		for held in &next {
			prop_assert_eq!(held.context(), &to);
			prop_assert_eq!(held.digest(), next[0].digest());
			// What a member acknowledges is verified as if an owner had dealt it.
			let shares = SeatShares::from_bytes(&held.to_bytes()).unwrap();
			prop_assert!(shares.verify(&to, held.seat()).is_ok());
		}
		prop_assert_ne!(next[0].digest(), held[0].digest());
		let quorum = quorum(new.seats(), new.threshold(), again);
		for (segment, key) in (0u16..).zip(dealing.keys()) {
			prop_assert_eq!(&open(&next, quorum, segment).unwrap(), key);
		}
	}

	#[test]
	fn a_wrong_subdealing_is_found_and_its_dealer_named(
		segments in 1u16..6, wrong: u16, dealer in 0u8..3, receiver in 0u8..5, at in 0usize..3,
	) {
		let (old, new) = (scheme(2, 3), scheme(3, 5));
		let (_, held) = dealt(old, segments);
		let (dealer, receiver, wrong) = (Seat(dealer), Seat(receiver), wrong % segments);
		let mut resharing = receiving(&held, new, receiver);
		for honest in old.seats().iter().filter(|seat| *seat != dealer) {
			resharing.add(&subdealing(&held[usize::from(honest.0)], new, receiver)).unwrap();
		}
		// A share, or one of the two points before it.
		let from_end = 96 * usize::from(segments - wrong) - 32 * at;
		let right = subdealing(&held[usize::from(dealer.0)], new, receiver);
		let other = subdealing(&held[(usize::from(dealer.0) + 1) % 3], new, receiver);
		let bad = if at == 2 {
			changed(&right, from_end, plus_one)
		} else {
			let foreign = other.commitments(wrong)[0];
			changed(&right, from_end, |bytes| bytes.copy_from_slice(&foreign))
		};
		resharing.add(&bad).unwrap();
		let faults = resharing.verify().unwrap();
		let record = held[0].context().record;
		prop_assert_eq!(faults, [SubdealingFault { record, version: 3, dealer, segment: wrong }]);

		// The others are enough, and who is wrong can be complained about.
		let dealers = old.seats().without(Seats::from_iter([dealer]));
		prop_assert_eq!(resharing.dealers(), dealers);
		prop_assert!(resharing.finish(dealers).is_ok());
		let complaint = resharing.complain(&bad, SIGNED, wrong).unwrap();
		let complaint = Complaint::from_bytes(&complaint.to_bytes()).unwrap();
		let judged = complaint.judge(resharing.context(), &held[0].digest(), is_signed);
		prop_assert_eq!(judged.unwrap(), dealer);
	}
}

#[test]
fn old_and_new_shares_do_not_mix() {
	let (old, new) = (scheme(2, 3), scheme(2, 3));
	let (dealing, held) = dealt(old, 1);
	let next = moved(&held, new, Seats::all(2));
	let key = EphemeralKey::generate().unwrap();
	let first = next[0].release(0, &TICKET, key.public()).unwrap();
	let stale = held[1].release(0, &TICKET, key.public()).unwrap();
	let mut combiner = ShareCombiner::new(*next[0].context(), next[0].digest(), TICKET, 0).unwrap();
	combiner.add(key.secret(), Seat(0), &first).unwrap();
	let error = combiner.add(key.secret(), Seat(1), &stale).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_SHARE_NOT_OPENED");
	// Even past all checks, a share of each does not give the secret.
	let mixed = crate::custody::combine::interpolate(
		Seats::all(2),
		[next[0].value(0).unwrap(), held[1].value(0).unwrap()].into_iter(),
		&Scalar::ZERO,
	);
	let mixed = crate::custody::key::derive(&mixed, held[0].context(), 0).unwrap();
	assert_ne!(mixed, dealing.keys()[0]);
}

#[test]
fn another_choice_of_dealers_is_another_digest() {
	let (_, held) = dealt(scheme(2, 3), 1);
	let digest = |dealers: [u8; 2]| -> DealingDigest {
		let dealers = dealers.into_iter().map(Seat).collect();
		moved(&held, scheme(2, 3), dealers)[0].digest()
	};
	assert_eq!(digest([0, 1]), digest([1, 0]));
	assert_ne!(digest([0, 1]), digest([0, 2]));
}

#[test]
fn who_deals_again_says_the_same() {
	let (_, held) = dealt(scheme(2, 3), 2);
	let restored = HeldShares::restore(&held[0].to_bytes()).unwrap();
	for seat in scheme(3, 5).seats().iter() {
		let first = subdealing(&held[0], scheme(3, 5), seat);
		let second = subdealing(&restored, scheme(3, 5), seat);
		assert_eq!(first.to_bytes(), second.to_bytes());
		assert_eq!(first.statement(), second.statement());
	}
	// To another epoch or scheme it deals other polynomials.
	let other = held[0].reshare(EpochId(9), scheme(3, 5)).unwrap();
	let first = subdealing(&held[0], scheme(3, 5), Seat(0));
	assert_ne!(other.as_slice()[0].commitments(0), first.commitments(0));
}

#[test]
fn what_belongs_elsewhere_is_refused() {
	let (old, new) = (scheme(2, 3), scheme(3, 5));
	let (_, held) = dealt(old, 1);
	let mut resharing = receiving(&held, new, Seat(1));
	let code = |result: crate::Result<()>| result.unwrap_err().code();
	let other_seat = subdealing(&held[0], new, Seat(2));
	assert_eq!(code(resharing.add(&other_seat)), "CUSTODY_CONTEXT_MISMATCH");
	let other_epoch = held[0].reshare(EpochId(9), new).unwrap();
	assert_eq!(code(resharing.add(&other_epoch.as_slice()[1])), "CUSTODY_CONTEXT_MISMATCH");
	let other_record = DealingContext { record: RecordId([9; 32]), ..*held[0].context() };
	let foreign = super::held(&deal(other_record).unwrap(), &other_record);
	let other_record = subdealing(&foreign[0], new, Seat(1));
	assert_eq!(code(resharing.add(&other_record)), "CUSTODY_CONTEXT_MISMATCH");
	let right = subdealing(&held[0], new, Seat(1));
	resharing.add(&right).unwrap();
	assert_eq!(code(resharing.add(&right)), "CUSTODY_SEAT_REPEATED");
	let error = held[0].reshare(EpochId(7), new).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_CONTEXT_MISMATCH");

	let pair = Seats::all(2);
	assert_eq!(resharing.finish(pair).unwrap_err().code(), "CUSTODY_INVALID_SEAT");
	let old = held[0].commitments().clone();
	let error = Resharing::new(old, &DealingDigest([0; 32]), NEXT, new, Seat(0)).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_DIGEST_MISMATCH");
}

#[test]
fn a_sealed_subdealing_opens_for_its_receiver_in_its_place_only() {
	let (_, held) = dealt(scheme(2, 3), 2);
	let dealt = subdealing(&held[0], scheme(3, 5), Seat(4));
	let (context, dealer) = (*dealt.context(), dealt.dealer());
	for suite in [Suite::X25519, Suite::XWing] {
		let receiver = EncryptionKeyPair::generate_for(suite).unwrap();
		let sealed = dealt.seal(held[0].commitments(), receiver.public()).unwrap();
		let sealed = SealedSubdealing::from_bytes(&sealed.to_bytes()).unwrap();
		let open = |context, dealer, receiver: &EncryptionKeyPair, seat| {
			sealed.open(receiver.secret(), context, dealer, seat)
		};
		let (opened, old) = open(&context, dealer, &receiver, Seat(4)).unwrap();
		assert_eq!(opened.to_bytes(), dealt.to_bytes());
		assert_eq!(old.digest(), held[0].digest());

		let stranger = EncryptionKeyPair::generate_for(suite).unwrap();
		let elsewhere = ReshareContext { epoch: EpochId(9), ..context };
		for wrong in [
			open(&context, dealer, &stranger, Seat(4)),
			open(&elsewhere, dealer, &receiver, Seat(4)),
			open(&context, Seat(1), &receiver, Seat(4)),
			open(&context, dealer, &receiver, Seat(3)),
		] {
			assert_eq!(wrong.unwrap_err().code(), "CUSTODY_SHARE_NOT_OPENED");
		}
		let mut bytes = sealed.to_bytes();
		*bytes.last_mut().unwrap() ^= 1;
		let changed = SealedSubdealing::from_bytes(&bytes).unwrap();
		assert!(changed.open(receiver.secret(), &context, dealer, Seat(4)).is_err());
	}
	assert_eq!(SealedSubdealing::from_bytes(&[]).unwrap_err().code(), "CUSTODY_MALFORMED");
}

#[test]
fn only_what_is_verified_and_exactly_enough_makes_shares() {
	let (old, new) = (scheme(2, 3), scheme(2, 3));
	let (_, held) = dealt(old, 1);
	let mut resharing = receiving(&held, new, Seat(0));
	for held in &held {
		resharing.add(&subdealing(held, new, Seat(0))).unwrap();
	}
	assert_eq!(resharing.finish(Seats::all(2)).unwrap_err().code(), "CUSTODY_INVALID_SEAT");
	resharing.verify().unwrap();
	assert_eq!(resharing.finish(Seats::all(1)).unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
	assert_eq!(resharing.finish(Seats::all(3)).unwrap_err().code(), "CUSTODY_TOO_FEW_SHARES");
	assert!(resharing.finish(Seats::all(2)).is_ok());
}

#[test]
fn one_bad_dealer_in_a_batch_of_records_is_named() {
	let (old, new) = (scheme(2, 3), scheme(3, 5));
	let mut resharings: Vec<_> = (0..20u8)
		.map(|record| {
			let context = DealingContext { record: RecordId([record; 32]), ..context(old, 2) };
			let held = held(&deal(context).unwrap(), &context);
			let mut resharing = receiving(&held, new, Seat(4));
			for held in &held[..2] {
				let mut dealt = subdealing(held, new, Seat(4));
				if record == 13 && held.seat() == Seat(1) {
					dealt = changed(&dealt, 32, plus_one);
				}
				resharing.add(&dealt).unwrap();
			}
			resharing
		})
		.collect();
	let faults = verify_all(&mut resharings).unwrap();
	let record = RecordId([13; 32]);
	assert_eq!(faults, [SubdealingFault { record, version: 3, dealer: Seat(1), segment: 1 }]);
	for (at, resharing) in resharings.iter().enumerate() {
		assert_eq!(resharing.dealers().len(), if at == 13 { 1 } else { 2 });
	}
}

#[test]
fn what_is_no_point_or_scalar_is_complained_about_too() {
	let (old, new) = (scheme(2, 3), scheme(3, 5));
	let (_, held) = dealt(old, 3);
	let right = subdealing(&held[1], new, Seat(0));
	// The share of the last segment, its points, with the identity among them.
	for (from_end, bytes) in [(32, [0xff; 32]), (64, [0xff; 32]), (96, [0; 32])] {
		let bad = changed(&right, from_end, |found| found.copy_from_slice(&bytes));
		let mut resharing = receiving(&held, new, Seat(0));
		match resharing.add(&bad) {
			Err(Error::WrongShare { seat: Seat(1), segment: 2 }) => {},
			other => panic!("{other:?}"),
		}
		let complaint = resharing.complain(&bad, SIGNED, 2).unwrap();
		let judged = complaint.judge(resharing.context(), &held[0].digest(), is_signed);
		assert_eq!(judged.unwrap(), Seat(1));
	}
}

#[test]
fn an_unfounded_complaint_is_not_made_and_not_upheld() {
	let (old, new) = (scheme(2, 3), scheme(3, 5));
	let (_, held) = dealt(old, 2);
	let digest = held[0].digest();
	let resharing = receiving(&held, new, Seat(0));
	let right = subdealing(&held[1], new, Seat(0));
	let bad = changed(&right, 32, plus_one);
	let error = resharing.complain(&right, SIGNED, 1).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_COMPLAINT_UNFOUNDED");
	let error = resharing.complain(&bad, SIGNED, 0).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_COMPLAINT_UNFOUNDED");

	let complaint = resharing.complain(&bad, SIGNED, 1).unwrap();
	let context = *resharing.context();
	let code = |complaint: &Complaint, digest: &DealingDigest| {
		complaint.judge(&context, digest, is_signed).unwrap_err().code()
	};
	assert_eq!(code(&complaint, &DealingDigest([0; 32])), "CUSTODY_COMPLAINT_UNFOUNDED");
	let later = ReshareContext { epoch: EpochId(9), ..context };
	let error = complaint.judge(&later, &digest, is_signed).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_CONTEXT_MISMATCH");
	// The dealer signed something else.
	let unsigned = resharing.complain(&bad, b"forged", 1).unwrap();
	assert_eq!(code(&unsigned, &digest), "CUSTODY_COMPLAINT_UNFOUNDED");
	// No byte of the evidence can be changed and still convict, but for the signature itself,
	// which its own scheme protects.
	let payload = bad.statement().payload();
	let bytes = complaint.to_bytes();
	for at in 0..bytes.len() {
		let mut wrong = bytes.clone();
		wrong[at] ^= 1;
		let Ok(wrong) = Complaint::from_bytes(&wrong) else { continue };
		let judged = wrong.judge(&context, &digest, |seat, signed, signature| {
			seat == Seat(1) && *signed == payload && signature == SIGNED
		});
		assert!(judged.is_err(), "byte {at}");
	}
}

#[test]
fn equivocation_convicts_without_opening_anything() {
	let (old, new) = (scheme(2, 3), scheme(3, 5));
	let (_, held) = dealt(old, 2);
	let digest = held[0].digest();
	let context = *receiving(&held, new, Seat(0)).context();
	let first = subdealing(&held[1], new, Seat(0));
	let second = subdealing(&held[1], new, Seat(1));
	let agree = Complaint::equivocation(
		context,
		(&first.statement(), SIGNED),
		(&second.statement(), SIGNED),
	);
	assert_eq!(agree.unwrap_err().code(), "CUSTODY_COMPLAINT_UNFOUNDED");

	// Other commitments for another seat, and another share for the same seat.
	let foreign = subdealing(&held[0], new, Seat(1)).commitments(0)[0];
	let other_points = changed(&second, 192, |bytes| bytes.copy_from_slice(&foreign));
	let other_share = changed(&first, 32, plus_one);
	for other in [other_points, other_share] {
		let statements = (first.statement(), other.statement());
		let complaint =
			Complaint::equivocation(context, (&statements.0, SIGNED), (&statements.1, SIGNED))
				.unwrap();
		let complaint = Complaint::from_bytes(&complaint.to_bytes()).unwrap();
		assert_eq!(complaint.judge(&context, &digest, is_signed).unwrap(), Seat(1));
		let bytes = complaint.to_bytes();
		let shares = first.values().iter().chain(other.values());
		for opened in shares.chain(first.commitments(0)) {
			assert!(!bytes.windows(32).any(|window| window == opened));
		}
		let one =
			Complaint::equivocation(context, (&statements.0, SIGNED), (&statements.1, b"forged"));
		assert!(one.unwrap().judge(&context, &digest, is_signed).is_err());
	}
	let another = subdealing(&held[0], new, Seat(0));
	let error = Complaint::equivocation(
		context,
		(&first.statement(), SIGNED),
		(&another.statement(), SIGNED),
	);
	assert_eq!(error.unwrap_err().code(), "CUSTODY_CONTEXT_MISMATCH");
}

#[test]
fn a_complaint_opens_one_segment_of_one_subdealing() {
	let (old, new) = (scheme(2, 3), scheme(3, 5));
	let (_, held) = dealt(old, 4);
	let resharing = receiving(&held, new, Seat(0));
	let bad = changed(&subdealing(&held[1], new, Seat(0)), 32, plus_one);
	let complaint = resharing.complain(&bad, SIGNED, 3).unwrap();
	let bytes = complaint.to_bytes();
	let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
	assert!(has(&bad.values()[3]));
	for segment in 0u16..3 {
		assert!(!has(&bad.values()[usize::from(segment)]));
		assert!(!bad.commitments(segment).iter().any(|point| has(point)));
		let vector = &held[0].commitments().vectors()[usize::from(segment)];
		assert!(!vector.encoded().iter().any(|point| has(point)));
		assert!(!has(&bad.salt().for_segment(segment).0));
	}
	for held in &held {
		assert!(!held.values().iter().any(|value| has(value.to_bytes().as_ref())));
	}
	assert!(!has(&bad.salt().0) && !has(&held[0].commitments().salt().0));
	let (salt, other) = (Salt([1; 32]), Salt([2; 32]));
	assert_eq!(complaint.commitment(&salt), complaint.commitment(&salt));
	assert_ne!(complaint.commitment(&salt), complaint.commitment(&other));
}
