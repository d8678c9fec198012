//! The comune's posts and who holds them, and the e-mails of an office.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{Result, World, rome};

/// Who writes the e-mails.
pub const OFFICE: &str = "cultura@rubano.it";

/// The roster is known to every function after this while.
const KNOWN_AFTER: Duration = Duration::from_millis(1_500);

/// Who acts: posts of the comune, no people.
fn roster() -> Value {
    let operator = |id: &str, role: &str| {
        json!({
            "id": id, "name": id, "email": format!("{id}@rubano.example"), "roles": [role],
            "appointed_by": "decreto n. 12 del 03/03/2026", "from": "2026-01-01",
        })
    };
    json!({
        "operators": [
            operator("sportello.uno", "operator"),
            operator("sportello.due", "operator"),
            operator("capo.settore", "sector_head"),
            operator("gruppo.uno", "operating_group"),
            operator("sindaco", "operating_group"),
            operator("fornitore.uno", "supplier"),
        ],
        "phases": {
            "take_charge": ["sportello.uno", "sportello.due"],
            "forward": ["capo.settore"],
            "alternative": ["sportello.uno", "sportello.due"],
            "monitoring": ["capo.settore", "sportello.uno", "sportello.due"],
        },
        "group": {"members": ["gruppo.uno", "sindaco"], "supplier": "fornitore.uno", "mayor": "sindaco"},
        "mailbox": ["avvisi.whatsapp@rubano.example"],
    })
}

/// From a minute ago, for a day, the head of the sector is absent.
pub fn absence_of_the_head() -> Result<Value> {
    let now = cloud::clock::now();
    Ok(json!({
        "operator": "capo.settore", "reason": "impediment",
        "from": rome(now - SignedDuration::from_secs(60))?.to_string(),
        "until": rome(now + SignedDuration::from_hours(24))?.to_string(),
    }))
}

/// An e-mail of the office as SES stores it, with SES's verdicts. `body` has lines that end in `\n`.
pub fn mail_of_the_office(message_id: &str, subject: &str, body: &str) -> String {
    let body = body.replace('\n', "\r\n");
    format!(
        "X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n\
         Authentication-Results: amazonses.com; spf=pass smtp.mailfrom=rubano.it; dkim=pass header.i=@rubano.it; dmarc=pass header.from=rubano.it;\r\n\
         From: Ufficio Cultura <{OFFICE}>\r\nTo: smspuntosi@rubano.it\r\nMessage-ID: <{message_id}@rubano.it>\r\n\
         Subject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{body}"
    )
}

impl World {
    /// The administrator writes down who acts.
    pub async fn appoint(&self) -> Result<()> {
        let administrator = self.staff("administrator")?;
        administrator.put("/v1/roster", &roster()).await?.good()?;
        tokio::time::sleep(KNOWN_AFTER).await;
        Ok(())
    }

    /// The administrator writes down that the head is absent.
    pub async fn send_the_head_away(&self) -> Result<()> {
        let away = absence_of_the_head()?;
        self.staff("administrator")?
            .post("/v1/roster/absences", &away, None)
            .await?
            .good()?;
        tokio::time::sleep(KNOWN_AFTER).await;
        Ok(())
    }
}
