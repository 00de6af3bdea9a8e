//! Where the fields of a login packet stand in it.
//!
//! The parsers of [`crate::mysql::wire`] give values; to write over a field its place is needed. The
//! walk here follows the same layout and is held to the parsed values: where a field does not stand
//! where it should, there is no answer.

use std::ops::Range;

use crate::mysql::wire::capabilities::Capabilities;
use crate::mysql::{LoginRequest, Plugin};

/// The places of fields in a payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    /// Where the first of them begins.
    pub(super) begin: usize,
    pub(super) user: Range<usize>,
    pub(super) response: Range<usize>,
    pub(super) database: Range<usize>,
    /// Key and value of each attribute.
    pub(super) attributes: Vec<(Range<usize>, Range<usize>)>,
    /// All fields were found where they should be.
    pub(super) whole: bool,
}

impl Places {
    fn beginning_at(begin: usize) -> Self {
        Self {
            begin,
            ..Self::default()
        }
    }
}

/// Bytes before the user in the login packet of protocol 4.1, before that, and in COM_CHANGE_USER.
const FIXED: usize = 32;
const FIXED_320: usize = 5;
const COMMAND: usize = 1;

/// The places in a login packet.
pub(super) fn of_login(payload: &[u8], request: &LoginRequest, response: &[u8]) -> Places {
    let modern = request
        .capabilities
        .is_some_and(|flags| flags.has(Capabilities::PROTOCOL_41));
    let fixed = if modern { FIXED } else { FIXED_320 };
    let counted = modern
        && request.capabilities.is_some_and(|flags| {
            flags.has(Capabilities::LENENC_RESPONSE) || flags.has(Capabilities::SECURE_CONNECTION)
        });
    let mut walk = Walk {
        payload,
        at: fixed,
        places: Places::beginning_at(fixed),
    };
    walk.places.whole = walk.fields(request, response, counted, 0).is_some();
    walk.places
}

/// The places in a COM_CHANGE_USER.
pub(super) fn of_change_user(payload: &[u8], request: &LoginRequest, response: &[u8]) -> Places {
    let secure = request
        .capabilities
        .is_none_or(|flags| flags.has(Capabilities::SECURE_CONNECTION));
    let mut walk = Walk {
        payload,
        at: COMMAND,
        places: Places::beginning_at(COMMAND),
    };
    walk.places.whole = walk.fields(request, response, secure, 2).is_some();
    walk.places
}

struct Walk<'p> {
    payload: &'p [u8],
    at: usize,
    places: Places,
}

impl Walk<'_> {
    /// `between`: bytes between the database and the plugin.
    fn fields(
        &mut self,
        request: &LoginRequest,
        response: &[u8],
        counted: bool,
        between: usize,
    ) -> Option<()> {
        self.places.user = self.expect(request.user.as_deref().unwrap_or_default())?;
        self.at = self.at.saturating_add(1);
        if counted {
            self.count(response.len())?;
        }
        self.places.response = self.expect(response)?;
        if !counted {
            self.at = self.at.saturating_add(1);
        }
        let change = between > 0;
        match request.database.as_deref() {
            Some(database) => {
                self.places.database = self.expect(database)?;
                self.at = self.at.saturating_add(1);
            }
            // An empty database: its NUL alone. No plugin begins with one.
            None if change || self.payload.get(self.at) == Some(&0) => {
                self.at = self.at.saturating_add(1);
            }
            None => {}
        }
        self.at = self.at.saturating_add(between);
        if let Some(plugin) = &request.plugin {
            self.plugin(plugin)?;
        } else if request.attributes.is_empty() {
            return Some(());
        }
        if request.attributes.is_empty() {
            return Some(());
        }
        self.skip_count()?;
        for (key, value) in request.attributes.iter() {
            self.count(key.len())?;
            let key = self.expect(key)?;
            self.count(value.len())?;
            let value = self.expect(value)?;
            self.places.attributes.push((key, value));
        }
        Some(())
    }

    /// The plugin's name has two spellings for one of them.
    fn plugin(&mut self, plugin: &Plugin) -> Option<()> {
        let rest = self.payload.get(self.at..)?;
        let end = memchr::memchr(0, rest).unwrap_or(rest.len());
        let name = rest.get(..end)?;
        (Plugin::from_name(name) == *plugin).then_some(())?;
        self.at = self.at.saturating_add(end).saturating_add(1);
        Some(())
    }

    /// These bytes stand here.
    fn expect(&mut self, bytes: &[u8]) -> Option<Range<usize>> {
        let end = self.at.checked_add(bytes.len())?;
        let place = self.at..end;
        (self.payload.get(place.clone())? == bytes).then_some(())?;
        self.at = end;
        Some(place)
    }

    /// A length stands here: `int<lenenc>`, or one byte also above 250, as some drivers write it.
    fn count(&mut self, length: usize) -> Option<()> {
        let rest = self.payload.get(self.at..)?;
        let little = length.to_le_bytes();
        let stands = |from: usize, width: usize| {
            let here = rest.get(from..from.saturating_add(width));
            here.is_some() && here == little.get(..width)
        };
        let size = match rest.first()? {
            first if length <= 0xFA && usize::from(*first) == length => 1,
            0xFC if stands(1, 2) => 3,
            0xFD if stands(1, 3) => 4,
            0xFE if stands(1, 8) => 9,
            first if usize::from(*first) == length => 1,
            _ => return None,
        };
        self.at = self.at.saturating_add(size);
        Some(())
    }

    /// The length of all attributes, whatever it says: the attributes themselves are held to theirs.
    fn skip_count(&mut self) -> Option<()> {
        let first = self.payload.get(self.at)?;
        let rest = self.payload.len().saturating_sub(self.at).saturating_sub(1);
        let size = match first {
            _ if usize::from(*first) == rest => 1,
            0xFC => 3,
            0xFD => 4,
            0xFE => 9,
            _ => 1,
        };
        self.at = self.at.saturating_add(size);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_packet() {
        let flags = Capabilities::PROTOCOL_41.0 | Capabilities::SECURE_CONNECTION.0;
        let mut payload = vec![0; 32];
        payload.extend(b"app\0\x03abcshop\0dialog\0\x0c\x04_pid\x0212\x01a\x02bc");
        let request = LoginRequest {
            user: Some(b"app".into()),
            database: Some(b"shop".into()),
            plugin: Some(Plugin::Dialog),
            attributes: [(&b"_pid"[..], &b"12"[..]), (b"a", b"bc")]
                .into_iter()
                .collect(),
            capabilities: Some(Capabilities(flags)),
            ..LoginRequest::default()
        };
        let places = of_login(&payload, &request, b"abc");
        let shown = |place: &Range<usize>| payload[place.clone()].to_vec();
        assert!(places.whole);
        assert_eq!(shown(&places.user), b"app");
        assert_eq!(shown(&places.response), b"abc");
        assert_eq!(shown(&places.database), b"shop");
        let values: Vec<_> = places.attributes.iter().map(|(_, v)| shown(v)).collect();
        assert_eq!(values, [b"12".to_vec(), b"bc".to_vec()]);
        assert!(!of_login(&payload, &request, b"abd").whole);
    }
}
