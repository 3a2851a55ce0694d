// SPDX-License-Identifier: Apache-2.0
//! A large record: its keys are released a page at a time, and every page is decided about anew.

use crate::world::{request, terms, Opened, World, NOW};
use codec::Decode;
use salus_chain::ConsentState;
use salus_crypto::SegmentKey;
use salus_policy::Exception;
use salus_primitives::{
	custody::{Answer, CustodianRefusal},
	Category, PurposeOfUse, TicketId,
};
use salus_worker::{
	custodian::{Custodian, Member, TicketFacts, PAGE},
	Error, Result,
};
use std::collections::BTreeSet;

/// Each segment fills a page: three documents, or the three ranges of one.
async fn large(is_one_document: bool) -> (World, Vec<SegmentKey>) {
	let mut world = World::new().await;
	for (number, segment) in (0..).zip(&mut world.segments) {
		segment.2 = PAGE;
		if is_one_document {
			(segment.0, segment.1) = (Category::Original, number);
		}
	}
	let (_, keys) = world.deal().await;
	(world, keys)
}

/// A ticket for everything.
async fn everything(world: &World) -> Opened {
	let all = [Category::Labs, Category::Vitals, Category::Original];
	world.ticket(terms(&all), request(PurposeOfUse::Treatment, &all)).await
}

/// Which shares a custodian gives out with a page.
async fn shares(member: &Member, ticket: &Opened, from: u16) -> Vec<u16> {
	let released = member.release(&ticket.id, from).await.unwrap();
	assert_eq!(released.segments.len(), 3, "what there is in all is always told");
	let shared = released.segments.iter().filter(|segment| segment.share.is_some());
	shared.map(|segment| segment.facts.index).collect()
}

#[tokio::test]
async fn a_page_holds_what_fits_on_it_and_no_more() {
	for (sizes, expected) in [
		([4096, 4096, 4096], &[&[0, 1, 2][..], &[1, 2], &[2], &[]]),
		([PAGE - 4096, 4096, 1], &[&[0, 1], &[1, 2], &[2], &[]]),
		([PAGE, 1, PAGE], &[&[0], &[1], &[2], &[]]),
		// What fits on no page has one for itself.
		([u64::MAX, PAGE + 1, u64::MAX], &[&[0], &[1], &[2], &[]]),
	] {
		let mut world = World::new().await;
		for (segment, size) in world.segments.iter_mut().zip(sizes) {
			segment.2 = size;
		}
		world.deal().await;
		let ticket = everything(&world).await;
		for (from, expected) in (0..).zip(expected.iter()) {
			assert_eq!(shares(&world.members[0], &ticket, from).await, *expected, "{sizes:?}");
		}
		assert_eq!(shares(&world.members[0], &ticket, u16::MAX).await, [0_u16; 0]);
	}
}

#[tokio::test]
async fn the_pages_of_a_ticket_open_everything_and_are_of_one_receipt() {
	let (world, keys) = large(true).await;
	let ticket = everything(&world).await;
	let (mut from, mut opened) = (0, Vec::new());
	loop {
		let page = world.committee().release(&ticket.id, &ticket.ephemeral, from).await.unwrap();
		assert_eq!((page.segments.len(), page.all), (1, 3));
		opened.extend(page.segments.into_iter().map(|(_, key)| key));
		match page.next {
			Some(next) => from = next,
			None => break,
		}
	}
	assert_eq!(opened, keys);
	// One signature for all pages, and the same bytes each time.
	let member = &world.members[1];
	let first = member.release(&ticket.id, 0).await.unwrap();
	let second = member.release(&ticket.id, 1).await.unwrap();
	assert_eq!(first.signature, second.signature);
	assert_ne!(first, second);
	assert_eq!(member.release(&ticket.id, 0).await.unwrap(), first);
}

/// What a grantee does with a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
	/// Reads the first page.
	Read,
	/// Asks what there is.
	List,
	/// Reads everything, page by page.
	Export,
	/// Reads on, in the next document.
	NextPage,
	/// Reads on, in the next range of the same document.
	NextChunk,
}

impl Operation {
	const ALL: [Self; 5] = [Self::Read, Self::List, Self::Export, Self::NextPage, Self::NextChunk];

	/// Whether something was read before.
	const fn reads_on(self) -> bool {
		matches!(self, Self::NextPage | Self::NextChunk)
	}

	/// Does it; how many keys it gives.
	async fn run(self, world: &World, ticket: &Opened) -> Result<usize> {
		let committee = world.committee();
		let page = |from| committee.release(&ticket.id, &ticket.ephemeral, from);
		match self {
			Self::Read => Ok(page(0).await?.segments.len()),
			Self::List => Ok(page(u16::MAX).await?.segments.len()),
			Self::NextPage | Self::NextChunk => Ok(page(1).await?.segments.len()),
			Self::Export => {
				let (mut next, mut keys) = (Some(0), 0);
				while let Some(from) = next {
					let page = page(from).await?;
					keys += page.segments.len();
					next = page.next;
				}
				Ok(keys)
			},
		}
	}
}

/// Why it is refused: what is done to the chain, or to the ticket.
#[derive(Clone, Copy)]
enum Obstacle {
	/// The chain says something else of the ticket.
	Changed(CustodianRefusal, fn(&mut TicketFacts)),
	/// The chain does not have the ticket, in a finalised block.
	Unknown,
	/// Another purpose or another category is asked for than the terms permit.
	Asked(PurposeOfUse, &'static [Category]),
	/// The subject denies the category.
	Denied,
	/// The request says something that no custodian knows.
	Unreadable,
}

#[tokio::test]
async fn every_way_to_read_is_refused_for_every_reason() {
	use CustodianRefusal as Why;
	let obstacles: &[(&str, Obstacle)] = &[
		("no consent", Obstacle::Changed(Why::ConsentRevoked, |facts| facts.consents.clear())),
		(
			"expired",
			Obstacle::Changed(Why::ConsentExpired, |facts| facts.consents[0].1.window.until = NOW),
		),
		(
			"revoked",
			Obstacle::Changed(Why::ConsentRevoked, |facts| {
				facts.consents[0].1.state = ConsentState::Revoked;
			}),
		),
		("wrong category", Obstacle::Asked(PurposeOfUse::Treatment, &[Category::Genomics])),
		("wrong purpose", Obstacle::Asked(PurposeOfUse::Marketing, &[Category::Labs])),
		// The chain gives no ticket to whoever is not the grantee, or has no use left. What it gave
		// before opens nothing for who is struck off.
		("wrong grantee", Obstacle::Unknown),
		(
			"struck off",
			Obstacle::Changed(Why::CredentialMissing, |facts| {
				facts.grantee_in_good_standing = false;
			}),
		),
		("uses spent", Obstacle::Unknown),
		("deny exception", Obstacle::Denied),
		("unknown code", Obstacle::Unreadable),
		("unfinalised ticket", Obstacle::Unknown),
		(
			"replayed ticket",
			Obstacle::Changed(Why::TicketExpired, |facts| facts.ticket.expires_at = facts.now),
		),
	];
	for operation in Operation::ALL {
		let (world, _) = large(operation == Operation::NextChunk).await;
		for (name, obstacle) in obstacles {
			let cell = format!("{operation:?}, {name}");
			// What was read before was permitted, where the obstacle can come later.
			let before = async |ticket: &Opened| {
				if operation.reads_on() {
					assert_eq!(Operation::Read.run(&world, ticket).await.unwrap(), 1, "{cell}");
				}
			};
			let (ticket, expected) = match *obstacle {
				Obstacle::Changed(why, change) => {
					let ticket = everything(&world).await;
					before(&ticket).await;
					world.change(&ticket, change);
					(ticket, Some(why))
				},
				Obstacle::Unknown => {
					let ticket = everything(&world).await;
					before(&ticket).await;
					world.view.0.lock().unwrap().tickets.remove(&ticket.id);
					(ticket, None)
				},
				Obstacle::Asked(purpose, categories) => {
					let ticket =
						world.ticket(terms(&[Category::Labs]), request(purpose, categories));
					(ticket.await, Some(Why::ScopeMismatch))
				},
				Obstacle::Denied => {
					let categories: BTreeSet<_> = [Category::Vitals].into();
					let of_vitals = Exception::of_categories(categories.try_into().unwrap());
					let root = world.denials(&world.owner, vec![of_vitals]).await;
					let ticket = everything(&world).await;
					world.change(&ticket, |facts| facts.denials = Some(root));
					(ticket, Some(Why::Denied))
				},
				Obstacle::Unreadable => {
					let ticket = everything(&world).await;
					let stored = world.store.put(&mut b"a code of tomorrow".as_slice()).await;
					let stored = stored.unwrap().id;
					world.change(&ticket, |facts| match &mut facts.ticket.request {
						salus_chain::AccessRequest::Sealed { envelope, .. } => *envelope = stored,
						salus_chain::AccessRequest::Public(_) => unreachable!("it is sealed"),
					});
					(ticket, Some(Why::RequestMismatch))
				},
			};
			refused(&world, operation, &ticket, expected, &cell).await;
		}
	}
}

/// Asserts that it is refused by everyone, after everyone has decided.
async fn refused(
	world: &World,
	operation: Operation,
	ticket: &Opened,
	expected: Option<CustodianRefusal>,
	cell: &str,
) {
	let error = operation.run(world, ticket).await.unwrap_err();
	match expected {
		Some(why) => assert_eq!(error.code(), why.code(), "{cell}"),
		None => assert_eq!(error.code(), "TICKET_NOT_FINALISED", "{cell}"),
	}
	for member in &world.members {
		let decided = member.decisions();
		let error = member.release(&ticket.id, 1).await.unwrap_err();
		assert_eq!(member.decisions(), decided + 1, "{cell}");
		match (expected, error) {
			(Some(why), Error::ReleaseRefused { refusal, .. }) => {
				assert_eq!(refusal, why, "{cell}")
			},
			(None, Error::TicketNotFinalised { .. }) => {},
			(_, error) => panic!("{cell}: {error}"),
		}
	}
	// Each has something for the chain: that it refused or, where it had released, that it goes on no
	// more.
	if let Some(why) = expected {
		let said = said(world, &ticket.id).await;
		assert_eq!(said.len(), 3, "{cell}");
		for answer in said {
			let is_refusal = answer == Answer::Refused(why);
			let is_stop = operation.reads_on() && answer == Answer::Stopped(why);
			assert!(is_refusal || is_stop, "{cell}: {answer:?}");
		}
	}
}

/// What custodians tell the chain last of a ticket.
async fn said(world: &World, ticket: &TicketId) -> Vec<Answer> {
	let mut said = Vec::new();
	for seat in 0..3 {
		let query = sqlx::query_scalar::<_, Vec<u8>>(
			"SELECT answer FROM stops WHERE ticket = ?1
			UNION ALL SELECT answer FROM tickets WHERE ticket = ?1 AND answer IS NOT NULL LIMIT 1",
		);
		let query = query.bind(ticket.as_ref());
		let answer = query.fetch_one(&world.database(seat).await).await.unwrap();
		said.push(Answer::decode(&mut answer.as_slice()).unwrap());
	}
	said
}
