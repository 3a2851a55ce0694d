// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, and consents for the benchmarks of other pallets.

use crate::*;
use alloc::collections::BTreeSet;
use frame_benchmarking::v2::*;
use frame_system::RawOrigin;
use salus_policy::{
	Aim, Duty, Modifier, Mondo, Obligation, Permission, Reference, Region, ResearchRequest,
	ResearchTerms, MAX_AIMS, MAX_ANCESTORS, MAX_DISEASES, MAX_OBLIGATIONS, MAX_REFERENCES,
	MAX_REGIONS,
};
use salus_primitives::{
	Category, Commitment, ContentId, DateWindow, Day, MultiCodec, PurposeOfUse, Role, Sensitivity,
};

fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
	let items: BTreeSet<T> = items.into_iter().collect();
	S::try_from(items).ok().expect("within the bound")
}

/// The longest window from `now`.
pub(crate) fn window<T: Config>(now: Moment) -> Window {
	Window { from: now, until: now + T::MaxDuration::get() }
}

/// Sealed terms.
pub(crate) fn sealed() -> Terms {
	Terms::Sealed {
		commitment: Commitment([1; 32]),
		envelope: ContentId { codec: MultiCodec::DagPb, digest: [2; 32] },
	}
}

/// Public terms as long as may be, and a request that meets them.
pub(crate) fn public(act: Window) -> (Terms, Request) {
	let last = |most: u32| (0..most).map(|at| Reference([at as u8; 32]));
	let names = || set(last(MAX_REFERENCES));
	let me = Reference([0; 32]);
	let here = Region::new("AA", None).expect("well formed");
	let region = |at: u32| {
		let country = [b'A', b'A' + at as u8];
		Region::new(core::str::from_utf8(&country).expect("letters"), None).expect("well formed")
	};
	let modifiers = [
		Modifier::ResearchSpecific(me),
		Modifier::NoMethodsDevelopment,
		Modifier::GeneticStudiesOnly,
		Modifier::NotForProfitNonCommercial,
		Modifier::PublicationRequired,
		Modifier::Collaboration(me),
		Modifier::EthicsApproval,
		Modifier::Geographical(set((0..MAX_REGIONS).map(region))),
		Modifier::PublicationMoratorium(Day(0)),
		Modifier::TimeLimit(act.until),
		Modifier::UserSpecific(names()),
		Modifier::ProjectSpecific(names()),
		Modifier::InstitutionSpecific(names()),
		Modifier::ReturnDerivedData,
		Modifier::NoAncestry,
		Modifier::NotForProfit,
		Modifier::NonCommercial,
	];
	let purposes = || {
		let all = PurposeOfUse::ALL.iter().copied();
		all.filter(|purpose| purpose.is_within(PurposeOfUse::Research))
	};
	let categories = || {
		let all = Category::ALL.iter().copied();
		set(all.filter(|category| category.sensitivity() == Sensitivity::Normal))
	};
	let elsewhere = PurposeOfUse::ALL.iter().copied();
	let terms = salus_policy::Terms {
		permitted: set(purposes()),
		denied: set(elsewhere.filter(|purpose| !purpose.is_within(PurposeOfUse::Research))),
		categories: categories(),
		act,
		data: DateWindow::ALL,
		research: Some(ResearchTerms {
			permission: Permission::DiseaseSpecific(set((0..MAX_DISEASES).map(Mondo))),
			clinical_care: false,
			modifiers: set(modifiers),
		}),
		obligations: set(Obligation::ALL.iter().copied().take(MAX_OBLIGATIONS as usize)),
	};
	let ancestors = || set((0..MAX_ANCESTORS).map(|over| Mondo(1_000 + over)));
	let request = Request {
		purpose: PurposeOfUse::DiseaseSpecificResearch,
		categories: categories(),
		data: DateWindow::ALL,
		research: Some(ResearchRequest {
			aims: set(
				(0..MAX_AIMS).map(|at| Aim::Disease { disease: Mondo(at), ancestors: ancestors() })
			),
			for_profit: Some(false),
			commercial: Some(false),
			genetic: Some(true),
			research_type: Some(me),
			ethics_approval_until: Some(act.until),
			location: Some(here),
			user: Some(me),
			project: Some(me),
			institution: Some(me),
			collaborator: Some(me),
			accepted: set([Duty::Publish, Duty::PublishNotBefore(Day(0)), Duty::ReturnDerivedData]),
			concerns: Default::default(),
		}),
	};
	(Terms::Public(terms), request)
}

/// Grants a consent with these terms from `subject` to `grantee`.
pub(crate) fn grant<T: Config>(
	subject: &T::AccountId,
	grantee: &T::AccountId,
	terms: Terms,
	now: Moment,
) -> ConsentId {
	T::Participants::admit_for_benchmark(subject, Role::Patient);
	T::Audit::fill_for_benchmark(subject);
	T::Participants::admit_for_benchmark(grantee, Role::Researcher);
	let window = window::<T>(now);
	T::Consideration::ensure_successful(subject, Pallet::<T>::footprint(&terms));
	let acting = Acting::oneself(subject.clone());
	Pallet::<T>::do_grant(&acting, &[7; 32], grantee, terms, window, T::MaxUses::get())
		.ok()
		.expect("fit to be granted")
}

#[benchmarks(where T: pallet_timestamp::Config<Moment = Moment>)]
mod benches {
	use super::*;

	#[benchmark]
	fn grant() {
		let subject: T::AccountId = whitelisted_caller();
		let grantee: T::AccountId = account("grantee", 0, 0);
		T::Participants::admit_for_benchmark(&subject, Role::Patient);
		T::Audit::fill_for_benchmark(&subject);
		T::Participants::admit_for_benchmark(&grantee, Role::Researcher);
		let window = window::<T>(Pallet::<T>::now());
		let (terms, _) = public(window);
		T::Consideration::ensure_successful(&subject, Pallet::<T>::footprint(&terms));
		let id = ConsentId::derive(&subject, &[1; 32]);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), [1; 32], grantee, terms, window, 1);

		assert!(Consents::<T>::contains_key(id));
	}

	#[benchmark]
	fn revoke() {
		let subject: T::AccountId = whitelisted_caller();
		let grantee: T::AccountId = account("grantee", 0, 0);
		let now = Pallet::<T>::now();
		let (terms, _) = public(window::<T>(now));
		let id = super::grant::<T>(&subject, &grantee, terms, now);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), id);

		assert_eq!(Consents::<T>::get(id).map(|consent| consent.state), Some(State::Revoked));
	}

	#[benchmark]
	fn prune() {
		let subject: T::AccountId = whitelisted_caller();
		let grantee: T::AccountId = account("grantee", 0, 0);
		let now = Pallet::<T>::now();
		let (terms, _) = public(window::<T>(now));
		let id = super::grant::<T>(&subject, &grantee, terms, now);
		let over = window::<T>(now).until.saturating_add(T::Retention::get());
		pallet_timestamp::Now::<T>::put(over);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), id);

		assert!(!Consents::<T>::contains_key(id));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::build(), crate::mock::Test);
}
