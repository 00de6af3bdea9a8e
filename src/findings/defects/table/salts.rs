//! Known defects in the use of the salt.

use super::COMMON;
use crate::auth::SaltForm;
use crate::findings::catalogue::Code;
use crate::findings::defects::{Affected, Basis, Defect};
use crate::mysql::Plugin;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "D-01",
        name: "PyMySQL",
        attributes: &["pymysql"],
        versions: Affected::FixedIn {
            from: Some("0.9.0"),
            fixed: "1.1.2",
        },
        only_after_switch: true,
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/PyMySQL/PyMySQL/pull/1200",
        what: "after an auth switch to caching_sha2_password it hashes the salt's terminating NUL too",
        ..COMMON
    },
    Defect {
        id: "D-02",
        name: "go-sql-driver/mysql",
        attributes: &["Go-MySQL-Driver"],
        versions: Affected::FixedIn {
            from: None,
            fixed: "1.9.0",
        },
        only_after_switch: true,
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/go-sql-driver/mysql/issues/1666",
        what: "after an auth switch to caching_sha2_password it hashes the salt's terminating NUL too",
        ..COMMON
    },
    Defect {
        id: "D-03",
        name: "aiomysql",
        attributes: &["aiomysql"],
        versions: Affected::KnownUpTo("0.3.2"),
        only_after_switch: true,
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/aio-libs/aiomysql",
        basis: Basis::Observed,
        what: "after an auth switch it takes all bytes of the salt, the terminating NUL among them",
        ..COMMON
    },
    Defect {
        id: "D-03",
        name: "asyncmy",
        attributes: &["asyncmy"],
        versions: Affected::KnownUpTo("0.2.18"),
        only_after_switch: true,
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/long2ice/asyncmy",
        basis: Basis::Observed,
        what: "after an auth switch it takes all bytes of the salt, the terminating NUL among them",
        ..COMMON
    },
    Defect {
        id: "D-04",
        name: "Bun.SQL",
        versions: Affected::SeenIn("1.4.0 canary"),
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/oven-sh/bun/pull/33504",
        what: "it hashes 21 bytes of salt, of the greeting too",
        ..COMMON
    },
    Defect {
        id: "D-06",
        name: "PyMySQL",
        attributes: &["pymysql"],
        plugins: &[Plugin::NativePassword],
        only_after_switch: true,
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/PyMySQL/PyMySQL/issues/585",
        what: "after an auth switch to mysql_native_password it hashed 21 bytes of salt",
        ..COMMON
    },
    Defect {
        id: "D-06",
        name: "MariaDB Connector/J",
        attributes: &["MariaDB Connector/J"],
        plugins: &[Plugin::NativePassword],
        only_after_switch: true,
        salt_forms: &[SaltForm::WithNul],
        reference: "https://github.com/mariadb-corporation/mariadb-connector-j/pull/93",
        what: "after an auth switch to mysql_native_password it took the terminating NUL along (CONJ-394)",
        ..COMMON
    },
    Defect {
        id: "D-05",
        name: "PyMySQL",
        attributes: &["pymysql"],
        versions: Affected::FixedIn {
            from: None,
            fixed: "0.10.1",
        },
        sign: Code::RsaSaltTrailingNul,
        plugins: &[Plugin::CachingSha2, Plugin::Sha256],
        reference: "https://github.com/PyMySQL/PyMySQL/issues/890",
        what: "on the RSA path it XORs with 21 bytes of salt, so that passwords of 20 and more characters fail",
        ..COMMON
    },
    Defect {
        id: "D-05",
        name: "php mysqlnd",
        sign: Code::RsaSaltTrailingNul,
        plugins: &[Plugin::Sha256],
        reference: "https://github.com/php/php-src/issues/11438",
        what: "on the RSA path of sha256_password it XORs with 21 bytes of salt",
        ..COMMON
    },
    Defect {
        id: "D-05",
        name: "MariaDB Connector/R2DBC",
        versions: Affected::KnownUpTo("1.4.0"),
        sign: Code::RsaSaltTrailingNul,
        plugins: &[Plugin::CachingSha2, Plugin::Sha256],
        reference: "https://github.com/mariadb-corporation/mariadb-connector-r2dbc/issues/84",
        what: "on the RSA path it XORs with 21 bytes of salt",
        ..COMMON
    },
    Defect {
        id: "D-11",
        name: "MariaDB Connector/J",
        attributes: &["MariaDB Connector/J"],
        sign: Code::SaltTruncated,
        plugins: &[],
        only_after_switch: true,
        salt_forms: &[SaltForm::MinusLast],
        reference: "https://github.com/mariadb-corporation/mariadb-connector-j",
        basis: Basis::Deduced,
        what: "it always drops the last byte of a switch's salt, even where the server sent no terminator",
        ..COMMON
    },
    Defect {
        id: "D-13",
        name: "mysql_async",
        versions: Affected::SeenIn("0.28.1"),
        sign: Code::StaleSalt,
        plugins: &[],
        only_after_switch: true,
        salt_forms: &[SaltForm::Greeting],
        reference: "https://github.com/blackbeam/mysql_async/issues/173",
        what: "it answered an auth switch over the greeting's salt",
        ..COMMON
    },
    Defect {
        id: "D-16",
        name: "MySQL Connector/J",
        attributes: &["MySQL Connector/J"],
        sign: Code::SaltTruncated,
        plugins: &[Plugin::CachingSha2, Plugin::NativePassword],
        salt_forms: &[SaltForm::CutAtNul],
        reference: "https://github.com/mysql/mysql-connector-j",
        basis: Basis::Deduced,
        what: "it reads the salt up to its first NUL; servers and proxies that put one inside make logins fail",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "MySQL Connector/J",
        attributes: &["MySQL Connector/J"],
        sign: Code::SaltMangled,
        plugins: &[],
        salt_forms: &[
            SaltForm::AsciiQuestionMarks,
            SaltForm::AsciiReplacementChars,
            SaltForm::Latin1ToUtf8,
        ],
        reference: "https://github.com/go-mysql-org/go-mysql/issues/646",
        what: "it reads the salt as ASCII text; servers and proxies that send bytes of 0x80 and more make logins fail",
        ..COMMON
    },
    Defect {
        id: "D-05",
        name: "mysql-nio of Vapor",
        sign: Code::RsaSaltTrailingNul,
        plugins: &[Plugin::CachingSha2, Plugin::Sha256],
        reference: "https://github.com/vapor/mysql-nio/pull/127",
        what: "on the RSA path it XORs with 21 bytes of salt",
        ..COMMON
    },
    Defect {
        id: "D-05",
        name: "Bun.SQL",
        sign: Code::RsaSaltTrailingNul,
        plugins: &[Plugin::CachingSha2],
        reference: "https://github.com/oven-sh/bun/issues/26195",
        what: "on the RSA path it XORs with 21 bytes of salt",
        ..COMMON
    },
    Defect {
        id: "D-11",
        name: "MariaDB Connector/Node.js",
        attributes: &["MariaDB connector/Node"],
        versions: Affected::KnownUpTo("3.5.4"),
        sign: Code::SaltTruncated,
        plugins: &[Plugin::CachingSha2],
        salt_forms: &[SaltForm::MinusLast],
        only_after_switch: true,
        reference: "https://github.com/mariadb-corporation/mariadb-connector-nodejs",
        basis: Basis::Observed,
        what: "it always drops the last byte of a switch's salt, even where the server sent no terminator",
        ..COMMON
    },
    Defect {
        id: "D-11",
        name: "go-sql-driver/mysql",
        attributes: &["Go-MySQL-Driver"],
        sign: Code::SaltTruncated,
        plugins: &[],
        salt_forms: &[SaltForm::MinusLast],
        only_after_switch: true,
        reference: "https://github.com/go-sql-driver/mysql/pull/646",
        what: "it always dropped the last byte of a switch's salt, and failed where there was none",
        ..COMMON
    },
    Defect {
        id: "D-12",
        name: "Trilogy",
        sign: Code::SaltMangled,
        plugins: &[],
        salt_forms: &[SaltForm::Mixed],
        only_after_switch: true,
        reference: "https://github.com/trilogy-libraries/trilogy",
        basis: Basis::Deduced,
        what: "it leaves the end of the greeting's salt behind a shorter one of a switch",
        ..COMMON
    },
];
