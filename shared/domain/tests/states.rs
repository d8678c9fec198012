//! `docs/states.md` is what the code says, for people who do not read code.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up stops")]

use std::fmt::Write as _;
use std::path::Path;

use domain::notice::{MoveKind, StateName};
use domain::staff::Role;
use domain::texts::italian;

fn letter(role: Role) -> &'static str {
    match role {
        Role::Requester => "R",
        Role::Operator => "O",
        Role::SectorHead => "H",
        Role::OperatingGroup => "G",
        Role::Finance => "F",
        Role::Administrator => "A",
        Role::Secretary => "C",
        Role::Supplier => "U",
    }
}

fn cell(state: StateName, step: MoveKind) -> String {
    match state.allows(step) {
        None => String::new(),
        Some([]) => "S".to_owned(),
        Some(roles) => roles
            .iter()
            .map(|role| letter(*role))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

fn page() -> String {
    let words = italian();
    let mut page = String::from(
        "# The states of a notice, and who may move it\n\n\
         Generated from `StateName::allows` (shared/domain/src/notice/request.rs); a test keeps it current. To write it anew:\n\
         `UPDATE_DOCS=1 cargo test --profile quick -p domain --test states`.\n\n\
         Each cell says who may make the move of its column from the state of its row; an empty cell, nobody. Besides: who asked \
         for a\nnotice, and who wrote the words as they stand, never approves it; a move that says no carries a reason; an approval is of exact words, and a reword \
         voids it.\n\n\
         | | Role | Italian name |\n|---|---|---|\n",
    );
    for role in Role::ALL {
        writeln!(
            page,
            "| {} | `{}` | {} |",
            letter(role),
            role.key(),
            words.role(role.key())
        )
        .unwrap();
    }
    page.push_str("| S | the system itself | |\n\n| State | Italian name |");
    for step in MoveKind::ALL {
        write!(page, " {} |", step.key().replace('_', "-")).unwrap();
    }
    page.push_str("\n|---|---|");
    page.push_str(&":---:|".repeat(MoveKind::ALL.len()));
    page.push('\n');
    for state in StateName::ALL {
        write!(page, "| `{}` | {} |", state.key(), words.state(state.key())).unwrap();
        for step in MoveKind::ALL {
            write!(page, " {} |", cell(state, step)).unwrap();
        }
        page.push('\n');
    }
    page.push_str("\n| Move | Italian name |\n|---|---|\n");
    for step in MoveKind::ALL {
        writeln!(
            page,
            "| {} | {} |",
            step.key().replace('_', "-"),
            words.a_move(step.key())
        )
        .unwrap();
    }
    page
}

#[test]
fn the_table_of_states_in_the_documents_is_the_one_in_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/states.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, page()).unwrap();
    }

    let committed = std::fs::read_to_string(&path).unwrap_or_default();

    let remedy = "docs/states.md is not current: UPDATE_DOCS=1 cargo test --profile quick -p domain --test states";
    assert!(committed == page(), "{remedy}");
}
