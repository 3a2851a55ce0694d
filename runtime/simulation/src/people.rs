// SPDX-License-Identifier: Apache-2.0
//! Who takes part.

use salus_primitives::{EncryptionKey, Suite};
use salus_runtime::{AccountId, Signature};
use sp_core::{sr25519, Pair};

/// Who takes part, by what they are.
#[derive(Clone)]
pub struct People {
	/// Own records.
	pub patients: Vec<AccountId>,
	/// Act for patients.
	pub guardians: Vec<AccountId>,
	/// Read under consent, with a credential; the last one has none.
	pub clinicians: Vec<AccountId>,
	/// A hospital.
	pub organisations: Vec<AccountId>,
	/// Buy, and run studies.
	pub researchers: Vec<AccountId>,
	/// Verifies the others.
	pub registrar: AccountId,
	/// Hold shares.
	pub custodians: Vec<AccountId>,
	/// Takes no part, but has tokens.
	pub stranger: AccountId,
	/// What custodians sign with, in the same order.
	pairs: Vec<sr25519::Pair>,
}

/// A development key.
fn pair(uri: &str) -> sr25519::Pair {
	sr25519::Pair::from_string(uri, None).expect("a derivation path")
}

fn accounts(uris: &[&str]) -> Vec<AccountId> {
	uris.iter().map(|uri| pair(uri).public().into()).collect()
}

impl People {
	/// Everybody in this world. Whoever is not in the development preset is a well-known account
	/// that has tokens.
	pub fn new() -> Self {
		let custodians = ["//CustodianOne", "//CustodianTwo", "//CustodianThree"];
		Self {
			patients: accounts(&["//Patient", "//Alice"]),
			guardians: accounts(&["//Guardian"]),
			clinicians: accounts(&["//ClinicianOne", "//ClinicianTwo", "//Bob"]),
			organisations: accounts(&["//Hospital"]),
			researchers: accounts(&["//Researcher", "//Ferdie"]),
			registrar: pair("//Registrar").public().into(),
			custodians: accounts(&custodians),
			stranger: pair("//Ferdie//stash").public().into(),
			pairs: custodians.iter().map(|uri| pair(uri)).collect(),
		}
	}

	/// Everybody, the stranger last.
	pub fn all(&self) -> Vec<AccountId> {
		let one = [self.registrar.clone()];
		let stranger = [self.stranger.clone()];
		[
			&self.patients[..],
			&self.guardians,
			&self.clinicians,
			&self.organisations,
			&self.researchers,
			&one,
			&self.custodians,
			&stranger,
		]
		.concat()
	}

	/// What a custodian signs.
	pub fn sign(&self, custodian: usize, payload: &[u8; 32]) -> Signature {
		self.pairs[custodian].sign(payload).into()
	}
}

impl Default for People {
	fn default() -> Self {
		Self::new()
	}
}

impl std::fmt::Debug for People {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("People").finish_non_exhaustive()
	}
}

/// An encryption key.
pub(crate) fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte.max(1); 32]).expect("of the suite's length")
}
