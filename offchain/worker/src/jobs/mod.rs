// SPDX-License-Identifier: Apache-2.0
//! Durable jobs: a [`Queue`] in one SQLite file and the [`Worker`]s that run what is in it.
//!
//! # Terminology
//! - A **job** is one row: a kind, an idempotency key, a payload and what became of it.
//! - A **kind** ([`JobKind`]) is the code that runs jobs of one name.
//! - A **lease** gives one worker the right to run a job until an instant, renewed by a heartbeat.
//! - The **fencing token** rises with each lease. Every write under a lease names it, so that a
//!   worker which lost its lease, without knowing it, changes nothing (`LEASE_LOST`).
//! - A **checkpoint** is the stage a job has reached, with data to go on from.
//! - A **dead letter** is a job that failed for good; [`Queue::requeue`] gives it a new life.
//!
//! # States
//! ```text
//!            lease                complete
//!   queued ─────────► running ───────────────► done
//!     ▲ ▲               │ │ │
//!     │ └── release ────┘ │ └─ fatal, or no attempt left ─► failed
//!     │     (shutdown)    │ retryable                         │
//!     │                   ▼                                   │
//!     │                waiting ── lease, when due ─► running  │
//!     └─────────────────────────── requeue ───────────────────┘
//! ```
//! A `running` job whose lease has expired is leased like a queued one.
//!
//! # What is promised
//! - A job runs **at least once**. Effects happen exactly once when they are part of the
//!   checkpoint, or are idempotent under a name that the checkpoint or the job id fixes.
//! - At any point a process may be killed: what was checkpointed is on the disk.
//! - Two workers can *execute* a job at once only while one of them has lost its lease without
//!   having noticed (a stopped process, a clock set forward); only the new one can *write*.

mod backoff;
mod checkpoint;
mod context;
mod data;
mod database;
mod event;
mod failure;
mod heartbeat;
mod job;
mod kind;
mod lease;
mod progress;
mod queue;
mod row;
mod worker;

#[cfg(test)]
mod tests;

pub use backoff::RetryPolicy;
pub use checkpoint::{Checkpoint, Saved};
pub use context::JobContext;
pub use data::JobData;
pub use database::QueueOptions;
pub use event::{EventKind, JobEvent};
pub use failure::{FailureClass, JobError};
pub use job::{Failure, IdempotencyKey, Job, JobId, JobState, LeaseInfo};
pub use kind::JobKind;
pub use progress::Progress;
pub use queue::{Enqueued, JobFilter, Queue};
pub use worker::{Worker, WorkerBuilder, WorkerOptions};
