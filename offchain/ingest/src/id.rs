// SPDX-License-Identifier: Apache-2.0
//! Names of items.

use sha2::{Digest, Sha256};

/// An id made of something that it does not show.
pub(crate) fn hashed(kind: &str, of: &str) -> String {
	let digest = hex::encode(Sha256::digest(of));
	format!("{kind}-{}", digest.get(..32).unwrap_or(&digest))
}
