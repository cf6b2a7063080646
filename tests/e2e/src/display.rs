//! A virtual X server with a memory-mapped frame buffer, and a window manager on it.

use crate::{Picture, Result, wait_for};
use std::io::Read;
use std::os::fd::{AsRawFd, FromRawFd};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// One Xvfb.
pub struct Display {
    name: String,
    folder: tempfile::TempDir,
    server: Child,
    manager: Option<Child>,
}

impl Display {
    /// Starts a server of this size on a free display number, with a window manager. Its pointer is not in the picture.
    pub fn start(width: u32, height: u32) -> Result<Self> {
        Self::bare(width, height)?.managed()
    }

    /// The same with the pointer in the picture, as people see it.
    pub fn with_pointer(width: u32, height: u32) -> Result<Self> {
        Self::server(width, height, &[])?.managed()
    }

    fn managed(self) -> Result<Self> {
        let mut display = self;
        let manager = Command::new("openbox")
            .arg("--sm-disable")
            .env("DISPLAY", &display.name)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        display.manager =
            Some(manager.map_err(|error| format!("openbox does not start ({error}); run `cargo xtask setup`"))?);
        std::thread::sleep(std::time::Duration::from_millis(300));
        Ok(display)
    }

    /// Without a window manager and without a pointer in the picture.
    pub fn bare(width: u32, height: u32) -> Result<Self> {
        Self::server(width, height, &["-nocursor"])
    }

    fn server(width: u32, height: u32, more: &[&str]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (mut read, write) = pipe()?;
        let screen = format!("{width}x{height}x24");
        let fd = write.as_raw_fd();
        let server = Command::new("Xvfb")
            .args(["-displayfd", &fd.to_string(), "-screen", "0", &screen, "-fbdir"])
            .arg(folder.path())
            .args(["-nolisten", "tcp", "-s", "0", "-noreset", "+extension", "RANDR"])
            .args(more)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("Xvfb does not start ({error}); run `cargo xtask setup`"))?;
        drop(write);
        let mut text = String::new();
        let mut byte = [0];
        while read.read(&mut byte)? == 1 && byte != *b"\n" {
            text.push(char::from(byte[0]));
        }
        if text.is_empty() {
            return Err("Xvfb gave no display number".into());
        }
        Ok(Self { name: format!(":{}", text.trim()), folder, server, manager: None })
    }

    /// Takes another size, as a person does in the settings.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        let name = format!("{width}x{height}");
        let (w, h) = (width.to_string(), height.to_string());
        // A mode's timings do not matter to a virtual server.
        let mode = ["--newmode", &name, "65", &w, &w, &w, &w, &h, &h, &h, &h];
        for words in [&mode[..], &["--addmode", "screen", &name], &["--output", "screen", "--mode", &name]] {
            let out = Command::new("xrandr").args(["-display", &self.name]).args(words).output()?;
            if !out.status.success() {
                return Err(format!("xrandr {words:?}: {}", String::from_utf8_lossy(&out.stderr)).into());
            }
        }
        Ok(())
    }

    /// The server hangs, or goes on: what is sent to it waits.
    pub fn freeze(&self, on: bool) {
        let signal = if on { libc::SIGSTOP } else { libc::SIGCONT };
        // SAFETY: kill(2) takes two numbers; the server has not been waited for, so the number is still its own.
        unsafe { libc::kill(self.server.id() as libc::pid_t, signal) };
    }

    /// The server is gone from one moment to the next, with every connection to it.
    pub fn vanish(&mut self) -> Result<()> {
        self.server.kill()?;
        self.server.wait()?;
        Ok(())
    }

    /// What goes into `DISPLAY`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file behind the screen.
    pub fn frame_buffer(&self) -> PathBuf {
        self.folder.path().join("Xvfb_screen0")
    }

    /// The screen as it is now.
    pub fn picture(&self) -> Result<Picture> {
        Picture::of_xwd(&std::fs::read(self.frame_buffer())?)
    }

    /// Waits until the screen stays the same for `ms` milliseconds.
    pub fn settle(&self, ms: u64) -> Result<Picture> {
        let mut last = self.picture()?;
        wait_for(20, "a screen at rest", || {
            std::thread::sleep(std::time::Duration::from_millis(ms));
            let now = self.picture().ok()?;
            let same = now == last;
            last = now;
            same.then_some(())
        })?;
        Ok(last)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in self.manager.iter_mut().chain([&mut self.server]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A pipe whose writing end is inherited by children.
fn pipe() -> Result<(std::fs::File, std::fs::File)> {
    let mut fds = [0; 2];
    // SAFETY: `fds` has room for the two descriptors that pipe(2) writes.
    if unsafe { libc::pipe(fds.as_mut_ptr()) } != 0 {
        return Err(std::io::Error::last_os_error().into());
    }
    // SAFETY: both descriptors were just made and belong to nobody else.
    Ok(unsafe { (std::fs::File::from_raw_fd(fds[0]), std::fs::File::from_raw_fd(fds[1])) })
}
