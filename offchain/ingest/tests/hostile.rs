// SPDX-License-Identifier: Apache-2.0
//! Bytes of any kind.
#![allow(missing_docs)]

mod common;

use common::{run, run_with};
use proptest::prelude::*;
use salus_ingest::{sample, Options, Truncation};

fn partial() -> Options {
	Options { truncation: Truncation::Partial, ..Options::default() }
}

proptest! {
	#[test]
	fn random_bytes_do_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
		let _ = run(&bytes);
	}

	#[test]
	fn random_json_like_text_does_not_panic(
		text in r#"[\[\{](\{|\}|\[|\]|,|:|"|\\|1|"entry"|"resource"|"resourceType":"Bundle"|"id"|\n| ){0,60}"#
	) {
		let _ = run_with(text.as_bytes(), &partial());
	}

	#[test]
	fn random_tables_do_not_panic(text in "Patient ID,Test,Value,Unit,Date\n([a1,\"\n/.-]{0,60}\n){0,8}") {
		let (result, sink) = run(text.as_bytes());
		if let Ok(report) = result {
			let patients = report.items.get(&salus_mdf::Category::Demographics).unwrap_or(&0);
			prop_assert_eq!(report.pieces - report.rejected, report.total_items() - patients);
			prop_assert_eq!(sink.items.len() as u64, report.total_items());
		}
	}

	#[test]
	fn damaged_bundles_do_not_panic(
		seed in 0..4_u64,
		damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)
	) {
		let mut bytes = Vec::new();
		sample::fhir(&mut bytes, &sample::Options { seed, entries: 12 }).unwrap();
		for (place, byte) in damage {
			let place = place.index(bytes.len());
			bytes[place] = byte;
		}
		let _ = run_with(&bytes, &partial());
	}
}
