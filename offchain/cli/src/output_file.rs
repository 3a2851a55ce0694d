// SPDX-License-Identifier: Apache-2.0
//! Files that are there whole or not at all.

use crate::error::{Failure, IoContext, Result};
use std::{
	fs::File,
	io::{BufWriter, ErrorKind, Write},
	path::Path,
};

/// Refuses what exists, before work is done for nothing.
pub(crate) fn check_new(path: &Path) -> Result<()> {
	if path.try_exists().about(path.display())? {
		return Err(exists(path));
	}
	Ok(())
}

fn exists(path: &Path) -> Failure {
	Failure::new("OUTPUT_EXISTS", format!("{} exists", path.display()))
		.fix("name a file that does not exist yet")
}

/// Writes a file for its owner only; with `overwrite` in the place of one that was there.
pub(crate) fn write_whole(
	path: &Path,
	overwrite: bool,
	content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
	let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
	let directory = parent.unwrap_or_else(|| Path::new("."));
	let mut file = tempfile::NamedTempFile::new_in(directory).about(directory.display())?;
	let mut out = BufWriter::new(&mut file);
	content(&mut out).and_then(|()| out.flush()).about(path.display())?;
	drop(out);
	file.as_file().sync_all().about(path.display())?;
	let kept = if overwrite { file.persist(path) } else { file.persist_noclobber(path) };
	match kept {
		Ok(_) => {},
		Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(exists(path)),
		Err(error) => return Err(error.error).about(path.display()),
	}
	File::open(directory).and_then(|directory| directory.sync_all()).about(directory.display())
}

#[cfg(test)]
mod tests {
	use super::*;

	use std::os::unix::fs::PermissionsExt;

	#[test]
	fn a_file_is_whole_or_not_there() {
		let directory = tempfile::tempdir().unwrap();
		let path = directory.path().join("out");
		let failed = write_whole(&path, false, |out| {
			out.write_all(b"half")?;
			Err(ErrorKind::StorageFull.into())
		});
		assert_eq!(failed.unwrap_err().code, "DISK_FULL");
		assert_eq!(directory.path().read_dir().unwrap().count(), 0);
		write_whole(&path, false, |out| out.write_all(b"one")).unwrap();
		for refused in [check_new(&path), write_whole(&path, false, |out| out.write_all(b"two"))] {
			assert_eq!(refused.unwrap_err().code, "OUTPUT_EXISTS");
		}
		assert_eq!(std::fs::read(&path).unwrap(), b"one");
		assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
		assert_eq!(directory.path().read_dir().unwrap().count(), 1);
		write_whole(&path, true, |out| out.write_all(b"two")).unwrap();
		assert_eq!(std::fs::read(&path).unwrap(), b"two");
	}
}
