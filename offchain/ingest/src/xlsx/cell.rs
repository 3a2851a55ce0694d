// SPDX-License-Identifier: Apache-2.0
//! Cells as text: ECMA-376, part 1, sections 18.3.1.4 and 18.8.30.

use calamine::{DataRef, ExcelDateTime};

/// A spreadsheet computes in binary and shows no more digits than this.
const DIGITS: usize = 15;
/// The day after the last that a spreadsheet knows, 9999-12-31.
const LAST_DAY: f64 = 2_958_466.0;

/// A cell as text, and whether it is an error or a date that no calendar has.
pub(super) fn text(value: &DataRef<'_>, format: Option<&str>) -> (String, bool) {
	match value {
		DataRef::Empty => (String::new(), true),
		DataRef::Int(number) => (number.to_string(), true),
		DataRef::Float(value) => (number(*value, format.and_then(decimals)), true),
		DataRef::String(text) => (text.clone(), true),
		DataRef::SharedString(text) => ((*text).to_owned(), true),
		DataRef::Bool(true) => ("TRUE".into(), true),
		DataRef::Bool(false) => ("FALSE".into(), true),
		DataRef::DateTime(time) => moment(time),
		DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), true),
		DataRef::Error(error) => (error.to_string(), false),
	}
}

/// How many decimals a format of digits alone shows, as `0.00`.
fn decimals(format: &str) -> Option<usize> {
	let (whole, fraction) = format.split_once('.')?;
	let zeros = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'0');
	let is_whole = whole.bytes().all(|byte| matches!(byte, b'0' | b'#' | b','));
	(is_whole && zeros(fraction)).then_some(fraction.len())
}

/// A number with the digits that are stored, and with zeros up to the decimals that are shown: they
/// tell how exactly something was measured. Digits are never taken away.
fn number(value: f64, decimals: Option<usize>) -> String {
	let mut text = value.to_string();
	let digits = text.bytes().filter(u8::is_ascii_digit).count();
	let leading = text.bytes().take_while(|byte| matches!(byte, b'0' | b'.' | b'-')).count();
	if digits.saturating_sub(leading) > DIGITS && value.is_finite() {
		let rounded = format!("{value:.precision$e}", precision = DIGITS - 1);
		text = rounded.parse().map_or(text, |value: f64| value.to_string());
	}
	let Some(decimals) = decimals.filter(|_| value.is_finite()) else { return text };
	let shown = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
	if shown == 0 && decimals > 0 {
		text.push('.');
	}
	text.extend(std::iter::repeat_n('0', decimals.saturating_sub(shown)));
	text
}

/// A day with its time, or a time alone, of a serial number (days since 1900 or 1904).
fn moment(time: &ExcelDateTime) -> (String, bool) {
	let serial = time.as_f64();
	if !(0.0..LAST_DAY).contains(&serial) {
		return (number(serial, None), false);
	}
	if time.is_duration() {
		let seconds = (serial * 86_400.0).round();
		let (hours, rest) = ((seconds / 3600.0).floor(), seconds % 3600.0);
		return (format!("{hours}:{:02}:{:02}", (rest / 60.0).floor(), rest % 60.0), true);
	}
	let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
	let clock = match (second, milli) {
		(_, 1..) => format!("{hour:02}:{minute:02}:{second:02}.{milli:03}"),
		_ => format!("{hour:02}:{minute:02}:{second:02}"),
	};
	// A spreadsheet has a 29 February in 1900.
	let exists = (year, month, day) != (1900, 2, 29);
	if serial < 1.0 {
		return (clock, true);
	}
	let date = format!("{year:04}-{month:02}-{day:02}");
	if serial.fract() == 0.0 {
		return (date, exists);
	}
	(format!("{date}T{clock}"), exists)
}

#[cfg(test)]
mod tests {
	use super::*;
	use calamine::{CellErrorType, ExcelDateTimeType};

	#[test]
	fn numbers_keep_the_digits_that_are_stored() {
		for (value, format, shown) in [
			(7.1, None, "7.1"),
			(7.1, Some("0.00"), "7.10"),
			(7.0, Some("0.0"), "7.0"),
			(7.125, Some("0.0"), "7.125"),
			(7.0, Some("General"), "7"),
			(0.1 + 0.2, None, "0.3"),
			(12_345_678_901_234.0, None, "12345678901234"),
			(-0.000_001_5, None, "-0.0000015"),
			(1234.5, Some("#,##0.00"), "1234.50"),
		] {
			assert_eq!(text(&DataRef::Float(value), format), (shown.into(), true), "{value}");
		}
	}

	#[test]
	fn serial_numbers_are_dates_of_two_calendars() {
		for (serial, is_1904, shown, good) in [
			(45_306.0, false, "2024-01-15", true),
			(43_844.0, true, "2024-01-15", true),
			(45_306.437_5, false, "2024-01-15T10:30:00", true),
			(0.4375, false, "10:30:00", true),
			(60.0, false, "1900-02-29", false),
			(61.0, false, "1900-03-01", true),
			(-1.0, false, "-1", false),
			(1e9, false, "1000000000", false),
		] {
			let time = ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, is_1904);
			assert_eq!(moment(&time), (shown.into(), good), "{serial}");
		}
		let long = ExcelDateTime::new(1.5, ExcelDateTimeType::TimeDelta, false);
		assert_eq!(moment(&long), ("36:00:00".into(), true));
	}

	#[test]
	fn other_cells_are_as_they_are_shown() {
		assert_eq!(text(&DataRef::Bool(true), None), ("TRUE".into(), true));
		assert_eq!(text(&DataRef::Error(CellErrorType::NA), None), ("#N/A".into(), false));
		assert_eq!(text(&DataRef::SharedString("a"), None), ("a".into(), true));
	}
}
