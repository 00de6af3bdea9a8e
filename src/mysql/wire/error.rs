//! Why bytes are not the structure they were read as: which structure, which field, where.
//!
//! The messages name fields and counts, never captured text.

use thiserror::Error;

/// A structure that could not be parsed. `offset` counts from the first byte of the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WireError {
    /// The bytes end inside a field.
    #[error("{structure}: {field} at offset {offset} needs {needed} bytes, {had} are left")]
    TooShort {
        /// The structure's name in the documentation.
        structure: &'static str,
        /// The field.
        field: &'static str,
        /// Where the field begins.
        offset: usize,
        /// How many bytes the field takes.
        needed: u64,
        /// How many are there.
        had: usize,
    },
    /// A text that must end in NUL does not.
    #[error("{structure}: {field} at offset {offset} has no terminating NUL in {had} bytes")]
    Unterminated {
        /// The structure's name in the documentation.
        structure: &'static str,
        /// The field.
        field: &'static str,
        /// Where the field begins.
        offset: usize,
        /// How many bytes were searched.
        had: usize,
    },
    /// A field has a value that it cannot have.
    #[error("{structure}: {field} at offset {offset} is not {expected}")]
    Unexpected {
        /// The structure's name in the documentation.
        structure: &'static str,
        /// The field.
        field: &'static str,
        /// Where the field begins.
        offset: usize,
        /// What it should have been.
        expected: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_sentences_with_counts() {
        let short = WireError::TooShort {
            structure: "HandshakeV10",
            field: "the thread id",
            offset: 8,
            needed: 4,
            had: 1,
        };
        assert_eq!(
            short.to_string(),
            "HandshakeV10: the thread id at offset 8 needs 4 bytes, 1 are left"
        );
        let wrong = WireError::Unexpected {
            structure: "ERR_Packet",
            field: "the header",
            offset: 0,
            expected: "0xFF",
        };
        assert_eq!(
            wrong.to_string(),
            "ERR_Packet: the header at offset 0 is not 0xFF"
        );
    }
}
