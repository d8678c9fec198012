//! The store with one request, the two who work on it, and what they hold in their hands.

use std::rc::Rc;

use domain::notice::{Applied, Around, Entry, NotAllowed, NoticeRequest, State, StateName};
use domain::staff::Actor;

use super::case::{Act, OF_THE_SYSTEM, Setting, Who};
use super::ghost::{Ghost, Wrong, must};

/// What can happen next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The first or the second reads what is stored.
    Read(usize),
    /// One of the two tries it on what they have read.
    Try(usize, Act),
    /// The system does it.
    System(Act),
    /// Others change the template.
    Deploy,
}

/// What came of a step.
pub(crate) enum Outcome {
    Moved(Box<World>),
    /// The rules do not allow it.
    Refused,
    /// Somebody else was faster.
    Stale,
}

/// The request as the table has it, and how many lines of history.
#[derive(Debug, Clone)]
struct Store {
    row: Rc<NoticeRequest>,
    entries: u64,
}

impl Store {
    /// The transaction of `Notices::writes`: on the version before this one, and on there being no such line yet.
    fn put(&mut self, applied: &Applied) -> bool {
        let is_unchanged = self.row.version == applied.request.version - 1;
        let is_new = applied.entry.version > self.entries;
        if is_unchanged && is_new {
            self.row = Rc::new(applied.request.clone());
            self.entries = applied.entry.version;
        }
        is_unchanged && is_new
    }
}

/// All that there is.
#[derive(Debug, Clone)]
pub(crate) struct World {
    store: Store,
    /// Writes so far, counted here.
    written: u64,
    template: usize,
    /// What each of the two has read, and at which write.
    copies: [(Rc<NoticeRequest>, u64); 2],
    ghost: Ghost,
}

impl World {
    pub(crate) fn new(setting: &Setting) -> Result<Self, Wrong> {
        let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
        let (draft, tenant) = (setting.draft(0).clone(), &setting.tenants[0]);
        let asked = NoticeRequest::submit(id, draft, &setting.office, tenant, setting.now);
        let row = Rc::new(asked.unwrap().request);
        let mut world = Self {
            written: row.version,
            copies: [(row.clone(), row.version), (row.clone(), row.version)],
            store: Store { entries: 1, row },
            template: 0,
            ghost: Ghost::new(),
        };
        if setting.case.is_before_the_group {
            for act in [Act::TakeCharge, Act::Forward] {
                let row = world.store.row.clone();
                let applied = world.apply(&row, act, &setting.other, setting).unwrap();
                world = world.stored(&applied, act, Some(super::case::OTHER), setting)?;
            }
            for copy in &mut world.copies {
                *copy = (world.store.row.clone(), world.written);
            }
        }
        Ok(world)
    }

    pub(crate) fn state(&self) -> StateName {
        self.store.row.state.name()
    }

    pub(crate) fn steps(&self, setting: &Setting) -> Vec<Step> {
        let mut steps = Vec::new();
        for n in 0..2 {
            if !self.is_fresh(n) {
                steps.push(Step::Read(n));
            }
            steps.extend(setting.acts.iter().map(|act| Step::Try(n, *act)));
        }
        steps.extend(OF_THE_SYSTEM.map(Step::System));
        if setting.case.deploys && self.template == 0 {
            steps.push(Step::Deploy);
        }
        steps
    }

    /// What comes of `step`; what is wrong with it where it should not have come to this.
    pub(crate) fn make(&self, step: Step, setting: &Setting) -> Result<Outcome, Wrong> {
        match step {
            Step::Read(n) => {
                let mut next = self.clone();
                next.copies[n] = (self.store.row.clone(), self.written);
                Ok(Outcome::Moved(Box::new(next)))
            }
            Step::Deploy => {
                let mut next = self.clone();
                next.template = 1;
                next.ghost.words.template = 1;
                Ok(Outcome::Moved(Box::new(next)))
            }
            Step::System(act) => {
                let row = NoticeRequest::clone(&self.store.row);
                let tenant = &setting.tenants[self.template];
                match row.advance(setting.step(act), tenant, setting.now) {
                    Ok(applied) => self
                        .stored(&applied, act, None, setting)
                        .map(|next| Outcome::Moved(Box::new(next))),
                    Err(why) => self.refused(act, None, &why, setting),
                }
            }
            Step::Try(n, act) => {
                let (read, _) = &self.copies[n];
                let who = setting.case.actors[n].0;
                let applied = match self.apply(read, act, &setting.actors[n], setting) {
                    Ok(applied) => applied,
                    Err(_) if !self.is_fresh(n) => return Ok(Outcome::Refused),
                    Err(why) => return self.refused(act, Some(who), &why, setting),
                };
                if !self.store.clone().put(&applied) {
                    must!(
                        !self.is_fresh(n),
                        "a write on the newest version is refused"
                    );
                    return Ok(Outcome::Stale);
                }
                must!(self.is_fresh(n), "a stale write takes effect");
                let mut next = self.stored(&applied, act, Some(who), setting)?;
                next.copies[n] = (next.store.row.clone(), next.written);
                Ok(Outcome::Moved(Box::new(next)))
            }
        }
    }

    /// `act` as the function makes it: what is looked at before is what `Approval::checked` looks at.
    fn apply(
        &self,
        read: &NoticeRequest,
        act: Act,
        by: &Actor,
        setting: &Setting,
    ) -> Result<Applied, NotAllowed> {
        let mut around = Around::plain(&setting.tenants[self.template], setting.now);
        around.head_is_absent = matches!(
            act,
            Act::ForwardDirectly {
                head_is_absent: true
            }
        );
        if matches!(
            act,
            Act::Waive(_)
                | Act::Forward
                | Act::ForwardDirectly { .. }
                | Act::Approve(_)
                | Act::Release(_)
        ) {
            let mut drafts = 0..setting.case.words.len();
            let draft = drafts.find(|n| setting.draft(*n).text == read.draft.text);
            around.findings = setting.findings(draft.unwrap());
            around.page = Some(&setting.page);
        }
        read.clone().apply_in(setting.step(act), by, &around)
    }

    /// The world in which `applied` is stored, with all that must be true of it.
    fn stored(
        &self,
        applied: &Applied,
        act: Act,
        by: Option<Who>,
        setting: &Setting,
    ) -> Result<Self, Wrong> {
        let (before, after) = (&self.store.row, &applied.request);
        let mut next = self.clone();
        must!(next.store.put(applied), "it cannot be stored");
        next.written += 1;
        next.ghost.note(act, by, setting)?;

        let stays = (
            &before.id,
            &before.submitted,
            before.audience,
            before.training,
        ) == (&after.id, &after.submitted, after.audience, after.training);
        must!(stays, "it is another request now");
        must!(after.version == next.written, "versions are not counted");
        let digest = setting.digest(next.ghost.words);
        must!(
            after.digest(&setting.tenants[self.template]) == *digest,
            "other words"
        );
        let rewritten = matches!(act, Act::Reword(_) | Act::Resubmit(_));
        let entry = Entry {
            version: next.written,
            at: setting.now,
            by: by.map(|by| by.parse().unwrap()),
            instead_of: None,
            step: Some(setting.step(act).kind()),
            state: after.state.name(),
            reason: applied.entry.reason.clone(),
            check: match act {
                Act::Waive(check) | Act::Second(check) => Some(check),
                _ => None,
            },
            digest: digest.clone(),
            draft: rewritten.then(|| setting.draft(next.ghost.words.draft).clone()),
        };
        must!(
            applied.entry == entry,
            "the history tells {:?}",
            applied.entry
        );

        let ended = [StateName::Rejected, StateName::Cancelled];
        must!(!ended.contains(&before.state.name()), "it had ended");
        let was_sent = before.state.name() == StateName::Sent;
        must!(!was_sent || act == Act::Stop, "it had gone out");
        let started = before.state.started_at();
        let is_kept = started.is_none() || after.state.started_at() == started;
        must!(is_kept, "of what has gone out it is forgotten when");
        if act == Act::Resume {
            let whole = after.state.name() == StateName::Sent;
            must!(whole == self.ghost.is_whole, "it goes on somewhere else");
        }
        let is_approved = after.state.name() == StateName::Approved;
        if matches!(act, Act::Approve(_) | Act::Silence) || is_approved {
            let is_enough = next.ghost.may_go_out(setting);
            must!(
                is_approved == is_enough,
                "approved {is_approved}, and enough {is_enough}"
            );
        }
        if let Some(endorsed) = after.state.endorsed() {
            next.ghost.signed(endorsed, setting)?;
        }
        Ok(next)
    }

    /// A move that was not made, though whoever tried it had read the words as they stand: there must be a rule against it.
    fn refused(
        &self,
        act: Act,
        by: Option<Who>,
        why: &NotAllowed,
        setting: &Setting,
    ) -> Result<Outcome, Wrong> {
        let from = match act {
            Act::Forward | Act::ForwardDirectly { .. } => StateName::TakenInCharge,
            Act::Approve(_) | Act::Silence => StateName::Forwarded,
            Act::Release(_) => StateName::Held,
            Act::Start => StateName::Scheduled,
            Act::Resume => StateName::Stopped,
            _ => return Ok(Outcome::Refused),
        };
        let is_against_a_rule = self.ghost.clone().note(act, by, setting).is_err();
        must!(self.state() != from || is_against_a_rule, "refused: {why}");
        Ok(Outcome::Refused)
    }

    /// What holds in every state: the moves of the system are nobody else's, and what has ended stays as it is, whoever tries.
    pub(crate) fn is_closed(&self, setting: &Setting) -> Result<(), Wrong> {
        let row = &self.store.row;
        let tries = |act| self.apply(row, act, &setting.other, setting).is_ok();
        for act in OF_THE_SYSTEM {
            must!(!tries(act), "{act:?} by a person");
        }
        match self.state() {
            StateName::Rejected | StateName::Cancelled => {
                for act in &setting.acts {
                    must!(!tries(*act), "{act:?} after the end");
                }
            }
            // What the staff has stopped goes on when the staff says so, unless the words are others meanwhile.
            StateName::Stopped => {
                let may = self.ghost.may_go_out(setting);
                must!(tries(Act::Resume) == may, "it may go on: {may}");
            }
            _ => {}
        }
        Ok(())
    }

    /// Everything on which it depends what can happen from here on. Versions and hours are none of it, nor who signed what is
    /// only kept.
    pub(crate) fn key(&self, setting: &Setting) -> String {
        let fresh = [self.is_fresh(0), self.is_fresh(1)];
        let mut row = NoticeRequest::clone(&self.store.row);
        let anybody = row.submitted.clone();
        match &mut row.state {
            // Nothing follows: whatever led here is one.
            State::Rejected { .. } | State::Cancelled { .. } => {
                return format!("{:?}{fresh:?}", self.state());
            }
            // Nothing changes it but a stop and a deploy: it goes on, or may not.
            State::Sending { endorsed, .. }
            | State::Sent { endorsed, .. }
            | State::Stopped { endorsed, .. } => {
                let words = self.ghost.words;
                let is_approved = endorsed.approval.digest == *setting.digest(words);
                let may_go_out = self.ghost.may_go_out(setting);
                let part = (words, is_approved, may_go_out, self.ghost.is_whole);
                return format!("{:?}{fresh:?}{part:?}", self.state());
            }
            State::Returned { returned, reason } => {
                *returned = anybody;
                reason.clear();
            }
            State::TakenInCharge { taken } | State::Forwarded { taken, .. } => *taken = anybody,
            State::Approved { endorsed }
            | State::Scheduled { endorsed, .. }
            | State::Held { endorsed, .. } => {
                endorsed.taken = anybody.clone();
                endorsed.approval.signed = anybody;
                endorsed.approval.others.clear();
            }
            State::Submitted => {}
        }
        let parts = (
            &row.state,
            &row.draft.text,
            &row.worded_by,
            &row.waivers,
            &row.passed,
        );
        let row = serde_json::to_string(&parts);
        let is_seen = self.store.row.page.is_some();
        format!("{}{is_seen}{fresh:?}{:?}", row.unwrap(), self.ghost)
    }

    fn is_fresh(&self, n: usize) -> bool {
        self.copies[n].1 == self.written
    }
}
