mod mischief;
mod reading;

use std::time::Instant as Clock;

use super::*;
use crate::notice::{Draft, Move, NoticeRequest};
use crate::staff::{Actor, Role};
use crate::tenant::tests::rubano;

const TENANT: &str = "rubano";

fn now() -> Instant {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

/// A request for a notice with the words `words`.
fn asked(words: &str) -> Applied {
    let input = serde_json::from_value(serde_json::json!({
        "title": "Mercatino di Natale",
        "text": words,
        "link": "https://www.rubano.it/notizie/mercatino-di-natale",
        "wanted_at": "2026-12-10T09:30",
        "office": "Cultura",
        "kind": "evento"
    }));
    let draft = Draft::check(&input.unwrap(), &rubano(), now()).unwrap();
    let office = Actor {
        id: "ufficio.cultura".parse().unwrap(),
        roles: vec![Role::Requester],
    };
    let id = "avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B".parse().unwrap();
    NoticeRequest::submit(id, draft, &office, &rubano(), now()).unwrap()
}

/// A register as the store has it.
#[derive(Debug, Clone)]
struct Book {
    rows: Vec<Kept>,
    head: Head,
    seals: Vec<Seal>,
}

impl Book {
    /// A register of `moves`, sealed after each of the rows `sealed`, a day each.
    fn of<'a>(moves: impl IntoIterator<Item = &'a Applied>, sealed: &[u64]) -> Self {
        let mut book = Self {
            rows: Vec::new(),
            head: Head::genesis(TENANT),
            seals: Vec::new(),
        };
        for applied in moves {
            let (row, head) = book.head.append(applied);
            book.rows.push(row);
            book.head = head;
            if sealed.contains(&book.head.number) {
                let date = jiff::civil::date(2026, 11, 22)
                    + jiff::Span::new().days(i64::try_from(book.head.number).unwrap());
                book.seals.push(Seal::of(book.head.clone(), date, now()));
            }
        }
        book
    }

    fn short() -> Self {
        let words = ["uno", "due", "tre «perché»", "quattro", "cinque"];
        Self::of(&words.map(asked), &[2, 4])
    }

    fn verdict(&self) -> Verdict {
        verify(
            TENANT,
            &self.rows,
            Some(&kept(&self.head)),
            self.seals.clone(),
        )
    }

    /// Which row is said to be altered first; 0 where none is.
    fn altered(&self) -> u64 {
        match self.verdict() {
            Verdict::Intact { .. } => 0,
            Verdict::Altered { number, .. } => number,
        }
    }

    fn what(&self) -> Option<(u64, What)> {
        match self.verdict() {
            Verdict::Intact { .. } => None,
            Verdict::Altered { number, what } => Some((number, what)),
        }
    }

    /// Writes the rows from `number` on anew, with hashes that follow, and the head with them.
    fn chain_anew(&mut self, number: usize) {
        let mut head = match number {
            1 => Head::genesis(TENANT),
            _ => Head {
                number: number as u64 - 1,
                hash: Hash(self.rows[number - 2].hash.clone()),
            },
        };
        for row in &mut self.rows[number - 1..] {
            (*row, head) = head.keep(row.row.clone(), head.number + 1);
        }
        self.head = head;
    }

    /// Puts other words into the row `number`.
    fn reword(&mut self, number: usize) {
        let row = &mut self.rows[number - 1].row;
        *row = row.replace("Cultura", "Anagrafe");
    }
}

fn kept(head: &Head) -> KeptHead {
    KeptHead {
        number: head.number,
        hash: head.hash.as_str().to_owned(),
    }
}

#[test]
fn a_row_is_canonical_json_and_its_hash_can_be_computed_with_sha256sum() {
    let asked = asked("sabato mercatino.");
    let book = Book::of([&asked], &[]);

    let digest = asked.entry.digest.as_str();
    assert_eq!(
        book.rows[0].row.replace(digest, "…"),
        "{\"number\":1,\"at\":\"2026-11-22T09:00:00Z\",\"notice\":\"avv_01J8ZQ4Y3N5T6V7W8X9Y0Z1A2B\",\"version\":1,\
         \"step\":null,\"by\":\"ufficio.cultura\",\"state\":\"submitted\",\"title\":\"Mercatino di Natale\",\
         \"text\":\"sabato mercatino.\",\"link\":\"https://www.rubano.it/notizie/mercatino-di-natale\",\
         \"office\":\"Cultura\",\"wanted_at\":\"2026-12-10T09:30:00\",\
         \"digest\":\"…\",\"reason\":null}"
    );
    let together = format!("{}{}", book.rows[0].previous, book.rows[0].row);
    assert_eq!(book.rows[0].hash, hex::encode(Sha256::digest(together)));
    assert_eq!(book.rows[0].key, "row#0000000001");
    assert_eq!(
        LedgerRow::read(&book.rows[0].row).unwrap().canonical(),
        book.rows[0].row
    );
}

#[test]
fn a_move_is_a_row_with_who_made_it_and_why() {
    let group = Actor {
        id: "gruppo.uno".parse().unwrap(),
        roles: Role::ALL.to_vec(),
    };
    let asked = asked("sabato mercatino.");
    let cancelled = asked.request.clone().apply(
        Move::Cancel("rinviato".to_owned()),
        &group,
        &rubano(),
        now(),
    );
    let book = Book::of(&[asked, cancelled.unwrap()], &[]);

    let row = LedgerRow::read(&book.rows[1].row).unwrap();

    assert_eq!(
        (row.number, row.version, row.step, row.state),
        (2, 2, Some(MoveKind::Cancel), StateName::Cancelled)
    );
    assert_eq!(
        (row.by.as_ref().map(StaffId::as_str), row.reason.as_deref()),
        (Some("gruppo.uno"), Some("rinviato"))
    );
}

#[test]
fn a_register_as_it_was_written_is_intact() {
    let empty = Book::of(&[], &[]);
    let book = Book::short();

    assert_eq!(
        book.verdict(),
        Verdict::Intact {
            rows: 5,
            head: book.head.hash.clone()
        }
    );
    assert_eq!(empty.altered(), 0);
    assert_eq!(
        verify(TENANT, &[], None, vec![]),
        empty.verdict(),
        "before the first row there is no head"
    );
}

#[test]
fn any_byte_of_any_row_is_missed_and_its_row_named() {
    let book = Book::short();
    let mut tried = 0;

    for row in 0..book.rows.len() {
        for part in 0..4 {
            let mut altered = book.clone();
            let length = part_of(&mut altered.rows[row], part).len();
            for byte in 0..length {
                let mut altered = book.clone();
                let text = part_of(&mut altered.rows[row], part);
                // The bytes of one letter are altered together: a store of texts holds no half letters.
                let Some(letter) = text.get(byte..).and_then(|rest| rest.chars().next()) else {
                    continue;
                };
                let other = if letter == 'x' { "y" } else { "x" };
                text.replace_range(byte..byte + letter.len_utf8(), other);
                assert_eq!(altered.altered(), row as u64 + 1, "{:?}", altered.rows[row]);
                tried += 1;
            }
        }
    }
    assert!(tried > 2500, "{tried}");
}

fn part_of(row: &mut Kept, part: usize) -> &mut String {
    match part {
        0 => &mut row.key,
        1 => &mut row.row,
        2 => &mut row.previous,
        _ => &mut row.hash,
    }
}

#[test]
fn a_row_altered_together_with_its_own_hash_is_named_all_the_same() {
    for number in 1..=5 {
        let mut book = Book::short();
        let head = book.head.clone();
        let after = book.rows[number..].to_vec();
        book.reword(number);
        book.chain_anew(number);
        book.rows.truncate(number);
        book.rows.extend(after);
        book.head = head;

        assert_eq!(book.altered(), number as u64);
    }
}

#[test]
fn a_chain_written_anew_is_betrayed_by_the_next_seal() {
    let mut book = Book::short();
    book.reword(3);
    book.chain_anew(3);

    let date = book.seals[1].date;
    assert_eq!(book.what(), Some((4, What::SealDiffers { date, after: 2 })));
}

#[test]
fn a_register_of_another_comune_is_not_taken_for_this_one() {
    let book = Book::short();

    let verdict = verify("montanaro", &book.rows, Some(&kept(&book.head)), vec![]);

    assert_eq!(
        verdict,
        Verdict::Altered {
            number: 1,
            what: What::HashDiffers
        }
    );
}

#[test]
fn what_is_missing_swapped_or_added_is_named() {
    let missing = {
        let mut book = Book::short();
        book.rows.remove(2);
        book.what()
    };
    let swapped = {
        let mut book = Book::short();
        book.rows.swap(1, 3);
        let (two, four) = (book.rows[1].key.clone(), book.rows[3].key.clone());
        (book.rows[1].key, book.rows[3].key) = (four, two);
        book.what()
    };
    let added = {
        let mut book = Book::short();
        let (row, _) = book.head.append(&asked("sei"));
        book.rows.push(row);
        book.what()
    };
    let headless = verify(TENANT, &Book::short().rows, None, vec![]);
    let beheaded = {
        let mut book = Book::short();
        book.head.hash = Hash::genesis("nessuno");
        book.what()
    };

    assert_eq!(missing, Some((3, What::Missing)));
    assert_eq!(swapped, Some((2, What::OutOfPlace)));
    assert_eq!(added, Some((6, What::OutOfPlace)));
    let what = What::HeadDiffers;
    assert_eq!(headless, Verdict::Altered { number: 5, what });
    assert_eq!(beheaded, Some((5, what)));
}

#[test]
fn rows_cut_off_before_a_seal_are_missed_even_if_the_head_was_put_back() {
    let mut book = Book::short();
    book.rows.truncate(3);
    book.head = Head {
        number: 3,
        hash: Hash(book.rows[2].hash.clone()),
    };

    assert_eq!(book.what(), Some((4, What::Missing)));
}

#[test]
fn a_row_that_is_chained_but_not_in_our_writing_is_unreadable() {
    let mut book = Book::of(&["uno", "due"].map(asked), &[]);
    book.rows[1].row = book.rows[1].row.replace("\"version\"", " \"version\"");
    book.chain_anew(2);

    assert_eq!(book.what(), Some((2, What::Unreadable)));
}

#[test]
#[ignore = "measures: cargo test -p domain -- --ignored --nocapture a_hundred_thousand"]
fn a_hundred_thousand_rows_are_verified_in_seconds() {
    let applied = asked("mercatino di Natale ".repeat(30).trim());
    let book = Book::of(std::iter::repeat_n(&applied, 100_000), &[50_000, 100_000]);

    let started = Clock::now();
    let verdict = book.verdict();

    eprintln!(
        "100000 rows of {} bytes: {:?}",
        book.rows[0].row.len(),
        started.elapsed()
    );
    assert!(matches!(verdict, Verdict::Intact { rows: 100_000, .. }));
}
