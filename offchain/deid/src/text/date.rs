// SPDX-License-Identifier: Apache-2.0
//! Dates in every spelling. A year alone stays, and so does "three days ago".

use super::{
	lexicon::{words, Role},
	scan::Scan,
	token::{Case, Gap, Kind, Token},
};
use crate::Class;

/// Months that are also words; alone and small they are no dates.
const WORDS: &[u64] = words![
	"may", "march", "mar", "mars", "mai", "sept", "dec", "jun", "jan", "mayo", "set", "jul", "nov",
	"oct"
];
const DAYS: &[u64] =
	words!["mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun"];

/// Whether digits without marks are a date, or one with the time.
pub(super) fn digits(text: &str) -> bool {
	let number =
		|from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok());
	let date = |year: Option<u32>, month: Option<u32>, day: Option<u32>| {
		year.is_some_and(|y| (1880..=2099).contains(&y))
			&& month.is_some_and(|m| (1..=12).contains(&m))
			&& day.is_some_and(|d| (1..=31).contains(&d))
	};
	date(number(0, 4), number(4, 6), number(6, 8))
		|| (text.len() == 8 && date(number(4, 8), number(0, 2), number(2, 4)))
		|| (text.len() == 8 && date(number(4, 8), number(2, 4), number(0, 2)))
}

/// Where a date of numbers alone ends.
pub(super) fn numeric(scan: &Scan<'_>, index: usize) -> Option<usize> {
	// The rest of a row of values: 7.36/41/88/23.
	let before = scan.before(index, 1);
	if before.is_mark(b'/')
		&& before.gap == Gap::None
		&& scan.at(index).gap == Gap::None
		&& scan.before(index, 2).kind == Kind::Number
	{
		return None;
	}
	let (a, mark, b, second, c) = (
		scan.at(index),
		scan.at(index + 1),
		scan.at(index + 2),
		scan.at(index + 3),
		scan.at(index + 4),
	);
	if scan.before(index, 1).is_mark(b'.') && a.gap == Gap::None {
		return None;
	}
	// Blanks around the marks: 3 / 4 / 2024.
	let tight = mark.gap == Gap::None && b.gap == Gap::None;
	if !matches!(mark.mark, b'/' | b'-' | b'.')
		|| b.kind != Kind::Number
		|| mark.gap == Gap::Line
		|| b.gap == Gap::Line
	{
		return None;
	}
	let (first, next) = (scan.value(a)?, scan.value(b)?);
	let short = |token: &Token| token.length <= 2;
	if second.mark == mark.mark && second.gap == mark.gap && c.has_digit() && c.gap == b.gap {
		if short(a) && short(b) && c.kind == Kind::Number {
			// A shape is enough: a date that no calendar has may be a mistyped one.
			let dots = mark.mark == b'.' && c.length != 4;
			let plausible = (1..=12).contains(&first) && (1..=31).contains(&next)
				|| (1..=31).contains(&first) && (1..=12).contains(&next);
			let third = scan.value(c)?;
			let joined = matches!(scan.at(index + 5).mark, b'/' | b'-')
				&& scan.at(index + 5).gap == Gap::None
				&& scan.at(index + 6).kind == Kind::Number;
			if (c.length == 4 && (1800..=2100).contains(&third) && (tight || plausible))
				|| (c.length == 2 && tight && !dots && !joined && (mark.mark == b'/' || plausible))
				|| (dots && plausible && c.length == 2 && cue(scan, index))
			{
				return Some(index + 5);
			}
		}
		// 2024-03-15, and 2024-03-15T14:30:00Z
		if tight && scan.is_year(a) && short(b) && (1..=12).contains(&next) {
			if c.kind == Kind::Number && short(c) {
				return Some(index + 5);
			}
			if c.kind == Kind::Mixed
				&& scan.slice(c).as_bytes().get(2).is_some_and(|b| b | 0x20 == b't')
			{
				let mut end = index + 5;
				while scan.at(end).gap == Gap::None
					&& (scan.at(end).has_digit()
						|| matches!(scan.at(end).mark, b':' | b'.' | b'+' | b'-'))
					&& end - index < 16
				{
					end += 1;
				}
				if scan.before(end, 1).is_mark(b'.') {
					end -= 1;
				}
				return Some(end);
			}
		}
		return None;
	}
	if !tight {
		return None;
	}
	// 03/2024, 2024-03, 2024/03
	let joined = matches!(second.mark, b'/' | b'-')
		&& second.gap == Gap::None
		&& c.has_digit()
		&& c.gap == Gap::None;
	if mark.mark != b'.' && !joined {
		if short(a)
			&& (1..=12).contains(&first)
			&& scan.is_year(b)
			&& (mark.mark == b'/' || cue(scan, index) || a.length == 2)
		{
			return Some(index + 3);
		}
		if scan.is_year(a) && b.length == 2 && (1..=12).contains(&next) {
			return Some(index + 3);
		}
		if mark.mark == b'/' && short(a) && short(b) && month_day(scan, index, first, next) {
			return Some(index + 3);
		}
	}
	None
}

/// Month and day without a year look like a fraction, a score or a pressure: the words around decide.
fn month_day(scan: &Scan<'_>, index: usize, first: u32, second: u32) -> bool {
	let plausible = (1..=12).contains(&first) && (1..=31).contains(&second)
		|| (1..=31).contains(&first) && (1..=12).contains(&second);
	if !plausible || scan.measured(index + 3) || scan.at(index + 3).is_mark(b'"') {
		return false;
	}
	let score = (1..=5).map(|by| scan.before(index, by)).take_while(|t| t.kind != Kind::Edge).any(
		|token| {
			scan.one_of(
				token,
				words![
					"pain",
					"strength",
					"score",
					"scored",
					"scale",
					"rated",
					"rates",
					"power",
					"reflexes",
					"grade",
					"gcs",
					"moca",
					"mmse",
					"motor",
					"severity",
					"intensity",
					"murmur",
					"apgar",
					"apgars",
					"vision",
					"acuity",
					"bp",
					"stage",
					"dtrs",
					"pulses",
					"phq",
				],
			)
		},
	) || (3..=6).any(|by| {
		scan.one_of(
			scan.at(index + by),
			words![
				"pain",
				"strength",
				"murmur",
				"scale",
				"systolic",
				"reflexes",
				"intensity",
				"severity",
				"bottles",
				"criteria",
				"positive",
				"nodes",
				"cores",
				"sirs",
				"tablet",
				"cup"
			],
		)
	});
	if score {
		return false;
	}
	let before = scan.before(index, 1);
	let firm = before.is(Role::DATE_CUE)
		&& !scan.one_of(
			before,
			words![
				"as", "of", "from", "to", "around", "between", "through", "by", "before", "after",
				"last", "next", "is", "was"
			],
		);
	if matches!(second, 5 | 10) && first <= second {
		return firm;
	}
	firm || before.is(Role::DATE_CUE)
		|| (before.is_mark(b':') && scan.before(index, 2).is(Role::DATE_CUE))
		|| (before.is_mark(b'-')
			&& scan.before(index, 2).kind == Kind::Number
			&& scan.before(index, 3).is_mark(b'/'))
		|| (before.is(Role::WEEKDAY)
			|| before.is_mark(b',') && scan.before(index, 2).is(Role::WEEKDAY))
		|| (scan.at(index).gap == Gap::Line
			&& (scan.at(index + 3).is_mark(b':') || scan.at(index + 3).is_mark(b'-')))
		|| (second > 12
			&& scan.one_of(scan.at(index + 3), words!["at", "to", "and", "visit", "appointment"])
			&& before.is(Role::DATE_CUE))
}

fn cue(scan: &Scan<'_>, index: usize) -> bool {
	scan.before(index, 1).is(Role::DATE_CUE)
		|| (scan.before(index, 1).mark != 0 && scan.before(index, 2).is(Role::DATE_CUE))
}

/// A date that begins with a number.
pub(super) fn number(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	if let Some(end) = numeric(scan, index) {
		let end = time(scan, end);
		scan.add(index, end, Class::Date, "date-numeric");
		return Some(end);
	}
	let value = scan.value(scan.at(index))?;
	if (1..=31).contains(&value) && scan.at(index).length <= 2 {
		return day_month(scan, index, index + 1);
	}
	// 2024 March 15, 2024-Mar-15
	if scan.is_year(scan.at(index)) {
		let at = index + 1 + usize::from(matches!(scan.at(index + 1).mark, b'-' | b'/'));
		if scan.at(at).is(Role::MONTH)
			&& scan.at(at).gap <= Gap::Space
			&& !scan.at(at).is(Role::HOMONYM)
		{
			let day = at + 1 + usize::from(matches!(scan.at(at + 1).mark, b'-' | b'/'));
			let end =
				if scan.at(day).has_digit() && scan.at(day).length <= 4 { day + 1 } else { at + 1 };
			scan.add(index, end, Class::Date, "date-year-month");
			return Some(end);
		}
	}
	None
}

/// `3rd of March`, `12th`
pub(super) fn ordinal(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let text = scan.slice(token);
	// 15Mar2024
	if text.is_ascii() {
		let lower = text.to_ascii_lowercase();
		let day = lower.bytes().take_while(u8::is_ascii_digit).count();
		let month = lower[day..].bytes().take_while(u8::is_ascii_alphabetic).count();
		let year = lower.len() - day - month;
		if (1..=2).contains(&day)
			&& month >= 3
			&& matches!(year, 2 | 4)
			&& is_month(&lower[day..day + month])
		{
			scan.add(index, index + 1, Class::Date, "date-joined");
			return Some(index + 1);
		}
	}
	if !is_ordinal(scan, token) {
		return None;
	}
	day_month(scan, index, index + 1).or_else(|| {
		// "on the 12th"
		let on = scan.one_of(scan.before(index, 1), words!["the"])
			&& scan.one_of(scan.before(index, 2), words!["on", "since", "until", "by"]);
		let next = scan.at(index + 1);
		let alone = !next.is_word()
			|| next.gap == Gap::Line
			|| scan.one_of(
				next,
				words!["at", "and", "for", "of", "with", "to", "i", "he", "she", "we"],
			);
		(on && alone).then(|| {
			let end =
				if scan.one_of(next, words!["at"]) { time(scan, index + 1) } else { index + 1 };
			scan.add(index, end, Class::Date, "date-day");
			end
		})
	})
}

fn is_month(word: &str) -> bool {
	[
		"jan",
		"feb",
		"mar",
		"apr",
		"may",
		"jun",
		"jul",
		"aug",
		"sep",
		"sept",
		"oct",
		"nov",
		"dec",
		"january",
		"february",
		"march",
		"april",
		"june",
		"july",
		"august",
		"september",
		"october",
		"november",
		"december",
	]
	.contains(&word)
}

fn is_ordinal(scan: &Scan<'_>, token: &Token) -> bool {
	let text = scan.slice(token).as_bytes();
	token.kind == Kind::Mixed
		&& (3..=4).contains(&text.len())
		&& text[..text.len() - 2].iter().all(u8::is_ascii_digit)
		&& [b"st", b"nd", b"rd", b"th"]
			.iter()
			.any(|end| text[text.len() - 2..].eq_ignore_ascii_case(*end))
}

/// A day with the month behind it.
fn day_month(scan: &mut Scan<'_>, index: usize, after: usize) -> Option<usize> {
	let mut at = after;
	while at - after < 3
		&& (matches!(scan.at(at).mark, b'-' | b'/' | b'.' | b',')
			|| scan.one_of(scan.at(at), words!["of", "de", "day"]))
	{
		at += 1;
	}
	let month = scan.at(at);
	if !month.is(Role::MONTH) || month.gap == Gap::Line {
		return None;
	}
	let (end, with_year) = year(scan, at + 1);
	let joined = matches!(scan.before(at, 1).mark, b'-' | b'/');
	if scan.one_of(month, WORDS)
		&& month.case == Case::Lower
		&& !with_year
		&& !joined
		&& scan.at(index).kind == Kind::Number
	{
		return None;
	}
	let end = time(scan, end);
	scan.add(index, end, Class::Date, "date-day-month");
	Some(end)
}

/// The year behind a month, if there is one.
fn year(scan: &Scan<'_>, from: usize) -> (usize, bool) {
	let mut at = from;
	while at - from < 3
		&& (matches!(scan.at(at).mark, b'-' | b'/' | b',' | b'.' | b'\'')
			|| scan.one_of(scan.at(at), words!["of", "de"]))
	{
		at += 1;
	}
	let token = scan.at(at);
	if token.gap == Gap::Line {
		return (from, false);
	}
	if scan.is_year(token) && !scan.measured(at + 1) {
		return (at + 1, true);
	}
	let short = token.kind == Kind::Number
		&& token.length == 2
		&& at > from
		&& token.gap == Gap::None
		&& matches!(scan.before(at, 1).mark, b'-' | b'/' | b'\'');
	if short {
		(at + 1, true)
	} else {
		(from, false)
	}
}

/// The time of day behind a date.
fn time(scan: &Scan<'_>, from: usize) -> usize {
	let mut at = from;
	while at - from < 3
		&& (matches!(scan.at(at).mark, b',' | b'@' | b'-' | b'|')
			|| scan.one_of(scan.at(at), words!["at", "around", "by"]))
	{
		at += 1;
	}
	let token = scan.at(at);
	if token.gap == Gap::Line || !token.has_digit() {
		return from;
	}
	let mut end = at + 1;
	let mut clock = false;
	while scan.at(end).is_mark(b':')
		&& scan.at(end).gap == Gap::None
		&& scan.at(end + 1).has_digit()
		&& end - at < 8
	{
		clock = true;
		end += 2;
	}
	let half = |token: &Token| scan.one_of(token, words!["am", "pm", "hrs", "hours", "h"]);
	let text = scan.slice(token).to_ascii_lowercase();
	if token.kind == Kind::Mixed
		&& (text.ends_with("am") || text.ends_with("pm"))
		&& text.len() <= 6
	{
		return at + 1;
	}
	if half(scan.at(end)) {
		clock = true;
		end += 1;
	} else if scan.one_of(scan.at(end), words!["a", "p"])
		&& scan.at(end + 1).is_mark(b'.')
		&& scan.one_of(scan.at(end + 2), words!["m"])
	{
		clock = true;
		end += 3;
	}
	if clock {
		end
	} else {
		from
	}
}

/// Months, weekdays and holidays.
pub(super) fn word(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	if token.is(Role::MONTH) {
		if let Some(end) = month(scan, index) {
			return Some(end);
		}
	}
	if token.is(Role::WEEKDAY) {
		return weekday(scan, index);
	}
	if token.is(Role::HOLIDAY) {
		if scan.one_of(scan.at(index + 1), words!["disease", "factor", "tree", "egg"]) {
			return None;
		}
		let mut end = index + 1;
		if scan.one_of(scan.at(end), words!["day", "eve"]) {
			end += 1;
		}
		let (end, _) = year(scan, end);
		scan.add(index, end, Class::Date, "date-holiday");
		return Some(end);
	}
	if scan.one_of(token, words!["spring", "summer", "autumn", "fall", "winter"]) {
		let (end, with_year) = year(scan, index + 1);
		if with_year {
			scan.add(index, end, Class::Date, "date-season");
			return Some(end);
		}
	}
	// The year of a birth tells the age.
	if scan.one_of(token, words!["born", "dob", "birth", "birthdate", "birthday", "birthyear"]) {
		let mut at = index + 1;
		while at - index < 6
			&& (scan.at(at).mark != 0
				|| scan.one_of(scan.at(at), words!["in", "year", "date", "of", "is", "was", "on"]))
			&& scan.at(at).gap != Gap::Line
		{
			at += 1;
		}
		if scan.is_year(scan.at(at)) && numeric(scan, at).is_none() {
			scan.add(at, at + 1, Class::Date, "birth-year");
			return Some(at + 1);
		}
		// A date of birth without marks, or with two digits alone.
		if scan.at(at).kind == Kind::Number
			&& matches!(scan.at(at).length, 6 | 8)
			&& scan.one_of(token, words!["dob", "birth", "birthdate"])
		{
			scan.add(at, at + 1, Class::Date, "birth-digits");
			return Some(at + 1);
		}
	}
	None
}

fn month(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let word = scan.one_of(token, WORDS) || token.is(Role::HOMONYM);
	let mut at = index + 1;
	if scan.at(at).is_mark(b'.') && scan.at(at).gap == Gap::None {
		at += 1;
	}
	if matches!(scan.at(at).mark, b'-' | b'/') && scan.at(at).gap == Gap::None {
		at += 1;
	}
	if scan.one_of(scan.at(at), words!["the"]) {
		at += 1;
	}
	let day = scan.at(at);
	let day_value = scan.value(day);
	let is_day = day.gap != Gap::Line
		&& ((day_value.is_some_and(|v| (1..=31).contains(&v)) && day.length <= 2)
			|| is_ordinal(scan, day));
	if is_day && !scan.measured(at + 1) && !scan.at(at + 1).is_mark(b'%') {
		// "may 5 patients", "march 10 steps": small, without a year, and more words behind.
		let (mut end, with_year) = year(scan, at + 1);
		if word && token.case == Case::Lower && !with_year && !is_ordinal(scan, day) {
			let cued = scan.before(index, 1).is(Role::DATE_CUE)
				|| scan.one_of(scan.before(index, 1), words!["in"]);
			if !cued {
				return None;
			}
		}
		if token.case == Case::Upper && token.length == 3 && scan.measured(at + 1) {
			return None;
		}
		// A range: March 3-5, March 3 to 5, 2024.
		let range = scan.at(end);
		if !with_year
			&& (range.is_mark(b'-') || scan.one_of(range, words!["to", "and", "through"]))
			&& scan.value(scan.at(end + 1)).is_some_and(|v| (1..=31).contains(&v))
			&& scan.at(end + 1).length <= 2
			&& !scan.measured(end + 2)
			&& !(matches!(scan.at(end + 2).mark, b'/' | b'.' | b'-')
				&& scan.at(end + 3).has_digit()
				&& scan.at(end + 3).gap == Gap::None)
		{
			end = year(scan, end + 2).0;
		}
		let end = time(scan, end);
		scan.add(index, end, Class::Date, "date-month-day");
		return Some(end);
	}
	let (end, with_year) = year(scan, index + 1);
	if with_year {
		// "may 2024" is a month, "will 2024" is none.
		scan.add(index, end, Class::Date, "date-month-year");
		return Some(end);
	}
	let cued = scan.one_of(
		scan.before(index, 1),
		words![
			"in", "since", "last", "next", "until", "till", "early", "late", "mid", "this", "of",
			"from", "by", "through", "around", "before", "after", "during", "to"
		],
	) || (scan.before(index, 1).is_mark(b'-')
		&& scan.one_of(scan.before(index, 2), words!["mid", "early", "late"]));
	let alone = if scan.one_of(token, WORDS) || token.length <= 3 {
		cued && token.case == Case::Title
	} else if token.is(Role::HOMONYM) {
		cued && (token.case != Case::Lower || token.lexical.english() < 3)
	} else {
		token.length > 4 || cued
	};
	if alone && !scan.one_of(scan.before(index, 1), words!["dr", "mr", "mrs", "ms"]) {
		// "to May" may be a person; "in May" and "last May" are not.
		scan.add(index, index + 1, Class::Date, "date-month");
		return Some(index + 1);
	}
	None
}

fn weekday(scan: &mut Scan<'_>, index: usize) -> Option<usize> {
	let token = scan.at(index);
	let short = scan.one_of(token, DAYS);
	let after = index + 1 + usize::from(scan.at(index + 1).is_mark(b'.'));
	let comma = after + usize::from(scan.at(after).is_mark(b','));
	let next = scan.at(comma);
	let dated = next.gap != Gap::Line
		&& (next.is(Role::MONTH) || (next.kind == Kind::Number && numeric(scan, comma).is_some()));
	if short
		&& !dated
		&& !(token.case == Case::Title
			&& scan.one_of(
				scan.before(index, 1),
				words!["on", "last", "next", "this", "since", "until", "by"],
			)) {
		return None;
	}
	if !short && scan.slice(token).to_ascii_lowercase().ends_with("days") {
		return None;
	}
	if dated {
		scan.add(index, after, Class::Date, "date-weekday");
		return Some(comma);
	}
	let mut end = index + 1;
	if scan.one_of(scan.at(end), words!["morning", "afternoon", "evening", "night"]) {
		end += 1;
	}
	let end = if end > index + 1 { end } else { time(scan, end) };
	scan.add(index, end, Class::Date, "date-weekday");
	Some(end)
}
