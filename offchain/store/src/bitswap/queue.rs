// SPDX-License-Identifier: Apache-2.0
//! What one peer wants and has not got an answer to.

use super::message::{Want, WantKind};
use cid::Cid;
use std::{
	collections::{HashMap, VecDeque},
	sync::{Mutex, PoisonError},
};
use tokio::sync::Notify;

/// The most wants that wait for one peer; more are not answered.
const MAX_WAITING: usize = 16_384;

/// The wants of a peer in their order. A want that is repeated takes the place of the former one, and a
/// want that was taken back is not answered.
#[derive(Default)]
pub(super) struct WantQueue {
	wants: Mutex<Wants>,
	news: Notify,
}

#[derive(Default)]
struct Wants {
	/// What may still be wanted, in order.
	order: VecDeque<Cid>,
	/// What is.
	kinds: HashMap<Cid, WantKind>,
}

impl WantQueue {
	/// Takes what a peer sent.
	pub(super) fn take(&self, is_full: bool, wants: Vec<Want>) {
		let mut all = self.wants.lock().unwrap_or_else(PoisonError::into_inner);
		if is_full {
			*all = Wants::default();
		}
		for Want { cid, kind } in wants {
			if kind == WantKind::Cancel {
				all.kinds.remove(&cid);
				continue;
			}
			let has_room = all.kinds.len() < MAX_WAITING && all.order.len() < 2 * MAX_WAITING;
			if has_room && all.kinds.insert(cid, kind).is_none() {
				all.order.push_back(cid);
			}
		}
		drop(all);
		self.news.notify_one();
	}

	/// The next wants, at most so many; waits for the first.
	pub(super) async fn next(&self, most: usize) -> Vec<Want> {
		loop {
			let next = self.pop(most);
			if !next.is_empty() {
				return next;
			}
			self.news.notified().await;
		}
	}

	fn pop(&self, most: usize) -> Vec<Want> {
		let mut all = self.wants.lock().unwrap_or_else(PoisonError::into_inner);
		let mut next = Vec::new();
		while next.len() < most {
			let Some(cid) = all.order.pop_front() else { break };
			if let Some(kind) = all.kinds.remove(&cid) {
				next.push(Want { cid, kind });
			}
		}
		next
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use multihash_codetable::{Code, MultihashDigest};

	fn cid(number: u64) -> Cid {
		Cid::new_v1(0x55, Code::Sha2_256.digest(&number.to_be_bytes()))
	}

	fn want(number: u64) -> Want {
		Want { cid: cid(number), kind: WantKind::Block { tell: true } }
	}

	fn cancel(number: u64) -> Want {
		Want { cid: cid(number), kind: WantKind::Cancel }
	}

	#[tokio::test]
	async fn wants_come_in_order_once_and_without_what_was_taken_back() {
		let queue = WantQueue::default();
		queue.take(false, vec![want(1), want(2), want(1), want(3), cancel(2)]);
		assert_eq!(queue.next(1).await, [want(1)]);
		queue.take(false, vec![want(2)]);
		assert_eq!(queue.next(10).await, [want(2), want(3)]);
	}

	#[tokio::test]
	async fn a_full_list_replaces_the_former_one() {
		let queue = WantQueue::default();
		queue.take(false, vec![want(1), want(2)]);
		queue.take(true, vec![want(3)]);
		assert_eq!(queue.next(10).await, [want(3)]);
	}

	#[tokio::test]
	async fn a_storm_of_wants_and_cancels_stays_small() {
		let queue = WantQueue::default();
		for number in 0..4 * MAX_WAITING as u64 {
			queue.take(false, vec![want(number), cancel(number)]);
		}
		assert!(queue.wants.lock().unwrap().order.len() <= 2 * MAX_WAITING);
		queue.take(true, (0..2 * MAX_WAITING as u64).map(want).collect());
		assert_eq!(queue.next(usize::MAX).await.len(), MAX_WAITING);
	}
}
