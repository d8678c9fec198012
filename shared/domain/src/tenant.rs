//! What a comune tells us of itself: `infra/tenants/*.yaml`, packaged with each function as `tenant.json`.
//! Settings, never names of people.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::calendar::CalendarSettings;
use crate::calendar::sending::SendingRules;
use crate::editorial::EditorialSettings;
use crate::notice::Procedure;
use crate::price::Prices;

/// The settings of one comune.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Short name of the stack: lower-case letters, digits and hyphens.
    pub id: String,
    /// The comune as citizens read it.
    pub comune: String,
    /// Two-letter code of the province.
    pub province: String,
    /// The information notice of art. 13 GDPR.
    pub privacy: Privacy,
    /// Where a citizen finds a person.
    pub contacts: Contacts,
    /// Hosts of the institutional site: a notice must lead to a page of one of them.
    pub news_hosts: Vec<String>,
    /// The template under which notices go out.
    pub notice_template: NoticeTemplate,
    /// The template in whose words a reply goes out that has missed the 24-hour window. Without one it waits until the person
    /// writes again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_template: Option<NoticeTemplate>,
    /// How many different people may be written to first in 24 hours, until Meta says otherwise (Meta, messaging limits):
    /// what the Business Manager shows. Left out it is that of a new account; `null` is no limit.
    #[serde(default = "of_a_new_account")]
    pub people_per_day: Option<u32>,
    /// Longest text of a notice, in characters, so that the filled template stays within Meta's 1,024.
    pub max_text: usize,
    /// Words that this comune adds to the usual ones.
    #[serde(default)]
    pub keywords: ExtraKeywords,
    /// Where the staff works on requests: letters link to `<desk_url>/<code>`. Left out it is the page of the stack itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk_url: Option<String>,
    /// What Meta asks for a message, as its rate card says at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<Prices>,
    /// The comune's own numbers of the procedure of a notice.
    #[serde(default)]
    pub procedure: Procedure,
    /// IANA name of the zone in which offices and citizens read hours.
    pub time_zone: Zone,
    /// Whether the number only sends notices and answers questions with a courtesy.
    pub receive_only: bool,
    /// When its offices work, of which terms are made.
    #[serde(default)]
    pub calendar: CalendarSettings,
    /// When notices may leave.
    #[serde(default)]
    pub sending: SendingRules,
    /// What the checks of a notice ask (docs/checks.md).
    #[serde(default, skip_serializing_if = "EditorialSettings::is_usual")]
    pub editorial: EditorialSettings,
    /// The mailbox to which offices write their requests, if they may do so by e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailbox: Option<crate::mail::Mailbox>,
}

impl Tenant {
    /// How many days apart several notices of one thing must be, whichever way they are asked for.
    pub fn spaced_days(&self) -> u32 {
        let mailbox = self.mailbox.as_ref();
        mailbox.map_or_else(crate::mail::usual_spacing, |mailbox| mailbox.spaced_days)
    }
}

/// The limit of a business portfolio that Meta knows nothing of yet.
#[expect(
    clippy::unnecessary_wraps,
    reason = "it is the default of a setting that may be `null`"
)]
fn of_a_new_account() -> Option<u32> {
    Some(250)
}

/// The information notice of art. 13 GDPR, as published on the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// Where it is read.
    pub url: String,
    /// Which version is in force; kept with every proof of subscription.
    pub version: String,
}

/// Where a citizen finds a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// Telephone, as printed.
    pub phone: String,
    /// Opening hours, as printed.
    pub hours: String,
    /// Page with all contacts.
    pub url: String,
}

/// An approved message template of the comune's WhatsApp account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeTemplate {
    /// Name at Meta.
    pub name: String,
    /// Language code at Meta (`it`).
    pub language: String,
    /// Billing category expected at Meta (`utility` or `marketing`).
    pub category: String,
    /// The body as submitted to Meta, with `{{testo}}` (and `{{link}}`, in a notice): what the preview is made of.
    pub body: String,
}

/// Words added to the usual ones (`texts/keywords.it.json`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraKeywords {
    /// Words that subscribe.
    #[serde(default)]
    pub subscribe: Vec<String>,
    /// Words that unsubscribe.
    #[serde(default)]
    pub unsubscribe: Vec<String>,
}

/// A time zone that the bundled data knows. The data of the Lambda image is never asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone's rules.
    pub fn rules(&self) -> &TimeZone {
        &self.0
    }

    /// The civil time of `instant` in this zone.
    pub fn civil(&self, instant: Instant) -> jiff::civil::DateTime {
        self.0.to_datetime(instant)
    }

    /// The instant of a civil time in this zone. One that the change to summer time skips moves forward; one that occurs
    /// twice in autumn is the first. It fails only beyond the year 9999.
    pub fn resolve(&self, civil: jiff::civil::DateTime) -> Result<Instant, jiff::Error> {
        // jiff's "compatible" disambiguation: a gap goes forward, a fold takes the earlier.
        let zoned = self.0.to_ambiguous_zoned(civil).compatible()?;
        Ok(zoned.timestamp())
    }
}

impl TryFrom<String> for Zone {
    type Error = jiff::Error;

    fn try_from(name: String) -> Result<Self, jiff::Error> {
        TimeZone::get(&name).map(Self)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Rubano, with invented contacts.
    pub(crate) fn rubano() -> Tenant {
        serde_json::from_value(serde_json::json!({
            "id": "rubano",
            "comune": "Rubano",
            "province": "PD",
            "privacy": {"url": "https://www.rubano.it/privacy", "version": "2026-01"},
            "contacts": {"phone": "049 000 0000", "hours": "lun-ven 9:00-12:30", "url": "https://www.rubano.it/contatti"},
            "news_hosts": ["www.rubano.it", "rubano.it"],
            "notice_template": {
                "name": "avviso", "language": "it", "category": "utility",
                "body": "Comune di Rubano – {{testo}} Tutte le informazioni: {{link}} – Per non ricevere più avvisi scrivi CANCELLAMI."
            },
            "max_text": 700,
            "time_zone": "Europe/Rome",
            "receive_only": true
        }))
        .unwrap()
    }

    #[test]
    fn settings_read_back_as_they_were_written() {
        let written = serde_json::to_value(rubano()).unwrap();

        assert_eq!(serde_json::from_value::<Tenant>(written).unwrap(), rubano());
    }

    #[test]
    fn a_misspelt_setting_or_an_unknown_zone_is_refused() {
        let mut settings = serde_json::to_value(rubano()).unwrap();
        settings["time_zone"] = "Europe/Rubano".into();
        assert!(serde_json::from_value::<Tenant>(settings.clone()).is_err());

        settings["time_zone"] = "Europe/Rome".into();
        settings["news_host"] = "rubano.it".into();
        assert!(serde_json::from_value::<Tenant>(settings).is_err());
    }
}
