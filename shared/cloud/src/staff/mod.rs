//! What the staff API of every function shares: who calls, how a refusal is answered, which version was read, and how a
//! request is shown.

mod body;
mod caller;
mod etag;
pub mod openapi;
mod problem;
mod view;

pub use body::{DraftBody, JsonBody};
pub use caller::Caller;
pub use etag::{ETag, IfMatch};
pub use problem::{FieldError, Problem, ProblemBody};
pub use view::{ApprovalView, EntryView, RequestView, SignedView, StateView};
