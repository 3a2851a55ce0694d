// SPDX-License-Identifier: Apache-2.0
//! Frames of messages on a connection: the minimal lower layer protocol.

/// Begins a frame.
const START: u8 = 0x0B;
/// Ends a frame, together with a carriage return.
const END: u8 = 0x1C;

/// Why bytes of a connection are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
	/// The frame has more bytes than are taken; it is skipped.
	#[error("the frame is larger than {limit} bytes")]
	MaxFrameExceeded {
		/// The limit in bytes.
		limit: usize,
	},
	/// There are bytes outside of a frame; they are skipped.
	#[error("there are bytes outside of a frame")]
	OutsideFrame,
	/// A frame begins before the last one ended; the unfinished one is dropped.
	#[error("a frame begins before the last one ended")]
	Unfinished,
}

impl FrameError {
	/// The stable code of the error, the same in every interface.
	pub const fn code(&self) -> &'static str {
		match self {
			Self::MaxFrameExceeded { .. } => "MAX_FRAME_EXCEEDED",
			Self::OutsideFrame => "OUTSIDE_FRAME",
			Self::Unfinished => "FRAME_UNFINISHED",
		}
	}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
	/// Before a frame; whether skipped bytes were told.
	Outside(bool),
	Inside,
	/// Inside, behind a byte that may end the frame.
	Ending,
	/// In a frame that is too large; whether the last byte may end it.
	Skipping(bool),
}

/// Takes frames off the bytes of a connection, which may come in any parts. It keeps no more than
/// one frame of the largest size.
#[derive(Debug)]
pub struct FrameDecoder {
	frame: Vec<u8>,
	limit: usize,
	state: State,
}

impl FrameDecoder {
	/// A decoder for frames of so many bytes at most.
	pub const fn new(limit: usize) -> Self {
		Self { frame: Vec::new(), limit, state: State::Outside(false) }
	}

	/// Whether a frame has begun and not ended.
	pub const fn is_inside(&self) -> bool {
		!matches!(self.state, State::Outside(_))
	}

	/// Takes bytes until a frame is whole or something is wrong, and leaves the others. Nothing
	/// means that all were taken and more are needed.
	pub fn next(&mut self, bytes: &mut &[u8]) -> Option<Result<Vec<u8>, FrameError>> {
		while let [byte, rest @ ..] = *bytes {
			let byte = *byte;
			match self.state {
				State::Outside(told) => match byte {
					START => {
						self.frame.clear();
						self.state = State::Inside;
					},
					_ if told || byte.is_ascii_whitespace() || byte == END => {},
					_ => {
						*bytes = rest;
						self.state = State::Outside(true);
						return Some(Err(FrameError::OutsideFrame));
					},
				},
				State::Inside if byte == START => {
					*bytes = rest;
					self.frame.clear();
					return Some(Err(FrameError::Unfinished));
				},
				State::Inside if byte == END => self.state = State::Ending,
				State::Inside => {
					if self.frame.len() >= self.limit {
						return Some(Err(self.too_large()));
					}
					self.frame.push(byte);
				},
				// Some senders leave the carriage return out; the next frame ends this one.
				State::Ending if byte == b'\r' || byte == START => {
					if byte == b'\r' {
						*bytes = rest;
					}
					self.state = State::Outside(false);
					return Some(Ok(core::mem::take(&mut self.frame)));
				},
				State::Ending => {
					if self.frame.len() >= self.limit {
						return Some(Err(self.too_large()));
					}
					self.frame.push(END);
					self.state = State::Inside;
					// The byte itself is looked at again.
					continue;
				},
				State::Skipping(ending) => match byte {
					START => {
						self.state = State::Inside;
						self.frame.clear();
					},
					b'\r' if ending => self.state = State::Outside(false),
					byte => self.state = State::Skipping(byte == END),
				},
			}
			*bytes = rest;
		}
		None
	}

	fn too_large(&mut self) -> FrameError {
		self.frame = Vec::new();
		self.state = State::Skipping(false);
		FrameError::MaxFrameExceeded { limit: self.limit }
	}
}

/// Puts a message into a frame.
pub fn frame(message: &[u8]) -> Vec<u8> {
	let mut framed = Vec::with_capacity(message.len() + 3);
	framed.push(START);
	framed.extend_from_slice(message);
	framed.extend_from_slice(&[END, b'\r']);
	framed
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn all(bytes: &[u8], limit: usize, step: usize) -> Vec<Result<Vec<u8>, FrameError>> {
		let mut decoder = FrameDecoder::new(limit);
		let mut found = Vec::new();
		for mut part in bytes.chunks(step) {
			while let Some(frame) = decoder.next(&mut part) {
				assert!(decoder.frame.len() <= limit);
				found.push(frame);
			}
			assert!(part.is_empty());
		}
		found
	}

	#[test]
	fn frames_come_in_any_parts() {
		let bytes = b"\x0bone\x1c\r\x0btwo\x1c\r\n\x0b\x1cx\x1c\x0bfour\x1c\r";
		let whole = |text: &[u8]| Ok(text.to_vec());
		for step in 1..bytes.len() {
			assert_eq!(
				all(bytes, 100, step),
				[whole(b"one"), whole(b"two"), whole(b"\x1cx"), whole(b"four")]
			);
		}
	}

	#[test]
	fn what_is_wrong_costs_only_itself() {
		let bytes = b"junk\x0bone\x1c\r\x0blost\x0btwo\x1c\r\x0btoo large\x1c\r\x0bend\x1c\r";
		for step in [1, 3, 100] {
			assert_eq!(
				all(bytes, 5, step),
				[
					Err(FrameError::OutsideFrame),
					Ok(b"one".to_vec()),
					Err(FrameError::Unfinished),
					Ok(b"two".to_vec()),
					Err(FrameError::MaxFrameExceeded { limit: 5 }),
					Ok(b"end".to_vec()),
				]
			);
		}
	}

	proptest! {
		#[test]
		fn a_framed_message_is_read_again(
			messages in prop::collection::vec("[ -~\r]{0,30}", 0..5),
			step in 1..40_usize
		) {
			let bytes: Vec<u8> = messages.iter().flat_map(|text| frame(text.as_bytes())).collect();
			let found: Vec<_> = all(&bytes, 100, step).into_iter().map(Result::unwrap).collect();
			let texts: Vec<_> = messages.into_iter().map(String::into_bytes).collect();
			prop_assert_eq!(found, texts);
		}

		#[test]
		fn no_bytes_panic(bytes in prop::collection::vec(prop::sample::select(vec![0x0B, 0x1C, 13, 65]), 0..60)) {
			all(&bytes, 4, 3);
		}
	}
}
