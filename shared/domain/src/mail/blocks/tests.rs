use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Vec<Block> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    blocks(&lines)
}

/// Day, draft and link of each request.
fn values(text: &str) -> Vec<(String, String, String)> {
    let value = |block: &Block, label| block.value(label).unwrap_or_default();
    read(text)
        .iter()
        .map(|block| {
            (
                value(block, Label::WantedAt),
                value(block, Label::Text),
                value(block, Label::Link),
            )
        })
        .collect()
}

fn one_of(day: &str, text: &str, link: &str) -> (String, String, String) {
    (day.to_owned(), text.to_owned(), link.to_owned())
}

#[test]
fn a_value_stands_beside_its_label_or_below_it() {
    let one = one_of(
        "12/12/2026 ore 9",
        "Mercatino in piazza.",
        "https://www.rubano.it/a",
    );
    for text in [
        "Data invio: 12/12/2026 ore 9\nTesto: Mercatino in piazza.\nLink: https://www.rubano.it/a",
        "DATA DI INVIO DESIDERATA\n12/12/2026 ore 9\n\nBOZZA\nMercatino\nin piazza.\n\nLINK ALLA NEWS\nhttps://www.rubano.it/a",
        "• *Data invio:* 12/12/2026 ore 9\n• *Testo avviso:* Mercatino in piazza.\n• *Link:* https://www.rubano.it/a",
        "1) Data invio: 12/12/2026 ore 9\n2) Bozza di testo (max 700 caratteri): Mercatino in piazza.\n3) Link: https://www.rubano.it/a",
        "Da inviare il 12/12/2026 ore 9\nTesto:\n\nMercatino in piazza.\nLink https://www.rubano.it/a",
        "Data invio\t12/12/2026 ore 9\nTesto\tMercatino in piazza.\nLink\thttps://www.rubano.it/a",
    ] {
        assert_eq!(values(text), std::slice::from_ref(&one), "{text}");
    }
}

#[test]
fn several_requests_are_told_apart() {
    let two = [
        one_of("10/12", "Uno.", "https://a"),
        one_of("20/12", "Due.", "https://b"),
    ];
    for (first, second) in [
        ("Richiesta 1", "Richiesta 2"),
        ("Avviso n. 1:", "Avviso n. 2:"),
        ("Primo avviso", "Secondo avviso"),
        ("1)", "2)"),
        ("1. Mercatino", "2. Concerto"),
        ("***", "***"),
        ("", "-----------"),
        ("", ""),
    ] {
        let text = format!(
            "Buongiorno,\n\n{first}\nData: 10/12\nTesto: Uno.\nLink: https://a\n\n{second}\nData: 20/12\nTesto: Due.\nLink: https://b"
        );
        assert_eq!(values(&text), two, "{first:?}");
    }
    assert_eq!(
        values("Data\tTesto\tLink\n10/12\tUno.\thttps://a\n20/12\tDue.\thttps://b"),
        two
    );
}

#[test]
fn what_is_said_before_the_first_is_said_of_all() {
    let blocks = read(
        "Ufficio: Cultura\n\n1) Mercatino\nData: 10/12\nTesto: Uno.\n\n2) Concerto\nData: 20/12\nTesto: Due.",
    );

    let offices: Vec<_> = blocks
        .iter()
        .map(|block| block.value(Label::Office))
        .collect();
    assert_eq!(
        offices,
        [Some("Cultura".to_owned()), Some("Cultura".to_owned())]
    );
    assert_eq!(blocks[1].heading.as_deref(), Some("Concerto"));
}

#[test]
fn a_list_in_the_draft_is_no_list_of_requests() {
    let text = "Data: 10/12\nTesto: programma:\n1) ritrovo\n2) visita\nLink: https://a";

    assert_eq!(
        values(text),
        [one_of(
            "10/12",
            "programma: 1) ritrovo 2) visita",
            "https://a"
        )]
    );
}

#[test]
fn a_signature_is_no_part_of_the_draft() {
    for leave in ["-- ", "Cordiali saluti", "Grazie", "Distinti saluti,"] {
        let text =
            format!("Data: 10/12\nTesto: Uno.\n\n{leave}\nUfficio Cultura\nTel. 049 000 0000");
        assert_eq!(values(&text), [one_of("10/12", "Uno.", "")], "{leave}");
    }
}

#[test]
fn a_mail_without_requests_has_none() {
    for text in [
        "",
        "Buongiorno",
        "Vi ringrazio dell'invio di ieri.\nUfficio: Cultura",
        "---\n***",
    ] {
        assert_eq!(read(text), [], "{text}");
    }
}

proptest! {
    #[test]
    fn no_lines_make_it_panic(
        lines in prop::collection::vec("(Data: |Testo:|Link |Richiesta |1|2\\) |\\*\\*\\*|--|\t|o |•|https://a|\\PC{0,12}){0,5}", 0..25),
    ) {
        let _ = blocks(&lines);
    }
}
