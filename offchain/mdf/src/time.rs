// SPDX-License-Identifier: Apache-2.0
//! Dates and times that know how exactly they were given.

use crate::{model::opaque_debug, Error};
use jiff::civil::Date;
use salus_primitives::Day;
use serde::{Deserialize, Serialize};

/// The finest part that the source gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
	/// `2024`
	Year,
	/// `2024-01`
	Month,
	/// `2024-01-15`
	Day,
	/// `2024-01-15T10:30`
	Minute,
	/// `2024-01-15T10:30:00`
	Second,
	/// `2024-01-15T10:30:00.125`
	Fraction,
}

/// A date or time: ISO 8601 cut at its precision, with the zone when the source gave one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Time {
	/// `YYYY[-MM[-DD[Thh:mm[:ss[.f]][zone]]]]`, zone `Z` or `±hh:mm`.
	pub value: String,
	/// The finest part given.
	pub precision: Precision,
	/// The text of the source when it was written in another form.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub original: Option<String>,
}

opaque_debug!(Time);

impl Precision {
	/// The precision of a text in ISO 8601 as FHIR writes it; nothing for another form or an
	/// impossible date.
	pub fn of(text: &str) -> Option<Self> {
		precision(text)
	}
}

impl Time {
	/// Reads ISO 8601 as FHIR writes it. The text is kept as it is.
	///
	/// # Errors
	/// [`Error::InvalidTime`] for another form or an impossible date.
	pub fn parse(text: &str) -> Result<Self, Error> {
		let precision = precision(text).ok_or(Error::InvalidTime)?;
		Ok(Self { value: text.into(), precision, original: None })
	}

	/// Reads ISO 8601 that was made from a text in another form, and keeps that text.
	///
	/// # Errors
	/// [`Error::InvalidTime`] for an impossible date.
	pub fn converted(iso: impl Into<String>, original: &str) -> Result<Self, Error> {
		let value = iso.into();
		let precision = precision(&value).ok_or(Error::InvalidTime)?;
		Ok(Self { value, precision, original: Some(original.into()) })
	}

	/// The first day it can mean.
	pub fn first_day(&self) -> Option<Day> {
		day(civil(&self.value)?)
	}

	/// The last day it can mean.
	pub fn last_day(&self) -> Option<Day> {
		let first = civil(&self.value)?;
		day(match self.precision {
			Precision::Year => first.last_of_year(),
			Precision::Month => first.last_of_month(),
			_ => first,
		})
	}
}

fn day(date: Date) -> Option<Day> {
	Some(Day(date.since(Date::constant(1970, 1, 1)).ok()?.get_days()))
}

fn number(text: &str, from: usize, len: usize) -> Option<i16> {
	let digits = text.as_bytes().get(from..from + len)?;
	digits.iter().try_fold(0_i16, |number, digit| {
		let digit = digit.is_ascii_digit().then_some(i16::from(*digit) - i16::from(b'0'))?;
		number.checked_mul(10)?.checked_add(digit)
	})
}

/// The date part, its missing month and day taken as the first.
fn civil(text: &str) -> Option<Date> {
	let year = number(text, 0, 4)?;
	let month = if text.len() > 4 { number(text, 5, 2)? } else { 1 };
	let day = if text.len() > 7 { number(text, 8, 2)? } else { 1 };
	if year == 0 {
		return None;
	}
	Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

fn precision(text: &str) -> Option<Precision> {
	let separator = |at: usize, expected: u8| text.as_bytes().get(at) == Some(&expected);
	civil(text)?;
	match text.len() {
		4 => return Some(Precision::Year),
		7 => return separator(4, b'-').then_some(Precision::Month),
		_ => {},
	}
	if !separator(4, b'-') || !separator(7, b'-') {
		return None;
	}
	if text.len() == 10 {
		return Some(Precision::Day);
	}
	if !separator(10, b'T') || !separator(13, b':') {
		return None;
	}
	if number(text, 11, 2)? > 23 || number(text, 14, 2)? > 59 {
		return None;
	}
	let mut at = 16;
	let mut found = Precision::Minute;
	if separator(at, b':') {
		// 60 is a leap second.
		if number(text, at + 1, 2)? > 60 {
			return None;
		}
		at += 3;
		found = Precision::Second;
		if separator(at, b'.') {
			let digits = text[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
			if digits == 0 {
				return None;
			}
			at += 1 + digits;
			found = Precision::Fraction;
		}
	}
	let zone = text.get(at..)?;
	let valid = match zone.as_bytes() {
		[] | [b'Z'] => true,
		[b'+' | b'-', _, _, b':', _, _] => number(zone, 1, 2)? <= 14 && number(zone, 4, 2)? <= 59,
		_ => false,
	};
	valid.then_some(found)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn precision_is_what_was_written() {
		for (text, precision) in [
			("1950", Precision::Year),
			("1950-02", Precision::Month),
			("2024-02-29", Precision::Day),
			("2012-01-05T09:30", Precision::Minute),
			("2012-01-05T09:30:00Z", Precision::Second),
			("2012-01-05T09:30:00.10-05:00", Precision::Fraction),
		] {
			let time = Time::parse(text).unwrap();
			assert_eq!((time.value.as_str(), time.precision), (text, precision));
		}
	}

	#[test]
	fn impossible_dates_are_refused() {
		for text in [
			"",
			"0000",
			"2023-02-29",
			"2024-13",
			"2024-1-1",
			"2024-01-15T24:00",
			"2024-01-15 10:00",
			"2024-01-15T10",
			"2024-01-15T10:00:61",
			"2024-01-15T10:00:00+1:00",
			"20240115",
			"2024-é",
			"2024-01-15T10:00:00.",
			"2024-01-15T10:00:00Zulu",
		] {
			assert!(Time::parse(text).is_err(), "{text}");
		}
	}

	#[test]
	fn a_partial_date_spans_its_days() {
		let time = Time::parse("1970-02").unwrap();
		assert_eq!((time.first_day(), time.last_day()), (Some(Day(31)), Some(Day(58))));
		let time = Time::parse("1971").unwrap();
		assert_eq!((time.first_day(), time.last_day()), (Some(Day(365)), Some(Day(729))));
		let time = Time::parse("1969-12-31T23:59:59Z").unwrap();
		assert_eq!((time.first_day(), time.last_day()), (Some(Day(-1)), Some(Day(-1))));
	}

	proptest::proptest! {
		#[test]
		fn no_text_panics(text in ".{0,30}") {
			let _ = Time::parse(&text);
		}
	}
}
