//! `POST /{version}/{phone-number-id}/messages`: the one endpoint that costs money and reaches people.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use tokio::time::sleep;

use super::Call;
use super::draft::Draft;
use super::error::GraphError;
use super::recipient::Recipient;
use crate::App;
use crate::connection::Connection;
use crate::faults::Trouble;
use crate::phones::{Direction, Message, Phone, State as Progress};
use crate::record::Sent;
use crate::world::World;

pub(super) async fn send(
    State(app): State<Arc<App>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    call: Call,
    body: Bytes,
) -> Response {
    let (pause, verdict) = {
        let mut world = app.world();
        world.record.counters.requests += 1;
        let verdict = judge(&app, &mut world, &call, &body);
        if let Err(error) = &verdict {
            world.trace.refuse(error.code, Instant::now());
            world.count_refusal(error, address(&body));
        }
        (
            Duration::from_millis(world.settings.answer_delay_ms),
            verdict,
        )
    };
    sleep(pause).await;
    match verdict {
        Err(error) => error.into_response(),
        Ok(Verdict {
            trouble: Some(Trouble::ErrorBefore | Trouble::ErrorAfter),
            ..
        }) => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response(),
        Ok(Verdict {
            trouble: Some(Trouble::CutBefore | Trouble::CutAfter),
            ..
        }) => {
            connection.cut();
            StatusCode::OK.into_response()
        }
        Ok(Verdict {
            trouble: Some(Trouble::HangAfter { millis }),
            answer,
        }) => {
            sleep(Duration::from_millis(millis)).await;
            Json(answer).into_response()
        }
        Ok(Verdict {
            trouble: Some(Trouble::SilentBefore | Trouble::SilentAfter),
            ..
        }) => std::future::pending().await,
        Ok(Verdict { answer, .. }) => Json(answer).into_response(),
    }
}

/// What is answered, and what happens to the answer on its way.
struct Verdict {
    answer: Value,
    trouble: Option<Trouble>,
}

fn judge(app: &App, world: &mut World, call: &Call, body: &[u8]) -> Result<Verdict, GraphError> {
    if call.node != world.settings.phone_number_id {
        return Err(GraphError::unknown_object(&call.node, "post"));
    }
    let message: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|_| GraphError::parameter("The request body is not a JSON object"))?;
    if message
        .get("messaging_product")
        .is_none_or(|product| product != "whatsapp")
    {
        return Err(GraphError::parameter(
            "The parameter messaging_product is required.",
        ));
    }
    if message.contains_key("status") {
        return mark_as_read(world, &message);
    }

    let recipient = Recipient::read(&message)?;
    let phone = found(world, &recipient).map(|phone| phone.id.clone());
    let trouble = strike(world, &recipient, phone.as_deref());
    match trouble {
        Some(Trouble::Refuse { code, http }) => {
            let error = GraphError::new(code, "Refused on demand");
            return Err(GraphError {
                http: http.unwrap_or(error.http),
                ..error
            });
        }
        Some(Trouble::ErrorBefore | Trouble::CutBefore | Trouble::SilentBefore) => {
            let code = if trouble == Some(Trouble::ErrorBefore) {
                500
            } else {
                0
            };
            world.trace.refuse(code, Instant::now());
            world.count_trouble(trouble);
            return Ok(Verdict {
                answer: Value::Null,
                trouble,
            });
        }
        _ => {}
    }

    let draft = Draft::read(&message, world)?;
    if recipient.key() == world.settings.display_phone_number {
        return Err(GraphError::new(131_021, "Recipient cannot be sender"));
    }
    let person = phone.as_deref().unwrap_or(recipient.key()).to_owned();
    may_be_sent(world, &draft, phone.as_deref(), &person)?;
    rates(world, &person)?;

    world.trace.accept(&person, Instant::now());
    let answer = accept(app, world, &recipient, phone.as_deref(), draft, trouble);
    Ok(Verdict { answer, trouble })
}

/// What goes wrong with this message: a fault that was asked for, or chance.
fn strike(world: &mut World, recipient: &Recipient, phone: Option<&str>) -> Option<Trouble> {
    let receiver = phone.and_then(|id| world.phones.get(id));
    world
        .faults
        .strike(recipient.input(), receiver)
        .or_else(|| world.settings.chaos.strike(&mut world.chaos_random))
}

fn found<'a>(world: &'a World, recipient: &Recipient) -> Option<&'a Phone> {
    match recipient {
        Recipient::Phone { number, .. } => world.phones.with_number(number),
        Recipient::Bsuid(bsuid) => world.phones.with_bsuid(bsuid),
        Recipient::Misplaced(_) => None,
    }
}

/// Whether the account, the person and the clock allow it.
fn may_be_sent(
    world: &mut World,
    draft: &Draft,
    phone: Option<&str>,
    person: &str,
) -> Result<(), GraphError> {
    let now = world.now_ms() / 1_000;
    let template = draft.template.is_some();
    if let Some(refusal) = world.account.refusal(template, now) {
        return Err(refusal);
    }
    let receiver = world.phone(phone);
    let open = receiver.is_some_and(|phone| phone.window_is_open(now));
    if receiver.is_some_and(|phone| phone.blocked) {
        return Err(GraphError::new(
            130_403,
            "The recipient is blocked by the business",
        ));
    }
    if !template && receiver.is_some() && !open {
        return Err(GraphError::new(
            131_047,
            "Message failed to send because more than 24 hours have passed since the customer last replied to this \
             number.",
        ));
    }
    if draft.category == "marketing" && receiver.is_some_and(|phone| phone.marketing_stopped) {
        return Err(GraphError::new(
            131_050,
            "The recipient has stopped marketing messages from this business",
        ));
    }
    let most = world.settings.people_per_day;
    if template && !open && !world.reach.allows(person, most, now) {
        return Err(GraphError::new(
            world.settings.over_limit_code,
            "The messaging limit of the business has been reached for these 24 hours",
        ));
    }
    Ok(())
}

fn rates(world: &mut World, person: &str) -> Result<(), GraphError> {
    let now = Instant::now();
    if world.settings.pair_rate && !world.rates.pair_allows(person, now) {
        return Err(GraphError::new(
            131_056,
            "Too many messages sent from this phone number to the same recipient",
        ));
    }
    if let Some(rate) = world.settings.number_rate
        && !world.rates.number_allows(rate, now)
    {
        return Err(GraphError::new(
            130_429,
            "Cloud API message throughput has been reached.",
        ));
    }
    Ok(())
}

/// Writes the message into the record and onto the phone, starts its statuses, and says what Meta answers.
fn accept(
    app: &App,
    world: &mut World,
    recipient: &Recipient,
    phone: Option<&str>,
    draft: Draft,
    trouble: Option<Trouble>,
) -> Value {
    let wamid = world.new_wamid();
    let at_ms = world.now_ms();
    let behaviour = world.phone(phone).map(|phone| phone.behaviour.clone());
    let failed = match (trouble, &behaviour) {
        (Some(Trouble::Fail { code }), Some(_)) => Some(code),
        (_, Some(behaviour)) => behaviour.fail_code,
        (_, None) if matches!(recipient, Recipient::Misplaced(_)) => None,
        (_, None) => Some(crate::statuses::UNDELIVERABLE),
    };
    let (to, bsuid) = match recipient {
        Recipient::Bsuid(bsuid) => (None, Some(bsuid.clone())),
        other => (Some(other.input().to_owned()), None),
    };
    let template = draft.template.is_some();
    let sent = Sent {
        wamid: wamid.clone(),
        to,
        recipient: bsuid,
        kind: draft.content.kind.clone(),
        text: draft.content.in_full(),
        template: draft.template,
        category: draft.category,
        opaque: draft.opaque,
        at_ms,
        delivered: failed.is_none() && behaviour.is_some_and(|behaviour| behaviour.deliver),
        failed,
        acknowledged: Vec::new(),
        phone: phone.map(str::to_owned),
    };
    if !matches!(recipient, Recipient::Misplaced(_)) {
        app.report(world, &sent);
    }
    if let Some(phone) = world.phone_mut(phone).filter(|_| sent.delivered) {
        phone.typing_until = None;
        phone.messages.push(Message {
            wamid: wamid.clone(),
            direction: Direction::Received,
            content: draft.content,
            at_ms,
            state: Progress::Delivered,
            answers: draft.answers,
        });
    }
    world.keep(sent);

    let mut contact = json!({"input": recipient.input()});
    match recipient {
        Recipient::Phone { number, .. } => contact["wa_id"] = Value::from(number.as_str()),
        Recipient::Bsuid(bsuid) => contact["user_id"] = Value::from(bsuid.as_str()),
        Recipient::Misplaced(bsuid) => contact["wa_id"] = Value::from(bsuid.as_str()),
    }
    let mut message = json!({"id": wamid});
    if template {
        message["message_status"] = Value::from("accepted");
    }
    json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]})
}

fn mark_as_read(world: &mut World, message: &Map<String, Value>) -> Result<Verdict, GraphError> {
    if message.get("status").is_none_or(|status| status != "read") {
        return Err(GraphError::parameter("Param status must be read"));
    }
    let wamid = message
        .get("message_id")
        .and_then(Value::as_str)
        .filter(|wamid| wamid.starts_with("wamid."))
        .ok_or_else(|| GraphError::parameter("The parameter message_id is required."))?;
    let typing = match message.get("typing_indicator") {
        None => false,
        Some(indicator) if indicator["type"] == "text" => true,
        Some(_) => return Err(GraphError::value("typing_indicator['type'] must be text")),
    };
    world.mark_as_read(wamid, typing);
    Ok(Verdict {
        answer: json!({"success": true}),
        trouble: None,
    })
}

/// Whom a refused request was for, as far as it can be read.
fn address(body: &[u8]) -> Option<String> {
    let message: Value = serde_json::from_slice(body).ok()?;
    message["to"]
        .as_str()
        .or_else(|| message["recipient"].as_str())
        .map(str::to_owned)
}
