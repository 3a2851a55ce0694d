// SPDX-License-Identifier: Apache-2.0
//! Which rows are alike: equal combinations of numbers get equal group numbers.

use std::ops::ControlFlow;

/// One column that groups are made by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
	/// The number of each row.
	pub(super) codes: &'a [u32],
	/// What each number stands for; itself if there is nothing.
	pub(super) of: Option<&'a [u32]>,
	/// How many different ones there may be.
	pub(super) domain: u32,
}

/// Groups of rows, numbered in the order of their first rows.
#[derive(Debug, Default)]
pub(super) struct Groups {
	/// The group of each row.
	pub(super) of: Vec<u32>,
	/// How many there are.
	pub(super) count: usize,
}

const fn bits(domain: u32) -> u32 {
	u32::BITS - domain.saturating_sub(1).leading_zeros()
}

/// Groups rows by all parts together.
pub(super) fn group(rows: usize, parts: &[Part<'_>]) -> Groups {
	number(&keys(rows, parts))
}

/// How many stages a tally has, as a power of two. More would go over the keys more often than they save.
const STAGE_BITS: u32 = 3;

/// A group: its first row, and the sum of the weights of its rows.
pub(super) type Tally = (u32, u64);

/// Weighs the groups of rows in stages, each with all rows of a part of the groups, and hands over those
/// of each stage; stops as soon as that says so. A stage is small enough for the cache, and where most
/// groups are too small the first one is enough to know.
pub(super) fn tally(
	parts: &[Part<'_>],
	weights: &[u32],
	mut work: impl FnMut(&[Tally]) -> ControlFlow<()>,
) {
	let keys = keys(weights.len(), parts);
	let mut groups: Vec<Tally> = Vec::new();
	for stage in 0..1_u64 << STAGE_BITS {
		groups.clear();
		let mut slots = vec![(0_u64, NONE); 1 << 10];
		for (row, (key, weight)) in keys.iter().zip(weights).enumerate() {
			if key >> (u64::BITS - STAGE_BITS) != stage {
				continue;
			}
			if groups.len() * 2 >= slots.len() {
				grow(&mut slots);
			}
			let slot = find(&slots, *key);
			let (found, group) = &mut slots[slot];
			if *group == NONE {
				(*found, *group) = (*key, groups.len() as u32);
				groups.push((row as u32, u64::from(*weight)));
			} else {
				groups[*group as usize].1 += u64::from(*weight);
			}
		}
		if work(&groups).is_break() {
			return;
		}
	}
}

/// A key for each row, equal for equal rows and for no others, and spread over all bits.
fn keys(rows: usize, parts: &[Part<'_>]) -> Vec<u64> {
	let mut keys = vec![0_u64; rows];
	let mut used = 0;
	for part in parts {
		let width = bits(part.domain);
		if used + width > u64::BITS {
			// What there is becomes numbers of groups, which are short.
			keys.iter_mut().for_each(|key| *key = spread(*key));
			let groups = number(&keys);
			used = bits(groups.count as u32);
			for (key, group) in keys.iter_mut().zip(&groups.of) {
				*key = u64::from(*group);
			}
		}
		match part.of {
			_ if width == 0 => {},
			Some(of) => {
				for (key, code) in keys.iter_mut().zip(part.codes) {
					*key |= u64::from(of[*code as usize]) << used;
				}
			},
			None => {
				for (key, code) in keys.iter_mut().zip(part.codes) {
					*key |= u64::from(*code) << used;
				}
			},
		}
		used += width;
	}
	keys.iter_mut().for_each(|key| *key = spread(*key));
	keys
}

/// No group.
const NONE: u32 = u32::MAX;

/// Spreads keys over the table (the finalizer of MurmurHash3). No two keys become one.
const fn spread(mut key: u64) -> u64 {
	key ^= key >> 33;
	key = key.wrapping_mul(0xff51_afd7_ed55_8ccd);
	key ^= key >> 33;
	key = key.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
	key ^ (key >> 33)
}

/// Numbers spread keys in an open table that grows with their number, so that few stay in the cache.
fn number(keys: &[u64]) -> Groups {
	let mut slots = vec![(0_u64, NONE); 1 << 10];
	let mut count = 0_u32;
	let mut of = Vec::with_capacity(keys.len());
	for &key in keys {
		if count as usize * 2 >= slots.len() {
			grow(&mut slots);
		}
		let slot = find(&slots, key);
		if slots[slot].1 == NONE {
			slots[slot] = (key, count);
			count += 1;
		}
		of.push(slots[slot].1);
	}
	Groups { of, count: count as usize }
}

/// Doubles a table.
fn grow(slots: &mut Vec<(u64, u32)>) {
	let size = slots.len() * 2;
	let old = std::mem::replace(slots, vec![(0, NONE); size]);
	for (key, group) in old.into_iter().filter(|(_, group)| *group != NONE) {
		let slot = find(slots, key);
		slots[slot] = (key, group);
	}
}

/// Where a key is, or where it belongs.
fn find(slots: &[(u64, u32)], key: u64) -> usize {
	let mask = slots.len() - 1;
	let mut slot = key as usize & mask;
	while slots[slot].1 != NONE && slots[slot].0 != key {
		slot = (slot + 1) & mask;
	}
	slot
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use std::collections::HashMap;

	proptest! {
		/// Wide domains do not fit into one key, and rows are alike all the same.
		#[test]
		fn groups_are_those_of_equal_rows(
			rows in prop::collection::vec(prop::collection::vec(0_u32..3, 6), 0..200),
			domains in prop::collection::vec(prop_oneof![Just(3_u32), Just(u32::MAX)], 6),
		) {
			let columns: Vec<Vec<u32>> =
				(0..6).map(|column| rows.iter().map(|row| row[column]).collect()).collect();
			let parts: Vec<_> = columns
				.iter()
				.zip(&domains)
				.map(|(codes, domain)| Part { codes, of: None, domain: *domain })
				.collect();
			let groups = group(rows.len(), &parts);
			let mut expected = HashMap::new();
			for (row, found) in rows.iter().zip(&groups.of) {
				let next = expected.len() as u32;
				prop_assert_eq!(expected.entry(row).or_insert(next), found);
			}
			prop_assert_eq!(groups.count, expected.len());
			let weights = vec![2; rows.len()];
			let mut weighed = 0;
			tally(&parts, &weights, |groups| {
				for (first, weight) in groups {
					let alike = rows.iter().filter(|row| **row == rows[*first as usize]).count();
					assert_eq!(*weight, alike as u64 * 2);
				}
				weighed += groups.len();
				ControlFlow::Continue(())
			});
			prop_assert_eq!(weighed, expected.len());
		}
	}

	/// What was numbered before the table grew is found again.
	#[test]
	fn many_groups_grow_the_table() {
		let codes: Vec<u32> = (0..100_000).chain(0..100_000).collect();
		let groups = group(codes.len(), &[Part { codes: &codes, of: None, domain: 100_000 }]);
		assert_eq!(groups.count, 100_000);
		assert_eq!(groups.of, codes);
	}
}
