//! Configuration: environment variables and the tenant's settings, read once as a function starts, with errors by name.

use domain::segnalazione::service::{NotAService, Service};
use domain::tenant::Tenant;

/// Why a function cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A variable is not there.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// A variable is not what it should be.
    #[error("the environment variable {0} is not {1}")]
    Invalid(&'static str, &'static str),
    /// The tenant's settings are not beside the binary.
    #[error("{path} cannot be read")]
    NoTenant {
        /// Where they were looked for.
        path: String,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// The tenant's settings are not right.
    #[error("{path} is not the settings of a comune")]
    BadTenant {
        /// Where they were read.
        path: String,
        /// Why.
        #[source]
        error: serde_json::Error,
    },
    /// The settings of segnalazioni are not right.
    #[error("{path} is not right")]
    BadService {
        /// Where they were read.
        path: String,
        /// Why.
        #[source]
        error: NotAService,
    },
}

/// A source of variables, so that a test needs no environment.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variables of the process.
pub fn process(name: &str) -> Option<String> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where configuration is read"
    )]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The variable `name`.
pub fn required(var: Variables, name: &'static str) -> Result<String, ConfigError> {
    var(name).ok_or(ConfigError::Missing(name))
}

/// The variable `name` as a positive number.
pub fn positive(var: Variables, name: &'static str) -> Result<u32, ConfigError> {
    required(var, name)?
        .parse()
        .ok()
        .filter(|number| *number > 0)
        .ok_or(ConfigError::Invalid(name, "a positive number"))
}

/// The variable `name` as the origin of a server: scheme, host and port, nothing after them.
pub fn origin(var: Variables, name: &'static str) -> Result<String, ConfigError> {
    url::Url::parse(&required(var, name)?)
        .ok()
        .map(|url| url.origin())
        // Anything but a server is opaque.
        .filter(url::Origin::is_tuple)
        .map(|origin| origin.ascii_serialization())
        .ok_or(ConfigError::Invalid(name, "the address of a server"))
}

/// The tenant's settings: `tenant.json` beside the binary, where Lambda unpacks the function (`LAMBDA_TASK_ROOT`). A comune
/// that names no desk of its own has the page of the stack, `DESK_URL`, which every function knows that writes letters.
pub fn tenant(var: Variables) -> Result<Tenant, ConfigError> {
    let path = format!("{}/tenant.json", required(var, "LAMBDA_TASK_ROOT")?);
    let text = std::fs::read_to_string(&path).map_err(|error| ConfigError::NoTenant {
        path: path.clone(),
        error,
    })?;
    let mut tenant: Tenant =
        serde_json::from_str(&text).map_err(|error| ConfigError::BadTenant { path, error })?;
    tenant.desk_url = tenant.desk_url.or_else(|| var("DESK_URL"));
    Ok(tenant)
}

/// How the comune takes segnalazioni: `segnalazioni.json` beside the binary, of a comune that does.
pub fn service(var: Variables) -> Result<Option<Service>, ConfigError> {
    let path = format!("{}/segnalazioni.json", required(var, "LAMBDA_TASK_ROOT")?);
    match std::fs::read_to_string(&path) {
        Ok(text) => match Service::read(&text) {
            Ok(service) => Ok(Some(service)),
            Err(error) => Err(ConfigError::BadService { path, error }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError::NoTenant { path, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where letters lead, of settings that say `desk_url` and a function whose variable is `variable`.
    fn leads_to(desk_url: &str, variable: Option<&str>) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = serde_json::to_value(support::rubano()).unwrap();
        if !desk_url.is_empty() {
            settings["desk_url"] = desk_url.into();
        }
        std::fs::write(folder.path().join("tenant.json"), settings.to_string()).unwrap();
        let var = |name: &str| match name {
            "LAMBDA_TASK_ROOT" => folder.path().to_str().map(str::to_owned),
            "DESK_URL" => variable.map(str::to_owned),
            _ => None,
        };
        tenant(&var).unwrap().desk_url
    }

    #[test]
    fn of_an_address_the_origin_is_kept_and_what_is_none_is_refused() {
        let origin = |value: &str| origin(&|_| Some(value.to_owned()), "SIGN_IN_URL");

        assert_eq!(
            origin("https://cognito-idp.eu-south-1.amazonaws.com/x?y=';").unwrap(),
            "https://cognito-idp.eu-south-1.amazonaws.com"
        );
        assert_eq!(
            origin("http://127.0.0.1:4566").unwrap(),
            "http://127.0.0.1:4566"
        );
        for wrong in ["cognito", "data:text/html,x", "; script-src *"] {
            assert_eq!(
                origin(wrong).unwrap_err().to_string(),
                "the environment variable SIGN_IN_URL is not the address of a server"
            );
        }
    }

    #[test]
    fn letters_lead_to_the_desk_of_the_comune_and_else_to_that_of_the_stack() {
        let stack = Some("https://api.example/desk");

        assert_eq!(leads_to("", stack).as_deref(), stack);
        assert_eq!(
            leads_to("https://avvisi.example/banco", stack).as_deref(),
            Some("https://avvisi.example/banco")
        );
        assert_eq!(leads_to("", None), None);
    }
}
