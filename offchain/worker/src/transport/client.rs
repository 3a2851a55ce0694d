// SPDX-License-Identifier: Apache-2.0
//! A client's end: it goes on with one account, and with nobody else.

use super::{
	identity::now,
	statement::{Peer, Statement, StatementFault},
	suite::{provider, ChannelSuite},
	PROTOCOL,
};
use crate::{clock::Clock, Error, Result};
use rustls::{
	client::{
		danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
		Resumption,
	},
	crypto::{verify_tls13_signature_with_raw_key, WebPkiSupportedAlgorithms},
	pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime},
	version::TLS13,
	ClientConfig, DigitallySignedStruct, PeerIncompatible, SignatureScheme,
};
use std::{error::Error as StdError, io, sync::Arc};

/// TLS as a client of `peer`, with these suites.
///
/// # Errors
/// When there are no suites.
pub fn client_config(
	peer: Peer,
	clock: Arc<dyn Clock>,
	suites: &[ChannelSuite],
) -> Result<ClientConfig> {
	let provider = provider(suites)?;
	let algorithms = provider.signature_verification_algorithms;
	let mut config = ClientConfig::builder_with_provider(provider)
		.with_protocol_versions(&[&TLS13])
		.map_err(|source| Error::Transport { source })?
		.dangerous()
		.with_custom_certificate_verifier(Arc::new(Pinned { peer, clock, algorithms }))
		.with_no_client_auth();
	config.alpn_protocols = vec![PROTOCOL.to_vec()];
	config.resumption = Resumption::disabled();
	// The account is the name.
	config.enable_sni = false;
	Ok(config)
}

/// What a failed connection says about the server. Nothing, when it failed for another reason.
pub(crate) fn fault(error: &(dyn StdError + 'static)) -> Option<StatementFault> {
	let mut next = Some(error);
	while let Some(error) = next {
		if let Some(error) = error.downcast_ref() {
			return StatementFault::of(error);
		}
		next = match error.downcast_ref::<io::Error>() {
			// Its source is that of what it wraps.
			Some(error) => error.get_ref().map(|inner| inner as _),
			None => error.source(),
		};
	}
	None
}

/// Believes a key for which one account speaks.
#[derive(Debug)]
struct Pinned {
	peer: Peer,
	clock: Arc<dyn Clock>,
	algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
	fn verify_server_cert(
		&self,
		key: &CertificateDer<'_>,
		others: &[CertificateDer<'_>],
		_: &ServerName<'_>,
		statement: &[u8],
		_: UnixTime,
	) -> Result<ServerCertVerified, rustls::Error> {
		if !others.is_empty() {
			return Err(StatementFault::Missing.into());
		}
		Statement::from_bytes(statement)?.verify(&self.peer, key, now(&*self.clock))?;
		Ok(ServerCertVerified::assertion())
	}

	fn verify_tls12_signature(
		&self,
		_: &[u8],
		_: &CertificateDer<'_>,
		_: &DigitallySignedStruct,
	) -> Result<HandshakeSignatureValid, rustls::Error> {
		Err(PeerIncompatible::ServerDoesNotSupportTls12Or13.into())
	}

	fn verify_tls13_signature(
		&self,
		message: &[u8],
		key: &CertificateDer<'_>,
		signature: &DigitallySignedStruct,
	) -> Result<HandshakeSignatureValid, rustls::Error> {
		let key = SubjectPublicKeyInfoDer::from(key.as_ref());
		verify_tls13_signature_with_raw_key(message, &key, signature, &self.algorithms)
	}

	fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
		vec![SignatureScheme::ED25519]
	}

	fn requires_raw_public_keys(&self) -> bool {
		true
	}
}
