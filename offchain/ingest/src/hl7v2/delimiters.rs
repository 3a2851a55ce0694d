// SPDX-License-Identifier: Apache-2.0
//! The characters that cut a message into parts: MSH-1 and MSH-2.

/// Stands for a delimiter the message does not have. No byte of UTF-8 text is equal to it.
const NONE: u8 = 0xFF;

/// The characters that cut a message into parts, all of them ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delimiters {
	pub(crate) field: u8,
	pub(crate) component: u8,
	pub(crate) repetition: u8,
	pub(crate) escape: u8,
	pub(crate) subcomponent: u8,
	pub(crate) truncation: u8,
}

impl Default for Delimiters {
	/// `|^~\&`, and `#` for truncation.
	fn default() -> Self {
		Self {
			field: b'|',
			component: b'^',
			repetition: b'~',
			escape: b'\\',
			subcomponent: b'&',
			truncation: b'#',
		}
	}
}

impl Delimiters {
	/// Reads the delimiters behind the three letters of a header segment (MSH, FHS or BHS), and
	/// whether they are well given. Where they are not, the usual ones stand in.
	pub fn read(header: &[u8]) -> Option<(Self, bool)> {
		let field = *header.get(3)?;
		if !is_delimiter(field) {
			return None;
		}
		let given = header.get(4..)?;
		let end = given.iter().position(|byte| *byte == field || *byte < b' ');
		let given = &given[..end.unwrap_or(given.len())];
		let mut found = [NONE; 5];
		let mut count = 0;
		let mut good = (2..=5).contains(&given.len());
		for byte in given {
			let usable = is_delimiter(*byte) && !found.contains(byte);
			good &= usable;
			// A character given twice, as an escape that was escaped once more, counts once.
			if let (true, Some(slot)) = (usable, found.get_mut(count)) {
				*slot = *byte;
				count += 1;
			}
		}
		let [component, repetition, escape, subcomponent, truncation] = found;
		if count == 0 || given.iter().any(|byte| !is_delimiter(*byte)) {
			let usual = Self { field, ..Self::default() };
			return Some((usual, false));
		}
		Some((Self { field, component, repetition, escape, subcomponent, truncation }, good))
	}
}

/// Letters, digits and white space cut nothing.
pub(super) const fn is_delimiter(byte: u8) -> bool {
	byte.is_ascii_punctuation()
}

#[cfg(test)]
mod tests {
	use super::*;

	fn read(text: &str) -> Option<(String, bool)> {
		let (found, good) = Delimiters::read(text.as_bytes())?;
		let Delimiters { field, component, repetition, escape, subcomponent, truncation } = found;
		let shown = [field, component, repetition, escape, subcomponent, truncation]
			.into_iter()
			.filter(|byte| *byte != NONE)
			.map(char::from)
			.collect();
		Some((shown, good))
	}

	#[test]
	fn delimiters_are_read_from_the_header() {
		let good = |text: &str| Some((text.to_owned(), true));
		assert_eq!(read("MSH|^~\\&|A"), good("|^~\\&"));
		assert_eq!(read("MSH|^~\\&#|A"), good("|^~\\&#"));
		assert_eq!(read("MSH^~|\\&^A"), good("^~|\\&"));
		assert_eq!(read("BHS|^~\\&"), good("|^~\\&"));
		// 2.1 allowed fewer.
		assert_eq!(read("MSH|^~|A"), good("|^~"));
	}

	#[test]
	fn wrong_delimiters_are_told() {
		let wrong = |text: &str| Some((text.to_owned(), false));
		assert_eq!(read("MSH|^~\\\\&|A"), wrong("|^~\\&"));
		assert_eq!(read("MSH||A"), wrong("|^~\\&#"));
		assert_eq!(read("MSH|LAB|A"), wrong("|^~\\&#"));
		assert_eq!(read("MSH|^|A"), wrong("|^"));
		assert_eq!(read("MSH|^~\\&#@$|A"), wrong("|^~\\&#"));
		assert_eq!(read("MSHA|^~\\&"), None);
		assert_eq!(read("MSH"), None);
	}
}
