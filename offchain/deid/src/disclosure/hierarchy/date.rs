// SPDX-License-Identifier: Apache-2.0
//! Dates: the year, the decade.

use super::ANY;

/// The date begins with four digits of a year, and what follows begins with a hyphen and two digits.
pub(super) fn path(value: &str) -> Option<Vec<String>> {
	let (year, rest) = value.split_at_checked(4)?;
	let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
	let month = rest.strip_prefix('-').and_then(|rest| rest.get(..2));
	if !digits(year) || !rest.is_empty() && !month.is_some_and(digits) {
		return None;
	}
	let decade = year.get(..3)?;
	Some(vec![year.to_owned(), format!("{decade}0-{decade}9"), ANY.to_owned()])
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn dates_become_years_and_decades() {
		for date in ["2024", "2024-03", "2024-03-14", "2024-03-14T09:00:00Z"] {
			assert_eq!(path(date).expect("a date"), ["2024", "2020-2029", "*"], "{date}");
		}
		for other in ["24", "20245", "14.03.2024", "2024-", "2024-é", "abcd", "é024"] {
			assert_eq!(path(other), None, "{other}");
		}
	}
}
