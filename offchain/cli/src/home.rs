// SPDX-License-Identifier: Apache-2.0
//! Where everything of one network on this machine lies.

use crate::error::{Failure, IoContext, Result};
use std::{
	fs,
	path::{Path, PathBuf},
};

/// The directory that holds a network's data, keys and logs.
#[derive(Clone, Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
	/// The given directory, or the user's own for development.
	pub(crate) fn open(given: Option<PathBuf>) -> Result<Self> {
		let path = match given {
			Some(path) => path,
			None => default_path().ok_or_else(|| {
				Failure::new("HOME_UNKNOWN", "neither XDG_DATA_HOME nor HOME is set")
					.fix("give a directory with --home")
			})?,
		};
		fs::create_dir_all(&path).about(path.display())?;
		Ok(Self(path.canonicalize().about(path.display())?))
	}

	pub(crate) fn path(&self) -> &Path {
		&self.0
	}

	/// What runs, and where.
	pub(crate) fn network(&self) -> PathBuf {
		self.0.join("network.json")
	}

	/// Held while a network starts or stops.
	pub(crate) fn lock(&self) -> PathBuf {
		self.0.join("lock")
	}

	pub(crate) fn node(&self) -> PathBuf {
		self.0.join("node")
	}

	/// The content store.
	pub(crate) fn store(&self) -> PathBuf {
		self.0.join("store")
	}

	/// What each custodian holds, in a directory of its own.
	pub(crate) fn custodians(&self) -> PathBuf {
		self.0.join("custodians")
	}

	pub(crate) fn accounts(&self) -> PathBuf {
		self.0.join("accounts")
	}

	/// The jobs of each account.
	pub(crate) fn jobs(&self) -> PathBuf {
		self.0.join("jobs")
	}

	/// What was found in ingested files: diagnostics, which hold no values.
	pub(crate) fn reports(&self) -> PathBuf {
		self.0.join("reports")
	}

	pub(crate) fn logs(&self) -> PathBuf {
		self.0.join("logs")
	}

	/// Ciphertext on its way to the store.
	pub(crate) fn work(&self) -> PathBuf {
		self.0.join("work")
	}

	/// Where each account's records are: content identifiers, salts and capsules.
	pub(crate) fn catalogue(&self) -> PathBuf {
		self.0.join("catalogue")
	}

	/// The keys of tickets that each account has not opened yet, sealed to itself.
	pub(crate) fn pending(&self) -> PathBuf {
		self.0.join("pending")
	}

	pub(crate) fn log(&self, service: &str) -> PathBuf {
		self.logs().join(format!("{service}.log"))
	}
}

fn default_path() -> Option<PathBuf> {
	let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from).or_else(|| {
		std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local").join("share"))
	})?;
	Some(data.join("salus").join("dev"))
}
