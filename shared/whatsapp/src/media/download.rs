//! A file as it comes.

use reqwest::Response;
use sha2::{Digest, Sha256};

use super::digest::Expected;
use super::sniff::{HEAD, sniff};
use super::{MediaError, Piece, broken};

/// A file that is being fetched.
#[derive(Debug)]
pub struct Download {
    answer: Response,
    expected: Option<Expected>,
    declared: Option<u64>,
    mime_type: Option<String>,
    largest: u64,
    hasher: Sha256,
    size: u64,
    head: Vec<u8>,
    received: Option<Received>,
}

/// A file that came whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its SHA-256, in hexadecimal: the announced one, where there was one.
    pub sha256: String,
    /// Whether a digest was announced, and is this one.
    pub verified: bool,
    /// How many bytes it has.
    pub size: u64,
    /// What it is by its first bytes; `None` is nothing that WhatsApp carries.
    pub sniffed: Option<&'static str>,
    /// What Meta says it is.
    pub declared: Option<String>,
}

impl Download {
    pub(super) fn new(
        answer: Response,
        expected: Option<Expected>,
        size: Option<u64>,
        mime_type: Option<String>,
        largest: u64,
    ) -> Result<Self, MediaError> {
        // What declares that it is too large is not even begun.
        let declared = [size, answer.content_length()];
        if declared.iter().flatten().any(|size| *size > largest) {
            return Err(MediaError::TooLarge(largest));
        }
        Ok(Self {
            answer,
            expected,
            declared: size,
            mime_type,
            largest,
            hasher: Sha256::new(),
            size: 0,
            head: Vec::new(),
            received: None,
        })
    }

    /// What it is by its first bytes: known once the first piece has come.
    pub fn sniffed(&self) -> Option<&'static str> {
        sniff(&self.head)
    }

    /// The next piece; `None` once it came whole and is what was announced.
    pub async fn chunk(&mut self) -> Result<Option<Piece>, MediaError> {
        if self.received.is_some() {
            return Ok(None);
        }
        let Some(piece) = self.answer.chunk().await.map_err(broken)? else {
            self.end()?;
            return Ok(None);
        };
        self.size += piece.len() as u64;
        if self.size > self.largest {
            return Err(MediaError::TooLarge(self.largest));
        }
        self.hasher.update(&piece);
        let wanted = HEAD.saturating_sub(self.head.len()).min(piece.len());
        self.head.extend_from_slice(&piece[..wanted]);
        Ok(Some(piece))
    }

    fn end(&mut self) -> Result<(), MediaError> {
        if let Some(declared) = self.declared
            && self.size < declared
        {
            return Err(MediaError::Short {
                got: self.size,
                declared,
            });
        }
        let digest: [u8; 32] = self.hasher.finalize_reset().into();
        if self.expected.is_some_and(|expected| expected.0 != digest) {
            return Err(MediaError::OtherBytes);
        }
        self.received = Some(Received {
            sha256: hex::encode(digest),
            verified: self.expected.is_some(),
            size: self.size,
            sniffed: sniff(&self.head),
            declared: self.mime_type.take(),
        });
        Ok(())
    }

    /// What came. What is left of it is fetched and dropped.
    pub async fn finish(mut self) -> Result<Received, MediaError> {
        loop {
            if let Some(received) = self.received.take() {
                return Ok(received);
            }
            self.chunk().await?;
        }
    }
}
