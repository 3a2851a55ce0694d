// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, and committees for the benchmarks of other pallets.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{pallet_prelude::ConstU32, BoundedVec};
use frame_system::RawOrigin;
use salus_primitives::{
	custody::{
		acknowledgement_payload, Acknowledgements, Dealing, MAX_ACKNOWLEDGEMENTS, MAX_COMMITTEE,
	},
	Role,
};

/// What benchmarks need that only the runtime can give.
pub trait BenchmarkHelper<AccountId, Signature> {
	/// The account of a custodian that can sign; another one for each seat.
	fn custodian(seat: u8) -> AccountId;

	/// Its signature.
	fn sign(seat: u8, payload: &[u8; 32]) -> Signature;

	/// Makes it `now`.
	fn set_time(now: Moment);
}

const SEGMENTS: u16 = 256;
const DIGEST: DealingDigest = DealingDigest([7; 32]);
const EVIDENCE: Commitment = Commitment([8; 32]);
/// The seat that is found last.
const LAST: Seat = Seat((MAX_COMMITTEE - 1) as u8);

fn bounded<T, const MOST: u32>(
	items: impl IntoIterator<Item = T>,
) -> BoundedVec<T, ConstU32<MOST>> {
	BoundedVec::truncate_from(items.into_iter().collect())
}

fn batch<T: Config, I>(items: Vec<I>) -> BoundedVec<I, T::MaxBatch> {
	BoundedVec::truncate_from(items)
}

fn members<T: Config>(size: u32) -> MembersOf<T> {
	let members: MembersOf<T> = bounded((0..size).map(|seat| custodian::<T>(Seat(seat as u8))));
	for member in &members {
		T::Participants::admit_for_benchmark(member, Role::Custodian);
	}
	members
}

fn custodian<T: Config>(seat: Seat) -> T::AccountId {
	T::BenchmarkHelper::custodian(seat.0)
}

fn last<T: Config>() -> RawOrigin<T::AccountId> {
	RawOrigin::Signed(custodian::<T>(LAST))
}

fn council<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::CommitteeOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

fn owner<T: Config>() -> T::AccountId {
	let owner = account("owner", 0, 0);
	T::Participants::admit_for_benchmark(&owner, Role::Patient);
	owner
}

/// An epoch of `size` members. A dealing to it needs all of them, or as many as may be asked for.
fn insert_epoch<T: Config>(size: u32, phase: Phase) -> EpochId {
	let id = Live::<T>::mutate(|live| {
		let id = live.last.next().expect("not the last one");
		live.last = id;
		match phase {
			Phase::Forming => live.forming = Some(id),
			Phase::Active => live.active = Some(id),
			Phase::Draining => live.draining.try_push(id).expect("room for it"),
			Phase::Retired => {},
		}
		id
	});
	let threshold = size / 2 + 1;
	let epoch = Epoch {
		members: members::<T>(size),
		threshold: threshold as u8,
		tolerance: (size.min(MAX_ACKNOWLEDGEMENTS) - threshold) as u8,
		phase,
		since: 0,
		joined: Seats::all(size as usize),
		suspended: Seats::EMPTY,
	};
	Epochs::<T>::insert(id, epoch);
	id
}

/// As many draining epochs as may be, and an active one with `size` members. The active one comes
/// last.
fn live_epochs<T: Config>(size: u32) -> Vec<EpochId> {
	let mut epochs: Vec<_> = (0..T::MaxDraining::get())
		.map(|_| insert_epoch::<T>(MAX_COMMITTEE, Phase::Draining))
		.collect();
	epochs.push(insert_epoch::<T>(size, Phase::Active));
	epochs
}

/// Keeps a dealing to an epoch.
fn insert_dealing<T: Config>(epoch: EpochId, record: RecordId, version: u32, contested: bool) {
	let acknowledged = Seats::all(MAX_ACKNOWLEDGEMENTS as usize);
	let dealing = DealingRecord {
		epoch,
		digest: DIGEST,
		segments: SEGMENTS,
		acknowledged,
		contested,
		since: 0,
	};
	Dealings::<T>::insert(record, version, dealing);
	DealingCount::<T>::mutate(epoch, |dealings| *dealings += 1);
}

/// A record of the owner whose first version an epoch holds.
fn dealt<T: Config>(owner: &T::AccountId, epoch: EpochId) -> RecordId {
	let record = T::Records::anchor_for_benchmark(owner);
	insert_dealing::<T>(epoch, record, 1, false);
	record
}

fn acknowledge<T: Config>(size: u32, payload: &[u8; 32]) -> Acknowledgements<T::Signature> {
	let seats = (0..size).map(|seat| seat as u8);
	bounded(seats.map(|seat| (Seat(seat), T::BenchmarkHelper::sign(seat, payload))))
}

/// Makes a committee of `members` the active one.
pub(crate) fn form<T: Config>(members: u32) {
	insert_epoch::<T>(members, Phase::Active);
}

/// A dealing that as many members of the active committee acknowledge as have to.
pub(crate) fn dealing<T: Config>(
	owner: &T::AccountId,
	record: RecordId,
	version: u32,
	segments: u16,
) -> Dealing<T::Signature> {
	let (epoch, committee) = Pallet::<T>::committee().expect("formed before");
	let genesis = Pallet::<T>::genesis();
	let payload = acknowledgement_payload(genesis, epoch, owner, record, version, segments, DIGEST);
	let acknowledgements = acknowledge::<T>(committee.dealing_quorum(), &payload);
	Dealing { epoch, digest: DIGEST, acknowledgements }
}

/// A complaint of the last member about the last dealer.
fn contested<T: Config>() -> Result<RecordId, BenchmarkError> {
	let epochs = live_epochs::<T>(MAX_COMMITTEE);
	let record = dealt::<T>(&owner::<T>(), epochs[0]);
	Pallet::<T>::complain(last::<T>().into(), record, 1, LAST, EVIDENCE)?;
	Ok(record)
}

/// Everyone of an epoch is as far as a member may go.
fn blame<T: Config>(epoch: EpochId) {
	let conduct = Conduct { missed: T::MaxMissed::get(), faults: 1 };
	let mut conducts = Conducts::<T>::get(epoch);
	for seat in Seats::all(MAX_COMMITTEE as usize).iter() {
		conducts.try_insert(seat, conduct).expect("room for every seat");
	}
	Conducts::<T>::insert(epoch, conducts);
}

/// An expired ticket that nobody answered.
fn missed<T: Config>() -> (EpochId, TicketId) {
	let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);
	blame::<T>(epoch);
	let record = dealt::<T>(&owner::<T>(), epoch);
	let ticket = T::Tickets::open_for_benchmark(&record, 1);
	let expires_at = T::Tickets::ticket(&ticket).expect("just opened").expires_at;
	T::BenchmarkHelper::set_time(expires_at + T::ReportGrace::get());
	(epoch, ticket)
}

fn erasure(versions: u32, pending: impl IntoIterator<Item = Pending>) -> Erasure {
	Erasure {
		started_at: 0,
		versions,
		cleared: 0,
		pending: bounded(pending),
		overdue: false,
		completed_at: None,
	}
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn propose(m: Linear<1, MAX_COMMITTEE>) -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let members = members::<T>(m);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, members, (m / 2 + 1) as u8, 0);

		assert!(Live::<T>::get().forming.is_some());
		Ok(())
	}

	#[benchmark]
	fn withdraw_proposal() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		insert_epoch::<T>(MAX_COMMITTEE, Phase::Forming);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin);

		assert_eq!(Live::<T>::get().forming, None);
		Ok(())
	}

	#[benchmark]
	fn join() {
		for _ in 1..T::MaxDraining::get() {
			insert_epoch::<T>(MAX_COMMITTEE, Phase::Draining);
		}
		insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Forming);
		Epochs::<T>::mutate_extant(epoch, |epoch| {
			epoch.joined.remove(LAST);
		});

		#[extrinsic_call]
		_(last::<T>(), epoch);

		assert_eq!(Live::<T>::get().active, Some(epoch));
	}

	#[benchmark]
	fn retire() {
		let epochs = live_epochs::<T>(MAX_COMMITTEE);

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), epochs[0]);

		assert_eq!(Epochs::<T>::get(epochs[0]).map(|epoch| epoch.phase), Some(Phase::Retired));
	}

	#[benchmark]
	fn suspend() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, epoch, LAST);

		assert!(Epochs::<T>::get(epoch).is_some_and(|epoch| epoch.suspended.contains(LAST)));
		Ok(())
	}

	#[benchmark]
	fn reinstate() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);
		Pallet::<T>::suspend(origin.clone(), epoch, LAST)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, epoch, LAST);

		assert!(Epochs::<T>::get(epoch).is_some_and(|epoch| epoch.suspended.is_empty()));
		Ok(())
	}

	/// A committee of one, so that the signatures beyond the first are weighed by themselves.
	#[benchmark]
	fn reshare(r: Linear<1, { T::MaxBatch::get() }>) {
		let epochs = live_epochs::<T>(1);
		let (to, draining) = epochs.split_last().expect("one is active");
		let owner = owner::<T>();
		let items = draining.iter().cycle().take(r as usize).map(|epoch| {
			let record = dealt::<T>(&owner, *epoch);
			let Dealing { digest, acknowledgements, .. } =
				super::dealing::<T>(&owner, record, 1, SEGMENTS);
			Resharing { record, version: 1, digest, acknowledgements }
		});
		let items = batch::<T, _>(items.collect());

		#[extrinsic_call]
		_(RawOrigin::Signed(custodian::<T>(Seat(0))), items);

		assert_eq!(DealingCount::<T>::get(to), u64::from(r));
	}

	#[benchmark]
	fn verify_acknowledgements(a: Linear<1, MAX_ACKNOWLEDGEMENTS>) {
		let epoch = insert_epoch::<T>(a, Phase::Active);
		let committee = Epochs::<T>::get(epoch).expect("just inserted");
		let payload = [1; 32];
		let acknowledgements = acknowledge::<T>(a, &payload);
		let acknowledged;

		#[block]
		{
			acknowledged =
				Pallet::<T>::ensure_acknowledged(&committee, &payload, &acknowledgements).ok();
		}

		assert_eq!(acknowledged, Some(Seats::all(a as usize)));
	}

	#[benchmark]
	fn complain() {
		let epochs = live_epochs::<T>(MAX_COMMITTEE);
		let record = dealt::<T>(&owner::<T>(), epochs[0]);

		#[extrinsic_call]
		_(last::<T>(), record, 1, LAST, EVIDENCE);

		assert!(Complaints::<T>::contains_key(record, 1));
	}

	#[benchmark]
	fn answer() -> Result<(), BenchmarkError> {
		let record = contested::<T>()?;

		#[extrinsic_call]
		_(last::<T>(), record, 1, EVIDENCE);

		assert!(Complaints::<T>::get(record, 1).is_some_and(|it| it.response.is_some()));
		Ok(())
	}

	#[benchmark]
	fn settle() -> Result<(), BenchmarkError> {
		let record = contested::<T>()?;

		#[extrinsic_call]
		_(last::<T>(), record, 1);

		assert!(!Complaints::<T>::contains_key(record, 1));
		Ok(())
	}

	#[benchmark]
	fn adjudicate() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let record = contested::<T>()?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, record, 1, true);

		assert!(!Complaints::<T>::contains_key(record, 1));
		Ok(())
	}

	/// A committee of one: each answer is the first to its ticket and ends it.
	#[benchmark]
	fn report(a: Linear<1, { T::MaxBatch::get() }>) {
		let epoch = insert_epoch::<T>(1, Phase::Active);
		let owner = owner::<T>();
		let answers = (0..a).map(|_| {
			let record = dealt::<T>(&owner, epoch);
			let ticket = T::Tickets::open_for_benchmark(&record, 1);
			(ticket, Answer::Refused(CustodianRefusal::ConsentRevoked))
		});
		let answers = batch::<T, _>(answers.collect());

		#[extrinsic_call]
		_(RawOrigin::Signed(custodian::<T>(Seat(0))), epoch, answers, EVIDENCE);

		let ended = Answers::<T>::iter_values().filter(|answers| answers.refused_at.is_some());
		assert_eq!(ended.count(), a as usize);
	}

	#[benchmark]
	fn mark_missed() {
		let (epoch, ticket) = missed::<T>();

		#[extrinsic_call]
		_(RawOrigin::Authorized, ticket);

		assert_eq!(Pallet::<T>::conduct(epoch, LAST).missed, T::MaxMissed::get() + 1);
	}

	#[benchmark]
	fn authorize_mark_missed() {
		let (_, ticket) = missed::<T>();
		let validity;

		#[block]
		{
			validity = Pallet::<T>::authorize_mark_missed(&ticket);
		}

		assert!(validity.is_ok());
	}

	#[benchmark]
	fn forgive() -> Result<(), BenchmarkError> {
		let origin = council::<T>()?;
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);
		blame::<T>(epoch);
		Pallet::<T>::count_missed(epoch, Seats::from_iter([LAST]));

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, epoch, LAST);

		assert_eq!(Pallet::<T>::conduct(epoch, LAST).missed, 0);
		Ok(())
	}

	#[benchmark]
	fn prune() {
		let ticket = TicketId([1; 32]);
		Answers::<T>::insert(ticket, TicketAnswers::new(EpochId(1), 0));
		T::BenchmarkHelper::set_time(T::AnswerRetention::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), ticket);

		assert!(!Answers::<T>::contains_key(ticket));
	}

	/// Each erasure waits for this member alone.
	#[benchmark]
	fn acknowledge_erasure(r: Linear<1, { T::MaxBatch::get() }>) {
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);
		let records: Vec<_> = (0..r).map(|at| RecordId([at as u8; 32])).collect();
		for record in &records {
			let pending = Pending { epoch, seats: Seats::from_iter([LAST]) };
			Erasures::<T>::insert(record, erasure(1, [pending]));
		}

		#[extrinsic_call]
		_(last::<T>(), epoch, batch::<T, _>(records));

		let complete = Erasures::<T>::iter_values().filter(|it| it.completed_at.is_some());
		assert_eq!(complete.count(), r as usize);
	}

	/// The erasure waits for a suspended member of every live epoch; complaints are open.
	#[benchmark]
	fn clear_erased(v: Linear<1, { T::MaxBatch::get() }>) {
		let epochs = live_epochs::<T>(MAX_COMMITTEE);
		let suspended = Seats::from_iter([LAST]);
		let record = RecordId([1; 32]);
		for (version, epoch) in (1..=v).zip(epochs.iter().cycle()) {
			insert_dealing::<T>(*epoch, record, version, true);
			let complaint = Complaint {
				epoch: *epoch,
				complainer: LAST,
				dealer: LAST,
				evidence: EVIDENCE,
				response: None,
				at: 0,
			};
			Complaints::<T>::insert(record, version, complaint);
		}
		let pending = epochs.iter().map(|epoch| {
			Epochs::<T>::mutate_extant(epoch, |epoch| epoch.suspended = suspended);
			Pending { epoch: *epoch, seats: suspended }
		});
		Erasures::<T>::insert(record, erasure(v, pending));

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), record, v);

		assert_eq!(Dealings::<T>::iter_prefix(record).count(), 0);
	}

	/// Nobody of any live epoch has acknowledged, and everyone is overdue with it.
	#[benchmark]
	fn mark_erasure_overdue() {
		let record = RecordId([1; 32]);
		let epochs = live_epochs::<T>(MAX_COMMITTEE);
		let pending = epochs.iter().map(|epoch| {
			blame::<T>(*epoch);
			Pending { epoch: *epoch, seats: Seats::all(MAX_COMMITTEE as usize) }
		});
		Erasures::<T>::insert(record, erasure(1, pending));
		T::BenchmarkHelper::set_time(T::ErasureDeadline::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), record);

		assert!(Erasures::<T>::get(record).is_some_and(|erasure| erasure.overdue));
	}

	/// This member is the last to know of each.
	#[benchmark]
	fn acknowledge_revocations(c: Linear<1, { T::MaxBatch::get() }>) {
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Active);
		let others = Seats::all(MAX_COMMITTEE as usize).without(Seats::from_iter([LAST]));
		let consents = (0..c).map(|_| T::Revocations::revoke_for_benchmark());
		let consents = batch::<T, _>(consents.collect());
		for (consent, _) in &consents {
			RevocationAcks::<T>::insert(epoch, consent, others);
		}

		#[extrinsic_call]
		_(last::<T>(), epoch, consents);

		assert_eq!(RevocationAcks::<T>::iter().count(), 0);
	}

	#[benchmark]
	fn clear_revocations(c: Linear<1, { T::MaxBatch::get() }>) {
		let epoch = insert_epoch::<T>(MAX_COMMITTEE, Phase::Retired);
		for at in 0..c {
			let consent = ConsentId([at as u8; 32]);
			RevocationAcks::<T>::insert(epoch, consent, Seats::from_iter([LAST]));
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(whitelisted_caller()), epoch, c);

		assert_eq!(RevocationAcks::<T>::iter().count(), 0);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::build(), crate::mock::Test);
}
