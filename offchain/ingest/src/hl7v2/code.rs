// SPDX-License-Identifier: Apache-2.0
//! What codes of HL7 v2 tables mean in the model, after the concept maps of HL7's v2-to-FHIR guide,
//! and what its names of code systems stand for.

use salus_mdf::terminology::CodeSystem;
use std::borrow::Cow;

/// The URI of an HL7 v2 table.
pub(super) fn table(number: &str) -> String {
	["http://terminology.hl7.org/CodeSystem/v2-", number].concat()
}

/// Names of code systems that are no terminologies of the model, in capitals.
const OTHER_SYSTEMS: [(&str, &str); 5] = [
	("CDCREC", "urn:oid:2.16.840.1.113883.6.238"),
	("ATC", "http://www.whocc.no/atc"),
	("NPI", "http://hl7.org/fhir/sid/us-npi"),
	("ACTCODE", ACT_CODE),
	("CONFIDENTIALITY", CONFIDENTIALITY),
];

/// HL7 v3 ActCode.
pub(super) const ACT_CODE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
/// HL7 v3 Confidentiality.
pub(super) const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// The URI of a code system by its name; nothing when it is not a known one.
pub(super) fn known_system(name: &str) -> Option<Cow<'static, str>> {
	if let Some(system) = CodeSystem::from_name(name) {
		return Some(system.uri());
	}
	let other = OTHER_SYSTEMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
	other.map(|(_, uri)| Cow::Borrowed(*uri))
}

/// The URI of a code system, or its name when it is not a known one.
pub(super) fn system_of(name: String) -> String {
	known_system(name.trim()).map_or(name, Cow::into_owned)
}

type Table<const N: usize> = [(&'static str, &'static str); N];

/// Administrative sex (0001).
pub(super) const GENDERS: Table<6> = [
	("F", "female"),
	("M", "male"),
	("U", "unknown"),
	("O", "other"),
	("A", "other"),
	("N", "other"),
];

/// Uses of names (0200).
pub(super) const NAME_USES: Table<9> = [
	("L", "official"),
	("R", "official"),
	("D", "usual"),
	("M", "maiden"),
	("N", "nickname"),
	("BAD", "old"),
	("MSK", "anonymous"),
	("TEMP", "temp"),
	("NAV", "temp"),
];

/// Uses of addresses (0190).
pub(super) const ADDRESS_USES: Table<6> =
	[("H", "home"), ("B", "work"), ("O", "work"), ("BA", "old"), ("BI", "billing"), ("C", "temp")];

/// Uses of telephone numbers (0201).
pub(super) const CONTACT_USES: Table<3> = [("PRN", "home"), ("WPN", "work"), ("PRS", "mobile")];

/// Telephones and other equipment (0202).
pub(super) const EQUIPMENT: Table<7> = [
	("PH", "phone"),
	("FX", "fax"),
	("BP", "pager"),
	("CP", "phone"),
	("Internet", "email"),
	("X.400", "email"),
	("MD", "other"),
];

/// Patient classes (0004) as kinds of encounters.
pub(super) const CLASSES: Table<4> = [("E", "EMER"), ("I", "IMP"), ("O", "AMB"), ("P", "PRENC")];

/// States of a visit by the event that tells of it (0003).
pub(super) const VISIT_EVENTS: Table<8> = [
	("A01", "in-progress"),
	("A02", "in-progress"),
	("A03", "finished"),
	("A04", "planned"),
	("A05", "planned"),
	("A08", "unknown"),
	("A11", "cancelled"),
	("A13", "in-progress"),
];

/// States of a result (0085).
pub(super) const RESULT_STATES: Table<15> = [
	("A", "amended"),
	("B", "amended"),
	("C", "corrected"),
	("D", "entered-in-error"),
	("W", "entered-in-error"),
	("F", "final"),
	("U", "final"),
	("V", "final"),
	("I", "registered"),
	("O", "registered"),
	("P", "preliminary"),
	("R", "preliminary"),
	("S", "preliminary"),
	("X", "cancelled"),
	("N", "cancelled"),
];

/// States of a report (0123).
pub(super) const REPORT_STATES: Table<8> = [
	("O", "registered"),
	("I", "registered"),
	("S", "registered"),
	("P", "preliminary"),
	("R", "partial"),
	("F", "final"),
	("C", "corrected"),
	("X", "cancelled"),
];

/// States of an order (0038).
pub(super) const ORDER_STATES: Table<8> = [
	("CA", "revoked"),
	("DC", "revoked"),
	("RP", "revoked"),
	("CM", "completed"),
	("ER", "entered-in-error"),
	("HD", "on-hold"),
	("IP", "active"),
	("SC", "active"),
];

/// States of an order by what is asked of it (0119).
pub(super) const ORDER_CONTROLS: Table<10> = [
	("NW", "active"),
	("OK", "active"),
	("RL", "active"),
	("RO", "active"),
	("CR", "revoked"),
	("DC", "revoked"),
	("DR", "revoked"),
	("OC", "revoked"),
	("HR", "on-hold"),
	("OH", "on-hold"),
];

/// What one is allergic to (0127).
pub(super) const ALLERGENS: Table<6> = [
	("DA", "medication"),
	("FA", "food"),
	("AA", "biologic"),
	("EA", "environment"),
	("PA", "environment"),
	("LA", "environment"),
];

/// How dangerous an allergy is (0128).
pub(super) const CRITICALITIES: Table<2> = [("SV", "high"), ("MI", "low")];

/// How bad a reaction was (0128).
pub(super) const SEVERITIES: Table<3> = [("SV", "severe"), ("MO", "moderate"), ("MI", "mild")];

/// Whether a medicine was given (0322).
pub(super) const COMPLETIONS: Table<4> =
	[("CP", "completed"), ("PA", "completed"), ("RE", "not-done"), ("NA", "not-done")];

/// States of an appointment (0278).
pub(super) const APPOINTMENTS: Table<8> = [
	("PENDING", "pending"),
	("WAITLIST", "waitlist"),
	("BOOKED", "booked"),
	("STARTED", "checked-in"),
	("COMPLETE", "fulfilled"),
	("CANCELLED", "cancelled"),
	("DELETED", "entered-in-error"),
	("NOSHOW", "noshow"),
];

/// States of a document (0271).
pub(super) const DOCUMENT_STATES: Table<6> = [
	("DI", "preliminary"),
	("DO", "preliminary"),
	("IN", "preliminary"),
	("IP", "preliminary"),
	("AU", "final"),
	("LA", "final"),
];

/// Security labels of the model by confidentiality codes (0177) and by what a restriction is about
/// (0717). Drug data are taken for those on substance use.
pub(super) const LABELS: [(&str, &str, &str); 12] = [
	("V", CONFIDENTIALITY, "V"),
	("R", CONFIDENTIALITY, "R"),
	("SMD", CONFIDENTIALITY, "R"),
	("EMP", ACT_CODE, "EMP"),
	("VIP", ACT_CODE, "VIP"),
	("UWM", ACT_CODE, "PREGNANT"),
	("PSY", ACT_CODE, "PSY"),
	("AID", ACT_CODE, "HIV"),
	("HIV", ACT_CODE, "HIV"),
	("ETH", ACT_CODE, "ETHUD"),
	("STD", ACT_CODE, "STD"),
	("DRG", ACT_CODE, "SUD"),
];

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn systems_are_known_by_their_names_and_others_stay() {
		for (name, uri) in [
			("LN", "http://loinc.org"),
			("ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm"),
			(" sct ", "http://snomed.info/sct"),
			("HL70002", "http://terminology.hl7.org/CodeSystem/v2-0002"),
			("99LAB", "99LAB"),
			("L", "L"),
			("HL7", "HL7"),
			("A NAME LONGER THAN ANY THAT IS KNOWN", "A NAME LONGER THAN ANY THAT IS KNOWN"),
		] {
			assert_eq!(system_of(name.into()), uri);
		}
	}
}
