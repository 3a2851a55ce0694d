// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::panic, clippy::unwrap_used))]

mod batch;
mod circuit;
mod error;
mod field;
mod job;
mod opening;
mod polynomial;
mod random;
mod report;
mod roster;
mod shamir;
mod squares;
pub mod statistics;
mod strict;
#[cfg(test)]
mod tests;
mod vector;
#[cfg(test)]
mod vectors;
mod wire;
mod xof;

pub use batch::{Batch, NotClosed, Prepared, Undecided};
pub use circuit::{Circuit, Count, Histogram, MultiHot, Sum, SumOfSquares, SumVec, Vector};
pub use error::{Error, Rejection, Result};
pub use field::Field;
pub use job::{Job, JobId, JobKey, Limits, Mode, ReportId};
pub use opening::{AggregateShare, Opened, Redundancy, Statement};
pub use report::{ReportShare, VerifierMessage};
pub use roster::{AggregatorId, Roster};
