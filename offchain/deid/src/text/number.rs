// SPDX-License-Identifier: Apache-2.0
//! Numbers and codes that tell a person by their shape.

use super::{
	date, label,
	lexicon::{words, Role},
	place,
	scan::Scan,
	token::{Case, Gap, Kind, Token},
};
use crate::Class;

/// Groups of digits with what stands between them.
pub(super) struct Groups {
	lengths: [u8; MAX_GROUPS],
	separators: [u8; MAX_GROUPS],
	/// The token after each group.
	ends: [usize; MAX_GROUPS],
	count: usize,
}

const MAX_GROUPS: usize = 8;

impl Groups {
	pub(super) fn read(scan: &Scan<'_>, index: usize) -> Self {
		let mut groups = Self { lengths: [0; 8], separators: [0; 8], ends: [0; 8], count: 0 };
		let mut at = index;
		loop {
			let token = scan.at(at);
			groups.lengths[groups.count] = token.length;
			groups.ends[groups.count] = at + 1;
			groups.count += 1;
			let (next, then, third) = (scan.at(at + 1), scan.at(at + 2), scan.at(at + 3));
			let number = |token: &Token, gap| token.kind == Kind::Number && token.gap <= gap;
			let (separator, step) = if number(next, Gap::Space) && next.gap == Gap::Space {
				(b' ', 1)
			} else if matches!(next.mark, b'-' | b'.' | b'/' | b':')
				&& next.gap == Gap::None
				&& number(then, Gap::None)
			{
				(next.mark, 2)
			} else if next.is_mark(b'-') && next.gap == Gap::Space && number(then, Gap::Space) {
				(b'~', 2)
			} else if next.is_mark(b')') && number(then, Gap::Space) {
				(b')', 2)
			} else if next.is_mark(b')')
				&& matches!(then.mark, b'-' | b'.')
				&& number(third, Gap::Space)
			{
				(b')', 3)
			} else if next.is_mark(b'(') && next.gap != Gap::Line && number(then, Gap::None) {
				(b'(', 2)
			} else {
				break;
			};
			if groups.count == MAX_GROUPS {
				break;
			}
			groups.separators[groups.count - 1] = separator;
			at += step;
		}
		groups
	}

	fn lengths(&self, count: usize) -> &[u8] {
		self.lengths.get(..count.min(self.count)).unwrap_or(&[])
	}
	fn separated(&self, count: usize, allowed: &[u8]) -> bool {
		self.separators[..count.saturating_sub(1)].iter().all(|mark| allowed.contains(mark))
	}
	fn same(&self, count: usize, allowed: &[u8]) -> bool {
		self.separated(count, &[self.separators[0]]) && allowed.contains(&self.separators[0])
	}
	fn digits(&self, count: usize) -> usize {
		self.lengths(count).iter().map(|length| usize::from(*length)).sum()
	}
	/// Whether the first groups have these lengths and no group is joined to them.
	fn shape(&self, lengths: &[u8]) -> bool {
		self.lengths(lengths.len()) == lengths && !self.joined(lengths.len())
	}
	fn joined(&self, count: usize) -> bool {
		count < self.count && matches!(self.separators[count - 1], b'-' | b'/')
	}
}

/// What marks may stand between the groups of a telephone number.
const PHONE: &[u8] = b" -./)(~";

/// A number: what it is part of.
pub(super) fn number(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let before = scan.before(index, 1);
	// The rest of a code that began before it was looked at there.
	if token.gap == Gap::None && before.is_mark(b'-') && before.gap == Gap::None {
		let head = scan.before(index, 2);
		if head.is_mark(b'*') || scan.one_of(head, words!["xx", "xxx", "xxxx"]) {
			if token.length == 4 {
				scan.add(index, index + 1, Class::Ssn, "ssn-masked");
			}
			return None;
		}
		if matches!(head.kind, Kind::Word | Kind::Mixed) && !head.is(Role::LABELS) {
			return None;
		}
	}
	if scan.measured(index + 1) && token.length < 7 {
		return age(scan, index);
	}
	let groups = Groups::read(scan, index);
	contact_number(scan, index, &groups)
		.or_else(|| date::number(scan, index))
		.or_else(|| age(scan, index))
		.or_else(|| place::number(scan, index))
		.or_else(|| label::behind(scan, index, index + 1))
		.or_else(|| plain(scan, index, &groups))
}

/// Telephones, national numbers, cards, addresses in networks.
fn contact_number(scan: &mut Scan<'_>, index: usize, groups: &Groups) -> Option<usize> {
	let plus = scan.before(index, 1).is_mark(b'+')
		|| (scan.before(index, 1).is_mark(b'(') && scan.before(index, 2).is_mark(b'+'));
	let open = usize::from(scan.before(index, 1).is_mark(b'('));
	let from = index - open.min(index);
	let phone = if label::near(scan, from, Role::FAX) { Class::Fax } else { Class::Phone };
	if groups.count >= 4
		&& groups.same(4, b".")
		&& groups.lengths(4).iter().all(|length| *length <= 3)
		&& (0..4).all(|n| scan.value(scan.before(groups.ends[n], 1)).is_some_and(|v| v < 256))
	{
		scan.add(index, groups.ends[3], Class::Ip, "ipv4");
		return Some(groups.ends[3]);
	}
	if groups.shape(&[3, 2, 4]) && groups.same(3, b"- .~") {
		scan.add(index, groups.ends[2], Class::Ssn, "ssn-shape");
		return Some(groups.ends[2]);
	}
	if plus {
		let count = (1..=groups.count)
			.rev()
			.find(|count| groups.digits(*count) <= 15 && groups.separated(*count, PHONE))?;
		if groups.digits(count) >= 8 {
			let from = from.saturating_sub(1);
			return Some(extension(
				scan,
				from,
				groups.ends[count - 1],
				phone,
				"phone-international",
			));
		}
	}
	for lengths in [&[1, 3, 3, 4][..], &[3, 3, 4], &[4, 4, 4, 4], &[4, 6, 5], &[5, 4]] {
		if !groups.shape(lengths) {
			continue;
		}
		let end = groups.ends[lengths.len() - 1];
		match lengths {
			[5, 4] if groups.same(2, b"-") => {
				scan.add(index, end, Class::Location, "zip-plus-4");
				return Some(end);
			},
			[5, 4] => {},
			[4, ..] if groups.separated(lengths.len(), b"- .") => {
				scan.add(index, end, Class::Account, "card-shape");
				return Some(end);
			},
			[4, ..] => {},
			_ if groups.separated(lengths.len(), PHONE) && !groups.same(lengths.len(), b"/") => {
				return Some(extension(scan, from, end, phone, "phone-shape"));
			},
			_ => {},
		}
	}
	// 1-800-FLOWERS
	if groups.count <= 2 {
		let end = groups.ends[groups.count - 1];
		let (dash, word) = (scan.at(end), scan.at(end + 1));
		if scan
			.value(scan.before(end, 1))
			.is_some_and(|v| matches!(v, 800 | 833 | 844 | 855 | 866 | 877 | 888))
			&& dash.is_mark(b'-')
			&& word.is_word()
			&& word.gap == Gap::None
		{
			let to = scan.chunk(end + 1);
			scan.add(index, to, phone, "phone-letters");
			return Some(to);
		}
	}
	// National forms that begin with a zero.
	if scan.slice(scan.at(index)).starts_with('0') && scan.at(index).length >= 2 {
		let count = (2..=groups.count).find(|count| {
			matches!(groups.digits(*count), 10 | 11) && groups.separated(*count, PHONE)
		});
		if let Some(count) = count {
			let end = groups.ends[count - 1];
			if !groups.joined(count) && !groups.separated(count, b".") {
				return Some(extension(scan, from, end, phone, "phone-national"));
			}
		}
	}
	// Local numbers.
	if groups.shape(&[3, 4])
		&& groups.same(2, b"-.")
		&& !scan.measured(groups.ends[1])
		&& (groups.separators[0] == b'-' || label::near(scan, from, Role::PHONE.or(Role::FAX)))
	{
		return Some(extension(scan, from, groups.ends[1], phone, "phone-local"));
	}
	None
}

/// A telephone number with the extension behind it.
pub(super) fn extension(
	scan: &mut Scan<'_>,
	from: usize,
	to: usize,
	class: Class,
	rule: &'static str,
) -> usize {
	let mut end = to;
	let mut at = to;
	while matches!(scan.at(at).mark, b',' | b'(') {
		at += 1;
	}
	let word = scan.at(at);
	if scan.one_of(word, words!["ext", "x", "extension", "extn"]) {
		at += 1;
		while matches!(scan.at(at).mark, b'.' | b':' | b'#') {
			at += 1;
		}
		if scan.at(at).kind == Kind::Number {
			end = at + 1;
		}
	} else if word.kind == Kind::Mixed && word.length <= 8 && {
		let text = scan.slice(word).to_ascii_lowercase();
		text.strip_prefix("ext")
			.or_else(|| text.strip_prefix('x'))
			.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
	} {
		end = at + 1;
	}
	scan.add(from, end, class, rule);
	end
}

/// An age over 89.
fn age(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if !scan.value(token).is_some_and(|age| (90..=125).contains(&age)) || token.length > 3 {
		return None;
	}
	let mut at = index + 1;
	while scan.at(at).is_mark(b'-') {
		at += 1;
	}
	let (next, then) = (scan.at(at), scan.at(at + 1));
	// y.o., y/o
	let short = scan.one_of(next, words!["y"])
		&& (scan.one_of(then, words!["o"])
			|| (matches!(then.mark, b'/' | b'.') && scan.one_of(scan.at(at + 2), words!["o"])));
	let old = |from: usize| {
		(from..from + 3).any(|n| {
			scan.one_of(
				scan.at(n),
				words!["old", "age", "man", "woman", "male", "female", "lady", "gentleman"],
			)
		})
	};
	let years =
		next.is(Role::YEAR_WORD) && (scan.one_of(next, words!["yo", "yrs", "yr"]) || old(at + 1));
	let sex = next.gap == Gap::Space
		&& (scan.one_of(next, words!["yo", "male", "female"])
			|| (scan.one_of(next, words!["m", "f"])
				&& token.gap == Gap::Line
				&& then.gap == Gap::Space));
	let before =
		(1..=4).map(|by| scan.before(index, by)).take_while(|token| token.kind != Kind::Edge).any(
			|token| scan.one_of(token, words!["age", "aged", "ages", "turning", "turned", "turns"]),
		) || (scan.one_of(scan.before(index, 1), words!["is", "im", "am", "i'm", "was"])
			&& next.is_mark(b',')
			&& scan.one_of(then, words!["and", "lives", "living"]));
	let birthday = scan.one_of(then, words!["birthday"]);
	if (short || years || sex || before || birthday) && !next.is_mark(b'+') && !next.is_mark(b'/') {
		scan.add(index, index + 1, Class::Age, "age-over-89");
		return Some(index + 1);
	}
	None
}

/// Numbers that are too long, or too oddly put together, for a value.
fn plain(scan: &mut Scan<'_>, index: usize, groups: &Groups) -> Option<usize> {
	let token = scan.at(index);
	let before = scan.before(index, 1);
	let count =
		(1..=groups.count).take_while(|count| groups.separated(*count, b"-")).last().unwrap_or(1);
	let end = groups.ends[count - 1];
	if count > 1 {
		let digits = groups.digits(count);
		let long = groups.lengths(count).iter().any(|length| *length >= 5);
		let ndc = label::near_word(
			scan,
			index,
			words!["ndc", "loinc", "cpt", "pmid", "doi", "isbn", "icd"],
		);
		let many = digits >= 8 && long || digits >= 6 && count > 2;
		if many && !scan.measured(end) && !ndc {
			scan.add(index, end, Class::OtherId, "number-grouped");
			return Some(end);
		}
	}
	let published = label::near_word(
		scan,
		index,
		words!["pmid", "ndc", "doi", "pmcid", "nct", "rxcui", "snomed", "loinc"],
	);
	if token.length >= 7 && !scan.measured(index + 1) && !published {
		let decimal =
			scan.before(index, 1).is_mark(b'.') && scan.before(index, 2).kind == Kind::Number;
		if decimal {
			return place::coordinates(scan, index);
		}
		let text = scan.slice(token);
		let class = match token.length {
			10 if text.as_bytes().first().is_some_and(|byte| (b'2'..=b'9').contains(byte)) => {
				Class::Phone
			},
			8 | 12 | 14 if date::digits(text) => Class::Date,
			_ => Class::OtherId,
		};
		// Decimals of a value, or the fraction behind: 12345678.5.
		scan.add(index, index + 1, class, "number-long");
		return Some(index + 1);
	}
	// A cell of a table, or a number in parentheses behind a name.
	let next = scan.at(end);
	let cell = before.is_mark(b'|') && next.is_mark(b'|') && token.length >= 5;
	let of_name = before.is_mark(b'(')
		&& next.is_mark(b')')
		&& groups.digits(count) >= 5
		&& index >= 2
		&& scan.is_name(index - 2);
	if (cell || of_name) && !scan.measured(end) {
		scan.add(index, end, Class::RecordNumber, "number-beside-name");
		return Some(end);
	}
	if token.length >= 4 && before.is_mark(b'#') && before.gap != Gap::None {
		scan.add(index, index + 1, Class::OtherId, "number-sign");
		return Some(index + 1);
	}
	if token.length >= 5 && before.is(Role::PERSON) && token.gap == Gap::Space {
		scan.add(index, index + 1, Class::RecordNumber, "number-of-person");
		return Some(index + 1);
	}
	place::coordinates(scan, index)
}

/// Prefixes of codes that are published: trials, variants, articles, compounds, devices' models.
const PUBLISHED: &[&str] = &[
	"nct", "rs", "pmc", "pmid", "doi", "chembl", "azd", "bnt", "mk", "pf", "bms", "amg", "gsk",
	"ly", "cas", "ensg", "omim", "isrctn", "eudract", "mesh", "umls", "rxcui", "hla", "sars",
	"covid", "icd", "dsm",
];

/// Letters and digits together.
pub(super) fn mixed(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if let Some(next) = date::ordinal(scan, index) {
		return Some(next);
	}
	let text = scan.slice(token);
	let bytes = text.as_bytes();
	let digits_first = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
	let suffix = text.get(digits_first..).unwrap_or("");
	// 92yo, 95F; but not a temperature of 98F.
	let warm = label::near_word(
		scan,
		index,
		words!["t", "temp", "temperature", "fever", "tmax", "febrile", "of"],
	);
	if matches!(digits_first, 2 | 3)
		&& ["yo", "y", "yr", "yrs", "m", "f", "yom", "yof"]
			.iter()
			.any(|s| suffix.eq_ignore_ascii_case(s))
		&& text[..digits_first].parse::<u32>().is_ok_and(|age| (90..=125).contains(&age))
		&& (suffix.len() > 1
			|| suffix.eq_ignore_ascii_case("y")
			|| (suffix == "F" && !warm)
			|| suffix == "M")
	{
		scan.add(index, index + 1, Class::Age, "age-over-89-short");
		return Some(index + 1);
	}
	if let Some(next) = place::number(scan, index) {
		return Some(next);
	}
	code(scan, index)
}

/// A code: letters and digits, and marks between them.
pub(super) fn code(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let before = scan.before(index, 1);
	if token.gap == Gap::None
		&& matches!(before.mark, b'-' | b'/' | b'.' | b'_')
		&& before.gap == Gap::None
	{
		// Not the beginning.
		return None;
	}
	if let Some(next) = grouped_code(scan, index) {
		return Some(next);
	}
	let end = scan.chunk(index);
	let (letters, digits) = scan.counts(index, end);
	if digits < 4 || letters == 0 || scan.measured(end) {
		return None;
	}
	let text = scan.text.get(token.start as usize..scan.before(end, 1).end as usize).unwrap_or("");
	let lower = text.to_ascii_lowercase();
	let head: String = lower.chars().take_while(char::is_ascii_alphabetic).collect();
	if PUBLISHED.contains(&head.as_str()) || lower.contains('/') && digits < 7 {
		return None;
	}
	// 1000mg, 2019-nCoV, 25000units
	let leading = lower.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
	let tail = lower.get(leading..).unwrap_or("");
	if leading > 0
		&& (matches!(
			tail,
			"mg" | "mcg"
				| "ml" | "g" | "kg"
				| "iu" | "units"
				| "unit" | "u"
				| "k" | "cm" | "mm"
				| "s" | "hz" | "l"
				| "kcal" | "cal"
				| "x" | "h" | "hrs"
				| "th" | "st"
				| "nd" | "rd"
				| "ncov" | "mmol"
				| "ng" | "pg"
		) || tail.starts_with("mg/")
			|| tail.starts_with("units/")
			|| tail.contains("/ml")
			|| tail.contains("-year"))
	{
		return None;
	}
	let compact: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
	let class = if compact.len() == 17
		&& digits >= 4
		&& !compact.iter().any(|byte| matches!(byte | 0x20, b'i' | b'o' | b'q'))
	{
		Class::Vehicle
	} else if compact.len() == 11 && is_mbi(&compact) {
		Class::PlanNumber
	} else if compact.len() >= 15
		&& compact[..2].iter().all(u8::is_ascii_alphabetic)
		&& compact[2..4].iter().all(u8::is_ascii_digit)
	{
		Class::Account
	} else if digits >= 5 && digits + letters >= 6 && !genetic(&lower) {
		Class::OtherId
	} else if digits == 4
		&& letters >= 2
		&& end - index == 1
		&& token.case == Case::Upper
		&& token.length >= 7
	{
		Class::OtherId
	} else {
		return None;
	};
	scan.add(index, end, class, "code-shape");
	Some(end)
}

/// Changes of genes and proteins: `c.5266dupC`, `p.Val600Glu`, `m.3243A>G`.
fn genetic(lower: &str) -> bool {
	let bytes = lower.as_bytes();
	bytes.get(1) == Some(&b'.') && matches!(bytes.first(), Some(b'c' | b'p' | b'g' | b'm' | b'n'))
		|| lower.contains("del")
		|| lower.contains("dup")
		|| lower.contains("ins")
}

/// The pattern of a Medicare Beneficiary Identifier: digits and letters in fixed places.
fn is_mbi(text: &[u8]) -> bool {
	b"NAXNAXNAANN".iter().zip(text).all(|(kind, byte)| match kind {
		b'N' => byte.is_ascii_digit(),
		b'A' => byte.is_ascii_alphabetic(),
		_ => byte.is_ascii_alphanumeric(),
	})
}

/// Codes in groups with blanks between: `1EG4 TE5 MK73`, `DE89 3704 0044 0532 0130 00`.
fn grouped_code(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.length != 4 || token.kind != Kind::Mixed {
		return None;
	}
	let mut text: Vec<u8> = scan.slice(token).bytes().collect();
	let mut end = index + 1;
	let iban =
		text[..2].iter().all(u8::is_ascii_alphabetic) && text[2..].iter().all(u8::is_ascii_digit);
	while end - index < 9 {
		let next = scan.at(end);
		if next.gap != Gap::Space || next.length > 4 || !(next.has_digit()) {
			break;
		}
		text.extend(scan.slice(next).bytes());
		end += 1;
	}
	if end - index == 3 && text.len() == 11 && is_mbi(&text) {
		scan.add(index, end, Class::PlanNumber, "mbi-grouped");
		return Some(end);
	}
	if iban && text.len() >= 15 {
		scan.add(index, end, Class::Account, "iban-grouped");
		return Some(end);
	}
	None
}
