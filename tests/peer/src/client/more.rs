//! The rest of the client: what Meta does to the account, and what citizens do beyond a text and a tap.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Control, ControlError, NOTHING};
use crate::account::Account;
use crate::control::{
    Edit, NewNumber, Place, React, SharedContact, StoredMedia, TemplateChange, Write, Written,
    WrittenMedia,
};
use crate::media::MediaFault;
use crate::news::News;
use crate::phones::Phone;
use crate::trace::Trace;

impl Control {
    /// The citizen sends a file.
    pub async fn send_media(&self, id: &str, media: WrittenMedia) -> Result<Written, ControlError> {
        let media = Some(media);
        self.send(
            id,
            &Write {
                media,
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen sends a position, in answer to the latest request for one.
    pub async fn share_place(&self, id: &str, place: Place) -> Result<Written, ControlError> {
        let place = Some(place);
        self.send(
            id,
            &Write {
                place,
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen shares a number, their own or another's, in answer to the latest request for it.
    pub async fn share_contact(
        &self,
        id: &str,
        contact: SharedContact,
    ) -> Result<Written, ControlError> {
        let contact = Some(contact);
        self.send(
            id,
            &Write {
                contact,
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen reacts to a message; without `emoji`, takes it back.
    pub async fn react(
        &self,
        id: &str,
        to: &str,
        emoji: Option<&str>,
    ) -> Result<Written, ControlError> {
        let reaction = Some(React {
            to: to.to_owned(),
            emoji: emoji.map(str::to_owned),
        });
        self.send(
            id,
            &Write {
                reaction,
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen puts another text in the place of an earlier one.
    pub async fn edit(&self, id: &str, of: &str, text: &str) -> Result<Written, ControlError> {
        let edit = Some(Edit {
            of: of.to_owned(),
            text: text.to_owned(),
        });
        self.send(
            id,
            &Write {
                edit,
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen deletes an earlier message for all.
    pub async fn revoke(&self, id: &str, of: &str) -> Result<Written, ControlError> {
        let revoke = Some(of.to_owned());
        self.send(
            id,
            &Write {
                revoke,
                ..Write::default()
            },
        )
        .await
    }

    /// The citizen takes another number, and so another BSUID.
    pub async fn change_number(&self, id: &str, new: &NewNumber) -> Result<Phone, ControlError> {
        self.ask(
            Method::POST,
            &format!("/peer/phones/{id}/number"),
            Some(new),
        )
        .await
    }

    /// The citizen uses WhatsApp's own switch for marketing: `stop` or `resume`.
    pub async fn prefer(&self, id: &str, value: &str) -> Result<Phone, ControlError> {
        self.ask(
            Method::POST,
            &format!("/peer/phones/{id}/preference"),
            Some(&json!({"value": value})),
        )
        .await
    }

    /// Meta reviews, pauses, judges or moves a template.
    pub async fn change_template(
        &self,
        name: &str,
        change: &TemplateChange,
    ) -> Result<Vec<Value>, ControlError> {
        self.ask(
            Method::POST,
            &format!("/peer/templates/{name}"),
            Some(change),
        )
        .await
    }

    /// How the account stands.
    pub async fn account(&self) -> Result<Account, ControlError> {
        self.ask(Method::GET, "/peer/account", NOTHING).await
    }

    /// Sets how the account stands, without a word to the business.
    pub async fn set_account(&self, account: &Account) -> Result<Account, ControlError> {
        self.ask(Method::PUT, "/peer/account", Some(account)).await
    }

    /// Meta tells the business something, and it becomes true.
    pub async fn tell_news(&self, news: &News) -> Result<(), ControlError> {
        self.tell(Method::POST, "/peer/news", Some(news)).await
    }

    /// A file that somebody sent or uploaded.
    pub async fn media(&self, id: &str) -> Result<StoredMedia, ControlError> {
        self.ask(Method::GET, &format!("/peer/media/{id}"), NOTHING)
            .await
    }

    /// Lets something go wrong with a download.
    pub async fn add_media_fault(&self, fault: &MediaFault) -> Result<(), ControlError> {
        self.tell(Method::POST, "/peer/media/faults", Some(fault))
            .await
    }

    /// When each message was asked for, without the gaps of each pair.
    pub async fn trace(&self) -> Result<Trace, ControlError> {
        self.ask(Method::GET, "/peer/trace", NOTHING).await
    }

    /// The same, with the gaps of each pair.
    pub async fn trace_with_pairs(&self) -> Result<Trace, ControlError> {
        self.ask(Method::GET, "/peer/trace?pairs=1", NOTHING).await
    }
}
