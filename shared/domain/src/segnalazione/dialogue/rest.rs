//! Where no segnalazione is being made: how one begins, and what is not one.

use super::super::draft::{Chosen, Draft, Given, Sent, Stage};
use super::super::guards::{Guard, guard};
use super::super::suggestion::is_report;
use super::super::words::{Command, Line};
use super::pieces::{Put, add_photo, add_words, put_place};
use super::say::{Tapped, invitation, plain, supplement};
use super::talk::{line_of, photo, picture, position_of, refused, set_aside, tapped};
use super::{Around, Dialogue, Last, Step, Supplement, form, go_on, wait};
use crate::Instant;
use crate::conversation::{Heard, What};

fn resting(last: Option<&Last>) -> Dialogue {
    Dialogue::Resting {
        last: last.cloned(),
    }
}

/// Begins one with `heard`, after the `last` one.
fn begin(heard: &Heard, last: Option<&Last>) -> Box<Draft> {
    Box::new(Draft {
        begun_by: heard.id.clone(),
        begun_at: heard.at,
        heard_at: heard.at,
        given: Given::default(),
        stage: Stage::Form,
        greeted: false,
        before: last.cloned(),
        form: None,
        reminded: false,
    })
}

/// Nothing was given yet: the form, where there is one, or the first question.
fn invite(mut draft: Box<Draft>, around: &Around) -> Step {
    let Some(form) = &around.service.settings.form else {
        return go_on(draft, around);
    };
    let token = form::token(&draft.begun_by);
    let say = invitation(form, &token, around);
    draft.form = Some(Sent::Out { token });
    draft.greeted = true;
    draft.stage = Stage::Form;
    Step::saying(Dialogue::Making(draft), say)
}

/// What comes of `heard` where none is being made; `None` if it has nothing to do with one.
pub(super) fn at_rest(last: Option<&Last>, heard: &Heard, around: &Around) -> Option<Step> {
    let (tapped, words) = (tapped(&heard.what), heard.what.words());
    if let Some(Tapped::Category(code)) = tapped {
        let mut draft = begin(heard, last);
        around.service.settings.category(&code)?;
        draft.given.category = Some(Chosen {
            code,
            suggested: false,
        });
        return Some(go_on(draft, around));
    }
    let command = command(tapped.as_ref(), words);
    match command {
        Some(Command::Start) => return Some(invite(begin(heard, last), around)),
        // A second tap on CONFERMO, or on a button of a list that is done with: it was answered already.
        Some(Command::Confirm | Command::Chat) if last.is_some() => {
            return Some(Step::quiet(resting(last)));
        }
        Some(Command::Cancel | Command::Correct) => {
            return Some(Step::saying(
                resting(last),
                plain(Line::NothingOpen, around),
            ));
        }
        Some(Command::Operator) => {
            return Some(Step::saying(resting(last), plain(Line::Operator, around)));
        }
        _ => {}
    }
    if let What::FlowAnswer { .. } = &heard.what {
        return Some(Step::saying(
            resting(last),
            plain(Line::FormExpired, around),
        ));
    }
    if let Some(line) = refused(&heard.what) {
        let step = set_aside(begin(heard, last), None, line, heard, around);
        // Without words under it there is nothing to begin with.
        return Some(match step.look_at {
            Some(_) => step,
            None => Step {
                next: resting(last),
                ..step
            },
        });
    }
    if let Some(door) = words.and_then(guard) {
        let report = door == Guard::Danger && words.is_some_and(is_report);
        let says = plain(line_of(door), around);
        if !report {
            return Some(Step::saying(resting(last), says));
        }
        let mut step = opened_with(last, heard, around)?;
        step.say = Some(says);
        return Some(step);
    }
    match last.filter(|last| is_recent(last.at, heard.at, around)) {
        Some(last) => added_to(last, heard, around),
        None => opened_with(last, heard, around),
    }
}

/// Begins one with what `heard` brings, if it brings something. Words may be the second half of a breath whose first half is
/// still on its way: whether they are a segnalazione is seen when the pause is over.
fn opened_with(last: Option<&Last>, heard: &Heard, around: &Around) -> Option<Step> {
    let mut draft = begin(heard, last);
    match &heard.what {
        What::Words(text) => {
            add_words(&mut draft.given, &heard.id, text, heard.at);
            Some(wait(draft, None, around))
        }
        What::Media(media) => {
            let step = picture(draft, None, media, heard, around);
            Some(match step.look_at {
                Some(_) => step,
                None => Step {
                    next: resting(last),
                    ..step
                },
            })
        }
        What::Position(position) => Some(position_of(draft, None, position, around)),
        _ => None,
    }
}

/// What comes soon after the confirmation belongs to what was confirmed.
fn added_to(last: &Last, heard: &Heard, around: &Around) -> Option<Step> {
    let mut draft = begin(heard, Some(last));
    let mut fetch = Vec::new();
    match &heard.what {
        What::Words(text) => add_words(&mut draft.given, &heard.id, text, heard.at),
        What::Media(media) => {
            let photo = photo(media, heard);
            fetch.extend(add_photo(&mut draft.given, photo, &around.service.settings));
            if let Some(caption) = &media.caption {
                add_words(&mut draft.given, &heard.id, caption, heard.at);
            }
        }
        What::Position(position) => match put_place(&mut draft, position, around) {
            Put::Here => {}
            Put::Outside | Put::Nowhere => {
                return Some(Step::saying(
                    resting(Some(last)),
                    plain(Line::Outside, around),
                ));
            }
        },
        _ => return None,
    }
    Some(Step {
        fetch,
        supplement: Some(Supplement {
            codice: last.codice,
            message: heard.id.clone(),
            given: draft.given,
        }),
        ..Step::saying(resting(Some(last)), supplement(last.codice, around))
    })
}

fn is_recent(confirmed: Instant, at: Instant, around: &Around) -> bool {
    let minutes = around.service.settings.supplement_minutes;
    at.duration_since(confirmed) < jiff::SignedDuration::from_mins(minutes)
}

fn command(tapped: Option<&Tapped>, words: Option<&str>) -> Option<Command> {
    match tapped {
        Some(Tapped::Command(command, _)) => Some(*command),
        Some(Tapped::Category(_) | Tapped::Fix(_)) => None,
        None => words.and_then(Command::read),
    }
}
