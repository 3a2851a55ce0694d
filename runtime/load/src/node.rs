// SPDX-License-Identifier: Apache-2.0
//! A development node, and what is asked of it.

use codec::Decode;
use salus_runtime::{Hash, Runtime};
use serde_json::{json, Value};
use std::{error::Error, fs::File, net::TcpListener, path::Path, process::Stdio, time::Duration};
use tokio::{
	process::{Child, Command},
	time::{sleep, Instant},
};

/// How long a node may take to build a large state.
const PATIENCE: Duration = Duration::from_secs(1_800);
const POLL: Duration = Duration::from_millis(100);

/// A development node.
pub(crate) struct Node {
	process: Child,
	client: reqwest::Client,
	url: String,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

impl Node {
	/// Starts one on loopback, and waits for its first answer.
	pub(crate) async fn start(
		program: &Path,
		chain: &Path,
		home: &Path,
		block_time: u64,
	) -> Result<Self> {
		let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
		let log = home.join("node.log");
		let process = Command::new(program)
			.args(["--dev", "--no-mdns", "--no-prometheus", "--no-telemetry"])
			.args(["--no-hardware-benchmarks", "--database", "paritydb"])
			// What waits is what the next blocks are filled from.
			.args(["--pool-limit", "65536", "--pool-kbytes", "262144"])
			.args(["--listen-addr", "/ip4/127.0.0.1/tcp/0"])
			.args(["--rpc-port", &port.to_string(), "--rpc-max-request-size", "64"])
			.args(["--dev-block-time", &block_time.to_string()])
			.arg("--chain")
			.arg(chain)
			.arg("--base-path")
			.arg(home)
			.stdout(Stdio::null())
			.stderr(File::create(&log)?)
			.kill_on_drop(true)
			.spawn()?;
		let client = reqwest::Client::new();
		let mut node = Self { process, client, url: format!("http://127.0.0.1:{port}") };
		let deadline = Instant::now() + PATIENCE;
		while node.ask("system_health", json!([])).await.is_err() {
			if let Some(status) = node.process.try_wait()? {
				return Err(format!("the node ended with {status}: {}", log.display()).into());
			}
			if Instant::now() > deadline {
				return Err(format!("the node does not answer: {}", log.display()).into());
			}
			sleep(POLL).await;
		}
		Ok(node)
	}

	/// Stops it, and waits until it is gone.
	pub(crate) async fn stop(mut self) -> Result<()> {
		self.process.kill().await?;
		Ok(())
	}

	async fn ask(&self, method: &str, params: Value) -> Result<Value> {
		let call = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
		let mut answer: Value =
			self.client.post(&self.url).json(&call).send().await?.json().await?;
		if let Some(error) = answer.get("error") {
			return Err(format!("{method}: {error}").into());
		}
		Ok(answer["result"].take())
	}

	/// Hands over transactions; how many the pool took.
	pub(crate) async fn submit(&self, transactions: &[Vec<u8>]) -> Result<usize> {
		let calls = transactions.iter().enumerate().map(|(id, bytes)| {
			let params = json!([format!("0x{}", hex::encode(bytes))]);
			json!({ "jsonrpc": "2.0", "id": id, "method": "author_submitExtrinsic", "params": params })
		});
		let calls: Vec<_> = calls.collect();
		let answers: Vec<Value> =
			self.client.post(&self.url).json(&calls).send().await?.json().await?;
		let refused = answers.iter().find_map(|answer| answer.get("error"));
		let taken = answers.iter().filter(|answer| answer.get("result").is_some()).count();
		match refused {
			Some(error) if taken == 0 => Err(format!("author_submitExtrinsic: {error}").into()),
			_ => Ok(taken),
		}
	}

	/// The hash of a block, once there is one.
	pub(crate) async fn block_hash(&self, number: u32) -> Result<Option<Hash>> {
		let answer = self.ask("chain_getBlockHash", json!([number])).await?;
		Ok(serde_json::from_value(answer)?)
	}

	/// The number of the best block.
	pub(crate) async fn best(&self) -> Result<u32> {
		number(&self.ask("chain_getHeader", json!([])).await?)
	}

	/// The number of the last finalised block.
	pub(crate) async fn finalised(&self) -> Result<u32> {
		let hash = self.ask("chain_getFinalizedHead", json!([])).await?;
		number(&self.ask("chain_getHeader", json!([hash])).await?)
	}

	/// A value of the state after a block.
	pub(crate) async fn value<T: Decode>(&self, key: &[u8], at: Hash) -> Result<Option<T>> {
		let key = format!("0x{}", hex::encode(key));
		let answer = self.ask("state_getStorage", json!([key, at])).await?;
		let Some(text) = answer.as_str() else { return Ok(None) };
		let bytes = hex::decode(text.trim_start_matches("0x"))?;
		Ok(Some(T::decode(&mut &bytes[..])?))
	}

	/// The nonce that an account's next transaction has.
	pub(crate) async fn nonce(&self, who: &salus_runtime::AccountId, at: Hash) -> Result<u32> {
		type Info = frame_system::AccountInfo<u32, <Runtime as frame_system::Config>::AccountData>;
		let key = frame_system::Account::<Runtime>::hashed_key_for(who);
		Ok(self.value::<Info>(&key, at).await?.map_or(0, |info| info.nonce))
	}
}

fn number(header: &Value) -> Result<u32> {
	let text = header["number"].as_str().ok_or("a header without a number")?;
	Ok(u32::from_str_radix(text.trim_start_matches("0x"), 16)?)
}
