// SPDX-License-Identifier: Apache-2.0
//! What the entries of a document refer to must be in it, where it is known.

use super::Entry;
use crate::json::tree::{self, Json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// No deeper than a source may be; what lies deeper is not looked for.
const MAX_DEPTH: usize = 128;

/// The places of entries that the chosen ones refer to, directly or through each other.
pub(super) fn closure(chosen: &[u64], entries: &BTreeMap<u64, Entry>) -> Vec<u64> {
	let mut names: HashMap<&str, u64> = HashMap::new();
	for (place, entry) in entries {
		names.insert(&entry.url, *place);
		if let Some(name) = &entry.name {
			names.insert(name, *place);
		}
	}
	let mut known: BTreeSet<u64> = chosen.iter().copied().collect();
	let mut waiting: Vec<u64> = chosen.to_vec();
	let mut found = Vec::new();
	while let Some(place) = waiting.pop() {
		let Some(entry) = entries.get(&place) else { continue };
		for target in targets(&entry.json) {
			match names.get(&*target) {
				Some(place) if known.insert(*place) => {
					found.push(*place);
					waiting.push(*place);
				},
				_ => {},
			}
		}
	}
	found.sort_unstable();
	found
}

/// What the elements `reference` of a resource say.
fn targets(json: &str) -> Vec<String> {
	let mut found = Vec::new();
	if let Ok(json) = tree::parse(json.as_bytes(), MAX_DEPTH) {
		collect(&json, &mut found);
	}
	found
}

fn collect(json: &Json<'_>, found: &mut Vec<String>) {
	match json {
		Json::Object(members) => {
			for (name, value) in members {
				match value.as_str() {
					Some(target) if name.is("reference") => found.push(target.into_owned()),
					_ => collect(value, found),
				}
			}
		},
		Json::Array(values) => values.iter().for_each(|value| collect(value, found)),
		_ => {},
	}
}
