// SPDX-License-Identifier: Apache-2.0
//! The decision.

use crate::{
	terms::is_research, Aim, Decision, Duty, Modifier, Outcome, Permission, Reason, Reference,
	References, Request, ResearchRequest, ResearchTerms, Terms,
};
use alloc::collections::BTreeSet;
use salus_primitives::{Moment, PurposeOfUse};

/// Decides `request` under `terms` at `now`.
///
/// Every rule is looked at; each that is not met gives its reason, independently of the others.
/// Without a reason the result is [`Outcome::Permit`], otherwise the greatest that a reason leads
/// to: Deny before Abstain before Permit.
pub fn decide(terms: &Terms, request: &Request, now: Moment) -> Decision {
	let mut reasons = BTreeSet::new();
	decide_windows(terms, request, now, &mut reasons);
	decide_purpose(terms, request.purpose, &mut reasons);
	decide_categories(terms, request, &mut reasons);
	reasons.extend(terms.exceptions.iter().flat_map(|exception| exception.reasons(request)));
	let mut duties: BTreeSet<Duty> = terms.obligations.iter().copied().map(Duty::Code).collect();
	if let Some(research) = &terms.research {
		decide_research(research, request, now, &mut reasons);
		duties.extend(research.modifiers.iter().filter_map(duty));
	}
	let outcome = reasons.iter().map(Reason::outcome).max().unwrap_or(Outcome::Permit);
	Decision {
		outcome,
		reasons: reasons.into_iter().collect(),
		obligations: duties.into_iter().collect(),
	}
}

fn decide_windows(terms: &Terms, request: &Request, now: Moment, reasons: &mut BTreeSet<Reason>) {
	if now < terms.act.from {
		reasons.insert(Reason::NotYetValid);
	}
	if now >= terms.act.until {
		reasons.insert(Reason::Expired);
	}
	if request.data.is_empty() {
		reasons.insert(Reason::NothingRequested);
	} else if !terms.data.covers(&request.data) {
		reasons.insert(Reason::DataWindowMismatch);
	}
}

fn decide_purpose(terms: &Terms, purpose: PurposeOfUse, reasons: &mut BTreeSet<Reason>) {
	let permits = |permit: &PurposeOfUse| {
		purpose == *permit || (purpose.is_within(*permit) && !purpose.needs_own_permit())
	};
	if !terms.permitted.iter().any(permits) {
		reasons.insert(Reason::PurposeNotPermitted { purpose });
	}
}

fn decide_categories(terms: &Terms, request: &Request, reasons: &mut BTreeSet<Reason>) {
	if request.categories.is_empty() {
		reasons.insert(Reason::NothingRequested);
	}
	let beyond = request.categories.iter().filter(|category| !terms.categories.contains(category));
	reasons.extend(beyond.map(|category| Reason::ScopeMismatch { category: *category }));
}

fn decide_research(
	terms: &ResearchTerms,
	request: &Request,
	now: Moment,
	reasons: &mut BTreeSet<Reason>,
) {
	let unstated = ResearchRequest::default();
	let stated = request.research.as_ref().unwrap_or(&unstated);
	// The purpose itself may say that it is about ancestry.
	let ancestry = request.purpose == PurposeOfUse::AncestryResearch;
	if is_research(request.purpose) {
		decide_aims(terms, request.purpose, stated, ancestry, reasons);
	} else if !(terms.clinical_care && request.purpose.is_within(PurposeOfUse::Treatment)) {
		reasons.insert(Reason::ResearchOnly);
	}
	let ancestry = ancestry || stated.aims.contains(&Aim::Ancestry);
	for modifier in &terms.modifiers {
		reasons.extend(decide_modifier(modifier, stated, ancestry, now));
	}
	let concerns = stated.concerns.iter();
	reasons.extend(concerns.map(|concern| Reason::ReviewNeeded { concern: *concern }));
}

fn decide_aims(
	terms: &ResearchTerms,
	purpose: PurposeOfUse,
	stated: &ResearchRequest,
	ancestry: bool,
	reasons: &mut BTreeSet<Reason>,
) {
	if stated.aims.is_empty() && !ancestry {
		reasons.insert(Reason::AimMissing);
	}
	let names_disease = || {
		let mut aims = stated.aims.iter();
		aims.any(|aim| matches!(aim, Aim::Disease { .. } | Aim::UnknownDisease))
	};
	if purpose == PurposeOfUse::DiseaseSpecificResearch && !names_disease() {
		reasons.insert(Reason::DiseaseMissing);
	}
	if stated.aims.contains(&Aim::UnknownDisease) {
		reasons.insert(Reason::UnknownCode);
	}
	let implied = ancestry.then_some(&Aim::Ancestry);
	for aim in stated.aims.iter().chain(implied) {
		if permits_aim(&terms.permission, aim) {
			continue;
		}
		match (aim, aim.term()) {
			(Aim::Disease { disease, .. }, _) => {
				reasons.insert(Reason::DiseaseNotPermitted { disease: *disease });
			},
			(_, Some(aim)) => {
				reasons.insert(Reason::AimNotPermitted { aim });
			},
			// Every permission permits the aims that no permission is for.
			(_, None) => {},
		}
	}
}

/// The matrix of GA4GH DUOS, rows and columns as in its documentation.
fn permits_aim(permission: &Permission, aim: &Aim) -> bool {
	match (permission, aim) {
		(Permission::NoRestriction | Permission::GeneralResearch, _) | (_, Aim::Methods) => true,
		(Permission::HealthMedicalBiomedical, aim) => {
			matches!(aim, Aim::Health | Aim::Disease { .. } | Aim::UnknownDisease)
		},
		(Permission::DiseaseSpecific(diseases), Aim::Disease { disease, ancestors }) => {
			diseases.contains(disease) || ancestors.iter().any(|over| diseases.contains(over))
		},
		// Whether it is one of them is what nobody knows: the unknown code is the reason.
		(Permission::DiseaseSpecific(diseases), Aim::UnknownDisease) => !diseases.is_empty(),
		(Permission::DiseaseSpecific(_), Aim::General | Aim::Health | Aim::Ancestry) => false,
		(Permission::PopulationOrigins, aim) => matches!(aim, Aim::Ancestry),
	}
}

/// What a modifier has against the use, if anything. Evidence that speaks against it leads to a
/// denial, missing evidence to a human; a profit that is not stated counts as one.
fn decide_modifier(
	modifier: &Modifier,
	stated: &ResearchRequest,
	ancestry: bool,
	now: Moment,
) -> Option<Reason> {
	let Some(term) = modifier.term() else { return Some(Reason::UnknownCode) };
	let not_for_profit = stated.for_profit == Some(false);
	let non_commercial = stated.commercial == Some(false);
	// `None` when the evidence is missing.
	let met = match modifier {
		Modifier::ResearchSpecific(only) => (stated.research_type == Some(*only)).then_some(true),
		Modifier::NoMethodsDevelopment => Some(!stated.aims.contains(&Aim::Methods)),
		Modifier::GeneticStudiesOnly => stated.genetic,
		Modifier::NotForProfitNonCommercial => Some(not_for_profit && non_commercial),
		Modifier::NotForProfit => Some(not_for_profit),
		Modifier::NonCommercial => Some(non_commercial),
		Modifier::NoAncestry => Some(!ancestry),
		Modifier::Collaboration(with) => (stated.collaborator == Some(*with)).then_some(true),
		Modifier::EthicsApproval => stated.ethics_approval_until.map(|until| now < until),
		Modifier::Geographical(regions) if regions.is_empty() => Some(false),
		Modifier::Geographical(regions) => {
			stated.location.map(|place| regions.iter().any(|region| region.covers(&place)))
		},
		Modifier::TimeLimit(until) => Some(now < *until),
		Modifier::UserSpecific(names) => is_named(names, stated.user),
		Modifier::ProjectSpecific(names) => is_named(names, stated.project),
		Modifier::InstitutionSpecific(names) => is_named(names, stated.institution),
		Modifier::PublicationRequired
		| Modifier::PublicationMoratorium(_)
		| Modifier::ReturnDerivedData => {
			let accepted = duty(modifier).is_some_and(|duty| stated.accepted.contains(&duty));
			accepted.then_some(true)
		},
		Modifier::Unknown => None,
	};
	match met {
		Some(true) => None,
		Some(false) => Some(Reason::Restricted { term }),
		None => Some(Reason::EvidenceMissing { term }),
	}
}

fn is_named(names: &References, who: Option<Reference>) -> Option<bool> {
	if names.is_empty() {
		return Some(false);
	}
	who.map(|who| names.contains(&who))
}

/// What a modifier binds to.
const fn duty(modifier: &Modifier) -> Option<Duty> {
	match modifier {
		Modifier::PublicationRequired => Some(Duty::Publish),
		Modifier::PublicationMoratorium(day) => Some(Duty::PublishNotBefore(*day)),
		Modifier::ReturnDerivedData => Some(Duty::ReturnDerivedData),
		_ => None,
	}
}
