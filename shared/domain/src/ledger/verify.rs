//! Verification: reads what is kept from the first row to the last and names the first one that was altered.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::{Hash, Head, Kept, LedgerRow, Seal, number_of};
use crate::texts;

/// What verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Everything is as it was written.
    Intact {
        /// How many rows there are.
        rows: u64,
        /// The hash of the last one.
        head: Hash,
    },
    /// Something is not as it was written.
    Altered {
        /// The first row of which that is known.
        number: u64,
        /// What is wrong.
        #[serde(flatten)]
        what: What,
    },
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum What {
    /// Its bytes or its hash are not those that were written.
    HashDiffers,
    /// It is not there.
    Missing,
    /// Another row stands in its place, or one that nobody appended.
    OutOfPlace,
    /// It is chained, but is no row as we write them.
    Unreadable,
    /// It is the last one and not what the head says: one of the two was altered.
    HeadDiffers,
    /// The chain up to here was written anew.
    SealDiffers {
        /// The day whose seal says something else.
        date: Date,
        /// The last row that an earlier seal confirms: what was altered came after it.
        after: u64,
    },
}

impl What {
    /// The name in the API and in the texts.
    pub fn key(self) -> &'static str {
        match self {
            Self::HashDiffers => "hash_differs",
            Self::Missing => "missing",
            Self::OutOfPlace => "out_of_place",
            Self::Unreadable => "unreadable",
            Self::HeadDiffers => "head_differs",
            Self::SealDiffers { .. } => "seal_differs",
        }
    }

    /// What an office is told of it, where the row `number` is the first that was altered.
    pub fn said(self, number: u64) -> String {
        let number = number.to_string();
        let (key, day, after) = match self {
            Self::HashDiffers => ("ledger.hash_differs", None, 0),
            Self::Missing => ("ledger.missing", None, 0),
            Self::OutOfPlace => ("ledger.out_of_place", None, 0),
            Self::Unreadable => ("ledger.unreadable", None, 0),
            Self::HeadDiffers => ("ledger.head_differs", None, 0),
            Self::SealDiffers { date, after } => ("ledger.seal_differs", Some(date), after),
        };
        let day = day.map_or_else(String::new, |day| day.strftime("%d/%m/%Y").to_string());
        let values = [
            ("numero", number.as_str()),
            ("giorno", &day),
            ("dopo", &after.to_string()),
        ];
        texts::italian().staff(key, &values)
    }
}

/// The head as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptHead {
    /// The number of the last row.
    pub number: u64,
    /// Its hash.
    pub hash: String,
}

/// Verifies all of a register at once; a longer one is read a row at a time, with [`Check`].
pub fn verify<'a>(
    tenant: &str,
    rows: impl IntoIterator<Item = &'a Kept>,
    head: Option<&KeptHead>,
    seals: Vec<Seal>,
) -> Verdict {
    let mut check = Check::begin(tenant, seals);
    for row in rows {
        check.row(row);
    }
    check.end(head)
}

/// A verification that is going on.
#[derive(Debug)]
pub struct Check {
    /// The last row that was found right.
    last: Head,
    /// The last one that a seal confirms.
    confirmed: u64,
    /// The seals by the number of their row.
    seals: BTreeMap<u64, Vec<Seal>>,
    fault: Option<(u64, What)>,
}

impl Check {
    /// Begins before the first row of the comune `tenant`.
    pub fn begin(tenant: &str, seals: Vec<Seal>) -> Self {
        let mut by_number: BTreeMap<u64, Vec<Seal>> = BTreeMap::new();
        for seal in seals {
            by_number.entry(seal.number).or_default().push(seal);
        }
        let mut check = Self {
            last: Head::genesis(tenant),
            confirmed: 0,
            seals: by_number,
            fault: None,
        };
        check.fault = check.broken_seal();
        check
    }

    /// How many rows were found right so far.
    pub fn rows(&self) -> u64 {
        self.last.number
    }

    /// Whether something was found: nothing that comes later changes the verdict.
    pub fn is_over(&self) -> bool {
        self.fault.is_some()
    }

    /// Looks at the next row.
    pub fn row(&mut self, kept: &Kept) {
        if self.fault.is_some() {
            return;
        }
        let number = self.last.number + 1;
        match self.found_right(number, kept) {
            Ok(hash) => {
                self.last = Head { number, hash };
                self.fault = self.broken_seal();
            }
            Err(fault) => self.fault = Some(fault),
        }
    }

    fn found_right(&self, number: u64, kept: &Kept) -> Result<Hash, (u64, What)> {
        match number_of(&kept.key) {
            Some(place) if place == number => {}
            Some(place) if place > number => return Err((number, What::Missing)),
            _ => return Err((number, What::OutOfPlace)),
        }
        let hash = Hash::after(&kept.previous, &kept.row);
        if hash.as_str() != kept.hash {
            return Err((number, What::HashDiffers));
        }
        let Some(row) = LedgerRow::read(&kept.row) else {
            return Err((number, What::Unreadable));
        };
        if row.number != number {
            return Err((number, What::OutOfPlace));
        }
        if kept.previous != self.last.hash.as_str() {
            // This row is as it was written, after another one than stands before it: that one was altered and its hash
            // made anew, unless a seal or the name of the comune says that it is the right one.
            let before = if self.last.number > self.confirmed {
                self.last.number
            } else {
                number
            };
            return Err((before, What::HashDiffers));
        }
        Ok(hash)
    }

    /// What the seals say of the row that was just found right.
    fn broken_seal(&mut self) -> Option<(u64, What)> {
        let number = self.last.number;
        let seals = self.seals.remove(&number)?;
        let broken = seals.iter().find(|seal| seal.hash != self.last.hash);
        let after = std::mem::replace(&mut self.confirmed, number);
        broken.map(|seal| {
            let date = seal.date;
            (number, What::SealDiffers { date, after })
        })
    }

    /// The verdict, after the last row: `head` is what the store says that row is. It must have been read after the rows.
    pub fn end(self, head: Option<&KeptHead>) -> Verdict {
        match self.fault.or_else(|| self.wrong_end(head)) {
            Some((number, what)) => Verdict::Altered { number, what },
            None => Verdict::Intact {
                rows: self.last.number,
                head: self.last.hash,
            },
        }
    }

    fn wrong_end(&self, head: Option<&KeptHead>) -> Option<(u64, What)> {
        let last = self.last.number;
        // A seal of a row that never came.
        if !self.seals.is_empty() {
            return Some((last + 1, What::Missing));
        }
        match head {
            None => (last > 0).then_some((last, What::HeadDiffers)),
            Some(head) if head.number > last => Some((last + 1, What::Missing)),
            Some(head) if head.number < last => Some((head.number + 1, What::OutOfPlace)),
            Some(head) => {
                (head.hash != self.last.hash.as_str()).then_some((last, What::HeadDiffers))
            }
        }
    }
}
