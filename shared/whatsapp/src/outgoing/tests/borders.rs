//! Each limit at its border: what it allows is taken, one more is refused by an error that names it.

use super::*;

/// `n` characters of Italian.
fn long(n: usize) -> String {
    "è".repeat(n)
}

/// `body(limit)` is taken and `body(limit + 1)` is refused with the name of the part, what it has and the limit.
fn border(part: &str, limit: usize, body: impl Fn(usize) -> Body) {
    outgoing(phone(), body(limit))
        .to_json()
        .unwrap_or_else(|error| panic!("at the limit: {error}"));
    let has = limit + 1;
    assert_eq!(
        refused(body(has)),
        format!("{part}: {has} characters, at most {limit}")
    );
}

fn buttons() -> Buttons {
    Buttons {
        text: "Sì o no?".to_owned(),
        buttons: vec![button(1)],
        ..Buttons::default()
    }
}

fn button(n: usize) -> Button {
    Button {
        id: format!("b{n}"),
        title: format!("Bottone {n}"),
    }
}

fn row(n: usize) -> Row {
    Row {
        id: format!("r{n}"),
        title: format!("Riga {n}"),
        description: None,
    }
}

fn list(sections: usize, rows: usize) -> List {
    List {
        text: "Quale?".to_owned(),
        label: "Scegli".to_owned(),
        sections: (0..sections)
            .map(|section| Section {
                title: Some(format!("Sezione {section}")),
                rows: (0..rows).map(|n| row(section * 100 + n)).collect(),
            })
            .collect(),
        ..List::default()
    }
}

fn one_row(change: impl Fn(&mut Row)) -> Body {
    let mut list = list(1, 1);
    change(&mut list.sections[0].rows[0]);
    Body::List(list)
}

fn link() -> Link {
    Link {
        text: "Il bando".to_owned(),
        label: "Apri".to_owned(),
        url: "https://www.rubano.it".to_owned(),
        ..Link::default()
    }
}

fn flow() -> Flow {
    Flow {
        text: "Il modulo".to_owned(),
        flow_id: "8123".to_owned(),
        label: "Apri".to_owned(),
        token: "t".to_owned(),
        ..Flow::default()
    }
}

fn template(parameters: &[String]) -> Template {
    Template::positional("avviso", "it", parameters.to_vec())
}

fn with_buttons(buttons: Vec<TemplateButton>) -> Body {
    Body::Template(Template {
        buttons,
        ..template(&[])
    })
}

fn quick_reply(index: u8, payload: String) -> TemplateButton {
    TemplateButton::QuickReply { index, payload }
}

#[test]
fn of_text_and_captions() {
    border("text", 4096, |n| Body::Text(long(n)));
    border("text", 4096, |n| Body::TextWithPreview(long(n)));
    let media = |n| Media {
        id: "9".to_owned(),
        caption: Some(long(n)),
    };
    border("caption", 1024, |n| Body::Image(media(n)));
    border("caption", 1024, |n| Body::Video(media(n)));
    border("caption", 1024, |n| Body::Document {
        media: media(n),
        filename: "a.pdf".to_owned(),
    });
}

#[test]
fn an_emoji_counts_as_two_for_meta_may_count_it_so() {
    assert!(
        outgoing(phone(), Body::Text("😀".repeat(2048)))
            .to_json()
            .is_ok()
    );
    assert_eq!(
        refused(Body::Text("😀".repeat(2049))),
        "text: 4098 characters, at most 4096"
    );
}

#[test]
fn of_buttons() {
    border("text", 1024, |n| {
        Body::Buttons(Buttons {
            text: long(n),
            ..buttons()
        })
    });
    border("footer", 60, |n| {
        Body::Buttons(Buttons {
            footer: Some(long(n)),
            ..buttons()
        })
    });
    border("header", 60, |n| {
        Body::Buttons(Buttons {
            header: Some(Header::Text(long(n))),
            ..buttons()
        })
    });
    border("title of button 1", 20, |n| {
        Body::Buttons(Buttons {
            buttons: vec![Button {
                title: long(n),
                ..button(1)
            }],
            ..buttons()
        })
    });
    border("id of button 1", 256, |n| {
        Body::Buttons(Buttons {
            buttons: vec![Button {
                id: long(n),
                ..button(1)
            }],
            ..buttons()
        })
    });
    let some = |n| {
        Body::Buttons(Buttons {
            buttons: (0..n).map(button).collect(),
            ..buttons()
        })
    };
    assert!(outgoing(phone(), some(3)).to_json().is_ok());
    assert_eq!(refused(some(4)), "buttons: 4, at most 3");
    assert_eq!(refused(some(0)), "buttons: empty");
    let twins = |other: Button| {
        Body::Buttons(Buttons {
            buttons: vec![button(1), other],
            ..buttons()
        })
    };
    assert_eq!(
        refused(twins(Button {
            id: "b2".to_owned(),
            ..button(1)
        })),
        "titles of buttons: the same twice"
    );
    assert_eq!(
        refused(twins(Button {
            title: "Altro".to_owned(),
            ..button(1)
        })),
        "ids of buttons: the same twice"
    );
}

#[test]
fn of_lists() {
    border("text", 4096, |n| {
        Body::List(List {
            text: long(n),
            ..list(1, 1)
        })
    });
    border("header", 60, |n| {
        Body::List(List {
            header: Some(long(n)),
            ..list(1, 1)
        })
    });
    border("footer", 60, |n| {
        Body::List(List {
            footer: Some(long(n)),
            ..list(1, 1)
        })
    });
    border("label of the list", 20, |n| {
        Body::List(List {
            label: long(n),
            ..list(1, 1)
        })
    });
    border("title of section 1", 24, |n| {
        let mut list = list(1, 1);
        list.sections[0].title = Some(long(n));
        Body::List(list)
    });
    border("title of row 1", 24, |n| one_row(|row| row.title = long(n)));
    border("description of row 1", 72, |n| {
        one_row(|row| row.description = Some(long(n)))
    });
    border("id of row 1", 200, |n| one_row(|row| row.id = long(n)));

    assert!(outgoing(phone(), Body::List(list(10, 1))).to_json().is_ok());
    assert_eq!(refused(Body::List(list(11, 1))), "sections: 11, at most 10");
    assert!(outgoing(phone(), Body::List(list(2, 5))).to_json().is_ok());
    assert_eq!(
        refused(Body::List(list(2, 6))),
        "rows in all sections: 12, at most 10"
    );
    assert_eq!(
        refused(Body::List(list(1, 0))),
        "rows in all sections: empty"
    );
    let mut untitled = list(2, 1);
    untitled.sections[1].title = None;
    assert_eq!(refused(Body::List(untitled)), "title of section 2: empty");
    let mut twice = list(2, 1);
    twice.sections[1].rows[0].id = twice.sections[0].rows[0].id.clone();
    assert_eq!(refused(Body::List(twice)), "ids of rows: the same twice");
}

#[test]
fn of_links_requests_and_forms() {
    border("text", 1024, |n| {
        Body::Link(Link {
            text: long(n),
            ..link()
        })
    });
    border("label of the link", 20, |n| {
        Body::Link(Link {
            label: long(n),
            ..link()
        })
    });
    border("link", 2000, |n| {
        let start = "https://www.rubano.it/";
        Body::Link(Link {
            url: format!("{start}{}", "a".repeat(n - start.len())),
            ..link()
        })
    });
    for url in [
        "www.rubano.it",
        "javascript:alert(1)",
        "https://www.rubano.it/a b",
    ] {
        assert_eq!(
            refused(Body::Link(Link {
                url: url.to_owned(),
                ..link()
            })),
            "link: not an http or https address"
        );
    }
    border("text", 1024, |n| Body::AskLocation { text: long(n) });
    border("text", 1024, |n| Body::AskContact { text: long(n) });
    border("text", 1024, |n| {
        Body::Flow(Flow {
            text: long(n),
            ..flow()
        })
    });
    border("label of the form", 30, |n| {
        Body::Flow(Flow {
            label: long(n),
            ..flow()
        })
    });
    assert_eq!(
        refused(Body::Flow(Flow {
            label: "Apri 📝".to_owned(),
            ..flow()
        })),
        "label of the form: no emoji"
    );
    assert_eq!(
        refused(Body::Flow(Flow {
            token: String::new(),
            ..flow()
        })),
        "token of the form: empty"
    );
}

#[test]
fn of_the_words_of_a_template() {
    let body = |texts: &[String]| Body::Template(template(texts));
    border("parameter 1", 1024, |n| body(&[long(n)]));
    border("parameters together", 1024, |n| {
        body(&[long(n - 24), long(24)])
    });
    border("testo", 1024, |n| {
        Body::Template(Template::named("avviso", "it", [("testo", long(n))]))
    });
    border("parameter of the header", 60, |n| {
        Body::Template(Template {
            words: Words::Positional {
                header: Some(long(n)),
                body: Vec::new(),
            },
            ..template(&[])
        })
    });
    border("name of the template", 512, |n| {
        Body::Template(Template::positional("a".repeat(n), "it", []))
    });
    for text in ["a\nb", "a\tb", "a     b"] {
        assert_eq!(
            refused(body(&[text.to_owned()])),
            "parameter 1: a newline, a tab or more than four spaces in a row"
        );
    }
    assert!(
        outgoing(phone(), body(&["a    b".to_owned()]))
            .to_json()
            .is_ok()
    );
    assert_eq!(refused(body(&[String::new()])), "parameter 1: empty");
    assert_eq!(
        refused(Body::Template(Template::positional("Avviso", "it", []))),
        "name of the template: only small letters, digits and _"
    );
    let twice = [("testo", "a".to_owned()), ("testo", "b".to_owned())];
    assert_eq!(
        refused(Body::Template(Template::named("avviso", "it", twice))),
        "names of parameters: the same twice"
    );
}

#[test]
fn of_the_buttons_of_a_template() {
    border("payload of button 0", 128, |n| {
        with_buttons(vec![quick_reply(0, long(n))])
    });
    border("link of button 0", 2000, |n| {
        with_buttons(vec![TemplateButton::Url {
            index: 0,
            suffix: long(n),
        }])
    });
    let some = |n: u8| with_buttons((0..n).map(|n| quick_reply(n, "si".to_owned())).collect());
    assert!(outgoing(phone(), some(10)).to_json().is_ok());
    assert_eq!(refused(some(11)), "buttons of the template: 11, at most 10");
    assert_eq!(
        refused(with_buttons(vec![quick_reply(10, "si".to_owned())])),
        "index of a button: 0 to 9"
    );
    let twice = vec![
        quick_reply(1, "si".to_owned()),
        quick_reply(1, "no".to_owned()),
    ];
    assert_eq!(
        refused(with_buttons(twice)),
        "indexes of buttons: the same twice"
    );
    assert_eq!(
        refused(Body::Template(Template {
            words: Words::Positional {
                header: Some("Rubano".to_owned()),
                body: Vec::new()
            },
            media: Some(TemplateMedia::Image("9".to_owned())),
            ..template(&[])
        })),
        "header of the template: either text or a file, not both"
    );
}

#[test]
fn of_files_places_and_reactions() {
    for id in ["", "../me", "9?x"] {
        assert_eq!(
            refused(Body::Sticker(id.to_owned())),
            "media id: not an id of Meta's"
        );
    }
    let place = |latitude, longitude| {
        Body::Location(Place {
            latitude,
            longitude,
            ..piazza()
        })
    };
    assert!(outgoing(phone(), place(-90.0, 180.0)).to_json().is_ok());
    assert_eq!(refused(place(90.1, 0.0)), "location: not on Earth");
    assert_eq!(refused(place(0.0, -180.1)), "location: not on Earth");
    assert_eq!(refused(place(f64::NAN, 0.0)), "location: not on Earth");
    let reaction = |emoji: &str| Body::Reaction {
        to: "wamid.1".parse().unwrap(),
        emoji: Some(emoji.to_owned()),
    };
    assert!(outgoing(phone(), reaction("👨‍👩‍👧‍👦")).to_json().is_ok());
    assert_eq!(refused(reaction("ok")), "reaction: not an emoji");
    assert_eq!(refused(reaction(" ")), "reaction: not an emoji");
}
