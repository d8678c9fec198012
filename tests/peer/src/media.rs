//! Images, documents and voice messages: what citizens sent and what the business uploaded, and the addresses under which
//! they can be fetched for a short while.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const MB: usize = 1_000_000;
const DAY: u64 = 24 * 60 * 60;

/// Ids that came with a webhook are good for so long.
const WRITTEN_DAYS: u64 = 7;
/// Ids of uploads are good for so long.
const UPLOADED_DAYS: u64 = 30;

/// The MIME types that Meta takes from a business, and how large each may be.
const TAKEN: [(&str, usize); 19] = [
    ("image/jpeg", 5 * MB),
    ("image/png", 5 * MB),
    ("audio/aac", 16 * MB),
    ("audio/amr", 16 * MB),
    ("audio/mpeg", 16 * MB),
    ("audio/mp4", 16 * MB),
    ("audio/ogg", 16 * MB),
    ("video/mp4", 16 * MB),
    ("video/3gpp", 16 * MB),
    ("text/plain", 100 * MB),
    ("application/pdf", 100 * MB),
    ("application/msword", 100 * MB),
    ("application/vnd.ms-excel", 100 * MB),
    ("application/vnd.ms-powerpoint", 100 * MB),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        100 * MB,
    ),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        100 * MB,
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        100 * MB,
    ),
    ("image/webp", 500_000),
    ("video/3gp", 16 * MB),
];

/// A file at Meta's.
#[derive(Clone)]
pub(crate) struct Media {
    pub(crate) id: String,
    pub(crate) mime: String,
    pub(crate) bytes: Bytes,
    /// Seconds since 1970, after which the id means nothing.
    until: u64,
}

/// What goes wrong with downloads, of any file or of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaFault {
    /// What.
    #[serde(flatten)]
    pub trouble: MediaTrouble,
    /// Only with this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
}

const fn once() -> u32 {
    1
}

impl MediaFault {
    /// The next download of any file.
    pub fn next(trouble: MediaTrouble) -> Self {
        Self {
            trouble,
            media: None,
            times: 1,
        }
    }

    /// The same, so many times.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// What goes wrong with a download.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MediaTrouble {
    /// The bytes are not those of the digest.
    WrongBytes,
    /// A redirect to another host; where not given, to one that notes whether the token came along.
    Redirect {
        /// Where to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<String>,
    },
    /// The connection is cut after half of the bytes.
    Cut,
    /// So many bytes come instead, without a length said before.
    Oversized {
        /// How many.
        bytes: usize,
    },
    /// The address has expired before its time: 404.
    Expired,
    /// A Graph error with this HTTP status.
    Error {
        /// The status.
        http: u16,
    },
    /// The first byte comes so late.
    Slow {
        /// How late.
        millis: u64,
    },
}

/// Everything stored, and the addresses handed out.
#[derive(Default)]
pub(crate) struct Shelf {
    files: HashMap<String, Media>,
    /// File and last second of each address.
    links: HashMap<String, (String, u64)>,
    faults: Vec<MediaFault>,
    ids: u64,
}

impl Shelf {
    /// Keeps a file that a citizen sent.
    pub(crate) fn written(&mut self, mime: &str, bytes: Bytes, now: u64) -> Media {
        self.keep(mime, bytes, now + WRITTEN_DAYS * DAY)
    }

    /// Keeps a file that the business uploaded.
    pub(crate) fn uploaded(&mut self, mime: &str, bytes: Bytes, now: u64) -> Media {
        self.keep(mime, bytes, now + UPLOADED_DAYS * DAY)
    }

    fn keep(&mut self, mime: &str, bytes: Bytes, until: u64) -> Media {
        self.ids += 1;
        let media = Media {
            id: (900_000_000_000_000 + self.ids).to_string(),
            mime: mime.to_owned(),
            bytes,
            until,
        };
        self.files.insert(media.id.clone(), media.clone());
        media
    }

    /// The file with this id, while it is kept.
    pub(crate) fn get(&self, id: &str, now: u64) -> Option<&Media> {
        self.files.get(id).filter(|media| now < media.until)
    }

    pub(crate) fn remove(&mut self, id: &str) -> bool {
        self.files.remove(id).is_some()
    }

    /// Hands out an address of the file, good until `until`.
    pub(crate) fn link(&mut self, id: &str, until: u64, token: String) -> String {
        self.links.insert(token.clone(), (id.to_owned(), until));
        token
    }

    /// The file behind an address, while that is good.
    pub(crate) fn behind(&self, token: &str, now: u64) -> Option<&Media> {
        let (id, until) = self.links.get(token)?;
        self.get(id, now).filter(|_| now < *until)
    }

    pub(crate) fn add_fault(&mut self, fault: MediaFault) {
        self.faults.push(fault);
    }

    /// What goes wrong with a download of this file, if anything does.
    pub(crate) fn strike(&mut self, id: &str) -> Option<MediaTrouble> {
        let place = self
            .faults
            .iter()
            .position(|fault| fault.media.as_deref().is_none_or(|media| media == id))?;
        let fault = &mut self.faults[place];
        let trouble = fault.trouble.clone();
        fault.times = fault.times.saturating_sub(1);
        if fault.times == 0 {
            self.faults.remove(place);
        }
        Some(trouble)
    }

    /// Forgets all; ids are not given a second time.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            ids: self.ids,
            ..Self::default()
        };
    }
}

impl Media {
    pub(crate) fn digest(&self) -> Vec<u8> {
        digest(&SHA256, &self.bytes).as_ref().to_vec()
    }

    /// What `GET /{media-id}` says of it.
    pub(crate) fn resolved(&self, url: &str) -> Value {
        json!({
            "messaging_product": "whatsapp", "url": url, "mime_type": self.mime, "sha256": hex::encode(self.digest()),
            "file_size": self.bytes.len(), "id": self.id,
        })
    }
}

/// The type without its parameters, `audio/ogg; codecs=opus` being `audio/ogg`.
pub(crate) fn bare(mime: &str) -> &str {
    mime.split(';').next().unwrap_or_default().trim()
}

/// How large an upload of this type may be; nothing for a type that is not taken.
pub(crate) fn largest(mime: &str) -> Option<usize> {
    TAKEN
        .iter()
        .find(|(taken, _)| *taken == bare(mime))
        .map(|(_, largest)| *largest)
}

/// Whether a file of this type can go out as `kind`.
pub(crate) fn suits(kind: &str, mime: &str) -> bool {
    let mime = bare(mime);
    match kind {
        "image" => matches!(mime, "image/jpeg" | "image/png"),
        "sticker" => mime == "image/webp",
        "audio" | "video" => mime.split('/').next() == Some(kind),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_ends_before_its_file_and_a_file_before_the_next_week() {
        let mut shelf = Shelf::default();
        let media = shelf.written("image/jpeg", Bytes::from_static(b"jpeg"), 1_000);
        let token = shelf.link(&media.id, 1_300, "abc".to_owned());

        assert!(shelf.behind(&token, 1_299).is_some());
        assert!(shelf.behind(&token, 1_300).is_none());
        assert!(shelf.get(&media.id, 1_000 + 7 * DAY - 1).is_some());
        assert!(shelf.get(&media.id, 1_000 + 7 * DAY).is_none());
    }

    #[test]
    fn a_type_is_taken_with_its_parameters_and_suits_its_kind() {
        assert_eq!(largest("audio/ogg; codecs=opus"), Some(16 * MB));
        assert_eq!(largest("image/heic"), None);
        assert!(suits("audio", "audio/ogg; codecs=opus") && suits("document", "image/png"));
        assert!(!suits("image", "image/webp") && !suits("sticker", "image/png"));
    }
}
