//! What one run tells another, which makes the report of both: the captures of a task, field by field as in
//! the report, and beside it what only the whole can be made of.
//!
//! Owns the shape of these lines. All text in them is redacted: a line holds nothing that a report would
//! not show. Written by [`Builder::tell`], read by [`super::Merged`].

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::findings::{Captured, Established, FastLogin, Finding, Way};
use crate::net;
use crate::report::build::tally::Key;
use crate::report::known::{self, Word};
use crate::report::text::Text;
use crate::report::{
    Builder, CaptureReport, ExaminedLogin, Numbering, Selection, exchange, model, text,
};

/// A line.
#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Told {
    /// A capture, without its logins; these follow.
    Capture(model::Capture),
    /// A login of it.
    Login(Box<ToldLogin>),
    /// What rests on several logins of it.
    Finding(ToldFinding),
    /// All is told.
    End(End),
}

/// The last line.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct End {
    /// Files of folders that are no captures.
    pub skipped: u64,
    /// The first of these.
    pub skipped_files: Vec<model::SkippedFile>,
    /// What a reader of any report of this must know.
    #[serde(deserialize_with = "known::words")]
    pub warnings: Vec<Word>,
}

/// A login.
#[derive(Debug, Deserialize, Serialize)]
pub struct ToldLogin {
    /// As in the report.
    pub login: model::Login,
    /// What it alone shows.
    pub findings: Vec<ToldFinding>,
    /// The client's name and version, and whether the name is a guess.
    pub client: Key,
    /// Whether another login is the same one seen elsewhere.
    pub exchange: Option<Exchange>,
    /// Of a slice of a set: what it says of its client's fast path, which the slices show together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fast: Option<ToldFast>,
    /// The options that select logins leave it out: others may still belong to it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left_out: bool,
}

/// [`FastLogin`] with packets as the files they are in have them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ToldFast {
    name: Option<(Text, Option<Text>)>,
    begun: ToldPacket,
    #[serde(flatten)]
    way: ToldWay,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "way", rename_all = "snake_case")]
enum ToldWay {
    Fast,
    Full {
        right: bool,
        faulty: bool,
        accepted: Option<ToldPacket>,
        asked: Option<ToldPacket>,
    },
    Other,
}

fn bytes(text: &Text) -> Cow<'_, [u8]> {
    Cow::Borrowed(text.as_bytes())
}

/// A capture's path, and a packet's number in it.
type ToldPacket = (String, u64);

impl ToldLogin {
    /// What it says of its client's fast path; `number` gives packets one order through all files.
    pub(super) fn fast(&self, number: impl Fn(&str, u64) -> Option<u64>) -> Option<FastLogin<'_>> {
        let told = self.fast.as_ref()?;
        let packet = |(path, own): &ToldPacket| number(path, *own);
        let login = &self.login;
        let client = login.proxied_for.as_ref().unwrap_or(&login.client);
        Some(FastLogin {
            address: client.address.parse().ok()?,
            name: told
                .name
                .as_ref()
                .map(|(name, version)| (bytes(name), version.as_ref().map(bytes))),
            user: login.user.as_ref().map(bytes)?,
            server: net::Endpoint {
                address: login.server.address.parse().ok()?,
                port: login.server.port,
            },
            stream: login.stream,
            attempt: login.attempt,
            begun: packet(&told.begun)?,
            way: match &told.way {
                ToldWay::Fast => Way::Fast,
                ToldWay::Full {
                    right,
                    faulty,
                    accepted,
                    asked,
                } => Way::Full {
                    right: *right,
                    faulty: *faulty,
                    accepted: accepted.as_ref().and_then(packet),
                    asked: asked.as_ref().and_then(packet),
                },
                ToldWay::Other => Way::Other,
            },
        })
    }
}

/// A finding, and which words of it are quotes.
#[derive(Debug, Deserialize, Serialize)]
pub struct ToldFinding {
    finding: model::Finding,
    /// Where each piece ends, in bytes, and whether it is a quote.
    summary: Vec<(usize, bool)>,
    fix: Vec<(usize, bool)>,
}

impl From<model::Finding> for ToldFinding {
    fn from(finding: model::Finding) -> Self {
        Self {
            summary: finding.summary.ends().to_vec(),
            fix: finding.fix.ends().to_vec(),
            finding,
        }
    }
}

impl From<ToldFinding> for model::Finding {
    fn from(told: ToldFinding) -> Self {
        let ToldFinding {
            mut finding,
            summary,
            fix,
        } = told;
        finding.summary = finding.summary.in_pieces(summary);
        finding.fix = finding.fix.in_pieces(fix);
        finding
    }
}

/// A salt and the answer to it, as far as they may be told: what comes of a response would let guesses of
/// the password be tested, so that only its length is in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Exchange {
    /// Hash of the salt, and of who answered it with how many bytes.
    pub mark: String,
    /// Which of several responses to the same salt, in this run.
    pub response: u32,
}

/// The exchanges of a run.
#[derive(Default)]
pub struct Exchanges {
    /// Hashes of the responses to each mark.
    seen: HashMap<[u8; 16], Vec<[u8; 16]>>,
}

impl Exchanges {
    fn of(&mut self, examined: &ExaminedLogin) -> Option<Exchange> {
        let (salt, response) = exchange(&examined.login)?;
        let request = examined.login.request.as_ref();
        let mut hash = Sha256::new();
        let user = request.and_then(|r| r.user.as_deref()).unwrap_or_default();
        for part in [salt, user, &response.len().to_le_bytes()] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let mark = first_half(&hash.finalize());
        let response = first_half(&Sha256::digest(response));
        let known = self.seen.entry(mark).or_default();
        let place = known.iter().position(|other| *other == response);
        let place = place.unwrap_or_else(|| {
            known.push(response);
            known.len().saturating_sub(1)
        });
        Some(Exchange {
            mark: text::hex(&mark),
            response: u32::try_from(place).unwrap_or(u32::MAX),
        })
    }
}

fn first_half(hash: &[u8]) -> [u8; 16] {
    hash.first_chunk().copied().unwrap_or_default()
}

impl Builder<'_> {
    /// Tells a capture line by line. `selection` chooses the logins, as it does in a report; `slice`: it is one
    /// of a slice of a set.
    ///
    /// # Errors
    ///
    /// When `tell` fails.
    pub fn tell(
        &self,
        mut capture: CaptureReport,
        selection: &Selection,
        slice: bool,
        exchanges: &mut Exchanges,
        tell: &mut dyn FnMut(&Told) -> io::Result<()>,
    ) -> io::Result<()> {
        let all = if selection.is_everything() {
            Vec::new()
        } else {
            let across = &capture.across;
            let logins = capture.logins.iter();
            let chosen = logins.map(|login| (login.clone(), selection.keeps(login, across)));
            chosen.collect()
        };
        selection.apply(&mut capture);
        for examined in &capture.logins {
            self.redactor().learn(&examined.login);
        }
        tell(&Told::Capture(self.capture_facts(&capture)))?;
        let path = self.redactor().path(&capture.path);
        let numbering = capture.numbering.as_deref();
        let across = &capture.across;
        let mut login = |examined: &ExaminedLogin, left_out: bool| {
            let findings = examined.findings.iter().filter(|_| !left_out);
            let findings = findings.map(|found| self.told_finding(found, &path, numbering));
            let mut login = self.login(examined, across, numbering);
            // Known when all is known.
            login.related.clear();
            tell(&Told::Login(Box::new(ToldLogin {
                findings: findings.collect(),
                client: self.client(crate::findings::Client::of(&examined.login)),
                exchange: exchanges.of(examined),
                fast: numbering
                    .filter(|_| slice)
                    .and_then(|numbering| self.told_fast(examined, numbering)),
                login,
                left_out,
            })))
        };
        if all.is_empty() {
            for examined in &capture.logins {
                login(examined, false)?;
            }
        }
        for (examined, chosen) in &all {
            login(examined, !chosen)?;
        }
        for finding in across {
            tell(&Told::Finding(self.told_finding(finding, &path, numbering)))?;
        }
        Ok(())
    }

    fn told_fast(&self, examined: &ExaminedLogin, numbering: &Numbering) -> Option<ToldFast> {
        let established = Established::of(&examined.login, &examined.examination);
        let login = FastLogin::of(&examined.subject(&established))?;
        let packet = |number: u64| {
            let (path, own) = numbering.own(number);
            (self.redactor().path(path), own)
        };
        let text = |bytes: &Cow<'_, [u8]>| self.redactor().text(Captured::Client, bytes);
        Some(ToldFast {
            name: login
                .name
                .as_ref()
                .map(|(name, version)| (text(name), version.as_ref().map(text))),
            begun: packet(login.begun),
            way: match login.way {
                Way::Fast => ToldWay::Fast,
                Way::Full {
                    right,
                    faulty,
                    accepted,
                    asked,
                } => ToldWay::Full {
                    right,
                    faulty,
                    accepted: accepted.map(packet),
                    asked: asked.map(packet),
                },
                Way::Other => ToldWay::Other,
            },
        })
    }

    fn told_finding(
        &self,
        finding: &Finding,
        path: &str,
        numbering: Option<&Numbering>,
    ) -> ToldFinding {
        self.finding(finding, Some(path.to_owned()), numbering)
            .into()
    }
}
