// SPDX-License-Identifier: Apache-2.0
//! The first element of a document, by its looks.

/// The tag of the first element, without its angle brackets. What stands before it is stepped over; what
/// a document type declares is refused by the reader, and not here.
pub(crate) fn root_tag(text: &[u8]) -> Option<&[u8]> {
	let mut rest = text;
	loop {
		let at = rest.iter().position(|byte| *byte == b'<')?;
		rest = rest.get(at + 1..)?;
		let after = |end: &[u8]| {
			rest.windows(end.len()).position(|window| window == end).map(|at| at + end.len())
		};
		let skipped = match rest {
			[b'?', ..] => after(b"?>"),
			[b'!', b'-', b'-', ..] => after(b"-->"),
			[b'!', ..] => after(b">"),
			_ => break,
		};
		rest = rest.get(skipped?..)?;
	}
	let end = rest.iter().position(|byte| *byte == b'>').unwrap_or(rest.len());
	rest.get(..end)
}

/// The name in a tag, without its prefix.
pub(crate) fn local_name(tag: &[u8]) -> &[u8] {
	let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'/';
	let name = tag.split(is_end).next().unwrap_or_default();
	name.rsplit(|byte| *byte == b':').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_first_element_is_found_behind_what_is_none() {
		for (text, name) in [
			("<a/>", Some("a")),
			("<?xml version='1.0'?>\n<!-- <b> --><!DOCTYPE c><d:e f='g'>", Some("e")),
			("<a", Some("a")),
			("<a\nb='c'>", Some("a")),
			("<!-- a", None),
			("a", None),
			("", None),
		] {
			let found = root_tag(text.as_bytes()).map(local_name);
			assert_eq!(found, name.map(str::as_bytes), "{text}");
		}
	}
}
