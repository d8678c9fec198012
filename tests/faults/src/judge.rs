//! The judge: counts on the phones, and reads a row only to learn why something is not there.

use std::collections::{HashMap, HashSet};

use cloud::deliveries::Deliveries;
use domain::delivery::{Delivery, Rung};
use domain::ids::{NoticeId, ReplyId, SendId, Wamid};
use peer::Record;
use rehearsal::{Result, Trouble, World};

use crate::citizens::{Answer, Citizen, Town, Wish};
use crate::office::MARK;
use crate::rows::{Rows, says_why};

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) lost: usize,
    pub(crate) doubled: usize,
    pub(crate) unclear: usize,
    pub(crate) settled: usize,
    pub(crate) listed: usize,
    /// Whatever else is not as it should be, and each of the above in words.
    pub(crate) complaints: Vec<String>,
}

/// One message on a phone.
struct Copy<'a> {
    text: &'a str,
    arrived: bool,
}

/// Judges a run that has come to rest.
pub(crate) async fn judge(
    world: &World,
    town: &Town,
    notice: &NoticeId,
    rows: &Rows,
) -> Result<Verdict> {
    let record = world.peer.record().await?;
    let people = people(world).await?;
    let mut verdict = Verdict::default();

    let phones = by_phone(&record);
    for citizen in &town.citizens {
        let copies = phones
            .get(citizen.phone.as_str())
            .map_or(&[][..], Vec::as_slice);
        for answer in &citizen.answers {
            verdict.answer(citizen, answer, copies, rows);
        }
        let person = citizen.known_as.iter().find_map(|name| people.get(name));
        let row = person.and_then(|person| rows.get(notice.as_str(), person));
        verdict.notice(citizen, copies, row);
        let strays = copies.iter().filter(|copy| {
            !copy.text.contains(MARK)
                && !citizen
                    .answers
                    .iter()
                    .any(|answer| copy.text.contains(answer.words))
        });
        for stray in strays {
            verdict.complain(format!(
                "{} got what nobody asked for: {:?}",
                citizen.phone, stray.text
            ));
        }
    }

    verdict.rows(rows);
    verdict.register(world, notice, rows).await?;
    verdict.list(world, rows).await?;
    if record.counters.dropped > 0 {
        verdict.complain(format!("Meta gave up {} updates", record.counters.dropped));
    }
    Ok(verdict)
}

impl Verdict {
    fn complain(&mut self, complaint: String) {
        self.complaints.push(complaint);
    }

    fn answer(&mut self, citizen: &Citizen, answer: &Answer, copies: &[Copy<'_>], rows: &Rows) {
        let with_words = || {
            copies
                .iter()
                .filter(|copy| copy.text.contains(answer.words))
        };
        let accepted = with_words().count();
        if accepted > answer.copies {
            self.doubled += accepted - answer.copies;
            self.complain(format!(
                "{} got {:?} {accepted} times",
                citizen.phone, answer.words
            ));
        }
        let arrived = with_words().filter(|copy| copy.arrived).count();
        let rungs: Vec<Option<Rung>> = answer
            .of
            .iter()
            .map(|wamid| reply_rung(wamid, rows))
            .collect();
        let explained = answer
            .of
            .iter()
            .filter(|wamid| {
                let id = reply_id(wamid);
                id.and_then(|id| rows.get(&id, "reply"))
                    .is_some_and(says_why)
            })
            .count();
        let missing = answer.copies.saturating_sub(arrived + explained);
        if missing > 0 {
            self.lost += missing;
            self.complain(format!(
                "{} lacks {:?}; the rows say {rungs:?}",
                citizen.phone, answer.words
            ));
        }
    }

    fn notice(&mut self, citizen: &Citizen, copies: &[Copy<'_>], row: Option<&Delivery>) {
        let of_notice = || copies.iter().filter(|copy| copy.text.contains(MARK));
        let accepted = of_notice().count();
        if accepted > 1 {
            self.doubled += accepted - 1;
            self.complain(format!("{} got the notice {accepted} times", citizen.phone));
        }
        let arrived = of_notice().filter(|copy| copy.arrived).count();
        match citizen.wish {
            Wish::Stays if arrived == 0 && !row.is_some_and(says_why) => {
                self.lost += 1;
                self.complain(format!(
                    "{} never got the notice; the row says {:?}",
                    citizen.phone,
                    row.map(|row| row.rung)
                ));
            }
            Wish::LeavesBefore | Wish::Never if accepted > 0 => {
                self.complain(format!("{} got a notice without wanting it", citizen.phone));
            }
            _ => {}
        }
    }

    fn rows(&mut self, rows: &Rows) {
        for row in rows.once_unclear() {
            self.unclear += 1;
            match row.rung {
                Rung::Unknown => self.listed += 1,
                Rung::Waiting | Rung::Intended | Rung::Unclear => {}
                _ => self.settled += 1,
            }
        }
        for ((pk, sk), row) in rows.open() {
            self.complaints
                .push(format!("{pk}/{sk} is still {}", row.rung.key()));
        }
    }

    /// Whatever stands at `unknown` is in the list that a person looks at, and nothing else is.
    async fn list(&mut self, world: &World, rows: &Rows) -> Result<()> {
        let listed = listed(world).await?;
        let unknown: HashSet<_> = rows.unknown().cloned().collect();
        for (pk, sk) in listed.symmetric_difference(&unknown) {
            self.complain(format!("{pk}/{sk} is unknown or listed, but not both"));
        }
        Ok(())
    }

    /// The counts that the staff sees are those of the rows, whatever died between.
    async fn register(&mut self, world: &World, notice: &NoticeId, rows: &Rows) -> Result<()> {
        let path = format!("/v1/register/{notice}");
        let shown = world.staff("finance")?.get(&path).await?.good()?.body;
        let rungs = rows.of_notice(notice.as_str());
        let on = |names: &[&str]| -> i64 { names.iter().filter_map(|name| rungs.get(name)).sum() };
        let wanted = [
            ("left", on(&["skipped"])),
            ("failed", on(&["refused", "failed"])),
            ("unclear", on(&["intended", "unclear", "unknown"])),
            ("delivered", on(&["delivered", "read", "played"])),
        ];
        for (name, count) in wanted {
            if shown[name].as_i64() != Some(count) {
                self.complain(format!(
                    "the register shows {} {name}, the rows {count}",
                    shown[name]
                ));
            }
        }
        Ok(())
    }
}

/// Everything in doubt as a person of the comune finds it listed.
async fn listed(world: &World) -> Result<HashSet<(String, String)>> {
    let table = Deliveries::new(&world.stage.sdk, world.output("DeliveriesTable")?);
    let mut all = HashSet::new();
    let mut cursor = None;
    loop {
        let page = table
            .unknown(cursor.as_deref(), 100)
            .await
            .map_err(|error| {
                Trouble::in_step("list of what is unknown")(&cloud::in_full(&error))
            })?;
        let Some((_, last)) = page.last() else {
            return Ok(all);
        };
        cursor = Some(last.clone());
        all.extend(page.into_iter().map(|(id, _)| match id {
            SendId::Notice { notice, person } => (notice.to_string(), person.to_string()),
            SendId::Reply(reply) => (reply.to_string(), "reply".to_owned()),
        }));
    }
}

fn reply_id(wamid: &str) -> Option<String> {
    let wamid: Wamid = wamid.parse().ok()?;
    Some(ReplyId::to_message(&wamid, 0).to_string())
}

fn reply_rung(wamid: &str, rows: &Rows) -> Option<Rung> {
    rows.get(&reply_id(wamid)?, "reply").map(|row| row.rung)
}

fn by_phone(record: &Record) -> HashMap<&str, Vec<Copy<'_>>> {
    let mut phones: HashMap<&str, Vec<Copy<'_>>> = HashMap::new();
    for sent in &record.messages {
        if let Some(phone) = &sent.phone {
            phones.entry(phone).or_default().push(Copy {
                text: &sent.text,
                arrived: sent.delivered,
            });
        }
    }
    phones
}

/// Person by identifier.
async fn people(world: &World) -> Result<HashMap<String, String>> {
    let items = world.items("PeopleTable").await?;
    Ok(items
        .iter()
        .filter_map(|item| {
            let name = item.get("pk")?.as_s().ok()?.clone();
            let person = item.get("person_id")?.as_s().ok()?.clone();
            Some((name, person))
        })
        .collect())
}
