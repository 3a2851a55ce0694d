// SPDX-License-Identifier: Apache-2.0
//! What rules found, without overlaps.

use super::{scan::Found, Span};

/// Joins what overlaps: nothing that a rule found stays. The longest names the class, and of equally
/// long ones the one with the stronger class.
pub(super) fn resolve(text: &str, mut found: Vec<Found>) -> Vec<Span> {
	found.sort_unstable_by_key(|found| (found.start, std::cmp::Reverse(found.end)));
	let mut spans: Vec<(Span, usize)> = Vec::with_capacity(found.len());
	for next in found {
		let (start, end) = (next.start as usize, next.end as usize);
		let length = end - start;
		match spans.last_mut() {
			Some((span, longest)) if start < span.end => {
				let wins = (length, next.class.rank()) > (*longest, span.class.rank());
				span.end = span.end.max(end);
				if wins {
					(span.class, span.rule, *longest) = (next.class, next.rule, length);
				}
			},
			// The words of one name, found one by one.
			Some((span, _))
				if next.class == span.class
					&& matches!(next.class, crate::Class::Name)
					&& text
						.get(span.end..start)
						.is_some_and(|between| matches!(between, " " | "-" | ". ")) =>
			{
				span.end = end;
			},
			_ => spans.push((Span { start, end, class: next.class, rule: next.rule }, length)),
		}
	}
	spans.into_iter().map(|(span, _)| span).collect()
}
