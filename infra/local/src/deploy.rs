//! `sam deploy` of the one template, as on AWS, to the engine.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::control::{ACCOUNT, REGION, SECRET_KEY};
use crate::engine::Engine;
use crate::{Options, Places, StageError};

const TAIL: usize = 30;

pub(crate) async fn deploy(
    places: &Places,
    engine: &Engine,
    options: &Options,
    stack: &str,
    bucket: &str,
) -> Result<(), StageError> {
    let template = template_for(places, engine.folder(), &options.artefacts)?;
    let log = places.logs()?.join(format!("deploy-{}.log", engine.port));
    let output = File::create(&log).map_err(StageError::io(log.display().to_string()))?;
    let errors = output
        .try_clone()
        .map_err(StageError::io("log of the deployment"))?;
    let status = tokio::process::Command::new(places.sam()?)
        .args([
            "deploy",
            "--stack-name",
            stack,
            "--s3-bucket",
            bucket,
            "--region",
            REGION,
        ])
        .arg("--template-file")
        .arg(template)
        .args(["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])
        .args([
            "--no-confirm-changeset",
            "--no-progressbar",
            "--language-extensions",
        ])
        .arg("--parameter-overrides")
        .args([
            format!("Tenant={}", options.tenant),
            format!("GraphUrl={}", options.graph_url),
            format!("PhoneNumberId={}", options.phone_number_id),
            // Domains that nobody can own (RFC 2606, 2).
            format!("MailFrom=avvisi@{}.example", options.tenant),
            format!("Mailbox=richieste@{}.example", options.tenant),
            format!("PacePerSecond={}", options.pace_per_second),
            format!("UnclearTermSeconds={}", options.unclear_term_seconds),
            format!("SignInUrl={}", engine.url()),
            "Architecture=x86_64".to_owned(),
            "ReportRetentionDays=1".to_owned(),
            "Local=true".to_owned(),
        ])
        .args(
            // sam refuses an empty value.
            (!options.news_root.is_empty()).then(|| format!("NewsRoot={}", options.news_root)),
        )
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("HOME", engine.folder().join("home"))
        .env("TMPDIR", engine.folder().join("tmp"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SAM_CLI_TELEMETRY", "0")
        // Seconds between two looks at a stack that is ready in two.
        .env("SAM_CLI_POLL_DELAY", "0.2")
        .env("AWS_ENDPOINT_URL", engine.url())
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_DEFAULT_REGION", REGION)
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .kill_on_drop(true)
        .status()
        .await
        .map_err(StageError::io("sam deploy"))?;
    if status.success() {
        Ok(())
    } else {
        Err(StageError::Deploy {
            tail: tail_of(&log),
            log,
        })
    }
}

/// The template itself, or a copy that looks for the functions where the caller has put them.
fn template_for(places: &Places, folder: &Path, artefacts: &Path) -> Result<PathBuf, StageError> {
    let template = places.template();
    if artefacts == places.artefacts() {
        return Ok(template);
    }
    let text = std::fs::read_to_string(&template)
        .map_err(StageError::io(template.display().to_string()))?;
    let copy = folder.join("template.yaml");
    std::fs::write(
        &copy,
        text.replace("../.build/lambda/", &format!("{}/", artefacts.display())),
    )
    .map_err(StageError::io(copy.display().to_string()))?;
    Ok(copy)
}

fn tail_of(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}
