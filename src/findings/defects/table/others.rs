//! Known defects of clients that have nothing to do with the salt.

use super::COMMON;
use crate::auth::{PasswordForm, SaltForm};
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
        id: "D-10",
        name: "MySQL Connector/Python",
        attributes: &["mysql-connector-python"],
        sign: Code::SaltTruncated,
        plugins: &[Plugin::Ed25519],
        salt_forms: &[SaltForm::NulsStripped],
        only_after_switch: true,
        reference: "https://github.com/mysql/mysql-connector-python",
        basis: Basis::Deduced,
        what: "it takes a NUL off the end of every salt, also of those that have no terminator",
        ..COMMON
    },
    Defect {
        id: "D-10",
        name: "rust_mysql_common",
        sign: Code::SaltTruncated,
        plugins: &[Plugin::Ed25519],
        salt_forms: &[SaltForm::NulsStripped],
        only_after_switch: true,
        reference: "https://github.com/blackbeam/rust_mysql_common/pull/194",
        what: "it took a NUL off the end of every salt, also of those that have no terminator",
        ..COMMON
    },
    Defect {
        id: "D-12",
        name: "sqlx",
        attributes: &["sqlx"],
        sign: Code::PluginUnsupported,
        plugins: &[],
        only_after_switch: true,
        reference: "https://github.com/transact-rs/sqlx/issues/2533",
        what: "it takes a switch of exactly 21 bytes of salt only and leaves at any other",
        ..COMMON
    },
    Defect {
        id: "D-14",
        name: "go-sql-driver/mysql",
        attributes: &["Go-MySQL-Driver"],
        sign: Code::AuthSwitchIgnored,
        plugins: &[Plugin::NativePassword],
        only_after_switch: true,
        reference: "https://github.com/go-sql-driver/mysql/issues/492",
        what: "it did not know switches to mysql_native_password",
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
        id: "D-14",
        name: "mysql-binlog-connector-java",
        sign: Code::AuthSwitchIgnored,
        plugins: &[],
        only_after_switch: true,
        reference: "https://github.com/shyiko/mysql-binlog-connector-java/issues/253",
        what: "it did not know auth switches",
        ..COMMON
    },
    Defect {
        id: "D-14",
        name: "mysql_async",
        sign: Code::AuthSwitchIgnored,
        plugins: &[],
        only_after_switch: true,
        versions: Affected::FixedIn {
            from: None,
            fixed: "0.17.0",
        },
        reference: "https://github.com/blackbeam/mysql_async/issues/33",
        what: "it did not know auth switches",
        ..COMMON
    },
    Defect {
        id: "D-14",
        name: "mysql1_dart",
        sign: Code::AuthSwitchIgnored,
        plugins: &[],
        only_after_switch: true,
        reference: "https://github.com/adamlofts/mysql1_dart/issues/163",
        what: "it takes an auth switch or a request for more for the end of the login: packets out of order (1156) at the first query",
        ..COMMON
    },
    Defect {
        id: "D-15",
        name: "go-sql-driver/mysql",
        attributes: &["Go-MySQL-Driver"],
        sign: Code::PluginUnsupported,
        plugins: &[Plugin::OldPassword],
        only_after_switch: true,
        reference: "https://github.com/go-sql-driver/mysql/issues/524",
        what: "asked for the old password by the bare 0xFE, it looked for a salt there instead of taking the greeting's",
        ..COMMON
    },
    Defect {
        id: "D-15",
        name: "MySqlConnector",
        attributes: &["MySqlConnector"],
        sign: Code::PluginUnsupported,
        plugins: &[Plugin::OldPassword],
        only_after_switch: true,
        reference: "https://github.com/mysql-net/MySqlConnector/pull/316",
        what: "it does not know the old password and failed to read the bare 0xFE that asks for it",
        ..COMMON
    },
    Defect {
        id: "D-21",
        name: "mysqljs",
        attributes: &["mysqljs"],
        sign: Code::PluginUnsupported,
        plugins: &[],
        reference: "https://github.com/mysqljs/mysql",
        basis: Basis::Deduced,
        what: "it knows no plugins, so that servers whose account needs one refuse it (error 1251)",
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
        id: "D-23",
        name: "Bun.SQL",
        sign: Code::WrongPluginResponse,
        plugins: &[Plugin::Sha256],
        reference: "https://github.com/oven-sh/bun/issues/22371",
        what: "it answered sha256_password with the formula of caching_sha2_password",
        ..COMMON
    },
    Defect {
        id: "D-23",
        name: "Readyset",
        sign: Code::WrongPluginResponse,
        plugins: &[],
        reference: "https://github.com/readysettech/readyset/issues/1640",
        what: "it answers COM_CHANGE_USER with the formula of another plugin",
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
        id: "D-24",
        name: "go-sql-driver/mysql",
        attributes: &["Go-MySQL-Driver"],
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::Empty],
        only_after_switch: true,
        reference: "https://github.com/go-sql-driver/mysql/issues/826",
        what: "after an auth switch it hashed an empty password instead of sending an empty response",
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
        id: "D-25",
        name: "ephpm",
        sign: Code::CleartextOnPlainTcp,
        plugins: &[Plugin::CachingSha2],
        reference: "https://github.com/ephpm/ephpm/issues/236",
        what: "it fetched the server's key and then sent the password in clear text all the same",
        ..COMMON
    },
    Defect {
        id: "D-26",
        name: "asyncmy",
        attributes: &["asyncmy"],
        sign: Code::FullAuthWrongForm,
        plugins: &[Plugin::CachingSha2],
        reference: "https://github.com/long2ice/asyncmy/issues/117",
        what: "it does not take TLS for secure and uses RSA inside it, which servers refuse",
        ..COMMON
    },
    Defect {
        id: "D-26",
        name: "mysql of Deno",
        sign: Code::FullAuthWrongForm,
        plugins: &[Plugin::CachingSha2],
        reference: "https://github.com/denodrivers/mysql/issues/173",
        what: "it uses RSA inside TLS, and with the wrong hash; it works while the server remembers the account",
        ..COMMON
    },
    Defect {
        id: "D-26",
        name: "mysql2 on Deno",
        attributes: &["Node-MySQL-2"],
        sign: Code::FullAuthWrongForm,
        plugins: &[Plugin::CachingSha2],
        reference: "https://github.com/sidorares/node-mysql2/issues/2686",
        what: "where Deno does not show it that the connection is secure, it uses RSA inside TLS",
        ..COMMON
    },
    Defect {
        id: "D-27",
        name: "MariaDB Connector/C",
        attributes: &["libmariadb"],
        sign: Code::WrongPluginResponse,
        plugins: &[],
        reference: "https://github.com/mariadb-corporation/mariadb-connector-c/pull/120",
        what: "inside TLS it sent the password itself where caching_sha2_password wants the hashed response first",
        ..COMMON
    },
    Defect {
        id: "D-28",
        name: "aiomysql",
        sign: Code::FullAuthRefused,
        plugins: &[],
        reference: "https://github.com/aio-libs/aiomysql/issues/673",
        what: "it takes a Unix socket for insecure, so that full authentication fails there; no capture of a network shows it",
        ..COMMON
    },
    Defect {
        id: "D-28",
        name: "MariaDB Connector/Node.js",
        sign: Code::FullAuthRefused,
        plugins: &[],
        reference: "https://github.com/mariadb-corporation/mariadb-connector-nodejs/issues/326",
        what: "it takes a Unix socket for insecure, so that full authentication fails there; no capture of a network shows it",
        ..COMMON
    },
];
