// SPDX-License-Identifier: Apache-2.0
//! Tables of counts: small cells are suppressed, and as many others that no suppressed cell follows from
//! the totals.
//!
//! A table with its totals is a flow that keeps its amount at every node: from the grand total to the
//! rows, through the cells to the columns, and back. Whoever knows the published cells can solve exactly
//! those suppressed ones that lie on no circle of suppressed cells along which one can be moved. So
//! circles are closed, each by the cells of least count (network formulation: Cox 1995, Network Models
//! for Complementary Cell Suppression, Journal of the American Statistical Association 90).

use super::DisclosureError;
use serde::Serialize;
use std::{cmp::Reverse, collections::BinaryHeap};

/// The smallest count that is published: the minimum cell size of CMS and PCORnet.
pub const MIN_CELL: u64 = 11;
/// Counts sum to less than this, so that costs of circles do.
const MAX_TOTAL: u64 = 1 << 53;
/// How many cells a table may have.
const MAX_CELLS: usize = 1 << 16;

/// A table of counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountTable {
	rows: usize,
	columns: usize,
	/// Row by row.
	cells: Vec<u64>,
}

/// What is published of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
	/// Its count.
	Count(u64),
	/// Nothing: it is small, or a small one would follow from it. Which of the two is not told, as it would
	/// tell bounds.
	Suppressed,
}

/// A table that may be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProtectedTable {
	/// The cells of each row; the last is the total of the row, and the last row is that of the columns.
	pub rows: Vec<Vec<Cell>>,
}

impl CountTable {
	/// A table of these rows. Totals are no part of it: they are computed.
	///
	/// # Errors
	/// If rows differ in their length, there is no cell, or there are too many or too great counts.
	pub fn new(rows: &[Vec<u64>]) -> Result<Self, DisclosureError> {
		let columns = rows.first().map_or(0, Vec::len);
		let invalid = |reason| DisclosureError::ParameterInvalid { parameter: "rows", reason };
		if columns == 0 {
			return Err(invalid("there are no cells"));
		}
		if rows.iter().any(|row| row.len() != columns) {
			return Err(invalid("they differ in their length"));
		}
		if rows.len().saturating_mul(columns) > MAX_CELLS {
			return Err(invalid("there are more than 65 536 cells"));
		}
		let cells = rows.concat();
		let total = cells.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count));
		if total.is_none_or(|total| total >= MAX_TOTAL) {
			return Err(DisclosureError::Overflow { what: "the total of the table" });
		}
		Ok(Self { rows: rows.len(), columns, cells })
	}

	/// Suppresses counts from 1 to just below `min`, in cells and totals, and what they would follow from.
	/// Zeros are published.
	///
	/// # Errors
	/// If `min` is 0.
	pub fn protect(&self, min: u64) -> Result<ProtectedTable, DisclosureError> {
		if min == 0 {
			let reason = "it must be at least 1";
			return Err(DisclosureError::ParameterInvalid { parameter: "min", reason });
		}
		let mut flow = Flow::new(self, min);
		// A circle that is closed stays closed, so one look at each is enough; new ones lie on a circle.
		for cell in 0..flow.cells.len() {
			if flow.cells[cell] == Published::Small {
				flow.protect(cell);
			}
		}
		let width = self.columns + 1;
		let cells: Vec<_> = flow
			.cells
			.iter()
			.zip(&flow.counts)
			.map(|(published, count)| match published {
				Published::Count => Cell::Count(*count),
				Published::Small | Published::Complementary => Cell::Suppressed,
			})
			.collect();
		Ok(ProtectedTable { rows: cells.chunks(width).map(<[Cell]>::to_vec).collect() })
	}
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Published {
	Count,
	Small,
	Complementary,
}

/// The cells with the totals, as arcs between rows and columns. The nodes are the rows, the row of totals,
/// the columns, and the column of totals.
struct Flow {
	rows: usize,
	columns: usize,
	counts: Vec<u64>,
	cells: Vec<Published>,
}

impl Flow {
	fn new(table: &CountTable, min: u64) -> Self {
		let (rows, columns) = (table.rows, table.columns);
		let mut counts = Vec::with_capacity((rows + 1) * (columns + 1));
		for row in table.cells.chunks(columns) {
			counts.extend_from_slice(row);
			counts.push(row.iter().sum());
		}
		for column in 0..=columns {
			counts.push(counts.iter().skip(column).step_by(columns + 1).sum());
		}
		let is_small = |count: &u64| (1..min).contains(count);
		let publish = |count| if is_small(count) { Published::Small } else { Published::Count };
		let cells = counts.iter().map(publish).collect();
		Self { rows, columns, counts, cells }
	}

	/// Where more of a cell flows from and to.
	fn ends(&self, cell: usize) -> (usize, usize) {
		let (row, column) = (cell / (self.columns + 1), cell % (self.columns + 1));
		let column_node = self.rows + 1 + column;
		// Cells flow from their row to their column, totals back.
		if (row == self.rows) == (column == self.columns) {
			(row, column_node)
		} else {
			(column_node, row)
		}
	}

	/// Makes sure that a suppressed cell lies on a circle along which one can be moved.
	fn protect(&mut self, cell: usize) {
		let (from, to) = self.ends(cell);
		let more = self.path(to, from, cell);
		// Who sees that zeros are published knows that at least one is left.
		let less = if self.counts[cell] > 1 { self.path(from, to, cell) } else { None };
		let best = [more, less].into_iter().flatten().min();
		for cell in best.map(|(_, cells)| cells).unwrap_or_default() {
			if self.cells[cell] == Published::Count {
				self.cells[cell] = Published::Complementary;
			}
		}
	}

	/// The cheapest way from a node to another along which one can be moved, without one cell: what it
	/// costs in published counts, and its cells. One that makes more of a cell can always be gone, but not
	/// through zeros; one that makes less needs two there.
	fn path(&self, from: usize, to: usize, without: usize) -> Option<(u64, Vec<usize>)> {
		let nodes = self.rows + self.columns + 2;
		let mut costs = vec![u64::MAX; nodes];
		let mut came: Vec<Option<(usize, usize)>> = vec![None; nodes];
		let mut open = BinaryHeap::from([Reverse((0_u64, from))]);
		costs[from] = 0;
		while let Some(Reverse((cost, node))) = open.pop() {
			if node == to {
				break;
			}
			if cost > costs[node] {
				continue;
			}
			for cell in self.cells_of(node) {
				let count = self.counts[cell];
				let (start, end) = self.ends(cell);
				let (next, needed) = if start == node { (end, 1) } else { (start, 2) };
				if cell == without || count < needed {
					continue;
				}
				let price = if self.cells[cell] == Published::Count { count } else { 0 };
				let sum = cost.saturating_add(price);
				if sum < costs[next] {
					costs[next] = sum;
					came[next] = Some((node, cell));
					open.push(Reverse((sum, next)));
				}
			}
		}
		let mut cells = Vec::new();
		let mut at = to;
		while at != from {
			let (before, cell) = came[at]?;
			cells.push(cell);
			at = before;
		}
		Some((costs[to], cells))
	}

	/// The cells of a row or column.
	fn cells_of(&self, node: usize) -> impl Iterator<Item = usize> {
		let width = self.columns + 1;
		let (start, step, count) = match node.checked_sub(self.rows + 1) {
			None => (node * width, 1, width),
			Some(column) => (column, width, self.rows + 1),
		};
		(0..count).map(move |number| start + number * step)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn protect(rows: &[&[u64]]) -> Vec<Vec<Cell>> {
		let rows: Vec<Vec<u64>> = rows.iter().map(|row| row.to_vec()).collect();
		CountTable::new(&rows).and_then(|table| table.protect(MIN_CELL)).expect("a table").rows
	}

	#[test]
	fn a_small_cell_takes_three_others_with_it() {
		use Cell::{Count, Suppressed};
		assert_eq!(
			protect(&[&[5, 20, 30], &[20, 30, 90], &[80, 70, 60]]),
			[
				vec![Suppressed, Suppressed, Count(30), Count(55)],
				vec![Suppressed, Suppressed, Count(90), Count(140)],
				vec![Count(80), Count(70), Count(60), Count(210)],
				vec![Count(105), Count(120), Count(180), Count(405)],
			]
		);
	}

	#[test]
	fn zeros_and_large_tables_are_published() {
		use Cell::Count;
		assert_eq!(
			protect(&[&[0, 11], &[12, 0]]),
			[
				vec![Count(0), Count(11), Count(11)],
				vec![Count(12), Count(0), Count(12)],
				vec![Count(12), Count(11), Count(23)],
			]
		);
	}

	#[test]
	fn what_is_no_table_is_refused() {
		for rows in [vec![], vec![vec![]], vec![vec![1], vec![1, 2]], vec![vec![0; 70_000]]] {
			assert!(matches!(
				CountTable::new(&rows),
				Err(DisclosureError::ParameterInvalid { parameter: "rows", .. })
			));
		}
		assert!(matches!(
			CountTable::new(&[vec![u64::MAX, 1]]),
			Err(DisclosureError::Overflow { .. })
		));
		let table = CountTable::new(&[vec![1]]).expect("a table");
		assert!(matches!(
			table.protect(0),
			Err(DisclosureError::ParameterInvalid { parameter: "min", .. })
		));
	}

	/// The rank of a matrix, by elimination in a prime field: its entries are only -1, 0 and 1.
	fn rank(mut rows: Vec<Vec<i64>>) -> usize {
		const PRIME: i64 = 1_000_003;
		let power = |mut base: i64, mut exponent: i64| {
			let mut result = 1;
			while exponent > 0 {
				if exponent % 2 == 1 {
					result = result * base % PRIME;
				}
				base = base * base % PRIME;
				exponent /= 2;
			}
			result
		};
		let mut rank = 0;
		for column in 0..rows.first().map_or(0, Vec::len) {
			let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else {
				continue;
			};
			rows.swap(rank, pivot);
			let inverse = power(rows[rank][column].rem_euclid(PRIME), PRIME - 2);
			for row in rank + 1..rows.len() {
				let factor = rows[row][column] * inverse % PRIME;
				for at in 0..rows[row].len() {
					rows[row][at] = (rows[row][at] - factor * rows[rank][at]).rem_euclid(PRIME);
				}
			}
			rank += 1;
		}
		rank
	}

	/// The sums that everybody can compute: one per row and column, totals included.
	fn equations(rows: &[Vec<Cell>]) -> Vec<Vec<i64>> {
		let (height, width) = (rows.len(), rows[0].len());
		let row = |row: usize| {
			let sign = move |at: usize| if at % width == width - 1 { -1 } else { 1 };
			(0..height * width).map(|at| if at / width == row { sign(at) } else { 0 }).collect()
		};
		let column = |column: usize| {
			let sign = move |at: usize| if at / width == height - 1 { -1 } else { 1 };
			(0..height * width).map(|at| if at % width == column { sign(at) } else { 0 }).collect()
		};
		(0..height).map(row).chain((0..width).map(column)).collect()
	}

	proptest! {
		/// A cell that can be solved raises the rank by nothing when it is known.
		#[test]
		fn no_suppressed_cell_can_be_solved(
			rows in (1_usize..6, 1_usize..6).prop_flat_map(|(height, width)| {
				prop::collection::vec(
					prop::collection::vec(prop_oneof![Just(0_u64), 1_u64..15, 0_u64..500], width),
					height,
				)
			}),
		) {
			let table = CountTable::new(&rows).and_then(|table| table.protect(MIN_CELL));
			let protected = table.expect("a table").rows;
			let cells: Vec<Cell> = protected.concat();
			let hidden: Vec<usize> = (0..cells.len())
				.filter(|at| !matches!(cells[*at], Cell::Count(_)))
				.collect();
			let unknown: Vec<Vec<i64>> = equations(&protected)
				.iter()
				.map(|equation| hidden.iter().map(|at| equation[*at]).collect())
				.collect();
			let known = rank(unknown.clone());
			for number in 0..hidden.len() {
				let mut more = unknown.clone();
				more.push((0..hidden.len()).map(|at| i64::from(at == number)).collect());
				prop_assert!(rank(more) > known, "{protected:?}");
			}
			// What is published is true, and nothing small is.
			for (row, counts) in protected.iter().zip(&rows) {
				for (cell, count) in row.iter().zip(counts) {
					if let Cell::Count(published) = cell {
						prop_assert_eq!(published, count);
					}
				}
			}
			for cell in &cells {
				prop_assert!(!matches!(cell, Cell::Count(1..MIN_CELL)));
			}
		}

		/// Even who tries all counts of at least one finds no cell that must be what it is.
		#[test]
		fn no_suppressed_cell_is_the_only_one_that_fits(
			rows in prop::collection::vec(prop::collection::vec(0_u64..5, 2), 2),
		) {
			let table = CountTable::new(&rows).and_then(|table| table.protect(3));
			let protected = table.expect("a table").rows;
			let cells: Vec<Cell> = protected.concat();
			let equations = equations(&protected);
			let inner = [0, 1, 3, 4];
			let mut seen = vec![std::collections::BTreeSet::new(); cells.len()];
			// The other cells follow from the four of the inside.
			for guess in 0..20_i64.pow(4) {
				let mut values = [0_i64; 9];
				for (place, at) in inner.into_iter().enumerate() {
					values[at] = guess / 20_i64.pow(place as u32) % 20;
				}
				(values[2], values[5]) = (values[0] + values[1], values[3] + values[4]);
				(values[6], values[7]) = (values[0] + values[3], values[1] + values[4]);
				values[8] = values[2] + values[5];
				let fits = values.iter().zip(&cells).all(|(value, cell)| match cell {
					Cell::Count(count) => *value == *count as i64,
					_ => *value >= 1,
				});
				if fits {
					values.iter().zip(&mut seen).for_each(|(value, seen)| {
						seen.insert(*value);
					});
				}
			}
			prop_assert_eq!(equations.len(), 6);
			for (cell, seen) in cells.iter().zip(&seen) {
				prop_assert!(matches!(cell, Cell::Count(_)) || seen.len() > 1, "{protected:?}");
			}
		}
	}
}
