//! JPEG, segment by segment (ITU-T T.81, annex B). What is not needed to show the picture is left out; a segment that is kept must have
//! exactly the form that its marker prescribes, so that nothing else travels under its name.

use crate::exif::{self, Orientation};
use crate::{Kind, Limits, Picture, Refused, take, take_array};

/// Start of image, and the first byte of the marker after it.
pub(crate) const MAGIC: &[u8; 3] = b"\xff\xd8\xff";

const SOF0: u8 = 0xc0;
const SOF2: u8 = 0xc2;
const DHT: u8 = 0xc4;
const RST0: u8 = 0xd0;
const RST7: u8 = 0xd7;
const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const DQT: u8 = 0xdb;
const DRI: u8 = 0xdd;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;
const APP15: u8 = 0xef;
const COM: u8 = 0xfe;

const JFIF: &[u8] = b"JFIF\0";
const ADOBE: &[u8] = b"Adobe";
const PROFILE: &[u8] = b"ICC_PROFILE\0";

/// A JPEG that was walked through to its end.
pub(crate) struct Jpeg<'a> {
    pub(crate) picture: Picture,
    segments: Segments<'a>,
}

/// What is kept of the segments.
#[derive(Default)]
struct Segments<'a> {
    /// Version, unit and density, without the thumbnail.
    jfif: Option<&'a [u8]>,
    orientation: Option<Orientation>,
    /// Payloads, the identifier included.
    profile: Vec<&'a [u8]>,
    /// Version, flags and the colour transform.
    adobe: Option<&'a [u8]>,
    /// Tables, frame and scans: the marker and the payload; for a scan also the compressed pixels that follow it.
    image: Vec<(u8, &'a [u8], &'a [u8])>,
}

impl<'a> Jpeg<'a> {
    pub(crate) fn read(bytes: &'a [u8], limits: &Limits) -> Result<Self, Refused> {
        let mut rest = bytes.get(2..).ok_or(Refused::Truncated)?;
        let mut segments = Segments::default();
        let mut picture = None;
        let mut scanned = false;
        loop {
            let marker = next_marker(&mut rest)?;
            if marker == EOI {
                break;
            }
            if !matches!(marker, SOF0..=SOF2 | DHT | SOS | DQT | DRI | APP0..=APP15 | COM) {
                return Err(Refused::Damaged);
            }
            let length = usize::from(u16::from_be_bytes(take_array(&mut rest)?));
            let payload = take(&mut rest, length.checked_sub(2).ok_or(Refused::Damaged)?)?;
            let mut pixels: &[u8] = &[];
            match marker {
                APP0..=APP15 => segments.application(marker, payload),
                COM => {}
                SOF0..=SOF2 if picture.is_none() => picture = Some(frame(payload, limits)?),
                SOS if picture.is_some() && is_scan(payload) => {
                    let length = compressed(rest)?;
                    pixels = take(&mut rest, length)?;
                    scanned = true;
                }
                DHT if are_tables(payload, huffman) => {}
                DQT if are_tables(payload, quantization) => {}
                DRI if payload.len() == 2 => {}
                _ => return Err(Refused::Damaged),
            }
            if !matches!(marker, APP0..=APP15 | COM) {
                segments.image.push((marker, payload, pixels));
            }
        }
        match picture {
            Some(picture) if scanned => Ok(Self { picture, segments }),
            _ => Err(Refused::Damaged),
        }
    }

    /// The same picture, to be shown turned.
    pub(crate) fn turned(mut self, orientation: Option<Orientation>) -> Self {
        self.segments.orientation = orientation;
        self
    }

    /// The file without metadata.
    pub(crate) fn write(&self) -> Vec<u8> {
        let Segments {
            jfif,
            orientation,
            profile,
            adobe,
            image,
        } = &self.segments;
        let mut out = vec![0xff, SOI];
        if let Some(jfif) = jfif {
            // Followed by the size of a thumbnail: none.
            put(&mut out, APP0, &[JFIF, jfif, &[0, 0]]);
        }
        if let Some(orientation) = orientation {
            put(&mut out, APP1, &[exif::PREFIX, &orientation.tiff()]);
        }
        if is_profile(profile) {
            for part in profile {
                put(&mut out, APP2, &[part]);
            }
        }
        if let Some(adobe) = adobe {
            put(&mut out, APP14, &[ADOBE, adobe]);
        }
        for (marker, payload, pixels) in image {
            put(&mut out, *marker, &[payload]);
            out.extend_from_slice(pixels);
        }
        out.extend([0xff, EOI]);
        out
    }
}

impl<'a> Segments<'a> {
    fn application(&mut self, marker: u8, payload: &'a [u8]) {
        let after = |identifier| payload.strip_prefix(identifier);
        match marker {
            APP0 => self.jfif = self.jfif.or(after(JFIF).and_then(|rest| rest.get(..7))),
            APP1 if payload.starts_with(exif::PREFIX) => {
                self.orientation = self.orientation.or(Orientation::read(payload));
            }
            APP2 if payload.starts_with(PROFILE) => self.profile.push(payload),
            APP14 => self.adobe = self.adobe.or(after(ADOBE).and_then(|rest| rest.get(..7))),
            _ => {}
        }
    }
}

fn put(out: &mut Vec<u8>, marker: u8, payload: &[&[u8]]) {
    let length: usize = payload.iter().map(|part| part.len()).sum();
    // Every payload comes from a segment, or is a few bytes of ours: it fits.
    let length = u16::try_from(length + 2).unwrap_or(u16::MAX);
    out.extend([0xff, marker]);
    out.extend(length.to_be_bytes());
    for part in payload {
        out.extend_from_slice(part);
    }
}

/// Takes the next marker, passing over what some cameras pad with: all readers do, and it is not kept.
fn next_marker(rest: &mut &[u8]) -> Result<u8, Refused> {
    let padding = rest.iter().position(|byte| *byte == 0xff);
    take(rest, padding.ok_or(Refused::Truncated)?)?;
    loop {
        let [byte] = take_array(rest)?;
        if byte != 0xff {
            return Ok(byte);
        }
    }
}

/// How many bytes of compressed pixels there are before the next marker; those of a restart belong to them.
fn compressed(rest: &[u8]) -> Result<usize, Refused> {
    rest.windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | RST0..=RST7))
        .ok_or(Refused::Truncated)
}

fn frame(payload: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let (header, components) = payload.split_first_chunk().ok_or(Refused::Damaged)?;
    let [precision, h1, h0, w1, w0, count] = *header;
    let is_component = |component: &[u8]| {
        matches!(component, [_, sampling, table]
            if (1..=4).contains(&(sampling >> 4)) && (1..=4).contains(&(sampling & 15)) && *table < 4)
    };
    if precision != 8
        || !matches!(count, 1 | 3 | 4)
        || components.len() != usize::from(count) * 3
        || !components.chunks(3).all(is_component)
    {
        return Err(Refused::Damaged);
    }
    let [width, height] = [[w1, w0], [h1, h0]].map(|side| u32::from(u16::from_be_bytes(side)));
    Picture::within(limits, Kind::Jpeg, width, height)
}

/// Whether `payload` is the header of a scan: its components, then where it begins and ends in the spectrum, and its precision.
fn is_scan(payload: &[u8]) -> bool {
    let Some((count, rest)) = payload.split_first() else {
        return false;
    };
    let Some((components, [start, end, approximation])) =
        rest.split_at_checked(usize::from(*count) * 2)
    else {
        return false;
    };
    (1..=4).contains(count)
        && components.chunks(2).all(|c| c[1] & 0xcc == 0)
        && *start < 64
        && *end < 64
        && approximation >> 4 < 14
        && approximation & 15 < 14
}

/// Whether `payload` is tables and nothing else. `table` takes one off, if it is one.
fn are_tables(mut payload: &[u8], table: fn(&[u8]) -> Option<&[u8]>) -> bool {
    loop {
        match table(payload) {
            Some([]) => return true,
            Some(rest) => payload = rest,
            None => return false,
        }
    }
}

/// Class and number, how many codes there are of each length, the symbols.
fn huffman(tables: &[u8]) -> Option<&[u8]> {
    let (which, rest) = tables.split_first()?;
    let (counts, symbols) = rest.split_first_chunk::<16>()?;
    let count: usize = counts.iter().map(|count| usize::from(*count)).sum();
    let rest = symbols.get(count..)?;
    (which & 0xec == 0 && count <= 256).then_some(rest)
}

/// Precision and number, then 64 values of 8 or 16 bits.
fn quantization(tables: &[u8]) -> Option<&[u8]> {
    let (which, rest) = tables.split_first()?;
    let rest = rest.get(if which >> 4 == 0 { 64 } else { 128 }..)?;
    (which & 0xec == 0).then_some(rest)
}

/// Whether the parts are one colour profile: numbered in order, as long as its header says, with its signature (ICC.1:2022, 7.2 and
/// annex B.4). Another one is left out, and the picture is shown as sRGB.
fn is_profile(parts: &[&[u8]]) -> bool {
    const NUMBERS: usize = PROFILE.len() + 2;
    let numbered = parts.iter().zip(1u8..).all(|(part, number)| {
        part.get(PROFILE.len()..NUMBERS).is_some_and(|n| {
            usize::from(n[0]) == usize::from(number) && usize::from(n[1]) == parts.len()
        })
    });
    let length: usize = parts
        .iter()
        .map(|part| part.len().saturating_sub(NUMBERS))
        .sum();
    let header = parts.first().and_then(|part| part.get(NUMBERS..));
    let declared = header.and_then(|header| header.first_chunk().copied().map(u32::from_be_bytes));
    numbered
        && declared.is_some_and(|declared| usize::try_from(declared) == Ok(length))
        && header.and_then(|header| header.get(36..40)) == Some(b"acsp")
}
