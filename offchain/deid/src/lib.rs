// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod batch;
mod class;
mod deidentifier;
pub mod disclosure;
mod error;
mod gate;
mod known;
pub mod manifest;
mod markup;
pub mod policy;
mod structured;
mod surrogate;
mod text;
mod zip3;

pub use class::Class;
pub use deidentifier::{Deidentifier, Finding};
pub use error::Error;
pub use gate::LeakGate;
pub use known::{Known, KnownIdentifiers};
pub use manifest::Manifest;
pub use policy::{Label, Policy};
pub use structured::{Format, MAX_PIECE};
pub use surrogate::SurrogateMap;
pub use text::{character_offsets, Context, Finder, Span, MAX_TEXT};
pub use zip3::{zip3, CENSUS_YEAR};
