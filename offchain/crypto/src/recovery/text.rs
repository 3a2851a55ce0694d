// SPDX-License-Identifier: Apache-2.0
//! Objects as text that survives mail, paper and typing: base32 in numbered blocks, each with a
//! checksum of its own.

use super::wire::Object;
use crate::{Error, Result};
use data_encoding::BASE32_NOPAD_VISUAL as BASE32;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write};

const LABEL: &[u8] = b"salus/recovery-text/1";
/// The bytes of a full block: 40 characters.
const BLOCK: usize = 25;
/// The characters of a checksum: 20 bits.
const CHECK: usize = 4;
/// Characters between two spaces.
const GROUP: usize = 5;

/// The text of an object.
pub(super) fn write(object: Object, bytes: &[u8]) -> String {
	let name = object.name().to_uppercase();
	let total = bytes.len().div_ceil(BLOCK);
	let mut text = format!("-----BEGIN SALUS {name}-----\n");
	for (number, block) in (1usize..).zip(bytes.chunks(BLOCK)) {
		let data = BASE32.encode(block);
		let check = checksum(object, number, total, block);
		// Writing to a string does not fail.
		let _ = write!(text, "[{number}/{total}]");
		for (at, character) in data.chars().enumerate() {
			if at % GROUP == 0 {
				text.push(' ');
			}
			text.push(character);
		}
		let _ = writeln!(text, " {check}");
	}
	let _ = writeln!(text, "-----END SALUS {name}-----");
	text
}

/// The first 80 bits of a hash, for people to compare, by voice too.
pub(super) fn short(hash: &[u8; 32]) -> String {
	let text: String = BASE32.encode(hash).chars().take(16).collect();
	let groups: Vec<_> = text.as_bytes().chunks(4).map(String::from_utf8_lossy).collect();
	groups.join("-")
}

/// Whether a person typed what [`short`] gave, however she spaced it.
pub(super) fn is_short(hash: &[u8; 32], typed: &str) -> bool {
	let plain = |text: &str| -> Vec<u8> {
		let counting = text.bytes().filter(u8::is_ascii_alphanumeric);
		counting.map(|byte| legible(byte.to_ascii_uppercase())).collect()
	};
	plain(typed) == plain(&short(hash))
}

/// The bytes of the object that a text holds. Blocks may come in any order.
pub(super) fn read(object: Object, text: &str) -> Result<Vec<u8>> {
	let text = text.to_ascii_uppercase();
	let body = between_marks(object, &text);
	let mut blocks: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
	let mut total = None;
	let mut previous = 0;
	// What stands before the first label is no block.
	for part in body.split('[').skip(1) {
		let unreadable = || wrong(object, previous + 1, "its label is not readable");
		let (label, data) = part.split_once(']').ok_or_else(unreadable)?;
		let (number, of) = label
			.split_once('/')
			.and_then(|(number, of)| Some((count(number)?, count(of)?)))
			.filter(|(number, of)| (1..=*of).contains(number))
			.ok_or_else(unreadable)?;
		previous = number;
		if *total.get_or_insert(of) != of {
			return Err(wrong(object, number, "it is of another text"));
		}
		let block = read_block(object, number, of, data)?;
		if blocks.insert(number, block).is_some() {
			return Err(wrong(object, number, "it comes twice"));
		}
	}
	let total = total.ok_or_else(|| object.malformed("there is no text of one"))?;
	if let Some(missing) = (1..=total).find(|number| !blocks.contains_key(number)) {
		return Err(wrong(object, missing, "it is missing"));
	}
	Ok(blocks.into_values().flatten().collect())
}

/// What is between the marks, if there are any: a whole page may be given.
fn between_marks(object: Object, text: &str) -> &str {
	let name = object.name().to_ascii_uppercase();
	let after = text.split_once(&format!("BEGIN SALUS {name}")).map_or(text, |(_, after)| after);
	// The dashes before the mark are none of the last block.
	let inside = after.split_once("-----END").map_or(after, |(inside, _)| inside);
	inside.split_once("END SALUS").map_or(inside, |(inside, _)| inside)
}

fn read_block(object: Object, number: usize, total: usize, text: &str) -> Result<Vec<u8>> {
	let characters: Vec<u8> =
		text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-').collect();
	let (data, check) = characters
		.len()
		.checked_sub(CHECK)
		.and_then(|at| characters.split_at_checked(at))
		.ok_or_else(|| wrong(object, number, "it is too short"))?;
	let block = BASE32
		.decode(data)
		.map_err(|_| wrong(object, number, "it has a character too many, too few, or unknown"))?;
	let full = number < total;
	if block.is_empty() || block.len() > BLOCK || (full && block.len() != BLOCK) {
		return Err(wrong(object, number, "it has a character too many or too few"));
	}
	// Read as leniently as the data.
	let found: Vec<u8> = check.iter().map(|byte| legible(*byte)).collect();
	if found != checksum(object, number, total, &block).as_bytes() {
		return Err(wrong(object, number, "it has a mistake"));
	}
	Ok(block)
}

/// What the alphabet reads digits as that it does not have.
const fn legible(byte: u8) -> u8 {
	match byte {
		b'0' => b'O',
		b'1' => b'I',
		b'8' => b'B',
		byte => byte,
	}
}

/// A number in a label, where letters that look like digits are digits.
fn count(text: &str) -> Option<usize> {
	let digits: String = text
		.chars()
		.filter(|character| !character.is_whitespace())
		.map(|character| match character {
			'O' => '0',
			'I' | 'L' => '1',
			character => character,
		})
		.collect();
	(digits.len() <= 5).then(|| digits.parse().ok()).flatten()
}

fn checksum(object: Object, number: usize, total: usize, block: &[u8]) -> String {
	let mut hash = Sha256::new();
	hash.update(LABEL);
	hash.update([object.tag()]);
	for count in [number, total] {
		// No object has so many blocks that one would be cut.
		hash.update(u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
	}
	hash.update(block);
	let mut text = BASE32.encode(&hash.finalize());
	text.truncate(CHECK);
	text
}

const fn wrong(object: Object, block: usize, reason: &'static str) -> Error {
	Error::TextBlock { object: object.name(), block, reason }
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	const KIT: Object = Object::Kit;

	fn bytes(len: usize) -> Vec<u8> {
		(0..len).map(|at| (at * 37 % 251) as u8).collect()
	}

	/// Which block is wrong in `text`, and why.
	fn mistake(text: &str) -> (usize, &'static str) {
		match read(KIT, text).unwrap_err() {
			Error::TextBlock { block, reason, object: "recovery kit" } => (block, reason),
			error => panic!("{error}"),
		}
	}

	#[test]
	fn it_is_read_however_it_is_spaced_and_whatever_its_case() {
		for len in [1, 24, 25, 26, 100, 777] {
			let bytes = bytes(len);
			let text = write(KIT, &bytes);
			assert!(text.lines().all(|line| line.len() <= 72 && line.is_ascii()));
			let lower = text.to_lowercase();
			let narrow: String = lower.replace(' ', "\r\n\t");
			let joined = text.replace(['\n', ' '], "").replace('-', "");
			let page = format!("A page with words [not a block\n{text}and [9/9] more words");
			let digits = text.replace('O', "0").replace('I', "1").replace('B', "8");
			for given in [&text, &lower, &narrow, &page, &digits] {
				assert_eq!(read(KIT, given).unwrap(), bytes, "{given}");
			}
			// Without line breaks, and without the dashes of the marks.
			let body =
				joined.replace("BEGINSALUSRECOVERYKIT", "").replace("ENDSALUSRECOVERYKIT", "");
			assert_eq!(read(KIT, &body).unwrap(), bytes);
			let mut lines: Vec<_> = text.lines().filter(|line| line.starts_with('[')).collect();
			lines.reverse();
			assert_eq!(read(KIT, &lines.join("\n")).unwrap(), bytes, "blocks in any order");
		}
	}

	#[test]
	fn the_wrong_block_is_named() {
		let text = write(KIT, &bytes(130));
		let lines: Vec<&str> = text.lines().filter(|line| line.starts_with('[')).collect();
		assert_eq!(lines.len(), 6);
		let with = |at: usize, line: &str| {
			let mut lines = lines.clone();
			lines[at] = line;
			lines.join("\n")
		};
		for (at, line) in lines.iter().enumerate() {
			// Each character in turn is another one.
			let start = line.find(']').unwrap() + 1;
			for position in start..line.len() {
				let old = line.as_bytes()[position];
				if old == b' ' {
					continue;
				}
				let new = if old == b'A' { "Q" } else { "A" };
				let mut changed = (*line).to_owned();
				changed.replace_range(position..=position, new);
				assert_eq!(mistake(&with(at, &changed)).0, at + 1, "{changed}");
			}
			assert_eq!(mistake(&with(at, &line[..line.len() - 1])).0, at + 1);
			assert_eq!(mistake(&with(at, &format!("{line}A"))).0, at + 1);
			assert_eq!(mistake(&with(at, &format!("{line}!"))).0, at + 1);
			assert_eq!(mistake(&with(at, "")), (at + 1, "it is missing"));
			assert_eq!(mistake(&with(at, &format!("{line}\n{line}"))), (at + 1, "it comes twice"));
		}
		assert_eq!(mistake(&with(2, "[3/6]")), (3, "it is too short"));
		assert_eq!(mistake(&with(2, "[x/6] AAAA")), (3, "its label is not readable"));
		assert_eq!(mistake(&with(2, "[7/6] AAAA")), (3, "its label is not readable"));
		assert_eq!(mistake(&with(2, "[3/7] AAAA")), (3, "it is of another text"));
		// Two blocks that changed places in their labels.
		let swapped = lines[1].replace("[2/", "[3/");
		assert_eq!(mistake(&with(2, &swapped)), (3, "it has a mistake"));
	}

	#[test]
	fn another_object_is_none() {
		let text = write(Object::Share, &bytes(60));
		assert_eq!(mistake(&text), (1, "it has a mistake"));
		for empty in ["", "nothing at all", "-----BEGIN SALUS RECOVERY KIT-----"] {
			assert_eq!(read(KIT, empty).unwrap_err().code(), "RECOVERY_MALFORMED");
		}
	}

	proptest! {
		#[test]
		fn any_text_is_read_or_refused(text in any::<String>(), label in "\\[[0-9]{1,9}/[0-9]{1,9}\\]") {
			let _ = read(KIT, &text);
			let read = read(KIT, &format!("{label}{text}"));
			prop_assert!(read.is_err());
		}
	}
}
