// SPDX-License-Identifier: Apache-2.0

use super::*;
use salus_primitives::DuoTerm;

/// The disease of the matrix, one under it, one over it, and one elsewhere.
const X: u32 = 5015;
const CHILD: u32 = 5147;
const PARENT: u32 = 2908;
const OTHER: u32 = 4992;

const ME: Reference = Reference([1; 32]);
const SOMEONE: Reference = Reference([2; 32]);

fn region(text: &str) -> Region {
	text.parse().unwrap()
}

/// One modifier of each kind, each met by [`full_statement`] at [`NOW`], but for the last.
pub(super) fn every_modifier() -> Vec<Modifier> {
	vec![
		Modifier::ResearchSpecific(ME),
		Modifier::NoMethodsDevelopment,
		Modifier::GeneticStudiesOnly,
		Modifier::NotForProfitNonCommercial,
		Modifier::PublicationRequired,
		Modifier::Collaboration(ME),
		Modifier::EthicsApproval,
		Modifier::Geographical(set([region("FR"), region("US-CA")])),
		Modifier::PublicationMoratorium(Day(300)),
		Modifier::TimeLimit(NOW + 1),
		Modifier::UserSpecific(set([ME])),
		Modifier::ProjectSpecific(set([ME])),
		Modifier::InstitutionSpecific(set([ME])),
		Modifier::ReturnDerivedData,
		Modifier::NoAncestry,
		Modifier::NotForProfit,
		Modifier::NonCommercial,
		Modifier::Unknown,
	]
}

/// Everything that the modifiers ask for.
pub(super) fn full_statement() -> ResearchRequest {
	ResearchRequest {
		aims: set([disease(X, &[PARENT])]),
		for_profit: Some(false),
		commercial: Some(false),
		genetic: Some(true),
		research_type: Some(ME),
		ethics_approval_until: Some(NOW + 1),
		location: Some(region("FR")),
		user: Some(ME),
		project: Some(ME),
		institution: Some(ME),
		collaborator: Some(ME),
		accepted: set([Duty::Publish, Duty::PublishNotBefore(Day(300)), Duty::ReturnDerivedData]),
		concerns: Default::default(),
	}
}

#[test]
fn the_matrix_of_duos() {
	let child = || disease(CHILD, &[X, PARENT]);
	let permissions = [
		Permission::NoRestriction,
		Permission::GeneralResearch,
		Permission::HealthMedicalBiomedical,
		Permission::DiseaseSpecific(set([Mondo(X)])),
		Permission::PopulationOrigins,
	];
	let rows: [(&str, Vec<Aim>, &str); 11] = [
		("GRU", vec![Aim::General], "PPDDD"),
		("HMB", vec![Aim::Health], "PPPDD"),
		("DS-X", vec![disease(X, &[PARENT])], "PPPPD"),
		("DS-child of X", vec![child()], "PPPPD"),
		("DS-parent of X", vec![disease(PARENT, &[])], "PPPDD"),
		("DS-other", vec![disease(OTHER, &[PARENT])], "PPPDD"),
		("POA", vec![Aim::Ancestry], "PPDDP"),
		("MDS alone", vec![Aim::Methods], "PPPPP"),
		("MDS + DS-X", vec![Aim::Methods, disease(X, &[])], "PPPPD"),
		("MDS + DS-child", vec![Aim::Methods, child()], "PPPPD"),
		("MDS + DS-other", vec![Aim::Methods, disease(OTHER, &[])], "PPPDD"),
	];
	for (name, aims, expected) in rows {
		let row: String = permissions
			.iter()
			.map(|permission| {
				match outcome(&research_terms(permission.clone(), &[]), &research_request(&aims)) {
					Outcome::Permit => 'P',
					Outcome::Abstain => 'A',
					Outcome::Deny => 'D',
				}
			})
			.collect();
		assert_eq!(row, expected, "{name}");
	}
}

#[test]
fn the_profit_axis() {
	use Modifier::{NonCommercial as NCU, NotForProfit as NPU, NotForProfitNonCommercial as BOTH};
	// Modifier, for profit, commercial, permitted.
	let vectors = [
		(Some(NPU), Some(false), None, true),
		(Some(NPU), Some(true), None, false),
		(Some(NPU), None, Some(false), false),
		(Some(NCU), None, Some(false), true),
		(Some(NCU), None, Some(true), false),
		(Some(NCU), Some(false), None, false),
		(Some(BOTH), Some(false), Some(false), true),
		(Some(BOTH), Some(false), None, false),
		(Some(BOTH), None, Some(false), false),
		(Some(BOTH), Some(true), Some(false), false),
		(Some(BOTH), Some(false), Some(true), false),
		(None, Some(true), Some(true), true),
		(None, None, None, true),
	];
	for (modifier, for_profit, commercial, permitted) in vectors {
		let asked = stating(ResearchRequest {
			aims: set([Aim::General]),
			for_profit,
			commercial,
			..Default::default()
		});
		let modifiers: Vec<_> = modifier.clone().into_iter().collect();
		let decision =
			decide(&research_terms(Permission::GeneralResearch, &modifiers), &asked, NOW);
		let expected = if permitted { Outcome::Permit } else { Outcome::Deny };
		assert_eq!(decision.outcome, expected, "{modifier:?} {for_profit:?} {commercial:?}");
	}
}

#[test]
fn without_ancestors_only_equality_permits() {
	let terms = research_terms(Permission::DiseaseSpecific(set([Mondo(X)])), &[]);
	let child = research_request(&[disease(CHILD, &[X]), Aim::Methods]);
	assert_eq!(outcome(&terms, &child), Outcome::Permit);
	assert_eq!(
		reasons(&terms, &child.without_ancestors()),
		[Reason::DiseaseNotPermitted { disease: Mondo(CHILD) }]
	);
	let same = research_request(&[disease(X, &[PARENT]), disease(X, &[])]).without_ancestors();
	assert_eq!(same, research_request(&[disease(X, &[])]));
	assert_eq!(outcome(&terms, &same), Outcome::Permit);
}

#[test]
fn a_disease_without_a_code_goes_to_a_human() {
	for permission in [
		Permission::NoRestriction,
		Permission::GeneralResearch,
		Permission::HealthMedicalBiomedical,
		Permission::DiseaseSpecific(set([Mondo(X)])),
	] {
		let decision = decide(
			&research_terms(permission, &[]),
			&research_request(&[Aim::UnknownDisease]),
			NOW,
		);
		assert_eq!(decision.outcome, Outcome::Abstain);
		assert_eq!(decision.reasons, [Reason::UnknownCode]);
	}
	let ancestry = research_terms(Permission::PopulationOrigins, &[]);
	assert_eq!(outcome(&ancestry, &research_request(&[Aim::UnknownDisease])), Outcome::Deny);
}

#[test]
fn an_aim_has_to_be_stated() {
	let terms = research_terms(Permission::GeneralResearch, &[]);
	for asked in [request(PurposeOfUse::Research), research_request(&[])] {
		assert_eq!(reasons(&terms, &asked), [Reason::AimMissing]);
		assert_eq!(outcome(&terms, &asked), Outcome::Abstain);
	}
	let mut asked = research_request(&[Aim::Health]);
	asked.purpose = PurposeOfUse::DiseaseSpecificResearch;
	assert_eq!(reasons(&terms, &asked), [Reason::DiseaseMissing]);
	asked = research_request(&[disease(X, &[])]);
	asked.purpose = PurposeOfUse::DiseaseSpecificResearch;
	assert_eq!(outcome(&terms, &asked), Outcome::Permit);
}

#[test]
fn a_purpose_of_ancestry_states_that_aim() {
	let asked = request(PurposeOfUse::AncestryResearch);
	let allowed = research_terms(Permission::PopulationOrigins, &[]);
	assert_eq!(outcome(&allowed, &asked), Outcome::Permit);
	let health = research_terms(Permission::HealthMedicalBiomedical, &[]);
	assert_eq!(
		reasons(&health, &asked),
		[Reason::AimNotPermitted { aim: DuoTerm::PopulationOrigins }]
	);
	let without = research_terms(Permission::GeneralResearch, &[Modifier::NoAncestry]);
	assert_eq!(reasons(&without, &asked), [Reason::Restricted { term: DuoTerm::NoAncestry }]);
}

#[test]
fn treatment_needs_clinical_care() {
	let mut terms = research_terms(Permission::GeneralResearch, &[]);
	terms.permitted = set([PurposeOfUse::Treatment, PurposeOfUse::Payment]);
	let treat = request(PurposeOfUse::CoordinationOfCare);
	assert_eq!(reasons(&terms, &treat), [Reason::ResearchOnly]);
	terms.research.as_mut().unwrap().clinical_care = true;
	assert_eq!(outcome(&terms, &treat), Outcome::Permit);
	assert_eq!(reasons(&terms, &request(PurposeOfUse::Payment)), [Reason::ResearchOnly]);
	// Modifiers narrow care too.
	terms.research.as_mut().unwrap().modifiers = set([Modifier::NotForProfit]);
	assert_eq!(reasons(&terms, &treat), [Reason::Restricted { term: DuoTerm::NotForProfit }]);
}

#[test]
fn machine_learning_needs_its_own_permit_and_the_data_use_terms() {
	let mut terms = research_terms(Permission::GeneralResearch, &[]);
	let mut asked = research_request(&[Aim::Methods]);
	asked.purpose = PurposeOfUse::MachineLearning;
	assert_eq!(outcome(&terms, &asked), Outcome::Deny);
	terms.permitted = set([PurposeOfUse::MachineLearning]);
	assert_eq!(outcome(&terms, &asked), Outcome::Permit);
	assert!(terms.is_research_only());
	terms.research.as_mut().unwrap().modifiers = set([Modifier::NoMethodsDevelopment]);
	assert_eq!(outcome(&terms, &asked), Outcome::Deny);
}

#[test]
fn each_modifier_is_decided_by_its_evidence() {
	use Outcome::{Abstain, Deny, Permit};
	type Change = fn(&mut ResearchRequest);
	let vectors: &[(Modifier, Change, Outcome)] = &[
		(Modifier::ResearchSpecific(ME), |_| {}, Permit),
		(Modifier::ResearchSpecific(ME), |r| r.research_type = Some(SOMEONE), Abstain),
		(Modifier::ResearchSpecific(ME), |r| r.research_type = None, Abstain),
		(Modifier::NoMethodsDevelopment, |_| {}, Permit),
		(Modifier::NoMethodsDevelopment, |r| r.aims = set([Aim::Methods]), Deny),
		(Modifier::GeneticStudiesOnly, |_| {}, Permit),
		(Modifier::GeneticStudiesOnly, |r| r.genetic = Some(false), Deny),
		(Modifier::GeneticStudiesOnly, |r| r.genetic = None, Abstain),
		(Modifier::PublicationRequired, |_| {}, Permit),
		(Modifier::PublicationRequired, |r| r.accepted = Default::default(), Abstain),
		(Modifier::Collaboration(ME), |_| {}, Permit),
		(Modifier::Collaboration(ME), |r| r.collaborator = Some(SOMEONE), Abstain),
		(Modifier::Collaboration(ME), |r| r.collaborator = None, Abstain),
		(Modifier::EthicsApproval, |_| {}, Permit),
		(Modifier::EthicsApproval, |r| r.ethics_approval_until = Some(NOW), Deny),
		(Modifier::EthicsApproval, |r| r.ethics_approval_until = None, Abstain),
		(Modifier::Geographical(set([region("FR")])), |_| {}, Permit),
		(
			Modifier::Geographical(set([region("US")])),
			|r| r.location = Some(region("US-CA")),
			Permit,
		),
		(Modifier::Geographical(set([region("US-CA")])), |r| r.location = Some(region("US")), Deny),
		(Modifier::Geographical(set([region("DE")])), |_| {}, Deny),
		(Modifier::Geographical(set([region("FR")])), |r| r.location = None, Abstain),
		(Modifier::PublicationMoratorium(Day(300)), |_| {}, Permit),
		(Modifier::PublicationMoratorium(Day(301)), |_| {}, Abstain),
		(Modifier::TimeLimit(NOW + 1), |_| {}, Permit),
		(Modifier::TimeLimit(NOW), |_| {}, Deny),
		(Modifier::UserSpecific(set([ME])), |_| {}, Permit),
		(Modifier::UserSpecific(set([SOMEONE])), |_| {}, Deny),
		(Modifier::UserSpecific(set([ME])), |r| r.user = None, Abstain),
		(Modifier::ProjectSpecific(set([ME, SOMEONE])), |_| {}, Permit),
		(Modifier::ProjectSpecific(set([SOMEONE])), |_| {}, Deny),
		(Modifier::ProjectSpecific(set([ME])), |r| r.project = None, Abstain),
		(Modifier::InstitutionSpecific(set([ME])), |_| {}, Permit),
		(Modifier::InstitutionSpecific(set([SOMEONE])), |_| {}, Deny),
		(Modifier::InstitutionSpecific(set([ME])), |r| r.institution = None, Abstain),
		(Modifier::ReturnDerivedData, |_| {}, Permit),
		(Modifier::ReturnDerivedData, |r| r.accepted = set([Duty::Publish]), Abstain),
		(Modifier::NoAncestry, |_| {}, Permit),
		(Modifier::NoAncestry, |r| r.aims = set([Aim::Ancestry]), Deny),
		(Modifier::Unknown, |_| {}, Abstain),
	];
	for (modifier, change, expected) in vectors {
		let mut stated = full_statement();
		change(&mut stated);
		let terms = research_terms(Permission::GeneralResearch, core::slice::from_ref(modifier));
		let decision = decide(&terms, &stating(stated), NOW);
		assert_eq!(decision.outcome, *expected, "{modifier:?}");
		let reason = match (expected, modifier.term()) {
			(Permit, _) => vec![],
			(Abstain, Some(term)) => vec![Reason::EvidenceMissing { term }],
			(Abstain, None) => vec![Reason::UnknownCode],
			(Deny, term) => vec![Reason::Restricted { term: term.unwrap() }],
		};
		assert_eq!(decision.reasons, reason, "{modifier:?}");
	}
}

#[test]
fn all_modifiers_together_are_met_by_full_evidence() {
	let modifiers: Vec<_> =
		every_modifier().into_iter().filter(|modifier| *modifier != Modifier::Unknown).collect();
	let terms = research_terms(Permission::DiseaseSpecific(set([Mondo(X)])), &modifiers);
	let decision = decide(&terms, &stating(full_statement()), NOW);
	assert_eq!(decision.outcome, Outcome::Permit);
	for duty in [Duty::Publish, Duty::PublishNotBefore(Day(300)), Duty::ReturnDerivedData] {
		assert!(decision.obligations.contains(&duty));
	}
}

#[test]
fn deny_wins_over_abstain_and_both_reasons_are_given() {
	let terms = research_terms(
		Permission::GeneralResearch,
		&[Modifier::NotForProfit, Modifier::EthicsApproval],
	);
	let decision = decide(&terms, &research_request(&[Aim::General]), NOW);
	assert_eq!(decision.outcome, Outcome::Deny);
	assert_eq!(
		decision.reasons,
		[
			Reason::Restricted { term: DuoTerm::NotForProfit },
			Reason::EvidenceMissing { term: DuoTerm::EthicsApproval },
		]
	);
}

#[test]
fn concerns_go_to_a_human() {
	let terms = research_terms(Permission::NoRestriction, &[]);
	let concerns = [
		Concern::Controls,
		Concern::PopulationMigration,
		Concern::OneGender,
		Concern::Paediatric,
		Concern::VulnerableGroups,
		Concern::IllegalBehaviour,
		Concern::Sexuality,
		Concern::PsychologicalTraits,
		Concern::NotHealth,
		Concern::StigmatisingDisease,
	];
	for concern in concerns {
		let stated = ResearchRequest { concerns: set([concern]), ..full_statement() };
		assert_eq!(reasons(&terms, &stating(stated.clone())), [Reason::ReviewNeeded { concern }]);
		assert_eq!(outcome(&terms, &stating(stated)), Outcome::Abstain);
	}
}

#[test]
fn research_purposes_alone_need_no_data_use_terms() {
	let terms = terms(&[PurposeOfUse::Research]);
	assert_eq!(outcome(&terms, &request(PurposeOfUse::Biorepository)), Outcome::Permit);
	assert!(!terms.is_research_only());
}
