// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call or concept.

mod accept;
mod claim;
mod cohort;
mod compensate;
mod decline;
mod dispute;
mod enrol;
mod forget;
mod integrity;
mod list;
mod offer;
mod offer_cohort;
mod open_sale;
mod property;
mod rate;
mod redownload;
mod refund;
mod resolve;
mod settle;
mod sponsored;
mod study;
mod takedown;
mod unlist;
mod update_price;
mod views;
mod withdraw_offer;

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_policy::Categories;
use salus_primitives::{Category, ContentId, MultiCodec, Suite};
use sp_runtime::DispatchError;

const SALT: [u8; 32] = [7; 32];
const PROOF: Commitment = Commitment([8; 32]);
const PRICE: u64 = 1_000;
const TERM: Moment = 20_000;

fn signed(who: u64) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

fn at(now: Moment) {
	Timestamp::set_timestamp(now);
}

fn record(byte: u8) -> RecordId {
	RecordId([byte; 32])
}

fn categories(all: &[Category]) -> Categories {
	let mut categories = Categories::new();
	for category in all {
		categories.try_insert(*category).unwrap();
	}
	categories
}

fn goods(record: RecordId) -> Goods {
	Goods {
		kind: ListingKind::Download,
		record,
		categories: categories(&[Category::Labs, Category::Vitals]),
		size: 1 << 20,
		quality: 90,
		terms: PROOF,
	}
}

fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte; 32]).unwrap()
}

fn request() -> SealedRequest {
	let envelope = ContentId { codec: MultiCodec::DagPb, digest: [2; 32] };
	SealedRequest { commitment: Commitment([1; 32]), envelope }
}

/// Anchors a record of `seller` and lists it.
fn listed_by(seller: u64, byte: u8, asset: AssetId) -> ListingId {
	Records::insert(record(byte), (seller, true));
	assert_ok!(Market::list(signed(seller), [byte; 32], goods(record(byte)), asset, PRICE));
	events();
	ListingId::derive(&seller, &[byte; 32])
}

fn listed() -> ListingId {
	listed_by(SELLER, 1, NATIVE)
}

fn offer_for(listing: ListingId, salt: u8) -> DispatchResult {
	let expires_at = Market::now() + MAX_OFFER;
	Market::offer(signed(BUYER), listing, [salt; 32], PRICE, expires_at, TERM)
}

/// An offer of the buyer for a listing of the seller.
fn offered_in(asset: AssetId) -> OfferId {
	let listing = listed_by(SELLER, 1, asset);
	assert_ok!(offer_for(listing, 1));
	events();
	OfferId::derive(&listing, &BUYER, &[1; 32])
}

fn offered() -> OfferId {
	offered_in(NATIVE)
}

/// Authorises the sale of an offer for as long as it needs.
fn authorise(id: OfferId) -> SaleId {
	let offer = Offers::<Test>::get(id).unwrap();
	let sale = SaleId(id.0);
	Sales::insert(
		sale,
		MockSale {
			seller: offer.seller,
			buyer: offer.buyer,
			record: offer.record,
			until: offer.expires_at + LIFETIME + TERM + LIFETIME,
			revoked: false,
		},
	);
	sale
}

fn accept_all(id: OfferId) {
	let seller = Offers::<Test>::get(id).unwrap().seller;
	assert_ok!(Market::accept(signed(seller), id, authorise(id)));
	events();
}

fn accepted_in(asset: AssetId) -> OfferId {
	let id = offered_in(asset);
	accept_all(id);
	id
}

fn accepted() -> OfferId {
	accepted_in(NATIVE)
}

fn locked_in(asset: AssetId) -> OfferId {
	let id = accepted_in(asset);
	assert_ok!(Market::open_sale(signed(BUYER), id, request(), key(1)));
	events();
	id
}

fn locked() -> OfferId {
	locked_in(NATIVE)
}

fn purchase(id: OfferId) -> Purchase {
	*Offers::<Test>::get(id).unwrap().state.purchase().unwrap()
}

/// Custodians attest the delivery now.
fn deliver(id: OfferId) {
	Delivered::insert(purchase(id).ticket, Market::now());
}

fn delivered_in(asset: AssetId) -> OfferId {
	let id = locked_in(asset);
	deliver(id);
	id
}

fn delivered() -> OfferId {
	delivered_in(NATIVE)
}

fn settled_in(asset: AssetId) -> OfferId {
	let id = delivered_in(asset);
	assert_ok!(Market::settle(signed(BUYER), id));
	events();
	id
}

fn settled() -> OfferId {
	settled_in(NATIVE)
}

fn disputed() -> OfferId {
	let id = delivered();
	assert_ok!(Market::dispute(signed(BUYER), id, DisputeReason::Unreadable, PROOF));
	events();
	id
}

fn state(id: OfferId) -> Option<OfferState> {
	Offers::<Test>::get(id).map(|offer| offer.state)
}

fn usage(listing: ListingId) -> (u32, u32, u32) {
	let usage = Listings::<Test>::get(listing).unwrap().usage;
	(usage.opens, usage.deliveries, usage.sales)
}

/// All of the price is back at the buyer, and nothing is left of the offer.
#[track_caller]
fn assert_refunded(id: OfferId, reason: RefundReason) {
	assert_eq!(events(), [Event::Refunded { offer: id, amount: PRICE, reason }]);
	assert_eq!(Offers::<Test>::get(id), None);
	assert_eq!((free(NATIVE, BUYER), escrowed(NATIVE, BUYER)), (ENDOWMENT, 0));
	assert_eq!(escrowed(NATIVE, Market::account()), 0);
	assert_eq!(Escrows::<Test>::iter().count(), 0);
	assert_eq!(OffersByBuyer::<Test>::iter().count(), 0);
	assert_eq!(OffersByListing::<Test>::iter().count(), 0);
}

const MILESTONES: [u64; 2] = [300, 200];
const STUDY_UNTIL: Moment = NOW + 50_000;

fn plan(asset: AssetId, budget: u64, milestones: &[u64]) -> StudyPlanOf<Test> {
	StudyPlan {
		asset,
		budget,
		milestones: milestones.to_vec().try_into().unwrap(),
		ethics: PROOF,
		terms: Commitment([9; 32]),
		criteria: Commitment([10; 32]),
		until: STUDY_UNTIL,
	}
}

/// A proposed study for two patients, and consents of all who may enrol.
fn proposed() -> StudyId {
	for patient in [SELLER, OTHER_SELLER, PATIENT] {
		Consents::insert(consent(patient), (patient, BUYER, STUDY_UNTIL));
	}
	assert_ok!(Market::propose_study(signed(BUYER), SALT, plan(STABLE, 1_000, &MILESTONES)));
	events();
	StudyId::derive(&BUYER, &SALT)
}

fn approved() -> StudyId {
	let id = proposed();
	assert_ok!(Market::approve_study(signed(ETHICS), id));
	events();
	id
}

fn consent(patient: u64) -> ConsentId {
	ConsentId::derive(&patient, &SALT)
}

fn enrol(patient: u64, study: StudyId) -> DispatchResult {
	Market::enrol(signed(patient), study, consent(patient))
}

/// An approved study with the patient in it.
fn enrolled() -> StudyId {
	let id = approved();
	assert_ok!(enrol(PATIENT, id));
	events();
	id
}
