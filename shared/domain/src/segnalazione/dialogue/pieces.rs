//! Where a piece of what a citizen sends belongs.

use super::super::categories::CategoryCode;
use super::super::declared::{FullName, Reach};
use super::super::draft::{Ask, Chosen, Draft, Given, Located, Photo, Piece};
use super::super::fiscal_code::Declared;
use super::super::place::{OneLine, Place, Point};
use super::super::settings::Settings;
use super::super::suggestion::{is_report, suggest};
use super::super::territory::Whereabouts;
use super::super::words::{is_same_number, is_unknown};
use super::Around;
use crate::Instant;
use crate::conversation::Position;
use crate::ids::Wamid;
use crate::keyword::fold;

/// What came of an answer in words.
pub(super) enum Answered {
    /// It was understood.
    Yes,
    /// It was not, and is asked again in other words.
    Again,
    /// It answers something else: more of what they saw.
    Details,
}

/// Reads `text` as the answer to `asked`.
pub(super) fn answer(
    given: &mut Given,
    asked: &Ask,
    message: &Wamid,
    text: &str,
    at: Instant,
    around: &Around,
) -> Answered {
    let settings = &around.service.settings;
    match asked {
        Ask::Category => match typed_category(text, settings) {
            Some(code) => {
                given.category = Some(Chosen {
                    code,
                    suggested: false,
                });
                Answered::Yes
            }
            None => Answered::Details,
        },
        Ask::Details => Answered::Details,
        Ask::Place => {
            let Ok(text) = text.parse::<OneLine>() else {
                // Too long for an address: it is a description, and the address is asked for again.
                add_words(given, message, text, at);
                return Answered::Again;
            };
            given.place = Some(Located {
                place: Place::Address { text },
                whereabouts: None,
                also: None,
            });
            Answered::Yes
        }
        Ask::Extra { question } => {
            let known = if is_unknown(text) { "" } else { text.trim() };
            given.answers.insert(question.clone(), cut(known, 200));
            Answered::Yes
        }
        Ask::Name => {
            let Ok(name) = FullName::read(text) else {
                keep_if_long(given, message, text, at);
                return Answered::Again;
            };
            given.name = Some(name);
            let told = Reach::find(text).or(given.reach.take());
            given.reach = told.or_else(|| around.number_shown.then_some(Reach::ThisNumber));
            Answered::Yes
        }
        Ask::Reach => {
            let same = around.number_shown && is_same_number(text);
            let reach = same.then_some(Reach::ThisNumber);
            let Some(reach) = reach.or_else(|| Reach::find(text)) else {
                keep_if_long(given, message, text, at);
                return Answered::Again;
            };
            given.reach = Some(reach);
            Answered::Yes
        }
        Ask::FiscalCode => {
            given.fiscal_code = Some(Declared::read(text));
            Answered::Yes
        }
    }
}

/// Whoever is asked for a name and writes several words has something to say: it is no answer, and it is not lost.
fn keep_if_long(given: &mut Given, message: &Wamid, text: &str, at: Instant) {
    const SEVERAL: usize = 3;
    if text.split_whitespace().count() >= SEVERAL {
        add_words(given, message, text, at);
    }
}

/// Adds what they wrote to what they saw.
pub(super) fn add_words(given: &mut Given, message: &Wamid, text: &str, at: Instant) {
    if !text.trim().is_empty() {
        given.add_words(Piece {
            message: message.clone(),
            at,
            text: text.trim().to_owned(),
        });
    }
}

/// What came of a position.
pub(super) enum Put {
    /// It is the place now.
    Here,
    /// It is outside the territory.
    Outside,
    /// It is no place.
    Nowhere,
}

/// Puts the place where `position` is.
pub(super) fn put_place(draft: &mut Draft, position: &Position, around: &Around) -> Put {
    let Ok(point) = Point::new(position.lat, position.lon) else {
        return Put::Nowhere;
    };
    let whereabouts = around.service.territory.whereabouts(point);
    if whereabouts == Whereabouts::Outside {
        return Put::Outside;
    }
    let line = |text: Option<&String>| text.and_then(|text| text.parse::<OneLine>().ok());
    // An address that was typed before says what a point does not: which side of the road, behind what.
    let also = match draft.given.place.take() {
        Some(Located {
            place: Place::Address { text },
            ..
        }) => Some(text),
        Some(Located { also, .. }) => also,
        None => None,
    };
    draft.given.place = Some(Located {
        place: Place::Position {
            point,
            name: line(position.name.as_ref()),
            address: line(position.address.as_ref()),
        },
        whereabouts: Some(whereabouts),
        also,
    });
    Put::Here
}

/// Adds a photo; one that is kept is to be fetched.
pub(super) fn add_photo(given: &mut Given, photo: Photo, settings: &Settings) -> Option<Photo> {
    given
        .add_photo(photo.clone(), settings.photos)
        .then_some(photo)
}

/// Whether what was given can be a segnalazione: words alone have to read as one.
pub(super) fn is_something(given: &Given, settings: &Settings) -> bool {
    let words_alone = given.category.is_none()
        && given.place.is_none()
        && given.photos.is_empty()
        && given.name.is_none();
    if !words_alone {
        return true;
    }
    let details = given.details();
    is_report(&details) || suggest(&details, &settings.categories).is_some()
}

/// Proposes a category that their words speak of, if none was chosen.
pub(super) fn propose_category(given: &mut Given, settings: &Settings) {
    if given.category.is_none() {
        given.category = suggest(&given.details(), &settings.categories).map(|code| Chosen {
            code: code.clone(),
            suggested: true,
        });
    }
}

/// A category typed by its place in the list, its name or its short name.
fn typed_category(text: &str, settings: &Settings) -> Option<CategoryCode> {
    let said = fold(text);
    let by_number = said.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
    let category = match by_number {
        Some(index) => settings.categories.get(index),
        None => settings
            .categories
            .iter()
            .find(|category| fold(&category.label) == said || fold(category.code.as_str()) == said),
    };
    category.map(|category| category.code.clone())
}

/// The first `most` characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
