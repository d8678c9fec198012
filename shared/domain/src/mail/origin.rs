//! Whether a mail comes from where it says: what SES saw as it took the mail in. Anybody can write any `From`.

use serde::{Deserialize, Serialize};

use crate::email::EmailAddress;

/// What SES wrote above the mail (SES developer guide, "Content filtering" and "Email authentication"), each as it stands
/// in the topmost header of its name: whatever a sender writes comes below.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// `X-SES-Spam-Verdict`.
    pub spam: Option<String>,
    /// `X-SES-Virus-Verdict`.
    pub virus: Option<String>,
    /// `Authentication-Results`.
    pub results: Option<String>,
    /// Whether a program wrote it: an answer to it could be answered for ever (RFC 3834).
    pub is_automatic: bool,
}

/// Why a mail is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distrust {
    /// SES holds it for spam, or did not say.
    Spam,
    /// SES found a virus, or did not say.
    Virus,
    /// Nothing shows that it comes from the domain of its sender.
    Forged,
}

/// The name under which SES signs its results (RFC 8601, authserv-id).
const AUTHORITY: &str = "amazonses.com";

impl Origin {
    /// Why a mail that says it comes from `from` is not believed; `None` if it is. Where mails are not to be `verified`, only
    /// what SES refuses outright is not.
    pub fn distrust(&self, from: &EmailAddress, verified: bool) -> Option<Distrust> {
        let is = |verdict: &Option<String>, wanted: &str| {
            verdict
                .as_deref()
                .is_some_and(|verdict| verdict.trim().eq_ignore_ascii_case(wanted))
        };
        let refused = |verdict| {
            if verified {
                !is(verdict, "pass")
            } else {
                is(verdict, "fail")
            }
        };
        if refused(&self.virus) {
            return Some(Distrust::Virus);
        }
        if refused(&self.spam) {
            return Some(Distrust::Spam);
        }
        let results = self.results.as_deref().unwrap_or_default();
        (verified && !is_shown(results, from.domain())).then_some(Distrust::Forged)
    }
}

/// Whether `results` show that the mail comes from `domain`: DMARC says so; or, where the domain asks for no DMARC, SPF of
/// the very domain or a signature of it or of a domain below it.
fn is_shown(results: &str, domain: &str) -> bool {
    let plain = without_comments(results).to_ascii_lowercase();
    let mut parts = plain.split(';').map(str::trim);
    if parts.next().and_then(|id| id.split_whitespace().next()) != Some(AUTHORITY) {
        return false;
    }
    let methods: Vec<Vec<(&str, &str)>> = parts.map(properties).collect();
    let all = |name: &str| -> Vec<&str> {
        let found = methods.iter().flatten().filter(|(known, _)| *known == name);
        found.map(|(_, value)| *value).collect()
    };
    let of_domain = |address: &str| address.rsplit('@').next() == Some(domain);
    // A sender has a say in some values (the name of its host): what is said twice must be said alike.
    let dmarc = all("dmarc");
    if !dmarc.is_empty() && dmarc.iter().all(|result| *result == "pass") {
        return true;
    }
    if dmarc.iter().any(|result| *result != "none") {
        return false;
    }
    let (spf, senders) = (all("spf"), all("envelope-from"));
    let is_sent_by_it = !senders.is_empty() && senders.iter().all(|sender| of_domain(sender));
    if spf == ["pass"] && is_sent_by_it {
        return true;
    }
    methods.iter().any(|method| {
        let signers = method
            .iter()
            .filter(|(name, _)| matches!(*name, "header.i" | "header.d"));
        let mut signers = signers.filter_map(|(_, signer)| signer.rsplit('@').next());
        method.first() == Some(&("dkim", "pass")) && signers.any(|signer| is_of(signer, domain))
    })
}

/// Whether `signer` is `domain` or below it.
fn is_of(signer: &str, domain: &str) -> bool {
    signer
        .strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn properties(method: &str) -> Vec<(&str, &str)> {
    method
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .collect()
}

/// `text` without what stands in brackets, which a sender can have a say in (a host that calls itself "spf=pass").
fn without_comments(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distrust(results: &str) -> Option<Distrust> {
        let pass = || Some("PASS".to_owned());
        let origin = Origin {
            spam: pass(),
            virus: pass(),
            results: Some(results.to_owned()),
            is_automatic: false,
        };
        origin.distrust(&"cultura@rubano.it".parse().unwrap(), true)
    }

    #[test]
    fn a_mail_that_its_domain_vouches_for_is_believed() {
        for results in [
            "amazonses.com; spf=pass (spf of x) client-ip=192.0.2.1; envelope-from=cultura@rubano.it; helo=posta.rubano.it; dkim=pass header.i=@rubano.it; dmarc=pass header.from=rubano.it;",
            "amazonses.com; spf=pass client-ip=192.0.2.1 envelope-from=cultura@rubano.it; dkim=none; dmarc=none",
            "amazonses.com; spf=none; dkim=pass header.i=@posta.rubano.it; dmarc=none header.from=rubano.it",
        ] {
            assert_eq!(distrust(results), None, "{results}");
        }
    }

    #[test]
    fn a_mail_that_only_says_so_is_not() {
        for results in [
            "",
            "mx.example; dmarc=pass",
            "amazonses.com; spf=fail envelope-from=cultura@rubano.it; dkim=none; dmarc=fail",
            "amazonses.com; spf=pass envelope-from=x@example.com; dkim=pass header.i=@example.com; dmarc=none",
            "amazonses.com; spf=pass envelope-from=x@example.com; dkim=pass header.i=@falsorubano.it; dmarc=none",
            "amazonses.com; spf=pass envelope-from=cultura@rubano.it; dmarc=fail",
            "amazonses.com; spf=fail envelope-from=x@example.com; helo=y; dmarc=pass; dkim=none; dmarc=none",
            "amazonses.com; spf=fail (; dmarc=pass) envelope-from=x@example.com; dkim=none",
        ] {
            assert_eq!(distrust(results), Some(Distrust::Forged), "{results}");
        }
    }

    #[test]
    fn a_verdict_that_is_not_a_pass_is_none() {
        let from = "cultura@rubano.it".parse().unwrap();
        let mut origin = Origin::default();
        assert_eq!(origin.distrust(&from, true), Some(Distrust::Virus));
        origin.virus = Some("PASS".to_owned());
        origin.spam = Some("GRAY".to_owned());
        assert_eq!(origin.distrust(&from, true), Some(Distrust::Spam));
    }
}
