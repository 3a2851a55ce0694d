// SPDX-License-Identifier: Apache-2.0
#![doc = include_str!("../README.md")]

mod load;
mod node;
mod scene;

use clap::Parser;
use load::{Kind, Measured};
use node::Node;
use scene::Scene;
use std::{error::Error, path::PathBuf};

/// Fills the blocks of a real node with grants and opens, and says how many it takes.
#[derive(Debug, Parser)]
struct Arguments {
	/// The node.
	#[arg(long)]
	node: PathBuf,
	/// The development chain specification. Its genesis state gets more people and consents.
	#[arg(long)]
	chain: PathBuf,
	/// How many consents are in the state, one measurement for each.
	#[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000, 1_000_000])]
	consents: Vec<u32>,
	/// How many accounts send.
	#[arg(long, default_value_t = 3_000)]
	accounts: u32,
	/// How many full blocks are counted.
	#[arg(long, default_value_t = 10)]
	blocks: u32,
	/// The time of a block, in milliseconds.
	#[arg(long, default_value_t = 6_000)]
	block_time: u64,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
	let arguments = Arguments::parse();
	let mut all: Vec<(u32, Kind, Measured)> = Vec::new();
	for consents in &arguments.consents {
		let consents = (*consents).max(arguments.accounts);
		eprintln!("{consents} consents: making the state");
		let mut scene = Scene::new(arguments.accounts, consents);
		let home = tempfile::tempdir()?;
		let chain = home.path().join("chain.json");
		scene.write_chain(&arguments.chain, &chain)?;
		eprintln!("{consents} consents: starting the node");
		let node = Node::start(&arguments.node, &chain, home.path(), arguments.block_time).await?;
		for kind in [Kind::Grant, Kind::Open] {
			let measured = load::measure(&node, &scene, kind, arguments.blocks).await?;
			eprintln!("{consents} consents: {kind}: {measured}");
			all.push((consents, kind, measured));
		}
		node.stop().await?;
	}
	report(&all);
	Ok(())
}

fn report(all: &[(u32, Kind, Measured)]) {
	println!("| consents | call | in a block | included/s | finalised/s | of a block's weight |");
	println!("|---|---|---|---|---|---|");
	for (consents, kind, measured) in all {
		println!(
			"| {consents} | {kind} | {} | {:.1} | {:.1} | {} % |",
			measured.in_a_block(),
			measured.included_per_second(),
			measured.finalised_per_second(),
			measured.weight,
		);
	}
	for kind in [Kind::Grant, Kind::Open] {
		let rates = || {
			let of_kind = all.iter().filter(|(_, of, _)| *of == kind);
			of_kind.map(|(_, _, measured)| measured.included_per_second())
		};
		let (least, most) = rates()
			.fold((f64::INFINITY, 0f64), |(least, most), rate| (least.min(rate), most.max(rate)));
		println!("{kind}: least to most over all sizes: {:.2}", least / most);
	}
}
