//! The state machine fed with messages: what is taken for what.
#![allow(clippy::arithmetic_side_effects, reason = "a test may fail by a panic")]

use std::net::{IpAddr, Ipv4Addr};

use super::*;
use crate::mysql::login::MissingCause;

const GREETING: &[u8] = b"\x0a8.0.35\0\x01\0\0\0abcdefgh\0\xff\xf7\x21\x02\0\xff\xc1\x15\
\0\0\0\0\0\0\0\0\0\0ijklmnopqrst\0mysql_native_password\0";
const SWITCH: &[u8] = b"\xfecaching_sha2_password\0ABCDEFGHIJKLMNOPQRST\0";
const DENIED: &[u8] = b"\xff\x15\x04#28000Access denied";
const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];

fn exchange() -> Exchange {
    let end = |port| Endpoint {
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        port,
    };
    Exchange::begin(end(40000), end(3306), at(1))
}

fn at(number: u64) -> PacketRef {
    PacketRef { number, time: None }
}

fn message(sequence: u8, payload: &[u8]) -> Message<'_> {
    Message {
        payload: payload.into(),
        missing: 0,
        sequence,
        at: at(u64::from(sequence) + 4),
        offset: u64::from(sequence) * 1000,
        after_gap: false,
    }
}

fn lost(side: Side) -> Fault {
    Fault::Missing {
        side,
        bytes: 90,
        at: None,
        cause: MissingCause::NotCaptured,
    }
}

fn login() -> Vec<u8> {
    let mut bytes = vec![0x05, 0xa2, 0x3a, 0, 0, 0, 0, 1, 45];
    bytes.extend([0; 23]);
    bytes.extend(b"app\0\x14\x01234567890123456789mysql_native_password\0");
    bytes
}

#[test]
fn a_statement_behind_a_lost_login_packet_is_no_login_packet() {
    // Each reads as a HandshakeResponse320, and the last as an SSLRequest of 4 bytes.
    for statement in [&b"\x03SELECT @@version"[..], &[0x55; 256], b"\x19\x08\0\0"] {
        let mut exchange = exchange();
        exchange.take(Side::Server, &message(0, GREETING));
        exchange.fault(lost(Side::Client));
        let ok = exchange.take(Side::Server, &message(2, OK));
        assert_eq!(
            ok,
            Next::Decided,
            "an OK behind the greeting ends the login"
        );
        exchange.take(Side::Client, &message(0, statement));
        let login = exchange.finish(&[], None).0;
        assert!(login.request.is_none() && login.rounds.is_empty());
        assert_eq!(login.transport, Transport::Plain);
        assert!(matches!(login.outcome, Outcome::Accepted));
    }
}

/// Login packet and OK fell into holes; the statement and its result did not.
#[test]
fn a_result_set_behind_a_hole_is_no_auth_switch() {
    let end = [0xFE, 0, 0, 2, 0];
    let end_as_ok = [0xFE, 0, 0, 2, 0, 0, 0];
    for (first, sequence) in [
        (&end[..], 3),
        (&end_as_ok, 4),
        (b"\x01", 1),
        (b"\xff\x7a\x04#42S02No such table", 1),
        (b"\x00\x00\x00\x02\x00\x00\x00", 1),
    ] {
        let mut exchange = exchange();
        exchange.take(Side::Server, &message(0, GREETING));
        exchange.fault(lost(Side::Client));
        exchange.take(Side::Client, &message(0, b"\x03SELECT @@version"));
        exchange.fault(lost(Side::Server));
        assert_eq!(
            exchange.take(Side::Server, &message(sequence, first)),
            Next::Decided
        );
        let closed = [(Side::Client, Closing::Fin, at(99))];
        let (login, _) = exchange.finish(&closed, None);
        assert!(!login.switched && login.rounds.is_empty(), "{first:?}");
        assert!(matches!(login.outcome, Outcome::Unknown), "{first:?}");
    }
}

#[test]
fn a_login_packet_behind_a_hole_is_one() {
    let mut exchange = exchange();
    exchange.fault(lost(Side::Client));
    exchange.take(Side::Client, &message(1, &login()));
    let user = exchange
        .finish(&[], None)
        .0
        .request
        .and_then(|request| request.user);
    assert_eq!(user.as_deref(), Some(&b"app"[..]));
}

#[test]
fn quitting_along_with_the_response_does_not_hide_the_answer() {
    let begun = || {
        let mut exchange = exchange();
        exchange.take(Side::Server, &message(0, GREETING));
        exchange.take(Side::Client, &message(1, &login()));
        exchange.take(Side::Server, &message(2, SWITCH));
        exchange
    };
    let mut answered = begun();
    answered.take(Side::Client, &message(3, &[7; 32]));
    assert_eq!(answered.take(Side::Client, &message(0, &[1])), Next::GoOn);
    assert_eq!(
        answered.take(Side::Server, &message(4, DENIED)),
        Next::Decided
    );
    assert!(matches!(
        answered.finish(&[], None).0.outcome,
        Outcome::Rejected(_)
    ));

    let mut silent = begun();
    silent.take(Side::Client, &message(3, &[7; 32]));
    silent.take(Side::Client, &message(0, &[1]));
    let outcome = silent.finish(&[], None).0.outcome;
    assert!(matches!(
        outcome,
        Outcome::Abandoned {
            by: Some(Side::Client),
            ..
        }
    ));

    assert_eq!(begun().take(Side::Client, &message(0, &[1])), Next::Left);
}

#[test]
fn a_server_that_gives_up_numbers_its_error_as_it_can() {
    let is_error = |fault: &Fault| matches!(fault, Fault::SequenceError { .. });
    for (sequence, result) in [(1, true), (0, true), (9, true), (9, false)] {
        let mut exchange = exchange();
        exchange.take(Side::Server, &message(0, GREETING));
        exchange.take(Side::Client, &message(1, &login()));
        let said = if result { DENIED } else { SWITCH };
        exchange.take(Side::Server, &message(sequence, said));
        let (login, _) = exchange.finish(&[], None);
        assert_eq!(login.faults.iter().any(is_error), !result);
    }
}

#[test]
fn where_copies_differ_no_sequence_is_broken() {
    let differing = Differing {
        side: Side::Server,
        offset: 2000,
        length: 1,
        kept: Vec::new(),
        other: Vec::new(),
        first: at(5),
        second: at(6),
    };
    for (differs, faults) in [(false, 1), (true, 1)] {
        let mut exchange = exchange();
        exchange.take(Side::Server, &message(0, GREETING));
        exchange.take(Side::Server, &message(2, SWITCH));
        if differs {
            exchange.differing(differing.clone());
        }
        let login = exchange.finish(&[], None).0;
        assert_eq!(login.faults.len(), faults);
        let conflict = matches!(login.faults[0], Fault::Conflict { decisive: true, .. });
        assert_eq!(conflict, differs);
    }
}

#[test]
fn copies_of_a_change_of_user_that_differ_matter() {
    let mut first = exchange();
    first.take(Side::Server, &message(0, GREETING));
    first.take(Side::Client, &message(1, &login()));
    first.take(Side::Server, &message(2, OK));
    let (login, greeting) = first.finish(&[], None);
    let past = Past::of(
        &login,
        &greeting,
        &crate::mysql::greetings::Greetings::default(),
    );
    let change = message(0, b"\x11app\0\x1401234567890123456789\0");
    let mut again = Exchange::change_user(login.client, login.server, &past, &change);
    again.differing(Differing {
        side: Side::Client,
        offset: 12,
        length: 1,
        kept: Vec::new(),
        other: Vec::new(),
        first: at(5),
        second: at(6),
    });
    let faults = again.finish(&[], None).0.faults;
    let conflict = |fault: &Fault| matches!(fault, Fault::Conflict { decisive: true, .. });
    assert!(faults.iter().any(conflict), "{faults:?}");
}
