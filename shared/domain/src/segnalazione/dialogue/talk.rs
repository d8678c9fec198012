//! What comes of a citizen's message while one is being made.

use super::super::draft::{Ask, Chosen, Draft, Photo, Stage};
use super::super::guards::{Guard, guard, is_identity_document};
use super::super::words::{Command, Line, Part};
use super::pieces::{Answered, Put, add_photo, add_words, answer, propose_category, put_place};
use super::rest::at_rest;
use super::say::{Tapped, again, correction, digest, greeting, parts_of, place, plain, question};
use super::{Around, Dialogue, Step, file, form, go_on, wait};
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
            Some(making(draft, heard, around))
        }
    };
    step.map(|step| greeting(step, around))
}

fn making(draft: Box<Draft>, heard: &Heard, around: &Around) -> Step {
    let asked = match &draft.stage {
        Stage::Answer { asked } => Some(asked.clone()),
        Stage::More { asked, .. } => asked.clone(),
        Stage::Form | Stage::Confirmation { .. } | Stage::Correction => None,
    };
    if let Some(line) = refused(&heard.what) {
        return set_aside(draft, asked, line, heard, around);
    }
    match &heard.what {
        What::Words(text) => spoken(draft, asked, text, heard, around),
        What::Choice { title, .. } => chosen(draft, asked, title, heard, around),
        What::Media(media) => picture(draft, asked, media, heard, around),
        What::Position(position) => position_of(draft, asked, position, around),
        What::SharedContact(shared) => {
            let mut draft = draft;
            let own = shared.own_number(&heard.contact).is_some() || around.number_shown;
            if !(own && shared.requested) {
                // Somebody's card, which proves nothing of its sender.
                return match asked {
                    Some(asked @ Ask::Reach) => {
                        let say = again(&asked, &draft, around);
                        Step::saying(Dialogue::Making(draft), say)
                    }
                    _ => Step::quiet(Dialogue::Making(draft)),
                };
            }
            draft.given.reach = Some(super::super::declared::Reach::ThisNumber);
            next_if_asked(draft, asked, &Ask::Reach, around)
        }
        What::FlowAnswer { token, fields } => {
            form::filled(draft, token.as_deref(), fields, heard, around)
        }
        What::Changed { original, now } => changed(draft, original, now, around),
        What::TakenBack { original } => taken_back(draft, original),
        What::Reaction | What::NotAMessage | What::Other { .. } => {
            Step::quiet(Dialogue::Making(draft))
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
    match guard(text) {
        // 112 comes first. What they wrote is kept as a description, whatever was asked: it is no name and no address.
        Some(Guard::Danger) => {
            let mut step = describes(draft, asked, text, heard, around);
            step.say = Some(plain(Line::Emergency, around));
            step
        }
        Some(Guard::Whistleblowing) => {
            Step::saying(Dialogue::Making(draft), plain(Line::Whistleblowing, around))
        }
        // Who tells of an istanza in the middle of a segnalazione may only be describing.
        Some(Guard::FormalApplication)
            if matches!(asked, None | Some(Ask::Category | Ask::Details)) =>
        {
            let mut step = describes(draft, asked, text, heard, around);
            step.say = Some(plain(Line::Formal, around));
            step
        }
        _ => said(draft, asked, text, heard, around),
    }
}

/// Adds to what they saw, and waits for more.
pub(super) fn describes(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    text: &str,
    heard: &Heard,
    around: &Around,
) -> Step {
    // What was confirmed on the form is no longer all.
    draft.unconfirm();
    add_words(&mut draft.given, &heard.id, text, heard.at);
    wait(draft, asked, around)
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
        Answered::Details => describes(draft, asked, text, heard, around),
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
            draft.unconfirm();
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
                None => {
                    matches!(&draft.stage, Stage::Confirmation { seen } if *seen == digest(&draft.given))
                }
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
    draft.unconfirm();
    let given = &mut draft.given;
    match part {
        Part::Category => {
            given.category = None;
            given.answers.clear();
            let say = question(&Ask::Category, &draft, around);
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
pub(super) fn picture(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    media: &Media,
    heard: &Heard,
    around: &Around,
) -> Step {
    let door = media.caption.as_deref().and_then(guard);
    if door == Some(Guard::Whistleblowing) {
        return Step::saying(Dialogue::Making(draft), plain(Line::Whistleblowing, around));
    }
    let photo = photo(media, heard);
    let fetch = add_photo(&mut draft.given, photo, &around.service.settings);
    let caption = media.caption.as_deref().unwrap_or_default();
    let mut step = describes(draft, asked, caption, heard, around);
    step.fetch.extend(fetch);
    if door == Some(Guard::Danger) {
        step.say = Some(plain(Line::Emergency, around));
    }
    step
}

pub(super) fn photo(media: &Media, heard: &Heard) -> Photo {
    Photo {
        message: heard.id.clone(),
        at: heard.at,
        media: media.id.clone(),
        sha256: media.sha256.clone(),
    }
}

pub(super) fn position_of(
    mut draft: Box<Draft>,
    asked: Option<Ask>,
    position: &Position,
    around: &Around,
) -> Step {
    match put_place(&mut draft, position, around) {
        Put::Here => next_if_asked(draft, asked, &Ask::Place, around),
        Put::Outside => {
            // Only where the place is what is missing is the next message its answer.
            propose_category(&mut draft.given, &around.service.settings);
            if draft.given.missing(&around.service.settings) == Some(Ask::Place) {
                draft.stage = Stage::Answer { asked: Ask::Place };
            }
            Step::saying(Dialogue::Making(draft), place(Line::Outside, around))
        }
        Put::Nowhere => Step::saying(Dialogue::Making(draft), place(Line::Place, around)),
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
fn changed(mut draft: Box<Draft>, original: &Wamid, now: &What, around: &Around) -> Step {
    let mut pieces = draft.given.words.iter_mut();
    let piece = pieces.find(|piece| piece.message == *original);
    let (Some(piece), What::Words(text)) = (piece, now) else {
        return Step::quiet(Dialogue::Making(draft));
    };
    text.trim().clone_into(&mut piece.text);
    draft.unconfirm();
    match guard(text) {
        Some(Guard::Whistleblowing) => {
            draft.given.words.retain(|piece| piece.message != *original);
            Step::saying(Dialogue::Making(draft), plain(Line::Whistleblowing, around))
        }
        Some(Guard::Danger) => {
            Step::saying(Dialogue::Making(draft), plain(Line::Emergency, around))
        }
        _ => Step::quiet(Dialogue::Making(draft)),
    }
}

/// What cannot be taken; the words under it can. Of an identity document nothing is kept.
pub(super) fn set_aside(
    draft: Box<Draft>,
    asked: Option<Ask>,
    line: Line,
    heard: &Heard,
    around: &Around,
) -> Step {
    let caption = match &heard.what {
        What::Media(media) if line == Line::MediaUnsupported => media.caption.as_deref(),
        _ => None,
    };
    let Some(caption) = caption else {
        return Step::saying(Dialogue::Making(draft), plain(line, around));
    };
    let mut step = match guard(caption) {
        Some(Guard::Whistleblowing) => {
            return Step::saying(Dialogue::Making(draft), plain(Line::Whistleblowing, around));
        }
        _ => describes(draft, asked, caption, heard, around),
    };
    let is_danger = guard(caption) == Some(Guard::Danger);
    let line = if is_danger { Line::Emergency } else { line };
    step.say = Some(plain(line, around));
    step
}

/// Words and photos that were taken back are gone.
fn taken_back(mut draft: Box<Draft>, original: &Wamid) -> Step {
    let given = &mut draft.given;
    given.words.retain(|piece| piece.message != *original);
    given.photos.retain(|photo| photo.message != *original);
    draft.unconfirm();
    Step::quiet(Dialogue::Making(draft))
}

/// What is not taken, and what is said of it.
pub(super) fn refused(what: &What) -> Option<Line> {
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

pub(super) fn tapped(what: &What) -> Option<Tapped> {
    match what {
        What::Choice { id: Some(id), .. } => Tapped::read(id),
        _ => None,
    }
}

pub(super) fn line_of(door: Guard) -> Line {
    match door {
        Guard::Danger => Line::Emergency,
        Guard::FormalApplication => Line::Formal,
        Guard::Whistleblowing => Line::Whistleblowing,
    }
}
