// SPDX-License-Identifier: Apache-2.0
//! One fact of a record.

use crate::{
	model::{model, Absent},
	Body, Coding, Concept, Provenance, RawJson, Time,
};
use salus_primitives::{Category, DateWindow};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

model! {
	/// When something was: one moment, or from a start to an end; and when it was written down.
	Times {
		/// The moment.
		at: Option<Time>,
		/// The first moment.
		start: Option<Time>,
		/// The last moment.
		end: Option<Time>,
		/// When it was written down or issued.
		recorded: Option<Time>,
	}
}

/// One fact of a record: the line of a segment document.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
	/// Names the item inside its source; the same bytes always give the same ids.
	pub id: String,
	/// The segment it belongs to, sensitivity taken into account.
	pub category: Category,
	/// Whom it is about: the reference as written in the source.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub subject: Option<String>,
	/// The visit it belongs to: the reference as written in the source.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub encounter: Option<String>,
	/// The status as received.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub status: Option<String>,
	/// Entered in error: withdraws earlier versions and is never shown as current.
	#[serde(default, skip_serializing_if = "Absent::is_absent")]
	pub withdrawn: bool,
	/// What it is.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub concept: Option<Concept>,
	/// The classes the source put it in.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub classes: Vec<Concept>,
	/// Security labels of the source.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub labels: Vec<Coding>,
	/// When it was.
	#[serde(default, skip_serializing_if = "is_empty")]
	pub times: Times,
	/// Remarks.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub notes: Vec<String>,
	/// What is particular to its kind.
	pub body: Body,
	/// Elements of the source without a place in the model, as they came.
	#[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
	pub extra: BTreeMap<String, RawJson>,
	/// Where it came from.
	pub provenance: Provenance,
}

fn is_empty(times: &Times) -> bool {
	*times == Times::default()
}

impl Item {
	/// An item with nothing but what every item has.
	pub fn new(id: String, category: Category, body: impl Into<Body>, origin: Provenance) -> Self {
		Self {
			id,
			category,
			subject: None,
			encounter: None,
			status: None,
			withdrawn: false,
			concept: None,
			classes: Vec::new(),
			labels: Vec::new(),
			times: Times::default(),
			notes: Vec::new(),
			body: body.into(),
			extra: BTreeMap::new(),
			provenance: origin,
		}
	}

	/// The segment the item belongs to.
	pub const fn category(&self) -> Category {
		self.category
	}

	/// The name of the item's kind.
	pub const fn kind(&self) -> &'static str {
		self.body.kind()
	}

	/// The days it is about; a consent's data window is compared with them. The time of writing
	/// down counts only when there is no other. Where the source lets the end be before the start,
	/// all days between them count: which of the two is wrong nobody knows.
	pub fn days(&self) -> DateWindow {
		let Times { at, start, end, recorded } = &self.times;
		let first = at.as_ref().or(start.as_ref());
		let last = at.as_ref().or(end.as_ref());
		let (first, last) = match (first, last) {
			(None, None) => (recorded.as_ref(), recorded.as_ref()),
			found => found,
		};
		let days = DateWindow {
			from: first.and_then(Time::first_day),
			until: last.and_then(Time::last_day),
		};
		if !days.is_empty() {
			return days;
		}
		DateWindow { from: last.and_then(Time::first_day), until: first.and_then(Time::last_day) }
	}
}

impl fmt::Debug for Item {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Item({}) {{ .. }}", self.kind())
	}
}
