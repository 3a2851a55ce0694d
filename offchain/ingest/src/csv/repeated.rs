// SPDX-License-Identifier: Apache-2.0
//! Rows that were there before.

use super::{fields::Fields, write_key};
use crate::{load::Context, Code, Error, Place};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// So many rows are compared with each other; their digests take about 100 MB.
const MAX_COMPARED: usize = 2_000_000;

/// The rows that were there.
#[derive(Default)]
pub(super) struct Repeated {
	/// Digests of rows and their lines.
	seen: HashMap<[u8; 16], u64>,
	full: bool,
	key: Vec<u8>,
}

impl Repeated {
	/// The line of an equal row before this one.
	pub(super) fn first_line(
		&mut self,
		context: &mut Context<'_>,
		line: u64,
		row: &Fields,
	) -> Result<Option<u64>, Error> {
		write_key(&mut self.key, row.iter());
		let mut digest = [0; 16];
		digest.copy_from_slice(&Sha256::digest(&self.key)[..16]);
		if let Some(first) = self.seen.get(&digest) {
			return Ok(Some(*first));
		}
		if self.seen.len() < MAX_COMPARED {
			self.seen.insert(digest, line);
		} else if !self.full {
			self.full = true;
			context.diagnose(Place::Line(line), Code::DuplicatesUnchecked)?;
		}
		Ok(None)
	}
}
