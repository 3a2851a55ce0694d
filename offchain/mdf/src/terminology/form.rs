// SPDX-License-Identifier: Apache-2.0
//! How the codes of each system are formed.

use super::Fault;

fn all_digits(text: &str) -> bool {
	!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_code_byte(byte: u8) -> bool {
	byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// Whether a text is a whole number without leading zeros, of at most so many digits.
pub(super) fn is_number(code: &str, most: usize) -> bool {
	all_digits(code) && code.len() <= most && !code.starts_with('0')
}

/// A number of up to seven digits, a hyphen and a check digit. Parts and answers have two letters
/// before the number, and their check digit follows no published rule.
pub(super) fn loinc(code: &str) -> Result<(), Fault> {
	let (number, check) = code.split_once('-').ok_or(Fault::Form)?;
	let &[check] = check.as_bytes() else { return Err(Fault::Form) };
	let special = ["LA", "LG", "LL", "LP"].iter().find_map(|prefix| number.strip_prefix(prefix));
	let digits = special.unwrap_or(number);
	if !check.is_ascii_digit() || !all_digits(digits) || digits.len() > 7 {
		return Err(Fault::Form);
	}
	if special.is_some() || modulo_10(digits) == u32::from(check - b'0') {
		Ok(())
	} else {
		Err(Fault::CheckDigit)
	}
}

/// The check digit of a number: every second digit from the right is doubled.
fn modulo_10(digits: &str) -> u32 {
	let sum: u32 = digits
		.bytes()
		.rev()
		.enumerate()
		.map(|(index, byte)| {
			let digit = u32::from(byte.wrapping_sub(b'0'));
			match index % 2 {
				0 if digit >= 5 => digit * 2 - 9,
				0 => digit * 2,
				_ => digit,
			}
		})
		.sum();
	(10 - sum % 10) % 10
}

/// A letter, a digit, a digit or letter, then up to four more after a dot that may be missing.
/// The dagger and asterisk of the international edition may follow.
pub(super) fn is_icd10(code: &str) -> bool {
	let code = code.strip_suffix(['+', '*', '†']).unwrap_or(code);
	let (Some(category), Some(rest)) = (code.get(..3), code.get(3..)) else { return false };
	let &[letter, digit, third] = category.as_bytes() else { return false };
	let detail = rest.strip_prefix('.').unwrap_or(rest);
	letter.is_ascii_uppercase()
		&& digit.is_ascii_digit()
		&& is_code_byte(third)
		&& (rest.is_empty() || !detail.is_empty())
		&& detail.len() <= 4
		&& detail.bytes().all(is_code_byte)
}

/// Seven digits and letters without I and O, the first a section.
pub(super) fn is_icd10_pcs(code: &str) -> bool {
	code.len() == 7
		&& code.bytes().all(|byte| is_code_byte(byte) && !matches!(byte, b'I' | b'O'))
		&& code.starts_with(|c: char| c.is_ascii_digit() || "BCDFGHX".contains(c))
}

/// A diagnosis (`250.00`, `V10.3`, `E812.0`) or a procedure (`47.0`).
pub(super) fn is_icd9(code: &str) -> bool {
	let (category, detail) = match code.split_once('.') {
		Some((category, detail)) => (category, Some(detail)),
		None => (code, None),
	};
	let digits = category.strip_prefix(['V', 'E']).unwrap_or(category);
	let expected = match (category.as_bytes().first(), detail) {
		(Some(b'V'), Some(_)) => 2..=2,
		(Some(b'E'), Some(_)) => 3..=3,
		(_, Some(_)) => 2..=3,
		// Without its dot the detail may follow at once.
		(Some(b'V'), None) => 2..=4,
		(Some(b'E'), None) => 3..=4,
		(_, None) => 2..=5,
	};
	all_digits(digits)
		&& expected.contains(&digits.len())
		&& detail.is_none_or(|detail| all_digits(detail) && detail.len() <= 2)
}

/// Four digits and a digit, or the letter of a special section.
pub(super) fn is_cpt(code: &str) -> bool {
	let Some((last, digits)) = code.as_bytes().split_last() else { return false };
	digits.len() == 4
		&& digits.iter().all(u8::is_ascii_digit)
		&& (last.is_ascii_digit() || matches!(last, b'A' | b'F' | b'M' | b'T' | b'U'))
}

/// A letter of a section and four digits.
pub(super) fn is_hcpcs(code: &str) -> bool {
	let Some((first, digits)) = code.as_bytes().split_first() else { return false };
	(b'A'..=b'V').contains(first) && digits.len() == 4 && digits.iter().all(u8::is_ascii_digit)
}

/// One to three digits, not all zero.
pub(super) fn is_cvx(code: &str) -> bool {
	all_digits(code) && code.len() <= 3 && code.bytes().any(|byte| byte != b'0')
}

/// Two or three capital letters, or three digits.
pub(super) fn is_country(code: &str) -> bool {
	let letters = code.bytes().all(|byte| byte.is_ascii_uppercase());
	(letters && matches!(code.len(), 2 | 3)) || (code.len() == 3 && all_digits(code))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_check_digit_of_loinc_is_checked() {
		for code in ["2947-0", "718-7", "85354-9", "8480-6", "4548-4", "LA33-6", "LP29684-5"] {
			assert_eq!(loinc(code), Ok(()), "{code}");
		}
		for digit in (0..10).filter(|digit| *digit != 9) {
			assert_eq!(loinc(&format!("85354-{digit}")), Err(Fault::CheckDigit));
		}
		for code in ["", "-", "2947", "2947-", "2947-00", "29a7-0", "12345678-1", "LX33-6", "−1-2"]
		{
			assert_eq!(loinc(code), Err(Fault::Form), "{code}");
		}
	}

	#[test]
	fn a_wrong_digit_and_most_swapped_ones_are_found() {
		let digits = "85354";
		for index in 0..digits.len() {
			for digit in b'0'..=b'9' {
				let mut changed = digits.as_bytes().to_vec();
				changed[index] = digit;
				let changed = String::from_utf8(changed).unwrap();
				assert_eq!(modulo_10(&changed) == 9, changed == digits, "{changed}");
			}
		}
		assert_ne!(modulo_10("58354"), 9);
	}
}
