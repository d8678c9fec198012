//! `docs/segnalazioni-states.md` is what the code says, for people who do not read code.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use std::fmt::Write as _;
use std::path::Path;

use domain::segnalazione::life::{Hand, MoveKind, StateName};

fn letter(hand: Hand) -> &'static str {
    match hand {
        Hand::Citizen => "C",
        Hand::Staff => "O",
        Hand::System => "S",
    }
}

fn italian(state: StateName) -> &'static str {
    match state {
        StateName::Received => "ricevuta",
        StateName::SentToProtocol => "inoltrata al protocollo",
        StateName::Registered => "protocollata",
        StateName::TakenInCharge => "presa in carico",
        StateName::Assigned => "assegnata",
        StateName::UnderWay => "in lavorazione",
        StateName::Resolved => "risolta",
        StateName::NotCompetent => "non di competenza",
        StateName::NotAccepted => "non accolta",
        StateName::Archived => "archiviata",
        StateName::MergedInto => "unita a un'altra",
    }
}

fn cell(state: StateName, step: MoveKind) -> String {
    let hands = state.allows(step).iter();
    hands
        .map(|hand| letter(*hand))
        .collect::<Vec<_>>()
        .join(" ")
}

fn page() -> String {
    let mut page = String::from(
        "# The states of a segnalazione, and who may move it\n\n\
         Generated from `StateName::allows` (shared/domain/src/segnalazione/life/state.rs); a test keeps it current. To write it\n\
         anew: `UPDATE_DOCS=1 cargo test --profile quick -p domain --test segnalazione_states`.\n\n\
         Each cell says who may make the move of its column from the state of its row; an empty cell, nobody. C is the citizen who\n\
         reported it, O an officer (an operator, a head of sector, the secretary), S the system itself, which only forwards and\n\
         takes down what the protocollo tells it. Besides:\n\n\
         - nothing is closed before the protocollo has registered it (Montanaro, art. 2.5), and no state lets the system close\n  \
           (art. 5.5);\n\
         - what closes carries its reason: what was done, why not, whose it is, or the case that goes on in its place;\n\
         - a case is merged only into another that is open;\n\
         - a reopened case is `registered` again: anybody who deals with cases may take it. The term, usually 30 days, lasts to\n  \
           the end of its last day in the comune's zone;\n\
         - a citizen rates once;\n\
         - a second number of the protocollo is kept beside the first until an act annuls one; one always stands.\n\n\
         | State | Italian name | closed |",
    );
    for step in MoveKind::ALL {
        write!(page, " {} |", step.key().replace('_', "-")).unwrap();
    }
    page.push_str("\n|---|---|:---:|");
    page.push_str(&":---:|".repeat(MoveKind::ALL.len()));
    page.push('\n');
    for state in StateName::ALL {
        let closed = if state.is_closed() { "yes" } else { "" };
        write!(
            page,
            "| `{}` | {} | {closed} |",
            state.key(),
            italian(*state)
        )
        .unwrap();
        for step in MoveKind::ALL {
            write!(page, " {} |", cell(*state, *step)).unwrap();
        }
        page.push('\n');
    }
    page
}

#[test]
fn the_table_of_states_in_the_documents_is_the_one_in_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/segnalazioni-states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }

    let committed = std::fs::read_to_string(&path).unwrap_or_default();

    let remedy = "docs/segnalazioni-states.md is not current: UPDATE_DOCS=1 cargo test --profile quick -p domain --test segnalazione_states";
    assert!(committed == page(), "{remedy}");
}
