//! A request of an office, with its signatures and its history. `workflow.rs` says how it moves.

use serde::{Deserialize, Serialize};

use super::digest::Digest;
use super::draft::Draft;
use super::moves::NotAllowed;
use super::state::{MoveKind, State, StateName};
use super::waiver::Waiver;
use crate::Instant;
use crate::editorial::{CheckId, LinkReport};
use crate::ids::{NoticeId, StaffId};
use crate::staff::{Actor, Role};
use crate::tenant::Tenant;

/// A request and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeRequest {
    /// Its id, and later the notice's.
    pub id: NoticeId,
    /// Counts the moves, from 1. Every write is conditional on it.
    pub version: u64,
    /// What is to be sent.
    pub draft: Draft,
    /// To whom.
    pub audience: Audience,
    /// Who asked, and when.
    pub submitted: Signed,
    /// Who wrote the words as they stand, if not who asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worded_by: Option<StaffId>,
    /// What was decided in spite of the checks, for the words as they stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// The page it leads to, as it was when the words were last checked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<LinkReport>,
    /// The words that last went further with nothing in the way. They are not those as they stand where somebody, or a deploy
    /// that brought another template, has changed them since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed: Option<Digest>,
    /// A rehearsal: it walks the whole way, and nothing is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub training: bool,
    /// When it was last moved; of the first version, when it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_at: Option<Instant>,
    /// Where it stands.
    pub state: State,
}

/// To whom a notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// All who are subscribed when the hour comes.
    AllSubscribers,
}

/// Who did something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// The account.
    pub by: StaffId,
    /// The instant.
    pub at: Instant,
    /// For whom, who was absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<StaffId>,
}

/// Which way a request came to the operating group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Path {
    /// Through the head of the sector.
    #[default]
    Ordinary,
    /// From the desk, the head being absent, with a copy to head and mayor (Rubano, "Procedura alternativa").
    Alternative,
}

impl Path {
    /// The name in the API.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::Alternative => "alternative",
        }
    }
}

/// Somebody of the group is against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// Who, and when.
    pub signed: Signed,
    /// Why.
    pub reason: String,
}

/// The approval of exact words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who approved last, and when. Where the group let its term pass, whoever had put it to the group.
    pub signed: Signed,
    /// What was approved: text, link, hour and audience.
    pub digest: Digest,
    /// Who had approved the same words before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Signed>,
    /// Nobody of the group was against it in its term.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_silence: bool,
    /// When the words became approved.
    #[serde(default)]
    pub at: Option<Instant>,
}

impl Approval {
    /// When the words became approved.
    pub fn since(&self) -> Instant {
        self.at.unwrap_or(self.signed.at)
    }
}

/// The signatures that an approved request carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endorsement {
    /// Who took it in charge.
    pub taken: Signed,
    /// Who forwarded it.
    pub forwarded: Signed,
    /// Which way it came.
    #[serde(default)]
    pub path: Path,
    /// Who approved which words.
    pub approval: Approval,
}

/// A line of the history: who did what, when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The version that the move made.
    pub version: u64,
    /// The instant.
    pub at: Instant,
    /// Who; nobody when the system moved.
    pub by: Option<StaffId>,
    /// For whom, who was absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<StaffId>,
    /// The move; `None` for the submission itself.
    pub step: Option<MoveKind>,
    /// The state that the move led to.
    pub state: StateName,
    /// The reason given, if any.
    pub reason: Option<String>,
    /// Which check was set aside, where the move was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckId>,
    /// The digest of the words as they stood after the move.
    pub digest: Digest,
    /// The words, where the move brought new ones.
    pub draft: Option<Draft>,
}

/// A move that was made: nothing is stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The request as it is now.
    pub request: NoticeRequest,
    /// The line for the history.
    pub entry: Entry,
}

impl NoticeRequest {
    /// The request that `by` submits at `now`.
    pub fn submit(
        id: NoticeId,
        draft: Draft,
        by: &Actor,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Applied, NotAllowed> {
        if !by.is_any(&[Role::Requester]) {
            return Err(NotAllowed::NotYours {
                needs: &[Role::Requester],
            });
        }
        let request = Self {
            id,
            version: 1,
            draft,
            audience: Audience::AllSubscribers,
            submitted: Signed {
                by: by.id.clone(),
                at: now,
                instead_of: None,
            },
            worded_by: None,
            waivers: Vec::new(),
            page: None,
            passed: None,
            training: false,
            moved_at: Some(now),
            state: State::Submitted,
        };
        let entry = Entry {
            version: 1,
            at: now,
            by: Some(by.id.clone()),
            instead_of: None,
            step: None,
            state: StateName::Submitted,
            reason: None,
            check: None,
            digest: request.digest(tenant),
            draft: Some(request.draft.clone()),
        };
        Ok(Applied { request, entry })
    }

    /// The same as a rehearsal: it walks the whole way, and nothing is sent.
    #[must_use]
    pub fn as_training(mut applied: Applied) -> Applied {
        applied.request.training = true;
        applied
    }

    /// The digest of the words as they stand: what an approver quotes.
    pub fn digest(&self, tenant: &Tenant) -> Digest {
        Digest::of(&self.draft, self.audience, tenant)
    }
}
