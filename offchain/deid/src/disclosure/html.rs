// SPDX-License-Identifier: Apache-2.0
//! A risk report as a page.

use super::RiskReport;
use std::fmt::Write;

const STYLE: &str = "body{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em;\
	color:#1a1a1a;background:#fff}table{border-collapse:collapse;width:100%;margin-bottom:2em}\
	th,td{border-bottom:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}\
	td.n{text-align:right;font-variant-numeric:tabular-nums}";

fn escape(text: &str) -> String {
	let mut out = String::with_capacity(text.len());
	for character in text.chars() {
		match character {
			'&' => out.push_str("&amp;"),
			'<' => out.push_str("&lt;"),
			'>' => out.push_str("&gt;"),
			'"' => out.push_str("&quot;"),
			'\'' => out.push_str("&#39;"),
			other => out.push(other),
		}
	}
	out
}

fn percent(share: f64) -> String {
	format!("{:.1} %", share * 100.0)
}

/// A table of names and numbers; everything is escaped here.
fn table(page: &mut String, title: &str, head: &[&str], rows: &[Vec<String>]) {
	let _ = write!(page, "<h2>{}</h2><table><thead><tr>", escape(title));
	for name in head {
		let _ = write!(page, "<th scope=\"col\">{}</th>", escape(name));
	}
	page.push_str("</tr></thead><tbody>");
	for row in rows {
		page.push_str("<tr>");
		for (column, cell) in row.iter().enumerate() {
			let cell = escape(cell);
			let _ = match column {
				0 => write!(page, "<th scope=\"row\">{cell}</th>"),
				_ => write!(page, "<td class=\"n\">{cell}</td>"),
			};
		}
		page.push_str("</tr>");
	}
	page.push_str("</tbody></table>\n");
}

pub(super) fn render(report: &RiskReport) -> String {
	let mut page = format!(
		"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
		<meta name=\"viewport\" content=\"width=device-width\">\
		<title>Disclosure risk</title><style>{STYLE}</style></head><body>\n<h1>Disclosure risk</h1>\n"
	);
	let _ = writeln!(
		page,
		"<p>{} of {} rows are released, in {} classes of rows that are alike; {} are suppressed. The \
		smallest class has {} rows. {}</p>",
		report.rows as u64 - report.suppressed,
		report.rows,
		report.classes,
		report.suppressed,
		report.measures.k,
		if report.is_population_known {
			"The population is known."
		} else {
			"The population is not known, and taken to be the data set: the risk of a journalist is an \
			upper bound."
		}
	);
	let head = ["Attacker", "Highest", "Average", "Rows above the threshold"];
	let risk = |name: &str, risk: &super::Risk| {
		vec![name.to_owned(), percent(risk.highest), percent(risk.average), percent(risk.at_risk)]
	};
	let none = "–".to_owned();
	let rows = [
		risk("Prosecutor: knows that the person is in the data set", &report.prosecutor),
		risk("Journalist: does not know it", &report.journalist),
		vec![
			"Marketer: looks for everybody".to_owned(),
			none.clone(),
			percent(report.marketer),
			none.clone(),
		],
	];
	let title = format!("Chance of being found (threshold {})", percent(report.threshold));
	table(&mut page, &title, &head, &rows);
	let mut rows = vec![
		vec!["Rows alone in the data set".to_owned(), report.sample_uniques.to_string()],
		vec![
			"Rows alone in the population".to_owned(),
			report.population_uniques.map_or_else(|| none.clone(), |count| count.to_string()),
		],
	];
	for sensitive in &report.measures.sensitive {
		let name = &sensitive.name;
		rows.extend([
			vec![format!("{name}: distinct l"), sensitive.distinct_l.to_string()],
			vec![format!("{name}: entropy l"), format!("{:.3}", sensitive.entropy_l)],
			vec![format!("{name}: t, equal distance"), format!("{:.3}", sensitive.t_equal)],
			vec![
				format!("{name}: t, ordered distance"),
				sensitive.t_ordered.map_or_else(|| none.clone(), |t| format!("{t:.3}")),
			],
			vec![
				format!("{name}: t, hierarchical distance"),
				format!("{:.3}", sensitive.t_hierarchical),
			],
		]);
	}
	table(&mut page, "Measures", &["Measure", "Value"], &rows);
	let utility = &report.utility;
	let rows = [
		vec!["Rows released".to_owned(), percent(utility.rows_released)],
		vec!["Rows of a class, on average".to_owned(), format!("{:.1}", utility.average_class)],
		vec!["Discernibility".to_owned(), format!("{:.0}", utility.discernibility)],
		vec![
			"Entropy lost, in bits".to_owned(),
			utility.loss_bits.map_or_else(|| none.clone(), |bits| format!("{bits:.0}")),
		],
		vec![
			"Entropy lost, of what can be lost".to_owned(),
			utility.loss_share.map_or_else(|| none.clone(), percent),
		],
	];
	table(&mut page, "Utility", &["Measure", "Value"], &rows);
	let rows: Vec<_> = report
		.attributes
		.iter()
		.map(|(name, level)| {
			let level = level.map_or_else(|| "by class".to_owned(), |level| level.to_string());
			vec![name.clone(), level]
		})
		.collect();
	table(&mut page, "Quasi-identifiers", &["Attribute", "Level"], &rows);
	page.push_str("</body></html>\n");
	page
}
