// SPDX-License-Identifier: Apache-2.0
//! The channel between custodians and their users, over real sockets of this machine.

mod committee;
mod handshake;
mod identity;
mod limits;
mod server;
