//! A notice to a batch of people, in shares: each share is read, intended, called and recorded together.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use cloud::batch::Failure;
use cloud::clock;
use domain::Instant;
use domain::ids::{PersonId, SendId};
use domain::jobs::{HeldJob, NoticeBatch};
use domain::pace::Lane;
use domain::person::Person;
use domain::platform::TemplateKey;
use futures::stream::{self, StreamExt};
use jiff::SignedDuration;
use whatsapp::{Body, Template};

use crate::gate::Pass;
use crate::share::{Fate, Leave};
use crate::{Sender, time_left};

/// Shares under way at once: the calls of one do not keep the next from its slots.
const SHARES: usize = 64;
/// How long an ordinary notice rests in the quiet hours before it asks again: no message of SQS can be put off for longer.
const REST: SignedDuration = SignedDuration::from_mins(15);
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
        let now = clock::now();
        let quiet = self.tenant.sending.quiet_until(now, &self.tenant.time_zone);
        if let (Lane::Ordinary, Some(at)) = (lane, quiet) {
            // Whatever kept it until now, it wakes nobody. The rest does not count as waiting, and is asked about again soon: the
            // comune may change its rules.
            let at = at.min(now + REST);
            let since = since + at.duration_since(now);
            return self.hold(HeldJob::Notice(job), since, Some(at)).await;
        }
        let mut waiting = Later::default();
        waiting.add(None, &job.recipients);
        for pause in [Duration::ZERO, PAUSES[0], PAUSES[1]] {
            let Some(mut people) = waiting.people.remove(&None) else {
                break;
            };
            // Two who turned out to be one are one.
            people.sort_unstable();
            people.dedup();
            if time_left(deadline) <= pause {
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
        let leave = |tries| Leave {
            lane,
            patience: time_left(deadline),
            template: Some(&template),
            notice: Some(&job.notice),
            tries,
        };
        let mut people = people;
        while let Some((first, others)) = people.split_first() {
            match self.pass(Some(&template), Some(&job.notice)).await? {
                Pass::Go => break,
                Pass::Wait(at) => {
                    later.add(Some(at), people);
                    return Ok(later);
                }
                Pass::Try { cause, .. } => {
                    people = others;
                    let (tried, taken) = self
                        .send_share(job, std::slice::from_ref(first), &leave(true))
                        .await;
                    later.join(tried);
                    if taken {
                        self.go_on(cause).await?;
                    }
                }
            }
        }
        let share = self.pace.share(people.len());
        let outcomes: Vec<(Later, bool)> = stream::iter(people.chunks(share))
            .map(async |people| self.send_share(job, people, &leave(false)).await)
            .buffer_unordered(SHARES)
            .collect()
            .await;
        for (outcome, _) in outcomes {
            later.join(outcome);
        }
        Ok(later)
    }

    /// Sends to a share of people: who is left, and whether WhatsApp took any of it.
    async fn send_share(
        &self,
        job: &NoticeBatch,
        people: &[PersonId],
        leave: &Leave<'_>,
    ) -> (Later, bool) {
        let mut later = Later::default();
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
                return (later, false);
            }
        };
        // Looked up at the moment of sending: an opt-out wins, also in the middle of a broadcast.
        let compose = |person: Option<&Person>| {
            Ok(person
                .filter(|person| person.receives(&category))
                .map(|_| body_of(job)))
        };
        let fates = match self.share(&letters, leave, &compose).await {
            Ok(fates) => fates,
            Err(failure) => {
                later.failure = Some(failure);
                return (later, false);
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
        (later, taken)
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
