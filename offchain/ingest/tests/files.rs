// SPDX-License-Identifier: Apache-2.0
//! Files in, files out.
#![allow(missing_docs)]

use salus_ingest::{
	convert::{check_report, convert, write_report, Conversion, Form, Input, Options},
	sample, Options as Limits,
};
use salus_mdf::Time;
use std::{
	fs,
	ops::ControlFlow,
	path::{Path, PathBuf},
};

fn options(form: Form, out: &Path) -> Options {
	Options {
		form,
		out: out.to_owned(),
		overwrite: false,
		dry_run: false,
		at: Time::parse("2024-05-06T07:08:09Z").unwrap(),
		patient: None,
		limits: Limits::default(),
	}
}

fn run(inputs: &[&Path], options: &Options) -> Conversion {
	let inputs = inputs.iter().map(|path| Input::Path(path.to_path_buf())).collect();
	convert(inputs, options, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// A folder with a bundle, a table with a bad row in a folder below, and a picture.
fn folder() -> tempfile::TempDir {
	let folder = tempfile::tempdir().unwrap();
	let mut bytes = Vec::new();
	sample::fhir(&mut bytes, &sample::Options { seed: 1, entries: 30 }).unwrap();
	fs::write(folder.path().join("bundle.json"), bytes).unwrap();
	fs::create_dir(folder.path().join("labs")).unwrap();
	let table = "Patient ID,Test,Value,Unit,Date\n1,Sodium,140,mmol/L,2020-01-02\n1,Sodium,140\n";
	fs::write(folder.path().join("labs/one.csv"), table).unwrap();
	fs::write(folder.path().join("picture.png"), b"\x89PNG....").unwrap();
	fs::write(folder.path().join(".hidden"), b"x").unwrap();
	folder
}

fn names(folder: &Path) -> Vec<String> {
	let mut found = Vec::new();
	for entry in fs::read_dir(folder).unwrap() {
		let entry = entry.unwrap();
		let name = entry.file_name().into_string().unwrap();
		if entry.file_type().unwrap().is_dir() {
			found.extend(names(&entry.path()).into_iter().map(|inner| format!("{name}/{inner}")));
		} else {
			found.push(name);
		}
	}
	found.sort();
	found
}

#[test]
fn a_folder_gives_a_result_for_each_source() {
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let out = out.path().join("made/here");
	let found = run(&[folder.path()], &options(Form::Mdf, &out));
	assert_eq!(names(&out), ["bundle.json.mdf.ndjson", "labs/one.csv.mdf.ndjson"]);
	let [bundle, table, picture] = &found.sources[..] else { panic!() };
	assert!(bundle.refused.is_none() && bundle.rejected() == 0);
	assert!(table.refused.is_none() && table.rejected() == 1, "a row is too short");
	assert_eq!(picture.refused.as_ref().unwrap().code, "FORMAT_UNSUPPORTED");
	assert!(found.has_refused());
	assert_eq!(table.source, "labs/one.csv");
	assert_eq!(
		table.diagnostics.iter().filter(|one| one.code.as_str() == "COLUMN_COUNT").count(),
		1
	);
	assert!(bundle.quality.as_ref().unwrap().score.is_some());
	assert!(bundle.mapping.rules().any(|rule| rule.rule == "fhir.r4/Observation"
		&& rule.fields["body.observation.value"] > 0
		&& rule.fields["concept"] == rule.items));
}

#[test]
fn every_form_of_one_file() {
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let source = folder.path().join("bundle.json");
	for (form, expected) in [
		(Form::Mdf, None),
		(Form::Fhir, None),
		(Form::Ips, None),
		(Form::Csv, Some("observation.csv")),
		(Form::Ndjson, Some("Observation.ndjson")),
	] {
		let target = out.path().join(format!("{form:?}"));
		let found = run(&[&source], &options(form, &target));
		assert!(!found.has_refused(), "{form:?}: {:?}", found.sources[0].refused);
		assert_eq!(found.sources[0].result.as_deref(), Some(&*target));
		match expected {
			None => assert!(target.is_file()),
			Some(name) => assert!(names(&target).iter().any(|found| found == name)),
		}
		// It exists now, and stays as it is.
		let before = names(out.path());
		let again = run(&[&source], &options(form, &target));
		assert_eq!(again.sources[0].refused.as_ref().unwrap().code, "RESULT_EXISTS");
		let over = Options { overwrite: true, ..options(form, &target) };
		assert!(!run(&[&source], &over).has_refused());
		assert_eq!(names(out.path()), before, "nothing is left over");
	}
}

#[test]
fn what_is_no_result_is_never_replaced() {
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let source = folder.path().join("bundle.json");
	fs::write(out.path().join("letter.txt"), "mine").unwrap();
	fs::create_dir(out.path().join("folder.csv")).unwrap();
	let over = Options { overwrite: true, ..options(Form::Csv, out.path()) };
	let found = run(&[&source], &over);
	assert_eq!(found.sources[0].refused.as_ref().unwrap().code, "RESULT_EXISTS");
	assert_eq!(fs::read_to_string(out.path().join("letter.txt")).unwrap(), "mine");
}

#[test]
fn a_dry_run_writes_nothing_and_finds_the_same() {
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let target = out.path().join("out");
	for form in [Form::Mdf, Form::Fhir, Form::Ips, Form::Csv, Form::Ndjson] {
		let dry = Options { dry_run: true, ..options(form, &target) };
		let found = run(&[folder.path()], &dry);
		assert!(!target.exists());
		assert!(found.sources.iter().all(|source| source.result.is_none()));
		assert_eq!(found.sources[1].rejected(), 1);
		assert_eq!(found.sources[0].report.as_ref().unwrap().total_items(), 30);
	}
}

#[test]
fn a_refused_source_leaves_nothing() {
	let out = tempfile::tempdir().unwrap();
	let source = out.path().join("cut.json");
	fs::write(&source, r#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p"}},{"#).unwrap();
	for form in [Form::Mdf, Form::Csv] {
		let found = run(&[&source], &options(form, &out.path().join("result")));
		assert_eq!(found.sources[0].refused.as_ref().unwrap().code, "FILE_TRUNCATED");
		assert_eq!(names(out.path()), ["cut.json"]);
	}
}

#[test]
fn a_stream_is_a_source() {
	let out = tempfile::tempdir().unwrap();
	let text = &br#"{"resourceType":"Patient","id":"p"}"#[..];
	let target = out.path().join("p.json");
	let inputs = || vec![Input::Stream(Box::new(text))];
	let go_on = &mut |_: salus_ingest::convert::Progress<'_>| ControlFlow::Continue(());
	let found = convert(inputs(), &options(Form::Fhir, &target), go_on).unwrap();
	assert_eq!((found.sources[0].source.as_str(), found.has_refused()), ("stdin", false));
	assert!(fs::read_to_string(&target).unwrap().contains("\"Patient\""));
	let limits = Limits { max_bytes: 10, ..Limits::default() };
	let small = Options { limits, ..options(Form::Fhir, &out.path().join("q")) };
	let found = convert(inputs(), &small, go_on).unwrap();
	assert_eq!(found.sources[0].refused.as_ref().unwrap().code, "MAX_SIZE_EXCEEDED");
}

#[test]
fn stopping_leaves_what_is_done_and_no_piece_more() {
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let inputs = vec![Input::Path(folder.path().to_owned())];
	let mut seen: Vec<(usize, usize)> = Vec::new();
	let result = convert(inputs, &options(Form::Mdf, out.path()), &mut |progress| {
		seen.push((progress.number, progress.of));
		if progress.number == 2 {
			return ControlFlow::Break(());
		}
		ControlFlow::Continue(())
	});
	assert_eq!(result.unwrap_err().code(), "CANCELLED");
	assert!(seen.contains(&(1, 3)) && !seen.contains(&(3, 3)));
	assert_eq!(names(out.path()), ["bundle.json.mdf.ndjson"]);
}

#[test]
fn two_sources_never_share_a_result() {
	let (one, two, out) = (folder(), folder(), tempfile::tempdir().unwrap());
	let [one, two] = [one, two].map(|folder| (folder.path().join("bundle.json"), folder));
	let over = Options { overwrite: true, ..options(Form::Mdf, out.path()) };
	let found = run(&[&one.0, &two.0], &over);
	assert!(found.sources[0].refused.is_none());
	assert_eq!(found.sources[1].refused.as_ref().unwrap().code, "RESULT_NAME_TAKEN");
}

#[test]
fn the_report_tells_all_and_no_value() {
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let found = run(&[folder.path()], &options(Form::Ips, out.path()));
	let report = out.path().join("report.json");
	write_report(&report, &found, false).unwrap();
	assert_eq!(check_report(&report, false).unwrap_err().code(), "REPORT_EXISTS");
	assert_eq!(write_report(&report, &found, false).unwrap_err().code(), "REPORT_EXISTS");
	write_report(&report, &found, true).unwrap();
	let text = fs::read_to_string(&report).unwrap();
	let json: serde_json::Value = serde_json::from_str(&text).unwrap();
	assert_eq!((&json["form"], &json["dry_run"]), (&"ips".into(), &false.into()));
	assert_eq!(json["sources"][2]["refused"]["code"], "FORMAT_UNSUPPORTED");
	assert!(json["sources"][0]["quality"]["dimensions"].as_array().unwrap().len() == 5);
	assert!(json["sources"][0]["mapping"].as_array().is_some_and(|rules| !rules.is_empty()));
	// Names of the made-up patient.
	let bundle = fs::read_to_string(folder.path().join("bundle.json")).unwrap();
	let family = bundle.split("\"family\":\"").nth(1).unwrap().split('"').next().unwrap();
	assert!(!text.contains(family));
}

#[test]
#[cfg(unix)]
fn results_are_private_and_links_in_folders_are_not_followed() {
	use std::os::unix::fs::PermissionsExt;
	let (folder, out) = (folder(), tempfile::tempdir().unwrap());
	let source: PathBuf = folder.path().join("bundle.json");
	std::os::unix::fs::symlink(&source, folder.path().join("link.json")).unwrap();
	let found = run(&[folder.path()], &options(Form::Ndjson, out.path()));
	let link = found.sources.iter().find(|source| source.source == "link.json").unwrap();
	assert_eq!(link.refused.as_ref().unwrap().code, "INPUT_NOT_A_FILE");
	let result = found.sources[0].result.as_ref().unwrap();
	let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
	assert_eq!((mode(result), mode(&result.join("Patient.ndjson"))), (0o700, 0o600));
}
