// SPDX-License-Identifier: Apache-2.0
//! What the pallet promises, one file per call.

mod accept;
mod anchor;
mod book;
mod clear;
mod dealing;
mod decline;
mod erase;
mod expire;
mod integrity;
mod lapse;
mod propose;
mod restore;
mod retire;
mod revise;
mod set_data_types;
mod set_retention;
