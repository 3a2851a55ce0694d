// SPDX-License-Identifier: Apache-2.0
//! The node's connections, who is who on them, and the table of who provides what.

use super::NodeSettings;
use crate::bitswap::{Bitswap, Protocol};
use crate::{content_id_to_cid, Error, Result};
use futures::{Stream, StreamExt};
use litep2p::{
	config::ConfigBuilder,
	crypto::ed25519::Keypair,
	protocol::libp2p::{
		identify::{self, IdentifyEvent},
		kademlia::{self, KademliaEvent, KademliaHandle, QueryId, Quorum, RecordKey},
	},
	transport::{tcp, ConnectionLimitsConfig},
	types::multiaddr::{Multiaddr, Protocol as AddressPart},
	Litep2p, PeerId, ProtocolName,
};
use salus_primitives::ContentId;
use std::{collections::HashMap, time::Duration};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

/// The table of peers who know each other, and the public one.
const PRIVATE_TABLE: &str = "/ipfs/lan/kad/1.0.0";
const PUBLIC_TABLE: &str = "/ipfs/kad/1.0.0";
const AGENT: &str = concat!("salus/", env!("CARGO_PKG_VERSION"));
/// How long a connection without streams stays.
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long a provider's word counts, and how often it is given again: as the specification of the
/// table recommends.
const PROVIDER_LIFE: Duration = Duration::from_secs(48 * 3_600);
const PROVIDER_REFRESH: Duration = Duration::from_secs(22 * 3_600);
/// The most roots that are announced, with those of other peers.
const MAX_PROVIDED: usize = 1 << 20;
/// Streams of one connection, and how much of them is on its way. Some peers send as much at once as a
/// stream may hold, and frames beyond 1 MiB break the connection: no stream may hold more.
const STREAMS: usize = 128;
const WINDOW: usize = STREAMS * 256 * 1024 + 768 * 1024;

/// What the rest of the store asks of the swarm.
pub(super) enum Ask {
	/// To say who provides a root.
	Providers { id: ContentId, reply: oneshot::Sender<Vec<(PeerId, Vec<Multiaddr>)>> },
	/// To tell others that a root is here.
	Provide { id: ContentId },
	/// Not to tell it any more.
	StopProviding { id: ContentId },
	/// To connect to a peer.
	Dial { address: Multiaddr },
}

pub(super) struct Swarm {
	litep2p: Litep2p,
	identify: Box<dyn Stream<Item = IdentifyEvent> + Send + Unpin>,
	table: KademliaHandle,
	table_name: ProtocolName,
	is_public: bool,
	bitswap: Bitswap,
	queries: HashMap<QueryId, oneshot::Sender<Vec<(PeerId, Vec<Multiaddr>)>>>,
}

impl Swarm {
	/// Listens; nothing happens before it runs.
	pub(super) fn start(
		settings: &NodeSettings,
		identity: Keypair,
		protocol: Protocol,
		bitswap: Bitswap,
	) -> Result<Self> {
		let name = if settings.public { PUBLIC_TABLE } else { PRIVATE_TABLE };
		let table_name = ProtocolName::from(name);
		let (table_config, table) = kademlia::ConfigBuilder::new()
			.with_protocol_names(vec![table_name.clone()])
			.with_provider_record_ttl(PROVIDER_LIFE)
			.with_provider_refresh_interval(PROVIDER_REFRESH)
			.with_max_provider_keys(MAX_PROVIDED)
			.build();
		let (identify_config, identify) =
			identify::Config::new("ipfs/0.1.0".to_owned(), Some(AGENT.to_owned()));
		let mut tcp = tcp::config::Config {
			listen_addresses: settings.listen.clone(),
			nodelay: true,
			..tcp::config::Config::default()
		};
		tcp.yamux_config.set_max_num_streams(STREAMS);
		tcp.yamux_config.set_max_connection_receive_window(Some(WINDOW));
		let limits = ConnectionLimitsConfig::default()
			.max_incoming_connections(Some(settings.max_incoming))
			.max_outgoing_connections(Some(settings.max_outgoing));
		let config = ConfigBuilder::new()
			.with_keypair(identity)
			.with_tcp(tcp)
			.with_libp2p_identify(identify_config)
			.with_libp2p_kademlia(table_config)
			.with_user_protocol(Box::new(protocol))
			.with_connection_limits(limits)
			.with_keep_alive_timeout(KEEP_ALIVE)
			.build();
		let litep2p =
			Litep2p::new(config).map_err(|error| Error::Node { reason: error.to_string() })?;
		// Whoever gets a record without an address drops it.
		let own = litep2p.public_addresses();
		for address in settings.announce.iter().chain(litep2p.listen_addresses()) {
			own.add_address(address.clone())
				.map_err(|error| Error::Node { reason: format!("{address}: {error:?}") })?;
		}
		let (is_public, queries) = (settings.public, HashMap::new());
		Ok(Self { litep2p, identify, table, table_name, is_public, bitswap, queries })
	}

	pub(super) fn peer_id(&self) -> PeerId {
		*self.litep2p.local_peer_id()
	}

	pub(super) fn addresses(&self) -> Vec<Multiaddr> {
		self.litep2p.listen_addresses().cloned().collect()
	}

	/// Runs until it is told to end.
	pub(super) async fn run(mut self, mut asks: mpsc::Receiver<Ask>, end: CancellationToken) {
		loop {
			tokio::select! {
				() = end.cancelled() => return,
				event = self.litep2p.next_event() => match event {
					Some(event) => tracing::trace!(?event, "connections"),
					None => return,
				},
				Some(event) = self.identify.next() => {
					if let Some((peer, addresses)) = self.on_identified(event) {
						self.table.add_known_peer(peer, addresses).await;
					}
				},
				Some(event) = self.table.next() => self.on_table(event),
				ask = asks.recv() => match ask {
					Some(ask) => self.on_ask(ask).await,
					None => return,
				},
			}
		}
	}

	/// Whom the table is to learn of, and where: a connection alone tells it nothing.
	fn on_identified(&self, event: IdentifyEvent) -> Option<(PeerId, Vec<Multiaddr>)> {
		let IdentifyEvent::PeerIdentified { peer, supported_protocols, listen_addresses, .. } =
			event;
		let mut addresses = listen_addresses;
		if self.is_public {
			addresses.retain(is_reachable_by_all);
		}
		let is_known = !addresses.is_empty() && supported_protocols.contains(&self.table_name);
		is_known.then_some((peer, addresses))
	}

	fn on_table(&mut self, event: KademliaEvent) {
		match event {
			KademliaEvent::GetProvidersSuccess { query_id, providers, .. } => {
				if let Some(reply) = self.queries.remove(&query_id) {
					let all = providers.into_iter().map(|one| (one.peer, one.addresses));
					let _ = reply.send(all.collect());
				}
			},
			KademliaEvent::QueryFailed { query_id } => {
				// Whoever waits hears that nobody was found.
				self.queries.remove(&query_id);
			},
			_ => {},
		}
	}

	async fn on_ask(&mut self, ask: Ask) {
		match ask {
			Ask::Providers { id, reply } => {
				if let Some(key) = key(&id) {
					let query = self.table.get_providers(key).await;
					self.queries.insert(query, reply);
				}
			},
			Ask::Provide { id } => {
				if let Some(key) = key(&id) {
					self.table.start_providing(key, Quorum::One).await;
				}
			},
			Ask::StopProviding { id } => {
				if let Some(key) = key(&id) {
					self.table.stop_providing(key).await;
				}
			},
			Ask::Dial { address } => self.dial(address).await,
		}
	}

	async fn dial(&mut self, address: Multiaddr) {
		let Some(AddressPart::P2p(peer)) = address.iter().last() else { return };
		let Ok(peer) = PeerId::from_multihash(peer) else { return };
		if self.bitswap.reach(peer, vec![address.clone()]).await.is_err() {
			return;
		}
		if let Err(error) = self.litep2p.dial_address(address).await {
			tracing::debug!(%peer, %error, "no connection");
		}
	}
}

/// Under which a root is in the table: its digest, whatever its codec.
fn key(id: &ContentId) -> Option<RecordKey> {
	let cid = content_id_to_cid(id).ok()?;
	Some(RecordKey::from(cid.hash().to_bytes()))
}

/// Whether an address is one of the public network.
fn is_reachable_by_all(address: &Multiaddr) -> bool {
	match address.iter().next() {
		Some(AddressPart::Ip4(ip)) => {
			!(ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified())
		},
		Some(AddressPart::Ip6(ip)) => {
			let is_local = ip.is_unique_local() || ip.is_unicast_link_local();
			!(is_local || ip.is_loopback() || ip.is_unspecified())
		},
		Some(AddressPart::Dns(_) | AddressPart::Dns4(_) | AddressPart::Dns6(_)) => true,
		_ => false,
	}
}
