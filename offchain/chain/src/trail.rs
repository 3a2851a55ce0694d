// SPDX-License-Identifier: Apache-2.0
//! Reading an audit trail: from its head backwards, block by block.

use crate::{AccountId, AuditEvent, BlockNumber, Client, DomainEvent, Error, FinalizedState};
use salus_primitives::audit::{AuditEntry, ChainHash, TrailFault, TrailHead};
use std::future::Future;

/// An audit trail whose entries give the head that the chain keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedTrail {
	/// Whose trail.
	pub subject: AccountId,
	/// All entries, oldest first.
	pub entries: Vec<AuditEntry<AccountId>>,
	/// The hash after the last entry.
	pub head: ChainHash,
}

impl Client {
	/// The trail of `subject` up to the newest finalised block, verified against its head.
	///
	/// Each entry names the block of the one before it: the node has to keep the state of all of
	/// them, as an archive node does.
	///
	/// # Errors
	/// `TRAIL_INVALID` when the entries do not give the head, `BLOCK_UNAVAILABLE` when the node has
	/// not kept a block; else as for every read.
	pub async fn verified_trail(&self, subject: &AccountId) -> Result<VerifiedTrail, Error> {
		let head = self.state().await?.trail_head(subject).await?;
		read_trail(*subject, head, |block| self.entries_in(*subject, block)).await
	}

	/// The entries of `subject`'s trail in a block, oldest first.
	async fn entries_in(
		&self,
		subject: AccountId,
		block: u32,
	) -> Result<Vec<AuditEntry<AccountId>>, Error> {
		let link = self.link().await?;
		let at = link.online().at_block(BlockNumber::from(block)).await?;
		let events = FinalizedState::new(link, at).events().await?;
		Ok(events
			.into_iter()
			.filter_map(|event| match event {
				DomainEvent::Audit(AuditEvent::Appended { subject: of, entry, .. }) => {
					(of == subject).then_some(entry)
				},
				_ => None,
			})
			.collect())
	}
}

/// Goes back from the head to the first entry, and verifies what was found on the way.
async fn read_trail<F>(
	subject: AccountId,
	head: TrailHead,
	entries_in: impl Fn(u32) -> F,
) -> Result<VerifiedTrail, Error>
where
	F: Future<Output = Result<Vec<AuditEntry<AccountId>>, Error>>,
{
	let invalid = |index, fault| Error::TrailInvalid { subject, index, fault };
	let mut newest_first = Vec::new();
	let (mut block, mut missing) = (head.block, head.count);
	while missing > 0 {
		let found = entries_in(block).await?;
		// Where nothing is, or the way does not lead back, it would go on for ever.
		let Some(oldest) = found.first().filter(|entry| entry.index < missing) else {
			let expected = missing.saturating_sub(1);
			let found = found.first().map_or(head.count, |entry| entry.index);
			return Err(invalid(expected, TrailFault::OutOfPlace { expected, found }));
		};
		(block, missing) = (oldest.previous, oldest.index);
		newest_first.extend(found.into_iter().rev());
	}
	newest_first.reverse();
	let entries = newest_first;
	head.verify(&subject, ChainHash::start(&subject), &entries)
		.map_err(|fault| invalid(head.count, fault))?;
	Ok(VerifiedTrail { subject, entries, head: head.hash })
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{audit::AuditAction, RecordId};
	use std::collections::BTreeMap;

	const SUBJECT: AccountId = AccountId::new([1; 32]);

	/// A chain with so many entries of the subject in blocks with these numbers.
	struct Chain {
		blocks: BTreeMap<u32, Vec<AuditEntry<AccountId>>>,
		head: TrailHead,
	}

	impl Chain {
		fn new(blocks: &[(u32, u64)]) -> Self {
			let mut chain = Self { blocks: BTreeMap::new(), head: TrailHead::start(&SUBJECT) };
			for (block, count) in blocks {
				for _ in 0..*count {
					let index = chain.head.count;
					let entry = AuditEntry {
						index,
						at: 1_000 * index,
						previous: chain.head.block,
						actor: AccountId::new([2; 32]),
						action: AuditAction::RecordAnchored { record: RecordId([index as u8; 32]) },
					};
					chain.head = chain.head.then(&entry, *block);
					chain.blocks.entry(*block).or_default().push(entry);
				}
			}
			chain
		}

		async fn read(&self) -> Result<VerifiedTrail, Error> {
			read_trail(SUBJECT, self.head, |block| async move {
				Ok(self.blocks.get(&block).cloned().unwrap_or_default())
			})
			.await
		}
	}

	#[tokio::test]
	async fn a_trail_is_read_from_its_end() {
		for blocks in [&[(3, 1)][..], &[(3, 2), (4, 1), (90, 3)], &[(1, 5)]] {
			let chain = Chain::new(blocks);
			let trail = chain.read().await.unwrap();
			let all: Vec<_> = chain.blocks.values().flatten().cloned().collect();
			assert_eq!((trail.entries, trail.head), (all, chain.head.hash));
		}
	}

	#[tokio::test]
	async fn a_subject_without_a_trail_has_an_empty_one() {
		let trail = Chain::new(&[]).read().await.unwrap();
		assert_eq!((trail.entries.len(), trail.head), (0, ChainHash::start(&SUBJECT)));
	}

	#[tokio::test]
	async fn a_changed_or_withheld_entry_is_found() {
		let changes: [fn(&mut Chain); 7] = [
			|chain| {
				chain.blocks.remove(&4);
			},
			|chain| {
				chain.blocks.remove(&90);
			},
			|chain| chain.blocks.get_mut(&90).unwrap().truncate(2),
			|chain| {
				chain.blocks.get_mut(&90).unwrap().remove(0);
			},
			|chain| chain.blocks.get_mut(&3).unwrap()[0].at += 1,
			|chain| chain.blocks.get_mut(&3).unwrap().reverse(),
			// A way that leads nowhere ends all the same.
			|chain| chain.blocks.get_mut(&4).unwrap()[0].previous = 90,
		];
		for change in changes {
			let mut chain = Chain::new(&[(3, 2), (4, 1), (90, 3)]);
			change(&mut chain);
			let error = chain.read().await.unwrap_err();
			assert_eq!((error.code(), error.is_retryable()), ("TRAIL_INVALID", false));
		}
	}
}
