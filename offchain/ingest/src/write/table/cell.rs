// SPDX-License-Identifier: Apache-2.0
//! What stands in one cell.

use salus_mdf::{Coding, Concept, Decimal, Reference};

/// How a text must begin for a spreadsheet to take it for a formula (OWASP, "CSV Injection", the
/// wide forms that Excel reads alike too).
const DANGEROUS: [char; 11] =
	['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text that no spreadsheet runs: one that begins like a formula gets an apostrophe in front,
/// unless it is a number. A text that begins with an apostrophe gets another one, so that taking
/// one away always gives the text back.
pub(super) fn guard(text: String) -> String {
	let number = text.strip_prefix('+').unwrap_or(&text);
	let is_number = number.parse::<Decimal>().is_ok();
	if text.starts_with('\'') || (text.starts_with(DANGEROUS) && !is_number) {
		return format!("'{text}");
	}
	text
}

/// `system|code|display`, several of them with semicolons between.
pub(super) fn codes<'a>(codings: impl IntoIterator<Item = &'a Coding>) -> String {
	let mut out = String::new();
	for coding in codings {
		if !out.is_empty() {
			out.push(';');
		}
		for (index, part) in [&coding.system, &coding.code, &coding.display].into_iter().enumerate()
		{
			if index > 0 {
				out.push('|');
			}
			escape(part.as_deref().unwrap_or_default(), &mut out);
		}
	}
	out
}

/// The codes of concepts; of one without codes its text, as `||text`.
pub(super) fn concepts<'a>(concepts: impl IntoIterator<Item = &'a Concept>) -> String {
	let written = concepts.into_iter().map(|concept| {
		if concept.codes.is_empty() {
			let text = Coding { display: concept.text.clone(), ..Coding::default() };
			return codes([&text]);
		}
		codes(&concept.codes)
	});
	written.collect::<Vec<_>>().join(";")
}

/// Texts with semicolons between.
pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
	let mut out = String::new();
	for (index, text) in texts.into_iter().enumerate() {
		if index > 0 {
			out.push(';');
		}
		escape(text, &mut out);
	}
	out
}

/// What references say to a reader, else where they point.
pub(super) fn references<'a>(references: impl IntoIterator<Item = &'a Reference>) -> String {
	list(references.into_iter().map(|reference| {
		reference.display.as_deref().or(reference.reference.as_deref()).unwrap_or_default()
	}))
}

fn escape(text: &str, out: &mut String) {
	for c in text.chars() {
		if matches!(c, '\\' | '|' | ';') {
			out.push('\\');
		}
		out.push(c);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn formulas_are_guarded_and_numbers_are_not() {
		for (text, expected) in [
			("=1+1", "'=1+1"),
			("@SUM(A1)", "'@SUM(A1)"),
			("-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"),
			("+1 555 0100", "'+1 555 0100"),
			("\t=1", "'\t=1"),
			("\u{ff1d}1", "'\u{ff1d}1"),
			("'quoted", "''quoted"),
			("-5.0", "-5.0"),
			("+5", "+5"),
			("-1e-3", "-1e-3"),
			("plain", "plain"),
			("", ""),
		] {
			assert_eq!(guard(text.to_owned()), expected);
		}
	}

	#[test]
	fn codes_are_told_apart() {
		let coding = |system: &str, code: &str, display: &str| Coding {
			system: Some(system.into()),
			code: Some(code.into()),
			display: Some(display.into()),
			..Coding::default()
		};
		let codings = [coding("http://loinc.org", "2947-0", "Sodium"), coding("L", "a|b;c", "\\")];
		assert_eq!(codes(&codings), r"http://loinc.org|2947-0|Sodium;L|a\|b\;c|\\");
		let text = Concept { text: Some("x".into()), ..Concept::default() };
		assert_eq!(concepts([&text]), "||x");
	}
}
