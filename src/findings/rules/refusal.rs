//! Servers and clients that did not go on, for another reason than the proof.

use crate::auth::schemes::sha256;
use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::{AuthPath, Fault, Outcome, Plugin, Round, RoundStart, Side, StepKind};

/// Errors of a server whose plugin and the client's do not go together.
const PLUGIN_ERRORS: [u16; 3] = [1251, 1275, 1524];
/// Errors about the exchange itself; with them nothing is known of the proof.
const EXCHANGE_ERRORS: [u16; 8] = [1043, 1153, 1156, 1158, 1159, 1160, 1161, 1184];

/// `refused-after-authentication`
pub(super) fn after_authentication(subject: &Subject<'_>) -> Option<Finding> {
    let error = subject.error().filter(|_| !subject.pasted)?;
    let other = subject.refused_proof().is_none()
        && !PLUGIN_ERRORS.contains(&error.code)
        && !EXCHANGE_ERRORS.contains(&error.code);
    let why = if subject.fast_succeeded() && (other || subject.right().is_none()) {
        "The server said that fast authentication succeeded"
    } else if subject.right().is_some() && other {
        "The response is right for the password given"
    } else if subject.matched().is_some() && subject.refused_later().is_some() {
        "The error is one that servers send to clients whose proof they have accepted"
    } else {
        return None;
    };
    let code = Code::RefusedAfterAuthentication;
    let result = subject.at(StepKind::Result);
    let summary = Prose::new(format!(
        "{why}, and the login was refused with {}",
        wording::error(error, result)
    ))
    .then(wording::error_text(error))
    .say(".");
    let fix = Prose::new(code.page().fix);
    Some(subject.finding(code, code.severity(), subject.proof_packets(), summary, fix))
}

/// `full-auth-refused`
pub(super) fn full_auth(subject: &Subject<'_>) -> Option<Finding> {
    let left_by_client = match &subject.login.outcome {
        Outcome::Abandoned {
            by: Some(Side::Client),
            at,
        } => *at,
        _ => return None,
    };
    if subject.login.path != Some(AuthPath::FullRefused) || subject.misses_any() {
        return None;
    }
    let code = Code::FullAuthRefused;
    let round = subject.round()?;
    let request = round
        .turns
        .iter()
        .rev()
        .find(|turn| turn.side == Side::Server);
    let asked = wording::packet(request.map(|turn| turn.at));
    let left = wording::packet(left_by_client);
    let summary = Prose::new(format!(
        "The server asked for full authentication{asked}, and "
    ))
    .then(Prose::new("the client closed the connection"))
    .say(format!(
        "{left} instead of sending the password. Its own log says why."
    ));
    let packets = wording::packets([
        subject.at(StepKind::AuthSwitch),
        subject.proof().map(|turn| turn.at),
        request.map(|turn| turn.at),
        left_by_client,
    ]);
    let fix = subject.advice(code, code.page().fix);
    Some(subject.finding(code, code.severity(), packets, summary, fix))
}

/// `plugin-unsupported`
pub(super) fn plugin(subject: &Subject<'_>) -> Option<Finding> {
    let code = Code::PluginUnsupported;
    let switch = subject.at(StepKind::AuthSwitch);
    let refused = subject
        .error()
        .filter(|error| PLUGIN_ERRORS.contains(&error.code));
    let (summary, last) = if let Some(error) = refused {
        let result = subject.at(StepKind::Result);
        let what = match error.code {
            1251 => "The server does not take this client's kind of authentication",
            1275 => {
                "The server takes no account whose password is in the old format (MariaDB says so of some users it does \
not have, too)"
            }
            _ => "The plugin that the account needs is not loaded on the server",
        };
        let words = format!("{what}: {}", wording::error(error, result));
        (
            Prose::new(words).then(wording::error_text(error)).say("."),
            result,
        )
    } else {
        let round = subject.login.last_round()?;
        let (
            Outcome::Abandoned {
                by: Some(Side::Client),
                at,
            },
            RoundStart::Switch | RoundStart::NextFactor,
        ) = (&subject.login.outcome, round.begun_by)
        else {
            return None;
        };
        let faults = &subject.login.faults;
        let ignored = faults
            .iter()
            .any(|fault| matches!(fault, Fault::SwitchIgnored { .. }));
        let fetched_key = round.plugin == Plugin::Sha256 && only_asks_for_key(round);
        if (round.response().is_some() && !fetched_key) || ignored || subject.misses_any() {
            return None;
        }
        let then = if fetched_key {
            ", sent its RSA key when asked for it, and "
        } else {
            ", and "
        };
        let summary = Prose::new("The server asked for ")
            .then(wording::plugin(&round.plugin))
            .say(wording::packet(switch).to_string())
            .say(then)
            .say(format!("the client closed the connection{} without an answer. The plugin is unknown to it, switched off, \
or its code failed: the capture cannot tell which.", wording::packet(*at)))
            .then(odd_salt(round));
        (summary, *at)
    };
    let packets = wording::packets([switch, subject.at(StepKind::Login), last]);
    // The known defect of this sign concerns salts that end in zero (see `defects`).
    let salt = subject.round().and_then(|round| round.salt.as_ref());
    let fix = if refused.is_none() && salt.is_some_and(|salt| salt.bytes.last() == Some(&0)) {
        subject.advice(code, code.page().fix)
    } else {
        Prose::new(code.page().fix)
    };
    Some(subject.finding(code, code.severity(), packets, summary, fix))
}

/// All that the client said is that it wants the server's RSA key.
fn only_asks_for_key(round: &Round) -> bool {
    let mut said = round.turns.iter().filter(|turn| turn.side == Side::Client);
    round.response().is_some() && said.all(|turn| turn.bytes == sha256::KEY_REQUEST)
}

/// What else may have made the client leave: the C libraries take a salt of 20 bytes and a NUL only, and leave at any
/// other with "Error in server handshake" (2012).
fn odd_salt(round: &Round) -> Prose {
    let Some(salt) = &round.salt else {
        return Prose::default();
    };
    let strict = matches!(round.plugin, Plugin::NativePassword | Plugin::CachingSha2);
    if !strict || salt.bytes.len() == 21 {
        return Prose::default();
    }
    Prose::new(format!(
        " The salt{} has {} where 20 and a NUL are due: libmysqlclient and MariaDB Connector/C leave at such a salt.",
        wording::packet(salt.at),
        wording::bytes(salt.bytes.len())
    ))
}

/// `server-refused-early`
pub(super) fn early(subject: &Subject<'_>) -> Option<Finding> {
    let login = subject.login;
    let error = subject.error().filter(|_| !subject.pasted)?;
    let result = login.step(StepKind::Result)?;
    let unsaid = [
        StepKind::SslRequest,
        StepKind::Login,
        StepKind::ChangeUser,
        StepKind::Response,
    ];
    let conflict = |fault: &Fault| matches!(fault, Fault::Conflict { .. });
    if unsaid.iter().any(|kind| login.step(*kind).is_some())
        || subject.misses_any()
        || login.faults.iter().any(conflict)
    {
        return None;
    }
    // Without a greeting only the first message of a connection is known to come before any
    // authentication: number 0 and no SQL state.
    let (when, greeted) = match login.step(StepKind::Greeting) {
        Some(_) => ("before the client had sent its login packet", true),
        None => ("in place of a greeting", false),
    };
    if !greeted && (result.sequence != 0 || error.sql_state.is_some()) {
        return None;
    }
    let code = Code::ServerRefusedEarly;
    let words = format!(
        "The server refused {when}, with {}",
        wording::error(error, Some(result.at))
    );
    let summary = Prose::new(words).then(wording::error_text(error)).say(".");
    let packets = wording::packets([subject.at(StepKind::Greeting), Some(result.at)]);
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary,
        Prose::new(code.page().fix),
    ))
}
