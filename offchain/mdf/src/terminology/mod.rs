// SPDX-License-Identifier: Apache-2.0
//! Code systems: what they are called, and whether a code can be one of theirs.
//!
//! A check looks at the form of a code and at its check digit. Whether a well-formed code exists
//! is not said: that needs the system's own tables, most of which are licensed.

mod form;
pub mod ndc;
mod snomed;
mod system;

pub use system::CodeSystem;

use crate::Coding;

/// Why a text cannot be a code of its system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
	/// The text has another form than the codes of the system.
	Form,
	/// The last digit does not fit the others.
	CheckDigit,
	/// The identifier names something else than a concept.
	NotConcept,
}

/// Checks a code against the rules of its system. Systems without known rules take every code.
///
/// # Errors
/// [`Fault`] when the text cannot be a code of the system.
pub fn check(system: CodeSystem, code: &str) -> Result<(), Fault> {
	let formed = |is_formed: bool| if is_formed { Ok(()) } else { Err(Fault::Form) };
	match system {
		CodeSystem::Loinc => form::loinc(code),
		CodeSystem::Snomed => snomed::check(code),
		CodeSystem::RxNorm => formed(form::is_number(code, 8)),
		CodeSystem::Icd10 | CodeSystem::Icd10Cm => formed(form::is_icd10(code)),
		CodeSystem::Icd10Pcs => formed(form::is_icd10_pcs(code)),
		CodeSystem::Icd9Cm => formed(form::is_icd9(code)),
		CodeSystem::Cpt => formed(form::is_cpt(code)),
		CodeSystem::Hcpcs => formed(form::is_hcpcs(code)),
		CodeSystem::Cvx => formed(form::is_cvx(code)),
		CodeSystem::Ndc => formed(ndc::is_ndc(code)),
		CodeSystem::Ucum => formed(crate::unit::is_ucum(code)),
		CodeSystem::Iso3166 => formed(form::is_country(code)),
		CodeSystem::Mvx | CodeSystem::V2Table(_) | CodeSystem::V3(_) => formed(!code.is_empty()),
	}
}

/// Checks a coding; one of an unknown system, or without system or code, passes.
///
/// # Errors
/// [`Fault`] when the code cannot be one of the system.
pub fn check_coding(coding: &Coding) -> Result<(), Fault> {
	match (coding.system.as_deref().and_then(CodeSystem::from_uri), &coding.code) {
		(Some(system), Some(code)) => check(system, code),
		_ => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_of_each_system_are_told_from_others() {
		use CodeSystem::*;
		for (system, good, bad) in [
			(RxNorm, &["1049221", "308136"][..], &["", "0123", "12A", "123456789"][..]),
			(
				Icd10Cm,
				&["E11.9", "I10", "S72.001A", "T36.0X1A", "C7A.00", "E119", "U07.1", "Z3A.40"],
				&["", "11.9", "E1", "E11.", "E11.12345", "e11.9", "E11-9", "E119.9"],
			),
			(
				Icd10Pcs,
				&["0DTJ4ZZ", "B030Y0Z", "XW033E5"],
				&["0DTJ4Z", "ODTJ4ZZ", "0DTI4ZZ", "A000000"],
			),
			(
				Icd9Cm,
				&["250.00", "V10.3", "E812.0", "47.0", "401"],
				&["25000.1", "X10", "E81", "2"],
			),
			(Cpt, &["99213", "0001F", "0042T", "0001U", "0001A"], &["9921", "99213-25", "F0001"]),
			(Hcpcs, &["G0008", "J1100"], &["X0008", "G008", "g0008"]),
			(Cvx, &["08", "140", "207"], &["", "0", "1234", "A1"]),
			(Iso3166, &["US", "USA", "840"], &["us", "U", "84"]),
			(Ucum, &["mm[Hg]", "10*3/uL"], &["mmHg", ""]),
			(V2Table(78), &["H"], &[""]),
		] {
			for code in good {
				assert_eq!(check(system, code), Ok(()), "{code}");
			}
			for code in bad {
				assert_eq!(check(system, code), Err(Fault::Form), "{code}");
			}
		}
	}

	#[test]
	fn only_codings_of_known_systems_are_judged() {
		let coding = |system: Option<&str>, code: &str| Coding {
			system: system.map(str::to_owned),
			code: Some(code.into()),
			..Coding::default()
		};
		assert_eq!(
			check_coding(&coding(Some("http://loinc.org"), "2947-1")),
			Err(Fault::CheckDigit)
		);
		assert_eq!(check_coding(&coding(Some("http://loinc.org"), "2947-0")), Ok(()));
		assert_eq!(check_coding(&coding(Some("http://example.org"), "2947-1")), Ok(()));
		assert_eq!(check_coding(&coding(None, "2947-1")), Ok(()));
		assert_eq!(check_coding(&Coding::default()), Ok(()));
	}

	proptest::proptest! {
		#[test]
		fn no_code_panics(code in ".{0,24}", text in ".{0,60}") {
			for system in CodeSystem::NAMED {
				let _ = check(*system, &code);
			}
			let _ = (CodeSystem::from_uri(&text), CodeSystem::from_name(&text), ndc::billing(&code));
		}
	}
}
