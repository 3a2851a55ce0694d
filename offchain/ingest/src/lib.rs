// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod apple;
mod archive;
mod base64;
mod ccda;
pub mod convert;
mod csv;
mod detect;
mod diagnostic;
mod dicom;
mod error;
mod fhir;
pub mod hl7v2;
mod id;
mod json;
mod load;
mod mapping;
mod report;
pub mod sample;
mod sink;
mod source;
pub mod write;
mod xlsx;
mod xml;

pub use diagnostic::{Code, Diagnostic, Place, Severity};
pub use error::Error;
pub use fhir::write::{to_fhir, Resource};
pub use load::{ingest, Options, Truncation};
pub use mapping::{Mapping, RuleMapping};
pub use report::{Column, Format, Part, Report, Role};
pub use sink::{Sink, SinkError};
pub use source::Source;
