//! `X-Hub-Signature-256`: HMAC-SHA256 of the raw body under the app secret (Meta, webhooks).

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};

const PREFIX: &str = "sha256=";

/// Whether `header` signs `body` under any of `secrets`: two are valid while one replaces the other.
///
/// The comparison takes the same time wherever the signatures differ.
pub fn is_authentic(header: &str, body: &[u8], secrets: &[SecretString]) -> bool {
    let Some(signature) = header
        .strip_prefix(PREFIX)
        .and_then(|digits| hex::decode(digits).ok())
    else {
        return false;
    };
    secrets
        .iter()
        .filter(|secret| !secret.expose_secret().is_empty())
        .any(|secret| hmac::verify(&key(secret), body, &signature).is_ok())
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn is_same_secret(shown: &str, kept: &str) -> bool {
    // Compared by a keyed digest of each, so that not even their lengths show.
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"comparison");
    !kept.is_empty()
        && hmac::verify(
            &key,
            shown.as_bytes(),
            hmac::sign(&key, kept.as_bytes()).as_ref(),
        )
        .is_ok()
}

/// The header that signs `body`: what the peer and the tests send.
pub fn sign(body: &[u8], secret: &SecretString) -> String {
    format!("{PREFIX}{}", hex::encode(hmac::sign(&key(secret), body)))
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(texts: &[&str]) -> Vec<SecretString> {
        texts.iter().map(|text| SecretString::from(*text)).collect()
    }

    #[test]
    fn a_known_signature_is_recognised() {
        // RFC 4231, test case 2.
        let header = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";

        assert!(is_authentic(
            header,
            b"what do ya want for nothing?",
            &secrets(&["Jefe"])
        ));
        assert!(!is_authentic(
            header,
            b"what do ya want for nothing!",
            &secrets(&["Jefe"])
        ));
    }

    #[test]
    fn two_secrets_are_good_while_one_replaces_the_other() {
        let body = b"{}";
        let both = secrets(&["new", "old"]);

        assert!(is_authentic(&sign(body, &both[0]), body, &both));
        assert!(is_authentic(&sign(body, &both[1]), body, &both));
        assert!(!is_authentic(&sign(body, &"other".into()), body, &both));
    }

    #[test]
    fn a_verify_token_is_compared_whole_and_an_empty_one_opens_nothing() {
        assert!(is_same_secret("token", "token"));
        assert!(!is_same_secret("toke", "token"));
        assert!(!is_same_secret("", ""));
    }

    #[test]
    fn a_missing_or_misshapen_header_is_refused() {
        let body = b"{}";
        let secret = secrets(&["s"]);
        let good = sign(body, &secret[0]);

        for header in [
            "",
            "sha256=",
            "sha256=zz",
            "sha1=aa",
            &good[7..],
            &good[..good.len() - 2],
        ] {
            assert!(!is_authentic(header, body, &secret), "{header}");
        }
        assert!(
            !is_authentic(&sign(body, &"".into()), body, &secrets(&[""])),
            "an empty secret signs nothing"
        );
    }
}
