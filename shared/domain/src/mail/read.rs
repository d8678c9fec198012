//! What a mail holds: each block of labelled values as a request, with what is missing.

use jiff::civil::{Date, DateTime, Time};
use url::Url;

use super::blocks::{Block, blocks};
use super::dates::{When, weekday_written, when};
use super::parts::{Part, parts};
use super::series::in_series;
use super::words::{Label, is_one, italian};
use super::{Assumed, FoundRequest, Mailbox, Reading, ReceivedMail};
use crate::Instant;
use crate::keyword::fold;
use crate::notice::{Draft, DraftInput};
use crate::tenant::Tenant;

/// Longest title that a subject gives, in characters: a line of the register.
const LONGEST_TITLE: usize = 120;
/// Longest value that is handed to the check of a day, in characters: what is longer is no day anyway.
const LONGEST_DAY: usize = 32;
/// Longest remark and reason, in characters.
const LONGEST_REMARK: usize = 500;

/// What `mail` holds, read at `now`.
pub fn read(mail: &ReceivedMail, tenant: &Tenant, now: Instant) -> Reading {
    let reader = Reader {
        today: tenant.time_zone.civil(mail.received_at).date(),
        office: office(mail, tenant),
        mailbox: tenant.mailbox.as_ref(),
        tenant,
        now,
    };
    let own = reader.found_in(&parts(&mail.subject, &mail.text));
    let (part, mut requests) = own.unwrap_or_else(|| reader.found_in_enclosed(mail));
    let spaced_days = reader.mailbox.map_or(0, |mailbox| mailbox.spaced_days);
    in_series(&mut requests, spaced_days);
    Reading {
        requests,
        forwarded_from: part.passed_on_from,
    }
}

fn office(mail: &ReceivedMail, tenant: &Tenant) -> Option<String> {
    let sender = tenant.mailbox.as_ref()?.sender(mail.from.as_ref()?)?;
    Some(sender.office.clone())
}

struct Reader<'a> {
    today: Date,
    office: Option<String>,
    mailbox: Option<&'a Mailbox>,
    tenant: &'a Tenant,
    now: Instant,
}

impl Reader<'_> {
    /// The outermost part that holds requests, and these. A part with no more than a link counts where no other has more.
    fn found_in(&self, parts: &[Part]) -> Option<(Part, Vec<FoundRequest>)> {
        let read: Vec<(&Part, Vec<Block>)> = parts
            .iter()
            .map(|part| {
                let mut blocks = blocks(&part.lines);
                blocks.retain(|block| is_labelled(block) || self.loose_link(block).is_some());
                (part, blocks)
            })
            .collect();
        let labelled = read
            .iter()
            .find(|(_, blocks)| blocks.iter().any(is_labelled));
        let (part, blocks) =
            labelled.or_else(|| read.iter().find(|(_, blocks)| !blocks.is_empty()))?;
        let requests = blocks
            .iter()
            .map(|block| self.request(block, &part.subject));
        Some(((*part).clone(), requests.collect()))
    }

    fn found_in_enclosed(&self, mail: &ReceivedMail) -> (Part, Vec<FoundRequest>) {
        let mut whole = (Part::default(), Vec::new());
        for enclosed in &mail.enclosed {
            if let Some((_, requests)) = self.found_in(&parts(&enclosed.subject, &enclosed.text)) {
                let from = enclosed.from.as_ref().map_or("", |from| from.as_str());
                whole.0.passed_on_from.get_or_insert(from.to_owned());
                whole.1.extend(requests);
            }
        }
        whole
    }

    fn request(&self, block: &Block, subject: &str) -> FoundRequest {
        let mut assumed = Vec::new();
        let (text, link) = self.text_and_link(block, &mut assumed);
        let title = block
            .value(Label::Title)
            .or_else(|| block.heading.clone())
            .or_else(|| title_of(subject, &mut assumed));
        let input = DraftInput {
            kind: Some(kind(block, title.as_deref(), text.as_deref(), &mut assumed)),
            wanted_at: block
                .value(Label::WantedAt)
                .map(|value| self.hour(&value, &mut assumed)),
            useful_until: block
                .value(Label::UsefulUntil)
                .map(|value| self.end(&value)),
            office: block.value(Label::Office).or_else(|| self.office.clone()),
            title,
            text,
            link,
            ..DraftInput::default()
        };
        if let Some(remark) = block.value(Label::Aside) {
            assumed.push(Assumed::Aside(short(&remark, LONGEST_REMARK)));
        }
        let (draft, problems) = match Draft::check(&input, self.tenant, self.now) {
            Ok(draft) => (Some(draft), Vec::new()),
            Err(invalid) => (None, invalid.0),
        };
        FoundRequest {
            input,
            draft,
            problems,
            assumed,
            reason: block
                .value(Label::Reason)
                .map(|reason| short(&reason, LONGEST_REMARK)),
            series: None,
        }
    }

    /// The wanted hour as the check takes it; what is none as it stands, for the check to refuse.
    fn hour(&self, value: &str, assumed: &mut Vec<Assumed>) -> String {
        let Some(found) = when(value, self.today) else {
            return short(value, LONGEST_DAY);
        };
        if let Some(weekday) = found.other_weekday {
            // Which of the two is meant, only the office knows.
            assumed.push(Assumed::OtherWeekday {
                written: weekday_written(weekday).to_owned(),
                date: found.date,
            });
            return short(value, LONGEST_DAY);
        }
        self.assume(&found, assumed);
        let time = found.time.unwrap_or_else(|| self.default_hour());
        civil(DateTime::from_parts(found.date, time))
    }

    fn assume(&self, found: &When, assumed: &mut Vec<Assumed>) {
        if found.time.is_none() {
            let hour = self.default_hour();
            assumed.push(Assumed::DefaultHour(hour.strftime("%-H:%M").to_string()));
        }
        if found.is_year_inferred && found.date.year() != self.today.year() {
            assumed.push(Assumed::NextYear(found.date));
        }
        if let Some(last) = found.last {
            assumed.push(Assumed::OneNoticeAtTheStart { last });
        }
        if found.has_others {
            assumed.push(Assumed::OnlyTheFirstDay);
        }
    }

    fn default_hour(&self) -> Time {
        let ten = Time::constant(10, 0, 0, 0);
        self.mailbox.map_or(ten, |mailbox| mailbox.default_hour)
    }

    /// Until when it is of use: a day means all of it.
    fn end(&self, value: &str) -> String {
        when(value, self.today).map_or_else(
            || short(value, LONGEST_DAY),
            |found| {
                let day = found.last.unwrap_or(found.date);
                let time = found.time.unwrap_or(Time::constant(23, 59, 0, 0));
                civil(DateTime::from_parts(day, time))
            },
        )
    }

    fn text_and_link(
        &self,
        block: &Block,
        assumed: &mut Vec<Assumed>,
    ) -> (Option<String>, Option<String>) {
        let lines = block
            .values
            .get(&Label::Text)
            .map_or(&[][..], Vec::as_slice);
        let (mut text, in_text) = without_last_link(lines);
        let labelled = block
            .values
            .get(&Label::Link)
            .filter(|lines| !lines.is_empty());
        let link = labelled.map(|lines| {
            // What was broken at the end of a full line is one address.
            let whole = lines.concat();
            first_link(&whole).unwrap_or(whole)
        });
        if in_text.is_some() {
            assumed.push(Assumed::LinkTakenOutOfText);
        }
        let link = link.or(in_text).or_else(|| {
            let found = lines
                .iter()
                .find_map(|line| first_link(line))
                .or_else(|| self.loose_link(block));
            found.inspect(|_| assumed.push(Assumed::LinkFound))
        });
        if let Some(quoted) = unquoted(&text) {
            text = quoted;
        }
        ((!text.is_empty()).then_some(text), link)
    }

    /// The first link among the other lines that leads to a page of the comune.
    fn loose_link(&self, block: &Block) -> Option<String> {
        let links = block
            .loose
            .iter()
            .chain(&block.heading)
            .filter_map(|line| first_link(line));
        links.into_iter().find(|link| {
            Url::parse(link).is_ok_and(|url| {
                let ours = |host: &str| self.tenant.news_hosts.iter().any(|known| known == host);
                url.host_str().is_some_and(ours) && (url.path() != "/" || url.query().is_some())
            })
        })
    }
}

fn is_labelled(block: &Block) -> bool {
    [Label::WantedAt, Label::Text, Label::Link]
        .iter()
        .any(|label| block.values.contains_key(label))
}

fn title_of(subject: &str, assumed: &mut Vec<Assumed>) -> Option<String> {
    let title = short(subject, LONGEST_TITLE);
    (!title.is_empty()).then(|| {
        assumed.push(Assumed::TitleFromSubject);
        title
    })
}

fn kind(
    block: &Block,
    title: Option<&str>,
    text: Option<&str>,
    assumed: &mut Vec<Assumed>,
) -> String {
    let words = italian();
    if let Some(value) = block.value(Label::Kind) {
        return words
            .kind(&value)
            .map_or_else(|| short(&value, LONGEST_DAY), str::to_owned);
    }
    let said = [title, text].map(Option::unwrap_or_default).join(" ");
    if let Some(key) = words.guess(&said) {
        assumed.push(Assumed::KindGuessed(key.to_owned()));
        return key.to_owned();
    }
    assumed.push(Assumed::KindUnknown);
    crate::notice::Kind::Altro.key().to_owned()
}

fn civil(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The first `most` characters of `text`.
pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.trim().to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// The draft as one paragraph, without a link that stands at its end or on a line of its own; and that link.
fn without_last_link(lines: &[String]) -> (String, Option<String>) {
    let mut link = None;
    let mut words: Vec<&str> = Vec::new();
    for line in lines {
        let alone = line.trim().trim_matches(['<', '>']);
        if is_link(alone) && !alone.contains(' ') {
            link = link.or_else(|| first_link(alone));
        } else {
            words.extend(line.split_whitespace());
        }
    }
    while let Some(last) = words.last().filter(|last| is_link(last)) {
        link = link.or_else(|| first_link(last));
        words.pop();
    }
    if link.is_some() {
        while let Some(shorter) = without_introduction(&words) {
            words.truncate(shorter);
        }
    }
    (words.join(" "), link)
}

/// How many words are left without "Info:" or "Per informazioni" at the end.
fn without_introduction(words: &[&str]) -> Option<usize> {
    if words.last().is_some_and(|last| fold(last).is_empty()) {
        return Some(words.len() - 1);
    }
    (1..=4.min(words.len())).rev().find_map(|count| {
        let start = words.len() - count;
        let begins = start == 0 || words[start - 1].ends_with(['.', '!', '?', ';', ':', '-', '–']);
        let introduction = fold(&words[start..].join(" "));
        (begins && is_one(&introduction, &italian().link_introductions)).then_some(start)
    })
}

fn is_link(word: &str) -> bool {
    let lower = word.trim_start_matches(['<', '(', '[']).to_lowercase();
    ["http://", "https://", "www."]
        .iter()
        .any(|start| lower.starts_with(start))
}

/// The first address of a page in `text`.
fn first_link(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let start = ["http://", "https://", "www."]
        .iter()
        .filter_map(|start| lower.find(start))
        .min()?;
    let rest = &text[start..];
    let ends = |c: char| c.is_whitespace() || "<>\"'»”’|".contains(c);
    let link = rest[..rest.find(ends).unwrap_or(rest.len())]
        .trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '*', '_']);
    let link = if lower[start..].starts_with("www.") {
        format!("https://{link}")
    } else {
        link.to_owned()
    };
    Some(unwrapped(&link).unwrap_or(link))
}

/// The address behind one that Outlook has put its own before.
fn unwrapped(link: &str) -> Option<String> {
    let url = Url::parse(link).ok()?;
    url.host_str()?
        .ends_with(".safelinks.protection.outlook.com")
        .then_some(())?;
    let (_, behind) = url.query_pairs().find(|(name, _)| name == "url")?;
    Some(behind.into_owned())
}

/// What stands between quotation marks, where they are around the whole.
fn unquoted(text: &str) -> Option<String> {
    let pairs = [('"', '"'), ('“', '”'), ('«', '»'), ('\'', '\'')];
    pairs.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inner.contains([*open, *close])).then(|| inner.trim().to_owned())
    })
}
