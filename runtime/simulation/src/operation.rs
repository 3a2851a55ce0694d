// SPDX-License-Identifier: Apache-2.0
//! What somebody tries.

use crate::{people::key, Book, People, Source};
use pallet_access::{AccessRequest, Call as Access};
use pallet_consent::{Call as Consent, SealedTerms, Terms};
use pallet_custody::Call as Custody;
use pallet_market::{Call as Market, Goods, ListingKind, OfferState, StudyPlan};
use pallet_records::{Call as Records, DataTypes};
use pallet_registry::Call as Registry;
use salus_policy::{
	Aim, Categories, Exception, Exceptions, Permission, Request, ResearchRequest, ResearchTerms,
	Terms as PolicyTerms,
};
use salus_primitives::{
	custody::{
		acknowledgement_payload, Answer, CustodianRefusal, Dealing, DealingDigest, EpochId, Seat,
	},
	Category, CohortId, Commitment, ConsentId, ContentId, DateWindow, Day, EmergencyId,
	EncryptionKey, Grantee, ListingId, Moment, MultiCodec, OfferId, PurposeOfUse, RecordId, Role,
	SaleId, SealedRequest, StudyId, TicketId, Window,
};
use salus_runtime::{
	configs::{Currency, GuardianScope},
	AccountId, Runtime, RuntimeCall, RuntimeOrigin, Signature,
};
use sp_runtime::Permill;
use std::collections::BTreeSet;

/// Who tries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
	/// Somebody who signs.
	Signed(AccountId),
	/// The whole council.
	Council,
	/// Root.
	Root,
	/// Nobody.
	Nobody,
}

impl Actor {
	/// The origin of her calls.
	pub fn origin(&self) -> RuntimeOrigin {
		match self {
			Self::Signed(who) => RuntimeOrigin::signed(who.clone()),
			Self::Council => pallet_collective::RawOrigin::<
				AccountId,
				salus_runtime::configs::CouncilCollective,
			>::Members(3, 3)
			.into(),
			Self::Root => RuntimeOrigin::root(),
			Self::Nobody => RuntimeOrigin::none(),
		}
	}

	/// Who signed.
	pub const fn account(&self) -> Option<&AccountId> {
		match self {
			Self::Signed(who) => Some(who),
			Self::Council | Self::Root | Self::Nobody => None,
		}
	}
}

/// One call, and who tries it.
#[derive(Clone, Debug)]
pub struct Operation {
	/// Who.
	pub actor: Actor,
	/// What.
	pub call: RuntimeCall,
}

const HOUR: Moment = 3_600_000;
pub(crate) const DAY: Moment = 24 * HOUR;
const UNIT: u128 = 1_000_000_000_000;

/// What a decision is made of.
pub(crate) struct Deciding<'a, 'b> {
	pub(crate) source: &'a mut Source<'b>,
	pub(crate) people: &'a People,
	pub(crate) book: &'a Book,
	pub(crate) now: Moment,
}

/// A category that everybody may read of.
fn labs() -> Categories {
	BTreeSet::from([Category::Labs]).try_into().unwrap_or_default()
}

impl Operation {
	/// Lets `source` decide. Within the state, which tells who would be right to try it; once in
	/// six times it is somebody else.
	pub fn decide(source: &mut Source<'_>, people: &People, book: &Book, now: Moment) -> Self {
		let mut deciding = Deciding { source, people, book, now };
		let story = if deciding.source.once_in(3) { deciding.story() } else { None };
		let (actor, call) = match (story, deciding.source.below(12)) {
			(Some(step), _) => step,
			(None, 0) => deciding.registry(),
			(None, 1 | 2) => deciding.records(),
			(None, 3..=5) => deciding.consent(),
			(None, 6 | 7) => deciding.access(),
			(None, 8) => deciding.custody(),
			(None, _) => deciding.market(),
		};
		let actor = if deciding.source.once_in(6) { deciding.anybody() } else { actor };
		// A guardian tries it for her ward now and then.
		if deciding.source.once_in(16) {
			if let (Actor::Signed(ward), Some(guardian)) = (&actor, people.guardians.first()) {
				let call = Registry::act_for { ward: ward.clone(), call: Box::new(call) };
				return Self { actor: Actor::Signed(guardian.clone()), call: call.into() };
			}
		}
		Self { actor, call }
	}
}

impl Deciding<'_, '_> {
	fn anybody(&mut self) -> Actor {
		match self.source.below(12) {
			0 => Actor::Council,
			1 => Actor::Root,
			2 => Actor::Nobody,
			_ => Actor::Signed(self.source.pick(&self.people.all())),
		}
	}

	pub(crate) fn of(&mut self, people: &[AccountId]) -> AccountId {
		self.source.pick(people)
	}

	pub(crate) fn patient(&mut self) -> AccountId {
		self.of(&self.people.patients.clone())
	}

	pub(crate) fn clinician(&mut self) -> AccountId {
		self.of(&self.people.clinicians.clone())
	}

	pub(crate) fn buyer(&mut self) -> AccountId {
		self.of(&self.people.researchers.clone())
	}

	pub(crate) fn commitment(&mut self) -> Commitment {
		Commitment(self.source.salt())
	}

	fn content(&mut self) -> ContentId {
		ContentId { codec: MultiCodec::Raw, digest: self.source.salt() }
	}

	pub(crate) fn key(&mut self) -> EncryptionKey {
		key(self.source.byte())
	}

	fn record(&mut self) -> RecordId {
		self.source.known(&self.book.records, RecordId([9; 32]))
	}

	fn consent_id(&mut self) -> ConsentId {
		self.source.known(&self.book.consents, ConsentId([9; 32]))
	}

	fn ticket(&mut self) -> TicketId {
		self.source.known(&self.book.tickets, TicketId([9; 32]))
	}

	fn later(&mut self) -> Moment {
		self.now + self.source.pick(&[0, HOUR, 12 * HOUR, 3 * DAY, 30 * DAY, 400 * DAY])
	}

	fn window(&mut self) -> Window {
		let from = self.source.pick(&[self.now, self.now, self.now, self.now + 2 * HOUR]);
		let for_ = self.source.pick(&[0, HOUR, DAY, 20 * DAY, 300 * DAY]);
		Window { from, until: from + for_ }
	}

	/// The owner of a record, if it has one, and otherwise a patient.
	pub(crate) fn owner(&mut self, record: &RecordId) -> Actor {
		let owner = pallet_records::Records::<Runtime>::get(record).map(|stored| stored.owner);
		Actor::Signed(owner.unwrap_or_else(|| self.patient()))
	}

	fn subject(&mut self, consent: &ConsentId) -> Actor {
		let stored = pallet_consent::Consents::<Runtime>::get(consent);
		Actor::Signed(stored.map_or_else(|| self.patient(), |stored| stored.subject))
	}

	fn grantee(&mut self, consent: &ConsentId) -> Actor {
		let stored = pallet_consent::Consents::<Runtime>::get(consent);
		Actor::Signed(match stored.map(|stored| stored.grantee) {
			Some(Grantee::Account(account)) => account,
			Some(Grantee::Role(_)) => self.buyer(),
			None => self.clinician(),
		})
	}

	fn registry(&mut self) -> (Actor, RuntimeCall) {
		let registrar = Actor::Signed(self.people.registrar.clone());
		let who = self.of(&self.people.all());
		match self.source.below(16) {
			0 => {
				let role = self.source.pick(&[Role::Patient, Role::Clinician, Role::Organisation]);
				let call = Registry::register { role, encryption_key: self.key() };
				(Actor::Signed(who), call.into())
			},
			1 => (Actor::Signed(who), Registry::rotate_key { encryption_key: self.key() }.into()),
			2 | 3 => {
				let call = Registry::verify { who, expires_at: self.now + 200 * DAY };
				(registrar, call.into())
			},
			4 if self.source.once_in(3) => (registrar, Registry::withdraw { who }.into()),
			5 => {
				let call = Registry::appoint_registrar { who, encryption_key: self.key() };
				(Actor::Council, call.into())
			},
			6 => {
				let trusted = self.source.once_in(2);
				(Actor::Council, Registry::dismiss_registrar { who, trusted }.into())
			},
			7 if self.source.once_in(4) => (Actor::Signed(who), Registry::leave {}.into()),
			8 => {
				let contacts = if self.source.once_in(2) { Some(self.content()) } else { None };
				(Actor::Signed(who), Registry::set_contacts { contacts }.into())
			},
			9 => {
				let ward = self.patient();
				let guardian = self.people.guardians[0].clone();
				let scope = self.source.pick(&[
					GuardianScope::Everything,
					GuardianScope::Records,
					GuardianScope::Consents,
				]);
				let until = self.later();
				let call =
					Registry::appoint_guardian { ward: ward.clone(), guardian, scope, until };
				(Actor::Signed(ward), call.into())
			},
			10 => {
				let ward = self.patient();
				let guardian = self.people.guardians[0].clone();
				let call = Registry::dismiss_guardian { ward: ward.clone(), guardian };
				(Actor::Signed(ward), call.into())
			},
			11 => {
				let sponsor = self.people.organisations[0].clone();
				(Actor::Signed(sponsor), Registry::fund_pool { calls: 1_000 }.into())
			},
			12 => {
				let sponsor = self.people.organisations[0].clone();
				(Actor::Signed(sponsor), Registry::reclaim_pool { calls: 10 }.into())
			},
			13 => {
				let sponsor = self.people.organisations[0].clone();
				(Actor::Signed(sponsor), Registry::admit { who }.into())
			},
			14 => {
				let sponsor = self.people.organisations[0].clone();
				(Actor::Signed(sponsor), Registry::expel { who }.into())
			},
			_ => {
				let taker = self.of(&self.people.all());
				(Actor::Signed(taker), Registry::take_over_deposit { who }.into())
			},
		}
	}

	/// A dealing to the active committee that everyone acknowledges, now and then for another
	/// version.
	fn dealing(
		&mut self,
		owner: &AccountId,
		record: RecordId,
		version: u32,
		segments: u16,
	) -> Option<Dealing<Signature>> {
		let epoch = pallet_custody::Live::<Runtime>::get().active?;
		let digest = DealingDigest(self.source.salt());
		let genesis = frame_system::BlockHash::<Runtime>::get(0).0;
		let version = if self.source.once_in(16) { version + 1 } else { version };
		let payload =
			acknowledgement_payload(genesis, epoch, owner, record, version, segments, digest);
		let acknowledgements: Vec<_> = (0..self.people.custodians.len())
			.map(|at| (Seat(at as u8), self.people.sign(at, &payload)))
			.collect();
		Some(Dealing { epoch, digest, acknowledgements: acknowledgements.try_into().ok()? })
	}

	fn records(&mut self) -> (Actor, RuntimeCall) {
		let record = self.record();
		let owner = self.owner(&record);
		let stored = pallet_records::Records::<Runtime>::get(record);
		match self.source.below(14) {
			0..=2 => {
				let (who, salt) = (self.patient(), self.source.salt());
				let (manifest, categories) = (self.commitment(), self.commitment());
				let dealing = self.dealing(&who, RecordId::derive(&who, &salt), 1, 3);
				let call = Records::anchor { salt, manifest, categories, segments: 3, dealing };
				(Actor::Signed(who), call.into())
			},
			3 => {
				let version = stored.as_ref().map_or(1, |stored| stored.version);
				let account = stored.map_or_else(|| self.patient(), |stored| stored.owner);
				let dealing = self.dealing(&account, record, version + 1, 2);
				let call = Records::revise {
					record,
					expected_version: version,
					manifest: self.commitment(),
					categories: self.commitment(),
					segments: 2,
					dealing,
				};
				(owner, call.into())
			},
			4 => (owner, Records::retire { record }.into()),
			5 => (owner, Records::restore { record }.into()),
			6 => {
				let (provider, patient) = (self.clinician(), self.patient());
				let salt = self.source.salt();
				let dealing = self.dealing(&patient, RecordId::derive(&provider, &salt), 1, 1);
				let call = Records::propose {
					owner: patient,
					salt,
					manifest: self.commitment(),
					categories: self.commitment(),
					segments: 1,
					dealing,
				};
				(Actor::Signed(provider), call.into())
			},
			7 => (owner, Records::accept { record }.into()),
			8 => (owner, Records::decline { record }.into()),
			9 => {
				let who = self.of(&self.people.all());
				(Actor::Signed(who), Records::lapse { record }.into())
			},
			10 => {
				let until = if self.source.once_in(3) { None } else { Some(self.later()) };
				(owner, Records::set_retention { record, until }.into())
			},
			11 => {
				let data_types = DataTypes(self.source.byte());
				(owner, Records::set_data_types { record, data_types }.into())
			},
			12 => {
				let who = self.of(&self.people.all());
				if self.source.once_in(2) {
					(Actor::Signed(who), Records::expire { record }.into())
				} else {
					(owner, Records::erase { record }.into())
				}
			},
			_ => {
				let who = self.of(&self.people.all());
				(Actor::Signed(who), Records::clear { record, limit: 4 }.into())
			},
		}
	}

	fn sealed(&mut self) -> SealedTerms {
		SealedTerms { commitment: self.commitment(), envelope: self.content() }
	}

	/// Exceptions from terms in the open: such as requests meet now and then, and some that nobody
	/// may make.
	fn exceptions(&mut self) -> Exceptions {
		let mut exceptions = BTreeSet::new();
		if self.source.once_in(2) {
			return Exceptions::new();
		}
		let today = Day::of(self.now);
		let trials = PurposeOfUse::ClinicalTrial;
		for _ in 0..=self.source.below(4) {
			let purpose = self.source.pick(&[
				None,
				Some(trials),
				Some(trials),
				Some(PurposeOfUse::Marketing),
				Some(PurposeOfUse::Research),
			]);
			let category = self.source.pick(&[None, None, Some(Category::Labs), None]);
			let category = if self.source.once_in(24) { Some(Category::Hiv) } else { category };
			let data = self.source.pick(&[
				DateWindow::ALL,
				DateWindow { from: None, until: Some(Day(today.0 - 1)) },
				DateWindow { from: Some(Day(today.0 + 20)), until: Some(Day(today.0 + 40)) },
				DateWindow { from: Some(Day(today.0 + 20)), until: None },
			]);
			let data = if self.source.once_in(24) {
				DateWindow { from: Some(today), until: Some(Day(today.0 - 1)) }
			} else {
				data
			};
			exceptions.insert(Exception {
				purposes: BTreeSet::from_iter(purpose).try_into().unwrap_or_default(),
				categories: BTreeSet::from_iter(category).try_into().unwrap_or_default(),
				data,
			});
		}
		exceptions.try_into().unwrap_or_default()
	}

	/// Terms, sealed or for research in the open.
	pub(crate) fn terms(&mut self, window: Window, public: bool) -> Terms {
		if !public {
			let SealedTerms { commitment, envelope } = self.sealed();
			return Terms::Sealed { commitment, envelope };
		}
		Terms::Public(PolicyTerms {
			permitted: BTreeSet::from([PurposeOfUse::Research]).try_into().unwrap_or_default(),
			exceptions: self.exceptions(),
			categories: labs(),
			act: window,
			data: DateWindow::ALL,
			research: Some(ResearchTerms {
				permission: Permission::GeneralResearch,
				clinical_care: false,
				modifiers: Default::default(),
			}),
			obligations: Default::default(),
		})
	}

	fn consent(&mut self) -> (Actor, RuntimeCall) {
		let consent = self.consent_id();
		let subject = self.subject(&consent);
		let expected_version =
			pallet_consent::Consents::<Runtime>::get(consent).map_or(1, |stored| stored.version);
		let window = self.window();
		match self.source.below(20) {
			0..=3 => {
				let public = self.source.once_in(3);
				let grantee = match (public, self.source.once_in(2)) {
					(true, true) => Grantee::Role(Role::Researcher),
					(true, false) => Grantee::Account(self.buyer()),
					(false, _) => Grantee::Account(self.clinician()),
				};
				let call = Consent::grant {
					salt: self.source.salt(),
					grantee,
					terms: self.terms(window, public),
					window,
					uses: self.source.pick(&[1, 2, 5, 0]),
					delegations: self.source.pick(&[0, 1, 3]),
				};
				(Actor::Signed(self.patient()), call.into())
			},
			4 => (subject, Consent::revoke { consent }.into()),
			5 => {
				let who = self.of(&self.people.all());
				(Actor::Signed(who), Consent::prune { consent }.into())
			},
			6 | 7 => {
				let call = Consent::request {
					subject: self.patient(),
					salt: self.source.salt(),
					terms: self.sealed(),
					window,
					uses: 2,
				};
				(Actor::Signed(self.clinician()), call.into())
			},
			8..=10 => {
				let nobody = (self.patient(), self.clinician(), consent);
				let (subject, requester, consent) = self.source.known(&self.book.requests, nobody);
				match self.source.below(3) {
					0 => (Actor::Signed(subject), Consent::approve { requester, consent }.into()),
					1 => (Actor::Signed(subject), Consent::decline { requester, consent }.into()),
					_ => (
						Actor::Signed(requester.clone()),
						Consent::withdraw_request { subject, requester }.into(),
					),
				}
			},
			11 => {
				let public = self.source.once_in(3);
				let terms = self.terms(window, public);
				let call = Consent::amend { consent, expected_version, terms, window, uses: 3 };
				(subject, call.into())
			},
			12 => {
				let until = self.later();
				(subject, Consent::renew { consent, expected_version, until, uses: 3 }.into())
			},
			13 => (subject, Consent::opt_in_retrospectively { consent, expected_version }.into()),
			14 | 15 => {
				let stored = pallet_consent::Consents::<Runtime>::get(consent);
				let public = stored
					.as_ref()
					.is_some_and(|stored| stored.terms == pallet_consent::Scope::Public);
				let window = stored.map_or(window, |stored| stored.window);
				let call = Consent::delegate {
					parent: consent,
					salt: self.source.salt(),
					grantee: self.clinician(),
					terms: self.terms(window, public),
					window,
					uses: 1,
					delegations: self.source.pick(&[0, 1, 2]),
				};
				(self.grantee(&consent), call.into())
			},
			16 => {
				let patient = self.patient();
				let version = pallet_consent::DenyRoots::<Runtime>::get(&patient)
					.map_or(0, |stored| stored.version);
				let call = Consent::set_deny_root {
					expected_version: version,
					root: self.commitment(),
					opening: self.content(),
					standing_rules: self.source.once_in(2),
					no_emergency: self.source.once_in(4),
				};
				(Actor::Signed(patient), call.into())
			},
			17 => {
				let call = Consent::claim {
					subject: self.patient(),
					salt: self.source.salt(),
					terms: self.sealed(),
					window,
					uses: 2,
				};
				(Actor::Signed(self.clinician()), call.into())
			},
			18 => {
				let record = self.record();
				let call = Consent::authorise_sale {
					salt: self.source.salt(),
					buyer: self.buyer(),
					record,
					purpose: PurposeOfUse::Research,
					until: self.now + 300 * DAY,
				};
				(self.owner(&record), call.into())
			},
			_ => {
				let sale = self.source.known(&self.book.sales, SaleId([9; 32]));
				let seller = pallet_consent::Sales::<Runtime>::get(sale).map(|sale| sale.seller);
				let seller = seller.unwrap_or_else(|| self.patient());
				if self.source.once_in(2) {
					(Actor::Signed(seller), Consent::revoke_sale { sale }.into())
				} else {
					(Actor::Signed(seller), Consent::prune_sale { sale }.into())
				}
			},
		}
	}

	pub(crate) fn sealed_request(&mut self) -> SealedRequest {
		SealedRequest { commitment: self.commitment(), envelope: self.content() }
	}

	/// A request of the kind that the consent wants, most of the time.
	fn request(&mut self, consent: &ConsentId) -> AccessRequest {
		let public = pallet_consent::PublicTerms::<Runtime>::contains_key(consent);
		if public == self.source.once_in(16) {
			let SealedRequest { commitment, envelope } = self.sealed_request();
			return AccessRequest::Sealed { commitment, envelope };
		}
		AccessRequest::Public(Request {
			purpose: self
				.source
				.pick(&[PurposeOfUse::Research, PurposeOfUse::ClinicalTrialWithCare]),
			categories: labs(),
			// Without an opt-in only what is recorded from the day of the grant on.
			data: if self.source.once_in(3) {
				DateWindow::ALL
			} else {
				DateWindow { from: Some(Day::of(self.now)), until: None }
			},
			research: Some(ResearchRequest {
				aims: BTreeSet::from([Aim::General]).try_into().unwrap_or_default(),
				..ResearchRequest::default()
			}),
		})
	}

	fn access(&mut self) -> (Actor, RuntimeCall) {
		let consent = self.consent_id();
		let ticket = self.ticket();
		let kept: Vec<_> = self
			.book
			.emergencies
			.iter()
			.copied()
			.filter(|id| pallet_access::Emergencies::<Runtime>::contains_key(id))
			.collect();
		let emergency = self.source.known(&kept, EmergencyId([9; 32]));
		let stored = pallet_access::Emergencies::<Runtime>::get(emergency);
		let parties = stored.map(|stored| (stored.clinician, stored.subject));
		let (declared_by, patient) = parties.unwrap_or_else(|| (self.clinician(), self.patient()));
		let registrar = Actor::Signed(self.people.registrar.clone());
		match self.source.below(20) {
			0..=5 => {
				// A record of the subject, if she has one.
				let subject = self.subject(&consent);
				let owned: Vec<_> = subject
					.account()
					.into_iter()
					.flat_map(pallet_records::Owned::<Runtime>::iter_key_prefix)
					.collect();
				let record = self.source.known(&owned, RecordId([9; 32]));
				let (request, ephemeral_key) = (self.request(&consent), self.key());
				let delegated = pallet_consent::Consents::<Runtime>::get(consent)
					.is_some_and(|stored| stored.depth > 0);
				let call = if delegated {
					Access::open_delegated { consent, record, request, ephemeral_key }
				} else {
					Access::open { consent, record, request, ephemeral_key }
				};
				(self.grantee(&consent), call.into())
			},
			6 => (Actor::Signed(self.clinician()), Access::close { ticket }.into()),
			7 => {
				let grantee = pallet_access::Tickets::<Runtime>::get(ticket)
					.map_or_else(|| self.clinician(), |stored| stored.grantee);
				(Actor::Signed(grantee), Access::renounce { ticket }.into())
			},
			8 | 9 => {
				let record = self.record();
				let subject = pallet_records::Records::<Runtime>::get(record)
					.map_or_else(|| self.patient(), |stored| stored.owner);
				let call = Access::declare_emergency {
					subject,
					record,
					salt: self.source.salt(),
					reason: self.sealed_request(),
					ephemeral_key: self.key(),
				};
				(Actor::Signed(self.clinician()), call.into())
			},
			10 => {
				let second = self.clinician();
				(Actor::Signed(second), Access::confirm_emergency { emergency }.into())
			},
			11 => (Actor::Signed(declared_by), Access::open_emergency { emergency }.into()),
			12 => (Actor::Signed(patient), Access::object_emergency { emergency }.into()),
			13 | 14 => {
				let justified = !self.source.once_in(3);
				(registrar, Access::review_emergency { emergency, justified }.into())
			},
			15 => {
				let who = self.of(&self.people.all());
				(Actor::Signed(who), Access::escalate_review { emergency }.into())
			},
			16 => (registrar, Access::lift_suspension { who: declared_by }.into()),
			17 => {
				let who = self.of(&self.people.all());
				(Actor::Signed(who), Access::prune_emergency { emergency }.into())
			},
			18 => {
				let entries = self.source.below(40) as u64;
				(Actor::Signed(patient), Access::review_trail { entries }.into())
			},
			_ => {
				let subject = pallet_access::Tickets::<Runtime>::get(ticket)
					.map_or(patient, |stored| stored.subject);
				(Actor::Signed(subject), Access::dispute_access { ticket }.into())
			},
		}
	}

	fn custody(&mut self) -> (Actor, RuntimeCall) {
		let custodian = Actor::Signed(self.of(&self.people.custodians.clone()));
		let active = pallet_custody::Live::<Runtime>::get().active.unwrap_or(EpochId(1));
		let (record, ticket) = (self.record(), self.ticket());
		match self.source.below(16) {
			0..=6 => {
				let answer = match self.source.below(6) {
					0 | 1 => Answer::Refused(CustodianRefusal::ConsentRevoked),
					2 => Answer::Stopped(CustodianRefusal::ConsentRevoked),
					_ => Answer::Released { receipt: self.commitment() },
				};
				let answers = vec![(ticket, answer)].try_into().unwrap_or_default();
				let receipts = self.commitment();
				(custodian, Custody::report { epoch: active, answers, receipts }.into())
			},
			7 => (custodian, Custody::mark_missed { ticket }.into()),
			8 => (custodian, Custody::prune { ticket }.into()),
			9 | 10 => {
				let records = vec![record].try_into().unwrap_or_default();
				(custodian, Custody::acknowledge_erasure { epoch: active, records }.into())
			},
			11 => (custodian, Custody::clear_erased { record, limit: 8 }.into()),
			12 => (custodian, Custody::mark_erasure_overdue { record }.into()),
			13 => {
				let consent = self.consent_id();
				let version = pallet_consent::Consents::<Runtime>::get(consent)
					.map_or(2, |stored| stored.version);
				let consents = vec![(consent, version)].try_into().unwrap_or_default();
				(custodian, Custody::acknowledge_revocations { epoch: active, consents }.into())
			},
			14 => {
				let seat = Seat(self.source.below(4) as u8);
				(Actor::Council, Custody::suspend { epoch: active, seat }.into())
			},
			_ => {
				let seat = Seat(self.source.below(4) as u8);
				if self.source.once_in(2) {
					(Actor::Council, Custody::reinstate { epoch: active, seat }.into())
				} else {
					(Actor::Council, Custody::forgive { epoch: active, seat }.into())
				}
			},
		}
	}

	/// An offer in a state that the next step wants, most of the time.
	fn offer_in(&mut self, wanted: fn(&OfferState) -> bool) -> OfferId {
		let fitting: Vec<_> = self
			.book
			.offers
			.iter()
			.copied()
			.filter(|id| {
				pallet_market::Offers::<Runtime>::get(id).is_some_and(|offer| wanted(&offer.state))
			})
			.collect();
		let known = if self.source.once_in(4) { &self.book.offers } else { &fitting };
		self.source.known(known, OfferId([9; 32]))
	}

	/// A listing, on sale most of the time.
	fn listing(&mut self) -> ListingId {
		let on_sale: Vec<_> = self
			.book
			.listings
			.iter()
			.copied()
			.filter(|id| pallet_market::Listings::<Runtime>::contains_key(id))
			.collect();
		let known = if self.source.once_in(4) { &self.book.listings } else { &on_sale };
		self.source.known(known, ListingId([9; 32]))
	}

	/// A record on sale.
	pub(crate) fn put_on_sale(&mut self, record: RecordId) -> (Actor, RuntimeCall) {
		let goods = Goods {
			kind: self.source.pick(&[ListingKind::Download, ListingKind::Compute]),
			record,
			categories: labs(),
			size: 1,
			quality: self.source.pick(&[50, 100, 101]),
			terms: self.commitment(),
		};
		let price = UNIT * self.source.pick(&[0, 1, 3, 7]) + 1;
		let (salt, asset) = (self.source.salt(), Currency::Native);
		(self.owner(&record), Market::list { salt, goods, asset, price }.into())
	}

	/// An offer for what is on sale.
	pub(crate) fn make_offer(&mut self, listing: ListingId) -> (Actor, RuntimeCall) {
		let call = Market::offer {
			listing,
			salt: self.source.salt(),
			price: UNIT * self.source.pick(&[1, 9, 9]) + 7,
			expires_at: self.now + self.source.pick(&[HOUR, 3 * DAY, 30 * DAY]),
			access_for: self.source.pick(&[HOUR, 10 * DAY]),
		};
		(Actor::Signed(self.buyer()), call.into())
	}

	/// The acceptance of an offer, or the making of the authorisation that it wants.
	pub(crate) fn take_offer(&mut self, offer: OfferId) -> RuntimeCall {
		let stored = pallet_market::Offers::<Runtime>::get(offer);
		let fits = |id: &&SaleId| {
			let sale = pallet_consent::Sales::<Runtime>::get(id);
			sale.zip(stored.as_ref()).is_some_and(|(sale, offer)| {
				sale.buyer == offer.buyer && sale.record == offer.record
			})
		};
		match (self.book.sales.iter().rev().find(fits), &stored) {
			(None, Some(offer)) => Consent::authorise_sale {
				salt: self.source.salt(),
				buyer: offer.buyer.clone(),
				record: offer.record,
				purpose: PurposeOfUse::Research,
				until: self.now + 300 * DAY,
			}
			.into(),
			(sale, _) => {
				let sale = sale.copied().unwrap_or(SaleId([9; 32]));
				Market::accept { offer, sale }.into()
			},
		}
	}

	fn market(&mut self) -> (Actor, RuntimeCall) {
		let step = self.source.below(32);
		let listing = self.listing();
		let offer = self.offer_in(match step {
			10..=12 => |state| matches!(state, OfferState::Open),
			14..=16 => |state| matches!(state, OfferState::Accepted { .. }),
			17 | 24 | 25 => |state| matches!(state, OfferState::Settled { .. }),
			19..=21 => |state| matches!(state, OfferState::Locked(_) | OfferState::Disputed { .. }),
			_ => |_| true,
		});
		let cohort = self.source.known(&self.book.cohorts, CohortId([9; 32]));
		let study = self.source.known(&self.book.studies, StudyId([9; 32]));
		let seller = pallet_market::Listings::<Runtime>::get(listing)
			.map_or_else(|| self.patient(), |stored| stored.seller);
		let stored = pallet_market::Offers::<Runtime>::get(offer);
		let (sold_by, bought_by) = stored
			.as_ref()
			.map(|stored| (stored.seller.clone(), stored.buyer.clone()))
			.unwrap_or_else(|| (self.patient(), self.buyer()));
		let anybody = Actor::Signed(self.of(&self.people.all()));
		let (seller, sold_by, bought_by) =
			(Actor::Signed(seller), Actor::Signed(sold_by), Actor::Signed(bought_by));
		let asset = Currency::Native;
		match step {
			0..=2 => {
				let record = self.record();
				self.put_on_sale(record)
			},
			3 => (seller, Market::update_price { listing, price: 2 * UNIT }.into()),
			4 => (seller, Market::unlist { listing }.into()),
			5..=8 => self.make_offer(listing),
			9 => (bought_by, Market::withdraw_offer { offer }.into()),
			10..=12 => (sold_by, self.take_offer(offer)),
			13 => (sold_by, Market::decline { offer }.into()),
			14..=16 => {
				let (request, ephemeral_key) = (self.sealed_request(), self.key());
				(bought_by, Market::open_sale { offer, request, ephemeral_key }.into())
			},
			17 => {
				let ephemeral_key = self.key();
				(bought_by, Market::redownload { offer, ephemeral_key }.into())
			},
			18 => (anybody, Market::refund { offer }.into()),
			19 => (bought_by, Market::settle { offer }.into()),
			20 => {
				let call = Market::dispute {
					offer,
					reason: pallet_market::DisputeReason::Misdescribed,
					evidence: self.commitment(),
				};
				(bought_by, call.into())
			},
			21 => {
				let to_buyer = Permill::from_percent(self.source.below(101) as u32);
				(Actor::Council, Market::resolve { offer, to_buyer }.into())
			},
			22 => (sold_by, Market::claim { asset }.into()),
			23 => (anybody, Market::claim_platform { asset }.into()),
			24 => (bought_by, Market::rate { offer, stars: 4 }.into()),
			25 => (anybody, Market::forget { offer }.into()),
			26 => {
				let call = Market::list_cohort {
					salt: self.source.salt(),
					kind: ListingKind::Download,
					asset,
					price: 10 * UNIT,
				};
				(Actor::Signed(self.people.organisations[0].clone()), call.into())
			},
			27 => (seller, Market::join_cohort { cohort, listing }.into()),
			28 => (seller, Market::leave_cohort { cohort, listing }.into()),
			29 => {
				let plan = StudyPlan {
					asset,
					budget: 10 * UNIT,
					milestones: vec![UNIT, 2 * UNIT].try_into().unwrap_or_default(),
					ethics: self.commitment(),
					terms: self.commitment(),
					criteria: self.commitment(),
					until: self.now + 100 * DAY,
				};
				let call = Market::propose_study { salt: self.source.salt(), plan };
				(Actor::Signed(self.buyer()), call.into())
			},
			30 => match self.source.below(3) {
				0 => (Actor::Council, Market::approve_study { study }.into()),
				1 => {
					let consent = self.consent_id();
					(self.subject(&consent), Market::enrol { study, consent }.into())
				},
				_ => {
					let patient = self.patient();
					let milestone = self.source.below(3) as u32;
					let call = Market::compensate { study, patient, milestone };
					(Actor::Signed(self.buyer()), call.into())
				},
			},
			_ => match self.source.below(4) {
				0 => {
					let patient = self.patient();
					let call = Market::leave_study { study, patient: patient.clone() };
					(Actor::Signed(patient), call.into())
				},
				1 => (Actor::Signed(self.buyer()), Market::close_study { study }.into()),
				2 => {
					let reason = pallet_market::TakedownReason::Identifiable;
					(Actor::Council, Market::take_down { listing, reason }.into())
				},
				_ => {
					let grounds = self.commitment();
					(seller, Market::appeal { listing, grounds }.into())
				},
			},
		}
	}
}
