//! Known defects of servers and proxies.

use super::COMMON;
use crate::findings::catalogue::Code;
use crate::findings::defects::{Affected, Basis, Defect};
use crate::mysql::Plugin;

pub(super) const DEFECTS: &[Defect] = &[
    Defect {
        id: "D-14",
        name: "Apache Doris",
        sign: Code::AuthSwitchIgnored,
        plugins: &[],
        reference: "https://github.com/apache/doris/issues/5384",
        what: "as a server it did not send the switch that its clients wait for",
        ..COMMON
    },
    Defect {
        id: "D-16",
        name: "mixer",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/siddontang/mixer/issues/29",
        what: "its salts may hold a NUL, at which some clients stop",
        ..COMMON
    },
    Defect {
        id: "D-16",
        name: "Manticore Search",
        versions: Affected::KnownUpTo("5.0.3"),
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/manticoresoftware/manticoresearch/issues/1018",
        what: "its salts may hold a NUL, at which some clients stop",
        ..COMMON
    },
    Defect {
        id: "D-16",
        name: "mysql2 as a server",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/sidorares/node-mysql2",
        basis: Basis::Deduced,
        what: "its salts are any random bytes, NUL among them",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "go-mysql",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/go-mysql-org/go-mysql/issues/646",
        what: "its salts may hold bytes of 0x80 and more, which Connector/J reads as text",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "mixer",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/siddontang/mixer/issues/32",
        what: "its salts may hold bytes of 0x80 and more, which Connector/J reads as text",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "Databend",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/databendlabs/databend/issues/4810",
        what: "its salts may hold bytes of 0x80 and more, which Connector/J reads as text",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "mysql2 as a server",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/sidorares/node-mysql2/issues/188",
        what: "its salts may hold bytes of 0x80 and more, which Connector/J reads as text",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "mysql-mimic",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/barakalon/mysql-mimic/issues/19",
        what: "its salts may hold bytes of 0x80 and more, which Connector/J reads as text",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "ProxySQL",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/sysown/proxysql/issues/1636",
        what: "its salts held bytes of 0x80 and more, which Connector/J reads as text",
        ..COMMON
    },
    Defect {
        id: "D-17",
        name: "proxy-monster",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/ridi-oss/proxy-monster/pull/90",
        what: "its salts held bytes of 0x80 and more, which Connector/J reads as text",
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
        id: "D-19",
        name: "rust_mysql_common",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/blackbeam/rust_mysql_common/issues/45",
        what: "a server announced 20 bytes of salt where 21 stand; the client then takes the plugin's name for another",
        ..COMMON
    },
    Defect {
        id: "D-19",
        name: "mysql-mimic",
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/barakalon/mysql-mimic/issues/16",
        what: "it sent no NUL behind the salt, without which the mysql command line leaves",
        ..COMMON
    },
    Defect {
        id: "D-19",
        name: "Manticore Search",
        versions: Affected::KnownUpTo("5.0.3"),
        sign: Code::UnusualSalt,
        plugins: &[],
        reference: "https://github.com/manticoresoftware/manticoresearch/issues/1017",
        what: "any byte stood where the NUL behind the salt is due",
        ..COMMON
    },
    Defect {
        id: "D-21",
        name: "HAProxy",
        sign: Code::PluginUnsupported,
        plugins: &[],
        reference: "https://github.com/haproxy/haproxy/issues/2177",
        what: "its mysql-check speaks a protocol that servers from 8 on refuse (error 1251)",
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
        id: "D-22",
        name: "Vitess",
        sign: Code::EmptyResponse,
        plugins: &[],
        reference: "https://github.com/vitessio/vitess/issues/8537",
        what: "it took the empty response of a client that waits for an auth switch for an empty password",
        ..COMMON
    },
    Defect {
        id: "D-29",
        name: "ProxySQL",
        sign: Code::RightPasswordRejected,
        plugins: &[Plugin::CachingSha2],
        reference: "https://github.com/sysown/proxysql/issues/5985",
        what: "it has no RSA key to give out, and answers the request for it with an error",
        ..COMMON
    },
];
