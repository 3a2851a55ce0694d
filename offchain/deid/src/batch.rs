// SPDX-License-Identifier: Apache-2.0
//! A data set of files and folders. All of it is read before anything is written, so that what one file
//! tells of a person is removed from every other; and nothing appears before all of it was looked through.

use crate::{
	character_offsets,
	manifest::{Manifest, Reason},
	structured, Class, Deidentifier, Error, Finding, Format, KnownIdentifiers, SurrogateMap,
};
use serde::Serialize;
use std::{
	collections::HashSet,
	fs::File,
	io::{BufRead, BufReader, BufWriter, Cursor, Read, Write},
	ops::ControlFlow,
	path::{Path, PathBuf},
	sync::{Arc, Mutex, PoisonError},
};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

/// How much of standard input is held in memory. It is never written to a disk.
pub const MAX_STREAM: usize = 256 << 20;

/// Something to read.
pub enum Input {
	/// A file, or a folder with all that is below it; hidden files and links are left out.
	Path(PathBuf),
	/// Standard input or the like.
	Stream(Box<dyn Read + Send>),
}

impl std::fmt::Debug for Input {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Path(path) => f.debug_tuple("Path").field(path).finish(),
			Self::Stream(_) => f.write_str("Stream"),
		}
	}
}

/// Where results go.
#[derive(Clone, Debug)]
pub struct Options {
	/// The result of a single file; the folder for the results of several.
	pub out: PathBuf,
	/// Replace what exists.
	pub overwrite: bool,
	/// Where the manifest goes.
	pub manifest: Option<PathBuf>,
	/// Where the places of what was found go. It says where identifiers stand in the input, not which.
	pub spans: Option<PathBuf>,
	/// Where the map goes that leads back, sealed.
	pub map: Option<PathBuf>,
}

/// How far the work is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
	/// 1 while it reads, 2 while it writes.
	pub pass: u8,
	/// The number of the file, from 1.
	pub number: usize,
	/// How many there are.
	pub of: usize,
}

/// What became of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
	/// The number of the file in the manifest, from 1.
	pub number: u64,
	/// Where it came from. It may name a person, and is in no result.
	pub source: String,
	/// What it was read as; nothing for what is not looked into.
	pub format: Option<Format>,
	/// The result, if anything of it could be released.
	pub result: Option<PathBuf>,
}

/// What became of a data set.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
	/// The files, in order.
	pub sources: Vec<Outcome>,
	/// What was done to them.
	pub manifest: Manifest,
}

/// One identifier that was found: characters from and to in its text, never what it says.
#[derive(Serialize)]
struct Row<'a> {
	source: u64,
	piece: u64,
	#[serde(skip_serializing_if = "str::is_empty")]
	path: &'a str,
	start: usize,
	end: usize,
	class: Class,
	rule: &'static str,
}

enum Content {
	File(PathBuf),
	Memory(Zeroizing<Vec<u8>>),
}

struct Source {
	name: String,
	content: Content,
}

impl Source {
	/// A reader behind the mark of UTF-8, if there is one.
	fn open(&self) -> Result<Box<dyn BufRead + '_>, Error> {
		let mut reader: Box<dyn BufRead + '_> = match &self.content {
			Content::File(path) => {
				let file = File::open(path).map_err(|source| file_error(path, source))?;
				Box::new(BufReader::with_capacity(1 << 16, file))
			},
			Content::Memory(bytes) => Box::new(Cursor::new(bytes.as_slice())),
		};
		if reader.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
			reader.consume(3);
		}
		Ok(reader)
	}

	fn extension(&self) -> Option<&str> {
		match &self.content {
			Content::File(path) => path.extension()?.to_str(),
			Content::Memory(_) => None,
		}
	}
}

fn file_error(path: &Path, source: std::io::Error) -> Error {
	Error::File { path: path.to_owned(), source }
}

/// Reads a list of known identifiers: one a line, as [`KnownIdentifiers::read_list`] says.
///
/// # Errors
/// If it cannot be read, or a line is of no kind that is known.
pub fn read_known(path: &Path) -> Result<KnownIdentifiers, Error> {
	let list =
		Zeroizing::new(std::fs::read_to_string(path).map_err(|source| file_error(path, source))?);
	let mut known = KnownIdentifiers::new();
	match known.read_list(&list).first() {
		Some(line) => Err(Error::KnownInvalid { path: path.to_owned(), line: *line }),
		None => Ok(known),
	}
}

/// De-identifies files and folders.
///
/// A single file gives the file `out`, or one in it if that is a folder. Several give a folder without
/// sub-folders; a file keeps its name only if that is made of common words of such names.
///
/// # Errors
/// If there is nothing to read, something cannot be read or written, a result exists, a known identifier
/// is in the finished output, or `watch` stops it. Then nothing was written.
///
/// `seal` writes the map where one is wanted. It is there before any result is.
pub fn deidentify(
	mut job: Deidentifier,
	inputs: Vec<Input>,
	options: &Options,
	seal: impl FnOnce(&SurrogateMap, &mut dyn Write) -> std::io::Result<()>,
	mut watch: impl FnMut(Progress) -> ControlFlow<()>,
) -> Result<Done, Error> {
	let single = matches!(inputs.as_slice(), [Input::Stream(_)])
		|| matches!(inputs.as_slice(), [Input::Path(path)] if !path.is_dir());
	let sources = sources(inputs)?;
	let of = sources.len();
	let mut step = |pass, index: usize| match watch(Progress { pass, number: index + 1, of }) {
		ControlFlow::Continue(()) => Ok(()),
		ControlFlow::Break(()) => Err(Error::Interrupted),
	};
	let to_file = single && !options.out.is_dir();
	let folder = if to_file { parent(&options.out) } else { options.out.as_path() };
	for path in [&options.manifest, &options.spans, &options.map].into_iter().flatten() {
		free(path, options)?;
	}
	if to_file {
		free(&options.out, options)?;
	}
	let mut formats = Vec::with_capacity(of);
	for (index, source) in sources.iter().enumerate() {
		step(1, index)?;
		let format = detect(source)?;
		if let Some(format) = format {
			job.learn(format, source.open()?)?;
		}
		formats.push(format);
	}
	let spans = match &options.spans {
		Some(path) => Some(Spans::begin(path, &mut job)?),
		None => None,
	};
	let existed = folder.is_dir();
	std::fs::create_dir_all(folder).map_err(|source| file_error(folder, source))?;
	let made = write_all(&mut job, &sources, &formats, options, to_file, folder, &mut step);
	let (results, outcomes) = match made {
		Ok(made) => made,
		Err(error) => {
			if !existed {
				// Only if it is empty: what failed has left nothing in it.
				let _ = std::fs::remove_dir(folder);
			}
			return Err(error);
		},
	};
	let (manifest, map) = job.finish();
	let mut finished = Vec::with_capacity(results.len() + 3);
	if let Some(path) = &options.map {
		let mut file = temporary(parent(path))?;
		let sealed = seal(&map, &mut file).and_then(|()| file.as_file().sync_all());
		sealed.map_err(|source| file_error(path, source))?;
		finished.push((file, path.clone()));
	}
	finished.extend(results);
	if let Some(spans) = spans {
		finished.push(spans.end()?);
	}
	if let Some(path) = &options.manifest {
		let mut file = temporary(parent(path))?;
		serde_json::to_writer_pretty(&mut file, &manifest)
			.map_err(|error| file_error(path, error.into()))?;
		file.write_all(b"\n").map_err(|source| file_error(path, source))?;
		finished.push((file, path.clone()));
	}
	for (file, path) in finished {
		let kept =
			if options.overwrite { file.persist(&path) } else { file.persist_noclobber(&path) };
		kept.map_err(|error| file_error(&path, error.error))?;
	}
	Ok(Done { sources: outcomes, manifest })
}

type Made = (Vec<(NamedTempFile, PathBuf)>, Vec<Outcome>);

/// Writes each result beside where it will stand, and looks through it.
fn write_all(
	job: &mut Deidentifier,
	sources: &[Source],
	formats: &[Option<Format>],
	options: &Options,
	to_file: bool,
	folder: &Path,
	step: &mut impl FnMut(u8, usize) -> Result<(), Error>,
) -> Result<Made, Error> {
	let (mut results, mut outcomes, mut names) = (Vec::new(), Vec::new(), HashSet::new());
	for (index, (source, format)) in sources.iter().zip(formats).enumerate() {
		step(2, index)?;
		let number = index as u64 + 1;
		job.manifest.source(number);
		let mut outcome =
			Outcome { number, source: source.name.clone(), format: *format, result: None };
		if let Some(format) = format {
			let path = if to_file {
				options.out.clone()
			} else {
				folder.join(result_name(source, *format, index, &mut names))
			};
			free(&path, options)?;
			let mut file = temporary(folder)?;
			job.transform(*format, source.open()?, BufWriter::new(&mut file))?;
			let reread = file.reopen().map_err(|source| file_error(&path, source))?;
			job.verify(BufReader::new(reread))?;
			if file.as_file().metadata().is_ok_and(|metadata| metadata.len() > 0) {
				outcome.result = Some(path.clone());
				results.push((file, path));
			}
		} else {
			job.manifest.piece(1);
			job.manifest.withhold("", Reason::KindUnsupported);
		}
		outcomes.push(outcome);
	}
	Ok((results, outcomes))
}

fn temporary(folder: &Path) -> Result<NamedTempFile, Error> {
	tempfile::Builder::new()
		.prefix(".salus-")
		.suffix(".part")
		.tempfile_in(folder)
		.map_err(|source| file_error(folder, source))
}

fn parent(path: &Path) -> &Path {
	match path.parent() {
		Some(parent) if !parent.as_os_str().is_empty() => parent,
		_ => Path::new("."),
	}
}

/// Whether something may be written there.
fn free(path: &Path, options: &Options) -> Result<(), Error> {
	if path.exists() && !options.overwrite {
		return Err(Error::OutputExists { path: path.to_owned() });
	}
	Ok(())
}

fn sources(inputs: Vec<Input>) -> Result<Vec<Source>, Error> {
	let mut sources = Vec::new();
	for input in inputs {
		match input {
			Input::Path(path) => walk(&path, &mut sources)?,
			Input::Stream(stream) => {
				let mut bytes = Zeroizing::new(Vec::new());
				stream.take(MAX_STREAM as u64 + 1).read_to_end(&mut bytes)?;
				if bytes.len() > MAX_STREAM {
					return Err(Error::MaxStreamExceeded { limit: MAX_STREAM });
				}
				sources.push(Source { name: "-".into(), content: Content::Memory(bytes) });
			},
		}
	}
	if sources.is_empty() {
		return Err(Error::InputMissing);
	}
	Ok(sources)
}

/// The files below a path, in the order of their names.
fn walk(path: &Path, sources: &mut Vec<Source>) -> Result<(), Error> {
	let mut open = vec![path.to_owned()];
	while let Some(path) = open.pop() {
		if !path.is_dir() {
			sources.push(Source { name: path.display().to_string(), content: Content::File(path) });
			continue;
		}
		let mut below = Vec::new();
		for entry in std::fs::read_dir(&path).map_err(|source| file_error(&path, source))? {
			let entry = entry.map_err(|source| file_error(&path, source))?;
			let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
			if !link && !entry.file_name().as_encoded_bytes().starts_with(b".") {
				below.push(entry.path());
			}
		}
		below.sort_unstable_by(|a, b| b.cmp(a));
		open.extend(below);
	}
	Ok(())
}

/// What a source is, by its content; the ending of its name decides between a table and a text alone.
fn detect(source: &Source) -> Result<Option<Format>, Error> {
	let mut reader = source.open()?;
	let start = reader.fill_buf()?;
	if structured::is_dicom(start) {
		return Ok(Some(Format::Dicom));
	}
	if structured::is_hl7v2(start) {
		return Ok(Some(Format::Hl7v2));
	}
	if structured::is_cda(start) {
		return Ok(Some(Format::Cda));
	}
	let mut first = Vec::new();
	while first.iter().all(u8::is_ascii_whitespace) {
		match structured::line(&mut reader, &mut first)? {
			// An empty file is an empty text.
			None => return Ok(Some(Format::Text)),
			Some(true) => {},
			Some(false) => return Ok(None),
		}
	}
	let Ok(line) = std::str::from_utf8(&first) else { return Ok(None) };
	let line = line.trim();
	if line.starts_with('{') && !line.starts_with("{\\rtf") {
		let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else {
			return Ok(Some(Format::Fhir));
		};
		if value.get("resourceType").is_none() {
			return Ok(Some(Format::JsonLines));
		}
		while structured::line(&mut reader, &mut first)?.is_some() {
			if !first.iter().all(u8::is_ascii_whitespace) {
				return Ok(Some(Format::FhirLines));
			}
		}
		return Ok(Some(Format::Fhir));
	}
	let named = source
		.extension()
		.is_some_and(|extension| matches!(extension.to_ascii_lowercase().as_str(), "csv" | "tsv"));
	let start = ["<", "{\\rtf", "ISA*", "UNB+"].iter().any(|start| line.starts_with(start));
	if !start && (named || structured::is_header(line)) {
		return Ok(Some(Format::Csv));
	}
	Ok((!structured::machine::is_start(line) && !line.contains('\0')).then_some(Format::Text))
}

/// Words of which a file's name may be made and stay.
const NAME_WORDS: &[&str] = &[
	"all",
	"allergies",
	"batch",
	"bundle",
	"bundles",
	"cohort",
	"conditions",
	"csv",
	"data",
	"discharge",
	"doc",
	"document",
	"documents",
	"encounters",
	"example",
	"export",
	"fhir",
	"file",
	"in",
	"input",
	"lab",
	"labs",
	"letter",
	"list",
	"medications",
	"note",
	"notes",
	"observations",
	"output",
	"part",
	"patients",
	"procedures",
	"queries",
	"query",
	"record",
	"records",
	"report",
	"reports",
	"resources",
	"result",
	"results",
	"sample",
	"sentences",
	"summary",
	"table",
	"test",
	"text",
	"texts",
	"visits",
];

/// The name of a result: that of its source if it tells nothing, or its number.
fn result_name(
	source: &Source,
	format: Format,
	index: usize,
	taken: &mut HashSet<String>,
) -> String {
	let extension = match format {
		Format::Text => "txt",
		Format::JsonLines => "jsonl",
		Format::Csv => "csv",
		Format::Fhir => "json",
		Format::FhirLines => "ndjson",
		Format::Hl7v2 => "hl7",
		Format::Cda => "xml",
		Format::Dicom => "dcm",
	};
	let stem = match &source.content {
		Content::File(path) => path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default(),
		Content::Memory(_) => "",
	};
	let telling = |word: &str| {
		let number = word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
		!number && !NAME_WORDS.contains(&word.to_ascii_lowercase().as_str())
	};
	let plain = !stem.is_empty()
		&& !stem.split(['-', '_', '.', ' ']).filter(|word| !word.is_empty()).any(telling);
	let mut name = format!("{stem}.{extension}");
	if !plain || taken.contains(&name) {
		name = format!("source-{:06}.{extension}", index + 1);
	}
	taken.insert(name.clone());
	name
}

/// The file of the places of what was found, written as the work goes on: one JSON list.
struct Spans {
	path: PathBuf,
	state: Arc<Mutex<SpanState>>,
}

struct SpanState {
	file: Option<BufWriter<NamedTempFile>>,
	rows: u64,
	error: Option<std::io::Error>,
}

impl Spans {
	fn begin(path: &Path, job: &mut Deidentifier) -> Result<Self, Error> {
		let mut file = BufWriter::new(temporary(parent(path))?);
		file.write_all(b"[").map_err(|source| file_error(path, source))?;
		let state = Arc::new(Mutex::new(SpanState { file: Some(file), rows: 0, error: None }));
		let shared = Arc::clone(&state);
		job.observe(move |finding| {
			let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
			if state.error.is_none() {
				state.error = state.write(finding).err();
			}
		});
		Ok(Self { path: path.to_owned(), state })
	}

	fn end(self) -> Result<(NamedTempFile, PathBuf), Error> {
		let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
		let about = |source| file_error(&self.path, source);
		if let Some(error) = state.error.take() {
			return Err(about(error));
		}
		let Some(mut file) = state.file.take() else { return Err(Error::Interrupted) };
		file.write_all(b"\n]\n").map_err(about)?;
		let file = file.into_inner().map_err(|error| about(error.into_error()))?;
		Ok((file, self.path.clone()))
	}
}

impl SpanState {
	fn write(&mut self, finding: Finding<'_>) -> std::io::Result<()> {
		let Finding { source, piece, path, text, spans } = finding;
		let Some(file) = &mut self.file else { return Ok(()) };
		for (span, (start, end)) in spans.iter().zip(character_offsets(text, spans)) {
			file.write_all(if self.rows == 0 { b"\n" } else { b",\n" })?;
			self.rows += 1;
			let row = Row { source, piece, path, start, end, class: span.class, rule: span.rule };
			serde_json::to_writer(&mut *file, &row)?;
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Policy;

	fn run(folder: &Path, inputs: Vec<Input>, out: &str) -> Result<Done, Error> {
		let options = Options {
			out: folder.join(out),
			overwrite: false,
			manifest: Some(folder.join("manifest.json")),
			spans: Some(folder.join("spans.json")),
			map: Some(folder.join("map")),
		};
		let job = Deidentifier::new(Policy::safe_harbor()?)?;
		let seal = |map: &SurrogateMap, out: &mut dyn Write| out.write_all(&map.expose());
		deidentify(job, inputs, &options, seal, |_| ControlFlow::Continue(()))
	}

	fn read(path: impl AsRef<Path>) -> String {
		std::fs::read_to_string(path).expect("it is there")
	}

	#[test]
	fn what_one_file_tells_goes_from_every_other() {
		let folder = tempfile::tempdir().expect("a folder");
		let input = folder.path().join("in");
		std::fs::create_dir(&input).expect("a folder");
		let write = |name: &str, content: &[u8]| {
			std::fs::write(input.join(name), content).expect("written")
		};
		write("Quillhaven_Zeb.txt", b"zeb quillhaven was here");
		write("notes.jsonl", b"{\"id\": \"a\", \"text\": \"\xc3\xa9 told quillhaven\"}\n");
		write("patients.json", b"{\"resourceType\": \"Patient\",\n\"name\": [{\"family\": \"Quillhaven\", \"given\": [\"Zeb\"]}]}");
		write("labs.csv", b"name;test;comment\nQuillhaven;Glucose;zeb said\n");
		write("scan.pdf", b"%PDF-1.7 Quillhaven");
		write(".hidden", b"Quillhaven");
		let done = run(folder.path(), vec![Input::Path(input)], "out").expect("done");
		let names: Vec<_> = done
			.sources
			.iter()
			.map(|source| source.result.as_ref().and_then(|path| path.file_name()?.to_str()))
			.collect();
		assert_eq!(
			names,
			[
				Some("source-000001.txt"),
				Some("labs.csv"),
				Some("notes.jsonl"),
				Some("patients.json"),
				None
			]
		);
		for name in names.into_iter().flatten() {
			let out = read(folder.path().join("out").join(name)).to_lowercase();
			assert!(!out.contains("quill") && !out.contains("zeb"), "{name}: {out}");
		}
		let manifest = read(folder.path().join("manifest.json"));
		assert!(!manifest.to_lowercase().contains("quill"));
		assert_eq!((done.manifest.withheld_whole, done.manifest.withheld[0].source), (1, 5));
		let spans: serde_json::Value =
			serde_json::from_str(&read(folder.path().join("spans.json"))).expect("JSON");
		let note = spans.as_array().expect("a list").iter().find(|span| span["source"] == 3);
		let note = note.expect("a span");
		assert_eq!((note["start"].as_u64(), note["end"].as_u64()), (Some(7), Some(17)));
	}

	#[test]
	fn a_single_source_gives_a_file_and_replaces_none() {
		let folder = tempfile::tempdir().expect("a folder");
		let stream = || vec![Input::Stream(Box::new(&b"\xef\xbb\xbfDr. Quillhaven"[..]))];
		run(folder.path(), stream(), "out.txt").expect("done");
		assert_eq!(read(folder.path().join("out.txt")), "Dr. [NAME-1]");
		let error = run(folder.path(), stream(), "out.txt").expect_err("it exists");
		assert_eq!(error.code(), "OUTPUT_EXISTS");
	}

	#[test]
	fn who_stops_it_finds_nothing() {
		let folder = tempfile::tempdir().expect("a folder");
		let options = Options {
			out: folder.path().join("out/deep.txt"),
			overwrite: false,
			manifest: None,
			spans: None,
			map: None,
		};
		let job = Deidentifier::new(Policy::safe_harbor().expect("reads")).expect("true");
		let stop = |progress: Progress| match progress.pass {
			1 => ControlFlow::Continue(()),
			_ => ControlFlow::Break(()),
		};
		let input = vec![Input::Stream(Box::new(&b"text"[..]))];
		let unsealed = |_: &SurrogateMap, _: &mut dyn Write| Ok(());
		let error = deidentify(job, input, &options, unsealed, stop).expect_err("stopped");
		assert_eq!(error.code(), "INTERRUPTED");
		assert!(!folder.path().join("out").exists());
	}

	#[test]
	fn formats_are_told_by_their_content() {
		let mut dicom = vec![0; 128];
		dicom.extend_from_slice(b"DICM");
		let cases: &[(&[u8], Option<Format>)] = &[
			(b"", Some(Format::Text)),
			(b"She came.\n", Some(Format::Text)),
			(b"[NAME-1] came.", Some(Format::Text)),
			(b"Patient, seen today, is well.", Some(Format::Text)),
			(b"{\"text\": \"x\"}\n", Some(Format::JsonLines)),
			(b"{\"resourceType\": \"Patient\"}\n", Some(Format::Fhir)),
			(b"{\"resourceType\": \"A\"}\n\n{\"resourceType\": \"B\"}", Some(Format::FhirLines)),
			(b"{\n\"resourceType\": \"A\"}", Some(Format::Fhir)),
			(b"MRN,Name,Result\n1,Roe,5\n", Some(Format::Csv)),
			(b"[{\"a\": 1}]", None),
			(b"MSH|^~\\&|", Some(Format::Hl7v2)),
			(b"\nmsh^~|\\&^SENDING\r", Some(Format::Hl7v2)),
			(b"\x0bBHS|^~\\&|\xe9\rMSH|^~\\&|", Some(Format::Hl7v2)),
			(b"UNB+UNOA:1+ROE", None),
			(b"4459201|Roe|Jane|F|1959|x", None),
			(b"BEGIN:VCARD\nFN:Roe\n", None),
			(b"<?xml version='1.0'?><unknown/>", None),
			(
				b"<?xml version='1.0'?>\n<!-- a > b --><!DOCTYPE x><h:ClinicalDocument>",
				Some(Format::Cda),
			),
			(b"[\n{}]", None),
			(b"ISA*00*", None),
			(b"<ClinicalDocument/>", Some(Format::Cda)),
			(b"\xff\xfeM\0", None),
			(&dicom, Some(Format::Dicom)),
		];
		for (bytes, expected) in cases {
			let source = Source {
				name: String::new(),
				content: Content::Memory(Zeroizing::new(bytes.to_vec())),
			};
			assert_eq!(detect(&source).expect("memory"), *expected, "{}", bytes.escape_ascii());
		}
	}

	#[test]
	fn lists_with_unknown_kinds_are_refused() {
		let folder = tempfile::tempdir().expect("a folder");
		let path = folder.path().join("known");
		std::fs::write(&path, "name: Jane Roe\nshoe: 42\n").expect("written");
		let error = read_known(&path).expect_err("a shoe");
		assert_eq!(error.code(), "KNOWN_INVALID");
		assert!(error.to_string().contains("line 2") && !error.to_string().contains("42"));
	}
}
