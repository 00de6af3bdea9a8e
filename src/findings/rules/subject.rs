//! What the rules look at, and the questions that several of them ask of it.

mod telling;

use crate::auth::{Formula, Match, PasswordForm, SaltForm, Verdict};
use crate::capture::PacketRef;
use crate::findings::catalogue::Severity;
use crate::findings::rules::supplied::Facts;
use crate::mysql::wire::err::ErrorPacket;
use crate::mysql::{
    AuthPath, Fault, Login, Outcome, Plugin, Round, RoundStart, SaltSource, Side, StepKind,
    Transport, Turn,
};

/// One login with all that is known of it.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The conversation's number, as Wireshark's `tcp.stream`.
    pub stream: u64,
    /// The login as decoded.
    pub login: &'a Login,
    /// What the recomputation says.
    pub verdict: &'a Verdict,
    /// The round that the verdict is about; `None` means the last one.
    pub judged: Option<&'a Round>,
    /// The client's turn that the verdict is about; `None` means the one the plugin prescribes.
    pub turn: Option<&'a Turn>,
    /// The bytes were pasted out of another tool (`verify`): nothing was captured, and what is
    /// short was cut by that tool rather than by the client.
    pub pasted: bool,
    /// Where copies of the login's bytes differ: the verdict with the first ones, and with the others.
    pub versions: Option<&'a [Verdict; 2]>,
    /// What other parts of the program found out.
    pub facts: Facts<'a>,
}

/// Errors of a server that refuses the proof itself.
const AUTHENTICATION: [u16; 2] = [1045, 1698];
/// Errors that servers send to a client whose proof they have accepted.
const AFTER_AUTHENTICATION: [u16; 8] = [1040, 1044, 1049, 1203, 1226, 1820, 1862, 3118];

impl<'a> Subject<'a> {
    /// A login with no facts but itself and the verdict. Packets count from 1: a login of packet 0
    /// was pasted.
    #[must_use]
    pub fn new(stream: u64, login: &'a Login, verdict: &'a Verdict) -> Self {
        Self {
            stream,
            login,
            verdict,
            judged: None,
            turn: None,
            pasted: login.first.number == 0,
            versions: None,
            facts: Facts::default(),
        }
    }

    /// The round that is judged.
    pub(in crate::findings) fn round(&self) -> Option<&'a Round> {
        self.judged.or_else(|| self.login.last_round())
    }

    /// The plugin in force; `None` too where the capture does not hold what began the round.
    pub(in crate::findings) fn plugin(&self) -> Option<&'a Plugin> {
        let plugin = self.round().map(|round| &round.plugin);
        plugin.filter(|plugin| !plugin.name().is_empty())
    }

    /// What the client sent to prove that it knows the password. parsec's first turn is empty by
    /// rule, its proof comes second.
    pub(in crate::findings) fn proof(&self) -> Option<&'a Turn> {
        if self.turn.is_some() {
            return self.turn;
        }
        let round = self.round()?;
        if round.plugin != Plugin::Parsec {
            return round.response();
        }
        let mut turns = round.turns.iter().filter(|turn| turn.side == Side::Client);
        turns.nth(1)
    }

    /// The round answers a switch or asks for a further factor.
    pub(in crate::findings) fn after_switch(&self) -> bool {
        self.round().is_some_and(|round| {
            matches!(round.begun_by, RoundStart::Switch | RoundStart::NextFactor)
        })
    }

    /// The judged round is the one that counted: no switch of the server can be among its bytes
    /// that are missing from the capture.
    pub(in crate::findings) fn round_is_sure(&self) -> bool {
        self.after_switch() || !self.misses(Side::Server)
    }

    /// The verdict's match, if there is one.
    pub(in crate::findings) fn matched(&self) -> Option<&'a Match> {
        match self.verdict {
            Verdict::Match(matched) => Some(matched),
            _ => None,
        }
    }

    /// The match, if the response is right in every respect.
    pub(in crate::findings) fn right(&self) -> Option<&'a Match> {
        self.computed_right()
            .filter(|matched| matched.password_form == PasswordForm::AsGiven)
            .filter(|_| self.round_is_sure())
    }

    /// The match, if the response was computed right from whatever form of the password.
    pub(in crate::findings) fn computed_right(&self) -> Option<&'a Match> {
        let round = self.round()?;
        self.matched().filter(|matched| {
            matches!(&matched.formula, Formula::Plugin(plugin) if self.is_due(round, plugin))
                && salt_is_right(round, matched)
                && !matched.missing_nul
                && !(matched.extra_nul && has_no_final_nul(&round.plugin))
                && (matched.prefix.is_none() || self.pasted)
        })
    }

    /// Whether this plugin's formula was due in a round: the plugin in force, or, before any
    /// switch, the one that the login packet itself names (native where it names none). A plugin
    /// that is not known here may have any formula.
    pub(in crate::findings) fn is_due(&self, round: &Round, plugin: &Plugin) -> bool {
        // These send the password as text, one like the other.
        let text = matches!(plugin, Plugin::Clear | Plugin::Dialog)
            && matches!(
                round.plugin,
                Plugin::Clear | Plugin::Dialog | Plugin::Sha256
            );
        let unknown = matches!(round.plugin, Plugin::Other(_));
        let same = round.plugin == *plugin || text || unknown;
        let own = matches!(round.begun_by, RoundStart::Login | RoundStart::ChangeUser);
        let request = self.login.request.as_ref();
        let named = request.and_then(|request| request.plugin.as_ref());
        let named = named.filter(|plugin| !plugin.name().is_empty());
        same || (own && *named.unwrap_or(&Plugin::NativePassword) == *plugin)
    }

    /// The server's error, if it refused.
    pub(in crate::findings) fn error(&self) -> Option<&'a ErrorPacket> {
        match &self.login.outcome {
            Outcome::Rejected(error) => Some(error),
            _ => None,
        }
    }

    /// The server's error, if it refused the proof itself.
    pub(in crate::findings) fn refused_proof(&self) -> Option<&'a ErrorPacket> {
        self.error()
            .filter(|error| AUTHENTICATION.contains(&error.code) && !self.factor_was_accepted())
    }

    /// The server's error, if it is one that follows an accepted proof.
    pub(in crate::findings) fn refused_later(&self) -> Option<&'a ErrorPacket> {
        self.error()
            .filter(|error| AFTER_AUTHENTICATION.contains(&error.code))
    }

    /// Authentication succeeded, whatever came after it.
    pub(in crate::findings) fn authenticated(&self) -> bool {
        matches!(self.login.outcome, Outcome::Accepted)
            || self.factor_was_accepted()
            || self.fast_succeeded()
            || (self.refused_later().is_some()
                && self.round().is_some_and(|r| r.response().is_some()))
    }

    /// The server said of the judged response that it is right.
    pub(in crate::findings) fn fast_succeeded(&self) -> bool {
        // With several factors the path may be that of an earlier one.
        let of_plugin = self.plugin() == Some(&Plugin::CachingSha2);
        of_plugin && self.login.path == Some(AuthPath::Fast)
    }

    /// The server asked for a further factor after the judged one: it took that one.
    fn factor_was_accepted(&self) -> bool {
        let rounds = &self.login.rounds;
        let judged = self.judged.and_then(|judged| {
            let mut places = rounds.iter();
            places.position(|round| std::ptr::eq(round, judged))
        });
        let behind = judged.map(|place| rounds.iter().skip(place.saturating_add(1)));
        behind.is_some_and(|mut later| later.any(|round| round.begun_by == RoundStart::NextFactor))
    }

    /// A fault of the response breaks a login, or is a defect that did no harm this time.
    pub(in crate::findings) fn fault_severity(&self) -> Severity {
        if self.authenticated() {
            Severity::Warning
        } else {
            Severity::Error
        }
    }

    /// Bytes of this side are missing from the capture.
    pub(in crate::findings) fn misses(&self, of: Side) -> bool {
        let missing = |fault: &Fault| matches!(fault, Fault::Missing { side, .. } if *side == of);
        self.login.faults.iter().any(missing)
    }

    /// Bytes of either side are missing from the capture.
    pub(in crate::findings) fn misses_any(&self) -> bool {
        self.misses(Side::Client) || self.misses(Side::Server)
    }

    /// Two versions of a salt or a response are in the capture.
    pub(in crate::findings) fn contradicts_itself(&self) -> bool {
        let decisive = |fault: &Fault| matches!(fault, Fault::Conflict { decisive: true, .. });
        self.login.faults.iter().any(decisive)
    }

    /// A message is none that belongs there, or not in its order: what answers what is then a guess.
    pub(in crate::findings) fn breaks_the_protocol(&self) -> bool {
        let broken =
            |fault: &Fault| matches!(fault, Fault::Malformed { .. } | Fault::SequenceError { .. });
        self.login.faults.iter().any(broken)
    }

    /// The login is inside TLS that was not decrypted.
    pub(in crate::findings) fn sealed(&self) -> bool {
        let transport = &self.login.transport;
        matches!(
            transport,
            Transport::Tls {
                sealed: Some(_),
                ..
            }
        )
    }

    /// The packet of the first step of this kind.
    pub(in crate::findings) fn at(&self, kind: StepKind) -> Option<PacketRef> {
        self.login.step(kind).map(|step| step.at)
    }
}

/// The plugin whose formula matched.
pub(super) const fn formula_plugin(formula: &Formula) -> &Plugin {
    match formula {
        Formula::Plugin(plugin) | Formula::SingleHash(plugin) => plugin,
        Formula::CachingSha2Reversed => &Plugin::CachingSha2,
        Formula::NativeReversed => &Plugin::NativePassword,
    }
}

/// Whether a response of this plugin ends with its last hash byte, so that a further NUL is wrong.
pub(super) const fn has_no_final_nul(plugin: &Plugin) -> bool {
    matches!(
        plugin,
        Plugin::NativePassword | Plugin::CachingSha2 | Plugin::Ed25519 | Plugin::Parsec
    )
}

/// Whether the salt was hashed in the form that the matching formula prescribes.
fn salt_is_right(round: &Round, matched: &Match) -> bool {
    match matched.salt_form {
        None | Some(SaltForm::WithoutNul) => true,
        Some(SaltForm::Raw) => !formula_plugin(&matched.formula).salt_is_terminated(),
        Some(SaltForm::First8) => *formula_plugin(&matched.formula) == Plugin::OldPassword,
        // Without a switch the greeting's salt is the one in force.
        Some(SaltForm::Greeting) => {
            let salt = round.salt.as_ref();
            salt.is_some_and(|salt| salt.source == SaltSource::Greeting)
        }
        Some(_) => false,
    }
}
