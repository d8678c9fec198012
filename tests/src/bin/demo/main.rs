//! `demo`: plays the main job of Rubano on the deployed system, one readable line a step, and stays up until Ctrl-C.
//! `CHECK=1` checks every step, does not stay up, and prints one JSON line of figures last.

mod citizens;
mod notice;
mod procedure;
mod tally;
mod voice;

use std::process::ExitCode;

use rehearsal::{Result, World};

/// Messages per second in the demo: few, so that one can watch a notice go out, and leave meanwhile.
const PACE: u32 = 2;

#[tokio::main]
async fn main() -> ExitCode {
    let check = cloud::env::process("CHECK").is_some_and(|value| value != "0");
    match play(check).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(trouble) => {
            voice::broken(&trouble);
            ExitCode::FAILURE
        }
    }
}

/// Plays the job; whether every figure is what it should be.
async fn play(check: bool) -> Result<bool> {
    voice::chapter("Il sistema si accende");
    let world = World::raise("rubano", PACE, voice::detail).await?;

    let outcome = main_job(&world, check).await;
    let logs = world.save_logs().await?;
    if !matches!(outcome, Ok(true)) {
        voice::detail(&format!(
            "i registri delle funzioni sono in {}",
            logs.display()
        ));
    }
    world.down().await;
    outcome
}

async fn main_job(world: &World, check: bool) -> Result<bool> {
    voice::chapter("I cittadini si iscrivono");
    let phones = citizens::subscribe(world).await?;
    citizens::two_leave(world, &phones).await?;

    voice::chapter("Gli uffici chiedono degli avvisi");
    procedure::appoint(world).await?;
    let walked = procedure::walk(world).await?;
    let notice = &walked.notice;

    voice::chapter("L'avviso esce");
    let leaver = notice::goes_out(world, &phones, notice).await?;
    procedure::told(world).await?;

    voice::chapter("Il registro e il rendiconto");
    let report = notice::report(world, notice).await?;
    let verified = procedure::verify(world).await?;

    let sent = tally::Sent {
        phones: &phones,
        leaver: &leaver,
        report: &report,
    };
    let figures = tally::count(world, &sent, &walked, &verified).await?;
    let right = figures.are_right();
    if !right {
        voice::wrong(&format!("le cifre non tornano: attese {}", tally::EXPECTED));
    }
    if !check {
        voice::addresses(world, &report)?;
        voice::chapter("Resta acceso: Ctrl-C per finire");
        let _ = tokio::signal::ctrl_c().await;
    }
    voice::figures(&figures)?;
    Ok(right)
}
