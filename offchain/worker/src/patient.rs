// SPDX-License-Identifier: Apache-2.0
//! What a patient does with her records: grant, read, export.

use crate::{
	catalogue::{Catalogue, CatalogueEntry},
	committee::Committee,
	manifest::{manifest_commitment, owner_context, Manifest, SealedManifest, MAX_MANIFEST},
	reading::open_segment,
	sharing::{OpenedDenials, OpenedTerms, StandingRule},
	Error, Result,
};
use salus_chain::{AccountId, Client, ConsentTerms, Signer};
use salus_crypto::{Keystore, SecretKey};
use salus_policy::{Exception, Terms};
use salus_primitives::{ConsentId, Grantee, RecordId, Salt};
use salus_store::Store;
use std::{fmt, io::Write, sync::Arc};

/// The most denials and standing rules of one subject, together.
const MAX_DENIALS: usize = 64;

/// A patient with her keys open.
pub struct Patient {
	/// The chain.
	pub chain: Client,
	/// Where ciphertext is.
	pub store: Arc<dyn Store>,
	/// Signs for her account.
	pub signer: Signer,
	/// Her secrets.
	pub keys: Keystore,
	/// Her records.
	pub catalogue: Catalogue,
}

impl fmt::Debug for Patient {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Patient").field("account", &self.signer.account()).finish_non_exhaustive()
	}
}

impl Patient {
	/// Grants a consent whose terms only the grantee and the custodian can read.
	///
	/// # Errors
	/// When the terms could never permit anything, the grantee has no encryption key on chain, or the
	/// store or the chain refuses.
	pub async fn grant(&self, grantee: &AccountId, terms: Terms, uses: u32) -> Result<ConsentId> {
		terms.ensure_not_empty().map_err(|reason| Error::TermsEmpty { reason })?;
		let salt = rand::random::<[u8; 32]>();
		let consent = ConsentId::derive(&self.signer.account(), &salt);
		let key = self
			.chain
			.state()
			.await?
			.encryption_key(grantee)
			.await?
			.ok_or(Error::GranteeUnknown { grantee: *grantee })?;
		let window = terms.act;
		let opened = OpenedTerms { terms, salt: Salt(rand::random()) };
		let document = opened.seal(&key, self.chain.genesis(), consent)?;
		let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
		let terms = ConsentTerms::Sealed { commitment: opened.commitment(), envelope: stored.id };
		let grantee = Grantee::Account(*grantee);
		self.chain.grant(&self.signer, salt, grantee, terms, window, uses).await?;
		Ok(consent)
	}

	/// Denies, whoever was granted what, and approves as a rule what may be claimed, in place of what she
	/// denied and approved before. Nobody but the custodians that hold keys can read it. `no_emergency` says that nobody may read in an emergency
	/// without a consent, which everyone can see. Returns how often she has changed it.
	///
	/// # Errors
	/// When there are too many denials, there is no committee, or the store or the chain refuses.
	pub async fn deny(
		&self,
		committee: &Committee,
		denials: Vec<Exception>,
		rules: Vec<StandingRule>,
		no_emergency: Option<bool>,
	) -> Result<u32> {
		let found = denials.len().saturating_add(rules.len());
		if found > MAX_DENIALS {
			return Err(Error::MaxDenialsExceeded { found, most: MAX_DENIALS });
		}
		for StandingRule { terms, .. } in &rules {
			terms.ensure_not_empty().map_err(|reason| Error::TermsEmpty { reason })?;
		}
		let subject = self.signer.account();
		let known = self.chain.state().await?.deny_root(&subject).await?;
		let (version, before) = known.map_or((0, false), |root| (root.version, root.no_emergency));
		let no_emergency = no_emergency.unwrap_or(before);
		let has_rules = !rules.is_empty();
		let opened = OpenedDenials { denials, rules, salt: Salt(rand::random()) };
		let document = opened.seal(&committee.serving().await?, self.chain.genesis(), &subject)?;
		let stored = self.store.put(&mut document.to_bytes().as_slice()).await?;
		let root = opened.commitment();
		let flags = (has_rules, no_emergency);
		let changed = self.chain.set_deny_root(&self.signer, version, root, stored.id, flags);
		Ok(changed.await?)
	}

	/// The manifest of one of her records, checked against the chain.
	///
	/// # Errors
	/// When the record is not in the catalogue, the chain holds another commitment, or the manifest
	/// does not open.
	pub async fn manifest(&self, record: &RecordId) -> Result<(CatalogueEntry, Manifest)> {
		let entry = self.catalogue.get(record)?;
		let anchored = self
			.chain
			.state()
			.await?
			.record_version(record, entry.version)
			.await?
			.ok_or(Error::RecordUnknown { record: *record })?;
		if manifest_commitment(&entry.manifest, &entry.manifest_salt) != anchored.manifest {
			return Err(Error::ManifestMismatch { record: *record });
		}
		let envelope =
			self.store.get(&entry.manifest, None).await?.into_bytes(MAX_MANIFEST).await?;
		let manifest = self.open_manifest(&entry, envelope)?;
		Ok((entry, manifest))
	}

	/// Opens the manifest of an entry, out of its envelope.
	pub(crate) fn open_manifest(
		&self,
		entry: &CatalogueEntry,
		envelope: Vec<u8>,
	) -> Result<Manifest> {
		let sealed = SealedManifest { envelope, capsule: entry.capsule.clone() };
		let genesis = self.chain.genesis();
		self.with_any_key(|secret| Manifest::open(&sealed, entry.record, secret, genesis))
	}

	/// Opens one of her own segments into `out`. Nobody else is asked.
	///
	/// # Errors
	/// When the manifest has no such segment, or it does not open.
	pub async fn read<W: Write + Send + 'static>(
		&self,
		manifest: &Manifest,
		segment: u16,
		out: W,
	) -> Result<(W, u64)> {
		let record = manifest.record;
		let entry = manifest
			.segments
			.iter()
			.find(|entry| entry.index == segment)
			.ok_or(Error::SegmentUnknown { record, segment })?;
		let context = owner_context(self.chain.genesis(), record, segment);
		let key = self.with_any_key(|secret| Ok(entry.capsule.open_key(secret, &context)?))?;
		open_segment(&*self.store, &entry.content, key, out).await
	}

	/// Opens with whichever of her keys fits: what was sealed before a rotation stays readable.
	pub(crate) fn with_any_key<T>(&self, open: impl Fn(&SecretKey) -> Result<T>) -> Result<T> {
		let mut last = Error::KeyMissing { account: self.signer.account() };
		for pair in self.keys.encryption_keys() {
			match open(pair.secret()) {
				Ok(opened) => return Ok(opened),
				Err(error) => last = error,
			}
		}
		Err(last)
	}
}
