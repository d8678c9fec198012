//! Configuration: environment variables and the tenant's settings, read once as a function starts, with errors by name.

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

/// The tenant's settings: `tenant.json` beside the binary, where Lambda unpacks the function (`LAMBDA_TASK_ROOT`).
pub fn tenant(var: Variables) -> Result<Tenant, ConfigError> {
    let path = format!("{}/tenant.json", required(var, "LAMBDA_TASK_ROOT")?);
    let text = std::fs::read_to_string(&path).map_err(|error| ConfigError::NoTenant {
        path: path.clone(),
        error,
    })?;
    serde_json::from_str(&text).map_err(|error| ConfigError::BadTenant { path, error })
}
