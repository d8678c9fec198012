//! Every body in `events/whatsapp`, in Meta's shapes: split and read without loss. The snapshots beside this file say what
//! was understood of each.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::Instant;
use domain::contact::{Bsuid, Phone};
use insta::{Settings, assert_snapshot};
use serde_json::Value;
use whatsapp::{FromInbound, FromStatuses, Inbound, Sender, StatusUpdate, split};

fn bodies() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events/whatsapp");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

/// The items of every array `name` of a body, as Meta wrote them.
fn items(body: &Value, name: &str) -> Vec<Value> {
    let entries = body["entry"].as_array().unwrap().iter();
    let changes = entries.flat_map(|entry| entry["changes"].as_array().unwrap());
    let items = changes.filter_map(|change| change["value"][name].as_array());
    items.flatten().cloned().collect()
}

/// Text cut in the middle of an emoji is JSON to Meta, but not to everybody.
fn value(json: &str) -> Value {
    serde_json::from_str(&json.replace("\\ud83d\"", "\"")).unwrap()
}

/// What is under `name` in queued messages.
fn queued<'a>(messages: impl Iterator<Item = &'a String>, name: &str) -> Vec<Value> {
    let messages = messages.map(|message| value(message));
    messages
        .filter_map(|mut message| Some(message.get_mut(name)?.take()))
        .collect()
}

/// When everything came.
fn received() -> Instant {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn names(sender: &Sender) -> String {
    let phone = sender.phone().map_or("-", Phone::digits);
    let bsuid = sender.bsuid().map_or("-", Bsuid::as_str);
    let parent = sender.parent().map_or("-", Bsuid::as_str);
    format!("{phone} {bsuid} {parent}")
}

fn message(inbound: Inbound) -> Vec<String> {
    let mut lines = vec![
        format!("message {} at {}", inbound.id, inbound.at),
        format!("  from {}", names(&inbound.sender)),
    ];
    lines.extend(inbound.quoted.as_ref().map(|id| format!("  quotes {id}")));
    lines.extend(inbound.group.as_ref().map(|id| format!("  in group {id}")));
    lines.extend(inbound.forwarded.then(|| "  forwarded".to_owned()));
    let referral = inbound.referral.as_ref();
    lines.extend(referral.map(|referral| format!("  brought by {referral:?}")));
    lines.push(format!("  carries {:?}", inbound.content));
    lines.push(format!("  heard as {:?}", inbound.heard().what));
    lines
}

fn status(update: StatusUpdate) -> Vec<String> {
    let send = update.send.map(|send| send.to_string());
    let report = update.report;
    let mut lines = vec![
        format!("status {:?} at {}", report.rung, report.at),
        format!(
            "  of {} ours {}",
            update.wamid,
            send.as_deref().unwrap_or("-")
        ),
    ];
    let recipient = update.recipient.as_ref();
    lines.extend(recipient.map(|to| format!("  to {}", names(to))));
    lines.extend(report.reason.map(|reason| format!("  because {reason:?}")));
    let pricing = report.pricing;
    lines.extend(pricing.map(|pricing| format!("  priced {pricing:?}")));
    let conversation = update.conversation;
    lines.extend(conversation.map(|it| format!("  in {it:?}")));
    lines
}

/// What is understood of a body, update by update.
fn understood(body: &[u8]) -> String {
    let split = split(body).unwrap();
    let mut lines = Vec::new();
    for inbound in &split.inbound {
        lines.extend(match FromInbound::read(&inbound.body).unwrap() {
            FromInbound::Message(inbound) => message(*inbound),
            FromInbound::Preference(wish) => vec![
                format!("wish of {} at {}", names(&wish.sender), wish.at),
                format!("  {:?} {}", wish.wish, wish.category),
            ],
            FromInbound::Rotation(rotation) => vec![
                format!("new id of {}", names(&rotation.previous)),
                format!("  {} since {}", names(&rotation.current), rotation.at),
            ],
        });
    }
    for body in &split.statuses {
        lines.extend(match FromStatuses::read(body, received()).unwrap() {
            FromStatuses::Status(update) => status(*update),
            FromStatuses::UnknownState(unknown) => vec![format!("status: {unknown}")],
            FromStatuses::Change(change) => {
                let mut lines = vec![
                    format!("change of {} at {}", change.account, change.event.at),
                    format!("  {:?}", change.event.what),
                ];
                let errors = change.errors.iter();
                lines.extend(errors.map(|error| format!("  error {error:?}")));
                lines
            }
        });
    }
    let unhandled = split.unhandled.iter();
    lines.extend(unhandled.map(|(field, n)| format!("unhandled {field} × {n}")));
    lines.join("\n")
}

#[test]
fn every_body_is_understood() {
    let mut settings = Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    for path in bodies() {
        let body = std::fs::read(&path).unwrap();

        assert_snapshot!(
            path.file_stem().unwrap().to_str().unwrap(),
            understood(&body)
        );
    }
}

#[test]
fn nothing_of_any_body_is_lost_on_the_way_to_the_queues() {
    for path in bodies() {
        let bytes = std::fs::read(&path).unwrap();
        let body = value(std::str::from_utf8(&bytes).unwrap());

        let split = split(&bytes).unwrap();

        let inbound = || split.inbound.iter().map(|message| &message.body);
        for (of, name) in [
            ("messages", "message"),
            ("user_preferences", "preference"),
            ("user_id_update", "rotation"),
        ] {
            assert_eq!(queued(inbound(), name), items(&body, of), "{path:?}");
        }
        let statuses = split.statuses.iter();
        assert_eq!(
            queued(statuses, "status"),
            items(&body, "statuses"),
            "{path:?}"
        );
    }
}

#[test]
fn the_messages_of_one_person_are_in_one_group_whatever_their_type() {
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in bodies() {
        for message in split(&std::fs::read(&path).unwrap()).unwrap().inbound {
            let sender = match FromInbound::read(&message.body).unwrap() {
                FromInbound::Message(inbound) => inbound.sender,
                FromInbound::Preference(wish) => wish.sender,
                FromInbound::Rotation(rotation) => rotation.previous,
            };
            // The old payloads and the system messages without an id are of a time when there was none.
            if let Some(bsuid) = sender.bsuid() {
                let of = groups.entry(bsuid.as_str().to_owned()).or_default();
                of.push(message.group);
            }
        }
    }
    assert_eq!(groups.len(), 2);
    for (person, mut of) in groups {
        of.dedup();
        assert_eq!(of.len(), 1, "{person}");
    }
}
