// SPDX-License-Identifier: Apache-2.0
//! The channel between custodians and their users, over real sockets of this machine.

mod committee;
mod handshake;
mod identity;
mod limits;
#[path = "../custody/network.rs"]
#[allow(dead_code, reason = "the tests of custody use more of it")]
mod network;
mod server;
#[path = "../custody/world.rs"]
#[allow(dead_code, reason = "the tests of custody use more of it")]
mod world;
