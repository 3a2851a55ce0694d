// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::*;
use alloc::collections::BTreeMap;
use frame_support::{ensure, sp_runtime::TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - each epoch has a committee that could be proposed, is in the phase in which it is listed,
	///   and keeps enough members whose word counts;
	/// - nothing is held against a seat that does not exist, and no blank sheet is kept;
	/// - each dealing is in the active or a draining epoch, was acknowledged by enough members of
	///   it, and is counted once;
	/// - complaints and contested dealings are the same, between members that exist;
	/// - nobody gave two answers to a ticket, and how it ended is what the answers say;
	/// - who stopped a ticket had released for it;
	/// - an erasure is complete when nobody is waited for, and cleared only then;
	/// - acknowledged revocations name members that exist.
	///
	/// # Errors
	/// The first invariant that does not hold.
	pub fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_epochs()?;
		Self::try_conducts()?;
		Self::try_dealings()?;
		Self::try_complaints()?;
		Self::try_answers()?;
		Self::try_erasures()?;
		Self::try_revocations()
	}

	fn committee_of(id: EpochId) -> Result<EpochOf<T>, TryRuntimeError> {
		Epochs::<T>::get(id).ok_or_else(|| "an epoch does not exist".into())
	}

	fn try_epochs() -> Result<(), TryRuntimeError> {
		let live = Live::<T>::get();
		let draining = count(live.draining.len());
		ensure!(draining <= T::MaxDraining::get(), "too many epochs drain");
		let mut listed = 0u32;
		for (id, epoch) in Epochs::<T>::iter() {
			ensure!((EpochId(1)..=live.last).contains(&id), "an epoch has a number of its own");
			let (size, least) = (epoch.seats().len(), epoch.release_quorum());
			ensure!(least <= size && least.saturating_mul(2) > size, "a threshold is no majority");
			ensure!(epoch.dealing_quorum() <= size, "a committee tolerates too much");
			ensure!(
				epoch.members.iter().all(|member| epoch
					.members
					.iter()
					.filter(|m| *m == member)
					.count() == 1),
				"a member has two seats"
			);
			let phase = if live.forming == Some(id) {
				Phase::Forming
			} else if live.active == Some(id) {
				Phase::Active
			} else if live.draining.contains(&id) {
				Phase::Draining
			} else {
				Phase::Retired
			};
			ensure!(epoch.phase == phase, "an epoch is not in the phase in which it is listed");
			listed = listed.saturating_add(u32::from(phase != Phase::Retired));
			let is_complete = epoch.joined == epoch.seats();
			ensure!(epoch.seats().covers(epoch.joined), "somebody without a seat joined");
			ensure!(is_complete == (phase != Phase::Forming), "an epoch began too early or late");
			ensure!(epoch.seats().covers(epoch.suspended), "somebody without a seat is suspended");
			ensure!(epoch.is_above_floor(), "too few members of an epoch count");
		}
		let expected =
			count(live.forming.iter().chain(&live.active).count()).saturating_add(draining);
		ensure!(listed == expected, "an epoch is listed twice or does not exist");
		Ok(())
	}

	fn try_conducts() -> Result<(), TryRuntimeError> {
		for (id, conducts) in Conducts::<T>::iter() {
			let epoch = Self::committee_of(id)?;
			ensure!(!conducts.is_empty(), "a sheet without an entry is kept");
			for (seat, conduct) in conducts {
				ensure!(epoch.seats().contains(seat), "a seat that does not exist is blamed");
				ensure!(conduct != Conduct::default(), "a blank entry is kept");
			}
		}
		Ok(())
	}

	fn try_dealings() -> Result<(), TryRuntimeError> {
		let mut counts = BTreeMap::<EpochId, u64>::new();
		for (record, version, dealing) in Dealings::<T>::iter() {
			let epoch = Self::committee_of(dealing.epoch)?;
			ensure!(
				matches!(epoch.phase, Phase::Active | Phase::Draining),
				"a dealing is in an epoch that does not hold it"
			);
			ensure!(epoch.seats().covers(dealing.acknowledged), "nobody's seat acknowledges");
			ensure!(
				dealing.acknowledged.len() >= epoch.dealing_quorum(),
				"too few members acknowledge a dealing"
			);
			ensure!(
				dealing.contested == Complaints::<T>::contains_key(record, version),
				"a complaint and its dealing do not agree"
			);
			let dealings = counts.entry(dealing.epoch).or_default();
			*dealings = dealings.saturating_add(1);
		}
		for (id, dealings) in DealingCount::<T>::iter() {
			let counted = counts.remove(&id).unwrap_or(0);
			ensure!(counted == dealings, "the dealings of an epoch are counted wrongly");
		}
		ensure!(counts.is_empty(), "the dealings of an epoch are not counted");
		Ok(())
	}

	fn try_complaints() -> Result<(), TryRuntimeError> {
		for (record, version, complaint) in Complaints::<T>::iter() {
			let dealing =
				Dealings::<T>::get(record, version).ok_or("a complaint is about nothing")?;
			let dealers = Self::committee_of(dealing.epoch)?;
			ensure!(dealers.seats().contains(complaint.dealer), "a complaint is about nobody");
			let epoch = Self::committee_of(complaint.epoch)?;
			ensure!(epoch.seats().contains(complaint.complainer), "nobody complains");
		}
		Ok(())
	}

	fn try_answers() -> Result<(), TryRuntimeError> {
		for answers in Answers::<T>::iter_values() {
			let epoch = Self::committee_of(answers.epoch)?;
			ensure!(!answers.released.intersects(answers.refused), "a member gave two answers");
			ensure!(epoch.seats().covers(answers.answered()), "nobody's seat answers");
			ensure!(
				answers.first_delivered_at.is_some()
					== (answers.released.len() >= epoch.release_quorum()),
				"a delivery is not what the answers say"
			);
			ensure!(
				answers.refused_at.is_some() == (answers.refused.len() >= epoch.refusal_quorum()),
				"a refusal is not what the answers say"
			);
			ensure!(
				!answers.answered().is_empty() || answers.marked,
				"answers without any are kept"
			);
		}
		for (ticket, stopped) in Stopped::<T>::iter() {
			let answers = Answers::<T>::get(ticket).ok_or("a ticket without answers is stopped")?;
			ensure!(!stopped.is_empty(), "a ticket that nobody stopped is kept");
			ensure!(answers.released.covers(stopped), "who never released stopped");
		}
		Ok(())
	}

	fn try_erasures() -> Result<(), TryRuntimeError> {
		for (record, erasure) in Erasures::<T>::iter() {
			let is_complete = erasure.completed_at.is_some();
			ensure!(
				erasure.pending.is_empty() == is_complete,
				"an erasure waits for nobody, or is over though it waits"
			);
			for pending in &erasure.pending {
				let epoch = Self::committee_of(pending.epoch)?;
				ensure!(!pending.seats.is_empty(), "an erasure waits for an epoch without cause");
				ensure!(epoch.seats().covers(pending.seats), "an erasure waits for nobody's seat");
			}
			ensure!(erasure.cleared <= erasure.versions, "more is cleared than there was");
			ensure!(is_complete || erasure.cleared == 0, "what is not erased is cleared");
			for (version, _) in Dealings::<T>::iter_prefix(record) {
				ensure!(version > erasure.cleared, "a cleared dealing is left over");
			}
		}
		Ok(())
	}

	fn try_revocations() -> Result<(), TryRuntimeError> {
		for (id, _, seats) in RevocationAcks::<T>::iter() {
			let epoch = Self::committee_of(id)?;
			ensure!(!seats.is_empty(), "a revocation that nobody acknowledged is kept");
			ensure!(epoch.seats().covers(seats), "nobody's seat acknowledges a revocation");
		}
		Ok(())
	}
}
