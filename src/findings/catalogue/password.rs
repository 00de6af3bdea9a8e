//! Texts of the findings about which password was used.

use super::{LESS_IF_ACCEPTED, Page, Severity};

pub(super) const TRANSFORMED: Page = Page {
    title: "A changed form of the password was used",
    severity: Severity::Error,
    changes: LESS_IF_ACCEPTED,
    meaning: "The client did not hash the password given to this tool but a form of it: with a line feed from a \
file, inside quotes, with percent signs decoded or left encoded, cut at a special character, in another character set, \
in another case. If the server accepted the login, that form is the password in use, and the one given to this tool is \
the one that differs.",
    proof: "The response matches with the changed form and not with the password as given. The form is named, the \
password never.",
    fix: "Follow the password from where it is kept to the client: the file (`printf '%s'` writes no line feed, `echo` \
does), the connection URL (percent-encode it exactly once), the shell and the compose file (single quotes keep `$` as it \
is), the character set of the connection.",
};

pub(super) const WRONG: Page = Page {
    title: "The client did not use the password given to this tool",
    severity: Severity::Error,
    changes: "",
    meaning: "The server refused the login, and the response does not come from the password given, in none of \
the forms and with none of the faults that are known here. Usually the client is configured with another password. A \
way to change password or salt that is not among those tried cannot be excluded.",
    proof: "The server refused with error 1045 or 1698. Every byte of the response, of the salt in force, and of the \
greeting's salt where a switch sent another one is in the capture, nothing contradicts itself, lengths are the \
plugin's, and no hypothesis matches. If a byte is missing, nothing is said. It does not tell which password the \
server has.",
    fix: "Compare the password that the client is configured with and the one given to this tool: environment, secret \
store, an old value in a pool that was not restarted.",
};

pub(super) const RIGHT_REJECTED: Page = Page {
    title: "The password given is what the client used, and the server refused",
    severity: Severity::Error,
    changes: "",
    meaning: "The client computed the response right, from the password given to this tool. As far as the response goes, the cause lies with the \
server or the account: another password is set there, the user does not exist for this host, an anonymous user or \
another host mask matches first, or a proxy in between keeps its own copy of the password.",
    proof: "The response matches the password as given, by the plugin's own formula over the right salt, and the \
server answered with error 1045 or 1698. When a plugin sends the password under the server's RSA key as well, that \
block is only checked with `--server-key`, and the finding says so: then the fault may also lie in that step.",
    fix: "On the server: is there an account for this user and for the address that the error text names, is it \
the account that is matched, does it have this password? At a proxy: are its stored credentials current? For an unknown user \
MySQL asks for a plugin picked at random, so a plugin that the user never had hints at a missing account.",
};

pub(super) const CANDIDATE_WRONG: Page = Page {
    title: "The password given to this tool is not the one in use",
    severity: Severity::Warning,
    changes: "",
    meaning: "The server accepted the login, and the response does not come from any password given to this tool. So \
nothing can be said of the client's other logins with it either. If the login was accepted by full authentication, \
the server did not use this response, and then a way of computing it wrong that is not known here is possible too.",
    proof: "Authentication succeeded, every byte of response and salt is in the capture, and no hypothesis matches.",
    fix: "Give unscramble the password that this user has at this server. An account can have two passwords at a time \
(RETAIN CURRENT PASSWORD).",
};

pub(super) const EMPTY_RESPONSE: Page = Page {
    title: "The client sent no password",
    severity: Severity::Error,
    changes: "",
    meaning: "The client's response is empty, which is what a client sends that has no password, and the server \
refused it. Often an environment variable is unset or a secret was not mounted. The error text then says \
(using password: NO).",
    proof: "The last thing the client sent for the plugin in force is empty, all of it was captured, and the server \
refused with error 1045 or 1698. An empty response under another plugin's name than the greeting's is normal as long as \
an auth switch follows: the switch asks for the real one. It is reported when the server refused instead of switching.",
    fix: "Check that the client gets its password. Where the client named another plugin than the greeting and the \
server did not switch, set the client's default plugin to the greeting's, or upgrade the server.",
};

pub(super) const IAM_TOKEN: Page = Page {
    title: "The AWS IAM token cannot be valid for this login",
    severity: Severity::Error,
    changes: "",
    meaning: "The client logs in with an AWS IAM token in place of a password. A token is a signed request with a \
host, a user and a date, valid for 15 minutes as a rule. This one had expired when it was sent, is made out for another \
host or user, or was cut on its way.",
    proof: "Read from the token itself: its date and expiry against the packet's time, its host and user against the \
connection's, its signature against the 64 characters it must have. The signature itself cannot be checked without the \
secret key.",
    fix: "Expired: make a new token for each connection, and check the clock. Another host or user: make it for the \
endpoint, port and user of the connection. Cut: tokens are longer than 255 bytes; find what truncates them.",
};
