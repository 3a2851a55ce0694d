// SPDX-License-Identifier: Apache-2.0
//! Every number of the runtime that is not a weight, with its unit and its reason.

/// Block production.
pub mod consensus {
	use frame_support::weights::{constants::WEIGHT_REF_TIME_PER_SECOND, Weight};
	use sp_runtime::Perbill;

	/// Relay blocks between the relay parent of a block and the newest one. More than none stalls
	/// on relay chains whose claim queue is not set up for it.
	pub const RELAY_PARENT_OFFSET: u32 = 0;
	/// Blocks per relay parent: one every six seconds.
	pub const BLOCK_PROCESSING_VELOCITY: u32 = 1;
	/// Blocks that may wait for inclusion. Three cover the time from a block to its inclusion.
	pub const UNINCLUDED_SEGMENT_CAPACITY: u32 =
		(3 + RELAY_PARENT_OFFSET) * BLOCK_PROCESSING_VELOCITY;
	/// The relay chain's slot, in milliseconds.
	pub const RELAY_CHAIN_SLOT_DURATION_MILLIS: u32 = 6_000;
	/// Our slot, in milliseconds. Changing it on a live chain stops block production.
	pub const SLOT_DURATION: u64 = 6_000;

	/// What normal transactions may use of a block; the rest is kept for operational ones.
	pub const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);
	/// What initialisation of a block is assumed to use.
	pub const AVERAGE_ON_INITIALIZE_RATIO: Perbill = Perbill::from_percent(5);
	/// Two seconds of execution, and the largest proof of validity.
	pub const MAXIMUM_BLOCK_WEIGHT: Weight = Weight::from_parts(
		WEIGHT_REF_TIME_PER_SECOND.saturating_mul(2),
		cumulus_primitives_core::relay_chain::MAX_POV_SIZE as u64,
	);
	/// The largest block, in bytes.
	pub const MAX_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;
	/// The largest header, in bytes: digests of a parachain block stay far below.
	pub const MAX_HEADER_LENGTH: u32 = 100 * 1024;
}

/// Time on chain, in blocks where a stock pallet wants blocks.
pub mod time {
	use crate::BlockNumber;

	/// Blocks per minute.
	pub const MINUTES: BlockNumber = 60_000 / (super::consensus::SLOT_DURATION as BlockNumber);
	/// Blocks per hour.
	pub const HOURS: BlockNumber = MINUTES * 60;
	/// Blocks per day.
	pub const DAYS: BlockNumber = HOURS * 24;

	/// A minute in milliseconds of consensus time.
	pub const MINUTE_MILLIS: u64 = 60_000;
	/// A day in milliseconds of consensus time.
	pub const DAY_MILLIS: u64 = 24 * 60 * MINUTE_MILLIS;
}

/// Money.
pub mod currency {
	use crate::Balance;

	/// One SAL.
	pub const UNIT: Balance = 1_000_000_000_000;
	/// A thousandth of a SAL.
	pub const MILLIUNIT: Balance = UNIT / 1_000;
	/// A millionth of a SAL.
	pub const MICROUNIT: Balance = MILLIUNIT / 1_000;

	/// What an account must hold to exist.
	pub const EXISTENTIAL_DEPOSIT: Balance = MILLIUNIT;

	/// What storing `items` entries of `bytes` in all takes as a deposit.
	pub const fn deposit(items: u32, bytes: u32) -> Balance {
		items as Balance * 20 * MILLIUNIT + (bytes as Balance) * 100 * MICROUNIT
	}
}

/// Fees.
pub mod fee {
	use super::currency::{MICROUNIT, MILLIUNIT};
	use crate::Balance;
	use frame_support::weights::{
		constants::ExtrinsicBaseWeight, FeePolynomial, Weight, WeightToFee as WeightToFeeT,
		WeightToFeeCoefficient, WeightToFeePolynomial,
	};
	use smallvec::smallvec;
	use sp_runtime::Perbill;

	/// What a byte of a transaction costs.
	pub const TRANSACTION_BYTE_FEE: Balance = 10 * MICROUNIT;

	/// Charges for execution time or for proof size, whichever costs more.
	#[derive(Debug)]
	pub struct WeightToFee;

	impl WeightToFeeT for WeightToFee {
		type Balance = Balance;

		fn weight_to_fee(weight: &Weight) -> Balance {
			let time: FeePolynomial<Balance> = RefTimeToFee::polynomial().into();
			let proof: FeePolynomial<Balance> = ProofSizeToFee::polynomial().into();
			time.eval(weight.ref_time()).max(proof.eval(weight.proof_size()))
		}
	}

	/// An empty transaction costs a milliunit.
	struct RefTimeToFee;

	impl WeightToFeePolynomial for RefTimeToFee {
		type Balance = Balance;

		fn polynomial() -> smallvec::SmallVec<[WeightToFeeCoefficient<Balance>; 4]> {
			let base = Balance::from(ExtrinsicBaseWeight::get().ref_time());
			smallvec![WeightToFeeCoefficient {
				degree: 1,
				negative: false,
				coeff_frac: Perbill::from_rational(MILLIUNIT % base, base),
				coeff_integer: MILLIUNIT / base,
			}]
		}
	}

	/// Ten kilobytes of proof cost a milliunit.
	struct ProofSizeToFee;

	impl WeightToFeePolynomial for ProofSizeToFee {
		type Balance = Balance;

		fn polynomial() -> smallvec::SmallVec<[WeightToFeeCoefficient<Balance>; 4]> {
			let base: Balance = 10_000;
			smallvec![WeightToFeeCoefficient {
				degree: 1,
				negative: false,
				coeff_frac: Perbill::from_rational(MILLIUNIT % base, base),
				coeff_integer: MILLIUNIT / base,
			}]
		}
	}
}

/// Other chains, and the ids under which this chain keeps their assets. The ids are part of what
/// wallets and other chains know: none is ever given to another asset.
pub mod remote {
	use crate::configs::AssetId;

	/// The asset hub's parachain id, on every relay chain.
	pub const ASSET_HUB: u32 = 1_000;
	/// The pallet of the asset hub that keeps the assets issued there, such as stable coins.
	pub const ASSET_HUB_ASSETS: u8 = 50;
	/// The first id of assets from the asset hub: number `n` there is this plus `n` here. Lower ids
	/// are the council's.
	pub const ASSET_HUB_FIRST: AssetId = 1_000_000_000;
	/// How many numbers of the asset hub have an id here: more than it has given out.
	pub const ASSET_HUB_COUNT: AssetId = 1_000_000_000;
	/// The id of the relay chain's token.
	pub const RELAY_TOKEN: AssetId = ASSET_HUB_FIRST + ASSET_HUB_COUNT;
}
