// SPDX-License-Identifier: Apache-2.0

use super::*;

fn purposes(codes: &str) -> Vec<PurposeOfUse> {
	codes.split_whitespace().map(|code| code.parse().unwrap()).collect()
}

/// Permitted, excepted, requested, whether it is permitted.
const VECTORS: &[(&str, &str, &str, bool)] = &[
	("HRESCH", "", "BIORCH", true),
	("HRESCH", "", "CLINTRCHPC", true),
	("HRESCH", "", "HRESCH", true),
	("CLINTRCH", "", "PRECLINTRCH", true),
	("BIORCH", "", "HRESCH", false),
	("BIORCH", "", "DSRCH", false),
	("TREAT", "", "HPAYMT", false),
	("COVERAGE", "", "REMITADV", false),
	("COVERAGE", "", "ELIGVER", true),
	("HPAYMT", "", "ELIGVER", true),
	("HOPERAT", "", "HMARKT", false),
	("HOPERAT", "", "HTEST", true),
	("HOPERAT", "", "MLTRAINING", false),
	("MLTRAINING", "", "MLTRAINING", true),
	("HOPERAT MLTRAINING", "", "MLTRAINING", true),
	("TREAT", "", "ETREAT", true),
	("TREAT", "", "BTG", false),
	("ETREAT", "", "BTG", false),
	("TREAT", "", "ERTREAT", false),
	("ETREAT", "", "ERTREAT", false),
	("BTG", "", "BTG", true),
	("ERTREAT", "", "ERTREAT", true),
	("BTG", "", "ERTREAT", false),
	("TREAT", "ETREAT", "BTG", false),
	("TREAT BTG", "ETREAT", "BTG", false),
	("TREAT", "ETREAT", "ETREAT", false),
	("TREAT", "ETREAT", "COC", true),
	("TREAT", "TREAT", "TREAT", false),
	("BTG", "TREAT", "BTG", false),
	("TREAT", "BTG", "ETREAT", true),
	("", "", "TREAT", false),
	("HPAYMT TREAT", "", "COC", true),
];

#[test]
fn permits_cover_descendants_and_exceptions_beat_them() {
	for (permitted, excepted, requested, expected) in VECTORS {
		let mut terms = terms(&purposes(permitted));
		terms.exceptions = excepting(&purposes(excepted));
		let decision = decide(&terms, &request(requested.parse().unwrap()), NOW);
		let expected = if *expected { Outcome::Permit } else { Outcome::Deny };
		assert_eq!(decision.outcome, expected, "{permitted} - {excepted} -> {requested}");
	}
}

#[test]
fn the_root_is_not_a_purpose() {
	assert!("PurposeOfUse".parse::<PurposeOfUse>().is_err());
}

#[test]
fn each_excepted_purpose_gives_its_own_reason() {
	let mut terms = terms(&purposes("TREAT BTG"));
	let asked = request(PurposeOfUse::BreakTheGlass);
	let expected = [PurposeOfUse::Treatment, PurposeOfUse::EmergencyTreatment].map(|purpose| {
		Reason::Excepted { purpose: Some(purpose), category: None, data: DateWindow::ALL }
	});
	terms.exceptions = excepting(&purposes("TREAT ETREAT HPAYMT"));
	assert_eq!(reasons(&terms, &asked), expected);
	// One exception or one for each: it makes no difference.
	let each = purposes("TREAT ETREAT HPAYMT").into_iter();
	terms.exceptions = set(each.map(|purpose| Exception::of_purposes(set([purpose]))));
	assert_eq!(reasons(&terms, &asked), expected);
}

#[test]
fn every_purpose_permits_itself_and_nothing_above_it() {
	for permit in PurposeOfUse::ALL {
		for purpose in PurposeOfUse::ALL {
			let permitted = outcome(&terms(&[*permit]), &request(*purpose)) == Outcome::Permit;
			let expected =
				permit == purpose || (purpose.is_within(*permit) && !purpose.needs_own_permit());
			assert_eq!(permitted, expected, "{permit} -> {purpose}");
			let without = Terms { exceptions: excepting(&[*permit]), ..terms(&[*purpose]) };
			let denied = outcome(&without, &request(*purpose)) == Outcome::Deny;
			assert_eq!(denied, purpose.is_within(*permit), "{purpose} - {permit}");
		}
	}
}
