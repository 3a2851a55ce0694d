// SPDX-License-Identifier: Apache-2.0
//! The statistics against those of the whole table.
//!
//! The known answers are those of scipy 1.17.1, statsmodels 0.15.0 and lifelines 0.30.3 for the table of
//! [`rows`]: `ttest_ind(equal_var=False)`, `f_oneway`, `proportion_confint(method="wilson")`,
//! `chi2_contingency(correction=False)`, `fisher_exact`, `Table2x2`, `KaplanMeierFitter`,
//! `NelsonAalenFitter(nelson_aalen_smoothing=False)`, `multivariate_logrank_test`, `pearsonr`, `OLS`.

use super::*;
use crate::{
	tests::{job, run},
	Histogram, Vector,
};

#[derive(Clone, Copy)]
struct Row {
	group: usize,
	age: f64,
	pressure: f64,
	time: f64,
	is_event: bool,
	class: usize,
}

/// 120 patients: numbers of the congruence `x -> 1103515245 x + 12345 mod 2^31` from 7, `x >> 16` modulo
/// 1000, five for each.
fn rows() -> Vec<Row> {
	let mut x = 7u64;
	let mut next = || {
		x = (x * 1_103_515_245 + 12_345) % (1 << 31);
		(x >> 16) % 1000
	};
	(0..120)
		.map(|_| {
			let [a, b, c, d, e] = std::array::from_fn(|_| next());
			let tenths = 1000 + 5 * (b % 40) + c % 300 + 50 * (a % 3);
			Row {
				group: (a % 3) as usize,
				age: real(40 + b % 40),
				pressure: real(tenths) / 10.0,
				time: real(1 + d % 24),
				is_event: e % 10 < 6,
				class: (e % 4) as usize,
			}
		})
		.collect()
}

const ALL: Disclosure = Disclosure::new(0);

fn close(found: f64, known: f64) {
	let error = (found - known).abs() / known.abs().max(1.0);
	assert!(error < 1e-9, "{found} is not {known}");
	if known != 0.0 {
		assert!((found / known - 1.0).abs() < 1e-6, "{found} is not {known}");
	}
}

fn all_close(found: &[f64], known: &[f64]) {
	assert_eq!(found.len(), known.len());
	found.iter().zip(known).for_each(|(found, known)| close(*found, *known));
}

fn ends(interval: Interval) -> [f64; 2] {
	[interval.lower, interval.upper]
}

/// Three hospitals of different sizes, summed by three aggregators of which two are enough.
fn summed(len: usize, tally: impl Fn(&[Row]) -> Vec<u64>) -> Vec<u64> {
	let rows = rows();
	let (first, rest) = rows.split_at(20);
	let (second, third) = rest.split_at(33);
	let sites = [first, second, third].map(tally);
	let job = job(2, 3, Vector::new(len as u32, 1 << 40).unwrap());
	let sites: Vec<&[u64]> = sites.iter().map(Vec::as_slice).collect();
	let opened = run(&job, job.roster().seats(), &sites);
	assert_eq!(opened.statement.reports(), 3);
	opened.sums
}

fn pressure() -> Quantiser {
	Quantiser::new(80.0, 200.0, 0.1).unwrap()
}

fn moments(centre: f64) -> Report<GroupedSummary> {
	let question = Moments::new(pressure(), centre, 3).unwrap();
	let tally = |rows: &[Row]| {
		let rows = rows.iter().map(|row| (Some(row.group), Some(row.pressure)));
		// Each hospital has a patient without a group and two without a value.
		let missing = [(None, Some(120.0)), (Some(1), None), (None, None)];
		question.tally(rows.chain(missing)).unwrap()
	};
	question.evaluate(&summed(question.len(), tally), 3, ALL, Confidence::USUAL)
}

#[test]
fn means_and_variances_are_those_of_the_whole_table() {
	let report = moments(125.0);
	assert_eq!((report.observations, report.missing), (Some(120), Some(9)));
	assert_eq!((report.contributors, report.suppressed), (3, 0));
	let summary = report.outcome.unwrap();
	let known = [
		(
			39,
			4835.499999999999,
			123.98717948717946,
			140.58535762483132,
			[120.14362698249676, 127.83073199186217],
		),
		(43, 5600.8, 130.2511627906977, 85.2711295681063, [127.40928416870864, 133.09304141268674]),
		(
			38,
			5031.900000000001,
			132.4184210526316,
			116.67505689900426,
			[128.8680159593383, 135.9688261459249],
		),
	];
	for (group, (count, sum, mean, variance, interval)) in summary.groups.iter().zip(known) {
		let group = group.unwrap();
		assert_eq!(group.count, count);
		let spread = group.spread.unwrap();
		all_close(&[group.sum, group.mean.unwrap(), spread.variance], &[sum, mean, variance]);
		all_close(&ends(spread.mean_interval), &interval);
		close(group.standard_deviation().unwrap(), variance.sqrt());
	}
	let overall = summary.overall;
	close(overall.mean.unwrap(), 128.90166666666667);
	close(overall.spread.unwrap().variance, 123.7884005602241);
	// Another centre gives the same, to the last digit.
	assert_eq!(moments(80.0).outcome, moments(200.0).outcome);
}

#[test]
fn single_patients_prove_what_sites_only_say() {
	let question = Moments::new(pressure(), 125.0, 1).unwrap();
	let first = rows().into_iter().take(25).map(|row| row.pressure);
	let single = job(2, 3, question.circuit().unwrap());
	let levels: Vec<u64> =
		first.clone().map(|value| pressure().level(value).unwrap().into()).collect();
	let opened = run(&single, single.roster().seats(), &levels.iter().collect::<Vec<_>>());
	let reports = opened.statement.reports();
	let sums = [&[reports], &opened.sums[..], &[0]].concat();
	let of_site = question.tally(first.map(|value| (Some(0), Some(value)))).unwrap();
	assert_eq!(sums, of_site);
	let report = question.evaluate(&sums, reports, Disclosure::USUAL, Confidence::USUAL);
	assert_eq!(report.outcome.unwrap().overall.count, 25);
}

#[test]
fn tests_between_groups_are_the_known_ones() {
	let groups: Vec<Summary> =
		moments(125.0).outcome.unwrap().groups.into_iter().map(Option::unwrap).collect();
	let test = welch(&groups[0], &groups[1], Confidence::USUAL).unwrap();
	all_close(
		&[test.t, test.freedom, test.p],
		&[-2.6499036051399463, 71.68194651042359, 0.009900110031042875],
	);
	all_close(&ends(test.interval), &[-10.976595915946763, -1.551370691089697]);
	let difference = standardised_difference(&groups[0], &groups[1], Confidence::USUAL).unwrap();
	close(difference.estimate, -0.5894531660443927);
	assert!(difference.interval.lower < -0.6 && difference.interval.upper < 0.0);
	let analysis = analysis_of_variance(&groups).unwrap();
	all_close(&[analysis.f, analysis.p], &[6.584091424813867, 0.001951370105592185]);
	assert_eq!((analysis.between, analysis.within), (2.0, 117.0));
	assert!((0.1..0.11).contains(&analysis.explained));
}

#[test]
fn a_large_offset_costs_no_digit() {
	// The squares of values around 10^5 with a variance of one in steps of 10^-4 would cancel.
	let steps = Quantiser::new(100_000.0, 100_004.0, 1e-4).unwrap();
	let question = Moments::new(steps, 100_002.0, 1).unwrap();
	let values = [1.0, 2.0, 3.0].map(|value| (Some(0), Some(100_000.0 + value)));
	let report = question.evaluate(&question.tally(values).unwrap(), 3, ALL, Confidence::USUAL);
	close(report.outcome.unwrap().overall.spread.unwrap().variance, 1.0);
}

#[test]
fn empty_and_constant_groups_are_outcomes() {
	let question = Moments::new(pressure(), 120.0, 3).unwrap();
	let evaluate = |rows: &[(Option<usize>, Option<f64>)]| {
		let sums = question.tally(rows.iter().copied()).unwrap();
		question.evaluate(&sums, 1, ALL, Confidence::USUAL)
	};
	assert_eq!(evaluate(&[]).outcome, Err(NotEstimable::Empty));
	let one = (Some(0), Some(120.0));
	let summary = evaluate(&[one, one, (Some(1), Some(130.0))]).outcome.unwrap();
	let groups: Vec<Summary> = summary.groups.into_iter().map(Option::unwrap).collect();
	assert_eq!((groups[1].spread, groups[2].mean), (None, None));
	let test = |one: usize, other: usize| welch(&groups[one], &groups[other], Confidence::USUAL);
	assert_eq!(test(0, 1), Err(NotEstimable::GroupTooSmall { group: 1 }));
	assert_eq!(test(2, 0), Err(NotEstimable::GroupTooSmall { group: 0 }));
	assert_eq!(test(0, 0), Err(NotEstimable::NoVariance));
	assert_eq!(analysis_of_variance(&groups), Err(NotEstimable::NoVariance));
	assert_eq!(analysis_of_variance(&groups[1..]), Err(NotEstimable::TooFew { needed: 2 }));
	let same = standardised_difference(&groups[0], &groups[0], Confidence::USUAL);
	assert_eq!(same, Err(NotEstimable::NoVariance));
	// Sums that no data have, and of another question.
	let contradiction = Err(NotEstimable::Contradiction);
	let usual = |sums: &[u64]| question.evaluate(sums, 1, ALL, Confidence::USUAL).outcome;
	assert_eq!(usual(&[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]), contradiction);
	assert_eq!(usual(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 0]), contradiction);
	assert_eq!(usual(&[1, 2, 3]), contradiction);
	assert_eq!(question.tally([(Some(3), Some(120.0))]), Err(OutOfRange));
	assert_eq!(question.tally([(Some(0), Some(300.0))]), Err(OutOfRange));
	assert_eq!(question.largest(), 800 * 800);
}

#[test]
fn small_groups_are_suppressed_and_do_not_follow_from_the_rest() {
	let question = Moments::new(pressure(), 120.0, 3).unwrap();
	let rows = |counts: [usize; 3]| {
		let group =
			|group| (0..counts[group]).map(move |at| (Some(group), Some(100.0 + at as f64)));
		question.tally((0..3).flat_map(group)).unwrap()
	};
	let report = question.evaluate(&rows([30, 4, 20]), 3, Disclosure::USUAL, Confidence::USUAL);
	assert_eq!((report.suppressed, report.observations), (2, None));
	let summary = report.outcome.unwrap();
	let shown: Vec<bool> = summary.groups.iter().map(Option::is_some).collect();
	assert_eq!(shown, [true, false, false]);
	assert_eq!(summary.overall.count, 30);
	let report = question.evaluate(&rows([0, 4, 0]), 3, Disclosure::USUAL, Confidence::USUAL);
	assert_eq!(report.outcome, Err(NotEstimable::Suppressed));
}

#[test]
fn a_proportion_has_wilsons_interval() {
	let report = proportion([37, 83, 12], 132, ALL, Confidence::USUAL);
	let found = report.outcome.unwrap();
	assert_eq!((found.count, report.observations, report.missing), (37, Some(120), Some(12)));
	all_close(&ends(found.interval), &[0.23272736988916298, 0.39582997723800684]);
	let outcome = |counts| proportion(counts, 9, Disclosure::USUAL, Confidence::USUAL).outcome;
	assert_eq!(outcome([0, 0, 20]), Err(NotEstimable::Empty));
	assert_eq!(outcome([3, 90, 20]), Err(NotEstimable::Suppressed));
	assert_eq!(outcome([0, 90, 20]).unwrap().share, 0.0);
	// Few without a value: showing all others would say how many.
	assert_eq!(outcome([40, 90, 2]), Err(NotEstimable::Suppressed));
}

#[test]
fn tables_are_exact_and_their_tests_the_known_ones() {
	let question = Crosstab::new(3, 4);
	let tally = |rows: &[Row]| {
		let rows = rows.iter().map(|row| Some((row.group, row.class)));
		question.tally(rows.chain([None])).unwrap()
	};
	let sums = summed(question.len(), tally);
	let report = question.evaluate(&sums, 3, ALL, Confidence::USUAL);
	assert_eq!((report.observations, report.missing), (Some(120), Some(3)));
	let found = report.outcome.unwrap();
	let counts: Vec<u64> = found.table.cells.iter().copied().map(Option::unwrap).collect();
	assert_eq!(counts, [10, 13, 8, 8, 15, 10, 8, 10, 7, 13, 10, 8]);
	let test = found.independence.unwrap();
	all_close(
		&[test.statistic, test.freedom, test.p, test.least_expected, test.cramer_v],
		&[3.7637673750681, 6.0, 0.7086087591334655, 8.233333333333333, 0.12522924603615462],
	);
	assert_eq!(found.exact, Err(NotEstimable::WrongShape));
	// The same by a histogram of single patients, proven to be in one cell each.
	let single = job(2, 3, Histogram::new(question.len() as u32).unwrap());
	let classes: Vec<u32> = rows()
		.iter()
		.map(|row| question.cell(Some((row.group, row.class))).unwrap() as u32)
		.collect();
	let opened = run(&single, single.roster().seats(), &classes.iter().collect::<Vec<_>>());
	assert_eq!(opened.sums[..12], sums[..12]);
}

#[test]
fn two_by_two_has_odds_and_fishers_test() {
	let evaluate = |cells: [u64; 4]| {
		let sums = [&cells[..], &[0]].concat();
		Crosstab::new(2, 2).evaluate(&sums, 4, ALL, Confidence::USUAL).outcome.unwrap()
	};
	let found = evaluate([12, 5, 29, 74]);
	let (test, exact) = (found.independence.unwrap(), found.exact.unwrap());
	all_close(&[test.statistic, test.p], &[11.680509298351808, 0.0006315824205318527]);
	let (odds, interval) = test.odds_ratio.unwrap();
	close(odds, 6.124137931034483);
	all_close(&ends(interval), &[1.9819049494156737, 18.9237457676227]);
	all_close(&[exact.p, exact.odds_ratio], &[0.0015133165368025514, 6.124137931034483]);
	close(evaluate([3, 0, 1, 9]).exact.unwrap().p, 0.013986013986013984);
	close(evaluate([100, 200, 150, 170]).exact.unwrap().p, 0.000768721663371556);
	let empty = evaluate([3, 9, 0, 0]);
	assert_eq!(empty.independence, Err(NotEstimable::WrongShape));
	assert_eq!(empty.exact, Err(NotEstimable::WrongShape));
	assert!(evaluate([3, 0, 1, 9]).independence.unwrap().odds_ratio.is_none());
}

#[test]
fn suppressed_tables_have_no_tests() {
	let sums = [3, 40, 50, 60, 0];
	let report = Crosstab::new(2, 2).evaluate(&sums, 4, Disclosure::USUAL, Confidence::USUAL);
	assert_eq!((report.observations, report.suppressed), (None, 4));
	let found = report.outcome.unwrap();
	assert_eq!(found.independence, Err(NotEstimable::Suppressed));
	assert_eq!(found.exact, Err(NotEstimable::Suppressed));
	assert!(found.table.cells.iter().all(Option::is_none));
}

fn survival(groups: usize, disclosure: Disclosure) -> Report<SurvivalReport> {
	let question = Survival::new((1..=24).map(f64::from).collect(), groups).unwrap();
	let tally = |rows: &[Row]| {
		let rows = rows.iter().filter(|row| row.group < groups);
		let rows = rows.map(|row| Some((row.group, row.time, row.is_event)));
		question.tally(rows.chain([None])).unwrap()
	};
	question.evaluate(&summed(question.len(), tally), 3, disclosure, Confidence::USUAL)
}

#[test]
fn survival_is_that_of_the_whole_table() {
	let report = survival(3, ALL);
	assert_eq!((report.observations, report.missing), (Some(120), Some(3)));
	let found = report.outcome.unwrap();
	let known = [
		(
			0,
			5.0,
			[
				0.9173745173745176,
				0.7652206626466147,
				0.9725893479307182,
				0.08501022030433794,
				0.02784617727448764,
				0.2595235060437947,
			],
		),
		(
			0,
			12.0,
			[
				0.6484119765369761,
				0.4629868359434943,
				0.7836977051215828,
				0.4209284687225864,
				0.24110684231193072,
				0.7348641543399862,
			],
		),
		(
			0,
			20.0,
			[
				0.39278802424836057,
				0.2107202865488771,
				0.570762713473331,
				0.8577874430815607,
				0.5478075621756502,
				1.3431711212348572,
			],
		),
		(
			1,
			5.0,
			[
				0.8275927089880579,
				0.6717988567938529,
				0.9139130501318053,
				0.18445272515039957,
				0.0894622178828307,
				0.3803036479597316,
			],
		),
		(
			1,
			12.0,
			[
				0.7507390361103792,
				0.5857867180895496,
				0.8575347171953307,
				0.27927188448568796,
				0.15223668552810082,
				0.5123126872713676,
			],
		),
		(
			1,
			20.0,
			[
				0.255251272277529,
				0.09482592052882344,
				0.45315251701442716,
				1.2553864132317956,
				0.7754501219485933,
				2.0323615947944482,
			],
		),
	];
	let curves: Vec<Curve> = found.curves.into_iter().map(Option::unwrap).collect();
	for (group, time, known) in known {
		let point = curves[group].points.iter().find(|point| point.time == time).unwrap();
		let survival = ends(point.survival_interval.unwrap());
		let hazard = ends(point.hazard_interval.unwrap());
		let found = [&[point.survival], &survival[..], &[point.hazard], &hazard[..]].concat();
		all_close(&found, &known);
	}
	assert_eq!((curves[0].median, curves[1].median), (Some(19.0), Some(17.0)));
	let test = found.log_rank.unwrap();
	all_close(&[test.statistic, test.p], &[0.5957341531296703, 0.7424000155497993]);
	assert_eq!(test.freedom, 2.0);
	let test = survival(2, ALL).outcome.unwrap().log_rank.unwrap();
	all_close(&[test.statistic, test.p], &[0.3195326032639422, 0.571888668726237]);
	let one = survival(1, ALL).outcome.unwrap();
	assert_eq!(one.log_rank, Err(NotEstimable::WrongShape));
}

#[test]
fn survival_points_are_apart_by_enough_events() {
	let whole = survival(3, ALL).outcome.unwrap();
	let report = survival(3, Disclosure::new(5));
	// Three without a value are few: the least group goes with them.
	assert_eq!((report.missing, report.observations), (None, None));
	let found = report.outcome.unwrap();
	assert_eq!(found.log_rank, Err(NotEstimable::Suppressed));
	assert!(found.curves[2].is_none());
	for (curve, whole) in found.curves.iter().zip(&whole.curves).take(2) {
		let (curve, whole) = (curve.as_ref().unwrap(), whole.as_ref().unwrap());
		assert_eq!(curve.points.len() + curve.suppressed, 24);
		assert!(curve.points.len() < whole.points.len());
		assert!(curve.points.iter().all(|point| whole.points.contains(point)));
		let hazards: Vec<f64> = curve.points.iter().map(|point| point.hazard).collect();
		// Five events of at most 43 at risk.
		let jumps = hazards.windows(2).map(|pair| pair[1] - pair[0]);
		assert!(jumps.filter(|jump| *jump > 0.0).all(|jump| jump >= 5.0 / 43.0));
	}
}

#[test]
fn survival_takes_what_is_on_its_grid() {
	assert!(Survival::new(vec![], 1).is_none());
	assert!(Survival::new(vec![1.0, 1.0], 1).is_none());
	assert!(Survival::new(vec![f64::NAN], 1).is_none());
	assert!(Survival::new(vec![1.0], 0).is_none());
	let question = Survival::new(vec![30.0, 60.0], 1).unwrap();
	assert_eq!(question.cell(Some((0, 30.0, true))), Ok(0));
	assert_eq!(question.cell(Some((0, 30.5, false))), Ok(3));
	assert_eq!(question.cell(Some((0, 60.5, true))), Err(OutOfRange));
	assert_eq!(question.cell(Some((0, f64::NAN, true))), Err(OutOfRange));
	assert_eq!(question.cell(Some((1, 1.0, true))), Err(OutOfRange));
	let nothing = question.evaluate(&[0; 5], 1, ALL, Confidence::USUAL);
	assert_eq!(nothing.outcome, Err(NotEstimable::Empty));
	// Everybody dies at once: the curve is at zero, and nothing divides by it.
	let question = Survival::new(vec![1.0, 2.0], 2).unwrap();
	let report = question.evaluate(&[5, 0, 0, 0, 0, 0, 3, 0, 0], 1, ALL, Confidence::USUAL);
	let point = report.outcome.unwrap().curves[0].as_ref().unwrap().points[0];
	assert_eq!((point.survival, point.survival_interval), (0.0, None));
	let still = question.evaluate(&[0, 5, 0, 0, 0, 3, 0, 0, 0], 1, ALL, Confidence::USUAL);
	assert_eq!(still.outcome.unwrap().log_rank, Err(NotEstimable::NoVariance));
}

fn products() -> Products {
	let age = Quantiser::new(0.0, 120.0, 1.0).unwrap();
	let group = Quantiser::new(0.0, 2.0, 1.0).unwrap();
	Products::new(vec![age, group, pressure()])
}

fn products_of(question: &Products, rows: &[Row]) -> Vec<u64> {
	let values: Vec<[Option<f64>; 3]> = rows
		.iter()
		.map(|row| [Some(row.age), Some(row.group as f64), Some(row.pressure)])
		.chain([[Some(50.0), None, Some(120.0)]])
		.collect();
	question.tally(values.iter().map(<[Option<f64>; 3]>::as_slice)).unwrap()
}

#[test]
fn correlation_and_regression_are_the_known_ones() {
	let question = products();
	let sums = summed(question.len(), |rows| products_of(&question, rows));
	let report = question.correlation(&sums, [0, 2], 3, ALL, Confidence::USUAL);
	assert_eq!((report.observations, report.missing), (Some(120), Some(3)));
	let found = report.outcome.unwrap();
	all_close(
		&[found.estimate, found.interval.lower, found.interval.upper],
		&[0.6121587589261781, 0.4862733529234605, 0.7131502851021118],
	);
	assert!((found.p / 1.0965173354227052e-13 - 1.0).abs() < 1e-6);

	let model = question.regression(&sums, 3, ALL, Confidence::USUAL).outcome.unwrap();
	let known = [
		[
			90.49832214125055,
			4.402270469509482,
			20.557192650485703,
			1.2070810297646805e-40,
			81.77985616115565,
			99.21678812134546,
		],
		[
			0.5738912915956054,
			0.07084136812461302,
			8.101075780836219,
			5.890309532128369e-13,
			0.43359367420576855,
			0.7141889089854422,
		],
		[
			2.951896991543813,
			0.9872206691277837,
			2.990108578411182,
			0.0034004575426559206,
			0.9967581879990719,
			4.907035795088554,
		],
	];
	for (found, known) in [model.intercept].iter().chain(&model.coefficients).zip(known) {
		let Coefficient { estimate, error, interval, t, p } = *found;
		all_close(&[estimate, error, t, p, interval.lower, interval.upper], &known);
	}
	all_close(
		&[model.explained, model.adjusted, model.f, model.f_p, model.residual_deviation],
		&[
			0.4191267409223124,
			0.409197283502181,
			42.21043740744148,
			1.5803779319581844e-14,
			8.551872503838007,
		],
	);
	assert_eq!(model.freedom, 117.0);
}

#[test]
fn collinear_and_constant_variables_are_named() {
	let steps = Quantiser::new(0.0, 1000.0, 1.0).unwrap();
	let question = Products::new(vec![steps; 4]);
	let fit = |rows: &[[f64; 4]]| {
		let rows: Vec<[Option<f64>; 4]> = rows.iter().map(|row| row.map(Some)).collect();
		let sums = question.tally(rows.iter().map(<[Option<f64>; 4]>::as_slice)).unwrap();
		question.regression(&sums, 1, ALL, Confidence::USUAL).outcome
	};
	let row = |a: f64, b: f64, y: f64| [a, b, 2.0 * a + b + 1.0, y];
	let rows: Vec<[f64; 4]> = (0..40)
		.map(|at| row(f64::from(at % 7), f64::from(at * at % 11), f64::from(at % 5)))
		.collect();
	assert_eq!(fit(&rows), Err(NotEstimable::Singular { variable: 2 }));
	let constant: Vec<[f64; 4]> = rows.iter().map(|row| [row[0], 7.0, row[1], row[3]]).collect();
	assert_eq!(fit(&constant), Err(NotEstimable::Singular { variable: 1 }));
	let flat: Vec<[f64; 4]> = rows.iter().map(|row| [row[0], row[1], row[3], 7.0]).collect();
	assert_eq!(fit(&flat), Err(NotEstimable::Singular { variable: 3 }));
	assert_eq!(fit(&rows[..4]), Err(NotEstimable::TooFew { needed: 5 }));
	assert_eq!(fit(&[]), Err(NotEstimable::Empty));
	// Outcome on a line: nothing is left over, and nothing divides by it.
	let line: Vec<[f64; 4]> =
		rows.iter().map(|row| [row[0], row[1], row[3], row[0] + 3.0 * row[1]]).collect();
	let model = fit(&line).unwrap();
	all_close(&[model.explained, model.coefficients[1].estimate], &[1.0, 3.0]);
	assert!(model.residual_deviation < 1e-6);
	let few = question.regression(&question.tally([]).unwrap(), 1, ALL, Confidence::USUAL);
	assert_eq!(few.outcome, Err(NotEstimable::Empty));
	let short = question.correlation(&[1, 2], [0, 1], 1, ALL, Confidence::USUAL);
	assert_eq!(short.outcome, Err(NotEstimable::Contradiction));
}

#[test]
fn what_rounding_would_decide_is_singular() {
	let steps = Quantiser::new(0.0, 65_535.0, 1.0).unwrap();
	let question = Products::new(vec![steps; 3]);
	// Two predictors that differ by one step in one row of forty.
	let row = |at: u32| {
		let x = f64::from(at * 1600);
		[x, x + f64::from(u32::from(at == 20)), f64::from(at % 5)].map(Some)
	};
	let rows: Vec<[Option<f64>; 3]> = (0..40).map(row).collect();
	let sums = question.tally(rows.iter().map(<[Option<f64>; 3]>::as_slice)).unwrap();
	let outcome = question.regression(&sums, 1, ALL, Confidence::USUAL).outcome;
	assert_eq!(outcome, Err(NotEstimable::Singular { variable: 1 }));
}

#[test]
fn few_complete_rows_have_no_model() {
	let question = products();
	let rows = rows();
	let sums = products_of(&question, &rows[..8]);
	let report = question.regression(&sums, 1, Disclosure::USUAL, Confidence::USUAL);
	assert_eq!(report.outcome, Err(NotEstimable::Suppressed));
	assert_eq!((report.observations, report.missing), (None, None));
	let sums = question.tally([[Some(500.0), Some(1.0), Some(120.0)].as_slice()]);
	assert_eq!(sums, Err(OutOfRange));
	assert_eq!(question.tally([[Some(50.0)].as_slice()]), Err(OutOfRange));
	assert_eq!(question.largest(), 1200 * 1200);
}

#[test]
fn the_first_table_has_measured_and_counted_rows() {
	let report = moments(125.0);
	let measured = TableOneRow::measured("systolic pressure", &report, Confidence::USUAL).unwrap();
	let TableOneRow::Measured { groups, difference, test, .. } = measured else {
		panic!("a measured row")
	};
	assert_eq!((groups.len(), difference), (3, None));
	close(test.unwrap().p(), 0.001951370105592185);
	let sums = [12, 5, 29, 74, 0];
	let table = Crosstab::new(2, 2).evaluate(&sums, 3, ALL, Confidence::USUAL);
	let TableOneRow::Counted { test, table, .. } = TableOneRow::counted("smokes", &table).unwrap()
	else {
		panic!("a counted row")
	};
	close(test.unwrap().p(), 0.0006315824205318527);
	assert_eq!(table.row_totals, [17, 103]);
	let question = Moments::new(pressure(), 120.0, 2).unwrap();
	let rows = [(0, 120.0), (0, 121.0), (1, 125.0), (1, 127.0)];
	let rows = rows.map(|(group, value)| (Some(group), Some(value)));
	let two = question.evaluate(&question.tally(rows).unwrap(), 1, ALL, Confidence::USUAL);
	let row = TableOneRow::measured("pressure", &two, Confidence::USUAL).unwrap();
	assert!(matches!(
		row,
		TableOneRow::Measured { difference: Some(_), test: Ok(Test::Welch(_)), .. }
	));
}
