// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::custody::{
	combine::interpolate, polynomial::Polynomial, scalar::SecretScalar, scheme::abscissa,
};
use crate::{random, EncryptionKeyPair, SecretKey};
use curve25519_dalek::Scalar;
use proptest::prelude::*;
use salus_primitives::Suite;

proptest! {
	#![proptest_config(ProptestConfig::with_cases(24))]

	#[test]
	fn any_quorum_opens(scheme in schemes(), segments in 1u16..7, pick: u64) {
		let context = context(scheme, segments);
		let dealing = deal(context).unwrap();
		let held = held(&dealing, &context);
		for held in &held {
			prop_assert_eq!(held.digest(), dealing.digest());
			prop_assert_eq!(
				held.acknowledgement(&OWNER),
				context.acknowledgement(&OWNER, dealing.digest())
			);
		}
		let quorum = quorum(scheme.seats(), scheme.threshold(), pick);
		for (segment, key) in (0u16..).zip(dealing.keys()) {
			prop_assert_eq!(&open(&held, quorum, segment).unwrap(), key);
			prop_assert_eq!(&open(&held, scheme.seats(), segment).unwrap(), key);
		}
		if let Some(seat) = quorum.iter().next() {
			let mut fewer = quorum;
			fewer.remove(seat);
			prop_assert!(open(&held, fewer, 0).is_err());
		}
	}

	/// For any other secret there is a polynomial that gives these `t - 1` seats the same shares:
	/// their shares fit every secret equally.
	#[test]
	fn fewer_shares_fit_every_secret(scheme in schemes(), pick: u64) {
		let mut rng = random::generator().unwrap();
		let secret = SecretScalar::random(&mut rng);
		let other = SecretScalar::random(&mut rng);
		let polynomial = Polynomial::random(secret, scheme.threshold(), &mut rng);
		let few = quorum(scheme.seats(), scheme.threshold() - 1, pick);
		let shares: Vec<_> = few.iter().map(|seat| polynomial.evaluate(seat)).collect();

		// The difference is zero for these seats, and at zero it is that of the secrets: as many
		// conditions as coefficients, so that exactly one such polynomial exists.
		let vanishing = |x: Scalar| -> Scalar {
			let at_zero: Scalar = few.iter().map(|seat| -abscissa(seat)).product();
			few.iter().map(|seat| x - abscissa(seat)).product::<Scalar>() * at_zero.invert()
		};
		let another = |seat: Seat| {
			let mut value = polynomial.evaluate(seat);
			let factor = vanishing(abscissa(seat));
			value.add_scaled(&other, &factor);
			value.add_scaled(&polynomial_at_zero(&polynomial, scheme), &-factor);
			value
		};
		for (seat, share) in few.iter().zip(&shares) {
			prop_assert_eq!(another(seat).to_bytes(), share.to_bytes());
		}
		let all = quorum(scheme.seats(), scheme.threshold(), pick);
		let values: Vec<_> = all.iter().map(another).collect();
		let opened = interpolate(all, values.iter(), &Scalar::ZERO);
		prop_assert_eq!(opened.to_bytes(), other.to_bytes());
	}

	#[test]
	fn a_wrong_share_is_found_in_any_dealing(
		scheme in schemes(), segments in 1u16..9, seat: u8, wrong: u16, bit in 0u32..250,
	) {
		let context = context(scheme, segments);
		let dealing = deal(context).unwrap();
		let seat = Seat(seat % scheme.size());
		let wrong = wrong % segments;
		let mut shares = dealing.shares()[usize::from(seat.0)].clone();
		let difference = (0..bit).fold(Scalar::ONE, |power, _| power + power);
		let one = SecretScalar::from_bytes(&Scalar::ONE.to_bytes()).unwrap();
		shares.values[usize::from(wrong)].add_scaled(&one, &difference);
		let error = shares.verify(&context, seat).unwrap_err();
		let is_named = matches!(
			error,
			crate::Error::WrongShare { seat: found, segment } if found == seat && segment == wrong
		);
		prop_assert!(is_named, "{error}");
	}
}

fn polynomial_at_zero(polynomial: &Polynomial, scheme: ThresholdScheme) -> SecretScalar {
	let seats = scheme.seats();
	let values: Vec<_> = seats.iter().map(|seat| polynomial.evaluate(seat)).collect();
	interpolate(seats, values.iter(), &Scalar::ZERO)
}

#[test]
fn shares_are_verified_for_the_dealing_they_are_of() {
	let context = context(scheme(2, 3), 2);
	let dealing = deal(context).unwrap();
	let shares = &dealing.shares()[1];
	for other in [
		DealingContext { genesis: [9; 32], ..context },
		DealingContext { epoch: EpochId(8), ..context },
		DealingContext { scheme: scheme(2, 2), ..context },
		DealingContext { record: RecordId([9; 32]), ..context },
		DealingContext { version: 4, ..context },
		DealingContext { segments: 3, ..context },
	] {
		let error = shares.clone().verify(&other, Seat(1)).unwrap_err();
		assert_eq!(error.code(), "CUSTODY_CONTEXT_MISMATCH", "{other:?}");
	}
	let error = shares.clone().verify(&context, Seat(0)).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_CONTEXT_MISMATCH");
}

#[test]
fn an_inconsistent_dealing_is_acknowledged_by_nobody_it_wrongs() {
	let context = context(scheme(2, 3), 1);
	let (first, second) = (deal(context).unwrap(), deal(context).unwrap());
	// Seat 2 gets a share of another polynomial under the commitments of the first.
	let mut shares = first.shares()[2].clone();
	shares.values = second.shares()[2].values.clone();
	let error = shares.verify(&context, Seat(2)).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_WRONG_SHARE");
	// Nor can it be given commitments of its own: what it would acknowledge is another digest.
	let other = second.shares()[2].clone().verify(&context, Seat(2)).unwrap();
	assert_ne!(other.digest(), first.digest());
}

#[test]
fn keys_of_two_dealings_and_of_two_segments_differ() {
	let context = context(scheme(2, 3), 3);
	let (first, second) = (deal(context).unwrap(), deal(context).unwrap());
	assert_ne!(first.keys()[0], first.keys()[1]);
	assert_ne!(first.keys()[0], second.keys()[0]);
}

#[test]
fn a_dealing_has_a_segment() {
	let error = deal(context(scheme(2, 3), 0)).unwrap_err();
	assert_eq!(error.code(), "CUSTODY_INVALID_SEGMENT");
}

#[test]
fn keys_taken_one_by_one_are_those_that_are_dealt() {
	// The number of segments is not known beforehand.
	let mut dealer = Dealer::new(context(scheme(2, 3), 99)).unwrap();
	let taken: Vec<_> = (0..5).map(|_| dealer.next_key().unwrap()).collect();
	let dealing = dealer.finish().unwrap();
	let held = held(&dealing, &context(scheme(2, 3), 5));
	for (at, (segment, key)) in (0u16..).zip(&taken) {
		assert_eq!((*segment, &dealing.keys()[usize::from(at)]), (at, key));
		let seats = Seats::from_iter([Seat(0), Seat(2)]);
		assert_eq!(&open(&held, seats, at).unwrap(), key);
	}
}

#[test]
fn a_dealer_without_a_key_deals_nothing() {
	let error = Dealer::new(context(scheme(2, 3), 3)).unwrap().finish().unwrap_err();
	assert_eq!(error.code(), "CUSTODY_INVALID_SEGMENT");
}

#[test]
fn sealed_shares_open_in_their_place_and_for_their_custodian_only() {
	let context = context(scheme(2, 3), 2);
	let dealing = deal(context).unwrap();
	for suite in [Suite::X25519, Suite::XWing] {
		let custodian = EncryptionKeyPair::from_secret(SecretKey::generate_for(suite).unwrap());
		let custodian = custodian.unwrap();
		let shares = &dealing.shares()[1];
		let sealed = shares.seal(custodian.public()).unwrap();
		let read = SealedSeatShares::from_bytes(&sealed.to_bytes()).unwrap();
		let opened = read.open(custodian.secret(), &context, Seat(1)).unwrap();
		assert_eq!(opened, shares.to_bytes());

		let other = SecretKey::generate_for(suite).unwrap();
		let later = DealingContext { epoch: EpochId(8), ..context };
		for (secret, context, seat) in [
			(&other, context, Seat(1)),
			(custodian.secret(), later, Seat(1)),
			(custodian.secret(), context, Seat(0)),
		] {
			let error = read.open(secret, &context, seat).unwrap_err();
			assert_eq!(error.code(), "CUSTODY_SHARE_NOT_OPENED");
		}
		let mut changed = sealed.to_bytes();
		*changed.last_mut().unwrap() ^= 1;
		let changed = SealedSeatShares::from_bytes(&changed).unwrap();
		assert!(changed.open(custodian.secret(), &context, Seat(1)).is_err());
	}
	assert_eq!(SealedSeatShares::from_bytes(&[1; 20]).unwrap_err().code(), "CUSTODY_MALFORMED");
}

#[test]
fn what_is_held_is_restored() {
	let context = context(scheme(3, 5), 4);
	let dealing = deal(context).unwrap();
	for held in held(&dealing, &context) {
		let restored = HeldShares::restore(&held.to_bytes()).unwrap();
		assert_eq!(restored.digest(), held.digest());
		assert_eq!(restored.to_bytes(), held.to_bytes());
		assert_eq!(restored.seat(), held.seat());
	}
}

#[test]
fn debug_shows_no_secret() {
	let context = context(scheme(2, 3), 2);
	let dealing = deal(context).unwrap();
	let held = held(&dealing, &context);
	let shown = format!("{dealing:?} {held:?}");
	for secret in dealing.shares().iter().flat_map(|shares| &shares.values) {
		let bytes = secret.to_bytes();
		assert!(!shown.contains(&hex::encode(*bytes)));
		assert!(!shown.contains(&format!("{:?}", *bytes)));
	}
	let vector = dealing.shares()[0].commitments.vectors()[0].encoded()[0];
	assert!(!shown.contains(&format!("{vector:?}")));
}
