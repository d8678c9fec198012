//! WhatsApp Cloud API (Graph API v25.0), as far as Portavoce speaks it.
//!
//! Meta's words (`wa_id`, `statuses`, `recipient`) stop at this crate. Reading is tolerant: a missing array, an unknown
//! type or a number written as text is never a reason to lose the rest of a body. Writing is strict.

mod account;
mod client;
pub mod errors;
pub mod inbound;
mod lenient;
pub mod media;
pub mod outgoing;
mod signature;
mod status;
mod statuses;
mod webhook;

pub use account::AccountEvent;
pub use client::{Accepted, Client, GRAPH_VERSION, NoClient, SendError};
pub use errors::{Class, Says, Stops, class_of, says, stop_cause, stops};
pub use inbound::{Content, FromInbound, Inbound, Preference, Rotation, Sender, Wish};
pub use media::{Download, Media, MediaError, Received};
pub use outgoing::{
    Body, Outgoing, OverLimit, Receipt, Template, TemplateButton, Words, as_parameter,
};
pub use signature::{is_authentic, is_same_secret, sign};
pub use status::{Conversation, Failure, StatusUpdate, UnknownState};
pub use statuses::FromStatuses;
pub use webhook::{
    NotJson, Ordered, QueuedChange, QueuedInbound, QueuedPreference, QueuedRotation, QueuedStatus,
    Split, Unreadable, split,
};
