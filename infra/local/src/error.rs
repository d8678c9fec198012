use std::path::PathBuf;

/// Why the local stage could not be set up or used. Each message says what to look at.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// Not called from within the repository.
    #[error("no infra/template.yaml in this folder or above it: run this inside the repository")]
    NoRepository,
    /// The Python tools are not there yet.
    #[error("{} is missing: run infra/local/setup", .0.display())]
    NotSetUp(PathBuf),
    /// A file or a process could not be handled.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The engine went away or never came up.
    #[error("the local engine {what}; its log is {}", .log.display())]
    Engine {
        /// What happened to it.
        what: &'static str,
        /// Where it wrote.
        log: PathBuf,
    },
    /// `sam deploy` failed.
    #[error("sam deploy failed; the whole log is {}, its end:\n{tail}", .log.display())]
    Deploy {
        /// Where it wrote.
        log: PathBuf,
        /// The last lines.
        tail: String,
    },
    /// The engine refused a call.
    #[error("{what}: {why}")]
    Call {
        /// What was asked.
        what: String,
        /// What it answered.
        why: String,
    },
    /// The template has no such output.
    #[error("the stack has no output {0}")]
    NoOutput(String),
    /// No such member of staff.
    #[error("nobody of the staff is {0}")]
    NoUser(String),
    /// A stage file that does not exist or does not parse.
    #[error("no stage to attach to: {0}")]
    NoStage(String),
}

impl StageError {
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    pub(crate) fn call(what: impl Into<String>, why: &dyn std::error::Error) -> Self {
        let mut text = why.to_string();
        let mut cause = why.source();
        while let Some(next) = cause {
            text.push_str(": ");
            text.push_str(&next.to_string());
            cause = next.source();
        }
        Self::Call {
            what: what.into(),
            why: text,
        }
    }
}
