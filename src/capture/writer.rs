//! Writing pcapng: one section of interfaces, TLS secrets and packets, each with a comment
//! (draft-ietf-opsawg-pcapng, sections 4.1 to 4.3 and 4.7).
//!
//! Written by hand, little endian: four kinds of blocks and three options are all that an extract
//! needs. pcap-parser can serialize blocks too, with another dependency and with options that the
//! caller has to pad and to end itself.
//!
//! | block | body |
//! |---|---|
//! | section header | byte-order magic, version 1.0, length -1; `opt_comment`, `shb_userappl` |
//! | interface description | link type, reserved, snaplen 0; `opt_comment`, `if_tsresol` 9 |
//! | decryption secrets | type, length, secrets, padded to 4 bytes |
//! | enhanced packet | interface, time (high, low word, nanoseconds), captured and original length, packet; `opt_comment` |
//!
//! Each option is a code and a length of 2 bytes each, then the value, padded to 4 bytes.

use std::io::{self, Write};

use zeroize::Zeroizing;

use super::{LinkType, Timestamp};

/// "TLSK", the secrets type of key logs.
const TLS_KEY_LOG: u32 = 0x544c_534b;
const OPT_END: u16 = 0;
const OPT_COMMENT: u16 = 1;
const SHB_USERAPPL: u16 = 4;
const IF_TSRESOL: u16 = 9;
/// Ten to the minus so-manieth of a second.
const NANOSECONDS: u8 = 9;
/// Longest comment: an option's length has 16 bits.
const LONGEST: usize = 0xFFFC;

/// An interface that was described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interface(u32);

/// Writes one section.
#[derive(Debug)]
pub struct PcapNgWriter<W> {
    out: W,
    interfaces: u32,
}

impl<W: Write> PcapNgWriter<W> {
    /// Begins a section. `comment` is for its reader.
    ///
    /// # Errors
    ///
    /// When `out` cannot be written; so for all methods.
    pub fn new(out: W, comment: &str) -> io::Result<Self> {
        let mut body = Vec::new();
        body.extend(0x1a2b_3c4d_u32.to_le_bytes());
        body.extend(1_u16.to_le_bytes());
        body.extend(0_u16.to_le_bytes());
        body.extend((-1_i64).to_le_bytes());
        option(&mut body, OPT_COMMENT, comment.as_bytes());
        let tool = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
        option(&mut body, SHB_USERAPPL, tool.as_bytes());
        option(&mut body, OPT_END, b"");
        let mut writer = Self { out, interfaces: 0 };
        writer.block(0x0a0d_0d0a, &body)?;
        Ok(writer)
    }

    /// Describes an interface; packets of it may follow.
    ///
    /// # Errors
    ///
    /// As [`PcapNgWriter::new`].
    pub fn interface(&mut self, link: LinkType, comment: &str) -> io::Result<Interface> {
        let mut body = Vec::new();
        body.extend(link.0.to_le_bytes());
        body.extend(0_u16.to_le_bytes());
        body.extend(0_u32.to_le_bytes());
        option(&mut body, OPT_COMMENT, comment.as_bytes());
        option(&mut body, IF_TSRESOL, &[NANOSECONDS]);
        option(&mut body, OPT_END, b"");
        self.block(1, &body)?;
        let interface = Interface(self.interfaces);
        self.interfaces = self.interfaces.saturating_add(1);
        Ok(interface)
    }

    /// TLS secrets, in the format of key logs; they open packets behind them.
    ///
    /// # Errors
    ///
    /// As [`PcapNgWriter::new`].
    pub fn tls_secrets(&mut self, lines: &str) -> io::Result<()> {
        let size = lines.len().next_multiple_of(4).saturating_add(8);
        let mut body = Zeroizing::new(Vec::with_capacity(size));
        body.extend(TLS_KEY_LOG.to_le_bytes());
        body.extend(length(lines.len())?);
        body.extend_from_slice(lines.as_bytes());
        pad(&mut body);
        self.block(10, &body)
    }

    /// A packet. Time before 1970 cannot be written and becomes its first moment, as does no time.
    ///
    /// # Errors
    ///
    /// As [`PcapNgWriter::new`].
    pub fn packet(
        &mut self,
        interface: Interface,
        time: Option<Timestamp>,
        original_len: u32,
        data: &[u8],
        comment: &str,
    ) -> io::Result<()> {
        let ticks = time.map_or(0, |time| u64::try_from(time.as_nanos()).unwrap_or(0));
        let (low, high) = (ticks & u64::from(u32::MAX), ticks >> 32);
        let word = |half| u32::try_from(half).unwrap_or(0).to_le_bytes();
        let mut body = Vec::with_capacity(data.len().saturating_add(128));
        body.extend(interface.0.to_le_bytes());
        body.extend(word(high));
        body.extend(word(low));
        body.extend(length(data.len())?);
        body.extend(original_len.to_le_bytes());
        body.extend_from_slice(data);
        pad(&mut body);
        option(&mut body, OPT_COMMENT, comment.as_bytes());
        option(&mut body, OPT_END, b"");
        self.block(6, &body)
    }

    /// Gives back what was written to, flushed.
    ///
    /// # Errors
    ///
    /// As [`PcapNgWriter::new`].
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    fn block(&mut self, kind: u32, body: &[u8]) -> io::Result<()> {
        let total = length(body.len().saturating_add(12))?;
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&total)?;
        self.out.write_all(body)?;
        self.out.write_all(&total)
    }
}

fn length(bytes: usize) -> io::Result<[u8; 4]> {
    let bytes = u32::try_from(bytes).map_err(|_| io::ErrorKind::InvalidInput)?;
    Ok(bytes.to_le_bytes())
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    let value = value.get(..LONGEST).unwrap_or(value);
    let length = u16::try_from(value.len()).unwrap_or(0);
    body.extend(code.to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend_from_slice(value);
    pad(body);
}

fn pad(body: &mut Vec<u8>) {
    body.resize(body.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::super::CaptureReader;
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let mut writer = PcapNgWriter::new(Vec::new(), "a section").unwrap();
        let ethernet = writer.interface(LinkType::ETHERNET, "one").unwrap();
        let raw = writer.interface(LinkType::RAW, "two").unwrap();
        writer.tls_secrets("# none\n").unwrap();
        let time = Timestamp::from_nanos(1_714_558_530_123_456_789);
        for length in 0..9 {
            let data = vec![7; length];
            let interface = if length % 2 == 0 { ethernet } else { raw };
            writer
                .packet(interface, Some(time), 99, &data, "a comment")
                .unwrap();
        }
        let bytes = writer.finish().unwrap();
        let mut reader = CaptureReader::open(bytes.as_slice()).unwrap();
        for length in 0..9_usize {
            let packet = reader.next_packet().unwrap().unwrap();
            assert_eq!(packet.data, vec![7; length]);
            assert_eq!((packet.at.time, packet.original_len), (Some(time), 99));
            let link = if length % 2 == 0 {
                LinkType::ETHERNET
            } else {
                LinkType::RAW
            };
            assert_eq!(packet.link, link);
        }
        assert!(reader.next_packet().unwrap().is_none() && !reader.truncated());
        let secrets = reader.take_secrets();
        assert_eq!(secrets.len(), 1);
        assert_eq!(secrets[0].as_slice(), b"# none\n");
    }
}
