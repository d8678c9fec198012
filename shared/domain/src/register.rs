//! The register of notices: one row per notice, written by the system from what really happened. It holds no personal
//! data of citizens, and is the only source of the two-month report.

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::delivery::{Counts, Rung};
use crate::ids::NoticeId;
use crate::notice::{Kind, NoticeRequest, Signed, State, StateName};

/// How far the dispatch of a notice has come, and the page it is on. Written before the page is queued: whoever resumes
/// queues the same page again, and the delivery rows keep anyone from getting the notice twice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DispatchProgress {
    /// Recipients queued so far, this page included.
    pub recipients: i64,
    /// The page, by person.
    pub page: Vec<crate::ids::PersonId>,
    /// Where the next page begins; `None` once the audience is read to its end.
    pub cursor: Option<String>,
    /// Whether the audience has been read to its end.
    pub complete: bool,
}

/// A row of the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterRow {
    /// Which notice.
    pub notice: NoticeId,
    /// What it is about.
    pub title: String,
    /// What kind it is.
    pub kind: Kind,
    /// The exact words of the draft.
    pub text: String,
    /// The news item.
    pub link: String,
    /// Which office asked.
    pub office: String,
    /// The hour the office wanted, in the tenant's civil time.
    pub wanted_at: jiff::civil::DateTime,
    /// Who asked.
    pub submitted: Signed,
    /// Who took charge.
    pub taken: Option<Signed>,
    /// Who forwarded.
    pub forwarded: Option<Signed>,
    /// Who approved.
    pub approved: Option<Signed>,
    /// Where it stands.
    pub state: StateName,
    /// When it began to go out.
    pub dispatched_at: Option<Instant>,
    /// People selected when it went out.
    pub recipients: i64,
    /// Not sent because they had left by then.
    pub left: i64,
    /// Taken by WhatsApp.
    pub accepted: i64,
    /// Left WhatsApp's servers.
    pub sent: i64,
    /// On the phone.
    pub delivered: i64,
    /// Read.
    pub read: i64,
    /// Refused or failed.
    pub failed: i64,
    /// Called, with no word from WhatsApp.
    pub unclear: i64,
    /// Selected and not called yet.
    pub waiting: i64,
    /// Billed deliveries by Meta's category.
    pub billable: std::collections::BTreeMap<String, i64>,
}

impl RegisterRow {
    /// The row of a notice, given how far its dispatch has come and what became of its deliveries.
    pub fn of(request: &NoticeRequest, recipients: i64, counts: &Counts) -> Self {
        let (taken, forwarded, approved) = signatures(&request.state);
        let counted: i64 = counts.rungs.values().sum();
        Self {
            notice: request.id.clone(),
            title: request.draft.title.clone(),
            kind: request.draft.kind,
            text: request.draft.text.clone(),
            link: request.draft.link.as_str().to_owned(),
            office: request.draft.office.clone(),
            wanted_at: request.draft.wanted_at,
            submitted: request.submitted.clone(),
            taken,
            forwarded,
            approved,
            state: request.state.name(),
            dispatched_at: request.state.started_at(),
            recipients,
            left: counts.skipped(),
            accepted: counts.accepted(),
            sent: counts.sent(),
            delivered: counts.delivered(),
            read: counts.read(),
            failed: counts.failed(),
            unclear: counts.unclear(),
            waiting: (recipients - counted).max(0) + counts.on(&[Rung::Waiting]),
            billable: counts.billable.clone(),
        }
    }

    /// Billed deliveries in `category`.
    pub fn billed(&self, category: &str) -> i64 {
        self.billable.get(category).copied().unwrap_or_default()
    }
}

fn signatures(state: &State) -> (Option<Signed>, Option<Signed>, Option<Signed>) {
    match state {
        State::TakenInCharge { taken } => (Some(taken.clone()), None, None),
        State::Forwarded {
            taken, forwarded, ..
        } => (Some(taken.clone()), Some(forwarded.clone()), None),
        State::Approved { endorsed }
        | State::Scheduled { endorsed, .. }
        | State::Held { endorsed, .. }
        | State::Sending { endorsed, .. }
        | State::Sent { endorsed, .. }
        | State::Stopped { endorsed, .. } => (
            Some(endorsed.taken.clone()),
            Some(endorsed.forwarded.clone()),
            Some(endorsed.approval.signed.clone()),
        ),
        State::Submitted
        | State::Returned { .. }
        | State::Rejected { .. }
        | State::Cancelled { .. } => (None, None, None),
    }
}
