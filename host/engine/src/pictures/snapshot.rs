//! A picture kept for a person: in a file of their own, or on the clipboard.

use crate::clipboard::to_png;
use crate::shared::Shared;
use lotse_drivers::Image;
use lotse_media::PictureMut;
use lotse_runtime::ErrorCode;
use std::path::PathBuf;

pub(super) fn to_rgba(picture: &PictureMut<'_>) -> Image {
    let (width, height) = (picture.width, picture.height);
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for row in picture.pixels.chunks(picture.stride).take(height as usize) {
        rgba.extend(row.chunks_exact(4).take(width as usize).flat_map(|pixel| [pixel[2], pixel[1], pixel[0], 255]));
    }
    Image { width, height, rgba }
}

/// Where it went, for people; empty for the clipboard.
pub(super) fn save(shared: &Shared, image: &Image, to: &str) -> Result<String, ErrorCode> {
    let png = to_png(image).ok_or(ErrorCode::Invalid)?;
    if to == "clipboard" {
        shared.desk.clipboard()?.write_own("image", png)?;
        return Ok(String::new());
    }
    let folder = pictures_folder().ok_or(ErrorCode::Unsupported)?;
    let written = std::fs::create_dir_all(&folder).and_then(|()| write_new(&folder, &png));
    written.map(|place| place.display().to_string()).map_err(|problem| {
        tracing::warn!(%problem, folder = %folder.display(), "a screenshot could not be written");
        ErrorCode::Limit
    })
}

/// Never over another picture.
fn write_new(folder: &std::path::Path, png: &[u8]) -> std::io::Result<PathBuf> {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    for number in 0..1000 {
        let place = folder.join(format!("Lotse {seconds}-{number}.png"));
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&place) {
            Ok(mut file) => {
                let written = std::io::Write::write_all(&mut file, png);
                if written.is_err() {
                    let _ = std::fs::remove_file(&place);
                }
                return written.map(|()| place);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Where snapshots go.
fn pictures_folder() -> Option<PathBuf> {
    Some(crate::transfers::user_folder("XDG_PICTURES_DIR", "Pictures")?.join("Lotse"))
}
