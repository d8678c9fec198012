//! Every check with its examples: what it finds, what it leaves alone, and `docs/checks.md`, which tells it to people.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use domain::editorial::{
    CheckId, Earlier, EditorialSettings, Finding, KEYS, LinkReport, Severity, Surroundings,
    Waivable, check, check_input,
};
use domain::notice::{Draft, DraftInput};
use domain::tenant::Tenant;
use serde::Deserialize;
use serde_json::json;

/// Two notices that differ in what the check looks at.
#[derive(Debug, Deserialize)]
struct Pair {
    check: CheckId,
    key: String,
    bad: Example,
    good: Example,
}

/// What differs from a notice that is right; the rest is as in [`Example::draft`].
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Example {
    /// How the document tells of it, where neither the text nor the link does.
    shown: Option<String>,
    text: Option<String>,
    link: Option<String>,
    kind: Option<String>,
    corrects: Option<String>,
    template: Option<String>,
    editorial: Option<EditorialSettings>,
    /// Whether it is looked at before it is a draft.
    raw: bool,
    forbidden_hour: bool,
    around: Option<Around>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Around {
    link: Option<LinkReport>,
    earlier: Vec<Earlier>,
    on_that_day: u32,
    in_that_week: u32,
    electoral: bool,
    recipients: u64,
    cost: Option<String>,
    spaced_series: bool,
}

impl Example {
    fn tenant(&self) -> Tenant {
        let mut tenant: Tenant = serde_json::from_value(json!({
            "id": "rubano", "comune": "Rubano", "province": "PD",
            "privacy": {"url": "https://www.rubano.it/privacy", "version": "2026-01"},
            "contacts": {"phone": "049 000 0000", "hours": "lun-ven 9:00-12:30", "url": "https://www.rubano.it/contatti"},
            "news_hosts": ["www.rubano.it"],
            "notice_template": {
                "name": "avviso", "language": "it", "category": "utility",
                "body": "Comune di Rubano – {{testo}} Tutte le informazioni: {{link}} – Per non ricevere più avvisi scrivi CANCELLAMI."
            },
            "max_text": 700, "time_zone": "Europe/Rome", "receive_only": true
        }))
        .unwrap();
        if let Some(template) = &self.template {
            tenant.notice_template.body.clone_from(template);
        }
        if let Some(editorial) = &self.editorial {
            tenant.editorial = editorial.clone();
        }
        tenant
    }

    fn text(&self) -> &str {
        let usual = "Sabato 12 dicembre 2026, dalle 9:30 alle 18, mercatino di Natale in piazza.";
        self.text.as_deref().unwrap_or(usual)
    }

    fn link(&self) -> &str {
        let usual = "https://www.rubano.it/notizie/mercatino-di-natale";
        self.link.as_deref().unwrap_or(usual)
    }

    fn found(&self) -> Vec<Finding> {
        if self.raw {
            let input = DraftInput {
                text: Some(self.text().to_owned()),
                link: Some(self.link().to_owned()),
                ..DraftInput::default()
            };
            return check_input(&input, &self.tenant());
        }
        // Read back as stored, so that it may have faults that `Draft::check` refuses.
        let draft: Draft = serde_json::from_value(json!({
            "title": "Mercatino di Natale", "text": self.text(), "link": self.link(),
            "wanted_at": "2026-12-10T09:30", "office": "Cultura",
            "kind": self.kind.as_deref().unwrap_or("evento"), "corrects": self.corrects
        }))
        .unwrap();
        let usual = Around::default();
        let around = self.around.as_ref().unwrap_or(&usual);
        let around = Surroundings {
            now: "2026-11-22T09:00:00Z".parse().unwrap(),
            link: around.link.as_ref(),
            earlier: &around.earlier,
            on_that_day: around.on_that_day,
            in_that_week: around.in_that_week,
            hour: self
                .forbidden_hour
                .then(|| "la domenica non partono avvisi.".to_owned()),
            next_hour: None,
            electoral: around.electoral,
            recipients: around.recipients,
            cost: around.cost.clone(),
            spaced_series: around.spaced_series,
        };
        check(&draft, &self.tenant(), &around)
    }

    /// As the document shows it.
    fn shown(&self) -> String {
        let words = [&self.shown, &self.text, &self.link, &self.template];
        let words = words.into_iter().flatten().find(|words| !words.is_empty());
        words.cloned().unwrap_or_default().replace('|', "\\|")
    }
}

fn pairs() -> Vec<Pair> {
    serde_json::from_str(include_str!("editorial/examples.json")).unwrap()
}

#[test]
fn every_bad_example_is_found_and_every_good_one_is_not() {
    for pair in pairs() {
        let found = pair.bad.found();
        let of_key = found
            .iter()
            .find(|f| f.check == pair.check && f.words.0 == pair.key);
        assert!(of_key.is_some(), "{pair:#?} {found:#?}");
        let found = pair.good.found();
        let none = found.iter().all(|f| f.check != pair.check);
        assert!(none, "{pair:#?} {found:#?}");
    }
}

#[test]
fn every_finding_that_there_is_has_an_example() {
    let shown: Vec<String> = pairs().into_iter().map(|pair| pair.key).collect();
    let shown: BTreeSet<&str> = shown.iter().map(String::as_str).collect();

    assert_eq!(shown, KEYS.into_iter().collect());
    for id in CheckId::ALL {
        assert!(pairs().iter().any(|pair| pair.check == id), "{id:?}");
        assert!(!id.name().is_empty(), "{id:?}");
    }
}

#[test]
fn a_finding_weighs_no_more_than_its_check_allows_and_is_told_whole() {
    for finding in pairs().iter().flat_map(|pair| pair.bad.found()) {
        let weights = finding.check.severities();
        assert!(weights.contains(&finding.severity), "{finding:?}");
        // What an office left to fill in is shown as it left it.
        if finding.words.0 != "check.e22.placeholder" {
            assert!(!finding.message().contains(['{', '}']), "{finding:?}");
        }
        assert!(!finding.message().starts_with("check."), "{finding:?}");
    }
}

#[test]
fn a_notice_that_is_right_raises_nothing() {
    let page = pairs()
        .into_iter()
        .find(|pair| pair.key == "check.e02.status");
    let right = page.unwrap().good;

    assert_eq!(right.found(), []);
}

#[test]
fn what_a_suggestion_says_is_what_to_write() {
    let suggested = |key: &str, nth: usize| {
        let pair = pairs().into_iter().filter(|pair| pair.key == key).nth(nth);
        let found = pair.unwrap().bad.found();
        let finding = found.into_iter().find(|f| f.words.0 == key);
        finding.unwrap().suggestion.unwrap()
    };

    assert_eq!(
        suggested("check.e09.relative", 0),
        "venerdì 11 dicembre 2026"
    );
    assert_eq!(
        suggested("check.e09.relative", 1),
        "sabato 12 dicembre 2026"
    );
    assert_eq!(suggested("check.e09.weekday", 0), "sabato 12 dicembre 2026");
    assert_eq!(suggested("check.e09.year", 0), "sabato 20 marzo 2027");
    assert_eq!(suggested("check.e11.range", 0), "dalle 9:30 alle 12:30");
    assert_eq!(suggested("check.e13", 0), "in attesa");
    assert_eq!(suggested("check.e14", 0), "È festa! Perché no?");
    assert_eq!(suggested("check.e22.control", 0), "Mercatino in piazza.");
    assert_eq!(
        suggested("check.e03.tracking", 0),
        "https://www.rubano.it/notizie/mercatino-di-natale?id=3"
    );
    assert_eq!(
        suggested("check.e01.not_https", 0),
        "https://www.rubano.it/notizie/mercatino-di-natale"
    );
}

fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "block",
        Severity::Warn => "warn",
        Severity::Info => "info",
    }
}

fn waiver(check: CheckId) -> &'static str {
    if check.severities() == [Severity::Info] {
        return "";
    }
    match check.waiver() {
        Waivable::Never => "never",
        Waivable::WithReason => "a reason",
        Waivable::WithSecondPerson => "a reason and a second person",
        Waivable::BySecretary => "the municipal secretary, with a reason",
    }
}

fn page() -> String {
    let mut page = String::from(
        "# The checks of a notice\n\n\
         Generated from `CheckId` (shared/domain/src/editorial/mod.rs) and its examples\n\
         (shared/domain/tests/editorial/examples.json); a test keeps it current. To write it anew:\n\
         `UPDATE_DOCS=1 cargo test --profile quick -p domain --test checks`.\n\n\
         What blocks stops a notice unless it is lifted as the table says; what warns goes on with a reason; the rest is worth \
         knowing. Of a check\nthat can do several, \"Lifted by\" is of the heaviest. Numbers, names and places are settings of the comune \
         (`editorial` in\n`infra/tenants/*.yaml`); lists of words are in shared/domain/texts/editorial.it.json. Two texts are alike by \
         the Sørensen–Dice\ncoefficient of their pairs of letters, case and accents dropped and words put in order: a sentence moved \
         is the same text.\n\n\
         | | What | Weight | Lifted by | Not so | But so |\n|---|---|---|---|---|---|\n",
    );
    let pairs = pairs();
    for id in CheckId::ALL {
        let weights: Vec<_> = id.severities().iter().map(|s| weight(*s)).collect();
        let pair = pairs.iter().find(|pair| pair.check == id).unwrap();
        writeln!(
            page,
            "| {} | {} | {} | {} | {} | {} |",
            id.key(),
            id.name(),
            weights.join(", "),
            waiver(id),
            pair.bad.shown(),
            pair.good.shown()
        )
        .unwrap();
    }
    page
}

#[test]
fn the_table_of_checks_in_the_documents_is_the_one_in_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/checks.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }

    let committed = std::fs::read_to_string(&path).unwrap_or_default();

    let remedy = "docs/checks.md is not current: UPDATE_DOCS=1 cargo test --profile quick -p domain --test checks";
    assert!(committed == page(), "{remedy}");
}
