// SPDX-License-Identifier: Apache-2.0

use salus_deid::{
	disclosure::{
		assess, explain, generalise, measure, partition, Attribute, Criterion, Hierarchy,
		HierarchyTable, Limits, Microdata, Release, Table,
	},
	policy::Style,
	Deidentifier, Format, KnownIdentifiers, Policy,
};

/// Somebody who is in nothing that is released, whatever the file says of her.
const PLANTED: &str = "Quillfeather";

/// The first byte says what the others are taken for.
pub(crate) fn deid(bytes: &[u8]) {
	let Some((kind, input)) = bytes.split_first() else { return };
	let format = match kind % 8 {
		0 => Format::Text,
		1 => Format::JsonLines,
		2 => Format::Csv,
		3 => Format::Fhir,
		4 => Format::FhirLines,
		5 => Format::Hl7v2,
		6 => Format::Cda,
		_ => Format::Dicom,
	};
	let style = [Style::Tag, Style::Surrogate, Style::Mask][usize::from(kind / 8 % 3)];
	let policy = Policy { style, ..Policy::safe_harbor().expect("a policy of the program") };
	let mut known = KnownIdentifiers::new();
	known.add_name(PLANTED);
	let mut job = Deidentifier::new(policy).expect("a policy that keeps its word");
	job.add_known(&known);
	job.learn(format, input).expect("memory is read");
	let mut out = Vec::new();
	job.transform(format, input, &mut out).expect("memory takes everything");
	let (manifest, _) = job.finish();
	let planted = PLANTED.as_bytes();
	let at = out.windows(planted.len()).position(|part| part.eq_ignore_ascii_case(planted));
	if let Some(at) = at {
		// A longer word that has it in the middle is another word.
		let is_part = |byte: Option<&u8>| {
			byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
		};
		let before = at.checked_sub(1).and_then(|at| out.get(at));
		let after = out.get(at + planted.len());
		assert!(
			is_part(before) || is_part(after),
			"a known name was released: {:?} of {:?}",
			String::from_utf8_lossy(&out),
			String::from_utf8_lossy(input),
		);
	}
	let manifest = serde_json::to_string(&manifest).expect("a manifest can be written");
	assert!(!manifest.contains(PLANTED), "a manifest has no values");
}

/// A table and the groups of its values are from outside; what is released keeps what was asked.
pub(crate) fn disclosure(bytes: &[u8]) {
	let (groups, table) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or(0));
	let Ok(table) = Table::from_csv(table) else { return };
	let groups = HierarchyTable::from_csv(groups).map(Hierarchy::Table);
	let hierarchies = [
		groups.unwrap_or(Hierarchy::Flat),
		Hierarchy::Age,
		Hierarchy::Zip3,
		Hierarchy::Date,
		Hierarchy::Icd10Cm,
	];
	let columns = table.columns().iter().zip(&hierarchies);
	let attributes: Vec<_> =
		columns.map(|(column, hierarchy)| Attribute::new(column, hierarchy)).collect();
	let sensitive = attributes.first().cloned();
	let Ok(data) = Microdata::new(attributes) else { return };
	let data = data.with_sensitive(sensitive.expect("a column")).expect("of as many rows");
	let criteria =
		[Criterion::KAnonymity { k: 2 }, Criterion::DistinctDiversity { sensitive: 0, l: 2 }];
	let limits = Limits { suppression_basis_points: 3_000, checks: 200 };
	let levels = vec![0; data.attributes().len()];
	let releases = [
		Release::at(&data, levels).map(|release| (release, false)),
		generalise(&data, &criteria, limits).map(|release| (release, true)),
		partition(&data, &criteria).map(|release| (release, true)),
	];
	for (release, is_protected) in releases.into_iter().flatten() {
		let report = assess(&data, &release, None, 0.5).expect("a release of the data set");
		assert!(report.prosecutor.highest <= 1.0 && report.marketer <= report.prosecutor.highest);
		let measures = measure(&data, &release.classes);
		if is_protected && report.classes > 0 {
			assert!(measures.k >= 2 && measures.sensitive[0].distinct_l >= 2, "{measures:?}");
		}
		let told = explain(&data, &criteria, &release).expect("a release of the data set");
		if is_protected {
			assert_eq!(told.len() as u64, release.classes.suppressed_rows());
		}
		let mut out = Vec::new();
		release.write_csv(&data, &mut out).expect("memory takes everything");
		let again = Table::from_csv(out.as_slice()).map(|table| table.rows() as u64);
		let released = data.rows() as u64 - release.classes.suppressed_rows();
		assert!(again.is_ok_and(|rows| rows <= released), "what is released is a table");
		assert!(!report.to_html().is_empty() && report.to_json().is_ok());
	}
}
