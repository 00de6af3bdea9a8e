//! What a server stores instead of a password, and its RSA keys, from the command line to the
//! verdict.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::Value;
use sha1::{Digest, Sha1};
use tempfile::TempDir;
use unscramble::auth::schemes::ed25519::Keys;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The logins of a sample, and what was said on standard error.
fn scan(sample: &str, options: &[&str]) -> (Vec<Value>, String) {
    let mut command = Command::cargo_bin("unscramble").unwrap();
    command.current_dir(ROOT).env("RIGHT", "Cinder-Vault-51");
    command.args(["scan", "--format", "json", "--fail-on", "never"]);
    let output = command.arg(format!("samples/{sample}")).args(options);
    let output = output.output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let logins = report["captures"][0]["logins"].as_array().unwrap();
    (logins.clone(), errors)
}

fn credentials(folder: &TempDir, text: &str) -> String {
    let path = folder.path().join("credentials.toml");
    fs::write(&path, text).unwrap();
    #[cfg(unix)]
    permit(&path, 0o600);
    path.display().to_string()
}

#[cfg(unix)]
fn permit(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn kinds(logins: &[Value]) -> Vec<&str> {
    let kind = |login: &'_ Value| login["verdict"]["kind"].as_str().unwrap().to_owned();
    let kinds: Vec<_> = logins.iter().map(kind).collect();
    kinds
        .into_iter()
        .map(|kind| match kind.as_str() {
            "match" => "match",
            "mismatch" => "mismatch",
            "no_password" => "no_password",
            _ => "unverifiable",
        })
        .collect()
}

fn native_hash(password: &str) -> String {
    let stored = Sha1::digest(Sha1::digest(password));
    let digits: Vec<_> = stored.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("*{}", digits.concat())
}

#[test]
fn the_hash_of_mysql_user_is_enough_for_native() {
    let folder = TempDir::new().unwrap();
    for (password, wanted) in [
        ("Amber-Quarry-88", "match"),
        ("Amber-Quarry-89", "mismatch"),
    ] {
        let hash = native_hash(password);
        let file = credentials(
            &folder,
            &format!(
                "[[account]]\nuser = 'app'\nlabel = 'from mysql.user'\nnative_hash = '{hash}'\n"
            ),
        );
        let (logins, _) = scan("mariadb-native-accepted.pcap", &["--credentials", &file]);
        assert_eq!(kinds(&logins), [wanted]);
        if wanted == "match" {
            assert_eq!(logins[0]["verdict"]["password"], "from mysql.user");
            assert_eq!(logins[0]["verdict"]["salt_form"], "without_nul");
        }
        let text = serde_json::to_string(&logins).unwrap();
        assert!(!text.contains(&hash[1..]), "the stored hash is a secret");
        // It says nothing of other plugins.
        let (logins, _) = scan("mysql-9-caching-sha2-fast.pcap", &["--credentials", &file]);
        assert!(kinds(&logins).iter().all(|kind| *kind == "no_password"));
    }
}

#[test]
fn the_public_key_is_enough_for_ed25519() {
    let folder = TempDir::new().unwrap();
    let key = |password: &str| STANDARD_NO_PAD.encode(Keys::new(password.as_bytes()).public());
    for (user, password, wanted) in [
        ("report", "Heron-Terrace-29", ["match", "match", "mismatch"]),
        ("*", "Heron-Terrace-29", ["match", "match", "mismatch"]),
        ("report", "other", ["mismatch"; 3]),
        ("else", "Heron-Terrace-29", ["no_password"; 3]),
    ] {
        let public = key(password);
        let text = format!("[[account]]\nuser = '{user}'\ned25519_public = '{public}'\n");
        let file = credentials(&folder, &text);
        let (logins, _) = scan("ed25519.pcap", &["--credentials", &file]);
        assert_eq!(kinds(&logins), wanted, "{user} {password}");
    }
}

#[cfg(unix)]
#[test]
fn a_credentials_file_that_others_can_read_is_told() {
    let folder = TempDir::new().unwrap();
    let file = credentials(&folder, "[[account]]\nuser = '*'\npassword = 'hunter2'\n");
    let (_, quiet) = scan("ed25519.pcap", &["--credentials", &file]);
    assert!(!quiet.contains("warning"), "{quiet}");
    permit(Path::new(&file), 0o644);
    let (_, told) = scan("ed25519.pcap", &["--credentials", &file]);
    assert!(
        told.contains("warning") && !told.contains("hunter2"),
        "{told}"
    );
}

#[test]
fn the_servers_key_opens_the_block_a_wrong_one_does_not() {
    let (right, wrong) = (
        "samples/sha256-password-rsa.pem",
        "samples/tls-1.2-rsa-key-exchange.pem",
    );
    let with = |keys: &[&str]| {
        let mut options = vec!["--password-env", "RIGHT"];
        options.extend(keys.iter().flat_map(|key| ["--server-key", key]));
        let (logins, _) = scan("sha256-password-rsa.pcap", &options);
        logins[0]["verdict"].clone()
    };
    assert_eq!(with(&[])["cause"], "rsa_key_missing");
    assert_eq!(with(&[wrong])["cause"], "rsa_key_wrong");
    for keys in [vec![right], vec![wrong, right], vec![right, wrong]] {
        assert_eq!(with(&keys)["kind"], "match", "{keys:?}");
    }
}
