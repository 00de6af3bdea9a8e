//! Facts that the recomputation has established beside the verdict, in the form the rules take:
//! what an opened RSA block showed, and what is wrong with an AWS IAM token.

use std::net::IpAddr;

use crate::auth::{
    Examination, FullAuthKind, IamToken, Padding, PasswordForm, SaltForm, Signature, Verdict,
};
use crate::capture::PacketRef;
use crate::findings::rules::{Facts, FullFault, RsaXor, TlsEnd, TokenFault};
use crate::mysql::{Login, Outcome, Plugin, Side, Transport, Turn};
use crate::tls::shape::Inferred;

/// How far a client's clock may differ from the capture's before a token counts as made in the
/// future, in seconds; AWS allows five minutes as well.
const CLOCK_SKEW: i64 = 300;
const NANOS: i64 = 1_000_000_000;

/// What was established about one login.
#[derive(Clone, Debug, Default)]
pub struct Established {
    rsa: Option<RsaXor>,
    full: Option<(FullFault, PacketRef)>,
    token: Vec<TokenFault>,
    tls_end: Option<TlsEnd>,
    tls_shape: Option<Inferred>,
}

impl Established {
    /// Looks at what the examination of a login found.
    #[must_use]
    pub fn of(login: &Login, examination: &Examination) -> Self {
        let at = examination.turn(login).map(|turn| turn.at);
        let token = examination.iam_token.as_ref();
        let accepted = matches!(login.outcome, Outcome::Accepted);
        Self {
            rsa: rsa(login, examination),
            full: full(login, examination),
            tls_end: login.tls.failure.map(|failure| TlsEnd {
                by: failure.by,
                alert: failure.alert,
                at: failure.at,
            }),
            tls_shape: login.tls.inferred.clone(),
            // A token that was accepted was good, whatever the clocks say.
            token: token
                .filter(|_| !accepted)
                .map_or_else(Vec::new, |token| faults(login, token, at)),
        }
    }

    /// For a [`Subject`](crate::findings::Subject).
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            rsa: self.rsa,
            full: self.full,
            token: &self.token,
            tls_end: self.tls_end,
            tls_shape: self.tls_shape.as_ref(),
        }
    }
}

/// The keystream of an opened RSA block: after how many bytes it repeats.
fn rsa(login: &Login, examination: &Examination) -> Option<RsaXor> {
    let turn = |place: crate::auth::Place| login.rounds.get(place.round)?.turns.get(place.turn);
    let (form, at) = match (&examination.full_auth, &examination.verdict) {
        (Some(full), _) => (full.proof.as_ref()?.salt_form?, turn(full.place)?.at),
        (None, Verdict::Match(found)) if examination.plugin == Some(Plugin::Sha256) => {
            (found.salt_form?, examination.turn(login)?.at)
        }
        _ => return None,
    };
    let period = match form {
        SaltForm::WithNul | SaltForm::GreetingWithNul => 21,
        SaltForm::WithoutNul | SaltForm::Greeting => 20,
        _ => return None,
    };
    Some(RsaXor { period, at })
}

/// What the server refused in the form of a password sent whole.
fn full(login: &Login, examination: &Examination) -> Option<(FullFault, PacketRef)> {
    let Outcome::Rejected(error) = &login.outcome else {
        return None;
    };
    let asks = examination.plugin == Some(Plugin::CachingSha2);
    let round = login.rounds.get(examination.response?.round)?;
    let asked = |turn: &Turn| turn.side == Side::Server && turn.bytes == [4];
    if error.code != 1045 || !asks || round.plugin != Plugin::CachingSha2 {
        return None;
    }
    let inside_tls = matches!(login.transport, Transport::Tls { .. });
    let mut behind = round.turns.iter().skip_while(|turn| !asked(turn));
    let wants_key = |turn: &&Turn| turn.side == Side::Client && turn.bytes == [2];
    if let Some(request) = behind.find(wants_key).filter(|_| inside_tls) {
        return Some((FullFault::KeyRequestInsideTls, request.at));
    }
    let Some(sent) = examination.full_auth.as_ref() else {
        let said = |turn: &&Turn| turn.side == Side::Client && turn.bytes != [2];
        let nothing = |turn: &&Turn| matches!(turn.bytes.as_slice(), [] | [0]);
        let mut behind = round.turns.iter().skip_while(|turn| !asked(turn));
        let answer = behind.find(said).filter(nothing)?;
        return Some((FullFault::Nothing, answer.at));
    };
    let turn = round.turns.get(sent.place.turn)?;
    let at = turn.at;
    if turn.bytes.iter().all(|byte| *byte == 0) {
        return Some((FullFault::Overwritten, at));
    }
    let answers = round.turns.iter().take(sent.place.turn).any(asked);
    let proof = sent.proof.as_ref();
    let fault = match (sent.kind, inside_tls) {
        _ if !answers => return None,
        // A password that nobody gave may be as long as a block.
        (FullAuthKind::Rsa, true) if is_text(&turn.bytes) => return None,
        (FullAuthKind::Rsa, true) => FullFault::RsaInsideTls,
        (FullAuthKind::Rsa, false) => {
            let padding = proof?.padding?;
            (padding == Padding::OaepSha256).then_some(FullFault::OaepSha256)?
        }
        (FullAuthKind::Clear, true) => match proof {
            Some(proof) if proof.missing_nul => FullFault::NoNul,
            Some(proof) if proof.password_form == PasswordForm::AsGiven => return None,
            _ => FullFault::SomethingElse,
        },
        (FullAuthKind::Clear, false) if proof.is_some() => FullFault::ReadableWithoutTls,
        // What is no text may be a block under a key of unusual length.
        (FullAuthKind::Clear, false) => is_text(&turn.bytes).then_some(FullFault::SomethingElse)?,
    };
    Some((fault, at))
}

fn is_text(sent: &[u8]) -> bool {
    let text = sent.strip_suffix(b"\0").unwrap_or(sent);
    std::str::from_utf8(text).is_ok_and(|text| !text.contains(char::is_control))
}

fn faults(login: &Login, token: &IamToken, at: Option<PacketRef>) -> Vec<TokenFault> {
    let mut faults = Vec::new();
    let sent = at
        .and_then(|at| at.time)
        .map(|time| time.as_nanos().div_euclid(NANOS));
    let late = sent
        .zip(token.expires_at())
        .and_then(|(sent, end)| sent.checked_sub(end));
    if let Some(seconds) = late.filter(|seconds| *seconds >= 0) {
        faults.push(TokenFault::Expired(seconds.unsigned_abs()));
    }
    let early = sent
        .zip(token.made_at)
        .and_then(|(sent, made)| made.checked_sub(sent));
    if let Some(seconds) = early.filter(|seconds| *seconds > CLOCK_SKEW) {
        faults.push(TokenFault::NotYetValid(seconds.unsigned_abs()));
    }
    // Names cannot be compared with addresses, and the port may be that of a tunnel: only another
    // address is proof.
    let host = std::str::from_utf8(&token.host)
        .ok()
        .and_then(|host| host.parse::<IpAddr>().ok());
    if host.is_some_and(|host| host != login.server.address) {
        faults.push(TokenFault::OtherHost);
    }
    let user = login
        .request
        .as_ref()
        .and_then(|request| request.user.as_ref());
    if let (Some(user), Some(meant)) = (user, &token.user)
        && user != meant
    {
        faults.push(TokenFault::OtherUser);
    }
    if token.signature != Signature::Whole {
        faults.push(TokenFault::Cut);
    }
    faults
}
