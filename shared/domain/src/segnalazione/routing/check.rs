//! What is wrong with rules, found when the settings are packaged and not when a citizen writes.

use super::{Areas, Destination, Rules, When};
use crate::keyword::fold;
use crate::segnalazione::categories::{Category, CategoryCode, OfficeCode};
use crate::segnalazione::settings::Office;

/// Something wrong with one rule, or with all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rule {rule}: {mistake}")]
pub struct Problem {
    /// The rule, counted from 0; of what is missing, where it would be.
    pub rule: usize,
    /// What is wrong.
    pub mistake: Mistake,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// There is no such office.
    #[error("there is no office {}", .0.as_str())]
    UnknownOffice(OfficeCode),
    /// There is no such category.
    #[error("there is no category {}", .0.as_str())]
    UnknownCategory(CategoryCode),
    /// No area of that name was drawn.
    #[error("there is no area {0}")]
    UnknownArea(String),
    /// None of the categories that it is about asks that question.
    #[error("no category that it is about asks {}", .0.as_str())]
    UnknownQuestion(CategoryCode),
    /// An answer is to contain words of which none is left to compare.
    #[error("an answer is to contain nothing")]
    EmptyWords,
    /// A rule before it matches everything.
    #[error("rule {0} before it is for everything")]
    Unreachable(usize),
    /// The last rule is not for everything.
    #[error("the last rule is not for everything")]
    NoCatchAll,
}

impl Rules {
    /// What is wrong with them; nothing, and each segnalazione goes somewhere that exists.
    pub fn check(
        &self,
        offices: &[Office],
        categories: &[Category],
        areas: &Areas,
    ) -> Vec<Problem> {
        let catch_all = self.0.iter().position(|rule| rule.when.is_always());
        let mut problems = Vec::new();
        for (rule, written) in self.0.iter().enumerate() {
            let mut mistakes = mistakes(&written.when, categories, areas);
            if let Destination::Office(code) = &written.to
                && offices.iter().all(|office| office.code != *code)
            {
                mistakes.push(Mistake::UnknownOffice(code.clone()));
            }
            if let Some(before) = catch_all.filter(|first| *first < rule) {
                mistakes.push(Mistake::Unreachable(before));
            }
            problems.extend(
                mistakes
                    .into_iter()
                    .map(|mistake| Problem { rule, mistake }),
            );
        }
        if catch_all.is_none() {
            problems.push(Problem {
                rule: self.0.len(),
                mistake: Mistake::NoCatchAll,
            });
        }
        problems
    }
}

fn mistakes(when: &When, categories: &[Category], areas: &Areas) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for code in &when.category {
        if categories.iter().all(|category| category.code != *code) {
            mistakes.push(Mistake::UnknownCategory(code.clone()));
        }
    }
    if let Some(area) = when.area.as_ref().filter(|area| !areas.contains_key(*area)) {
        mistakes.push(Mistake::UnknownArea(area.clone()));
    }
    if let Some(answered) = &when.answer {
        let is_meant = |category: &&Category| {
            when.category.is_empty() || when.category.contains(&category.code)
        };
        let mut asked = categories
            .iter()
            .filter(is_meant)
            .flat_map(|category| &category.questions);
        if asked.all(|question| question.code != answered.question) {
            mistakes.push(Mistake::UnknownQuestion(answered.question.clone()));
        }
        if answered.with.iter().any(|words| fold(words).is_empty()) {
            mistakes.push(Mistake::EmptyWords);
        }
    }
    mistakes
}
