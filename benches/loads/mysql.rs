//! The messages of a MySQL 9 and of a MariaDB connection, as the samples have them.

use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::random::Random;

pub const USERS: u64 = 100;

pub fn user(number: u64) -> String {
    format!("service-{:02}", number % USERS)
}

pub fn password(user: &str) -> String {
    format!("Violet-Harbor-{user}")
}

/// How the login goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// MySQL 9, the fast path.
    Sha2,
    /// MariaDB.
    Native,
    /// MySQL 9 switches to `mysql_native_password`.
    Switch,
}

pub struct Login {
    pub way: Way,
    pub user: String,
    pub password: String,
    /// What the server thinks of it. Half of the wrong passwords are only unknown to who gives candidates.
    pub refused: bool,
    pub thread: u32,
    pub salt: [u8; 20],
    pub switch_salt: [u8; 20],
}

impl Login {
    /// `wrong`: with a password that nobody gives.
    pub fn new(number: u64, wrong: bool, random: &mut Random) -> Self {
        let user = user(random.below(USERS));
        let given = password(&user);
        Self {
            way: match number % 8 {
                0..=4 => Way::Sha2,
                5 | 6 => Way::Native,
                _ => Way::Switch,
            },
            password: if wrong {
                format!("{given}-of-last-year")
            } else {
                given
            },
            user,
            refused: wrong && number.is_multiple_of(4),
            thread: number as u32,
            salt: random.salt(),
            switch_salt: random.salt(),
        }
    }

    pub fn greeting(&self) -> Vec<u8> {
        let (version, low, high, plugin) = match self.way {
            Way::Native => (
                "5.5.5-10.11.19-MariaDB-0+deb12u1",
                [0xfe, 0xf7, 8, 2, 0, 0xff, 0x81, 21],
                [0x1d, 0, 0, 0],
                NATIVE,
            ),
            _ => (
                "9.7.4-2",
                [0xff, 0xff, 0xff, 2, 0, 0xff, 0xdf, 21],
                [0; 4],
                SHA2,
            ),
        };
        let (first, second) = self.salt.split_at(8);
        let parts: [&[u8]; 11] = [
            &[10],
            version.as_bytes(),
            &[0],
            &self.thread.to_le_bytes(),
            first,
            &[0],
            &low,
            &[0; 6],
            &high,
            second,
            &[0],
        ];
        packet(0, &[&parts.concat(), plugin.as_bytes(), &[0]])
    }

    pub fn request(&self, tls: bool) -> Vec<u8> {
        let (fixed, response, plugin) = match self.way {
            Way::Native => (
                [0x84, 0xa2, 0xbf, 0, 0, 0, 0, 16, 33],
                self.native(&self.salt),
                NATIVE,
            ),
            _ => (
                [0x85, 0xa2, 0xbf, 0x19, 0, 0, 0, 1, 0xff],
                self.sha2(&self.salt),
                SHA2,
            ),
        };
        let pid = (4000 + self.thread % 20_000).to_string();
        let library = if self.way == Way::Native {
            "libmariadb"
        } else {
            "libmysql"
        };
        let version = if self.way == Way::Native {
            "3.3.20"
        } else {
            "9.7.4"
        };
        let attributes: Vec<u8> = [
            ("_pid", pid.as_str()),
            ("_platform", "x86_64"),
            ("_os", "Linux"),
            ("_client_name", library),
            ("_client_version", version),
            ("program_name", "mysql"),
        ]
        .into_iter()
        .flat_map(|(key, value)| [text(key), text(value)].concat())
        .collect();
        let extended = if self.way == Way::Native {
            [0x1d, 0, 0, 0]
        } else {
            [0; 4]
        };
        packet(
            if tls { 2 } else { 1 },
            &[
                &fixed,
                &[0; 19],
                &extended,
                self.user.as_bytes(),
                &[0],
                &[response.len() as u8],
                &response,
                plugin.as_bytes(),
                &[0],
                &[attributes.len() as u8],
                &attributes,
            ],
        )
    }

    /// The first 32 bytes of the request, with the flag for TLS.
    pub fn ssl_request() -> Vec<u8> {
        packet(1, &[&[0x85, 0xae, 0xbf, 0x19, 0, 0, 0, 1, 0xff], &[0; 23]])
    }

    /// What the two say behind the request: (from the client, message).
    pub fn rest(&self, sequence: u8) -> Vec<(bool, Vec<u8>)> {
        let mut said = Vec::new();
        let mut next = sequence;
        if self.way == Way::Switch {
            said.push((
                false,
                packet(
                    next,
                    &[&[0xfe], NATIVE.as_bytes(), &[0], &self.switch_salt, &[0]],
                ),
            ));
            said.push((true, packet(next + 1, &[&self.native(&self.switch_salt)])));
            next += 2;
        }
        if self.refused {
            let text = format!(
                "#28000Access denied for user '{}'@'10.7.0.1' (using password: YES)",
                self.user
            );
            said.push((false, packet(next, &[&[0xff, 0x15, 4], text.as_bytes()])));
            return said;
        }
        if self.way == Way::Sha2 {
            said.push((false, packet(next, &[&[1, 3]])));
            next += 1;
        }
        said.push((false, packet(next, &[OK])));
        said
    }

    fn sha2(&self, salt: &[u8]) -> Vec<u8> {
        let once = Sha256::digest(self.password.as_bytes());
        let twice = Sha256::digest(once);
        let mask = Sha256::new()
            .chain_update(twice)
            .chain_update(salt)
            .finalize();
        once.iter().zip(mask).map(|(a, b)| a ^ b).collect()
    }

    fn native(&self, salt: &[u8]) -> Vec<u8> {
        let once = Sha1::digest(self.password.as_bytes());
        let twice = Sha1::digest(once);
        let mask = Sha1::new()
            .chain_update(salt)
            .chain_update(twice)
            .finalize();
        once.iter().zip(mask).map(|(a, b)| a ^ b).collect()
    }
}

const SHA2: &str = "caching_sha2_password";
const NATIVE: &str = "mysql_native_password";
const OK: &[u8] = &[0, 0, 0, 2, 0, 0, 0];

pub fn query(text: &str) -> Vec<u8> {
    packet(0, &[&[3], text.as_bytes()])
}

pub fn quit() -> Vec<u8> {
    packet(0, &[&[1]])
}

/// The head of a result set of one text column; the sequence id that comes next is 4.
pub fn columns() -> Vec<u8> {
    let column = [
        text("def"),
        text("shop"),
        text("o"),
        text("orders"),
        text("note"),
        text("note"),
        vec![12, 45, 0, 0, 4, 0, 0, 253, 0, 0, 0, 0, 0],
    ];
    [
        packet(1, &[&[1]]),
        packet(2, &[&column.concat()]),
        packet(3, &[&[254, 0, 0, 2, 0]]),
    ]
    .concat()
}

pub fn row(sequence: u8, value: &str) -> Vec<u8> {
    packet(sequence, &[&text(value)])
}

pub fn end_of_rows(sequence: u8) -> Vec<u8> {
    packet(sequence, &[&[254, 0, 0, 2, 0]])
}

/// A text with its length in front.
fn text(value: &str) -> Vec<u8> {
    [&[value.len() as u8], value.as_bytes()].concat()
}

pub fn packet(sequence: u8, parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    let [a, b, c, _] = (body.len() as u32).to_le_bytes();
    [&[a, b, c, sequence], body.as_slice()].concat()
}
