// SPDX-License-Identifier: Apache-2.0
//! Whether ingestion is as fast as promised: each figure beside its floor, and beside the baseline
//! that was measured in turn with it.
//!
//! Arguments are the names of what is to be measured; without one everything is.
//!
//! Measured is the time on the processor, where the system tells it, and the best of many rounds
//! counts: other work on the machine only ever makes a round slower.
#![allow(missing_docs)]

mod inputs;

use std::time::{Duration, Instant};

/// So many when it is `cargo bench` that asks; a test only sees that it runs.
const ROUNDS: usize = 9;

/// What is measured, its floor in MB/s, its baseline and the floor of the ratio to it.
struct Case<'a> {
	name: &'a str,
	bytes: usize,
	work: Box<dyn Fn() + 'a>,
	floor: f64,
	baseline: Option<(&'a str, Box<dyn Fn() + 'a>, f64)>,
}

/// So long a round takes at least: the system counts in ticks of milliseconds.
const ROUND: Duration = Duration::from_millis(150);

/// The time that this thread had a processor; elsewhere than on Linux the time that went by.
fn now(start: Instant) -> Duration {
	let ticks = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
	let ticks = ticks.and_then(|text| text.split_whitespace().next()?.parse().ok());
	ticks.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The time for one time of the work.
fn time(work: &dyn Fn()) -> Duration {
	let start = Instant::now();
	let (before, mut times) = (now(start), 0);
	loop {
		work();
		times += 1;
		let taken = now(start).saturating_sub(before);
		if taken >= ROUND {
			return taken / times;
		}
	}
}

fn main() {
	let (ndjson, ccda, csv, messages) =
		(inputs::fhir_ndjson(), inputs::ccda(), inputs::csv(), inputs::hl7());
	let joined = messages.concat();
	let hl7_parser = || -> Box<dyn Fn()> { Box::new(|| inputs::hl7_parser(&messages)) };
	let cases = [
		Case {
			name: "HL7 v2 parse",
			bytes: joined.len(),
			work: Box::new(|| inputs::hl7_fields(&messages)),
			floor: 100.0,
			baseline: Some(("hl7-parser", hl7_parser(), 4.0)),
		},
		Case {
			name: "HL7 v2 parse, every leaf",
			bytes: joined.len(),
			work: Box::new(|| {
				std::hint::black_box(inputs::hl7_leaves(&messages));
			}),
			floor: 100.0,
			baseline: Some(("hl7-parser", hl7_parser(), 4.0)),
		},
		Case {
			name: "HL7 v2 to MDF",
			bytes: joined.len(),
			work: Box::new(|| inputs::map(joined.as_bytes())),
			floor: 30.0,
			baseline: None,
		},
		Case {
			name: "C-CDA to MDF",
			bytes: ccda.len(),
			work: Box::new(|| inputs::map(&ccda)),
			floor: 15.0,
			baseline: None,
		},
		Case {
			name: "FHIR NDJSON to MDF",
			bytes: ndjson.len(),
			work: Box::new(|| inputs::map(&ndjson)),
			floor: 60.0,
			baseline: Some((
				"serde_json::Value",
				Box::new(|| inputs::serde_json_values(&ndjson)),
				0.4,
			)),
		},
		Case {
			name: "CSV to MDF",
			bytes: csv.len(),
			work: Box::new(|| inputs::map(&csv)),
			floor: 100.0,
			baseline: Some(("csv", Box::new(|| inputs::csv_records(&csv)), 0.5)),
		},
	];
	let (options, names): (Vec<_>, Vec<_>) =
		std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
	let rounds = if options.iter().any(|option| option == "--bench") { ROUNDS } else { 1 };
	let is_asked = |case: &Case<'_>| names.is_empty() || names.iter().any(|name| case.name == name);
	println!("best of {rounds} rounds, time on one processor");
	for case in cases.into_iter().filter(is_asked) {
		let (mut best, mut best_baseline) = (Duration::MAX, Duration::MAX);
		for _ in 0..rounds {
			best = best.min(time(&case.work));
			if let Some((_, work, _)) = &case.baseline {
				best_baseline = best_baseline.min(time(work));
			}
		}
		let speed = |time: Duration| case.bytes as f64 / 1e6 / time.as_secs_f64();
		let verdict = |found: f64, floor: f64| if found >= floor { "ok" } else { "BELOW" };
		let found = speed(best);
		print!(
			"{:26} {found:8.1} MB/s (floor {:.0}: {})",
			case.name,
			case.floor,
			verdict(found, case.floor)
		);
		if let Some((name, _, floor)) = case.baseline {
			let baseline = speed(best_baseline);
			let ratio = found / baseline;
			print!(
				", {ratio:.2} x {name} at {baseline:.1} MB/s (floor {floor}: {})",
				verdict(ratio, floor)
			);
		}
		println!();
	}
}
