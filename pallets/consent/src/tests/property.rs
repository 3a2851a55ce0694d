// SPDX-License-Identifier: Apache-2.0
//! No use is made, and nothing opens below what was revoked, whatever happens in whatever order.

use super::*;
use proptest::prelude::*;
use salus_primitives::traits::ConsentBook;
use sp_runtime::traits::Dispatchable;

const GRANTEES: [u64; 4] = [CLINICIAN, NURSE, SPECIALIST, LABORATORY];

#[derive(Clone, Debug)]
enum Step {
	Grant { to: usize, uses: u32, delegations: u8 },
	Delegate { of: usize, to: usize, uses: u32, delegations: u8 },
	Redeem(usize),
	GiveBack(usize),
	Revoke { what: usize, by_subject: bool },
	Prune(usize),
	Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
	let at = || 0usize..24;
	let to = || 0usize..GRANTEES.len();
	let step = prop_oneof![
		2 => (to(), 1u32..=MAX_USES, 0u8..=MAX_DEPTH)
			.prop_map(|(to, uses, delegations)| Step::Grant { to, uses, delegations }),
		8 => (at(), to(), 1u32..=4, 0u8..MAX_DEPTH)
			.prop_map(|(of, to, uses, delegations)| Step::Delegate { of, to, uses, delegations }),
		8 => at().prop_map(Step::Redeem),
		4 => at().prop_map(Step::GiveBack),
		2 => (at(), any::<bool>())
			.prop_map(|(what, by_subject)| Step::Revoke { what, by_subject }),
		4 => at().prop_map(Step::Prune),
		1 => (1u64..400).prop_map(Step::Wait),
	];
	prop::collection::vec(step, 1..80)
}

/// A consent as this test remembers it, after it is gone too.
#[derive(Debug)]
struct Node {
	id: ConsentId,
	grantee: u64,
	parent: Option<usize>,
	spent: u32,
	revoked: bool,
}

#[derive(Debug, Default)]
struct World {
	nodes: Vec<Node>,
	granted: u32,
	salt: u8,
}

impl World {
	fn at(&self, at: usize) -> Option<usize> {
		at.checked_rem(self.nodes.len())
	}

	/// Whether the consent, or one that it is a part of, was revoked.
	fn is_revoked(&self, at: usize) -> bool {
		let node = &self.nodes[at];
		node.revoked || node.parent.is_some_and(|parent| self.is_revoked(parent))
	}

	fn salt(&mut self) -> [u8; 32] {
		self.salt += 1;
		[self.salt; 32]
	}

	fn step(&mut self, step: Step) {
		match step {
			Step::Grant { to, uses, delegations } => {
				let (salt, grantee) = (self.salt(), GRANTEES[to]);
				let named = Grantee::Account(grantee);
				let terms = sealed();
				if Consent::grant(by(PATIENT), salt, named, terms, window(), uses, delegations)
					.is_ok()
				{
					let id = ConsentId::derive(&PATIENT, &salt);
					let node = Node { id, grantee, parent: None, spent: 0, revoked: false };
					self.nodes.push(node);
					self.granted += uses;
				}
			},
			Step::Delegate { of, to, uses, delegations } => {
				let Some(parent) = self.at(of) else { return };
				let (salt, grantee) = (self.salt(), GRANTEES[to]);
				let Node { id: whole, grantee: who, .. } = self.nodes[parent];
				let call = crate::Call::<Test>::delegate {
					parent: whole,
					salt,
					grantee,
					terms: sealed(),
					window: window(),
					uses,
					delegations,
				};
				if RuntimeCall::Consent(call).dispatch(by(who)).is_ok() {
					assert!(!self.is_revoked(parent), "passed on below what was revoked");
					let id = ConsentId::derive(&who, &salt);
					let parent = Some(parent);
					self.nodes.push(Node { id, grantee, parent, spent: 0, revoked: false });
				}
			},
			Step::Redeem(at) => {
				let Some(at) = self.at(at) else { return };
				let id = self.nodes[at].id;
				if Consent::redeem(&id, None, Consent::now()).is_ok() {
					assert!(!self.is_revoked(at), "opened below what was revoked");
					self.nodes[at].spent += 1;
				}
			},
			Step::GiveBack(at) => {
				let Some(at) = self.at(at) else { return };
				if self.nodes[at].spent > 0 {
					self.nodes[at].spent -= 1;
					Consent::give_back(&self.nodes[at].id);
				}
			},
			Step::Revoke { what, by_subject } => {
				let Some(at) = self.at(what) else { return };
				let above = self.nodes[at].parent.map(|parent| self.nodes[parent].grantee);
				let who = if by_subject { PATIENT } else { above.unwrap_or(STRANGER) };
				if Consent::revoke(by(who), self.nodes[at].id).is_ok() {
					self.nodes[at].revoked = true;
				}
			},
			Step::Prune(at) => {
				let Some(at) = self.at(at) else { return };
				let call = crate::Call::<Test>::prune { consent: self.nodes[at].id };
				let _ = RuntimeCall::Consent(call).dispatch(by(STRANGER));
			},
			Step::Wait(time) => wait_until(Consent::now() + time),
		}
	}

	/// What is left and what was spent is never more than the subject granted.
	fn check(&self) {
		let left: u32 = Consents::<Test>::iter_values().map(|consent| consent.uses_left).sum();
		let spent: u32 = self.nodes.iter().map(|node| node.spent).sum();
		assert!(left + spent <= self.granted, "{left} + {spent} > {}", self.granted);
	}
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

	#[test]
	fn uses_only_shrink_and_nothing_holds_without_all_above_it(steps in steps()) {
		build_and_execute(|| {
			let mut world = World::default();
			for step in steps {
				world.step(step);
				world.check();
				Consent::do_try_state().unwrap();
			}
			// In the end everything can go, the parts before the whole, and all money goes back.
			wait_until(window().until + RETENTION);
			for node in world.nodes.iter().rev() {
				if Consent::consent(node.id).is_some() {
					assert_ok!(Consent::prune(by(STRANGER), node.id));
				}
			}
			assert_eq!(Consents::<Test>::iter().count(), 0);
			for who in [PATIENT, CLINICIAN, NURSE, SPECIALIST, LABORATORY] {
				assert_eq!(held(who), 0);
			}
		});
	}
}
