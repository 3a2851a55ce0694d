// SPDX-License-Identifier: Apache-2.0
//! One connection to a node.

use crate::{memory::Memory, Error, Limits, NodeUrl};
use std::{sync::Arc, time::Duration};
use subxt::{
	backend::LegacyBackend,
	config::{substrate::SubstrateConfig, RpcConfigFor},
	ext::jsonrpsee::ws_client::{PingConfig, WsClient, WsClientBuilder},
	rpcs::{
		client::{RawRpcFuture, RawRpcSubscription, RawValue, RpcClientT, RpcParams},
		LegacyRpcMethods, RpcClient,
	},
	utils::H256,
	OnlineClient,
};

/// How often an idle connection is tried.
const PING_EVERY: Duration = Duration::from_secs(15);
/// The largest answer accepted: far above the metadata, and above any page of state.
const LARGEST_ANSWER: u32 = 32 * 1024 * 1024;

/// The key under which a chain stores its own code.
pub(crate) const CODE: &[u8] = b":code";

/// The subxt client at a block.
pub(crate) type AtBlock = subxt::OnlineClientAtBlock<SubstrateConfig>;

/// A connection, and the clients that share it.
#[derive(Clone)]
pub(crate) struct Link {
	socket: Arc<WsClient>,
	client: RpcClient,
	rpc: LegacyRpcMethods<RpcConfigFor<SubstrateConfig>>,
	online: OnlineClient<SubstrateConfig>,
}

impl Link {
	/// Connects. `config` carries the metadata of runtimes that were seen before.
	pub(crate) async fn open(
		url: &NodeUrl,
		limits: &Limits,
		config: SubstrateConfig,
	) -> Result<Self, Error> {
		let unreachable = |cause| Error::NodeUnreachable { url: url.clone(), cause };
		let connecting = WsClientBuilder::new()
			.connection_timeout(limits.connect)
			.request_timeout(limits.request)
			.max_response_size(LARGEST_ANSWER)
			.enable_ws_ping(PingConfig::new().ping_interval(PING_EVERY))
			.build(url.as_str());
		let socket = tokio::time::timeout(limits.connect, connecting)
			.await
			.map_err(|elapsed| unreachable(elapsed.into()))?
			.map_err(|error| unreachable(error.into()))?;
		let socket = Arc::new(socket);
		let client =
			RpcClient::new(Remembering { socket: Arc::clone(&socket), memory: Memory::default() });
		let backend = LegacyBackend::builder().build(client.clone());
		let online = OnlineClient::from_backend_with_config(config, Arc::new(backend)).await?;
		Ok(Self { socket, rpc: LegacyRpcMethods::new(client.clone()), client, online })
	}

	/// Whether the connection stands, as far as is known.
	pub(crate) fn is_open(&self) -> bool {
		self.socket.is_connected()
	}

	pub(crate) const fn rpc(&self) -> &LegacyRpcMethods<RpcConfigFor<SubstrateConfig>> {
		&self.rpc
	}

	/// Whether the node has kept the state in a block. It is always asked: that changes.
	pub(crate) async fn has_state(&self, block: H256) -> Result<bool, Error> {
		let mut params = RpcParams::new();
		params.push(format!("0x{}", hex::encode(CODE)))?;
		params.push(block)?;
		let size: Result<Option<u64>, _> =
			self.client.request("state_getStorageSize", params).await;
		match size.map_err(Error::from) {
			Ok(_) => Ok(true),
			Err(Error::BlockUnavailable { .. }) => Ok(false),
			Err(error) => Err(error),
		}
	}

	/// The hash of what is stored under `key` in a block, which the node computes: subxt would fetch
	/// the whole of it.
	pub(crate) async fn storage_hash(
		&self,
		key: &[u8],
		block: H256,
	) -> Result<Option<H256>, Error> {
		let mut params = RpcParams::new();
		params.push(format!("0x{}", hex::encode(key)))?;
		params.push(block)?;
		Ok(self.client.request("state_getStorageHash", params).await?)
	}

	pub(crate) const fn online(&self) -> &OnlineClient<SubstrateConfig> {
		&self.online
	}
}

/// The socket, which is asked only for what is not remembered.
struct Remembering {
	socket: Arc<WsClient>,
	memory: Memory,
}

impl RpcClientT for Remembering {
	fn request_raw<'a>(
		&'a self,
		method: &'a str,
		params: Option<Box<RawValue>>,
	) -> RawRpcFuture<'a, Box<RawValue>> {
		Box::pin(async move {
			let said = params.clone();
			let ask = self.socket.request_raw(method, params);
			self.memory.recall(method, said.as_deref(), ask).await
		})
	}

	fn subscribe_raw<'a>(
		&'a self,
		sub: &'a str,
		params: Option<Box<RawValue>>,
		unsub: &'a str,
	) -> RawRpcFuture<'a, RawRpcSubscription> {
		self.socket.subscribe_raw(sub, params, unsub)
	}
}
