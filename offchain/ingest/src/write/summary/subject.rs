// SPDX-License-Identifier: Apache-2.0
//! Whom a summary is about.

use super::{super::full_url, Entry, Error};
use crate::fhir::write::reference_id;
use salus_mdf::{Body, Item};
use std::collections::BTreeSet;

/// The patient of a summary, by all of the ids that the source gives her.
pub(super) struct Subject {
	ids: BTreeSet<String>,
	/// The reference she was first named by.
	named: Option<String>,
	asked: bool,
	met: bool,
}

/// The id part of a reference to a patient; nothing when it is to something else.
fn id(reference: &str) -> Option<&str> {
	let (kind, id) = match reference.rsplit_once(['/', ':']) {
		Some((before, id)) => (before.rsplit(['/', ':']).next().unwrap_or_default(), id),
		None => ("", reference),
	};
	(!matches!(kind, "Group" | "Device" | "Location" | "Practitioner")).then_some(id)
}

impl Subject {
	pub(super) fn new(asked: Option<&str>) -> Self {
		let ids = asked.and_then(id).map(str::to_owned).into_iter().collect();
		Self { ids, named: None, asked: asked.is_some(), met: false }
	}

	/// Whether an item may stand in the summary: it is about the patient, or about nobody.
	pub(super) fn takes(&mut self, item: &Item) -> Result<bool, Error> {
		let is_patient = matches!(item.body, Body::Patient(_));
		let reference = match &item.subject {
			Some(reference) => &**reference,
			None if is_patient => &*item.id,
			None => return Ok(true),
		};
		let Some(found) = id(reference) else { return Ok(false) };
		let url = item.provenance.full_url.as_deref().filter(|_| is_patient).and_then(id);
		let is_hers = self.ids.contains(found) || url.is_some_and(|url| self.ids.contains(url));
		if !is_hers && !self.ids.is_empty() {
			return if self.asked { Ok(false) } else { Err(Error::ManyPatients) };
		}
		self.met = true;
		for id in [Some(found), url].into_iter().flatten() {
			if !self.ids.contains(id) {
				self.ids.insert(id.to_owned());
			}
		}
		if self.named.is_none() {
			self.named = Some(reference.to_owned());
		}
		Ok(true)
	}

	pub(super) const fn check(&self) -> Result<(), Error> {
		match (self.met, self.asked) {
			(true, _) => Ok(()),
			(false, true) => Err(Error::PatientUnknown),
			(false, false) => Err(Error::NoPatient),
		}
	}

	/// A patient of whom nothing but the name in references is known.
	pub(super) fn entry(&self) -> Entry {
		let reference = self.named.as_deref().unwrap_or_default();
		let id = reference_id(reference);
		let name = format!("Patient/{id}");
		let url = match reference.contains(':') {
			true => reference.to_owned(),
			false => format!("{}{name}", full_url::BASE),
		};
		let json = format!("{{\"resourceType\":\"Patient\",\"id\":\"{id}\"}}");
		Entry { url, name: Some(name), json }
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn references_to_one_patient_are_one() {
		for text in ["p", "Patient/p", "urn:uuid:p", "http://host/fhir/Patient/p"] {
			assert_eq!(id(text), Some("p"));
		}
		assert_eq!(id("Group/p"), None);
	}
}
