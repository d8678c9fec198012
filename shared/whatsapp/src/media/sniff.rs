//! What a file is, by its first bytes: the types that WhatsApp carries, and nothing by its name.

/// How many of the first bytes are looked at.
pub(super) const HEAD: usize = 4096;

/// The type of a file that begins with `head`; `None` is none of those that WhatsApp carries.
pub fn sniff(head: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| head.starts_with(magic);
    let at = |place: usize, magic: &[u8]| head.get(place..place + magic.len()) == Some(magic);
    if starts(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if starts(b"RIFF") && at(8, b"WEBP") {
        Some("image/webp")
    } else if starts(b"%PDF-") {
        Some("application/pdf")
    } else if starts(b"OggS") {
        Some("audio/ogg")
    } else if starts(b"#!AMR") {
        Some("audio/amr")
    } else if at(4, b"ftyp") {
        Some(of_brand(head.get(8..12).unwrap_or_default()))
    } else if starts(b"ID3") || is_mpeg_frame(head) {
        Some("audio/mpeg")
    } else if head.len() >= 2 && head[0] == 0xff && head[1] & 0xf6 == 0xf0 {
        Some("audio/aac")
    } else if starts(b"PK\x03\x04") {
        Some(of_zip(head))
    } else if starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        // Word, Excel and PowerPoint before 2007 look alike until far inside.
        Some("application/x-ole-storage")
    } else {
        is_text(head).then_some("text/plain")
    }
}

fn of_brand(brand: &[u8]) -> &'static str {
    match brand {
        b"M4A " | b"M4B " => "audio/mp4",
        brand if brand.starts_with(b"3g") => "video/3gpp",
        b"qt  " => "video/quicktime",
        b"heic" | b"heix" | b"mif1" => "image/heic",
        _ => "video/mp4",
    }
}

/// Frame sync, then a version and a layer that exist.
fn is_mpeg_frame(head: &[u8]) -> bool {
    head.len() >= 3
        && head[0] == 0xff
        && head[1] & 0xe0 == 0xe0
        && head[1] & 0x18 != 0x08
        && head[1] & 0x06 != 0
        && head[2] & 0xf0 != 0xf0
}

/// Office files since 2007 are zip files whose first names tell which.
fn of_zip(head: &[u8]) -> &'static str {
    let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    if holds(b"word/") {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    } else if holds(b"xl/") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if holds(b"ppt/") {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    } else {
        "application/zip"
    }
}

/// UTF-8 without control characters; its last character may be cut.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && head.len() >= HEAD => {
            let whole = &head[..error.valid_up_to()];
            std::str::from_utf8(whole).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    !text.is_empty() && !text.contains(odd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_whatsapp_carries_is_known_by_its_first_bytes() {
        for (head, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], "image/jpeg"),
            (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
            (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"OggS\0\x02", "audio/ogg"),
            (b"#!AMR\n", "audio/amr"),
            (b"\0\0\0\x20ftypM4A \0", "audio/mp4"),
            (b"\0\0\0\x20ftypisom\0", "video/mp4"),
            (b"\0\0\0\x20ftyp3gp4\0", "video/3gpp"),
            (b"ID3\x03\0", "audio/mpeg"),
            (b"\xff\xfb\x90\x64", "audio/mpeg"),
            (b"\xff\xf1\x50\x80", "audio/aac"),
            (b"\xff\xf9\x50\x80", "audio/aac"),
            (
                b"PK\x03\x04\x14\0word/document.xml",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            ),
            (
                b"PK\x03\x04\x14\0xl/workbook.xml",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            ),
            (
                b"PK\x03\x04\x14\0ppt/slides",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            ),
            (b"PK\x03\x04\x14\0a.exe", "application/zip"),
            (
                b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0",
                "application/x-ole-storage",
            ),
            ("perché no?\n".as_bytes(), "text/plain"),
        ] {
            assert_eq!(sniff(head), Some(kind), "{head:x?}");
        }
    }

    #[test]
    fn what_it_does_not_know_it_does_not_guess() {
        for head in [
            &b""[..],
            b"\0\0\0\0",
            b"MZ\x90\0",
            b"\x7fELF",
            b"\xff",
            b"\xfe\xff\0a",
        ] {
            assert_eq!(sniff(head), None, "{head:x?}");
        }
    }

    #[test]
    fn a_text_may_be_cut_in_the_middle_of_a_letter() {
        let mut head = "a".repeat(HEAD - 1).into_bytes();
        head.push("è".as_bytes()[0]);

        assert_eq!(sniff(&head), Some("text/plain"));
    }
}
