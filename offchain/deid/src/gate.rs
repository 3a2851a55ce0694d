// SPDX-License-Identifier: Apache-2.0
//! The last look at what may leave: no identifier that is known of the batch is in it, in no layer.

use crate::{
	text::lexicon::{fold_char, Lexicon, Role},
	Error, KnownIdentifiers,
};
use aho_corasick::{AhoCorasick, MatchKind};
use flate2::read::GzDecoder;
use std::{fmt, io::Read};

/// How many layers of encodings are looked into.
const MAX_LAYERS: usize = 4;

/// How many bytes a layer may unfold to.
const MAX_LAYER: u64 = 64 << 20;

/// Runs of the letters of base64 that are shorter are words.
const MIN_ENCODED: usize = 20;

/// Looks for known identifiers in finished output.
pub struct LeakGate {
	machine: AhoCorasick,
	/// Whether a pattern is a word of English too, and so counts only as a name.
	common: Vec<bool>,
}

impl fmt::Debug for LeakGate {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("LeakGate").field("patterns", &self.common.len()).finish_non_exhaustive()
	}
}

impl LeakGate {
	/// A gate for what is known.
	///
	/// # Errors
	/// If the dictionary does not read.
	pub fn new(identifiers: &KnownIdentifiers) -> Result<Self, Error> {
		let lexicon = Lexicon::shared()?;
		let (mut patterns, mut common) = (Vec::new(), Vec::new());
		for (value, is_name) in identifiers.values().filter(|(value, _)| value.chars().count() >= 3)
		{
			let (lexical, roles) = lexicon.look_up(value);
			let word = lexical.english() >= 2
				|| lexical.drug()
				|| lexical.clinical()
				|| roles.any(
					Role::HOMONYM
						.or(Role::NEVER)
						.or(Role::EPONYM)
						.or(Role::STATE)
						.or(Role::COUNTRY)
						.or(Role::MONTH),
				);
			common.push(is_name && (word || value.chars().count() < 4));
			patterns.push(value.to_owned());
		}
		let machine = AhoCorasick::builder()
			.ascii_case_insensitive(true)
			.match_kind(MatchKind::Standard)
			.build(&patterns)
			.map_err(|_| Error::PolicyInvalid {
				reason: "too many known identifiers for one gate".into(),
			})?;
		Ok(Self { machine, common })
	}

	/// How many known identifiers are in some bytes, as whole words, in any layer of base64 and gzip.
	pub fn count(&self, bytes: &[u8]) -> usize {
		self.layer(bytes, 0)
	}

	fn layer(&self, bytes: &[u8], depth: usize) -> usize {
		let joined = join_digits(bytes);
		let mut hits = self.plain(bytes);
		// Marks over letters, and letters that JSON writes by their number, are looked through.
		if let Some(folded) = unmarked(bytes) {
			hits += self.plain(folded.as_bytes());
		}
		if let Some(joined) = &joined {
			hits += self.plain(joined);
		}
		if depth >= MAX_LAYERS {
			return hits;
		}
		if bytes.starts_with(&[0x1f, 0x8b]) {
			let mut inside = Vec::new();
			// What unfolds before an error is looked at too.
			let _ = GzDecoder::new(bytes).take(MAX_LAYER).read_to_end(&mut inside);
			hits += self.layer(&inside, depth + 1);
		}
		let in_code =
			|byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
		for run in bytes.split(|byte| !in_code(byte)).filter(|run| run.len() >= MIN_ENCODED) {
			let run: Vec<u8> = run
				.iter()
				.map(|byte| match byte {
					b'-' => b'+',
					b'_' => b'/',
					other => *other,
				})
				.collect();
			let whole = run.len() - run.len() % 4;
			let tail = run.len() - usize::from(run.len() % 4 == 1);
			let mut padded = run[..tail].to_vec();
			padded.resize(tail.next_multiple_of(4), b'=');
			let decoded = data_encoding::BASE64
				.decode(&padded)
				.or_else(|_| data_encoding::BASE64.decode(&run[..whole]));
			if let Ok(inside) = decoded {
				hits += self.layer(&inside, depth + 1);
			}
		}
		hits
	}

	fn plain(&self, bytes: &[u8]) -> usize {
		let word =
			|at: Option<&u8>| at.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
		self.machine
			.find_overlapping_iter(bytes)
			.filter(|hit| {
				let before = hit.start().checked_sub(1).and_then(|at| bytes.get(at));
				if word(before) || word(bytes.get(hit.end())) {
					return false;
				}
				if !self.common[hit.pattern().as_usize()] {
					return true;
				}
				// A word counts as a name in the middle of a sentence and with a capital alone.
				let capital = bytes.get(hit.start()).is_some_and(u8::is_ascii_uppercase)
					&& bytes.get(hit.start() + 1).is_some_and(u8::is_ascii_lowercase);
				let title = bytes.get(..hit.start()).is_some_and(|text| {
					[&b"Mr. "[..], b"Mrs. ", b"Ms. ", b"Dr. "]
						.iter()
						.any(|title| text.ends_with(title))
				});
				capital && title
			})
			.count()
	}
}

/// A text with other letters than those of English as it stands in the dictionary, if it has any.
fn unmarked(bytes: &[u8]) -> Option<String> {
	let text = std::str::from_utf8(bytes).ok()?;
	if !text.contains("\\u") {
		return (!text.is_ascii()).then(|| keeping_case(text));
	}
	let mut plain = String::with_capacity(text.len());
	let mut parts = text.split("\\u");
	plain.push_str(parts.next().unwrap_or_default());
	for part in parts {
		let number = part.get(..4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
		match number.and_then(char::from_u32) {
			Some(character) => {
				plain.push(character);
				plain.push_str(&part[4..]);
			},
			None => plain.push_str(part),
		}
	}
	Some(keeping_case(&plain))
}

/// Letters without marks; a capital stays one.
fn keeping_case(text: &str) -> String {
	let mut out = String::with_capacity(text.len());
	for character in text.chars() {
		fold_char(character, |folded| {
			out.push(if character.is_uppercase() { folded.to_ascii_uppercase() } else { folded });
		});
	}
	out
}

/// The bytes without what stands between digits, if something does.
fn join_digits(bytes: &[u8]) -> Option<Vec<u8>> {
	let separator = |byte: u8| matches!(byte, b'-' | b' ' | b'.' | b'/' | b'(' | b')');
	let digit = |at: Option<&u8>| at.is_some_and(u8::is_ascii_digit);
	let mut out = Vec::new();
	let mut changed = false;
	for (at, byte) in bytes.iter().enumerate() {
		let between = separator(*byte)
			&& at > 0 && (digit(bytes.get(at - 1))
			|| at > 1 && separator(bytes[at - 1]) && digit(bytes.get(at - 2)))
			&& (digit(bytes.get(at + 1))
				|| bytes.get(at + 1).copied().is_some_and(separator) && digit(bytes.get(at + 2)));
		if between {
			changed = true;
		} else {
			out.push(*byte);
		}
	}
	changed.then_some(out)
}

#[cfg(test)]
mod tests {
	use super::*;
	use flate2::{write::GzEncoder, Compression};
	use std::io::Write;

	fn gate() -> LeakGate {
		let mut known = KnownIdentifiers::new();
		known.add_name("Quillon Young");
		known.add_number("4459201");
		LeakGate::new(&known).expect("the dictionary")
	}

	#[test]
	fn every_layer_is_looked_into() {
		let gate = gate();
		let mut packed = GzEncoder::new(Vec::new(), Compression::default());
		packed.write_all(b"seen: Quillon, thanks").expect("memory");
		let packed = packed.finish().expect("memory");
		let encoded = data_encoding::BASE64.encode(&packed);
		let twice = data_encoding::BASE64URL_NOPAD.encode(format!("data {encoded}").as_bytes());
		for leak in [
			"QUILLON".into(),
			"mrn 4459201.".into(),
			"44-59-201".into(),
			data_encoding::BASE64.encode(b"the number 4459201"),
			"seen: Quíllon".into(),
			"seen: Qu\\u00edllon".into(),
			encoded,
			twice,
		] {
			assert!(gate.count(leak.as_bytes()) > 0, "{leak}");
		}
	}

	#[test]
	fn parts_of_words_and_common_words_are_no_leaks() {
		let gate = gate();
		for text in ["quillonia", "44592017", "a young man", "Young adults"] {
			assert_eq!(gate.count(text.as_bytes()), 0, "{text}");
		}
		assert_eq!(gate.count(b"see Dr. Young"), 1);
	}
}
