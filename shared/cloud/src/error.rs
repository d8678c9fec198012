//! What can go wrong with AWS, by what the caller does next.

use std::error::Error;
use std::iter;

/// What AWS answered. Boxed: an `SdkError` is 400 bytes, and nobody but the log looks inside.
pub type AwsError = Box<dyn Error + Send + Sync>;

/// Why a table was of no use.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else wrote first: read again, decide again.
    #[error("it changed since it was read")]
    Stale,
    /// What is stored is not what we store: a person must look.
    #[error("what is stored cannot be read")]
    Unreadable(#[from] serde_dynamo::Error),
    /// DynamoDB did not answer, or refused: worth another try.
    #[error("DynamoDB did not do it")]
    DynamoDb(#[source] AwsError),
}

/// An error and everything behind it, on one line.
pub fn in_full(error: &(dyn Error + 'static)) -> String {
    let causes = iter::successors(Some(error), |&e| e.source());
    let mut line = String::new();
    let mut last = String::new();
    for cause in causes {
        // Some errors print their source too: each thing is said once.
        let text = cause.to_string();
        if !last.contains(&text) {
            if !line.is_empty() {
                line.push_str(": ");
            }
            line.push_str(&text);
        }
        last = text;
    }
    line
}
