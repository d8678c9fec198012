mod corpus;
mod hostile;
mod jpeg;
mod png;
mod refusals;
mod webp;

use crate::{Limits, Refused, WorkingCopy};

const LIMITS: Limits = Limits {
    bytes: 5 << 20,
    pixels: 50_000_000,
};

fn copy(bytes: &[u8]) -> Result<WorkingCopy, Refused> {
    crate::working_copy(bytes, &LIMITS)
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}
