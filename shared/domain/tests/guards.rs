//! How often the guards, the proposed category and the reading of a report are right, over sentences as people write them.
//!
//! Of each set, the `held` half was written before the words, the `tune` half before or while they were chosen; one hand
//! wrote both and the words. So these figures say that nothing got worse. What to expect of sentences never seen is less:
//! each time new ones were read for the first time, of the dangers 0.62, then 0.70, then 0.88 were heard, and of what was
//! heard 0.89, 1.00 and 0.96 were dangers. Then they joined the `tune` half.
#![expect(clippy::print_stdout, reason = "the figures are what one reads")]

use std::path::Path;

use domain::segnalazione::categories::{Category, CategoryCode};
use domain::segnalazione::guards::{Guard, guard, speaks_of_somebody};
use domain::segnalazione::suggestion::{is_report, suggest};

/// The label and the text of each line of `name`, if it is in `language` (or in any).
#[expect(clippy::unwrap_used, reason = "the sentences lie beside this file")]
fn sentences(name: &str, language: Option<&str>) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/segnalazioni");
    let lines = std::fs::read_to_string(folder.join(format!("{name}.tsv"))).unwrap();
    lines
        .lines()
        .map(|line| line.splitn(3, '\t').collect::<Vec<_>>())
        .filter(|fields| language.is_none_or(|language| fields[1] == language))
        .map(|fields| (fields[0].to_owned(), fields[2].to_owned()))
        .collect()
}

/// What share of what should be found was found, and what share of what was found should be.
struct Figures {
    recall: f64,
    precision: f64,
}

#[expect(clippy::cast_precision_loss, reason = "some hundreds")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// With `SHOW` in the environment, prints a sentence that was read wrong.
fn show(name: &str, label: &str, text: &str, read: &str) {
    if std::env::var_os("SHOW").is_some() {
        println!("    {name}: {label}, {text:?} {read}");
    }
}

/// The figures of `is` over `name`.
fn measure(name: &str, language: Option<&str>, is: impl Fn(&str) -> bool) -> Figures {
    let sentences = sentences(name, language);
    let (mut right, mut wrong, mut missed) = (0, 0, 0);
    for (label, text) in &sentences {
        match (label == "yes", is(text)) {
            (true, true) => right += 1,
            (false, false) => {}
            (should, _) => {
                *(if should { &mut missed } else { &mut wrong }) += 1;
                show(name, label, text, "");
            }
        }
    }
    let figures = Figures {
        recall: share(right, right + missed),
        precision: share(right, right + wrong),
    };
    println!(
        "{name} {}: {} sentences, recall {:.3} ({missed} missed), precision {:.3} ({wrong} wrong)",
        language.unwrap_or("all"),
        sentences.len(),
        figures.recall,
        figures.precision,
    );
    figures
}

/// Measures both halves of `set` and asks as much of each.
fn asks(set: &str, recall: f64, precision: f64, is: impl Fn(&str) -> bool) {
    let halves = ["tune", "held"].map(|half| measure(&format!("{set}-{half}"), None, &is));
    for figures in halves {
        assert!(figures.recall >= recall, "{set}: too many are missed");
        assert!(figures.precision >= precision, "{set}: too many are wrong");
    }
}

#[test]
fn a_danger_is_hardly_ever_missed_in_any_of_six_languages() {
    let is = |text: &str| guard(text) == Some(Guard::Danger);
    for language in ["it", "en", "fr", "ro", "ar", "sq"] {
        for half in ["danger-tune", "danger-held"] {
            measure(half, Some(language), is);
        }
    }
    asks("danger", 0.98, 0.9, is);
}

#[test]
fn a_formal_application_is_told_from_a_request_to_repair() {
    asks("formal", 0.95, 0.9, |text| {
        guard(text) == Some(Guard::FormalApplication)
    });
}

#[test]
fn misconduct_inside_the_comune_is_told_from_misconduct_outside() {
    asks("whistleblowing", 0.95, 0.9, |text| {
        guard(text) == Some(Guard::Whistleblowing)
    });
}

#[test]
fn people_are_told_from_offices_and_places() {
    asks("somebody", 0.9, 0.9, speaks_of_somebody);
}

#[test]
fn a_report_is_told_from_a_question() {
    asks("report", 0.9, 0.95, is_report);
}

#[test]
fn an_ordinary_report_meets_no_guard() {
    for name in [
        "report-tune",
        "report-held",
        "suggestion-tune",
        "suggestion-held",
    ] {
        let mut reports = sentences(name, None);
        reports.retain(|(label, _)| label != "no");
        for (_, text) in reports {
            assert_eq!(guard(&text), None, "{text}");
        }
    }
}

#[test]
fn the_proposed_category_is_right_and_often_there() {
    let categories: Vec<Category> = [
        "manutenzioni",
        "illuminazione",
        "rifiuti",
        "viabilita",
        "ambiente",
        "altro",
    ]
    .into_iter()
    .map(|code| Category {
        code: code.parse().unwrap(),
        label: code.to_owned(),
        hint: None,
        words: vec![],
        questions: vec![],
        titolario: None,
    })
    .collect();
    for half in ["tune", "held"] {
        let name = format!("suggestion-{half}");
        let sentences = sentences(&name, None);
        let labelled = sentences
            .iter()
            .filter(|(label, _)| label != "none")
            .count();
        let (mut proposed, mut right, mut covered) = (0, 0, 0);
        for (label, text) in &sentences {
            let code = suggest(text, &categories).map(CategoryCode::as_str);
            proposed += usize::from(code.is_some());
            covered += usize::from(code.is_some() && label != "none");
            right += usize::from(code == Some(label));
            if code.unwrap_or("none") != label {
                show(&name, label, text, &format!("{code:?}"));
            }
        }
        let (precision, coverage) = (share(right, proposed), share(covered, labelled));
        println!(
            "{name}: {} sentences, precision {precision:.3}, coverage {coverage:.3}",
            sentences.len()
        );
        assert!(precision >= 0.9 && coverage >= 0.7);
    }
}
