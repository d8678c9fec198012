use proptest::prelude::*;

use super::*;
use crate::segnalazione::categories::Category;
use crate::segnalazione::settings::Office;
use crate::tenant::tests::rubano;

const RULES: &str = r#"
- when: {category: [viabilita], area: provinciale}
  to: {body: {name: Città metropolitana di Torino, contact: "011 000 0000"}}
- when: {category: [illuminazione], answer: {question: palo, with: [enel, e-distribuzione]}}
  to: {body: {name: Gestore dei lampioni, contact: "800 000 000"}}
- when: {category: [illuminazione], answer: {question: palo}}
  to: {office: lavori_pubblici}
- when: {hours: ["22:00-24:00", "00:00-06:00"]}
  to: {office: polizia_locale}
- when: {weekdays: [sat, sun]}
  to: {office: polizia_locale}
- to: {office: urp}
"#;

fn rules(yaml: &str) -> Rules {
    serde_yaml_ng::from_str(yaml).unwrap()
}

fn code(text: &str) -> CategoryCode {
    text.parse().unwrap()
}

fn offices() -> Vec<Office> {
    let office = |code: &str| Office {
        code: code.parse().unwrap(),
        name: code.to_owned(),
        email: format!("{code}@comune.example").parse().unwrap(),
    };
    ["lavori_pubblici", "polizia_locale", "urp"]
        .map(office)
        .into()
}

fn categories() -> Vec<Category> {
    serde_yaml_ng::from_str(
        "[{code: viabilita, label: Viabilità}, \
          {code: illuminazione, label: Luci, questions: [{code: palo, text: Che numero?}]}]",
    )
    .unwrap()
}

/// One square around Montanaro's station.
fn areas() -> Areas {
    let square = r#"{"type": "Polygon", "coordinates":
        [[[7.85, 45.23], [7.86, 45.23], [7.86, 45.24], [7.85, 45.24], [7.85, 45.23]]]}"#;
    let area = Territory::read(square, 0).unwrap();
    BTreeMap::from([("provinciale".to_owned(), area)])
}

/// A segnalazione: category, position, hour in UTC, answer to the question on the pole.
type Told<'a> = (&'a str, Option<(f64, f64)>, &'a str, Option<&'a str>);

fn with_facts<T>(told: Told<'_>, look: impl Fn(&Facts<'_>) -> T) -> T {
    let (category, point, at, pole) = told;
    let answers = pole.map(|answer| (code("palo"), answer.to_owned()));
    look(&Facts {
        category: &code(category),
        point: point.map(|(lat, lon)| Point::new(lat, lon).unwrap()),
        presented_at: at.parse().unwrap(),
        answers: &answers.into_iter().collect(),
        areas: &areas(),
        zone: &rubano().time_zone,
    })
}

const IN: Option<(f64, f64)> = Some((45.235, 7.855));
const OUT: Option<(f64, f64)> = Some((45.225, 7.855));
/// Monday in the morning.
const MONDAY: &str = "2026-10-05T08:00:00Z";

#[test]
fn the_first_rule_that_matches_wins() {
    let rules = rules(RULES);
    for (told, rule) in [
        (("viabilita", IN, MONDAY, None), 0),
        (("viabilita", OUT, MONDAY, None), 5),
        (("viabilita", None, MONDAY, None), 5),
        (("illuminazione", IN, MONDAY, Some("ENEL 12")), 1),
        (
            ("illuminazione", IN, MONDAY, Some("è dell'E-Distribuzione")),
            1,
        ),
        (("illuminazione", IN, MONDAY, Some("enelina 12")), 2),
        (("illuminazione", IN, MONDAY, Some("")), 5),
        (("illuminazione", IN, MONDAY, None), 5),
        // By the clocks of the comune: midnight in Rome is 22:00 in UTC in summer, and already Saturday.
        (("viabilita", OUT, "2026-10-05T19:59:59Z", None), 5),
        (("viabilita", OUT, "2026-10-05T20:00:00Z", None), 3),
        (("viabilita", OUT, "2026-10-06T03:59:59Z", None), 3),
        (("viabilita", OUT, "2026-10-06T04:00:00Z", None), 5),
        (("viabilita", OUT, "2026-10-10T08:00:00Z", None), 4),
    ] {
        let found = with_facts(told, |facts| route(&rules, facts).map(|it| it.rule));
        assert_eq!(found, Some(rule), "{told:?}");
    }
}

#[test]
fn an_outcome_is_an_office_or_another_body() {
    let rules = rules(RULES);
    let to = |told| with_facts(told, |facts| route(&rules, facts).unwrap().to.clone());

    assert_eq!(
        to(("viabilita", OUT, MONDAY, None)),
        Destination::Office("urp".parse().unwrap())
    );
    let Destination::Body(body) = to(("viabilita", IN, MONDAY, None)) else {
        panic!("not the province");
    };
    assert_eq!(body.name.as_str(), "Città metropolitana di Torino");
}

#[test]
fn a_trial_shows_which_condition_of_which_rule_did_not_hold() {
    let rules = rules(RULES);

    let trials = with_facts(("viabilita", None, "2026-10-10T08:00:00Z", None), |facts| {
        dry_run(&rules, facts)
    });

    let read: Vec<String> = trials
        .iter()
        .map(|trial| {
            let conditions = trial
                .conditions
                .iter()
                .map(|(condition, holds)| format!(" {}={}", condition.key(), holds.key()));
            let conditions: String = conditions.collect();
            format!("{} {}{conditions}", trial.rule, trial.verdict.key())
        })
        .collect();
    assert_eq!(
        read,
        [
            "0 no_match category=yes area=unknown",
            "1 no_match category=no answer=unknown",
            "2 no_match category=no answer=unknown",
            "3 no_match hours=no",
            "4 taken weekdays=yes",
            "5 after_another",
        ]
    );
}

#[test]
fn good_rules_have_no_problem_and_read_back_as_they_were_written() {
    let rules = rules(RULES);

    assert_eq!(rules.check(&offices(), &categories(), &areas()), []);
    let written = serde_yaml_ng::to_string(&rules).unwrap();
    assert_eq!(serde_yaml_ng::from_str::<Rules>(&written).unwrap(), rules);
}

#[test]
fn what_is_wrong_with_rules_is_found_before_they_are_used() {
    let problems = |yaml: &str| {
        let problems = rules(yaml).check(&offices(), &categories(), &areas());
        problems.iter().map(ToString::to_string).collect::<Vec<_>>()
    };

    assert_eq!(
        problems(
            r#"
- when: {category: [buche], area: collina}
  to: {office: vigili}
- when: {category: [viabilita], answer: {question: palo, with: ["?"]}}
  to: {office: urp}
- to: {office: urp}
- when: {weekdays: [sun]}
  to: {office: urp}
"#
        ),
        [
            "rule 0: there is no category buche",
            "rule 0: there is no area collina",
            "rule 0: there is no office vigili",
            "rule 1: no category that it is about asks palo",
            "rule 1: an answer is to contain nothing",
            "rule 3: rule 2 before it is for everything",
        ]
    );
    let missing = ["rule 1: the last rule is not for everything"];
    assert_eq!(
        problems("[{when: {weekdays: [sun]}, to: {office: urp}}]"),
        missing
    );
    assert_eq!(
        problems("[]"),
        ["rule 0: the last rule is not for everything"]
    );
}

#[test]
fn a_misspelt_rule_is_refused() {
    for yaml in [
        "[{whan: {}, to: {office: urp}}]",
        "[{when: {categories: [viabilita]}, to: {office: urp}}]",
        "[{when: {hours: [\"22:00-06:00\"]}, to: {office: urp}}]",
        "[{when: {}, to: {ufficio: urp}}]",
        "[{when: {}}]",
        "[{to: {office: urp, body: {name: Enel, contact: Torino}}}]",
        "[{to: {body: {name: Enel}}}]",
    ] {
        assert!(serde_yaml_ng::from_str::<Rules>(yaml).is_err(), "{yaml}");
    }
}

proptest! {
    #[test]
    fn checked_rules_send_everything_somewhere_and_the_trial_agrees(
        category in prop::sample::select(vec!["viabilita", "illuminazione", "altro"]),
        point in prop::option::of((45.22..45.25_f64, 7.84..7.87_f64)),
        second in 1_780_000_000_i64..1_800_000_000,
        pole in prop::option::of("[A-Za-z0-9 è-]{0,12}"),
    ) {
        let rules = rules(RULES);
        let at = Instant::from_second(second).unwrap().to_string();
        with_facts((category, point, &at, pole.as_deref()), |facts| {
            let routed = route(&rules, facts).map(|routed| routed.rule);
            let trials = dry_run(&rules, facts);
            let taken: Vec<usize> = trials
                .iter()
                .filter(|trial| trial.verdict == Verdict::Taken)
                .map(|trial| trial.rule)
                .collect();
            assert_eq!(Some(taken), routed.map(|rule| vec![rule]));
            for trial in trials {
                let matches = trial.conditions.iter().all(|(_, holds)| *holds == Holds::Yes);
                assert_eq!(matches, trial.verdict != Verdict::NoMatch);
            }
        });
    }
}
