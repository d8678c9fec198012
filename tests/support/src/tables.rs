//! A private DynamoDB with the tables of `infra/template.yaml`.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};

use crate::aws_at;

/// A DynamoDB that lives as long as the test's runtime.
#[derive(Debug, Clone)]
pub struct Tables {
    /// For the clients of the test.
    pub aws: SdkConfig,
    /// Its address.
    pub endpoint: String,
}

/// An index: its name, its partition key, its sort key, and whether it holds whole items.
type Index = (
    &'static str,
    &'static str,
    Option<&'static str>,
    ProjectionType,
);

impl Tables {
    /// People and how they are known.
    pub const PEOPLE: &str = "people";
    /// Messages already heard.
    pub const TURNS: &str = "turns";
    /// Segnalazioni that were confirmed.
    pub const CASES: &str = "cases";
    /// Requests, their history and their dispatch.
    pub const NOTICES: &str = "notices";
    /// What became of each thing sent.
    pub const DELIVERIES: &str = "deliveries";
    /// The pace of the number.
    pub const PACE: &str = "pace";
    /// What Meta says of the number, the account and the templates.
    pub const PLATFORM: &str = "platform";
    /// The notice procedure: roster, letters, mails, register.
    pub const PROCEDURE: &str = "procedure";

    /// Starts it and creates the eight tables.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let database = dynoxide::Database::memory().expect("a database in memory");
        tokio::spawn(dynoxide::server::serve_on(listener, database));

        let aws = aws_at(&endpoint);
        let dynamo = Client::new(&aws);
        create(
            &dynamo,
            Self::PEOPLE,
            true,
            vec![
                ("audience", "audience", Some("pk"), ProjectionType::KeysOnly),
                ("making", "making", Some("due_at"), ProjectionType::KeysOnly),
            ],
        )
        .await;
        create(&dynamo, Self::TURNS, false, vec![]).await;
        create(&dynamo, Self::CASES, true, vec![]).await;
        let notices = vec![
            ("listing", "listing", Some("listed_at"), ProjectionType::All),
            (
                "under_way",
                "under_way",
                Some("listed_at"),
                ProjectionType::All,
            ),
            (
                "period",
                "period",
                Some("dispatched_at"),
                ProjectionType::All,
            ),
        ];
        create(&dynamo, Self::NOTICES, true, notices).await;
        create(
            &dynamo,
            Self::DELIVERIES,
            true,
            vec![
                ("wamid", "wamid", None, ProjectionType::KeysOnly),
                (
                    "attention",
                    "attention",
                    Some("attention_at"),
                    ProjectionType::KeysOnly,
                ),
            ],
        )
        .await;
        create(&dynamo, Self::PACE, false, vec![]).await;
        create(&dynamo, Self::PLATFORM, false, vec![]).await;
        let pending = (
            "pending",
            "pending",
            Some("pending_at"),
            ProjectionType::KeysOnly,
        );
        create(&dynamo, Self::PROCEDURE, true, vec![pending]).await;
        Self { aws, endpoint }
    }
}

async fn create(dynamo: &Client, table: &str, sorted: bool, indexes: Vec<Index>) {
    let sort = sorted.then_some("sk");
    let mut attributes = vec!["pk"];
    attributes.extend(sort);
    for (_, partition, sort, _) in &indexes {
        attributes.push(partition);
        attributes.extend(sort);
    }
    attributes.sort_unstable();
    attributes.dedup();
    let attributes = attributes.into_iter().map(|name| {
        let definition = AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S);
        definition.build().expect("an attribute")
    });
    let indexes: Vec<_> = indexes.into_iter().map(index).collect();
    dynamo
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.collect()))
        .set_key_schema(Some(keys("pk", sort)))
        .set_global_secondary_indexes((!indexes.is_empty()).then_some(indexes))
        .send()
        .await
        .expect("a table");
}

fn index((name, partition, sort, projection): Index) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(keys(partition, sort)))
        .projection(Projection::builder().projection_type(projection).build())
        .build()
        .expect("an index")
}

fn keys(partition: &str, sort: Option<&str>) -> Vec<KeySchemaElement> {
    let key = |name: &str, role| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(role)
            .build()
            .expect("a key")
    };
    let mut keys = vec![key(partition, KeyType::Hash)];
    keys.extend(sort.map(|name| key(name, KeyType::Range)));
    keys
}
