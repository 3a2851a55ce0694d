// SPDX-License-Identifier: Apache-2.0
//! Seeded histories: what the chain says changes, custodians are asked, interrupted, killed, lose what
//! they keep, and come back from backups, and one of them lies. After every step they did what a small
//! model of them allows, and nothing else. `SALUS_SEEDS` asks for more histories than the usual.

use crate::{
	faults::Liar,
	world::{custodian, labs, Opened, World, GENESIS},
};
use futures::{future::join_all, FutureExt};
use rand::{rngs::StdRng, seq::IndexedRandom, RngExt, SeedableRng};
use salus_chain::{ConsentState, TicketAnswers};
use salus_crypto::SegmentKey;
use salus_primitives::{
	custody::{CustodianRefusal, EpochId, Seat, Seats},
	Salt,
};
use salus_worker::{
	custodian::{Custodian, Member, Peer, Released, Settings, TicketFacts},
	Error, Result,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	fs,
	path::PathBuf,
	sync::Arc,
	task::Poll,
};

const HISTORIES: u64 = 50;
const STEPS: usize = 100;
const TICKETS: usize = 2;
const SEATS: u8 = 3;
const THRESHOLD: usize = 2;

/// What speaks against a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Obstacle {
	Revoked,
	Expired,
	Amended,
	Retired,
	CredentialMissing,
	BeingRevoked,
	StaleHead,
	UnknownCode,
}

impl Obstacle {
	const ALL: [Self; 8] = [
		Self::Revoked,
		Self::Expired,
		Self::Amended,
		Self::Retired,
		Self::CredentialMissing,
		Self::BeingRevoked,
		Self::StaleHead,
		Self::UnknownCode,
	];

	/// Whether a custodian refuses because of it for good.
	const fn is_final(self) -> bool {
		!matches!(self, Self::BeingRevoked | Self::StaleHead | Self::UnknownCode)
	}

	fn put(self, facts: &mut TicketFacts) {
		let consent = &mut facts.consents[0].1;
		match self {
			Self::Revoked => consent.state = ConsentState::Revoked,
			Self::Expired => consent.window.until = consent.window.from,
			Self::Amended => consent.version += 1,
			Self::Retired => facts.is_openable = false,
			Self::CredentialMissing => facts.grantee_in_good_standing = false,
			Self::BeingRevoked => facts.is_being_revoked = true,
			Self::StaleHead => facts.now -= Settings::default().max_lag + 1,
			Self::UnknownCode => facts.code = [2; 32],
		}
	}
}

/// A ticket, and what the chain says about it.
struct Case {
	ticket: Opened,
	/// Without any obstacle.
	facts: TicketFacts,
	obstacles: BTreeSet<Obstacle>,
	is_final: bool,
	/// Whose refusals the chain knows.
	refused: Seats,
}

/// What a custodian knows, as far as can be told from outside.
#[derive(Clone, Default)]
struct Memory {
	has_shares: bool,
	released: BTreeMap<usize, Released>,
	refused: BTreeSet<usize>,
	/// Tickets about which it was interrupted: it may have made up its mind.
	unsure: BTreeSet<usize>,
}

struct Backup {
	file: PathBuf,
	memory: Memory,
}

/// What a custodian has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
	Released,
	Refused,
	Deferred,
	/// Anything but a release.
	Nothing,
	/// A release or a refusal: it was interrupted before.
	Either,
}

struct History {
	seed: u64,
	rng: StdRng,
	world: World,
	keys: Vec<SegmentKey>,
	cases: Vec<Case>,
	memories: Vec<Memory>,
	backups: Vec<Option<Backup>>,
	is_erased: bool,
	steps: Vec<String>,
}

impl History {
	async fn new(seed: u64) -> Self {
		let world = World::new().await;
		let (_, keys) = world.deal().await;
		let memory = Memory { has_shares: true, ..Memory::default() };
		Self {
			seed,
			rng: StdRng::seed_from_u64(seed),
			world,
			keys,
			cases: Vec::new(),
			memories: vec![memory; usize::from(SEATS)],
			backups: (0..SEATS).map(|_| None).collect(),
			is_erased: false,
			steps: Vec::new(),
		}
	}

	async fn live(&mut self) {
		self.open_ticket().await;
		for step in 0..STEPS {
			let (case, seat) =
				(self.rng.random_range(0..self.cases.len()), self.rng.random_range(0..SEATS));
			match self.rng.random_range(0..100) {
				0..6 if self.cases.len() < TICKETS => self.open_ticket().await,
				0..30 => self.change(case),
				30..52 => self.ask(case, seat, 1).await,
				52..56 => self.ask(case, seat, 3).await,
				56..63 => self.interrupt(case, seat).await,
				63..66 => self.restart(seat).await,
				66..72 => self.back_up(seat).await,
				72..79 => self.restore(seat).await,
				79..80 => self.lose(seat).await,
				80..88 => self.report(case),
				88..98 => self.open(case).await,
				// Little happens afterwards.
				_ if step > STEPS / 2 => self.erase(),
				_ => {},
			}
		}
	}

	fn note(&mut self, step: String) {
		self.steps.push(step);
	}

	fn told(&self) -> String {
		format!("history {}:\n  {}", self.seed, self.steps.join("\n  "))
	}

	async fn open_ticket(&mut self) {
		let ticket = labs(&self.world).await;
		let facts = self.world.view.0.lock().unwrap().tickets[&ticket.id].clone();
		self.note(format!("ticket {} is opened", self.cases.len()));
		self.cases.push(Case {
			ticket,
			facts,
			obstacles: BTreeSet::new(),
			is_final: true,
			refused: Seats::EMPTY,
		});
		self.tell(self.cases.len() - 1);
	}

	/// Something comes up against a ticket, or goes away again: a credential, a head, a fork.
	fn change(&mut self, case: usize) {
		let obstacle = *Obstacle::ALL.choose(&mut self.rng).unwrap();
		let which = self.rng.random_range(0..8);
		let changed = &mut self.cases[case];
		changed.is_final = which > 0;
		match which {
			0..5 if !changed.obstacles.is_empty() => changed.obstacles.clear(),
			_ => drop(changed.obstacles.insert(obstacle)),
		}
		let said = format!("ticket {case}: {:?}, final: {}", changed.obstacles, changed.is_final);
		self.note(said);
		self.tell(case);
	}

	/// Lets the chain say what it says about a ticket.
	fn tell(&self, case: usize) {
		let case = &self.cases[case];
		let mut facts = case.facts.clone();
		for obstacle in &case.obstacles {
			obstacle.put(&mut facts);
		}
		facts.is_erased = self.is_erased;
		facts.answers = (!case.refused.is_empty()).then_some(TicketAnswers {
			epoch: EpochId(4),
			released: Seats::EMPTY,
			refused: case.refused,
			first_delivered_at: None,
			refused_at: None,
		});
		let mut chain = self.world.view.0.lock().unwrap();
		if case.is_final {
			chain.tickets.insert(case.ticket.id, facts);
		} else {
			chain.tickets.remove(&case.ticket.id);
		}
	}

	fn expected(&self, case: usize, seat: u8) -> Expected {
		let (memory, number) = (&self.memories[usize::from(seat)], case);
		let case = &self.cases[case];
		let is_refused = self.is_erased || case.obstacles.iter().any(|one| one.is_final());
		if !case.is_final || is_refused {
			Expected::Nothing
		} else if !case.obstacles.is_empty() {
			Expected::Deferred
		} else if memory.unsure.contains(&number) {
			Expected::Either
		} else if memory.refused.contains(&number) {
			Expected::Refused
		} else if memory.released.contains_key(&number) {
			Expected::Released
		} else if !memory.has_shares {
			Expected::Deferred
		} else if case.refused.contains(Seat(seat)) {
			Expected::Refused
		} else {
			Expected::Released
		}
	}

	/// Holds what a custodian said against what it had to say, and remembers it.
	fn heard(&mut self, case: usize, seat: u8, said: Result<Released>) {
		let expected = self.expected(case, seat);
		let fits = match (&said, expected) {
			(Ok(_), Expected::Released | Expected::Either) => true,
			(Err(Error::ReleaseRefused { .. }), Expected::Refused | Expected::Either) => true,
			// It may have lost its shares and been interrupted as well.
			(Err(Error::ReleaseDeferred { .. }), Expected::Deferred) => true,
			(Err(Error::ReleaseDeferred { .. }), Expected::Either) => {
				!self.memories[usize::from(seat)].has_shares
			},
			(Err(_), Expected::Nothing) => true,
			_ => false,
		};
		assert!(fits, "{seat} on {case}: {expected:?} was due, not {said:?}\n{}", self.told());
		let told = self.told();
		let memory = &mut self.memories[usize::from(seat)];
		match said {
			Ok(released) => {
				memory.unsure.remove(&case);
				let before = memory.released.entry(case).or_insert_with(|| released.clone());
				assert_eq!(*before, released, "a ticket is answered with the same bytes\n{told}");
			},
			Err(Error::ReleaseRefused { .. }) if !memory.released.contains_key(&case) => {
				// Which of both it had said before it was interrupted is not known.
				if expected != Expected::Nothing || !memory.unsure.contains(&case) {
					memory.unsure.remove(&case);
					memory.refused.insert(case);
				}
			},
			Err(_) => {},
		}
	}

	/// Asks a custodian, several times at once.
	async fn ask(&mut self, case: usize, seat: u8, times: usize) {
		self.note(format!("{seat} is asked {times} times about {case}"));
		let member = Arc::clone(&self.world.members[usize::from(seat)]);
		let id = self.cases[case].ticket.id;
		let answers = join_all((0..times).map(|_| member.release(&id, 0))).await;
		for said in answers {
			self.heard(case, seat, said);
		}
	}

	/// Asks a custodian and kills it on the way.
	async fn interrupt(&mut self, case: usize, seat: u8) {
		let polls = self.rng.random_range(1..24);
		self.note(format!("{seat} is killed after {polls} polls over {case}"));
		let member = Arc::clone(&self.world.members[usize::from(seat)]);
		let id = self.cases[case].ticket.id;
		let mut asked = member.release(&id, 0);
		let mut left = polls;
		let ended = std::future::poll_fn(|context| {
			left -= 1;
			match asked.poll_unpin(context) {
				Poll::Pending if left > 0 => Poll::Pending,
				Poll::Pending => Poll::Ready(None),
				Poll::Ready(said) => Poll::Ready(Some(said)),
			}
		});
		let ended = ended.await;
		drop(asked);
		match ended {
			Some(said) => self.heard(case, seat, said),
			None => drop(self.memories[usize::from(seat)].unsure.insert(case)),
		}
		self.restart(seat).await;
	}

	/// Starts a custodian with whatever it kept; nobody told the one before that it ends.
	async fn restart(&mut self, seat: u8) {
		self.note(format!("{seat} starts anew"));
		let member: Arc<Member> =
			Arc::new(self.world.start(seat, Settings::default()).await.unwrap());
		self.world.wires.connect(member.account(), Some(Arc::clone(&member) as Arc<dyn Peer>));
		self.world.members[usize::from(seat)] = member;
		if self.is_erased {
			self.memories[usize::from(seat)].has_shares = false;
		}
	}

	async fn back_up(&mut self, seat: u8) {
		self.note(format!("{seat} is backed up"));
		let file = self.world.path(seat).with_extension("backup");
		// The one before may not be there.
		let _ = fs::remove_file(&file);
		let database = self.world.database(seat).await;
		let copying = sqlx::query("VACUUM INTO ?1").bind(file.display().to_string());
		copying.execute(&database).await.unwrap();
		database.close().await;
		let memory = self.memories[usize::from(seat)].clone();
		self.backups[usize::from(seat)] = Some(Backup { file, memory });
	}

	async fn restore(&mut self, seat: u8) {
		let Some(backup) = &self.backups[usize::from(seat)] else { return };
		let (file, memory) = (backup.file.clone(), backup.memory.clone());
		self.note(format!("{seat} comes back from its backup"));
		self.remove_database(seat);
		fs::copy(file, self.world.path(seat)).unwrap();
		self.memories[usize::from(seat)] = memory;
		self.restart(seat).await;
	}

	async fn lose(&mut self, seat: u8) {
		self.note(format!("{seat} loses all but its keys"));
		self.remove_database(seat);
		self.memories[usize::from(seat)] = Memory::default();
		self.restart(seat).await;
	}

	fn remove_database(&self, seat: u8) {
		let path = self.world.path(seat);
		for suffix in ["", "-wal", "-shm"] {
			let mut file = path.clone().into_os_string();
			file.push(suffix);
			// The journals are there only while it runs.
			let _ = fs::remove_file(file);
		}
	}

	/// The chain learns who refused a ticket.
	fn report(&mut self, case: usize) {
		let refused = (0..SEATS)
			.filter(|seat| self.memories[usize::from(*seat)].refused.contains(&case))
			.map(Seat)
			.collect::<Seats>();
		self.note(format!("the chain learns that {refused:?} refused {case}"));
		self.cases[case].refused = self.cases[case].refused.union(refused);
		self.tell(case);
	}

	fn erase(&mut self) {
		self.note("the record is erased".to_owned());
		self.is_erased = true;
		self.world.view.0.lock().unwrap().erased.insert(self.world.record);
		for case in 0..self.cases.len() {
			self.tell(case);
		}
	}

	/// The grantee asks everyone; some cannot be reached, one lies.
	async fn open(&mut self, case: usize) {
		let liar = self.rng.random_range(0..2 * SEATS);
		let cut: BTreeSet<u8> = (0..SEATS).filter(|_| self.rng.random_range(0..5) == 0).collect();
		self.note(format!("{case} is opened without {cut:?}, and {liar} lies"));
		let lies = self.rng.random_range(0..3);
		let others = (0..SEATS).filter_map(|seat| {
			if cut.contains(&seat) {
				return Some((seat, None));
			}
			let honest = Arc::clone(&self.world.members[usize::from(seat)]) as Arc<dyn Custodian>;
			let lie = move |released| lie(lies, seat, released);
			(seat == liar).then(|| (seat, Some(Arc::new(Liar(honest, lie)) as Arc<dyn Custodian>)))
		});
		let committee = self.world.committee_with(others);
		let ticket = &self.cases[case].ticket;
		let opened = committee.release(&ticket.id, &ticket.ephemeral, 0).await;

		let honest = |seat: &u8| !cut.contains(seat) && *seat != liar;
		let due = |wanted: &[Expected]| {
			let seats = (0..SEATS).filter(honest);
			seats.filter(|seat| wanted.contains(&self.expected(case, *seat))).count()
		};
		let sure = due(&[Expected::Released]);
		let most = due(&[Expected::Released, Expected::Either]);
		match opened {
			Ok(opened) => {
				assert!(most >= THRESHOLD, "{most} of them open nothing\n{}", self.told());
				let [(_, key)] = opened.segments.as_slice() else { panic!("one is released") };
				assert_eq!(*key, self.keys[0], "{}", self.told());
				for failure in &opened.failures {
					let seat =
						(0..SEATS).find(|seat| custodian(*seat).account() == failure.custodian);
					let seat = seat.expect("a member");
					let is_due = self.expected(case, seat) == Expected::Released;
					assert!(
						!honest(&seat) || !is_due,
						"{seat} is blamed: {}\n{}",
						failure.error,
						self.told()
					);
				}
			},
			Err(error) => {
				assert!(sure < THRESHOLD, "{sure} of them should do: {error}\n{}", self.told());
			},
		}
		// Whoever was asked may have been let go before it had answered.
		for seat in (0..SEATS).filter(|seat| !cut.contains(seat)) {
			let memory = &mut self.memories[usize::from(seat)];
			if !memory.released.contains_key(&case) && !memory.refused.contains(&case) {
				memory.unsure.insert(case);
			}
		}
	}
}

/// What a custodian says in place of the truth.
fn lie(which: u8, seat: u8, mut released: Released) -> Result<Released> {
	match which {
		// Nothing that it signed.
		0 => released.salt = Salt([0; 32]),
		// Of a segment what its owner never said.
		1 => {
			released.segments[0].facts.content.digest[0] ^= 1;
			released.signature = custodian(seat).sign(&released.message(GENESIS));
		},
		_ => {
			let refusal = CustodianRefusal::StaleHead;
			return Err(Error::ReleaseDeferred { ticket: released.ticket, refusal });
		},
	}
	Ok(released)
}

/// Every fourth history, from `first` on: four tests run side by side.
async fn only_what_is_permitted_opens(first: u64) {
	let histories =
		std::env::var("SALUS_SEEDS").map_or(HISTORIES, |seeds| seeds.parse().expect("a number"));
	for seed in (first..histories).step_by(4) {
		let mut history = History::new(seed).await;
		history.live().await;
		// Custodians hold the wires, and the wires custodians.
		for member in &history.world.members {
			history.world.wires.connect(member.account(), None);
		}
	}
}

#[tokio::test]
async fn whatever_happens_only_what_is_permitted_opens() {
	only_what_is_permitted_opens(0).await;
}

#[tokio::test]
async fn whatever_else_happens_only_what_is_permitted_opens() {
	only_what_is_permitted_opens(1).await;
}

#[tokio::test]
async fn come_what_may_only_what_is_permitted_opens() {
	only_what_is_permitted_opens(2).await;
}

#[tokio::test]
async fn in_the_end_only_what_is_permitted_opens() {
	only_what_is_permitted_opens(3).await;
}
