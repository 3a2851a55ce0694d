// SPDX-License-Identifier: Apache-2.0
//! A committee of real custodians, each behind its own channel.

use crate::{
	network::{until, Network, BEFORE},
	server::remote,
	world::{custodian, labs, roster, World, GENESIS, NEXT},
};
use salus_worker::{
	custodian::{serve, Custodian, Limits, Peer as _, RemoteCustodian, SubdealRequest},
	transport::{Identity, Peer},
};
use std::{net::Ipv4Addr, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// Serves every custodian of a world; how each looks from outside.
async fn serve_all(
	world: &World,
	stop: &CancellationToken,
) -> (Vec<JoinHandle<salus_worker::Result<()>>>, Vec<Arc<RemoteCustodian>>) {
	let (mut served, mut remotes) = (Vec::new(), Vec::new());
	for (index, member) in (0u8..).zip(&world.members) {
		let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
		let peer = Peer { account: custodian(index).account(), genesis: GENESIS };
		remotes.push(Arc::new(remote(listener.local_addr().unwrap(), peer, &world.clock)));
		let clock = Arc::new(world.clock.clone());
		let identity = Arc::new(Identity::new(custodian(index), GENESIS, clock).unwrap());
		let (users, peers) = (Arc::clone(member) as Arc<dyn Custodian>, Arc::clone(member));
		let limits = Limits::default();
		let serving = serve(listener, users, Some(peers), identity, limits, stop.clone());
		served.push(tokio::spawn(serving));
	}
	(served, remotes)
}

#[tokio::test]
async fn keys_are_dealt_and_released_through_the_channel() {
	let world = World::new().await;
	let stop = CancellationToken::new();
	let (served, remotes) = serve_all(&world, &stop).await;
	let remotes = remotes.into_iter().map(|there| Some(there as Arc<dyn Custodian>));
	let committee = world.committee_with((0..).zip(remotes));
	let (deposits, keys) = world.deposits();
	let dealing = committee.deal(&roster(), &deposits).await.unwrap();
	assert_eq!(dealing.acknowledgements.len(), 3);
	world.anchor(&dealing);
	let ticket = labs(&world).await;
	let released = committee.release(&ticket.id, &ticket.ephemeral, 0).await.unwrap();
	assert_eq!(released.segments[0].1, keys[0]);
	stop.cancel();
	for serving in served {
		serving.await.unwrap().unwrap();
	}
}

#[tokio::test]
async fn keys_move_and_come_back_through_the_channel() {
	let mut world = World::new().await;
	let (_, keys) = world.deal().await;
	let next = world.succeed().await;
	let stop = CancellationToken::new();
	let (_served, remotes) = serve_all(&world, &stop).await;
	for (index, there) in (0u8..).zip(&remotes) {
		let there = Arc::clone(there) as Arc<dyn salus_worker::custodian::Peer>;
		world.wires.connect(custodian(index).account(), Some(there));
	}
	let (network, _calls) = Network::new(&world);
	for index in NEXT {
		network.run(&world.members[usize::from(index)], Some(BEFORE));
	}
	let record = world.record;
	until(async || world.view.0.lock().unwrap().dealings[&(record, 1)].epoch == next.epoch).await;
	let ticket = labs(&world).await;
	assert_eq!(world.release(&ticket).await.unwrap().segments[0].1, keys[0]);

	// One of them loses what it has, and asks the others for it.
	sqlx::query("DELETE FROM dealings").execute(&world.database(5).await).await.unwrap();
	let ticket = labs(&world).await;
	world.members[5].release(&ticket.id, 0).await.unwrap_err();
	until(async || world.members[5].release(&ticket.id, 0).await.is_ok()).await;
	// Whoever has no business with it is told nothing here either.
	let request = SubdealRequest::new(
		&custodian(2),
		GENESIS,
		(next.epoch, next.epoch),
		salus_primitives::custody::Seat(0),
		vec![(record, 1)],
	);
	let error = remotes[1].subdeal(&request).await.unwrap_err();
	assert_eq!(error.code(), "HANDOVER_INVALID");
	stop.cancel();
}
