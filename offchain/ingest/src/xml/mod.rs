// SPDX-License-Identifier: Apache-2.0
//! XML in parts: a large document is read element by element, and only the part that is mapped is in
//! memory.

mod reader;
mod root;
mod tree;

pub(crate) use reader::{Reading, Token, Xml};
pub(crate) use root::{local_name, root_tag};
pub(crate) use tree::Element;
