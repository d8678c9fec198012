//! HEIF (ISO/IEC 23008-12): recognised by its brand, and measured. Nothing of it is decoded.

use crate::{Kind, Limits, Picture, Refused, take, take_array};

/// The brands of still pictures in HEVC.
const BRANDS: [[u8; 4]; 4] = [*b"heic", *b"heix", *b"heim", *b"heis"];

/// Whether the first box is a file type with one of the brands, be it the major one or one of those it is compatible with.
pub(crate) fn is_heic(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    match take_box(&mut rest) {
        Ok((kind, brands)) if &kind == b"ftyp" => {
            // Between the first brand and the others there is a version, which no brand looks like.
            brands
                .chunks_exact(4)
                .any(|brand| BRANDS.iter().any(|known| known == brand))
        }
        _ => false,
    }
}

/// The largest picture of the file: the others are its tiles and thumbnails.
pub(crate) fn read(bytes: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    let mut largest = None;
    for meta in bodies(bytes, *b"meta")? {
        // Version and flags come before the boxes.
        let meta = meta.get(4..).ok_or(Refused::Damaged)?;
        for properties in bodies(meta, *b"iprp")? {
            for container in bodies(properties, *b"ipco")? {
                for extent in bodies(container, *b"ispe")? {
                    largest = largest.max(Some(area(extent)?));
                }
            }
        }
    }
    let (_, width, height) = largest.ok_or(Refused::Damaged)?;
    Picture::within(limits, Kind::Heic, width, height)
}

/// Area, width and height.
fn area(mut extent: &[u8]) -> Result<(u64, u32, u32), Refused> {
    take(&mut extent, 4)?;
    let width = u32::from_be_bytes(take_array(&mut extent)?);
    let height = u32::from_be_bytes(take_array(&mut extent)?);
    Ok((u64::from(width) * u64::from(height), width, height))
}

/// The bodies of those of `boxes` that are of this type.
fn bodies(mut boxes: &[u8], wanted: [u8; 4]) -> Result<Vec<&[u8]>, Refused> {
    let mut found = Vec::new();
    while !boxes.is_empty() {
        let (kind, body) = take_box(&mut boxes)?;
        if kind == wanted {
            found.push(body);
        }
    }
    Ok(found)
}

/// Takes a box off `rest`: its type and its body (ISO/IEC 14496-12, 4.2).
fn take_box<'a>(rest: &mut &'a [u8]) -> Result<([u8; 4], &'a [u8]), Refused> {
    let size = u32::from_be_bytes(take_array(rest)?);
    let kind = take_array(rest)?;
    let body = match size {
        0 => rest.len(),
        1 => {
            let size = u64::from_be_bytes(take_array(rest)?);
            let body = size.checked_sub(16).ok_or(Refused::Damaged)?;
            usize::try_from(body).map_err(|_| Refused::Truncated)?
        }
        size => usize::try_from(size)
            .ok()
            .and_then(|size| size.checked_sub(8))
            .ok_or(Refused::Damaged)?,
    };
    Ok((kind, take(rest, body)?))
}
