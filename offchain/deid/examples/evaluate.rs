// SPDX-License-Identifier: Apache-2.0
//! Measures the text engine on texts made from the templates in `evaluation/`.
//!
//! ```sh
//! cargo run --locked -p salus-deid --example evaluate -- held-out 4000
//! ```
//!
//! The first argument is the set, the second how many texts, the third (optional) prints so many
//! failures. The texts are the same every time.
#![allow(missing_docs)]

use salus_deid::{Context, Finder, KnownIdentifiers, Span};
use std::{collections::BTreeMap, fmt::Write as _};

/// What slots are filled with. The two sets share no name of a person or place.
struct Lists {
	first: &'static [&'static str],
	last: &'static [&'static str],
	cities: &'static [&'static str],
	streets: &'static [&'static str],
	hospitals: &'static [&'static str],
	employers: &'static [&'static str],
	schools: &'static [&'static str],
}

const TUNE: Lists = Lists {
	first: &[
		"Sarah",
		"Michael",
		"Priya",
		"Wei",
		"Fatima",
		"José",
		"Olga",
		"Kwame",
		"Yuki",
		"Ahmed",
		"Emily",
		"Robert",
		"Linh",
		"Dmitri",
		"Aisha",
		"Carlos",
		"Ingrid",
		"Thandiwe",
		"Mehmet",
		"Siobhan",
		"Rajesh",
		"Chloé",
		"Mateusz",
		"Amina",
		"Hiroshi",
		"Grace",
		"Mark",
		"Hope",
		"Juan",
		"Leilani",
		"Bartholomew",
		"Xiomara",
		"Oluwaseun",
		"Nguyet",
		"Zbigniew",
		"Deepika",
		"Ewan",
		"Anneliese",
		"Tyrone",
		"Guadalupe",
		"Margaret",
		"Dorothy",
		"Harold",
		"Walter",
		"Latoya",
		"Keisha",
		"Brandon",
		"Ashley",
		"Jayden",
		"Mia",
		"Noah",
		"Rosalind",
		"Ichiro",
		"Svetlana",
		"Abdullah",
		"Nkechi",
		"Pedro",
		"Giulia",
		"Lars",
		"Eleni",
	],
	last: &[
		"Johnson",
		"Smith",
		"Patel",
		"Nguyen",
		"García",
		"O'Brien",
		"Kowalski",
		"Müller",
		"Okafor",
		"Yamamoto",
		"Al-Sayed",
		"Young",
		"Long",
		"Smith-Jones",
		"van der Berg",
		"de la Cruz",
		"Rodriguez",
		"Kim",
		"Chen",
		"Singh",
		"Ivanova",
		"Papadopoulos",
		"Haddad",
		"Fitzgerald",
		"Washington",
		"Lopez",
		"Abernathy",
		"Vandersloot",
		"Oyelaran",
		"Szczepański",
		"Raghunathan",
		"Bianchi",
		"Johansson",
		"Dubois",
		"Tanaka",
		"McDonald",
		"Hernandez",
		"Baker",
		"Green",
		"Castellanos",
		"Petrov",
		"Novak",
		"Mbeki",
		"Adeyemi",
		"Whitfield",
		"Thornton",
		"Blackwood",
		"Zhang",
		"Park",
		"Delacroix",
		"Lindqvist",
		"Montgomery",
		"Hargreaves",
		"Quintanilla",
		"Underhill",
		"Ramirez",
		"Cohen",
		"Goldstein",
		"Featherstone",
		"Achterberg",
	],
	cities: &[
		"Chicago",
		"Springfield",
		"Boston",
		"San Francisco",
		"Phoenix",
		"Tulsa",
		"Fort Worth",
		"St. Louis",
		"Albuquerque",
		"Des Moines",
		"Baton Rouge",
		"Ann Arbor",
		"Salt Lake City",
		"Omaha",
		"Tallahassee",
		"Cedar Rapids",
		"Milwaukee",
		"Pittsburgh",
		"El Paso",
		"Spokane",
	],
	streets: &[
		"Maple",
		"Oak",
		"Washington",
		"5th",
		"Martin Luther King",
		"Elm",
		"Sunset",
		"Park",
		"Lake Shore",
		"Cherry Hill",
		"North Main",
		"Jefferson",
		"Old Mill",
		"Cedar",
		"E. 42nd",
		"Willow Creek",
	],
	hospitals: &[
		"Mercy Hospital",
		"St. Mary's Medical Center",
		"Massachusetts General Hospital",
		"Cleveland Clinic",
		"Riverside Community Hospital",
		"Mount Sinai Hospital",
		"Lakeview Medical Center",
		"Good Samaritan Hospital",
		"University of Utah Hospital",
		"Northwestern Memorial Hospital",
		"Cedar Valley Clinic",
		"Johns Hopkins Hospital",
	],
	employers: &["Walmart", "Boeing", "Initech", "Acme Corporation", "Home Depot", "Globex"],
	schools: &[
		"Lincoln High School",
		"Roosevelt Elementary School",
		"Westfield Academy",
		"Jefferson Middle School",
	],
};

const HELD_OUT: Lists = Lists {
	first: &[
		"Charlotte",
		"Benjamin",
		"Ngozi",
		"Naoki",
		"Isabella",
		"Magnus",
		"Deirdre",
		"Kavita",
		"Jerome",
		"Gabriela",
		"Archibald",
		"Pooja",
		"Noor",
		"Omar",
		"Natalia",
		"Sota",
		"Mai",
		"Lachlan",
		"Josephine",
		"Violet",
		"George",
		"Barbara",
		"Edward",
		"Pamela",
		"Denise",
		"Frank",
		"Penny",
		"Heather",
		"Warren",
		"Oscar",
		"Tunde",
		"Solveig",
		"Anton",
		"Pilar",
		"Celine",
		"Mateo",
		"Yasmin",
		"Imogen",
		"Hinata",
		"Wilhelmina",
		"Terrell",
		"Destiny",
		"Enzo",
		"Aisling",
		"Boris",
		"Vera",
		"Cornelia",
		"Roland",
		"Angela",
		"Jasmine",
		"Emil",
		"Frieda",
		"Kiran",
		"Mabel",
		"Catalina",
		"Francesca",
	],
	last: &[
		"Robinson",
		"Clark",
		"Lewis",
		"Walker",
		"Torres",
		"Desai",
		"Le",
		"Achebe",
		"Ishikawa",
		"Eriksson",
		"O'Donnell",
		"Wozniak",
		"Schäfer",
		"Peña",
		"Al-Hakim",
		"West",
		"Noble",
		"Grant-Lewis",
		"van der Meer",
		"dos Reis",
		"Banerjee",
		"Stoica",
		"Begum",
		"Owusu",
		"Navarro",
		"Babic",
		"Lambert",
		"Sheehan",
		"Baumann",
		"Dahl",
		"Pawlak",
		"Mutua",
		"Fournier",
		"Valdez",
		"Fujimoto",
		"Ogunleye",
		"Ricci",
		"McKenzie",
		"Kaplan",
		"Popov",
		"Endo",
		"Iwu",
		"Rosales",
		"Mazurek",
		"Celik",
		"Sikora",
		"Snow",
		"Nash",
		"Frost",
		"Hardy",
		"Reed",
		"Hunter",
		"Sanders",
		"Perry",
		"Bryant",
		"Barnes",
	],
	cities: &[
		"Detroit",
		"Atlanta",
		"Tucson",
		"San Jose",
		"Fort Lauderdale",
		"St. Joseph",
		"Jefferson City",
		"Santa Ana",
		"Beaverton",
		"Cape Coral",
		"Rockford",
		"Erie",
		"Billings",
		"Stockton",
		"Waco",
		"Durham",
		"Iowa City",
		"Great Falls",
		"Palm Springs",
		"Syracuse",
	],
	streets: &[
		"Locust",
		"Grant",
		"Mill",
		"4th",
		"Cesar Chavez",
		"Beech",
		"College",
		"Orchard",
		"River",
		"Shady Grove",
		"North Shore",
		"Taylor",
		"Bear Creek",
		"Ash",
		"E. 21st",
		"Sycamore",
	],
	hospitals: &[
		"Memorial Hermann Hospital",
		"St. Anthony Hospital",
		"Yale New Haven Hospital",
		"Lahey Clinic",
		"Valley View Medical Center",
		"Presbyterian Hospital",
		"Oak Hill Hospital",
		"Parkside Family Clinic",
		"Resurrection Medical Center",
		"University of Colorado Hospital",
		"Mount Auburn Hospital",
		"Stone Bridge Clinic",
	],
	employers: &[
		"Starbucks",
		"Honeywell",
		"Prestige Worldwide",
		"Weyland Corporation",
		"Safeway",
		"Oscorp",
	],
	schools: &[
		"Jackson High School",
		"Riverbend Elementary School",
		"Eastgate Academy",
		"Grant Middle School",
	],
};

const STATES: &[&str] = &[
	"IL",
	"MA",
	"TX",
	"OH",
	"NM",
	"IA",
	"LA",
	"MI",
	"UT",
	"NE",
	"FL",
	"WI",
	"PA",
	"WA",
	"California",
	"Ohio",
];
const KINDS: &[&str] = &[
	"Street", "St", "Avenue", "Ave.", "Road", "Rd", "Lane", "Drive", "Blvd", "Court", "Way",
	"Place",
];
const MONTHS: &[&str] = &[
	"January",
	"February",
	"March",
	"April",
	"May",
	"June",
	"July",
	"August",
	"September",
	"October",
	"November",
	"December",
];

/// A sequence of numbers that looks random and is the same every time.
struct Numbers(u64);

impl Numbers {
	fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ z >> 31
	}
	fn below(&mut self, end: u64) -> u64 {
		self.next() % end
	}
	fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
		list[self.below(list.len() as u64) as usize]
	}
	/// `9` becomes a digit, `A` a letter.
	fn pattern(&mut self, pattern: &str) -> String {
		pattern
			.chars()
			.map(|c| match c {
				'9' => char::from(b'0' + self.below(10) as u8),
				'8' => char::from(b'2' + self.below(8) as u8),
				'A' => char::from(b"ABCDEFGHJKLMNPRSTUVWXYZ"[self.below(23) as usize]),
				other => other,
			})
			.collect()
	}
}

fn date(n: &mut Numbers, from: u64, years: u64) -> String {
	let (y, m, d) = (from + n.below(years), 1 + n.below(12), 1 + n.below(28));
	let month = MONTHS[m as usize - 1];
	match n.below(12) {
		0 => format!("{m}/{d}/{y}"),
		1 => format!("{m:02}/{d:02}/{y}"),
		2 => format!("{y}-{m:02}-{d:02}"),
		3 => format!("{month} {d}, {y}"),
		4 => format!("{d} {month} {y}"),
		5 => format!("{} {d}, {y}", &month[..3]),
		6 => format!("{m:02}-{d:02}-{y}"),
		7 => format!("{m}/{d}/{:02}", y % 100),
		8 => format!("{d}-{}-{y}", &month[..3]),
		9 => format!("{month} {d}th"),
		10 => format!("{d}.{m}.{y}"),
		_ => format!("{month} {d}"),
	}
}

fn phone(n: &mut Numbers) -> String {
	let pattern = n.of(&[
		"(899) 899-9999",
		"899-899-9999",
		"899.899.9999",
		"+1 899 899 9999",
		"899 899 9999",
		"1-899-899-9999",
		"8998999999",
		"(899)899-9999",
		"+44 20 7999 9999",
		"899-899-9999 ext. 999",
		"+1-899-899-9999",
	]);
	n.pattern(pattern)
}

fn plain(name: &str) -> String {
	name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase()
}

/// What a slot stands for: its class for the report, and a value.
fn fill(slot: &str, n: &mut Numbers, lists: &Lists) -> (&'static str, String) {
	let full = |n: &mut Numbers| match n.below(6) {
		0 => format!("{} {}. {}", n.of(lists.first), n.pattern("A"), n.of(lists.last)),
		_ => format!("{} {}", n.of(lists.first), n.of(lists.last)),
	};
	match slot {
		"name" => ("NAME", full(n)),
		"uname" => ("NAME", full(n).to_uppercase()),
		"lname" => ("NAME", full(n).to_lowercase().replace('.', "")),
		"first" => ("NAME", n.of(lists.first).into()),
		"lfirst" => ("NAME", n.of(lists.first).to_lowercase()),
		"last" => ("NAME", n.of(lists.last).into()),
		"ulast" => ("NAME", n.of(lists.last).to_uppercase()),
		"last_first" => ("NAME", format!("{}, {}", n.of(lists.last), n.of(lists.first))),
		"date" => ("DATE", date(n, 2015, 10)),
		"dob" => ("DATE", date(n, 1938, 75)),
		"monthyear" => ("DATE", {
			let month = n.of(MONTHS);
			match n.below(3) {
				0 => format!("{month} of {}", 2015 + n.below(10)),
				1 => format!("{:02}/{}", 1 + n.below(12), 2015 + n.below(10)),
				_ => format!("{month} {}", 2015 + n.below(10)),
			}
		}),
		"weekday" => {
			("DATE", n.of(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]).into())
		},
		"phone" => ("PHONE", phone(n)),
		"fax" => ("FAX", phone(n)),
		"email" => ("EMAIL", {
			let (first, last) = (plain(n.of(lists.first)), plain(n.of(lists.last)));
			match n.below(3) {
				0 => format!("{first}.{last}@example.com"),
				1 => format!("{}{last}{}@mail.example.org", &first[..1], n.below(99)),
				_ => format!("{first}_{last}@hospital.example.edu"),
			}
		}),
		"mrn" => ("MRN", {
			let pattern = n.of(&[
				"9999999",
				"99999999",
				"A999999",
				"99-99-99",
				"999999",
				"AA-999999",
				"999-99-99",
				"E9999999",
			]);
			n.pattern(pattern)
		}),
		"ssn" => ("SSN", {
			let pattern = n.of(&["999-99-9999", "999 99 9999", "999999999", "999-99-9999"]);
			n.pattern(pattern)
		}),
		"plan" => ("PLAN", {
			let pattern = n.of(&[
				"AAA999999999",
				"8A99A99AA99",
				"W999999999",
				"999999999A",
				"8AA9-AA9-AA99",
				"A99999999",
			]);
			n.pattern(pattern)
		}),
		"account" => ("ACCOUNT", {
			let pattern = n.of(&["9999999999", "99999-999", "A99-999999", "9999 9999 9999 9999"]);
			n.pattern(pattern)
		}),
		"license" => ("LICENSE", {
			let pattern = n.of(&["A9999999", "AA9999999", "999999", "A999-9999-9999"]);
			n.pattern(pattern)
		}),
		"plate" => ("VEHICLE", {
			let pattern = n.of(&["AAA 9999", "9AAA999", "AAA-9999"]);
			n.pattern(pattern)
		}),
		"vin" => ("VEHICLE", n.pattern("8AAAA89A9A9999999")),
		"device" => ("DEVICE", {
			let pattern = n.of(&["AAA999999A", "9999999", "SN-99999-AA", "AA99999999"]);
			n.pattern(pattern)
		}),
		"url" => ("URL", {
			let user = plain(n.of(lists.last));
			match n.below(3) {
				0 => format!("https://portal.example.org/patients/{user}?id={}", n.below(99999)),
				1 => format!("www.example.com/{user}"),
				_ => format!("http://records.example.net/u/{}", n.below(999_999)),
			}
		}),
		"ip" => (
			"IP",
			format!("{}.{}.{}.{}", 10 + n.below(200), n.below(255), n.below(255), 1 + n.below(250)),
		),
		"bio" => ("BIOMETRIC", n.pattern("FP-999999")),
		"id" => ("ID", {
			let pattern = n.of(&["99-999999", "A999999", "9999999", "AAA-99-9999", "9999999999"]);
			n.pattern(pattern)
		}),
		"user" => ("ID", format!("{}{}", plain(n.of(lists.first)), n.below(999))),
		"room" => ("LOCATION", n.pattern("999")),
		"zip" => ("LOCATION", n.pattern("99999")),
		"city" => ("LOCATION", n.of(lists.cities).into()),
		"lcity" => ("LOCATION", n.of(lists.cities).to_lowercase()),
		"citystate" => ("LOCATION", format!("{}, {}", n.of(lists.cities), n.of(STATES))),
		"street" => {
			("LOCATION", format!("{} {} {}", 1 + n.below(9999), n.of(lists.streets), n.of(KINDS)))
		},
		"address" => ("LOCATION", {
			let street = fill("street", n, lists).1;
			let unit = n.of(&["", ", Apt 4B", " Unit 12", " #3"]);
			format!(
				"{street}{unit}, {}, {} {}",
				n.of(lists.cities),
				n.of(&STATES[..14]),
				n.pattern("99999")
			)
		}),
		"hospital" => ("ORGANIZATION", n.of(lists.hospitals).into()),
		"employer" => ("ORGANIZATION", n.of(lists.employers).into()),
		"school" => ("ORGANIZATION", n.of(lists.schools).into()),
		"age90" => ("AGE", format!("{}", 90 + n.below(13))),
		"title" => ("", n.of(&["Mr.", "Mrs.", "Ms.", "Dr."]).into()),
		other => panic!("no such slot: {other}"),
	}
}

struct Text {
	text: String,
	truth: Vec<(usize, usize, &'static str)>,
	negative: bool,
}

fn make(template: &str, n: &mut Numbers, lists: &Lists) -> Text {
	let (negative, template) =
		template.strip_prefix('!').map_or((false, template), |rest| (true, rest));
	let mut made = Text { text: String::new(), truth: Vec::new(), negative };
	let template = template.replace("\\n", "\n");
	let mut rest = template.as_str();
	while let Some((before, after)) = rest.split_once('{') {
		made.text.push_str(before);
		let (slot, after) = after.split_once('}').expect("a slot ends");
		let (class, value) = fill(slot, n, lists);
		if !class.is_empty() {
			made.truth.push((made.text.len(), made.text.len() + value.len(), class));
		}
		made.text.push_str(&value);
		rest = after;
	}
	made.text.push_str(rest);
	made
}

/// Words of a text: where each begins and ends.
fn words(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
	text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(|word| {
		let start = word.as_ptr() as usize - text.as_ptr() as usize;
		(start, start + word.len())
	})
}

/// The interval that holds a share with 95 % (Wilson).
fn interval(hits: usize, of: usize) -> (f64, f64) {
	let (n, z) = (of.max(1) as f64, 1.96_f64);
	let p = hits as f64 / n;
	let middle = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
	let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
	((middle - half).max(0.0), (middle + half).min(1.0))
}

fn main() {
	let mut arguments = std::env::args().skip(1);
	let set = arguments.next().unwrap_or_else(|| "held-out".into());
	let count: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(4000);
	let mut show: usize = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(0);
	let (templates, lists) = match set.as_str() {
		"tune" => (include_str!("../evaluation/tune.txt"), TUNE),
		_ => (include_str!("../evaluation/held-out.txt"), HELD_OUT),
	};
	let templates: Vec<_> = templates.lines().filter(|line| !line.is_empty()).collect();
	let mut numbers = Numbers(20_261_123);
	let mut finder = Finder::new().expect("the dictionary");
	let mut recall = BTreeMap::<&str, (usize, usize)>::new();
	let mut precision = BTreeMap::<&str, (usize, usize)>::new();
	let mut known_names = (0, 0);
	let (mut plain_words, mut masked, mut negatives, mut touched) = (0, 0, 0, 0);
	for index in 0..count {
		let made = make(templates[index % templates.len()], &mut numbers, &lists);
		let spans = finder.find(&made.text, &Context::default()).expect("short");
		let covered = |from: usize, to: usize| {
			spans.iter().any(|span: &Span| span.start <= from && to <= span.end)
		};
		// Names of the text given as known: the demographics of a record come with its notes.
		let mut known = KnownIdentifiers::new();
		let people = || made.truth.iter().filter(|(_, _, class)| *class == "NAME");
		people().for_each(|&(from, to, _)| known.add_name(&made.text[from..to]));
		let known = known.build();
		let context = Context { known: Some(&known), ..Context::default() };
		let with = finder.find(&made.text, &context).expect("short");
		for &(from, to, _) in people() {
			let hit = words(&made.text[from..to]).all(|(a, b)| {
				with.iter().any(|span| span.start <= from + a && from + b <= span.end)
			});
			known_names.0 += usize::from(hit);
			known_names.1 += 1;
			if !hit && show > 0 {
				println!("known and missed {:?} in {:?}", &made.text[from..to], made.text);
			}
		}
		let mut log = String::new();
		for &(from, to, class) in &made.truth {
			let hit = words(&made.text[from..to]).all(|(a, b)| covered(from + a, from + b));
			let entry = recall.entry(class).or_default();
			entry.0 += usize::from(hit);
			entry.1 += 1;
			if !hit {
				let _ = writeln!(log, "  missed {class} {:?}", &made.text[from..to]);
			}
		}
		for span in &spans {
			let right = made.truth.iter().any(|(from, to, _)| span.start < *to && *from < span.end);
			let entry = precision.entry(span.class.as_str()).or_default();
			entry.0 += usize::from(right);
			entry.1 += 1;
			if !right {
				let _ = writeln!(
					log,
					"  wrong {} {:?} ({})",
					span.class.as_str(),
					&made.text[span.start..span.end],
					span.rule
				);
			}
		}
		for (from, to) in words(&made.text) {
			if !made.truth.iter().any(|(a, b, _)| from < *b && *a < to) {
				plain_words += 1;
				masked += usize::from(spans.iter().any(|span| span.start < to && from < span.end));
			}
		}
		if made.negative {
			negatives += 1;
			touched += usize::from(!spans.is_empty());
		}
		if show > 0 && !log.is_empty() {
			println!("{:?}\n{log}", made.text);
			show -= 1;
		}
	}
	println!("set {set}, {count} texts from {} templates\n", templates.len());
	println!("| class | recall | 95 % | of | precision | of |\n|---|---|---|---|---|---|");
	let mut all = (0, 0);
	for (class, (hits, of)) in &recall {
		all = (all.0 + hits, all.1 + of);
		let (low, high) = interval(*hits, *of);
		let (right, found) = precision.get(class).copied().unwrap_or((0, 0));
		let share =
			if found == 0 { "-".into() } else { format!("{:.4}", right as f64 / found as f64) };
		println!(
			"| {class} | {:.4} | {low:.4}–{high:.4} | {of} | {share} | {found} |",
			*hits as f64 / *of as f64
		);
	}
	let (low, high) = interval(all.0, all.1);
	println!(
		"| all | {:.4} | {low:.4}–{high:.4} | {} | | |\n",
		all.0 as f64 / all.1.max(1) as f64,
		all.1
	);
	let (low, high) = interval(known_names.0, known_names.1);
	println!(
		"names that were found when they were known: {} of {} ({low:.4}–{high:.4})",
		known_names.0, known_names.1
	);
	println!(
		"words that are no identifiers and were masked: {masked} of {plain_words} ({:.2} %)",
		100.0 * masked as f64 / plain_words.max(1) as f64
	);
	println!(
		"texts without identifiers that were touched: {touched} of {negatives} ({:.1} %)",
		100.0 * touched as f64 / negatives.max(1) as f64
	);
}
