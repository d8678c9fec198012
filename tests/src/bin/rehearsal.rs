//! `rehearsal -- command…`: raises the world, runs the command with `PORTAVOCE_STAGE` set, and ends with its exit code.

use std::process::ExitCode;

use rehearsal::{Result, Trouble, World};

fn say(line: &str) {
    eprintln!("   {line}");
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("rehearsal: {trouble}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode> {
    let command: Vec<String> = std::env::args()
        .skip(1)
        .skip_while(|argument| argument == "--")
        .collect();
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| Trouble("usage: rehearsal -- command…".to_owned()))?;

    let world = World::raise("rubano", 80, say).await?;
    let file = std::env::temp_dir().join(format!("portavoce-stage-{}.json", std::process::id()));
    world.stage.file.write(&file)?;

    let status = tokio::process::Command::new(program)
        .args(arguments)
        .env(local::STAGE_VARIABLE, &file)
        .kill_on_drop(true)
        .status()
        .await;
    let _ = std::fs::remove_file(&file);
    world.down().await;
    let code = status?
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1);
    Ok(ExitCode::from(code))
}
