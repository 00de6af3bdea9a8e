//! Every line is compared with the one that is made of the model, whatever came before it.

use std::sync::Arc;

use super::*;
use crate::auth::{FactorVerdict, PasswordForm, SaltForm, Tried, Unverifiable, Verdict};
use crate::findings::Code;
use crate::mysql::wire::attributes::Attributes;
use crate::mysql::{
    AuthPath, LoginRequest, Outcome, Plugin, SaltSource, Side, StepKind, Transport,
};
use crate::report::testing::{self, matching};
use crate::report::{Link, Pseudonyms, Redactor, Relation};
use crate::tls::shape::{Inferred, InferredOutcome};

/// The line of a login, as `add` makes it.
fn line(
    builder: &Builder<'_>,
    examined: &ExaminedLogin,
    add: impl FnOnce(&LoginHead<'_>, &mut Vec<u8>) -> io::Result<()>,
) -> String {
    let details = examined.findings.iter();
    let detail = |finding| builder.finding(finding, Some("a.pcap".into()), None);
    let details: Vec<_> = details.map(detail).collect();
    let mut written = Vec::new();
    add(&LoginHead::new("a.pcap", &details), &mut written).unwrap();
    String::from_utf8(written).unwrap()
}

/// Adds a login's line and compares it.
fn check(moulds: &mut Moulds, builder: &Builder<'_>, examined: &ExaminedLogin) {
    let made = line(builder, examined, |head, out| {
        moulds.add(builder, head, examined, out)
    });
    let plain = line(builder, examined, |head, out| {
        add_plain(builder, head, examined, out)
    });
    assert_eq!(made, plain);
}

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    let pairs = pairs.iter();
    pairs
        .map(|(key, value)| (key.as_bytes(), value.as_bytes()))
        .collect()
}

fn request(examined: &mut ExaminedLogin) -> &mut LoginRequest {
    examined.login.request.as_mut().unwrap()
}

const CLIENT: (&str, &str) = ("_client_name", "libmysql");

/// A login as most are, with the process of its client.
fn usual() -> ExaminedLogin {
    let mut examined = testing::accepted(1);
    request(&mut examined).attributes =
        attributes(&[("_pid", "4711"), CLIENT, ("program_name", "mysql")]);
    examined
}

type Change = fn(&mut ExaminedLogin);

/// All that a line tells of a login, changed one by one.
const CHANGES: &[Change] = &[
    |e| e.stream = 70_000,
    |e| e.login.attempt = 2,
    |e| e.login.first.time = None,
    |e| e.login.first = testing::packet(99),
    |e| e.login.client = testing::end("10.1.2.3", 1),
    |e| e.login.client.port = 6,
    |e| e.login.server = testing::end("10.1.2.3", 1),
    |e| e.login.server.port = 3307,
    |e| e.login.proxied_for = Some(testing::end("10.1.2.3", 1)),
    |e| {
        e.login.transport = Transport::Tls {
            version: Some("TLSv1.3"),
            cipher: None,
            sealed: None,
        }
    },
    |e| {
        e.login.transport = Transport::Tls {
            version: None,
            cipher: Some("A".into()),
            sealed: Some("B".into()),
        }
    },
    |e| e.login.server_version = Some(b"8.0.99".into()),
    |e| e.login.greeting = None,
    |e| e.login.greeting.as_mut().unwrap().server_version = b"8.0.98".into(),
    |e| e.login.greeting.as_mut().unwrap().plugin = None,
    |e| e.login.greeting.as_mut().unwrap().plugin = Some(Plugin::Other(b"mine".to_vec())),
    |e| e.login.request = None,
    |e| request(e).user = None,
    |e| request(e).user = Some(b"somebody".into()),
    |e| request(e).user = Some(b"\x1b[31m\"\xff".into()),
    |e| request(e).database = Some(b"".into()),
    |e| request(e).database = Some(b"shop".into()),
    |e| request(e).plugin = None,
    |e| request(e).plugin = Some(Plugin::Dialog),
    |e| request(e).attributes = Attributes::default(),
    |e| request(e).attributes = attributes(&[("_pid", "1"), CLIENT, ("program_name", "mysql")]),
    |e| {
        request(e).attributes =
            attributes(&[("_pid", "4711"), CLIENT, ("program_name", "mysqldump")]);
    },
    |e| request(e).attributes = attributes(&[("_pid", "4711"), CLIENT, ("program", "mysql")]),
    |e| request(e).attributes = attributes(&[CLIENT, ("program_name", "mysql"), ("_pid", "4711")]),
    |e| request(e).attributes = attributes(&[("_pid", "\"\n"), CLIENT]),
    |e| request(e).attributes = attributes(&[("_pid", ""), CLIENT]),
    |e| request(e).attributes = attributes(&[("_pid", "1"), ("_pid", "2")]),
    |e| request(e).attributes = attributes(&[("_pid", "1"), CLIENT, CLIENT]),
    |e| e.login.switched = true,
    |e| e.login.rounds.clear(),
    |e| e.login.rounds[0].plugin = Plugin::NativePassword,
    |e| e.login.rounds[0].plugin = Plugin::Other(Vec::new()),
    |e| e.login.rounds[0].salt = None,
    |e| e.login.rounds[0].salt.as_mut().unwrap().bytes = [7; 21].into(),
    |e| e.login.rounds[0].salt.as_mut().unwrap().bytes = b"another salt of 20 b\0".into(),
    |e| e.login.rounds[0].salt.as_mut().unwrap().bytes = b"short\0".into(),
    |e| e.login.rounds[0].salt.as_mut().unwrap().source = SaltSource::Greeting,
    |e| e.login.rounds[0].turns.clear(),
    |e| e.login.rounds[0].turns[0].bytes = [1; 20].into(),
    |e| e.login.rounds[0].turns[0].missing = 3,
    |e| e.login.path = None,
    |e| e.login.path = Some(AuthPath::FullTls),
    |e| e.login.outcome = testing::switched(0).login.outcome,
    |e| rejected(e, 1044, Some(*b"28000"), b"no"),
    |e| rejected(e, 1045, Some(*b"28000"), b"no"),
    |e| rejected(e, 1045, Some(*b"42000"), b"no"),
    |e| rejected(e, 1045, None, b"no"),
    |e| {
        rejected(
            e,
            1045,
            None,
            b"Access denied for user 'x'@'y' (using password: NO)",
        );
    },
    |e| e.login.outcome = Outcome::Abandoned { by: None, at: None },
    |e| {
        e.login.outcome = Outcome::Abandoned {
            by: Some(Side::Client),
            at: None,
        }
    },
    |e| {
        e.login.outcome = Outcome::Abandoned {
            by: Some(Side::Server),
            at: None,
        }
    },
    |e| e.login.outcome = Outcome::Unknown,
    |e| inferred(e, InferredOutcome::Accepted),
    |e| inferred(e, InferredOutcome::Rejected),
    |e| e.login.steps[0].at = testing::packet(77),
    |e| e.login.steps[1].at.time = None,
    |e| e.login.steps[2].length = 1 << 40,
    |e| e.login.steps[3].kind = StepKind::MoreData,
    |e| e.login.steps[3].side = Side::Server,
    |e| e.login.steps.clear(),
    |e| e.login.steps.truncate(3),
    |e| e.examination.verdict = Verdict::NoPassword,
    |e| e.examination.verdict = Verdict::Unverifiable(Unverifiable::SaltNotCaptured),
    |e| e.examination.verdict = Verdict::Unverifiable(Unverifiable::Malformed("odd".into())),
    |e| {
        e.examination.verdict = Verdict::Mismatch(Tried {
            hypotheses: 5,
            reduced: false,
        });
    },
    |e| {
        e.examination.verdict = Verdict::Mismatch(Tried {
            hypotheses: 6,
            reduced: false,
        });
    },
    |e| {
        e.examination.verdict = Verdict::Mismatch(Tried {
            hypotheses: 6,
            reduced: true,
        });
    },
    |e| e.examination.verdict = matching(SaltForm::WithNul, PasswordForm::AsGiven),
    |e| e.examination.verdict = matching(SaltForm::WithoutNul, PasswordForm::Trimmed),
    |e| matched(e).password = "another".into(),
    |e| matched(e).extra_nul = true,
    |e| matched(e).missing_nul = true,
    |e| matched(e).prefix = Some(8),
    |e| matched(e).weak = Some("one in 256"),
    |e| matched(e).tried.hypotheses = 13,
    |e| {
        e.examination.factors = vec![FactorVerdict {
            plugin: None,
            verdict: Verdict::NoPassword,
        }];
    },
    |e| e.findings = testing::switched(1).findings,
    |e| {
        e.findings = testing::switched(1).findings;
        e.findings[0].code = Code::WeakPlugin;
    },
    |e| {
        e.findings = testing::switched(1).findings;
        e.findings[0].packets = vec![1];
    },
    |e| e.findings = [testing::switched(1).findings, testing::switched(2).findings].concat(),
    |e| {
        e.related = vec![Link {
            capture: "b.pcap".into(),
            stream: 1,
            attempt: 0,
            how: Relation::SameExchangeAgain,
            forwarded: false,
        }];
    },
    |e| *e = testing::switched(3),
    |e| *e = testing::sealed(3),
    |e| *e = testing::attack(3, 100),
    |e| *e = testing::attack(3, 9000),
];

fn rejected(examined: &mut ExaminedLogin, code: u16, state: Option<[u8; 5]>, message: &[u8]) {
    examined.login.outcome = testing::switched(0).login.outcome;
    if let Outcome::Rejected(error) = &mut examined.login.outcome {
        (error.code, error.sql_state, error.message) = (code, state, message.to_vec());
    }
}

fn inferred(examined: &mut ExaminedLogin, outcome: InferredOutcome) {
    examined.login.outcome = Outcome::Unknown;
    examined.login.tls.inferred = Some(Inferred {
        outcome: Some(outcome),
        steps: Vec::new(),
        sentence: String::new(),
        ambiguous: false,
    });
}

fn matched(examined: &mut ExaminedLogin) -> &mut crate::auth::Match {
    match &mut examined.examination.verdict {
        Verdict::Match(found) => found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_line_is_that_of_its_login_whatever_was_before() {
    let redactor = Redactor::default();
    let builder = Builder::new(&redactor);
    for change in CHANGES {
        let (usual, mut changed) = (usual(), usual());
        change(&mut changed);
        for logins in [[&usual, &changed], [&changed, &usual]] {
            let mut moulds = Moulds::default();
            for login in [logins[0]; 3]
                .into_iter()
                .chain([logins[1]; 3])
                .chain(logins)
            {
                check(&mut moulds, &builder, login);
            }
        }
    }
    // The same with all of them in turns, of which each has its mould.
    let mut moulds = Moulds::default();
    for _ in 0..3 {
        for change in CHANGES {
            let mut changed = usual();
            change(&mut changed);
            check(&mut moulds, &builder, &changed);
        }
    }
}

fn ready(moulds: &Moulds) -> usize {
    let kinds = moulds.known.values();
    kinds
        .filter(|kind| matches!(kind, Kind::Moulded(_)))
        .count()
}

#[test]
fn the_third_login_of_a_kind_has_a_mould() {
    let redactor = Redactor::default();
    let builder = Builder::new(&redactor);
    let mut moulds = Moulds::default();
    for (number, moulds_then) in [(1, 0), (2, 1), (3, 1), (4, 1)] {
        let mut login = usual();
        login.stream = number;
        login.login.client.port = 7;
        login.login.first = testing::packet(number);
        login.login.rounds[0].salt.as_mut().unwrap().bytes =
            format!("salt of number {number:05}\0").into_bytes().into();
        request(&mut login).attributes = attributes(&[("_pid", &number.to_string()), CLIENT]);
        for step in &mut login.login.steps {
            step.at = testing::packet(number * 10);
        }
        check(&mut moulds, &builder, &login);
        assert_eq!(ready(&moulds), moulds_then);
    }
    assert_eq!(moulds.known.len(), 1);
}

#[test]
fn a_password_among_the_processes_is_masked() {
    let redactor = Redactor::new([&b"13131313"[..]]);
    let builder = Builder::new(&redactor);
    let mut moulds = Moulds::default();
    for process in ["1", "2", "13131313", "3"] {
        let mut login = usual();
        request(&mut login).attributes = attributes(&[("_pid", process)]);
        check(&mut moulds, &builder, &login);
    }
    assert_eq!(ready(&moulds), 1);
}

#[test]
fn a_password_among_the_attributes_names_is_masked() {
    let redactor = Redactor::new([PROCESS.as_bytes()]);
    let builder = Builder::new(&redactor);
    let mut moulds = Moulds::default();
    for process in ["1", "2", "3"] {
        let mut login = usual();
        request(&mut login).attributes = attributes(&[("_pid", process)]);
        check(&mut moulds, &builder, &login);
    }
    assert_eq!(ready(&moulds), 0);
}

#[test]
fn what_is_told_in_other_words_has_no_moulds() {
    let plain = Redactor::default();
    let anonymous = Redactor::default().anonymize(Arc::new(Pseudonyms::new(b"key")));
    for builder in [Builder::new(&plain).reveal(true), Builder::new(&anonymous)] {
        let mut moulds = Moulds::default();
        for _ in 0..3 {
            check(&mut moulds, &builder, &usual());
        }
        assert_eq!(ready(&moulds), 0);
    }
}

#[test]
fn there_are_not_more_than_allowed() {
    let redactor = Redactor::default();
    let builder = Builder::new(&redactor);
    let mut moulds = Moulds::default();
    for number in 0..limits::MOULDS + 10 {
        let mut login = usual();
        request(&mut login).user = Some(format!("user {number}").into_bytes().into());
        check(&mut moulds, &builder, &login);
        check(&mut moulds, &builder, &login);
    }
    assert_eq!(moulds.known.len(), 10);
    let mut login = usual();
    request(&mut login).user = Some(vec![b'u'; limits::MOULD_BYTES].into());
    for _ in 0..3 {
        check(&mut moulds, &builder, &login);
    }
    assert_eq!(moulds.known.len(), 10);
}
