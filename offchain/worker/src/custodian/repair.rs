// SPDX-License-Identifier: Apache-2.0
//! A custodian that lost shares, or never got them, gets them back from its peers. They learn nothing
//! that it should not have, and it nothing of theirs.
//!
//! It carries their masks from one to another, sealed, so that helpers keep nothing between the two
//! rounds. Each mask is signed by who made it: a custodian that could choose a helper's masks would
//! learn its share.

use super::{
	database::{Held, Taken},
	deposit::SegmentFacts,
	member::{blocking, Member},
	view::{CommitteeMember, Roster},
};
use crate::{Error, Result};
use codec::Encode;
use futures::future::join_all;
use salus_chain::{AccountId, DealtVersion, Signature, Signer};
use salus_crypto::custody::{
	DealingContext, HeldShares, MaskCommitments, Repair, RepairContext, RepairHelper,
	SealedRepairMask, SealedRepairShare,
};
use salus_primitives::{
	blake2_256,
	custody::{EpochId, Seat, Seats},
	RecordId,
};
use serde::{Deserialize, Serialize};

/// What a member asks its peers for: in the first round masks, in the second, with all of them, its
/// shares.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepairRequest {
	/// The epoch.
	pub epoch: EpochId,
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// Who asks.
	pub recovering: Seat,
	/// Who helps: all of them are needed.
	pub helpers: Vec<Seat>,
	/// What tells this session from others.
	pub session: [u8; 32],
	/// The masks for the helper that is asked; none in the first round.
	pub masks: Vec<SignedMask>,
	/// Its signature over all of it.
	pub signature: Signature,
}

impl RepairRequest {
	fn message(&self, genesis: [u8; 32]) -> Vec<u8> {
		let Self { epoch, record, version, recovering, helpers, session, masks, .. } = self;
		let masks: Vec<_> =
			masks.iter().map(|mask| (mask.dealer, blake2_256(&mask.mask.to_bytes()))).collect();
		(
			b"salus/repair-request/1",
			(genesis, epoch, record, version),
			(recovering, helpers, session),
			masks,
		)
			.encode()
	}

	/// Signs it in place of whatever signature it has.
	pub fn signed(mut self, recovering: &Signer, genesis: [u8; 32]) -> Self {
		self.signature = recovering.sign(&self.message(genesis));
		self
	}

	/// Whether `recovering` signed it.
	pub fn is_signed_by(&self, recovering: &AccountId, genesis: [u8; 32]) -> bool {
		recovering.verify(&self.message(genesis), &self.signature)
	}
}

/// The masks of one helper for another, or for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedMask {
	/// Who made them.
	pub dealer: Seat,
	/// Whom they are for.
	pub receiver: Seat,
	/// The masks, sealed to the receiver.
	pub mask: SealedRepairMask,
	/// The dealer's signature over all of it.
	pub signature: Signature,
}

impl SignedMask {
	fn new(dealer: &Signer, [from, to]: [Seat; 2], mask: SealedRepairMask) -> Self {
		let signature = dealer.sign(&mask_message(from, to, &mask));
		Self { dealer: from, receiver: to, mask, signature }
	}

	fn is_signed_by(&self, dealer: &AccountId) -> bool {
		let message = mask_message(self.dealer, self.receiver, &self.mask);
		dealer.verify(&message, &self.signature)
	}
}

/// The session is in what is sealed: it opens in no other.
fn mask_message(dealer: Seat, receiver: Seat, mask: &SealedRepairMask) -> Vec<u8> {
	(b"salus/repair-mask/1", dealer, receiver, blake2_256(&mask.to_bytes())).encode()
}

/// What a helper makes in the first round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Masked {
	/// What the owner said of the segments, by index.
	pub segments: Vec<SegmentFacts>,
	/// The commitments of its masks.
	pub commitments: MaskCommitments,
	/// Its masks for every helper.
	pub masks: Vec<SignedMask>,
}

impl Member {
	/// Makes masks.
	pub(super) async fn make_masks(&self, request: &RepairRequest) -> Result<Masked> {
		let (roster, held, context) = self.repairing(request).await?;
		let member = self.clone();
		let facts = held.segments.clone();
		let masks = blocking(move || {
			let shares = member.open_held(&held, context.dealing())?;
			Ok(RepairHelper::new(&shares, context)?.1)
		});
		let masks = masks.await?;
		let mut signed = Vec::with_capacity(masks.as_slice().len());
		for mask in masks.as_slice() {
			let receiver = roster.counted(mask.receiver()).and_then(|peer| peer.key.as_ref());
			let sealed = mask.seal(receiver.ok_or(Error::NotAMember { epoch: roster.epoch })?)?;
			signed.push(SignedMask::new(self.signer(), [mask.dealer(), mask.receiver()], sealed));
		}
		Ok(Masked { segments: facts, commitments: masks.commitments().clone(), masks: signed })
	}

	/// Gives masked shares.
	pub(super) async fn give_masked(&self, request: &RepairRequest) -> Result<SealedRepairShare> {
		let (roster, held, context) = self.repairing(request).await?;
		let seat = held.seat;
		// Above all its own: who could choose them would learn its shares.
		let are_signed = request.masks.iter().all(|mask| {
			let dealer = roster.counted(mask.dealer);
			mask.receiver == seat && dealer.is_some_and(|dealer| mask.is_signed_by(&dealer.account))
		});
		if !are_signed {
			return Err(Error::CustodianMalformed);
		}
		let recovering = roster.counted(request.recovering).and_then(|peer| peer.key.clone());
		let recovering = recovering.ok_or(Error::NotAMember { epoch: roster.epoch })?;
		let (member, masks) = (self.clone(), request.masks.clone());
		blocking(move || {
			let shares = member.open_held(&held, context.dealing())?;
			let mut helper = RepairHelper::resume(&shares, context)?;
			for signed in masks {
				let mask = member.with_any_key(|secret| {
					Ok(signed.mask.open(secret, &context, signed.dealer, seat)?)
				})?;
				helper.add(&mask)?;
			}
			Ok(helper.finish()?.seal(shares.commitments(), &recovering)?)
		})
		.await
	}

	/// What a request is about, when a member of a committee of this custodian makes it for a dealing
	/// of which the custodian holds its own shares.
	async fn repairing(&self, request: &RepairRequest) -> Result<(Roster, Held, RepairContext)> {
		self.ensure_approved().await?;
		let epoch = request.epoch;
		let (roster, seat) = self.seat(epoch).await?;
		let invalid = || Error::NotAMember { epoch };
		let recovering = roster.counted(request.recovering).ok_or_else(invalid)?;
		if !request.is_signed_by(&recovering.account, self.view().genesis()) {
			return Err(invalid());
		}
		let (record, version) = (request.record, request.version);
		let dealt = self.view().dealing(&record, version).await?;
		let dealt = dealt.filter(|dealt| dealt.epoch == epoch).ok_or(Error::NotDealt { record })?;
		if self.view().is_erased(&record).await? {
			return Err(Error::RecordErased { record });
		}
		let held = self.database().held(&record, version, epoch, &dealt.digest).await?;
		let held = held.filter(|held| held.seat == seat).ok_or(Error::NotDealt { record })?;
		let dealing = dealing_context(self.view().genesis(), &roster, (record, version), &dealt);
		let helpers = request.helpers.iter().copied().collect();
		let session = request.session;
		let context = RepairContext::with_session(dealing, request.recovering, helpers, session)?;
		Ok((roster, held, context))
	}

	fn open_held(&self, held: &Held, context: &DealingContext) -> Result<HeldShares> {
		let bytes =
			self.with_any_key(|secret| Ok(held.shares.open(secret, context, held.seat)?))?;
		Ok(HeldShares::restore(&bytes)?)
	}

	/// Gets the shares of a record version back. Whether they are there now: not when the dealing is
	/// none of this custodian's.
	pub(super) async fn repair(&self, record: RecordId, version: u32) -> Result<bool> {
		let view = self.view();
		let Some(dealt) = view.dealing(&record, version).await? else { return Ok(false) };
		let epoch = dealt.epoch;
		let roster = view.committee(epoch).await?.ok_or(Error::CommitteeInvalid { epoch })?;
		let own = roster.member(&self.account()).filter(|own| !own.is_suspended).cloned();
		let (Some(own), Some(owner)) = (own, view.owner(&record).await?) else { return Ok(false) };
		let held = self.database().held(&record, version, epoch, &dealt.digest).await?;
		if held.is_some_and(|held| held.seat == own.seat) {
			return Ok(true);
		}
		if view.is_erased(&record).await? {
			return Ok(false);
		}
		let key = own.key.clone().ok_or(Error::KeyMissing { account: own.account })?;
		let dealing = dealing_context(view.genesis(), &roster, (record, version), &dealt);
		let others = roster.members.iter();
		let others = others.filter(|peer| peer.seat != own.seat && !peer.is_suspended);
		let mut others: Vec<_> = others.cloned().collect();
		let needed = usize::from(roster.scheme.threshold());
		// Whoever fails is left out of the next session. One that failed is never taken up again.
		while others.len() >= needed {
			let helpers: Vec<_> = others.iter().take(needed).cloned().collect();
			match self.session(&dealing, &dealt, &own, &owner, &helpers).await {
				Ok((shares, segments)) => {
					let held = Held { owner, seat: own.seat, segments, shares: shares.seal(&key)? };
					let digest = dealt.digest;
					let taken = Taken { record, version, epoch, digest, held };
					let kept = self.database().keep_taken(&[&taken], view.now().await?).await?;
					return Ok(kept.contains(&record));
				},
				Err((seat, error)) => {
					let code = error.code();
					tracing::warn!(helper = %seat, %record, code, %error, "does not help");
					others.retain(|peer| peer.seat != seat);
				},
			}
		}
		let found = u32::try_from(others.len()).unwrap_or(u32::MAX);
		let needed = u32::try_from(needed).unwrap_or(u32::MAX);
		Err(salus_crypto::Error::TooFewShares { found, needed }.into())
	}

	/// One session with these helpers, or who of them was of no use.
	async fn session(
		&self,
		dealing: &DealingContext,
		dealt: &DealtVersion,
		own: &CommitteeMember,
		owner: &AccountId,
		helpers: &[CommitteeMember],
	) -> Result<(HeldShares, Vec<SegmentFacts>), (Seat, Error)> {
		let genesis = self.view().genesis();
		let first = helpers.first().map_or(own.seat, |helper| helper.seat);
		let seats: Seats = helpers.iter().map(|helper| helper.seat).collect();
		let context = RepairContext::new(*dealing, own.seat, seats);
		let context = context.map_err(|error| (first, error.into()))?;
		let ask = |masks| {
			let unsigned = RepairRequest {
				epoch: dealing.epoch,
				record: dealing.record,
				version: dealing.version,
				recovering: own.seat,
				helpers: helpers.iter().map(|helper| helper.seat).collect(),
				session: *context.session(),
				masks,
				signature: self.signer().sign(&[]),
			};
			unsigned.signed(self.signer(), genesis)
		};
		let request = ask(Vec::new());
		let masking = helpers.iter().map(|helper| async {
			let peer = self.peer(&helper.account);
			let masked = async { peer?.mask(&request).await };
			masked.await.map_err(|error| (helper.seat, error))
		});
		let mut masked = Vec::with_capacity(helpers.len());
		for (helper, answer) in helpers.iter().zip(join_all(masking).await) {
			let answer = answer?;
			let are_its_own = answer.commitments.dealer() == helper.seat
				&& answer.masks.iter().all(|mask| mask.dealer == helper.seat)
				&& are_signed(&answer.segments, owner, dealing);
			if !are_its_own {
				return Err((helper.seat, Error::CustodianMalformed));
			}
			masked.push(answer);
		}
		let helping = helpers.iter().map(|helper| {
			let masks = masked.iter().flat_map(|masked| &masked.masks);
			let masks = masks.filter(|mask| mask.receiver == helper.seat).cloned().collect();
			let request = ask(masks);
			async move {
				let peer = self.peer(&helper.account);
				let given = async { peer?.help(&request).await };
				given.await.map_err(|error| (helper.seat, error))
			}
		});
		let mut repair: Option<Repair> = None;
		for (helper, given) in helpers.iter().zip(join_all(helping).await) {
			let seat = helper.seat;
			let wrong = |error: Error| (seat, error);
			let given = given?;
			let (share, commitments) = self
				.with_any_key(|secret| Ok(given.open(secret, &context, seat)?))
				.map_err(wrong)?;
			let session = match &mut repair {
				Some(session) => session,
				None => {
					let begun = Repair::new(context, commitments, &dealt.digest);
					let mut begun = begun.map_err(|error| wrong(error.into()))?;
					for masked in &masked {
						let dealer = masked.commitments.dealer();
						let added = begun.add_masks(masked.commitments.clone());
						added.map_err(|error| (dealer, error.into()))?;
					}
					repair.insert(begun)
				},
			};
			session.add_share(share).map_err(|error| wrong(error.into()))?;
		}
		let repair = repair.ok_or((first, Error::Interrupted))?;
		let shares = repair.finish().map_err(|error| (first, error.into()))?;
		let segments = masked.into_iter().next().map(|masked| masked.segments);
		Ok((shares, segments.unwrap_or_default()))
	}
}

/// Whether the owner said this of every segment.
fn are_signed(facts: &[SegmentFacts], owner: &AccountId, dealing: &DealingContext) -> bool {
	facts.len() == usize::from(dealing.segments)
		&& (0u16..).zip(facts).all(|(index, facts)| {
			facts.index == index
				&& facts.is_signed_by(owner, dealing.genesis, dealing.record, dealing.version)
		})
}

fn dealing_context(
	genesis: [u8; 32],
	roster: &Roster,
	(record, version): (RecordId, u32),
	dealt: &DealtVersion,
) -> DealingContext {
	DealingContext {
		genesis,
		epoch: roster.epoch,
		scheme: roster.scheme,
		record,
		version,
		segments: dealt.segments,
	}
}
