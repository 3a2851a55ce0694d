// SPDX-License-Identifier: Apache-2.0
//! Deflated data sets (PS3.5, annex A.5).

use super::input::Input;
use std::io::{self, Chain, Cursor, Read};
use zip::read::{read_zipfile_from_stream_with_options, ZipReadOptions};

/// The head of an entry of an archive whose lengths come later: the archive reader then inflates
/// what follows as it is read, which the DICOM crates do not offer for bytes that are not trusted.
const HEAD: [u8; 30] = [
	b'P', b'K', 3, 4, 20, 0, 8, 0, 8, 0, 0, 0, 33, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0,
];

/// Puts the head before deflated bytes.
pub(super) fn framed<R: Read>(deflated: Input<R>) -> Chain<Cursor<[u8; 30]>, Input<R>> {
	Cursor::new(HEAD).chain(deflated)
}

/// The bytes behind the head, inflated as they are read.
pub(super) fn inflate<R: Read>(framed: &mut R) -> io::Result<impl Read + use<'_, R>> {
	let options = ZipReadOptions::new().override_compressed_size(u64::MAX).ignore_crc32(true);
	let entry = read_zipfile_from_stream_with_options(framed, options)?;
	entry.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}
