// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, each at its worst: full sets, an asset that is not native, all claims
//! made before.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::EnsureOrigin;
use frame_system::RawOrigin;
use salus_policy::Categories;
use salus_primitives::{Category, ContentId, MultiCodec, Suite, MAX_PUBLIC_KEY};

/// What only the runtime can set up.
pub trait BenchmarkHelper<AccountId, AssetId, Balance> {
	/// A currency that the market takes, the one that costs most to move.
	fn asset() -> AssetId;

	/// Makes `who` an account that keeps the native currency, and gives it `amount` of `asset`.
	fn fund(asset: &AssetId, who: &AccountId, amount: Balance);
}

const SALT: [u8; 32] = [1; 32];
const PROOF: Commitment = Commitment([7; 32]);

/// A key of the longest kind.
fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::XWing, &[byte; MAX_PUBLIC_KEY as usize]).expect("fits the suite")
}

fn request() -> SealedRequest {
	let envelope = ContentId { codec: MultiCodec::DagPb, digest: [2; 32] };
	SealedRequest { commitment: PROOF, envelope }
}

fn asset<T: Config>() -> AssetIdOf<T> {
	T::BenchmarkHelper::asset()
}

/// A price that can be split into the shares of a full cohort.
fn price<T: Config>() -> BalanceOf<T> {
	let least = T::MinPrice::convert(asset::<T>()).expect("it is taken");
	let least = least.max(T::Money::minimum_balance(asset::<T>()));
	least.saturating_mul(T::MaxCohort::get().saturating_add(10).into())
}

/// An account that can pay, and the market's that can keep.
fn funded<T: Config>(who: T::AccountId) -> T::AccountId {
	let market = Pallet::<T>::account();
	for rich in [&who, &market] {
		T::BenchmarkHelper::fund(&asset::<T>(), rich, price::<T>().saturating_mul(4u32.into()));
	}
	T::ListingConsideration::ensure_successful(&who, Footprint::from_mel::<ListingOf<T>>());
	T::ListingConsideration::ensure_successful(&who, Footprint::from_mel::<CohortOf<T>>());
	who
}

fn buyer<T: Config>() -> T::AccountId {
	let who = funded::<T>(account("buyer", 0, 0));
	T::Participants::admit_for_benchmark(&who, Role::Researcher);
	who
}

fn seller<T: Config>(at: u32) -> T::AccountId {
	let who = funded::<T>(account("seller", at, 0));
	T::Participants::admit_for_benchmark(&who, Role::Patient);
	who
}

fn goods<T: Config>(seller: &T::AccountId) -> Goods {
	let all = Category::ALL.iter().copied();
	let categories = all.filter(|category| category.sensitivity() == Sensitivity::Normal);
	let categories: alloc::collections::BTreeSet<_> = categories.collect();
	Goods {
		kind: ListingKind::Download,
		record: T::Records::anchor_for_benchmark(seller),
		categories: Categories::try_from(categories).expect("within the bound"),
		size: u64::MAX,
		quality: MAX_QUALITY,
		terms: PROOF,
	}
}

/// Fills the list of the seller's listings but for `free` places.
fn fill<T: Config>(seller: &T::AccountId, free: u32) {
	let others = (free..T::MaxListings::get()).map(|at| ListingId::derive(&at, &SALT));
	let others: Vec<_> = others.collect();
	ListingsOf::<T>::insert(seller, frame_support::BoundedVec::truncate_from(others));
}

fn listed<T: Config>(seller: &T::AccountId) -> ListingId {
	fill::<T>(seller, 1);
	Pallet::<T>::do_list(
		seller.clone(),
		&SALT,
		goods::<T>(seller),
		asset::<T>(),
		T::MinPrice::convert(asset::<T>()).expect("it is taken"),
	)
	.expect("fit to be listed");
	ListingId::derive(seller, &SALT)
}

/// An offer of the buyer for a listing of the seller.
struct Deal<T: Config> {
	seller: T::AccountId,
	buyer: T::AccountId,
	listing: ListingId,
	id: OfferId,
}

fn offered<T: Config>() -> Deal<T> {
	let (seller, buyer) = (seller::<T>(0), buyer::<T>());
	let listing = listed::<T>(&seller);
	let expires_at = Pallet::<T>::now() + T::MaxOfferDuration::get();
	let access_for = T::MaxAccessDuration::get();
	Pallet::<T>::do_offer(buyer.clone(), listing, &SALT, price::<T>(), expires_at, access_for)
		.expect("fit to be offered");
	let id = OfferId::derive(&listing, &buyer, &SALT);
	Deal { seller, buyer, listing, id }
}

fn authorised<T: Config>(deal: &Deal<T>) -> SaleId {
	let offer = Offers::<T>::get(deal.id).expect("it was made");
	let until = offer.expires_at + T::Tickets::lifetime();
	T::Sales::authorise_for_benchmark(&deal.seller, &deal.buyer, &offer.record, until)
}

fn accepted<T: Config>() -> Deal<T> {
	let deal = offered::<T>();
	let sale = authorised(&deal);
	Pallet::<T>::do_accept(&deal.seller, deal.id, sale).expect("fit to be accepted");
	deal
}

fn state<T: Config>(id: OfferId) -> OfferState {
	Offers::<T>::get(id).expect("it was made").state
}

fn ticket<T: Config>(id: OfferId) -> TicketId {
	state::<T>(id).purchase().expect("it was opened").ticket
}

fn locked<T: Config>() -> Deal<T> {
	let deal = accepted::<T>();
	Pallet::<T>::do_open_sale(&deal.buyer, deal.id, request(), key(1)).expect("fit to be opened");
	deal
}

fn delivered<T: Config>() -> Deal<T> {
	let deal = locked::<T>();
	T::Deliveries::deliver_for_benchmark(&ticket::<T>(deal.id), Pallet::<T>::now());
	deal
}

fn settled<T: Config>() -> Deal<T> {
	let deal = delivered::<T>();
	Pallet::<T>::do_settle(&deal.buyer, deal.id).expect("fit to be settled");
	deal
}

fn cohort<T: Config>(members: u32) -> (T::AccountId, CohortId) {
	let curator = funded::<T>(account("curator", 0, 0));
	T::Participants::admit_for_benchmark(&curator, Role::Organisation);
	let kind = ListingKind::Download;
	Pallet::<T>::do_list_cohort(curator.clone(), &SALT, kind, asset::<T>(), price::<T>())
		.expect("fit to be listed");
	let id = CohortId::derive(&curator, &SALT);
	for at in 0..members {
		let seller = seller::<T>(at);
		let listing = listed::<T>(&seller);
		Pallet::<T>::do_join_cohort(&seller, id, listing).expect("fit to join");
	}
	(curator, id)
}

fn plan<T: Config>() -> StudyPlanOf<T> {
	let least = T::Money::minimum_balance(asset::<T>()).max(1u32.into());
	let milestones = (0..T::MaxMilestones::get()).map(|_| least).collect::<Vec<_>>();
	StudyPlan {
		asset: asset::<T>(),
		budget: least.saturating_mul(T::MaxMilestones::get().into()),
		milestones: frame_support::BoundedVec::truncate_from(milestones),
		ethics: PROOF,
		terms: PROOF,
		criteria: PROOF,
		until: Pallet::<T>::now() + T::MaxStudyDuration::get(),
	}
}

fn proposed<T: Config>() -> (T::AccountId, StudyId) {
	let researcher = buyer::<T>();
	let plan = plan::<T>();
	T::BenchmarkHelper::fund(&asset::<T>(), &researcher, plan.budget);
	Pallet::<T>::do_propose_study(researcher.clone(), &SALT, plan).expect("fit to be proposed");
	let id = StudyId::derive(&researcher, &SALT);
	(researcher, id)
}

/// A study, and a patient with a consent to its researcher.
fn approved<T: Config>() -> (T::AccountId, StudyId, T::AccountId, ConsentId) {
	let (researcher, id) = proposed::<T>();
	Pallet::<T>::do_approve_study(id).expect("fit to be approved");
	let patient = seller::<T>(0);
	let now = Pallet::<T>::now();
	let consent = T::Consents::grant_for_benchmark(&patient, &researcher, now);
	(researcher, id, patient, consent)
}

fn enrolled<T: Config>() -> (T::AccountId, StudyId, T::AccountId) {
	let (researcher, id, patient, consent) = approved::<T>();
	Pallet::<T>::do_enrol(patient.clone(), id, consent).expect("fit to enrol");
	(researcher, id, patient)
}

fn origin_of<O, E: EnsureOrigin<O>>() -> Result<O, BenchmarkError> {
	E::try_successful_origin().map_err(|()| BenchmarkError::Weightless)
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn list() {
		let seller = seller::<T>(0);
		fill::<T>(&seller, 1);
		let goods = goods::<T>(&seller);
		let id = ListingId::derive(&seller, &SALT);

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), SALT, goods, asset::<T>(), price::<T>());

		assert!(Listings::<T>::contains_key(id));
	}

	#[benchmark]
	fn update_price() {
		let seller = seller::<T>(0);
		let id = listed::<T>(&seller);

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id, price::<T>());

		assert_eq!(Listings::<T>::get(id).map(|listing| listing.price), Some(price::<T>()));
	}

	#[benchmark]
	fn unlist() {
		let seller = seller::<T>(0);
		let id = listed::<T>(&seller);

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id);

		assert!(!Listings::<T>::contains_key(id));
	}

	#[benchmark]
	fn offer() {
		let (seller, buyer) = (seller::<T>(0), buyer::<T>());
		let listing = listed::<T>(&seller);
		let expires_at = Pallet::<T>::now() + T::MaxOfferDuration::get();
		let id = OfferId::derive(&listing, &buyer, &SALT);

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), listing, SALT, price::<T>(), expires_at, 0);

		assert!(Offers::<T>::contains_key(id));
	}

	#[benchmark]
	fn withdraw_offer() {
		let Deal { buyer, id, .. } = accepted::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id);

		assert!(!Offers::<T>::contains_key(id));
	}

	#[benchmark]
	fn accept() {
		let deal = offered::<T>();
		let sale = authorised(&deal);

		#[extrinsic_call]
		_(RawOrigin::Signed(deal.seller), deal.id, sale);

		assert_eq!(state::<T>(deal.id), OfferState::Accepted { sale });
	}

	#[benchmark]
	fn decline() {
		let Deal { seller, id, .. } = locked::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id);

		assert!(!Offers::<T>::contains_key(id));
	}

	#[benchmark]
	fn open_sale() {
		let Deal { buyer, id, .. } = accepted::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id, request(), key(1));

		assert!(state::<T>(id).purchase().is_some());
	}

	#[benchmark]
	fn redownload() {
		let Deal { buyer, id, .. } = settled::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id, key(2));

		let again = state::<T>(id).purchase().map(|purchase| purchase.redownloads);
		assert_eq!(again, Some(1));
	}

	#[benchmark]
	fn refund() {
		let Deal { buyer, id, .. } = locked::<T>();
		T::Deliveries::refuse_for_benchmark(&ticket::<T>(id), Pallet::<T>::now());

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id);

		assert!(!Offers::<T>::contains_key(id));
	}

	#[benchmark]
	fn settle() {
		let Deal { seller, buyer, id, .. } = delivered::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id);

		assert!(!Claimable::<T>::get(seller, asset::<T>()).is_zero());
	}

	#[benchmark]
	fn dispute() {
		let Deal { buyer, id, listing, .. } = delivered::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id, DisputeReason::Unreadable, PROOF);

		assert_eq!(Listings::<T>::get(listing).map(|listing| listing.usage.deliveries), Some(1));
	}

	#[benchmark]
	fn resolve() -> Result<(), BenchmarkError> {
		let origin = origin_of::<T::RuntimeOrigin, T::ArbiterOrigin>()?;
		let Deal { buyer, seller, id, .. } = delivered::<T>();
		Pallet::<T>::do_dispute(&buyer, id, DisputeReason::Unreadable, PROOF)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, Permill::from_percent(50));

		assert!(!Claimable::<T>::get(seller, asset::<T>()).is_zero());
		Ok(())
	}

	#[benchmark]
	fn claim() {
		let Deal { seller, .. } = settled::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(seller.clone()), asset::<T>());

		assert!(Claimable::<T>::get(seller, asset::<T>()).is_zero());
	}

	#[benchmark]
	fn claim_platform() {
		let Deal { buyer, .. } = settled::<T>();
		let treasury = T::Treasury::get();
		Pallet::<T>::credit(&treasury, &asset::<T>(), price::<T>());
		T::BenchmarkHelper::fund(&asset::<T>(), &buyer, price::<T>());
		let reason = HoldReason::Escrow.into();
		T::Money::hold(asset::<T>(), &reason, &buyer, price::<T>()).expect("it was funded");
		Pallet::<T>::keep(&asset::<T>(), &buyer, price::<T>()).expect("it is held");

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), asset::<T>());

		assert!(Claimable::<T>::get(treasury, asset::<T>()).is_zero());
	}

	#[benchmark]
	fn rate() {
		let Deal { seller, buyer, id, .. } = settled::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id, MAX_STARS);

		assert_eq!(Ratings::<T>::get(seller).count, 1);
	}

	#[benchmark]
	fn forget() {
		let Deal { buyer, id, .. } = settled::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer), id);

		assert!(!Offers::<T>::contains_key(id));
	}

	#[benchmark]
	fn list_cohort() {
		let curator = funded::<T>(account("curator", 0, 0));
		T::Participants::admit_for_benchmark(&curator, Role::Organisation);
		let id = CohortId::derive(&curator, &SALT);
		let kind = ListingKind::Download;

		#[extrinsic_call]
		_(RawOrigin::Signed(curator), SALT, kind, asset::<T>(), price::<T>());

		assert!(Cohorts::<T>::contains_key(id));
	}

	#[benchmark]
	fn unlist_cohort() {
		let (curator, id) = cohort::<T>(T::MaxCohort::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(curator), id);

		assert!(!Cohorts::<T>::contains_key(id));
	}

	#[benchmark]
	fn join_cohort() {
		let last = T::MaxCohort::get() - 1;
		let (_, id) = cohort::<T>(last);
		let seller = seller::<T>(last);
		let listing = listed::<T>(&seller);

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id, listing);

		assert!(Cohorts::<T>::get(id).is_some_and(|cohort| cohort.members.contains(&listing)));
	}

	#[benchmark]
	fn leave_cohort() {
		let last = T::MaxCohort::get() - 1;
		let (_, id) = cohort::<T>(last + 1);
		let seller: T::AccountId = account("seller", last, 0);
		let listing = ListingId::derive(&seller, &SALT);

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id, listing);

		assert!(Cohorts::<T>::get(id).is_some_and(|cohort| !cohort.members.contains(&listing)));
	}

	#[benchmark]
	fn offer_cohort(m: Linear<1, { T::MaxCohort::get() }>) {
		let (_, id) = cohort::<T>(m);
		let buyer = buyer::<T>();
		let expires_at = Pallet::<T>::now() + T::MaxOfferDuration::get();

		#[extrinsic_call]
		_(RawOrigin::Signed(buyer.clone()), id, SALT, m, price::<T>(), expires_at, 0);

		assert_eq!(Escrows::<T>::get(buyer).as_buyer, m);
	}

	#[benchmark]
	fn propose_study() {
		let researcher = buyer::<T>();
		let plan = plan::<T>();
		T::BenchmarkHelper::fund(&asset::<T>(), &researcher, plan.budget);
		let id = StudyId::derive(&researcher, &SALT);

		#[extrinsic_call]
		_(RawOrigin::Signed(researcher), SALT, plan);

		assert!(Studies::<T>::contains_key(id));
	}

	#[benchmark]
	fn approve_study() -> Result<(), BenchmarkError> {
		let origin = origin_of::<T::RuntimeOrigin, T::EthicsOrigin>()?;
		let (_, id) = proposed::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert_eq!(Studies::<T>::get(id).map(|study| study.state), Some(StudyState::Approved));
		Ok(())
	}

	#[benchmark]
	fn enrol() {
		let (_, id, patient, consent) = approved::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(patient.clone()), id, consent);

		assert!(Enrolments::<T>::contains_key(id, patient));
	}

	#[benchmark]
	fn compensate() {
		let (researcher, id, patient) = enrolled::<T>();
		let last = T::MaxMilestones::get() - 1;

		#[extrinsic_call]
		_(RawOrigin::Signed(researcher), id, patient.clone(), last);

		assert!(Enrolments::<T>::get(id, patient).is_some_and(|part| part.is_paid(last)));
	}

	#[benchmark]
	fn leave_study() {
		let (_, id, patient) = enrolled::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(patient.clone()), id, patient.clone());

		assert!(Enrolments::<T>::get(id, patient).is_some_and(|part| !part.active));
	}

	#[benchmark]
	fn close_study() -> Result<(), BenchmarkError> {
		let origin = origin_of::<T::RuntimeOrigin, T::EthicsOrigin>()?;
		let (_, id, _) = enrolled::<T>();

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id);

		assert_eq!(Studies::<T>::get(id).map(|study| study.state), Some(StudyState::Closed));
		Ok(())
	}

	#[benchmark]
	fn take_down() -> Result<(), BenchmarkError> {
		let origin = origin_of::<T::RuntimeOrigin, T::ModeratorOrigin>()?;
		let id = listed::<T>(&seller::<T>(0));

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, TakedownReason::Unlawful);

		assert!(Listings::<T>::get(id).is_some_and(|it| it.state != ListingState::OnSale));
		Ok(())
	}

	#[benchmark]
	fn appeal() -> Result<(), BenchmarkError> {
		let seller = seller::<T>(0);
		let id = listed::<T>(&seller);
		Pallet::<T>::do_take_down(id, TakedownReason::Unlawful)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id, PROOF);

		let pending = Appeal::Pending { grounds: PROOF };
		assert!(Listings::<T>::get(id).is_some_and(|it| matches!(
			it.state,
			ListingState::TakenDown { appeal: made, .. } if made == pending
		)));
		Ok(())
	}

	#[benchmark]
	fn decide_appeal() -> Result<(), BenchmarkError> {
		let origin = origin_of::<T::RuntimeOrigin, T::ModeratorOrigin>()?;
		let seller = seller::<T>(0);
		let id = listed::<T>(&seller);
		Pallet::<T>::do_take_down(id, TakedownReason::Unlawful)?;
		Pallet::<T>::do_appeal(&seller, id, PROOF)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, true);

		assert!(Listings::<T>::get(id).is_some_and(|it| it.state == ListingState::OnSale));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::build(), crate::mock::Test);
}
