//! A message on its way to Meta. Limits are checked before the call, in characters (Meta, Messages API).

use domain::contact::Address;
use domain::ids::SendId;
use serde_json::{Value, json};

/// A message to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// To whom.
    pub to: Address,
    /// What.
    pub body: Body,
    /// Our id, which every status brings back in `biz_opaque_callback_data`.
    pub id: SendId,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Free text, within 24 hours from the person's last message.
    Text(String),
    /// An approved template with its named parameters, at any time.
    Template {
        /// Its name.
        name: String,
        /// Its language (`it`).
        language: String,
        /// Parameters of the body: name and text.
        parameters: Vec<(&'static str, String)>,
    },
}

/// A message that Meta would refuse.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OverLimit {
    /// Too long.
    #[error("{what}: {length} characters, at most {limit}")]
    TooLong {
        /// Which part.
        what: &'static str,
        /// What it has.
        length: usize,
        /// What it may have.
        limit: usize,
    },
    /// Nothing in it.
    #[error("{0}: empty")]
    Empty(&'static str),
    /// Characters that a parameter cannot hold (error 132018).
    #[error("{0}: a newline, a tab or more than four spaces in a row")]
    Characters(&'static str),
}

/// Longest text message.
const TEXT: usize = 4096;
/// Longest filled template body; no parameter can be longer.
const PARAMETER: usize = 1024;

impl Outgoing {
    /// The JSON of the call, if it is within Meta's limits.
    pub fn to_json(&self) -> Result<Value, OverLimit> {
        let mut call = json!({
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "biz_opaque_callback_data": self.id.to_string(),
        });
        match &self.to {
            Address::Phone(phone) => call["to"] = phone.e164().into(),
            Address::Bsuid(bsuid) => call["recipient"] = bsuid.as_str().into(),
        }
        match &self.body {
            Body::Text(text) => {
                within("text", text, TEXT)?;
                call["type"] = "text".into();
                call["text"] = json!({"body": text, "preview_url": false});
            }
            Body::Template {
                name,
                language,
                parameters,
            } => {
                let parameters = parameters
                    .iter()
                    .map(|(name, text)| parameter(name, text))
                    .collect::<Result<Vec<_>, _>>()?;
                call["type"] = "template".into();
                call["template"] = json!({
                    "name": name,
                    "language": {"code": language},
                    "components": [{"type": "body", "parameters": parameters}],
                });
            }
        }
        Ok(call)
    }
}

fn parameter(name: &'static str, text: &str) -> Result<Value, OverLimit> {
    within(name, text, PARAMETER)?;
    if text.contains(['\n', '\r', '\t']) || text.contains("     ") {
        return Err(OverLimit::Characters(name));
    }
    Ok(json!({"type": "text", "parameter_name": name, "text": text}))
}

fn within(what: &'static str, text: &str, limit: usize) -> Result<(), OverLimit> {
    match text.chars().count() {
        0 => Err(OverLimit::Empty(what)),
        length if length > limit => Err(OverLimit::TooLong {
            what,
            length,
            limit,
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use domain::ids::ReplyId;

    use super::*;

    fn outgoing(to: Address, body: Body) -> Outgoing {
        Outgoing {
            to,
            body,
            id: SendId::Reply(ReplyId::to_message(&"wamid.HBgL".parse().unwrap(), 0)),
        }
    }

    fn phone() -> Address {
        Address::Phone("393331234567".parse().unwrap())
    }

    #[test]
    fn a_reply_to_a_number_goes_to_the_number_with_its_plus() {
        let call = outgoing(phone(), Body::Text("Fatto.".to_owned()))
            .to_json()
            .unwrap();

        insta::assert_json_snapshot!(call, @r#"
        {
          "biz_opaque_callback_data": "r_075a9d746af2a3060a4289687b196ac6_0",
          "messaging_product": "whatsapp",
          "recipient_type": "individual",
          "text": {
            "body": "Fatto.",
            "preview_url": false
          },
          "to": "+393331234567",
          "type": "text"
        }
        "#);
    }

    #[test]
    fn a_notice_to_a_bsuid_goes_to_recipient_and_never_to_to() {
        let body = Body::Template {
            name: "avviso".to_owned(),
            language: "it".to_owned(),
            parameters: vec![
                ("testo", "Mercatino.".to_owned()),
                ("link", "https://www.rubano.it/n".to_owned()),
            ],
        };

        let call = outgoing(Address::Bsuid("IT.8Kd02LmQ".parse().unwrap()), body)
            .to_json()
            .unwrap();

        assert_eq!(call["recipient"], "IT.8Kd02LmQ");
        assert_eq!(call.get("to"), None);
        insta::assert_json_snapshot!(call["template"], @r#"
        {
          "components": [
            {
              "parameters": [
                {
                  "parameter_name": "testo",
                  "text": "Mercatino.",
                  "type": "text"
                },
                {
                  "parameter_name": "link",
                  "text": "https://www.rubano.it/n",
                  "type": "text"
                }
              ],
              "type": "body"
            }
          ],
          "language": {
            "code": "it"
          },
          "name": "avviso"
        }
        "#);
    }

    #[test]
    fn a_limit_is_named_before_meta_names_it() {
        let refused = |body| outgoing(phone(), body).to_json().unwrap_err().to_string();
        let template = |text: &str| Body::Template {
            name: "avviso".to_owned(),
            language: "it".to_owned(),
            parameters: vec![("testo", text.to_owned())],
        };

        assert_eq!(
            refused(Body::Text("è".repeat(4097))),
            "text: 4097 characters, at most 4096"
        );
        assert_eq!(refused(Body::Text(String::new())), "text: empty");
        assert!(
            outgoing(phone(), Body::Text("è".repeat(4096)))
                .to_json()
                .is_ok()
        );
        assert_eq!(
            refused(template("a\nb")),
            "testo: a newline, a tab or more than four spaces in a row"
        );
        assert_eq!(
            refused(template(&"a".repeat(1025))),
            "testo: 1025 characters, at most 1024"
        );
    }
}
