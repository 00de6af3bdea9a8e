//! How clients, users and servers stand, in words: the summary of many logins for people.
//!
//! Owns: the titles and the wording of a row. The counting is done in [`super::build`]. Used by
//! every renderer for people; nothing here is escaped yet.

use crate::report::model::{Group, Summary};

/// From so many logins on it is shown: fewer are read one by one.
pub(super) const FROM: u64 = 11;

/// Whose logins are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Client,
    User,
    Server,
}

impl By {
    /// `client`
    pub(super) const fn one(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::User => "user",
            Self::Server => "server",
        }
    }

    /// `clients`
    pub(super) const fn many(self) -> &'static str {
        match self {
            Self::Client => "clients",
            Self::User => "users",
            Self::Server => "servers",
        }
    }
}

/// The three tables.
pub(super) fn tables(summary: &Summary) -> [(By, &[Group]); 3] {
    [
        (By::Client, &summary.by_client),
        (By::User, &summary.by_user),
        (By::Server, &summary.by_server),
    ]
}

/// Who it is: a name out of the capture, its version, or what to say where there is none.
pub(super) struct Name<'g> {
    /// A captured name, or words of our own.
    pub(super) text: &'g str,
    /// It is of our own words.
    pub(super) ours: bool,
    pub(super) version: &'g str,
    /// Said behind it.
    pub(super) remark: &'static str,
}

pub(super) fn name(by: By, group: &Group) -> Name<'_> {
    let (text, ours) = match (group.name.as_deref(), by) {
        (Some(""), _) => ("(empty)", true),
        (Some(name), _) => (name, false),
        (None, By::User) => ("(not captured)", true),
        (None, _) => ("(says no name)", true),
    };
    Name {
        text,
        ours,
        version: group.version.as_deref().unwrap_or_default(),
        remark: if group.guessed { " (a guess)" } else { "" },
    }
}

/// What is wrong with its logins, the worst first; the server's most frequent errors behind it.
pub(super) fn wrong(group: &Group) -> Vec<String> {
    let grave = group.faults.iter().filter(|fault| fault.severity != "info");
    let mut wrong: Vec<String> = grave
        .map(|fault| format!("{} ({})", fault.code, fault.logins))
        .collect();
    let errors = group.errors.iter().take(3);
    wrong.extend(errors.map(|error| format!("error {} ({})", error.code, error.logins)));
    wrong
}

/// `2026-11-22 08:39:01`: since when, in UTC; empty where nothing is wrong.
pub(super) fn since(group: &Group) -> String {
    let worst = group.faults.iter().find(|fault| fault.severity != "info");
    let since = worst.and_then(|fault| fault.since.as_deref()).unwrap_or("");
    since.get(..19).unwrap_or(since).replacen('T', " ", 1)
}
