//! Names that any system takes and nobody is deceived by.
//!
//! The strictest rules hold everywhere: what arrives on one system often travels on, on a stick or a share, to another.

use unicode_normalization::UnicodeNormalization;

/// Bytes and UTF-16 units of a name; the usual 255 with room for a number and for what a system adds.
pub(crate) const NAME_LENGTH_MAX: usize = 240;
/// Longer ones are no endings but part of the name.
const ENDING_BYTES_MAX: usize = 16;
/// What names of our own hidden folders begin with.
pub(crate) const OURS: &str = ".lotse-";

/// Names of devices on Windows, whatever ending they have.
const DEVICES: [&str; 7] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];

/// The name itself where it is safe, otherwise the nearest one that is.
pub(crate) fn safe(name: &str) -> String {
    let replaced: String = name.chars().map(|c| if is_unsafe(c) { '_' } else { c }).collect();
    let mut safe = shortened(trimmed(&replaced), NAME_LENGTH_MAX);
    if safe.is_empty() {
        safe.push('_');
    }
    if is_device(&safe) || is_ours(&safe) {
        safe.insert(0, '_');
    }
    safe
}

/// Two names with the same one are the same name on some system.
pub(crate) fn folded(name: &str) -> String {
    name.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

/// `name (2).ext`; of a folder `name.ext (2)`.
pub(crate) fn numbered(name: &str, number: u32, folder: bool) -> String {
    let (stem, ending) = if folder { (name, "") } else { split(name) };
    let number = format!(" ({number})");
    let room = NAME_LENGTH_MAX.saturating_sub(number.len() + ending.len());
    format!("{}{number}{ending}", cut(stem, room).trim_end_matches([' ', '.']))
}

/// A hidden folder of ours, or something that would be taken for one.
pub(crate) fn is_ours(name: &str) -> bool {
    name.get(..OURS.len()).is_some_and(|start| start.eq_ignore_ascii_case(OURS))
}

/// Separators and signs that some system keeps for itself, and what is not seen but changes how other characters are.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Windows takes dots and spaces off the end by itself, which would make another name of it.
fn trimmed(name: &str) -> &str {
    name.trim_end_matches(['.', ' '])
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let numbered = ["COM", "LPT"].iter().any(|device| {
        let number = stem.strip_prefix(device);
        number.is_some_and(|number| {
            let mut digits = number.chars();
            matches!(digits.next(), Some('0'..='9' | '¹' | '²' | '³')) && digits.next().is_none()
        })
    });
    numbered || DEVICES.contains(&stem.as_str())
}

/// The name and its ending with the dot; an ending has to be short, and something before it.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= ENDING_BYTES_MAX => name.split_at(at),
        Some(_) | None => (name, ""),
    }
}

fn shortened(name: &str, length_max: usize) -> String {
    if fits(name, length_max) {
        return name.to_owned();
    }
    let (stem, ending) = split(name);
    let stem = cut(stem, length_max.saturating_sub(ending.len()));
    trimmed(&format!("{stem}{ending}")).to_owned()
}

/// As much of it as fits, whole characters. Never more units of UTF-16 than bytes, so bytes decide.
fn cut(name: &str, bytes_max: usize) -> &str {
    &name[..name.floor_char_boundary(bytes_max)]
}

fn fits(name: &str, length_max: usize) -> bool {
    name.len() <= length_max
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        for name in ["report.pdf", "Größe (2).txt", ".bashrc", "a.tar.gz", "console.log", "COM10", "日本語", "👩‍💻.png"]
        {
            assert_eq!(safe(name), name);
        }
    }

    #[test]
    fn what_some_system_or_person_would_take_for_something_else_is_changed() {
        for (name, expected) in [
            ("", "_"),
            (".", "_"),
            ("..", "_"),
            (" . ", "_"),
            ("../x", ".._x"),
            ("a\\b", "a_b"),
            ("C:x", "C_x"),
            ("a\0b\n", "a_b_"),
            ("end. .", "end"),
            ("con", "_con"),
            ("NUL.txt", "_NUL.txt"),
            ("aux .x", "_aux .x"),
            ("LPT\u{b3}.y", "_LPT\u{b3}.y"),
            ("con.", "_con"),
            ("CONIN$", "_CONIN$"),
            ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
            ("a\u{200f}b\u{2066}", "a_b_"),
            (".Lotse-00", "_.Lotse-00"),
            ("a\u{ad}b\u{3164}.exe", "a_b_.exe"),
        ] {
            assert_eq!(safe(name), expected, "{name:?}");
        }
    }

    #[test]
    fn names_that_are_one_on_some_system_fold_to_one() {
        assert_eq!(folded("Größe"), folded("GRO\u{308}SSE"));
        assert_eq!(folded("A\u{30a}"), folded("å"));
        assert_ne!(folded("a"), folded("b"));
    }

    #[test]
    fn a_number_stands_before_the_ending_of_a_file_and_behind_a_folder() {
        assert_eq!(numbered("a.txt", 2, false), "a (2).txt");
        assert_eq!(numbered("a.txt", 2, true), "a.txt (2)");
        assert_eq!(numbered(".bashrc", 3, false), ".bashrc (3)");
        assert_eq!(numbered("a.tar.gz", 2, false), "a.tar (2).gz");
        let long = format!("{}.txt", "ü".repeat(300));
        assert!(numbered(&long, 999_999, false).ends_with(" (999999).txt"));
        assert!(numbered(&long, 999_999, false).len() <= NAME_LENGTH_MAX);
    }

    proptest! {
        #[test]
        fn every_safe_name_is_one_part_and_short_and_safe_already(name in any::<String>(), repeat in 1_usize..40) {
            let safe_name = safe(&name.repeat(repeat));
            prop_assert!(safe_name.len() <= NAME_LENGTH_MAX + 1, "{safe_name}");
            prop_assert!(!safe_name.is_empty() && safe_name != "." && safe_name != "..");
            prop_assert!(!safe_name.chars().any(is_unsafe));
            prop_assert!(!safe_name.ends_with([' ', '.']));
            prop_assert!(crate::entry::is_path(&safe_name));
            if safe_name.len() <= NAME_LENGTH_MAX {
                prop_assert_eq!(safe(&safe_name), safe_name.clone());
            }
            let second = numbered(&safe_name, 2, false);
            prop_assert!(second.len() <= NAME_LENGTH_MAX && second != safe_name);
            prop_assert!(!second.chars().any(is_unsafe) && !second.ends_with([' ', '.']) && !is_device(&second));
        }
    }
}
