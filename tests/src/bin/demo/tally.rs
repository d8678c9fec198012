//! The figures of the demo, counted from what the phones and the tables really hold.

use domain::ids::NoticeId;
use rehearsal::{Result, World};
use serde::Serialize;

use crate::citizens;
use crate::notice::Report;

/// What the main job must come to.
pub(crate) const EXPECTED: &str = r#"{"citizens":25,"subscribed":25,"left":3,"notices":1,"accepted":22,"delivered":21,"failed":1,"doubled":0,"lost":0,"report_rows":1}"#;

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
}

impl Figures {
    /// Whether they are what they should be.
    pub(crate) fn are_right(&self) -> bool {
        serde_json::to_string(self).is_ok_and(|figures| figures == EXPECTED)
    }
}

/// Counts everything anew.
pub(crate) async fn count(
    world: &World,
    phones: &[String],
    notice: &NoticeId,
    leaver: &str,
    report: &Report,
) -> Result<Figures> {
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
        report_rows: report.rows,
    })
}
