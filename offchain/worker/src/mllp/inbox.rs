// SPDX-License-Identifier: Apache-2.0
//! Where messages lie until somebody ingests them.

use crate::{
	export::{create_private, partial, remove_partial, sync_parent},
	Error, Result,
};
use data_encoding::HEXLOWER;
use salus_primitives::blake2_256;
use std::{
	io::Write,
	path::{Path, PathBuf},
};

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
	/// It is in the inbox now.
	New,
	/// The same bytes are in it already: its sender did not hear the answer.
	Again,
}

/// A directory of messages, one file for each, named after its digest: names tell nothing of anybody.
/// What is wrong lies in the directory `refused` within. Whatever has a name is whole and durable; a
/// name that begins with a dot is of a message that is being written. One process at a time writes.
#[derive(Debug)]
pub struct Inbox {
	accepted: PathBuf,
	refused: PathBuf,
}

impl Inbox {
	/// The inbox in this directory, which is made where it does not exist.
	///
	/// # Errors
	/// When it cannot be made.
	pub fn open(directory: &Path) -> Result<Self> {
		let refused = directory.join("refused");
		create_private(&refused)?;
		for directory in [directory, &refused] {
			remove_partial(directory)?;
		}
		sync_parent(&refused)?;
		Ok(Self { accepted: directory.to_owned(), refused })
	}

	/// Keeps a message. When it returns, the message survives a power cut.
	///
	/// # Errors
	/// When it cannot be written; then nothing of it is there.
	pub fn keep(&self, message: &[u8], is_accepted: bool) -> Result<Kept> {
		let directory = if is_accepted { &self.accepted } else { &self.refused };
		let name = format!("{}.hl7", HEXLOWER.encode(&blake2_256(message)));
		let path = directory.join(name);
		let wrong = |source| Error::file(&path, source);
		if path.try_exists().map_err(wrong)? {
			return Ok(Kept::Again);
		}
		let mut file = partial(directory)?;
		file.write_all(message).map_err(wrong)?;
		file.as_file().sync_all().map_err(wrong)?;
		file.persist(&path).map_err(|error| wrong(error.error))?;
		sync_parent(&path)?;
		Ok(Kept::New)
	}
}
