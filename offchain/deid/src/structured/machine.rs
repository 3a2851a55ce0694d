// SPDX-License-Identifier: Apache-2.0
//! What was written by a machine for a machine and is of no format that is read. Rules for prose would
//! find little in it, so that it is withheld.

/// With what files of other formats begin, in capitals.
const STARTS: &[&str] = &[
	"<",
	"{\\RTF",
	"%PDF",
	"%!PS",
	"PK\u{3}",
	"ISA*",
	"UNA:",
	"UNB+",
	"BEGIN:V",
	"-----BEGIN",
	"%YAML",
	"MIME-VERSION:",
	"CONTENT-TYPE:",
	"RETURN-PATH:",
	"RECEIVED: ",
	"SQLITE FORMAT",
];

/// Letters without a blank that are more are no words.
const MAX_WORD: usize = 512;

/// Whether the first line of a file is none of a prose.
pub(crate) fn is_start(line: &str) -> bool {
	let start: String = line.trim_start().chars().take(16).collect::<String>().to_ascii_uppercase();
	let list = line.trim_start().strip_prefix('[').is_some_and(|rest| {
		let rest = rest.trim_start();
		rest.is_empty() || rest.starts_with(['{', '[', '"', ']'])
	});
	list || STARTS.iter().any(|known| start.starts_with(known)) || is_cut(line)
}

/// Whether a text is none of a prose: it has marks of control, words that are none, headers of messages, or
/// most of its lines are cut into fields.
pub(crate) fn is_machine(text: &str) -> bool {
	let control = |c: char| c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}');
	if text.contains(control) || text.split_whitespace().any(|word| word.len() > MAX_WORD) {
		return true;
	}
	let (mut cut, mut lines) = (0_usize, 0_usize);
	for line in text.split(['\n', '\r']).filter(|line| !line.trim().is_empty()) {
		if super::is_hl7v2(line.as_bytes()) || line.trim_start().starts_with("<?xml") {
			return true;
		}
		lines += 1;
		cut += usize::from(is_cut(line));
	}
	cut * 2 > lines
}

/// Whether a line is cut into fields: many of one mark, and few of them before a blank.
fn is_cut(line: &str) -> bool {
	let bytes = line.as_bytes();
	b"|^~*;,\t".iter().any(|mark| {
		let most = if *mark == b',' { 6 } else { 4 };
		let places = bytes.iter().enumerate().filter(|(_, byte)| *byte == mark);
		let (mut all, mut closed) = (0_usize, 0_usize);
		for (at, _) in places {
			all += 1;
			closed += usize::from(bytes.get(at + 1).is_some_and(|next| *next != b' '));
		}
		// Lines and stars under a heading are no fields.
		let drawn = bytes.iter().filter(|byte| byte.is_ascii_punctuation()).count();
		all >= most && closed * 3 > all * 2 && drawn * 10 < bytes.len() * 9
	})
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn prose_is_told_from_what_machines_write() {
		for prose in [
			"Patient, seen today, is well, has no pain, no fever, no cough, no rash.",
			"[NAME-1] came.",
			"**********\nDischarge\n----------\n| drug | dose | route | time | who |",
			"BP 120/80; HR 70; T 37.0; RR 12; SpO2 98 %; well",
			"",
		] {
			let first = prose.lines().next().unwrap_or("");
			assert!(!is_start(first) && !is_machine(prose), "{prose}");
		}
		for machine in [
			"<a/>",
			"{\\rtf1 x}",
			"ISA*00*",
			"H|\\^&|||LIS|||||",
			"[\"a\"]",
			"4459201;Roe;Jane;F;1959",
			"a,b,c,d,e,f,g",
			"BEGIN:VCARD",
			"begin:vcalendar",
			"1\t2\t3\t4\t5",
		] {
			assert!(is_start(machine), "{machine}");
		}
		for machine in [
			"log of today\nMSH|^~\\&|LAB|",
			"a\u{0}b",
			&"QUJD".repeat(200),
			"note\n1|2|3|4|5|6\n1|2|3|4|5|6",
			"see\n<?xml version='1.0'?>",
		] {
			assert!(is_machine(machine), "{machine}");
		}
	}
}
