// SPDX-License-Identifier: Apache-2.0
//! The way between custodians and their users: TLS 1.3 with a post-quantum key exchange, to a server
//! that is known by its account on chain.
//!
//! # Who the server is
//!
//! There is no authority and there are no names. A server makes an Ed25519 key and shows it as a raw
//! public key (RFC 7250). Beside it, in the same message of the handshake, is a [`Statement`]: the
//! signature of its account over a label, the genesis hash of the chain, the account, an end, and that
//! key. It stands where a certificate would carry its issuer's short-lived word that it is still good
//! (RFC 8446, 4.4.2.1): that is what it is. The account signs one for each key and nothing for who
//! connects, so that nobody makes it sign anything.
//!
//! # Why that authenticates
//!
//! The client holds the account and the genesis hash before it connects, and its TLS checks, in order:
//!
//! 1. that the statement is of that chain and that account, signed by it for the key that is shown,
//!    and not over;
//! 2. that the server has this key: its signature over the handshake so far, both key shares in it;
//! 3. that both computed the same secrets from it (`Finished`).
//!
//! Somebody in between who has not the account's key can show another key, to which no statement
//! belongs (1), or the right key with its statement, without having it (2), or let the true server
//! answer, and then does not know the secrets (3). Whatever fails ends the handshake, and a client
//! sends no byte of a request before a handshake is whole. Nothing is sent early and no session is
//! resumed: every connection is authenticated by a statement that holds then.
//!
//! # Against whom it holds later
//!
//! Who records the handshake and has a quantum computer later still has ML-KEM-768 before him. The
//! signatures are not post-quantum: a quantum computer of today could pose as a custodian, as it could
//! sign for every account on chain.

mod client;
mod exchange;
mod identity;
mod statement;
mod suite;

pub use client::client_config;
pub(crate) use client::fault;
pub use identity::Identity;
pub use statement::{Peer, Statement, StatementFault};
pub use suite::ChannelSuite;

/// What is spoken in the channel, and its version (ALPN).
const PROTOCOL: &[u8] = b"salus-custodian/1";
