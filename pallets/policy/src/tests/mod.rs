// SPDX-License-Identifier: Apache-2.0

mod codes;
mod exceptions;
mod general;
mod properties;
mod purposes;
mod research;

use crate::*;
use salus_primitives::{Category, DateWindow, Day, Moment, PurposeOfUse, Window};
use std::collections::BTreeSet;

/// A moment inside the window of [`terms`].
const NOW: Moment = 1_500;

/// A bounded set of these.
fn set<T: Ord, S>(items: impl IntoIterator<Item = T>) -> S
where
	S: TryFrom<BTreeSet<T>>,
{
	let items: BTreeSet<T> = items.into_iter().collect();
	S::try_from(items).unwrap_or_else(|_| panic!("too many items"))
}

fn terms(permitted: &[PurposeOfUse]) -> Terms {
	Terms {
		permitted: set(permitted.iter().copied()),
		exceptions: Default::default(),
		categories: set([Category::Labs, Category::Vitals, Category::Hiv]),
		act: Window { from: 1_000, until: 2_000 },
		data: DateWindow { from: Some(Day(100)), until: Some(Day(200)) },
		research: None,
		obligations: Obligation::defaults(),
	}
}

/// The exception of these purposes, or none where there are none.
fn excepting(purposes: &[PurposeOfUse]) -> Exceptions {
	let some = (!purposes.is_empty()).then(|| set(purposes.iter().copied()));
	set(some.map(Exception::of_purposes))
}

fn request(purpose: PurposeOfUse) -> Request {
	Request {
		purpose,
		categories: set([Category::Labs]),
		data: DateWindow { from: Some(Day(120)), until: Some(Day(150)) },
		research: None,
	}
}

fn research_terms(permission: Permission, modifiers: &[Modifier]) -> Terms {
	Terms {
		research: Some(ResearchTerms {
			permission,
			clinical_care: false,
			modifiers: set(modifiers.iter().cloned()),
		}),
		..terms(&[PurposeOfUse::Research])
	}
}

fn research_request(aims: &[Aim]) -> Request {
	stating(ResearchRequest { aims: set(aims.iter().cloned()), ..Default::default() })
}

fn stating(research: ResearchRequest) -> Request {
	Request { research: Some(research), ..request(PurposeOfUse::Research) }
}

fn disease(id: u32, ancestors: &[u32]) -> Aim {
	Aim::Disease { disease: Mondo(id), ancestors: set(ancestors.iter().copied().map(Mondo)) }
}

fn reasons(terms: &Terms, request: &Request) -> Vec<Reason> {
	decide(terms, request, NOW).reasons
}

fn outcome(terms: &Terms, request: &Request) -> Outcome {
	decide(terms, request, NOW).outcome
}
