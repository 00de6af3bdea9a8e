//! Known defects of what clients make of the password.

use super::COMMON;
use crate::auth::PasswordForm;
use crate::findings::catalogue::Code;
use crate::findings::defects::{Affected, Defect};
use crate::mysql::Plugin;

pub(super) const DEFECTS: &[Defect] = &[
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
        id: "D-31",
        name: "sqlx",
        attributes: &["sqlx"],
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::PercentEncoded, PasswordForm::PercentDecoded],
        reference: "https://github.com/transact-rs/sqlx/issues/603",
        what: "it took the password out of the URL without decoding it",
        ..COMMON
    },
    Defect {
        id: "D-31",
        name: "Sequel Ace",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::PercentEncoded, PasswordForm::PercentDecoded],
        reference: "https://github.com/Sequel-Ace/Sequel-Ace/issues/1843",
        what: "it takes the password out of a URL without decoding it",
        ..COMMON
    },
    Defect {
        id: "D-31",
        name: "Roundcube",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::PercentEncoded, PasswordForm::PercentDecoded],
        reference: "https://github.com/roundcube/roundcubemail/issues/7790",
        what: "it decodes the password of its database URL, whose percent signs then have to be encoded",
        ..COMMON
    },
    Defect {
        id: "D-31",
        name: "SQLAlchemy",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[
            PasswordForm::PercentEncoded,
            PasswordForm::PercentDecoded,
            PasswordForm::PlusAsSpace,
        ],
        reference: "https://github.com/sqlalchemy/sqlalchemy/issues/4452",
        what: "it decodes the password of a URL, plus signs and percent sequences",
        ..COMMON
    },
    Defect {
        id: "D-31",
        name: "OpenDKIM",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[
            PasswordForm::PercentEncoded,
            PasswordForm::PercentDecoded,
            PasswordForm::CutAtSpecial,
        ],
        reference: "https://github.com/trusteddomainproject/OpenDKIM/issues/248",
        what: "it cannot take special characters in the password of its data source",
        ..COMMON
    },
    Defect {
        id: "D-31",
        name: "langgraph-checkpoint-mysql",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::PercentEncoded, PasswordForm::PercentDecoded],
        reference: "https://github.com/tjni/langgraph-checkpoint-mysql/issues/66",
        what: "it does not decode the password of its URL",
        ..COMMON
    },
    Defect {
        id: "D-32",
        name: "MySQL Operator of Oracle",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::TrailingNewline],
        reference: "https://github.com/oracle/mysql-operator/issues/70",
        what: "a line ending in the secret becomes part of the password",
        ..COMMON
    },
    Defect {
        id: "D-32",
        name: "MySQL Operator of Bitpoke",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::TrailingNewline],
        reference: "https://github.com/bitpoke/mysql-operator/issues/374",
        what: "a line ending in the secret becomes part of the password",
        ..COMMON
    },
    Defect {
        id: "D-32",
        name: "Docker image of MariaDB",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::TrailingNewline],
        reference: "https://github.com/MariaDB/mariadb-docker/issues/150",
        what: "a line ending in a password file",
        ..COMMON
    },
    Defect {
        id: "D-32",
        name: "Docker image of MySQL",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::TrailingNewline],
        reference: "https://github.com/docker-library/mysql/issues/693",
        what: "a line ending in a password file",
        ..COMMON
    },
    Defect {
        id: "D-33",
        name: "Docker image of MySQL",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::DollarExpanded, PasswordForm::CutAtSpecial],
        reference: "https://github.com/docker-library/mysql/issues/51",
        what: "a shell or compose file replaces a dollar sign and the name behind it",
        ..COMMON
    },
    Defect {
        id: "D-33",
        name: "InvoiceShelf's Docker image",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::Quoted, PasswordForm::Unquoted],
        reference: "https://github.com/InvoiceShelf/docker/issues/38",
        what: "quotes in an environment file become part of the password",
        ..COMMON
    },
    Defect {
        id: "D-33",
        name: "n8n",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[
            PasswordForm::Quoted,
            PasswordForm::Unquoted,
            PasswordForm::DollarExpanded,
            PasswordForm::CutAtSpecial,
        ],
        reference: "https://github.com/n8n-io/n8n/issues/5110",
        what: "quotes and special characters in its environment",
        ..COMMON
    },
    Defect {
        id: "D-34",
        name: "PyMySQL",
        attributes: &["pymysql"],
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::Latin1, PasswordForm::Cp1252],
        reference: "https://github.com/PyMySQL/PyMySQL/issues/804",
        what: "it encodes a password given as text in Latin-1",
        ..COMMON
    },
    Defect {
        id: "D-34",
        name: "MariaDB Connector/J",
        attributes: &["MariaDB Connector/J"],
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[
            PasswordForm::Latin1,
            PasswordForm::Cp1252,
            PasswordForm::Utf8,
        ],
        reference: "https://github.com/mariadb-corporation/mariadb-connector-j/pull/96",
        what: "it encodes the password in the platform's character set",
        ..COMMON
    },
    Defect {
        id: "D-34",
        name: "mysqljs",
        attributes: &["mysqljs"],
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::Latin1, PasswordForm::Utf8],
        reference: "https://github.com/mysqljs/mysql/issues/378",
        what: "it hashed passwords beyond ASCII in another encoding than UTF-8",
        ..COMMON
    },
    Defect {
        id: "D-34",
        name: "OmniDB",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[
            PasswordForm::Latin1,
            PasswordForm::Cp1252,
            PasswordForm::Utf8,
        ],
        reference: "https://github.com/OmniDB/OmniDB/issues/1114",
        what: "passwords beyond ASCII",
        ..COMMON
    },
    Defect {
        id: "D-34",
        name: "phpMyAdmin",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[
            PasswordForm::Latin1,
            PasswordForm::Cp1252,
            PasswordForm::Utf8,
        ],
        reference: "https://github.com/phpmyadmin/phpmyadmin/issues/12232",
        what: "passwords beyond ASCII",
        ..COMMON
    },
    Defect {
        id: "D-35",
        name: "phpMyAdmin",
        sign: Code::PasswordTransformed,
        plugins: &[],
        password_forms: &[PasswordForm::Truncated],
        reference: "https://github.com/phpmyadmin/phpmyadmin/issues/16451",
        what: "it cut passwords at a length, among them AWS IAM tokens",
        ..COMMON
    },
    Defect {
        id: "D-36",
        name: "PowerDNS",
        sign: Code::WrongPassword,
        plugins: &[Plugin::Ed25519],
        reference: "https://github.com/PowerDNS/pdns/issues/10340",
        what: "another library's function took the place of the one that signs for client_ed25519: 64 bytes that nothing explains",
        ..COMMON
    },
];
