// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod analyte;
mod body;
mod decimal;
mod element;
mod error;
mod item;
mod model;
mod provenance;
pub mod quality;
mod raw;
mod segment;
pub mod sensitivity;
pub mod terminology;
mod time;
pub mod unit;
pub mod vital;

pub use body::{
	Activity, Allergy, Amount, Body, CarePlan, Component, Condition, Coverage, Device, Document,
	Dosage, Encounter, Genomic, ImagingStudy, Immunization, Medication, Observation, Other,
	Patient, Procedure, Reaction, Report, Series,
};
pub use decimal::Decimal;
pub use element::{
	Address, Attachment, Canonical, Coding, Concept, Contact, Identifier, Name, Period, Quantity,
	Range, Ratio, Reference, ReferenceRange, Value,
};
pub use error::Error;
pub use item::{Item, Times};
pub use provenance::{ByteRange, Location, Provenance};
pub use raw::RawJson;
pub use salus_primitives::{Category, Day};
pub use segment::{Header, Profile, SegmentReader, SegmentWriter, MAX_LINE, VERSION};
pub use time::{Precision, Time};

/// The JSON Schema (draft 2020-12) of every line of a segment document.
pub const SCHEMA: &str = include_str!("../../../docs/formats/mdf-v1.schema.json");
