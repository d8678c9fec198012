//! The offices: requests that go through the procedure while the functions that serve it are killed, and the reports of
//! finance. Whoever gets no answer, or a bad one, asks again, as the API promises that one may.

use std::time::{Duration, Instant};

use cloud::clock;
use domain::ids::NoticeId;
use jiff::SignedDuration;
use rehearsal::{Result, Trouble, World, absence_of_the_head, poll, rome};
use reqwest::Method;
use serde_json::{Value, json};

/// How long an office insists on one request.
const PATIENCE: Duration = Duration::from_mins(4);

/// The roster is known to every function after this while.
const KNOWN_AFTER: Duration = Duration::from_millis(1_500);

/// What the notice that goes out says, and no other message does.
pub(crate) const MARK: &str = "tempesta di prova";

/// How many requests accompany it, so that their functions work, and die, as well.
const OTHERS: usize = 12;

/// How many go the alternative way.
const ALTERNATIVE: usize = 4;

/// A way through the procedure, in order: state, who moves on from there, how.
type Way = [(&'static str, &'static str, &'static str); 4];

const ORDINARY: Way = [
    ("submitted", "operator", "take-charge"),
    ("taken_in_charge", "sector_head", "forward"),
    ("forwarded", "operating_group", "approve"),
    ("approved", "operator", "schedule"),
];

const WITHOUT_THE_HEAD: Way = [
    ("submitted", "operator", "take-charge"),
    ("taken_in_charge", "operator", "forward-directly"),
    ("forwarded", "supplier", "approve"),
    ("approved", "operator", "schedule"),
];

/// What the offices have asked for, by title.
#[derive(Debug)]
pub(crate) struct AskedFor {
    /// What is scheduled.
    pub(crate) scheduled: Vec<String>,
    /// Of these, what went the alternative way.
    pub(crate) alternative: Vec<String>,
    /// What was asked for by e-mail, and waits to be taken in charge.
    pub(crate) mailed: Vec<String>,
}

/// The notice of this run, scheduled for a minute from now.
pub(crate) async fn notice(world: &World, seed: u64) -> Result<NoticeId> {
    let at = clock::now() + SignedDuration::from_secs(60);
    let mut draft = World::draft(rome(at)?);
    draft["text"] = format!("{MARK} {seed}, sabato 12 dicembre 2026.").into();
    scheduled(world, &format!("avviso-{seed}"), &draft, &ORDINARY).await
}

/// Other requests, for the day after tomorrow, and the reports of two periods; gives their titles.
pub(crate) async fn others(world: &World, seed: u64) -> Result<Vec<String>> {
    let mut titles = Vec::new();
    for n in 0..OTHERS {
        let at = clock::now() + SignedDuration::from_hours(48);
        let mut draft = World::draft(rome(at)?);
        let title = format!("Prova {seed}-{n}");
        draft["title"] = title.clone().into();
        scheduled(world, &format!("prova-{seed}-{n}"), &draft, &ORDINARY).await?;
        titles.push(title);
        if n % 4 == 1 {
            report(world, ["2026-B5", "2026-B6", "2026-B6"][n / 4]).await?;
        }
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    Ok(titles)
}

/// The head is absent: requests that the desk takes to the supplier itself; gives their titles.
pub(crate) async fn alternative(world: &World, seed: u64) -> Result<Vec<String>> {
    let away = absence_of_the_head()?;
    insist("absence written down", async || {
        let path = "/v1/roster/absences";
        call(world, "administrator", Method::POST, path, &away, &[]).await
    })
    .await?;
    tokio::time::sleep(KNOWN_AFTER).await;
    let mut titles = Vec::new();
    for n in 0..ALTERNATIVE {
        let at = clock::now() + SignedDuration::from_hours(72);
        let mut draft = World::draft(rome(at)?);
        let title = format!("Senza capo {seed}-{n}");
        draft["title"] = title.clone().into();
        let key = format!("senza-{seed}-{n}");
        scheduled(world, &key, &draft, &WITHOUT_THE_HEAD).await?;
        titles.push(title);
    }
    Ok(titles)
}

/// Which requests are not there exactly once and where they should be.
pub(crate) async fn wrong(world: &World, asked_for: &AskedFor) -> Result<Vec<String>> {
    let items = world.items("NoticesTable").await?;
    let states = |title: &str| -> Vec<String> {
        items
            .iter()
            .filter_map(|item| item.get("request")?.as_m().ok())
            .filter(|request| {
                let draft = request.get("draft").and_then(|draft| draft.as_m().ok());
                let named = draft.and_then(|draft| draft.get("title")?.as_s().ok());
                named.is_some_and(|named| named == title)
            })
            .filter_map(|request| request.get("state")?.as_m().ok()?.get("name")?.as_s().ok())
            .cloned()
            .collect()
    };
    let scheduled = asked_for.scheduled.iter().map(|title| (title, "scheduled"));
    let mailed = asked_for.mailed.iter().map(|title| (title, "submitted"));
    Ok(scheduled
        .chain(mailed)
        .map(|(title, wanted)| (title, wanted, states(title)))
        .filter(|(_, wanted, states)| states.as_slice() != [*wanted])
        .map(|(title, wanted, states)| format!("{title}: {states:?} instead of {wanted}"))
        .collect())
}

/// Asks for the report of `period` until it is in the list.
async fn report(world: &World, period: &str) -> Result<()> {
    let path = format!("/v1/reports/{period}");
    insist("report asked for", async || {
        call(world, "finance", Method::POST, &path, &json!({}), &[]).await
    })
    .await?;
    poll("report", PATIENCE.as_secs(), async || {
        let answer = call(world, "finance", Method::GET, &path, &Value::Null, &[]).await?;
        let versions = answer.map(|answer| answer["versions"].clone());
        Ok(versions.filter(|versions| versions.as_array().is_some_and(|all| !all.is_empty())))
    })
    .await
    .map(|_| ())
}

/// Submits `draft` under `key` and makes every move of `way` up to its schedule.
async fn scheduled(world: &World, key: &str, draft: &Value, way: &Way) -> Result<NoticeId> {
    let submitted = insist("request taken", async || {
        let headers = [("idempotency-key", key.to_owned())];
        call(
            world,
            "requester",
            Method::POST,
            "/v1/notice-requests",
            draft,
            &headers,
        )
        .await
    })
    .await?;
    let id = submitted["id"].as_str().unwrap_or_default();
    let path = format!("/v1/notice-requests/{id}");
    insist("request scheduled", async || {
        let Some(present) = call(world, "operator", Method::GET, &path, &Value::Null, &[]).await?
        else {
            return Ok(None);
        };
        let state = present["state"]["name"].as_str().unwrap_or_default();
        let Some((_, role, step)) = way.iter().find(|(from, _, _)| *from == state) else {
            return Ok(Some(present));
        };
        let (role, step, body) = match *step {
            "approve" => (*role, *step, json!({"digest": present["digest"]})),
            // The head seconds what the desk sets aside; in the head's absence somebody of the group does.
            "forward" | "forward-directly" => {
                let second = match *step {
                    "forward" => *role,
                    _ => "operating_group",
                };
                let lift = lifted(world, &path, second).await?;
                lift.unwrap_or((*role, *step, json!({})))
            }
            step => (*role, step, json!({})),
        };
        let version = [(
            "if-match",
            present["etag"].as_str().unwrap_or_default().to_owned(),
        )];
        call(
            world,
            role,
            Method::POST,
            &format!("{path}/{step}"),
            &body,
            &version,
        )
        .await?;
        Ok(None)
    })
    .await?;
    id.parse()
        .map_err(|error| Trouble(format!("{id}: {error}")))
}

/// What has to be done before `path` can be forwarded: the desk sets aside what a check found, and where it takes two `second`
/// agrees. Nothing if nothing is in the way.
async fn lifted(
    world: &World,
    path: &str,
    second: &'static str,
) -> Result<Option<(&'static str, &'static str, Value)>> {
    let checks = format!("{path}/checks");
    let (Some(checks), Some(present)) = (
        call(world, "operator", Method::GET, &checks, &Value::Null, &[]).await?,
        call(world, "operator", Method::GET, path, &Value::Null, &[]).await?,
    ) else {
        return Ok(None);
    };
    let waivers = present["waivers"].as_array().cloned().unwrap_or_default();
    for finding in checks["findings"].as_array().into_iter().flatten() {
        let Some(how) = finding["waivable"].as_str() else {
            continue;
        };
        let waiver = waivers
            .iter()
            .find(|waiver| waiver["check"] == finding["check"]);
        match waiver {
            None => {
                let body = json!({"check": finding["check"], "reason": "È una prova."});
                return Ok(Some(("operator", "waive", body)));
            }
            Some(waiver) if how == "with_second_person" && waiver["second"].is_null() => {
                let body = json!({"check": finding["check"]});
                return Ok(Some((second, "second", body)));
            }
            Some(_) => {}
        }
    }
    Ok(None)
}

/// One call; its body with its `etag`, or nothing if it did not go well.
async fn call(
    world: &World,
    role: &str,
    method: Method,
    path: &str,
    body: &Value,
    headers: &[(&str, String)],
) -> Result<Option<Value>> {
    let api = &world.stage.file.api;
    let mut request = world
        .http
        .request(method, format!("{}{path}", api.base_url))
        .timeout(Duration::from_secs(40))
        .header("host", &api.host_header)
        .bearer_auth(world.stage.token(role)?);
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    if !body.is_null() {
        request = request.json(body);
    }
    let Ok(answer) = request.send().await else {
        return Ok(None);
    };
    let status = answer.status();
    let etag = answer.headers().get("etag").cloned();
    let mut body: Value = match answer.bytes().await {
        Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
        Err(_) => return Ok(None),
    };
    // Asked again after a move whose answer was lost, the API says that it is done, or shows the version that is there.
    if !status.is_success() {
        if status.is_client_error() && !matches!(status.as_u16(), 409 | 412 | 429) {
            return Err(Trouble(format!("{path} answered {status}: {body}")));
        }
        return Ok(None);
    }
    if let (Some(members), Some(etag)) = (body.as_object_mut(), etag) {
        let etag = etag.to_str().unwrap_or_default();
        members.insert("etag".to_owned(), etag.into());
    }
    Ok(Some(body))
}

async fn insist(
    what: &str,
    mut attempt: impl AsyncFnMut() -> Result<Option<Value>>,
) -> Result<Value> {
    let started = Instant::now();
    loop {
        if let Some(answer) = attempt().await? {
            return Ok(answer);
        }
        if started.elapsed() > PATIENCE {
            return Err(Trouble(format!("there is still no {what}")));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
