//! A telephone: what a citizen does with it, and what is said to them.

use std::fmt::Write;

use serde_json::{Value, json};

use super::super::*;
use crate::contact::Contact;
use crate::conversation::{Choosable, Heard, Media, MediaKind, Position, What};
use crate::segnalazione::territory::Territory;
use crate::tenant::Tenant;

/// In the middle of Montanaro.
pub(crate) const HERE: (f64, f64) = (45.2345, 7.85);
/// In the middle of Chivasso.
const ELSEWHERE: (f64, f64) = (45.1903, 7.8876);

pub(crate) fn montanaro() -> (Tenant, Service) {
    let settings = include_str!("../../../../../../infra/tenants/montanaro.segnalazioni.yaml");
    let boundary = include_str!("../../../../../../infra/tenants/boundaries/montanaro.geojson");
    let tenant = Tenant {
        comune: "Montanaro".to_owned(),
        receive_only: false,
        ..crate::tenant::tests::rubano()
    };
    let service = Service {
        settings: serde_yaml_ng::from_str(settings).unwrap(),
        territory: Territory::read(boundary, 150).unwrap(),
    };
    (tenant, service)
}

/// A conversation.
pub(crate) struct Chat {
    tenant: Tenant,
    pub(crate) service: Service,
    pub(crate) number_shown: bool,
    pub(crate) dialogue: Dialogue,
    /// Seconds since it began.
    pub(crate) now: i64,
    heard: u32,
    look_at: Option<Instant>,
    /// What was said, the last one last.
    pub(crate) said: Vec<Saying>,
    pub(crate) filed: Vec<Filed>,
    pub(crate) fetched: Vec<Photo>,
    pub(crate) supplements: Vec<Supplement>,
    transcript: String,
}

impl Chat {
    pub(crate) fn new() -> Self {
        let (tenant, service) = montanaro();
        Self {
            tenant,
            service,
            number_shown: true,
            dialogue: Dialogue::default(),
            now: 0,
            heard: 0,
            look_at: None,
            said: Vec::new(),
            filed: Vec::new(),
            fetched: Vec::new(),
            supplements: Vec::new(),
            transcript: String::new(),
        }
    }

    /// With the form.
    pub(crate) fn with_form() -> Self {
        let mut chat = Self::new();
        chat.service.settings.form = Some(super::super::super::settings::Form {
            id: "8123".to_owned(),
            screen: "SEGNALAZIONE".to_owned(),
        });
        chat
    }

    pub(crate) fn at(&self) -> Instant {
        Instant::from_second(1_795_000_000 + self.now).unwrap()
    }

    fn step(&mut self, decide: impl FnOnce(&Dialogue, &Around) -> Option<Step>) {
        let around = Around {
            tenant: &self.tenant,
            service: &self.service,
            number_shown: self.number_shown,
            now: self.at(),
        };
        let Some(step) = decide(&self.dialogue, &around) else {
            self.transcript.push_str("< (niente da segnalare)\n");
            return;
        };
        let mut say = step.say;
        self.dialogue = step.next;
        if step.look_at.is_some() {
            self.look_at = step.look_at;
        }
        self.fetched.extend(step.fetch);
        self.supplements.extend(step.supplement);
        if let Some(filed) = step.filed {
            assert!(say.is_none(), "the receipt is what is said");
            let codice: Codice = format!("SEG-2026-{:06}", self.filed.len() + 1)
                .parse()
                .unwrap();
            say = Some(receipt(&filed, codice, false, &around));
            self.dialogue = Dialogue::Resting {
                last: Some(Last {
                    codice,
                    at: filed.presented_at,
                }),
            };
            self.filed.push(filed);
        }
        if let Some(say) = say {
            writeln!(self.transcript, "< {}", rendered(&say.said)).unwrap();
            self.said.push(say);
        }
    }

    pub(crate) fn hear(&mut self, what: What) {
        self.now += 1;
        self.heard += 1;
        self.hear_as(self.heard, what);
    }

    /// Hears what WhatsApp calls message `n`.
    pub(crate) fn hear_as(&mut self, n: u32, what: What) {
        let contact = Contact::new(None, "IT.8Kd02LmQ".parse().ok()).unwrap();
        let heard = Heard {
            id: format!("wamid.{n:04}").parse().unwrap(),
            at: self.at(),
            contact,
            what,
        };
        self.step(|dialogue, around| hear(dialogue, &heard, around));
    }

    /// Nothing more comes for a while.
    pub(crate) fn wait(&mut self) {
        if let Some(at) = self.look_at.take() {
            self.now = at.as_second() - 1_795_000_000;
            self.step(|dialogue, around| Some(pause_over(dialogue.clone(), around)));
        }
    }

    /// Hours of silence.
    pub(crate) fn silence(&mut self, hours: i64) {
        self.now += hours * 3600;
        self.step(|dialogue, around| Some(due(dialogue.clone(), around)));
    }

    /// What a citizen does, in one line: words, `[foto]`, `[foto: words below it]`, `[posizione]`, `[posizione a Chivasso]`,
    /// `[voce]`, `[tocca TITLE]`, `[modulo {…}]`.
    pub(crate) fn does(&mut self, line: &str) {
        writeln!(self.transcript, "> {line}").unwrap();
        let what = self.what(line);
        self.hear(what);
    }

    fn what(&self, line: &str) -> What {
        let Some(action) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        else {
            return What::Words(line.to_owned());
        };
        let media = |kind, caption: Option<&str>| {
            What::Media(Media {
                id: format!("media-{}", self.heard),
                kind,
                mime: None,
                sha256: None,
                caption: caption.map(str::to_owned),
            })
        };
        let position = |(lat, lon)| {
            What::Position(Position {
                lat,
                lon,
                name: None,
                address: None,
            })
        };
        match action.split_once(' ').unwrap_or((action, "")) {
            ("foto", "") => media(MediaKind::Image, None),
            ("foto:", caption) => media(MediaKind::Image, Some(caption)),
            ("voce", _) => media(MediaKind::Audio, None),
            ("posizione", "") => position(HERE),
            ("posizione", _) => position(ELSEWHERE),
            ("tocca", title) => self.tap(title),
            ("modulo", fields) => What::FlowAnswer {
                token: self.token(),
                fields: serde_json::from_str(fields).unwrap(),
            },
            other => panic!("{other:?}"),
        }
    }

    /// A tap on what is called `title` in the last message that has it.
    pub(crate) fn tap(&self, title: &str) -> What {
        let said = self.said.iter().rev();
        let mut choices = said.flat_map(|saying| choices(&saying.said));
        let choice = choices.find(|choice| choice.title == title).unwrap();
        What::Choice {
            id: Some(choice.id.clone()),
            title: choice.title.clone(),
        }
    }

    /// The token of the last form.
    pub(crate) fn token(&self) -> Option<String> {
        self.said
            .iter()
            .rev()
            .find_map(|saying| match &saying.said {
                Said::Flow { token, .. } => Some(token.clone()),
                _ => None,
            })
    }

    /// The conversation as both sides read it.
    pub(crate) fn transcript(mut self, lines: &[&str]) -> String {
        for line in lines {
            match *line {
                "…" => self.wait(),
                line => match line.strip_suffix(" ore di silenzio") {
                    Some(hours) => {
                        writeln!(self.transcript, "({line})").unwrap();
                        self.silence(hours.parse().unwrap());
                    }
                    None => self.does(line),
                },
            }
        }
        writeln!(self.transcript, "= {} messaggi", self.said.len()).unwrap();
        self.transcript
    }
}

/// What can be tapped below a message.
pub(crate) fn choices(said: &Said) -> &[Choosable] {
    match said {
        Said::Buttons { buttons, .. } => buttons,
        Said::List { rows, .. } => rows,
        _ => &[],
    }
}

fn rendered(said: &Said) -> String {
    let choices: Vec<String> = choices(said)
        .iter()
        .map(|choice| format!("[{}]", choice.title))
        .collect();
    let below = match said {
        Said::AskLocation { .. } => "[invia posizione]".to_owned(),
        Said::AskContact { .. } => "[invia numero]".to_owned(),
        Said::Flow { label, .. } => format!("[{label}]"),
        _ => choices.join(" "),
    };
    format!("{} {below}", said.words()).trim_end().to_owned()
}

/// What comes back of a form that was filled in whole.
pub(crate) fn form() -> Value {
    json!({
        "tipo": "illuminazione", "descrizione": "Lampione spento da tre giorni", "domanda_palo": "114",
        "nome": "Anna", "cognome": "De Luca", "conferma": true,
        "foto": [{"file_name": "a.jpg", "mime_type": "image/jpeg", "sha256": "AAAA", "id": "701"}],
    })
}
