// SPDX-License-Identifier: Apache-2.0
//! The International Patient Summary: a FHIR R4 document about one patient (HL7 FHIR International
//! Patient Summary 2.0, Composition and Bundle; ISO 27269).

mod composition;
mod narrative;
mod references;
mod section;
mod subject;

use super::{
	full_url::{full_url, urn},
	Error, Writer,
};
use crate::{json::build::write_text, to_fhir};
use composition::{author, composition};
use salus_mdf::{Body, Item, Precision, Time};
use section::{Section, SECTIONS};
use std::{
	collections::{BTreeMap, HashMap},
	fmt,
	io::Write,
};
use subject::Subject;

/// What a summary needs to be told.
#[derive(Clone)]
pub struct Terms {
	/// When it is written: FHIR demands a second in a zone.
	pub at: Time,
	/// The patient it is about: her id or a reference to her. Without it the items must be about
	/// one patient.
	pub patient: Option<String>,
}

impl fmt::Debug for Terms {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Terms").finish_non_exhaustive()
	}
}

/// An item that may stand in the summary.
struct Kept {
	item: Item,
	/// Its section; without one it stands there only when another item refers to it.
	section: Option<&'static Section>,
}

/// Writes the current facts of one patient, section by section, when the last item is there. It
/// holds them until then.
pub struct Summary<W> {
	out: W,
	terms: Terms,
	subject: Subject,
	/// The items by their order.
	kept: BTreeMap<u64, Kept>,
	/// The places of items by their ids: a later version takes the place of an earlier one.
	places: HashMap<String, u64>,
	next: u64,
}

impl<W: Write> Summary<W> {
	/// Writes to `out`, which should have a buffer.
	///
	/// # Errors
	/// [`Error::TimeInexact`] when the time of writing is not an instant of FHIR.
	pub fn new(out: W, terms: Terms) -> Result<Self, Error> {
		let has_zone = terms.at.value.split_once('T').is_some_and(|(_, clock)| {
			clock.contains(['Z', '+', '-']) && terms.at.precision >= Precision::Second
		});
		if !has_zone {
			return Err(Error::TimeInexact);
		}
		let subject = Subject::new(terms.patient.as_deref());
		let (kept, places) = (BTreeMap::new(), HashMap::new());
		Ok(Self { out, terms, subject, kept, places, next: 0 })
	}
}

/// An entry of the document.
struct Entry {
	url: String,
	/// What relative references call it.
	name: Option<String>,
	json: String,
}

fn entry(item: &Item) -> Option<Entry> {
	let resource = to_fhir(item)?;
	let url = full_url(item, &resource);
	let name = resource.id.as_ref().map(|id| format!("{}/{id}", resource.kind));
	Some(Entry { url, name, json: resource.json })
}

impl<W: Write> Writer for Summary<W> {
	fn item(&mut self, item: &Item) -> Result<(), Error> {
		if !self.subject.takes(item)? {
			return Ok(());
		}
		// A version withdraws those before it, whatever it says itself.
		if let Some(place) = self.places.remove(&item.id) {
			self.kept.remove(&place);
		}
		// Whose a fact without a patient is nobody knows.
		let is_hers = item.subject.is_some() && section::is_current(item);
		let section = section::of(item).filter(|_| is_hers);
		let is_support = matches!(
			item.body,
			Body::Patient(_) | Body::Other(_) | Body::Device(_) | Body::Medication(_)
		) || matches!(item.body, Body::Observation(_) if section.is_some());
		if item.withdrawn || (section.is_none() && !is_support) {
			return Ok(());
		}
		self.places.insert(item.id.clone(), self.next);
		self.kept.insert(self.next, Kept { item: item.clone(), section });
		self.next += 1;
		Ok(())
	}

	fn finish(&mut self) -> Result<(), Error> {
		self.subject.check()?;
		let latest = section::latest(&self.kept);
		let mut chosen: Vec<u64> = Vec::new();
		let mut entries: BTreeMap<u64, Entry> = BTreeMap::new();
		let mut patient = None;
		for (place, kept) in &self.kept {
			let Some(entry) = entry(&kept.item) else { continue };
			if matches!(kept.item.body, Body::Patient(_)) {
				patient = Some(*place);
			} else if kept.section.is_some() && latest.contains(place) {
				chosen.push(*place);
			}
			entries.insert(*place, entry);
		}
		let source = self.kept.values().next().map_or("", |kept| &*kept.item.provenance.source);
		let urn = |what: &str| urn(&[source, &self.terms.at.value, what]);
		let patient = match patient.and_then(|place| entries.remove(&place)) {
			Some(patient) => patient,
			None => self.subject.entry(),
		};
		let author = author(urn("author"));
		let sections: Vec<_> = SECTIONS
			.iter()
			.map(|section| {
				let of_section = chosen.iter().filter_map(|place| {
					let kept = self.kept.get(place)?;
					let is_here = kept.section.is_some_and(|own| own.code == section.code);
					Some((&kept.item, entries.get(place).filter(|_| is_here)?))
				});
				(*section, of_section.collect::<Vec<_>>())
			})
			.collect();
		let first =
			composition(urn("composition"), &self.terms.at, &patient.url, &author.url, &sections);
		let support = references::closure(&chosen, &entries);
		let mut out = String::from("{\"resourceType\":\"Bundle\",\"identifier\":{\"system\":\"urn:ietf:rfc:3986\",\"value\":");
		write_text(&urn("document"), &mut out);
		out.push_str("},\"type\":\"document\",\"timestamp\":");
		write_text(&self.terms.at.value, &mut out);
		out.push_str(",\"entry\":[");
		let known = chosen.iter().chain(&support).filter_map(|place| entries.get(place));
		for (index, entry) in [&first, &patient, &author].into_iter().chain(known).enumerate() {
			out.push_str(if index > 0 { ",\n{\"fullUrl\":" } else { "\n{\"fullUrl\":" });
			write_text(&entry.url, &mut out);
			out.push_str(",\"resource\":");
			out.push_str(&entry.json);
			out.push('}');
			self.out.write_all(out.as_bytes())?;
			out.clear();
		}
		self.out.write_all(b"\n]}\n")?;
		Ok(self.out.flush()?)
	}
}

impl<W> fmt::Debug for Summary<W> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Summary").field("kept", &self.kept.len()).finish_non_exhaustive()
	}
}
