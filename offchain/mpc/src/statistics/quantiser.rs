// SPDX-License-Identifier: Apache-2.0
//! Measurements as whole numbers.

/// The steps of a measurement: values from `lowest`, `step` apart, up to a greatest one. Public, and
/// the same for all contributors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantiser {
	lowest: f64,
	step: f64,
	levels: u32,
}

/// A value is outside of the range. It is refused and never moved to the border.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is outside of the range that the question takes")]
pub struct OutOfRange;

impl Quantiser {
	/// The most steps: what is summed is their squares, and 32 bits are enough for these.
	pub const MAX_LEVELS: u32 = u16::MAX as u32;

	/// Values from `lowest` to `highest`, `step` apart; none when there is no such range, or it has
	/// more than 65,535 steps.
	pub fn new(lowest: f64, highest: f64, step: f64) -> Option<Self> {
		let levels = ((highest - lowest) / step).round();
		let is_range = lowest.is_finite() && step.is_finite() && step > 0.0;
		(is_range && levels >= 1.0 && levels <= f64::from(Self::MAX_LEVELS)).then_some(Self {
			lowest,
			step,
			levels: whole(levels),
		})
	}

	/// The number of the step nearest to a value.
	///
	/// # Errors
	/// When the value is none or lies outside of the range.
	pub fn level(&self, value: f64) -> Result<u32, OutOfRange> {
		let level = ((value - self.lowest) / self.step).round();
		if level >= 0.0 && level <= f64::from(self.levels) {
			Ok(whole(level))
		} else {
			Err(OutOfRange)
		}
	}

	/// The greatest step.
	pub const fn levels(&self) -> u32 {
		self.levels
	}

	/// The width of a step.
	pub const fn step(&self) -> f64 {
		self.step
	}

	/// The value at a step, or between two.
	pub(super) fn value(&self, level: f64) -> f64 {
		level.mul_add(self.step, self.lowest)
	}
}

/// A number that was rounded and that the caller knows to be in range.
const fn whole(level: f64) -> u32 {
	level as u32
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn decimal_steps_are_exact_and_nothing_is_clipped() {
		let steps = Quantiser::new(30.0, 45.0, 0.1).unwrap();
		assert_eq!(steps.levels(), 150);
		for tenths in 300..=450u32 {
			assert_eq!(steps.level(f64::from(tenths) / 10.0), Ok(tenths - 300));
		}
		for value in [29.9, 45.1, f64::NAN, f64::INFINITY, -1e300] {
			assert_eq!(steps.level(value), Err(OutOfRange));
		}
		assert!(Quantiser::new(0.0, 65_536.0, 1.0).is_none());
		assert!(Quantiser::new(0.0, 0.0, 1.0).is_none());
		assert!(Quantiser::new(0.0, 1.0, 0.0).is_none());
		assert!(Quantiser::new(f64::NAN, 1.0, 0.1).is_none());
		assert!(Quantiser::new(1.0, 0.0, 0.1).is_none());
	}
}
