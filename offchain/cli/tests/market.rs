// SPDX-License-Identifier: Apache-2.0
//! A de-identified data set, from a patient's record to its buyer, and the money the other way.

mod network;

use network::Network;
use serde_json::Value;
use std::{fs, path::Path};

/// One token, in its smallest unit.
const SAL: u128 = 1_000_000_000_000;

struct Market {
	network: Network,
	passphrase: String,
}

impl Market {
	/// A patient's listing pseudonym, for whom a hospital pays.
	fn start() -> Self {
		let network = Network::start();
		let passphrase = network.input("passphrase.txt", "a long enough passphrase of hers\n");
		let market = Self { network, passphrase };
		let seller = market.seller(&["account", "create", "maria-sells"]);
		let account = seller["account"].as_str().unwrap();
		market.network.ok(&["account", "admit", "--as", "hospital", account]);
		market.seller(&["account", "register", "--as", "maria-sells", "--role", "patient"]);
		market
	}

	/// A command of the pseudonym, whose passphrase is not the patient's.
	fn seller(&self, arguments: &[&str]) -> Value {
		self.network.ok(&[&["--passphrase-file", &self.passphrase], arguments].concat())
	}

	fn ingest(&self, name: &str, bundle: &Value) -> String {
		let file = self.network.input(name, bundle.to_string());
		let ingested = self.network.ok(&["ingest", "--as", "patient", &file]);
		ingested[0]["record"].as_str().unwrap().to_owned()
	}

	fn prepare(&self, record: &str) -> Value {
		let prepare = ["market", "prepare", "--as", "patient", record, "--seller", "maria-sells"];
		self.network.ok(&[&prepare[..], &["--seller-passphrase-file", &self.passphrase]].concat())
	}

	fn list(&self, data_set: &str, price: u128) -> String {
		let price = price.to_string();
		let list = ["market", "list", "--as", "maria-sells", data_set, "--price", &price];
		self.seller(&list)["listing"].as_str().unwrap().to_owned()
	}

	fn offer(&self, listing: &str) -> String {
		let made = self.network.ok(&["market", "offer", "--as", "researcher", listing]);
		made["offer"].as_str().unwrap().to_owned()
	}

	fn accept(&self, offer: &str) -> Value {
		self.seller(&["market", "accept", "--as", "maria-sells", offer])
	}

	/// How an offer is after what was due about it was done; nothing when it is gone.
	fn deliver(&self, offer: &str) -> Option<String> {
		let delivered = self.seller(&["market", "deliver", "--as", "maria-sells", "--once"]);
		let mut delivered = delivered.as_array().unwrap().iter();
		let found = delivered.find(|one| one["offer"] == offer)?;
		Some(found["state"].as_str().unwrap().to_owned())
	}

	fn balance(&self, account: &str) -> u128 {
		let shown = self.network.ok(&["account", "show", account]);
		shown["balance"].as_str().unwrap().parse().unwrap()
	}
}

/// What must not be in a data set: who the patient is, wherever it was said.
const PLANTED: [&str; 8] = [
	"Quintavalle",
	"Serafina",
	"1951-03-14",
	"4471-MRN-0093",
	"555-0142",
	"Birkenweg",
	"serafina.q@example.org",
	"02139",
];

fn bundle() -> Value {
	let subject = serde_json::json!({ "reference": "Patient/p1" });
	let note =
		"Serafina Quintavalle (MRN 4471-MRN-0093), born 1951-03-14, called from 617-555-0142.";
	serde_json::json!({
		"resourceType": "Bundle",
		"type": "collection",
		"entry": [
			{ "resource": {
				"resourceType": "Patient",
				"id": "p1",
				"identifier": [{ "system": "urn:example:mrn", "value": "4471-MRN-0093" }],
				"name": [{ "family": "Quintavalle", "given": ["Serafina"] }],
				"telecom": [{ "system": "email", "value": "serafina.q@example.org" }],
				"gender": "female",
				"birthDate": "1951-03-14",
				"address": [{ "line": ["Birkenweg 12"], "state": "MA", "postalCode": "02139" }],
			} },
			{ "resource": {
				"resourceType": "Observation",
				"id": "o1",
				"status": "final",
				"subject": subject,
				"category": [{ "coding": [{
					"system": "http://terminology.hl7.org/CodeSystem/observation-category",
					"code": "laboratory",
				}] }],
				"code": { "coding": [{ "system": "http://loinc.org", "code": "2345-7" }] },
				"effectiveDateTime": "2024-06-01",
				"valueQuantity": {
					"value": 98, "unit": "mg/dL",
					"system": "http://unitsofmeasure.org", "code": "mg/dL",
				},
				"note": [{ "text": note }],
			} },
			{ "resource": {
				"resourceType": "Condition",
				"id": "c1",
				"subject": subject,
				"code": {
					"coding": [{ "system": "http://snomed.info/sct", "code": "38341003" }],
					"text": "Hypertension of Serafina Quintavalle",
				},
				"onsetDateTime": "2019-02-03",
			} },
			{ "resource": {
				"resourceType": "Condition",
				"id": "c2",
				"subject": subject,
				"code": { "coding": [{ "system": "http://snomed.info/sct", "code": "86406008" }] },
			} },
		],
	})
}

/// All that was written into a directory.
fn text(directory: &Path) -> String {
	let files = fs::read_dir(directory).unwrap();
	let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
	files.sort();
	files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

// One network: each costs its node's start.
#[test]
fn data_sets_are_sold_delivered_whole_and_paid_or_refunded() {
	let market = Market::start();
	let record = market.ingest("bundle.json", &bundle());
	let data_set = made(&market, &record);
	let listing = market.list(&data_set, 10 * SAL);
	let listings = market.network.ok(&["market", "listings"]);
	assert_eq!(listings[0]["listing"], listing.as_str());
	assert_eq!(listings[0]["price"], (10 * SAL).to_string());
	sold(&market, &listing);
	called_off(&market, &listing);
	delivered_late(&market, &listing);
	refused(&market, &listing);
}

/// A record becomes a data set once, and is not for sale itself.
fn made(market: &Market, record: &str) -> String {
	let prepared = market.prepare(record);
	let data_set = prepared["record"].as_str().unwrap();
	assert_ne!(data_set, record);
	let policy = prepared["report"]["removed"]["policy"].to_string();
	assert!(policy.contains("safe-harbor"), "{prepared}");
	let categories = prepared["categories"].as_array().unwrap();
	for unsold in ["original", "hiv"] {
		assert!(!categories.iter().any(|category| category == unsold), "{categories:?}");
	}
	assert!(categories.iter().any(|category| category == "labs"), "{categories:?}");
	assert_eq!(market.prepare(record)["record"], data_set);
	let price = SAL.to_string();
	let list = ["market", "list", "--as", "patient", record, "--price", &price];
	assert_eq!(market.network.fails(&list).1, "RECORD_NOT_FOR_SALE");
	data_set.to_owned()
}

/// From the offer to the money.
fn sold(market: &Market, listing: &str) {
	let network = &market.network;
	let before = market.balance("researcher");
	let offer = market.offer(listing);
	assert!(market.balance("researcher") <= before - 10 * SAL, "the money is held");
	assert_eq!(market.deliver(&offer).unwrap(), "waits for your answer");
	let out = network.home().join("bought");
	let open = ["market", "open", "--as", "researcher", &offer, "--out", out.to_str().unwrap()];
	assert_eq!(network.fails(&open).1, "OFFER_NOT_ACCEPTED");
	let accepted = market.accept(&offer);
	assert_eq!(market.accept(&offer), accepted, "accepting twice is accepting once");
	assert_eq!(market.deliver(&offer).unwrap(), "waits for the buyer to open it");

	network.ok(&open);
	let bought = text(&out);
	for planted in PLANTED {
		assert!(!bought.contains(planted), "{planted} is in {bought}");
	}
	assert!(bought.contains("2345-7") && bought.contains("38341003"), "{bought}");
	assert!(bought.contains("de-identified"), "{bought}");
	// Hers to have again, also when the first download is lost.
	network.ok(&open);
	assert_eq!(text(&out), bought);

	// The custodians' word comes with the next blocks.
	while market.deliver(&offer).unwrap() == "waits for the custodians' word" {}
	assert_eq!(market.deliver(&offer).unwrap(), "delivered, may still be disputed");
	network.ok(&["market", "settle", "--as", "researcher", &offer]);
	assert_eq!(market.balance("maria-sells"), 0);
	assert_eq!(market.deliver(&offer).unwrap(), "settled and paid");
	assert_eq!(market.balance("maria-sells"), 10 * SAL * 88 / 100);

	// Who reads the seller's trail sees the sale; the patient's has nothing of it.
	let actions = |subject: &str| network.ok(&["audit", subject])["entries"].to_string();
	assert!(actions("maria-sells").contains("sale_opened"), "{}", actions("maria-sells"));
	assert!(!actions("patient").contains("sale"), "{}", actions("patient"));
}

/// One side takes its word back before anything is opened: all money comes back.
fn called_off(market: &Market, listing: &str) {
	let network = &market.network;
	let before = market.balance("researcher");
	let offer = market.offer(listing);
	network.ok(&["market", "withdraw", "--as", "researcher", &offer]);
	let offer = market.offer(listing);
	market.seller(&["market", "decline", "--as", "maria-sells", &offer]);
	let offer = market.offer(listing);
	let sale = market.accept(&offer);
	market.seller(&["market", "revoke", "--as", "maria-sells", sale["sale"].as_str().unwrap()]);
	let open = ["market", "open", "--as", "researcher", &offer];
	assert_eq!(network.fails(&open).1, "MARKET_SALE_REVOKED");
	assert_eq!(market.deliver(&offer).unwrap(), "refunded");
	assert_eq!(market.deliver(&offer), None);
	assert!(before - market.balance("researcher") < SAL / 10, "fees and no more");
}

/// Custodians that are away release nothing; she opens it when they are back.
fn delivered_late(market: &Market, listing: &str) {
	let network = &market.network;
	let offer = market.offer(listing);
	market.accept(&offer);
	network.kill("custodian-one");
	network.kill("custodian-two");
	let open = ["market", "open", "--as", "researcher", &offer];
	assert_eq!(network.fails(&open).1, "RELEASE_SHORT");
	assert_eq!(market.deliver(&offer).unwrap(), "waits for the custodians' word");
	network.ok(&["up"]);
	let out = network.home().join("late");
	network.ok(&[&open[..], &["--out", out.to_str().unwrap()]].concat());
	assert!(text(&out).contains("2345-7"));
}

/// What the seller denies she does not sell, whatever she signed before.
fn refused(market: &Market, listing: &str) {
	let network = &market.network;
	let before = market.balance("researcher");
	let offer = market.offer(listing);
	market.accept(&offer);
	market.seller(&["deny", "--as", "maria-sells", "labs"]);
	let open = ["market", "open", "--as", "researcher", &offer];
	assert_eq!(network.fails(&open).1, "DENIED");
	let refund = ["market", "refund", "--as", "researcher", &offer];
	// The custodians' word comes with the next blocks.
	while network.run(&refund).code != 0 {}
	assert!(before - market.balance("researcher") < SAL / 10, "fees and no more");
	assert_eq!(market.deliver(&offer), None);
}
