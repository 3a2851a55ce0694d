// SPDX-License-Identifier: Apache-2.0
//! HL7 v2.1 to 2.8 in its own notation with delimiters (ER7).

mod batch;
mod charset;
mod datetime;
mod delimiters;
mod escape;
mod message;
mod segments;

pub use delimiters::Delimiters;
pub use message::{Message, Part, Parts, Segment, Spans};
