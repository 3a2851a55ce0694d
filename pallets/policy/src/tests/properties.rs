// SPDX-License-Identifier: Apache-2.0

use super::*;
use proptest::{collection::btree_set, option, prelude::*, sample::select};

fn purpose() -> impl Strategy<Value = PurposeOfUse> {
	select(PurposeOfUse::ALL)
}

/// The categories that are asked for, and the original that holds them all.
const CATEGORIES: &[Category] = &[
	Category::Demographics,
	Category::Encounters,
	Category::Vitals,
	Category::Labs,
	Category::MentalHealth,
	Category::Original,
];

fn categories(least: usize) -> impl Strategy<Value = Categories> {
	btree_set(select(CATEGORIES), least..6).prop_map(set)
}

fn dates() -> impl Strategy<Value = DateWindow> {
	(option::of(0..6i32), option::of(0..6i32))
		.prop_map(|(from, until)| DateWindow { from: from.map(Day), until: until.map(Day) })
}

fn exception() -> impl Strategy<Value = Exception> {
	let data = prop_oneof![Just(DateWindow::ALL), dates()];
	(btree_set(purpose(), 0..4), categories(0), data).prop_map(|(purposes, categories, data)| {
		Exception { purposes: set(purposes), categories, data }
	})
}

/// As many as there may be.
fn four_exceptions() -> Vec<Exception> {
	let some = |purposes: &[PurposeOfUse], categories: &[Category], data| Exception {
		purposes: set(purposes.iter().copied()),
		categories: set(categories.iter().copied()),
		data,
	};
	vec![
		some(&PurposeOfUse::ALL[..8], &[], DateWindow::ALL),
		some(&[], &CATEGORIES[..2], DateWindow::ALL),
		some(&[PurposeOfUse::Research], &CATEGORIES[2..], DateWindow::ALL),
		some(&[], &[], DateWindow { from: Some(Day(3)), until: None }),
	]
}

fn exceptions() -> impl Strategy<Value = Exceptions> {
	btree_set(exception(), 0..3).prop_map(set)
}

/// Whether the exception and the request have something in common, said another way than in what
/// is tested. Every window of these tests has its bounds among the days of this.
fn touches(exception: &Exception, request: &Request) -> bool {
	let Exception { purposes, categories, data } = exception;
	let of_purpose = purposes.iter().any(|over| request.purpose.is_within(*over));
	let of_category = request.categories.contains(&Category::Original)
		|| !request.categories.is_disjoint(categories);
	let of_date = (-1..7).map(Day).any(|day| data.contains(day) && request.data.contains(day));
	(purposes.is_empty() || of_purpose)
		&& (categories.is_empty() || of_category)
		&& (*data == DateWindow::ALL || of_date)
}

const fn is_excepted(reason: &Reason) -> bool {
	matches!(reason, Reason::Excepted { .. })
}

/// The terms with this exception, and with no other.
fn with_only(terms: &Terms, exception: &Exception) -> Terms {
	Terms { exceptions: set([exception.clone()]), ..terms.clone() }
}

fn mondo() -> impl Strategy<Value = Mondo> {
	(0..4u32).prop_map(Mondo)
}

fn aims(least: usize) -> impl Strategy<Value = Aims> {
	let disease = (mondo(), btree_set(mondo(), 0..3))
		.prop_map(|(disease, over)| Aim::Disease { disease, ancestors: set(over) });
	let aim = prop_oneof![
		Just(Aim::General),
		Just(Aim::Health),
		disease,
		Just(Aim::UnknownDisease),
		Just(Aim::Ancestry),
		Just(Aim::Methods),
	];
	btree_set(aim, least..4).prop_map(set)
}

fn permission() -> impl Strategy<Value = Permission> {
	prop_oneof![
		Just(Permission::NoRestriction),
		Just(Permission::GeneralResearch),
		Just(Permission::HealthMedicalBiomedical),
		btree_set(mondo(), 0..3).prop_map(|ids| Permission::DiseaseSpecific(set(ids))),
		Just(Permission::PopulationOrigins),
	]
}

fn modifier() -> impl Strategy<Value = Modifier> {
	select(super::research::every_modifier())
}

fn research_part() -> impl Strategy<Value = ResearchTerms> {
	(permission(), any::<bool>(), btree_set(modifier(), 0..4)).prop_map(
		|(permission, clinical_care, modifiers)| ResearchTerms {
			permission,
			clinical_care,
			modifiers: set(modifiers),
		},
	)
}

prop_compose! {
	fn any_terms()(
		permitted in btree_set(purpose(), 0..20),
		exceptions in exceptions(),
		categories in categories(2),
		from in 0..3u64,
		until in 2..5u64,
		data in prop_oneof![Just(DateWindow::ALL), dates()],
		research in option::of(research_part()),
	) -> Terms {
		Terms {
			permitted: set(permitted), exceptions, categories,
			act: Window { from, until }, data, research,
			obligations: Obligation::defaults(),
		}
	}
}

/// Statements of which each is true, false or missing.
fn statement() -> impl Strategy<Value = ResearchRequest> {
	let full = super::research::full_statement;
	let flag = || option::weighted(0.7, any::<bool>());
	(aims(0), flag(), flag(), flag(), any::<[bool; 7]>(), option::of(0..3u64)).prop_map(
		move |(aims, for_profit, commercial, genetic, keep, approval)| {
			let full = full();
			ResearchRequest {
				aims,
				for_profit,
				commercial,
				genetic,
				ethics_approval_until: approval,
				research_type: full.research_type.filter(|_| keep[0]),
				location: full.location.filter(|_| keep[1]),
				user: full.user.filter(|_| keep[2]),
				project: full.project.filter(|_| keep[3]),
				institution: full.institution.filter(|_| keep[4]),
				collaborator: full.collaborator.filter(|_| keep[5]),
				accepted: if keep[6] { full.accepted } else { Default::default() },
				concerns: Default::default(),
			}
		},
	)
}

prop_compose! {
	fn any_request()(
		purpose in purpose(),
		categories in categories(1),
		data in dates(),
		research in option::of(statement()),
	) -> Request {
		Request { purpose, categories, data, research }
	}
}

/// Terms and a request close enough for permits to be common.
fn close() -> impl Strategy<Value = (Terms, Request)> {
	(any_terms(), any_request(), any::<bool>(), any::<bool>()).prop_map(
		|(mut terms, mut request, permit, research)| {
			if permit {
				terms.permitted.try_insert(request.purpose).unwrap();
				terms.categories = set(CATEGORIES.iter().copied());
				terms.data = DateWindow::ALL;
				terms.act = Window { from: 0, until: 5 };
				request.data = DateWindow::ALL;
			}
			if research {
				request.purpose = PurposeOfUse::Research;
				terms.permitted.try_insert(PurposeOfUse::Research).unwrap();
			}
			(terms, request)
		},
	)
}

fn without(reasons: &[Reason], gone: Reason) -> Vec<Reason> {
	reasons.iter().copied().filter(|reason| *reason != gone).collect()
}

proptest! {
	#[test]
	fn narrower_terms_never_move_towards_permit(
		(terms, request) in close(),
		now in 0..6u64,
		except in exception(),
		more in modifier(),
		part in research_part(),
		keep in any::<[bool; 2]>(),
		act in (0..5u64, 0..5u64),
		data in dates(),
	) {
		let before = decide(&terms, &request, now);
		let mut narrower = vec![];
		let mut changed = terms.clone();
		changed.exceptions.try_insert(except).unwrap();
		narrower.push(changed.clone());
		changed = terms.clone();
		match &mut changed.research {
			Some(research) => { research.modifiers.try_insert(more).unwrap(); },
			None => changed.research = Some(part),
		}
		narrower.push(changed.clone());
		let drop_some = |keep: bool, index: usize| keep || index.is_multiple_of(2);
		changed = terms.clone();
		changed.permitted = set(terms.permitted.iter().copied().enumerate()
			.filter(|(index, _)| drop_some(keep[0], *index)).map(|(_, item)| item));
		narrower.push(changed.clone());
		changed = terms.clone();
		changed.categories = set(terms.categories.iter().copied().enumerate()
			.filter(|(index, _)| drop_some(keep[1], *index)).map(|(_, item)| item));
		narrower.push(changed.clone());
		changed = terms.clone();
		changed.act = Window {
			from: terms.act.from.max(act.0), until: terms.act.until.min(act.1),
		};
		narrower.push(changed.clone());
		if terms.data.covers(&data) {
			narrower.push(Terms { data, ..terms });
		}
		for terms in narrower {
			let after = decide(&terms, &request, now);
			prop_assert!(after.outcome >= before.outcome, "{:?}\n{:?}", before, after);
			// Narrowing only adds reasons.
			prop_assert!(before.reasons.iter().all(|reason| after.reasons.contains(reason)));
		}
	}

	#[test]
	fn an_exception_changes_what_it_touches_and_nothing_else(
		(terms, request) in close(),
		now in 0..6u64,
		except in exception(),
	) {
		let before = decide(&terms, &request, now);
		let mut with = terms;
		with.exceptions.try_insert(except.clone()).unwrap();
		let after = decide(&with, &request, now);
		if !touches(&except, &request) {
			prop_assert_eq!(&after, &before);
		} else {
			prop_assert_eq!(after.outcome, Outcome::Deny);
			prop_assert!(after.reasons.iter().any(is_excepted));
		}
		// What is named was asked for and excepted.
		for reason in after.reasons.iter().filter(|reason| !before.reasons.contains(reason)) {
			let Reason::Excepted { purpose, category, data } = reason else { panic!("{reason}") };
			prop_assert_eq!(*data, except.data);
			prop_assert_eq!(purpose.is_none(), except.purposes.is_empty());
			prop_assert!(purpose.is_none_or(|over| except.purposes.contains(&over)
				&& request.purpose.is_within(over)));
			prop_assert_eq!(category.is_none(), except.categories.is_empty());
			prop_assert!(category.is_none_or(|named| request.categories.contains(&named)
				&& (except.categories.contains(&named) || named == Category::Original)));
		}
	}

	#[test]
	fn each_exception_gives_its_reasons_whatever_the_others(
		(mut terms, request) in close(),
		now in 0..6u64,
		exceptions in btree_set(exception(), 0..=4),
	) {
		terms.exceptions = set(exceptions);
		let without = Terms { exceptions: Default::default(), ..terms.clone() };
		let mut expected: BTreeSet<_> =
			decide(&without, &request, now).reasons.into_iter().collect();
		for exception in &terms.exceptions {
			expected.extend(decide(&with_only(&terms, exception), &request, now).reasons);
		}
		prop_assert_eq!(decide(&terms, &request, now).reasons, Vec::from_iter(expected));
	}

	#[test]
	fn wider_exceptions_never_move_towards_permit(
		(terms, request) in close(),
		now in 0..6u64,
		narrow in exception(),
		other in exception(),
	) {
		let before = decide(&with_only(&terms, &narrow), &request, now);
		let mut wider = vec![
			Exception { purposes: Default::default(), ..narrow.clone() },
			Exception { categories: Default::default(), ..narrow.clone() },
			Exception { data: DateWindow::ALL, ..narrow.clone() },
			Exception {
				data: DateWindow {
					from: narrow.data.from.zip(other.data.from).map(|(a, b)| a.min(b)),
					until: narrow.data.until.zip(other.data.until).map(|(a, b)| a.max(b)),
				},
				..narrow.clone()
			},
		];
		// What is empty is not narrowed, and one more would narrow it.
		if !narrow.purposes.is_empty() {
			let purposes = narrow.purposes.iter().chain(&other.purposes).copied();
			wider.push(Exception { purposes: set(purposes), ..narrow.clone() });
		}
		if !narrow.categories.is_empty() {
			let categories = narrow.categories.iter().chain(&other.categories).copied();
			wider.push(Exception { categories: set(categories), ..narrow.clone() });
		}
		for exception in wider {
			let after = decide(&with_only(&terms, &exception), &request, now);
			prop_assert!(after.outcome >= before.outcome, "{:?} {:?}", narrow, exception);
		}
	}

	#[test]
	fn excepted_purposes_alone_deny_what_is_within_them(
		(terms, request) in close(),
		now in 0..6u64,
		purposes in btree_set(purpose(), 1..6),
	) {
		let without = Terms { exceptions: Default::default(), ..terms };
		let with = with_only(&without, &Exception::of_purposes(set(purposes.clone())));
		let denying = purposes.into_iter().filter(|over| request.purpose.is_within(*over));
		let mut expected: BTreeSet<_> =
			decide(&without, &request, now).reasons.into_iter().collect();
		expected.extend(denying.map(|over| {
			Reason::Excepted { purpose: Some(over), category: None, data: DateWindow::ALL }
		}));
		prop_assert_eq!(decide(&with, &request, now).reasons, Vec::from_iter(expected));
	}

	#[test]
	fn what_is_left_of_the_categories_is_not_excepted((terms, wide) in close(), now in 0..6u64) {
		let left = terms.categories_left(wide.purpose, &wide.data);
		for category in &terms.categories {
			let alone = Request { categories: set([*category]), ..wide.clone() };
			let excepted = terms.exceptions.iter().any(|exception| touches(exception, &alone));
			prop_assert_eq!(left.contains(category), !excepted, "{}", category);
		}
		if !left.is_empty() {
			let request = Request { categories: left, ..wide };
			let reasons = decide(&terms, &request, now).reasons;
			prop_assert!(!reasons.iter().any(is_excepted));
			prop_assert!(!reasons.iter().any(|reason| reason.code() == "SCOPE_MISMATCH"));
		}
	}

	#[test]
	fn narrower_requests_are_not_denied_where_wider_ones_are_permitted(
		(terms, wide) in close(),
		now in 0..6u64,
		pick in any::<prop::sample::Selector>(),
		data in dates(),
		fewer in any::<bool>(),
	) {
		let mut narrow = wide.clone();
		narrow.categories = set([*pick.select(wide.categories.iter())]);
		if !data.is_empty() && wide.data.covers(&data) {
			narrow.data = data;
		}
		let (before, after) = (decide(&terms, &wide, now), decide(&terms, &narrow, now));
		prop_assert!(after.outcome <= before.outcome, "{:?}\n{:?}", before, after);
		prop_assert!(after.reasons.iter().all(|reason| before.reasons.contains(reason)
			|| wide.data.is_empty()));
		// Aims: fewer of them may leave something unstated, but denies nothing.
		if let Some(research) = narrow.research.as_mut().filter(|r| fewer && !r.aims.is_empty()) {
			research.aims = set([pick.select(research.aims.iter()).clone()]);
			let after = decide(&terms, &narrow, now);
			if before.outcome == Outcome::Permit {
				prop_assert_ne!(after.outcome, Outcome::Deny);
			}
		}
	}

	#[test]
	fn evidence_withheld_never_makes_a_permit((terms, full) in close(), now in 0..6u64) {
		let before = decide(&terms, &full, now).outcome;
		let mut less = vec![full.clone().without_ancestors()];
		if let Some(stated) = &full.research {
			let mut with = |change: fn(&mut ResearchRequest)| {
				let mut stated = stated.clone();
				change(&mut stated);
				less.push(Request { research: Some(stated), ..full.clone() });
			};
			with(|r| r.for_profit = None);
			with(|r| r.commercial = None);
			with(|r| r.genetic = None);
			with(|r| r.research_type = None);
			with(|r| r.ethics_approval_until = None);
			with(|r| r.location = None);
			with(|r| r.user = None);
			with(|r| r.project = None);
			with(|r| r.institution = None);
			with(|r| r.collaborator = None);
			with(|r| r.accepted = Default::default());
		}
		for request in less {
			let after = decide(&terms, &request, now).outcome;
			prop_assert!(after != Outcome::Permit || before == Outcome::Permit);
		}
	}

	#[test]
	fn order_never_matters(
		(terms, request) in close(),
		exceptions in Just(four_exceptions()).prop_shuffle(),
		modifiers in Just(super::research::every_modifier()).prop_shuffle(),
		asked in Just(Category::ALL.to_vec()).prop_shuffle(),
	) {
		let build = |reverse: bool| {
			let order = |mut items: Vec<usize>| { if reverse { items.reverse() } items };
			let (mut terms, mut request) = (terms.clone(), request.clone());
			terms.exceptions = Default::default();
			for at in order((0..exceptions.len()).collect()) {
				terms.exceptions.try_insert(exceptions[at].clone()).unwrap();
			}
			if let Some(research) = &mut terms.research {
				research.modifiers = Default::default();
				for at in order((0..modifiers.len()).collect()) {
					research.modifiers.try_insert(modifiers[at].clone()).unwrap();
				}
			}
			for at in order((0..asked.len()).collect()) {
				request.categories.try_insert(asked[at]).unwrap();
			}
			(decide(&terms, &request, 2), codec::Encode::encode(&(terms, request)))
		};
		prop_assert_eq!(build(false), build(true));
	}

	#[test]
	fn one_cause_removed_removes_exactly_its_reason((terms, request) in close(), now in 0..6u64) {
		let before = decide(&terms, &request, now).reasons;
		for reason in &before {
			let mut terms = terms.clone();
			match reason {
				Reason::NotYetValid => terms.act.from = now,
				Reason::Expired => terms.act.until = now + 1,
				Reason::PurposeNotPermitted { purpose } => {
					terms.permitted.try_insert(*purpose).unwrap();
				},
				Reason::ScopeMismatch { category } => {
					terms.categories.try_insert(*category).unwrap();
				},
				Reason::DataWindowMismatch => terms.data = DateWindow::ALL,
				Reason::Restricted { term } | Reason::EvidenceMissing { term } => {
					let research = terms.research.as_mut().unwrap();
					let left = research.modifiers.iter().filter(|m| m.term() != Some(*term));
					research.modifiers = set(left.cloned());
				},
				// One exception may have several; another property holds them apart.
				_ => continue,
			}
			prop_assert_eq!(decide(&terms, &request, now).reasons, without(&before, *reason));
		}
	}

	#[test]
	fn the_outcome_is_the_greatest_of_the_reasons((terms, request) in close(), now in 0..6u64) {
		let decision = decide(&terms, &request, now);
		prop_assert_eq!(decision.outcome == Outcome::Permit, decision.reasons.is_empty());
		for reason in &decision.reasons {
			prop_assert!(reason.outcome() <= decision.outcome);
			prop_assert_ne!(reason.outcome(), Outcome::Permit);
		}
		prop_assert!(decision.reasons.windows(2).all(|pair| pair[0] < pair[1]));
	}
}
