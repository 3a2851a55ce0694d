// SPDX-License-Identifier: Apache-2.0
//! From ciphertext in the store to plain text in somebody's hands.

use crate::{Error, Result};
use salus_crypto::{EnvelopeReader, SegmentKey, MAX_DOCUMENT};
use salus_primitives::{Category, ContentId};
use salus_store::ContentStore;
use std::io::{self, Write};
use tokio_util::io::SyncIoBridge;

/// What the file of a segment in plain text is called.
pub fn file_name(category: Category) -> String {
	match category {
		Category::Original => "original".to_owned(),
		category => format!("{category}.mdf.jsonl"),
	}
}

/// A sealed document out of the store.
///
/// # Errors
/// When the store does not have it, or it is longer than a document can be.
pub async fn read_document(
	store: &(impl ContentStore + ?Sized),
	id: &ContentId,
) -> Result<Vec<u8>> {
	Ok(store.get(id, None).await?.into_bytes(2 * MAX_DOCUMENT).await?)
}

/// Opens a segment into `out`; how many bytes of plain text it has.
///
/// Bytes reach `out` as they are authenticated, chunk by chunk. When this fails, what `out` got is a
/// true beginning of the segment, but not the segment: throw it away.
///
/// # Errors
/// When the store does not have it, the key is another one, or it was changed or cut.
pub async fn open_segment<W: Write + Send + 'static>(
	store: &(impl ContentStore + ?Sized),
	id: &ContentId,
	key: SegmentKey,
	mut out: W,
) -> Result<(W, u64)> {
	let content = store.get(id, None).await?;
	let source = SyncIoBridge::new(content.into_reader());
	tokio::task::spawn_blocking(move || {
		let mut reader = EnvelopeReader::new(source, &key)?;
		let length = io::copy(&mut reader, &mut out).map_err(|error| match error.downcast() {
			Ok(error) => Error::Crypto(error),
			Err(source) => Error::Output { source },
		})?;
		Ok((out, length))
	})
	.await
	.map_err(|_| Error::Interrupted)?
}
