// SPDX-License-Identifier: Apache-2.0
//! Numbers as they were written.

use crate::Error;
use serde::{de, Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};

/// A decimal number as text: `1.0` and `1.00` are different, because the digits are the precision
/// of the measurement. The text follows the JSON number grammar.
#[derive(PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Decimal(String);

impl Clone for Decimal {
	fn clone(&self) -> Self {
		Self(self.0.clone())
	}

	/// Needs no memory where the new number is not longer than the old one.
	fn clone_from(&mut self, other: &Self) {
		self.0.clone_from(&other.0);
	}
}

impl Decimal {
	/// Whether a text is a decimal number.
	pub fn is_decimal(text: &str) -> bool {
		is_json_number(text.as_bytes())
	}

	/// Takes a text that is a decimal number.
	pub(crate) fn from_text(text: String) -> Option<Self> {
		Self::is_decimal(&text).then_some(Self(text))
	}

	/// The number as written.
	pub fn as_str(&self) -> &str {
		&self.0
	}

	/// The nearest binary floating point number, for comparing and plotting, never for keeping.
	pub fn to_f64(&self) -> f64 {
		self.0.parse().unwrap_or(f64::NAN)
	}
}

impl FromStr for Decimal {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self, Error> {
		if is_json_number(text.as_bytes()) {
			Ok(Self(text.into()))
		} else {
			Err(Error::InvalidDecimal)
		}
	}
}

impl fmt::Display for Decimal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&self.0)
	}
}

impl fmt::Debug for Decimal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Decimal { .. }")
	}
}

impl<'de> Deserialize<'de> for Decimal {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
		text.parse().map_err(|_| de::Error::custom("not a decimal number"))
	}
}

fn digits(bytes: &[u8]) -> usize {
	bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn is_json_number(bytes: &[u8]) -> bool {
	let rest = bytes.strip_prefix(b"-").unwrap_or(bytes);
	let whole = digits(rest);
	if whole == 0 || (whole > 1 && rest[0] == b'0') {
		return false;
	}
	let mut rest = &rest[whole..];
	if let Some(fraction) = rest.strip_prefix(b".") {
		let count = digits(fraction);
		if count == 0 {
			return false;
		}
		rest = &fraction[count..];
	}
	if let Some(exponent) = rest.strip_prefix(b"e").or_else(|| rest.strip_prefix(b"E")) {
		let exponent =
			exponent.strip_prefix(b"+").or_else(|| exponent.strip_prefix(b"-")).unwrap_or(exponent);
		return !exponent.is_empty() && digits(exponent) == exponent.len();
	}
	rest.is_empty()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn text_precision_is_kept() {
		for text in ["1.0", "1.00", "-0.5", "0", "1e3", "6.02E+23", "12345678901234567890.10"] {
			let number: Decimal = text.parse().unwrap();
			assert_eq!(number.as_str(), text);
			let json = serde_json::to_string(&number).unwrap();
			assert_eq!(json, format!("\"{text}\""));
			assert_eq!(serde_json::from_str::<Decimal>(&json).unwrap(), number);
		}
		let (one, longer): (Decimal, Decimal) = ("1.0".parse().unwrap(), "1.00".parse().unwrap());
		assert_ne!(one, longer);
	}

	#[test]
	fn what_is_no_json_number_is_refused() {
		for text in ["", "-", "01", "1.", ".5", "1e", "+1", "1,5", "NaN", "1 ", "0x10", "1e+"] {
			assert!(text.parse::<Decimal>().is_err(), "{text}");
		}
	}

	proptest::proptest! {
		#[test]
		fn agrees_with_serde_json(text in "[-+0-9.eE]{0,12}") {
			let theirs = serde_json::from_str::<&serde_json::value::RawValue>(&text).is_ok();
			proptest::prop_assert_eq!(text.parse::<Decimal>().is_ok(), theirs);
		}
	}
}
