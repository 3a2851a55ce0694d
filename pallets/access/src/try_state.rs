// SPDX-License-Identifier: Apache-2.0
//! What must hold of the state at all times.

use crate::{Config, Pallet, Tickets};
use frame_support::{ensure, sp_runtime::TryRuntimeError};
use salus_primitives::{traits::ConsentBook, TicketId};

impl<T: Config> Pallet<T> {
	/// Checks that
	/// - every ticket is kept under the identifier that follows from it, and was valid for a while;
	/// - it is between the parties of its consent, and its request of the kind of the terms.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		for (id, ticket) in Tickets::<T>::iter() {
			let key = ticket.ephemeral_key.public();
			let expected = TicketId::derive(&ticket.consent, &ticket.record, key);
			ensure!(id == expected, "a ticket has the identifier of another");
			ensure!(ticket.opened_at < ticket.expires_at, "a ticket was never valid");
			let parties = T::Consents::parties(&ticket.consent).ok_or("a ticket has no consent")?;
			ensure!(
				parties.subject == ticket.subject && parties.grantee == ticket.grantee,
				"a ticket is not between the parties of its consent"
			);
			ensure!(
				T::Consents::has_public_terms(&ticket.consent)
					== Some(ticket.request.public().is_some()),
				"a ticket's request is not of the kind of the terms"
			);
		}
		Ok(())
	}
}
