//! Builds the runtime to WASM.

/// Names of functions are an eighth of the compressed blob, which the chain keeps and every validator
/// reads. What the node reads in the other custom sections stays.
#[cfg(feature = "std")]
const STRIPPED: &str = "-C link-arg=--strip-all -C link-arg=--keep-section=runtime_version \
	-C link-arg=--keep-section=runtime_apis";

#[cfg(feature = "std")]
fn main() {
	let builder =
		substrate_wasm_builder::WasmBuilder::init_with_defaults().append_to_rust_flags(STRIPPED);
	#[cfg(feature = "metadata-hash")]
	let builder = builder.enable_metadata_hash("SAL", 12);
	builder.build();
}

#[cfg(not(feature = "std"))]
fn main() {}
