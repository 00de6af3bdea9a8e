//! Sizes of recorded logins (the program's samples) and of constructed ones.

use proptest::prelude::*;

use super::*;

/// `c23:53@5` is a record of the client, type 23, 53 bytes, in packet 5.
fn records(text: &str) -> Vec<Record> {
    let record = |word: &str| {
        let (side, rest) = word.split_at(1);
        let (content, rest) = rest.split_once(':').unwrap();
        let (length, number) = rest.split_once('@').unwrap_or((rest, "1"));
        Record {
            from_client: side == "c",
            content: ContentType(content.parse().unwrap()),
            length: length.parse().unwrap(),
            at: PacketRef {
                number: number.parse().unwrap(),
                time: None,
            },
        }
    };
    text.split_whitespace().map(record).collect()
}

fn told(version: Version, suite: u16, text: &str) -> Inferred {
    infer(version, Suite(suite), &records(text)).unwrap()
}

#[test]
fn pymysql_refused_in_tls13() {
    let inferred = told(
        Version::TLS13,
        0x1302,
        "s23:23@2 s23:811@2 s23:281@2 s23:69@2 c23:69@3 s23:250@4 c23:155@5 s23:250@6 s23:65@6 \
         c23:53@7 s23:92@8",
    );
    assert_eq!(
        inferred.sentence,
        "switched to caching_sha2_password, 32-byte response, refused at once: fits a wrong \
         scramble or a wrong password; a key log would decide"
    );
    assert_eq!(inferred.outcome, Some(InferredOutcome::Rejected));
    assert!(!inferred.ambiguous);
    let packets: Vec<u64> = inferred.steps.iter().map(|step| step.at.number).collect();
    assert_eq!(packets, [5, 6, 7, 8]);
}

#[test]
fn pymysql_refused_in_tls12() {
    let text = "c22:40@3 s22:40@4 c23:162@5 s23:72@6 c23:60@7 s23:99@8";
    let inferred = told(Version::TLS12, 0xc030, text);
    assert!(
        inferred
            .sentence
            .starts_with("switched to caching_sha2_password, 32-byte response")
    );
    assert_eq!(inferred.outcome, Some(InferredOutcome::Rejected));
}

#[test]
fn full_authentication() {
    let inferred = told(
        Version::TLS13,
        0x1301,
        "c22:512@3 s22:155@4 s23:23@4 s23:65@4 s23:1588@4 s23:281@4 s23:53@4 c23:25@5 c23:53@5 \
         s23:234@6 s23:234@7 c23:167@8 s23:23@9 c23:39@10 s23:28@11 c23:39@12 s23:28@13",
    );
    assert_eq!(
        inferred.sentence,
        "full authentication asked for, the password sent, accepted"
    );
    assert_eq!(inferred.outcome, Some(InferredOutcome::Accepted));
    assert!(!inferred.ambiguous);
}

/// Tickets that come behind the login, and fast authentication.
#[test]
fn fast_authentication() {
    let text = "c23:53 c23:167 s23:234 s23:234 s23:23 s23:28 c23:39 s23:28";
    let inferred = told(Version::TLS13, 0x1301, text);
    assert_eq!(inferred.sentence, "fast authentication, accepted");
    assert!(!inferred.ambiguous);
}

#[test]
fn other_ends() {
    let table = [
        // Accepted with session tracking: commands follow.
        ("c23:53 c23:167 s23:60 c23:39 s23:28", "accepted", false),
        // Only COM_QUIT follows an answer that is neither.
        (
            "c23:53 c23:167 s23:60 c23:22",
            "a login without an answer; how it ended does not show without a key log \
             (the sizes of the records allow other readings)",
            true,
        ),
        (
            "c23:53 c23:167",
            "a login without an answer; how it ended does not show without a key log",
            false,
        ),
        (
            "c23:53 c23:167 s23:65 c23:41 s23:28",
            "switched to mysql_native_password, 20-byte response, accepted",
            false,
        ),
        // sha256_password over TLS: the response is the password, its length is not told.
        (
            "c23:53 c23:167 s23:59 c23:35 s23:28 c23:39",
            "switched to sha256_password, a response, accepted (the sizes of the records allow \
             other readings)",
            true,
        ),
        (
            "c23:53 c23:167 s23:23 c23:39 s23:92",
            "full authentication asked for, the password sent, refused: fits a wrong password; \
             a key log would decide",
            false,
        ),
    ];
    for (text, expected, ambiguous) in table {
        let inferred = told(Version::TLS13, 0x1301, text);
        assert_eq!(inferred.sentence, expected, "{text}");
        assert_eq!(inferred.ambiguous, ambiguous, "{text}");
    }
}

/// CBC rounds up: the same login as above has several readings, and no outcome that must be.
#[test]
fn blocks_are_ambiguous() {
    // 138, 48, 36 and 75 bytes with AES-128, SHA-1 (MAC then encrypt), behind explicit IVs.
    let text = "c22:64 s22:64 c23:176 s23:96 c23:80 s23:112";
    let inferred = told(Version::TLS12, 0xc013, text);
    assert!(inferred.ambiguous);
    assert!(matches!(&inferred.steps[1].kind, StepKind::Switch(plugins)
        if plugins.contains(&"caching_sha2_password")));
}

#[test]
fn empty_records_of_tls10() {
    let text = "c23:32 c23:160 s23:32 s23:80 c23:32 c23:64 s23:32 s23:96";
    let inferred = told(Version::TLS10, 0xc013, text);
    assert_eq!(inferred.steps.len(), 4);
    assert!(inferred.ambiguous);
}

#[test]
fn no_login() {
    let none = |version, suite, text| infer(version, Suite(suite), &records(text));
    // The client ends the handshake with an alert.
    assert_eq!(
        none(Version::TLS13, 0x1301, "s23:23 s23:800 s23:53 c23:19"),
        None
    );
    assert_eq!(none(Version::TLS12, 0xc030, "c22:40 s22:40 s23:100"), None);
    assert_eq!(none(Version::TLS12, 0xbeef, "c23:162"), None);
    assert_eq!(none(Version::TLS12, 0xc030, "c23:3"), None);
    assert_eq!(none(Version::TLS13, 0x1301, ""), None);
}

proptest! {
    #[test]
    fn never_panics(
        records in prop::collection::vec((any::<bool>(), 20_u8..25, any::<u16>()), 0..40),
        version in 0x0301_u16..0x0305,
        suite in prop::sample::select(vec![0x1301_u16, 0x1305, 0xc030, 0xc013, 0xc024, 0xcca9]),
        ) {
        let at = PacketRef { number: 1, time: None };
        let records: Vec<Record> = records
            .into_iter()
            .map(|(from_client, content, length)| Record {
                from_client,
                content: ContentType(content),
                length,
                at,
            })
            .collect();
        if let Some(inferred) = infer(Version(version), Suite(suite), &records) {
            prop_assert!(inferred.steps.len() <= records.len());
        }
    }
}
