//! The form of WhatsApp's (a static Flow): its answer is a message like any other, and as little to be trusted.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::categories::CategoryCode;
use super::super::declared::{FullName, Reach};
use super::super::draft::{Ask, Chosen, Draft, Given, Photo, Sent, Stage};
use super::super::fiscal_code::Declared;
use super::super::guards::{Guard, guard};
use super::super::words::Line;
use super::pieces::{add_photo, add_words, cut};
use super::say::plain;
use super::{Around, Dialogue, Step, go_on, wait};
use crate::conversation::Heard;
use crate::ids::Wamid;

/// The longest text that is taken from a field, in characters.
const LONGEST: usize = 4096;

/// The token of the form that is sent in answer to `message`: of one citizen and one segnalazione.
pub(super) fn token(message: &Wamid) -> String {
    let digest = Sha256::digest(format!("form {message}").as_bytes());
    format!("seg-{}", hex::encode(&digest[..16]))
}

/// What was filled in, if it is the form of this draft and comes for the first time.
pub(super) fn filled(
    mut draft: Box<Draft>,
    token: Option<&str>,
    fields: &Value,
    heard: &Heard,
    around: &Around,
) -> Step {
    let is_theirs = match (&draft.form, token) {
        (Some(Sent::Out { token: sent }), Some(token)) => sent == token,
        _ => false,
    };
    if !is_theirs {
        return Step::saying(Dialogue::Making(draft), plain(Line::FormExpired, around));
    }
    let untouched = draft.given == Given::default();
    let fetch = take(&mut draft.given, fields, heard, around);
    // The last screen of the form reads everything back, and is confirmed: CONFERMO is not asked a second time, unless
    // something was said beside it.
    let settings = &around.service.settings;
    let missing = draft.given.missing(settings);
    draft.form = Some(Sent::Back {
        confirmed: untouched
            && fields["conferma"].as_bool() == Some(true)
            && matches!(missing, None | Some(Ask::Place)),
    });
    let mut step = match text(fields, "descrizione").as_deref().and_then(guard) {
        Some(Guard::Danger) => {
            let mut step = wait(draft, None, around);
            step.say = Some(plain(Line::Emergency, around));
            step
        }
        Some(Guard::Whistleblowing) => {
            let says = plain(Line::Whistleblowing, around);
            draft.stage = Stage::Answer {
                asked: Ask::Details,
            };
            Step::saying(Dialogue::Making(draft), says)
        }
        _ => go_on(draft, around),
    };
    step.fetch = fetch;
    step
}

/// Takes from `fields` what can be read; the rest is asked for.
fn take(given: &mut Given, fields: &Value, heard: &Heard, around: &Around) -> Vec<Photo> {
    let settings = &around.service.settings;
    let code = text(fields, "tipo").and_then(|code| code.parse::<CategoryCode>().ok());
    if let Some(code) = code.filter(|code| settings.category(code).is_some()) {
        given.category = Some(Chosen {
            code,
            suggested: false,
        });
    }
    let details = text(fields, "descrizione");
    if let Some(details) = details.filter(|text| guard(text) != Some(Guard::Whistleblowing)) {
        add_words(given, &heard.id, &details, heard.at);
    }
    let category = given.category.as_ref();
    let questions = category
        .and_then(|chosen| settings.category(&chosen.code))
        .map_or(&[][..], |category| &category.questions);
    for question in questions {
        // The form has shown it: left empty, they do not know.
        let answer = text(fields, &format!("domanda_{}", question.code));
        let answer = cut(&answer.unwrap_or_default(), 200);
        given.answers.entry(question.code.clone()).or_insert(answer);
    }
    let part = |key: &str| text(fields, key).unwrap_or_default();
    if let Ok(name) = FullName::new(&part("nome"), &part("cognome")) {
        given.name = Some(name);
    }
    let told = text(fields, "recapito").and_then(|reach| Reach::find(&reach));
    let told = told.or(given.reach.take());
    given.reach = told.or_else(|| around.number_shown.then_some(Reach::ThisNumber));
    if settings.fiscal_code
        && let Some(code) = text(fields, "codice_fiscale")
    {
        given.fiscal_code = Some(Declared::read(&code));
    }
    let photos = fields["foto"].as_array().map_or(&[][..], Vec::as_slice);
    let photo = |photo: &Value| {
        Some(Photo {
            message: heard.id.clone(),
            at: heard.at,
            media: text(photo, "id")?,
            sha256: text(photo, "sha256"),
        })
    };
    photos
        .iter()
        .filter_map(photo)
        .filter_map(|photo| add_photo(given, photo, settings))
        .collect()
}

/// The text under `key`; of a number, its digits.
fn text(fields: &Value, key: &str) -> Option<String> {
    let text = match &fields[key] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then(|| cut(&text, LONGEST))
}
