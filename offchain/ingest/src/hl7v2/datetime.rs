// SPDX-License-Identifier: Apache-2.0
//! Dates and times: `YYYY[MM[DD[HH[MM[SS[.S]]]]]][±ZZZZ]`.

use salus_mdf::Time;

/// Reads a date or time, cut at its precision and with its zone. A text that has only the hour is
/// taken for its day, and a zone without a time is left out, because the model has neither; the
/// original text stays with the time. An impossible date, and one in another form, is none.
pub(super) fn time(text: &str) -> Option<Time> {
	let (written, zone) = match text.find(['+', '-']) {
		Some(at) => text.split_at_checked(at)?,
		None => (text, ""),
	};
	let (digits, fraction) = match written.split_once('.') {
		Some((digits, fraction)) => (digits, Some(fraction)),
		None => (written, None),
	};
	let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	if !all_digits(digits) || !all_digits(zone.get(1..).unwrap_or_default()) {
		return None;
	}
	if !matches!(zone.len(), 0 | 5) || fraction.is_some_and(|f| f.is_empty() || !all_digits(f)) {
		return None;
	}
	if fraction.is_some() && digits.len() != 14 {
		return None;
	}
	let mut iso = String::with_capacity(32);
	let parts: &[(usize, usize, &str)] = match digits.len() {
		4 => &[],
		6 => &[(4, 6, "-")],
		8 => &[(4, 6, "-"), (6, 8, "-")],
		10 if digits.get(8..)? < "24" => &[(4, 6, "-"), (6, 8, "-")],
		12 => &[(4, 6, "-"), (6, 8, "-"), (8, 10, "T"), (10, 12, ":")],
		14 => &[(4, 6, "-"), (6, 8, "-"), (8, 10, "T"), (10, 12, ":"), (12, 14, ":")],
		_ => return None,
	};
	iso.push_str(digits.get(..4)?);
	for (start, end, before) in parts {
		iso.push_str(before);
		iso.push_str(digits.get(*start..*end)?);
	}
	if let Some(fraction) = fraction {
		iso.push('.');
		iso.push_str(fraction);
	}
	if let (12.., true) = (digits.len(), !zone.is_empty()) {
		iso.push_str(zone.get(..3)?);
		iso.push(':');
		iso.push_str(zone.get(3..)?);
	}
	Time::converted(iso, text).ok()
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use salus_mdf::Precision;

	#[test]
	fn precision_and_zone_are_kept() {
		for (text, iso, precision) in [
			("1950", "1950", Precision::Year),
			("195002", "1950-02", Precision::Month),
			("20240229", "2024-02-29", Precision::Day),
			("2024022910", "2024-02-29", Precision::Day),
			("202402291030", "2024-02-29T10:30", Precision::Minute),
			("20240229103059-0500", "2024-02-29T10:30:59-05:00", Precision::Second),
			("20240229103059.1250+0000", "2024-02-29T10:30:59.1250+00:00", Precision::Fraction),
			("20240229+0100", "2024-02-29", Precision::Day),
		] {
			let time = time(text).unwrap();
			assert_eq!((&*time.value, time.precision), (iso, precision), "{text}");
			assert_eq!(time.original.as_deref(), Some(text));
		}
	}

	#[test]
	fn what_is_no_date_is_none() {
		for text in [
			"",
			"20",
			"202",
			"20230229",
			"20241301",
			"2024010124",
			"202401012400",
			"2024-01-01",
			"20240101103059.",
			"202401011030.5",
			"20240101+1",
			"20240101+01:00",
			"20240101Z",
			"é",
			"2024010110305",
			"0000",
			"20240101103059+9900",
			"--",
			"+0100",
		] {
			assert!(time(text).is_none(), "{text}");
		}
	}

	proptest! {
		#[test]
		fn no_text_panics(text in "[0-9.+é-]{0,26}") {
			let _ = time(&text);
		}
	}
}
