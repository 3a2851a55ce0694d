// SPDX-License-Identifier: Apache-2.0
//! Numbers that the council changes without an upgrade.

// The macro makes types for each parameter that document nothing, and casts indices of variants.
#![allow(missing_debug_implementations, clippy::as_conversions)]

use crate::{
	constants::currency::{MILLIUNIT, UNIT},
	Balance, Runtime,
};
use frame_support::dynamic_params::{dynamic_pallet_params, dynamic_params};
use sp_runtime::Permill;

/// The parameters, by topic.
#[dynamic_params(RuntimeParameters, pallet_parameters::Parameters::<Runtime>)]
pub mod dynamic_params {
	use super::*;

	/// Sponsored calls.
	#[dynamic_pallet_params]
	#[codec(index = 0)]
	pub mod sponsorship {
		/// What a sponsored call costs its sponsor, in advance.
		#[codec(index = 0)]
		pub static CallPrice: Balance = 5 * MILLIUNIT;
	}

	/// The market.
	#[dynamic_pallet_params]
	#[codec(index = 1)]
	pub mod market {
		/// The platform's part of what is paid out.
		#[codec(index = 0)]
		pub static PlatformFee: Permill = Permill::from_percent(12);

		/// The least price of anything, in the native token.
		#[codec(index = 1)]
		pub static MinPrice: Balance = UNIT;
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl Default for RuntimeParameters {
	fn default() -> Self {
		Self::Sponsorship(dynamic_params::sponsorship::Parameters::CallPrice(
			dynamic_params::sponsorship::CallPrice,
			Some(MILLIUNIT),
		))
	}
}
