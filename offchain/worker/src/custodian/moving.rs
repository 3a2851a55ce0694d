// SPDX-License-Identifier: Apache-2.0
//! Seeing to it that dealings leave draining committees. Every member of the active committee does:
//! each begins with its own share of them, so that they seldom do the same work, and none waits for
//! another.

use super::{
	database::Pending,
	handover::{TakeOverRequest, TakenOver},
	member::Member,
	peer::Peer,
	view::{CommitteeMember, Roster},
};
use crate::{Error, Result};
use futures::{stream, StreamExt};
use salus_chain::{AccountId, Move, Signature};
use salus_primitives::{
	custody::{acknowledgement_payload, DealingDigest, EpochId, Seat, MAX_ACKNOWLEDGEMENTS},
	RecordId,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};

/// How many pages of dealings move at once.
const PAGES: u32 = 8;
/// The most segments of one page, but for a single record version that has more.
const SEGMENTS: usize = 4_096;
/// How long another custodian may take for a page.
const PATIENCE: Duration = Duration::from_secs(60);

/// Moves dealings to the active committee.
#[derive(Debug)]
pub(super) struct Mover {
	member: Member,
	/// Dealers that were of no use lately.
	avoided: Mutex<BTreeSet<(EpochId, Seat)>>,
}

/// What there was to move.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Moved {
	/// Nothing.
	Nothing,
	/// Something, of which these were taken over and can be submitted.
	Some(Vec<Move>),
}

impl Mover {
	pub(super) const fn new(member: Member) -> Self {
		Self { member, avoided: Mutex::new(BTreeSet::new()) }
	}

	/// Has the active committee take over some of what is to move.
	pub(super) async fn next(&self) -> Result<Moved> {
		let (view, database) = (self.member.view(), self.member.database());
		let Some(active) = view.active_committee().await? else { return Ok(Moved::Nothing) };
		let own = active.member(&self.member.account()).filter(|member| !member.is_suspended);
		let Some(seat) = own.map(|member| member.seat) else { return Ok(Moved::Nothing) };
		for epoch in view.serving_epochs().await? {
			if epoch != active.epoch && !database.is_listed(epoch).await? {
				let dealings = view.dealings_of(epoch).await?;
				let size = active.members.len();
				database.list_moves(epoch, &dealings, |record| turn(record, seat, size)).await?;
			}
		}
		let batch = view.batch().await?;
		let pending = database.next_moves(PAGES.saturating_mul(batch), self.member.clock()).await?;
		if pending.is_empty() {
			return Ok(Moved::Nothing);
		}
		let size = usize::try_from(batch).unwrap_or(usize::MAX);
		let mut moving = stream::iter(pages(pending, size))
			.map(|page| self.page(&active, seat, page))
			.buffer_unordered(2);
		let mut moves = Vec::new();
		while let Some(moved) = moving.next().await {
			moves.extend(moved?);
		}
		Ok(Moved::Some(moves))
	}

	/// Moves one page, all of one epoch.
	async fn page(&self, active: &Roster, seat: Seat, page: Vec<Pending>) -> Result<Vec<Move>> {
		let (view, database) = (self.member.view(), self.member.database());
		let mut items = BTreeMap::new();
		let Some(epoch) = page.first().map(|one| one.epoch) else { return Ok(Vec::new()) };
		for one in page {
			let dealt = view.dealing(&one.record, one.version).await?;
			match dealt.filter(|dealt| dealt.epoch == epoch) {
				// A complaint keeps it where it is, until that is settled.
				Some(dealt) if dealt.contested => {},
				Some(dealt) => {
					if let Some(owner) = view.owner(&one.record).await? {
						items.insert((one.record, one.version), (owner, dealt.segments));
					}
				},
				None => database.moved(&one.record, one.version).await?,
			}
		}
		let Some(from) = view.committee(epoch).await?.filter(|_| !items.is_empty()) else {
			return Ok(Vec::new());
		};
		let dealers = self.dealers(&from, seat);
		let request = TakeOverRequest::new(
			self.member.signer(),
			view.genesis(),
			(epoch, active.epoch),
			seat,
			dealers,
			items.keys().copied().collect(),
		);
		let mut asked: stream::FuturesUnordered<_> = active
			.members
			.iter()
			.filter(|member| !member.is_suspended)
			.map(|member| {
				let request = &request;
				async move { (member, self.ask(member, request).await) }
			})
			.collect();
		let mut acknowledged = Acknowledgements::default();
		while let Some((member, answer)) = asked.next().await {
			match answer {
				Ok(taken) => {
					self.avoid(epoch, &taken);
					acknowledged.add(view.genesis(), active.epoch, member, &items, taken);
				},
				Err(error) => {
					let custodian = member.account;
					tracing::warn!(%custodian, code = error.code(), %error, "takes nothing over");
				},
			}
		}
		Ok(acknowledged.moves(usize::from(active.quorum)))
	}

	async fn ask(&self, member: &CommitteeMember, request: &TakeOverRequest) -> Result<TakenOver> {
		let peer = self.member.peer(&member.account)?;
		let custodian = member.account;
		tokio::time::timeout(PATIENCE, peer.take_over(request))
			.await
			.map_err(|_| Error::CustodianSilent { custodian })?
	}

	/// As many members of the draining committee as its threshold, those first that were not of no
	/// use lately. Each coordinator begins with others, so that they share the work.
	fn dealers(&self, from: &Roster, seat: Seat) -> Vec<Seat> {
		let mut avoided = self.avoided.lock().unwrap_or_else(PoisonError::into_inner);
		let mut counted: Vec<_> = from
			.members
			.iter()
			.filter(|member| !member.is_suspended)
			.map(|member| member.seat)
			.collect();
		if !counted.is_empty() {
			let start = usize::from(seat.0) % counted.len();
			counted.rotate_left(start);
		}
		counted.sort_by_key(|dealer| avoided.contains(&(from.epoch, *dealer)));
		counted.truncate(usize::from(from.scheme.threshold()));
		// Nobody is avoided for good.
		let are_avoided = counted.iter().any(|dealer| avoided.contains(&(from.epoch, *dealer)));
		if are_avoided {
			avoided.retain(|(epoch, _)| *epoch != from.epoch);
		}
		counted
	}

	fn avoid(&self, epoch: EpochId, taken: &TakenOver) {
		let mut avoided = self.avoided.lock().unwrap_or_else(PoisonError::into_inner);
		avoided.extend(taken.faults.iter().map(|fault| (epoch, fault.dealer)));
	}
}

impl Member {
	/// Another custodian, or this one.
	pub(super) fn peer(&self, account: &AccountId) -> Result<Arc<dyn Peer>> {
		if *account == self.account() {
			return Ok(Arc::new(self.clone()));
		}
		let peer = self.peers().get(account).map(Arc::clone);
		peer.ok_or(Error::CustodianNotListed { custodian: *account })
	}
}

/// What is acknowledged of record versions, by what is held of them: those who took over from
/// different dealers do not add up.
#[derive(Default)]
struct Acknowledgements(BTreeMap<(RecordId, u32, DealingDigest), Vec<(Seat, Signature)>>);

impl Acknowledgements {
	fn add(
		&mut self,
		genesis: [u8; 32],
		to: EpochId,
		member: &CommitteeMember,
		items: &BTreeMap<(RecordId, u32), (AccountId, u16)>,
		taken: TakenOver,
	) {
		for one in taken.taken {
			let Some((owner, segments)) = items.get(&(one.record, one.version)) else { continue };
			let (record, version, digest) = (one.record, one.version, one.digest);
			let payload =
				acknowledgement_payload(genesis, to, owner, record, version, *segments, digest);
			if !member.account.verify(&payload, &one.signature) {
				let custodian = member.account;
				tracing::warn!(%custodian, %record, "an acknowledgement that signs something else");
				continue;
			}
			let signed = self.0.entry((record, version, digest)).or_default();
			if signed.iter().all(|(seat, _)| *seat != member.seat) {
				signed.push((member.seat, one.signature));
			}
		}
	}

	/// What enough members acknowledged.
	fn moves(self, quorum: usize) -> Vec<Move> {
		let enough = self.0.into_iter().filter(|(_, signed)| signed.len() >= quorum);
		enough
			.map(|((record, version, digest), mut acknowledgements)| {
				acknowledgements.sort_by_key(|(seat, _)| *seat);
				let most = usize::try_from(MAX_ACKNOWLEDGEMENTS).unwrap_or(usize::MAX);
				acknowledgements.truncate(most);
				Move { record, version, digest, acknowledgements }
			})
			.collect()
	}
}

/// After how many others it is the turn of `seat`, in a committee of this size, to see to a record.
fn turn(record: &RecordId, seat: Seat, size: usize) -> u32 {
	let size = u32::try_from(size).unwrap_or(u32::MAX).max(1);
	let first = u32::from(record.0[0]) % size;
	(u32::from(seat.0) + size - first) % size
}

/// Pages of one epoch each, not too long.
fn pages(pending: Vec<Pending>, most: usize) -> Vec<Vec<Pending>> {
	let mut pages: Vec<Vec<Pending>> = Vec::new();
	let mut segments = 0usize;
	for one in pending {
		let more = usize::from(one.segments);
		match pages.last_mut() {
			Some(page)
				if page.len() < most
					&& segments.saturating_add(more) <= SEGMENTS
					&& page.first().is_some_and(|first| first.epoch == one.epoch) =>
			{
				page.push(one);
				segments = segments.saturating_add(more);
			},
			_ => {
				pages.push(vec![one]);
				segments = more;
			},
		}
	}
	pages
}

#[cfg(test)]
mod tests {
	use super::*;

	fn pending(byte: u8, epoch: u32, segments: u16) -> Pending {
		Pending { record: RecordId([byte; 32]), version: 1, epoch: EpochId(epoch), segments }
	}

	#[test]
	fn every_record_is_somebodys_first_turn_and_everybodys_at_last() {
		for byte in 0..=255u8 {
			let record = RecordId([byte; 32]);
			let mut turns: Vec<_> = (0..5).map(|seat| turn(&record, Seat(seat), 5)).collect();
			turns.sort_unstable();
			assert_eq!(turns, [0, 1, 2, 3, 4]);
		}
	}

	#[test]
	fn a_page_is_of_one_epoch_and_bounded() {
		let lengths = |pending| pages(pending, 3).iter().map(Vec::len).collect::<Vec<_>>();
		assert_eq!(lengths(vec![]), [0usize; 0]);
		assert_eq!(lengths((0..7).map(|byte| pending(byte, 1, 1)).collect()), [3, 3, 1]);
		let two = [pending(0, 1, 1), pending(1, 1, 1), pending(2, 2, 1), pending(3, 1, 1)];
		assert_eq!(lengths(two.to_vec()), [2, 1, 1]);
		let long = [pending(0, 1, 4_000), pending(1, 1, 97), pending(2, 1, u16::MAX)];
		assert_eq!(lengths(long.to_vec()), [1, 1, 1]);
		assert_eq!(lengths(long[..1].to_vec()), [1]);
	}
}
