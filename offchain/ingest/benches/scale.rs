// SPDX-License-Identifier: Apache-2.0
//! Whether speed and memory stay the same when files grow, and how much a second core brings.
//!
//! The files are made while they are read and lie nowhere. Arguments are sizes in megabytes; without
//! one it is four of them, to 5 GB.
#![allow(missing_docs)]

mod inputs;

use salus_ingest::{ingest, sample, Options, Source};
use std::{
	io::{self, BufWriter, PipeReader, Read, Seek, SeekFrom},
	thread,
	time::{Duration, Instant},
};

/// What a bench measures when it does not say.
const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];

/// NDJSON that another thread makes.
struct Made {
	entries: usize,
	reader: Option<PipeReader>,
}

impl Read for Made {
	fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
		let reader = match &mut self.reader {
			Some(reader) => reader,
			none => {
				let (reader, writer) = io::pipe()?;
				let options = sample::Options { seed: 1, entries: self.entries };
				// A reader that has enough closes the pipe, which ends the writer.
				thread::spawn(move || sample::fhir_ndjson(BufWriter::new(writer), &options));
				none.insert(reader)
			},
		};
		reader.read(buffer)
	}
}

impl Seek for Made {
	/// Only to the beginning, which is all that reading again needs.
	fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
		if to != SeekFrom::Start(0) {
			return Err(io::ErrorKind::Unsupported.into());
		}
		self.reader = None;
		Ok(0)
	}
}

/// The time that this thread had a processor.
fn processor_time() -> Option<Duration> {
	let ticks = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
	ticks.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The most memory that the process ever had, in MB.
fn peak() -> Option<u64> {
	let status = std::fs::read_to_string("/proc/self/status").ok()?;
	let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
	let kilobytes: u64 = peak.trim().strip_suffix(" kB")?.parse().ok()?;
	Some(kilobytes / 1024)
}

fn megabytes(megabytes: usize) {
	let mut thousand = Vec::new();
	let options = sample::Options { seed: 1, entries: 1_000 };
	sample::fhir_ndjson(&mut thousand, &options).expect("memory");
	let entries = megabytes * 1_000_000_000 / thousand.len();
	let source = Source { name: "bench".into(), reader: Made { entries, reader: None } };
	let before = processor_time();
	let report = ingest(source, &Options::default(), &mut inputs::Null).expect("valid");
	let Some((before, after)) = before.zip(processor_time()) else { return };
	let taken = after.saturating_sub(before);
	let speed = report.bytes as f64 / 1e6 / taken.as_secs_f64();
	println!(
		"{:6} MB of FHIR NDJSON, {} patients: {speed:6.1} MB/s, peak memory {} MB",
		report.bytes / 1_000_000,
		report.subjects,
		peak().unwrap_or_default()
	);
}

/// The same files by one thread, then by two: by the clock, so that nothing else should run.
fn two_cores() {
	let file = inputs::fhir_ndjson();
	let times = |work: &(dyn Fn() + Sync), threads: usize| {
		let start = Instant::now();
		thread::scope(|scope| {
			for _ in 0..threads {
				scope.spawn(|| (0..16 / threads).for_each(|_| work()));
			}
		});
		start.elapsed()
	};
	let best = |threads| {
		let rounds = (0..5).map(|_| times(&|| inputs::map(&file), threads));
		rounds.min().unwrap_or_default().as_secs_f64()
	};
	println!("two cores: {:.2} x one", best(1) / best(2));
}

fn main() {
	let (options, sizes): (Vec<_>, Vec<_>) =
		std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
	if !options.iter().any(|option| option == "--bench") {
		return megabytes(1);
	}
	match sizes.is_empty() {
		true => SIZES.into_iter().for_each(megabytes),
		false => sizes.iter().filter_map(|size| size.parse().ok()).for_each(megabytes),
	}
	two_cores();
}
