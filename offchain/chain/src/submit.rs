// SPDX-License-Identifier: Apache-2.0
//! From a call to a finalised block.
//!
//! A call gets one place in the account's sequence (its nonce) and keeps it. Whatever becomes of a
//! transaction in the pool, it is signed anew for the same place, and the chain takes one at most:
//! a call never takes effect twice.

use crate::{
	event, link::AtBlock, pace::Pace, refusal, AccountId, BlockHash, BlockId, BlockNumber, Call,
	Client, DomainEvent, Error, ExtrinsicHash, Signer,
};
use std::{
	collections::{BTreeSet, HashMap},
	sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};
use subxt::{
	client::OnlineClientAtBlockImpl,
	config::{
		substrate::{AccountId32, SubstrateConfig},
		DefaultExtrinsicParamsBuilder, Hasher,
	},
	events::Phase,
	transactions::{TransactionProgress, TransactionStatus},
};

/// For how many blocks a signed transaction is valid.
const ERA: u64 = 64;

/// A call that took effect, in a finalised block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
	/// The block.
	pub block: BlockId,
	/// The transaction.
	pub extrinsic: ExtrinsicHash,
	/// Its place in the block.
	pub index: u32,
	/// What it did.
	pub events: Vec<DomainEvent>,
}

impl Client {
	/// Signs `call`, submits it, and waits until it is finalised.
	///
	/// Calls of one account are put in sequence, whichever clones of the client submit them. A
	/// transaction that the pool drops is submitted again.
	///
	/// # Errors
	/// [`Error::Pallet`] when the chain refused the call. `TRANSACTION_INVALID` when the pool did,
	/// for want of money for instance. `TRANSACTION_TIMEOUT` after [`crate::Limits::submit`].
	pub async fn submit(&self, signer: &Signer, call: &Call) -> Result<Included, Error> {
		let mut submission = Submission::new(self, signer, call);
		let limit = self.limits().submit;
		match tokio::time::timeout(limit, submission.run()).await {
			Ok(result) => result,
			Err(_) => Err(submission.timeout()),
		}
	}
}

/// One call on its way.
struct Submission<'a> {
	client: &'a Client,
	signer: &'a Signer,
	call: &'a Call,
	lane: Arc<Lane>,
	slot: Option<Slot>,
	/// All transactions that were signed for the slot and may have entered the pool.
	signed: Vec<ExtrinsicHash>,
	/// Whether the pool took one of them, for all that is known.
	entered: bool,
	/// Up to which block the finalised chain was searched for them.
	searched: BlockNumber,
	/// The last block in which one of them is valid.
	until: BlockNumber,
	/// Why the last attempt did not succeed.
	last_error: Option<Error>,
}

type Progress = TransactionProgress<SubstrateConfig, OnlineClientAtBlockImpl<SubstrateConfig>>;

/// What the pool made of a transaction.
enum Entry {
	/// It took it.
	Watched(Box<Progress>),
	/// It has a transaction in that place already.
	Occupied,
	/// It has no room now.
	Busy(Error),
}

impl<'a> Submission<'a> {
	fn new(client: &'a Client, signer: &'a Signer, call: &'a Call) -> Self {
		Self {
			client,
			signer,
			call,
			lane: client.lanes().lane(signer.account()),
			slot: None,
			signed: Vec::new(),
			entered: false,
			searched: 0,
			until: 0,
			last_error: None,
		}
	}

	async fn run(&mut self) -> Result<Included, Error> {
		for pause in Pace::default().pauses() {
			let attempt = self.attempt().await;
			// Whatever the pool said, the finalised chain has the last word.
			let found = match attempt {
				Ok(Some(included)) => return Ok(included),
				Ok(None) => self.search().await,
				Err(error) if error.is_retryable() => {
					self.note(error);
					self.search().await
				},
				// The chain's own word needs no second look.
				Err(error @ (Error::Pallet(_) | Error::Dispatch { .. })) => return Err(error),
				Err(error) => match self.search().await {
					Ok(None) => return Err(error),
					found => found,
				},
			};
			match found {
				Ok(Some(included)) => return Ok(included),
				Ok(None) => {},
				Err(error) if error.is_retryable() && self.is_open(&error) => self.note(error),
				Err(error) => return Err(error),
			}
			tokio::time::sleep(pause).await;
		}
		Err(self.timeout())
	}

	/// Whether the outcome is still open after `error`, although a new attempt could help.
	const fn is_open(&self, error: &Error) -> bool {
		!matches!(error, Error::TransactionUsurped { .. })
	}

	fn note(&mut self, error: Error) {
		tracing::debug!(account = %self.signer.account(), %error, "a submission is tried again");
		self.last_error = Some(error);
	}

	/// The outcome is unknown, or nothing was submitted at all.
	fn timeout(&mut self) -> Error {
		let after = self.client.limits().submit;
		match (self.signed.last(), self.last_error.take()) {
			(Some(&extrinsic), _) => {
				Error::SubmissionTimeout { extrinsic, after, until: self.until }
			},
			(None, Some(error)) => error,
			(None, None) => Error::NodeTimeout { after },
		}
	}

	/// Signs, submits, and waits until the node says how it ended.
	async fn attempt(&mut self) -> Result<Option<Included>, Error> {
		match self.enter().await? {
			Entry::Watched(progress) => match watch(*progress).await? {
				Some(block) => {
					let link = self.client.link().await?;
					let hash = subxt::utils::H256::from(block);
					self.included(&link.online().at_block(hash).await?).await
				},
				None => Ok(None),
			},
			Entry::Occupied => Ok(None),
			Entry::Busy(error) => {
				self.note(error);
				Ok(None)
			},
		}
	}

	/// Signs for the slot, or for a new one, and hands the transaction to the pool.
	async fn enter(&mut self) -> Result<Entry, Error> {
		let lane = Arc::clone(&self.lane);
		let _turn = lane.turn.lock().await;
		let state = self.client.state().await?;
		let birth = state.block();
		let nonce = match &self.slot {
			Some(slot) => slot.nonce,
			None => {
				let link = self.client.link().await?;
				let account = AccountId32::from(self.signer.account());
				let next = link.rpc().system_account_next_index(&account).await?;
				self.searched = birth.number;
				self.slot.insert(Slot::after(next, &self.lane)).nonce
			},
		};
		let params = DefaultExtrinsicParamsBuilder::new()
			.mortal_from_unchecked(ERA, birth.number, birth.hash.into())
			.nonce(nonce)
			.build();
		let transaction = self.call.sign(state.at(), self.signer, params)?;
		let is_first = self.signed.is_empty();
		self.signed.push(transaction.hash().into());
		self.until = birth.number.saturating_add(ERA);

		let error = match transaction.submit_and_watch().await.map_err(Error::from) {
			Ok(progress) => {
				self.entered = true;
				return Ok(Entry::Watched(Box::new(progress)));
			},
			Err(error) => error,
		};
		match PoolRefusal::of(error) {
			// The chain tells by whom, once it is final.
			PoolRefusal::Spent => Ok(Entry::Occupied),
			PoolRefusal::None(error) => {
				self.entered = true;
				Err(error)
			},
			PoolRefusal::Occupied(_) if !is_first => {
				self.signed.pop();
				Ok(Entry::Occupied)
			},
			PoolRefusal::Occupied(error) | PoolRefusal::Busy(error) => {
				self.leave(is_first);
				Ok(Entry::Busy(error))
			},
			PoolRefusal::Invalid(error) => {
				self.leave(is_first);
				Err(error)
			},
		}
	}

	/// The last one did not enter. Earlier ones may have.
	fn leave(&mut self, is_first: bool) {
		self.signed.pop();
		if is_first {
			self.slot = None;
		}
	}

	/// Looks for our transactions in the finalised blocks not looked at yet.
	async fn search(&mut self) -> Result<Option<Included>, Error> {
		let (Some(slot), Some(&extrinsic)) = (&self.slot, self.signed.last()) else {
			return Ok(None);
		};
		let nonce = slot.nonce;
		let state = self.client.state().await?;
		let link = self.client.link().await?;
		for number in self.searched.saturating_add(1)..=state.block().number {
			if let Some(included) = self.included(&link.online().at_block(number).await?).await? {
				return Ok(Some(included));
			}
			self.searched = number;
		}
		let account = self.signer.account();
		if state.nonce(&account).await? > nonce {
			if self.entered {
				return Err(Error::TransactionUsurped { extrinsic, account, nonce });
			}
			// Another program that signs for this account was quicker: there are other places.
			self.signed.clear();
			self.slot = None;
		}
		Ok(None)
	}

	/// Our transaction in the block, if it is there, and what it did.
	async fn included(&self, at: &AtBlock) -> Result<Option<Included>, Error> {
		let link = self.client.link().await?;
		let Some(details) = link.rpc().chain_get_block(Some(at.block_hash())).await? else {
			return Err(Error::BlockUnavailable { block: at.block_number().to_string() });
		};
		let ours = details.block.extrinsics.iter().zip(0u32..).find_map(|(bytes, index)| {
			let hash = ExtrinsicHash::from(at.hasher().hash(&bytes.0));
			self.signed.contains(&hash).then_some((hash, index))
		});
		let Some((extrinsic, index)) = ours else { return Ok(None) };

		let mut events = Vec::new();
		for event in at.events().fetch().await?.iter() {
			let event = event?;
			if event.phase() != Phase::ApplyExtrinsic(index) {
				continue;
			}
			let (pallet, name) = (event.pallet_name(), event.event_name());
			if let Some(failed) = refusal::failure(pallet, name, event.field_bytes()) {
				return Err(refusal::dispatch_error(failed, at.metadata()));
			}
			events.extend(event::domain_event(&event)?);
		}
		let block = BlockId { number: at.block_number(), hash: BlockHash::from(at.block_hash()) };
		Ok(Some(Included { block, extrinsic, index, events }))
	}
}

/// Waits until the transaction is finalised. Nothing when the pool gave it up.
async fn watch(mut progress: Progress) -> Result<Option<BlockHash>, Error> {
	while let Some(status) = progress.next().await {
		match status? {
			TransactionStatus::InFinalizedBlock(block) => {
				return Ok(Some(block.block_hash().into()))
			},
			TransactionStatus::Error { message }
			| TransactionStatus::Invalid { message }
			| TransactionStatus::Dropped { message } => {
				tracing::debug!(message, "the pool gave a transaction up");
				return Ok(None);
			},
			_ => {},
		}
	}
	Ok(None)
}

/// How a pool refuses.
#[derive(Debug)]
enum PoolRefusal {
	/// Its place is used up, maybe by itself: the pool keeps a transaction before it looks at it, so
	/// that a block may take it in between, and the look finds it outdated.
	Spent,
	/// Another transaction waits in that place.
	Occupied(Error),
	/// Not now.
	Busy(Error),
	/// Never.
	Invalid(Error),
	/// It did not: something else went wrong, and the transaction may have entered.
	None(Error),
}

impl PoolRefusal {
	/// The numbers are those of `sc-rpc-api`.
	fn of(error: Error) -> Self {
		let Error::NodeRefused { number, message } = &error else { return Self::None(error) };
		match *number {
			// The other number: it is there already.
			1010 if message.contains("outdated") => Self::Spent,
			1013 => Self::Spent,
			1010 if message.contains("exhaust") => Self::Busy(error),
			1010 | 1011 => Self::Invalid(Error::TransactionInvalid { reason: message.clone() }),
			1014 => Self::Occupied(error),
			// Banned for a while; no room; not before those that come first.
			1012 | 1016 | 1021 => Self::Busy(error),
			_ => Self::None(error),
		}
	}
}

/// The sequences of all accounts that have calls on their way.
#[derive(Default)]
pub(crate) struct Lanes(Mutex<HashMap<AccountId, Weak<Lane>>>);

impl Lanes {
	fn lane(&self, account: AccountId) -> Arc<Lane> {
		let mut lanes = lock(&self.0);
		if let Some(lane) = lanes.get(&account).and_then(Weak::upgrade) {
			return lane;
		}
		lanes.retain(|_, lane| lane.strong_count() > 0);
		let lane = Arc::default();
		lanes.insert(account, Arc::downgrade(&lane));
		lane
	}
}

/// The sequence of one account.
#[derive(Default)]
struct Lane {
	/// Held while a transaction is signed and handed to the pool.
	turn: tokio::sync::Mutex<()>,
	/// The places taken by calls on their way.
	taken: Mutex<BTreeSet<u64>>,
}

/// A place in the sequence of an account, until it is dropped.
struct Slot {
	lane: Arc<Lane>,
	nonce: u64,
}

impl Slot {
	/// The first free place from `next` on, which is the first that the node knows to be free.
	fn after(next: u64, lane: &Arc<Lane>) -> Self {
		let mut taken = lock(&lane.taken);
		let mut nonce = next;
		while !taken.insert(nonce) {
			nonce = nonce.saturating_add(1);
		}
		Self { lane: Arc::clone(lane), nonce }
	}
}

impl Drop for Slot {
	fn drop(&mut self) {
		lock(&self.lane.taken).remove(&self.nonce);
	}
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
	mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn account(byte: u8) -> AccountId {
		AccountId::new([byte; 32])
	}

	#[test]
	fn places_on_their_way_are_not_given_twice() {
		let lanes = Lanes::default();
		let lane = lanes.lane(account(1));
		// The pool does not know the first two yet.
		let first = Slot::after(5, &lane);
		let second = Slot::after(5, &lanes.lane(account(1)));
		let third = Slot::after(6, &lane);
		assert_eq!((first.nonce, second.nonce, third.nonce), (5, 6, 7));
		assert_eq!(Slot::after(5, &lanes.lane(account(2))).nonce, 5);
		// The pool dropped the first: its place is filled before any other.
		drop(first);
		assert_eq!(Slot::after(5, &lane).nonce, 5);
	}

	#[test]
	fn accounts_without_calls_are_forgotten() {
		let lanes = Lanes::default();
		drop(lanes.lane(account(1)));
		let _kept = lanes.lane(account(2));
		let _other = lanes.lane(account(3));
		assert_eq!(lock(&lanes.0).len(), 2);
	}

	#[test]
	fn refusals_of_the_pool_are_told_apart() {
		let refused = |number, message: &str| {
			PoolRefusal::of(Error::NodeRefused { number, message: message.into() })
		};
		let outdated = refused(1010, "Invalid Transaction: Transaction is outdated");
		assert!(matches!(outdated, PoolRefusal::Spent));
		assert!(matches!(refused(1013, "Transaction Already Imported"), PoolRefusal::Spent));
		assert!(matches!(refused(1014, "Priority is too low"), PoolRefusal::Occupied(_)));
		assert!(matches!(refused(1016, "Immediately Dropped"), PoolRefusal::Busy(_)));
		let PoolRefusal::Invalid(error) = refused(1010, "Invalid Transaction: Inability to pay")
		else {
			panic!("a poor account's transaction is invalid");
		};
		assert_eq!(error.code(), "TRANSACTION_INVALID");
		assert!(error.to_string().contains("Inability to pay"));
		let lost = PoolRefusal::of(Error::ConnectionLost { cause: "gone".into() });
		assert!(matches!(lost, PoolRefusal::None(_)));
	}
}
