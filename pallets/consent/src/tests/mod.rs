// SPDX-License-Identifier: Apache-2.0

mod grant;
mod paying;
mod prune;
mod redeem;
mod revoke;
mod views;

use crate::{mock::*, Consents, Terms};
use frame_support::assert_ok;
use salus_policy::{
	Aim, Modifiers, Obligation, Permission, Request, ResearchRequest, ResearchTerms,
};
use salus_primitives::{
	Category, Commitment, ConsentId, ContentId, DateWindow, MultiCodec, PurposeOfUse, Window,
};
use std::collections::BTreeSet;

const SALT: [u8; 32] = [7; 32];

fn sealed() -> Terms {
	Terms::Sealed {
		commitment: Commitment([1; 32]),
		envelope: ContentId { codec: MultiCodec::DagPb, digest: [2; 32] },
	}
}

fn window() -> Window {
	Window { from: NOW, until: NOW + 1_000 }
}

fn set<T: Ord, S: TryFrom<BTreeSet<T>>>(items: impl IntoIterator<Item = T>) -> S {
	let items: BTreeSet<T> = items.into_iter().collect();
	S::try_from(items).ok().unwrap()
}

fn research(permission: Permission) -> salus_policy::Terms {
	salus_policy::Terms {
		permitted: set([PurposeOfUse::Research]),
		denied: Default::default(),
		categories: set([Category::Labs, Category::Vitals]),
		act: window(),
		data: DateWindow::ALL,
		research: Some(ResearchTerms {
			permission,
			clinical_care: false,
			modifiers: Modifiers::new(),
		}),
		obligations: Obligation::defaults(),
	}
}

fn request(aims: &[Aim]) -> Request {
	Request {
		purpose: PurposeOfUse::Research,
		categories: set([Category::Labs]),
		data: DateWindow::ALL,
		research: Some(ResearchRequest { aims: set(aims.iter().cloned()), ..Default::default() }),
	}
}

/// Grants a consent of the patient to the clinician, or to the researcher when it is public.
fn granted(terms: Terms, uses: u32) -> ConsentId {
	let grantee = match &terms {
		Terms::Sealed { .. } => CLINICIAN,
		Terms::Public(_) => RESEARCHER,
	};
	let origin = RuntimeOrigin::signed(PATIENT);
	assert_ok!(Consent::grant(origin, SALT, grantee, terms, window(), uses));
	entries();
	events();
	ConsentId::derive(&PATIENT, &SALT)
}

fn uses_left(id: &ConsentId) -> u32 {
	Consents::<Test>::get(id).unwrap().uses_left
}
