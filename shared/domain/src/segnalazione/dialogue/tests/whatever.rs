//! Whatever a citizen does, in whatever order.

use proptest::prelude::*;

use super::chat::{Chat, choices, form};
use super::*;

/// Something that a citizen does.
#[derive(Debug, Clone)]
enum Deed {
    Says(&'static str),
    Describes(u16),
    TapsFirst,
    TapsLast,
    FillsTheForm,
    Waits,
    IsSilent(i64),
}

fn deed() -> impl Strategy<Value = Deed> {
    let said = prop::sample::select(vec![
        "SEGNALA",
        "CONFERMO",
        "CORREGGI",
        "OPERATORE",
        "CHAT",
        "sì",
        "no",
        "non so",
        "1",
        "luogo",
        "testo",
        "via Roma 12",
        "Mario Rossi",
        "347 1234567",
        "anna@example.org",
        "rifiuti",
        "c'è un incendio!",
        "voglio l'accesso agli atti",
        "[foto]",
        "[foto: un lampione spento]",
        "[posizione]",
        "[posizione a Chivasso]",
        "[voce]",
    ]);
    prop_oneof![
        8 => said.prop_map(Deed::Says),
        3 => any::<u16>().prop_map(Deed::Describes),
        2 => Just(Deed::TapsFirst),
        2 => Just(Deed::TapsLast),
        1 => Just(Deed::FillsTheForm),
        3 => Just(Deed::Waits),
        1 => (1_i64..40).prop_map(Deed::IsSilent),
    ]
}

/// Too long for a name, and no address.
fn description(n: u16) -> String {
    format!(
        "il lampione che porta il numero zq{n}zq resta spento tutte le sere da quando hanno rifatto il marciapiede \
         davanti alla scuola e di notte non si vede più niente, i bambini escono da ginnastica con il buio"
    )
}

fn does(chat: &mut Chat, deed: &Deed) {
    match deed {
        Deed::Says(line) => chat.does(line),
        Deed::Describes(n) => chat.does(&description(*n)),
        Deed::TapsFirst | Deed::TapsLast => {
            let last = chat
                .said
                .iter()
                .rev()
                .find(|saying| !choices(&saying.said).is_empty());
            let choice = last.and_then(|saying| match deed {
                Deed::TapsFirst => choices(&saying.said).first().cloned(),
                _ => choices(&saying.said).get(1).cloned(),
            });
            if let Some(choice) = choice {
                chat.hear(What::Choice {
                    id: Some(choice.id),
                    title: choice.title,
                });
            }
        }
        Deed::FillsTheForm => {
            if let Some(token) = chat.token() {
                chat.hear(What::FlowAnswer {
                    token: Some(token),
                    fields: form(),
                });
            }
        }
        Deed::Waits => chat.wait(),
        Deed::IsSilent(hours) => chat.silence(*hours),
    }
}

/// Does what was last asked, until it is confirmed.
fn goes_along(chat: &mut Chat) {
    let before = chat.filed.len();
    for _ in 0..40 {
        if chat.filed.len() > before {
            return;
        }
        chat.wait();
        let Dialogue::Making(draft) = &chat.dialogue else {
            if chat.filed.len() > before {
                return;
            }
            chat.does("SEGNALA");
            continue;
        };
        let line = match &draft.stage {
            Stage::Answer { asked } => match asked {
                Ask::Category => "1",
                Ask::Details => "una buca profonda in mezzo alla strada",
                Ask::Place => "[posizione]",
                Ask::Extra { .. } => "NON SO",
                Ask::Name => "Anna De Luca 347 1234567",
                Ask::Reach => "347 1234567",
                Ask::FiscalCode => "XYZABC80A01F422L",
            },
            Stage::More { .. } => continue,
            Stage::Form => "CHAT",
            Stage::Confirmation { .. } | Stage::Correction => "CONFERMO",
        };
        chat.does(line);
    }
    panic!("stuck: {:?}", chat.dialogue);
}

fn chat(form: bool, number_shown: bool, fiscal_code: bool) -> Chat {
    let mut chat = if form { Chat::with_form() } else { Chat::new() };
    chat.number_shown = number_shown;
    chat.service.settings.fiscal_code = fiscal_code;
    chat
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nobody_is_ever_stuck(
        deeds in prop::collection::vec(deed(), 0..25), with_form: bool, number_shown: bool, fiscal_code: bool
    ) {
        let mut chat = chat(with_form, number_shown, fiscal_code);
        for deed in &deeds {
            does(&mut chat, deed);
        }
        goes_along(&mut chat);
    }

    #[test]
    fn nothing_that_was_described_is_lost_before_it_is_sent(
        deeds in prop::collection::vec(deed(), 0..25), with_form: bool, number_shown: bool
    ) {
        let mut chat = chat(with_form, number_shown, false);
        let mut told: Vec<String> = Vec::new();
        for deed in &deeds {
            let filed = chat.filed.len();
            does(&mut chat, deed);
            match deed {
                Deed::Describes(n) if matches!(chat.dialogue, Dialogue::Making(_)) => told.push(format!("zq{n}zq")),
                // What they take back themselves, and what lapses, is gone.
                Deed::IsSilent(_) | Deed::TapsFirst | Deed::TapsLast | Deed::Says("testo" | "1" | "luogo") => told.clear(),
                _ => {}
            }
            if chat.filed.len() > filed {
                let sent = serde_json::to_string(&chat.filed[filed].draft).unwrap();
                for marker in &told {
                    prop_assert!(sent.contains(marker), "{marker} is lost in {sent}");
                }
                told.clear();
            }
        }
        let kept = serde_json::to_string(&chat.dialogue).unwrap();
        for marker in &told {
            prop_assert!(kept.contains(marker), "{marker} is lost in {kept}");
        }
    }

    #[test]
    fn nothing_is_asked_that_is_known_already(
        deeds in prop::collection::vec(deed(), 0..25), with_form: bool, number_shown: bool
    ) {
        let mut chat = chat(with_form, number_shown, true);
        for deed in &deeds {
            let said = chat.said.len();
            does(&mut chat, deed);
            let Dialogue::Making(draft) = &chat.dialogue else { continue };
            if let (Stage::Answer { asked }, true) = (&draft.stage, chat.said.len() > said) {
                let missing = draft.given.missing(&chat.service.settings);
                // To say where it is again is asked of whoever was outside.
                prop_assert!(missing.as_ref() == Some(asked) || *asked == Ask::Place || *asked == Ask::Category, "{asked:?}, {missing:?}");
            }
        }
    }

    #[test]
    fn at_most_one_message_answers_another(deeds in prop::collection::vec(deed(), 0..25), with_form: bool) {
        let mut chat = chat(with_form, true, false);
        for deed in &deeds {
            let said = chat.said.len();
            does(&mut chat, deed);
            prop_assert!(chat.said.len() <= said + 1);
        }
    }

    /// The recordings of one report in any order: one breath, one case, the same words.
    #[test]
    fn the_pieces_of_one_breath_make_one_case_in_any_order(
        order in Just(["[foto]", "[posizione]", "lampione spento da ieri", "in via Cairoli", "[foto]", "[foto]"].to_vec()).prop_shuffle()
    ) {
        let mut chat = Chat::new();
        for line in &order {
            chat.does(line);
        }
        goes_along(&mut chat);
        prop_assert_eq!(chat.filed.len(), 1);
        let given = &chat.filed[0].draft.given;
        prop_assert_eq!(given.photos.len(), 3);
        prop_assert!(given.place.as_ref().is_some_and(|place| place.place.point().is_some()));
        let details = given.details();
        prop_assert!(details.contains("lampione spento da ieri") && details.contains("in via Cairoli"));
    }
}
