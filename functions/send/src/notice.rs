//! A notice to a batch of people, in shares: each share is read, intended, called and recorded together.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use cloud::batch::Failure;
use cloud::pace::Slots;
use domain::Instant;
use domain::ids::{PersonId, SendId};
use domain::jobs::{HeldJob, NoticeBatch};
use domain::pace::Lane;
use domain::person::Person;
use domain::platform::TemplateKey;
use futures::stream::{self, StreamExt};
use whatsapp::{Body, Template};

use crate::Sender;
use crate::gate::Pass;
use crate::share::Fate;

/// With less time than this left, the rest of a batch is left to a later call.
const MARGIN: Duration = Duration::from_secs(20);
/// Shares under way at once: the calls of one do not keep the next from its slots.
const SHARES: usize = 64;
/// How long to wait before what was certainly not taken is tried again (Meta advises 4^n seconds); then it is held.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

/// Who is still to be sent to, and from when on; `None` is as soon as may be.
#[derive(Debug, Default)]
struct Later {
    people: BTreeMap<Option<Instant>, Vec<PersonId>>,
    failure: Option<Failure>,
}

impl Later {
    fn add(&mut self, at: Option<Instant>, people: &[PersonId]) {
        if !people.is_empty() {
            self.people.entry(at).or_default().extend_from_slice(people);
        }
    }

    fn join(&mut self, other: Self) {
        for (at, people) in other.people {
            self.add(at, &people);
        }
        self.failure = self.failure.take().or(other.failure);
    }
}

impl Sender {
    /// Sends `job`, which has been on its way since `since`.
    pub(crate) async fn notice(
        &self,
        job: NoticeBatch,
        lane: Lane,
        since: Instant,
        deadline: SystemTime,
    ) -> Result<(), Failure> {
        let mut waiting = Later::default();
        waiting.add(None, &job.recipients);
        for pause in [Duration::ZERO, PAUSES[0], PAUSES[1]] {
            let Some(people) = waiting.people.remove(&None) else {
                break;
            };
            if left(deadline) < MARGIN + pause {
                waiting.add(None, &people);
                break;
            }
            tokio::time::sleep(pause).await;
            waiting.join(self.round(&job, &people, lane, deadline).await?);
            if let Some(failure) = waiting.failure.take() {
                // Who was sent to has a row by now and will be passed over.
                return Err(failure);
            }
        }
        for (not_before, recipients) in waiting.people {
            let rest = NoticeBatch {
                recipients,
                ..job.clone()
            };
            let rest = match lane {
                Lane::Urgent => HeldJob::Urgent(rest),
                Lane::Replies | Lane::Ordinary => HeldJob::Notice(rest),
            };
            self.hold(rest, since, not_before).await?;
        }
        Ok(())
    }

    /// Goes once through `people`; who is left.
    async fn round(
        &self,
        job: &NoticeBatch,
        people: &[PersonId],
        lane: Lane,
        deadline: SystemTime,
    ) -> Result<Later, Failure> {
        let mut later = Later::default();
        let template = template_of(job);
        let mut people = people;
        while let Some((first, others)) = people.split_first() {
            match self.pass(Some(&template), Some(&job.notice)).await? {
                Pass::Go => break,
                Pass::Wait(at) => {
                    later.add(Some(at), people);
                    return Ok(later);
                }
                Pass::Try(cause) => {
                    people = others;
                    let slots = self.pace.book(lane, 1).await?;
                    let tried = std::slice::from_ref(first);
                    if self.send_share(job, tried, slots, lane, &mut later).await {
                        self.go_on(cause).await?;
                    }
                }
            }
        }

        let shares = stream::unfold(people, async |left_over| {
            if left_over.is_empty() {
                return None;
            }
            match self
                .next_share(job, &template, left_over, lane, deadline)
                .await
            {
                Ok(Next::Share(slots)) => {
                    let (share, others) = left_over.split_at(left_over.len().min(slots.left()));
                    Some((Ok((share, slots)), others))
                }
                Ok(Next::Wait(at)) => Some((Err((left_over, at, None)), &left_over[..0])),
                Err(failure) => Some((Err((left_over, None, Some(failure))), &left_over[..0])),
            }
        });
        let outcomes: Vec<Later> = shares
            .map(async |share| {
                let mut later = Later::default();
                match share {
                    Ok((people, slots)) => {
                        self.send_share(job, people, slots, lane, &mut later).await;
                    }
                    Err((people, at, failure)) => {
                        later.add(at, people);
                        later.failure = failure;
                    }
                }
                later
            })
            .buffer_unordered(SHARES)
            .collect()
            .await;
        for outcome in outcomes {
            later.join(outcome);
        }
        Ok(later)
    }

    /// The slots of the next share, or until when there are none.
    async fn next_share(
        &self,
        job: &NoticeBatch,
        template: &TemplateKey,
        people: &[PersonId],
        lane: Lane,
        deadline: SystemTime,
    ) -> Result<Next, Failure> {
        match self.pass(Some(template), Some(&job.notice)).await? {
            Pass::Go => {}
            Pass::Wait(at) => return Ok(Next::Wait(Some(at))),
            // Another message is trying: this one waits for what comes of it.
            Pass::Try(_) => return Ok(Next::Wait(Some(cloud::clock::now()))),
        }
        let wanted = u32::try_from(people.len()).unwrap_or(u32::MAX);
        let patience = left(deadline).saturating_sub(MARGIN);
        match tokio::time::timeout(patience, self.pace.book(lane, wanted)).await {
            Ok(slots) => Ok(Next::Share(slots?)),
            // Not enough time: the rest goes out in a later call.
            Err(_) => Ok(Next::Wait(Some(cloud::clock::now()))),
        }
    }

    /// Sends to a share of people; whether WhatsApp took any of it.
    async fn send_share(
        &self,
        job: &NoticeBatch,
        people: &[PersonId],
        slots: Slots,
        lane: Lane,
        later: &mut Later,
    ) -> bool {
        let letters: Vec<(SendId, PersonId)> = people
            .iter()
            .map(|person| {
                let id = SendId::Notice {
                    notice: job.notice.clone(),
                    person: person.clone(),
                };
                (id, person.clone())
            })
            .collect();
        let category = match self.category_of(job).await {
            Ok(category) => category,
            Err(error) => {
                later.failure = Some(error.into());
                return false;
            }
        };
        // Looked up at the moment of sending: an opt-out wins, also in the middle of a broadcast.
        let compose = |person: Option<&Person>| {
            Ok(person
                .filter(|person| person.receives(&category))
                .map(|_| body_of(job)))
        };
        let fates = match self.share(&letters, slots, lane, &compose).await {
            Ok(fates) => fates,
            Err(failure) => {
                later.failure = Some(failure);
                return false;
            }
        };
        let mut taken = false;
        for (person, fate) in people.iter().zip(fates) {
            match fate {
                Fate::NotYet { again_at, .. } => later.add(again_at, std::slice::from_ref(person)),
                Fate::Taken => taken = true,
                Fate::Joined(other) => later.add(None, std::slice::from_ref(&other)),
                Fate::Over | Fate::WindowClosed | Fate::NoSuchPerson => {}
            }
        }
        taken
    }
}

impl Sender {
    /// What the notice is billed as: whoever stopped marketing at Meta gets none, and everything else.
    async fn category_of(&self, job: &NoticeBatch) -> Result<String, cloud::StoreError> {
        let settings = &self.tenant.notice_template;
        let expected = if settings.name == job.template {
            settings.category.as_str()
        } else {
            ""
        };
        let platform = self.platform.recent().await?;
        Ok(platform.category(&template_of(job), expected).to_owned())
    }
}

/// What comes next of a batch.
enum Next {
    Share(Slots),
    Wait(Option<Instant>),
}

fn template_of(job: &NoticeBatch) -> TemplateKey {
    TemplateKey {
        name: job.template.clone(),
        language: job.language.clone(),
    }
}

fn body_of(job: &NoticeBatch) -> Body {
    Body::Template(Template::named(
        &job.template,
        &job.language,
        [("testo", job.text.clone()), ("link", job.link.clone())],
    ))
}

/// How much time is left.
fn left(deadline: SystemTime) -> Duration {
    deadline
        .duration_since(SystemTime::now())
        .unwrap_or_default()
}
