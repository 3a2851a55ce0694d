// SPDX-License-Identifier: Apache-2.0

use super::*;
use codec::{Decode, Encode};
use salus_primitives::Salt;

#[test]
fn obligations_round_trip() {
	assert_eq!(Obligation::ALL.len(), 49);
	for (index, code) in Obligation::ALL.iter().enumerate() {
		assert_eq!(code.code().parse(), Ok(*code));
		assert_eq!(usize::from(code.encode()[0]), index);
		assert_eq!(serde_json::to_string(code).unwrap(), format!("\"{code}\""));
	}
	assert_eq!("minec".parse::<Obligation>(), Err(UnknownObligation));
	assert_eq!(Obligation::defaults().len(), 3);
}

#[test]
fn regions_round_trip_and_cover_their_parts() {
	for text in ["FR", "US-CA", "GB-ENG", "AT-9"] {
		let region: Region = text.parse().unwrap();
		assert_eq!(region.to_string(), text);
		assert_eq!(Region::decode(&mut &region.encode()[..]).unwrap(), region);
	}
	for text in ["", "F", "fr", "FRA", "US-", "US-CALI", "US-ca", "US-C-A", "é", "US-\0"] {
		assert_eq!(text.parse::<Region>(), Err(InvalidRegion), "{text:?}");
	}
	let [us, ca, fr]: [Region; 3] = ["US", "US-CA", "FR"].map(|text| text.parse().unwrap());
	assert!(us.covers(&ca) && us.covers(&us) && ca.covers(&ca));
	assert!(!ca.covers(&us) && !us.covers(&fr));
}

#[test]
fn ill_formed_regions_do_not_decode() {
	for bytes in [*b"fr\0\0\0", *b"FR\0A\0", *b"FRab\0", *b"\0\0\0\0\0"] {
		assert!(Region::decode(&mut &bytes[..]).is_err());
	}
}

#[test]
fn unknown_codes_do_not_decode() {
	for unknown in [5u8, 17, 43, 200] {
		assert!(Permission::decode(&mut &[unknown][..]).is_err());
		assert!(Modifier::decode(&mut &[unknown][..]).is_err());
	}
	assert!(Obligation::decode(&mut &[49u8][..]).is_err());
	assert!(serde_json::from_str::<Permission>("\"XYZ\"").is_err());
}

#[test]
fn indices_are_the_ontology_s_numbers() {
	let permissions = [
		Permission::NoRestriction,
		Permission::HealthMedicalBiomedical,
		Permission::DiseaseSpecific(Default::default()),
		Permission::PopulationOrigins,
		Permission::GeneralResearch,
	];
	for permission in permissions {
		assert_eq!(permission.encode()[0], permission.term().number());
	}
	for modifier in research::every_modifier() {
		let number = modifier.term().map_or(255, |term| term.number());
		assert_eq!(modifier.encode()[0], number);
	}
}

#[test]
fn terms_and_requests_round_trip_as_text_and_bytes() {
	let mut terms = research_terms(
		Permission::DiseaseSpecific(set([Mondo(5015)])),
		&research::every_modifier(),
	);
	terms.exceptions = set([
		Exception::of_purposes(set([PurposeOfUse::Research])),
		Exception {
			purposes: set([PurposeOfUse::ClinicalTrial, PurposeOfUse::Marketing]),
			categories: set([Category::Labs, Category::MentalHealth]),
			data: DateWindow { from: Some(Day(-1)), until: None },
		},
		Exception::of_categories(set([Category::Labs])),
		Exception::of_data(DateWindow { from: Some(Day(130)), until: Some(Day(140)) }),
	]);
	let text = serde_json::to_string(&terms).unwrap();
	assert_eq!(serde_json::from_str::<Terms>(&text).unwrap(), terms);
	assert_eq!(Terms::decode(&mut &terms.encode()[..]).unwrap(), terms);
	let request = stating(research::full_statement());
	let text = serde_json::to_string(&request).unwrap();
	assert_eq!(serde_json::from_str::<Request>(&text).unwrap(), request);
	assert_eq!(Request::decode(&mut &request.encode()[..]).unwrap(), request);
	let decision = decide(&terms, &request, 5_000);
	let excepted = |reason: &&Reason| matches!(reason, Reason::Excepted { .. });
	assert_eq!(decision.reasons.iter().filter(excepted).count(), 3);
	let text = serde_json::to_string(&decision).unwrap();
	assert_eq!(serde_json::from_str::<Decision>(&text).unwrap(), decision);
	assert_eq!(Decision::decode(&mut &decision.encode()[..]).unwrap(), decision);
}

#[test]
fn a_reason_s_code_is_the_one_in_its_text_form() {
	let terms = Terms { research: None, ..terms(&[]) };
	for reason in reasons(&terms, &request(PurposeOfUse::Treatment)) {
		let json = serde_json::to_value(reason).unwrap();
		assert_eq!(json["code"], reason.code());
	}
	assert_eq!(
		Reason::ScopeMismatch { category: Category::Labs }.to_string(),
		"SCOPE_MISMATCH (labs)"
	);
}

#[test]
fn what_is_excepted_is_shown_without_what_is_open() {
	let (purpose, category) = (Some(PurposeOfUse::Treatment), Some(Category::Labs));
	let data = DateWindow { from: Some(Day(3)), until: None };
	let excepted = |purpose, category, data| Reason::Excepted { purpose, category, data };
	for (reason, shown, json) in [
		(excepted(None, None, DateWindow::ALL), "EXCEPTED", serde_json::json!({})),
		(
			excepted(purpose, None, DateWindow::ALL),
			"EXCEPTED (TREAT)",
			serde_json::json!({ "purpose": "TREAT" }),
		),
		(
			excepted(None, category, data),
			"EXCEPTED (labs, dates)",
			serde_json::json!({ "category": "labs", "data": { "from": 3, "until": null } }),
		),
		(
			excepted(purpose, category, DateWindow::ALL),
			"EXCEPTED (TREAT, labs)",
			serde_json::json!({ "purpose": "TREAT", "category": "labs" }),
		),
	] {
		assert_eq!(reason.to_string(), shown);
		assert_eq!(reason.encode()[0], 16);
		let mut json = json;
		json["code"] = "EXCEPTED".into();
		assert_eq!(serde_json::to_value(reason).unwrap(), json);
		assert_eq!(serde_json::from_value::<Reason>(json).unwrap(), reason);
	}
}

#[test]
fn an_index_that_is_free_is_no_reason() {
	assert!(Reason::decode(&mut &[4u8, 54][..]).is_err());
	assert!(Reason::decode(&mut &[17u8][..]).is_err());
}

#[test]
fn terms_without_exceptions_are_encoded_with_one_byte_for_them() {
	let terms = terms(&[PurposeOfUse::Treatment]);
	assert_eq!(terms.encode()[..4], [4, 54, 0, 12]);
	let most = set::<_, Exceptions>(
		(0..4).map(|day| Exception::of_data(DateWindow { from: Some(Day(day)), until: None })),
	);
	let mut five = most.encode();
	assert_eq!(Exceptions::decode(&mut &five[..]).unwrap(), most);
	five[0] = 5 << 2;
	five.extend_from_within(1..9);
	assert!(Exceptions::decode(&mut &five[..]).is_err());
}

#[test]
fn a_field_that_is_not_known_is_refused() {
	let mut json = serde_json::to_value(terms(&[])).unwrap();
	json["unless"] = true.into();
	assert!(serde_json::from_value::<Terms>(json).is_err());
	let exception = Exception::of_categories(set([Category::Labs]));
	let mut json = serde_json::to_value(exception).unwrap();
	json["unless"] = true.into();
	assert!(serde_json::from_value::<Exception>(json).is_err());
}

#[test]
fn commitments_bind_content_salt_and_kind() {
	let (terms, salt) = (terms(&[PurposeOfUse::Treatment]), Salt([1; 32]));
	let request = request(PurposeOfUse::Treatment);
	assert_eq!(terms.commitment(&salt), terms.commitment(&salt));
	assert_ne!(terms.commitment(&salt), terms.commitment(&Salt([2; 32])));
	let wider = Terms { data: DateWindow::ALL, ..terms.clone() };
	assert_ne!(terms.commitment(&salt), wider.commitment(&salt));
	assert_ne!(terms.commitment(&salt), request.commitment(&salt));
	let other = Request { data: DateWindow::ALL, ..request.clone() };
	assert_ne!(request.commitment(&salt), other.commitment(&salt));
}
