//! What comes of one thing from the queue: read, decided by the rules, written, and then said.

use std::collections::BTreeSet;

use cloud::batch::Failure;
use cloud::conversations::{Arrival, Emitted, Opening, Outcome};
use cloud::{StoreError, clock, telemetry};
use domain::Instant;
use domain::contact::{Contact, Identifier};
use domain::conversation::{Here, Turn, What, be_due, hear, look_again};
use domain::identity::{Identified, recognise, rotate};
use domain::ids::{PersonId, ReplyId};
use domain::jobs::{PersonJob, SayReply};
use domain::person::{Person, Preference};
use sha2::{Digest, Sha256};
use whatsapp::{Content, FromInbound, Inbound, Wish};

use crate::Listener;
use crate::filing::Decided;

/// How often a lost race is run again before the message goes back to its queue.
const TRIES: usize = 5;

/// The longest message of an unknown kind that is kept.
const KEPT: usize = 100_000;

/// The place of a receipt in its turn.
const RECEIPT: u8 = 0;

/// A window that is open for less than this is not one to begin with.
const WINDOW: jiff::SignedDuration = jiff::SignedDuration::from_hours(23);

/// What is looked for before something is decided.
struct Sought {
    /// Under which key it is remembered.
    key: String,
    names: BTreeSet<Identifier>,
    person: Option<PersonId>,
}

impl Listener {
    pub(crate) async fn hear_one(&self, body: &str) -> Result<(), Failure> {
        let emitted = if let Ok(job) = serde_json::from_str::<PersonJob>(body) {
            self.job(&job).await?
        } else {
            let read = FromInbound::read(body);
            match read.map_err(|error| Failure::Dead(error.to_string()))? {
                FromInbound::Message(message) => self.message(*message).await?,
                FromInbound::Preference(preference) => self.preference(&preference).await?,
                FromInbound::Rotation(rotation) => {
                    let at = rotation.at.to_string();
                    let rotation = rotation.names();
                    let (previous, current) = (names(&rotation.previous), names(&rotation.current));
                    let key = natural("rotation", &[&previous, &current, &at]);
                    self.rotation(key, &rotation).await?
                }
            }
        };
        self.emit(emitted).await?;
        Ok(())
    }

    async fn message(&self, message: Inbound) -> Result<Emitted, StoreError> {
        if message.group.is_some() {
            telemetry::count("conversation", "ignored", "group", 1);
            return Ok(Emitted::default());
        }
        if let Some(rotation) = message.rotation() {
            return self.rotation(message.id.to_string(), &rotation).await;
        }
        let kept = match &message.content {
            Content::Unknown { raw, .. } if raw.len() <= KEPT => Some(raw.clone()),
            _ => None,
        };
        let heard = message.heard();
        if let What::Other { kind } = &heard.what {
            let kind: String = kind.chars().take(64).collect();
            telemetry::count("conversation", "unhandled", &kind, 1);
        }
        let shown = heard.shown();
        let sought = Sought {
            key: heard.id.to_string(),
            names: shown.identifiers().collect(),
            person: None,
        };
        self.turn(sought, |opening, fresh, here| {
            let identified = recognise(&shown, heard.at, opening.known.clone(), fresh);
            let turn = hear(identified.person.clone(), &heard, here);
            let receipt = ReplyId::to_message(&heard.id, RECEIPT);
            let mut decided = Decided::of(turn, identified, heard.at, receipt);
            decided.outcome.kept.clone_from(&kept);
            decided.outcome.taken_back = match &heard.what {
                What::TakenBack { original } => Some(original.clone()),
                _ => None,
            };
            Some(decided)
        })
        .await
    }

    async fn rotation(
        &self,
        key: String,
        rotation: &domain::identity::Rotation,
    ) -> Result<Emitted, StoreError> {
        let names = rotation.previous.identifiers();
        let sought = Sought {
            key,
            names: names.chain(rotation.current.identifiers()).collect(),
            person: None,
        };
        self.turn(sought, |opening, fresh, _| {
            rotate(rotation, opening.known.clone(), fresh)
                .map(|identified| Outcome::of(identified).into())
        })
        .await
    }

    /// A wish about marketing by WhatsApp's own switch. It is nothing more: no message, no order.
    async fn preference(&self, preference: &whatsapp::Preference) -> Result<Emitted, StoreError> {
        let at = preference.at;
        let wish = match &preference.wish {
            Wish::Stop => Some(Preference::Stopped { at }),
            Wish::Resume | Wish::SignUp { .. } => Some(Preference::Allowed { since: Some(at) }),
            Wish::Other(_) => None,
        };
        let Some(wish) = wish.filter(|_| preference.category == "marketing_messages") else {
            telemetry::count("conversation", "unhandled", "user_preferences", 1);
            return Ok(Emitted::default());
        };
        let contact = preference.sender.contact();
        let sought = Sought {
            key: natural(
                "preference",
                &[&names(&contact), &format!("{wish:?}"), &at.to_string()],
            ),
            names: contact.identifiers().collect(),
            person: None,
        };
        self.turn(sought, |opening, fresh, _| {
            let mut identified = recognise(&contact, at, opening.known.clone(), fresh);
            identified.person.marketing = identified.person.marketing.and(wish);
            Some(Outcome::of(identified).into())
        })
        .await
    }

    /// Something that our own functions found out about a person.
    async fn job(&self, job: &PersonJob) -> Result<Emitted, StoreError> {
        let (key, person) = match job {
            PersonJob::StopMarketing { person, at } => (
                natural("stop_marketing", &[person.as_str(), &at.to_string()]),
                person,
            ),
            PersonJob::Unsaid(unsaid) => {
                let opened = unsaid.window_opened_at.to_string();
                let key = natural("unsaid", &[unsaid.reply.id.as_str(), &opened]);
                (key, &unsaid.person)
            }
            PersonJob::LookAgain { person, until } => {
                let key = natural("look_again", &[person.as_str(), &until.to_string()]);
                (key, person)
            }
            PersonJob::BeDue { person, at } => {
                let key = natural("be_due", &[person.as_str(), &at.to_string()]);
                (key, person)
            }
        };
        let sought = Sought {
            key,
            names: BTreeSet::new(),
            person: Some(person.clone()),
        };
        self.turn(sought, |opening, _, here| {
            let found = opening.person.as_ref();
            let Some(person) = found.and_then(|id| opening.known.people.get(id)) else {
                tracing::warn!(person.id = %person, "a job for a person who is not here");
                return None;
            };
            done(job, person.clone(), here)
        })
        .await
    }

    /// What is to be said: decided and written now, or found written by an earlier hearing.
    async fn turn(
        &self,
        sought: Sought,
        decide: impl Fn(&Opening, PersonId, &Here) -> Option<Decided>,
    ) -> Result<Emitted, StoreError> {
        let Sought { key, names, person } = sought;
        for _ in 0..TRIES {
            let arrival = self.conversations.arrival(&key, &names, person.as_ref());
            let opening = match arrival.await? {
                Arrival::HeardBefore(emitted) => {
                    // WhatsApp's own id is not logged: the sender's number can be read out of it.
                    let turn = hex::encode(&Sha256::digest(key.as_bytes())[..16]);
                    tracing::info!(turn.id = %turn, "what opened turn {turn} was delivered again");
                    return Ok(emitted);
                }
                Arrival::New(opening) => opening,
            };
            let now = clock::now();
            let here = Here {
                tenant: &self.tenant,
                service: self.service.as_ref(),
                now,
            };
            let Some(decided) = decide(&opening, clock::new_person(), &here) else {
                return Ok(Emitted::default());
            };
            let outcome = self.settled(decided, &here).await?;
            match self
                .conversations
                .commit(&key, &opening, &outcome, now)
                .await
            {
                Ok(()) => {
                    note(&outcome.identified);
                    return Ok(Emitted {
                        replies: outcome.replies,
                        look_at: outcome.look_at,
                    });
                }
                // Something else of theirs, or this very thing, was written meanwhile: look again, decide again.
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Stale)
    }
}

/// What a job makes of `person`; nothing, where nothing changes. A reply that missed its window is said at once if they have
/// written since.
fn done(job: &PersonJob, mut person: Person, here: &Here) -> Option<Decided> {
    let (mut replies, mut dropped) = (Vec::new(), Vec::new());
    match job {
        PersonJob::LookAgain { until, .. } => {
            // A queue's clock is not ours.
            let now = here.now.max(*until);
            return unasked(look_again, person, *until, &Here { now, ..*here });
        }
        PersonJob::BeDue { at, .. } => return unasked(be_due, person, *at, here),
        PersonJob::StopMarketing { at, .. } => {
            person.marketing = person.marketing.and(Preference::Stopped { at: *at });
        }
        PersonJob::Unsaid(unsaid) => {
            let heard = person.last_heard_at.filter(|at| {
                *at > unsaid.window_opened_at && here.now.duration_since(*at) < WINDOW
            });
            match heard {
                Some(at) => replies.push(SayReply {
                    person: person.id.clone(),
                    window_opened_at: at,
                    reply: unsaid.reply.clone(),
                }),
                None => dropped = person.leave_unsaid(unsaid.reply.clone()),
            }
        }
    }
    let outcome = Outcome {
        replies,
        ..Outcome::of(Identified {
            dropped,
            ..Identified::only(person)
        })
    };
    Some(outcome.into())
}

/// A turn of our own accord, because of something that was due at `at`.
fn unasked(
    decide: fn(Person, Instant, &Here) -> Option<Turn>,
    person: Person,
    at: Instant,
    here: &Here,
) -> Option<Decided> {
    let mut turn = decide(person.clone(), at, here).filter(|turn| turn.next != person)?;
    if person.unreachable_since.is_some() {
        // Whatever they were known by is somebody else's now: nothing is said.
        turn.replies.clear();
    }
    let opened_at = person.last_heard_at?;
    let receipt = ReplyId::unasked(&person.id, at);
    Some(Decided::of(
        turn,
        Identified::only(person),
        opened_at,
        receipt,
    ))
}

/// What an operator may want to know of it, without a name in it.
fn note(identified: &Identified) {
    let person = &identified.person.id;
    for joined in &identified.joined {
        tracing::info!(person.id = %person, joined.person.id = %joined, "two people were proved to be one");
        telemetry::count("conversation", "people", "joined", 1);
    }
    for loser in &identified.losers {
        tracing::info!(person.id = %person, other.person.id = %loser.id, "a name is somebody else's now");
        telemetry::count("conversation", "people", "name_moved", 1);
    }
    for reply in &identified.dropped {
        tracing::warn!(person.id = %person, reply.id = %reply, "too many unsaid replies: the oldest was dropped");
    }
}

/// The key of what has no id of its own: the same thing has the same key, and nobody reads a name out of it.
fn natural(kind: &str, parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        // The length keeps apart parts that share a boundary.
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    format!("{kind}#{}", hex::encode(&digest.finalize()[..16]))
}

/// The names of a contact, as one text.
fn names(contact: &Contact) -> String {
    let names: Vec<String> = contact.identifiers().map(|name| name.key()).collect();
    names.join(" ")
}
