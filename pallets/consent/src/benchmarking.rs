// SPDX-License-Identifier: Apache-2.0
//! Benchmarks of the calls, and consents for the benchmarks of other pallets.

use crate::*;
use alloc::collections::BTreeSet;
use frame_benchmarking::v2::*;
use frame_support::{migrations::SteppedMigration, traits::StorageVersion, weights::WeightMeter};
use frame_system::RawOrigin;
use salus_policy::{
	Aim, Duty, Exception, Modifier, Mondo, Obligation, Permission, Reference, Region,
	ResearchRequest, ResearchTerms, MAX_AIMS, MAX_ANCESTORS, MAX_DISEASES, MAX_EXCEPTIONS,
	MAX_OBLIGATIONS, MAX_REFERENCES, MAX_REGIONS,
};
use salus_primitives::{Category, MultiCodec, Sensitivity};

fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
	let items: BTreeSet<T> = items.into_iter().collect();
	S::try_from(items).ok().expect("within the bound")
}

/// The longest window from `now`.
pub(crate) fn window<T: Config>(now: Moment) -> Window {
	Window { from: now, until: now + T::MaxDuration::get() }
}

fn envelope() -> ContentId {
	ContentId { codec: MultiCodec::DagPb, digest: [2; 32] }
}

fn sealed_terms() -> SealedTerms {
	SealedTerms { commitment: Commitment([1; 32]), envelope: envelope() }
}

/// Sealed terms.
pub(crate) fn sealed() -> Terms {
	sealed_terms().into()
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
	// Every purpose and category that may be public, of dates before all that is asked for.
	let exception = |at: u32| Exception {
		purposes: set(PurposeOfUse::ALL.iter().copied()),
		categories: categories(),
		data: DateWindow { from: Some(Day(i32::MIN + at as i32)), until: Some(Day(-1)) },
	};
	let terms = salus_policy::Terms {
		permitted: set(purposes()),
		exceptions: set((0..MAX_EXCEPTIONS).map(exception)),
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
		data: DateWindow { from: Some(Day::of(act.from)), until: None },
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

fn draft<T: Config>(
	grantee: &T::AccountId,
	terms: Terms,
	delegations: u8,
	now: Moment,
) -> Draft<T::AccountId> {
	Draft {
		grantee: Grantee::Account(grantee.clone()),
		terms,
		window: window::<T>(now),
		uses: T::MaxUses::get(),
		delegations,
	}
}

/// Makes a patient whose trail is long.
fn patient<T: Config>(who: &T::AccountId) {
	T::Participants::admit_for_benchmark(who, Role::Patient);
	T::Audit::fill_for_benchmark(who);
}

/// Makes a researcher who can pay for a consent with public terms and for all that is smaller.
fn researcher<T: Config>(who: &T::AccountId) {
	T::Participants::admit_for_benchmark(who, Role::Researcher);
	fund::<T>(who);
}

/// Gives an account what it takes to pay for a consent with public terms and for all that is
/// smaller.
fn fund<T: Config>(who: &T::AccountId) {
	let (Terms::Public(terms), _) = public(window::<T>(0)) else { unreachable!("public") };
	T::Consideration::ensure_successful(who, Pallet::<T>::footprint(Some(&terms)));
}

/// Grants a consent with these terms from `subject` to `grantee`.
pub(crate) fn grant<T: Config>(
	subject: &T::AccountId,
	grantee: &T::AccountId,
	terms: Terms,
	now: Moment,
) -> ConsentId {
	grant_with::<T>(subject, grantee, terms, 0, now)
}

fn grant_with<T: Config>(
	subject: &T::AccountId,
	grantee: &T::AccountId,
	terms: Terms,
	delegations: u8,
	now: Moment,
) -> ConsentId {
	patient::<T>(subject);
	fund::<T>(subject);
	researcher::<T>(grantee);
	let acting = Acting::oneself(subject.clone());
	let draft = draft::<T>(grantee, terms, delegations, now);
	Pallet::<T>::do_grant(&acting, &[7; 32], draft).expect("fit to be granted")
}

/// Whoever stands at this level of a delegation.
fn delegate_at<T: Config>(level: u8) -> T::AccountId {
	account("delegate", level.into(), 0)
}

/// Grants a consent with these terms that reaches `grantee` over so many levels of delegation.
pub(crate) fn delegate<T: Config>(
	subject: &T::AccountId,
	grantee: &T::AccountId,
	terms: Terms,
	levels: u8,
	now: Moment,
) -> ConsentId {
	let at = |level| if level == levels { grantee.clone() } else { delegate_at::<T>(level) };
	let most = Pallet::<T>::max_depth(terms.is_public());
	let mut id = grant_with::<T>(subject, &at(0), terms.clone(), most, now);
	for level in 1..=levels {
		researcher::<T>(&at(level));
		let draft = draft::<T>(&at(level), terms.clone(), most - level, now);
		(_, id) = Pallet::<T>::do_delegate(&at(level - 1), id, &[7; 32], draft)
			.expect("fit to be passed on");
	}
	id
}

/// Makes one more revoked consent.
pub(crate) fn revoke<T: Config>() -> (ConsentId, u32) {
	let count = Consents::<T>::iter_keys().count() as u64;
	let mut salt = [0; 32];
	salt[..8].copy_from_slice(&count.to_le_bytes());
	let (subject, grantee) = (account("revoker", 0, 0), account("revoked", 0, 0));
	T::Participants::admit_for_benchmark(&subject, Role::Patient);
	T::Participants::admit_for_benchmark(&grantee, Role::Researcher);
	fund::<T>(&subject);
	let draft = draft::<T>(&grantee, sealed(), 0, Pallet::<T>::now());
	let acting = Acting::oneself(subject.clone());
	let id = Pallet::<T>::do_grant(&acting, &salt, draft).expect("fit to be granted");
	let (_, version) = Pallet::<T>::do_revoke(&subject, id).ok().expect("her own");
	(id, version)
}

/// Authorises one more sale.
pub(crate) fn authorise<T: Config>(
	seller: &T::AccountId,
	buyer: &T::AccountId,
	record: &RecordId,
	until: Moment,
) -> SaleId {
	let count = Sales::<T>::iter_keys().count() as u64;
	let mut salt = [0; 32];
	salt[..8].copy_from_slice(&count.to_le_bytes());
	let sale = SaleId::derive(seller, &salt);
	T::Consideration::ensure_successful(seller, Pallet::<T>::sale_footprint());
	let authorised = Sale {
		seller: seller.clone(),
		buyer: buyer.clone(),
		record: *record,
		purpose: PurposeOfUse::Research,
		until,
		revoked: false,
		deposit: Pallet::<T>::deposit_of(seller, Pallet::<T>::sale_footprint()).expect("funded"),
	};
	Sales::<T>::insert(sale, authorised);
	sale
}

#[benchmarks(where T: pallet_timestamp::Config<Moment = Moment>)]
mod benches {
	use super::*;

	/// Two accounts, the first of which signs.
	fn parties<T: Config>() -> (T::AccountId, T::AccountId) {
		(whitelisted_caller(), account("other", 0, 0))
	}

	fn wait_until<T: pallet_timestamp::Config<Moment = Moment>>(moment: Moment) {
		pallet_timestamp::Now::<T>::put(moment);
	}

	/// The requester asks the subject for a consent.
	fn ask<T: Config>(subject: &T::AccountId, requester: &T::AccountId) -> ConsentId {
		patient::<T>(subject);
		fund::<T>(subject);
		researcher::<T>(requester);
		let window = window::<T>(Pallet::<T>::now());
		Pallet::<T>::do_request(requester, subject, &[1; 32], sealed_terms(), window, 1)
			.expect("fit to be asked for")
	}

	fn version<T: Config>(id: ConsentId) -> Option<u32> {
		Consents::<T>::get(id).map(|consent| consent.version)
	}

	#[benchmark]
	fn grant_sealed() {
		let (subject, grantee) = parties::<T>();
		patient::<T>(&subject);
		fund::<T>(&subject);
		researcher::<T>(&grantee);
		let window = window::<T>(Pallet::<T>::now());
		let id = ConsentId::derive(&subject, &[1; 32]);
		let grantee = Grantee::Account(grantee);

		#[extrinsic_call]
		grant(RawOrigin::Signed(subject), [1; 32], grantee, sealed(), window, 1, 0);

		assert!(Consents::<T>::contains_key(id));
	}

	#[benchmark]
	fn grant_public() {
		let (subject, grantee) = parties::<T>();
		patient::<T>(&subject);
		fund::<T>(&subject);
		researcher::<T>(&grantee);
		let window = window::<T>(Pallet::<T>::now());
		let (terms, _) = public(window);
		let id = ConsentId::derive(&subject, &[1; 32]);
		let grantee = Grantee::Account(grantee);

		#[extrinsic_call]
		grant(RawOrigin::Signed(subject), [1; 32], grantee, terms, window, 1, 0);

		assert!(PublicTerms::<T>::contains_key(id));
	}

	#[benchmark]
	fn revoke() {
		let (subject, grantee) = parties::<T>();
		let (now, levels) = (Pallet::<T>::now(), T::MaxDepth::get());
		let id = super::delegate::<T>(&subject, &grantee, sealed(), levels, now);
		// Whoever passed it on: her consent is looked up.
		let delegator = delegate_at::<T>(levels - 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(delegator), id);

		assert_eq!(Consents::<T>::get(id).map(|consent| consent.state), Some(State::Revoked));
	}

	#[benchmark]
	fn prune() {
		let (subject, grantee) = parties::<T>();
		let (now, levels) = (Pallet::<T>::now(), T::MaxDepth::get());
		let id = super::delegate::<T>(&subject, &grantee, sealed(), levels, now);
		// As deep as any, and with terms beside it: such parts were made before public terms had a
		// depth of their own.
		let (Terms::Public(terms), _) = public(window::<T>(now)) else { unreachable!("public") };
		PublicTerms::<T>::insert(id, terms);
		Consents::<T>::mutate_extant(id, |consent| consent.terms = Scope::Public);
		// Only the subject's own consent is over: all are looked at.
		let first = ConsentId::derive(&subject, &[7; 32]);
		Pallet::<T>::do_revoke(&subject, first).ok().expect("her own");

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), id);

		assert!(!Consents::<T>::contains_key(id));
	}

	#[benchmark]
	fn request() {
		let (requester, subject) = parties::<T>();
		ask::<T>(&subject, &requester);
		fund::<T>(&requester);
		let now = Pallet::<T>::now().saturating_add(T::RequestLifetime::get());
		wait_until::<T>(now);
		let window = window::<T>(now);
		let who = RawOrigin::Signed(requester.clone());

		#[extrinsic_call]
		_(who, subject.clone(), [2; 32], sealed_terms(), window, 1);

		let asked_at = Requests::<T>::get(subject, requester).map(|asked| asked.requested_at);
		assert_eq!(asked_at, Some(now));
	}

	#[benchmark]
	fn approve() {
		let (subject, requester) = parties::<T>();
		let id = ask::<T>(&subject, &requester);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), requester, id);

		assert!(Consents::<T>::contains_key(id));
	}

	#[benchmark]
	fn decline() {
		let (subject, requester) = parties::<T>();
		let id = ask::<T>(&subject, &requester);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject.clone()), requester.clone(), id);

		assert!(!Requests::<T>::contains_key(subject, requester));
	}

	#[benchmark]
	fn withdraw_request() {
		let (requester, subject) = parties::<T>();
		ask::<T>(&subject, &requester);

		#[extrinsic_call]
		_(RawOrigin::Signed(requester.clone()), subject.clone(), requester.clone());

		assert!(!Requests::<T>::contains_key(subject, requester));
	}

	#[benchmark]
	fn amend_sealed() {
		let (subject, grantee) = parties::<T>();
		let now = Pallet::<T>::now();
		let window = window::<T>(now);
		// Its public terms are removed and a part of the deposit goes back.
		let (terms, _) = public(window);
		let id = super::grant::<T>(&subject, &grantee, terms, now);

		#[extrinsic_call]
		amend(RawOrigin::Signed(subject), id, 1, sealed(), window, 1);

		assert_eq!(version::<T>(id), Some(2));
	}

	#[benchmark]
	fn amend_public() {
		let (subject, grantee) = parties::<T>();
		let now = Pallet::<T>::now();
		let window = window::<T>(now);
		// More is deposited.
		let id = super::grant::<T>(&subject, &grantee, sealed(), now);
		fund::<T>(&subject);
		let (terms, _) = public(window);

		#[extrinsic_call]
		amend(RawOrigin::Signed(subject), id, 1, terms, window, 1);

		assert_eq!(version::<T>(id), Some(2));
	}

	#[benchmark]
	fn renew() {
		let (subject, grantee) = parties::<T>();
		let now = Pallet::<T>::now();
		let window = window::<T>(now);
		let (terms, _) = public(window);
		let id = super::grant::<T>(&subject, &grantee, terms, now);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), id, 1, window.until - 1, 1);

		assert_eq!(version::<T>(id), Some(2));
	}

	#[benchmark]
	fn opt_in_retrospectively() {
		let (subject, grantee) = parties::<T>();
		let now = Pallet::<T>::now();
		let (terms, _) = public(window::<T>(now));
		let id = super::grant::<T>(&subject, &grantee, terms, now);

		#[extrinsic_call]
		_(RawOrigin::Signed(subject), id, 1);

		assert_eq!(version::<T>(id), Some(2));
	}

	#[benchmark]
	fn delegate_sealed() {
		let (who, subject) = parties::<T>();
		let now = Pallet::<T>::now();
		let levels = T::MaxDepth::get() - 1;
		let parent = super::delegate::<T>(&subject, &who, sealed(), levels, now);
		let grantee: T::AccountId = account("grantee", 0, 0);
		researcher::<T>(&grantee);
		let window = window::<T>(now);
		let id = ConsentId::derive(&who, &[1; 32]);
		let who = RawOrigin::Signed(who);

		#[extrinsic_call]
		delegate(who, parent, [1; 32], grantee, sealed(), window, 1, 0);

		assert!(Consents::<T>::contains_key(id));
	}

	#[benchmark]
	fn delegate_public() {
		let (who, subject) = parties::<T>();
		let now = Pallet::<T>::now();
		let window = window::<T>(now);
		let (terms, _) = public(window);
		let levels = T::MaxPublicDepth::get() - 1;
		let parent = super::delegate::<T>(&subject, &who, terms.clone(), levels, now);
		let grantee: T::AccountId = account("grantee", 0, 0);
		researcher::<T>(&grantee);
		let id = ConsentId::derive(&who, &[1; 32]);
		let who = RawOrigin::Signed(who);

		#[extrinsic_call]
		delegate(who, parent, [1; 32], grantee, terms, window, 1, 0);

		assert!(PublicTerms::<T>::contains_key(id));
	}

	#[benchmark]
	fn claim() {
		let (claimant, subject) = parties::<T>();
		patient::<T>(&subject);
		fund::<T>(&subject);
		researcher::<T>(&claimant);
		let acting = Acting::oneself(subject.clone());
		let root = Commitment([1; 32]);
		Pallet::<T>::do_set_deny_root(&acting, 0, root, envelope(), true, true).expect("her first");
		// What was claimed before is looked at.
		let now = Pallet::<T>::now();
		let until = now + T::MaxStandingDuration::get();
		let before = Window { from: now, until };
		Pallet::<T>::do_claim(&claimant, &subject, &[1; 32], sealed_terms(), before, 1)
			.expect("under a rule");
		fund::<T>(&claimant);
		wait_until::<T>(until);
		let window = Window { from: until, until: until + T::MaxStandingDuration::get() };
		let id = ConsentId::derive(&claimant, &[2; 32]);
		let who = RawOrigin::Signed(claimant.clone());

		#[extrinsic_call]
		_(who, subject.clone(), [2; 32], sealed_terms(), window, 1);

		assert_eq!(Claims::<T>::get(subject, claimant), Some(id));
	}

	#[benchmark]
	fn set_deny_root() {
		let subject: T::AccountId = whitelisted_caller();
		patient::<T>(&subject);
		fund::<T>(&subject);
		let root = Commitment([1; 32]);
		let who = RawOrigin::Signed(subject.clone());

		#[extrinsic_call]
		_(who, 0, root, envelope(), true, true);

		assert_eq!(DenyRoots::<T>::get(subject).map(|root| root.version), Some(1));
	}

	#[benchmark]
	fn authorise_sale() {
		let (seller, buyer) = parties::<T>();
		patient::<T>(&seller);
		fund::<T>(&seller);
		researcher::<T>(&buyer);
		let record = T::Records::anchor_for_benchmark(&seller);
		let until = Pallet::<T>::now() + T::MaxSaleDuration::get();
		let id = SaleId::derive(&seller, &[1; 32]);
		let who = RawOrigin::Signed(seller);

		#[extrinsic_call]
		_(who, [1; 32], buyer, record, PurposeOfUse::MachineLearning, until);

		assert!(Sales::<T>::contains_key(id));
	}

	#[benchmark]
	fn revoke_sale() {
		let (seller, buyer) = parties::<T>();
		patient::<T>(&seller);
		let until = Pallet::<T>::now() + T::MaxSaleDuration::get();
		let id = super::authorise::<T>(&seller, &buyer, &RecordId([1; 32]), until);

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id);

		assert_eq!(Sales::<T>::get(id).map(|sale| sale.revoked), Some(true));
	}

	#[benchmark]
	fn prune_sale() {
		let (seller, buyer) = parties::<T>();
		let until = Pallet::<T>::now() + T::MaxSaleDuration::get();
		let id = super::authorise::<T>(&seller, &buyer, &RecordId([1; 32]), until);
		wait_until::<T>(until.saturating_add(T::Retention::get()));

		#[extrinsic_call]
		_(RawOrigin::Signed(seller), id);

		assert!(!Sales::<T>::contains_key(id));
	}

	#[benchmark]
	fn migrate_public_terms() {
		let (Terms::Public(longest), _) = public(window::<T>(Pallet::<T>::now())) else {
			unreachable!("it makes public ones")
		};
		let terms = crate::migration::v0::Terms {
			permitted: longest.permitted,
			denied: set(PurposeOfUse::ALL.iter().copied()),
			categories: longest.categories,
			act: longest.act,
			data: longest.data,
			research: longest.research,
			obligations: longest.obligations,
		};
		// One behind, one to do, and one ahead.
		for number in 0..3 {
			crate::migration::v0::PublicTerms::<T>::insert(ConsentId([number; 32]), &terms);
		}
		StorageVersion::new(0).put::<Pallet<T>>();
		let step = <T as Config>::WeightInfo::migrate_public_terms();
		let mut meter = WeightMeter::with_limit(step);

		#[block]
		{
			let from = Some(ConsentId([0; 32]));
			let done = crate::migration::ExceptDeniedPurposes::<T>::step(from, &mut meter);
			assert!(matches!(done, Ok(Some(_))));
		}

		assert!(PublicTerms::<T>::get(ConsentId([1; 32])).is_some());
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::build(), crate::mock::Test);
}
