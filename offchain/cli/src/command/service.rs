// SPDX-License-Identifier: Apache-2.0
//! `salus service`: the services that `salus up` starts, each in a process of its own.

use super::Context;
use crate::{
	account::Accounts,
	arguments::{Service, ServiceCommand},
	error::{Failure, IoContext, Result},
	session::{connect_chain, worker},
};
use salus_store::{LocalStore, RemoteStore};
use salus_worker::{
	clock::SystemClock,
	custodian::{self, Custodian, Duties, Limits, Member, Peers, RemoteCustodian, Settings, Setup},
	transport::{Identity, Peer},
};
use std::{
	net::{IpAddr, Ipv4Addr, SocketAddr},
	sync::Arc,
};
use tokio::{
	net::TcpListener,
	signal::unix::{signal, SignalKind},
};
use tokio_util::sync::CancellationToken;

pub(crate) async fn run(context: &Context, arguments: Service) -> Result<()> {
	let shutdown = on_signal()?;
	match arguments.command {
		ServiceCommand::Store { port } => {
			let directory = context.home.store();
			std::fs::create_dir_all(&directory).about(directory.display())?;
			let store = LocalStore::open(directory.join("blocks.redb"))
				.await
				.map_err(|error| Failure::of(error.code(), &error))?;
			let listener = bind(Ipv4Addr::LOCALHOST.into(), port).await?;
			salus_store::server::serve(listener, Arc::new(store), shutdown)
				.await
				.map_err(|error| Failure::of(error.code(), &error))
		},
		ServiceCommand::Custodian {
			name,
			listen,
			port,
			node_url,
			store_url,
			peers,
			approve_code,
		} => {
			let wrong = |error: salus_worker::Error| worker(&error);
			let unlocked =
				Accounts::of(&context.home)?.unlock(&name, context.passphrase_file.as_deref())?;
			let store =
				RemoteStore::new(&store_url).map_err(|error| Failure::of(error.code(), &error))?;
			let chain = connect_chain(&node_url).await?;
			let directory = context.home.custodians().join(&name);
			let signer = unlocked.signer.clone();
			let identity =
				Identity::new(signer, chain.genesis(), Arc::new(SystemClock)).map_err(wrong)?;
			let peers = peers.into_iter().map(|(account, url)| {
				let expected = Peer { account, genesis: chain.genesis() };
				let remote = RemoteCustodian::new(&url, expected, Arc::new(SystemClock))?;
				Ok((account, Arc::new(remote) as Arc<dyn custodian::Peer>))
			});
			let peers = peers.collect::<Result<Peers, _>>().map_err(wrong)?;
			let setup = Setup {
				view: Arc::new(chain.clone()),
				store: Arc::new(store),
				peers,
				signer: unlocked.signer,
				keys: unlocked.keys,
				settings: Settings::for_chain(chain.properties()),
				approve: approve_code,
				clock: Arc::new(SystemClock),
			};
			let member =
				Member::open(&directory.join("custody.sqlite"), setup).await.map_err(wrong)?;
			let duties = Duties::new(member.clone(), Arc::new(chain.clone()));
			let listener = bind(listen, port).await?;
			// Whichever ends takes the other with it.
			let member = Arc::new(member);
			let serving = custodian::serve(
				listener,
				Arc::clone(&member) as Arc<dyn Custodian>,
				Some(member),
				Arc::new(identity),
				Limits::default(),
				shutdown.clone(),
			);
			let doing = duties.follow(chain, shutdown.clone());
			let (served, done) = tokio::join!(
				async {
					let served = serving.await;
					shutdown.cancel();
					served
				},
				async {
					let done = doing.await;
					shutdown.cancel();
					done
				},
			);
			served.and(done).map_err(wrong)
		},
	}
}

pub(super) async fn bind(address: IpAddr, port: u16) -> Result<TcpListener> {
	let address = SocketAddr::new(address, port);
	TcpListener::bind(address).await.about(address)
}

/// Cancelled when the process is asked to end.
pub(super) fn on_signal() -> Result<CancellationToken> {
	let shutdown = CancellationToken::new();
	let mut terminate = signal(SignalKind::terminate()).about("signals")?;
	let mut interrupt = signal(SignalKind::interrupt()).about("signals")?;
	let token = shutdown.clone();
	tokio::spawn(async move {
		tokio::select! {
			_ = terminate.recv() => {},
			_ = interrupt.recv() => {},
		}
		token.cancel();
	});
	Ok(shutdown)
}
