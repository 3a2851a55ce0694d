// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call.

mod anchor;
mod book;
mod integrity;
mod retire;
mod revise;
