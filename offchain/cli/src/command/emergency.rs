// SPDX-License-Identifier: Apache-2.0
//! `salus emergency`

use super::{
	open::{refused, request, write},
	Context,
};
use crate::{
	arguments::{Emergency, EmergencyCommand, EmergencyReason},
	error::Result,
	session::{chain, worker, Session},
};
use salus_chain::{EmergencyOutcome, OpenOutcome};
use salus_primitives::PurposeOfUse;
use salus_worker::{emergency::EmergencyAttempt, sharing};
use serde_json::json;

impl From<EmergencyReason> for sharing::EmergencyReason {
	fn from(reason: EmergencyReason) -> Self {
		match reason {
			EmergencyReason::Unconscious => Self::Unconscious,
			EmergencyReason::Incapacitated => Self::Incapacitated,
			EmergencyReason::LifeThreatening => Self::LifeThreatening,
			EmergencyReason::Disaster => Self::Disaster,
		}
	}
}

pub(crate) async fn run(context: &Context, arguments: Emergency) -> Result<()> {
	let session = Session::connect(context).await?;
	match arguments.command {
		EmergencyCommand::Declare { who, patient, record, categories, reason } => {
			let subject = session.accounts.resolve(&patient)?;
			let clinician = session.grantee(context, session.unlock(context, &who.name)?)?;
			let categories = categories.into_iter().collect();
			let request = request(PurposeOfUse::EmergencyTreatment, categories)?;
			let declared = clinician.declare_emergency(subject, record, reason.into(), request);
			match declared.await.map_err(|error| worker(&error))? {
				EmergencyOutcome::Refused(refusal) => Err(refused(refusal)),
				EmergencyOutcome::Declared(emergency) => {
					context.output.result(&json!({ "emergency": emergency }), || {
						format!(
							"Emergency {emergency}\nNothing is open yet. Have another clinician confirm \
							it: salus emergency confirm --as NAME {emergency}\nThen, or when the delay is \
							over: salus emergency open --as {} {emergency}",
							who.name
						)
					});
					Ok(())
				},
			}
		},
		EmergencyCommand::Confirm { who, emergency } => {
			let second = session.grantee(context, session.unlock(context, &who.name)?)?;
			let confirmed = second.confirm_emergency(emergency).await;
			match confirmed.map_err(|error| worker(&error))? {
				OpenOutcome::Refused(refusal) => Err(refused(refusal)),
				OpenOutcome::Ticket(ticket) => {
					context.output.result(&json!({ "ticket": ticket }), || {
						"Confirmed. The clinician who declared it can open the record.".to_owned()
					});
					Ok(())
				},
			}
		},
		EmergencyCommand::Open { who, emergency, out } => {
			let clinician = session.grantee(context, session.unlock(context, &who.name)?)?;
			let opened = clinician.open_emergency(emergency).await;
			match opened.map_err(|error| worker(&error))? {
				EmergencyAttempt::Refused(refusal) => Err(refused(refusal)),
				EmergencyAttempt::Opened(opened) => {
					write(context, &session, &clinician, opened, out.as_deref()).await
				},
			}
		},
		EmergencyCommand::Object { who, emergency } => {
			let patient = session.unlock(context, &who.name)?;
			let objected = session.chain.object_emergency(&patient.signer, emergency).await;
			let block = objected.map_err(|error| chain(&error))?.block;
			context.output.result(&json!({ "emergency": emergency, "block": block }), || {
				format!("Objected, final in block {block}. Nothing is released from now on.")
			});
			Ok(())
		},
	}
}
