// SPDX-License-Identifier: Apache-2.0
//! Padding that hides lengths: content, zeros, then the content's length in eight bytes.
//!
//! The padded length is a Padmé bucket (Nikitin et al., "Reducing Metadata Leakage from Encrypted
//! Files and Communication with PURBs", 2019): a length of L bytes leaks O(log log L) bits and costs
//! at most 12 % more. A minimum hides the lengths of what is small.

/// The bytes that hold the true length at the end of the padded content.
pub(crate) const TRAILER: usize = 8;

/// The padded length of `len` bytes of content, its trailer included.
pub(crate) fn padded_len(len: u64, minimum: u64) -> Option<u64> {
	let needed = len.checked_add(TRAILER as u64)?;
	if needed <= minimum {
		return Some(minimum);
	}
	let exponent = needed.ilog2();
	let significant = exponent.ilog2().saturating_add(1);
	let mask = (1u64 << exponent.saturating_sub(significant)).saturating_sub(1);
	Some(needed.checked_add(mask)? & !mask)
}

/// Pads a whole payload.
pub(crate) fn pad(payload: &[u8], minimum: u64) -> Option<zeroize::Zeroizing<Vec<u8>>> {
	let len = u64::try_from(payload.len()).ok()?;
	let padded = usize::try_from(padded_len(len, minimum)?).ok()?;
	let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(padded));
	bytes.extend_from_slice(payload);
	bytes.resize(padded.checked_sub(TRAILER)?, 0);
	bytes.extend_from_slice(&len.to_be_bytes());
	Some(bytes)
}

/// The content of a padded payload; `None` when the padding is not the one that [`pad`] makes.
pub(crate) fn unpad(padded: &[u8], minimum: u64) -> Option<&[u8]> {
	let (body, trailer) = padded.split_last_chunk::<TRAILER>()?;
	let len = u64::from_be_bytes(*trailer);
	if padded_len(len, minimum)? != u64::try_from(padded.len()).ok()? {
		return None;
	}
	let (content, zeros) = body.split_at_checked(usize::try_from(len).ok()?)?;
	zeros.iter().all(|byte| *byte == 0).then_some(content)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn buckets_are_the_published_ones() {
		assert_eq!(padded_len(0, 4096), Some(4096));
		assert_eq!(padded_len(4088, 4096), Some(4096));
		assert_eq!(padded_len(4089, 4096), Some(4352));
		// Padmé of 1,000,000: exponent 19, five significant bits, steps of 2^14.
		assert_eq!(padded_len(1_000_000 - 8, 4096), Some(1_015_808));
		assert_eq!(padded_len(u64::MAX, 4096), None);
	}

	proptest! {
		#[test]
		fn a_bucket_is_stable_and_costs_little(len in 4096u64..(1 << 50)) {
			let padded = padded_len(len, 4096).unwrap();
			prop_assert!(padded >= len + 8);
			prop_assert!((padded - len) as f64 <= 0.12 * len as f64 + 8.0);
			prop_assert_eq!(padded_len(padded - 8, 4096), Some(padded));
		}

		#[test]
		fn the_trailer_never_straddles_chunks(len in 0u64..(1 << 50)) {
			let last = padded_len(len, 4096).unwrap() % (1 << 20);
			prop_assert!(last == 0 || last >= 4096);
		}

		#[test]
		fn padding_round_trips(payload in proptest::collection::vec(any::<u8>(), 0..2000)) {
			let padded = pad(&payload, 256).unwrap();
			prop_assert_eq!(unpad(&padded, 256), Some(&payload[..]));
			let mut wrong = padded.to_vec();
			wrong.push(0);
			prop_assert_eq!(unpad(&wrong, 256), None);
		}
	}

	#[test]
	fn padding_that_is_not_zero_is_refused() {
		let mut padded = pad(b"terms", 256).unwrap();
		padded[100] = 1;
		assert_eq!(unpad(&padded, 256), None);
	}
}
