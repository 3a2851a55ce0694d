// SPDX-License-Identifier: Apache-2.0
//! What keys are agreed with.

use crate::server::{
	accept_one, clock, connect, identity, peer, remote, Server, GENESIS, POST_QUANTUM, TICKET,
};
use rustls::{
	crypto::{ActiveKeyExchange, CompletedKeyExchange, CryptoProvider, SupportedKxGroup},
	version::TLS13,
	CipherSuite, Error as TlsError, NamedGroup, ProtocolVersion, ServerConfig,
};
use salus_worker::{
	custodian::{Custodian, Limits, RemoteCustodian},
	transport::ChannelSuite,
};
use std::sync::Arc;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpStream,
};

const CLASSICAL: &[ChannelSuite] = &[ChannelSuite::X25519];

#[tokio::test]
async fn the_channel_is_tls_1_3_with_x25519mlkem768() {
	let server = Server::with(Limits::default()).await;
	let stream = server.connect().await;
	let (_, tls) = stream.0.get_ref().get_ref();
	let group = tls.negotiated_key_exchange_group().unwrap().name();
	assert_eq!(u16::from(group), 0x11ec);
	assert_eq!(tls.protocol_version(), Some(ProtocolVersion::TLSv1_3));
	assert_eq!(tls.alpn_protocol(), Some(&b"salus-custodian/1"[..]));
	let cipher = tls.negotiated_cipher_suite().unwrap().suite();
	assert_eq!(cipher, CipherSuite::TLS13_AES_256_GCM_SHA384);
	assert_eq!(tls.peer_certificates().unwrap().len(), 1);
}

#[tokio::test]
async fn no_session_is_resumed() {
	let server = Server::with(Limits::default()).await;
	for _ in 0..2 {
		let mut stream = server.connect().await;
		assert_eq!(stream.ask("GET", "/health").await.status, 200);
		let (_, tls) = stream.0.get_ref().get_ref();
		assert_eq!(tls.handshake_kind(), Some(rustls::HandshakeKind::Full));
		assert_eq!(tls.tls13_tickets_received(), 0);
	}
}

#[tokio::test]
async fn who_offers_x25519_alone_is_refused() {
	let server = Server::with(Limits::default()).await;
	let error = connect(server.address, CLASSICAL).await.err().unwrap();
	assert!(error.to_string().contains("HandshakeFailure"), "{error}");
	assert_eq!(server.stub.asked(), 0);
	// Who offers both gets the one that there is.
	let both = [ChannelSuite::X25519, ChannelSuite::X25519MlKem768];
	let stream = connect(server.address, &both).await.unwrap();
	let group = stream.0.get_ref().get_ref().1.negotiated_key_exchange_group().unwrap();
	assert_eq!(group.name(), NamedGroup::X25519MLKEM768);
}

#[tokio::test]
async fn a_client_does_not_fall_back_either() {
	let clock = clock();
	let config = identity("CustodianOne", GENESIS, &clock).server_config(CLASSICAL).unwrap();
	let (address, accepted) = accept_one(config).await;
	let error = remote(address, peer(), &clock).release(&TICKET, 0).await.unwrap_err();
	assert_eq!(error.code(), "CUSTODIAN_UNREACHABLE");
	assert!(accepted.await.unwrap().is_err());
}

/// Sends another ciphertext than the one that it knows the secret of.
#[derive(Debug)]
struct Corrupting;

impl SupportedKxGroup for Corrupting {
	fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, TlsError> {
		ChannelSuite::X25519MlKem768.group().start()
	}

	fn start_and_complete(&self, share: &[u8]) -> Result<CompletedKeyExchange, TlsError> {
		let mut answered = ChannelSuite::X25519MlKem768.group().start_and_complete(share)?;
		answered.pub_key[0] ^= 1;
		Ok(answered)
	}

	fn name(&self) -> NamedGroup {
		NamedGroup::X25519MLKEM768
	}
}

#[tokio::test]
async fn a_ciphertext_that_was_changed_on_its_way_ends_the_handshake() {
	let clock = clock();
	let identity = identity("CustodianOne", GENESIS, &clock);
	let usual = Arc::clone(&identity).server_config(POST_QUANTUM).unwrap();
	let provider = CryptoProvider {
		kx_groups: vec![&Corrupting],
		..CryptoProvider::clone(usual.crypto_provider())
	};
	let config = ServerConfig::builder_with_provider(Arc::new(provider))
		.with_protocol_versions(&[&TLS13])
		.unwrap()
		.with_no_client_auth()
		.with_cert_resolver(identity);
	let (address, accepted) = accept_one(config).await;
	let error = remote(address, peer(), &clock).release(&TICKET, 0).await.unwrap_err();
	assert_eq!(error.code(), "CUSTODIAN_UNREACHABLE");
	assert!(accepted.await.unwrap().is_err());
}

#[tokio::test]
async fn who_speaks_plain_http_is_not_answered() {
	let server = Server::with(Limits::default()).await;
	let mut stream = TcpStream::connect(server.address).await.unwrap();
	stream.write_all(b"GET /health HTTP/1.1\r\nhost: custodian\r\n\r\n").await.unwrap();
	let mut answer = Vec::new();
	let _ = stream.read_to_end(&mut answer).await;
	assert!(!answer.starts_with(b"HTTP"));
	let url = format!("http://{}", server.address);
	for url in [&url, "", "custodian", "https://custodian/path", "https://custodian?query"] {
		let error = RemoteCustodian::new(url, peer(), Arc::new(clock())).unwrap_err();
		assert_eq!(error.code(), "SETTING_INVALID", "{url}");
	}
}
