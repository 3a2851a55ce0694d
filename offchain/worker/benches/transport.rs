// SPDX-License-Identifier: Apache-2.0
//! What a handshake costs with each suite, on both sides together, without a network.

use salus_chain::Signer;
use salus_worker::{
	clock::SystemClock,
	transport::{client_config, ChannelSuite, Identity, Peer},
};
use std::{
	net::{IpAddr, Ipv4Addr},
	sync::Arc,
	time::{Duration, Instant},
};
use tokio::io::duplex;
use tokio_rustls::{TlsAcceptor, TlsConnector};

const GENESIS: [u8; 32] = [9; 32];

#[tokio::main(flavor = "current_thread")]
async fn main() {
	// `cargo test` runs it once to see that it works; there is nothing to print then.
	let is_bench = std::env::args().any(|argument| argument == "--bench");
	let rounds = if is_bench { 20 } else { 1 };
	let mut best = [Duration::MAX; 2];
	// In turns, so that whatever else the machine does hits both.
	for _ in 0..rounds {
		for (best, suite) in
			best.iter_mut().zip([ChannelSuite::X25519, ChannelSuite::X25519MlKem768])
		{
			*best = handshakes(suite, if is_bench { 100 } else { 1 }).await.min(*best);
		}
	}
	if is_bench {
		let [classical, post_quantum] = best;
		let ratio = post_quantum.as_secs_f64() / classical.as_secs_f64();
		println!("handshake, suite 1 (X25519)          {classical:>10.1?}");
		println!("handshake, suite 2 (X25519MLKEM768)  {post_quantum:>10.1?}  ratio {ratio:.2}");
	}
}

/// How long one handshake takes.
async fn handshakes(suite: ChannelSuite, count: u32) -> Duration {
	let signer = Signer::from_uri("//CustodianOne").expect("it is a URI");
	let peer = Peer { account: signer.account(), genesis: GENESIS };
	let identity = Identity::new(signer, GENESIS, Arc::new(SystemClock)).expect("randomness");
	let server = Arc::new(identity).server_config(&[suite]).expect("there is a suite");
	let client = client_config(peer, Arc::new(SystemClock), &[suite]).expect("there is a suite");
	let (acceptor, connector) =
		(TlsAcceptor::from(Arc::new(server)), TlsConnector::from(Arc::new(client)));
	let name = IpAddr::V4(Ipv4Addr::LOCALHOST);
	let start = Instant::now();
	for _ in 0..count {
		let (near, far) = duplex(1 << 16);
		tokio::try_join!(connector.connect(name.into(), near), acceptor.accept(far))
			.expect("both agree");
	}
	start.elapsed() / count
}
