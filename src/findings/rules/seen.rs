//! As whom the server saw the client: what the text of error 1045 adds.

use std::net::IpAddr;

use crate::findings::prose::{Captured, Prose};
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::wire::access_denied::AccessDenied;
use crate::mysql::{Login, Plugin, Side};

/// What the server's text says otherwise than the capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::findings) struct Seen {
    /// The client's address as the server sees it, where the capture shows another one.
    pub elsewhere: Option<Vec<u8>>,
    /// `using password: NO`, though the client sent a response.
    pub no_password: bool,
}

/// Reads the text of a refusal. Only an address proves that the client is somewhere else: a host
/// name may well be that of the client's address.
pub(in crate::findings) fn seen(login: &Login) -> Seen {
    let crate::mysql::Outcome::Rejected(error) = &login.outcome else {
        return Seen::default();
    };
    let Some(denied) = AccessDenied::parse(&error.message).filter(|_| error.code == 1045) else {
        return Seen::default();
    };
    let address = std::str::from_utf8(&denied.host).ok();
    let address = address.and_then(|host| host.parse::<IpAddr>().ok());
    let known = [Some(login.client), login.proxied_for];
    let known = |address: IpAddr| {
        let same = |end: crate::net::Endpoint| end.address.to_canonical() == address.to_canonical();
        known.into_iter().flatten().any(same)
    };
    let elsewhere = address.is_some_and(|address| !known(address));
    Seen {
        elsewhere: elsewhere.then_some(denied.host),
        no_password: denied.using_password == Some(false) && answered(login),
    }
}

/// The client sent something in the round in force that is not the answer of an empty password. Not of
/// parsec: its first answer is empty by rule, and MariaDB goes by that.
fn answered(login: &Login) -> bool {
    let turns = login
        .last_round()
        .filter(|round| round.plugin != Plugin::Parsec)
        .into_iter()
        .flat_map(|round| &round.turns);
    let mut said = turns.filter(|turn| turn.side == Side::Client);
    said.any(|turn| turn.bytes.len() > 1)
}

impl Subject<'_> {
    /// Sentences about it, for the end of a finding; perhaps none.
    pub(super) fn seen_otherwise(&self) -> Prose {
        if self.pasted {
            return Prose::default();
        }
        let Seen {
            elsewhere,
            no_password,
        } = seen(self.login);
        let mut prose = Prose::default();
        if let Some(host) = elsewhere {
            prose = prose
                .say(" The server saw the client at ")
                .quote(Captured::Host, host)
                .say(
                    ", which is not its address in this capture: a NAT or a proxy stands in between, \
and the account's host mask is matched against that address.",
                );
        }
        if no_password {
            let sent = self.proof().map_or_else(String::new, |turn| {
                let length = wording::bytes(turn.bytes.len());
                format!(" of {length}{}", wording::packet(turn.at))
            });
            prose = prose.say(format!(
                " The server says that no password was used, though the client sent a response{sent}: the server did \
not look at it, or something in between did not pass it on."
            ));
        }
        prose
    }
}

#[cfg(test)]
mod tests {
    use super::{Seen, seen};
    use crate::findings::test_support::Script;
    use crate::mysql::{Outcome, Plugin};

    fn refused(text: &str) -> Script {
        let mut script = Script::native().right().refused(1045);
        if let Outcome::Rejected(error) = &mut script.login.outcome {
            error.message = text.as_bytes().to_vec();
        }
        script
    }

    #[test]
    fn another_address_names_a_proxy() {
        for (host, elsewhere) in [
            ("10.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("10.0.0.77", true),
            ("fe80::1", true),
            ("app.example.org", false),
            ("localhost", false),
            ("", false),
        ] {
            let script = refused(&format!(
                "Access denied for user 'app'@'{host}' (using password: YES)"
            ));
            let found = seen(&script.login);
            assert_eq!(found.elsewhere.is_some(), elsewhere, "{host}");
            assert!(!found.no_password);
            let text = script.text("right-password-rejected");
            assert_eq!(text.contains("a NAT or a proxy"), elsewhere, "{text}");
        }
    }

    #[test]
    fn no_password_though_there_is_a_response() {
        let text = "Access denied for user 'app'@'10.0.0.1' (using password: NO)";
        let script = refused(text);
        assert!(seen(&script.login).no_password);
        let said = script.text("right-password-rejected");
        assert!(said.contains("no password was used"), "{said}");
        let wrong = refused(text).mismatch().text("wrong-password");
        assert!(wrong.contains("a response of 20 bytes"), "{wrong}");
        for empty in [b"".as_slice(), b"\0"] {
            let script = refused(text).response(empty);
            assert_eq!(seen(&script.login), Seen::default());
        }
        // parsec's first answer is empty by rule.
        let mut parsec = Script::plain(Plugin::Parsec, 96);
        parsec.login.outcome = refused(text).login.outcome;
        assert_eq!(seen(&parsec.login), Seen::default());
        let mut other = Script::plain(Plugin::NativePassword, 20).refused(1044);
        if let Outcome::Rejected(error) = &mut other.login.outcome {
            error.message = text.as_bytes().to_vec();
        }
        assert_eq!(seen(&other.login), Seen::default());
    }
}
