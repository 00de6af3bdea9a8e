//! Links the logins of all captures that were read: see [`crate::report`] for what belongs together.

use crate::mysql::StepKind;
use crate::report::related::{Sight, related};
use crate::report::{CaptureReport, Link, exchange};

/// Links the logins of all captures.
pub(super) fn link(captures: &mut [CaptureReport]) {
    let found = {
        let sights = captures.iter().enumerate().flat_map(|(at, capture)| {
            let logins = capture.logins.iter().enumerate();
            logins.map(move |(place, examined)| {
                let login = &examined.login;
                let time = |kind| login.step(kind).and_then(|step| step.at.time);
                let user = login.request.as_ref().and_then(|r| r.user.as_deref());
                Sight {
                    place: (at, place),
                    attempt: login.attempt,
                    client: login.client,
                    server: login.server,
                    user,
                    exchange: exchange(login),
                    begins: login.first.time,
                    asked: time(StepKind::Login),
                    ends: time(StepKind::Result),
                }
            })
        });
        let sights: Vec<_> = sights.collect();
        related(&sights)
    };
    for link in found {
        let named = captures.get(link.other.0).and_then(|capture| {
            let login = capture.logins.get(link.other.1)?;
            Some((capture.path.clone(), login.stream, login.login.attempt))
        });
        let Some((capture, stream, attempt)) = named else {
            continue;
        };
        let login = captures
            .get_mut(link.of.0)
            .and_then(|c| c.logins.get_mut(link.of.1));
        if let Some(login) = login {
            login.related.push(Link {
                capture,
                stream,
                attempt,
                how: link.how,
                forwarded: link.forwarded,
            });
        }
    }
}
