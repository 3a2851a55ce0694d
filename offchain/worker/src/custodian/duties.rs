// SPDX-License-Identifier: Apache-2.0
//! What a custodian owes the chain: an answer to every ticket, and to every revocation and erasure,
//! and that keys leave a committee that is over.
//!
//! Reading the chain waits for nothing else: what a block asks for is written down together with how
//! far the chain was read, and erasures are done with it. Answering, telling the chain, and moving
//! dealings each go on by themselves, from what is written down. So a transaction that takes long to
//! become final, or a ticket that cannot be answered yet, keeps no revocation from being seen.

use super::{
	database::{Given, Note},
	liveness::Liveness,
	member::Member,
	moving::{Moved, Mover},
};
use crate::{clock::after, Error, Result};
use async_trait::async_trait;
use backon::{ExponentialBuilder, Retryable};
use futures::{Stream, StreamExt};
use salus_chain::{
	follow, AccessEvent, BlockId, Call, Client, ConsentEvent, CustodyEvent, DomainEvent,
	FinalizedBlock, MemoryCursor, Signer, Start,
};
use salus_primitives::{
	custody::{Answer, EpochId, Seat},
	Moment, TicketId,
};
use std::{collections::BTreeMap, fmt, future::Future, sync::Arc, time::Duration};
use tokio::sync::{watch, Mutex};
use tokio_util::sync::CancellationToken;

/// The most tickets that are answered between two looks at what else there is.
const ANSWERS: u32 = 256;
/// The most record versions of which shares are got back between two looks.
const REPAIRS: u32 = 16;
/// How long answering one ticket may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// After how long something that has to wait is tried again.
const PAUSE: Duration = Duration::from_secs(6);

/// Where a custodian's transactions go.
#[async_trait]
pub trait Ledger: Send + Sync {
	/// Signs `call`, submits it, and waits until it is final.
	async fn submit(&self, signer: &Signer, call: &Call) -> Result<()>;
}

#[async_trait]
impl Ledger for Client {
	async fn submit(&self, signer: &Signer, call: &Call) -> Result<()> {
		Self::submit(self, signer, call).await?;
		Ok(())
	}
}

/// The duties of one custodian.
pub struct Duties {
	member: Member,
	ledger: Arc<dyn Ledger>,
	mover: Mover,
	/// The custodian's seats, by epoch: they never change.
	seats: Mutex<BTreeMap<EpochId, Option<Seat>>>,
	liveness: Mutex<Liveness>,
}

impl fmt::Debug for Duties {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Duties").field("member", &self.member).finish_non_exhaustive()
	}
}

/// What is left after a round of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rest {
	/// Nothing.
	Nothing,
	/// Something that can be done at once.
	More,
	/// Something that has to wait.
	Later,
}

impl Duties {
	/// The duties of `member`, whose transactions go to `ledger`.
	pub fn new(member: Member, ledger: Arc<dyn Ledger>) -> Self {
		let mover = Mover::new(member.clone());
		Self { member, ledger, mover, seats: Mutex::default(), liveness: Mutex::default() }
	}

	/// The last block that was read; nothing before the first.
	///
	/// # Errors
	/// When the database fails.
	async fn cursor(&self) -> Result<Option<BlockId>> {
		self.member.database().cursor().await
	}

	/// Follows the finalised chain from where it was left, and does what it asks for, until
	/// `shutdown`. Where the node does not remember that block any more, what the chain waits for is
	/// read from its state.
	///
	/// # Errors
	/// When the chain cannot be followed, or the database fails.
	pub async fn follow(self, chain: Client, shutdown: CancellationToken) -> Result<()> {
		let cursor = match self.cursor().await? {
			Some(cursor) if chain.has_state(cursor).await? => Some(cursor),
			_ => None,
		};
		let blocks =
			follow(chain, MemoryCursor::new(cursor), Start::Newest, shutdown.child_token());
		self.run(blocks, cursor, shutdown).await
	}

	/// Reads `blocks`, the finalised ones after `cursor`, and does what they ask for, until
	/// `shutdown` or until there are no more.
	///
	/// # Errors
	/// As [`follow`](Self::follow).
	pub async fn run<B>(
		self,
		blocks: B,
		cursor: Option<BlockId>,
		shutdown: CancellationToken,
	) -> Result<()>
	where
		B: Stream<Item = Result<FinalizedBlock, salus_chain::Error>> + Send,
	{
		let working = async {
			futures::try_join!(
				self.repeat("answers", || self.answer_some()),
				self.repeat("reports", || self.report()),
				self.repeat("acknowledgements", || self.acknowledge()),
				self.repeat("moves", || self.move_some()),
				self.repeat("complaints", || self.complain()),
				self.repeat("repairs", || self.mend_some()),
				self.repeat("signs of life", || self.show_life()),
				self.repeat("tidying up", || self.tidy_up()),
			)
			.map(drop)
		};
		tokio::select! {
			() = shutdown.cancelled() => Ok(()),
			read = self.read(blocks, cursor.is_some()) => read,
			worked = working => worked,
		}
	}

	/// Writes down what each block asks for.
	async fn read<B>(&self, blocks: B, mut is_known: bool) -> Result<()>
	where
		B: Stream<Item = Result<FinalizedBlock, salus_chain::Error>> + Send,
	{
		let mut blocks = std::pin::pin!(blocks);
		while let Some(block) = blocks.next().await {
			let block = block?;
			let policy = ExponentialBuilder::default()
				.with_max_delay(Duration::from_secs(10))
				.without_max_times()
				.with_jitter();
			(|| self.note(&block, is_known))
				.retry(policy)
				.when(is_passing)
				.notify(|error, _| {
					tracing::warn!(code = error.code(), %error, "a block must wait");
				})
				.await?;
			is_known = true;
			self.member.tell();
		}
		Ok(())
	}

	/// Writes down what one block asks for and, where nothing was read before, what the chain waits
	/// for already. Twice is as good as once.
	async fn note(&self, block: &FinalizedBlock, is_known: bool) -> Result<()> {
		// Code that nobody looked at might say that all is erased.
		self.member.ensure_approved().await?;
		let mut notes = Vec::new();
		if !is_known {
			notes.extend(self.outstanding().await?);
			self.mend_all().await?;
		}
		for event in &block.events {
			if let DomainEvent::Custody(CustodyEvent::Reported { epoch, seat, .. }) = event {
				self.liveness.lock().await.hear(*epoch, *seat, block.time);
			}
			notes.extend(self.noted(event, block.time).await?);
		}
		self.member.database().note(&notes, Some(block.id())).await
	}

	/// What an event asks for.
	async fn noted(&self, event: &DomainEvent, time: Moment) -> Result<Option<Note>> {
		Ok(match event {
			DomainEvent::Access(
				AccessEvent::Opened { ticket, .. }
				| AccessEvent::SaleOpened { ticket, .. }
				| AccessEvent::EmergencyOpened { ticket, .. },
			) => Some(Note::Opened { ticket: *ticket, opened_at: time }),
			DomainEvent::Consent(ConsentEvent::Revoked { consent, version }) => {
				Some(Note::Revoked { consent: *consent, version: *version })
			},
			DomainEvent::Custody(event) => self.noted_of_custody(event).await?,
			_ => None,
		})
	}

	async fn noted_of_custody(&self, event: &CustodyEvent) -> Result<Option<Note>> {
		Ok(match *event {
			CustodyEvent::Dealt { record, version, epoch, digest }
			| CustodyEvent::Reshared { record, version, to: epoch, digest, .. } => {
				Some(Note::Dealt { record, version, epoch, digest })
			},
			CustodyEvent::ErasureStarted { record } => Some(Note::Erased { record }),
			CustodyEvent::Released { ticket, epoch, seat, receipt } => {
				let answer = Answer::Released { receipt };
				let is_ours = self.is_ours(epoch, seat).await?;
				is_ours.then_some(Note::Answered { ticket, epoch, answer })
			},
			CustodyEvent::Refused { ticket, epoch, seat, refusal } => {
				let answer = Answer::Refused(refusal);
				let is_ours = self.is_ours(epoch, seat).await?;
				is_ours.then_some(Note::Answered { ticket, epoch, answer })
			},
			CustodyEvent::Stopped { ticket, epoch, seat, refusal } => {
				let answer = Answer::Stopped(refusal);
				let is_ours = self.is_ours(epoch, seat).await?;
				is_ours.then_some(Note::Answered { ticket, epoch, answer })
			},
			_ => None,
		})
	}

	async fn is_ours(&self, epoch: EpochId, seat: Seat) -> Result<bool> {
		let mut seats = self.seats.lock().await;
		if let Some(known) = seats.get(&epoch) {
			return Ok(*known == Some(seat));
		}
		let Some(roster) = self.member.view().committee(epoch).await? else { return Ok(false) };
		let own = roster.member(&self.member.account()).map(|member| member.seat);
		seats.insert(epoch, own);
		Ok(own == Some(seat))
	}

	/// What the chain waits for from a custodian that has read none of it: a new one, or one that
	/// lost what it had or was away for longer than its node remembers.
	async fn outstanding(&self) -> Result<Vec<Note>> {
		let outstanding = self.member.view().outstanding(&self.member.account()).await?;
		let tickets = outstanding.tickets.into_iter();
		let tickets = tickets.map(|(ticket, opened_at)| Note::Opened { ticket, opened_at });
		let erasures = outstanding.erasures.into_iter().map(|record| Note::Erased { record });
		let revocations = outstanding.revocations.into_iter();
		let revocations = revocations.map(|(consent, version)| Note::Revoked { consent, version });
		Ok(tickets.chain(erasures).chain(revocations).collect())
	}

	/// Works whenever there are news, or something had to wait. What fails is tried again.
	async fn repeat<F: Future<Output = Result<Rest>>>(
		&self,
		what: &str,
		work: impl Fn() -> F,
	) -> Result<()> {
		let mut news = self.member.news();
		loop {
			news.borrow_and_update();
			let rest = match work().await {
				Ok(rest) => rest,
				Err(error) if is_passing(&error) => {
					tracing::warn!(code = error.code(), %error, "{what} must wait");
					Rest::Later
				},
				Err(error) => return Err(error),
			};
			match rest {
				Rest::More => {},
				Rest::Nothing => changed(&mut news).await,
				Rest::Later => {
					let clock = self.member.time();
					tokio::select! {
						() = changed(&mut news) => {},
						() = clock.sleep_until(after(clock.now(), PAUSE)) => {},
					}
				},
			}
		}
	}

	/// Answers some of what has no answer.
	async fn answer_some(&self) -> Result<Rest> {
		self.member.ensure_approved().await?;
		let tickets = self.member.database().unanswered(ANSWERS, self.member.clock()).await?;
		let mut waiting = 0usize;
		for (ticket, opened_at) in &tickets {
			if !self.answer(ticket, *opened_at).await? {
				waiting += 1;
			}
		}
		Ok(match waiting {
			0 if tickets.is_empty() => Rest::Nothing,
			waiting if waiting < tickets.len() => Rest::More,
			_ => Rest::Later,
		})
	}

	/// Answers one ticket, or leaves it for later; whether that is done. Whatever is wrong with it is
	/// no reason to serve nobody else.
	async fn answer(&self, ticket: &TicketId, opened_at: Moment) -> Result<bool> {
		let answering = self.member.respond(ticket);
		match tokio::time::timeout(PATIENCE, answering).await {
			Ok(Ok(Given::Released(_) | Given::Deleted | Given::Refused(_))) => Ok(true),
			// Of another committee, or never dealt to any.
			Ok(Err(Error::NotAMember { .. } | Error::NotHeld { .. })) => {
				self.member.database().disregard(ticket).await.map(|()| true)
			},
			// Closed, unless the node has not come to it.
			Ok(Err(Error::TicketNotFinalised { .. })) => {
				let is_past = self.member.view().now().await? >= opened_at;
				if is_past {
					self.member.database().disregard(ticket).await?;
				}
				Ok(is_past)
			},
			Ok(Err(Error::ReleaseDeferred { .. })) => Ok(false),
			Ok(Err(error)) => {
				tracing::warn!(%ticket, code = error.code(), %error, "a ticket must wait");
				Ok(false)
			},
			Err(_) => {
				tracing::warn!(%ticket, "a ticket took too long and must wait");
				Ok(false)
			},
		}
	}

	/// Tells the chain what it does not know of answers.
	async fn report(&self) -> Result<Rest> {
		let (database, view) = (self.member.database(), self.member.view());
		for epoch in database.unreported_epochs().await? {
			let unreported = database.unreported(epoch, view.batch().await?).await?;
			if unreported.is_empty() {
				continue;
			}
			let answers: Vec<_> = unreported.iter().map(|one| (one.ticket, one.answer)).collect();
			let receipts = super::release::batch_commitment(view.genesis(), epoch, &answers);
			let call = Call::Report { epoch, answers, receipts };
			self.ledger.submit(self.member.signer(), &call).await?;
			database.reported(&unreported).await?;
			self.liveness.lock().await.speak(epoch, self.member.clock());
			return Ok(Rest::More);
		}
		Ok(Rest::Nothing)
	}

	/// Says that the custodian is there, in every epoch in which it had nothing to report for long, and
	/// tells the operator who else says nothing.
	async fn show_life(&self) -> Result<Rest> {
		let (view, clock) = (self.member.view(), self.member.clock());
		if !self.liveness.lock().await.look(clock) {
			return Ok(Rest::Nothing);
		}
		let (serving, now) = (view.serving_epochs().await?, view.now().await?);
		self.liveness.lock().await.retain(&serving);
		for epoch in serving {
			let Some(roster) = view.committee(epoch).await? else { continue };
			let counted = roster.members.iter().filter(|member| !member.is_suspended);
			let (own, others): (Vec<_>, Vec<_>) =
				counted.partition(|member| member.account == self.member.account());
			if own.is_empty() {
				continue;
			}
			let mut liveness = self.liveness.lock().await;
			for other in others {
				if liveness.is_missed(epoch, other.seat, now) {
					let custodian = other.account;
					tracing::warn!(%custodian, epoch = epoch.0, "a custodian says nothing");
				}
			}
			if liveness.is_due(epoch, clock) {
				drop(liveness);
				let receipts = super::release::batch_commitment(view.genesis(), epoch, &[]);
				let call = Call::Report { epoch, answers: Vec::new(), receipts };
				self.ledger.submit(self.member.signer(), &call).await?;
				self.liveness.lock().await.speak(epoch, clock);
			}
		}
		Ok(Rest::Nothing)
	}

	/// Acknowledges revocations and erasures in every epoch in which the member's word counts.
	async fn acknowledge(&self) -> Result<Rest> {
		let (database, view) = (self.member.database(), self.member.view());
		let batch = view.batch().await?;
		let consents = database.unacknowledged(batch).await?;
		let mut records = database.unacknowledged_erasures(batch).await?;
		// What the log beside the database still shows is not gone.
		let is_gone = records.is_empty() || database.flush().await?;
		if !is_gone {
			records.clear();
		}
		if consents.is_empty() && records.is_empty() {
			return Ok(if is_gone { Rest::Nothing } else { Rest::Later });
		}
		let signer = self.member.signer();
		let mut failed = None;
		for epoch in view.serving_epochs().await? {
			let roster = view.committee(epoch).await?;
			let member = roster.as_ref().and_then(|roster| roster.member(&signer.account()));
			if member.is_none_or(|member| member.is_suspended) {
				continue;
			}
			let mut calls = Vec::new();
			if !consents.is_empty() {
				calls.push(Call::AcknowledgeRevocations { epoch, consents: consents.clone() });
			}
			if !records.is_empty() {
				calls.push(Call::AcknowledgeErasure { epoch, records: records.clone() });
			}
			for call in calls {
				// What one epoch refuses does not keep the others from knowing.
				failed = self.ledger.submit(signer, &call).await.err().or(failed);
			}
		}
		if let Some(error) = failed {
			return Err(error);
		}
		database.acknowledged(&consents).await?;
		database.erasures_acknowledged(&records).await?;
		Ok(Rest::More)
	}

	/// Moves some of what has to leave a draining committee.
	async fn move_some(&self) -> Result<Rest> {
		self.member.ensure_approved().await?;
		let moves = match self.mover.next().await? {
			Moved::Nothing => return Ok(Rest::Nothing),
			Moved::Some(moves) => moves,
		};
		let batch = usize::try_from(self.member.view().batch().await?).unwrap_or(usize::MAX);
		let calls: Vec<_> = moves
			.chunks(batch.max(1))
			.map(|moves| Call::Reshare { moves: moves.to_vec() })
			.collect();
		let submitted = calls.iter().map(|call| self.ledger.submit(self.member.signer(), call));
		futures::future::try_join_all(submitted).await?;
		Ok(if moves.is_empty() { Rest::Later } else { Rest::More })
	}

	/// Tells the chain of dealers that dealt wrong shares: a council judges them. Where the dealing moved
	/// on meanwhile, the chain has no place for it, and the operator is told.
	async fn complain(&self) -> Result<Rest> {
		let (database, view) = (self.member.database(), self.member.view());
		for evidence in database.untold().await? {
			let about = evidence.complaint.context().from;
			let (record, version) = (about.record, about.version);
			let dealt = view.dealing(&record, version).await?;
			let is_there =
				dealt.is_some_and(|dealt| dealt.epoch == about.epoch && !dealt.contested);
			let dealer = evidence.complaint.dealer();
			if is_there {
				let commitment = evidence.commitment();
				let call = Call::Complain { record, version, dealer, evidence: commitment };
				self.ledger.submit(self.member.signer(), &call).await?;
			} else {
				tracing::warn!(%dealer, %record, "evidence that the chain has no place for");
			}
			database.told(&evidence).await?;
		}
		Ok(Rest::Nothing)
	}

	/// Marks every share that it should have. Those that are there are skipped later.
	async fn mend_all(&self) -> Result<()> {
		let view = self.member.view();
		for epoch in view.serving_epochs().await? {
			let roster = view.committee(epoch).await?;
			if roster.is_some_and(|roster| roster.member(&self.member.account()).is_some()) {
				let dealings = view.dealings_of(epoch).await?;
				let dealings: Vec<_> =
					dealings.into_iter().map(|(record, version, _)| (record, version)).collect();
				self.member.database().mend(&dealings).await?;
			}
		}
		Ok(())
	}

	/// Gets back some of the shares that are missing.
	async fn mend_some(&self) -> Result<Rest> {
		self.member.ensure_approved().await?;
		let database = self.member.database();
		let missing = database.next_repairs(REPAIRS, self.member.clock()).await?;
		let mut waiting = 0usize;
		for (record, version) in &missing {
			match self.member.repair(*record, *version).await {
				Ok(_) => database.mended(record, *version).await?,
				Err(error) => {
					let code = error.code();
					tracing::warn!(%record, version, code, %error, "a share must wait");
					waiting += 1;
				},
			}
		}
		// Tickets may have waited for them.
		if waiting < missing.len() {
			self.member.tell();
		}
		Ok(match waiting {
			0 if missing.is_empty() => Rest::Nothing,
			waiting if waiting < missing.len() => Rest::More,
			_ => Rest::Later,
		})
	}

	async fn tidy_up(&self) -> Result<Rest> {
		self.member.tidy_up().await.map(|()| Rest::Nothing)
	}
}

/// Completes when there are news.
async fn changed(news: &mut watch::Receiver<()>) {
	// The sender lives as long as the member.
	let _ = news.changed().await;
}

/// Whether what failed may be tried again. Only what no waiting mends ends the custodian.
fn is_passing(error: &Error) -> bool {
	error.is_retryable()
		|| matches!(error, Error::Chain(_) | Error::Store(_) | Error::CodeNotApproved { .. })
}
