// SPDX-License-Identifier: Apache-2.0
//! Speed of the text engine, beside a bare pass of one `RegexSet` over the same text in the same run.
//!
//! Measured is the time on the processor where the system tells it; the best of many rounds counts.
#![allow(missing_docs)]

use regex::bytes::RegexSetBuilder;
use salus_deid::{Context, Deidentifier, Finder, Format, Policy};
use std::{
	hint::black_box,
	time::{Duration, Instant},
};

/// One expression for each kind of identifier, by shape and by the words before it, as a tool made of
/// expressions alone would have them; no names without a title, no towns.
const SHAPES: &[&str] = &[
	r"\b\d{3}[- .]\d{2}[- .]\d{4}\b",
	r"(?:\+?\d{1,3}[-. ]?)?\(?\b\d{3}\)?[-. ]?\d{3}[-. ]\d{4}\b",
	r"(?i)\b(?:phone|tel|cell|mobile|fax|pager)\b[^\d\n]{0,12}[\d() .+-]{7,20}",
	r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b",
	r"(?i)\bhttps?://\S+|\bwww\.\S+",
	r"\b\d{1,3}(?:\.\d{1,3}){3}\b",
	r"(?i)\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b",
	r"\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b",
	r"\b\d{4}[-/]\d{2}[-/]\d{2}\b",
	r"(?i)\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b",
	r"(?i)\b\d{1,2}(?:st|nd|rd|th)?[ -](?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?:[ ,-]+\d{2,4})?\b",
	r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b",
	r"(?i)\b(?:9\d|1[01]\d)[- ]?(?:year|yr|y/?o)",
	r"(?i)\b(?:mrn|medical record|chart|record)[^\d\n]{0,16}[\w-]*\d[\w-]*",
	r"(?i)\b(?:member|subscriber|policy|group|plan|medicare|medicaid|insurance)[^\d\n]{0,20}[\w-]*\d{3}[\w-]*",
	r"(?i)\b(?:account|acct|card|iban|routing)[^\d\n]{0,16}[\w-]*\d{3}[\w-]*",
	r"(?i)\b(?:licen[sc]e|dea|npi|passport)[^\d\n]{0,16}[\w-]*\d{3}[\w-]*",
	r"(?i)\b(?:serial|udi|imei|device|pacemaker)[^\d\n]{0,20}[\w-]*\d{3}[\w-]*",
	r"(?i)\b(?:case|claim|encounter|accession|order|reference|id)\b[^\d\n]{0,12}[\w-]*\d{4}[\w-]*",
	r"\b[A-HJ-NPR-Z0-9]{17}\b",
	r"\b(?:\d{4}[- ]){3}\d{4}\b",
	r"\b\d{7,}\b",
	r"\b[A-Z]{1,3}-?\d{5,}\b",
	r"(?i)\b\d{1,6} (?:[a-z.]+ ){1,4}(?:street|st|avenue|ave|road|rd|lane|ln|drive|dr|blvd|court|ct|way|place)\b",
	r"\b[A-Z][a-z]+, [A-Z]{2}(?: \d{5})?\b",
	r"(?i)\bp\.? ?o\.? box \d+",
	r"\b(?:Dr|Mr|Mrs|Ms|Prof)\.? [A-Z][a-z'-]+(?: [A-Z][a-z'-]+)?",
	r"\b[A-Z][a-z]+ [A-Z][a-z]+, (?:MD|DO|RN|NP|PA)\b",
	r"(?i)\b(?:name is|i'm|i am|patient|dear|signed by)[: ]+[a-z'-]+(?: [a-z'-]+)?",
	r"\b[A-Z][\w.' -]{2,40}(?:Hospital|Clinic|Medical Center|University|School)\b",
	r"\b[A-Z][a-z]+ County\b",
	r"(?i)\b(?:room|bed|apt|suite) ?#?\d+\w?\b",
];

fn now(start: Instant) -> Duration {
	let ticks = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
	let ticks = ticks.and_then(|text| text.split_whitespace().next()?.parse().ok());
	ticks.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

fn best(rounds: usize, mut work: impl FnMut()) -> f64 {
	let start = Instant::now();
	let mut best = Duration::MAX;
	for _ in 0..rounds {
		let before = now(start);
		work();
		best = best.min(now(start).saturating_sub(before));
	}
	best.as_secs_f64().max(1e-9)
}

/// Notes without slots: the identifiers are already in them.
fn notes() -> Vec<String> {
	let templates = include_str!("../evaluation/tune.txt").replace("\\n", "\n");
	let values = [
		("{name}", "Sarah Johnson"),
		("{lname}", "maria lopez"),
		("{uname}", "JOHN SMITH"),
		("{first}", "Emily"),
		("{last}", "Patel"),
		("{date}", "03/14/2024"),
		("{dob}", "July 4, 1956"),
		("{phone}", "(312) 555-0142"),
		("{mrn}", "4459201"),
		("{email}", "sarah.j@example.com"),
		("{street}", "12 Maple Street"),
		("{city}", "Chicago"),
		("{hospital}", "Mercy Hospital"),
		("{ssn}", "123-45-6789"),
		("{title}", "Mr."),
	];
	templates
		.lines()
		.map(|line| {
			values.iter().fold(line.trim_start_matches('!').to_owned(), |line, (slot, value)| {
				line.replace(slot, value)
			})
		})
		.collect()
}

/// A patient and her observations, one resource a line, as they come out of a hospital's system.
fn resources(size: usize) -> Vec<u8> {
	let mut out = Vec::with_capacity(size + 2_000);
	let mut number = 0;
	while out.len() < size {
		number += 1;
		let patient = number / 20;
		if number % 20 == 0 {
			out.extend_from_slice(format!(r#"{{"resourceType":"Patient","id":"p{patient}","identifier":[{{"system":"urn:mrn","value":"44{patient:07}"}}],"name":[{{"use":"official","family":"Quillhaven{patient}","given":["Zebediah"]}}],"telecom":[{{"system":"phone","value":"312-555-{patient:04}"}}],"gender":"male","birthDate":"1959-03-14","address":[{{"line":["{patient} Bramblewick Lane"],"city":"Fennimore","state":"IL","postalCode":"60614","country":"US"}}]}}"#).as_bytes());
		} else {
			out.extend_from_slice(format!(r#"{{"resourceType":"Observation","id":"o{number}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory","display":"Laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"2345-7","display":"Glucose [Mass/volume] in Serum or Plasma"}}],"text":"Glucose"}},"subject":{{"reference":"Patient/p{patient}"}},"encounter":{{"reference":"Encounter/e{patient}"}},"effectiveDateTime":"2023-05-06T07:08:09+02:00","issued":"2023-05-06T09:00:00.000+02:00","valueQuantity":{{"value":{number}.5,"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}}}}"#).as_bytes());
		}
		out.push(b'\n');
	}
	out
}

fn main() {
	let is_bench = std::env::args().any(|argument| argument == "--bench");
	let (rounds, size) = if is_bench { (15, 4 << 20) } else { (1, 1 << 14) };
	let notes = notes();
	// Texts of a few lines, and one long text.
	let texts: Vec<String> =
		notes.iter().map(String::as_str).cycle().take(size / 150).map(Into::into).collect();
	let long = notes.join("\n").repeat(size / 12_000 + 1);
	let start = Instant::now();
	let mut finder = Finder::new().expect("the dictionary");
	println!("start with dictionary: {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
	// Of bytes, without Unicode: with it, the set falls back to its slowest engine on the first letter beyond ASCII.
	let set = RegexSetBuilder::new(SHAPES)
		.unicode(false)
		.size_limit(1 << 26)
		.dfa_size_limit(1 << 26)
		.build()
		.expect("expressions");
	let bytes: usize = texts.iter().map(String::len).sum();
	let context = Context::default();
	let short = best(rounds, || {
		for text in &texts {
			black_box(finder.find(text, &context).expect("short").len());
		}
	});
	let bare = best(rounds, || {
		for text in &texts {
			black_box(set.matches(text.as_bytes()).iter().count());
		}
	});
	let one = best(rounds, || {
		black_box(finder.find(&long, &context).expect("short").len());
	});
	let bare_long = best(rounds, || {
		black_box(set.matches(long.as_bytes()).iter().count());
	});
	let speed = |bytes: usize, seconds: f64| bytes as f64 / 1e6 / seconds;
	println!(
		"notes:     {:6.1} MB/s (floor 10), {:.2} x a bare RegexSet at {:.1} MB/s (floor 0.25)",
		speed(bytes, short),
		bare / short,
		speed(bytes, bare)
	);
	// Twice the text takes twice the time, also where rules have much to look at.
	for unit in
		["John Roe, ", "1-", "@a.", "MRN ", "12/", "a:", "St. ", "van der ", "of the Hospital "]
	{
		let mut time = |length: usize| {
			let text = unit.repeat(length / unit.len());
			best(rounds.min(5), || {
				black_box(finder.find(&text, &context).expect("short").len());
			})
		};
		let (one, two) = (time(size / 16), time(size / 8));
		println!("doubled {unit:?}: {:.2} x the time", two / one);
	}
	println!(
		"long text: {:6.1} MB/s (floor 10), {:.2} x a bare RegexSet at {:.1} MB/s (floor 0.25)",
		speed(long.len(), one),
		bare_long / one,
		speed(long.len(), bare_long)
	);
	let lines = resources(size);
	let fhir = best(rounds.min(3), || {
		let mut job =
			Deidentifier::new(Policy::safe_harbor().expect("reads")).expect("the dictionary");
		job.learn(Format::FhirLines, &lines[..]).expect("memory");
		job.transform(Format::FhirLines, &lines[..], std::io::sink()).expect("memory");
	});
	let parse = best(rounds.min(3), || {
		for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
			black_box(serde_json::from_slice::<serde_json::Value>(line).expect("JSON"));
		}
	});
	println!(
		"FHIR:      {:6.1} MB/s over both passes (floor 40), {:.2} x parsing it once at {:.1} MB/s",
		speed(lines.len(), fhir),
		parse / fhir,
		speed(lines.len(), parse)
	);
}
