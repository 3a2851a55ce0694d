// SPDX-License-Identifier: Apache-2.0
//! An owner, a grantee, three custodians, a store, and a chain that says what it is told to say.

use async_trait::async_trait;
use salus_chain::{
	AccessRequest, AccountId, Consent, ConsentState, ConsentTerms, Dealing, DealtVersion, DenyRoot,
	Sale, Signer, Ticket, TicketBasis,
};
use salus_crypto::{
	custody::{
		deal, DealingContext, HeldShares, SealedRepairShare, SealedSeatShares, ThresholdScheme,
	},
	EphemeralKey, Keystore, SecretKey, SegmentKey,
};
use salus_policy::{Exception, Request, Terms};
use salus_primitives::{
	custody::{EpochId, Seat, Seats},
	Basis, Category, ConsentId, ContentId, DateWindow, EmergencyId, Grantee, Moment, MultiCodec,
	PurposeOfUse, RecordId, Role, SaleId, Salt, TicketId, Window,
};
use salus_store::{LocalStore, Store};
use salus_worker::{
	clock::ManualClock,
	committee::{Committee, Directory, ReleasedKeys},
	custodian::{
		CommitteeMember, Custodian, Deposit, FinalisedView, Masked, Member, Outstanding, Peer,
		RepairRequest, Roster, SegmentFacts, Settings, Setup, SubdealRequest, Subdealt,
		TakeOverRequest, TakenOver, TicketFacts, UnsignedDeposit, UnsignedFacts,
	},
	sharing::{
		EmergencyReason, OpenedDenials, OpenedReason, OpenedRequest, OpenedTerms, StandingRule,
	},
	Error, Result,
};
use sqlx::{sqlite::SqliteConnectOptions, SqlitePool};
use std::{
	collections::{BTreeMap, BTreeSet},
	path::PathBuf,
	sync::{Arc, Mutex},
};
use tempfile::TempDir;

pub(crate) const GENESIS: [u8; 32] = [9; 32];
pub(crate) const CODE: [u8; 32] = [1; 32];
pub(crate) const EPOCH: EpochId = EpochId(4);
pub(crate) const NOW: Moment = 1_800_000_000_000;
const HOUR: Moment = 3_600_000;
const RECORD_SALT: Salt = Salt([5; 32]);
pub(crate) const CONSENT: ConsentId = ConsentId([6; 32]);
pub(crate) const SALE: SaleId = SaleId([3; 32]);
/// Who sits where in the committee that comes after: custodians by number.
pub(crate) const NEXT: [u8; 5] = [1, 3, 4, 5, 0];
/// What the segments of the record hold.
pub(crate) const SEGMENTS: [Category; 3] = [Category::Labs, Category::Vitals, Category::Original];

/// What the chain says.
pub(crate) struct Chain {
	pub(crate) now: Moment,
	pub(crate) code: [u8; 32],
	pub(crate) roster: Option<Roster>,
	/// The committee after it.
	pub(crate) next: Option<Roster>,
	pub(crate) owner: AccountId,
	/// Whether the owner takes part in the network.
	pub(crate) is_registered: bool,
	pub(crate) denials: Option<DenyRoot>,
	pub(crate) outstanding: Outstanding,
	pub(crate) dealings: BTreeMap<(RecordId, u32), DealtVersion>,
	pub(crate) tickets: BTreeMap<TicketId, TicketFacts>,
	pub(crate) erased: BTreeSet<RecordId>,
	/// The most items of one call.
	pub(crate) batch: u32,
}

#[derive(Clone)]
pub(crate) struct View(pub(crate) Arc<Mutex<Chain>>);

#[async_trait]
impl FinalisedView for View {
	fn genesis(&self) -> [u8; 32] {
		GENESIS
	}

	async fn now(&self) -> Result<Moment> {
		Ok(self.0.lock().unwrap().now)
	}

	async fn code(&self) -> Result<[u8; 32]> {
		Ok(self.0.lock().unwrap().code)
	}

	async fn active_committee(&self) -> Result<Option<Roster>> {
		Ok(self.committees().into_iter().find(|roster| roster.is_active))
	}

	async fn committee(&self, epoch: EpochId) -> Result<Option<Roster>> {
		Ok(self.committees().into_iter().find(|roster| roster.epoch == epoch))
	}

	async fn ticket(&self, ticket: &TicketId) -> Result<Option<TicketFacts>> {
		Ok(self.0.lock().unwrap().tickets.get(ticket).cloned())
	}

	async fn dealing(&self, record: &RecordId, version: u32) -> Result<Option<DealtVersion>> {
		Ok(self.0.lock().unwrap().dealings.get(&(*record, version)).copied())
	}

	async fn is_erased(&self, record: &RecordId) -> Result<bool> {
		Ok(self.0.lock().unwrap().erased.contains(record))
	}

	async fn owner(&self, _: &RecordId) -> Result<Option<AccountId>> {
		Ok(Some(self.0.lock().unwrap().owner))
	}

	async fn is_registered(&self, _: &AccountId) -> Result<bool> {
		Ok(self.0.lock().unwrap().is_registered)
	}

	async fn denials(&self, _: &AccountId) -> Result<Option<DenyRoot>> {
		Ok(self.0.lock().unwrap().denials)
	}

	async fn serving_epochs(&self) -> Result<Vec<EpochId>> {
		Ok(self.committees().iter().map(|roster| roster.epoch).collect())
	}

	async fn dealings_of(&self, epoch: EpochId) -> Result<Vec<(RecordId, u32, u16)>> {
		let chain = self.0.lock().unwrap();
		let dealings = chain.dealings.iter().filter(|(_, dealt)| dealt.epoch == epoch);
		Ok(dealings.map(|((record, version), dealt)| (*record, *version, dealt.segments)).collect())
	}

	async fn outstanding(&self, _: &AccountId) -> Result<Outstanding> {
		Ok(self.0.lock().unwrap().outstanding.clone())
	}

	async fn batch(&self) -> Result<u32> {
		Ok(self.0.lock().unwrap().batch)
	}
}

impl View {
	/// Those that serve: what is over is not among them.
	fn committees(&self) -> Vec<Roster> {
		let chain = self.0.lock().unwrap();
		chain.roster.iter().chain(&chain.next).cloned().collect()
	}
}

/// The most items of one call: few, so that there are many calls.
pub(crate) const BATCH: u32 = 4;

/// How custodians reach each other: whoever is in it.
#[derive(Clone, Default)]
pub(crate) struct Wires(Arc<Mutex<BTreeMap<AccountId, Arc<dyn Peer>>>>);

impl Wires {
	/// Puts `peer` at the end of the wire to a custodian, or cuts it.
	pub(crate) fn connect(&self, account: AccountId, peer: Option<Arc<dyn Peer>>) {
		let mut wires = self.0.lock().unwrap();
		match peer {
			Some(peer) => wires.insert(account, peer),
			None => wires.remove(&account),
		};
	}
}

struct Wire(AccountId, Wires);

impl Wire {
	fn end(&self) -> Result<Arc<dyn Peer>> {
		let found = self.1 .0.lock().unwrap().get(&self.0).cloned();
		found.ok_or(Error::CustodianNotListed { custodian: self.0 })
	}
}

#[async_trait]
impl Peer for Wire {
	async fn subdeal(&self, request: &SubdealRequest) -> Result<Vec<Subdealt>> {
		self.end()?.subdeal(request).await
	}

	async fn take_over(&self, request: &TakeOverRequest) -> Result<TakenOver> {
		self.end()?.take_over(request).await
	}

	async fn mask(&self, request: &RepairRequest) -> Result<Masked> {
		self.end()?.mask(request).await
	}

	async fn help(&self, request: &RepairRequest) -> Result<SealedRepairShare> {
		self.end()?.help(request).await
	}
}

pub(crate) struct World {
	pub(crate) view: View,
	pub(crate) store: Arc<dyn Store>,
	pub(crate) owner: Signer,
	pub(crate) grantee: Signer,
	pub(crate) clock: ManualClock,
	pub(crate) members: Vec<Arc<Member>>,
	pub(crate) wires: Wires,
	pub(crate) record: RecordId,
	/// What is dealt: of each segment the category, the range and the bytes of ciphertext.
	pub(crate) segments: Vec<(Category, u16, u64)>,
	directory: TempDir,
}

pub(crate) fn signer(name: &str) -> Signer {
	Signer::from_uri(&format!("//{name}")).unwrap()
}

pub(crate) fn secret(seat: u8) -> SecretKey {
	SecretKey::from_bytes(salus_primitives::Suite::X25519, &[seat + 1; 32]).unwrap()
}

pub(crate) fn keys(seat: u8) -> Keystore {
	let mut keys = Keystore::new();
	keys.add_encryption_key(secret(seat)).unwrap();
	keys
}

pub(crate) fn custodian(seat: u8) -> Signer {
	signer(&format!("Custodian{seat}"))
}

pub(crate) fn roster() -> Roster {
	let members = (0..3).map(|seat| CommitteeMember {
		seat: Seat(seat),
		account: custodian(seat).account(),
		key: Some(secret(seat).public().unwrap()),
		is_suspended: false,
	});
	Roster {
		epoch: EPOCH,
		scheme: ThresholdScheme::new(2, 3).unwrap(),
		quorum: 3,
		is_active: true,
		members: members.collect(),
	}
}

impl World {
	pub(crate) async fn new() -> Self {
		let directory = tempfile::tempdir().unwrap();
		let store = LocalStore::open(directory.path().join("blocks.redb")).await.unwrap();
		let owner = signer("Patient");
		let chain = Chain {
			now: NOW,
			code: CODE,
			roster: Some(roster()),
			next: None,
			owner: owner.account(),
			is_registered: true,
			denials: None,
			outstanding: Outstanding::default(),
			dealings: BTreeMap::new(),
			tickets: BTreeMap::new(),
			erased: BTreeSet::new(),
			batch: BATCH,
		};
		let now = jiff::Timestamp::from_millisecond(i64::try_from(NOW).unwrap()).unwrap();
		let mut world = Self {
			view: View(Arc::new(Mutex::new(chain))),
			store: Arc::new(store),
			record: RecordId::derive(&owner.account(), &RECORD_SALT.0),
			owner,
			grantee: signer("ClinicianOne"),
			clock: ManualClock::new(now),
			members: Vec::new(),
			wires: Wires::default(),
			segments: SEGMENTS.map(|category| (category, 0, 4096)).to_vec(),
			directory,
		};
		world.join(0..3).await;
		world
	}

	/// Starts these custodians.
	pub(crate) async fn join(&mut self, custodians: std::ops::Range<u8>) {
		for custodian in custodians {
			let member = Arc::new(self.start(custodian, Settings::default()).await.unwrap());
			self.wires.connect(member.account(), Some(Arc::clone(&member) as Arc<dyn Peer>));
			self.members.push(member);
		}
	}

	/// A committee of five after that of three, two of whom stay on in other seats; three open a key.
	/// The first drains.
	pub(crate) async fn succeed(&mut self) -> Roster {
		self.join(3..6).await;
		let members = (0..).zip(NEXT).map(|(seat, index)| CommitteeMember {
			seat: Seat(seat),
			account: custodian(index).account(),
			key: Some(secret(index).public().unwrap()),
			is_suspended: false,
		});
		let next = Roster {
			epoch: EPOCH.next().unwrap(),
			scheme: ThresholdScheme::new(3, 5).unwrap(),
			quorum: 4,
			is_active: true,
			members: members.collect(),
		};
		let mut chain = self.view.0.lock().unwrap();
		chain.roster.as_mut().unwrap().is_active = false;
		chain.next = Some(next.clone());
		next
	}

	pub(crate) fn path(&self, seat: u8) -> PathBuf {
		self.directory.path().join(format!("custodian-{seat}")).join("custody.sqlite")
	}

	/// What a custodian keeps.
	pub(crate) async fn database(&self, seat: u8) -> SqlitePool {
		let options = SqliteConnectOptions::new().filename(self.path(seat));
		SqlitePool::connect_with(options).await.unwrap()
	}

	/// How many dealings it holds.
	pub(crate) async fn held(&self, seat: u8) -> i64 {
		let query = sqlx::query_scalar("SELECT count(*) FROM dealings");
		query.fetch_one(&self.database(seat).await).await.unwrap()
	}

	/// How many dealings of an epoch it holds.
	pub(crate) async fn held_in(&self, seat: u8, epoch: EpochId) -> i64 {
		let query = sqlx::query_scalar("SELECT count(*) FROM dealings WHERE epoch = ?1");
		query.bind(epoch.0).fetch_one(&self.database(seat).await).await.unwrap()
	}

	/// A custodian as it comes up, with whatever it kept.
	pub(crate) async fn start(&self, seat: u8, settings: Settings) -> Result<Member> {
		self.start_with(seat, settings, keys(seat)).await
	}

	/// The same with other keys than the usual.
	pub(crate) async fn start_with(
		&self,
		seat: u8,
		settings: Settings,
		keys: Keystore,
	) -> Result<Member> {
		let peers = (0..6).map(|index| {
			let account = custodian(index).account();
			(account, Arc::new(Wire(account, self.wires.clone())) as Arc<dyn Peer>)
		});
		let setup = Setup {
			view: Arc::new(self.view.clone()),
			store: Arc::clone(&self.store),
			peers: peers.collect(),
			signer: custodian(seat),
			keys,
			settings,
			approve: Vec::new(),
			clock: Arc::new(self.clock.clone()),
		};
		Member::open(&self.path(seat), setup).await
	}

	/// The committee with these custodians in place of some of its own.
	pub(crate) fn committee_with(
		&self,
		others: impl IntoIterator<Item = (u8, Option<Arc<dyn Custodian>>)>,
	) -> Committee {
		let mut directory = Directory::new();
		for (seat, member) in (0u8..).zip(&self.members) {
			directory.insert(custodian(seat).account(), Arc::clone(member) as Arc<dyn Custodian>);
		}
		for (seat, other) in others {
			match other {
				Some(other) => directory.insert(custodian(seat).account(), other),
				None => directory.remove(&custodian(seat).account()),
			};
		}
		Committee::new(Arc::new(self.view.clone()), directory)
	}

	pub(crate) fn committee(&self) -> Committee {
		self.committee_with([])
	}

	/// The deposits of the record's first version, and the keys in them.
	pub(crate) fn deposits(&self) -> (Vec<Deposit>, Vec<SegmentKey>) {
		self.deposits_of(RECORD_SALT)
	}

	/// What a dealing of the first committee is bound to.
	fn context(&self, record: RecordId) -> DealingContext {
		DealingContext {
			genesis: GENESIS,
			epoch: EPOCH,
			scheme: self.scheme(),
			record,
			version: 1,
			segments: self.segments.len().try_into().unwrap(),
		}
	}

	/// What the owner says of the segments of a record.
	pub(crate) fn facts(&self, record: RecordId) -> Vec<SegmentFacts> {
		let facts = (0u16..).zip(&self.segments).map(|(index, &(category, range, size))| {
			let content = ContentId { codec: MultiCodec::Raw, digest: [index as u8; 32] };
			let dates = DateWindow::ALL;
			let facts = UnsignedFacts { index, category, dates, range, content, size };
			facts.sign(&self.owner, GENESIS, record, 1)
		});
		facts.collect()
	}

	fn deposits_of(&self, record_salt: Salt) -> (Vec<Deposit>, Vec<SegmentKey>) {
		let record = RecordId::derive(&self.owner.account(), &record_salt.0);
		let dealing = deal(self.context(record)).unwrap();
		let segments = self.facts(record);
		let roster = roster();
		let deposits = dealing.shares().iter().zip(&roster.members).map(|(shares, member)| {
			let unsigned = UnsignedDeposit {
				record_salt,
				version: 1,
				epoch: EPOCH,
				digest: dealing.digest(),
				segments: segments.clone(),
				seat: member.seat,
				shares: shares.seal(member.key.as_ref().unwrap()).unwrap(),
			};
			unsigned.sign(&self.owner, GENESIS)
		});
		(deposits.collect(), dealing.keys().to_vec())
	}

	/// Deals the record, and lets the chain have it.
	pub(crate) async fn deal(&self) -> (Dealing, Vec<SegmentKey>) {
		let (deposits, keys) = self.deposits();
		let dealing = self.committee().deal(&roster(), &deposits).await.unwrap();
		self.anchor(&dealing);
		(dealing, keys)
	}

	/// Deals the records with these numbers, besides the one, and lets the chain have them.
	pub(crate) async fn deal_many(&self, numbers: std::ops::Range<usize>) -> Vec<RecordId> {
		let mut records = Vec::new();
		for number in numbers {
			let mut salt = Salt([100; 32]);
			salt.0[..8].copy_from_slice(&number.to_le_bytes());
			let record = RecordId::derive(&self.owner.account(), &salt.0);
			let (deposits, _) = self.deposits_of(salt);
			let dealing = self.committee().deal(&roster(), &deposits).await.unwrap();
			self.anchor_as(record, &dealing);
			records.push(record);
		}
		records
	}

	/// The shares of the record that a custodian of the first committee has.
	pub(crate) async fn shares(&self, seat: u8) -> HeldShares {
		let sealed: Vec<u8> = sqlx::query_scalar("SELECT shares FROM dealings WHERE record = ?1")
			.bind(self.record.as_ref())
			.fetch_one(&self.database(seat).await)
			.await
			.unwrap();
		let sealed = SealedSeatShares::from_bytes(&sealed).unwrap();
		let opened = sealed.open(&secret(seat), &self.context(self.record), Seat(seat)).unwrap();
		HeldShares::restore(&opened).unwrap()
	}

	/// The committee as the chain has it.
	pub(crate) fn roster(&self) -> Roster {
		self.view.0.lock().unwrap().roster.clone().unwrap()
	}

	pub(crate) fn scheme(&self) -> ThresholdScheme {
		roster().scheme
	}

	pub(crate) fn anchor(&self, dealing: &Dealing) {
		self.anchor_as(self.record, dealing);
	}

	fn anchor_as(&self, record: RecordId, dealing: &Dealing) {
		let dealt = DealtVersion {
			epoch: dealing.epoch,
			digest: dealing.digest,
			segments: self.segments.len().try_into().unwrap(),
			acknowledged: Seats::all(3),
			contested: false,
		};
		self.view.0.lock().unwrap().dealings.insert((record, 1), dealt);
	}

	/// A sealed request as a grantee makes it, and a ticket for it under the consent of `terms`.
	pub(crate) async fn ticket(&self, terms: Terms, request: Request) -> Opened {
		let opened = OpenedTerms { terms, salt: Salt([7; 32]) };
		let commitment = opened.commitment();
		let request = OpenedRequest { request, salt: Salt([8; 32]), terms: vec![opened] };
		let sealed = request.seal(&self.view.committees(), GENESIS, CONSENT).unwrap();
		let stored = self.store.put(&mut sealed.to_bytes().as_slice()).await.unwrap();
		let asked = AccessRequest::Sealed { commitment: request.commitment(), envelope: stored.id };
		let terms = ConsentTerms::Sealed { commitment, envelope: stored.id };
		self.ticket_of(asked, terms)
	}

	/// A ticket for this request.
	pub(crate) fn ticket_of(&self, request: AccessRequest, terms: ConsentTerms) -> Opened {
		let ephemeral = EphemeralKey::generate().unwrap();
		let id = TicketId::derive(&CONSENT, &self.record, ephemeral.public().public());
		let consent = Consent {
			subject: self.owner.account(),
			grantee: Grantee::Account(self.grantee.account()),
			terms,
			window: Window { from: NOW - HOUR, until: NOW + 24 * HOUR },
			uses_left: 4,
			state: ConsentState::Active,
			version: 1,
			parent: None,
			basis: Basis::Granted,
		};
		let ticket = Ticket {
			basis: TicketBasis::Consent { consent: CONSENT, version: 1 },
			record: self.record,
			record_version: 1,
			grantee: self.grantee.account(),
			subject: self.owner.account(),
			request,
			ephemeral_key: ephemeral.public().clone(),
			opened_at: NOW,
			expires_at: NOW + HOUR,
			delivered_at: None,
		};
		let mut chain = self.view.0.lock().unwrap();
		let facts = TicketFacts {
			now: NOW,
			code: CODE,
			consents: vec![(CONSENT, consent)],
			is_rooted: true,
			emergency_stands: false,
			sale: None,
			denials: None,
			grantee_role: Some(Role::Clinician),
			grantee_in_good_standing: true,
			is_openable: true,
			is_erased: false,
			dealing: chain.dealings.get(&(self.record, 1)).copied(),
			answers: None,
			is_being_revoked: false,
			ticket,
		};
		chain.tickets.insert(id, facts);
		Opened { id, ephemeral }
	}

	/// A ticket of an emergency in which a clinician reads these categories.
	pub(crate) async fn emergency(&self, purpose: PurposeOfUse, categories: &[Category]) -> Opened {
		let emergency = EmergencyId([4; 32]);
		let request = request(purpose, categories);
		let reason = EmergencyReason::Unconscious;
		let opened = OpenedReason { reason, request, salt: Salt([8; 32]) };
		let sealed = opened.seal(&self.view.committees(), GENESIS, emergency).unwrap();
		let stored = self.store.put(&mut sealed.to_bytes().as_slice()).await.unwrap();
		let (commitment, envelope) = (opened.commitment(), stored.id);
		let asked = AccessRequest::Sealed { commitment, envelope };
		let ticket = self.ticket_of(asked, ConsentTerms::Sealed { commitment, envelope });
		self.change(&ticket, |facts| {
			facts.ticket.basis = TicketBasis::Emergency { emergency };
			facts.consents.clear();
			facts.emergency_stands = true;
		});
		ticket
	}

	/// A ticket of who bought the record for research, with this request.
	pub(crate) async fn purchase(&self, request: Request) -> Opened {
		self.purchase_of(OpenedRequest { request, salt: Salt([8; 32]), terms: Vec::new() }).await
	}

	/// The same with whatever is sealed to the custodians.
	pub(crate) async fn purchase_of(&self, opened: OpenedRequest) -> Opened {
		let place = ConsentId(SALE.0);
		let sealed = opened.seal(&self.view.committees(), GENESIS, place).unwrap();
		let stored = self.store.put(&mut sealed.to_bytes().as_slice()).await.unwrap();
		let (commitment, envelope) = (opened.commitment(), stored.id);
		let asked = AccessRequest::Sealed { commitment, envelope };
		let ticket = self.ticket_of(asked, ConsentTerms::Sealed { commitment, envelope });
		let sale = Sale {
			seller: self.owner.account(),
			buyer: self.grantee.account(),
			record: self.record,
			purpose: PurposeOfUse::Research,
			until: NOW + 24 * HOUR,
			revoked: false,
		};
		self.change(&ticket, |facts| {
			facts.ticket.basis = TicketBasis::Sale { sale: SALE };
			facts.consents.clear();
			facts.sale = Some(sale);
		});
		ticket
	}

	/// What somebody denies, sealed to the committee.
	pub(crate) async fn denials(&self, subject: &Signer, denials: Vec<Exception>) -> DenyRoot {
		self.denials_and_rules(subject, denials, Vec::new()).await
	}

	/// The same with what she approves as a rule.
	pub(crate) async fn denials_and_rules(
		&self,
		subject: &Signer,
		denials: Vec<Exception>,
		rules: Vec<StandingRule>,
	) -> DenyRoot {
		let rules_since = (!rules.is_empty()).then_some(1);
		let opened = OpenedDenials { denials, rules, salt: Salt(rand::random()) };
		let sealed = opened.seal(&[self.roster()], GENESIS, &subject.account()).unwrap();
		let stored = self.store.put(&mut sealed.to_bytes().as_slice()).await.unwrap();
		let (root, opening) = (opened.commitment(), stored.id);
		DenyRoot { version: 1, root, opening, rules_since, no_emergency: false }
	}

	/// Changes what the chain says about a ticket.
	pub(crate) fn change(&self, ticket: &Opened, change: impl FnOnce(&mut TicketFacts)) {
		let mut chain = self.view.0.lock().unwrap();
		change(chain.tickets.get_mut(&ticket.id).unwrap());
	}

	pub(crate) async fn release(&self, ticket: &Opened) -> Result<ReleasedKeys> {
		self.committee().release(&ticket.id, &ticket.ephemeral, 0).await
	}
}

/// A ticket, and the key that only its holder has.
pub(crate) struct Opened {
	pub(crate) id: TicketId,
	pub(crate) ephemeral: EphemeralKey,
}

fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
	S::try_from(items.into_iter().collect()).unwrap_or_else(|_| panic!("too many items"))
}

/// Terms that permit these categories for treatment.
pub(crate) fn terms(categories: &[Category]) -> Terms {
	Terms {
		permitted: set([PurposeOfUse::Treatment]),
		exceptions: Default::default(),
		categories: set(categories.iter().copied()),
		act: Window { from: NOW - HOUR, until: NOW + 24 * HOUR },
		data: DateWindow::ALL,
		research: None,
		obligations: Default::default(),
	}
}

pub(crate) fn request(purpose: PurposeOfUse, categories: &[Category]) -> Request {
	Request {
		purpose,
		categories: set(categories.iter().copied()),
		data: DateWindow::ALL,
		research: None,
	}
}

/// A request for laboratory results under terms that permit them, and vitals.
pub(crate) async fn labs(world: &World) -> Opened {
	let terms = terms(&[Category::Labs, Category::Vitals]);
	world.ticket(terms, request(PurposeOfUse::Treatment, &[Category::Labs])).await
}
