// SPDX-License-Identifier: Apache-2.0
//! Both ends of a dealing on its way from a draining committee to the active one: dealing one's
//! shares anew, and making shares of what others dealt. No key is ever put together.

use super::{
	complaints::{against, context, Evidence},
	database::{Held, Taken},
	deposit::SegmentFacts,
	handover::{Acknowledged, DealerFault, SubdealRequest, Subdealt, TakeOverRequest, TakenOver},
	member::{blocking, Member},
	view::Roster,
};
use crate::{sharing::OpenedDenials, Error, Result};
use futures::future::join_all;
use salus_chain::{AccountId, DealtVersion, Signature};
use salus_crypto::{
	custody::{verify_all, HeldShares, ReshareContext, Resharing, SealedSeatShares, Subdealing},
	SealedDocument,
};
use salus_primitives::{
	custody::{EpochId, Seat, Seats},
	EncryptionKey, RecordId,
};
use std::collections::{BTreeMap, BTreeSet};

/// The committees between which dealings move.
struct Committees {
	from: Roster,
	to: Roster,
}

impl Committees {
	fn context(&self, genesis: [u8; 32], item: &Eligible) -> ReshareContext {
		context(genesis, &self.from, &self.to, item.id(), item.dealt.segments)
	}
}

/// A record version that may move.
#[derive(Clone)]
struct Eligible {
	record: RecordId,
	version: u32,
	owner: AccountId,
	dealt: DealtVersion,
}

impl Eligible {
	const fn id(&self) -> (RecordId, u32) {
		(self.record, self.version)
	}
}

impl Member {
	/// Deals its shares anew.
	pub(super) async fn deal_again(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>> {
		let committees = self.committees(request.from, request.to, request.dealings.len()).await?;
		let invalid = || Error::HandoverInvalid { from: request.from, to: request.to };
		let receiver = committees.to.counted(request.receiver).ok_or_else(invalid)?;
		if !request.is_signed_by(&receiver.account, self.view().genesis()) {
			return Err(invalid());
		}
		let key = receiver.key.clone().ok_or_else(invalid)?;
		let (_, dealer) = self.seat(request.from).await?;
		let mut items = Vec::with_capacity(request.dealings.len());
		for item in self.eligible(request.from, &request.dealings).await? {
			let digest = &item.dealt.digest;
			let held = self.database().held(&item.record, item.version, request.from, digest);
			let Some(held) = held.await?.filter(|held| held.seat == dealer) else { continue };
			let denials = self.pass_denials_on(&item.owner, &committees.from, dealer, &key).await;
			let context = committees.context(self.view().genesis(), &item);
			items.push((context, held, denials));
		}
		let (member, to) = (self.clone(), receiver.seat);
		blocking(move || {
			let items = items.into_iter();
			items
				.map(|(context, held, denials)| member.deal_anew(&context, held, denials, to, &key))
				.collect()
		})
		.await
	}

	/// Takes dealings over.
	pub(super) async fn take(&self, request: &TakeOverRequest) -> Result<TakenOver> {
		let committees = self.committees(request.from, request.to, request.dealings.len()).await?;
		let (genesis, database) = (self.view().genesis(), self.database());
		let invalid = || Error::HandoverInvalid { from: request.from, to: request.to };
		let coordinator = committees.to.counted(request.coordinator).ok_or_else(invalid)?;
		let dealers: Seats = request.dealers.iter().copied().collect();
		let are_enough = dealers.len() == u32::from(committees.from.scheme.threshold())
			&& request.dealers.len() == usize::from(committees.from.scheme.threshold());
		if !request.is_signed_by(&coordinator.account, genesis) || !are_enough {
			return Err(invalid());
		}
		let (_, receiver) = self.seat(request.to).await?;
		let key = committees.to.member(&self.account()).and_then(|member| member.key.clone());
		let key = key.ok_or_else(invalid)?;

		let items = self.eligible(request.from, &request.dealings).await?;
		let dealings: Vec<_> = items.iter().map(Eligible::id).collect();
		let epochs = (request.from, request.to);
		let ask = SubdealRequest::new(self.signer(), genesis, epochs, receiver, dealings);
		let asked = request.dealers.iter().map(|seat| {
			let dealer = committees.from.counted(*seat);
			let ask = &ask;
			async move {
				let dealer = dealer.ok_or(Error::InvalidDealer { seat: *seat })?;
				self.peer(&dealer.account)?.subdeal(ask).await.map(|dealt| (dealer.account, dealt))
			}
		});
		let answers = join_all(asked).await;
		let mut making = Making::new(genesis, committees, receiver, dealers, items);
		for (seat, answer) in request.dealers.iter().zip(answers) {
			match answer {
				Ok((account, subdealt)) => making.heard(*seat, account, subdealt),
				Err(error) => making.unheard(*seat, &error),
			}
		}
		let member = self.clone();
		let (made, faults, evidence) = blocking(move || making.finish(&member, &key)).await?;
		if !evidence.is_empty() {
			database.keep_evidence(&evidence).await?;
			self.tell();
		}

		let now = self.view().now().await?;
		let taken: Vec<_> = made.iter().map(|made| &made.taken).collect();
		let kept = database.keep_taken(&taken, now).await?;
		let mut acknowledged = Vec::with_capacity(kept.len());
		for made in made.into_iter().filter(|made| kept.contains(&made.taken.record)) {
			let Made { taken, acknowledgement, denials } = made;
			self.take_denials(&taken.held.owner, &denials).await?;
			let Taken { record, version, digest, .. } = taken;
			let signature = self.signer().sign(&acknowledgement);
			acknowledged.push(Acknowledged { record, version, digest, signature });
		}
		Ok(TakenOver { taken: acknowledged, faults })
	}
}

impl Member {
	/// The committees, when dealings move from one to the other and so many are asked for at once.
	async fn committees(&self, from: EpochId, to: EpochId, items: usize) -> Result<Committees> {
		self.ensure_approved().await?;
		let invalid = || Error::HandoverInvalid { from, to };
		let most = usize::try_from(self.view().batch().await?).unwrap_or(usize::MAX);
		let serving = self.view().serving_epochs().await?;
		if from == to || !serving.contains(&from) || items > most {
			return Err(invalid());
		}
		let rosters = (self.view().committee(from).await?, self.view().committee(to).await?);
		let (Some(from), Some(to)) = rosters else { return Err(invalid()) };
		if !to.is_active {
			return Err(invalid());
		}
		Ok(Committees { from, to })
	}

	/// Those of the record versions that are in the draining epoch, and may leave it.
	async fn eligible(&self, from: EpochId, dealings: &[(RecordId, u32)]) -> Result<Vec<Eligible>> {
		let view = self.view();
		let mut eligible = Vec::with_capacity(dealings.len());
		for (record, version) in dealings.iter().collect::<BTreeSet<_>>() {
			let dealt = view.dealing(record, *version).await?;
			let Some(dealt) = dealt.filter(|dealt| dealt.epoch == from && !dealt.contested) else {
				continue;
			};
			if view.is_erased(record).await? {
				continue;
			}
			let Some(owner) = view.owner(record).await? else { continue };
			eligible.push(Eligible { record: *record, version: *version, owner, dealt });
		}
		Ok(eligible)
	}

	/// One dealer's part.
	fn deal_anew(
		&self,
		context: &ReshareContext,
		held: Held,
		denials: Option<SealedDocument>,
		receiver: Seat,
		key: &EncryptionKey,
	) -> Result<Subdealt> {
		let Held { seat, segments, shares, .. } = held;
		let shares = self.with_any_key(|secret| Ok(shares.open(secret, &context.from, seat)?))?;
		let shares = HeldShares::restore(&shares)?;
		let subdealings = shares.reshare(context.epoch, context.scheme)?;
		let mut each = subdealings.as_slice().iter();
		let subdealing = each.find(|subdealing| subdealing.receiver() == receiver);
		let subdealing = subdealing.ok_or(Error::InvalidDealer { seat: receiver })?;
		let signature = self.signer().sign(&subdealing.statement().payload());
		let subdealing = subdealing.seal(shares.commitments(), key)?;
		let (record, version) = (context.from.record, context.from.version);
		Ok(Subdealt { record, version, segments, subdealing, signature, denials })
	}

	/// What the owner denies, for somebody to whom she did not seal it. Whoever gets it holds it
	/// against the chain; where it cannot be had, nothing is released.
	async fn pass_denials_on(
		&self,
		owner: &AccountId,
		committee: &Roster,
		seat: Seat,
		key: &EncryptionKey,
	) -> Option<SealedDocument> {
		let root = self.view().denials(owner).await.ok()??;
		let opened = self.open_denials(owner, &root, committee.epoch, seat).await;
		let sealed = opened.and_then(|opened| opened.seal_to(key, self.view().genesis(), owner));
		sealed.inspect_err(|error| tracing::warn!(code = error.code(), "denials stay here")).ok()
	}

	/// Keeps what an owner denies when it is what the chain has.
	async fn take_denials(&self, owner: &AccountId, sealed: &[SealedDocument]) -> Result<()> {
		let Some(root) = self.view().denials(owner).await? else { return Ok(()) };
		let genesis = self.view().genesis();
		for document in sealed {
			let bytes = document.to_bytes();
			let opened =
				self.with_any_key(|secret| OpenedDenials::open(&bytes, secret, genesis, owner));
			if opened.is_ok_and(|opened| opened.commitment() == root.root) {
				return self.database().keep_denials(owner, &root.root, &bytes).await;
			}
		}
		Ok(())
	}
}

/// Shares that were made, and what is to be said of them.
struct Made {
	taken: Taken,
	/// What the custodian signs.
	acknowledgement: [u8; 32],
	denials: Vec<SealedDocument>,
}

/// Shares in the making.
struct Making {
	genesis: [u8; 32],
	committees: Committees,
	receiver: Seat,
	dealers: Seats,
	items: Vec<Eligible>,
	heard: Vec<(Seat, AccountId, BTreeMap<(RecordId, u32), Subdealt>)>,
	faults: Vec<DealerFault>,
}

impl Making {
	const fn new(
		genesis: [u8; 32],
		committees: Committees,
		receiver: Seat,
		dealers: Seats,
		items: Vec<Eligible>,
	) -> Self {
		Self {
			genesis,
			committees,
			receiver,
			dealers,
			items,
			heard: Vec::new(),
			faults: Vec::new(),
		}
	}

	fn heard(&mut self, dealer: Seat, account: AccountId, subdealt: Vec<Subdealt>) {
		let by_version = subdealt.into_iter().map(|one| ((one.record, one.version), one));
		self.heard.push((dealer, account, by_version.collect()));
	}

	fn unheard(&mut self, dealer: Seat, error: &Error) {
		tracing::warn!(%dealer, code = error.code(), %error, "a dealer does not deal");
		for item in self.items.clone() {
			self.fault(&item, dealer, error);
		}
	}

	fn fault(&mut self, item: &Eligible, dealer: Seat, error: &Error) {
		let (record, version) = item.id();
		let code = error.code().to_owned();
		self.faults.push(DealerFault { record, version, dealer, code });
	}

	/// Verifies everything at once and makes the shares.
	fn finish(
		mut self,
		member: &Member,
		key: &EncryptionKey,
	) -> Result<(Vec<Made>, Vec<DealerFault>, Vec<Evidence>)> {
		let mut begun = Vec::new();
		for item in std::mem::take(&mut self.items) {
			begun.extend(self.begin(member, item));
		}
		let (mut resharings, rest): (Vec<_>, Vec<_>) = begun
			.into_iter()
			.map(|one| (one.resharing, (one.item, one.segments, one.denials, one.dealt)))
			.unzip();
		let mut evidence = Vec::new();
		for found in verify_all(&mut resharings)? {
			let error =
				salus_crypto::Error::WrongShare { seat: found.dealer, segment: found.segment };
			let (record, version) = (found.record, found.version);
			tracing::warn!(dealer = %found.dealer, %record, %error, "a dealer dealt a wrong share");
			let code = Error::from(error).code().to_owned();
			self.faults.push(DealerFault { record, version, dealer: found.dealer, code });
			let of =
				resharings.iter().zip(&rest).find(|(_, rest)| rest.0.id() == (record, version));
			let dealt = of.and_then(|(resharing, rest)| {
				let (.., dealt) = rest;
				let mut dealt = dealt.iter();
				let wrong = dealt.find(|(subdealing, _)| subdealing.dealer() == found.dealer)?;
				Some((resharing, wrong))
			});
			if let Some((resharing, (subdealing, signature))) = dealt {
				evidence.push(against(resharing, subdealing, signature, found.segment)?);
			}
		}
		let mut made = Vec::new();
		for (resharing, (item, segments, denials, _)) in resharings.iter().zip(rest) {
			// Whose subdealing is missing or wrong was said above.
			if !resharing.dealers().covers(self.dealers) {
				continue;
			}
			let held = resharing.finish(self.dealers)?;
			let shares: SealedSeatShares = held.seal(key)?;
			let (record, version) = item.id();
			let taken = Taken {
				record,
				version,
				epoch: self.committees.to.epoch,
				digest: held.digest(),
				held: Held { owner: item.owner, seat: self.receiver, segments, shares },
			};
			let acknowledgement = held.acknowledgement(item.owner.as_bytes());
			made.push(Made { taken, acknowledgement, denials });
		}
		Ok((made, self.faults, evidence))
	}

	/// Opens what was dealt of one record version, and collects it.
	fn begin(&mut self, member: &Member, item: Eligible) -> Option<Begun> {
		let context = self.committees.context(self.genesis, &item);
		let mut begun = None;
		let mut heard = std::mem::take(&mut self.heard);
		for (dealer, account, subdealt) in &mut heard {
			let missing = Error::InvalidDealer { seat: *dealer };
			let added = subdealt.remove(&item.id()).ok_or(missing).and_then(|subdealt| {
				self.add(member, &item, &context, (*dealer, account), subdealt, &mut begun)
			});
			if let Err(error) = added {
				self.fault(&item, *dealer, &error);
			}
		}
		self.heard = heard;
		begun
	}

	/// Adds what one dealer dealt to what others did.
	fn add(
		&self,
		member: &Member,
		item: &Eligible,
		context: &ReshareContext,
		(dealer, account): (Seat, &AccountId),
		subdealt: Subdealt,
		begun: &mut Option<Begun>,
	) -> Result<()> {
		let Subdealt { segments, subdealing, signature, denials, .. } = subdealt;
		let (subdealing, old) = member.with_any_key(|secret| {
			Ok(subdealing.open(secret, context, dealer, self.receiver)?)
		})?;
		let is_signed = account.verify(&subdealing.statement().payload(), &signature);
		// Dealers mostly say what others said, and signatures take a while.
		let is_known = begun.as_ref().is_some_and(|begun| begun.segments == segments);
		let are_the_owners = is_known
			|| segments.len() == usize::from(item.dealt.segments)
				&& (0u16..).zip(&segments).all(|(index, facts)| {
					let (record, version) = item.id();
					facts.index == index
						&& facts.is_signed_by(&item.owner, self.genesis, record, version)
				});
		if !is_signed || !are_the_owners {
			return Err(Error::CustodianMalformed);
		}
		let begun = match begun {
			Some(begun) => begun,
			None => {
				let digest = &item.dealt.digest;
				let (epoch, scheme) = (context.epoch, context.scheme);
				let resharing = Resharing::new(old, digest, epoch, scheme, self.receiver)?;
				let item = item.clone();
				let (denials, dealt) = (Vec::new(), Vec::new());
				begun.insert(Begun { item, resharing, segments, denials, dealt })
			},
		};
		begun.resharing.add(&subdealing)?;
		begun.dealt.push((subdealing, signature));
		begun.denials.extend(denials);
		Ok(())
	}
}

/// What dealers dealt of one record version.
struct Begun {
	item: Eligible,
	resharing: Resharing,
	segments: Vec<SegmentFacts>,
	denials: Vec<SealedDocument>,
	/// Each dealer's part with its signature, to show it where it is wrong.
	dealt: Vec<(Subdealing, Signature)>,
}
