// SPDX-License-Identifier: Apache-2.0
//! A made-up person, and made-up laboratory results.

use rand::{rngs::StdRng, RngExt, SeedableRng};

const FAMILY: [&str; 24] = [
	"Abernor",
	"Brindeka",
	"Calloway-Finch",
	"Dravenport",
	"Elmsworth",
	"Farringale",
	"Gravenholt",
	"Hollinshire",
	"Iverdale",
	"Jessamund",
	"Kestrelby",
	"Lorrimane",
	"Marchetane",
	"Nightfeld",
	"Ostervane",
	"Pellingham",
	"Quillfeather",
	"Rosendaal-Wick",
	"Silverhythe",
	"Thornquist",
	"Umberland",
	"Vantongeren",
	"Wexcombe",
	"Yarrowmere",
];
const FEMALE: [&str; 12] = [
	"Adelind", "Briony", "Coraline", "Delphia", "Elowen", "Fiorella", "Ginevra", "Isaura",
	"Liesel", "Maribel", "Ottoline", "Rosalba",
];
const MALE: [&str; 12] = [
	"Alaric", "Bastien", "Corwin", "Desmond", "Evander", "Florian", "Gideon", "Ivo", "Leander",
	"Matthis", "Osric", "Rowan",
];
const STREETS: [&str; 8] = [
	"Larkspur Lane",
	"Copper Mill Road",
	"Old Orchard Way",
	"Juniper Court",
	"Harbour Terrace",
	"Saddler Street",
	"Fernbank Avenue",
	"Windmill Rise",
];
const CITIES: [(&str, &str, &str); 6] = [
	("Marrowfield", "MA", "01099"),
	("Port Ellery", "WA", "98999"),
	("Sable Creek", "OH", "44999"),
	("Dunmere", "TX", "75999"),
	("Clayhaven", "NC", "27999"),
	("West Tarrow", "IL", "60999"),
];

/// Somebody who does not exist.
pub(super) struct Person {
	pub(super) number: String,
	pub(super) family: &'static str,
	pub(super) given: &'static str,
	pub(super) female: bool,
	/// Year, month, day.
	pub(super) birth: (u16, u8, u8),
	pub(super) street: String,
	pub(super) city: (&'static str, &'static str, &'static str),
	pub(super) phone: String,
}

pub(super) fn random(seed: u64) -> StdRng {
	StdRng::seed_from_u64(seed)
}

pub(super) fn pick<T: Copy>(rng: &mut StdRng, from: &[T]) -> T {
	from[rng.random_range(0..from.len())]
}

impl Person {
	pub(super) fn new(rng: &mut StdRng) -> Self {
		let female = rng.random_bool(0.5);
		Self {
			number: format!("S{:07}", rng.random_range(0..10_000_000_u32)),
			family: pick(rng, &FAMILY),
			given: pick(rng, if female { &FEMALE } else { &MALE }),
			female,
			birth: (
				rng.random_range(1940..2000),
				rng.random_range(1..=12),
				rng.random_range(1..=28),
			),
			street: format!("{} {}", rng.random_range(1..400_u32), pick(rng, &STREETS)),
			city: pick(rng, &CITIES),
			// 555-01xx numbers belong to nobody.
			phone: format!("555-01{:02}", rng.random_range(0..100_u32)),
		}
	}

	pub(super) fn birth_date(&self) -> String {
		let (year, month, day) = self.birth;
		format!("{year:04}-{month:02}-{day:02}")
	}
}

/// A laboratory test: LOINC code, name, unit, decimals, lowest and highest value in steps of the
/// last decimal, and the usual range.
pub(super) struct Test {
	pub(super) code: &'static str,
	pub(super) name: &'static str,
	pub(super) unit: &'static str,
	pub(super) decimals: u32,
	pub(super) low: u32,
	pub(super) high: u32,
	pub(super) range: (&'static str, &'static str),
}

const fn test(
	code: &'static str,
	name: &'static str,
	unit: &'static str,
	decimals: u32,
	(low, high): (u32, u32),
	range: (&'static str, &'static str),
) -> Test {
	Test { code, name, unit, decimals, low, high, range }
}

pub(super) const TESTS: [Test; 14] = [
	test("2345-7", "Glucose", "mg/dL", 0, (70, 180), ("70", "99")),
	test("3094-0", "Urea nitrogen", "mg/dL", 0, (6, 30), ("7", "20")),
	test("2160-0", "Creatinine", "mg/dL", 2, (50, 160), ("0.60", "1.20")),
	test("2951-2", "Sodium", "mmol/L", 0, (132, 148), ("136", "145")),
	test("2823-3", "Potassium", "mmol/L", 1, (32, 55), ("3.5", "5.1")),
	test("2075-0", "Chloride", "mmol/L", 0, (95, 110), ("98", "107")),
	test("17861-6", "Calcium", "mg/dL", 1, (80, 108), ("8.5", "10.5")),
	test("4548-4", "Hemoglobin A1c", "%", 1, (45, 95), ("4.0", "5.6")),
	test("2093-3", "Cholesterol", "mg/dL", 0, (120, 290), ("0", "200")),
	test("6690-2", "Leukocytes", "10*3/uL", 1, (30, 130), ("4.5", "11.0")),
	test("718-7", "Hemoglobin", "g/dL", 1, (100, 175), ("12.0", "15.5")),
	test("777-3", "Platelets", "10*3/uL", 0, (120, 460), ("150", "450")),
	test("1742-6", "ALT", "U/L", 0, (8, 90), ("7", "56")),
	test("3016-3", "Thyrotropin", "m[IU]/L", 2, (30, 600), ("0.40", "4.00")),
];

/// A number with its decimals, as a laboratory writes it.
pub(super) fn fixed(steps: u32, decimals: u32) -> String {
	let scale = 10_u32.pow(decimals);
	match decimals {
		0 => steps.to_string(),
		_ => format!("{}.{:0width$}", steps / scale, steps % scale, width = decimals as usize),
	}
}

impl Test {
	pub(super) fn result(&self, rng: &mut StdRng) -> String {
		fixed(rng.random_range(self.low..=self.high), self.decimals)
	}
}

/// The day of a visit: between 2008 and 2023, in order until the years begin again.
pub(super) fn visit_day(visit: usize) -> (u16, u8, u8) {
	let step = visit * 11 % (16 * 12 * 28);
	let month = step / 28;
	((2008 + month / 12) as u16, (month % 12 + 1) as u8, (step % 28 + 1) as u8)
}
