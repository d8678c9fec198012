use image::ImageFormat;

use super::corpus::{HEIGHT, WIDTH, chunk, decode, exif, loaded_png, plain_png, png_with};
use super::{LIMITS, copy, has};
use crate::{Kind, Picture, Refused, examine};

#[test]
fn of_a_loaded_png_only_the_picture_its_colours_and_its_turn_are_left() {
    let before = loaded_png();
    let after = copy(&before).unwrap();
    assert!(has(&before, b"MARKER"));
    let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0];
    let block = [b"MM\0*\0\0\0\x08\0\x01".as_slice(), &tag, &[0; 4]].concat();
    let expected = png_with(&[
        chunk(*b"eXIf", &block),
        chunk(*b"gAMA", &45_455u32.to_be_bytes()),
        chunk(*b"pHYs", &[0, 0, 11, 19, 0, 0, 11, 19, 1]),
    ]);
    assert_eq!(after.bytes, expected);
    assert_eq!(
        decode(&before, ImageFormat::Png),
        decode(&after.bytes, ImageFormat::Png)
    );
    assert!(!after.transcoded);
    let picture = Picture {
        kind: Kind::Png,
        width: WIDTH,
        height: HEIGHT,
    };
    assert_eq!(after.picture, picture);
    assert_eq!(examine(&before, &LIMITS), Ok(picture));
}

#[test]
fn a_png_without_metadata_is_copied_byte_by_byte() {
    assert_eq!(copy(&plain_png()).unwrap().bytes, plain_png());
}

#[test]
fn a_long_compressed_text_is_left_out_without_being_read() {
    let bomb = chunk(*b"zTXt", &[b"k\0\0".as_slice(), &vec![0; 1 << 20]].concat());
    assert_eq!(copy(&png_with(&[bomb])).unwrap().bytes, plain_png());
}

#[test]
fn an_animated_png_is_refused() {
    let control = chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]);
    assert_eq!(copy(&png_with(&[control])), Err(Refused::Animated));
}

#[test]
fn metadata_under_the_name_of_a_chunk_that_is_kept_is_refused() {
    for kind in [
        b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cICP", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"IEND",
    ] {
        let loaded = chunk(*kind, &exif(1).repeat(7));
        assert_eq!(
            copy(&png_with(&[loaded])),
            Err(Refused::Damaged),
            "{kind:?}"
        );
    }
}

#[test]
fn an_unknown_chunk_that_readers_may_not_ignore_is_refused() {
    assert_eq!(
        copy(&png_with(&[chunk(*b"PRVT", b"")])),
        Err(Refused::Damaged)
    );
    assert_eq!(
        copy(&png_with(&[chunk(*b"pr\0t", b"")])),
        Err(Refused::Damaged)
    );
}

#[test]
fn a_wrong_sum_is_refused_on_what_is_kept_only() {
    let mut text = chunk(*b"tEXt", b"GPS-MARKER");
    *text.last_mut().unwrap() ^= 1;
    assert_eq!(copy(&png_with(&[text])).unwrap().bytes, plain_png());
    let mut gamma = chunk(*b"gAMA", &45_455u32.to_be_bytes());
    *gamma.last_mut().unwrap() ^= 1;
    assert_eq!(copy(&png_with(&[gamma])), Err(Refused::Damaged));
}

#[test]
fn a_png_without_pixels_is_refused() {
    let empty = [&plain_png()[..33], &chunk(*b"IEND", b"")].concat();
    assert_eq!(copy(&empty), Err(Refused::Damaged));
}
