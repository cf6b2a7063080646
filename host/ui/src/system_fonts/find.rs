//! Which of the system's font files have a character. Of each file only the list of its tables and of its characters is
//! read; whole is read what is taken. Files, folders, bytes and time are bounded, and what cannot be read is passed over.

use egui::FontData;
use skrifa::raw::FontRead;
use skrifa::raw::tables::cmap::Cmap;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use std::collections::VecDeque;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Names in all folders together; a full TeX has some thousand.
const ENTRIES_MAX: usize = 8192;
/// Folders in folders: `truetype/dejavu`, and two more.
const DEPTH_MAX: usize = 4;
/// Files looked into, best names first. All of Noto are about as many.
const FILES_MAX: usize = 1024;
/// Of one look. Who waits longer has read the boxes.
const LOOK_MAX: Duration = Duration::from_secs(3);
/// The largest font in use, Noto Sans CJK, has 19 MB.
pub(super) const FILE_BYTES_MAX: u64 = 32 << 20;
/// Fonts have about 20 tables.
const TABLES_MAX: usize = 64;
/// Noto Sans CJK's list of characters has 300 KB.
const CMAP_BYTES_MAX: u32 = 1 << 20;

/// What is taken first, as [`plain_name`] has it: calm letters, the most of them, and one font for all Han.
const PREFERRED: [&str; 13] = [
    "dejavusans",
    "notosans",
    "notosanscjk",
    "notosanscjkjp",
    "notosanscjksc",
    "droidsansfallbackfull",
    "droidsansfallback",
    "wqymicrohei",
    "wqyzenhei",
    "notoemoji",
    "symbola",
    "freesans",
    "liberationsans",
];

/// What is taken last: text set in these looks unlike the rest.
const UNLIKE_TEXT: [&str; 13] = [
    "black",
    "bold",
    "condensed",
    "italic",
    "lastresort",
    "light",
    "math",
    "mono",
    "narrow",
    "oblique",
    "serif",
    "thin",
    "unifont",
];

/// A font that was loaded.
pub(super) struct Found {
    /// Its path: egui tells fonts apart by name.
    pub name: String,
    pub data: FontData,
}

impl Found {
    pub(super) fn has(&self, character: char) -> bool {
        let glyph = FontRef::from_index(self.data.bytes(), 0).ok().and_then(|font| font.charmap().map(character));
        glyph.is_some_and(|glyph| glyph != GlyphId::NOTDEF)
    }
}

/// What may still be loaded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub fonts: usize,
    pub bytes: u64,
}

/// Where X11 desktops keep fonts: the system's, the computer's, and the person's own.
pub(super) fn folders() -> Vec<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = folder("HOME");
    let data = folder("XDG_DATA_HOME").or_else(|| Some(home.as_ref()?.join(".local/share")));
    let mut folders = vec![PathBuf::from("/usr/share/fonts"), PathBuf::from("/usr/local/share/fonts")];
    folders.extend(data.map(|data| data.join("fonts")));
    folders.extend(home.map(|home| home.join(".fonts")));
    folders
}

/// The fonts that together have as many of the `wanted` characters as `room` lets in, the best names first.
pub(super) fn look(folders: &[PathBuf], wanted: &[char], mut room: Room) -> Vec<Found> {
    let until = Instant::now() + LOOK_MAX;
    let mut files = files_below(folders, until);
    files.sort_by_cached_key(|path| rank(path));
    let mut wanted = wanted.to_vec();
    let mut found = Vec::new();
    for path in files.iter().take(FILES_MAX) {
        if wanted.is_empty() || room.fonts == 0 || Instant::now() > until {
            break;
        }
        if has_any(path, &wanted) != Some(true) {
            continue;
        }
        let Some(font) = whole(path, room.bytes) else { continue };
        let before = wanted.len();
        wanted.retain(|character| !font.has(*character));
        if wanted.len() < before {
            room.fonts -= 1;
            room.bytes = room.bytes.saturating_sub(font.data.bytes().len() as u64);
            found.push(font);
        }
    }
    found
}

fn files_below(folders: &[PathBuf], until: Instant) -> Vec<PathBuf> {
    let mut ahead: VecDeque<(PathBuf, usize)> = folders.iter().map(|folder| (folder.clone(), 0)).collect();
    let (mut files, mut seen) = (Vec::new(), 0);
    while let Some((folder, depth)) = ahead.pop_front() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.map_while(Result::ok) {
            seen += 1;
            if seen > ENTRIES_MAX || Instant::now() > until {
                return files;
            }
            let path = entry.path();
            if is_font(&path) {
                files.push(path);
            } else if depth < DEPTH_MAX && path.is_dir() {
                ahead.push_back((path, depth + 1));
            }
        }
    }
    files
}

fn is_font(path: &Path) -> bool {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    ["ttf", "otf", "ttc", "otc"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

/// `NotoSans[wdth,wght].ttf` and `NotoSans-Regular.ttf` are both `notosans`.
fn plain_name(path: &Path) -> String {
    let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let letters = stem.split('[').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    name.strip_suffix("regular").map(str::to_owned).unwrap_or(name)
}

/// Smaller is better; names decide what is left, so that the same computer always shows the same.
fn rank(path: &Path) -> (usize, String) {
    let name = plain_name(path);
    let place = PREFERRED.iter().position(|known| *known == name);
    let last = usize::from(UNLIKE_TEXT.iter().any(|word| name.contains(word)));
    (place.unwrap_or(PREFERRED.len() + last), name)
}

/// Whether the font in this file has any of `wanted`, in outlines: pictures in colour are not drawn. `None`: no such font.
fn has_any(path: &Path, wanted: &[char]) -> Option<bool> {
    let about = std::fs::metadata(path).ok().filter(|about| about.is_file() && about.len() <= FILE_BYTES_MAX)?;
    let mut file = File::open(path).ok()?;
    let start = bytes_at(&mut file, 0, 16)?;
    // Of a collection the first font counts.
    let font = if start.starts_with(b"ttcf") { u64::from(u32_at(&start, 12)?) } else { 0 };
    let head = bytes_at(&mut file, font, 12)?;
    let tables = usize::from(u16::from_be_bytes([*head.get(4)?, *head.get(5)?]));
    if tables > TABLES_MAX {
        return None;
    }
    let (mut outlines, mut characters) = (false, None);
    for table in bytes_at(&mut file, font + 12, tables * 16)?.chunks_exact(16) {
        let (at, length) = (u32_at(table, 8)?, u32_at(table, 12)?);
        // A file that was cut short has its letters listed and not drawn.
        if u64::from(at) + u64::from(length) > about.len() {
            return None;
        }
        match table.get(..4)? {
            b"glyf" | b"CFF " | b"CFF2" => outlines = true,
            b"CBDT" | b"COLR" | b"SVG " | b"sbix" => return None,
            b"cmap" => characters = Some((at, length)),
            _ => {}
        }
    }
    let (at, length) = characters.filter(|(_, length)| outlines && *length <= CMAP_BYTES_MAX)?;
    let bytes = bytes_at(&mut file, u64::from(at), length as usize)?;
    let cmap = Cmap::read(skrifa::raw::FontData::new(&bytes)).ok()?;
    let has = |character: &char| cmap.map_codepoint(*character).is_some_and(|glyph| glyph != GlyphId::NOTDEF);
    Some(wanted.iter().any(has))
}

fn whole(path: &Path, room: u64) -> Option<Found> {
    let most = room.min(FILE_BYTES_MAX);
    let file = File::open(path).ok()?;
    // Not more than it says of itself; it may grow meanwhile, and then it is no font that can be relied on.
    let length = file.metadata().ok().map(|about| about.len()).filter(|length| *length <= most)?;
    let mut bytes = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut bytes).ok()?;
    FontRef::from_index(&bytes, 0).ok()?;
    Some(Found { name: path.display().to_string(), data: FontData::from_owned(bytes) })
}

fn bytes_at(file: &mut File, at: u64, length: usize) -> Option<Vec<u8>> {
    let mut bytes = vec![0; length];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    <[u8; 4]>::try_from(bytes.get(at..at + 4)?).ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const INTER: &[u8] = include_bytes!("../../assets/Inter-Regular.otf");
    const ICONS: &[u8] = include_bytes!("../../assets/lucide.ttf");
    const ROOM: Room = Room { fonts: 4, bytes: 48 << 20 };

    fn names(found: &[Found]) -> Vec<&str> {
        found.iter().filter_map(|font| Path::new(&font.name).file_name()?.to_str()).collect()
    }

    #[test]
    fn calm_fonts_come_first_and_odd_ones_last() {
        let mut files: Vec<PathBuf> = [
            "/f/Unifont.otf",
            "/f/DejaVuSans-Bold.ttf",
            "/f/NotoSansCJK-Regular.ttc",
            "/f/Lohit.ttf",
            "/f/NotoSans[wdth,wght].ttf",
            "/f/DejaVuSans.ttf",
        ]
        .map(PathBuf::from)
        .to_vec();
        files.sort_by_cached_key(|path| rank(path));
        let order: Vec<String> = files.iter().map(|path| plain_name(path)).collect();
        assert_eq!(order, ["dejavusans", "notosans", "notosanscjk", "lohit", "dejavusansbold", "unifont"]);
    }

    #[test]
    fn a_font_is_found_among_files_that_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(folder.path().join("DejaVuSans.ttf"), &INTER[..INTER.len() / 2]).unwrap();
        std::fs::write(folder.path().join("NotoEmoji.ttf"), b"").unwrap();
        std::fs::write(folder.path().join("FreeSans.ttf"), [0xff; 300]).unwrap();
        std::fs::write(folder.path().join("Inter.txt"), INTER).unwrap();
        File::create(folder.path().join("NotoSans.ttf")).unwrap().set_len(FILE_BYTES_MAX + 1).unwrap();
        std::fs::write(deep.join("Some.OTF"), INTER).unwrap();
        let found = look(&[folder.path().to_owned()], &['漢', 'ü'], ROOM);
        assert_eq!(names(&found), ["Some.OTF"]);
        assert!(found[0].has('ü') && !found[0].has('漢'));
        assert!(look(&[folder.path().to_owned()], &['漢'], ROOM).is_empty());
        assert!(look(&[folder.path().join("none")], &['ü'], ROOM).is_empty());
    }

    #[test]
    fn no_more_is_loaded_than_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.otf"), INTER).unwrap();
        std::fs::write(folder.path().join("b.ttf"), ICONS).unwrap();
        let here = [folder.path().to_owned()];
        let wanted = ['ü', crate::icons::CHECK];
        assert_eq!(names(&look(&here, &wanted, ROOM)), ["a.otf", "b.ttf"]);
        assert_eq!(names(&look(&here, &wanted, Room { fonts: 1, ..ROOM })), ["a.otf"]);
        assert_eq!(names(&look(&here, &wanted, Room { bytes: INTER.len() as u64, ..ROOM })), ["a.otf"]);
        assert!(look(&here, &wanted, Room { bytes: 100, ..ROOM }).is_empty());
    }

    #[test]
    fn a_folder_too_deep_is_not_entered() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("1/2/3/4/5");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(deep.join("a.otf"), INTER).unwrap();
        assert!(look(&[folder.path().to_owned()], &['ü'], ROOM).is_empty());
    }

    #[test]
    fn fuzz_a_broken_font_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ttf");
        let mut seed = 7_u64;
        for _ in 0..300 {
            let mut bytes = ICONS.to_vec();
            for _ in 0..8 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // The tables' list, where lengths and places stand.
                bytes[(seed >> 33) as usize % 300] = (seed >> 25) as u8;
            }
            std::fs::write(&path, &bytes).unwrap();
            let _ = look(&[folder.path().to_owned()], &['ü', crate::icons::CHECK], ROOM);
        }
    }

    /// With a font as people have it, where there is one.
    #[test]
    fn dejavu_has_cyrillic_and_is_preferred() {
        let folder = PathBuf::from("/usr/share/fonts/truetype/dejavu");
        if folder.join("DejaVuSans.ttf").is_file() {
            let found = look(&[folder], &['П', 'λ', '漢'], ROOM);
            assert_eq!(names(&found), ["DejaVuSans.ttf"]);
            assert!(found[0].has('П') && found[0].has('λ') && !found[0].has('漢'));
        }
    }
}
