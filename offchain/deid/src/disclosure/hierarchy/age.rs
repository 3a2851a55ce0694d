// SPDX-License-Identifier: Apache-2.0
//! Ages: the year, five years, ten years. From 90 on they are one group (45 CFR 164.514(b)(2)(i)(C)).

use super::ANY;

/// What all ages from 90 on are.
const OLDEST: &str = "90+";
/// Nobody is older.
const MAX: u16 = 150;

pub(super) fn path(value: &str) -> Option<Vec<String>> {
	let age = if value == OLDEST {
		90
	} else if value.bytes().all(|byte| byte.is_ascii_digit()) {
		value.parse::<u16>().ok()?
	} else {
		return None;
	};
	let band = |width: u16| {
		let low = age - age % width;
		format!("{low}-{}", low + width - 1)
	};
	match age {
		0..90 => Some(vec![age.to_string(), band(5), band(10), ANY.to_owned()]),
		90..=MAX => Some([OLDEST, OLDEST, OLDEST, ANY].map(str::to_owned).to_vec()),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn ages_become_bands_and_the_oldest_are_one() {
		assert_eq!(path("42").expect("an age"), ["42", "40-44", "40-49", "*"]);
		assert_eq!(path("007").expect("an age"), ["7", "5-9", "0-9", "*"]);
		assert_eq!(path("89").expect("an age"), ["89", "85-89", "80-89", "*"]);
		for old in ["90", "90+", "113"] {
			assert_eq!(path(old).expect("an age"), ["90+", "90+", "90+", "*"]);
		}
		for other in ["-1", "4.5", "+4", "1000", "x", "99999999"] {
			assert_eq!(path(other), None, "{other}");
		}
	}
}
