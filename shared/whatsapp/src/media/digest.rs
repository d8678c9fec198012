//! The SHA-256 that a file should have. Messages write it in base64; the answer to an id has been seen in hexadecimal.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// The digest that a file should have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Expected(pub(super) [u8; 32]);

impl Expected {
    /// The digest that `text` writes, in whatever way.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = hex::decode(text)
            .or_else(|_| STANDARD.decode(text))
            .or_else(|_| STANDARD_NO_PAD.decode(text))
            .or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')))
            .ok()?;
        bytes.try_into().ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_in_base64_and_in_hexadecimal() {
        let digest = [0xfb_u8; 32];

        for text in [
            hex::encode(digest),
            hex::encode_upper(digest),
            STANDARD.encode(digest),
            STANDARD_NO_PAD.encode(digest),
            URL_SAFE_NO_PAD.encode(digest),
        ] {
            assert_eq!(Expected::read(&text), Some(Expected(digest)), "{text}");
        }
        for text in ["", "abc", "not a digest", &hex::encode([1; 31])] {
            assert_eq!(Expected::read(text), None, "{text}");
        }
    }
}
