// SPDX-License-Identifier: Apache-2.0
//! The patient and the study of an instance: PS3.3, sections C.2, C.7.1 to C.7.3.

use super::{
	element::{name, DataSet, Value},
	value::{moment, names, whole_concepts, DCM},
};
use crate::{id::hashed, Code};
use dicom_core::Tag;
use salus_mdf::{
	Address, Coding, Concept, Contact, Decimal, Document, Identifier, ImagingStudy, Patient,
	Series, Time,
};

pub(super) const SOP_CLASS: Tag = Tag(0x0008, 0x0016);
pub(super) const SOP_INSTANCE: Tag = Tag(0x0008, 0x0018);
pub(super) const STUDY_DATE: Tag = Tag(0x0008, 0x0020);
pub(super) const STUDY_TIME: Tag = Tag(0x0008, 0x0030);
const SERIES_DATE: Tag = Tag(0x0008, 0x0021);
const SERIES_TIME: Tag = Tag(0x0008, 0x0031);
pub(super) const CONTENT_DATE: Tag = Tag(0x0008, 0x0023);
pub(super) const CONTENT_TIME: Tag = Tag(0x0008, 0x0033);
const ACCESSION: Tag = Tag(0x0008, 0x0050);
pub(super) const MODALITY: Tag = Tag(0x0008, 0x0060);
const ZONE: Tag = Tag(0x0008, 0x0201);
const STUDY_DESCRIPTION: Tag = Tag(0x0008, 0x1030);
const PROCEDURE_CODES: Tag = Tag(0x0008, 0x1032);
pub(super) const SERIES_DESCRIPTION: Tag = Tag(0x0008, 0x103E);
const REGION: Tag = Tag(0x0008, 0x2218);
const BODY_PART: Tag = Tag(0x0018, 0x0015);
const STUDY_UID: Tag = Tag(0x0020, 0x000D);
const SERIES_UID: Tag = Tag(0x0020, 0x000E);
const SERIES_NUMBER: Tag = Tag(0x0020, 0x0011);
const STUDY_SERIES: Tag = Tag(0x0020, 0x1206);
const STUDY_INSTANCES: Tag = Tag(0x0020, 0x1208);
const SERIES_INSTANCES: Tag = Tag(0x0020, 0x1209);
const REASON_CODES: Tag = Tag(0x0040, 0x100A);
const PERFORMED_REASON_CODES: Tag = Tag(0x0040, 0x1012);
const PATIENT_NAME: Tag = Tag(0x0010, 0x0010);
const PATIENT_ID: Tag = Tag(0x0010, 0x0020);
const PATIENT_ID_ISSUER: Tag = Tag(0x0010, 0x0021);
const BIRTH_DATE: Tag = Tag(0x0010, 0x0030);
const BIRTH_TIME: Tag = Tag(0x0010, 0x0032);
const SEX: Tag = Tag(0x0010, 0x0040);
const OTHER_IDS: Tag = Tag(0x0010, 0x1000);
const OTHER_NAMES: Tag = Tag(0x0010, 0x1001);
const ADDRESS: Tag = Tag(0x0010, 0x1040);
const TELEPHONE: Tag = Tag(0x0010, 0x2154);
const DOCUMENT_TITLE: Tag = Tag(0x0042, 0x0010);
const DOCUMENT: Tag = Tag(0x0042, 0x0011);
const DOCUMENT_TYPE: Tag = Tag(0x0042, 0x0012);

/// A data set while it is mapped.
pub(super) struct Mapping<'f> {
	pub(super) set: DataSet,
	pub(super) faults: &'f mut Vec<(String, Code)>,
}

/// Elements of the patient's group that say how she was at the time of the study, and belong to it:
/// age, size, weight, alerts, allergies, smoking, history, pregnancy, comments.
fn is_of_study(tag: Tag) -> bool {
	matches!(
		tag.1,
		0x1010..=0x1030 | 0x2000 | 0x2110 | 0x2180 | 0x21A0..=0x21D0 | 0x2203 | 0x4000 | 0x9431
	)
}

impl Mapping<'_> {
	/// A date and the time beside it. Both are taken when they can be read.
	pub(super) fn moment(&mut self, date: Tag, clock: Tag) -> Option<Time> {
		let written = self.set.text(date)?.to_owned();
		let zone = self.set.text(ZONE).map(str::to_owned);
		let beside = self.set.text(clock).map(str::to_owned);
		let zone = zone.as_deref();
		if let Some(time) = moment(&written, beside.as_deref(), zone) {
			self.set.take_text(date);
			self.set.take_text(clock);
			return Some(time);
		}
		let time = moment(&written, None, None);
		let wrong = if time.is_some() { clock } else { date };
		self.faults.push((name(wrong), Code::InvalidDate));
		if time.is_some() {
			self.set.take_text(date);
		}
		time
	}

	fn number(&mut self, tag: Tag) -> Option<Decimal> {
		let number: Decimal = self.set.text(tag)?.trim().parse().ok()?;
		self.set.take_text(tag);
		Some(number)
	}

	fn concepts(&mut self, tag: Tag) -> Vec<Concept> {
		self.set.take_when(tag, whole_concepts).unwrap_or_default()
	}

	/// The patient, and the data set of what is said of her and has no place in the model. Whether
	/// she has a number.
	pub(super) fn patient(&mut self) -> (Patient, DataSet, Option<String>) {
		let mut own = DataSet::default();
		let mut rest = DataSet::default();
		for element in std::mem::take(&mut self.set.0) {
			let is_own = element.tag.0 == 0x0010 && !is_of_study(element.tag);
			if is_own { &mut own } else { &mut rest }.0.push(element);
		}
		self.set = rest;
		let mut of = Mapping { set: own, faults: &mut *self.faults };
		let number = of.set.take_text(PATIENT_ID);
		let issuer = number.as_ref().and_then(|_| of.set.take_text(PATIENT_ID_ISSUER));
		let key = number.as_ref().map(|number| {
			hashed("id", &format!("dicom^{}^{number}", issuer.as_deref().unwrap_or_default()))
		});
		let mut identifiers: Vec<_> = number
			.into_iter()
			.map(|value| Identifier {
				system: issuer.clone(),
				value: Some(value),
				..Identifier::default()
			})
			.collect();
		identifiers.extend(
			of.set
				.take_when(OTHER_IDS, listed)
				.into_iter()
				.flatten()
				.map(|value| Identifier { value: Some(value), ..Identifier::default() }),
		);
		let mut written = Vec::new();
		for tag in [PATIENT_NAME, OTHER_NAMES] {
			let texts = of.set.take_when(tag, listed).into_iter().flatten();
			written.extend(texts.flat_map(|text| names(&text)));
		}
		let gender = of.set.take_when(SEX, |value| match value {
			Value::Text(text) => match text.as_str() {
				"F" => Some("female"),
				"M" => Some("male"),
				"O" => Some("other"),
				_ => None,
			},
			_ => None,
		});
		let addresses = of
			.set
			.take_text(ADDRESS)
			.map(|text| Address { text: Some(text), ..Address::default() });
		let contacts = of.set.take_when(TELEPHONE, listed).into_iter().flatten().map(|value| {
			Contact { system: Some("phone".into()), value: Some(value), ..Contact::default() }
		});
		let patient = Patient {
			identifiers,
			names: written,
			gender: gender.map(str::to_owned),
			addresses: addresses.into_iter().collect(),
			contacts: contacts.collect(),
			birth: of.moment(BIRTH_DATE, BIRTH_TIME),
			..Patient::default()
		};
		(patient, of.set, key)
	}

	/// Study instance UID and accession number.
	pub(super) fn identifiers(&mut self) -> Vec<Identifier> {
		let study = self.set.take_text(STUDY_UID).map(|uid| Identifier {
			system: Some("urn:dicom:uid".into()),
			value: Some(format!("urn:oid:{uid}")),
			..Identifier::default()
		});
		let accession = self.set.take_text(ACCESSION).map(|number| Identifier {
			value: Some(number),
			kind: Some(Concept {
				codes: vec![Coding {
					system: Some("http://terminology.hl7.org/CodeSystem/v2-0203".into()),
					code: Some("ACSN".into()),
					..Coding::default()
				}],
				text: None,
			}),
			..Identifier::default()
		});
		study.into_iter().chain(accession).collect()
	}

	/// The study and the one series that the file is of.
	pub(super) fn study(&mut self) -> ImagingStudy {
		let modality = self.set.take_text(MODALITY).map(|code| Coding {
			system: Some(DCM.to_owned()),
			code: Some(code),
			..Coding::default()
		});
		let region = self.concepts(REGION);
		let body_site = match &region[..] {
			[region] => region.codes.first().cloned(),
			_ => self
				.set
				.take_text(BODY_PART)
				.map(|part| Coding { code: Some(part), ..Coding::default() }),
		};
		let series = Series {
			uid: self.set.take_text(SERIES_UID),
			number: self.number(SERIES_NUMBER),
			modality: modality.clone(),
			body_site,
			description: self.set.take_text(SERIES_DESCRIPTION),
			instances: self.number(SERIES_INSTANCES),
			started: self.moment(SERIES_DATE, SERIES_TIME),
		};
		let mut reasons = self.concepts(REASON_CODES);
		reasons.extend(self.concepts(PERFORMED_REASON_CODES));
		ImagingStudy {
			identifiers: self.identifiers(),
			modalities: modality.into_iter().collect(),
			description: self.set.take_text(STUDY_DESCRIPTION),
			series: vec![series],
			series_count: self.number(STUDY_SERIES),
			instance_count: self.number(STUDY_INSTANCES),
			reasons,
			procedures: self.concepts(PROCEDURE_CODES),
		}
	}

	/// A document of another kind in a DICOM file (PS3.3, section C.24.2).
	pub(super) fn document(&mut self) -> Option<Document> {
		let data = self.set.take_when(DOCUMENT, |value| match value {
			Value::Bytes(bytes) => Some(crate::base64::base64(bytes)),
			_ => None,
		});
		if data.is_none() && self.set.get(DOCUMENT).is_none() {
			return None;
		}
		let title = self.set.take_text(DOCUMENT_TITLE);
		let content = salus_mdf::Attachment {
			content_type: self.set.take_text(DOCUMENT_TYPE),
			title: title.clone(),
			data,
			..salus_mdf::Attachment::default()
		};
		Some(Document {
			identifiers: self.identifiers(),
			content: vec![content],
			description: title.or_else(|| self.set.take_text(SERIES_DESCRIPTION)),
			..Document::default()
		})
	}
}

/// The values of a text.
fn listed(value: &Value) -> Option<Vec<String>> {
	let Value::Text(text) = value else { return None };
	let values = text.split('\\').map(str::trim).filter(|value| !value.is_empty());
	let values: Vec<_> = values.map(str::to_owned).collect();
	(!values.is_empty()).then_some(values)
}
