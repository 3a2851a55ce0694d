// SPDX-License-Identifier: Apache-2.0

use salus_crypto::custody::{
	Complaint, DealingCommitments, HeldShares, MaskCommitments, RepairHelper, RepairMask,
	RepairShare, Resharing, SealedSeatShares, SealedShare, SeatShares, StoredShares, Subdealing,
};

/// What seat 0 of a small committee holds: messages of its dealing get past the first checks.
const HELD: &[u8] = include_bytes!("../corpus/custody/shares");

/// The bytes are taken as each message of custody; what is read is also verified.
pub(crate) fn custody(bytes: &[u8]) {
	if let Ok(commitments) = DealingCommitments::from_bytes(bytes) {
		same(commitments.to_bytes(), bytes);
		let context = *commitments.context();
		commitments.ensure(&context, &commitments.digest()).expect("its own digest");
	}
	if let Ok(stored) = StoredShares::read(bytes) {
		assert!(stored.seat().0 < stored.context().scheme.size(), "the committee has the seat");
	}
	if let Ok(shares) = SeatShares::from_bytes(bytes) {
		same(shares.to_bytes(), bytes);
		let (context, seat) = (*shares.context(), shares.seat());
		if let Ok(held) = shares.verify(&context, seat) {
			same(held.to_bytes(), bytes);
		}
	}
	if let Ok(share) = SealedShare::from_bytes(bytes) {
		same(share.to_bytes(), bytes);
	}
	if let Ok(shares) = SealedSeatShares::from_bytes(bytes) {
		same(shares.to_bytes(), bytes);
	}
	if let Ok(masks) = MaskCommitments::from_bytes(bytes) {
		same(masks.to_bytes(), bytes);
	}
	if let Ok(share) = RepairShare::from_bytes(bytes) {
		same(share.to_bytes(), bytes);
	}
	repair_mask(bytes);
	subdealing(bytes);
	complaint(bytes);
}

fn same(written: impl AsRef<[u8]>, bytes: &[u8]) {
	assert_eq!(written.as_ref(), bytes, "one message has one encoding");
}

fn held() -> HeldShares {
	HeldShares::restore(HELD).expect("the seed is what a custodian holds")
}

fn repair_mask(bytes: &[u8]) {
	let Ok(mask) = RepairMask::from_bytes(bytes) else { return };
	same(mask.to_bytes(), bytes);
	if let Ok((mut helper, _)) = RepairHelper::new(&held(), *mask.context()) {
		if helper.add(&mask).is_ok() {
			assert!(helper.add(&mask).is_err(), "nobody adds a mask twice");
		}
	}
}

fn subdealing(bytes: &[u8]) {
	let Ok(subdealing) = Subdealing::from_bytes(bytes) else { return };
	same(subdealing.to_bytes(), bytes);
	let (context, held) = (*subdealing.context(), held());
	let old = held.commitments().clone();
	let receiver = subdealing.receiver();
	let resharing = Resharing::new(old, &held.digest(), context.epoch, context.scheme, receiver);
	let Ok(mut resharing) = resharing else { return };
	if *resharing.context() != context {
		return;
	}
	let faults = match resharing.add(&subdealing) {
		Ok(()) => resharing.verify().expect("there is randomness").len(),
		Err(_) => 1,
	};
	let is_convicted = (0..context.from.segments)
		.any(|segment| resharing.complain(&subdealing, b"signature", segment).is_ok());
	assert_eq!(faults > 0, is_convicted, "who is dropped can be complained about, and nobody else");
}

fn complaint(bytes: &[u8]) {
	let Ok(complaint) = Complaint::from_bytes(bytes) else { return };
	same(complaint.to_bytes(), bytes);
	let context = *complaint.context();
	if let Ok(seat) = complaint.judge(&context, &held().digest(), |_, _, _| true) {
		assert_eq!(seat, complaint.dealer());
	}
	assert!(complaint.judge(&context, &held().digest(), |_, _, _| false).is_err());
}
