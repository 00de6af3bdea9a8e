//! Reassembly, as pictures: what was captured, line by line, and what the handler was told.
//!
//! `"> 3 def"`: forward, stream offset 3, bytes `def`. `"< 0 xyz ^3"`: backward, and it
//! acknowledges 3 bytes. `SYN`, `FIN`, `RST` in place of bytes; `-2` behind the bytes: two more
//! were cut off by the snaplen. Told: `>abc` data, `>?3` a gap of three bytes, `>!3` a conflict at
//! offset 3, `>~` mid-stream, `>fin`, `>rst`, `.` the end.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "numbers of a test's own making"
)]

use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use crate::capture::PacketRef;
use crate::net::{Carried, Endpoint, Segment, SeqNum, TcpFlags};
use crate::tcp::{Closing, Direction, Handler, Interest, StreamEvent, Table};

#[derive(Default)]
struct Log {
    told: Vec<String>,
    forward: Vec<u8>,
    backward: Vec<u8>,
}

impl Handler for Log {
    type Rest = ();

    fn event(&mut self, event: StreamEvent<'_>) {
        let arrow = |direction| {
            if direction == Direction::Forward {
                ">"
            } else {
                "<"
            }
        };
        let mut line = String::new();
        let _ = match event {
            StreamEvent::MidStream { direction, .. } => write!(line, "{}~", arrow(direction)),
            StreamEvent::Data {
                direction, bytes, ..
            } => {
                match direction {
                    Direction::Forward => self.forward.extend_from_slice(bytes),
                    Direction::Backward => self.backward.extend_from_slice(bytes),
                }
                write!(
                    line,
                    "{}{}",
                    arrow(direction),
                    String::from_utf8_lossy(bytes)
                )
            }
            StreamEvent::Gap {
                direction, length, ..
            } => write!(line, "{}?{length}", arrow(direction)),
            StreamEvent::Conflict {
                direction, offset, ..
            } => write!(line, "{}!{offset}", arrow(direction)),
            StreamEvent::Closed { direction, how, .. } => {
                let how = if how == Closing::Fin { "fin" } else { "rst" };
                write!(line, "{}{how}", arrow(direction))
            }
            StreamEvent::End => write!(line, "."),
        };
        self.told.push(line);
    }

    fn opened_by(&mut self, _: Direction) {}

    fn interest(&self) -> Interest {
        Interest::Both
    }
}

const CLIENT: Endpoint = Endpoint {
    address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    port: 40000,
};
const SERVER: Endpoint = Endpoint {
    address: IpAddr::V4(Ipv4Addr::LOCALHOST),
    port: 3306,
};

/// One line of a picture.
#[derive(Clone, Debug)]
struct Line {
    forward: bool,
    offset: i64,
    bytes: Vec<u8>,
    flags: u8,
    cut_off: u32,
    ack: Option<u32>,
}

fn line(text: &str) -> Line {
    let mut line = Line {
        forward: text.starts_with('>'),
        offset: 0,
        bytes: Vec::new(),
        flags: 0,
        cut_off: 0,
        ack: None,
    };
    let mut has_offset = false;
    for word in text.get(1..).unwrap_or("").split_whitespace() {
        match word {
            "SYN" => line.flags |= TcpFlags::SYN,
            "FIN" => line.flags |= TcpFlags::FIN,
            "RST" => line.flags |= TcpFlags::RST,
            _ if word.starts_with('^') => line.ack = Some(word[1..].parse().unwrap()),
            _ if word.starts_with('-') && (!line.bytes.is_empty() || has_offset) => {
                line.cut_off = word[1..].parse().unwrap();
            }
            _ => match word.parse() {
                Ok(offset) => (line.offset, has_offset) = (offset, true),
                Err(_) => line.bytes = word.as_bytes().to_vec(),
            },
        }
    }
    line
}

/// Plays lines with these initial sequence numbers into a table.
fn play(lines: &[Line], isns: (u32, u32)) -> (Vec<(u64, Log)>, u64) {
    let mut table = Table::default();
    for (number, line) in (1..).zip(lines) {
        let (isn, other) = if line.forward { isns } else { (isns.1, isns.0) };
        let first = if line.flags & TcpFlags::SYN != 0 {
            isn
        } else {
            isn.wrapping_add(1)
        };
        let seq = first.wrapping_add(u32::try_from(line.offset.rem_euclid(1 << 32)).unwrap());
        let segment = Segment {
            at: PacketRef { number, time: None },
            tcp: &[],
            ip: &[],
            trouble: None,
            carried: Carried::Plain,
            from: if line.forward { CLIENT } else { SERVER },
            to: if line.forward { SERVER } else { CLIENT },
            seq: SeqNum(seq),
            ack: line
                .ack
                .map(|ack| SeqNum(other.wrapping_add(1).wrapping_add(ack))),
            flags: TcpFlags(line.flags | if line.ack.is_some() { TcpFlags::ACK } else { 0 }),
            payload: &line.bytes,
            cut_off: line.cut_off,
        };
        table.push(&segment, |_| Log::default());
    }
    let count = table.conversations();
    let mut logs = Vec::new();
    while let Some(over) = table.next_over(|_| Log::default()) {
        logs.push(over);
    }
    table.finish(|_| Log::default(), |stream, log| logs.push((stream, log)));
    logs.sort_by_key(|(stream, _)| *stream);
    (logs, count)
}

fn told(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|text| line(text)).collect();
    let (logs, _) = play(&lines, (u32::MAX - 2, 7));
    let logs: Vec<_> = logs.iter().map(|(_, log)| log.told.join(" ")).collect();
    logs.join(" | ")
}

macro_rules! pictures {
    ($($name:ident: [$($line:expr),* $(,)?] => $told:expr;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(told(&[$($line),*]), $told);
        }
    )*};
}

pictures! {
    in_order: ["> SYN", "< SYN ^0", "> 0 abc ^0", "< 0 xyz ^3", "> 3 de ^3"] => ">abc <xyz >de .";
    out_of_order: ["> SYN", "> 3 def", "> 0 abc"] => ">abc >def .";
    doubled: ["> SYN", "> 0 abc", "> 0 abc", "> 3 d"] => ">abc >d .";
    retransmitted_with_other_boundaries: ["> SYN", "> 0 abc", "> 3 def", "> 1 bcdefgh"] => ">abc >def >gh .";
    overlap_held_back: ["> SYN", "> 3 def", "> 5 fgh", "> 0 abcd"] => ">abc >def >gh .";
    a_hole_stays_a_hole: ["> SYN", "> 0 abc", "> 6 ghi"] => ">abc >?3 >ghi .";
    a_late_retransmission_fills_it: ["> SYN", "> 0 abc", "> 6 ghi", "> 3 def"] => ">abc >def >ghi .";
    differing_copies: ["> SYN", "> 0 abc", "> 0 aXc", "> 3 d"] => ">abc >!1 >d .";
    differing_copies_held_back: ["> SYN", "> 3 def", "> 3 dXf", "> 0 abc"] => ">!3 >abc >def .";
    a_keep_alive_is_no_conflict: ["> SYN", "> 0 abc", "> 2 X", "> 3 d"] => ">abc >d .";
    an_empty_keep_alive: ["> SYN", "> 0 abc", "> 2", "> 3 d"] => ">abc >d .";
    a_probe_at_the_end_of_a_lost_segment: ["> SYN", "> 2 X", "> 0 abc", "> 3 d"] => ">abc >d .";
    a_probe_where_held_bytes_end: ["> SYN", "> 3 def", "> 5 X", "> 0 abc"] => ">abc >def .";
    one_byte_segments_that_differ: ["> SYN", "> 1 b", "> 1 X", "> 0 a"] => ">!1 >a >b .";
    data_on_the_syn: ["> SYN 0 abc", "> 3 def"] => ">abc >def .";
    no_syn: ["> 0 abc", "> 3 def"] => ">~ >abc >def .";
    no_syn_and_out_of_order: ["> 3 def", "> 0 abc"] => ">~ >abc >def .";
    a_late_syn: ["> 0 abc", "> SYN", "> 3 def"] => ">abc >def .";
    a_late_syn_behind_later_data: ["> 3 def", "> SYN", "> 0 abc"] => ">abc >def .";
    a_syn_behind_its_acknowledgement: ["> 3 def", "< SYN ^0", "> SYN", "> 0 abc"] => ">abc >def .";
    fin: ["> SYN", "< SYN ^0", "> 0 abc", "> FIN 3", "< FIN 0 ^4"] => ">abc >fin <fin .";
    fin_before_its_data: ["> SYN", "< SYN ^0", "> FIN 3", "< FIN 0 ^0", "> 0 abc"] => ">fin <fin >abc .";
    data_behind_a_reset: ["> SYN", "> 0 abc", "< RST", "> 3 def"] => ">abc <rst >def .";
    answer_captured_before_the_question: ["> SYN", "< SYN ^0", "< 0 xyz ^3", "> 0 abc ^0"] => ">abc <xyz .";
    answer_waits_for_a_hole: ["> SYN", "< SYN ^0", "< 0 xyz ^6", "> 3 def ^0", "> 0 abc ^0"] => ">abc >def <xyz .";
    answer_behind_a_hole: ["> SYN", "< SYN ^0", "> 3 def ^0", "< 0 xyz ^6"] => ">?3 >def <xyz .";
    lost_question: ["> SYN", "< SYN ^0", "< 0 xyz ^3", "> 3 def ^3"] => ">?3 <xyz >def .";
    only_one_direction: ["> SYN", "> 0 abc ^5", "> 3 def ^9"] => "<~ >abc <?4 >def .";
    the_other_side_alone_without_syn: ["< 0 xyz ^0", "< 3 uvw ^5"] => ">~ <~ >xyz <?5 >uvw .";
    lost_at_the_end: ["> SYN", "< SYN ^0", "> 0 abc ^0", "< 0 ^9"] => ">abc >?6 .";
    an_acknowledged_fin_is_no_byte: ["> SYN", "< SYN ^0", "> 0 abc ^0", "< 0 ^4"] => ">abc .";
    snaplen: ["> SYN", "> 0 abc -3", "> 6 ghi"] => ">abc >?3 >ghi .";
    snaplen_filled: ["> SYN", "> 0 abc -3", "> 3 def", "> 6 ghi"] => ">abc >def >ghi .";
    snaplen_at_the_end: ["> SYN", "> 0 abc -3"] => ">abc >?3 .";
    snaplen_leaves_no_byte: ["> SYN", "> 0 -3", "> 3 -2"] => ">?5 .";
    far_outside_the_window: ["> SYN", "> 0 abc", "> 999999999 X", "> 3 d"] => ">abc >d .";
    before_the_first_byte: ["> SYN", "> -5 vwxyz", "> 0 abc"] => ">abc .";
    syn_again: ["> SYN", "> 0 abc", "> SYN", "> 3 d"] => ">abc >d .";
    ports_used_again_and_the_syn_lost: ["> SYN", "< SYN ^0", "< 0 xyz ^0", "< SYN 700 ^5", "< 700 uvw ^5"] => "<xyz . | >uvw .";
    // RST and FIN at places where their sender cannot be: they end nothing
    a_forged_reset: ["> SYN", "< SYN ^0", "> 0 abc", "> RST 999999999", "> 3 d"] => ">abc >d .";
    a_forged_fin_far_off: ["> SYN", "< SYN ^0", "> 0 abc", "> FIN 999999999", "> 3 d"] => ">abc >d .";
    a_forged_fin_behind: ["> SYN", "< SYN ^0", "> 0 abc", "> FIN 1", "> 3 d"] => ">abc >d .";
    a_forged_fin_before_more: ["> SYN", "< SYN ^0", "> 0 abc ^0", "> FIN 3", "> 3 d ^0", "< 0 ^4"] => ">abc >fin >d .";
    a_reset_that_refuses: ["> SYN", "< RST -1 ^0"] => "<rst .";
    a_reset_at_what_was_acknowledged: ["> SYN", "< SYN ^0", "> 0 abc ^0", "> RST 1"] => ">abc >rst .";
    fin_with_data_twice: ["> SYN", "< SYN ^0", "> FIN 0 abc ^0", "> FIN 0 abc ^0", "< 0 xyz ^4", "< FIN 3 ^4"] => ">fin >abc >fin <xyz <fin .";
    // openings
    fast_open: ["> SYN 0 abc", "< SYN 0 xyz ^3", "> 3 d ^3"] => ">abc <xyz >d .";
    fast_open_refused: ["> SYN 0 abc", "< SYN ^0", "> 0 abc ^0", "< 0 xyz ^3"] => ">abc <xyz .";
    fast_open_that_differs: ["> SYN 0 abc", "< SYN ^0", "> 0 abX ^0"] => ">abc >!2 .";
    simultaneous_open: ["> SYN", "< SYN", "> SYN ^0", "< SYN ^0", "< 0 xyz ^0", "> 0 abc ^3"] => "<xyz >abc .";
    split_handshake: ["> SYN", "< 0 ^0", "< SYN", "> SYN ^0", "< 0 xyz ^0", "> 0 abc ^3"] => "<xyz >abc .";
    only_the_answers_to_a_scan: ["< SYN ^0", "< SYN ^0", "< RST ^0"] => ">rst .";
    half_captured_with_its_syn: ["< SYN ^0", "< 0 xyz ^0", "< 3 uvw ^5"] => ">xyz <?5 >uvw .";
    // the same ports within seconds
    used_again_after_a_reset: ["> SYN", "> 0 abc", "< RST", "> SYN 700", "< SYN 900 ^700", "> 700 xyz"] => ">abc <rst . | >xyz .";
    a_late_copy_of_the_connection_before: ["> SYN", "> 0 abc", "> SYN 700", "> 0 abc", "> 700 xyz"] => ">abc . | >xyz .";
    a_late_reset_of_the_connection_before: ["> SYN", "> 0 abc", "> SYN 99999999", "> RST 3", "> 99999999 xyz"] => ">abc . | >xyz .";
    ports_used_again: ["> SYN", "> 0 abc", "> SYN 700", "> 700 xyz"] => ">abc . | >xyz .";
}

#[test]
fn counts_conversations_as_wireshark() {
    let lines = [
        "> SYN",
        "< SYN ^0",
        "> SYN",
        "> 0 a",
        "> SYN 5000",
        "< SYN 9 ^5000",
    ]
    .map(line);
    assert_eq!(play(&lines, (1, 2)).1, 2);
}

#[test]
fn what_is_held_back_has_a_cap() {
    let mut lines = vec![line("> SYN")];
    for number in 0..200 {
        let bytes = vec![b'a'; 1000];
        lines.push(Line {
            offset: 10 + number * 1000,
            bytes,
            ..line("> 0")
        });
    }
    let (logs, _) = play(&lines, (5, 6));
    assert_eq!(logs[0].1.told[0], ">?10");
    assert_eq!(logs[0].1.forward.len(), 200_000);
}

/// Two byte streams in one order of speaking: who says how many bytes next.
fn conversation() -> impl Strategy<Value = Vec<(bool, Vec<u8>)>> {
    prop::collection::vec(
        (any::<bool>(), prop::collection::vec(any::<u8>(), 1..40)),
        1..12,
    )
}

proptest! {
    /// However a conversation is cut, shuffled and doubled, and wherever its numbers begin: the
    /// same bytes come out, each answer behind its question.
    #[test]
    fn cutting_order_and_duplication_do_not_matter(
        turns in conversation(),
        isns in (any::<u32>(), any::<u32>()),
        cuts in prop::collection::vec(1..20_usize, 1..8),
        order in prop::collection::vec(any::<u32>(), 1..300),
        copies in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
    ) {
        let mut sent = [0_u32, 0];
        let mut lines = Vec::new();
        for (forward, bytes) in &turns {
            let own = usize::from(!forward);
            let mut rest = bytes.as_slice();
            for cut in cuts.iter().cycle() {
                let (bytes, later) = rest.split_at((*cut).min(rest.len()));
                lines.push(Line {
                    forward: *forward,
                    offset: i64::from(sent[own]),
                    bytes: bytes.to_vec(),
                    flags: 0,
                    cut_off: 0,
                    ack: Some(sent[1 - own]),
                });
                sent[own] += u32::try_from(bytes.len()).unwrap();
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
        }
        for copy in &copies {
            lines.push(copy.get(&lines).clone());
        }
        let mut order: Vec<_> = order.into_iter().chain(0..).zip(lines).collect();
        order.sort_by_key(|(key, _)| *key);
        let syns = [line("> SYN"), line("< SYN ^0")];
        let lines: Vec<_> = syns.into_iter().chain(order.into_iter().map(|(_, line)| line)).collect();

        let (logs, count) = play(&lines, isns);
        prop_assert_eq!(count, 1);
        let log = &logs[0].1;
        let want = |wanted: bool| turns.iter().filter(|(f, _)| *f == wanted).flat_map(|(_, b)| b.clone()).collect::<Vec<_>>();
        prop_assert_eq!(&log.forward, &want(true));
        prop_assert_eq!(&log.backward, &want(false));
        let speakers: Vec<_> = log.told.iter().filter_map(|told| told.chars().next()).filter(|c| *c != '.').collect();
        let mut turns_told = speakers.clone();
        turns_told.dedup();
        let mut turns_meant: Vec<_> = turns.iter().map(|(f, _)| if *f { '>' } else { '<' }).collect();
        turns_meant.dedup();
        prop_assert_eq!(turns_told, turns_meant);
    }
}
