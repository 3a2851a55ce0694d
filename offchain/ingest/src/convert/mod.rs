// SPDX-License-Identifier: Apache-2.0
//! Files in, files out: what `salus convert` does.
//!
//! Each source gives one result, or is refused; the others go on. A result appears whole or not at
//! all, and replaces nothing unless that is asked for. Results are readable by their owner only.

mod draft;
mod form;
mod input;
mod outcome;
mod pass;

pub use form::Form;
pub use input::Input;
pub use outcome::{Conversion, Outcome, Refusal};

use crate::{write::Terms, Options as Limits, SinkError};
use draft::Draft;
use input::{Listed, Origin};
use pass::Pass;
use salus_mdf::Time;
use std::{
	collections::BTreeSet,
	fmt, io,
	ops::ControlFlow,
	path::{Path, PathBuf},
};

/// So many diagnostics are listed in all; the rest is counted.
const MAX_LISTED: usize = 20_000;

/// What to make, and where.
#[derive(Clone)]
pub struct Options {
	/// The form of the results.
	pub form: Form,
	/// The result of a single file or of standard input; else a folder for the results. For a
	/// single file it may be a folder that exists, too.
	pub out: PathBuf,
	/// Results that exist are replaced.
	pub overwrite: bool,
	/// Everything is read and put together, and nothing is written.
	pub dry_run: bool,
	/// When it is done: what happened later is a fault, and summaries bear it.
	pub at: Time,
	/// The patient a summary is about, when a source has several.
	pub patient: Option<String>,
	/// Limits of reading.
	pub limits: Limits,
}

impl fmt::Debug for Options {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Options")
			.field("form", &self.form)
			.field("dry_run", &self.dry_run)
			.finish_non_exhaustive()
	}
}

/// How far it is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
	/// The source.
	pub source: &'a str,
	/// Its number, from 1.
	pub number: usize,
	/// How many sources there are.
	pub of: usize,
	/// Bytes that were read of it in the current pass; it is read several times.
	pub bytes: u64,
}

/// Why nothing more is converted. What was done until then stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// Somebody stopped the work.
	#[error("cancelled")]
	Cancelled,
	/// A source could not be looked for.
	#[error("{path}: {source}")]
	Input {
		/// The file or folder.
		path: PathBuf,
		/// What the system said.
		source: io::Error,
	},
	/// The report could not be written.
	#[error("the report {path} could not be written: {source}")]
	Report {
		/// The file.
		path: PathBuf,
		/// What the system said.
		source: io::Error,
	},
}

impl Error {
	/// The stable code of the error, the same in every interface.
	pub fn code(&self) -> &'static str {
		match self {
			Self::Cancelled => "CANCELLED",
			Self::Input { source, .. } if source.kind() == io::ErrorKind::NotFound => {
				"INPUT_NOT_FOUND"
			},
			Self::Input { .. } => "INPUT_IO",
			Self::Report { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
				"REPORT_EXISTS"
			},
			Self::Report { .. } => "REPORT_IO",
		}
	}

	/// What to do about it.
	pub fn fix(&self) -> &'static str {
		match self.code() {
			"CANCELLED" => "run it again",
			"INPUT_NOT_FOUND" => "check the path",
			"REPORT_EXISTS" => "name another file, or ask for replacing",
			_ => "check the disk and who may read and write there",
		}
	}
}

/// Converts every source. `watch` hears how far it is, and stops it by breaking.
///
/// # Errors
/// [`Error`] when it ends early. A source that cannot be converted is no error: its [`Outcome`]
/// says so.
pub fn convert(
	inputs: Vec<Input>,
	options: &Options,
	watch: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
) -> Result<Conversion, Error> {
	let (listed, is_single) = input::list(inputs)?;
	let of = listed.len();
	let mut taken = BTreeSet::new();
	let mut room = MAX_LISTED;
	let mut sources = Vec::with_capacity(of);
	for (Listed { name, origin }, number) in listed.into_iter().zip(1..) {
		let target = options.form.target(&options.out, &name, is_single);
		let mut outcome = Outcome::new(&name);
		let done = if taken.insert(target.clone()) {
			let progress = Progress { source: &name, number, of, bytes: 0 };
			one(origin, &target, options, progress, watch, &mut outcome, room)
		} else {
			Err(Refusal::new(
				"RESULT_NAME_TAKEN",
				"another source has a result of this name",
				"convert them one by one",
			)
			.into())
		};
		match done {
			Ok(()) => outcome.result = Some(target).filter(|_| !options.dry_run),
			Err(Stop::Refused(refusal)) => outcome.refused = Some(refusal),
			Err(Stop::Cancelled) => return Err(Error::Cancelled),
		}
		room = room.saturating_sub(outcome.diagnostics.len());
		sources.push(outcome);
	}
	Ok(Conversion { form: options.form, dry_run: options.dry_run, sources })
}

/// Whether a report can be written here: to be asked before the work and not after it.
///
/// # Errors
/// [`Error::Report`] when it exists and may not be replaced, or its folder cannot be made.
pub fn check_report(path: &Path, overwrite: bool) -> Result<(), Error> {
	let draft = Draft::file(path, overwrite);
	draft.map(drop).map_err(|source| Error::Report { path: path.to_owned(), source })
}

/// Writes a report: one JSON document.
///
/// # Errors
/// [`Error::Report`] when it cannot be written, or exists and may not be replaced.
pub fn write_report(path: &Path, conversion: &Conversion, overwrite: bool) -> Result<(), Error> {
	let write = || {
		let draft = Draft::file(path, overwrite)?;
		let mut out = draft.open(None)?;
		serde_json::to_writer_pretty(&mut out, conversion)?;
		io::Write::write_all(&mut out, b"\n")?;
		io::Write::flush(&mut out)?;
		draft.commit()
	};
	write().map_err(|source| Error::Report { path: path.to_owned(), source })
}

/// Why a source has no result.
enum Stop {
	Refused(Refusal),
	Cancelled,
}

impl From<Refusal> for Stop {
	fn from(refusal: Refusal) -> Self {
		Self::Refused(refusal)
	}
}

fn one(
	origin: Origin,
	target: &Path,
	options: &Options,
	progress: Progress<'_>,
	watch: &mut dyn FnMut(Progress<'_>) -> ControlFlow<()>,
	outcome: &mut Outcome,
	room: usize,
) -> Result<(), Stop> {
	let refused = |error: io::Error| Stop::Refused(Refusal::of_io(&error));
	let name = progress.source.to_owned();
	let draft = options.form.draft(target, options).map_err(refused)?;
	let reader = origin.open(options.limits.max_bytes)?;
	let terms = Terms { at: options.at.clone(), patient: options.patient.clone() };
	let mut writer = options.form.writer(draft.as_ref(), terms)?;
	let mut pass = Pass::new(&mut *writer, options.at.first_day(), progress, watch, room);
	let source = crate::Source { name, reader };
	let read = crate::ingest(source, &options.limits, &mut pass);
	let stopped = pass.stopped;
	pass.end(outcome);
	let report = match read {
		Ok(report) => report,
		Err(crate::Error::Sink(SinkError::Cancelled)) => return Err(Stop::Cancelled),
		Err(error) => return Err(Refusal::of_ingest(error).into()),
	};
	outcome.report = Some(report);
	if stopped {
		return Err(Stop::Cancelled);
	}
	writer.finish().map_err(|error| Refusal::of_write(&error))?;
	drop(writer);
	match draft {
		Some(draft) => draft.commit().map_err(refused),
		None => Ok(()),
	}
}
