// SPDX-License-Identifier: Apache-2.0
//! Answers to messages: ACK with MSA and ERR. They say where something is wrong and why, never
//! with which value.

use super::message::{Message, Part};
use crate::{Diagnostic, Place, Severity};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
	/// It was taken.
	Accepted,
	/// Something in it is wrong.
	Error,
	/// It is not taken, whatever is in it: another system, a full disk.
	Rejected,
}

impl Verdict {
	/// The verdict that follows from what was found while the message was read.
	pub fn of(diagnostics: &[Diagnostic]) -> Self {
		if diagnostics.iter().any(|found| found.severity >= Severity::Rejected) {
			Self::Error
		} else {
			Self::Accepted
		}
	}
}

/// Which answer it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
	/// The message is stored safely; a sender in the original mode gets no such answer.
	Accept,
	/// The message was read.
	Application,
}

/// Whether the sender wants this answer, and its code: MSA-1.
fn code(message: &Message<'_>, stage: Stage, verdict: Verdict) -> Option<&'static str> {
	let header = message.header()?;
	let conditions = [header.field(15), header.field(16)].map(|field| field.raw().trim());
	let enhanced = conditions.iter().any(|condition| !condition.is_empty());
	let condition = match (enhanced, stage) {
		(false, Stage::Accept) => return None,
		(false, Stage::Application) => "AL",
		(true, Stage::Accept) => conditions[0],
		(true, Stage::Application) => conditions[1],
	};
	let wanted = match condition {
		"AL" => true,
		"ER" => verdict != Verdict::Accepted,
		"SU" => verdict == Verdict::Accepted,
		// NE, and whatever was left out of the two.
		_ => false,
	};
	wanted.then_some(match (stage, verdict) {
		(Stage::Application, Verdict::Accepted) => "AA",
		(Stage::Application, Verdict::Error) => "AE",
		(Stage::Application, Verdict::Rejected) => "AR",
		(Stage::Accept, Verdict::Accepted) => "CA",
		(Stage::Accept, Verdict::Error) => "CE",
		(Stage::Accept, Verdict::Rejected) => "CR",
	})
}

/// The answer to a message, segments ended by CR; nothing when the sender wants none. The
/// diagnostics are those of the message when it is read by itself. `control` names the answer,
/// `now` is its time as HL7 v2 writes it.
pub fn acknowledge(
	message: &Message<'_>,
	stage: Stage,
	verdict: Verdict,
	diagnostics: &[Diagnostic],
	control: &str,
	now: &str,
) -> Option<String> {
	let code = code(message, stage, verdict)?;
	let header = message.header()?;
	let delimiters = message.delimiters();
	let field = char::from(delimiters.field);
	let component = char::from(delimiters.component);
	let raw = |number: usize| header.field(number).raw();
	let mut out = String::with_capacity(256);
	let segment = |out: &mut String, id: &str, fields: &[&str]| {
		out.push_str(id);
		for text in fields {
			out.push(field);
			out.push_str(text);
		}
		out.truncate(out.trim_end_matches(field).len());
		out.push('\r');
	};
	let event = header.field(9).component(2).raw();
	let kind = match event {
		"" => "ACK".to_owned(),
		event => format!("ACK{component}{event}{component}ACK"),
	};
	let control = escaped(control, message);
	segment(
		&mut out,
		"MSH",
		&[raw(2), raw(5), raw(6), raw(3), raw(4), now, "", &kind, &control, raw(11), raw(12)],
	);
	segment(&mut out, "MSA", &[code, raw(10)]);
	if verdict == Verdict::Accepted {
		return Some(out);
	}
	let new = is_from_2_5(header.field(12));
	for found in diagnostics.iter().filter(|found| found.severity >= Severity::Degraded) {
		let place = location(&found.place, message);
		let joined = |parts: &[String]| {
			let text = parts.join(&component.to_string());
			text.trim_end_matches(component).to_owned()
		};
		if !new {
			// Segment, its number and field, and the error as it is called here.
			let mut parts = place;
			parts.truncate(3);
			parts.resize(3, String::new());
			parts.push(found.code.as_str().to_owned());
			segment(&mut out, "ERR", &[&joined(&parts)]);
			continue;
		}
		let severity = match found.severity {
			Severity::Rejected | Severity::Fatal => "E",
			_ => "W",
		};
		let number = format!("207{component}Application internal error{component}HL70357");
		let own = format!("{}{component}{component}L", found.code.as_str());
		let reason = escaped(found.reason, message);
		segment(&mut out, "ERR", &["", &joined(&place), &number, severity, &own, "", "", &reason]);
	}
	Some(out)
}

/// Whether a version (MSH-12) has the long form of ERR; one that is not given counts as new.
fn is_from_2_5(version: Part<'_>) -> bool {
	let version = version.component(1).raw();
	!["2.1", "2.2", "2.3", "2.4"].iter().any(|old| version.starts_with(old))
}

/// Segment, its number among its kind, field, repetition and component of a place.
fn location(place: &Place, message: &Message<'_>) -> Vec<String> {
	let Place::Segment { line, path, .. } = place else { return vec!["MSH".into(), "1".into()] };
	let (segment, rest) = path.split_once('-').unwrap_or((path, ""));
	let before =
		|found: &super::Segment<'_>| found.id() == *segment.as_bytes() && found.line() < *line;
	let number = message.segments().filter(before).count().max(1);
	let mut parts = vec![segment.to_owned(), number.to_string()];
	if !rest.is_empty() {
		let (rest, component) = rest.split_once('.').unwrap_or((rest, ""));
		let (field, repetition) = rest.split_once('[').unwrap_or((rest, "1"));
		parts.push(field.to_owned());
		parts.push(repetition.trim_end_matches(']').to_owned());
		parts.push(component.to_owned());
	}
	parts
}

/// A text with the delimiters of a message escaped, or left out where it has no escape character.
fn escaped(text: &str, message: &Message<'_>) -> String {
	let delimiters = message.delimiters();
	let escape = char::from(delimiters.escape);
	let mut out = String::with_capacity(text.len());
	for character in text.chars() {
		let name = match u8::try_from(character) {
			Ok(byte) if byte == delimiters.field => 'F',
			Ok(byte) if byte == delimiters.component => 'S',
			Ok(byte) if byte == delimiters.subcomponent => 'T',
			Ok(byte) if byte == delimiters.repetition => 'R',
			Ok(byte) if byte == delimiters.escape => 'E',
			_ if character.is_control() => {
				out.push(' ');
				continue;
			},
			_ => {
				out.push(character);
				continue;
			},
		};
		if escape.is_ascii() {
			out.extend([escape, name, escape]);
		}
	}
	out
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{hl7v2::Spans, Code};

	fn answer(head: &str, stage: Stage, diagnostics: &[Diagnostic]) -> Option<String> {
		let text = format!("{head}\rPID|1||x\rOBX|1|NM|a||Zebedee\rOBX|2|NM|b||Zebedee");
		let mut spans = Spans::default();
		let message = Message::parse(&text, &mut spans).unwrap();
		let verdict = Verdict::of(diagnostics);
		acknowledge(&message, stage, verdict, diagnostics, "A|1", "20240101")
	}

	fn found(line: u64, path: &str, code: Code) -> Diagnostic {
		Diagnostic::new("x", Place::Segment { message: 1, line, path: path.into() }, code)
	}

	#[test]
	fn an_answer_goes_back_to_the_sender() {
		let head = "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|2023||ORU^R01^ORU_R01|M7|P|2.5.1";
		assert_eq!(
			answer(head, Stage::Application, &[]).unwrap(),
			"MSH|^~\\&|EHR|CLINIC|LAB|HOSP|20240101||ACK^R01^ACK|A\\F\\1|P|2.5.1\rMSA|AA|M7\r"
		);
		assert_eq!(answer(head, Stage::Accept, &[]), None);
	}

	#[test]
	fn errors_name_place_and_reason_and_no_value() {
		let faults = [
			found(4, "OBX-5[2].1", Code::InvalidNumber),
			found(1, "MSH", Code::LowerCaseSegment),
			found(2, "PID", Code::StrayLines),
		];
		let text =
			answer("MSH|^~\\&|A|B|C|D|||ORU^R01|7|P|2.5", Stage::Application, &faults).unwrap();
		let lines: Vec<_> = text.split('\r').collect();
		assert_eq!(lines[1], "MSA|AE|7");
		assert!(lines[2].starts_with(
			"ERR||OBX^2^5^2^1|207^Application internal error^HL70357|W|INVALID_NUMBER^^L|||the value"
		));
		assert!(
			lines[3].starts_with("ERR||PID^1|207^Application internal error^HL70357|E|STRAY_LINES")
		);
		assert_eq!((lines.len(), text.contains("Zebedee")), (5, false));
		let old =
			answer("MSH|^~\\&|A|B|C|D|||ORU^R01|7|P|2.3", Stage::Application, &faults).unwrap();
		assert!(old.contains("\rERR|OBX^2^5^INVALID_NUMBER\rERR|PID^1^^STRAY_LINES\r"));
	}

	#[test]
	fn the_enhanced_mode_is_followed() {
		let bad = [found(2, "PID", Code::StrayLines)];
		for (conditions, stage, bad_code, good_code) in [
			("AL|NE", Stage::Accept, Some("CE"), Some("CA")),
			("AL|NE", Stage::Application, None, None),
			("ER|SU", Stage::Accept, Some("CE"), None),
			("ER|SU", Stage::Application, None, Some("AA")),
			("NE|", Stage::Accept, None, None),
			("|AL", Stage::Application, Some("AE"), Some("AA")),
		] {
			let head = format!("MSH|^~\\&|A|B|C|D|||ORU^R01|7|P|2.5|||{conditions}");
			for (faults, code) in [(&bad[..], bad_code), (&[], good_code)] {
				let text = answer(&head, stage, faults);
				let found = text.map(|text| text.split("MSA|").nth(1).unwrap()[..2].to_owned());
				assert_eq!(found.as_deref(), code, "{conditions}");
			}
		}
	}
}
