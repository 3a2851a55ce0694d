// SPDX-License-Identifier: Apache-2.0
//! A text as the rules read it, and where each part of it came from.

use unicode_normalization::UnicodeNormalization;

/// A text without what hides letters: invisible characters, wide forms, entities of markup.
#[derive(Debug)]
pub(crate) struct Normal {
	pub(crate) text: String,
	/// Where in the result a piece begins, and where in the source.
	map: Vec<(u32, u32)>,
}

/// The entities that stand for letters, digits and marks in what people write.
const ENTITIES: &[(&str, char)] = &[
	("amp", '&'),
	("lt", '<'),
	("gt", '>'),
	("quot", '"'),
	("apos", '\''),
	("nbsp", ' '),
	("ndash", '-'),
	("mdash", '-'),
	("rsquo", '\''),
	("lsquo", '\''),
	("ldquo", '"'),
	("rdquo", '"'),
	("eacute", 'é'),
	("egrave", 'è'),
	("ecirc", 'ê'),
	("euml", 'ë'),
	("aacute", 'á'),
	("agrave", 'à'),
	("acirc", 'â'),
	("auml", 'ä'),
	("aring", 'å'),
	("atilde", 'ã'),
	("iacute", 'í'),
	("icirc", 'î'),
	("iuml", 'ï'),
	("oacute", 'ó'),
	("ograve", 'ò'),
	("ocirc", 'ô'),
	("ouml", 'ö'),
	("otilde", 'õ'),
	("oslash", 'ø'),
	("uacute", 'ú'),
	("ugrave", 'ù'),
	("ucirc", 'û'),
	("uuml", 'ü'),
	("ntilde", 'ñ'),
	("ccedil", 'ç'),
	("szlig", 'ß'),
	("commat", '@'),
	("period", '.'),
	("colon", ':'),
	("sol", '/'),
	("num", '#'),
	("hyphen", '-'),
];

/// How many bytes an entity may have.
const MAX_ENTITY: usize = 10;

const fn invisible(character: char) -> bool {
	matches!(
		character,
		'\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{34f}' | '\u{61c}'
	)
}

/// Forms that are other ways to write a plain letter or digit.
const fn compatible(character: char) -> bool {
	matches!(character, '\u{ff01}'..='\u{ff5e}' | '\u{1d400}'..='\u{1d7ff}' | '\u{2460}'..='\u{24ff}' | '\u{fb00}'..='\u{fb06}' | '\u{2070}'..='\u{209c}')
}

fn entity(text: &str) -> Option<(char, usize)> {
	let bytes = text.as_bytes();
	let end = bytes.iter().take(MAX_ENTITY).position(|byte| *byte == b';')?;
	let name = text.get(1..end)?;
	let character = if let Some(number) = name.strip_prefix('#') {
		let value = match number.strip_prefix(['x', 'X']) {
			Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
			None => number.parse().ok()?,
		};
		char::from_u32(value)?
	} else {
		let lower = name.to_ascii_lowercase();
		let found = ENTITIES.iter().find(|(entity, _)| *entity == lower)?.1;
		if name.as_bytes().first().is_some_and(u8::is_ascii_uppercase) {
			found.to_uppercase().next().unwrap_or(found)
		} else {
			found
		}
	};
	Some((character, end + 1))
}

/// The text as the rules read it, or nothing if it is that already.
pub(crate) fn normalise(text: &str) -> Option<Normal> {
	if text.is_ascii() {
		if !text.as_bytes().contains(&b'&') {
			return None;
		}
	} else if !text.as_bytes().contains(&b'&')
		&& !text.chars().any(|c| !c.is_ascii() && (invisible(c) || compatible(c)))
	{
		return None;
	}
	let mut normal = Normal { text: String::with_capacity(text.len()), map: vec![(0, 0)] };
	let mut at = 0;
	while let Some(character) = text.get(at..).and_then(|rest| rest.chars().next()) {
		let length = character.len_utf8();
		if invisible(character) {
			at += length;
			normal.mark(at);
			continue;
		}
		if character == '&' {
			if let Some((character, length)) = entity(&text[at..]) {
				normal.mark(at);
				if !invisible(character) {
					normal.text.push(if character == '\u{a0}' { ' ' } else { character });
				}
				at += length;
				normal.mark(at);
				continue;
			}
		}
		if compatible(character) {
			normal.mark(at);
			normal.text.extend(std::iter::once(character).nfkc());
			at += length;
			normal.mark(at);
			continue;
		}
		normal.text.push(character);
		at += length;
	}
	Some(normal)
}

impl Normal {
	fn mark(&mut self, source: usize) {
		let here = (self.text.len() as u32, source as u32);
		match self.map.last_mut() {
			Some(last) if last.0 == here.0 => last.1 = here.1,
			_ => self.map.push(here),
		}
	}

	/// The place in the source of a place in the result.
	fn source(&self, at: u32) -> u32 {
		let index = self.map.partition_point(|(from, _)| *from <= at);
		let (from, source) = self.map[index.saturating_sub(1)];
		source + (at - from)
	}

	/// The place in the source where something that ends in the result ends.
	pub(crate) fn range(&self, start: u32, end: u32, source: &str) -> (u32, u32) {
		let from = self.source(start);
		// The last character decides: what is left out after it does not belong to it.
		let last = self
			.text
			.get(..end as usize)
			.and_then(|t| t.char_indices().next_back())
			.map_or(start, |(at, _)| at as u32);
		let index = self.map.partition_point(|(from, _)| *from <= last);
		let next = self.map.get(index).copied();
		let mut to = match next {
			Some((piece, at)) if piece <= end => at,
			_ => self.source(end),
		}
		.min(source.len() as u32);
		while !source.is_char_boundary(to as usize) {
			to += 1;
		}
		let mut from = from.min(to);
		while !source.is_char_boundary(from as usize) {
			from -= 1;
		}
		(from, to)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_hidden_is_seen_and_found_again() {
		let source = "Dr. Mu&#776;ller, J\u{200b}ane &amp; Ｒｏｅ ok";
		let normal = normalise(source).expect("changed");
		assert_eq!(normal.text, "Dr. Mu\u{308}ller, Jane & Roe ok");
		let at = normal.text.find("Jane").expect("there") as u32;
		let (from, to) = normal.range(at, at + 4, source);
		assert_eq!(&source[from as usize..to as usize], "J\u{200b}ane");
		let at = normal.text.find("Roe").expect("there") as u32;
		let (from, to) = normal.range(at, at + 3, source);
		assert_eq!(&source[from as usize..to as usize], "Ｒｏｅ");
	}

	#[test]
	fn a_plain_text_stays() {
		assert!(normalise("Jane Roe and Miller").is_none());
		assert!(normalise("Müller").is_none());
	}
}
