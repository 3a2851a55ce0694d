// SPDX-License-Identifier: Apache-2.0
//! Nothing is there twice.

use super::Reason;
use crate::{Body, Concept, Item, Times};
use serde::Serialize;
use std::{
	collections::HashMap,
	hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hasher},
	io::{self, Write},
};

/// So many facts are compared with each other.
const MAX_FACTS: usize = 1 << 20;

/// The hash of bytes, the same in every run.
pub(super) fn hash(bytes: &[u8]) -> u64 {
	BuildHasherDefault::<DefaultHasher>::default().hash_one(bytes)
}

/// The facts that were there.
#[derive(Debug, Default)]
pub(super) struct Facts {
	/// The id of the item that said it first.
	known: HashMap<u64, u64>,
	pub(super) not_compared: u64,
}

/// What makes two items one fact: everything but their ids, places and remarks.
#[derive(Serialize)]
struct Fact<'a> {
	subject: &'a Option<String>,
	concept: &'a Option<Concept>,
	times: &'a Times,
	body: &'a Body,
}

#[derive(Default)]
struct HashWriter(DefaultHasher);

impl Write for HashWriter {
	fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
		self.0.write(bytes);
		Ok(bytes.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

impl Facts {
	pub(super) fn check(&mut self, item: &Item, check: &mut impl FnMut(Reason, bool)) {
		// What an item without a name says is in what was kept raw.
		if item.concept.is_none() && !matches!(item.body, Body::Patient(_)) {
			return;
		}
		let Item { subject, concept, times, body, .. } = item;
		let mut writer = HashWriter::default();
		// Infallible: the writer takes everything.
		let fact = Fact { subject, concept, times, body };
		if serde_json::to_writer(&mut writer, &fact).is_err() {
			return;
		}
		let (fact, id) = (writer.0.finish(), hash(item.id.as_bytes()));
		match self.known.get(&fact) {
			// A correction has the id of what it corrects.
			Some(known) => check(Reason::FactRepeated, *known == id),
			None if self.known.len() < MAX_FACTS => {
				self.known.insert(fact, id);
				check(Reason::FactRepeated, true);
			},
			None => self.not_compared += 1,
		}
	}
}
