//! Tables of logins and what is said of them. `E`, `W` and `I` are the severities; `weak-plugin`
//! is left out except where it is the subject.

mod passwords;
mod proofs;
mod protocol;
mod refusals;
mod rest;

use crate::findings::test_support::Script;
use crate::mysql::Plugin;

/// One row: what it is, the login, what is said of it.
type Row<'a> = (&'a str, Script, &'a [&'a str]);

fn check(table: Vec<Row<'_>>) {
    for (name, script, expected) in table {
        assert_eq!(script.codes(), expected, "{name}");
    }
}

/// A switch from `mysql_native_password` to `caching_sha2_password`, answered and accepted.
fn to_sha2() -> Script {
    Script::native().switched(Plugin::CachingSha2, 32)
}
