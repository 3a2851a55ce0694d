// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod book;
mod model;
mod operation;
mod people;
mod source;
mod story;
mod transaction;
mod world;

pub use book::Book;
pub use model::{is_authorised, is_excepted};
pub use operation::{Actor, Operation};
pub use people::People;
pub use source::Source;
pub use transaction::{extension, Filled};
pub use world::{genesis, World, START};
