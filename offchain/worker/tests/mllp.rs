// SPDX-License-Identifier: Apache-2.0
//! Senders on real connections, and what is left of their messages.

use salus_ingest::hl7v2::{frame, FrameDecoder};
use salus_worker::mllp::{listen, Inbox, Kept, Limits};
use std::{fs, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
	task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

/// A result that is all right.
const RESULT: &str = "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240301101500||ORU^R01^ORU_R01|M1|P|2.5.1\r\
	PID|1||77^^^HOSP^MR||Doe^Jo||19800101|F\r\
	OBR|1||F1|24323-8^Panel^LN|||20240301\r\
	OBX|1|NM|718-7^Hb^LN||13.5|g/dL|12-16|N|||F\r";
/// The same message twice in one frame, which is one too many.
fn wrong() -> String {
	RESULT.replace("|M1|", "|M2|").repeat(2)
}

struct Clinic {
	directory: TempDir,
	address: SocketAddr,
	shutdown: CancellationToken,
	listening: JoinHandle<salus_worker::Result<()>>,
}

impl Clinic {
	async fn new(limits: Limits) -> Self {
		let directory = tempfile::tempdir().unwrap();
		let inbox = Arc::new(Inbox::open(&directory.path().join("inbox")).unwrap());
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let address = listener.local_addr().unwrap();
		let shutdown = CancellationToken::new();
		let listening = tokio::spawn(listen(listener, inbox, limits, shutdown.clone()));
		Self { directory, address, shutdown, listening }
	}

	async fn connect(&self) -> Sender {
		let stream = TcpStream::connect(self.address).await.unwrap();
		Sender { stream, decoder: FrameDecoder::new(1 << 20), left: Vec::new() }
	}

	fn accepted(&self) -> Vec<Vec<u8>> {
		files(&self.directory.path().join("inbox"))
	}

	fn refused(&self) -> Vec<Vec<u8>> {
		files(&self.directory.path().join("inbox/refused"))
	}
}

fn files(directory: &Path) -> Vec<Vec<u8>> {
	let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
	entries.filter(|path| path.is_file()).map(|path| fs::read(path).unwrap()).collect()
}

struct Sender {
	stream: TcpStream,
	decoder: FrameDecoder,
	left: Vec<u8>,
}

impl Sender {
	async fn send(&mut self, message: &str) {
		self.stream.write_all(&frame(message.as_bytes())).await.unwrap();
	}

	/// The next answer; nothing when the connection has ended.
	async fn answer(&mut self) -> Option<String> {
		loop {
			let mut bytes = self.left.as_slice();
			let next = self.decoder.next(&mut bytes);
			self.left = bytes.to_vec();
			if let Some(answer) = next {
				return Some(String::from_utf8(answer.unwrap()).unwrap());
			}
			let mut buffer = [0; 4096];
			match self.stream.read(&mut buffer).await {
				Ok(0) | Err(_) => return None,
				Ok(read) => self.left.extend_from_slice(&buffer[..read]),
			}
		}
	}

	/// The code and the control id of the next answer.
	async fn verdict(&mut self) -> (String, String) {
		let answer = self.answer().await.expect("it is answered");
		let said = answer.split('\r').find(|segment| segment.starts_with("MSA")).unwrap();
		let mut fields = said.split('|').skip(1).map(str::to_owned);
		(fields.next().unwrap(), fields.next().unwrap_or_default())
	}
}

fn said(code: &str, control: &str) -> (String, String) {
	(code.to_owned(), control.to_owned())
}

#[tokio::test]
async fn what_is_acknowledged_is_in_the_inbox() {
	let clinic = Clinic::new(Limits::default()).await;
	let mut sender = clinic.connect().await;
	sender.send(RESULT).await;
	assert_eq!(sender.verdict().await, said("AA", "M1"));
	assert_eq!(clinic.accepted(), [RESULT.as_bytes()]);
	assert!(clinic.refused().is_empty());
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_kept_once_and_answered_again() {
	let clinic = Clinic::new(Limits::default()).await;
	for _ in 0..2 {
		let mut sender = clinic.connect().await;
		sender.send(RESULT).await;
		assert_eq!(sender.verdict().await, said("AA", "M1"));
	}
	assert_eq!(clinic.accepted().len(), 1);
	// Another message under the same control id is another message.
	let mut sender = clinic.connect().await;
	sender.send(&RESULT.replace("13.5", "13.6")).await;
	assert_eq!(sender.verdict().await, said("AA", "M1"));
	assert_eq!(clinic.accepted().len(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_told_and_kept_apart() {
	let clinic = Clinic::new(Limits::default()).await;
	let mut sender = clinic.connect().await;
	for (message, code, control) in
		[(&*wrong(), "AE", "M2"), ("no message", "AR", ""), ("{\"resourceType\":1}", "AR", "")]
	{
		sender.send(message).await;
		assert_eq!(sender.verdict().await, said(code, control), "{message}");
	}
	assert_eq!(clinic.refused().len(), 3);
	assert!(clinic.accepted().is_empty());
	// The connection goes on.
	sender.send(RESULT).await;
	assert_eq!(sender.verdict().await, said("AA", "M1"));
}

#[tokio::test]
async fn an_answer_quotes_no_value() {
	let clinic = Clinic::new(Limits::default()).await;
	let mut sender = clinic.connect().await;
	sender.send(&wrong()).await;
	let answer = sender.answer().await.unwrap();
	assert!(answer.contains("\rERR|"), "{answer}");
	for value in ["Doe", "77", "19800101", "13.5"] {
		assert!(!answer.contains(value), "{answer}");
	}
}

#[tokio::test]
async fn an_enhanced_sender_hears_that_it_is_stored_and_what_was_found() {
	let clinic = Clinic::new(Limits::default()).await;
	let mut sender = clinic.connect().await;
	sender.send(&RESULT.replace("|2.5.1\r", "|2.5.1|||AL|AL\r")).await;
	assert_eq!(sender.verdict().await, said("CA", "M1"));
	assert_eq!(sender.verdict().await, said("AA", "M1"));
	sender.send(&RESULT.replace("|M1|", "|M3|").replace("|2.5.1\r", "|2.5.1|||NE|ER\r")).await;
	sender.send(&RESULT.replace("|M1|", "|M4|")).await;
	// Of the first of them it wanted to hear nothing but errors.
	assert_eq!(sender.verdict().await, said("AA", "M4"));
	assert_eq!(clinic.accepted().len(), 3);
}

#[tokio::test]
async fn what_is_too_large_is_skipped_and_what_comes_in_parts_is_not() {
	let clinic = Clinic::new(Limits { message: 1000, ..Limits::default() }).await;
	let mut sender = clinic.connect().await;
	sender.send(&RESULT.replace("13.5", &"1".repeat(2000))).await;
	for byte in frame(RESULT.as_bytes()) {
		sender.stream.write_all(&[byte]).await.unwrap();
	}
	assert_eq!(sender.verdict().await, said("AA", "M1"));
	assert_eq!(clinic.accepted(), [RESULT.as_bytes()]);
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_accepted() {
	let clinic = Clinic::new(Limits::default()).await;
	fs::remove_dir_all(clinic.directory.path().join("inbox")).unwrap();
	let mut sender = clinic.connect().await;
	sender.send(RESULT).await;
	assert_eq!(sender.verdict().await, said("AR", "M1"));
}

#[tokio::test]
async fn who_stops_within_a_message_is_cut_off() {
	let limits = Limits { stall: Duration::from_millis(20), ..Limits::default() };
	let clinic = Clinic::new(limits).await;
	let mut sender = clinic.connect().await;
	let framed = frame(RESULT.as_bytes());
	sender.stream.write_all(&framed[..40]).await.unwrap();
	assert_eq!(sender.answer().await, None);
	assert!(clinic.accepted().is_empty() && clinic.refused().is_empty());
}

#[tokio::test]
async fn more_senders_than_there_may_be_wait() {
	let clinic = Clinic::new(Limits { connections: 1, ..Limits::default() }).await;
	let mut first = clinic.connect().await;
	first.send(RESULT).await;
	assert_eq!(first.verdict().await, said("AA", "M1"));
	let mut second = clinic.connect().await;
	second.send(&RESULT.replace("|M1|", "|M5|")).await;
	first.send(&RESULT.replace("|M1|", "|M6|")).await;
	assert_eq!(first.verdict().await, said("AA", "M6"));
	assert_eq!(clinic.accepted().len(), 2);
	drop(first);
	assert_eq!(second.verdict().await, said("AA", "M5"));
}

#[tokio::test]
async fn it_ends_when_it_is_asked_to() {
	let clinic = Clinic::new(Limits::default()).await;
	let mut sender = clinic.connect().await;
	sender.send(RESULT).await;
	sender.verdict().await;
	clinic.shutdown.cancel();
	clinic.listening.await.unwrap().unwrap();
	assert_eq!(sender.answer().await, None);
}

#[test]
fn a_message_that_was_half_written_is_none() {
	let directory = tempfile::tempdir().unwrap();
	let inbox = Inbox::open(directory.path()).unwrap();
	// As a killed process leaves it.
	fs::write(directory.path().join(".partial-1"), &RESULT[..30]).unwrap();
	assert_eq!(inbox.keep(RESULT.as_bytes(), true).unwrap(), Kept::New);
	assert_eq!(inbox.keep(RESULT.as_bytes(), true).unwrap(), Kept::Again);
	let error = Inbox::open(&directory.path().join(".partial-1")).unwrap_err();
	assert_eq!(error.code(), "FILE_IO");
}
