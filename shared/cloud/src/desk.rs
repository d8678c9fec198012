//! Who acts, and who is told: the roster and the outbox of e-mails, side by side in the table of the procedure.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::TransactWriteItem;
use domain::Instant;
use domain::letter::{Letter, LetterError};
use domain::notice::{Applied, letters};
use domain::roster::Roster;
use domain::tenant::Tenant;

use crate::letters::Letters;
use crate::roster::Rosters;
use crate::{StoreError, in_full};

/// Why the letters of a move were not written.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The table did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such letter: nobody to write to, or words that no mail can hold.
    #[error("a letter could not be written")]
    Letter(#[from] LetterError),
}

/// The roster and the outbox.
#[derive(Debug)]
pub struct Desk {
    /// Who acts.
    pub rosters: Rosters,
    /// Who is written to.
    pub letters: Letters,
}

/// What goes into the transaction of a move, and on its way after it.
#[derive(Debug, Default)]
pub struct Told {
    letters: Vec<Letter>,
    /// To be made part of the transaction.
    pub writes: Vec<TransactWriteItem>,
}

impl Desk {
    /// The desk in the table `procedure`; letters go on their way through the queue `mails`.
    pub fn new(aws: &SdkConfig, procedure: &str, mails: String) -> Self {
        Self {
            rosters: Rosters::new(aws, procedure),
            letters: Letters::new(aws, procedure, Some(mails)),
        }
    }

    /// The roster, at most a second old; none before the comune has written one.
    pub async fn roster(&self) -> Result<Option<Roster>, StoreError> {
        Ok(self.rosters.recent().await?.map(|(roster, _)| roster))
    }

    /// Whom `applied` is told to; nobody before there is a roster.
    pub async fn tell(
        &self,
        applied: &Applied,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Told, DeskError> {
        let Some(roster) = self.roster().await? else {
            return Ok(Told::default());
        };
        let letters = letters(applied, &roster, tenant, now)?;
        Ok(Told {
            writes: self.letters.writes(&letters, now)?,
            letters,
        })
    }

    /// Writes a letter that tells of no move, and sends it on its way; one that was written before stays as it is.
    pub async fn write(&self, letter: &Letter, now: Instant) -> Result<(), StoreError> {
        if self.letters.get(&letter.id).await?.is_some() {
            return Ok(());
        }
        self.letters.write(letter, now).await?;
        let told = Told {
            letters: vec![letter.clone()],
            writes: Vec::new(),
        };
        self.post(&told).await;
        Ok(())
    }

    /// Sends letters on their way. They are written: what is not queued now is found pending later.
    pub async fn post(&self, told: &Told) {
        let ids = told.letters.iter().map(|letter| &letter.id);
        if let Err(error) = self.letters.queue(ids).await {
            let error = in_full(&error);
            tracing::warn!(error, "letters wait for the next look at what is due");
        }
    }
}
