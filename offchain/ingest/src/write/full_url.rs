// SPDX-License-Identifier: Apache-2.0
//! What a bundle calls its resources (FHIR R4, Bundle, `entry.fullUrl`).

use crate::Resource;
use salus_mdf::Item;
use sha2::{Digest, Sha256};

/// Relative references are looked up beside the URL of who refers, so that resources that came
/// without one need one base in common.
pub(super) const BASE: &str = "https://salus.network/fhir/";

/// The URL of a resource: the one it had; else its type and id under [`BASE`]; without an id one
/// made from its place in the source.
pub(super) fn full_url(item: &Item, resource: &Resource) -> String {
	match (&item.provenance.full_url, &resource.id) {
		(Some(known), _) => known.clone(),
		(None, Some(id)) => format!("{BASE}{}/{id}", resource.kind),
		(None, None) => urn(&[&item.provenance.source, &item.id]),
	}
}

/// A UUID made from texts, always the same: version 8 of RFC 9562, the bits of SHA-256.
pub(super) fn urn(parts: &[&str]) -> String {
	let mut hasher = Sha256::new();
	for part in parts {
		// With their lengths, so that no two lists of parts are one text.
		hasher.update((part.len() as u64).to_be_bytes());
		hasher.update(part);
	}
	let mut bytes: Vec<u8> = hasher.finalize().into_iter().take(16).collect();
	for (place, keep, set) in [(6, 0x0f, 0x80), (8, 0x3f, 0x80)] {
		if let Some(byte) = bytes.get_mut(place) {
			*byte = (*byte & keep) | set;
		}
	}
	let mut text = String::from("urn:uuid:");
	for (place, byte) in bytes.iter().enumerate() {
		if matches!(place, 4 | 6 | 8 | 10) {
			text.push('-');
		}
		text.push_str(&hex::encode([*byte]));
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_made_uuid_has_the_form_of_one() {
		let text = urn(&["a", "b"]);
		assert_eq!(text.len(), "urn:uuid:".len() + 36);
		assert_eq!(text.as_bytes()[9 + 14], b'8');
		assert!(matches!(text.as_bytes()[9 + 19], b'8' | b'9' | b'a' | b'b'));
		assert_eq!(text, urn(&["a", "b"]));
		assert_ne!(text, urn(&["ab", ""]));
	}
}
