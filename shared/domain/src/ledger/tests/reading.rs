//! What people read out of the register: a search, a sheet, a verdict.

use super::*;

#[test]
fn rows_are_found_by_what_people_remember() {
    let row = LedgerRow::of(1, &asked("Sabato 12, perché c'è il mercatino."));
    let zone = rubano().time_zone;
    let found = |change: fn(&mut Search)| {
        let mut search = Search::default();
        change(&mut search);
        search.finds(&row, &zone)
    };

    assert!(found(|_| {}));
    assert!(found(
        |search| search.text = Some("PERCHE'".replace('\'', ""))
    ));
    assert!(found(
        |search| search.text = Some("  mercatino   di natale".to_owned())
    ));
    assert!(!found(|search| search.text = Some("carnevale".to_owned())));
    assert!(found(|search| search.link = Some(
        "http://rubano.it/notizie/Mercatino-di-Natale/?utm=1#a".to_owned()
    )));
    assert!(!found(
        |search| search.link = Some("rubano.it/notizie".to_owned())
    ));
    assert!(found(|search| search.office = Some("cultura".to_owned())));
    assert!(found(|search| search.state = Some(StateName::Submitted)));
    assert!(!found(|search| search.state = Some(StateName::Sent)));
    assert!(found(|search| {
        search.from = "2026-11-22".parse().ok();
        search.to = search.from;
    }));
    assert!(!found(|search| search.to = "2026-11-21".parse().ok()));
}

#[test]
fn one_page_has_one_bare_address() {
    for (address, bare) in [
        ("https://www.rubano.it/notizie/a/", "rubano.it/notizie/a"),
        ("HTTP://rubano.it/notizie/a?x=1#y", "rubano.it/notizie/a"),
        (" rubano.it/notizie/a ", "rubano.it/notizie/a"),
        ("https://www.rubano.it/?p=12", "rubano.it/?p=12"),
        ("https://www.rubano.it?p=12#a", "rubano.it/?p=12"),
    ] {
        assert_eq!(bare_link(address), bare, "{address}");
    }
}

#[test]
fn every_row_has_a_cell_for_each_column_and_every_verdict_its_words() {
    let row = LedgerRow::of(1, &asked("=1+1"));

    let cells = cells(&row, "hash", &rubano().time_zone);

    assert_eq!(cells.len(), headers().count());
    assert!(
        cells.contains(&crate::report::Cell::Text(crate::report::HarmlessText::of(
            "=1+1"
        )))
    );
    let date = jiff::civil::date(2026, 11, 22);
    for what in [
        What::HashDiffers,
        What::Missing,
        What::OutOfPlace,
        What::Unreadable,
        What::HeadDiffers,
        What::SealDiffers { date, after: 0 },
    ] {
        let said = what.said(7);
        assert!(said.contains('7') && !said.contains('{'), "{said}");
    }
}
