// SPDX-License-Identifier: Apache-2.0
//! What is formed as its standard demands.

use super::Reason;
use crate::{
	terminology::check_coding, unit::convert, vital::unit_of, Body, Coding, Concept, Item, Value,
};

/// The values of an observation and of its parts, each with what it is a value of.
pub(super) fn values(item: &Item) -> impl Iterator<Item = (Option<&Concept>, &Value)> {
	let body = match &item.body {
		Body::Observation(body) => Some(body),
		_ => None,
	};
	let own = body.and_then(|body| Some((item.concept.as_ref(), body.value.as_ref()?)));
	let parts = body.into_iter().flat_map(|body| &body.components);
	let parts = parts.filter_map(|part| Some((part.concept.as_ref(), part.value.as_ref()?)));
	own.into_iter().chain(parts)
}

/// The LOINC code of a concept.
pub(super) fn loinc(concept: Option<&Concept>) -> Option<&str> {
	let codes = concept.into_iter().flat_map(|concept| &concept.codes);
	let mut loinc = codes.filter(|code| code.system.as_deref() == Some("http://loinc.org"));
	loinc.find_map(|code| code.code.as_deref())
}

pub(super) fn check(item: &Item, check: &mut impl FnMut(Reason, bool)) {
	let coded_values = values(item).filter_map(|(_, value)| match value {
		Value::Concept(concept) => Some(concept),
		_ => None,
	});
	let named = values(item).filter_map(|(concept, _)| concept);
	// An item without values has its own concept only.
	let own = item.concept.iter().filter(|_| values(item).next().is_none());
	for coding in own.chain(named).chain(coded_values).flat_map(|concept| &concept.codes) {
		code(coding, check);
	}
	for (concept, value) in values(item) {
		let Value::Quantity(amount) = value else { continue };
		if amount.unit.is_some() || amount.unit_text.is_some() {
			check(Reason::UnitNotUcum, amount.unit.is_some());
		}
		let wanted = loinc(concept).and_then(unit_of);
		if let (Some(number), Some(unit), Some(wanted)) = (&amount.value, &amount.unit, wanted) {
			check(Reason::UnitMismatch, convert(number, unit, wanted).is_some());
		}
	}
}

fn code(coding: &Coding, check: &mut impl FnMut(Reason, bool)) {
	if coding.code.is_none() {
		return;
	}
	check(Reason::SystemMissing, coding.system.is_some());
	if coding.system.is_some() {
		check(Reason::CodeInvalid, check_coding(coding).is_ok());
	}
}
