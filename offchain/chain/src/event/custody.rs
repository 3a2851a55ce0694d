// SPDX-License-Identifier: Apache-2.0
//! What happened among custodians.

use crate::runtime::{api, api::runtime_types::pallet_custody::types as stored};
use salus_primitives::{
	custody::{CustodianRefusal, DealingDigest, EpochId, Seat, Seats},
	Commitment, ConsentId, RecordId, TicketId,
};

/// What happened to committees, to what was dealt to them, and to what they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustodyEvent {
	/// A committee was proposed.
	Proposed {
		/// Its epoch.
		epoch: EpochId,
	},
	/// A proposal was taken back.
	Withdrawn {
		/// The epoch that will not be.
		epoch: EpochId,
	},
	/// A member joined.
	Joined {
		/// The epoch.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// Everyone joined: new dealings go to this epoch.
	Activated {
		/// The epoch.
		epoch: EpochId,
	},
	/// An epoch takes no dealings any more; those it has are to be moved.
	DrainingStarted {
		/// The epoch.
		epoch: EpochId,
	},
	/// No dealing is left in an epoch: its members delete their shares.
	Retired {
		/// The epoch.
		epoch: EpochId,
	},
	/// The word of a member does not count for the time being.
	Suspended {
		/// The epoch.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// The word of a member counts again.
	Reinstated {
		/// The epoch.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// A record version was dealt to the active committee.
	Dealt {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// The epoch.
		epoch: EpochId,
		/// What was dealt.
		digest: DealingDigest,
	},
	/// A dealing moved to another committee.
	Reshared {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// The epoch that held it.
		from: EpochId,
		/// The epoch that holds it.
		to: EpochId,
		/// What was dealt.
		digest: DealingDigest,
	},
	/// A dealing of a batch was not moved.
	ResharingSkipped {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// Why.
		fault: ResharingFault,
	},
	/// A member of the active committee complained about a share of a draining one.
	Complained {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// Who complains, in the active epoch.
		complainer: Seat,
		/// About whom, in the epoch of the dealing.
		dealer: Seat,
		/// The commitment to what shows it.
		evidence: Commitment,
	},
	/// The dealer had its say.
	ComplaintAnswered {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// The commitment to what it says.
		response: Commitment,
	},
	/// The complainer is content.
	ComplaintSettled {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
	},
	/// The council decided over a complaint.
	Adjudicated {
		/// The record.
		record: RecordId,
		/// The version.
		version: u32,
		/// Whether it decided against the dealer.
		upheld: bool,
		/// Whether the dealer was suspended with it.
		excluded: bool,
	},
	/// A custodian released its shares for a ticket.
	Released {
		/// The ticket.
		ticket: TicketId,
		/// The epoch that answers it.
		epoch: EpochId,
		/// The member.
		seat: Seat,
		/// The commitment to its receipt.
		receipt: Commitment,
	},
	/// A custodian refused a ticket.
	Refused {
		/// The ticket.
		ticket: TicketId,
		/// The epoch that answers it.
		epoch: EpochId,
		/// The member.
		seat: Seat,
		/// Why.
		refusal: CustodianRefusal,
	},
	/// An answer of a batch does not count.
	AnswerSkipped {
		/// The ticket.
		ticket: TicketId,
		/// The epoch of the member.
		epoch: EpochId,
		/// The member.
		seat: Seat,
		/// Why.
		fault: AnswerFault,
	},
	/// A custodian reported a batch of answers.
	Reported {
		/// The epoch of the member.
		epoch: EpochId,
		/// The member.
		seat: Seat,
		/// The commitment to the receipts of the batch.
		receipts: Commitment,
	},
	/// Enough custodians released: the grantee can open what her ticket is for.
	Delivered {
		/// The ticket.
		ticket: TicketId,
	},
	/// So many custodians refused that a ticket is never served.
	NonReleaseAttested {
		/// The ticket.
		ticket: TicketId,
	},
	/// Members who did not answer a ticket were counted.
	MissedMarked {
		/// The ticket.
		ticket: TicketId,
		/// The epoch that should have answered.
		epoch: EpochId,
		/// Who was silent.
		silent: Seats,
	},
	/// A member has missed more than it may. Said once, until it is forgiven.
	Overdue {
		/// The epoch.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// What a member missed is forgotten.
	Forgiven {
		/// The epoch.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// The answers to a ticket were removed.
	Pruned {
		/// The ticket.
		ticket: TicketId,
	},
	/// Every custodian has to delete what it holds of a record.
	ErasureStarted {
		/// The record.
		record: RecordId,
	},
	/// A custodian holds nothing of a record any more.
	ErasureAcknowledged {
		/// The record.
		record: RecordId,
		/// The epoch of the member.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// Nobody holds anything of a record any more.
	Erased {
		/// The record.
		record: RecordId,
	},
	/// Dealings of an erased record were removed.
	Cleared {
		/// The record.
		record: RecordId,
		/// Up to which version.
		version: u32,
	},
	/// Members who did not acknowledge an erasure in time were counted.
	ErasureOverdue {
		/// The record.
		record: RecordId,
	},
	/// A custodian knows of a revocation.
	RevocationAcknowledged {
		/// The consent.
		consent: ConsentId,
		/// The version that revoked it.
		version: u32,
		/// The epoch of the member.
		epoch: EpochId,
		/// The member.
		seat: Seat,
	},
	/// Every custodian of an epoch knows of a revocation.
	RevocationComplete {
		/// The consent.
		consent: ConsentId,
		/// The version that revoked it.
		version: u32,
		/// The epoch.
		epoch: EpochId,
	},
	/// A custodian who had released refused when the grantee wanted to read on.
	Stopped {
		/// The ticket.
		ticket: TicketId,
		/// The epoch that answers it.
		epoch: EpochId,
		/// The member.
		seat: Seat,
		/// Why.
		refusal: CustodianRefusal,
	},
	/// So many custodians refused to go on that the grantee reads no further.
	StopAttested {
		/// The ticket.
		ticket: TicketId,
	},
}

/// Why a dealing was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResharingFault {
	/// There is no such dealing.
	NotFound,
	/// Its epoch does not drain; perhaps it was moved before.
	NotDraining,
	/// A complaint about it is open.
	Contested,
	/// The record is being erased.
	Erased,
	/// Too few valid acknowledgements, or one that is not valid.
	NotAcknowledged,
}

/// Why an answer does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFault {
	/// There is no such ticket.
	NotFound,
	/// The version of the record that the ticket opens was not dealt to any committee.
	NotDealt,
	/// Another epoch answers the ticket.
	EpochMismatch,
	/// The member gave the other answer before.
	Contradiction,
	/// The answers were closed.
	Closed,
	/// The member stops what it never released.
	NotReleased,
}

impl From<api::custody::Event> for CustodyEvent {
	fn from(event: api::custody::Event) -> Self {
		use api::custody::Event as E;
		match event {
			E::Proposed { epoch } => Self::Proposed { epoch: epoch.0 },
			E::Withdrawn { epoch } => Self::Withdrawn { epoch: epoch.0 },
			E::Joined { epoch, seat } => Self::Joined { epoch: epoch.0, seat: seat.0 },
			E::Activated { epoch } => Self::Activated { epoch: epoch.0 },
			E::DrainingStarted { epoch } => Self::DrainingStarted { epoch: epoch.0 },
			E::Retired { epoch } => Self::Retired { epoch: epoch.0 },
			E::Suspended { epoch, seat } => Self::Suspended { epoch: epoch.0, seat: seat.0 },
			E::Reinstated { epoch, seat } => Self::Reinstated { epoch: epoch.0, seat: seat.0 },
			E::Dealt { record, version, epoch, digest } => {
				Self::Dealt { record: record.0, version, epoch: epoch.0, digest: digest.0 }
			},
			E::Reshared { record, version, from, to, digest } => Self::Reshared {
				record: record.0,
				version,
				from: from.0,
				to: to.0,
				digest: digest.0,
			},
			E::ResharingSkipped { record, version, fault } => {
				Self::ResharingSkipped { record: record.0, version, fault: fault.into() }
			},
			E::Complained { record, version, complainer, dealer, evidence } => Self::Complained {
				record: record.0,
				version,
				complainer: complainer.0,
				dealer: dealer.0,
				evidence: evidence.0,
			},
			E::ComplaintAnswered { record, version, response } => {
				Self::ComplaintAnswered { record: record.0, version, response: response.0 }
			},
			E::ComplaintSettled { record, version } => {
				Self::ComplaintSettled { record: record.0, version }
			},
			E::Adjudicated { record, version, upheld, excluded } => {
				Self::Adjudicated { record: record.0, version, upheld, excluded }
			},
			E::Released { ticket, epoch, seat, receipt } => Self::Released {
				ticket: ticket.0,
				epoch: epoch.0,
				seat: seat.0,
				receipt: receipt.0,
			},
			E::Refused { ticket, epoch, seat, refusal } => {
				Self::Refused { ticket: ticket.0, epoch: epoch.0, seat: seat.0, refusal: refusal.0 }
			},
			E::AnswerSkipped { ticket, epoch, seat, fault } => Self::AnswerSkipped {
				ticket: ticket.0,
				epoch: epoch.0,
				seat: seat.0,
				fault: fault.into(),
			},
			E::Reported { epoch, seat, receipts } => {
				Self::Reported { epoch: epoch.0, seat: seat.0, receipts: receipts.0 }
			},
			E::Delivered { ticket } => Self::Delivered { ticket: ticket.0 },
			E::NonReleaseAttested { ticket } => Self::NonReleaseAttested { ticket: ticket.0 },
			E::MissedMarked { ticket, epoch, silent } => {
				Self::MissedMarked { ticket: ticket.0, epoch: epoch.0, silent: silent.0 }
			},
			E::Overdue { epoch, seat } => Self::Overdue { epoch: epoch.0, seat: seat.0 },
			E::Forgiven { epoch, seat } => Self::Forgiven { epoch: epoch.0, seat: seat.0 },
			E::Pruned { ticket } => Self::Pruned { ticket: ticket.0 },
			E::ErasureStarted { record } => Self::ErasureStarted { record: record.0 },
			E::ErasureAcknowledged { record, epoch, seat } => {
				Self::ErasureAcknowledged { record: record.0, epoch: epoch.0, seat: seat.0 }
			},
			E::Erased { record } => Self::Erased { record: record.0 },
			E::Cleared { record, version } => Self::Cleared { record: record.0, version },
			E::ErasureOverdue { record } => Self::ErasureOverdue { record: record.0 },
			E::RevocationAcknowledged { consent, version, epoch, seat } => {
				Self::RevocationAcknowledged {
					consent: consent.0,
					version,
					epoch: epoch.0,
					seat: seat.0,
				}
			},
			E::RevocationComplete { consent, version, epoch } => {
				Self::RevocationComplete { consent: consent.0, version, epoch: epoch.0 }
			},
			E::Stopped { ticket, epoch, seat, refusal } => {
				Self::Stopped { ticket: ticket.0, epoch: epoch.0, seat: seat.0, refusal: refusal.0 }
			},
			E::StopAttested { ticket } => Self::StopAttested { ticket: ticket.0 },
		}
	}
}

impl From<stored::ResharingFault> for ResharingFault {
	fn from(fault: stored::ResharingFault) -> Self {
		use stored::ResharingFault as Stored;
		match fault {
			Stored::NotFound => Self::NotFound,
			Stored::NotDraining => Self::NotDraining,
			Stored::Contested => Self::Contested,
			Stored::Erased => Self::Erased,
			Stored::NotAcknowledged => Self::NotAcknowledged,
		}
	}
}

impl From<stored::AnswerFault> for AnswerFault {
	fn from(fault: stored::AnswerFault) -> Self {
		use stored::AnswerFault as Stored;
		match fault {
			Stored::NotFound => Self::NotFound,
			Stored::NotDealt => Self::NotDealt,
			Stored::EpochMismatch => Self::EpochMismatch,
			Stored::Contradiction => Self::Contradiction,
			Stored::Closed => Self::Closed,
			Stored::NotReleased => Self::NotReleased,
		}
	}
}
