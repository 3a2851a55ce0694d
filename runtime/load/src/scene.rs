// SPDX-License-Identifier: Apache-2.0
//! A state with many people and many consents.

use codec::Encode;
use frame_system::RawOrigin;
use pallet_consent::{ByGrantee, BySubject, Consents};
use salus_primitives::{
	Commitment, ConsentId, ContentId, EncryptionKey, Grantee, Moment, MultiCodec, RecordId, Role,
	Suite, Window,
};
use salus_runtime::{
	constants::{currency::UNIT, time::DAY_MILLIS},
	AccountId, Consent, Records, Registry, Runtime, RuntimeCall, RuntimeOrigin,
};
use serde_json::Value;
use sp_core::{sr25519, storage::well_known_keys, Pair};
use sp_io::hashing::blake2_256;
use std::{
	error::Error,
	fs::File,
	io::{BufReader, BufWriter, Write},
	path::Path,
	time::{SystemTime, UNIX_EPOCH},
};

/// A state, and who lives in it.
pub(crate) struct Scene {
	ext: sp_io::TestExternalities,
	/// Patients who send; each lets the next one read.
	pub(crate) patients: Vec<sr25519::Pair>,
	records: Vec<RecordId>,
	consents: Vec<ConsentId>,
	window: Window,
}

/// Something that differs with `number` and `what`.
fn unique(number: u32, what: &str) -> [u8; 32] {
	blake2_256(&(number, what).encode())
}

fn commitment(number: u32) -> Commitment {
	Commitment(unique(number, "commitment"))
}

fn content(number: u32) -> ContentId {
	ContentId { codec: MultiCodec::Raw, digest: unique(number, "content") }
}

fn key(number: u32) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &unique(number, "key")).expect("of the suite's length")
}

fn terms(number: u32) -> pallet_consent::Terms {
	pallet_consent::Terms::Sealed { commitment: commitment(number), envelope: content(number) }
}

fn account(pair: &sr25519::Pair) -> AccountId {
	pair.public().into()
}

fn by(pair: &sr25519::Pair) -> RuntimeOrigin {
	RawOrigin::Signed(account(pair)).into()
}

impl Scene {
	/// The development preset, with so many patients who have tokens, a record and a consent each,
	/// and with other people's consents until there are so many in all.
	pub(crate) fn new(patients: u32, consents: u32) -> Self {
		let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
		let now = since_epoch.as_millis() as Moment;
		let window = Window { from: now - DAY_MILLIS, until: now + 30 * DAY_MILLIS };
		let mut scene = Self {
			ext: salus_simulation::genesis(),
			patients: (0..patients)
				.map(|number| sr25519::Pair::from_seed(&unique(number, "patient")))
				.collect(),
			records: Vec::new(),
			consents: Vec::new(),
			window,
		};
		scene.move_in();
		scene.crowd(consents.saturating_sub(patients));
		scene
	}

	/// Registers everybody, who anchor a record and grant a consent.
	fn move_in(&mut self) {
		let Self { ext, patients, records, consents, window } = self;
		ext.execute_with(|| {
			pallet_timestamp::Now::<Runtime>::put(window.from);
			for (number, pair) in (0..).zip(&*patients) {
				let who = account(pair);
				let free = 1_000_000 * UNIT;
				pallet_balances::Pallet::<Runtime>::force_set_balance(
					RawOrigin::Root.into(),
					who.clone().into(),
					free,
				)
				.expect("by root");
				Registry::register(by(pair), Role::Patient, key(number)).expect("a new patient");
				let salt = unique(number, "record");
				records.push(RecordId::derive(&who, &salt));
				let (manifest, categories) = (commitment(number), commitment(number));
				Records::anchor(by(pair), salt, manifest, categories, 4, None).expect("her own");
			}
			for (number, pair) in (0..).zip(&*patients) {
				let grantee = &patients[(number as usize + 1) % patients.len()];
				let salt = unique(number, "consent");
				let grantee = Grantee::Account(account(grantee));
				Consent::grant(by(pair), salt, grantee, terms(number), *window, 1_000_000, 0)
					.expect("her own");
				consents.push(ConsentId::derive(&account(pair), &salt));
			}
			// As at the beginning of a chain.
			pallet_timestamp::Now::<Runtime>::kill();
		});
	}

	/// Consents of as many other people, as the first one is.
	fn crowd(&mut self, more: u32) {
		let first = self.consents[0];
		self.ext.execute_with(|| {
			let consent = Consents::<Runtime>::get(first).expect("granted");
			for number in 0..more {
				let id = ConsentId(unique(number, "crowd"));
				Consents::<Runtime>::insert(id, &consent);
				let subject = AccountId::from(unique(number, "subject"));
				BySubject::<Runtime>::insert(subject, id, ());
				let grantee = AccountId::from(unique(number, "grantee"));
				ByGrantee::<Runtime>::insert(grantee, id, ());
			}
		});
	}

	/// A grant that nobody made before.
	pub(crate) fn grant(&self, sender: usize, round: u32) -> RuntimeCall {
		let number = sender as u32;
		let grantee = &self.patients[(sender + 1) % self.patients.len()];
		let call = pallet_consent::Call::grant {
			salt: blake2_256(&(number, round, "grant").encode()),
			grantee: Grantee::Account(account(grantee)),
			terms: terms(number),
			window: self.window,
			uses: 1,
			delegations: 0,
		};
		call.into()
	}

	/// An open under the consent of the patient before, with a new key.
	pub(crate) fn open(&self, sender: usize, round: u32) -> RuntimeCall {
		let of = (sender + self.patients.len() - 1) % self.patients.len();
		let bytes = blake2_256(&(sender as u32, round, "ephemeral").encode());
		let call = pallet_access::Call::open {
			consent: self.consents[of],
			record: self.records[of],
			request: pallet_access::AccessRequest::Sealed {
				commitment: commitment(round),
				envelope: content(round),
			},
			ephemeral_key: EncryptionKey::new(Suite::X25519, &bytes).expect("of its length"),
		};
		call.into()
	}

	/// Writes a chain specification: `from` with the code it has and this state, which is let go.
	pub(crate) fn write_chain(&mut self, from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
		let mut chain: Value = serde_json::from_reader(BufReader::new(File::open(from)?))?;
		let top = chain
			.pointer_mut("/genesis/raw/top")
			.and_then(Value::as_object_mut)
			.ok_or("the chain specification is not a raw one")?;
		let code = hex_key(well_known_keys::CODE);
		top.retain(|key, _| *key == code);
		std::mem::take(&mut self.ext).execute_with(|| {
			let mut last = Vec::new();
			while let Some(key) = sp_io::storage::next_key(&last) {
				let value = sp_io::storage::get(&key).unwrap_or_default();
				// In process there is no code.
				if key != well_known_keys::CODE {
					top.insert(hex_key(&key), hex_key(&value).into());
				}
				last = key;
			}
		});
		let mut file = BufWriter::new(File::create(to)?);
		serde_json::to_writer(&mut file, &chain)?;
		file.flush()?;
		Ok(())
	}
}

fn hex_key(bytes: &[u8]) -> String {
	format!("0x{}", hex::encode(bytes))
}
