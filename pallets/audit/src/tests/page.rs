// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Trails};
use salus_primitives::audit::{ChainHash, TrailCursor, TrailPage};

fn indices(page: &TrailPage<u64>) -> Vec<u64> {
	page.entries.iter().map(|entry| entry.index).collect()
}

#[test]
fn a_subject_without_a_trail_has_an_empty_page() {
	build_and_execute(|| {
		let page = Audit::trail(&SUBJECT, 0, 10);
		let start = ChainHash::start(&SUBJECT);
		assert_eq!(
			page,
			TrailPage { before: start, entries: vec![], count: 0, head: start, oldest_kept: 0 }
		);
		assert_eq!(page.verify(TrailCursor::start(&SUBJECT)).unwrap().next, 0);
		assert_eq!(Audit::trail_head(&SUBJECT), None);
		assert_eq!(Audit::trail(&SUBJECT, u64::MAX, u32::MAX), page);
	});
}

#[test]
fn pages_continue_each_other() {
	build_and_execute(|| {
		append(SUBJECT, 3);
		let first = Audit::trail(&SUBJECT, 0, 2);
		assert_eq!(indices(&first), [0, 1]);
		let cursor = first.verify(TrailCursor::start(&SUBJECT)).unwrap();
		let second = Audit::trail(&SUBJECT, cursor.next, 2);
		assert_eq!(indices(&second), [2]);
		let end = second.verify(cursor).unwrap();
		assert_eq!((end.next, end.hash), Audit::trail_head(&SUBJECT).unwrap());
	});
}

#[test]
fn no_page_is_longer_than_the_limit_or_the_window() {
	build_and_execute(|| {
		append(SUBJECT, 10);
		assert_eq!(indices(&Audit::trail(&SUBJECT, 6, u32::MAX)), [6, 7, 8, 9]);
		assert_eq!(indices(&Audit::trail(&SUBJECT, 7, 2)), [7, 8]);
		assert!(Audit::trail(&SUBJECT, 7, 0).entries.is_empty());
	});
}

#[test]
fn what_is_older_than_the_window_is_an_empty_page() {
	build_and_execute(|| {
		append(SUBJECT, 10);
		let page = Audit::trail(&SUBJECT, 0, 10);
		assert!(page.entries.is_empty());
		assert_eq!((page.count, page.oldest_kept), (10, 6));

		// It says from where to go on.
		let cursor = TrailCursor { next: page.oldest_kept, hash: page.before };
		let rest = Audit::trail(&SUBJECT, cursor.next, 10);
		assert_eq!(rest.verify(cursor).unwrap().next, 10);
	});
}

#[test]
fn an_empty_page_bears_the_hash_where_it_stands() {
	build_and_execute(|| {
		append(SUBJECT, 10);
		let head = Trails::<Test>::get(SUBJECT).unwrap().head;
		for from in [10, 11, u64::MAX] {
			let page = Audit::trail(&SUBJECT, from, u32::MAX);
			assert!(page.entries.is_empty());
			assert_eq!(page.before, head);
		}
		let none = Audit::trail(&SUBJECT, 8, 0);
		assert_eq!(none.before, Audit::trail(&SUBJECT, 8, 1).before);
	});
}
