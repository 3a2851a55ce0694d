// SPDX-License-Identifier: Apache-2.0
//! Words that say what stands beside them.

use super::lexicon::Role;

/// Words and what they mean. A word may stand in several lists.
pub(super) const ROLES: &[(Role, &str)] = &[
	(Role::TITLE, "mr mrs ms miss mx dr drs prof professor sir madam rev reverend capt sgt lt col \
		sra dra herr frau mme mlle monsieur madame señor señora senor senora"),
	(Role::CREDENTIAL, "md do rn np pa phd dpm dds dmd lpn lvn cna crna msn bsn aprn dnp mbbs mbchb frcs \
		facp facs faap facc facog pharmd rph psyd lcsw msw dpt pt otr slp rd fnp arnp pac cnm cns mph lmft lpc \
		fnpc bc esq mrcp frcp frcpc dnb"),
	(Role::MONTH, "january february march april may june july august september october november december \
		jan feb mar apr jun jul aug sep sept oct nov dec \
		janvier février mars avril mai juin juillet août septembre octobre novembre décembre \
		enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
		januar februar märz juni juli oktober dezember"),
	(Role::WEEKDAY, "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays \
		thursdays fridays saturdays sundays mon tue tues wed thu thur thurs fri sat sun"),
	(Role::HOLIDAY, "christmas thanksgiving easter halloween hanukkah ramadan diwali juneteenth xmas passover"),
	(Role::RELATION, "wife husband spouse partner son daughter mother father mom dad mum brother sister \
		grandmother grandfather grandson granddaughter aunt uncle niece nephew cousin fiance fiancée fiancee \
		girlfriend boyfriend caregiver guardian friend neighbor neighbour roommate stepfather stepmother stepson \
		stepdaughter grandma grandpa sibling child baby twin parents parent kids boss coworker colleague husbands \
		daughters sons wifes mothers fathers proxy poa"),
	(Role::PERSON, "patient pt patients note attending physician surgeon nurse provider doctor pcp resident \
		cardiologist oncologist neurologist dermatologist psychiatrist psychologist pediatrician radiologist \
		pathologist anesthesiologist hospitalist urologist nephrologist gastroenterologist endocrinologist \
		rheumatologist pulmonologist ophthalmologist obstetrician gynecologist therapist counselor dentist \
		pharmacist midwife consultant intern fellow specialist client member subscriber policyholder insured \
		beneficiary employee contact informant witness technician phlebotomist sonographer dietitian \
		nutritionist chaplain interpreter coordinator lady gentleman mr mrs"),
	(Role::PERSON_VERB, "reports reported states stated denies denied presents presented complains complained \
		says said told tells asked asks called calls came comes went lives lived works worked was is has had \
		arrived underwent notes noted describes described feels felt endorses endorsed admits admitted agrees \
		agreed refuses refused requested requests received takes took wants wanted lost gained developed \
		returned returns visited needs needed will would should saw seen recommended performed tolerated \
		declined accompanied brought wishes thinks thought mentioned experienced"),
	(Role::STREET, "street st avenue ave av boulevard blvd road rd lane ln drive dr court ct place pl way \
		circle cir terrace ter highway hwy parkway pkwy trail trl square sq plaza plz loop alley row crescent \
		cres close broadway run path pike turnpike expressway route crossing xing ridge point pt walk mews gardens \
		gdns grove commons bend cove hollow heights strasse straße rue calle via avenida platz"),
	(Role::UNIT, "apt apartment suite ste unit floor fl bldg building lot flat trailer dept"),
	(Role::DIRECTION, "n s e w ne nw se sw north south east west northeast northwest southeast southwest"),
	(Role::FACILITY, "hospital hospitals clinic clinics infirmary hospice university college medical health \
		healthcare institute pharmacy center centre sanatorium rehab rehabilitation surgicenter memorial \
		medicine school academy elementary church temple synagogue mosque shelter nursing living manor \
		apothecary labs laboratory laboratories practice associates group llc inc corp corporation company ltd \
		llp bank foundation village residence residences prison jail penitentiary wellness partners physicians \
		pediatrics cardiology oncology orthopedics dermatology hospitals' klinik krankenhaus hôpital"),
	(Role::FACILITY_HEAD, "hospital clinic infirmary hospice university college institute pharmacy center \
		centre sanatorium rehab rehabilitation school academy elementary church manor associates llc inc corp \
		corporation ltd llp healthcare health foundation hospitals clinics residence village laboratories labs \
		prison jail bank cardiology oncology orthopedics dermatology pediatrics"),
	(Role::STATE, "alabama alaska arizona arkansas california colorado connecticut delaware florida georgia \
		hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan \
		minnesota mississippi missouri montana nebraska nevada ohio oklahoma oregon pennsylvania tennessee texas \
		utah vermont virginia washington wisconsin wyoming ontario quebec alberta manitoba saskatchewan"),
	(Role::STATE_CODE, "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh \
		nj nm ny nc nd oh ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr on qc bc ab mb sk ns nb nl"),
	(Role::COUNTRY, "usa america canada mexico england scotland wales ireland france germany spain italy \
		portugal poland russia ukraine china japan korea india pakistan bangladesh nigeria kenya ghana ethiopia \
		egypt turkey iran iraq israel syria lebanon jordan saudi vietnam thailand philippines indonesia malaysia \
		singapore australia brazil argentina chile peru colombia venezuela ecuador guatemala honduras nicaragua \
		cuba haiti jamaica dominican puerto europe africa asia sweden norway denmark finland iceland netherlands \
		belgium austria switzerland greece romania hungary afghanistan nepal uganda tanzania zimbabwe sudan \
		congo somalia morocco algeria tunisia britain uk"),
	(Role::PARTICLE, "de la del der den van von da dos das di du le el al bin ibn ben abu ter ten st san mac \
		mc y e of"),
	(Role::SUFFIX, "jr sr ii iii iv"),
	(Role::MRN, "mrn mrns mr# emrn mrno mrnum emr# ehr# chart urn hrn medrec pid patientid hospitalno"),
	(Role::SSN, "ssn ssns ss# social sin nino itin curp nif dni aadhaar aadhar bsn pesel"),
	(Role::PHONE, "phone telephone tel cell mobile ph cellphone pager beeper landline whatsapp hotline \
		callback sms dial home# phn telefon telefono voicemail"),
	(Role::FAX, "fax facsimile telefax faxed efax"),
	(Role::PLAN, "member subscriber policy beneficiary insurance medicare medicaid mbi hicn payer payor \
		bcbs aetna cigna humana anthem unitedhealthcare tricare insured plan group coverage rxbin rxgrp rxpcn \
		policyholder hic memberid"),
	(Role::ACCOUNT, "account acct accounts iban routing card visa mastercard amex swift guarantor billing \
		acc invoice checking savings debit credit a/c"),
	(Role::LICENSE, "license licence dea npi passport driver drivers dl certificate certification licensed \
		permit lic lic# visa# registration"),
	(Role::VEHICLE, "vin plate plates vehicle tag car truck"),
	(Role::DEVICE, "serial udi sn s/n imei pacemaker device lot implant model mac pump icd_serial barcode gtin \
		cgm"),
	(Role::BIOMETRIC, "fingerprint fingerprints voiceprint retinal biometric iris faceprint palmprint facial"),
	(Role::OTHER, "id identifier reference ref case claim encounter visit csn fin har accession order specimen \
		badge employee student confirmation tracking ticket requisition study subject participant enrollment \
		prescription rx confirmation# appointment session transaction inmate docket booking key token code \
		trial authorization auth preauth referral dossier file record ein tin dod npin ein# military service veteran"),
	(Role::USER, "username user login logged handle screenname skype instagram twitter facebook snapchat tiktok \
		linkedin venmo telegram discord mychart portal"),
	(Role::ROOM, "room rm bed bay cubicle ward"),
	(Role::NUMBER_WORD, "number num no nr nbr numbers id ids # code identifier digits"),
	(Role::FILLER, "is was are as the my her his their our your of for a an number num no nr nbr id ids ending \
		ends in with it its it's listed under on file reads shows following last four digits be and patient \
		record medical which has been assigned issued by current new old health insurance card policy member \
		plan up please call me at or text reach number's # cell phone contact him them you us"),
	(Role::DATE_CUE, "on since from by until till dated date dob seen admitted discharged born before after \
		between through around visit appointment scheduled surgery due started began effective expires expired \
		returned as of performed collected signed received last next lmp edd edc tomorrow today yesterday \
		ended stopped operated died deceased diagnosed updated"),
	(Role::IN, "in near from to around outside of at through via visiting lives live living moved resides \
		reside residing located leaving traveled travelled relocated downtown toward towards born"),
	(Role::DISEASE_HEAD, "disease syndrome sign signs test tests score scale criteria reflex phenomenon \
		disorder palsy fracture catheter catheterization procedure maneuver manoeuvre classification index \
		lymphoma sarcoma tumor tumour cell cells body bodies node nodes gland glands duct triad law lines line \
		nodules nodule ulcer ulcers chorea anemia thyroiditis encephalopathy contracture cyst hernia stain \
		agar method technique operation repair position point incision forceps retractor clamp needle tube \
		drain solution spots sounds murmur respiration respirations breathing grade stage staging system \
		nomogram formula equation questionnaire inventory assay prep valve graft ring loop pouch \
		diverticulum cardiomyopathy esophagus arthropathy dystrophy atrophy ataxia aphasia area tendon canal \
		sarcomas lymphomas phenomena deformity wave waves fever virus bacillus stitch splint boot cast \
		collar bandage risk heart rules rule trial regimen protocol transform coma scores corpuscles ampulla \
		parkinsonism dementia shunt purpura nephropathy vasculitis arteritis granulomatosis lesion macroglobulinemia \
		patch tumors esophagitis thermometer joint joints foot knee hip type class fluid space granules glomerulonephritis"),
	(Role::MEASURE, "mg mcg g kg ml l dl mmol meq iu units unit mm cm m mmhg bpm percent tablets tablet tabs tab \
		capsules caps puffs drops ng pg ug lb lbs oz kcal cal copies cells hours hrs hr hour minutes min mins \
		seconds sec days day weeks week wks months month mos years year yrs yr times cc milligrams micrograms \
		grams msec ms gy cgy rads hz db fr french gauge in inch inches ft feet pounds ounces steps calories \
		doses dose pills pack packs mmhg2 wbc rbc x10 k per"),
	(Role::NAME_CUE, "name named names nickname alias aka nee née surname lastname firstname fullname"),
	(Role::GREETING, "dear hi hello hey attn attention re cc bcc from to thanks thank signed sincerely regards \
		cordially respectfully cheers best warmly yours faithfully"),
	(Role::CLOSING, "sincerely regards cordially respectfully thanks cheers best warmly yours faithfully \
		signed thank love"),
	(Role::EPONYM, "prague parkinson alzheimer crohn hodgkin graves hashimoto cushing addison babinski foley apgar \
		glasgow bell huntington marfan turner klinefelter raynaud sjogren wilson paget meniere tourette \
		wernicke korsakoff guillain barre charcot marie tooth kaposi burkitt ewing wilms barrett mallory weiss \
		dupuytren peyronie baker colles smith lisfranc charcot romberg mcburney murphy rovsing kernig \
		brudzinski homan homans virchow trousseau chvostek osler janeway roth koplik bitot auer heinz howell \
		jolly kupffer langerhans purkinje schwann golgi broca brodmann fallopian eustachian bartholin skene \
		cowper peyer meckel hirschsprung whipple billroth roux hartmann nissen heller kocher kasai fontan \
		norwood glenn fallot eisenmenger ebstein takayasu kawasaki behcet churg strauss goodpasture wegener \
		henoch schonlein berger alport fanconi bartter gitelman liddle conn sheehan gilbert crigler najjar \
		dubin rotor gaucher niemann pick tay sachs fabry pompe hunter hurler krabbe ehlers danlos lynch gardner \
		peutz jeghers cowden li fraumeni von hippel lindau recklinghausen sturge weber gram giemsa wright \
		papanicolaou coombs schilling schirmer snellen rinne tinel phalen finkelstein lachman mcmurray thomas \
		trendelenburg lasegue spurling adson allen valsalva heimlich epley dix hallpike brandt daroff leopold \
		ritgen mcroberts bishop ballard tanner denver bayley beck hamilton montgomery asberg young braden \
		norton morse katz barthel rankin karnofsky gleason breslow clark dukes child pugh \
		ranson bohr fick frank starling cheyne stokes kussmaul biot holter swan ganz hickman broviac groshong \
		kirschner steinmann bankart latarjet hill sachs perthes legg calve osgood schlatter sever kohler \
		freiberg scheuermann pott potts monteggia galeazzi bennett rolando jones salter harris garden \
		gustilo schatzker weber neer rockwood framingham wells geneva killip duke light ottawa canadian \
		centor mccall friedewald cockcroft gault schwartz naegele haase lugol ringer ringers hank giardia \
		salmonella shigella escherichia klebsiella listeria brucella bartonella rickettsia borrelia pasteur \
		tamiflu asperger rett angelman prader willi edwards patau down digeorge noonan williams \
		treacher collins pierre robin apert crouzon potter dandy walker chiari arnold brown sequard \
		horner argyll robertson adie holmes kearns sayre leber stargardt best fuchs mooren sezary jakob creutzfeldt \
		lewy binswanger lambert eaton kennedy duchenne becker ullrich dejerine landouzy friedreich \
		lesch nyhan menkes zellweger refsum hartnup lou gehrig still felty reiter bechterew dercum madelung \
		morton mortons ledderhose stevens johnson lyell nikolsky darier hailey grover bowen merkel spitz \
		mohs wickham auspitz koebner gottron heberden bouchard morgagni hutchinson ramsay hunt vincent ludwig \
		lemierre zenker boerhaave schatzki plummer vinson mirizzi calot courvoisier grey cullen fothergill \
		budd chiari caroli zollinger ellison menetrier verner morrison dieulafoy cameron ogilvie bochdalek \
		spigelian littre richter cooper bassini shouldice lichtenstein mcvay doppler fowler sims lithotomy \
		snellen amsler ishihara goldmann rorschach wechsler stanford binet stroop boston cincinnati mini \
		moca phq gad adson yergason speed neer hawkins kennedy jobe patrick faber ober thompson simmonds \
		ortolani barlow galant moro babkin landau sandifer kasabach merritt klippel trenaunay osler rendu \
		bernard soulier glanzmann willebrand hageman christmas factor stuart leiden bence heymann \
		epstein barr coxsackie norwalk lyme ebola zika rhesus duffy kell kidd lewis lutheran diego colton \
		pfizer moderna novartis merck bayer janssen astrazeneca roche sanofi genentech medtronic abbott stryker \
		dexcom omnipod tylenol advil motrin benadryl zyrtec claritin allegra nexium prilosec pepcid zantac \
		lasix lipitor crestor zocor norvasc plavix eliquis xarelto coumadin januvia jardiance farxiga ozempic \
		wegovy mounjaro trulicity lantus humalog novolog tresiba metformin xanax ativan klonopin valium ambien \
		lunesta zoloft prozac lexapro celexa paxil effexor cymbalta wellbutrin abilify seroquel zyprexa risperdal \
		lamictal depakote keppra topamax neurontin lyrica humira enbrel remicade stelara cosentyx skyrizi dupixent \
		keytruda opdivo herceptin avastin rituxan adderall ritalin concerta vyvanse strattera augmentin zithromax \
		keflex bactrim cipro levaquin flagyl viagra cialis premarin synthroid singulair advair symbicort spiriva \
		ventolin proair flonase botox narcan suboxone percocet vicodin oxycontin dilaudid fentanyl toradol zofran \
		reglan phenergan compazine imodium miralax colace lovenox heparin warfarin aspirin"),
	(Role::NEVER, "am its me i the a an and or but if in on at to from of for with by as is are was were be been he she \
		it they we you his her their our your my me him them us this that these those there here what when where \
		why who how which can could would should may might must shall will do does did has have had not no yes \
		please thanks thank hello hi dear history physical exam examination assessment plan impression diagnosis \
		diagnoses medications medication allergies allergy subjective objective review systems vital signs vitals \
		labs laboratory results findings procedure procedures operative note notes report summary discharge \
		admission date time chief complaint present illness past family social surgical hospital course \
		disposition follow followup instructions patient pt name age sex gender male female race ethnicity \
		address phone fax email dob mrn ssn provider physician attending doctor nurse clinic department emergency \
		room unit service status condition stable critical good fair poor normal abnormal positive negative left \
		right bilateral upper lower anterior posterior medial lateral chronic acute severe moderate mild \
		general heent neck lungs heart abdomen extremities skin neuro psych cardiovascular respiratory \
		gastrointestinal genitourinary musculoskeletal neurological neurologic constitutional eyes ears nose \
		throat mouth chest back pelvis rectal blood pressure pulse temperature temp weight height bmi pain \
		medicare medicaid insurance english spanish french chinese american african hispanic asian caucasian \
		white black latino indian covid internet google zoom iphone apple fitbit hipaa fda cdc who nih icu er ed or ct \
		mri xray ekg ecg cbc cmp bmp tsh inr hba1c ldl hdl npo prn bid tid qid qhs po iv im sq sc stat dvt pe \
		chf cad copd htn dm ckd esrd uti sob cp afib mi cva tia gerd ptsd adhd hiv std opd asa nkda wnl ros hpi \
		pmh psh fh sh hr bp rr o2 spo2 ph who's what's let lets given based since however although because \
		after before during while until today yesterday tomorrow now then also both each every any some all \
		none other another same different first second third fourth one two three four five six seven eight nine \
		ten her's continue start stop increase decrease take give check monitor order consider recommend \
		discuss discussed schedule call return repeat obtain send refer reviewed advised counseled educated \
		mother father wife husband son daughter brother sister parent parents child spouse street avenue road \
		north south east west new old day days week weeks month months year years hour hours minute minutes \
		morning afternoon evening night noon midnight monday tuesday wednesday thursday friday saturday sunday \
		january february july september october november december sept jan feb mar apr jun jul aug sep oct nov \
		dec number id account record medical health care center state united states city county country \
		catholic christian jewish muslim protestant baptist hindu buddhist british german italian irish mexican \
		european russian japanese korean vietnamese filipino canadian australian arab arabic turkish polish \
		dutch swedish greek native pacific islander islanders yo y f m mg ml kg signature signed electronically \
		dictated transcribed sincerely regards best re cc subject question answer background context task note: \
		grade stage type class level score total oral daily twice once nightly weekly tablet tablets capsule dose \
		bun wbc rbc hgb hct plt alt ast alk phos gfr egfr crp esr bnp ptt pt troponin glucose sodium potassium"),
	(Role::NUMERAL, "ninety hundred"),
	(Role::YEAR_WORD, "year years yr yrs yo y/o yrs' jahre años ans"),
	(Role::OLD, "old aged age age: ages turning turned turns"),
	(Role::GENERIC_PLACE, "pain heart primary care urgent emergency outpatient inpatient local community our your \
		my the this that his her their a any another nearest regional general county state public private \
		specialty sleep wound cancer dialysis infusion surgery surgical women womens men mens dental eye mental \
		behavioral walk-in fertility methadone diabetes memory travel headache medical health nursing home \
		rehabilitation rehab skilled teaching university tertiary academic military veterans va high middle \
		elementary public medicine family internal pediatric day senior call birthing birth trauma stroke \
		poison crisis detox treatment imaging testing vaccination anticoagulation coumadin same free mobile \
		of in at for and to on with from into by new hospital clinic or us national world red physical \
		occupational speech radiology pathology oncology cardiology neurology urology dermatology \
		orthopedic orthopedics ent gi ob gyn icu er ed data visitor learning job shopping assisted support \
		group practice control good better poor overall mental oral sexual reproductive population child"),
];

/// Words whose common use is that of a name, though English has them too.
pub(super) const MOSTLY_NAMES: &str = "smith john johns johnson jones kelly peter jimmy tommy mike sally molly \
	polly billy bobby charlie dolly jenny nelly terry tony willy andrew jerry joey josh joshua larry mickey \
	oscar patsy randy sheila sherry timothy toby victoria webster carter cooper parker taylor tyler \
	murray nelson newton sullivan thompson wellington williams roger josephine louis louise maria martin \
	nancy henry harry harris howard isabella james jane jim joe jock julienne lorraine luke kevin anna ann emily adele aaron \
	davis clark lewis alan eric brian fred freddy george gary dan don donna diana ethel frank jean jill \
	carol cathy casey barney bobbie robin ruth mitchell morris wallace garcia lynch nick bill sue joan alfredo \
	roberta angelica veronica melba wayne elmer matt abby marge dick emma jess jake robert robby benny dickey derrick rob bob tom tim";

/// Names that are also words: the month, verbs and the like; a capital alone does not make them names.
pub(super) const HOMONYMS: &str = "good west may will mark grant hope joy grace faith rose art bill chase drew rich pat \
	sue jay ray lance penny summer autumn april june august jack dawn eve iris lily olive violet ivy ginger \
	rusty sandy misty crystal amber ruby pearl jade opal jewel sterling miles pierce wade cliff dale glen heath \
	reed stone wood woods rock forest brook brooks lane banks wells hill field fields green brown white black gray \
	grey young long short small little strong best good love pain cross price bush ball bell cook baker mason page \
	day knight king prince bishop pope chance major marine star sky rain storm winter christian guy max dean \
	duke earl baron case mercy constance charity patience prudence temple church park parks gay bud buddy skip \
	rod ward dean colon battle pace counts self sharp swift wise savage blood foot hand head heart shin bone limb \
	low high rush stark weak acute man son law post board house early late gene hardy hunter ace don van holly \
	merry bay bright sweet moody fry rice berry bean curry salmon bass trout drake finch swan martin crane robin \
	power powers block blocks sales keys means camp bond cash rush noble nurse sick ill hair coffin graves \
	marshal dose mild virginia carolina georgia dakota asia india china florida paris sydney austin jordan \
	kali tia pa ma an so le do see minor major hall mills mill wall walls waters rivers snow frost flowers flower \
	cannon gunn steel silver gold golden copper branch root weeks months friend friends stroke tumor fever still \
	gale crew court crystal beach street shore lake marsh meadows moon sun ring rose singer sexton barber gardner \
	carpenter turner butler fisher potter weaver shepherd farmer miller tanner porter fuller archer walker sawyer \
	glover singer cutter draper slaughter draw fall gates bridges towers poole pool ames cole moss burns blister \
	patch nail neal wolf fox lamb bird hawk buck peacock sparrow jasmine sage basil rosemary laurel myrtle daisy \
	heather hazel jane pansy flora felicity verity melody harmony carol bell viola harp piper drummer norm frank \
	ernest earnest clay sandy rocky stormy sunny happy bonnie blanche bianca desire destiny trinity genesis essence \
	angel angels heaven nevaeh king queen royal royalty messiah legend saint justice liberty honor gentle trace alma \
	mina era dee mi ana ha my in un sang hung dung dong long lung tan tu hue bao min man kim soo mai ma mae chi \
	can bo mao ali ada ama ana art asa ben bee cam cat dan dia don dot eli ema era eva fan fay fe flo gus hal ham \
	hans hyun ida ike isa jo kip lan lee len les lin liz lu mel mia min mo na ned nia nam ora pam pan ram ria ron \
	sal sam sol su tab tad tai ted tia tim ton tod van vi vic wan wes wu xi yan yee yi yu zen zoe io dr st al ed el";
