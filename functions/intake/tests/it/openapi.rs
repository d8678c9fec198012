//! `docs/openapi.json` describes all functions of the staff API, and is made from their code.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

fn described() -> String {
    let mut whole = intake::openapi();
    whole.merge(approval::openapi());
    whole.merge(administration::openapi());
    format!("{}\n", whole.to_pretty_json().unwrap())
}

fn read() -> Value {
    serde_json::from_str(&described()).unwrap()
}

#[test]
fn the_committed_description_is_the_one_that_the_code_gives() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let current = described();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &current).unwrap();
    }

    let committed = std::fs::read_to_string(&path).unwrap_or_default();

    let remedy = "docs/openapi.json is not current: UPDATE_OPENAPI=1 cargo test --profile quick -p intake --test it openapi";
    assert!(committed == current, "{remedy}");
}

#[test]
fn every_operation_says_who_may_call_it_and_how_it_refuses() {
    let described = read();

    let mut operations = BTreeSet::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert_eq!(
                operation["security"],
                serde_json::json!([{"bearer": []}]),
                "{name}"
            );
            for status in ["401", "403", "503"] {
                let content =
                    &operation["responses"][status]["content"]["application/problem+json"];
                assert_eq!(
                    content["schema"]["$ref"], "#/components/schemas/ProblemBody",
                    "{name} {status}"
                );
            }
            assert!(
                operations.insert(operation["operationId"].to_string()),
                "{name} shares its operationId"
            );
        }
    }
    assert_eq!(operations.len(), 42);
}

#[test]
fn every_schema_that_is_named_is_there() {
    let described = read();
    let text = described.to_string();

    for reference in text.split("\"#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(
            described["components"]["schemas"].get(name).is_some(),
            "{name}"
        );
    }
}
