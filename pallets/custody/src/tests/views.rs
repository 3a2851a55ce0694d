// SPDX-License-Identifier: Apache-2.0

use super::*;

#[test]
fn without_anything_there_is_nothing_to_see() {
	build_and_execute(|| {
		assert_eq!(Custody::committee(), None);
		assert_eq!(Custody::live_epochs(), LiveEpochs::default());
		assert_eq!(Custody::epoch(E1), None);
		assert_eq!(Custody::dealings_left(E1), 0);
		assert_eq!(Custody::dealing(RECORD, 1), None);
		assert_eq!(Custody::complaint(RECORD, 1), None);
		assert_eq!(Custody::answers(TicketId([1; 32])), None);
		assert_eq!(Custody::stopped(TicketId([1; 32])), Seats::EMPTY);
		assert_eq!(Custody::conduct(E1, Seat(0)), Conduct::default());
		assert_eq!(Custody::erasure(RECORD), None);
		assert_eq!(Custody::revocation_acknowledged(E1, ConsentId([1; 32])), Seats::EMPTY);
	});
}

#[test]
fn the_committee_is_the_active_one() {
	build_and_execute(|| {
		form(FIRST);
		form(SECOND);
		let (id, epoch) = Custody::committee().unwrap();
		assert_eq!((id, Some(epoch)), (E2, Custody::epoch(E2)));
		assert_eq!(Custody::epoch(E1).unwrap().phase, Phase::Draining);
	});
}

#[test]
fn quorums_follow_from_the_committee() {
	build_and_execute(|| {
		form(FIRST);
		let epoch = Custody::epoch(E1).unwrap();
		assert_eq!(epoch.dealing_quorum(), 4);
		assert_eq!(epoch.release_quorum(), 3);
		assert_eq!(epoch.refusal_quorum(), 3);
	});
}
