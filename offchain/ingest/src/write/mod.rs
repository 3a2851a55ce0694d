// SPDX-License-Identifier: Apache-2.0
//! Items out, in the forms that others read.
//!
//! A writer takes items one by one and keeps none of them, but for [`Summary`], which holds the
//! facts of one patient until its end.

mod bulk;
mod bundle;
mod error;
mod full_url;
mod mdf;
mod summary;
mod table;

pub use bulk::Bulk;
pub use bundle::Bundle;
pub use error::Error;
pub use mdf::Mdf;
pub use summary::{Summary, Terms};
pub use table::Tables;

use salus_mdf::Item;

/// Writes items in one form.
pub trait Writer {
	/// Takes an item.
	///
	/// # Errors
	/// [`Error`] when it cannot be written; what was written until then is not whole.
	fn item(&mut self, item: &Item) -> Result<(), Error>;

	/// Writes what comes after the last item.
	///
	/// # Errors
	/// [`Error`] when it cannot be written.
	fn finish(&mut self) -> Result<(), Error>;
}
