//! The peer as a program: starts, says its address in one line of JSON, and stays until it is told to stop.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use peer::{Peer, PeerConfig};
use serde_json::{Map, Value, json};

const USAGE: &str = "\
peer: plays WhatsApp's Graph API and the citizens' phones

  --port PORT             0, any that is free, unless given
  --token TOKEN           the bearer token that senders must show
  --app-secret SECRET     signs the webhooks
  --webhook-url URL       where updates are posted
  --webhook-host HOST     the Host header of those posts
  --phone-number-id ID    the business number that can send
  --waba-id ID            the business account
  --business-name NAME    the name at the head of every chat
  --templates PATH        a JSON file with one template or a list of them, or a folder of such files

Each can be given in the environment as well: PEER_PORT, PEER_TOKEN and so on.
";

/// Option, and the setting it sets.
const SETTINGS: [(&str, &str); 7] = [
    ("token", "access_token"),
    ("app-secret", "app_secret"),
    ("webhook-url", "webhook_url"),
    ("webhook-host", "webhook_host"),
    ("phone-number-id", "phone_number_id"),
    ("waba-id", "waba_id"),
    ("business-name", "business_name"),
];

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help") {
        return said(USAGE);
    }
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("peer: {failure}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Result<(), Failure> {
    let peer = Peer::start(config(arguments)?).await?;
    let line = json!({"url": peer.url(), "port": peer.address().port()});
    said(&format!("{line}\n"));
    asked_to_stop().await?;
    peer.stop().await;
    Ok(())
}

fn said(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

async fn asked_to_stop() -> std::io::Result<()> {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminated.recv() => Ok(()),
    }
}

fn config(arguments: &[String]) -> Result<PeerConfig, Failure> {
    let mut given = Map::new();
    let mut options = arguments.iter();
    while let Some(option) = options.next() {
        let name = option
            .strip_prefix("--")
            .ok_or_else(|| format!("{option} is not an option"))?;
        if name != "port" && name != "templates" && SETTINGS.iter().all(|(known, _)| *known != name)
        {
            return Err(format!("there is no option {option}").into());
        }
        let value = options
            .next()
            .ok_or_else(|| format!("{option} needs a value"))?;
        given.insert(name.to_owned(), Value::from(value.as_str()));
    }
    let value = |name: &str| -> Option<String> {
        let variable = format!("PEER_{}", name.replace('-', "_").to_uppercase());
        given
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| {
                std::env::var_os(variable)
                    .map(OsString::into_string)
                    .and_then(Result::ok)
                    .filter(|value| !value.is_empty())
            })
    };

    let mut config = PeerConfig::default();
    if let Some(port) = value("port") {
        config.port = port.parse().map_err(|_| format!("{port} is not a port"))?;
    }
    let changes: Map<String, Value> = SETTINGS
        .iter()
        .filter_map(|(option, setting)| Some(((*setting).to_owned(), Value::from(value(option)?))))
        .collect();
    config.settings = config.settings.changed(changes)?;
    if let Some(path) = value("templates") {
        config.templates = templates(Path::new(&path))?;
    }
    Ok(config)
}

fn templates(path: &Path) -> Result<Vec<Value>, Failure> {
    if path.is_dir() {
        let mut files: Vec<_> = std::fs::read_dir(path)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|file| {
            file.extension()
                .is_some_and(|extension| extension == "json")
        });
        files.sort();
        let found: Result<Vec<_>, _> = files.iter().map(|file| templates(file)).collect();
        return found.map(|found| found.into_iter().flatten().collect());
    }
    match serde_json::from_slice(&std::fs::read(path)?)? {
        Value::Array(templates) => Ok(templates),
        template => Ok(vec![template]),
    }
}
