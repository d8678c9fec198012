//! One notice, from the request of an office to the report of the period.

use std::time::Duration;

use domain::ids::NoticeId;
use peer::Behaviour;
use rehearsal::{Result, Trouble, World, poll, rome};
use serde_json::{Value, json};

use crate::citizens::{failing, quiet, told_of_leaving};
use crate::procedure::expect;
use crate::voice;

/// Where the report is and what it says.
#[derive(Debug)]
pub(crate) struct Report {
    /// Where the CSV is in S3.
    pub(crate) csv_key: String,
    /// Rows of notices in the CSV.
    pub(crate) rows: usize,
}

/// At its hour the notice goes out; one citizen leaves meanwhile. The phone of that citizen.
pub(crate) async fn goes_out(
    world: &World,
    phones: &[String],
    notice: &NoticeId,
) -> Result<String> {
    let behaviour = Behaviour {
        fail_code: Some(131_026),
        ..Behaviour::default()
    };
    world.peer.behave(failing(phones), behaviour).await?;
    world
        .peer
        .configure(json!({"disorder": true, "duplicate_every": 3}))
        .await?;
    let leaver = last_of_the_first_batch(world, failing(phones)).await?;

    voice::detail("in attesa dell'ora…");
    let first = poll("first notice", 240, async || {
        let record = world.peer.record().await?;
        Ok(record
            .messages
            .iter()
            .find(|sent| sent.template.is_some())
            .cloned())
    })
    .await?;
    voice::step(&format!(
        "all'ora esce come modello «{}»",
        first.template.unwrap_or_default()
    ));
    world.peer.write(&leaver, "Cancellami").await?;
    told_of_leaving(world, &leaver).await?;
    voice::step("mentre esce, una persona scrive CANCELLAMI");

    let mut told = 0;
    poll("end of the notice", 120, async || {
        let rungs = world.rungs(notice).await?;
        let on = |rung: &str| rungs.get(rung).copied().unwrap_or_default();
        let settled = on("delivered") + on("read") + on("failed") + on("skipped");
        if settled >= told + 6 {
            voice::detail(&format!("{settled} consegne definite"));
            told = settled;
        }
        Ok((settled == 23).then_some(()))
    })
    .await?;
    world.peer.wait_idle(Duration::from_mins(1)).await?;
    quiet(world).await?;
    voice::step(
        "inviato, consegnato, letto; uno non consegnabile; stati in disordine e ripetuti, tutti raccolti",
    );
    Ok(leaver)
}

/// The one who is called last of the first ten: there is time to leave. Not the one whose phone fails.
async fn last_of_the_first_batch(world: &World, failing: &str) -> Result<String> {
    let audience = world.people_who_are("subscribed").await?;
    let phones = world.peer.phones().await?;
    for person in audience.iter().take(10).rev() {
        let address = world.address_of(person).await?;
        let phone = phones.iter().find(|phone| phone.answers_to(&address));
        if let Some(phone) = phone
            && phone.id != failing
        {
            return Ok(phone.id.clone());
        }
    }
    Err(Trouble("nobody of the first batch can leave".to_owned()))
}

/// The register shows the row; the report of the period is asked for, fetched back and summed up.
pub(crate) async fn report(world: &World, notice: &NoticeId) -> Result<Report> {
    let finance = world.staff("finance")?;
    let row = finance
        .get(&format!("/v1/register/{notice}"))
        .await?
        .good()?
        .body;
    let counts: Vec<String> = [
        "recipients",
        "left",
        "accepted",
        "sent",
        "delivered",
        "read",
        "failed",
        "unclear",
    ]
    .iter()
    .map(|name| format!("{name} {}", row[*name]))
    .collect();
    voice::step(&format!("riga di registro: {}", counts.join(", ")));

    let today = rome(cloud::clock::now())?;
    let period = format!("{}-B{}", today.year(), (today.month() + 1) / 2);
    let asked = finance
        .post(&format!("/v1/reports/{period}"), &json!({}), None)
        .await?
        .good()?;
    let label = if asked.body["closed"] == json!(true) {
        "definitivo"
    } else {
        "provvisorio: il bimestre è in corso"
    };
    voice::step(&format!("rendiconto {period} richiesto ({label})"));

    let files = poll("report in S3", 90, async || {
        let answer = finance
            .get(&format!("/v1/reports/{period}"))
            .await?
            .good()?
            .body;
        let versions = answer["versions"].as_array().cloned().unwrap_or_default();
        let files = versions
            .into_iter()
            .next()
            .map(|version| version["files"].clone());
        Ok(files.filter(|files| {
            file(files, "registro.csv").is_some() && file(files, "registro.xlsx").is_some()
        }))
    })
    .await?;
    let csv_key = fetch_key(&files, "registro.csv")?;
    let link = file(&files, "registro.csv")
        .and_then(|file| file["link"].as_str())
        .unwrap_or_default();
    let csv = world
        .http
        .get(link)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    let rows = csv
        .lines()
        .skip(1)
        .filter(|line| line.contains(notice.as_str()))
        .count();
    let xlsx = world
        .report_file(&fetch_key(&files, "registro.xlsx")?)
        .await?;
    expect(xlsx.starts_with(b"PK"), "the XLSX", &Value::Null)?;
    voice::step(&format!(
        "scaricato con il suo link: CSV di {} byte, XLSX di {} byte, {rows} avviso",
        csv.len(),
        xlsx.len()
    ));
    Ok(Report { csv_key, rows })
}

fn file<'a>(files: &'a Value, name: &str) -> Option<&'a Value> {
    files.as_array()?.iter().find(|file| file["name"] == name)
}

fn fetch_key(files: &Value, name: &str) -> Result<String> {
    let key = file(files, name).and_then(|file| file["key"].as_str());
    key.map(str::to_owned)
        .ok_or_else(|| Trouble(format!("no {name} among {files}")))
}
