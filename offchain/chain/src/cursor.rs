// SPDX-License-Identifier: Apache-2.0
//! Where a follower stopped.

use crate::{BlockId, Error};
use std::{
	fs::{self, File},
	future::Future,
	io::{self, Write},
	path::{Path, PathBuf},
	sync::{Arc, Mutex, PoisonError},
};

/// Keeps the last block that was processed.
///
/// A service that keeps its own state in a database keeps the cursor in the same transaction, and
/// gives the follower a [`MemoryCursor`] that begins there.
pub trait CursorStore: Send + Sync + 'static {
	/// The last block that was processed; nothing before the first.
	fn load(&self) -> impl Future<Output = Result<Option<BlockId>, Error>> + Send;

	/// Keeps `cursor` durably in place of the one before.
	fn save(&self, cursor: BlockId) -> impl Future<Output = Result<(), Error>> + Send;
}

impl<C: CursorStore> CursorStore for Arc<C> {
	async fn load(&self) -> Result<Option<BlockId>, Error> {
		C::load(self).await
	}

	async fn save(&self, cursor: BlockId) -> Result<(), Error> {
		C::save(self, cursor).await
	}
}

/// A cursor for as long as the process lives.
#[derive(Debug, Default)]
pub struct MemoryCursor(Mutex<Option<BlockId>>);

impl MemoryCursor {
	/// A cursor that stands at `processed`.
	pub const fn new(processed: Option<BlockId>) -> Self {
		Self(Mutex::new(processed))
	}

	/// Where it stands.
	pub fn get(&self) -> Option<BlockId> {
		*self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

impl CursorStore for MemoryCursor {
	async fn load(&self) -> Result<Option<BlockId>, Error> {
		Ok(self.get())
	}

	async fn save(&self, cursor: BlockId) -> Result<(), Error> {
		*self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor);
		Ok(())
	}
}

/// A cursor in a file of one JSON object.
///
/// The file is replaced, never changed: whatever breaks off, it holds the old cursor or the new one.
#[derive(Clone, Debug)]
pub struct FileCursor {
	path: PathBuf,
}

impl FileCursor {
	/// The cursor in the file `path`. Its directory has to exist; the file does not.
	pub fn new(path: impl Into<PathBuf>) -> Self {
		Self { path: path.into() }
	}

	fn read(&self) -> Result<Option<BlockId>, Error> {
		let text = match fs::read(&self.path) {
			Ok(text) => text,
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
			Err(cause) => return Err(self.unavailable("read", cause)),
		};
		serde_json::from_slice(&text)
			.map(Some)
			.map_err(|cause| Error::CursorInvalid { path: self.path.clone(), cause: cause.into() })
	}

	fn write(&self, cursor: BlockId) -> Result<(), Error> {
		serde_json::to_vec(&cursor)
			.map_err(io::Error::from)
			.and_then(|text| replace(&self.path, &text))
			.map_err(|cause| self.unavailable("written", cause))
	}

	fn unavailable(&self, doing: &'static str, cause: io::Error) -> Error {
		Error::CursorUnavailable { path: self.path.clone(), doing, cause }
	}
}

impl CursorStore for FileCursor {
	async fn load(&self) -> Result<Option<BlockId>, Error> {
		let this = self.clone();
		blocking(move || this.read()).await.map_err(|cause| self.unavailable("read", cause))?
	}

	async fn save(&self, cursor: BlockId) -> Result<(), Error> {
		let this = self.clone();
		blocking(move || this.write(cursor))
			.await
			.map_err(|cause| self.unavailable("written", cause))?
	}
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
	tokio::task::spawn_blocking(work).await.map_err(io::Error::other)
}

/// Puts a file with `content` at `path`: written beside it, on disk before it takes the name, and
/// the name on disk before this returns.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
	let beside = beside(path);
	let mut file = File::create(&beside)?;
	file.write_all(content)?;
	file.sync_all()?;
	fs::rename(&beside, path)?;
	match path.parent() {
		Some(directory) if !directory.as_os_str().is_empty() => File::open(directory)?.sync_all(),
		_ => File::open(".")?.sync_all(),
	}
}

fn beside(path: &Path) -> PathBuf {
	let mut name = path.file_name().unwrap_or_default().to_owned();
	name.push(".new");
	path.with_file_name(name)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::BlockHash;

	fn block(number: u64) -> BlockId {
		BlockId { number, hash: BlockHash([number as u8; 32]) }
	}

	#[tokio::test]
	async fn a_file_keeps_the_cursor_for_the_next_process() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("cursor.json");
		assert_eq!(FileCursor::new(&path).load().await.unwrap(), None);
		for number in [7, 8] {
			FileCursor::new(&path).save(block(number)).await.unwrap();
			assert_eq!(FileCursor::new(&path).load().await.unwrap(), Some(block(number)));
		}
		assert!(!beside(&path).exists());
	}

	#[tokio::test]
	async fn a_crash_while_writing_leaves_the_old_cursor() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("cursor.json");
		let cursor = FileCursor::new(&path);
		cursor.save(block(7)).await.unwrap();
		// Whatever point the write beside the file broke off at.
		for length in [0, 1, 20] {
			let text = serde_json::to_vec(&block(8)).unwrap();
			fs::write(beside(&path), &text[..length]).unwrap();
			assert_eq!(cursor.load().await.unwrap(), Some(block(7)));
		}
		cursor.save(block(9)).await.unwrap();
		assert_eq!(cursor.load().await.unwrap(), Some(block(9)));
	}

	#[tokio::test]
	async fn a_file_of_something_else_is_never_taken_for_a_beginning() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("cursor.json");
		for content in ["", "{}", "{\"number\":1,\"hash\":\"0x00\"}", "7"] {
			fs::write(&path, content).unwrap();
			let error = FileCursor::new(&path).load().await.unwrap_err();
			assert_eq!(error.code(), "CURSOR_INVALID");
		}
	}

	#[tokio::test]
	async fn a_missing_directory_is_an_error() {
		let directory = tempfile::tempdir().unwrap();
		let cursor = FileCursor::new(directory.path().join("none").join("cursor.json"));
		assert_eq!(cursor.save(block(1)).await.unwrap_err().code(), "CURSOR_UNAVAILABLE");
	}
}
