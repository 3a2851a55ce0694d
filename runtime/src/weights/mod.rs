// SPDX-License-Identifier: Apache-2.0
//! Weights of our pallets, measured on this runtime by `scripts/weights`.

// Generated as it is.
#![allow(missing_debug_implementations)]

pub(crate) mod pallet_access;
pub(crate) mod pallet_audit;
pub(crate) mod pallet_balances;
pub(crate) mod pallet_consent;
pub(crate) mod pallet_custody;
pub(crate) mod pallet_market;
pub(crate) mod pallet_records;
pub(crate) mod pallet_registry;
