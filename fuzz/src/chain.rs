// SPDX-License-Identifier: Apache-2.0

use codec::Decode;
use salus_policy::{decide, Exception, Outcome, Reason, Request, Terms};
use salus_primitives::{
	audit::{AuditEntry, ChainHash, TrailHead},
	Moment,
};
use std::collections::BTreeSet;

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
	let is_excepted = |reason: &Reason| matches!(reason, Reason::Excepted { .. });
	let touched = terms.exceptions.iter().any(|exception| {
		let mut categories = request.categories.iter();
		categories.any(|category| exception.touches(request.purpose, *category, &request.data))
	});
	if touched {
		assert_eq!(decision.outcome, Outcome::Deny, "an exception always wins");
		assert!(decision.reasons.iter().any(is_excepted), "an exception says so");
	} else if !request.categories.is_empty() {
		assert!(!decision.reasons.iter().any(is_excepted), "only what is excepted is said to be");
	}
	let purposes = BTreeSet::from([request.purpose]).try_into().expect("room for one");
	if terms.exceptions.try_insert(Exception::of_purposes(purposes)).is_ok() {
		let denied = decide(&terms, &request, now);
		assert_eq!(denied.outcome, Outcome::Deny, "an exception always wins");
		let mut before = decision.reasons.iter();
		assert!(before.all(|reason| denied.reasons.contains(reason)), "it takes no reason away");
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
