//! The staff API as a member of the staff uses it.

use domain::ids::NoticeId;
use serde_json::{Value, json};

use crate::{Result, Trouble, World};

/// A member of the staff with a token.
pub struct Staff<'a> {
    pub(crate) world: &'a World,
    pub(crate) token: String,
}

/// What the API answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The version, where the answer has one.
    pub etag: Option<String>,
    /// Media type.
    pub content_type: String,
    /// The body; `Null` if it is not JSON.
    pub body: Value,
}

impl Answer {
    /// The body, if the call went well.
    pub fn good(self) -> Result<Self> {
        if (200..300).contains(&self.status) {
            Ok(self)
        } else {
            Err(Trouble(format!(
                "the staff API answered {}: {}",
                self.status, self.body
            )))
        }
    }

    /// The fields that the answer complains of.
    pub fn fields(&self) -> Vec<&str> {
        let errors = self.body["errors"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        errors
            .iter()
            .filter_map(|error| error["field"].as_str())
            .collect()
    }
}

impl Staff<'_> {
    /// GET `path`.
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.call(reqwest::Method::GET, path, None, None).await
    }

    /// POST `body` to `path`, showing the version `if_match`.
    pub async fn post(&self, path: &str, body: &Value, if_match: Option<&str>) -> Result<Answer> {
        self.call(reqwest::Method::POST, path, Some(body), if_match)
            .await
    }

    /// PUT `body` to `path`, the first of its kind.
    pub async fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.call(reqwest::Method::PUT, path, Some(body), None)
            .await
    }

    /// The checks that stand in the way of `notice` and may be set aside with a reason.
    pub async fn findings(&self, notice: &NoticeId) -> Result<Vec<Value>> {
        let checks = self
            .get(&format!("/v1/notice-requests/{notice}/checks"))
            .await?
            .good()?;
        let findings = checks.body["findings"].as_array().into_iter().flatten();
        Ok(findings
            .filter(|finding| finding["waivable"] == "with_reason")
            .map(|finding| finding["check"].clone())
            .collect())
    }

    /// Submits a request.
    pub async fn submit(&self, draft: &Value) -> Result<(NoticeId, Answer)> {
        let answer = self
            .post("/v1/notice-requests", draft, None)
            .await?
            .good()?;
        let id = answer.body["id"].as_str().unwrap_or_default();
        Ok((
            id.parse()
                .map_err(|error| Trouble(format!("{id}: {error}")))?,
            answer,
        ))
    }

    /// Makes a move on the present version of a request.
    pub async fn make(&self, notice: &NoticeId, step: &str, body: &Value) -> Result<Answer> {
        let present = self
            .get(&format!("/v1/notice-requests/{notice}"))
            .await?
            .good()?;
        self.post(
            &format!("/v1/notice-requests/{notice}/{step}"),
            body,
            present.etag.as_deref(),
        )
        .await
    }

    /// Approves the words as they stand.
    pub async fn approve(&self, notice: &NoticeId) -> Result<Answer> {
        let present = self
            .get(&format!("/v1/notice-requests/{notice}"))
            .await?
            .good()?;
        self.make(
            notice,
            "approve",
            &json!({"digest": present.body["digest"]}),
        )
        .await
    }

    /// Forwards a request as the head of the sector does who has read what the checks found: whatever may be set aside is set
    /// aside by the desk, with a reason, and by the head.
    pub async fn forward(&self, notice: &NoticeId) -> Result<Answer> {
        let checks = self
            .get(&format!("/v1/notice-requests/{notice}/checks"))
            .await?
            .good()?;
        let desk = self.world.staff("operator")?;
        let findings = checks.body["findings"].as_array().cloned();
        for finding in findings.unwrap_or_default() {
            let aside = json!({"check": finding["check"]});
            let because = json!({"check": finding["check"], "reason": "È una prova."});
            match finding["waivable"].as_str() {
                Some("with_reason") => {
                    desk.make(notice, "waive", &because).await?.good()?;
                }
                Some("with_second_person") => {
                    desk.make(notice, "waive", &because).await?.good()?;
                    self.make(notice, "second", &aside).await?.good()?;
                }
                _ => {}
            }
        }
        self.make(notice, "forward", &json!({})).await
    }

    async fn call(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<&Value>,
        if_match: Option<&str>,
    ) -> Result<Answer> {
        let api = &self.world.stage.file.api;
        let mut request = self
            .world
            .http
            .request(method, format!("{}{path}", api.base_url))
            .header("host", &api.host_header);
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(version) = if_match {
            request = request.header("if-match", version);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await?;
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        Ok(Answer {
            status: answer.status().as_u16(),
            etag: header("etag"),
            content_type: header("content-type").unwrap_or_default(),
            body: serde_json::from_slice(&answer.bytes().await?).unwrap_or_default(),
        })
    }
}
