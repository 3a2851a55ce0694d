// SPDX-License-Identifier: Apache-2.0
//! Signs of life: a custodian that has nothing to report says that, and notices who says nothing.
//!
//! A report without answers is a heartbeat. Nothing is kept across restarts: who starts again every
//! hour is not there.

use salus_primitives::{
	custody::{EpochId, Seat},
	Moment,
};
use std::collections::{BTreeMap, BTreeSet};

/// After how long without a report a custodian says that it is there, in milliseconds.
pub(super) const HEARTBEAT: Moment = 3_600_000;
/// After how long without a report another one is taken to be away: two heartbeats may be lost.
const SILENCE: Moment = 3 * HEARTBEAT;
/// How often it is looked at.
const LOOK: Moment = HEARTBEAT / 12;

/// When custodians were heard of last.
#[derive(Debug, Default)]
pub(super) struct Liveness {
	looked: Option<Moment>,
	/// The custodian's own reports, by its clock.
	spoke: BTreeMap<EpochId, Moment>,
	/// Everybody's, by the chain's.
	heard: BTreeMap<(EpochId, Seat), Moment>,
	/// Who is away, as far as was said.
	away: BTreeSet<(EpochId, Seat)>,
}

impl Liveness {
	/// Whether it is time to look again.
	pub(super) fn look(&mut self, clock: Moment) -> bool {
		let is_due = self.looked.is_none_or(|looked| clock >= looked.saturating_add(LOOK));
		if is_due {
			self.looked = Some(clock);
		}
		is_due
	}

	/// The custodian reported.
	pub(super) fn speak(&mut self, epoch: EpochId, clock: Moment) {
		self.spoke.insert(epoch, clock);
	}

	/// Whether the custodian has said nothing for too long. Time counts from the first question.
	pub(super) fn is_due(&mut self, epoch: EpochId, clock: Moment) -> bool {
		let spoke = *self.spoke.entry(epoch).or_insert(clock);
		clock >= spoke.saturating_add(HEARTBEAT)
	}

	/// Somebody reported.
	pub(super) fn hear(&mut self, epoch: EpochId, seat: Seat, at: Moment) {
		self.heard.insert((epoch, seat), at);
		self.away.remove(&(epoch, seat));
	}

	/// Whether a custodian has said nothing for too long, and that was not noticed yet.
	pub(super) fn is_missed(&mut self, epoch: EpochId, seat: Seat, now: Moment) -> bool {
		let heard = *self.heard.entry((epoch, seat)).or_insert(now);
		now >= heard.saturating_add(SILENCE) && self.away.insert((epoch, seat))
	}

	/// Forgets epochs that are over.
	pub(super) fn retain(&mut self, serving: &[EpochId]) {
		self.spoke.retain(|epoch, _| serving.contains(epoch));
		self.heard.retain(|(epoch, _), _| serving.contains(epoch));
		self.away.retain(|(epoch, _)| serving.contains(epoch));
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const EPOCH: EpochId = EpochId(4);
	const START: Moment = 1_000_000_000;

	#[test]
	fn a_heartbeat_is_due_an_hour_after_the_last_word() {
		let mut liveness = Liveness::default();
		assert!(!liveness.is_due(EPOCH, START));
		assert!(!liveness.is_due(EPOCH, START + HEARTBEAT - 1));
		assert!(liveness.is_due(EPOCH, START + HEARTBEAT));
		liveness.speak(EPOCH, START + HEARTBEAT);
		assert!(!liveness.is_due(EPOCH, START + 2 * HEARTBEAT - 1));
		assert!(liveness.is_due(EPOCH, START + 2 * HEARTBEAT));
	}

	#[test]
	fn who_is_away_is_noticed_once_until_heard_again() {
		let (mut liveness, seat) = (Liveness::default(), Seat(1));
		assert!(!liveness.is_missed(EPOCH, seat, START));
		liveness.hear(EPOCH, seat, START + 5);
		assert!(!liveness.is_missed(EPOCH, seat, START + SILENCE));
		assert!(liveness.is_missed(EPOCH, seat, START + SILENCE + 5));
		assert!(!liveness.is_missed(EPOCH, seat, START + SILENCE + 6));
		liveness.hear(EPOCH, seat, START + 2 * SILENCE);
		assert!(liveness.is_missed(EPOCH, seat, START + 3 * SILENCE));
	}

	#[test]
	fn epochs_that_are_over_are_forgotten() {
		let mut liveness = Liveness::default();
		liveness.speak(EPOCH, START);
		liveness.hear(EPOCH, Seat(0), START);
		liveness.retain(&[]);
		// Time counts anew.
		assert!(!liveness.is_due(EPOCH, START + HEARTBEAT));
		assert!(!liveness.is_missed(EPOCH, Seat(0), START + SILENCE));
	}

	#[test]
	fn it_is_not_looked_at_with_every_block() {
		let mut liveness = Liveness::default();
		assert!(liveness.look(START));
		assert!(!liveness.look(START + LOOK - 1));
		assert!(liveness.look(START + LOOK));
	}
}
