// SPDX-License-Identifier: Apache-2.0
//! `salus market`

use super::{
	jobs::{add_job, open_queue, run_jobs},
	open::write,
	share::now,
	Context,
};
use crate::{
	account::Unlocked,
	arguments::{As, Market, MarketCommand},
	error::{Failure, Result},
	output::table,
	session::{chain, worker, Session},
};
use futures::{StreamExt, TryStreamExt};
use salus_chain::{
	AccountId, Call, Currency, FinalizedState, MarketCall, MemoryCursor, OfferState, Start,
};
use salus_primitives::{Category, ListingId, Moment, OfferId, PurposeOfUse, RecordId, Salt};
use salus_worker::{
	buying::Bid,
	data_set::{DataSetMaker, PrepareDataSet, PreparedDataSet},
	jobs::IdempotencyKey,
	patient::Patient,
	selling::{Attended, Price},
};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{collections::BTreeSet, path::Path};
use tokio_util::sync::CancellationToken;

/// A day in milliseconds of consensus time.
const DAY: Moment = 24 * 60 * 60 * 1000;

pub(crate) async fn run(context: &Context, arguments: Market) -> Result<()> {
	let session = Session::connect(context).await?;
	match arguments.command {
		MarketCommand::Prepare { who, record, seller, seller_passphrase_file, categories } => {
			let given = seller_passphrase_file.or_else(|| context.passphrase_file.clone());
			let seller = session.accounts.unlock(&seller, given.as_deref())?;
			prepare(context, &session, &who, seller, record, categories).await
		},
		MarketCommand::List { who, record, price, asset } => {
			let currency = asset.map_or(Currency::Native, Currency::Asset);
			list(context, &session, &who, record, Price { currency, amount: price }).await
		},
		MarketCommand::Unlist { who, listing } => {
			let done = "It is off the market. Offers that nobody opened can be refunded.";
			submit(context, &session, &who, MarketCall::Unlist { listing }, done).await
		},
		MarketCommand::Listings => listings(context, &session).await,
		MarketCommand::Offer { who, listing, price, days, access_days } => {
			offer(context, &session, &who, listing, price, (days, access_days)).await
		},
		MarketCommand::Offers(who) => offers(context, &session, &who).await,
		MarketCommand::Accept { who, offer, purpose } => {
			accept(context, &session, &who, offer, purpose).await
		},
		MarketCommand::Decline { who, offer } => {
			let done = "Declined: the buyer has her money back.";
			submit(context, &session, &who, MarketCall::Decline { offer }, done).await
		},
		MarketCommand::Withdraw { who, offer } => {
			let done = "Withdrawn: the money is yours again.";
			submit(context, &session, &who, MarketCall::WithdrawOffer { offer }, done).await
		},
		MarketCommand::Revoke { who, sale } => {
			let done =
				"Nothing more is released under this authorisation. What the buyer has, she has.";
			submit(context, &session, &who, MarketCall::RevokeSale { sale }, done).await
		},
		MarketCommand::Open { who, offer, out } => {
			open(context, &session, &who, &offer, out.as_deref()).await
		},
		MarketCommand::Refund { who, offer } => {
			let done = "Refunded: the money is yours again.";
			submit(context, &session, &who, MarketCall::Refund { offer }, done).await
		},
		MarketCommand::Settle { who, offer } => {
			let done = "Settled: the seller can claim her part.";
			submit(context, &session, &who, MarketCall::Settle { offer }, done).await
		},
		MarketCommand::Deliver { who, once } => deliver(context, &session, &who, once).await,
	}
}

async fn prepare(
	context: &Context,
	session: &Session,
	who: &As,
	seller: Unlocked,
	record: RecordId,
	categories: Vec<Category>,
) -> Result<()> {
	let patient = session.patient(context, session.unlock(context, &who.name)?)?;
	let name = seller.card.name.clone();
	let categories = categories.into_iter().collect();
	let prepared = make_data_set(context, session, patient, seller, record, categories).await?;
	context.output.result(&prepared, || {
		format!(
			"Data set {}\n{}, {}.\nPut it on sale: salus market list --as {name} {} --price …",
			prepared.record,
			prepared.report["removed"]["policy"].as_str().unwrap_or("de-identified"),
			codes(&prepared.categories),
			prepared.record,
		)
	});
	Ok(())
}

/// Makes a data set of a patient's record, which belongs to `seller`. The same record and categories
/// are one data set.
pub(super) async fn make_data_set(
	context: &Context,
	session: &Session,
	patient: Patient,
	seller: Unlocked,
	record: RecordId,
	categories: BTreeSet<Category>,
) -> Result<PreparedDataSet> {
	let account = seller.card.account;
	if account == patient.signer.account() {
		let told = "the seller would be the patient's own account";
		return Err(Failure::new("SELLER_IS_PATIENT", told)
			.fix("make another account to sell with: salus account create NAME"));
	}
	let queue = open_queue(context, &account).await?;
	let same = Sha256::digest(format!("{record}:{}", codes(&categories)));
	let key = IdempotencyKey::new(format!("{account}:data-set:{}", hex::encode(same)))
		.map_err(|error| worker(&error))?;
	let payload = PrepareDataSet { source: record, categories, record_salt: Salt(rand::random()) };
	let job = add_job::<DataSetMaker>(&queue, &key, &payload).await?;
	let maker = DataSetMaker {
		patient,
		reports: context.home.reports().join(account.to_string()),
		publisher: session.publisher(context, seller)?,
	};
	let again = "the same command goes on where it stopped";
	let made = run_jobs(context, queue, maker, [job], again).await?;
	// Other unfinished ones were ended, too; the one that was asked for is the last.
	made.into_iter().next_back().ok_or_else(|| Failure::new("JOBS_NO_RESULT", "nothing was made"))
}

fn codes(categories: &BTreeSet<Category>) -> String {
	categories.iter().map(|category| category.code()).collect::<Vec<_>>().join(", ")
}

async fn list(
	context: &Context,
	session: &Session,
	who: &As,
	record: RecordId,
	price: Price,
) -> Result<()> {
	let seller = session.patient(context, session.unlock(context, &who.name)?)?;
	let listing = seller.list(&record, price).await.map_err(|error| worker(&error))?;
	context.output.result(&json!({ "listing": listing }), || {
		format!(
			"Listing {listing}\nOffers: salus market offers --as {}\n\
			Keep running, or run now and then: salus market deliver --as {}",
			who.name, who.name
		)
	});
	Ok(())
}

/// What is on sale, as anybody sees it.
#[derive(Serialize)]
struct Listed {
	listing: ListingId,
	seller: AccountId,
	categories: BTreeSet<Category>,
	/// At most so many bytes.
	size: u64,
	/// Of 100.
	quality: u8,
	currency: String,
	/// In the currency's smallest unit; a text, because numbers in JSON lose digits.
	price: String,
	sales: u32,
}

fn currency(currency: Currency) -> String {
	match currency {
		Currency::Native => "native".to_owned(),
		Currency::Asset(number) => format!("asset {number}"),
	}
}

async fn listings(context: &Context, session: &Session) -> Result<()> {
	let read = async {
		let state = session.chain.state().await?;
		let found: Vec<_> = state.listings().try_collect().await?;
		Ok::<_, salus_chain::Error>(found)
	};
	let found = read.await.map_err(|error| chain(&error))?;
	let listed = found.into_iter().filter(|(_, one)| one.is_on_sale).map(|(listing, one)| Listed {
		listing,
		seller: one.seller,
		size: one.goods.size,
		quality: one.goods.quality,
		currency: currency(one.currency),
		price: one.price.to_string(),
		sales: one.sales,
		categories: one.goods.categories,
	});
	let listed: Vec<_> = listed.collect();
	context.output.result(&listed, || {
		table(
			["listing", "holds", "bytes", "quality", "price", "in", "sold"],
			listed.iter().map(|one| {
				[
					one.listing.to_string(),
					codes(&one.categories),
					format!("≤ {}", one.size),
					one.quality.to_string(),
					one.price.clone(),
					one.currency.clone(),
					one.sales.to_string(),
				]
			}),
		)
	});
	Ok(())
}

async fn offer(
	context: &Context,
	session: &Session,
	who: &As,
	listing: ListingId,
	price: Option<u128>,
	(days, access_days): (u64, u64),
) -> Result<()> {
	let buyer = session.grantee(context, session.unlock(context, &who.name)?)?;
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	let found = state.listing(&listing).await.map_err(|error| chain(&error))?;
	let found = found.ok_or_else(|| worker(&salus_worker::Error::ListingUnknown { listing }))?;
	let bid = Bid {
		price: price.unwrap_or(found.price),
		expires_at: now(session).await?.saturating_add(days.saturating_mul(DAY)),
		access_for: access_days.saturating_mul(DAY),
	};
	let offer = buyer.offer(listing, bid).await.map_err(|error| worker(&error))?;
	context.output.result(&json!({ "offer": offer, "price": bid.price.to_string() }), || {
		format!(
			"Offer {offer}\n{} is held. When the seller has accepted: salus market open --as {} {offer}\n\
			Take it back: salus market withdraw --as {} {offer}",
			bid.price, who.name, who.name
		)
	});
	Ok(())
}

/// An offer that an account made or was made.
#[derive(Serialize)]
struct Offered {
	offer: OfferId,
	listing: ListingId,
	/// Made by this account, or to it.
	made: bool,
	other: AccountId,
	price: String,
	currency: String,
	state: &'static str,
}

async fn offers(context: &Context, session: &Session, who: &As) -> Result<()> {
	let account = session.accounts.resolve(&who.name)?;
	let read = async {
		let state = session.chain.state().await?;
		let mut ids = offers_to(&state, &account).await?;
		let made: Vec<_> = state.offers_of(&account).try_collect().await?;
		ids.extend(made);
		let mut found = Vec::new();
		for offer in ids {
			let Some(one) = state.offer(&offer).await? else { continue };
			let made = one.buyer == account;
			found.push(Offered {
				offer,
				listing: one.listing,
				made,
				other: if made { one.seller } else { one.buyer },
				price: one.price.to_string(),
				currency: currency(one.currency),
				state: match one.state {
					OfferState::Open => "open",
					OfferState::Accepted { .. } => "accepted",
					OfferState::Locked(_) => "locked",
					OfferState::Disputed(_) => "disputed",
					OfferState::Settled(_) => "settled",
				},
			});
		}
		Ok::<_, salus_chain::Error>(found)
	};
	let found = read.await.map_err(|error| chain(&error))?;
	context.output.result(&found, || {
		table(
			["offer", "", "account", "price", "in", "state"],
			found.iter().map(|one| {
				[
					one.offer.to_string(),
					if one.made { "to" } else { "from" }.to_owned(),
					one.other.to_string(),
					one.price.clone(),
					one.currency.clone(),
					one.state.to_owned(),
				]
			}),
		)
	});
	Ok(())
}

/// The offers for all listings of a seller.
async fn offers_to(
	state: &FinalizedState,
	seller: &AccountId,
) -> Result<Vec<OfferId>, salus_chain::Error> {
	let mut offers = Vec::new();
	for listing in state.listings_of(seller).await? {
		let made: Vec<_> = state.offers_for(&listing).try_collect().await?;
		offers.extend(made);
	}
	Ok(offers)
}

async fn accept(
	context: &Context,
	session: &Session,
	who: &As,
	offer: OfferId,
	purpose: PurposeOfUse,
) -> Result<()> {
	let seller = session.patient(context, session.unlock(context, &who.name)?)?;
	let sale = seller.accept(&offer, purpose).await.map_err(|error| worker(&error))?;
	context.output.result(&json!({ "offer": offer, "sale": sale }), || {
		format!(
			"Accepted: this buyer, and nobody else, may open the data set for {}.\n\
			Take it back: salus market revoke --as {} {sale}",
			purpose.code(),
			who.name
		)
	});
	Ok(())
}

async fn open(
	context: &Context,
	session: &Session,
	who: &As,
	offer: &OfferId,
	out: Option<&Path>,
) -> Result<()> {
	let buyer = session.grantee(context, session.unlock(context, &who.name)?)?;
	let opened = buyer.open_purchase(offer).await.map_err(|error| worker(&error))?;
	write(context, session, &buyer, opened, out).await
}

async fn submit(
	context: &Context,
	session: &Session,
	who: &As,
	call: MarketCall,
	done: &str,
) -> Result<()> {
	let unlocked = session.unlock(context, &who.name)?;
	let included = session.chain.submit(&unlocked.signer, &Call::Market(call)).await;
	let block = included.map_err(|error| chain(&error))?.block;
	context.output.result(&json!({ "block": block }), || format!("{done} Final in block {block}."));
	Ok(())
}

/// How an offer is, after what was due about it was done.
#[derive(Serialize)]
struct Delivered {
	offer: OfferId,
	state: &'static str,
}

async fn deliver(context: &Context, session: &Session, who: &As, once: bool) -> Result<()> {
	let seller = session.patient(context, session.unlock(context, &who.name)?)?;
	if once {
		let found = attend(session, &seller).await?;
		context.output.result(&found, || {
			table(
				["offer", "state"],
				found.iter().map(|one| [one.offer.to_string(), one.state.to_owned()]),
			)
		});
		return Ok(());
	}
	let stop = CancellationToken::new();
	let cursor = MemoryCursor::new(None);
	let mut blocks =
		salus_chain::follow(session.chain.clone(), cursor, Start::Newest, stop.clone());
	let mut known = Vec::new();
	loop {
		tokio::select! {
			_ = tokio::signal::ctrl_c() => return Ok(()),
			block = blocks.next() => match block {
				None => return Ok(()),
				Some(block) => drop(block.map_err(|error| chain(&error))?),
			},
		}
		// What cannot be done now is tried again with the next block.
		let found: Vec<_> = match attend(session, &seller).await {
			Ok(found) => found.into_iter().map(|one| (one.offer, one.state)).collect(),
			Err(failure) => {
				context.output.say(failure.to_string());
				continue;
			},
		};
		for (offer, state) in found.iter().filter(|one| !known.contains(*one)) {
			context.output.say(format!("{offer}: {state}"));
		}
		known = found;
	}
}

/// Does what is due about every offer for a seller's listings.
async fn attend(session: &Session, seller: &Patient) -> Result<Vec<Delivered>> {
	let state = session.chain.state().await.map_err(|error| chain(&error))?;
	let offers = offers_to(&state, &seller.signer.account()).await;
	let mut found = Vec::new();
	for offer in offers.map_err(|error| chain(&error))? {
		let state = match seller.attend(&offer).await.map_err(|error| worker(&error))? {
			Attended::AwaitsSeller => "waits for your answer",
			Attended::AwaitsBuyer => "waits for the buyer to open it",
			Attended::AwaitsCustodians => "waits for the custodians' word",
			Attended::AwaitsDisputes { .. } => "delivered, may still be disputed",
			Attended::Disputed => "disputed: the arbiter decides",
			Attended::Refunded => "refunded",
			Attended::Settled => "settled and paid",
		};
		found.push(Delivered { offer, state });
	}
	Ok(found)
}
