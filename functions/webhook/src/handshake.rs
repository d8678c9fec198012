//! The GET with which Meta checks the address, each time it is saved (Meta, webhooks, verification requests).

use secrecy::ExposeSecret;

use crate::{Call, Refusal, Webhook};

impl Webhook {
    /// Gives back the challenge to whoever knows the verify token.
    pub(crate) async fn shake_hands(&self, call: &Call) -> Result<String, Refusal> {
        let (Some("subscribe"), Some(token), Some(challenge)) = (
            call.query("hub.mode"),
            call.query("hub.verify_token"),
            call.query("hub.challenge"),
        ) else {
            return Err(Refusal::WrongHandshake);
        };
        let secret = self.secrets.get().await?;
        // An echo of anything longer would make the endpoint somebody's mirror.
        let plausible = challenge.len() <= 256 && challenge.chars().all(|c| c.is_ascii_graphic());
        if plausible && whatsapp::is_same_secret(token, secret.verify_token.expose_secret()) {
            Ok(challenge.to_owned())
        } else {
            Err(Refusal::WrongHandshake)
        }
    }
}
