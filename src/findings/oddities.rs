//! What is odd in a login and is no finding: departures from the documented forms that were read
//! all the same, messages that were not, and what the server's text says otherwise than the
//! capture. `analyze` notes them as diagnostics.

use crate::findings::rules::seen;
use crate::mysql::{Fault, Login, Side, StepKind};

/// One oddity. Holds no text out of the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oddity {
    /// A short, stable name of the kind.
    pub kind: &'static str,
    /// In words.
    pub message: String,
    /// The packet.
    pub packet: u64,
}

/// The oddities of a login.
#[must_use]
pub fn oddities(login: &Login) -> Vec<Oddity> {
    let mut found: Vec<Oddity> = login.faults.iter().filter_map(of_fault).collect();
    let seen = seen::seen(login);
    let result = login
        .step(StepKind::Result)
        .map_or(login.first, |step| step.at);
    let mut say = |kind, message: &str| {
        found.push(Oddity {
            kind,
            message: message.to_owned(),
            packet: result.number,
        });
    };
    if seen.elsewhere.is_some() {
        say(
            "seen-from-elsewhere",
            "the server saw the client at another address than this capture: a NAT or a proxy stands in between \
(outcome.seen_as has the address)",
        );
    }
    if seen.no_password {
        say(
            "response-not-seen",
            "the server says that no password was used, though the client sent a response: the server did not look \
at it, or something in between did not pass it on",
        );
    }
    found
}

fn of_fault(fault: &Fault) -> Option<Oddity> {
    match fault {
        Fault::Quirk { what, at } => Some(Oddity {
            kind: "unusual-message",
            message: format!(
                "a message is not of the documented form, and was read all the same: {what}"
            ),
            packet: at.number,
        }),
        Fault::Malformed { side, what, at } => {
            let side = match side {
                Side::Client => "client",
                Side::Server => "server",
            };
            Some(Oddity {
                kind: "malformed-message",
                message: format!("a message of the {side} could not be read: {what}"),
                packet: at.number,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::oddities;
    use crate::findings::test_support::{Script, at};
    use crate::mysql::{Fault, Side};

    #[test]
    fn quirks_and_malformed_messages_are_told_with_their_packet() {
        let script = Script::native()
            .fault(Fault::Quirk {
                what: "the reserved bytes are not zero",
                at: at(4),
            })
            .fault(Fault::Malformed {
                side: Side::Server,
                what: "a message that no server sends here".into(),
                at: at(6),
            });
        let found = oddities(&script.login);
        let brief: Vec<_> = found.iter().map(|odd| (odd.kind, odd.packet)).collect();
        assert_eq!(brief, [("unusual-message", 4), ("malformed-message", 6)]);
        assert!(found[0].message.contains("reserved bytes"));
        assert!(oddities(&Script::native().login).is_empty());
    }
}
