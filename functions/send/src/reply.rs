//! A reply to one person: free text while their window is open, else its template twin, else it waits until they write.

use std::time::{Duration, SystemTime};

use cloud::batch::Failure;
use cloud::clock;
use domain::Instant;
use domain::conversation::{Choosable, Said};
use domain::ids::{PersonId, SendId};
use domain::jobs::{HeldJob, PersonJob, SayReply};
use domain::pace::Lane;
use domain::person::Person;
use domain::platform::TemplateKey;
use whatsapp::outgoing::{Button, Buttons, Flow, Link, List, Row, Section};
use whatsapp::{Body, Template};

use crate::gate::Pass;
use crate::share::{Fate, Leave};
use crate::{Sender, time_left};

/// For how many seconds after a person wrote they may be answered with free text: 24 hours (Meta, customer service
/// window), less five minutes.
const WINDOW: i64 = 24 * 3600 - 300;
/// Longest template once it is filled (Meta, template limits).
const LONGEST_TEMPLATE: usize = 1024;
/// How long a reply waits for its slot before it is held; there are hardly ever any before it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long to wait before what was certainly not taken is tried again; then it is held.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];

impl Sender {
    /// Says `job`, which has been on its way since `since`, if there is time before `deadline`.
    pub(crate) async fn reply(
        &self,
        job: &SayReply,
        since: Instant,
        deadline: SystemTime,
    ) -> Result<(), Failure> {
        let mut job = job.clone();
        // Ten of them may stand one behind the other, and Meta may be slow.
        if time_left(deadline).is_zero() {
            return self.hold(HeldJob::Reply(job), since, None).await;
        }
        let tried = match self.pass(None, None).await? {
            Pass::Go => None,
            Pass::Try { cause, .. } => Some(cause),
            Pass::Wait(at) => {
                return self
                    .hold(HeldJob::Reply(job.clone()), since, Some(at))
                    .await;
            }
        };
        let mut pauses = PAUSES.into_iter();
        let mut fate = self.say(&job, false, tried.is_some()).await?;
        loop {
            match fate {
                Fate::Over => return Ok(()),
                Fate::Taken => {
                    if let Some(cause) = tried {
                        self.go_on(cause).await?;
                    }
                    return Ok(());
                }
                Fate::NoSuchPerson => {
                    return Err(Failure::Dead(format!("there is no person {}", job.person)));
                }
                Fate::Joined(other) => {
                    job.person = other;
                    fate = self.say(&job, false, tried.is_some()).await?;
                }
                Fate::WindowClosed if self.tenant.reply_template.is_some() => {
                    fate = self.say(&job, true, tried.is_some()).await?;
                    if matches!(fate, Fate::WindowClosed) {
                        return self.leave_unsaid(&job).await;
                    }
                }
                Fate::WindowClosed => return self.leave_unsaid(&job).await,
                Fate::NotYet { why, again_at } => match pauses.next() {
                    Some(pause) if again_at.is_none() => {
                        tracing::info!(reply = %job.reply.id, why, "a reply is tried again in a moment");
                        tokio::time::sleep(pause).await;
                        fate = self.say(&job, false, tried.is_some()).await?;
                    }
                    _ => {
                        return self
                            .hold(HeldJob::Reply(job.clone()), since, again_at)
                            .await;
                    }
                },
            }
        }
    }

    async fn say(&self, job: &SayReply, as_template: bool, tries: bool) -> Result<Fate, Failure> {
        let letter = [(SendId::Reply(job.reply.id.clone()), job.person.clone())];
        let now = clock::now();
        let compose = |person: Option<&Person>| {
            let person = person
                .filter(|person| person.unreachable_since.is_none())
                .ok_or(Fate::NoSuchPerson)?;
            if as_template {
                return self.twin_of(job).map(Some).ok_or(Fate::WindowClosed);
            }
            // They may have written again since: that opened the window anew.
            let opened = person.last_heard_at.max(Some(job.window_opened_at));
            let open = opened.is_some_and(|at| now.as_second() - at.as_second() <= WINDOW);
            if open {
                Ok(Some(body_of(job)))
            } else {
                Err(Fate::WindowClosed)
            }
        };
        let twin = self.tenant.reply_template.as_ref().filter(|_| as_template);
        let twin = twin.map(|template| TemplateKey {
            name: template.name.clone(),
            language: template.language.clone(),
        });
        let leave = Leave {
            lane: Lane::Replies,
            patience: PATIENCE,
            template: twin.as_ref(),
            notice: None,
            tries,
        };
        let fates = self.share(&letter, &leave, &compose).await?;
        Ok(fates.into_iter().next().unwrap_or(Fate::Over))
    }

    /// The reply in the words of the tenant's template for answers that come late.
    fn twin_of(&self, job: &SayReply) -> Option<Body> {
        let template = self.tenant.reply_template.as_ref()?;
        let text = whatsapp::as_parameter(job.reply.said.words());
        // What does not fit waits until the person writes, whole.
        let fits = template.body.chars().count() + text.chars().count() <= LONGEST_TEMPLATE;
        if !fits {
            return None;
        }
        Some(Body::Template(Template::named(
            &template.name,
            &template.language,
            [("testo", text)],
        )))
    }

    /// The reply will be said when the person next writes.
    async fn leave_unsaid(&self, job: &SayReply) -> Result<(), Failure> {
        tracing::warn!(reply = %job.reply.id, person.id = %job.person, "a reply missed its window: it waits until the person writes");
        self.tell_conversation(
            &job.person,
            &format!("{}@{}", job.reply.id, job.window_opened_at.as_second()),
            &PersonJob::Unsaid(job.clone()),
        )
        .await?;
        Ok(())
    }

    pub(crate) async fn tell_conversation(
        &self,
        person: &PersonId,
        key: &str,
        job: &PersonJob,
    ) -> Result<(), cloud::queue::SendError> {
        self.inbound
            .send_ordered(vec![cloud::queue::Ordered {
                group: person.to_string(),
                deduplication: key.to_owned(),
                body: serde_json::to_string(job)?,
            }])
            .await
    }
}

fn body_of(job: &SayReply) -> Body {
    match job.reply.said.clone() {
        Said::Text(text) => Body::Text(text),
        Said::Buttons { text, buttons } => Body::Buttons(Buttons {
            text,
            buttons: buttons
                .into_iter()
                .map(|Choosable { id, title, .. }| Button { id, title })
                .collect(),
            ..Buttons::default()
        }),
        Said::List { text, label, rows } => Body::List(List {
            text,
            label,
            sections: vec![Section {
                title: None,
                rows: rows.into_iter().map(row).collect(),
            }],
            ..List::default()
        }),
        Said::Link { text, label, url } => Body::Link(Link {
            text,
            label,
            url,
            ..Link::default()
        }),
        Said::AskLocation { text } => Body::AskLocation { text },
        Said::AskContact { text } => Body::AskContact { text },
        Said::Flow {
            text,
            label,
            flow,
            token,
            screen,
        } => Body::Flow(Flow {
            text,
            label,
            flow_id: flow,
            token,
            screen,
            ..Flow::default()
        }),
    }
}

fn row(choosable: Choosable) -> Row {
    Row {
        id: choosable.id,
        title: choosable.title,
        description: choosable.description,
    }
}
