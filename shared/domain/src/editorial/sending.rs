//! E16–E20 and E23: what a notice meets when it goes out.

use super::dates::in_words;
use super::duplicates::{near_text, others, same_event, same_link};
use super::prose::Prose;
use super::style::elected;
use super::{CheckId, Finding, Severity, Surroundings, proposed_category};
use crate::notice::{Draft, Kind};
use crate::tenant::Tenant;

use CheckId::{E16, E17, E18, E19, E20, E23};
use Severity::{Block, Info, Warn};

/// All that is found around `draft`.
pub(super) fn around(draft: &Draft, tenant: &Tenant, around: &Surroundings<'_>) -> Vec<Finding> {
    let mut found = again(draft, tenant, around);
    if let Some(why) = &around.hour {
        let values = vec![("motivo", why.clone())];
        found.push(
            Finding::new(E17, Block, "check.e17", values).suggesting(around.next_hour.clone()),
        );
    }
    if draft.kind != Kind::Emergenza {
        found.extend(caps(tenant, around));
    }
    if around.electoral {
        found.extend(elections(draft, tenant));
    }
    if around.recipients > 0 {
        found.extend(expected(draft, tenant, around));
    }
    found
}

/// E16 and E18.
fn again(draft: &Draft, tenant: &Tenant, around: &Surroundings<'_>) -> Vec<Finding> {
    let settings = &tenant.editorial;
    let mut found = Vec::new();
    for earlier in others(draft, around.earlier) {
        // One of several appointments looks like the others: where they are far apart it takes a reason, and no second person.
        let apart = draft.wanted_at.date().duration_since(earlier.sent_on).abs();
        let apart = apart.as_hours() / 24;
        let is_spaced = around.spaced_series && apart >= i64::from(tenant.spaced_days());
        let weight = if is_spaced { Warn } else { Block };
        let values = |score: f64| {
            vec![
                ("codice", earlier.notice.to_string()),
                ("oggetto", earlier.title.clone()),
                ("data", in_words(earlier.sent_on)),
                ("percento", format!("{:.0}", score * 100.0)),
            ]
        };
        if let Some((_, score)) = same_link(draft, earlier, settings) {
            found.push(Finding::new(E16, weight, "check.e16.link", values(score)));
        } else if let Some((_, score)) = near_text(draft, earlier, settings) {
            found.push(Finding::new(E16, weight, "check.e16.text", values(score)));
        }
        if let Some((_, score)) = same_event(draft, earlier, settings)
            && !is_spaced
        {
            found.push(Finding::new(E18, Warn, "check.e18", values(score)));
        }
    }
    found
}

/// E19.
fn caps(tenant: &Tenant, around: &Surroundings<'_>) -> Vec<Finding> {
    let settings = &tenant.sending;
    let over = |key, count: u32, limit: u32| {
        (count >= limit).then(|| {
            let values = vec![("numero", count.to_string()), ("limite", limit.to_string())];
            Finding::new(E19, Warn, key, values)
        })
    };
    [
        over("check.e19.day", around.on_that_day, settings.per_day),
        over("check.e19.week", around.in_that_week, settings.per_week),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether `draft` may not leave in an electoral period unless the secretary says so.
pub fn is_barred_by_elections(draft: &Draft, tenant: &Tenant) -> bool {
    !elections(draft, tenant).is_empty()
}

/// E20: in an electoral period an administration says only what is impersonal and indispensable (L. 28/2000 art. 9).
fn elections(draft: &Draft, tenant: &Tenant) -> Vec<Finding> {
    let mut found = Vec::new();
    if matches!(draft.kind, Kind::Evento | Kind::Altro) {
        found.push(Finding::new(E20, Block, "check.e20.kind", vec![]));
    }
    let name = [draft.title.as_str(), draft.text.as_str()]
        .into_iter()
        .find_map(|text| elected(&Prose::new(text), tenant));
    if let Some(name) = name {
        let values = vec![("parole", name.to_owned())];
        found.push(Finding::new(E20, Block, "check.e20.name", values));
    }
    found
}

/// E23: what it will cost, and under which category.
fn expected(draft: &Draft, tenant: &Tenant, around: &Surroundings<'_>) -> Vec<Finding> {
    let category = proposed_category(draft.kind);
    let actual = &tenant.notice_template.category;
    let mut values = vec![
        ("destinatari", around.recipients.to_string()),
        ("categoria", category.to_owned()),
    ];
    let key = match &around.cost {
        Some(cost) => {
            values.push(("costo", cost.clone()));
            "check.e23.cost"
        }
        None => "check.e23.no_price",
    };
    let mut found = vec![Finding::new(E23, Info, key, values)];
    if actual != category {
        let values = vec![
            ("categoria", category.to_owned()),
            ("modello", actual.clone()),
        ];
        found.push(Finding::new(E23, Info, "check.e23.category", values));
    }
    found
}
