//! The one thing of an EXIF block that the working copy keeps: how the picture is to be turned (CIPA DC-008, tag 0x0112).

/// How EXIF begins in a JPEG, and in the WebP files of some writers.
pub(crate) const PREFIX: &[u8; 6] = b"Exif\0\0";
const TAG: u16 = 0x0112;
const SHORT: u16 = 3;

/// A turn or a mirroring, of those that tag 0x0112 has: 2 to 8. That of 1 changes nothing, so it is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// Reads it from an EXIF block, with or without its prefix. An unreadable block has none.
    pub(crate) fn read(exif: &[u8]) -> Option<Self> {
        let tiff = exif.strip_prefix(PREFIX).unwrap_or(exif);
        let u16_of: fn([u8; 2]) -> u16 = match tiff.get(..4)? {
            b"II*\0" => u16::from_le_bytes,
            b"MM\0*" => u16::from_be_bytes,
            _ => return None,
        };
        let short = |bytes: &[u8], at: usize| bytes.get(at..)?.first_chunk().copied().map(u16_of);
        let first = *tiff.get(4..)?.first_chunk()?;
        let first = if tiff.starts_with(b"II") {
            u32::from_le_bytes(first)
        } else {
            u32::from_be_bytes(first)
        };
        let directory = tiff.get(usize::try_from(first).ok()?..)?;
        let count = usize::from(short(directory, 0)?);
        let entry = directory
            .get(2..)?
            .chunks_exact(12)
            .take(count)
            .find(|entry| short(entry, 0) == Some(TAG))?;
        if short(entry, 2)? != SHORT {
            return None;
        }
        let turn = u8::try_from(short(entry, 8)?).ok()?;
        (2..=8).contains(&turn).then_some(Self(turn))
    }

    /// A TIFF block that says this and nothing else.
    pub(crate) fn tiff(self) -> Vec<u8> {
        let mut block = b"MM\0*\0\0\0\x08\0\x01".to_vec();
        block.extend(TAG.to_be_bytes());
        block.extend(SHORT.to_be_bytes());
        block.extend([0, 0, 0, 1, 0, self.0, 0, 0]);
        // No other directory follows.
        block.extend([0; 4]);
        block
    }
}
