//! The streaming reader over a capture of either format.
//!
//! Owns what both formats share: the packet number, the end, what was odd. The layouts are in
//! [`pcap`](super::pcap) and [`pcapng`](super::pcapng). Called by the analysis, a packet at a time.

use std::io;
use std::ops::Range;

use super::buffer::Buffer;
use super::compression::Unpacked;
use super::pcap::Pcap;
use super::pcapng::PcapNg;
use super::source::Source;
use super::{CaptureError, Compression, Format, LinkType, Packet, PacketRef, Timestamp, magic};
use crate::diagnostic::Diagnostics;
use crate::limits;

use zeroize::Zeroizing;

/// Reads the packets of one capture, from a file or a pipe, in one buffer.
#[derive(Debug)]
pub struct CaptureReader<R: Source> {
    buffer: Buffer<Unpacked<R>>,
    layout: Layout,
    progress: Progress,
    /// Nothing more comes: the end, a cut, or an error.
    ended: bool,
    truncated: bool,
}

#[derive(Debug)]
enum Layout {
    Pcap(Pcap),
    PcapNg(PcapNg),
}

/// How far the reading came.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// The last packet's number. Blocks that Wireshark shows as a frame without being a packet count too.
    number: u64,
    diagnostics: Diagnostics,
    /// TLS key logs found in the capture, until they are taken.
    secrets: Vec<Zeroizing<Vec<u8>>>,
    secrets_bytes: usize,
}

impl Progress {
    #[inline]
    pub(super) fn next_packet(&mut self, time: Option<Timestamp>) -> PacketRef {
        self.number = self.number.saturating_add(1);
        PacketRef {
            number: self.number,
            time,
        }
    }

    /// Keeps a TLS key log for who reads the packets.
    pub(super) fn keep_secrets(&mut self, secrets: &[u8]) {
        self.secrets_bytes = self.secrets_bytes.saturating_add(secrets.len());
        if self.secrets_bytes > limits::SECRETS_BYTES {
            self.note(
                "secrets-over-cap",
                "the capture holds more TLS secrets than are kept",
            );
        } else {
            self.secrets.push(Zeroizing::new(secrets.to_vec()));
        }
    }

    pub(super) fn note(&mut self, kind: &'static str, message: &str) {
        self.diagnostics
            .note(kind, message, Some(self.number), None);
    }
}

/// What one step of a layout found.
#[derive(Debug)]
pub(super) enum Step {
    Packet(Found),
    /// Something else than a packet was passed.
    Passed,
    /// The capture ends where a record could begin.
    End,
    /// The capture ends within a record.
    Cut,
}

/// A packet whose bytes are in the buffer until the next step.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) at: PacketRef,
    pub(super) link: LinkType,
    pub(super) original_len: u32,
    pub(super) place: Range<usize>,
}

/// Why a step failed; the reader adds the place.
#[derive(Debug)]
pub(super) enum Trouble {
    Io(io::Error),
    TooLong(u32),
    Damaged(&'static str),
    Version(u16, u16),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl<R: Source> CaptureReader<R> {
    /// Recognises the format by its magic number, compressed or not, and reads the file header.
    ///
    /// # Errors
    /// When the source cannot be read, is no capture, or is one of a kind that is not read.
    pub fn open(source: R) -> Result<Self, CaptureError> {
        let mut buffer = Buffer::new(Unpacked::new(source));
        // Four bytes first: a pipe may not give more before its first packet.
        let known = buffer.require(4).map(|enough| {
            let head = buffer.available().first_chunk().filter(|_| enough);
            head.and_then(|head| magic::format(*head))
        });
        let io_error =
            |buffer: &Buffer<_>, source| CaptureError::reading(buffer.bytes_read(), source);
        let layout = match known.map_err(|e| io_error(&buffer, e))? {
            Some(Format::Pcap) => Layout::Pcap(Pcap::open(&mut buffer)?),
            Some(Format::PcapNg) => Layout::PcapNg(PcapNg::open(&mut buffer)?),
            None => {
                buffer
                    .require(limits::SNIFF)
                    .map_err(|e| io_error(&buffer, e))?;
                if buffer.available().len() < 4 && buffer.source().is_cut() {
                    return Err(CaptureError::CompressedCut);
                }
                // No more than that, or the answer would depend on how much one read gave.
                let head = buffer.available();
                let head = head.get(..limits::SNIFF).unwrap_or(head);
                return Err(magic::not_a_capture(head));
            }
        };
        let progress = Progress::default();
        Ok(Self {
            buffer,
            layout,
            progress,
            ended: false,
            truncated: false,
        })
    }

    /// The capture's format.
    pub fn format(&self) -> Format {
        match self.layout {
            Layout::Pcap(_) => Format::Pcap,
            Layout::PcapNg(_) => Format::PcapNg,
        }
    }

    /// The next packet; `None` at the end, and ever after an error.
    ///
    /// # Errors
    /// When the source cannot be read, or the capture is damaged. What was read before stays good.
    pub fn next_packet(&mut self) -> Result<Option<Packet<'_>>, CaptureError> {
        loop {
            if self.ended {
                return Ok(None);
            }
            let offset = self.buffer.position();
            let step = match &mut self.layout {
                Layout::Pcap(pcap) => pcap.step(&mut self.buffer, &mut self.progress),
                Layout::PcapNg(pcapng) => pcapng.step(&mut self.buffer, &mut self.progress),
            };
            match step {
                Ok(Step::Packet(Found {
                    at,
                    link,
                    original_len,
                    place,
                })) => {
                    let data = self.buffer.slice(place);
                    return Ok(Some(Packet {
                        at,
                        link,
                        original_len,
                        data,
                    }));
                }
                Ok(Step::Passed) => {}
                Ok(Step::End) => self.end(self.buffer.source().is_cut()),
                Ok(Step::Cut) => self.end(true),
                Err(trouble) => {
                    self.ended = true;
                    return Err(self.place(trouble, offset));
                }
            }
        }
    }

    fn end(&mut self, truncated: bool) {
        self.ended = true;
        self.truncated = truncated;
        if self.buffer.source().has_rest() {
            self.progress.note(
                "trailing-bytes",
                "behind the compressed data stand bytes that are not of its kind; they were left out",
            );
        }
    }

    fn place(&self, trouble: Trouble, offset: u64) -> CaptureError {
        let packet = self.progress.number;
        match trouble {
            Trouble::Io(source) => CaptureError::reading(self.buffer.bytes_read(), source),
            Trouble::TooLong(len) => CaptureError::RecordTooLong {
                packet,
                offset,
                len,
            },
            Trouble::Damaged(what) => CaptureError::Damaged {
                packet,
                offset,
                what,
            },
            Trouble::Version(major, minor) => CaptureError::Version { major, minor },
        }
    }

    /// Whether the capture ended within its last record; known once the packets have come to their end.
    pub fn truncated(&self) -> bool {
        self.truncated
    }

    /// The number of the last packet, as Wireshark's `frame.number`. A few pcapng blocks that hold no
    /// packet count as frames there, and so here: it may be more than the packets that were given.
    pub fn last_number(&self) -> u64 {
        self.progress.number
    }

    /// Bytes read from the source so far, as they are stored.
    pub fn bytes_read(&self) -> u64 {
        self.buffer.source().stored_bytes()
    }

    /// The compression around the capture.
    pub fn compression(&self) -> Option<Compression> {
        self.buffer.source().compression()
    }

    /// Whether the capture has shown TLS secrets that were not taken yet.
    pub fn has_secrets(&self) -> bool {
        !self.progress.secrets.is_empty()
    }

    /// The TLS key logs of the capture's Decryption Secrets Blocks since this was last asked.
    pub fn take_secrets(&mut self) -> Vec<Zeroizing<Vec<u8>>> {
        std::mem::take(&mut self.progress.secrets)
    }

    /// What was passed over and should be told; what was taken is not given again.
    pub fn take_diagnostics(&mut self) -> Diagnostics {
        std::mem::take(&mut self.progress.diagnostics)
    }
}
