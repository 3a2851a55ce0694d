// SPDX-License-Identifier: Apache-2.0
//! The state, and what makes a block of it.

use crate::{is_authorised, is_excepted, people::key, Actor, Book, Operation, People, Source};
use frame_support::{
	dispatch::DispatchResult,
	traits::{Hooks, OnFinalize, OnInitialize},
};
use salus_primitives::{Moment, Role};
use salus_runtime::{
	configs::GuardianScope, constants::consensus::SLOT_DURATION, AccountId, Balance, Balances,
	BlockNumber, Hash, Registry, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, Session,
	System,
};
use serde_json::Value;
use sp_consensus_aura::Slot;
use sp_genesis_builder::runtime_decl_for_genesis_builder::GenesisBuilderV1;
use sp_runtime::{traits::Dispatchable, ApplyExtrinsicResult, Digest};
use std::collections::BTreeMap;

/// The time of the first block, in milliseconds.
pub const START: Moment = 1_800_000_000_000;

const DAY: Moment = 24 * 3_600_000;

/// The runtime's state, with people who take part.
pub struct World {
	ext: sp_io::TestExternalities,
	people: People,
	book: Book,
	now: Moment,
	block: BlockNumber,
	/// Whether somebody used pallets that reserve money in the old way, without holds.
	reserves: bool,
}

impl World {
	/// The development preset with more people in it. Custodians form a committee when
	/// `with_committee`.
	pub fn new(with_committee: bool) -> Self {
		let mut world = Self {
			ext: genesis(),
			people: People::new(),
			book: Book::default(),
			now: START,
			block: 0,
			reserves: false,
		};
		world.next_block(0);
		world.enrol();
		world.appoint_guardian();
		if with_committee {
			world.form_committee();
		}
		world.forget_events();
		world
	}

	/// Who takes part.
	pub const fn people(&self) -> &People {
		&self.people
	}

	/// What exists by now.
	pub const fn book(&self) -> &Book {
		&self.book
	}

	/// Looks at the state, or changes it past the runtime.
	pub fn look<R>(&mut self, at: impl FnOnce() -> R) -> R {
		self.ext.execute_with(at)
	}

	/// Consensus time.
	pub const fn now(&self) -> Moment {
		self.now
	}

	/// Ends the block and begins the next one, so many milliseconds later.
	pub fn next_block(&mut self, after: Moment) {
		self.block += 1;
		self.now += after;
		let (block, now) = (self.block, self.now);
		self.ext.execute_with(|| {
			if block > 1 {
				domain_on_finalize(block - 1);
			}
			let parent = Hash::from_low_u64_be(block.into());
			System::initialize(&block, &parent, &Digest::default());
			pallet_timestamp::Now::<Runtime>::put(now);
			pallet_aura::CurrentSlot::<Runtime>::put(Slot::from(now / SLOT_DURATION));
			System::reset_events();
			domain_on_initialize(block);
		});
	}

	/// Runs `life`, and then everything is as it was.
	pub fn undo<R>(&mut self, life: impl FnOnce(&mut Self) -> R) -> R {
		let before = (self.book.clone(), self.now, self.block, self.reserves);
		self.ext.execute_with(sp_io::storage::start_transaction);
		let result = life(self);
		self.ext.execute_with(sp_io::storage::rollback_transaction);
		(self.book, self.now, self.block, self.reserves) = before;
		result
	}

	/// Leaves nobody with the key of the development network that may do everything.
	pub fn abdicate(&mut self) {
		self.ext.execute_with(pallet_sudo::Key::<Runtime>::kill);
	}

	/// Rotates the session.
	pub fn rotate_session(&mut self) {
		self.ext.execute_with(Session::rotate_session);
	}

	/// Dispatches a call.
	///
	/// # Errors
	/// What the runtime says.
	pub fn dispatch(&mut self, origin: RuntimeOrigin, call: RuntimeCall) -> DispatchResult {
		let book = &mut self.book;
		self.ext.execute_with(|| {
			let seen = System::events().len();
			let result = call.dispatch(origin).map(|_| ()).map_err(|error| error.error);
			System::events().into_iter().skip(seen).for_each(|record| book.note(record.event));
			result
		})
	}

	/// As [`dispatch`](Self::dispatch), by somebody who signs.
	///
	/// # Errors
	/// What the runtime says.
	pub fn sign(&mut self, who: &AccountId, call: impl Into<RuntimeCall>) -> DispatchResult {
		self.dispatch(RuntimeOrigin::signed(who.clone()), call.into())
	}

	/// As [`dispatch`](Self::dispatch), by the whole council.
	///
	/// # Errors
	/// What the runtime says.
	pub fn resolve(&mut self, call: impl Into<RuntimeCall>) -> DispatchResult {
		self.dispatch(Actor::Council.origin(), call.into())
	}

	/// Lets `source` decide about one operation, and tries it.
	///
	/// # Panics
	/// When it succeeds although the model does not know why, or opens what is excepted.
	pub fn act(&mut self, source: &mut Source<'_>) -> (Operation, DispatchResult) {
		let (people, book, now) = (&self.people, &self.book, self.now);
		let operation = self.ext.execute_with(|| Operation::decide(source, people, book, now));
		let authorised = self.ext.execute_with(|| is_authorised(&operation, now));
		let excepted = self.ext.execute_with(|| is_excepted(&operation));
		let tickets = self.book.tickets.len();
		let result = self.dispatch(operation.actor.origin(), operation.call.clone());
		assert!(
			!excepted || self.book.tickets.len() == tickets,
			"what is excepted was opened by {:?}",
			operation.call
		);
		assert!(
			result.is_err() || authorised,
			"{:?} was let do {:?}",
			operation.actor,
			operation.call
		);
		(operation, result)
	}

	/// Checks the invariants of the domain pallets, and that money adds up; with the feature
	/// `try-runtime` those of every other pallet too.
	///
	/// # Panics
	/// At the first that does not hold.
	pub fn check(&mut self) {
		let reserves = self.reserves;
		#[cfg(feature = "try-runtime")]
		let block = self.block;
		self.ext.execute_with(|| {
			#[cfg(feature = "try-runtime")]
			check_every_pallet(block);
			let checked = [
				("registry", salus_runtime::Registry::do_try_state()),
				("records", salus_runtime::Records::do_try_state()),
				("consent", salus_runtime::Consent::do_try_state()),
				("access", salus_runtime::Access::do_try_state()),
				("audit", salus_runtime::Audit::do_try_state()),
				("custody", salus_runtime::Custody::do_try_state()),
				("market", salus_runtime::Market::do_try_state()),
			];
			for (pallet, result) in checked {
				assert!(result.is_ok(), "{pallet}: {result:?}");
			}
			check_money(reserves);
		});
	}

	/// The events of this block so far.
	pub fn events(&mut self) -> Vec<RuntimeEvent> {
		self.ext.execute_with(|| System::events().into_iter().map(|record| record.event).collect())
	}

	/// Applies a transaction, and notes what comes of it.
	pub(crate) fn apply_with(
		&mut self,
		apply: impl FnOnce() -> ApplyExtrinsicResult,
	) -> ApplyExtrinsicResult {
		self.reserves = true;
		let book = &mut self.book;
		self.ext.execute_with(|| {
			let seen = System::events().len();
			let result = apply();
			System::events().into_iter().skip(seen).for_each(|record| book.note(record.event));
			result
		})
	}

	pub(crate) const fn parts(&mut self) -> (&mut sp_io::TestExternalities, &mut Book) {
		(&mut self.ext, &mut self.book)
	}

	fn forget_events(&mut self) {
		self.ext.execute_with(System::reset_events);
	}

	/// Registers and verifies whom the preset does not know.
	fn enrol(&mut self) {
		let people = self.people.clone();
		let roles = [
			(&people.patients, Role::Patient),
			(&people.clinicians, Role::Clinician),
			(&people.researchers, Role::Researcher),
			(&people.custodians, Role::Custodian),
		];
		let mut number = 0;
		for (accounts, role) in roles {
			for who in accounts {
				number += 1;
				if self.look(|| pallet_registry::Participants::<Runtime>::contains_key(who)) {
					continue;
				}
				let call = pallet_registry::Call::register { role, encryption_key: key(number) };
				self.sign(who, call).expect("nobody registered before");
				let is_last = people.clinicians.last() == Some(who);
				if role.needs_credential() && !is_last {
					let expires_at = self.now + 365 * DAY;
					let call = pallet_registry::Call::verify { who: who.clone(), expires_at };
					self.sign(&people.registrar, call).expect("by a registrar");
				}
			}
		}
	}

	/// Lets the guardian act for the first patient.
	fn appoint_guardian(&mut self) {
		let ward = self.people.patients[0].clone();
		let call = pallet_registry::Call::appoint_guardian {
			ward: ward.clone(),
			guardian: self.people.guardians[0].clone(),
			scope: GuardianScope::Everything,
			until: self.now + 300 * DAY,
		};
		self.sign(&ward, call).expect("her own ward");
	}

	fn form_committee(&mut self) {
		let people = self.people.clone();
		let members = people.custodians.clone().try_into().expect("few");
		let call = pallet_custody::Call::propose { members, threshold: 2, tolerance: 1 };
		self.resolve(call).expect("by the council");
		let epoch = self.look(|| pallet_custody::Live::<Runtime>::get().forming).expect("proposed");
		for custodian in &people.custodians {
			self.sign(custodian, pallet_custody::Call::join { epoch }).expect("a member");
		}
	}
}

impl std::fmt::Debug for World {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("World")
			.field("block", &self.block)
			.field("now", &self.now)
			.field("book", &self.book)
			.finish_non_exhaustive()
	}
}

/// The hooks of what is simulated: the domain, and what schedules. The pallets that speak with the
/// relay chain want its proofs and are left out.
type Simulated = (
	salus_runtime::Scheduler,
	Registry,
	salus_runtime::Records,
	salus_runtime::Consent,
	salus_runtime::Access,
	salus_runtime::Audit,
	salus_runtime::Custody,
	salus_runtime::Market,
);

fn domain_on_initialize(block: BlockNumber) {
	<Simulated as OnInitialize<BlockNumber>>::on_initialize(block);
}

fn domain_on_finalize(block: BlockNumber) {
	<Simulated as OnFinalize<BlockNumber>>::on_finalize(block);
	<salus_runtime::TransactionPayment as Hooks<BlockNumber>>::on_finalize(block);
}

/// The state that the development network begins with.
pub fn genesis() -> sp_io::TestExternalities {
	let mut ext = sp_io::TestExternalities::default();
	ext.execute_with(|| {
		let built = Runtime::build_state(serde_json::to_vec(&development()).expect("JSON"));
		assert_eq!(built, Ok(()), "the preset builds");
	});
	ext
}

/// The development preset, whole.
fn development() -> Value {
	let mut whole = serde_json::to_value(salus_runtime::RuntimeGenesisConfig::default())
		.expect("genesis is JSON");
	let patch = Runtime::get_preset(&Some("development".into())).expect("the preset exists");
	merge(&mut whole, serde_json::from_slice(&patch).expect("presets are JSON"));
	whole
}

fn merge(into: &mut Value, from: Value) {
	match (into, from) {
		(Value::Object(into), Value::Object(from)) => {
			for (key, value) in from {
				merge(into.entry(key).or_insert(Value::Null), value);
			}
		},
		(into, from) => *into = from,
	}
}

#[cfg(feature = "try-runtime")]
fn check_every_pallet(block: BlockNumber) {
	use frame_support::traits::{PalletsInfoAccess, TryState, TryStateSelect};
	type All = salus_runtime::AllPalletsWithSystem;
	for pallet in All::infos() {
		let only = TryStateSelect::Only(vec![pallet.name.as_bytes().to_vec()]);
		let result = <All as TryState<BlockNumber>>::try_state(block, only);
		assert!(result.is_ok(), "{}: {result:?}", pallet.name);
	}
}

/// All tokens are somebody's, and what is held of an account is what was held for some reason, or
/// was reserved where that may have happened.
fn check_money(reserves: bool) {
	let mut sum: Balance = 0;
	let mut holds = BTreeMap::<AccountId, Balance>::new();
	for (who, held) in pallet_balances::Holds::<Runtime>::iter() {
		let total = held.iter().map(|hold| hold.amount).sum();
		holds.insert(who, total);
	}
	for (who, account) in frame_system::Account::<Runtime>::iter() {
		sum += account.data.free + account.data.reserved;
		let held = holds.remove(&who).unwrap_or_default();
		let reserved = account.data.reserved;
		let adds_up = if reserves { reserved >= held } else { reserved == held };
		assert!(adds_up, "of {who} {held} is held, but {reserved} is kept back");
	}
	assert!(holds.is_empty(), "something is held of nobody");
	assert_eq!(sum, pallet_balances::TotalIssuance::<Runtime>::get(), "tokens came or went");
	assert_eq!(Balances::total_issuance(), sum);
}
