//! The deployed system and those around it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use local::{Options, Stage, WhatsappSecret};
use peer::{Control, Peer, PeerConfig, Settings};
use serde_json::{Value, json};

use crate::{Site, Staff};

/// What can go wrong in a rehearsal: said in one line, for a person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

/// The outcome of a step.
pub type Result<T> = std::result::Result<T, Trouble>;

impl Trouble {
    /// Whatever went wrong in `what`.
    pub fn in_step(what: &str) -> impl Fn(&dyn std::fmt::Display) -> Self {
        let what = what.to_owned();
        move |error| Self(format!("{what}: {error}"))
    }
}

macro_rules! from_error {
    ($($error:ty),*) => {
        $(impl From<$error> for Trouble {
            fn from(error: $error) -> Self {
                Self(format!("{error} ({error:?})"))
            }
        })*
    };
}
from_error!(
    local::StageError,
    peer::ControlError,
    peer::StartError,
    reqwest::Error,
    serde_json::Error,
    std::io::Error,
    jiff::Error
);

/// Where the comune is.
pub(crate) const ROME: &str = "Europe/Rome";
const APP_SECRET: &str = "segreto-della-prova";
const ACCESS_TOKEN: &str = "chiave-della-prova";
const VERIFY_TOKEN: &str = "parola-della-prova";

/// The deployed system, the peer, and the staff.
pub struct World {
    /// The engine with the deployed template.
    pub stage: Stage,
    /// Meta and the phones.
    pub peer: Control,
    /// The comune's site.
    pub site: Site,
    /// For calls to the staff API and to links.
    pub http: reqwest::Client,
    /// Only with whoever raised this world.
    hosted: Option<Peer>,
}

impl World {
    /// Starts the peer and the engine, deploys, and makes them known to each other. `pace` is the number's rate.
    pub async fn raise(tenant: &str, pace: u32, say: fn(&str)) -> Result<Self> {
        Self::raise_with(tenant, say, |options| options.pace_per_second = pace).await
    }

    /// The same, deployed with what `adjust` changes.
    pub async fn raise_with(
        tenant: &str,
        say: fn(&str),
        adjust: impl FnOnce(&mut Options),
    ) -> Result<Self> {
        let template = std::fs::read_to_string(format!("infra/whatsapp/{tenant}/avviso.json"))?;
        let hosted = Peer::start(PeerConfig {
            port: 0,
            settings: Settings {
                app_secret: APP_SECRET.to_owned(),
                access_token: ACCESS_TOKEN.to_owned(),
                business_name: format!("Comune di {}", capitalised(tenant)),
                ..Settings::default()
            },
            templates: vec![serde_json::from_str(&template)?],
        })
        .await?;
        let site = Site::open().await?;
        say(&format!(
            "WhatsApp peer at {}, site of the comune at {}",
            hosted.url(),
            site.url
        ));

        let secret = WhatsappSecret {
            app_secrets: vec![APP_SECRET.to_owned()],
            verify_token: VERIFY_TOKEN.to_owned(),
            access_token: ACCESS_TOKEN.to_owned(),
        };
        let mut options = Options::new(tenant, &hosted.url(), secret)?;
        options.news_root.clone_from(&site.url);
        options.progress = std::sync::Arc::new(say);
        adjust(&mut options);
        let mut stage = Stage::up(options).await?;
        stage.file.others.insert("peer".to_owned(), hosted.url());
        stage
            .file
            .others
            .insert("site".to_owned(), site.url.clone());

        let peer = hosted.control();
        peer.configure(json!({
            "webhook_url": format!("{}/webhook", stage.file.api.base_url),
            "webhook_host": stage.file.api.host_header,
        }))
        .await?;
        let handshake = peer.handshake(VERIFY_TOKEN).await?;
        if !handshake.ok {
            return Err(Trouble(format!(
                "the webhook did not return the challenge: {:?}",
                handshake.answer
            )));
        }
        Ok(Self {
            stage,
            peer,
            site,
            http: reqwest::Client::new(),
            hosted: Some(hosted),
        })
    }

    /// Attaches to a world that another process keeps up.
    pub async fn attach() -> Result<Self> {
        let stage = Stage::attach_from_env().await?;
        let other = |name: &str| {
            let address = stage.file.others.get(name);
            address.ok_or_else(|| Trouble(format!("the stage has no {name}")))
        };
        Ok(Self {
            peer: Control::new(other("peer")?),
            site: Site::at(other("site")?),
            stage,
            http: reqwest::Client::new(),
            hosted: None,
        })
    }

    /// Writes what every function has logged below `.build/logs`, to be read after a failure. Where.
    pub async fn save_logs(&self) -> Result<std::path::PathBuf> {
        let folder = local::Places::find()?
            .repository
            .join(".build/logs/functions");
        std::fs::create_dir_all(&folder)?;
        for function in [
            "webhook",
            "conversation",
            "intake",
            "approval",
            "dispatch",
            "send",
            "delivery",
            "report",
            "mailroom",
            "courier",
            "deadlines",
            "administration",
        ] {
            let lines = self.stage.function_logs(function).await.unwrap_or_default();
            std::fs::write(folder.join(format!("{function}.log")), lines.join("\n"))?;
        }
        Ok(folder)
    }

    /// Ends the engine and the peer.
    pub async fn down(self) {
        self.stage.down().await;
        if let Some(peer) = self.hosted {
            peer.stop().await;
        }
    }

    /// The member of the staff with `role`.
    pub fn staff(&self, role: &str) -> Result<Staff<'_>> {
        Ok(Staff {
            world: self,
            token: self.stage.token(role)?.to_owned(),
        })
    }

    /// Somebody with any token, or none.
    pub fn anybody(&self, token: &str) -> Staff<'_> {
        Staff {
            world: self,
            token: token.to_owned(),
        }
    }

    /// The address of `path` on the deployed API as a browser on this machine reaches it.
    pub fn api(&self, path: &str) -> String {
        format!("http://{}{path}", self.stage.file.api.host_header)
    }

    /// An output of the stack.
    pub fn output(&self, name: &str) -> Result<String> {
        Ok(self.stage.output(name)?.to_owned())
    }

    /// A body that an office would submit: to be sent at `wanted_at`.
    pub fn draft(wanted_at: DateTime) -> Value {
        json!({
            "title": "Mercatino di Natale",
            "text": "sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale nella piazza del municipio.",
            "link": "https://www.rubano.it/notizie/mercatino-di-natale",
            "wanted_at": wanted_at.to_string(),
            "office": "Cultura",
            "kind": "evento",
        })
    }
}

/// `instant` by the clocks of Italy, without fractions of a second.
pub fn rome(instant: Timestamp) -> Result<DateTime> {
    let whole = Timestamp::from_second(instant.as_second())?;
    Ok(TimeZone::get(ROME)?.to_datetime(whole))
}

/// Asks `question` again and again until it answers, for at most `seconds`; `what` is what is awaited.
pub async fn poll<T>(
    what: &str,
    seconds: u64,
    mut question: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let started = Instant::now();
    loop {
        if let Some(answer) = question().await? {
            return Ok(answer);
        }
        if started.elapsed() > Duration::from_secs(seconds) {
            return Err(Trouble(format!(
                "after {seconds} s there is still no {what}"
            )));
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
