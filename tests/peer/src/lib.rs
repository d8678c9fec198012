//! The WhatsApp peer: a server that plays Meta's Graph API and the citizens' phones.
//!
//! It is the judge of the whole system, so it shares no code with it: it checks every request as Meta would, keeps a
//! record of what each phone really received, and posts signed webhooks as unkindly as the real network does (twice, out
//! of order, several at once, again after a failure). A page that looks like a phone lets a person chat with the system.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let peer = peer::Peer::start(peer::PeerConfig::default()).await?;
//! let anna = peer.control().add_phone(&peer::NewPhone::named("Anna")).await?;
//! peer.control().write(&anna.id, "ISCRIVIMI").await?;
//! peer.stop().await;
//! # Ok(())
//! # }
//! ```

mod account;
mod chaos;
mod client;
mod connection;
mod control;
mod emitter;
mod faults;
mod graph;
mod media;
mod news;
mod outgoing;
mod page;
mod phones;
mod rates;
mod record;
mod settings;
mod statuses;
mod trace;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use account::{Account, NO_REPLIES, NO_TEMPLATES, Restriction};
pub use chaos::Chaos;
pub use client::{Control, ControlError};
pub use control::{
    Change, Edit, Handshake, NewNumber, NewPhone, Place, RawWebhook, React, SharedContact,
    StoredMedia, Tap, TemplateChange, Write, Written, WrittenMedia,
};
pub use emitter::envelope::signature;
pub use emitter::{Answer, SIGNATURE, Signed};
pub use faults::{Fault, Trouble};
pub use media::{MediaFault, MediaTrouble};
pub use news::News;
pub use phones::{
    Behaviour, Button, ButtonKind, Content, Direction, Message, Phone, State, WINDOW_SECONDS,
    is_bsuid,
};
pub use record::{Counters, Record, Refused, Sent};
pub use settings::Settings;
pub use trace::Trace;

use connection::Listener;
use emitter::Emitter;
use world::World;

/// Bodies of 3 MB, escaped, and wrapped in a control request.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// How long a stop waits for calls under way.
const LAST_CALLS: Duration = Duration::from_millis(500);

/// How a peer begins.
#[derive(Default)]
pub struct PeerConfig {
    /// The port on 127.0.0.1; zero for any that is free.
    pub port: u16,
    /// What can also be changed later.
    pub settings: Settings,
    /// The account's templates, as submitted to Meta; all of them approved.
    pub templates: Vec<Value>,
}

/// A running peer. Dropping it stops it at once; [`Peer::stop`] lets calls under way end.
pub struct Peer {
    address: SocketAddr,
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    pump: JoinHandle<()>,
}

/// Why a peer did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or not ours to take.
    #[error("the port cannot be opened")]
    Port(#[from] std::io::Error),
    /// The client for webhooks could not be made.
    #[error("the client for webhooks cannot be made")]
    Client(#[from] reqwest::Error),
    /// Meta would not take this template.
    #[error("a template is not valid: {0}")]
    Template(String),
}

pub(crate) struct App {
    world: Mutex<World>,
    pub(crate) emitter: Emitter,
}

impl App {
    /// The state. A panic while it was held leaves it readable: the peer must still be able to say what it saw.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Peer {
    /// Opens the port and begins to answer.
    pub async fn start(config: PeerConfig) -> Result<Self, StartError> {
        let world = World::new(config.settings, &config.templates)
            .map_err(|error| StartError::Template(error.in_short()))?;
        let app = Arc::new(App {
            world: Mutex::new(world),
            emitter: Emitter::new()?,
        });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, config.port)).await?;
        let address = listener.local_addr()?;

        let routes: Router = Router::new()
            .merge(graph::routes())
            .merge(control::routes())
            .merge(page::routes())
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .with_state(Arc::clone(&app));
        let service = routes.into_make_service_with_connect_info::<connection::Connection>();
        let (stop, stopped) = oneshot::channel();
        let server = axum::serve(Listener(listener), service).with_graceful_shutdown(async {
            // A sender that is dropped means the same as one that has sent.
            stopped.await.ok();
        });
        let server = tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::error!("the peer no longer answers: {error}");
            }
        });
        let pump = tokio::spawn(emitter::pump(Arc::clone(&app)));
        Ok(Self {
            address,
            app,
            stop: Some(stop),
            server,
            pump,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base of all its addresses, without a slash at the end: the Graph API's, the control API's and the page's.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client of its control API.
    pub fn control(&self) -> Control {
        Control::new(self.url())
    }

    /// Ends it, after the calls under way or half a second.
    pub async fn stop(mut self) {
        self.app.emitter.clear();
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
        if tokio::time::timeout(LAST_CALLS, &mut self.server)
            .await
            .is_err()
        {
            tracing::debug!("calls were cut short");
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.server.abort();
        self.pump.abort();
    }
}
