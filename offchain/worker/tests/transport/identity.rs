// SPDX-License-Identifier: Apache-2.0
//! Who is believed to be a custodian.

use crate::server::{
	accept_one, clock, connect, identity, peer, remote, signer, Server, GENESIS, POST_QUANTUM,
	TICKET,
};
use rustls::{
	server::{ClientHello, ResolvesServerCert},
	sign::CertifiedKey,
};
use salus_worker::{
	clock::ManualClock,
	custodian::{Custodian, Limits, RemoteCustodian},
	transport::Peer,
};
use std::{sync::Arc, time::Duration};

const DAY: Duration = Duration::from_secs(24 * 3_600);

#[tokio::test]
async fn the_custodian_that_was_asked_for_answers() {
	let server = Server::with(Limits::default()).await;
	let remote = server.remote();
	assert_eq!(remote.health().await.unwrap(), std::process::id());
	assert_eq!(remote.release(&TICKET, 0).await.unwrap(), crate::server::released());
	assert_eq!(server.stub.asked(), 1);
}

/// Asks, is told this code, and has said nothing.
async fn is_refused(remote: &RemoteCustodian, server: &Server, code: &str) {
	let error = remote.release(&TICKET, 0).await.unwrap_err();
	assert_eq!(error.code(), code);
	assert!(!error.is_retryable());
	assert!(error.to_string().contains(&remote.peer().account.to_string()), "{error}");
	assert_eq!(remote.health().await.unwrap_err().code(), code);
	assert_eq!(server.stub.asked(), 0);
}

#[tokio::test]
async fn another_account_is_refused() {
	let clock = clock();
	let other = identity("CustodianTwo", GENESIS, &clock);
	let server = Server::start(other, Limits::default()).await;
	is_refused(&server.remote(), &server, "CUSTODIAN_IMPOSTOR").await;
	// It is believed to be who it is.
	let itself = Peer { account: signer("CustodianTwo").account(), genesis: GENESIS };
	remote(server.address, itself, &clock).health().await.unwrap();
}

#[tokio::test]
async fn the_custodian_of_another_chain_is_refused() {
	let elsewhere = identity("CustodianOne", [8; 32], &clock());
	let server = Server::start(elsewhere, Limits::default()).await;
	is_refused(&server.remote(), &server, "CUSTODIAN_OF_OTHER_CHAIN").await;
}

#[tokio::test]
async fn a_statement_that_is_over_is_refused() {
	let server = Server::with(Limits::default()).await;
	let later = clock();
	later.advance(2 * DAY);
	let remote = remote(server.address, peer(), &later);
	is_refused(&remote, &server, "CUSTODIAN_STATEMENT_EXPIRED").await;
}

#[tokio::test]
async fn a_statement_that_holds_for_too_long_is_refused() {
	let later = clock();
	later.advance(6 * DAY);
	let server = Server::start(identity("CustodianOne", GENESIS, &later), Limits::default()).await;
	is_refused(&server.remote(), &server, "CUSTODIAN_STATEMENT_EXPIRED").await;
}

/// Shows what it was given.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
	fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
		Some(Arc::clone(&self.0))
	}

	fn only_raw_public_keys(&self) -> bool {
		true
	}
}

#[tokio::test]
async fn what_a_custodian_showed_helps_nobody_else() {
	let clock = clock();
	let true_one = identity("CustodianOne", GENESIS, &clock).shown();
	let other = identity("CustodianTwo", GENESIS, &clock);
	let own = other.shown();
	let with = |key: &CertifiedKey, statement: Option<Vec<u8>>| CertifiedKey {
		ocsp: statement,
		..key.clone()
	};
	let copied = with(&own, true_one.ocsp.clone());
	// The statement fits the key, and somebody else signs the handshake.
	let relayed = CertifiedKey { key: Arc::clone(&own.key), ..CertifiedKey::clone(&true_one) };
	let longer = [true_one.ocsp.clone().unwrap(), vec![0]].concat();
	let shown = [
		("a statement on another key", copied),
		("a key without its secret", relayed),
		("no statement", with(&true_one, None)),
		("nothing in it", with(&true_one, Some(Vec::new()))),
		("a statement cut off", with(&true_one, Some(longer[..135].to_vec()))),
		("a statement and more", with(&true_one, Some(longer))),
	];
	for (what, shown) in shown {
		let mut config = Arc::clone(&other).server_config(POST_QUANTUM).unwrap();
		config.cert_resolver = Arc::new(Shows(Arc::new(shown)));
		let (address, accepted) = accept_one(config).await;
		let error = remote(address, peer(), &clock).release(&TICKET, 0).await.unwrap_err();
		assert_eq!(error.code(), "CUSTODIAN_IMPOSTOR", "{what}: {error}");
		// The handshake never ended: there was nothing to read a request from.
		assert!(accepted.await.unwrap().is_err(), "{what}");
	}
}

#[tokio::test]
async fn a_renewed_key_is_believed_and_old_connections_go_on() {
	let clock = clock();
	let identity = identity("CustodianOne", GENESIS, &clock);
	let server = Server::start(identity, Limits::default()).await;
	let key = |stream: &crate::server::Stream| {
		stream.0.get_ref().get_ref().1.peer_certificates().unwrap()[0].to_vec()
	};
	let remote = remote(server.address, peer(), &clock);
	remote.health().await.unwrap();
	let mut before = server.connect().await;
	assert_eq!(before.ask("GET", "/health").await.status, 200);
	clock.advance(DAY);
	let mut after = server.connect().await;
	assert_ne!(key(&before), key(&after));
	for stream in [&mut before, &mut after] {
		assert_eq!(stream.ask("GET", "/health").await.status, 200);
	}
	remote.health().await.unwrap();
	// Clients that come much later find another one again.
	clock.advance(30 * DAY);
	let late: ManualClock = clock.clone();
	crate::server::remote(server.address, peer(), &late).health().await.unwrap();
	assert!(connect(server.address, POST_QUANTUM).await.is_err(), "a clock a month behind");
}
