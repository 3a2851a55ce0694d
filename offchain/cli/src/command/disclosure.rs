// SPDX-License-Identifier: Apache-2.0
//! `salus disclosure`

use crate::{
	arguments::{
		Bound, Disclosure, DisclosureCommand, DistanceName, Generalise, HierarchyName, Microtable,
		SensitiveColumn,
	},
	error::{Failure, IoContext, Result},
	output::{table, Output},
	output_file::{check_new, write_whole},
};
use salus_deid::disclosure::{
	assess, explain, generalise, partition, Attribute, Column, Criterion, DisclosureError,
	Distance, Hierarchy, HierarchyTable, Limits, Microdata, Recoding, Release, RiskReport,
	Suppressed, Table,
};
use serde::Serialize;
use std::{
	collections::BTreeMap,
	fs::File,
	io::{Read, Write},
	path::Path,
};

pub(crate) async fn run(arguments: Disclosure, output: Output) -> Result<()> {
	let bar = output.spinner("looking for groups");
	let work = tokio::task::spawn_blocking(move || match arguments.command {
		DisclosureCommand::Assess(arguments) => assessed(&arguments.table),
		DisclosureCommand::Generalise(arguments) => generalised(&arguments),
	});
	let done = work.await;
	bar.finish_and_clear();
	let done = done.map_err(|error| Failure::of("INTERRUPTED", &error))??;
	output.result(&done, || text(&done));
	Ok(())
}

/// What is told of it: names of columns, numbers of rows and lines, and no values.
#[derive(Debug, Serialize)]
struct Done {
	report: RiskReport,
	/// Whether no smaller loss is possible; `None` where nothing was searched, or classes have labels of
	/// their own.
	#[serde(skip_serializing_if = "Option::is_none")]
	is_optimal: Option<bool>,
	/// Lines of the table that are no rows, from 1: the first of them, and how many there are.
	left_out: Vec<u64>,
	left_out_count: u64,
	/// Rows, from 1, whose value a hierarchy does not know, by column: they count as any.
	unknown: BTreeMap<String, Unknown>,
}

#[derive(Debug, Serialize)]
struct Unknown {
	rows: Vec<usize>,
	count: u64,
}

fn assessed(arguments: &Microtable) -> Result<Done> {
	check_targets([arguments.html.as_deref()], arguments.overwrite)?;
	let source = Source::read(&arguments.table, arguments)?;
	let levels = vec![0; source.data.attributes().len()];
	let release = Release::at(&source.data, levels).map_err(|error| failure(&error))?;
	source.report(arguments, &release, None)
}

fn generalised(arguments: &Generalise) -> Result<Done> {
	let Generalise { table, out, explain: reasons, .. } = arguments;
	let targets = [Some(out.as_path()), reasons.as_deref(), table.html.as_deref()];
	check_targets(targets, table.overwrite)?;
	let source = Source::read(&table.table, table)?;
	let criteria = criteria(arguments)?;
	let release = if arguments.local {
		partition(&source.data, &criteria)
	} else {
		let limits = Limits {
			suppression_basis_points: arguments.suppress.basis_points,
			..Limits::default()
		};
		generalise(&source.data, &criteria, limits)
	};
	let release = release.map_err(|error| failure(&error))?;
	let is_optimal = match &release.recoding {
		Recoding::FullDomain { is_optimal, .. } => Some(*is_optimal),
		Recoding::Local { .. } => None,
	};
	let done = source.report(table, &release, is_optimal)?;
	if let Some(path) = reasons {
		let rows = explain(&source.data, &criteria, &release).map_err(|error| failure(&error))?;
		write_whole(path, table.overwrite, |out| explained(&source.data, &rows, out))?;
	}
	// What may be released comes last: where it is, everything else is.
	write_whole(out, table.overwrite, |out| release.write_csv(&source.data, out))?;
	Ok(done)
}

/// A table whose columns are known.
struct Source {
	data: Microdata,
	left_out: Vec<u64>,
	left_out_count: u64,
}

impl Source {
	fn read(path: &Path, arguments: &Microtable) -> Result<Self> {
		let table =
			Table::from_csv(open(path)?).map_err(|error| failure(&error).cause(path.display()))?;
		let data = microdata(&table, arguments)?;
		Ok(Self { data, left_out: table.left_out, left_out_count: table.left_out_count })
	}

	fn report(
		&self,
		arguments: &Microtable,
		release: &Release,
		is_optimal: Option<bool>,
	) -> Result<Done> {
		let population = match &arguments.population {
			Some(path) => Some(Self::read(path, arguments)?.data),
			None => None,
		};
		let report = assess(&self.data, release, population.as_ref(), arguments.threshold)
			.map_err(|error| failure(&error))?;
		if let Some(path) = &arguments.html {
			write_whole(path, arguments.overwrite, |out| {
				out.write_all(report.to_html().as_bytes())
			})?;
		}
		let sensitive = self.data.sensitive().iter().map(|each| each.attribute());
		let unknown = self.data.attributes().iter().chain(sensitive);
		let unknown = unknown.filter(|attribute| attribute.unknown_count > 0);
		Ok(Done {
			report,
			is_optimal,
			left_out: self.left_out.clone(),
			left_out_count: self.left_out_count,
			unknown: unknown
				.map(|attribute| {
					let Attribute { name, unknown, unknown_count, .. } = attribute;
					(name.clone(), Unknown { rows: unknown.clone(), count: *unknown_count })
				})
				.collect(),
		})
	}
}

fn microdata(table: &Table, arguments: &Microtable) -> Result<Microdata> {
	let column =
		|name: &str| -> Result<&Column> { table.column(name).map_err(|error| failure(&error)) };
	let mut attributes = Vec::with_capacity(arguments.quasi.len());
	for quasi in &arguments.quasi {
		attributes.push(Attribute::new(column(&quasi.column)?, &hierarchy(&quasi.hierarchy)?));
	}
	let mut data = Microdata::new(attributes).map_err(|error| failure(&error))?;
	for sensitive in &arguments.sensitive {
		let hierarchy = match &sensitive.distance {
			DistanceName::Hierarchical(name) => hierarchy(name)?,
			DistanceName::Equal | DistanceName::Ordered => Hierarchy::Flat,
		};
		let attribute = Attribute::new(column(&sensitive.column)?, &hierarchy);
		data = data.with_sensitive(attribute).map_err(|error| failure(&error))?;
	}
	Ok(data)
}

fn hierarchy(name: &HierarchyName) -> Result<Hierarchy> {
	Ok(match name {
		HierarchyName::Age => Hierarchy::Age,
		HierarchyName::Zip3 => Hierarchy::Zip3,
		HierarchyName::Date => Hierarchy::Date,
		HierarchyName::Icd10Cm => Hierarchy::Icd10Cm,
		HierarchyName::Flat => Hierarchy::Flat,
		HierarchyName::File(path) => {
			let file = File::open(path).about(path.display()).map_err(|failure| {
				failure.fix("name a file, or one of age, zip3, date, icd10cm, flat")
			})?;
			let groups = HierarchyTable::from_csv(file)
				.map_err(|error| failure(&error).cause(path.display()))?;
			Hierarchy::Table(groups)
		},
	})
}

fn criteria(arguments: &Generalise) -> Result<Vec<Criterion>> {
	let columns = &arguments.table.sensitive;
	let mut criteria = vec![Criterion::KAnonymity { k: arguments.k }];
	for bound in &arguments.distinct_l {
		let (sensitive, _) = sensitive(columns, bound)?;
		criteria.push(Criterion::DistinctDiversity { sensitive, l: bound.value });
	}
	for bound in &arguments.entropy_l {
		let (sensitive, _) = sensitive(columns, bound)?;
		criteria.push(Criterion::EntropyDiversity { sensitive, l: bound.value });
	}
	for bound in &arguments.t_closeness {
		let (sensitive, distance) = sensitive(columns, bound)?;
		let distance = match distance {
			DistanceName::Equal => Distance::Equal,
			DistanceName::Ordered => Distance::Ordered,
			DistanceName::Hierarchical(_) => Distance::Hierarchical,
		};
		criteria.push(Criterion::Closeness { sensitive, t: bound.value, distance });
	}
	Ok(criteria)
}

/// The number of the column that a criterion is about, and how far its values are from each other.
fn sensitive<'a, T>(
	columns: &'a [SensitiveColumn],
	bound: &Bound<T>,
) -> Result<(usize, &'a DistanceName)> {
	let mut numbered = columns.iter().enumerate();
	let found = numbered.find(|(_, each)| each.column == bound.column);
	found.map(|(number, each)| (number, &each.distance)).ok_or_else(|| {
		let column = &bound.column;
		Failure::new("COLUMN_NOT_SENSITIVE", format!("column {column} is not said to be sensitive"))
			.fix(format!("add --sensitive {column}"))
	})
}

/// A line for each row that is left out.
fn explained(data: &Microdata, rows: &[Suppressed], out: &mut dyn Write) -> std::io::Result<()> {
	let mut out = csv::Writer::from_writer(out);
	out.write_record(["row", "class_size", "column", "level", "class_size_then", "is_enough"])?;
	for Suppressed { row, class_size, blame } in rows {
		let (row, class_size) = ((row + 1).to_string(), class_size.to_string());
		let column = blame.and_then(|blame| data.attributes().get(blame.attribute));
		let name = column.map_or("", |column| &column.name);
		let number = |number: Option<String>| number.unwrap_or_default();
		let level = number(blame.map(|blame| blame.level.to_string()));
		let then = number(blame.map(|blame| blame.class_size.to_string()));
		let is_enough = blame.is_some_and(|blame| blame.is_enough).to_string();
		out.write_record([&row, &class_size, name, &level, &then, &is_enough])?;
	}
	out.flush()
}

fn open(path: &Path) -> Result<Box<dyn Read>> {
	if path.as_os_str() == "-" {
		return Ok(Box::new(std::io::stdin()));
	}
	Ok(Box::new(File::open(path).about(path.display())?))
}

fn check_targets<const N: usize>(targets: [Option<&Path>; N], overwrite: bool) -> Result<()> {
	if overwrite {
		return Ok(());
	}
	targets.into_iter().flatten().try_for_each(check_new)
}

fn failure(error: &DisclosureError) -> Failure {
	let code = match error {
		// A table that does not read is bad input as any other.
		DisclosureError::TableInvalid { .. } | DisclosureError::HierarchyInvalid { .. } => {
			format!("INPUT_{}", error.code())
		},
		_ => error.code().to_owned(),
	};
	Failure::of(code, error).fix(error.fix())
}

fn text(done: &Done) -> String {
	let report = &done.report;
	let percent = |share: f64| format!("{:.2} %", share * 100.0);
	let columns = report.attributes.iter().map(|(name, level)| {
		let level = level.map_or_else(|| "by group".to_owned(), |level| level.to_string());
		format!("{name}: {level}")
	});
	let mut rows = vec![
		["rows".to_owned(), report.rows.to_string()],
		["left out".to_owned(), report.suppressed.to_string()],
		["groups of rows that are alike".to_owned(), report.classes.to_string()],
		["smallest group (k)".to_owned(), report.measures.k.to_string()],
		["alone in the table".to_owned(), report.sample_uniques.to_string()],
		["levels".to_owned(), columns.collect::<Vec<_>>().join(", ")],
		["chance to be found, at most (prosecutor)".to_owned(), percent(report.prosecutor.highest)],
		["on average (marketer)".to_owned(), percent(report.marketer)],
		[format!("rows above {}", percent(report.threshold)), percent(report.prosecutor.at_risk)],
	];
	for each in &report.measures.sensitive {
		rows.push([
			format!("{}: l, entropy l, t", each.name),
			format!("{}, {:.2}, {:.3}", each.distinct_l, each.entropy_l, each.t_equal),
		]);
	}
	if let Some(share) = report.utility.loss_share {
		rows.push(["lost of what can be lost".to_owned(), percent(share)]);
	}
	if done.is_optimal == Some(false) {
		rows.push(["search".to_owned(), "cut off: less may be lost".to_owned()]);
	}
	if done.left_out_count > 0 {
		rows.push(["lines that are no rows".to_owned(), done.left_out_count.to_string()]);
	}
	for (column, unknown) in &done.unknown {
		rows.push([format!("{column}: values not known"), unknown.count.to_string()]);
	}
	table(["", ""], rows)
}
