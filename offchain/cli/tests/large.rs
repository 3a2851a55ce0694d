// SPDX-License-Identifier: Apache-2.0
//! A large file: memory does not grow with it, and reading it stops where the consent does.

mod network;

use network::{Network, Ran};
use std::{
	fs::{self, File},
	io::{self, Read},
	process::Stdio,
	sync::mpsc,
	time::Duration,
};

const MIB: u64 = 1 << 20;
/// What has a key of its own.
const RANGE: u64 = 64 * MIB;

/// The most memory that a process has used so far, in bytes.
fn peak(pid: u32) -> Option<u64> {
	let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
	let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
	let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
	Some(kib * 1024)
}

#[test]
fn a_bundle_of_200_mb_is_ingested_in_300_mb_and_read_range_by_range() {
	let network = Network::start();
	// Grown until it is large enough, because entries differ in size.
	let mut entries = 227_000;
	let bundle = loop {
		let bundle = network.bundle("large.json", 12, entries);
		if fs::metadata(&bundle).unwrap().len() >= 200 * MIB {
			break bundle;
		}
		entries += entries / 50;
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
	let records = network.ok(&["records", "list", "--as", "patient"]);
	let [record] = records.as_array().unwrap().as_slice() else { panic!("one: {records}") };
	let record = record["record"].as_str().unwrap().to_owned();
	let ranges = fs::metadata(&bundle).unwrap().len().div_ceil(RANGE);
	assert!(ranges >= 3, "{ranges}");
	assert_eq!(record_has(&network, &record, "original"), ranges, "one segment a range");

	// Its owner reads it back, alone.
	let out = network.home().join("mine").display().to_string();
	network.ok(&["records", "export", "--as", "patient", &record, "--out", &out]);
	assert_same(&bundle, &format!("{out}/original"));

	// A clinician reads it, a page of keys after the other.
	let share = ["share", "--as", "patient", "--with", "clinician-one", "--categories", "original"];
	let consent = network.ok(&share)["consent"].as_str().unwrap().to_owned();
	let open = ["open", "--as", "clinician-one", &record, "--consent", &consent];
	let out = network.home().join("hers").display().to_string();
	network.ok(&[&open[..], &["--out", &out]].concat());
	assert_same(&bundle, &format!("{out}/original"));

	// She reads again, and in the middle of the first range the consent is taken back: she gets that
	// range, whose key she had, and no other.
	let mut reading = network.command(&open).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
	let reading = reading.as_mut().unwrap();
	let mut plain = reading.stdout.take().unwrap();
	let mut read = vec![0; MIB as usize];
	plain.read_exact(&mut read).unwrap();
	network.ok(&["revoke", "--as", "patient", &consent]);
	plain.read_to_end(&mut read).unwrap();
	let mut stderr = String::new();
	reading.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
	let code = reading.wait().unwrap().code().unwrap();
	let ran = Ran { code, stdout: String::new(), stderr };
	assert_ne!(ran.code, 0);
	assert_eq!(ran.error_code(), "CONSENT_REVOKED");
	assert_eq!(read.len() as u64, RANGE);
	let mut beginning = vec![0; RANGE as usize];
	File::open(&bundle).unwrap().read_exact(&mut beginning).unwrap();
	assert!(read == beginning, "what she got is the first range");

	// That she wanted more is in the trail, as soon as two custodians have said so.
	let is_stopped = || {
		let trail = network.ok(&["audit", "patient"]);
		trail["entries"].as_array().unwrap().iter().any(|one| one["action"] == "access_stopped")
	};
	while !is_stopped() {
		let _ = ticks.recv_timeout(Duration::from_millis(200));
	}
}

/// How many segments of a category a record has.
fn record_has(network: &Network, record: &str, category: &str) -> u64 {
	let shown = network.ok(&["records", "show", "--as", "patient", record]);
	let segments = shown["segments"].as_array().unwrap().iter();
	segments.filter(|segment| segment["category"] == category).count() as u64
}

fn assert_same(one: &str, other: &str) {
	let [mut one, mut other] =
		[one, other].map(|path| io::BufReader::new(File::open(path).unwrap()));
	let (mut left, mut right) = (vec![0; MIB as usize], vec![0; MIB as usize]);
	loop {
		let read = one.read(&mut left).unwrap();
		if read == 0 {
			assert_eq!(other.read(&mut right).unwrap(), 0, "the other one is longer");
			return;
		}
		other.read_exact(&mut right[..read]).unwrap();
		assert!(left[..read] == right[..read], "they differ");
	}
}
