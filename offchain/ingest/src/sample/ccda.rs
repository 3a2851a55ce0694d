// SPDX-License-Identifier: Apache-2.0
//! A small C-CDA R2.1 continuity of care document.

use super::{
	person::{random, visit_day, Person, TESTS},
	Options,
};
use rand::RngExt;
use std::io::{self, Write};

/// Writes a document with problems, allergies, medicines and `entries` results.
///
/// # Errors
/// When writing fails.
pub fn ccda<W: Write>(mut writer: W, options: &Options) -> io::Result<()> {
	let mut rng = random(options.seed);
	let person = Person::new(&mut rng);
	let (year, month, day) = visit_day(rng.random_range(0..300));
	let date = format!("{year:04}{month:02}{day:02}");
	let birth = person.birth_date().replace('-', "");
	let (gender, gender_name) = if person.female { ("F", "Female") } else { ("M", "Male") };
	let (city, state, zip) = person.city;
	let (family, given, street) = (person.family, person.given, &person.street);
	let (number, phone) = (&person.number, &person.phone);
	write!(
		writer,
		r##"<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <realmCode code="US"/>
 <typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
 <templateId root="2.16.840.1.113883.10.20.22.1.1" extension="2015-08-01"/>
 <templateId root="2.16.840.1.113883.10.20.22.1.2" extension="2015-08-01"/>
 <id root="2.16.840.1.113883.19.5.99999.1" extension="{number}-{date}"/>
 <code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summarization of Episode Note"/>
 <title>Continuity of Care Document (made up)</title>
 <effectiveTime value="{date}101500+0000"/>
 <confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
 <languageCode code="en-US"/>
 <recordTarget><patientRole>
  <id root="2.16.840.1.113883.19.5.99999.2" extension="{number}"/>
  <addr use="HP"><streetAddressLine>{street}</streetAddressLine><city>{city}</city><state>{state}</state><postalCode>{zip}</postalCode><country>US</country></addr>
  <telecom use="HP" value="tel:{phone}"/>
  <patient><name use="L"><given>{given}</given><family>{family}</family></name>
   <administrativeGenderCode code="{gender}" codeSystem="2.16.840.1.113883.5.1" displayName="{gender_name}"/>
   <birthTime value="{birth}"/></patient>
 </patientRole></recordTarget>
 <author><time value="{date}101500+0000"/><assignedAuthor><id root="2.16.840.1.113883.4.6" extension="1999999984"/><addr nullFlavor="NI"/><telecom nullFlavor="NI"/><assignedPerson><name><given>Gideon</given><family>Thornquist</family></name></assignedPerson></assignedAuthor></author>
 <custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.19.5.99999.3"/><name>Port Ellery Clinic</name><telecom nullFlavor="NI"/><addr nullFlavor="NI"/></representedCustodianOrganization></assignedCustodian></custodian>
 <component><structuredBody>
"##
	)?;
	writer
		.write_all(section("2.16.840.1.113883.10.20.22.2.5.1", "11450-4", "Problems").as_bytes())?;
	write!(
		writer,
		r##"   <text><list><item ID="p1">Essential hypertension</item></list></text>
   <entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3" extension="2015-08-01"/><id root="2.16.840.1.113883.19.5.99999.4" extension="1"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="{date}"/></effectiveTime>
    <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.4" extension="2015-08-01"/><id root="2.16.840.1.113883.19.5.99999.4" extension="2"/><code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><text><reference value="#p1"/></text><statusCode code="completed"/><effectiveTime><low value="{date}"/></effectiveTime><value xsi:type="CD" code="59621000" codeSystem="2.16.840.1.113883.6.96" displayName="Essential hypertension"/></observation></entryRelationship></act></entry>
  </section></component>
"##
	)?;
	writer.write_all(
		section("2.16.840.1.113883.10.20.22.2.6.1", "48765-2", "Allergies").as_bytes(),
	)?;
	writer.write_all(b"   <text>No known allergies</text>\n  </section></component>\n")?;
	writer.write_all(
		section("2.16.840.1.113883.10.20.22.2.1.1", "10160-0", "Medications").as_bytes(),
	)?;
	write!(
		writer,
		r##"   <text><list><item ID="m1">Amlodipine 5 MG Oral Tablet, once a day</item></list></text>
   <entry typeCode="DRIV"><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.16" extension="2014-06-09"/><id root="2.16.840.1.113883.19.5.99999.5" extension="1"/><text><reference value="#m1"/></text><statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><low value="{date}"/></effectiveTime><doseQuantity value="1"/><consumable><manufacturedProduct classCode="MANU"><templateId root="2.16.840.1.113883.10.20.22.4.23" extension="2014-06-09"/><manufacturedMaterial><code code="197361" codeSystem="2.16.840.1.113883.6.88" displayName="Amlodipine 5 MG Oral Tablet"/></manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration></entry>
  </section></component>
"##
	)?;
	writer
		.write_all(section("2.16.840.1.113883.10.20.22.2.3.1", "30954-2", "Results").as_bytes())?;
	write!(
		writer,
		r##"   <text>Laboratory results</text>
   <entry typeCode="DRIV"><organizer classCode="BATTERY" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.1" extension="2015-08-01"/><id root="2.16.840.1.113883.19.5.99999.6" extension="1"/><code code="24323-8" codeSystem="2.16.840.1.113883.6.1" displayName="Comprehensive metabolic panel"/><statusCode code="completed"/>
"##
	)?;
	for entry in 0..options.entries {
		let test = &TESTS[entry % TESTS.len()];
		writeln!(
			writer,
			r##"    <component><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.2" extension="2015-08-01"/><id root="2.16.840.1.113883.19.5.99999.7" extension="{entry}"/><code code="{}" codeSystem="2.16.840.1.113883.6.1" displayName="{}"/><statusCode code="completed"/><effectiveTime value="{date}081000+0000"/><value xsi:type="PQ" value="{}" unit="{}"/></observation></component>"##,
			test.code,
			test.name,
			test.result(&mut rng),
			test.unit,
		)?;
	}
	writer.write_all(
		b"   </organizer></entry>\n  </section></component>\n </structuredBody></component>\n</ClinicalDocument>\n",
	)?;
	writer.flush()
}

fn section(template: &str, code: &str, title: &str) -> String {
	format!(
		"  <component><section>\n   <templateId root=\"{template}\" extension=\"2015-08-01\"/>\n   <code code=\"{code}\" codeSystem=\"2.16.840.1.113883.6.1\"/>\n   <title>{title}</title>\n"
	)
}
