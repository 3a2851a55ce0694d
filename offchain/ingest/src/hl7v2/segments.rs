// SPDX-License-Identifier: Apache-2.0
//! The names of segments.

/// Segments of the standard that occur in messages about patients. In small letters only these
/// are taken for segments; in capitals any three letters are.
const KNOWN: [&[u8; 3]; 83] = [
	b"ABS", b"ACC", b"ADD", b"AIG", b"AIL", b"AIP", b"AIS", b"AL1", b"ARV", b"BHS", b"BLG", b"BTS",
	b"CON", b"CSR", b"CTD", b"CTI", b"DB1", b"DG1", b"DRG", b"DSC", b"DSP", b"ERR", b"EVN", b"FHS",
	b"FT1", b"FTS", b"GOL", b"GP1", b"GP2", b"GT1", b"IAM", b"IAR", b"IN1", b"IN2", b"IN3", b"INV",
	b"IPC", b"MRG", b"MSA", b"MSH", b"NK1", b"NTE", b"OBR", b"OBX", b"ODS", b"ODT", b"ORC", b"PD1",
	b"PDA", b"PID", b"PR1", b"PRB", b"PRT", b"PTH", b"PV1", b"PV2", b"QAK", b"QPD", b"QRD", b"QRF",
	b"RCP", b"REL", b"RGS", b"ROL", b"RQD", b"RXA", b"RXC", b"RXD", b"RXE", b"RXG", b"RXO", b"RXR",
	b"SAC", b"SCH", b"SFT", b"SPM", b"TCC", b"TQ1", b"TQ2", b"TXA", b"UAC", b"UB1", b"UB2",
];

/// Whether an id in capitals is one of the standard, or of a sender's own (Z).
pub(super) fn is_known(id: &[u8; 3]) -> bool {
	id[0] == b'Z' || KNOWN.contains(&id)
}
