// SPDX-License-Identifier: Apache-2.0
//! Nodes that fetch from each other, on loopback.

use futures::future::join_all;
use salus_primitives::ContentId;
use salus_store::{
	BlockStore, ContentStore, EmbeddedStore, Error, LocalStore, NodeSettings, PeerId, CHUNK,
};
use std::{future::Future, path::Path, sync::atomic::Ordering, time::Duration};
use tempfile::TempDir;

/// Bytes that look random and differ by seed.
fn bytes(seed: u64, len: usize) -> Vec<u8> {
	let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
	let mut bytes = Vec::with_capacity(len + 8);
	while bytes.len() < len {
		state ^= state << 13;
		state ^= state >> 7;
		state ^= state << 17;
		bytes.extend_from_slice(&state.to_le_bytes());
	}
	bytes.truncate(len);
	bytes
}

struct Node {
	store: EmbeddedStore,
	home: TempDir,
}

async fn open(home: &Path) -> EmbeddedStore {
	let local = LocalStore::open(home.join("blocks.redb")).await.unwrap();
	let listen = "/ip4/127.0.0.1/tcp/0".parse().unwrap();
	EmbeddedStore::start(local, NodeSettings::new(home.join("node.key"), listen)).await.unwrap()
}

async fn node() -> Node {
	let home = tempfile::tempdir().unwrap();
	Node { store: open(home.path()).await, home }
}

/// Waits for something that peers are about to bring about.
async fn until<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
	let waited = tokio::time::timeout(Duration::from_secs(60), async {
		while !is_so().await {
			tokio::time::sleep(Duration::from_millis(10)).await;
		}
	});
	waited.await.expect("it comes about within a minute");
}

async fn connect(one: &EmbeddedStore, other: &EmbeddedStore) {
	one.connect(other.addresses()[0].clone()).await.unwrap();
	until(async || sees(one, other.peer_id()).await && sees(other, one.peer_id()).await).await;
}

async fn sees(store: &EmbeddedStore, peer: PeerId) -> bool {
	store.peers().await.unwrap().contains(&peer)
}

async fn put(store: &EmbeddedStore, content: &[u8]) -> ContentId {
	store.put(&mut &content[..]).await.unwrap().id
}

async fn get(store: &EmbeddedStore, id: &ContentId) -> Vec<u8> {
	store.get(id, None).await.unwrap().into_bytes(64 << 20).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_has_the_other_fetches() {
	let (one, other) = (node().await, node().await);
	connect(&one.store, &other.store).await;
	for (seed, len) in [(1, 100), (2, CHUNK), (3, CHUNK + 1), (4, 13 * CHUNK + 5)] {
		let content = bytes(seed, len);
		let id = put(&one.store, &content).await;
		assert_eq!(get(&other.store, &id).await, content);
		// What was fetched is here from now on.
		assert!(other.store.has(&id).await.unwrap());
	}
	let (sent, received) = (one.store.traffic(), other.store.traffic());
	let blocks = other.store.usage().await.unwrap().blocks;
	assert_eq!(sent.blocks_sent.load(Ordering::Relaxed), blocks, "no block is sent twice");
	assert_eq!(received.blocks_received.load(Ordering::Relaxed), blocks);
	assert_eq!(received.blocks_unasked.load(Ordering::Relaxed), 0);
	assert_eq!(received.asked_again.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_is_fetched_without_the_rest() {
	let (one, other) = (node().await, node().await);
	connect(&one.store, &other.store).await;
	let content = bytes(5, 9 * CHUNK);
	let id = put(&one.store, &content).await;
	let range = (4 * CHUNK as u64 - 10)..(4 * CHUNK as u64 + 10);
	let part = other.store.get(&id, Some(range)).await.unwrap().into_bytes(64).await.unwrap();
	assert_eq!(part, content[4 * CHUNK - 10..4 * CHUNK + 10]);
	// The root and two leaves.
	assert_eq!(other.store.usage().await.unwrap().blocks, 3);
	assert!(!other.store.has(&id).await.unwrap());
	// Pinning it fetches the rest.
	assert_eq!(other.store.pin(&id).await.unwrap(), 1);
	assert!(other.store.has(&id).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ways_at_once() {
	let (one, other) = (node().await, node().await);
	connect(&one.store, &other.store).await;
	for round in 0..5 {
		let contents = [bytes(100 + round, 20 * CHUNK), bytes(200 + round, 20 * CHUNK)];
		let ids = [put(&one.store, &contents[0]).await, put(&other.store, &contents[1]).await];
		let (here, there) = tokio::join!(get(&one.store, &ids[1]), get(&other.store, &ids[0]));
		assert!(here == contents[1] && there == contents[0], "round {round}");
	}
	for traffic in [one.store.traffic(), other.store.traffic()] {
		assert_eq!(traffic.asked_again.load(Ordering::Relaxed), 0);
		assert_eq!(traffic.ignored.load(Ordering::Relaxed), 0);
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_has_is_said_to_be_missing() {
	let (one, other) = (node().await, node().await);
	let missing = put(&node().await.store, b"elsewhere").await;
	for connected in [false, true] {
		if connected {
			connect(&one.store, &other.store).await;
		}
		let error = one.store.get_block(&missing).await.unwrap_err();
		assert!(matches!(error, Error::NotFound { .. }), "{error}");
	}
}

#[tokio::test(flavor = "multi_thread")]
async fn who_provides_it_is_found_by_asking_a_third() {
	let (one, middle, other) = (node().await, node().await, node().await);
	connect(&one.store, &middle.store).await;
	connect(&other.store, &middle.store).await;
	let content = bytes(6, 3 * CHUNK);
	// The table learns of the others when they have said who they are.
	let id = put(&one.store, &content).await;
	until(async || {
		one.store.pin(&id).await.unwrap();
		other.store.get_block(&id).await.is_ok()
	})
	.await;
	assert_eq!(get(&other.store, &id).await, content);
	assert!(sees(&other.store, one.store.peer_id()).await);
	// The third neither has it nor passed it on.
	assert_eq!(middle.store.usage().await.unwrap().blocks, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_who_it_is_and_what_it_has() {
	let (one, other) = (node().await, node().await);
	let content = bytes(7, 2 * CHUNK);
	let id = put(&one.store, &content).await;
	let before = one.store.peer_id();
	one.store.shut_down().await;
	assert!(matches!(one.store.peers().await, Err(Error::NodeStopped)));
	let Node { store, home } = one;
	drop(store);
	let again = open(home.path()).await;
	assert_eq!(again.peer_id(), before);
	connect(&other.store, &again).await;
	assert_eq!(get(&other.store, &id).await, content);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_opened_again() {
	let (one, other) = (node().await, node().await);
	connect(&one.store, &other.store).await;
	let contents: Vec<_> = (0..4).map(|seed| bytes(300 + seed, 2 * CHUNK)).collect();
	let ids = join_all(contents.iter().map(|content| put(&one.store, content))).await;
	assert_eq!(get(&other.store, &ids[0]).await, contents[0]);
	// The other end goes away and comes back under the same name.
	let Node { store, home } = one;
	store.shut_down().await;
	drop(store);
	let again = open(home.path()).await;
	connect(&again, &other.store).await;
	for (id, content) in ids.iter().zip(&contents) {
		assert_eq!(get(&other.store, id).await, *content);
	}
}
