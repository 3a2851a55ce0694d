// SPDX-License-Identifier: Apache-2.0
//! `salus service`: the services that `salus up` starts, each in a process of its own.

use super::Context;
use crate::{
	account::{Accounts, CUSTODIAN},
	arguments::{Service, ServiceCommand},
	error::{Failure, IoContext, Result},
	session::{connect_chain, worker},
};
use salus_store::{LocalStore, RemoteStore};
use salus_worker::release::{self, LocalRelease};
use std::{net::Ipv4Addr, sync::Arc};
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
			salus_store::server::serve(listen(port).await?, Arc::new(store), shutdown)
				.await
				.map_err(|error| Failure::of(error.code(), &error))
		},
		ServiceCommand::Release { port, node_url, store_url } => {
			let custodian = Accounts::of(&context.home)?
				.unlock(CUSTODIAN, context.passphrase_file.as_deref())?;
			let store =
				RemoteStore::new(&store_url).map_err(|error| Failure::of(error.code(), &error))?;
			let release = LocalRelease::open(
				&context.home.custodian().join("keys.sqlite"),
				connect_chain(&node_url).await?,
				Arc::new(store),
				custodian.card.account,
				custodian.keys,
			)
			.await
			.map_err(|error| worker(&error))?;
			release::serve(listen(port).await?, Arc::new(release), shutdown)
				.await
				.map_err(|error| worker(&error))
		},
	}
}

async fn listen(port: u16) -> Result<TcpListener> {
	TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.about(format!("port {port}"))
}

/// Cancelled when the process is asked to end.
fn on_signal() -> Result<CancellationToken> {
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
