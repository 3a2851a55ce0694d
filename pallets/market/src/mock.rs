// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_market;
use codec::{Decode, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl, ord_parameter_types, parameter_types, storage_alias,
	traits::{
		fungible::{HoldConsideration, NativeFromLeft, NativeOrWithId, UnionOf},
		fungibles::{hold::Inspect as _, Inspect as _},
		AsEnsureOriginWithArg, ConstU32, ConstU64, LinearStoragePrice,
	},
	PalletId, Twox64Concat,
};
use frame_system::{EnsureRoot, EnsureSigned, EnsureSignedBy};
use salus_policy::Request;
use salus_primitives::{
	audit::Refusal,
	traits::{self, ConsentParties},
	ConsentId, ConsentStanding, EncryptionKey, Grantee, Moment, RecordId, Role, SaleBook,
	SaleFacts, SaleId, SaleTickets, SealedRequest, TicketId,
};
use sp_runtime::{traits::Convert, BuildStorage, DispatchError, Permill};

pub(crate) const SELLER: u64 = 1;
pub(crate) const OTHER_SELLER: u64 = 2;
pub(crate) const BUYER: u64 = 3;
pub(crate) const OTHER_BUYER: u64 = 4;
pub(crate) const CURATOR: u64 = 5;
pub(crate) const PATIENT: u64 = 6;
pub(crate) const STRANGER: u64 = 9;
/// Has no tokens; her sponsor pays.
pub(crate) const POOR_SELLER: u64 = 10;
pub(crate) const SPONSOR: u64 = 11;
pub(crate) const TREASURY: u64 = 20;
/// Councils are accounts here.
pub(crate) const ARBITER: u64 = 30;
pub(crate) const MODERATOR: u64 = 31;
pub(crate) const ETHICS: u64 = 32;

/// What every account but the treasury begins with, of each currency.
pub(crate) const ENDOWMENT: u64 = 1_000_000;
pub(crate) const EXISTENTIAL: u64 = 10;
pub(crate) const MIN_PRICE: u64 = 100;
pub(crate) const DEPOSIT: u64 = 50;

pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const LIFETIME: Moment = 1_000;
pub(crate) const WINDOW: Moment = 2_000;
pub(crate) const GRACE: Moment = 5_000;
pub(crate) const MAX_OFFER: Moment = 10_000;
pub(crate) const MAX_ACCESS: Moment = 50_000;
pub(crate) const MAX_STUDY: Moment = 100_000;
pub(crate) const MAX_LISTINGS: u32 = 4;
pub(crate) const MAX_PER_PAYEE: u32 = 3;
pub(crate) const MAX_PER_BUYER: u32 = 6;
pub(crate) const MAX_COHORT: u32 = 4;
pub(crate) const MAX_MILESTONES: u32 = 3;
pub(crate) const MAX_REDOWNLOADS: u32 = 2;

pub(crate) type AssetId = NativeOrWithId<u32>;
pub(crate) const NATIVE: AssetId = NativeOrWithId::Native;
pub(crate) const STABLE: AssetId = NativeOrWithId::WithId(1);
/// Taken, but the market's account has none of it.
pub(crate) const UNFUNDED: AssetId = NativeOrWithId::WithId(2);
/// Not taken.
pub(crate) const REFUSED: AssetId = NativeOrWithId::WithId(3);

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Balances: pallet_balances,
		Assets: pallet_assets,
		AssetsHolder: pallet_assets_holder,
		Market: pallet_market,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u64>;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type ExistentialDeposit = ConstU64<EXISTENTIAL>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type CreateOrigin = AsEnsureOriginWithArg<EnsureSigned<u64>>;
	type ForceOrigin = EnsureRoot<u64>;
	type Currency = Balances;
	type Holder = AssetsHolder;
}

impl pallet_assets_holder::Config for Test {
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeEvent = RuntimeEvent;
}

/// The currencies that can be held, as in a runtime with assets.
pub(crate) type Money = UnionOf<Balances, AssetsHolder, NativeFromLeft, AssetId, u64>;

/// The same least price in every currency that is taken.
#[derive(Debug)]
pub struct Prices;

impl Convert<AssetId, Option<u64>> for Prices {
	fn convert(asset: AssetId) -> Option<u64> {
		(asset != REFUSED).then_some(MIN_PRICE)
	}
}

parameter_types! {
	pub storage Fee: Permill = Permill::from_percent(12);
	pub const TreasuryAccount: u64 = TREASURY;
	pub const MarketPalletId: PalletId = PalletId(*b"sl/markt");
	pub const ListingHold: RuntimeHoldReason = RuntimeHoldReason::Market(crate::HoldReason::Listing);
}

ord_parameter_types! {
	pub const Arbiter: u64 = ARBITER;
	pub const Moderator: u64 = MODERATOR;
	pub const Ethics: u64 = ETHICS;
}

type Price = LinearStoragePrice<ConstU64<DEPOSIT>, ConstU64<0>, u64>;

/// Sponsors of whoever has no tokens.
#[derive(Debug)]
pub struct Sponsors;

impl traits::Sponsorship<u64> for Sponsors {
	fn covers(who: &u64) -> bool {
		*who == POOR_SELLER
	}

	fn payer(who: &u64) -> u64 {
		if Self::covers(who) {
			SPONSOR
		} else {
			*who
		}
	}
}

impl pallet_market::Config for Test {
	type Time = Timestamp;
	type Participants = Register;
	type Sponsorship = Sponsors;
	type Records = Shelf;
	type Consents = Book;
	type Sales = Book;
	type Tickets = Office;
	type Deliveries = Committee;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Money = Money;
	type MinPrice = Prices;
	type PlatformFee = Fee;
	type Treasury = TreasuryAccount;
	type PalletId = MarketPalletId;
	type ListingConsideration = HoldConsideration<u64, Balances, ListingHold, Price>;
	type ArbiterOrigin = EnsureSignedBy<Arbiter, u64>;
	type ModeratorOrigin = EnsureSignedBy<Moderator, u64>;
	type EthicsOrigin = EnsureSignedBy<Ethics, u64>;
	type MaxListings = ConstU32<MAX_LISTINGS>;
	type MaxEscrowsPerPayee = ConstU32<MAX_PER_PAYEE>;
	type MaxEscrowsPerBuyer = ConstU32<MAX_PER_BUYER>;
	type MaxOfferDuration = ConstU64<MAX_OFFER>;
	type MaxAccessDuration = ConstU64<MAX_ACCESS>;
	type MaxRedownloads = ConstU32<MAX_REDOWNLOADS>;
	type DisputeWindow = ConstU64<WINDOW>;
	type EscrowGrace = ConstU64<GRACE>;
	type MaxCohort = ConstU32<MAX_COHORT>;
	type MaxMilestones = ConstU32<MAX_MILESTONES>;
	type MaxStudyDuration = ConstU64<MAX_STUDY>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Scene;
}

/// Role, and until when in good standing.
#[storage_alias]
pub(crate) type Standing = StorageMap<Mock, Twox64Concat, u64, (Role, Moment)>;

/// Owner, and whether it is live.
#[storage_alias]
pub(crate) type Records = StorageMap<Mock, Twox64Concat, RecordId, (u64, bool)>;

/// Subject, grantee, and until when it holds.
#[storage_alias]
pub(crate) type Consents = StorageMap<Mock, Twox64Concat, ConsentId, (u64, u64, Moment)>;

/// A sale authorisation as this pallet sees it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen)]
pub(crate) struct MockSale {
	pub(crate) seller: u64,
	pub(crate) buyer: u64,
	pub(crate) record: RecordId,
	pub(crate) until: Moment,
	pub(crate) revoked: bool,
}

#[storage_alias]
pub(crate) type Sales = StorageMap<Mock, Twox64Concat, SaleId, MockSale>;

/// When each ticket is over.
#[storage_alias]
pub(crate) type Tickets = StorageMap<Mock, Twox64Concat, TicketId, Moment>;

/// When each ticket was delivered first.
#[storage_alias]
pub(crate) type Delivered = StorageMap<Mock, Twox64Concat, TicketId, Moment>;

/// The tickets of which nothing was released.
#[storage_alias]
pub(crate) type Refused = StorageMap<Mock, Twox64Concat, TicketId, ()>;

#[derive(Debug)]
pub struct Register;

impl traits::Participants<u64> for Register {
	fn role(who: &u64) -> Option<Role> {
		Standing::get(who).map(|(role, _)| role)
	}

	fn is_in_good_standing(who: &u64, now: Moment) -> bool {
		Standing::get(who).is_some_and(|(_, until)| now < until)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn admit_for_benchmark(who: &u64, role: Role) {
		Standing::insert(who, (role, Moment::MAX));
	}
}

#[derive(Debug)]
pub struct Shelf;

impl traits::RecordBook<u64> for Shelf {
	fn owner(record: &RecordId) -> Option<u64> {
		Records::get(record).map(|(owner, _)| owner)
	}

	fn is_live(record: &RecordId) -> bool {
		Records::get(record).is_some_and(|(_, live)| live)
	}

	fn version(record: &RecordId) -> Option<u32> {
		Records::get(record).map(|_| 1)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn anchor_for_benchmark(owner: &u64) -> RecordId {
		let count = Records::iter_keys().count() as u64;
		let record = RecordId::derive(owner, &sp_io::hashing::blake2_256(&count.to_le_bytes()));
		Records::insert(record, (*owner, true));
		record
	}
}

/// Consents and sale authorisations.
#[derive(Debug)]
pub struct Book;

impl traits::ConsentBook<u64, Request> for Book {
	fn parties(consent: &ConsentId) -> Option<ConsentParties<u64>> {
		Consents::get(consent).map(|(subject, grantee, _)| ConsentParties {
			subject,
			grantee: Grantee::Account(grantee),
		})
	}

	fn redeem(_: &ConsentId, _: Option<&Request>, _: Moment) -> Result<u32, Refusal> {
		panic!("the market spends no use")
	}

	fn give_back(_: &ConsentId) {
		panic!("the market spends no use")
	}

	fn depth(_: &ConsentId) -> Option<u8> {
		panic!("the market opens under no consent")
	}

	fn has_public_terms(_: &ConsentId) -> Option<bool> {
		panic!("the market looks at no terms")
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_for_benchmark(subject: &u64, grantee: &u64, _: Moment) -> ConsentId {
		let consent = ConsentId::derive(subject, &[1; 32]);
		Consents::insert(consent, (subject, grantee, Moment::MAX));
		consent
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn grant_public_for_benchmark(_: &u64, _: &u64, _: Moment) -> (ConsentId, Request) {
		panic!("the market looks at no terms")
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn delegate_for_benchmark(
		_: &u64,
		_: &u64,
		_: bool,
		_: Moment,
	) -> (ConsentId, Option<Request>) {
		panic!("the market opens under no consent")
	}
}

impl ConsentStanding for Book {
	fn holds(consent: &ConsentId, now: Moment) -> bool {
		Consents::get(consent).is_some_and(|(_, _, until)| now < until)
	}
}

impl SaleBook<u64> for Book {
	fn sale(sale: &SaleId) -> Option<SaleFacts<u64>> {
		Sales::get(sale).map(|sale| SaleFacts {
			seller: sale.seller,
			buyer: sale.buyer,
			record: sale.record,
			until: sale.until,
			revoked: sale.revoked,
		})
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn authorise_for_benchmark(
		seller: &u64,
		buyer: &u64,
		record: &RecordId,
		until: Moment,
	) -> SaleId {
		let id = SaleId(record.0);
		let (seller, buyer, record) = (*seller, *buyer, *record);
		Sales::insert(id, MockSale { seller, buyer, record, until, revoked: false });
		id
	}
}

/// Issues tickets; a key is used once for a sale.
#[derive(Debug)]
pub struct Office;

impl SaleTickets<u64> for Office {
	type Error = DispatchError;

	fn lifetime() -> Moment {
		LIFETIME
	}

	fn issue(
		sale: &SaleId,
		_: &u64,
		record: &RecordId,
		_: SealedRequest,
		ephemeral_key: EncryptionKey,
		now: Moment,
	) -> Result<TicketId, DispatchError> {
		let ticket = TicketId::derive(&ConsentId(sale.0), record, ephemeral_key.public());
		if Tickets::contains_key(ticket) {
			return Err(DispatchError::Other("the key was used before"));
		}
		Tickets::insert(ticket, now + LIFETIME);
		Ok(ticket)
	}

	fn deadline(ticket: &TicketId) -> Option<Moment> {
		Tickets::get(ticket)
	}
}

/// Custodians.
#[derive(Debug)]
pub struct Committee;

impl salus_primitives::custody::Deliveries for Committee {
	fn first_delivered_at(ticket: &TicketId) -> Option<Moment> {
		Delivered::get(ticket)
	}

	fn non_release_attested(ticket: &TicketId) -> bool {
		Refused::contains_key(ticket)
	}

	fn release_started(ticket: &TicketId) -> bool {
		Delivered::contains_key(ticket)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn deliver_for_benchmark(ticket: &TicketId, at: Moment) {
		Delivered::insert(ticket, at);
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn refuse_for_benchmark(ticket: &TicketId, _: Moment) {
		Refused::insert(ticket, ());
	}
}

#[cfg(feature = "runtime-benchmarks")]
#[derive(Debug)]
pub struct Scene;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<u64, AssetId, u64> for Scene {
	fn asset() -> AssetId {
		STABLE
	}

	fn fund(asset: &AssetId, who: &u64, amount: u64) {
		use frame_support::traits::{fungible::Mutate as _, fungibles::Mutate as _};
		Balances::mint_into(who, EXISTENTIAL).unwrap();
		match asset {
			NativeOrWithId::Native => Balances::mint_into(who, amount).map(|_| ()).unwrap(),
			NativeOrWithId::WithId(id) => Assets::mint_into(*id, who, amount).map(|_| ()).unwrap(),
		}
	}
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_market::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

/// What `who` has free.
pub(crate) fn free(asset: AssetId, who: u64) -> u64 {
	Money::balance(asset, &who)
}

/// What is held of `who` in offers, studies and claims.
pub(crate) fn escrowed(asset: AssetId, who: u64) -> u64 {
	let reason = RuntimeHoldReason::Market(crate::HoldReason::Escrow);
	Money::balance_on_hold(asset, &reason, &who)
}

/// Sellers, buyers, a curator and a patient with money, at [`NOW`].
pub(crate) fn build() -> sp_io::TestExternalities {
	let mut storage = RuntimeGenesisConfig::default().build_storage().unwrap();
	let market = Market::account();
	let rich = [SELLER, OTHER_SELLER, BUYER, OTHER_BUYER, CURATOR, PATIENT, STRANGER, SPONSOR];
	let mut balances: Vec<_> = rich.iter().map(|who| (*who, ENDOWMENT)).collect();
	balances.push((market, EXISTENTIAL));
	pallet_balances::GenesisConfig::<Test> { balances, ..Default::default() }
		.assimilate_storage(&mut storage)
		.unwrap();
	let mut accounts: Vec<_> = rich.iter().map(|who| (1, *who, ENDOWMENT)).collect();
	accounts.push((1, market, EXISTENTIAL));
	accounts.push((3, market, EXISTENTIAL));
	pallet_assets::GenesisConfig::<Test> {
		assets: [1, 2, 3].map(|id| (id, SELLER, true, EXISTENTIAL)).to_vec(),
		accounts,
		..Default::default()
	}
	.assimilate_storage(&mut storage)
	.unwrap();
	let mut ext = sp_io::TestExternalities::from(storage);
	ext.execute_with(|| {
		// Events of the genesis block are not kept.
		System::set_block_number(1);
		Timestamp::set_timestamp(NOW);
		for seller in [SELLER, OTHER_SELLER, PATIENT] {
			Standing::insert(seller, (Role::Patient, Moment::MAX));
		}
		Standing::insert(BUYER, (Role::Researcher, Moment::MAX));
		Standing::insert(OTHER_BUYER, (Role::Organisation, Moment::MAX));
		Standing::insert(CURATOR, (Role::Organisation, Moment::MAX));
	});
	ext
}

pub(crate) fn build_and_execute(test: impl FnOnce()) {
	build().execute_with(|| {
		test();
		Market::do_try_state().unwrap();
	});
}
