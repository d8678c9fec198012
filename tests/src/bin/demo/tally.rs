//! The figures of the demo, counted from what the phones and the tables really hold.

use rehearsal::{Result, World};
use serde::Serialize;

use crate::citizens;
use crate::notice::Report;
use crate::procedure::{Verified, Walked};

/// What the main job must come to.
pub(crate) const EXPECTED: &str = r#"{"citizens":25,"subscribed":25,"left":3,"notices":1,"accepted":22,"delivered":21,"failed":1,"doubled":0,"lost":0,"report_rows":1,"mail_requests":2,"duplicates_caught":1,"alternative_path":1,"copies":2,"register_rows":ROWS,"register_ok":true,"tamper_found":true}"#;

/// Rows that the register has at the least: seven moves of the notice that goes out, five of the other, three of the one turned down.
const ROWS: u64 = 15;

/// What was counted.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    /// Phones.
    citizens: usize,
    /// Phones with exactly one confirmation, which the people's table bears out.
    subscribed: usize,
    /// People who are recorded as having left.
    left: usize,
    /// Different notices that reached WhatsApp.
    notices: usize,
    /// Notices that WhatsApp took.
    accepted: usize,
    /// Notices on phones.
    delivered: usize,
    /// Notices that failed.
    failed: usize,
    /// Phones with a notice or a confirmation too many, and those who had left and got one.
    doubled: usize,
    /// Subscribers without a notice, and rows that say otherwise than the phones.
    lost: usize,
    /// Rows of the report.
    report_rows: usize,
    /// Requests found in one e-mail.
    mail_requests: usize,
    /// Requests held up because the register has them already.
    duplicates_caught: usize,
    /// Requests that went the alternative path.
    alternative_path: usize,
    /// Copies that head of the sector and mayor got.
    copies: usize,
    /// Rows of the register of moves.
    register_rows: u64,
    /// Whether it is as it was written.
    register_ok: bool,
    /// Whether a row altered behind the system's back is named.
    tamper_found: bool,
}

/// What went out, and to whom.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    /// All phones.
    pub(crate) phones: &'a [String],
    /// Who left while the notice went out.
    pub(crate) leaver: &'a str,
    /// The report.
    pub(crate) report: &'a Report,
}

impl Figures {
    /// Whether they are what they should be.
    pub(crate) fn are_right(&self) -> bool {
        let expected = EXPECTED.replace("ROWS", &self.register_rows.to_string());
        self.register_rows >= ROWS
            && serde_json::to_string(self).is_ok_and(|figures| figures == expected)
    }
}

/// Counts everything anew.
pub(crate) async fn count(
    world: &World,
    sent: &Sent<'_>,
    walked: &Walked,
    verified: &Verified,
) -> Result<Figures> {
    let (phones, leaver) = (sent.phones, sent.leaver);
    let notice = &walked.notice;
    let record = world.peer.record().await?;
    let notices: Vec<_> = record
        .messages
        .iter()
        .filter(|sent| sent.template.is_some())
        .collect();
    let of_phone = |phone: &str| {
        notices
            .iter()
            .filter(|sent| sent.phone.as_deref() == Some(phone))
            .count()
    };

    let confirmations = citizens::confirmations(world).await?;
    let subscribed_rows = world.people_who_are("subscribed").await?.len();
    let left = world.people_who_are("left").await?.len();
    let subscribed = confirmations
        .iter()
        .filter(|n| **n == 1)
        .count()
        .min(subscribed_rows + left);

    let mut doubled = confirmations.iter().filter(|n| **n > 1).count();
    doubled += phones.iter().filter(|phone| of_phone(phone) > 1).count() + of_phone(leaver);
    let without = phones.iter().filter(|phone| of_phone(phone) == 0).count();

    let delivered = notices.iter().filter(|sent| sent.delivered).count();
    let failed = notices.iter().filter(|sent| sent.failed.is_some()).count();
    let rungs = world.rungs(notice).await?;
    let on = |rung: &str| rungs.get(rung).copied().unwrap_or_default();
    let rows_disagree = usize::from(on("delivered") + on("read") != delivered)
        + usize::from(on("failed") != failed);

    let mut different: Vec<_> = notices
        .iter()
        .filter_map(|sent| sent.opaque.as_deref()?.split('/').next().map(str::to_owned))
        .collect();
    different.sort();
    different.dedup();
    Ok(Figures {
        citizens: phones.len(),
        subscribed,
        left,
        notices: different.len(),
        accepted: notices.len(),
        delivered,
        failed,
        doubled,
        lost: without.saturating_sub(left) + rows_disagree,
        report_rows: sent.report.rows,
        mail_requests: walked.mail_requests,
        duplicates_caught: walked.duplicates_caught,
        alternative_path: walked.alternative_path,
        copies: walked.copies,
        register_rows: verified.rows,
        register_ok: verified.ok,
        tamper_found: verified.tamper_found,
    })
}
