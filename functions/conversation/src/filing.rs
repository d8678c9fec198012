//! What was decided of a message, and the opening of a case where one was confirmed: its codice is given now, in the same
//! transaction, so that no number is lost and none is given twice.

use cloud::StoreError;
use cloud::conversations::Outcome;
use domain::Instant;
use domain::conversation::{Beside, Here, Turn, confirmed};
use domain::identity::Identified;
use domain::ids::ReplyId;
use domain::jobs::SayReply;
use domain::segnalazione::dialogue::{Filed, Supplement, due_at};
use domain::segnalazione::duplicates::same_problem;

use crate::Listener;

/// What was decided: all that the tables have to say before it is written.
pub(crate) struct Decided {
    pub(crate) outcome: Outcome,
    /// What was confirmed, and the id of its receipt.
    filed: Option<(Filed, ReplyId)>,
    /// What was added to a case.
    supplement: Option<Supplement>,
    /// When they wrote: the 24-hour window counts from here.
    opened_at: Instant,
}

impl From<Outcome> for Decided {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            filed: None,
            supplement: None,
            opened_at: Instant::UNIX_EPOCH,
        }
    }
}

impl Decided {
    /// The `turn` of whoever was `identified`, who wrote at `opened_at`; `receipt` is the id of a receipt, if there is one.
    pub(crate) fn of(
        turn: Turn,
        identified: Identified,
        opened_at: Instant,
        receipt: ReplyId,
    ) -> Self {
        let Turn {
            next,
            replies,
            proof,
            beside,
        } = turn;
        let Beside {
            look_at,
            filed,
            supplement,
            ..
        } = beside;
        let to = next.id.clone();
        let say = |reply| SayReply {
            person: to.clone(),
            window_opened_at: opened_at,
            reply,
        };
        let replies = replies.into_iter().map(say).collect();
        Self {
            outcome: Outcome {
                proof,
                replies,
                look_at: look_at.map(|at| (to.clone(), at)),
                ..Outcome::of(Identified {
                    person: next,
                    ..identified
                })
            },
            filed: filed.map(|filed| (filed, receipt)),
            supplement,
            opened_at,
        }
    }
}

impl Listener {
    /// What is to be written of what was decided.
    pub(crate) async fn settled(
        &self,
        decided: Decided,
        here: &Here<'_>,
    ) -> Result<Outcome, StoreError> {
        let Decided {
            mut outcome,
            filed,
            supplement,
            opened_at,
        } = decided;
        let Some(service) = here.service else {
            return Ok(outcome);
        };
        if let Some((filed, receipt)) = filed {
            let desk = self.cases.desk(&filed, filed.year(&self.tenant)).await?;
            let codice = desk.codice;
            let new = filed.sighting(codice);
            let rule = service.settings.duplicates;
            let linked = new.and_then(|new| same_problem(&new, desk.around.clone(), rule));
            let linked = linked.map(|open| open.id);
            let person = &mut outcome.identified.person;
            let reply = confirmed(&filed, person, receipt, codice, linked.is_some(), here);
            let say = |reply| SayReply {
                person: person.id.clone(),
                window_opened_at: opened_at,
                reply,
            };
            outcome.replies.extend(reply.map(say));
            let (case, content) = filed
                .open(codice, &person.id, linked, &self.tenant, &service.settings)
                .map_err(|error| StoreError::DynamoDb(error.into()))?;
            outcome.also = self.cases.open(&desk, &case, &content)?;
            tracing::info!(segnalazione.codice = %codice, "segnalazione {codice} was presented");
        }
        if let Some(supplement) = supplement {
            outcome.also = vec![self.cases.supplement(&supplement, opened_at)?];
        }
        let written = &outcome.identified;
        let written = std::iter::once(&written.person).chain(&written.losers);
        outcome.due_at = written
            .filter_map(|person| {
                let at = due_at(&person.dialogue, &service.settings)?;
                Some((person.id.clone(), at))
            })
            .collect();
        Ok(outcome)
    }
}
