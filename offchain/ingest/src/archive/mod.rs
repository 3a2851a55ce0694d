// SPDX-License-Identifier: Apache-2.0
//! Archives (PKWARE APPNOTE 6.3.10): every entry is a file of its own.
//!
//! An entry is inflated as it is read, once for each pass over it; nothing is unpacked to a disk and
//! nothing is held but an entry's first items. Names of entries are looked at, not followed.

mod entry;
mod staged;

use crate::{
	load::{part, Context},
	report::Part,
	source::Survey,
	Code, Error, Format, Options, Place, Report, Sink,
};
use entry::{Bomb, Budget, Entry};
use staged::Staged;
use std::{
	cell::Cell,
	io::{Read, Seek},
	rc::Rc,
};
use zip::ZipArchive;

/// How many entries an archive may have.
const MAX_ENTRIES: usize = 100_000;
/// How many bytes of an archive its directory may take.
const MAX_DIRECTORY: u64 = 64 << 20;

/// Opens an archive without holding more than a directory may have.
pub(crate) fn open<R: Read + Seek>(reader: R) -> Result<ZipArchive<Budget<R>>, Error> {
	let left = Rc::new(Cell::new(MAX_DIRECTORY));
	let opened = ZipArchive::new(Budget::new(reader, Rc::clone(&left)));
	if left.get() == 0 {
		let limit = usize::try_from(MAX_DIRECTORY).unwrap_or(usize::MAX);
		return Err(Error::LimitExceeded { what: "bytes of directory", limit, offset: 0 });
	}
	left.set(u64::MAX);
	let mut archive = opened.map_err(|_| Error::Malformed { offset: 0 })?;
	let offset = archive.central_directory_start();
	if archive.len() > MAX_ENTRIES {
		return Err(Error::LimitExceeded { what: "entries", limit: MAX_ENTRIES, offset });
	}
	// Which of the two counts, readers disagree on.
	if archive.has_duplicate_names() {
		return Err(Error::Forbidden { what: "two entries of one name", offset });
	}
	// The same bytes in many entries are how small archives become large ones.
	if archive.has_overlapping_entries().unwrap_or(true) {
		return Err(Error::Forbidden { what: "entries that overlap", offset });
	}
	Ok(archive)
}

/// Refuses what says of itself that it is too large.
pub(crate) fn check_declared<R: Read + Seek>(
	archive: &ZipArchive<R>,
	max: u64,
) -> Result<(), Error> {
	let mut total = 0_u64;
	for index in 0..archive.len() {
		let Ok(entry) = archive.by_index_data(index) else { continue };
		total = total.saturating_add(entry.size());
		if entry::is_bomb(entry.size(), entry.compressed_size()) || total > max {
			return Err(Bomb { max }.into_error(entry.header_start()));
		}
	}
	Ok(())
}

/// Maps the files in an archive.
pub(crate) fn load<R: Read + Seek>(
	name: &str,
	mut archive: ZipArchive<Budget<R>>,
	survey: &Survey,
	options: &Options,
	sink: &mut dyn Sink,
) -> Result<Report, Error> {
	check_declared(&archive, options.max_bytes)?;
	let mut context = Context::new(name, survey, options, sink);
	context.report.format = Format::Zip;
	if !archive.comment().is_empty() {
		context.diagnose(Place::Entry(0), Code::ArchiveComment)?;
	}
	let mut left = options.max_bytes;
	for index in 0..archive.len() {
		let number = index as u64 + 1;
		let (path, start, fault) = match archive.by_index_data(index) {
			Ok(entry) if entry.is_dir() => continue,
			Ok(entry) => {
				let path = entry.name().map(|name| name.into_owned()).unwrap_or_default();
				let fault = if entry.encrypted() {
					Some(Code::EntryEncrypted)
				} else if entry.is_symlink() {
					Some(Code::EntryLink)
				} else if !is_inside(&path) {
					Some(Code::EntryName)
				} else {
					None
				};
				(path, entry.header_start(), fault)
			},
			Err(_) => (String::new(), 0, Some(Code::EntryUnreadable)),
		};
		context.progress(start);
		if let Some(code) = fault {
			context.report.pieces += 1;
			context.diagnose(Place::Entry(number), code)?;
			context.report.parts.push(Part::refused(number, code.as_str()));
			continue;
		}
		let label = format!("{name}#{number}");
		let options = Options { max_bytes: left, ..options.clone() };
		let mut entry = Entry::new(&mut archive, index, left);
		let mut staged = Staged::default();
		match part(&label, &path, &mut entry, &options, &mut staged) {
			Ok(read) => {
				left = left.saturating_sub(read.report.bytes);
				let read = if staged.is_full() {
					part(&label, &path, &mut entry, &options, &mut context.forward())?
				} else {
					staged.give(&mut context.forward())?;
					read
				};
				context.add(number, read);
			},
			Err(error) => {
				if let Some(bomb) = Bomb::in_error(&error) {
					return Err(bomb.into_error(start));
				}
				let code = match &error {
					Error::Sink(_) => return Err(error),
					Error::MaxSizeExceeded { .. } => {
						return Err(Bomb { max: left }.into_error(start))
					},
					Error::Empty => Code::EntryEmpty,
					Error::FormatUnsupported { .. } => Code::EntryUnsupported,
					Error::Forbidden { .. } => Code::EntryForbidden,
					_ => Code::EntryUnreadable,
				};
				context.report.pieces += 1;
				context.diagnose(Place::Entry(number), code)?;
				context.report.parts.push(Part::refused(number, error.code()));
			},
		}
	}
	Ok(context.finish())
}

/// Whether a name stays inside of the archive: no root, no drive, no way up.
fn is_inside(name: &str) -> bool {
	let is_absolute = name.starts_with(['/', '\\']) || name.chars().nth(1) == Some(':');
	let goes_up = name.split(['/', '\\']).any(|step| step == "..");
	!name.is_empty() && !name.contains('\0') && !is_absolute && !goes_up
}
