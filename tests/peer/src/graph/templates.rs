//! The templates of the account: as submitted, and as they look once their variables are filled in.

use serde_json::{Value, json};

use super::contents::length;
use super::error::GraphError;
use super::filling::fill;
use crate::phones::{Button, ButtonKind, Content};

const FILLED_BODY: usize = 1_024;

/// A template in one language.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    pub(crate) category: String,
    pub(crate) status: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub(crate) quality: String,
    /// Why it was rejected, in Meta's word.
    pub(crate) rejected: String,
    named: bool,
    components: Vec<Value>,
}

impl Template {
    /// Reads a template as it is submitted to Meta.
    pub(crate) fn read(submitted: &Value, id: String) -> Result<Self, GraphError> {
        let member = |name: &str| {
            submitted[name]
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required.")))
        };
        let template = Self {
            id,
            name: member("name")?,
            language: member("language")?,
            category: member("category")?.to_ascii_uppercase(),
            status: "APPROVED".to_owned(),
            quality: "UNKNOWN".to_owned(),
            rejected: "NONE".to_owned(),
            named: submitted["parameter_format"]
                .as_str()
                .is_some_and(|format| format.eq_ignore_ascii_case("named")),
            components: submitted["components"]
                .as_array()
                .cloned()
                .unwrap_or_default(),
        };
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=512).contains(&template.name.len()) || !template.name.bytes().all(plain) {
            return Err(GraphError::parameter(
                "Param name must be lower-case letters, digits and underscores",
            ));
        }
        let Some(body) = template
            .component("BODY")
            .and_then(|body| body["text"].as_str())
        else {
            return Err(GraphError::parameter(
                "Message templates must have a component of type BODY",
            ));
        };
        if length(body) > FILLED_BODY {
            return Err(GraphError {
                code: 2_388_040,
                ..GraphError::parameter("The body is too long")
            });
        }
        if body.trim().starts_with("{{") || body.trim().ends_with("}}") {
            return Err(GraphError {
                code: 2_388_299,
                ..GraphError::parameter("Variables can't be at the start or end of the template")
            });
        }
        Ok(template)
    }

    /// The template as the account lists it.
    pub(crate) fn listed(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "language": self.language, "category": self.category,
            "status": self.status, "parameter_format": if self.named { "NAMED" } else { "POSITIONAL" },
            "components": self.components, "quality_score": {"score": self.quality, "date": 0},
            "rejected_reason": self.rejected,
        })
    }

    /// The same template with other components, as an edit submits them.
    pub(super) fn edited(&self, components: &Value) -> Result<Self, GraphError> {
        let format = if self.named { "NAMED" } else { "POSITIONAL" };
        let submitted = json!({"name": self.name, "language": self.language, "category": self.category,
            "parameter_format": format, "components": components});
        Self::read(&submitted, self.id.clone())
    }

    /// What a phone shows when the template is sent with these components.
    pub(super) fn filled(&self, sent: &[Value]) -> Result<Content, GraphError> {
        match self.status.as_str() {
            "APPROVED" => {}
            "PAUSED" => return Err(GraphError::new(132_015, "Template is paused")),
            "DISABLED" => return Err(GraphError::new(132_016, "Template is disabled")),
            _ => return Err(unknown(&self.name, &self.language)),
        }
        let of = |kind: &str| sent.iter().find(|component| is(component, kind));
        let body = self
            .component("BODY")
            .and_then(|body| body["text"].as_str())
            .unwrap_or_default();
        let text = self.fill("body", body, of("BODY"))?;
        if length(&text) > FILLED_BODY {
            return Err(GraphError::new(
                132_005,
                format!("Translated text is longer than {FILLED_BODY} characters"),
            ));
        }
        let header = match self.component("HEADER") {
            Some(header)
                if header["format"]
                    .as_str()
                    .is_none_or(|format| format.eq_ignore_ascii_case("text")) =>
            {
                Some(self.fill(
                    "header",
                    header["text"].as_str().unwrap_or_default(),
                    of("HEADER"),
                )?)
            }
            Some(header) => Some(format!(
                "[{}]",
                header["format"].as_str().unwrap_or_default().to_lowercase()
            )),
            None => None,
        };
        let footer = self
            .component("FOOTER")
            .and_then(|footer| footer["text"].as_str())
            .map(str::to_owned);
        Ok(Content {
            kind: "template".to_owned(),
            header,
            text,
            footer,
            buttons: self.buttons(sent)?,
            media: None,
        })
    }

    pub(crate) fn component(&self, kind: &str) -> Option<&Value> {
        self.components.iter().find(|component| is(component, kind))
    }

    fn buttons(&self, sent: &[Value]) -> Result<Vec<Button>, GraphError> {
        let defined = self
            .component("BUTTONS")
            .and_then(|buttons| buttons["buttons"].as_array());
        let mut buttons = Vec::new();
        for (index, button) in defined.into_iter().flatten().enumerate() {
            let given = sent.iter().find(|component| {
                let place = component["index"].as_str().map(str::to_owned);
                is(component, "BUTTON")
                    && place.unwrap_or_else(|| component["index"].to_string()) == index.to_string()
            });
            let title = button["text"].as_str().unwrap_or_default().to_owned();
            let kind = button["type"]
                .as_str()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let mut shown = Button {
                kind: ButtonKind::QuickReply,
                id: title.clone(),
                title,
                description: None,
                url: None,
            };
            match kind.as_str() {
                "url" => {
                    let address = button["url"].as_str().unwrap_or_default();
                    shown.kind = ButtonKind::Url;
                    // The variable of an address is positional whatever the body's are.
                    shown.url = Some(fill("button", address, given, false)?);
                }
                "phone_number" => shown.kind = ButtonKind::Call,
                "request_contact_info" => shown.kind = ButtonKind::Contact,
                "flow" => {
                    let token = given
                        .and_then(|given| given["parameters"][0]["action"]["flow_token"].as_str());
                    shown.kind = ButtonKind::Flow;
                    shown.url = Some(token.unwrap_or("unused").to_owned());
                }
                _ => {
                    let payload =
                        given.and_then(|given| given["parameters"][0]["payload"].as_str());
                    if let Some(payload) = payload {
                        payload.clone_into(&mut shown.id);
                    }
                }
            }
            buttons.push(shown);
        }
        Ok(buttons)
    }

    fn fill(&self, place: &str, text: &str, given: Option<&Value>) -> Result<String, GraphError> {
        fill(place, text, given, self.named)
    }
}

/// The error for a template that the account has not.
pub(super) fn unknown(name: &str, language: &str) -> GraphError {
    GraphError::new(
        132_001,
        format!("template name ({name}) does not exist in {language}"),
    )
}

fn is(component: &Value, kind: &str) -> bool {
    component["type"]
        .as_str()
        .is_some_and(|of| of.eq_ignore_ascii_case(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Template {
        let submitted = json!({
            "name": "avviso", "language": "it", "category": "UTILITY", "parameter_format": "named",
            "components": [
                {"type": "body", "text": "Avviso: {{testo}} Dettagli: {{link}} Buona giornata."},
                {"type": "footer", "text": "Comune di Esempio"},
                {"type": "buttons", "buttons": [
                    {"type": "url", "text": "Leggi", "url": "https://example.org/n/{{1}}", "example": ["1"]},
                    {"type": "quick_reply", "text": "Grazie"},
                ]},
            ],
        });
        Template::read(&submitted, "1".to_owned()).unwrap()
    }

    fn body(parameters: &[(&str, &str)]) -> Vec<Value> {
        let parameters: Vec<Value> = parameters
            .iter()
            .map(|(name, text)| json!({"type": "text", "parameter_name": name, "text": text}))
            .collect();
        vec![
            json!({"type": "body", "parameters": parameters}),
            json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "7"}]}),
        ]
    }

    fn code(parameters: &[(&str, &str)]) -> i64 {
        notice().filled(&body(parameters)).unwrap_err().code
    }

    #[test]
    fn a_template_shows_its_text_with_the_variables_filled_in() {
        let content = notice()
            .filled(&body(&[
                ("link", "https://example.org"),
                ("testo", "acqua chiusa."),
            ]))
            .unwrap();

        assert_eq!(
            content.text,
            "Avviso: acqua chiusa. Dettagli: https://example.org Buona giornata."
        );
        assert_eq!(content.footer.as_deref(), Some("Comune di Esempio"));
        assert_eq!(
            content.buttons[0].url.as_deref(),
            Some("https://example.org/n/7")
        );
        assert_eq!(content.buttons[1].kind, ButtonKind::QuickReply);
    }

    #[test]
    fn wrong_parameters_have_the_codes_that_meta_gives_them() {
        assert_eq!(code(&[("testo", "a")]), 132_000);
        assert_eq!(code(&[("testo", "a"), ("indirizzo", "b")]), 132_012);
        assert_eq!(code(&[("testo", "a"), ("testo", "b")]), 132_012);
        assert_eq!(code(&[("testo", "a\nb"), ("link", "b")]), 132_018);
        assert_eq!(code(&[("testo", "a     b"), ("link", "b")]), 132_018);
        assert_eq!(
            code(&[("testo", &"a".repeat(1_020)), ("link", "b")]),
            132_005
        );
        assert_eq!(code(&[("testo", ""), ("link", "b")]), 131_008);
    }

    #[test]
    fn braces_in_a_value_are_only_text() {
        let content = notice()
            .filled(&body(&[("testo", "vedi {{link}} sotto"), ("link", "b")]))
            .unwrap();

        assert_eq!(
            content.text,
            "Avviso: vedi {{link}} sotto Dettagli: b Buona giornata."
        );
    }

    #[test]
    fn four_spaces_are_allowed() {
        assert!(
            notice()
                .filled(&body(&[("testo", "a    b"), ("link", "b")]))
                .is_ok()
        );
    }

    #[test]
    fn a_paused_template_is_not_sent() {
        let paused = Template {
            status: "PAUSED".to_owned(),
            ..notice()
        };

        assert_eq!(
            paused
                .filled(&body(&[("testo", "a"), ("link", "b")]))
                .unwrap_err()
                .code,
            132_015
        );
    }

    #[test]
    fn a_template_that_ends_with_a_variable_is_refused_at_submission() {
        let submitted = json!({"name": "a", "language": "it", "category": "utility",
            "components": [{"type": "BODY", "text": "Ecco: {{1}}"}]});

        assert_eq!(
            Template::read(&submitted, String::new()).unwrap_err().code,
            2_388_299
        );
    }
}
