//! Known defects that have nothing to do with the salt.

use super::COMMON;
use crate::findings::catalogue::Code;
use crate::findings::defects::{Affected, Basis, Defect};
use crate::mysql::Plugin;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "D-06",
        name: "PyMySQL",
        attributes: &["pymysql"],
        sign: Code::ResponseExtraNul,
        plugins: &[Plugin::NativePassword],
        only_after_switch: true,
        reference: "https://github.com/PyMySQL/PyMySQL/issues/582",
        what: "after an auth switch to mysql_native_password it ended the response with a NUL",
        ..COMMON
    },
    Defect {
        id: "D-07",
        name: "sqlx",
        attributes: &["sqlx"],
        versions: Affected::KnownUpTo("0.8"),
        sign: Code::HashOrderReversed,
        reference: "https://github.com/transact-rs/sqlx/issues/4244",
        what: "it hashes the salt before the password's hash, so that every login takes full authentication",
        ..COMMON
    },
    Defect {
        id: "D-08",
        name: "myxql",
        sign: Code::HashOrderReversed,
        reference: "https://github.com/elixir-ecto/myxql/pull/213",
        what: "it hashes the salt before the password's hash; works on MySQL, refused by ProxySQL",
        ..COMMON
    },
    Defect {
        id: "D-09",
        name: "Bun.SQL",
        sign: Code::HashOrderReversed,
        reference: "https://github.com/oven-sh/bun/pull/33179",
        what: "it hashes the salt before the password's hash",
        ..COMMON
    },
    Defect {
        id: "D-10",
        name: "go-sql-driver/mysql",
        attributes: &["Go-MySQL-Driver"],
        sign: Code::PluginUnsupported,
        plugins: &[Plugin::Ed25519],
        only_after_switch: true,
        reference: "https://github.com/go-sql-driver/mysql",
        basis: Basis::Deduced,
        what: "from 1.9.0 on it takes a NUL off the end of every salt, and then refuses one of client_ed25519 that \
ends in zero, which happens in one login of 256",
        ..COMMON
    },
    Defect {
        id: "D-14",
        name: "mysqljs",
        attributes: &["mysqljs"],
        sign: Code::AuthSwitchIgnored,
        plugins: &[],
        only_after_switch: true,
        reference: "https://github.com/mysqljs/mysql/issues/1396",
        what: "it does not know auth switches",
        ..COMMON
    },
    Defect {
        id: "D-18",
        name: "ProxySQL",
        versions: Affected::FixedIn {
            from: None,
            fixed: "2.0.4",
        },
        sign: Code::RightPasswordRejected,
        plugins: &[Plugin::NativePassword],
        only_after_switch: true,
        reference: "https://github.com/sysown/proxysql/pull/1954",
        what: "it reads the answer to an auth switch up to its first NUL and so refuses right ones that hold one",
        ..COMMON
    },
    Defect {
        id: "D-20",
        name: "MySQL 8.4 and 9.0",
        sign: Code::PluginUnsupported,
        plugins: &[Plugin::NativePassword],
        reference: "https://github.com/dbeaver/dbeaver/issues/35337",
        what: "mysql_native_password is switched off in 8.4 and removed in 9.0 (error 1524)",
        ..COMMON
    },
    Defect {
        id: "D-22",
        name: "TiDB",
        versions: Affected::SeenIn("4.0.4"),
        sign: Code::EmptyResponse,
        plugins: &[],
        reference: "https://github.com/pingcap/tidb/issues/19153",
        what: "it takes the empty response of a client that waits for an auth switch for an empty password",
        ..COMMON
    },
    Defect {
        id: "D-23",
        name: "Bun.SQL",
        sign: Code::WrongPluginResponse,
        plugins: &[Plugin::Sha256],
        reference: "https://github.com/oven-sh/bun/issues/22371",
        what: "it answered sha256_password with the formula of caching_sha2_password",
        ..COMMON
    },
    Defect {
        id: "D-24",
        name: "Trilogy",
        sign: Code::PasswordTransformed,
        plugins: &[Plugin::NativePassword],
        only_after_switch: true,
        reference: "https://github.com/trilogy-libraries/trilogy/issues/21",
        what: "it hashed an empty password instead of sending an empty response",
        ..COMMON
    },
    Defect {
        id: "D-25",
        name: "MySQL Connector/Python",
        attributes: &["mysql-connector-python"],
        sign: Code::CleartextOnPlainTcp,
        reference: "https://github.com/mysql/mysql-connector-python/pull/97",
        what: "it answered the request for full authentication with the password in clear text, with no check for TLS",
        ..COMMON
    },
    Defect {
        id: "D-30",
        name: "MySqlConnector",
        attributes: &["MySqlConnector"],
        versions: Affected::FixedIn {
            from: None,
            fixed: "0.59.0",
        },
        sign: Code::ResponseTruncated,
        plugins: &[Plugin::Clear, Plugin::Dialog],
        reference: "https://github.com/mysql-net/MySqlConnector/issues/703",
        what: "it sent the password of the clear text plugin without the NUL that ends it",
        ..COMMON
    },
    Defect {
        id: "D-35",
        name: "phpMyAdmin",
        sign: Code::PasswordTransformed,
        plugins: &[],
        reference: "https://github.com/phpmyadmin/phpmyadmin/issues/16451",
        what: "it cut passwords at a length, among them AWS IAM tokens",
        ..COMMON
    },
];
