// SPDX-License-Identifier: Apache-2.0
//! The kit itself.

use super::{
	quorum::Quorum,
	share::{digest, Audience, GuardianShare, Payload, Place},
	text,
	wire::{forms, Fields, Message, Object, Written},
};
use crate::{custody::SharedSecret, padding, random, sealing::Sealed, Error, Keystore, Result};
use aes_gcm::{
	aead::{self, Aead, KeyInit},
	Aes256Gcm,
};
use hkdf::Hkdf;
use minicbor::Encoder;
use rand::CryptoRng;
use salus_primitives::{custody::Seat, EncryptionKey};
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, fmt};
use zeroize::Zeroizing;

const ID_LABEL: &[u8] = b"salus/recovery-kit/1";
const KEYS_LABEL: &[u8] = b"salus/recovery-keys/1";
/// Up to six keys look alike.
const MIN_PADDED: u64 = 256;
/// Hundreds of keys; who has more rotates too often to print them.
const MAX_KEYS: usize = 1 << 14;

/// One who gets a share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardian {
	/// Her account.
	pub account: [u8; 32],
	/// Her encryption key, as it is registered on chain.
	pub key: EncryptionKey,
}

/// Which kit: a hash of whose it is, of its guardians and of the commitments to its shares.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KitId(pub [u8; 32]);

/// The first 80 bits, for people to compare.
impl fmt::Display for KitId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&text::short(&self.0))
	}
}

impl fmt::Debug for KitId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "KitId({self})")
	}
}

/// All encryption keys of an owner, sealed so that any `t` of her `n` guardians open them together.
///
/// Without them it says who the owner and the guardians are, and roughly how many keys there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryKit {
	id: KitId,
	genesis: [u8; 32],
	owner: [u8; 32],
	quorum: Quorum,
	digest: [u8; 32],
	shares: Vec<([u8; 32], Sealed)>,
	keys: Vec<u8>,
}

impl RecoveryKit {
	/// Makes a kit of all encryption keys in a keystore. What signs is left out.
	///
	/// # Errors
	/// When the quorum is impossible, a guardian comes twice, is the owner or has an unusable key,
	/// there is no key or too many, or there is no randomness.
	pub fn make(
		genesis: [u8; 32],
		owner: [u8; 32],
		threshold: u8,
		guardians: &[Guardian],
		keys: &Keystore,
	) -> Result<Self> {
		Self::make_with(genesis, owner, threshold, guardians, keys, &mut random::generator()?)
	}

	pub(super) fn make_with(
		genesis: [u8; 32],
		owner: [u8; 32],
		threshold: u8,
		guardians: &[Guardian],
		keys: &Keystore,
		rng: &mut impl CryptoRng,
	) -> Result<Self> {
		let impossible = Error::InvalidQuorum { threshold, guardians: guardians.len() };
		let count = u8::try_from(guardians.len()).map_err(|_| impossible)?;
		let quorum = Quorum::new(threshold, count)?;
		ensure_distinct(&owner, guardians.iter().map(|guardian| &guardian.account))?;
		let payload = keys.encryption_only().encode()?;
		if keys.current_encryption_key().is_none() {
			return Err(Error::NoKeys);
		}
		let too_many = Error::MaxDocumentExceeded { found: payload.len(), limit: MAX_KEYS };
		if payload.len() > MAX_KEYS {
			return Err(too_many);
		}
		let padded = padding::pad(&payload, MIN_PADDED).ok_or(too_many)?;

		let secret = SharedSecret::random(threshold, rng)?;
		let accounts: Vec<_> = guardians.iter().map(|guardian| guardian.account).collect();
		let digest = digest(secret.commitments());
		let id = identify(&genesis, &owner, quorum, &digest, accounts.iter());
		let seal = |(seat, guardian): (Seat, &Guardian)| {
			let place =
				Place { genesis, kit: id, owner, guardian: guardian.account, seat, quorum, digest };
			let payload = Payload::new(secret.share(seat), secret.commitments());
			let sealed = payload.seal(&place, Audience::Guardian, &guardian.key, rng)?;
			Ok((guardian.account, sealed))
		};
		let shares = (0..).map(Seat).zip(guardians).map(seal).collect::<Result<_>>()?;
		let (cipher, nonce) = cipher(&secret.expose(), id)?;
		let keys = cipher
			.encrypt(&nonce.into(), aead::Payload { msg: &padded, aad: &id.0 })
			.map_err(|_| Error::Internal { operation: "sealing keys" })?;
		Ok(Self { id, genesis, owner, quorum, digest, shares, keys })
	}

	/// Which kit it is.
	pub const fn id(&self) -> KitId {
		self.id
	}

	/// The genesis hash of the chain that its owner is on.
	pub const fn genesis(&self) -> &[u8; 32] {
		&self.genesis
	}

	/// The account whose keys it holds.
	pub const fn owner(&self) -> &[u8; 32] {
		&self.owner
	}

	/// How many guardians it takes.
	pub const fn quorum(&self) -> Quorum {
		self.quorum
	}

	/// The accounts of the guardians, in their order.
	pub fn guardians(&self) -> impl ExactSizeIterator<Item = &[u8; 32]> {
		self.shares.iter().map(|(account, _)| account)
	}

	/// Opens and verifies the share of a guardian with whichever of her keys fits. The owner may ask
	/// her to try: nothing leaves her machine.
	///
	/// # Errors
	/// When she is none of the guardians, holds no key that opens it, or the share is wrong: then the
	/// kit is of no use with her.
	pub fn open_share(&self, guardian: &[u8; 32], keys: &Keystore) -> Result<GuardianShare> {
		let found = self.shares.iter().position(|(account, _)| account == guardian);
		let position = found.ok_or(Error::NotAGuardian)?;
		let (place, sealed) = self.place(position)?;
		let payload = || {
			keys.encryption_keys()
				.find_map(|pair| Payload::open(&place, Audience::Guardian, pair.secret(), sealed))
				.ok_or_else(|| Error::GuardianShareNotOpened { guardian: place.number() })
		};
		payload()?.verify(&place, &mut None)?;
		Ok(GuardianShare { place, payload: payload()? })
	}

	/// Where the share of the guardian at `position` belongs, and the share.
	pub(super) fn place(&self, position: usize) -> Result<(Place, &Sealed)> {
		let (guardian, sealed) = self.shares.get(position).ok_or(Error::NotAGuardian)?;
		let place = Place {
			genesis: self.genesis,
			kit: self.id,
			owner: self.owner,
			guardian: *guardian,
			seat: Seat(u8::try_from(position).unwrap_or(u8::MAX)),
			quorum: self.quorum,
			digest: self.digest,
		};
		Ok((place, sealed))
	}

	/// The keys under the secret that the guardians know together.
	pub(super) fn open_keys(&self, secret: &[u8; 32]) -> Result<Keystore> {
		let (cipher, nonce) = cipher(secret, self.id)?;
		let padded = cipher
			.decrypt(&nonce.into(), aead::Payload { msg: &self.keys, aad: &self.id.0 })
			.map(Zeroizing::new)
			.map_err(|_| Error::KitDamaged)?;
		let payload = padding::unpad(&padded, MIN_PADDED).ok_or(Error::KitDamaged)?;
		let keys = Keystore::decode(payload).map_err(|_| Error::KitDamaged)?;
		if keys.signing().is_some() || keys.current_encryption_key().is_none() {
			return Err(Error::KitDamaged);
		}
		Ok(keys)
	}
}

impl Message for RecoveryKit {
	const OBJECT: Object = Object::Kit;
	const FIELDS: u64 = 6;

	fn write(&self, encoder: &mut Encoder<Vec<u8>>) -> Written {
		encoder
			.bytes(&self.genesis)?
			.bytes(&self.owner)?
			.u8(self.quorum.threshold())?
			.bytes(&self.digest)?
			.array(self.shares.len() as u64)?;
		for (guardian, sealed) in &self.shares {
			encoder.array(2)?.bytes(guardian)?.bytes(&sealed.to_bytes())?;
		}
		encoder.bytes(&self.keys).map(drop)
	}

	fn read(fields: &mut Fields<'_>) -> Result<Self> {
		let genesis = fields.array()?;
		let owner = fields.array()?;
		let threshold = fields.u8()?;
		let digest = fields.array()?;
		let count = u8::try_from(fields.list()?).unwrap_or(u8::MAX);
		let quorum = Quorum::new(threshold, count)?;
		let mut shares = Vec::with_capacity(usize::from(count));
		for _ in 0..count {
			if fields.list()? != 2 {
				return Err(fields.malformed("a guardian has another number of fields"));
			}
			shares.push((fields.array()?, fields.sealed(Payload::len(threshold))?));
		}
		ensure_distinct(&owner, shares.iter().map(|(account, _)| account))?;
		let keys = fields.bytes()?.to_vec();
		let accounts = shares.iter().map(|(account, _)| account);
		let id = identify(&genesis, &owner, quorum, &digest, accounts);
		Ok(Self { id, genesis, owner, quorum, digest, shares, keys })
	}
}

forms!(RecoveryKit);

/// Nobody has two shares, and the owner, who has lost her keys, has none.
fn ensure_distinct<'a>(
	owner: &'a [u8; 32],
	guardians: impl Iterator<Item = &'a [u8; 32]>,
) -> Result<()> {
	let mut seen = BTreeSet::from([owner]);
	for (number, guardian) in (1u8..).zip(guardians) {
		if !seen.insert(guardian) {
			return Err(Error::GuardianRepeated { guardian: number });
		}
	}
	Ok(())
}

fn identify<'a>(
	genesis: &[u8; 32],
	owner: &[u8; 32],
	quorum: Quorum,
	digest: &[u8; 32],
	guardians: impl Iterator<Item = &'a [u8; 32]>,
) -> KitId {
	let mut hash = Sha256::new();
	hash.update(ID_LABEL);
	hash.update(genesis);
	hash.update(owner);
	hash.update([quorum.threshold(), quorum.guardians()]);
	hash.update(digest);
	guardians.for_each(|guardian| hash.update(guardian));
	KitId(hash.finalize().into())
}

/// What seals the keys. The commitments, which the kit binds, fix the secret and with it this key:
/// no kit opens to two contents. A secret seals once, so that its nonce may come with it.
fn cipher(secret: &[u8; 32], kit: KitId) -> Result<(Aes256Gcm, [u8; 12])> {
	let mut key = Zeroizing::new([0u8; 32]);
	let mut nonce = [0u8; 12];
	let kdf = Hkdf::<Sha256>::new(None, secret);
	let failed = |_| Error::Internal { operation: "deriving the key of a kit" };
	let info = |part: &'static [u8]| [KEYS_LABEL, part, &kit.0];
	kdf.expand_multi_info(&info(b"/key"), key.as_mut()).map_err(failed)?;
	kdf.expand_multi_info(&info(b"/nonce"), &mut nonce).map_err(failed)?;
	Ok((Aes256Gcm::new(&(*key).into()), nonce))
}
