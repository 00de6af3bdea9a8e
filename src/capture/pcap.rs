//! Classic pcap: the file header and the packet records (draft-ietf-opsawg-pcap).
//!
//! Owns the layout of both. The file header is pcap-parser's; the record header is read here, because
//! its length must be judged before the record's bytes are there: too long is damage, not there is cut.
//!
//! The file header, 24 bytes, in the byte order of the machine that wrote it:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | magic number: `0xa1b2c3d4` for microseconds, `0xa1b23c4d` for nanoseconds |
//! | 4 | 2 | major version: 2 |
//! | 6 | 2 | minor version: 4 |
//! | 8 | 8 | unused |
//! | 16 | 4 | snaplen, in bytes |
//! | 20 | 4 | link type in the low 16 bits; above it the length of the frame check sequence |
//!
//! Each record: a header of 16 bytes, then the packet.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | seconds since 1970, unsigned |
//! | 4 | 4 | micro- or nanoseconds of that second |
//! | 8 | 4 | captured length, in bytes |
//! | 12 | 4 | original length, in bytes |

use pcap_parser::pcap::parse_pcap_header;

use super::buffer::Buffer;
use super::reader::{Found, Progress, Step, Trouble};
use super::source::Source;
use super::{CaptureError, Format, LinkType, Timestamp};
use crate::limits;

/// Bytes of the file header.
const FILE_HEADER: usize = 24;
/// Bytes of a record's header.
const RECORD_HEADER: usize = 16;

/// What the file header says about all records. Its snaplen is not kept: writers lie about it, and
/// every record says its own length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pcap {
    big_endian: bool,
    /// Nanoseconds that one unit of a record's second field stands for.
    unit: u32,
    link: LinkType,
}

impl Pcap {
    /// Reads the file header. The caller has recognised its magic number.
    pub(super) fn open<R: Source>(buffer: &mut Buffer<R>) -> Result<Self, CaptureError> {
        let enough = buffer.require(FILE_HEADER);
        if !enough.map_err(|source| CaptureError::Io {
            offset: buffer.bytes_read(),
            source,
        })? {
            return Err(CaptureError::HeaderCut(Format::Pcap));
        }
        let (_, header) =
            parse_pcap_header(buffer.available()).map_err(|_| CaptureError::NotACapture)?;
        buffer.pass(FILE_HEADER);
        // The version is not judged: 2.2 to 2.4 are read alike, and what else was ever written with these
        // magic numbers is read so by other tools too.
        let [low, high, ..] = header.network.0.to_le_bytes();
        Ok(Self {
            big_endian: header.is_bigendian(),
            unit: if header.is_nanosecond_precision() {
                1
            } else {
                1000
            },
            link: LinkType(u16::from_le_bytes([low, high])),
        })
    }

    /// The next record.
    #[inline]
    pub(super) fn step<R: Source>(
        self,
        buffer: &mut Buffer<R>,
        progress: &mut Progress,
    ) -> Result<Step, Trouble> {
        if !buffer.require(RECORD_HEADER)? {
            return Ok(if buffer.available().is_empty() {
                Step::End
            } else {
                Step::Cut
            });
        }
        let header = buffer.available().first_chunk();
        let Some(record) = header.and_then(|h| Record::parse(h, self.big_endian)) else {
            return Ok(Step::Cut);
        };
        if record.captured_len > limits::RECORD {
            return Err(Trouble::TooLong(record.captured_len));
        }
        let len = RECORD_HEADER.saturating_add(record.captured_len as usize);
        if !buffer.require(len)? {
            return Ok(Step::Cut);
        }
        buffer.pass(RECORD_HEADER);
        let at = progress.next_packet(Some(record.time(self.unit)));
        Ok(Step::Packet(Found {
            at,
            link: self.link,
            original_len: record.original_len,
            place: buffer.pass(record.captured_len as usize),
        }))
    }
}

/// A record's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Record {
    seconds: u32,
    fraction: u32,
    captured_len: u32,
    original_len: u32,
}

impl Record {
    #[inline]
    fn parse(bytes: &[u8; RECORD_HEADER], big_endian: bool) -> Option<Self> {
        let word = |bytes| {
            if big_endian {
                u32::from_be_bytes(bytes)
            } else {
                u32::from_le_bytes(bytes)
            }
        };
        let ([seconds, fraction, captured, original], _) = bytes.as_chunks() else {
            return None;
        };
        Some(Self {
            seconds: word(*seconds),
            fraction: word(*fraction),
            captured_len: word(*captured),
            original_len: word(*original),
        })
    }

    /// A fraction of more than a second is carried over: some writers leave it so.
    #[inline]
    fn time(self, unit: u32) -> Timestamp {
        let seconds = i64::from(self.seconds).saturating_mul(1_000_000_000);
        let fraction = i64::from(self.fraction).saturating_mul(i64::from(unit));
        Timestamp::from_nanos(seconds.saturating_add(fraction))
    }
}
