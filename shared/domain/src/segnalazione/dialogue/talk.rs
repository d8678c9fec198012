//! What comes of a citizen's message.

use super::super::draft::{Ask, Chosen, Draft, Given, Photo, Stage};
use super::super::guards::{Guard, guard, is_identity_document};
use super::super::suggestion::is_report;
use super::super::words::{Command, Line, Part};
use super::pieces::{Answered, Put, add_photo, add_words, answer, put_place};
use super::say::{
    Tapped, again, correction, digest, greeting, invitation, parts_of, place, plain, supplement,
};
use super::{Around, Dialogue, Last, Step, file, form, go_on, wait};
use crate::Instant;
use crate::conversation::{Heard, Media, MediaKind, Position, What};
use crate::ids::Wamid;

/// What comes of `heard`; `None` if it has nothing to do with a segnalazione.
pub fn hear(dialogue: &Dialogue, heard: &Heard, around: &Around) -> Option<Step> {
    let step = match dialogue {
        Dialogue::Resting { last } => at_rest(last.as_ref(), heard, around),
        Dialogue::Making(draft) => {
            let mut draft = draft.clone();
            if heard.what.opens_window() {
                draft.heard_at = draft.heard_at.max(heard.at);
            }
            making(draft, heard, around)
        }
    };
    step.map(|step| greeting(step, around))
}

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
        by_form: false,
        confirmed_in_form: false,
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
    draft.form = Some(token);
    draft.greeted = true;
    draft.stage = Stage::Form;
    Step::saying(Dialogue::Making(draft), say)
}

fn at_rest(last: Option<&Last>, heard: &Heard, around: &Around) -> Option<Step> {
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
        return Some(Step::saying(resting(last), plain(line, around)));
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
        What::Media(media) => picture(draft, None, media, heard, around),
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
        What::Position(position) => {
            put_place(&mut draft, position, around);
        }
        _ => return None,
    }
    Some(Step {
        fetch,
        supplement: Some((last.codice, draft.given)),
        ..Step::saying(resting(Some(last)), supplement(last.codice, around))
    })
}

fn is_recent(confirmed: Instant, at: Instant, around: &Around) -> bool {
    let minutes = around.service.settings.supplement_minutes;
    at.duration_since(confirmed) < jiff::SignedDuration::from_mins(minutes)
}

fn making(draft: Box<Draft>, heard: &Heard, around: &Around) -> Option<Step> {
    if let Some(line) = refused(&heard.what) {
        return Some(Step::saying(Dialogue::Making(draft), plain(line, around)));
    }
    let asked = match &draft.stage {
        Stage::Answer { asked } => Some(asked.clone()),
        Stage::More { asked, .. } => asked.clone(),
        Stage::Form | Stage::Confirmation | Stage::Correction => None,
    };
    match &heard.what {
        What::Words(text) => Some(spoken(draft, asked, text, heard, around)),
        What::Choice { title, .. } => Some(chosen(draft, asked, title, heard, around)),
        What::Media(media) => picture(draft, asked, media, heard, around),
        What::Position(position) => Some(position_of(draft, asked, position, around)),
        What::SharedContact(shared) => {
            let mut draft = draft;
            let own = shared.own_number(&heard.contact).is_some() || around.number_shown;
            if !(own && shared.requested) {
                return Some(Step::quiet(Dialogue::Making(draft)));
            }
            draft.given.reach = Some(super::super::declared::Reach::ThisNumber);
            Some(next_if_asked(draft, asked, &Ask::Reach, around))
        }
        What::FlowAnswer { token, fields } => {
            Some(form::filled(draft, token.as_deref(), fields, heard, around))
        }
        What::Changed { original, now } => Some(changed(draft, original, now)),
        What::TakenBack { original } => Some(taken_back(draft, original)),
        What::Reaction | What::NotAMessage | What::Other { .. } => {
            Some(Step::quiet(Dialogue::Making(draft)))
        }
    }
}

/// Words that were typed.
fn spoken(
    draft: Box<Draft>,
    asked: Option<Ask>,
    text: &str,
    heard: &Heard,
    around: &Around,
) -> Step {
    // "No" and "sì" are orders only where nothing is asked that they may answer.
    let open_question = matches!(asked, Some(Ask::Reach | Ask::Extra { .. }));
    match Command::read(text) {
        Some(Command::Confirm) if open_question => {}
        Some(command) => return ordered(draft, asked, command, None, around),
        None => {}
    }
    let door = guard(text);
    let describes = matches!(asked, None | Some(Ask::Category | Ask::Details));
    match door {
        // 112 comes first, and what they wrote is kept.
        Some(Guard::Danger) => {
            let mut step = said(draft, asked, text, heard, around);
            step.look_at = step.look_at.or_else(|| wait_in(&mut step.next, around));
            step.say = Some(plain(Line::Emergency, around));
            return step;
        }
        Some(door) if describes => {
            return Step::saying(Dialogue::Making(draft), plain(line_of(door), around));
        }
        _ => {}
    }
    said(draft, asked, text, heard, around)
}

/// Makes a dialogue that would have spoken wait instead: something more urgent is said.
fn wait_in(dialogue: &mut Dialogue, around: &Around) -> Option<Instant> {
    let Dialogue::Making(draft) = dialogue else {
        return None;
    };
    let asked = match &draft.stage {
        Stage::Answer { asked } => Some(asked.clone()),
        _ => None,
    };
    let step = wait(draft.clone(), asked, around);
    *dialogue = step.next;
    step.look_at
}

/// Words that are no order and open no other door.
fn said(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    text: &str,
    heard: &Heard,
    around: &Around,
) -> Step {
    if draft.stage == Stage::Correction
        && let Some(part) = typed_part(text, &draft)
    {
        return fix(draft, part, around);
    }
    let answered = match &asked {
        Some(asked) => answer(&mut draft.given, asked, &heard.id, text, heard.at, around),
        None => Answered::Details,
    };
    match answered {
        Answered::Yes => go_on(draft, around),
        Answered::Again => {
            let asked = asked.unwrap_or(Ask::Details);
            let say = again(&asked, &draft, around);
            draft.stage = Stage::Answer { asked };
            Step::saying(Dialogue::Making(draft), say)
        }
        Answered::Details => {
            // What was confirmed on the form is no longer all.
            draft.confirmed_in_form = false;
            add_words(&mut draft.given, &heard.id, text, heard.at);
            wait(draft, asked, around)
        }
    }
}

/// A tap.
fn chosen(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    title: &str,
    heard: &Heard,
    around: &Around,
) -> Step {
    match tapped(&heard.what) {
        Some(Tapped::Category(code)) if around.service.settings.category(&code).is_some() => {
            draft.given.category = Some(Chosen {
                code,
                suggested: false,
            });
            draft.given.answers.clear();
            go_on(draft, around)
        }
        Some(Tapped::Fix(part)) => fix(draft, part, around),
        Some(Tapped::Command(command, seen)) => {
            ordered(draft, asked, command, seen.as_deref(), around)
        }
        _ => spoken(draft, asked, title, heard, around),
    }
}

fn ordered(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    command: Command,
    seen: Option<&str>,
    around: &Around,
) -> Step {
    match command {
        Command::Cancel => Step::saying(
            Dialogue::Resting { last: draft.before },
            plain(Line::Cancelled, around),
        ),
        Command::Operator => Step::saying(Dialogue::Making(draft), plain(Line::Operator, around)),
        Command::Confirm => {
            let complete = draft.given.missing(&around.service.settings).is_none();
            let read_back = match seen {
                Some(seen) => seen == digest(&draft.given),
                None => draft.stage == Stage::Confirmation,
            };
            if complete && read_back {
                file(*draft)
            } else {
                go_on(draft, around)
            }
        }
        Command::Correct if parts_of(&draft.given).is_empty() => go_on(draft, around),
        Command::Correct => {
            let say = correction(&draft, around);
            draft.stage = Stage::Correction;
            Step::saying(Dialogue::Making(draft), say)
        }
        // They began already: what is missing is asked.
        Command::Start | Command::Chat => {
            let waiting = matches!(draft.stage, Stage::More { .. });
            if waiting && command == Command::Start {
                return wait(draft, asked, around);
            }
            go_on(draft, around)
        }
    }
}

/// Takes away the part that is wrong, and asks for it again.
fn fix(mut draft: Box<Draft>, part: Part, around: &Around) -> Step {
    let given = &mut draft.given;
    draft.confirmed_in_form = false;
    match part {
        Part::Category => {
            given.category = None;
            given.answers.clear();
            let say = super::say::question(&Ask::Category, &draft, around);
            // Asked, not proposed again.
            draft.stage = Stage::Answer {
                asked: Ask::Category,
            };
            return Step::saying(Dialogue::Making(draft), say);
        }
        Part::Place => given.place = None,
        Part::Details => given.words.clear(),
        Part::Photos => {
            given.photos.clear();
            given.photos_beyond = 0;
            return wait(draft, None, around);
        }
        Part::Extra => given.answers.clear(),
        Part::Name => given.name = None,
        Part::Reach => given.reach = None,
        Part::FiscalCode => given.fiscal_code = None,
    }
    go_on(draft, around)
}

/// A part of the list, typed.
fn typed_part(text: &str, draft: &Draft) -> Option<Part> {
    let said = crate::keyword::fold(text);
    let parts = parts_of(&draft.given);
    let by_number = said.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    match by_number {
        Some(index) => parts.get(index).copied(),
        None => parts
            .into_iter()
            .find(|part| crate::keyword::fold(part.label()) == said),
    }
}

/// A photo, or a file that says it is a picture. What it really is, is looked at when it is fetched.
fn picture(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    media: &Media,
    heard: &Heard,
    around: &Around,
) -> Option<Step> {
    let fetch = add_photo(
        &mut draft.given,
        photo(media, heard),
        &around.service.settings,
    );
    if let Some(caption) = &media.caption {
        add_words(&mut draft.given, &heard.id, caption, heard.at);
    }
    let mut step = wait(draft, asked, around);
    step.fetch.extend(fetch);
    Some(step)
}

fn photo(media: &Media, heard: &Heard) -> Photo {
    Photo {
        message: heard.id.clone(),
        at: heard.at,
        media: media.id.clone(),
        sha256: media.sha256.clone(),
    }
}

fn position_of(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    position: &Position,
    around: &Around,
) -> Step {
    match put_place(&mut draft, position, around) {
        Put::Here => next_if_asked(draft, asked, &Ask::Place, around),
        Put::Outside => {
            draft.stage = Stage::Answer { asked: Ask::Place };
            Step::saying(Dialogue::Making(draft), place(Line::Outside, around))
        }
        Put::Nowhere => {
            draft.stage = Stage::Answer { asked: Ask::Place };
            Step::saying(Dialogue::Making(draft), place(Line::Place, around))
        }
    }
}

/// Goes on at once if this was what was asked; what comes unasked may be followed by more.
fn next_if_asked(draft: Box<Draft>, asked: Option<Ask>, this: &Ask, around: &Around) -> Step {
    if asked.as_ref() == Some(this) && matches!(draft.stage, Stage::Answer { .. }) {
        go_on(draft, around)
    } else {
        let asked = asked.filter(|asked| asked != this);
        wait(draft, asked, around)
    }
}

/// Words that read otherwise now.
fn changed(mut draft: Box<Draft>, original: &Wamid, now: &What) -> Step {
    let piece = draft.given.words.iter_mut();
    if let Some(piece) = piece.into_iter().find(|piece| piece.message == *original)
        && let What::Words(text) = now
    {
        text.trim().clone_into(&mut piece.text);
    }
    Step::quiet(Dialogue::Making(draft))
}

/// What was taken back is gone, whatever it was.
fn taken_back(mut draft: Box<Draft>, original: &Wamid) -> Step {
    let given = &mut draft.given;
    given.words.retain(|piece| piece.message != *original);
    given.photos.retain(|photo| photo.message != *original);
    Step::quiet(Dialogue::Making(draft))
}

/// What is not taken, and what is said of it.
fn refused(what: &What) -> Option<Line> {
    match what {
        What::Media(media) => {
            let names = media.caption.as_deref();
            if names.is_some_and(is_identity_document) {
                return Some(Line::IdentityDocument);
            }
            (!is_picture(media)).then_some(Line::MediaUnsupported)
        }
        What::Other { .. } => Some(Line::MediaUnsupported),
        _ => None,
    }
}

/// Whether it may be a picture, by what its sender's telephone says.
fn is_picture(media: &Media) -> bool {
    let mime = media.mime.as_deref().unwrap_or_default();
    match media.kind {
        MediaKind::Image => true,
        MediaKind::Document => mime.starts_with("image/"),
        MediaKind::Video | MediaKind::Audio | MediaKind::Sticker => false,
    }
}

fn tapped(what: &What) -> Option<Tapped> {
    match what {
        What::Choice { id: Some(id), .. } => Tapped::read(id),
        _ => None,
    }
}

fn command(tapped: Option<&Tapped>, words: Option<&str>) -> Option<Command> {
    match tapped {
        Some(Tapped::Command(command, _)) => Some(*command),
        Some(Tapped::Category(_) | Tapped::Fix(_)) => None,
        None => words.and_then(Command::read),
    }
}

fn line_of(door: Guard) -> Line {
    match door {
        Guard::Danger => Line::Emergency,
        Guard::FormalApplication => Line::Formal,
        Guard::Whistleblowing => Line::Whistleblowing,
    }
}
