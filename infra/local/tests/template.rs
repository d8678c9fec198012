//! What must hold of `infra/template.yaml`, read as it is written.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: a template of another shape is a failed test"
)]

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

const READING: [&str; 3] = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
];

struct Template(BTreeMap<String, Value>);

impl Template {
    fn read() -> Self {
        let path = local::Places::find().unwrap().template();
        let document: Value =
            serde_yaml_ng::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        Self(serde_yaml_ng::from_value(document["Resources"].clone()).unwrap())
    }

    fn of_type(&self, kind: &str) -> impl Iterator<Item = (&str, &Value)> {
        self.0
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(id, resource)| (id.as_str(), &resource["Properties"]))
    }

    fn queues(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.of_type("AWS::SQS::Queue")
            .filter(|(id, _)| id.ends_with("Queue"))
    }

    /// Function, its properties, and the properties of one of its sources.
    fn sources(&self) -> Vec<(&str, &Value, &Value)> {
        self.of_type("AWS::Serverless::Function")
            .flat_map(|(id, function)| {
                function["Events"]
                    .as_mapping()
                    .into_iter()
                    .flatten()
                    .map(move |(_, event)| {
                        assert_eq!(event["Type"], "SQS", "{id}");
                        (id, function, &event["Properties"])
                    })
            })
            .collect()
    }

    fn role_of(&self, function: &Value) -> &Value {
        &self.0[target(&function["Role"]).split('.').next().unwrap()]["Properties"]
    }
}

/// What `!Ref X`, `!GetAtt X.Arn` or `!Sub …` names.
fn target(value: &Value) -> &str {
    match value {
        Value::Tagged(tagged) => tagged.value.as_str().unwrap_or_default(),
        other => other.as_str().unwrap_or_default(),
    }
}

fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Sequence(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// The actions of a statement; of `!If`, those of both branches.
fn actions(statement: &Value) -> Vec<&str> {
    let branches = match &statement["Action"] {
        Value::Tagged(tagged) => tagged
            .value
            .as_sequence()
            .into_iter()
            .flatten()
            .skip(1)
            .collect(),
        plain => vec![plain],
    };
    branches
        .into_iter()
        .flat_map(list)
        .map(|action| action.as_str().unwrap_or_default())
        .collect()
}

fn statements(role: &Value) -> impl Iterator<Item = &Value> {
    role["Policies"]
        .as_sequence()
        .into_iter()
        .flatten()
        .flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]))
}

#[test]
fn every_queue_has_a_dead_letter_queue_of_its_own_type_and_five_tries() {
    let template = Template::read();
    assert_eq!(template.queues().count(), 12);
    for (id, queue) in template.queues() {
        let dead_letters = target(&queue["RedrivePolicy"]["deadLetterTargetArn"]);
        assert_eq!(
            dead_letters,
            format!("{}DeadLetters.Arn", id.trim_end_matches("Queue"))
        );
        assert!(
            queue["RedrivePolicy"]["maxReceiveCount"].as_u64() >= Some(5),
            "{id}"
        );
        let dead_letters = &template.0[dead_letters.trim_end_matches(".Arn")]["Properties"];
        assert_eq!(dead_letters["FifoQueue"], queue["FifoQueue"], "{id}");
        assert_eq!(
            dead_letters["RedriveAllowPolicy"]["redrivePermission"], "byQueue",
            "{id}"
        );
    }
    for (id, queue) in template.of_type("AWS::SQS::Queue") {
        assert_eq!(queue["SqsManagedSseEnabled"], true, "{id}");
    }
}

#[test]
fn every_queue_is_read_and_waits_six_times_as_long_as_its_reader_may_take() {
    let template = Template::read();
    let sources = template.sources();
    for (id, queue) in template.queues() {
        let readers: Vec<_> = sources
            .iter()
            .filter(|(_, _, source)| target(&source["Queue"]) == format!("{id}.Arn"))
            .collect();
        let [(reader, function, source)] = readers.as_slice() else {
            panic!("{id} has {} readers", readers.len())
        };
        let timeout = function["Timeout"].as_u64().unwrap();
        assert!(
            queue["VisibilityTimeout"].as_u64().unwrap() >= 6 * timeout,
            "{id} and {reader}"
        );
        assert_eq!(
            source["FunctionResponseTypes"],
            Value::from(vec!["ReportBatchItemFailures"]),
            "{reader}"
        );
    }
}

#[test]
fn the_reader_of_a_queue_may_read_it() {
    let template = Template::read();
    for (reader, function, source) in template.sources() {
        let queue = target(&source["Queue"]);
        for action in READING {
            assert!(
                statements(template.role_of(function)).any(|statement| {
                    actions(statement).contains(&action)
                        && list(&statement["Resource"])
                            .iter()
                            .any(|resource| target(resource) == queue)
                }),
                "{reader} lacks {action} on {queue}"
            );
        }
    }
}

#[test]
fn a_function_may_send_to_every_queue_that_its_variables_name() {
    let template = Template::read();
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        for (name, value) in function["Environment"]["Variables"].as_mapping().unwrap() {
            let name = name.as_str().unwrap();
            if !(name.ends_with("_QUEUE_URL") || name.ends_with("DEAD_LETTERS_URL")) {
                continue;
            }
            let queue = format!("{}.Arn", target(value));
            assert!(
                statements(template.role_of(function)).any(|statement| {
                    actions(statement).contains(&"sqs:SendMessage")
                        && list(&statement["Resource"])
                            .iter()
                            .any(|resource| target(resource) == queue)
                }),
                "{id}: {name}"
            );
        }
    }
}

#[test]
fn whoever_writes_letters_knows_where_they_lead() {
    let template = Template::read();
    for (id, function) in template.of_type("AWS::Serverless::Function") {
        let variables = function["Environment"]["Variables"].as_mapping().unwrap();
        assert_eq!(
            variables.contains_key("MAILS_QUEUE_URL"),
            variables.contains_key("DESK_URL"),
            "{id}"
        );
    }
}

#[test]
fn no_policy_of_a_role_has_a_wildcard_action_or_an_open_resource() {
    let template = Template::read();
    for (id, role) in template.of_type("AWS::IAM::Role") {
        assert!(role["ManagedPolicyArns"].is_null(), "{id}");
        for statement in statements(role) {
            for action in actions(statement) {
                assert!(
                    action.contains(':') && !action.contains('*'),
                    "{id}: {action}"
                );
            }
            for resource in list(&statement["Resource"]) {
                assert_ne!(target(resource), "*", "{id}");
            }
        }
    }
}

#[test]
fn whoever_writes_the_table_of_the_procedure_writes_its_own_part_and_one_function_the_roster() {
    let template = Template::read();
    let mut keepers = Vec::new();
    for (id, role) in template.of_type("AWS::IAM::Role") {
        for statement in statements(role) {
            let writes = actions(statement)
                .iter()
                .any(|action| ["dynamodb:PutItem", "dynamodb:UpdateItem"].contains(action));
            let on_procedure = list(&statement["Resource"])
                .iter()
                .any(|resource| target(resource) == "ProcedureTable.Arn");
            if !(writes && on_procedure) {
                continue;
            }
            let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
            let keys: Vec<_> = list(keys).into_iter().filter_map(Value::as_str).collect();
            assert!(!keys.is_empty(), "{id} may write all of it");
            if keys.contains(&"roster") {
                keepers.push(id);
            }
        }
    }
    assert_eq!(keepers, ["AdministrationRole"]);
}

#[test]
fn only_meta_and_the_pages_that_hold_no_data_come_in_without_a_token() {
    let template = Template::read();
    let mut open: Vec<&str> = template
        .of_type("AWS::ApiGatewayV2::Route")
        .filter(|(_, route)| route["AuthorizationType"] != "JWT")
        .map(|(_, route)| route["RouteKey"].as_str().unwrap())
        .collect();
    open.sort_unstable();
    assert_eq!(
        open,
        [
            "GET /desk",
            "GET /desk/{id}",
            "GET /docs",
            "GET /openapi.json",
            "GET /webhook",
            "POST /webhook"
        ]
    );
    for (id, route) in template.of_type("AWS::ApiGatewayV2::Route") {
        assert_eq!(
            route["AuthorizerId"].is_null(),
            route["AuthorizationType"] != "JWT",
            "{id}"
        );
    }
}

#[test]
fn every_table_can_be_restored_forgets_and_costs_nothing_when_idle() {
    let template = Template::read();
    assert_eq!(template.of_type("AWS::DynamoDB::Table").count(), 8);
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{id}");
        assert_eq!(
            table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true,
            "{id}"
        );
        assert_eq!(table["SSESpecification"]["SSEEnabled"], true, "{id}");
        assert_eq!(
            table["TimeToLiveSpecification"]["AttributeName"], "expires_at",
            "{id}"
        );
    }
}

#[test]
fn the_dead_letters_of_every_queue_can_be_sent_back() {
    let redrive = local::Places::find()
        .unwrap()
        .repository
        .join("infra/redrive.py");
    let redrive = std::fs::read_to_string(redrive).unwrap();
    let known = redrive
        .lines()
        .find(|line| line.starts_with("QUEUES ="))
        .unwrap();
    for (id, _) in Template::read().queues() {
        let name = id.trim_end_matches("Queue").to_lowercase();
        assert!(known.contains(&format!("\"{name}\"")), "{name}");
    }
}

#[test]
fn every_queue_rings_on_its_first_dead_letter_and_on_old_messages() {
    let template = Template::read();
    let queues: Vec<&str> = template
        .queues()
        .map(|(id, _)| id.trim_end_matches("Queue"))
        .collect();
    for (loop_of, metric) in [
        (
            "Fn::ForEach::DeadLetterAlarms",
            "ApproximateNumberOfMessagesVisible",
        ),
        ("Fn::ForEach::AgeAlarms", "ApproximateAgeOfOldestMessage"),
    ] {
        let [_, names, body] = template.0[loop_of].as_sequence().unwrap().as_slice() else {
            panic!("{loop_of}")
        };
        let mut names: Vec<&str> = list(names)
            .iter()
            .map(|name| name.as_str().unwrap())
            .collect();
        names.sort_unstable();
        assert_eq!(names, queues, "{loop_of}");
        let alarm = body.as_mapping().unwrap().values().next().unwrap();
        assert_eq!(alarm["Properties"]["MetricName"], metric);
    }
}
