// SPDX-License-Identifier: Apache-2.0
//! What an account can ask of the chain.

mod market;

pub use market::MarketCall;

use crate::{
	custody::{bounded, max_batch},
	runtime::{
		api,
		api::runtime_types::{
			pallet_consent::types::SealedTerms, salus_primitives::market::SealedRequest,
			salus_runtime::RuntimeCall,
		},
	},
	AccessRequest, AccountId, ConsentTerms, Dealing, Error, Move, Signer,
};
use salus_primitives::{
	custody::{Answer, EpochId, Seat, MAX_COMMITTEE},
	Commitment, ConsentId, ContentId, EmergencyId, EncryptionKey, Grantee, Moment, RecordId, Role,
	TicketId, Window,
};
use subxt::{
	client::{ClientAtBlock, OfflineClientAtBlockT},
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
	/// Pays for sponsored calls in advance.
	FundPool {
		/// How many.
		calls: u32,
	},
	/// Admits an account: it exists from now on without tokens, and the caller's pool pays for it.
	Admit {
		/// The account.
		who: AccountId,
	},
	/// Anchors the first version of a record.
	Anchor {
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// The version.
		version: VersionFacts,
		/// To whom its keys are dealt, where custodians hold them.
		dealing: Option<Dealing>,
	},
	/// Anchors a further version of a record.
	Revise {
		/// The record.
		record: RecordId,
		/// The version that must be the current one.
		expected_version: u32,
		/// The version that follows it.
		version: VersionFacts,
		/// To whom its keys are dealt, where custodians hold them.
		dealing: Option<Dealing>,
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
	/// Replaces what the subject denies and opts out of.
	SetDenyRoot {
		/// The version that must be the current one; 0 before the first.
		expected_version: u32,
		/// The commitment to what she denies.
		root: Commitment,
		/// Where that is, sealed to the custodians.
		opening: ContentId,
		/// Whether consents may be claimed under rules of hers.
		standing_rules: bool,
		/// Whether nobody may read her data in an emergency without a consent.
		no_emergency: bool,
	},
	/// Claims a consent under a standing rule.
	Claim {
		/// Whose data.
		subject: AccountId,
		/// 32 random bytes, from which the identifier follows.
		salt: [u8; 32],
		/// The commitment to what the claimant may do.
		terms: Commitment,
		/// Where that is, sealed to herself.
		envelope: ContentId,
		/// When she may act.
		window: Window,
		/// How often.
		uses: u32,
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
	/// Declares that a record has to be read at once, and that nobody can consent. By a clinician.
	DeclareEmergency {
		/// Whose record.
		subject: AccountId,
		/// The record.
		record: RecordId,
		/// From which the identifier follows.
		salt: [u8; 32],
		/// The commitment to why and what.
		reason: Commitment,
		/// Where that is, sealed to the custodians.
		envelope: ContentId,
		/// A new key, to which custodians seal what they release.
		ephemeral_key: EncryptionKey,
	},
	/// Confirms an emergency as the second person: a ticket is issued.
	ConfirmEmergency {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// Opens the record in an emergency that nobody confirmed in time: a ticket is issued.
	OpenEmergency {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// Objects to an emergency. By the subject.
	ObjectEmergency {
		/// The emergency.
		emergency: EmergencyId,
	},
	/// Proposes the committee of the next epoch. By the sudo key, which only development networks
	/// have: elsewhere the council proposes.
	ProposeCommittee {
		/// Who sits where.
		members: Vec<AccountId>,
		/// How many shares open a key.
		threshold: u8,
		/// How many members may be lost after a dealing.
		tolerance: u8,
	},
	/// Takes the seat in a committee that forms. By each member.
	JoinCommittee {
		/// The epoch of the committee.
		epoch: EpochId,
	},
	/// Reports what a custodian did about tickets. What does not count is skipped: the events say
	/// so.
	Report {
		/// The epoch in which it has its seat.
		epoch: EpochId,
		/// What it did.
		answers: Vec<(TicketId, Answer)>,
		/// The commitment to the receipts of the batch.
		receipts: Commitment,
	},
	/// Moves dealings from draining committees to the active one. What cannot be moved is skipped:
	/// the events say so.
	Reshare {
		/// The dealings.
		moves: Vec<Move>,
	},
	/// Says that a member of a draining committee dealt a wrong share.
	Complain {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// The dealer, in the draining epoch.
		dealer: Seat,
		/// The commitment to what shows it.
		evidence: Commitment,
	},
	/// Takes a complaint back. By who made it.
	SettleComplaint {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
	},
	/// Acknowledges that a custodian holds nothing of these records any more.
	AcknowledgeErasure {
		/// The epoch in which it has its seat.
		epoch: EpochId,
		/// The records.
		records: Vec<RecordId>,
	},
	/// Acknowledges that a custodian knows of these revocations.
	AcknowledgeRevocations {
		/// The epoch in which it has its seat.
		epoch: EpochId,
		/// The consents, each with the version that revoked it.
		consents: Vec<(ConsentId, u32)>,
	},
	/// What sellers and buyers do.
	Market(MarketCall),
}

/// What a signed transaction is made of, besides the call.
type Params = DefaultExtrinsicParams<SubstrateConfig>;
/// A signed transaction for a runtime `C`.
type Signed<C> = SubmittableTransaction<SubstrateConfig, C>;

impl Call {
	/// The call as a transaction of `signer`, for the runtime at a block.
	pub(crate) fn sign<C: OfflineClientAtBlockT<SubstrateConfig>>(
		&self,
		at: &ClientAtBlock<SubstrateConfig, C>,
		signer: &Signer,
		params: Params,
	) -> Result<Signed<C>, Error> {
		let signing = Signing { transactions: at.transactions(), signer, params };
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
			Self::FundPool { calls } => signing.sign(&call.registry().fund_pool(*calls)),
			Self::Admit { who } => signing.sign(&call.registry().admit(*who)),
			Self::Anchor { salt, version, dealing } => signing.sign(&call.records().anchor(
				*salt,
				Static(version.manifest),
				Static(version.categories),
				version.segments,
				dealing.as_ref().map(Dealing::to_submitted).transpose()?,
			)),
			Self::Revise { record, expected_version, version, dealing } => {
				signing.sign(&call.records().revise(
					Static(*record),
					*expected_version,
					Static(version.manifest),
					Static(version.categories),
					version.segments,
					dealing.as_ref().map(Dealing::to_submitted).transpose()?,
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
			Self::SetDenyRoot { expected_version, root, opening, standing_rules, no_emergency } => {
				signing.sign(&call.consent().set_deny_root(
					*expected_version,
					Static(*root),
					Static(*opening),
					*standing_rules,
					*no_emergency,
				))
			},
			Self::Claim { subject, salt, terms, envelope, window, uses } => {
				let (commitment, envelope) = (Static(*terms), Static(*envelope));
				let terms = SealedTerms { commitment, envelope };
				signing.sign(&call.consent().claim(*subject, *salt, terms, Static(*window), *uses))
			},
			Self::Open { consent, record, request, ephemeral_key } => {
				signing.sign(&call.access().open(
					Static(*consent),
					Static(*record),
					request.into(),
					Static(ephemeral_key.clone()),
				))
			},
			Self::Close { ticket } => signing.sign(&call.access().close(Static(*ticket))),
			Self::DeclareEmergency { subject, record, salt, reason, envelope, ephemeral_key } => {
				signing.sign(&call.access().declare_emergency(
					*subject,
					Static(*record),
					*salt,
					SealedRequest { commitment: Static(*reason), envelope: Static(*envelope) },
					Static(ephemeral_key.clone()),
				))
			},
			Self::ConfirmEmergency { emergency } => {
				signing.sign(&call.access().confirm_emergency(Static(*emergency)))
			},
			Self::OpenEmergency { emergency } => {
				signing.sign(&call.access().open_emergency(Static(*emergency)))
			},
			Self::ObjectEmergency { emergency } => {
				signing.sign(&call.access().object_emergency(Static(*emergency)))
			},
			Self::ProposeCommittee { members, threshold, tolerance } => {
				let proposal = api::custody::Call::propose {
					members: bounded("members", members.iter().copied(), MAX_COMMITTEE)?,
					threshold: *threshold,
					tolerance: *tolerance,
				};
				signing.sign(&call.sudo().sudo(RuntimeCall::Custody(proposal)))
			},
			Self::JoinCommittee { epoch } => signing.sign(&call.custody().join(Static(*epoch))),
			Self::Report { epoch, answers, receipts } => {
				let answers =
					answers.iter().map(|(ticket, answer)| (Static(*ticket), Static(*answer)));
				signing.sign(&call.custody().report(
					Static(*epoch),
					bounded("answers", answers, max_batch(at)?)?,
					Static(*receipts),
				))
			},
			Self::Reshare { moves } => {
				let moves: Vec<_> =
					moves.iter().map(Move::to_submitted).collect::<Result<_, _>>()?;
				signing.sign(&call.custody().reshare(bounded(
					"moves",
					moves.into_iter(),
					max_batch(at)?,
				)?))
			},
			Self::Complain { record, version, dealer, evidence } => {
				signing.sign(&call.custody().complain(
					Static(*record),
					*version,
					Static(*dealer),
					Static(*evidence),
				))
			},
			Self::SettleComplaint { record, version } => {
				signing.sign(&call.custody().settle(Static(*record), *version))
			},
			Self::AcknowledgeErasure { epoch, records } => {
				let records = records.iter().copied().map(Static);
				signing.sign(&call.custody().acknowledge_erasure(
					Static(*epoch),
					bounded("records", records, max_batch(at)?)?,
				))
			},
			Self::AcknowledgeRevocations { epoch, consents } => {
				let consents =
					consents.iter().map(|(consent, version)| (Static(*consent), *version));
				signing.sign(&call.custody().acknowledge_revocations(
					Static(*epoch),
					bounded("consents", consents, max_batch(at)?)?,
				))
			},
			Self::Market(market) => market.sign(signing),
		}
	}
}

struct Signing<'a, C> {
	transactions: TransactionsClient<SubstrateConfig, C>,
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
