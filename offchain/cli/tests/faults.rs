// SPDX-License-Identifier: Apache-2.0
//! Bad input and broken surroundings: a clear typed error each, and nothing lost.

mod network;

use network::{sample_data, Network};
use serde_json::{json, Value};
use std::{fs, net::TcpListener};

fn records(network: &Network) -> usize {
	network.ok(&["records", "list", "--as", "patient"]).as_array().unwrap().len()
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_loads() {
	let network = Network::start();
	files_that_are_none_are_refused_with_a_reason(&network);
	a_wrong_passphrase_is_said_to_be_one(&network);
	a_truncated_file_anchors_nothing(&network);
	one_broken_entry_among_hundreds_is_named_and_the_rest_loads(&network);
	the_planted_faults_of_a_table_are_reported_by_line(&network);
}

fn a_truncated_file_anchors_nothing(network: &Network) {
	let bundle = fs::read(network.bundle("whole.json", 5, 80)).unwrap();
	for (index, part) in [3, 2].into_iter().enumerate() {
		let cut = &bundle[..bundle.len() * (part - 1) / part];
		let file = network.input(&format!("cut{index}.json"), cut);
		let (exit, code) = network.fails(&["ingest", "--as", "patient", &file]);
		assert_eq!((exit, code.as_str()), (5, "FILE_TRUNCATED"));
	}
	assert_eq!(records(network), 0);
	assert_eq!(network.ok(&["audit", "patient"])["count"], 0);
	// The whole file loads afterwards: the failures hold nothing up.
	let whole = network.input("again.json", &bundle);
	network.ok(&["ingest", "--as", "patient", &whole]);
	assert_eq!(records(network), 1);
}

fn one_broken_entry_among_hundreds_is_named_and_the_rest_loads(network: &Network) {
	let text = fs::read_to_string(network.bundle("whole.json", 6, 300)).unwrap();
	let mut bundle: Value = serde_json::from_str(&text).unwrap();
	let entries = bundle["entry"].as_array().unwrap().len();
	assert!(entries >= 200);
	bundle["entry"][entries / 2]["resource"] = json!(["not", "a", "resource"]);
	let file = network.input("broken.json", bundle.to_string());
	let ingested = network.ok(&["ingest", "--as", "patient", &file]);
	assert_eq!(ingested[0]["report"]["rejected"], 1);
	let diagnostics = fs::read_to_string(ingested[0]["diagnostics"].as_str().unwrap()).unwrap();
	let place = format!("/entry/{}", entries / 2);
	assert!(diagnostics.contains(&place), "{place} is named in {diagnostics}");
}

fn the_planted_faults_of_a_table_are_reported_by_line(network: &Network) {
	let Some(data) = sample_data() else { return };
	let file = data.join("csv/labs_dirty.csv").display().to_string();
	let ingested = network.ok(&["ingest", "--as", "patient", &file]);
	let diagnostics = fs::read_to_string(ingested[0]["diagnostics"].as_str().unwrap()).unwrap();
	let faults: Value =
		serde_json::from_slice(&fs::read(data.join("csv/faults.json")).unwrap()).unwrap();
	let faults = faults.as_array().or_else(|| faults["faults"].as_array()).unwrap();
	let lines = diagnostics
		.lines()
		.map(|line| serde_json::from_str::<Value>(line).unwrap().to_string())
		.collect::<Vec<_>>();
	for fault in faults {
		let line = fault["line"].as_u64().unwrap();
		let named = lines.iter().any(|found| {
			found.contains(&format!(":{line},")) || found.contains(&format!(":{line}}}"))
		});
		assert!(named, "line {line} ({}) is reported", fault["kind"]);
	}
	assert!(lines.iter().all(|line| line.contains("\"fix\"")), "every diagnostic says what to do");
	let good: u64 = ingested[0]["segments"]
		.as_array()
		.unwrap()
		.iter()
		.filter(|segment| segment["category"] != "original")
		.map(|segment| segment["items"].as_u64().unwrap())
		.sum();
	assert!(good >= 5_000 - faults.len() as u64, "{good} of 5,000 rows loaded");
}

fn a_wrong_passphrase_is_said_to_be_one(network: &Network) {
	let bundle = network.bundle("bundle.json", 8, 60);
	let wrong = network
		.command(&["ingest", "--as", "patient", &bundle])
		.env("SALUS_PASSPHRASE", "not the passphrase")
		.output()
		.unwrap();
	let ran: network::Ran = wrong.into();
	assert_eq!((ran.code, ran.error_code().as_str()), (6, "KEYSTORE_WRONG_PASSPHRASE"));
	assert!(!ran.stderr.contains("not the passphrase"));
	assert_eq!(records(network), 0);
}

#[test]
fn without_a_network_commands_say_how_to_start_one() {
	let network = Network::stopped();
	let file = network.input("bundle.json", "{}");
	for arguments in [
		&["status"][..],
		&["demo"],
		&["audit", "patient"],
		&["ingest", "--as", "patient", &file],
		&["records", "list", "--as", "patient"],
	] {
		assert_eq!(network.fails(arguments), (3, "NOT_RUNNING".to_owned()), "{arguments:?}");
	}
}

#[test]
fn what_stands_in_the_way_of_a_start_is_named() {
	let network = a_taken_port_moves();
	a_second_start_names_who_holds_the_first(&network);
	a_node_that_died_is_named_and_up_brings_it_back(&network);
}

fn a_node_that_died_is_named_and_up_brings_it_back(network: &Network) {
	let bundle = network.bundle("bundle.json", 9, 60);
	network.ok(&["ingest", "--as", "patient", &bundle]);
	network.kill("node");
	let (exit, code) = network.fails(&["records", "list", "--as", "patient"]);
	assert_eq!((exit, code.as_str()), (3, "NODE_UNREACHABLE"));
	assert_eq!(network.fails(&["status"]).1, "SERVICE_NOT_READY");
	network.ok(&["up"]);
	assert_eq!(records(network), 1);
}

fn a_second_start_names_who_holds_the_first(network: &Network) {
	let ran = network.run(&["up"]);
	assert_eq!(ran.error_code(), "ALREADY_RUNNING");
	assert!(ran.stderr.contains("process"), "{}", ran.stderr);
	network.ok(&["up", "--exist-ok"]);
}

fn a_taken_port_moves() -> Network {
	// Below those that the system gives to connections: it could give the next one away too.
	let ports = 22_000..30_000;
	let held = ports.map(|port| TcpListener::bind(("127.0.0.1", port))).find_map(Result::ok);
	let port = held.as_ref().unwrap().local_addr().unwrap().port().to_string();
	let network = Network::stopped();
	network.ok(&["up", "--node-port", &port]);
	assert!(!network.url("node").ends_with(&port));
	network.ok(&["status"]);
	network
}

fn files_that_are_none_are_refused_with_a_reason(network: &Network) {
	for (name, bytes, code) in [
		("empty.json", &b""[..], "FILE_EMPTY"),
		("picture.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "FORMAT_UNSUPPORTED"),
		(
			"nothing.json",
			&b"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[]}"[..],
			"FILE_NOTHING_FOUND",
		),
	] {
		let file = network.input(name, bytes);
		let (exit, found) = network.fails(&["ingest", "--as", "patient", &file]);
		assert_eq!((exit, found.as_str()), (5, code), "{name}");
	}
	let missing = network.fails(&["ingest", "--as", "patient", "/nonexistent/file.json"]);
	assert_eq!(missing, (5, "FILE_NOT_FOUND".to_owned()));
	assert_eq!(records(network), 0);
}

/// A small disk of its own for the store, where this process may mount one.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
	fn mount(at: &std::path::Path, size: &str) -> Option<Self> {
		fs::create_dir_all(at).unwrap();
		let options = format!("size={size}");
		let mounted = std::process::Command::new("mount")
			.args(["-t", "tmpfs", "-o", options.as_str(), "tmpfs"])
			.arg(at)
			.status()
			.is_ok_and(|status| status.success());
		if !mounted {
			eprintln!("\n*** SKIPPED: this process may not mount a small disk ***\n");
			return None;
		}
		Some(Self(at.to_owned()))
	}

	fn grow(&self, size: &str) {
		let options = format!("remount,size={size}");
		let status = std::process::Command::new("mount")
			.args(["-o", options.as_str()])
			.arg(&self.0)
			.status();
		assert!(status.unwrap().success());
	}
}

impl Drop for SmallDisk {
	fn drop(&mut self) {
		// Lazily: the store may still hold its file.
		let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
	}
}

#[test]
fn a_full_disk_for_the_store_loses_nothing() {
	let network = Network::stopped();
	let Some(disk) = SmallDisk::mount(&network.home().join("store"), "6m") else { return };
	network.ok(&["up"]);
	let bundle = network.bundle("bundle.json", 11, 8_000);
	assert!(fs::metadata(&bundle).unwrap().len() > 6 << 20);
	let (_, code) = network.fails(&["ingest", "--as", "patient", &bundle]);
	assert_eq!(code, "STORE_FULL");
	assert_eq!(records(&network), 0, "no partial anchor");

	disk.grow("200m");
	network.ok(&["ingest", "--as", "patient", &bundle]);
	assert_eq!(records(&network), 1);
	network.ok(&["stop"]);
}
