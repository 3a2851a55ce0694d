// SPDX-License-Identifier: Apache-2.0
use super::*;
use salus_primitives::audit::AuditAction;

const SUBJECT: AccountId = AccountId::new([1; 32]);

/// A trail as the chain answers for it.
struct Trail {
	entries: Vec<AuditEntry<AccountId>>,
	oldest_kept: u64,
	page: usize,
}

impl Trail {
	fn new(count: u64, oldest_kept: u64, page: usize) -> Self {
		let entries = (0..count).map(|index| AuditEntry {
			index,
			at: 1_000 * index,
			actor: AccountId::new([2; 32]),
			action: AuditAction::RecordAnchored { record: RecordId([index as u8; 32]) },
		});
		Self { entries: entries.collect(), oldest_kept, page }
	}

	fn hash_before(&self, index: u64) -> ChainHash {
		let start = ChainHash::start(&SUBJECT);
		self.entries.iter().take(index as usize).fold(start, |hash, entry| hash.then(entry))
	}

	fn page(&self, from: u64) -> TrailPage<AccountId> {
		let count = self.entries.len() as u64;
		let mut page = TrailPage {
			before: self.hash_before(self.oldest_kept.max(from)),
			entries: Vec::new(),
			count,
			head: self.hash_before(count),
			oldest_kept: self.oldest_kept,
		};
		if from >= self.oldest_kept {
			page.entries =
				self.entries.iter().skip(from as usize).take(self.page).cloned().collect();
		}
		page
	}

	async fn verify(
		&self,
		change: impl Fn(TrailPage<AccountId>) -> TrailPage<AccountId>,
	) -> Result<VerifiedTrail, Error> {
		let change = &change;
		verify_trail(SUBJECT, |from| async move { Ok(change(self.page(from))) }).await
	}
}

#[tokio::test]
async fn a_true_trail_is_verified_page_by_page() {
	for page in [1, 2, 3, 128] {
		let trail = Trail::new(7, 0, page);
		let verified = trail.verify(|page| page).await.unwrap();
		assert_eq!((verified.count, verified.oldest_kept), (7, 0));
		assert_eq!(verified.entries, trail.entries);
		assert_eq!(verified.head, trail.hash_before(7));
	}
}

#[tokio::test]
async fn a_subject_without_a_trail_has_an_empty_one() {
	let verified = Trail::new(0, 0, 128).verify(|page| page).await.unwrap();
	assert_eq!((verified.count, verified.entries.len()), (0, 0));
	assert_eq!(verified.head, ChainHash::start(&SUBJECT));
}

#[tokio::test]
async fn what_the_state_keeps_of_a_long_trail_is_verified() {
	let trail = Trail::new(9, 4, 2);
	let verified = trail.verify(|page| page).await.unwrap();
	assert_eq!((verified.count, verified.oldest_kept), (9, 4));
	assert_eq!(verified.entries, trail.entries[4..]);
	assert_eq!(verified.before, trail.hash_before(4));
}

#[tokio::test]
async fn a_changed_or_withheld_entry_is_found() {
	type Change = fn(TrailPage<AccountId>) -> TrailPage<AccountId>;
	let changes: [Change; 5] = [
		|mut page| {
			page.entries.iter_mut().for_each(|entry| entry.at += 1);
			page
		},
		|mut page| {
			page.entries.pop();
			page.entries.pop();
			page
		},
		|mut page| {
			page.entries.reverse();
			page
		},
		|mut page| {
			page.before = ChainHash([0; 32]);
			page
		},
		|mut page| {
			page.count += 1;
			page
		},
	];
	for oldest_kept in [0, 4] {
		for change in changes {
			let error = Trail::new(9, oldest_kept, 2).verify(change).await.unwrap_err();
			assert_eq!((error.code(), error.is_retryable()), ("TRAIL_INVALID", false));
		}
	}
}
