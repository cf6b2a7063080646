//! A terminal on a display that writes what is typed into a file, with the keyboard on it.

use crate::hands::Hands;
use crate::{Display, Result};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

/// Ends with its value.
pub struct Typewriter {
    child: Child,
    file: PathBuf,
}

impl Typewriter {
    /// Opens it in the upper part of the display, `file` being what it writes into.
    pub fn on(display: &Display, file: &Path) -> Result<Self> {
        let script = format!("stty -echo -icanon min 1; exec cat > {}", file.display());
        let child = Command::new("xterm")
            .args(["-u8", "-geometry", "48x10+8+40", "-title", "Typewriter", "-e", "sh", "-c", &script])
            .env("DISPLAY", display.name())
            .env("LC_ALL", "C.UTF-8")
            .spawn()
            .map_err(|error| format!("xterm does not start ({error}); run `cargo xtask setup`"))?;
        let typewriter = Self { child, file: file.to_owned() };
        let hands = Hands::on(display)?;
        let (x, y, width, height) = hands.window("Typewriter")?;
        hands.click(x + width as i16 / 2, y + height as i16 / 2)?;
        std::thread::sleep(Duration::from_millis(500));
        Ok(typewriter)
    }

    /// What was typed so far.
    pub fn typed(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap_or_default()
    }
}

impl Drop for Typewriter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
