// SPDX-License-Identifier: Apache-2.0
//! The client: one chain, through one node.

use crate::{
	link::Link, snapshot::Snapshot, state, submit::Lanes, BestState, BlockHash, BlockId, Error,
	FinalizedHead, FinalizedState,
};
use std::{fmt, str::FromStr, sync::Arc, time::Duration};
use subxt::config::substrate::SubstrateConfig;
use tokio::sync::Mutex;

/// The runtime that this client speaks to.
const SPEC_NAME: &str = "salus";

/// The address of a node. A password in it is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct NodeUrl(String);

impl NodeUrl {
	/// The address itself, with whatever password it has.
	pub fn as_str(&self) -> &str {
		&self.0
	}
}

impl FromStr for NodeUrl {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let url = Self(text.to_owned());
		let host = text.strip_prefix("ws://").or_else(|| text.strip_prefix("wss://"));
		if host.is_none_or(str::is_empty) {
			return Err(Error::InvalidUrl { url });
		}
		Ok(url)
	}
}

impl fmt::Display for NodeUrl {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (scheme, rest) = self.0.split_once("://").unwrap_or(("", &self.0));
		let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
		// Keys of hosted nodes are often in the path or the query.
		let path = if path.len() > 1 { "/…" } else { "" };
		let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
		let host = host.split('?').next().unwrap_or_default();
		write!(f, "{scheme}://{host}{path}")
	}
}

impl fmt::Debug for NodeUrl {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "NodeUrl({self})")
	}
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// Connecting.
	pub connect: Duration,
	/// One request.
	pub request: Duration,
	/// One transaction, from signing until it is finalised.
	pub submit: Duration,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			connect: Duration::from_secs(5),
			request: Duration::from_secs(30),
			submit: Duration::from_secs(180),
		}
	}
}

/// What the chain says of its money and its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainProperties {
	/// The prefix of addresses.
	pub ss58_format: u16,
	/// The name of the native token.
	pub token_symbol: String,
	/// How many decimals it has.
	pub token_decimals: u8,
	/// Whether it is a development chain: one that finalises its blocks at once, and whose clock is
	/// none.
	pub is_development: bool,
}

/// A client of the chain. Clones share one connection, which is made anew when it breaks.
#[derive(Clone)]
pub struct Client {
	inner: Arc<Inner>,
}

struct Inner {
	url: NodeUrl,
	limits: Limits,
	genesis: BlockHash,
	chain_name: String,
	properties: ChainProperties,
	config: SubstrateConfig,
	link: Mutex<Link>,
	lanes: Lanes,
}

impl Client {
	/// Connects to the node at `url`.
	///
	/// # Errors
	/// `NODE_UNREACHABLE` when none is there, `CHAIN_MISMATCH` when it runs another chain,
	/// `RUNTIME_INCOMPATIBLE` when the runtime has another shape than this program knows.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		Self::connect_with(url, Limits::default()).await
	}

	/// Connects to the node at `url`, with other limits than the usual.
	///
	/// # Errors
	/// As [`Client::connect`].
	pub async fn connect_with(url: &str, limits: Limits) -> Result<Self, Error> {
		let url: NodeUrl = url.parse()?;
		if !subxt::rpcs::utils::url_is_secure(url.as_str()).unwrap_or(true) {
			tracing::warn!(%url, "the connection to the node is not encrypted");
		}
		let config = SubstrateConfig::new();
		let link = Link::open(&url, &limits, config.clone()).await?;
		ensure_chain(&link, &url).await?;
		state::ensure_compatible(&link.online().at_current_block().await?)?;
		let chain_name = link.rpc().system_chain().await?;
		let properties = properties(&link).await?;
		let genesis = BlockHash::from(link.online().genesis_hash());
		let inner = Inner {
			url,
			limits,
			genesis,
			chain_name,
			properties,
			config,
			link: Mutex::new(link),
			lanes: Lanes::default(),
		};
		Ok(Self { inner: Arc::new(inner) })
	}

	/// The hash of the genesis block, which no other network has.
	pub fn genesis(&self) -> [u8; 32] {
		self.inner.genesis.0
	}

	/// The name of the network, for people.
	pub fn chain_name(&self) -> &str {
		&self.inner.chain_name
	}

	/// What the chain says of its money and its addresses.
	pub fn properties(&self) -> &ChainProperties {
		&self.inner.properties
	}

	/// The address of the node.
	pub fn url(&self) -> &NodeUrl {
		&self.inner.url
	}

	/// How long things may take.
	pub fn limits(&self) -> &Limits {
		&self.inner.limits
	}

	/// The newest finalised block.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn finalized(&self) -> Result<FinalizedHead, Error> {
		let state = self.state().await?;
		let BlockId { number, hash } = state.block();
		Ok(FinalizedHead { number, hash, time: state.now().await? })
	}

	/// The state in the newest finalised block.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn state(&self) -> Result<FinalizedState, Error> {
		let link = self.link().await?;
		let at = link.online().at_current_block().await?;
		Ok(FinalizedState::new(link, at))
	}

	/// The state in the newest block, which may still be undone. Where blocks are final at once, it
	/// is the newest finalised one.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn best(&self) -> Result<BestState, Error> {
		let link = self.link().await?;
		let Some(hash) = link.rpc().chain_get_block_hash(None).await? else {
			return Err(Error::BlockUnavailable { block: "best".to_owned() });
		};
		Ok(BestState::new(Snapshot::new(link.online().at_block(hash).await?)))
	}

	/// The state in the finalised block `block`. A node that is no archive keeps only the newest.
	///
	/// # Errors
	/// `BLOCK_UNAVAILABLE` when the node has not kept it.
	pub async fn state_at(&self, block: BlockId) -> Result<FinalizedState, Error> {
		let link = self.link().await?;
		let hash = subxt::utils::H256::from(block.hash);
		let at = link.online().at_block_hash_and_number(hash, block.number).await?;
		Ok(FinalizedState::new(link, at))
	}

	/// Whether the node has kept the state in `block`, or has not come to it yet.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn has_state(&self, block: BlockId) -> Result<bool, Error> {
		if self.state().await?.block().number <= block.number {
			return Ok(true);
		}
		self.link().await?.has_state(block.hash.into()).await
	}

	pub(crate) fn lanes(&self) -> &Lanes {
		&self.inner.lanes
	}

	/// The connection; a new one when the last one broke.
	pub(crate) async fn link(&self) -> Result<Link, Error> {
		let inner = &*self.inner;
		let mut link = inner.link.lock().await;
		if !link.is_open() {
			let new = Link::open(&inner.url, &inner.limits, inner.config.clone()).await?;
			if BlockHash::from(new.online().genesis_hash()) != inner.genesis {
				return Err(Error::GenesisChanged { url: inner.url.clone() });
			}
			tracing::info!(url = %inner.url, "connected to the node again");
			*link = new;
		}
		Ok(link.clone())
	}
}

impl fmt::Debug for Client {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Client")
			.field("url", &self.inner.url)
			.field("chain", &self.inner.chain_name)
			.field("genesis", &self.inner.genesis)
			.finish_non_exhaustive()
	}
}

async fn ensure_chain(link: &Link, url: &NodeUrl) -> Result<(), Error> {
	let version = link.rpc().state_get_runtime_version(None).await?;
	let found = version.other.get("specName").and_then(|name| name.as_str()).unwrap_or_default();
	if found != SPEC_NAME {
		return Err(Error::WrongChain { url: url.clone(), found: found.to_owned() });
	}
	Ok(())
}

async fn properties(link: &Link) -> Result<ChainProperties, Error> {
	let said = link.rpc().system_properties().await?;
	let number = |key: &str| said.get(key).and_then(serde_json::Value::as_u64);
	let symbol = said.get("tokenSymbol").and_then(|symbol| symbol.as_str());
	Ok(ChainProperties {
		ss58_format: number("ss58Format").and_then(|n| n.try_into().ok()).unwrap_or(42),
		token_symbol: symbol.unwrap_or("SAL").to_owned(),
		token_decimals: number("tokenDecimals").and_then(|n| n.try_into().ok()).unwrap_or(12),
		is_development: link.rpc().system_chain_type().await? == "Development",
	})
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::time::Instant;
	use tokio::net::TcpListener;

	#[tokio::test]
	async fn a_closed_port_is_an_unreachable_node_at_once() {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("ws://{}", listener.local_addr().unwrap());
		drop(listener);
		let begun = Instant::now();
		let error = Client::connect(&url).await.unwrap_err();
		assert_eq!((error.code(), error.is_retryable()), ("NODE_UNREACHABLE", true));
		assert!(error.to_string().contains(&url), "{error}");
		assert!(begun.elapsed() < Duration::from_secs(2));
	}

	#[tokio::test]
	async fn a_port_that_says_nothing_is_given_up() {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("ws://{}", listener.local_addr().unwrap());
		let limits = Limits { connect: Duration::from_millis(200), ..Limits::default() };
		let error = Client::connect_with(&url, limits).await.unwrap_err();
		assert_eq!(error.code(), "NODE_UNREACHABLE");
	}

	#[tokio::test]
	async fn only_web_sockets_are_addresses_of_nodes() {
		for url in ["http://127.0.0.1:9944", "127.0.0.1:9944", "", "ws://"] {
			assert_eq!(Client::connect(url).await.unwrap_err().code(), "NODE_URL_INVALID");
		}
	}

	#[test]
	fn passwords_and_keys_in_an_address_are_not_shown() {
		let shown = |url: &str| url.parse::<NodeUrl>().unwrap().to_string();
		assert_eq!(shown("ws://127.0.0.1:9944"), "ws://127.0.0.1:9944");
		assert_eq!(shown("wss://me:secret@node.example/key"), "wss://node.example/…");
		assert_eq!(shown("wss://node.example?key=secret"), "wss://node.example");
		let debug = format!("{:?}", "wss://me:secret@node/".parse::<NodeUrl>().unwrap());
		assert!(!debug.contains("secret"));
	}
}
