use image::ImageFormat;

use super::corpus::{
    HEIGHT, WIDTH, decode, exif, jpeg_body, jpeg_with, loaded_jpeg, plain_jpeg, profile,
    profile_segment, progressive_jpeg, progressive_jpeg_with, segment,
};
use super::{LIMITS, copy, has};
use crate::{Kind, Picture, Refused, examine};

fn exif_segment(orientation: u8) -> Vec<u8> {
    segment(0xe1, &[b"Exif\0\0".as_slice(), &exif(orientation)].concat())
}

#[test]
fn of_a_loaded_jpeg_only_the_picture_is_left() {
    let before = loaded_jpeg();
    let after = copy(&before).unwrap();
    assert!(has(&before, b"MARKER"));
    assert!(!has(&after.bytes, b"MARKER"));
    assert!(
        after.bytes.ends_with(&jpeg_body()),
        "the compressed pixels are the same bytes, and nothing follows them"
    );
    assert_eq!(
        decode(&before, ImageFormat::Jpeg),
        decode(&after.bytes, ImageFormat::Jpeg)
    );
    assert!(!after.transcoded);
    let picture = Picture {
        kind: Kind::Jpeg,
        width: WIDTH,
        height: HEIGHT,
    };
    assert_eq!(after.picture, picture);
    assert_eq!(examine(&before, &LIMITS), Ok(picture));
}

#[test]
fn a_jpeg_without_metadata_is_copied_byte_by_byte() {
    assert_eq!(copy(&plain_jpeg()).unwrap().bytes, plain_jpeg());
}

#[test]
fn a_copy_of_a_copy_is_the_same() {
    let once = copy(&loaded_jpeg()).unwrap().bytes;
    assert_eq!(copy(&once).unwrap().bytes, once);
}

#[test]
fn a_turned_jpeg_stays_turned() {
    for orientation in 2..=8 {
        let after = copy(&jpeg_with(&[exif_segment(orientation)]))
            .unwrap()
            .bytes;
        let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
        let block = [b"Exif\0\0MM\0*\0\0\0\x08\0\x01".as_slice(), &tag, &[0; 4]].concat();
        assert_eq!(after, jpeg_with(&[segment(0xe1, &block)]));
    }
}

#[test]
fn an_orientation_that_says_nothing_leaves_no_exif() {
    for orientation in [0, 1, 9, 255] {
        assert_eq!(
            copy(&jpeg_with(&[exif_segment(orientation)]))
                .unwrap()
                .bytes,
            jpeg_with(&[])
        );
    }
}

#[test]
fn a_colour_profile_in_parts_is_kept() {
    let whole = profile(400, 400);
    let segments = [
        profile_segment(1, 2, &whole[..150]),
        profile_segment(2, 2, &whole[150..]),
    ];
    assert_eq!(
        copy(&jpeg_with(&segments)).unwrap().bytes,
        jpeg_with(&segments)
    );
}

#[test]
fn what_only_calls_itself_a_colour_profile_is_not_kept() {
    let whole = profile(400, 400);
    for segments in [
        vec![profile_segment(1, 1, b"GPS-MARKER")],
        vec![profile_segment(1, 1, &profile(400, 401))],
        vec![profile_segment(1, 2, &whole)],
        vec![
            profile_segment(2, 2, &whole[..150]),
            profile_segment(1, 2, &whole[150..]),
        ],
        vec![segment(0xe2, b"ICC_PROFILE\0")],
    ] {
        assert_eq!(copy(&jpeg_with(&segments)).unwrap().bytes, jpeg_with(&[]));
    }
}

#[test]
fn the_colour_transform_is_kept_and_what_follows_it_is_not() {
    let adobe = b"Adobe\0\x64\0\0\0\0\x01";
    let loaded = segment(0xee, &[adobe.as_slice(), b"MARKER"].concat());
    assert_eq!(
        copy(&jpeg_with(&[loaded])).unwrap().bytes,
        jpeg_with(&[segment(0xee, adobe)])
    );
}

#[test]
fn a_comment_between_two_scans_goes_and_the_scans_stay() {
    let before = progressive_jpeg_with(&segment(0xfe, b"GPS-MARKER"));
    assert_eq!(copy(&before).unwrap().bytes, progressive_jpeg());
}

/// The limit of not decoding: where the compressed pixels end is not known, only where the next marker is.
#[test]
fn what_stands_among_the_compressed_pixels_is_taken_for_pixels() {
    let before = progressive_jpeg_with(b"GPS-MARKER");
    assert_eq!(copy(&before).unwrap().bytes, before);
}

#[test]
fn padding_before_a_marker_is_passed_over() {
    let padded = [
        b"\xff\xd8\xff\xff\xff\xff".as_slice(),
        &segment(0xfe, b"MARKER")[1..],
        &[0; 5],
        &jpeg_body(),
    ]
    .concat();
    assert_eq!(copy(&padded).unwrap().bytes, jpeg_with(&[]));
}

#[test]
fn metadata_under_the_name_of_a_table_is_refused() {
    let text = b"GPS-MARKER GPS-MARKER GPS-MARKER GPS-MARKER GPS-MARKER GPS-MARKER";
    let tiff = [b"Exif\0\0".as_slice(), &exif(1)].concat();
    for payload in [text.as_slice(), &tiff, b"MARKER", b""] {
        for marker in [0xc0, 0xc1, 0xc2, 0xc4, 0xda, 0xdb, 0xdd] {
            assert_eq!(
                copy(&jpeg_with(&[segment(marker, payload)])),
                Err(Refused::Damaged),
                "{marker:x}"
            );
        }
    }
}

#[test]
fn rare_forms_that_browsers_do_not_show_are_refused() {
    // Lossless, arithmetic, hierarchical, and markers that stand where none can.
    for marker in [
        0x01, 0xc3, 0xc5, 0xc9, 0xcc, 0xd0, 0xd8, 0xdc, 0xde, 0xdf, 0xf0,
    ] {
        assert_eq!(
            copy(&jpeg_with(&[segment(marker, &[0; 6])])),
            Err(Refused::Damaged),
            "{marker:x}"
        );
    }
}

#[test]
fn a_jpeg_without_pixels_is_refused() {
    assert_eq!(copy(b"\xff\xd8\xff\xd9"), Err(Refused::Damaged));
}

#[test]
fn a_jpeg_that_is_also_an_archive_is_only_a_jpeg_afterwards() {
    let archive = b"PK\x03\x04GPS-MARKER PK\x05\x06";
    let before = [jpeg_with(&[segment(0xfe, archive)]), archive.to_vec()].concat();
    assert_eq!(copy(&before).unwrap().bytes, jpeg_with(&[]));
}
