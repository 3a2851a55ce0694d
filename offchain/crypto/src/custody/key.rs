// SPDX-License-Identifier: Apache-2.0
//! From a shared secret to the key of a segment.

use super::{context::DealingContext, scalar::SecretScalar};
use crate::{Error, Result, SegmentKey};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

const LABEL: &[u8] = b"salus/custody/1/segment-key";

/// The key that a shared secret stands for. It is bound to chain, record, version and segment, so
/// that no secret opens another segment; not to the committee, so that resharing keeps it.
pub(super) fn derive(
	secret: &SecretScalar,
	context: &DealingContext,
	segment: u16,
) -> Result<SegmentKey> {
	let kdf = Hkdf::<Sha256>::new(None, secret.to_bytes().as_ref());
	let info: [&[u8]; 5] = [
		LABEL,
		&context.genesis,
		&context.record.0,
		&context.version.to_be_bytes(),
		&segment.to_be_bytes(),
	];
	let mut key = Zeroizing::new([0u8; SegmentKey::LEN]);
	kdf.expand_multi_info(&info, key.as_mut())
		.map_err(|_| Error::Internal { operation: "deriving a segment key" })?;
	Ok(SegmentKey::from_bytes(&key))
}
