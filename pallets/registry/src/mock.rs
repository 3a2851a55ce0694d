// SPDX-License-Identifier: Apache-2.0
//! The smallest runtime with this pallet.

use crate as pallet_registry;
use frame_support::{
	derive_impl,
	traits::{ConstU32, ConstU64},
};
use frame_system::EnsureRoot;
use salus_primitives::{EncryptionKey, Moment, Role, Suite};
use sp_runtime::BuildStorage;

pub(crate) const PATIENT: u64 = 1;
pub(crate) const CLINICIAN: u64 = 2;
pub(crate) const REGISTRAR: u64 = 3;
pub(crate) const OTHER_REGISTRAR: u64 = 4;
pub(crate) const STRANGER: u64 = 9;

pub(crate) const MAX_KEYS: u32 = 4;
pub(crate) const NOW: Moment = 1_000_000;
pub(crate) const MAX_DURATION: Moment = 10_000;

type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Timestamp: pallet_timestamp,
		Registry: pallet_registry,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

#[derive_impl(pallet_timestamp::config_preludes::TestDefaultConfig)]
impl pallet_timestamp::Config for Test {}

impl pallet_registry::Config for Test {
	type Time = Timestamp;
	type RegistrarOrigin = EnsureRoot<u64>;
	type MaxKeys = ConstU32<MAX_KEYS>;
	type MaxCredentialDuration = ConstU64<MAX_DURATION>;
	type WeightInfo = ();
}

/// A key that differs from those of other bytes.
pub(crate) fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte; 32]).unwrap()
}

/// The events of this pallet since the last call.
pub(crate) fn events() -> Vec<pallet_registry::Event<Test>> {
	let events = System::read_events_for_pallet();
	System::reset_events();
	events
}

#[derive(Default)]
pub(crate) struct ExtBuilder {
	participants: Vec<(u64, Role, EncryptionKey)>,
	credentials: Vec<(u64, u64, Moment)>,
}

impl ExtBuilder {
	/// A patient, a clinician and two registrars.
	pub(crate) fn with_everybody() -> Self {
		Self::default()
			.with(PATIENT, Role::Patient)
			.with(CLINICIAN, Role::Clinician)
			.with(REGISTRAR, Role::Registrar)
			.with(OTHER_REGISTRAR, Role::Registrar)
	}

	pub(crate) fn with(mut self, who: u64, role: Role) -> Self {
		self.participants.push((who, role, key(who as u8)));
		self
	}

	pub(crate) fn with_credential(mut self, who: u64, registrar: u64, expires_at: Moment) -> Self {
		self.credentials.push((who, registrar, expires_at));
		self
	}

	pub(crate) fn build(self) -> sp_io::TestExternalities {
		let storage = RuntimeGenesisConfig {
			registry: pallet_registry::GenesisConfig {
				participants: self.participants,
				credentials: self.credentials,
			},
			..Default::default()
		}
		.build_storage()
		.unwrap();
		let mut ext = sp_io::TestExternalities::from(storage);
		ext.execute_with(|| {
			// Events of the genesis block are not kept.
			System::set_block_number(1);
			Timestamp::set_timestamp(NOW);
		});
		ext
	}

	pub(crate) fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Registry::do_try_state().unwrap();
		});
	}
}
