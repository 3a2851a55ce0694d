// SPDX-License-Identifier: Apache-2.0
//! What runs: written when a network has started, read by every other command.

use super::process::ProcessId;
use crate::{
	account::CUSTODIANS,
	error::{Failure, IoContext, Result},
	home::Home,
};
use salus_chain::{AccountId, BlockHash};
use salus_worker::{clock::SystemClock, custodian::RemoteCustodian, transport::Peer};
use serde::{Deserialize, Serialize};
use std::{fmt, fs, io::Write, path::PathBuf, sync::Arc, time::Duration};

/// How long a service may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(2);

/// The services of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceName {
	Node,
	Store,
	CustodianOne,
	CustodianTwo,
	CustodianThree,
}

impl ServiceName {
	/// The custodians, in the order of their accounts' names.
	pub(crate) const CUSTODIANS: [Self; 3] =
		[Self::CustodianOne, Self::CustodianTwo, Self::CustodianThree];

	/// Its name in logs and tables; a custodian's is that of its account.
	pub(crate) const fn name(self) -> &'static str {
		match self {
			Self::Node => "node",
			Self::Store => "store",
			Self::CustodianOne => CUSTODIANS[0],
			Self::CustodianTwo => CUSTODIANS[1],
			Self::CustodianThree => CUSTODIANS[2],
		}
	}
}

impl fmt::Display for ServiceName {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(self.name())
	}
}

/// One running service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Service {
	pub(crate) name: ServiceName,
	pub(crate) url: String,
	pub(crate) process: ProcessId,
	/// What it was started with.
	pub(crate) program: PathBuf,
	pub(crate) arguments: Vec<String>,
	pub(crate) log: PathBuf,
	/// Who it has to be, for a custodian.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub(crate) pinned: Option<Pinned>,
}

/// Whom to expect behind a URL.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Pinned {
	pub(crate) account: AccountId,
	/// The genesis block of its chain.
	pub(crate) chain: BlockHash,
}

/// How a service is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Health {
	/// It answers.
	Ready,
	/// Its process lives but does not answer.
	Silent,
	/// Its process has ended.
	Ended,
}

impl fmt::Display for Health {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(match self {
			Self::Ready => "ready",
			Self::Silent => "does not answer",
			Self::Ended => "has ended",
		})
	}
}

impl Service {
	/// Whether the service lives and answers.
	pub(crate) async fn health(&self) -> Health {
		if !self.process.is_alive() {
			return Health::Ended;
		}
		let answers = match (self.name, self.pinned) {
			(ServiceName::Node, _) => node_answers(&self.url).await,
			(_, Some(pinned)) => custodian_answers(&self.url, pinned, self.process.pid).await,
			(_, None) => http_answers(&self.url, self.process.pid).await,
		};
		if answers {
			Health::Ready
		} else {
			Health::Silent
		}
	}
}

/// Whether this very process answers, and not another one that took the port.
async fn http_answers(url: &str, pid: u32) -> bool {
	let Ok(client) = reqwest::Client::builder().timeout(PATIENCE).build() else {
		return false;
	};
	let Ok(response) = client.get(format!("{url}/health")).send().await else { return false };
	let answer = response.json::<serde_json::Value>().await;
	answer.is_ok_and(|answer| answer["process"] == pid)
}

/// Whether this very process answers, as the custodian that it has to be.
async fn custodian_answers(url: &str, pinned: Pinned, pid: u32) -> bool {
	let peer = Peer { account: pinned.account, genesis: pinned.chain.0 };
	let Ok(custodian) = RemoteCustodian::new(url, peer, Arc::new(SystemClock)) else {
		return false;
	};
	let health = tokio::time::timeout(PATIENCE, custodian.health()).await;
	matches!(health, Ok(Ok(process)) if process == pid)
}

/// The node serves JSON-RPC over HTTP on the port of its WebSocket.
async fn node_answers(url: &str) -> bool {
	let Ok(client) = reqwest::Client::builder().timeout(PATIENCE).build() else {
		return false;
	};
	let call = serde_json::json!({
		"jsonrpc": "2.0", "id": 1, "method": "chain_getHeader", "params": []
	});
	let Ok(response) = client.post(url.replacen("ws://", "http://", 1)).json(&call).send().await
	else {
		return false;
	};
	let Ok(answer) = response.json::<serde_json::Value>().await else { return false };
	// Block 0 is there before anything works; block 1 shows that blocks are made.
	answer["result"]["number"].as_str().is_some_and(|number| number != "0x0")
}

/// Everything that runs for one home.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Network {
	pub(crate) services: Vec<Service>,
}

impl Network {
	/// What was started last, whether it still lives or not.
	pub(crate) fn read(home: &Home) -> Result<Option<Self>> {
		let path = home.network();
		match fs::read(&path) {
			Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| {
				Failure::new("STATE_CORRUPT", format!("{}: {error}", path.display()))
					.fix("stop the processes by hand and remove the file, or run `salus reset`")
			}),
			Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
			Err(error) => Err(error).about(path.display()),
		}
	}

	/// The network, when something of it lives.
	pub(crate) fn running(home: &Home) -> Result<Option<Self>> {
		Ok(Self::read(home)?
			.filter(|network| network.services.iter().any(|service| service.process.is_alive())))
	}

	/// Whether every service lives.
	pub(crate) fn is_whole(&self) -> bool {
		self.services.iter().all(|service| service.process.is_alive())
	}

	/// The network that the user's command needs.
	pub(crate) fn required(home: &Home) -> Result<Self> {
		Self::running(home)?.ok_or_else(|| {
			Failure::new("NOT_RUNNING", format!("no network runs in {}", home.path().display()))
				.fix("start one: salus up")
		})
	}

	pub(crate) fn write(&self, home: &Home) -> Result<()> {
		let path = home.network();
		let mut file = tempfile::NamedTempFile::new_in(home.path()).about(path.display())?;
		let bytes = serde_json::to_vec_pretty(self)
			.map_err(|error| Failure::of("STATE_CORRUPT", &error))?;
		file.write_all(&bytes).about(path.display())?;
		file.as_file().sync_all().about(path.display())?;
		file.persist(&path).map_err(|error| error.error).about(path.display())?;
		Ok(())
	}

	pub(crate) fn forget(home: &Home) -> Result<()> {
		match fs::remove_file(home.network()) {
			Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
				Err(error).about(home.network().display())
			},
			_ => Ok(()),
		}
	}

	pub(crate) fn url(&self, name: ServiceName) -> Result<&str> {
		self.services
			.iter()
			.find(|service| service.name == name)
			.map(|service| service.url.as_str())
			.ok_or_else(|| Failure::new("NOT_RUNNING", format!("no {name} in this network")))
	}
}
