// SPDX-License-Identifier: Apache-2.0
//! Identifiers of SNOMED CT: a number that ends in a partition and a check digit.

use super::Fault;

/// The permutation of Verhoeff's scheme, for each place of a digit.
const PERMUTATION: [[usize; 10]; 8] = permutation();
/// How two digits are multiplied: the group of the symmetries of a pentagon.
const PRODUCT: [[usize; 10]; 10] = product();

const fn permutation() -> [[usize; 10]; 8] {
	let step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
	let mut table = [[0; 10]; 8];
	let mut digit = 0;
	while digit < 10 {
		table[0][digit] = digit;
		let mut place = 1;
		while place < 8 {
			table[place][digit] = step[table[place - 1][digit]];
			place += 1;
		}
		digit += 1;
	}
	table
}

const fn product() -> [[usize; 10]; 10] {
	let mut table = [[0; 10]; 10];
	let mut a = 0;
	while a < 10 {
		let mut b = 0;
		while b < 10 {
			// Digits below five turn, the others turn and mirror.
			table[a][b] = match (a < 5, b < 5) {
				(true, true) => (a + b) % 5,
				(true, false) => (a + b - 5) % 5 + 5,
				(false, true) => (a - 5 + 5 - b) % 5 + 5,
				(false, false) => (a + 5 - b) % 5,
			};
			b += 1;
		}
		a += 1;
	}
	table
}

/// Whether the last digit fits the others.
fn is_verhoeff(digits: &str) -> bool {
	let mut check = 0;
	for (place, byte) in digits.bytes().rev().enumerate() {
		let digit = usize::from(byte.wrapping_sub(b'0') % 10);
		check = PRODUCT[check][PERMUTATION[place % 8][digit]];
	}
	check == 0
}

/// Checks the identifier of a concept, or every identifier of an expression that combines several.
pub(super) fn check(code: &str) -> Result<(), Fault> {
	if code.bytes().all(|byte| byte.is_ascii_digit()) {
		return concept(code);
	}
	if !code.contains([':', '+', '{', '|', '=']) {
		return Err(Fault::Form);
	}
	let mut found = false;
	// Terms stand between bars; numbers in them are words.
	for part in code.split('|').step_by(2) {
		for digits in part.split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() >= 6) {
			concept(digits)?;
			found = true;
		}
	}
	if found {
		Ok(())
	} else {
		Err(Fault::Form)
	}
}

fn concept(digits: &str) -> Result<(), Fault> {
	if !(6..=18).contains(&digits.len()) || digits.starts_with('0') {
		return Err(Fault::Form);
	}
	if !is_verhoeff(digits) {
		return Err(Fault::CheckDigit);
	}
	// Of the international edition, or of an extension.
	match digits.get(digits.len() - 3..digits.len() - 1) {
		Some("00" | "10") => Ok(()),
		_ => Err(Fault::NotConcept),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn concepts_of_all_editions_pass() {
		for code in ["73211009", "38341003", "138875005", "454711000124102", "10939881000119105"] {
			assert_eq!(check(code), Ok(()), "{code}");
		}
		assert_eq!(check("83152002 |operation| : 405815000 |device 12345678| = 122456005"), Ok(()));
		assert_eq!(check("83152002:405815000=122456006"), Err(Fault::CheckDigit));
	}

	#[test]
	fn other_numbers_are_refused_with_their_reason() {
		assert_eq!(check("73211008"), Err(Fault::CheckDigit));
		assert_eq!(check("73210109"), Err(Fault::CheckDigit));
		// A description of the same edition.
		assert_eq!(check("754786014"), Err(Fault::NotConcept));
		for code in ["", "12345", "0732110090", "1234567890123456789", "abc", "73211009x", ":|"] {
			assert_eq!(check(code), Err(Fault::Form), "{code}");
		}
	}

	#[test]
	fn every_wrong_digit_and_every_swap_is_found() {
		let code = "10939881000119105".as_bytes();
		let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
		for index in 0..code.len() {
			for digit in (b'0'..=b'9').filter(|digit| *digit != code[index]) {
				let mut changed = code.to_vec();
				changed[index] = digit;
				assert!(!is_verhoeff(&text(&changed)));
			}
			if index > 0 && code[index] != code[index - 1] {
				let mut swapped = code.to_vec();
				swapped.swap(index, index - 1);
				assert!(!is_verhoeff(&text(&swapped)));
			}
		}
	}
}
