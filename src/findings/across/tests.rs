use super::Across;
use crate::auth::SaltForm;
use crate::findings::Finding;
use crate::findings::test_support::{Script, at, flat};
use crate::mysql::{AuthPath, Plugin, Side};

/// An accepted login by full authentication whose packets begin at this number.
fn full(first: u64) -> Script {
    let mut script = Script::sha2()
        .turn(Side::Server, &[4], first.saturating_add(2))
        .path(AuthPath::FullRsa);
    script.login.first = at(first);
    for step in &mut script.login.steps {
        step.at = at(step.at.number.saturating_add(first).saturating_sub(4));
    }
    script.client("pymysql", Some("1.1.1"))
}

fn across(scripts: &[Script]) -> (Across, Vec<Finding>) {
    let mut across = Across::default();
    for (stream, script) in (0..).zip(scripts) {
        across.see(&script.subject(stream));
    }
    let findings = across.findings();
    (across, findings)
}

fn told(scripts: &[Script]) -> usize {
    across(scripts).1.len()
}

#[test]
fn the_long_way_again_and_again() {
    let findings = across(&[full(4), full(20)]).1;
    assert_eq!(findings[0].code.as_str(), "fast-auth-never-succeeds");
    assert_eq!(findings[0].stream, Some(1));
    assert_eq!(findings[0].packets, [6, 22]);
    let text = flat(&findings[0].summary);
    assert!(
        text.contains("<app> 2 times") && text.contains("it stays open"),
        "{text}"
    );
}

#[test]
fn the_cause_is_told_where_it_is_known() {
    let said = |scripts: &[Script]| flat(&across(scripts).1[0].summary);
    let faulty = said(&[
        full(4).form(SaltForm::WithNul),
        full(20).form(SaltForm::WithNul),
    ]);
    assert!(faulty.contains("have a fault of the client"), "{faulty}");
    let right = said(&[full(4).right(), full(20).right()]);
    assert!(right.contains("the server did not remember"), "{right}");
}

#[test]
fn cold_caches_and_others_are_not_blamed() {
    assert_eq!(told(&[full(4)]), 0, "once");
    assert_eq!(
        told(&[full(4), full(5)]),
        0,
        "the second began before the first was accepted"
    );
    assert_eq!(
        told(&[full(4), full(20).path(AuthPath::Fast)]),
        0,
        "fast at last"
    );
    assert_eq!(told(&[full(4), full(20).from(2)]), 0, "another client");
    assert_eq!(
        told(&[full(4), full(20).refused(1045)]),
        0,
        "the password may be wrong"
    );
    assert_eq!(
        told(&[full(4), full(20).path(AuthPath::FullRefused)]),
        0,
        "given up"
    );
}

fn remark(scripts: &[Script], of: usize) -> String {
    let (across, _) = across(scripts);
    let subject = scripts[of].subject(of as u64);
    let mut findings = scripts[of].findings();
    across.annotate(&subject, &mut findings);
    flat(&findings[0].summary)
}

#[test]
fn the_same_client_was_right_elsewhere() {
    let pymysql = |script: Script| script.client("pymysql", Some("1.1.1"));
    let right = pymysql(Script::sha2()).right();
    let wrong = pymysql(Script::native().switched(Plugin::CachingSha2, 32));
    let wrong = wrong.form(SaltForm::WithNul).refused(1045);
    let text = remark(&[right.clone(), wrong.clone()], 1);
    assert!(
        text.contains("right response in stream 0, where no auth switch took place"),
        "{text}"
    );
    let mut newer = right;
    let attributes = &mut newer.login.request.as_mut().unwrap().attributes;
    let name = attributes.iter().next().unwrap().1.to_vec();
    *attributes = [
        (&b"_client_name"[..], &name[..]),
        (b"_client_version", b"1.1.2"),
    ]
    .into_iter()
    .collect();
    assert!(
        !remark(&[newer, wrong], 1).contains("stream 0"),
        "another version"
    );
}

#[test]
fn refused_for_one_or_for_all() {
    let refused = || Script::native().right().refused(1045);
    let accepted = || Script::native().right();
    let one = remark(&[accepted().from(2), refused()], 1);
    assert!(
        one.contains("accepted from another address in stream 0"),
        "{one}"
    );
    let same = remark(&[accepted(), refused()], 1);
    assert!(
        same.contains("accepted from the same address in stream 0"),
        "{same}"
    );
    let all = remark(&[refused().from(2), refused()], 1);
    assert!(all.contains("accepted nowhere"), "{all}");
    let alone = remark(&[refused()], 0);
    assert!(!alone.contains("same user"), "{alone}");
}

#[test]
fn many_logins_of_one_account_need_no_more_room_than_one() {
    let script = || Script::sha2().right();
    let many: Vec<Script> = std::iter::repeat_with(script).take(100).collect();
    assert!(!across(&many).0.overflowed());
}
