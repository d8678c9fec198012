use proptest::collection::vec;
use proptest::prelude::*;

use super::corpus::{all, jpeg_body, jpeg_with, loaded_jpeg};
use super::{LIMITS, copy, has};
use crate::{Refused, examine};

/// Whatever `bytes` are, the answer is a value, both doors agree, and a copy is clean and can be copied again.
fn is_handled(bytes: &[u8]) {
    let examined = examine(bytes, &LIMITS);
    match copy(bytes) {
        Ok(copy_made) => {
            assert!(examined.is_ok());
            assert!(!has(&copy_made.bytes, b"MARKER"));
            assert_eq!(
                copy(&copy_made.bytes).map(|again| again.bytes),
                Ok(copy_made.bytes)
            );
        }
        Err(Refused::CannotTranscode) => assert!(examined.is_ok()),
        // Whether compressed pixels decode is seen only when they are decoded.
        Err(Refused::Damaged) => {}
        Err(refused) => assert_eq!(examined, Err(refused)),
    }
}

#[test]
fn a_picture_cut_at_any_byte_is_refused_or_copied_clean() {
    for whole in all() {
        for length in 0..whole.len() {
            is_handled(&whole[..length]);
        }
    }
}

#[test]
fn a_jpeg_cut_before_its_end_is_truncated() {
    let whole = jpeg_with(&[]);
    for length in whole.len() - jpeg_body().len() + 1..whole.len() {
        assert_eq!(copy(&whole[..length]), Err(Refused::Truncated), "{length}");
    }
    assert!(copy(&whole).is_ok());
}

#[test]
fn a_picture_with_any_one_byte_set_to_any_of_the_worst_is_handled() {
    for whole in all() {
        for at in 0..whole.len() {
            for byte in [0, 1, 0x7f, 0x80, 0xd9, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = byte;
                is_handled(&bytes);
            }
        }
    }
}

proptest! {
    #[test]
    fn a_picture_with_some_bytes_changed_is_handled(changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        for whole in all() {
            let mut bytes = whole;
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            is_handled(&bytes);
        }
    }

    #[test]
    fn a_picture_with_a_piece_moved_is_handled(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), length in 1usize..64) {
        for mut bytes in all() {
            let from = from.index(bytes.len());
            let end = bytes.len().min(from + length);
            let piece: Vec<u8> = bytes.drain(from..end).collect();
            let to = to.index(bytes.len() + 1);
            bytes.splice(to..to, piece);
            let _ = copy(&bytes);
        }
    }

    #[test]
    fn anything_behind_the_first_bytes_of_a_picture_is_handled(which in 0usize..4, rest in vec(any::<u8>(), 0..400)) {
        let starts: [&[u8]; 4] = [
            b"\xff\xd8\xff",
            b"\x89PNG\r\n\x1a\n",
            b"RIFF\xff\0\0\0WEBP",
            b"\0\0\0\x10ftypheic\0\0\0\0",
        ];
        is_handled(&[starts[which], &rest].concat());
    }
}

#[test]
fn boxes_within_boxes_without_end_are_handled() {
    let nested = b"\0\0\0\0iprp\0\0\0\0ipco".repeat(200_000);
    let bytes = [
        b"\0\0\0\x10ftypheic\0\0\0\0\0\0\0\0meta\0\0\0\0".as_slice(),
        &nested,
    ]
    .concat();
    assert_eq!(examine(&bytes, &LIMITS), Err(Refused::Damaged));
}

#[test]
fn a_jpeg_of_nothing_but_smallest_segments_is_handled() {
    let tables = segment_run(500_000);
    let bytes = [b"\xff\xd8".as_slice(), &tables, &jpeg_body()].concat();
    assert!(copy(&bytes).is_ok());
    assert!(copy(&[loaded_jpeg(), vec![0xff; 1 << 20]].concat()).is_ok());
}

fn segment_run(times: usize) -> Vec<u8> {
    b"\xff\xdd\0\x04\0\0".repeat(times)
}
