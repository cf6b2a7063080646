//! Other people's programs on a display: a coloured window, and whoever copies and pastes.

use crate::hands::Hands;
use crate::{Display, Result, wait_for};
use std::io::Write;
use std::process::{Child, Command, Stdio};

/// A program that ends with its value.
pub struct Neighbour(Child);

impl Drop for Neighbour {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A window titled "Paint", of one colour such as `#aa3377`.
///
/// # Errors
/// If there is no xterm, or its window does not come.
pub fn paint(display: &Display, colour: &str) -> Result<Neighbour> {
    let child = Command::new("xterm")
        .args(["-geometry", "80x24+100+100", "-bg", colour, "-title", "Paint", "-e", "sleep", "120"])
        .env("DISPLAY", display.name())
        .spawn()?;
    let child = Neighbour(child);
    Hands::on(display)?.window("Paint")?;
    Ok(child)
}

/// Copies `data` as another program would, in a format such as `image/png`.
///
/// # Errors
/// If there is no xclip.
pub fn copy(display: &Display, format: &str, data: &[u8]) -> Result<()> {
    let mut child = Command::new("xclip")
        .args(["-display", display.name(), "-selection", "clipboard", "-t", format, "-i"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    child.stdin.take().ok_or("xclip takes nothing")?.write_all(data)?;
    child.wait()?;
    Ok(())
}

/// What the clipboard has in a format; nothing if it has none.
///
/// # Errors
/// If there is no xclip, or whoever owns the clipboard does not answer.
pub fn paste(display: &Display, format: &str) -> Result<Option<Vec<u8>>> {
    let child = Command::new("xclip")
        .args(["-display", display.name(), "-selection", "clipboard", "-t", format, "-o"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let out = child.wait_with_output()?;
    Ok((out.status.success() && !out.stdout.is_empty()).then_some(out.stdout))
}

/// Waits until the clipboard has something in `format` for which `read` gives `wanted`.
///
/// # Errors
/// If it does not within 15 s.
pub fn expect_paste<T: PartialEq>(
    display: &Display,
    format: &str,
    wanted: &T,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<()> {
    wait_for(15, &format!("{format} on the clipboard of {}", display.name()), || {
        let data = paste(display, format).ok()??;
        (read(&data)? == *wanted).then_some(())
    })
}
