// SPDX-License-Identifier: Apache-2.0
//! What each resource type calls the elements that all of them have.

/// The types of a choice that the model tells from each other.
pub(super) const VALUES: [&str; 9] = [
	"Quantity",
	"CodeableConcept",
	"String",
	"Boolean",
	"Integer",
	"Range",
	"Ratio",
	"DateTime",
	"Period",
];

/// What any resource type calls whom it is about.
pub(super) const SUBJECTS: [&str; 3] = ["subject", "patient", "beneficiary"];
/// What any resource type calls the visit.
pub(super) const ENCOUNTERS: [&str; 2] = ["encounter", "context"];
/// What any resource type calls how far something is.
pub(super) const STATUSES: [&str; 2] = ["status", "lifecycleStatus"];

/// The element that says whom a resource is about.
pub(super) fn subject(kind: &str) -> &'static str {
	match kind {
		"Coverage" => "beneficiary",
		"AllergyIntolerance"
		| "BodyStructure"
		| "Claim"
		| "ClaimResponse"
		| "Consent"
		| "CoverageEligibilityRequest"
		| "CoverageEligibilityResponse"
		| "DetectedIssue"
		| "Device"
		| "EpisodeOfCare"
		| "ExplanationOfBenefit"
		| "FamilyMemberHistory"
		| "Immunization"
		| "ImmunizationEvaluation"
		| "ImmunizationRecommendation"
		| "MolecularSequence"
		| "NutritionOrder"
		| "RelatedPerson"
		| "SupplyDelivery"
		| "VisionPrescription" => "patient",
		_ => "subject",
	}
}

/// The element that names the visit.
pub(super) fn encounter(kind: &str) -> &'static str {
	match kind {
		"ChargeItem"
		| "MedicationAdministration"
		| "MedicationDispense"
		| "MedicationStatement" => "context",
		_ => "encounter",
	}
}

/// The element that says how far something is.
pub(super) fn status(kind: &str) -> &'static str {
	match kind {
		"Goal" => "lifecycleStatus",
		_ => "status",
	}
}

/// Whether a resource has one category and not a list of them.
pub(super) fn has_one_category(kind: &str) -> bool {
	matches!(
		kind,
		"MedicationAdministration"
			| "MedicationDispense"
			| "MedicationStatement"
			| "Procedure"
			| "SupplyRequest"
	)
}
