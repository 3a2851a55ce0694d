// SPDX-License-Identifier: Apache-2.0
//! Whether resources are valid by the JSON schema of FHIR R4, which HL7 publishes with the standard.
#![allow(missing_docs, unreachable_pub)]

use jsonschema::Validator;
use serde_json::Value;
use std::{cell::RefCell, collections::HashMap, rc::Rc};

thread_local! {
	/// Making a validator takes longer than using it.
	static KNOWN: RefCell<HashMap<String, Rc<Validator>>> = RefCell::default();
}

fn schema() -> Option<Value> {
	let Some(path) = std::env::var_os("SALUS_FHIR_SCHEMA") else {
		eprintln!("SKIPPED: SALUS_FHIR_SCHEMA is not set; resources were not validated");
		return None;
	};
	let mut schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
	schema.as_object_mut().unwrap().remove("oneOf");
	// The published schema refers to two types it does not define.
	for missing in ["Resource", "integer64"] {
		if schema["definitions"].get(missing).is_none() {
			schema["definitions"][missing] = true.into();
		}
	}
	Some(schema)
}

fn validator(kind: &str) -> Option<Rc<Validator>> {
	KNOWN.with_borrow_mut(|known| {
		if let Some(validator) = known.get(kind) {
			return Some(Rc::clone(validator));
		}
		let mut schema = schema()?;
		schema["$ref"] = format!("#/definitions/{kind}").into();
		let validator = Rc::new(jsonschema::draft6::new(&schema).unwrap());
		known.insert(kind.into(), Rc::clone(&validator));
		Some(validator)
	})
}

/// Validates resources by the R4 schema in the file that `SALUS_FHIR_SCHEMA` names.
pub fn assert_valid_fhir(resources: &[Value]) {
	let mut faults = Vec::new();
	for resource in resources {
		let kind = resource["resourceType"].as_str().unwrap();
		let Some(validator) = validator(kind) else { return };
		faults.extend(
			validator
				.iter_errors(resource)
				.map(|fault| format!("{kind}{}: {fault}", fault.instance_path())),
		);
	}
	assert!(faults.is_empty(), "{}", faults.join("\n"));
}
