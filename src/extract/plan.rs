//! What becomes of each chosen conversation of one capture: decided before anything is written.

use std::collections::BTreeMap;
use std::ops::Range;

use super::bytes::Bytes;
use super::handshake;
use super::map::SideMap;
use super::scrub::{Edit, Scrub, Scrubbed};
use super::span::{self, Span};
use crate::limits;
use crate::mysql::{Login, Side, StepKind, Transport};
use crate::net::Endpoint;
use crate::report::ExaminedLogin;

/// One conversation.
pub(super) struct StreamPlan {
    pub(super) client: Endpoint,
    /// The client's side and the server's; `None` where every packet is written as it is.
    pub(super) sides: Option<[SideMap; 2]>,
    /// Packets whose acknowledgements are written.
    packets: Vec<Range<u64>>,
    /// What a packet is.
    comments: BTreeMap<u64, Vec<String>>,
    /// Logins in it.
    pub(super) logins: u64,
    /// What the user should know.
    pub(super) notes: Vec<Note>,
    /// Whether TLS begins in it, and with which packet.
    tls: Option<u64>,
    /// The name of its TLS session in key logs, where that was decrypted and may be handed on.
    pub(super) session: Option<[u8; 32]>,
}

/// What the user should know of an extract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// A later login inside the compressed protocol was left out, because it could not be scrubbed.
    CompressedLeftOut,
    /// A TLS login was decrypted for the analysis, and the extract carries no secrets for it.
    TlsClosed,
    /// The same, because a password is readable inside.
    TlsClosedForPassword,
    /// The secrets of a TLS login are in the extract.
    TlsOpen,
    /// Packets inside of tunnels were written without what was around them.
    TunnelLeftOut,
    /// Packets that came in fragments were written as one.
    FragmentsJoined,
    /// A password in the clear was overwritten: the login can no longer be recomputed.
    PasswordOverwritten,
}

impl StreamPlan {
    /// Every packet of the conversation as it is.
    pub(super) fn verbatim(logins: &[&ExaminedLogin]) -> Option<Self> {
        let mut plan = Self::begin(logins)?;
        plan.sides = None;
        plan.packets.push(0..u64::MAX);
        for examined in logins {
            plan.name_steps(examined, &[]);
        }
        Some(plan)
    }

    fn begin(logins: &[&ExaminedLogin]) -> Option<Self> {
        let first = &logins.first()?.login;
        let request = first.step(StepKind::SslRequest);
        let is_tls = matches!(first.transport, Transport::Tls { .. });
        Some(Self {
            client: first.client,
            sides: None,
            packets: Vec::new(),
            comments: BTreeMap::new(),
            logins: 0,
            notes: Vec::new(),
            tls: is_tls.then(|| request.map_or(0, |step| step.at.number)),
            session: None,
        })
    }

    /// The logins alone, scrubbed.
    pub(super) fn scrubbed(
        logins: &[&ExaminedLogin],
        base: [Option<crate::net::SeqNum>; 2],
        bytes: &Bytes,
        scrub: &Scrub<'_>,
    ) -> Option<Self> {
        let mut plan = Self::begin(logins)?;
        let anonymous = scrub.pseudonyms.is_some();
        let mut kept: [Vec<Range<i64>>; 2] = Default::default();
        let mut edits: Vec<Edit> = Vec::new();
        // A COM_CHANGE_USER that could not be read does not say so itself.
        let agreed = logins
            .iter()
            .any(|examined| examined.login.agreed_on_compression());
        for examined in logins {
            let login = &examined.login;
            let compressed = agreed && login.attempt > 0;
            // What stands in a compressed frame cannot be written over.
            if compressed && (anonymous || Scrub::has_secret(examined)) {
                plan.notes.push(Note::CompressedLeftOut);
                break;
            }
            if let (Some(pseudonyms), true) = (scrub.pseudonyms, plan.tls.is_some()) {
                for side in [Side::Client, Side::Server] {
                    let (begin, stream) = handshake_of(login, bytes, side);
                    edits.extend(handshake::nameless(side, &stream, begin, pseudonyms));
                }
            }
            let Span {
                sides,
                tail,
                packets,
            } = span::of(login, bytes, compressed);
            for (kept, ranges) in kept.iter_mut().zip(sides) {
                kept.extend(ranges.into_iter().map(signed));
            }
            let Scrubbed {
                edits: written,
                notes,
            } = if compressed {
                Scrubbed::default()
            } else {
                scrub.login(examined, bytes)
            };
            edits.extend(written);
            if let Some(tail) = tail {
                edits.extend(Scrub::tail(bytes, &tail));
            }
            if notes.iter().any(|(_, what)| what.starts_with("password")) {
                plan.notes.push(Note::PasswordOverwritten);
            }
            plan.packets.push(packets);
            plan.name_steps(examined, &notes);
        }
        plan.sides = Some(map(base, kept, &edits));
        Some(plan)
    }

    /// Finds out whose secrets would open its TLS session. `all`: everything inside may be shown.
    pub(super) fn find_session(&mut self, logins: &[&ExaminedLogin], bytes: &Bytes, all: bool) {
        let Some(first) = logins.first().filter(|examined| is_open(examined)) else {
            return;
        };
        if !all && logins.iter().any(|examined| Scrub::has_secret(examined)) {
            self.notes.push(Note::TlsClosedForPassword);
            return;
        }
        let (_, stream) = handshake_of(&first.login, bytes, Side::Client);
        self.session = handshake::client_random(&stream);
    }

    fn name_steps(&mut self, examined: &ExaminedLogin, notes: &[(u64, &'static str)]) {
        self.logins = self.logins.saturating_add(1);
        let attempt = examined.login.attempt;
        for step in &examined.login.steps {
            let number = step.at.number;
            let mut comment = step.kind.name().replace('_', " ");
            if attempt > 0 {
                comment = format!("{comment} (attempt {attempt})");
            }
            if let Some((_, note)) = notes.iter().find(|(packet, _)| *packet == number) {
                comment = format!("{comment}: {note}");
            }
            self.comments.entry(number).or_default().push(comment);
        }
    }

    /// Whether a packet's bare acknowledgement is written.
    pub(super) fn has_packet(&self, number: u64) -> bool {
        self.packets.iter().any(|packets| packets.contains(&number))
    }

    /// The messages that a packet completes.
    pub(super) fn messages(&self, number: u64) -> Option<String> {
        self.comments.get(&number).map(|list| list.join(", "))
    }

    /// Whether the packet comes after TLS was begun.
    pub(super) fn is_tls(&self, number: u64) -> bool {
        self.tls.is_some_and(|request| number > request)
    }
}

/// Whether a login was decrypted.
pub(super) fn is_open(examined: &ExaminedLogin) -> bool {
    matches!(
        examined.login.transport,
        Transport::Tls { sealed: None, .. }
    )
}

/// What a side sent from its first TLS record on, and the offset of that.
fn handshake_of(login: &Login, bytes: &Bytes, side: Side) -> (u64, Vec<u8>) {
    let begin = span::before_tls(login, bytes, side).end;
    let end = begin.saturating_add(limits::EXTRACTED_TLS);
    (begin, bytes.get(side, begin..end))
}

fn signed(range: Range<u64>) -> Range<i64> {
    let signed = |offset| i64::try_from(offset).unwrap_or(i64::MAX);
    signed(range.start)..signed(range.end)
}

fn map(
    base: [Option<crate::net::SeqNum>; 2],
    kept: [Vec<Range<i64>>; 2],
    edits: &[Edit],
) -> [SideMap; 2] {
    let of = |side: Side| {
        let edits = edits.iter().filter(|edit| edit.side == side);
        let offset = |edit: &Edit| i64::try_from(edit.offset).unwrap_or(i64::MAX);
        edits
            .map(|edit| (offset(edit), edit.bytes.clone()))
            .collect()
    };
    let [client, server] = kept;
    let [client_base, server_base] = base;
    [
        SideMap::new(client_base, client, of(Side::Client)),
        SideMap::new(server_base, server, of(Side::Server)),
    ]
}
