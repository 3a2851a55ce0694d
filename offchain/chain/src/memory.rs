// SPDX-License-Identifier: Apache-2.0
//! What a node said about a block by its hash, which never changes: it is asked once.

use lru::LruCache;
use serde_json::Value;
use std::{
	future::Future,
	num::NonZeroUsize,
	sync::{Arc, Mutex, PoisonError},
};
use subxt::rpcs::{client::RawValue, Error};
use tokio::sync::OnceCell;

/// How many answers are kept: some blocks' worth of a busy custodian.
const ANSWERS: NonZeroUsize = NonZeroUsize::new(8_192).unwrap();
/// Longer answers are not kept. What custodians read is far shorter.
const LONGEST: usize = 4_096;

/// The answer to a request. Those who ask for it at the same time wait for one of them.
type Answer = Arc<OnceCell<Box<RawValue>>>;

/// Answers of one node, those that were used last.
pub(crate) struct Memory {
	answers: Mutex<LruCache<String, Answer>>,
}

impl Default for Memory {
	fn default() -> Self {
		Self { answers: Mutex::new(LruCache::new(ANSWERS)) }
	}
}

impl Memory {
	/// The answer to a request: what is remembered, or what `ask` gets. Failures are not remembered.
	pub(crate) async fn recall(
		&self,
		method: &str,
		params: Option<&RawValue>,
		ask: impl Future<Output = Result<Box<RawValue>, Error>>,
	) -> Result<Box<RawValue>, Error> {
		let params = params.map_or("[]", RawValue::get);
		if !is_settled(method, params) {
			return ask.await;
		}
		let request = format!("{method}{params}");
		let answer =
			Answer::clone(self.answers().get_or_insert_mut(request.clone(), Answer::default));
		let said = answer.get_or_try_init(|| ask).await?.clone();
		// A block that the node does not know today it may know tomorrow.
		if said.get().len() > LONGEST || said.get() == "null" && method == "chain_getHeader" {
			self.answers().pop(&request);
		}
		Ok(said)
	}

	fn answers(&self) -> std::sync::MutexGuard<'_, LruCache<String, Answer>> {
		self.answers.lock().unwrap_or_else(PoisonError::into_inner)
	}
}

/// Whether the answer depends on nothing but the request: it names a block by its hash.
fn is_settled(method: &str, params: &str) -> bool {
	let Ok(params) = serde_json::from_str::<Vec<Value>>(params) else { return false };
	match (method, params.as_slice()) {
		("chain_getHeader", [Value::String(_)])
		| ("state_getStorage" | "state_getStorageHash", [_, Value::String(_)]) => true,
		("state_call", [function, _, Value::String(_)]) => function == "Core_version",
		_ => false,
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::sync::atomic::{AtomicUsize, Ordering};

	/// A node that counts how often it was asked.
	#[derive(Default)]
	struct Node {
		asked: AtomicUsize,
		memory: Memory,
	}

	impl Node {
		async fn ask(&self, method: &str, params: &str, answer: &str) -> Result<String, Error> {
			let params = RawValue::from_string(params.to_owned()).unwrap();
			let ask = async {
				self.asked.fetch_add(1, Ordering::Relaxed);
				tokio::task::yield_now().await;
				if answer.is_empty() {
					return Err(Error::Client("gone".into()));
				}
				Ok(RawValue::from_string(answer.to_owned()).unwrap())
			};
			self.memory.recall(method, Some(&params), ask).await.map(|said| said.get().to_owned())
		}

		fn asked(&self) -> usize {
			self.asked.load(Ordering::Relaxed)
		}
	}

	#[tokio::test]
	async fn what_is_read_at_a_block_is_asked_once() {
		for (method, params) in [
			("state_getStorage", r#"["0x01","0xaa"]"#),
			("state_getStorageHash", r#"["0x01","0xaa"]"#),
			("chain_getHeader", r#"["0xaa"]"#),
			("state_call", r#"["Core_version","0x","0xaa"]"#),
		] {
			let node = Node::default();
			let (one, two) =
				tokio::join!(node.ask(method, params, "1"), node.ask(method, params, "2"));
			assert_eq!((one.unwrap(), two.unwrap()), ("1".to_owned(), "1".to_owned()), "{method}");
			assert_eq!(node.ask(method, params, "3").await.unwrap(), "1");
			assert_eq!(node.asked(), 1, "{method}");
		}
	}

	#[tokio::test]
	async fn what_may_change_is_asked_again() {
		for (method, params) in [
			("state_getStorage", r#"["0x01"]"#),
			("state_getStorage", r#"["0x01",null]"#),
			("chain_getHeader", "[]"),
			("chain_getFinalizedHead", "[]"),
			("state_call", r#"["Core_version","0x"]"#),
			("state_call", r#"["AccountNonceApi_account_nonce","0x","0xaa"]"#),
			("author_submitExtrinsic", r#"["0x01"]"#),
		] {
			let node = Node::default();
			assert_eq!(node.ask(method, params, "1").await.unwrap(), "1");
			assert_eq!(node.ask(method, params, "2").await.unwrap(), "2", "{method} {params}");
		}
	}

	#[tokio::test]
	async fn no_failure_and_no_unknown_block_is_remembered() {
		let node = Node::default();
		let read = |answer| node.ask("state_getStorage", r#"["0x01","0xaa"]"#, answer);
		assert!(read("").await.is_err());
		assert_eq!(read("null").await.unwrap(), "null");
		assert_eq!(read("1").await.unwrap(), "null", "nothing was stored there in that block");
		let header = |answer| node.ask("chain_getHeader", r#"["0xaa"]"#, answer);
		assert_eq!(header("null").await.unwrap(), "null");
		assert_eq!(header("{}").await.unwrap(), "{}");
	}

	#[tokio::test]
	async fn only_the_newest_answers_are_kept_and_no_long_one() {
		let node = Node::default();
		let long = "1".repeat(LONGEST + 1);
		let read = |key: usize, answer: String| {
			let params = format!(r#"["{key}","0xaa"]"#);
			let node = &node;
			async move { node.ask("state_getStorage", &params, &answer).await.unwrap() }
		};
		assert_eq!(read(0, long.clone()).await, long);
		assert_eq!(read(0, "2".to_owned()).await, "2");
		for key in 1..=ANSWERS.get() {
			read(key, "1".to_owned()).await;
		}
		assert_eq!(read(0, "3".to_owned()).await, "3");
		assert_eq!(node.memory.answers().len(), ANSWERS.get());
	}
}
