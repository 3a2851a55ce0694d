// SPDX-License-Identifier: Apache-2.0
//! Committees of custodians.

use super::governance::MostOfCouncil;
use crate::{
	constants::time::{DAY_MILLIS, MINUTE_MILLIS},
	weights, Access, Consent, Records, Registry, Runtime, Signature, Timestamp,
};
use frame_support::{parameter_types, traits::ConstU32};
use salus_primitives::Moment;
use sp_runtime::traits::Verify;

parameter_types! {
	/// How long after a ticket's expiry custodians may report before the silent ones are counted.
	pub const ReportGrace: Moment = 60 * MINUTE_MILLIS;
	/// How long answers are kept: longer than a dispute lasts.
	pub const AnswerRetention: Moment = 30 * DAY_MILLIS;
	/// How long a custodian may take to destroy its shares.
	pub const ErasureDeadline: Moment = 7 * DAY_MILLIS;
}

impl pallet_custody::Config for Runtime {
	type AnswerRetention = AnswerRetention;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Signing;
	type CommitteeOrigin = MostOfCouncil;
	type ErasureDeadline = ErasureDeadline;
	type MaxBatch = ConstU32<32>;
	type MaxDraining = ConstU32<3>;
	type MaxMissed = ConstU32<16>;
	type Participants = Registry;
	type Records = Records;
	type ReportGrace = ReportGrace;
	type Revocations = Consent;
	type Signature = Signature;
	type Signer = <Signature as Verify>::Signer;
	type Tickets = Access;
	type Time = Timestamp;
	type WeightInfo = weights::pallet_custody::WeightInfo<Runtime>;
}

/// Custodians whose keys the host keeps while it benchmarks.
#[cfg(feature = "runtime-benchmarks")]
#[derive(Debug)]
pub struct Signing;

#[cfg(feature = "runtime-benchmarks")]
impl Signing {
	const KEYS: sp_core::crypto::KeyTypeId = sp_core::crypto::KeyTypeId(*b"cust");

	fn key(seat: u8) -> sp_core::sr25519::Public {
		let seed = alloc::format!("//Custodian//{seat}");
		sp_io::crypto::sr25519_generate(Self::KEYS, Some(seed.into_bytes()))
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl pallet_custody::BenchmarkHelper<crate::AccountId, Signature> for Signing {
	fn custodian(seat: u8) -> crate::AccountId {
		Self::key(seat).into()
	}

	fn sign(seat: u8, payload: &[u8; 32]) -> Signature {
		let signed = sp_io::crypto::sr25519_sign(Self::KEYS, &Self::key(seat), payload);
		signed.expect("the host keeps the key").into()
	}

	fn set_time(now: Moment) {
		pallet_timestamp::Now::<Runtime>::put(now);
	}
}
