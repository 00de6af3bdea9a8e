//! The ladder diagram: where each line and word of the SVG stands.
//!
//! Owns: the geometry. It is drawn 360 units wide, so that its letters are readable on a phone
//! without scrolling. The markup is in `login.html`.

use crate::report::ladder;
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
pub(super) struct Diagram {
    pub(super) height: usize,
    /// Where the two vertical lines end.
    pub(super) foot: usize,
    pub(super) client: String,
    pub(super) server: String,
    pub(super) rungs: Vec<Rung>,
    pub(super) more: usize,
    pub(super) more_y: usize,
    /// All of it in words.
    pub(super) description: String,
}

/// One arrow.
pub(super) struct Rung {
    pub(super) from_client: bool,
    pub(super) label: String,
    /// Below the arrow: the packet and the time.
    pub(super) place: String,
    /// It proves a finding.
    pub(super) proof: bool,
    pub(super) y: usize,
    pub(super) label_y: usize,
    pub(super) place_y: usize,
}

impl Diagram {
    /// `proof`: the packets that prove the findings.
    pub(super) fn of(login: &Login, proof: &[u64]) -> Option<Self> {
        let (rungs, more) = ladder::rungs(login);
        if rungs.is_empty() {
            return None;
        }
        let mut description = String::new();
        let mut y = TOP;
        let mut drawn = Vec::new();
        for rung in rungs {
            let proof = proof.contains(&rung.packet);
            let offset = rung
                .offset
                .map_or(String::new(), |offset| format!(", {offset}"));
            let place = format!("packet {}{offset}", rung.packet);
            let ends = if rung.from_client {
                "Client to server"
            } else {
                "Server to client"
            };
            let label = for_cell(&rung.label, LABEL);
            let remark = if proof { ", evidence" } else { "" };
            description = format!("{description}{ends}: {label} ({place}{remark}). ");
            drawn.push(Rung {
                from_client: rung.from_client,
                label,
                place,
                proof,
                y,
                label_y: y.saturating_sub(6),
                place_y: y.saturating_add(13),
            });
            y = y.saturating_add(STEP);
        }
        let foot = y.saturating_sub(STEP).saturating_add(20);
        Some(Self {
            height: foot.saturating_add(if more > 0 { 22 } else { 4 }),
            foot,
            client: for_cell(&words::endpoint(&login.client), END),
            server: for_cell(&words::endpoint(&login.server), END),
            rungs: drawn,
            more,
            more_y: foot.saturating_add(16),
            description: description.trim_end().to_owned(),
        })
    }
}
