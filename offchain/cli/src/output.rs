// SPDX-License-Identifier: Apache-2.0
//! How results reach the user: text for people, one JSON document for programs.

use crate::error::Failure;
use comfy_table::{presets::NOTHING, ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::{
	io::{IsTerminal, Write},
	process::ExitCode,
	time::Duration,
};

/// Text or JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
	Text,
	Json,
}

impl Output {
	/// A line for people; programs do not see it.
	pub(crate) fn say(self, line: impl AsRef<str>) {
		if self == Self::Text {
			// A closed pipe is the reader's wish to see no more.
			let _ = writeln!(anstream::stdout(), "{}", line.as_ref());
		}
	}

	/// The result of a command: `text` for people, `value` for programs.
	pub(crate) fn result<T: Serialize>(self, value: &T, text: impl FnOnce() -> String) {
		let out = match self {
			Self::Text => text(),
			Self::Json => serde_json::to_string_pretty(value).unwrap_or_default(),
		};
		let _ = writeln!(anstream::stdout(), "{}", out.trim_end());
	}

	/// A failure, and the exit code that goes with it.
	pub(crate) fn failure(self, failure: &Failure) -> ExitCode {
		let text = match self {
			Self::Text => failure.to_string(),
			Self::Json => serde_json::to_string_pretty(&serde_json::json!({ "error": failure }))
				.unwrap_or_default(),
		};
		let _ = writeln!(anstream::stderr(), "{text}");
		failure.exit_code()
	}

	/// A progress bar in bytes; hidden where nobody looks at it.
	pub(crate) fn bytes_bar(self, total: u64, what: &'static str) -> ProgressBar {
		let bar = self.bar(total);
		if let Ok(style) = ProgressStyle::with_template(
			"{msg:12} {bar:32} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
		) {
			bar.set_style(style);
		}
		bar.set_message(what);
		bar
	}

	/// Something that takes a while and cannot say how long.
	pub(crate) fn spinner(self, what: impl Into<String>) -> ProgressBar {
		let bar = self.bar(0);
		bar.set_style(ProgressStyle::default_spinner());
		bar.set_message(what.into());
		bar.enable_steady_tick(Duration::from_millis(120));
		bar
	}

	fn bar(self, total: u64) -> ProgressBar {
		if self == Self::Text && std::io::stderr().is_terminal() {
			ProgressBar::new(total)
		} else {
			ProgressBar::hidden()
		}
	}
}

/// A table with a header.
pub(crate) fn table<const N: usize>(
	header: [&str; N],
	rows: impl IntoIterator<Item = [String; N]>,
) -> String {
	let mut table = Table::new();
	table
		.load_preset(NOTHING)
		.set_content_arrangement(ContentArrangement::Dynamic)
		.set_header(header);
	for row in rows {
		table.add_row(row);
	}
	table.to_string()
}
