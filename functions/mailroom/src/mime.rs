//! A mail as SES stored it, decoded: who, what, and what SES saw of where it comes from.

use domain::Instant;
use domain::email::EmailAddress;
use domain::mail::{Attachment, Enclosed, Origin, ReceivedMail};
use mail_parser::{Address, Header, HeaderName, Message, MessageParser, MimeHeaders, PartType};

use crate::html;

/// How deep a mail may be attached to others.
const DEEPEST: usize = 4;
/// Most mails that are read of those attached.
const MOST_ENCLOSED: usize = 20;
/// Longest text that is read, in bytes: no request is longer, and what is attached is not text.
const LONGEST_TEXT: usize = 1024 * 1024;

/// The mail in `bytes`, which came in at `received_at`; `None` if it is none.
pub fn open(bytes: &[u8], received_at: Instant) -> Option<(ReceivedMail, Origin)> {
    let message = MessageParser::default().parse(bytes)?;
    let mut enclosed = Vec::new();
    let mut attachments = Vec::new();
    list(&message, 0, &mut enclosed, &mut attachments);
    let mail = ReceivedMail {
        from: from(&message),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: text(&message),
        enclosed,
        attachments,
        received_at,
        message_id: message.message_id().map(str::to_owned),
    };
    Some((mail, origin(&message, bytes)))
}

/// The one address that the mail says it is from; of several, or of several headers, none is believed.
fn from(message: &Message) -> Option<EmailAddress> {
    let mut headers = message.header_values(HeaderName::From);
    let (first, second) = (headers.next()?, headers.next());
    let Some(Address::List(list)) = first.as_address() else {
        return None;
    };
    match (second, list.as_slice()) {
        (None, [one]) => one.address()?.parse().ok(),
        _ => None,
    }
}

/// The text: the plain one, or that of the HTML, which alone has the tables in order.
fn text(message: &Message) -> String {
    let html = || {
        let parts = message.html_bodies().filter_map(|part| match &part.body {
            PartType::Html(html) => Some(html::text(cut(html))),
            PartType::Text(text) => Some(cut(text).to_owned()),
            _ => None,
        });
        parts.collect::<Vec<_>>().join("\n")
    };
    let has_table = message.html_bodies().any(|part| {
        matches!(&part.body, PartType::Html(html) if html.to_ascii_lowercase().contains("<table"))
    });
    if has_table {
        return html();
    }
    let plain = message.text_bodies().filter_map(|part| match &part.body {
        PartType::Text(text) => Some(cut(text).to_owned()),
        PartType::Html(html) => Some(html::text(cut(html))),
        _ => None,
    });
    let plain = plain.collect::<Vec<_>>().join("\n");
    if plain.trim().is_empty() {
        html()
    } else {
        plain
    }
}

fn cut(text: &str) -> &str {
    let end = (0..=LONGEST_TEXT.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

/// Lists what is attached, and reads the mails among it.
fn list(
    message: &Message,
    depth: usize,
    enclosed: &mut Vec<Enclosed>,
    attachments: &mut Vec<Attachment>,
) {
    for part in message.attachments() {
        if let Some(inner) = part.message()
            && depth < DEEPEST
            && enclosed.len() < MOST_ENCLOSED
        {
            enclosed.push(Enclosed {
                from: from(inner),
                subject: inner.subject().unwrap_or_default().to_owned(),
                text: text(inner),
            });
            list(inner, depth + 1, enclosed, attachments);
        } else {
            let kind = part.content_type().map(|kind| {
                let subtype = kind.subtype().unwrap_or_default();
                format!("{}/{subtype}", kind.ctype())
            });
            let name = part.attachment_name().unwrap_or_default();
            attachments.push(Attachment {
                name: name.chars().take(200).filter(|c| !c.is_control()).collect(),
                kind: kind.unwrap_or_default().chars().take(100).collect(),
                size: part.len(),
            });
        }
    }
}

/// What SES wrote. It puts its headers on top; from the second `Received` on, all is the sender's.
fn origin(message: &Message, bytes: &[u8]) -> Origin {
    let headers = message.headers();
    let mut hops = headers
        .iter()
        .enumerate()
        .filter(|(_, header)| header.name == HeaderName::Received);
    let end = hops.nth(1).map_or(headers.len(), |(at, _)| at);
    let ours = |name: &str| value(&headers[..end], name, bytes);
    let anywhere = |name: &str| value(headers, name, bytes);
    let submitted = anywhere("Auto-Submitted").unwrap_or_default();
    let precedence = anywhere("Precedence").unwrap_or_default();
    let is_automatic = !(submitted.is_empty() || submitted.eq_ignore_ascii_case("no"))
        || ["bulk", "junk", "auto_reply"]
            .iter()
            .any(|kind| precedence.eq_ignore_ascii_case(kind))
        || anywhere("Return-Path").as_deref() == Some("<>");
    Origin {
        spam: ours("X-SES-Spam-Verdict"),
        virus: ours("X-SES-Virus-Verdict"),
        results: ours("Authentication-Results"),
        is_automatic,
    }
}

/// The value of the topmost header `name`, on one line.
fn value(headers: &[Header], name: &str, bytes: &[u8]) -> Option<String> {
    let found = headers
        .iter()
        .find(|header| header.name.as_str().eq_ignore_ascii_case(name))?;
    let range = found.offset_start as usize..found.offset_end as usize;
    let text = String::from_utf8_lossy(bytes.get(range)?).into_owned();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}
