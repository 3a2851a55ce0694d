// SPDX-License-Identifier: Apache-2.0
//! What can be typed after `salus disclosure`.

use clap::{Args, Subcommand};
use std::{path::PathBuf, str::FromStr};

#[derive(Debug, Args)]
pub(crate) struct Disclosure {
	#[command(subcommand)]
	pub(crate) command: DisclosureCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DisclosureCommand {
	/// Assess how easily people are found in a table, as it is.
	Assess(Assess),
	/// Generalise a table until people are alike in it, with the least loss.
	Generalise(Generalise),
}

/// A table and what its columns are.
#[derive(Debug, Args)]
pub(crate) struct Microtable {
	/// A table of comma- or semicolon-separated values with a first line of names; `-` for standard input.
	#[arg(value_name = "TABLE")]
	pub(crate) table: PathBuf,
	/// A column that others know too, and how it is generalised: `age=age`, `zip=zip3`, `seen=date`,
	/// `dx=icd10cm`, `pay=FILE` (a line for each value, level by level), `sex` (the value or any).
	#[arg(long, value_name = "COLUMN[=HIERARCHY]", required = true, num_args = 1..)]
	pub(crate) quasi: Vec<Quasi>,
	/// A column that nobody should learn, and how far its values are from each other: `dx` (all equally),
	/// `pay=ordered` (numbers, by rank), or by a hierarchy: `dx=icd10cm`.
	#[arg(long, value_name = "COLUMN[=DISTANCE]", num_args = 1..)]
	pub(crate) sensitive: Vec<SensitiveColumn>,
	/// The people that the table was drawn from, with the same columns.
	#[arg(long, value_name = "TABLE")]
	pub(crate) population: Option<PathBuf>,
	/// The chance of being found above which a row is at risk.
	#[arg(long, value_name = "CHANCE", default_value_t = 1.0 / 11.0)]
	pub(crate) threshold: f64,
	/// Write the report as a page.
	#[arg(long, value_name = "FILE")]
	pub(crate) html: Option<PathBuf>,
	/// Replace results that exist.
	#[arg(long)]
	pub(crate) overwrite: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Assess {
	#[command(flatten)]
	pub(crate) table: Microtable,
}

#[derive(Debug, Args)]
pub(crate) struct Generalise {
	#[command(flatten)]
	pub(crate) table: Microtable,
	/// The generalised table: the columns named above, and no others.
	#[arg(long, short, value_name = "OUT")]
	pub(crate) out: PathBuf,
	/// How many rows are alike at least.
	#[arg(short, value_name = "ROWS")]
	pub(crate) k: u32,
	/// How many different values of a sensitive column such rows have at least: `dx=3`.
	#[arg(long, value_name = "COLUMN=L")]
	pub(crate) distinct_l: Vec<Bound<u32>>,
	/// The same for values that are as evenly spread as L equally frequent ones.
	#[arg(long, value_name = "COLUMN=L")]
	pub(crate) entropy_l: Vec<Bound<f64>>,
	/// How far their values may be from those of all rows, from 0 to 1: `dx=0.2`.
	#[arg(long, value_name = "COLUMN=T")]
	pub(crate) t_closeness: Vec<Bound<f64>>,
	/// The share of rows that may be left out, in percent.
	#[arg(long, value_name = "PERCENT", default_value = "0")]
	pub(crate) suppress: Percent,
	/// Give each group of rows labels of its own: less is lost, but the columns are harder to analyse.
	#[arg(long, conflicts_with_all = ["suppress", "population"])]
	pub(crate) local: bool,
	/// Write which rows are left out, and which column would have to be coarser to keep each.
	#[arg(long, value_name = "FILE", conflicts_with = "local")]
	pub(crate) explain: Option<PathBuf>,
}

/// A hierarchy that comes with the program, or one of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HierarchyName {
	Age,
	Zip3,
	Date,
	Icd10Cm,
	Flat,
	File(PathBuf),
}

impl From<&str> for HierarchyName {
	fn from(name: &str) -> Self {
		match name {
			"age" => Self::Age,
			"zip3" => Self::Zip3,
			"date" => Self::Date,
			"icd10cm" => Self::Icd10Cm,
			"flat" => Self::Flat,
			path => Self::File(path.into()),
		}
	}
}

/// A quasi-identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quasi {
	pub(crate) column: String,
	pub(crate) hierarchy: HierarchyName,
}

impl FromStr for Quasi {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (column, hierarchy) = text.split_once('=').unwrap_or((text, "flat"));
		Ok(Self { column: name(column)?, hierarchy: hierarchy.into() })
	}
}

/// How far sensitive values are from each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DistanceName {
	Equal,
	Ordered,
	Hierarchical(HierarchyName),
}

/// A sensitive column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SensitiveColumn {
	pub(crate) column: String,
	pub(crate) distance: DistanceName,
}

impl FromStr for SensitiveColumn {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (column, distance) = text.split_once('=').unwrap_or((text, "equal"));
		let distance = match distance {
			"equal" => DistanceName::Equal,
			"ordered" => DistanceName::Ordered,
			hierarchy => DistanceName::Hierarchical(hierarchy.into()),
		};
		Ok(Self { column: name(column)?, distance })
	}
}

/// What a criterion asks of a column.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Bound<T> {
	pub(crate) column: String,
	pub(crate) value: T,
}

impl<T: FromStr> FromStr for Bound<T> {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let (column, value) =
			text.rsplit_once('=').ok_or("write the column, `=` and the number: `dx=3`")?;
		let value = value.parse().map_err(|_| format!("`{value}` is no such number"))?;
		Ok(Self { column: name(column)?, value })
	}
}

/// A share in hundredths of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Percent {
	pub(crate) basis_points: u16,
}

impl FromStr for Percent {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, String> {
		let percent: f64 = text.trim_end_matches('%').parse().map_err(|_| "write a number")?;
		if !(0.0..=100.0).contains(&percent) {
			return Err("it must be from 0 to 100".into());
		}
		// At most 10,000: nothing is cut off.
		Ok(Self { basis_points: (percent * 100.0).round() as u16 })
	}
}

fn name(column: &str) -> Result<String, String> {
	if column.is_empty() {
		return Err("write the name of a column".into());
	}
	Ok(column.to_owned())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn columns_say_how_they_are_generalised() {
		let quasi = |text: &str| text.parse::<Quasi>().map(|quasi| (quasi.column, quasi.hierarchy));
		assert_eq!(quasi("sex"), Ok(("sex".into(), HierarchyName::Flat)));
		assert_eq!(quasi("age=age"), Ok(("age".into(), HierarchyName::Age)));
		assert_eq!(quasi("pay=p.csv"), Ok(("pay".into(), HierarchyName::File("p.csv".into()))));
		assert!(quasi("=age").is_err());
		let sensitive = |text: &str| text.parse::<SensitiveColumn>().map(|each| each.distance);
		assert_eq!(sensitive("dx"), Ok(DistanceName::Equal));
		assert_eq!(sensitive("pay=ordered"), Ok(DistanceName::Ordered));
		let codes = DistanceName::Hierarchical(HierarchyName::Icd10Cm);
		assert_eq!(sensitive("dx=icd10cm"), Ok(codes));
	}

	#[test]
	fn bounds_and_shares_are_numbers() {
		assert_eq!("a=b=3".parse(), Ok(Bound { column: "a=b".into(), value: 3u32 }));
		assert!("dx".parse::<Bound<u32>>().is_err() && "dx=few".parse::<Bound<u32>>().is_err());
		assert_eq!("4%".parse(), Ok(Percent { basis_points: 400 }));
		assert_eq!("0.05".parse(), Ok(Percent { basis_points: 5 }));
		for wrong in ["-1", "101", "NaN", "some"] {
			assert!(wrong.parse::<Percent>().is_err(), "{wrong}");
		}
	}
}
