//! The ladder diagram: where each line and word of the SVG stands.
//!
//! Owns: the geometry. It is drawn 360 units wide, so that its letters are readable on a phone
//! without scrolling. Two logins beside each other are drawn on one grid, a message that only the
//! other has leaving its place empty. The markup is in `ladder.html`.

use crate::report::ladder::{self, Rung as Message};
use crate::report::model::Login;
use crate::report::text::for_cell;
use crate::report::words;

/// The first message's line.
const TOP: usize = 62;

/// From one message to the next.
const STEP: usize = 40;

/// Characters that fit over an arrow.
const LABEL: usize = 38;

/// Characters of an address that fit beside the other one.
const END: usize = 27;

/// A diagram.
pub(in crate::report) struct Diagram {
    pub(in crate::report) height: usize,
    /// Where the two vertical lines end.
    pub(in crate::report) foot: usize,
    pub(in crate::report) client: String,
    pub(in crate::report) server: String,
    pub(in crate::report) rungs: Vec<Rung>,
    pub(in crate::report) absent: Vec<Absent>,
    /// Where two logins part.
    pub(in crate::report) split: Option<usize>,
    pub(in crate::report) more: usize,
    pub(in crate::report) more_y: usize,
    /// All of it in words.
    pub(in crate::report) description: String,
}

/// One arrow.
pub(in crate::report) struct Rung {
    pub(in crate::report) from_client: bool,
    pub(in crate::report) label: String,
    /// Below the arrow: the packet and the time.
    pub(in crate::report) place: String,
    /// It proves a finding.
    pub(in crate::report) proof: bool,
    pub(in crate::report) y: usize,
    pub(in crate::report) label_y: usize,
    pub(in crate::report) place_y: usize,
}

/// Words where the other login has a message.
pub(in crate::report) struct Absent {
    pub(in crate::report) words: String,
    pub(in crate::report) y: usize,
}

/// What stands in one line of the grid.
pub(in crate::report) enum Line {
    /// A message.
    Message(Message),
    /// The name of one that only the other login has.
    Absent(&'static str),
}

impl Diagram {
    /// `proof`: the packets that prove the findings.
    pub(in crate::report) fn of(login: &Login, proof: &[u64]) -> Option<Self> {
        let (rungs, more) = ladder::rungs(login);
        if rungs.is_empty() {
            return None;
        }
        let lines = rungs.into_iter().map(Line::Message);
        Some(Self::drawn(login, lines, proof, more))
    }

    /// One of two logins on their common grid. `split`: the line at which they part.
    pub(in crate::report) fn aligned(
        login: &Login,
        lines: Vec<Line>,
        proof: &[u64],
        split: Option<usize>,
        more: usize,
    ) -> Self {
        Self {
            split: split.map(|line| {
                line.saturating_mul(STEP)
                    .saturating_add(TOP)
                    .saturating_sub(20)
            }),
            ..Self::drawn(login, lines.into_iter(), proof, more)
        }
    }

    fn drawn(login: &Login, lines: impl Iterator<Item = Line>, proof: &[u64], more: usize) -> Self {
        let mut description = String::new();
        let mut y = TOP;
        let (mut rungs, mut absent) = (Vec::new(), Vec::new());
        for line in lines {
            match line {
                Line::Message(message) => {
                    let rung = Rung::at(&message, proof.contains(&message.packet), y);
                    description.push_str(&rung.in_words());
                    rungs.push(rung);
                }
                Line::Absent(step) => {
                    let words = format!("no {}", step.replace('_', " "));
                    description = format!("{description}Here {words}. ");
                    absent.push(Absent { words, y });
                }
            }
            y = y.saturating_add(STEP);
        }
        let foot = y.saturating_sub(STEP).saturating_add(20);
        Self {
            height: foot.saturating_add(if more > 0 { 22 } else { 4 }),
            foot,
            client: for_cell(&words::endpoint(&login.client), END),
            server: for_cell(&words::endpoint(&login.server), END),
            rungs,
            absent,
            split: None,
            more,
            more_y: foot.saturating_add(16),
            description: description.trim_end().to_owned(),
        }
    }
}

impl Rung {
    fn at(message: &Message, proof: bool, y: usize) -> Self {
        let offset = message.offset.as_ref();
        let offset = offset.map_or(String::new(), |offset| format!(", {offset}"));
        Self {
            from_client: message.from_client,
            label: for_cell(&message.label, LABEL),
            place: format!("packet {}{offset}", message.packet),
            proof,
            y,
            label_y: y.saturating_sub(6),
            place_y: y.saturating_add(13),
        }
    }

    fn in_words(&self) -> String {
        let ends = if self.from_client {
            "Client to server"
        } else {
            "Server to client"
        };
        let remark = if self.proof { ", evidence" } else { "" };
        format!("{ends}: {} ({}{remark}). ", self.label, self.place)
    }
}
