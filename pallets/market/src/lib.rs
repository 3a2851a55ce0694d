// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(any(test, feature = "runtime-benchmarks")),
	deny(
		clippy::arithmetic_side_effects,
		clippy::as_conversions,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod cohort;
mod listing;
#[cfg(test)]
mod mock;
mod offer;
mod rating;
mod settlement;
mod study;
mod takedown;
#[cfg(test)]
mod tests;
#[cfg(any(feature = "try-runtime", feature = "std"))]
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use alloc::vec::Vec;
use frame_support::{
	dispatch::DispatchResult,
	ensure,
	sp_runtime::{
		traits::{Convert, Saturating, Zero},
		DispatchError, Permill,
	},
	traits::{
		fungibles::{hold::Mutate as _, Inspect as _},
		Consideration, Footprint, Get, UnixTime,
	},
	PalletId,
};
use salus_policy::Request;
use salus_primitives::{
	custody::Deliveries,
	traits::{ConsentBook, Deposit, Participants, RecordBook, Sponsorship},
	CohortId, Commitment, ConsentId, ConsentStanding, EncryptionKey, ListingId, Moment, OfferId,
	RecordId, Role, SaleBook, SaleId, SaleTickets, SealedRequest, Sensitivity, StudyId, TicketId,
};

// The macros make types without `Debug` that nobody sees, cast indices of variants, and expect what
// the runtime's own macro guarantees. A call carries an ephemeral key whole: it is decoded once, so
// that boxing it would gain nothing.
#[allow(
	missing_debug_implementations,
	clippy::as_conversions,
	clippy::expect_used,
	clippy::large_enum_variant
)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::fungibles};
	use frame_system::pallet_prelude::*;

	/// The version of what is stored.
	pub const STORAGE_VERSION: StorageVersion = StorageVersion::new(0);

	/// The best quality score.
	pub const MAX_QUALITY: u8 = 100;

	/// The best rating.
	pub const MAX_STARS: u8 = 5;

	/// The most offers in one answer.
	pub const MAX_PAGE: u32 = 128;

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Consensus time. Suggested: `pallet_timestamp`.
		type Time: UnixTime;

		/// Who takes part. Suggested: `pallet_registry`.
		type Participants: Participants<Self::AccountId>;

		/// Who pays for patients without tokens. Suggested: `pallet_registry`.
		type Sponsorship: Sponsorship<Self::AccountId>;

		/// Which records exist. Suggested: `pallet_records`.
		type Records: RecordBook<Self::AccountId>;

		/// Which consents hold. Suggested: `pallet_consent`.
		type Consents: ConsentBook<Self::AccountId, Request> + ConsentStanding;

		/// Which sales are authorised. Suggested: `pallet_consent`.
		type Sales: SaleBook<Self::AccountId>;

		/// Who issues sale tickets. Suggested: `pallet_access`.
		type Tickets: SaleTickets<Self::AccountId, Error = DispatchError>;

		/// What custodians attest. Suggested: `pallet_custody`.
		type Deliveries: Deliveries;

		/// The runtime's reasons to hold money.
		type RuntimeHoldReason: From<HoldReason>;

		/// Money that can be held: the native currency and assets. Suggested: `UnionOf` the
		/// balances and the holder of assets.
		type Money: fungibles::hold::Mutate<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The least price in a currency, well above dust; `None` when the market does not take it.
		/// Take only assets whose issuer cannot freeze what the market keeps.
		type MinPrice: Convert<AssetIdOf<Self>, Option<BalanceOf<Self>>>;

		/// The platform's part of what is paid out; less than all. An offer keeps the one that it
		/// was made under. Suggested: 12 %, as a parameter that governance may change.
		type PlatformFee: Get<Permill>;

		/// Who gets the platform's part. Suggested: the treasury's account.
		type Treasury: Get<Self::AccountId>;

		/// From which the account follows that keeps what was earned until it is claimed. The
		/// account needs the minimum balance of each currency before the market takes it.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// What a listing or a cohort costs as long as it is stored.
		type ListingConsideration: Consideration<Self::AccountId, Footprint>;

		/// Who ends disputes, and escrows of which nothing was heard. It must always exist, or
		/// money could be held for ever. Suggested: a council, or root.
		type ArbiterOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Who takes listings down and decides appeals. Suggested: a council, or root.
		type ModeratorOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// Who approves studies, and may stop them. Suggested: a council, or root.
		type EthicsOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The most listings of one account. Suggested: 256. DO NOT REDUCE THIS VALUE: the listings
		/// of accounts above it could not be read.
		#[pallet::constant]
		type MaxListings: Get<u32>;

		/// The most offers to one seller whose money is held. Suggested: 64.
		#[pallet::constant]
		type MaxEscrowsPerPayee: Get<u32>;

		/// The most offers of one buyer whose money is held. Suggested: 1,024.
		#[pallet::constant]
		type MaxEscrowsPerBuyer: Get<u32>;

		/// The longest time for which an offer waits for its ticket, in milliseconds. Suggested:
		/// 60 days.
		#[pallet::constant]
		type MaxOfferDuration: Get<Moment>;

		/// The longest time after the first delivery in which a purchase is downloaded again, in
		/// milliseconds. Suggested: one year.
		#[pallet::constant]
		type MaxAccessDuration: Get<Moment>;

		/// How often a purchase is downloaded again at the most. Suggested: 16.
		#[pallet::constant]
		type MaxRedownloads: Get<u32>;

		/// How long after the first delivery the buyer may dispute it, in milliseconds. Suggested:
		/// seven days.
		#[pallet::constant]
		type DisputeWindow: Get<Moment>;

		/// How long after the deadline of a ticket, of which neither delivery nor refusal was
		/// attested, the arbiter may end the escrow, in milliseconds. More than
		/// [`Config::DisputeWindow`]. Suggested: 14 days.
		#[pallet::constant]
		type EscrowGrace: Get<Moment>;

		/// The most members of a cohort. Suggested: 64. DO NOT REDUCE THIS VALUE: cohorts above it
		/// could not be read.
		#[pallet::constant]
		type MaxCohort: Get<u32>;

		/// The most milestones of a study, from 1 to 32. Suggested: 32. DO NOT REDUCE THIS VALUE:
		/// studies above it could not be read.
		#[pallet::constant]
		type MaxMilestones: Get<u32>;

		/// How long a study's budget is held at the most, in milliseconds. Suggested: five years.
		#[pallet::constant]
		type MaxStudyDuration: Get<Moment>;

		/// What the calls weigh.
		type WeightInfo: WeightInfo;

		/// What only the runtime can set up for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId, AssetIdOf<Self>, BalanceOf<Self>>;
	}

	/// Why money is held.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Of a buyer: the price of her offers. Of a researcher: the budgets of her studies. Of the
		/// market's own account: what others earned and did not claim yet.
		#[codec(index = 0)]
		Escrow,
		/// For the place that listings and cohorts take.
		#[codec(index = 1)]
		Listing,
	}

	/// The listings. Look at one through [`Pallet::listing`].
	#[pallet::storage]
	pub type Listings<T: Config> = StorageMap<_, Identity, ListingId, ListingOf<T>, OptionQuery>;

	/// The listings of each seller.
	#[pallet::storage]
	pub type ListingsOf<T: Config> = StorageMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		BoundedVec<ListingId, T::MaxListings>,
		ValueQuery,
	>;

	/// Under which listing a record is. One that was taken down stays here when the seller removes
	/// the listing, so that it is not listed anew.
	#[pallet::storage]
	pub type ListedRecords<T: Config> = StorageMap<_, Identity, RecordId, ListingId, OptionQuery>;

	/// The offers whose money is held, and those that were settled and not forgotten.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Identity, OfferId, OfferOf<T>, OptionQuery>;

	/// The offers for each listing.
	#[pallet::storage]
	pub type OffersByListing<T: Config> =
		StorageDoubleMap<_, Identity, ListingId, Identity, OfferId, (), OptionQuery>;

	/// The offers of each buyer.
	#[pallet::storage]
	pub type OffersByBuyer<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Identity, OfferId, (), OptionQuery>;

	/// In how many offers with held money each account takes part.
	#[pallet::storage]
	pub type Escrows<T: Config> =
		StorageMap<_, Blake2_128Concat, T::AccountId, EscrowCount, ValueQuery>;

	/// What each account may claim.
	#[pallet::storage]
	pub type Claimable<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		AssetIdOf<T>,
		BalanceOf<T>,
		ValueQuery,
	>;

	/// What each account ever earned, claimed or not.
	#[pallet::storage]
	pub type Earnings<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		T::AccountId,
		Blake2_128Concat,
		AssetIdOf<T>,
		BalanceOf<T>,
		ValueQuery,
	>;

	/// How buyers rated each seller.
	#[pallet::storage]
	pub type Ratings<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Rating, ValueQuery>;

	/// The cohorts. Look at one through [`Pallet::cohort`].
	#[pallet::storage]
	pub type Cohorts<T: Config> = StorageMap<_, Identity, CohortId, CohortOf<T>, OptionQuery>;

	/// The studies; closed ones as long as an enrolment is stored.
	#[pallet::storage]
	pub type Studies<T: Config> = StorageMap<_, Identity, StudyId, StudyOf<T>, OptionQuery>;

	/// Who takes part in a study, or did until it is over.
	#[pallet::storage]
	pub type Enrolments<T: Config> = StorageDoubleMap<
		_,
		Identity,
		StudyId,
		Blake2_128Concat,
		T::AccountId,
		Enrolment,
		OptionQuery,
	>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A record was put on sale.
		Listed {
			/// The listing.
			listing: ListingId,
			/// Who sells.
			seller: T::AccountId,
		},
		/// A listing has another price.
		PriceUpdated {
			/// The listing.
			listing: ListingId,
			/// The price for new offers.
			price: BalanceOf<T>,
		},
		/// A listing was removed by its seller.
		Unlisted {
			/// The listing.
			listing: ListingId,
		},
		/// An offer was made and its money is held.
		Offered {
			/// The offer.
			offer: OfferId,
			/// For what.
			listing: ListingId,
			/// Who buys.
			buyer: T::AccountId,
			/// How much.
			price: BalanceOf<T>,
		},
		/// The seller accepted an offer.
		Accepted {
			/// The offer.
			offer: OfferId,
			/// The authorisation for it.
			sale: SaleId,
		},
		/// A sale ticket was opened; the escrow is locked.
		Locked {
			/// The offer.
			offer: OfferId,
			/// The ticket.
			ticket: TicketId,
		},
		/// A further ticket was opened for what was bought.
		OpenedAgain {
			/// The offer.
			offer: OfferId,
			/// The ticket.
			ticket: TicketId,
		},
		/// A delivery is disputed.
		Disputed {
			/// The offer.
			offer: OfferId,
			/// Why.
			reason: DisputeReason,
		},
		/// All money of an offer went back to the buyer.
		Refunded {
			/// The offer.
			offer: OfferId,
			/// How much.
			amount: BalanceOf<T>,
			/// Why.
			reason: RefundReason,
		},
		/// The money of an offer was shared out.
		Settled {
			/// The offer.
			offer: OfferId,
			/// What the seller may claim.
			seller: BalanceOf<T>,
			/// What the platform may claim.
			platform: BalanceOf<T>,
			/// What went back to the buyer.
			refunded: BalanceOf<T>,
		},
		/// A settled offer was removed.
		Forgotten {
			/// The offer.
			offer: OfferId,
		},
		/// What was earned was paid.
		Claimed {
			/// To whom.
			who: T::AccountId,
			/// In which currency.
			asset: AssetIdOf<T>,
			/// How much.
			amount: BalanceOf<T>,
		},
		/// A purchase was rated.
		Rated {
			/// The offer.
			offer: OfferId,
			/// Who sold.
			seller: T::AccountId,
			/// One to five.
			stars: u8,
		},
		/// A listing was taken down.
		TakenDown {
			/// The listing.
			listing: ListingId,
			/// Why.
			reason: TakedownReason,
		},
		/// A seller appealed against a takedown.
		Appealed {
			/// The listing.
			listing: ListingId,
		},
		/// An appeal was decided.
		AppealDecided {
			/// The listing.
			listing: ListingId,
			/// Whether it is on sale again.
			restored: bool,
		},
		/// A cohort was made, still without members.
		CohortListed {
			/// The cohort.
			cohort: CohortId,
			/// Who made it.
			curator: T::AccountId,
		},
		/// A cohort was removed. Offers that were made for it stand.
		CohortUnlisted {
			/// The cohort.
			cohort: CohortId,
		},
		/// A listing became a member of a cohort.
		CohortJoined {
			/// The cohort.
			cohort: CohortId,
			/// The listing.
			listing: ListingId,
		},
		/// A listing is no member any more.
		CohortLeft {
			/// The cohort.
			cohort: CohortId,
			/// The listing.
			listing: ListingId,
		},
		/// A cohort was offered for; each member has an offer of her own.
		CohortOffered {
			/// The cohort.
			cohort: CohortId,
			/// Who buys.
			buyer: T::AccountId,
			/// How many share the price.
			members: u32,
			/// How much all offers together bring.
			price: BalanceOf<T>,
		},
		/// A study was proposed and its budget is held.
		StudyProposed {
			/// The study.
			study: StudyId,
			/// Who does it.
			researcher: T::AccountId,
		},
		/// A study may enrol patients.
		StudyApproved {
			/// The study.
			study: StudyId,
		},
		/// A patient takes part in a study.
		Enrolled {
			/// The study.
			study: StudyId,
			/// Who.
			patient: T::AccountId,
		},
		/// A milestone was paid.
		Compensated {
			/// The study.
			study: StudyId,
			/// To whom.
			patient: T::AccountId,
			/// Which; the first is 0.
			milestone: u32,
			/// How much she may claim for it.
			amount: BalanceOf<T>,
		},
		/// A patient does not take part any more.
		StudyLeft {
			/// The study.
			study: StudyId,
			/// Who.
			patient: T::AccountId,
		},
		/// A study is over.
		StudyClosed {
			/// The study.
			study: StudyId,
			/// What went back to the researcher.
			returned: BalanceOf<T>,
		},
	}

	/// What was wrong with a call.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such record, listing, offer, cohort, member or study.
		NotFound,
		/// It is somebody else's.
		NotAuthorized,
		/// You made one with this salt before, joined, or enrolled before.
		AlreadyExists,
		/// Its time is over.
		Expired,
		/// This does not follow from how far it is.
		InvalidState,
		/// You lack the role, or the credential that it needs.
		NotInGoodStanding,
		/// The market does not take this currency.
		InvalidAsset,
		/// The market's account lacks the minimum balance of this currency: somebody has to send it
		/// once.
		NotFunded,
		/// Less than the seller asks, or too little to be shared.
		PriceTooLow,
		/// No category, or a sensitive one.
		InvalidCategory,
		/// The quality is more than 100.
		InvalidQuality,
		/// The record was retired, or is not the seller's any more.
		RecordRetired,
		/// The record is under another listing, or was taken down for good.
		RecordListed,
		/// You have as many listings as one may have.
		MaxListingsExceeded,
		/// The listing was removed or taken down.
		NotOnSale,
		/// You need not buy your own.
		SelfOffer,
		/// It ends too far ahead.
		DurationTooLong,
		/// The seller or the buyer has as many offers in escrow as one may have.
		MaxEscrowsExceeded,
		/// There is no such authorisation, or it names another seller, buyer or record.
		SaleMismatch,
		/// The seller withdrew the authorisation.
		SaleRevoked,
		/// The authorisation ends before a ticket would.
		SaleTooShort,
		/// No delivery was proven.
		NotYetDelivered,
		/// The buyer may still dispute it, or does.
		NotYetSettleable,
		/// It is not disputed, and the time to prove what happened is not over.
		NotYetResolvable,
		/// Nothing speaks for a refund.
		NotRefundable,
		/// It was downloaded as often as may be.
		MaxRedownloadsExceeded,
		/// You have nothing to claim in this currency.
		NothingToClaim,
		/// One to five stars.
		InvalidRating,
		/// You rated it before.
		AlreadyRated,
		/// One appeal against a takedown.
		AlreadyAppealed,
		/// The cohort is for listings of the other kind.
		KindMismatch,
		/// The cohort has as many members as one may have.
		MaxMembersExceeded,
		/// Not so many members can be bought now.
		MembersMismatch,
		/// There is no such milestone; or none at all, or one that pays less than an account needs.
		InvalidMilestones,
		/// The budget does not pay one patient more for all milestones.
		BudgetTooLow,
		/// The consent does not hold, or is not between you and the researcher.
		ConsentMismatch,
		/// The patient does not take part.
		NotEnrolled,
		/// The milestone was paid before.
		AlreadyPaid,
		/// Enrolled patients may still earn it; before its time is over the study stays open.
		StillPromised,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::PlatformFee::get() < Permill::one(), "nothing would be left for sellers");
			assert!(
				T::EscrowGrace::get() > T::DisputeWindow::get(),
				"the arbiter would act before a delivery in time can be settled"
			);
			assert!(T::Tickets::lifetime() > 0, "a ticket needs time");
			assert!(T::MaxListings::get() > 0, "nothing could be listed");
			assert!(T::MaxEscrowsPerPayee::get() > 0, "nothing could be sold");
			assert!(T::MaxEscrowsPerBuyer::get() > 0, "nothing could be bought");
			assert!(T::MaxCohort::get() > 0, "a cohort needs a member");
			assert!(
				(1..=u32::BITS).contains(&T::MaxMilestones::get()),
				"a paid milestone is one bit of 32"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(
			_: BlockNumberFor<T>,
		) -> Result<(), frame_support::sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Puts a live record of the caller on sale, under `ListingId::derive(caller, salt)`, and
		/// takes the deposit. O(1).
		///
		/// Emits [`Event::Listed`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::list())]
		#[pallet::feeless_if(|
			origin: &OriginFor<T>,
			_: &[u8; 32],
			_: &Goods,
			_: &AssetIdOf<T>,
			_: &BalanceOf<T>,
		| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn list(
			origin: OriginFor<T>,
			salt: [u8; 32],
			goods: Goods,
			asset: AssetIdOf<T>,
			price: BalanceOf<T>,
		) -> DispatchResult {
			Self::do_list(ensure_signed(origin)?, &salt, goods, asset, price)
		}

		/// Asks another price of new offers. By the seller. O(1).
		///
		/// Emits [`Event::PriceUpdated`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::update_price())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &ListingId, _: &BalanceOf<T>| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn update_price(
			origin: OriginFor<T>,
			listing: ListingId,
			price: BalanceOf<T>,
		) -> DispatchResult {
			Self::do_update_price(&ensure_signed(origin)?, listing, price)
		}

		/// Removes a listing and gives the deposit back. Offers that no ticket has locked can be
		/// refunded from then on; locked ones run their course. By the seller. O(listings of the
		/// seller).
		///
		/// Emits [`Event::Unlisted`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::unlist())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &ListingId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn unlist(origin: OriginFor<T>, listing: ListingId) -> DispatchResult {
			Self::do_unlist(&ensure_signed(origin)?, listing)
		}

		/// Offers `price`, at least what the listing asks, and holds it. The seller accepts and a
		/// ticket is opened before `expires_at`; what was delivered can be downloaded again for
		/// `access_for` milliseconds. The offer is `OfferId::derive(listing, caller, salt)`. By a
		/// researcher or an organisation in good standing. O(1).
		///
		/// Emits [`Event::Offered`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::offer())]
		pub fn offer(
			origin: OriginFor<T>,
			listing: ListingId,
			salt: [u8; 32],
			price: BalanceOf<T>,
			expires_at: Moment,
			access_for: Moment,
		) -> DispatchResult {
			let buyer = ensure_signed(origin)?;
			Self::do_offer(buyer, listing, &salt, price, expires_at, access_for)
		}

		/// Takes an offer back while no ticket is opened, and the money. By the buyer. O(1).
		///
		/// Emits [`Event::Refunded`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::withdraw_offer())]
		pub fn withdraw_offer(origin: OriginFor<T>, offer: OfferId) -> DispatchResult {
			Self::do_withdraw_offer(&ensure_signed(origin)?, offer)
		}

		/// Accepts an offer with an authorisation that names its seller, buyer and record, and
		/// holds until the last ticket that could be opened is over. By the seller. O(1).
		///
		/// Emits [`Event::Accepted`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::accept())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &OfferId, _: &SaleId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn accept(origin: OriginFor<T>, offer: OfferId, sale: SaleId) -> DispatchResult {
			Self::do_accept(&ensure_signed(origin)?, offer, sale)
		}

		/// Gives the buyer all her money back, at any time before the settlement. By the seller.
		/// O(1).
		///
		/// Emits [`Event::Refunded`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::decline())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &OfferId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn decline(origin: OriginFor<T>, offer: OfferId) -> DispatchResult {
			Self::do_decline(&ensure_signed(origin)?, offer)
		}

		/// Opens a sale ticket to have the keys that `request` names released to `ephemeral_key`,
		/// and locks the escrow by it. By the buyer, still in good standing. O(1).
		///
		/// Emits [`Event::Locked`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::open_sale())]
		pub fn open_sale(
			origin: OriginFor<T>,
			offer: OfferId,
			request: SealedRequest,
			ephemeral_key: EncryptionKey,
		) -> DispatchResult {
			Self::do_open_sale(&ensure_signed(origin)?, offer, request, ephemeral_key)
		}

		/// Opens a further ticket for what was delivered, with the same request, for nothing. As
		/// long as the term of the offer and the authorisation last. By the buyer. O(1).
		///
		/// Emits [`Event::OpenedAgain`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::redownload())]
		pub fn redownload(
			origin: OriginFor<T>,
			offer: OfferId,
			ephemeral_key: EncryptionKey,
		) -> DispatchResult {
			Self::do_redownload(&ensure_signed(origin)?, offer, ephemeral_key)
		}

		/// Sends the money back to the buyer, by anybody, when
		/// - no ticket was opened, and the offer is over, the listing removed or taken down, the
		///   record retired, or the authorisation withdrawn;
		/// - a ticket was opened, and custodians attest that nothing was released.
		///
		/// O(1). Emits [`Event::Refunded`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::refund())]
		pub fn refund(origin: OriginFor<T>, offer: OfferId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_refund(offer)
		}

		/// Shares the money between seller and platform: by anybody once the dispute window is
		/// over; by the buyer at any time after she opened the ticket, to let go of a dispute too.
		/// O(1).
		///
		/// Emits [`Event::Settled`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::settle())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, offer: &OfferId| -> bool {
			Pallet::<T>::is_sponsored(origin) && Pallet::<T>::is_seller(origin, offer)
		})]
		pub fn settle(origin: OriginFor<T>, offer: OfferId) -> DispatchResult {
			Self::do_settle(&ensure_signed(origin)?, offer)
		}

		/// Disputes a delivery, within [`Config::DisputeWindow`] from it. By the buyer. O(1).
		///
		/// Emits [`Event::Disputed`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::dispute())]
		pub fn dispute(
			origin: OriginFor<T>,
			offer: OfferId,
			reason: DisputeReason,
			evidence: Commitment,
		) -> DispatchResult {
			Self::do_dispute(&ensure_signed(origin)?, offer, reason, evidence)
		}

		/// Ends a dispute, or an escrow of which nothing was heard for [`Config::EscrowGrace`] after
		/// the ticket's deadline: `to_buyer` of the price goes back, the rest is shared as in a
		/// settlement. By [`Config::ArbiterOrigin`]. O(1).
		///
		/// Emits [`Event::Settled`], or [`Event::Refunded`] when all goes back.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::resolve())]
		pub fn resolve(origin: OriginFor<T>, offer: OfferId, to_buyer: Permill) -> DispatchResult {
			T::ArbiterOrigin::ensure_origin(origin)?;
			Self::do_resolve(offer, to_buyer)
		}

		/// Pays out what the caller earned in `asset`. O(1).
		///
		/// Emits [`Event::Claimed`].
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::claim())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &AssetIdOf<T>| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn claim(origin: OriginFor<T>, asset: AssetIdOf<T>) -> DispatchResult {
			Self::do_claim(ensure_signed(origin)?, asset)
		}

		/// Pays out the platform's part in `asset` to [`Config::Treasury`]. By anybody. O(1).
		///
		/// Emits [`Event::Claimed`].
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::claim_platform())]
		pub fn claim_platform(origin: OriginFor<T>, asset: AssetIdOf<T>) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_claim(T::Treasury::get(), asset)
		}

		/// Rates the seller of a settled purchase with one to five stars, once. By the buyer. O(1).
		///
		/// Emits [`Event::Rated`].
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::rate())]
		pub fn rate(origin: OriginFor<T>, offer: OfferId, stars: u8) -> DispatchResult {
			Self::do_rate(&ensure_signed(origin)?, offer, stars)
		}

		/// Removes a settled offer: by the buyer at any time, by anybody when its term is over.
		/// O(1).
		///
		/// Emits [`Event::Forgotten`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::forget())]
		pub fn forget(origin: OriginFor<T>, offer: OfferId) -> DispatchResult {
			Self::do_forget(&ensure_signed(origin)?, offer)
		}

		/// Makes a cohort without members, under `CohortId::derive(caller, salt)`, and takes the
		/// deposit. `price` is for all members together. By a participant in good standing. O(1).
		///
		/// Emits [`Event::CohortListed`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::list_cohort())]
		pub fn list_cohort(
			origin: OriginFor<T>,
			salt: [u8; 32],
			kind: ListingKind,
			asset: AssetIdOf<T>,
			price: BalanceOf<T>,
		) -> DispatchResult {
			Self::do_list_cohort(ensure_signed(origin)?, &salt, kind, asset, price)
		}

		/// Removes a cohort and gives the deposit back. Its members' listings and offers stand. By
		/// the curator. O(1).
		///
		/// Emits [`Event::CohortUnlisted`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::unlist_cohort())]
		pub fn unlist_cohort(origin: OriginFor<T>, cohort: CohortId) -> DispatchResult {
			Self::do_unlist_cohort(&ensure_signed(origin)?, cohort)
		}

		/// Lets a listing be bought with a cohort. By the seller. O(members).
		///
		/// Emits [`Event::CohortJoined`].
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::join_cohort())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &CohortId, _: &ListingId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn join_cohort(
			origin: OriginFor<T>,
			cohort: CohortId,
			listing: ListingId,
		) -> DispatchResult {
			Self::do_join_cohort(&ensure_signed(origin)?, cohort, listing)
		}

		/// Takes a listing out of a cohort. By the seller or by the curator. O(members).
		///
		/// Emits [`Event::CohortLeft`].
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::leave_cohort())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &CohortId, _: &ListingId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn leave_cohort(
			origin: OriginFor<T>,
			cohort: CohortId,
			listing: ListingId,
		) -> DispatchResult {
			Self::do_leave_cohort(&ensure_signed(origin)?, cohort, listing)
		}

		/// Offers `price` for a cohort, at least what it asks, and holds it. It is split evenly
		/// among the members that can be bought now, which must be `members`, and each gets an
		/// offer with the same `salt`. By a researcher or an organisation in good standing.
		/// O(members).
		///
		/// Emits [`Event::Offered`] for each member and [`Event::CohortOffered`].
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::offer_cohort(T::MaxCohort::get()))]
		pub fn offer_cohort(
			origin: OriginFor<T>,
			cohort: CohortId,
			salt: [u8; 32],
			members: u32,
			price: BalanceOf<T>,
			expires_at: Moment,
			access_for: Moment,
		) -> DispatchResultWithPostInfo {
			let buyer = ensure_signed(origin)?;
			let looked_at = Self::do_offer_cohort(
				buyer, cohort, &salt, members, price, expires_at, access_for,
			)?;
			Ok(Some(T::WeightInfo::offer_cohort(looked_at)).into())
		}

		/// Proposes a study under `StudyId::derive(caller, salt)` and holds its budget. By a
		/// researcher or an organisation in good standing. O(milestones).
		///
		/// Emits [`Event::StudyProposed`].
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::propose_study())]
		pub fn propose_study(
			origin: OriginFor<T>,
			salt: [u8; 32],
			plan: StudyPlanOf<T>,
		) -> DispatchResult {
			Self::do_propose_study(ensure_signed(origin)?, &salt, plan)
		}

		/// Lets a study enrol patients. By [`Config::EthicsOrigin`]. O(1).
		///
		/// Emits [`Event::StudyApproved`].
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::approve_study())]
		pub fn approve_study(origin: OriginFor<T>, study: StudyId) -> DispatchResult {
			T::EthicsOrigin::ensure_origin(origin)?;
			Self::do_approve_study(study)
		}

		/// Enrols the caller in a study, under a consent of hers to the researcher that holds now.
		/// What she can earn is kept for her. O(milestones).
		///
		/// Emits [`Event::Enrolled`].
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::enrol())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &StudyId, _: &ConsentId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn enrol(origin: OriginFor<T>, study: StudyId, consent: ConsentId) -> DispatchResult {
			Self::do_enrol(ensure_signed(origin)?, study, consent)
		}

		/// Pays an enrolled patient for a milestone, once; the first is 0. By the researcher. O(1).
		///
		/// Emits [`Event::Compensated`].
		#[pallet::call_index(25)]
		#[pallet::weight(T::WeightInfo::compensate())]
		pub fn compensate(
			origin: OriginFor<T>,
			study: StudyId,
			patient: T::AccountId,
			milestone: u32,
		) -> DispatchResult {
			Self::do_compensate(&ensure_signed(origin)?, study, patient, milestone)
		}

		/// Ends the part of `patient` in a study, for good; what she was paid stays hers. By
		/// herself. Once the study is closed by anybody, to free the place it takes. O(milestones).
		///
		/// Emits [`Event::StudyLeft`].
		#[pallet::call_index(26)]
		#[pallet::weight(T::WeightInfo::leave_study())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &StudyId, _: &T::AccountId| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn leave_study(
			origin: OriginFor<T>,
			study: StudyId,
			patient: T::AccountId,
		) -> DispatchResult {
			Self::do_leave_study(&ensure_signed(origin)?, study, patient)
		}

		/// Closes a study and gives back what is left of the budget: by the researcher while
		/// nothing is kept for patients, by anybody when its time is over, by
		/// [`Config::EthicsOrigin`] always. O(1).
		///
		/// Emits [`Event::StudyClosed`].
		#[pallet::call_index(27)]
		#[pallet::weight(T::WeightInfo::close_study())]
		pub fn close_study(origin: OriginFor<T>, study: StudyId) -> DispatchResult {
			let who = match T::EthicsOrigin::try_origin(origin) {
				Ok(_) => None,
				Err(origin) => Some(ensure_signed(origin)?),
			};
			Self::do_close_study(who, study)
		}

		/// Takes a listing down: no new offers, and those that no ticket has locked can be refunded
		/// by anybody. By [`Config::ModeratorOrigin`]. O(1).
		///
		/// Emits [`Event::TakenDown`].
		#[pallet::call_index(28)]
		#[pallet::weight(T::WeightInfo::take_down())]
		pub fn take_down(
			origin: OriginFor<T>,
			listing: ListingId,
			reason: TakedownReason,
		) -> DispatchResult {
			T::ModeratorOrigin::ensure_origin(origin)?;
			Self::do_take_down(listing, reason)
		}

		/// Appeals against a takedown, once. By the seller. O(1).
		///
		/// Emits [`Event::Appealed`].
		#[pallet::call_index(29)]
		#[pallet::weight(T::WeightInfo::appeal())]
		#[pallet::feeless_if(|origin: &OriginFor<T>, _: &ListingId, _: &Commitment| -> bool {
			Pallet::<T>::is_sponsored(origin)
		})]
		pub fn appeal(
			origin: OriginFor<T>,
			listing: ListingId,
			grounds: Commitment,
		) -> DispatchResult {
			Self::do_appeal(&ensure_signed(origin)?, listing, grounds)
		}

		/// Decides an appeal: the listing is on sale again, or stays down for good. By
		/// [`Config::ModeratorOrigin`]. O(1).
		///
		/// Emits [`Event::AppealDecided`].
		#[pallet::call_index(30)]
		#[pallet::weight(T::WeightInfo::decide_appeal())]
		pub fn decide_appeal(
			origin: OriginFor<T>,
			listing: ListingId,
			restored: bool,
		) -> DispatchResult {
			T::ModeratorOrigin::ensure_origin(origin)?;
			Self::do_decide_appeal(listing, restored)
		}
	}

	#[pallet::view_functions]
	impl<T: Config> Pallet<T> {
		/// The listing, with how often it was used.
		pub fn listing(id: ListingId) -> Option<ListingOf<T>> {
			Listings::<T>::get(id)
		}

		/// The listings of a seller, oldest first.
		pub fn listings_of(seller: T::AccountId) -> Vec<ListingId> {
			ListingsOf::<T>::get(seller).into_inner()
		}

		/// The offer, unless it was refunded or forgotten.
		pub fn offer_by_id(id: OfferId) -> Option<OfferOf<T>> {
			Offers::<T>::get(id)
		}

		/// Why anybody may refund the offer now, if so.
		pub fn refundable(id: OfferId) -> Option<RefundReason> {
			Self::refund_due(&Offers::<T>::get(id)?)
		}

		/// At most `limit` and [`MAX_PAGE`] offers for a listing, those that follow `after`.
		pub fn offers_for(listing: ListingId, after: Option<OfferId>, limit: u32) -> Vec<OfferId> {
			let after = OffersByListing::<T>::hashed_key_for(listing, page_start(after));
			let offers = OffersByListing::<T>::iter_key_prefix_from(listing, after);
			offers.take(page_len(limit)).collect()
		}

		/// At most `limit` and [`MAX_PAGE`] offers of a buyer, those that follow `after`.
		pub fn offers_of(buyer: T::AccountId, after: Option<OfferId>, limit: u32) -> Vec<OfferId> {
			let after = OffersByBuyer::<T>::hashed_key_for(&buyer, page_start(after));
			let offers = OffersByBuyer::<T>::iter_key_prefix_from(&buyer, after);
			offers.take(page_len(limit)).collect()
		}

		/// What `who` may claim in `asset`.
		pub fn claimable(who: T::AccountId, asset: AssetIdOf<T>) -> BalanceOf<T> {
			Claimable::<T>::get(who, asset)
		}

		/// What `who` ever earned in `asset`, claimed or not.
		pub fn earnings(who: T::AccountId, asset: AssetIdOf<T>) -> BalanceOf<T> {
			Earnings::<T>::get(who, asset)
		}

		/// How buyers rated a seller.
		pub fn rating(seller: T::AccountId) -> Rating {
			Ratings::<T>::get(seller)
		}

		/// The cohort and its members.
		pub fn cohort(id: CohortId) -> Option<CohortOf<T>> {
			Cohorts::<T>::get(id)
		}

		/// The study; a closed one as long as an enrolment is stored.
		pub fn study(id: StudyId) -> Option<StudyOf<T>> {
			Studies::<T>::get(id)
		}

		/// The part of a patient in a study.
		pub fn enrolment(study: StudyId, patient: T::AccountId) -> Option<Enrolment> {
			Enrolments::<T>::get(study, patient)
		}

		/// The account that keeps what was earned until it is claimed.
		pub fn market_account() -> T::AccountId {
			Self::account()
		}
	}
}

/// No offer has the identifier zero, so that it stands before the first.
fn page_start(after: Option<OfferId>) -> OfferId {
	after.unwrap_or(OfferId([0; 32]))
}

fn page_len(limit: u32) -> usize {
	usize::try_from(limit.min(MAX_PAGE)).unwrap_or_default()
}

impl<T: Config> Pallet<T> {
	/// Consensus time in milliseconds.
	pub(crate) fn now() -> Moment {
		Moment::try_from(T::Time::now().as_millis()).unwrap_or(Moment::MAX)
	}
}
