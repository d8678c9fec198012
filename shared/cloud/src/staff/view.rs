//! A request as the staff reads it.

use domain::notice::{Entry, NoticeRequest, Objection, Signed, State, Waiver};
use domain::tenant::Tenant;
use domain::texts;
use serde::Serialize;
use utoipa::ToSchema;

/// A request, with the exact words that citizens will read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B")]
    pub id: String,
    /// Its version: what `If-Match` must show.
    #[schema(example = 3)]
    pub version: u64,
    /// What the notice is about.
    pub title: String,
    /// The words of the office.
    pub text: String,
    /// The news item.
    pub link: String,
    /// The wanted day and hour, in Italian time.
    #[schema(example = "2026-12-10T09:30:00")]
    pub wanted_at: String,
    /// Until when it is of use, in Italian time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-12T18:00:00")]
    pub useful_until: Option<String>,
    /// The office that asks.
    pub office: String,
    /// The kind of notice.
    #[schema(example = "evento")]
    pub kind: String,
    /// The notice that it corrects or takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2A")]
    pub corrects: Option<String>,
    /// Whether it is one of several appointments far apart.
    pub spaced: bool,
    /// The exact words that citizens will read.
    pub preview: String,
    /// Characters of the preview; WhatsApp takes 1,024.
    pub preview_length: usize,
    /// SHA-256 of words, link, hour and audience: what an approval must quote.
    pub digest: String,
    /// Who asked.
    pub submitted: SignedView,
    /// What was decided in spite of the checks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<WaiverView>,
    /// Whether it is a rehearsal, in which nothing is sent.
    pub training: bool,
    /// Where it stands.
    pub state: StateView,
}

/// A check that somebody has set aside.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WaiverView {
    /// The check.
    #[schema(example = "E16")]
    pub check: String,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub decided: SignedView,
    /// The second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<SignedView>,
}

/// Where a request stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StateView {
    /// The state, for programs.
    #[schema(example = "forwarded")]
    pub name: String,
    /// The state, for people.
    #[schema(example = "inoltrata al gruppo operativo")]
    pub label: String,
    /// Who took charge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<SignedView>,
    /// Who forwarded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<SignedView>,
    /// Who approved which words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalView>,
    /// Which way it came to the group: `ordinary`, or `alternative` where the head of the sector was absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "ordinary")]
    pub path: Option<String>,
    /// Who has approved the words as they stand, while more of the group must.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<SignedView>,
    /// Who is against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<ObjectionView>,
    /// Why it did not go out at its hour: `late`, `forbidden_hour`, `page_changed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "late")]
    pub held_because: Option<String>,
    /// The hour at which it goes out, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_at: Option<String>,
    /// Who returned, rejected, cancelled or stopped it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stopped: Option<SignedView>,
    /// Why it was returned, rejected, cancelled or stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Somebody of the group who is against it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ObjectionView {
    /// Who, and when.
    #[serde(flatten)]
    pub signed: SignedView,
    /// Why.
    pub reason: String,
}

/// Who did something, and when.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SignedView {
    /// The account.
    #[schema(example = "sportello.uno")]
    pub by: String,
    /// The instant, in UTC.
    #[schema(example = "2026-11-22T09:00:00Z")]
    pub at: String,
    /// For whom, who was absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "sportello.due")]
    pub instead_of: Option<String>,
}

/// The approval of exact words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ApprovalView {
    /// Who approved, and when.
    #[serde(flatten)]
    pub signed: SignedView,
    /// What was approved.
    pub digest: String,
    /// Who had approved the same words before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<SignedView>,
    /// Whether the group let its term pass without an objection.
    pub by_silence: bool,
}

/// A line of the history.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryView {
    /// The version that the move made.
    pub version: u64,
    /// The instant, in UTC.
    pub at: String,
    /// Who; nobody when the system moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// For whom, who was absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// Which check was set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "E16")]
    pub check: Option<String>,
    /// The move, for programs; `submit` for the first.
    #[schema(example = "take_charge")]
    pub step: String,
    /// The state that it led to.
    #[schema(example = "taken_in_charge")]
    pub state: String,
    /// The reason given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The digest of the words as they stood.
    pub digest: String,
    /// The new words, where the move brought some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl RequestView {
    /// What the staff of `tenant` reads of `request`.
    pub fn of(request: &NoticeRequest, tenant: &Tenant) -> Self {
        let preview = request.draft.preview(tenant);
        Self {
            id: request.id.to_string(),
            version: request.version,
            title: request.draft.title.clone(),
            text: request.draft.text.clone(),
            link: request.draft.link.as_str().to_owned(),
            wanted_at: request.draft.wanted_at.to_string(),
            useful_until: request.draft.useful_until.map(|until| until.to_string()),
            office: request.draft.office.clone(),
            kind: request.draft.kind.key().to_owned(),
            corrects: request.draft.corrects.as_ref().map(ToString::to_string),
            spaced: request.draft.spaced,
            preview_length: preview.chars().count(),
            preview,
            digest: request.digest(tenant).as_str().to_owned(),
            submitted: (&request.submitted).into(),
            waivers: request.waivers.iter().map(WaiverView::from).collect(),
            training: request.training,
            state: StateView::of(&request.state),
        }
    }
}

impl StateView {
    fn of(state: &State) -> Self {
        let name = state.name().key();
        let mut view = Self {
            name: name.to_owned(),
            label: texts::italian().state(name).to_owned(),
            taken: None,
            forwarded: None,
            approval: None,
            path: None,
            votes: Vec::new(),
            objections: Vec::new(),
            held_because: None,
            send_at: None,
            stopped: None,
            reason: None,
        };
        match state {
            State::TakenInCharge { taken } => view.taken = Some(taken.into()),
            State::Forwarded {
                taken,
                forwarded,
                path,
                votes,
                objections,
            } => {
                view.taken = Some(taken.into());
                view.forwarded = Some(forwarded.into());
                view.path = Some(path.key().to_owned());
                view.votes = votes.iter().map(SignedView::from).collect();
                view.objections = objections.iter().map(ObjectionView::from).collect();
            }
            State::Scheduled { send_at, .. } => view.send_at = Some(send_at.to_string()),
            State::Held { send_at, cause, .. } => {
                view.send_at = Some(send_at.to_string());
                view.held_because = Some(cause.key().to_owned());
            }
            State::Returned {
                returned: by,
                reason,
            }
            | State::Rejected {
                rejected: by,
                reason,
            }
            | State::Cancelled {
                cancelled: by,
                reason,
            }
            | State::Stopped {
                stopped: by,
                reason,
                ..
            } => {
                view.stopped = Some(by.into());
                view.reason = Some(reason.clone());
            }
            State::Submitted
            | State::Approved { .. }
            | State::Sending { .. }
            | State::Sent { .. } => {}
        }
        if let Some(endorsed) = state.endorsed() {
            view.taken = Some((&endorsed.taken).into());
            view.forwarded = Some((&endorsed.forwarded).into());
            view.path = Some(endorsed.path.key().to_owned());
            let approval = &endorsed.approval;
            view.approval = Some(ApprovalView {
                signed: (&approval.signed).into(),
                digest: approval.digest.as_str().to_owned(),
                others: approval.others.iter().map(SignedView::from).collect(),
                by_silence: approval.by_silence,
            });
        }
        view
    }
}

impl From<&Signed> for SignedView {
    fn from(signed: &Signed) -> Self {
        Self {
            by: signed.by.to_string(),
            at: signed.at.to_string(),
            instead_of: signed.instead_of.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Objection> for ObjectionView {
    fn from(objection: &Objection) -> Self {
        Self {
            signed: (&objection.signed).into(),
            reason: objection.reason.clone(),
        }
    }
}

impl From<&Waiver> for WaiverView {
    fn from(waiver: &Waiver) -> Self {
        Self {
            check: waiver.check.key().to_owned(),
            reason: waiver.reason.clone(),
            decided: (&waiver.signed).into(),
            second: waiver.second.as_ref().map(SignedView::from),
        }
    }
}

impl From<&Entry> for EntryView {
    fn from(entry: &Entry) -> Self {
        Self {
            version: entry.version,
            at: entry.at.to_string(),
            by: entry.by.as_ref().map(ToString::to_string),
            instead_of: entry.instead_of.as_ref().map(ToString::to_string),
            check: entry.check.map(|check| check.key().to_owned()),
            step: entry
                .step
                .map_or("submit", domain::notice::MoveKind::key)
                .to_owned(),
            state: entry.state.key().to_owned(),
            reason: entry.reason.clone(),
            digest: entry.digest.as_str().to_owned(),
            text: entry.draft.as_ref().map(|draft| draft.text.clone()),
        }
    }
}
