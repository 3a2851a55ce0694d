// SPDX-License-Identifier: Apache-2.0
//! What a section says in words: a table in XHTML (FHIR R4, Narrative).

use salus_mdf::{Body, Concept, Item, Quantity, Time, Value};

/// The rows of a section, or that nothing is known.
pub(super) fn narrative<'a>(items: impl Iterator<Item = &'a Item>) -> String {
	let mut rows = String::new();
	for item in items {
		rows.push_str("<tr>");
		let when = item.times.at.as_ref().or(item.times.start.as_ref());
		for cell in [what(item), says(item), when.map(shown).unwrap_or_default()] {
			rows.push_str("<td>");
			escape(&cell, &mut rows);
			rows.push_str("</td>");
		}
		rows.push_str("</tr>");
	}
	let content = match rows.is_empty() {
		true => "<p>No information is available.</p>".to_owned(),
		false => format!(
			"<table><thead><tr><th>What</th><th>Details</th><th>When</th></tr></thead><tbody>{rows}</tbody></table>"
		),
	};
	format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{content}</div>")
}

fn shown(time: &Time) -> String {
	time.value.clone()
}

/// The words for a concept: its text, else what came with a code, else a code.
fn words(concept: &Concept) -> String {
	let display = || concept.codes.iter().find_map(|code| code.display.clone());
	let code = || concept.codes.iter().find_map(|code| code.code.clone());
	concept.text.clone().or_else(display).or_else(code).unwrap_or_default()
}

fn what(item: &Item) -> String {
	if let Some(concept) = &item.concept {
		return words(concept);
	}
	match &item.body {
		Body::Medication(body) => {
			body.medicine.as_ref().and_then(|medicine| medicine.display.clone()).unwrap_or_default()
		},
		Body::Device(body) => body.names.join(", "),
		Body::CarePlan(body) => body.title.clone().unwrap_or_default(),
		_ => String::new(),
	}
}

fn amount(quantity: &Quantity) -> String {
	let sign = quantity.comparator.as_deref().unwrap_or_default();
	let number = quantity.value.as_ref().map_or("", |value| value.as_str());
	let unit = quantity.unit_text.as_deref().or(quantity.unit.as_deref()).unwrap_or_default();
	format!("{sign}{number} {unit}").trim().to_owned()
}

fn value(found: &Value) -> String {
	let bound = |quantity: &Option<Quantity>| quantity.as_ref().map(amount).unwrap_or_default();
	match found {
		Value::Quantity(quantity) => amount(quantity),
		Value::Concept(concept) | Value::Absent(concept) => words(concept),
		Value::Text(text) => text.clone(),
		Value::Boolean(true) => "yes".to_owned(),
		Value::Boolean(false) => "no".to_owned(),
		Value::Number(number) => number.as_str().to_owned(),
		Value::Range(range) => format!("{} to {}", bound(&range.low), bound(&range.high)),
		Value::Ratio(ratio) => {
			format!("{} : {}", bound(&ratio.numerator), bound(&ratio.denominator))
		},
		Value::Time(time) => shown(time),
		Value::Period(period) => {
			let ends = [&period.start, &period.end].map(|time| time.as_ref().map(shown));
			ends.into_iter().flatten().collect::<Vec<_>>().join(" to ")
		},
		// Its form is the source's own.
		Value::Raw(_) => String::new(),
	}
}

/// What is particular to the item, and its status.
fn says(item: &Item) -> String {
	let mut parts: Vec<String> = Vec::new();
	match &item.body {
		Body::Observation(body) => {
			parts.extend(body.value.as_ref().map(value));
			parts.extend(body.components.iter().map(|part| {
				let name = part.concept.as_ref().map(words).unwrap_or_default();
				format!("{name}: {}", part.value.as_ref().map(value).unwrap_or_default())
			}));
			parts.extend(body.interpretation.iter().map(words));
		},
		Body::Medication(body) => {
			for dosage in &body.dosages {
				let dose = dosage.dose.as_ref().map(value);
				parts.extend(dosage.text.clone().or(dose));
				parts.extend(dosage.route.as_ref().map(words));
			}
		},
		Body::Allergy(body) => {
			parts.extend(body.criticality.clone());
			let seen = body.reactions.iter().flat_map(|reaction| &reaction.manifestations);
			parts.extend(seen.map(words));
			parts.extend(body.clinical_status.as_ref().map(words));
			parts.extend(body.verification_status.as_ref().map(words));
		},
		Body::Condition(body) => {
			parts.extend(body.severity.as_ref().map(words));
			parts.extend(body.clinical_status.as_ref().map(words));
			parts.extend(body.verification_status.as_ref().map(words));
		},
		Body::Report(body) => parts.extend(body.conclusion.clone()),
		Body::CarePlan(body) => parts.extend(body.description.clone()),
		_ => {},
	}
	parts.extend(item.status.clone());
	parts.retain(|part| !part.trim().is_empty());
	parts.join("; ")
}

/// Text as XHTML takes it: markup as entities; characters that XML forbids are replaced.
fn escape(text: &str, out: &mut String) {
	for c in text.chars() {
		match c {
			'&' => out.push_str("&amp;"),
			'<' => out.push_str("&lt;"),
			'>' => out.push_str("&gt;"),
			'"' => out.push_str("&quot;"),
			'\'' => out.push_str("&#39;"),
			'\t' | '\n' | '\r' => out.push(' '),
			'\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
			c => out.push(c),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn markup_stays_text() {
		let mut out = String::new();
		escape("<script>a & 'b'</script>\u{1}\n", &mut out);
		assert_eq!(out, "&lt;script&gt;a &amp; &#39;b&#39;&lt;/script&gt;\u{fffd} ");
	}
}
