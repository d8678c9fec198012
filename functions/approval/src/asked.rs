//! A move as it is asked. What is wrong with it is kept until it is looked at, for the answers have an order: who calls,
//! whether the request exists, which version was read, and only then what is asked.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use cloud::staff::{Caller, IfMatch, JsonBody, Problem};
use domain::ids::NoticeId;
use domain::staff::Actor;
use serde::de::DeserializeOwned;

/// A move as it is asked, with a body of type `B`.
#[derive(Debug)]
pub(crate) struct Asked<B> {
    /// By whom.
    pub(crate) by: Actor,
    /// Of which notice.
    pub(crate) notice: NoticeId,
    /// The version that was read.
    pub(crate) seen: Result<IfMatch, Problem>,
    /// What is said.
    pub(crate) body: Result<B, Problem>,
}

impl<S: Send + Sync, B: DeserializeOwned> FromRequest<S> for Asked<B> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Caller(by) = Caller::from_request_parts(&mut parts, state).await?;
        let notice = match Path::<String>::from_request_parts(&mut parts, state).await {
            Ok(Path(id)) => id.parse().map_err(|_| Problem::not_found())?,
            Err(_) => return Err(Problem::not_found()),
        };
        let seen = IfMatch::from_request_parts(&mut parts, state).await;
        let body = JsonBody::from_request(Request::from_parts(parts, body), state).await;
        Ok(Self {
            by,
            notice,
            seen,
            body: body.map(|JsonBody(body)| body),
        })
    }
}
