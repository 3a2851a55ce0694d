// SPDX-License-Identifier: Apache-2.0
//! Memory does not grow with the file.

mod network;

use network::Network;
use std::{fs, sync::mpsc, time::Duration};

const MIB: u64 = 1 << 20;

/// The most memory that a process has used so far, in bytes.
fn peak(pid: u32) -> Option<u64> {
	let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
	let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
	let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
	Some(kib * 1024)
}

#[test]
fn a_bundle_of_200_mb_is_ingested_in_300_mb() {
	let network = Network::start();
	// Grown until it is large enough, because entries differ in size.
	let mut entries = 150_000;
	let bundle = loop {
		let bundle = network.bundle("large.json", 12, entries);
		if fs::metadata(&bundle).unwrap().len() >= 200 * MIB {
			break bundle;
		}
		entries = entries * 3 / 2;
	};
	let mut worker = network.command(&["ingest", "--as", "patient", &bundle]).spawn().unwrap();
	let mut highest = 0;
	let (_tick, ticks) = mpsc::channel::<()>();
	let status = loop {
		highest = highest.max(peak(worker.id()).unwrap_or_default());
		if let Some(status) = worker.try_wait().unwrap() {
			break status;
		}
		let _ = ticks.recv_timeout(Duration::from_millis(50));
	};
	assert!(status.success());
	eprintln!("peak: {} MiB", highest / MIB);
	assert!(highest > 0 && highest < 300 * MIB, "{} MiB", highest / MIB);
	assert_eq!(network.ok(&["records", "list", "--as", "patient"]).as_array().unwrap().len(), 1);
}
