// SPDX-License-Identifier: Apache-2.0
//! No unit is made or lost, and none is stuck, whatever happens in whatever order.

use super::*;
use frame_support::traits::fungibles::Inspect as _;
use proptest::prelude::*;
use sp_runtime::traits::Dispatchable;

const SELLERS: [u64; 3] = [SELLER, OTHER_SELLER, PATIENT];
const BUYERS: [u64; 2] = [BUYER, OTHER_BUYER];
const EVERYBODY: [u64; 9] =
	[SELLER, OTHER_SELLER, BUYER, OTHER_BUYER, CURATOR, PATIENT, STRANGER, TREASURY, ARBITER];

/// What the world does beside the calls, and which call comes.
#[derive(Clone, Debug)]
enum Step {
	Wait(u64),
	Deliver(usize),
	Refuse(usize),
	Revoke(usize),
	Retire(usize),
	Fee(u32),
	Offer { buyer: usize, listing: usize, price: u64, salt: u8 },
	OfferCohort { buyer: usize, price: u64, salt: u8 },
	Unlist(usize),
	List(usize),
	TakeDown(usize),
	Restore(usize),
	Withdraw(usize),
	Accept(usize),
	Decline(usize),
	Open(usize, u8),
	Again(usize, u8),
	Refund(usize),
	Settle(usize, u64),
	Dispute(usize),
	Resolve(usize, u32),
	Forget(usize),
	Rate(usize, u8),
	Claim(usize),
	Propose { buyer: usize, budget: u64, salt: u8 },
	Approve(usize),
	Enrol(usize, usize),
	Compensate(usize, u32),
	Leave(usize, usize),
	Close(usize, u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let money = || 1u64..3_000;
	let at = || 0usize..6;
	let step = prop_oneof![
		3 => (1u64..2_500).prop_map(Step::Wait),
		8 => at().prop_map(Step::Deliver),
		2 => at().prop_map(Step::Refuse),
		1 => at().prop_map(Step::Revoke),
		1 => at().prop_map(Step::Retire),
		1 => (0u32..=100).prop_map(Step::Fee),
		6 => (0usize..2, 0usize..3, money(), 0u8..4)
			.prop_map(|(buyer, listing, price, salt)| Step::Offer { buyer, listing, price, salt }),
		3 => (0usize..2, money(), 4u8..8)
			.prop_map(|(buyer, price, salt)| Step::OfferCohort { buyer, price, salt }),
		1 => (0usize..3).prop_map(Step::Unlist),
		1 => (0usize..3).prop_map(Step::List),
		1 => (0usize..3).prop_map(Step::TakeDown),
		1 => (0usize..3).prop_map(Step::Restore),
		1 => at().prop_map(Step::Withdraw),
		8 => at().prop_map(Step::Accept),
		1 => at().prop_map(Step::Decline),
		8 => (at(), any::<u8>()).prop_map(|(at, key)| Step::Open(at, key)),
		2 => (at(), any::<u8>()).prop_map(|(at, key)| Step::Again(at, key)),
		2 => at().prop_map(Step::Refund),
		4 => (at(), prop::sample::select(vec![BUYER, OTHER_BUYER, STRANGER]))
			.prop_map(|(at, who)| Step::Settle(at, who)),
		3 => at().prop_map(Step::Dispute),
		3 => (at(), 0u32..=1_000_000).prop_map(|(at, parts)| Step::Resolve(at, parts)),
		1 => at().prop_map(Step::Forget),
		1 => (at(), 0u8..7).prop_map(|(at, stars)| Step::Rate(at, stars)),
		3 => at().prop_map(Step::Claim),
		3 => (0usize..2, money(), 0u8..3)
			.prop_map(|(buyer, budget, salt)| Step::Propose { buyer, budget, salt }),
		4 => at().prop_map(Step::Approve),
		4 => (at(), 0usize..3).prop_map(|(at, patient)| Step::Enrol(at, patient)),
		4 => (at(), 0u32..4).prop_map(|(at, milestone)| Step::Compensate(at, milestone)),
		1 => (at(), 0usize..3).prop_map(|(at, patient)| Step::Leave(at, patient)),
		1 => (at(), prop::sample::select(vec![BUYER, OTHER_BUYER, STRANGER, ETHICS]))
			.prop_map(|(at, who)| Step::Close(at, who)),
	];
	prop::collection::vec(step, 1..120)
}

/// Whether it works or not: a call that fails must change nothing, which the checks would tell.
fn dispatch(who: u64, call: Call<Test>) -> bool {
	RuntimeCall::Market(call).dispatch(signed(who)).is_ok()
}

fn listing(at: usize) -> ListingId {
	ListingId::derive(&SELLERS[at], &[at as u8; 32])
}

fn list(at: usize) -> bool {
	let asset = if at == 1 { STABLE } else { NATIVE };
	let goods = goods(record(at as u8));
	dispatch(SELLERS[at], Call::list { salt: [at as u8; 32], goods, asset, price: MIN_PRICE })
}

fn cohort() -> CohortId {
	CohortId::derive(&CURATOR, &SALT)
}

/// An offer in the state that a step is for, or in any when there is none.
fn nth_offer(at: usize, fits: fn(&OfferState) -> bool) -> Option<(OfferId, OfferOf<Test>)> {
	let all: Vec<_> = Offers::<Test>::iter().collect();
	let mut some: Vec<_> = all.iter().filter(|(_, offer)| fits(&offer.state)).cloned().collect();
	if some.is_empty() {
		some = all;
	}
	let count = some.len().max(1);
	some.into_iter().nth(at % count)
}

fn is_open(state: &OfferState) -> bool {
	*state == OfferState::Open
}

fn is_accepted(state: &OfferState) -> bool {
	matches!(state, OfferState::Accepted { .. })
}

fn is_locked(state: &OfferState) -> bool {
	matches!(state, OfferState::Locked(_))
}

fn is_undelivered(state: &OfferState) -> bool {
	is_locked(state) && !state.purchase().is_some_and(|it| Delivered::contains_key(it.ticket))
}

fn is_delivered(state: &OfferState) -> bool {
	is_locked(state) && !is_undelivered(state)
}

fn is_disputed(state: &OfferState) -> bool {
	matches!(state, OfferState::Disputed { .. })
}

fn is_settled(state: &OfferState) -> bool {
	matches!(state, OfferState::Settled { .. })
}

fn any_state(_: &OfferState) -> bool {
	true
}

fn nth_study(at: usize) -> Option<(StudyId, StudyOf<Test>)> {
	let count = Studies::<Test>::iter().count();
	Studies::<Test>::iter().nth(at % count.max(1))
}

fn set_up() {
	for (at, seller) in SELLERS.into_iter().enumerate() {
		Records::insert(record(at as u8), (seller, true));
		assert!(list(at));
	}
	let (salt, kind) = (SALT, ListingKind::Download);
	let call = Call::list_cohort { salt, kind, asset: STABLE, price: 3 * MIN_PRICE };
	assert!(dispatch(CURATOR, call));
	for (at, seller) in SELLERS.into_iter().enumerate() {
		let (cohort, listing) = (cohort(), listing(at));
		assert!(dispatch(seller, Call::join_cohort { cohort, listing }));
	}
}

fn take(step: Step) {
	let now = Market::now();
	let (expires_at, access_for) = (now + 5_000, TERM);
	let _: Option<bool> = (|| {
		Some(match step {
			Step::Wait(time) => {
				at(now + time);
				true
			},
			Step::Deliver(at) => {
				let ticket = nth_offer(at, is_undelivered)?.1.state.purchase()?.ticket;
				// Custodians do not contradict themselves.
				if !Refused::contains_key(ticket) && !Delivered::contains_key(ticket) {
					Delivered::insert(ticket, now);
				}
				true
			},
			Step::Refuse(at) => {
				let ticket = nth_offer(at, is_undelivered)?.1.state.purchase()?.ticket;
				if !Delivered::contains_key(ticket) {
					Refused::insert(ticket, ());
				}
				true
			},
			Step::Revoke(at) => {
				let id = SaleId(nth_offer(at, is_accepted)?.0 .0);
				Sales::mutate(id, |sale| {
					if let Some(sale) = sale {
						sale.revoked = true;
					}
				});
				true
			},
			Step::Retire(at) => {
				Records::mutate(record((at % 3) as u8), |record| {
					if let Some((_, live)) = record {
						*live = !*live;
					}
				});
				true
			},
			Step::Fee(percent) => {
				Fee::set(&Permill::from_percent(percent));
				true
			},
			Step::Offer { buyer, listing: at, price, salt } => dispatch(
				BUYERS[buyer],
				Call::offer {
					listing: listing(at),
					salt: [salt; 32],
					price,
					expires_at,
					access_for,
				},
			),
			Step::OfferCohort { buyer, price, salt } => {
				let (cohort, salt, members) = (cohort(), [salt; 32], 3);
				dispatch(
					BUYERS[buyer],
					Call::offer_cohort { cohort, salt, members, price, expires_at, access_for },
				)
			},
			Step::Unlist(at) => dispatch(SELLERS[at], Call::unlist { listing: listing(at) }),
			Step::List(at) => list(at),
			Step::TakeDown(at) => {
				let reason = TakedownReason::Unlawful;
				dispatch(MODERATOR, Call::take_down { listing: listing(at), reason })
			},
			Step::Restore(at) => {
				let listing = listing(at);
				dispatch(SELLERS[at], Call::appeal { listing, grounds: PROOF })
					&& dispatch(MODERATOR, Call::decide_appeal { listing, restored: true })
			},
			Step::Withdraw(at) => {
				let (offer, stored) = nth_offer(at, any_state)?;
				dispatch(stored.buyer, Call::withdraw_offer { offer })
			},
			Step::Accept(at) => {
				let (offer, stored) = nth_offer(at, is_open)?;
				let sale = authorise(offer);
				dispatch(stored.seller, Call::accept { offer, sale })
			},
			Step::Decline(at) => {
				let (offer, stored) = nth_offer(at, any_state)?;
				dispatch(stored.seller, Call::decline { offer })
			},
			Step::Open(at, byte) => {
				let (offer, stored) = nth_offer(at, is_accepted)?;
				let (request, ephemeral_key) = (request(), key(byte));
				dispatch(stored.buyer, Call::open_sale { offer, request, ephemeral_key })
			},
			Step::Again(at, byte) => {
				let (offer, stored) = nth_offer(at, is_delivered)?;
				dispatch(stored.buyer, Call::redownload { offer, ephemeral_key: key(byte) })
			},
			Step::Refund(at) => {
				dispatch(STRANGER, Call::refund { offer: nth_offer(at, any_state)?.0 })
			},
			Step::Settle(at, who) => {
				dispatch(who, Call::settle { offer: nth_offer(at, is_delivered)?.0 })
			},
			Step::Dispute(at) => {
				let (offer, stored) = nth_offer(at, is_delivered)?;
				let (reason, evidence) = (DisputeReason::Incomplete, PROOF);
				dispatch(stored.buyer, Call::dispute { offer, reason, evidence })
			},
			Step::Resolve(at, parts) => {
				let (offer, _) = nth_offer(at, is_disputed)?;
				dispatch(ARBITER, Call::resolve { offer, to_buyer: Permill::from_parts(parts) })
			},
			Step::Forget(at) => {
				dispatch(STRANGER, Call::forget { offer: nth_offer(at, is_settled)?.0 })
			},
			Step::Rate(at, stars) => {
				let (offer, stored) = nth_offer(at, is_settled)?;
				dispatch(stored.buyer, Call::rate { offer, stars })
			},
			Step::Claim(at) => {
				let count = Claimable::<Test>::iter().count().max(1);
				let (who, asset, _) = Claimable::<Test>::iter().nth(at % count)?;
				dispatch(who, Call::claim { asset })
			},
			Step::Propose { buyer, budget, salt } => {
				let plan =
					StudyPlan { until: now + 20_000, ..plan(STABLE, budget, &[100, 50, 30]) };
				dispatch(BUYERS[buyer], Call::propose_study { salt: [salt; 32], plan })
			},
			Step::Approve(at) => dispatch(ETHICS, Call::approve_study { study: nth_study(at)?.0 }),
			Step::Enrol(at, patient) => {
				let (study, stored) = nth_study(at)?;
				let patient = SELLERS[patient];
				let consent = ConsentId::derive(&patient, &[stored.researcher as u8; 32]);
				Consents::insert(consent, (patient, stored.researcher, Moment::MAX));
				dispatch(patient, Call::enrol { study, consent })
			},
			Step::Compensate(at, milestone) => {
				let count = Enrolments::<Test>::iter().count().max(1);
				let (study, patient, _) = Enrolments::<Test>::iter().nth(at % count)?;
				let stored = Studies::<Test>::get(study)?;
				dispatch(stored.researcher, Call::compensate { study, patient, milestone })
			},
			Step::Leave(at, patient) => {
				let (study, patient) = (nth_study(at)?.0, SELLERS[patient]);
				dispatch(patient, Call::leave_study { study, patient })
			},
			Step::Close(at, who) => dispatch(who, Call::close_study { study: nth_study(at)?.0 }),
		})
	})();
}

/// Every unit of a currency that somebody has, the market included.
fn total(asset: AssetId) -> u64 {
	let all = EVERYBODY.into_iter().chain([Market::account()]);
	all.map(|who| Money::total_balance(asset.clone(), &who)).sum()
}

/// What is with the market's account and not its own.
fn kept(asset: AssetId) -> u64 {
	Claimable::<Test>::iter().filter(|claim| claim.1 == asset).map(|claim| claim.2).sum()
}

/// Whatever the offers and studies came to, all money leaves by somebody's call.
fn wind_up() {
	at(Market::now() + 1_000_000);
	for (offer, stored) in Offers::<Test>::iter().collect::<Vec<_>>() {
		if !stored.state.is_escrowed() {
			continue;
		}
		// Nobody is asked who would lose by it.
		let ended = dispatch(STRANGER, Call::refund { offer })
			|| dispatch(STRANGER, Call::settle { offer })
			|| dispatch(ARBITER, Call::resolve { offer, to_buyer: Permill::from_percent(50) });
		assert!(ended, "stuck: {stored:?}");
	}
	for (study, stored) in Studies::<Test>::iter().collect::<Vec<_>>() {
		if stored.state != StudyState::Closed {
			assert!(dispatch(STRANGER, Call::close_study { study }));
		}
		for (patient, _) in Enrolments::<Test>::iter_prefix(study).collect::<Vec<_>>() {
			assert!(dispatch(STRANGER, Call::leave_study { study, patient }));
		}
	}
	assert_eq!(Studies::<Test>::iter().count(), 0);
	for (who, asset, amount) in Claimable::<Test>::iter().collect::<Vec<_>>() {
		if who == TREASURY {
			let paid = dispatch(STRANGER, Call::claim_platform { asset: asset.clone() });
			assert!(paid || Money::total_balance(asset, &who) + amount < EXISTENTIAL);
		} else {
			assert!(dispatch(who, Call::claim { asset }));
		}
	}
	for asset in [NATIVE, STABLE] {
		for who in EVERYBODY {
			assert_eq!(escrowed(asset.clone(), who), 0);
		}
		let small = Market::claimable(TREASURY, asset.clone());
		assert!(small < EXISTENTIAL);
		assert_eq!(escrowed(asset.clone(), Market::account()), small);
		assert_eq!(free(asset, Market::account()), EXISTENTIAL);
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn no_unit_is_made_lost_or_stuck(steps in steps()) {
		build_and_execute(|| {
			let before = [NATIVE, STABLE].map(|asset| (total(asset.clone()), Money::total_issuance(asset)));
			set_up();
			for step in steps {
				take(step);
				let after =
					[NATIVE, STABLE].map(|asset| (total(asset.clone()), Money::total_issuance(asset)));
				assert_eq!(before, after);
				for asset in [NATIVE, STABLE] {
					assert_eq!(escrowed(asset.clone(), Market::account()), kept(asset));
				}
				Market::do_try_state().unwrap();
			}
			wind_up();
			let after =
				[NATIVE, STABLE].map(|asset| (total(asset.clone()), Money::total_issuance(asset)));
			assert_eq!(before, after);
		});
	}

	#[test]
	fn shares_are_the_amount_and_favour_the_seller(
		amount in any::<u64>(),
		parts in 0u32..1_000_000,
	) {
		let offer = Offer {
			listing: ListingId([1; 32]),
			record: record(1),
			cohort: None,
			seller: SELLER,
			buyer: BUYER,
			asset: (),
			price: amount,
			fee: Permill::from_parts(parts),
			expires_at: 0,
			access_for: 0,
			state: OfferState::Open,
		};
		let (seller, platform) = offer.shares(amount);
		prop_assert_eq!(u128::from(seller) + u128::from(platform), u128::from(amount));
		let exact = u128::from(amount) * u128::from(parts);
		prop_assert!(u128::from(platform) * 1_000_000 <= exact);
		prop_assert!((u128::from(platform) + 1) * 1_000_000 > exact);
	}
}
