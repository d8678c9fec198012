//! What the dialogue says.

use sha2::{Digest, Sha256};

use super::super::categories::CategoryCode;
use super::super::declared::Reach;
use super::super::draft::{Ask, Draft, Given, Located};
use super::super::fiscal_code::Declared;
use super::super::life::Codice;
use super::super::settings::Settings;
use super::super::territory::Whereabouts;
use super::super::words::{Command, Line, Note, Part, missing};
use super::{Around, Dialogue, Filed, Saying, Step, category};
use crate::Instant;
use crate::conversation::{Choosable, Said};

/// The most that stands above buttons (Meta, interactive messages: 1,024), as WhatsApp counts: an emoji is two. The parts that
/// may be long are shown so far; what is kept is whole.
const ABOVE_BUTTONS: usize = 1000;
const SHOWN_PLACE: usize = 150;
const SHOWN_NAME: usize = 60;
const SHOWN_REACH: usize = 80;
const SHOWN_OTHER: usize = 200;

/// What is chosen with a tap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tapped {
    /// A category.
    Category(CategoryCode),
    /// A part to correct.
    Fix(Part),
    /// An order; of CONFERMO, what was read back.
    Command(Command, Option<String>),
}

const CATEGORY: &str = "seg:category:";
const FIX: &str = "seg:fix:";
const COMMAND: &str = "seg:do:";

impl Tapped {
    /// Reads the id of what was tapped.
    pub(super) fn read(id: &str) -> Option<Self> {
        if let Some(code) = id.strip_prefix(CATEGORY) {
            return code.parse().ok().map(Self::Category);
        }
        if let Some(part) = id.strip_prefix(FIX) {
            let part = Part::ALL.iter().find(|known| known.key() == part)?;
            return Some(Self::Fix(*part));
        }
        let (command, digest) = match id.strip_prefix(COMMAND)?.split_once(':') {
            Some((command, digest)) => (command, Some(digest.to_owned())),
            None => (id.strip_prefix(COMMAND)?, None),
        };
        let command = Command::ALL.iter().find(|known| known.key() == command)?;
        Some(Self::Command(*command, digest))
    }
}

/// `line` with the comune's own words, as plain text.
pub fn plain(line: Line, around: &Around) -> Saying {
    let text = words(line, &[], around);
    Saying {
        line,
        said: Said::Text(text),
    }
}

fn words(line: Line, values: &[(&str, &str)], around: &Around) -> String {
    let (tenant, settings) = (around.tenant, &around.service.settings);
    let (limit, photos) = (settings.details.to_string(), settings.photos.to_string());
    let mut all = vec![
        ("comune", tenant.comune.as_str()),
        ("url_privacy", &tenant.privacy.url),
        ("telefono", &tenant.contacts.phone),
        ("orari", &tenant.contacts.hours),
        ("url_contatti", &tenant.contacts.url),
        ("pec", &settings.doors.pec),
        ("url_servizi", &settings.doors.services),
        ("url_riservato", &settings.doors.whistleblowing),
        ("limite", &limit),
    ];
    if line == Line::Details {
        all.push(("foto", &photos));
    }
    all.extend_from_slice(values);
    line.fill(&all)
}

/// The same step; the first thing that is asked begins with what everybody is told first.
pub(super) fn greeting(step: Step, around: &Around) -> Step {
    let Step {
        next: Dialogue::Making(mut draft),
        say: Some(saying),
        look_at,
        fetch,
        filed,
        supplement,
    } = step
    else {
        return step;
    };
    let say = if draft.greeted || !asks(saying.line) {
        saying
    } else {
        draft.greeted = true;
        let opening = Note::Opening.fill(&[("url_privacy", &around.tenant.privacy.url)]);
        Saying {
            said: saying.said.after(&opening),
            ..saying
        }
    };
    Step {
        next: Dialogue::Making(draft),
        say: Some(say),
        look_at,
        fetch,
        filed,
        supplement,
    }
}

/// Whether `line` asks for something of a segnalazione.
fn asks(line: Line) -> bool {
    matches!(
        line,
        Line::Category
            | Line::Details
            | Line::Place
            | Line::Outside
            | Line::Extra
            | Line::Identity
            | Line::IdentityHidden
            | Line::Contact
            | Line::FiscalCode
            | Line::Summary
    )
}

/// The invitation to the form.
pub(super) fn invitation(
    form: &super::super::settings::Form,
    token: &str,
    around: &Around,
) -> Saying {
    Saying {
        line: Line::Form,
        said: Said::Flow {
            text: words(Line::Form, &[], around),
            label: Line::FormLabel.fill(&[]),
            flow: form.id.clone(),
            token: token.to_owned(),
            screen: Some(form.screen.clone()),
        },
    }
}

/// Asks for `asked`.
pub(super) fn question(asked: &Ask, draft: &Draft, around: &Around) -> Saying {
    let settings = &around.service.settings;
    match asked {
        Ask::Category => categories(settings, around),
        Ask::Details => plain(Line::Details, around),
        Ask::Place => place(Line::Place, around),
        Ask::Extra { question } => {
            let questions = category(draft, settings).map_or(&[][..], |known| &known.questions);
            let text = questions.iter().find(|known| known.code == *question);
            let text = text.map_or("", |question| question.text.as_str());
            Saying {
                line: Line::Extra,
                said: Said::Text(words(Line::Extra, &[("domanda", text)], around)),
            }
        }
        Ask::Name if around.number_shown || draft.given.reach.is_some() => {
            plain(Line::Identity, around)
        }
        Ask::Name => plain(Line::IdentityHidden, around),
        Ask::Reach => Saying {
            line: Line::Contact,
            said: Said::AskContact {
                text: words(Line::Contact, &[], around),
            },
        },
        Ask::FiscalCode => plain(Line::FiscalCode, around),
    }
}

/// Asks again for what was not understood.
pub(super) fn again(asked: &Ask, draft: &Draft, around: &Around) -> Saying {
    match asked {
        Ask::Name => plain(Line::IdentityAgain, around),
        Ask::Reach => plain(Line::ContactAgain, around),
        other => question(other, draft, around),
    }
}

/// Asks where it is, below the words of `line`.
pub(super) fn place(line: Line, around: &Around) -> Saying {
    Saying {
        line,
        said: Said::AskLocation {
            text: words(line, &[], around),
        },
    }
}

fn categories(settings: &Settings, around: &Around) -> Saying {
    let row = |category: &super::super::categories::Category| Choosable {
        id: format!("{CATEGORY}{}", category.code),
        title: category.label.clone(),
        description: category.hint.clone(),
    };
    Saying {
        line: Line::Category,
        said: Said::List {
            text: words(Line::Category, &[], around),
            label: Line::CategoryLabel.fill(&[]),
            rows: settings.categories.iter().map(row).collect(),
        },
    }
}

/// Asks which part is wrong.
pub(super) fn correction(draft: &Draft, around: &Around) -> Saying {
    let row = |part: &Part| Choosable {
        id: format!("{FIX}{}", part.key()),
        title: part.label().to_owned(),
        description: None,
    };
    let parts = parts_of(&draft.given);
    Saying {
        line: Line::Correct,
        said: Said::List {
            text: words(Line::Correct, &[], around),
            label: Line::CorrectLabel.fill(&[]),
            rows: parts.iter().map(row).collect(),
        },
    }
}

/// The parts that were given.
pub(super) fn parts_of(given: &Given) -> Vec<Part> {
    let there = |part: &Part| match part {
        Part::Category => given.category.is_some(),
        Part::Place => given.place.is_some(),
        Part::Details => !given.words.is_empty(),
        Part::Photos => !given.photos.is_empty(),
        Part::Extra => !given.answers.is_empty(),
        Part::Name => given.name.is_some(),
        Part::Reach => given.reach.is_some(),
        Part::FiscalCode => given.fiscal_code.is_some(),
    };
    Part::ALL.iter().copied().filter(there).collect()
}

/// Reads everything back.
pub(super) fn summary(draft: &Draft, around: &Around) -> Saying {
    let given = &draft.given;
    let label = category(draft, &around.service.settings).map_or("", |known| &known.label);
    let suggested = given
        .category
        .as_ref()
        .is_some_and(|chosen| chosen.suggested);
    let label = format!(
        "{label}{}",
        if suggested {
            Note::Suggested.fill(&[])
        } else {
            String::new()
        }
    );
    let place = given.place.as_ref().map(Located::label);
    let place = shown(&place.unwrap_or_default(), SHOWN_PLACE);
    let photos = photos(given);
    let reach = given.reach.as_ref().map(reach_of).unwrap_or_default();
    let reach = shown(&reach, SHOWN_REACH);
    let (name, surname) = given
        .name
        .as_ref()
        .map_or(("", ""), |name| (name.name(), name.surname()));
    let (name, surname) = (shown(name, SHOWN_NAME), shown(surname, SHOWN_NAME));
    let other = shown(&other(draft, around), SHOWN_OTHER);
    let text_of = |details: &str| {
        words(
            Line::Summary,
            &[
                ("categoria", &label),
                ("luogo", &place),
                ("testo", details),
                ("foto", &photos),
                ("nome", &name),
                ("cognome", &surname),
                ("recapito", &reach),
                ("altro", &other),
            ],
            around,
        )
    };
    let room = ABOVE_BUTTONS.saturating_sub(units(&text_of("")));
    let details = shown(&given.details().replace('\n', " "), room);
    let button = |command: Command, seen: Option<String>| {
        let id = seen.map_or_else(
            || format!("{COMMAND}{}", command.key()),
            |seen| format!("{COMMAND}{}:{seen}", command.key()),
        );
        Choosable {
            id,
            title: command.button().to_owned(),
            description: None,
        }
    };
    Saying {
        line: Line::Summary,
        said: Said::Buttons {
            text: text_of(&details),
            buttons: vec![
                button(Command::Confirm, Some(digest(given))),
                button(Command::Correct, None),
                button(Command::Cancel, None),
            ],
        },
    }
}

/// The length of `text` as WhatsApp counts.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// So much of `text` as `most` allows.
fn shown(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = |letter: &char| {
        let fits = letter.len_utf16() <= left;
        left = left.saturating_sub(letter.len_utf16());
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// What was read back, in sixteen digits: CONFERMO is of exactly this.
pub(super) fn digest(given: &Given) -> String {
    let written = serde_json::to_vec(given).unwrap_or_default();
    hex::encode(&Sha256::digest(written)[..8])
}

fn photos(given: &Given) -> String {
    let kept = given.photos.len().to_string();
    if given.photos_beyond == 0 {
        return kept;
    }
    let beyond = given.photos_beyond.to_string();
    kept + &Note::PhotosBeyond.fill(&[("numero", &beyond)])
}

fn reach_of(reach: &Reach) -> String {
    match reach {
        Reach::ThisNumber => Note::ThisNumber.fill(&[]),
        Reach::Phone(phone) => phone.e164(),
        Reach::Email(email) => email.as_str().to_owned(),
    }
}

/// What only some have: the answers, the codice fiscale, the border.
fn other(draft: &Draft, around: &Around) -> String {
    let given = &draft.given;
    let mut other = String::new();
    let questions =
        category(draft, &around.service.settings).map_or(&[][..], |known| &known.questions);
    for question in questions {
        if let Some(answer) = given.answers.get(&question.code) {
            let unknown = Note::Unknown.fill(&[]);
            let answer = if answer.is_empty() { &unknown } else { answer };
            let values = [("domanda", question.text.as_str()), ("risposta", answer)];
            other.push_str(&Note::Answer.fill(&values));
        }
    }
    match &given.fiscal_code {
        Some(Declared::Checked(code)) => {
            other.push_str(&Note::FiscalCode.fill(&[("codice", code.as_str())]));
        }
        Some(Declared::Odd(code)) => {
            other.push_str(&Note::FiscalCodeOdd.fill(&[("codice", code)]));
        }
        None => {}
    }
    if at_the_border(given) {
        other.push_str(&Note::Border.fill(&[]));
    }
    if given.words_beyond {
        other.push_str(&Note::WordsBeyond.fill(&[]));
    }
    other
}

fn at_the_border(given: &Given) -> bool {
    let place = given.place.as_ref();
    place.and_then(|place| place.whereabouts) == Some(Whereabouts::Border)
}

/// Reminds of what is `missing`.
pub(super) fn reminder(asked: Option<&Ask>, lapses_at: Option<Instant>, around: &Around) -> Saying {
    let what = asked.map_or(Command::Confirm.button(), missing);
    let date = lapses_at.map(|at| date(at, around)).unwrap_or_default();
    let text = words(
        Line::Incomplete,
        &[("campo", what), ("data", &date)],
        around,
    );
    Saying {
        line: Line::Incomplete,
        said: Said::Text(text),
    }
}

/// The receipt of what was `filed` as `codice`; `linked` if somebody else has reported it already. It attests the presentation
/// (L. 241/1990, art. 18-bis) and says what it is not (Montanaro, art. 6.5).
pub fn receipt(filed: &Filed, codice: Codice, linked: bool, around: &Around) -> Saying {
    let civil = around.tenant.time_zone.civil(filed.presented_at);
    let mut other = String::new();
    if at_the_border(&filed.draft.given) && filed.draft.is_confirmed() {
        other.push_str(&Note::Border.fill(&[]));
    }
    if linked {
        other.push_str(&Note::Linked.fill(&[]));
    }
    let text = words(
        Line::Received,
        &[
            ("data", &date(filed.presented_at, around)),
            ("ora", &civil.strftime("%H:%M").to_string()),
            ("codice", &codice.to_string()),
            ("altro", &other),
        ],
        around,
    );
    Saying {
        line: Line::Received,
        said: Said::Text(text),
    }
}

/// It was added to `codice`.
pub(super) fn supplement(codice: Codice, around: &Around) -> Saying {
    let codice = codice.to_string();
    Saying {
        line: Line::Supplement,
        said: Said::Text(words(Line::Supplement, &[("codice", &codice)], around)),
    }
}

fn date(at: Instant, around: &Around) -> String {
    let civil = around.tenant.time_zone.civil(at);
    civil.strftime("%d/%m/%Y").to_string()
}
