// SPDX-License-Identifier: Apache-2.0
//! What takes the place of identifiers. Everything here is random: nothing is computed from what it
//! replaces, and two data sets of one patient share nothing.

use crate::Class;
use rand::RngExt;
use serde::Serialize;
use std::collections::HashMap;
use zeroize::Zeroize;

const FIRST: &[&str] = &[
	"Alex", "Blair", "Casey", "Devon", "Ellis", "Frankie", "Gray", "Harper", "Indigo", "Jules",
	"Kerry", "Logan", "Morgan", "Nico", "Oakley", "Parker", "Quinn", "Reese", "Sage", "Taylor",
];
const LAST: &[&str] = &[
	"Ashgrove",
	"Brookhaven",
	"Cliffmere",
	"Dunmoor",
	"Eastlake",
	"Fernwick",
	"Glenfall",
	"Hartmoor",
	"Ironvale",
	"Juniperdale",
	"Kestrelby",
	"Larkmead",
	"Mosswood",
	"Northam",
	"Oakmere",
	"Pinecrest",
	"Quarryhill",
	"Ridgeway",
	"Stonefield",
	"Thornbury",
];
const TOWNS: &[&str] = &[
	"Altonbury",
	"Brindlewick",
	"Corvale",
	"Dellmouth",
	"Elmsgate",
	"Fallowmere",
	"Gorsefield",
	"Hollowbrook",
];

/// Which surrogate stands for what, in one data set. It leads back to people: it is a secret of the
/// patient's, wiped when it goes, and never part of a release.
#[derive(Default)]
pub struct SurrogateMap {
	values: HashMap<(Class, String), String>,
}

impl std::fmt::Debug for SurrogateMap {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("SurrogateMap").field("values", &self.values.len()).finish_non_exhaustive()
	}
}

impl Drop for SurrogateMap {
	fn drop(&mut self) {
		for ((_, mut key), mut value) in self.values.drain() {
			key.zeroize();
			value.zeroize();
		}
	}
}

/// One row of the map, to be sealed.
#[derive(Serialize)]
struct Row<'a> {
	class: Class,
	value: &'a str,
	surrogate: &'a str,
}

impl SurrogateMap {
	/// An empty map, for a new data set.
	pub fn new() -> Self {
		Self::default()
	}

	/// The map as JSON, to be sealed for the patient. The bytes are wiped when they go.
	///
	/// # Security
	/// Who reads it undoes the work.
	pub fn expose(&self) -> zeroize::Zeroizing<Vec<u8>> {
		let rows: Vec<_> = self
			.values
			.iter()
			.map(|((class, value), surrogate)| Row { class: *class, value, surrogate })
			.collect();
		zeroize::Zeroizing::new(serde_json::to_vec(&rows).unwrap_or_default())
	}

	/// A random id of 128 bits in the place of another, the same for the same.
	pub(crate) fn id(&mut self, value: &str) -> String {
		self.or_make(Class::OtherId, value, || {
			let bytes: [u8; 16] = rand::random();
			data_encoding::HEXLOWER.encode(&bytes)
		})
	}

	fn or_make(&mut self, class: Class, value: &str, make: impl FnOnce() -> String) -> String {
		if let Some(known) = self.values.get(&(class, value.to_owned())) {
			return known.clone();
		}
		let made = make();
		self.values.insert((class, value.to_owned()), made.clone());
		made
	}

	/// A made-up value for a text. Dates have none: whatever stood there would be taken for one.
	pub(crate) fn text(&mut self, class: Class, value: &str) -> Option<String> {
		let folded: String =
			crate::text::lexicon::fold(value).split_whitespace().collect::<Vec<_>>().join(" ");
		let mut random = rand::rng();
		let mut of = |list: &[&str]| {
			list.get(random.random_range(0..list.len())).copied().unwrap_or_default().to_owned()
		};
		let made = match class {
			Class::Name => {
				// Word by word, so that "Jane Roe" and "Roe" stay the same person.
				let words: Vec<_> = folded.split(' ').map(str::to_owned).collect();
				let last = words.len().saturating_sub(1);
				let mut out = Vec::new();
				for (index, word) in words.iter().enumerate() {
					let list = if index == last { LAST } else { FIRST };
					let choice = of(list);
					out.push(self.or_make(class, word, || choice));
				}
				return Some(out.join(" "));
			},
			Class::Location => of(TOWNS),
			Class::Organization => format!("{} Clinic", of(LAST)),
			Class::Date | Class::Age => return None,
			Class::Email => format!("{}@example.org", of(LAST).to_lowercase()),
			Class::Url => "https://example.org/".into(),
			Class::Ip => "192.0.2.1".into(),
			_ => {
				// The same shape with other digits and letters; the first digits of a telephone are those that nobody has.
				let mut made = String::with_capacity(value.len());
				let mut random = rand::rng();
				for character in value.chars() {
					made.push(match character {
						'0'..='9' => char::from(b'0' + random.random_range(0..10_u8)),
						'a'..='z' => char::from(b'a' + random.random_range(0..26_u8)),
						'A'..='Z' => char::from(b'A' + random.random_range(0..26_u8)),
						other => other,
					});
				}
				made
			},
		};
		Some(self.or_make(class, &folded, || made))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_same_stays_the_same_and_two_sets_share_nothing() {
		let (mut a, mut b) = (SurrogateMap::new(), SurrogateMap::new());
		assert_eq!(a.id("patient-1"), a.id("patient-1"));
		assert_ne!(a.id("patient-1"), a.id("patient-2"));
		assert_ne!(a.id("patient-1"), b.id("patient-1"));
		assert_eq!(a.text(Class::Name, "Jane Roe"), a.text(Class::Name, "JANE ROE"));
		assert_eq!(a.text(Class::Date, "3 May"), None);
	}

	#[test]
	fn it_says_nothing_of_itself() {
		let mut map = SurrogateMap::new();
		map.id("4459201");
		assert!(!format!("{map:?}").contains("4459201"));
		assert!(String::from_utf8_lossy(&map.expose()).contains("4459201"));
	}
}
