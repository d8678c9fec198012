use image::ImageFormat;

use super::corpus::{HEIGHT, WIDTH, decode, loaded_webp, lossless_webp, lossy_webp, pixels};
use super::{LIMITS, copy, has};
use crate::{Kind, Picture, Refused, examine};

#[test]
fn a_loaded_webp_becomes_a_jpeg_that_looks_the_same_and_says_nothing() {
    let before = loaded_webp(&lossless_webp(), 0x2c, 33, 17);
    assert_eq!(
        examine(&before, &LIMITS),
        Ok(Picture {
            kind: Kind::WebP,
            width: WIDTH,
            height: HEIGHT
        })
    );
    let after = copy(&before).unwrap();
    assert!(!has(&after.bytes, b"MARKER"));
    assert!(after.transcoded);
    assert_eq!(
        after.picture,
        Picture {
            kind: Kind::Jpeg,
            width: WIDTH,
            height: HEIGHT
        }
    );
    let shown = decode(&after.bytes, ImageFormat::Jpeg);
    let furthest = pixels()
        .iter()
        .zip(shown.iter())
        .map(|(a, b)| a.abs_diff(*b))
        .max();
    assert!(furthest < Some(32), "{furthest:?}");
}

#[test]
fn a_turned_webp_becomes_a_jpeg_that_is_turned() {
    let after = copy(&loaded_webp(&lossless_webp(), 0x2c, 33, 17))
        .unwrap()
        .bytes;
    assert!(has(&after, &[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 3, 0, 0]));
}

#[test]
fn a_lossy_webp_is_taken_too_with_or_without_metadata() {
    for before in [lossy_webp(), loaded_webp(&lossy_webp(), 0x2c, 24, 16)] {
        let after = copy(&before).unwrap();
        assert_eq!(
            after.picture,
            Picture {
                kind: Kind::Jpeg,
                width: 24,
                height: 16
            }
        );
        let (sent, shown) = (
            decode(&lossy_webp(), ImageFormat::WebP),
            decode(&after.bytes, ImageFormat::Jpeg),
        );
        let furthest = sent
            .iter()
            .zip(shown.iter())
            .map(|(a, b)| a.abs_diff(*b))
            .max();
        assert!(furthest < Some(32), "{furthest:?}");
    }
}

#[test]
fn an_animated_webp_is_refused() {
    assert_eq!(
        copy(&loaded_webp(&lossy_webp(), 0x02, 24, 16)),
        Err(Refused::Animated)
    );
}

#[test]
fn a_canvas_of_another_size_than_the_picture_is_refused() {
    assert_eq!(
        copy(&loaded_webp(&lossy_webp(), 0, 25, 16)),
        Err(Refused::Damaged)
    );
}

#[test]
fn pixels_that_do_not_decode_are_refused() {
    let mut bytes = lossless_webp();
    bytes[25..].fill(0xff);
    assert_eq!(copy(&bytes), Err(Refused::Damaged));
}
