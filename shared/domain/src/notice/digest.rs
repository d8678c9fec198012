//! What an approval is of: the exact words, and all that decides to whom and when they go.

use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use super::draft::Draft;
use super::request::Audience;
use crate::tenant::Tenant;

/// SHA-256 in hexadecimal of the exact words, link, hour and audience of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(String);

impl Digest {
    /// The digest of what a citizen would get if `draft` went out to `audience`.
    pub fn of(draft: &Draft, audience: Audience, tenant: &Tenant) -> Self {
        let audience = match audience {
            Audience::AllSubscribers => "all_subscribers",
        };
        // Each part is preceded by its length, so that no two different notices have the same bytes.
        let mut hash = sha2::Sha256::new();
        let (preview, wanted_at) = (draft.preview(tenant), draft.wanted_at.to_string());
        // Citizens do not read until when it is useful, but it decides whether they get it. Without it the digest is what it
        // was before there was such a thing.
        let useful_until = draft.useful_until.map(|until| until.to_string());
        for part in [
            preview.as_str(),
            draft.link.as_str(),
            wanted_at.as_str(),
            audience,
            tenant.notice_template.name.as_str(),
        ]
        .into_iter()
        .chain(useful_until.as_deref())
        {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(hex::encode(hash.finalize()))
    }

    /// A digest as somebody wrote it; it is only ever compared.
    pub fn quoted(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// The 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
