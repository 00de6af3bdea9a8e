//! Which connection attributes name a machine or a person.
//!
//! An attribute that is not known is hidden, its key with it: applications send what they like.
//!
//! | key | | why |
//! |---|---|---|
//! | `_client_name`, `_client_version`, `_client_license`, `_connector_…`, `_runtime_…` | stays | the driver: often what the finding is about |
//! | `_os`, `_platform` | stays | shared by thousands of machines |
//! | `_pid`, `_thread`, `_client_role` | stays | a number or a role; names nobody outside its machine |
//! | `_client_host`, `_source_host`, `_server_host`, `_client_ip` | a machine | |
//! | `os_user`, `_os_user` | a person | the account on the client's machine |
//! | `program_name` | stays for the tools of MySQL and MariaDB | else an application, and with it its owner |
//! | all else | hidden | |

use super::Named;

/// What becomes of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Treatment {
    /// Shown as it is.
    Stays,
    /// The value becomes a pseudonym.
    Value(Named),
    /// Key and value become pseudonyms.
    Both,
}

const HARMLESS: [&[u8]; 8] = [
    b"_client_name",
    b"_client_version",
    b"_client_license",
    b"_os",
    b"_platform",
    b"_pid",
    b"_thread",
    b"_client_role",
];
const HOSTS: [&[u8]; 4] = [
    b"_client_host",
    b"_source_host",
    b"_server_host",
    b"_client_ip",
];
const USERS: [&[u8]; 2] = [b"os_user", b"_os_user"];
const TOOLS: [&[u8]; 16] = [
    b"mysql",
    b"mysqladmin",
    b"mysqldump",
    b"mysqlimport",
    b"mysqlpump",
    b"mysqlshow",
    b"mysqlslap",
    b"mysqlcheck",
    b"mysqlbinlog",
    b"mysqld",
    b"mysqlsh",
    b"mysqltest",
    b"mariadb",
    b"mariadb-admin",
    b"mariadb-dump",
    b"mariadbd",
];

/// What becomes of the attribute `key`.
pub(crate) fn treatment(key: &[u8], value: &[u8]) -> Treatment {
    let of_driver = key.starts_with(b"_connector_") || key.starts_with(b"_runtime_");
    if HARMLESS.contains(&key) || of_driver {
        Treatment::Stays
    } else if HOSTS.contains(&key) {
        Treatment::Value(Named::Host)
    } else if USERS.contains(&key) {
        Treatment::Value(Named::User)
    } else if key == b"program_name" {
        if TOOLS.contains(&value) {
            Treatment::Stays
        } else {
            Treatment::Value(Named::Other)
        }
    } else {
        Treatment::Both
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_somebody_is_hidden() {
        for (key, value, treatment_) in [
            ("_client_name", "libmysql", Treatment::Stays),
            ("_runtime_version", "21.0.1", Treatment::Stays),
            ("_source_host", "web-7", Treatment::Value(Named::Host)),
            ("os_user", "jane", Treatment::Value(Named::User)),
            ("program_name", "mysql", Treatment::Stays),
            (
                "program_name",
                "acme-billing",
                Treatment::Value(Named::Other),
            ),
            ("team", "payments", Treatment::Both),
        ] {
            assert_eq!(
                treatment(key.as_bytes(), value.as_bytes()),
                treatment_,
                "{key}"
            );
        }
    }
}
