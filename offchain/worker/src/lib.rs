// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod buying;
pub mod catalogue;
pub mod clock;
pub mod committee;
pub mod custodian;
pub mod data_set;
pub mod emergency;
pub mod erasure;
mod error;
pub mod export;
mod file;
pub mod grantee;
pub mod ingestor;
pub mod jobs;
pub mod manifest;
pub mod mllp;
pub mod patient;
pub mod pending;
pub mod publishing;
pub mod reading;
pub mod recovery;
pub mod resealing;
pub mod selling;
pub mod sharing;
pub mod transport;

pub use error::{Error, Result};
