//! The answer to an office: what was understood, and a code per request; or exactly what is missing, and how to write it.
//! The words are data (`texts/it.json`).

use super::dates::written;
use super::handle::Handled;
use super::read::short;
use super::{Assumed, FoundRequest, ReceivedMail, Series};
use crate::email::EmailAddress;
use crate::ids::NoticeId;
use crate::letter::Letter;
use crate::notice::{Field, FieldProblem, Kind};
use crate::tenant::Tenant;
use crate::texts;

/// What an answer tells.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told<'a> {
    /// What becomes of each request.
    Requests(&'a [Option<NoticeId>]),
    /// There is none.
    NothingFound,
    /// There are more than so many.
    TooMany(usize),
}

/// Longest value that is repeated to the office, in characters.
const LONGEST_VALUE: usize = 1_200;
/// Longest subject that is repeated, in characters.
const LONGEST_SUBJECT: usize = 150;
/// Most attachments that are named.
const MOST_ATTACHMENTS: usize = 20;

/// The answer to `mail`; `None` if a letter cannot be made of it.
pub(super) fn answer(
    mail: &ReceivedMail,
    to: &EmailAddress,
    handled: &Handled,
    told: Told,
    tenant: &Tenant,
) -> Option<Letter> {
    let subject = super::parts::clean_subject(&mail.subject);
    let subject = short(&subject, LONGEST_SUBJECT);
    let said = if subject.is_empty() {
        say("mail.no_subject", &[])
    } else {
        subject
    };
    let body = body(mail, &said, handled, told, tenant);
    let id = format!("inbox#{}#answer", handled.digest).parse().ok()?;
    let letter = Letter::new(
        id,
        vec![to.clone()],
        say("mail.subject", &[("oggetto", &said)]),
        &body,
    );
    let letter = letter.ok()?;
    Some(match &mail.message_id {
        Some(message_id) => letter.answering(message_id),
        None => letter,
    })
}

fn say(key: &'static str, values: &[(&str, &str)]) -> String {
    texts::italian().staff(key, values)
}

fn body(
    mail: &ReceivedMail,
    subject: &str,
    handled: &Handled,
    told: Told,
    tenant: &Tenant,
) -> String {
    let requests = &handled.reading.requests;
    let mut paragraphs = vec![say("mail.greeting", &[("oggetto", subject)])];
    if let Some(from) = handled.reading.forwarded_from.as_deref() {
        paragraphs.push(match from {
            "" => say("mail.forwarded", &[]),
            from => say("mail.forwarded_from", &[("mittente", from)]),
        });
    }
    let mut is_missing = false;
    match told {
        Told::NothingFound => {
            is_missing = true;
            paragraphs.push(say("mail.nothing_found", &[]));
        }
        Told::TooMany(limit) => paragraphs.push(say(
            "mail.too_many",
            &[
                ("numero", &requests.len().to_string()),
                ("limite", &limit.to_string()),
            ],
        )),
        Told::Requests(filed) => {
            if requests.len() > 1 {
                let number = requests.len().to_string();
                paragraphs.push(say("mail.several", &[("numero", &number)]));
            }
            for (place, (request, filed)) in requests.iter().zip(filed).enumerate() {
                is_missing |= filed.is_none();
                paragraphs.push(paragraph(place + 1, request, filed.as_ref(), tenant));
            }
        }
    }
    if !mail.attachments.is_empty() {
        paragraphs.push(attachments(mail));
    }
    if is_missing {
        let host = tenant.news_hosts.first().map_or("", String::as_str);
        paragraphs.push(say("mail.how_to", &[("host", host)]));
    }
    if !handled.applied.is_empty() {
        paragraphs.push(say("mail.what_next", &[]));
    }
    paragraphs.push(say("mail.leave", &[("comune", &tenant.comune)]));
    let mut body = paragraphs.join("\n\n");
    body.push('\n');
    body
}

fn attachments(mail: &ReceivedMail) -> String {
    let names = mail.attachments.iter().take(MOST_ATTACHMENTS);
    let names: Vec<String> = names.map(|file| short(&file.name, 100)).collect();
    say("mail.attachments", &[("allegati", &names.join(", "))])
}

/// What becomes of one request.
fn paragraph(
    number: usize,
    request: &FoundRequest,
    filed: Option<&NoticeId>,
    tenant: &Tenant,
) -> String {
    let number = number.to_string();
    let head = match filed {
        Some(id) => say(
            "mail.filed",
            &[("numero", &number), ("codice", id.as_str())],
        ),
        None if request.problems.is_empty() => say("mail.held", &[("numero", &number)]),
        None => say("mail.incomplete", &[("numero", &number)]),
    };
    let mut lines = vec![head];
    for (field, problem) in &request.problems {
        let other_weekday = request
            .assumed
            .iter()
            .find(|assumed| is_other_weekday(assumed));
        let wrong = match (field, other_weekday) {
            (Field::WantedAt, Some(assumed)) => remark(assumed),
            _ => wrong(*field, problem),
        };
        lines.push(say(
            "mail.problem",
            &[("campo", &name(*field)), ("motivo", &wrong)],
        ));
    }
    if let Some(series) = series(request, filed.is_some()) {
        lines.push(series);
    }
    lines.push(say("mail.understood", &[]));
    for (field, value) in understood(request, tenant) {
        let value = short(&value, LONGEST_VALUE);
        lines.push(say(
            "mail.value",
            &[("campo", &name(field)), ("valore", &value)],
        ));
    }
    let remarks = request
        .assumed
        .iter()
        .filter(|assumed| !is_other_weekday(assumed));
    lines.extend(remarks.map(|assumed| say("mail.remark", &[("nota", &remark(assumed))])));
    lines.join("\n")
}

fn is_other_weekday(assumed: &Assumed) -> bool {
    matches!(assumed, Assumed::OtherWeekday { .. })
}

/// The values of a request as a person reads them; those that are missing are not among them.
fn understood(request: &FoundRequest, tenant: &Tenant) -> Vec<(Field, String)> {
    let input = &request.input;
    let kind = input.kind.as_deref().map(kind_written);
    let values = [
        (Field::Title, input.title.clone()),
        (
            Field::WantedAt,
            input.wanted_at.as_deref().map(hour_written),
        ),
        (Field::Text, input.text.clone()),
        (Field::Link, input.link.clone()),
        (Field::Office, input.office.clone()),
        (Field::Kind, kind),
        (
            Field::UsefulUntil,
            input.useful_until.as_deref().map(hour_written),
        ),
    ];
    let preview = request.draft.as_ref().map(|draft| draft.preview(tenant));
    values
        .into_iter()
        .filter_map(|(field, value)| Some((field, value?)))
        // Of a whole request the office reads the very words that citizens will.
        .map(|(field, value)| match (&preview, field) {
            (Some(preview), Field::Text) => (field, preview.clone()),
            _ => (field, value),
        })
        .collect()
}

fn hour_written(value: &str) -> String {
    value.parse::<jiff::civil::DateTime>().map_or_else(
        |_| value.to_owned(),
        |at| {
            let hour = at.strftime("%-H:%M").to_string();
            say(
                "mail.hour",
                &[("giorno", &written(at.date())), ("ora", &hour)],
            )
        },
    )
}

/// A kind as a person reads it; what is none as it stands.
fn kind_written(value: &str) -> String {
    let key = match value {
        "evento" => "mail.kind.evento",
        "pubblica_utilita" => "mail.kind.pubblica_utilita",
        "scadenza" => "mail.kind.scadenza",
        "emergenza" => "mail.kind.emergenza",
        "altro" => "mail.kind.altro",
        other => return other.to_owned(),
    };
    say(key, &[])
}

fn name(field: Field) -> String {
    say(
        match field {
            Field::Title => "mail.field.title",
            Field::Text => "mail.field.text",
            Field::Link => "mail.field.link",
            Field::WantedAt => "mail.field.wanted_at",
            Field::UsefulUntil => "mail.field.useful_until",
            Field::Office => "mail.field.office",
            Field::Kind => "mail.field.kind",
            Field::Corrects => "mail.field.corrects",
        },
        &[],
    )
}

/// What is wrong with a field, and how to write it in a mail: the words of the API speak of its own forms.
fn wrong(field: Field, problem: &FieldProblem) -> String {
    match (field, problem) {
        (Field::WantedAt | Field::UsefulUntil, FieldProblem::Missing) => {
            say("mail.missing.wanted_at", &[])
        }
        (Field::Text, FieldProblem::Missing) => say("mail.missing.text", &[]),
        (Field::Link, FieldProblem::Missing) => say("mail.missing.link", &[]),
        (_, FieldProblem::NotADate) => say("mail.not_a_date", &[]),
        (Field::Kind, FieldProblem::UnknownKind) => say("mail.unknown_kind", &[]),
        (_, problem) => {
            let (key, values) = problem.words();
            let values: Vec<(&str, &str)> = values
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            say(key, &values)
        }
    }
}

fn series(request: &FoundRequest, is_filed: bool) -> Option<String> {
    match request.series? {
        Series::First => Some(say("mail.series.first", &[])),
        Series::Spaced { days } => {
            Some(say("mail.series.spaced", &[("giorni", &days.to_string())]))
        }
        Series::TooClose { days, at_least } => {
            let key = if is_filed {
                "mail.series.reason"
            } else {
                "mail.series.too_close"
            };
            let reason = request.reason.as_deref().unwrap_or_default();
            Some(say(
                key,
                &[
                    ("giorni", &days.to_string()),
                    ("minimo", &at_least.to_string()),
                    ("motivo", reason),
                ],
            ))
        }
    }
}

fn remark(assumed: &Assumed) -> String {
    match assumed {
        Assumed::DefaultHour(hour) => say("mail.assumed.hour", &[("ora", hour)]),
        Assumed::NextYear(date) => say("mail.assumed.year", &[("giorno", &written(*date))]),
        Assumed::OtherWeekday {
            written: said,
            date,
        } => say(
            "mail.assumed.weekday",
            &[("scritto", said), ("giorno", &written(*date))],
        ),
        Assumed::OneNoticeAtTheStart { last } => {
            say("mail.assumed.start", &[("ultimo", &written(*last))])
        }
        Assumed::OnlyTheFirstDay => say("mail.assumed.first_day", &[]),
        Assumed::TitleFromSubject => say("mail.assumed.title", &[]),
        Assumed::KindGuessed(key) => say("mail.assumed.kind", &[("tipologia", &kind_written(key))]),
        Assumed::KindUnknown => say(
            "mail.assumed.no_kind",
            &[("tipologia", &kind_written(Kind::Altro.key()))],
        ),
        Assumed::LinkTakenOutOfText => say("mail.assumed.link_in_text", &[]),
        Assumed::LinkFound => say("mail.assumed.link_found", &[]),
        Assumed::Aside(text) => say("mail.assumed.aside", &[("testo", text)]),
    }
}
