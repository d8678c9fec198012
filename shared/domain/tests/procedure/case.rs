//! What differs from one exploration to the next, and what is made of it before it begins.

use domain::Instant;
use domain::editorial::{CheckId, Finding, LinkReport, Severity};
use domain::notice::{Audience, Digest, Draft, HoldCause, Move};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use serde_json::json;

/// An account, by its name.
pub(crate) type Who = &'static str;

/// Which words there are: those of the draft, in the template of before or after a deploy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Words {
    pub(crate) draft: usize,
    pub(crate) template: usize,
}

/// Who tries what, under which rules.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a rule of its own, which holds or does not"
)]
pub(crate) struct Case {
    pub(crate) actors: [(Who, &'static [Role]); 2],
    /// The account that asked; it may be one of the two.
    pub(crate) asked_by: Who,
    /// Others have put it before the group already.
    pub(crate) is_before_the_group: bool,
    pub(crate) quorum: usize,
    pub(crate) veto: bool,
    /// Whether the group's silence counts.
    pub(crate) silence: bool,
    /// The words that there are, by what the checks find in them.
    pub(crate) words: &'static [&'static [(CheckId, Severity)]],
    /// A deploy may change the template.
    pub(crate) deploys: bool,
    /// The head of the sector is there at some times and away at others.
    pub(crate) head_may_be_away: bool,
    /// Whether these two can always still bring it to its end, and not only end it.
    pub(crate) goes_out: bool,
}

/// What somebody tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    TakeCharge,
    Reword(usize),
    Waive(CheckId),
    Second(CheckId),
    Forward,
    ForwardDirectly { head_is_absent: bool },
    Approve(Words),
    Object,
    Return,
    Reject,
    Resubmit(usize),
    Schedule,
    Cancel,
    Release(Words),
    Stop,
    Resume,
    Silence,
    Expire,
    Hold,
    Start,
    Finish,
}

/// What the system does by itself.
pub(crate) const OF_THE_SYSTEM: [Act; 5] = [
    Act::Silence,
    Act::Expire,
    Act::Hold,
    Act::Start,
    Act::Finish,
];

/// A case with all that stays as it is.
pub(crate) struct Setting {
    pub(crate) case: Case,
    pub(crate) now: Instant,
    pub(crate) actors: [Actor; 2],
    pub(crate) office: Actor,
    /// Somebody else, who may do everything.
    pub(crate) other: Actor,
    /// The comune before and after the deploy.
    pub(crate) tenants: [Tenant; 2],
    pub(crate) page: LinkReport,
    /// Everything that a person may try.
    pub(crate) acts: Vec<Act>,
    drafts: Vec<Draft>,
    findings: Vec<Vec<Finding>>,
    digests: Vec<[Digest; 2]>,
}

/// Somebody who is none of the two.
pub(crate) const OTHER: Who = "altri";

impl Setting {
    pub(crate) fn of(case: Case) -> Self {
        let now = "2026-11-22T09:00:00Z".parse().unwrap();
        let tenants = ["Comune di Rubano", "Rubano"].map(|sender| tenant(case, sender));
        let drafts: Vec<Draft> = (0..case.words.len())
            .map(|n| draft(n, &tenants[0], now))
            .collect();
        let digest = |draft, tenant| Digest::of(draft, Audience::AllSubscribers, tenant);
        Self {
            now,
            actors: case.actors.map(|(name, roles)| actor(name, roles)),
            office: actor(case.asked_by, &[Role::Requester]),
            other: actor(OTHER, &Role::ALL),
            page: page(now),
            acts: acts(case),
            findings: case.words.iter().map(|found| findings(found)).collect(),
            digests: drafts
                .iter()
                .map(|draft| [digest(draft, &tenants[0]), digest(draft, &tenants[1])])
                .collect(),
            drafts,
            tenants,
            case,
        }
    }

    pub(crate) fn draft(&self, n: usize) -> &Draft {
        &self.drafts[n]
    }

    pub(crate) fn digest(&self, words: Words) -> &Digest {
        &self.digests[words.draft][words.template]
    }

    /// What the checks find in the words of draft `n`.
    pub(crate) fn findings(&self, n: usize) -> &[Finding] {
        &self.findings[n]
    }

    /// Whether `who` may do what `role` may.
    pub(crate) fn is(&self, who: Who, role: Role) -> bool {
        who == OTHER
            || self
                .case
                .actors
                .iter()
                .any(|(name, roles)| *name == who && roles.contains(&role))
    }

    pub(crate) fn step(&self, act: Act) -> Move {
        let because = || "perché sì".to_owned();
        let draft = |n: usize| Box::new(self.drafts[n].clone());
        match act {
            Act::TakeCharge => Move::TakeCharge,
            Act::Reword(n) => Move::Reword(draft(n)),
            Act::Waive(check) => Move::Waive(check, because()),
            Act::Second(check) => Move::Second(check),
            Act::Forward => Move::Forward,
            Act::ForwardDirectly { .. } => Move::ForwardDirectly,
            Act::Approve(words) => Move::Approve(self.digest(words).clone()),
            Act::Object => Move::Object(because()),
            Act::Return => Move::Return(because()),
            Act::Reject => Move::Reject(because()),
            Act::Resubmit(n) => Move::Resubmit(draft(n)),
            Act::Schedule => Move::Schedule,
            Act::Cancel => Move::Cancel(because()),
            Act::Release(words) => Move::Release(self.digest(words).clone()),
            Act::Stop => Move::Stop(because()),
            Act::Resume => Move::Resume,
            Act::Silence => Move::Silence,
            Act::Expire => Move::Expire,
            Act::Hold => Move::Hold(HoldCause::Late),
            Act::Start => Move::Start,
            Act::Finish => Move::Finish,
        }
    }
}

/// Everything that a person may try, right or wrong.
fn acts(case: Case) -> Vec<Act> {
    let drafts = 0..case.words.len();
    let templates = if case.deploys { 0..2 } else { 0..1 };
    let words = drafts.clone().flat_map(|draft| {
        templates
            .clone()
            .map(move |template| Words { draft, template })
    });
    let mut checks: Vec<CheckId> = case
        .words
        .iter()
        .flat_map(|found| found.iter().map(|(check, _)| *check))
        .collect();
    checks.dedup();
    let mut acts = vec![
        Act::TakeCharge,
        Act::Forward,
        Act::ForwardDirectly {
            head_is_absent: false,
        },
        Act::Object,
        Act::Return,
        Act::Reject,
        Act::Schedule,
        Act::Cancel,
        Act::Stop,
        Act::Resume,
    ];
    if case.head_may_be_away {
        acts.push(Act::ForwardDirectly {
            head_is_absent: true,
        });
    }
    acts.extend(checks.iter().copied().map(Act::Waive));
    acts.extend(checks.iter().copied().map(Act::Second));
    acts.extend(words.clone().map(Act::Approve));
    acts.extend(words.map(Act::Release));
    acts.extend(drafts.clone().map(Act::Reword));
    acts.extend(drafts.map(Act::Resubmit));
    acts
}

fn actor(name: &str, roles: &[Role]) -> Actor {
    Actor {
        id: name.parse().unwrap(),
        roles: roles.to_vec(),
    }
}

fn tenant(case: Case, sender: &str) -> Tenant {
    serde_json::from_value(json!({
        "id": "rubano", "comune": "Rubano", "province": "PD",
        "privacy": {"url": "https://www.rubano.it/privacy", "version": "2026-01"},
        "contacts": {"phone": "049 000 0000", "hours": "lun-ven 9:00-12:30", "url": "https://www.rubano.it/contatti"},
        "news_hosts": ["www.rubano.it"],
        "notice_template": {
            "name": "avviso", "language": "it", "category": "utility",
            "body": format!("{sender} – {{{{testo}}}} {{{{link}}}}")
        },
        "max_text": 700, "time_zone": "Europe/Rome", "receive_only": true,
        "procedure": {
            "quorum": case.quorum, "veto": case.veto, "silence_working_days": case.silence.then_some(2),
        },
    }))
    .unwrap()
}

fn draft(n: usize, tenant: &Tenant, now: Instant) -> Draft {
    let input = serde_json::from_value(json!({
        "title": "Mercatino di Natale",
        "text": format!("Mercatino, stesura {n}."),
        "link": "https://www.rubano.it/notizie/mercatino",
        "wanted_at": "2026-12-10T09:30", "office": "Cultura", "kind": "evento",
    }));
    Draft::check(&input.unwrap(), tenant, now).unwrap()
}

fn findings(found: &[(CheckId, Severity)]) -> Vec<Finding> {
    let finding = |(check, severity): &(CheckId, Severity)| Finding {
        check: *check,
        severity: *severity,
        words: ("check.e01", Vec::new()),
        suggestion: None,
    };
    found.iter().map(finding).collect()
}

fn page(now: Instant) -> LinkReport {
    LinkReport {
        final_url: "https://www.rubano.it/notizie/mercatino".to_owned(),
        status: 200,
        redirects: 0,
        title: None,
        published: None,
        digest: "0".repeat(64),
        checked_at: now,
    }
}
