// SPDX-License-Identifier: Apache-2.0
//! Places smaller than a state. States and countries stay, unless they are part of an address.

use super::{
	lexicon::{fold_char, words, Key, Role},
	name,
	scan::Scan,
	token::{Case, Gap, Kind, Token},
};
use crate::Class;

/// Words of streets that also end a sentence about something else, when they are small.
const VAGUE_STREETS: &[u64] = words![
	"walk", "run", "path", "point", "way", "place", "row", "close", "square", "court", "cove",
	"dr", "st", "pt", "park", "cross", "circle", "drive", "route", "ridge", "bend", "crossing",
	"loop", "heights", "commons", "hollow", "ct", "cir", "pl", "via", "rue", "terrace", "gardens",
	"alley", "trail", "plaza", "mews", "pass", "pike", "crescent", "pkwy", "ter",
];

/// Hospitals that are called by one word.
const FAMOUS: &[u64] = words![
	"ucla",
	"ucsf",
	"mgh",
	"upmc",
	"nyu",
	"bidmc",
	"mskcc",
	"kaiser",
	"permanente",
	"hopkins",
	"geisinger",
	"intermountain"
];

/// A number that a house or a ZIP code may be.
pub(super) fn number(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	zip(scan, index).or_else(|| street(scan, index))
}

fn zip(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.kind != Kind::Number || token.length != 5 {
		return None;
	}
	let comma = usize::from(scan.before(index, 1).is_mark(b','));
	let before = scan.before(index, 1 + comma);
	let labelled = (1..=3).any(|by| {
		scan.one_of(scan.before(index, by), words!["zip", "zipcode", "postal", "postcode"])
	});
	let state = (before.is(Role::STATE_CODE) && matches!(before.case, Case::Upper | Case::Title))
		|| before.is(Role::STATE);
	if labelled || (state && !scan.measured(index + 1)) {
		let from = if state { index - 1 - comma } else { index };
		scan.add(from, index + 1, Class::Location, "zip-code");
		return Some(index + 1);
	}
	None
}

/// A house number, a street and what follows.
fn street(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.length > 6
		|| (token.kind == Kind::Number
			&& scan.before(index, 1).is_mark(b'.')
			&& token.gap == Gap::None)
	{
		return None;
	}
	let mut at = index + 1;
	// 12-14, 12 1/2
	if scan.at(at).is_mark(b'-')
		&& scan.at(at + 1).kind == Kind::Number
		&& scan.at(at).gap == Gap::None
	{
		at += 2;
	}
	let begin = at;
	let (mut words, mut end) = (0, None);
	while at - begin <= 6 {
		let next = scan.at(at);
		if next.gap == Gap::Line || next.kind == Kind::Edge {
			break;
		}
		if next.is_mark(b'.') && at > begin {
			at += 1;
			continue;
		}
		if next.is_mark(b'\'') || next.is_mark(b'-') {
			at += 1;
			continue;
		}
		if next.kind == Kind::Mixed {
			// 5th
			if next.length > 5 {
				break;
			}
			words += 1;
			at += 1;
			continue;
		}
		if !next.is_word() {
			break;
		}
		let small = next.case == Case::Lower;
		if next.is(Role::STREET)
			&& words > 0
			&& !(small && scan.one_of(next, VAGUE_STREETS) && !capitals_before(scan, begin, at))
		{
			// "Park Street": the last of them.
			end = Some(at + 1);
			let then = scan.at(at + 1);
			if !(then.is(Role::STREET) && then.gap == Gap::Space && then.capital()) {
				break;
			}
		}
		if (small
			&& next.lexical.english() >= 5
			&& !next.is(Role::DIRECTION)
			&& !next.is(Role::HOMONYM))
			|| next.is(Role::MEASURE)
			|| words >= 4
			|| scan.one_of(
				next,
				words!["and", "or", "of", "to", "the", "with", "in", "for", "days", "hours"],
			) && !scan.one_of(next, words!["the", "of"])
		{
			break;
		}
		words += 1;
		at += 1;
	}
	// "Avenue of the Americas", "Route 9", "Highway 61", "Broadway"
	if end.is_none() {
		let next = scan.at(begin);
		let then = scan.at(begin + 1);
		if next.gap == Gap::Space && scan.one_of(next, words!["broadway"]) && next.capital() {
			end = Some(begin + 1);
		} else if next.capital()
			&& scan.one_of(
				next,
				words!["avenue", "route", "highway", "hwy", "rue", "calle", "via", "road", "rt"],
			) && (then.capital()
			|| then.has_digit()
			|| scan.one_of(then, words!["of", "de", "la"]))
		{
			end = Some(begin + 2);
			if scan.one_of(then, words!["of", "de", "la"]) {
				end = Some(
					begin + 3 + usize::from(scan.one_of(scan.at(begin + 2), words!["the", "la"])),
				);
			}
		}
	}
	let mut end = end?;
	if scan.at(end).is_mark(b'.')
		&& scan.at(end).gap == Gap::None
		&& scan.at(end + 1).gap != Gap::Line
		&& (scan.at(end + 1).mark != 0 || scan.at(end + 1).is(Role::UNIT))
	{
		end += 1;
	}
	if scan.at(end).is(Role::DIRECTION) && scan.at(end).case == Case::Upper {
		end += 1;
	}
	end = unit(scan, end);
	end = city_behind(scan, end);
	scan.add(index, end, Class::Location, "street-address");
	Some(end)
}

fn capitals_before(scan: &Scan<'_>, from: usize, to: usize) -> bool {
	(from..to).any(|at| scan.at(at).capital() || scan.at(at).kind == Kind::Mixed)
}

/// Apartments and the like behind a street.
fn unit(scan: &Scan<'_>, from: usize) -> usize {
	let mut at = from;
	while matches!(scan.at(at).mark, b',' | b'.') {
		at += 1;
	}
	if scan.at(at).is_mark(b'#') && scan.at(at + 1).kind != Kind::Mark {
		return scan.chunk(at + 1);
	}
	if scan.at(at).is(Role::UNIT) {
		at += 1;
		while matches!(scan.at(at).mark, b'.' | b'#') {
			at += 1;
		}
		let value = scan.at(at);
		if value.has_digit() || (value.is_word() && value.length <= 2) {
			return scan.chunk(at);
		}
	}
	from
}

/// Town, state and ZIP code behind a street.
fn city_behind(scan: &Scan<'_>, from: usize) -> usize {
	let mut at = from;
	while at - from < 2 && (scan.at(at).is_mark(b',') || scan.one_of(scan.at(at), words!["in"])) {
		at += 1;
	}
	let begin = at;
	while at - begin < 4
		&& scan.at(at).is_word()
		&& (scan.at(at).capital()
			|| scan.at(at).lexical.city()
			|| (1..=2).any(|before| {
				at + 1 >= begin + before
					&& scan.at(at + 1 - before).lexical.city_start()
					&& (2..=3).any(|words| is_city(scan, at + 1 - before, words))
			})) && (at == begin || scan.at(at).gap == Gap::Space)
		&& (!scan.at(at).is(Role::STATE) || at == begin && is_city(scan, at, 2))
		&& !(scan.at(at).is(Role::STATE_CODE) && scan.at(at).case == Case::Upper)
	{
		at += 1 + usize::from(scan.at(at + 1).is_mark(b'.') && scan.at(at).length == 2);
	}
	if let Some(end) = state_behind(scan, at) {
		return end;
	}
	// A town alone, when it is known: "12 Oak Street, Springfield".
	let known =
		at > begin && (1..=3).rev().any(|words| begin + words <= at && is_city(scan, begin, words));
	if known && begin > from {
		return at;
	}
	from
}

/// A state behind a town, and the ZIP code.
fn state_behind(scan: &Scan<'_>, from: usize) -> Option<usize> {
	let comma = scan.at(from).is_mark(b',');
	let mut at = from + usize::from(comma);
	let state = scan.at(at);
	let zip_after = |at: usize| {
		scan.at(at).kind == Kind::Number && scan.at(at).length == 5 && scan.at(at).gap != Gap::Line
	};
	let code = state.is(Role::STATE_CODE)
		&& (matches!(state.case, Case::Upper)
			|| (comma && !scan.at(at + 1).is_word() && state.lexical.english() < 5)
			|| zip_after(at + 1));
	let two = scan.one_of(state, words!["new", "north", "south", "west", "rhode"])
		&& state.capital()
		&& scan.at(at + 1).capital();
	if !state.is_word() || state.gap == Gap::Line && !comma {
		return None;
	}
	if code || state.is(Role::STATE) {
		at += 1;
	} else if two
		&& scan.one_of(
			scan.at(at + 1),
			words![
				"york",
				"jersey",
				"mexico",
				"hampshire",
				"carolina",
				"dakota",
				"virginia",
				"island"
			],
		) {
		at += 2;
	} else {
		return None;
	}
	let comma = usize::from(scan.at(at).is_mark(b',') && zip_after(at + 1));
	if zip_after(at + comma) {
		at += comma + 1;
		if scan.at(at).is_mark(b'-') && scan.at(at).gap == Gap::None && scan.at(at + 1).length == 4
		{
			at += 2;
		}
	}
	Some(at)
}

/// Whether so many words are the name of a town.
fn is_city(scan: &Scan<'_>, index: usize, words: usize) -> bool {
	city(scan, index, words).is_some()
}

/// Whether so many words are a town, and whether that is a large one.
fn city(scan: &Scan<'_>, index: usize, words: usize) -> Option<bool> {
	city_as(scan, index, words, false).or_else(|| {
		let saint = words > 1 && scan.one_of(scan.at(index), words!["st"]);
		saint.then(|| city_as(scan, index, words, true)).flatten()
	})
}

/// The same, with "St." read as "Saint".
fn city_as(scan: &Scan<'_>, index: usize, words: usize, saint: bool) -> Option<bool> {
	let mut key = Key::new();
	let mut buffer = [0; 4];
	let mut at = index;
	for word in 0..words {
		let token = scan.at(at);
		if saint && word == 0 {
			"saint".bytes().for_each(|byte| key.push(byte));
			at += 1 + usize::from(scan.at(at + 1).is_mark(b'.'));
			continue;
		}
		if !token.is_word() || (word > 0 && token.gap == Gap::Line) {
			return None;
		}
		if word > 0 {
			key.push(b' ');
		}
		let text = scan.slice(token);
		if text.is_ascii() {
			text.bytes().filter(|byte| *byte != b'\'').for_each(|byte| key.push(byte | 0x20));
		}
		for character in text.chars().filter(|c| !text.is_ascii() && !matches!(c, '\'' | '’')) {
			fold_char(character, |c| {
				c.encode_utf8(&mut buffer).bytes().for_each(|byte| key.push(byte))
			});
		}
		at += 1;
		// St. Louis, Winston-Salem
		if scan.at(at).is_mark(b'.') && token.length == 2
			|| (scan.at(at).is_mark(b'-') && word + 1 < words)
		{
			at += 1;
		}
	}
	let (lexical, _) = super::lexicon::Lexicon::shared().ok()?.get(key.finish());
	lexical.city().then(|| lexical.large_city())
}

/// Where a town of so many words ends.
fn city_end(scan: &Scan<'_>, index: usize, words: usize) -> usize {
	let mut at = index;
	for word in 0..words {
		let token = scan.at(at);
		at += 1;
		if word + 1 < words
			&& (scan.at(at).is_mark(b'.') && token.length == 2 || scan.at(at).is_mark(b'-'))
		{
			at += 1;
		}
	}
	at
}

/// Towns, counties, hospitals, schools, employers, boxes.
pub(super) fn word(scan: &mut Scan<'_>, index: usize) {
	let token = scan.at(index);
	let may_be_town =
		token.capital() || scan.before(index, 1).is(Role::IN) || scan.at(index + 1).is_mark(b',');
	if may_be_town
		&& (token.lexical.city_start() || token.lexical.city() || scan.one_of(token, words!["st"]))
	{
		town(scan, index);
	}
	if token.capital() && scan.one_of(token, FAMOUS) {
		scan.add(index, index + 1, Class::Organization, "facility-known");
	}
	if scan.one_of(token, words!["box"]) {
		let number = index + 1 + usize::from(scan.at(index + 1).is_mark(b'#'));
		let (a, b) = (scan.before(index, 1), scan.before(index, 2));
		let from = if scan.one_of(a, words!["po", "pob", "postal"]) {
			Some(index - 1)
		} else if a.is_mark(b'.') && scan.one_of(b, words!["o"]) {
			index.checked_sub(4)
		} else if scan.one_of(a, words!["o"]) && scan.one_of(b, words!["p"]) {
			Some(index - 2)
		} else {
			None
		};
		if let (Some(from), true) = (from, scan.at(number).has_digit()) {
			let end = city_behind(scan, number + 1);
			scan.add(from, end, Class::Location, "post-office-box");
		}
	}
	employer(scan, index);
	if token.roles.0 == 0 {
		return;
	}
	if token.is(Role::FACILITY_HEAD) && token.case != Case::Mixed {
		facility(scan, index);
	}
	if scan.one_of(token, words!["county", "parish", "township", "borough", "precinct"])
		&& token.capital()
	{
		let mut from = index;
		while from > 0
			&& index - from < 3
			&& scan.at(from).gap == Gap::Space
			&& scan.at(from - 1).capital()
			&& !scan.at(from - 1).is(Role::GENERIC_PLACE)
			&& !scan.one_of(scan.at(from - 1), words!["the", "in"])
		{
			from -= 1;
		}
		if from < index && scan.at(index).gap == Gap::Space {
			scan.add(from, index + 1, Class::Location, "county");
		}
	}
	// "on Elm Street", without a number.
	if token.is(Role::STREET) && token.capital() && token.gap == Gap::Space && token.length > 2 {
		let mut from = index;
		while from > 0
			&& index - from < 3
			&& scan.at(from).gap == Gap::Space
			&& scan.at(from - 1).capital()
			&& !scan.at(from - 1).is(Role::NEVER)
		{
			from -= 1;
		}
		if from < index
			&& scan.one_of(scan.before(from, 1), words!["on", "at", "near", "off", "along"])
			&& scan.one_of(
				token,
				words![
					"street",
					"avenue",
					"ave",
					"road",
					"lane",
					"drive",
					"boulevard",
					"blvd",
					"parkway",
					"highway",
					"court",
					"circle"
				],
			) {
			scan.add(from, index + 1, Class::Location, "street");
		}
	}
	if token.is(Role::UNIT)
		&& token.kind == Kind::Word
		&& scan.one_of(token, words!["apt", "apartment", "suite", "ste"])
	{
		let end = unit(scan, index);
		if end > index {
			scan.add(index, end, Class::Location, "apartment");
		}
	}
}

/// Who somebody works for.
fn employer(scan: &mut Scan<'_>, index: usize) {
	let token = scan.at(index);
	// Employers: "works at Initech", "employed by Globex", "Employer: Initech".
	let employed = scan.one_of(token, words!["at", "for", "by", "with"])
		&& scan.one_of(
			scan.before(index, 1),
			words!["works", "worked", "working", "work", "employed", "job", "employee"],
		) || (scan.one_of(token, words!["at", "for"])
		// "works as a welder at Initech"
		&& (3..=5).any(|by| {
			scan.one_of(scan.before(index, by), words!["works", "worked", "working"])
				&& scan.one_of(scan.before(index, by - 1), words!["as"])
		})) || (scan.one_of(token, words!["from"])
		&& scan.one_of(scan.before(index, 1), words!["retired", "fired", "resigned"]))
		|| (scan.one_of(token, words!["employer"])
			&& (scan.at(index + 1).is_mark(b':')
				|| scan.one_of(scan.at(index + 1), words!["is", "was"])));
	if employed {
		let from = index
			+ 1 + usize::from(scan.at(index + 1).is_mark(b':'))
			+ usize::from(scan.one_of(scan.at(index + 1), words!["the", "a", "is", "was"]));
		let mut to = from;
		while to - from < 4
			&& scan.at(to).capital()
			&& (to > from && scan.at(to).gap == Gap::Space
				|| to == from && !scan.at(to).is(Role::NEVER))
		{
			to += 1;
		}
		if to > from && scan.at(from).gap != Gap::Line {
			scan.add(from, to, Class::Organization, "employer");
		}
	}
}

fn town(scan: &mut Scan<'_>, index: usize) {
	let token = scan.at(index);
	let before = scan.before(index, 1);
	let cued = before.is(Role::IN) && token.gap == Gap::Space
		|| (scan.one_of(before, words!["of", "and", "or", ","])
			&& scan.before(index, 2).is(Role::IN)
			&& token.capital());
	let longest =
		if token.lexical.city_start() || scan.one_of(token, words!["st"]) { 4 } else { 1 };
	let ours = scan.one_of(before, words!["our", "the", "their"])
		&& scan.before(index, 2).is(Role::IN)
		&& scan
			.one_of(scan.at(index + 1), words!["office", "area", "clinic", "location", "campus"]);
	let bracketed = before.is_mark(b'(') && scan.before(index, 2).is(Role::FACILITY);
	let cued = cued || bracketed || ours;
	for words in (1..=longest).rev() {
		let Some(large) = city(scan, index, words) else { continue };
		let end = city_end(scan, index, words);
		let capital = token.capital();
		let all_capital =
			capital && (index..end).all(|at| !scan.at(at).is_word() || scan.at(at).capital());
		let state = state_behind(scan, end)
			.filter(|_| all_capital || (scan.at(end).is_mark(b',') && token.lexical.english() < 4));
		// "California, Texas": states in a row are no towns.
		let row = words == 1 && token.is(Role::STATE) && {
			let next = scan.at(end + usize::from(scan.at(end).is_mark(b',')));
			!next.is(Role::STATE_CODE) || next.is(Role::STATE)
		};
		if let Some(state_end) = state.filter(|_| !row) {
			if scan.at(end).is_mark(b',')
				|| scan.at(end).gap == Gap::Space
					&& scan.at(end).is(Role::STATE_CODE.or(Role::STATE))
			{
				scan.add(index, state_end, Class::Location, "town-and-state");
				return;
			}
		}
		let common = words == 1
			&& (token.lexical.english() > 0
				|| token.is(Role::HOMONYM)
				|| token.lexical.clinical()
				|| token.lexical.drug());
		let state_name = words == 1 && token.is(Role::STATE)
			|| (words == 2
				&& scan.one_of(token, words!["new"])
				&& scan.one_of(scan.at(index + 1), words!["york", "jersey", "mexico"]));
		if state_name || token.is(Role::COUNTRY) && words == 1 {
			continue;
		}
		let eponym = words == 1
			&& (token.is(Role::EPONYM) && (!cued || token.possessive)
				|| scan.at(end).is(Role::DISEASE_HEAD));
		let country_behind =
			scan.at(end).is_mark(b',') && scan.at(end + 1).is(Role::COUNTRY) && all_capital;
		let fits = if country_behind {
			true
		} else if large {
			if all_capital {
				(!common || cued) && !eponym && (token.lexical.first() < 2 || cued || words > 1)
			} else {
				token.case == Case::Lower
					&& cued && (words > 1
					|| token.lexical.english() <= 3
						&& !token.lexical.drug()
						&& (!token.is(Role::HOMONYM)
							|| scan.one_of(before, words!["in", "from"])
								&& token.lexical.first() < 3))
			}
		} else if !all_capital {
			// "in idaho falls": small, not large, and no other words than a town's.
			let rare = token.lexical.english() == 0
				&& token.lexical.first() == 0
				&& !token.lexical.clinical()
				&& !token.lexical.drug()
				&& token.length > 4;
			let moved = scan.one_of(before, words!["to"])
				&& scan.one_of(
					scan.before(index, 2),
					words!["moved", "moving", "relocated", "travel", "traveled", "drove", "flew"],
				);
			(moved || scan.one_of(before, words!["in", "from"]))
				&& token.gap == Gap::Space
				&& token.case == Case::Lower
				&& !token.is(Role::NEVER)
				&& (words > 1 || rare)
		} else {
			all_capital
				&& cued && !(common && token.lexical.english() >= 4)
				&& !eponym && !token.is(Role::NEVER)
		};
		// "Boston" of a hospital is found with it.
		if fits {
			scan.add(index, end, Class::Location, "town");
			return;
		}
	}
}

/// A hospital, practice or school: the words before its kind.
fn facility(scan: &mut Scan<'_>, index: usize) {
	let head = scan.at(index);
	let small = head.case == Case::Lower;
	let mut from = index;
	let mut proper = false;
	while from > 0 && index - from < 7 {
		let token = scan.at(from - 1);
		let gap = scan.at(from).gap;
		if gap == Gap::Line || token.kind == Kind::Edge {
			break;
		}
		if token.is_mark(b'-')
			|| token.is_mark(b'&')
			|| (token.is_mark(b'.')
				&& scan.before(from, 2).length <= 2
				&& scan.before(from, 2).is_word())
			|| token.is_mark(b'\'')
		{
			from -= 1;
			continue;
		}
		let link = scan.one_of(token, words!["of", "the", "and", "for"]);
		if link {
			// "University of Utah Hospital": only if a capital stands before.
			let before = scan.before(from, 2);
			if !(before.capital() && !before.is(Role::NEVER))
				|| small || scan.one_of(token, words!["the", "and", "for"])
				&& !before.is(Role::FACILITY)
				&& !(scan.one_of(token, words!["and"]) && before.lexical.english() < 3)
			{
				break;
			}
			from -= 1;
			continue;
		}
		if !token.is_word() || !token.capital() || token.is(Role::TITLE) {
			break;
		}
		let saint = scan.one_of(token, words!["st", "mt", "ft", "saint", "mount"]);
		// "Swedish Medical Center", "Baptist Memorial Hospital"
		let next = scan.at(from);
		let qualified = from < index
			&& scan.one_of(
				next,
				words!["medical", "memorial", "general", "regional", "community", "university"],
			) && next.case == Case::Title
			&& head.case == Case::Title
			&& token.case == Case::Title
			&& token.length > 3
			&& token.lexical.english() < 5;
		proper |= qualified;
		let generic =
			token.is(Role::GENERIC_PLACE) || token.is(Role::FACILITY) && !token.is(Role::EPONYM);
		if !generic || saint {
			// "Good Samaritan Hospital": in the middle of a sentence its capital belongs to the name.
			let inside =
				proper && token.gap == Gap::Space && scan.before(from, 2).case == Case::Lower;
			if token.is(Role::NEVER)
				&& !qualified
				&& !saint && !token.is(Role::DIRECTION)
				&& !token.is(Role::COUNTRY)
				&& !(inside && token.is(Role::HOMONYM))
				|| token.is(Role::PERSON_VERB) && token.gap == Gap::Line
			{
				break;
			}
			proper = true;
		}
		from -= 1;
	}
	while from < index
		&& (scan.at(from).kind == Kind::Mark
			|| scan.one_of(scan.at(from), words!["of", "the", "and", "for"])
			|| scan.at(from).is(Role::GENERIC_PLACE)
				&& scan.at(from).lexical.english() >= 4
				&& scan.at(from).is(Role::NEVER)
				&& !(scan.at(from).is(Role::HOMONYM)
					&& scan.at(from).case == Case::Title
					&& scan.before(from, 1).case == Case::Lower))
	{
		from += 1;
	}
	if !proper || from == index {
		// "University of Nowhere", "Bank of America"
		if head.capital()
			&& scan.one_of(
				head,
				words!["university", "college", "bank", "institute", "hospital", "hospitals"],
			) && scan.one_of(scan.at(index + 1), words!["of"])
		{
			let mut to = index + 2;
			while to - index < 7 && scan.at(to).capital() && scan.at(to).gap == Gap::Space {
				to += 1;
			}
			if to > index + 2 {
				scan.add(index, to, Class::Organization, "facility-of");
			}
		}
		return;
	}
	// Single words of English before a small head are no names: "Referral clinic".
	if small && (from..index).all(|at| !name::is_proper(scan.at(at))) {
		return;
	}
	let words = (from..index).filter(|at| scan.at(*at).is_word()).count();
	let first = scan.at(from);
	let lone =
		words == 1 && first.gap == Gap::Line || words == 1 && scan.before(from, 1).is_mark(b'.');
	if (lone && first.lexical.english() >= 3 && !first.is(Role::HOMONYM))
		|| first.lexical.clinical() && words == 1 && first.lexical.english() > 0
		|| (words == 1
			&& first.lexical.english() >= 3
			&& scan.one_of(head, words!["health", "center", "group", "village", "associates"]))
	{
		return;
	}
	let mut to = index + 1;
	while scan.at(to).is(Role::FACILITY)
		&& scan.at(to).capital()
		&& scan.at(to).gap == Gap::Space
		&& to - index < 5
	{
		to += 1;
	}
	scan.add(from, to, Class::Organization, "facility");
}

/// Latitude and longitude.
pub(super) fn coordinates(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let decimals = |at: usize| {
		scan.at(at).kind == Kind::Number
			&& scan.at(at).length <= 3
			&& scan.at(at + 1).is_mark(b'.')
			&& scan.at(at + 2).kind == Kind::Number
			&& scan.at(at + 2).gap == Gap::None
			&& scan.at(at + 2).length >= 3
	};
	if !decimals(index) {
		return None;
	}
	let mut at = index + 3;
	while at - index < 9
		&& (scan.at(at).mark != 0
			|| scan.at(at).kind == Kind::Mark
			|| (scan.at(at).is_word() && scan.at(at).length == 1))
	{
		at += 1;
	}
	if decimals(at) && at > index + 3 {
		let end = at + 3;
		scan.add(index, end, Class::Location, "coordinates");
		return Some(end);
	}
	None
}

/// Whether a token is a state in an address; names are not taken from there.
pub(super) fn is_region(token: &Token) -> bool {
	token.is(Role::STATE) || token.is(Role::COUNTRY)
}
