//! pcapng: sections of blocks (draft-ietf-opsawg-pcapng).
//!
//! Owns the walk from block to block, the byte order of the section and its interfaces. Each block's
//! layout has its own file. Section headers and interface descriptions are parsed by pcap-parser; packet
//! blocks are read here, because that crate knows no obsolete ones, not how a snaplen shortens simple
//! ones, and collects the options of each packet in a list that nobody needs.

mod block;
mod enhanced;
mod interface;
mod obsolete;
mod secrets;
mod simple;

use pcap_parser::pcapng::parse_sectionheaderblock;

use self::block::{BlockHead, BlockType, ByteOrder};
use self::interface::Interface;
use super::buffer::Buffer;
use super::reader::{Found, Progress, Step, Trouble};
use super::source::Source;
use super::{CaptureError, Format};
use crate::limits;

/// The section that is being read.
#[derive(Debug)]
pub(super) struct PcapNg {
    order: ByteOrder,
    interfaces: Vec<Interface>,
}

/// A packet block's header, of any of the three kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PacketHead {
    interface: u32,
    /// In units of the interface's resolution; `None` in a simple block.
    ticks: Option<u64>,
    captured_len: u32,
    original_len: u32,
    /// Bytes of the block before the packet, the block's own head among them.
    before: usize,
}

impl PcapNg {
    /// Reads the first section header. The caller has recognised its block type.
    pub(super) fn open<R: Source>(buffer: &mut Buffer<R>) -> Result<Self, CaptureError> {
        let io = |buffer: &Buffer<R>, source| CaptureError::Io {
            offset: buffer.bytes_read(),
            source,
        };
        let enough = buffer
            .require(block::ORDER_END)
            .map_err(|e| io(buffer, e))?;
        if !enough {
            return Err(CaptureError::HeaderCut(Format::PcapNg));
        }
        let order = ByteOrder::of_section(buffer.available()).ok_or(CaptureError::NotACapture)?;
        let mut this = Self {
            order,
            interfaces: Vec::new(),
        };
        match this.step(buffer, &mut Progress::default()) {
            Ok(Step::Passed) => Ok(this),
            Ok(_) => Err(CaptureError::HeaderCut(Format::PcapNg)),
            Err(Trouble::Io(source)) => Err(io(buffer, source)),
            Err(Trouble::Version(major, minor)) => Err(CaptureError::Version { major, minor }),
            Err(Trouble::TooLong(len)) => Err(CaptureError::RecordTooLong {
                packet: 0,
                offset: 0,
                len,
            }),
            Err(Trouble::Damaged(what)) => Err(CaptureError::Damaged {
                packet: 0,
                offset: 0,
                what,
            }),
        }
    }

    /// The next block.
    #[inline]
    pub(super) fn step<R: Source>(
        &mut self,
        buffer: &mut Buffer<R>,
        progress: &mut Progress,
    ) -> Result<Step, Trouble> {
        if !buffer.require(block::HEAD)? {
            return Ok(if buffer.available().is_empty() {
                Step::End
            } else {
                Step::Cut
            });
        }
        if block::begins_section(buffer.available()) {
            if !buffer.require(block::ORDER_END)? {
                return Ok(Step::Cut);
            }
            // A section may have another byte order than the one before; its length field has it already.
            self.order = ByteOrder::of_section(buffer.available())
                .ok_or(Trouble::Damaged("a section without a byte-order magic"))?;
        }
        let Some(head) = BlockHead::parse(buffer.available(), self.order) else {
            return Ok(Step::Cut);
        };
        if head.len < block::SHORTEST {
            return Err(Trouble::Damaged("a block shorter than its own frame"));
        }
        match head.kind {
            BlockType::SECTION_HEADER
            | BlockType::INTERFACE_DESCRIPTION
            | BlockType::ENHANCED_PACKET
            | BlockType::SIMPLE_PACKET
            | BlockType::OBSOLETE_PACKET
            | BlockType::DECRYPTION_SECRETS => self.held(head, buffer, progress),
            _ => self.passed(head, buffer, progress),
        }
    }

    /// A block that is parsed: all of it must be in the buffer.
    #[inline]
    fn held<R: Source>(
        &mut self,
        head: BlockHead,
        buffer: &mut Buffer<R>,
        progress: &mut Progress,
    ) -> Result<Step, Trouble> {
        if head.len > limits::RECORD {
            return Err(Trouble::TooLong(head.len));
        }
        let len = head.padded_len();
        if !buffer.require(len)? {
            return Ok(Step::Cut);
        }
        let block = buffer.available().get(..len).unwrap_or_default();
        if !head.ends_right(block, self.order) {
            return Err(Trouble::Damaged(block::LENGTHS_DIFFER));
        }
        let body = block
            .get(..len.saturating_sub(block::TRAILER))
            .unwrap_or_default();
        let packet = match head.kind {
            BlockType::SECTION_HEADER => {
                self.section(block)?;
                None
            }
            BlockType::INTERFACE_DESCRIPTION => {
                self.interface(block, progress)?;
                None
            }
            BlockType::ENHANCED_PACKET => Some(enhanced::parse(body, self.order)?),
            BlockType::DECRYPTION_SECRETS => {
                if let Some(secrets) = secrets::parse(body, self.order)? {
                    progress.keep_secrets(secrets);
                }
                None
            }
            BlockType::SIMPLE_PACKET => {
                let snaplen = self.interfaces.first().map_or(0, |i| i.snaplen);
                Some(simple::parse(body, self.order, snaplen)?)
            }
            _ => Some(obsolete::parse(body, self.order)?),
        };
        let Some(packet) = packet else {
            buffer.pass(len);
            return Ok(Step::Passed);
        };
        Ok(self.packet(packet, len, buffer, progress))
    }

    #[inline]
    fn packet<R: Source>(
        &self,
        head: PacketHead,
        len: usize,
        buffer: &mut Buffer<R>,
        progress: &mut Progress,
    ) -> Step {
        let index = usize::try_from(head.interface).unwrap_or(usize::MAX);
        let Some(interface) = self.interfaces.get(index) else {
            // Nothing says what the packet begins with or when it was; but it is one, and counts.
            progress.next_packet(None);
            progress.note(
                "pcapng-interface-unknown",
                "a packet of an interface that was never described",
            );
            buffer.pass(len);
            return Step::Passed;
        };
        let at = progress.next_packet(head.ticks.and_then(|ticks| interface.clock.time(ticks)));
        buffer.pass(head.before);
        let captured = head.captured_len as usize;
        let place = buffer.pass(captured);
        buffer.pass(len.saturating_sub(head.before).saturating_sub(captured));
        Step::Packet(Found {
            at,
            link: interface.link,
            original_len: head.original_len,
            place,
        })
    }

    /// A block that is not parsed: passed by its length, however long, without being held.
    fn passed<R: Source>(
        &self,
        head: BlockHead,
        buffer: &mut Buffer<R>,
        progress: &mut Progress,
    ) -> Result<Step, Trouble> {
        let body = (head.padded_len() as u64).saturating_sub(block::TRAILER as u64);
        if !buffer.skip(body)? || !buffer.require(block::TRAILER)? {
            return Ok(Step::Cut);
        }
        let trailer = buffer.pass(block::TRAILER);
        if !head.ends_right(buffer.slice(trailer), self.order) {
            return Err(Trouble::Damaged(block::LENGTHS_DIFFER));
        }
        if head.kind.is_frame_without_packet() {
            progress.next_packet(None);
        } else if !head.kind.is_known() {
            progress.note(
                "pcapng-block-unknown",
                "a block of a kind that is not known was passed over",
            );
        }
        Ok(Step::Passed)
    }

    /// A section header: the byte order is known already; the length of the section is not needed, because
    /// all blocks are walked; interfaces are described anew.
    ///
    /// | offset | size | field |
    /// |---|---|---|
    /// | 8 | 4 | byte-order magic |
    /// | 12 | 2 | major version: 1 |
    /// | 14 | 2 | minor version: 0 or 2 |
    /// | 16 | 8 | length of the section in bytes, or -1 |
    /// | 24 | | options |
    fn section(&mut self, block: &[u8]) -> Result<(), Trouble> {
        let (_, header) = parse_sectionheaderblock(block)
            .map_err(|_| Trouble::Damaged("a section header that does not parse"))?;
        if header.major_version != 1 {
            return Err(Trouble::Version(header.major_version, header.minor_version));
        }
        self.interfaces.clear();
        Ok(())
    }

    fn interface(&mut self, block: &[u8], progress: &mut Progress) -> Result<(), Trouble> {
        let interface = Interface::parse(block, self.order).ok_or(Trouble::Damaged(
            "an interface description that does not parse",
        ))?;
        if self.interfaces.len() < limits::INTERFACES {
            self.interfaces.push(interface);
        } else {
            progress.note(
                "pcapng-too-many-interfaces",
                "more interfaces than one section is allowed",
            );
        }
        Ok(())
    }
}
