// SPDX-License-Identifier: Apache-2.0
//! Power cuts: the node, the worker and custodians are killed at random points, and everything completes
//! once and only once.

mod network;

use network::{Network, Ran};
use std::{process::Stdio, sync::mpsc, time::Duration};

/// A small generator of numbers that look random: the same seed cuts at the same points.
struct Seeded(u64);

impl Seeded {
	fn below(&mut self, limit: u64) -> u64 {
		self.0 ^= self.0 << 13;
		self.0 ^= self.0 >> 7;
		self.0 ^= self.0 << 17;
		self.0 % limit
	}
}

/// Waits so long.
fn pass(time: Duration) {
	let (_power, cut_off) = mpsc::channel::<()>();
	let _ = cut_off.recv_timeout(time);
}

#[test]
fn killed_at_ten_points_a_file_becomes_one_record_once() {
	let network = Network::start();
	let mut seeded = Seeded(0x5a1d_05e0_c0de);
	for round in 0..10_u64 {
		let bundle = network.bundle(&format!("bundle{round}.json"), 100 + round, 1_500);
		let mut worker = network.command(&["ingest", "--as", "patient", &bundle]).spawn().unwrap();
		// From reading the file to waiting for finality: all of it takes a second or two.
		let cut = Duration::from_millis(50 + seeded.below(1_500));
		pass(cut);
		let (worker_dies, node_dies) = match round % 4 {
			1 => (false, true),
			3 => (true, true),
			_ => (true, false),
		};
		if worker_dies {
			let _ = worker.kill();
		}
		if node_dies {
			network.kill("node");
			// A worker that outlives the node goes on with the next one.
			network.ok(&["up"]);
		}
		let _ = worker.wait();

		// The same command ends it, whatever state it was left in.
		network.ok(&["ingest", "--as", "patient", &bundle]);
		let records = network.ok(&["records", "list", "--as", "patient"]);
		let records = records.as_array().unwrap();
		assert_eq!(records.len() as u64, round + 1, "one record per file");
		assert!(records.iter().all(|record| record["known_here"] == true));
		let trail = network.ok(&["audit", "patient"]);
		assert_eq!(trail["count"], round + 1, "one anchor per record");
	}
	// Nothing is left to do, and everything is readable.
	assert_eq!(network.ok(&["ingest", "--as", "patient"]).as_array().unwrap().len(), 0);
	for record in network.ok(&["records", "list", "--as", "patient"]).as_array().unwrap() {
		let record = record["record"].as_str().unwrap();
		let export = network.home().join(record);
		network.ok(&[
			"records",
			"export",
			"--as",
			"patient",
			record,
			"--out",
			&export.display().to_string(),
		]);
	}
}

/// Runs a command while a custodian is killed, and comes back, at some point of it.
fn with_a_cut(network: &Network, seeded: &mut Seeded, arguments: &[&str]) -> Ran {
	let mut command = network.command(arguments);
	let running = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
	pass(Duration::from_millis(20 + seeded.below(700)));
	let custodians = ["custodian-one", "custodian-two", "custodian-three"];
	network.kill(custodians[seeded.below(3) as usize]);
	network.ok(&["up"]);
	running.wait_with_output().unwrap().into()
}

#[test]
fn custodians_killed_at_every_step_lose_nothing_and_do_nothing_twice() {
	let network = Network::start();
	let mut seeded = Seeded(0xc057_0d1a_0005);
	let rounds = 4;
	for round in 0..rounds {
		// While keys are dealt.
		let bundle = network.bundle(&format!("bundle{round}.json"), 200 + round, 60);
		let ingest = ["ingest", "--as", "patient", &bundle];
		let mut ingested = with_a_cut(&network, &mut seeded, &ingest);
		while ingested.code != 0 {
			ingested = network.run(&ingest);
		}
		let record = ingested.json()[0]["record"].as_str().unwrap().to_owned();

		// While they are released: the one use is spent once.
		let share = ["share", "--as", "patient", "--with", "clinician-one", "--categories", "labs"];
		let granted = network.ok(&[&share[..], &["--uses", "1"]].concat());
		let consent = granted["consent"].as_str().unwrap().to_owned();
		let out = network.home().join(format!("opened{round}")).display().to_string();
		let open = ["open", "--as", "clinician-one", &record, "--consent", &consent];
		let opened = with_a_cut(&network, &mut seeded, &[&open[..], &["--out", &out]].concat());
		if opened.code != 0 {
			assert_eq!(opened.error_code(), "RELEASE_SHORT");
			let ticket = opened.stderr.split("ticket 0x").nth(1).unwrap().get(..64).unwrap();
			let resume = ["open", "--as", "clinician-one", "--ticket", ticket, "--out", &out];
			network.ok(&resume);
		}
		assert!(std::fs::metadata(format!("{out}/labs.mdf.jsonl")).unwrap().len() > 0);
		assert_eq!(network.fails(&open).1, "ACCESS_REFUSED_CONSENT_SPENT");

		// While a consent is taken back, and while a record is erased: every custodian says so.
		let revoked = with_a_cut(&network, &mut seeded, &["revoke", "--as", "patient", &consent]);
		assert_eq!(revoked.code, 0, "{revoked:#?}");
		assert_eq!(network.fails(&open).1, "ACCESS_REFUSED_CONSENT_REVOKED");
		let erase = ["records", "erase", "--as", "patient", &record, "--yes"];
		let erased = with_a_cut(&network, &mut seeded, &erase);
		assert_eq!(erased.code, 0, "{erased:#?}");
		assert_eq!(network.ok(&erase)["waiting_for"], 0);
	}
	let trail = network.ok(&["audit", "patient"]);
	let entries = trail["entries"].as_array().unwrap();
	let count = |action: &str| entries.iter().filter(|entry| entry["action"] == action).count();
	for action in [
		"record_anchored",
		"consent_granted",
		"access_opened",
		"consent_revoked",
		"erasure_started",
	] {
		assert_eq!(count(action) as u64, rounds, "{action} in {trail}");
	}
}
