//! Walks a component's outermost sections without looking into them.
//!
//! Format: the WebAssembly component binary format: an 8-byte preamble, then sections of one id byte, a LEB128 length
//! and that many bytes. Nested modules and components are one section each, so what they contain cannot pretend to be
//! ours. Total: any bytes give sections or an error.

use crate::PackageError;

/// Magic, version 13 and layer 1: a component.
pub(crate) const COMPONENT_PREAMBLE: [u8; 8] = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
/// A component from wit-component has a few dozen.
const SECTIONS_MAX: usize = 4096;

pub(crate) const ID_CUSTOM: u8 = 0;
pub(crate) const ID_IMPORT: u8 = 10;
pub(crate) const ID_EXPORT: u8 = 11;

/// One outermost section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'a> {
    pub id: u8,
    /// Where the section's id byte stands in the file.
    pub start: usize,
    /// Where the content begins in the file.
    pub content_start: usize,
    pub content: &'a [u8],
}

impl<'a> Section<'a> {
    /// Name and payload, if this is a custom section.
    pub fn custom(&self) -> Result<Option<(&'a str, &'a [u8])>, PackageError> {
        if self.id != ID_CUSTOM {
            return Ok(None);
        }
        let damaged = PackageError::Damaged { at: self.content_start };
        let (length, after) = match leb128(self.content) {
            Some(found) => found,
            None => return Err(damaged),
        };
        let Some((name, payload)) = self.content.get(after..).and_then(|rest| rest.split_at_checked(length)) else {
            return Err(damaged);
        };
        std::str::from_utf8(name).map(|name| Some((name, payload))).map_err(|_| damaged)
    }
}

/// All outermost sections of a component.
pub(crate) fn sections(bytes: &[u8]) -> Result<Vec<Section<'_>>, PackageError> {
    if !bytes.starts_with(&COMPONENT_PREAMBLE) {
        return Err(PackageError::NotAComponent);
    }
    let mut found = Vec::new();
    let mut at = COMPONENT_PREAMBLE.len();
    while let Some(&id) = bytes.get(at) {
        if found.len() == SECTIONS_MAX {
            return Err(PackageError::TooManySections { max: SECTIONS_MAX });
        }
        let damaged = || PackageError::Damaged { at };
        let rest = bytes.get(at + 1..).ok_or_else(damaged)?;
        let (length, after) = leb128(rest).ok_or_else(damaged)?;
        let content_start = at + 1 + after;
        let content = rest.get(after..after + length).ok_or_else(damaged)?;
        found.push(Section { id, start: at, content_start, content });
        at = content_start + length;
    }
    Ok(found)
}

/// A custom section, ready to be appended.
pub(crate) fn custom_section(name: &str, payload: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(name.len() + payload.len() + 5);
    push_leb128(&mut content, name.len());
    content.extend_from_slice(name.as_bytes());
    content.extend_from_slice(payload);
    let mut section = Vec::with_capacity(content.len() + 6);
    section.push(ID_CUSTOM);
    push_leb128(&mut section, content.len());
    section.extend_from_slice(&content);
    section
}

/// An unsigned 32-bit LEB128 number and how many bytes it took.
fn leb128(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value: u64 = 0;
    for (index, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let value = u32::try_from(value).ok()?;
            return Some((usize::try_from(value).ok()?, index + 1));
        }
    }
    None
}

fn push_leb128(out: &mut Vec<u8>, mut value: usize) {
    loop {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn writes_what_it_reads() {
        let mut bytes = COMPONENT_PREAMBLE.to_vec();
        bytes.extend(custom_section("short", b"x"));
        bytes.extend(custom_section("long", &[7; 300]));
        let found = sections(&bytes).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].custom().unwrap(), Some(("short", &b"x"[..])));
        assert_eq!(found[1].custom().unwrap().unwrap().1.len(), 300);
        assert_eq!(found[1].start + 1 + 2 + found[1].content.len(), bytes.len());
    }

    #[test]
    fn numbers_end() {
        assert_eq!(leb128(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Some((0xffff_ffff, 5)));
        assert_eq!(leb128(&[0xff, 0xff, 0xff, 0xff, 0x1f]), None);
        assert_eq!(leb128(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), None);
        assert_eq!(leb128(&[0x80]), None);
    }

    #[test]
    fn too_many_sections_are_refused() {
        let mut bytes = COMPONENT_PREAMBLE.to_vec();
        for _ in 0..=SECTIONS_MAX {
            bytes.extend_from_slice(&[1, 0]);
        }
        assert!(matches!(sections(&bytes), Err(PackageError::TooManySections { .. })));
    }
}
