//! Loads of someone who controls what is captured: each leaves something open that costs a careless
//! reader memory or time.

use crate::mysql::{self, Login};
use crate::tcp::{PSH, SYN, Step, opening};

/// Payload of a segment.
const SEGMENT: usize = 1000;

/// SYNs with data that nobody answers, different in each.
pub fn syn_with_data(number: u64) -> Vec<Step> {
    let data = number.to_le_bytes().repeat(SEGMENT / 8);
    vec![Step::new(true, SYN, data)]
}

/// A login whose request is sent twice, the second time with another user in it.
pub fn conflict(login: &Login) -> Vec<Step> {
    let mut steps = opening();
    steps.push(Step::data(false, login.greeting()));
    let request = login.request(false);
    let mut other = request.clone();
    let place = other.len() / 3;
    other[place] ^= 1;
    // The copy stands where the request will stand: sent first, it does not move the stream on.
    steps.push(Step {
        again: true,
        ..Step::data(true, other)
    });
    steps.push(Step::data(true, request));
    steps.extend(
        login
            .rest(2)
            .into_iter()
            .map(|(client, bytes)| Step::data(client, bytes)),
    );
    steps
}

/// One login that is switched from plugin to plugin.
pub fn switches(login: &Login, count: u64) -> impl Iterator<Item = Step> + use<> {
    let mut steps = opening();
    steps.push(Step::data(false, login.greeting()));
    steps.push(Step::data(true, login.request(false)));
    let switch = |number: u64| {
        let sequence = (number * 2 + 2) as u8;
        let asked = mysql::packet(
            sequence,
            &[
                b"\xfemysql_native_password\0",
                &[b'a' + (number % 26) as u8; 20],
                &[0],
            ],
        );
        let answer = mysql::packet(sequence.wrapping_add(1), &[&[number as u8; 20]]);
        [Step::data(false, asked), Step::data(true, answer)]
    };
    steps.into_iter().chain((0..count).flat_map(switch))
}

/// A server that greets and greets.
pub fn greetings(login: &Login, count: u64) -> impl Iterator<Item = Step> + use<> {
    let greeting = login.greeting();
    let again = move |_| Step::data(false, greeting.clone());
    opening().into_iter().chain((0..count).map(again))
}

/// A packet of 16 MiB announced behind the greeting, of which a little comes.
pub fn announced(login: &Login) -> Vec<Step> {
    let mut steps = opening();
    steps.push(Step::data(false, login.greeting()));
    let begun = [[0xff, 0xff, 0xff, 1].as_slice(), &[b'x'; SEGMENT]].concat();
    steps.push(Step::data(true, begun));
    steps
}

/// The first fragment of a packet that never becomes whole.
pub fn fragment() -> Vec<Step> {
    vec![Step {
        more_fragments: true,
        ..Step::new(true, PSH, vec![b'x'; SEGMENT])
    }]
}
