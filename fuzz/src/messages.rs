// SPDX-License-Identifier: Apache-2.0

use codec::{DecodeAll, Encode};
use salus_chain::AccountId;
use salus_primitives::RecordId;
use salus_worker::{
	custodian::{
		Deposit, Evidence, Masked, Released, RepairRequest, SubdealRequest, Subdealt,
		TakeOverRequest, TakenOver,
	},
	export::ExportIndex,
	manifest::Manifest,
	sharing::{CommitteeDocument, OpenedDenials, OpenedReason, OpenedRequest, OpenedTerms},
	transport::{Peer, Statement},
};
use serde::{de::DeserializeOwned, Serialize};

const GENESIS: [u8; 32] = [7; 32];
const RECORD: RecordId = RecordId([5; 32]);

/// The bytes are taken as everything that custodians and their users say to each other. Nobody signed
/// any of it, so nothing of it holds.
pub(crate) fn messages(bytes: &[u8]) {
	let somebody = AccountId::new([9; 32]);
	message::<Deposit>(bytes, |deposit| deposit.verify(GENESIS).is_ok());
	message::<Released>(bytes, |released| {
		let facts = released.segments.iter().map(|segment| &segment.facts);
		let is_signed = released.is_signed_by(&somebody, GENESIS);
		let shares = released.segments.iter().filter_map(|segment| segment.signed_share());
		assert!(shares.count() <= released.segments.len(), "a share stands for one segment");
		is_signed
			|| facts.into_iter().any(|facts| facts.is_signed_by(&somebody, GENESIS, RECORD, 1))
	});
	message::<SubdealRequest>(bytes, |request| request.is_signed_by(&somebody, GENESIS));
	message::<TakeOverRequest>(bytes, |request| request.is_signed_by(&somebody, GENESIS));
	message::<RepairRequest>(bytes, |request| request.is_signed_by(&somebody, GENESIS));
	message::<Vec<Subdealt>>(bytes, |_| false);
	message::<TakenOver>(bytes, |_| false);
	message::<Masked>(bytes, |_| false);
	message::<Evidence>(bytes, |_| false);
	message::<Manifest>(bytes, |_| false);
	message::<ExportIndex>(bytes, |_| false);
	opened::<OpenedTerms>(bytes);
	opened::<OpenedRequest>(bytes);
	opened::<OpenedDenials>(bytes);
	opened::<OpenedReason>(bytes);
	if let Ok(document) = CommitteeDocument::from_bytes(bytes) {
		assert_eq!(document.to_bytes(), bytes, "one document has one encoding");
	}
	if let Ok(statement) = Statement::from_bytes(bytes) {
		assert_eq!(statement.to_bytes(), bytes, "one statement has one encoding");
		let peer = Peer { genesis: GENESIS, account: somebody };
		assert!(statement.verify(&peer, &[1; 32], 0).is_err(), "nobody signed it");
	}
}

/// What is read is written so that it is read as the same, and does not hold.
fn message<T>(bytes: &[u8], holds: impl Fn(&T) -> bool)
where
	T: Serialize + DeserializeOwned + PartialEq,
{
	let Ok(message) = serde_json::from_slice::<T>(bytes) else { return };
	let written = serde_json::to_vec(&message).expect("what was read can be written");
	let again = serde_json::from_slice::<T>(&written);
	assert!(again.is_ok_and(|again| again == message), "what is written is read as the same");
	assert!(!holds(&message), "nobody signed it");
}

/// What a sealed document holds is read as the same when it is written again.
fn opened<T: DecodeAll + Encode + PartialEq>(bytes: &[u8]) {
	let Ok(document) = T::decode_all(&mut &*bytes) else { return };
	let again = T::decode_all(&mut document.encode().as_slice());
	assert!(again.is_ok_and(|again| again == document), "what is written is read as the same");
}
