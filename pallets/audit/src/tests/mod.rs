// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call or concept.

mod append;
mod commit_batch;
mod integrity;
mod property;
mod record_read;
