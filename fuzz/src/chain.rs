// SPDX-License-Identifier: Apache-2.0

use codec::Decode;
use salus_policy::{decide, Outcome, Request, Terms};
use salus_primitives::{
	audit::{TrailCursor, TrailPage},
	Moment,
};

pub(crate) fn policy(mut bytes: &[u8]) {
	let Ok((mut terms, request, now)) = <(Terms, Request, Moment)>::decode(&mut bytes) else {
		return;
	};
	let decision = decide(&terms, &request, now);
	assert_eq!(decision.outcome == Outcome::Permit, decision.reasons.is_empty());
	assert_eq!(decision, decide(&terms, &request, now), "a decision is a function");
	if decision.outcome == Outcome::Permit {
		assert!(
			terms.permitted.iter().any(|permit| request.purpose.is_within(*permit)),
			"nothing is permitted that no permit names"
		);
	}
	if terms.denied.try_insert(request.purpose).is_ok() {
		let denied = decide(&terms, &request, now);
		assert_eq!(denied.outcome, Outcome::Deny, "a deny always wins");
	}
}

pub(crate) fn trail(mut bytes: &[u8]) {
	let Ok((subject, page)) = <([u8; 32], TrailPage<[u8; 32]>)>::decode(&mut bytes) else { return };
	let start = TrailCursor::start(&subject);
	if let Ok(cursor) = page.verify(start) {
		assert_eq!(cursor.next, page.entries.len() as u64);
		assert!(cursor.next < page.count || cursor.hash == page.head);
	}
}
