// SPDX-License-Identifier: Apache-2.0
//! The part of the demo in which a de-identified copy of the record is sold.

use super::{check, mismatch, Story, PATIENT};
use crate::{
	command::{market::make_data_set, share::now, Context},
	error::{Failure, Result},
	session::{chain, worker, Session},
};
use backon::{ConstantBuilder, Retryable};
use salus_chain::{Call, Currency, MarketCall};
use salus_mdf::{Profile, SegmentReader};
use salus_primitives::{ListingId, OfferId, PurposeOfUse, RecordId, Role};
use salus_worker::{
	buying::Bid,
	data_set::PreparedDataSet,
	grantee::Grantee,
	patient::Patient,
	selling::{Attended, Price},
};
use std::time::Duration;

const PSEUDONYM: &str = "pseudonym";
const SPONSOR: &str = "hospital";
const RESEARCHER: &str = "researcher";
/// How many calls the sponsor pays in advance.
const CALLS: u32 = 1_000;
/// Ten tokens.
const PRICE: Price = Price { currency: Currency::Native, amount: 10_000_000_000_000 };
/// A week in milliseconds of consensus time.
const WEEK: u64 = 7 * 24 * 60 * 60 * 1000;

/// Sells a de-identified copy of the record, where anything of it may be sold.
pub(super) async fn sell(
	context: &Context,
	session: &Session,
	record: RecordId,
	story: &mut Story<'_>,
) -> Result<()> {
	let seller = session.patient(context, session.unlock(context, PSEUDONYM)?)?;
	let buyer = session.grantee(context, session.unlock(context, RESEARCHER)?)?;
	introduce(context, session, &seller).await?;
	let patient = session.patient(context, session.unlock(context, PATIENT)?)?;
	let unlocked = session.unlock(context, PSEUDONYM)?;
	let made = make_data_set(context, session, patient, unlocked, record, [].into()).await;
	let made = match made {
		Err(failure) if failure.code == "DATA_SET_EMPTY" => {
			story.tell("Nothing of the record may be sold", Vec::new());
			return Ok(());
		},
		made => made?,
	};
	prepared(&seller, &made, story).await?;
	let (listing, offer) = agreed(session, &seller, &buyer, &made.record, story).await?;
	delivered(session, &seller, &buyer, &offer, story).await?;
	// The next demo lists a copy of its own.
	let unlist = Call::Market(MarketCall::Unlist { listing });
	session.chain.submit(&seller.signer, &unlist).await.map_err(|error| chain(&error))?;
	Ok(())
}

/// Has the pseudonym admitted and registered, once.
async fn introduce(context: &Context, session: &Session, seller: &Patient) -> Result<()> {
	let who = seller.signer.account();
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	if state.participant(&who).await.map_err(|error| chain(&error))?.is_some() {
		return Ok(());
	}
	let key = seller.keys.current_encryption_key();
	let key = key.ok_or_else(|| Failure::new("KEYSTORE_NO_KEY", "the keystore holds no key"))?;
	let sponsor = session.unlock(context, SPONSOR)?.signer;
	let introduced = async {
		session.chain.submit(&sponsor, &Call::FundPool { calls: CALLS }).await?;
		session.chain.submit(&sponsor, &Call::Admit { who }).await?;
		session.chain.register(&seller.signer, Role::Patient, key.public().clone()).await
	};
	introduced.await.map(drop).map_err(|error| chain(&error))
}

async fn prepared(seller: &Patient, made: &PreparedDataSet, story: &mut Story<'_>) -> Result<()> {
	let (_, manifest) = seller.manifest(&made.record).await.map_err(|error| worker(&error))?;
	for segment in manifest.segments.iter().filter(|segment| segment.range == 0) {
		let read = seller.read(&manifest, segment.index, Vec::new()).await;
		let (document, _) = read.map_err(|error| worker(&error))?;
		let header = SegmentReader::new(document.as_slice()).map(|reader| reader.header().clone());
		let is_marked = header.is_ok_and(|header| header.profile == Profile::DeIdentified);
		check(is_marked, "each document of a data set says that it is de-identified")?;
	}
	let policy = made.report["removed"]["policy"].to_string();
	story.tell(
		"The patient makes a de-identified copy",
		vec![
			format!("data set {}, {}", made.record, policy.trim_matches('"')),
			format!("{} segments, sealed with new keys", manifest.segments.len()),
			"It belongs to another account of hers: nothing on chain leads from it to her."
				.to_owned(),
		],
	);
	Ok(())
}

async fn agreed(
	session: &Session,
	seller: &Patient,
	buyer: &Grantee,
	data_set: &RecordId,
	story: &mut Story<'_>,
) -> Result<(ListingId, OfferId)> {
	let listing = seller.list(data_set, PRICE).await.map_err(|error| worker(&error))?;
	let at = now(session).await?;
	let bid = Bid { price: PRICE.amount, expires_at: at.saturating_add(WEEK), access_for: WEEK };
	let offer = buyer.offer(listing, bid).await.map_err(|error| worker(&error))?;
	let sale = seller.accept(&offer, PurposeOfUse::Research).await;
	let sale = sale.map_err(|error| worker(&error))?;
	story.tell(
		"A researcher offers, the patient authorises the sale",
		vec![
			format!("offer {offer}: the chain holds the price"),
			format!("sale {sale}: to this one buyer, for research"),
		],
	);
	Ok((listing, offer))
}

async fn delivered(
	session: &Session,
	seller: &Patient,
	buyer: &Grantee,
	offer: &OfferId,
	story: &mut Story<'_>,
) -> Result<()> {
	let opened = buyer.open_purchase(offer).await.map_err(|error| worker(&error))?;
	let mut bytes = 0;
	for segment in &opened.segments {
		let read = segment.read(&*session.store, std::io::sink()).await;
		bytes += read.map_err(|error| worker(&error))?.1;
	}
	let attested = || async {
		match seller.attend(offer).await.map_err(|error| worker(&error))? {
			Attended::AwaitsDisputes { .. } => Ok(()),
			_ => Err(mismatch("custodians attest the delivery")),
		}
	};
	let patience =
		ConstantBuilder::default().with_delay(Duration::from_millis(200)).with_max_times(300);
	attested.retry(patience).await?;
	let settle = Call::Market(MarketCall::Settle { offer: *offer });
	session.chain.submit(&buyer.signer, &settle).await.map_err(|error| chain(&error))?;
	let earned = seller.claim(PRICE.currency).await.map_err(|error| worker(&error))?;
	check(earned == PRICE.amount / 100 * 88, "the seller gets 88 per cent")?;
	story.tell(
		"The data set is delivered and paid",
		vec![
			format!("ticket {} locked the escrow; {bytes} bytes opened", opened.ticket),
			"The custodians attested the delivery; the researcher settled at once.".to_owned(),
			"88 per cent went to the seller, 12 to the platform.".to_owned(),
		],
	);
	Ok(())
}
