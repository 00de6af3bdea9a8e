//! A look at the arguments before clap has one: did somebody type a password behind `-p`?
//!
//! `mysql -psecret` is a habit. clap would answer it with a message that repeats the secret.

use std::ffi::OsStr;

/// Whether `-pSECRET` or `--password=SECRET` stands among the process's arguments.
pub(super) fn has_password() -> bool {
    std::env::args_os()
        .skip(1)
        .take_while(|argument| argument != "--")
        .any(|argument| is_password(&argument))
}

fn is_password(argument: &OsStr) -> bool {
    let bytes = argument.as_encoded_bytes();
    bytes.starts_with(b"--password=") || (bytes.starts_with(b"-p") && bytes.len() > 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_typed_as_mysql_takes_them() {
        for (argument, found) in [
            ("-psecret", true),
            ("-p=secret", true),
            ("--password=secret", true),
            ("-p", false),
            ("--password", false),
            ("--password-file", false),
            ("--password-file=x", false),
            ("--port", false),
            ("--plugin", false),
            ("scan", false),
            ("p", false),
        ] {
            assert_eq!(is_password(OsStr::new(argument)), found, "{argument}");
        }
    }
}
