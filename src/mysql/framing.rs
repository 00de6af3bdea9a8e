//! One direction's bytes, cut into MySQL messages.
//!
//! A message is one MySQL packet, or several where the first ones have the full length of
//! 0xFFFFFF (page "MySQL Packets" of the MySQL Source Code Documentation). Behind a hole the cut
//! is lost; it is found again where a segment holds whole messages and nothing else.

use std::borrow::Cow;
use std::mem;

use crate::capture::PacketRef;
use crate::limits;
use crate::mysql::wire::header::Header;

/// One message, as far as it was captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message<'a> {
    /// The payload, up to the first missing byte; in place where one segment has all of it.
    pub payload: Cow<'a, [u8]>,
    /// Bytes of the payload that are missing behind that.
    pub missing: u64,
    /// The sequence id of the first packet.
    pub sequence: u8,
    /// The packet that completed it.
    pub at: PacketRef,
    /// The stream offset of its header.
    pub offset: u64,
    /// A hole lies before it: its sequence id need not follow the last one.
    pub after_gap: bool,
}

impl Message<'_> {
    /// The payload's length on the wire.
    pub fn length(&self) -> u64 {
        self.missing.saturating_add(self.payload.len() as u64)
    }
}

/// How much of the stream is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// Every message, whole.
    All,
    /// Only the commands that begin with this byte (and carry sequence id 0); the others are
    /// skipped by their length without a copy.
    Command(u8),
}

/// Where in the stream the framer stands.
#[derive(Debug)]
enum State {
    /// At a header or inside one.
    Header,
    /// Inside a payload that is collected.
    Collect { header: Header, left: u64 },
    /// Inside a payload that nobody wants; whether another packet continues it.
    Skip { left: u64, continued: bool },
    /// Behind a hole: the next header has not been found yet.
    Lost,
}

/// Where a framer stands that skips commands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    /// Bytes of a command that are still to be skipped.
    pub left: u32,
    /// Another packet continues it.
    pub continued: bool,
}

/// Cuts one direction into messages.
#[derive(Debug)]
pub(super) struct Framer {
    state: State,
    want: Want,
    /// Header bytes, or the payload so far.
    buffer: Vec<u8>,
    /// Bytes of the current payload that are missing or over the cap.
    missing: u64,
    /// The latest packet that has bytes of the current message.
    latest: Option<PacketRef>,
    /// The stream offset of the current message's header.
    offset: u64,
    after_gap: bool,
    /// A packet of a skipped command continues in the next one.
    continued: bool,
}

impl Default for Framer {
    fn default() -> Self {
        Self {
            state: State::Header,
            want: Want::All,
            buffer: Vec::new(),
            missing: 0,
            latest: None,
            offset: 0,
            after_gap: false,
            continued: false,
        }
    }
}

impl Framer {
    /// Says what is wanted from the next message on.
    pub fn want(&mut self, want: Want) {
        self.want = want;
    }

    /// Whether a message that begins with this byte is not whole yet.
    pub fn is_inside(&self, first: u8) -> bool {
        matches!(self.state, State::Collect { .. }) && self.buffer.first() == Some(&first)
    }

    /// The stream begins in the middle: the cut has to be found first.
    pub fn lose(&mut self) {
        self.clear();
        self.state = State::Lost;
        self.after_gap = true;
    }

    /// A message begins with the next byte, whatever stood before.
    pub fn restart(&mut self) {
        self.clear();
        self.state = State::Header;
    }

    fn clear(&mut self) {
        self.buffer.clear();
        self.missing = 0;
        self.latest = None;
        self.continued = false;
    }

    /// Takes bytes from the front of `bytes` until a message is complete. Answers it, if so;
    /// `bytes` then holds what follows. Call again until it answers `None`.
    pub fn next<'a>(
        &mut self,
        bytes: &mut &'a [u8],
        offset: &mut u64,
        at: PacketRef,
    ) -> Option<Message<'a>> {
        if let Some(message) = self.whole(bytes, offset, at) {
            return Some(message);
        }
        loop {
            match &mut self.state {
                State::Header => {
                    if self.buffer.is_empty() {
                        self.offset = *offset;
                    }
                    let header = self.read_header(bytes, offset, at)?;
                    self.begin(header);
                }
                State::Collect { left, .. } => {
                    let taken = take(bytes, offset, *left);
                    *left = left.saturating_sub(taken.len() as u64);
                    let done = *left == 0;
                    self.collect(taken, at);
                    if matches!(self.state, State::Collect { .. }) {
                        return if done { self.complete() } else { None };
                    }
                }
                State::Skip { left, continued } => {
                    let taken = take(bytes, offset, *left);
                    *left = left.saturating_sub(taken.len() as u64);
                    if *left > 0 {
                        return None;
                    }
                    self.continued = *continued;
                    self.state = State::Header;
                }
                State::Lost => {
                    if !holds_whole_messages(bytes) {
                        let rest = bytes.len() as u64;
                        take(bytes, offset, rest);
                        return None;
                    }
                    self.state = State::Header;
                }
            }
            if bytes.is_empty() && !matches!(self.state, State::Collect { left: 0, .. }) {
                return None;
            }
        }
    }

    /// A message that stands in these bytes from its header to its end: the usual case, and the fast
    /// path of a login. Anything else is for [`Framer::next`].
    fn whole<'a>(
        &mut self,
        bytes: &mut &'a [u8],
        offset: &mut u64,
        at: PacketRef,
    ) -> Option<Message<'a>> {
        let fresh = matches!(self.state, State::Header) && self.buffer.is_empty();
        if !fresh || self.want != Want::All || self.latest.is_some() {
            return None;
        }
        let header = Header::parse(bytes)?;
        let length = header.length as usize;
        if length > limits::LOGIN_MESSAGE || header.continues() {
            return None;
        }
        let end = Header::SIZE.saturating_add(length);
        let payload = bytes.get(Header::SIZE..end)?;
        *bytes = bytes.get(end..).unwrap_or_default();
        let place = *offset;
        *offset = offset.saturating_add(end as u64);
        self.offset = place;
        Some(Message {
            payload: Cow::Borrowed(payload),
            missing: 0,
            sequence: header.sequence,
            at,
            offset: place,
            after_gap: mem::take(&mut self.after_gap),
        })
    }

    /// Bytes that it holds.
    pub fn weight(&self) -> usize {
        self.buffer.len()
    }

    /// Where it stands, if it skips commands and is in the middle of none that is wanted.
    pub fn pause(&self) -> Option<Pause> {
        let idle = self.want != Want::All && self.buffer.is_empty() && !self.after_gap;
        let (left, continued) = match self.state {
            State::Header => (0, self.continued),
            State::Skip { left, continued } => (u32::try_from(left).ok()?, continued),
            State::Collect { .. } | State::Lost => return None,
        };
        idle.then_some(Pause { left, continued })
    }

    /// Goes on from a pause.
    pub fn go_on(&mut self, pause: Pause, want: Want) {
        self.want = want;
        let Pause { left, continued } = pause;
        if left > 0 {
            let left = u64::from(left);
            self.state = State::Skip { left, continued };
        } else {
            self.continued = continued;
        }
    }

    fn read_header(
        &mut self,
        bytes: &mut &[u8],
        offset: &mut u64,
        at: PacketRef,
    ) -> Option<Header> {
        let wanted = Header::SIZE.saturating_sub(self.buffer.len());
        if self.buffer.is_empty()
            && let Some(header) = Header::parse(bytes)
        {
            take(bytes, offset, wanted as u64);
            self.latest = Some(later(self.latest, at));
            return Some(header);
        }
        let taken = take(bytes, offset, wanted as u64);
        self.buffer.extend_from_slice(taken);
        if !taken.is_empty() {
            self.latest = Some(later(self.latest, at));
        }
        let header = Header::parse(&self.buffer)?;
        self.buffer.clear();
        Some(header)
    }

    fn begin(&mut self, header: Header) {
        let left = u64::from(header.length);
        let wanted = match self.want {
            Want::All => true,
            // Whether it is the wanted command shows in its first byte: collect that much first.
            Want::Command(_) => header.sequence == 0 && !self.continued && header.length > 0,
        };
        self.state = if wanted {
            State::Collect { header, left }
        } else {
            self.after_gap = false;
            self.latest = None;
            State::Skip {
                left,
                continued: header.continues(),
            }
        };
    }

    fn collect(&mut self, taken: &[u8], at: PacketRef) {
        let State::Collect { header, left } = &self.state else {
            return;
        };
        if let (Want::Command(wanted), true, Some(&first)) =
            (self.want, self.buffer.is_empty(), taken.first())
            && first != wanted
        {
            self.state = State::Skip {
                left: *left,
                continued: header.continues(),
            };
            self.after_gap = false;
            self.latest = None;
            return;
        }
        if !taken.is_empty() {
            self.latest = Some(later(self.latest, at));
        }
        if self.missing > 0 {
            self.missing = self.missing.saturating_add(taken.len() as u64);
            return;
        }
        let room = limits::LOGIN_MESSAGE.saturating_sub(self.buffer.len());
        let (kept, over) = taken.split_at(room.min(taken.len()));
        self.buffer.extend_from_slice(kept);
        self.missing = over.len() as u64;
    }

    /// The current payload is complete: gives the message.
    fn complete(&mut self) -> Option<Message<'static>> {
        let State::Collect { header, .. } = mem::replace(&mut self.state, State::Header) else {
            return None;
        };
        let at = self.latest.take()?;
        Some(Message {
            payload: Cow::Owned(mem::take(&mut self.buffer)),
            missing: mem::take(&mut self.missing),
            sequence: header.sequence,
            at,
            offset: self.offset,
            after_gap: mem::take(&mut self.after_gap),
        })
    }

    /// A hole of `length` bytes. Answers the message it cuts off, if one had begun.
    pub fn gap(&mut self, length: u64, at: PacketRef) -> Option<Message<'static>> {
        match &mut self.state {
            State::Skip { left, .. } if length <= *left => {
                *left = left.saturating_sub(length);
                None
            }
            State::Collect { left, .. } => {
                let inside = length.min(*left);
                *left = left.saturating_sub(inside);
                let (done, beyond) = (*left == 0, length > inside);
                self.missing = self.missing.saturating_add(inside);
                self.latest = self.latest.or(Some(at));
                let message = if done { self.complete() } else { None };
                if beyond {
                    self.lose();
                }
                message
            }
            _ => {
                self.lose();
                None
            }
        }
    }

    /// Nothing more will come: the message that had begun, as far as it goes.
    pub fn finish(&mut self) -> Option<Message<'static>> {
        let State::Collect { left, .. } = &mut self.state else {
            return None;
        };
        let left = mem::take(left);
        self.missing = self.missing.saturating_add(left);
        self.complete()
    }
}

fn take<'a>(bytes: &mut &'a [u8], offset: &mut u64, wanted: u64) -> &'a [u8] {
    let wanted = usize::try_from(wanted)
        .unwrap_or(usize::MAX)
        .min(bytes.len());
    let (taken, rest) = bytes.split_at(wanted);
    *bytes = rest;
    *offset = offset.saturating_add(wanted as u64);
    taken
}

fn later(known: Option<PacketRef>, at: PacketRef) -> PacketRef {
    known
        .filter(|known| known.number >= at.number)
        .unwrap_or(at)
}

/// Whether `bytes` are one or more messages with nothing left over: what a segment looks like
/// that begins at a message's header.
fn holds_whole_messages(mut bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return false;
    }
    while !bytes.is_empty() {
        let Some(header) = Header::parse(bytes) else {
            return false;
        };
        let length = Header::SIZE.saturating_add(header.length as usize);
        match bytes.get(length..) {
            Some(rest) if header.length > 0 => bytes = rest,
            _ => return false,
        }
    }
    true
}
