//! The table of what must be recognised by name: plugin × hypothesis. The responses are those of
//! `vectors.out`, and upstream's.

use super::logins::{direct, switched};
use super::{examined, names, recognise};
use crate::auth::Verdict;
use crate::auth::schemes::known::{SALT_21, hex, salt_20};
use crate::auth::schemes::native::Stages;
use crate::mysql::Plugin;

#[test]
fn caching_sha2() {
    for (response, formula, salt, form) in [
        (
            "7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253",
            "caching_sha2_password",
            "without_nul",
            "as_given",
        ),
        (
            "2e6404fe23cfc68cfac2a01d8608199819298fe2023400e43c81065f76b7170c",
            "caching_sha2_password",
            "with_nul",
            "as_given",
        ),
        (
            "d9f4de42e2beb693ef54d9810b4e968b305b28ce138b98b5211be537e9ac4253",
            "caching_sha2_reversed",
            "without_nul",
            "as_given",
        ),
        (
            "c98c2eba58b5f7a6b3b073e9c7f54a116070ff2539861734fc259bc26cc93f1b",
            "caching_sha2_reversed",
            "with_nul",
            "as_given",
        ),
        (
            "55314546ae6aa8ec6af8ff7b8c3df0bffa33fdf60c379a4a5bb22467b5d362df",
            "caching_sha2_password",
            "first_8",
            "as_given",
        ),
        (
            "3e0b48f8a6381f72cd2e30608517b7b3abc8e5d3bca4334b76f2ac9595c531f0",
            "caching_sha2_password",
            "last_12",
            "as_given",
        ),
        (
            "fcda67b75b0e0eb6f2b27b7ad2c603d22b19f23915ea32ffe862d7dde706fd42",
            "caching_sha2_password",
            "minus_last",
            "as_given",
        ),
        (
            "dce4381413adb162c993006f8b52fa251dbd042a56e1241b679e54742eaf3084",
            "caching_sha2_password",
            "filler_nul_inside",
            "as_given",
        ),
        (
            "3d283c38b4342e1a32238180ff12ca16182f3caeb7c86fe149ae828f6bc6c935",
            "caching_sha2_password",
            "no_salt",
            "as_given",
        ),
        (
            "43f310e10bb5dc03a3d70f912ba62b0647a3be1d0562cb82a9ba3acbde2dc825",
            "caching_sha2_password",
            "zeros",
            "as_given",
        ),
        (
            "ac7d091626f8d4d30c50912ca6454760d118d9566bccc4ad7c39eac6c4a6b15d",
            "caching_sha2_password",
            "without_nul",
            "trailing_newline",
        ),
        (
            "fed3bf16a8ded550259e71d31a17f6419e7132a9b1b3290f1a8c78dde5594378",
            "caching_sha2_password",
            "without_nul",
            "trailing_nul",
        ),
        (
            "b5bf8c8df8481ed26bd76ab114918f6083a1cfc4cd081df32ee8a48880580ec2",
            "caching_sha2_password",
            "without_nul",
            "trailing_space",
        ),
        (
            "5e3c6af6afee628c006b183c7a9f093b56dd0fb0",
            "mysql_native_password",
            "without_nul",
            "as_given",
        ),
    ] {
        let login = direct(Plugin::CachingSha2, SALT_21, hex(response));
        let found = recognise(&login, b"secret");
        assert_eq!(names(&found), (formula.to_owned(), salt, form));
        assert!(!found.extra_nul && found.prefix.is_none());
    }
}

#[test]
fn native() {
    for (response, formula, salt, extra_nul) in [
        (
            "5e3c6af6afee628c006b183c7a9f093b56dd0fb0",
            "mysql_native_password",
            "without_nul",
            false,
        ),
        (
            "f8c5643654bf441eda49741560c726d71d2466da",
            "mysql_native_password",
            "with_nul",
            false,
        ),
        (
            "e439c47a27f8d986b3e25aff4e904df7abfd1fb3",
            "mysql_native_password",
            "first_8",
            false,
        ),
        (
            "5e3c6af6afee628c006b183c7a9f093b56dd0fb000",
            "mysql_native_password",
            "without_nul",
            true,
        ),
        (
            "7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253",
            "caching_sha2_password",
            "without_nul",
            false,
        ),
    ] {
        let login = direct(Plugin::NativePassword, SALT_21, hex(response));
        let found = recognise(&login, b"secret");
        assert_eq!(names(&found), (formula.to_owned(), salt, "as_given"));
        assert_eq!(found.extra_nul, extra_nul);
    }
}

/// go-sql-driver/mysql `auth_test.go`: the response to an auth switch before and after its fix.
#[test]
fn go_sql_driver_before_and_after_its_fix() {
    let salt = [
        101, 11, 26, 18, 94, 97, 22, 72, 2, 46, 70, 106, 29, 55, 45, 94, 76, 90, 84, 50, 0,
    ];
    let after = [
        219, 72, 64, 97, 56, 197, 167, 203, 64, 236, 168, 80, 223, 56, 103, 217, 196, 176, 124, 60,
        253, 41, 195, 10, 205, 190, 177, 206, 63, 118, 211, 69,
    ];
    let before = [
        129, 93, 132, 95, 114, 48, 79, 215, 128, 62, 193, 118, 128, 54, 75, 208, 159, 252, 227,
        215, 129, 15, 242, 97, 19, 159, 31, 20, 58, 153, 9, 130,
    ];
    for (response, name) in [(after, "without_nul"), (before, "with_nul")] {
        let login = switched(SALT_21, Plugin::CachingSha2, &salt, response);
        let found = recognise(&login, b"secret");
        assert_eq!(found.salt_form.unwrap().name(), name);
    }
}

#[test]
fn the_greetings_salt_after_a_switch() {
    let new = b"abcdefghijklmnopqrst\0";
    for (salt, name) in [(salt_20(), "greeting"), (SALT_21, "greeting_with_nul")] {
        let response = Stages::new(b"secret").response(salt);
        let login = switched(SALT_21, Plugin::NativePassword, new, response);
        let found = recognise(&login, b"secret");
        assert_eq!(found.salt_form.unwrap().name(), name);
    }
}

#[test]
fn a_response_cut_short() {
    let whole = hex("2e6404fe23cfc68cfac2a01d8608199819298fe2023400e43c81065f76b7170c");
    let login = direct(Plugin::CachingSha2, SALT_21, &whole[..22]);
    let examination = examined(&login, b"secret");
    assert_eq!(examination.recomputed.as_ref(), Some(&whole));
    assert_eq!(examination.cut_at_nul(), Some(true));
    let Verdict::Match(found) = examination.verdict else {
        panic!("{:?}", examination.verdict);
    };
    assert_eq!(found.prefix, Some(22));
    assert_eq!(found.salt_form.unwrap().name(), "with_nul");
}

#[test]
fn a_wrong_password_is_a_mismatch() {
    let login = direct(
        Plugin::CachingSha2,
        SALT_21,
        hex("7d925f88e29026cd45eec0caa37e63487697df8c1d9552f57d17dfd6b4ec7253"),
    );
    let examination = examined(&login, b"another");
    assert!(matches!(examination.verdict, Verdict::Mismatch(tried) if tried.hypotheses > 1000));
}

#[test]
fn an_empty_response_is_that_of_the_empty_password_only() {
    for response in [b"".as_slice(), b"\0"] {
        let login = direct(Plugin::CachingSha2, SALT_21, response);
        let found = recognise(&login, b"");
        assert_eq!(found.password_form.name(), "as_given");
        assert!(found.weak.is_some() && !found.extra_nul);
        let verdict = examined(&login, b"secret").verdict;
        assert!(matches!(verdict, Verdict::Mismatch(_)));
    }
    let login = direct(Plugin::NativePassword, SALT_21, b"\0");
    assert!(recognise(&login, b"").extra_nul);
}

#[test]
fn the_formula_forced_on_the_empty_password() {
    let response = Stages::new(b"").response(salt_20());
    let login = direct(Plugin::NativePassword, SALT_21, response);
    for candidate in [b"".as_slice(), b"secret"] {
        let found = recognise(&login, candidate);
        assert_eq!(found.password_form.name(), "empty");
    }
}
