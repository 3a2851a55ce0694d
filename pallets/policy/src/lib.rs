// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(
		clippy::arithmetic_side_effects,
		clippy::as_conversions,
		clippy::expect_used,
		clippy::indexing_slicing,
		clippy::panic,
		clippy::unwrap_used
	)
)]

extern crate alloc;

mod codes;
mod decide;
// The SCALE derives convert indices of variants.
#[allow(clippy::as_conversions)]
mod decision;
mod exception;
#[allow(clippy::as_conversions)]
mod obligation;
#[allow(clippy::as_conversions)]
mod request;
#[allow(clippy::as_conversions)]
mod terms;
#[cfg(test)]
mod tests;

pub use codes::{InvalidRegion, Mondo, Reference, Region};
pub use decide::decide;
pub use decision::{Decision, Outcome, Reason};
pub use exception::{Exception, Exceptions, MAX_EXCEPTIONS};
pub use obligation::{Duty, Obligation, Obligations, UnknownObligation, MAX_OBLIGATIONS};
pub use request::{
	Accepted, Aim, Aims, Ancestors, Concern, Concerns, Request, ResearchRequest, MAX_ACCEPTED,
	MAX_AIMS, MAX_ANCESTORS,
};
pub use terms::{
	Categories, Diseases, EmptyTerms, Modifier, Modifiers, Permission, Purposes, References,
	Regions, ResearchTerms, Terms, MAX_CATEGORIES, MAX_DISEASES, MAX_MODIFIERS, MAX_PURPOSES,
	MAX_REFERENCES, MAX_REGIONS,
};
