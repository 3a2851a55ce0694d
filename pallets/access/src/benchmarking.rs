// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, and tickets for the benchmarks of other pallets.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::EnsureOrigin;
use frame_system::RawOrigin;
use salus_primitives::{Commitment, ContentId, MultiCodec, Suite, MAX_PUBLIC_KEY};

const COMMITMENT: Commitment = Commitment([1; 32]);
const ENVELOPE: ContentId = ContentId { codec: MultiCodec::DagPb, digest: [2; 32] };
const REASON: SealedRequest = SealedRequest { commitment: COMMITMENT, envelope: ENVELOPE };

/// A key of the longest kind.
fn key() -> EncryptionKey {
	EncryptionKey::new(Suite::XWing, &[1; MAX_PUBLIC_KEY as usize]).expect("fits the suite")
}

fn sealed() -> AccessRequest {
	AccessRequest::Sealed { commitment: COMMITMENT, envelope: ENVELOPE }
}

/// A subject with a record, and a grantee in a role.
fn set_up<T: Config>(role: Role) -> (T::AccountId, T::AccountId, RecordId) {
	let subject: T::AccountId = account("subject", 0, 0);
	let grantee: T::AccountId = whitelisted_caller();
	T::Participants::admit_for_benchmark(&subject, Role::Patient);
	T::Audit::fill_for_benchmark(&subject);
	T::Participants::admit_for_benchmark(&grantee, role);
	let record = T::Records::anchor_for_benchmark(&subject);
	(subject, grantee, record)
}

/// A clinician other than the caller.
fn colleague<T: Config>() -> T::AccountId {
	let colleague = account("colleague", 0, 0);
	T::Participants::admit_for_benchmark(&colleague, Role::Clinician);
	colleague
}

/// Issues another ticket for that version of a record: one of a consent, each with a subject of its
/// own, so that nothing that its end touches was touched before.
pub(crate) fn issue<T: Config>(record: &RecordId, record_version: u32) -> TicketId {
	let index = Tickets::<T>::iter_keys().count() as u32;
	let subject: T::AccountId = account("subject of a ticket", index, 0);
	let grantee: T::AccountId = account("grantee of a ticket", index, 0);
	let opened_at = Pallet::<T>::now();
	let consent = T::Consents::grant_for_benchmark(&subject, &grantee, opened_at);
	let id = TicketId::derive(&consent, record, key().public());
	let (expires_at, kept_until) = Pallet::<T>::term(opened_at, T::TicketLifetime::get());
	let ticket = Ticket {
		basis: Basis::Consent { consent, version: 1 },
		record: *record,
		record_version,
		grantee,
		subject,
		request: sealed_ref(),
		ephemeral_key: key(),
		opened_at,
		expires_at,
		kept_until,
		delivered_at: None,
		disputed_at: None,
	};
	Tickets::<T>::insert(id, ticket);
	id
}

fn sealed_ref() -> RequestRef {
	REASON.into()
}

/// The clinician declares an emergency of the subject.
fn declare<T: Config>(
	clinician: &T::AccountId,
	subject: &T::AccountId,
	record: RecordId,
	salt: u8,
) -> Result<EmergencyId, BenchmarkError> {
	let payer = T::Sponsorship::payer(clinician);
	T::Consideration::ensure_successful(&payer, Pallet::<T>::footprint());
	let origin = RawOrigin::Signed(clinician.clone()).into();
	let salt = [salt; 32];
	Pallet::<T>::declare_emergency(origin, subject.clone(), record, salt, REASON, key())?;
	Ok(EmergencyId::derive(clinician, &salt))
}

/// An emergency that a second clinician confirmed, and its ticket.
fn confirmed<T: Config>(
	clinician: &T::AccountId,
	subject: &T::AccountId,
	record: RecordId,
) -> Result<(EmergencyId, TicketId), BenchmarkError> {
	let id = declare::<T>(clinician, subject, record, 1)?;
	Pallet::<T>::confirm_emergency(RawOrigin::Signed(colleague::<T>()).into(), id)?;
	Ok((id, TicketId::derive_for_emergency(&id, &record, key().public())))
}

/// Another one's emergency whose reviewers were told that its review is overdue, and who are late
/// again.
fn late<T>() -> Result<(EmergencyId, T::AccountId), BenchmarkError>
where
	T: Config + pallet_timestamp::Config<Moment = Moment>,
{
	let (subject, caller, record) = set_up::<T>(Role::Clinician);
	let clinician: T::AccountId = account("clinician", 0, 0);
	T::Participants::admit_for_benchmark(&clinician, Role::Clinician);
	let (id, _) = confirmed::<T>(&clinician, &subject, record)?;
	after::<T>(T::ReviewDeadline::get());
	Pallet::<T>::escalate_review(RawOrigin::Signed(caller).into(), id)?;
	after::<T>(T::EscalationDeadline::get());
	Ok((id, clinician))
}

/// Lets time pass.
fn after<T>(time: Moment)
where
	T: Config + pallet_timestamp::Config<Moment = Moment>,
{
	pallet_timestamp::Now::<T>::put(Pallet::<T>::now().saturating_add(time));
}

fn reviewer<T: Config>() -> Result<T::RuntimeOrigin, BenchmarkError> {
	T::ReviewOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)
}

#[benchmarks(where T: pallet_timestamp::Config<Moment = Moment>)]
mod benches {
	use super::*;

	#[benchmark]
	fn open_sealed() {
		let (subject, grantee, record) = set_up::<T>(Role::Researcher);
		let consent = T::Consents::grant_for_benchmark(&subject, &grantee, Pallet::<T>::now());
		let id = TicketId::derive(&consent, &record, key().public());

		#[extrinsic_call]
		open(RawOrigin::Signed(grantee), consent, record, sealed(), key());

		assert!(Tickets::<T>::contains_key(id));
	}

	#[benchmark]
	fn open_public() {
		let (subject, grantee, record) = set_up::<T>(Role::Researcher);
		let now = Pallet::<T>::now();
		let (consent, request) = T::Consents::grant_public_for_benchmark(&subject, &grantee, now);
		let id = TicketId::derive(&consent, &record, key().public());

		#[extrinsic_call]
		open(RawOrigin::Signed(grantee), consent, record, AccessRequest::Public(request), key());

		assert!(Requests::<T>::contains_key(id));
	}

	#[benchmark]
	fn open_delegated_sealed() {
		let (subject, grantee, record) = set_up::<T>(Role::Researcher);
		let now = Pallet::<T>::now();
		let (consent, _) = T::Consents::delegate_for_benchmark(&subject, &grantee, false, now);
		let id = TicketId::derive(&consent, &record, key().public());

		#[extrinsic_call]
		open_delegated(RawOrigin::Signed(grantee), consent, record, sealed(), key());

		assert!(Tickets::<T>::contains_key(id));
	}

	#[benchmark]
	fn open_delegated_public() {
		let (subject, grantee, record) = set_up::<T>(Role::Researcher);
		let now = Pallet::<T>::now();
		let (consent, request) = T::Consents::delegate_for_benchmark(&subject, &grantee, true, now);
		let request = AccessRequest::Public(request.expect("the terms are public"));
		let id = TicketId::derive(&consent, &record, key().public());

		#[extrinsic_call]
		open_delegated(RawOrigin::Signed(grantee), consent, record, request, key());

		assert!(Requests::<T>::contains_key(id));
	}

	#[benchmark]
	fn close() -> Result<(), BenchmarkError> {
		let (subject, grantee, record) = set_up::<T>(Role::Researcher);
		let now = Pallet::<T>::now();
		let (consent, request) = T::Consents::grant_public_for_benchmark(&subject, &grantee, now);
		let id = TicketId::derive(&consent, &record, key().public());
		let origin = RawOrigin::Signed(grantee.clone());
		let request = AccessRequest::Public(request);
		Pallet::<T>::open(origin.into(), consent, record, request, key())?;
		after::<T>(T::TicketLifetime::get().saturating_add(T::TicketRetention::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(grantee), id);

		assert!(!Tickets::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn renounce() {
		let (_, _, record) = set_up::<T>(Role::Researcher);
		let id = super::issue::<T>(&record, 1);
		let ticket = Tickets::<T>::get(id).expect("just issued");

		#[extrinsic_call]
		_(RawOrigin::Signed(ticket.grantee), id);

		assert_eq!(Tickets::<T>::get(id).map(|it| it.expires_at), Some(ticket.opened_at));
	}

	/// The one before it was opened, and its ticket is over.
	#[benchmark]
	fn declare_emergency() -> Result<(), BenchmarkError> {
		let (subject, clinician, record) = set_up::<T>(Role::Clinician);
		let (_, ticket) = confirmed::<T>(&clinician, &subject, record)?;
		Pallet::<T>::renounce(RawOrigin::Signed(clinician.clone()).into(), ticket)?;
		// However few may wait for their review.
		Conducts::<T>::mutate(&clinician, |conduct| conduct.unreviewed = 0);
		let payer = T::Sponsorship::payer(&clinician);
		T::Consideration::ensure_successful(&payer, Pallet::<T>::footprint());
		let id = EmergencyId::derive(&clinician, &[2; 32]);

		#[extrinsic_call]
		_(RawOrigin::Signed(clinician), subject, record, [2; 32], REASON, key());

		assert!(Emergencies::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn confirm_emergency() -> Result<(), BenchmarkError> {
		let (subject, caller, record) = set_up::<T>(Role::Clinician);
		let id = declare::<T>(&colleague::<T>(), &subject, record, 1)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(caller), id);

		assert_eq!(Tickets::<T>::iter_keys().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn open_emergency() -> Result<(), BenchmarkError> {
		let (subject, clinician, record) = set_up::<T>(Role::Clinician);
		let id = declare::<T>(&clinician, &subject, record, 1)?;
		after::<T>(T::EmergencyDelay::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(clinician), id);

		assert_eq!(Tickets::<T>::iter_keys().count(), 1);
		Ok(())
	}

	#[benchmark]
	fn object_emergency() -> Result<(), BenchmarkError> {
		let (subject, clinician, record) = set_up::<T>(Role::Clinician);
		let (id, ticket) = confirmed::<T>(&clinician, &subject, record)?;

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), id);

		let now = Pallet::<T>::now();
		assert_eq!(Tickets::<T>::get(ticket).map(|it| it.expires_at), Some(now));
		Ok(())
	}

	/// It is open still, and not justified.
	#[benchmark]
	fn review_emergency() -> Result<(), BenchmarkError> {
		let origin = reviewer::<T>()?;
		let (subject, _, record) = set_up::<T>(Role::Clinician);
		let clinician: T::AccountId = account("clinician", 0, 0);
		T::Participants::admit_for_benchmark(&clinician, Role::Clinician);
		let (id, _) = confirmed::<T>(&clinician, &subject, record)?;

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, id, false);

		assert!(Conducts::<T>::get(clinician).unjustified);
		Ok(())
	}

	#[benchmark]
	fn escalate_review() -> Result<(), BenchmarkError> {
		let (id, clinician) = late::<T>()?;

		#[extrinsic_call]
		_(RawOrigin::Authorized, id);

		assert!(Conducts::<T>::get(clinician).suspended_since.is_some());
		Ok(())
	}

	#[benchmark]
	fn authorize_escalate_review() -> Result<(), BenchmarkError> {
		let (id, _) = late::<T>()?;
		let validity;

		#[block]
		{
			validity = Pallet::<T>::authorize_escalate_review(&id);
		}

		assert!(validity.is_ok());
		Ok(())
	}

	#[benchmark]
	fn lift_suspension() -> Result<(), BenchmarkError> {
		let origin = reviewer::<T>()?;
		let who: T::AccountId = account("clinician", 0, 0);
		let since = Some(Pallet::<T>::now());
		let conduct = Conduct { unjustified: true, suspended_since: since, ..Default::default() };
		Conducts::<T>::insert(&who, conduct);

		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, who.clone());

		assert!(!Conducts::<T>::contains_key(who));
		Ok(())
	}

	#[benchmark]
	fn prune_emergency() -> Result<(), BenchmarkError> {
		let (subject, clinician, record) = set_up::<T>(Role::Clinician);
		let id = declare::<T>(&clinician, &subject, record, 1)?;
		after::<T>(T::EmergencyLifetime::get().saturating_add(T::TicketRetention::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(clinician), id);

		assert!(!Emergencies::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn review_trail() {
		let subject: T::AccountId = whitelisted_caller();
		T::Participants::admit_for_benchmark(&subject, Role::Patient);
		let action = AuditAction::TrailReviewed { entries: 0 };
		T::Audit::append(&subject, &subject, action);
		T::Audit::fill_for_benchmark(&subject);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject.clone()), 1);

		assert!(Reviews::<T>::contains_key(subject));
	}

	#[benchmark]
	fn dispute_access() {
		let (_, _, record) = set_up::<T>(Role::Researcher);
		let id = super::issue::<T>(&record, 1);
		let ticket = Tickets::<T>::get(id).expect("just issued");

		#[extrinsic_call]
		_(RawOrigin::Signed(ticket.subject), id);

		assert!(Tickets::<T>::get(id).is_some_and(|it| it.disputed_at.is_some()));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::build(), crate::mock::Test);
}
