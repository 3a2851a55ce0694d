// SPDX-License-Identifier: Apache-2.0
//! What the keys of a channel are agreed with.

use super::exchange::X25519_ML_KEM_768;
use crate::{Error, Result};
use rustls::crypto::{
	ring::{self, cipher_suite, kx_group},
	CryptoProvider, SupportedKxGroup,
};
use std::sync::Arc;

/// A key exchange, by the number that the suites of sealed objects have too. A channel offers those
/// that it names, in their order, and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelSuite {
	/// Suite 1: X25519. Who records it reads it when there are quantum computers.
	X25519,
	/// Suite 2: X25519MLKEM768 (IANA 0x11EC). It holds as long as one of the two does.
	X25519MlKem768,
}

impl ChannelSuite {
	/// The number that configurations carry.
	pub const fn id(self) -> u8 {
		match self {
			Self::X25519 => 1,
			Self::X25519MlKem768 => 2,
		}
	}

	/// The suite with this number.
	pub const fn from_id(id: u8) -> Option<Self> {
		match id {
			1 => Some(Self::X25519),
			2 => Some(Self::X25519MlKem768),
			_ => None,
		}
	}

	/// The group that TLS negotiates.
	pub fn group(self) -> &'static dyn SupportedKxGroup {
		match self {
			Self::X25519 => kx_group::X25519,
			Self::X25519MlKem768 => &X25519_ML_KEM_768,
		}
	}
}

/// What TLS works with: these suites, and ciphers with keys of 256 bits.
pub(super) fn provider(suites: &[ChannelSuite]) -> Result<Arc<CryptoProvider>> {
	if suites.is_empty() {
		return Err(Error::InvalidSetting { setting: "suites of a channel" });
	}
	Ok(Arc::new(CryptoProvider {
		cipher_suites: vec![
			cipher_suite::TLS13_AES_256_GCM_SHA384,
			cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
		],
		kx_groups: suites.iter().map(|suite| suite.group()).collect(),
		..ring::default_provider()
	}))
}

#[cfg(test)]
mod tests {
	use super::*;
	use rustls::NamedGroup;

	#[test]
	fn suites_have_their_numbers_and_groups() {
		for (id, group) in [(1, NamedGroup::X25519), (2, NamedGroup::from(0x11ec))] {
			let suite = ChannelSuite::from_id(id).unwrap();
			assert_eq!((suite.id(), suite.group().name()), (id, group));
		}
		assert_eq!([0, 3, u8::MAX].map(ChannelSuite::from_id), [None; 3]);
	}

	#[test]
	fn a_channel_offers_what_it_names() {
		use ChannelSuite::{X25519MlKem768, X25519};
		for suites in [&[X25519MlKem768][..], &[X25519], &[X25519MlKem768, X25519]] {
			let provider = provider(suites).unwrap();
			let offered = provider.kx_groups.iter().map(|group| group.name());
			assert!(offered.eq(suites.iter().map(|suite| suite.group().name())));
		}
		assert_eq!(provider(&[]).unwrap_err().code(), "SETTING_INVALID");
	}
}
