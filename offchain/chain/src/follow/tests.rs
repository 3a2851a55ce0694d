// SPDX-License-Identifier: Apache-2.0
use super::*;
use crate::{source::Heads, MemoryCursor};
use std::{
	sync::{Arc, Mutex},
	time::Duration,
};
use tokio::sync::broadcast;

/// A chain in memory, whose node can go away, come back, and skip announcements.
struct FakeChain {
	chain: Mutex<Vec<FinalizedBlock>>,
	heads: Mutex<Option<broadcast::Sender<BlockNumber>>>,
	fetched: Mutex<Vec<BlockNumber>>,
	faults: Mutex<usize>,
}

fn hash(number: BlockNumber, fork: u8) -> BlockHash {
	let mut bytes = [fork; 32];
	bytes[..8].copy_from_slice(&number.to_le_bytes());
	BlockHash(bytes)
}

fn block(number: BlockNumber) -> FinalizedBlock {
	FinalizedBlock {
		number,
		hash: hash(number, 0),
		parent: hash(number.wrapping_sub(1), 0),
		time: 6_000 * number,
		events: Vec::new(),
	}
}

impl FakeChain {
	fn new(head: BlockNumber) -> Arc<Self> {
		Arc::new(Self {
			chain: Mutex::new((0..=head).map(block).collect()),
			heads: Mutex::new(Some(broadcast::channel(16).0)),
			fetched: Mutex::default(),
			faults: Mutex::new(0),
		})
	}

	/// Finalises `count` blocks at once; only the last is announced.
	fn finalize(&self, count: u64) {
		let mut chain = self.chain.lock().unwrap();
		let next = chain.len() as u64;
		chain.extend((next..next + count).map(block));
		if let Some(heads) = &*self.heads.lock().unwrap() {
			let _ = heads.send(next + count - 1);
		}
	}

	fn go_away(&self) {
		*self.heads.lock().unwrap() = None;
	}

	fn come_back(&self) {
		*self.heads.lock().unwrap() = Some(broadcast::channel(16).0);
	}

	fn lost() -> Error {
		Error::ConnectionLost { cause: "gone".into() }
	}

	fn ensure_there(&self) -> Result<(), Error> {
		let there = self.heads.lock().unwrap().is_some();
		there.then_some(()).ok_or_else(Self::lost)
	}
}

impl FinalizedSource for Arc<FakeChain> {
	async fn head(&self) -> Result<BlockId, Error> {
		self.ensure_there()?;
		Ok(self.chain.lock().unwrap().last().unwrap().id())
	}

	async fn heads(&self) -> Result<Heads, Error> {
		let receiver = self.heads.lock().unwrap().as_ref().ok_or_else(FakeChain::lost)?.subscribe();
		Ok(stream::unfold(receiver, |mut receiver| async {
			receiver.recv().await.ok().map(|head| (Ok(head), receiver))
		})
		.boxed())
	}

	async fn hash_at(&self, number: BlockNumber) -> Result<BlockHash, Error> {
		self.ensure_there()?;
		Ok(self.chain.lock().unwrap()[number as usize].hash)
	}

	async fn block(&self, id: BlockId) -> Result<FinalizedBlock, Error> {
		self.ensure_there()?;
		// Later blocks answer first.
		turns(20 - id.number % 20).await;
		if *self.faults.lock().unwrap() > 0 {
			*self.faults.lock().unwrap() -= 1;
			return Err(FakeChain::lost());
		}
		self.fetched.lock().unwrap().push(id.number);
		Ok(self.chain.lock().unwrap()[id.number as usize].clone())
	}
}

/// Lets everything else run.
async fn turns(count: u64) {
	for _ in 0..count {
		tokio::task::yield_now().await;
	}
}

const PACE: Pace = Pace { first: Duration::from_millis(1), longest: Duration::from_millis(2) };

fn start(source: &Arc<FakeChain>, cursor: MemoryCursor, start: Start) -> Follower {
	follow_source(Arc::clone(source), cursor, start, CancellationToken::new(), PACE)
}

async fn numbers(follower: &mut Follower, count: usize) -> Vec<BlockNumber> {
	let blocks: Vec<_> = follower.take(count).try_collect().await.unwrap();
	blocks.iter().map(|block| block.number).collect()
}

#[tokio::test]
async fn missed_and_new_blocks_come_in_order() {
	let chain = FakeChain::new(30);
	let mut follower = start(&chain, MemoryCursor::default(), Start::Genesis);
	assert_eq!(numbers(&mut follower, 30).await, (1..=30).collect::<Vec<_>>());
	chain.finalize(1);
	assert_eq!(numbers(&mut follower, 1).await, [31]);
	// Several at once are announced as one.
	chain.finalize(7);
	assert_eq!(numbers(&mut follower, 7).await, (32..=38).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_follower_begins_where_it_is_told() {
	let chain = FakeChain::new(9);
	let mut newest = start(&chain, MemoryCursor::default(), Start::Newest);
	assert_eq!(numbers(&mut newest, 1).await, [9]);
	let mut middle = start(&chain, MemoryCursor::default(), Start::Block(4));
	assert_eq!(numbers(&mut middle, 6).await, [4, 5, 6, 7, 8, 9]);
	let mut resumed = start(&chain, MemoryCursor::new(Some(block(6).id())), Start::Genesis);
	assert_eq!(numbers(&mut resumed, 3).await, [7, 8, 9]);
}

#[tokio::test]
async fn a_start_in_the_future_is_waited_for() {
	let chain = FakeChain::new(2);
	let mut follower = start(&chain, MemoryCursor::default(), Start::Block(4));
	let chain_later = Arc::clone(&chain);
	let later = tokio::spawn(async move {
		turns(5_000).await;
		chain_later.finalize(3);
	});
	assert_eq!(numbers(&mut follower, 2).await, [4, 5]);
	later.await.unwrap();
}

#[tokio::test]
async fn nothing_is_missed_or_repeated_while_the_node_is_away() {
	let chain = FakeChain::new(3);
	let mut follower = start(&chain, MemoryCursor::default(), Start::Genesis);
	assert_eq!(numbers(&mut follower, 3).await, [1, 2, 3]);
	chain.go_away();
	chain.finalize(5);
	let returning = Arc::clone(&chain);
	let later = tokio::spawn(async move {
		turns(5_000).await;
		returning.come_back();
	});
	assert_eq!(numbers(&mut follower, 5).await, [4, 5, 6, 7, 8]);
	later.await.unwrap();
}

#[tokio::test]
async fn a_fault_in_the_middle_is_made_good() {
	let chain = FakeChain::new(40);
	*chain.faults.lock().unwrap() = 5;
	let mut follower = start(&chain, MemoryCursor::default(), Start::Genesis);
	assert_eq!(numbers(&mut follower, 40).await, (1..=40).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_cursor_moves_when_the_next_block_is_asked_for() {
	let chain = FakeChain::new(3);
	let cursor = Arc::new(MemoryCursor::default());
	let stop = CancellationToken::new();
	let mut follower =
		follow_source(chain, Arc::clone(&cursor), Start::Genesis, stop.clone(), PACE);
	follower.next().await.unwrap().unwrap();
	assert_eq!(cursor.get(), None);
	follower.next().await.unwrap().unwrap();
	assert_eq!(cursor.get(), Some(block(1).id()));
	// A clean stop keeps what was processed.
	stop.cancel();
	assert!(follower.next().await.is_none());
	assert_eq!(cursor.get(), Some(block(2).id()));
	assert!(follower.next().await.is_none());
}

#[tokio::test]
async fn a_slow_reader_holds_the_fetcher_back() {
	let chain = FakeChain::new(500);
	let mut follower = start(&chain, MemoryCursor::default(), Start::Genesis);
	follower.next().await.unwrap().unwrap();
	turns(100_000).await;
	let fetched = chain.fetched.lock().unwrap().len();
	assert!(fetched <= 1 + QUEUE + 1 + AT_ONCE, "{fetched} blocks were fetched");
	assert_eq!(numbers(&mut follower, 499).await, (2..=500).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_cursor_of_another_chain_ends_the_follower() {
	let chain = FakeChain::new(9);
	let other = BlockId { number: 4, hash: hash(4, 1) };
	let mut follower = start(&chain, MemoryCursor::new(Some(other)), Start::Genesis);
	let error = follower.next().await.unwrap().unwrap_err();
	assert_eq!(error.code(), "CURSOR_DIVERGED");
	assert!(follower.next().await.is_none());
}

#[tokio::test]
async fn a_block_that_does_not_continue_the_chain_is_not_given_out() {
	let chain = FakeChain::new(5);
	chain.chain.lock().unwrap()[3].parent = hash(2, 1);
	let mut follower = start(&chain, MemoryCursor::default(), Start::Genesis);
	assert_eq!(numbers(&mut follower, 2).await, [1, 2]);
	assert_eq!(follower.next().await.unwrap().unwrap_err().code(), "CURSOR_DIVERGED");
}

#[tokio::test]
async fn a_node_that_is_behind_is_waited_for() {
	let chain = FakeChain::new(5);
	let mut follower = start(&chain, MemoryCursor::new(Some(block(8).id())), Start::Genesis);
	let catching_up = Arc::clone(&chain);
	let later = tokio::spawn(async move {
		turns(5_000).await;
		catching_up.finalize(5);
	});
	assert_eq!(numbers(&mut follower, 2).await, [9, 10]);
	later.await.unwrap();
}
