// SPDX-License-Identifier: Apache-2.0
//! Files as they come into a directory.

use crate::error::{IoContext, Result};
use std::{
	collections::BTreeMap,
	fs,
	path::{Path, PathBuf},
	time::{Duration, SystemTime},
};
use tokio::time::sleep;

/// How often the directory is looked into. A file that has not changed since the last look is whole.
const LOOK: Duration = Duration::from_secs(1);
/// What programs add to the name of a file that they are still writing.
const UNFINISHED: [&str; 4] = ["part", "partial", "tmp", "crdownload"];

/// What tells that a file has changed.
type Stamp = (u64, SystemTime);

/// A directory whose files are given out once each, and again when they have changed. Directories in
/// it, hidden files and those with the name of an unfinished one are left alone.
pub(crate) struct Watch {
	directory: PathBuf,
	/// As of the last look.
	seen: BTreeMap<PathBuf, Stamp>,
	given: BTreeMap<PathBuf, Stamp>,
}

impl Watch {
	pub(crate) fn new(directory: &Path) -> Result<Self> {
		fs::read_dir(directory).about(directory.display())?;
		Ok(Self { directory: directory.to_owned(), seen: BTreeMap::new(), given: BTreeMap::new() })
	}

	/// The next file that is whole. Waits for it.
	pub(crate) async fn next(&mut self) -> Result<PathBuf> {
		loop {
			if let Some(path) = self.look()? {
				return Ok(path);
			}
			sleep(LOOK).await;
		}
	}

	/// A file that is whole since the last look and was not given out, by name.
	fn look(&mut self) -> Result<Option<PathBuf>> {
		let mut found = BTreeMap::new();
		for entry in fs::read_dir(&self.directory).about(self.directory.display())? {
			let path = entry.about(self.directory.display())?.path();
			// What was taken away meanwhile is none.
			let Ok(metadata) = fs::metadata(&path) else { continue };
			if metadata.is_file() && is_finished(&path) {
				let modified = metadata.modified().about(path.display())?;
				found.insert(path, (metadata.len(), modified));
			}
		}
		// What is gone may come back.
		self.given.retain(|path, _| found.contains_key(path));
		let is_next = |(path, stamp): &(&PathBuf, &Stamp)| {
			self.seen.get(*path) == Some(*stamp) && self.given.get(*path) != Some(*stamp)
		};
		let next = found.iter().find(is_next).map(|(path, stamp)| (path.clone(), *stamp));
		if let Some((path, stamp)) = &next {
			self.given.insert(path.clone(), *stamp);
		}
		self.seen = found;
		Ok(next.map(|(path, _)| path))
	}
}

fn is_finished(path: &Path) -> bool {
	let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
	let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
	!name.starts_with('.') && !extension.is_some_and(|it| UNFINISHED.contains(&it.as_str()))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_file_is_given_out_when_it_has_stopped_growing() {
		let directory = tempfile::tempdir().unwrap();
		let path = |name: &str| directory.path().join(name);
		let mut watch = Watch::new(directory.path()).unwrap();
		assert_eq!(watch.look().unwrap(), None);
		fs::write(path("b.hl7"), "1").unwrap();
		fs::write(path("a.hl7"), "1").unwrap();
		assert_eq!(watch.look().unwrap(), None);
		fs::write(path("a.hl7"), "longer").unwrap();
		assert_eq!(watch.look().unwrap(), Some(path("b.hl7")));
		assert_eq!(watch.look().unwrap(), Some(path("a.hl7")));
		assert_eq!(watch.look().unwrap(), None);
		// One that changed comes again, and so does one that was away.
		fs::write(path("a.hl7"), "longer still").unwrap();
		fs::remove_file(path("b.hl7")).unwrap();
		assert_eq!(watch.look().unwrap(), None);
		fs::write(path("b.hl7"), "1").unwrap();
		assert_eq!(watch.look().unwrap(), Some(path("a.hl7")));
		assert_eq!(watch.look().unwrap(), Some(path("b.hl7")));
	}

	#[test]
	fn what_is_unfinished_hidden_or_a_directory_is_left_alone() {
		let directory = tempfile::tempdir().unwrap();
		for name in [".partial-1", "a.part", "a.csv.TMP", "b.crdownload"] {
			fs::write(directory.path().join(name), "1").unwrap();
		}
		fs::create_dir(directory.path().join("refused")).unwrap();
		let mut watch = Watch::new(directory.path()).unwrap();
		for _ in 0..3 {
			assert_eq!(watch.look().unwrap(), None);
		}
	}

	#[test]
	fn a_directory_that_is_not_there_cannot_be_watched() {
		let directory = tempfile::tempdir().unwrap();
		assert!(Watch::new(&directory.path().join("none")).is_err());
	}
}
