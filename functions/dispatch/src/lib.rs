//! At the hour of a notice, reads its audience page by page and queues it in batches.
//!
//! Before a page is queued it is written down, with how far the reading has come. Whoever resumes after a crash queues
//! that same page again and reads on: nobody is left out, and the delivery rows keep anyone from getting the notice twice.

use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::env::{ConfigError, Variables, required, tenant};
use cloud::notices::Notices;
use cloud::people::People;
use cloud::queue::{DeadLetters, Queue, SendError};
use cloud::{StoreError, clock};
use domain::ids::PersonId;
use domain::jobs::{DispatchNotice, NoticeBatch};
use domain::notice::{Kind, Move, NoticeRequest, State};
use domain::register::DispatchProgress;
use domain::tenant::Tenant;

/// What the function is told by its environment.
#[derive(Debug)]
pub struct Config {
    /// `NOTICES_TABLE`: requests and how far their dispatch has come.
    pub notices_table: String,
    /// `PEOPLE_TABLE`: the audience.
    pub people_table: String,
    /// `NOTICES_QUEUE_URL`: where batches go.
    pub notices_queue_url: String,
    /// `URGENT_QUEUE_URL`: where batches of an emergency go.
    pub urgent_queue_url: String,
    /// `DISPATCHES_QUEUE_URL`: where a dispatch goes that needs more time.
    pub dispatches_queue_url: String,
    /// `DEAD_LETTERS_URL`: where a message goes that cannot be handled.
    pub dead_letters_url: String,
    /// `tenant.json`.
    pub tenant: Tenant,
}

impl Config {
    /// Reads the variables and the settings.
    pub fn read(var: Variables) -> Result<Self, ConfigError> {
        Ok(Self {
            notices_table: required(var, "NOTICES_TABLE")?,
            people_table: required(var, "PEOPLE_TABLE")?,
            notices_queue_url: required(var, "NOTICES_QUEUE_URL")?,
            urgent_queue_url: required(var, "URGENT_QUEUE_URL")?,
            dispatches_queue_url: required(var, "DISPATCHES_QUEUE_URL")?,
            dead_letters_url: required(var, "DEAD_LETTERS_URL")?,
            tenant: tenant(var)?,
        })
    }
}

/// People on a page: ten calls' worth of batches in one call to SQS.
const PAGE: i32 = 100;
/// People in a batch: few, so that a death in the middle leaves few in doubt.
const BATCH: usize = 10;
/// With less time than this left, the rest is left to the next invocation.
const MARGIN: Duration = Duration::from_secs(20);
/// Seconds by which a schedule may ring early: it knows no fractions.
const EARLY: i64 = 1;
/// After how many seconds to look again for a schedule that rang before it was written down, and for how long.
const LOOK_AGAIN: i32 = 5;
const LOOK_FOR: i64 = 120;

/// Dispatches notices.
#[derive(Debug)]
pub struct Dispatcher {
    notices: Notices,
    people: People,
    ordinary: Queue,
    urgent: Queue,
    again: Queue,
    dead: DeadLetters,
    tenant: Tenant,
}

impl Dispatcher {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Self {
        Self {
            notices: Notices::new(aws, config.notices_table, config.tenant.time_zone.clone()),
            people: People::new(aws, config.people_table),
            ordinary: Queue::new(aws, config.notices_queue_url),
            urgent: Queue::new(aws, config.urgent_queue_url),
            again: Queue::new(aws, config.dispatches_queue_url),
            dead: DeadLetters::new(aws, config.dead_letters_url),
            tenant: config.tenant,
        }
    }

    /// Dispatches what a batch of queue messages asks for, until shortly before `deadline`.
    pub async fn dispatch_all(&self, event: SqsEvent, deadline: SystemTime) -> SqsBatchResponse {
        batch::each(event, &self.dead, async |body: &str| {
            let job: DispatchNotice = serde_json::from_str(body)
                .map_err(|error| Failure::Dead(format!("not a dispatch: {error}")))?;
            self.dispatch(&job, deadline).await
        })
        .await
    }

    async fn dispatch(&self, job: &DispatchNotice, deadline: SystemTime) -> Result<(), Failure> {
        let Some(request) = self.notices.get(&job.notice).await? else {
            return Err(Failure::Dead(format!("there is no notice {}", job.notice)));
        };
        let Some(request) = self.started(request, job).await? else {
            return Ok(());
        };
        if self.send_out(&request, deadline).await? {
            self.finish(&job.notice).await?;
        } else {
            self.again.send(job).await?;
        }
        Ok(())
    }

    /// The request, now going out; `None` where it is not to go out on this call.
    async fn started(
        &self,
        request: NoticeRequest,
        job: &DispatchNotice,
    ) -> Result<Option<NoticeRequest>, Failure> {
        match &request.state {
            State::Scheduled { send_at, .. } if *send_at == job.send_at => {
                let now = clock::now();
                let early = send_at.as_second() - now.as_second();
                if early > EARLY {
                    return Err(Failure::Retry(
                        format!("its hour is {early} seconds ahead").into(),
                    ));
                }
                let applied = request
                    .advance(Move::Start, &self.tenant, now)
                    .map_err(|error| Failure::Dead(error.to_string()))?;
                self.notices.save(&applied).await?;
                tracing::info!(notice.id = %job.notice, "notice {} begins to go out", job.notice);
                Ok(Some(applied.request))
            }
            // It was going out when its process ended.
            State::Sending { .. } => Ok(Some(request)),
            // The hour was so near that it rang before the move was written: look again in a moment.
            State::Approved { .. } if self.is_its_hour(&request, job) => {
                self.again.send_after(job, LOOK_AGAIN).await?;
                Ok(None)
            }
            state => {
                // Cancelled, reworded, scheduled for another hour, or sent already: this call is of the past.
                let state = state.name().key();
                tracing::info!(notice.id = %job.notice, state, "notice {} is {state}: nothing to dispatch", job.notice);
                Ok(None)
            }
        }
    }

    /// Whether `job` rings for the hour that `request` is about to be scheduled for, and rang just now.
    fn is_its_hour(&self, request: &NoticeRequest, job: &DispatchNotice) -> bool {
        let late = clock::now().as_second() - job.send_at.as_second();
        late < LOOK_FOR
            && request
                .draft
                .send_at(&self.tenant)
                .is_ok_and(|send_at| send_at == job.send_at)
    }

    /// Queues the audience from where it was left; whether its end was reached before `deadline`.
    async fn send_out(
        &self,
        request: &NoticeRequest,
        deadline: SystemTime,
    ) -> Result<bool, Failure> {
        let (mut progress, mut version) = self.notices.progress(&request.id).await?;
        // The page that was written down may have been queued in part, or not at all.
        self.queue(request, &progress.page).await?;
        while !progress.complete {
            if deadline
                .duration_since(SystemTime::now())
                .map_or(true, |left| left < MARGIN)
            {
                return Ok(false);
            }
            let page = self
                .people
                .audience(progress.cursor.as_deref(), PAGE)
                .await?;
            progress = DispatchProgress {
                recipients: progress.recipients
                    + i64::try_from(page.people.len()).unwrap_or(i64::MAX),
                complete: page.cursor.is_none(),
                cursor: page.cursor,
                page: page.people,
            };
            version = self
                .notices
                .save_progress(&request.id, &progress, version)
                .await?;
            self.queue(request, &progress.page).await?;
        }
        Ok(true)
    }

    async fn queue(&self, request: &NoticeRequest, people: &[PersonId]) -> Result<(), SendError> {
        let batches = people
            .chunks(BATCH)
            .map(|recipients| {
                serde_json::to_string(&NoticeBatch {
                    notice: request.id.clone(),
                    template: self.tenant.notice_template.name.clone(),
                    language: self.tenant.notice_template.language.clone(),
                    text: request.draft.text.clone(),
                    link: request.draft.link.as_str().to_owned(),
                    recipients: recipients.to_vec(),
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let lane = if request.draft.kind == Kind::Emergenza {
            &self.urgent
        } else {
            &self.ordinary
        };
        lane.send_all(batches).await
    }

    async fn finish(&self, notice: &domain::ids::NoticeId) -> Result<(), Failure> {
        let Some(request) = self.notices.get(notice).await? else {
            return Err(Failure::Dead(format!("there is no notice {notice}")));
        };
        if !matches!(request.state, State::Sending { .. }) {
            return Ok(());
        }
        let applied = request
            .advance(Move::Finish, &self.tenant, clock::now())
            .map_err(|error| Failure::Dead(error.to_string()))?;
        match self.notices.save(&applied).await {
            // Another hand finished it.
            Ok(()) | Err(StoreError::Stale) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
