use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::Credentials;
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, DefaultRetention, ObjectLockConfiguration,
    ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule,
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::control::{ACCOUNT, Control, REGION, SECRET_KEY};
use crate::engine::Engine;
use crate::staff::Staff;
use crate::{Places, StageError, deploy, logs};

/// The variable that names the [`StageFile`] for a process that wants to attach.
pub const STAGE_VARIABLE: &str = "PORTAVOCE_STAGE";

/// What Meta and the comune share; put into the stack's secret after the deployment.
#[derive(Clone, Serialize)]
pub struct WhatsappSecret {
    /// The app secret, and the one before it during a rotation.
    pub app_secrets: Vec<String>,
    /// What Meta repeats in the handshake.
    pub verify_token: String,
    /// What we show to the Graph API.
    pub access_token: String,
}

impl fmt::Debug for WhatsappSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WhatsappSecret(..)")
    }
}

/// From the engine's address to the one that the functions have in `AWS_ENDPOINT_URL`.
pub type Detour = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// What to deploy, and whom to tell how far it is.
#[derive(Clone)]
pub struct Options {
    /// The comune: `infra/tenants/<tenant>.yaml`.
    pub tenant: String,
    /// Where the Graph API is: the peer.
    pub graph_url: String,
    /// Where the comune's site is read; empty for its own address.
    pub news_root: String,
    /// The number's id at Meta.
    pub phone_number_id: String,
    /// Messages per second that the number may send.
    pub pace_per_second: u32,
    /// Seconds after which an unclear call is called unknown.
    pub unclear_term_seconds: u32,
    /// One folder per function, with `bootstrap` and `tenant.json`.
    pub artefacts: PathBuf,
    /// Told the engine's address, says where the functions find AWS instead: a proxy that makes trouble on the way there.
    pub detour: Option<Detour>,
    /// The values of the stack's secret.
    pub secret: WhatsappSecret,
    /// Told one readable line per step.
    pub progress: Arc<dyn Fn(&str) + Send + Sync>,
}

impl Options {
    /// The usual rehearsal: the tenant's functions from `.build/lambda`, progress on standard error.
    pub fn new(tenant: &str, graph_url: &str, secret: WhatsappSecret) -> Result<Self, StageError> {
        Ok(Self {
            tenant: tenant.to_owned(),
            graph_url: graph_url.to_owned(),
            news_root: String::new(),
            phone_number_id: "106500000000001".to_owned(),
            pace_per_second: 80,
            unclear_term_seconds: 900,
            artefacts: Places::find()?.artefacts(),
            detour: None,
            secret,
            progress: Arc::new(|line| eprintln!("{line}")),
        })
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("tenant", &self.tenant)
            .field("graph_url", &self.graph_url)
            .field("artefacts", &self.artefacts)
            .finish_non_exhaustive()
    }
}

/// How to reach the deployed HTTP API: connect to `base_url`, and say `Host: host_header`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ApiAddress {
    /// `http://127.0.0.1:<port>`.
    pub base_url: String,
    /// `<api id>.execute-api.localhost:<port>`; browsers and curl also reach the API under `http://<this>/`.
    pub host_header: String,
}

/// Everything another process needs to attach to a running stage.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StageFile {
    /// The comune.
    pub tenant: String,
    /// The deployed HTTP API.
    pub api: ApiAddress,
    /// The engine, for AWS clients.
    pub endpoint_url: String,
    /// What its functions have in `AWS_ENDPOINT_URL`: the engine, or a proxy before it.
    pub functions_endpoint: String,
    /// The outputs of the stack.
    pub outputs: BTreeMap<String, String>,
    /// An access token per role.
    pub tokens: BTreeMap<String, String>,
    /// What the engine writes.
    pub engine_log: PathBuf,
    /// Other addresses of the run, such as the peer's; whoever starts them adds them.
    #[serde(default)]
    pub others: BTreeMap<String, String>,
}

impl StageFile {
    /// Writes it where [`Stage::attach`] will read it.
    pub fn write(&self, path: &Path) -> Result<(), StageError> {
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| StageError::call("stage file", &error))?;
        std::fs::write(path, text).map_err(StageError::io(path.display().to_string()))
    }
}

/// The system, deployed to an engine on this machine.
#[derive(Debug)]
pub struct Stage {
    /// Addresses, outputs and tokens.
    pub file: StageFile,
    /// For AWS clients with the rights of the account's root.
    pub sdk: SdkConfig,
    control: Control,
    /// Only with whoever brought the stage up.
    engine: Option<Engine>,
}

impl Stage {
    /// Starts an engine, deploys the template to it, puts the secret and hires the staff.
    pub async fn up(options: Options) -> Result<Self, StageError> {
        let places = Places::find()?;
        let say = &options.progress;
        let started = Instant::now();
        let engine = Engine::start(&places, options.detour.as_ref()).await?;
        say(&format!(
            "engine on port {}, IAM enforced ({:.1} s)",
            engine.port,
            started.elapsed().as_secs_f32()
        ));

        let sdk = sdk_config(&engine.url()).await;
        let control = Control::new(&engine.url());
        let started = Instant::now();
        let stack = format!("portavoce-{}", options.tenant);
        let bucket = format!("{stack}-artefacts");
        say(&format!("deploying {stack} with sam …"));
        create_bucket(&sdk, &bucket).await?;
        deploy::deploy(&places, &engine, &options, &stack, &bucket).await?;
        let outputs: BTreeMap<_, _> = control.outputs(&stack).await?.into_iter().collect();
        say(&format!(
            "stack {stack} deployed ({:.1} s)",
            started.elapsed().as_secs_f32()
        ));

        let api_id = outputs
            .get("ApiId")
            .ok_or_else(|| StageError::NoOutput("ApiId".to_owned()))?;
        let mut stage = Self {
            file: StageFile {
                tenant: options.tenant.clone(),
                api: ApiAddress {
                    base_url: engine.url(),
                    host_header: format!("{api_id}.execute-api.localhost:{}", engine.port),
                },
                endpoint_url: engine.url(),
                functions_endpoint: engine.functions_endpoint.clone(),
                tokens: BTreeMap::new(),
                engine_log: engine.log.clone(),
                others: BTreeMap::new(),
                outputs,
            },
            sdk,
            control,
            engine: Some(engine),
        };
        stage.put_secret(&options.secret).await?;
        stage.lock_reports().await?;
        stage.file.tokens = stage.staff()?.hire().await?.into_iter().collect();
        say("secret put, staff signed in");
        Ok(stage)
    }

    /// Attaches to a stage that another process keeps up.
    pub async fn attach(path: &Path) -> Result<Self, StageError> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| StageError::NoStage(format!("{}: {error}", path.display())))?;
        let file: StageFile = serde_json::from_str(&text)
            .map_err(|error| StageError::NoStage(format!("{}: {error}", path.display())))?;
        Ok(Self {
            sdk: sdk_config(&file.endpoint_url).await,
            control: Control::new(&file.endpoint_url),
            file,
            engine: None,
        })
    }

    /// Attaches to the stage named by [`STAGE_VARIABLE`].
    pub async fn attach_from_env() -> Result<Self, StageError> {
        let path = std::env::var_os(STAGE_VARIABLE)
            .ok_or_else(|| StageError::NoStage(format!("{STAGE_VARIABLE} is not set")))?;
        Self::attach(Path::new(&path)).await
    }

    /// Ends the engine and everything it runs. Dropping does the same.
    pub async fn down(self) {
        // Dropping an engine waits for its end.
        let _ = tokio::task::spawn_blocking(move || drop(self.engine)).await;
    }

    /// An output of the stack, such as `PeopleTable`.
    pub fn output(&self, name: &str) -> Result<&str, StageError> {
        self.file
            .outputs
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| StageError::NoOutput(name.to_owned()))
    }

    /// The access token of a role: requester, operator, `sector_head`, `operating_group`, finance. Good for an hour.
    pub fn token(&self, role: &str) -> Result<&str, StageError> {
        self.file
            .tokens
            .get(role)
            .map(String::as_str)
            .ok_or_else(|| StageError::NoUser(role.to_owned()))
    }

    /// One more user in a group; gives the access token.
    pub async fn new_user(&self, name: &str, group: &str) -> Result<String, StageError> {
        let staff = self.staff()?;
        staff.create(name, group).await?;
        staff.sign_in(name).await
    }

    /// A fresh access token for a user of the staff.
    pub async fn sign_in(&self, name: &str) -> Result<String, StageError> {
        self.staff()?.sign_in(name).await
    }

    /// What a function (`webhook`, `send`, …) has written so far, oldest first, without the platform's own lines.
    pub async fn function_logs(&self, function: &str) -> Result<Vec<String>, StageError> {
        logs::lines_of(
            &self.control,
            &format!("/aws/lambda/portavoce-{}-{function}", self.file.tenant),
        )
        .await
    }

    /// Makes what a queue has handed out and not got back visible again after so many seconds, instead of the minutes
    /// that the template gives: for tests that kill a function. `queue` is the output, such as `InboundQueueUrl`.
    pub async fn retry_within(&self, queue: &str, seconds: u32) -> Result<(), StageError> {
        let attributes = json!({
            "QueueUrl": self.output(queue)?,
            "Attributes": {"VisibilityTimeout": seconds.to_string()},
        });
        self.control
            .json("sqs", "AmazonSQS.SetQueueAttributes", &attributes)
            .await?;
        Ok(())
    }

    fn staff(&self) -> Result<Staff<'_>, StageError> {
        Ok(Staff {
            control: &self.control,
            pool: self.output("UserPoolId")?,
            client: self.output("UserPoolClientId")?,
        })
    }

    async fn put_secret(&self, secret: &WhatsappSecret) -> Result<(), StageError> {
        let text =
            serde_json::to_string(secret).map_err(|error| StageError::call("secret", &error))?;
        aws_sdk_secretsmanager::Client::new(&self.sdk)
            .put_secret_value()
            .secret_id(self.output("WhatsappSecretArn")?)
            .secret_string(text)
            .send()
            .await
            .map_err(|error| StageError::call("value of the secret", &error))?;
        Ok(())
    }

    /// The engine's `CloudFormation` drops the lock that the template asks for; its S3 knows it.
    async fn lock_reports(&self) -> Result<(), StageError> {
        let retention = DefaultRetention::builder()
            .mode(ObjectLockRetentionMode::Governance)
            .days(1)
            .build();
        let lock = ObjectLockConfiguration::builder()
            .object_lock_enabled(ObjectLockEnabled::Enabled)
            .rule(
                ObjectLockRule::builder()
                    .default_retention(retention)
                    .build(),
            )
            .build();
        aws_sdk_s3::Client::new(&self.sdk)
            .put_object_lock_configuration()
            .bucket(self.output("ReportsBucket")?)
            .object_lock_configuration(lock)
            .send()
            .await
            .map_err(|error| StageError::call("lock of the reports", &error))?;
        Ok(())
    }
}

async fn sdk_config(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::v2026_01_12())
        .region(Region::from_static(REGION))
        .credentials_provider(Credentials::new(
            ACCOUNT,
            SECRET_KEY,
            None,
            None,
            "local stage",
        ))
        .endpoint_url(endpoint)
        .load()
        .await
}

async fn create_bucket(sdk: &SdkConfig, name: &str) -> Result<(), StageError> {
    let location = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::from(REGION))
        .build();
    aws_sdk_s3::Client::new(sdk)
        .create_bucket()
        .bucket(name)
        .create_bucket_configuration(location)
        .send()
        .await
        .map_err(|error| StageError::call("bucket of the artefacts", &error))?;
    Ok(())
}
