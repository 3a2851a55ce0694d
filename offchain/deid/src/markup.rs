// SPDX-License-Identifier: Apache-2.0
//! The text of marked-up documents. What is written again is text alone: no attribute, comment or
//! hidden part comes along.

/// How deep groups of RTF may be nested.
const MAX_DEPTH: usize = 256;

/// Elements that do not end a word.
const INLINE: &[&str] = &[
	"b", "i", "u", "em", "strong", "span", "a", "font", "sub", "sup", "small", "big", "tt", "code",
	"s", "mark", "abbr", "wbr",
];

/// The text of an attached file, if it is of a kind that can be read.
pub(crate) fn attached(media: &str, bytes: Vec<u8>) -> Option<String> {
	let text = String::from_utf8(bytes).ok()?;
	match media {
		"text/plain" => Some(text),
		"text/html" | "application/xhtml+xml" => Some(html(&text)),
		"text/rtf" | "application/rtf" => rtf(&text),
		_ => None,
	}
}

/// The text of HTML or XHTML; entities are left to the rules, which read them.
pub(crate) fn html(markup: &str) -> String {
	let mut out = String::with_capacity(markup.len());
	let mut rest = markup;
	while let Some((text, tag)) = rest.split_once('<') {
		out.push_str(text);
		if let Some(comment) = tag.strip_prefix("!--") {
			rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
			continue;
		}
		let (inside, after) = tag.split_once('>').unwrap_or((tag, ""));
		let name: String = inside
			.trim_start_matches('/')
			.chars()
			.take_while(char::is_ascii_alphanumeric)
			.map(|c| c.to_ascii_lowercase())
			.collect();
		rest = after;
		if name == "script" || name == "style" {
			let end = format!("</{name}");
			let at = rest.to_ascii_lowercase().find(&end);
			rest = at.and_then(|at| rest.get(at..)).unwrap_or("");
		} else if !INLINE.contains(&name.as_str()) && !out.ends_with('\n') {
			out.push(if name == "td" || name == "th" { '\t' } else { '\n' });
		}
	}
	out.push_str(rest);
	out.trim().to_owned()
}

/// A text in XHTML as FHIR's narrative wants it.
pub(crate) fn narrative(text: &str) -> String {
	let mut out = String::with_capacity(text.len() + 64);
	out.push_str("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
	for line in text.lines().filter(|line| !line.trim().is_empty()) {
		out.push_str("<p>");
		for character in line.trim().chars() {
			match character {
				'<' => out.push_str("&lt;"),
				'>' => out.push_str("&gt;"),
				other => out.push(other),
			}
		}
		out.push_str("</p>");
	}
	out.push_str("</div>");
	out
}

/// The text of RTF, or nothing if it is none or too deep.
pub(crate) fn rtf(source: &str) -> Option<String> {
	let mut rest = source.trim_start().strip_prefix("{\\rtf")?.chars().peekable();
	let mut out = String::new();
	// Whether each open group is shown.
	let mut groups = vec![true];
	let mut skip = 0_usize;
	while let Some(character) = rest.next() {
		let shown = groups.last().copied().unwrap_or(true);
		match character {
			'{' => {
				if groups.len() >= MAX_DEPTH {
					return None;
				}
				groups.push(shown);
			},
			'}' => {
				groups.pop();
			},
			'\r' | '\n' => {},
			'\\' => match rest.next()? {
				symbol @ ('\\' | '{' | '}') if shown => {
					out.push(symbol);
				},
				'~' => out.push(' '),
				'*' => {
					if let Some(last) = groups.last_mut() {
						*last = false;
					}
				},
				'\'' => {
					let code: String = [rest.next()?, rest.next()?].into_iter().collect();
					let byte = u8::from_str_radix(&code, 16).ok()?;
					if skip > 0 {
						skip -= 1;
					} else if shown {
						// Windows-1252, which for letters is Latin-1.
						out.push(char::from(byte));
					}
				},
				first if first.is_ascii_alphabetic() => {
					let mut word = String::from(first);
					while let Some(letter) = rest.next_if(char::is_ascii_alphabetic) {
						word.push(letter);
					}
					let mut number = String::new();
					if let Some(sign) = rest.next_if_eq(&'-') {
						number.push(sign);
					}
					while let Some(digit) = rest.next_if(char::is_ascii_digit) {
						number.push(digit);
					}
					rest.next_if_eq(&' ');
					match word.as_str() {
						"par" | "line" | "row" | "sect" | "page" if shown => out.push('\n'),
						"tab" | "cell" if shown => out.push('\t'),
						"u" => {
							let code = number.parse::<i32>().ok()?;
							let code = if code < 0 { code + 65_536 } else { code };
							if shown {
								out.push(u32::try_from(code).ok().and_then(char::from_u32)?);
							}
							skip = 1;
							if rest.peek().is_some_and(|next| !matches!(next, '\\' | '{' | '}')) {
								rest.next();
								skip = 0;
							}
						},
						"fonttbl" | "colortbl" | "stylesheet" | "info" | "pict" | "object"
						| "header" | "footer" | "filetbl" => {
							if let Some(last) = groups.last_mut() {
								*last = false;
							}
						},
						_ => {},
					}
				},
				_ => {},
			},
			other if shown => out.push(other),
			_ => {},
		}
	}
	Some(out.trim_start_matches(|c: char| c.is_ascii_digit()).trim().to_owned())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn tags_do_not_split_words_and_hide_nothing() {
		let text = html("<div title=\"Roe\"><p>Jo<b>hn</b> Roe</p><!-- secret --><script>x</script><td>1</td><td>2</td></div>");
		assert!(
			text.contains("John Roe")
				&& !text.contains("secret")
				&& !text.contains("title")
				&& !text.contains('x')
		);
		assert_eq!(
			narrative("a < b\n\nc"),
			"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>a &lt; b</p><p>c</p></div>"
		);
	}

	#[test]
	fn rtf_becomes_text() {
		let text = rtf(r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 Jos\'e9 R\u246?e\par {\b Jo}hn}")
			.expect("rtf");
		assert_eq!(text, "José Röe\nJohn");
		assert_eq!(rtf("plain"), None);
		assert_eq!(rtf(&format!("{{\\rtf1{}", "{".repeat(1000))), None);
	}
}
