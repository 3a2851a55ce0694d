// SPDX-License-Identifier: Apache-2.0
//! Every call of the domain pallets, tried by everybody, under a consent in every state. What comes of
//! it is the table in `docs/permissions.md`: a change of who may do what is a change of that file.
//!
//! `SALUS_UPDATE_PERMISSIONS=1` writes it.

use frame_support::{
	storage::{with_transaction, TransactionOutcome},
	traits::GetCallMetadata,
};
use pallet_access::{AccessRequest, Call as Access};
use pallet_audit::Call as Audit;
use pallet_consent::{Call as Consent, SealedTerms, Terms};
use pallet_custody::Call as Custody;
use pallet_market::{
	Call as Market, DisputeReason, Goods, ListingKind, StudyPlan, StudyPlanOf, TakedownReason,
};
use pallet_records::{Call as Records, DataTypes};
use pallet_registry::Call as Registry;
use salus_primitives::{
	batch::BatchRoot,
	custody::{Answer, EpochId, Seat},
	Category, CohortId, Commitment, ConsentId, ContentId, EmergencyId, EncryptionKey, Grantee,
	ListingId, Moment, MultiCodec, OfferId, PurposeOfUse, RecordId, Role, SaleId, SealedRequest,
	StudyId, Suite, TicketId, Window,
};
use salus_runtime::{
	configs::{Currency, GuardianScope},
	AccountId, Runtime, RuntimeCall, RuntimeOrigin,
};
use salus_simulation::{Actor, World};
use sp_runtime::{traits::Dispatchable, DispatchError, DispatchResult, Permill};
use std::{collections::BTreeSet, fmt::Write as _, fs, path::PathBuf};

const HOUR: Moment = 3_600_000;
const DAY: Moment = 24 * HOUR;
const UNIT: u128 = 1_000_000_000_000;

/// A consent in a state, or a state of things that has nothing to do with consents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
	Active,
	NotYetValid,
	Expired,
	Spent,
	Revoked,
	Unknown,
}

const STATES: [State; 6] = [
	State::Active,
	State::NotYetValid,
	State::Expired,
	State::Spent,
	State::Revoked,
	State::Unknown,
];

/// Everything that the calls name.
struct Scene {
	subject: AccountId,
	clinician: AccountId,
	buyer: AccountId,
	record: RecordId,
	proposed: RecordId,
	consents: [ConsentId; 6],
	ticket: TicketId,
	emergency: EmergencyId,
	requested: ConsentId,
	sale: SaleId,
	listing: ListingId,
	offer: OfferId,
	cohort: CohortId,
	/// Waits for its approval.
	proposed_study: StudyId,
	study: StudyId,
	now: Moment,
}

fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte; 32]).unwrap()
}

const CONTENT: ContentId = ContentId { codec: MultiCodec::Raw, digest: [5; 32] };
const SEALED: SealedTerms = SealedTerms { commitment: Commitment([4; 32]), envelope: CONTENT };
const REQUEST: SealedRequest = SealedRequest { commitment: Commitment([6; 32]), envelope: CONTENT };

fn terms() -> Terms {
	Terms::Sealed { commitment: SEALED.commitment, envelope: SEALED.envelope }
}

fn request() -> AccessRequest {
	AccessRequest::Sealed { commitment: REQUEST.commitment, envelope: REQUEST.envelope }
}

fn anchor(salt: u8) -> RuntimeCall {
	Records::anchor {
		salt: [salt; 32],
		manifest: Commitment([1; 32]),
		categories: Commitment([2; 32]),
		segments: 1,
		dealing: None,
	}
	.into()
}

fn goods(record: RecordId) -> Goods {
	Goods {
		kind: ListingKind::Download,
		record,
		categories: BTreeSet::from([Category::Labs]).try_into().unwrap(),
		size: 1,
		quality: 1,
		terms: Commitment([1; 32]),
	}
}

fn plan(now: Moment) -> StudyPlanOf<Runtime> {
	StudyPlan {
		asset: Currency::Native,
		budget: 10 * UNIT,
		milestones: vec![UNIT].try_into().unwrap(),
		ethics: Commitment([1; 32]),
		terms: Commitment([2; 32]),
		criteria: Commitment([3; 32]),
		until: now + 100 * DAY,
	}
}

/// Everything that the calls name, made by whom it is for.
fn scene(world: &mut World) -> Scene {
	let people = world.people().clone();
	let subject = people.patients[0].clone();
	let clinician = people.clinicians[0].clone();
	let buyer = people.researchers[0].clone();
	let ok = |result: DispatchResult| result.unwrap();
	ok(world.sign(&subject, anchor(1)));
	ok(world.sign(&subject, anchor(2)));
	let record = RecordId::derive(&subject, &[1; 32]);
	let on_sale = RecordId::derive(&subject, &[2; 32]);
	ok(world.sign(
		&clinician,
		Records::propose {
			owner: subject.clone(),
			salt: [3; 32],
			manifest: Commitment([1; 32]),
			categories: Commitment([2; 32]),
			segments: 1,
			dealing: None,
		},
	));
	let mut consents = [ConsentId([0; 32]); 6];
	for (number, state) in STATES.into_iter().enumerate() {
		let now = world.now();
		let window = match state {
			State::NotYetValid => Window { from: now + 100 * DAY, until: now + 200 * DAY },
			State::Expired => Window { from: now, until: now + HOUR },
			_ => Window { from: now, until: now + 200 * DAY },
		};
		let salt = [10 + number as u8; 32];
		consents[number] = ConsentId::derive(&subject, &salt);
		if state == State::Unknown {
			continue;
		}
		let grantee = Grantee::Account(clinician.clone());
		let uses = if state == State::Spent { 1 } else { 9 };
		let call = Consent::grant { salt, grantee, terms: terms(), window, uses, delegations: 1 };
		ok(world.sign(&subject, call));
		let consent = consents[number];
		match state {
			State::Revoked => ok(world.sign(&subject, Consent::revoke { consent })),
			State::Active | State::Spent => {
				let ephemeral_key = key(7);
				ok(world.sign(
					&clinician,
					Access::open { consent, record, request: request(), ephemeral_key },
				));
			},
			_ => {},
		}
	}
	let ticket = world.book().tickets[0];
	let (until, requester) = (world.now() + DAY, people.clinicians[1].clone());
	ok(world.sign(
		&requester,
		Consent::request {
			subject: subject.clone(),
			salt: [20; 32],
			terms: SEALED,
			window: Window { from: world.now(), until },
			uses: 1,
		},
	));
	ok(world.sign(
		&clinician,
		Access::declare_emergency {
			subject: subject.clone(),
			record,
			salt: [21; 32],
			reason: REQUEST,
			ephemeral_key: key(8),
		},
	));
	ok(world.sign(
		&subject,
		Market::list {
			salt: [22; 32],
			goods: goods(on_sale),
			asset: Currency::Native,
			price: 2 * UNIT,
		},
	));
	let listing = world.book().listings[0];
	ok(world.sign(
		&buyer,
		Market::offer {
			listing,
			salt: [23; 32],
			price: 2 * UNIT,
			expires_at: world.now() + DAY,
			access_for: HOUR,
		},
	));
	ok(world.sign(
		&subject,
		Consent::authorise_sale {
			salt: [24; 32],
			buyer: buyer.clone(),
			record: on_sale,
			purpose: PurposeOfUse::Research,
			until: world.now() + 100 * DAY,
		},
	));
	let curator = people.organisations[0].clone();
	ok(world.sign(
		&curator,
		Market::list_cohort {
			salt: [25; 32],
			kind: ListingKind::Download,
			asset: Currency::Native,
			price: 2 * UNIT,
		},
	));
	for salt in [26, 27] {
		let plan = plan(world.now());
		ok(world.sign(&buyer, Market::propose_study { salt: [salt; 32], plan }));
	}
	let studies = world.book().studies.clone();
	ok(world.resolve(Market::approve_study { study: studies[1] }));
	world.next_block(2 * HOUR);
	Scene {
		subject,
		clinician,
		buyer,
		record,
		proposed: RecordId::derive(&people.clinicians[0], &[3; 32]),
		consents,
		ticket,
		emergency: world.book().emergencies[0],
		requested: world.book().requests[0].2,
		sale: world.book().sales[0],
		listing,
		offer: world.book().offers[0],
		cohort: world.book().cohorts[0],
		proposed_study: studies[0],
		study: studies[1],
		now: world.now(),
	}
}

/// Who tries it, with the head of her column.
fn actors(world: &World) -> Vec<(&'static str, Actor)> {
	let people = world.people();
	let signed = |who: &AccountId| Actor::Signed(who.clone());
	vec![
		("subject", signed(&people.patients[0])),
		("other patient", signed(&people.patients[1])),
		("guardian", signed(&people.guardians[0])),
		("grantee", signed(&people.clinicians[0])),
		("other clinician", signed(&people.clinicians[1])),
		("unverified", signed(&people.clinicians[2])),
		("hospital", signed(&people.organisations[0])),
		("researcher", signed(&people.researchers[0])),
		("registrar", signed(&people.registrar)),
		("custodian", signed(&people.custodians[0])),
		("stranger", signed(&people.stranger)),
		("council", Actor::Council),
		("root", Actor::Root),
		("nobody", Actor::Nobody),
	]
}

/// The calls that name a consent.
fn under_consent(scene: &Scene, state: State) -> Vec<(&'static str, RuntimeCall)> {
	let consent = scene.consents[STATES.iter().position(|other| *other == state).unwrap()];
	let record = scene.record;
	let version = if state == State::Revoked { 2 } else { 1 };
	let window = Window { from: scene.now, until: scene.now + DAY };
	let part = Window { from: scene.now, until: scene.now + HOUR };
	vec![
		(
			"access.open",
			Access::open { consent, record, request: request(), ephemeral_key: key(9) }.into(),
		),
		(
			"access.open_delegated",
			Access::open_delegated { consent, record, request: request(), ephemeral_key: key(9) }
				.into(),
		),
		("consent.revoke", Consent::revoke { consent }.into()),
		(
			"consent.amend",
			Consent::amend { consent, expected_version: version, terms: terms(), window, uses: 2 }
				.into(),
		),
		(
			"consent.renew",
			Consent::renew {
				consent,
				expected_version: version,
				until: scene.now + 200 * DAY,
				uses: 2,
			}
			.into(),
		),
		(
			"consent.delegate",
			Consent::delegate {
				parent: consent,
				salt: [30; 32],
				grantee: scene.buyer.clone(),
				terms: terms(),
				window: part,
				uses: 1,
				delegations: 0,
			}
			.into(),
		),
		(
			"consent.opt_in_retrospectively",
			Consent::opt_in_retrospectively { consent, expected_version: version }.into(),
		),
		("consent.prune", Consent::prune { consent }.into()),
		("market.enrol", Market::enrol { study: scene.study, consent }.into()),
	]
}

/// The calls that name none.
fn others(scene: &Scene) -> Vec<(&'static str, RuntimeCall)> {
	let Scene { record, proposed, ticket, emergency, sale, listing, offer, now, .. } = *scene;
	let Scene { cohort, proposed_study, study, .. } = *scene;
	let (subject, clinician) = (scene.subject.clone(), scene.clinician.clone());
	let requester = scene.requester();
	let consent = scene.requested;
	let epoch = EpochId(1);
	let window = Window { from: now, until: now + DAY };
	vec![
		("registry.rotate_key", Registry::rotate_key { encryption_key: key(3) }.into()),
		("registry.set_contacts", Registry::set_contacts { contacts: Some(CONTENT) }.into()),
		("registry.leave", Registry::leave {}.into()),
		(
			"registry.register",
			Registry::register { role: Role::Patient, encryption_key: key(3) }.into(),
		),
		(
			"registry.verify",
			Registry::verify { who: clinician.clone(), expires_at: now + DAY }.into(),
		),
		("registry.withdraw", Registry::withdraw { who: clinician.clone() }.into()),
		(
			"registry.appoint_registrar",
			Registry::appoint_registrar { who: scene.outsider(), encryption_key: key(3) }.into(),
		),
		(
			"registry.appoint_guardian",
			Registry::appoint_guardian {
				ward: subject.clone(),
				guardian: clinician.clone(),
				scope: GuardianScope::Records,
				until: now + DAY,
			}
			.into(),
		),
		(
			"registry.act_for (anchor)",
			Registry::act_for { ward: subject.clone(), call: Box::new(anchor(40)) }.into(),
		),
		(
			"registry.act_for (sell)",
			Registry::act_for {
				ward: subject.clone(),
				call: Box::new(
					Consent::authorise_sale {
						salt: [41; 32],
						buyer: scene.buyer.clone(),
						record,
						purpose: PurposeOfUse::Research,
						until: now + DAY,
					}
					.into(),
				),
			}
			.into(),
		),
		("registry.fund_pool", Registry::fund_pool { calls: 1_000 }.into()),
		("registry.reclaim_pool", Registry::reclaim_pool { calls: 1 }.into()),
		("registry.settle_pool", Registry::settle_pool { sponsor: subject.clone() }.into()),
		("registry.admit", Registry::admit { who: scene.outsider() }.into()),
		("registry.expel", Registry::expel { who: subject.clone() }.into()),
		("registry.take_over_deposit", Registry::take_over_deposit { who: subject.clone() }.into()),
		(
			"registry.dismiss_registrar",
			Registry::dismiss_registrar { who: scene.registrar(), trusted: true }.into(),
		),
		(
			"registry.dismiss_guardian",
			Registry::dismiss_guardian { ward: subject.clone(), guardian: scene.guardian() }.into(),
		),
		("records.anchor", anchor(42)),
		(
			"records.revise",
			Records::revise {
				record,
				expected_version: 1,
				manifest: Commitment([1; 32]),
				categories: Commitment([2; 32]),
				segments: 1,
				dealing: None,
			}
			.into(),
		),
		("records.retire", Records::retire { record }.into()),
		("records.restore", Records::restore { record }.into()),
		("records.erase", Records::erase { record }.into()),
		("records.set_retention", Records::set_retention { record, until: None }.into()),
		(
			"records.set_data_types",
			Records::set_data_types { record, data_types: DataTypes::CLINICAL }.into(),
		),
		("records.expire", Records::expire { record }.into()),
		("records.clear", Records::clear { record, limit: 1 }.into()),
		(
			"records.propose",
			Records::propose {
				owner: subject.clone(),
				salt: [43; 32],
				manifest: Commitment([1; 32]),
				categories: Commitment([2; 32]),
				segments: 1,
				dealing: None,
			}
			.into(),
		),
		("records.accept", Records::accept { record: proposed }.into()),
		("records.decline", Records::decline { record: proposed }.into()),
		("records.lapse", Records::lapse { record: proposed }.into()),
		(
			"consent.grant",
			Consent::grant {
				salt: [44; 32],
				grantee: Grantee::Account(scene.buyer.clone()),
				terms: terms(),
				window,
				uses: 1,
				delegations: 0,
			}
			.into(),
		),
		(
			"consent.request",
			Consent::request {
				subject: subject.clone(),
				salt: [45; 32],
				terms: SEALED,
				window,
				uses: 1,
			}
			.into(),
		),
		("consent.approve", Consent::approve { requester: requester.clone(), consent }.into()),
		("consent.decline", Consent::decline { requester: requester.clone(), consent }.into()),
		(
			"consent.withdraw_request",
			Consent::withdraw_request { subject: subject.clone(), requester }.into(),
		),
		(
			"consent.claim",
			Consent::claim {
				subject: subject.clone(),
				salt: [46; 32],
				terms: SEALED,
				window,
				uses: 1,
			}
			.into(),
		),
		(
			"consent.set_deny_root",
			Consent::set_deny_root {
				expected_version: 0,
				root: Commitment([1; 32]),
				opening: CONTENT,
				standing_rules: true,
				no_emergency: false,
			}
			.into(),
		),
		(
			"consent.authorise_sale",
			Consent::authorise_sale {
				salt: [47; 32],
				buyer: scene.buyer.clone(),
				record,
				purpose: PurposeOfUse::Research,
				until: now + DAY,
			}
			.into(),
		),
		("consent.revoke_sale", Consent::revoke_sale { sale }.into()),
		("consent.prune_sale", Consent::prune_sale { sale }.into()),
		("access.close", Access::close { ticket }.into()),
		("access.renounce", Access::renounce { ticket }.into()),
		(
			"access.declare_emergency",
			Access::declare_emergency {
				subject: subject.clone(),
				record,
				salt: [48; 32],
				reason: REQUEST,
				ephemeral_key: key(9),
			}
			.into(),
		),
		("access.confirm_emergency", Access::confirm_emergency { emergency }.into()),
		("access.open_emergency", Access::open_emergency { emergency }.into()),
		("access.object_emergency", Access::object_emergency { emergency }.into()),
		("access.review_emergency", Access::review_emergency { emergency, justified: true }.into()),
		("access.escalate_review", Access::escalate_review { emergency }.into()),
		("access.prune_emergency", Access::prune_emergency { emergency }.into()),
		("access.lift_suspension", Access::lift_suspension { who: clinician }.into()),
		("access.review_trail", Access::review_trail { entries: 1 }.into()),
		("access.dispute_access", Access::dispute_access { ticket }.into()),
		("audit.record_read", Audit::record_read { subject: subject.clone() }.into()),
		("audit.commit_batch", Audit::commit_batch { root: BatchRoot([1; 32]), count: 1 }.into()),
		(
			"custody.propose",
			Custody::propose {
				members: vec![scene.buyer.clone()].try_into().unwrap(),
				threshold: 1,
				tolerance: 0,
			}
			.into(),
		),
		("custody.join", Custody::join { epoch }.into()),
		("custody.withdraw_proposal", Custody::withdraw_proposal {}.into()),
		("custody.retire", Custody::retire { epoch }.into()),
		("custody.reinstate", Custody::reinstate { epoch, seat: Seat(0) }.into()),
		("custody.forgive", Custody::forgive { epoch, seat: Seat(0) }.into()),
		("custody.reshare", Custody::reshare { items: Default::default() }.into()),
		(
			"custody.complain",
			Custody::complain {
				record,
				version: 1,
				dealer: Seat(0),
				evidence: Commitment([1; 32]),
			}
			.into(),
		),
		(
			"custody.answer",
			Custody::answer { record, version: 1, response: Commitment([1; 32]) }.into(),
		),
		("custody.settle", Custody::settle { record, version: 1 }.into()),
		("custody.adjudicate", Custody::adjudicate { record, version: 1, upheld: true }.into()),
		("custody.suspend", Custody::suspend { epoch, seat: Seat(0) }.into()),
		(
			"custody.report",
			Custody::report {
				epoch,
				answers: vec![(ticket, Answer::Released { receipt: Commitment([1; 32]) })]
					.try_into()
					.unwrap(),
				receipts: Commitment([2; 32]),
			}
			.into(),
		),
		("custody.mark_missed", Custody::mark_missed { ticket }.into()),
		("custody.prune", Custody::prune { ticket }.into()),
		(
			"custody.acknowledge_erasure",
			Custody::acknowledge_erasure { epoch, records: vec![record].try_into().unwrap() }
				.into(),
		),
		("custody.clear_erased", Custody::clear_erased { record, limit: 1 }.into()),
		("custody.mark_erasure_overdue", Custody::mark_erasure_overdue { record }.into()),
		(
			"custody.acknowledge_revocations",
			Custody::acknowledge_revocations {
				epoch,
				consents: vec![(consent, 1)].try_into().unwrap(),
			}
			.into(),
		),
		("custody.clear_revocations", Custody::clear_revocations { epoch, limit: 1 }.into()),
		(
			"market.list",
			Market::list {
				salt: [49; 32],
				goods: goods(record),
				asset: Currency::Native,
				price: 2 * UNIT,
			}
			.into(),
		),
		("market.update_price", Market::update_price { listing, price: 3 * UNIT }.into()),
		("market.unlist", Market::unlist { listing }.into()),
		(
			"market.offer",
			Market::offer {
				listing,
				salt: [50; 32],
				price: 2 * UNIT,
				expires_at: now + DAY,
				access_for: HOUR,
			}
			.into(),
		),
		("market.withdraw_offer", Market::withdraw_offer { offer }.into()),
		("market.accept", Market::accept { offer, sale }.into()),
		("market.decline", Market::decline { offer }.into()),
		(
			"market.open_sale",
			Market::open_sale { offer, request: REQUEST, ephemeral_key: key(9) }.into(),
		),
		("market.refund", Market::refund { offer }.into()),
		("market.settle", Market::settle { offer }.into()),
		("market.resolve", Market::resolve { offer, to_buyer: Permill::from_percent(50) }.into()),
		("market.claim", Market::claim { asset: Currency::Native }.into()),
		(
			"market.take_down",
			Market::take_down { listing, reason: TakedownReason::Unlawful }.into(),
		),
		("market.appeal", Market::appeal { listing, grounds: Commitment([1; 32]) }.into()),
		("market.decide_appeal", Market::decide_appeal { listing, restored: true }.into()),
		("market.redownload", Market::redownload { offer, ephemeral_key: key(9) }.into()),
		(
			"market.dispute",
			Market::dispute {
				offer,
				reason: DisputeReason::Unreadable,
				evidence: Commitment([1; 32]),
			}
			.into(),
		),
		("market.claim_platform", Market::claim_platform { asset: Currency::Native }.into()),
		("market.rate", Market::rate { offer, stars: 5 }.into()),
		("market.forget", Market::forget { offer }.into()),
		(
			"market.list_cohort",
			Market::list_cohort {
				salt: [51; 32],
				kind: ListingKind::Download,
				asset: Currency::Native,
				price: 2 * UNIT,
			}
			.into(),
		),
		("market.unlist_cohort", Market::unlist_cohort { cohort }.into()),
		("market.join_cohort", Market::join_cohort { cohort, listing }.into()),
		("market.leave_cohort", Market::leave_cohort { cohort, listing }.into()),
		(
			"market.offer_cohort",
			Market::offer_cohort {
				cohort,
				salt: [52; 32],
				members: 1,
				price: 2 * UNIT,
				expires_at: now + DAY,
				access_for: HOUR,
			}
			.into(),
		),
		("market.propose_study", Market::propose_study { salt: [53; 32], plan: plan(now) }.into()),
		("market.approve_study", Market::approve_study { study: proposed_study }.into()),
		(
			"market.compensate",
			Market::compensate { study, patient: subject.clone(), milestone: 0 }.into(),
		),
		("market.leave_study", Market::leave_study { study, patient: subject }.into()),
		("market.close_study", Market::close_study { study }.into()),
	]
}

impl Scene {
	fn requester(&self) -> AccountId {
		salus_simulation::People::new().clinicians[1].clone()
	}

	fn registrar(&self) -> AccountId {
		salus_simulation::People::new().registrar
	}

	fn guardian(&self) -> AccountId {
		salus_simulation::People::new().guardians[0].clone()
	}

	/// Somebody who takes no part yet.
	fn outsider(&self) -> AccountId {
		AccountId::new([77; 32])
	}
}

/// Tries a call and takes it back.
fn attempt(world: &mut World, origin: RuntimeOrigin, call: RuntimeCall) -> String {
	let (result, refused) = world.look(|| {
		with_transaction(|| -> TransactionOutcome<Result<_, DispatchError>> {
			frame_system::Pallet::<Runtime>::reset_events();
			let result = call.dispatch(origin).map(|_| ()).map_err(|error| error.error);
			let events = frame_system::Pallet::<Runtime>::events();
			let refused = events.into_iter().find_map(|record| match record.event {
				salus_runtime::RuntimeEvent::Access(
					pallet_access::Event::AccessRefused { refusal, .. }
					| pallet_access::Event::EmergencyRefused { refusal, .. },
				) => Some(refusal),
				salus_runtime::RuntimeEvent::Registry(pallet_registry::Event::Acted {
					result: Err(_),
					..
				}) => panic!("the call inside is one that its ward may make"),
				_ => None,
			});
			TransactionOutcome::Rollback(Ok((result, refused)))
		})
		.unwrap()
	});
	match (result, refused) {
		(Ok(()), None) => "yes".to_owned(),
		(Ok(()), Some(refusal)) => format!("refused: {refusal}"),
		(Err(DispatchError::Module(error)), _) => error.message.unwrap_or("?").to_owned(),
		(Err(DispatchError::BadOrigin), _) => "–".to_owned(),
		(Err(other), _) => format!("{other:?}"),
	}
}

fn table(world: &mut World, rows: Vec<(String, RuntimeCall)>, out: &mut String) {
	let actors = actors(world);
	let heads: Vec<_> = actors.iter().map(|(head, _)| *head).collect();
	writeln!(out, "| | {} |", heads.join(" | ")).unwrap();
	writeln!(out, "|---|{}", "---|".repeat(heads.len())).unwrap();
	for (name, call) in rows {
		let cells: Vec<_> =
			actors.iter().map(|(_, actor)| attempt(world, actor.origin(), call.clone())).collect();
		writeln!(out, "| {name} | {} |", cells.join(" | ")).unwrap();
	}
	out.push('\n');
}

/// Every call of the domain pallets, as `pallet.call`.
fn domain_calls() -> Vec<String> {
	let domain = ["Access", "Audit", "Consent", "Custody", "Market", "Records", "Registry"];
	let calls = domain.iter().flat_map(|pallet| {
		let names = RuntimeCall::get_call_names(pallet).iter();
		names.map(move |name| format!("{}.{name}", pallet.to_lowercase()))
	});
	calls.collect()
}

fn file() -> PathBuf {
	PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/permissions.md")
}

#[test]
fn everybody_may_do_what_the_table_says() {
	let mut world = World::new(false);
	let scene = scene(&mut world);
	world.check();
	let mut out = String::from(
		"# Who may do what\n\nEvery call of the domain pallets, tried by everybody in one and the \
		 same state. `yes` is success, a dash a bad origin, anything else the error. *grantee* is a \
		 clinician with a credential whom the patient *subject* gave the consents; *other clinician* \
		 asked her for one; *unverified* has no credential; *researcher* made an offer. The table is \
		 written and held against the runtime by a test.\n\n## Under a consent\n\n",
	);
	for state in STATES {
		writeln!(out, "### {state:?}\n").unwrap();
		let rows = under_consent(&scene, state)
			.into_iter()
			.map(|(name, call)| (name.to_owned(), call))
			.collect();
		table(&mut world, rows, &mut out);
	}
	out.push_str("## Everything else\n\n");
	let rows: Vec<_> =
		others(&scene).into_iter().map(|(name, call)| (name.to_owned(), call)).collect();
	let under_consent = under_consent(&scene, State::Active);
	let named = rows.iter().map(|(name, _)| name.as_str());
	let named: BTreeSet<_> = named.chain(under_consent.iter().map(|(name, _)| *name)).collect();
	for call in domain_calls() {
		let is_there = |name: &&str| name.split(' ').next() == Some(&call);
		assert!(named.iter().any(is_there), "{call} is not in the table");
	}
	table(&mut world, rows, &mut out);
	let out = format!("{}\n", out.trim_end());

	if std::env::var_os("SALUS_UPDATE_PERMISSIONS").is_some() {
		fs::write(file(), &out).unwrap();
	}
	let committed = fs::read_to_string(file()).unwrap_or_default();
	for (number, (is, was)) in out.lines().zip(committed.lines()).enumerate() {
		assert_eq!(is, was, "docs/permissions.md, line {}", number + 1);
	}
	assert_eq!(out.lines().count(), committed.lines().count());
}
