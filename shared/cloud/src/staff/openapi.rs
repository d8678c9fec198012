//! What the descriptions of the staff APIs share: the token, the version header, and the refusals of each status.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, OpenApi};
use utoipa::{IntoResponses, Modify};

use super::ProblemBody;

/// The token that every call shows.
#[derive(Debug, Clone, Copy)]
pub struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut OpenApi) {
        let mut token = Http::new(HttpAuthScheme::Bearer);
        token.bearer_format = Some("JWT".to_owned());
        token.description =
            Some("Token di accesso dell'account personale (Cognito, gruppi = ruoli).".to_owned());
        let components = api.components.get_or_insert_with(Components::new);
        components.add_security_scheme("bearer", SecurityScheme::Http(token));
    }
}

/// What every operation may answer.
#[derive(Debug, IntoResponses)]
pub enum Always {
    /// Manca il token, o non vale.
    #[response(status = 401, content_type = "application/problem+json")]
    Unauthenticated(ProblemBody),
    /// Il ruolo dell'account non lo permette.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
    /// Un servizio non risponde: si può riprovare.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(ProblemBody),
}

/// What an operation on one thing may answer.
#[derive(Debug, IntoResponses)]
pub enum OnOne {
    /// Non esiste.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
}

/// What an operation that reads values may answer.
#[derive(Debug, IntoResponses)]
pub enum OnValues {
    /// Uno o più valori mancano o sono sbagliati: `errors` li nomina uno per uno.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemBody),
}

/// What an operation that reads a body may answer.
#[derive(Debug, IntoResponses)]
pub enum OnBody {
    /// Il corpo non è leggibile, o ha un campo che non esiste.
    #[response(status = 400, content_type = "application/problem+json")]
    Malformed(ProblemBody),
    /// Il corpo supera 64 KiB.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
}

/// What a move may answer.
#[derive(Debug, IntoResponses)]
pub enum OnMove {
    /// Lo stato non ammette il passo, o un'altra persona ha agito nello stesso momento: `current` è lo stato attuale.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
    /// La richiesta è cambiata da quando è stata letta: `current` è lo stato attuale.
    #[response(status = 412, content_type = "application/problem+json")]
    Stale(ProblemBody),
    /// Manca `If-Match`.
    #[response(status = 428, content_type = "application/problem+json")]
    NoVersion(ProblemBody),
}

/// What a change that needs no version may answer.
#[derive(Debug, IntoResponses)]
pub enum OnChange {
    /// Lo stato attuale non lo ammette, o troppe persone hanno agito nello stesso momento.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(ProblemBody),
}
