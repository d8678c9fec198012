//! `rehearsal [--tenant NAME --artefacts FOLDER] -- command…`: raises the world of a comune (Rubano, of what `package` wrote),
//! runs the command with `PORTAVOCE_STAGE` set, and ends with its exit code.

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
    let usage =
        || Trouble("usage: rehearsal [--tenant NAME --artefacts FOLDER] -- command…".to_owned());
    let mut arguments = std::env::args().skip(1);
    let (mut tenant, mut artefacts) = ("rubano".to_owned(), None);
    loop {
        let argument = arguments.next().ok_or_else(usage)?;
        match argument.as_str() {
            "--" => break,
            "--tenant" => tenant = arguments.next().ok_or_else(usage)?,
            "--artefacts" => artefacts = Some(arguments.next().ok_or_else(usage)?),
            _ => return Err(usage()),
        }
    }
    let program = arguments.next().ok_or_else(usage)?;

    let world = World::raise_with(&tenant, say, |options| {
        options.pace_per_second = 80;
        if let Some(folder) = artefacts {
            options.artefacts = folder.into();
        }
    })
    .await?;
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
