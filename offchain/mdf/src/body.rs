// SPDX-License-Identifier: Apache-2.0
//! What is particular to each kind of item.

use crate::{
	model::model, Address, Attachment, Coding, Concept, Contact, Decimal, Identifier, Name, Period,
	Quantity, Reference, ReferenceRange, Time, Value,
};
use serde::{Deserialize, Serialize};

macro_rules! bodies {
	($($(#[$meta:meta])* $variant:ident = $kind:literal,)+) => {
		/// What is particular to a kind of item. In JSON an object with one member, named after
		/// the kind.
		#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
		pub enum Body {
			$($(#[$meta])* #[serde(rename = $kind)] $variant(Box<$variant>),)+
		}

		impl Body {
			/// Every kind.
			pub const KINDS: &'static [&'static str] = &[$($kind),+];

			/// The name of the kind.
			pub const fn kind(&self) -> &'static str {
				match self { $(Self::$variant(_) => $kind),+ }
			}

			/// Shows the names of the fields that hold something.
			pub fn each_filled(&self, see: impl FnMut(&'static str)) {
				match self { $(Self::$variant(body) => body.filled().for_each(see)),+ }
			}
		}

		$(
			impl From<$variant> for Body {
				fn from(body: $variant) -> Self {
					Self::$variant(Box::new(body))
				}
			}
		)+
	};
}

bodies! {
	/// Who the patient is.
	Patient = "patient",
	/// A visit or stay.
	Encounter = "encounter",
	/// A measurement, a laboratory result or an answer; the category tells them apart.
	Observation = "observation",
	/// A report that bundles results.
	Report = "report",
	/// A medicine ordered, taken, given or dispensed.
	Medication = "medication",
	/// A diagnosis or problem.
	Condition = "condition",
	/// An operation or other procedure.
	Procedure = "procedure",
	/// An allergy or intolerance.
	Allergy = "allergy",
	/// A vaccination.
	Immunization = "immunization",
	/// An imaging study.
	ImagingStudy = "imaging-study",
	/// A note, letter or other document.
	Document = "document",
	/// A device or implant.
	Device = "device",
	/// Insurance, claims and what was paid.
	Coverage = "coverage",
	/// A plan, goal or team of care.
	CarePlan = "care-plan",
	/// A genomic descriptor.
	Genomic = "genomic",
	/// Kept as it came.
	Other = "other",
}

impl core::fmt::Debug for Body {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		write!(f, "Body({})", self.kind())
	}
}

model! {
	/// Who the patient is.
	Patient {
		/// Record numbers, licences, ...
		identifiers: Vec<Identifier>,
		/// Names.
		names: Vec<Name>,
		/// Date of birth.
		birth: Option<Time>,
		/// Administrative gender as received.
		gender: Option<String>,
		/// Whether the patient is dead, when no time is given.
		deceased: Option<bool>,
		/// Time of death.
		death: Option<Time>,
		/// Addresses.
		addresses: Vec<Address>,
		/// Telephone numbers, mail addresses.
		contacts: Vec<Contact>,
		/// Languages.
		languages: Vec<Concept>,
		/// Marital status.
		marital_status: Option<Concept>,
	}
}

model! {
	/// A visit or stay.
	Encounter {
		/// Ambulatory, inpatient, emergency, ...
		class: Option<Coding>,
		/// Why the patient came.
		reasons: Vec<Concept>,
		/// Problems it dealt with.
		reason_references: Vec<Reference>,
		/// Who took part.
		participants: Vec<Reference>,
		/// Where it was.
		locations: Vec<Reference>,
		/// Who was responsible for it.
		provider: Option<Reference>,
	}
}

model! {
	/// One part of a panel, as the systolic pressure of a blood pressure.
	Component {
		/// What was measured.
		concept: Option<Concept>,
		/// The result.
		value: Option<Value>,
		/// High, low, normal, ...
		interpretation: Vec<Concept>,
		/// Usual values.
		reference_ranges: Vec<ReferenceRange>,
	}
}

model! {
	/// A measurement, a laboratory result or an answer.
	Observation {
		/// The result.
		value: Option<Value>,
		/// The parts of a panel.
		components: Vec<Component>,
		/// High, low, normal, ...
		interpretation: Vec<Concept>,
		/// Usual values.
		reference_ranges: Vec<ReferenceRange>,
		/// Where on the body.
		body_site: Option<Concept>,
		/// How it was measured.
		method: Option<Concept>,
		/// The specimen.
		specimen: Option<Reference>,
		/// The device.
		device: Option<Reference>,
		/// Who is responsible.
		performers: Vec<Reference>,
		/// The observations of a group.
		members: Vec<Reference>,
	}
}

model! {
	/// A report that bundles results.
	Report {
		/// The results.
		results: Vec<Reference>,
		/// What they mean, as text.
		conclusion: Option<String>,
		/// What they mean, coded.
		conclusion_codes: Vec<Concept>,
		/// The report as issued.
		content: Vec<Attachment>,
		/// Specimens.
		specimens: Vec<Reference>,
		/// Who is responsible.
		performers: Vec<Reference>,
	}
}

model! {
	/// How a medicine is taken.
	Dosage {
		/// As text.
		text: Option<String>,
		/// For the patient.
		patient_instruction: Option<String>,
		/// The way into the body.
		route: Option<Concept>,
		/// Where on the body.
		site: Option<Concept>,
		/// The method.
		method: Option<Concept>,
		/// How much at once.
		dose: Option<Value>,
		/// How fast.
		rate: Option<Value>,
		/// Only when needed.
		as_needed: Option<bool>,
	}
}

model! {
	/// A medicine ordered, taken, given or dispensed; the item's concept is the medicine.
	Medication {
		/// `request`, `statement`, `administration`, `dispense` or `product`.
		act: Option<String>,
		/// Order, plan, proposal, ...
		intent: Option<String>,
		/// The medicine, when it is described elsewhere.
		medicine: Option<Reference>,
		/// How it is taken.
		dosages: Vec<Dosage>,
		/// Why, coded.
		reasons: Vec<Concept>,
		/// Why, as references.
		reason_references: Vec<Reference>,
		/// Who asked for it.
		requester: Option<Reference>,
		/// The form: tablet, solution, ...
		form: Option<Concept>,
		/// The amount handed out.
		quantity: Option<Quantity>,
		/// The days it lasts.
		supply: Option<Quantity>,
	}
}

model! {
	/// A diagnosis or problem; start and end of the item's times are onset and abatement.
	Condition {
		/// Active, resolved, ...
		clinical_status: Option<Concept>,
		/// Confirmed, suspected, ...
		verification_status: Option<Concept>,
		/// How bad.
		severity: Option<Concept>,
		/// Where on the body.
		body_sites: Vec<Concept>,
		/// Onset, when it is not a time.
		onset: Option<Value>,
		/// Abatement, when it is not a time.
		abatement: Option<Value>,
	}
}

model! {
	/// An operation or other procedure.
	Procedure {
		/// Why, coded.
		reasons: Vec<Concept>,
		/// Why, as references.
		reason_references: Vec<Reference>,
		/// Where on the body.
		body_sites: Vec<Concept>,
		/// The result.
		outcome: Option<Concept>,
		/// What went wrong.
		complications: Vec<Concept>,
		/// What has to be done afterwards.
		follow_up: Vec<Concept>,
		/// Who did it.
		performers: Vec<Reference>,
		/// Where it was done.
		location: Option<Reference>,
	}
}

model! {
	/// What an allergy did once.
	Reaction {
		/// To which substance.
		substance: Option<Concept>,
		/// What was seen.
		manifestations: Vec<Concept>,
		/// How bad.
		severity: Option<String>,
		/// How the substance came into the body.
		exposure: Option<Concept>,
		/// When it began.
		onset: Option<Time>,
		/// As text.
		description: Option<String>,
	}
}

model! {
	/// An allergy or intolerance; the item's concept is the substance.
	Allergy {
		/// Allergy or intolerance.
		mechanism: Option<String>,
		/// Food, medication, environment, biologic.
		substances: Vec<String>,
		/// How dangerous.
		criticality: Option<String>,
		/// Active, resolved, ...
		clinical_status: Option<Concept>,
		/// Confirmed, suspected, ...
		verification_status: Option<Concept>,
		/// What it did.
		reactions: Vec<Reaction>,
	}
}

model! {
	/// A vaccination; the item's concept is the vaccine.
	Immunization {
		/// Lot number.
		lot: Option<String>,
		/// Last day of use of the lot.
		expiry: Option<Time>,
		/// Where on the body.
		site: Option<Concept>,
		/// The way into the body.
		route: Option<Concept>,
		/// How much.
		dose: Option<Quantity>,
		/// Whether the source saw it itself.
		primary_source: Option<bool>,
		/// Why it was not given.
		status_reason: Option<Concept>,
		/// Where it was given.
		location: Option<Reference>,
	}
}

model! {
	/// One series of an imaging study.
	Series {
		/// DICOM series instance UID.
		uid: Option<String>,
		/// Number in the study.
		number: Option<Decimal>,
		/// How the pictures were made.
		modality: Option<Coding>,
		/// Where on the body.
		body_site: Option<Coding>,
		/// Title.
		description: Option<String>,
		/// How many pictures.
		instances: Option<Decimal>,
		/// When it began.
		started: Option<Time>,
	}
}

model! {
	/// An imaging study.
	ImagingStudy {
		/// Study instance UID, accession number.
		identifiers: Vec<Identifier>,
		/// How the pictures were made.
		modalities: Vec<Coding>,
		/// Title.
		description: Option<String>,
		/// Series.
		series: Vec<Series>,
		/// How many series.
		series_count: Option<Decimal>,
		/// How many pictures.
		instance_count: Option<Decimal>,
		/// Why, coded.
		reasons: Vec<Concept>,
		/// What was done.
		procedures: Vec<Concept>,
	}
}

model! {
	/// A note, letter or other document; the item's concept is its type.
	Document {
		/// Document identifiers.
		identifiers: Vec<Identifier>,
		/// What it says.
		content: Vec<Attachment>,
		/// Title or short text.
		description: Option<String>,
		/// Who wrote it.
		authors: Vec<Reference>,
		/// Who keeps it.
		custodian: Option<Reference>,
	}
}

model! {
	/// A device or implant.
	Device {
		/// Unique device identifiers, as human-readable text.
		udi: Vec<String>,
		/// Maker.
		manufacturer: Option<String>,
		/// Model.
		model: Option<String>,
		/// Serial number.
		serial: Option<String>,
		/// Lot number.
		lot: Option<String>,
		/// Names.
		names: Vec<String>,
		/// Made on.
		manufactured: Option<Time>,
		/// Last day of use.
		expiry: Option<Time>,
	}
}

model! {
	/// An amount of money, and for what.
	Amount {
		/// For what.
		concept: Option<Concept>,
		/// The number as written.
		value: Option<Decimal>,
		/// Currency, ISO 4217.
		currency: Option<String>,
	}
}

model! {
	/// Insurance, claims and what was paid.
	Coverage {
		/// `coverage`, `claim` or `explanation`.
		act: Option<String>,
		/// Identifiers.
		identifiers: Vec<Identifier>,
		/// Who pays.
		payers: Vec<Reference>,
		/// Who was paid.
		provider: Option<Reference>,
		/// Member number.
		member: Option<String>,
		/// The patient's relation to the insured person.
		relationship: Option<Concept>,
		/// Services and products.
		services: Vec<Concept>,
		/// Sums.
		totals: Vec<Amount>,
		/// The result of a claim.
		outcome: Option<String>,
	}
}

model! {
	/// One step of a plan.
	Activity {
		/// What is to be done.
		concept: Option<Concept>,
		/// How far it is.
		status: Option<String>,
		/// As text.
		description: Option<String>,
		/// When.
		period: Option<Period>,
		/// The order that describes it.
		reference: Option<Reference>,
	}
}

model! {
	/// A plan, goal or team of care.
	CarePlan {
		/// `plan`, `goal` or `team`.
		act: Option<String>,
		/// Order, plan, proposal, ...
		intent: Option<String>,
		/// Title or name.
		title: Option<String>,
		/// As text.
		description: Option<String>,
		/// Steps.
		activities: Vec<Activity>,
		/// The problems it is about.
		addresses: Vec<Reference>,
		/// Its goals.
		goals: Vec<Reference>,
		/// Who takes part.
		participants: Vec<Reference>,
		/// Where a goal stands.
		achievement: Option<Concept>,
	}
}

model! {
	/// A genomic descriptor.
	Genomic {
		/// dna, rna or aa.
		sequence: Option<String>,
		/// The sequence as observed.
		observed: Option<String>,
		/// The specimen.
		specimen: Option<Reference>,
	}
}

model! {
	/// Something that no other kind describes; its content is in the item's `extra`.
	Other {
		/// What the source calls it.
		resource: Option<String>,
		/// Identifiers.
		identifiers: Vec<Identifier>,
		/// Name or title.
		name: Option<String>,
	}
}
