//! Photos of citizens: what they are, how large they are, and a copy without metadata. Bytes in, a value out: no I/O, no clock.
//!
//! A photo says more than it shows: where it was taken, when, with whose telephone, and often a second picture of what was cropped
//! away. None of it is needed to repair a street lamp (GDPR, art. 5(1)(c)), so what people and systems see is the working copy. The
//! original is the caller's to keep or to delete.
//!
//! - The kind is what the first bytes say, never what the sender declared.
//! - The size is read from headers and checked against [`Limits`] before anything is decoded.
//! - JPEG and PNG are not decoded at all: their segments are copied, those that carry pixels and colour and no other. The compressed
//!   pixels are the same bytes as before; text that somebody hides among them is not found, since only decoding would tell it apart.
//! - A picture that asks to be turned still does: the copy has an EXIF block with that one tag, written here.
//! - WebP becomes JPEG, since registers and older readers do not take it: recompressed at quality 90, without transparency.
//! - HEIC is recognised and measured, but there is no working copy of it: [`Refused::CannotTranscode`]. No decoder in pure Rust is fit
//!   for files of strangers and free to use: `heic` is AGPL; of `heic-decoder` 0.1.1 and `heic-rs` 0.1.4, each asks for gigabytes of
//!   memory for a small file made to that end, whatever bound the caller sets, and the process dies of it.

mod exif;
mod heif;
mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod webp;

/// The kinds of picture that are accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Baseline, extended or progressive, 8 bits.
    Jpeg,
    /// Still pictures only.
    Png,
    /// Still pictures only.
    WebP,
    /// HEIF with HEVC, as telephones write it.
    Heic,
}

impl Kind {
    /// Its media type (IANA).
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Heic => "image/heic",
        }
    }
}

/// What is accepted at most. `pixels` also bounds the memory that a WebP takes while it is transcoded: about 16 bytes for each pixel.
/// A JPEG or PNG takes twice the bytes of the file, and thirty times if it is made of nothing but its smallest segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Width times height.
    pub pixels: u64,
}

/// What a picture says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// By its first bytes.
    pub kind: Kind,
    /// In pixels, as stored: before it is turned.
    pub width: u32,
    /// In pixels, as stored: before it is turned.
    pub height: u32,
}

impl Picture {
    fn within(limits: &Limits, kind: Kind, width: u32, height: u32) -> Result<Self, Refused> {
        if width == 0 || height == 0 {
            return Err(Refused::Damaged);
        }
        if u64::from(width) * u64::from(height) > limits.pixels {
            return Err(Refused::TooManyPixels);
        }
        Ok(Self {
            kind,
            width,
            height,
        })
    }
}

/// A picture without metadata. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct WorkingCopy {
    /// The file.
    pub bytes: Vec<u8>,
    /// What it is now.
    pub picture: Picture,
    /// Whether it was decoded and compressed again, so that its pixels are no longer exactly those that were sent.
    pub transcoded: bool,
}

impl std::fmt::Debug for WorkingCopy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WorkingCopy")
            .field("bytes", &self.bytes.len())
            .field("picture", &self.picture)
            .field("transcoded", &self.transcoded)
            .finish()
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Longer than the limit.
    #[error("more bytes than allowed")]
    TooManyBytes,
    /// Larger than the limit.
    #[error("more pixels than allowed")]
    TooManyPixels,
    /// None of the kinds in [`Kind`]: another kind of picture, or no picture.
    #[error("not a JPEG, PNG, WebP or HEIC picture")]
    NotAPicture,
    /// It ends before the picture does.
    #[error("the end of the picture is missing")]
    Truncated,
    /// It begins like a picture, and does not go on as its kind prescribes, or in a form that browsers do not show.
    #[error("a damaged picture, or a rare form of its kind")]
    Damaged,
    /// More than one frame.
    #[error("an animated picture")]
    Animated,
    /// A picture, of which no working copy can be made.
    #[error("a picture that cannot be transcoded")]
    CannotTranscode,
}

/// Says what `bytes` are, having walked through all of the file without decoding it.
pub fn examine(bytes: &[u8], limits: &Limits) -> Result<Picture, Refused> {
    Ok(match kind(bytes, limits)? {
        Kind::Jpeg => jpeg::Jpeg::read(bytes, limits)?.picture,
        Kind::Png => png::Png::read(bytes, limits)?.picture,
        Kind::WebP => webp::WebP::read(bytes, limits)?.picture,
        Kind::Heic => heif::read(bytes, limits)?,
    })
}

/// Makes the copy that people and systems see: JPEG or PNG, without metadata, and nothing after the end of the picture.
pub fn working_copy(bytes: &[u8], limits: &Limits) -> Result<WorkingCopy, Refused> {
    match kind(bytes, limits)? {
        Kind::Jpeg => {
            let jpeg = jpeg::Jpeg::read(bytes, limits)?;
            Ok(WorkingCopy {
                bytes: jpeg.write(),
                picture: jpeg.picture,
                transcoded: false,
            })
        }
        Kind::Png => {
            let png = png::Png::read(bytes, limits)?;
            Ok(WorkingCopy {
                bytes: png.write(),
                picture: png.picture,
                transcoded: false,
            })
        }
        Kind::WebP => webp::WebP::read(bytes, limits)?.to_jpeg(limits),
        Kind::Heic => heif::read(bytes, limits).and(Err(Refused::CannotTranscode)),
    }
}

fn kind(bytes: &[u8], limits: &Limits) -> Result<Kind, Refused> {
    if bytes.len() > limits.bytes {
        return Err(Refused::TooManyBytes);
    }
    if bytes.starts_with(jpeg::MAGIC) {
        Ok(Kind::Jpeg)
    } else if bytes.starts_with(png::SIGNATURE) {
        Ok(Kind::Png)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(Kind::WebP)
    } else if heif::is_heic(bytes) {
        Ok(Kind::Heic)
    } else {
        Err(Refused::NotAPicture)
    }
}

/// Takes the first `length` bytes off `rest`.
fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Refused> {
    let (taken, left) = rest.split_at_checked(length).ok_or(Refused::Truncated)?;
    *rest = left;
    Ok(taken)
}

/// Takes the first `N` bytes off `rest`, as an array.
fn take_array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Refused> {
    let (taken, left) = rest.split_first_chunk().ok_or(Refused::Truncated)?;
    *rest = left;
    Ok(*taken)
}
