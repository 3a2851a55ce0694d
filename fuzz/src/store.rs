// SPDX-License-Identifier: Apache-2.0

use salus_store::ContentIdText;

pub(crate) fn content_id(bytes: &[u8]) {
	let Ok(text) = std::str::from_utf8(bytes) else { return };
	if let Ok(id) = text.parse::<ContentIdText>() {
		assert_eq!(id.to_string(), text, "one identifier has one text");
	}
}
