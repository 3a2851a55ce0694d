// SPDX-License-Identifier: Apache-2.0
//! Everything that an owner has, in a directory: what opens without us.
//!
//! The directory holds ciphertext in files named by their content identifiers, and an index that says
//! how they belong together and nothing of what is in them. Its format is specified in
//! `docs/formats/export-v1.md`; [`crate::recovery`] opens it, and so does whoever follows the document.

use crate::{
	catalogue::CatalogueEntry,
	manifest::{open_owner_capsule, owner_context, Manifest, MANIFEST_SEGMENT, MAX_MANIFEST},
	Error, Result,
};
use salus_chain::{AccountId, BlockHash, BlockId};
use salus_crypto::Keystore;
use salus_primitives::{ContentId, RecordId};
use salus_store::{ContentHasher, ContentIdText, ContentStore};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::{
	collections::BTreeSet,
	fs::{self, DirBuilder, File},
	io::{self, ErrorKind, Read, Write},
	path::{Path, PathBuf},
	sync::Arc,
};
use tempfile::NamedTempFile;
use tokio_util::io::SyncIoBridge;

/// The format that this release writes and reads.
const FORMAT: &str = "salus-export/1";
/// The name of the index.
const INDEX: &str = "index.json";
/// Where ciphertext is.
const OBJECTS: &str = "objects";
/// What begins the name of a file that is not whole yet.
const PARTIAL: &str = ".partial-";
/// The most that an index may be long.
const MAX_INDEX: u64 = 1 << 30;

/// What an export consists of. Anybody may read it: it names no category and no date of health data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportIndex {
	/// The format.
	pub format: String,
	/// The chain's genesis hash, which everything is bound to.
	pub genesis: BlockHash,
	/// Whose it is.
	pub owner: AccountId,
	/// The finalised block in which the chain was looked at.
	pub block: Option<BlockId>,
	/// Whether it was written to its end.
	pub is_complete: bool,
	/// The versions of her records.
	pub records: Vec<ExportedRecord>,
	/// What could not be exported, and why.
	pub missing: Vec<Missing>,
	/// Other files beside the index.
	pub files: BTreeSet<String>,
}

/// One version of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRecord {
	/// Where it is, and what opens its manifest.
	pub entry: CatalogueEntry,
	/// Its manifest, then its segments.
	pub objects: Vec<ExportedObject>,
}

/// One file of ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedObject {
	/// Its identifier, and its name in `objects`.
	pub content: ContentIdText,
	/// Its length in bytes.
	pub length: u64,
}

/// What is not in the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missing {
	/// The record.
	pub record: RecordId,
	/// The object; none when nothing of the record is there.
	pub content: Option<ContentIdText>,
	/// The code of the failure.
	pub code: String,
	/// Why, in words.
	pub reason: String,
}

impl Missing {
	/// What `error` kept out.
	pub fn new(record: RecordId, content: Option<ContentId>, error: &Error) -> Self {
		Self {
			record,
			content: content.map(ContentIdText),
			code: error.code().to_owned(),
			reason: error.to_string(),
		}
	}
}

/// Writes exports of one account.
#[derive(Clone)]
pub struct Exporter {
	/// The chain's genesis hash.
	pub genesis: [u8; 32],
	/// Whose records.
	pub owner: AccountId,
	/// The finalised block in which the chain was looked at.
	pub block: Option<BlockId>,
	/// Where ciphertext is.
	pub store: Arc<dyn salus_store::Store>,
	/// Opens manifests, to know what belongs to a record.
	pub keys: Keystore,
}

impl std::fmt::Debug for Exporter {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Exporter").field("owner", &self.owner).finish_non_exhaustive()
	}
}

impl Exporter {
	/// Writes everything of `entries` into a directory, or goes on with what an earlier attempt left
	/// there. What cannot be exported is listed in the index, with what is `missing` anyway, and stops
	/// nothing else. `progress` hears how many versions are done, of how many.
	///
	/// # Errors
	/// When the directory holds something else, or cannot be written.
	pub async fn export(
		&self,
		path: &Path,
		entries: &[CatalogueEntry],
		missing: Vec<Missing>,
		progress: &(dyn Fn(usize, usize) + Sync),
	) -> Result<ExportIndex> {
		let new = ExportIndex {
			format: FORMAT.to_owned(),
			genesis: BlockHash(self.genesis),
			owner: self.owner,
			block: self.block,
			is_complete: false,
			records: Vec::new(),
			missing: Vec::new(),
			files: BTreeSet::new(),
		};
		// What an earlier export found stays, older versions of a record too: an export that is
		// brought up to date and interrupted is worth no less than before.
		let (directory, mut index) = ExportDirectory::create(path, new).await?;
		index.block = self.block;
		index.is_complete = false;
		index.missing = missing;
		let known = |entry: &CatalogueEntry| entries.iter().any(|other| is_same(entry, other));
		let older: Vec<_> = index.records.iter().map(|exported| exported.entry.clone()).collect();
		let all: Vec<_> = entries
			.iter()
			.cloned()
			.chain(older.into_iter().filter(|entry| !known(entry)))
			.collect();
		for (done, entry) in all.iter().enumerate() {
			progress(done, all.len());
			let objects = self.export_version(&directory, entry, &mut index.missing).await?;
			let exported = ExportedRecord { entry: entry.clone(), objects };
			match index.records.iter_mut().find(|found| is_same(&found.entry, entry)) {
				Some(found) => *found = exported,
				None => index.records.push(exported),
			}
			directory.write_index(&index).await?;
		}
		progress(all.len(), all.len());
		index.is_complete = true;
		directory.write_index(&index).await?;
		Ok(index)
	}

	/// Adds a file that says something else about the account: its trail, its consents.
	///
	/// # Errors
	/// When the directory holds no export of this account, or cannot be written.
	pub async fn attach<T: Serialize>(&self, path: &Path, name: &str, value: &T) -> Result<()> {
		let directory = ExportDirectory(path.to_owned());
		let mut index = blocking({
			let path = path.to_owned();
			move || ExportIndex::read(&path)
		})
		.await?;
		index.ensure_same_account(path, BlockHash(self.genesis), &self.owner)?;
		directory.write(name, serde_json::to_vec_pretty(value)?).await?;
		index.files.insert(name.to_owned());
		directory.write_index(&index).await
	}

	async fn export_version(
		&self,
		directory: &ExportDirectory,
		entry: &CatalogueEntry,
		missing: &mut Vec<Missing>,
	) -> Result<Vec<ExportedObject>> {
		let mut objects = Vec::new();
		let contents = match directory.fetch(&*self.store, entry.manifest).await {
			Ok(object) => {
				objects.push(object);
				self.contents(directory, entry).await
			},
			Err(error) => Err(error),
		};
		let contents = match contents {
			Ok(contents) => contents,
			Err(error) if stops_everything(&error) => return Err(error),
			Err(error) => {
				missing.push(Missing::new(entry.record, Some(entry.manifest), &error));
				Vec::new()
			},
		};
		for content in contents {
			match directory.fetch(&*self.store, content).await {
				Ok(object) => objects.push(object),
				Err(error) if stops_everything(&error) => return Err(error),
				Err(error) => missing.push(Missing::new(entry.record, Some(content), &error)),
			}
		}
		Ok(objects)
	}

	/// The segments that the manifest of a version names.
	async fn contents(
		&self,
		directory: &ExportDirectory,
		entry: &CatalogueEntry,
	) -> Result<Vec<ContentId>> {
		let path = directory.object(&entry.manifest);
		let (entry, keys, genesis) = (entry.clone(), self.keys.clone(), self.genesis);
		blocking(move || {
			let manifest = open_manifest(&path, &entry, &keys, genesis)?;
			Ok(manifest.segments.iter().map(|segment| segment.content).collect())
		})
		.await
	}
}

/// A directory that cannot be written and a store that is away are no fault of one object.
fn stops_everything(error: &Error) -> bool {
	error.is_retryable() || matches!(error, Error::File { .. } | Error::DiskFull)
}

impl ExportIndex {
	/// Reads the index of the export in a directory.
	///
	/// # Errors
	/// When there is none, or it is of another format.
	pub fn read(directory: &Path) -> Result<Self> {
		let path = directory.join(INDEX);
		let wrong = |source| Error::file(&path, source);
		let mut bytes = Vec::new();
		let file = File::open(&path).map_err(wrong)?;
		let read = file.take(MAX_INDEX + 1).read_to_end(&mut bytes).map_err(wrong)?;
		if read as u64 > MAX_INDEX {
			return Err(Error::ExportMalformed { reason: "its index is too long".to_owned() });
		}
		let index: Self = parse(&bytes)?;
		if index.format != FORMAT {
			return Err(Error::ExportMalformed { reason: "its format is unknown".to_owned() });
		}
		Ok(index)
	}

	fn ensure_same_account(
		&self,
		path: &Path,
		genesis: BlockHash,
		owner: &AccountId,
	) -> Result<()> {
		if self.genesis == genesis && self.owner == *owner {
			Ok(())
		} else {
			Err(Error::ExportForeign { path: path.to_owned() })
		}
	}
}

/// Where an object of the export in `directory` is. The name follows from the identifier alone: an
/// index cannot point elsewhere.
pub(crate) fn object_path(directory: &Path, content: &ContentId) -> PathBuf {
	directory.join(OBJECTS).join(ContentIdText(*content).to_string())
}

/// Whether the file of an object is what its name says; its length.
pub(crate) fn verify_object(path: &Path, content: &ContentId) -> Result<u64> {
	let wrong = |source: io::Error| match source.kind() {
		ErrorKind::NotFound => Error::ObjectMissing { content: ContentIdText(*content) },
		_ => Error::file(path, source),
	};
	let mut hasher = ContentHasher::new();
	let length = io::copy(&mut File::open(path).map_err(wrong)?, &mut hasher).map_err(wrong)?;
	if hasher.finish()?.id == *content {
		Ok(length)
	} else {
		Err(Error::ObjectDamaged { content: ContentIdText(*content) })
	}
}

/// Opens the manifest of a version from the file that it is in.
pub(crate) fn open_manifest(
	path: &Path,
	entry: &CatalogueEntry,
	keys: &Keystore,
	genesis: [u8; 32],
) -> Result<Manifest> {
	let record = entry.record;
	let length = verify_object(path, &entry.manifest)?;
	if length > MAX_MANIFEST as u64 {
		return Err(Error::ManifestMismatch { record });
	}
	let context = owner_context(genesis, record, MANIFEST_SEGMENT);
	let key = open_owner_capsule(&entry.capsule, keys, &context)?;
	let envelope = fs::read(path).map_err(|source| Error::file(path, source))?;
	let manifest = Manifest::open_with(&key, &envelope, record)?;
	if manifest.version == entry.version {
		Ok(manifest)
	} else {
		Err(Error::ManifestMismatch { record })
	}
}

/// The directory of an export that is being written.
#[derive(Clone, Debug)]
struct ExportDirectory(PathBuf);

impl ExportDirectory {
	/// Makes the directory, or takes up one that an earlier attempt of the same account left; its
	/// index, or `new` where there is none yet.
	async fn create(path: &Path, new: ExportIndex) -> Result<(Self, ExportIndex)> {
		let directory = Self(path.to_owned());
		blocking(move || {
			let path = directory.0.as_path();
			let foreign = || Error::ExportForeign { path: path.to_owned() };
			let index = match ExportIndex::read(path) {
				Ok(found) => {
					found.ensure_same_account(path, new.genesis, &new.owner)?;
					found
				},
				Err(Error::File { source, .. }) if source.kind() == ErrorKind::NotFound => {
					ensure_empty(path)?;
					create_private(path)?;
					// From now on the directory is known as ours, however this ends.
					write_whole(path, INDEX, &serde_json::to_vec_pretty(&new)?)?;
					new
				},
				// Something is called like an index and is none of ours.
				Err(Error::ExportMalformed { .. }) => return Err(foreign()),
				Err(error) => return Err(error),
			};
			create_private(&path.join(OBJECTS))?;
			remove_partial(&path.join(OBJECTS))?;
			remove_partial(path)?;
			Ok((directory, index))
		})
		.await
	}

	fn object(&self, content: &ContentId) -> PathBuf {
		object_path(&self.0, content)
	}

	/// Brings an object here, unless it is here already and whole.
	async fn fetch(
		&self,
		store: &(impl ContentStore + ?Sized),
		content: ContentId,
	) -> Result<ExportedObject> {
		let path = self.object(&content);
		let object = |length| ExportedObject { content: ContentIdText(content), length };
		let here = blocking({
			let path = path.clone();
			move || verify_object(&path, &content)
		});
		match here.await {
			Ok(length) => return Ok(object(length)),
			Err(Error::ObjectMissing { .. } | Error::ObjectDamaged { .. }) => {},
			Err(error) => return Err(error),
		}
		let mut source = SyncIoBridge::new(store.get(&content, None).await?.into_reader());
		let length = blocking(move || {
			let directory = path.parent().unwrap_or_else(|| Path::new("."));
			let mut file = partial(directory)?;
			let mut hasher = ContentHasher::new();
			let mut buffer = vec![0; 1 << 16];
			let mut length = 0u64;
			loop {
				let read = source.read(&mut buffer).map_err(salus_store::Error::from)?;
				let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
				hasher.update(part)?;
				file.write_all(part).map_err(|source| Error::file(&path, source))?;
				length = length.saturating_add(read as u64);
			}
			if hasher.finish()?.id != content {
				return Err(Error::ObjectDamaged { content: ContentIdText(content) });
			}
			persist(file, &path)?;
			Ok(length)
		});
		Ok(object(length.await?))
	}

	async fn write_index(&self, index: &ExportIndex) -> Result<()> {
		self.write(INDEX, serde_json::to_vec_pretty(index)?).await
	}

	async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<()> {
		let (directory, name) = (self.0.clone(), name.to_owned());
		blocking(move || write_whole(&directory, &name, &bytes)).await
	}
}

fn is_same(one: &CatalogueEntry, other: &CatalogueEntry) -> bool {
	(one.record, one.version) == (other.record, other.version)
}

/// Refuses a directory in which there is anything but what an attempt that died at once left.
fn ensure_empty(path: &Path) -> Result<()> {
	let is_partial = |entry: io::Result<fs::DirEntry>| {
		entry.is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with(PARTIAL))
	};
	match fs::read_dir(path) {
		Ok(mut entries) => match entries.all(is_partial) {
			true => Ok(()),
			false => Err(Error::ExportForeign { path: path.to_owned() }),
		},
		Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
		Err(source) => Err(Error::file(path, source)),
	}
}

/// Makes a directory that only its owner reads, unless it is there.
pub(crate) fn create_private(path: &Path) -> Result<()> {
	let mut builder = DirBuilder::new();
	builder.recursive(true);
	#[cfg(unix)]
	std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
	builder.create(path).map_err(|source| Error::file(path, source))
}

/// Removes what an attempt that was killed left half written.
pub(crate) fn remove_partial(directory: &Path) -> Result<()> {
	let wrong = |source| Error::file(directory, source);
	for entry in fs::read_dir(directory).map_err(wrong)? {
		let entry = entry.map_err(wrong)?;
		if entry.file_name().to_string_lossy().starts_with(PARTIAL) {
			fs::remove_file(entry.path()).map_err(wrong)?;
		}
	}
	Ok(())
}

/// A new file that only its owner reads, gone unless it is persisted.
pub(crate) fn partial(directory: &Path) -> Result<NamedTempFile> {
	tempfile::Builder::new()
		.prefix(PARTIAL)
		.tempfile_in(directory)
		.map_err(|source| Error::file(directory, source))
}

/// Makes a file durable under its name.
fn persist(file: NamedTempFile, path: &Path) -> Result<()> {
	let wrong = |source| Error::file(path, source);
	file.as_file().sync_all().map_err(wrong)?;
	file.persist(path).map_err(|error| wrong(error.error))?;
	sync_parent(path)
}

/// Makes the name of a file survive a power cut.
pub(crate) fn sync_parent(path: &Path) -> Result<()> {
	let directory = path.parent().unwrap_or_else(|| Path::new("."));
	File::open(directory)
		.and_then(|directory| directory.sync_all())
		.map_err(|source| Error::file(directory, source))
}

fn write_whole(directory: &Path, name: &str, bytes: &[u8]) -> Result<()> {
	let mut file = partial(directory)?;
	let path = directory.join(name);
	file.write_all(bytes).map_err(|source| Error::file(&path, source))?;
	persist(file, &path)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
	// Identifiers and lengths: the message quotes nothing of anybody's health.
	serde_json::from_slice(bytes)
		.map_err(|error| Error::ExportMalformed { reason: format!("its index: {error}") })
}

async fn blocking<T: Send + 'static>(
	work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
	tokio::task::spawn_blocking(work).await.map_err(|_| Error::Interrupted)?
}
