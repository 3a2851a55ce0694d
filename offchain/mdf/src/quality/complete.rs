// SPDX-License-Identifier: Apache-2.0
//! What should be there.

use super::{valid::values, Reason};
use crate::{Body, Item, Value};

pub(super) fn check(item: &Item, check: &mut impl FnMut(Reason, bool)) {
	if let Body::Patient(body) = &item.body {
		check(Reason::IdentifierMissing, !body.identifiers.is_empty());
		check(Reason::NameMissing, !body.names.is_empty());
		check(Reason::BirthMissing, body.birth.is_some());
		check(Reason::GenderMissing, body.gender.is_some());
		return;
	}
	// What is not about a patient, or has no code of its own, owes none.
	let is_fact = match &item.body {
		Body::Medication(body) => body.act.as_deref() != Some("product"),
		Body::Device(_) | Body::Genomic(_) | Body::Other(_) => false,
		_ => true,
	};
	if !is_fact {
		return;
	}
	check(Reason::SubjectMissing, item.subject.is_some());
	let times = &item.times;
	let when = [&times.at, &times.start, &times.end, &times.recorded];
	check(Reason::TimeMissing, when.iter().any(|time| time.is_some()));
	match &item.body {
		Body::Encounter(_) | Body::ImagingStudy(_) | Body::Coverage(_) | Body::CarePlan(_) => {},
		// The medicine is described elsewhere.
		Body::Medication(body) if body.medicine.is_some() => {},
		_ => {
			let concept = item.concept.as_ref();
			check(Reason::ConceptMissing, concept.is_some());
			if let Some(concept) = concept {
				check(Reason::CodeMissing, concept.codes.iter().any(|code| code.code.is_some()));
			}
		},
	}
	if let Body::Observation(body) = &item.body {
		let has_value =
			body.value.is_some() || !body.components.is_empty() || !body.members.is_empty();
		check(Reason::ValueMissing, has_value);
	}
	for (_, value) in values(item) {
		match value {
			Value::Quantity(amount) if amount.value.is_some() => {
				check(Reason::UnitMissing, amount.unit.is_some() || amount.unit_text.is_some());
			},
			_ => {},
		}
	}
}
