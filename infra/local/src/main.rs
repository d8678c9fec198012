//! `stage run [--tenant rubano] [--graph-url URL] [--news-root URL] [--artefacts DIR] [-- command …]`: brings the system up on this
//! machine, runs the command with `PORTAVOCE_STAGE` naming the stage file, and takes everything down. Without a command it
//! stays up until Ctrl-C.

use std::path::PathBuf;
use std::process::ExitCode;

use local::{Options, Places, STAGE_VARIABLE, Stage, StageError, WhatsappSecret};

const USAGE: &str = "usage: stage run [--tenant NAME] [--graph-url URL] [--news-root URL] [--artefacts DIR] [-- COMMAND …]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(request) = Request::from_arguments(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(request).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("stage: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Request {
    tenant: String,
    graph_url: String,
    news_root: String,
    artefacts: Option<PathBuf>,
    command: Vec<String>,
}

impl Request {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        if arguments.next()? != "run" {
            return None;
        }
        let mut request = Self {
            tenant: "rubano".to_owned(),
            // Nobody listens there: good enough for everything but sending.
            graph_url: "http://127.0.0.1:9".to_owned(),
            news_root: String::new(),
            artefacts: None,
            command: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--tenant" => request.tenant = arguments.next()?,
                "--graph-url" => request.graph_url = arguments.next()?,
                "--news-root" => request.news_root = arguments.next()?,
                "--artefacts" => request.artefacts = Some(PathBuf::from(arguments.next()?)),
                "--" => {
                    request.command = arguments.collect();
                    break;
                }
                _ => return None,
            }
        }
        Some(request)
    }
}

async fn run(request: Request) -> Result<u8, StageError> {
    let secret = WhatsappSecret {
        app_secrets: vec!["app-secret".to_owned()],
        verify_token: "verify-token".to_owned(),
        access_token: "access-token".to_owned(),
    };
    let mut options = Options::new(&request.tenant, &request.graph_url, secret)?;
    options.news_root = request.news_root;
    if let Some(folder) = request.artefacts {
        options.artefacts = folder;
    }
    let stage = Stage::up(options).await?;
    let port = stage
        .file
        .endpoint_url
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_owned();
    let path = Places::find()?
        .repository
        .join(format!(".build/stage-{port}.json"));
    stage.file.write(&path)?;
    eprintln!(
        "staff API http://{}/docs · stage file {}",
        stage.file.api.host_header,
        path.display()
    );
    let code = if let [program, arguments @ ..] = request.command.as_slice() {
        let status = tokio::process::Command::new(program)
            .args(arguments)
            .env(STAGE_VARIABLE, &path)
            .status()
            .await;
        let status = status.map_err(|source| StageError::Io {
            what: program.clone(),
            source,
        })?;
        status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(1)
    } else {
        eprintln!("up until Ctrl-C");
        let _ = tokio::signal::ctrl_c().await;
        0
    };
    let _ = std::fs::remove_file(&path);
    stage.down().await;
    Ok(code)
}
