// SPDX-License-Identifier: Apache-2.0
//! What contradicts itself, or what can be.

use super::{
	unique::hash,
	valid::{loinc, values},
	Reason,
};
use crate::{unit::convert, vital, Body, Decimal, Item, Quantity, Time, Value};
use salus_primitives::Day;
use std::{cmp::Ordering, collections::HashMap};

/// So many patients are compared with what is said about them.
const MAX_PATIENTS: usize = 1 << 20;

/// The widest values that living people were found to have: LOINC, unit, lowest and highest, in
/// whole units. They are wide on purpose: a rare value is no error.
const PLAUSIBLE: [(&str, &str, i64, i64); 11] = [
	("8310-5", "Cel", 13, 47),
	("8867-4", "/min", 10, 350),
	("9279-1", "/min", 2, 150),
	("2708-6", "%", 10, 100),
	("59408-5", "%", 10, 100),
	(vital::SYSTOLIC, "mm[Hg]", 30, 370),
	(vital::DIASTOLIC, "mm[Hg]", 10, 360),
	("8302-2", "cm", 20, 280),
	("29463-7", "kg", 0, 650),
	("39156-5", "kg/m2", 5, 200),
	("9843-4", "cm", 15, 90),
];

pub(super) fn check(item: &Item, check: &mut impl FnMut(Reason, bool)) {
	if let (Some(start), Some(end)) = (&item.times.start, &item.times.end) {
		if let (Some(first), Some(last)) = (start.first_day(), end.last_day()) {
			check(Reason::EndBeforeStart, first <= last);
		}
	}
	let (mut systolic, mut diastolic) = (None, None);
	for (concept, value) in values(item) {
		let (Some(code), Value::Quantity(amount)) = (loinc(concept), value) else { continue };
		match code {
			vital::SYSTOLIC => systolic = Some(amount),
			vital::DIASTOLIC => diastolic = Some(amount),
			_ => {},
		}
		let Some((_, unit, low, high)) = PLAUSIBLE.iter().find(|(known, ..)| *known == code) else {
			continue;
		};
		let number = amount.value.as_ref().zip(amount.unit.as_ref());
		// A sign as `<` gives a bound and no value.
		let number = number.filter(|_| amount.comparator.is_none());
		if let Some(number) = number.and_then(|(number, from)| convert(number, from, unit)) {
			let is_in = !is_below(&number, *low) && !is_above(&number, *high);
			check(Reason::ValueImplausible, is_in);
		}
	}
	if let Some(order) = systolic.zip(diastolic).and_then(|(above, below)| order(above, below)) {
		check(Reason::PressureInverted, order == Ordering::Greater);
	}
	if let Body::Observation(body) = &item.body {
		let parts = body.components.iter().flat_map(|part| &part.reference_ranges);
		for range in body.reference_ranges.iter().chain(parts) {
			if let Some(order) =
				range.low.as_ref().zip(range.high.as_ref()).and_then(|(low, high)| order(low, high))
			{
				check(Reason::RangeInverted, order != Ordering::Greater);
			}
		}
	}
}

/// How two amounts compare, when they are in one unit.
fn order(first: &Quantity, second: &Quantity) -> Option<Ordering> {
	if first.unit != second.unit || first.unit_text != second.unit_text {
		return None;
	}
	compare(first.value.as_ref()?.as_str(), second.value.as_ref()?.as_str())
}

fn is_below(number: &Decimal, bound: i64) -> bool {
	compare(number.as_str(), &bound.to_string()) == Some(Ordering::Less)
}

fn is_above(number: &Decimal, bound: i64) -> bool {
	compare(number.as_str(), &bound.to_string()) == Some(Ordering::Greater)
}

/// Compares two numbers digit by digit: no rounding. Nothing for one with an exponent.
fn compare(first: &str, second: &str) -> Option<Ordering> {
	if [first, second].iter().any(|text| text.contains(['e', 'E'])) {
		return None;
	}
	let (first_negative, first) = parts(first);
	let (second_negative, second) = parts(second);
	let order =
		first.0.len().cmp(&second.0.len()).then(first.0.cmp(second.0)).then(first.1.cmp(second.1));
	Some(match (first_negative, second_negative) {
		(false, false) => order,
		(true, true) => order.reverse(),
		(true, false) => Ordering::Less,
		(false, true) => Ordering::Greater,
	})
}

/// Whether a number is below zero, its whole digits without leading zeros and its further ones
/// without trailing zeros.
fn parts(text: &str) -> (bool, (&str, &str)) {
	let (is_negative, digits) = match text.strip_prefix('-') {
		Some(digits) => (true, digits),
		None => (false, text),
	};
	let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
	let parts = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
	(is_negative && parts != ("", ""), parts)
}

/// When patients were born and died.
#[derive(Debug, Default)]
pub(super) struct Lives {
	known: HashMap<u64, Life>,
	pub(super) not_compared: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Life {
	birth: Option<Day>,
	death: Option<Day>,
}

/// A patient is one under `Patient/x`, `urn:uuid:x` and a URL that ends so.
fn key(reference: &str) -> u64 {
	hash(reference.rsplit(['/', ':']).next().unwrap_or(reference).as_bytes())
}

impl Lives {
	/// Compares an item with what was said about its patient before it.
	pub(super) fn check(&mut self, item: &Item, check: &mut impl FnMut(Reason, bool)) {
		let Some(subject) = &item.subject else { return };
		let subject = key(subject);
		if let Body::Patient(body) = &item.body {
			let url = item.provenance.full_url.as_deref().map(key);
			let life = Life {
				// The earliest birth and the latest death that the texts can mean.
				birth: body.birth.as_ref().and_then(Time::first_day),
				death: body.death.as_ref().and_then(Time::last_day),
			};
			let earlier = self.known.get(&subject).and_then(|known| known.birth);
			if let (Some(earlier), Some(birth)) = (earlier, life.birth) {
				check(Reason::BirthConflict, earlier == birth);
			}
			for key in [Some(subject), url].into_iter().flatten() {
				if self.known.len() < MAX_PATIENTS || self.known.contains_key(&key) {
					let known = self.known.entry(key).or_default();
					known.birth = life.birth.or(known.birth);
					known.death = life.death.or(known.death);
				} else {
					self.not_compared += 1;
				}
			}
			return;
		}
		let Some(Life { birth, death }) = self.known.get(&subject).copied() else { return };
		let times = &item.times;
		let last = times.at.as_ref().or(times.end.as_ref()).or(times.start.as_ref());
		if let (Some(birth), Some(last)) = (birth, last.and_then(Time::last_day)) {
			check(Reason::BeforeBirth, birth <= last);
		}
		// Reports and bills are written about the dead, too: only what needs a living patient.
		let is_of_living = matches!(
			item.body,
			Body::Observation(_) | Body::Immunization(_) | Body::Encounter(_) | Body::Medication(_)
		);
		let first = times.at.as_ref().or(times.start.as_ref()).and_then(Time::first_day);
		if let (Some(death), Some(first), true) = (death, first, is_of_living) {
			check(Reason::AfterDeath, first <= death);
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn numbers_are_compared_as_they_are_written() {
		for (first, second, order) in [
			("1.0", "1.00", Ordering::Equal),
			("10", "9.99", Ordering::Greater),
			("-1", "0", Ordering::Less),
			("-2.5", "-2.4", Ordering::Less),
			("0.0999", "0.1", Ordering::Less),
			("-0.0", "0", Ordering::Equal),
			("007", "7", Ordering::Equal),
		] {
			assert_eq!(compare(first, second), Some(order), "{first} {second}");
		}
		assert_eq!(compare("1e3", "1"), None);
	}
}
