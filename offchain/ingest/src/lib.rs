// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod apple;
mod ccda;
mod csv;
mod detect;
mod diagnostic;
mod error;
mod fhir;
pub mod hl7v2;
mod json;
mod load;
mod report;
pub mod sample;
mod sink;
mod source;
mod xml;

pub use diagnostic::{Code, Diagnostic, Place, Severity};
pub use error::Error;
pub use fhir::write::{to_fhir, Resource};
pub use load::{ingest, Options, Truncation};
pub use report::{Column, Format, Report, Role};
pub use sink::{Sink, SinkError};
pub use source::Source;
