use super::corpus::{all, chunk, heic, jpeg_with, lossless_webp, lossy_webp, plain_jpeg, segment};
use super::{LIMITS, copy};
use crate::{Kind, Limits, Picture, Refused, examine, working_copy};

#[test]
fn what_is_no_picture_of_ours_is_refused_whatever_its_name_says() {
    let others: [&[u8]; 12] = [
        b"",
        b"\xff\xd8",
        b"%PDF-1.7\n",
        b"<!doctype html><script>",
        b"PK\x03\x04\x14\0\0\0\x08\0",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\">",
        b"GIF89a\x01\0\x01\0",
        b"BM\x46\0\0\0\0\0\0\0",
        b"II*\0\x08\0\0\0",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\0\0\0\x18ftypavif\0\0\0\0avifmif1",
        b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
    ];
    for bytes in others {
        assert_eq!(examine(bytes, &LIMITS), Err(Refused::NotAPicture));
        assert_eq!(copy(bytes), Err(Refused::NotAPicture));
    }
}

#[test]
fn a_page_behind_the_first_bytes_of_a_jpeg_is_refused() {
    assert_eq!(
        copy(b"\xff\xd8\xff<html><script>alert(1)</script>"),
        Err(Refused::Damaged)
    );
}

#[test]
fn a_file_longer_than_the_limit_is_refused_unread() {
    let limits = Limits {
        bytes: plain_jpeg().len() - 1,
        ..LIMITS
    };
    assert_eq!(examine(&plain_jpeg(), &limits), Err(Refused::TooManyBytes));
    let limits = Limits {
        bytes: plain_jpeg().len(),
        ..LIMITS
    };
    assert!(examine(&plain_jpeg(), &limits).is_ok());
}

#[test]
fn a_picture_of_one_pixel_more_than_the_limit_is_refused() {
    let limits = Limits {
        pixels: 33 * 17,
        ..LIMITS
    };
    assert!(examine(&plain_jpeg(), &limits).is_ok());
    let limits = Limits {
        pixels: 33 * 17 - 1,
        ..LIMITS
    };
    assert_eq!(examine(&plain_jpeg(), &limits), Err(Refused::TooManyPixels));
}

#[test]
fn a_few_bytes_that_promise_billions_of_pixels_are_refused() {
    let jpeg = jpeg_with(&[segment(0xc0, &[8, 0xff, 0xff, 0xff, 0xff, 1, 1, 0x11, 0])]);
    let header = [[0, 0, 0xff, 0xff], [0, 0, 0xff, 0xff], [8, 2, 0, 0]].concat();
    let header = chunk(*b"IHDR", &[header.as_slice(), &[0]].concat());
    let png = [b"\x89PNG\r\n\x1a\n".as_slice(), &header].concat();
    let mut lossy = lossy_webp();
    lossy[26..30].copy_from_slice(&[0xff, 0x3f, 0xff, 0x3f]);
    let mut lossless = lossless_webp();
    lossless[21..25].copy_from_slice(&[0xff, 0xff, 0xff, 0x0f]);
    for bytes in [jpeg, png, lossy, lossless, heic(u32::MAX, u32::MAX)] {
        assert_eq!(examine(&bytes, &LIMITS), Err(Refused::TooManyPixels));
        assert_eq!(copy(&bytes), Err(Refused::TooManyPixels));
    }
}

#[test]
fn a_picture_of_no_width_is_refused() {
    let jpeg = jpeg_with(&[segment(0xc0, &[8, 0, 1, 0, 0, 1, 1, 0x11, 0])]);
    assert_eq!(copy(&jpeg), Err(Refused::Damaged));
    assert_eq!(
        examine(&heic(0, 5), &LIMITS),
        Ok(Picture {
            kind: Kind::Heic,
            width: 160,
            height: 120
        })
    );
}

#[test]
fn a_heic_is_recognised_and_measured_but_has_no_working_copy() {
    let picture = Picture {
        kind: Kind::Heic,
        width: 4032,
        height: 3024,
    };
    assert_eq!(examine(&heic(4032, 3024), &LIMITS), Ok(picture));
    assert_eq!(copy(&heic(4032, 3024)), Err(Refused::CannotTranscode));
    let small = Limits {
        pixels: 1_000_000,
        ..LIMITS
    };
    assert_eq!(
        working_copy(&heic(4032, 3024), &small),
        Err(Refused::TooManyPixels)
    );
}

#[test]
fn a_heic_without_a_size_is_refused() {
    assert_eq!(
        examine(b"\0\0\0\x10ftypheic\0\0\0\0", &LIMITS),
        Err(Refused::Damaged)
    );
}

#[test]
fn neither_pictures_nor_their_texts_are_in_what_is_logged() {
    for bytes in all() {
        let shown = format!("{:?}", copy(&bytes));
        assert!(shown.len() < 160, "{shown}");
    }
}
