// SPDX-License-Identifier: Apache-2.0
//! A custodian that does what a test says, behind the real server.

use async_trait::async_trait;
use jiff::Timestamp;
use rustls::{pki_types::ServerName, ServerConfig};
use salus_chain::{Signature, Signer};
use salus_primitives::{
	custody::{EpochId, Seat},
	RecordId, Salt, TicketId,
};
use salus_worker::{
	clock::ManualClock,
	custodian::{serve, Custodian, Deposit, Limits, Released, RemoteCustodian},
	transport::{client_config, ChannelSuite, Identity, Peer},
	Error, Result,
};
use std::{
	collections::VecDeque,
	io,
	net::{Ipv4Addr, SocketAddr},
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc, Mutex,
	},
};
use tokio::{
	io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
	net::{TcpListener, TcpStream},
	sync::Semaphore,
	task::JoinHandle,
};
use tokio_rustls::{client::TlsStream, TlsAcceptor, TlsConnector};
use tokio_util::sync::CancellationToken;

pub(crate) const GENESIS: [u8; 32] = [9; 32];
pub(crate) const TICKET: TicketId = TicketId([4; 32]);
pub(crate) const POST_QUANTUM: &[ChannelSuite] = &[ChannelSuite::X25519MlKem768];

pub(crate) fn signer(name: &str) -> Signer {
	Signer::from_uri(&format!("//{name}")).unwrap()
}

/// Whom the clients of these tests want to talk to.
pub(crate) fn peer() -> Peer {
	Peer { account: signer("CustodianOne").account(), genesis: GENESIS }
}

pub(crate) fn clock() -> ManualClock {
	ManualClock::new(Timestamp::from_second(1_800_000_000).unwrap())
}

pub(crate) fn identity(name: &str, genesis: [u8; 32], clock: &ManualClock) -> Arc<Identity> {
	Arc::new(Identity::new(signer(name), genesis, Arc::new(clock.clone())).unwrap())
}

/// Counts what it is asked, and answers when the gate is open.
pub(crate) struct Stub {
	asked: AtomicUsize,
	entered: Semaphore,
	pub(crate) gate: Semaphore,
	/// What it says before it says what is right.
	pub(crate) errors: Mutex<VecDeque<Error>>,
}

impl Stub {
	fn new() -> Self {
		Self {
			asked: AtomicUsize::new(0),
			entered: Semaphore::new(0),
			gate: Semaphore::new(1_000),
			errors: Mutex::default(),
		}
	}

	/// How often it was asked.
	pub(crate) fn asked(&self) -> usize {
		self.asked.load(Ordering::SeqCst)
	}

	/// Completes when it was asked once more.
	pub(crate) async fn entered(&self) {
		self.entered.acquire().await.unwrap().forget();
	}
}

pub(crate) fn released() -> Released {
	Released {
		ticket: TICKET,
		record: RecordId([5; 32]),
		version: 1,
		epoch: EpochId(0),
		seat: Seat(0),
		segments: Vec::new(),
		at: 0,
		salt: Salt([6; 32]),
		// The same each time, which one that is made is not.
		signature: serde_json::from_value("11".repeat(64).into()).unwrap(),
	}
}

#[async_trait]
impl Custodian for Stub {
	async fn deposit(&self, _: &Deposit) -> Result<Signature> {
		self.asked.fetch_add(1, Ordering::SeqCst);
		Err(Error::NoCommittee)
	}

	async fn release(&self, _: &TicketId, _: u16) -> Result<Released> {
		self.asked.fetch_add(1, Ordering::SeqCst);
		self.entered.add_permits(1);
		let _open = self.gate.acquire().await.unwrap();
		match self.errors.lock().unwrap().pop_front() {
			Some(error) => Err(error),
			None => Ok(released()),
		}
	}
}

pub(crate) struct Server {
	pub(crate) address: SocketAddr,
	pub(crate) stub: Arc<Stub>,
	pub(crate) stop: CancellationToken,
	pub(crate) running: JoinHandle<Result<()>>,
}

impl Server {
	pub(crate) async fn start(identity: Arc<Identity>, limits: Limits) -> Self {
		let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
		let address = listener.local_addr().unwrap();
		let (stub, stop) = (Arc::new(Stub::new()), CancellationToken::new());
		let running = tokio::spawn(serve(
			listener,
			Arc::clone(&stub) as _,
			None,
			identity,
			limits,
			stop.clone(),
		));
		Self { address, stub, stop, running }
	}

	/// The custodian that clients want, with a clock that stands still.
	pub(crate) async fn with(limits: Limits) -> Self {
		Self::start(identity("CustodianOne", GENESIS, &clock()), limits).await
	}

	pub(crate) fn remote(&self) -> RemoteCustodian {
		remote(self.address, peer(), &clock())
	}

	pub(crate) async fn connect(&self) -> Stream {
		connect(self.address, POST_QUANTUM).await.unwrap()
	}
}

pub(crate) fn remote(address: SocketAddr, peer: Peer, clock: &ManualClock) -> RemoteCustodian {
	RemoteCustodian::new(&format!("https://{address}"), peer, Arc::new(clock.clone())).unwrap()
}

/// A connection on which a test writes what it likes.
pub(crate) struct Stream(pub(crate) BufReader<TlsStream<TcpStream>>);

pub(crate) async fn connect(address: SocketAddr, suites: &[ChannelSuite]) -> io::Result<Stream> {
	let config = client_config(peer(), Arc::new(clock()), suites).unwrap();
	let tcp = TcpStream::connect(address).await?;
	let name = ServerName::from(address.ip());
	let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await?;
	Ok(Stream(BufReader::new(stream)))
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
	pub(crate) status: u16,
	pub(crate) head: String,
	pub(crate) body: serde_json::Value,
}

impl Answer {
	pub(crate) fn code(&self) -> &str {
		self.body["code"].as_str().unwrap()
	}
}

impl Stream {
	pub(crate) async fn write(&mut self, text: &str) {
		self.0.write_all(text.as_bytes()).await.unwrap();
		self.0.flush().await.unwrap();
	}

	/// Sends a request without a body, and reads the answer.
	pub(crate) async fn ask(&mut self, method: &str, path: &str) -> Answer {
		self.write(&format!("{method} {path} HTTP/1.1\r\nhost: custodian\r\n\r\n")).await;
		self.answer().await
	}

	pub(crate) async fn release(&mut self) -> Answer {
		self.ask("POST", &format!("/releases/{TICKET}/0")).await
	}

	pub(crate) async fn answer(&mut self) -> Answer {
		let mut head = String::new();
		while !head.ends_with("\r\n\r\n") {
			assert_ne!(self.0.read_line(&mut head).await.unwrap(), 0, "cut off after {head:?}");
		}
		let field = |name: &str| {
			let line = head.lines().find_map(|line| line.strip_prefix(name));
			line.map(|value| value.trim().to_owned())
		};
		let mut body = vec![0; field("content-length:").unwrap().parse().unwrap()];
		self.0.read_exact(&mut body).await.unwrap();
		let status = head.split(' ').nth(1).unwrap().parse().unwrap();
		Answer { status, head, body: serde_json::from_slice(&body).unwrap() }
	}

	/// Completes when the server has closed the connection; how much it said before.
	pub(crate) async fn ended(&mut self) -> usize {
		let mut rest = Vec::new();
		// Whether with a farewell or without.
		let _ = self.0.read_to_end(&mut rest).await;
		rest.len()
	}
}

/// A server that takes one connection, and reads what comes after the handshake, if one succeeds.
pub(crate) async fn accept_one(
	config: ServerConfig,
) -> (SocketAddr, JoinHandle<io::Result<usize>>) {
	let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
	let address = listener.local_addr().unwrap();
	let accepted = tokio::spawn(async move {
		let (stream, _) = listener.accept().await?;
		let mut stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await?;
		stream.read(&mut [0; 1_024]).await
	});
	(address, accepted)
}
