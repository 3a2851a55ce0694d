// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
	not(test),
	deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)
)]

mod account;
mod best;
mod block;
mod call;
mod client;
mod cursor;
mod custody;
mod disclosure;
mod entity;
mod error;
mod event;
mod fault;
mod follow;
mod link;
mod market;
mod memory;
mod operation;
mod pace;
mod refusal;
mod runtime;
mod signature;
mod signer;
mod snapshot;
mod source;
mod state;
mod submit;
mod trail;

pub use account::{AccountId, InvalidAccount};
pub use best::BestState;
pub use block::{BlockHash, BlockId, BlockNumber, ExtrinsicHash, FinalizedHead, InvalidHash};
pub use call::{Call, MarketCall, VersionFacts};
pub use client::{ChainProperties, Client, Limits, NodeUrl};
pub use cursor::{CursorStore, FileCursor, MemoryCursor};
pub use custody::{Committee, CommitteePhase, Dealing, DealtVersion, Erasure, Move, TicketAnswers};
pub use disclosure::{Disclosure, DisclosureBasis};
pub use entity::{
	AccessRequest, Balance, Consent, ConsentState, ConsentTerms, Credential, DenyRoot, Emergency,
	EmergencyState, Participant, Record, RecordState, RecordVersion, Ticket, TicketBasis,
};
pub use error::{Cause, Error};
pub use event::{
	AccessEvent, AnswerFault, AuditEvent, ConsentEvent, CustodyEvent, DomainEvent, RecordsEvent,
	RegistryEvent, ResharingFault,
};
pub use follow::{follow, FinalizedBlock, Follower, Start};
pub use market::{Currency, Goods, Listing, ListingKind, Offer, OfferState, Purchase, Sale};
pub use operation::{Anchored, EmergencyOutcome, OpenOutcome};
pub use refusal::PalletError;
pub use signature::Signature;
pub use signer::Signer;
pub use state::FinalizedState;
pub use submit::Included;
pub use trail::VerifiedTrail;
