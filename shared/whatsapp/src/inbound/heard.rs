//! A message as the conversation hears it: Meta's kinds in the words of the rules.

use domain::contact::Contact;
use domain::conversation::{Heard, Media, MediaKind, Position, SharedContact, What};
use domain::identity::Rotation;

use super::{Card, Content, Inbound, MediaRef, Origin, System};

impl Inbound {
    /// The message as the conversation hears it.
    pub fn heard(self) -> Heard {
        Heard {
            id: self.id,
            at: self.at,
            contact: self.sender.contact(),
            what: match self.content {
                // What is said in a group is not said to us.
                _ if self.group.is_some() => What::NotAMessage,
                content => what(content),
            },
        }
    }

    /// The new names of the sender, if this is WhatsApp saying that they have some. The sender is who they were before.
    pub fn rotation(&self) -> Option<Rotation> {
        let Content::System(
            System::NumberChanged(Some(current)) | System::UserIdChanged(Some(current)),
        ) = &self.content
        else {
            return None;
        };
        Some(Rotation {
            previous: self.sender.contact(),
            current: current.contact(),
            at: self.at,
        })
    }
}

impl super::Rotation {
    /// What it says of whose the names are. The number beside them says nothing: it may be the old one or the new.
    pub fn names(&self) -> Rotation {
        let names = |sender: &super::Sender| -> Contact { sender.contact() };
        Rotation {
            previous: names(&self.previous),
            current: names(&self.current),
            at: self.at,
        }
    }
}

fn what(content: Content) -> What {
    let media = |kind, media: MediaRef| {
        What::Media(Media {
            id: media.id,
            kind,
            mime: media.mime_type,
            sha256: media.sha256,
            caption: media.caption,
        })
    };
    let other = |kind: &str| What::Other {
        kind: kind.to_owned(),
    };
    match content {
        Content::Text(words) => What::Words(words),
        Content::ButtonReply { id, title } | Content::ListReply { id, title, .. } => What::Choice {
            id: Some(id),
            title,
        },
        Content::ButtonTap { payload, text } => match text.or_else(|| payload.clone()) {
            Some(title) => What::Choice { id: payload, title },
            None => other("button"),
        },
        Content::Image(file) => media(MediaKind::Image, file),
        Content::Video(file) => media(MediaKind::Video, file),
        Content::Audio(file) => media(MediaKind::Audio, file),
        Content::Document(file) => media(MediaKind::Document, file),
        Content::Sticker(file) => media(MediaKind::Sticker, file),
        Content::Location(place) => What::Position(Position {
            lat: place.latitude,
            lon: place.longitude,
            name: place.name,
            address: place.address,
        }),
        Content::Contacts(cards) => What::SharedContact(shared(&cards)),
        Content::FlowReply {
            response, token, ..
        } => What::FlowAnswer {
            token,
            fields: response,
        },
        Content::Edit { original, content } => What::Changed {
            original,
            now: Box::new(what(*content)),
        },
        Content::Revoke { original } => What::TakenBack { original },
        Content::Reaction { .. } => What::Reaction,
        Content::System(_) => What::NotAMessage,
        Content::CallPermission { .. } => other("call_permission_reply"),
        Content::Order { .. } => other("order"),
        Content::Unsupported { .. } => other("unsupported"),
        Content::Oversized { kind } | Content::Unknown { kind, .. } => What::Other { kind },
    }
}

fn shared(cards: &[Card]) -> SharedContact {
    let phones = cards.iter().flat_map(|card| &card.phones);
    let mut numbers: Vec<_> = phones
        .filter_map(|phone| {
            let written = || phone.phone.as_ref().and_then(|text| text.parse().ok());
            phone.wa_id.clone().or_else(written)
        })
        .collect();
    // A vCard beside the number says the same or is a doubt: then there is more than one number.
    let vcards = cards.iter().filter_map(|card| card.vcard.as_deref());
    numbers.extend(vcards.flat_map(numbers_in));
    numbers.sort_unstable();
    numbers.dedup();
    SharedContact {
        requested: !cards.is_empty()
            && cards
                .iter()
                .all(|card| card.origin == Origin::ContactRequest),
        cards: cards.len(),
        numbers,
        ids: Vec::new(),
    }
}

/// The numbers that a vCard says WhatsApp knows: `TEL;…;waid=393331234567:+39 333 123 4567`.
fn numbers_in(vcard: &str) -> Vec<domain::contact::Phone> {
    let marked = vcard.split("waid=").skip(1);
    marked
        .filter_map(|rest| {
            let digits = rest.find(|letter: char| !letter.is_ascii_digit());
            rest.get(..digits.unwrap_or(rest.len()))?.parse().ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::CardPhone;
    use super::*;

    fn card(wa_id: &str, vcard: Option<&str>) -> Card {
        Card {
            origin: Origin::ContactRequest,
            name: None,
            phones: vec![CardPhone {
                phone: None,
                wa_id: wa_id.parse().ok(),
                kind: None,
            }],
            vcard: vcard.map(str::to_owned),
        }
    }

    #[test]
    fn a_vcard_that_says_another_number_makes_the_answer_no_proof() {
        let sender = Contact::new(None, "IT.8Kd02LmQ".parse().ok()).unwrap();
        let same = "BEGIN:VCARD\nTEL;type=CELL;waid=393331234567:+39 333 123 4567\nEND:VCARD";
        let another = "TEL;waid=393330000001:+39 333 000 0001";
        let own = |card| shared(&[card]).own_number(&sender).is_some();

        assert!(own(card("393331234567", None)));
        assert!(own(card("393331234567", Some(same))));
        assert!(!own(card("393331234567", Some(another))));
    }
}
