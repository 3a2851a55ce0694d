// SPDX-License-Identifier: Apache-2.0
//! What the user is told when something fails: what, why, and what to do next.

use salus_primitives::custody::CustodianRefusal;
use serde::Serialize;
use std::{fmt, process::ExitCode};

/// A failure, as the user sees it. Never holds health data, keys or passphrases.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
	/// The stable code.
	pub(crate) code: String,
	/// What failed.
	pub(crate) message: String,
	/// Why, from the outermost cause to the innermost.
	#[serde(skip_serializing_if = "Vec::is_empty")]
	pub(crate) causes: Vec<String>,
	/// What to do next.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub(crate) fix: Option<String>,
}

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
	pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
		Self { code: code.into(), message: message.into(), causes: Vec::new(), fix: None }
	}

	/// A failure that an error of a library explains.
	pub(crate) fn of(code: impl Into<String>, error: &(dyn std::error::Error + 'static)) -> Self {
		let mut failure = Self::new(code, error.to_string());
		let mut source = error.source();
		while let Some(cause) = source {
			let text = cause.to_string();
			// Many errors already say their cause.
			if !failure.message.contains(&text) && failure.causes.last() != Some(&text) {
				failure.causes.push(text);
			}
			source = cause.source();
		}
		failure
	}

	pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
		self.fix = Some(fix.into());
		self
	}

	pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
		self.causes.push(cause.to_string());
		self
	}

	/// The exit code: stable per kind of failure, as the help says.
	pub(crate) fn exit_code(&self) -> ExitCode {
		ExitCode::from(match self.code.as_str() {
			"DEMO_MISMATCH" | "TRAIL_INVALID" | "EXPORT_INCOMPLETE" | "RECOVERY_INCOMPLETE" => 7,
			"EXPORT_FOREIGN"
			| "EXPORT_MALFORMED"
			| "RECOVERY_MALFORMED"
			| "RECOVERY_TEXT_BLOCK" => 5,
			"KEYSTORE_WRONG_PASSPHRASE" | "PASSPHRASE_MISSING" | "ACCOUNT_UNKNOWN" => 6,
			code if ["INPUT_", "FILE_", "FORMAT_", "HEADER_", "MAX_SIZE_"]
				.iter()
				.any(|prefix| code.starts_with(prefix)) =>
			{
				5
			},
			code if code.starts_with("ACCESS_REFUSED")
				|| CustodianRefusal::from_code(code).is_some() =>
			{
				4
			},
			"NODE_UNREACHABLE"
			| "STORE_UNREACHABLE"
			| "CUSTODIAN_UNREACHABLE"
			| "NO_COMMITTEE"
			| "NOT_RUNNING" => 3,
			_ => 1,
		})
	}
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "error[{}]: {}", self.code, self.message)?;
		for cause in &self.causes {
			write!(f, "\n  cause: {cause}")?;
		}
		if let Some(fix) = &self.fix {
			write!(f, "\n  fix: {fix}")?;
		}
		Ok(())
	}
}

/// Gives a failure of the operating system what it was about.
pub(crate) trait IoContext<T> {
	fn about(self, what: impl fmt::Display) -> Result<T>;
}

impl<T> IoContext<T> for std::io::Result<T> {
	fn about(self, what: impl fmt::Display) -> Result<T> {
		self.map_err(|error| {
			let code = match error.kind() {
				std::io::ErrorKind::NotFound => "FILE_NOT_FOUND",
				std::io::ErrorKind::PermissionDenied => "PERMISSION_DENIED",
				std::io::ErrorKind::StorageFull => "DISK_FULL",
				_ => "FILE_IO",
			};
			let failure = Failure::new(code, format!("{what}: {error}"));
			match code {
				"FILE_NOT_FOUND" => failure.fix("check the path"),
				"PERMISSION_DENIED" => failure.fix("check who owns the file and its mode"),
				"DISK_FULL" => {
					failure.fix("free space on that disk, then run the same command again")
				},
				_ => failure,
			}
		})
	}
}
