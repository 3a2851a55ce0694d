// SPDX-License-Identifier: Apache-2.0
//! Speed of disclosure control: the optimal search beside trying every node, and partitioning, over the
//! table of `SALUS_DATA` where it is at hand and over rows that are made up here.
#![allow(missing_docs)]

use rand::{rngs::StdRng, Rng, SeedableRng};
use salus_deid::disclosure::{
	assess, discrete_gaussian, explain, generalise, partition, Attribute, Classes, Column,
	Criterion, Hierarchy, HierarchyTable, Limits, Microdata, Ratio, Recoding, Table,
};
use std::{fs::File, hint::black_box, time::Instant};

fn seconds(work: impl FnOnce()) -> f64 {
	let start = Instant::now();
	work();
	start.elapsed().as_secs_f64().max(1e-9)
}

/// The most memory that the process had, in MiB, where the system tells it.
fn peak() -> Option<u64> {
	let status = std::fs::read_to_string("/proc/self/status").ok()?;
	let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
	line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn adult(folder: &str) -> Microdata {
	let open = |name: &str| File::open(format!("{folder}/kanon/{name}.csv")).expect("a file");
	let table = Table::from_csv(open("adult")).expect("a table");
	let attributes = table.columns().iter().map(|column| {
		let file = open(&format!("adult_hierarchy_{}", column.name));
		let hierarchy = Hierarchy::Table(HierarchyTable::from_csv(file).expect("a hierarchy"));
		Attribute::new(column, &hierarchy)
	});
	Microdata::new(attributes.collect()).expect("data")
}

/// Rows of made-up patients; small numbers are frequent, as most people share the frequent values.
fn patients(rows: usize, attributes: usize) -> Microdata {
	let mut random = StdRng::seed_from_u64(42);
	let mut below = |limit: u64| {
		let draw = |random: &mut StdRng| random.next_u64() % limit;
		draw(&mut random).min(draw(&mut random))
	};
	let column = |number: usize, below: &mut dyn FnMut(u64) -> u64| -> (Column, Hierarchy) {
		let name = format!("attribute {number}");
		let mut of = |value: &mut dyn FnMut(&mut dyn FnMut(u64) -> u64) -> String| {
			Column::new(name.as_str(), (0..rows).map(|_| value(below))).expect("a column")
		};
		match number % 5 {
			0 => (of(&mut |below| below(100).to_string()), Hierarchy::Age),
			1 => (of(&mut |below| (100 + below(800)).to_string()), Hierarchy::Zip3),
			2 => (of(&mut |below| (1990 + below(35)).to_string()), Hierarchy::Date),
			3 => (of(&mut |below| format!("E{:02}.{}", below(80), below(10))), Hierarchy::Icd10Cm),
			_ => (of(&mut |below| below(6).to_string()), Hierarchy::Flat),
		}
	};
	let attributes = (0..attributes).map(|number| {
		let (column, hierarchy) = column(number, &mut below);
		Attribute::new(&column, &hierarchy)
	});
	Microdata::new(attributes.collect()).expect("data")
}

fn search(name: &str, data: &Microdata, k: u32, suppression_basis_points: u16) {
	let criteria = [Criterion::KAnonymity { k }];
	let limits = Limits { suppression_basis_points, ..Limits::default() };
	let mut release = None;
	let time = seconds(|| release = generalise(data, &criteria, limits).ok());
	let Some(release) = release else {
		println!("{name}, k={k}, {suppression_basis_points} bp: nothing satisfies, {time:.3} s");
		return;
	};
	let Recoding::FullDomain { levels, loss, is_optimal, checks } = &release.recoding else {
		return;
	};
	// Trying every node costs at least this much for each.
	let one = seconds(|| {
		black_box(Classes::at(data, levels).expect("classes"));
	});
	let nodes: usize = data.attributes().iter().map(Attribute::levels).product();
	println!(
		"{name}, k={k}, {suppression_basis_points} bp: {time:.3} s, {checks} of {nodes} nodes tried, \
		{:.0} x as fast as trying all, loss {loss:.0}, optimal {is_optimal}, levels {levels:?}",
		one * nodes as f64 / time,
	);
	let explained = seconds(|| {
		black_box(explain(data, &criteria, &release).expect("explained"));
	});
	let assessed = seconds(|| {
		black_box(assess(data, &release, None, 0.1).expect("a report"));
	});
	println!("  explained in {explained:.3} s, assessed in {assessed:.3} s");
}

fn cut(name: &str, data: &Microdata, k: u32) {
	let mut classes = 0;
	let time = seconds(|| {
		let release = partition(data, &[Criterion::KAnonymity { k }]).expect("a partition");
		classes = release.classes.released();
	});
	println!("{name}, k={k}, partitioned: {time:.3} s, {classes} classes");
}

fn main() {
	// `cargo test` runs benches too, and asks for nothing of them.
	if std::env::args().any(|argument| argument == "--test") {
		return;
	}
	match std::env::var("SALUS_DATA") {
		Ok(folder) => {
			let data = adult(&folder);
			for (k, suppression) in [(5, 400), (100, 400), (5, 0), (100, 0)] {
				search("adult, 30 162 x 9", &data, k, suppression);
			}
			cut("adult, 30 162 x 9", &data, 5);
		},
		Err(_) => println!("SKIPPED: SALUS_DATA is unset, adult.csv is not measured"),
	}
	cut("made up, 30 000 x 15", &patients(30_000, 15), 5);
	let data = patients(1_000_000, 9);
	search("made up, 1 000 000 x 9", &data, 5, 400);
	search("made up, 1 000 000 x 9", &data, 11, 0);
	cut("made up, 1 000 000 x 9", &data, 5);
	let mut random = StdRng::seed_from_u64(7);
	let variance = Ratio::new(10_000, 7).expect("a variance");
	let draws = 100_000;
	let time = seconds(|| {
		for _ in 0..draws {
			black_box(discrete_gaussian(variance, &mut random).expect("a draw"));
		}
	});
	println!("discrete Gaussian: {:.0} draws/s", f64::from(draws) / time);
	if let Some(peak) = peak() {
		println!("peak memory {peak} MiB");
	}
}
