//! At the hour of a notice, reads its audience page by page and queues it in batches.
//!
//! Before a page is queued it is written down, with how far the reading has come. Whoever resumes after a crash queues
//! that same page again and reads on: nobody is left out, and the delivery rows keep anyone from getting the notice twice.

mod config;
mod hour;

pub use config::Config;

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_lambda_events::event::sqs::{SqsBatchResponse, SqsEvent};
use cloud::batch::{self, Failure};
use cloud::checks::Checker;
use cloud::desk::Desk;
use cloud::news::{News, NoReader};
use cloud::notices::{Notices, ProgressVersion};
use cloud::people::{AudiencePage, People};
use cloud::platform::PlatformState;
use cloud::queue::{DeadLetters, Queue, SendError};
use cloud::reach::Reach;
use cloud::{StoreError, clock};
use domain::Instant;
use domain::ids::{NoticeId, PersonId};
use domain::jobs::{DispatchNotice, NoticeBatch};
use domain::notice::{Kind, Move, NoticeRequest, State};
use domain::register::DispatchProgress;
use domain::tenant::Tenant;

/// Least and most people in a batch: about a second of the number's pace, so that a copy of `send` gets the most of a look
/// at the tables and a death in the middle leaves few in doubt.
const LEAST_BATCH: u32 = 10;
const LARGEST_BATCH: u32 = 1_000;
/// Batches on a page: one call to SQS.
const BATCHES: u32 = 10;
/// Most people on a page: it is written down, and an item of DynamoDB has its limit.
const LARGEST_PAGE: u32 = 1_000;
/// With less time than this left, the rest is left to the next invocation.
const MARGIN: Duration = Duration::from_secs(20);
/// Seconds by which a schedule may ring early: it knows no fractions.
const EARLY: i64 = 1;
/// After how many seconds to look again for a schedule that rang before it was written down, and for how long.
const LOOK_AGAIN: i32 = 5;
const LOOK_FOR: i64 = 120;
/// After how many seconds to look again for a notice that was stopped, if nobody says before that it goes on; and the
/// longest that SQS can wait.
const LONGEST_WAIT: i32 = 900;
/// How often a page is admitted anew that met a page of another notice.
const TRIES: usize = 8;
/// For how many seconds after it should have gone on an emergency still has the room.
const KEPT_FOR: i64 = 60;

/// Dispatches notices.
#[derive(Debug)]
pub struct Dispatcher {
    notices: Notices,
    people: People,
    platform: PlatformState,
    reach: Reach,
    batch: usize,
    page: i32,
    ordinary: Queue,
    urgent: Queue,
    again: Queue,
    desk: Desk,
    checker: Checker,
    dead: DeadLetters,
    tenant: Tenant,
}

impl Dispatcher {
    /// The function with its clients.
    pub fn new(config: Config, aws: &SdkConfig) -> Result<Self, NoReader> {
        let news = News::new(config.news_root.as_deref())?;
        let batch = config.pace_per_second.clamp(LEAST_BATCH, LARGEST_BATCH);
        let page = (batch * BATCHES).min(LARGEST_PAGE);
        Ok(Self {
            notices: Notices::with_ledger(
                aws,
                config.notices_table,
                config.procedure_table.clone(),
                config.tenant.time_zone.clone(),
                config.tenant.id.clone(),
            ),
            people: People::new(aws, config.people_table),
            platform: PlatformState::new(aws, &config.platform_table),
            reach: Reach::new(aws, config.platform_table, config.pace_table),
            batch: batch as usize,
            page: i32::try_from(page).unwrap_or(i32::MAX),
            ordinary: Queue::new(aws, config.notices_queue_url),
            urgent: Queue::new(aws, config.urgent_queue_url),
            again: Queue::new(aws, config.dispatches_queue_url),
            desk: Desk::new(aws, &config.procedure_table, config.mails_queue_url),
            checker: Checker::new(news),
            dead: DeadLetters::new(aws, config.dead_letters_url),
            tenant: config.tenant,
        })
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
        let outcome = match self.go_out(&request, deadline).await? {
            Outcome::Done => self.finish(&job.notice).await?,
            unfinished => unfinished,
        };
        match outcome {
            Outcome::Done => {}
            Outcome::OutOfTime => self.again.send(job).await?,
            Outcome::Wait(seconds) => {
                tracing::info!(notice.id = %job.notice, seconds, "notice {} waits", job.notice);
                self.again.send_after(job, seconds).await?;
            }
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
                self.at_its_hour(request, now).await
            }
            // It was going out when its process ended.
            State::Sending { .. } => Ok(Some(request)),
            // Stopped before its end: it goes on from there when the staff lets it.
            State::Stopped {
                finished_at: None, ..
            } => {
                self.again.send_after(job, LONGEST_WAIT).await?;
                Ok(None)
            }
            // The hour was so near that it rang before the move was written: look again in a moment.
            State::Approved { .. } | State::Held { .. } if self.is_its_hour(&request, job) => {
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
            && match &request.state {
                // Released: it is to go now, whatever hour was wanted.
                State::Held { send_at, .. } => *send_at != job.send_at,
                _ => request
                    .draft
                    .send_at(&self.tenant)
                    .is_ok_and(|send_at| send_at == job.send_at),
            }
    }

    /// A rehearsal has gone out when its hour has come: nobody gets it.
    async fn go_out(
        &self,
        request: &NoticeRequest,
        deadline: SystemTime,
    ) -> Result<Outcome, Failure> {
        if request.training {
            return Ok(Outcome::Done);
        }
        self.send_out(request, deadline).await
    }

    /// Queues the audience from where it was left, as far as time, the staff and Meta's limit allow.
    async fn send_out(
        &self,
        request: &NoticeRequest,
        deadline: SystemTime,
    ) -> Result<Outcome, Failure> {
        let (mut progress, mut version) = self.notices.progress(&request.id).await?;
        // The page that was written down may have been queued in part, or not at all.
        self.queue(request, &progress.page).await?;
        while !progress.complete {
            if deadline
                .duration_since(SystemTime::now())
                .map_or(true, |left| left < MARGIN)
            {
                return Ok(Outcome::OutOfTime);
            }
            if let Some(at) = self.quiet_until(request) {
                self.settle_page(request, progress, version).await?;
                return Ok(Outcome::Wait(seconds_until(at)));
            }
            let platform = self.platform.recent().await?;
            if platform.stopped_notices.contains(&request.id) {
                self.settle_page(request, progress, version).await?;
                return Ok(Outcome::Wait(LONGEST_WAIT));
            }
            let page = self
                .people
                .audience(progress.cursor.as_deref(), self.page)
                .await?;
            let limit = platform.people_per_day(self.tenant.people_per_day);
            (progress, version) = match limit {
                None => {
                    let next = turned(&progress, page);
                    let version = self
                        .notices
                        .save_progress(&request.id, &next, version)
                        .await?;
                    (next, version)
                }
                Some(limit) => match self
                    .admit(request, &progress, version, &page, limit)
                    .await?
                {
                    Admitted::Page(progress, version) => (progress, version),
                    Admitted::NobodyUntil(at) => {
                        self.settle_page(request, progress, version).await?;
                        return Ok(Outcome::Wait(seconds_until(at)));
                    }
                },
            };
            self.queue(request, &progress.page).await?;
        }
        Ok(Outcome::Done)
    }

    /// Until when a notice rests that is going out: in the quiet hours and on days without notices. An emergency that has begun
    /// goes on.
    fn quiet_until(&self, request: &NoticeRequest) -> Option<Instant> {
        let rules = &self.tenant.sending;
        match request.draft.kind {
            Kind::Emergenza => None,
            _ => rules.quiet_until(clock::now(), &self.tenant.time_zone),
        }
    }

    /// Before a wait: the page that was written down is queued, and is not to be queued at every awakening.
    async fn settle_page(
        &self,
        request: &NoticeRequest,
        progress: DispatchProgress,
        version: ProgressVersion,
    ) -> Result<(), StoreError> {
        if progress.page.is_empty() {
            return Ok(());
        }
        let queued = DispatchProgress {
            page: Vec::new(),
            ..progress
        };
        self.notices
            .save_progress(&request.id, &queued, version)
            .await
            .map(|_| ())
    }

    /// Admits as much of `page` as fits into the limit of different people in 24 hours, and writes it down.
    async fn admit(
        &self,
        request: &NoticeRequest,
        progress: &DispatchProgress,
        version: ProgressVersion,
        page: &AudiencePage,
        limit: u32,
    ) -> Result<Admitted, Failure> {
        let is_urgent = request.draft.kind == Kind::Emergenza;
        for _ in 0..TRIES {
            let now = clock::now();
            let known = self.reach.reached_of(&page.people, now).await?;
            let seen = self.reach.reached().await?;
            let is_kept = seen.reached.is_kept(now) && !is_urgent;
            let room = if is_kept {
                0
            } else {
                seen.reached.room(limit, now)
            };
            let (fitting, new) = fitting(page, &known, room);
            if fitting.people.is_empty() && !page.people.is_empty() {
                let at = if is_kept {
                    soon(now, KEPT_FOR)
                } else {
                    seen.reached.room_at(limit, now)
                };
                if is_urgent {
                    // An emergency that has to wait goes before whatever else waits.
                    let until = soon(now, i64::from(seconds_until(at)) + KEPT_FOR);
                    self.reach.keep_for_emergency(seen, until).await?;
                }
                return Ok(Admitted::NobodyUntil(at));
            }
            let next = turned(progress, fitting);
            let admission = self.reach.admission(seen, new, now);
            match self
                .notices
                .save_page(&request.id, &next, version, &admission)
                .await
            {
                Ok(version) => return Ok(Admitted::Page(next, version)),
                // A page of another notice was admitted meanwhile; or this notice has another dispatch, and then every
                // try is in vain.
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Stale.into())
    }

    async fn queue(&self, request: &NoticeRequest, people: &[PersonId]) -> Result<(), SendError> {
        let batches = people
            .chunks(self.batch)
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

    async fn finish(&self, notice: &NoticeId) -> Result<Outcome, Failure> {
        let Some(request) = self.notices.get(notice).await? else {
            return Err(Failure::Dead(format!("there is no notice {notice}")));
        };
        match request.state {
            State::Sending { .. } => {}
            // Stopped at the last moment: it is finished once it goes on.
            State::Stopped {
                finished_at: None, ..
            } => return Ok(Outcome::Wait(LONGEST_WAIT)),
            _ => return Ok(Outcome::Done),
        }
        let applied = request
            .advance(Move::Finish, &self.tenant, clock::now())
            .map_err(|error| Failure::Dead(error.to_string()))?;
        let mut told = self
            .desk
            .tell(&applied, &self.tenant, clock::now())
            .await
            .map_err(|error| Failure::Retry(error.into()))?;
        let letters = std::mem::take(&mut told.writes);
        match self.notices.save_with(&applied, letters).await {
            Ok(()) => {
                self.desk.post(&told).await;
                Ok(Outcome::Done)
            }
            // Another hand finished it, or stopped it: look again.
            Err(StoreError::Stale) => Ok(Outcome::OutOfTime),
            Err(error) => Err(error.into()),
        }
    }
}

/// How a round of a dispatch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everybody is queued.
    Done,
    /// There is more to do, at once.
    OutOfTime,
    /// There is more to do, after so many seconds.
    Wait(i32),
}

/// What became of a page.
enum Admitted {
    /// So much of it is written down.
    Page(DispatchProgress, ProgressVersion),
    /// Nobody on it may be reached before this instant.
    NobodyUntil(Instant),
}

/// The progress once `page` is taken.
fn turned(progress: &DispatchProgress, page: AudiencePage) -> DispatchProgress {
    DispatchProgress {
        recipients: progress.recipients + i64::try_from(page.people.len()).unwrap_or(i64::MAX),
        complete: page.cursor.is_none(),
        cursor: page.cursor,
        page: page.people,
    }
}

/// The beginning of `page` in which no more than `room` people were not reached lately, and how many those are. It ends
/// where its last person ends, so that the next page begins with the first who did not fit.
fn fitting(page: &AudiencePage, known: &HashSet<PersonId>, room: u64) -> (AudiencePage, u64) {
    let mut new = 0;
    for (place, person) in page.people.iter().enumerate() {
        if known.contains(person) {
            continue;
        }
        if new == room {
            let people = page.people[..place].to_vec();
            let cursor = people.last().map(ToString::to_string);
            return (AudiencePage { people, cursor }, new);
        }
        new += 1;
    }
    (page.clone(), new)
}

/// In how many seconds to look again for room that comes free at `at`.
fn seconds_until(at: Instant) -> i32 {
    let seconds = at.as_second() - clock::now().as_second() + 1;
    i32::try_from(seconds.clamp(1, i64::from(LONGEST_WAIT))).unwrap_or(LONGEST_WAIT)
}

fn soon(now: Instant, seconds: i64) -> Instant {
    Instant::from_second(now.as_second() + seconds).unwrap_or(now)
}
