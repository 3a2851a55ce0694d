// SPDX-License-Identifier: Apache-2.0

use salus_crypto::{
	envelope, open_bytes, open_range, seal_bytes, Capsule, EnvelopeReader, Keystore, Passphrase,
	SealedDocument, SealedFile, SecretKey, SegmentKey,
};
use std::io::{Cursor, Read};

pub(crate) fn capsule(bytes: &[u8]) {
	if let Ok(capsule) = Capsule::from_bytes(bytes) {
		assert_eq!(capsule.to_bytes(), bytes, "one capsule has one encoding");
	}
}

pub(crate) fn document(bytes: &[u8]) {
	if let Ok(document) = SealedDocument::from_bytes(bytes) {
		assert_eq!(document.to_bytes(), bytes, "one document has one encoding");
	}
	if let Ok(file) = SealedFile::read(bytes) {
		let secret = SecretKey::from_seed(&[3; 32]);
		assert!(file.open([&secret]).is_err(), "nobody sealed it to her");
	}
}

/// The bytes are taken as an envelope, then as a change to a true one: the first two say where,
/// the others are what is put there.
pub(crate) fn envelope(bytes: &[u8]) {
	let key = SegmentKey::from_bytes(&[7; SegmentKey::LEN]);
	never_opens(&key, bytes);

	let [high, low, patch @ ..] = bytes else { return };
	let plaintext = vec![*low; usize::from(*high)];
	let sealed = seal_bytes(&key, &plaintext).expect("sealing small content works");
	assert_eq!(Some(sealed.len() as u64), envelope::sealed_len(plaintext.len() as u64));
	let at = usize::from(u16::from_be_bytes([*high, *low])) % sealed.len();
	let mut changed = sealed.clone();
	changed.truncate(at);
	changed.extend_from_slice(patch);
	changed.extend_from_slice(sealed.get(at + patch.len()..).unwrap_or_default());
	if changed == sealed {
		assert_eq!(*open_bytes(&key, &sealed).expect("what was sealed opens"), plaintext);
	} else {
		never_opens(&key, &changed);
	}
}

fn never_opens(key: &SegmentKey, bytes: &[u8]) {
	assert!(open_bytes(key, bytes).is_err(), "only what was sealed opens");
	if let Ok(mut reader) = EnvelopeReader::new(bytes, key) {
		let streamed = reader.read_to_end(&mut Vec::new());
		assert!(streamed.is_err(), "streaming is no easier than reading whole");
	}
	// A range may lie before the fault: it must not panic.
	let _ = open_range(Cursor::new(bytes), key, 0..16).map(|range| range.content_len());
}

pub(crate) fn keystore(bytes: &[u8]) {
	let Ok(text) = std::str::from_utf8(bytes) else { return };
	let passphrase = Passphrase::new("a passphrase for fuzzing".to_owned()).expect("long enough");
	assert!(Keystore::from_json(text, &passphrase).is_err(), "nobody sealed anything with it");
}
