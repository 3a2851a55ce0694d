// SPDX-License-Identifier: Apache-2.0
//! Full-domain generalisation: every combination of levels is a node of a lattice, and the one that
//! satisfies the criteria with the least loss is searched.
//!
//! Generalising further merges classes. So a node that fails a criterion which more rows cannot break
//! condemns all nodes below it, and one that satisfies everything bounds the loss of those worth a look.

use super::{
	classes::{Classes, Recoding, Release},
	criterion::{self, Criterion, Histograms, Overall},
	grouping::{group, tally, Groups, Part, Tally},
	level_losses, DisclosureError, Microdata,
};
use std::ops::ControlFlow;

/// How many quasi-identifiers the lattice takes; more are partitioned.
pub const MAX_LATTICE_ATTRIBUTES: usize = 9;
/// How many combinations of levels it takes.
pub const MAX_LATTICE: usize = 1 << 22;

/// How much may be lost to find a result, and how much work it may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
	/// The share of rows that may be suppressed, in hundredths of a percent.
	pub suppression_basis_points: u16,
	/// How many combinations of levels are tried before the best one found counts.
	pub checks: u64,
}

impl Default for Limits {
	fn default() -> Self {
		Self { suppression_basis_points: 0, checks: 20_000 }
	}
}

impl Limits {
	/// How many of so many rows may be suppressed.
	///
	/// # Errors
	/// If the share is above one.
	pub(super) fn rows(&self, rows: usize) -> Result<u64, DisclosureError> {
		if self.suppression_basis_points > 10_000 {
			return Err(DisclosureError::ParameterInvalid {
				parameter: "suppression",
				reason: "it must be at most 10 000 basis points",
			});
		}
		Ok(rows as u64 * u64::from(self.suppression_basis_points) / 10_000)
	}
}

/// Rows that stand for classes, and how many each stands for.
#[derive(Debug)]
struct Snapshot {
	/// Classes of these levels are merged.
	levels: Vec<usize>,
	attributes: Vec<Vec<u32>>,
	sensitive: Vec<Vec<u32>>,
	weights: Vec<u32>,
}

/// What a node gives.
#[derive(Clone, Copy, Debug)]
struct Verdict {
	/// Few enough rows fail those criteria that more rows cannot break.
	is_possible: bool,
	/// Few enough rows fail any.
	is_satisfied: bool,
}

/// Tries nodes. Classes that were found are merged further instead of beginning with all rows.
struct Checker<'a> {
	data: &'a Microdata,
	criteria: &'a [Criterion],
	overall: Vec<Overall<'a>>,
	limit: u64,
	snapshots: Vec<Snapshot>,
	/// Whether the sizes of classes are all that the criteria ask for.
	by_size: bool,
	/// How many rows of snapshots may still be kept.
	room: usize,
	checks: u64,
}

impl<'a> Checker<'a> {
	fn new(data: &'a Microdata, criteria: &'a [Criterion], limit: u64) -> Self {
		let levels = vec![0; data.attributes.len()];
		let by_size = criteria.iter().all(|criterion| criterion.sensitive().is_none());
		let sensitive = data.sensitive.iter().filter(|_| !by_size);
		let all = Snapshot {
			levels: levels.clone(),
			attributes: data.attributes.iter().map(|attribute| attribute.codes.clone()).collect(),
			sensitive: sensitive.map(|sensitive| sensitive.codes().to_vec()).collect(),
			weights: vec![1; data.rows],
		};
		let mut this = Self {
			data,
			criteria,
			overall: Overall::of(data),
			limit,
			snapshots: Vec::new(),
			by_size,
			room: data.rows.saturating_mul(2),
			checks: 0,
		};
		let (_, entries) = this.groups(&all, &levels);
		this.snapshots.push(merged(&all, &tallies(&all, &entries), levels));
		this
	}

	fn parts<'b>(&'b self, from: &'b Snapshot, levels: &[usize]) -> Vec<Part<'b>> {
		self.data
			.attributes
			.iter()
			.zip(levels)
			.zip(&from.attributes)
			.map(|((attribute, level), codes)| Part {
				codes,
				of: Some(&attribute.levels[*level].of),
				domain: attribute.domain(*level),
			})
			.collect()
	}

	/// The classes of a node, and the entries: rows of a class that are alike in sensitive values too.
	fn groups(&self, from: &Snapshot, levels: &[usize]) -> (Groups, Groups) {
		let classes = group(from.weights.len(), &self.parts(from, levels));
		let mut parts = vec![Part { codes: &classes.of, of: None, domain: classes.count as u32 }];
		for (sensitive, codes) in self.data.sensitive.iter().zip(&from.sensitive) {
			parts.push(Part { codes, of: None, domain: sensitive.domain() });
		}
		let entries = group(from.weights.len(), &parts);
		(classes, entries)
	}

	fn check(&mut self, levels: &[usize]) -> Verdict {
		self.checks += 1;
		let below = |snapshot: &&Snapshot| {
			snapshot.levels.iter().zip(levels).all(|(theirs, mine)| theirs <= mine)
		};
		let from = self.snapshots.iter().filter(below).min_by_key(|found| found.weights.len());
		let Some(from) = from else {
			return Verdict { is_possible: false, is_satisfied: false };
		};
		let (verdict, entries) = if self.by_size {
			self.check_sizes(from, levels)
		} else {
			let (classes, entries) = self.groups(from, levels);
			(self.judge(from, &classes), tallies(from, &entries))
		};
		if verdict.is_possible
			&& entries.len() * 2 <= from.weights.len()
			&& entries.len() <= self.room
		{
			self.room -= entries.len();
			let snapshot = merged(from, &entries, levels.to_vec());
			self.snapshots.push(snapshot);
		}
		verdict
	}

	/// Judges by the sizes of classes, until too many rows fail.
	fn check_sizes(&self, from: &Snapshot, levels: &[usize]) -> (Verdict, Vec<Tally>) {
		let empty = Histograms { overall: &[], counts: &[] };
		let mut entries = Vec::new();
		let mut failed = 0;
		tally(&self.parts(from, levels), &from.weights, |groups| {
			for (_, size) in groups {
				if !self.criteria.iter().all(|criterion| criterion.is_satisfied(*size, &empty)) {
					failed += size;
				}
			}
			if failed > self.limit {
				return ControlFlow::Break(());
			}
			entries.extend_from_slice(groups);
			ControlFlow::Continue(())
		});
		let is_satisfied = failed <= self.limit;
		(Verdict { is_possible: is_satisfied, is_satisfied }, entries)
	}

	/// Judges by the sensitive values of classes.
	fn judge(&self, from: &Snapshot, classes: &Groups) -> Verdict {
		let mut sizes = vec![0_u64; classes.count];
		for (class, weight) in classes.of.iter().zip(&from.weights) {
			sizes[*class as usize] += u64::from(*weight);
		}
		let (mut impossible, mut failed) = (0, 0);
		self.for_each_class(from, classes, |class, values| {
			let size = sizes[class];
			let fails = |criterion: &&Criterion| !criterion.is_satisfied(size, values);
			let mut failing = self.criteria.iter().filter(fails).peekable();
			if failing.peek().is_some() {
				failed += size;
			}
			if failing.any(Criterion::is_kept_by_any_rows) {
				impossible += size;
			}
		});
		// Where nothing may be suppressed, every class satisfies, and so does what they merge to.
		let is_possible = if self.limit == 0 { failed == 0 } else { impossible <= self.limit };
		Verdict { is_possible, is_satisfied: failed <= self.limit }
	}

	fn for_each_class(
		&self,
		from: &Snapshot,
		classes: &Groups,
		mut work: impl FnMut(usize, &Histograms<'_>),
	) {
		let mut rows: Vec<u32> = (0..classes.of.len() as u32).collect();
		rows.sort_unstable_by_key(|row| classes.of[*row as usize]);
		let mut counts: Vec<Vec<(u32, u64)>> = vec![Vec::new(); from.sensitive.len()];
		for rows in rows.chunk_by(|a, b| classes.of[*a as usize] == classes.of[*b as usize]) {
			for (codes, counts) in from.sensitive.iter().zip(&mut counts) {
				counts.clear();
				let values = rows.iter().map(|row| *row as usize);
				counts.extend(values.map(|row| (codes[row], u64::from(from.weights[row]))));
				counts.sort_unstable_by_key(|(value, _)| *value);
				counts.dedup_by(|next, kept| {
					let is_same = next.0 == kept.0;
					if is_same {
						kept.1 += next.1;
					}
					is_same
				});
			}
			let Some(first) = rows.first() else { continue };
			let values = Histograms { overall: &self.overall, counts: &counts };
			work(classes.of[*first as usize] as usize, &values);
		}
	}
}

/// The first row and the weight of each group.
fn tallies(from: &Snapshot, groups: &Groups) -> Vec<Tally> {
	let mut tallies: Vec<Tally> = Vec::with_capacity(groups.count);
	for (row, (group, weight)) in groups.of.iter().zip(&from.weights).enumerate() {
		// Groups are numbered in the order of their first rows.
		match tallies.get_mut(*group as usize) {
			Some((_, sum)) => *sum += u64::from(*weight),
			None => tallies.push((row as u32, u64::from(*weight))),
		}
	}
	tallies
}

fn merged(from: &Snapshot, entries: &[Tally], levels: Vec<usize>) -> Snapshot {
	let take = |codes: &Vec<u32>| entries.iter().map(|(first, _)| codes[*first as usize]).collect();
	Snapshot {
		levels,
		attributes: from.attributes.iter().map(take).collect(),
		sensitive: from.sensitive.iter().map(take).collect(),
		// Rows are numbered in 32 bits, so that no weight is greater.
		weights: entries.iter().map(|(_, weight)| *weight as u32).collect(),
	}
}

/// The nodes: numbers of mixed radix, one digit per attribute.
struct Lattice {
	/// How far the number moves when a level rises by one.
	strides: Vec<usize>,
	heights: Vec<usize>,
	losses: Vec<f64>,
	/// The place of each node among all of them by loss.
	rank: Vec<u32>,
	/// The nodes by rank.
	order: Vec<u32>,
}

impl Lattice {
	fn new(data: &Microdata) -> Result<Self, DisclosureError> {
		let count = data.attributes.len();
		if count > MAX_LATTICE_ATTRIBUTES {
			let limit = MAX_LATTICE_ATTRIBUTES;
			return Err(DisclosureError::MaxAttributesExceeded { count, limit });
		}
		let heights: Vec<_> = data.attributes.iter().map(|each| each.levels() - 1).collect();
		let (mut strides, mut losses, mut sums) = (Vec::new(), vec![0.0_f64], vec![0_u32]);
		for (attribute, height) in data.attributes.iter().zip(&heights) {
			strides.push(losses.len());
			if losses.len() * (height + 1) > MAX_LATTICE {
				return Err(DisclosureError::MaxLatticeExceeded { limit: MAX_LATTICE });
			}
			let mine = level_losses(attribute);
			losses =
				mine.iter().flat_map(|mine| losses.iter().map(move |sum| sum + mine)).collect();
			sums = (0..=*height as u32)
				.flat_map(|level| sums.iter().map(move |sum| sum + level))
				.collect();
		}
		let mut order: Vec<u32> = (0..losses.len() as u32).collect();
		// At the same loss, less generalisation comes first, so that the order keeps that of the lattice.
		order.sort_unstable_by(|a, b| {
			let (a_at, b_at) = (*a as usize, *b as usize);
			losses[a_at].total_cmp(&losses[b_at]).then(sums[a_at].cmp(&sums[b_at])).then(a.cmp(b))
		});
		let mut rank = vec![0; order.len()];
		for (place, node) in order.iter().enumerate() {
			rank[*node as usize] = place as u32;
		}
		Ok(Self { strides, heights, losses, rank, order })
	}

	/// Of each attribute how far the number moves for a level, its level in the node, and its last one.
	fn digits(&self, node: u32) -> impl Iterator<Item = (u32, usize, usize)> + '_ {
		let digits = self.strides.iter().zip(&self.heights);
		digits.map(move |(stride, height)| {
			(*stride as u32, node as usize / stride % (height + 1), *height)
		})
	}

	fn levels(&self, node: u32) -> Vec<usize> {
		self.digits(node).map(|(_, level, _)| level).collect()
	}

	/// One level more for one attribute.
	fn above(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
		let rising = self.digits(node).filter(|(_, level, height)| level < height);
		rising.map(move |(stride, ..)| node + stride)
	}

	/// One level less for one attribute.
	fn below(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
		let falling = self.digits(node).filter(|(_, level, _)| *level > 0);
		falling.map(move |(stride, ..)| node - stride)
	}
}

/// What is known of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
	Unknown,
	/// It cannot satisfy the criteria.
	Impossible,
	/// It satisfies those that more rows cannot break.
	Possible,
}

struct Search<'a> {
	lattice: Lattice,
	checker: Checker<'a>,
	marks: Vec<Mark>,
	/// The node of least loss known to satisfy everything.
	best: Option<u32>,
	max_checks: u64,
}

impl Search<'_> {
	fn is_spent(&self) -> bool {
		self.checker.checks >= self.max_checks
	}

	fn is_better(&self, node: u32, than: Option<u32>) -> bool {
		than.is_none_or(|than| self.lattice.rank[node as usize] < self.lattice.rank[than as usize])
	}

	fn check(&mut self, node: u32) -> Verdict {
		let verdict = self.checker.check(&self.lattice.levels(node));
		if verdict.is_satisfied && self.is_better(node, self.best) {
			self.best = Some(node);
		}
		if verdict.is_possible {
			self.marks[node as usize] = Mark::Possible;
		} else {
			self.condemn(node);
		}
		verdict
	}

	/// Marks a node and all below it.
	fn condemn(&mut self, node: u32) {
		let mut open = vec![node];
		self.marks[node as usize] = Mark::Impossible;
		while let Some(node) = open.pop() {
			for below in self.lattice.below(node) {
				let mark = &mut self.marks[below as usize];
				if *mark != Mark::Impossible {
					*mark = Mark::Impossible;
					open.push(below);
				}
			}
		}
	}

	/// The node of least loss that is possible. All before it by rank are impossible. Nodes are taken on
	/// paths upwards, each halved until it is clear where it becomes possible.
	fn least_possible(&mut self) -> Option<u32> {
		let mut least: Option<u32> = None;
		for place in 0..self.lattice.order.len() {
			let start = self.lattice.order[place];
			if !self.is_better(start, least) {
				break;
			}
			while self.marks[start as usize] == Mark::Unknown {
				let mut path = vec![start];
				let mut at = start;
				loop {
					let open = self.lattice.above(at).filter(|node| {
						self.marks[*node as usize] == Mark::Unknown && self.is_better(*node, least)
					});
					match open.min_by_key(|node| self.lattice.rank[*node as usize]) {
						Some(next) => path.push(next),
						None => break,
					}
					at = path.last().copied().unwrap_or(at);
				}
				let (mut low, mut high) = (0, path.len());
				while low < high {
					if self.is_spent() {
						return least;
					}
					let middle = low + (high - low) / 2;
					if self.check(path[middle]).is_possible {
						high = middle;
						if self.is_better(path[middle], least) {
							least = Some(path[middle]);
						}
					} else {
						low = middle + 1;
					}
				}
			}
		}
		least
	}

	/// The node of least loss that satisfies everything, if the checks last so long.
	fn run(&mut self) -> Result<bool, DisclosureError> {
		let top = self.lattice.losses.len() as u32 - 1;
		if !self.check(top).is_possible {
			return Err(DisclosureError::Unsatisfiable);
		}
		self.marks[top as usize] = Mark::Unknown;
		let least = self.least_possible();
		let from = least.map_or(0, |least| self.lattice.rank[least as usize] as usize);
		if least != self.best {
			for place in from..self.lattice.order.len() {
				let node = self.lattice.order[place];
				if self.is_spent() || !self.is_better(node, self.best) {
					break;
				}
				if self.marks[node as usize] != Mark::Impossible && self.check(node).is_satisfied {
					break;
				}
			}
		}
		if self.best.is_none() && !self.is_spent() {
			return Err(DisclosureError::Unsatisfiable);
		}
		Ok(!self.is_spent())
	}
}

/// Generalises every attribute to one level, so that every class that is released satisfies the
/// criteria, few enough rows are suppressed, and no other levels lose less. If the checks do not last,
/// the best levels found so far are taken and the result says so.
///
/// # Errors
/// If a parameter is out of range, there are too many attributes or levels, or nothing satisfies.
pub fn generalise(
	data: &Microdata,
	criteria: &[Criterion],
	limits: Limits,
) -> Result<Release, DisclosureError> {
	criteria.iter().try_for_each(|criterion| criterion.check(data))?;
	let limit = limits.rows(data.rows)?;
	let lattice = Lattice::new(data)?;
	let marks = vec![Mark::Unknown; lattice.losses.len()];
	let checker = Checker::new(data, criteria, limit);
	let mut search =
		Search { lattice, checker, marks, best: None, max_checks: limits.checks.max(1) };
	let is_optimal = search.run()?;
	let checks = search.checker.checks;
	let Some(best) = search.best else { return Err(DisclosureError::MaxChecksExceeded { checks }) };
	let levels = search.lattice.levels(best);
	let loss = search.lattice.losses[best as usize];
	let mut classes = Classes::at(data, &levels)?;
	classes.released = criterion::satisfied(data, &classes, criteria);
	Ok(Release { classes, recoding: Recoding::FullDomain { levels, loss, is_optimal, checks } })
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{Attribute, Column, Distance, Hierarchy, HierarchyTable, Table};
	use proptest::prelude::*;
	use std::collections::HashMap;

	fn adult() -> Option<Microdata> {
		let Ok(data) = std::env::var("SALUS_DATA") else {
			eprintln!("SKIPPED: SALUS_DATA is unset, the optima of ARX are not checked");
			return None;
		};
		let open = |name: &str| {
			std::fs::File::open(format!("{data}/kanon/{name}.csv")).expect("a file of the data")
		};
		let table = Table::from_csv(open("adult")).expect("the table");
		let attributes = table.columns().iter().map(|column| {
			let file = open(&format!("adult_hierarchy_{}", column.name));
			let hierarchy = Hierarchy::Table(HierarchyTable::from_csv(file).expect("a hierarchy"));
			Attribute::new(column, &hierarchy)
		});
		Some(Microdata::new(attributes.collect()).expect("the data"))
	}

	/// The optima that ARX publishes for this table (`TestAnonymizationKAnonymity`).
	#[test]
	fn the_optima_are_those_of_arx() {
		let Some(data) = adult() else { return };
		assert_eq!((data.rows, data.attributes.len()), (30_162, 9));
		for (k, suppression, loss, levels) in [
			(5, 400, 255_559.854_557_310_67, [1, 0, 1, 1, 3, 2, 2, 0, 1]),
			(100, 400, 379_417.346_057_098_8, [1, 1, 1, 1, 3, 2, 2, 1, 1]),
			(5, 0, 407_289.538_892_529_3, [1, 2, 1, 1, 3, 2, 2, 1, 1]),
			(100, 0, 453_196.893_245_874_3, [0, 4, 1, 1, 3, 2, 2, 1, 1]),
		] {
			let limits = Limits { suppression_basis_points: suppression, ..Limits::default() };
			let release =
				generalise(&data, &[Criterion::KAnonymity { k }], limits).expect("a result");
			let Recoding::FullDomain { levels: found, loss: lost, is_optimal, checks } =
				&release.recoding
			else {
				panic!("levels");
			};
			assert_eq!(found, &levels, "k = {k}, {suppression}");
			assert!((lost - loss).abs() < 1e-6, "{lost}");
			assert!(is_optimal);
			assert!(*checks < 2_000, "{checks} of 12 960 nodes");
			let limit = limits.rows(data.rows).expect("a limit");
			assert!(is_released_safely(&data, &release, k, limit));
		}
	}

	/// Compares the released text row by row.
	fn is_released_safely(data: &Microdata, release: &Release, k: u32, limit: u64) -> bool {
		let mut sizes: HashMap<Vec<&str>, u32> = HashMap::new();
		let mut suppressed = 0;
		for row in 0..data.rows {
			let values: Option<Vec<_>> = (0..data.attributes.len())
				.map(|attribute| release.value(data, row, attribute))
				.collect();
			match values {
				Some(values) => *sizes.entry(values).or_default() += 1,
				None => suppressed += 1,
			}
		}
		suppressed <= limit && sizes.values().all(|size| *size >= k)
	}

	/// Every node, without pruning.
	fn brute(data: &Microdata, criteria: &[Criterion], limit: u64) -> Option<f64> {
		let lattice = Lattice::new(data).expect("a lattice");
		let nodes = 0..lattice.losses.len() as u32;
		nodes
			.filter(|node| {
				let classes = Classes::at(data, &lattice.levels(*node)).expect("classes");
				let holds = criterion::satisfied(data, &classes, criteria);
				let sizes = classes.sizes.iter().zip(&holds).filter(|(_, holds)| !**holds);
				sizes.map(|(size, _)| u64::from(*size)).sum::<u64>() <= limit
			})
			.map(|node| lattice.losses[node as usize])
			.min_by(f64::total_cmp)
	}

	fn tables() -> impl Strategy<Value = Microdata> {
		let row = (0_u8..30, 0_u16..3, prop_oneof!["606", "607", "900"], 0_u8..4);
		prop::collection::vec(row, 1..60).prop_map(|rows| {
			let attribute = |name: &str, hierarchy: &Hierarchy, values: Vec<String>| {
				let column = Column::new(name, values).expect("a column");
				Attribute::new(&column, hierarchy)
			};
			let of = |value: &dyn Fn(&(u8, u16, String, u8)) -> String| {
				rows.iter().map(value).collect::<Vec<_>>()
			};
			let age = attribute("age", &Hierarchy::Age, of(&|row| row.0.to_string()));
			let year = |row: &(u8, u16, String, u8)| (2008 + row.1).to_string();
			let year = attribute("year", &Hierarchy::Date, of(&year));
			let zip = attribute("zip", &Hierarchy::Zip3, of(&|row| row.2.clone()));
			let sensitive = attribute("s", &Hierarchy::Flat, of(&|row| row.3.to_string()));
			Microdata::new(vec![age, year, zip])
				.and_then(|data| data.with_sensitive(sensitive))
				.expect("data")
		})
	}

	fn criteria() -> impl Strategy<Value = Vec<Criterion>> {
		let distance = prop_oneof![
			Just(Distance::Equal),
			Just(Distance::Ordered),
			Just(Distance::Hierarchical)
		];
		let other = prop_oneof![
			(1_u32..4).prop_map(|l| Criterion::DistinctDiversity { sensitive: 0, l }),
			(1.0..4.0).prop_map(|l| Criterion::EntropyDiversity { sensitive: 0, l }),
			(0.0..0.6, distance).prop_map(|(t, distance)| Criterion::Closeness {
				sensitive: 0,
				t,
				distance
			}),
		];
		(1_u32..6, prop::option::of(other)).prop_map(|(k, other)| {
			std::iter::once(Criterion::KAnonymity { k }).chain(other).collect()
		})
	}

	proptest! {
		#[test]
		fn the_optimum_is_that_of_all_nodes(
			data in tables(),
			criteria in criteria(),
			suppression in prop_oneof![Just(0_u16), 0_u16..5_000],
		) {
			let limits = Limits { suppression_basis_points: suppression, checks: u64::MAX };
			let limit = limits.rows(data.rows).expect("a limit");
			match (generalise(&data, &criteria, limits), brute(&data, &criteria, limit)) {
				(Ok(release), Some(least)) => {
					let Recoding::FullDomain { loss, is_optimal, .. } = release.recoding else {
						panic!("levels");
					};
					prop_assert_eq!(loss, least);
					prop_assert!(is_optimal);
					let Some(Criterion::KAnonymity { k }) = criteria.first() else { panic!("k") };
					prop_assert!(is_released_safely(&data, &release, *k, limit));
				},
				(Err(DisclosureError::Unsatisfiable), None) => {},
				(found, expected) => prop_assert!(false, "{found:?} {expected:?}"),
			}
		}
	}

	#[test]
	fn a_search_cut_off_says_that_it_is_not_optimal() {
		let column = Column::new("age", (0..80).map(|age| age.to_string())).expect("a column");
		let age = Attribute::new(&column, &Hierarchy::Age);
		let data = Microdata::new(vec![age]).expect("data");
		let limits = Limits { checks: 1, ..Limits::default() };
		let release =
			generalise(&data, &[Criterion::KAnonymity { k: 5 }], limits).expect("a result");
		match release.recoding {
			Recoding::FullDomain { levels, is_optimal, .. } => {
				assert_eq!((levels, is_optimal), (vec![3], false));
			},
			other => panic!("{other:?}"),
		}
	}

	#[test]
	fn what_the_lattice_cannot_take_is_refused() {
		let column = Column::new("age", ["1"]).expect("a column");
		let age = Attribute::new(&column, &Hierarchy::Age);
		let k = [Criterion::KAnonymity { k: 1 }];
		let refused = |attributes, criteria: &[Criterion], limits| {
			let data = Microdata::new(attributes).expect("data");
			generalise(&data, criteria, limits).expect_err("refused")
		};
		assert_eq!(
			refused(vec![age.clone(); 10], &k, Limits::default()),
			DisclosureError::MaxAttributesExceeded { count: 10, limit: 9 }
		);
		assert_eq!(
			refused(vec![age.clone()], &[Criterion::KAnonymity { k: 2 }], Limits::default()),
			DisclosureError::Unsatisfiable
		);
		let deep = vec!["x"; 32].join(";");
		let deep = Hierarchy::Table(HierarchyTable::from_csv(deep.as_bytes()).expect("levels"));
		let deep = Attribute::new(&Column::new("x", ["x"]).expect("x"), &deep);
		assert_eq!(
			refused(vec![deep; 5], &k, Limits::default()),
			DisclosureError::MaxLatticeExceeded { limit: MAX_LATTICE }
		);
		let limits = Limits { suppression_basis_points: 10_001, ..Limits::default() };
		assert!(matches!(
			refused(vec![age], &k, limits),
			DisclosureError::ParameterInvalid { parameter: "suppression", .. }
		));
	}
}
