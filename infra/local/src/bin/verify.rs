//! `verify --tenant rubano --table TABLE --bucket BUCKET`: reads the register and its seals straight from where they are kept
//! and says whether they are as they were written. Ends with 0 if so, 1 if not, 2 if it could not tell. `infra/verify` knows
//! table and bucket of a deployed comune.

use std::process::ExitCode;

use aws_config::BehaviorVersion;
use cloud::files::Files;
use cloud::ledger::{Ledger, LedgerError, Verified};
use domain::ledger::Verdict;

const USAGE: &str = "usage: verify --tenant NAME --table TABLE --bucket BUCKET";
const ALTERED: u8 = 1;
const NO_VERDICT: u8 = 2;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Some(register) = Register::from_arguments(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(NO_VERDICT);
    };
    match register.verify().await {
        Ok(verified) => tell(&verified),
        Err(error) => {
            eprintln!("verify: {}", cloud::in_full(&error));
            ExitCode::from(NO_VERDICT)
        }
    }
}

struct Register {
    tenant: String,
    table: String,
    bucket: String,
}

impl Register {
    fn from_arguments(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut tenant, mut table, mut bucket) = (None, None, None);
        while let Some(argument) = arguments.next() {
            let value = match argument.as_str() {
                "--tenant" => &mut tenant,
                "--table" => &mut table,
                "--bucket" => &mut bucket,
                _ => return None,
            };
            *value = Some(arguments.next()?);
        }
        Some(Self {
            tenant: tenant?,
            table: table?,
            bucket: bucket?,
        })
    }

    async fn verify(self) -> Result<Verified, LedgerError> {
        let aws = aws_config::load_defaults(BehaviorVersion::v2026_01_12()).await;
        let files = Files::new(&aws, self.bucket);
        Ledger::new(&aws, self.table, self.tenant)
            .verify(&files)
            .await
    }
}

#[expect(clippy::print_stdout, reason = "the verdict is what it is asked for")]
fn tell(verified: &Verified) -> ExitCode {
    let seal = verified.last_seal.as_ref().map_or_else(
        || "no seal".to_owned(),
        |seal| format!("last seal {} at row {}", seal.date, seal.number),
    );
    match &verified.verdict {
        Verdict::Intact { rows, head } => {
            println!("intact: {rows} rows, head {}, {seal}", head.as_str());
            ExitCode::SUCCESS
        }
        Verdict::Altered { number, what } => {
            println!("ALTERED: row {number}, {}, {seal}", what.key());
            println!("{}", what.said(*number));
            ExitCode::from(ALTERED)
        }
    }
}
