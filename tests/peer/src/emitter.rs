//! Posts the webhooks: signed, several together where asked, tried again with growing pauses until they are answered 200,
//! now and then twice. Each post is a task of its own, so they arrive in parallel, as Meta's do.

pub(crate) mod envelope;
mod queue;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HOST, USER_AGENT};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

use crate::App;
use crate::settings::Settings;
use queue::{Limits, Next, Post, Queue};

/// The header that carries the signature.
pub const SIGNATURE: &str = "X-Hub-Signature-256";

/// No more updates than these share a post.
const LARGEST_BATCH: usize = 1_000;

/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Something to tell the business.
pub(crate) struct Update {
    pub(crate) field: Cow<'static, str>,
    pub(crate) value: Value,
    /// `entry.time`, which news about the account has and messages have not.
    pub(crate) at: Option<u64>,
    pub(crate) about: About,
    /// Updates of one lane keep their order.
    pub(crate) lane: Option<String>,
    /// Told when the update has been taken or given up.
    pub(crate) done: Option<oneshot::Sender<Option<u16>>>,
}

impl Update {
    fn repeated(&self) -> Self {
        Self {
            field: self.field.clone(),
            value: self.value.clone(),
            at: self.at,
            about: self.about.clone(),
            lane: None,
            done: None,
        }
    }
}

/// What becomes true when the business has taken an update.
#[derive(Debug, Clone)]
pub(crate) enum About {
    /// A citizen's message has arrived.
    Written { phone: String, wamid: String },
    /// A status of a message is known.
    Status { wamid: String, status: &'static str },
    /// News about the account, a template or a person.
    News,
}

/// How a post was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// How to sign a body that is posted as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signed {
    /// With the app secret.
    #[default]
    Good,
    /// With another secret.
    Bad,
    /// Not at all.
    Missing,
}

#[derive(Default)]
pub(crate) struct Emitter {
    queue: Mutex<Queue>,
    news: Notify,
    client: reqwest::Client,
}

impl Emitter {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        // Meta follows no redirect, and a proxy of the machine has no business between two local servers.
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            ..Self::default()
        })
    }

    /// Puts an update on its way, `after` this long.
    pub(crate) fn emit(&self, after: Duration, update: Update) {
        self.queue().push(Instant::now() + after, update);
        self.news.notify_one();
    }

    /// Puts a repeat of `update` on its way, which keeps no order.
    pub(crate) fn repeat(&self, after: Duration, update: &Update) {
        self.emit(after, update.repeated());
    }

    pub(crate) fn pending(&self) -> usize {
        self.queue().pending()
    }

    pub(crate) fn clear(&self) {
        self.queue().clear();
        self.news.notify_one();
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Posts a body once, as it stands.
    pub(crate) async fn post(
        &self,
        settings: &Settings,
        body: String,
        signed: Signed,
    ) -> Result<Answer, NotPosted> {
        let url = settings.webhook_url.as_deref().ok_or(NotPosted::NoUrl)?;
        let mut request = self
            .client
            .post(url)
            .timeout(settings.webhook_timeout())
            .header(USER_AGENT, "facebookexternalua")
            .header(CONTENT_TYPE, "application/json");
        if let Some(host) = &settings.webhook_host {
            request = request.header(HOST, host);
        }
        request = match signed {
            Signed::Good => request.header(
                SIGNATURE,
                envelope::signature(&settings.app_secret, body.as_bytes()),
            ),
            Signed::Bad => request.header(
                SIGNATURE,
                envelope::signature("not the app secret", body.as_bytes()),
            ),
            Signed::Missing => request,
        };
        answer(request.body(body)).await
    }

    /// The handshake with which Meta tries a callback address: whether the challenge comes back, and how.
    pub(crate) async fn handshake(
        &self,
        settings: &Settings,
        verify_token: &str,
        challenge: &str,
    ) -> Result<Answer, NotPosted> {
        let url = settings.webhook_url.as_deref().ok_or(NotPosted::NoUrl)?;
        let parameters = [
            ("hub.mode", "subscribe"),
            ("hub.verify_token", verify_token),
            ("hub.challenge", challenge),
        ];
        let url = url::Url::parse_with_params(url, parameters)?;
        let mut request = self.client.get(url).timeout(settings.webhook_timeout());
        if let Some(host) = &settings.webhook_host {
            request = request.header(HOST, host);
        }
        answer(request).await
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<Answer, NotPosted> {
    let response = request.send().await?;
    Ok(Answer {
        status: response.status().as_u16(),
        body: response.text().await?,
    })
}

/// Why a webhook has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotPosted {
    #[error("no webhook address is set")]
    NoUrl,
    #[error("the webhook address cannot be read")]
    Url(#[from] url::ParseError),
    #[error("the webhook did not answer")]
    Unanswered(#[from] reqwest::Error),
}

/// Takes updates from the queue as they fall due, for ever.
pub(crate) async fn pump(app: Arc<App>) {
    loop {
        let limits = {
            let world = app.world();
            let settings = &world.settings;
            Limits {
                batch: settings.batch.clamp(1, LARGEST_BATCH),
                bytes: settings.batch_bytes,
                wait: Duration::from_millis(settings.batch_wait_ms),
                concurrency: settings.webhook_concurrency.max(1),
            }
        };
        let next = app.emitter.queue().next(Instant::now(), &limits);
        match next {
            Next::Post(post) => {
                tokio::spawn(deliver(Arc::clone(&app), post));
            }
            Next::SleepUntil(due) => tokio::select! {
                () = sleep_until(due) => {}
                () = app.emitter.news.notified() => {}
            },
            Next::WaitForNews => app.emitter.news.notified().await,
        }
    }
}

/// Posts until the answer is 200 or the tries are used up.
async fn deliver(app: Arc<App>, post: Post) {
    let Post { updates, age } = post;
    let mut status = None;
    let mut tries = 0;
    loop {
        let settings = app.world().settings.clone();
        let body = envelope::body(&settings.waba_id, &updates);
        let answer = app.emitter.post(&settings, body, Signed::Good).await;
        tries += 1;
        if !app.emitter.queue().is_of_this_age(age) {
            break;
        }
        status = answer.as_ref().ok().map(|answer| answer.status);
        app.world().count_post(&answer);
        if status == Some(200)
            || tries >= settings.webhook_tries
            || matches!(answer, Err(NotPosted::NoUrl))
        {
            break;
        }
        sleep(pause(tries)).await;
    }
    let taken = status == Some(200);
    let (count, lanes) = (
        updates.len(),
        updates
            .iter()
            .filter_map(|update| update.lane.clone())
            .collect::<HashSet<_>>(),
    );
    if app.emitter.queue().is_of_this_age(age) {
        app.world().settle(&updates, taken);
    }
    app.emitter.queue().finished(age, count, &lanes);
    app.emitter.news.notify_one();
    for done in updates.into_iter().filter_map(|update| update.done) {
        // Whoever asked may have gone away meanwhile.
        done.send(status).ok();
    }
}

/// 0.2 s, 0.5 s, 1 s, 2 s, 4 s, 4 s…: Meta's hours, made short.
fn pause(tries: u32) -> Duration {
    match tries {
        1 => Duration::from_millis(200),
        2 => Duration::from_millis(500),
        more => Duration::from_secs(1 << (more - 3).min(2)).min(LONGEST_PAUSE),
    }
}
