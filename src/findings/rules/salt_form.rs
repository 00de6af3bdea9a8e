//! Faults of the salt that a matching response proves.

use crate::auth::{Match, SaltForm};
use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::{Subject, formula_plugin};
use crate::findings::wording;
use crate::mysql::{Plugin, Salt, SaltSource, StepKind};

/// `salt-trailing-nul`
pub(super) fn trailing_nul(subject: &Subject<'_>) -> Option<Finding> {
    let (matched, salt) = evidence(subject)?;
    let form = matched.salt_form?;
    let with_nul = [
        SaltForm::WithNul,
        SaltForm::GreetingWithNul,
        SaltForm::Last13,
    ];
    let plugin = formula_plugin(&matched.formula);
    // sha256_password hashes nothing: what it XORs with the salt is another finding's.
    let hashes = plugin.salt_is_terminated() && *plugin != Plugin::Sha256;
    if !with_nul.contains(&form) || !hashes {
        return None;
    }
    let from_greeting = form == SaltForm::GreetingWithNul;
    let how = match form {
        SaltForm::GreetingWithNul => {
            " hashed the NUL that ends the greeting's salt as if it belonged to the salt"
        }
        SaltForm::Last13 => " hashed the last 12 bytes of the salt and the NUL that ends it",
        _ => " hashed the NUL that ends the salt as if it belonged to the salt",
    };
    let sent = match subject.login.greeting.as_ref().filter(|_| from_greeting) {
        Some(greeting) => format!("the greeting sent {}", wording::bytes(greeting.salt.len())),
        None => sent(subject, salt),
    };
    let summary = subject
        .the_client()
        .say(format!("{how}: {sent}, and the response"))
        .then(rest(subject, matched))
        .say(" matches the password only with that NUL.")
        .then(subject.ending());
    let finding = fault(subject, Code::SaltTrailingNul, summary);
    Some(if from_greeting {
        with_greeting(subject, finding)
    } else {
        finding
    })
}

/// `stale-salt`
pub(super) fn stale(subject: &Subject<'_>) -> Option<Finding> {
    let (matched, salt) = evidence(subject)?;
    let older = match matched.salt_form? {
        SaltForm::Greeting | SaltForm::GreetingWithNul => {
            let greeting = subject.login.greeting.as_ref()?;
            if salt.source == SaltSource::Greeting || greeting.salt == salt.bytes {
                return None;
            }
            "the greeting's salt"
        }
        SaltForm::Earlier => "the salt of an earlier exchange on this connection",
        SaltForm::OtherConnection => "the salt of another connection in this capture",
        _ => return None,
    };
    let summary = subject
        .the_client()
        .say(format!(
            " answered over {older}, and not over the one in force, which {} sent: the response",
            origin(salt)
        ))
        .then(rest(subject, matched))
        .say(" matches the password only over the older one.")
        .then(subject.ending());
    let finding = fault(subject, Code::StaleSalt, summary);
    let greeting = [Some(SaltForm::Greeting), Some(SaltForm::GreetingWithNul)];
    Some(if greeting.contains(&matched.salt_form) {
        with_greeting(subject, finding)
    } else {
        finding
    })
}

/// `salt-truncated`
pub(super) fn truncated(subject: &Subject<'_>) -> Option<Finding> {
    let (matched, salt) = evidence(subject)?;
    let part = match matched.salt_form? {
        SaltForm::CutAtNul => "only the bytes in front of the first NUL inside the salt",
        SaltForm::MinusLast => "one byte less than the salt has",
        SaltForm::Last12 => "only the last 12 bytes of the salt",
        SaltForm::Last13 => "only the last 12 bytes of the salt and its terminator",
        SaltForm::NulsStripped => "the salt without the NULs at its end, which belong to it",
        SaltForm::None => "no salt at all",
        SaltForm::First8 if *formula_plugin(&matched.formula) != Plugin::OldPassword => {
            "only the first 8 bytes of the salt"
        }
        _ => return None,
    };
    Some(fault(
        subject,
        Code::SaltTruncated,
        used(subject, matched, salt, part),
    ))
}

/// `salt-mangled`
pub(super) fn mangled(subject: &Subject<'_>) -> Option<Finding> {
    let (matched, salt) = evidence(subject)?;
    let change = match matched.salt_form? {
        SaltForm::FillerNulInside => {
            "the salt with a NUL between its first 8 and its other 12 bytes"
        }
        SaltForm::AsciiQuestionMarks => {
            "the salt read as ASCII, each byte of 0x80 and more replaced by a question mark"
        }
        SaltForm::AsciiReplacementChars => {
            "the salt read as ASCII, each byte of 0x80 and more replaced by U+FFFD"
        }
        SaltForm::Latin1ToUtf8 => "the salt read as Latin-1 and written as UTF-8",
        SaltForm::HexText => "the salt as hex text",
        SaltForm::Base64Text => "the salt as base64 text",
        SaltForm::Zeros => "zero bytes in place of the salt",
        SaltForm::Mixed => "the salt filled up with the end of the greeting's",
        SaltForm::Raw if formula_plugin(&matched.formula).salt_is_terminated() => {
            "all bytes sent as the salt, of which only the first 20 belong to it"
        }
        SaltForm::WithNul if !formula_plugin(&matched.formula).salt_is_terminated() => {
            "the salt with a NUL behind it that does not belong to it"
        }
        _ => return None,
    };
    Some(fault(
        subject,
        Code::SaltMangled,
        used(subject, matched, salt, change),
    ))
}

/// The match and the salt in force.
fn evidence<'a>(subject: &Subject<'a>) -> Option<(&'a Match, &'a Salt)> {
    Some((subject.matched()?, subject.round()?.salt.as_ref()?))
}

/// The summary of a salt that was used in part or changed.
fn used(subject: &Subject<'_>, matched: &Match, salt: &Salt, what: &str) -> Prose {
    subject
        .the_client()
        .say(format!(
            " hashed {what}: {}, and the response",
            sent(subject, salt)
        ))
        .then(rest(subject, matched))
        .say(" matches the password only that way.")
        .then(subject.ending())
}

/// How long the salt is and who sent it; of pasted bytes nobody saw that.
fn sent(subject: &Subject<'_>, salt: &Salt) -> String {
    let length = wording::bytes(salt.bytes.len());
    if subject.pasted {
        format!("the salt given has {length}")
    } else {
        format!("{} sent {length}", origin(salt))
    }
}

/// Which message sent the salt, with its packet.
fn origin(salt: &Salt) -> String {
    let message = match salt.source {
        SaltSource::Greeting => "the greeting",
        SaltSource::AuthSwitch => "the auth switch",
        SaltSource::ChangeUser => "the exchange before",
    };
    format!("{message}{}", wording::packet(salt.at))
}

/// ` (packet 8) for caching_sha2_password`, with what a match of a short response is worth.
fn rest(subject: &Subject<'_>, matched: &Match) -> Prose {
    let at = wording::packet(subject.proof().map(|turn| turn.at));
    let prose =
        Prose::new(format!("{at} for ")).then(wording::plugin(formula_plugin(&matched.formula)));
    match matched.weak {
        Some(worth) => prose.say(format!(" ({worth})")),
        None => prose,
    }
}

/// Cites the greeting's packet too.
fn with_greeting(subject: &Subject<'_>, mut finding: Finding) -> Finding {
    let packets = &mut finding.packets;
    packets.extend(subject.at(StepKind::Greeting).map(|at| at.number));
    packets.sort_unstable();
    packets.dedup();
    finding
}

fn fault(subject: &Subject<'_>, code: Code, summary: Prose) -> Finding {
    let fix = subject.advice(code, code.page().fix);
    subject.finding(
        code,
        subject.fault_severity(),
        subject.proof_packets(),
        summary,
        fix,
    )
}
