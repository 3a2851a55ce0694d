// SPDX-License-Identifier: Apache-2.0
//! A laboratory's export as a table.

use super::{
	person::{pick, random, visit_day, Person, TESTS},
	Options,
};
use rand::RngExt;
use std::io::{self, Write};

/// Writes a table with a header and `entries` results, dates as MM/DD/YYYY.
///
/// # Errors
/// When writing fails.
pub fn csv<W: Write>(writer: W, options: &Options) -> io::Result<()> {
	let mut rng = random(options.seed);
	let people: Vec<_> = (0..24).map(|_| Person::new(&mut rng)).collect();
	let mut table = ::csv::Writer::from_writer(writer);
	table.write_record([
		"Patient ID",
		"Patient Name",
		"DOB",
		"Collected",
		"Test",
		"LOINC",
		"Value",
		"Unit",
		"Reference Range",
	])?;
	for entry in 0..options.entries {
		// A visit has one result of every test, so that no two rows are equal.
		let (visit, test) = (entry / TESTS.len(), &TESTS[entry % TESTS.len()]);
		let person = &people[visit % people.len()];
		let (birth_year, birth_month, birth_day) = person.birth;
		let (year, month, day) = visit_day(visit);
		let (hour, minute) = (7 + visit / 5376 % 12, pick(&mut rng, &[0, 5, 10, 20, 35, 50]));
		let minute = (minute + rng.random_range(0..5)) % 60;
		table.write_record([
			person.number.clone(),
			format!("{}, {}", person.family, person.given),
			format!("{birth_month:02}/{birth_day:02}/{birth_year:04}"),
			format!("{month:02}/{day:02}/{year:04} {hour:02}:{minute:02}"),
			test.name.into(),
			test.code.into(),
			test.result(&mut rng),
			test.unit.into(),
			format!("{}-{}", test.range.0, test.range.1),
		])?;
	}
	table.flush()
}
