// SPDX-License-Identifier: Apache-2.0
//! The market: records on sale, and studies.

use super::{
	assets::{LeastPrice, Money},
	governance::{MostOfCouncil, StorageDeposit, TwoThirdsOfCouncil},
	parameters::dynamic_params,
};
use crate::{
	constants::time::DAY_MILLIS, weights, Access, AccountId, Consent, Custody, Records, Registry,
	Runtime, RuntimeHoldReason, Timestamp,
};
use frame_support::{parameter_types, traits::ConstU32, PalletId};
use salus_primitives::Moment;
use sp_runtime::{
	traits::{AccountIdConversion, Get},
	Permill,
};

parameter_types! {
	/// From which the market's own account follows.
	pub const MarketPalletId: PalletId = PalletId(*b"sl/markt");
	/// Who gets the platform's part.
	pub TreasuryAccount: AccountId = PalletId(*b"sl/trsry").into_account_truncating();
	/// Why a listing or a cohort is paid for.
	pub const ListingReason: RuntimeHoldReason =
		RuntimeHoldReason::Market(pallet_market::HoldReason::Listing);
	/// How long an offer waits for its ticket.
	pub const MaxOfferDuration: Moment = 60 * DAY_MILLIS;
	/// How long after its delivery a purchase may be downloaded again.
	pub const MaxAccessDuration: Moment = 365 * DAY_MILLIS;
	/// How long after its delivery a buyer may dispute a purchase.
	pub const DisputeWindow: Moment = 7 * DAY_MILLIS;
	/// How long after a ticket's deadline an escrow of which nothing was heard is left alone.
	pub const EscrowGrace: Moment = 14 * DAY_MILLIS;
	/// How long a study's budget may be held.
	pub const MaxStudyDuration: Moment = 5 * 365 * DAY_MILLIS;
}

/// The platform's part, by the council's parameter; never more than half.
#[derive(Debug)]
pub struct PlatformFee;

impl Get<Permill> for PlatformFee {
	fn get() -> Permill {
		<dynamic_params::market::PlatformFee as Get<Permill>>::get().min(Permill::from_percent(50))
	}
}

impl pallet_market::Config for Runtime {
	type ArbiterOrigin = MostOfCouncil;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = super::assets::Numbered;
	type Consents = Consent;
	type Deliveries = Custody;
	type DisputeWindow = DisputeWindow;
	type EscrowGrace = EscrowGrace;
	type EthicsOrigin = MostOfCouncil;
	type ListingConsideration = StorageDeposit<ListingReason>;
	type MaxAccessDuration = MaxAccessDuration;
	type MaxCohort = ConstU32<64>;
	type MaxEscrowsPerBuyer = ConstU32<1_024>;
	type MaxEscrowsPerPayee = ConstU32<64>;
	type MaxListings = ConstU32<256>;
	type MaxMilestones = ConstU32<32>;
	type MaxOfferDuration = MaxOfferDuration;
	type MaxRedownloads = ConstU32<16>;
	type MaxStudyDuration = MaxStudyDuration;
	type MinPrice = LeastPrice;
	type ModeratorOrigin = TwoThirdsOfCouncil;
	type Money = Money;
	type PalletId = MarketPalletId;
	type Participants = Registry;
	type PlatformFee = PlatformFee;
	type Records = Records;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Sales = Consent;
	type Sponsorship = Registry;
	type Tickets = Access;
	type Time = Timestamp;
	type Treasury = TreasuryAccount;
	type WeightInfo = weights::pallet_market::WeightInfo<Runtime>;
}
