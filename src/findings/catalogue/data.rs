//! Texts of the findings about what the capture holds.

use super::{Page, Severity};

pub(super) const CONFLICTING: Page = Page {
    title: "The capture holds two versions of the same bytes",
    severity: Severity::Warning,
    changes: "",
    meaning: "A part of the login was sent or captured twice, and the two copies differ. Which one the other side \
took, the capture does not say. Captures merged from two places, a middlebox that rewrites data, and forged packets do \
this. The login is judged with the first copies and with the second ones. If a salt or a response is among these bytes, a verdict is \
given only where both lead to the same one, or where the response is right with one of them, which is no accident.",
    proof: "The same range of TCP sequence numbers with different content. A one-byte keep-alive probe is none. The \
beginnings of SHA-256 tell the server's copies apart; of the client's none is given, because with a hash of the response \
guesses of the password could be tested.",
    fix: "Capture again at one place, best on the client or on the server itself.",
};

pub(super) const INCOMPLETE: Page = Page {
    title: "Part of the login is missing from the capture",
    severity: Severity::Info,
    changes: "",
    meaning: "The capture does not hold all of the login, so some things are not said of it. That is a property of \
the capture and not a fault of client or server.",
    proof: "A hole in the TCP stream, a packet cut by the snaplen, a beginning or an end that was not captured. The \
finding says what, and how many bytes where that is known.",
    fix: "Cut packets: capture with tcpdump -s 0. Packets not captured: use a larger buffer (tcpdump -B 65536) and a \
narrower filter. Begun too late: start the capture first, then make the client connect anew. Only one side: capture on \
one of the two hosts.",
};
