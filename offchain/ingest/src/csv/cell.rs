// SPDX-License-Identifier: Apache-2.0
//! Dates and numbers of a column, read as the whole column suggests.

use crate::Code;
use salus_mdf::{Decimal, Precision, Time};

/// Which comes first in `03/04/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateOrder {
	MonthFirst,
	DayFirst,
	/// No date tells, or they disagree.
	Unknown,
}

/// So many of a hundred cells must agree.
const AGREEMENT: u64 = 95;

/// What the cells of a column say about its form.
#[derive(Clone, Default)]
pub(super) struct Evidence {
	month_first: u64,
	day_first: u64,
	points: u64,
	commas: u64,
	/// The date as it would be written in the only order that it may exist in.
	iso: String,
}

impl Evidence {
	/// Counts a date that exists in one order only.
	pub(super) fn see_date(&mut self, text: &str) {
		let Ok(parts) = Parts::of(text) else { return };
		if !parts.ends_in_year() {
			return;
		}
		let is_month = |part: &str| part.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month));
		// Where both can be months, the date exists in both orders or in none.
		match (is_month(parts.first), is_month(parts.second)) {
			(true, false) => {
				self.month_first += u64::from(parts.month_first(&mut self.iso).is_ok());
			},
			(false, true) => self.day_first += u64::from(parts.day_first(&mut self.iso).is_ok()),
			_ => {},
		}
	}

	pub(super) fn see_number(&mut self, text: &str) {
		let (_, number) = comparator(text);
		self.commas += u64::from(is_comma_number(number));
		self.points += u64::from(number.contains('.') && Decimal::is_decimal(number));
	}

	pub(super) fn date_order(&self) -> DateOrder {
		let most = (self.month_first + self.day_first) * AGREEMENT;
		if self.month_first > 0 && self.month_first * 100 >= most {
			DateOrder::MonthFirst
		} else if self.day_first > 0 && self.day_first * 100 >= most {
			DateOrder::DayFirst
		} else {
			DateOrder::Unknown
		}
	}

	/// Whether the column writes its decimals with a comma.
	pub(super) fn decimal_commas(&self) -> bool {
		self.commas > 0 && self.commas * 100 >= (self.commas + self.points) * AGREEMENT
	}
}

/// Splits a sign of comparison from a number.
pub(crate) fn comparator(text: &str) -> (Option<&'static str>, &str) {
	if text.bytes().next().is_some_and(|first| first.is_ascii_digit()) {
		return (None, text);
	}
	for (written, sign) in
		[("<=", "<="), (">=", ">="), ("≤", "<="), ("≥", ">="), ("<", "<"), (">", ">")]
	{
		if let Some(rest) = text.strip_prefix(written) {
			return (Some(sign), rest.trim_start());
		}
	}
	(None, text)
}

/// Whether a text is digits, one comma, digits.
pub(super) fn is_comma_number(text: &str) -> bool {
	let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
	let text = text.strip_prefix('-').unwrap_or(text);
	text.split_once(',').is_some_and(|(whole, fraction)| digits(whole) && digits(fraction))
}

/// The digits that a text begins with, when there are any, and the rest.
fn digits(text: &str) -> Option<(&str, &str)> {
	let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
	text.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())
}

/// A date in parts, with or without a time.
struct Parts<'t> {
	first: &'t str,
	second: &'t str,
	third: &'t str,
	clock: Option<&'t str>,
}

impl<'t> Parts<'t> {
	fn of(text: &'t str) -> Result<Self, Code> {
		let (first, rest) = digits(text).ok_or(Code::InvalidDate)?;
		let separator = rest.bytes().next().filter(|byte| matches!(byte, b'/' | b'-' | b'.'));
		let separator = char::from(separator.ok_or(Code::InvalidDate)?);
		let next = |rest: &'t str| digits(rest.strip_prefix(separator)?);
		let (second, rest) = next(rest).ok_or(Code::InvalidDate)?;
		let (third, rest) = next(rest).ok_or(Code::InvalidDate)?;
		let clock = match rest.strip_prefix([' ', 'T']) {
			Some(clock) => Some(clock.trim()),
			None if rest.is_empty() => None,
			None => return Err(Code::InvalidDate),
		};
		Ok(Self { first, second, third, clock })
	}

	/// Whether day and month come before the year, in one order or the other.
	fn ends_in_year(&self) -> bool {
		matches!((self.first.len(), self.third.len()), (1 | 2, 4))
	}

	fn year_first(&self, iso: &mut String) -> Result<Precision, Code> {
		self.write(iso, [self.first, self.second, self.third])
	}

	fn month_first(&self, iso: &mut String) -> Result<Precision, Code> {
		self.write(iso, [self.third, self.first, self.second])
	}

	fn day_first(&self, iso: &mut String) -> Result<Precision, Code> {
		self.write(iso, [self.third, self.second, self.first])
	}

	/// Writes the date in ISO 8601, when it exists.
	fn write(&self, iso: &mut String, [year, month, day]: [&str; 3]) -> Result<Precision, Code> {
		iso.clear();
		iso.push_str(year);
		for part in [month, day] {
			iso.push_str(if part.len() < 2 { "-0" } else { "-" });
			iso.push_str(part);
		}
		if let Some(clock) = self.clock {
			iso.push('T');
			if clock.find(':') == Some(1) {
				iso.push('0');
			}
			iso.push_str(clock);
		}
		Precision::of(iso).ok_or(Code::InvalidDate)
	}
}

/// Reads a date, with or without a time, in place of another one, which is lost where this one
/// cannot be read.
pub(super) fn read_date(text: &str, order: DateOrder, time: &mut Time) -> Result<(), Code> {
	if let Some(precision) = Precision::of(text) {
		time.value.clear();
		time.value.push_str(text);
		(time.precision, time.original) = (precision, None);
		return Ok(());
	}
	let parts = Parts::of(text)?;
	let iso = &mut time.value;
	time.precision = match (parts.first.len(), parts.third.len()) {
		(4, 1 | 2) => parts.year_first(iso),
		(1 | 2, 4) => match order {
			DateOrder::MonthFirst => parts.month_first(iso),
			DateOrder::DayFirst => parts.day_first(iso),
			DateOrder::Unknown if parts.first == parts.second => parts.month_first(iso),
			DateOrder::Unknown => match (parts.month_first(iso), parts.day_first(iso)) {
				(Ok(_), Ok(_)) => Err(Code::AmbiguousDate),
				(Ok(_), Err(_)) => parts.month_first(iso),
				(Err(_), found) => found,
			},
		},
		(1 | 2, 2) => Err(Code::AmbiguousDate),
		_ => Err(Code::InvalidDate),
	}?;
	let original = time.original.get_or_insert_default();
	original.clear();
	original.push_str(text);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	fn iso(text: &str, order: DateOrder) -> Result<String, Code> {
		let mut time = Time { value: "x".into(), precision: Precision::Day, original: None };
		read_date(text, order, &mut time)?;
		Ok(time.value)
	}

	#[test]
	fn the_column_decides_the_order() {
		let mut column = Evidence::default();
		["03/04/2024", "05/06/2024", "03/17/2024"].iter().for_each(|d| column.see_date(d));
		assert_eq!(column.date_order(), DateOrder::MonthFirst);
		assert_eq!(iso("03/04/2024 9:05", column.date_order()).unwrap(), "2024-03-04T09:05");
		column.see_date("17/03/2024");
		assert_eq!(column.date_order(), DateOrder::Unknown);
		assert_eq!(iso("03/04/2024", column.date_order()), Err(Code::AmbiguousDate));
		assert_eq!(iso("25.12.2024", column.date_order()).unwrap(), "2024-12-25");
	}

	#[test]
	fn impossible_and_short_dates_are_not_guessed() {
		use DateOrder::MonthFirst;
		for text in ["02/30/2010 06:29", "2011-13-09 12:00", "31.04.2012 04:10", "00/00/0000", "x"]
		{
			assert_eq!(iso(text, MonthFirst), Err(Code::InvalidDate), "{text}");
		}
		assert_eq!(iso("01/02/03", MonthFirst), Err(Code::AmbiguousDate));
		assert_eq!(iso("2024-01-15", MonthFirst).unwrap(), "2024-01-15");
	}

	#[test]
	fn the_column_decides_the_decimal_mark() {
		let mut column = Evidence::default();
		["1,5", "2,25", "<3,5", "7"].iter().for_each(|number| column.see_number(number));
		assert!(column.decimal_commas());
		["1.5", "2.5"].iter().for_each(|number| column.see_number(number));
		assert!(!column.decimal_commas());
	}

	proptest::proptest! {
		#[test]
		fn no_text_panics(text in ".{0,24}") {
			for order in [DateOrder::MonthFirst, DateOrder::DayFirst, DateOrder::Unknown] {
				let _ = iso(&text, order);
			}
			let _ = is_comma_number(comparator(&text).1);
		}
	}
}
