// SPDX-License-Identifier: Apache-2.0
//! JSON as it was written.
//!
//! Three parts: [`stream`] cuts a file of any size into values by looking at brackets and strings
//! only, so that a broken value costs nothing but itself; [`tree`] reads one value strictly;
//! [`build`] puts values together.
//! serde_json reads neither: its numbers lose their digits, it takes the last of two equal
//! members, and it cannot go on after an error.

pub(crate) mod build;
pub(crate) mod stream;
pub(crate) mod tree;
