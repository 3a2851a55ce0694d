// SPDX-License-Identifier: Apache-2.0
//! Throughput of sealing and opening.

use divan::{counter::BytesCount, Bencher};
use salus_crypto::{open_bytes, EnvelopeReader, EnvelopeWriter, SegmentKey};
use std::io::{self, Read, Write};

const SIZES: [u64; 3] = [4 << 10, 1 << 20, 64 << 20];

fn main() {
	divan::main();
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
