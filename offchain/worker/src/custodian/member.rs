// SPDX-License-Identifier: Apache-2.0
//! One custodian: takes shares, and releases them as the chain says.

use super::{
	database::{Database, Given, Held, Note, Said},
	deposit::Deposit,
	handover::{SubdealRequest, Subdealt, TakeOverRequest, TakenOver},
	peer::{Peer, Peers},
	release::{Released, ReleasedSegment},
	repair::{Masked, RepairRequest},
	verdict::{check, Asked, Demands, Scope, Verdict},
	view::{FinalisedView, Roster, TicketFacts},
	Custodian,
};
use crate::{
	clock::Clock,
	reading::read_document,
	sharing::{CommitteeDocument, OpenedDenials, OpenedReason, OpenedRequest},
	Error, Result,
};
use async_trait::async_trait;
use codec::{DecodeAll, Encode};
use salus_chain::{AccessRequest, AccountId, ChainProperties, DenyRoot, Signature, Signer};
use salus_crypto::{
	custody::{DealingContext, SealedRepairShare, SeatShares, StoredShares},
	Keystore, SecretKey,
};
use salus_primitives::{
	custody::{Answer, CustodianRefusal, EpochId, Seat},
	ConsentId, EmergencyId, Moment, Salt, TicketId,
};
use salus_store::Store;
use std::{
	fmt,
	path::Path,
	sync::{
		atomic::{AtomicU64, Ordering},
		Arc,
	},
};
use tokio::sync::watch;

/// An hour, in milliseconds.
const HOUR: Moment = 3_600_000;
/// For how long answers are kept after their tickets: longer than the chain keeps them.
const RETENTION: Moment = 60 * 24 * HOUR;

/// What an operator decides. None of it makes a custodian release what the chain does not allow.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
	/// How far consensus time and the clock may be apart before the head counts as stale, in
	/// milliseconds.
	pub max_lag: Moment,
	/// How many tickets of one grantee are released in an hour.
	pub hourly_releases: u32,
}

impl Default for Settings {
	fn default() -> Self {
		Self { max_lag: 5 * 60_000, hourly_releases: 3_600 }
	}
}

impl Settings {
	/// Those for a chain. A development chain's clock begins hours in the past and runs faster than
	/// time: no head of it can be told to be stale.
	pub fn for_chain(chain: &ChainProperties) -> Self {
		let usual = Self::default();
		Self { max_lag: if chain.is_development { Moment::MAX } else { usual.max_lag }, ..usual }
	}
}

/// A custodian with its keys open.
#[derive(Clone)]
pub struct Member {
	inner: Arc<Inner>,
}

struct Inner {
	view: Arc<dyn FinalisedView>,
	store: Arc<dyn Store>,
	peers: Peers,
	signer: Signer,
	keys: Keystore,
	database: Database,
	/// Sends when there may be something to do.
	news: watch::Sender<()>,
	settings: Settings,
	approved: Vec<[u8; 32]>,
	clock: Arc<dyn Clock>,
	decisions: AtomicU64,
}

impl fmt::Debug for Member {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Member").field("account", &self.account()).finish_non_exhaustive()
	}
}

/// Who a custodian is, and what it works with.
pub struct Setup {
	/// The chain.
	pub view: Arc<dyn FinalisedView>,
	/// Where sealed requests are.
	pub store: Arc<dyn Store>,
	/// The other custodians.
	pub peers: Peers,
	/// Signs for its account.
	pub signer: Signer,
	/// Its encryption keys.
	pub keys: Keystore,
	/// What its operator decided.
	pub settings: Settings,
	/// Runtime codes that its operator approves, besides those of before.
	pub approve: Vec<[u8; 32]>,
	/// Its clock.
	pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Setup {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Setup").field("account", &self.signer.account()).finish_non_exhaustive()
	}
}

/// Settings in the database.
const GENESIS: &str = "genesis";
const APPROVED: &str = "approved-code";

impl Member {
	/// Opens the custodian's database at `path`, and deletes what was erased while it was away, or
	/// since the backup was made that it was restored from.
	///
	/// # Errors
	/// When the database cannot be opened, or belongs to another chain.
	pub async fn open(path: &Path, setup: Setup) -> Result<Self> {
		let Setup { view, store, peers, signer, keys, settings, approve, clock } = setup;
		let database = Database::open(path).await?;
		match database.setting(GENESIS).await? {
			Some(genesis) if genesis != view.genesis() => return Err(Error::CustodyElsewhere),
			Some(_) => {},
			None => database.set(GENESIS, &view.genesis()).await?,
		}
		let approved = approvals(&database, &*view, approve).await?;
		let news = watch::Sender::new(());
		let inner = Inner {
			view,
			store,
			peers,
			signer,
			keys,
			database,
			news,
			settings,
			approved,
			clock,
			decisions: AtomicU64::new(0),
		};
		let member = Self { inner: Arc::new(inner) };
		member.ensure_approved().await?;
		for record in member.database().records().await? {
			if member.inner.view.is_erased(&record).await? {
				member.database().note(&[Note::Erased { record }], None).await?;
			}
		}
		Ok(member)
	}

	/// Whether the chain runs code that the operator has approved. Until then the custodian stands
	/// still.
	pub(super) async fn ensure_approved(&self) -> Result<()> {
		let code = self.inner.view.code().await?;
		if self.inner.approved.contains(&code) {
			Ok(())
		} else {
			Err(Error::CodeNotApproved { code })
		}
	}

	/// How often it has decided about a release since it started: for every page of every ticket anew.
	pub fn decisions(&self) -> u64 {
		self.inner.decisions.load(Ordering::Relaxed)
	}

	/// The account.
	pub fn account(&self) -> AccountId {
		self.inner.signer.account()
	}

	pub(super) fn database(&self) -> &Database {
		&self.inner.database
	}

	pub(super) fn signer(&self) -> &Signer {
		&self.inner.signer
	}

	pub(super) fn keys(&self) -> &Keystore {
		&self.inner.keys
	}

	pub(super) fn view(&self) -> &dyn FinalisedView {
		&*self.inner.view
	}

	pub(super) fn peers(&self) -> &Peers {
		&self.inner.peers
	}

	/// Hears of what there may be to do.
	pub(super) fn news(&self) -> watch::Receiver<()> {
		self.inner.news.subscribe()
	}

	/// Says that there may be something to do.
	pub(super) fn tell(&self) {
		self.inner.news.send_replace(());
	}

	/// The custodian's own clock.
	pub(super) fn time(&self) -> &dyn Clock {
		&*self.inner.clock
	}

	/// The custodian's own clock, as the chain counts time.
	pub(super) fn clock(&self) -> Moment {
		Moment::try_from(self.inner.clock.now().as_millisecond()).unwrap_or(0)
	}

	/// Opens something sealed to the custodian with whichever of its keys fits: it may have rotated.
	pub(super) fn with_any_key<T>(&self, open: impl Fn(&SecretKey) -> Result<T>) -> Result<T> {
		let mut last = Error::KeyMissing { account: self.account() };
		for pair in self.inner.keys.encryption_keys() {
			match open(pair.secret()) {
				Ok(opened) => return Ok(opened),
				Err(error) => last = error,
			}
		}
		Err(last)
	}

	/// The seat in the committee of an epoch, while its word counts there.
	pub(super) async fn seat(&self, epoch: EpochId) -> Result<(Roster, Seat)> {
		let roster = self.inner.view.committee(epoch).await?;
		let roster = roster.ok_or(Error::CommitteeInvalid { epoch })?;
		let member = roster.member(&self.account());
		let member = member.filter(|member| !member.is_suspended);
		let seat = member.ok_or(Error::NotAMember { epoch })?.seat;
		Ok((roster, seat))
	}

	/// Takes a deposit into custody: it is verified, kept durably, and acknowledged.
	async fn take_deposit(&self, deposit: &Deposit) -> Result<Signature> {
		let genesis = self.inner.view.genesis();
		deposit.verify(genesis)?;
		self.ensure_approved().await?;
		let record = deposit.record;
		let (roster, seat) = self.seat(deposit.epoch).await?;
		if !roster.is_active || seat != deposit.seat {
			return Err(Error::NotAMember { epoch: deposit.epoch });
		}
		if self.inner.view.is_erased(&record).await? {
			return Err(Error::RecordErased { record });
		}
		// Accounts cost nothing; a place in the registry does.
		let owner = deposit.owner;
		if !self.inner.view.is_registered(&owner).await? {
			return Err(Error::OwnerUnknown { owner });
		}
		let context = deposit.context(genesis, roster.scheme)?;
		// A share that is wrong is found out now and not when somebody needs it.
		let bytes =
			self.with_any_key(|secret| Ok(deposit.shares.open(secret, &context, seat)?))?;
		let held = SeatShares::from_bytes(&bytes)?.verify(&context, seat)?;
		if held.digest() != deposit.digest {
			return Err(Error::DepositInvalid { record });
		}
		let now = self.inner.view.now().await?;
		self.database().keep(deposit, now).await?;
		Ok(self.signer().sign(&held.acknowledgement(deposit.owner.as_bytes())))
	}

	/// What is to be said about a ticket: the same every time, once it was said.
	pub(super) async fn respond(&self, id: &TicketId) -> Result<Given> {
		self.inner.decisions.fetch_add(1, Ordering::Relaxed);
		let facts = self.inner.view.ticket(id).await?;
		let facts = facts.ok_or(Error::TicketNotFinalised { ticket: *id })?;
		let given = self.database().given(id, facts.ticket.opened_at).await?;
		let asked = match self.check(id, &facts) {
			Ok(asked) => asked,
			Err(Error::ReleaseRefused { refusal, .. }) => {
				return match given {
					Some(Given::Refused(before)) => Ok(Given::Refused(before)),
					// What was released before stays an answer, and is not given out again.
					_ => self.refuse(id, &facts, refusal).await,
				};
			},
			Err(error) => return Err(error),
		};
		if let Some(given) = given {
			return Ok(given);
		}

		let dealing = facts.dealing.ok_or(Error::NotHeld { ticket: *id })?;
		let (roster, seat) = self.seat(dealing.epoch).await?;
		let (record, version) = (facts.ticket.record, facts.ticket.record_version);
		let held = self.database().held(&record, version, dealing.epoch, &dealing.digest).await?;
		let Some(held) = held.filter(|held| held.seat == seat) else {
			if self.database().is_erased(&record).await? {
				return self.refuse(id, &facts, CustodianRefusal::RecordErased).await;
			}
			// Its peers may give it back; the chain is told when the ticket is over.
			self.database().mend(&[(record, version)]).await?;
			self.tell();
			let refusal = CustodianRefusal::NotHeld;
			return Err(Error::ReleaseDeferred { ticket: *id, refusal });
		};
		// It was refused before, by what was lost with the database.
		let answers = facts.answers.filter(|answers| answers.epoch == dealing.epoch);
		if answers.is_some_and(|answers| answers.refused.contains(seat)) {
			return self.refuse(id, &facts, CustodianRefusal::NotHeld).await;
		}
		let since = facts.now.saturating_sub(HOUR);
		let often = self.database().released_since(&facts.ticket.grantee, since).await?;
		if often >= self.inner.settings.hourly_releases {
			let refusal = CustodianRefusal::RateLimited;
			return Err(Error::ReleaseDeferred { ticket: *id, refusal });
		}

		let scope = match self.scope(&facts, &asked, &held, dealing.epoch).await? {
			Ok(scope) => scope,
			Err(refusal) => return self.refuse(id, &facts, refusal).await,
		};
		let context = DealingContext {
			genesis: self.inner.view.genesis(),
			epoch: dealing.epoch,
			scheme: roster.scheme,
			record,
			version,
			segments: dealing.segments,
		};
		let released = match self.seal(id, &facts, &context, &held, &scope) {
			Ok(released) => released,
			// The ticket's key is none that anything can be sealed to.
			Err(Error::Crypto(salus_crypto::Error::InvalidRecipient)) => {
				return self.refuse(id, &facts, CustodianRefusal::RequestMismatch).await;
			},
			Err(error) => return Err(error),
		};
		// Opening took its time: what was taken back meanwhile is not released.
		let latest = self.inner.view.ticket(id).await?;
		let latest = latest.ok_or(Error::TicketNotFinalised { ticket: *id })?;
		match self.check(id, &latest) {
			Ok(_) => {},
			Err(Error::ReleaseRefused { refusal, .. }) => {
				return self.refuse(id, &latest, refusal).await;
			},
			Err(error) => return Err(error),
		}
		let answer = Answer::Released { receipt: released.receipt(context.genesis) };
		self.say(id, &latest, dealing.epoch, answer, Some(&released)).await
	}

	/// What needs no opening: what is asked for, or why nothing is released.
	fn check<'a>(&self, id: &TicketId, facts: &'a TicketFacts) -> Result<Asked<'a>> {
		let ticket = *id;
		let demands =
			Demands { approved: self.inner.approved.clone(), max_lag: self.inner.settings.max_lag };
		check(facts, &demands, self.clock()).map_err(|verdict| match verdict {
			Verdict::Refuse(refusal) => Error::ReleaseRefused { ticket, refusal },
			Verdict::Defer(refusal) => Error::ReleaseDeferred { ticket, refusal },
		})
	}

	/// What the request opens, or why it opens nothing. What is not in the store yet may come.
	async fn scope(
		&self,
		facts: &TicketFacts,
		asked: &Asked<'_>,
		held: &Held,
		epoch: EpochId,
	) -> Result<Result<Scope, CustodianRefusal>> {
		let seat = held.seat;
		let denials = match &facts.denials {
			None => None,
			Some(root) => {
				match self.open_denials(&facts.ticket.subject, root, epoch, seat).await {
					Err(error) if error.is_retryable() => return Err(error),
					// Without the current opening nothing shows what she denies.
					Err(_) => return Ok(Err(CustodianRefusal::DenyRootMissing)),
					Ok(denials) => Some(denials),
				}
			},
		};
		let denials = denials.as_ref();
		Ok(match asked {
			Asked::Public(request) => Scope::public(facts, request, denials),
			Asked::Reason(emergency) => {
				match self.open_reason(facts, epoch, seat, *emergency).await {
					Ok(opened) => Scope::emergency(facts, opened, denials),
					Err(error) if error.is_retryable() => return Err(error),
					Err(_) => Err(CustodianRefusal::RequestMismatch),
				}
			},
			Asked::Purchase(id, sale) => {
				match self.open_request(facts, epoch, seat, ConsentId(id.0)).await {
					Ok(opened) => Scope::purchase(facts, sale, opened, &held.segments, denials),
					Err(error) if error.is_retryable() => return Err(error),
					Err(_) => Err(CustodianRefusal::RequestMismatch),
				}
			},
			Asked::Sealed(consent) => match self.open_request(facts, epoch, seat, *consent).await {
				Ok(opened) => Scope::sealed(facts, opened, denials),
				Err(error) if error.is_retryable() => return Err(error),
				Err(_) => Err(CustodianRefusal::RequestMismatch),
			},
		})
	}

	/// Refuses for good.
	async fn refuse(
		&self,
		id: &TicketId,
		facts: &TicketFacts,
		refusal: CustodianRefusal,
	) -> Result<Given> {
		let dealing = facts.dealing.ok_or(Error::NotHeld { ticket: *id })?;
		// Only a member has anything to say about it.
		let (_, seat) = self.seat(dealing.epoch).await?;
		let given = self.say(id, facts, dealing.epoch, Answer::Refused(refusal), None).await?;
		let refused_before = match given {
			Given::Released(_) | Given::Deleted => None,
			Given::Refused(before) => Some(before),
		};
		// Its own release may be gone with its database.
		let answers = facts.answers.filter(|answers| answers.epoch == dealing.epoch);
		let has_released = answers.is_some_and(|answers| answers.released.contains(seat));
		if refused_before.is_none() || has_released {
			let stop = Answer::Stopped(refusal);
			let said = Self::said(id, facts, dealing.epoch, stop, None);
			if self.database().stop(&said).await? {
				self.tell();
			}
		}
		Ok(Given::Refused(refused_before.unwrap_or(refusal)))
	}

	/// Keeps an answer; the one that is kept.
	async fn say(
		&self,
		id: &TicketId,
		facts: &TicketFacts,
		epoch: EpochId,
		answer: Answer,
		released: Option<&Released>,
	) -> Result<Given> {
		let said = Self::said(id, facts, epoch, answer, released);
		let given = self.database().answer(&said).await?;
		self.tell();
		Ok(given)
	}

	const fn said<'a>(
		id: &'a TicketId,
		facts: &'a TicketFacts,
		epoch: EpochId,
		answer: Answer,
		released: Option<&'a Released>,
	) -> Said<'a> {
		Said {
			ticket: id,
			opened_at: facts.ticket.opened_at,
			expires_at: facts.ticket.expires_at,
			record: &facts.ticket.record,
			grantee: &facts.ticket.grantee,
			epoch,
			answer,
			released,
			now: facts.now,
		}
	}

	async fn open_request(
		&self,
		facts: &TicketFacts,
		epoch: EpochId,
		seat: Seat,
		consent: ConsentId,
	) -> Result<OpenedRequest> {
		let document = self.sealed_request(facts, epoch, seat).await?;
		let genesis = self.inner.view.genesis();
		self.with_any_key(|secret| OpenedRequest::open(&document, secret, genesis, consent))
	}

	async fn open_reason(
		&self,
		facts: &TicketFacts,
		epoch: EpochId,
		seat: Seat,
		emergency: EmergencyId,
	) -> Result<OpenedReason> {
		let document = self.sealed_request(facts, epoch, seat).await?;
		let genesis = self.inner.view.genesis();
		self.with_any_key(|secret| OpenedReason::open(&document, secret, genesis, emergency))
	}

	/// What was asked for, as it was sealed to the custodian.
	async fn sealed_request(
		&self,
		facts: &TicketFacts,
		epoch: EpochId,
		seat: Seat,
	) -> Result<Vec<u8>> {
		let AccessRequest::Sealed { envelope, .. } = &facts.ticket.request else {
			return Err(Error::DocumentMalformed);
		};
		let bytes = read_document(&*self.inner.store, envelope).await?;
		let sealed = CommitteeDocument::from_bytes(&bytes)?;
		let document = sealed.for_seat(epoch, seat).ok_or(Error::DocumentMalformed)?;
		Ok(document.to_vec())
	}

	/// What a subject denies, as she sealed it to the custodian last or, where the committee began
	/// after that, as a custodian before it did.
	pub(super) async fn open_denials(
		&self,
		subject: &AccountId,
		root: &DenyRoot,
		epoch: EpochId,
		seat: Seat,
	) -> Result<OpenedDenials> {
		let genesis = self.inner.view.genesis();
		let open = |document: &[u8]| {
			self.with_any_key(|secret| OpenedDenials::open(document, secret, genesis, subject))
		};
		if let Some(document) = self.database().denials(subject, &root.root).await? {
			return open(&document);
		}
		let bytes = read_document(&*self.inner.store, &root.opening).await?;
		let sealed = CommitteeDocument::from_bytes(&bytes)?;
		open(sealed.for_seat(epoch, seat).ok_or(Error::DocumentMalformed)?)
	}

	/// Seals the shares that the ticket opens to its ephemeral key.
	fn seal(
		&self,
		id: &TicketId,
		facts: &TicketFacts,
		context: &DealingContext,
		held: &Held,
		scope: &Scope,
	) -> Result<Released> {
		let bytes =
			self.with_any_key(|secret| Ok(held.shares.open(secret, context, held.seat)?))?;
		let shares = StoredShares::read(&bytes)?;
		let mut segments = Vec::new();
		for facts_of_segment in held.segments.iter().filter(|segment| scope.opens(segment)) {
			let key = &facts.ticket.ephemeral_key;
			let share = shares.release(facts_of_segment.index, id, key)?;
			segments.push(ReleasedSegment::new(facts_of_segment.clone(), share));
		}
		let unsigned = Released {
			ticket: *id,
			record: context.record,
			version: context.version,
			epoch: context.epoch,
			seat: held.seat,
			segments,
			at: facts.now,
			salt: Salt(rand::random()),
			signature: self.signer().sign(&[]),
		};
		Ok(unsigned.signed(self.signer(), context.genesis))
	}

	/// Deletes what is of no use any more: what owners dealt and did not anchor within a day, the
	/// shares of epochs that are over, and what was released for tickets that have expired. The chain
	/// is asked before. What an older key of the custodian opens is sealed to its newest one.
	///
	/// # Errors
	/// When the chain cannot be asked, or the database fails.
	pub async fn tidy_up(&self) -> Result<()> {
		self.ensure_approved().await?;
		let (view, database) = (&self.inner.view, self.database());
		let serving = view.serving_epochs().await?;
		for epoch in database.epochs().await?.into_iter().filter(|epoch| !serving.contains(epoch)) {
			database.retire(epoch).await?;
		}
		// Time is the chain's: while it stands still, nothing gets old.
		let now = view.now().await?;
		if self.clock().abs_diff(now) > self.inner.settings.max_lag {
			return Ok(());
		}
		database.forget(now, now.saturating_sub(RETENTION)).await?;
		let before = now.saturating_sub(24 * HOUR);
		for waiting in database.waiting_since(before).await? {
			let dealt = view.dealing(&waiting.record, waiting.version).await?;
			let is_anchored = dealt.is_some_and(|dealt| {
				(dealt.epoch, dealt.digest) == (waiting.epoch, waiting.digest)
			});
			if is_anchored {
				database.anchored(&waiting).await?;
			} else {
				database.drop_waiting(&waiting).await?;
			}
		}
		self.rewrap().await
	}
}

/// The runtime codes that the custodian works with. The first one it ever meets is that of the chain
/// which its operator chose to serve; every other one has to be approved.
async fn approvals(
	database: &Database,
	view: &dyn FinalisedView,
	more: Vec<[u8; 32]>,
) -> Result<Vec<[u8; 32]>> {
	let known = database.setting(APPROVED).await?;
	let mut approved = match known {
		Some(bytes) => Vec::decode_all(&mut bytes.as_slice()).map_err(|_| Error::CustodyCorrupt)?,
		None => vec![view.code().await?],
	};
	approved.extend(more);
	approved.sort_unstable();
	approved.dedup();
	database.set(APPROVED, &approved.encode()).await?;
	Ok(approved)
}

#[async_trait]
impl Custodian for Member {
	async fn deposit(&self, deposit: &Deposit) -> Result<Signature> {
		self.take_deposit(deposit).await
	}

	async fn release(&self, ticket: &TicketId, from: u16) -> Result<Released> {
		match self.respond(ticket).await? {
			Given::Released(released) => Ok(released.page(from)),
			Given::Deleted => {
				let refusal = CustodianRefusal::RecordErased;
				Err(Error::ReleaseRefused { ticket: *ticket, refusal })
			},
			Given::Refused(refusal) => Err(Error::ReleaseRefused { ticket: *ticket, refusal }),
		}
	}
}

#[async_trait]
impl Peer for Member {
	async fn subdeal(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>> {
		self.deal_again(request).await
	}

	async fn take_over(&self, request: &TakeOverRequest) -> Result<TakenOver> {
		self.take(request).await
	}

	async fn mask(&self, request: &RepairRequest) -> Result<Masked> {
		self.make_masks(request).await
	}

	async fn help(&self, request: &RepairRequest) -> Result<SealedRepairShare> {
		self.give_masked(request).await
	}
}

/// Computes off the threads that serve.
pub(super) async fn blocking<T: Send + 'static>(
	work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
	tokio::task::spawn_blocking(work).await.map_err(|_| Error::Interrupted)?
}
