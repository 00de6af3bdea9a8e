use super::{Affected, Sign, Standing, all, cited};
use crate::auth::SaltForm;
use crate::findings::catalogue::Code;
use crate::findings::client::Client;
use crate::findings::prose::Part;
use crate::mysql::Plugin;

fn client<'c>(name: &'c str, version: Option<&'c str>) -> Client<'c> {
    Client {
        name: name.as_bytes(),
        version: version.map(str::as_bytes),
        guessed: false,
    }
}

fn text(client: &Client<'_>, code: Code, plugin: &Plugin, after_switch: bool) -> Option<String> {
    let salt_form = (code == Code::SaltTrailingNul).then_some(SaltForm::WithNul);
    let sign = Sign {
        code,
        plugin,
        after_switch,
        salt_form,
        password_form: None,
    };
    told(client, &sign)
}

fn told(client: &Client<'_>, sign: &Sign<'_>) -> Option<String> {
    let prose = cited(*client, sign)?;
    let words = prose.parts().iter().map(|part| match part {
        Part::Words(words) => words.clone(),
        Part::Quote(..) => panic!("the table holds nothing captured"),
    });
    Some(words.collect())
}

/// The notes number the known defects D-01 to D-36.
#[test]
fn every_number_is_in_the_table() {
    for number in 1..=36 {
        let id = format!("D-{number:02}");
        assert!(all().any(|defect| defect.id == id), "{id}");
    }
}

#[test]
fn every_entry_is_whole() {
    for defect in all() {
        assert!(defect.id.starts_with("D-") && !defect.name.is_empty());
        assert!(defect.reference.starts_with("https://"), "{}", defect.id);
        assert!(
            defect.what.len() > 15 && !defect.what.ends_with('.'),
            "{}",
            defect.id
        );
    }
}

#[test]
fn pymysql_in_and_out_of_the_range() {
    let sha2 = Plugin::CachingSha2;
    let cite = |version| {
        text(
            &client("pymysql", version),
            Code::SaltTrailingNul,
            &sha2,
            true,
        )
    };
    for version in ["0.9.0", "1.0.3", "1.1.1"] {
        let said = cite(Some(version)).unwrap();
        assert!(
            said.contains("This version") && said.contains("1.1.2"),
            "{said}"
        );
    }
    for version in ["0.8.1", "1.1.2", "1.2"] {
        assert_eq!(cite(Some(version)), None, "{version}");
    }
    let open = cite(None).unwrap();
    assert!(
        open.contains("does not show this client's version"),
        "{open}"
    );
}

#[test]
fn the_greetings_salt_is_right_in_pymysql() {
    let pymysql = client("pymysql", Some("1.1.1"));
    let cite = |switched| {
        text(
            &pymysql,
            Code::SaltTrailingNul,
            &Plugin::CachingSha2,
            switched,
        )
    };
    assert!(cite(false).is_none() && cite(true).is_some());
}

#[test]
fn no_fix_is_promised_where_none_is_known() {
    let aiomysql = |version| {
        let client = client("aiomysql", Some(version));
        text(&client, Code::SaltTrailingNul, &Plugin::CachingSha2, true)
    };
    assert!(aiomysql("0.3.2").unwrap().contains("no fixed version"));
    assert_eq!(aiomysql("0.3.3"), None);
}

#[test]
fn a_guess_is_said_as_an_if() {
    let mut go = client("Go-MySQL-Driver", None);
    go.guessed = true;
    let said = text(&go, Code::SaltTrailingNul, &Plugin::CachingSha2, true).unwrap();
    assert!(said.starts_with("If it is go-sql-driver/mysql"), "{said}");
    assert!(said.contains("1.9.0"));
}

#[test]
fn other_clients_and_other_codes_are_left_alone() {
    let other = client("libmysql", Some("8.0.33"));
    assert_eq!(
        text(&other, Code::SaltTrailingNul, &Plugin::CachingSha2, true),
        None
    );
    let pymysql = client("pymysql", Some("1.1.1"));
    assert_eq!(
        text(&pymysql, Code::StaleSalt, &Plugin::CachingSha2, true),
        None
    );
}

#[test]
fn a_range_that_is_not_established_decides_nothing() {
    let standing = Affected::NotEstablished.standing(Some(b"1.0"));
    assert_eq!(standing, Standing::Open);
}

#[test]
fn the_form_of_the_salt_must_be_the_defects() {
    let connector = client("MySQL Connector/J", Some("8.0.33"));
    let cite = |form| {
        let salt_form = Some(form);
        let plugin = &Plugin::CachingSha2;
        told(
            &connector,
            &Sign {
                code: Code::SaltTruncated,
                plugin,
                after_switch: true,
                salt_form,
                password_form: None,
            },
        )
    };
    assert!(cite(SaltForm::CutAtNul).is_some());
    assert_eq!(cite(SaltForm::MinusLast), None);
}
