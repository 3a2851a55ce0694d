// SPDX-License-Identifier: Apache-2.0
//! From an export and the owner's keys to plain files. Asks nobody: no chain, no store, no custodian.

use crate::{
	catalogue::{Catalogue, CatalogueEntry},
	export::{
		create_private, object_path, open_manifest, partial, sync_parent, verify_object,
		ExportIndex, ExportedRecord, Missing,
	},
	manifest::{open_owner_capsule, owner_context, ManifestSegment},
	reading::Layout,
	Error, Result,
};
use salus_chain::{AccountId, BlockHash};
use salus_crypto::{EnvelopeReader, Keystore};
use salus_primitives::{Category, RecordId};
use salus_store::ContentIdText;
use serde::Serialize;
use std::{
	fs::{DirBuilder, File},
	io::{self, BufReader, ErrorKind, Write},
	path::{Path, PathBuf},
};

#[cfg(test)]
mod tests;

/// What came of a recovery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RecoveryReport {
	/// Whose records.
	pub owner: AccountId,
	/// The chain that they are bound to.
	pub genesis: BlockHash,
	/// Whether the export was written to its end.
	pub export_is_complete: bool,
	/// What opened.
	pub opened: Vec<Opened>,
	/// What did not.
	pub failed: Vec<Failed>,
	/// What was not in the export to begin with.
	pub missing: Vec<Missing>,
}

/// A document in plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Opened {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// What it holds.
	pub category: Category,
	/// Its file, under the output.
	pub file: PathBuf,
	/// Its length.
	pub bytes: u64,
}

/// What did not open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
	/// The record.
	pub record: RecordId,
	/// The version.
	pub version: u32,
	/// The segment; none when the manifest did not open, and with it nothing of the version.
	pub segment: Option<u16>,
	/// Its ciphertext.
	pub content: ContentIdText,
	/// The code of the failure.
	pub code: String,
	/// Why, in words.
	pub reason: String,
}

impl RecoveryReport {
	/// Whether everything opened that the owner had.
	pub fn is_whole(&self) -> bool {
		self.export_is_complete && self.failed.is_empty() && self.missing.is_empty()
	}
}

/// Opens everything of an export into a new directory, and says there in `report.json` what came of it.
/// What does not open stops nothing else. `progress` hears how many versions are done, of how many.
///
/// Files and directories are readable by their owner only. A file is whole or not there. Blocks: call it
/// where that is allowed.
///
/// # Errors
/// When there is no export, something is in the way of the output, or it cannot be written.
pub fn recover(
	export: &Path,
	keys: &Keystore,
	out: &Path,
	progress: &dyn Fn(usize, usize),
) -> Result<RecoveryReport> {
	let index = ExportIndex::read(export)?;
	create_new(out)?;
	let mut report = RecoveryReport {
		owner: index.owner,
		genesis: index.genesis,
		export_is_complete: index.is_complete,
		opened: Vec::new(),
		failed: Vec::new(),
		missing: index.missing,
	};
	let opener = Opener { export, keys, out, genesis: index.genesis.0 };
	for (done, exported) in index.records.iter().enumerate() {
		progress(done, index.records.len());
		opener.open_version(exported, &mut report)?;
	}
	progress(index.records.len(), index.records.len());
	let mut file = partial(out)?;
	let path = out.join("report.json");
	file.write_all(&serde_json::to_vec_pretty(&report)?)
		.map_err(|source| Error::file(&path, source))?;
	place(file, &path)?;
	Ok(report)
}

struct Opener<'a> {
	export: &'a Path,
	keys: &'a Keystore,
	out: &'a Path,
	genesis: [u8; 32],
}

impl Opener<'_> {
	fn open_version(&self, exported: &ExportedRecord, report: &mut RecoveryReport) -> Result<()> {
		let entry = &exported.entry;
		let failed = |segment: Option<u16>, content, error: &Error| Failed {
			record: entry.record,
			version: entry.version,
			segment,
			content: ContentIdText(content),
			code: error.code().to_owned(),
			reason: error.to_string(),
		};
		let path = object_path(self.export, &entry.manifest);
		let manifest = match open_manifest(&path, entry, self.keys, self.genesis) {
			Ok(manifest) => manifest,
			Err(error) => {
				report.failed.push(failed(None, entry.manifest, &error));
				return Ok(());
			},
		};
		let directory = PathBuf::from(entry.record.to_string()).join(entry.version.to_string());
		create_private(&self.out.join(&directory))?;
		let mut layout = Layout::default();
		for segment in &manifest.segments {
			let (record, version, category) = (entry.record, entry.version, segment.category);
			let place = layout.place(category, segment.range);
			let file = directory.join(&place.file);
			match self.open_segment(entry, segment, &self.out.join(&file), place.begins) {
				Ok(bytes) if place.begins => {
					report.opened.push(Opened { record, version, category, file, bytes });
				},
				Ok(bytes) => {
					let opened = report.opened.iter_mut().rfind(|opened| opened.file == file);
					if let Some(opened) = opened {
						opened.bytes += bytes;
					}
				},
				// The next one would not fit either.
				Err(error) if error.code() == "DISK_FULL" => return Err(error),
				Err(error) => {
					layout.lost(category);
					report.failed.push(failed(Some(segment.index), segment.content, &error));
				},
			}
		}
		Ok(())
	}

	/// Opens a segment into a file of its own, or behind what is in one; how long it is.
	fn open_segment(
		&self,
		entry: &CatalogueEntry,
		segment: &ManifestSegment,
		out: &Path,
		begins: bool,
	) -> Result<u64> {
		let path = object_path(self.export, &segment.content);
		verify_object(&path, &segment.content)?;
		let context = owner_context(self.genesis, entry.record, segment.index);
		let key = open_owner_capsule(&segment.capsule, self.keys, &context)?;
		let source = File::open(&path).map_err(|source| Error::file(&path, source))?;
		let mut reader = EnvelopeReader::new(BufReader::new(source), &key)?;
		let wrong = |source: io::Error| match source.downcast() {
			Ok(error) => Error::Crypto(error),
			Err(source) => Error::file(out, source),
		};
		if begins {
			let mut file = partial(out.parent().unwrap_or(self.out))?;
			let length = io::copy(&mut reader, &mut file).map_err(wrong)?;
			place(file, out)?;
			return Ok(length);
		}
		let mut file = File::options().append(true).open(out).map_err(wrong)?;
		let before = file.metadata().map_err(wrong)?.len();
		let appended = io::copy(&mut reader, &mut file).and_then(|length| {
			file.sync_all()?;
			Ok(length)
		});
		// What was there is whole, and stays so.
		appended.map_err(|error| match file.set_len(before) {
			Ok(()) => wrong(error),
			Err(source) => Error::file(out, source),
		})
	}
}

/// Makes a directory that must not be there, for its owner only.
fn create_new(path: &Path) -> Result<()> {
	let mut builder = DirBuilder::new();
	#[cfg(unix)]
	std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
	builder.create(path).map_err(|source| match source.kind() {
		ErrorKind::AlreadyExists => Error::OutputExists { path: path.to_owned() },
		_ => Error::file(path, source),
	})
}

/// Makes a file durable under a name that nothing has.
fn place(file: tempfile::NamedTempFile, path: &Path) -> Result<()> {
	file.as_file().sync_all().map_err(|source| Error::file(path, source))?;
	match file.persist_noclobber(path) {
		Ok(_) => sync_parent(path),
		Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
			Err(Error::OutputExists { path: path.to_owned() })
		},
		Err(error) => Err(Error::file(path, error.error)),
	}
}

/// Gives the catalogue of an account everything back that an export knows of where its records are.
///
/// # Errors
/// When there is no export, or the catalogue cannot be written.
pub fn restore_catalogue(export: &Path, catalogue: &Catalogue) -> Result<usize> {
	let mut entries: Vec<_> =
		ExportIndex::read(export)?.records.into_iter().map(|exported| exported.entry).collect();
	// The newest version of a record is put last, and stays.
	entries.sort_by_key(|entry| entry.version);
	let mut restored = 0;
	for entry in entries {
		let newer = catalogue.get(&entry.record).is_ok_and(|found| found.version > entry.version);
		if !newer {
			catalogue.put(&entry)?;
			restored += 1;
		}
	}
	Ok(restored)
}
