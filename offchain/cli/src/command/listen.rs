// SPDX-License-Identifier: Apache-2.0
//! `salus listen`

use super::service::{bind, on_signal};
use crate::{
	arguments::Listen,
	error::{Failure, Result},
	output::Output,
};
use salus_worker::mllp::{listen, Inbox, Limits};
use serde_json::json;
use std::sync::Arc;

pub(crate) async fn run(arguments: Listen, output: Output) -> Result<()> {
	let shutdown = on_signal()?;
	let wrong = |error: salus_worker::Error| Failure::of(error.code(), &error);
	let inbox = Inbox::open(&arguments.inbox).map_err(wrong)?;
	let listener = bind(arguments.address.ip(), arguments.address.port()).await?;
	let address = listener.local_addr().map_err(|error| Failure::of("PORT_TAKEN", &error))?;
	output.result(&json!({ "address": address, "inbox": arguments.inbox }), || {
		format!(
			"Listening for HL7 v2 messages at {address} (MLLP). They lie in {inbox}, what is wrong in \
			 {inbox}/refused.\nTake them to records: salus ingest --as ACCOUNT --watch {inbox}",
			inbox = arguments.inbox.display(),
		)
	});
	listen(listener, Arc::new(inbox), Limits::default(), shutdown).await.map_err(wrong)
}
