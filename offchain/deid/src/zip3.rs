// SPDX-License-Identifier: Apache-2.0
//! The first three digits of a ZIP code, where they may stay (45 CFR 164.514(b)(2)(i)(B)).

/// The census the classes were computed from.
pub const CENSUS_YEAR: u16 = 2020;

/// Areas of at most 20,000 people.
const SMALL: &[u16] =
	&[36, 59, 102, 202, 203, 204, 205, 369, 556, 692, 753, 772, 821, 823, 878, 879, 884, 893];

/// Prefixes without any people counted: their number is unknown, so they do not stay either.
const UNKNOWN: &[u16] = &[
	0, 1, 2, 3, 4, 5, 8, 55, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 192, 213, 269, 311, 332, 340,
	343, 345, 348, 353, 375, 399, 419, 428, 429, 459, 509, 517, 518, 519, 529, 533, 536, 552, 555,
	568, 569, 578, 579, 589, 621, 632, 642, 643, 649, 659, 663, 682, 694, 695, 696, 697, 698, 699,
	702, 709, 715, 732, 733, 742, 771, 817, 818, 819, 839, 842, 848, 849, 854, 858, 861, 862, 866,
	867, 868, 869, 872, 876, 885, 886, 887, 888, 889, 892, 896, 899, 901, 909, 929, 938, 942, 962,
	963, 964, 965, 966, 969, 987,
];

/// What may stay of a ZIP code: three digits, or `000`. Anything that is no ZIP code gives `000`.
pub fn zip3(code: &str) -> &str {
	let code = code.trim();
	let (five, rest) = code.split_at_checked(5).unwrap_or(("", ""));
	let is_plus4 = |rest: &str| {
		let rest = rest.strip_prefix('-').unwrap_or(rest);
		rest.is_empty() || rest.len() == 4 && rest.bytes().all(|byte| byte.is_ascii_digit())
	};
	if !five.bytes().all(|byte| byte.is_ascii_digit()) || !is_plus4(rest) {
		return "000";
	}
	let Some(prefix) = five.get(..3) else { return "000" };
	match prefix.parse::<u16>() {
		Ok(number)
			if SMALL.binary_search(&number).is_err() && UNKNOWN.binary_search(&number).is_err() =>
		{
			prefix
		},
		_ => "000",
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::collections::HashMap;

	#[test]
	fn small_unknown_and_strange_codes_give_zeros() {
		assert_eq!(zip3("60614"), "606");
		assert_eq!(zip3("60614-1234"), "606");
		for code in ["03601", "00501", "2024", "K1A 0B1", "6061", "60614x", "", "6061é"] {
			assert_eq!(zip3(code), "000", "{code}");
		}
	}

	/// Computes the classes again from the census, where it is at hand.
	#[test]
	fn the_classes_are_those_of_the_census() {
		let Ok(data) = std::env::var("SALUS_DATA") else {
			eprintln!("SKIPPED: SALUS_DATA is unset");
			return;
		};
		let table =
			std::fs::read_to_string(format!("{data}/zip/zcta_population_{CENSUS_YEAR}.csv"))
				.expect("the table");
		let mut people = HashMap::<u16, u64>::new();
		for line in table.lines().filter(|line| !line.starts_with('#')) {
			let (code, number) = line.split_once(',').expect("two columns");
			*people.entry(code[..3].parse().expect("digits")).or_default() +=
				number.trim().parse::<u64>().expect("a number");
		}
		for prefix in 0..1000 {
			let counted = people.get(&prefix).copied();
			assert_eq!(
				SMALL.contains(&prefix),
				counted.is_some_and(|people| people <= 20_000),
				"{prefix:03}"
			);
			assert_eq!(UNKNOWN.contains(&prefix), counted.is_none(), "{prefix:03}");
		}
	}
}
