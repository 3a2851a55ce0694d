// SPDX-License-Identifier: Apache-2.0
//! One entry of an archive, and how much of it there may be.

use crate::{source::Rewind, Error};
use std::{
	cell::Cell,
	error, fmt,
	io::{self, Read, Seek, SeekFrom},
	rc::Rc,
};
use zip::{read::ZipFile, ZipArchive};

/// How many times as large as its compressed form an entry may be; what is more is taken for a bomb.
/// Text of health records stays below 50, deflate itself ends at 1032.
const MAX_RATIO: u64 = 200;
/// Up to this size nobody asks for the ratio.
const FREE_BYTES: u64 = 16 << 20;

/// Whether so much out of so little is a bomb.
pub(super) fn is_bomb(expanded: u64, compressed: u64) -> bool {
	expanded > FREE_BYTES && expanded > compressed.saturating_mul(MAX_RATIO)
}

/// More bytes than an entry may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bomb {
	/// How many it may have.
	pub(super) max: u64,
}

impl Bomb {
	/// The bomb that ended a reading.
	pub(super) fn in_error(error: &Error) -> Option<Self> {
		match error {
			Error::Io { source } => source.get_ref()?.downcast_ref().copied(),
			_ => None,
		}
	}

	pub(super) fn into_error(self, offset: u64) -> Error {
		let limit = usize::try_from(self.max).unwrap_or(usize::MAX);
		Error::LimitExceeded { what: "bytes when expanded", limit, offset }
	}
}

impl fmt::Display for Bomb {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "the entry expands to more than {} bytes", self.max)
	}
}

impl error::Error for Bomb {}

/// An entry that is inflated anew for each pass over it.
pub(super) struct Entry<'z, R> {
	archive: &'z mut ZipArchive<R>,
	index: usize,
	max: u64,
}

impl<'z, R> Entry<'z, R> {
	pub(super) const fn new(archive: &'z mut ZipArchive<R>, index: usize, max: u64) -> Self {
		Self { archive, index, max }
	}
}

impl<R: Read + Seek> Rewind for Entry<'_, R> {
	type Stream<'r>
		= Guarded<ZipFile<'r, R>>
	where
		Self: 'r;

	fn rewind(&mut self) -> io::Result<Self::Stream<'_>> {
		let entry = self.archive.by_index(self.index)?;
		let compressed = entry.compressed_size();
		let most = compressed.saturating_mul(MAX_RATIO).max(FREE_BYTES);
		let max = self.max.min(most);
		Ok(Guarded { reader: entry, left: max, max })
	}
}

/// A stream that ends with an error when too much comes out of it, whatever its head says.
pub(super) struct Guarded<R> {
	reader: R,
	left: u64,
	max: u64,
}

impl<R: Read> Read for Guarded<R> {
	fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
		let read = self.reader.read(out)?;
		match self.left.checked_sub(read as u64) {
			Some(left) => self.left = left,
			None => return Err(io::Error::other(Bomb { max: self.max })),
		}
		Ok(read)
	}
}

/// A reader that gives no more than it may, until it is told that it may.
pub(crate) struct Budget<R> {
	reader: R,
	left: Rc<Cell<u64>>,
}

impl<R> Budget<R> {
	pub(super) const fn new(reader: R, left: Rc<Cell<u64>>) -> Self {
		Self { reader, left }
	}
}

impl<R: Read> Read for Budget<R> {
	fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
		let left = self.left.get();
		if left == 0 {
			return Err(io::ErrorKind::FileTooLarge.into());
		}
		let read = self.reader.read(out)?;
		if left != u64::MAX {
			self.left.set(left.saturating_sub(read as u64));
		}
		Ok(read)
	}
}

impl<R: Seek> Seek for Budget<R> {
	fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
		self.reader.seek(to)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_stream_without_end_is_ended() {
		let mut stream = Guarded { reader: io::repeat(0), left: 100, max: 100 };
		let error = io::copy(&mut stream, &mut io::sink()).unwrap_err();
		let bomb = Bomb::in_error(&Error::from(error)).unwrap();
		assert_eq!(bomb.into_error(7).code(), "FILE_LIMIT_EXCEEDED");
		let left = Rc::new(Cell::new(100));
		let mut directory = Budget::new(io::repeat(0), Rc::clone(&left));
		assert!(io::copy(&mut directory, &mut io::sink()).is_err());
		assert_eq!(left.get(), 0);
	}

	#[test]
	fn only_much_out_of_little_is_a_bomb() {
		assert!(!is_bomb(FREE_BYTES, 1));
		assert!(is_bomb(FREE_BYTES + 1, 1));
		assert!(!is_bomb(FREE_BYTES * 10, FREE_BYTES));
	}
}
