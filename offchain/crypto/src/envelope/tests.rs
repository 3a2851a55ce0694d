// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{Error, Result, SegmentKey};
use proptest::prelude::*;
use std::io::{self, Cursor, Read, Write};

const SIZES: [usize; 13] = [
	0,
	1,
	4087,
	4088,
	4089,
	5000,
	CHUNK - 9,
	CHUNK - 8,
	CHUNK - 1,
	CHUNK,
	CHUNK + 1,
	2 * CHUNK,
	3 * CHUNK + 12345,
];

fn key() -> SegmentKey {
	SegmentKey::from_bytes(&[7; 32])
}

fn content(len: usize) -> Vec<u8> {
	(0..len).map(|at| (at % 251) as u8).collect()
}

fn code<T>(result: Result<T>) -> &'static str {
	match result {
		Ok(_) => "OK",
		Err(error) => error.code(),
	}
}

#[test]
fn content_of_every_size_round_trips() {
	for len in SIZES {
		let plaintext = content(len);
		let sealed = seal_bytes(&key(), &plaintext).unwrap();
		assert_eq!(Some(sealed.len() as u64), sealed_len(len as u64), "{len}");
		assert_eq!(*open_bytes(&key(), &sealed).unwrap(), plaintext, "{len}");
	}
}

#[test]
fn zeros_are_content_too() {
	for len in [0, 1, 4088, CHUNK, 2 * CHUNK + 7, 17 * CHUNK] {
		let mut plaintext = vec![0; len];
		let sealed = seal_bytes(&key(), &plaintext).unwrap();
		assert_eq!(*open_bytes(&key(), &sealed).unwrap(), plaintext, "{len}");
		plaintext.extend_from_slice(&[1, 0, 0]);
		let sealed = seal_bytes(&key(), &plaintext).unwrap();
		assert_eq!(*open_bytes(&key(), &sealed).unwrap(), plaintext, "{len}");
	}
	// Long enough that padding covers whole chunks.
	let mut plaintext = content(33 * CHUNK + 3);
	plaintext[20 * CHUNK..].fill(0);
	let sealed = seal_bytes(&key(), &plaintext).unwrap();
	assert!(sealed.len() > 34 * CHUNK);
	assert_eq!(*open_bytes(&key(), &sealed).unwrap(), plaintext);
}

#[test]
fn lengths_in_a_bucket_look_alike() {
	let len = |plaintext| sealed_len(plaintext).unwrap();
	assert_eq!(len(0), len(4088));
	assert_eq!(len(1_000_000), len(1_015_800));
	assert!(len(4089) > len(4088));
	assert_eq!(sealed_len(u64::MAX), None);
	assert_eq!(sealed_len(1 << 53), None);
}

#[test]
fn equal_content_seals_differently() {
	assert_ne!(seal_bytes(&key(), b"same").unwrap(), seal_bytes(&key(), b"same").unwrap());
}

#[test]
fn another_key_is_refused_before_anything_is_opened() {
	let sealed = seal_bytes(&key(), b"labs").unwrap();
	let other = SegmentKey::from_bytes(&[8; 32]);
	assert_eq!(code(EnvelopeReader::new(sealed.as_slice(), &other)), "WRONG_KEY");
	assert_eq!(code(open_range(Cursor::new(&sealed), &other, 0..1)), "WRONG_KEY");
}

#[test]
fn no_byte_of_the_header_may_change() {
	let sealed = seal_bytes(&key(), b"labs").unwrap();
	for at in 0..PREFIX as usize {
		for bit in 0..8 {
			let mut wrong = sealed.clone();
			wrong[at] ^= 1 << bit;
			let found = code(open_bytes(&key(), &wrong));
			assert_ne!(found, "OK", "byte {at} bit {bit}");
			assert_ne!(code(open_range(Cursor::new(&wrong), &key(), 0..4)), "OK");
		}
	}
}

#[test]
fn headers_have_one_encoding() {
	let sealed = seal_bytes(&key(), b"labs").unwrap();
	let (start, body) = sealed.split_at(PREFIX as usize);
	let cbor = &start[11..];
	let with = |cbor: &[u8]| {
		let mut envelope = start[..9].to_vec();
		envelope.extend_from_slice(&(cbor.len() as u16).to_be_bytes());
		envelope.extend_from_slice(cbor);
		envelope.extend_from_slice(body);
		code(open_bytes(&key(), &envelope))
	};
	assert_eq!(with(cbor), "OK");
	// The suite as 0x1801 in place of 0x01.
	let longer_number = [&cbor[..2], &[0x18, 0x01], &cbor[3..]].concat();
	assert_eq!(with(&longer_number), "ENVELOPE_MALFORMED");
	// An indefinite map.
	let indefinite = [&[0xbf], &cbor[1..], &[0xff]].concat();
	assert_eq!(with(&indefinite), "ENVELOPE_MALFORMED");
	let trailing = [cbor, &[0x00]].concat();
	assert_eq!(with(&trailing), "ENVELOPE_MALFORMED");
	// The chunk size as a longer number.
	let wide = [&cbor[..4], &[0x1b, 0, 0, 0, 0, 0, 0x10, 0, 0], &cbor[9..]].concat();
	assert_eq!(with(&wide), "ENVELOPE_MALFORMED");
	assert_eq!(with(&[]), "ENVELOPE_MALFORMED");
	assert_eq!(with(&[0xa4; 300]), "ENVELOPE_MALFORMED");
	let suite_two = [&cbor[..2], &[0x02], &cbor[3..]].concat();
	assert_eq!(with(&suite_two), "UNSUPPORTED_SUITE");
}

#[test]
fn unknown_formats_and_versions_are_named() {
	let mut sealed = seal_bytes(&key(), b"labs").unwrap();
	assert_eq!(code(open_bytes(&key(), b"%PDF-1.7 and more")), "ENVELOPE_NOT_RECOGNISED");
	sealed[8] = 2;
	assert_eq!(code(open_bytes(&key(), &sealed)), "ENVELOPE_UNSUPPORTED_VERSION");
}

#[test]
fn bytes_of_the_body_may_not_change() {
	let sealed = seal_bytes(&key(), &content(2 * CHUNK + 100)).unwrap();
	let body = PREFIX as usize;
	let ends = [body + SEALED_CHUNK, body + 2 * SEALED_CHUNK, sealed.len()];
	let sampled = (body..sealed.len())
		.step_by(300_007)
		.chain(ends.iter().flat_map(|end| [end - 17, end - 16, end - 1]))
		.chain([body]);
	for at in sampled {
		let mut wrong = sealed.clone();
		wrong[at] ^= 0x10;
		assert_eq!(code(open_bytes(&key(), &wrong)), "ENVELOPE_TAMPERED", "byte {at}");
	}
}

#[test]
fn truncation_anywhere_is_noticed() {
	let sealed = seal_bytes(&key(), &content(2 * CHUNK)).unwrap();
	let body = PREFIX as usize;
	for end in 0..=body + 16 {
		assert_eq!(code(open_bytes(&key(), &sealed[..end])), "ENVELOPE_TRUNCATED", "{end}");
	}
	for chunks in [1, 2] {
		let end = body + chunks * SEALED_CHUNK;
		assert_eq!(code(open_bytes(&key(), &sealed[..end])), "ENVELOPE_TRUNCATED", "{end}");
		assert_eq!(
			code(open_range(Cursor::new(&sealed[..end]), &key(), 0..1)),
			"ENVELOPE_TRUNCATED"
		);
		assert_ne!(code(open_bytes(&key(), &sealed[..end + 1])), "OK");
		assert_ne!(code(open_bytes(&key(), &sealed[..end + 17])), "OK");
	}
	for end in (body..sealed.len()).step_by(99_991) {
		assert_ne!(code(open_bytes(&key(), &sealed[..end])), "OK", "{end}");
	}
	assert_ne!(code(open_bytes(&key(), &sealed[..sealed.len() - 1])), "OK");
}

#[test]
fn extension_is_noticed() {
	for len in [100, CHUNK - 8, CHUNK + 100] {
		let sealed = seal_bytes(&key(), &content(len)).unwrap();
		for extra in [1, 16, 17, SEALED_CHUNK] {
			let longer = [sealed.as_slice(), &vec![0; extra]].concat();
			assert_eq!(code(open_bytes(&key(), &longer)), "ENVELOPE_TAMPERED", "{len}+{extra}");
		}
		let twice = [sealed.as_slice(), &sealed[PREFIX as usize..]].concat();
		assert_eq!(code(open_bytes(&key(), &twice)), "ENVELOPE_TAMPERED");
	}
}

#[test]
fn reordering_and_splicing_are_noticed() {
	let plaintext = content(3 * CHUNK);
	let sealed = seal_bytes(&key(), &plaintext).unwrap();
	let other = seal_bytes(&key(), &plaintext).unwrap();
	let chunk = |from: &[u8], n: usize| {
		let start = PREFIX as usize + n * SEALED_CHUNK;
		from[start..(start + SEALED_CHUNK).min(from.len())].to_vec()
	};
	let head = sealed[..PREFIX as usize].to_vec();
	let (a, b, c, last) =
		(chunk(&sealed, 0), chunk(&sealed, 1), chunk(&sealed, 2), chunk(&sealed, 3));
	assert_eq!(code(open_bytes(&key(), &[&head[..], &a, &b, &c, &last].concat())), "OK");
	for wrong in [
		[&head[..], &b, &a, &c, &last].concat(),
		[&head[..], &a, &a, &c, &last].concat(),
		[&head[..], &a, &c, &last].concat(),
		[&head[..], &last].concat(),
		[&head[..], &chunk(&other, 0), &b, &c, &last].concat(),
		[&other[..PREFIX as usize], &a, &b, &c, &last].concat(),
	] {
		assert_eq!(code(open_bytes(&key(), &wrong)), "ENVELOPE_TAMPERED");
	}
}

#[test]
fn a_writer_dropped_unfinished_leaves_a_truncated_envelope() {
	for len in [0, 10, CHUNK, 2 * CHUNK + 1] {
		let mut out = Vec::new();
		let mut writer = EnvelopeWriter::new(&mut out, &key()).unwrap();
		writer.write_all(&content(len)).unwrap();
		drop(writer);
		assert_eq!(code(open_bytes(&key(), &out)), "ENVELOPE_TRUNCATED", "{len}");
	}
}

#[test]
fn a_failing_writer_cannot_be_finished() {
	struct Full(usize);
	impl Write for Full {
		fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
			if self.0 == 0 {
				return Err(io::ErrorKind::StorageFull.into());
			}
			let taken = bytes.len().min(self.0);
			self.0 -= taken;
			Ok(taken)
		}
		fn flush(&mut self) -> io::Result<()> {
			Ok(())
		}
	}
	let mut writer = EnvelopeWriter::new(Full(CHUNK), &key()).unwrap();
	let error = writer.write_all(&content(3 * CHUNK)).unwrap_err();
	assert_eq!(error.kind(), io::ErrorKind::StorageFull);
	assert_eq!(code(writer.finish().map(|(_, summary)| summary)), "ENVELOPE_ALREADY_FAILED");
}

#[test]
fn the_end_is_never_reported_before_the_final_chunk_is_authentic() {
	let mut sealed = seal_bytes(&key(), &content(CHUNK + 100)).unwrap();
	*sealed.last_mut().unwrap() ^= 1;
	let mut reader = EnvelopeReader::new(sealed.as_slice(), &key()).unwrap();
	let mut opened = vec![0; CHUNK];
	reader.read_exact(&mut opened).unwrap();
	assert_eq!(opened, content(CHUNK));
	// And a failed reader stays failed.
	for expected in ["ENVELOPE_TAMPERED", "ENVELOPE_ALREADY_FAILED", "ENVELOPE_ALREADY_FAILED"] {
		let error = Error::from(reader.read(&mut opened).unwrap_err());
		assert_eq!(error.code(), expected);
	}
}

#[test]
fn padding_that_lies_is_refused() {
	let raw = |position: u32, last: bool, chunk: &[u8], cipher: &cipher::ChunkCipher| {
		let mut chunk = chunk.to_vec();
		cipher.seal(position, last, &mut chunk).unwrap();
		chunk
	};
	let cipher = cipher::ChunkCipher::create(&key(), [1; 32]).unwrap();
	let with = |chunks: &[&[u8]]| {
		let mut out = cipher.prefix().to_vec();
		for (position, chunk) in chunks.iter().enumerate() {
			let last = position + 1 == chunks.len();
			out.extend(raw(position as u32, last, chunk, &cipher));
		}
		(code(open_bytes(&key(), &out)), code(open_range(Cursor::new(out), &key(), 0..0)))
	};
	let one = |len: u64, fill: u8, size: usize| {
		let mut chunk = vec![fill; size];
		let at = chunk.len() - 8;
		chunk[at..].copy_from_slice(&len.to_be_bytes());
		with(&[&chunk])
	};
	assert_eq!(one(10, 0, 4096), ("OK", "OK"));
	// Padding that is not zero: only a reader of everything sees it.
	assert_eq!(one(10, 1, 4096).0, "ENVELOPE_INVALID_PADDING");
	for (len, size) in [(10, 4097), (10, 8192), (4089, 4096), (u64::MAX, 4096), (0, 8), (0, 9)] {
		let expected = ("ENVELOPE_INVALID_PADDING", "ENVELOPE_INVALID_PADDING");
		assert_eq!(one(len, 0, size), expected, "{len} in {size}");
	}
	assert_eq!(with(&[&[1, 2, 3]]).0, "ENVELOPE_INVALID_PADDING");
	// The length points before zeros that were followed by content.
	let mut first = vec![0; CHUNK];
	first[CHUNK - 1] = 1;
	let padded = padding::padded_len(CHUNK as u64 - 9, MIN_PADDED).unwrap();
	assert_eq!(padded, CHUNK as u64);
	let mut second = vec![0; 32 << 10];
	let at = second.len() - 8;
	second[at..].copy_from_slice(&(CHUNK as u64 - 7).to_be_bytes());
	assert_eq!(with(&[&first, &second]).0, "ENVELOPE_INVALID_PADDING");
}

#[test]
fn ranges_are_slices() {
	let plaintext = content(3 * CHUNK + 500);
	let sealed = seal_bytes(&key(), &plaintext).unwrap();
	let len = plaintext.len() as u64;
	let border = CHUNK as u64;
	for range in [
		0..0,
		0..1,
		0..len,
		len - 1..len,
		len..len,
		border - 1..border + 1,
		border..2 * border,
		5..3 * border + 7,
	] {
		let mut opened = Vec::new();
		let mut part = open_range(Cursor::new(&sealed), &key(), range.clone()).unwrap();
		assert_eq!(part.content_len(), len);
		part.read_to_end(&mut opened).unwrap();
		assert_eq!(opened, plaintext[range.start as usize..range.end as usize], "{range:?}");
	}
	#[allow(clippy::reversed_empty_ranges)] // What a caller may get wrong.
	for range in [0..len + 1, len + 1..len + 1, 2..1, u64::MAX..u64::MAX] {
		let opened = open_range(Cursor::new(&sealed), &key(), range);
		assert_eq!(code(opened), "ENVELOPE_INVALID_RANGE");
	}
}

#[test]
fn damage_in_a_range_is_noticed_when_it_is_read() {
	let mut sealed = seal_bytes(&key(), &content(3 * CHUNK)).unwrap();
	sealed[PREFIX as usize + SEALED_CHUNK + 9] ^= 1;
	let border = CHUNK as u64;
	let read = |range| {
		let mut out = Vec::new();
		let mut part = open_range(Cursor::new(&sealed), &key(), range).unwrap();
		part.read_to_end(&mut out).map_err(Error::from)
	};
	assert_eq!(code(read(0..border)), "OK");
	assert_eq!(code(read(border - 1..border + 1)), "ENVELOPE_TAMPERED");
	assert_eq!(code(read(2 * border..3 * border)), "OK");
}

#[test]
fn small_reads_and_writes_give_the_same() {
	let plaintext = content(CHUNK + 4321);
	let mut writer = EnvelopeWriter::new(Vec::new(), &key()).unwrap();
	for part in plaintext.chunks(977) {
		writer.write_all(part).unwrap();
	}
	let (sealed, summary) = writer.finish().unwrap();
	assert_eq!(summary.plaintext_len, plaintext.len() as u64);
	assert_eq!(summary.sealed_len, sealed.len() as u64);

	/// Gives one to seven bytes at a time.
	struct Dripping<'a>(&'a [u8]);
	impl Read for Dripping<'_> {
		fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
			let n = (self.0.len() % 7 + 1).min(out.len());
			self.0.read(&mut out[..n])
		}
	}
	let mut opened = Vec::new();
	EnvelopeReader::new(Dripping(&sealed), &key()).unwrap().read_to_end(&mut opened).unwrap();
	assert_eq!(opened, plaintext);
}

#[test]
fn errors_of_the_underlying_stream_pass_through() {
	struct Broken;
	impl Read for Broken {
		fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
			Err(io::ErrorKind::ConnectionReset.into())
		}
	}
	assert_eq!(code(EnvelopeReader::new(Broken, &key())), "ENVELOPE_STREAM");
	let sealed = seal_bytes(&key(), b"labs").unwrap();
	let mut reader = EnvelopeReader::new(sealed[..500].chain(Broken), &key()).unwrap();
	let error = reader.read_to_end(&mut Vec::new()).unwrap_err();
	assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
}

#[test]
fn debug_shows_no_secret() {
	let writer = EnvelopeWriter::new(Vec::new(), &key()).unwrap();
	let sealed = seal_bytes(&key(), b"secret").unwrap();
	let reader = EnvelopeReader::new(sealed.as_slice(), &key()).unwrap();
	let range = open_range(Cursor::new(&sealed), &key(), 0..1).unwrap();
	let shown = format!("{writer:?} {reader:?} {range:?}");
	assert!(!shown.contains("7, 7") && !shown.contains("chunk: ["), "{shown}");
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]

	#[test]
	fn any_content_round_trips(
		plaintext in proptest::collection::vec(prop_oneof![Just(0u8), any::<u8>()], 0..20_000),
	) {
		let sealed = seal_bytes(&key(), &plaintext).unwrap();
		prop_assert_eq!(&*open_bytes(&key(), &sealed).unwrap(), &plaintext);
	}

	#[test]
	fn any_change_is_noticed(
		len in 0usize..9_000,
		at in any::<prop::sample::Index>(),
		mask in 1u8..,
	) {
		let mut sealed = seal_bytes(&key(), &content(len)).unwrap();
		let at = at.index(sealed.len());
		sealed[at] ^= mask;
		prop_assert!(open_bytes(&key(), &sealed).is_err());
	}

	#[test]
	fn any_range_is_a_slice(
		len in 1usize..30_000,
		a in any::<prop::sample::Index>(),
		b in any::<prop::sample::Index>(),
	) {
		let plaintext = content(len);
		let sealed = seal_bytes(&key(), &plaintext).unwrap();
		let (a, b) = (a.index(len), b.index(len));
		let (start, end) = (a.min(b), a.max(b));
		let mut opened = Vec::new();
		open_range(Cursor::new(&sealed), &key(), start as u64..end as u64)
			.unwrap()
			.read_to_end(&mut opened)
			.unwrap();
		prop_assert_eq!(&opened[..], &plaintext[start..end]);
	}

	#[test]
	fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
		prop_assert!(open_bytes(&key(), &bytes).is_err());
		let started = [&header::MAGIC[..], &[1], &bytes[..]].concat();
		prop_assert!(open_bytes(&key(), &started).is_err());
		prop_assert!(open_range(Cursor::new(started), &key(), 0..1).is_err());
		prop_assert!(crate::Capsule::from_bytes(&bytes).is_err());
	}
}
