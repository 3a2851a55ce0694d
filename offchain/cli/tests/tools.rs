// SPDX-License-Identifier: Apache-2.0
//! `salus doctor` and `salus completions`.

mod network;

use network::Network;
use serde_json::Value;
use std::{
	fs,
	io::{self, BufRead, Write},
	net::TcpStream,
	process::Stdio,
};

/// Each check with its answer.
fn checks(stdout: &str) -> Vec<(String, bool)> {
	let checks: Value = serde_json::from_str(stdout).unwrap();
	let of = |check: &Value| {
		(check["what"].as_str().unwrap().to_owned(), check["ok"].as_bool().unwrap())
	};
	checks.as_array().unwrap().iter().map(of).collect()
}

fn failing(stdout: &str) -> Vec<String> {
	checks(stdout).into_iter().filter(|(_, ok)| !ok).map(|(what, _)| what).collect()
}

#[test]
fn the_doctor_tells_what_is_wrong_and_what_to_do() {
	let network = Network::stopped();
	let ran = network.run(&["doctor"]);
	assert_ne!(ran.code, 0);
	assert_eq!(ran.error_code(), "DOCTOR_FOUND");
	assert_eq!(failing(&ran.stdout), ["network"]);
	assert!(ran.stdout.contains("salus up"), "{}", ran.stdout);

	network.ok(&["up"]);
	let ran = network.run(&["doctor"]);
	assert_eq!((ran.code, failing(&ran.stdout)), (0, vec![]), "{ran:#?}");
	assert_eq!(checks(&ran.stdout).len(), 11);

	network.kill("store");
	let ran = network.run(&["doctor"]);
	assert_eq!(ran.error_code(), "DOCTOR_FOUND");
	assert_eq!(failing(&ran.stdout), ["store"]);
	assert!(ran.stdout.contains("store.log"), "the log is named: {}", ran.stdout);
}

#[test]
fn messages_are_kept_before_they_are_acknowledged() {
	let network = Network::stopped();
	let inbox = network.home().join("inbox");
	let listen = ["listen", inbox.to_str().unwrap(), "--address", "127.0.0.1:0"];
	let mut listening = network.command(&listen).stdout(Stdio::piped()).spawn().unwrap();
	let said = serde_json::Deserializer::from_reader(listening.stdout.take().unwrap());
	let said: Value = said.into_iter().next().unwrap().unwrap();
	let mut sender = TcpStream::connect(said["address"].as_str().unwrap()).unwrap();
	let sample = network.home().join("sample.hl7");
	network.ok(&["sample", "hl7", "--entries", "1", "--out", sample.to_str().unwrap()]);
	let message = fs::read(sample).unwrap();
	sender.write_all(&[&[0x0b], &message[..], &[0x1c, b'\r']].concat()).unwrap();
	let mut answer = Vec::new();
	io::BufReader::new(&mut sender).read_until(0x1c, &mut answer).unwrap();
	// Killed right after its answer, it has the message.
	listening.kill().unwrap();
	listening.wait().unwrap();
	assert!(String::from_utf8_lossy(&answer).contains("\rMSA|AA|"), "{answer:?}");
	let kept = fs::read_dir(&inbox).unwrap().map(|entry| entry.unwrap().path());
	let kept: Vec<_> = kept.filter(|path| path.is_file()).collect();
	assert_eq!(kept.len(), 1);
	assert_eq!(fs::read(&kept[0]).unwrap(), message);
}

#[test]
fn every_shell_gets_completions_for_every_command() {
	let network = Network::stopped();
	for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
		let ran = network.run(&["completions", shell]);
		assert_eq!(ran.code, 0, "{ran:#?}");
		for command in ["ingest", "share", "revoke", "open", "audit"] {
			assert!(ran.stdout.contains(command), "{shell} completes {command}");
		}
	}
	assert_ne!(network.run(&["completions", "tcsh"]).code, 0);
}
