// SPDX-License-Identifier: Apache-2.0
//! The parts items are made of.

use crate::{model::model, unit::canonical, Decimal, RawJson, Time};
use serde::{Deserialize, Serialize};

model! {
	/// A code as received.
	Coding {
		/// The code system.
		system: Option<String>,
		/// Its version.
		version: Option<String>,
		/// The code.
		code: Option<String>,
		/// The text that came with it.
		display: Option<String>,
	}
}

model! {
	/// A concept: every code that was given for it, and the original text.
	Concept {
		/// The codes, in the order of the source.
		codes: Vec<Coding>,
		/// The original text.
		text: Option<String>,
	}
}

model! {
	/// An amount with its unit.
	Quantity {
		/// The number as written.
		value: Option<Decimal>,
		/// `<`, `<=`, `>=`, `>` or another sign of the source.
		comparator: Option<String>,
		/// The unit in UCUM, when the source gives one.
		unit: Option<String>,
		/// The unit as the source shows it.
		unit_text: Option<String>,
		/// The same amount in the unit in which amounts of its kind are compared.
		canonical: Option<Canonical>,
	}
}

impl Quantity {
	/// The quantity with its canonical form, when number and unit have one.
	#[must_use]
	pub fn compared(mut self) -> Self {
		self.canonical = match (&self.value, &self.unit) {
			(Some(value), Some(unit)) => canonical(value, unit),
			_ => None,
		};
		self
	}
}

/// An amount in the unit in which amounts of its kind are compared.
#[derive(PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canonical {
	/// The number: exact where a decimal can be, else rounded to 15 digits.
	pub value: Decimal,
	/// The unit in UCUM.
	pub unit: String,
}

crate::model::opaque_debug!(Canonical);

impl Clone for Canonical {
	fn clone(&self) -> Self {
		Self { value: self.value.clone(), unit: self.unit.clone() }
	}

	/// Needs no memory where the new texts are not longer than the old ones.
	fn clone_from(&mut self, other: &Self) {
		self.value.clone_from(&other.value);
		self.unit.clone_from(&other.unit);
	}
}

model! {
	/// From one amount to another.
	Range {
		/// The lower bound, included.
		low: Option<Quantity>,
		/// The upper bound, included.
		high: Option<Quantity>,
	}
}

model! {
	/// One amount to another.
	Ratio {
		/// Above the line.
		numerator: Option<Quantity>,
		/// Below the line.
		denominator: Option<Quantity>,
	}
}

model! {
	/// From one time to another.
	Period {
		/// The first moment.
		start: Option<Time>,
		/// The last moment.
		end: Option<Time>,
	}
}

model! {
	/// The values that are usual for a result.
	ReferenceRange {
		/// The lower bound.
		low: Option<Quantity>,
		/// The upper bound.
		high: Option<Quantity>,
		/// The kind of range.
		kind: Option<Concept>,
		/// The range as text.
		text: Option<String>,
	}
}

model! {
	/// A pointer to something else in the source or outside.
	Reference {
		/// The reference as written.
		reference: Option<String>,
		/// The text that came with it.
		display: Option<String>,
	}
}

model! {
	/// An identifier given by somebody.
	Identifier {
		/// Who gives such identifiers.
		system: Option<String>,
		/// The identifier.
		value: Option<String>,
		/// The kind: medical record number, licence, ...
		kind: Option<Concept>,
		/// What it is used for.
		usage: Option<String>,
	}
}

model! {
	/// A person's name.
	Name {
		/// What it is used for.
		usage: Option<String>,
		/// The whole name as text.
		text: Option<String>,
		/// Family name.
		family: Option<String>,
		/// Given names.
		given: Vec<String>,
		/// What comes before.
		prefix: Vec<String>,
		/// What comes after.
		suffix: Vec<String>,
	}
}

model! {
	/// A postal address.
	Address {
		/// What it is used for.
		usage: Option<String>,
		/// The whole address as text.
		text: Option<String>,
		/// Street lines.
		line: Vec<String>,
		/// City.
		city: Option<String>,
		/// District or county.
		district: Option<String>,
		/// State or region.
		state: Option<String>,
		/// Postal code.
		postal_code: Option<String>,
		/// Country.
		country: Option<String>,
	}
}

model! {
	/// A telephone number, mail address or the like.
	Contact {
		/// phone, email, ...
		system: Option<String>,
		/// The number or address.
		value: Option<String>,
		/// What it is used for.
		usage: Option<String>,
	}
}

model! {
	/// Content of a document.
	Attachment {
		/// Media type.
		content_type: Option<String>,
		/// Language.
		language: Option<String>,
		/// Title.
		title: Option<String>,
		/// The content in base64.
		data: Option<String>,
		/// Where the content lies.
		url: Option<String>,
		/// Bytes of the content.
		size: Option<Decimal>,
		/// SHA-1 of the content in base64.
		hash: Option<String>,
		/// When it was made.
		created: Option<Time>,
	}
}

/// The value of an observation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Value {
	/// An amount with its unit.
	Quantity(Quantity),
	/// A coded answer.
	Concept(Concept),
	/// A text.
	Text(String),
	/// Yes or no.
	Boolean(bool),
	/// A number without a unit.
	Number(Decimal),
	/// From one amount to another.
	Range(Range),
	/// One amount to another.
	Ratio(Ratio),
	/// A date or time.
	Time(Time),
	/// From one time to another.
	Period(Period),
	/// No value, and why.
	Absent(Concept),
	/// A value kept as it came.
	Raw(RawJson),
}

crate::model::opaque_debug!(Value);
