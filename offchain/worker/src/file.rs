// SPDX-License-Identifier: Apache-2.0
//! Files that are there whole or not at all.

use std::{fs, io::Write, path::Path};

/// Writes a file for its owner only, in place of the one before.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
	let directory = path.parent().unwrap_or_else(|| Path::new("."));
	let mut file = tempfile::NamedTempFile::new_in(directory)?;
	file.write_all(bytes)?;
	file.as_file().sync_all()?;
	file.persist(path).map_err(|error| error.error)?;
	fs::File::open(directory)?.sync_all()
}
