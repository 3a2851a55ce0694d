// SPDX-License-Identifier: Apache-2.0
//! How an attempt failed, and whether another one makes sense.

use std::{borrow::Cow, fmt};

use crate::Error;

/// Whether another attempt makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
	/// The same attempt may succeed later.
	Retryable,
	/// No attempt will succeed until somebody changes something.
	Fatal,
}

/// The failure of an attempt: a class, a stable code, and a message.
///
/// # Security
/// The message goes into the job's row, into logs and to clients. It may hold ids, counts and
/// positions; never content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobError {
	class: FailureClass,
	code: Cow<'static, str>,
	message: String,
}

impl JobError {
	/// The longest message kept, in characters; more is cut off.
	pub const MAX_MESSAGE_CHARS: usize = 300;

	/// The code of a job that panicked.
	pub const PANICKED: &'static str = "JOB_PANICKED";

	/// The code of a job whose last permitted attempt ended with its process or its lease.
	pub const ATTEMPTS_EXHAUSTED: &'static str = "JOB_ATTEMPTS_EXHAUSTED";

	/// A failure of the given class.
	pub fn new(
		class: FailureClass,
		code: impl Into<Cow<'static, str>>,
		message: impl fmt::Display,
	) -> Self {
		let message = message
			.to_string()
			.chars()
			.map(|character| if character.is_control() { ' ' } else { character })
			.take(Self::MAX_MESSAGE_CHARS)
			.collect();
		Self { class, code: code.into(), message }
	}

	/// A failure after which the same attempt may succeed later.
	pub fn retryable(code: impl Into<Cow<'static, str>>, message: impl fmt::Display) -> Self {
		Self::new(FailureClass::Retryable, code, message)
	}

	/// A failure after which no attempt will succeed.
	pub fn fatal(code: impl Into<Cow<'static, str>>, message: impl fmt::Display) -> Self {
		Self::new(FailureClass::Fatal, code, message)
	}

	/// Whether another attempt makes sense.
	pub fn class(&self) -> FailureClass {
		self.class
	}

	/// The stable code.
	pub fn code(&self) -> &str {
		&self.code
	}

	/// The message, free of content.
	pub fn message(&self) -> &str {
		&self.message
	}
}

impl fmt::Display for JobError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}: {}", self.code, self.message)
	}
}

impl std::error::Error for JobError {}

impl From<Error> for JobError {
	/// Failures of the engine that a job passes on with `?`.
	fn from(error: Error) -> Self {
		let class =
			if error.is_retryable() { FailureClass::Retryable } else { FailureClass::Fatal };
		Self::new(class, error.code().to_owned(), error)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::jobs::JobId;

	#[test]
	fn messages_are_bounded_and_on_one_line() {
		let error = JobError::fatal("X", format!("a\nb{}", "é".repeat(1000)));
		assert_eq!(error.message().chars().count(), JobError::MAX_MESSAGE_CHARS);
		assert!(error.message().starts_with("a bé"));
	}

	#[test]
	fn failures_of_the_engine_keep_their_code_and_class() {
		let lost = JobError::from(Error::LeaseLost { job: JobId::from_raw(7) });
		assert_eq!((lost.class(), lost.code()), (FailureClass::Retryable, "LEASE_LOST"));
		let invalid = JobError::from(Error::InvalidKey);
		assert_eq!(invalid.class(), FailureClass::Fatal);
	}
}
