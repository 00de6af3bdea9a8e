//! Every cap of the program, with its reason and what happens when it is reached.

/// Different kinds of diagnostics kept for one capture. More are counted in one last entry.
pub const DIAGNOSTICS: usize = 100;

/// Clients, and users of a server, that are followed across the logins of one capture. Those that
/// come after are judged one login at a time only, and the report says so.
pub const FOLLOWED: usize = 10_000;

/// Packets that a finding across logins cites, and client addresses remembered for one user.
pub const CITED: usize = 32;

/// How far from the expected sequence number a segment may lie, in bytes. TCP's largest window
/// is 1 GiB (RFC 7323), but a login is a few KiB: what lies further off is of another connection
/// or forged. It is left out and counted.
pub const PLAUSIBLE_WINDOW: u64 = 64 << 20;

/// Tunnels inside of each other that are entered. Real ones have up to three (a mirrored overlay network
/// behind a provider's labels); what is deeper is told and not read.
pub const TUNNELS: u8 = 8;

/// IP packets in fragments that wait for the rest of them. At the cap the oldest is given up.
pub const FRAGMENTED_PACKETS: usize = 4096;

/// Bytes that all of them together take. At the cap the oldest is given up.
pub const FRAGMENT_BYTES: usize = 16 << 20;

/// How long the rest of an IP packet is waited for, in packet time. Receivers wait 15 to 60 seconds
/// (RFC 791, section 3.2; RFC 8200, section 4.5), and after that the number may be another packet's.
pub const FRAGMENT_AGE_NANOS: i64 = 60_000_000_000;

/// Bytes that one conversation holds back behind holes. At the cap the earliest hole is given
/// up and told as a gap.
pub const HELD_BYTES: usize = 64 << 10;

/// Pieces that one conversation holds back behind holes (one-byte segments cost far more than
/// their byte). At the cap the earliest hole is given up.
pub const HELD_PIECES: usize = 8 << 10;

/// Bytes that all conversations together hold: kept back behind holes, kept to compare with, parts of
/// logins. At the cap the half that was quiet longest is given up, and the report says so.
pub const AWAKE_BYTES: usize = 64 << 20;

/// Conversations that are awake at the same time: with data, and not yet past their login (at most
/// about 1.5 KiB each beside [`AWAKE_BYTES`]). At the cap those quiet longest are given up, and the
/// report says so.
pub const AWAKE: usize = 1 << 16;

/// So many awake at once before those past their login are packed up for the first time.
pub const CROWD: usize = 4096;

/// Bytes of a buffer that a conversation leaves to the one that gets its place.
pub const SPARE_BYTES: usize = 4 << 10;

/// Delivered bytes kept of each direction while its login runs, to compare second copies with.
/// Copies of later bytes are not compared.
pub const DELIVERED_BYTES: usize = 64 << 10;

/// Conversations in the table, at 80 bytes each, or about 250 past their login. At the cap a quarter is
/// let go: the ended first, then those that only opened or are past their login, those quiet longest
/// before the others; a packet that comes for one of them later counts as a new conversation, and the
/// report says so.
pub const CONVERSATIONS: usize = 1 << 18;

/// Greetings of which what they have in common with others is kept once, for as many kinds of servers as a
/// capture may show. Those of further servers are kept whole for each connection.
pub const GREETINGS: usize = 64;

/// Bytes of greeting and salts up to which a conversation past its login may rest. What holds more stays
/// awake, where it counts among [`AWAKE_BYTES`].
pub const REST_BYTES: usize = 2 << 10;

/// Bytes of one login message that are kept. The server takes at most 64 KiB of connection
/// attributes; what lies behind the cap counts as missing.
pub const LOGIN_MESSAGE: usize = 256 << 10;

/// Bytes of a conversation kept while it has not shown whether it is MySQL. At the cap it is
/// decided with what is there.
pub const WATCHED_BYTES: usize = 16 << 10;

/// Events (segments, mostly) kept for the same purpose.
pub const WATCHED_EVENTS: usize = 1024;

/// FIN and RST segments kept of one conversation; only the first of each side says something.
pub const CLOSINGS: usize = 8;

/// Messages of one login. A login of three factors over RSA has under thirty; a server that
/// switches without end is cut off here, and the login says so.
pub const LOGIN_STEPS: usize = 256;

/// Things noted as missing or broken in one login. Further ones are not noted.
pub const LOGIN_FAULTS: usize = 256;

/// Bytes of a login's messages kept while it runs, and of second copies that differ from them, to decode
/// the login with the second copies too. Behind the cap only the first copies are looked at.
pub const LOGIN_HEARD: usize = 16 << 10;

/// Places of one login whose copies differ that are noted.
pub const CONFLICTS: usize = 64;

/// Bytes that a capture's buffer starts with, and so the size of one read: large enough that reading
/// costs little beside decoding, small enough to stay in the processor's second cache.
pub const READ_BUFFER: usize = 256 * 1024;

/// Bytes of one packet record or pcapng block that are held at once. Capture tools stop at 256 KiB a
/// packet (128 MiB for USB, which is none of ours); what claims more is a damaged length field. The
/// capture ends there with an error that names packet and offset. A pcapng block that is skipped anyway
/// may be of any length: it is never held.
pub const RECORD: u32 = 64 * 1024 * 1024;

/// Interfaces that one pcapng section may describe. Real ones have a few hundred at most; a file made of
/// nothing else would grow memory without end. Further ones are noted and forgotten, and their packets
/// are then packets of an interface that was never described.
pub const INTERFACES: usize = 65_536;

/// Bytes at the beginning of a file that are looked at to say what it is when it is no capture.
pub const SNIFF: usize = 512;

/// Kinds of other traffic counted (protocol and port), to say what was there instead of a login.
/// Further kinds are not counted.
pub const ELSEWHERE: usize = 1024;

/// Kinds of other traffic told; the rest is a number.
pub const ELSEWHERE_TOLD: usize = 12;

/// How far apart in time two connections may be for one to have answered the other's salt.
pub const OTHER_SALTS_NANOS: u64 = 60_000_000_000;

/// Salts of other connections that are tried on a response which nothing else explains, the
/// nearest first.
pub const OTHER_SALTS: usize = 64;

/// Forms of such salts, the nearest first, over which changed passwords and wrong formulas are tried too:
/// two mistakes at once, which hardly any client makes.
pub const OTHER_SALTS_DEEP: usize = 32;

/// The same where like responses were searched in full before.
pub const OTHER_SALTS_REDUCED: usize = 16;

/// How many bytes before a SYN in the capture may belong to its connection. More than that was
/// not put out of order by any network.
pub const LATE_SYN: i32 = 64 << 10;

/// Salts of the latest logins that are kept for that.
pub const SALTS_NEAR: usize = 1 << 14;

/// Logins that may come behind one whose response nothing explains before it is looked at again with
/// the salts seen near it, even if the minute around it is not over: that many cover the nearest salts many
/// times over. The report says so.
pub const UNSETTLED: u64 = 4096;

/// The same where like responses were searched in full before, and fewer salts are tried. What waits longer
/// has left the processor's caches.
pub const UNSETTLED_REDUCED: u64 = 512;

/// Logins that wait for TLS secrets which may yet come in the same file. Of more, those that come later
/// are told as they are, sealed.
pub const AWAITING_SECRETS: usize = 4096;

/// Exchanges remembered to count logins that were seen twice, where logins are not kept (ndjson).
/// Of those behind the cap none is remembered.
pub const EXCHANGES: usize = 7 << 16;

/// Logins of a file that wait for their turn in a report of lines before its reading waits, too.
pub const WAITING_LOGINS: u64 = 4096;

/// Bytes that one packet of the compressed protocol may unpack to. More is skipped by its length:
/// a COM_CHANGE_USER is far smaller.
pub const UNPACKED: usize = 1 << 20;

/// Slowly derived keys kept for one form of one candidate (one for each account that uses parsec).
/// At the cap the oldest is forgotten and derived again if it comes back.
pub const DERIVED_KEYS: usize = 64;

/// Rounds of key derivation spent on one login before its search for further forms of a password ends:
/// about two seconds. The candidates as given and one form of each kind are tried whatever they cost.
pub const DERIVATION_ROUNDS: u32 = 1 << 22;

/// Most rounds of key derivation that a SCRAM exchange may ask for. Servers use 4096 to 15000; a
/// capture may say 2³¹. Over the cap the login is unverifiable.
pub const SCRAM_ROUNDS: u32 = 1 << 16;

/// Addresses and names whose pseudonyms are remembered in one run. Addresses beyond are computed each
/// time; names beyond are still hidden in their own fields and in quotes, and only a server's error
/// that has them without quotes keeps them.
pub const PSEUDONYMS: usize = 1 << 18;

/// Bytes of one conversation that an extract looks into for names and passwords. A login is a few KiB,
/// with 64 KiB of attributes; what lies behind the cap is left out of the extract.
pub const EXTRACTED_LOGIN: usize = 1 << 20;

/// Bytes of each side of a TLS login that is not decrypted which an extract keeps: the handshake with
/// its certificates and the first records, by whose sizes the login can be judged.
pub const EXTRACTED_TLS: u64 = 16 << 10;

/// Bytes of standard input that `extract` keeps in a temporary file, because it reads a capture three
/// times. A longer capture is refused with a message.
pub const SPOOL: u64 = 4 << 30;
/// Bytes that any compressed capture may unpack to. Beyond, [`EXPANSION_RATIO`] counts.
pub const EXPANSION_FREE: u64 = 1 << 30;

/// Bytes that one compressed byte may unpack to, beyond [`EXPANSION_FREE`]. Captures come to 3 to 30, the
/// dullest (nothing but acknowledgements) to about 100, since each packet has its own time and numbers; gzip
/// can do 1032, the others far more. Memory is bounded whatever comes out: this bounds the time. At the cap
/// the capture fails with what to do if it is none (unpack it oneself; a pipe has no cap).
pub const EXPANSION_RATIO: u64 = 200;

/// Bytes of the window that a compressed capture may ask its decoder to hold: that of `xz -9` is 64 MiB, of
/// `zstd --ultra -22` 128 MiB. What asks for more fails.
pub const UNPACK_WINDOW: u64 = 129 << 20;

/// Files of folders that were passed over, with the reason, kept for `-v`. Further ones are counted.
pub const SKIPPED: usize = 10_000;

/// Bytes of one list of paths (`--files-from`). A longer one is an error: it is no list, or of more files
/// than a report can show.
pub const PATH_LIST: u64 = 256 << 20;

/// Bytes of one TLS record behind its header: 2^14 of content and 2048 for compression and
/// protection (RFC 5246 §6.2.3, the most of all versions). What claims more is not TLS; no more
/// than one record is held for each direction.
pub const TLS_RECORD: usize = (1 << 14) + 2048;

/// Bytes of one TLS handshake message. Certificate chains are the longest, and few are above
/// 10 KiB; the format would allow 16 MiB. A longer one ends the decryption of its session.
pub const TLS_HANDSHAKE_MESSAGE: usize = 64 << 10;

/// Alerts kept of one TLS session; a session has one or two.
pub const TLS_ALERTS: usize = 8;

/// Records of a TLS session whose sizes are kept to tell the shape of what cannot be decrypted.
/// A handshake and a login have under thirty; those behind are not noted.
pub const TLS_RECORDS_NOTED: usize = 64;

/// Records of early data (TLS 1.3, 0-RTT) passed over before the client's first record that opens.
/// A server takes 16 KiB by default; behind the cap the session counts as not decryptable.
pub const TLS_EARLY_RECORDS: u32 = 256;

/// Sessions kept of one key log, at most 400 bytes each (200 MiB in all). Lines of further
/// sessions are counted and not kept.
pub const TLS_KEYS: usize = 1 << 19;

/// Sessions of one capture that were opened with the server's private key and may be resumed
/// later. At the cap further ones are not remembered, and their resumptions are not decrypted.
pub const TLS_RESUMABLE: usize = 1 << 14;

/// Hypotheses computed without result for one kind of login (the same server, user, client, plugin and
/// end) before like ones are searched less. At least one of them is searched in full; with one
/// password it is two, so that a few different mistakes of one client are told apart.
pub const SEARCH_SPENT: u64 = 5_000;

/// Of the later logins of a kind that a server took for right, every so manieth is searched for forms of the
/// password again, as the password may have changed meanwhile; if one is found, so are all that follow. An odd
/// number, so that it meets both where right logins and unexplained ones take turns.
pub const SEARCHED_ANEW: u64 = 251;

/// Kinds of logins for which that is remembered. Those that come after are searched in full.
pub const SEARCHES: usize = 10_000;

/// Bytes of TLS key logs kept out of one capture; about 60,000 sessions. What is over the cap is
/// left out, and the report says so.
pub const SECRETS_BYTES: usize = 32 << 20;

/// Conversations that go on from before a capture's first packet, kept to see which file of a rotation
/// goes on with a login that another one cuts. Of further ones nothing is said.
pub const GOING_ON: usize = 1024;

/// Logins that one login is linked with (the same seen elsewhere, the other side of a proxy). Further
/// ones are not named.
pub const RELATED: usize = 8;

/// Kinds of logins of one file whose lines of `ndjson` are made from those before them; at most 9 KiB each. When
/// there are more, all are forgotten, and begin anew.
pub const MOULDS: usize = 1024;

/// Bytes of what a login has in common with those like it, and of its line. What is longer has no mould.
pub const MOULD_BYTES: usize = 4 << 10;

/// Clients, users and servers that the summary tells apart. Further ones are counted in its totals.
pub const SUMMARY_ROWS: usize = 1000;

/// Bytes of a state file (`--state`): about a million files. What is longer is not read as one.
pub const STATE_FILE: u64 = 512 << 20;

/// Bytes of a word of our own that is read back from a task's result: the longest is a warning.
pub const OWN_WORD: usize = 512;

/// Distinct such words. A result with more was not written by unscramble, and is not read.
pub const OWN_WORDS: usize = 4096;

/// Bytes of a line of a plan or of a task's result. A longer one is not read.
pub const PLAN_LINE: u64 = 256 << 20;
