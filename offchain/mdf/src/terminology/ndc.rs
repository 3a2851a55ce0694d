// SPDX-License-Identifier: Apache-2.0
//! National Drug Codes: labeler, product and package, in ten or eleven digits.

/// The parts of a code that is written with hyphens.
fn parts(code: &str) -> Option<(&str, &str, Option<&str>)> {
	let mut parts = code.split('-');
	let (labeler, product, package) = (parts.next()?, parts.next()?, parts.next());
	let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
	if parts.next().is_some() || ![labeler, product, package.unwrap_or("0")].into_iter().all(digits)
	{
		return None;
	}
	Some((labeler, product, package))
}

/// Whether a text is a code of a package or, without the last part, of a product: 4-4-2, 5-3-2,
/// 5-4-1 (ten digits) or 5-4-2 (eleven); or ten or eleven digits without hyphens.
pub fn is_ndc(code: &str) -> bool {
	if code.bytes().all(|byte| byte.is_ascii_digit()) {
		return matches!(code.len(), 10 | 11);
	}
	let Some((labeler, product, package)) = parts(code) else { return false };
	matches!(
		(labeler.len(), product.len(), package.map(str::len)),
		(4, 4, None | Some(2)) | (5, 3, None | Some(2)) | (5, 4, None | Some(1 | 2))
	)
}

/// The eleven digits of a package, as bills and orders write it: every part is filled with zeros.
/// Ten digits without hyphens do not say where a zero belongs, and give nothing.
pub fn billing(code: &str) -> Option<String> {
	if !is_ndc(code) {
		return None;
	}
	match parts(code) {
		Some((labeler, product, Some(package))) => {
			Some(format!("{labeler:0>5}{product:0>4}{package:0>2}"))
		},
		Some((_, _, None)) => None,
		None => (code.len() == 11).then(|| code.to_owned()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn ten_digits_become_eleven_where_the_hyphens_say_how() {
		for (code, eleven) in [
			("0002-7597-01", Some("00002759701")),
			("50242-040-62", Some("50242004062")),
			("60575-4112-1", Some("60575411201")),
			("50242-0040-62", Some("50242004062")),
			("50242004062", Some("50242004062")),
			("5024204062", None),
			("50242-040", None),
			("0002-7597", None),
		] {
			assert!(is_ndc(code), "{code}");
			assert_eq!(billing(code).as_deref(), eleven, "{code}");
		}
	}

	#[test]
	fn other_forms_are_refused() {
		for code in
			["", "-", "0002-759-01", "0002-7597-1", "123456789", "50242-040-62-1", "a0242-040-62"]
		{
			assert!(!is_ndc(code) && billing(code).is_none(), "{code}");
		}
	}
}
