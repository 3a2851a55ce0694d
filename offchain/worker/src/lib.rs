// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod catalogue;
pub mod clock;
pub mod committee;
pub mod custodian;
mod error;
pub mod export;
pub mod grantee;
pub mod ingestor;
pub mod jobs;
pub mod manifest;
pub mod patient;
pub mod reading;
pub mod recovery;
pub mod sharing;

pub use error::{Error, Result};
