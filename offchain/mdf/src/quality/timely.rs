// SPDX-License-Identifier: Apache-2.0
//! Times that are exact enough and when they should be.

use super::Reason;
use crate::{Body, Item, Precision, Time};
use salus_primitives::Day;

/// So many days may pass until something is written down.
const LATE: i32 = 30;

pub(super) fn check(item: &Item, today: Option<Day>, check: &mut impl FnMut(Reason, bool)) {
	let times = &item.times;
	let happened = times.at.as_ref().or(times.start.as_ref());
	// People remember the year in which something began or was diagnosed, and no day.
	let is_remembered =
		matches!(item.body, Body::Condition(_) | Body::Allergy(_) | Body::Coverage(_));
	if let Some(time) = happened.filter(|_| !is_remembered) {
		check(Reason::TimeCoarse, time.precision >= Precision::Day);
	}
	// Plans, orders and insurance are about days to come.
	let is_planned = match &item.body {
		Body::CarePlan(_) | Body::Coverage(_) => true,
		Body::Medication(body) => {
			matches!(body.act.as_deref(), None | Some("request" | "statement"))
		},
		Body::Encounter(_) => matches!(item.status.as_deref(), Some("planned" | "arrived")),
		_ => false,
	};
	let first = happened.and_then(Time::first_day);
	if let (Some(today), Some(first), false) = (today, first, is_planned) {
		// The day is another one on the other side of the earth.
		check(Reason::InFuture, first.0 <= today.0.saturating_add(1));
	}
	let is_measured =
		matches!(item.body, Body::Observation(_) | Body::Report(_) | Body::Immunization(_));
	let recorded = times.recorded.as_ref().filter(|_| is_measured);
	let (Some(first), Some(recorded)) = (first, recorded) else { return };
	let (Some(earliest), Some(latest)) = (recorded.first_day(), recorded.last_day()) else {
		return;
	};
	check(Reason::RecordedBefore, latest.0.saturating_add(1) >= first.0);
	check(Reason::RecordedLate, earliest.0.saturating_sub(first.0) <= LATE);
}
