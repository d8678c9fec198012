//! Several notices of one thing: only if their days are far apart, one request for each; otherwise one, at the start
//! (Rubano, note to "Richiesta di invio").

use super::{Assumed, FoundRequest, Series};
use crate::keyword::fold;
use crate::notice::Draft;

/// Says of each request how it stands to earlier ones of the same mail for the same thing.
pub(super) fn in_series(requests: &mut [FoundRequest], spaced_days: u32) {
    let mut order: Vec<usize> = (0..requests.len()).collect();
    order.sort_by_key(|at| requests[*at].draft.as_ref().map(|draft| draft.wanted_at));
    // Those that may go out so far, each with its day.
    let mut kept: Vec<usize> = Vec::new();
    for at in order {
        let Some(draft) = &requests[at].draft else {
            continue;
        };
        let before = kept
            .iter()
            .rev()
            .copied()
            .find(|earlier| is_same_thing(&requests[*earlier], &requests[at]));
        let Some(before) = before else {
            kept.push(at);
            continue;
        };
        let days = requests[before]
            .draft
            .as_ref()
            .map_or(0, |earlier| days_between(earlier, draft));
        let series = if days < spaced_days {
            Series::TooClose {
                days,
                at_least: spaced_days,
            }
        } else {
            Series::Spaced { days }
        };
        requests[at].series = Some(series);
        // Filed in spite of its nearness it has a reason of its own.
        if let Some(draft) = &mut requests[at].draft {
            draft.spaced = true;
        }
        requests[before].series.get_or_insert(Series::First);
        if requests[at].fileable().is_some() {
            kept.push(at);
        }
    }
}

fn days_between(earlier: &Draft, later: &Draft) -> u32 {
    let days = later.wanted_at.date() - earlier.wanted_at.date();
    u32::try_from(days.get_days()).unwrap_or_default()
}

/// Whether two requests are for one event: they lead to one page, or have one title of their own.
fn is_same_thing(one: &FoundRequest, other: &FoundRequest) -> bool {
    let (Some(first), Some(second)) = (&one.draft, &other.draft) else {
        return false;
    };
    let is_titled = |request: &FoundRequest| !request.assumed.contains(&Assumed::TitleFromSubject);
    page(first) == page(second)
        || (is_titled(one) && is_titled(other) && fold(&first.title) == fold(&second.title))
}

/// The page, however its address is written.
fn page(draft: &Draft) -> &str {
    let link = draft.link.as_str();
    let link = link.split('#').next().unwrap_or(link);
    let link = link.strip_prefix("https://").unwrap_or(link);
    link.strip_prefix("www.")
        .unwrap_or(link)
        .trim_end_matches('/')
}
