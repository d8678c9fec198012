//! The engine as a child process that lives exactly as long as we do.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::control::{ACCOUNT, REGION, SECRET_KEY, local_client};
use crate::stage::Detour;
use crate::{Places, StageError};

const GUARD: &str = include_str!("guard.sh");
const PATIENCE: Duration = Duration::from_mins(1);

/// A running engine with a port, a folder and a log of its own.
#[derive(Debug)]
pub(crate) struct Engine {
    child: Child,
    pub(crate) port: u16,
    /// What the functions have in `AWS_ENDPOINT_URL`.
    pub(crate) functions_endpoint: String,
    pub(crate) log: PathBuf,
    folder: tempfile::TempDir,
}

impl Engine {
    /// Starts the engine on a free port and waits until it answers. Its functions find AWS at the end of the
    /// `detour`, or at the engine itself.
    pub(crate) async fn start(
        places: &Places,
        detour: Option<&Detour>,
    ) -> Result<Self, StageError> {
        let python = places.engine_python()?;
        let folder = tempfile::Builder::new()
            .prefix("portavoce-")
            .tempdir()
            .map_err(StageError::io("folder of the run"))?;
        let port = free_port()?;
        let log = places.logs()?.join(format!("engine-{port}.log"));
        let functions_endpoint =
            detour.map_or_else(|| address(port), |detour| detour(&address(port)));
        let child = spawn(&python, port, &functions_endpoint, folder.path(), &log)?;
        let mut engine = Self {
            child,
            port,
            functions_endpoint,
            log,
            folder,
        };
        engine.wait_until_ready().await?;
        Ok(engine)
    }

    pub(crate) fn url(&self) -> String {
        address(self.port)
    }

    /// A folder that goes away with the engine.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn wait_until_ready(&mut self) -> Result<(), StageError> {
        let probe = format!("{}/_ministack/ready", self.url());
        let client = local_client();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Ok(answer) = client.get(&probe).send().await
                && answer.status().is_success()
            {
                return Ok(());
            }
            if self.child.try_wait().is_ok_and(|exit| exit.is_some()) {
                return Err(StageError::Engine {
                    what: "ended while starting",
                    log: self.log.clone(),
                });
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(StageError::Engine {
            what: "did not answer within a minute",
            log: self.log.clone(),
        })
    }
}

impl Drop for Engine {
    /// Closing its standard input is the order to end; the guard ends the engine and its functions.
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(5) {
            match self.child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
    }
}

fn address(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn spawn(
    python: &Path,
    port: u16,
    functions_endpoint: &str,
    folder: &Path,
    log: &Path,
) -> Result<Child, StageError> {
    let home = folder.join("home");
    let scratch = folder.join("tmp");
    for needed in [&home, &scratch] {
        std::fs::create_dir_all(needed).map_err(StageError::io(needed.display().to_string()))?;
    }
    let output = File::create(log).map_err(StageError::io(log.display().to_string()))?;
    let errors = output
        .try_clone()
        .map_err(StageError::io("log of the engine"))?;
    Command::new("sh")
        .args(["-c", GUARD, "guard"])
        .arg(python)
        .args(["-m", "ministack"])
        // The functions inherit this environment: nothing of the caller's may leak into them.
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("RUN_FOLDER", folder)
        .env("HOME", &home)
        .env("TMPDIR", &scratch)
        .env("TZ", "UTC")
        .env("GATEWAY_PORT", port.to_string())
        .env("BIND_HOST", "127.0.0.1")
        .env("MINISTACK_HOST", "localhost")
        .env("MINISTACK_REGION", REGION)
        .env("MINISTACK_ACCOUNT_ID", ACCOUNT)
        // Enforce the IAM policies of the template.
        .env("AUTH", "true")
        .env("STATE_DIR", folder.join("state"))
        .env("S3_DATA_DIR", folder.join("s3"))
        // Both would bind fixed ports.
        .env("IOT_MTLS_ENABLED", "0")
        .env("SFTP_ENABLED", "0")
        .env("PYTHONUNBUFFERED", "1")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AWS_ENDPOINT_URL", functions_endpoint)
        .env("AWS_REGION", REGION)
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        // On AWS the service sets it from LoggingConfig.
        .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(output)
        .stderr(errors)
        .spawn()
        .map_err(StageError::io("start of the engine"))
}

/// A port that nobody uses now. Somebody could take it before the engine does; then the engine says so and ends.
fn free_port() -> Result<u16, StageError> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(StageError::io("free port"))
}
