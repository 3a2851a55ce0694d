// SPDX-License-Identifier: Apache-2.0
//! What stops the work. No message repeats a value.

use std::{io, path::PathBuf};

/// Why nothing is released.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
	/// The dictionary that the crate carries does not read.
	#[error("the dictionary is broken")]
	DictionaryInvalid,
	/// A text is longer than can be held.
	#[error("the text has {length} bytes, and at most {limit} are taken")]
	MaxTextExceeded {
		/// What it has.
		length: usize,
		/// What it may have.
		limit: usize,
	},
	/// A policy names itself what it is not.
	#[error("policy {id} cannot be called safe harbor: {reason}")]
	LabelRefused {
		/// The policy.
		id: String,
		/// What it does that Safe Harbor forbids.
		reason: &'static str,
	},
	/// A policy that does not read.
	#[error("the policy is invalid: {reason}")]
	PolicyInvalid {
		/// Why.
		reason: String,
	},
	/// An identifier was still in what had been withheld.
	#[error("{count} known identifiers are in the finished output; nothing is released")]
	Leak {
		/// How many.
		count: usize,
	},
	/// A file or folder cannot be read or written.
	#[error("{}: {source}", path.display())]
	File {
		/// Which.
		path: PathBuf,
		/// What the system said.
		source: io::Error,
	},
	/// There is nothing to work on.
	#[error("no file was found")]
	InputMissing,
	/// Standard input is longer than is held in memory.
	#[error("standard input has more than {limit} bytes")]
	MaxStreamExceeded {
		/// What it may have.
		limit: usize,
	},
	/// What would be written exists.
	#[error("{} exists", path.display())]
	OutputExists {
		/// What exists.
		path: PathBuf,
	},
	/// A list of known identifiers has lines that say no kind that is known.
	#[error("{}: line {line} begins with a word that is no kind of identifier", path.display())]
	KnownInvalid {
		/// The list.
		path: PathBuf,
		/// The first such line, from 1.
		line: usize,
	},
	/// It was stopped; nothing was written.
	#[error("stopped; nothing was written")]
	Interrupted,
	/// Reading or writing failed.
	#[error("reading or writing failed: {source}")]
	Io {
		/// What the system said.
		#[from]
		source: io::Error,
	},
}

impl Error {
	/// The stable code of the error, the same in every interface.
	pub fn code(&self) -> &'static str {
		match self {
			Self::DictionaryInvalid => "DICTIONARY_INVALID",
			Self::MaxTextExceeded { .. } => "MAX_TEXT_EXCEEDED",
			Self::LabelRefused { .. } => "LABEL_REFUSED",
			Self::PolicyInvalid { .. } => "POLICY_INVALID",
			Self::Leak { .. } => "LEAK",
			Self::File { source, .. } => match source.kind() {
				io::ErrorKind::NotFound => "FILE_NOT_FOUND",
				io::ErrorKind::PermissionDenied => "PERMISSION_DENIED",
				io::ErrorKind::StorageFull => "DISK_FULL",
				_ => "FILE_IO",
			},
			Self::InputMissing => "INPUT_MISSING",
			Self::MaxStreamExceeded { .. } => "MAX_SIZE_EXCEEDED",
			Self::OutputExists { .. } => "OUTPUT_EXISTS",
			Self::KnownInvalid { .. } => "KNOWN_INVALID",
			Self::Interrupted => "INTERRUPTED",
			Self::Io { .. } => "DEID_IO",
		}
	}

	/// What to do about it.
	pub const fn fix(&self) -> &'static str {
		match self {
			Self::DictionaryInvalid => "build the program again",
			Self::MaxTextExceeded { .. } => "cut the text into its documents",
			Self::LabelRefused { .. } => "take another profile, or change what the policy does",
			Self::PolicyInvalid { .. } => "compare the policy with those that come with the program",
			Self::Leak { .. } => "report this; until then give the identifiers with --known",
			Self::File { .. } => "check the path, who owns it, and its mode",
			Self::InputMissing => "give files, folders with files, or - for standard input",
			Self::MaxStreamExceeded { .. } => "write it to a file and give that",
			Self::OutputExists { .. } => "give another path, or say --overwrite",
			Self::KnownInvalid { .. } => {
				"begin lines with name:, number:, phone:, id:, address:, place:, organization: or email:"
			},
			Self::Interrupted => "run it again",
			Self::Io { .. } => "check the disk and run it again",
		}
	}
}
