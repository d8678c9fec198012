//! The written procedure of Rubano: an e-mail with two requests, one that was made before, one that finds the head of the
//! sector absent.

use domain::ids::NoticeId;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rehearsal::{OFFICE, Result, Trouble, World, mail_of_the_office, poll, rome};
use serde_json::{Value, json};

use crate::voice;

/// Seconds between the e-mail and the hour of the notice at least: enough for the procedure. Offices write whole minutes.
const AHEAD: i64 = 100;
/// What was walked through.
#[derive(Debug)]
pub(crate) struct Walked {
    /// The notice that goes out today.
    pub(crate) notice: NoticeId,
    /// Requests found in the e-mail.
    pub(crate) mail_requests: usize,
    /// Requests held up because the register has them already.
    pub(crate) duplicates_caught: usize,
    /// Requests that went the alternative path.
    pub(crate) alternative_path: usize,
    /// Copies that head of the sector and mayor got.
    pub(crate) copies: usize,
}

/// The administrator writes down who acts: posts of the comune, no people.
pub(crate) async fn appoint(world: &World) -> Result<()> {
    world.appoint().await?;
    voice::step(
        "l'amministratore registra incarichi e sostituti: sportello, capo settore, gruppo operativo, ditta, sindaco",
    );
    Ok(())
}

/// From the e-mail to two scheduled notices, one of them the alternative way, and a third request that is turned down.
pub(crate) async fn walk(world: &World) -> Result<Walked> {
    let asked = by_mail(world).await?;
    let [today, tomorrow] = &asked;
    ordinary(world, today).await?;
    let duplicates_caught = repeated(world).await?;
    let copies = alternative(world, tomorrow).await?;
    let mut alternative_path = 0;
    for notice in &asked {
        let present = world
            .staff("operator")?
            .get(&format!("/v1/notice-requests/{notice}"))
            .await?
            .good()?;
        alternative_path += usize::from(present.body["state"]["path"] == "alternative");
    }
    Ok(Walked {
        notice: today.clone(),
        mail_requests: asked.len(),
        duplicates_caught,
        alternative_path,
        copies,
    })
}

/// An office writes an e-mail with two requests, and is answered with the code of each.
async fn by_mail(world: &World) -> Result<[NoticeId; 2]> {
    let now = cloud::clock::now();
    let at = whole_minute(now + SignedDuration::from_secs(AHEAD))?;
    let said = |at| -> Result<String> { Ok(rome(at)?.strftime("%d/%m/%Y ore %H:%M").to_string()) };
    let event = rome(now)?.date().saturating_add(14.days());
    let event = event.strftime("%d/%m/%Y");
    let body = format!(
        "Buongiorno, due richieste.\n\n\
         Richiesta 1\nTitolo: Mercatino di Natale\nData invio: {}\n\
         Testo: il {event}, dalle 9:30 alle 18:00, mercatino di Natale nella piazza del municipio.\n\
         Link: https://www.rubano.it/notizie/mercatino-di-natale\nTipologia: evento\n\n\
         Richiesta 2\nTitolo: Letture in biblioteca\nData invio: {}\n\
         Testo: il {event}, alle 10:30, in biblioteca, letture ad alta voce per i bambini più piccoli.\n\
         Link: https://www.rubano.it/notizie/letture-in-biblioteca\nTipologia: evento\n\n\
         Cordiali saluti\nUfficio Cultura\n",
        said(at)?,
        said(at + SignedDuration::from_hours(24))?,
    );
    let mail = mail_of_the_office("demo", "Richieste di invio", &body);
    world.receive_mail("demo.eml", mail.as_bytes()).await?;
    voice::step("l'ufficio Cultura scrive una sola e-mail con due richieste");
    let requests = poll("two requests", 60, async || {
        let listed = world
            .staff("operator")?
            .get("/v1/notice-requests")
            .await?
            .good()?;
        let mut found: Vec<(String, String)> = listed.body["requests"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|request| {
                let text = |name: &str| request[name].as_str().map(str::to_owned);
                Some((text("wanted_at")?, text("id")?))
            })
            .collect();
        found.sort();
        Ok((found.len() == 2).then_some(found))
    })
    .await?;
    let answer = world.mail_to(OFFICE, "", 60).await?;
    let mut ids = Vec::new();
    for (_, id) in requests {
        if !answer.body.contains(&id) {
            return Err(Trouble(format!(
                "the answer does not name {id}: {}",
                answer.body
            )));
        }
        ids.push(
            id.parse()
                .map_err(|error| Trouble(format!("{id}: {error}")))?,
        );
    }
    voice::step("la casella risponde con un codice per ciascuna");
    ids.try_into()
        .map_err(|_| Trouble("not two requests".to_owned()))
}

/// The office that asked by e-mail hears by e-mail that its notice has gone out.
pub(crate) async fn told(world: &World) -> Result<()> {
    world.mail_to(OFFICE, "Avviso WhatsApp partito", 60).await?;
    voice::step("l'ufficio Cultura è avvisato per e-mail che l'avviso è partito");
    Ok(())
}

/// Taking charge, forwarding, approval, scheduling.
async fn ordinary(world: &World, notice: &NoticeId) -> Result<()> {
    let desk = world.staff("operator")?;
    let taken = desk.make(notice, "take-charge", &json!({})).await?.good()?;
    voice::step("lo sportello prende in carico; il capo settore è avvisato per e-mail");
    voice::detail(taken.body["preview"].as_str().unwrap_or_default());
    world
        .mail_to("capo.settore@rubano.example", "da inoltrare", 60)
        .await?;
    world.staff("sector_head")?.forward(notice).await?.good()?;
    voice::step("il capo settore inoltra al gruppo operativo");
    let refused = world.staff("requester")?.approve(notice).await?;
    expect(
        refused.status == 403,
        "an approval by an office",
        &refused.body,
    )?;
    voice::detail("un ufficio non può approvare: 403");
    let approved = world
        .staff("operating_group")?
        .approve(notice)
        .await?
        .good()?;
    let digest = approved.body["digest"].as_str().unwrap_or_default();
    voice::step(&format!(
        "il gruppo operativo approva le parole esatte (SHA-256 {}…)",
        &digest[..12.min(digest.len())]
    ));
    let scheduled = desk.make(notice, "schedule", &json!({})).await?.good()?;
    voice::step(&format!(
        "programmato: {}",
        scheduled.body["state"]["send_at"]
            .as_str()
            .unwrap_or_default()
    ));
    Ok(())
}

/// Another office asks for what the register has already: the check holds it up, and the desk turns it down.
async fn repeated(world: &World) -> Result<usize> {
    let at = cloud::clock::now() + SignedDuration::from_hours(48);
    let mut draft = World::draft(rome(at)?);
    draft["link"] = "http://rubano.it/notizie/mercatino-di-natale/?utm_source=x".into();
    let office = world.staff("requester")?;
    let refused = office.post("/v1/notice-requests", &draft, None).await?;
    expect(
        refused.status == 422,
        "a link that is not https",
        &refused.body,
    )?;
    draft["link"] = "https://rubano.it/notizie/mercatino-di-natale/".into();
    let (notice, _) = office.submit(&draft).await?;
    let desk = world.staff("operator")?;
    desk.make(&notice, "take-charge", &json!({}))
        .await?
        .good()?;
    let head = world.staff("sector_head")?;
    let refused = head.make(&notice, "forward", &json!({})).await?;
    let caught = refused.status == 409 && refused.fields().contains(&"E16");
    expect(caught, "a request that was made before", &refused.body)?;
    let because = json!({"reason": "È già nel registro: stessa pagina."});
    desk.make(&notice, "reject", &because).await?.good()?;
    voice::step("una terza richiesta ripete una pagina già nel registro: fermata (E16) e respinta");
    Ok(usize::from(caught))
}

/// The head is absent: the desk asks the supplier itself, and head and mayor get their copies.
async fn alternative(world: &World, notice: &NoticeId) -> Result<usize> {
    let desk = world.staff("operator")?;
    desk.make(notice, "take-charge", &json!({})).await?.good()?;
    let closed = desk.make(notice, "forward-directly", &json!({})).await?;
    expect(
        closed.status == 409,
        "the alternative path while the head is there",
        &closed.body,
    )?;
    world.send_the_head_away().await?;
    let refused = world
        .staff("sector_head")?
        .make(notice, "forward", &json!({}))
        .await?;
    expect(
        refused.status == 409,
        "forwarding by an absent head",
        &refused.body,
    )?;
    for check in desk.findings(notice).await? {
        let because =
            json!({"check": check, "reason": "Letture e mercatino sono due eventi diversi."});
        desk.make(notice, "waive", &because).await?.good()?;
    }
    desk.make(notice, "forward-directly", &json!({}))
        .await?
        .good()?;
    let asked = world
        .mail_to("fornitore.uno@rubano.example", "Richiesta di invio", 60)
        .await?;
    let copies = ["capo.settore@rubano.example", "sindaco@rubano.example"]
        .iter()
        .filter(|copy| asked.cc.iter().any(|address| address == *copy))
        .count();
    expect(
        copies == 2,
        "the copies of the alternative path",
        &json!(asked.cc),
    )?;
    voice::step(
        "capo settore assente: si apre la procedura alternativa, lo sportello scrive alla ditta con copia a capo settore e sindaco",
    );
    world.staff("supplier")?.approve(notice).await?.good()?;
    desk.make(notice, "schedule", &json!({})).await?.good()?;
    voice::step("la ditta approva le parole esatte: programmato per domani");
    Ok(copies)
}

/// What the register that can be verified comes to.
#[derive(Debug)]
pub(crate) struct Verified {
    /// Its rows.
    pub(crate) rows: u64,
    /// Whether it is as it was written.
    pub(crate) ok: bool,
    /// Whether a row that is altered behind the system's back is named.
    pub(crate) tamper_found: bool,
}

/// The register is verified; then a row is altered behind the system's back, and it is verified again.
pub(crate) async fn verify(world: &World) -> Result<Verified> {
    let desk = world.staff("operator")?;
    let verdict = || async { Ok::<_, Trouble>(desk.get("/v1/ledger/verify").await?.good()?.body) };
    let before = verdict().await?;
    voice::step(before["message"].as_str().unwrap_or_default());
    let rows = before["rows"].as_u64().unwrap_or_default();
    let altered = rows.div_ceil(2);
    let row = world.alter_register(altered).await?;
    let after = verdict().await?;
    voice::step(&format!(
        "una riga cambiata di nascosto nella tabella: {}",
        after["message"].as_str().unwrap_or_default()
    ));
    world.restore_register(altered, row).await?;
    let again = verdict().await?;
    Ok(Verified {
        rows,
        ok: before["intact"] == json!(true) && again["intact"] == json!(true),
        tamper_found: after["altered"]["number"] == json!(altered),
    })
}

fn whole_minute(at: Timestamp) -> Result<Timestamp> {
    Ok(Timestamp::from_second(
        at.as_second().div_euclid(60) * 60 + 60,
    )?)
}

pub(crate) fn expect(right: bool, what: &str, body: &Value) -> Result<()> {
    if right {
        Ok(())
    } else {
        Err(Trouble(format!("{what} is not as it should be: {body}")))
    }
}
