// SPDX-License-Identifier: Apache-2.0
//! What a custodian does about a dealer that dealt it a wrong share: keeps what shows it, tells the chain,
//! and hands it to who judges.
//!
//! A complaint keeps its one dealing where it is until it is judged or taken back; everything else moves
//! on, dealt by others.

use super::{
	database::Database,
	view::{FinalisedView, Roster},
};
use crate::{Error, Result};
use codec::{DecodeAll, Encode};
use salus_chain::{AccountId, Signature};
use salus_crypto::custody::{Complaint, DealingContext, ReshareContext, Resharing, Subdealing};
use salus_primitives::{Commitment, RecordId, Salt};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What shows to a third party that a dealer is at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
	/// The complaint (`docs/formats/custody-v1.md`, section 6).
	pub complaint: Complaint,
	/// The salt of what the chain is told of it.
	pub salt: Salt,
}

impl Evidence {
	/// Evidence with a salt of its own.
	pub fn new(complaint: Complaint) -> Self {
		Self { complaint, salt: Salt(rand::random()) }
	}

	/// What the chain is told.
	pub fn commitment(&self) -> Commitment {
		self.complaint.commitment(&self.salt)
	}

	/// Decides, by what the chain says, whether the dealer is at fault: the council's members ask this
	/// before they vote. Gives the dealer.
	///
	/// # Errors
	/// When the evidence convicts nobody, is about what the chain does not know any more, or the chain
	/// cannot be asked.
	pub async fn judge(&self, view: &dyn FinalisedView) -> Result<AccountId> {
		let about = self.complaint.context();
		let (record, version) = (about.from.record, about.from.version);
		let dealt = view.dealing(&record, version).await?;
		let dealt = dealt.filter(|dealt| dealt.epoch == about.from.epoch);
		let dealt = dealt.ok_or(Error::NotDealt { record })?;
		let committee =
			async |epoch| view.committee(epoch).await?.ok_or(Error::CommitteeInvalid { epoch });
		let from = committee(about.from.epoch).await?;
		let to = committee(about.epoch).await?;
		let context = context(view.genesis(), &from, &to, (record, version), dealt.segments);
		let account = |seat| {
			let mut members = from.members.iter();
			members.find(|member| member.seat == seat).map(|member| member.account)
		};
		let is_signed = |seat, payload: &[u8; 32], signature: &[u8]| {
			let signature = Signature::decode_all(&mut &*signature).ok();
			account(seat).zip(signature).is_some_and(|(who, signed)| who.verify(payload, &signed))
		};
		let guilty = self.complaint.judge(&context, &dealt.digest, is_signed)?;
		account(guilty).ok_or(Error::InvalidDealer { seat: guilty })
	}
}

/// What a move from one committee to another is bound to.
pub(super) fn context(
	genesis: [u8; 32],
	from: &Roster,
	to: &Roster,
	(record, version): (RecordId, u32),
	segments: u16,
) -> ReshareContext {
	let dealing = DealingContext {
		genesis,
		epoch: from.epoch,
		scheme: from.scheme,
		record,
		version,
		segments,
	};
	ReshareContext { from: dealing, epoch: to.epoch, scheme: to.scheme }
}

/// What shows that a subdealing is wrong about a segment. Nothing is opened of one that is right.
pub(super) fn against(
	resharing: &Resharing,
	subdealing: &Subdealing,
	signature: &Signature,
	segment: u16,
) -> Result<Evidence> {
	Ok(Evidence::new(resharing.complain(subdealing, &signature.encode(), segment)?))
}

/// The evidence in a custodian's database, which may be in use: for who judges.
///
/// # Errors
/// When the database fails.
pub async fn kept_evidence(path: &Path) -> Result<Vec<Evidence>> {
	Database::open(path).await?.evidence().await
}
