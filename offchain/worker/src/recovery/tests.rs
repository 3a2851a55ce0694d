// SPDX-License-Identifier: Apache-2.0
//! A patient loses everything but her export, her kit and her guardians.

use super::*;
use crate::{
	custodian::{CommitteeMember, Roster},
	export::Exporter,
	ingestor::seal::{Matter, SealJob},
	manifest::Manifest,
};
use salus_crypto::{
	custody::ThresholdScheme,
	recovery::{Guardian, KitCombiner, RecoveryKit},
	EncryptionKeyPair, SecretKey,
};
use salus_ingest::sample;
use salus_primitives::{
	custody::{EpochId, Seat},
	Salt, Suite,
};
use salus_store::{BlockStore, ContentStore, LocalStore};
use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, sync::Arc};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const GENESIS: [u8; 32] = [9; 32];
const OWNER: AccountId = AccountId::new([7; 32]);

/// A patient with a store and her records in it.
struct World {
	directory: TempDir,
	store: Arc<LocalStore>,
	keys: Keystore,
	entries: Vec<CatalogueEntry>,
	/// The files that the records were made from.
	originals: BTreeMap<RecordId, Vec<u8>>,
	/// How many documents there are in all.
	documents: usize,
}

fn nobody_listens(_: usize, _: usize) {}

impl World {
	async fn new() -> Self {
		let directory = tempfile::tempdir().unwrap();
		let store = LocalStore::open(directory.path().join("blocks.redb")).await.unwrap();
		Self {
			directory,
			store: Arc::new(store),
			keys: Keystore::new(),
			entries: Vec::new(),
			originals: BTreeMap::new(),
			documents: 0,
		}
	}

	/// Two records, with a key rotated to another suite between them.
	async fn with_records() -> Self {
		let mut world = Self::new().await;
		for (number, suite) in [(1, Suite::X25519), (2, Suite::XWing)] {
			world.keys.add_encryption_key(SecretKey::generate_for(suite).unwrap()).unwrap();
			world.ingest(number).await;
		}
		world
	}

	fn path(&self, name: &str) -> PathBuf {
		self.directory.path().join(name)
	}

	/// Seals a file as an ingestor does, stores it, and indexes it.
	async fn ingest(&mut self, number: u8) {
		let record = RecordId([number; 32]);
		let file = self.path(&format!("bundle-{number}.json"));
		let options = sample::Options { seed: u64::from(number), entries: 80 };
		sample::fhir(&mut File::create(&file).unwrap(), &options).unwrap();
		let owner = self.keys.current_encryption_key().unwrap().public().clone();
		let custodian = EncryptionKeyPair::generate().unwrap();
		let member = CommitteeMember {
			seat: Seat(0),
			account: AccountId::new([1; 32]),
			key: Some(custodian.public().clone()),
			is_suspended: false,
		};
		let work = self.path("work");
		let job = SealJob {
			matter: Matter::File(file.clone()),
			name: "bundle.json".into(),
			work: work.clone(),
			diagnostics: self.path("diagnostics.jsonl"),
			record,
			genesis: GENESIS,
			owner: owner.clone(),
			committee: Roster {
				epoch: EpochId(1),
				scheme: ThresholdScheme::new(1, 1).unwrap(),
				quorum: 1,
				is_active: true,
				members: vec![member],
			},
			// Small, so that documents have several.
			range: 1 << 16,
			cancellation: CancellationToken::new(),
		};
		let sealed = job.run(&tokio::sync::watch::channel(0).0).unwrap();
		let mut segments = Vec::new();
		for segment in sealed.segments {
			let mut ciphertext = tokio::fs::File::open(work.join(&segment.file)).await.unwrap();
			segments.push(ManifestSegment {
				index: segment.index,
				category: segment.category,
				dates: segment.dates,
				range: segment.range,
				items: segment.items,
				length: segment.length,
				content: self.store.put(&mut ciphertext).await.unwrap().id,
				capsule: segment.owner,
			});
		}
		self.documents += segments.iter().filter(|segment| segment.range == 0).count();
		let count = u16::try_from(segments.len()).unwrap();
		let manifest = Manifest::new(record, 1, sealed.report.source_digest, segments);
		let sealed = manifest.seal(&owner, GENESIS).unwrap();
		self.entries.push(CatalogueEntry {
			record,
			record_salt: Salt([number; 32]),
			version: 1,
			manifest: self.store.put(&mut sealed.envelope.as_slice()).await.unwrap().id,
			manifest_salt: Salt([number; 32]),
			capsule: sealed.capsule,
			segments: count,
		});
		self.originals.insert(record, fs::read(&file).unwrap());
		fs::remove_file(file).unwrap();
	}

	fn exporter(&self) -> Exporter {
		Exporter {
			genesis: GENESIS,
			owner: OWNER,
			block: None,
			store: Arc::clone(&self.store) as Arc<dyn salus_store::Store>,
			keys: self.keys.clone(),
		}
	}

	async fn export(&self, to: &Path) -> Result<ExportIndex> {
		self.exporter().export(to, &self.entries, Vec::new(), &nobody_listens).await
	}

	/// The files of the first record's export: its manifest first.
	fn objects(&self, export: &Path) -> Vec<PathBuf> {
		let index = ExportIndex::read(export).unwrap();
		let record = &index.records[0];
		record.objects.iter().map(|object| object_path(export, &object.content.0)).collect()
	}

	/// Everything opened as it was.
	fn assert_whole(&self, report: &RecoveryReport, out: &Path) {
		assert!(report.is_whole(), "{report:#?}");
		assert_eq!(report.opened.len(), self.documents);
		for opened in &report.opened {
			let bytes = fs::read(out.join(&opened.file)).unwrap();
			assert_eq!(bytes.len() as u64, opened.bytes);
			match opened.category {
				Category::Original => assert_eq!(bytes, self.originals[&opened.record]),
				_ => assert!(bytes.starts_with(b"{\"mdf\":\"1.0\"")),
			}
		}
		let originals = report.opened.iter().filter(|one| one.category == Category::Original);
		assert_eq!(originals.count(), self.originals.len());
	}
}

fn flip(path: &Path) {
	let mut bytes = fs::read(path).unwrap();
	let middle = bytes.len() / 2;
	bytes[middle] ^= 1;
	fs::write(path, bytes).unwrap();
}

fn mode(path: &Path) -> u32 {
	fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn with_export_kit_and_enough_guardians_nothing_is_lost() {
	let world = World::with_records().await;
	let (export, kept) = (world.path("export"), tempfile::tempdir().unwrap());
	assert!(world.export(&export).await.unwrap().is_complete);
	let people: Vec<_> = [(1, Suite::X25519), (2, Suite::XWing), (3, Suite::X25519)]
		.map(|(number, suite)| {
			let mut keys = Keystore::new();
			keys.add_encryption_key(SecretKey::generate_for(suite).unwrap()).unwrap();
			([number; 32], keys)
		})
		.into();
	let guardians: Vec<_> = people
		.iter()
		.map(|(account, keys)| Guardian {
			account: *account,
			key: keys.current_encryption_key().unwrap().public().clone(),
		})
		.collect();
	let kit = RecoveryKit::make(GENESIS, *OWNER.as_bytes(), 2, &guardians, &world.keys).unwrap();
	let printed = kit.to_string();

	// The machine, the store and the keystore are gone.
	let copy = kept.path().join("export");
	fs::rename(&export, &copy).unwrap();
	let World { directory, store, keys, entries, originals, documents } = world;
	drop((store, keys, entries));
	directory.close().unwrap();

	let kit: RecoveryKit = printed.parse().unwrap();
	let new = EncryptionKeyPair::generate().unwrap();
	let mut combiner = KitCombiner::new(&kit);
	let out = kept.path().join("out");
	let release = |at: usize| {
		let (account, keys) = &people[at];
		kit.open_share(account, keys).unwrap().release(new.public()).unwrap()
	};
	combiner.add(new.secret(), &release(1)).unwrap();
	assert_eq!(combiner.finish().unwrap_err().code(), "RECOVERY_TOO_FEW_SHARES");
	assert!(!out.exists(), "one guardian is nobody");
	combiner.add(new.secret(), &release(2)).unwrap();
	let keys = combiner.finish().unwrap();
	let report = recover(&copy, &keys, &out, &nobody_listens).unwrap();
	let world = World {
		directory: tempfile::tempdir().unwrap(),
		store: Arc::new(LocalStore::open(kept.path().join("new.redb")).await.unwrap()),
		keys: Keystore::new(),
		entries: Vec::new(),
		originals,
		documents,
	};
	world.assert_whole(&report, &out);

	// Where the records are comes back too.
	let catalogue = Catalogue::open(kept.path().join("catalogue")).unwrap();
	assert_eq!(restore_catalogue(&copy, &catalogue).unwrap(), 2);
	assert_eq!(catalogue.list().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_recovered_is_for_its_owner_only() {
	let world = World::with_records().await;
	let (export, out) = (world.path("export"), world.path("out"));
	world.export(&export).await.unwrap();
	let report = recover(&export, &world.keys, &out, &nobody_listens).unwrap();
	world.assert_whole(&report, &out);
	for opened in &report.opened {
		let file = out.join(&opened.file);
		assert_eq!(mode(&file), 0o600);
		assert_eq!(mode(file.parent().unwrap()), 0o700);
		assert_eq!(mode(file.parent().unwrap().parent().unwrap()), 0o700);
	}
	assert_eq!((mode(&out), mode(&out.join("report.json"))), (0o700, 0o600));
	assert_eq!((mode(&export), mode(&export.join("index.json"))), (0o700, 0o600));
	// What is there is never written over.
	let error = recover(&export, &world.keys, &out, &nobody_listens).unwrap_err();
	assert_eq!(error.code(), "OUTPUT_EXISTS");
}

#[tokio::test]
async fn an_export_says_nothing_of_what_is_in_it() {
	let world = World::with_records().await;
	let export = world.path("export");
	world.export(&export).await.unwrap();
	let index = fs::read_to_string(export.join("index.json")).unwrap();
	for category in Category::ALL {
		assert!(!index.contains(&format!("\"{category}\"")), "{category}");
	}
	let names: Vec<_> =
		fs::read_dir(&export).unwrap().map(|one| one.unwrap().file_name()).collect();
	assert_eq!(names.len(), 2, "{names:?}");
}

#[tokio::test]
async fn one_damaged_or_missing_object_stops_nothing_else() {
	let world = World::with_records().await;
	let export = world.path("export");
	world.export(&export).await.unwrap();
	let objects = world.objects(&export);
	flip(&objects[1]);
	fs::remove_file(&objects[2]).unwrap();
	let report = recover(&export, &world.keys, &world.path("one"), &nobody_listens).unwrap();
	assert!(!report.is_whole());
	let codes: Vec<_> = report.failed.iter().map(|failed| failed.code.as_str()).collect();
	assert_eq!(codes, ["EXPORT_OBJECT_DAMAGED", "EXPORT_OBJECT_MISSING"]);
	assert_eq!(report.opened.len(), world.documents - 2);
	assert!(report.failed.iter().all(|failed| failed.record == RecordId([1; 32])));
	let written = fs::read(world.path("one").join("report.json")).unwrap();
	assert_eq!(
		serde_json::from_slice::<serde_json::Value>(&written).unwrap()["failed"]
			.as_array()
			.unwrap()
			.len(),
		2
	);

	// Without its manifest nothing of a record opens, and the other one does.
	flip(&objects[0]);
	let report = recover(&export, &world.keys, &world.path("two"), &nobody_listens).unwrap();
	assert_eq!((report.failed.len(), report.failed[0].segment), (1, None));
	assert!(report.opened.iter().all(|opened| opened.record == RecordId([2; 32])));
	assert!(!report.opened.is_empty());

	// What was lost from an export is brought again, and only that.
	world.export(&export).await.unwrap();
	let report = recover(&export, &world.keys, &world.path("three"), &nobody_listens).unwrap();
	world.assert_whole(&report, &world.path("three"));
}

#[tokio::test]
async fn keys_that_are_missing_are_said_to_be() {
	let world = World::with_records().await;
	let export = world.path("export");
	world.export(&export).await.unwrap();
	// Only the newest of her keys: what was sealed before the rotation stays closed.
	let mut newest = Keystore::new();
	let secret = world.keys.current_encryption_key().unwrap().secret().clone();
	newest.add_encryption_key(secret).unwrap();
	let report = recover(&export, &newest, &world.path("out"), &nobody_listens).unwrap();
	let failed: Vec<_> =
		report.failed.iter().map(|failed| (failed.record, failed.code.as_str())).collect();
	assert_eq!(failed, [(RecordId([1; 32]), "CAPSULE_NOT_OPENED")]);
	assert!(report.opened.iter().any(|opened| opened.record == RecordId([2; 32])));
}

#[tokio::test]
async fn an_interrupted_export_goes_on() {
	let mut world = World::with_records().await;
	let export = world.path("export");
	// It ended after the first record, in the middle of an object.
	world
		.exporter()
		.export(&export, &world.entries[..1], Vec::new(), &nobody_listens)
		.await
		.unwrap();
	let objects = world.objects(&export);
	fs::write(export.join("objects").join(".partial-abc"), b"half").unwrap();
	fs::write(&objects[1], b"half").unwrap();
	fs::remove_file(&objects[2]).unwrap();
	let untouched = fs::metadata(&objects[0]).unwrap().modified().unwrap();
	let index = world.export(&export).await.unwrap();
	assert!(index.is_complete && index.missing.is_empty());
	assert_eq!(fs::metadata(&objects[0]).unwrap().modified().unwrap(), untouched);
	assert!(!export.join("objects").join(".partial-abc").exists());
	let report = recover(&export, &world.keys, &world.path("out"), &nobody_listens).unwrap();
	world.assert_whole(&report, &world.path("out"));

	// Brought up to date it keeps what the catalogue knows no more.
	world.ingest(3).await;
	let last = world.entries.split_off(2);
	world.exporter().export(&export, &last, Vec::new(), &nobody_listens).await.unwrap();
	let report = recover(&export, &world.keys, &world.path("again"), &nobody_listens).unwrap();
	world.assert_whole(&report, &world.path("again"));
}

#[tokio::test]
async fn what_the_store_does_not_have_is_listed() {
	let world = World::with_records().await;
	let gone = world.entries[1].manifest;
	world.store.delete_block(&gone).await.unwrap();
	let export = world.path("export");
	let index = world.export(&export).await.unwrap();
	let missing: Vec<_> =
		index.missing.iter().map(|one| (one.record, one.content, one.code.as_str())).collect();
	assert_eq!(missing, [(RecordId([2; 32]), Some(ContentIdText(gone)), "STORE_NOT_FOUND")]);
	let report = recover(&export, &world.keys, &world.path("out"), &nobody_listens).unwrap();
	assert!(!report.is_whole() && !report.opened.is_empty());
	assert_eq!(report.missing, index.missing);
}

#[tokio::test]
async fn a_foreign_directory_is_left_alone() {
	let world = World::with_records().await;
	let foreign = world.path("foreign");
	fs::create_dir(&foreign).unwrap();
	fs::write(foreign.join("letter.txt"), b"mine").unwrap();
	assert_eq!(world.export(&foreign).await.unwrap_err().code(), "EXPORT_FOREIGN");
	fs::write(foreign.join("index.json"), b"{}").unwrap();
	assert_eq!(world.export(&foreign).await.unwrap_err().code(), "EXPORT_FOREIGN");
	assert_eq!(fs::read_dir(&foreign).unwrap().count(), 2);

	let export = world.path("export");
	world.export(&export).await.unwrap();
	let before = fs::read(export.join("index.json")).unwrap();
	for exporter in [
		Exporter { owner: AccountId::new([8; 32]), ..world.exporter() },
		Exporter { genesis: [8; 32], ..world.exporter() },
	] {
		let refused = exporter.export(&export, &[], Vec::new(), &nobody_listens).await.unwrap_err();
		assert_eq!(refused.code(), "EXPORT_FOREIGN");
		let refused = exporter.attach(&export, "trail.json", &"mine").await.unwrap_err();
		assert_eq!(refused.code(), "EXPORT_FOREIGN");
	}
	assert_eq!(fs::read(export.join("index.json")).unwrap(), before);
	world.exporter().attach(&export, "trail.json", &["entry"]).await.unwrap();
	assert!(ExportIndex::read(&export).unwrap().files.contains("trail.json"));
}

#[tokio::test]
async fn an_index_that_is_none_is_refused_and_nothing_is_written() {
	let world = World::with_records().await;
	let export = world.path("export");
	let out = world.path("out");
	assert_eq!(
		recover(&export, &world.keys, &out, &nobody_listens).unwrap_err().code(),
		"FILE_NOT_FOUND"
	);
	world.export(&export).await.unwrap();
	let index = fs::read_to_string(export.join("index.json")).unwrap();
	for wrong in ["", "{}", &index[..100], &index.replace("salus-export/1", "salus-export/2")] {
		fs::write(export.join("index.json"), wrong).unwrap();
		let error = recover(&export, &world.keys, &out, &nobody_listens).unwrap_err();
		assert_eq!(error.code(), "EXPORT_MALFORMED");
	}
	assert!(!out.exists());
	// An identifier is no path.
	let path = ContentIdText(world.entries[0].manifest).to_string();
	fs::write(export.join("index.json"), index.replace(&path, "../../etc/passwd")).unwrap();
	let error = recover(&export, &world.keys, &out, &nobody_listens).unwrap_err();
	assert_eq!(error.code(), "EXPORT_MALFORMED");
}
