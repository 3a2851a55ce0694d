// SPDX-License-Identifier: Apache-2.0

use salus_crypto::{
	recovery::{KitCombiner, RecoveryKit, RecoveryRequest, ReleasedShare},
	SecretKey,
};
use std::{fmt::Display, str::FromStr, sync::LazyLock};

/// A true kit: shares of it get past the first checks.
static KIT: LazyLock<RecoveryKit> = LazyLock::new(|| {
	RecoveryKit::from_bytes(include_bytes!("../corpus/recovery/kit")).expect("the seed is a kit")
});
/// What its shares were released to.
static RECOVERING: LazyLock<SecretKey> = LazyLock::new(|| {
	let secret = include_bytes!("../corpus/recovery/secret");
	SecretKey::from_bytes(salus_primitives::Suite::X25519, secret).expect("the seed is a key")
});

/// The bytes are taken as each object of a recovery, and as the text of each.
pub(crate) fn recovery(bytes: &[u8]) {
	if let Ok(kit) = RecoveryKit::from_bytes(bytes) {
		assert_eq!(kit.to_bytes(), bytes, "one kit has one encoding");
		prints(&kit);
	}
	if let Ok(request) = RecoveryRequest::from_bytes(bytes) {
		assert_eq!(request.to_bytes(), bytes, "one request has one encoding");
		prints(&request);
		assert!(request.has_code(&request.code()), "a request has the code that it shows");
	}
	if let Ok(share) = ReleasedShare::from_bytes(bytes) {
		assert_eq!(share.to_bytes(), bytes, "one share has one encoding");
		prints(&share);
		combine(&share);
	}
	let Ok(text) = std::str::from_utf8(bytes) else { return };
	if let Ok(kit) = text.parse::<RecoveryKit>() {
		prints(&kit);
	}
	if let Ok(request) = text.parse::<RecoveryRequest>() {
		prints(&request);
	}
	if let Ok(share) = text.parse::<ReleasedShare>() {
		prints(&share);
		combine(&share);
	}
}

fn prints<T: Display + FromStr + PartialEq>(object: &T) {
	let read = object.to_string().parse::<T>();
	assert!(read.is_ok_and(|read| read == *object), "what is printed is read again");
}

fn combine(share: &ReleasedShare) {
	let mut combiner = KitCombiner::new(&KIT);
	if combiner.add(&RECOVERING, share).is_ok() {
		assert_eq!(combiner.progress(), (1, 2));
		assert!(combiner.add(&RECOVERING, share).is_err(), "a guardian is counted once");
	}
	assert!(combiner.finish().is_err(), "one guardian does not open a kit of two");
}
