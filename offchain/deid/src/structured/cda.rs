// SPDX-License-Identifier: Apache-2.0
//! C-CDA and other documents of CDA R2: elements and attributes by an allow-list. What is not on it goes, and
//! so does all of another namespace, every comment and every processing instruction.

use super::{fhir, hl7v2};
use crate::{
	manifest::{Action, Reason},
	markup,
	policy::{Dates, Geography, Identifiers},
	Deidentifier,
};
use encoding_rs::{Encoding, UTF_8};
use quick_xml::{events::Event, Reader, XmlVersion};

const CDA: &str = "urn:hl7-org:v3";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// How deeply elements may be nested.
const MAX_DEPTH: usize = 128;

/// Elements whose attributes are codes, quantities and flags, and the elements around those.
const KEPT: &str = "ClinicalDocument realmCode code confidentialityCode languageCode versionNumber recordTarget \
	patientRole patient administrativeGenderCode maritalStatusCode religiousAffiliationCode raceCode \
	ethnicGroupCode languageCommunication modeCode proficiencyLevelCode preferenceInd documentationOf \
	serviceEvent componentOf encompassingEncounter dischargeDispositionCode component structuredBody section \
	entry act observation observationMedia substanceAdministration supply procedure encounter organizer \
	statusCode priorityCode repeatNumber interpretationCode methodCode targetSiteCode approachSiteCode \
	routeCode doseQuantity rateQuantity maxDoseQuantity administrationUnitCode consumable product \
	manufacturedProduct manufacturedMaterial participantRole playingEntity playingDevice quantity \
	entryRelationship sequenceNumber seperatableInd referenceRange observationRange low high center width \
	period numerator denominator translation qualifier precondition criterion specimen specimenRole \
	specimenPlayingEntity subject relatedSubject independentInd uncertaintyCode comp event";

/// Elements that tell when.
const TIMES: &str = "effectiveTime time birthTime expectedUseTime";

/// Elements that tell who, where, or of another document.
const REMOVED: &str = "author dataEnterer informant custodian informationRecipient legalAuthenticator \
	authenticator inFulfillmentOf relatedDocument authorization performer responsibleParty encounterParticipant \
	location guardian birthplace providerOrganization manufacturerOrganization scopingEntity telecom \
	lotNumberText softwareName healthCareFacility reference assignedEntity";

/// Attributes with a value of a table.
const TABLES: &[&str] = &[
	"classCode",
	"moodCode",
	"typeCode",
	"determinerCode",
	"contextConductionInd",
	"contextControlCode",
	"negationInd",
	"inversionInd",
	"independentInd",
	"operator",
	"institutionSpecified",
	"nullFlavor",
	"inclusive",
];

/// Elements of a narrative, and whether they end a word.
const NARRATIVE: &[(&str, bool)] = &[
	("table", true),
	("thead", true),
	("tbody", true),
	("tfoot", true),
	("tr", true),
	("th", true),
	("td", true),
	("list", true),
	("item", true),
	("paragraph", true),
	("caption", true),
	("br", true),
	("footnote", true),
	("content", false),
	("sub", false),
	("sup", false),
	("linkHtml", false),
];

/// The versions of the templates of C-CDA: they are part of a template's name.
const VERSIONS: &[&str] = &[
	"2014-06-09",
	"2014-08-01",
	"2015-08-01",
	"2016-11-01",
	"2019-06-04",
	"2019-06-21",
	"2019-07-01",
	"2019-12-01",
	"2022-06-01",
	"2023-05-01",
	"2024-05-01",
];

fn listed(list: &str, name: &str) -> bool {
	list.split_ascii_whitespace().any(|listed| listed == name)
}

/// Whether a file begins with a document of CDA.
pub(crate) fn is_start(start: &[u8]) -> bool {
	let mut rest = start;
	loop {
		let Some(at) = rest.iter().position(|byte| *byte == b'<') else { return false };
		if !rest[..at].trim_ascii().is_empty() {
			return false;
		}
		rest = &rest[at + 1..];
		let end: &[u8] = match rest {
			[b'?', ..] => b"?>",
			[b'!', b'-', b'-', ..] => b"-->",
			[b'!', ..] => b">",
			_ => break,
		};
		let Some(at) = rest.windows(end.len()).position(|window| window == end) else {
			return false;
		};
		rest = &rest[at + end.len()..];
	}
	let is_end = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>');
	let name = rest.split(is_end).next().unwrap_or_default();
	name.rsplit(|byte| *byte == b':').next() == Some(b"ClinicalDocument")
}

enum Node {
	Element(Element),
	Text(String),
}

/// An element of CDA; one of another namespace has no name.
#[derive(Default)]
struct Element {
	name: String,
	attributes: Vec<(String, String)>,
	children: Vec<Node>,
}

impl Element {
	fn new(name: &str) -> Self {
		Self { name: name.to_owned(), ..Self::default() }
	}

	fn get(&self, name: &str) -> Option<&str> {
		self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
	}

	fn set(&mut self, name: &str, value: impl Into<String>) {
		self.attributes.push((name.to_owned(), value.into()));
	}

	fn elements(&self) -> impl Iterator<Item = &Self> {
		self.children.iter().filter_map(|node| match node {
			Node::Element(element) => Some(element),
			Node::Text(_) => None,
		})
	}

	/// The text in it and below.
	fn text(&self, out: &mut String) {
		for node in &self.children {
			match node {
				Node::Text(text) => out.push_str(text),
				Node::Element(element) => {
					out.push(' ');
					element.text(out);
				},
			}
		}
	}

	fn whole_text(&self) -> String {
		let mut text = String::new();
		self.text(&mut text);
		text.trim().to_owned()
	}

	fn write(&self, out: &mut String) {
		out.push('<');
		out.push_str(&self.name);
		for (name, value) in &self.attributes {
			out.push(' ');
			out.push_str(name);
			out.push_str("=\"");
			escape(value, out);
			out.push('"');
		}
		if self.children.is_empty() {
			out.push_str("/>");
			return;
		}
		out.push('>');
		for node in &self.children {
			match node {
				Node::Text(text) => escape(text, out),
				Node::Element(element) => element.write(out),
			}
		}
		out.push_str("</");
		out.push_str(&self.name);
		out.push('>');
	}
}

fn escape(text: &str, out: &mut String) {
	for character in text.chars() {
		match character {
			'<' => out.push_str("&lt;"),
			'>' => out.push_str("&gt;"),
			'&' => out.push_str("&amp;"),
			'"' => out.push_str("&quot;"),
			'\r' => {},
			'\u{fffe}' | '\u{ffff}' => {},
			c if c.is_ascii_control() && !matches!(c, '\n' | '\t') => {},
			other => out.push(other),
		}
	}
}

/// The document as text: as it declares, or UTF-8.
fn decoded(bytes: &[u8]) -> Result<String, Reason> {
	let head = String::from_utf8_lossy(bytes.get(..200.min(bytes.len())).unwrap_or_default());
	let declaration =
		head.trim_start().strip_prefix("<?xml").and_then(|head| head.split("?>").next());
	let label = declaration
		.and_then(|head| head.split_once("encoding"))
		.and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
	let encoding = match label {
		Some(label) => Encoding::for_label(label.as_bytes()).ok_or(Reason::Malformed)?,
		None => UTF_8,
	};
	encoding
		.decode_without_bom_handling_and_without_replacement(bytes)
		.map(Into::into)
		.ok_or(Reason::Malformed)
}

/// Reads a document; a document type is refused, with all that it could declare.
fn parse(bytes: &[u8]) -> Result<Element, Reason> {
	let text = decoded(bytes)?;
	let mut reader = Reader::from_str(&text);
	reader.config_mut().expand_empty_elements = true;
	let mut spaces: Vec<(usize, String, String)> = Vec::new();
	let mut open: Vec<Element> = Vec::new();
	let mut root = None;
	loop {
		let added = match reader.read_event().map_err(|_| Reason::Malformed)? {
			Event::Start(tag) | Event::Empty(tag) => {
				if open.len() >= MAX_DEPTH {
					return Err(Reason::LimitExceeded);
				}
				if root.is_some() {
					return Err(Reason::Malformed);
				}
				let mut given = Vec::new();
				for attribute in tag.attributes().with_checks(true) {
					let attribute = attribute.map_err(|_| Reason::Malformed)?;
					let value = attribute
						.normalized_value(XmlVersion::Implicit1_0)
						.map_err(|_| Reason::Malformed)?
						.into_owned();
					let key = attribute.key.0;
					match key.strip_prefix("xmlns") {
						Some("") => spaces.push((open.len(), String::new(), value)),
						Some(prefix) if prefix.starts_with(':') => {
							spaces.push((open.len(), prefix[1..].to_owned(), value));
						},
						_ => given.push((key.to_owned(), value)),
					}
				}
				let space = |prefix: &str| {
					spaces
						.iter()
						.rev()
						.find(|(_, known, _)| known == prefix)
						.map(|(_, _, uri)| uri.as_str())
				};
				let (prefix, local) = split(tag.name().0);
				let mut element = Element::new(if space(prefix) == Some(CDA) { local } else { "" });
				for (name, value) in given {
					match split(&name) {
						("", local) => element.set(local, value),
						(prefix, "type") if space(prefix) == Some(INSTANCE) => {
							element.set("xsi:type", split(&value).1);
						},
						// Of another namespace: it is counted with those that are not known.
						_ => element.set("", ""),
					}
				}
				open.push(element);
				continue;
			},
			Event::End(_) => {
				let Some(element) = open.pop() else { return Err(Reason::Malformed) };
				spaces.retain(|(depth, _, _)| *depth < open.len());
				if open.is_empty() {
					root = Some(element);
					continue;
				}
				Node::Element(element)
			},
			Event::Text(text) => Node::Text(text.xml10_content().into_owned()),
			Event::CData(text) => Node::Text(text.xml10_content().into_owned()),
			Event::GeneralRef(reference) => {
				let known = match &*reference {
					"lt" => Some('<'),
					"gt" => Some('>'),
					"amp" => Some('&'),
					"apos" => Some('\''),
					"quot" => Some('"'),
					_ => reference.resolve_char_ref().map_err(|_| Reason::Malformed)?,
				};
				Node::Text(known.ok_or(Reason::Malformed)?.into())
			},
			Event::DocType(_) => return Err(Reason::KindUnsupported),
			Event::Comment(_) | Event::PI(_) | Event::Decl(_) => continue,
			Event::Eof => break,
		};
		match (open.last_mut(), added) {
			(Some(parent), Node::Text(text)) => {
				// What a comment or an entity stood between is one text.
				if let Some(Node::Text(before)) = parent.children.last_mut() {
					before.push_str(&text);
				} else {
					parent.children.push(Node::Text(text));
				}
			},
			(Some(parent), node) => parent.children.push(node),
			(None, Node::Text(text)) if text.trim().is_empty() => {},
			(None, _) => return Err(Reason::Malformed),
		}
	}
	match root {
		Some(root) if open.is_empty() && root.name == "ClinicalDocument" => Ok(root),
		Some(root) if open.is_empty() && !root.name.is_empty() => Err(Reason::KindUnsupported),
		_ => Err(Reason::Malformed),
	}
}

/// Prefix and local name.
fn split(name: &str) -> (&str, &str) {
	name.split_once(':').unwrap_or(("", name))
}

/// Gathers what a document says of people.
pub(super) fn learn(job: &mut Deidentifier, bytes: &[u8]) {
	if let Ok(root) = parse(bytes) {
		walk(job, &root, &root, false);
	}
}

fn walk(job: &mut Deidentifier, element: &Element, parent: &Element, in_time: bool) {
	let name = element.name.as_str();
	let text = || element.whole_text();
	match name {
		"name"
			if parent.name.contains("rganization")
				|| parent.name == "place"
				|| parent.name == "scopingEntity" =>
		{
			job.identifiers.add_place(&text());
		},
		"name"
			if parent.name.ends_with("Person")
				|| matches!(
					parent.name.as_str(),
					"patient" | "informationRecipient" | "subject"
				) || parent.get("classCode") == Some("PSN") =>
		{
			job.identifiers.add_name(&text());
		},
		"streetAddressLine" => job.identifiers.add_address(&text()),
		"city" => job.identifiers.add_place(&text()),
		"telecom" => {
			let value = element.get("value").unwrap_or_default();
			match value.strip_prefix("mailto:") {
				Some(mail) => job.identifiers.add_email(mail),
				None => job
					.identifiers
					.add_number(value.trim_start_matches("tel:").trim_start_matches("fax:")),
			}
		},
		"id" | "setId" => job.identifiers.add_number(element.get("extension").unwrap_or_default()),
		"lotNumberText" => job.identifiers.add_number(&text()),
		_ => {},
	}
	let in_time = in_time || listed(TIMES, name);
	if in_time {
		let year = element.get("value").and_then(hl7v2::year).and_then(|year| year.parse().ok());
		job.latest_year = job.latest_year.max(year.filter(|year| (1900..=2100).contains(year)));
	}
	for child in element.elements() {
		walk(job, child, element, in_time);
	}
}

/// What may leave of a document.
pub(super) fn document(job: &mut Deidentifier, bytes: &[u8]) -> Result<String, Reason> {
	let root = parse(bytes)?;
	let place = Place { parent: &root, in_time: false, in_body: false };
	let Some(mut new) = element(job, &root, place) else { return Err(Reason::Malformed) };
	new.attributes.insert(0, ("xmlns".into(), CDA.into()));
	new.attributes.insert(1, ("xmlns:xsi".into(), INSTANCE.into()));
	let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	new.write(&mut out);
	out.push('\n');
	Ok(out)
}

#[derive(Clone, Copy)]
struct Place<'a> {
	parent: &'a Element,
	/// Whether values are times.
	in_time: bool,
	in_body: bool,
}

fn element(job: &mut Deidentifier, source: &Element, place: Place<'_>) -> Option<Element> {
	let name = source.name.as_str();
	let parent = place.parent.name.as_str();
	match name {
		"" => {
			job.manifest.element("extension", Action::Removed);
			None
		},
		"typeId" => {
			let mut new = Element::new(name);
			new.set("root", "2.16.840.1.113883.1.3");
			new.set("extension", "POCD_HD000040");
			Some(new)
		},
		"templateId" => template(job, source),
		"id" | "setId" => id(job, source),
		"title" | "desc" | "manufacturerModelName" => text(job, source),
		"name" if matches!(parent, "manufacturedMaterial") => text(job, source),
		"name" if parent == "playingEntity" && place.parent.get("classCode") != Some("PSN") => {
			text(job, source)
		},
		"name" if parent == "qualifier" => kept(job, source, place),
		"value" if parent == "qualifier" => kept(job, source, place),
		"addr" if parent == "patientRole" => address(job, source),
		"text" if parent == "nonXMLBody" => attached(job, source, "nonXMLBody"),
		"nonXMLBody" => {
			let mut new = Element::new(name);
			let text = source.elements().find(|element| element.name == "text")?;
			let place = Place { parent: source, ..place };
			new.children.push(Node::Element(element(job, text, place)?));
			Some(new)
		},
		"text" | "originalText" => narrative(job, source, name),
		"value" => value(job, source, place),
		"reference" if source.get("value").is_some() => link(job, source),
		"participant" if place.in_body => kept(job, source, place),
		_ if listed(TIMES, name) => {
			let birth = name == "birthTime";
			if let Some(value) = source.get("value").filter(|_| source.elements().next().is_none())
			{
				let mut new = Element::new(name);
				if let Some(kind) = source.get("xsi:type").filter(|kind| kind_of(kind)) {
					new.set("xsi:type", kind);
				}
				new.set("value", date(job, value, birth)?);
				return Some(new);
			}
			kept(job, source, Place { in_time: true, ..place })
		},
		_ if listed(REMOVED, name) || matches!(name, "name" | "addr" | "participant") => {
			job.manifest
				.element(if listed(REMOVED, name) { name } else { "person" }, Action::Removed);
			None
		},
		_ if listed(KEPT, name) => kept(job, source, place),
		_ => {
			job.manifest.element("unknown", Action::Removed);
			None
		},
	}
}

/// An element of the list: its attributes by theirs, and what is in it.
fn kept(job: &mut Deidentifier, source: &Element, place: Place<'_>) -> Option<Element> {
	let name = source.name.as_str();
	let mut new = Element::new(name);
	let unit = source.get("unit").unwrap_or_default();
	let number: f64 = source.get("value").and_then(|value| value.parse().ok()).unwrap_or_default();
	let old = job.policy.cap_ages && name != "period" && super::is_old(number, unit);
	if old {
		job.manifest.element("age", Action::Generalized);
		if name != "low" {
			return None;
		}
	}
	let system = source.get("codeSystem");
	let known = system.is_none_or(published);
	for (key, value) in &source.attributes {
		let made = match key.as_str() {
			key if TABLES.contains(&key) => table(value).then(|| value.clone()),
			"xsi:type" => kind_of(value).then(|| value.clone()),
			"code" if known && system.is_some() => fhir::code(value).then(|| value.clone()),
			"code" if known => {
				let fits = table(value) && job.find(value).is_ok_and(|spans| spans.is_empty());
				fits.then(|| value.clone())
			},
			"codeSystem" if known => Some(value.clone()),
			"displayName" => job.text(value, "displayName").filter(|text| !text.is_empty()),
			"value" if old => Some("90".into()),
			"unit" if old => Some("a".into()),
			"value" if matches!(value.as_str(), "true" | "false") => Some(value.clone()),
			"value" if place.in_time && unit.is_empty() => date(job, value, false),
			"value" => hl7v2::is_number(value).then(|| value.clone()),
			"unit" => {
				let digits = value.bytes().filter(u8::is_ascii_digit).count();
				(fhir::code(value) && digits <= 3).then(|| value.clone())
			},
			"ID" => Some(anchor(job, value)),
			_ => None,
		};
		match made {
			Some(made) => new.set(key, made),
			None => job.manifest.element("attribute", Action::Removed),
		}
	}
	let in_body = place.in_body || name == "structuredBody";
	let place = Place { parent: source, in_time: place.in_time, in_body };
	for child in source.elements() {
		if let Some(child) = element(job, child, place) {
			new.children.push(Node::Element(child));
		}
	}
	if source
		.children
		.iter()
		.any(|node| matches!(node, Node::Text(text) if !text.trim().is_empty()))
	{
		job.manifest.element("unknown", Action::Removed);
	}
	Some(new)
}

fn table(value: &str) -> bool {
	value.len() <= 12
		&& value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
		&& value.bytes().filter(u8::is_ascii_digit).count() <= 3
}

/// The name of a data type.
fn kind_of(value: &str) -> bool {
	value.len() <= 12 && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}

/// Systems that publish their codes.
fn published(system: &str) -> bool {
	[
		"2.16.840.1.113883.6.",
		"2.16.840.1.113883.5.",
		"2.16.840.1.113883.12.",
		"2.16.840.1.113883.3.26.",
		"1.2.840.10008.",
	]
	.iter()
	.any(|arc| system.starts_with(arc))
		&& system.len() <= 40
		&& system.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn template(job: &mut Deidentifier, source: &Element) -> Option<Element> {
	let root = source.get("root").filter(|root| {
		let known = root.starts_with("2.16.840.1.113883.10.20.")
			|| root.starts_with("1.3.6.1.4.1.19376.1.5.3.1.");
		known && root.len() <= 60 && root.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
	});
	let Some(root) = root else {
		job.manifest.element("templateId", Action::Removed);
		return None;
	};
	let mut new = Element::new("templateId");
	new.set("root", root);
	if let Some(version) = source.get("extension").filter(|version| VERSIONS.contains(version)) {
		new.set("extension", version);
	}
	Some(new)
}

fn id(job: &mut Deidentifier, source: &Element) -> Option<Element> {
	let mut new = Element::new(&source.name);
	let (root, extension) =
		(source.get("root").unwrap_or_default(), source.get("extension").unwrap_or_default());
	if root.is_empty() && extension.is_empty() {
		new.set(
			"nullFlavor",
			source.get("nullFlavor").filter(|value| table(value)).unwrap_or("NI"),
		);
		return Some(new);
	}
	if job.policy.identifiers == Identifiers::Remove {
		job.manifest.element("id", Action::Removed);
		new.set("nullFlavor", "MSK");
		return Some(new);
	}
	job.manifest.element("id", Action::Replaced);
	// Short ones count within their root alone; long ones are the same in every format.
	let key = match extension.len() {
		0 => root.to_owned(),
		1..=4 => format!("{root}|{extension}"),
		_ => extension.to_owned(),
	};
	new.set("root", fhir::random_id(job, &key));
	Some(new)
}

/// The name of a place in the document: random, or what it became before.
fn anchor(job: &mut Deidentifier, id: &str) -> String {
	format!("a{}", job.map.id(id))
}

fn link(job: &mut Deidentifier, source: &Element) -> Option<Element> {
	let Some(target) = source.get("value").and_then(|value| value.strip_prefix('#')) else {
		job.manifest.element("reference", Action::Removed);
		return None;
	};
	let mut new = Element::new("reference");
	new.set("value", format!("#{}", anchor(job, target)));
	Some(new)
}

fn date(job: &mut Deidentifier, value: &str, birth: bool) -> Option<String> {
	let year = hl7v2::year(value)?;
	if job.policy.dates == Dates::Keep {
		return Some(value.to_owned());
	}
	job.manifest.element("time", Action::Generalized);
	fhir::date(job, year, birth)
}

fn address(job: &mut Deidentifier, source: &Element) -> Option<Element> {
	job.manifest.element("addr", Action::Generalized);
	let town = job.policy.geography == Geography::Town;
	let part = |name: &str| {
		source
			.elements()
			.find(|element| element.name == name)
			.map(Element::whole_text)
			.unwrap_or_default()
	};
	let country = part("country");
	let home = matches!(country.to_ascii_uppercase().as_str(), "" | "US" | "USA");
	let mut new = Element::new("addr");
	for name in ["state", "city", "postalCode", "country"] {
		let value = part(name);
		let kept = match name {
			_ if value.is_empty() => continue,
			"state" if town || fhir::region(&value) => value,
			"city" if town => value,
			"postalCode" if town => value,
			"postalCode" if home => super::zip(&value).to_owned(),
			"postalCode" => "000".to_owned(),
			"country" if value.len() <= 3 && value.bytes().all(|b| b.is_ascii_alphabetic()) => {
				value
			},
			_ => continue,
		};
		let mut child = Element::new(name);
		child.children.push(Node::Text(kept));
		new.children.push(Node::Element(child));
	}
	Some(new)
}

/// An element with a text alone.
fn text(job: &mut Deidentifier, source: &Element) -> Option<Element> {
	let text = job.text(&source.whole_text(), &source.name)?;
	let mut new = Element::new(&source.name);
	new.children.push(Node::Text(text));
	Some(new)
}

/// The value of an observation, by its type.
fn value(job: &mut Deidentifier, source: &Element, place: Place<'_>) -> Option<Element> {
	let kind = source.get("xsi:type").unwrap_or_default();
	let number: f64 = source.get("value").and_then(|value| value.parse().ok()).unwrap_or_default();
	if job.policy.cap_ages
		&& kind == "PQ"
		&& super::is_old(number, source.get("unit").unwrap_or_default())
	{
		job.manifest.element("age", Action::Generalized);
		let (mut new, mut low) = (Element::new("value"), Element::new("low"));
		new.set("xsi:type", "IVL_PQ");
		low.set("value", "90");
		low.set("unit", "a");
		new.children.push(Node::Element(low));
		return Some(new);
	}
	match kind {
		"TS" | "IVL_TS" | "PIVL_TS" => kept(job, source, Place { in_time: true, ..place }),
		"ST" => {
			let mut new = text(job, source)?;
			new.set("xsi:type", "ST");
			Some(new)
		},
		"ED" | ""
			if source.get("mediaType").is_some() || source.get("representation").is_some() =>
		{
			let mut new = attached(job, source, "value")?;
			new.set("xsi:type", "ED");
			Some(new)
		},
		"ED" => {
			let mut new = narrative(job, source, "value")?;
			new.set("xsi:type", "ED");
			Some(new)
		},
		"CD" | "CE" | "CV" | "CO" | "CS" | "PQ" | "IVL_PQ" | "INT" | "IVL_INT" | "REAL" | "BL"
		| "RTO" | "RTO_PQ_PQ" | "MO" => kept(job, source, place),
		_ => {
			job.manifest.withhold("value", Reason::KindUnsupported);
			None
		},
	}
}

/// A file in the document: its text, if it has one that can be read.
fn attached(job: &mut Deidentifier, source: &Element, path: &str) -> Option<Element> {
	let media = source.get("mediaType").unwrap_or("text/plain").to_ascii_lowercase();
	let encoded = source.get("representation").is_some_and(|kind| kind.eq_ignore_ascii_case("B64"));
	let content = source.whole_text();
	let bytes = if encoded {
		let data: Vec<u8> = content.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
		data_encoding::BASE64.decode(&data).ok()
	} else {
		Some(content.into_bytes())
	};
	let compressed = source.get("compression").is_some();
	let text = bytes.filter(|_| !compressed).and_then(|bytes| markup::attached(&media, bytes));
	let Some(text) = text else {
		job.manifest.withhold(path, Reason::KindUnsupported);
		return None;
	};
	let text = job.text(&text, path)?;
	let mut new = Element::new(&source.name);
	new.set("mediaType", "text/plain");
	if encoded {
		new.set("representation", "B64");
		new.children.push(Node::Text(data_encoding::BASE64.encode(text.as_bytes())));
	} else {
		new.children.push(Node::Text(text));
	}
	Some(new)
}

/// A text with its markup: read as one, so that markup splits no word and a label in one cell is seen from
/// the next, and written again in its elements.
fn narrative(job: &mut Deidentifier, source: &Element, path: &str) -> Option<Element> {
	if source.get("mediaType").is_some_and(|media| !media.starts_with("text/"))
		|| source.get("representation").is_some_and(|kind| !kind.eq_ignore_ascii_case("TXT"))
	{
		return attached(job, source, path);
	}
	let mut runs = Runs::default();
	runs.read(source);
	let edits = job.edits(&runs.text, path)?;
	runs.written = vec![false; edits.len()];
	let mut new = Element::new(&source.name);
	runs.write(job, source, &edits, &mut new);
	Some(new)
}

/// The texts of a narrative in their order.
#[derive(Default)]
struct Runs {
	text: String,
	/// From and to in the text.
	places: Vec<(usize, usize)>,
	/// How many runs were written again.
	at: usize,
	/// The first edit that does not end before the next run.
	edit: usize,
	written: Vec<bool>,
}

fn narrative_kind(name: &str) -> Option<bool> {
	NARRATIVE.iter().find(|(known, _)| *known == name).map(|(_, block)| *block)
}

impl Runs {
	fn read(&mut self, source: &Element) {
		for node in &source.children {
			match node {
				Node::Text(text) => {
					let start = self.text.len();
					self.text.push_str(text);
					self.places.push((start, self.text.len()));
				},
				Node::Element(element) => {
					let Some(block) = narrative_kind(&element.name) else { continue };
					let mark =
						if matches!(element.name.as_str(), "td" | "th") { '\t' } else { '\n' };
					if block {
						self.text.push(mark);
					}
					self.read(element);
					if block {
						self.text.push(mark);
					}
				},
			}
		}
	}

	fn write(
		&mut self,
		job: &mut Deidentifier,
		source: &Element,
		edits: &[(usize, usize, String)],
		new: &mut Element,
	) {
		for node in &source.children {
			match node {
				Node::Text(_) => {
					let text = self.run(edits);
					new.children.push(Node::Text(text));
				},
				Node::Element(element) if narrative_kind(&element.name).is_some() => {
					let mut child = Element::new(&element.name);
					for (name, value) in &element.attributes {
						match name.as_str() {
							"ID" => child.set("ID", anchor(job, value)),
							"colspan" | "rowspan"
								if value.len() <= 2 && hl7v2::is_number(value) =>
							{
								child.set(name, value.clone());
							},
							"listType" if matches!(value.as_str(), "ordered" | "unordered") => {
								child.set(name, value.clone());
							},
							_ => job.manifest.element("attribute", Action::Removed),
						}
					}
					self.write(job, element, edits, &mut child);
					new.children.push(Node::Element(child));
				},
				Node::Element(element) if element.name == "reference" => {
					new.children.extend(link(job, element).map(Node::Element));
				},
				Node::Element(_) => job.manifest.element("unknown", Action::Removed),
			}
		}
	}

	/// The next run without what is edited; what takes its place stands where it begins.
	fn run(&mut self, edits: &[(usize, usize, String)]) -> String {
		let Some((start, end)) = self.places.get(self.at).copied() else { return String::new() };
		self.at += 1;
		while edits.get(self.edit).is_some_and(|(_, to, _)| *to <= start) {
			self.edit += 1;
		}
		let mut out = String::with_capacity(end - start);
		let mut at = start;
		for (index, (from, to, instead)) in edits.iter().enumerate().skip(self.edit) {
			if *from >= end {
				break;
			}
			out.push_str(self.text.get(at..(*from).max(at)).unwrap_or(""));
			if !std::mem::replace(&mut self.written[index], true) {
				out.push_str(instead);
			}
			at = (*to).min(end).max(at);
		}
		out.push_str(self.text.get(at..end).unwrap_or(""));
		out
	}
}
