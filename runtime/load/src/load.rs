// SPDX-License-Identifier: Apache-2.0
//! Transactions, as many as a node takes.

use crate::{node::Node, scene::Scene};
use codec::Encode;
use frame_support::{dispatch::DispatchClass, storage::storage_prefix};
use salus_runtime::{
	configs::RuntimeBlockWeights, Address, Hash, Runtime, RuntimeCall, RuntimeEvent, Signature,
	TxExtension, UncheckedExtrinsic, VERSION,
};
use sp_core::{sr25519, Pair};
use sp_runtime::generic::SignedPayload;
use std::{error::Error, fmt, time::Duration};
use tokio::time::{sleep, Instant};

/// Transactions that wait in the pool: several blocks full.
const WAITING: usize = 6_000;
/// Transactions handed over at once.
const BATCH: usize = 100;
/// Full blocks that pass before counting begins.
const WARM_UP: u32 = 2;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What blocks are filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
	/// `consent.grant` with sealed terms.
	Grant,
	/// `access.open` under a sealed consent.
	Open,
}

impl fmt::Display for Kind {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Grant => "consent.grant",
			Self::Open => "access.open",
		})
	}
}

impl Kind {
	const fn counts(self, event: &RuntimeEvent) -> bool {
		match self {
			Self::Grant => {
				matches!(event, RuntimeEvent::Consent(pallet_consent::Event::Granted { .. }))
			},
			Self::Open => {
				matches!(event, RuntimeEvent::Access(pallet_access::Event::Opened { .. }))
			},
		}
	}

	fn call(self, scene: &Scene, sender: usize, round: u32) -> RuntimeCall {
		match self {
			Self::Grant => scene.grant(sender, round),
			Self::Open => scene.open(sender, round),
		}
	}
}

/// What the blocks took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Measured {
	included: usize,
	finalised: usize,
	blocks: u32,
	seconds: f64,
	/// What normal transactions weigh of what they may, in percent of the scarcer of time and proof.
	pub(crate) weight: u64,
}

impl Measured {
	pub(crate) const fn in_a_block(&self) -> usize {
		self.included / self.blocks as usize
	}

	pub(crate) fn included_per_second(&self) -> f64 {
		self.included as f64 / self.seconds
	}

	pub(crate) fn finalised_per_second(&self) -> f64 {
		self.finalised as f64 / self.seconds
	}
}

impl fmt::Display for Measured {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} a block, {:.1} a second", self.in_a_block(), self.included_per_second())
	}
}

/// The transactions of one kind, in rounds: everybody's first, everybody's second, and so on.
struct Sender<'a> {
	scene: &'a Scene,
	kind: Kind,
	genesis: Hash,
	nonces: Vec<u32>,
	next: usize,
}

impl Sender<'_> {
	fn transaction(&mut self) -> Vec<u8> {
		let sender = self.next % self.nonces.len();
		self.next += 1;
		let nonce = self.nonces[sender];
		self.nonces[sender] += 1;
		let call = self.kind.call(self.scene, sender, nonce);
		sign(call, &self.scene.patients[sender], nonce, self.genesis)
	}
}

fn sign(call: RuntimeCall, pair: &sr25519::Pair, nonce: u32, genesis: Hash) -> Vec<u8> {
	let extension = salus_simulation::extension(nonce);
	let (spec, transaction) = (VERSION.spec_version, VERSION.transaction_version);
	let implied = ((), (), spec, transaction, genesis, genesis, (), (), (), (), None);
	let payload = SignedPayload::<RuntimeCall, TxExtension>::from_raw(call, extension, implied);
	let signature: Signature = payload.using_encoded(|bytes| pair.sign(bytes)).into();
	let (call, extension, _) = payload.deconstruct();
	let address = Address::Id(pair.public().into());
	UncheckedExtrinsic::new_signed(call, address, signature, extension).encode()
}

/// Keeps the pool full, and counts what so many full blocks hold.
pub(crate) async fn measure(
	node: &Node,
	scene: &Scene,
	kind: Kind,
	blocks: u32,
) -> Result<Measured> {
	let genesis = node.block_hash(0).await?.ok_or("no genesis")?;
	let mut next = node.best().await? + 1;
	let at = node.block_hash(next - 1).await?.ok_or("no best block")?;
	let mut nonces = Vec::new();
	for pair in &scene.patients {
		nonces.push(node.nonce(&pair.public().into(), at).await?);
	}
	let mut sender = Sender { scene, kind, genesis, nonces, next: 0 };
	let (mut submitted, mut included) = (0, 0);
	let mut full = 0;
	let mut measured = Measured::default();
	let mut began = Instant::now();
	loop {
		if submitted - included < WAITING {
			let batch: Vec<_> = (0..BATCH).map(|_| sender.transaction()).collect();
			submitted += node.submit(&batch).await?;
		} else {
			sleep(Duration::from_millis(50)).await;
		}
		let Some(hash) = node.block_hash(next).await? else { continue };
		next += 1;
		let (counted, weight) = look(node, hash, kind).await?;
		included += counted;
		// The pool was full before this block.
		let is_full = submitted - included >= WAITING / 2;
		full = if is_full || full > 0 { full + 1 } else { 0 };
		if full == WARM_UP {
			began = Instant::now();
		}
		if full > WARM_UP {
			measured.included += counted;
			measured.weight = measured.weight.max(weight);
			measured.blocks += 1;
		}
		if measured.blocks == blocks {
			measured.seconds = began.elapsed().as_secs_f64();
			let behind = (next - 1).saturating_sub(node.finalised().await?);
			let lost = measured.in_a_block() * behind as usize;
			measured.finalised = measured.included.saturating_sub(lost);
			break;
		}
	}
	// What still waits is included before the next measurement begins.
	while submitted > included {
		let Some(hash) = node.block_hash(next).await? else {
			sleep(Duration::from_millis(50)).await;
			continue;
		};
		next += 1;
		let counted = look(node, hash, kind).await?.0;
		if counted == 0 {
			break;
		}
		included += counted;
	}
	Ok(measured)
}

/// How many of its kind are in a block, and how full it is, in percent.
async fn look(node: &Node, hash: Hash, kind: Kind) -> Result<(usize, u64)> {
	type Events = Vec<frame_system::EventRecord<RuntimeEvent, Hash>>;
	let key = storage_prefix(b"System", b"Events");
	let events: Events = node.value(&key, hash).await?.unwrap_or_default();
	let counted = events.iter().filter(|record| kind.counts(&record.event)).count();
	let key = frame_system::BlockWeight::<Runtime>::hashed_key();
	let weight: frame_system::ConsumedWeight = node.value(&key, hash).await?.unwrap_or_default();
	let used = weight.get(DispatchClass::Normal);
	let may = RuntimeBlockWeights::get()
		.get(DispatchClass::Normal)
		.max_total
		.ok_or("normal transactions have no limit")?;
	let percent =
		(used.ref_time() * 100 / may.ref_time()).max(used.proof_size() * 100 / may.proof_size());
	Ok((counted, percent))
}
