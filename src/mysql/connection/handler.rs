//! How a connection hears of its stream, and what is left of it while it rests.
//!
//! Called by the reassembly; what it hears goes to [`Connection`].

use std::mem;

use super::{COM_CHANGE_USER, Connection, Stage};
use crate::limits;
use crate::mysql::framing::{Framer, Pause, Want};
use crate::mysql::past::Past;
use crate::tcp::{Direction, Handler, Interest, StreamEvent};

/// What is kept of a connection past its login while it rests.
#[derive(Debug)]
pub struct Rest {
    past: Past,
    /// Its [`Pause`], whose parts fit between the others.
    left: u32,
    continued: bool,
    client: Direction,
}

impl Handler for Connection {
    type Rest = Rest;

    fn event(&mut self, event: StreamEvent<'_>) {
        match event {
            StreamEvent::MidStream { direction, awaited } => self.mid_stream(direction, awaited),
            StreamEvent::Data {
                direction,
                offset,
                bytes,
                at,
            } => self.data(direction, offset, bytes, at),
            StreamEvent::Gap {
                direction,
                length,
                cause,
                at,
                ..
            } => self.gap(direction, length, cause, at),
            StreamEvent::Conflict {
                direction,
                offset,
                kept,
                other,
                first,
                second,
            } => self.conflict(direction, offset, [kept, other], [first, second]),
            StreamEvent::Closed { direction, how, at } => {
                if self.closings.len() < limits::CLOSINGS {
                    self.closings.push((direction, how, at));
                }
            }
            StreamEvent::End => self.end(),
        }
    }

    fn opened_by(&mut self, direction: Direction) {
        if let Stage::Watching(watching) = &mut self.stage {
            watching.client.get_or_insert(direction);
        }
    }

    fn interest(&self) -> Interest {
        match (&self.stage, self.client) {
            (Stage::Watching(_) | Stage::Login(_), _) => Interest::Both,
            // Records have to be counted in both directions for either to be opened.
            (Stage::Commands(_), Some(_)) if self.tls.is_some() => Interest::Both,
            (Stage::Commands(_), Some(client)) => Interest::Only(client),
            (Stage::Commands(_), None) | (Stage::Done(_), _) => Interest::Nothing,
        }
    }

    fn weight(&self) -> usize {
        match &self.stage {
            Stage::Watching(watching) => watching.weight(),
            Stage::Login(exchange) => {
                let framers = self.framers.iter().map(Framer::weight).sum::<usize>();
                exchange.weight().saturating_add(framers)
            }
            Stage::Commands(past) => past.weight(),
            Stage::Done(_) => 0,
        }
    }

    fn rest(&mut self) -> Option<Rest> {
        let client = self.client?;
        let plain = self.tls.is_none() && self.unpackers.is_none();
        if !plain || !self.found.is_empty() || !self.closings.is_empty() {
            return None;
        }
        let pause = self.framer(client).pause()?;
        match mem::replace(&mut self.stage, Stage::Done(None)) {
            Stage::Commands(past) if past.weight() <= limits::REST_BYTES => Some(Rest {
                past: *past,
                left: pause.left,
                continued: pause.continued,
                client,
            }),
            other => {
                self.stage = other;
                None
            }
        }
    }

    fn wake(&mut self, rest: Rest) {
        let want = Want::Command(COM_CHANGE_USER);
        self.client = Some(rest.client);
        let pause = Pause {
            left: rest.left,
            continued: rest.continued,
        };
        self.framer(rest.client).go_on(pause, want);
        self.framer(rest.client.opposite()).want(want);
        self.stage = Stage::Commands(Box::new(rest.past));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::PacketRef;
    use crate::mysql::Surroundings;
    use crate::mysql::exchange::Exchange;
    use crate::net::Endpoint;
    use crate::tcp::Conversation;
    use std::sync::Arc;

    /// Past a login behind a greeting of so many bytes.
    fn past_a_login(greeting: usize) -> Connection {
        let end = |port| Endpoint {
            address: [127, 0, 0, 1].into(),
            port,
        };
        let conversation = Conversation {
            stream: 0,
            from: end(40000),
            to: end(3306),
        };
        let surroundings = Arc::new(Surroundings::new(Arc::new([]), Arc::default()));
        let mut connection = Connection::new(conversation, Arc::clone(&surroundings));
        let at = PacketRef {
            number: 1,
            time: None,
        };
        let (login, _) = Exchange::begin(end(40000), end(3306), at).finish(&[], None);
        let past = Past::of(&login, &vec![10; greeting], &surroundings.greetings);
        connection.client = Some(Direction::Forward);
        connection.stage = Stage::Commands(Box::new(past));
        for framer in &mut connection.framers {
            framer.want(Want::Command(COM_CHANGE_USER));
        }
        connection
    }

    #[test]
    fn what_holds_much_does_not_rest() {
        let mut light = past_a_login(limits::REST_BYTES / 2);
        let weight = light.weight();
        let rest = light.rest().unwrap();
        assert_eq!(light.weight(), 0);
        light.wake(rest);
        assert_eq!(light.weight(), weight);
        let mut heavy = past_a_login(limits::REST_BYTES + 1);
        let weight = heavy.weight();
        assert!(weight > limits::REST_BYTES && heavy.rest().is_none());
        assert_eq!(heavy.weight(), weight);
    }

    #[test]
    fn a_rest_is_compact() {
        assert!(size_of::<Rest>() <= 112, "{}", size_of::<Rest>());
    }
}
