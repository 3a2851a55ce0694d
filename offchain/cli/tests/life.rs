// SPDX-License-Identifier: Apache-2.0
//! A record's whole life, as its users type it.

mod network;

use network::{sample_data, Network};
use rustix::process::{kill_process, Pid, Signal};
use serde_json::Value;
use std::{fs, process::Stdio};

fn steps(report: &Value) -> Vec<&str> {
	report["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect()
}

/// What people did, in order. What custodians report comes when it comes.
fn actions(trail: &Value) -> Vec<&str> {
	let actions = trail["entries"].as_array().unwrap().iter();
	let actions = actions.map(|entry| entry["action"].as_str().unwrap());
	actions
		.filter(|action| {
			!["access_delivered", "access_not_released", "access_stopped"].contains(action)
		})
		.collect()
}

#[test]
fn the_demo_holds() {
	let network = Network::start();
	the_demo_holds_for_a_generated_bundle_and_again(&network);
	the_demo_holds_for_every_real_bundle(&network);
}

fn the_demo_holds_for_a_generated_bundle_and_again(network: &Network) {
	let first = network.ok(&["demo"]);
	assert_eq!(steps(&first).len(), 12);
	// The same file again adds no record, and everything holds once more.
	let second = network.ok(&["demo"]);
	assert_eq!(first["record"], second["record"]);
	assert_ne!(first["consent"], second["consent"]);
	assert_eq!(network.ok(&["records", "list", "--as", "patient"]).as_array().unwrap().len(), 1);
}

fn the_demo_holds_for_every_real_bundle(network: &Network) {
	let Some(data) = sample_data() else { return };
	let before = network.ok(&["audit", "patient"]);
	let mut bundles = fs::read_dir(data.join("synthea"))
		.unwrap()
		.map(|entry| entry.unwrap().path())
		.filter(|path| path.extension().is_some_and(|extension| extension == "json"))
		.collect::<Vec<_>>();
	bundles.sort();
	assert_eq!(bundles.len(), 8);
	for bundle in &bundles {
		let report = network.ok(&["demo", &bundle.display().to_string()]);
		assert_eq!(steps(&report).len(), 12, "{}", bundle.display());
	}
	let records = network.ok(&["records", "list", "--as", "patient"]);
	assert_eq!(records.as_array().unwrap().len(), 1 + 8);
	let trail = network.ok(&["audit", "patient"]);
	// Anchored, granted, opened three times, revoked, refused: for each of the eight.
	assert_eq!(actions(&trail).len() - actions(&before).len(), 8 * 7);
}

#[test]
fn records_are_read_as_their_owner_says() {
	let network = Network::start();
	share_open_and_revoke_from_the_command_line(&network);
	what_is_excepted_stays_closed(&network);
	an_emergency_is_opened_by_two_clinicians_and_seen_by_the_patient(&network);
	a_standing_rule_lets_a_clinician_claim(&network);
	a_new_patient_registers_and_rotates_her_key(&network);
	what_comes_into_a_directory_is_ingested(&network);
}

fn what_comes_into_a_directory_is_ingested(network: &Network) {
	let inbox = network.home().join("watched");
	fs::create_dir(&inbox).unwrap();
	let watch = ["ingest", "--as", "patient", "--watch", inbox.to_str().unwrap()];
	let mut watching = network.command(&watch).stdout(Stdio::piped()).spawn().unwrap();
	let records = serde_json::Deserializer::from_reader(watching.stdout.take().unwrap());
	let mut records = records.into_iter::<Value>();
	fs::write(inbox.join("a.txt"), "no health file").unwrap();
	fs::copy(network.bundle("watched.json", 15, 20), inbox.join("b.json")).unwrap();
	// What is refused keeps nothing else waiting.
	let first = records.next().unwrap().unwrap();
	assert_eq!(first.as_array().unwrap().len(), 1, "{first}");
	fs::copy(network.bundle("again.json", 16, 20), inbox.join("c.json")).unwrap();
	let second = records.next().unwrap().unwrap();
	assert_ne!(first[0]["record"], second[0]["record"]);
	kill_process(Pid::from_child(&watching), Signal::TERM).unwrap();
	assert_eq!(watching.wait().unwrap().code(), Some(0));
	let listed = network.ok(&["records", "list", "--as", "patient"]).to_string();
	assert!(listed.contains(second[0]["record"].as_str().unwrap()));
}

fn a_standing_rule_lets_a_clinician_claim(network: &Network) {
	let bundle = network.bundle("shift.json", 14, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap();
	let claim = |categories: &str| {
		let asked = ["claim", "--as", "clinician-two", "patient", "--categories", categories];
		network.run(&asked)
	};
	assert_eq!(claim("labs").error_code(), "CONSENT_NO_STANDING_RULE");
	let approve = ["deny", "--as", "patient", "--nothing", "--approve", "clinician:TREAT,labs"];
	network.ok(&approve);
	let claimed = claim("labs,vitals").json();
	let consent = claimed["consent"].as_str().unwrap();
	let open = |categories: &str| {
		let asked = ["open", "--as", "clinician-two", record, "--consent", consent];
		network.run(&[&asked[..], &["--categories", categories]].concat())
	};
	assert_eq!(open("labs").code, 0);
	// She wrote into the terms what no rule approves.
	assert_eq!(open("vitals").error_code(), "SCOPE_MISMATCH");
	network.ok(&["deny", "--as", "patient", "--nothing"]);
	assert_eq!(open("labs").error_code(), "ACCESS_REFUSED_CONSENT_REVOKED");
}

fn an_emergency_is_opened_by_two_clinicians_and_seen_by_the_patient(network: &Network) {
	let bundle = network.bundle("emergency.json", 9, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let declare = |reason: &str| {
		let arguments = ["emergency", "declare", "--as", "clinician-one", "patient", &record];
		network.run(&[&arguments[..], &["--categories", "labs", "--reason", reason]].concat())
	};
	assert_eq!(declare("curiosity").code, 2);
	let declared = declare("unconscious").json();
	let emergency = declared["emergency"].as_str().unwrap().to_owned();

	// Nothing is open, and nobody confirms her own.
	let open = ["emergency", "open", "--as", "clinician-one", &emergency];
	assert_eq!(network.fails(&open).1, "ACCESS_NOT_YET_OPENABLE");
	let own = network.fails(&["emergency", "confirm", "--as", "clinician-one", &emergency]);
	assert_eq!(own.1, "ACCESS_NOT_AUTHORIZED");
	network.ok(&["emergency", "confirm", "--as", "clinician-two", &emergency]);
	// It is not the second one's to read.
	let second = network.fails(&["emergency", "open", "--as", "clinician-two", &emergency]);
	assert_eq!(second.1, "TICKET_KEY_MISSING");
	let out = network.home().join("emergency");
	let out = out.display().to_string();
	let opened = network.ok(&[&open[..], &["--out", &out]].concat());
	assert_eq!(opened["segments"].as_array().unwrap().len(), 1);
	assert_eq!(opened["segments"][0]["category"], "labs");

	let trail = network.ok(&["audit", "patient"]);
	let expected = ["record_anchored", "emergency_declared", "emergency_opened"];
	assert!(actions(&trail).ends_with(&expected), "{trail}");

	// Who objects ends it; who wants none says so beforehand.
	network.ok(&["emergency", "object", "--as", "patient", &emergency]);
	network.ok(&["deny", "--as", "patient", "--nothing", "--emergencies", "false"]);
	let declared = declare("unconscious");
	assert_eq!(
		(declared.code, declared.error_code().as_str()),
		(4, "ACCESS_REFUSED_EMERGENCY_OPTED_OUT")
	);
}

#[test]
fn custodians_that_come_back_have_all_that_they_had() {
	let network = Network::start();
	one_custodian_may_be_lost_and_two_may_not(&network);
	a_ticket_that_custodians_could_not_answer_is_used_later(&network);
}

fn a_ticket_that_custodians_could_not_answer_is_used_later(network: &Network) {
	let bundle = network.bundle("later.json", 8, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let share = ["share", "--as", "patient", "--with", "clinician-one", "--categories", "labs"];
	let granted = network.ok(&[&share[..], &["--uses", "1"]].concat());
	let consent = granted["consent"].as_str().unwrap().to_owned();
	network.kill("custodian-two");
	network.kill("custodian-three");
	let open = ["open", "--as", "clinician-one", &record, "--consent", &consent];
	let failed = network.run(&open);
	assert_eq!(failed.error_code(), "RELEASE_SHORT");
	let ticket = failed.stderr.split("ticket 0x").nth(1).unwrap().get(..64).unwrap();

	network.ok(&["up"]);
	// The one use is spent, and serves.
	assert_eq!(network.fails(&open).1, "ACCESS_REFUSED_CONSENT_SPENT");
	let out = network.home().join("later").display().to_string();
	let resume = ["open", "--as", "clinician-one", "--ticket", ticket, "--out", &out];
	assert_eq!(network.ok(&resume)["segments"].as_array().unwrap().len(), 1);
	// Its key has served.
	assert_eq!(network.fails(&resume).1, "TICKET_KEY_MISSING");
}

fn share_open_and_revoke_from_the_command_line(network: &Network) {
	let bundle = network.bundle("bundle.json", 7, 120);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let granted = network.ok(&[
		"share",
		"--as",
		"patient",
		"--with",
		"clinician-one",
		"--categories",
		"labs,vitals",
		"--uses",
		"2",
	]);
	let consent = granted["consent"].as_str().unwrap().to_owned();

	let out = network.home().join("opened");
	let opened = network.ok(&[
		"open",
		"--as",
		"clinician-one",
		&record,
		"--consent",
		&consent,
		"--categories",
		"labs",
		"--out",
		&out.display().to_string(),
	]);
	assert_eq!(opened["segments"].as_array().unwrap().len(), 1);
	let labs = fs::read_to_string(out.join("labs.mdf.jsonl")).unwrap();
	assert!(labs.lines().count() > 1 && labs.starts_with("{\"mdf\":\"1.0\",\"category\":\"labs\""));
	assert!(!out.join("vitals.mdf.jsonl").exists());

	// Beyond the terms: refused before a use is spent.
	let beyond = network.fails(&[
		"open",
		"--as",
		"clinician-one",
		&record,
		"--consent",
		&consent,
		"--categories",
		"original",
	]);
	assert_eq!(beyond, (4, "ACCESS_REFUSED_BY_TERMS".to_owned()));
	// Another clinician cannot even read the terms.
	let stranger =
		network.fails(&["open", "--as", "clinician-two", &record, "--consent", &consent]);
	assert_eq!(stranger.1, "KEY_MISSING");

	let received = network.ok(&["consents", "--as", "clinician-one"]);
	assert_eq!(received[0]["uses_left"], 1);
	network.ok(&["revoke", "--as", "patient", &consent]);
	let refused = network.fails(&["open", "--as", "clinician-one", &record, "--consent", &consent]);
	assert_eq!(refused, (4, "ACCESS_REFUSED_CONSENT_REVOKED".to_owned()));
	assert_eq!(
		network.fails(&["revoke", "--as", "patient", &consent]).1,
		"CONSENT_ALREADY_REVOKED"
	);

	let trail = network.ok(&["audit", "patient"]);
	assert_eq!(
		actions(&trail),
		[
			"record_anchored",
			"consent_granted",
			"access_opened",
			"consent_revoked",
			"access_refused"
		]
	);
	let accounting = network.ok(&["audit", "patient", "--disclosures"]);
	let disclosures = accounting["disclosures"].as_array().unwrap();
	assert_eq!(disclosures.len(), 1, "what was refused disclosed nothing");
	assert_eq!(disclosures[0]["record"], record);
	assert_eq!(disclosures[0]["basis"]["consent"]["consent"], consent);
	let later = ["audit", "patient", "--disclosures", "--since", "2999-01-01"];
	assert_eq!(network.ok(&later)["disclosures"].as_array().unwrap().len(), 0);

	let export = network.home().join("export");
	let files = network.ok(&[
		"records",
		"export",
		"--as",
		"patient",
		&record,
		"--out",
		&export.display().to_string(),
	]);
	assert!(files.as_array().unwrap().len() > 3);
	assert_eq!(fs::read(export.join("original")).unwrap(), fs::read(&bundle).unwrap());
}

fn what_is_excepted_stays_closed(network: &Network) {
	let bundle = network.bundle("excepted.json", 8, 120);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let share = [
		"share",
		"--as",
		"patient",
		"--with",
		"clinician-one",
		"--categories",
		"labs,vitals,original",
	];
	// What leaves nothing is no consent.
	let nothing = network.fails(&[&share[..], &["--except", "TREAT"]].concat());
	assert_eq!(nothing.1, "TERMS_EMPTY");
	let granted =
		network.ok(&[&share[..], &["--except", "vitals,COC", "--except", "ETREAT"]].concat());
	assert_eq!(granted["exceptions"].as_array().unwrap().len(), 2);
	let consent = granted["consent"].as_str().unwrap().to_owned();

	let out = network.home().join("excepted").display().to_string();
	let open = ["open", "--as", "clinician-one", &record, "--consent", &consent, "--out", &out];
	let opened = |more: &[&str]| {
		let segments = network.ok(&[&open[..], more].concat())["segments"].clone();
		let category = |segment: &Value| segment["category"].as_str().unwrap().to_owned();
		segments.as_array().unwrap().iter().map(category).collect::<Vec<_>>()
	};
	let refused = |more: &[&str]| network.fails(&[&open[..], more].concat());
	let by_terms = || (4, "ACCESS_REFUSED_BY_TERMS".to_owned());
	// For coordination of care vitals are excepted, and the original file holds them.
	assert_eq!(opened(&["--purpose", "COC"]), ["labs"]);
	for categories in ["vitals", "labs,vitals", "original"] {
		assert_eq!(refused(&["--purpose", "COC", "--categories", categories]), by_terms());
	}
	assert_eq!(refused(&["--purpose", "ETREAT"]), by_terms());
	assert_eq!(opened(&["--purpose", "TREAT"]), ["vitals", "labs", "original"]);

	// What she denies outside of the consent is denied too, and nobody but custodians knows.
	network.ok(&["deny", "--as", "patient", "vitals", "HMARKT"]);
	for categories in ["vitals", "original"] {
		assert_eq!(refused(&["--categories", categories]), (4, "DENIED".to_owned()));
	}
	assert_eq!(opened(&["--categories", "labs"]), ["labs"]);
	network.ok(&["deny", "--as", "patient", "--nothing"]);
	assert_eq!(opened(&["--categories", "vitals"]), ["vitals"]);
}

fn one_custodian_may_be_lost_and_two_may_not(network: &Network) {
	let bundle = network.bundle("bundle.json", 7, 120);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let share = ["share", "--as", "patient", "--with", "clinician-one", "--categories", "labs"];
	let granted = network.ok(&share);
	let consent = granted["consent"].as_str().unwrap().to_owned();
	let out = network.home().join("opened").display().to_string();
	let open = ["open", "--as", "clinician-one", &record, "--consent", &consent, "--out", &out];

	network.kill("custodian-two");
	assert_eq!(network.ok(&open)["segments"].as_array().unwrap().len(), 1);
	network.kill("custodian-three");
	assert_eq!(network.fails(&open).1, "RELEASE_SHORT");

	// Those that come back have all that they had.
	network.ok(&["up"]);
	network.ok(&open);
}

#[test]
fn an_erased_record_stays_erased_though_backups_come_back() {
	let network = Network::start();
	let bundle = network.bundle("bundle.json", 7, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let share = ["share", "--as", "patient", "--with", "clinician-one", "--categories", "labs"];
	let consent = network.ok(&share)["consent"].as_str().unwrap().to_owned();
	let out = network.home().join("opened").display().to_string();
	let open = ["open", "--as", "clinician-one", &record, "--consent", &consent, "--out", &out];
	let of = |what| ["records", what, "--as", "patient", &record];
	network.ok(&of("retire"));
	assert_eq!(network.fails(&open).1, "ACCESS_REFUSED_RECORD_RETIRED");
	network.ok(&of("restore"));
	network.ok(&open);

	// What one custodian and the store have now comes back later.
	let parts = ["store", "custodians/custodian-one"];
	let exchange = |from: &str, to: &str| {
		network.kill("store");
		network.kill("custodian-one");
		for part in parts {
			network.copy(&format!("{from}{part}"), &format!("{to}{part}"));
		}
		network.ok(&["up"]);
	};
	exchange("", "backup/");
	assert_eq!(network.fails(&of("erase")).1, "CONFIRMATION_MISSING");
	let erase = [&of("erase")[..], &["--yes"]].concat();
	let erased = network.ok(&erase);
	assert_eq!(erased["waiting_for"], 0);
	assert!(erased["unpinned"].as_u64().unwrap() > 2);
	assert_eq!(network.ok(&erase)["unpinned"], 0, "nothing is left to do");
	let export = network.home().join("export").display().to_string();
	let is_gone = || {
		assert_eq!(network.fails(&open).1, "ACCESS_REFUSED_RECORD_RETIRED");
		let exported = network.fails(&[&of("export")[..], &["--out", &export]].concat());
		assert_eq!(exported.1, "RECORD_NOT_FOUND");
	};
	is_gone();

	exchange("backup/", "");
	is_gone();
	let trail = network.ok(&["audit", "patient"]);
	assert!(actions(&trail).contains(&"erasure_started"));
}

#[test]
fn a_record_is_sealed_anew_and_opens_as_before() {
	let network = Network::start();
	let bundle = network.bundle("bundle.json", 7, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let share = ["share", "--as", "patient", "--with", "clinician-one", "--categories", "labs"];
	let consent = network.ok(&share)["consent"].as_str().unwrap().to_owned();
	let labs = |name: &str| {
		let out = network.home().join(name);
		let open = ["open", "--as", "clinician-one", &record, "--consent", &consent, "--out"];
		network.ok(&[&open[..], &[&out.display().to_string()]].concat());
		fs::read(out.join("labs.mdf.jsonl")).unwrap()
	};
	let before = labs("before");
	let shown = || network.ok(&["records", "show", "--as", "patient", &record]);
	let contents = |manifest: &Value| {
		let segments = manifest["segments"].as_array().unwrap().iter();
		segments.map(|segment| segment["content"].clone()).collect::<Vec<_>>()
	};
	let old = shown();
	let reseal = |reason: &'static str| {
		network.ok(&["records", "reseal", "--as", "patient", "--reason", reason])
	};

	// A new key of her own, one that withstands quantum computers: nothing but the way to it changes.
	network.ok(&["account", "rotate", "--as", "patient", "--post-quantum"]);
	assert_eq!(reseal("rotated")["rewrapped"].as_array().unwrap().len(), 1);
	assert_eq!(reseal("rotated")["rewrapped"].as_array().unwrap().len(), 0);
	assert_eq!(shown(), old);

	// Keys that somebody may have: fresh ones, in a version of its own.
	let resealed = reseal("compromised");
	assert_eq!(resealed["resealed"][0]["version"], 2);
	let new = shown();
	assert_eq!(new["version"], 2);
	assert_eq!(new["source"], old["source"]);
	assert!(contents(&new).iter().all(|content| !contents(&old).contains(content)));
	assert_eq!(labs("after"), before);
	assert_eq!(reseal("revoked")["resealed"][0]["version"], 3);
	assert_eq!(labs("again"), before);
	let export = network.home().join("export");
	let out = export.display().to_string();
	network.ok(&["records", "export", "--as", "patient", &record, "--out", &out]);
	assert_eq!(fs::read(export.join("original")).unwrap(), fs::read(&bundle).unwrap());
}

fn a_new_patient_registers_and_rotates_her_key(network: &Network) {
	let passphrase = network.input("passphrase", "a long and private phrase\n");
	let with = |arguments: &[&str]| {
		let mut all = vec!["--passphrase-file", passphrase.as_str()];
		all.extend_from_slice(arguments);
		network.run(&all)
	};
	assert_eq!(with(&["account", "create", "maria"]).code, 0);
	// An account without a balance cannot pay for its registration yet.
	assert_ne!(with(&["account", "register", "--as", "maria", "--role", "patient"]).code, 0);
	// The development accounts can rotate: what was sealed before stays readable.
	let bundle = network.bundle("earlier.json", 3, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	network.ok(&["account", "rotate", "--as", "patient"]);
	assert_eq!(network.ok(&["account", "show", "patient"])["key_version"], 2);
	let export = network.home().join("rotated");
	network.ok(&[
		"records",
		"export",
		"--as",
		"patient",
		&record,
		"--out",
		&export.display().to_string(),
	]);
	// And what comes after it too.
	let later = network.bundle("later.json", 4, 60);
	let ingested = network.ok(&["ingest", "--as", "patient", &later]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	network.ok(&["records", "show", "--as", "patient", &record]);
}

#[test]
fn a_lost_machine_is_recovered_from_export_kit_and_guardians() {
	let network = Network::start();
	let phrase = network.input("phrase", "salus development\n");
	let at = |name: &str| network.home().join(name).display().to_string();
	let [kit, key, request, export, out] =
		["kit.txt", "new-key.json", "request.txt", "export", "out"].map(at);
	let bundle = network.bundle("bundle.json", 7, 120);
	let ingested = network.ok(&["ingest", "--as", "patient", &bundle]);
	let record = ingested[0]["record"].as_str().unwrap().to_owned();
	let exported = network.ok(&["export", "--as", "patient", &export]);
	assert_eq!(
		(&exported["records"], exported["missing"].as_array().unwrap().len()),
		(&1.into(), 0)
	);
	// Again, it goes on from what is there.
	assert_eq!(network.ok(&["export", "--as", "patient", &export])["objects"], exported["objects"]);

	let guardians = ["guardian", "clinician-one", "clinician-two"];
	let make = ["kit", "make", "--as", "patient", "--threshold", "2", "--out", &kit];
	let named: Vec<_> = guardians.iter().flat_map(|name| ["--guardian", name]).collect();
	network.ok(&[&make[..], &named].concat());
	network.ok(&["kit", "check", "--as", "guardian", "--kit", &kit]);
	// An account that the chain has handed nothing to gets nothing.
	let ask = |name: &str, key: &str, request: &str| {
		let files = ["--kit", kit.as_str(), "--key", key, "--out", request];
		let ask = ["--passphrase-file", &phrase, "kit", "request", "--as", name];
		network.ok(&[&ask[..], &files].concat());
	};
	let release = |name: &str, request: &str, out: &str| {
		let files = ["--kit", kit.as_str(), "--request", request, "--out", out];
		network.run(&[&["kit", "release", "--as", name][..], &files].concat())
	};
	ask("researcher", &at("thief.json"), &at("thief.txt"));
	let refused = release("guardian", &at("thief.txt"), &at("stolen.txt"));
	assert_eq!(refused.error_code(), "RECOVERY_NOT_FINISHED");
	// Her own signature is enough.
	ask("patient", &key, &request);
	for name in &guardians[..2] {
		assert_eq!(release(name, &request, &at(name)).code, 0);
	}

	// Nothing runs any more.
	network.ok(&["stop"]);
	let shares: Vec<_> = guardians[..2].iter().map(|name| at(name)).collect();
	let recover = ["--passphrase-file", &phrase, "recover", "--export", &export, "--output", &out];
	let given = ["--kit", &kit, "--key", &key, "--share", &shares[0], "--share", &shares[1]];
	network.ok(&[&recover[..], &given].concat());
	let original = network.home().join("out").join(&record).join("1").join("original");
	assert_eq!(fs::read(original).unwrap(), fs::read(&bundle).unwrap());
}
