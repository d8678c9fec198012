//! PNG, chunk by chunk (W3C PNG, third edition). Of the chunks that a reader may ignore, those of colour and density are kept and no
//! other: texts, times, EXIF, private chunks and whatever follows the end are left out. So is an ICC profile, which is compressed and
//! could not be looked at.

use crate::exif::Orientation;
use crate::{Kind, Limits, Picture, Refused, take, take_array};

/// How every PNG begins.
pub(crate) const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";

/// A PNG that was walked through to its end.
pub(crate) struct Png<'a> {
    pub(crate) picture: Picture,
    header: &'a [u8],
    orientation: Option<Orientation>,
    /// The chunks that are kept, after the header: type and data.
    chunks: Vec<(&'a [u8; 4], &'a [u8])>,
}

impl<'a> Png<'a> {
    pub(crate) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let mut rest = bytes.get(SIGNATURE.len()..).ok_or(Refused::Truncated)?;
        let first = Chunk::take(&mut rest)?;
        let mut png = Self {
            picture: first.header(limits)?,
            header: first.data,
            orientation: None,
            chunks: Vec::new(),
        };
        let mut has_pixels = false;
        loop {
            let chunk = Chunk::take(&mut rest)?;
            match chunk.kind {
                b"acTL" | b"fcTL" | b"fdAT" => return Err(Refused::Animated),
                b"eXIf" => png.orientation = png.orientation.or(Orientation::read(chunk.data)),
                _ if chunk.is_kept()? => {
                    if !chunk.is_intact() {
                        return Err(Refused::Damaged);
                    }
                    has_pixels |= chunk.kind == b"IDAT";
                    png.chunks.push((chunk.kind, chunk.data));
                }
                _ => {}
            }
            if chunk.kind == b"IEND" {
                break;
            }
        }
        if has_pixels {
            Ok(png)
        } else {
            Err(Refused::Damaged)
        }
    }

    /// The file without metadata.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = SIGNATURE.to_vec();
        put(&mut out, *b"IHDR", self.header);
        if let Some(orientation) = self.orientation {
            put(&mut out, *b"eXIf", &orientation.tiff());
        }
        for (kind, data) in &self.chunks {
            put(&mut out, **kind, data);
        }
        out
    }
}

struct Chunk<'a> {
    kind: &'a [u8; 4],
    data: &'a [u8],
    sum: u32,
}

impl<'a> Chunk<'a> {
    fn take(rest: &mut &'a [u8]) -> Result<Self, Refused> {
        let length = u32::from_be_bytes(take_array(rest)?);
        let kind = take(rest, 4)?.first_chunk().ok_or(Refused::Truncated)?;
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(Refused::Damaged);
        }
        let data = take(
            rest,
            usize::try_from(length).map_err(|_| Refused::Truncated)?,
        )?;
        let sum = u32::from_be_bytes(take_array(rest)?);
        Ok(Self { kind, data, sum })
    }

    fn is_intact(&self) -> bool {
        checksum(*self.kind, self.data) == self.sum
    }

    /// Whether it is copied. One that readers may not ignore and that is not of the standard makes the file none of ours.
    fn is_kept(&self) -> Result<bool, Refused> {
        let length = self.data.len();
        let well_formed = match self.kind {
            b"IDAT" => true,
            b"IEND" => length == 0,
            b"PLTE" => length <= 768 && length.is_multiple_of(3),
            b"tRNS" => length <= 256,
            b"gAMA" | b"cICP" => length == 4,
            b"cHRM" => length == 32,
            b"sRGB" => length == 1,
            b"sBIT" => length <= 4,
            b"pHYs" => length == 9,
            // A lower-case letter says that readers may ignore it.
            [first, ..] if first.is_ascii_lowercase() => return Ok(false),
            _ => false,
        };
        if well_formed {
            Ok(true)
        } else {
            Err(Refused::Damaged)
        }
    }

    fn header(&self, limits: &Limits) -> Result<Picture, Refused> {
        let ([w3, w2, w1, w0, h3, h2, h1, h0, depth, colour, 0, 0, 0 | 1], b"IHDR") =
            (self.data, self.kind)
        else {
            return Err(Refused::Damaged);
        };
        let depths: &[u8] = match colour {
            0 => &[1, 2, 4, 8, 16],
            3 => &[1, 2, 4, 8],
            2 | 4 | 6 => &[8, 16],
            _ => &[],
        };
        if !depths.contains(depth) || !self.is_intact() {
            return Err(Refused::Damaged);
        }
        let [width, height] = [[*w3, *w2, *w1, *w0], [*h3, *h2, *h1, *h0]].map(u32::from_be_bytes);
        Picture::within(limits, Kind::Png, width, height)
    }
}

fn checksum(kind: [u8; 4], data: &[u8]) -> u32 {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&kind);
    sum.update(data);
    sum.finalize()
}

fn put(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    // The length of every chunk was read from 32 bits, or is that of a few bytes of ours.
    let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(kind);
    out.extend_from_slice(data);
    out.extend(checksum(kind, data).to_be_bytes());
}
