//! Calls to the engine as the root of its account, for services whose SDK takes two minutes to compile and of which we
//! need three calls.

use serde_json::Value;

use crate::StageError;

/// The account of the run: for the engine a key id of twelve digits is an account, and its root.
pub(crate) const ACCOUNT: &str = "100000000001";
pub(crate) const SECRET_KEY: &str = "test";
pub(crate) const REGION: &str = "eu-south-1";

#[derive(Debug, Clone)]
pub(crate) struct Control {
    endpoint: String,
    http: reqwest::Client,
}

impl Control {
    pub(crate) fn new(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            http: local_client(),
        }
    }

    /// One call of a service that speaks JSON; `target` is what its SDK would put in `X-Amz-Target`.
    pub(crate) async fn json(
        &self,
        service: &str,
        target: &str,
        body: &Value,
    ) -> Result<Value, StageError> {
        let request = self
            .http
            .post(&self.endpoint)
            .header("authorization", root_of(service))
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", target)
            .body(body.to_string());
        let text = answer(target, request).await?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text).map_err(|error| StageError::call(target, &error))
    }

    /// The outputs of a stack; `CloudFormation` still speaks forms and XML.
    pub(crate) async fn outputs(&self, stack: &str) -> Result<Vec<(String, String)>, StageError> {
        let request = self
            .http
            .post(&self.endpoint)
            .header("authorization", root_of("cloudformation"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!(
                "Action=DescribeStacks&Version=2010-05-15&StackName={stack}"
            ));
        Ok(outputs_in(&answer("DescribeStacks", request).await?))
    }
}

/// A client that never asks a proxy: everything it calls is on this machine.
pub(crate) fn local_client() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .build()
        .unwrap_or_default()
}

/// The engine takes the root's word: it reads the account and the service and does not verify the signature.
fn root_of(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/{REGION}/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

async fn answer(what: &str, request: reqwest::RequestBuilder) -> Result<String, StageError> {
    let answer = request
        .send()
        .await
        .map_err(|error| StageError::call(what, &error))?;
    let status = answer.status();
    let text = answer
        .text()
        .await
        .map_err(|error| StageError::call(what, &error))?;
    if status.is_success() {
        Ok(text)
    } else {
        Err(StageError::Call {
            what: what.to_owned(),
            why: format!("{status} {text}"),
        })
    }
}

fn outputs_in(xml: &str) -> Vec<(String, String)> {
    xml.split("<OutputKey>")
        .skip(1)
        .filter_map(|output| {
            let (key, rest) = output.split_once("</OutputKey>")?;
            let (_, rest) = rest.split_once("<OutputValue>")?;
            let (value, _) = rest.split_once("</OutputValue>")?;
            Some((key.to_owned(), value.replace("&amp;", "&")))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::outputs_in;

    #[test]
    fn outputs_are_read_from_the_answer_of_describe_stacks() {
        let xml = "<Outputs><member><OutputKey>ApiId</OutputKey><OutputValue>107e0fef</OutputValue></member>\
                   <member><OutputKey>Url</OutputKey><OutputValue>http://a/?b&amp;c</OutputValue></member></Outputs>";
        assert_eq!(
            outputs_in(xml),
            [
                ("ApiId".to_owned(), "107e0fef".to_owned()),
                ("Url".to_owned(), "http://a/?b&c".to_owned())
            ]
        );
    }
}
