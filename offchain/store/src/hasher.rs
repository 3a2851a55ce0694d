// SPDX-License-Identifier: Apache-2.0
//! The identifier of content that is in no store: a file of an export.

use crate::{
	unixfs::{Block, Importer},
	Result, Stored,
};
use std::{fmt, io};

/// Finds out what content would be called, in constant memory, without storing it.
///
/// ```
/// use salus_store::{ContentHasher, ContentIdText};
/// use std::io::Write;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut hasher = ContentHasher::new();
/// hasher.write_all(b"hello world")?;
/// assert_eq!(
///     ContentIdText(hasher.finish()?.id).to_string(),
///     "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
/// );
/// # Ok(())
/// # }
/// ```
pub struct ContentHasher {
	importer: Importer,
	blocks: Vec<Block>,
}

impl ContentHasher {
	/// No content yet.
	pub fn new() -> Self {
		Self { importer: Importer::new(), blocks: Vec::new() }
	}

	/// Takes more content.
	///
	/// # Errors
	/// When it is more than a store accepts.
	pub fn update(&mut self, content: &[u8]) -> Result<()> {
		self.importer.push(content, &mut self.blocks)?;
		self.blocks.clear();
		Ok(())
	}

	/// What a store would say after storing it.
	///
	/// # Errors
	/// Never.
	pub fn finish(mut self) -> Result<Stored> {
		self.importer.finish(&mut self.blocks)
	}
}

impl Default for ContentHasher {
	fn default() -> Self {
		Self::new()
	}
}

impl io::Write for ContentHasher {
	fn write(&mut self, content: &[u8]) -> io::Result<usize> {
		self.update(content)?;
		Ok(content.len())
	}

	fn flush(&mut self) -> io::Result<()> {
		Ok(())
	}
}

impl fmt::Debug for ContentHasher {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("ContentHasher").finish_non_exhaustive()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{ContentStore, LocalStore, CHUNK};

	#[tokio::test]
	async fn it_says_what_a_store_says() {
		let directory = tempfile::tempdir().unwrap();
		let store = LocalStore::open(directory.path().join("blocks.redb")).await.unwrap();
		for len in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK + 5] {
			let content: Vec<u8> = (0..len).map(|at| (at % 253) as u8).collect();
			let mut hasher = ContentHasher::new();
			for part in content.chunks(70_000) {
				hasher.update(part).unwrap();
			}
			let stored = store.put(&mut content.as_slice()).await.unwrap();
			assert_eq!(hasher.finish().unwrap(), stored, "{len}");
		}
	}
}
