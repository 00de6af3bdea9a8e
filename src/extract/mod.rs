//! A small capture with nothing but logins, to attach to a ticket.
//!
//! ```text
//! analysis ─► choice ─► second reading ─► plan ─► third reading ─► pcapng
//! logins      which     their bytes       what    every packet     what is kept of it
//!                                         of each
//! ```
//!
//! Owns what of a packet stays and what is written over it. Does not own which login is right: the
//! analysis says. A capture is read again instead of being held: a login's packets are few, and the
//! capture may be anything. Called by `cli`.
//!
//! What must stay: salt and response, because the extract is there to show them. Whoever has it can
//! test guesses of the password, and a native response together with the stored hash is enough to log
//! in; the section comment says so.
//!
//! TLS is copied record by record, and stays sealed. The secrets of the chosen logins go into a Decryption
//! Secrets Block where they are asked for, but not if a password is readable inside: it cannot be
//! overwritten there. Nor can names, so that secrets and pseudonyms exclude each other.

mod bytes;
mod choice;
mod fields;
mod handshake;
mod map;
mod names;
mod packet;
mod plan;
mod scrub;
mod span;
mod tap;
mod token;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};
use std::sync::Arc;

use crate::analyze::key_logs_in;
use crate::capture::{Interface, LinkType, Packet, PcapNgWriter};
use crate::mysql::Surroundings;
use crate::net::{Carried, Segment};
use crate::report::{ExaminedLogin, Pseudonyms, Redactor};
use crate::tls::{KeyLog, Keys, ServerKey};

pub use choice::Choice;
pub use plan::Note;
pub use tap::Failure;

use bytes::Bytes;
use packet::{Changed, Written};
use plan::StreamPlan;
use scrub::Scrub;
use tap::Record;

/// What stands in every extract, and on standard error.
pub const WARNING: &str = "This extract holds salts and responses: with them anyone can test guesses \
of the passwords, and a mysql_native_password response together with the stored hash is enough to log \
in. Keep it as you would keep the passwords.";

/// How to write.
pub struct ExtractSettings<'a> {
    /// Keep everything of the chosen conversations, as it was captured.
    pub keep_payload: bool,
    /// Masks candidates, finds names.
    pub redactor: &'a Redactor,
    /// With `--anonymize`.
    pub pseudonyms: Option<&'a Pseudonyms>,
    /// Ports that are servers', as in the analysis.
    pub server_ports: Arc<[u16]>,
    /// What opened TLS in the analysis, beside the secrets in the captures themselves.
    pub key_logs: &'a [Arc<KeyLog>],
    /// RSA keys of servers that did.
    pub server_keys: &'a [Arc<ServerKey>],
    /// Write the TLS secrets of the chosen logins, as far as key logs have them.
    pub with_keys: bool,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extracted {
    /// Packets.
    pub packets: u64,
    /// Logins.
    pub logins: u64,
    /// What the user should know.
    pub notes: Vec<Note>,
}

/// Begins an extract.
///
/// # Errors
///
/// When `out` cannot be written.
pub fn begin<W: Write>(out: W, settings: &ExtractSettings<'_>) -> io::Result<PcapNgWriter<W>> {
    let how = match (settings.keep_payload, settings.pseudonyms.is_some()) {
        (true, _) => "The conversations are as they were captured.",
        (false, false) => {
            "Only the logins are here: later commands and results were left out, passwords in the \
             clear overwritten, sequence numbers closed up and checksums made right."
        }
        (false, true) => {
            "Only the logins are here: later commands and results were left out, passwords in the \
             clear overwritten, names and addresses replaced by pseudonyms, sequence numbers closed \
             up and checksums made right."
        }
    };
    let keys = if settings.with_keys {
        " The secrets of TLS logins are here too."
    } else {
        ""
    };
    PcapNgWriter::new(out, &format!("MySQL logins. {how}{keys} {WARNING}"))
}

/// Writes the chosen logins of one capture. `open` opens it anew for each reading; `chosen` are its
/// logins by stream, in the order of attempts.
///
/// # Errors
///
/// When the capture can no longer be read, or the extract not be written.
pub fn write_capture<R: Read, W: Write>(
    open: impl Fn() -> io::Result<R>,
    chosen: &BTreeMap<u64, Vec<&ExaminedLogin>>,
    writer: &mut PcapNgWriter<W>,
    settings: &ExtractSettings<'_>,
) -> Result<Extracted, Failure> {
    let mut logs = settings.key_logs.to_vec();
    // The same keys as in the analysis: what opens decides what is wanted of a conversation.
    if chosen.values().flatten().copied().any(plan::is_open) {
        logs.extend(key_logs_in(open().map_err(Failure::Write)?));
    }
    let keys = Keys::from_parts(logs.clone(), settings.server_keys.to_vec());
    let ports = Arc::clone(&settings.server_ports);
    let surroundings = Arc::new(Surroundings::new(ports, Arc::new(keys)));
    let mut plans = plans(&open, &surroundings, chosen, settings)?;
    let mut extracted = Extracted::default();
    let opened = secrets(&logs, &plans, writer).map_err(Failure::Write)?;
    for (stream, plan) in &mut plans {
        let decrypted = chosen.get(stream).into_iter().flatten();
        let decrypted = decrypted.copied().any(plan::is_open);
        if decrypted && !plan.notes.contains(&Note::TlsClosedForPassword) {
            let open = opened.contains(stream);
            plan.notes
                .push(if open { Note::TlsOpen } else { Note::TlsClosed });
        }

        extracted.logins = extracted.logins.saturating_add(plan.logins);
        extracted.notes.extend(&plan.notes);
    }
    let mut interfaces: BTreeMap<u16, Interface> = BTreeMap::new();
    let source = open().map_err(Failure::Write)?;
    tap::read(
        source,
        &surroundings,
        |_| None,
        |packet, segment, stream| {
            let Some(plan) = plans.get_mut(&stream) else {
                return Ok(());
            };
            let Some(Written { link, data, wire }) = written(packet, segment, plan, settings)
            else {
                return Ok(());
            };
            let comment = comment(segment, stream, plan);
            let interface = interface(&mut interfaces, link, writer)?;
            extracted.packets = extracted.packets.saturating_add(1);
            let note = match segment.carried {
                Carried::Fragments(_) => Some(Note::FragmentsJoined),
                _ if link != packet.link => Some(Note::TunnelLeftOut),
                _ => None,
            };
            extracted
                .notes
                .extend(note.filter(|note| !extracted.notes.contains(note)));
            writer.packet(interface, packet.at.time, wire, &data, &comment)
        },
    )?;
    Ok(extracted)
}

/// Writes the secrets of the sessions that may be handed on; says of which streams there were any.
fn secrets<W: Write>(
    logs: &[Arc<KeyLog>],
    plans: &BTreeMap<u64, StreamPlan>,
    writer: &mut PcapNgWriter<W>,
) -> io::Result<BTreeSet<u64>> {
    let mut opened = BTreeSet::new();
    for (stream, plan) in plans {
        let Some(session) = &plan.session else {
            continue;
        };
        let mut lines = logs.iter().map(|log| log.lines_of(session));
        if let Some(lines) = lines.find(|lines| !lines.is_empty()) {
            writer.tls_secrets(&lines)?;
            opened.insert(*stream);
        }
    }
    Ok(opened)
}

fn interface<W: Write>(
    known: &mut BTreeMap<u16, Interface>,
    link: LinkType,
    writer: &mut PcapNgWriter<W>,
) -> io::Result<Interface> {
    if let Some(interface) = known.get(&link.0) {
        return Ok(*interface);
    }
    let interface = writer.interface(link, "packets of one capture")?;
    known.insert(link.0, interface);
    Ok(interface)
}

/// What becomes of the chosen conversations.
fn plans<R: Read>(
    open: &impl Fn() -> io::Result<R>,
    surroundings: &Arc<Surroundings>,
    chosen: &BTreeMap<u64, Vec<&ExaminedLogin>>,
    settings: &ExtractSettings<'_>,
) -> Result<BTreeMap<u64, StreamPlan>, Failure> {
    if settings.keep_payload && !settings.with_keys {
        let plans = chosen.iter().filter_map(|(stream, logins)| {
            let plan = StreamPlan::verbatim(logins)?;
            Some((*stream, plan))
        });
        return Ok(plans.collect());
    }
    let record = |stream: u64| {
        let logins = chosen.get(&stream)?;
        let last = logins.iter().map(|examined| span::end(&examined.login));
        Some(Record::new(logins.first()?.login.client, last.max()?))
    };
    let source = open().map_err(Failure::Write)?;
    let records = tap::read(source, surroundings, record, |_, _, _| Ok(()))?;
    let scrub = Scrub {
        redactor: settings.redactor,
        pseudonyms: settings.pseudonyms,
    };
    let plans = records.into_iter().filter_map(|(stream, record)| {
        let logins = chosen.get(&stream)?;
        let base = record.base;
        let bytes = Bytes::new(record.chunks);
        let mut plan = if settings.keep_payload {
            StreamPlan::verbatim(logins)?
        } else {
            StreamPlan::scrubbed(logins, base, &bytes, &scrub)?
        };
        if settings.with_keys {
            plan.find_session(logins, &bytes, settings.keep_payload);
        }
        Some((stream, plan))
    });
    Ok(plans.collect())
}

/// The packet as it is written; `None` if it is left out.
fn written(
    packet: &Packet<'_>,
    segment: &Segment<'_>,
    plan: &mut StreamPlan,
    settings: &ExtractSettings<'_>,
) -> Option<Written> {
    let is_bare = segment.payload.is_empty() && segment.cut_off == 0;
    let belongs = plan.has_packet(segment.at.number);
    let Some(sides) = &mut plan.sides else {
        return packet::verbatim(packet, segment);
    };
    // Its payload cannot be found, nor its numbers trusted.
    if segment.trouble.is_some() {
        return None;
    }
    let [client, server] = sides;
    let (own, other) = if segment.from == plan.client {
        (client, server)
    } else {
        (server, client)
    };
    let flags = segment.flags;
    let acked = segment.ack.and_then(|ack| {
        let offset = other.offset(ack)?;
        other.seq(offset)
    });
    let offset = own.offset(segment.seq);
    let data_at = offset.map(|offset| offset.saturating_add(i64::from(flags.syn())));
    let payload = data_at.map_or_else(Vec::new, |at| own.payload(at, segment.payload));
    let end = data_at.map(|at| {
        let length = i64::try_from(segment.payload.len()).unwrap_or(i64::MAX);
        at.saturating_add(length)
    });
    let cut_off = end.map_or(0, |end| {
        own.count(end..end.saturating_add(i64::from(segment.cut_off)))
    });
    let cut_off = u32::try_from(cut_off).unwrap_or(0);
    let is_control = flags.syn() || flags.fin() || flags.rst();
    if payload.is_empty() && cut_off == 0 && !is_control && !(is_bare && belongs) {
        return None;
    }
    let seq = offset.and_then(|offset| own.seq(offset));
    if let (true, Some(end)) = (flags.fin(), end) {
        own.set_fin(end.saturating_add(i64::from(segment.cut_off)));
    }
    let changed = Changed {
        payload,
        seq: seq.unwrap_or(segment.seq),
        ack: acked.or(segment.ack),
        cut_off,
    };
    packet::rewrite(packet, segment, &changed, settings.pseudonyms)
}

/// What a packet is, in words, and where it stood.
fn comment(segment: &Segment<'_>, stream: u64, plan: &StreamPlan) -> String {
    let number = segment.at.number;
    let flags = segment.flags;
    let what = match plan.messages(number) {
        Some(messages) => messages,
        None if flags.syn() && flags.ack() => "connection accepted (SYN, ACK)".to_owned(),
        None if flags.syn() => "connection asked for (SYN)".to_owned(),
        None if flags.rst() => "connection reset (RST)".to_owned(),
        None if flags.fin() => "connection closed by this side (FIN)".to_owned(),
        None if segment.payload.is_empty() => "acknowledgement".to_owned(),
        None if plan.is_tls(number) => "TLS".to_owned(),
        None => "data".to_owned(),
    };
    let from = if segment.from == plan.client {
        "client"
    } else {
        "server"
    };
    format!("{from}: {what}; packet {number} of stream {stream}")
}
