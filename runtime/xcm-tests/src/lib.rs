// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![cfg(test)]

mod asset_hub;
mod load;
mod network;
mod refusals;
mod relay;
mod salus;
mod transfers;
