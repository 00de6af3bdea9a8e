//! Which salt bytes a client may have hashed, the right ones first.
//!
//! Pure. A salt is taken as it stood on the wire, terminator included where there was one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::verdict::SaltForm;
use crate::limits;

/// The salts a response may have been made over, all as on the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Salts<'a> {
    /// The salt in force.
    pub current: Option<&'a [u8]>,
    /// The greeting's, where a switch sent another.
    pub greeting: Option<&'a [u8]>,
    /// Those of earlier exchanges on the same connection.
    pub earlier: Vec<&'a [u8]>,
    /// Those of other connections.
    pub other: &'a [&'a [u8]],
    /// Everything else was tried before, and gave nothing.
    pub only_other: bool,
}

impl Salts<'_> {
    /// Whether the first of the forms is the right one.
    pub(crate) const fn begin_right(&self) -> bool {
        self.current.is_some() && !self.only_other
    }
}

/// How a formula takes its salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum SaltKind {
    /// 20 bytes, a NUL behind them on the wire: native, `caching_sha2`, sha256.
    Twenty,
    /// The first 8 bytes of the salt: old.
    Eight,
    /// All bytes, no terminator: ed25519, parsec.
    Raw,
}

/// A list of salts without two of the same bytes; of those the first, plainest, name stays. All stand in
/// one buffer: there may be hundreds, made anew for each response that is searched for.
pub(crate) struct SaltList {
    bytes: Vec<u8>,
    /// Each form, where its bytes end, and how they begin: hardly any two begin alike.
    forms: Vec<(SaltForm, usize)>,
    heads: Vec<u64>,
}

impl SaltList {
    /// An empty one, with room for what most salts come to: up to 1 KiB each, a piece of memory is had at
    /// once.
    fn new() -> Self {
        Self {
            bytes: Vec::with_capacity(1 << 10),
            forms: Vec::with_capacity(64),
            heads: Vec::with_capacity(64),
        }
    }

    /// The forms, plainest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (SaltForm, &[u8])> {
        let mut from = 0;
        self.forms.iter().map(move |(form, end)| {
            let bytes = self.bytes.get(from..*end).unwrap_or_default();
            from = *end;
            (*form, bytes)
        })
    }

    fn add(&mut self, form: SaltForm, bytes: &[u8]) {
        self.add_all(form, [bytes]);
    }

    /// Adds what these pieces make together.
    fn add_all<'p>(&mut self, form: SaltForm, pieces: impl IntoIterator<Item = &'p [u8]>) {
        self.put(form, |bytes| {
            for piece in pieces {
                bytes.extend_from_slice(piece);
            }
        });
    }

    fn put(&mut self, form: SaltForm, write: impl FnOnce(&mut Vec<u8>)) {
        let from = self.bytes.len();
        write(&mut self.bytes);
        let bytes = self.bytes.get(from..).unwrap_or_default();
        let head = head(bytes);
        let alike = self.heads.contains(&head);
        if alike && self.iter().any(|(_, known)| known == bytes) {
            self.bytes.truncate(from);
        } else {
            self.forms.push((form, self.bytes.len()));
            self.heads.push(head);
        }
    }
}

/// The length and the first eight bytes; of shorter ones, all.
fn head(bytes: &[u8]) -> u64 {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match bytes.first_chunk() {
        Some(first) => u64::from_ne_bytes(*first).rotate_left(8) ^ length,
        None => bytes
            .iter()
            .fold(length, |head, byte| head << 8 | u64::from(*byte)),
    }
}

/// The forms of the salts, plainest first; the first is the right one whenever the salt in force
/// is known.
#[must_use]
pub(crate) fn salt_forms(kind: SaltKind, salts: &Salts<'_>) -> SaltList {
    let mut forms = SaltList::new();
    if salts.only_other {
        other(kind, salts, &mut forms);
        return forms;
    }
    match kind {
        SaltKind::Twenty => twenty(salts, &mut forms),
        SaltKind::Eight => eight(salts, &mut forms),
        SaltKind::Raw => raw(salts, &mut forms),
    }
    forms
}

/// The first of those forms, if the salt in force is known.
#[must_use]
pub(crate) fn right_salt<'s>(kind: SaltKind, salts: &Salts<'s>) -> Option<(SaltForm, &'s [u8])> {
    let wire = salts.current?;
    Some(match kind {
        SaltKind::Twenty => (SaltForm::WithoutNul, without_nul(wire)),
        SaltKind::Eight => (SaltForm::First8, wire.get(..8).unwrap_or(without_nul(wire))),
        SaltKind::Raw => (SaltForm::Raw, wire),
    })
}

/// The 20 bytes of a salt: without what stands behind the twentieth, and a shorter one without
/// the NUL that ends it. A salt of 20 bytes is taken whole, whatever its last byte.
fn without_nul(wire: &[u8]) -> &[u8] {
    match wire.get(..20) {
        Some(twenty) => twenty,
        None => wire.strip_suffix(b"\0").unwrap_or(wire),
    }
}

/// The salt and its terminator; where the wire has none, with one put behind it.
fn with_nul(wire: &[u8]) -> [&[u8]; 2] {
    [without_nul(wire), b"\0"]
}

/// Nothing but NULs behind the twentieth byte, and more of them than one.
fn several_nuls(wire: &[u8]) -> bool {
    wire.get(20..)
        .is_some_and(|behind| behind.len() > 1 && behind.iter().all(|byte| *byte == 0))
}

fn twenty(salts: &Salts<'_>, forms: &mut SaltList) {
    if let Some(wire) = salts.current {
        forms.add(SaltForm::WithoutNul, without_nul(wire));
        forms.add_all(SaltForm::WithNul, with_nul(wire));
        if several_nuls(wire) {
            forms.add(SaltForm::WithNul, wire);
        }
    }
    if let Some(wire) = salts.greeting {
        forms.add(SaltForm::Greeting, without_nul(wire));
        forms.add_all(SaltForm::GreetingWithNul, with_nul(wire));
        if several_nuls(wire) {
            forms.add(SaltForm::GreetingWithNul, wire);
        }
    }
    if let Some(wire) = salts.current {
        forms.add(SaltForm::Raw, wire);
        mangled(wire, forms);
    }
    if let (Some(wire), Some(greeting)) = (salts.current, salts.greeting) {
        for begin in [without_nul(wire), wire] {
            if let Some(kept) = without_nul(greeting).get(begin.len()..) {
                forms.add_all(SaltForm::Mixed, [begin, kept]);
            }
        }
    }
    forms.add(SaltForm::None, &[]);
    forms.add(SaltForm::Zeros, &[0; 20]);
    forms.add(SaltForm::Zeros, &[0; 21]);
    for wire in salts.earlier.iter().rev().take(limits::OTHER_SALTS) {
        forms.add(SaltForm::Earlier, without_nul(wire));
        forms.add_all(SaltForm::Earlier, with_nul(wire));
    }
    other(SaltKind::Twenty, salts, forms);
}

/// Those of other connections.
fn other(kind: SaltKind, salts: &Salts<'_>, forms: &mut SaltList) {
    for wire in salts.other.iter().take(limits::OTHER_SALTS) {
        match kind {
            SaltKind::Twenty => {
                forms.add(SaltForm::OtherConnection, without_nul(wire));
                forms.add_all(SaltForm::OtherConnection, with_nul(wire));
            }
            // Eight bytes prove too little for that.
            SaltKind::Eight => {}
            SaltKind::Raw => forms.add(SaltForm::OtherConnection, wire),
        }
    }
}

/// Cut, shifted, and turned into text.
fn mangled(wire: &[u8], forms: &mut SaltList) {
    let salt = without_nul(wire);
    let cut = salt.split(|&byte| byte == 0).next().unwrap_or_default();
    forms.add(SaltForm::CutAtNul, cut);
    if let Some((_, rest)) = salt.split_last() {
        forms.add(SaltForm::MinusLast, rest);
    }
    forms.add(SaltForm::NulsStripped, nuls_stripped(salt));
    if let Some((first, second)) = salt.split_at_checked(8) {
        forms.add(SaltForm::First8, first);
        forms.add(SaltForm::Last12, second);
        forms.add_all(SaltForm::Last13, [second, b"\0"]);
        forms.add_all(SaltForm::FillerNulInside, [first, b"\0", second, b"\0"]);
        forms.add_all(SaltForm::FillerNulInside, [first, b"\0", second]);
    }
    text(salt, forms);
    text(&with_nul(wire).concat(), forms);
}

/// The salt as text: decoded as ASCII or Latin-1, written as hex or base64.
fn text(salt: &[u8], forms: &mut SaltList) {
    // What is ASCII decodes to itself, and that is in the list already.
    if !salt.is_ascii() {
        decoded(salt, forms);
    }
    for digits in [b"0123456789ABCDEF", b"0123456789abcdef"] {
        let digit = |half: u8| digits.get(usize::from(half)).copied().unwrap_or(b'?');
        forms.put(SaltForm::HexText, |bytes| {
            for byte in salt {
                bytes.extend_from_slice(&[byte >> 4, byte & 15].map(digit));
            }
        });
    }
    forms.add(SaltForm::Base64Text, STANDARD.encode(salt).as_bytes());
}

/// The salt decoded as ASCII or Latin-1.
fn decoded(salt: &[u8], forms: &mut SaltList) {
    let question_mark = |&byte: &u8| if byte.is_ascii() { byte } else { b'?' };
    forms.put(SaltForm::AsciiQuestionMarks, |bytes| {
        bytes.extend(salt.iter().map(question_mark));
    });
    let replacement = |&byte: &u8| match byte {
        0..0x80 => char::from(byte),
        _ => char::REPLACEMENT_CHARACTER,
    };
    let mut put = |form, decode: &dyn Fn(&u8) -> char| {
        forms.put(form, |bytes| {
            for byte in salt {
                let mut buffer = [0; 4];
                let text = decode(byte).encode_utf8(&mut buffer);
                bytes.extend_from_slice(text.as_bytes());
            }
        });
    };
    put(SaltForm::AsciiReplacementChars, &replacement);
    put(SaltForm::Latin1ToUtf8, &|byte| char::from(*byte));
}

/// Fewer than for the long responses: eight bytes prove too little for a wide search.
fn eight(salts: &Salts<'_>, forms: &mut SaltList) {
    fn first_8(wire: &[u8]) -> &[u8] {
        wire.get(..8).unwrap_or(without_nul(wire))
    }
    if let Some(wire) = salts.current {
        forms.add(SaltForm::First8, first_8(wire));
        forms.add(SaltForm::WithoutNul, without_nul(wire));
    }
    if let Some(wire) = salts.greeting {
        forms.add(SaltForm::Greeting, first_8(wire));
    }
    for wire in salts.earlier.iter().rev().take(limits::OTHER_SALTS) {
        forms.add(SaltForm::Earlier, first_8(wire));
    }
}

/// The 32 bytes of a nonce that has no terminator; one put behind them all the same (by a proxy that
/// does so for every plugin) does not belong to it.
fn nonce(wire: &[u8]) -> &[u8] {
    match wire {
        [nonce @ .., 0] if nonce.len() == 32 => nonce,
        whole => whole,
    }
}

fn raw(salts: &Salts<'_>, forms: &mut SaltList) {
    let current = salts.current.map(nonce);
    if let Some(wire) = current {
        forms.add(SaltForm::Raw, wire);
    }
    if let Some(wire) = salts.greeting {
        // That of a greeting for another plugin has its terminator.
        let greeting = if wire.len() < 32 {
            without_nul(wire)
        } else {
            nonce(wire)
        };
        forms.add(SaltForm::Greeting, greeting);
        forms.add(SaltForm::GreetingWithNul, wire);
    }
    if let Some(wire) = current {
        let one_nul = wire.strip_suffix(b"\0").unwrap_or(wire);
        let cut = wire.split(|&byte| byte == 0).next().unwrap_or_default();
        forms.add(SaltForm::NulsStripped, one_nul);
        forms.add(SaltForm::NulsStripped, nuls_stripped(wire));
        forms.add_all(SaltForm::WithNul, [wire, b"\0"]);
        forms.add(SaltForm::CutAtNul, cut);
        if let Some((_, rest)) = wire.split_last() {
            forms.add(SaltForm::MinusLast, rest);
        }
        forms.add(SaltForm::First8, wire.get(..8).unwrap_or(wire));
        text(wire, forms);
    }
    forms.add(SaltForm::None, &[]);
    forms.add(SaltForm::Zeros, &[0; 32]);
    for wire in salts.earlier.iter().rev().take(limits::OTHER_SALTS) {
        forms.add(SaltForm::Earlier, wire);
    }
    other(SaltKind::Raw, salts, forms);
}

fn nuls_stripped(salt: &[u8]) -> &[u8] {
    let kept = salt.iter().rposition(|&byte| byte != 0);
    let length = kept.map_or(0, |last| last.saturating_add(1));
    salt.get(..length).unwrap_or(salt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::schemes::known::{SALT_21, salt_20};
    use proptest::prelude::*;

    fn named(forms: &[(SaltForm, Vec<u8>)], bytes: &[u8]) -> Option<SaltForm> {
        let found = forms.iter().find(|(_, made)| made == bytes);
        found.map(|(form, _)| *form)
    }

    fn made(kind: SaltKind, salts: &Salts<'_>) -> Vec<(SaltForm, Vec<u8>)> {
        let forms = salt_forms(kind, salts);
        forms
            .iter()
            .map(|(form, bytes)| (form, bytes.to_vec()))
            .collect()
    }

    fn over(kind: SaltKind, current: &[u8]) -> Vec<(SaltForm, Vec<u8>)> {
        let current = Some(current);
        made(
            kind,
            &Salts {
                current,
                ..Salts::default()
            },
        )
    }

    #[test]
    fn the_right_form_is_the_first() {
        let forms = over(SaltKind::Twenty, SALT_21);
        assert_eq!(forms[0], (SaltForm::WithoutNul, salt_20().to_vec()));
        assert_eq!(forms[1], (SaltForm::WithNul, SALT_21.to_vec()));
        let forms = over(SaltKind::Twenty, salt_20());
        assert_eq!(forms[0], (SaltForm::WithoutNul, salt_20().to_vec()));
        assert_eq!(forms[1], (SaltForm::WithNul, SALT_21.to_vec()));
        let forms = over(SaltKind::Eight, SALT_21);
        assert_eq!(forms[0], (SaltForm::First8, SALT_21[..8].to_vec()));
        let ends_in_nul = [[7; 31].as_slice(), b"\0"].concat();
        let forms = over(SaltKind::Raw, &ends_in_nul);
        assert_eq!(forms[0], (SaltForm::Raw, ends_in_nul.clone()));
        assert_eq!(named(&forms, &[7; 31]), Some(SaltForm::NulsStripped));
    }

    #[test]
    fn a_nonce_of_32_bytes_has_no_terminator() {
        let sent = [[7; 32].as_slice(), b"\0"].concat();
        let forms = over(SaltKind::Raw, &sent);
        assert_eq!(forms[0], (SaltForm::Raw, vec![7; 32]));
        assert_eq!(named(&forms, &sent), Some(SaltForm::WithNul));
        assert_eq!(named(&forms, &[7; 31]), Some(SaltForm::MinusLast));
    }

    #[test]
    fn a_short_salt_over_the_end_of_the_greetings() {
        let salts = Salts {
            current: Some(b"01234567\0"),
            greeting: Some(SALT_21),
            ..Salts::default()
        };
        let forms = made(SaltKind::Twenty, &salts);
        let mixed = [b"01234567\0", &SALT_21[9..20]].concat();
        assert_eq!(named(&forms, &mixed), Some(SaltForm::Mixed));
        let mixed = [b"01234567", &SALT_21[8..20]].concat();
        assert_eq!(named(&forms, &mixed), Some(SaltForm::Mixed));
    }

    #[test]
    fn a_salt_of_twenty_bytes_may_end_in_nul() {
        let salt = [[7; 19].as_slice(), b"\0"].concat();
        let forms = over(SaltKind::Twenty, &salt);
        assert_eq!(forms[0], (SaltForm::WithoutNul, salt));
    }

    #[test]
    fn mangled_salts() {
        let salt = [b"abc\x80de\0fghijklmnopqr".as_slice(), b"\0"].concat();
        let forms = over(SaltKind::Twenty, &salt);
        for (bytes, form) in [
            (b"abc\x80de".as_slice(), SaltForm::CutAtNul),
            (b"abc\x80de\0fghijklmnopq", SaltForm::MinusLast),
            (b"abc\x80de\0f", SaltForm::First8),
            (b"ghijklmnopqr", SaltForm::Last12),
            (b"ghijklmnopqr\0", SaltForm::Last13),
            (b"abc\x80de\0f\0ghijklmnopqr", SaltForm::FillerNulInside),
            (b"abc?de\0fghijklmnopqr", SaltForm::AsciiQuestionMarks),
            (
                b"abc\xef\xbf\xbdde\0fghijklmnopqr",
                SaltForm::AsciiReplacementChars,
            ),
            (b"abc\xc2\x80de\0fghijklmnopqr", SaltForm::Latin1ToUtf8),
            (b"", SaltForm::None),
            (&[0; 20], SaltForm::Zeros),
        ] {
            assert_eq!(named(&forms, bytes), Some(form), "{bytes:?}");
        }
    }

    #[test]
    fn the_greetings_salt_only_where_it_differs() {
        let same = Salts {
            current: Some(SALT_21),
            greeting: Some(salt_20()),
            ..Salts::default()
        };
        let forms = made(SaltKind::Twenty, &same);
        assert!(forms.iter().all(|(form, _)| *form != SaltForm::Greeting));
        let other = Salts {
            greeting: Some(b"abcdefghijklmnopqrst\0"),
            ..same
        };
        let forms = made(SaltKind::Twenty, &other);
        assert_eq!(forms[2].0, SaltForm::Greeting);
        assert_eq!(forms[3].0, SaltForm::GreetingWithNul);
    }

    proptest! {
        #[test]
        fn no_bytes_twice(salt in proptest::collection::vec(any::<u8>(), 0..40)) {
            for kind in [SaltKind::Twenty, SaltKind::Eight, SaltKind::Raw] {
                let forms = over(kind, &salt);
                let mut bytes: Vec<_> = forms.iter().map(|(_, b)| b.clone()).collect();
                bytes.sort();
                bytes.dedup();
                prop_assert_eq!(bytes.len(), forms.len());
            }
        }
    }
}
