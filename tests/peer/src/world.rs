//! Everything the peer remembers, behind one lock: short questions and short changes, never held across an await.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value, json};

use crate::App;
use crate::emitter::{About, Answer, NotPosted, Update};
use crate::faults::{Faults, Trouble};
use crate::graph::error::GraphError;
use crate::graph::templates::Template;
use crate::phones::{Content, Direction, Message, Phone, State};
use crate::rates::Rates;
use crate::record::{Record, Refused, Sent};
use crate::settings::Settings;
use crate::statuses;

pub(crate) struct World {
    pub(crate) settings: Settings,
    pub(crate) phones: Vec<Phone>,
    pub(crate) templates: Vec<Template>,
    pub(crate) faults: Faults,
    pub(crate) record: Record,
    pub(crate) rates: Rates,
    pub(crate) random: fastrand::Rng,
    /// The templates of the start: a reset comes back to them.
    first_templates: Vec<Template>,
    ids: u32,
}

impl World {
    pub(crate) fn new(settings: Settings, templates: &[Value]) -> Result<Self, GraphError> {
        let mut world = Self {
            random: fastrand::Rng::with_seed(settings.seed),
            settings,
            phones: Vec::new(),
            templates: Vec::new(),
            faults: Faults::default(),
            record: Record::default(),
            rates: Rates::default(),
            first_templates: Vec::new(),
            ids: 0,
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
        self.record = Record::default();
        self.rates = Rates::default();
        self.random = fastrand::Rng::with_seed(self.settings.seed);
    }

    /// Takes a template, approved at once; one of the same name and language gives way.
    pub(crate) fn register(&mut self, submitted: &Value) -> Result<Template, GraphError> {
        let id = (700_000_000_000_001_u64 + self.templates.len() as u64).to_string();
        let template = Template::read(submitted, id)?;
        self.templates
            .retain(|other| (&other.name, &other.language) != (&template.name, &template.language));
        self.templates.push(template.clone());
        Ok(template)
    }

    pub(crate) fn phone(&self, id: Option<&str>) -> Option<&Phone> {
        self.phones
            .iter()
            .find(|phone| Some(phone.id.as_str()) == id)
    }

    pub(crate) fn phone_mut(&mut self, id: Option<&str>) -> Option<&mut Phone> {
        self.phones
            .iter_mut()
            .find(|phone| Some(phone.id.as_str()) == id)
    }

    pub(crate) fn mark_as_read(&mut self, wamid: &str, typing: bool) {
        self.record.counters.marked_read += 1;
        let now = self.now_ms() / 1_000;
        for phone in &mut self.phones {
            let Some(last) = phone
                .messages
                .iter()
                .position(|message| message.wamid == wamid)
            else {
                continue;
            };
            for message in &mut phone.messages[..=last] {
                if message.direction == Direction::Written {
                    message.state = State::Read;
                }
            }
            if typing {
                phone.show_typing(now);
            }
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
                    if let Some(sent) = self.record.sent_mut(wamid) {
                        sent.acknowledged.push((*status).to_owned());
                    }
                }
            }
        }
    }
}

/// A citizen's message, ready to go.
pub(crate) struct Writing {
    pub(crate) body: Map<String, Value>,
    pub(crate) content: Content,
    pub(crate) answers: Option<String>,
    pub(crate) wamid: String,
    pub(crate) timestamp: u64,
    pub(crate) times: u32,
}

impl App {
    /// Starts the statuses of a message.
    pub(crate) fn report(&self, world: &mut World, sent: &Sent) {
        let phone = world
            .phones
            .iter()
            .find(|phone| Some(&phone.id) == sent.phone.as_ref());
        let planned = statuses::plan(sent, phone, &world.settings, &mut world.random);
        let lane = (!world.settings.disorder).then(|| sent.wamid.clone());
        for status in planned {
            let update = Update {
                field: "messages",
                value: status.value,
                about: About::Status {
                    wamid: sent.wamid.clone(),
                    status: status.name,
                },
                lane: lane.clone(),
                done: None,
            };
            self.send_out(world, status.after, update);
        }
    }

    /// Lets the phone `id` write; one update for each of `times`. The receivers learn how each was answered.
    pub(crate) fn write(
        &self,
        world: &mut World,
        id: &str,
        writing: Writing,
    ) -> Vec<tokio::sync::oneshot::Receiver<Option<u16>>> {
        let at_ms = world.now_ms();
        let in_order = !world.settings.disorder;
        let metadata = statuses::metadata(&world.settings);
        let Some(phone) = world.phone_mut(Some(id)) else {
            return Vec::new();
        };
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": metadata,
            "messages": [phone.envelope(&writing.wamid, writing.timestamp, &writing.body)],
        });
        // A system message speaks about the person, not for them.
        if writing.content.kind != "system" {
            value["contacts"] = json!([phone.contact(true)]);
        }
        phone.last_wrote_at = phone.last_wrote_at.max(Some(writing.timestamp));
        if phone.message_mut(&writing.wamid).is_none() {
            phone.messages.push(Message {
                wamid: writing.wamid.clone(),
                direction: Direction::Written,
                content: writing.content,
                at_ms,
                state: State::Accepted,
                answers: writing.answers,
            });
        }
        world.record.counters.written += 1;

        (0..writing.times)
            .map(|time| {
                let (done, answered) = tokio::sync::oneshot::channel();
                let update = Update {
                    field: "messages",
                    value: value.clone(),
                    about: About::Written {
                        phone: id.to_owned(),
                        wamid: writing.wamid.clone(),
                    },
                    // A repeat comes from elsewhere in Meta's network, at the same time or before.
                    lane: (in_order && time == 0).then(|| format!("phone {id}")),
                    done: Some(done),
                };
                self.send_out(world, Duration::ZERO, update);
                answered
            })
            .collect()
    }

    /// Puts an update on its way, and every so often a repeat of it.
    fn send_out(&self, world: &mut World, after: Duration, update: Update) {
        let every = u64::from(world.settings.duplicate_every);
        let counters = &mut world.record.counters;
        counters.updates += 1;
        if every > 0 && (counters.updates - counters.repeats).is_multiple_of(every) {
            counters.updates += 1;
            counters.repeats += 1;
            self.emitter.repeat(
                after + Duration::from_millis(world.random.u64(0..=200)),
                &update,
            );
        }
        self.emitter.emit(after, update);
    }
}
