// SPDX-License-Identifier: Apache-2.0

use codec::Decode;
use salus_policy::{decide, Outcome, Request, Terms};
use salus_primitives::{
	audit::{AuditEntry, ChainHash, TrailHead},
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
	type Shown = ([u8; 32], TrailHead, ChainHash, Vec<AuditEntry<[u8; 32]>>);
	let Ok((subject, head, before, mut entries)) = Shown::decode(&mut bytes) else { return };
	if head.verify(&subject, before, &entries).is_err() {
		return;
	}
	assert!(entries.len() as u64 <= head.count);
	if let Some(last) = entries.last_mut() {
		last.at ^= 1;
		assert!(head.verify(&subject, before, &entries).is_err(), "a change gives another head");
	}
}
