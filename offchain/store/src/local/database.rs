// SPDX-License-Identifier: Apache-2.0
//! The redb file: opening it, and opening it again after the disk failed.

use crate::{Error, Result};
use redb::{backends::FileBackend, Builder, StorageBackend};
use std::{
	fs::OpenOptions,
	io,
	path::{Path, PathBuf},
	sync::{
		atomic::{AtomicBool, Ordering},
		PoisonError, RwLock,
	},
};

/// redb's cache. Blocks are large and read once; what is worth keeping are the inner pages.
const CACHE: usize = 32 << 20;
/// `ENOSPC` and `EDQUOT`, where the standard library has no kind for them.
const NO_SPACE: [i32; 2] = [28, 122];

type Open = Box<dyn Fn() -> Result<redb::Database, redb::Error> + Send + Sync>;

/// A redb database that recovers from failures of the disk.
pub(super) struct Database {
	path: PathBuf,
	open: Open,
	redb: RwLock<Option<redb::Database>>,
	/// redb refuses everything after a failed write until it is opened again.
	failed: AtomicBool,
}

impl Database {
	pub(super) fn open_file(path: PathBuf) -> Result<Self> {
		let file = path.clone();
		Self::with_backend(path, move || {
			let mut options = OpenOptions::new();
			options.read(true).write(true).create(true).truncate(false);
			#[cfg(unix)]
			std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
			FileBackend::new(options.open(&file)?).map_err(redb::Error::from)
		})
	}

	/// Opens a database over any storage: where tests let the disk fail.
	pub(super) fn with_backend<B: StorageBackend>(
		path: PathBuf,
		backend: impl Fn() -> Result<B, redb::Error> + Send + Sync + 'static,
	) -> Result<Self> {
		let open = move || {
			let mut builder = Builder::new();
			builder.set_cache_size(CACHE);
			Ok(builder.create_with_backend(backend()?)?)
		};
		let redb = open().map_err(|error| explain(&path, error))?;
		Ok(Self {
			path,
			open: Box::new(open),
			redb: RwLock::new(Some(redb)),
			failed: AtomicBool::new(false),
		})
	}

	pub(super) fn path(&self) -> &Path {
		&self.path
	}

	/// Runs `f` on the database.
	pub(super) fn with<T>(&self, f: impl FnOnce(&redb::Database) -> Result<T, Fault>) -> Result<T> {
		if self.failed.load(Ordering::Acquire) {
			self.reopen()?;
		}
		let guard = self.redb.read().unwrap_or_else(PoisonError::into_inner);
		let redb = guard.as_ref().ok_or(Error::Internal { operation: "the store is closed" })?;
		f(redb).map_err(|fault| match fault {
			Fault::Store(error) => error,
			Fault::Redb(error) => {
				if matches!(error, redb::Error::Io(_) | redb::Error::PreviousIo) {
					self.failed.store(true, Ordering::Release);
				}
				explain(&self.path, error)
			},
		})
	}

	/// Closes the database and opens it from what is on the disk: the last committed state.
	fn reopen(&self) -> Result<()> {
		let mut guard = self.redb.write().unwrap_or_else(PoisonError::into_inner);
		if self.failed.load(Ordering::Acquire) {
			drop(guard.take());
			*guard = Some((self.open)().map_err(|error| explain(&self.path, error))?);
			self.failed.store(false, Ordering::Release);
			tracing::warn!(path = %self.path.display(), "store opened again after a disk failure");
		}
		Ok(())
	}
}

/// What can happen inside of a transaction.
pub(super) enum Fault {
	Store(Error),
	Redb(redb::Error),
}

impl From<Error> for Fault {
	fn from(error: Error) -> Self {
		Self::Store(error)
	}
}

macro_rules! redb_faults {
	($($error:ident),+) => {
		$(impl From<redb::$error> for Fault {
			fn from(error: redb::$error) -> Self {
				Self::Redb(error.into())
			}
		})+
	};
}

redb_faults!(TransactionError, TableError, StorageError, CommitError);

fn explain(path: &Path, error: redb::Error) -> Error {
	let path = path.to_owned();
	match error {
		redb::Error::Io(source) if is_full(&source) => Error::Full { path, source },
		redb::Error::Io(source) => Error::File { path, source },
		redb::Error::DatabaseAlreadyOpen => Error::Locked { path },
		redb::Error::PreviousIo => {
			Error::File { path, source: io::Error::other("the disk failed just before") }
		},
		other => Error::Database { path, reason: other.to_string() },
	}
}

fn is_full(error: &io::Error) -> bool {
	matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
		|| error.raw_os_error().is_some_and(|code| cfg!(unix) && NO_SPACE.contains(&code))
}
