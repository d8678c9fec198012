//! End to end: the template deployed on the engine with IAM enforced, real binaries, and the peer's phones as the judge of
//! what was sent. Run by `rehearsal`, one test after another: they share one comune.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot go on should stop and say where"
)]

mod citizens;
mod edge;
mod finance;
mod going_out;
mod letters;
mod notices;
mod people;
mod staff_api;
mod support;
mod trouble;
