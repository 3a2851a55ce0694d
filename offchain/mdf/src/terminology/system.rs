// SPDX-License-Identifier: Apache-2.0
//! The names of code systems: URI, OID and what messages call them.

use std::borrow::Cow;

/// A code system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeSystem {
	/// Laboratory and clinical observations.
	Loinc,
	/// Clinical terms.
	Snomed,
	/// Medicines, United States.
	RxNorm,
	/// Diagnoses, the international edition.
	Icd10,
	/// Diagnoses, United States.
	Icd10Cm,
	/// Procedures in hospital, United States.
	Icd10Pcs,
	/// Diagnoses and procedures until 2015, United States.
	Icd9Cm,
	/// Services of physicians, United States.
	Cpt,
	/// Further services and products, United States.
	Hcpcs,
	/// Vaccines.
	Cvx,
	/// Makers of vaccines.
	Mvx,
	/// Packages of medicines, United States.
	Ndc,
	/// Units.
	Ucum,
	/// Countries.
	Iso3166,
	/// A table of HL7 v2, by its number.
	V2Table(u16),
	/// A code system of HL7 v3, by its place in [`V3`].
	V3(V3),
}

use CodeSystem::{
	Cpt, Cvx, Hcpcs, Icd10, Icd10Cm, Icd10Pcs, Icd9Cm, Iso3166, Loinc, Mvx, Ndc, RxNorm, Snomed,
	Ucum,
};

/// URI, OID and the name in HL7 v2 messages (table 0396). The first row of a system has the names
/// it is written with; further rows are read.
const SYSTEMS: [(CodeSystem, &str, &str, &str); 24] = [
	(Loinc, "http://loinc.org", "2.16.840.1.113883.6.1", "LN"),
	(Snomed, "http://snomed.info/sct", "2.16.840.1.113883.6.96", "SCT"),
	(RxNorm, "http://www.nlm.nih.gov/research/umls/rxnorm", "2.16.840.1.113883.6.88", "RXNORM"),
	(Icd10, "http://hl7.org/fhir/sid/icd-10", "2.16.840.1.113883.6.3", "I10"),
	(Icd10Cm, "http://hl7.org/fhir/sid/icd-10-cm", "2.16.840.1.113883.6.90", "I10C"),
	(Icd10Pcs, "http://www.cms.gov/Medicare/Coding/ICD10", "2.16.840.1.113883.6.4", "I10P"),
	(Icd10Pcs, "http://hl7.org/fhir/sid/icd-10-pcs", "2.16.840.1.113883.6.4", "ICD10PCS"),
	(Icd9Cm, "http://hl7.org/fhir/sid/icd-9-cm", "2.16.840.1.113883.6.103", "I9C"),
	(Icd9Cm, "http://hl7.org/fhir/sid/icd-9-cm", "2.16.840.1.113883.6.104", "I9CP"),
	(Icd9Cm, "http://hl7.org/fhir/sid/icd-9-cm/diagnosis", "2.16.840.1.113883.6.42", "I9CDX"),
	(Icd9Cm, "http://hl7.org/fhir/sid/icd-9-cm/procedure", "2.16.840.1.113883.6.104", "I9"),
	(Cpt, "http://www.ama-assn.org/go/cpt", "2.16.840.1.113883.6.12", "C4"),
	(Cpt, "http://www.ama-assn.org/go/cpt", "2.16.840.1.113883.6.82", "CPT4"),
	(
		Hcpcs,
		"http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
		"2.16.840.1.113883.6.285",
		"HCPCS",
	),
	(
		Hcpcs,
		"https://bluebutton.cms.gov/resources/codesystem/hcpcs",
		"2.16.840.1.113883.6.14",
		"HPC",
	),
	(Cvx, "http://hl7.org/fhir/sid/cvx", "2.16.840.1.113883.12.292", "CVX"),
	(Mvx, "http://hl7.org/fhir/sid/mvx", "2.16.840.1.113883.12.227", "MVX"),
	(Ndc, "http://hl7.org/fhir/sid/ndc", "2.16.840.1.113883.6.69", "NDC"),
	(Ucum, "http://unitsofmeasure.org", "2.16.840.1.113883.6.8", "UCUM"),
	(Iso3166, "urn:iso:std:iso:3166", "1.0.3166.1.2.2", "ISO3166_1"),
	(Iso3166, "urn:iso:std:iso:3166", "1.0.3166.1.2.3", "ISO3166_2"),
	// Names of earlier versions.
	(Icd10Cm, "http://hl7.org/fhir/sid/icd-10-us", "2.16.840.1.113883.6.90", "ICD10CM"),
	(Snomed, "http://snomed.info/id", "2.16.840.1.113883.6.96", "SNM3"),
	(Ndc, "http://www.fda.gov/cder/ndc", "2.16.840.1.113883.6.69", "NDCF"),
];

/// Further names in messages, in capitals without punctuation.
const SPELLINGS: [(&str, CodeSystem); 9] = [
	("LOINC", Loinc),
	("SNOMEDCT", Snomed),
	("ICD10", Icd10),
	("ICD9", Icd9Cm),
	("ICD9CM", Icd9Cm),
	("CPT", Cpt),
	("ISO3166", Iso3166),
	("ISO31661", Iso3166),
	("ISO31662", Iso3166),
];

const V2_URI: &str = "http://terminology.hl7.org/CodeSystem/v2-";
const V2_OID: &str = "2.16.840.1.113883.12.";
const V3_URI: &str = "http://terminology.hl7.org/CodeSystem/v3-";
const V3_OID: &str = "2.16.840.1.113883.5.";
/// What FHIR called the tables and code systems before version 4.
const OLD_V2_URI: &str = "http://hl7.org/fhir/v2/";
const OLD_V3_URI: &str = "http://hl7.org/fhir/v3/";
const MESSAGES: &str = "HL7";

/// Names of code systems of HL7 v3 and the last number of their OID.
const V3_SYSTEMS: [(&str, u16); 33] = [
	("AdministrativeGender", 1),
	("MaritalStatus", 2),
	("ActCode", 4),
	("ActClass", 6),
	("ActPriority", 7),
	("ActReason", 8),
	("ActStatus", 14),
	("Confidentiality", 25),
	("EntityClass", 41),
	("EntityNamePartQualifier", 43),
	("EntityNameUse", 45),
	("Ethnicity", 50),
	("LanguageAbilityMode", 60),
	("LanguageAbilityProficiency", 61),
	("LivingArrangement", 63),
	("ObservationInterpretation", 83),
	("ObservationMethod", 84),
	("ParticipationFunction", 88),
	("ParticipationSignature", 89),
	("ParticipationType", 90),
	("Race", 104),
	("RoleClass", 110),
	("RoleCode", 111),
	("RouteOfAdministration", 112),
	("TimingEvent", 139),
	("ActMood", 1001),
	("ActRelationshipType", 1002),
	("NullFlavor", 1008),
	("ActSite", 1052),
	("ObservationValue", 1063),
	("ParticipationMode", 1064),
	("ReligiousAffiliation", 1076),
	("AddressUse", 1119),
];

/// A code system of HL7 v3.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct V3(u8);

impl V3 {
	fn row(self) -> (&'static str, u16) {
		V3_SYSTEMS.get(usize::from(self.0)).copied().unwrap_or(("", 0))
	}

	fn find(matches: impl Fn(&(&str, u16)) -> bool) -> Option<Self> {
		V3_SYSTEMS.iter().position(matches).and_then(|index| u8::try_from(index).ok()).map(Self)
	}

	/// The name, for example `ActCode`.
	pub fn name(self) -> &'static str {
		self.row().0
	}
}

impl core::fmt::Debug for V3 {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		f.write_str(self.name())
	}
}

/// Whether a name is another one without its punctuation.
fn plain_eq(name: &str, plain: &str) -> bool {
	name.bytes().filter(u8::is_ascii_alphanumeric).eq(plain.bytes())
}

impl CodeSystem {
	/// Every system that is no table of HL7.
	pub const NAMED: &'static [Self] = &[
		Loinc, Snomed, RxNorm, Icd10, Icd10Cm, Icd10Pcs, Icd9Cm, Cpt, Hcpcs, Cvx, Mvx, Ndc, Ucum,
		Iso3166,
	];

	fn row(self) -> Option<&'static (Self, &'static str, &'static str, &'static str)> {
		SYSTEMS.iter().find(|(system, ..)| *system == self)
	}

	/// The URI by which FHIR and MDF call it.
	pub fn uri(self) -> Cow<'static, str> {
		match self {
			Self::V2Table(number) => format!("{V2_URI}{number:04}").into(),
			Self::V3(system) => format!("{V3_URI}{}", system.name()).into(),
			_ => self.row().map_or("", |(_, uri, ..)| *uri).into(),
		}
	}

	/// The OID, as C-CDA writes it.
	pub fn oid(self) -> String {
		match self {
			Self::V2Table(number) => format!("{V2_OID}{number}"),
			Self::V3(system) => format!("{V3_OID}{}", system.row().1),
			_ => self.row().map_or("", |(_, _, oid, _)| *oid).to_owned(),
		}
	}

	/// The name in HL7 v2 messages.
	pub fn name(self) -> String {
		match self {
			Self::V2Table(number) => format!("{MESSAGES}{number:04}"),
			Self::V3(system) => system.name().to_owned(),
			_ => self.row().map_or("", |(.., name)| *name).to_owned(),
		}
	}

	/// The system of a URI, also when it is a `urn:oid:` or names a version of SNOMED CT.
	pub fn from_uri(uri: &str) -> Option<Self> {
		if let Some((system, ..)) = SYSTEMS.iter().find(|(_, known, ..)| *known == uri) {
			return Some(*system);
		}
		if let Some(oid) = uri.strip_prefix("urn:oid:") {
			return Self::from_oid(oid);
		}
		if uri.starts_with("http://snomed.info/sct/") {
			return Some(Snomed);
		}
		let table = [V2_URI, OLD_V2_URI].iter().find_map(|prefix| uri.strip_prefix(prefix));
		if let Some(number) = table {
			return number.parse().ok().map(Self::V2Table);
		}
		let name = [V3_URI, OLD_V3_URI].iter().find_map(|prefix| uri.strip_prefix(prefix))?;
		V3::find(|(known, _)| *known == name).map(Self::V3)
	}

	/// The system of an OID.
	pub fn from_oid(oid: &str) -> Option<Self> {
		if let Some((system, ..)) = SYSTEMS.iter().find(|(_, _, known, _)| *known == oid) {
			return Some(*system);
		}
		if let Some(number) = oid.strip_prefix(V2_OID) {
			return number.parse().ok().map(Self::V2Table);
		}
		let number = oid.strip_prefix(V3_OID)?.parse::<u16>().ok()?;
		V3::find(|(_, known)| *known == number).map(Self::V3)
	}

	/// The system of a name in an HL7 v2 message, however it is punctuated: that of table 0396, or a
	/// table as `HL70078`. The local systems (`L`, `99...`) are nobody's, and `I9` and `I10` mean what
	/// the standard says.
	pub fn from_name(name: &str) -> Option<Self> {
		let mut plain = [0_u8; 16];
		let mut length = 0;
		for byte in name.bytes().filter(u8::is_ascii_alphanumeric) {
			*plain.get_mut(length)? = byte.to_ascii_uppercase();
			length += 1;
		}
		let plain = core::str::from_utf8(plain.get(..length)?).ok()?;
		// Most names differ in their first letter, before their punctuation matters.
		let begins = |name: &str| name.as_bytes().first() == plain.as_bytes().first();
		let is_known = |name: &str| begins(name) && plain_eq(name, plain);
		let mut known = SYSTEMS.iter().filter(|row| is_known(row.3)).map(|row| row.0);
		let mut spelled = SPELLINGS.iter().filter(|(known, _)| *known == plain).map(|row| row.1);
		if let Some(system) = known.next().or_else(|| spelled.next()) {
			return Some(system);
		}
		let number = plain.strip_prefix(MESSAGES)?;
		let is_number = number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_digit());
		is_number.then(|| number.parse().ok().map(Self::V2Table)).flatten()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn every_name_of_a_system_leads_back_to_it() {
		let tables = [0, 1, 78, 396, 915].map(CodeSystem::V2Table);
		let v3 = (0..V3_SYSTEMS.len()).map(|index| CodeSystem::V3(V3(index as u8)));
		let all: Vec<_> = CodeSystem::NAMED.iter().copied().chain(tables).chain(v3).collect();
		for system in &all {
			assert_eq!(CodeSystem::from_uri(&system.uri()), Some(*system), "{system:?}");
			assert_eq!(CodeSystem::from_oid(&system.oid()), Some(*system), "{system:?}");
			assert_eq!(CodeSystem::from_uri(&format!("urn:oid:{}", system.oid())), Some(*system));
			if !matches!(system, CodeSystem::V3(_)) {
				assert_eq!(CodeSystem::from_name(&system.name()), Some(*system), "{system:?}");
			}
		}
		let mut uris: Vec<_> = all.iter().map(|system| system.uri()).collect();
		uris.sort();
		uris.dedup();
		assert_eq!(uris.len(), all.len());
		assert!(SYSTEMS.iter().all(|row| CodeSystem::NAMED.contains(&row.0)));
	}

	#[test]
	fn other_names_of_the_same_system_are_read() {
		let from_uri = CodeSystem::from_uri;
		assert_eq!(from_uri("http://snomed.info/sct/731000124108"), Some(Snomed));
		assert_eq!(from_uri("http://hl7.org/fhir/v2/0078"), Some(CodeSystem::V2Table(78)));
		assert_eq!(from_uri("http://hl7.org/fhir/v3/ActCode").unwrap().name(), "ActCode");
		assert_eq!(CodeSystem::from_name("rxnorm"), Some(RxNorm));
		assert_eq!(CodeSystem::from_name("HL70078"), Some(CodeSystem::V2Table(78)));
		assert_eq!(CodeSystem::from_name("hl7-0078"), Some(CodeSystem::V2Table(78)));
		assert_eq!(CodeSystem::from_name("SNOMED-CT"), Some(Snomed));
		assert_eq!(CodeSystem::from_name("ICD-10-CM"), Some(Icd10Cm));
		for name in ["", "L", "99LAB", "HL7", "HL7x", "HL7007", "HL700780", "ü"] {
			assert_eq!(CodeSystem::from_name(name), None, "{name}");
		}
		for uri in
			["", "urn:oid:", "urn:oid:1.2.3", "http://loinc.org/", "http://hl7.org/fhir/v2/x"]
		{
			assert_eq!(from_uri(uri), None, "{uri}");
		}
	}
}
