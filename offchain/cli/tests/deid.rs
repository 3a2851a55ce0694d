// SPDX-License-Identifier: Apache-2.0
//! `salus deid` and `salus disclosure`, which need no network.

mod network;

use network::Network;
use std::fs;

const MESSAGE: &str = "MSH|^~\\&|LAB|NORTH|EHR|SOUTH|20260301120000||ORU^R01|77|P|2.5.1\r\
	PID|1||4459201^^^NORTH^MR||Quillfeather^Barnaby||19480712|M\r\
	OBX|1|TX|8251-1^Comment^LN||Mr Quillfeather slept well. Call 617-555-0148.\r";
const NOTE: &str = "Barnaby Quillfeather, MRN 4459201, denies chest pain. Lasix 40 mg.";

#[test]
fn what_one_file_tells_is_taken_out_of_all() {
	let network = Network::stopped();
	let sources = [network.input("oru.hl7", MESSAGE), network.input("note.txt", NOTE)];
	let [out, manifest] = ["released", "manifest.json"].map(|name| network.home().join(name));
	let arguments = [
		"deid",
		&sources[0],
		&sources[1],
		"-o",
		&out.display().to_string(),
		"--manifest",
		&manifest.display().to_string(),
	];
	let done = network.ok(&arguments);
	assert_eq!(done["manifest"]["policy"]["id"], "safe-harbor", "{done}");
	let mut released = fs::read_to_string(manifest).unwrap();
	let mut kept = 0;
	for file in fs::read_dir(&out).unwrap() {
		let text = fs::read_to_string(file.unwrap().path()).unwrap();
		kept += usize::from(text.contains("slept well") || text.contains("denies chest pain"));
		released.push_str(&text);
	}
	assert_eq!(kept, 2, "what is said of health stays: {released}");
	for planted in ["Quillfeather", "QUILLFEATHER", "Barnaby", "4459201", "0148", "19480712"] {
		assert!(!released.contains(planted), "{planted} in {released}");
	}
	let ran = network.run(&arguments);
	assert_ne!(ran.code, 0, "results are not replaced unasked");
}

#[test]
fn the_map_opens_for_whom_it_was_sealed_to_and_nobody_else() {
	let network = Network::stopped();
	let note = network.input("note.txt", NOTE);
	let phrase = network.input(
		"passphrase",
		"a long and private phrase
",
	);
	let with =
		|arguments: &[&str]| network.run(&[&["--passphrase-file", &phrase], arguments].concat());
	for name in ["clinic", "other"] {
		assert_eq!(with(&["account", "create", name]).code, 0);
	}
	let key = with(&["account", "key", "--as", "clinic"]).json();
	let key = key["key"].as_str().unwrap();
	let [out, map, opened] = ["out.txt", "out.map", "map.json"]
		.map(|name| network.home().join(name).display().to_string());
	let deid = |key: &str| {
		let style = ["deid", &note, "-o", &out, "--style", "surrogate"];
		with(&[style.as_slice(), &["--map", &map, "--map-key", key]].concat())
	};
	let refused = deid("0x00ff");
	assert_eq!((refused.code, refused.error_code().as_str()), (1, "KEY_MALFORMED"));
	assert_eq!(deid(key).code, 0);
	let sealed = fs::read(&map).unwrap();
	assert!(!String::from_utf8_lossy(&sealed).to_lowercase().contains("quillfeather"));

	let unseal = |name| with(&["unseal", &map, "--as", name, "-o", &opened]);
	assert_eq!(unseal("other").error_code(), "FILE_NOT_OPENED");
	assert_eq!(unseal("clinic").code, 0);
	let rows: Vec<serde_json::Value> = serde_json::from_slice(&fs::read(&opened).unwrap()).unwrap();
	let row = rows.iter().find(|row| row["value"] == "quillfeather").expect("she is in it");
	let released = fs::read_to_string(&out).unwrap();
	assert!(released.contains(row["surrogate"].as_str().unwrap()), "{released}");
	assert_eq!(unseal("clinic").error_code(), "OUTPUT_EXISTS");
}

#[test]
fn what_cannot_be_looked_into_is_withheld() {
	let network = Network::stopped();
	let sources = [network.input("note.txt", NOTE), network.input("x.png", b"\x89PNG....")];
	let out = network.home().join("released").display().to_string();
	let failed = network.fails(&["deid", &sources[0], &sources[1], "-o", &out]);
	assert_eq!(failed, (5, "INPUT_WITHHELD".into()));
	assert_eq!(fs::read_dir(out).unwrap().count(), 1);
}

const PEOPLE: &str =
	"age,zip,sex,note,dx\n34,02139,F,x,E11.9\n36,02138,F,x,I10\n33,02139,F,x,E11.9\n\
	52,60614,M,x,I10\n57,60615,M,x,J45.20\nforty,60614,M,x,I10\nbroken\n";

#[test]
fn a_table_is_assessed_and_generalised() {
	let network = Network::stopped();
	let table = network.input("people.csv", PEOPLE);
	let quasi = ["--quasi", "age=age", "zip=zip3", "sex"];
	let assess: Vec<_> = ["disclosure", "assess", &table].into_iter().chain(quasi).collect();
	let before = network.ok(&assess);
	assert_eq!(before["report"]["rows"], 6);
	assert_eq!(before["left_out"], serde_json::json!([8]));
	assert_eq!(before["unknown"]["age"]["rows"], serde_json::json!([6]));
	assert_eq!(before["report"]["sample_uniques"], 6);

	let [out, page, reasons] = ["out.csv", "risk.html", "reasons.csv"]
		.map(|name| network.home().join(name).display().to_string());
	let mut arguments = vec!["disclosure", "generalise", &table, "-o", &out, "-k", "2"];
	arguments.extend(["--sensitive", "dx=icd10cm", "--distinct-l", "dx=2", "--suppress", "20%"]);
	arguments.extend(["--html", &page, "--explain", &reasons]);
	arguments.extend(quasi);
	let after = network.ok(&arguments);
	assert_eq!(after["is_optimal"], true);
	assert_eq!(after["report"]["suppressed"], 1, "{after}");
	assert!(after["report"]["measures"]["k"].as_u64().unwrap() >= 2);
	let released = fs::read_to_string(&out).unwrap();
	assert!(
		released.starts_with("age,zip,sex,dx\n") && released.lines().count() == 6,
		"{released}"
	);
	assert!(!released.contains("34") && !released.contains("02139"), "{released}");
	assert!(fs::read_to_string(&page).unwrap().contains("<html"));
	assert!(fs::read_to_string(&reasons).unwrap().lines().count() == 2);
	let again = network.fails(&arguments);
	assert_eq!(again.1, "OUTPUT_EXISTS");
	arguments.push("--overwrite");
	network.ok(&arguments);
}

#[test]
fn what_a_table_cannot_satisfy_is_told() {
	let network = Network::stopped();
	let table = network.input("people.csv", PEOPLE);
	let out = network.home().join("out.csv");
	let target = out.display().to_string();
	let refused = |more: &[&str]| {
		let mut arguments = vec!["disclosure", "generalise", &table, "-o", &target];
		arguments.extend(more);
		network.fails(&arguments)
	};
	assert_eq!(refused(&["-k", "7", "--quasi", "sex"]).1, "UNSATISFIABLE");
	assert_eq!(refused(&["-k", "2", "--quasi", "height"]).1, "COLUMN_MISSING");
	assert_eq!(
		refused(&["-k", "2", "--quasi", "sex", "--distinct-l", "dx=2"]).1,
		"COLUMN_NOT_SENSITIVE"
	);
	assert_eq!(refused(&["-k", "2", "--quasi", "sex=nowhere.csv"]), (5, "FILE_NOT_FOUND".into()));
	let ran = network.run(&["disclosure", "generalise", &table, "-o", &target, "-k", "2"]);
	assert_eq!(ran.code, 2, "nothing is said of the columns");
	assert!(!out.exists());
}
