//! Whatever somebody does to a register behind the system's back, the right row is named.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// What somebody does to a register behind the system's back.
#[derive(Debug, Clone)]
enum Mischief {
    /// Another letter somewhere in a row: key, row, previous hash or hash.
    Letter(Index, usize, Index, char),
    /// A row altered, with a hash that suits it.
    Rehashed(Index),
    /// A row taken away.
    Deleted(Index),
    /// Two rows exchanged, in each other's place.
    Swapped(Index, Index),
    /// Everything written anew from a row on, with the head.
    WrittenAnew(Index),
    /// The end cut off, and the head put back.
    CutOff(Index),
}

fn mischief() -> impl Strategy<Value = Mischief> {
    let index = any::<Index>;
    prop_oneof![
        (index(), 0..4_usize, index(), any::<char>())
            .prop_map(|(row, part, place, letter)| Mischief::Letter(row, part, place, letter)),
        index().prop_map(Mischief::Rehashed),
        index().prop_map(Mischief::Deleted),
        (index(), index()).prop_map(|(one, other)| Mischief::Swapped(one, other)),
        index().prop_map(Mischief::WrittenAnew),
        index().prop_map(Mischief::CutOff),
    ]
}

proptest! {
    /// The last row has a seal, as everything has that is a day old.
    #[test]
    fn whatever_is_done_to_a_sealed_register_the_right_row_is_named(
        words in proptest::collection::vec("[a-zàèìòù]{1,30}", 1..12),
        every in 1..5_u64,
        mischief in mischief(),
    ) {
        let moves: Vec<_> = words.iter().map(|words| asked(words)).collect();
        let count = moves.len();
        let sealed: Vec<u64> = (1..=count as u64)
            .filter(|number| number % every == 0 || *number == count as u64)
            .collect();
        let whole = Book::of(&moves, &sealed);
        prop_assert_eq!(whole.altered(), 0);
        let mut book = whole.clone();
        // The row that is altered, and that which must be named.
        let (_, expected) = match mischief {
            Mischief::Letter(row, part, place, letter) => {
                let row = row.index(count);
                let text = part_of(&mut book.rows[row], part);
                let mut letters: Vec<char> = text.chars().collect();
                let place = place.index(letters.len());
                prop_assume!(letters[place] != letter);
                letters[place] = letter;
                *text = letters.into_iter().collect();
                (row + 1, row as u64 + 1)
            }
            Mischief::Rehashed(row) => {
                let row = row.index(count) + 1;
                book.reword(row);
                let before = whole.rows[row..].to_vec();
                book.chain_anew(row);
                book.rows.truncate(row);
                book.rows.extend(before);
                book.head = whole.head.clone();
                (row, row as u64)
            }
            Mischief::Deleted(row) => {
                let row = row.index(count);
                book.rows.remove(row);
                (row + 1, row as u64 + 1)
            }
            Mischief::Swapped(one, other) => {
                let (one, other) = (one.index(count), other.index(count));
                prop_assume!(one != other);
                book.rows.swap(one, other);
                for row in [one, other] {
                    book.rows[row].key = key(row as u64 + 1);
                }
                (one.min(other) + 1, one.min(other) as u64 + 1)
            }
            Mischief::WrittenAnew(row) => {
                let row = row.index(count) + 1;
                book.reword(row);
                book.chain_anew(row);
                let seal = sealed.iter().find(|sealed| **sealed >= row as u64);
                (row, *seal.unwrap())
            }
            Mischief::CutOff(row) => {
                let left = row.index(count);
                book.rows.truncate(left);
                book.head = match left {
                    0 => Head::genesis(TENANT),
                    left => Head { number: left as u64, hash: Hash(book.rows[left - 1].hash.clone()) },
                };
                (left + 1, left as u64 + 1)
            }
        };
        prop_assert_eq!(book.altered(), expected);
    }
}
