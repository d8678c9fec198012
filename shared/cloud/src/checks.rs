//! The checks of a notice with what stands around it: the page as it is now, earlier notices, the calendar, the audience.

use domain::Instant;
use domain::calendar::sending::Forbidden;
use domain::editorial::{self, Duplicate, Earlier, Finding, LinkReport, Surroundings};
use domain::ids::NoticeId;
use domain::notice::{Draft, Kind, NoticeRequest, StateName};
use domain::price::{self, in_euro};
use domain::tenant::Tenant;
use domain::texts::italian;
use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use crate::StoreError;
use crate::news::News;
use crate::notices::Notices;
use crate::reach::{Forecast, Planner};

/// Earlier notices that are looked through, newest first.
const EARLIER: usize = 500;
/// Requests read at once.
const PAGE: i32 = 100;

/// What was found of a request.
#[derive(Debug)]
pub struct Checked {
    /// What the checks object to.
    pub findings: Vec<Finding>,
    /// Earlier notices that look like it, the most alike first.
    pub duplicates: Vec<Duplicate>,
    /// The page, as it was just now.
    pub page: LinkReport,
    /// To how many it goes, and by when.
    pub forecast: Forecast,
    /// What it is expected to cost, in euro, if everybody gets it; none without a price list.
    pub cost: Option<Decimal>,
}

/// Makes the checks.
#[derive(Debug)]
pub struct Checker {
    news: News,
}

impl Checker {
    /// The checks, with pages read by `news`.
    pub fn new(news: News) -> Self {
        Self { news }
    }

    /// What the checks find of `request` at `now`.
    pub async fn look(
        &self,
        request: &NoticeRequest,
        notices: &Notices,
        planner: &Planner,
        tenant: &Tenant,
        now: Instant,
    ) -> Result<Checked, StoreError> {
        let draft = &request.draft;
        let page = self.page(draft, tenant, now).await;
        let others = others(&request.id, notices, tenant).await?;
        let forecast = planner.forecast(draft, 0, tenant, now).await?;
        let earlier: Vec<Earlier> = others.iter().map(|(earlier, _)| earlier.clone()).collect();
        let rules = &tenant.sending;
        let forbidden = rules.check_hour(draft.wanted_at).err();
        let wanted = draft.wanted_at.date();
        let counted = |same: &dyn Fn(Date) -> bool| {
            let notices = others.iter();
            let many =
                notices.filter(|(other, kind)| *kind != Kind::Emergenza && same(other.sent_on));
            u32::try_from(many.count()).unwrap_or(u32::MAX)
        };
        let week = |date: Date| {
            let week = date.iso_week_date();
            (week.year(), week.week())
        };
        let category = &tenant.notice_template.category;
        let cost = price::cost(&tenant.prices, category, forecast.recipients, wanted);
        let around = Surroundings {
            link: Some(&page),
            earlier: &earlier,
            on_that_day: counted(&|date| date == wanted),
            in_that_week: counted(&|date| week(date) == week(wanted)),
            next_hour: forbidden
                .as_ref()
                .and_then(|_| next_hour(draft.wanted_at, tenant)),
            hour: forbidden.map(|forbidden| said(&forbidden)),
            electoral: rules.is_electoral(wanted),
            recipients: forecast.recipients,
            cost: cost.map(in_euro),
            spaced_series: draft.spaced,
            ..Surroundings::none(now)
        };
        Ok(Checked {
            findings: editorial::check(draft, tenant, &around),
            duplicates: editorial::duplicates(draft, &earlier, &tenant.editorial),
            page,
            forecast,
            cost,
        })
    }

    /// The page of `draft` as it is now.
    pub async fn page(&self, draft: &Draft, tenant: &Tenant, now: Instant) -> LinkReport {
        self.news.look(draft.link.as_str(), tenant, now).await
    }
}

/// Why an hour is forbidden, in words.
fn said(forbidden: &Forbidden) -> String {
    let (key, values) = forbidden.words();
    let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    italian().staff(key, &values)
}

/// The first allowed hour after a forbidden one, in words.
fn next_hour(wanted: DateTime, tenant: &Tenant) -> Option<String> {
    let zone = &tenant.time_zone;
    let next = tenant
        .sending
        .next_allowed(zone.resolve(wanted).ok()?, zone)?;
    let next = zone.civil(next);
    let values = [
        ("giorno", next.strftime("%d/%m/%Y").to_string()),
        ("ora", next.strftime("%H:%M").to_string()),
    ];
    let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    Some(italian().staff("sending.next", &values))
}

/// Other notices that went out or are on their way.
async fn others(
    this: &NoticeId,
    notices: &Notices,
    tenant: &Tenant,
) -> Result<Vec<(Earlier, Kind)>, StoreError> {
    let mut found = Vec::new();
    let mut cursor = None;
    while found.len() < EARLIER {
        let page = notices.list(cursor.as_deref(), PAGE).await?;
        for request in page.requests {
            let state = request.state.name();
            let is_over = matches!(
                state,
                StateName::Rejected | StateName::Cancelled | StateName::Returned
            );
            if is_over || request.training || request.id == *this {
                continue;
            }
            let sent_on = request.state.started_at().map_or_else(
                || request.draft.wanted_at.date(),
                |at| tenant.time_zone.civil(at).date(),
            );
            let earlier = Earlier {
                event_date: editorial::event_date(&request.draft),
                notice: request.id,
                title: request.draft.title,
                text: request.draft.text,
                link: request.draft.link.as_str().to_owned(),
                sent_on,
            };
            found.push((earlier, request.draft.kind));
        }
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    Ok(found)
}
