//! The trouble that does not come through the proxy: Meta refuses, fails and forgets to answer; functions die at any
//! moment, also while they call Meta or compute.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use peer::{Control, Fault, Trouble as Meta};
use rehearsal::{Result, World};

/// How many of 1,000 messages meet each trouble at Meta.
const AT_META: [(u32, Meta); 11] = [
    (
        15,
        Meta::Refuse {
            code: 130_429,
            http: None,
        },
    ),
    (
        8,
        Meta::Refuse {
            code: 131_056,
            http: None,
        },
    ),
    (
        3,
        Meta::Refuse {
            code: 80_007,
            http: None,
        },
    ),
    (
        5,
        Meta::Refuse {
            code: 131_000,
            http: None,
        },
    ),
    (
        3,
        Meta::Refuse {
            code: 131_026,
            http: None,
        },
    ),
    (5, Meta::ErrorBefore),
    (6, Meta::ErrorAfter),
    (5, Meta::CutBefore),
    (6, Meta::CutAfter),
    (1, Meta::HangAfter { millis: 17_000 }),
    (4, Meta::Fail { code: 131_026 }),
];

/// Plans trouble for about `messages` messages at Meta. How much.
pub(crate) async fn at_meta(peer: &Control, messages: usize, seed: u64) -> Result<usize> {
    let mut random = fastrand::Rng::with_seed(seed ^ 0x3e7a);
    let mut faults = Vec::new();
    let messages = u32::try_from(messages).unwrap_or(u32::MAX);
    for (of_a_thousand, trouble) in AT_META {
        for _ in 0..(messages * of_a_thousand / 1_000).max(1) {
            let skip = random.u32(0..messages.max(1));
            faults.push(Fault {
                skip,
                ..Fault::next(trouble)
            });
        }
    }
    // The first that is due strikes.
    random.shuffle(&mut faults);
    for fault in &faults {
        peer.add_fault(fault).await?;
    }
    Ok(faults.len())
}

/// Those that work behind the citizens' and the offices' backs, as often as they are chosen.
const VICTIMS: [&str; 13] = [
    "webhook",
    "conversation",
    "conversation",
    "dispatch",
    "send",
    "send",
    "send",
    "delivery",
    "delivery",
    "approval",
    "mailroom",
    "courier",
    "deadlines",
];

/// Kills every process of a function chosen by chance, every few seconds, until it is dropped. `killed` counts.
pub(crate) async fn at_any_moment(world: &World, seed: u64, killed: &AtomicUsize) -> Result<()> {
    let mut random = fastrand::Rng::with_seed(seed ^ 0xdead);
    loop {
        tokio::time::sleep(Duration::from_millis(random.u64(4_000..11_000))).await;
        let victim = VICTIMS[random.usize(0..VICTIMS.len())];
        killed.fetch_add(world.kill(victim)?, Ordering::Relaxed);
    }
}
