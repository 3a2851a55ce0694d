// SPDX-License-Identifier: Apache-2.0

use codec::{Decode, DecodeLimit, Encode};
use frame_support::MAX_EXTRINSIC_DEPTH;
use salus_runtime::{RuntimeCall, UncheckedExtrinsic};
use salus_simulation::{Source, World};
use std::cell::RefCell;

/// Steps of one life: enough for whatever has to come after something else.
const STEPS: usize = 48;
/// The longest call or extrinsic, in bytes.
const LONGEST: usize = 2_048;

thread_local! {
	/// Without a committee and with one. What an input does to them is undone.
	static WORLDS: RefCell<[World; 2]> = RefCell::new([false, true].map(|with_committee| {
		let mut world = World::new(with_committee);
		world.abdicate();
		world
	}));
}

/// Lives a life that the bytes decide about.
pub(crate) fn extrinsic(bytes: &[u8]) {
	let mut source = Source::new(bytes);
	let with_committee = usize::from(source.byte() % 2);
	WORLDS.with_borrow_mut(|worlds| {
		worlds[with_committee].undo(|world| {
			for _ in 0..STEPS {
				if source.is_empty() {
					break;
				}
				step(world, &mut source);
			}
			world.check();
		});
	});
}

fn step(world: &mut World, source: &mut Source<'_>) {
	match source.byte() % 8 {
		// What a client would send, or nearly.
		0..=2 => drop(world.act(source)),
		3..=5 => {
			let who = source.pick(&world.people().all());
			if let Some(call) = call(source) {
				let _ = world.apply(&who, call);
			}
		},
		6 => {
			let length = source.below(LONGEST);
			let mut bytes = source.take(length);
			let decoded =
				UncheckedExtrinsic::decode_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut bytes);
			if let Ok(extrinsic) = decoded {
				let _ = world.apply_extrinsic(extrinsic);
			}
		},
		_ => {
			world.check();
			if source.once_in(4) {
				world.rotate_session();
			}
			const HOUR: u64 = 3_600_000;
			world.next_block(source.pick(&[6_000, HOUR, 5 * HOUR, 30 * HOUR, 200 * HOUR]));
		},
	}
}

/// Any call of the runtime.
fn call(source: &mut Source<'_>) -> Option<RuntimeCall> {
	let length = source.below(LONGEST);
	let mut bytes = source.take(length);
	let call = RuntimeCall::decode_with_depth_limit(MAX_EXTRINSIC_DEPTH, &mut bytes).ok()?;
	let again = RuntimeCall::decode(&mut &call.encode()[..]);
	assert_eq!(again.as_ref(), Ok(&call), "what was written reads as the same call");
	Some(call)
}
