// SPDX-License-Identifier: Apache-2.0
//! What may be said of counts of few people.
//!
//! A count of at least one and fewer than the minimum is suppressed. So are enough others that none of
//! them follows from the rest and the true totals, which may be known from elsewhere. Totals are
//! computed anew from what is shown.

use std::{cmp::Reverse, collections::BinaryHeap};

/// The rules for counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
	min_cell: u64,
}

impl Disclosure {
	/// Nothing below 11, as for public releases of claims data.
	pub const USUAL: Self = Self { min_cell: 11 };

	/// Another minimum. With 0 or 1 everything is shown.
	pub const fn new(min_cell: u64) -> Self {
		Self { min_cell }
	}

	/// The least count that is shown.
	pub const fn min_cell(&self) -> u64 {
		self.min_cell
	}

	/// Whether the count is one of few people.
	pub const fn is_small(&self, count: u64) -> bool {
		count > 0 && count < self.min_cell
	}

	/// Which counts of a list, whose total may be known, are shown. When one alone is small, the least
	/// other one goes with it, and zeros do when there is no other: their number is what would give it
	/// away.
	pub fn list(&self, counts: &[u64]) -> Vec<Option<u64>> {
		let mut hidden: Vec<bool> = counts.iter().map(|count| self.is_small(*count)).collect();
		if hidden.iter().filter(|is_hidden| **is_hidden).count() == 1 {
			let others = || (0..counts.len()).filter(|at| !hidden[*at]);
			let least = others().filter(|at| counts[*at] > 0).min_by_key(|at| counts[*at]);
			match least {
				Some(at) => hidden[at] = true,
				None => hidden.fill(true),
			}
		}
		counts.iter().zip(hidden).map(|(count, hidden)| (!hidden).then_some(*count)).collect()
	}

	/// Which cells of a table, whose totals by row and column may be known, are shown.
	///
	/// A hidden cell follows from the totals exactly when no closed path of hidden cells goes through
	/// it, turning at each from row to column: along such a path one may add and take away one without
	/// changing any total. So each small cell gets a path, of the cells that lose least. Zeros are on no
	/// path: nothing can be taken from them.
	pub fn table(&self, cells: &[u64], columns: usize) -> ShownTable {
		if columns <= 1 || cells.len() <= columns {
			let shown = self.list(cells);
			return ShownTable::new(shown, columns.max(1));
		}
		let mut hidden: Vec<bool> = cells.iter().map(|count| self.is_small(*count)).collect();
		let small: Vec<usize> = (0..cells.len()).filter(|at| hidden[*at]).collect();
		for cell in small {
			match way_around(cells, columns, &hidden, cell) {
				Some(way) => way.into_iter().for_each(|at| hidden[at] = true),
				// Nothing can protect it but showing nothing.
				None => {
					hidden.fill(true);
					break;
				},
			}
		}
		let shown = cells.iter().zip(hidden).map(|(count, hidden)| (!hidden).then_some(*count));
		ShownTable::new(shown.collect(), columns)
	}
}

/// A table as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownTable {
	/// The cells, row by row.
	pub cells: Vec<Option<u64>>,
	/// How many columns there are.
	pub columns: usize,
	/// The totals of what is shown, by row.
	pub row_totals: Vec<u64>,
	/// The totals of what is shown, by column.
	pub column_totals: Vec<u64>,
}

impl ShownTable {
	fn new(cells: Vec<Option<u64>>, columns: usize) -> Self {
		let total = |cells: &mut dyn Iterator<Item = &Option<u64>>| cells.flatten().sum();
		let rows = cells.chunks(columns).map(|row| total(&mut row.iter())).collect();
		let column = |at| total(&mut cells.iter().skip(at).step_by(columns));
		let column_totals = (0..columns).map(column).collect();
		Self { row_totals: rows, column_totals, cells, columns }
	}

	/// How many cells are suppressed.
	pub fn suppressed(&self) -> usize {
		self.cells.iter().filter(|cell| cell.is_none()).count()
	}
}

/// The cells of the cheapest path from a cell's row to its column that does not use the cell: rows and
/// columns are places, cells the ways between them, hidden ones free.
fn way_around(cells: &[u64], columns: usize, hidden: &[bool], avoid: usize) -> Option<Vec<usize>> {
	let rows = cells.len() / columns;
	let (from, to) = (avoid / columns, rows + avoid % columns);
	let mut best: Vec<Option<(u64, usize)>> = vec![None; rows + columns];
	let mut queue = BinaryHeap::from([(Reverse(0u64), from)]);
	while let Some((Reverse(cost), place)) = queue.pop() {
		if place == to {
			break;
		}
		if best[place].is_some_and(|(known, _)| known < cost) {
			continue;
		}
		let ways: Vec<(usize, usize)> = if place < rows {
			(0..columns).map(|column| (place * columns + column, rows + column)).collect()
		} else {
			(0..rows).map(|row| (row * columns + place - rows, row)).collect()
		};
		for (cell, next) in ways {
			if cell == avoid || cells[cell] == 0 || next == from {
				continue;
			}
			let cost = cost + if hidden[cell] { 0 } else { cells[cell] };
			if best[next].is_none_or(|(known, _)| cost < known) {
				best[next] = Some((cost, cell));
				queue.push((Reverse(cost), next));
			}
		}
	}
	let mut way = Vec::new();
	let mut place = to;
	while place != from {
		let (_, cell) = best[place]?;
		way.push(cell);
		place = if place < rows { rows + cell % columns } else { cell / columns };
	}
	Some(way)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn what_is_large_or_empty_is_shown() {
		let table = Disclosure::USUAL.table(&[11, 0, 20, 30], 2);
		assert_eq!(table.suppressed(), 0);
		assert_eq!((table.row_totals, table.column_totals), (vec![11, 50], vec![31, 30]));
	}

	#[test]
	fn one_small_cell_takes_others_with_it_and_totals_are_of_what_is_shown() {
		let table = Disclosure::USUAL.table(&[5, 20, 30, 40, 50, 60, 70, 80, 90], 3);
		let hidden = [true, true, false, true, true, false, false, false, false];
		let found: Vec<bool> = table.cells.iter().map(Option::is_none).collect();
		assert_eq!(found, hidden);
		assert_eq!((table.row_totals, table.column_totals), (vec![30, 60, 240], vec![70, 80, 180]));
	}

	#[test]
	fn lists_hide_two_or_all() {
		let shown = |counts: &[u64]| Disclosure::USUAL.list(counts);
		assert_eq!(shown(&[3, 50, 20]), [None, Some(50), None]);
		assert_eq!(shown(&[3, 4, 20]), [None, None, Some(20)]);
		assert_eq!(shown(&[3, 0, 0]), [None, None, None]);
		assert_eq!(shown(&[0, 0]), [Some(0), Some(0)]);
		assert_eq!(Disclosure::new(0).list(&[1, 2]), [Some(1), Some(2)]);
	}

	#[test]
	fn a_cell_that_nothing_protects_hides_the_table() {
		let table = Disclosure::USUAL.table(&[5, 0, 0, 70], 2);
		assert_eq!(table.suppressed(), 4);
		assert_eq!(table.row_totals, [0, 0]);
	}

	/// Whether rows and columns stay connected by hidden cells when one is taken away.
	fn is_on_a_cycle(cells: &[Option<u64>], counts: &[u64], columns: usize, cell: usize) -> bool {
		let rows = cells.len() / columns;
		let mut reached = vec![false; rows + columns];
		let mut open = vec![cell / columns];
		while let Some(place) = open.pop() {
			if std::mem::replace(&mut reached[place], true) {
				continue;
			}
			for at in
				(0..cells.len()).filter(|at| *at != cell && cells[*at].is_none() && counts[*at] > 0)
			{
				let (row, column) = (at / columns, rows + at % columns);
				if row == place || column == place {
					open.extend([row, column]);
				}
			}
		}
		reached[rows + cell % columns]
	}

	proptest! {
		#[test]
		fn no_small_cell_follows_from_the_rest_and_the_totals(
			columns in 2usize..6,
			counts in prop::collection::vec(prop_oneof![Just(0u64), 1u64..11, 11u64..400], 4..36),
		) {
			let counts = &counts[..counts.len() / columns * columns];
			prop_assume!(counts.len() > columns);
			let table = Disclosure::USUAL.table(counts, columns);
			let all_hidden = table.suppressed() == counts.len();
			for (at, count) in counts.iter().enumerate() {
				if Disclosure::USUAL.is_small(*count) {
					prop_assert!(table.cells[at].is_none());
				}
				if table.cells[at].is_none() && !all_hidden {
					prop_assert!(*count > 0);
					prop_assert!(is_on_a_cycle(&table.cells, counts, columns, at), "{table:?}");
				}
			}
			let shown: u64 = table.cells.iter().flatten().sum();
			prop_assert_eq!(table.row_totals.iter().sum::<u64>(), shown);
			prop_assert_eq!(table.column_totals.iter().sum::<u64>(), shown);
		}

		#[test]
		fn no_small_count_of_a_list_follows_from_the_total(
			counts in prop::collection::vec(prop_oneof![Just(0u64), 1u64..11, 11u64..400], 1..9),
		) {
			let shown = Disclosure::USUAL.list(&counts);
			let hidden: Vec<u64> = (counts.iter().zip(&shown))
				.filter(|(_, shown)| shown.is_none())
				.map(|(count, _)| *count)
				.collect();
			prop_assert!(hidden.len() != 1 || counts.len() == 1);
			let mut shown_small = counts.iter().zip(&shown).filter(|(count, shown)| {
				shown.is_some() && Disclosure::USUAL.is_small(**count)
			});
			prop_assert!(shown_small.next().is_none());
		}
	}
}
