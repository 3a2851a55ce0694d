// SPDX-License-Identifier: Apache-2.0
//! Bytes as text.

/// Bytes in base64 (RFC 4648, section 4).
pub(crate) fn base64(bytes: &[u8]) -> String {
	const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
	for chunk in bytes.chunks(3) {
		let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
		let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
		for digit in 0..4 {
			let index = (bits >> (18 - 6 * digit)) as usize & 63;
			let symbol = DIGITS.get(index).filter(|_| digit <= chunk.len());
			out.push(symbol.map_or('=', |symbol| char::from(*symbol)));
		}
	}
	out
}
