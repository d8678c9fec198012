//! End to end: the template deployed on the engine with IAM enforced, real binaries, and the peer's phones as the judge of
//! what was sent. Run by `rehearsal`, one test after another: they share one comune.

mod citizens;
mod edge;
mod finance;
mod notices;
mod staff_api;
mod support;
mod trouble;
