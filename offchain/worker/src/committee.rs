// SPDX-License-Identifier: Apache-2.0
//! The committee of custodians, as those see it who deal keys to it and get them released.

use crate::{
	custodian::{
		page, CommitteeMember, Custodian, Deposit, FinalisedView, Released, Roster, SegmentFacts,
	},
	Error, Result,
};
use futures::{stream::FuturesUnordered, StreamExt};
use salus_chain::{AccountId, Dealing, DealtVersion};
use salus_crypto::{
	custody::{DealingContext, ShareCombiner},
	EphemeralKey, SegmentKey,
};
use salus_primitives::{
	custody::{acknowledgement_payload, CustodianRefusal, MAX_ACKNOWLEDGEMENTS},
	RecordId, TicketId,
};
use std::{
	collections::{BTreeMap, VecDeque},
	fmt,
	ops::Range,
	sync::{Arc, Mutex, PoisonError},
};

/// Where custodians answer, by account.
pub type Directory = BTreeMap<AccountId, Arc<dyn Custodian>>;

/// Custodians, and the chain that says which of them count.
#[derive(Clone)]
pub struct Committee {
	view: Arc<dyn FinalisedView>,
	directory: Arc<Directory>,
	seen: Arc<Seen>,
}

impl fmt::Debug for Committee {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Committee")
			.field("custodians", &self.directory.keys().collect::<Vec<_>>())
			.finish_non_exhaustive()
	}
}

/// Which dealings held a version's keys when they were looked at. The chain keeps the last one only,
/// and a ticket stays with the committee that answered it first when the keys move on.
#[derive(Default)]
struct Seen(Mutex<VecDeque<(RecordId, u32, DealtVersion)>>);

impl Seen {
	/// More are forgotten, the oldest first.
	const MOST: usize = 256;

	fn note(&self, record: RecordId, version: u32, dealt: DealtVersion) {
		let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		let is_known = seen
			.iter()
			.any(|(of, at, other)| (*of, *at, other.epoch) == (record, version, dealt.epoch));
		if !is_known {
			seen.truncate(Self::MOST - 1);
			seen.push_front((record, version, dealt));
		}
	}

	/// The dealings before this one, the latest first.
	fn before(&self, record: RecordId, version: u32, dealt: DealtVersion) -> Vec<DealtVersion> {
		let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
		let others = seen
			.iter()
			.filter(|(of, at, other)| (*of, *at) == (record, version) && other.epoch < dealt.epoch);
		others.map(|(_, _, other)| *other).collect()
	}
}

/// Why a custodian did not do what it was asked for.
#[derive(Debug)]
pub struct Failure {
	/// Which.
	pub custodian: AccountId,
	/// Why.
	pub error: Error,
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}: {}", self.custodian, self.error)
	}
}

/// A page of the keys that a ticket opens.
#[derive(Debug)]
pub struct ReleasedKeys {
	/// The record.
	pub record: RecordId,
	/// The segments of the page, by index, each with its key.
	pub segments: Vec<(SegmentFacts, SegmentKey)>,
	/// How many segments the ticket opens, on all pages.
	pub all: usize,
	/// The first segment of the next page, if there is one.
	pub next: Option<u16>,
	/// The custodians that were found out to be wrong meanwhile.
	pub failures: Vec<Failure>,
}

impl Committee {
	/// The custodians of `directory`, as far as the chain knows them.
	pub fn new(view: Arc<dyn FinalisedView>, directory: Directory) -> Self {
		Self { view, directory: Arc::new(directory), seen: Arc::default() }
	}

	/// The committee that new keys are dealt to.
	///
	/// # Errors
	/// [`Error::NoCommittee`] when there is none.
	pub async fn active(&self) -> Result<Roster> {
		self.view.active_committee().await?.ok_or(Error::NoCommittee)
	}

	/// Every committee that holds keys or takes new ones.
	///
	/// # Errors
	/// [`Error::NoCommittee`] when there is none.
	pub async fn serving(&self) -> Result<Vec<Roster>> {
		let mut rosters = Vec::new();
		for epoch in self.view.serving_epochs().await? {
			rosters.extend(self.view.committee(epoch).await?);
		}
		if rosters.is_empty() {
			Err(Error::NoCommittee)
		} else {
			Ok(rosters)
		}
	}

	/// The committee that holds the keys of the newest version of a record.
	///
	/// # Errors
	/// [`Error::NotDealt`] when none does.
	pub async fn holding(&self, record: &RecordId, version: u32) -> Result<(Roster, DealtVersion)> {
		let dealt = self.view.dealing(record, version).await?;
		let dealt = dealt.ok_or(Error::NotDealt { record: *record })?;
		let epoch = dealt.epoch;
		let roster = self.view.committee(epoch).await?;
		let roster = roster.ok_or(Error::CommitteeInvalid { epoch })?;
		self.seen.note(*record, version, dealt);
		Ok((roster, dealt))
	}

	/// Hands every custodian its deposit, and collects their acknowledgements: what anchors the
	/// version. All are asked at once; it is enough when the quorum has acknowledged, but everyone
	/// who can is waited for.
	///
	/// # Errors
	/// [`Error::DealingShort`] when too few acknowledged, with what each of the others said.
	pub async fn deal(&self, roster: &Roster, deposits: &[Deposit]) -> Result<Dealing> {
		let Some(first) = deposits.first() else { return Err(Error::NoCommittee) };
		let segments = u16::try_from(first.segments.len()).map_err(|_| Error::TooManySegments)?;
		let payload = acknowledgement_payload(
			self.view.genesis(),
			roster.epoch,
			&first.owner,
			first.record,
			first.version,
			segments,
			first.digest,
		);
		let mut asked: FuturesUnordered<_> = deposits
			.iter()
			.filter_map(|deposit| {
				let member = roster.members.iter().find(|member| member.seat == deposit.seat)?;
				Some(async move { (member, self.deposit(member, deposit, &payload).await) })
			})
			.collect();
		let (mut acknowledgements, mut failures) = (Vec::new(), Vec::new());
		while let Some((member, answer)) = asked.next().await {
			match answer {
				// The word of a suspended member does not count.
				Ok(_) if member.is_suspended => {},
				Ok(signature) => acknowledgements.push((member.seat, signature)),
				Err(error) => failures.push(Failure { custodian: member.account, error }),
			}
		}
		if acknowledgements.len() < usize::from(roster.quorum) {
			let (found, needed) = (acknowledgements.len(), usize::from(roster.quorum));
			return Err(Error::DealingShort { found, needed, failures });
		}
		for failure in &failures {
			tracing::warn!(custodian = %failure.custodian, code = failure.error.code(), "no acknowledgement");
		}
		acknowledgements.sort_by_key(|(seat, _)| *seat);
		acknowledgements.truncate(usize::try_from(MAX_ACKNOWLEDGEMENTS).unwrap_or(usize::MAX));
		Ok(Dealing { epoch: roster.epoch, digest: first.digest, acknowledgements })
	}

	async fn deposit(
		&self,
		member: &CommitteeMember,
		deposit: &Deposit,
		payload: &[u8; 32],
	) -> Result<salus_chain::Signature> {
		let signature = self.custodian(&member.account)?.deposit(deposit).await?;
		if member.account.verify(payload, &signature) {
			Ok(signature)
		} else {
			Err(Error::CustodianMalformed)
		}
	}

	fn custodian(&self, account: &AccountId) -> Result<&Arc<dyn Custodian>> {
		self.directory.get(account).ok_or(Error::CustodianNotListed { custodian: *account })
	}

	/// Has the keys released that a finalised ticket opens: a page of them, which begins with the first
	/// segment not before `from`. All custodians are asked at once, and the first `t` right answers are
	/// enough. Whoever gives a wrong one is named and left out. When the keys moved to other custodians
	/// meanwhile, those are asked too that held them before: one committee answers a ticket.
	///
	/// # Errors
	/// [`Error::ReleaseRefused`] when so many refuse that too few are left;
	/// [`Error::ReleaseShort`] when too few answer rightly, with what each of the others said.
	pub async fn release(
		&self,
		ticket: &TicketId,
		ephemeral: &EphemeralKey,
		from: u16,
	) -> Result<ReleasedKeys> {
		let facts = self.view.ticket(ticket).await?;
		let facts = facts.ok_or(Error::TicketNotFinalised { ticket: *ticket })?.ticket;
		let (record, version) = (facts.record, facts.record_version);
		let (roster, dealt) = self.holding(&record, version).await?;
		let asked =
			Asked { ticket: *ticket, record, version, owner: facts.subject, ephemeral, from };
		let gathered = self.gather(&asked, &roster, dealt).await;
		let Err(short @ Error::ReleaseShort { .. }) = gathered else { return gathered };
		for dealt in self.seen.before(record, version, dealt) {
			let Some(roster) = self.view.committee(dealt.epoch).await? else { continue };
			if let Ok(released) = self.gather(&asked, &roster, dealt).await {
				return Ok(released);
			}
		}
		Err(short)
	}

	/// Asks one committee.
	async fn gather(
		&self,
		asked: &Asked<'_>,
		roster: &Roster,
		dealt: DealtVersion,
	) -> Result<ReleasedKeys> {
		let Asked { ticket, record, version, from, .. } = *asked;
		let context = DealingContext {
			genesis: self.view.genesis(),
			epoch: roster.epoch,
			scheme: roster.scheme,
			record,
			version,
			segments: dealt.segments,
		};
		let mut gathering = Gathering { context, dealt, asked, candidates: Vec::new() };
		let mut answers: FuturesUnordered<_> = roster
			.members
			.iter()
			.map(|member| async move {
				let answer = match self.custodian(&member.account) {
					Ok(custodian) => custodian.release(&ticket, from).await,
					Err(error) => Err(error),
				};
				(member, answer)
			})
			.collect();
		let mut failures = Vec::new();
		while let Some((member, answer)) = answers.next().await {
			let added = answer.and_then(|released| gathering.add(member, &released));
			if let Err(error) = added {
				tracing::warn!(custodian = %member.account, code = error.code(), "no share");
				failures.push(Failure { custodian: member.account, error });
				continue;
			}
			if let Some((segments, all, next)) = gathering.finish()? {
				failures.extend(gathering.outvoted());
				return Ok(ReleasedKeys { record, segments, all, next, failures });
			}
		}
		let found = gathering.seats();
		failures.extend(gathering.outvoted());
		Err(short(ticket, roster, found, failures))
	}
}

/// What it means that too few custodians released.
fn short(ticket: TicketId, roster: &Roster, found: usize, failures: Vec<Failure>) -> Error {
	let needed = usize::from(roster.scheme.threshold());
	let mut refusals: BTreeMap<CustodianRefusal, usize> = BTreeMap::new();
	for failure in &failures {
		if let Error::ReleaseRefused { refusal, .. } = &failure.error {
			*refusals.entry(*refusal).or_default() += 1;
		}
	}
	let refused: usize = refusals.values().sum();
	let enough = roster.members.len() + 1 - needed;
	match refusals.into_iter().max_by_key(|(_, count)| *count) {
		Some((refusal, _)) if refused >= enough => Error::ReleaseRefused { ticket, refusal },
		_ => Error::ReleaseShort { ticket, found, needed, failures },
	}
}

/// What custodians are asked for.
struct Asked<'a> {
	ticket: TicketId,
	record: RecordId,
	version: u32,
	owner: AccountId,
	ephemeral: &'a EphemeralKey,
	/// Where the page begins.
	from: u16,
}

/// The shares of one page of a ticket, as they come in.
struct Gathering<'a> {
	context: DealingContext,
	dealt: DealtVersion,
	asked: &'a Asked<'a>,
	/// By the segments that a custodian says the ticket opens: those who disagree do not add up.
	candidates: Vec<Candidate>,
}

struct Candidate {
	/// All segments that the ticket opens.
	facts: Vec<SegmentFacts>,
	/// Which of them are on the page.
	page: Range<usize>,
	/// One for each segment of the page.
	combiners: Vec<ShareCombiner>,
	custodians: Vec<AccountId>,
}

/// The keys of a page, how many segments there are in all, and where the next page begins.
type Page = (Vec<(SegmentFacts, SegmentKey)>, usize, Option<u16>);

impl Gathering<'_> {
	/// Verifies what a custodian released and takes it.
	fn add(&mut self, member: &CommitteeMember, released: &Released) -> Result<()> {
		let DealingContext { genesis, epoch, record, version, .. } = self.context;
		let seat = member.seat;
		let is_for_us = released.ticket == self.asked.ticket
			&& (released.record, released.version) == (record, version)
			&& (released.epoch, released.seat) == (epoch, seat);
		if !is_for_us || !released.is_signed_by(&member.account, genesis) {
			return Err(Error::CustodianMalformed);
		}
		let facts: Vec<_> = released.segments.iter().map(|segment| segment.facts.clone()).collect();
		let are_the_owners = facts
			.iter()
			.all(|facts| facts.is_signed_by(&self.asked.owner, genesis, record, version));
		if !are_the_owners || !facts.is_sorted_by(|a, b| a.index < b.index) {
			return Err(Error::CustodianMalformed);
		}
		let same = |candidate: &Candidate| {
			candidate.facts.len() == facts.len()
				&& candidate.facts.iter().zip(&facts).all(|(a, b)| a.is_same_as(b))
		};
		let at = match self.candidates.iter().position(same) {
			Some(at) => at,
			None => {
				let page = page(&facts, self.asked.from);
				let on_page = facts.get(page.clone()).unwrap_or_default().iter();
				let combiners = on_page.map(|facts| {
					let (digest, index) = (self.dealt.digest, facts.index);
					Ok(ShareCombiner::new(self.context, digest, self.asked.ticket, index)?)
				});
				let combiners = combiners.collect::<Result<_>>()?;
				let custodians = Vec::new();
				self.candidates.push(Candidate { facts, page, combiners, custodians });
				self.candidates.len() - 1
			},
		};
		let Some(candidate) = self.candidates.get_mut(at) else { return Ok(()) };
		candidate.add(self.asked.ephemeral, member, released)
	}

	/// How many custodians agree with one another.
	fn seats(&self) -> usize {
		self.candidates.iter().map(|candidate| candidate.custodians.len()).max().unwrap_or(0)
	}

	/// Those who say that the ticket opens other segments than most say.
	fn outvoted(&self) -> impl Iterator<Item = Failure> + '_ {
		let most = self.seats();
		let others = self.candidates.iter().filter(move |one| one.custodians.len() < most);
		others
			.flat_map(|one| &one.custodians)
			.map(|custodian| Failure { custodian: *custodian, error: Error::CustodianDisagrees })
	}

	/// The keys, when there are enough shares.
	fn finish(&self) -> Result<Option<Page>> {
		let threshold = usize::from(self.context.scheme.threshold());
		let complete =
			self.candidates.iter().find(|candidate| candidate.custodians.len() >= threshold);
		let Some(candidate) = complete else { return Ok(None) };
		let Candidate { facts, page, combiners, .. } = candidate;
		let keys = facts.iter().skip(page.start).zip(combiners);
		let keys = keys.map(|(facts, combiner)| Ok((facts.clone(), combiner.finish()?)));
		let next = facts.get(page.end).map(|facts| facts.index);
		Ok(Some((keys.collect::<Result<_>>()?, facts.len(), next)))
	}
}

impl Candidate {
	/// Takes all shares of a custodian for the page or, when one is wrong or missing, none.
	fn add(
		&mut self,
		ephemeral: &EphemeralKey,
		member: &CommitteeMember,
		released: &Released,
	) -> Result<()> {
		let mut combiners = self.combiners.clone();
		let segments = released.segments.iter().skip(self.page.start);
		for (combiner, segment) in combiners.iter_mut().zip(segments) {
			let share = segment.signed_share().ok_or(Error::CustodianMalformed)?;
			combiner.add(ephemeral.secret(), member.seat, share)?;
		}
		self.combiners = combiners;
		self.custodians.push(member.account);
		Ok(())
	}
}
