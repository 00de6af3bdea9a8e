//! The kinds of loads: what each connection does, and how the connections mix.

use crate::attacks;
use crate::mysql::{self, Login};
use crate::random::Random;
use crate::tcp::{Connection, Step, closing, opening};
use crate::tls::Session;
use crate::write::Packet;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Storm,
    Mismatch,
    Tls,
    Bulk,
    Idle,
    Open,
    HalfOpen,
    Disorder,
    SynData,
    Conflicts,
    Switches,
    Greetings,
    Announced,
    Fragments,
}

impl Kind {
    /// Connections that run at the same time.
    const fn at_once(self) -> usize {
        match self {
            Self::Bulk => 4,
            Self::Disorder => 4096,
            _ => 64,
        }
    }
}

/// One conversation and what is left of it.
struct Running {
    connection: Connection,
    steps: Box<dyn Iterator<Item = Step>>,
}

pub struct Load {
    kind: Kind,
    /// Connections still to begin.
    left: u64,
    count: u64,
    begun: u64,
    running: Vec<Running>,
    random: Random,
    time: u64,
    secrets: String,
}

/// Bytes of one bulk connection's results.
const BULK: u64 = 64 << 20;
/// Payload of a full segment behind time stamps.
const SEGMENT: usize = 1448;

impl Load {
    pub fn new(kind: Kind, count: u64, random: Random) -> Self {
        let left = match kind {
            Kind::Bulk => (count * 1_000_000).div_ceil(BULK),
            // All of it in one.
            Kind::Switches | Kind::Greetings => 1,
            _ => count,
        };
        Self {
            kind,
            left,
            count,
            begun: 0,
            running: Vec::new(),
            random,
            time: 1_717_200_000_000_000_000,
            secrets: String::new(),
        }
    }

    /// Lines for the key log since this was last asked.
    pub fn take_secrets(&mut self) -> String {
        std::mem::take(&mut self.secrets)
    }

    pub fn next_packet(&mut self) -> Option<Packet> {
        loop {
            while self.running.len() < self.kind.at_once() && self.left > 0 {
                self.begin();
            }
            if self.running.is_empty() {
                return None;
            }
            let at = self.random.below(self.running.len() as u64) as usize;
            let running = &mut self.running[at];
            let Some(step) = running.steps.next() else {
                self.running.swap_remove(at);
                continue;
            };
            self.time += 5_000 + self.random.below(5_000);
            let millis = (self.time / 1_000_000) as u32;
            let bytes = running.connection.frame(&step, millis);
            return Some(Packet {
                time: self.time,
                bytes,
            });
        }
    }

    fn begin(&mut self) {
        let number = self.begun;
        self.begun += 1;
        self.left -= 1;
        let initial = [self.random.next() as u32, self.random.next() as u32];
        let wrong = self.kind == Kind::Mismatch && number.is_multiple_of(2);
        let steps: Box<dyn Iterator<Item = Step>> = match self.kind {
            Kind::Storm | Kind::Mismatch => {
                Box::new(storm(&Login::new(number, wrong, &mut self.random)).into_iter())
            }
            Kind::Tls => {
                // Of MySQL 9, both ways.
                let login = Login::new(number % 2 * 7, false, &mut self.random);
                let session = Session::new(&mut self.random);
                self.secrets.push_str(&session.key_log);
                Box::new(inside_tls(&login, session).into_iter())
            }
            Kind::Idle => {
                let login = Login::new(number, false, &mut self.random);
                Box::new(plain_login(&login).into_iter())
            }
            Kind::Open => Box::new(opening().into_iter()),
            Kind::HalfOpen => Box::new(opening().into_iter().take(1)),
            Kind::SynData => Box::new(attacks::syn_with_data(number).into_iter()),
            Kind::Fragments => Box::new(attacks::fragment().into_iter()),
            Kind::Conflicts | Kind::Announced | Kind::Switches | Kind::Greetings => {
                let login = Login::new(0, false, &mut self.random);
                match self.kind {
                    Kind::Conflicts => Box::new(attacks::conflict(&login).into_iter()),
                    Kind::Announced => Box::new(attacks::announced(&login).into_iter()),
                    Kind::Switches => Box::new(attacks::switches(&login, self.count)),
                    _ => Box::new(attacks::greetings(&login, self.count)),
                }
            }
            Kind::Disorder => Box::new(opening().into_iter().chain(disorder())),
            Kind::Bulk => {
                let login = Login::new(number, false, &mut self.random);
                let results = Results::new(self.random.clone());
                let end = [Step::data(true, mysql::quit())]
                    .into_iter()
                    .chain(closing());
                Box::new(plain_login(&login).into_iter().chain(results).chain(end))
            }
        };
        let connection = Connection::new(number, initial);
        self.running.push(Running { connection, steps });
    }
}

fn plain_login(login: &Login) -> Vec<Step> {
    let mut steps = opening();
    steps.push(Step::data(false, login.greeting()));
    steps.push(Step::ack(true));
    steps.push(Step::data(true, login.request(false)));
    steps.push(Step::ack(false));
    let rest = login.rest(2);
    steps.extend(
        rest.into_iter()
            .map(|(client, bytes)| Step::data(client, bytes)),
    );
    steps
}

fn storm(login: &Login) -> Vec<Step> {
    let mut steps = plain_login(login);
    if !login.refused {
        steps.push(Step::ack(true));
        steps.push(Step::data(
            true,
            mysql::query("SELECT note FROM orders LIMIT 1"),
        ));
        let result = [
            mysql::columns(),
            mysql::row(4, "paid"),
            mysql::end_of_rows(5),
        ]
        .concat();
        steps.push(Step::data(false, result));
        steps.push(Step::data(true, mysql::quit()));
    }
    steps.extend(closing());
    steps
}

fn inside_tls(login: &Login, mut session: Session) -> Vec<Step> {
    let mut steps = opening();
    steps.push(Step::data(false, login.greeting()));
    steps.push(Step::ack(true));
    steps.push(Step::data(
        true,
        [Login::ssl_request(), session.client_hello.clone()].concat(),
    ));
    steps.push(Step::data(false, session.server_flight.clone()));
    steps.push(Step::data(true, session.client_finished.clone()));
    steps.push(Step::data(false, session.tickets.clone()));
    let mut say = |client: bool, bytes: &[u8]| {
        let record = session.seal(client, bytes);
        steps.push(Step::data(client, record));
    };
    say(true, &login.request(true));
    for (client, bytes) in login.rest(3) {
        say(client, &bytes);
    }
    say(true, &mysql::query("SELECT note FROM orders LIMIT 1"));
    say(
        false,
        &[
            mysql::columns(),
            mysql::row(4, "paid"),
            mysql::end_of_rows(5),
        ]
        .concat(),
    );
    say(true, &mysql::quit());
    steps.extend(closing());
    steps
}

/// Forty full segments of the server behind a hole that nothing fills, the last first.
fn disorder() -> impl Iterator<Item = Step> {
    (1..=40_u32).rev().map(|number| Step {
        ahead: number * SEGMENT as u32,
        ..Step::data(false, vec![b'x'; SEGMENT])
    })
}

/// Queries and their result sets, cut into full segments, every second one acknowledged.
struct Results {
    random: Random,
    left: u64,
    /// Rows still to send of this result.
    rows: u32,
    sequence: u8,
    waiting: Vec<u8>,
    sent: u32,
    acknowledge: bool,
}

impl Results {
    const fn new(random: Random) -> Self {
        Self {
            random,
            left: BULK,
            rows: 0,
            sequence: 0,
            waiting: Vec::new(),
            sent: 0,
            acknowledge: false,
        }
    }
}

impl Iterator for Results {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        if std::mem::take(&mut self.acknowledge) {
            return Some(Step::ack(true));
        }
        if self.rows == 0 && self.waiting.is_empty() {
            if self.left == 0 {
                return None;
            }
            self.rows = 20_000;
            self.sequence = 4;
            self.waiting = mysql::columns();
            return Some(Step::data(true, mysql::query("SELECT note FROM orders")));
        }
        while self.waiting.len() < SEGMENT && self.rows > 0 {
            let length = 60 + self.random.below(140) as usize;
            let value = format!("{:0length$}", self.random.next());
            self.waiting.extend(mysql::row(self.sequence, &value));
            self.sequence = self.sequence.wrapping_add(1);
            self.rows -= 1;
            if self.rows == 0 {
                self.waiting.extend(mysql::end_of_rows(self.sequence));
            }
        }
        let segment: Vec<u8> = self
            .waiting
            .drain(..SEGMENT.min(self.waiting.len()))
            .collect();
        self.left = self.left.saturating_sub(segment.len() as u64);
        self.sent += 1;
        self.acknowledge = self.sent.is_multiple_of(2);
        if self.left == 0 {
            self.rows = 0;
            self.waiting.clear();
        }
        Some(Step::data(false, segment))
    }
}
