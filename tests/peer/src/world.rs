//! Everything the peer remembers, behind one lock: short questions and short changes, never held across an await.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use crate::account::Account;
use crate::emitter::{About, Answer, NotPosted, Update};
use crate::faults::{Faults, Trouble};
use crate::graph::error::GraphError;
use crate::graph::nodes::Nodes;
use crate::graph::templates::Template;
use crate::media::Shelf;
use crate::phones::book::Book;
use crate::phones::{Direction, Phone, State};
use crate::rates::{Rates, Reach};
use crate::record::{Record, Refused, Sent};
use crate::settings::Settings;
use crate::trace::Tracer;

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) phones: Book,
    pub(crate) templates: Vec<Template>,
    pub(crate) media: Shelf,
    pub(crate) account: Account,
    pub(crate) nodes: Nodes,
    pub(crate) faults: Faults,
    pub(crate) record: Record,
    pub(crate) rates: Rates,
    pub(crate) reach: Reach,
    pub(crate) trace: Tracer,
    pub(crate) random: fastrand::Rng,
    /// A chance of its own for [`Settings::chaos`], so that nothing else moves it.
    pub(crate) chaos_random: fastrand::Rng,
    /// Where in the record each message stands.
    places: HashMap<String, usize>,
    /// Whose each written message is.
    writers: HashMap<String, String>,
    /// The templates of the start: a reset comes back to them.
    first_templates: Vec<Template>,
    ids: u32,
    template_ids: u64,
}

impl World {
    pub(crate) fn new(settings: Settings, templates: &[Value]) -> Result<Self, GraphError> {
        let mut world = Self {
            random: fastrand::Rng::with_seed(settings.seed),
            chaos_random: fastrand::Rng::with_seed(settings.chaos.seed),
            settings,
            phones: Book::default(),
            templates: Vec::new(),
            media: Shelf::default(),
            account: Account::default(),
            nodes: Nodes::default(),
            faults: Faults::default(),
            record: Record::default(),
            rates: Rates::default(),
            reach: Reach::default(),
            trace: Tracer::default(),
            places: HashMap::new(),
            writers: HashMap::new(),
            first_templates: Vec::new(),
            ids: 0,
            template_ids: 700_000_000_000_000,
        };
        for template in templates {
            world.register(template)?;
        }
        world.first_templates.clone_from(&world.templates);
        Ok(world)
    }

    /// Milliseconds since 1970 by the peer's clock.
    pub(crate) fn now_ms(&self) -> u64 {
        // A machine whose clock stands before 1970 has other worries.
        let machine = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_millis();
        let ahead = i128::from(self.settings.clock_ahead_seconds) * 1_000;
        u64::try_from(
            i128::try_from(machine)
                .unwrap_or(i128::MAX)
                .saturating_add(ahead),
        )
        .unwrap_or_default()
    }

    /// An id that no message of any run has had.
    pub(crate) fn new_wamid(&mut self) -> String {
        self.ids += 1;
        let mut bytes = vec![0x1c, 0x18];
        let nanos = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos();
        bytes.extend_from_slice(&nanos.to_be_bytes()[6..]);
        bytes.extend_from_slice(&self.ids.to_be_bytes());
        bytes.extend_from_slice(&self.random.u64(..).to_be_bytes());
        format!("wamid.{}", BASE64.encode(bytes))
    }

    /// Forgets everything but the settings and the templates of the start.
    pub(crate) fn reset(&mut self) {
        self.phones.clear();
        self.templates.clone_from(&self.first_templates);
        self.faults.clear();
        self.media.clear();
        self.account = Account::default();
        self.nodes = Nodes::default();
        self.record = Record::default();
        self.rates = Rates::default();
        self.reach = Reach::default();
        self.trace = Tracer::default();
        self.places.clear();
        self.writers.clear();
        self.reseed();
    }

    /// Chance begins anew.
    pub(crate) fn reseed(&mut self) {
        self.random = fastrand::Rng::with_seed(self.settings.seed);
        self.chaos_random = fastrand::Rng::with_seed(self.settings.chaos.seed);
    }

    /// Takes a template, approved at once; one of the same name and language gives way.
    pub(crate) fn register(&mut self, submitted: &Value) -> Result<Template, GraphError> {
        self.template_ids += 1;
        let template = Template::read(submitted, self.template_ids.to_string())?;
        self.templates
            .retain(|other| (&other.name, &other.language) != (&template.name, &template.language));
        self.templates.push(template.clone());
        Ok(template)
    }

    /// The template with this id.
    pub(crate) fn template_mut(&mut self, id: &str) -> Option<&mut Template> {
        self.templates.iter_mut().find(|template| template.id == id)
    }

    pub(crate) fn phone(&self, id: Option<&str>) -> Option<&Phone> {
        self.phones.get(id?)
    }

    pub(crate) fn phone_mut(&mut self, id: Option<&str>) -> Option<&mut Phone> {
        self.phones.get_mut(id?)
    }

    /// Writes an accepted message into the record.
    pub(crate) fn keep(&mut self, sent: Sent) {
        self.record.counters.accepted += 1;
        self.places
            .insert(sent.wamid.clone(), self.record.messages.len());
        self.record.messages.push(sent);
    }

    /// Notes who has written a message.
    pub(crate) fn written_by(&mut self, wamid: &str, phone: &str) {
        self.record.counters.written += 1;
        self.writers.insert(wamid.to_owned(), phone.to_owned());
    }

    pub(crate) fn mark_as_read(&mut self, wamid: &str, typing: bool) {
        self.record.counters.marked_read += 1;
        let now = self.now_ms() / 1_000;
        let Some(phone) = self
            .writers
            .get(wamid)
            .and_then(|phone| self.phones.get_mut(phone))
        else {
            return;
        };
        let last = phone
            .messages
            .iter()
            .rposition(|message| message.wamid == wamid);
        // Everything before it was read with it, or earlier.
        for message in phone.messages[..last.map_or(0, |last| last + 1)]
            .iter_mut()
            .rev()
            .filter(|message| message.direction == Direction::Written)
            .take_while(|message| message.state < State::Read)
        {
            message.state = State::Read;
        }
        if typing {
            phone.show_typing(now);
        }
    }

    pub(crate) fn count_refusal(&mut self, error: &GraphError, address: Option<String>) {
        let at_ms = self.now_ms();
        self.record.refuse(Refused {
            code: error.code,
            details: error.in_short(),
            address,
            at_ms,
        });
    }

    /// Faults before accepting are refusals without a code.
    pub(crate) fn count_trouble(&mut self, trouble: Option<Trouble>) {
        let name = if trouble == Some(Trouble::CutBefore) {
            "cut"
        } else {
            "http_500"
        };
        *self
            .record
            .counters
            .refused
            .entry(name.to_owned())
            .or_default() += 1;
    }

    pub(crate) fn count_post(&mut self, answer: &Result<Answer, NotPosted>) {
        let counters = &mut self.record.counters;
        match answer {
            Err(NotPosted::NoUrl) => return,
            Err(NotPosted::Unanswered(_) | NotPosted::Url(_)) => counters.webhook_unanswered += 1,
            Ok(answer) if answer.status != 200 => counters.webhook_non_200 += 1,
            Ok(_) => {}
        }
        counters.webhook_posts += 1;
    }

    /// Notes what has become of updates: taken by the business, or given up.
    pub(crate) fn settle(&mut self, updates: &[Update], taken: bool) {
        for update in updates {
            if !taken {
                self.record.counters.dropped += 1;
                continue;
            }
            match &update.about {
                About::Written { phone, wamid } => {
                    let message = self
                        .phone_mut(Some(phone.as_str()))
                        .and_then(|phone| phone.message_mut(wamid));
                    if let Some(message) = message {
                        message.state = message.state.max(State::Delivered);
                    }
                }
                About::Status { wamid, status } => {
                    let sent = self
                        .places
                        .get(wamid)
                        .and_then(|place| self.record.messages.get_mut(*place));
                    if let Some(sent) = sent {
                        sent.acknowledged.push((*status).to_owned());
                    }
                }
                About::News => self.record.counters.events_taken += 1,
            }
        }
    }
}
