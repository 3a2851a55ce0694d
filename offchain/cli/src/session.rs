// SPDX-License-Identifier: Apache-2.0
//! A command's connections to the running network.

use crate::{
	account::{Accounts, Unlocked},
	command::Context,
	error::{Failure, Result},
	network::{Network, ServiceName},
};
use salus_chain::{AccountId, Client};
use salus_store::{RemoteStore, Store};
use salus_worker::{
	catalogue::Catalogue,
	clock::SystemClock,
	committee::{Committee, Directory},
	custodian::{Custodian, RemoteCustodian},
	grantee::Grantee,
	patient::Patient,
	pending::PendingKeys,
	publishing::Publisher,
	transport::Peer,
};
use std::sync::Arc;

/// Connections to the chain, the store and the custodians.
#[derive(Clone)]
pub(crate) struct Session {
	pub(crate) chain: Client,
	pub(crate) store: Arc<dyn Store>,
	pub(crate) committee: Committee,
	pub(crate) accounts: Accounts,
}

impl Session {
	pub(crate) async fn connect(context: &Context) -> Result<Self> {
		let network = Network::required(&context.home)?;
		let chain = connect_chain(network.url(ServiceName::Node)?).await?;
		let store = RemoteStore::new(network.url(ServiceName::Store)?)
			.map_err(|error| Failure::of(error.code(), &error))?;
		let accounts = Accounts::of(&context.home)?;
		let mut directory = Directory::new();
		for name in ServiceName::CUSTODIANS {
			let account = accounts.card(name.name())?.account;
			let peer = Peer { account, genesis: chain.genesis() };
			let custodian = RemoteCustodian::new(network.url(name)?, peer, Arc::new(SystemClock))
				.map_err(|error| worker(&error))?;
			directory.insert(account, Arc::new(custodian) as Arc<dyn Custodian>);
		}
		let committee = Committee::new(Arc::new(chain.clone()), directory);
		Ok(Self { chain, store: Arc::new(store), committee, accounts })
	}

	pub(crate) fn unlock(&self, context: &Context, name: &str) -> Result<Unlocked> {
		self.accounts.unlock(name, context.passphrase_file.as_deref())
	}

	pub(crate) fn patient(&self, context: &Context, unlocked: Unlocked) -> Result<Patient> {
		Ok(Patient {
			chain: self.chain.clone(),
			store: Arc::clone(&self.store),
			catalogue: catalogue(context, &unlocked.signer.account())?,
			signer: unlocked.signer,
			keys: unlocked.keys,
		})
	}

	pub(crate) fn publisher(&self, context: &Context, unlocked: Unlocked) -> Result<Publisher> {
		let account = unlocked.card.account;
		let newest = unlocked.keys.current_encryption_key();
		let newest = newest.ok_or_else(|| {
			Failure::new("KEYSTORE_NO_KEY", "the keystore holds no encryption key")
		})?;
		Ok(Publisher {
			chain: self.chain.clone(),
			store: Arc::clone(&self.store),
			committee: self.committee.clone(),
			owner_key: newest.public().clone(),
			catalogue: catalogue(context, &account)?,
			signer: unlocked.signer,
			work: context.home.work().join(account.to_string()),
		})
	}

	pub(crate) fn grantee(&self, context: &Context, unlocked: Unlocked) -> Result<Grantee> {
		let account = unlocked.signer.account();
		let directory = context.home.pending().join(account.to_string());
		let pending = PendingKeys::open(&directory, account, self.chain.genesis());
		Ok(Grantee {
			chain: self.chain.clone(),
			store: Arc::clone(&self.store),
			committee: self.committee.clone(),
			signer: unlocked.signer,
			keys: unlocked.keys,
			pending: pending.map_err(|error| worker(&error))?,
		})
	}
}

pub(crate) fn catalogue(context: &Context, account: &AccountId) -> Result<Catalogue> {
	Catalogue::open(context.home.catalogue().join(account.to_string()))
		.map_err(|error| worker(&error))
}

pub(crate) async fn connect_chain(url: &str) -> Result<Client> {
	Client::connect(url).await.map_err(|error| chain(&error))
}

/// A failure of the chain client, as users see it.
pub(crate) fn chain(error: &salus_chain::Error) -> Failure {
	let failure = Failure::of(error.code().to_owned(), error);
	match error.code() {
		"NODE_UNREACHABLE" => {
			failure.fix("start the network with `salus up`, or look at `salus doctor`")
		},
		"RUNTIME_INCOMPATIBLE" => failure.fix(
			"a development network of another release cannot be used: `salus reset` makes a new one",
		),
		_ => failure,
	}
}

/// A failure of the worker, as users see it.
pub(crate) fn worker(error: &salus_worker::Error) -> Failure {
	let failure = Failure::of(error.code().to_owned(), error);
	match error.code() {
		_ if matches!(error, salus_worker::Error::ReleaseRefused { .. }) => {
			failure.fix("ask the patient for a consent that allows it; she sees this attempt")
		},
		"RELEASE_SHORT" | "RELEASE_DEFERRED" => {
			failure.fix("look at `salus status`; the ticket stays yours: `salus open --ticket`")
		},
		_ if matches!(error, salus_worker::Error::CodeNotApproved { .. }) => {
			failure.fix("look at the upgrade, then start the custodian with --approve-code")
		},
		"CUSTODIAN_STATEMENT_EXPIRED" => failure.fix("compare the clocks of the two machines"),
		_ if matches!(error, salus_worker::Error::CustodianImpostor { .. }) => {
			failure.fix("nothing was sent there: compare the address with what the custodian says")
		},
		"NODE_UNREACHABLE" | "STORE_UNREACHABLE" | "DEALING_SHORT" | "NO_COMMITTEE" => {
			failure.fix("start the network with `salus up`, or look at `salus doctor`")
		},
		"EXPORT_FOREIGN" | "OUTPUT_EXISTS" => {
			failure.fix("name a directory that does not exist yet")
		},
		"STORE_FULL" | "DISK_FULL" => {
			failure.fix("free space on that disk; `salus ingest` then goes on where it stopped")
		},
		_ => failure,
	}
}
