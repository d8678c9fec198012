//! The register of the comune: every line of every request's history, in one chain that can be verified.
//!
//! A row is kept as canonical JSON: the members in the order of [`LedgerRow`], without blanks, a member that came later
//! left out where it is empty. Its hash is `SHA-256(previous hash ‖ row)`, the previous hash as its 64 hexadecimal digits,
//! so that anybody can compute it anew: `printf '%s%s' "$previous" "$row" | sha256sum`. The hash before the first row is
//! made of the id of the comune, so that no chain passes for another's.
//!
//! Whoever can write all of the table can write all of the chain anew. What they cannot write anew is a [`Seal`]: the head of
//! the chain, kept every day in a file that nobody can change. What came after the last seal is vouched for by the chain alone.

mod cells;
mod seal;
mod search;
mod verify;

pub use cells::{cells, headers};
pub use seal::Seal;
pub use search::{Search, bare_link};
pub use verify::{Check, KeptHead, Verdict, What, verify};

use jiff::civil;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::Instant;
use crate::editorial::CheckId;
use crate::ids::{NoticeId, StaffId};
use crate::notice::{Applied, Digest, MoveKind, StateName};

/// A row: one move of one request. Who reads a register reads what was asked, in which words, who did what and when.
///
/// New members go at the end, with `default` and `skip_serializing_if`: old rows must be written as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerRow {
    /// Its place in the register, from 1, without gaps.
    pub number: u64,
    /// When the move was made.
    pub at: Instant,
    /// Of which request.
    pub notice: NoticeId,
    /// The version that the move made.
    pub version: u64,
    /// The move; `None` for the submission itself.
    pub step: Option<MoveKind>,
    /// Who; nobody when the system moved.
    pub by: Option<StaffId>,
    /// In whose place, where it was a deputy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<StaffId>,
    /// The state that the move led to.
    pub state: StateName,
    /// What the notice is about.
    pub title: String,
    /// The words as they stood after the move.
    pub text: String,
    /// The news item.
    pub link: String,
    /// Which office asked.
    pub office: String,
    /// The wanted day and hour in the tenant's civil time.
    pub wanted_at: civil::DateTime,
    /// The digest of the words as they stood after the move.
    pub digest: Digest,
    /// The reason given, if any.
    pub reason: Option<String>,
    /// Which check was set aside, where the move was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckId>,
    /// Whether it was a rehearsal, in which nothing is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub training: bool,
}

impl LedgerRow {
    fn of(number: u64, applied: &Applied) -> Self {
        let (request, entry) = (&applied.request, &applied.entry);
        Self {
            number,
            at: entry.at,
            notice: request.id.clone(),
            version: entry.version,
            step: entry.step,
            by: entry.by.clone(),
            instead_of: entry.instead_of.clone(),
            state: entry.state,
            title: request.draft.title.clone(),
            text: request.draft.text.clone(),
            link: request.draft.link.as_str().to_owned(),
            office: request.draft.office.clone(),
            wanted_at: request.draft.wanted_at,
            digest: entry.digest.clone(),
            reason: entry.reason.clone(),
            check: entry.check,
            training: request.training,
        }
    }

    /// The row in canonical JSON.
    fn canonical(&self) -> String {
        #[expect(
            clippy::expect_used,
            reason = "texts and numbers can always be written as JSON"
        )]
        serde_json::to_string(self).expect("a row is JSON")
    }

    /// The row that `text` is; `None` if it is not one, or is one in other bytes than the canonical ones.
    pub fn read(text: &str) -> Option<Self> {
        let row: Self = serde_json::from_str(text).ok()?;
        (row.canonical() == text).then_some(row)
    }
}

/// Where in the chain one stands: 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash(String);

/// A text that is no [`Hash`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a hash")]
pub struct NotAHash;

impl Hash {
    /// What stands before the first row of the comune `tenant`.
    fn genesis(tenant: &str) -> Self {
        Self(hex::encode(Sha256::digest(format!(
            "portavoce/registro/{tenant}"
        ))))
    }

    /// The hash of `row`, which comes after `previous`.
    fn after(previous: &str, row: &str) -> Self {
        let mut hash = Sha256::new();
        // The first part always has 64 bytes where it is one of ours, and whatever it is, the whole row follows it.
        hash.update(previous.as_bytes());
        hash.update(row.as_bytes());
        Self(hex::encode(hash.finalize()))
    }

    /// The 64 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Hash {
    type Error = NotAHash;

    fn try_from(text: String) -> Result<Self, NotAHash> {
        let digits = text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if digits && text.len() == 64 {
            Ok(Self(text))
        } else {
            Err(NotAHash)
        }
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.0
    }
}

/// The last row of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number; 0 while there is none.
    pub number: u64,
    /// Its hash; while there is none, what stands before the first.
    pub hash: Hash,
}

impl Head {
    /// The head of the register of the comune `tenant` before its first row.
    pub fn genesis(tenant: &str) -> Self {
        Self {
            number: 0,
            hash: Hash::genesis(tenant),
        }
    }

    /// The row of a move, as it is to be kept, and the head that it makes.
    pub fn append(&self, applied: &Applied) -> (Kept, Self) {
        let number = self.number + 1;
        self.keep(LedgerRow::of(number, applied).canonical(), number)
    }

    fn keep(&self, row: String, number: u64) -> (Kept, Self) {
        let hash = Hash::after(self.hash.as_str(), &row);
        let kept = Kept {
            key: key(number),
            row,
            previous: self.hash.as_str().to_owned(),
            hash: hash.as_str().to_owned(),
        };
        (kept, Self { number, hash })
    }
}

/// A row as the store has it. Nothing of it is believed before it is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its sort key, that is, its place: [`key`].
    pub key: String,
    /// The row in canonical JSON.
    pub row: String,
    /// The hash of the row before. The chain does not need it; it tells a row that was altered from one that merely follows.
    pub previous: String,
    /// The hash of the row.
    pub hash: String,
}

/// The sort key of the row with the number `number`: of ten digits, so that rows sort by number.
pub fn key(number: u64) -> String {
    format!("row#{number:010}")
}

/// The number that [`key`] made `key` of; `None` if it is another key.
pub fn number_of(key: &str) -> Option<u64> {
    let number = key.strip_prefix("row#")?.parse().ok()?;
    (self::key(number) == key).then_some(number)
}

#[cfg(test)]
mod tests;
