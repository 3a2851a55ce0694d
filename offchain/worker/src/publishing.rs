// SPDX-License-Identifier: Apache-2.0
//! From sealed segments in a directory to an anchored version of a record.
//!
//! Five stages: seal, store and index, each finished by a checkpoint, then deal and anchor. What a stage
//! leaves on disk is ciphertext, and keys only sealed to the owner and, in shares, to the custodians.
//! Killed at any point, the job goes on from its last checkpoint: a stage done twice stores the same
//! blocks, deals the same shares and anchors the same version. Only when the committee has changed
//! meanwhile does it begin again, with other keys.

use crate::{
	catalogue::{Catalogue, CatalogueEntry},
	committee::Committee,
	custodian::{Deposit, Roster, UnsignedDeposit, UnsignedFacts},
	jobs::{JobContext, Progress},
	manifest::{manifest_commitment, Manifest, ManifestSegment},
	Error, Result,
};
use salus_chain::{Client, Signer, VersionFacts};
use salus_crypto::{
	custody::{Dealer, SealedSeatShares},
	envelope::sealed_len,
	Capsule,
};
use salus_primitives::{
	custody::{DealingDigest, EpochId, Seat},
	Category, Commitment, ContentId, DateWindow, EncryptionKey, RecordId, Salt,
};
use salus_store::Store;
use serde::{Deserialize, Serialize};
use std::{
	fmt,
	future::Future,
	path::{Path, PathBuf},
	sync::Arc,
};

/// What the chain says of a dealing to a committee that is not the active one any more.
const EPOCH_MISMATCH: &str = "CUSTODY_EPOCH_MISMATCH";
/// The number of a record's first version.
pub(crate) const FIRST_VERSION: u32 = 1;

/// Publishes versions of one owner's records.
pub struct Publisher {
	/// The chain.
	pub chain: Client,
	/// Where ciphertext goes.
	pub store: Arc<dyn Store>,
	/// Who holds the keys.
	pub committee: Committee,
	/// Signs for the owner.
	pub signer: Signer,
	/// The owner's encryption key.
	pub owner_key: EncryptionKey,
	/// The owner's records.
	pub catalogue: Catalogue,
	/// Where ciphertext waits to be stored.
	pub work: PathBuf,
}

impl fmt::Debug for Publisher {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Publisher").field("account", &self.signer.account()).finish_non_exhaustive()
	}
}

/// Which version of which record is to be published.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
	pub(crate) record_salt: Salt,
	pub(crate) record: RecordId,
	pub(crate) version: u32,
	/// SHA-256 of the file that the record was made from, in hexadecimal.
	pub(crate) source: String,
}

/// Seals the segments of a draft into a directory, and shares their keys out among a committee.
pub(crate) trait Seal {
	fn seal(
		&self,
		context: &JobContext,
		work: &Path,
		committee: &Roster,
	) -> impl Future<Output = Result<SealedVersion>> + Send;
}

/// What sealing makes of a draft.
pub(crate) struct SealedVersion {
	pub(crate) segments: Vec<SealedSegment>,
	pub(crate) dealing: SealedDealing,
	/// What the job says of it in the end. Anybody may read it.
	pub(crate) report: serde_json::Value,
}

/// One sealed segment on its way to the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SealedSegment {
	/// Its number.
	pub index: u16,
	/// What it holds.
	pub category: Category,
	/// The dates that its data bear; open where they are unknown.
	pub dates: DateWindow,
	/// Which range of its document it is.
	pub range: u16,
	/// The ciphertext, in the job's directory.
	pub file: String,
	/// How many items its document holds; none are counted for ranges after the first.
	pub items: u64,
	/// Bytes of plain text.
	pub length: u64,
	/// Its key, sealed to the owner.
	pub owner: Capsule,
}

/// The keys of all segments on their way to the committee, sealed to its members.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SealedDealing {
	pub(crate) epoch: EpochId,
	pub(crate) digest: DealingDigest,
	pub(crate) shares: Vec<(Seat, SealedSeatShares)>,
}

impl SealedDealing {
	/// Shares the keys out and seals each seat's shares to its custodian: no key reaches the disk.
	pub(crate) fn new(dealer: Dealer, committee: &Roster) -> Result<Self> {
		let dealing = dealer.finish()?;
		// A member that nothing can be sealed to gets nothing; the quorum shows whether it is missed.
		let shares = dealing.shares().iter().zip(&committee.members);
		let shares = shares.filter_map(|(shares, member)| {
			Some((member.seat, shares.seal(member.key.as_ref()?).ok()?))
		});
		Ok(Self { epoch: committee.epoch, digest: dealing.digest(), shares: shares.collect() })
	}
}

/// How far a job is. Everything in it may be read by anybody: keys are sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
	pub(crate) segments: Vec<SealedSegment>,
	dealing: SealedDealing,
	pub(crate) report: serde_json::Value,
	pub(crate) contents: Vec<ContentId>,
	manifest: Option<Indexed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Indexed {
	content: ContentId,
	salt: Salt,
	capsule: Capsule,
}

impl Publisher {
	/// Takes a draft to an anchored version that the catalogue knows.
	pub(crate) async fn publish(
		&self,
		context: &JobContext,
		draft: &Draft,
		seal: &(impl Seal + Sync),
	) -> Result<State> {
		let work = self.work.join(draft.record.to_string());
		let checkpoint = context.checkpoint::<State>();

		let saved = checkpoint.load().await?.map(|saved| saved.data);
		let anchored = match &saved {
			Some(state) => self.is_anchored(state, draft).await?,
			None => false,
		};
		let committee = self.committee.active().await?;
		let mut state = match saved {
			Some(state) if anchored => state,
			Some(state) if state.is_complete(&work) && state.dealing.epoch == committee.epoch => {
				state
			},
			_ => {
				let SealedVersion { segments, dealing, report } =
					seal.seal(context, &work, &committee).await?;
				let (contents, manifest) = (Vec::new(), None);
				let state = State { segments, dealing, report, contents, manifest };
				checkpoint.save("sealed", &state).await?;
				state
			},
		};
		while let Some(segment) = state.segments.get(state.contents.len()) {
			context.ensure_active()?;
			let (done, all) = (state.contents.len() as u64, state.segments.len() as u64);
			context.progress(Progress::new("store", done, Some(all), "segments")).await?;
			let path = work.join(&segment.file);
			let mut file =
				tokio::fs::File::open(&path).await.map_err(|source| Error::file(&path, source))?;
			let stored = self.store.put(&mut file).await?;
			state.contents.push(stored.id);
			checkpoint.save("stored", &state).await?;
		}

		let indexed = match &state.manifest {
			Some(indexed) => indexed.clone(),
			None => {
				let indexed = self.index(&state, draft).await?;
				state.manifest = Some(indexed.clone());
				checkpoint.save("indexed", &state).await?;
				indexed
			},
		};

		let segments = u16::try_from(state.segments.len()).map_err(|_| Error::TooManySegments)?;
		if !anchored {
			context.progress(Progress::new("deal", 0, None, "keys")).await?;
			let deposits = self.deposits(&state, draft);
			let dealing = self.committee.deal(&committee, &deposits).await?;

			context.progress(Progress::new("anchor", 0, None, "records")).await?;
			let categories: Vec<_> =
				state.segments.iter().map(|segment| segment.category).collect();
			let facts = VersionFacts {
				manifest: manifest_commitment(&indexed.content, &indexed.salt),
				categories: Commitment::to_categories(&categories, &indexed.salt.for_categories()),
				segments,
			};
			let anchored = match draft.version.checked_sub(1) {
				None | Some(0) => {
					let salt = draft.record_salt.0;
					self.chain.anchor_once(&self.signer, salt, facts, Some(dealing)).await.map(drop)
				},
				Some(before) => self
					.chain
					.revise(&self.signer, draft.record, before, facts, Some(dealing))
					.await
					.map(drop),
			};
			anchored.map_err(|error| match error.code() {
				EPOCH_MISMATCH => Error::CommitteeChanged,
				_ => error.into(),
			})?;
		}

		self.catalogue.put(&CatalogueEntry {
			record: draft.record,
			record_salt: draft.record_salt,
			version: draft.version,
			manifest: indexed.content,
			manifest_salt: indexed.salt,
			capsule: indexed.capsule,
			segments,
		})?;
		// The version is whole; what is left here is ciphertext that nobody needs.
		let _ = tokio::fs::remove_dir_all(&work).await;
		Ok(state)
	}

	/// Whether the chain has the version as it was made: then there is nothing left to deal.
	async fn is_anchored(&self, state: &State, draft: &Draft) -> Result<bool> {
		let Some(indexed) = &state.manifest else { return Ok(false) };
		let found = self.chain.state().await?.record_version(&draft.record, draft.version).await?;
		let manifest = manifest_commitment(&indexed.content, &indexed.salt);
		Ok(found.is_some_and(|version| version.manifest == manifest))
	}

	/// What each custodian gets.
	fn deposits(&self, state: &State, draft: &Draft) -> Vec<Deposit> {
		let genesis = self.chain.genesis();
		let (record, version) = (draft.record, draft.version);
		let facts = state.segments.iter().zip(&state.contents).map(|(segment, content)| {
			let SealedSegment { index, category, dates, range, length, .. } = *segment;
			let size = sealed_len(length).unwrap_or(u64::MAX);
			let facts = UnsignedFacts { index, category, dates, range, content: *content, size };
			facts.sign(&self.signer, genesis, record, version)
		});
		let segments: Vec<_> = facts.collect();
		let SealedDealing { epoch, digest, shares } = &state.dealing;
		let unsigned = shares.iter().map(|(seat, shares)| UnsignedDeposit {
			record_salt: draft.record_salt,
			version,
			epoch: *epoch,
			digest: *digest,
			segments: segments.clone(),
			seat: *seat,
			shares: shares.clone(),
		});
		unsigned.map(|deposit| deposit.sign(&self.signer, genesis)).collect()
	}

	async fn index(&self, state: &State, draft: &Draft) -> Result<Indexed> {
		let segments = state
			.segments
			.iter()
			.zip(&state.contents)
			.map(|(segment, content)| ManifestSegment {
				index: segment.index,
				category: segment.category,
				dates: segment.dates,
				range: segment.range,
				items: segment.items,
				length: segment.length,
				content: *content,
				capsule: segment.owner.clone(),
			})
			.collect();
		let manifest = Manifest::new(draft.record, draft.version, draft.source.clone(), segments);
		let sealed = manifest.seal(&self.owner_key, self.chain.genesis())?;
		let stored = self.store.put(&mut sealed.envelope.as_slice()).await?;
		Ok(Indexed { content: stored.id, salt: Salt(rand::random()), capsule: sealed.capsule })
	}
}

impl State {
	/// Whether everything is there that is not stored yet.
	fn is_complete(&self, work: &Path) -> bool {
		self.segments
			.iter()
			.skip(self.contents.len())
			.all(|segment| work.join(&segment.file).is_file())
	}
}
