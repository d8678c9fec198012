//! WebP (RFC 9649): its container is walked here, and the decoder gets the one chunk that holds the pixels in a container of its own.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageResult};

use crate::exif::Orientation;
use crate::jpeg::Jpeg;
use crate::{Kind, Limits, Picture, Refused, WorkingCopy, take, take_array};

/// Of the JPEG, from 1 to 100: at 90 nobody sees a difference in a photo.
const QUALITY: u8 = 90;

/// A WebP that was walked through to its end.
pub(crate) struct WebP<'a> {
    pub(crate) picture: Picture,
    orientation: Option<Orientation>,
    kind: [u8; 4],
    pixels: &'a [u8],
}

impl<'a> WebP<'a> {
    pub(crate) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let mut rest = bytes.get(4..).ok_or(Refused::Truncated)?;
        let length = u32::from_le_bytes(take_array(&mut rest)?);
        rest = take(
            &mut rest,
            usize::try_from(length).map_err(|_| Refused::Truncated)?,
        )?;
        take(&mut rest, 4)?;
        let mut canvas = None;
        let mut orientation = None;
        let mut frame = None;
        while !rest.is_empty() {
            let kind = take_array(&mut rest)?;
            let length = u32::from_le_bytes(take_array(&mut rest)?);
            let data = take(
                &mut rest,
                usize::try_from(length).map_err(|_| Refused::Truncated)?,
            )?;
            if length % 2 == 1 {
                take(&mut rest, 1)?;
            }
            match &kind {
                b"VP8X" => canvas = Some(extended(data)?),
                b"ANIM" | b"ANMF" => return Err(Refused::Animated),
                b"VP8 " | b"VP8L" if frame.is_none() => {
                    let (width, height) = if &kind == b"VP8 " {
                        lossy(data)?
                    } else {
                        lossless(data)?
                    };
                    frame = Some((
                        Picture::within(limits, Kind::WebP, width, height)?,
                        kind,
                        data,
                    ));
                }
                b"VP8 " | b"VP8L" => return Err(Refused::Damaged),
                b"EXIF" => orientation = orientation.or(Orientation::read(data)),
                _ => {}
            }
        }
        let (picture, kind, pixels) = frame.ok_or(Refused::Damaged)?;
        if canvas.is_some_and(|canvas| canvas != (picture.width, picture.height)) {
            return Err(Refused::Damaged);
        }
        Ok(Self {
            picture,
            orientation,
            kind,
            pixels,
        })
    }

    pub(crate) fn to_jpeg(&self, limits: &Limits) -> Result<WorkingCopy, Refused> {
        let encoded = self.transcode().map_err(|_| Refused::Damaged)?;
        let jpeg = Jpeg::read(&encoded, limits)?.turned(self.orientation);
        Ok(WorkingCopy {
            bytes: jpeg.write(),
            picture: jpeg.picture,
            transcoded: true,
        })
    }

    fn transcode(&self) -> ImageResult<Vec<u8>> {
        let Picture { width, height, .. } = self.picture;
        let mut decoder = WebPDecoder::new(Cursor::new(self.alone()))?;
        let mut limits = image::Limits::default();
        limits.max_image_width = Some(width);
        limits.max_image_height = Some(height);
        decoder.set_limits(limits)?;
        let pixels = DynamicImage::from_decoder(decoder)?.into_rgb8();
        let mut encoded = Vec::new();
        JpegEncoder::new_with_quality(&mut encoded, QUALITY).encode(
            &pixels,
            width,
            height,
            ExtendedColorType::Rgb8,
        )?;
        Ok(encoded)
    }

    /// The smallest file with these pixels.
    fn alone(&self) -> Vec<u8> {
        let length = u32::try_from(self.pixels.len()).unwrap_or(u32::MAX);
        let padding = self.pixels.len() % 2;
        let whole = length.saturating_add(12).next_multiple_of(2);
        [
            b"RIFF".as_slice(),
            &whole.to_le_bytes(),
            b"WEBP",
            &self.kind,
            &length.to_le_bytes(),
            self.pixels,
            &[0][..padding],
        ]
        .concat()
    }
}

/// Width and height of the canvas.
fn extended(data: &[u8]) -> Result<(u32, u32), Refused> {
    const ANIMATION: u8 = 0x02;
    let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = *data else {
        return Err(Refused::Damaged);
    };
    if flags & ANIMATION != 0 {
        return Err(Refused::Animated);
    }
    Ok((
        u32::from_le_bytes([w0, w1, w2, 0]) + 1,
        u32::from_le_bytes([h0, h1, h2, 0]) + 1,
    ))
}

/// Width and height of a VP8 key frame (RFC 6386, 9.1).
fn lossy(data: &[u8]) -> Result<(u32, u32), Refused> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = *data else {
        return Err(Refused::Damaged);
    };
    if tag & 1 != 0 {
        return Err(Refused::Damaged);
    }
    let side = |bytes| u32::from(u16::from_le_bytes(bytes) & 0x3fff);
    Ok((side([w0, w1]), side([h0, h1])))
}

/// Width and height of a lossless picture (RFC 9649, 3.4): 14 bits each.
fn lossless(data: &[u8]) -> Result<(u32, u32), Refused> {
    let [0x2f, b0, b1, b2, b3, ..] = *data else {
        return Err(Refused::Damaged);
    };
    let bits = u32::from_le_bytes([b0, b1, b2, b3]);
    Ok(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
