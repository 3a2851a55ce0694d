// SPDX-License-Identifier: Apache-2.0
//! What ingestion says about single pieces: place, code, reason and fix, never the value.

use serde::Serialize;

/// How much was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
	/// A tolerated deviation; nothing is lost.
	Info,
	/// The piece is kept with less meaning.
	Degraded,
	/// The piece yields nothing.
	Rejected,
	/// The file yields nothing.
	Fatal,
}

/// Where in the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
	/// A line, from 1.
	Line(u64),
	/// A row and a column of a table.
	Cell {
		/// The line the row begins in, from 1; the header is line 1.
		line: u64,
		/// The column, from 1.
		column: usize,
	},
	/// A JSON pointer (RFC 6901).
	JsonPointer(String),
	/// A JSON pointer inside one line of NDJSON.
	LinePointer {
		/// The line, from 1.
		line: u64,
		/// The JSON pointer.
		pointer: String,
	},
	/// The path of an XML element, as `/ClinicalDocument/recordTarget[1]`.
	XmlPath(String),
	/// A DICOM element, as `00400275[1].00080100`: tags, and numbers of items from 1.
	Element(String),
	/// An entry of an archive by its number in the directory, from 1; 0 is the archive itself.
	Entry(u64),
	/// A byte of the file, from 0.
	ByteOffset(u64),
	/// A segment of an HL7 v2 message, or a part of it.
	Segment {
		/// The message in the file, from 1.
		message: u64,
		/// The line the segment begins in, from 1.
		line: u64,
		/// The segment, field, repetition and component: `PID`, `PID-3` or `PID-3[2].1`.
		path: String,
	},
}

macro_rules! codes {
	($($(#[$meta:meta])* $variant:ident = $code:literal, $severity:ident, $reason:literal, $fix:literal;)+) => {
		/// What was found. The text form is stable.
		#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
		pub enum Code {
			$($(#[$meta])* #[serde(rename = $code)] $variant,)+
		}

		impl Code {
			/// Every code.
			pub const ALL: &'static [Self] = &[$(Self::$variant),+];

			/// The stable text form.
			pub const fn as_str(self) -> &'static str {
				match self { $(Self::$variant => $code),+ }
			}

			/// How much is lost.
			pub const fn severity(self) -> Severity {
				match self { $(Self::$variant => Severity::$severity),+ }
			}

			/// What is wrong.
			pub const fn reason(self) -> &'static str {
				match self { $(Self::$variant => $reason),+ }
			}

			/// What to do about it.
			pub const fn fix(self) -> &'static str {
				match self { $(Self::$variant => $fix),+ }
			}
		}
	};
}

codes! {
	/// The file starts with a byte order mark.
	ByteOrderMark = "BYTE_ORDER_MARK", Info,
		"the file starts with a byte order mark", "save the file as UTF-8 without a byte order mark";
	/// The file is not UTF-8.
	EncodingConverted = "ENCODING_CONVERTED", Info,
		"the file is UTF-16 and was converted", "save the file as UTF-8";
	/// The encoding was guessed from the bytes.
	EncodingGuessed = "ENCODING_GUESSED", Degraded,
		"the file is not UTF-8; its encoding was guessed", "save the file as UTF-8";
	/// Bytes that mean nothing in the encoding of the file.
	EncodingInvalid = "ENCODING_INVALID", Rejected,
		"the piece has bytes that are not valid in the encoding of the file", "save the file as UTF-8";
	/// Bytes that mean nothing in the encoding of the file were replaced.
	EncodingReplaced = "ENCODING_REPLACED", Degraded,
		"some bytes are not valid in the encoding of the file and were replaced",
		"save the file as UTF-8";
	/// Not JSON.
	JsonSyntax = "JSON_SYNTAX", Rejected,
		"the piece is not valid JSON", "correct the JSON at this place";
	/// A member occurs twice.
	DuplicateKey = "DUPLICATE_KEY", Rejected,
		"an object has a member twice, and readers disagree on which counts",
		"keep one of the two members";
	/// Too many levels.
	MaxDepthExceeded = "MAX_DEPTH_EXCEEDED", Rejected,
		"the piece is nested too deeply", "split the piece";
	/// Half a character.
	LoneSurrogate = "LONE_SURROGATE", Rejected,
		"a text has half of a surrogate pair", "write the whole character";
	/// Too many bytes.
	MaxPieceExceeded = "MAX_PIECE_EXCEEDED", Rejected,
		"the piece is larger than the limit", "split the piece or raise the limit";
	/// A resource without a type.
	ResourceTypeMissing = "RESOURCE_TYPE_MISSING", Rejected,
		"the resource has no resourceType", "name the type of the resource";
	/// Not an object.
	NotAResource = "NOT_A_RESOURCE", Rejected,
		"a resource must be a JSON object", "write the resource as an object";
	/// A bundle entry without a resource.
	EntryWithoutResource = "ENTRY_WITHOUT_RESOURCE", Info,
		"the entry has no resource and is kept as it came", "nothing, if that is meant";
	/// An element of the wrong type.
	ElementType = "ELEMENT_TYPE", Degraded,
		"the element has the wrong JSON type and is kept as it came",
		"write the element in its FHIR type";
	/// A modifier that may change the meaning of everything beside it.
	UnknownModifier = "UNKNOWN_MODIFIER", Degraded,
		"the resource has a modifier extension or implicit rules, which must not be ignored; it is kept as it came and not mapped",
		"remove the modifier if the resource means what it says without it";
	/// An item that withdraws itself.
	EnteredInError = "ENTERED_IN_ERROR", Info,
		"the resource is marked as entered in error and withdraws earlier versions",
		"nothing, if that is meant";
	/// A number without a unit.
	MissingUnit = "MISSING_UNIT", Degraded,
		"the number has no unit", "add the unit";
	/// A date that cannot be.
	InvalidDate = "INVALID_DATE", Degraded,
		"the date does not exist or is in no known form; its text is kept",
		"write the date as YYYY-MM-DD";
	/// A date that can be read in two ways.
	AmbiguousDate = "AMBIGUOUS_DATE", Degraded,
		"day and month cannot be told apart, or the year has two digits; the text is kept",
		"write the date as YYYY-MM-DD";
	/// A unit that is not UCUM.
	UnknownUnit = "UNKNOWN_UNIT", Degraded,
		"the unit is not a UCUM unit; its text is kept", "write the unit in UCUM";
	/// A row without a code.
	MissingCode = "MISSING_CODE", Degraded,
		"the row has no code; the name of the test is kept", "add the LOINC code";
	/// A code that is not formed as its system demands.
	InvalidCode = "INVALID_CODE", Degraded,
		"the code cannot be one of its system: its form or its check digit is wrong; it is kept",
		"correct the code or its system";
	/// A row without a value.
	MissingValue = "MISSING_VALUE", Degraded,
		"the row has no value", "add the value or remove the row";
	/// A comma where the column has points.
	DecimalComma = "DECIMAL_COMMA", Degraded,
		"the number has a comma where its column has points; its text is kept",
		"write the number with a decimal point";
	/// A comma that also splits the row.
	DecimalCommaUnquoted = "DECIMAL_COMMA_UNQUOTED", Rejected,
		"a number with a decimal comma splits the row into too many columns",
		"write the number with a decimal point";
	/// A quote where none may be.
	BrokenQuote = "BROKEN_QUOTE", Rejected,
		"a quoted field is not closed, or a quote stands inside a field",
		"double the quotes inside a field and close the field";
	/// Too many or too few columns.
	ColumnCount = "COLUMN_COUNT", Rejected,
		"the row has not as many columns as the header",
		"give the row one field for each column, and quote fields with the delimiter";
	/// A row that was there before.
	DuplicateRow = "DUPLICATE_ROW", Rejected,
		"the row repeats an earlier one and adds nothing", "remove the row";
	/// A fact that was there before.
	DuplicateItem = "DUPLICATE_ITEM", Info,
		"the same fact was there before; it adds nothing", "nothing, if that is meant";
	/// More rows than duplicates are looked for.
	DuplicatesUnchecked = "DUPLICATES_UNCHECKED", Info,
		"the file has more rows than are compared with each other", "split the file";
	/// A row about nobody.
	MissingSubject = "MISSING_SUBJECT", Degraded,
		"the row names no patient", "add the patient's number";
	/// Two rows that disagree about the patient.
	SubjectConflict = "SUBJECT_CONFLICT", Degraded,
		"the row gives another name or birth date for the patient than an earlier row",
		"check that the patient's number is right";
	/// A statement that says that something is not so.
	Negated = "NEGATED", Info,
		"the statement says that something did not happen or is not so, and is kept as it came",
		"nothing, if that is meant";
	/// A statement that no kind describes.
	StatementUnknown = "STATEMENT_UNKNOWN", Degraded,
		"the statement is of a kind that is not mapped and is kept as it came",
		"nothing; it can be read in its raw form";
	/// Escape sequences that are not known or not closed.
	UnknownEscape = "UNKNOWN_ESCAPE", Degraded,
		"an escape sequence is unknown or not closed; the text stands as it was written",
		"write the escape character itself as \\E\\";
	/// Formatting that plain text does not have.
	FormattingDropped = "FORMATTING_DROPPED", Info,
		"the text has highlighting or indentation, which is left out", "nothing, if that is meant";
	/// MSH-2 that is not as it should be.
	WrongDelimiters = "WRONG_DELIMITERS", Degraded,
		"the encoding characters are missing, repeated or letters; the usual ones stand in",
		"write MSH-2 as ^~\\&";
	/// A segment id in small letters.
	LowerCaseSegment = "LOWER_CASE_SEGMENT", Info,
		"the segment id is written in small letters", "write it in capitals";
	/// A line break inside a segment.
	ContinuedSegment = "CONTINUED_SEGMENT", Info,
		"a line that is no segment follows; it is read as part of the segment before it",
		"write a line break inside a field as \\.br\\";
	/// A character set that is not what the bytes are in.
	CharsetMismatch = "CHARSET_MISMATCH", Degraded,
		"the bytes are not in the character set that MSH-18 names, or it is unknown; they were read in another one",
		"name the character set in MSH-18";
	/// A number in another form.
	InvalidNumber = "INVALID_NUMBER", Degraded,
		"the value should be a number and is none; its text is kept", "write the number in digits";
	/// Data that cannot be decoded.
	InvalidBase64 = "INVALID_BASE64", Degraded,
		"the encapsulated data are not in the encoding they name; they are kept as they came",
		"encode the data in base64";
	/// A value without a type.
	MissingValueType = "MISSING_VALUE_TYPE", Degraded,
		"the value has no type and is read as text", "name the type in OBX-2";
	/// A value of a type that is not known.
	UnknownValueType = "UNKNOWN_VALUE_TYPE", Degraded,
		"the type of the value is unknown; the value is kept as it came",
		"name a type of table 0125 in OBX-2";
	/// A batch that does not have what its trailer says.
	BatchCount = "BATCH_COUNT", Degraded,
		"the trailer counts another number of messages or batches than there are",
		"check that the file is whole";
	/// A batch that does not end.
	BatchTrailerMissing = "BATCH_TRAILER_MISSING", Degraded,
		"a batch or file header has no trailer", "check that the file is whole";
	/// A frame that does not end.
	FrameUnfinished = "FRAME_UNFINISHED", Degraded,
		"the message begins with a frame byte and has none at its end", "check that the file is whole";
	/// Lines outside of messages.
	StrayLines = "STRAY_LINES", Rejected,
		"the lines belong to no message", "begin each message with MSH";
	/// A message that was there before.
	DuplicateMessage = "DUPLICATE_MESSAGE", Rejected,
		"a message of this sender with this control id was there before; it adds nothing",
		"give each message its own control id in MSH-10";
	/// A patient without a number.
	PatientUnidentified = "PATIENT_UNIDENTIFIED", Degraded,
		"the patient has no identifier; messages about her cannot be joined",
		"give an identifier in PID-3";
	/// A merge into nobody.
	MergeSurvivorUnknown = "MERGE_SURVIVOR_UNKNOWN", Degraded,
		"the message merges a patient number into one that is not given; both are kept apart",
		"give the surviving number in PID-3";
	/// A segment where none of its kind is expected.
	UnexpectedSegment = "UNEXPECTED_SEGMENT", Info,
		"the segment stands where it belongs to nothing; it is kept by itself",
		"nothing, if that is meant";
	/// A value that is not in the character set of its data set.
	ElementCharset = "ELEMENT_CHARSET", Degraded,
		"the text is not in the character set that (0008,0005) names, and was read in another one",
		"name the character set in (0008,0005)";
	/// A character set that is not known.
	CharsetUnknown = "CHARSET_UNKNOWN", Degraded,
		"(0008,0005) names a character set that is not known",
		"use a defined term of PS3.3, section C.12.1.1.2";
	/// A value representation that is not known.
	ValueRepresentation = "VALUE_REPRESENTATION", Degraded,
		"the element names no known value representation; its value is kept as bytes or as the dictionary says",
		"write the element with a value representation of PS3.5, section 6.2";
	/// Another transfer syntax than the one that is named.
	TransferSyntaxMismatch = "TRANSFER_SYNTAX_MISMATCH", Degraded,
		"the elements are not written as the transfer syntax says; they were read as they are written",
		"name the transfer syntax in (0002,0010)";
	/// A text or document too large to hold.
	ValueLeft = "VALUE_LEFT", Degraded,
		"the value is larger than the limit and stays in the file; the item says where",
		"raise the limit for a piece";
	/// Zeros after the data.
	TrailingPadding = "TRAILING_PADDING", Info,
		"the file is filled up with zeros", "nothing, if that is meant";
	/// Something after the data.
	TrailingBytes = "TRAILING_BYTES", Degraded,
		"there are bytes behind the data set that belong to nothing; they stay in the file",
		"write the file without them";
	/// Bytes that are no element.
	ElementMalformed = "ELEMENT_MALFORMED", Fatal,
		"what stands here is no element of a data set", "write the file again";
	/// A remark on an archive.
	ArchiveComment = "ARCHIVE_COMMENT", Info,
		"the archive has a comment, which stays in it", "nothing, if that is meant";
	/// An entry under a password.
	EntryEncrypted = "ENTRY_ENCRYPTED", Rejected,
		"the entry is encrypted and cannot be read", "make the archive without a password";
	/// An entry that is a link.
	EntryLink = "ENTRY_LINK", Rejected,
		"the entry is a link and not a file", "put the file itself into the archive";
	/// An entry whose name leads out of the archive.
	EntryName = "ENTRY_NAME", Rejected,
		"the name of the entry is empty, begins at a root or goes up", "give the entry a plain name";
	/// An entry without bytes.
	EntryEmpty = "ENTRY_EMPTY", Info, "the entry is empty", "nothing, if that is meant";
	/// An entry of another format.
	EntryUnsupported = "ENTRY_UNSUPPORTED", Rejected,
		"the entry is of a format that is not read; it stays in the archive",
		"load the entry in a format that is read";
	/// An entry that has what is refused, as another archive.
	EntryForbidden = "ENTRY_FORBIDDEN", Rejected,
		"the entry has something in it that is refused, as an archive or a document type",
		"load the entry by itself";
	/// An entry that is broken.
	EntryUnreadable = "ENTRY_UNREADABLE", Rejected,
		"the entry is damaged or cut off, or its columns or its compression are not known; nothing of it counts",
		"load the entry by itself to hear more";
	/// Macros in a workbook.
	MacroIgnored = "MACRO_IGNORED", Degraded,
		"the workbook has macros or controls; they are never run or read, and stay in the file",
		"nothing; save the workbook without macros to hear no more of it";
	/// A workbook that takes values from elsewhere.
	LinkIgnored = "LINK_IGNORED", Degraded,
		"the workbook refers to other files or connections, which are never opened",
		"put the values into the workbook itself";
	/// A part of a workbook that is not read.
	WorkbookPart = "WORKBOOK_PART", Info,
		"the workbook has a part that is no table (comments, drawings, properties, ...); it stays in the file",
		"write into cells what has to be read";
	/// A sheet of another kind.
	SheetSkipped = "SHEET_SKIPPED", Degraded,
		"the sheet is no worksheet and is not read", "write into a worksheet what has to be read";
	/// A sheet that nobody sees.
	SheetHidden = "SHEET_HIDDEN", Info,
		"the sheet is hidden and is read all the same", "nothing, if that is meant";
	/// A sheet without known columns.
	SheetUnrecognized = "SHEET_UNRECOGNIZED", Rejected,
		"no row of the sheet names the test and the result; it stays in the file",
		"name the columns in the first row";
	/// A row before the header.
	RowAboveHeader = "ROW_ABOVE_HEADER", Rejected,
		"the row stands above the header and belongs to no column; it stays in the file",
		"write the header into the first row";
	/// Values that were computed.
	FormulaValues = "FORMULA_VALUES", Info,
		"the sheet has formulas from this row on; what they last came to was read",
		"nothing, if that is meant";
	/// A cell that is an error, or a date that cannot be.
	CellError = "CELL_ERROR", Degraded,
		"the cell is an error, or a date that no calendar has; its text is kept",
		"correct the cell";
	/// The file ends in the middle.
	Truncated = "FILE_TRUNCATED", Fatal,
		"the file ends in the middle of a piece", "load the whole file again";
}

/// What was found at one place of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
	/// The name the source was given.
	pub file: String,
	/// Where.
	pub place: Place,
	/// What.
	pub code: Code,
	/// How much is lost.
	pub severity: Severity,
	/// What is wrong.
	pub reason: &'static str,
	/// What to do about it.
	pub fix: &'static str,
	/// Another line it has to do with, as the first of two equal rows.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub related_line: Option<u64>,
}

impl Diagnostic {
	/// A diagnostic with the words of its code.
	pub fn new(file: &str, place: Place, code: Code) -> Self {
		Self {
			file: file.into(),
			place,
			code,
			severity: code.severity(),
			reason: code.reason(),
			fix: code.fix(),
			related_line: None,
		}
	}
}
