// SPDX-License-Identifier: Apache-2.0
//! Dates and numbers of a column, read as the whole column suggests.

use crate::Code;
use salus_mdf::Time;

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
}

impl Evidence {
	/// Counts a date that exists in one order only.
	pub(super) fn see_date(&mut self, text: &str) {
		let month = date(text, DateOrder::MonthFirst).is_ok();
		let day = date(text, DateOrder::DayFirst).is_ok();
		self.month_first += u64::from(month && !day);
		self.day_first += u64::from(day && !month);
	}

	pub(super) fn see_number(&mut self, text: &str) {
		let (_, number) = comparator(text);
		self.commas += u64::from(is_comma_number(number));
		self.points +=
			u64::from(number.contains('.') && number.parse::<salus_mdf::Decimal>().is_ok());
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

/// Reads a date, with or without a time.
pub(super) fn date(text: &str, order: DateOrder) -> Result<Time, Code> {
	if let Ok(time) = Time::parse(text) {
		return Ok(time);
	}
	let (day, clock) = match text.split_once([' ', 'T']) {
		Some((day, clock)) => (day, Some(clock.trim())),
		None => (text, None),
	};
	let separator = day.chars().find(|c| !c.is_ascii_digit()).ok_or(Code::InvalidDate)?;
	if !matches!(separator, '/' | '-' | '.') {
		return Err(Code::InvalidDate);
	}
	let parts: Vec<&str> = day.split(separator).collect();
	let [first, second, third] = parts[..] else { return Err(Code::InvalidDate) };
	let all_digits = parts.iter().all(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
	if !all_digits {
		return Err(Code::InvalidDate);
	}
	let iso = |year: &str, month: &str, day: &str| -> Result<Time, Code> {
		let mut iso = format!("{year}-{month:0>2}-{day:0>2}");
		if let Some(clock) = clock {
			iso.push('T');
			if clock.find(':') == Some(1) {
				iso.push('0');
			}
			iso.push_str(clock);
		}
		Time::converted(&iso, text).map_err(|_| Code::InvalidDate)
	};
	match (first.len(), third.len()) {
		(4, 1 | 2) => iso(first, second, third),
		(1 | 2, 4) => {
			let month_first = iso(third, first, second);
			let day_first = iso(third, second, first);
			match order {
				DateOrder::MonthFirst => month_first,
				DateOrder::DayFirst => day_first,
				DateOrder::Unknown if first == second => month_first,
				DateOrder::Unknown => match (month_first, day_first) {
					(Ok(time), Err(_)) | (Err(_), Ok(time)) => Ok(time),
					(Ok(_), Ok(_)) => Err(Code::AmbiguousDate),
					(Err(code), Err(_)) => Err(code),
				},
			}
		},
		(1 | 2, 2) => Err(Code::AmbiguousDate),
		_ => Err(Code::InvalidDate),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn iso(text: &str, order: DateOrder) -> Result<String, Code> {
		date(text, order).map(|time| time.value)
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
				let _ = date(&text, order);
			}
			let _ = is_comma_number(comparator(&text).1);
		}
	}
}
