//! What the conversation says, in the forms that WhatsApp has for it. Each is rendered for Meta where it is sent.

use serde::{Deserialize, Serialize};

use crate::conversation::say;
use crate::ids::ReplyId;
use crate::tenant::Tenant;
use crate::texts::Phrase;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Its id, computed from the message it answers.
    pub id: ReplyId,
    /// Which phrase it is, for logs and proofs.
    pub phrase: String,
    /// What it says. In JSON it stands beside the others, so that a plain text is `{"id", "phrase", "text"}`, as it was
    /// when there was nothing else.
    #[serde(flatten)]
    pub said: Said,
}

/// What is said, and in which form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Words.
    Text(String),
    /// Words with one to three buttons.
    Buttons {
        /// The words.
        text: String,
        /// The buttons.
        buttons: Vec<Choosable>,
    },
    /// Words with a list to choose from.
    List {
        /// The words.
        text: String,
        /// What is on the button that opens the list.
        label: String,
        /// At most ten.
        rows: Vec<Choosable>,
    },
    /// Words with a button that opens a page.
    Link {
        /// The words.
        text: String,
        /// What is on the button.
        label: String,
        /// The page.
        url: String,
    },
    /// Words with a button that sends where one is.
    AskLocation {
        /// The words.
        text: String,
    },
    /// Words with a button that sends one's own number. What is on the button is WhatsApp's.
    AskContact {
        /// The words.
        text: String,
    },
    /// Words with a button that opens a form.
    Flow {
        /// The words.
        text: String,
        /// What is on the button.
        label: String,
        /// Meta's id of the form.
        flow: String,
        /// Of this person and for one use: the answer brings it back.
        token: String,
        /// The first screen.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        screen: Option<String>,
    },
}

/// Something that can be tapped: a button, or a row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choosable {
    /// What comes back when it is tapped.
    pub id: String,
    /// What is on it.
    pub title: String,
    /// What it says below; rows only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
}

impl Said {
    /// The words, whatever stands below them.
    pub fn words(&self) -> &str {
        match self {
            Self::Text(text)
            | Self::Buttons { text, .. }
            | Self::List { text, .. }
            | Self::Link { text, .. }
            | Self::AskLocation { text }
            | Self::AskContact { text }
            | Self::Flow { text, .. } => text,
        }
    }
}

impl Said {
    /// The same, with `opening` before its words.
    #[must_use]
    pub fn after(mut self, opening: &str) -> Self {
        let (Self::Text(text)
        | Self::Buttons { text, .. }
        | Self::List { text, .. }
        | Self::Link { text, .. }
        | Self::AskLocation { text }
        | Self::AskContact { text }
        | Self::Flow { text, .. }) = &mut self;
        text.insert_str(0, opening);
        self
    }
}

impl Reply {
    /// `phrase`, in plain words.
    pub fn plain(id: ReplyId, phrase: Phrase, tenant: &Tenant) -> Self {
        Self::of(id, phrase, Said::Text(say(tenant, phrase)))
    }

    fn of(id: ReplyId, phrase: Phrase, said: Said) -> Self {
        Self {
            id,
            phrase: phrase.key().to_owned(),
            said,
        }
    }
}

/// Asks the person for their number, by WhatsApp's own button: the answer comes as a contact card, and is proof that the
/// number is theirs (`SharedContact::own_number`). For a dialogue that needs it; the number that only sends never asks.
pub fn ask_for_number(id: ReplyId, tenant: &Tenant) -> Reply {
    let text = say(tenant, Phrase::AskNumber);
    Reply::of(id, Phrase::AskNumber, Said::AskContact { text })
}

/// Asks where something is, by WhatsApp's own button: the answer comes as a position. For a dialogue that needs it.
pub fn ask_for_position(id: ReplyId, tenant: &Tenant) -> Reply {
    let text = say(tenant, Phrase::AskPosition);
    Reply::of(id, Phrase::AskPosition, Said::AskLocation { text })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tenant::tests::rubano;

    fn id() -> ReplyId {
        ReplyId::to_message(&"wamid.1".parse().unwrap(), 0)
    }

    #[test]
    fn a_plain_text_is_written_as_ever_and_every_form_is_read_back() {
        let plain = json!({"id": id(), "phrase": "sub.ask", "text": "Vuoi?"});
        let reply: Reply = serde_json::from_value(plain.clone()).unwrap();
        assert_eq!(reply.said, Said::Text("Vuoi?".to_owned()));
        assert_eq!(serde_json::to_value(&reply).unwrap(), plain);

        let text = "Scegli".to_owned();
        let choice = Choosable {
            id: "1".to_owned(),
            title: "Sì".to_owned(),
            description: None,
        };
        for said in [
            Said::Buttons {
                text: text.clone(),
                buttons: vec![choice.clone()],
            },
            Said::List {
                text: text.clone(),
                label: "Apri".to_owned(),
                rows: vec![choice],
            },
            Said::AskContact { text },
        ] {
            let reply = Reply {
                said,
                ..reply.clone()
            };
            let written = serde_json::to_string(&reply).unwrap();
            assert_eq!(serde_json::from_str::<Reply>(&written).unwrap(), reply);
            assert_eq!(reply.said.words(), "Scegli");
        }
    }

    #[test]
    fn a_dialogue_can_ask_for_the_number_and_for_a_position() {
        let number = ask_for_number(id(), &rubano());
        let position = ask_for_position(id(), &rubano());

        assert!(matches!(&number.said, Said::AskContact { text } if text.contains("numero")));
        assert!(matches!(&position.said, Said::AskLocation { text } if text.contains("posizione")));
    }
}
