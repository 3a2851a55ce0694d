// SPDX-License-Identifier: Apache-2.0
//! How far something can be: the codes of FHIR R4 for each resource type (required value sets of
//! the element `status`, of a goal `lifecycleStatus`), and what stands for one that is not known.

use super::Unknown::{self, Absent, Code, Omitted};

/// What was withdrawn has this status.
pub(super) const IN_ERROR: &str = "entered-in-error";

const UNKNOWN: Unknown = Code("unknown");

/// The element, its codes, and what stands for another one; nothing for a type without a status.
pub(super) fn of(kind: &str) -> Option<(&'static str, &'static [&'static str], Unknown)> {
	let (codes, unknown): (&[&str], _) = match kind {
		"Encounter" => (
			&[
				"planned",
				"arrived",
				"triaged",
				"in-progress",
				"onleave",
				"finished",
				"cancelled",
				IN_ERROR,
				"unknown",
			],
			UNKNOWN,
		),
		"Observation" => (
			&[
				"registered",
				"preliminary",
				"final",
				"amended",
				"corrected",
				"cancelled",
				IN_ERROR,
				"unknown",
			],
			UNKNOWN,
		),
		"DiagnosticReport" => (
			&[
				"registered",
				"partial",
				"preliminary",
				"final",
				"amended",
				"corrected",
				"appended",
				"cancelled",
				IN_ERROR,
				"unknown",
			],
			UNKNOWN,
		),
		"MedicationRequest" => (
			&[
				"active",
				"on-hold",
				"cancelled",
				"completed",
				IN_ERROR,
				"stopped",
				"draft",
				"unknown",
			],
			UNKNOWN,
		),
		"MedicationStatement" => (
			&[
				"active",
				"completed",
				IN_ERROR,
				"intended",
				"stopped",
				"on-hold",
				"unknown",
				"not-taken",
			],
			UNKNOWN,
		),
		"MedicationAdministration" => (
			&["in-progress", "not-done", "on-hold", "completed", IN_ERROR, "stopped", "unknown"],
			UNKNOWN,
		),
		"MedicationDispense" => (
			&[
				"preparation",
				"in-progress",
				"cancelled",
				"on-hold",
				"completed",
				IN_ERROR,
				"stopped",
				"declined",
				"unknown",
			],
			UNKNOWN,
		),
		"Medication" => (&["active", "inactive", IN_ERROR], Omitted),
		"Procedure" => (
			&[
				"preparation",
				"in-progress",
				"not-done",
				"on-hold",
				"stopped",
				"completed",
				IN_ERROR,
				"unknown",
			],
			UNKNOWN,
		),
		"Immunization" => (&["completed", IN_ERROR, "not-done"], Absent),
		"ImagingStudy" => (&["registered", "available", "cancelled", IN_ERROR, "unknown"], UNKNOWN),
		"DocumentReference" => (&["current", "superseded", IN_ERROR], Absent),
		"Device" => (&["active", "inactive", IN_ERROR, "unknown"], Omitted),
		"Coverage" => (&["active", "cancelled", "draft", IN_ERROR], Absent),
		"CarePlan" => {
			(&["draft", "active", "on-hold", "revoked", "completed", IN_ERROR, "unknown"], UNKNOWN)
		},
		"CareTeam" => (&["proposed", "active", "suspended", "inactive", IN_ERROR], Omitted),
		"Goal" => (
			&[
				"proposed",
				"planned",
				"accepted",
				"active",
				"on-hold",
				"completed",
				"cancelled",
				IN_ERROR,
				"rejected",
			],
			Absent,
		),
		_ => return None,
	};
	Some((if kind == "Goal" { "lifecycleStatus" } else { "status" }, codes, unknown))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn whatever_has_a_status_can_be_entered_in_error() {
		for kind in ["Encounter", "Observation", "MedicationRequest", "Immunization", "Goal"] {
			assert!(of(kind).unwrap().1.contains(&IN_ERROR), "{kind}");
		}
		assert!(of("Patient").is_none());
	}
}
