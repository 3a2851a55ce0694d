// SPDX-License-Identifier: Apache-2.0
//! Numbers and codes that tell a person because a word before or behind them says so.

use super::{
	date,
	lexicon::{words, Role},
	number::extension,
	scan::Scan,
	token::{Case, Gap, Kind, Token},
};
use crate::Class;

/// How many tokens may stand between a label and its number.
const REACH: usize = 9;

/// Words after which three digits suffice.
const STRONG: &[u64] = words![
	"mrn",
	"mrns",
	"emrn",
	"mrno",
	"medrec",
	"ssn",
	"account",
	"acct",
	"accounts",
	"member",
	"subscriber",
	"policy",
	"beneficiary",
	"medicare",
	"medicaid",
	"mbi",
	"hicn",
	"iban",
	"routing",
	"dea",
	"npi",
	"passport",
	"license",
	"licence",
	"vin",
	"serial",
	"imei",
	"accession",
	"claim",
	"badge",
	"csn",
	"chart",
	"confirmation",
	"tracking",
	"requisition",
	"memberid",
	"patientid",
	"guarantor",
	"plate",
	"udi",
	"sn",
	"employee",
	"inmate",
	"hrn",
	"urn",
	"policyholder",
	"rxbin",
	"rxgrp",
	"rxpcn",
	"dl",
	"certificate",
	"invoice",
	"docket",
	"mychart",
];

/// The class of what a label stands for.
fn class(scan: &Scan<'_>, index: usize) -> Option<Class> {
	let token = scan.at(index);
	let roles = token.roles;
	let before = scan.before(index, 1);
	let record = scan.one_of(token, words!["record", "rec", "chart", "file", "number", "id"])
		&& (scan.one_of(before, words!["medical", "health", "hospital", "patient", "med"]));
	Some(if roles.any(Role::MRN) || record {
		Class::RecordNumber
	} else if roles.any(Role::SSN) && !scan.one_of(token, words!["social", "sin", "nie"]) {
		Class::Ssn
	} else if scan.one_of(token, words!["social", "sin"]) {
		if scan.one_of(scan.at(index + 1), words!["security", "insurance", "is", "number"])
			|| scan.at(index + 1).mark != 0
			|| scan.one_of(before, words!["my", "his", "her", "the"])
		{
			Class::Ssn
		} else {
			return None;
		}
	} else if roles.any(Role::FAX) {
		Class::Fax
	} else if roles.any(Role::PHONE) {
		Class::Phone
	} else if roles.any(Role::LICENSE) {
		Class::License
	} else if roles.any(Role::PLAN) {
		Class::PlanNumber
	} else if roles.any(Role::ACCOUNT) {
		Class::Account
	} else if roles.any(Role::BIOMETRIC) {
		Class::Biometric
	} else if roles.any(Role::DEVICE) {
		Class::Device
	} else if roles.any(Role::VEHICLE) {
		Class::Vehicle
	} else if roles.any(Role::ROOM) {
		Class::Location
	} else if roles.any(Role::OTHER) {
		Class::OtherId
	} else {
		return None;
	})
}

/// A label, and the number after it.
pub(super) fn label(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.is(Role::USER) && !token.is(Role::LABELS) {
		return user(scan, index);
	}
	if !token.is(Role::LABELS) {
		return None;
	}
	if scan.one_of(token, words!["code"])
		&& scan.one_of(scan.before(index, 1), words!["zip", "postal", "post"])
	{
		return None;
	}
	let mut class = class(scan, index)?;
	let mut strong = scan.one_of(token, STRONG) || class == Class::RecordNumber;
	// A sign that a number is meant.
	let mut pointed = false;
	let mut at = index + 1;
	let mut lines = 0;
	while at - index <= REACH {
		let next = scan.at(at);
		if next.kind == Kind::Edge {
			return None;
		}
		if next.gap == Gap::Line {
			// A form has the value below or beside its label.
			lines += 1;
			if lines > 1 || !(pointed || at == index + 1) {
				return None;
			}
		}
		match next.kind {
			Kind::Number | Kind::Mixed => return value(scan, index, at, class, strong, pointed),
			Kind::Mark => match next.mark {
				b':' | b'#' | b'=' => pointed = true,
				b'.' if scan.at(at + 1).gap == Gap::Space
					&& !scan.one_of(
						scan.before(at, 1),
						words!["no", "acct", "num", "nr", "tel", "ph", "lic", "ext", "ref", "pt"],
					) =>
				{
					return None
				},
				b',' if scan.one_of(scan.at(at + 1), words!["it", "it's", "which", "that"]) => {},
				b'-' | b'.' | b'(' | b')' | b'\'' | b'"' | b'*' | b'/' | b'|' | b'+' | b'[' => {},
				_ => return None,
			},
			Kind::Word => {
				// Letters joined to digits are the value, or the next label: MRN-ABC-1234.
				let end = scan.chunk(at);
				if end > at + 1 && scan.counts(at, end).1 > 0 && !next.is(Role::MONTH) {
					let first_digit = (at..end).find(|n| scan.at(*n).has_digit()).unwrap_or(at);
					let from = if next.is(Role::LABELS)
						&& scan.one_of(next, STRONG)
						&& !scan.one_of(next, words!["sn", "dl"])
					{
						first_digit
					} else {
						at
					};
					return value(scan, index, from, class, strong, pointed);
				}
				// Letters and digits with a blank between: ABC 1234.
				let digits = scan.at(at + 1);
				if matches!(
					class,
					Class::Vehicle | Class::License | Class::PlanNumber | Class::Account
				) && next.case == Case::Upper
					&& next.length <= 4
					&& !next.is(Role::LABELS)
					&& digits.has_digit()
					&& digits.gap == Gap::Space
					&& digits.length >= 3
					&& (strong || pointed)
				{
					let end = scan.chunk(at + 1);
					scan.add(at, end, class, "labelled-with-blank");
					return Some(end);
				}
				if next.is(Role::LABELS) {
					// The strongest label names the number.
					if let Some(other) = self::class(scan, at) {
						let vague =
							matches!(class, Class::OtherId | Class::Location | Class::Device);
						if vague
							|| other == Class::RecordNumber
							|| (class == Class::PlanNumber
								&& other == Class::Account
								&& scan.one_of(next, words!["account", "acct"]))
						{
							class = other;
						}
						strong |= scan.one_of(next, STRONG);
					}
					pointed |= next.is(Role::NUMBER_WORD);
				} else if next.is(Role::NUMBER_WORD) {
					pointed = true;
				} else if scan.one_of(next, words!["is", "was"]) {
					pointed = true;
				} else if !next.is(Role::FILLER)
					&& !next.is(Role::STATE)
					&& !next.is(Role::STATE_CODE)
					&& !scan.one_of(
						next,
						words![
							"security",
							"insurance",
							"license",
							"licence",
							"beneficiary",
							"security"
						],
					) {
					return None;
				}
			},
			Kind::Edge => return None,
		}
		at += 1;
	}
	None
}

/// The number after a label, if it can be that.
fn value(
	scan: &mut Scan<'_>,
	index: usize,
	at: usize,
	class: Class,
	strong: bool,
	pointed: bool,
) -> Option<usize> {
	let mut from = at;
	// Opening marks of the value itself: +1, (555).
	if matches!(class, Class::Phone | Class::Fax) {
		return telephone(scan, index, at, class);
	}
	if scan.at(at).kind == Kind::Number
		&& (date::numeric(scan, at).is_some() || scan.at(at + 1).is_mark(b'/'))
	{
		return None;
	}
	let mut end = scan.chunk(at);
	let (letters, digits) = scan.counts(at, end);
	let label = scan.at(index);
	if class == Class::Location {
		let near = at - index <= 3;
		let short = digits <= 4 && letters <= 2;
		let counted = scan.measured(end) || scan.one_of(scan.before(index, 1), words!["per"]);
		if near && short && !counted && scan.at(at).gap != Gap::Line {
			scan.add(index, end, Class::Location, "room-number");
			return Some(end);
		}
		return None;
	}
	if scan.measured(end) && !pointed {
		return None;
	}
	let year = letters == 0 && end == at + 1 && scan.is_year(scan.at(at));
	let enough = if strong {
		digits >= 3 && !(year && !pointed) || (digits >= 2 && label.is(Role::MRN) && pointed)
	} else if pointed {
		digits >= 3 && !year && (digits >= 4 || letters >= 1) && !scan.measured(end)
	} else {
		(digits >= 5 || (digits >= 3 && letters >= 1 && digits + letters >= 6)) && !year
	};
	if !enough || clinical_code(scan, at) {
		return None;
	}
	// Groups with blanks between them.
	let mut total = digits;
	while total < 16 {
		let next = scan.at(end);
		let chunk_end = scan.chunk(end);
		let (more_letters, more) = scan.counts(end, chunk_end);
		let group = next.gap == Gap::Space
			&& next.has_digit()
			&& more >= 2
			&& more_letters <= 4
			&& next.length >= 2
			&& total + more <= 19
			&& (total < 9 || (more == 4 && class == Class::Account))
			&& !scan.measured(chunk_end)
			&& (!scan.is_year(next)
				|| digits == 4 && total % 4 == 0 && class == Class::Account
				|| total == 5 && class == Class::Ssn)
			&& (class != Class::OtherId || strong);
		if !group || scan.at(chunk_end).is(Role::YEAR_WORD) {
			break;
		}
		total += more;
		end = chunk_end;
	}
	while from > index + 1 && matches!(scan.before(from, 1).mark, b'+' | b'*') {
		from -= 1;
	}
	// "last four of my SSN are 1234": four digits are enough to be taken away.
	scan.add(from, end, class, "labelled");
	Some(end)
}

/// Codes of classifications stand after "code" and the like too.
fn clinical_code(scan: &Scan<'_>, at: usize) -> bool {
	near_word(
		scan,
		at,
		words![
			"icd", "cpt", "loinc", "snomed", "hcpcs", "ndc", "drg", "rxnorm", "atc", "pmid", "doi",
			"nct", "dsm"
		],
	) || scan.slice(scan.at(at)).to_ascii_uppercase().starts_with("NCT")
}

/// A telephone number after its label: any seven digits.
fn telephone(scan: &mut Scan<'_>, index: usize, at: usize, class: Class) -> Option<usize> {
	if date::numeric(scan, at).is_some() || scan.measured(at + 1) {
		return None;
	}
	let mut from = at;
	while from > index + 1 && matches!(scan.before(from, 1).mark, b'+' | b'(') {
		from -= 1;
	}
	let (mut end, mut digits) = (at, 0);
	while end - at < 16 {
		let token = scan.at(end);
		let joins = match token.kind {
			Kind::Number => end == at || token.gap != Gap::Line,
			Kind::Mark => {
				matches!(token.mark, b'-' | b'.' | b'(' | b')' | b'/') && token.gap != Gap::Line
			},
			_ => false,
		};
		if !joins || digits + usize::from(token.length) > 16 {
			break;
		}
		if token.kind == Kind::Number {
			digits += usize::from(token.length);
		}
		end += 1;
		if digits >= 10 && !scan.at(end).is_mark(b'-') {
			break;
		}
	}
	while end > at && scan.before(end, 1).kind == Kind::Mark {
		end -= 1;
	}
	let short = scan.one_of(scan.at(index), words!["pager", "beeper", "voicemail"]);
	if digits >= 7 || (short && digits >= 4) {
		return Some(extension(scan, from, end, class, "phone-labelled"));
	}
	None
}

/// A name by which somebody is known to a service.
fn user(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let mut at = index + 1;
	let mut pointed = scan.one_of(scan.at(index), words!["username", "screenname", "handle"]);
	if scan.one_of(scan.at(index), words!["user"]) {
		if scan.one_of(scan.at(at), words!["name", "id"]) {
			at += 1;
		} else if scan.at(at).kind != Kind::Mixed {
			return None;
		}
	}
	let mut sign = false;
	while at - index <= 6 {
		let next = scan.at(at);
		match next.kind {
			Kind::Mark if matches!(next.mark, b':' | b'=') => (pointed, sign) = (true, true),
			Kind::Mark if matches!(next.mark, b'@' | b'"' | b'\'' | b'(') => {},
			Kind::Word | Kind::Mixed | Kind::Number => {
				let end = scan.chunk(at);
				let (_, digits) = scan.counts(at, end);
				if scan.one_of(next, words!["is", "was", "as"]) {
					(pointed, sign) = (true, true);
				} else if next.gap == Gap::Line {
					return None;
				} else if next.kind == Kind::Mixed
					&& next.gap == Gap::Space
					&& at <= index + 2
					&& scan.counts(at, end).0 >= 3
					&& next.length >= 5
				{
					// "portal login jroe77"
					scan.add(at, end, Class::OtherId, "user-name");
					return Some(end);
				} else if pointed
					&& (digits > 0
						|| end > at + 1 || scan.before(at, 1).is_mark(b'@')
						|| (sign && next.lexical.english() < 3 && next.length >= 3))
				{
					scan.add(at, end, Class::OtherId, "user-name");
					return Some(end);
				} else if !next.is(Role::FILLER)
					&& !next.is(Role::USER)
					&& !scan.one_of(next, words!["name"])
				{
					return None;
				}
			},
			_ => return None,
		}
		at += 1;
	}
	None
}

/// A label behind the number: "88213 is my member number", "4471 (MRN)".
pub(super) fn behind(scan: &mut Scan<'_>, index: usize, end: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.length < 4 || scan.is_year(token) {
		return None;
	}
	let mut at = end;
	let mut linked = false;
	while at - end < 5 {
		let next = scan.at(at);
		if next.gap == Gap::Line {
			return None;
		}
		if next.is_mark(b'(') || scan.one_of(next, words!["is", "was"]) {
			linked = true;
		} else if next.is(Role::LABELS) && linked {
			let class = class(scan, at)?;
			if class == Class::Location {
				return None;
			}
			scan.add(index, end, class, "label-behind");
			return Some(end);
		} else if !scan.one_of(
			next,
			words![
				"my",
				"the",
				"his",
				"her",
				"their",
				"patient",
				"patient's",
				"hospital",
				"medical"
			],
		) {
			return None;
		}
		at += 1;
	}
	None
}

/// Whether a label stands shortly before.
pub(super) fn near(scan: &Scan<'_>, index: usize, roles: Role) -> bool {
	(1..=5)
		.map(|by| scan.before(index, by))
		.take_while(|token| token.kind != Kind::Edge)
		.any(|token| token.is(roles))
}

/// Whether one of some words stands shortly before.
pub(super) fn near_word(scan: &Scan<'_>, index: usize, words: &[u64]) -> bool {
	(1..=4)
		.map(|by| scan.before(index, by))
		.take_while(|token: &&Token| token.kind != Kind::Edge)
		.any(|token| scan.one_of(token, words))
}
