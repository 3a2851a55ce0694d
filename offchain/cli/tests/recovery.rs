// SPDX-License-Identifier: Apache-2.0
//! A machine is lost: what an export, a printed kit and two guardians are worth, without a network.

use salus_chain::AccountId;
use salus_crypto::{
	recovery::{Guardian, RecoveryKit},
	seal_bytes, Capsule, KdfParams, Keystore, Passphrase, SecretKey, SegmentKey,
};
use salus_primitives::{Category, DateWindow, RecordId, Salt};
use salus_store::{ContentStore, LocalStore};
use salus_worker::{
	catalogue::CatalogueEntry,
	export::Exporter,
	manifest::{owner_context, Manifest, ManifestSegment},
};
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
	process::{Command, Stdio},
	sync::Arc,
};
use tempfile::TempDir;

const GENESIS: [u8; 32] = [9; 32];
const OWNER: AccountId = AccountId::new([7; 32]);
const RECORD: RecordId = RecordId([1; 32]);
const PHRASE: &str = "a long and private phrase";
const LABS: &[u8] = b"{\"mdf\":\"1.0\",\"category\":\"labs\"}\n";
const ORIGINAL: &[u8] = b"the file as it came";

/// How a command ended.
#[derive(Debug)]
struct Ran {
	code: i32,
	stdout: String,
	stderr: String,
}

impl Ran {
	fn ok(self) -> Value {
		assert_eq!(self.code, 0, "{self:#?}");
		serde_json::from_str(&self.stdout).unwrap()
	}

	fn fails(&self) -> (i32, String) {
		assert_ne!(self.code, 0, "{self:#?}");
		let error: Value = serde_json::from_str(&self.stderr).unwrap();
		(self.code, error["error"]["code"].as_str().unwrap().to_owned())
	}
}

/// What is left, and the people who help.
struct Scene {
	directory: TempDir,
	keys: Keystore,
}

impl Scene {
	/// An export, a kit of two of three guardians, and a copy of the lost keystore.
	fn new() -> Self {
		let directory = tempfile::tempdir().unwrap();
		let mut keys = Keystore::new();
		for _ in 0..2 {
			keys.add_encryption_key(SecretKey::generate().unwrap()).unwrap();
		}
		let scene = Self { directory, keys };
		fs::write(scene.path("phrase"), PHRASE).unwrap();
		scene.export();
		let guardians: Vec<_> = ["anna", "bruno", "clara"].map(|name| scene.guardian(name)).into();
		let owner = *OWNER.as_bytes();
		let kit = RecoveryKit::make(GENESIS, owner, 2, &guardians, &scene.keys).unwrap();
		fs::write(scene.path("kit.txt"), kit.to_string()).unwrap();
		let passphrase = Passphrase::new(PHRASE.into()).unwrap();
		scene.keys.save(&scene.path("keystore.json"), &passphrase, KdfParams::MINIMUM).unwrap();
		scene
	}

	fn path(&self, name: &str) -> PathBuf {
		self.directory.path().join(name)
	}

	fn file(&self, name: &str) -> String {
		self.path(name).display().to_string()
	}

	/// Runs a command of somebody who has a home, or of one who has nothing.
	fn run(&self, home: Option<&str>, arguments: &[&str]) -> Ran {
		let mut command = Command::new(env!("CARGO_BIN_EXE_salus"));
		command.env_clear().stdin(Stdio::null()).current_dir(self.directory.path());
		if let Some(home) = home {
			command.arg("--home").arg(self.path(home));
		}
		command.arg("--json").args(["--passphrase-file", "phrase"]).args(arguments);
		let output = command.output().unwrap();
		Ran {
			code: output.status.code().unwrap_or(-1),
			stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
			stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
		}
	}

	/// Somebody with an account in a home of her own.
	fn guardian(&self, name: &str) -> Guardian {
		let card = self.run(Some(name), &["account", "create", name]).ok();
		let account: AccountId = card["account"].as_str().unwrap().parse().unwrap();
		let passphrase = Passphrase::new(PHRASE.into()).unwrap();
		let path = self.path(name).join("accounts").join(format!("{name}.keystore.json"));
		let keys = Keystore::load(&path, &passphrase).unwrap();
		let key = keys.current_encryption_key().unwrap().public().clone();
		Guardian { account: *account.as_bytes(), key }
	}

	/// One record of two segments, sealed to the older of the keys; the store is gone afterwards.
	fn export(&self) {
		let owner = self.keys.encryption_keys().last().unwrap().public().clone();
		let runtime = tokio::runtime::Runtime::new().unwrap();
		runtime.block_on(async {
			let elsewhere = tempfile::tempdir().unwrap();
			let store = LocalStore::open(elsewhere.path().join("blocks.redb")).await.unwrap();
			let mut segments = Vec::new();
			for (index, category, content) in
				[(0, Category::Labs, LABS), (1, Category::Original, ORIGINAL)]
			{
				let key = SegmentKey::generate().unwrap();
				let envelope = seal_bytes(&key, content).unwrap();
				segments.push(ManifestSegment {
					index,
					category,
					dates: DateWindow::ALL,
					range: 0,
					items: 1,
					length: content.len() as u64,
					content: store.put(&mut envelope.as_slice()).await.unwrap().id,
					capsule: Capsule::seal_key(
						&owner,
						&owner_context(GENESIS, RECORD, index),
						&key,
					)
					.unwrap(),
				});
			}
			let manifest = Manifest::new(RECORD, 1, "00".repeat(32), segments);
			let sealed = manifest.seal(&owner, GENESIS).unwrap();
			let entry = CatalogueEntry {
				record: RECORD,
				record_salt: Salt([1; 32]),
				version: 1,
				manifest: store.put(&mut sealed.envelope.as_slice()).await.unwrap().id,
				manifest_salt: Salt([2; 32]),
				capsule: sealed.capsule,
				segments: 2,
			};
			let exporter = Exporter {
				genesis: GENESIS,
				owner: OWNER,
				block: None,
				store: Arc::new(store),
				keys: self.keys.clone(),
			};
			let to = self.path("export");
			exporter.export(&to, &[entry], Vec::new(), &|_, _| {}).await.unwrap();
		});
	}

	/// A request, and what guardians answer.
	fn released(&self, kit: &str, guardians: &[&str]) {
		let request =
			["kit", "request", "--kit", kit, "--key", "new-key.json", "--out", "request.txt"];
		let code = self.run(None, &request).ok()["code"].as_str().unwrap().to_owned();
		fs::write(self.path("code"), code).unwrap();
		for name in guardians {
			self.vouch(name).ok();
		}
	}

	/// A guardian releases on her own word, with the code that was read out to her.
	fn vouch(&self, name: &str) -> Ran {
		let code = fs::read_to_string(self.path("code")).unwrap();
		self.release(name, &["--offline", "--code", &code])
	}

	fn release(&self, name: &str, more: &[&str]) -> Ran {
		let share = format!("{name}.share");
		let release = ["kit", "release", "--as", name, "--kit", "kit.txt"];
		let files = ["--request", "request.txt", "--out", &share];
		self.run(Some(name), &[&release[..], &files, more].concat())
	}

	fn recover(&self, out: &str, more: &[&str]) -> Ran {
		let recover = ["recover", "--export", "export", "--output", out];
		self.run(None, &[&recover[..], more].concat())
	}

	fn assert_whole(&self, out: &str) {
		let record = self.path(out).join(RECORD.to_string()).join("1");
		assert_eq!(fs::read(record.join("labs.mdf.jsonl")).unwrap(), LABS);
		assert_eq!(fs::read(record.join("original")).unwrap(), ORIGINAL);
		let report: Value =
			serde_json::from_slice(&fs::read(self.path(out).join("report.json")).unwrap()).unwrap();
		assert_eq!(report["opened"].as_array().unwrap().len(), 2);
	}
}

/// The keys in a keystore of a home, newest first.
fn keys_in(path: &Path) -> Vec<[u8; 32]> {
	let keys = Keystore::load(path, &Passphrase::new(PHRASE.into()).unwrap()).unwrap();
	keys.encryption_keys().map(|pair| *pair.secret().expose()).collect()
}

#[test]
fn a_printed_kit_and_two_guardians_open_the_export() {
	let scene = Scene::new();
	let print = ["kit", "print", "--kit", "kit.txt", "--out", "page.txt"];
	let names = ["--name", "Anna", "--name", "Bruno", "--name", "Clara"];
	scene.run(None, &[&print[..], &names].concat()).ok();
	let page = fs::read_to_string(scene.path("page.txt")).unwrap();
	assert!(page.contains("Bruno"));
	// Typed from paper: other spaces, other capitals, other line breaks.
	let typed = page.to_lowercase().replace(' ', "\n");
	fs::write(scene.path("typed.txt"), typed).unwrap();

	scene.released("typed.txt", &["anna"]);
	let kit = ["--kit", "typed.txt", "--key", "new-key.json", "--share", "anna.share"];
	let short = scene.recover("out", &kit);
	assert_eq!(short.fails(), (1, "RECOVERY_TOO_FEW_SHARES".to_owned()));
	// The same guardian again is not another one.
	let again = scene.recover("out", &[&kit[..], &["--share", "anna.share"]].concat());
	assert_eq!(again.fails(), (1, "RECOVERY_TOO_FEW_SHARES".to_owned()));
	assert!(again.stderr.contains("RECOVERY_GUARDIAN_REPEATED"), "{}", again.stderr);
	assert!(!scene.path("out").exists(), "nothing was written");

	scene.vouch("clara").ok();
	let enough = [&kit[..], &["--share", "clara.share"]].concat();
	let report = scene.recover("out", &enough).ok();
	assert_eq!((&report["keys"], &report["refused_shares"]), (&2.into(), &Value::Array(vec![])));
	scene.assert_whole("out");
	assert_eq!(scene.recover("out", &enough).fails().1, "OUTPUT_EXISTS");
}

#[test]
fn the_keys_and_the_way_to_the_records_come_back_into_a_home() {
	let scene = Scene::new();
	scene.released("kit.txt", &["anna", "bruno"]);
	let kit = ["--kit", "kit.txt", "--key", "new-key.json"];
	let shares = ["--share", "anna.share", "--share", "bruno.share"];
	let restore = ["--restore-keystore", "maria", "--new-passphrase-file", "phrase"];
	let arguments = ["recover", "--export", "export", "--output", "out"];
	let all = [&arguments[..], &kit, &shares, &restore].concat();
	let account = scene.run(Some("new"), &all).ok()["restored"].as_str().unwrap().to_owned();
	scene.assert_whole("out");
	let expected: Vec<_> =
		scene.keys.encryption_keys().map(|pair| *pair.secret().expose()).collect();
	let keystore = scene.path("new").join("accounts").join("maria.keystore.json");
	assert_eq!(keys_in(&keystore), expected);
	let catalogue = scene.path("new").join("catalogue").join(account);
	assert_eq!(fs::read_dir(catalogue).unwrap().count(), 1);

	// Into an account that is there already they come as older keys.
	scene.run(Some("other"), &["account", "create", "maria"]).ok();
	let keystore = scene.path("other").join("accounts").join("maria.keystore.json");
	let own = keys_in(&keystore);
	let only_keys = [&["recover"][..], &kit, &shares, &restore].concat();
	scene.run(Some("other"), &only_keys).ok();
	assert_eq!(keys_in(&keystore), [own, expected].concat());
}

#[test]
fn a_keystore_of_her_own_is_enough() {
	let scene = Scene::new();
	scene.recover("out", &["--keystore", "keystore.json"]).ok();
	scene.assert_whole("out");
	fs::write(scene.path("phrase"), "another phrase").unwrap();
	let wrong = scene.recover("again", &["--keystore", "keystore.json"]);
	assert_eq!(wrong.fails(), (6, "KEYSTORE_WRONG_PASSPHRASE".to_owned()));
	assert!(!scene.path("again").exists());
}

#[test]
fn what_is_damaged_is_reported_and_the_rest_opens() {
	let scene = Scene::new();
	let index: Value =
		serde_json::from_slice(&fs::read(scene.path("export/index.json")).unwrap()).unwrap();
	let labs = index["records"][0]["objects"][1]["content"].as_str().unwrap();
	fs::write(scene.path("export/objects").join(labs), b"damaged").unwrap();
	let ran = scene.recover("out", &["--keystore", "keystore.json"]);
	assert_eq!(ran.fails(), (7, "RECOVERY_INCOMPLETE".to_owned()));
	let result: Value = serde_json::from_str(&ran.stdout).unwrap();
	assert_eq!(result["report"]["failed"][0]["code"], "EXPORT_OBJECT_DAMAGED");
	let record = scene.path("out").join(RECORD.to_string()).join("1");
	assert_eq!(fs::read(record.join("original")).unwrap(), ORIGINAL);
	assert!(!record.join("labs.mdf.jsonl").exists());
}

#[test]
fn a_guardian_tries_her_share_and_releases_it_to_who_she_knows_only() {
	let scene = Scene::new();
	let checked = scene.run(Some("bruno"), &["kit", "check", "--as", "bruno", "--kit", "kit.txt"]);
	assert_eq!(checked.ok()["guardian"], 2);
	scene.run(Some("bruno"), &["account", "create", "dora"]).ok();
	let stranger = scene.run(Some("bruno"), &["kit", "check", "--as", "dora", "--kit", "kit.txt"]);
	assert_eq!(stranger.fails().1, "RECOVERY_NOT_A_GUARDIAN");

	scene.released("kit.txt", &[]);
	assert_eq!(scene.release("anna", &["--offline"]).fails().1, "CONFIRMATION_MISSING");
	// Without --offline the chain is asked, and none runs here.
	assert_eq!(scene.release("anna", &[]).fails(), (3, "NOT_RUNNING".to_owned()));
	assert!(!scene.path("anna.share").exists());
	// A request that was exchanged on its way has another code.
	let wrong = ["--offline", "--code", "AAAA-BBBB-CCCC-DDDD"];
	assert_eq!(scene.release("anna", &wrong).fails().1, "RECOVERY_OTHER_REQUEST");
	assert!(!scene.path("anna.share").exists());
	scene.vouch("anna").ok();
	assert_eq!(scene.vouch("anna").fails().1, "OUTPUT_EXISTS");
}

#[test]
fn a_request_for_another_kit_releases_nothing() {
	let (scene, other) = (Scene::new(), Scene::new());
	other.released("kit.txt", &[]);
	fs::copy(other.path("request.txt"), scene.path("request.txt")).unwrap();
	fs::copy(other.path("code"), scene.path("code")).unwrap();
	assert_eq!(scene.vouch("anna").fails().1, "RECOVERY_OTHER_KIT");
	assert!(!scene.path("anna.share").exists());
}

#[test]
fn a_line_that_was_typed_wrong_is_named() {
	let scene = Scene::new();
	let kit = fs::read_to_string(scene.path("kit.txt")).unwrap();
	let line = kit.lines().nth(5).unwrap();
	let last = line.chars().last().unwrap();
	let changed = format!("{}{}", &line[..line.len() - 1], if last == 'A' { 'Q' } else { 'A' });
	fs::write(scene.path("kit.txt"), kit.replace(line, &changed)).unwrap();
	let ran = scene.run(None, &["kit", "print", "--kit", "kit.txt", "--out", "page.txt"]);
	assert_eq!(ran.fails(), (5, "RECOVERY_TEXT_BLOCK".to_owned()));
	assert!(ran.stderr.contains("block 5 "), "{}", ran.stderr);
	assert!(!scene.path("page.txt").exists());
	let none = scene.run(None, &["kit", "print", "--kit", &scene.file("phrase"), "--out", "page"]);
	assert_eq!(none.fails(), (5, "RECOVERY_MALFORMED".to_owned()));
}

#[test]
fn as_many_names_as_guardians() {
	let scene = Scene::new();
	let print = ["kit", "print", "--kit", "kit.txt", "--out", "page.txt", "--name", "Anna"];
	assert_eq!(scene.run(None, &print).fails(), (5, "INPUT_NAMES".to_owned()));
}
