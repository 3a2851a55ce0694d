// SPDX-License-Identifier: Apache-2.0
//! The store behind HTTP: what it answers, and what its client believes.

use salus_primitives::{ContentId, MultiCodec};
use salus_store::{
	server, BlockStore, ContentIdText, ContentStore, Error, LocalStore, RemoteStore, Result, CHUNK,
	MAX_BLOCK,
};
use serde_json::Value;
use std::{net::SocketAddr, sync::Arc};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::TcpListener,
	task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

struct Served {
	store: LocalStore,
	remote: RemoteStore,
	base: String,
	stop: CancellationToken,
	server: JoinHandle<Result<()>>,
	_directory: tempfile::TempDir,
}

async fn served() -> Served {
	let directory = tempfile::tempdir().unwrap();
	let store = LocalStore::open(directory.path().join("blocks.redb")).await.unwrap();
	let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
	let base = format!("http://{}", listener.local_addr().unwrap());
	let stop = CancellationToken::new();
	let server = tokio::spawn(server::serve(listener, Arc::new(store.clone()), stop.clone()));
	let remote = RemoteStore::new(&base).unwrap();
	Served { store, remote, base, stop, server, _directory: directory }
}

fn content(len: usize) -> Vec<u8> {
	(0..len).map(|at| (at % 251) as u8 ^ (at >> 20) as u8).collect()
}

fn id_of(text: &str) -> ContentId {
	text.parse::<ContentIdText>().unwrap().0
}

const HELLO: &str = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";

#[tokio::test]
async fn local_and_remote_give_the_same_identifier() {
	let here = served().await;
	let there = served().await;
	for len in [0, 11, CHUNK, CHUNK + 1, 4 * CHUNK, 9 * CHUNK + 3] {
		let content = content(len);
		let local = here.store.put(&mut &content[..]).await.unwrap();
		let remote = there.remote.put(&mut &content[..]).await.unwrap();
		assert_eq!(local, remote, "{len}");
		assert_eq!(there.store.stat(&remote.id).await.unwrap().pins, 1);
		let read = there.remote.get(&remote.id, None).await.unwrap();
		assert!(read.into_bytes(len).await.unwrap() == content, "{len}");
	}
	let stat = there.remote.stat(&id_of(HELLO)).await;
	assert_eq!(stat.unwrap_err().code(), "STORE_NOT_FOUND");
	assert_eq!(here.store.usage().await.unwrap(), there.remote.usage().await.unwrap());
}

#[tokio::test]
async fn the_client_does_all_that_a_store_does() {
	let Served { remote, store, .. } = served().await;
	let content = content(2 * CHUNK + 10);
	let id = remote.put(&mut &content[..]).await.unwrap().id;
	let border = CHUNK as u64;
	let part = remote.get(&id, Some(border - 3..border + 3)).await.unwrap();
	assert_eq!(part.into_bytes(6).await.unwrap(), content[CHUNK - 3..CHUNK + 3]);
	assert!(remote.has(&id).await.unwrap());
	assert_eq!(remote.pin(&id).await.unwrap(), 2);
	assert_eq!(remote.unpin(&id).await.unwrap(), 1);
	assert_eq!(remote.unpin(&id).await.unwrap(), 0);
	assert_eq!(remote.unpin(&id).await.unwrap_err().code(), "STORE_NOT_PINNED");
	store.collect_garbage().await.unwrap();
	assert!(!remote.has(&id).await.unwrap());
	assert_eq!(remote.get(&id, None).await.unwrap_err().code(), "STORE_NOT_FOUND");

	let hello = id_of(HELLO);
	assert!(!remote.has_block(&hello).await.unwrap());
	assert_eq!(remote.get_block(&hello).await.unwrap_err().code(), "STORE_NOT_FOUND");
	remote.put_block(&hello, b"hello world"[..].into()).await.unwrap();
	assert!(remote.has_block(&hello).await.unwrap());
	assert_eq!(&remote.get_block(&hello).await.unwrap()[..], b"hello world");
	remote.delete_block(&hello).await.unwrap();
	assert!(!store.has_block(&hello).await.unwrap());
	let error = remote.put_block(&hello, b"hello"[..].into()).await.unwrap_err();
	assert_eq!(error.code(), "STORE_DIGEST_MISMATCH");
}

#[tokio::test]
async fn blocks_are_served_like_a_trustless_gateway() {
	let Served { store, base, .. } = served().await;
	store.put(&mut &b"hello world"[..]).await.unwrap();
	let client = reqwest::Client::new();
	let url = format!("{base}/ipfs/{HELLO}?format=raw");
	let response = client.get(&url).send().await.unwrap();
	assert_eq!(response.status(), 200);
	let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
	assert_eq!(header("content-type"), "application/vnd.ipld.raw");
	assert!(header("cache-control").contains("immutable"));
	assert_eq!(header("etag"), format!("\"{HELLO}.raw\""));
	assert_eq!(header("x-content-type-options"), "nosniff");
	assert_eq!(&response.bytes().await.unwrap()[..], b"hello world");

	let head = client.head(&url).send().await.unwrap();
	assert_eq!(head.status(), 200);
	assert_eq!(head.headers()["content-length"], "11");
	let accepted = client
		.get(format!("{base}/ipfs/{HELLO}"))
		.header("accept", "application/vnd.ipld.raw")
		.send()
		.await
		.unwrap();
	assert_eq!(accepted.status(), 200);
}

#[tokio::test]
async fn errors_are_problem_documents() {
	let Served { base, .. } = served().await;
	let client = reqwest::Client::new();
	let put = |path: String, body: Vec<u8>| client.put(format!("{base}{path}")).body(body);
	let get = |path: String| client.get(format!("{base}{path}"));
	let too_large = vec![0; MAX_BLOCK + 1];
	for (request, status, code) in [
		(get(format!("/ipfs/{HELLO}?format=raw")), 404, "STORE_NOT_FOUND"),
		(get(format!("/ipfs/{HELLO}")), 406, "STORE_NOT_ACCEPTABLE"),
		(get("/ipfs/nonsense?format=raw".into()), 400, "STORE_INVALID_CONTENT_ID"),
		(put(format!("/blocks/{HELLO}"), b"other".to_vec()), 400, "STORE_DIGEST_MISMATCH"),
		(put(format!("/blocks/{HELLO}"), too_large), 413, "STORE_BLOCK_TOO_LARGE"),
		(put(format!("/pins/{HELLO}"), Vec::new()), 404, "STORE_NOT_FOUND"),
		(client.delete(format!("{base}/pins/{HELLO}")), 404, "STORE_NOT_PINNED"),
		(get(format!("/contents/{HELLO}")), 404, "STORE_NOT_FOUND"),
		(get("/elsewhere".into()), 404, "NOT_FOUND"),
		(client.post(format!("{base}/stat")), 405, "METHOD_NOT_ALLOWED"),
	] {
		let response = request.send().await.unwrap();
		assert_eq!(response.status(), status, "{code}");
		assert_eq!(response.headers()["content-type"], "application/problem+json");
		let problem: Value = response.json().await.unwrap();
		assert_eq!(problem["code"], code);
		assert_eq!(problem["status"], status);
		assert_eq!(problem["type"], format!("urn:salus:error:{code}"));
		assert!(problem["detail"].is_string() && problem["title"].is_string());
	}
	let health: Value = get("/health".into()).send().await.unwrap().json().await.unwrap();
	assert_eq!(health["status"], "ok");
	let usage: Value = get("/stat".into()).send().await.unwrap().json().await.unwrap();
	assert_eq!(usage["blocks"], 0);
}

#[tokio::test]
async fn the_server_stops_when_told() {
	let Served { remote, stop, server, .. } = served().await;
	remote.usage().await.unwrap();
	stop.cancel();
	server.await.unwrap().unwrap();
	let error = remote.usage().await.unwrap_err();
	assert_eq!(error.code(), "STORE_UNREACHABLE");
	assert!(error.is_transient());
}

#[tokio::test]
async fn only_loopback_is_served() {
	let directory = tempfile::tempdir().unwrap();
	let store = LocalStore::open(directory.path().join("blocks.redb")).await.unwrap();
	let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
	let error =
		server::serve(listener, Arc::new(store), CancellationToken::new()).await.unwrap_err();
	assert_eq!(error.code(), "STORE_NOT_LOOPBACK");
}

#[test]
fn addresses_are_checked() {
	for address in ["", "127.0.0.1:80", "ftp://127.0.0.1", "http://a:b@127.0.0.1", "file:///etc"] {
		assert_eq!(RemoteStore::new(address).unwrap_err().code(), "STORE_INVALID_ADDRESS");
	}
}

/// A server that answers every request with the same bytes, whatever they are.
async fn lying(answer: Vec<u8>) -> (RemoteStore, SocketAddr) {
	let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
	let address = listener.local_addr().unwrap();
	tokio::spawn(async move {
		while let Ok((mut stream, _)) = listener.accept().await {
			let answer = answer.clone();
			tokio::spawn(async move {
				let mut request = vec![0; 64 << 10];
				let _ = stream.read(&mut request).await;
				let _ = stream.write_all(&answer).await;
			});
		}
	});
	(RemoteStore::new(&format!("http://{address}")).unwrap(), address)
}

fn answer(status: &str, declared: usize, body: &[u8]) -> Vec<u8> {
	let mut answer =
		format!("HTTP/1.1 {status}\r\ncontent-length: {declared}\r\nconnection: close\r\n\r\n")
			.into_bytes();
	answer.extend_from_slice(body);
	answer
}

#[tokio::test]
async fn a_lying_server_is_not_believed() {
	let hello = id_of(HELLO);
	let code = |answer: Vec<u8>| async move {
		let (remote, _) = lying(answer).await;
		let block = remote.get_block(&hello).await.map(drop);
		let content = remote.get(&hello, None).await.map(drop);
		let (block, content) = (block.unwrap_err().code(), content.unwrap_err().code());
		assert_eq!(block, content);
		block
	};
	assert_eq!(code(answer("200 OK", 11, b"hello w0rld")).await, "STORE_CORRUPT");
	assert_eq!(code(answer("200 OK", 5, b"hello")).await, "STORE_CORRUPT");
	assert_eq!(code(answer("200 OK", 0, b"")).await, "STORE_CORRUPT");
	assert_eq!(code(answer("200 OK", 11, b"hello")).await, "STORE_UNREACHABLE");
	assert_eq!(code(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()).await, "STORE_UNREACHABLE");
	assert_eq!(code(answer("404 Not Found", 0, b"")).await, "STORE_NOT_FOUND");
	assert_eq!(code(answer("500 Oh", 4, b"oops")).await, "STORE_REFUSED");
	let endless = vec![0; MAX_BLOCK + 2];
	assert_eq!(code(answer("200 OK", endless.len(), &endless)).await, "STORE_CORRUPT");
	// A redirect is not followed, not even to the right bytes.
	let Served { store, base, .. } = served().await;
	store.put(&mut &b"hello world"[..]).await.unwrap();
	let redirect = format!(
		"HTTP/1.1 302 Found\r\nlocation: {base}/ipfs/{HELLO}?format=raw\r\ncontent-length: 0\r\n\r\n"
	);
	assert_eq!(code(redirect.into_bytes()).await, "STORE_REFUSED");
}

#[tokio::test]
async fn answers_that_are_no_blocks_are_bounded_too() {
	let long = vec![b' '; 1 << 20];
	let (remote, _) = lying(answer("200 OK", long.len(), &long)).await;
	assert_eq!(remote.usage().await.unwrap_err().code(), "STORE_REFUSED");
	let (remote, _) = lying(answer("200 OK", 2, b"[]")).await;
	assert_eq!(remote.pin(&id_of(HELLO)).await.unwrap_err().code(), "STORE_REFUSED");
	let full = br#"{"type":"x","title":"x","status":507,"code":"STORE_FULL","detail":"no space"}"#;
	let (remote, _) = lying(answer("507 Insufficient Storage", full.len(), full)).await;
	let error = remote.put(&mut &b"hello world"[..]).await.unwrap_err();
	assert_eq!(error.code(), "STORE_FULL");
	assert!(matches!(error, Error::Refused { status: 507, .. }));
}

#[tokio::test]
async fn a_tree_without_its_leaf_cannot_be_pinned() {
	let Served { remote, .. } = served().await;
	let elsewhere = served().await;
	let content = content(CHUNK + 5);
	let stored = elsewhere.store.put(&mut &content[..]).await.unwrap();
	assert_eq!(stored.id.codec, MultiCodec::DagPb);
	let root = elsewhere.store.get_block(&stored.id).await.unwrap();
	remote.put_block(&stored.id, root).await.unwrap();
	assert_eq!(remote.pin(&stored.id).await.unwrap_err().code(), "STORE_NOT_FOUND");
	assert!(!remote.has(&stored.id).await.unwrap());
}
