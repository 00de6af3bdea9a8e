//! The shape of a login in words.

use super::{InferredOutcome, Step, StepKind};

/// Plugins whose response is as long for every password.
const HASHED: [&str; 3] = [
    "mysql_native_password",
    "caching_sha2_password",
    "client_ed25519",
];

/// One sentence without its full stop.
pub(super) fn sentence(
    steps: &[Step],
    outcome: Option<InferredOutcome>,
    ambiguous: bool,
) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut before = None;
    for step in steps {
        parts.extend(part(step, before));
        before = Some(&step.kind);
    }
    let told = if parts.is_empty() {
        "a login without an answer".to_owned()
    } else {
        parts.join(", ")
    };
    let full = steps.iter().any(|step| step.kind == StepKind::Password);
    let fits = match outcome {
        Some(InferredOutcome::Rejected) if full => {
            ": fits a wrong password; a key log would decide"
        }
        Some(InferredOutcome::Rejected) => {
            ": fits a wrong scramble or a wrong password; a key log would decide"
        }
        Some(InferredOutcome::Accepted) => "",
        None => "; how it ended does not show without a key log",
    };
    let unsure = if ambiguous {
        " (the sizes of the records allow other readings)"
    } else {
        ""
    };
    format!("{told}{fits}{unsure}")
}

fn part(step: &Step, before: Option<&StepKind>) -> Option<String> {
    Some(match &step.kind {
        StepKind::Login | StepKind::Other => return None,
        StepKind::Switch(plugins) => format!("switched to {}", plugins.join(" or ")),
        StepKind::Response => response(step, before),
        StepKind::Fast => "fast authentication".to_owned(),
        StepKind::Full => "full authentication asked for".to_owned(),
        StepKind::Password => "the password sent".to_owned(),
        StepKind::Accepted => "accepted".to_owned(),
        StepKind::AccessDenied if matches!(before, Some(StepKind::Login | StepKind::Response)) => {
            "refused at once".to_owned()
        }
        StepKind::AccessDenied => "refused".to_owned(),
    })
}

/// The length is told only where every password has the same.
fn response(step: &Step, before: Option<&StepKind>) -> String {
    let hashed = matches!(before, Some(StepKind::Switch(plugins))
        if plugins.iter().all(|plugin| HASHED.contains(plugin)));
    match step.size.exact().and_then(|size| size.checked_sub(4)) {
        Some(0) => "an empty response".to_owned(),
        Some(length) if hashed => format!("{length}-byte response"),
        _ => "a response".to_owned(),
    }
}
