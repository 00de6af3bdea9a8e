//! Which client logged in: by its own word, or guessed from the form of its login packet.

use crate::findings::prose::{Captured, Prose};
use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::{Login, LoginRequest};

/// The client of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client<'l> {
    /// Its name: the attribute `_client_name`, else `program_name`, else the guess.
    pub name: &'l [u8],
    /// Its version: the attribute `_client_version`.
    pub version: Option<&'l [u8]>,
    /// The name is a guess from the login packet's form. No client is accused on a guess.
    pub guessed: bool,
}

impl<'l> Client<'l> {
    /// Names the client of a login, if anything tells.
    #[must_use]
    pub fn of(login: &'l Login) -> Option<Self> {
        let said = login
            .attribute("_client_name")
            .or_else(|| login.attribute("program_name"))
            .filter(|name| !name.is_empty());
        if let Some(name) = said {
            return Some(Self {
                name,
                version: login.attribute("_client_version"),
                guessed: false,
            });
        }
        let name = guess(login.request.as_ref()?)?;
        Some(Self {
            name: name.as_bytes(),
            version: None,
            guessed: true,
        })
    }

    /// Whether this is the client that gives this name (case does not count).
    #[must_use]
    pub fn is_named(self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// Its name and version, for use in a sentence.
    #[must_use]
    pub fn prose(self) -> Prose {
        let prose = Prose::default().quote(Captured::Client, self.name);
        let prose = match self.version {
            Some(version) => prose.say(" ").quote(Captured::Client, version),
            None => prose,
        };
        if self.guessed {
            prose.say(", a guess from its login packet")
        } else {
            prose
        }
    }
}

/// The capability bits of PyMySQL.
const PYMYSQL: u64 = 0x003A_A205;
/// What those made from it add, each as it likes: a database, `MULTI_STATEMENTS`, `DEPRECATE_EOF`.
const PYMYSQL_MORE: u64 = (1 << 3) | (1 << 16) | (1 << 24);
/// What sqlx asks for: `FOUND_ROWS`, `IGNORE_SPACE`, `MULTI_STATEMENTS`, `DEPRECATE_EOF`.
const SQLX: u64 = (1 << 1) | (1 << 8) | (1 << 16) | (1 << 24);

/// Guesses from the login packet of a client that sent no attributes, perhaps because the server
/// takes none. Only forms that are distinctive enough are listed here, all seen on the wire.
fn guess(request: &LoginRequest) -> Option<&'static str> {
    let capabilities = request.capabilities?;
    let flags = capabilities.0 & 0xFFFF_FFFF;
    let names_plugins = capabilities.has(Capabilities::PLUGIN_AUTH);
    let has_attributes = capabilities.has(Capabilities::CONNECT_ATTRS);
    let reads_files = flags & (1 << 7) != 0;
    let form = (request.max_packet, request.character_set);
    if flags & !PYMYSQL_MORE == PYMYSQL && form == (Some(0x00FF_FFFF), Some(45)) {
        return Some("PyMySQL or a client made from it");
    }
    match form {
        (Some(0xC000_0000), _) if names_plugins => return Some("mysqlnd of PHP"),
        (Some(0), Some(224)) if names_plugins => return Some("mysql2 of Node.js"),
        (Some(0x4000_0000), Some(224)) if names_plugins && flags & 1 == 0 => {
            return Some("MariaDB Connector/Node.js");
        }
        (Some(0x4000_0000), Some(255)) if names_plugins && !reads_files => {
            return Some("MySQL Connector/Python");
        }
        _ => {}
    }
    if has_attributes {
        return None;
    }
    match form {
        (Some(0), Some(45)) if names_plugins => Some("Go-MySQL-Driver"),
        (_, Some(33)) if !names_plugins => Some("mysqljs"),
        _ if names_plugins && flags & SQLX == SQLX => Some("sqlx"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Client;
    use crate::findings::test_support::Script;
    use crate::mysql::wire::capabilities::Capabilities;

    #[test]
    fn attributes_come_first() {
        let login = Script::native().client("pymysql", Some("1.1.1")).login;
        let client = Client::of(&login).unwrap();
        assert!(client.is_named("PyMySQL") && !client.guessed);
        assert_eq!(client.version, Some(b"1.1.1".as_slice()));
    }

    #[test]
    fn the_program_is_better_than_a_guess() {
        let mut login = Script::native().login;
        let request = login.request.as_mut().unwrap();
        request.attributes.push(b"program_name", b"nightly");
        assert!(Client::of(&login).unwrap().is_named("nightly"));
    }

    #[test]
    fn login_packets_give_clients_away() {
        let plugins = Capabilities::PLUGIN_AUTH.0;
        let table = [
            (
                0x003A_A205,
                0x00FF_FFFF,
                45,
                Some("PyMySQL or a client made from it"),
            ),
            (
                0x003A_A20D,
                0x00FF_FFFF,
                45,
                Some("PyMySQL or a client made from it"),
            ),
            (plugins, 0, 45, Some("Go-MySQL-Driver")),
            (0x200, 0, 33, Some("mysqljs")),
            (plugins | 0x0101_0102, 1024, 224, Some("sqlx")),
            // Logins recorded from these clients, without the attributes that they send.
            (
                0x003B_A205,
                0x00FF_FFFF,
                45,
                Some("PyMySQL or a client made from it"),
            ),
            (
                0x013B_A205,
                0x00FF_FFFF,
                45,
                Some("PyMySQL or a client made from it"),
            ),
            (0x001A_A285, 0xC000_0000, 255, Some("mysqlnd of PHP")),
            (0x08BA_F3CF, 0, 224, Some("mysql2 of Node.js")),
            (
                0x013A_A202,
                0x4000_0000,
                224,
                Some("MariaDB Connector/Node.js"),
            ),
            (
                0x003B_A20D,
                0x4000_0000,
                255,
                Some("MySQL Connector/Python"),
            ),
            // libmysqlclient and the command lines of MySQL and MariaDB.
            (0x19BE_A285, 0x4000_0000, 255, None),
            (0x19BF_A285, 0x0100_0000, 255, None),
            (0x00BF_A285, 0x0010_0000, 33, None),
            (plugins, 0x4000_0000, 45, None),
            (plugins, 0x4000_0000, 33, None),
        ];
        for (flags, max_packet, charset, expected) in table {
            let mut login = Script::native().login;
            let request = login.request.as_mut().unwrap();
            request.capabilities = Some(Capabilities(flags));
            request.max_packet = Some(max_packet);
            request.character_set = Some(charset);
            let client = Client::of(&login);
            assert!(client.iter().all(|client| client.guessed));
            let name = client.map(|client| String::from_utf8(client.name.to_vec()).unwrap());
            assert_eq!(name.as_deref(), expected, "{flags:#x}");
        }
    }
}
