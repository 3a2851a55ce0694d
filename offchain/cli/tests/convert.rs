// SPDX-License-Identifier: Apache-2.0
//! `salus convert`, which needs no network.

mod network;

use network::Network;
use std::{fs, io::Write, process::Stdio};

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","name":[{"family":"Roe"}]}"#;

#[test]
fn files_are_converted_without_a_network_or_an_account() {
	let network = Network::stopped();
	let source = network.input("p.json", PATIENT);
	let out = network.home().join("out").display().to_string();
	for form in ["mdf", "fhir", "ips", "csv", "ndjson"] {
		let target = format!("{out}/{form}");
		let done = network.ok(&["convert", &source, "--to", form, "-o", &target]);
		assert_eq!(done["sources"][0]["result"], target.as_str());
		let (code, error) = network.fails(&["convert", &source, "--to", form, "-o", &target]);
		assert_eq!((code, error.as_str()), (5, "INPUT_REFUSED"), "it exists");
		network.ok(&["convert", &source, "--to", form, "-o", &target, "--overwrite"]);
	}
}

#[test]
fn the_exit_code_and_the_report_say_what_was_refused() {
	let network = Network::stopped();
	let sources = [network.input("p.json", PATIENT), network.input("x.png", b"\x89PNG....")];
	let (out, report) = (network.home().join("out"), network.home().join("report.json"));
	let [out_name, report_name] = [&out, &report].map(|path| path.display().to_string());
	let arguments = [
		"convert",
		&sources[0],
		&sources[1],
		"--to",
		"mdf",
		"-o",
		&out_name,
		"--report",
		&report_name,
	];
	let dry: Vec<_> = arguments.into_iter().chain(["--dry-run"]).collect();
	assert_eq!(network.fails(&dry), (5, "INPUT_REFUSED".into()));
	assert!(!out.exists() && report.exists());
	fs::remove_file(&report).unwrap();
	let ran = network.run(&arguments);
	assert_eq!((ran.code, ran.error_code()), (5, "INPUT_REFUSED".into()));
	assert!(out.join("p.json.mdf.ndjson").exists(), "the good one is there all the same");
	let json: serde_json::Value = serde_json::from_slice(&fs::read(report).unwrap()).unwrap();
	assert_eq!(json["sources"][1]["refused"]["code"], "FORMAT_UNSUPPORTED");
	assert_eq!(json, ran.json());
	assert_eq!(
		network.fails(&["convert", "nowhere", "--to", "mdf", "-o", &out_name]).1,
		"INPUT_NOT_FOUND"
	);
}

#[test]
fn standard_input_is_a_source() {
	let network = Network::stopped();
	let out = network.home().join("p.fhir.json");
	let mut command = network.command(&["convert", "-", "--to", "fhir", "-o"]);
	let mut child = command.arg(&out).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
	child.stdin.take().unwrap().write_all(PATIENT.as_bytes()).unwrap();
	assert!(child.wait().unwrap().success());
	assert!(fs::read_to_string(out).unwrap().contains("\"Roe\""));
}
