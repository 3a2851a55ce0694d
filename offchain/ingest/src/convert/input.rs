// SPDX-License-Identifier: Apache-2.0
//! What is to be converted.

use super::{Error, Refusal};
use std::{
	fmt,
	fs::{self, File},
	io::{self, Read, Seek, Write},
	path::{Path, PathBuf},
};

/// Where sources come from.
pub enum Input {
	/// A file, or a folder with everything in it; hidden files are left out.
	Path(PathBuf),
	/// A stream, as standard input.
	Stream(Box<dyn Read>),
}

impl fmt::Debug for Input {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Path(_) => "Path { .. }",
			Self::Stream(_) => "Stream { .. }",
		})
	}
}

/// One source, and what its result is named after: the path inside its folder.
pub(super) struct Listed {
	pub(super) name: String,
	pub(super) origin: Origin,
}

pub(super) enum Origin {
	File(PathBuf),
	/// A link, a socket or the like.
	Odd,
	Stream(Box<dyn Read>),
}

/// The sources in a stable order, and whether a single file or stream was given.
pub(super) fn list(inputs: Vec<Input>) -> Result<(Vec<Listed>, bool), Error> {
	let mut listed = Vec::new();
	let mut is_single = inputs.len() == 1;
	for input in inputs {
		let path = match input {
			Input::Stream(stream) => {
				listed.push(Listed { name: "stdin".into(), origin: Origin::Stream(stream) });
				continue;
			},
			Input::Path(path) => path,
		};
		// What was named is followed when it is a link; what lies in a folder is not.
		let found = fs::metadata(&path).and_then(|metadata| match metadata.is_dir() {
			true => {
				is_single = false;
				walk(&path, &path, &mut listed)
			},
			false => {
				let name = path.file_name().unwrap_or(path.as_os_str());
				let name = name.to_string_lossy().into_owned();
				listed.push(Listed { name, origin: Origin::File(path.clone()) });
				Ok(())
			},
		});
		found.map_err(|source| Error::Input { path, source })?;
	}
	Ok((listed, is_single))
}

fn walk(root: &Path, folder: &Path, listed: &mut Vec<Listed>) -> io::Result<()> {
	let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
	entries.sort_by_key(fs::DirEntry::file_name);
	for entry in entries {
		if entry.file_name().to_string_lossy().starts_with('.') {
			continue;
		}
		let (path, kind) = (entry.path(), entry.file_type()?);
		if kind.is_dir() {
			walk(root, &path, listed)?;
			continue;
		}
		let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
		let origin = if kind.is_file() { Origin::File(path) } else { Origin::Odd };
		listed.push(Listed { name, origin });
	}
	Ok(())
}

/// A source that can be read several times.
pub(super) trait Again: Read + Seek {}

impl<T: Read + Seek> Again for T {}

impl Origin {
	pub(super) fn open(self, max_bytes: u64) -> Result<Box<dyn Again>, Refusal> {
		let refused = |error: io::Error| Refusal::of_io(&error);
		match self {
			Self::File(path) => Ok(Box::new(File::open(path).map_err(refused)?)),
			Self::Odd => Err(Refusal::new(
				"INPUT_NOT_A_FILE",
				"a link or device in a folder is not followed",
				"name it by itself",
			)),
			Self::Stream(stream) => Ok(Box::new(spool(stream, max_bytes).map_err(refused)?)),
		}
	}
}

/// Keeps a stream in a file that has no name any more, so that nothing is left of it.
fn spool(mut stream: Box<dyn Read>, max_bytes: u64) -> io::Result<File> {
	let path = std::env::temp_dir().join(format!(".salus-{:032x}", rand::random::<u128>()));
	let mut options = fs::OpenOptions::new();
	options.read(true).write(true).create_new(true);
	#[cfg(unix)]
	std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
	let mut file = options.open(&path)?;
	fs::remove_file(&path)?;
	// One byte more than allowed, so that what is too large is found to be.
	io::copy(&mut stream.by_ref().take(max_bytes.saturating_add(1)), &mut file)?;
	file.flush()?;
	Ok(file)
}
