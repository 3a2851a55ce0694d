// SPDX-License-Identifier: Apache-2.0
//! How the structs of the model are declared: every field may be absent, and an absent field is
//! not written.

use std::collections::BTreeMap;

/// Whether a field holds nothing and is left out of the document.
pub(crate) trait Absent {
	fn is_absent(&self) -> bool;
}

impl<T> Absent for Option<T> {
	fn is_absent(&self) -> bool {
		self.is_none()
	}
}

impl<T> Absent for Vec<T> {
	fn is_absent(&self) -> bool {
		self.is_empty()
	}
}

impl<K, V> Absent for BTreeMap<K, V> {
	fn is_absent(&self) -> bool {
		self.is_empty()
	}
}

impl Absent for bool {
	fn is_absent(&self) -> bool {
		!*self
	}
}

/// `Debug` that names the type and nothing of its content: the model is full of identifiers, and
/// `Debug` output ends up in logs and panics.
macro_rules! opaque_debug {
	($name:ident) => {
		impl core::fmt::Debug for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				f.write_str(concat!(stringify!($name), " { .. }"))
			}
		}
	};
}

/// A struct whose fields may all be absent.
macro_rules! model {
	($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)+ }) => {
		$(#[$meta])*
		#[derive(Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
		#[serde(deny_unknown_fields)]
		pub struct $name {
			$(
				$(#[$field_meta])*
				#[serde(default, skip_serializing_if = "crate::model::Absent::is_absent")]
				pub $field: $type,
			)+
		}

		crate::model::opaque_debug!($name);

		impl $name {
			/// The names of the fields that hold something.
			pub fn filled(&self) -> impl Iterator<Item = &'static str> {
				let fields = [
					$((stringify!($field), crate::model::Absent::is_absent(&self.$field)),)+
				];
				fields.into_iter().filter_map(|(name, absent)| (!absent).then_some(name))
			}
		}
	};
}

pub(crate) use {model, opaque_debug};
