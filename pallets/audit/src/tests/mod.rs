// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per concept.

mod append;
mod integrity;
mod page;
mod property;
