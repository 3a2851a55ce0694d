// SPDX-License-Identifier: Apache-2.0
//! An HL7 v2.5.1 result message.

use super::{
	person::{random, visit_day, Person, TESTS},
	Options,
};
use rand::RngExt;
use std::io::{self, Write};

/// Writes an ORU^R01 message with `entries` results, segments ended by CR.
///
/// # Errors
/// When writing fails.
pub fn hl7<W: Write>(mut writer: W, options: &Options) -> io::Result<()> {
	let mut rng = random(options.seed);
	let person = Person::new(&mut rng);
	let (year, month, day) = visit_day(rng.random_range(0..300));
	let date = format!("{year:04}{month:02}{day:02}");
	let birth = person.birth_date().replace('-', "");
	let sex = if person.female { "F" } else { "M" };
	let (city, state, zip) = person.city;
	let control = format!("SALUS{:08}", rng.random_range(0..100_000_000_u32));
	write!(
		writer,
		"MSH|^~\\&|LAB|DUNMERE LABORATORY|EHR|PORT ELLERY CLINIC|{date}101500+0000||ORU^R01^ORU_R01|{control}|P|2.5.1||||||UNICODE UTF-8\r\
		 PID|1||{number}^^^DUNMERE^MR||{family}^{given}^^^^^L||{birth}|{sex}|||{street}^^{city}^{state}^{zip}^USA^H||{phone}^PRN^PH\r\
		 PV1|1|O|CLINIC^1^A^PORT ELLERY CLINIC||||1999999984^Thornquist^Gideon^^^^^^NPI\r\
		 ORC|RE|ORD{control}|FIL{control}\r\
		 OBR|1|ORD{control}|FIL{control}|24323-8^Comprehensive metabolic panel^LN|||{date}081000+0000|||||||||1999999984^Thornquist^Gideon||||||{date}101000+0000||LAB|F\r",
		number = person.number,
		family = person.family,
		given = person.given,
		street = person.street,
		phone = person.phone,
	)?;
	for entry in 0..options.entries {
		let test = &TESTS[entry % TESTS.len()];
		let value = test.result(&mut rng);
		let number: f64 = value.parse().unwrap_or_default();
		let bound = |text: &str| text.parse::<f64>().unwrap_or_default();
		let flag = match number {
			low if low < bound(test.range.0) => "L",
			high if high > bound(test.range.1) => "H",
			_ => "N",
		};
		write!(
			writer,
			"OBX|{set}|NM|{code}^{name}^LN|{sub}|{value}|{unit}^{unit}^UCUM|{low}-{high}|{flag}|||F|||{date}081000+0000\r",
			set = entry + 1,
			sub = entry / TESTS.len() + 1,
			code = test.code,
			name = test.name,
			unit = test.unit,
			low = test.range.0,
			high = test.range.1,
		)?;
	}
	write!(writer, "NTE|1|L|Made-up data for tests. Nobody here exists.\r")?;
	writer.flush()
}
