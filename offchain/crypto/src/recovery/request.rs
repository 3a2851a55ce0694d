// SPDX-License-Identifier: Apache-2.0
//! Asking guardians for their shares.

use super::{
	kit::KitId,
	text,
	wire::{forms, Fields, Message, Object, Written},
};
use crate::{Error, Result};
use minicbor::Encoder;
use salus_primitives::{EncryptionKey, Suite};
use sha2::{Digest, Sha256};

const LABEL: &[u8] = b"salus/recovery-request/1";
const CODE_LABEL: &[u8] = b"salus/recovery-code/1";

/// The account for which keys are recovered, and its signature: what a guardian holds against the
/// chain. Who verifies it knows how accounts sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestClaim {
	/// The new account.
	pub account: [u8; 32],
	/// Its signature over [`RecoveryRequest::statement`].
	pub signature: [u8; 64],
}

/// The fresh key to which guardians of a kit are asked to release their shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryRequest {
	kit: KitId,
	recipient: EncryptionKey,
	claim: Option<RequestClaim>,
}

impl RecoveryRequest {
	/// A request that no account stands behind: guardians can only decide by themselves.
	pub const fn new(kit: KitId, recipient: EncryptionKey) -> Self {
		Self { kit, recipient, claim: None }
	}

	/// With the signature of the account that recovers.
	#[must_use]
	pub fn claimed_by(self, claim: RequestClaim) -> Self {
		Self { claim: Some(claim), ..self }
	}

	/// The kit.
	pub const fn kit(&self) -> KitId {
		self.kit
	}

	/// The key to release to.
	pub const fn recipient(&self) -> &EncryptionKey {
		&self.recipient
	}

	/// Who stands behind it.
	pub const fn claim(&self) -> Option<&RequestClaim> {
		self.claim.as_ref()
	}

	/// What who asks reads out to a guardian, so that she knows that this is the request.
	pub fn code(&self) -> String {
		text::short(&self.hash())
	}

	/// Whether `typed` is the code, however it is spaced.
	pub fn has_code(&self, typed: &str) -> bool {
		text::is_short(&self.hash(), typed)
	}

	fn hash(&self) -> [u8; 32] {
		let mut hash = Sha256::new();
		hash.update(CODE_LABEL);
		hash.update(self.to_bytes());
		hash.finalize().into()
	}

	/// What `account` signs to say that the request is its own.
	pub fn statement(&self, account: &[u8; 32]) -> Vec<u8> {
		let mut statement = LABEL.to_vec();
		statement.extend_from_slice(&self.kit.0);
		statement.extend_from_slice(account);
		statement.push(self.recipient.suite().id());
		statement.extend_from_slice(self.recipient.public());
		statement
	}
}

impl Message for RecoveryRequest {
	const OBJECT: Object = Object::Request;
	const FIELDS: u64 = 4;

	fn write(&self, encoder: &mut Encoder<Vec<u8>>) -> Written {
		let encoder = encoder
			.bytes(&self.kit.0)?
			.u8(self.recipient.suite().id())?
			.bytes(self.recipient.public())?;
		match &self.claim {
			None => encoder.array(0)?,
			Some(claim) => encoder.array(2)?.bytes(&claim.account)?.bytes(&claim.signature)?,
		};
		Ok(())
	}

	fn read(fields: &mut Fields<'_>) -> Result<Self> {
		let kit = KitId(fields.array()?);
		let suite = fields.u8()?;
		let suite = Suite::from_id(suite)
			.ok_or_else(|| Error::UnsupportedSuite { found: u64::from(suite) })?;
		let recipient = EncryptionKey::new(suite, fields.bytes()?)
			.map_err(|_| fields.malformed("its key has the wrong length"))?;
		let claim = match fields.list()? {
			0 => None,
			2 => Some(RequestClaim { account: fields.array()?, signature: fields.array()? }),
			_ => return Err(fields.malformed("its signature is malformed")),
		};
		Ok(Self { kit, recipient, claim })
	}
}

forms!(RecoveryRequest);
