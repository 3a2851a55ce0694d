// SPDX-License-Identifier: Apache-2.0
//! Which codes put an item into a default-deny category.
//!
//! The tables err on the side of protection: a code that usually belongs to a class is taken for
//! it. They look at codes and security labels only, never at free text. Where an item matches
//! several classes the first in the order of [`PRECEDENCE`] wins.

use salus_primitives::Category;

/// The sensitive classes, the most strictly protected first.
pub const PRECEDENCE: [Category; 6] = [
	Category::SubstanceUse,
	Category::Hiv,
	Category::MentalHealth,
	Category::Violence,
	Category::ReproductiveHealth,
	Category::Genomics,
];

use Category::{
	Genomics, Hiv, MentalHealth, ReproductiveHealth as Reproductive, SubstanceUse as Substance,
	Violence,
};

/// ICD-10 and ICD-10-CM: from prefix to prefix, both included, dots left out. The first match
/// wins, so finer rows come first.
const ICD10: [(&str, &str, Category); 41] = [
	("F10", "F19", Substance),        // disorders by psychoactive substance use
	("F55", "F55", Substance),        // abuse of non-psychoactive substances
	("F20", "F99", MentalHealth),     // mental, behavioural and neurodevelopmental disorders
	("B20", "B24", Hiv),              // HIV disease
	("B9735", "B9735", Hiv),          // HIV 2 as the cause of other diseases
	("O987", "O987", Hiv),            // HIV in pregnancy
	("R75", "R75", Hiv),              // inconclusive HIV test
	("Z114", "Z114", Hiv),            // screening for HIV
	("Z206", "Z206", Hiv),            // contact with HIV
	("Z21", "Z21", Hiv),              // HIV without symptoms
	("Z717", "Z717", Hiv),            // HIV counselling
	("Z8300", "Z8300", Hiv),          // family history of HIV
	("G312", "G312", Substance),      // brain degeneration by alcohol
	("G621", "G621", Substance),      // nerve damage by alcohol
	("I426", "I426", Substance),      // heart disease by alcohol
	("K292", "K292", Substance),      // stomach disease by alcohol
	("K70", "K70", Substance),        // liver disease by alcohol
	("K852", "K853", Substance),      // pancreas disease by alcohol or drugs
	("K860", "K860", Substance),      // chronic pancreas disease by alcohol
	("O9931", "O9932", Substance),    // alcohol and drugs in pregnancy
	("P044", "P044", Substance),      // newborn affected by drugs
	("P961", "P961", Substance),      // newborn with withdrawal
	("R780", "R785", Substance),      // alcohol and drugs in blood
	("T40", "T40", Substance),        // poisoning by narcotics
	("T51", "T51", Substance),        // toxic effect of alcohol
	("Z714", "Z715", Substance),      // counselling on alcohol and drugs
	("Z811", "Z814", Substance),      // family history of substance use
	("R4585", "R4585", MentalHealth), // thoughts of suicide or murder
	("T1491", "T1491", MentalHealth), // suicide attempt
	("X71", "X84", MentalHealth),     // intentional self-harm
	("Z915", "Z915", MentalHealth),   // history of self-harm
	("O9A3", "O9A5", Violence),       // abuse in pregnancy
	("T74", "T74", Violence),         // abuse, confirmed
	("T76", "T76", Violence),         // abuse, suspected
	("X92", "X99", Violence),         // assault
	("Y00", "Y09", Violence),         // assault, who did it
	("Z044", "Z044", Violence),       // examination after rape
	("Z69", "Z69", Violence),         // services for victims and perpetrators
	("Z9141", "Z9142", Violence),     // history of abuse
	("O00", "O9Z", Reproductive),     // pregnancy, childbirth
	("Z30", "Z39", Reproductive),     // contraception, pregnancy, delivery
];

/// More of ICD-10 on sexual and reproductive health.
const ICD10_REPRODUCTIVE: [(&str, &str); 10] = [
	("A50", "A64"),   // sexually transmitted infections
	("N46", "N46"),   // male infertility
	("N52", "N53"),   // male sexual dysfunction
	("N94", "N98"),   // menstruation, menopause, infertility
	("Z113", "Z113"), // screening for sexually transmitted infections
	("Z202", "Z202"), // contact with sexually transmitted infections
	("Z640", "Z641"), // unwanted pregnancy
	("Z70", "Z70"),   // counselling on sexuality
	("Z725", "Z725"), // sexual behaviour
	("Z975", "Z975"), // intrauterine device present
];

/// ICD-9-CM, as ICD-10 above.
const ICD9: [(&str, &str, Category); 14] = [
	("042", "042", Hiv),
	("V08", "V08", Hiv),
	("79571", "79571", Hiv),
	("291", "292", Substance),
	("303", "305", Substance),
	("295", "302", MentalHealth),
	("306", "316", MentalHealth),
	("E95", "E95", MentalHealth),
	("9955", "9955", Violence),
	("9958", "9958", Violence),
	("E96", "E96", Violence),
	("630", "679", Reproductive),
	("V22", "V28", Reproductive),
	("090", "099", Reproductive),
];

/// SNOMED CT concepts, among them those of Synthea's modules and the FHIR examples.
const SNOMED: [(&str, Category); 106] = [
	("7200002", Substance),            // alcoholism
	("66590003", Substance),           // alcohol dependence
	("15167005", Substance),           // alcohol abuse
	("10939881000119105", Substance),  // unhealthy drinking
	("5602001", Substance),            // opioid abuse
	("75544000", Substance),           // opioid dependence
	("6525002", Substance),            // drug dependence
	("26416006", Substance),           // drug abuse
	("191816009", Substance),          // drug dependence
	("361055000", Substance),          // misuses drugs
	("55680006", Substance),           // drug overdose
	("449868002", Substance),          // smokes tobacco daily
	("56294008", Substance),           // nicotine dependence
	("266707007", Substance),          // drug addiction therapy
	("56876005", Substance),           // drug rehabilitation and detoxification
	("20093000", Substance),           // alcohol rehabilitation and detoxification
	("310653000", Substance),          // drug addiction therapy with methadone
	("226138001", Substance),          // alcohol-free diet
	("228273003", Substance),          // finding of alcohol intake
	("713106006", Substance),          // screening for drug abuse
	("171208001", Substance),          // alcohol screening
	("428211000124100", Substance),    // assessment of substance use
	("763302001", Substance),          // assessment with the alcohol use test
	("86406008", Hiv),                 // HIV infection
	("62479008", Hiv),                 // AIDS
	("165816005", Hiv),                // HIV positive
	("91947003", Hiv),                 // HIV without symptoms
	("91948008", Hiv),                 // HIV in pregnancy
	("111880001", Hiv),                // acute HIV
	("165815009", Hiv),                // HIV negative
	("31676001", Hiv),                 // HIV antigen test
	("171121004", Hiv),                // HIV screening
	("315124004", Hiv),                // HIV viral load
	("313077009", Hiv),                // HIV counselling
	("370143000", MentalHealth),       // major depressive disorder
	("36923009", MentalHealth),        // major depression, one episode
	("35489007", MentalHealth),        // depression
	("197480006", MentalHealth),       // anxiety disorder
	("48694002", MentalHealth),        // anxiety
	("80583007", MentalHealth),        // severe anxiety
	("21897009", MentalHealth),        // generalised anxiety disorder
	("371631005", MentalHealth),       // panic disorder
	("47505003", MentalHealth),        // post-traumatic stress disorder
	("192127007", MentalHealth),       // attention deficit disorder of a child
	("406506008", MentalHealth),       // attention deficit disorder
	("58214004", MentalHealth),        // schizophrenia
	("13746004", MentalHealth),        // bipolar disorder
	("17226007", MentalHealth),        // adjustment disorder
	("35919005", MentalHealth),        // pervasive developmental disorder
	("408856003", MentalHealth),       // autistic disorder
	("72366004", MentalHealth),        // eating disorder
	("56882008", MentalHealth),        // anorexia nervosa
	("78004001", MentalHealth),        // bulimia nervosa
	("6471006", MentalHealth),         // thoughts of suicide
	("82313006", MentalHealth),        // suicide attempt
	("86849004", MentalHealth),        // suicidal poisoning
	("287182007", MentalHealth),       // suicide attempt by suffocation
	("225337009", MentalHealth),       // suicide risk assessment
	("171207006", MentalHealth),       // depression screening
	("715252007", MentalHealth),       // depression screening by questionnaire
	("710841007", MentalHealth),       // assessment of anxiety
	("454711000124102", MentalHealth), // depression screening
	("75516001", MentalHealth),        // psychotherapy
	("228557008", MentalHealth),       // cognitive and behavioural therapy
	("385893007", MentalHealth),       // mental health care
	("706893006", Violence),           // victim of intimate partner abuse
	("424393004", Violence),           // reports of violence in the environment
	("422608009", Violence),           // abuse screening
	("866257008", Violence),           // domestic abuse assessment
	("95922009", Violence),            // adult maltreatment
	("225826007", Violence),           // child abuse
	("242039002", Violence),           // abuse
	("370995009", Violence),           // health risk by abuse
	("397940009", Violence),           // child maltreatment
	("248110007", Violence),           // sexual assault
	("72892002", Reproductive),        // normal pregnancy
	("77386006", Reproductive),        // pregnant
	("60001007", Reproductive),        // not pregnant
	("19169002", Reproductive),        // miscarriage in the first trimester
	("17369002", Reproductive),        // miscarriage
	("35999006", Reproductive),        // blighted ovum
	("79586000", Reproductive),        // tubal pregnancy
	("398254007", Reproductive),       // pre-eclampsia
	("11687002", Reproductive),        // gestational diabetes
	("47200007", Reproductive),        // high-risk pregnancy
	("156073000", Reproductive),       // complete miscarriage
	("161744009", Reproductive),       // past pregnancy
	("424441002", Reproductive),       // first visit before birth
	("424619006", Reproductive),       // visit before birth
	("169762003", Reproductive),       // visit after birth
	("252160004", Reproductive),       // pregnancy test
	("169230002", Reproductive),       // fetal ultrasound
	("274804006", Reproductive),       // fundal height
	("225158009", Reproductive),       // fetal heart
	("177184002", Reproductive),       // normal delivery
	("66348005", Reproductive),        // childbirth
	("11466000", Reproductive),        // caesarean section
	("386639001", Reproductive),       // termination of pregnancy
	("57797005", Reproductive),        // induced abortion
	("65200003", Reproductive),        // insertion of intrauterine device
	("46706006", Reproductive),        // replacement of intrauterine device
	("68254000", Reproductive),        // removal of intrauterine device
	("169553002", Reproductive),       // insertion of contraceptive implant
	("287664005", Reproductive),       // tubal ligation
	("22523008", Reproductive),        // vasectomy
	("310861008", Reproductive),       // chlamydia test
];

/// LOINC terms, among them those of Synthea's modules and the FHIR examples.
const LOINC: [(&str, Category); 58] = [
	("75626-2", Substance),    // AUDIT-C score
	("72109-2", Substance),    // AUDIT-C panel
	("72110-0", Substance),    // AUDIT score
	("82666-9", Substance),    // DAST-10 panel
	("82667-7", Substance),    // DAST-10 score
	("11331-6", Substance),    // history of alcohol use
	("11343-1", Substance),    // history of other drug use
	("11342-3", Substance),    // history of drug use
	("74013-4", Substance),    // drinks a day
	("5640-8", Substance),     // ethanol in serum
	("5643-2", Substance),     // ethanol in serum
	("3426-4", Substance),     // cannabinoids in urine
	("19295-5", Substance),    // opiates in urine
	("3397-7", Substance),     // cocaine in urine
	("19261-7", Substance),    // amphetamines in urine
	("3349-8", Substance),     // amphetamines in urine
	("75622-1", Hiv),          // HIV 1 and 2 tests
	("56888-1", Hiv),          // HIV 1 and 2 antigen and antibody
	("58900-2", Hiv),          // HIV 1 and 2 antigen and antibody
	("7917-8", Hiv),           // HIV 1 antibody
	("7918-6", Hiv),           // HIV 1 and 2 antibody
	("31201-7", Hiv),          // HIV 1 and 2 antibody
	("5220-9", Hiv),           // HIV 1 antibody
	("5221-7", Hiv),           // HIV 1 antibody by blot
	("68961-2", Hiv),          // HIV 1 antibody, rapid
	("20447-9", Hiv),          // HIV 1 RNA
	("25836-8", Hiv),          // HIV 1 RNA
	("24013-5", Hiv),          // HIV 1 RNA
	("29893-5", Hiv),          // HIV 1 antibody
	("43010-8", Hiv),          // HIV 1 and 2 antibody
	("30361-0", Hiv),          // HIV 2 antibody
	("55757-9", MentalHealth), // PHQ-2 panel
	("55758-7", MentalHealth), // PHQ-2 score
	("44249-1", MentalHealth), // PHQ-9 panel
	("44261-6", MentalHealth), // PHQ-9 score
	("44250-9", MentalHealth), // PHQ-9 question
	("44255-8", MentalHealth), // PHQ-9 question
	("44260-8", MentalHealth), // PHQ-9 question
	("69737-5", MentalHealth), // GAD-7 panel
	("70274-6", MentalHealth), // GAD-7 score
	("69725-0", MentalHealth), // GAD-7 question
	("76499-3", Violence),     // HARK panel
	("76504-0", Violence),     // HARK score
	("82810-3", Reproductive), // pregnancy status
	("11778-8", Reproductive), // estimated date of delivery
	("8665-2", Reproductive),  // last menstrual period
	("11996-6", Reproductive), // pregnancies
	("11636-8", Reproductive), // live births
	("2106-3", Reproductive),  // pregnancy test in urine
	("2118-8", Reproductive),  // pregnancy test in serum
	("21198-7", Reproductive), // pregnancy hormone
	("76690-7", Reproductive), // sexual orientation
	("69548-6", Genomics),     // genetic variant
	("51969-4", Genomics),     // genetic analysis
	("53037-8", Genomics),     // clinical significance of a variant
	("48018-6", Genomics),     // gene
	("81247-9", Genomics),     // genetic report
	("55233-1", Genomics),     // genetic analysis panel
];

/// RxNorm: ingredients and the products that Synthea prescribes.
const RXNORM: [(&str, Category); 36] = [
	("6813", Substance),      // methadone
	("1819", Substance),      // buprenorphine
	("351264", Substance),    // buprenorphine and naloxone
	("1010600", Substance),   // buprenorphine and naloxone film
	("7243", Substance),      // naltrexone
	("3554", Substance),      // disulfiram
	("82819", Substance),     // acamprosate
	("190521", Hiv),          // abacavir
	("68244", Hiv),           // lamivudine
	("276237", Hiv),          // emtricitabine
	("300195", Hiv),          // tenofovir disoproxil
	("195085", Hiv),          // efavirenz
	("1433868", Hiv),         // dolutegravir
	("1999667", Hiv),         // bictegravir with emtricitabine and tenofovir
	("6448", MentalHealth),   // lithium
	("36437", MentalHealth),  // sertraline
	("4493", MentalHealth),   // fluoxetine
	("32937", MentalHealth),  // paroxetine
	("2556", MentalHealth),   // citalopram
	("321988", MentalHealth), // escitalopram
	("39786", MentalHealth),  // venlafaxine
	("35636", MentalHealth),  // risperidone
	("61381", MentalHealth),  // olanzapine
	("51272", MentalHealth),  // quetiapine
	("89013", MentalHealth),  // aripiprazole
	("2626", MentalHealth),   // clozapine
	("5093", MentalHealth),   // haloperidol
	("751905", Reproductive), // contraceptive tablets
	("748856", Reproductive),
	("748879", Reproductive),
	("748962", Reproductive),
	("749762", Reproductive),
	("749785", Reproductive),
	("757594", Reproductive),
	("1367439", Reproductive), // contraceptive ring
	("807283", Reproductive),  // intrauterine system
];

/// HL7 v3 ActCode security labels.
const LABELS: [(&str, Category); 25] = [
	("ETH", Substance),
	("SUD", Substance),
	("ETHUD", Substance),
	("OPIOIDUD", Substance),
	("TBOO", Substance),
	("42CFRPart2", Substance),
	("HIV", Hiv),
	("PSY", MentalHealth),
	("PSYTHPN", MentalHealth),
	("MH", MentalHealth),
	("BH", MentalHealth),
	("COGN", MentalHealth),
	("DVD", MentalHealth),
	("EMOTDIS", MentalHealth),
	("SPI", MentalHealth),
	("HIPAAPsyNotes", MentalHealth),
	("SDV", Violence),
	("VIO", Violence),
	("SEX", Reproductive),
	("STD", Reproductive),
	("PREGNANT", Reproductive),
	("MST", Violence),
	("GDIS", Genomics),
	("SCA", Genomics),
	("SICKLE", Genomics),
];

/// The sensitive class of one code, if it has one.
///
/// A code without a system counts as ICD-10, because a diagnosis without its system is still a
/// diagnosis.
pub fn class_of(system: Option<&str>, code: &str) -> Option<Category> {
	let find = |table: &[(&str, Category)]| {
		table.iter().find(|(known, _)| *known == code).map(|(_, category)| *category)
	};
	match system.map_or(System::Icd10, system_of) {
		System::Icd10 => {
			let code = plain(code)?;
			let within = |from: &str, to: &str| is_within(&code, from, to);
			ICD10
				.iter()
				.find(|(from, to, _)| within(from, to))
				.map(|(_, _, category)| *category)
				.or_else(|| {
					let found = ICD10_REPRODUCTIVE.iter().any(|(from, to)| within(from, to));
					found.then_some(Reproductive)
				})
		},
		System::Icd9 => {
			let code = plain(code)?;
			let row = ICD9.iter().find(|(from, to, _)| is_within(&code, from, to))?;
			Some(row.2)
		},
		System::Snomed => find(&SNOMED),
		System::Loinc => find(&LOINC),
		System::RxNorm => find(&RXNORM),
		System::ActCode => find(&LABELS),
		System::Unknown => None,
	}
}

/// The category of an item with these codes and labels: its ordinary one, or the sensitive class
/// that protects it most.
pub fn classify<'a>(
	ordinary: Category,
	codes: impl IntoIterator<Item = (Option<&'a str>, &'a str)>,
) -> Category {
	let rank = |category: Category| PRECEDENCE.iter().position(|known| *known == category);
	let mut best = ordinary;
	for (system, code) in codes {
		if let Some(found) = class_of(system, code) {
			if rank(found) < rank(best) || rank(best).is_none() {
				best = found;
			}
		}
	}
	best
}

enum System {
	Icd10,
	Icd9,
	Snomed,
	Loinc,
	RxNorm,
	ActCode,
	Unknown,
}

fn system_of(system: &str) -> System {
	let oid = system.strip_prefix("urn:oid:").unwrap_or(system);
	match oid {
		"http://snomed.info/sct" | "2.16.840.1.113883.6.96" => System::Snomed,
		"http://loinc.org" | "2.16.840.1.113883.6.1" => System::Loinc,
		"http://www.nlm.nih.gov/research/umls/rxnorm" | "2.16.840.1.113883.6.88" => System::RxNorm,
		"2.16.840.1.113883.6.90" | "2.16.840.1.113883.6.3" => System::Icd10,
		"2.16.840.1.113883.6.103" | "2.16.840.1.113883.6.104" => System::Icd9,
		"http://terminology.hl7.org/CodeSystem/v3-ActCode"
		| "http://hl7.org/fhir/v3/ActCode"
		| "2.16.840.1.113883.5.4" => System::ActCode,
		// National variants: icd-10, icd-10-cm, icd-10-gm, icd-10-am, ...
		_ if oid.contains("icd-10") => System::Icd10,
		_ if oid.contains("icd-9") => System::Icd9,
		_ if oid.starts_with("http://snomed.info/sct/") => System::Snomed,
		_ => System::Unknown,
	}
}

/// A code in upper case without its dot, when it can be one of the ICD.
fn plain(code: &str) -> Option<String> {
	let plain: String =
		code.chars().filter(|c| *c != '.').map(|c| c.to_ascii_uppercase()).collect();
	(plain.len() >= 3 && plain.len() <= 8 && plain.is_ascii()).then_some(plain)
}

fn is_within(code: &str, from: &str, to: &str) -> bool {
	let head = |len: usize| code.get(..len);
	head(from.len()).is_some_and(|head| head >= from)
		&& head(to.len()).is_some_and(|head| head <= to)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::Sensitivity;

	const CM: Option<&str> = Some("http://hl7.org/fhir/sid/icd-10-cm");

	#[test]
	fn icd10_prefixes_decide() {
		for (code, class) in [
			("F10.20", Some(Substance)),
			("F17.210", Some(Substance)),
			("F19", Some(Substance)),
			("F20.0", Some(MentalHealth)),
			("F99", Some(MentalHealth)),
			("F03.90", None),
			("B20", Some(Hiv)),
			("z21", Some(Hiv)),
			("R75", Some(Hiv)),
			("O98.711", Some(Hiv)),
			("O80", Some(Reproductive)),
			("O9A.211", Some(Reproductive)),
			("O9A.311", Some(Violence)),
			("Z34.00", Some(Reproductive)),
			("N97.9", Some(Reproductive)),
			("T74.11XA", Some(Violence)),
			("T76.21", Some(Violence)),
			("Y07.01", Some(Violence)),
			("X92.XXXA", Some(Violence)),
			("E11.9", None),
			("I10", None),
			("Z29.9", None),
			("Z40", None),
		] {
			assert_eq!(class_of(CM, code), class, "{code}");
		}
		assert_eq!(class_of(None, "F32.9"), Some(MentalHealth));
	}

	#[test]
	fn other_systems_have_their_own_tables() {
		let sct = Some("http://snomed.info/sct");
		assert_eq!(class_of(sct, "72892002"), Some(Reproductive));
		assert_eq!(class_of(sct, "38341003"), None);
		assert_eq!(class_of(Some("http://loinc.org"), "75622-1"), Some(Hiv));
		assert_eq!(class_of(Some("urn:oid:2.16.840.1.113883.6.103"), "V08"), Some(Hiv));
		let label = Some("http://terminology.hl7.org/CodeSystem/v3-ActCode");
		assert_eq!(class_of(label, "PSYTHPN"), Some(MentalHealth));
		assert_eq!(class_of(label, "AMB"), None);
		assert_eq!(class_of(Some("http://example.org/codes"), "F10"), None);
	}

	#[test]
	fn the_strictest_class_wins_and_ordinary_items_stay() {
		let sct = Some("http://snomed.info/sct");
		let both = [(sct, "72892002"), (sct, "86406008")];
		assert_eq!(classify(Category::Conditions, both), Hiv);
		assert_eq!(classify(Category::Labs, [(sct, "38341003")]), Category::Labs);
		assert_eq!(classify(Category::Genomics, [(sct, "72892002")]), Reproductive);
		assert_eq!(classify(Hiv, [(sct, "72892002")]), Hiv);
	}

	#[test]
	fn every_class_is_denied_by_default_and_no_code_is_twice_in_a_table() {
		assert!(PRECEDENCE.iter().all(|c| c.sensitivity() == Sensitivity::Sensitive));
		for table in [&SNOMED[..], &LOINC, &RXNORM, &LABELS] {
			let mut codes: Vec<_> = table.iter().map(|(code, _)| code).collect();
			codes.sort_unstable();
			assert!(codes.windows(2).all(|pair| pair[0] != pair[1]));
		}
	}

	proptest::proptest! {
		#[test]
		fn no_code_panics(system in "[a-z:/.0-9-]{0,40}", code in ".{0,12}") {
			let _ = class_of(Some(&system), &code);
			let _ = class_of(None, &code);
		}
	}
}
