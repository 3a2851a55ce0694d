// SPDX-License-Identifier: Apache-2.0
//! The sections of a summary, and which items stand in them.

use super::Kept;
use salus_mdf::{vital, Body, Category, Concept, Item};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A section (HL7 FHIR International Patient Summary 2.0, Composition, slices of `section`).
pub(super) struct Section {
	/// Its LOINC code.
	pub(super) code: &'static str,
	pub(super) title: &'static str,
	/// Whether it must be there, even empty.
	pub(super) required: bool,
}

const fn section(code: &'static str, title: &'static str, required: bool) -> Section {
	Section { code, title, required }
}

static PROBLEMS: Section = section("11450-4", "Problems", true);
static ALLERGIES: Section = section("48765-2", "Allergies and intolerances", true);
static MEDICATIONS: Section = section("10160-0", "Medication summary", true);
static IMMUNIZATIONS: Section = section("11369-6", "Immunizations", false);
static RESULTS: Section = section("30954-2", "Diagnostic results", false);
static PROCEDURES: Section = section("47519-4", "History of procedures", false);
static DEVICES: Section = section("46264-8", "Medical devices", false);
static VITALS: Section = section("8716-3", "Vital signs", false);
static SOCIAL: Section = section("29762-2", "Social history", false);
static PLAN: Section = section("18776-5", "Plan of care", false);

/// The sections in the order of the document.
pub(super) static SECTIONS: [&Section; 10] = [
	&PROBLEMS,
	&ALLERGIES,
	&MEDICATIONS,
	&IMMUNIZATIONS,
	&RESULTS,
	&PROCEDURES,
	&DEVICES,
	&VITALS,
	&SOCIAL,
	&PLAN,
];

/// The section that an item of this kind stands in.
pub(super) fn of(item: &Item) -> Option<&'static Section> {
	Some(match &item.body {
		Body::Condition(_) => &PROBLEMS,
		Body::Allergy(_) => &ALLERGIES,
		Body::Medication(body) => match body.act.as_deref() {
			// The others are what happened, not what is taken.
			None | Some("request" | "statement") => &MEDICATIONS,
			Some(_) => return None,
		},
		Body::Immunization(_) => &IMMUNIZATIONS,
		Body::Report(_) => &RESULTS,
		Body::Procedure(_) => &PROCEDURES,
		Body::Device(_) => &DEVICES,
		Body::CarePlan(body) if matches!(body.act.as_deref(), None | Some("plan")) => &PLAN,
		Body::Observation(_) => {
			let codes = item.concept.iter().flat_map(|concept| &concept.codes);
			let is_vital = codes.filter_map(|code| code.code.as_deref()).any(vital::is_vital_sign);
			match item.category {
				Category::Vitals => &VITALS,
				_ if is_vital => &VITALS,
				Category::SocialHistory => &SOCIAL,
				// A sensitive one has the category of its sensitivity.
				_ => &RESULTS,
			}
		},
		_ => return None,
	})
}

fn is_one_of(concept: &Option<Concept>, codes: &[&str]) -> bool {
	concept.iter().flat_map(|concept| &concept.codes).any(|coding| {
		coding
			.code
			.as_deref()
			.is_some_and(|code| codes.contains(&code.to_ascii_lowercase().as_str()))
	})
}

/// Whether an item holds now: it was not withdrawn, refuted, ended, cancelled or only planned. A
/// status that is not given or not known is no reason to leave something out.
pub(super) fn is_current(item: &Item) -> bool {
	// `a` and `i` are what HL7 v2 calls them (tables 0438 and 0725).
	const OVER: [&str; 4] = ["inactive", "resolved", "remission", "i"];
	const WRONG: [&str; 2] = ["refuted", "entered-in-error"];
	let status = item.status.as_deref().unwrap_or_default();
	if item.withdrawn || status == "entered-in-error" {
		return false;
	}
	match &item.body {
		Body::Condition(body) => {
			!is_one_of(&body.clinical_status, &OVER)
				&& !is_one_of(&body.verification_status, &WRONG)
				&& (body.clinical_status.is_some()
					|| (item.times.end.is_none() && body.abatement.is_none()))
		},
		Body::Allergy(body) => {
			!is_one_of(&body.clinical_status, &OVER)
				&& !is_one_of(&body.verification_status, &WRONG)
		},
		Body::Medication(_) => !matches!(
			status,
			"completed" | "stopped" | "cancelled" | "draft" | "not-taken" | "aborted"
		),
		Body::Immunization(_) => status != "not-done",
		Body::Procedure(_) => !matches!(status, "not-done" | "preparation" | "stopped" | "on-hold"),
		Body::Observation(_) | Body::Report(_) => {
			!matches!(status, "registered" | "preliminary" | "partial" | "cancelled")
		},
		Body::Device(_) => status != "inactive",
		Body::CarePlan(_) => !matches!(status, "draft" | "revoked" | "completed"),
		_ => true,
	}
}

/// The places of the items that stand in the summary: of observations and reports about one thing
/// the latest.
pub(super) fn latest(kept: &BTreeMap<u64, Kept>) -> BTreeSet<u64> {
	let mut latest: HashMap<(&str, &str, &str), (&str, u64)> = HashMap::new();
	let mut places = BTreeSet::new();
	for (place, Kept { item, section }) in kept {
		let Some(section) = section else { continue };
		let is_measured = matches!(item.body, Body::Observation(_) | Body::Report(_));
		let Some(what) = item.concept.as_ref().filter(|_| is_measured).and_then(key) else {
			places.insert(*place);
			continue;
		};
		let times = &item.times;
		let when = times.at.as_ref().or(times.end.as_ref()).or(times.start.as_ref());
		// Times of one source mostly have one zone; between zones the day decides.
		let when = when.or(times.recorded.as_ref()).map_or("", |time| &*time.value);
		let slot = latest.entry((section.code, what.0, what.1)).or_insert((when, *place));
		if slot.0 <= when {
			*slot = (when, *place);
		}
	}
	places.extend(latest.into_values().map(|(_, place)| place));
	places
}

/// What tells one measurement from another: its first code, else its text.
fn key(concept: &Concept) -> Option<(&str, &str)> {
	let coded = concept.codes.iter().find_map(|coding| {
		Some((coding.system.as_deref().unwrap_or_default(), coding.code.as_deref()?))
	});
	coded.or_else(|| concept.text.as_deref().map(|text| ("", text)))
}
