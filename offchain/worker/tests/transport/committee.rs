// SPDX-License-Identifier: Apache-2.0
//! A committee of real custodians, each behind its own channel.

#[path = "../custody/world.rs"]
#[allow(dead_code, reason = "the tests of custody use more of it")]
mod world;

use crate::server::remote;
use salus_worker::{
	custodian::{serve, Custodian, Limits},
	transport::{Identity, Peer},
};
use std::{net::Ipv4Addr, sync::Arc};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use world::{custodian, labs, roster, World, GENESIS};

#[tokio::test]
async fn keys_are_dealt_and_released_through_the_channel() {
	let world = World::new().await;
	let stop = CancellationToken::new();
	let (mut served, mut remotes) = (Vec::new(), Vec::new());
	for (seat, member) in (0u8..).zip(&world.members) {
		let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
		let peer = Peer { account: custodian(seat).account(), genesis: GENESIS };
		let there = remote(listener.local_addr().unwrap(), peer, &world.clock);
		remotes.push((seat, Some(Arc::new(there) as Arc<dyn Custodian>)));
		let clock = Arc::new(world.clock.clone());
		let identity = Arc::new(Identity::new(custodian(seat), GENESIS, clock).unwrap());
		let member = Arc::clone(member) as Arc<dyn Custodian>;
		let serving = serve(listener, member, identity, Limits::default(), stop.clone());
		served.push(tokio::spawn(serving));
	}
	let committee = world.committee_with(remotes);
	let (deposits, keys) = world.deposits();
	let dealing = committee.deal(&roster(), &deposits).await.unwrap();
	assert_eq!(dealing.acknowledgements.len(), 3);
	world.anchor(&dealing);
	let ticket = labs(&world).await;
	let released = committee.release(&ticket.id, &ticket.ephemeral).await.unwrap();
	assert_eq!(released.segments[0].1, keys[0]);
	stop.cancel();
	for serving in served {
		serving.await.unwrap().unwrap();
	}
}
