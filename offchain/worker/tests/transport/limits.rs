// SPDX-License-Identifier: Apache-2.0
//! What nobody can take too much of.

use crate::server::{connect, Server, Stream, POST_QUANTUM, TICKET};
use salus_primitives::{custody::CustodianRefusal, RecordId};
use salus_worker::{
	custodian::{Custodian, Limits},
	Error,
};
use std::{path::PathBuf, time::Duration};
use tokio::{io::AsyncReadExt, net::TcpStream};

/// Long enough to be seen, short enough to be waited for.
const SHORT: Duration = Duration::from_millis(50);

/// A request that the custodian is busy with until its gate opens.
async fn under_way(server: &Server) -> tokio::task::JoinHandle<crate::server::Answer> {
	let mut stream = server.connect().await;
	let asked = tokio::spawn(async move { stream.release().await });
	server.stub.entered().await;
	asked
}

fn close_gate(server: &Server) -> u32 {
	u32::try_from(server.stub.gate.forget_permits(usize::MAX)).unwrap()
}

#[tokio::test]
async fn more_requests_than_turns_are_told_to_come_back() {
	let limits = Limits { requests: 1, turn: Duration::ZERO, ..Limits::default() };
	let server = Server::with(limits).await;
	close_gate(&server);
	let first = under_way(&server).await;
	let mut stream = server.connect().await;
	let second = stream.release().await;
	assert_eq!((second.status, second.code()), (503, "CUSTODIAN_BUSY"));
	assert!(second.head.contains("retry-after: 1\r\n"), "{}", second.head);
	// Who only deposits, or looks whether it lives, is not in their way.
	let request = "POST /deposits HTTP/1.1\r\nhost: custodian\r\ncontent-length: 2\r\n\r\n{}";
	stream.write(request).await;
	assert_eq!(stream.answer().await.code(), "REQUEST_MALFORMED");
	assert_eq!(stream.ask("GET", "/health").await.status, 200);
	assert_eq!(server.stub.asked(), 1);
	server.stub.gate.add_permits(1);
	assert_eq!(first.await.unwrap().status, 200);
	assert_eq!(stream.release().await.status, 200);
}

#[tokio::test]
async fn a_request_waits_for_its_turn() {
	let server = Server::with(Limits { requests: 1, ..Limits::default() }).await;
	close_gate(&server);
	let first = under_way(&server).await;
	let mut stream = server.connect().await;
	let second = tokio::spawn(async move { stream.release().await.status });
	server.stub.gate.add_permits(2);
	assert_eq!(first.await.unwrap().status, 200);
	assert_eq!(second.await.unwrap(), 200);
}

#[tokio::test]
async fn who_is_told_to_come_back_does() {
	let server = Server::with(Limits::default()).await;
	server.stub.errors.lock().unwrap().push_back(Error::Locked);
	server.remote().release(&TICKET, 0).await.unwrap();
	assert_eq!(server.stub.asked(), 2);
}

#[tokio::test]
async fn more_connections_than_slots_wait() {
	let server = Server::with(Limits { connections: 1, ..Limits::default() }).await;
	let mut first = server.connect().await;
	let address = server.address;
	let second = tokio::spawn(async move {
		let mut stream = connect(address, POST_QUANTUM).await.unwrap();
		stream.ask("GET", "/health").await.status
	});
	for _ in 0..20 {
		assert_eq!(first.ask("GET", "/health").await.status, 200);
	}
	assert!(!second.is_finished());
	drop(first);
	assert_eq!(second.await.unwrap(), 200);
}

#[tokio::test]
async fn who_does_not_shake_hands_is_cut_off() {
	let server = Server::with(Limits { handshake: SHORT, ..Limits::default() }).await;
	let mut stream = TcpStream::connect(server.address).await.unwrap();
	let mut said = Vec::new();
	let _ = stream.read_to_end(&mut said).await;
	assert!(said.is_empty());
}

#[tokio::test]
async fn who_does_not_finish_a_head_is_cut_off() {
	let server = Server::with(Limits { head: SHORT, ..Limits::default() }).await;
	let mut stream = server.connect().await;
	stream.write(&format!("POST /releases/{TICKET}/0 HTTP/1.1\r\nhost: cust")).await;
	stream.ended().await;
	assert_eq!(server.stub.asked(), 0);
	// Nor is a connection kept on which nothing comes.
	server.connect().await.ended().await;
}

async fn deposit(stream: &mut Stream, length: usize, body: &str) -> crate::server::Answer {
	let head = "POST /deposits HTTP/1.1\r\nhost: custodian\r\ncontent-length:";
	stream.write(&format!("{head} {length}\r\n\r\n{body}")).await;
	stream.answer().await
}

#[tokio::test]
async fn a_body_that_is_slow_long_or_wrong_is_refused() {
	let server = Server::with(Limits { body: SHORT, ..Limits::default() }).await;
	for (length, body, status, code) in [
		(100, "{", 408, "REQUEST_TOO_SLOW"),
		(4 * 1024 * 1024 + 1, "{", 413, "REQUEST_TOO_LARGE"),
		(2, "{}", 400, "REQUEST_MALFORMED"),
	] {
		let mut stream = server.connect().await;
		let answer = deposit(&mut stream, length, body).await;
		assert_eq!((answer.status, answer.code()), (status, code));
	}
	let mut stream = server.connect().await;
	for (method, path, status, code) in [
		("POST", "/releases/0x00/0", 400, "REQUEST_MALFORMED"),
		("GET", "/releases/0x00/0", 405, "METHOD_NOT_ALLOWED"),
		("GET", "/elsewhere", 404, "NOT_FOUND"),
	] {
		let answer = stream.ask(method, path).await;
		assert_eq!((answer.status, answer.code()), (status, code), "{method} {path}");
	}
	assert_eq!(server.stub.asked(), 0);
}

#[tokio::test]
async fn no_connection_goes_on_for_ever() {
	let server = Server::with(Limits { age: SHORT, grace: SHORT, ..Limits::default() }).await;
	close_gate(&server);
	let mut idle = server.connect().await;
	let mut stuck = server.connect().await;
	stuck.write(&format!("POST /releases/{TICKET}/0 HTTP/1.1\r\nhost: custodian\r\n\r\n")).await;
	assert_eq!(idle.ended().await, 0);
	assert_eq!(stuck.ended().await, 0);
}

#[tokio::test]
async fn what_is_under_way_ends_before_the_custodian_does() {
	let server = Server::with(Limits::default()).await;
	close_gate(&server);
	let mut idle = server.connect().await;
	assert_eq!(idle.ask("GET", "/health").await.status, 200);
	let asked = under_way(&server).await;
	server.stop.cancel();
	// It does not wait for who wants nothing.
	assert_eq!(idle.ended().await, 0);
	assert!(!server.running.is_finished());
	server.stub.gate.add_permits(1);
	assert_eq!(asked.await.unwrap().status, 200);
	server.running.await.unwrap().unwrap();
	assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn a_custodian_does_not_wait_for_ever_to_end() {
	let server = Server::with(Limits { grace: SHORT, ..Limits::default() }).await;
	close_gate(&server);
	let asked = under_way(&server).await;
	// Nor for who never shakes hands.
	let _silent = TcpStream::connect(server.address).await.unwrap();
	server.stop.cancel();
	server.running.await.unwrap().unwrap();
	assert!(asked.await.is_err());
}

#[tokio::test]
async fn each_error_has_its_status() {
	let server = Server::with(Limits::default()).await;
	let mut stream = server.connect().await;
	let (ticket, refusal) = (TICKET, CustodianRefusal::ConsentRevoked);
	let record = RecordId([1; 32]);
	let source = || std::io::Error::other("no");
	for (error, status, comes_back) in [
		(Error::ReleaseRefused { ticket, refusal }, 403, false),
		(Error::ReleaseDeferred { ticket, refusal }, 503, true),
		(Error::TicketNotFinalised { ticket }, 404, false),
		(Error::NotHeld { ticket }, 404, false),
		(Error::DepositInvalid { record }, 400, false),
		(Error::RecordErased { record }, 410, false),
		(Error::MaxDepositsExceeded { record }, 429, false),
		(Error::CodeNotApproved { code: [1; 32] }, 503, false),
		(Error::NoCommittee, 503, true),
		(Error::Locked, 503, true),
		(Error::DiskFull, 503, true),
		(Error::CustodyCorrupt, 500, false),
		(Error::File { path: PathBuf::from("/secret/place"), source: source() }, 500, false),
	] {
		let code = error.code().to_owned();
		server.stub.errors.lock().unwrap().push_back(error);
		let answer = stream.release().await;
		assert_eq!((answer.status, answer.code()), (status, &*code));
		assert_eq!(answer.head.contains("retry-after"), comes_back, "{code}");
		assert!(!answer.body.to_string().contains("secret"), "{code}");
	}
}

#[tokio::test]
async fn a_fault_of_the_custodian_is_not_asked_for_again() {
	let server = Server::with(Limits::default()).await;
	for error in [Error::CustodyCorrupt, Error::CodeNotApproved { code: [1; 32] }] {
		let (code, asked) = (error.code().to_owned(), server.stub.asked());
		server.stub.errors.lock().unwrap().push_back(error);
		let error = server.remote().release(&TICKET, 0).await.unwrap_err();
		assert_eq!((error.code(), error.is_retryable()), (&*code, false));
		assert_eq!(server.stub.asked(), asked + 1);
	}
}
