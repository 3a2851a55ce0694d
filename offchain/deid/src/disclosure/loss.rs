// SPDX-License-Identifier: Apache-2.0
//! Non-uniform entropy: how many bits of the values a generalisation takes away.

use super::Attribute;

/// What each level of an attribute loses, in bits summed over all rows: for a row whose value has `a`
/// rows and whose group has `b`, `log2(b / a)`. It never falls from level to level.
pub fn level_losses(attribute: &Attribute) -> Vec<f64> {
	let counts = attribute.counts();
	let mut least = 0.0_f64;
	attribute
		.levels
		.iter()
		.map(|level| {
			let mut groups = vec![0_u64; level.labels.len()];
			for (count, group) in counts.iter().zip(&level.of) {
				groups[*group as usize] += count;
			}
			let loss: f64 = counts
				.iter()
				.zip(&level.of)
				.filter(|(count, _)| **count > 0)
				.map(|(count, group)| {
					let (value, group) = (*count as f64, groups[*group as usize] as f64);
					value * (group / value).log2()
				})
				.sum();
			// Rounding must not make a level cheaper than the one below, or pruning would be wrong.
			least = least.max(loss);
			least
		})
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::disclosure::{Column, Hierarchy};

	#[test]
	fn the_loss_is_in_bits() {
		let column = Column::new("age", ["40", "41", "45", "45"]).expect("a column");
		let attribute = Attribute::new(&column, &Hierarchy::Age);
		// Two of four rows lose one bit to 40-44; then 1 of 4, 1 of 4 and 2 of 4.
		assert_eq!(level_losses(&attribute), [0.0, 2.0, 6.0, 6.0]);
	}
}
