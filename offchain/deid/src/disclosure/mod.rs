// SPDX-License-Identifier: Apache-2.0
//! Disclosure control: what a data set tells about the people in it, and how it is made to tell less.
//!
//! `docs/formats/disclosure.md` defines every measure.

mod classes;
mod count_table;
mod criterion;
mod error;
mod explain;
mod grouping;
mod hierarchy;
mod html;
mod lattice;
mod loss;
mod measure;
mod microdata;
mod mondrian;
mod noise;
mod population;
mod risk;
mod table;

pub use classes::{Classes, Recoding, Release};
pub use count_table::{Cell, CountTable, ProtectedTable, MIN_CELL};
pub use criterion::{Criterion, Distance};
pub use error::DisclosureError;
pub use explain::{explain, Blame, Suppressed};
pub use hierarchy::{Hierarchy, HierarchyTable};
pub use lattice::{generalise, Limits, MAX_LATTICE, MAX_LATTICE_ATTRIBUTES};
pub use loss::level_losses;
pub use measure::{measure, Measures, SensitiveMeasures};
pub use microdata::{Attribute, Level, Microdata, Sensitive};
pub use mondrian::partition;
pub use noise::{discrete_gaussian, discrete_laplace, Ratio};
pub use population::{population_sizes, presence, Presence};
pub use risk::{assess, Risk, RiskReport, Utility};
pub use table::{Column, Table};
