//! WhatsApp Cloud API (Graph API v25.0), as far as Portavoce speaks it.
//!
//! Meta's words (`wa_id`, `statuses`, `recipient`) stop at this crate. Reading is tolerant: a missing array, an unknown
//! type or a number written as text is never a reason to lose the rest of a body. Writing is strict.

mod client;
mod errors;
mod inbound;
mod interim;
mod outgoing;
mod signature;
mod status;
mod webhook;

pub use client::{Accepted, Client, GRAPH_VERSION, SendError};
pub use errors::{Class, class_of};
pub use inbound::{Content, Inbound};
pub use interim::{as_parameter, stop_cause};
pub use outgoing::{Body, Outgoing, OverLimit};
pub use signature::{is_authentic, is_same_secret, sign};
pub use status::{StatusUpdate, UnknownState};
pub use webhook::{NotJson, Ordered, QueuedInbound, QueuedStatus, Split, Unreadable, split};
