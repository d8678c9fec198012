//! What leaves for the webhook: a citizen's message, the statuses of ours, news about the account.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::App;
use crate::emitter::{About, Update};
use crate::phones::{Content, Direction, Message, State};
use crate::record::Sent;
use crate::statuses;
use crate::world::World;

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
        let phone = sent.phone.as_deref().and_then(|id| world.phones.get(id));
        let planned = statuses::plan(sent, phone, &world.settings, &mut world.random);
        let lane = (!world.settings.disorder).then(|| sent.wamid.clone());
        for status in planned {
            let update = Update {
                field: Cow::Borrowed("messages"),
                at: None,
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
            phone.last_wrote_at = phone.last_wrote_at.max(Some(writing.timestamp));
        }
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
        world.written_by(&writing.wamid, id);

        (0..writing.times)
            .map(|time| {
                let (done, answered) = tokio::sync::oneshot::channel();
                let update = Update {
                    field: Cow::Borrowed("messages"),
                    at: None,
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

    /// WhatsApp itself says something in the chat with the phone `id`.
    pub(crate) fn say_as_system(&self, world: &mut World, id: &str, system: &Value) {
        let text = system["body"].as_str().unwrap_or_default();
        let content = Content {
            kind: "system".to_owned(),
            ..Content::text(text)
        };
        let body = Map::from_iter([
            ("type".to_owned(), Value::from("system")),
            ("system".to_owned(), system.clone()),
        ]);
        let writing = Writing {
            body,
            content,
            answers: None,
            wamid: world.new_wamid(),
            timestamp: world.now_ms() / 1_000,
            times: 1,
        };
        self.write(world, id, writing);
    }

    /// Tells the business something about its account, a template or a person. What concerns one person keeps their
    /// order, unless the settings want none.
    pub(crate) fn announce(
        &self,
        world: &mut World,
        field: &str,
        value: Value,
        phone: Option<&str>,
    ) {
        let update = Update {
            field: Cow::Owned(field.to_owned()),
            value,
            at: Some(world.now_ms() / 1_000),
            about: About::News,
            lane: phone
                .filter(|_| !world.settings.disorder)
                .map(|id| format!("phone {id}")),
            done: None,
        };
        world.record.counters.events += 1;
        self.send_out(world, Duration::ZERO, update);
    }

    /// Puts an update on its way, and every so often a repeat of it.
    fn send_out(&self, world: &mut World, after: Duration, update: Update) {
        if !world.nodes.subscribed {
            world.record.counters.updates += 1;
            world.record.counters.dropped += 1;
            return;
        }
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
