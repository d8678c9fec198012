//! What somebody would write down who only watches: who wrote, who read and approved what, who was against it. Nothing of it is
//! read from the request.

use std::collections::{BTreeMap, BTreeSet};

use domain::editorial::{CheckId, Severity};
use domain::notice::{Endorsement, Path};
use domain::staff::Role;

use super::case::{Act, Setting, Who, Words};

/// Who decides: the members, and the supplier, who is one of them.
const GROUP: [Role; 2] = [Role::OperatingGroup, Role::Supplier];

/// What was watched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Ghost {
    /// The words as they stand.
    pub(crate) words: Words,
    /// Who wrote them, if not who asked.
    writer: Option<Who>,
    /// Who put it before the group.
    put_by: Option<Who>,
    /// Whether it came there past the head.
    is_alternative: bool,
    /// The words that were last found fit to go further.
    passed: Option<Words>,
    /// Who approved which words since they were last put to the group.
    approvals: BTreeSet<(Who, Words)>,
    /// Who was against it since then, and has not changed their mind.
    objections: BTreeSet<Who>,
    /// The words over which the group was silent.
    silent: Option<Words>,
    /// Whether all of it has gone out.
    pub(crate) is_whole: bool,
    /// What was set aside for the words as they stand: by whom, and who agreed.
    set_aside: BTreeMap<CheckId, (Who, Option<Who>)>,
}

/// What a rule says against a move that was made.
pub(crate) type Wrong = String;

macro_rules! must {
    ($holds:expr, $($what:tt)+) => {
        if !$holds {
            return Err(format!($($what)+));
        }
    };
}
pub(crate) use must;

impl Ghost {
    pub(crate) fn new() -> Self {
        Self {
            words: Words {
                draft: 0,
                template: 0,
            },
            writer: None,
            put_by: None,
            is_alternative: false,
            passed: None,
            approvals: BTreeSet::new(),
            objections: BTreeSet::new(),
            silent: None,
            is_whole: false,
            set_aside: BTreeMap::new(),
        }
    }

    /// Writes down what `by` (nobody: the system) has made, unless no rule allows it.
    pub(crate) fn note(
        &mut self,
        act: Act,
        by: Option<Who>,
        setting: &Setting,
    ) -> Result<(), Wrong> {
        let case = &setting.case;
        let who = by.unwrap_or("nobody");
        let is_any = |roles: &[Role]| roles.iter().any(|role| setting.is(who, *role));
        match act {
            Act::TakeCharge => must!(is_any(&[Role::Operator]), "{who} is not at the desk"),
            Act::Reword(draft) | Act::Resubmit(draft) => {
                if draft != self.words.draft {
                    self.writer = by;
                }
                self.words.draft = draft;
                self.set_aside.clear();
                self.passed = None;
                self.is_put_anew();
            }
            Act::Waive(check) => {
                must!(self.may_be_set_aside(check, setting), "{check:?} is waived");
                self.set_aside.insert(check, (who, None));
            }
            Act::Second(check) => {
                let first = self.set_aside.get_mut(&check).filter(|(by, _)| *by != who);
                must!(first.is_some(), "{who} alone decides on {check:?}");
                self.set_aside
                    .entry(check)
                    .and_modify(|(_, second)| *second = Some(who));
            }
            Act::Forward => {
                must!(is_any(&[Role::SectorHead]), "{who} is not the head");
                self.passes(who, false, setting)?;
            }
            Act::ForwardDirectly { head_is_absent } => {
                must!(head_is_absent, "past the head, who is there");
                must!(is_any(&[Role::Operator]), "{who} is not at the desk");
                self.passes(who, true, setting)?;
            }
            Act::Approve(read) => {
                must!(is_any(&GROUP), "{who} is not of the group");
                must!(read == self.words, "{who} approved other words, {read:?}");
                must!(!self.is_of(who, setting), "{who} approved their own");
                self.nothing_is_in_the_way(setting)?;
                self.passed = Some(read);
                self.objections.remove(who);
                must!(self.approvals.insert((who, read)), "{who} approved twice");
            }
            Act::Object => {
                must!(is_any(&GROUP), "{who} is not of the group");
                if case.veto {
                    self.is_put_anew();
                } else {
                    self.approvals.retain(|(by, _)| *by != who);
                    self.objections.insert(who);
                }
            }
            Act::Return | Act::Expire => self.is_put_anew(),
            Act::Silence => {
                must!(case.silence, "silence counts for nothing here");
                must!(
                    !self.is_alternative,
                    "silence of a group that was not asked"
                );
                must!(self.objections.is_empty(), "{:?} spoke", self.objections);
                must!(
                    self.passed == Some(self.words),
                    "silence on unchecked words"
                );
                let put_by = self.put_by.is_some_and(|by| !self.is_of(by, setting));
                must!(put_by, "one alone, and silence");
                self.silent = Some(self.words);
            }
            Act::Release(read) => {
                let roles = [Role::SectorHead, Role::OperatingGroup];
                must!(is_any(&roles), "{who} may not release");
                must!(read == self.words, "{who} released other words, {read:?}");
                must!(!self.is_of(who, setting), "{who} released their own");
                must!(self.may_go_out(setting), "released, not approved");
            }
            Act::Start => must!(self.may_go_out(setting), "it starts and may not: {self:?}"),
            Act::Resume => {
                let roles = [Role::SectorHead, Role::OperatingGroup];
                must!(is_any(&roles), "{who} may not resume");
                must!(self.may_go_out(setting), "it goes on and may not: {self:?}");
            }
            Act::Finish => self.is_whole = true,
            Act::Reject | Act::Schedule | Act::Cancel | Act::Stop | Act::Hold => {}
        }
        Ok(())
    }

    /// Whether the words as they stand are approved as the comune wants it.
    pub(crate) fn may_go_out(&self, setting: &Setting) -> bool {
        let approvers: BTreeSet<Who> = self
            .approvals
            .iter()
            .filter(|(who, read)| *read == self.words && !self.is_of(who, setting))
            .map(|(who, _)| *who)
            .collect();
        let by_the_group =
            approvers.len() >= setting.case.quorum && approvers.len() > self.objections.len();
        let by_the_supplier =
            self.is_alternative && approvers.iter().any(|who| setting.is(who, Role::Supplier));
        by_the_group || by_the_supplier || self.silent == Some(self.words)
    }

    /// Whether `endorsed` names those who approved the words, or says that they were silent, and who put it to them.
    pub(crate) fn signed(&self, endorsed: &Endorsement, setting: &Setting) -> Result<(), Wrong> {
        let approval = &endorsed.approval;
        let last = (!approval.by_silence).then_some(&approval.signed);
        let named: BTreeSet<&str> = last
            .into_iter()
            .chain(&approval.others)
            .map(|signed| signed.by.as_str())
            .collect();
        let approved = self
            .approvals
            .iter()
            .filter(|(_, read)| *setting.digest(*read) == approval.digest)
            .map(|(who, _)| *who)
            .collect();
        must!(named == approved, "{named:?} signed, {approved:?} approved");
        let is_silent = self.silent.is_some();
        must!(approval.by_silence == is_silent, "silent: {is_silent}");
        let path = if self.is_alternative {
            Path::Alternative
        } else {
            Path::Ordinary
        };
        must!(endorsed.path == path, "it came another way");
        let put_by = self
            .put_by
            .is_some_and(|who| who == endorsed.forwarded.by.as_str());
        must!(put_by, "another put it to the group");
        Ok(())
    }

    /// Whether `who` asked for it or wrote the words as they stand.
    fn is_of(&self, who: Who, setting: &Setting) -> bool {
        who == setting.case.asked_by || self.writer == Some(who)
    }

    /// Whoever had an opinion is asked again.
    fn is_put_anew(&mut self) {
        self.approvals.clear();
        self.objections.clear();
        self.silent = None;
    }

    fn passes(&mut self, by: Who, is_alternative: bool, setting: &Setting) -> Result<(), Wrong> {
        self.nothing_is_in_the_way(setting)?;
        self.passed = Some(self.words);
        self.put_by = Some(by);
        self.is_alternative = is_alternative;
        Ok(())
    }

    fn found(&self, setting: &Setting) -> &'static [(CheckId, Severity)] {
        setting.case.words[self.words.draft]
    }

    fn may_be_set_aside(&self, check: CheckId, setting: &Setting) -> bool {
        self.found(setting)
            .iter()
            .any(|found| found.0 == check && *found != (CheckId::E02, Severity::Block))
    }

    fn nothing_is_in_the_way(&self, setting: &Setting) -> Result<(), Wrong> {
        for found in self.found(setting) {
            let set_aside = self.set_aside.get(&found.0);
            let by_a_secretary = |who: &Who| setting.is(who, Role::Secretary);
            let is_lifted = match found {
                (_, Severity::Info) => true,
                (_, Severity::Warn) => set_aside.is_some(),
                (CheckId::E16, Severity::Block) => {
                    set_aside.is_some_and(|(_, second)| second.is_some())
                }
                (CheckId::E20, Severity::Block) => set_aside.is_some_and(|(first, second)| {
                    by_a_secretary(first) || second.as_ref().is_some_and(by_a_secretary)
                }),
                (_, Severity::Block) => false,
            };
            must!(is_lifted, "{found:?} is in the way");
        }
        Ok(())
    }
}
