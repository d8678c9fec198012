//! Pictures made here, with everything that a telephone, an editor or an ill-meaning sender writes into them. Whatever must not survive
//! has `MARKER` in it.

use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageFormat, RgbImage};

pub(super) const WIDTH: u32 = 33;
pub(super) const HEIGHT: u32 = 17;

/// A grey gradient of 24 x 16 pixels, written as a progressive JPEG by Pillow.
const PROGRESSIVE: &str = "\
    ffd8ffe000104a46494600010100000100010000ffdb0043000d090a0b0a080d0b0a0b0e0e0d0f13201513121213271c1e17202e2931302e292d2c33\
    3a4a3e333646372c2d405741464c4e525352323e5a615a50604a51524fffc2000b080010001801011100ffc400160001010100000000000000000000\
    000000040305ffda0008010100000001c54a6c94ff00ffc400161000030000000000000000000000000000000103ffda00080101000105025314c531\
    4c5314cfffc40014100100000000000000000000000000000020ffda0008010100063f025fffc4001510010100000000000000000000000000000061\
    ffda0008010100013f219a69a69a6fffda0008010100000010dbffc400161000030000000000000000000000000000102031ffda0008010100013f10\
    1249124fffd9";

/// A coloured gradient of 24 x 16 pixels, written as a lossy WebP by Pillow.
const LOSSY: &str = "\
    524946465e0000005745425056503820520000007003009d012a180010003eed42b756a9a2a6a41801301d896c009d328462b00c20b8b94000fef110\
    fd1fc7c478d073f2fb9d21c08edf7cd2f7a862b4bdc5ebd61ef116a25b3b5451768e4eb4db3323420000";

pub(super) fn pixels() -> RgbImage {
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let [x, y] = [x, y].map(|at| u8::try_from(at).unwrap());
        image::Rgb([x * 7, y * 15, x * 3 + y * 5])
    })
}

pub(super) fn decode(bytes: &[u8], format: ImageFormat) -> RgbImage {
    image::load_from_memory_with_format(bytes, format)
        .unwrap()
        .into_rgb8()
}

/// A TIFF block as cameras write it: turned by `orientation`, with a maker's note, a position and a thumbnail.
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x03\0".to_vec();
    for (tag, kind, count, value) in [
        (0x010f, 2, 16, 50),
        (0x0112, 3, 1, u32::from(orientation)),
        (0x8825, 4, 1, 66),
    ] {
        tiff.extend(u16::to_le_bytes(tag));
        tiff.extend(u16::to_le_bytes(kind));
        tiff.extend(u32::to_le_bytes(count));
        tiff.extend(u32::to_le_bytes(value));
    }
    tiff.extend([0; 4]);
    tiff.extend(b"GPS-MARKER-MAKE\0GPS-MARKER-POSITION GPS-MARKER-MAKERNOTE \xff\xd8\xff GPS-MARKER-THUMBNAIL \xff\xd9");
    tiff
}

pub(super) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).unwrap();
    [&[0xff, marker], length.to_be_bytes().as_slice(), payload].concat()
}

/// A colour profile of `length` bytes that says it has `declared`.
pub(super) fn profile(declared: u32, length: usize) -> Vec<u8> {
    let mut profile = declared.to_be_bytes().to_vec();
    profile.resize(36, 0);
    profile.extend(b"acsp");
    profile.resize(length, 7);
    profile
}

pub(super) fn profile_segment(number: u8, of: u8, part: &[u8]) -> Vec<u8> {
    segment(
        0xe2,
        &[b"ICC_PROFILE\0", [number, of].as_slice(), part].concat(),
    )
}

pub(super) fn plain_jpeg() -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 80)
        .encode(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// What the encoder writes after its own JFIF segment, of 18 bytes: tables, frame, scan and end.
pub(super) fn jpeg_body() -> Vec<u8> {
    plain_jpeg()[20..].to_vec()
}

/// A JPEG with these segments before its tables.
pub(super) fn jpeg_with(segments: &[Vec<u8>]) -> Vec<u8> {
    [vec![0xff, 0xd8], segments.concat(), jpeg_body()].concat()
}

pub(super) fn loaded_jpeg() -> Vec<u8> {
    let after = |identifier: &[u8], rest: &[u8]| [identifier, rest].concat();
    let mut bytes = jpeg_with(&[
        segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x01MARKER"),
        segment(0xe0, b"JFXX\0\x10GPS-MARKER-JFXX"),
        segment(0xe1, &after(b"Exif\0\0", &exif(6))),
        segment(
            0xe1,
            b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS-MARKER-XMP</x:xmpmeta>",
        ),
        segment(
            0xe1,
            b"http://ns.adobe.com/xmp/extension/\x000123456789ABCDEF0123456789ABCDEF\0\0\0\x17\0\0\0\0GPS-MARKER-EXTENDED-XMP",
        ),
        profile_segment(1, 1, &profile(200, 200)),
        segment(0xe2, b"MPF\0MM\0*\0\0\0\x08GPS-MARKER-MPF"),
        segment(0xec, b"Ducky\0GPS-MARKER-DUCKY"),
        segment(
            0xed,
            b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0fGPS-MARKER-IPTC",
        ),
        segment(0xfe, b"GPS-MARKER-COMMENT"),
    ]);
    bytes.extend(jpeg_with(&[segment(0xfe, b"GPS-MARKER-SECOND-PICTURE")]));
    bytes.extend(b"GPS-MARKER-TRAILER");
    bytes
}

pub(super) fn progressive_jpeg() -> Vec<u8> {
    hex::decode(PROGRESSIVE).unwrap()
}

/// The progressive JPEG with these bytes after the pixels of its last scan but one.
pub(super) fn progressive_jpeg_with(between: &[u8]) -> Vec<u8> {
    let mut bytes = progressive_jpeg();
    let last = bytes
        .windows(2)
        .rposition(|pair| pair == [0xff, 0xc4])
        .unwrap();
    bytes.splice(last..last, between.iter().copied());
    bytes
}

pub(super) fn chunk(kind: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap();
    let sum = crc32fast::hash(&[kind.as_slice(), data].concat());
    [
        &length.to_be_bytes(),
        kind.as_slice(),
        data,
        &sum.to_be_bytes(),
    ]
    .concat()
}

pub(super) fn plain_png() -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

/// A PNG with these chunks after its header.
pub(super) fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = plain_png();
    bytes.splice(33..33, chunks.concat());
    bytes
}

pub(super) fn loaded_png() -> Vec<u8> {
    let mut bytes = png_with(&[
        chunk(*b"gAMA", &45_455u32.to_be_bytes()),
        chunk(*b"pHYs", &[0, 0, 11, 19, 0, 0, 11, 19, 1]),
        chunk(*b"iCCP", b"GPS-MARKER-PROFILE\0\0"),
        chunk(*b"tEXt", b"Location\0GPS-MARKER-TEXT"),
        chunk(*b"zTXt", b"Location\0\0GPS-MARKER-COMPRESSED"),
        chunk(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0GPS-MARKER-XMP"),
        chunk(*b"eXIf", &exif(8)),
        chunk(*b"tIME", &[7, 234, 11, 25, 1, 2, 3]),
        chunk(*b"prVt", b"GPS-MARKER-PRIVATE"),
    ]);
    bytes.extend(b"GPS-MARKER-TRAILER");
    bytes
}

fn webp(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (kind, data) in chunks {
        body.extend(kind);
        body.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        body.extend(data);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    let length = u32::try_from(body.len()).unwrap();
    [b"RIFF", length.to_le_bytes().as_slice(), &body].concat()
}

/// An extended WebP: these flags, this canvas, the pixels of `simple` and the metadata of a camera.
pub(super) fn loaded_webp(simple: &[u8], flags: u8, width: u8, height: u8) -> Vec<u8> {
    let kind = *simple[12..].first_chunk().unwrap();
    let length = u32::from_le_bytes(*simple[16..].first_chunk().unwrap());
    let pixels = simple[20..20 + usize::try_from(length).unwrap()].to_vec();
    let mut bytes = webp(&[
        (
            *b"VP8X",
            vec![flags, 0, 0, 0, width - 1, 0, 0, height - 1, 0, 0],
        ),
        (*b"ICCP", b"GPS-MARKER-PROFILE".to_vec()),
        (kind, pixels),
        (*b"EXIF", exif(3)),
        (*b"XMP ", b"<x:xmpmeta>GPS-MARKER-XMP</x:xmpmeta>".to_vec()),
        (*b"oddS", b"GPS-MARKER-UNKNOWN".to_vec()),
    ]);
    bytes.extend(b"GPS-MARKER-TRAILER");
    bytes
}

pub(super) fn lossless_webp() -> Vec<u8> {
    let mut bytes = Vec::new();
    WebPEncoder::new_lossless(&mut bytes)
        .encode(&pixels(), WIDTH, HEIGHT, ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

pub(super) fn lossy_webp() -> Vec<u8> {
    hex::decode(LOSSY).unwrap()
}

fn mp4_box(kind: [u8; 4], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap();
    [&size.to_be_bytes(), kind.as_slice(), body].concat()
}

/// The boxes of a HEIC that say what it is: a picture of this size and a thumbnail of 160 x 120.
pub(super) fn heic(width: u32, height: u32) -> Vec<u8> {
    let extent = |width: u32, height: u32| {
        mp4_box(
            *b"ispe",
            &[[0; 4], width.to_be_bytes(), height.to_be_bytes()].concat(),
        )
    };
    let properties = mp4_box(
        *b"ipco",
        &[extent(width, height), extent(160, 120)].concat(),
    );
    let meta = [[0; 4].to_vec(), mp4_box(*b"iprp", &properties)].concat();
    [
        mp4_box(*b"ftyp", b"mif1\0\0\0\0mif1heic"),
        mp4_box(*b"meta", &meta),
        mp4_box(*b"mdat", b"GPS-MARKER-EXIF"),
    ]
    .concat()
}

/// One of each, loaded.
pub(super) fn all() -> Vec<Vec<u8>> {
    vec![
        loaded_jpeg(),
        progressive_jpeg(),
        loaded_png(),
        loaded_webp(&lossless_webp(), 0x2c, 33, 17),
        loaded_webp(&lossy_webp(), 0x2c, 24, 16),
        heic(4032, 3024),
    ]
}
