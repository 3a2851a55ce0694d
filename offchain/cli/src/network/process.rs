// SPDX-License-Identifier: Apache-2.0
//! Processes that outlive the command that started them.

use crate::error::{Failure, IoContext, Result};
use rustix::process::{kill_process, Pid, Signal};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File},
	os::unix::process::CommandExt,
	path::Path,
	process::{Command, Stdio},
	time::{Duration, Instant},
};

/// A process, told apart from a later one with the same number by when it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProcessId {
	pub(crate) pid: u32,
	/// Clock ticks from the machine's start to the process's.
	started: u64,
}

/// What the kernel says of a process.
struct Stat {
	/// It has ended and waits only for its parent; other threads of it may still be ending.
	is_zombie: bool,
	threads: u64,
	started: u64,
}

impl Stat {
	fn of(pid: u32) -> Option<Self> {
		let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
		// The name in parentheses may hold anything, so fields count from its end.
		let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
		let is_zombie = fields.next()? == "Z";
		let threads = fields.nth(16)?.parse().ok()?;
		let started = fields.nth(1)?.parse().ok()?;
		Some(Self { is_zombie, threads, started })
	}
}

impl ProcessId {
	fn of(pid: u32) -> Option<Self> {
		let Stat { is_zombie, started, .. } = Stat::of(pid)?;
		(!is_zombie).then_some(Self { pid, started })
	}

	pub(crate) fn is_alive(&self) -> bool {
		Self::of(self.pid) == Some(*self)
	}

	/// Whether nothing is left of it that could hold a file: a process that was killed is dead
	/// before its last thread has let go.
	pub(crate) fn has_let_go(&self) -> bool {
		Stat::of(self.pid).is_none_or(|stat| {
			stat.started != self.started || (stat.is_zombie && stat.threads <= 1)
		})
	}

	fn signal(&self, signal: Signal) {
		if let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) {
			// It may have ended since it was looked at, which is what is wanted.
			let _ = kill_process(pid, signal);
		}
	}
}

/// Starts a process in a group of its own, with its output in a log.
pub(crate) fn spawn(program: &Path, arguments: &[String], log: &Path) -> Result<ProcessId> {
	if let Some(directory) = log.parent() {
		fs::create_dir_all(directory).about(directory.display())?;
	}
	let out = File::create(log).about(log.display())?;
	let err = out.try_clone().about(log.display())?;
	let mut child = Command::new(program)
		.args(arguments)
		.stdin(Stdio::null())
		.stdout(out)
		.stderr(err)
		.process_group(0)
		.spawn()
		.map_err(|error| {
			Failure::new("SPAWN", format!("cannot start {}: {error}", program.display()))
				.fix("build it with scripts/run, or name it with its option")
		})?;
	let pid = child.id();
	let process = ProcessId::of(pid).ok_or_else(|| {
		Failure::new("SPAWN", format!("{} ended at once", program.display()))
			.fix(format!("read {}", log.display()))
	});
	// Reaps the child when it ends before us.
	std::thread::spawn(move || child.wait());
	process
}

/// Asks a process to end, and makes it end when it does not within `patience`. Afterwards its data can
/// be opened again, which its death alone does not promise: whoever starts it anew has no record of it
/// to wait by.
pub(crate) fn stop_process(process: &ProcessId, patience: Duration) {
	if process.is_alive() {
		process.signal(Signal::TERM);
	}
	let deadline = Instant::now() + patience;
	while !process.has_let_go() {
		if Instant::now() > deadline {
			process.signal(Signal::KILL);
		}
		std::thread::sleep(Duration::from_millis(20));
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_process_is_started_seen_and_stopped() {
		let directory = tempfile::tempdir().unwrap();
		let log = directory.path().join("logs/sleep.log");
		let process = spawn(Path::new("/bin/sleep"), &["600".into()], &log).unwrap();
		assert!(process.is_alive());
		assert!(!ProcessId { started: process.started + 1, ..process }.is_alive());
		assert!(!process.has_let_go());
		stop_process(&process, Duration::from_secs(5));
		assert!(!process.is_alive() && process.has_let_go());
		assert!(log.exists());
	}

	#[test]
	fn a_program_that_is_not_there_is_named() {
		let directory = tempfile::tempdir().unwrap();
		let error = spawn(Path::new("/nonexistent/salus-node"), &[], &directory.path().join("log"));
		assert!(error.unwrap_err().message.contains("/nonexistent/salus-node"));
	}
}
