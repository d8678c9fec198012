use super::*;
use crate::notice::tests::{absent, actor, at, request, roster};
use crate::notice::{Around, Move};
use crate::roster::AbsenceInput;
use crate::staff::Role;
use crate::tenant::tests::rubano;

fn now() -> Instant {
    at("2026-11-24T10:00:00+01:00")
}

fn taken() -> Applied {
    let desk = actor("sportello.uno", &[Role::Operator]);
    request()
        .apply(Move::TakeCharge, &desk, &rubano(), now())
        .unwrap()
}

#[test]
fn the_head_is_asked_to_forward_and_while_absent_the_desk_is() {
    let to = |absences: &[_]| {
        let written = letters(&taken(), &roster(absences), &rubano(), now()).unwrap();
        written[0].to[0].as_str().to_owned()
    };

    assert_eq!(to(&[]), "capo.settore@example.it");
    assert_eq!(to(&[absent("capo.settore")]), "sportello.uno@example.it");
}

#[test]
fn the_supplier_is_asked_with_head_and_mayor_in_copy_or_not_at_all() {
    let tenant = rubano();
    let around = Around {
        head_is_absent: true,
        ..Around::plain(&tenant, now())
    };
    let desk = actor("sportello.uno", &[Role::Operator]);
    let direct = taken()
        .request
        .apply_in(Move::ForwardDirectly, &desk, &around)
        .unwrap();
    let away = roster(&[absent("capo.settore")]);

    let copies = away.alternative_copies(now(), &tenant.time_zone).unwrap();
    let letter = letters(&direct, &away, &tenant, now()).unwrap().remove(0);
    assert_eq!(letter.to[0].as_str(), "fornitore@example.it");
    assert_eq!(letter.cc, copies);
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.body));
}

#[test]
fn where_nobody_can_act_the_mailbox_of_the_procedure_is_told() {
    let nobody = roster(&[
        absent("capo.settore"),
        absent("sportello.uno"),
        absent("sportello.due"),
    ]);

    let letter = letters(&taken(), &nobody, &rubano(), now())
        .unwrap()
        .remove(0);

    assert_eq!(letter.to[0].as_str(), "avvisi@example.it");
}

#[test]
fn an_office_that_wrote_by_e_mail_hears_what_became_of_its_request() {
    let mut tenant = rubano();
    tenant.mailbox = serde_json::from_value(serde_json::json!({
        "address": "avvisi@example.it",
        "senders": [{"from": "cultura@example.it", "office": "Cultura"}],
        "default_hour": "10:00", "spaced_days": 7, "verified": true,
    }))
    .ok();
    let mut request = taken().request;
    request.submitted.by = "posta.cultura".parse().unwrap();
    let desk = actor("sportello.uno", &[Role::Operator]);
    let returned = request
        .apply(
            Move::Return("Manca l'orario.".to_owned()),
            &desk,
            &tenant,
            now(),
        )
        .unwrap();

    let letter = letters(&returned, &roster(&[]), &tenant, now())
        .unwrap()
        .remove(0);

    assert_eq!(letter.to[0].as_str(), "cultura@example.it");
    assert!(
        letter.body.contains("Motivo: Manca l'orario."),
        "{}",
        letter.body
    );
}

#[test]
fn a_letter_says_the_term_that_the_comune_has_set_and_why_a_notice_was_held() {
    let mut tenant = rubano();
    tenant.procedure.forward_working_days = 3;
    let letter = letters(&taken(), &roster(&[]), &tenant, now())
        .unwrap()
        .remove(0);
    assert!(
        letter.body.contains("entro 3 giorni lavorativi"),
        "{}",
        letter.body
    );

    let mut held = taken();
    let signed = held.request.submitted.clone();
    held.request.state = State::Held {
        endorsed: crate::notice::Endorsement {
            taken: signed.clone(),
            forwarded: signed.clone(),
            path: Path::Ordinary,
            approval: crate::notice::Approval {
                signed,
                digest: held.request.digest(&tenant),
                others: Vec::new(),
                by_silence: false,
                at: None,
            },
        },
        send_at: now(),
        held_at: now(),
        cause: crate::notice::HoldCause::PageChanged,
    };
    let letter = letters(&held, &roster(&[]), &tenant, now())
        .unwrap()
        .remove(0);
    assert!(
        letter.body.contains("La pagina del sito non c'è più"),
        "{}",
        letter.body
    );
}

#[test]
fn an_hour_that_has_passed_is_told_to_the_desk_with_the_office_in_copy() {
    let mut request = request();
    request.submitted.by = "sportello.due".parse().unwrap();
    let tell = |hour| about_the_hour(&request, hour, &roster(&[]), &rubano(), now()).unwrap();

    let near = tell(crate::notice::Hour::Near);
    assert_eq!(near.to[0].as_str(), "sportello.uno@example.it");
    assert!(near.cc.is_empty());
    assert!(
        near.body.contains("Stato: da prendere in carico"),
        "{}",
        near.body
    );
    let past = tell(crate::notice::Hour::Past);
    assert_eq!(past.cc[0].as_str(), "sportello.due@example.it");
    assert_ne!(near.id, past.id);
}

#[test]
fn the_watch_tells_of_requests_and_of_mails_or_of_nothing() {
    let watch = at("2026-11-24T08:30:00+01:00");
    let request = request();
    let mut mail = crate::mail::MailRecord::unread(
        "0".repeat(64),
        "inbox/1",
        at("2026-11-23T19:05:00+01:00"),
        crate::mail::Waits::UnknownSender,
    );
    mail.from = Some("qualcuno@example.org".to_owned());
    mail.subject = "Avviso urgente".to_owned();
    let tell = |waiting: &[&NoticeRequest], mails: &[_]| {
        at_the_watch(watch, waiting, mails, &roster(&[]), &rubano())
    };

    assert!(tell(&[], &[]).is_none());
    let letter = tell(&[&request], &[mail]).unwrap().unwrap();
    assert_eq!(letter.id, id_of_the_watch(watch).unwrap());
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.body));
}

#[test]
fn a_letter_leads_to_its_request_and_carries_nothing_but_the_code() {
    let mut tenant = rubano();
    tenant.desk_url = Some("https://api.example.it/desk".to_owned());
    let letter = letters(&taken(), &roster(&[]), &tenant, now())
        .unwrap()
        .remove(0);
    insta::assert_snapshot!(format!("{}\n\n{}", letter.subject, letter.body));

    // However the comune writes its own desk.
    tenant.desk_url = Some("https://api.example.it/desk/".to_owned());
    let again = letters(&taken(), &roster(&[]), &tenant, now()).unwrap();
    assert_eq!(again[0].body, letter.body);
}

#[test]
fn the_letter_of_the_watch_leads_to_each_request_that_waits() {
    let mut tenant = rubano();
    tenant.desk_url = Some("https://api.example.it/desk".to_owned());
    let request = request();

    let letter = at_the_watch(now(), &[&request], &[], &roster(&[]), &tenant);

    let letter = letter.unwrap().unwrap();
    let line = format!(
        "- {}: https://api.example.it/desk/{}\n",
        request.draft.title, request.id
    );
    assert!(letter.body.contains(&line), "{}", letter.body);
}

#[test]
fn a_gap_that_comes_suddenly_is_told_of_though_another_was_on_the_same_day() {
    let hours = |from: &str, until: &str| {
        let hour = |hour| Some(format!("2026-11-24T{hour}"));
        let absence = AbsenceInput {
            from: hour(from),
            until: hour(until),
            reason: None,
        };
        [
            ("sportello.uno", absence.clone()),
            ("sportello.due", absence),
        ]
    };
    let alarm = |roster: &Roster, hour: &str| {
        let now = at(&format!("2026-11-24T{hour}:00+01:00"));
        let end = at("2026-12-08T00:00:00+01:00");
        let gaps = roster.gaps(now, end, &rubano().time_zone);
        about_a_gap(&gaps[0], roster, &rubano(), now).unwrap().id
    };
    let morning = roster(&hours("08:00", "09:00"));
    let both = roster(&[hours("08:00", "09:00"), hours("15:00", "18:00")].concat());

    assert_eq!(alarm(&morning, "08:00"), alarm(&morning, "08:55"));
    assert_ne!(alarm(&morning, "08:00"), alarm(&both, "15:05"));
    assert_eq!(alarm(&both, "15:05"), alarm(&both, "17:55"));
}

#[test]
fn a_head_who_is_absent_while_a_copy_has_nowhere_to_go_is_told_of_once_a_day() {
    let without_mayor = |absences: &[_]| {
        let mayor = "sindaco".parse().unwrap();
        let roster = roster(absences);
        roster
            .with_revocation(&mayor, now(), &rubano().time_zone)
            .unwrap()
    };
    let away = [absent("capo.settore")];
    let told = |roster: &Roster, now| about_missing_copies(roster, &rubano(), now);

    assert!(told(&roster(&away), now()).is_none());
    assert!(told(&without_mayor(&[]), now()).is_none());
    let letter = told(&without_mayor(&away), now()).unwrap().unwrap();
    assert_eq!(letter.to[0].as_str(), "avvisi@example.it");
    let evening = at("2026-11-24T18:00:00+01:00");
    let again = told(&without_mayor(&away), evening).unwrap().unwrap();
    assert_eq!(again.id, letter.id);
}

/// Asked of the supplier past an absent head, and reworded by `by`.
fn reworded_past_the_head(by: &crate::staff::Actor) -> Applied {
    let tenant = rubano();
    let around = Around {
        head_is_absent: true,
        ..Around::plain(&tenant, now())
    };
    let desk = actor("sportello.uno", &[Role::Operator]);
    let direct = taken()
        .request
        .apply_in(Move::ForwardDirectly, &desk, &around)
        .unwrap();
    let mut other = direct.request.draft.clone();
    other.text = "sabato 12 dicembre 2026, mercatino di Natale in centro.".to_owned();
    direct
        .request
        .apply(Move::Reword(Box::new(other)), by, &tenant, now())
        .unwrap()
}

#[test]
fn words_of_the_supplier_are_for_the_group_to_approve() {
    let away = roster(&[absent("capo.settore")]);
    let to = |by, role| {
        let reworded = reworded_past_the_head(&actor(by, &[role]));
        let letter = letters(&reworded, &away, &rubano(), now())
            .unwrap()
            .remove(0);
        assert_eq!(letter.cc.len() + letter.to.len(), 3, "with both copies");
        (letter.to[0].as_str().to_owned(), letter.subject)
    };

    let (to_whom, _) = to("sportello.due", Role::Operator);
    assert_eq!(to_whom, "fornitore@example.it");
    let (to_whom, subject) = to("fornitore", Role::Supplier);
    assert_eq!(to_whom, "gruppo.uno@example.it");
    assert!(
        subject.starts_with("Avviso WhatsApp da verificare"),
        "{subject}"
    );
}

#[test]
fn where_a_copy_has_nowhere_to_go_any_more_the_mailbox_is_told_and_not_the_supplier() {
    let away = roster(&[absent("capo.settore")]);
    let mayor = "sindaco".parse().unwrap();
    let without = away
        .with_revocation(&mayor, now(), &rubano().time_zone)
        .unwrap();
    let reworded = reworded_past_the_head(&actor("sportello.due", &[Role::Operator]));

    let letter = letters(&reworded, &without, &rubano(), now())
        .unwrap()
        .remove(0);

    assert_eq!(letter.to[0].as_str(), "avvisi@example.it");
    assert!(letter.cc.is_empty());
    assert!(letter.body.contains("La ditta non è stata avvisata"));
}
