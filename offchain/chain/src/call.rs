// SPDX-License-Identifier: Apache-2.0
//! What an account can ask of the chain.

use crate::{runtime::api, AccessRequest, AccountId, ConsentTerms, Error, Signer};
use salus_primitives::{
	Commitment, ConsentId, EncryptionKey, Grantee, Moment, RecordId, Role, TicketId, Window,
};
use subxt::{
	client::OfflineClientAtBlockT,
	config::{substrate::SubstrateConfig, DefaultExtrinsicParams},
	transactions::{Payload, SubmittableTransaction, TransactionsClient},
	utils::Static,
};

/// What the chain is told of a version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionFacts {
	/// The salted commitment to the content identifier of the manifest.
	pub manifest: Commitment,
	/// The salted commitment to the categories of its segments, in their order.
	pub categories: Commitment,
	/// How many segments it has.
	pub segments: u16,
}

/// A call of one of the health data pallets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
	/// Takes a role, with the first encryption key.
	Register {
		/// The role.
		role: Role,
		/// The key.
		encryption_key: EncryptionKey,
	},
	/// Makes a key the current one.
	RotateKey {
		/// The key.
		encryption_key: EncryptionKey,
	},
	/// Issues or renews a credential. By a registrar.
	Verify {
		/// To whom.
		who: AccountId,
		/// The moment in which it is over.
		expires_at: Moment,
	},
	/// Takes a credential back. By a registrar.
	Withdraw {
		/// Whose.
		who: AccountId,
	},
	/// Anchors the first version of a record.
	Anchor {
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// The version.
		version: VersionFacts,
	},
	/// Anchors a further version of a record.
	Revise {
		/// The record.
		record: RecordId,
		/// The version that must be the current one.
		expected_version: u32,
		/// The version that follows it.
		version: VersionFacts,
	},
	/// Retires a record.
	Retire {
		/// The record.
		record: RecordId,
	},
	/// Lets a retired record live again.
	Restore {
		/// The record.
		record: RecordId,
	},
	/// Erases a record for good.
	Erase {
		/// The record.
		record: RecordId,
	},
	/// Grants a consent.
	Grant {
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// Who may act.
		grantee: Grantee<AccountId>,
		/// What she may do.
		terms: ConsentTerms,
		/// When she may act.
		window: Window,
		/// How often.
		uses: u32,
	},
	/// Revokes a consent for good.
	Revoke {
		/// The consent.
		consent: ConsentId,
	},
	/// Asks for a ticket.
	Open {
		/// Under which consent.
		consent: ConsentId,
		/// To which record.
		record: RecordId,
		/// For what.
		request: AccessRequest,
		/// A new key, to which custodians seal what they release.
		ephemeral_key: EncryptionKey,
	},
	/// Removes a ticket.
	Close {
		/// The ticket.
		ticket: TicketId,
	},
}

/// What a signed transaction is made of, besides the call.
type Params = DefaultExtrinsicParams<SubstrateConfig>;
/// A signed transaction for a runtime `C`.
type Signed<C> = SubmittableTransaction<SubstrateConfig, C>;

impl Call {
	/// The call as a transaction of `signer`.
	pub(crate) fn sign<C: OfflineClientAtBlockT<SubstrateConfig>>(
		&self,
		transactions: &TransactionsClient<SubstrateConfig, C>,
		signer: &Signer,
		params: Params,
	) -> Result<Signed<C>, Error> {
		let signing = Signing { transactions, signer, params };
		let call = api::transactions();
		match self {
			Self::Register { role, encryption_key } => signing
				.sign(&call.registry().register(Static(*role), Static(encryption_key.clone()))),
			Self::RotateKey { encryption_key } => {
				signing.sign(&call.registry().rotate_key(Static(encryption_key.clone())))
			},
			Self::Verify { who, expires_at } => {
				signing.sign(&call.registry().verify(*who, *expires_at))
			},
			Self::Withdraw { who } => signing.sign(&call.registry().withdraw(*who)),
			Self::Anchor { salt, version } => signing.sign(&call.records().anchor(
				*salt,
				Static(version.manifest),
				Static(version.categories),
				version.segments,
				None,
			)),
			Self::Revise { record, expected_version, version } => {
				signing.sign(&call.records().revise(
					Static(*record),
					*expected_version,
					Static(version.manifest),
					Static(version.categories),
					version.segments,
					None,
				))
			},
			Self::Retire { record } => signing.sign(&call.records().retire(Static(*record))),
			Self::Restore { record } => signing.sign(&call.records().restore(Static(*record))),
			Self::Erase { record } => signing.sign(&call.records().erase(Static(*record))),
			Self::Grant { salt, grantee, terms, window, uses } => {
				signing.sign(&call.consent().grant(
					*salt,
					grantee.into(),
					terms.into(),
					Static(*window),
					*uses,
					0,
				))
			},
			Self::Revoke { consent } => signing.sign(&call.consent().revoke(Static(*consent))),
			Self::Open { consent, record, request, ephemeral_key } => {
				signing.sign(&call.access().open(
					Static(*consent),
					Static(*record),
					request.into(),
					Static(ephemeral_key.clone()),
				))
			},
			Self::Close { ticket } => signing.sign(&call.access().close(Static(*ticket))),
		}
	}
}

struct Signing<'a, C> {
	transactions: &'a TransactionsClient<SubstrateConfig, C>,
	signer: &'a Signer,
	params: Params,
}

impl<C: OfflineClientAtBlockT<SubstrateConfig>> Signing<'_, C> {
	fn sign(self, payload: &impl Payload) -> Result<Signed<C>, Error> {
		let mut signable = self.transactions.create_signable_offline(payload, self.params)?;
		Ok(signable.sign(self.signer.keypair())?)
	}
}

#[cfg(test)]
mod tests;
