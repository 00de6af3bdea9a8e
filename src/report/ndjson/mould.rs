//! Lines of logins that are like one before: most logins of a capture come from a few clients that all do
//! the same, and their lines differ in addresses, times and numbers alone.
//!
//! Owns which pieces of a line those are. A mould is made of a line that was written from its model, and only
//! such of its pieces are replaced as the model's fields name; which logins are alike says
//! [`crate::report::build`]. Called by [`super`].

use std::io;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::LoginHead;
use crate::capture::Timestamp;
use crate::limits;
use crate::report::build::{Builder, Own, PROCESS};
use crate::report::time::Time;
use crate::report::{ExaminedLogin, json, model, text};

/// What each login has of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hole {
    FindingDetails,
    Stream,
    Time,
    ClientAddress,
    ClientPort,
    Process,
    Salt,
    /// Of a message of the login, by its place.
    StepPacket(usize),
    StepTime(usize),
    StepLength(usize),
}

/// A line with holes.
struct Mould {
    /// The line of a login like those to come, without what is in its holes.
    solid: Vec<u8>,
    /// What goes where: behind so many bytes of it.
    holes: Vec<(usize, Hole)>,
}

/// Logins that are alike.
enum Kind {
    /// One was told.
    New,
    /// Those that come are told so.
    Moulded(Mould),
    /// Their lines are too long, or not known well enough.
    Shapeless,
}

/// The moulds of one file's lines, each found by what its logins have in common.
#[derive(Default)]
pub(super) struct Moulds {
    known: HashMap<Box<[u8]>, Kind, RandomState>,
    /// The room of one login's facts is that of the next.
    facts: Vec<u8>,
}

impl Moulds {
    /// Adds the line of a login that begins with `head`.
    pub(super) fn add(
        &mut self,
        builder: &Builder<'_>,
        head: &LoginHead<'_>,
        examined: &ExaminedLogin,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut facts = std::mem::take(&mut self.facts);
        facts.clear();
        facts.extend_from_slice(head.capture.as_bytes());
        facts.push(0);
        let own = builder.likeness(examined, &mut facts);
        let own = own.filter(|_| facts.len() <= limits::MOULD_BYTES);
        let done = match &own {
            Some(own) => self.add_like(&facts, own, builder, head, examined, out),
            None => add_plain(builder, head, examined, out),
        };
        self.facts = facts;
        done
    }

    fn add_like(
        &mut self,
        facts: &[u8],
        own: &Own<'_>,
        builder: &Builder<'_>,
        head: &LoginHead<'_>,
        examined: &ExaminedLogin,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let masked = own
            .process
            .is_some_and(|process| builder.redactor().finds_in(process));
        match self.known.get_mut(facts) {
            _ if masked => {}
            Some(Kind::Moulded(mould)) => return mould.fill(own, head, examined, out),
            Some(kind @ Kind::New) => {
                let login = builder.login(examined, &[], None);
                let (line, places) = json::joined_line(head, &login)?;
                out.extend_from_slice(&line);
                let mould = Mould::new(&line, places, &login);
                let mut again = Vec::new();
                mould.fill(own, head, examined, &mut again)?;
                let fits = again == line && mould.leaves_room_for(own);
                *kind = if fits && line.len() <= limits::MOULD_BYTES {
                    Kind::Moulded(mould)
                } else {
                    Kind::Shapeless
                };
                return Ok(());
            }
            Some(Kind::Shapeless) => {}
            None => {
                if self.known.len() >= limits::MOULDS {
                    self.known.clear();
                }
                self.known.insert(facts.into(), Kind::New);
            }
        }
        add_plain(builder, head, examined, out)
    }
}

/// Made from the model, all of it.
fn add_plain(
    builder: &Builder<'_>,
    head: &LoginHead<'_>,
    examined: &ExaminedLogin,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    json::add_joined_line(head, &builder.login(examined, &[], None), out)
}

impl Mould {
    /// Of the line of this login, whose fields' values stand at these places.
    fn new(line: &[u8], mut places: Vec<json::Place>, login: &model::Login) -> Self {
        // What contains others comes before them.
        places.sort_by_key(|(_, place)| (place.start, std::cmp::Reverse(place.end)));
        let process = login.attributes.keys().position(|key| key == PROCESS);
        let (mut attribute, mut step) = (0_usize, 0_usize);
        let mut around: json::Place = ("", 0..0);
        let mut mould = Self {
            solid: Vec::with_capacity(line.len()),
            holes: Vec::new(),
        };
        let mut done = 0;
        for (name, place) in places {
            let outer = place.start >= around.1.end;
            if outer {
                around = (name, place.clone());
            }
            let hole = match (around.0, name) {
                ("finding_details", _) if outer => Hole::FindingDetails,
                ("stream", _) => Hole::Stream,
                ("time", _) => Hole::Time,
                ("client", "address") => Hole::ClientAddress,
                ("client", "port") => Hole::ClientPort,
                ("attributes", "") => {
                    attribute = attribute.saturating_add(1);
                    if attribute.checked_sub(1) != process {
                        continue;
                    }
                    Hole::Process
                }
                ("salt", "hex") => Hole::Salt,
                ("evidence", "packet") => Hole::StepPacket(step),
                ("evidence", "time") => Hole::StepTime(step),
                ("evidence", "length") => {
                    let at = step;
                    step = step.saturating_add(1);
                    Hole::StepLength(at)
                }
                _ => continue,
            };
            mould
                .solid
                .extend_from_slice(line.get(done..place.start).unwrap_or_default());
            mould.holes.push((mould.solid.len(), hole));
            done = place.end;
        }
        mould
            .solid
            .extend_from_slice(line.get(done..).unwrap_or_default());
        mould
    }

    /// Whether all of this has a hole: the name of the process is masked where it is somebody's password.
    fn leaves_room_for(&self, own: &Own<'_>) -> bool {
        let has = |wanted| self.holes.iter().any(|(_, hole)| *hole == wanted);
        has(Hole::Process) == own.process.is_some() && has(Hole::Salt) == own.salt.is_some()
    }

    /// Adds the line of a login like the one that this is made of.
    fn fill(
        &self,
        own: &Own<'_>,
        head: &LoginHead<'_>,
        examined: &ExaminedLogin,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut done = 0;
        for (until, hole) in &self.holes {
            out.extend_from_slice(self.solid.get(done..*until).unwrap_or_default());
            done = *until;
            hole.fill(own, head, examined, out)?;
        }
        out.extend_from_slice(self.solid.get(done..).unwrap_or_default());
        Ok(())
    }
}

impl Hole {
    fn fill(
        self,
        own: &Own<'_>,
        head: &LoginHead<'_>,
        examined: &ExaminedLogin,
        out: &mut Vec<u8>,
    ) -> io::Result<()> {
        let login = &examined.login;
        // What is alike has the same holes.
        let unlike = || io::Error::other("a line's mould does not fit the login");
        let step = |at: usize| login.steps.get(at).ok_or_else(unlike);
        match self {
            Self::FindingDetails => {
                if head.finding_details.is_empty() {
                    out.extend_from_slice(b"[]");
                } else {
                    json::add_value(&head.finding_details, out)?;
                }
            }
            Self::Stream => add_number(examined.stream, out),
            Self::Time => add_time(login.first.time, out),
            Self::ClientAddress => {
                add_quoted(text::address(login.client.address).as_bytes(), out);
            }
            Self::ClientPort => add_number(login.client.port.into(), out),
            Self::Process => add_quoted(own.process.ok_or_else(unlike)?, out),
            Self::Salt => {
                let salt = own.salt.ok_or_else(unlike)?;
                out.push(b'"');
                text::add_hex(salt, out);
                out.push(b'"');
            }
            Self::StepPacket(at) => add_number(step(at)?.at.number, out),
            Self::StepTime(at) => add_time(step(at)?.at.time, out),
            Self::StepLength(at) => add_number(step(at)?.length, out),
        }
        Ok(())
    }
}

fn add_number(number: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// What has no byte that is to be escaped.
fn add_quoted(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text);
    out.push(b'"');
}

fn add_time(time: Option<Timestamp>, out: &mut Vec<u8>) {
    match time.and_then(Time::of) {
        Some(time) => add_quoted(time.ascii(), out),
        None => out.extend_from_slice(b"null"),
    }
}

#[cfg(test)]
mod tests;
