//! Every body in `events/whatsapp`, in Meta's shapes: split and read without loss. The snapshots beside this file say what
//! was understood of each.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::contact::{Bsuid, Phone};
use insta::{Settings, assert_snapshot};
use serde_json::Value;
use whatsapp::{Inbound, StatusUpdate, split};

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

/// What is under `name` in queued messages.
fn queued<'a>(messages: impl Iterator<Item = &'a String>, name: &str) -> Vec<Value> {
    let messages = messages.map(|message| serde_json::from_str::<Value>(message).unwrap());
    messages.map(|mut message| message[name].take()).collect()
}

/// What is understood of a body, update by update.
fn understood(body: &[u8]) -> String {
    let split = split(body).unwrap();
    let mut lines = Vec::new();
    for message in &split.inbound {
        let inbound = Inbound::read(&message.body).unwrap();
        lines.push(format!("message {} at {}", inbound.id, inbound.at));
        let phone = inbound.contact.phone().map(Phone::digits);
        let bsuid = inbound.contact.bsuid().map(Bsuid::as_str);
        lines.push(format!(
            "  from {} {}",
            phone.unwrap_or("-"),
            bsuid.unwrap_or("-")
        ));
        lines.push(format!("  carries {:?}", inbound.content));
        lines.push(format!("  heard as {:?}", inbound.heard().what));
    }
    for status in &split.statuses {
        match StatusUpdate::read(status).unwrap() {
            Ok(update) => {
                let send = update.send.map(|send| send.to_string());
                let report = update.report;
                lines.push(format!("status {:?} at {}", report.rung, report.at));
                lines.push(format!(
                    "  of {} ours {}",
                    update.wamid,
                    send.as_deref().unwrap_or("-")
                ));
                lines.extend(report.reason.map(|reason| format!("  because {reason:?}")));
                lines.extend(
                    report
                        .pricing
                        .map(|pricing| format!("  priced {pricing:?}")),
                );
            }
            Err(unknown) => lines.push(format!("status: {unknown}")),
        }
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
        let body: Value = serde_json::from_slice(&bytes).unwrap();

        let split = split(&bytes).unwrap();

        let inbound = split.inbound.iter().map(|message| &message.body);
        assert_eq!(
            queued(inbound, "message"),
            items(&body, "messages"),
            "{path:?}"
        );
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
            let read = Inbound::read(&message.body).unwrap();
            // The old payloads and the system messages without an id are of a time when there was none.
            if let Some(bsuid) = read.contact.bsuid() {
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
