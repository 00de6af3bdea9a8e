//! The salt as the server sent it.

use crate::findings::catalogue::Code;
use crate::findings::finding::Finding;
use crate::findings::prose::Prose;
use crate::findings::rules::subject::Subject;
use crate::findings::wording;
use crate::mysql::{Plugin, Salt, SaltSource, Side};

/// `unusual-salt`
pub(super) fn unusual(subject: &Subject<'_>) -> Option<Finding> {
    let round = subject.round()?;
    let salt = round.salt.as_ref().filter(|_| !subject.pasted)?;
    let plugin = subject.plugin()?;
    let due = plugin.salt_length()?;
    if !plugin.salt_is_terminated() || subject.contradicts_itself() {
        return None;
    }
    let mut oddities = contents(&salt.bytes, due);
    if *plugin != Plugin::OldPassword && length_counts(subject, salt) {
        oddities.extend(length(&salt.bytes, due));
    }
    if oddities.is_empty() {
        return None;
    }
    let code = Code::UnusualSalt;
    let summary = Prose::new(format!("The salt{} for ", wording::packet(salt.at)))
        .then(wording::plugin(plugin))
        .say(format!(" {}.", oddities.join(", and ")));
    let packets = wording::packets([Some(salt.at)]);
    Some(subject.finding(
        code,
        code.severity(),
        packets,
        summary,
        Prose::new(code.page().fix),
    ))
}

/// What is odd among the bytes that count. A salt that is too short is judged by its length only.
fn contents(bytes: &[u8], due: usize) -> Vec<String> {
    let Some(inside) = bytes.get(..due) else {
        return Vec::new();
    };
    let position = |found: Option<usize>| found.map(|at| at.saturating_add(1));
    let nul = position(inside.iter().position(|byte| *byte == 0));
    let high = position(inside.iter().position(|byte| *byte >= 0x80));
    let nul = nul.map(|at| format!("holds a NUL as byte {at} of {due}"));
    let high = high.map(|at| format!("holds a value of 0x80 or more as byte {at} of {due}"));
    nul.into_iter().chain(high).collect()
}

/// What is odd about the length of a salt that should be followed by one NUL.
fn length(bytes: &[u8], due: usize) -> Option<String> {
    let whole = due.saturating_add(1);
    if bytes.len() == due {
        Some(format!("has {due} bytes and no NUL that ends it"))
    } else if bytes.len() != whole {
        let length = wording::bytes(bytes.len());
        Some(format!("has {length} where {due} and a NUL are due"))
    } else if bytes.last() == Some(&0) {
        None
    } else {
        Some(format!("has {whole} bytes that do not end in a NUL"))
    }
}

/// The length says something: nothing of the server is missing, and the salt is not that of a
/// greeting made for a plugin without one, where real servers leave the terminator out.
fn length_counts(subject: &Subject<'_>, salt: &Salt) -> bool {
    let greeting = subject.login.greeting.as_ref();
    let named = greeting.and_then(|greeting| greeting.plugin.as_ref());
    let for_another = named.is_some_and(|plugin| plugin.salt_length() != Some(20));
    !subject.misses(Side::Server) && (salt.source == SaltSource::AuthSwitch || !for_another)
}
