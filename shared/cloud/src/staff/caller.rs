//! Who calls: the claims of the token that API Gateway has already verified. Nothing in the request itself is believed.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::staff::{Actor, Role};
use lambda_http::request::RequestContext;

use super::Problem;

/// The member of the staff who calls.
#[derive(Debug, Clone)]
pub struct Caller(pub Actor);

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let claims = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context
                .authorizer
                .as_ref()
                .and_then(|authorizer| authorizer.jwt.as_ref())
                .map(|jwt| &jwt.claims),
            _ => None,
        };
        let claims = claims.ok_or_else(Problem::unauthenticated)?;
        let id = claims
            .get("username")
            .or_else(|| claims.get("cognito:username"))
            .and_then(|name| name.parse().ok())
            .ok_or_else(Problem::unauthenticated)?;
        let roles = claims
            .get("cognito:groups")
            .map(|groups| roles(groups))
            .unwrap_or_default();
        Ok(Self(Actor { id, roles }))
    }
}

/// API Gateway writes a list claim as `[a b]`; a JSON list is understood as well.
fn roles(groups: &str) -> Vec<Role> {
    groups
        .split(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"'))
        .filter_map(Role::of_group)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_however_the_gateway_writes_them() {
        for groups in [
            "[operator sector_head]",
            "[\"operator\",\"sector_head\"]",
            "operator, sector_head",
            "[x operator sector_head]",
        ] {
            assert_eq!(
                roles(groups),
                [Role::Operator, Role::SectorHead],
                "{groups}"
            );
        }
        assert_eq!(roles("[]"), []);
        assert_eq!(roles("operators"), []);
    }
}
