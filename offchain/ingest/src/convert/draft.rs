// SPDX-License-Identifier: Apache-2.0
//! Results that appear whole or not at all: they are written beside their place under another name,
//! forced to the disk, and renamed.

use std::{
	fs::{self, DirBuilder, File, OpenOptions},
	io,
	path::{Path, PathBuf},
};

/// A result that is not yet there. Dropped, it leaves nothing.
pub(super) struct Draft {
	/// Where it is written.
	place: PathBuf,
	target: PathBuf,
	/// For a folder the extension of the files in it.
	inside: Option<&'static str>,
	overwrite: bool,
}

/// Only the owner reads what was made of health data.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
	options
}

fn exists() -> io::Error {
	io::ErrorKind::AlreadyExists.into()
}

impl Draft {
	/// The draft of a file.
	pub(super) fn file(target: &Path, overwrite: bool) -> io::Result<Self> {
		Self::new(target, None, overwrite)
	}

	/// The draft of a folder of files with one extension.
	pub(super) fn folder(
		target: &Path,
		extension: &'static str,
		overwrite: bool,
	) -> io::Result<Self> {
		let draft = Self::new(target, Some(extension), overwrite)?;
		let mut builder = DirBuilder::new();
		#[cfg(unix)]
		std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
		builder.create(&draft.place)?;
		Ok(draft)
	}

	fn new(target: &Path, inside: Option<&'static str>, overwrite: bool) -> io::Result<Self> {
		let name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?;
		if fs::symlink_metadata(target).is_ok() && !(overwrite && is_replaceable(target, inside)?) {
			return Err(exists());
		}
		if let Some(parent) = target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
			fs::create_dir_all(parent)?;
		}
		let place = beside(target, &name.to_string_lossy(), "part");
		Ok(Self { place, target: target.to_owned(), inside, overwrite })
	}

	/// Makes the file, or one in the folder.
	pub(super) fn open(&self, name: Option<&str>) -> io::Result<File> {
		let path = match name {
			Some(name) => self.place.join(name),
			None => self.place.clone(),
		};
		private(OpenOptions::new().write(true).create_new(true)).open(path)
	}

	/// Puts the result in its place.
	pub(super) fn commit(self) -> io::Result<()> {
		if self.inside.is_some() {
			for entry in fs::read_dir(&self.place)? {
				File::open(entry?.path())?.sync_all()?;
			}
		}
		File::open(&self.place)?.sync_all()?;
		match (self.inside.is_some(), self.overwrite) {
			(false, true) => fs::rename(&self.place, &self.target)?,
			(false, false) => self.link()?,
			(true, false) => self.rename_new()?,
			(true, true) => self.replace_folder()?,
		}
		let parent = self.target.parent().filter(|parent| !parent.as_os_str().is_empty());
		File::open(parent.unwrap_or_else(|| Path::new(".")))?.sync_all()
	}

	/// A link never replaces what came there meanwhile; a rename would.
	fn link(&self) -> io::Result<()> {
		match fs::hard_link(&self.place, &self.target) {
			Ok(()) => fs::remove_file(&self.place),
			Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
			// Some file systems have no links.
			Err(_) => self.rename_new(),
		}
	}

	fn rename_new(&self) -> io::Result<()> {
		match fs::symlink_metadata(&self.target) {
			Ok(_) => Err(exists()),
			Err(_) => fs::rename(&self.place, &self.target),
		}
	}

	/// No rename replaces a folder with files in it: the old one steps aside, and back when the new
	/// one cannot come.
	fn replace_folder(&self) -> io::Result<()> {
		if fs::symlink_metadata(&self.target).is_err() {
			return fs::rename(&self.place, &self.target);
		}
		let name = self.target.file_name().unwrap_or_default().to_string_lossy().into_owned();
		let old = beside(&self.target, &name, "old");
		fs::rename(&self.target, &old)?;
		if let Err(error) = fs::rename(&self.place, &self.target) {
			fs::rename(&old, &self.target)?;
			return Err(error);
		}
		fs::remove_dir_all(old)
	}
}

impl Drop for Draft {
	fn drop(&mut self) {
		// After a commit nothing is there; a draft that cannot be removed is named as one.
		let _ = match self.inside {
			Some(_) => fs::remove_dir_all(&self.place),
			None => fs::remove_file(&self.place),
		};
	}
}

/// A hidden name in the same folder, that nobody else uses.
fn beside(target: &Path, name: &str, what: &str) -> PathBuf {
	target.with_file_name(format!(".{name}.{:016x}.{what}", rand::random::<u64>()))
}

/// Whether what is there is a result of the same form: a file for a file; for a folder one that has
/// nothing in it but files with the extension, so that no other folder is ever removed.
fn is_replaceable(target: &Path, inside: Option<&str>) -> io::Result<bool> {
	let kind = fs::symlink_metadata(target)?.file_type();
	let Some(extension) = inside else { return Ok(kind.is_file()) };
	if !kind.is_dir() {
		return Ok(false);
	}
	for entry in fs::read_dir(target)? {
		let entry = entry?;
		let is_ours = entry.path().extension().is_some_and(|found| found == extension);
		if !is_ours || !entry.file_type()?.is_file() {
			return Ok(false);
		}
	}
	Ok(true)
}
