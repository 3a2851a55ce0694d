// SPDX-License-Identifier: Apache-2.0
//! ZIP codes: three digits where they may stay, two, one.

use super::ANY;
use crate::zip3;

pub(super) fn path(value: &str) -> Vec<String> {
	// Two digits that stand for none make a code of a prefix.
	let code = if value.len() == 3 { format!("{value}00") } else { value.to_owned() };
	let prefix = zip3(&code);
	if prefix == "000" {
		return vec![ANY.to_owned(); 4];
	}
	vec![
		prefix.to_owned(),
		format!("{}*", prefix.get(..2).unwrap_or_default()),
		format!("{}**", prefix.get(..1).unwrap_or_default()),
		ANY.to_owned(),
	]
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn prefixes_lose_digits_and_small_areas_are_any() {
		for code in ["60614", "606", "60614-1234"] {
			assert_eq!(path(code), ["606", "60*", "6**", "*"], "{code}");
		}
		for code in ["036", "03601", "000", "6", "60", "Köln", "éé", "K1A 0B1"] {
			assert_eq!(path(code), ["*"; 4], "{code}");
		}
	}
}
