// SPDX-License-Identifier: Apache-2.0
//! Throughput of sealing and opening, and how it compares with AES-256-GCM of OpenSSL on this machine.

use divan::{counter::BytesCount, Bencher};
use salus_crypto::{open_bytes, EnvelopeReader, EnvelopeWriter, SegmentKey};
use std::{
	fs::{self, File},
	io::{self, BufReader, BufWriter, Read, Write},
	process::Command,
	time::Instant,
};

const SIZES: [u64; 3] = [4 << 10, 1 << 20, 64 << 20];

fn main() {
	divan::main();
	// `cargo test` runs each bench once to see that it works; there is nothing to print then.
	if std::env::args().any(|argument| argument == "--bench") {
		print_summary();
	}
}

fn key() -> SegmentKey {
	SegmentKey::from_bytes(&[7; 32])
}

fn sealed(len: u64) -> Vec<u8> {
	let mut writer = EnvelopeWriter::new(Vec::new(), &key()).expect("sealing into memory");
	io::copy(&mut io::repeat(0x5a).take(len), &mut writer).expect("sealing into memory");
	writer.finish().expect("sealing into memory").0
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn seal(bencher: Bencher<'_, '_>, len: u64) {
	let content = vec![0x5a; usize::try_from(len).expect("fits in memory")];
	bencher.counter(BytesCount::new(len)).bench(|| {
		let mut writer = EnvelopeWriter::new(io::sink(), &key()).expect("sealing into nothing");
		writer.write_all(&content).expect("sealing into nothing");
		writer.finish().expect("sealing into nothing").1
	});
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn open(bencher: Bencher<'_, '_>, len: u64) {
	let envelope = sealed(len);
	bencher.counter(BytesCount::new(len)).bench(|| {
		let mut reader = EnvelopeReader::new(envelope.as_slice(), &key()).expect("opening");
		io::copy(&mut reader, &mut io::sink()).expect("opening")
	});
}

#[divan::bench(sample_count = 10)]
fn refuse_another_key(bencher: Bencher<'_, '_>) {
	let envelope = sealed(1 << 20);
	let other = SegmentKey::from_bytes(&[8; 32]);
	bencher.bench(|| open_bytes(&other, &envelope).is_err());
}

const GIB: u64 = 1 << 30;

/// How many bytes a second OpenSSL seals with AES-256-GCM, in blocks of 16 KiB on one core.
fn openssl() -> Option<f64> {
	let arguments =
		["speed", "-elapsed", "-seconds", "3", "-bytes", "16384", "-evp", "aes-256-gcm"];
	let told = Command::new("openssl").args(arguments).output().ok()?;
	let told = String::from_utf8(told.stdout).ok()?;
	// Thousands of bytes a second, as `6003220.48k`.
	let line = told.lines().rfind(|line| line.to_ascii_lowercase().starts_with("aes-256-gcm"))?;
	let thousands: f64 = line.split_whitespace().last()?.strip_suffix('k')?.parse().ok()?;
	Some(thousands * 1_000.0)
}

/// The most memory that this process has had, in MiB.
fn peak() -> Option<u64> {
	let status = fs::read_to_string("/proc/self/status").ok()?;
	let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
	Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Bytes a second.
fn rate(run: impl FnOnce() -> u64) -> f64 {
	let start = Instant::now();
	run() as f64 / start.elapsed().as_secs_f64()
}

fn print_summary() {
	let block = vec![0x5a; 1 << 20];
	let seal = |out: &mut dyn Write| {
		let mut writer = EnvelopeWriter::new(out, &key()).expect("sealing");
		for _ in 0..GIB / block.len() as u64 {
			writer.write_all(&block).expect("sealing");
		}
		writer.finish().expect("sealing").1.plaintext_len
	};
	// The system starts its count anew; where it does not, the benches before are counted too.
	let _ = fs::write("/proc/self/clear_refs", "5");
	let before = peak();
	let sealing = rate(|| seal(&mut io::sink()));
	let file = tempfile::NamedTempFile::new().expect("a file for the envelope");
	let mut out = BufWriter::new(file.as_file());
	seal(&mut out);
	out.flush().expect("a disk with room for the envelope");
	drop(out);
	let opening = rate(|| {
		let envelope = BufReader::new(File::open(file.path()).expect("as written"));
		let mut reader = EnvelopeReader::new(envelope, &key()).expect("opening");
		io::copy(&mut reader, &mut io::sink()).expect("opening")
	});
	let after = peak();
	let bare = openssl();
	println!();
	for (what, rate) in [("seal 1 GiB", sealing), ("open 1 GiB from a file", opening)] {
		let ratio = bare.map_or_else(
			|| "openssl was not found".to_owned(),
			|bare| format!("ratio to openssl's AES-256-GCM {:.2}, limit 0.80", rate / bare),
		);
		println!("{what:<24} {:>6.0} MB/s  {ratio}", rate / 1e6);
	}
	if let (Some(before), Some(after)) = (before, after) {
		println!("memory that it took      {:>6} MiB, limit 16", after.saturating_sub(before));
	}
}
