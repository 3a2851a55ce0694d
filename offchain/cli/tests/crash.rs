// SPDX-License-Identifier: Apache-2.0
//! Power cuts: the node and the worker are killed at random points of an ingestion, and everything
//! completes once and only once.

mod network;

use network::Network;
use std::{sync::mpsc, time::Duration};

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

#[test]
fn killed_at_ten_points_a_file_becomes_one_record_once() {
	let network = Network::start();
	let mut seeded = Seeded(0x5a1d_05e0_c0de);
	for round in 0..10_u64 {
		let bundle = network.bundle(&format!("bundle{round}.json"), 100 + round, 1_500);
		let mut worker = network.command(&["ingest", "--as", "patient", &bundle]).spawn().unwrap();
		// From reading the file to waiting for finality: all of it takes a second or two.
		let cut = Duration::from_millis(50 + seeded.below(1_500));
		let (_power, cut_off) = mpsc::channel::<()>();
		let _ = cut_off.recv_timeout(cut);
		let victim = seeded.below(3);
		if victim != 1 {
			let _ = worker.kill();
		}
		if victim != 0 {
			network.kill("node");
		}
		// A worker that outlives the node goes on with the next one.
		if victim != 0 {
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
