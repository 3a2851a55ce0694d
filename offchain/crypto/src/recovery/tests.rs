// SPDX-License-Identifier: Apache-2.0
//! A kit from its making to the keys that come back, and everything that keeps them from it.

use super::{
	share::{Audience, Payload},
	*,
};
use crate::{
	random, Capsule, CapsuleContext, CapsulePurpose, EncryptionKeyPair, Error, Keystore, SecretKey,
	SegmentKey, SigningSecret,
};
use proptest::prelude::*;
use salus_primitives::{custody::Seat, EncryptionKey, RecordId, Suite};
use zeroize::Zeroizing;

const GENESIS: [u8; 32] = [0x33; 32];
const OWNER: [u8; 32] = [0x0a; 32];

/// A guardian with her keystore.
struct Person {
	account: [u8; 32],
	keys: Keystore,
}

impl Person {
	fn new(number: u8, suite: Suite) -> Self {
		let mut keys = Keystore::new();
		keys.add_encryption_key(SecretKey::generate_for(suite).unwrap()).unwrap();
		Self { account: [number; 32], keys }
	}

	fn guardian(&self) -> Guardian {
		let key = self.keys.current_encryption_key().unwrap().public().clone();
		Guardian { account: self.account, key }
	}
}

fn people(count: u8) -> Vec<Person> {
	// Old and new suites together.
	let suite = |number| if number % 2 == 0 { Suite::XWing } else { Suite::X25519 };
	(1..=count).map(|number| Person::new(number, suite(number))).collect()
}

/// A keystore whose keys were rotated twice, the last time to another suite.
fn owner_keys() -> Keystore {
	let mut keys = Keystore::new();
	for suite in [Suite::X25519, Suite::X25519, Suite::XWing] {
		keys.add_encryption_key(SecretKey::generate_for(suite).unwrap()).unwrap();
	}
	keys.set_signing(SigningSecret::Uri(Zeroizing::new("//Patient".into())));
	keys
}

fn make(threshold: u8, people: &[Person], keys: &Keystore) -> RecoveryKit {
	let guardians: Vec<_> = people.iter().map(Person::guardian).collect();
	RecoveryKit::make(GENESIS, OWNER, threshold, &guardians, keys).unwrap()
}

fn release(kit: &RecoveryKit, person: &Person, recipient: &EncryptionKey) -> ReleasedShare {
	kit.open_share(&person.account, &person.keys).unwrap().release(recipient).unwrap()
}

fn fresh() -> EncryptionKeyPair {
	EncryptionKeyPair::generate().unwrap()
}

fn exposed(keys: &Keystore) -> Vec<[u8; 32]> {
	keys.encryption_keys().map(|pair| *pair.secret().expose()).collect()
}

#[test]
fn any_that_are_enough_give_all_keys_back_and_old_capsules_open() {
	let (people, keys) = (people(4), owner_keys());
	let kit = make(2, &people, &keys);
	let oldest = keys.encryption_keys().last().unwrap().public();
	let context = CapsuleContext {
		genesis: GENESIS,
		purpose: CapsulePurpose::Owner,
		record: RecordId([1; 32]),
		segment: 3,
	};
	let key = SegmentKey::generate().unwrap();
	let capsule = Capsule::seal_key(oldest, &context, &key).unwrap();
	for suite in [Suite::X25519, Suite::XWing] {
		let new = EncryptionKeyPair::generate_for(suite).unwrap();
		for (one, other) in [(0, 1), (1, 3), (3, 0), (2, 3)] {
			let mut combiner = KitCombiner::new(&kit);
			for person in [&people[one], &people[other]] {
				// Every object is read back from its text.
				let share = release(&kit, person, new.public()).to_string().parse().unwrap();
				combiner.add(new.secret(), &share).unwrap();
			}
			let found = combiner.finish().unwrap();
			assert_eq!(exposed(&found), exposed(&keys));
			assert!(found.signing().is_none(), "what signs comes back through the chain");
			let opened = found
				.encryption_keys()
				.find_map(|pair| capsule.open_key(pair.secret(), &context).ok());
			assert_eq!(opened, Some(key.clone()));
		}
	}
}

#[test]
fn every_quorum_works() {
	let keys = owner_keys();
	for (threshold, count) in [(1, 1), (1, 3), (3, 3), (5, 7)] {
		let people = people(count);
		let kit = make(threshold, &people, &keys);
		let new = fresh();
		let mut combiner = KitCombiner::new(&kit);
		for (at, person) in people.iter().take(usize::from(threshold)).enumerate() {
			assert_eq!(combiner.progress(), (at as u32, u32::from(threshold)));
			assert_eq!(combiner.finish().unwrap_err().code(), "RECOVERY_TOO_FEW_SHARES");
			combiner.add(new.secret(), &release(&kit, person, new.public())).unwrap();
		}
		assert_eq!(exposed(&combiner.finish().unwrap()), exposed(&keys));
	}
}

#[test]
fn too_few_shares_are_consistent_with_every_secret() {
	// One share of two: for any secret there is a line through it and the share. What t - 1
	// guardians see besides, the digest and the sealed keys, fixes the secret for who can invert a
	// hash or break a cipher only.
	let secret =
		crate::custody::SharedSecret::random(2, &mut random::generator().unwrap()).unwrap();
	let mut shares = crate::custody::VerifiedShares::new(secret.commitments().to_vec()).unwrap();
	assert!(shares.add_bytes(Seat(0), &secret.share(Seat(0))));
	assert!(shares.combine_bytes().is_err());
	assert_ne!(secret.share(Seat(0)), secret.expose());
	// Nothing in the clear of a kit is a commitment, from which a quantum computer had the secret.
	let people = people(3);
	let kit = make(2, &people, &owner_keys());
	let (place, sealed) = kit.place(0).unwrap();
	let opened = people[0]
		.keys
		.encryption_keys()
		.find_map(|pair| Payload::open(&place, Audience::Guardian, pair.secret(), sealed));
	let commitments = opened.unwrap().into_commitments();
	let bytes = kit.to_bytes();
	assert_eq!(commitments.len(), 2);
	for commitment in commitments {
		assert!(!bytes.windows(32).any(|window| window == commitment));
	}
}

#[test]
fn a_wrong_share_is_named_and_the_others_are_enough() {
	let (people, keys) = (people(3), owner_keys());
	let kit = make(2, &people, &keys);
	let new = fresh();
	// The second guardian seals another value, with the right commitments, and then right values
	// with other commitments.
	let (place, _) = kit.place(1).unwrap();
	let honest = kit.open_share(&people[1].account, &people[1].keys).unwrap();
	let commitments = honest.payload.into_commitments();
	let other = crate::custody::SharedSecret::random(2, &mut random::generator().unwrap()).unwrap();
	for payload in [
		Payload::new(Zeroizing::new([1; 32]), &commitments),
		Payload::new(Zeroizing::new([0xff; 32]), &commitments),
		Payload::new(other.share(Seat(1)), other.commitments()),
	] {
		let mut combiner = KitCombiner::new(&kit);
		combiner.add(new.secret(), &release(&kit, &people[0], new.public())).unwrap();
		let lying = GuardianShare { place, payload };
		let error = combiner.add(new.secret(), &lying.release(new.public()).unwrap()).unwrap_err();
		assert!(matches!(error, Error::WrongGuardianShare { guardian: 2 }), "{error}");
		assert_eq!(error.code(), "RECOVERY_WRONG_SHARE");
		combiner.add(new.secret(), &release(&kit, &people[2], new.public())).unwrap();
		assert_eq!(exposed(&combiner.finish().unwrap()), exposed(&keys));
	}
}

#[test]
fn a_share_of_another_kit_or_key_or_guardian_is_refused() {
	let (people, keys) = (people(3), owner_keys());
	let (kit, later) = (make(2, &people, &keys), make(2, &people, &keys));
	assert_ne!(kit.id(), later.id(), "no kit is made twice");
	let (new, stranger) = (fresh(), fresh());
	let mut combiner = KitCombiner::new(&kit);
	let first = release(&kit, &people[0], new.public());

	let error = combiner.add(new.secret(), &release(&later, &people[0], new.public())).unwrap_err();
	assert_eq!(error.code(), "RECOVERY_OTHER_KIT");
	assert!(error.to_string().contains(&later.id().to_string()));
	// The same share under the name of this kit.
	let mut renamed = release(&later, &people[0], new.public());
	renamed.kit = kit.id();
	let error = combiner.add(new.secret(), &renamed).unwrap_err();
	assert_eq!(error.code(), "RECOVERY_SHARE_NOT_OPENED");
	let error = combiner.add(stranger.secret(), &first).unwrap_err();
	assert!(matches!(error, Error::GuardianShareNotOpened { guardian: 1 }));

	combiner.add(new.secret(), &first).unwrap();
	// Given again, sealed again, and under the name of another guardian.
	for again in [first.clone(), release(&kit, &people[0], new.public())] {
		let error = combiner.add(new.secret(), &again).unwrap_err();
		assert!(matches!(error, Error::GuardianRepeated { guardian: 1 }));
	}
	for (seat, code) in [(1, "RECOVERY_SHARE_NOT_OPENED"), (3, "RECOVERY_NOT_A_GUARDIAN")] {
		let moved = ReleasedShare { seat: Seat(seat), ..first.clone() };
		assert_eq!(combiner.add(new.secret(), &moved).unwrap_err().code(), code);
	}
	assert_eq!(combiner.finish().unwrap_err().code(), "RECOVERY_TOO_FEW_SHARES");
}

#[test]
fn nobody_but_the_guardian_opens_her_share() {
	let people = people(3);
	let kit = make(2, &people, &owner_keys());
	let error = kit.open_share(&[9; 32], &people[0].keys).unwrap_err();
	assert_eq!(error.code(), "RECOVERY_NOT_A_GUARDIAN");
	let error = kit.open_share(&people[0].account, &people[2].keys).unwrap_err();
	assert!(matches!(error, Error::GuardianShareNotOpened { guardian: 1 }));
	// What is sealed for the guardian is not what she releases, and the other way round.
	let (place, sealed) = kit.place(0).unwrap();
	let secret = people[0].keys.current_encryption_key().unwrap().secret();
	assert!(Payload::open(&place, Audience::Guardian, secret, sealed).is_some());
	assert!(Payload::open(&place, Audience::Recovering, secret, sealed).is_none());
}

#[test]
fn a_guardian_who_rotated_her_key_still_opens() {
	let mut people = people(2);
	let kit = make(2, &people, &owner_keys());
	people[0].keys.add_encryption_key(SecretKey::generate().unwrap()).unwrap();
	assert_eq!(kit.open_share(&people[0].account, &people[0].keys).unwrap().guardian(), 1);
}

#[test]
fn a_kit_that_was_changed_opens_nothing() {
	let (people, keys) = (people(2), owner_keys());
	let kit = make(1, &people, &keys);
	let bytes = kit.to_bytes();
	let new = fresh();
	let open = |kit: &RecoveryKit| {
		let share = kit.open_share(&people[0].account, &people[0].keys)?.release(new.public())?;
		let mut combiner = KitCombiner::new(kit);
		combiner.add(new.secret(), &share)?;
		combiner.finish()
	};
	assert!(open(&kit).is_ok());
	// The second guardian's share is hers alone: a change of it does not hurt the first.
	let second = kit.place(1).unwrap().1.to_bytes();
	let at = bytes.windows(second.len()).position(|window| window == second).unwrap();
	for position in (0..bytes.len()).filter(|position| !(at..at + second.len()).contains(position))
	{
		let mut wrong = bytes.clone();
		wrong[position] ^= 1;
		let opened = RecoveryKit::from_bytes(&wrong).and_then(|kit| open(&kit));
		assert!(opened.is_err(), "byte {position}");
	}
	let mut wrong = bytes.clone();
	*wrong.last_mut().unwrap() ^= 1;
	let error = open(&RecoveryKit::from_bytes(&wrong).unwrap()).unwrap_err();
	assert_eq!(error.code(), "RECOVERY_KIT_DAMAGED");
	wrong.push(0);
	assert_eq!(RecoveryKit::from_bytes(&wrong).unwrap_err().code(), "RECOVERY_MALFORMED");
	for len in 0..bytes.len() {
		assert!(RecoveryKit::from_bytes(&bytes[..len]).is_err());
	}
}

#[test]
fn what_makes_no_sense_makes_no_kit() {
	let (people, keys) = (people(3), owner_keys());
	let guardians: Vec<_> = people.iter().map(Person::guardian).collect();
	let code = |threshold, guardians: &[Guardian], keys: &Keystore| {
		RecoveryKit::make(GENESIS, OWNER, threshold, guardians, keys).unwrap_err().code()
	};
	assert_eq!(code(0, &guardians, &keys), "RECOVERY_INVALID_QUORUM");
	assert_eq!(code(4, &guardians, &keys), "RECOVERY_INVALID_QUORUM");
	assert_eq!(code(1, &[], &keys), "RECOVERY_INVALID_QUORUM");
	assert_eq!(code(1, &vec![guardians[0].clone(); 300], &keys), "RECOVERY_INVALID_QUORUM");
	let twice = [guardians[0].clone(), guardians[1].clone(), guardians[0].clone()];
	let error = RecoveryKit::make(GENESIS, OWNER, 2, &twice, &keys).unwrap_err();
	assert!(matches!(error, Error::GuardianRepeated { guardian: 3 }));
	let herself = [Guardian { account: OWNER, ..guardians[0].clone() }];
	assert_eq!(code(1, &herself, &keys), "RECOVERY_GUARDIAN_REPEATED");
	assert_eq!(code(2, &guardians, &Keystore::new()), "RECOVERY_NO_KEYS");
	let unusable = EncryptionKey::new(Suite::X25519, &[0; 32]).unwrap();
	let weak = [Guardian { account: [1; 32], key: unusable }];
	assert_eq!(code(1, &weak, &keys), "KEY_INVALID_RECIPIENT");
	let mut many = Keystore::new();
	for _ in 0..500 {
		many.add_encryption_key(SecretKey::from_seed(&[1; 32])).unwrap();
	}
	assert_eq!(code(1, &guardians, &many), "DOCUMENT_TOO_LARGE");
}

#[test]
fn the_number_of_keys_is_hidden_up_to_some() {
	let people = people(1);
	let len = |count| {
		let mut keys = Keystore::new();
		for _ in 0..count {
			keys.add_encryption_key(SecretKey::generate().unwrap()).unwrap();
		}
		make(1, &people, &keys).to_bytes().len()
	};
	assert_eq!(len(1), len(6));
}

#[test]
fn requests_say_who_asks() {
	let kit = make(1, &people(1), &owner_keys()).id();
	for suite in [Suite::X25519, Suite::XWing] {
		let key = EncryptionKeyPair::generate_for(suite).unwrap();
		let request = RecoveryRequest::new(kit, key.public().clone());
		let claimed =
			request.clone().claimed_by(RequestClaim { account: [5; 32], signature: [6; 64] });
		assert_ne!(request.statement(&[5; 32]), request.statement(&[6; 32]));
		for request in [request, claimed] {
			let read: RecoveryRequest = request.to_string().parse().unwrap();
			assert_eq!(read, request);
			assert_eq!((read.kit(), read.recipient()), (kit, key.public()));
		}
	}
	let other = RecoveryRequest::new(kit, fresh().public().clone());
	let again = RecoveryRequest::new(kit, fresh().public().clone());
	assert_ne!(other.statement(&[5; 32]), again.statement(&[5; 32]), "the key is signed");
	// The code is that of the key too, and survives being read out.
	let code = other.code();
	assert_eq!(code.len(), 19);
	for typed in [code.clone(), code.to_lowercase().replace('-', " "), code.replace('O', "0")] {
		assert!(other.has_code(&typed), "{typed}");
		assert!(!again.has_code(&typed));
	}
	assert!(!other.has_code("") && !other.has_code(&code[..18]));
	let claimed = other.claimed_by(RequestClaim { account: [5; 32], signature: [6; 64] });
	assert!(!claimed.has_code(&code));
}

#[test]
fn objects_are_no_others() {
	let people = people(1);
	let kit = make(1, &people, &owner_keys());
	let new = fresh();
	let share = release(&kit, &people[0], new.public()).to_bytes();
	let request = RecoveryRequest::new(kit.id(), new.public().clone()).to_bytes();
	let kit = kit.to_bytes();
	assert!(RecoveryKit::from_bytes(&share).is_err() && RecoveryKit::from_bytes(&request).is_err());
	assert!(
		ReleasedShare::from_bytes(&kit).is_err() && ReleasedShare::from_bytes(&request).is_err()
	);
	assert!(
		RecoveryRequest::from_bytes(&kit).is_err() && RecoveryRequest::from_bytes(&share).is_err()
	);
	// A later version.
	let mut later = kit;
	later[1] = 2;
	let error = RecoveryKit::from_bytes(&later).unwrap_err();
	assert!(error.to_string().contains("version"), "{error}");
}

#[test]
fn debug_shows_no_secret() {
	let people = people(1);
	let keys = owner_keys();
	let kit = make(1, &people, &keys);
	let share = kit.open_share(&people[0].account, &people[0].keys).unwrap();
	let shown = format!("{share:?} {:?}", KitCombiner::new(&kit));
	// With a threshold of one the share is the secret.
	assert!(!shown.contains("value"), "{shown}");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn arbitrary_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
		prop_assert!(RecoveryKit::from_bytes(&bytes).is_err());
		prop_assert!(ReleasedShare::from_bytes(&bytes).is_err());
		prop_assert!(RecoveryRequest::from_bytes(&bytes).is_err());
	}

	#[test]
	fn what_is_read_is_written_as_it_was(
		changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
	) {
		let people = people(2);
		let kit = make(2, &people, &owner_keys());
		let share = release(&kit, &people[0], fresh().public()).to_bytes();
		for mut bytes in [kit.to_bytes(), share] {
			for (at, byte) in &changes {
				let at = at.index(bytes.len());
				bytes[at] = *byte;
			}
			if let Ok(read) = RecoveryKit::from_bytes(&bytes) {
				prop_assert_eq!(read.to_bytes(), bytes.clone());
			}
			if let Ok(read) = ReleasedShare::from_bytes(&bytes) {
				prop_assert_eq!(read.to_bytes(), bytes);
			}
		}
	}
}
