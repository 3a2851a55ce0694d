// SPDX-License-Identifier: Apache-2.0
//! A server's end: a key of its own, for which its account speaks.

use super::{
	exchange::random,
	statement::Statement,
	suite::{provider, ChannelSuite},
	PROTOCOL,
};
use crate::{clock::Clock, Error, Result};
use rustls::{
	crypto::ring::sign::any_eddsa_type,
	pki_types::{CertificateDer, PrivatePkcs8KeyDer},
	server::{ClientHello, NoServerSessionStorage, ResolvesServerCert},
	sign::CertifiedKey,
	version::TLS13,
	ServerConfig,
};
use salus_chain::{AccountId, Signer};
use salus_primitives::Moment;
use std::{
	fmt,
	sync::{Arc, Mutex, PoisonError},
	time::Duration,
};
use zeroize::Zeroizing;

/// How long a key is stated to speak for the account.
const VALIDITY: Duration = Duration::from_secs(48 * 3_600);
/// How long it is shown. What is left is for clients whose clocks are fast.
const IN_USE: Duration = Duration::from_secs(24 * 3_600);

/// What a PKCS #8 document of an Ed25519 key begins with, before its 32 bytes (RFC 8410, 7).
const PKCS8_ED25519: [u8; 16] = [
	0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// Who a server is: an account on a chain. It makes a new key when the one before is a day old;
/// connections that there are go on with theirs.
pub struct Identity {
	signer: Signer,
	genesis: [u8; 32],
	clock: Arc<dyn Clock>,
	shown: Mutex<Shown>,
}

/// A key with its statement.
struct Shown {
	key: Arc<CertifiedKey>,
	made: Moment,
}

impl fmt::Debug for Identity {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Identity").field("account", &self.account()).finish_non_exhaustive()
	}
}

impl Identity {
	/// The identity of the signer's account on the chain with this genesis block.
	///
	/// # Errors
	/// When there is no randomness for a key.
	pub fn new(signer: Signer, genesis: [u8; 32], clock: Arc<dyn Clock>) -> Result<Self> {
		let shown = Mutex::new(Shown::new(&signer, genesis, now(&*clock))?);
		Ok(Self { signer, genesis, clock, shown })
	}

	/// The account.
	pub const fn account(&self) -> AccountId {
		self.signer.account()
	}

	/// What is shown now: the key, and the statement about it where a certificate has the answer of
	/// its issuer.
	pub fn shown(&self) -> Arc<CertifiedKey> {
		let now = now(&*self.clock);
		let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
		if shown.is_stale(now) {
			match Shown::new(&self.signer, self.genesis, now) {
				Ok(renewed) => *shown = renewed,
				// The one before holds for another day.
				Err(error) => tracing::error!(code = error.code(), %error, "no new key"),
			}
		}
		Arc::clone(&shown.key)
	}

	/// TLS as a server of these suites.
	///
	/// # Errors
	/// When there are no suites.
	pub fn server_config(self: Arc<Self>, suites: &[ChannelSuite]) -> Result<ServerConfig> {
		let mut config = ServerConfig::builder_with_provider(provider(suites)?)
			.with_protocol_versions(&[&TLS13])
			.map_err(|source| Error::Transport { source })?
			.with_no_client_auth()
			.with_cert_resolver(self);
		config.alpn_protocols = vec![PROTOCOL.to_vec()];
		// A session that is resumed shows no statement: each connection is a whole handshake.
		config.session_storage = Arc::new(NoServerSessionStorage {});
		config.send_tls13_tickets = 0;
		Ok(config)
	}
}

impl ResolvesServerCert for Identity {
	fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
		Some(self.shown())
	}

	fn only_raw_public_keys(&self) -> bool {
		true
	}
}

impl Shown {
	fn new(signer: &Signer, genesis: [u8; 32], now: Moment) -> Result<Self> {
		let failed = |source| Error::Transport { source };
		let mut document = Zeroizing::new([0; PKCS8_ED25519.len() + 32]);
		let (prefix, secret) = document.split_at_mut(PKCS8_ED25519.len());
		prefix.copy_from_slice(&PKCS8_ED25519);
		secret.copy_from_slice(&*random::<32>().map_err(failed)?);
		let key = any_eddsa_type(&PrivatePkcs8KeyDer::from(&document[..])).map_err(failed)?;
		let public =
			key.public_key().ok_or_else(|| failed(rustls::Error::NoCertificatesPresented))?;
		let public = CertificateDer::from(public.to_vec());
		let statement = Statement::sign(signer, genesis, later(now, VALIDITY), &public);
		let key = CertifiedKey {
			ocsp: Some(statement.to_bytes()),
			..CertifiedKey::new(vec![public], key)
		};
		Ok(Self { key: Arc::new(key), made: now })
	}

	/// Whether it is time for the next one: this is old, or made by a clock that was set back since.
	fn is_stale(&self, now: Moment) -> bool {
		now.checked_sub(self.made).is_none_or(|age| u128::from(age) >= IN_USE.as_millis())
	}
}

/// The present, as the chain counts time.
pub(super) fn now(clock: &dyn Clock) -> Moment {
	Moment::try_from(clock.now().as_millisecond()).unwrap_or(0)
}

fn later(now: Moment, by: Duration) -> Moment {
	now.saturating_add(Moment::try_from(by.as_millis()).unwrap_or(Moment::MAX))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::{
		clock::{ManualClock, Sleep},
		transport::Peer,
	};
	use jiff::Timestamp;

	const GENESIS: [u8; 32] = [9; 32];
	const HOUR: Duration = Duration::from_secs(3_600);

	#[test]
	fn a_key_is_renewed_long_before_its_statement_ends() {
		let signer = Signer::from_uri("//CustodianOne").unwrap();
		let peer = Peer { account: signer.account(), genesis: GENESIS };
		let clock = ManualClock::default();
		clock.advance(1_000 * HOUR);
		let identity = Identity::new(signer, GENESIS, Arc::new(clock.clone())).unwrap();
		let mut before = identity.shown();
		for hour in 1..=100 {
			clock.advance(HOUR);
			let shown = identity.shown();
			assert_eq!(shown.cert != before.cert, hour % 24 == 0, "{hour}");
			before = shown;
			let statement = Statement::from_bytes(before.ocsp.as_ref().unwrap()).unwrap();
			let now = now(&clock);
			// Whoever's clock is a day fast, or five days slow, believes it too.
			for seen in [now, later(now, 23 * HOUR), now.saturating_sub(432_000_000)] {
				assert_eq!(statement.verify(&peer, &before.cert[0], seen), Ok(()), "{hour}");
			}
		}
	}

	/// A clock that can be set.
	#[derive(Clone, Debug)]
	struct Settable(Arc<Mutex<Timestamp>>);

	impl Clock for Settable {
		fn now(&self) -> Timestamp {
			*self.0.lock().unwrap()
		}

		fn sleep_until(&self, _: Timestamp) -> Sleep<'_> {
			Box::pin(std::future::pending())
		}
	}

	#[test]
	fn what_a_wrong_clock_made_is_not_shown_when_it_is_right() {
		let signer = Signer::from_uri("//CustodianOne").unwrap();
		let peer = Peer { account: signer.account(), genesis: GENESIS };
		let time = |hours: u64| Timestamp::UNIX_EPOCH + Duration::from_secs(hours * 3_600);
		let clock = Settable(Arc::new(Mutex::new(time(5_000))));
		let identity = Identity::new(signer, GENESIS, Arc::new(clock.clone())).unwrap();
		*clock.0.lock().unwrap() = time(1_000);
		let shown = identity.shown();
		let statement = Statement::from_bytes(shown.ocsp.as_ref().unwrap()).unwrap();
		assert_eq!(statement.verify(&peer, &shown.cert[0], now(&clock)), Ok(()));
	}

	#[test]
	fn debug_shows_the_account_only() {
		let signer = Signer::from_uri("//CustodianOne").unwrap();
		let account = signer.account();
		let identity = Identity::new(signer, GENESIS, Arc::new(ManualClock::default())).unwrap();
		assert_eq!(format!("{identity:?}"), format!("Identity {{ account: {account:?}, .. }}"));
	}
}
