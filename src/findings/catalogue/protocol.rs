//! Texts of the findings about the order of messages.

use super::{Page, Severity};

pub(super) const SWITCH_IGNORED: Page = Page {
    title: "The auth switch was ignored",
    severity: Severity::Error,
    changes: "",
    meaning: "The server asked the client to authenticate with another plugin or salt, and the client went on as if \
it were logged in. Older drivers take the switch for another packet. The server then closes the connection or reports \
packets out of order (1156).",
    proof: "After the AuthSwitchRequest the client sent something that starts a new exchange instead of an answer. \
Not said where bytes of the login are missing from the capture.",
    fix: "Upgrade the client to one that knows auth switches. Until then an account whose plugin is the one that the \
greeting names may need no switch; some servers switch always.",
};

pub(super) const SEQUENCE: Page = Page {
    title: "A message has the wrong sequence number",
    severity: Severity::Error,
    changes: "",
    meaning: "Each message of a login carries a number, one more than that of the message before. One side sent \
another number than was due. The other side may refuse that as packets out of order, or misunderstand what follows.",
    proof: "Read from the packet headers, with no byte of the login missing from the capture. A server that reports \
an error without having read the client's last message uses a number that is taken already, and one that shuts down \
uses 0; neither is reported.",
    fix: "Look for whatever writes the messages: the client library, or a proxy in between that adds or drops one.",
};

pub(super) const HEALTH_CHECK: Page = Page {
    title: "A health check, no login",
    severity: Severity::Info,
    changes: "",
    meaning: "The client sent its login packet without waiting for the greeting, and without a password. Load \
balancers check servers in this way (HAProxy's option mysql-check). It is no failed login, whatever the server answered.",
    proof: "The client's first packet comes before the greeting, and its response is empty.",
    fix: "Nothing need be done. If the server counts such connections as errors, give the check an account of its \
own, or use a plain TCP check.",
};
