//! The citizens: who subscribes, who leaves, who writes about something else; and what each of them must find on the
//! phone afterwards.

use futures::stream::{self, StreamExt};
use peer::{Control, NewPhone, Write};
use rehearsal::{Result, Trouble};
use serde_json::json;

/// How many phones write at once.
const AT_ONCE: usize = 16;

/// What a citizen does with the notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Subscribes and stays.
    Stays,
    /// Leaves before the notice goes out.
    LeavesBefore,
    /// Leaves while it goes out.
    LeavesMeanwhile,
    /// Never subscribes.
    Never,
}

/// Words that must be on the phone: `copies` times, for the messages `of`.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) words: &'static str,
    pub(crate) copies: usize,
    /// The citizen's messages, any of which may have brought the answer.
    pub(crate) of: Vec<String>,
}

/// A citizen with a phone.
#[derive(Debug, Clone)]
pub(crate) struct Citizen {
    pub(crate) phone: String,
    /// Number or BSUID, as a person's identifier names it: `phone#…`, `bsuid#…`.
    pub(crate) known_as: Vec<String>,
    pub(crate) wish: Wish,
    pub(crate) answers: Vec<Answer>,
    /// The message that subscribed, with its timestamp.
    subscribed: Option<(String, u64)>,
}

/// What a citizen writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Subscribe,
    /// Subscribes, having done so.
    Again,
    Leave,
    SomethingElse,
    Photo,
    /// Meta repeats the message that subscribed, late.
    LateRepeat,
}

impl Line {
    /// Words of the answer, in Italian as the citizen reads them, and whether each message has one of its own.
    fn answer(self) -> Option<(&'static str, bool)> {
        match self {
            Self::Subscribe => Some(("Iscrizione confermata", true)),
            Self::Again => Some(("già iscritto", true)),
            Self::Leave => Some(("non riceverai più avvisi", true)),
            // Once a day, whatever is written.
            Self::SomethingElse | Self::Photo => {
                Some(("Questo numero invia soltanto avvisi", false))
            }
            Self::LateRepeat => None,
        }
    }
}

/// How many of what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// Citizens who subscribe and stay.
    pub(crate) recipients: usize,
    /// Messages that citizens write, without repeats.
    pub(crate) inbound: usize,
}

/// All citizens, and what they still have to write.
pub(crate) struct Town {
    pub(crate) citizens: Vec<Citizen>,
    /// Citizen and line, in the order in which they are written.
    later: Vec<(usize, Line)>,
    /// Messages written, without repeats.
    pub(crate) written: usize,
    random: fastrand::Rng,
}

impl Town {
    /// Gives everybody a phone.
    pub(crate) async fn found(peer: &Control, size: Size, seed: u64) -> Result<Self> {
        let mut random = fastrand::Rng::with_seed(seed ^ 0x0c17_1a11);
        let leavers = (size.recipients / 10).max(2);
        let subscribers = size.recipients + leavers;
        let rest = size.inbound.saturating_sub(subscribers + leavers);
        let others = rest / 4;

        let wishes = (0..subscribers + others).map(|n| match n {
            n if n < size.recipients => Wish::Stays,
            n if n < subscribers && n % 2 == 0 => Wish::LeavesBefore,
            n if n < subscribers => Wish::LeavesMeanwhile,
            _ => Wish::Never,
        });
        let citizens: Vec<Result<Citizen>> = stream::iter(wishes.enumerate())
            .map(async |(n, wish)| settle_in(peer, n, wish).await)
            .buffered(AT_ONCE)
            .collect()
            .await;
        let citizens = citizens.into_iter().collect::<Result<Vec<_>>>()?;

        let mut later = Vec::new();
        for citizen in subscribers..citizens.len() {
            later.push((citizen, Line::SomethingElse));
            later.push((citizen, Line::Photo));
        }
        for n in 0..rest.saturating_sub(2 * others) {
            let line = [Line::Again, Line::SomethingElse, Line::Photo][n % 3];
            later.push((n % size.recipients.max(1), line));
        }
        for _ in 0..size.recipients / 20 {
            later.push((random.usize(0..size.recipients), Line::LateRepeat));
        }
        for (n, citizen) in citizens.iter().enumerate() {
            if citizen.wish == Wish::LeavesMeanwhile {
                later.push((n, Line::Leave));
            }
        }
        random.shuffle(&mut later);
        Ok(Self {
            citizens,
            later,
            written: 0,
            random,
        })
    }

    /// Everybody who wishes to subscribes.
    pub(crate) async fn subscribe(&mut self, peer: &Control) -> Result<()> {
        let lines = self.all(Line::Subscribe, |wish| wish != Wish::Never);
        self.write(peer, &lines).await
    }

    /// Those leave who leave before the notice.
    pub(crate) async fn leave(&mut self, peer: &Control) -> Result<()> {
        let lines = self.all(Line::Leave, |wish| wish == Wish::LeavesBefore);
        self.write(peer, &lines).await
    }

    /// Writes some of what is still to be written; whether anything is left.
    pub(crate) async fn chat(&mut self, peer: &Control, lines: usize) -> Result<bool> {
        let some = self.later.split_off(self.later.len().saturating_sub(lines));
        self.write(peer, &some).await?;
        Ok(!self.later.is_empty())
    }

    fn all(&self, line: Line, who: impl Fn(Wish) -> bool) -> Vec<(usize, Line)> {
        let citizens = self.citizens.iter().enumerate();
        citizens
            .filter(|(_, citizen)| who(citizen.wish))
            .map(|(n, _)| (n, line))
            .collect()
    }

    async fn write(&mut self, peer: &Control, lines: &[(usize, Line)]) -> Result<()> {
        let writes: Vec<_> = lines
            .iter()
            .map(|(n, line)| (*n, *line, self.message(*n, *line)))
            .collect();
        let citizens = &self.citizens;
        let written: Vec<_> = stream::iter(writes)
            .map(async |(n, line, write)| {
                let written = peer.send(&citizens[n].phone, &write).await?;
                Ok::<_, Trouble>((n, line, written))
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for written in written {
            let (n, line, written) = written?;
            self.written += usize::from(line != Line::LateRepeat);
            let citizen = &mut self.citizens[n];
            if line == Line::Subscribe {
                citizen.subscribed = Some((written.wamid.clone(), written.timestamp));
            }
            if let Some((words, each)) = line.answer() {
                citizen.expect(words, each, written.wamid);
            }
        }
        Ok(())
    }

    fn message(&mut self, citizen: usize, line: Line) -> Write {
        let text = |words: &str| Write {
            text: Some(words.to_owned()),
            ..Write::default()
        };
        let write = match line {
            Line::Subscribe | Line::Again => text("Iscrivimi"),
            Line::Leave => text("cancellami"),
            Line::SomethingElse => text("Quando passa la raccolta del vetro?"),
            Line::Photo => Write {
                message: json!({"type": "image", "image": {"id": "1700000000000001", "mime_type": "image/jpeg", "sha256": "aGFzaA=="}})
                    .as_object()
                    .cloned(),
                ..Write::default()
            },
            Line::LateRepeat => {
                let first = self.citizens[citizen].subscribed.clone();
                Write {
                    wamid: first.as_ref().map(|(wamid, _)| wamid.clone()),
                    timestamp: first.map(|(_, timestamp)| timestamp),
                    ..text("Iscrivimi")
                }
            }
        };
        // Now and then Meta posts the same message twice or three times at once.
        let times = match self.random.u32(0..100) {
            0..4 => 2,
            4..6 => 3,
            _ => 1,
        };
        Write {
            times: Some(times),
            ..write
        }
    }
}

impl Citizen {
    fn expect(&mut self, words: &'static str, each: bool, wamid: String) {
        if let Some(known) = self.answers.iter_mut().find(|answer| answer.words == words) {
            known.copies += usize::from(each);
            known.of.push(wamid);
        } else {
            self.answers.push(Answer {
                words,
                copies: 1,
                of: vec![wamid],
            });
        }
    }
}

/// Every tenth citizen has no number, and is known by the BSUID alone.
async fn settle_in(peer: &Control, n: usize, wish: Wish) -> Result<Citizen> {
    let phone = NewPhone {
        id: Some(format!("cittadino-{n}")),
        ..NewPhone::named(format!("Cittadino {n}"))
    };
    let phone = if n % 10 == 9 {
        phone
    } else {
        phone.with_number(format!("+39350{n:07}"))
    };
    let phone = peer.add_phone(&phone).await?;
    let mut known_as = vec![format!("bsuid#{}", phone.bsuid)];
    known_as.extend(phone.phone.map(|number| format!("phone#{number}")));
    Ok(Citizen {
        phone: phone.id,
        known_as,
        wish,
        answers: Vec::new(),
        subscribed: None,
    })
}
