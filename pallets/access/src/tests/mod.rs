// SPDX-License-Identifier: Apache-2.0

mod close;
mod open;

use crate::{mock::*, AccessRequest, Tickets};
use frame_support::assert_ok;
use salus_policy::{Categories, Request};
use salus_primitives::{
	Category, Commitment, ConsentId, ContentId, DateWindow, EncryptionKey, MultiCodec,
	PurposeOfUse, RecordId, Suite, TicketId,
};
use sp_runtime::DispatchResult;

pub(crate) fn request() -> Request {
	let mut categories = Categories::new();
	categories.try_insert(Category::Labs).unwrap();
	Request { purpose: PurposeOfUse::Research, categories, data: DateWindow::ALL, research: None }
}

fn sealed() -> AccessRequest {
	AccessRequest::Sealed {
		commitment: Commitment([1; 32]),
		envelope: ContentId { codec: MultiCodec::DagPb, digest: [2; 32] },
	}
}

fn public() -> AccessRequest {
	AccessRequest::Public(request())
}

fn key(byte: u8) -> EncryptionKey {
	EncryptionKey::new(Suite::X25519, &[byte; 32]).unwrap()
}

fn ticket_id(consent: ConsentId, record: RecordId, byte: u8) -> TicketId {
	TicketId::derive(&consent, &record, &[byte; 32])
}

/// The clinician opens a record under the sealed consent.
fn open(record: RecordId, byte: u8) -> DispatchResult {
	Access::open(RuntimeOrigin::signed(CLINICIAN), SEALED, record, sealed(), key(byte))
}

fn uses_left(consent: ConsentId) -> u32 {
	Consents::get(consent).unwrap().uses_left
}
