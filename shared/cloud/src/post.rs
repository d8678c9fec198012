//! The post: e-mails leave by Amazon SES.

use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::ProvideErrorMetadata;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag,
};
use domain::email::EmailAddress;
use domain::letter::{Letter, LetterId};

use crate::AwsError;

/// Why a letter was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// SES did not answer, or takes nothing at this moment: worth another try.
    #[error("SES did not take it")]
    Later(#[source] AwsError),
    /// SES will not take this letter, however often it is offered: a person must look.
    #[error("SES refuses it")]
    Never(#[source] AwsError),
}

/// Posts letters from one address.
#[derive(Debug, Clone)]
pub struct Post {
    ses: Client,
    from: EmailAddress,
    reply_to: Option<EmailAddress>,
}

impl Post {
    /// The post of the address `from`; answers go to `reply_to`, where one is read.
    pub fn new(aws: &SdkConfig, from: EmailAddress, reply_to: Option<EmailAddress>) -> Self {
        Self {
            ses: Client::new(aws),
            from,
            reply_to,
        }
    }

    /// Posts `letter`; the number that SES gives it.
    ///
    /// SES knows no idempotency key: after an unclear answer a second call may post it twice. The tag `letter` tells which.
    pub async fn send(&self, letter: &Letter) -> Result<String, PostError> {
        let message = message(letter).map_err(|error| PostError::Never(error.into()))?;
        let tag = MessageTag::builder()
            .name("letter")
            .value(tag_of(&letter.id))
            .build()
            .map_err(|error| PostError::Never(error.into()))?;
        let answer = self
            .ses
            .send_email()
            .from_email_address(self.from.as_str())
            .set_reply_to_addresses(self.reply_to.as_ref().map(|to| vec![to.to_string()]))
            .destination(
                Destination::builder()
                    .set_to_addresses(Some(addresses(&letter.to)))
                    .set_cc_addresses((!letter.cc.is_empty()).then(|| addresses(&letter.cc)))
                    .build(),
            )
            .content(EmailContent::builder().simple(message).build())
            .email_tags(tag)
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(answer.message_id.unwrap_or_default()),
            Err(error) if error.as_service_error().is_some_and(is_final) => {
                // Its kind and not its words, which name addresses.
                let kind = error.code().unwrap_or("refused").to_owned();
                Err(PostError::Never(kind.into()))
            }
            Err(error) => Err(PostError::Later(error.into())),
        }
    }
}

/// What SES refuses today it refuses tomorrow, unless somebody changes the letter or the account's identities.
fn is_final(error: &SendEmailError) -> bool {
    matches!(
        error,
        SendEmailError::BadRequestException(_)
            | SendEmailError::MessageRejected(_)
            | SendEmailError::MailFromDomainNotVerifiedException(_)
            | SendEmailError::NotFoundException(_)
    )
}

fn message(letter: &Letter) -> Result<Message, aws_sdk_sesv2::error::BuildError> {
    let utf8 = |data: &str| Content::builder().data(data).charset("UTF-8").build();
    let header = |name: &str, value: &str| MessageHeader::builder().name(name).value(value).build();
    let mut message = Message::builder()
        .subject(utf8(&letter.subject)?)
        .body(Body::builder().text(utf8(&letter.body)?).build());
    // A machine wrote it, and no machine shall answer it (RFC 3834, 5).
    let kind = if letter.in_reply_to.is_some() {
        "auto-replied"
    } else {
        "auto-generated"
    };
    message = message.headers(header("Auto-Submitted", kind)?);
    if let Some(id) = &letter.in_reply_to {
        message = message
            .headers(header("In-Reply-To", id)?)
            .headers(header("References", id)?);
    }
    Ok(message.build())
}

fn addresses(addresses: &[EmailAddress]) -> Vec<String> {
    addresses.iter().map(ToString::to_string).collect()
}

/// SES takes letters, digits, `_` and `-` in a tag.
fn tag_of(id: &LetterId) -> String {
    id.as_str()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect()
}
