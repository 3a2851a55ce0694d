// SPDX-License-Identifier: Apache-2.0
//! A development network for a test: the real node, store and custodians, in a home of its own.

// Each test binary uses its own part of this.
#![allow(dead_code)]

use rustix::process::{kill_process, Pid, Signal};
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
	process::{Command, Output, Stdio},
	sync::atomic::{AtomicU16, Ordering},
};
use tempfile::TempDir;

/// The public sample data, or `None` after saying loudly that a test does without.
pub(crate) fn sample_data() -> Option<PathBuf> {
	let data = std::env::var_os("SALUS_DATA").map(PathBuf::from).filter(|path| path.is_dir());
	if data.is_none() {
		eprintln!("\n*** SKIPPED: SALUS_DATA names no directory with sample data ***\n");
	}
	data
}

/// Milliseconds between blocks: most of what people do waits for the next one.
const BLOCK_TIME: &str = "300";

pub(crate) struct Network {
	home: TempDir,
	/// What `up` is told besides: a network whose part was killed must find its port free again, whatever
	/// other test starts one meanwhile.
	ports: [(&'static str, u16); 3],
}

/// Below the ports that the system gives to connections; a network takes six.
const PORTS: (u16, u16) = (10_000, 22_000);

/// Ports that no other test of this machine looks at first.
fn ports() -> [(&'static str, u16); 3] {
	static STARTED: AtomicU16 = AtomicU16::new(0);
	let (from, until) = PORTS;
	let process = u16::try_from(std::process::id() % 1_000).unwrap();
	let number = process * 8 + STARTED.fetch_add(1, Ordering::Relaxed) % 8;
	let first = from + number * 8 % (until - from);
	[("--node-port", first), ("--peer-port", first + 1), ("--store-port", first + 2)]
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
	pub(crate) code: i32,
	pub(crate) stdout: String,
	pub(crate) stderr: String,
}

impl Ran {
	pub(crate) fn json(&self) -> Value {
		serde_json::from_str(&self.stdout)
			.unwrap_or_else(|error| panic!("no JSON ({error}) in {self:#?}"))
	}

	/// The error that a command with `--json` ended with.
	pub(crate) fn error_code(&self) -> String {
		let error: Value = serde_json::from_str(&self.stderr)
			.unwrap_or_else(|error| panic!("no JSON ({error}) in {self:#?}"));
		error["error"]["code"].as_str().expect("errors have codes").to_owned()
	}
}

impl From<Output> for Ran {
	fn from(output: Output) -> Self {
		Self {
			code: output.status.code().unwrap_or(-1),
			stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
			stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
		}
	}
}

impl Network {
	/// A home in which nothing runs.
	pub(crate) fn stopped() -> Self {
		Self { home: tempfile::tempdir().unwrap(), ports: ports() }
	}

	pub(crate) fn start() -> Self {
		let network = Self::stopped();
		network.ok(&["up"]);
		network
	}

	pub(crate) fn home(&self) -> &Path {
		self.home.path()
	}

	pub(crate) fn command(&self, arguments: &[&str]) -> Command {
		let mut command = Command::new(env!("CARGO_BIN_EXE_salus"));
		command
			.arg("--home")
			.arg(self.home())
			.arg("--json")
			.args(arguments)
			.env_remove("SALUS_HOME")
			.env_remove("SALUS_PASSPHRASE")
			.stdin(Stdio::null());
		if arguments.first() == Some(&"up") {
			command.args(["--block-time", BLOCK_TIME]);
			for (name, port) in self.ports.iter().filter(|(name, _)| !arguments.contains(name)) {
				command.args([name, port.to_string().as_str()]);
			}
		}
		command
	}

	pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
		self.command(arguments).output().unwrap().into()
	}

	/// Runs a command that must succeed; its JSON.
	pub(crate) fn ok(&self, arguments: &[&str]) -> Value {
		let ran = self.run(arguments);
		assert_eq!(ran.code, 0, "salus {arguments:?}: {ran:#?}");
		ran.json()
	}

	/// Runs a command that must fail; its exit code and error code.
	pub(crate) fn fails(&self, arguments: &[&str]) -> (i32, String) {
		let ran = self.run(arguments);
		assert_ne!(ran.code, 0, "salus {arguments:?} succeeded: {ran:#?}");
		(ran.code, ran.error_code())
	}

	fn service(&self, name: &str) -> Value {
		let state: Value =
			serde_json::from_slice(&fs::read(self.home().join("network.json")).unwrap()).unwrap();
		state["services"]
			.as_array()
			.and_then(|services| services.iter().find(|service| service["name"] == name))
			.cloned()
			.expect("the service runs")
	}

	pub(crate) fn url(&self, service: &str) -> String {
		self.service(service)["url"].as_str().unwrap().to_owned()
	}

	/// Kills a service as a power cut would.
	pub(crate) fn kill(&self, service: &str) {
		let pid = self.service(service)["process"]["pid"].as_i64().unwrap();
		kill_process(Pid::from_raw(pid as i32).unwrap(), Signal::KILL).unwrap();
		// The kernel takes a moment to end a process with many threads.
		let stat = format!("/proc/{pid}/stat");
		while fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
			std::thread::yield_now();
		}
	}

	/// One JSON-RPC call to the node.
	pub(crate) fn rpc(&self, method: &str, params: Value) -> Value {
		let url = self.url("node").replacen("ws://", "http://", 1);
		let call =
			serde_json::json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let runtime = tokio::runtime::Runtime::new().unwrap();
		let answer: Value = runtime.block_on(async {
			reqwest::Client::new().post(url).json(&call).send().await.unwrap().json().await.unwrap()
		});
		assert!(answer.get("error").is_none(), "{method}: {answer}");
		answer["result"].clone()
	}

	/// Copies a directory of the home over another one.
	pub(crate) fn copy(&self, from: &str, to: &str) {
		let (from, to) = (self.home().join(from), self.home().join(to));
		if to.exists() {
			fs::remove_dir_all(&to).unwrap();
		}
		fs::create_dir_all(to.parent().unwrap()).unwrap();
		let copied = Command::new("cp").arg("-a").args([&from, &to]).status().unwrap();
		assert!(copied.success());
	}

	/// Writes a file into the home's directory for inputs.
	pub(crate) fn input(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
		let directory = self.home().join("inputs");
		fs::create_dir_all(&directory).unwrap();
		let path = directory.join(name);
		fs::write(&path, bytes).unwrap();
		path.display().to_string()
	}

	/// Writes a generated bundle.
	pub(crate) fn bundle(&self, name: &str, seed: u64, entries: u64) -> String {
		let path = self.input(name, "");
		self.ok(&[
			"sample",
			"fhir",
			"--seed",
			&seed.to_string(),
			"--entries",
			&entries.to_string(),
			"--out",
			&path,
		]);
		path
	}
}

impl Drop for Network {
	fn drop(&mut self) {
		let ran = self.run(&["stop"]);
		if std::thread::panicking() {
			for log in ["node", "store", "custodian-one", "custodian-two", "custodian-three"] {
				let path = self.home().join("logs").join(format!("{log}.log"));
				let text = fs::read_to_string(&path).unwrap_or_default();
				let end = text.lines().rev().take(20).collect::<Vec<_>>();
				eprintln!("--- end of the log of {log} ---");
				end.iter().rev().for_each(|line| eprintln!("{line}"));
			}
		} else {
			assert_eq!(ran.code, 0, "the network stops: {ran:#?}");
		}
	}
}
