//! What each move makes of a case, where the table lets it be made.

use jiff::civil::Date;

use super::case::{Around, Case, Tell};
use super::codice::Codice;
use super::moves::{ByCitizen, ByStaff, BySystem, Move, Officer, Why};
use super::protocol::{Annulment, ProtocolNumber, Registration};
use super::said::{Rating, Reason};
use super::state::State;

/// What the citizen is told of a move, if anything; or what is against it.
type Step = Result<Option<Tell>, Why>;

impl Case {
    pub(super) fn moved(&mut self, step: &Move, around: &Around<'_>) -> Step {
        let may = self.state.name().allows(step.kind());
        if !may.contains(&step.hand()) {
            return Err(Why::NotFromHere(step.hand()));
        }
        match step {
            Move::Citizen { step } => self.by_citizen(step, around),
            Move::Staff { by, step } => self.by_staff(by, step, around),
            Move::System { step } => self.by_system(step, around),
        }
    }

    fn by_citizen(&mut self, step: &ByCitizen, around: &Around<'_>) -> Step {
        match step {
            // The dialogue answers whoever writes to it.
            ByCitizen::Supplement { .. } => Ok(None),
            ByCitizen::Reopen { .. } => self.reopen(around),
            ByCitizen::Rate { rating } => self.rate(*rating),
        }
    }

    fn by_system(&mut self, step: &BySystem, around: &Around<'_>) -> Step {
        match step {
            BySystem::Forward => {
                self.enter(State::SentToProtocol, around);
                Ok(None)
            }
            BySystem::Register { number, date } => self.register(number, *date, None, around),
        }
    }

    fn by_staff(&mut self, by: &Officer, step: &ByStaff, around: &Around<'_>) -> Step {
        let (state, tell) = match step.clone() {
            ByStaff::Register { number, date } => {
                return self.register(&number, date, Some(by), around);
            }
            ByStaff::Annul { number, reason } => return self.annul(&number, reason, by, around),
            ByStaff::Reopen { .. } => return self.reopen(around),
            ByStaff::Note { .. } => return Ok(None),
            ByStaff::SetVisibility { restricted } => {
                self.restricted = restricted;
                return Ok(None);
            }
            ByStaff::ChangeCategory { category } => {
                self.category = category;
                return Ok(None);
            }
            ByStaff::ChangeTitle { title } => {
                self.title = title;
                return Ok(None);
            }
            ByStaff::TakeCharge => {
                let by = by.id().clone();
                (State::TakenInCharge { by }, Some(Tell::Taken))
            }
            ByStaff::Assign { office } => (State::Assigned { office }, None),
            ByStaff::StartWork => (self.under_way()?, None),
            ByStaff::Resolve { outcome } => (State::Resolved { outcome }, Some(Tell::Closed)),
            ByStaff::DeclareNotCompetent { body, forwarded_on } => {
                let state = State::NotCompetent { body, forwarded_on };
                (state, Some(Tell::OtherBody))
            }
            ByStaff::Refuse { reason } => (State::NotAccepted { reason }, Some(Tell::Closed)),
            ByStaff::Archive { reason } => (State::Archived { reason }, Some(Tell::Closed)),
            ByStaff::Merge { into } => (self.merged(into, around)?, Some(Tell::Merged)),
        };
        self.enter(state, around);
        Ok(tell)
    }

    fn enter(&mut self, state: State, around: &Around<'_>) {
        self.state = state;
        self.since = around.now;
    }

    /// The office that has it begins.
    fn under_way(&self) -> Result<State, Why> {
        match &self.state {
            State::Assigned { office } => Ok(State::UnderWay {
                office: office.clone(),
            }),
            _ => Err(Why::NotFromHere(super::Hand::Staff)),
        }
    }

    /// A number is taken down. The first one is told; a second one is a mistake of a system, which somebody has to look at: both
    /// are kept.
    fn register(
        &mut self,
        number: &ProtocolNumber,
        date: Date,
        by: Option<&Officer>,
        around: &Around<'_>,
    ) -> Step {
        let today = around.tenant.time_zone.civil(around.now).date();
        let possible = self.presented_on(around.tenant)..=today;
        if date.year() != number.year() || !possible.contains(&date) {
            return Err(Why::ImpossibleDate);
        }
        if self.registrations.iter().any(|one| one.number == *number) {
            return Err(Why::KnownNumber);
        }
        let is_first = self.registrations.is_empty();
        self.registrations.push(Registration {
            number: number.clone(),
            date,
            captured_by: by.cloned(),
            captured_at: around.now,
            annulled: None,
        });
        if !is_first {
            return Ok(None);
        }
        self.enter(State::Registered, around);
        Ok(Some(Tell::Protocol))
    }

    /// A registration no longer holds. Whoever was told its number is told the one that does.
    fn annul(
        &mut self,
        number: &ProtocolNumber,
        reason: Reason,
        by: &Officer,
        around: &Around<'_>,
    ) -> Step {
        let was_told = self.registration().is_some_and(|one| one.number == *number);
        let holds = |one: &&mut Registration| one.annulled.is_none();
        let mut holding: Vec<_> = self.registrations.iter_mut().filter(holds).collect();
        let others = holding.len() > 1;
        let annulled = holding
            .iter_mut()
            .find(|one| one.number == *number)
            .ok_or(Why::UnknownNumber)?;
        if !others {
            return Err(Why::OnlyNumber);
        }
        annulled.annulled = Some(Annulment {
            by: by.clone(),
            at: around.now,
            reason,
        });
        Ok(was_told.then_some(Tell::Protocol))
    }

    /// It goes back to where everybody who deals with cases finds it.
    fn reopen(&mut self, around: &Around<'_>) -> Step {
        let today = around.tenant.time_zone.civil(around.now).date();
        match self.reopens_until(around.tenant, around.reopen_days) {
            Some(last) if last < today => Err(Why::TooLate(last)),
            _ => {
                self.enter(State::Registered, around);
                Ok(Some(Tell::Reopened))
            }
        }
    }

    fn rate(&mut self, rating: Rating) -> Step {
        match self.rating.replace(rating) {
            None => Ok(None),
            Some(_) => Err(Why::AlreadyRated),
        }
    }

    /// Another case, which is open, goes on in its place.
    fn merged(&self, into: Codice, around: &Around<'_>) -> Result<State, Why> {
        if into == self.codice {
            return Err(Why::Itself);
        }
        let is_meant = |other: &&Case| other.codice == into;
        let other = around.other.filter(is_meant).ok_or(Why::OtherUnknown)?;
        let stands = other.state.name();
        if stands.is_closed() {
            return Err(Why::OtherClosed(stands));
        }
        Ok(State::MergedInto { codice: into })
    }
}
