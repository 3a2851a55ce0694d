// SPDX-License-Identifier: Apache-2.0
//! `salus doctor` and `salus completions`.

mod network;

use network::Network;
use serde_json::Value;

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
