//! What only a test does to the deployed system: planting the past, rewinding, killing.

use aws_sdk_dynamodb::types::AttributeValue;
use cloud::notices::Notices;
use domain::ids::NoticeId;
use domain::notice::{Draft, DraftInput, Move, NoticeRequest};
use domain::staff::{Actor, Role};
use domain::tenant::Tenant;
use jiff::Timestamp;

use crate::{Result, Trouble, World};

impl World {
    /// Plants a notice that began to go out at `dispatched_at`, written as the functions write it.
    pub async fn plant_notice(&self, dispatched_at: &str) -> Result<NoticeId> {
        let at: Timestamp = dispatched_at.parse()?;
        let tenant = Self::tenant()?;
        let notices = Notices::new(
            &self.stage.sdk,
            self.output("NoticesTable")?,
            tenant.time_zone.clone(),
        );
        let anybody = |name: &str| -> Result<Actor> {
            Ok(Actor {
                id: name
                    .parse()
                    .map_err(|error| Trouble(format!("{name}: {error}")))?,
                roles: Role::ALL.to_vec(),
            })
        };
        let (office, group) = (anybody("ufficio.cultura")?, anybody("gruppo.uno")?);
        let asked = at - jiff::SignedDuration::from_hours(48);
        let input = DraftInput {
            wanted_at: Some(tenant.time_zone.civil(at).to_string()),
            ..serde_json::from_value(World::draft(tenant.time_zone.civil(at)))?
        };
        let draft =
            Draft::check(&input, &tenant, asked).map_err(|error| Trouble(format!("{error:?}")))?;

        let id = cloud::clock::new_notice();
        let trouble = |error: &dyn std::fmt::Debug| Trouble(format!("planting {id}: {error:?}"));
        let mut applied = NoticeRequest::submit(id.clone(), draft, &office, &tenant, asked)
            .map_err(|e| trouble(&e))?;
        notices.save(&applied).await.map_err(|e| trouble(&e))?;
        let digest = applied.request.digest(&tenant);
        for step in [
            Move::TakeCharge,
            Move::Forward,
            Move::Approve(digest),
            Move::Schedule,
        ] {
            applied = applied
                .request
                .apply(step, &group, &tenant, asked)
                .map_err(|e| trouble(&e))?;
            notices.save(&applied).await.map_err(|e| trouble(&e))?;
        }
        for step in [Move::Start, Move::Finish] {
            applied = applied
                .request
                .advance(step, &tenant, at)
                .map_err(|e| trouble(&e))?;
            notices.save(&applied).await.map_err(|e| trouble(&e))?;
        }
        Ok(id)
    }

    /// Makes a notice that has gone out look as if its dispatch had died after writing down the first page and before
    /// queueing all of it.
    pub async fn rewind_dispatch(&self, notice: &NoticeId) -> Result<()> {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.stage.sdk);
        let table = self.output("NoticesTable")?;
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let trouble = Trouble::in_step("rewinding");
        dynamo
            .update_item()
            .table_name(&table)
            .key("pk", text(notice.as_str()))
            .key("sk", text("request"))
            .update_expression(
                "SET #request.#state.#name = :sending REMOVE #request.#state.finished_at",
            )
            .expression_attribute_names("#request", "request")
            .expression_attribute_names("#state", "state")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":sending", text("sending"))
            .send()
            .await
            .map_err(|error| trouble(&format!("{error:?}")))?;

        let audience = self.people_who_are("subscribed").await?;
        let page: Vec<AttributeValue> =
            audience.iter().take(2).map(|person| text(person)).collect();
        let last = audience
            .get(1)
            .or(audience.first())
            .cloned()
            .unwrap_or_default();
        dynamo
            .update_item()
            .table_name(&table)
            .key("pk", text(notice.as_str()))
            .key("sk", text("dispatch"))
            .update_expression("SET progress.complete = :no, progress.page = :page, progress.#cursor = :last, progress.recipients = :two")
            .expression_attribute_names("#cursor", "cursor")
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .expression_attribute_values(":two", AttributeValue::N(page.len().to_string()))
            .expression_attribute_values(":page", AttributeValue::L(page))
            .expression_attribute_values(":last", text(&last))
            .send()
            .await
            .map_err(|error| trouble(&format!("{error:?}")))?;
        Ok(())
    }

    /// Kills every running process of `function` of this stage, at once and without warning. How many there were.
    pub fn kill(&self, function: &str) -> Result<usize> {
        let name = format!(
            "AWS_LAMBDA_FUNCTION_NAME=portavoce-{}-{function}",
            self.stage.file.tenant
        );
        let engine = format!("AWS_ENDPOINT_URL={}", self.stage.file.functions_endpoint);
        let mut killed = 0;
        for entry in std::fs::read_dir("/proc")? {
            let process = entry?.path();
            let Ok(environment) = std::fs::read(process.join("environ")) else {
                continue;
            };
            let has = |variable: &str| {
                environment
                    .split(|byte| *byte == 0)
                    .any(|v| v == variable.as_bytes())
            };
            if let Some(id) = process.file_name().and_then(|id| id.to_str())
                && has(&name)
                && has(&engine)
            {
                let status = std::process::Command::new("kill")
                    .args(["-9", id])
                    .status()?;
                killed += usize::from(status.success());
            }
        }
        Ok(killed)
    }

    /// The settings that the functions were deployed with.
    fn tenant() -> Result<Tenant> {
        Ok(serde_json::from_str(&std::fs::read_to_string(
            local::Places::find()?.artefacts().join("send/tenant.json"),
        )?)?)
    }

    /// Changes the office in row `number` of the register, as nobody could by the API. The row as it was.
    pub async fn alter_register(&self, number: u64) -> Result<String> {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.stage.sdk);
        let answer = dynamo
            .get_item()
            .table_name(self.output("ProcedureTable")?)
            .key("pk", AttributeValue::S("register".to_owned()))
            .key("sk", AttributeValue::S(format!("row#{number:010}")))
            .send()
            .await
            .map_err(|error| Trouble(format!("row {number}: {error:?}")))?;
        let row = answer
            .item
            .and_then(|item| item.get("row")?.as_s().ok().cloned())
            .ok_or_else(|| Trouble(format!("the register has no row {number}")))?;
        let altered = row.replacen("\"office\":\"", "\"office\":\"X", 1);
        self.restore_register(number, altered).await?;
        Ok(row)
    }

    /// Writes `row` where row `number` of the register is.
    pub async fn restore_register(&self, number: u64, row: String) -> Result<()> {
        let dynamo = aws_sdk_dynamodb::Client::new(&self.stage.sdk);
        dynamo
            .update_item()
            .table_name(self.output("ProcedureTable")?)
            .key("pk", AttributeValue::S("register".to_owned()))
            .key("sk", AttributeValue::S(format!("row#{number:010}")))
            .update_expression("SET #row = :row")
            .expression_attribute_names("#row", "row")
            .expression_attribute_values(":row", AttributeValue::S(row))
            .send()
            .await
            .map_err(|error| Trouble(format!("row {number}: {error:?}")))?;
        Ok(())
    }
}
